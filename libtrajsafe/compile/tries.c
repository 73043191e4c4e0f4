/* Which blocks to try for which effect, command, edit or message: the lists that the matcher goes by. */
#include "compile/tries.h"

struct list {
    TJ_VEC(uint32_t) try;
};
struct lists {
    struct tj_build *build;
    struct tj_arena *arena;
    struct tj_image image; /* the sections as far as they are built */
    struct list *at;
    uint32_t n;
};

/* The sections of a build as an image; until more is added. */
static struct tj_image view_of(const struct tj_build *build) {
    struct tj_image image = {0};
    for (int i = 0; i < TJ_SECTION_COUNT; i++) {
        image.at[i] = build->section[i].at;
        image.n[i] = build->section[i].n;
    }
    return image;
}

/* The subject of a rule, all blocks of a run rule, and blocks of others that reach back into the run. */
static bool is_tried(const struct tj_rule *rule, const struct tj_block *block) {
    if (rule->subject == TJ_SUBJECT_RUN) return rule->evidence == 0;
    if (block->how == TJ_BLOCK_SUBJECT) return true;
    return (block->how == TJ_BLOCK_WITH || block->how == TJ_BLOCK_WITHOUT) && block->reach == TJ_REACH_RUN;
}

/* Run rules have no subject of their own: a constraint's block is about effects. */
static uint8_t subject_of(const struct tj_block *block) {
    return block->subject == TJ_SUBJECT_RUN ? TJ_SUBJECT_EFFECT : block->subject;
}

static void put(struct lists *l, uint32_t list, uint32_t number) {
    if (list < l->n && !tj_vec_push(l->arena, &l->at[list].try, number)) l->build->failed = true;
}

static void put_names(struct lists *l, const struct tj_way *way, uint32_t commands, uint32_t number) {
    for (uint32_t i = 0; i < way->programs; i++) put(l, TJ_TRY_LIST_NAMES + 2 * way->program[i] + commands, number);
}

static void put_way(struct lists *l, uint8_t subject, const struct tj_way *way, uint32_t number) {
    switch ((enum tj_subject)subject) {
    case TJ_SUBJECT_EFFECT:
        put_names(l, way, 0, number);
        for (uint32_t kind = 0; kind < TJ_EFFECT_COUNT && way->programs == 0; kind++)
            if (way->kinds >> kind & 1) put(l, TJ_TRY_LIST_KIND + kind, number);
        break;
    case TJ_SUBJECT_COMMAND:
        put_names(l, way, 1, number);
        if (way->programs == 0) put(l, TJ_TRY_LIST_COMMAND, number);
        break;
    case TJ_SUBJECT_TEXT: put(l, TJ_TRY_LIST_TEXT, number); break;
    case TJ_SUBJECT_EDIT: put(l, TJ_TRY_LIST_EDIT, number); break;
    case TJ_SUBJECT_MESSAGE: put(l, TJ_TRY_LIST_MESSAGE, number); break;
    case TJ_SUBJECT_RUN:
    case TJ_SUBJECT_COUNT: break;
    }
}

static void put_block(struct lists *l, uint32_t rule, uint32_t b, const struct tj_block *block) {
    struct tj_way way[TJ_WAYS_MOST];
    uint8_t subject = subject_of(block);
    uint32_t n = tj_block_ways(&l->image, l->arena, block, way);
    if (subject == TJ_SUBJECT_TEXT && n > 1) n = 1; /* raw text is never refused by words */
    for (uint32_t i = 0; i < n; i++) {
        struct tj_try t = way[i].try;
        if (subject == TJ_SUBJECT_EFFECT) t.any[TJ_TRY_KIND] = way[i].kinds;
        if (subject == TJ_SUBJECT_TEXT) t = (struct tj_try){0};
        if (subject == TJ_SUBJECT_EFFECT && way[i].kinds == 0) continue;
        t.rule = rule;
        t.block = (uint16_t)b;
        put_way(l, subject, &way[i], tj_build_add(l->build, TJ_SECTION_TRIES, &t, 1));
    }
}

void tj_compile_tries(struct tj_build *build, struct tj_arena *arena) {
    struct lists l = {.build = build, .arena = arena, .image = view_of(build)};
    l.n = TJ_TRY_LIST_NAMES + 2 * l.image.n[TJ_SECTION_NAMES];
    l.at = tj_arena_array(arena, struct list, l.n);
    if (!l.at) {
        build->failed = true;
        return;
    }
    for (uint32_t r = 0; r < l.image.n[TJ_SECTION_RULES]; r++) {
        const struct tj_rule *rule = tj_image_rule(&l.image, r);
        for (uint32_t b = 0; b < rule->blocks.n; b++) {
            const struct tj_block *block = TJ_ROW(&l.image, BLOCKS, struct tj_block, rule->blocks.at + b);
            if (is_tried(rule, block)) put_block(&l, r, b, block);
        }
    }
    for (uint32_t i = 0; i < l.n; i++) {
        uint32_t n = l.at[i].try.n;
        struct tj_range range = {n ? tj_build_add(build, TJ_SECTION_U32, l.at[i].try.at, n) : 0, n};
        tj_build_add(build, TJ_SECTION_TRY_LISTS, &range, 1);
    }
}
