/* Brace expansion: {a,b}, {1..3}, {a..e..2}, nested and joined, before everything else, as Bash does it. */
#include "unfold/build.h"

enum { MAX_WORDS = 256, MAX_TOKENS = 2048, MAX_WORK = 1 << 16, MAX_DEPTH = 24 };

/* A byte of unquoted text, or a part that braces do not look into. */
struct token {
    uint32_t part; /* where it came from */
    char c;        /* 0: the part itself */
};
struct tokens {
    const struct token *at;
    uint32_t n;
};
/* A list of token strings. */
struct texts {
    struct tokens *at;
    uint32_t n, cap;
};
struct braces {
    struct tj_work *w;
    uint32_t work;
    bool failed;
    int depth;
};

static struct tokens sub(struct tokens t, uint32_t begin, uint32_t end) {
    if (end > t.n) end = t.n;
    if (begin > end) begin = end;
    return (struct tokens){t.at + begin, end - begin};
}

static char char_at(struct tokens t, uint32_t i) { return i < t.n ? t.at[i].c : '\0'; }

static void push(struct braces *b, struct texts *list, struct tokens text) {
    if (list->n >= MAX_WORDS || !tj_vec_push(b->w->arena, list, text)) b->failed = true;
}

static struct tokens joined(struct braces *b, struct tokens x, struct tokens y) {
    if (x.n == 0) return y;
    if (y.n == 0) return x;
    b->work += x.n + y.n;
    struct token *at = b->work > MAX_WORK ? NULL : tj_arena_array(b->w->arena, struct token, x.n + y.n);
    if (!at) return b->failed = true, x;
    memcpy(at, x.at, x.n * sizeof *at);
    memcpy(at + x.n, y.at, y.n * sizeof *at);
    return (struct tokens){at, x.n + y.n};
}

/* Every text of x before every text of y. */
static struct texts product(struct braces *b, struct texts x, struct texts y) {
    struct texts out = {0};
    for (uint32_t i = 0; i < x.n && !b->failed; i++) {
        for (uint32_t k = 0; k < y.n && !b->failed; k++) push(b, &out, joined(b, x.at[i], y.at[k]));
    }
    return out;
}

/* The next `satisfy` at level 0 from *at. A closing brace counts when a comma or `..` came before it. */
static bool gobble(struct braces *b, struct tokens t, uint32_t *at, char satisfy) {
    uint32_t level = 0, commas = satisfy == '}' ? 0 : 1, i = *at;
    for (; i < t.n; i++) {
        char c = t.at[i].c;
        if (++b->work > MAX_WORK) b->failed = true;
        if (c == satisfy && level == 0 && commas) {
            if (c == '{' && i == 0 && char_at(t, 1) == '}') continue;
            break;
        }
        if (c == '{')
            level++;
        else if (c == '}' && level)
            level--;
        else if (satisfy == '}' && level == 0 &&
                 (c == ',' || (c == '.' && char_at(t, i + 1) == '.' && char_at(t, i + 2) != '}')))
            commas++;
    }
    *at = i;
    return i < t.n;
}

/* ---- sequences --------------------------------------------------------------------------------------------------------------- */

struct sequence {
    int64_t from, to, step;
    uint32_t width;
    bool letters;
};

static bool text_of(struct tokens t, char *out, uint32_t size) {
    if (t.n >= size) return false;
    for (uint32_t i = 0; i < t.n; i++) {
        if (t.at[i].c == '\0') return false;
        out[i] = t.at[i].c;
    }
    out[t.n] = '\0';
    return true;
}

static bool integer(struct tj_str s, int64_t *out) {
    uint64_t n = 0;
    bool sign = s.n > 1 && (s.p[0] == '-' || s.p[0] == '+');
    if (!tj_str_to_u64(sign ? tj_str_sub(s, 1, s.n) : s, &n) || n > INT32_MAX) return false;
    *out = s.p[0] == '-' ? -(int64_t)n : (int64_t)n;
    return true;
}

static bool padded(struct tj_str s) {
    return (s.n > 1 && s.p[0] == '0') || (s.n > 2 && s.p[0] == '-' && s.p[1] == '0');
}

/* a..b or a..b..step */
static bool parse_sequence(struct tokens t, struct sequence *out) {
    char room[64];
    if (!text_of(t, room, sizeof room)) return false;
    struct tj_str s = tj_str_of(room), a, z, step;
    uint32_t dots = tj_str_find(s, TJ_STR(".."), 0);
    if (dots == TJ_NOT_FOUND || dots == 0) return false;
    a = tj_str_sub(s, 0, dots);
    z = tj_str_sub(s, dots + 2, s.n);
    uint32_t more = tj_str_find(z, TJ_STR(".."), 0);
    step = more == TJ_NOT_FOUND ? TJ_STR("1") : tj_str_sub(z, more + 2, z.n);
    z = tj_str_sub(z, 0, more == TJ_NOT_FOUND ? z.n : more);
    *out = (struct sequence){.step = 1};
    if (z.n == 0 || !integer(step, &out->step)) return false;
    if (integer(a, &out->from) && integer(z, &out->to)) {
        bool pads = padded(a) || padded(z);
        out->width = !pads ? 0 : a.n > z.n ? a.n : z.n;
        return true;
    }
    out->letters = a.n == 1 && z.n == 1 && tj_is_alpha(a.p[0]) && tj_is_alpha(z.p[0]);
    out->from = (unsigned char)a.p[0];
    out->to = (unsigned char)z.p[0];
    return out->letters;
}

