/* Expressions of PowerShell: strings, variables, casts, operators, members and calls, folded where they are constant. */
#include "unfold/pwsh.h"

enum { MAX_ITEMS = 256, MAX_ARGS = 16 };

struct tj_span tj_ps_span(const struct tj_ps *p, uint32_t from) {
    return (struct tj_span){p->text, from, p->at};
}

void tj_ps_lost(struct tj_ps *p) {
    if (p->lost == TJ_NONE) p->lost = p->at;
}

static bool is_name(char c) { return tj_is_name(c) || (uint8_t)c >= 0x80; }

struct tj_str tj_ps_lower(struct tj_ps *p, struct tj_str s) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    for (uint32_t i = 0; i < s.n; i++) tj_buf_putc(&buf, tj_lower(s.p[i]));
    return tj_buf_str(&buf);
}

bool tj_ps_space(struct tj_ps *p, bool lines) {
    uint32_t from = p->at;
    while (p->at < p->end) {
        char c = tj_ps_peek(p, 0);
        if (c == '`' && (tj_ps_peek(p, 1) == '\n' || (tj_ps_peek(p, 1) == '\r' && tj_ps_peek(p, 2) == '\n'))) {
            p->at += tj_ps_peek(p, 1) == '\r' ? 3 : 2;
        } else if (c == '<' && tj_ps_peek(p, 1) == '#') {
            uint32_t close = tj_str_find(p->s, TJ_STR("#>"), p->at);
            p->at = close == TJ_NOT_FOUND || close + 2 > p->end ? p->end : close + 2;
        } else if (c == '#' && (p->at == 0 || tj_is_space(p->s.p[p->at - 1]) || strchr(";{(|", p->s.p[p->at - 1]))) {
            uint32_t line = tj_str_chr(p->s, '\n', p->at);
            p->at = line == TJ_NOT_FOUND || line > p->end ? p->end : line;
        } else if (c == ' ' || c == '\t' || c == '\r' || (lines && (c == '\n' || c == '\v' || c == '\f'))) {
            p->at++;
        } else {
            break;
        }
    }
    return p->at > from;
}

/* ---- strings --------------------------------------------------------------------------------------------------------------------- */

/* Text that grows from constant pieces; what follows the first gap is a suffix. */
struct growing {
    struct tj_buf text, suffix;
    bool gap;
    uint64_t carries;
};

static void grow(struct growing *g, const struct tj_ps_value *piece) {
    g->carries |= piece->v.carries;
    if (tj_value_known(&piece->v)) {
        tj_buf_put(g->gap ? &g->suffix : &g->text, piece->v.text);
        return;
    }
    if (!g->gap) tj_buf_put(&g->text, piece->v.nset ? TJ_STR("") : piece->v.text);
    g->gap = true;
    g->suffix.n = 0;
    if (!piece->v.nset) tj_buf_put(&g->suffix, piece->v.suffix);
}

static void grow_char(struct growing *g, char c) { tj_buf_putc(g->gap ? &g->suffix : &g->text, c); }

static struct tj_ps_value grown(const struct growing *g, struct tj_span span) {
    struct tj_str text = tj_buf_str(&g->text);
    struct tj_ps_value out = tj_ps_text(text.p ? text : TJ_STR(""), span);
    out.v.carries = g->carries;
    if (g->gap) {
        out.v.flags |= TJ_VALUE_IS_DYNAMIC;
        out.v.suffix = tj_buf_str(&g->suffix);
    }
    return out;
}

static char escaped(char c) {
    switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case '0': return '\0';
    default: return c;
    }
}

