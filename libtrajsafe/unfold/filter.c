/* Text filters over constant text, as far as they are used to put commands together: tr, cut, sed s///, head, tail, rev. */
#include "unfold/work.h"

static bool is_flag(struct tj_str s) { return s.n > 1 && s.p[0] == '-'; }

static struct tj_str done(const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    return s.p ? s : TJ_STR("");
}

/* The end of the line that begins at `at`, without its newline. */
static uint32_t line_end(struct tj_str s, uint32_t at) {
    uint32_t end = tj_str_chr(s, '\n', at);
    return end == TJ_NOT_FOUND ? s.n : end;
}

/* Characters of each line from the end. */
bool tj_filter_rev(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out) {
    struct tj_buf buf;
    if (args.n || !tj_utf8_valid(in) || tj_str_chr(in, '\0', 0) != TJ_NOT_FOUND) return false;
    tj_buf_init(&buf, arena);
    for (uint32_t at = 0; at < in.n;) {
        uint32_t end = line_end(in, at);
        for (uint32_t i = end; i > at;) {
            uint32_t last = i--;
            while (i > at && ((unsigned char)in.p[i] & 0xc0) == 0x80) i--;
            tj_buf_put(&buf, tj_str_sub(in, i, last));
        }
        if (end < in.n) tj_buf_putc(&buf, '\n');
        at = end + 1;
    }
    *out = done(&buf);
    return true;
}

/* ---- tr -------------------------------------------------------------------------------------------------------------------------- */

struct chars {
    unsigned char at[256];
    uint32_t n;
};

static void add_range(struct chars *set, unsigned from, unsigned to) {
    for (unsigned c = from; c <= to && set->n < 256; c++) set->at[set->n++] = (unsigned char)c;
}

static bool add_class(struct chars *set, struct tj_str s, uint32_t *at) {
    static const struct {
        const char *name, *ranges;
    } classes[] = {{"[:lower:]", "az"},   {"[:upper:]", "AZ"},     {"[:digit:]", "09"},
                   {"[:alpha:]", "AZaz"}, {"[:alnum:]", "09AZaz"}, {"[:space:]", "\t\r  "}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        struct tj_str name = tj_str_of(classes[i].name);
        if (!tj_str_starts(tj_str_sub(s, *at, s.n), name)) continue;
        for (const char *r = classes[i].ranges; *r; r += 2) add_range(set, (unsigned char)r[0], (unsigned char)r[1]);
        *at += name.n;
        return true;
    }
    return false;
}

static bool parse_set(struct tj_arena *arena, struct tj_str s, struct chars *set) {
    bool stop = false;
    if (tj_str_find(s, TJ_STR("\\-"), 0) != TJ_NOT_FOUND || tj_str_find(s, TJ_STR("\\["), 0) != TJ_NOT_FOUND)
        return false;
    s = tj_print_unescape(arena, s, TJ_ESCAPES_TR, &stop);
    set->n = 0;
    for (uint32_t i = 0; i < s.n && set->n < 256;) {
        if (s.p[i] == '[' && add_class(set, s, &i)) continue;
        if (s.p[i] == '[' && i + 1 < s.n && s.p[i + 1] == ':') return false;
        if (i + 2 < s.n && s.p[i + 1] == '-') {
            if ((unsigned char)s.p[i + 2] < (unsigned char)s.p[i]) return false;
            add_range(set, (unsigned char)s.p[i], (unsigned char)s.p[i + 2]);
            i += 3;
        } else {
            set->at[set->n++] = (unsigned char)s.p[i++];
        }
    }
    return true;
}

static int find_char(const struct chars *set, unsigned char c) {
    for (uint32_t i = 0; i < set->n; i++) {
        if (set->at[i] == c) return (int)i;
    }
    return -1;
}

/* -c -d -s in any order; false: another option, or a number of operands that is an error. */
struct tr {
    struct chars a, b;
    bool removes, complement, squeezes;
};

static bool tr_options(struct tj_arena *arena, struct tj_strs args, struct tr *t) {
    uint32_t i = 0;
    for (; i < args.n && is_flag(args.at[i]); i++) {
        struct tj_str s = args.at[i];
        if (tj_str_is(s, "--delete")) s = TJ_STR("-d");
        if (tj_str_is(s, "--squeeze-repeats")) s = TJ_STR("-s");
        if (tj_str_is(s, "--complement")) s = TJ_STR("-c");
        for (uint32_t k = 1; k < s.n; k++) {
            if (!strchr("cCds", s.p[k])) return false;
            t->removes = t->removes || s.p[k] == 'd';
            t->squeezes = t->squeezes || s.p[k] == 's';
            t->complement = t->complement || s.p[k] == 'c' || s.p[k] == 'C';
        }
    }
    uint32_t sets = args.n - i;
    bool one = t->removes != t->squeezes;
    if (sets < 1 || sets > 2 || (t->removes && !t->squeezes && sets != 1) || (!one && sets != 2)) return false;
    for (uint32_t k = i; k < args.n; k++) {
        /* [=x=], [x*3] and backward ranges are not read. */
        if (tj_str_find(args.at[k], TJ_STR("[="), 0) != TJ_NOT_FOUND ||
            tj_str_find(args.at[k], TJ_STR("*]"), 0) != TJ_NOT_FOUND)
            return false;
    }
    if (!parse_set(arena, args.at[i], &t->a)) return false;
    return sets < 2 || parse_set(arena, args.at[i + 1], &t->b);
}

