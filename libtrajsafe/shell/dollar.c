/* Reads what begins with a dollar, backquote or <( : parameters, substitutions and arithmetic. */
#include "shell/parser.h"

struct tj_sh_view tj_sh_view_enter(struct tj_sh_parser *p, struct tj_sh_view view, uint32_t at, uint32_t *was) {
    struct tj_sh_view outer = p->view;
    *was = p->at;
    p->view = view;
    p->at = at;
    return outer;
}

static struct tj_sh_part part_of(uint32_t kind, bool in_double, uint32_t begin) {
    return (struct tj_sh_part){
        .kind = (uint8_t)kind, .flags = in_double ? TJ_PART_IN_DOUBLE : 0, .begin = begin, .node = TJ_NONE};
}

/* The body of a substitution up to its closing parenthesis, which is taken. */
static void substitution(struct tj_sh_parser *p, struct tj_sh_part part, uint32_t open) {
    if (tj_sh_enter(p)) {
        p->at += open;
        part.node = tj_sh_statements(p).first;
        if (!p->bad && !tj_sh_takes_char(p, ')')) {
            tj_sh_fail(p, TJ_REASON_SYNTAX);
        }
    }
    tj_sh_leave(p);
    part.end = tj_sh_place(p, p->at);
    tj_sh_push_part(p, part);
}

void tj_sh_process(struct tj_sh_parser *p) {
    struct tj_sh_part part = part_of(TJ_PART_PROCESS, false, tj_sh_place(p, p->at));
    part.op = (uint8_t)tj_sh_peek(p, 0);
    substitution(p, part, 2);
}

static bool arithmetic(struct tj_sh_parser *p, struct tj_sh_part part, uint32_t open, const char *close) {
    if (!tj_sh_arith(p, open, close, &part.text, &part.child, &part.child_end)) {
        return false;
    }
    part.end = tj_sh_place(p, p->at);
    tj_sh_push_part(p, part);
    return true;
}

static void parameter(struct tj_sh_parser *p, struct tj_sh_part part) {
    uint32_t from = ++p->at;
    char c = tj_sh_peek(p, 0);
    p->at++;
    if (tj_is_name(c) && !tj_is_digit(c)) {
        while (p->at < p->view.end && tj_is_name(p->view.s[p->at])) {
            p->at++;
        }
    }
    part.kind = TJ_PART_PARAM;
    part.text = tj_sh_slice(p, from, p->at);
    part.end = tj_sh_place(p, p->at);
    tj_sh_push_part(p, part);
}

bool tj_sh_dollar(struct tj_sh_parser *p, bool in_double) {
    struct tj_sh_part part = part_of(TJ_PART_ARITH, in_double, tj_sh_place(p, p->at));
    switch (tj_sh_peek(p, 1)) {
    case '\'':
        tj_sh_ansi_quoted(p);
        if (in_double && p->parts.n) {
            p->parts.at[p->parts.n - 1].flags |= TJ_PART_IN_DOUBLE;
        }
        return true;
    case '"':
        p->at++;
        tj_sh_double_quoted(p);
        return true;
    case '{': tj_sh_braced(p, in_double); return true;
    case '[':
        if (arithmetic(p, part, 2, "]")) {
            return true;
        }
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return false;
    case '(':
        if (tj_sh_peek(p, 2) == '(' && arithmetic(p, part, 3, "))")) {
            return true;
        }
        part.kind = TJ_PART_COMMAND;
        substitution(p, part, 2);
        return true;
    default: parameter(p, part); return true;
    }
}

/* ---- `…` ------------------------------------------------------------------------------------------------------ */

static uint32_t backquote_escape(const struct tj_sh_parser *p, uint32_t at, uint32_t end, bool in_double) {
    char c = at + 1 < end ? p->view.s[at + 1] : '\0';
    return p->view.s[at] == '\\' && (c == '`' || c == '\\' || c == '$' || (c == '"' && in_double)) ? 1 : 0;
}

/* The text between backquotes with one level of backslashes removed, and the place of every byte. */
static bool unescaped(struct tj_sh_parser *p, uint32_t begin, uint32_t end, bool in_double, struct tj_sh_view *view) {
    uint32_t n = end - begin;
    if (p->lookahead < 8 * n) {
        tj_sh_fail(p, TJ_REASON_BUDGET);
        return false;
    }
    p->lookahead -= 8 * n;
    char *s = tj_arena_alloc(p->arena, n + 1, 1);
    uint32_t *map = tj_arena_alloc(p->arena, (n + 1) * sizeof *map, _Alignof(uint32_t));
    if (!s || !map) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
        return false;
    }
    uint32_t k = 0;
    for (uint32_t i = begin; i < end; i++, k++) {
        map[k] = tj_sh_place(p, i); /* an escape stands where its backslash stands */
        i += backquote_escape(p, i, end, in_double);
        s[k] = p->view.s[i];
    }
    map[k] = tj_sh_place(p, end);
    *view = (struct tj_sh_view){.s = s, .end = k, .map = map};
    tj_sh_heredocs_find(p, view, 0, false);
    return true;
}

/* The closing backquote, or TJ_NONE. *escapes: a backslash has to be removed. */
static uint32_t backquote_end(const struct tj_sh_parser *p, bool in_double, bool *escapes) {
    *escapes = false;
    for (uint32_t i = p->at + 1; i < p->view.end; i++) {
        if (p->view.s[i] == '`') {
            return i;
        }
        if (p->view.s[i] == '\\') {
            *escapes |= backquote_escape(p, i, p->view.end, in_double) != 0;
            i++;
        }
    }
    return TJ_NONE;
}

static uint32_t backquote_body(struct tj_sh_parser *p, struct tj_sh_view view, uint32_t at) {
    uint32_t was;
    struct tj_sh_view outer = tj_sh_view_enter(p, view, at, &was);
    uint32_t node = tj_sh_statements(p).first;
    if (!p->bad && !tj_sh_end(p)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    p->view = outer;
    p->at = was;
    return node;
}

void tj_sh_backquoted(struct tj_sh_parser *p, bool in_double) {
    struct tj_sh_part part = part_of(TJ_PART_COMMAND, in_double, tj_sh_place(p, p->at));
    bool escapes;
    uint32_t begin = p->at, end = backquote_end(p, in_double, &escapes);
    if (end == TJ_NONE) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return;
    }
    if (tj_sh_enter(p)) {
        struct tj_sh_view view = p->view;
        view.end = end;
        if (!escapes) {
            part.node = backquote_body(p, view, begin + 1);
        } else if (unescaped(p, begin + 1, end, in_double, &view)) {
            part.node = backquote_body(p, view, 0);
        }
    }
    tj_sh_leave(p);
    p->at = end + 1;
    part.end = tj_sh_place(p, p->at);
    tj_sh_push_part(p, part);
}
