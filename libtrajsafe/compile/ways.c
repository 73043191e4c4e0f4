/* The ways in which a block may hold, and what each asks for at the least. */
#include "compile/tries.h"

/*
 * For every instance for which the block holds, the words of one of its ways hold; the other way round nothing is promised. So
 * ALL may keep the stronger demand of two, ways that are too many become one that keeps what all of them demand, and what is
 * not understood here demands nothing.
 */

/* ---- one bit for each value of a field that has one value --------------------------------------------------------- */

struct ones {
    uint8_t field, at, n;
};
static const struct ones ones[] = {{TJ_F_OBJECT, TJ_ONE_OBJECT, TJ_OBJECT_COUNT},
                                   {TJ_F_PLACE, TJ_ONE_PLACE, TJ_PLACE_COUNT},
                                   {TJ_F_STDIN, TJ_ONE_STDIN, TJ_STDIN_COUNT},
                                   {TJ_F_LANG, TJ_ONE_LANG, TJ_LANG_COUNT},
                                   {TJ_F_RECURSIVE, TJ_ONE_RECURSIVE, 2},
                                   {TJ_F_FORCED, TJ_ONE_FORCED, 2},
                                   {TJ_F_DYNAMIC, TJ_ONE_DYNAMIC, 2},
                                   {TJ_F_CERTAIN, TJ_ONE_CERTAIN, 2},
                                   {TJ_F_BACKGROUND, TJ_ONE_BACKGROUND, 2},
                                   {TJ_F_DEFERRED, TJ_ONE_DEFERRED, 2},
                                   {TJ_F_DECODED, TJ_ONE_DECODED, 2},
                                   {TJ_F_OBSCURED, TJ_ONE_OBSCURED, 2},
                                   {TJ_F_KNOWN, TJ_ONE_KNOWN, 2},
                                   {TJ_F_WHOLE, TJ_ONE_WHOLE, 2}};

static uint64_t all_of(uint32_t n) { return (UINT64_C(1) << n) - 1; }

/* ---- combining ---------------------------------------------------------------------------------------------------- */

static uint32_t bits_in(uint64_t x) { return (uint32_t)__builtin_popcountll(x); }

/* `any` words: 0 demands nothing. Both demands hold: the smaller set says more. */
static uint64_t both_any(uint64_t a, uint64_t b) {
    if (!a || !b) return a | b;
    return bits_in(a) <= bits_in(b) ? a : b;
}
static uint64_t either_any(uint64_t a, uint64_t b) { return a && b ? a | b : 0; }

/* Programs: the shorter list, and a joined one; 0 of them: any. */
static bool fewer_programs(const struct tj_way *a, const struct tj_way *b) {
    return b->programs && (!a->programs || b->programs < a->programs);
}

static bool same_programs(const struct tj_way *a, const struct tj_way *b) {
    return a->programs == b->programs &&
           (a->programs == 0 || memcmp(a->program, b->program, a->programs * sizeof *a->program) == 0);
}

static void join_programs(struct tj_arena *arena, struct tj_way *a, const struct tj_way *b) {
    if (same_programs(a, b)) return;
    uint32_t *joined = tj_arena_array(arena, uint32_t, a->programs + b->programs), n = 0, i = 0, k = 0;
    if (!joined || a->programs == 0 || b->programs == 0) {
        a->programs = 0;
        return;
    }
    while (i < a->programs || k < b->programs) {
        bool first = k == b->programs || (i < a->programs && a->program[i] <= b->program[k]);
        uint32_t next = first ? a->program[i++] : b->program[k++];
        if (n == 0 || joined[n - 1] != next) joined[n++] = next;
    }
    a->program = joined;
    a->programs = n;
}

static void both(struct tj_way *a, const struct tj_way *b) {
    if (fewer_programs(a, b)) a->program = b->program, a->programs = b->programs;
    a->kinds &= b->kinds;
    a->try.never |= b->try.never;
    a->try.class_none |= b->try.class_none;
    for (int i = 0; i < TJ_TRY_ANY; i++) a->try.any[i] = both_any(a->try.any[i], b->try.any[i]);
    if (both_any(a->try.text, b->try.text) == a->try.text) return;
    a->try.text = b->try.text;
    a->try.text_field = b->try.text_field;
    a->try.text_acted = b->try.text_acted;
}

static bool same_text(const struct tj_way *a, const struct tj_way *b) {
    return a->try.text_field == b->try.text_field && a->try.text_acted == b->try.text_acted;
}

/* Text is asked for of one field: ways must agree on it. */
static void either(struct tj_arena *arena, struct tj_way *a, const struct tj_way *b) {
    join_programs(arena, a, b);
    a->kinds |= b->kinds;
    a->try.never &= b->try.never;
    a->try.class_none &= b->try.class_none;
    for (int i = 0; i < TJ_TRY_ANY; i++) a->try.any[i] = either_any(a->try.any[i], b->try.any[i]);
    a->try.text = same_text(a, b) ? either_any(a->try.text, b->try.text) : 0;
}

/* Two ways that differ in one word are one way, and nothing is lost. */
static bool differ_little(const struct tj_way *a, const struct tj_way *b) {
    int n = (a->try.never != b->try.never) + (a->try.class_none != b->try.class_none) + (a->kinds != b->kinds);
    for (int i = 0; i < TJ_TRY_ANY; i++) n += a->try.any[i] != b->try.any[i];
    if ((a->try.text || b->try.text) && !same_text(a, b)) return false;
    return n + (a->try.text != b->try.text) + !same_programs(a, b) <= 1;
}

struct ways {
    struct tj_arena *arena;
    struct tj_way at[TJ_WAYS_MOST];
    uint32_t n; /* 0: cannot hold */
};

