/* Shell patterns over text: * ? […] and backslashes, by character. */
#include "unfold/work.h"

/* The character at *at; bytes that are not UTF-8 stand for themselves. */
static uint32_t next_char(struct tj_str s, uint32_t *at) {
    unsigned char c = (unsigned char)s.p[*at];
    if (c < 0x80) {
        (*at)++;
        return c;
    }
    uint32_t code = tj_utf8_next(s, at);
    return code == 0xfffd ? 0x110000u + c : code;
}

uint32_t tj_text_chars(struct tj_str s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s.n; n++) (void)next_char(s, &i);
    return n;
}

uint32_t tj_text_offset(struct tj_str s, uint32_t chars) {
    uint32_t i = 0;
    while (chars-- && i < s.n) (void)next_char(s, &i);
    return i;
}

/* ---- […] ----------------------------------------------------------------------------------------------------------------- */

static bool in_class(struct tj_str name, uint32_t c) {
    bool ascii = c < 0x80;
    char b = ascii ? (char)c : '\0';
    bool upper = b >= 'A' && b <= 'Z', lower = b >= 'a' && b <= 'z', digit = tj_is_digit(b);
    bool graph = b > ' ' && b < 0x7f;
    if (tj_str_is(name, "alpha")) return upper || lower;
    if (tj_str_is(name, "digit")) return digit;
    if (tj_str_is(name, "alnum")) return upper || lower || digit;
    if (tj_str_is(name, "word")) return upper || lower || digit || b == '_';
    if (tj_str_is(name, "upper")) return upper;
    if (tj_str_is(name, "lower")) return lower;
    if (tj_str_is(name, "space")) return b && tj_is_space(b);
    if (tj_str_is(name, "blank")) return b == ' ' || b == '\t';
    if (tj_str_is(name, "punct")) return graph && !upper && !lower && !digit;
    if (tj_str_is(name, "graph")) return graph;
    if (tj_str_is(name, "print")) return graph || b == ' ';
    if (tj_str_is(name, "cntrl")) return ascii && (c < ' ' || c == 0x7f);
    if (tj_str_is(name, "xdigit")) return b && tj_hex(b) >= 0;
    return ascii && tj_str_is(name, "ascii");
}

/* [:name:] at *at, which holds the second [. */
static bool named_class(struct tj_str p, uint32_t *at, struct tj_str *name) {
    if (*at + 1 >= p.n || p.p[*at] != '[' || p.p[*at + 1] != ':') return false;
    uint32_t end = tj_str_find(p, TJ_STR(":]"), *at + 2);
    if (end == TJ_NOT_FOUND) return false;
    *name = tj_str_sub(p, *at + 2, end);
    for (uint32_t i = 0; i < name->n; i++) {
        if (!tj_is_alpha(name->p[i])) return false;
    }
    *at = end + 2;
    return true;
}

static uint32_t class_char(struct tj_str p, uint32_t *at) {
    if (p.p[*at] == '\\' && *at + 1 < p.n) (*at)++;
    return next_char(p, at);
}

/* Matches c against the bracket at *at and moves behind it; false and *at unchanged when none ends there. */
static bool bracket(struct tj_str p, uint32_t *at, uint32_t c, bool *hit) {
    uint32_t i = *at + 1;
    bool negated = i < p.n && (p.p[i] == '!' || p.p[i] == '^'), any = false;
    struct tj_str name;
    if (negated) i++;
    for (uint32_t first = i; i < p.n;) {
        if (p.p[i] == ']' && i > first) {
            *at = i + 1;
            *hit = any != negated;
            return true;
        }
        if (named_class(p, &i, &name)) {
            any = any || in_class(name, c);
            continue;
        }
        uint32_t from = class_char(p, &i), to = from;
        if (i + 1 < p.n && p.p[i] == '-' && p.p[i + 1] != ']') {
            i++;
            to = class_char(p, &i);
        }
        any = any || (c >= from && c <= to);
    }
    return false;
}

/* ---- matching -------------------------------------------------------------------------------------------------------------- */

/* One character of the text against what stands at *p; moves both. */
static bool one_char(struct tj_str pattern, uint32_t *p, struct tj_str text, uint32_t *t) {
    uint32_t c = next_char(text, t);
    char special = pattern.p[*p];
    bool hit = false;
    if (special == '?') {
        (*p)++;
        return true;
    }
    if (special == '[' && bracket(pattern, p, c, &hit)) return hit;
    if (special == '\\' && *p + 1 < pattern.n) (*p)++;
    return next_char(pattern, p) == c;
}

/* One star to fall back to is enough for patterns without alternation: linear times the pattern at worst. */
bool tj_pattern_match(struct tj_str pattern, struct tj_str text) {
    uint32_t p = 0, t = 0, star = TJ_NONE, mark = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = ++p;
            mark = t;
            continue;
        }
        uint32_t next_p = p, next_t = t;
        if (p < pattern.n && one_char(pattern, &next_p, text, &next_t)) {
            p = next_p;
            t = next_t;
        } else if (star != TJ_NONE) {
            p = star;
            (void)next_char(text, &mark);
            t = mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

bool tj_pattern_literal(struct tj_arena *arena, struct tj_str pattern, struct tj_str *text) {
    struct tj_buf buf;
    bool escaped = tj_str_chr(pattern, '\\', 0) != TJ_NOT_FOUND;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < pattern.n; i++) {
        char c = pattern.p[i];
        if (c == '*' || c == '?' || c == '[') return false;
        if (c == '\\' && i + 1 < pattern.n) c = pattern.p[++i];
        if (escaped) tj_buf_putc(&buf, c);
    }
    *text = escaped ? tj_buf_str(&buf) : pattern;
    return true;
}

struct tj_str tj_pattern_quote(struct tj_arena *arena, struct tj_str text) {
    struct tj_buf buf;
    bool plain = true;
    for (uint32_t i = 0; plain && i < text.n; i++)
        plain = tj_is_name(text.p[i]) || text.p[i] == '/' || text.p[i] == '.';
    if (plain) return text;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!tj_is_name(c) && (unsigned char)c < 0x80) tj_buf_putc(&buf, '\\');
        tj_buf_putc(&buf, c);
    }
    return tj_buf_str(&buf);
}
