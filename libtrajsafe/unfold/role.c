/* Roles of the bytes of the unfolded text: painted from the commands, only where something was not understood. */
#include "unfold/work.h"

struct coat {
    uint32_t begin, end;
    uint8_t role;
};
struct coats {
    struct coat *at;
    uint32_t n, cap;
};

static void paint(struct tj_work *w, struct coats *coats, struct tj_span span, enum tj_role role) {
    if (span.text != w->root_text || span.begin >= span.end) return;
    struct coat c = {span.begin, span.end, (uint8_t)role};
    (void)tj_vec_push(w->arena, coats, c);
}

static enum tj_role slot_role(uint8_t slot) {
    switch (slot) {
    case TJ_SLOT_DATA:
    case TJ_SLOT_PATTERN:
    case TJ_SLOT_MESSAGE:
    case TJ_SLOT_SEND_DATA: return TJ_ROLE_DATA;
    case TJ_SLOT_COMMAND:
    case TJ_SLOT_SHELL:
    case TJ_SLOT_TEXTS:
    case TJ_SLOT_CODE: return TJ_ROLE_EXECUTED;
    default: return TJ_ROLE_ARGUMENT;
    }
}

static bool has_child(const struct tj_work *w, uint32_t index) {
    return index + 1 < w->out->command.n && w->out->command.at[index + 1]->parent == index;
}

static void paint_words(struct tj_work *w, struct coats *coats, struct tj_command *c) {
    struct tj_bound bound;
    tj_bind(w->image, w->arena, c, &bound);
    for (uint32_t i = 1; i < c->argc; i++) paint(w, coats, c->argv[i].value.span, TJ_ROLE_ARGUMENT);
    if (c->base_program == TJ_NONE) return;
    for (uint32_t i = 0; i < bound.option.n; i++) {
        const struct tj_bound_option *o = &bound.option.at[i];
        if (o->row && o->has_value) paint(w, coats, o->value.span, slot_role(o->row->slot));
    }
    for (uint32_t i = 0; i < bound.operand.n; i++)
        paint(w, coats, c->argv[bound.operand.at[i].arg].value.span, slot_role(bound.operand.at[i].slot));
}

static void paint_command(struct tj_work *w, struct coats *coats, struct tj_command *c) {
    /* Nested commands stand in words of others: what is run wins over what is an argument. */
    paint(w, coats, c->span, TJ_ROLE_EXECUTED);
    if (c->argc) paint_words(w, coats, c);
    for (uint32_t i = 0; i < c->redirects; i++) {
        const struct tj_redirect *r = &c->redirect[i];
        bool data = r->op == TJ_REDIR_HEREDOC || r->op == TJ_REDIR_HERESTRING;
        bool run =
            data && (has_child(w, c->index) || (c->argc && c->program != TJ_NONE &&
                                                tj_image_program(w->image, c->program)->traits & TJ_PROGRAM_STDIN_RUN));
        paint(w, coats, r->target.span, run ? TJ_ROLE_EXECUTED : data ? TJ_ROLE_DATA : TJ_ROLE_ARGUMENT);
    }
}

static bool before(const struct coat *a, const struct coat *b) {
    if (a->begin != b->begin) return a->begin < b->begin;
    return a->end > b->end;
}

/* Stable merge sort: of equal spans the later coat lies on top. */
static void sort(struct coat *at, struct coat *spare, uint32_t n) {
    if (n < 2) return;
    uint32_t half = n / 2, i = 0, j = half, k = 0;
    sort(at, spare, half);
    sort(at + half, spare, n - half);
    while (i < half && j < n) spare[k++] = before(&at[j], &at[i]) ? at[j++] : at[i++];
    while (i < half) spare[k++] = at[i++];
    while (j < n) spare[k++] = at[j++];
    memcpy(at, spare, n * sizeof *at);
}

static void put(struct tj_work *w, uint32_t begin, uint32_t end, uint8_t role) {
    struct tj_understanding *out = w->out;
    if (begin >= end || role == TJ_ROLE_EXECUTED || !tj_vec_room(w->arena, &out->role, 1)) return;
    out->role.at[out->role.n].span = (struct tj_span){w->root_text, begin, end};
    out->role.at[out->role.n++].role = role;
}

/* What lies inside another coat covers it; spans nest or are apart, else the inner one is cut. */
static void flatten(struct tj_work *w, const struct coats *coats) {
    struct coat *stack = tj_arena_array(w->arena, struct coat, coats->n + 1);
    uint32_t n = 0, at = 0;
    for (uint32_t i = 0; stack && i <= coats->n; i++) {
        uint32_t begin = i < coats->n ? coats->at[i].begin : UINT32_MAX;
        while (n && stack[n - 1].end <= begin) {
            put(w, at, stack[n - 1].end, stack[n - 1].role);
            if (stack[n - 1].end > at) at = stack[n - 1].end;
            n--;
        }
        if (i == coats->n) break;
        if (n) put(w, at, begin, stack[n - 1].role);
        if (begin > at) at = begin;
        stack[n++] = coats->at[i];
        if (n > 1 && stack[n - 1].end > stack[n - 2].end) stack[n - 1].end = stack[n - 2].end;
    }
}

void tj_work_roles(struct tj_work *w) {
    struct coats coats = {0};
    if (w->root_text == TJ_NONE) return;
    for (uint32_t i = 0; i < w->out->command.n; i++) {
        struct tj_command *c = w->out->command.at[i];
        bool words = c->lang == TJ_LANG_SHELL || c->lang == TJ_LANG_PWSH || c->lang == TJ_LANG_CMD;
        if (c->text == w->root_text && words) paint_command(w, &coats, c);
    }
    for (uint32_t i = 0; w->root && i < w->root->comment.n; i++) {
        struct tj_span span = w->root->comment.at[i];
        span.text = w->root_text;
        paint(w, &coats, span, TJ_ROLE_COMMENT);
    }
    struct coat *spare = tj_arena_array(w->arena, struct coat, coats.n + 1);
    if (!spare || coats.n == 0) return;
    sort(coats.at, spare, coats.n);
    flatten(w, &coats);
}