static const struct tj_way anything = {.kinds = (UINT64_C(1) << TJ_EFFECT_COUNT) - 1};

static void add_way(struct ways *ways, const struct tj_way *way) {
    for (uint32_t i = 0; i < ways->n; i++)
        if (differ_little(&ways->at[i], way)) {
            either(ways->arena, &ways->at[i], way);
            return;
        }
    if (ways->n < TJ_WAYS_MOST)
        ways->at[ways->n++] = *way;
    else
        either(ways->arena, &ways->at[TJ_WAYS_MOST - 1], way);
}

static void add_ways(struct ways *a, const struct ways *b) {
    for (uint32_t i = 0; i < b->n; i++) add_way(a, &b->at[i]);
}

/* Both hold: each way of one with each of the other. */
static void cross(struct ways *a, const struct ways *b) {
    struct ways out = {.arena = a->arena}, other = *b;
    if (a->n * b->n > TJ_WAYS_MOST) {
        for (uint32_t i = 1; i < b->n; i++) either(a->arena, &other.at[0], &b->at[i]);
        other.n = 1;
    }
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < other.n; k++) {
            struct tj_way way = a->at[i];
            both(&way, &other.at[k]);
            add_way(&out, &way);
        }
    *a = out;
}

/* ---- conditions --------------------------------------------------------------------------------------------------- */

static void add_ones(struct tj_way *way, enum tj_field field, uint64_t values, bool holds) {
    if (!holds) values = ~values;
    if (field == TJ_F_KIND) way->kinds = values & all_of(TJ_EFFECT_COUNT);
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++)
        if (ones[i].field == (uint8_t)field) way->try.never = (~values & all_of(ones[i].n)) << ones[i].at;
}

static void add_set(struct tj_try *t, enum tj_field field, uint64_t mask, bool any) {
    if (field == TJ_F_CLASS && !any) t->class_none = mask;
    if (!any) return;
    if (field == TJ_F_CLASS) t->any[TJ_TRY_CLASS] = mask;
    if (field == TJ_F_CARRIES) t->any[TJ_TRY_CARRIES] = mask;
    if (field == TJ_F_HOST_CLASS) t->any[TJ_TRY_HOST_CLASS] = mask;
}

/* `holds`: what is demanded for the leaf to hold, else for it not to hold. */
static struct tj_way leaf(const struct tj_image *image, const struct tj_cond *c, bool holds) {
    struct tj_way way = anything;
    const uint64_t *u64 = image->at[TJ_SECTION_U64];
    const uint32_t *u32 = image->at[TJ_SECTION_U32];
    enum tj_field field = (enum tj_field)c->field;
    switch ((enum tj_cond_op)c->op) {
    case TJ_COND_ENUM: add_ones(&way, field, u64[c->arg], holds); break;
    case TJ_COND_BOOL: add_ones(&way, field, UINT64_C(1) << (c->arg != 0), holds); break;
    case TJ_COND_SET_ANY: add_set(&way.try, field, u64[c->arg], holds); break;
    case TJ_COND_SET_NONE: add_set(&way.try, field, u64[c->arg], !holds); break;
    case TJ_COND_SET_ALL: /* having all is having one; not having all says little */
        if (holds) add_set(&way.try, field, u64[c->arg], true);
        break;
    case TJ_COND_NAME:
        if (!holds || field != TJ_F_PROGRAM) break;
        way.program = u32 + c->arg;
        way.programs = c->n;
        break;
    case TJ_COND_FLAG:
        if (holds) way.try.any[TJ_TRY_FLAG] = tj_try_bit(c->arg);
        break;
    case TJ_COND_MATCH:
        if (holds) way.try.text = tj_try_bit(c->arg);
        way.try.text_field = c->field;
        way.try.text_acted = c->n != 0;
        break;
    case TJ_COND_NUMBER:
    case TJ_COND_ALL:
    case TJ_COND_ANY:
    case TJ_COND_NONE: break;
    }
    return way;
}

static void tree(const struct tj_image *image, const struct tj_cond *c, bool holds, struct ways *out) {
    out->n = 1;
    if (c->op > TJ_COND_NONE) {
        out->at[0] = leaf(image, c, holds);
        return;
    }
    /* NONE holds where ANY does not, and ALL does not hold where some child does not. */
    bool children = c->op == TJ_COND_NONE ? !holds : holds;
    bool every = c->op == TJ_COND_ALL ? holds : !children;
    out->n = every;
    out->at[0] = anything;
    const struct tj_cond *child = c + 1;
    for (uint32_t i = 0; i < c->n; i++, child += child->skip) {
        struct ways one = {.arena = out->arena};
        tree(image, child, children, &one);
        if (every)
            cross(out, &one);
        else
            add_ways(out, &one);
    }
}

uint32_t tj_block_ways(const struct tj_image *image, struct tj_arena *arena, const struct tj_block *block,
                       struct tj_way out[TJ_WAYS_MOST]) {
    struct ways ways = {.arena = arena, .at = {anything}, .n = 1}, one = {.arena = arena};
    const struct tj_cond *c = TJ_ROW(image, CONDS, struct tj_cond, block->where.at);
    for (uint32_t i = 0; i < block->where.n; i += c[i].skip) {
        tree(image, c + i, true, &one);
        cross(&ways, &one);
    }
    c = TJ_ROW(image, CONDS, struct tj_cond, block->unless.at);
    if (block->unless.n && c->skip == block->unless.n) { /* one tree, which must not hold */
        tree(image, c, false, &one);
        cross(&ways, &one);
    }
    memcpy(out, ways.at, ways.n * sizeof *out);
    return ways.n;
}
