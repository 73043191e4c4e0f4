/* What a block asks for at the least, way by way, as words that are compared before any condition is looked at. */
#include "match/inner.h"

/*
 * For every instance for which the block holds, the words of one of its ways hold; the other way round nothing is promised. So
 * ALL may keep the stronger demand of two, ways that are too many become one that keeps what all of them demand, and what is
 * not understood here demands nothing.
 */

/* ---- one bit for each value of a field that has one value --------------------------------------------------------- */

enum {
    OBJECT_AT = 0,
    PLACE_AT = OBJECT_AT + TJ_OBJECT_COUNT,
    STDIN_AT = PLACE_AT + TJ_PLACE_COUNT,
    LANG_AT = STDIN_AT + TJ_STDIN_COUNT,
    BOOL_AT = LANG_AT + TJ_LANG_COUNT,
    BOOLS = 10,
    ONES = BOOL_AT + 2 * BOOLS
};
_Static_assert(ONES <= 64, "leave out a field: what is not in the word demands nothing");

static const uint8_t bools[BOOLS] = {TJ_F_RECURSIVE, TJ_F_FORCED,  TJ_F_DYNAMIC, TJ_F_CERTAIN, TJ_F_BACKGROUND,
                                     TJ_F_DEFERRED,  TJ_F_DECODED, TJ_F_KNOWN,   TJ_F_WHOLE,   TJ_F_FINAL};

/* Where the field's values stand, and how many they are; false when they do not. */
static bool ones_of(enum tj_field field, uint32_t *at, uint32_t *n) {
    switch (field) {
    case TJ_F_OBJECT: return *at = OBJECT_AT, *n = TJ_OBJECT_COUNT, true;
    case TJ_F_PLACE: return *at = PLACE_AT, *n = TJ_PLACE_COUNT, true;
    case TJ_F_STDIN: return *at = STDIN_AT, *n = TJ_STDIN_COUNT, true;
    case TJ_F_LANG: return *at = LANG_AT, *n = TJ_LANG_COUNT, true;
    default: break;
    }
    for (uint32_t i = 0; i < BOOLS; i++)
        if (bools[i] == (uint8_t)field) return *at = BOOL_AT + 2 * i, *n = 2, true;
    return false;
}

static uint64_t all_of(uint32_t n) { return (UINT64_C(1) << n) - 1; }

/* ---- combining ---------------------------------------------------------------------------------------------------- */

static uint32_t bits_in(uint64_t x) { return (uint32_t)__builtin_popcountll(x); }

/* `any` words: 0 demands nothing. Both demands hold: the smaller set says more. */
static uint64_t both_any(uint64_t a, uint64_t b) {
    if (!a || !b) return a | b;
    return bits_in(a) <= bits_in(b) ? a : b;
}
static uint64_t either_any(uint64_t a, uint64_t b) { return a && b ? a | b : 0; }

static void both(struct tj_way *a, const struct tj_way *b) {
    a->kinds &= b->kinds;
    a->need.never |= b->need.never;
    a->need.class_none |= b->need.class_none;
    for (int i = 0; i < TJ_NEED_ANY; i++) a->need.any[i] = both_any(a->need.any[i], b->need.any[i]);
    if (both_any(a->need.text, b->need.text) == a->need.text) return;
    a->need.text = b->need.text;
    a->text_field = b->text_field;
}

/* Text is asked for of one field: ways must agree on it. */
static void either(struct tj_way *a, const struct tj_way *b) {
    a->kinds |= b->kinds;
    a->need.never &= b->need.never;
    a->need.class_none &= b->need.class_none;
    for (int i = 0; i < TJ_NEED_ANY; i++) a->need.any[i] = either_any(a->need.any[i], b->need.any[i]);
    a->need.text = a->text_field == b->text_field ? either_any(a->need.text, b->need.text) : 0;
}

/* Two ways that differ in one word are one way, and nothing is lost. */
static bool differ_little(const struct tj_way *a, const struct tj_way *b) {
    int n = (a->need.never != b->need.never) + (a->need.class_none != b->need.class_none) + (a->kinds != b->kinds);
    for (int i = 0; i < TJ_NEED_ANY; i++) n += a->need.any[i] != b->need.any[i];
    if ((a->need.text || b->need.text) && a->text_field != b->text_field) return false;
    return n + (a->need.text != b->need.text) <= 1;
}

struct ways {
    struct tj_way at[TJ_WAYS_MOST];
    uint32_t n; /* 0: cannot hold */
};

static const struct tj_way anything = {.kinds = UINT32_MAX};

static void add_way(struct ways *ways, const struct tj_way *way) {
    for (uint32_t i = 0; i < ways->n; i++)
        if (differ_little(&ways->at[i], way)) {
            either(&ways->at[i], way);
            return;
        }
    if (ways->n < TJ_WAYS_MOST)
        ways->at[ways->n++] = *way;
    else
        either(&ways->at[TJ_WAYS_MOST - 1], way);
}

static void add_ways(struct ways *a, const struct ways *b) {
    for (uint32_t i = 0; i < b->n; i++) add_way(a, &b->at[i]);
}