bool tj_filter_tr(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out) {
    struct tr t = {.removes = false};
    if (!tr_options(arena, args, &t)) return false;
    bool maps = !t.removes && t.b.n > 0;
    if (maps && t.complement) return false;
    if (!t.removes && !t.squeezes && t.b.n == 0) return false;
    const struct chars *squeezed = t.b.n ? &t.b : &t.a;
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    int last = -1;
    for (uint32_t k = 0; k < in.n; k++) {
        unsigned char c = (unsigned char)in.p[k];
        int at = find_char(&t.a, c);
        if (t.removes && (at >= 0) != t.complement) continue;
        if (maps && at >= 0) c = t.b.at[(uint32_t)at < t.b.n ? (uint32_t)at : t.b.n - 1];
        bool repeats = t.squeezes && c == last && (find_char(squeezed, c) >= 0) != (t.complement && squeezed == &t.a);
        if (repeats) continue;
        last = c;
        tj_buf_putc(&buf, (char)c);
    }
    *out = done(&buf);
    return true;
}

/* ---- cut ------------------------------------------------------------------------------------------------------------------------- */

struct spans {
    struct {
        uint64_t from, to;
    } at[8];
    uint32_t n;
};

static bool parse_list(struct tj_str s, struct spans *out) {
    out->n = 0;
    for (uint32_t i = 0; i < s.n && out->n < 8;) {
        uint64_t from = 1, to = UINT64_MAX;
        uint32_t end = tj_str_chr(s, ',', i);
        struct tj_str one = tj_str_sub(s, i, end == TJ_NOT_FOUND ? s.n : end);
        uint32_t dash = tj_str_chr(one, '-', 0);
        struct tj_str a = tj_str_sub(one, 0, dash == TJ_NOT_FOUND ? one.n : dash);
        struct tj_str b = dash == TJ_NOT_FOUND ? a : tj_str_sub(one, dash + 1, one.n);
        if (a.n && (!tj_str_to_u64(a, &from) || from == 0)) return false;
        if (b.n && (!tj_str_to_u64(b, &to) || to < from)) return false;
        if (a.n == 0 && b.n == 0) return false;
        out->at[out->n].from = from;
        out->at[out->n++].to = to;
        i += one.n + 1;
    }
    return out->n > 0;
}

static bool listed(const struct spans *spans, uint64_t at) {
    for (uint32_t i = 0; i < spans->n; i++) {
        if (at >= spans->at[i].from && at <= spans->at[i].to) return true;
    }
    return false;
}

static void cut_fields(struct tj_buf *buf, struct tj_str line, const struct spans *spans, char delimiter) {
    bool first = true;
    uint64_t number = 1;
    if (tj_str_chr(line, delimiter, 0) == TJ_NOT_FOUND) {
        tj_buf_put(buf, line);
        return;
    }
    for (uint32_t at = 0; at <= line.n; number++) {
        uint32_t end = tj_str_chr(line, delimiter, at);
        if (end == TJ_NOT_FOUND) end = line.n;
        if (listed(spans, number)) {
            if (!first) tj_buf_putc(buf, delimiter);
            tj_buf_put(buf, tj_str_sub(line, at, end));
            first = false;
        }
        at = end + 1;
    }
}

bool tj_filter_cut(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out) {
    struct spans spans = {.n = 0};
    char delimiter = '\t', kind = 0;
    bool delimited = false;
    for (uint32_t i = 0; i < args.n; i++) {
        struct tj_str s = args.at[i];
        if (s.n < 2 || s.p[0] != '-' || !strchr("bcfd", s.p[1])) return false;
        struct tj_str value = s.n > 2 ? tj_str_sub(s, 2, s.n) : i + 1 < args.n ? args.at[++i] : TJ_STR_NONE;
        if (value.n == 0) return false;
        if (s.p[1] == 'd') {
            if (value.n != 1) return false;
            delimiter = value.p[0];
            delimited = true;
        } else {
            if (kind) return false;
            kind = s.p[1];
            if (!parse_list(value, &spans)) return false;
        }
    }
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    if (kind == 0 || (delimited && kind != 'f')) return false;
    for (uint32_t at = 0; at < in.n;) {
        uint32_t end = line_end(in, at);
        if (kind == 'f') {
            cut_fields(&buf, tj_str_sub(in, at, end), &spans, delimiter);
        } else {
            for (uint32_t i = at; i < end; i++) {
                if (listed(&spans, (uint64_t)i - at + 1)) tj_buf_putc(&buf, in.p[i]);
            }
        }
        tj_buf_putc(&buf, '\n');
        at = end + 1;
    }
    *out = done(&buf);
    return true;
}

