/* Predicates on strings: their expressions, and what every match must hold literally. */
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

/* ---- the longest literal of a regular expression -------------------------------------------------------------- */

struct scan {
    struct tj_str s;
    uint32_t at, depth;
};

/* What an element is: the literal it ends with counts on only when the whole element is that literal. */
struct piece {
    uint32_t best;  /* longest literal inside */
    uint32_t exact; /* length when it is nothing but one of some literals (the shortest), else 0 */
    bool zero_width;
};

static struct piece alternation(struct scan *z);

static struct piece class_piece(struct scan *z) {
    uint32_t begin = ++z->at, members = 0;
    bool negated = z->at < z->s.n && z->s.p[z->at] == '^';
    if (negated) z->at++;
    for (bool first = true; z->at < z->s.n && (first || z->s.p[z->at] != ']'); first = false, members++) {
        if (z->s.p[z->at] == '\\') z->at++;
        z->at++;
    }
    bool simple = members == 1 && !negated && z->at == begin + 1;
    if (z->at < z->s.n) z->at++;
    return (struct piece){simple, simple, false};
}

static struct piece escape_piece(struct scan *z) {
    char c = z->at + 1 < z->s.n ? z->s.p[z->at + 1] : 0;
    z->at += 2;
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'Z') return (struct piece){0, 0, true};
    if (c == 'x') {
        if (z->at < z->s.n && z->s.p[z->at] == '{') {
            uint32_t close = tj_str_chr(z->s, '}', z->at);
            z->at = close == TJ_NOT_FOUND ? z->s.n : close + 1;
        } else {
            for (int i = 0; i < 2 && z->at < z->s.n && tj_hex(z->s.p[z->at]) >= 0; i++) z->at++;
        }
        return (struct piece){1, 1, false};
    }
    bool literal = !tj_is_alnum(c) || c == 'n' || c == 't' || c == 'r' || c == 'f' || c == 'e' || c == 'a';
    return (struct piece){literal, literal, false};
}

static struct piece group_piece(struct scan *z) {
    z->at++;
    bool look = false;
    if (z->at < z->s.n && z->s.p[z->at] == '?') {
        /* (?i) and the like, (?:…), (?i:…); look-around is refused by Hyperscan later. */
        z->at++;
        while (z->at < z->s.n && z->s.p[z->at] != ':' && z->s.p[z->at] != ')' && z->s.p[z->at] != '(') {
            look |= z->s.p[z->at] == '=' || z->s.p[z->at] == '!';
            z->at++;
        }
        if (z->at < z->s.n && z->s.p[z->at] == ')') {
            z->at++;
            return (struct piece){0, 0, true};
        }
        if (z->at < z->s.n && z->s.p[z->at] == ':') z->at++;
    }
    struct piece inside = alternation(z);
    if (z->at < z->s.n && z->s.p[z->at] == ')') z->at++;
    return look ? (struct piece){0, 0, true} : inside;
}

static struct piece element(struct scan *z) {
    switch (z->s.p[z->at]) {
    case '(': return group_piece(z);
    case '[': return class_piece(z);
    case '\\': return escape_piece(z);
    case '.': z->at++; return (struct piece){0, 0, false};
    case '^':
    case '$': z->at++; return (struct piece){0, 0, true};
    default: z->at++; return (struct piece){1, 1, false};
    }
}

/* Reads a quantifier; false when there is none. *low is the least number of times. */
static bool quantifier(struct scan *z, uint32_t *low) {
    if (z->at >= z->s.n) return false;
    char c = z->s.p[z->at];
    if (c == '*' || c == '+' || c == '?') *low = c == '+';
    if (c == '{') {
        uint32_t close = tj_str_chr(z->s, '}', z->at);
        if (close == TJ_NOT_FOUND || z->at + 1 >= close || !tj_is_digit(z->s.p[z->at + 1])) return false;
        *low = z->s.p[z->at + 1] != '0';
        z->at = close + 1;
    } else if (c == '*' || c == '+' || c == '?') {
        z->at++;
    } else {
        return false;
    }
    if (z->at < z->s.n && (z->s.p[z->at] == '?' || z->s.p[z->at] == '+')) z->at++;
    return true;
}

static uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

static struct piece sequence(struct scan *z) {
    uint32_t run = 0, best = 0;
    bool exact = true;
    while (z->at < z->s.n && z->s.p[z->at] != '|' && z->s.p[z->at] != ')') {
        struct piece p = element(z);
        uint32_t low = 1;
        bool repeated = quantifier(z, &low);
        if (p.zero_width) continue;
        if (!repeated && p.exact) {
            run += p.exact;
            continue;
        }
        /* x+ lengthens what stands before it by one x, and what follows starts anew. */
        if (repeated && low && p.exact) run += p.exact;
        best = larger(best, run);
        if (low) best = larger(best, p.best);
        run = 0;
        exact = false;
    }
    best = larger(best, run);
    return (struct piece){best, exact ? best : 0, exact && best == 0};
}

static struct piece alternation(struct scan *z) {
    enum { DEEPEST = 60 };
    struct piece out = {0, 0, false};
    if (++z->depth > DEEPEST) {
        z->at = z->s.n;
        return out;
    }
    out = sequence(z);
    while (z->at < z->s.n && z->s.p[z->at] == '|') {
        z->at++;
        struct piece other = sequence(z);
        out.best = out.best < other.best ? out.best : other.best;
        out.exact = other.exact < out.exact ? other.exact : out.exact; /* 0 when one is not */
        out.zero_width = false;
    }
    z->depth--;
    return out;
}

uint32_t tj_regex_literal(struct tj_str regex) {
    struct scan z = {.s = regex};
    uint32_t best = 0;
    while (z.at < regex.n) {
        best = larger(best, alternation(&z).best);
        if (z.at < regex.n) z.at++; /* a stray ) : Hyperscan refuses it */
    }
    return best;
}

/* ---- collection ------------------------------------------------------------------------------------------------ */

uint32_t tj_pattern_bit(struct tj_compiler *c, enum tj_database database, struct tj_pattern pattern, bool short_allowed) {
    if (pattern.how == TJ_PRED_UNDER && pattern.text.n > 1 && pattern.text.p[pattern.text.n - 1] == '/')
        pattern.text.n--;
    for (uint32_t i = 0; i < c->pattern[database].n; i++) {
        const struct tj_pattern *p = &c->pattern[database].at[i];
        if (p->how == pattern.how && p->caseless == pattern.caseless && tj_str_eq(p->text, pattern.text)) return i;
    }
    uint32_t literal = pattern.how == TJ_PRED_REGEX ? tj_regex_literal(pattern.text) : pattern.text.n;
    if (literal < SHORTEST_LITERAL && pattern.how != TJ_PRED_IS && !short_allowed)
        tj_trouble(&c->check, TJ_BAD_SHORT, pattern.node, pattern.text, TJ_STR_NONE);
    if (pattern.text.n > LONGEST_PATTERN)
        tj_trouble(&c->check, TJ_BAD_NESTING, pattern.node, TJ_STR("a pattern"), TJ_STR_NONE);
    (void)tj_vec_push(c->arena, &c->pattern[database], pattern);
    return c->pattern[database].n - 1;
}