/* Both hold: each way of one with each of the other. */
static void cross(struct ways *a, const struct ways *b) {
    struct ways out = {.n = 0}, other = *b;
    if (a->n * b->n > TJ_WAYS_MOST) {
        for (uint32_t i = 1; i < b->n; i++) either(&other.at[0], &b->at[i]);
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
    uint32_t at, n;
    if (!holds) values = ~values;
    if (field == TJ_F_KIND) way->kinds = (uint32_t)values;
    if (ones_of(field, &at, &n)) way->need.never = (~values & all_of(n)) << at;
}

static void add_set(struct tj_need *need, enum tj_field field, uint64_t mask, bool any) {
    if (field == TJ_F_CLASS && !any) need->class_none = mask;
    if (!any) return;
    if (field == TJ_F_CLASS) need->any[TJ_NEED_CLASS] = mask;
    if (field == TJ_F_CARRIES) need->any[TJ_NEED_CARRIES] = mask;
    if (field == TJ_F_HOST_CLASS) need->any[TJ_NEED_HOST_CLASS] = mask;
}

/* `holds`: what is demanded for the leaf to hold, else for it not to hold. */
static struct tj_way leaf(const struct tj_image *image, const struct tj_cond *c, bool holds) {
    struct tj_way way = anything;
    struct tj_need *need = &way.need;
    const uint64_t *u64 = image->at[TJ_SECTION_U64];
    const uint32_t *u32 = image->at[TJ_SECTION_U32];
    enum tj_field field = (enum tj_field)c->field;
    switch ((enum tj_cond_op)c->op) {
    case TJ_COND_ENUM: add_ones(&way, field, u64[c->arg], holds); break;
    case TJ_COND_BOOL: add_ones(&way, field, UINT64_C(1) << (c->arg != 0), holds); break;
    case TJ_COND_SET_ANY: add_set(need, field, u64[c->arg], holds); break;
    case TJ_COND_SET_NONE: add_set(need, field, u64[c->arg], !holds); break;
    case TJ_COND_SET_ALL: /* having all is having one; not having all says little */
        if (holds) add_set(need, field, u64[c->arg], true);
        break;
    case TJ_COND_NAME:
        for (uint32_t i = 0; holds && field == TJ_F_PROGRAM && i < c->n; i++)
            need->any[TJ_NEED_PROGRAM] |= tj_need_bit(u32[c->arg + i]);
        break;
    case TJ_COND_FLAG:
        if (holds) need->any[TJ_NEED_FLAG] = tj_need_bit(c->arg);
        break;
    case TJ_COND_MATCH:
        if (holds) need->text = tj_need_bit(c->arg);
        way.text_field = (uint8_t)(c->field | (c->n ? TJ_ACTED : 0));
        break;
    case TJ_COND_NUMBER:
    case TJ_COND_ALL:
    case TJ_COND_ANY:
    case TJ_COND_NONE: break;
    }
    return way;
}

static void tree(const struct tj_image *image, const struct tj_cond *c, bool holds, struct ways *out) {
    *out = (struct ways){.n = 1};
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
        struct ways one;
        tree(image, child, children, &one);
        if (every)
            cross(out, &one);
        else
            add_ways(out, &one);
    }
}

uint32_t tj_need_ways(const struct tj_image *image, const struct tj_block *block, struct tj_way out[TJ_WAYS_MOST]) {
    struct ways ways = {.at = {anything}, .n = 1}, one;
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

/* ---- the instance ------------------------------------------------------------------------------------------------- */

static uint64_t one(uint32_t at, uint32_t n, uint32_t value) { return value < n ? UINT64_C(1) << (at + value) : 0; }

static uint64_t truth(uint32_t i, bool value) { return UINT64_C(1) << (BOOL_AT + 2 * i + value); }

/* What cond.c says of the same fields, all at once. */
static uint64_t ones_in(const struct tj_matching *m, const struct tj_instance *x) {
    const struct tj_command *c = x->command;
    const struct tj_effect *e = x->effect;
    uint32_t flags = c ? c->flags : 0, effect = e ? e->flags : 0;
    uint64_t ones = 0;
    if (e) ones |= one(OBJECT_AT, TJ_OBJECT_COUNT, e->object) | one(PLACE_AT, TJ_PLACE_COUNT, e->place);
    if (!e && c) ones |= one(PLACE_AT, TJ_PLACE_COUNT, c->place);
    if (c) ones |= one(STDIN_AT, TJ_STDIN_COUNT, c->stdin_kind) | one(LANG_AT, TJ_LANG_COUNT, c->lang);
    ones |= truth(0, effect & TJ_EFF_RECURSIVE) | truth(1, effect & TJ_EFF_FORCED) | truth(2, effect & TJ_EFF_DYNAMIC);
    ones |= truth(3, e && !(effect & TJ_EFF_MAYBE));
    ones |= truth(4, effect & TJ_EFF_BACKGROUND || flags & TJ_CMD_BACKGROUND);
    ones |= truth(5, effect & TJ_EFF_DEFERRED || flags & TJ_CMD_DEFERRED);
    ones |= truth(6, flags & TJ_CMD_DECODED) | truth(7, c && c->program != TJ_NONE);
    ones |= truth(8, x->edit && x->edit->whole);
    return ones | truth(9, x->subject == TJ_SUBJECT_MESSAGE && m->view->final);
}

struct tj_have tj_need_have(struct tj_matching *m, const struct tj_instance *x) {
    const struct tj_command *c = x->command;
    struct tj_have have = {.ones = ones_in(m, x)};
    have.any[TJ_NEED_CLASS] = x->effect ? x->effect->classes : x->edit ? x->edit->classes : 0;
    if (x->effect) have.any[TJ_NEED_CARRIES] = x->effect->carries;
    if (x->effect) have.any[TJ_NEED_HOST_CLASS] = x->effect->host_class;
    if (!c) return have;
    const uint32_t *names = tj_command_names(m, c);
    for (int i = 0; i < 2; i++)
        if (names[i] != TJ_NONE) have.any[TJ_NEED_PROGRAM] |= tj_need_bit(names[i]);
    if (c->index >= m->view->effects->bound.n) return have;
    const uint64_t *flags = m->view->effects->bound.at[c->index].flags;
    have.any[TJ_NEED_FLAG] = flags[0] | flags[1] | flags[2] | flags[3];
    return have;
}