static void put_term(struct braces *b, struct texts *out, const struct sequence *s, int64_t n, uint32_t part) {
    struct tj_buf buf;
    tj_buf_init(&buf, b->w->arena);
    if (s->letters) {
        if (!tj_is_alpha((char)n)) b->failed = true; /* between Z and a: a backslash, a backquote … */
        tj_buf_putc(&buf, (char)n);
    } else {
        struct tj_buf digits;
        tj_buf_init(&digits, b->w->arena);
        tj_buf_number(&digits, n < 0 ? -n : n);
        if (n < 0) tj_buf_putc(&buf, '-');
        while (buf.n + digits.n < s->width) tj_buf_putc(&buf, '0');
        tj_buf_put(&buf, tj_buf_str(&digits));
    }
    struct token *at = tj_arena_array(b->w->arena, struct token, buf.n);
    for (uint32_t i = 0; at && i < buf.n; i++) at[i] = (struct token){part, buf.at[i]};
    push(b, out, (struct tokens){at, at ? buf.n : 0});
}

static bool expand_sequence(struct braces *b, struct tokens t, struct texts *out) {
    struct sequence s;
    if (!parse_sequence(t, &s)) return false;
    if (s.step == 0) s.step = 1;
    if (s.step < 0) s.step = -s.step;
    bool down = s.from > s.to;
    if ((down ? s.from - s.to : s.to - s.from) / s.step >= MAX_WORDS) b->failed = true;
    for (int64_t n = s.from; !b->failed && (down ? n >= s.to : n <= s.to); n += down ? -s.step : s.step)
        put_term(b, out, &s, n, t.at[0].part);
    return true;
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------- */

static struct texts expand(struct braces *b, struct tokens t);

static struct texts alternatives(struct braces *b, struct tokens t) {
    struct texts out = {0};
    for (uint32_t at = 0; at <= t.n && !b->failed;) {
        uint32_t end = at;
        if (!gobble(b, t, &end, ',')) end = t.n;
        struct texts one = expand(b, sub(t, at, end));
        for (uint32_t i = 0; i < one.n; i++) push(b, &out, one.at[i]);
        at = end + 1;
    }
    return out;
}

static struct texts single(struct braces *b, struct tokens t) {
    struct texts out = {0};
    push(b, &out, t);
    return out;
}

static bool has_comma(struct tokens t) {
    for (uint32_t i = 0; i < t.n; i++) {
        if (t.at[i].c == ',') return true;
    }
    return false;
}

static struct texts expand(struct braces *b, struct tokens t) {
    uint32_t open = 0, close;
    for (;; open++) {
        if (b->failed || b->depth >= MAX_DEPTH) {
            b->failed = true;
            return single(b, t);
        }
        if (!gobble(b, t, &open, '{')) return single(b, t);
        close = open + 1;
        if (gobble(b, t, &close, '}')) break;
    }
    struct texts middle = {0}, head = single(b, sub(t, 0, open));
    struct tokens inner = sub(t, open + 1, close), tail = sub(t, close + 1, t.n);
    b->depth++;
    if (has_comma(inner))
        middle = alternatives(b, inner);
    else if (!expand_sequence(b, inner, &middle))
        middle = single(b, sub(t, open, close + 1));
    if (!b->failed) head = product(b, head, middle);
    if (tail.n && !b->failed) head = product(b, head, expand(b, tail));
    b->depth--;
    return head;
}

/* ---- parts to tokens and back -------------------------------------------------------------------------------------------------------- */

static struct tokens tokens_of(struct braces *b, const struct tj_sh_part *part, uint32_t n) {
    uint32_t total = 0, k = 0;
    for (uint32_t i = 0; i < n; i++) total += part[i].kind == TJ_PART_LITERAL ? part[i].text.n : 1;
    struct token *at = total > MAX_TOKENS ? NULL : tj_arena_array(b->w->arena, struct token, total ? total : 1);
    if (!at) return b->failed = true, (struct tokens){NULL, 0};
    for (uint32_t i = 0; i < n; i++) {
        if (part[i].kind != TJ_PART_LITERAL) at[k++] = (struct token){i, '\0'};
        for (uint32_t j = 0; part[i].kind == TJ_PART_LITERAL && j < part[i].text.n; j++)
            at[k++] = (struct token){i, part[i].text.p[j]};
    }
    return (struct tokens){at, k};
}

static struct tj_sh_part literal(struct braces *b, const struct tj_sh_part *from, struct tokens t, bool first) {
    struct tj_sh_part part = *from;
    char *p = tj_arena_alloc(b->w->arena, t.n, 1);
    part.flags &= (uint8_t) ~(TJ_PART_GLOB | TJ_PART_TILDE | TJ_PART_BRACE);
    for (uint32_t i = 0; p && i < t.n; i++) {
        p[i] = t.at[i].c;
        if (p[i] == '*' || p[i] == '?' || p[i] == '[') part.flags |= TJ_PART_GLOB;
    }
    if (first && t.n && t.at[0].c == '~') part.flags |= TJ_PART_TILDE;
    part.text = p ? tj_str_make(p, t.n) : TJ_STR("");
    return part;
}

/* $v{,d} is $v and $vd: braces are expanded as text, a name goes on into what comes to stand behind it. */
static void grow_name(struct braces *b, struct tj_sh_part *param, struct tj_sh_part *next) {
    bool plain = param->kind == TJ_PART_PARAM && param->op == 0 && param->end - param->begin == param->text.n + 1 &&
                 !(param->flags & TJ_PART_IN_DOUBLE) && tj_is_name(param->text.p[0]) && !tj_is_digit(param->text.p[0]);
    uint32_t n = 0;
    if (!plain || next->kind != TJ_PART_LITERAL) return;
    while (n < next->text.n && tj_is_name(next->text.p[n])) n++;
    if (n == 0) return;
    struct tj_buf buf;
    tj_buf_init(&buf, b->w->arena);
    tj_buf_put(&buf, param->text);
    tj_buf_put(&buf, tj_str_sub(next->text, 0, n));
    param->text = tj_buf_str(&buf);
    next->text = tj_str_sub(next->text, n, next->text.n);
}

/* A dollar that came to stand before something else begins an expansion: {$,}x. */
static bool new_dollar(struct tj_str s, bool more) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '$' && (i + 1 < s.n ? !strchr("/.,:=%+~^]}", s.p[i + 1]) : more)) return true;
    }
    return false;
}

