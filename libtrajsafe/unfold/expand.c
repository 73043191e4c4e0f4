/* Shell patterns, arithmetic of constants and brace expansion: text in, text out. */
#include "unfold/work.h"

/* ---- patterns ----------------------------------------------------------------------------------------------------------- */

static bool class_matches(struct tj_str p, uint32_t *at, char c) {
    uint32_t i = *at + 1;
    bool negated = i < p.n && (p.p[i] == '!' || p.p[i] == '^'), hit = false;
    if (negated) i++;
    for (uint32_t first = i; i < p.n && (p.p[i] != ']' || i == first); i++) {
        if (i + 2 < p.n && p.p[i + 1] == '-' && p.p[i + 2] != ']') {
            hit = hit || (c >= p.p[i] && c <= p.p[i + 2]);
            i += 2;
        } else {
            hit = hit || c == p.p[i];
        }
    }
    *at = i < p.n ? i + 1 : i;
    return hit != negated;
}

/* One star to fall back to is enough for patterns without alternation: linear times the text at worst. */
bool tj_pattern_match(struct tj_str pattern, struct tj_str text) {
    uint32_t p = 0, t = 0, star = TJ_NONE, mark = 0;
    while (t < text.n) {
        uint32_t next = p;
        bool hit = false;
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = t;
            continue;
        }
        if (p < pattern.n) {
            if (pattern.p[p] == '[' && tj_str_chr(pattern, ']', p + 2) != TJ_NOT_FOUND) {
                hit = class_matches(pattern, &next, text.p[t]);
            } else {
                hit = pattern.p[p] == '?' || pattern.p[p] == text.p[t];
                next = p + 1;
            }
        }
        if (hit) {
            p = next;
            t++;
        } else if (star != TJ_NONE) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

/* ---- arithmetic ----------------------------------------------------------------------------------------------------------- */

struct arith {
    struct tj_work *w;
    const struct tj_env *env;
    struct tj_str s;
    uint32_t at;
    int depth;
    bool bad;
};

static int64_t arith_sum(struct arith *a, int level);

static void skip_space(struct arith *a) {
    while (a->at < a->s.n && tj_is_space(a->s.p[a->at])) a->at++;
}

static int arith_digit(char c) {
    if (tj_is_digit(c)) return c - '0';
    return tj_is_alpha(c) ? tj_lower(c) - 'a' + 10 : 99;
}

/* 10, 0x10, 010, 36#z */
static int64_t arith_number(struct arith *a) {
    uint64_t n = 0;
    int base = 10;
    if (a->s.p[a->at] == '0' && a->at + 1 < a->s.n) {
        bool hex = tj_lower(a->s.p[a->at + 1]) == 'x';
        base = hex ? 16 : 8;
        a->at += hex ? 2 : 1;
    }
    for (; a->at < a->s.n; a->at++) {
        if (a->s.p[a->at] == '#' && base == 10 && n >= 2 && n <= 36) {
            base = (int)n;
            n = 0;
            continue;
        }
        int digit = arith_digit(a->s.p[a->at]);
        if (digit >= base) break;
        n = n * (uint64_t)base + (uint64_t)digit;
    }
    return (int64_t)(n & INT64_MAX);
}

static int64_t arith_name(struct arith *a) {
    uint32_t begin = a->at;
    while (a->at < a->s.n && tj_is_name(a->s.p[a->at])) a->at++;
    struct tj_value v = tj_param_value(a->w, a->env, tj_str_sub(a->s, begin, a->at));
    uint64_t n = 0;
    struct tj_str text = v.text;
    bool minus = text.n && text.p[0] == '-';
    if (minus) text = tj_str_sub(text, 1, text.n);
    if (!tj_value_known(&v) || (text.n && !tj_str_to_u64(text, &n))) a->bad = true;
    n &= INT64_MAX;
    return minus ? -(int64_t)n : (int64_t)n;
}

static int64_t arith_one(struct arith *a) {
    skip_space(a);
    if (a->at >= a->s.n || ++a->depth > 64) return a->bad = true, 0;
    char c = a->s.p[a->at];
    int64_t n = 0;
    if (c == '(') {
        a->at++;
        n = arith_sum(a, 0);
        skip_space(a);
        if (a->at < a->s.n && a->s.p[a->at] == ')')
            a->at++;
        else
            a->bad = true;
    } else if (c == '-' || c == '+' || c == '~' || c == '!') {
        a->at++;
        n = arith_one(a);
        n = c == '-' ? (int64_t)(0 - (uint64_t)n) : c == '~' ? ~n : c == '!' ? !n : n;
    } else if (c == '$' && a->at + 1 < a->s.n && tj_is_name(a->s.p[a->at + 1])) {
        a->at++;
        n = arith_name(a);
    } else if (tj_is_digit(c)) {
        n = arith_number(a);
    } else if (tj_is_name(c)) {
        n = arith_name(a);
    } else {
        a->bad = true;
    }
    a->depth--;
    return n;
}

/* The operator at `at`, its level (higher binds tighter) or -1. */
static int arith_operator(struct arith *a, char *op, uint32_t *n) {
    skip_space(a);
    if (a->at >= a->s.n) return -1;
    char c = a->s.p[a->at], d = a->at + 1 < a->s.n ? a->s.p[a->at + 1] : '\0';
    *op = c;
    *n = 1;
    switch (c) {
    case '|': return d == '|' ? -1 : 0;
    case '^': return 1;
    case '&': return d == '&' ? -1 : 2;
    case '<':
    case '>': *n = 2; return d == c ? 3 : -1;
    case '+':
    case '-': return d == c || d == '=' ? -1 : 4;
    case '*':
        *n = d == '*' ? 2 : 1;
        *op = d == '*' ? 'p' : '*';
        return d == '=' ? -1 : d == '*' ? 6 : 5;
    case '/':
    case '%': return d == '=' ? -1 : 5;
    default: return -1;
    }
}

static int64_t arith_apply(struct arith *a, char op, int64_t x, int64_t y) {
    uint64_t ux = (uint64_t)x, uy = (uint64_t)y;
    switch (op) {
    case '|': return (int64_t)(ux | uy);
    case '^': return (int64_t)(ux ^ uy);
    case '&': return (int64_t)(ux & uy);
    case '<': return (int64_t)(ux << (uy & 63));
    case '>': return (int64_t)(ux >> (uy & 63));
    case '+': return (int64_t)(ux + uy);
    case '-': return (int64_t)(ux - uy);
    case '*': return (int64_t)(ux * uy);
    case 'p': {
        uint64_t r = 1;
        for (uint64_t i = 0; i < uy && i < 64; i++) r *= ux;
        return (int64_t)r;
    }
    default:
        if (y == 0 || (x == INT64_MIN && y == -1)) return a->bad = true, 0;
        return op == '/' ? x / y : x % y;
    }
}

static int64_t arith_sum(struct arith *a, int level) {
    int64_t left = arith_one(a);
    char op = 0;
    uint32_t n = 0;
    for (int found; !a->bad && (found = arith_operator(a, &op, &n)) >= level;) {
        a->at += n;
        left = arith_apply(a, op, left, arith_sum(a, found + 1));
    }
    return left;
}

bool tj_arith(struct tj_work *w, const struct tj_env *env, struct tj_str text, int64_t *out) {
    struct arith a = {.w = w, .env = env, .s = text};
    if (text.n > 256) return false;
    *out = arith_sum(&a, 0);
    skip_space(&a);
    return !a.bad && a.at == text.n;
}

/* ---- braces ----------------------------------------------------------------------------------------------------------------- */

struct braces {
    struct tj_arena *arena;
    struct tj_str *out;
    uint32_t n, max;
};

/* The brace pair that expands: its { , its } and whether it holds a comma of its own. */
static bool find_pair(struct tj_str s, uint32_t from, uint32_t *open, uint32_t *close, bool *comma) {
    for (uint32_t i = from; i < s.n; i++) {
        if (s.p[i] != '{') continue;
        int depth = 0;
        *comma = false;
        for (uint32_t j = i; j < s.n; j++) {
            if (s.p[j] == '{') depth++;
            if (s.p[j] == ',' && depth == 1) *comma = true;
            if (s.p[j] == '}' && --depth == 0) {
                *open = i;
                *close = j;
                if (*comma || tj_str_find(tj_str_sub(s, i, j), TJ_STR(".."), 0) != TJ_NOT_FOUND) return true;
                break;
            }
        }
    }
    return false;
}

static void expand(struct braces *b, struct tj_str head, struct tj_str s, int depth);

static void expand_with(struct braces *b, struct tj_str head, struct tj_str middle, struct tj_str tail, int depth) {
    struct tj_buf buf;
    tj_buf_init(&buf, b->arena);
    tj_buf_put(&buf, middle);
    tj_buf_put(&buf, tail);
    expand(b, head, tj_buf_str(&buf), depth + 1);
}

static void expand_range(struct braces *b, struct tj_str head, struct tj_str body, struct tj_str tail, int depth) {
    uint32_t dots = tj_str_find(body, TJ_STR(".."), 0);
    struct tj_str from = tj_str_sub(body, 0, dots), to = tj_str_sub(body, dots + 2, body.n);
    uint64_t x = 0, y = 0;
    bool numbers = tj_str_to_u64(from, &x) && tj_str_to_u64(to, &y);
    if (!numbers && from.n == 1 && to.n == 1) {
        x = (uint8_t)from.p[0];
        y = (uint8_t)to.p[0];
    } else if (!numbers) {
        x = 1;
    }
    for (uint64_t i = 0; b->n < b->max && i <= (x < y ? y - x : x - y); i++) {
        uint64_t at = x < y ? x + i : x - i;
        struct tj_buf buf;
        tj_buf_init(&buf, b->arena);
        if (numbers)
            tj_buf_number(&buf, (int64_t)(at & INT64_MAX));
        else
            tj_buf_putc(&buf, (char)at);
        expand_with(b, head, tj_buf_str(&buf), tail, depth);
    }
}

static void expand(struct braces *b, struct tj_str head, struct tj_str s, int depth) {
    uint32_t open, close;
    bool comma;
    if (b->n >= b->max || b->arena->failed) return;
    struct tj_buf buf;
    tj_buf_init(&buf, b->arena);
    tj_buf_put(&buf, head);
    if (depth > 12 || !find_pair(s, 0, &open, &close, &comma)) {
        tj_buf_put(&buf, s);
        b->out[b->n++] = tj_buf_str(&buf).p ? tj_buf_str(&buf) : TJ_STR("");
        return;
    }
    tj_buf_put(&buf, tj_str_sub(s, 0, open));
    struct tj_str front = tj_buf_str(&buf), tail = tj_str_sub(s, close + 1, s.n);
    if (!comma) {
        expand_range(b, front, tj_str_sub(s, open + 1, close), tail, depth);
        return;
    }
    int level = 0;
    uint32_t begin = open + 1;
    for (uint32_t i = open + 1; i <= close; i++) {
        char c = s.p[i];
        if (level == 0 && (c == ',' || i == close)) {
            expand_with(b, front, tj_str_sub(s, begin, i), tail, depth);
            begin = i + 1;
        }
        level += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
}

uint32_t tj_brace_expand(struct tj_arena *arena, struct tj_str text, struct tj_str *out, uint32_t max) {
    struct braces b = {arena, out, 0, max};
    if (text.n <= 4096) expand(&b, TJ_STR_NONE, text, 0);
    if (b.n == 0) out[b.n++] = text;
    return b.n;
}
