/* What basename, dirname and seq print. */
#include "unfold/work.h"

enum { MAX_NUMBERS = 1024 };

static struct tj_str text_of(const struct tj_command *c, uint32_t i) { return c->argv[i].value.text; }

static bool all_known(const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        if (!tj_value_known(&c->argv[i].value) || tj_value_tilde(&c->argv[i].value)) return false;
    }
    return true;
}

static void print(struct tj_command *c, const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    c->output = tj_value_text(s.p ? s : TJ_STR(""), c->output.span);
    c->output.flags |= TJ_VALUE_FROM_OUTPUT;
    for (uint32_t i = 1; i < c->argc; i++) c->output.carries |= c->argv[i].value.carries;
}

/* ---- basename, dirname ------------------------------------------------------------------------------------------------------- */

static struct tj_str without_slashes(struct tj_str s) {
    while (s.n > 1 && s.p[s.n - 1] == '/') s.n--;
    return s;
}

static struct tj_str base_of(struct tj_str s, struct tj_str suffix) {
    s = without_slashes(s);
    uint32_t slash = tj_str_rchr(s, '/');
    if (s.n > 1 && slash != TJ_NOT_FOUND) s = tj_str_sub(s, slash + 1, s.n);
    if (suffix.n && s.n > suffix.n && tj_str_ends(s, suffix)) s.n -= suffix.n;
    return s;
}

static struct tj_str folder_of(struct tj_str s) {
    s = without_slashes(s);
    uint32_t slash = tj_str_rchr(s, '/');
    if (slash == TJ_NOT_FOUND) return TJ_STR(".");
    return without_slashes(tj_str_sub(s, 0, slash ? slash : 1));
}

/* False: an option that we do not know, or an error. */
static bool name_options(const struct tj_command *c, bool base, uint32_t *first, bool *many, struct tj_str *suffix) {
    uint32_t i = 1;
    for (; i < c->argc; i++) {
        struct tj_str s = text_of(c, i);
        if (s.n < 2 || s.p[0] != '-') break;
        if (tj_str_is(s, "--")) {
            i++;
            break;
        }
        bool with = base && (tj_str_is(s, "-s") || tj_str_is(s, "--suffix"));
        if (with && i + 1 < c->argc)
            *suffix = text_of(c, ++i);
        else if (base && tj_str_starts(s, TJ_STR("--suffix=")))
            *suffix = tj_str_sub(s, 9, s.n);
        else if (!base || with || !(tj_str_is(s, "-a") || tj_str_is(s, "--multiple")))
            return false;
        *many = true;
    }
    *first = i;
    return i < c->argc;
}

/* Of "$x/a.c" the last part is known although x is not, of "/a/$x" the folder. */
static void partly_known(struct tj_command *c, bool base) {
    const struct tj_value *v = c->argc == 2 ? &c->argv[1].value : NULL;
    if (!v || !(v->flags & TJ_VALUE_IS_DYNAMIC) || v->flags & TJ_VALUE_MAY_SPLIT || !base) return;
    uint32_t slash = tj_str_rchr(v->suffix, '/');
    if (slash == TJ_NOT_FOUND || slash + 1 >= v->suffix.n) return;
    c->output = tj_value_text(tj_str_sub(v->suffix, slash + 1, v->suffix.n), c->output.span);
    c->output.flags |= TJ_VALUE_FROM_OUTPUT;
    c->output.carries = v->carries;
}

void tj_print_name(struct tj_work *w, struct tj_command *c, bool base) {
    struct tj_str suffix = TJ_STR_NONE;
    struct tj_buf buf;
    uint32_t first = 1;
    bool many = !base;
    if (!all_known(c)) {
        partly_known(c, base);
        return;
    }
    if (!name_options(c, base, &first, &many, &suffix)) return;
    if (!many && c->argc - first > 2) return;
    if (!many && c->argc - first == 2) suffix = text_of(c, first + 1);
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = first; i < c->argc && (many || i == first); i++) {
        tj_buf_put(&buf, base ? base_of(text_of(c, i), suffix) : folder_of(text_of(c, i)));
        tj_buf_putc(&buf, '\n');
    }
    print(c, &buf);
}

/* ---- seq --------------------------------------------------------------------------------------------------------------------------- */

struct sequence {
    int64_t number[3];
    uint32_t n, width;
    struct tj_str between;
    bool wide;
};

static bool integer(struct tj_str s, int64_t *out) {
    uint64_t n = 0;
    bool minus = s.n && s.p[0] == '-';
    if (!tj_str_to_u64(minus ? tj_str_sub(s, 1, s.n) : s, &n) || n > INT32_MAX) return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static bool read_sequence(const struct tj_command *c, struct sequence *out) {
    *out = (struct sequence){.between = TJ_STR("\n")};
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = text_of(c, i);
        bool option = out->n == 0 && s.n > 1 && s.p[0] == '-' && !tj_is_digit(s.p[1]);
        if (!option) {
            bool zeros = s.n > 1 && (s.p[0] == '0' || (s.p[0] == '-' && s.p[1] == '0'));
            if (out->n == 3 || zeros || !integer(s, &out->number[out->n++])) return false;
        } else if (tj_str_is(s, "-w") || tj_str_is(s, "--equal-width")) {
            out->wide = true;
        } else if (tj_str_is(s, "-s") && i + 1 < c->argc) {
            out->between = text_of(c, ++i);
        } else if (s.n > 2 && s.p[1] == 's') {
            out->between = tj_str_sub(s, 2, s.n);
        } else if (tj_str_starts(s, TJ_STR("--separator="))) {
            out->between = tj_str_sub(s, 12, s.n);
        } else {
            return false;
        }
    }
    return out->n > 0;
}

static uint32_t digits(int64_t n) {
    uint32_t k = n < 0 ? 2 : 1;
    for (uint64_t rest = (uint64_t)(n < 0 ? -n : n); rest >= 10; rest /= 10) k++;
    return k;
}

static void put_padded(struct tj_buf *buf, int64_t n, uint32_t width) {
    if (n < 0) tj_buf_putc(buf, '-');
    for (uint32_t i = digits(n); i < width; i++) tj_buf_putc(buf, '0');
    tj_buf_number(buf, n < 0 ? -n : n);
}

void tj_print_sequence(struct tj_work *w, struct tj_command *c) {
    struct sequence s;
    struct tj_buf buf;
    if (!all_known(c) || !read_sequence(c, &s)) return;
    int64_t from = s.n > 1 ? s.number[0] : 1, to = s.number[s.n - 1], step = s.n > 2 ? s.number[1] : 1;
    if (step == 0) return;
    bool none = step > 0 ? from > to : from < to;
    if (!none && (to - from) / step >= MAX_NUMBERS) return;
    if (s.wide) s.width = digits(from) > digits(to) ? digits(from) : digits(to);
    tj_buf_init(&buf, w->arena);
    for (int64_t n = from; !none && (step > 0 ? n <= to : n >= to); n += step) {
        if (n != from) tj_buf_put(&buf, s.between);
        put_padded(&buf, n, s.width);
    }
    if (!none) tj_buf_putc(&buf, '\n');
    print(c, &buf);
}
