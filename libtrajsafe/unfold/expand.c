/* Shell patterns and brace expansion: text in, text out. */
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
