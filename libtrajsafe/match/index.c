/* The index from effect kinds and program names to the rule blocks that may hold there; built once per engine. */
#include "match/inner.h"

/* Which list a block goes to. */
struct list {
    TJ_VEC(struct tj_try) at;
};
struct lists {
    struct tj_arena *arena;
    struct list kind[TJ_EFFECT_COUNT], command, text, edit, message;
    struct list *name;
    uint32_t names;
    bool ok;
};

static void put(struct lists *l, struct list *list, struct tj_try t) {
    if (!tj_vec_push(l->arena, &list->at, t)) l->ok = false;
}

/* Run rules have no subject of their own: a constraint's block is about effects. */
static uint8_t block_subject(const struct tj_block *block) {
    return block->subject == TJ_SUBJECT_RUN ? TJ_SUBJECT_EFFECT : block->subject;
}

static void put_block(struct lists *l, const struct tj_image *image, const struct tj_block *block, struct tj_try t) {
    const uint32_t *guard = TJ_ROW(image, U32, uint32_t, block->guard.at);
    switch ((enum tj_subject)block_subject(block)) {
    case TJ_SUBJECT_EFFECT:
        for (uint32_t k = 0; k < TJ_EFFECT_COUNT; k++) {
            bool in = block->guard.n == 0;
            for (uint32_t g = 0; g < block->guard.n && !in; g++) in = guard[g] == k;
            if (in) put(l, &l->kind[k], t);
        }
        break;
    case TJ_SUBJECT_COMMAND:
        if (block->guard.n == 0) put(l, &l->command, t);
        for (uint32_t g = 0; g < block->guard.n; g++)
            if (guard[g] < l->names) put(l, &l->name[guard[g]], t);
        break;
    case TJ_SUBJECT_TEXT: put(l, &l->text, t); break;
    case TJ_SUBJECT_EDIT: put(l, &l->edit, t); break;
    case TJ_SUBJECT_MESSAGE: put(l, &l->message, t); break;
    case TJ_SUBJECT_RUN:
    case TJ_SUBJECT_COUNT: break;
    }
}

/* ---- what a block asks for at the least --------------------------------------------------------------------------- */

/* A match, or a choice between matches of one field. */
static bool is_match(const struct tj_cond *c, uint8_t *field) {
    *field = c->op == TJ_COND_ANY && c->n ? c[1].field : c->field;
    if (c->op == TJ_COND_MATCH) return true;
    for (uint32_t i = 1; i <= c->n; i++)
        if (c->op != TJ_COND_ANY || c[i].op != TJ_COND_MATCH || c[i].field != *field) return false;
    return c->op == TJ_COND_ANY && c->n > 0;
}

static void add_need(const struct tj_image *image, const struct tj_cond *c, struct tj_try *t) {
    uint8_t field;
    if (is_match(c, &field)) {
        if (field == TJ_F_TEXT) t->needs |= TJ_NEEDS_TEXT;
        if (field == TJ_F_ARG) t->needs |= TJ_NEEDS_ARG;
        return;
    }
    if (c->op != TJ_COND_SET_ANY && c->op != TJ_COND_SET_ALL) return;
    uint64_t mask = *TJ_ROW(image, U64, uint64_t, c->arg); /* having all of them is having one */
    if (c->field == TJ_F_CLASS) t->class_any = mask;
    if (c->field == TJ_F_CARRIES) t->carries_any = mask;
    if (c->field == TJ_F_HOST_CLASS) t->host_any = (uint32_t)mask;
}

static struct tj_try make_try(const struct tj_image *image, const struct tj_block *block, uint32_t rule, uint32_t b) {
    struct tj_try t = {.rule = rule, .block = b};
    const struct tj_cond *c = TJ_ROW(image, CONDS, struct tj_cond, block->where.at);
    if (block->where.n == 0) return t;
    if (c->op != TJ_COND_ALL) {
        add_need(image, c, &t);
        return t;
    }
    const struct tj_cond *child = c + 1;
    for (uint32_t i = 0; i < c->n; i++, child += child->skip) add_need(image, child, &t);
    return t;
}

/* The subject of a rule, all blocks of a run rule, and blocks of others that reach back into the run. */
static bool is_tried(const struct tj_rule *rule, const struct tj_block *block) {
    if (rule->subject == TJ_SUBJECT_RUN) return rule->evidence == 0;
    if (block->how == TJ_BLOCK_SUBJECT) return true;
    return (block->how == TJ_BLOCK_WITH || block->how == TJ_BLOCK_WITHOUT) && block->reach == TJ_REACH_RUN;
}

static struct tj_tries done(const struct list *list) { return (struct tj_tries){list->at.at, list->at.n}; }

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
            if (is_tried(rule, block)) put_block(&l, image, block, make_try(image, block, r, b));
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
