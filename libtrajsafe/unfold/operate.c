/* The operators of ${x…} on one text: cutting, replacing, slicing, letter case, quoting. */
#include "unfold/operate.h"

enum { MAX_PATTERN_TEXT = 512 };

static struct tj_str text_of(const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    return s.p ? s : TJ_STR("");
}

/* The next place where a character begins. */
static uint32_t step(struct tj_str s, uint32_t at) {
    do at++;
    while (at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80);
    return at;
}

/* ---- # ## % %% ---------------------------------------------------------------------------------------------------------- */

static struct tj_str cut_front(const struct tj_operation *o, struct tj_str s) {
    uint32_t best = TJ_NONE;
    if (o->plain) return tj_str_starts(s, o->literal) ? tj_str_sub(s, o->literal.n, s.n) : s;
    for (uint32_t n = 0; n <= s.n; n = step(s, n)) {
        if (!tj_pattern_match(o->a, tj_str_sub(s, 0, n))) continue;
        best = n;
        if (!o->twice) break;
    }
    return best == TJ_NONE ? s : tj_str_sub(s, best, s.n);
}

static struct tj_str cut_back(const struct tj_operation *o, struct tj_str s) {
    uint32_t best = TJ_NONE;
    if (o->plain) return tj_str_ends(s, o->literal) ? tj_str_sub(s, 0, s.n - o->literal.n) : s;
    for (uint32_t n = 0; n <= s.n; n = step(s, n)) {
        if (!tj_pattern_match(o->a, tj_str_sub(s, n, s.n))) continue;
        best = n;
        if (o->twice) break;
    }
    return best == TJ_NONE ? s : tj_str_sub(s, 0, best);
}

/* ---- / // /# /% ----------------------------------------------------------------------------------------------------------- */

/* The end of the longest match that begins at `at`. */
static uint32_t match_at(const struct tj_operation *o, struct tj_str s, uint32_t at) {
    if (o->plain) return tj_str_starts(tj_str_sub(s, at, s.n), o->literal) ? at + o->literal.n : TJ_NONE;
    for (uint32_t end = s.n;; end--) {
        bool whole = end == s.n || ((unsigned char)s.p[end] & 0xc0) != 0x80;
        if (whole && tj_pattern_match(o->a, tj_str_sub(s, at, end))) return end;
        if (end == at) return TJ_NONE;
    }
}

static struct tj_str joined3(struct tj_arena *arena, struct tj_str a, struct tj_str b, struct tj_str c) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    tj_buf_put(&buf, a);
    tj_buf_put(&buf, b);
    tj_buf_put(&buf, c);
    return text_of(&buf);
}

static struct tj_str replace_end(const struct tj_operation *o, struct tj_str s) {
    struct tj_arena *arena = o->w->arena;
    if (o->anchor == '#') {
        uint32_t end = match_at(o, s, 0);
        return end == TJ_NONE ? s : joined3(arena, o->b, TJ_STR_NONE, tj_str_sub(s, end, s.n));
    }
    struct tj_operation longest = *o;
    longest.twice = true;
    if (o->a.n == 0) return joined3(arena, s, o->b, TJ_STR_NONE);
    if (o->plain && !tj_str_ends(s, o->literal)) return s;
    struct tj_str kept = cut_back(&longest, s);
    bool hit = kept.n < s.n || tj_pattern_match(o->a, TJ_STR(""));
    return hit ? joined3(arena, kept, o->b, TJ_STR_NONE) : s;
}

static struct tj_str replace(const struct tj_operation *o, struct tj_str s) {
    struct tj_buf buf;
    if (o->anchor) return replace_end(o, s);
    if (o->a.n == 0) return s;
    tj_buf_init(&buf, o->w->arena);
    bool done = false;
    uint32_t i = 0;
    if (s.n == 0 && match_at(o, s, 0) == 0) return o->b;
    while (i < s.n) {
        uint32_t end = done ? TJ_NONE : match_at(o, s, i);
        if (end == TJ_NONE || end == i) {
            uint32_t next = step(s, i);
            tj_buf_put(&buf, tj_str_sub(s, i, next));
            i = next;
            continue;
        }
        tj_buf_put(&buf, o->b);
        done = !o->twice;
        i = end;
    }
    struct tj_str out = text_of(&buf);
    return tj_work_derive(o->w, out.n, TJ_NO_SPAN) ? out : TJ_STR("");
}

/* ---- ^ ^^ , ,, ~ ~~ ---------------------------------------------------------------------------------------------------------- */

