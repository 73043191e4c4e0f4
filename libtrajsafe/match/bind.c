/* Other instances of a rule: `with` blocks are bound one after the other, `without` blocks must find nobody. */
#include "match/inner.h"

enum {
    BOUND_MOST = 17, /* a subject, eight `with`, eight `without` */
    SMALL_FLOW = 64  /* commands: all of them are looked at */
};

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
    return block->reach == TJ_REACH_COMMAND ? a == b : a->flow == b->flow;
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

/* ---- which instances are looked at ------------------------------------------------------------------------------ */

/* What is known of one block in this view: asked once, whatever number of subjects look at it. */
static struct tj_asked *asked_of(struct binding *b, uint32_t k) {
    struct tj_matching *m = b->m;
    uint32_t row = tj_image_rule(m->image, b->rule)->blocks.at + k, n = count_of(m, b->block[k].subject);
    if (!m->asked) m->asked = tj_arena_array(m->arena, struct tj_asked, m->image->n[TJ_SECTION_BLOCKS] + 1);
    if (m->asked && !m->asked[row].answer) m->asked[row].answer = tj_arena_array(m->arena, uint8_t, n + 1);
    if (m->asked && m->asked[row].answer) return &m->asked[row];
    m->failed = true;
    return NULL;
}

static bool holds(struct binding *b, uint32_t k, uint32_t index, struct tj_instance *out) {
    struct tj_asked *asked = asked_of(b, k);
    if (!asked || !tj_instance_make(b->m, b->block[k].subject, index, out)) return false;
    if (!asked->answer[index]) asked->answer[index] = tj_block_holds(b->m, out, &b->block[k]) ? 1 : 2;
    return asked->answer[index] == 1;
}

/* The place of the first number from `at` on in a rising list. */
static uint32_t place_from(const uint32_t *list, uint32_t n, uint32_t at) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first instance from `at` on for which block k holds: those that do are listed as they are found. */
static uint32_t holding_from(struct binding *b, uint32_t k, uint32_t at, uint32_t none) {
    struct tj_asked *asked = asked_of(b, k);
    struct tj_instance x;
    if (!asked) return none;
    uint32_t place = place_from(asked->found.at, asked->found.n, at);
    if (place < asked->found.n) return asked->found.at[place];
    for (; asked->upto < none; asked->upto++) {
        if (!tj_may_try(b->m)) return none;
        if (!holds(b, k, asked->upto, &x)) continue;
        if (!tj_vec_push(b->m->arena, &asked->found, asked->upto)) b->m->failed = true;
        if (asked->upto >= at) return asked->upto++;
    }
    return none;
}

/* The first effect from `at` on of one of the commands; these and their effects rise together. */
static uint32_t effect_in(const struct tj_matching *m, struct tj_group group, uint32_t at, uint32_t none) {
    uint32_t low = 0, high = group.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (m->view->understanding->command.at[group.at[middle]]->effect_end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == group.n) return none;
    uint32_t first = m->view->understanding->command.at[group.at[low]]->effect;
    return first > at ? first : at;
}

static uint32_t command_in(struct tj_group group, uint32_t at, uint32_t none) {
    uint32_t place = place_from(group.at, group.n, at);
    return place < group.n ? group.at[place] : none;
}

/* In a long pipeline only those that hold are looked at, from its first command to its last. */
static uint32_t holding_in(struct binding *b, uint32_t k, struct tj_group group, uint32_t at, uint32_t none) {
    const struct tj_command *first = b->m->view->understanding->command.at[group.at[0]];
    const struct tj_command *last = b->m->view->understanding->command.at[group.at[group.n - 1]];
    bool effects = b->block[k].subject == TJ_SUBJECT_EFFECT;
    uint32_t begin = effects ? first->effect : first->index, end = effects ? last->effect_end : last->index + 1;
    uint32_t found = holding_from(b, k, at > begin ? at : begin, none);
    return found < end ? found : none;
}

