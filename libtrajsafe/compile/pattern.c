/* Predicates on strings: their expressions, and their bits. */
#include "compile/compiler.h"

enum { SHORTEST_LITERAL = 4, LONGEST_PATTERN = 2000 };

static void put_literal(struct tj_buf *buf, struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (tj_is_name((char)c) || c == '/' || c == ' ' || c == '-' || c == ':' || c == '@' || c == '=')
            tj_buf_putc(buf, (char)c);
        else if (c > 0x20 && c < 0x7f)
            tj_buf_putf(buf, "\\%c", c);
        else
            tj_buf_putf(buf, "\\x%02x", c);
    }
}

/* Zero-width where a word character is next to it, else it eats the neighbour: \b would say the opposite there. */
static void put_word(struct tj_buf *buf, struct tj_str s) {
    tj_buf_puts(buf, s.n && tj_is_name(s.p[0]) ? "\\b" : "(?:^|\\W)");
    put_literal(buf, s);
    tj_buf_puts(buf, s.n && tj_is_name(s.p[s.n - 1]) ? "\\b" : "(?:\\W|\\z)");
}

struct tj_str tj_pattern_regex(struct tj_arena *arena, enum tj_predicate_how how, struct tj_str text) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    if (how == TJ_PRED_IS || how == TJ_PRED_STARTS || how == TJ_PRED_UNDER) tj_buf_putc(&buf, '^');
    switch (how) {
    case TJ_PRED_REGEX: tj_buf_put(&buf, text); break;
    case TJ_PRED_WORD: put_word(&buf, text); break;
    default: put_literal(&buf, text); break;
    }
    if (how == TJ_PRED_IS || how == TJ_PRED_ENDS) tj_buf_puts(&buf, "\\z");
    if (how == TJ_PRED_UNDER && !tj_str_is(text, "/")) tj_buf_puts(&buf, "(?:/|\\z)");
    tj_buf_putc(&buf, '\0');
    struct tj_str out = tj_buf_str(&buf);
    return out.n ? tj_str_sub(out, 0, out.n - 1) : TJ_STR("");
}

/* ---- collection ------------------------------------------------------------------------------------------------ */

uint32_t tj_pattern_bit(struct tj_compiler *c, enum tj_database database, struct tj_pattern pattern, bool short_allowed) {
    if (pattern.how == TJ_PRED_UNDER && pattern.text.n > 1 && pattern.text.p[pattern.text.n - 1] == '/')
        pattern.text.n--;
    for (uint32_t i = 0; i < c->pattern[database].n; i++) {
        const struct tj_pattern *p = &c->pattern[database].at[i];
        if (p->how == pattern.how && p->caseless == pattern.caseless && tj_str_eq(p->text, pattern.text)) return i;
    }
    uint32_t literal = pattern.how == TJ_PRED_REGEX ? tj_regex_literal(c->arena, pattern.text) : pattern.text.n;
    if (literal < SHORTEST_LITERAL && pattern.how != TJ_PRED_IS && !short_allowed)
        tj_trouble(&c->check, TJ_BAD_SHORT, pattern.node, pattern.text, TJ_STR_NONE);
    if (pattern.text.n > LONGEST_PATTERN)
        tj_trouble(&c->check, TJ_BAD_NESTING, pattern.node, TJ_STR("a pattern"), TJ_STR_NONE);
    (void)tj_vec_push(c->arena, &c->pattern[database], pattern);
    return c->pattern[database].n - 1;
}