/* "…" up to `close`, which two quotes in a row do not end. here: @"…"@ ends only at a line's beginning. */
static struct tj_ps_value double_quoted(struct tj_ps *p, bool here) {
    struct growing g = {.gap = false};
    uint32_t from = p->at;
    tj_buf_init(&g.text, p->w->arena);
    tj_buf_init(&g.suffix, p->w->arena);
    p->at += here ? 2 : 1;
    while (p->at < p->end && tj_work_step(p->w)) {
        char c = tj_ps_peek(p, 0);
        bool ends = here ? c == '\n' && tj_ps_peek(p, 1) == '"' && tj_ps_peek(p, 2) == '@'
                         : c == '"' && tj_ps_peek(p, 1) != '"';
        if (ends) break;
        if (c == '`' && p->at + 1 < p->end) {
            grow_char(&g, escaped(tj_ps_peek(p, 1)));
            p->at += 2;
        } else if (c == '"' && !here) {
            grow_char(&g, '"');
            p->at += 2;
        } else if (c == '$' && tj_ps_peek(p, 1) == '(') {
            p->at += 2;
            struct tj_ps_value inner = tj_ps_inner(p, ')');
            grow(&g, &inner);
        } else if (c == '$' && (is_name(tj_ps_peek(p, 1)) || tj_ps_peek(p, 1) == '{')) {
            uint32_t begin = p->at++;
            struct tj_str name = tj_ps_variable_name(p);
            struct tj_ps_value v = tj_ps_variable(p, name, tj_ps_span(p, begin));
            v = tj_ps_join(p, v, TJ_STR(" "));
            grow(&g, &v);
        } else {
            grow_char(&g, c);
            p->at++;
        }
    }
    p->at += here ? 3 : 1;
    if (p->at > p->end) {
        p->at = p->end;
        tj_ps_lost(p);
    }
    struct tj_ps_value out = grown(&g, tj_ps_span(p, from));
    if (here && out.v.text.n && out.v.text.p[0] == '\n') out.v.text = tj_str_sub(out.v.text, 1, out.v.text.n);
    return out;
}

static struct tj_ps_value single_quoted(struct tj_ps *p) {
    struct tj_buf buf;
    uint32_t from = p->at++;
    tj_buf_init(&buf, p->w->arena);
    while (p->at < p->end && (tj_ps_peek(p, 0) != '\'' || tj_ps_peek(p, 1) == '\'')) {
        p->at += tj_ps_peek(p, 0) == '\'';
        tj_buf_putc(&buf, tj_ps_peek(p, 0));
        p->at++;
    }
    if (p->at >= p->end) tj_ps_lost(p);
    p->at += p->at < p->end;
    struct tj_str text = tj_buf_str(&buf);
    return tj_ps_text(text.p ? text : TJ_STR(""), tj_ps_span(p, from));
}

static struct tj_ps_value here_literal(struct tj_ps *p) {
    uint32_t from = p->at, begin = tj_str_chr(p->s, '\n', p->at), close = tj_str_find(p->s, TJ_STR("\n'@"), p->at);
    if (begin == TJ_NOT_FOUND || close == TJ_NOT_FOUND || close >= p->end) {
        p->at = p->end;
        tj_ps_lost(p);
        return tj_ps_unknown(tj_ps_span(p, from), 0);
    }
    p->at = close + 3;
    return tj_ps_text(tj_str_sub(p->s, begin + 1, close), tj_ps_span(p, from));
}

/* ---- lists, blocks ------------------------------------------------------------------------------------------------------------------- */

static void skip_quoted(struct tj_ps *p) {
    char quote = tj_ps_peek(p, 0);
    for (p->at++; p->at < p->end && tj_ps_peek(p, 0) != quote; p->at++)
        if (tj_ps_peek(p, 0) == '`' && quote == '"') p->at++;
    p->at += p->at < p->end;
    if (p->at > p->end) p->at = p->end;
}

struct tj_str tj_ps_block(struct tj_ps *p, uint32_t *from) {
    uint32_t depth = 0;
    *from = p->at + 1;
    while (p->at < p->end) {
        char c = tj_ps_peek(p, 0);
        if (c == '\'' || c == '"') {
            skip_quoted(p);
            continue;
        }
        p->w->steps += (p->at & 63) == 0;
        if (c == '`') p->at++;
        if (c == '{') depth++;
        p->at++;
        if (c == '}' && --depth == 0) return tj_str_sub(p->s, *from, p->at - 1);
    }
    p->at = p->end;
    tj_ps_lost(p);
    return tj_str_sub(p->s, *from, p->end);
}