/* ---- sed s/literal/literal/ -------------------------------------------------------------------------------------------------------- */

struct substitution {
    struct tj_str from, to;
    bool all;
};

static bool parse_s(struct tj_str s, struct substitution *out) {
    if (s.n < 4 || s.p[0] != 's') return false;
    char d = s.p[1];
    uint32_t a = tj_str_chr(s, d, 2), b = a == TJ_NOT_FOUND ? a : tj_str_chr(s, d, a + 1);
    if (a == TJ_NOT_FOUND || b == TJ_NOT_FOUND) return false;
    out->from = tj_str_sub(s, 2, a);
    out->to = tj_str_sub(s, a + 1, b);
    struct tj_str flags = tj_str_sub(s, b + 1, s.n);
    out->all = tj_str_is(flags, "g");
    if (flags.n && !out->all) return false;
    for (uint32_t i = 0; i < out->from.n; i++) {
        if (strchr("\\.[]*^$+?(){}|", out->from.p[i])) return false;
    }
    return out->from.n && tj_str_chr(out->to, '\\', 0) == TJ_NOT_FOUND && tj_str_chr(out->to, '&', 0) == TJ_NOT_FOUND;
}

static struct tj_str substitute(struct tj_arena *arena, struct tj_str in, const struct substitution *s) {
    struct tj_buf buf;
    bool hit = false;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < in.n;) {
        bool match = (s->all || !hit) && tj_str_starts(tj_str_sub(in, i, in.n), s->from);
        if (in.p[i] == '\n') hit = false;
        if (!match) {
            tj_buf_putc(&buf, in.p[i++]);
            continue;
        }
        tj_buf_put(&buf, s->to);
        i += s->from.n;
        hit = true;
    }
    return done(&buf);
}

bool tj_filter_sed(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out) {
    uint32_t scripts = 0;
    *out = in;
    for (uint32_t i = 0; i < args.n; i++) {
        struct substitution s;
        struct tj_str script = args.at[i];
        if (tj_str_is(script, "-e") && i + 1 < args.n)
            script = args.at[++i];
        else if (is_flag(script) || scripts)
            return false;
        for (uint32_t at = 0; at < script.n;) {
            uint32_t end = tj_str_chr(script, ';', at);
            if (end == TJ_NOT_FOUND) end = script.n;
            struct tj_str one = tj_str_trim(tj_str_sub(script, at, end));
            if (one.n && !parse_s(one, &s)) return false;
            if (one.n) *out = substitute(arena, *out, &s);
            at = end + 1;
        }
        scripts++;
    }
    return scripts > 0;
}

/* ---- head, tail ---------------------------------------------------------------------------------------------------------------------- */

static bool count_of(struct tj_strs args, bool tail, uint64_t *n, bool *bytes, bool *from_start) {
    for (uint32_t i = 0; i < args.n; i++) {
        struct tj_str s = args.at[i];
        if (!is_flag(s)) return false;
        char kind = tj_is_digit(s.p[1]) ? 'n' : s.p[1];
        if ((kind != 'n' && kind != 'c') || (tj_is_digit(s.p[1]) && i)) return false;
        struct tj_str value = tj_is_digit(s.p[1]) ? tj_str_sub(s, 1, s.n)
                              : s.n > 2           ? tj_str_sub(s, 2, s.n)
                              : i + 1 < args.n    ? args.at[++i]
                                                  : TJ_STR_NONE;
        *from_start = tail && value.n && value.p[0] == '+';
        if (*from_start) value = tj_str_sub(value, 1, value.n);
        *bytes = kind == 'c';
        if (!tj_str_to_u64(value, n)) return false;
    }
    return true;
}

bool tj_filter_lines(struct tj_arena *arena, struct tj_strs args, bool tail, struct tj_str in, struct tj_str *out) {
    uint64_t n = 10;
    bool bytes = false, from_start = false;
    (void)arena;
    if (!count_of(args, tail, &n, &bytes, &from_start)) return false;
    uint64_t total = in.n;
    if (!bytes) {
        total = 0;
        for (uint32_t i = 0; i < in.n; i++) total += in.p[i] == '\n';
        if (in.n && in.p[in.n - 1] != '\n') total++;
    }
    uint64_t skip = !tail ? 0 : from_start ? (n ? n - 1 : 0) : total > n ? total - n : 0, keep = tail ? total : n;
    uint32_t begin = 0, end = 0;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < in.n; i++) {
        bool ends = bytes || in.p[i] == '\n';
        if (!ends) continue;
        seen++;
        if (seen == skip) begin = i + 1;
        if (seen == keep && !tail) {
            *out = tj_str_sub(in, 0, i + 1);
            return true;
        }
    }
    (void)end;
    if (tail && seen < skip) begin = in.n;
    *out = tj_str_sub(in, begin, in.n);
    if (!tail && keep == 0) *out = TJ_STR("");
    return true;
}
