/* Other instances of a rule: `with` blocks are bound one after the other, `without` blocks must find nobody. */
#include "match/inner.h"

enum { BOUND_MOST = 17 }; /* a subject, eight `with`, eight `without` */

struct binding {
    struct tj_matching *m;
    uint32_t rule;
    const struct tj_block *block; /* of the rule */
    uint32_t blocks;
    struct tj_instance bound[BOUND_MOST]; /* by block; [0] is the subject */
    bool is_bound[BOUND_MOST];
};

static uint32_t count_of(const struct tj_matching *m, uint8_t subject) {
    switch ((enum tj_subject)subject) {
    case TJ_SUBJECT_EFFECT: return m->effects;
    case TJ_SUBJECT_COMMAND: return m->commands;
    case TJ_SUBJECT_EDIT: return m->edits;
    default: return 0;
    }
}

static const struct tj_command *command_of(const struct tj_matching *m, const struct tj_instance *x) {
    return x->command ? x->command : tj_instance_command(m->view, x->subject, x->index);
}

/* Place in the order of evaluation: its command, or for edits and tools' effects the effect itself. */
static bool is_before(const struct tj_matching *m, const struct tj_instance *a, const struct tj_instance *b) {
    if (a->subject == b->subject) return a->index < b->index;
    const struct tj_command *ca = command_of(m, a), *cb = command_of(m, b);
    if (ca && cb) return ca->index < cb->index;
    const struct tj_effect *ea = tj_instance_effect(m->view, a->subject, a->index);
    const struct tj_effect *eb = tj_instance_effect(m->view, b->subject, b->index);
    return ea && eb && ea < eb;
}

static bool in_reach(const struct tj_matching *m, const struct tj_block *block, const struct tj_instance *x,
                     const struct tj_instance *subject) {
    if (block->reach >= TJ_REACH_CALL) return true;
    const struct tj_command *a = command_of(m, x), *b = command_of(m, subject);
    if (!a || !b) return false;
    if (block->reach == TJ_REACH_COMMAND) return a == b;
    return a->flow == b->flow || a->pipeline == b->pipeline;
}

static bool in_order(const struct tj_matching *m, const struct tj_block *block, const struct tj_instance *x,
                     const struct tj_instance *subject) {
    if (block->order == 1) return is_before(m, x, subject);
    if (block->order == 2) return is_before(m, subject, x);
    return true;
}

static bool joins(struct binding *b, const struct tj_block *block, const struct tj_instance *x) {
    if (block->join == TJ_JOIN_NONE) return true;
    if (block->join_block >= BOUND_MOST || !b->is_bound[block->join_block]) return false;
    const struct tj_instance *other = &b->bound[block->join_block];
    struct tj_object mine[TJ_OBJECTS_MOST], theirs[TJ_OBJECTS_MOST];
    uint32_t n = tj_instance_objects(b->m->view, x->subject, x->index, mine);
    uint32_t k = tj_instance_objects(b->m->view, other->subject, other->index, theirs);
    return tj_objects_join((enum tj_join_kind)block->join, mine, n, theirs, k);
}

/* The next instance from *at on that satisfies the block. */
static bool next_other(struct binding *b, const struct tj_block *block, uint32_t *at, struct tj_instance *out) {
    const struct tj_instance *subject = &b->bound[0];
    for (uint32_t n = count_of(b->m, block->subject); *at < n; (*at)++) {
        if (block->subject == subject->subject && *at == subject->index) continue;
        if (!tj_may_try(b->m)) return false;
        if (tj_instance_make(b->m, block->subject, *at, out) && in_reach(b->m, block, out, subject) &&
            in_order(b->m, block, out, subject) && tj_block_holds(b->m, out, block) && joins(b, block, out))
            return true;
    }
    return false;
}

static bool seen_in_run(const struct binding *b, uint32_t k) {
    const struct tj_run_memory *memory = b->m->memory;
    return b->block[k].reach == TJ_REACH_RUN && b->block[k].order != 2 && memory && memory->seen &&
           memory->seen(memory->self, b->rule, k, b->m->view, b->bound[0].index);
}

/* Blocks k and after hold, given what is bound so far. */
static bool bind_from(struct binding *b, uint32_t k) {
    for (; k < b->blocks && k < BOUND_MOST; k++) {
        const struct tj_block *block = &b->block[k];
        if (block->how == TJ_BLOCK_SUBJECT) continue;
        uint32_t at = 0;
        struct tj_instance x;
        if (block->how == TJ_BLOCK_WITHOUT) {
            if (seen_in_run(b, k) || next_other(b, block, &at, &x)) return false;
            continue;
        }
        for (; next_other(b, block, &at, &x); at++) {
            b->bound[k] = x;
            b->is_bound[k] = true;
            if (bind_from(b, k + 1)) return true;
            b->is_bound[k] = false;
        }
        if (!seen_in_run(b, k)) return false;
    }
    return true;
}

bool tj_others_hold(struct tj_matching *m, uint32_t rule, const struct tj_instance *x, struct tj_instance *other) {
    const struct tj_rule *row = tj_image_rule(m->image, rule);
    other->index = TJ_NONE;
    if (row->blocks.n <= 1) return true;
    struct binding b = {.m = m, .rule = rule, .blocks = row->blocks.n};
    b.block = TJ_ROW(m->image, BLOCKS, struct tj_block, row->blocks.at);
    b.bound[0] = *x;
    b.is_bound[0] = true;
    if (!bind_from(&b, 1)) return false;
    for (uint32_t k = 1; k < b.blocks && k < BOUND_MOST; k++) {
        if (b.block[k].how != TJ_BLOCK_WITH || !b.is_bound[k]) continue;
        *other = b.bound[k];
        break;
    }
    return true;
}