static void skip_hash(struct tj_ps *p) { /* @{ … } */
    uint32_t from;
    p->at++;
    (void)tj_ps_block(p, &from);
}

/* ---- one value -------------------------------------------------------------------------------------------------------------------------- */

static struct tj_ps_value expression(struct tj_ps *p, bool lists);

static uint32_t arguments(struct tj_ps *p, struct tj_ps_value *arg) {
    uint32_t n = 0;
    p->at++;
    tj_ps_space(p, true);
    while (p->at < p->end && tj_ps_peek(p, 0) != ')' && p->lost == TJ_NONE && tj_work_step(p->w)) {
        uint32_t before = p->at;
        struct tj_ps_value v = expression(p, false);
        if (n < MAX_ARGS) arg[n++] = v;
        tj_ps_space(p, true);
        if (tj_ps_peek(p, 0) == ',') p->at++;
        tj_ps_space(p, true);
        if (p->at == before) {
            tj_ps_lost(p);
            break;
        }
    }
    p->at += p->at < p->end;
    return n;
}

static struct tj_str type_name(struct tj_ps *p) {
    uint32_t from = ++p->at, depth = 1;
    while (p->at < p->end && depth) {
        depth += tj_ps_peek(p, 0) == '[';
        depth -= tj_ps_peek(p, 0) == ']';
        p->at++;
    }
    struct tj_str name = tj_ps_lower(p, tj_str_trim(tj_str_sub(p->s, from, p->at > from ? p->at - 1 : from)));
    return tj_str_starts(name, TJ_STR("system.")) ? tj_str_sub(name, 7, name.n) : name;
}

/* .Name, .Name(…), ::Name(…), [index] behind a value. */
static struct tj_ps_value members(struct tj_ps *p, struct tj_ps_value v, uint32_t from) {
    struct tj_ps_value arg[MAX_ARGS];
    while (p->at < p->end && tj_work_step(p->w)) {
        char c = tj_ps_peek(p, 0), d = tj_ps_peek(p, 1);
        if (c == '[') {
            p->at++;
            struct tj_ps_value index = tj_ps_expression(p);
            tj_ps_space(p, true);
            p->at += tj_ps_peek(p, 0) == ']';
            v = tj_ps_binary(p, TJ_STR("[]"), v, index);
        } else if (c == '.' && (is_name(d) || d == '\'' || d == '"')) {
            p->at++;
            uint32_t begin = p->at;
            struct tj_str member;
            if (d == '\'' || d == '"') {
                struct tj_ps_value name = d == '\'' ? single_quoted(p) : double_quoted(p, false);
                member = name.v.text;
            } else {
                while (is_name(tj_ps_peek(p, 0))) p->at++;
                member = tj_str_sub(p->s, begin, p->at);
            }
            member = tj_ps_lower(p, member);
            bool call = tj_ps_peek(p, 0) == '(';
            uint32_t n = call ? arguments(p, arg) : 0;
            v = tj_ps_method(p, v, member, arg, n, call, tj_ps_span(p, from));
        } else {
            break;
        }
    }
    return v;
}

static struct tj_ps_value bracketed(struct tj_ps *p) {
    struct tj_ps_value arg[MAX_ARGS];
    uint32_t from = p->at;
    struct tj_str type = type_name(p);
    if (tj_ps_peek(p, 0) == ':' && tj_ps_peek(p, 1) == ':') {
        p->at += 2;
        uint32_t begin = p->at;
        while (is_name(tj_ps_peek(p, 0))) p->at++;
        struct tj_str member = tj_ps_lower(p, tj_str_sub(p->s, begin, p->at));
        bool call = tj_ps_peek(p, 0) == '(';
        uint32_t n = call ? arguments(p, arg) : 0;
        return tj_ps_static(p, type, member, arg, n, call, tj_ps_span(p, from));
    }
    tj_ps_space(p, false);
    char c = tj_ps_peek(p, 0);
    bool value = c == '$' || c == '(' || c == '\'' || c == '"' || c == '[' || c == '@' || tj_is_digit(c) || c == '-';
    if (!value) {
        struct tj_ps_value out = tj_ps_unknown(tj_ps_span(p, from), 0);
        out.type = type; /* [Ref].Assembly */
        return out;
    }
    return tj_ps_cast(p, type, tj_ps_operand(p));
}

