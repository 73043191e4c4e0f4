/* Matching one view: the candidates of every effect, command, edit and message by their guards, then their conditions. */
#include "match/inner.h"

#include <stdlib.h>

/* Instances are never so many that a square of them hurts: unfold stops at 4,096 commands. */
static bool is_guessed(const struct tj_instance *x) {
    return (x->effect && x->effect->flags & TJ_EFF_GUESSED) || (x->command && x->command->flags & TJ_CMD_GUESSED);
}

static void add_hit(struct tj_matching *m, uint32_t rule, const struct tj_instance *x, const struct tj_instance *other) {
    struct tj_hit hit = {.rule = rule,
                         .subject = x->subject,
                         .guessed = is_guessed(x) || (other->index != TJ_NONE && is_guessed(other)),
                         .instance = x->index,
                         .other = other->index,
                         .other_subject = other->subject,
                         .span = tj_instance_span(m->view, x->subject, x->index)};
    if (!tj_vec_push(m->arena, &m->out->hit, hit)) m->failed = true;
}

/* False: the block cannot hold. What is cheap comes first: text may have to be scanned. */
static inline bool may_hold(struct tj_matching *m, const struct tj_instance *x, const struct tj_have *have,
                            const struct tj_try *t) {
    if (have->ones & t->never || have->any[TJ_TRY_CLASS] & t->class_none) return false;
    for (int i = 0; i < TJ_TRY_ANY; i++)
        if (t->any[i] && !(have->any[i] & t->any[i])) return false;
    return !t->text || tj_field_bits(m, x, (enum tj_field)t->text_field, t->text_acted)->fold & t->text;
}

static void try_block(struct tj_matching *m, const struct tj_instance *x, const struct tj_try *t) {
    const struct tj_rule *rule = tj_image_rule(m->image, t->rule);
    const struct tj_block *block = TJ_ROW(m->image, BLOCKS, struct tj_block, rule->blocks.at + t->block);
    if (!tj_block_holds(m, x, block)) return;
    struct tj_instance other = {.index = TJ_NONE};
    if (t->block == 0 && rule->subject != TJ_SUBJECT_RUN) {
        if (tj_others_hold(m, t->rule, x, &other)) add_hit(m, t->rule, x, &other);
        return;
    }
    struct tj_block_hit hit = {t->rule, t->block, x->subject, x->index};
    if (!tj_vec_push(m->arena, &m->out->block_hit, hit)) m->failed = true;
}

enum { LISTS = 3 }; /* without a program, for the command's name, for the name of its row */

/* The next number of a list; TJ_NONE behind its end. */
static inline uint32_t head_of(const struct tj_try_numbers *list) { return list->n ? *list->at : TJ_NONE; }

static inline void skip(struct tj_try_numbers *list, uint32_t number) {
    if (head_of(list) == number) list->at++, list->n--;
}

