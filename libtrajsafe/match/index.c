/* The index from effect kinds and program names to the rule blocks that may hold there; built once per engine. */
#include "match/inner.h"

/* Which list a block goes to. */
struct list {
    TJ_VEC(struct tj_need) need;
    TJ_VEC(struct tj_try) at;
};
struct lists {
    struct tj_arena *arena;
    struct list kind[TJ_EFFECT_COUNT], command, text, edit, message;
    struct list *name;
    uint32_t names;
    bool ok;
};

/* A block, and the ways in which it may hold. */
struct entry {
    uint32_t rule, block, ways;
    struct tj_way way[TJ_WAYS_MOST];
};

static void put(struct lists *l, struct list *list, const struct entry *e, uint32_t kinds) {
    for (uint32_t i = 0; i < e->ways; i++) {
        const struct tj_way *way = &e->way[i];
        struct tj_try t = {e->rule, (uint16_t)e->block, way->text_field};
        if (!(way->kinds & kinds)) continue;
        if (!tj_vec_push(l->arena, &list->need, way->need) || !tj_vec_push(l->arena, &list->at, t)) l->ok = false;
    }
}

/* Raw text is not asked for needs. */
static void put_once(struct lists *l, struct list *list, const struct entry *e) {
    struct tj_try t = {.rule = e->rule, .block = (uint16_t)e->block};
    if (!tj_vec_push(l->arena, &list->at, t)) l->ok = false;
}

/* Run rules have no subject of their own: a constraint's block is about effects. */
static uint8_t block_subject(const struct tj_block *block) {
    return block->subject == TJ_SUBJECT_RUN ? TJ_SUBJECT_EFFECT : block->subject;
}

static void put_block(struct lists *l, const struct tj_image *image, const struct tj_block *block,
                      const struct entry *e) {
    const uint32_t *guard = TJ_ROW(image, U32, uint32_t, block->guard.at);
    switch ((enum tj_subject)block_subject(block)) {
    case TJ_SUBJECT_EFFECT:
        for (uint32_t k = 0; k < TJ_EFFECT_COUNT; k++) {
            bool in = block->guard.n == 0;
            for (uint32_t g = 0; g < block->guard.n && !in; g++) in = guard[g] == k;
            if (in) put(l, &l->kind[k], e, 1u << k);
        }
        break;
    case TJ_SUBJECT_COMMAND:
        if (block->guard.n == 0) put(l, &l->command, e, UINT32_MAX);
        for (uint32_t g = 0; g < block->guard.n; g++)
            if (guard[g] < l->names) put(l, &l->name[guard[g]], e, UINT32_MAX);
        break;
    case TJ_SUBJECT_TEXT: put_once(l, &l->text, e); break;
    case TJ_SUBJECT_EDIT: put(l, &l->edit, e, UINT32_MAX); break;
    case TJ_SUBJECT_MESSAGE: put(l, &l->message, e, UINT32_MAX); break;
    case TJ_SUBJECT_RUN:
    case TJ_SUBJECT_COUNT: break;
    }
}

/* The subject of a rule, all blocks of a run rule, and blocks of others that reach back into the run. */
static bool is_tried(const struct tj_rule *rule, const struct tj_block *block) {
    if (rule->subject == TJ_SUBJECT_RUN) return rule->evidence == 0;
    if (block->how == TJ_BLOCK_SUBJECT) return true;
    return (block->how == TJ_BLOCK_WITH || block->how == TJ_BLOCK_WITHOUT) && block->reach == TJ_REACH_RUN;
}

static struct tj_tries done(const struct list *list) {
    return (struct tj_tries){list->need.at, list->at.at, list->at.n};
}

static bool build_tries(struct tj_databases *d) {
    const struct tj_image *image = d->image;
    struct lists l = {.arena = &d->arena, .names = image->n[TJ_SECTION_NAMES], .ok = true};
    l.name = tj_arena_array(&d->arena, struct list, l.names + 1);
    d->tries.name = tj_arena_array(&d->arena, struct tj_tries, l.names + 1);
    if (!l.name || !d->tries.name) return false;
    for (uint32_t r = 0; r < image->n[TJ_SECTION_RULES]; r++) {
        const struct tj_rule *rule = tj_image_rule(image, r);
        for (uint32_t b = 0; b < rule->blocks.n; b++) {
            const struct tj_block *block = TJ_ROW(image, BLOCKS, struct tj_block, rule->blocks.at + b);
            if (!is_tried(rule, block)) continue;
            struct entry e = {.rule = r, .block = b};
            e.ways = tj_need_ways(image, block, e.way);
            put_block(&l, image, block, &e);
        }
    }
    for (uint32_t k = 0; k < TJ_EFFECT_COUNT; k++) d->tries.kind[k] = done(&l.kind[k]);
    for (uint32_t i = 0; i < l.names; i++) d->tries.name[i] = done(&l.name[i]);
    d->tries.command = done(&l.command);
    d->tries.text = done(&l.text);
    d->tries.edit = done(&l.edit);
    d->tries.message = done(&l.message);
    return l.ok;
}

/* From a bit of a database back to its predicate or phrase. */
static bool build_bits(struct tj_databases *d) {
    for (int i = 0; i < TJ_DB_COUNT; i++) {
        uint32_t bits = TJ_ROW(d->image, DATABASES, struct tj_database_row, i)->bits;
        d->predicate[i] = tj_arena_array(&d->arena, uint32_t, bits + 1);
        d->phrase[i] = tj_arena_array(&d->arena, uint32_t, bits + 1);
        if (!d->predicate[i] || !d->phrase[i]) return false;
        for (uint32_t b = 0; b < bits; b++) d->predicate[i][b] = d->phrase[i][b] = TJ_NONE;
    }
    for (uint32_t p = 0; p < d->image->n[TJ_SECTION_PREDICATES]; p++) {
        const struct tj_predicate *row = TJ_ROW(d->image, PREDICATES, struct tj_predicate, p);
        if (row->database < TJ_DB_COUNT &&
            row->bit < TJ_ROW(d->image, DATABASES, struct tj_database_row, row->database)->bits)
            d->predicate[row->database][row->bit] = p;
    }
    for (uint32_t p = 0; p < d->image->n[TJ_SECTION_PHRASES]; p++) {
        const struct tj_phrase *row = TJ_ROW(d->image, PHRASES, struct tj_phrase, p);
        enum tj_database db = tj_phrase_database(row->kind);
        if (row->predicate < TJ_ROW(d->image, DATABASES, struct tj_database_row, db)->bits)
            d->phrase[db][row->predicate] = row->kind;
    }
    return true;
}

bool tj_tries_build(struct tj_databases *d) { return build_tries(d) && build_bits(d); }