static struct tj_ps_value number(struct tj_ps *p) {
    uint32_t from = p->at;
    bool hex = tj_ps_peek(p, 0) == '0' && tj_lower(tj_ps_peek(p, 1)) == 'x';
    p->at += hex ? 2 : 0;
    while (hex ? tj_hex(tj_ps_peek(p, 0)) >= 0
               : tj_is_digit(tj_ps_peek(p, 0)) || (tj_ps_peek(p, 0) == '.' && tj_is_digit(tj_ps_peek(p, 1))))
        p->at++;
    struct tj_str text = tj_str_sub(p->s, from, p->at);
    uint64_t value = 0;
    for (uint32_t i = 2; hex && i < text.n && i < 18; i++) value = value * 16 + (uint64_t)tj_hex(text.p[i]);
    while (tj_is_alpha(tj_ps_peek(p, 0))) p->at++; /* 1kb, 10L */
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_number(&buf, (int64_t)value);
    struct tj_ps_value out = tj_ps_text(hex ? tj_buf_str(&buf) : text, tj_ps_span(p, from));
    out.type = TJ_STR("int");
    return out;
}

static struct tj_ps_value at_sign(struct tj_ps *p) {
    uint32_t from = p->at;
    if (tj_ps_peek(p, 1) == '\'') return here_literal(p);
    if (tj_ps_peek(p, 1) == '"') return double_quoted(p, true);
    if (tj_ps_peek(p, 1) == '(') {
        p->at += 2;
        return tj_ps_inner(p, ')');
    }
    if (tj_ps_peek(p, 1) == '{')
        skip_hash(p);
    else
        for (p->at++; is_name(tj_ps_peek(p, 0));) p->at++; /* @splat */
    return tj_ps_unknown(tj_ps_span(p, from), 0);
}

static struct tj_ps_value primary(struct tj_ps *p) {
    uint32_t from = p->at;
    char c = tj_ps_peek(p, 0);
    if (c == '\'') return single_quoted(p);
    if (c == '"') return double_quoted(p, false);
    if (c == '@') return at_sign(p);
    if (c == '[') return bracketed(p);
    if (tj_is_digit(c)) return number(p);
    if (c == '(' || (c == '$' && tj_ps_peek(p, 1) == '(')) {
        p->at += c == '(' ? 1 : 2;
        return tj_ps_inner(p, ')');
    }
    if (c == '$') {
        p->at++;
        struct tj_str name = tj_ps_variable_name(p);
        return tj_ps_variable(p, name, tj_ps_span(p, from));
    }
    if (c == '{') {
        uint32_t begin;
        struct tj_str body = tj_ps_block(p, &begin);
        struct tj_ps_value out = tj_ps_text(body, (struct tj_span){p->text, begin, begin + body.n});
        out.type = TJ_STR("block");
        return out;
    }
    tj_ps_lost(p);
    return tj_ps_unknown(tj_ps_span(p, from), 0);
}