/* The first index from `at` on that may be in reach; `none` behind the last. */
static uint32_t next_index(struct binding *b, uint32_t k, uint32_t at, uint32_t none) {
    const struct tj_command *c = command_of(b->m, &b->bound[0]);
    const struct tj_block *block = &b->block[k];
    if (at >= none) return none;
    if (block->reach >= TJ_REACH_CALL) return holding_from(b, k, at, none);
    if (block->subject == TJ_SUBJECT_EDIT) return at;
    if (!c) return none;
    struct tj_group group = {&c->index, 1};
    if (block->reach == TJ_REACH_PIPELINE) group = tj_flow_group(b->m, c);
    if (group.n > SMALL_FLOW) return holding_in(b, k, group, at, none);
    return block->subject == TJ_SUBJECT_EFFECT ? effect_in(b->m, group, at, none) : command_in(group, at, none);
}

/* Nothing before this index comes after the subject. */
static uint32_t first_after(const struct binding *b, const struct tj_block *block) {
    const struct tj_instance *subject = &b->bound[0];
    const struct tj_command *c = command_of(b->m, subject);
    if (block->subject == subject->subject) return subject->index;
    if (!c || block->subject == TJ_SUBJECT_EDIT || subject->subject == TJ_SUBJECT_EDIT) return 0;
    return block->subject == TJ_SUBJECT_EFFECT ? c->effect : c->index;
}

/* The next instance from *at on that satisfies block k. They rise in the order of evaluation. */
static bool next_other(struct binding *b, uint32_t k, uint32_t *at, struct tj_instance *out) {
    const struct tj_instance *subject = &b->bound[0];
    const struct tj_block *block = &b->block[k];
    uint32_t n = count_of(b->m, block->subject), first = block->order == 2 ? first_after(b, block) : 0;
    if (*at < first) *at = first;
    for (*at = next_index(b, k, *at, n); *at < n; *at = next_index(b, k, *at + 1, n)) {
        if (block->subject == subject->subject && *at == subject->index) continue;
        if (!tj_may_try(b->m)) return false;
        if (!holds(b, k, *at, out) || !in_reach(b->m, block, out, subject)) continue;
        if (block->order == 1 && is_before(b->m, subject, out)) return false; /* and so are those that follow */
        if (in_order(b->m, block, out, subject) && joins(b, block, out)) return true;
    }
    return false;
}

static bool seen_in_run(const struct binding *b, uint32_t k) {
    const struct tj_run_memory *memory = b->m->memory;
    return b->block[k].reach == TJ_REACH_RUN && b->block[k].order != 2 && memory && memory->seen &&
           memory->seen(memory->self, b->rule, k, b->m->view, b->bound[0].index);
}

/* Asks about the subject alone: asked once, not for every choice of the other blocks. */
static bool is_about_subject(const struct tj_block *block) {
    return block->how == TJ_BLOCK_WITHOUT && (block->join == TJ_JOIN_NONE || block->join_block == 0);
}

static bool nobody_is_there(struct binding *b) {
    struct tj_instance x;
    for (uint32_t k = 1; k < b->blocks && k < BOUND_MOST; k++) {
        uint32_t at = 0;
        if (is_about_subject(&b->block[k]) && (seen_in_run(b, k) || next_other(b, k, &at, &x))) return false;
    }
    return true;
}

/* Blocks k and after hold, given what is bound so far. */
static bool bind_from(struct binding *b, uint32_t k) {
    for (; k < b->blocks && k < BOUND_MOST; k++) {
        const struct tj_block *block = &b->block[k];
        if (block->how == TJ_BLOCK_SUBJECT || is_about_subject(block)) continue;
        uint32_t at = 0;
        struct tj_instance x;
        if (block->how == TJ_BLOCK_WITHOUT) {
            if (seen_in_run(b, k) || next_other(b, k, &at, &x)) return false;
            continue;
        }
        for (; next_other(b, k, &at, &x); at++) {
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
    if (!nobody_is_there(&b) || !bind_from(&b, 1)) return false;
    for (uint32_t k = 1; k < b.blocks && k < BOUND_MOST; k++) {
        if (b.block[k].how != TJ_BLOCK_WITH || !b.is_bound[k]) continue;
        *other = b.bound[k];
        break;
    }
    return true;
}