static inline uint32_t least_of(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Goes through the lists in order of rules; a block that was tried in one way is not tried in another. */
static void try_all(struct tj_matching *m, const struct tj_instance *x, const struct tj_try_numbers lists[LISTS]) {
    struct tj_try_numbers a = lists[0], b = lists[1], c = lists[2];
    struct tj_have have = tj_need_have(m, x);
    const struct tj_try *tried = NULL;
    for (uint32_t number; (number = least_of(head_of(&a), least_of(head_of(&b), head_of(&c)))) != TJ_NONE;) {
        const struct tj_try *t = TJ_ROW(m->image, TRIES, struct tj_try, number);
        skip(&a, number), skip(&b, number), skip(&c, number);
        if ((tried && tried->rule == t->rule && tried->block == t->block) || !may_hold(m, x, &have, t)) continue;
        try_block(m, x, t);
        tried = t;
    }
}

/* Those that name the program of the instance's command, if it has one. */
static void add_names(struct tj_matching *m, const struct tj_command *c, uint32_t commands,
                      struct tj_try_numbers lists[LISTS]) {
    if (!c) return;
    const uint32_t *names = tj_command_names(m, c);
    for (int i = 0; i < 2; i++)
        if (names[i] != TJ_NONE)
            lists[1 + i] = tj_image_try_list(m->image, TJ_TRY_LIST_NAMES + 2 * names[i] + commands);
}

/* ---- the instances of a view ------------------------------------------------------------------------------------ */

static void match_effect(struct tj_matching *m, uint32_t i) {
    struct tj_instance x;
    uint8_t kind = m->view->effects->effect.at[i].kind;
    if (kind >= TJ_EFFECT_COUNT || !tj_instance_make(m, TJ_SUBJECT_EFFECT, i, &x)) return;
    struct tj_try_numbers lists[LISTS] = {tj_image_try_list(m->image, TJ_TRY_LIST_KIND + kind)};
    add_names(m, x.command, 0, lists);
    try_all(m, &x, lists);
}

static void match_command(struct tj_matching *m, uint32_t i) {
    struct tj_instance x;
    if (!tj_instance_make(m, TJ_SUBJECT_COMMAND, i, &x) || tj_asks_for_help(x.command)) return;
    struct tj_try_numbers lists[LISTS] = {tj_image_try_list(m->image, TJ_TRY_LIST_COMMAND)};
    add_names(m, x.command, 1, lists);
    try_all(m, &x, lists);
}

static void match_edit(struct tj_matching *m, uint32_t i) {
    struct tj_instance x;
    struct tj_try_numbers lists[LISTS] = {tj_image_try_list(m->image, TJ_TRY_LIST_EDIT)};
    if (tj_instance_make(m, TJ_SUBJECT_EDIT, i, &x)) try_all(m, &x, lists);
}

/* ---- order ------------------------------------------------------------------------------------------------------ */

/* By rule, keeping the order of instances: hits are counted per rule and laid out anew. */
static bool sort_hits(struct tj_matching *m) {
    struct tj_hits *hits = m->out;
    uint32_t n = hits->hit.n, rules = m->image->n[TJ_SECTION_RULES];
    if (n < 2) return true;
    uint32_t *place = tj_arena_array(m->arena, uint32_t, rules + 1);
    struct tj_hit *sorted = tj_arena_array(m->arena, struct tj_hit, n);
    if (!place || !sorted) return false;
    for (uint32_t i = 0; i < n; i++) place[hits->hit.at[i].rule + 1]++;
    for (uint32_t r = 1; r <= rules; r++) place[r] += place[r - 1];
    for (uint32_t i = 0; i < n; i++) sorted[place[hits->hit.at[i].rule]++] = hits->hit.at[i];
    hits->hit.at = sorted;
    hits->hit.cap = n;
    return true;
}

/* Commands come before their effects, and those before the edits they make. */
static uint64_t order_of(const struct tj_view *view, const struct tj_block_hit *h) {
    const struct tj_command *c = tj_instance_command(view, h->subject, h->instance);
    const struct tj_effect *e =
        h->subject == TJ_SUBJECT_COMMAND ? NULL : tj_instance_effect(view, h->subject, h->instance);
    uint64_t effect = e ? (uint64_t)(e - view->effects->effect.at) + 1 : 0;
    return (uint64_t)(c ? c->index + 1 : 0) << 34 | effect << 2 | (h->subject == TJ_SUBJECT_EDIT);
}

struct ordered {
    uint64_t order;
    uint32_t at;
    struct tj_block_hit hit;
};

static int compare(const void *a, const void *b) {
    const struct ordered *x = a, *y = b;
    if (x->order != y->order) return x->order < y->order ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

static bool sort_block_hits(struct tj_matching *m) {
    struct tj_hits *hits = m->out;
    uint32_t n = hits->block_hit.n;
    if (n < 2) return true;
    struct ordered *rows = tj_arena_array(m->arena, struct ordered, n);
    if (!rows) return false;
    for (uint32_t i = 0; i < n; i++)
        rows[i] = (struct ordered){order_of(m->view, &hits->block_hit.at[i]), i, hits->block_hit.at[i]};
    qsort(rows, n, sizeof *rows, compare);
    for (uint32_t i = 0; i < n; i++) hits->block_hit.at[i] = rows[i].hit;
    return true;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static bool prepare(struct tj_matching *m) {
    static const struct tj_bits none = {0};
    const struct tj_view *view = m->view;
    m->commands = view->understanding ? view->understanding->command.n : 0;
    m->effects = view->effects ? view->effects->effect.n : 0;
    m->edits = view->effects ? view->effects->edit.n : 0;
    m->command = tj_arena_array(m->arena, struct tj_command_bits, m->commands + 1);
    m->effect = tj_arena_array(m->arena, struct tj_effect_bits, m->effects + 1);
    m->edit = tj_arena_array(m->arena, struct tj_edit_bits, m->edits + 1);
    m->none = &none;
    return m->command && m->effect && m->edit;
}

static void match_message(struct tj_matching *m) {
    struct tj_instance x;
    struct tj_try_numbers lists[LISTS] = {tj_image_try_list(m->image, TJ_TRY_LIST_MESSAGE)};
    if (tj_instance_make(m, TJ_SUBJECT_MESSAGE, 0, &x)) try_all(m, &x, lists);
}

trajsafe_status tj_match(struct tj_matcher *matcher, struct tj_arena *arena, const struct tj_view *view,
                         const struct tj_run_memory *memory, struct tj_hits *out) {
    *out = (struct tj_hits){0};
    struct tj_matching m = {
        .matcher = matcher, .image = matcher->image, .arena = arena, .view = view, .memory = memory, .out = out};
    if (!prepare(&m)) return TRAJSAFE_NO_MEMORY;
    if (view->effects) {
        for (uint32_t i = 0; i < m.commands; i++) match_command(&m, i);
        for (uint32_t i = 0; i < m.effects; i++) match_effect(&m, i);
        for (uint32_t i = 0; i < m.edits; i++) match_edit(&m, i);
    }
    if (view->message.n) match_message(&m);
    if (view->floor) tj_match_raw(&m);
    if (!sort_hits(&m) || !sort_block_hits(&m)) m.failed = true;
    return m.failed || matcher->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}