struct tj_ps_value tj_ps_operand(struct tj_ps *p) {
    static const char *const unary[] = {"-join", "-not", "-bnot", "-split", "!"};
    uint32_t from = p->at;
    struct tj_ps_value none = tj_ps_unknown(tj_ps_span(p, from), 0);
    if (!tj_work_deeper(p->w, tj_ps_span(p, from))) {
        p->at = p->end;
        return none;
    }
    struct tj_ps_value out = none;
    struct tj_str rest = tj_str_sub(p->s, p->at, p->end < p->at + 8 ? p->end : p->at + 8);
    bool found = false;
    for (size_t i = 0; i < sizeof unary / sizeof *unary && !found; i++) {
        struct tj_str op = tj_str_of(unary[i]);
        if (rest.n < op.n || !tj_str_ieq(tj_str_sub(rest, 0, op.n), op)) continue;
        found = true;
        p->at += op.n;
        tj_ps_space(p, true);
        out = tj_ps_operand(p);
        out = i == 0 ? tj_ps_join(p, out, TJ_STR("")) : i == 3 ? out : tj_ps_unknown(out.v.span, out.v.carries);
    }
    if (!found && (tj_ps_peek(p, 0) == '-' || tj_ps_peek(p, 0) == '+') &&
        (tj_is_digit(tj_ps_peek(p, 1)) || tj_ps_peek(p, 1) == '$')) {
        p->at++;
        out = primary(p);
        if (p->s.p[from] == '-') out.v.text = tj_str_sub(p->s, from, p->at);
    } else if (!found) {
        out = primary(p);
        out = members(p, out, from);
    }
    while ((tj_ps_peek(p, 0) == '+' && tj_ps_peek(p, 1) == '+') || (tj_ps_peek(p, 0) == '-' && tj_ps_peek(p, 1) == '-'))
        p->at += 2;
    tj_work_higher(p->w);
    return out;
}

/* ---- operators ---------------------------------------------------------------------------------------------------------------------------- */

/* A binary operator at p->at: its text in lower case, or nothing. */
static struct tj_str operator_at(struct tj_ps *p) {
    char c = tj_ps_peek(p, 0);
    uint32_t n = 1;
    if (c == '.' && tj_ps_peek(p, 1) == '.') return tj_str_sub(p->s, p->at, p->at + 2);
    if (c == '+' || c == '*' || c == '%' || c == '/') return tj_str_sub(p->s, p->at, p->at + 1);
    if (c != '-') return TJ_STR_NONE;
    while (tj_is_alpha(tj_ps_peek(p, n))) n++;
    return tj_ps_lower(p, tj_str_sub(p->s, p->at, p->at + n));
}

static struct tj_ps_value one_word(struct tj_ps *p);

/* a, b, c: of values, or of words in command mode. */
static struct tj_ps_value comma_list(struct tj_ps *p, struct tj_ps_value first, bool words) {
    struct tj_str items[MAX_ITEMS];
    uint32_t n = 0;
    uint64_t carries = first.v.carries;
    bool known = tj_value_known(&first.v);
    items[n++] = first.v.text;
    while (tj_ps_peek(p, 0) == ',' && tj_work_step(p->w)) {
        p->at++;
        tj_ps_space(p, true);
        uint32_t before = p->at;
        struct tj_ps_value next = words ? one_word(p) : tj_ps_operand(p);
        if (p->at == before) break;
        carries |= next.v.carries;
        known = known && tj_value_known(&next.v);
        if (n < MAX_ITEMS) items[n++] = next.v.text;
        tj_ps_space(p, false);
        if (p->lost != TJ_NONE) break;
    }
    struct tj_ps_value out = tj_ps_list(p, items, n, first.v.span, carries);
    if (!known || n == MAX_ITEMS) out.v.flags |= TJ_VALUE_IS_DYNAMIC;
    out.v.span.end = p->at;
    return out;
}

/* Left to right: precedence matters little where only constant text is folded. A list binds tighter than an operator. */
static struct tj_ps_value expression(struct tj_ps *p, bool lists) {
    struct tj_ps_value left = tj_ps_operand(p);
    while (p->at < p->end && p->lost == TJ_NONE && tj_work_step(p->w)) {
        uint32_t before = p->at;
        tj_ps_space(p, false);
        if (tj_ps_peek(p, 0) == ',' && lists) {
            left = comma_list(p, left, false);
            continue;
        }
        struct tj_str op = operator_at(p);
        if (!op.n || (op.n == 1 && op.p[0] == '-' && !tj_is_space(tj_ps_peek(p, 1)) && p->at > before)) {
            if (!op.n) {
                p->at = before;
                break;
            }
        }
        p->at += op.n;
        tj_ps_space(p, true);
        struct tj_ps_value right = tj_ps_operand(p);
        uint32_t after = p->at;
        tj_ps_space(p, false);
        if (tj_ps_peek(p, 0) == ',' && op.n > 1)
            right = comma_list(p, right, false);
        else
            p->at = after;
        struct tj_span span = {p->text, left.v.span.text == p->text ? left.v.span.begin : p->at, p->at};
        left = tj_ps_binary(p, op, left, right);
        left.v.span = span;
    }
    return left;
}