static char other_case(char op, char c) {
    bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';
    if (op == '~') op = lower ? '^' : ',';
    if (op == '^') return lower ? (char)(c - 32) : c;
    return upper ? (char)(c + 32) : c;
}

static struct tj_str change_case(struct tj_operation *o, struct tj_str s) {
    struct tj_buf buf;
    tj_buf_init(&buf, o->w->arena);
    for (uint32_t i = 0; i < s.n;) {
        uint32_t next = step(s, i);
        struct tj_str one = tj_str_sub(s, i, next);
        bool hit = (i == 0 || o->twice) && (o->a.n == 0 || tj_pattern_match(o->a, one));
        if (hit && one.n > 1) o->failed = true; /* letters beyond ASCII: another table than ours */
        if (hit && one.n == 1)
            tj_buf_putc(&buf, other_case(o->op, *one.p));
        else
            tj_buf_put(&buf, one);
        i = next;
    }
    return text_of(&buf);
}

/* ---- : --------------------------------------------------------------------------------------------------------------------------- */

bool tj_operation_range(struct tj_operation *o, int64_t have, int64_t *from, int64_t *to) {
    *from = 0;
    int64_t n = have;
    if (!tj_arith(o->w, o->env, o->a, from) || (o->has_b && !tj_arith(o->w, o->env, o->b, &n))) return false;
    if (*from < 0) *from += have;
    if (*from < 0 || *from > have) {
        *from = *to = 0;
        return true;
    }
    if (o->has_b && n < 0)
        *to = have + n;
    else
        *to = n > have - *from ? have : *from + n;
    return *to >= *from;
}

static struct tj_str substring(struct tj_operation *o, struct tj_str s) {
    int64_t from, to;
    if (!tj_operation_range(o, tj_text_chars(s), &from, &to)) return o->failed = true, TJ_STR("");
    return tj_str_sub(s, tj_text_offset(s, (uint32_t)from), tj_text_offset(s, (uint32_t)to));
}

/* ---- @Q @U … ----------------------------------------------------------------------------------------------------------------------- */

static bool unprintable(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) return true;
    }
    return !tj_utf8_valid(s);
}

/* 'it'\''s', or $'…' when something in it cannot be seen. */
struct tj_str tj_text_quoted(struct tj_arena *arena, struct tj_str s) {
    static const char from[] = "\a\b\033\f\n\r\t\v\\'", to[] = "abEfnrtv\\'";
    struct tj_buf buf;
    bool dollar = unprintable(s);
    tj_buf_init(&buf, arena);
    if (s.n == 1 && s.p[0] == '\'') return TJ_STR("\\'");
    tj_buf_puts(&buf, dollar ? "$'" : "'");
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        const char *p = c ? strchr(from, c) : NULL;
        if (!dollar && c == '\'') {
            tj_buf_puts(&buf, "'\\''");
        } else if (dollar && p) {
            tj_buf_putc(&buf, '\\');
            tj_buf_putc(&buf, to[p - from]);
        } else if (dollar && ((unsigned char)c < ' ' || c == 0x7f)) {
            tj_buf_putc(&buf, '\\');
            for (int bit = 6; bit >= 0; bit -= 3) tj_buf_putc(&buf, (char)('0' + ((c >> bit) & 7)));
        } else {
            tj_buf_putc(&buf, c);
        }
    }
    tj_buf_putc(&buf, '\'');
    return tj_buf_str(&buf);
}

static struct tj_str transform(struct tj_operation *o, struct tj_str s) {
    struct tj_operation letters = {.w = o->w, .twice = true, .op = '^'};
    struct tj_str out;
    bool ascii = true;
    for (uint32_t i = 0; i < s.n; i++) ascii = ascii && (unsigned char)s.p[i] < 0x80;
    switch (o->letter) {
    case 'Q':
        if (!ascii && unprintable(s)) o->failed = true;
        return tj_text_quoted(o->w->arena, s);
    case 'u': letters.twice = false; break;
    case 'U': break;
    case 'L': letters.op = ','; break;
    default: o->failed = true; return s;
    }
    out = change_case(&letters, s);
    o->failed = o->failed || letters.failed;
    return out;
}

/* ---- on values --------------------------------------------------------------------------------------------------------------------- */