static const struct tj_sh_part *parts_of(struct braces *b, const struct tj_sh_part *part, struct tokens t, uint32_t *n) {
    struct tj_sh_part *out = tj_arena_array(b->w->arena, struct tj_sh_part, t.n ? t.n : 1);
    *n = 0;
    for (uint32_t i = 0; out && i < t.n;) {
        uint32_t end = i + 1;
        if (t.at[i].c == '\0') {
            out[(*n)++] = part[t.at[i].part];
        } else {
            while (end < t.n && t.at[end].c) end++;
            out[*n] = literal(b, &part[t.at[i].part], sub(t, i, end), i == 0);
            if (*n) grow_name(b, &out[*n - 1], &out[*n]);
            if (new_dollar(out[*n].text, end < t.n)) b->failed = true;
            if (out[*n].text.n) (*n)++;
        }
        i = end;
    }
    return out;
}

/* Braces that do not pair within ${…} or a quote in it count for Bash, which looks at the text. */
static bool unpaired(const struct tj_sh_part *part, struct tj_str source) {
    int depth = 0;
    if (part->kind != TJ_PART_PARAM) return false;
    struct tj_str text = tj_str_sub(source, part->begin, part->end);
    if (tj_str_find(text, TJ_STR("\\}"), 0) != TJ_NOT_FOUND || tj_str_find(text, TJ_STR("\\{"), 0) != TJ_NOT_FOUND)
        return true;
    for (uint32_t i = part->begin; i < part->end && i < source.n; i++)
        depth += (source.p[i] == '{') - (source.p[i] == '}');
    return depth != 0;
}

void tj_brace_expand(struct tj_work *w, struct tj_str source, const struct tj_sh_part *part, uint32_t n,
                     struct tj_brace_words *out) {
    struct braces b = {.w = w};
    struct tokens all = tokens_of(&b, part, n);
    struct texts texts = {0};
    *out = (struct tj_brace_words){.n = 0};
    for (uint32_t i = 0; i < n; i++) b.failed = b.failed || unpaired(&part[i], source);
    if (!b.failed) texts = expand(&b, all);
    out->at = tj_arena_alloc(w->arena, (texts.n ? texts.n : 1) * sizeof *out->at, _Alignof(struct tj_sh_part *));
    if (b.failed || !out->at || !tj_work_derive(w, b.work, TJ_NO_SPAN)) {
        out->too_many = true;
        return;
    }
    for (uint32_t i = 0; i < texts.n; i++) out->at[out->n++].part = parts_of(&b, part, texts.at[i], &out->at[i].n);
    if (b.failed) out->too_many = true;
}