struct tj_ps_value tj_ps_expression(struct tj_ps *p) {
    return expression(p, true);
}

/* ---- arguments in command mode ------------------------------------------------------------------------------------------------------------- */

static bool ends_word(char c) { return tj_is_space(c) || strchr(";|&(){},\0", c) != NULL; }

/* A bare word: C:\x\"a b".txt, $HOME\x, a`b */
static struct tj_ps_value bare_word(struct tj_ps *p) {
    struct growing g = {.gap = false};
    uint32_t from = p->at;
    tj_buf_init(&g.text, p->w->arena);
    tj_buf_init(&g.suffix, p->w->arena);
    bool ticked = false;
    while (p->at < p->end && !ends_word(tj_ps_peek(p, 0)) && tj_work_step(p->w)) {
        char c = tj_ps_peek(p, 0);
        if ((c == '>' || c == '<') && p->at > from) break;
        struct tj_ps_value piece;
        if (c == '`' && p->at + 1 < p->end) {
            ticked = true;
            grow_char(&g, escaped(tj_ps_peek(p, 1)) == tj_ps_peek(p, 1) || tj_is_alpha(tj_ps_peek(p, 1))
                              ? tj_ps_peek(p, 1)
                              : ' ');
            p->at += 2;
            continue;
        }
        if (c == '\'' || c == '"') {
            piece = c == '\'' ? single_quoted(p) : double_quoted(p, false);
        } else if (c == '$' && tj_ps_peek(p, 1) == '(') {
            p->at += 2;
            piece = tj_ps_inner(p, ')');
        } else if (c == '$' && (is_name(tj_ps_peek(p, 1)) || tj_ps_peek(p, 1) == '{')) {
            uint32_t begin = p->at++;
            struct tj_str name = tj_ps_variable_name(p);
            piece = tj_ps_variable(p, name, tj_ps_span(p, begin));
        } else {
            grow_char(&g, c);
            p->at++;
            continue;
        }
        grow(&g, &piece);
    }
    struct tj_ps_value out = grown(&g, tj_ps_span(p, from));
    if (ticked) out.v.flags |= TJ_VALUE_ESCAPED;
    return out;
}

static struct tj_ps_value one_word(struct tj_ps *p) {
    char c = tj_ps_peek(p, 0);
    uint32_t from = p->at;
    struct tj_ps_value out;
    bool whole = c == '(' || c == '@' || c == '{' || c == '$' || c == '\'' || c == '"' || c == '[';
    if (c == '[' && tj_ps_peek(p, 1) && !tj_is_alpha(tj_ps_peek(p, 1))) whole = false;
    if (whole) {
        uint32_t lost = p->lost;
        out = tj_ps_operand(p);
        bool glued = p->at < p->end && !ends_word(tj_ps_peek(p, 0)) && c != '(' && c != '{' && c != '@';
        if (glued) { /* $HOME\x, "a"b */
            p->at = from;
            p->lost = lost;
            out = bare_word(p);
        }
    } else {
        out = bare_word(p);
    }
    return out;
}

struct tj_ps_value tj_ps_word(struct tj_ps *p) {
    struct tj_ps_value out = one_word(p);
    uint32_t after = p->at;
    tj_ps_space(p, false);
    if (tj_ps_peek(p, 0) == ',') return comma_list(p, out, true);
    p->at = after;
    return out;
}