static struct tj_str apply(struct tj_operation *o, struct tj_str s) {
    switch (o->op) {
    case '#': return cut_front(o, s);
    case '%': return cut_back(o, s);
    case '/': return replace(o, s);
    case '^':
    case ',':
    case '~': return change_case(o, s);
    case ':': return substring(o, s);
    case '@': return transform(o, s);
    default: o->failed = true; return s;
    }
}

/* How much of a known beginning stays when something is cut off the end of it and what is not known. */
static uint32_t certain_front(const struct tj_operation *o, struct tj_str text) {
    bool starts = o->a.n && (tj_is_name(o->a.p[0]) || strchr("/.:-,=@+ ", o->a.p[0]));
    if (o->plain) return text.n > o->literal.n ? text.n - o->literal.n : 0;
    if (!starts || o->a.n < 2 || o->a.p[1] != '*') return 0;
    uint32_t at = o->twice ? tj_str_chr(text, o->a.p[0], 0) : tj_str_rchr(text, o->a.p[0]);
    return at == TJ_NOT_FOUND ? text.n : at;
}

/* What is certain of a value of which only beginning and end are known. */
static struct tj_value operate_open(struct tj_operation *o, const struct tj_value *v) {
    struct tj_value out = *v;
    int64_t from = 0, n = 0;
    bool each = o->op == '^' || o->op == ',' || o->op == '~';
    bool letter = o->op == '/' && o->twice && o->plain && o->literal.n == 1;
    out.text = out.suffix = TJ_STR("");
    out.flags = (v->flags & ~(TJ_VALUE_IS_SET | TJ_VALUE_LIST)) | TJ_VALUE_IS_DYNAMIC;
    out.nset = 0;
    if (o->failed || v->nset) return out;
    if (o->op == '%') {
        out.text = tj_str_sub(v->text, 0, certain_front(o, v->text));
    } else if ((each && o->twice) || letter) {
        out.text = apply(o, v->text);
        out.suffix = apply(o, v->suffix);
    } else if (o->op == ':' && v->flags & TJ_VALUE_UNSET_OK) {
        tj_arith_blur(o->w, o->env, o->a); /* of what is not set nothing is cut, and nothing is counted */
    } else if (o->op == ':' && tj_utf8_valid(v->text) && tj_arith(o->w, o->env, o->a, &from) && from >= 0) {
        uint32_t have = tj_text_chars(v->text), begin = tj_text_offset(v->text, from < have ? (uint32_t)from : have);
        out.text = tj_str_sub(v->text, begin, v->text.n);
        if (o->has_b && tj_arith(o->w, o->env, o->b, &n) && n >= 0) {
            uint32_t end = tj_text_offset(out.text, n < have ? (uint32_t)n : have);
            if (from + n <= have) out.flags &= ~(TJ_VALUE_IS_DYNAMIC | TJ_VALUE_MAY_SPLIT | TJ_VALUE_UNSET_OK);
            out.text = tj_str_sub(out.text, 0, end);
        }
    }
    if (o->failed) out.text = out.suffix = TJ_STR("");
    return out;
}

struct tj_value tj_operate(struct tj_operation *o, const struct tj_value *v) {
    struct tj_value out = *v;
    bool failed = o->failed;
    /* Patterns are tried at every place and length. */
    bool slow = (o->op == '#' || o->op == '%' || o->op == '/') && v->text.n > MAX_PATTERN_TEXT && !o->plain;
    if (tj_value_tilde(v)) { /* nothing is known of the folder that it stands for */
        struct tj_value open = tj_value_unknown(v->span);
        open.carries = v->carries;
        return open;
    }
    bool classes = tj_str_find(o->a, TJ_STR("[:"), 0) != TJ_NOT_FOUND; /* of letters beyond ASCII we know nothing */
    for (uint32_t i = 0; classes && i < v->text.n; i++) o->failed = o->failed || (unsigned char)v->text.p[i] > 0x7f;
    if (slow || !tj_work_derive(o->w, v->text.n, v->span)) o->failed = true;
    if (o->failed || v->flags & TJ_VALUE_IS_DYNAMIC) {
        out = operate_open(o, v);
        o->failed = failed;
        return out;
    }
    out.text = apply(o, v->text);
    if (v->nset) {
        struct tj_str *set = tj_arena_array(o->w->arena, struct tj_str, v->nset);
        for (uint32_t i = 0; set && i < v->nset; i++) set[i] = apply(o, v->set[i]);
        out.set = set;
        if (!set) out.nset = 0;
    }
    if (o->failed) out = operate_open(o, v);
    o->failed = failed;
    return out;
}
