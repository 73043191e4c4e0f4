/* What echo and printf print, as Bash's builtins do it. */
#include "unfold/work.h"

static struct tj_str done(const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    return s.p ? s : TJ_STR("");
}

/* ---- backslashes ------------------------------------------------------------------------------------------------------------- */

static uint32_t digits(struct tj_str s, uint32_t *at, uint32_t most, uint32_t base, uint32_t *value) {
    uint32_t n = 0;
    for (*value = 0; n < most && *at < s.n; n++, (*at)++) {
        int digit = tj_hex(s.p[*at]);
        if (digit < 0 || (uint32_t)digit >= base) break;
        *value = *value * base + (uint32_t)digit;
    }
    return n;
}

static void put_code(struct tj_buf *buf, uint32_t code) {
    char utf8[4];
    if (code < 0x80)
        tj_buf_putc(buf, (char)code);
    else
        tj_buf_put(buf, tj_str_make(utf8, tj_utf8_put(utf8, code <= 0x10ffff ? code : 0xfffd)));
}

/* The escape whose letter stands at *at. False: it is none, the backslash stays. */
static bool put_escape(struct tj_buf *buf, struct tj_str s, uint32_t *at, enum tj_escapes kind, bool *stop) {
    static const char from[] = "abeEfnrtv\\", to[] = "\a\b\033\033\f\n\r\t\v\\";
    char c = s.p[*at];
    const char *p = c ? strchr(from, c) : NULL;
    uint32_t value, was = *at;
    bool letters = kind != TJ_ESCAPES_TR;
    if (p && (letters || (c != 'e' && c != 'E'))) {
        (*at)++;
        tj_buf_putc(buf, to[p - from]);
        return true;
    }
    bool octal = c >= '0' && c <= '7' && (kind != TJ_ESCAPES_ECHO || c == '0');
    if (octal) {
        bool zero = c == '0' && (kind == TJ_ESCAPES_ECHO || kind == TJ_ESCAPES_B);
        *at += zero;
        (void)digits(s, at, 3, 8, &value);
        tj_buf_putc(buf, (char)(value & 0xff));
        return true;
    }
    if (letters && (c == 'x' || c == 'u' || c == 'U')) {
        (*at)++;
        if (digits(s, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16, &value) == 0) {
            *at = was;
            return false;
        }
        if (c == 'x')
            tj_buf_putc(buf, (char)value);
        else
            put_code(buf, value);
        return true;
    }
    if (c == 'c' && (kind == TJ_ESCAPES_ECHO || kind == TJ_ESCAPES_B)) {
        *stop = true;
        return true;
    }
    if (kind == TJ_ESCAPES_FORMAT && (c == '\'' || c == '"' || c == '?')) {
        (*at)++;
        tj_buf_putc(buf, c);
        return true;
    }
    if (kind == TJ_ESCAPES_TR) { /* tr drops the backslash of what it does not know */
        (*at)++;
        tj_buf_putc(buf, c);
        return true;
    }
    return false;
}

struct tj_str tj_print_unescape(struct tj_arena *arena, struct tj_str s, enum tj_escapes kind, bool *stop) {
    struct tj_buf buf;
    if (tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND) return s;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < s.n && !*stop;) {
        char c = s.p[i++];
        if (c != '\\' || i >= s.n || !put_escape(&buf, s, &i, kind, stop)) tj_buf_putc(&buf, c);
        if (*stop) break;
    }
    return done(&buf);
}

static void add_text(struct tj_work *w, struct tj_capture *capture, struct tj_str s) {
    struct tj_value v = tj_value_text(s, TJ_NO_SPAN);
    tj_capture_add(w, capture, &v);
}

/* An argument as it is printed: what word it was no longer counts. One that is several words leaves a gap. */
static struct tj_value printed(const struct tj_value *arg) {
    struct tj_value v = *arg;
    if (v.flags & TJ_VALUE_MAY_SPLIT && v.nset) {
        v = tj_value_unknown(arg->span);
        v.carries = arg->carries;
    }
    v.flags &= ~(TJ_VALUE_MAY_SPLIT | TJ_VALUE_UNSET_OK | TJ_VALUE_HAS_GLOB | TJ_VALUE_ESCAPED);
    return v;
}

/* ---- echo ---------------------------------------------------------------------------------------------------------------------- */

struct echo {
    bool newline, escapes, unsure; /* unsure: shells differ */
    uint32_t first;
};

static struct echo echo_options(const struct tj_env *env, const struct tj_command *c) {
    struct echo e = {.newline = true, .first = 1};
    for (; e.first < c->argc; e.first++) {
        struct tj_str s = c->argv[e.first].value.text;
        if (!tj_value_known(&c->argv[e.first].value)) {
            e.unsure = s.n == 0 || s.p[0] == '-';
            break;
        }
        bool flags = s.n > 1 && s.p[0] == '-';
        for (uint32_t i = 1; flags && i < s.n; i++) flags = s.p[i] == 'n' || s.p[i] == 'e' || s.p[i] == 'E';
        if (!flags) break;
        if (env->dialect == TJ_DIALECT_SH && !tj_str_is(s, "-n")) e.unsure = true;
        for (uint32_t i = 1; i < s.n; i++) {
            if (s.p[i] == 'n')
                e.newline = false;
            else
                e.escapes = s.p[i] == 'e';
        }
    }
    for (uint32_t i = e.first; env->dialect == TJ_DIALECT_SH && i < c->argc; i++) {
        if (tj_str_chr(c->argv[i].value.text, '\\', 0) != TJ_NOT_FOUND) e.unsure = true;
    }
    return e;
}

void tj_print_echo(struct tj_work *w, const struct tj_env *env, struct tj_command *c) {
    struct echo e = echo_options(env, c);
    struct tj_capture capture = {.some = false};
    struct tj_span span = c->span;
    bool stop = false;
    for (uint32_t i = e.first; i < c->argc && !stop; i++) {
        struct tj_value v = printed(&c->argv[i].value);
        bool gap = !tj_value_known(&v) && e.escapes;
        if (e.escapes && !gap) v.text = tj_print_unescape(w->arena, v.text, TJ_ESCAPES_ECHO, &stop);
        if (gap) v = tj_value_unknown(v.span); /* a backslash may stand at its edge */
        if (i > e.first) add_text(w, &capture, TJ_STR(" "));
        v.carries = c->argv[i].value.carries;
        tj_capture_add(w, &capture, &v);
        if (c->argv[i].value.flags & TJ_VALUE_MAY_SPLIT && i > e.first) {
            struct tj_value none = tj_value_unknown(v.span); /* it may be no word, then its blank is missing */
            tj_capture_add(w, &capture, &none);
        }
    }
    if (e.newline && !stop) add_text(w, &capture, TJ_STR("\n"));
    /* One word: what is printed points at it, so that code in it does. */
    if (c->argc == e.first + 1) span = c->argv[e.first].value.span;
    c->output = tj_capture_value(&capture, span);
    if (e.unsure) {
        c->output.text = c->output.suffix = TJ_STR("");
        c->output.flags = (c->output.flags & ~TJ_VALUE_IS_SET) | TJ_VALUE_IS_DYNAMIC;
        c->output.nset = 0;
    }
    c->output.span = span;
    c->output.flags &= ~(TJ_VALUE_MAY_SPLIT | TJ_VALUE_UNSET_OK | TJ_VALUE_HAS_GLOB | TJ_VALUE_ESCAPED);
}

/* ---- printf -------------------------------------------------------------------------------------------------------------------- */

struct format {
    struct tj_work *w;
    const struct tj_command *c;
    struct tj_capture out;
    struct tj_str text;
    uint32_t at, arg; /* of the next argument; at or beyond argc: none is left */
    bool stop;        /* \c, or an error that ends printf */
    bool bad;         /* what comes now is not known */
};

struct conversion {
    bool minus, plus, space, zero, alternate, has_precision;
    int64_t width, precision;
    char letter;
};

static const struct tj_value *next_arg(struct format *f) {
    return f->arg < f->c->argc ? &f->c->argv[f->arg++].value : (f->arg++, NULL);
}

/* A number as strtoimax reads it with base 0, and 'c for a letter. False: printf complains, or we do not know. */
static bool integer(const struct tj_value *arg, int64_t *out) {
    *out = 0;
    if (!arg) return true;
    if (!tj_value_known(arg)) return false;
    struct tj_str s = arg->text;
    if (s.n && (s.p[0] == '\'' || s.p[0] == '"')) {
        uint32_t at = 1;
        if (s.n > 1) *out = (int64_t)tj_utf8_next(s, &at);
        return s.n <= 1 || *out != 0xfffd;
    }
    bool minus = s.n && s.p[0] == '-';
    uint32_t i = minus || (s.n && s.p[0] == '+') ? 1 : 0, begin = i;
    uint64_t base = 10, n = 0;
    if (i + 1 < s.n && s.p[i] == '0') {
        base = tj_lower(s.p[i + 1]) == 'x' ? 16 : 8;
        i += base == 16 ? 2 : 1;
    }
    if (i == s.n && s.n > begin) return false;
    for (; i < s.n; i++) {
        int digit = tj_hex(s.p[i]);
        if (digit < 0 || (uint64_t)digit >= base || n > (INT64_MAX - 15) / base) return false;
        n = n * base + (uint64_t)digit;
    }
    *out = minus ? -(int64_t)n : (int64_t)n;
    return s.n > begin || s.n == 0;
}

static int64_t star(struct format *f) {
    int64_t n = 0;
    if (!integer(next_arg(f), &n) || n > 4096 || n < -4096) f->bad = true;
    return f->bad ? 0 : n;
}

static int64_t count(struct format *f) {
    int64_t n = 0;
    if (f->at < f->text.n && f->text.p[f->at] == '*') {
        f->at++;
        return star(f);
    }
    for (; f->at < f->text.n && tj_is_digit(f->text.p[f->at]); f->at++) {
        n = n * 10 + f->text.p[f->at] - '0';
        if (n > 4096) f->bad = true;
        if (f->bad) n = 0;
    }
    return n;
}

static struct conversion read_conversion(struct format *f) {
    struct conversion v = {.width = 0};
    for (; f->at < f->text.n && f->text.p[f->at] && strchr("-+ #0'", f->text.p[f->at]); f->at++) {
        char c = f->text.p[f->at];
        v.minus = v.minus || c == '-';
        v.plus = v.plus || c == '+';
        v.space = v.space || c == ' ';
        v.zero = v.zero || c == '0';
        v.alternate = v.alternate || c == '#';
    }
    v.width = count(f);
    if (v.width < 0) {
        v.minus = true;
        v.width = -v.width;
    }
    if (f->at < f->text.n && f->text.p[f->at] == '.') {
        f->at++;
        v.precision = count(f);
        v.has_precision = v.precision >= 0;
    }
    while (f->at < f->text.n && f->text.p[f->at] && strchr("hjlLtz", f->text.p[f->at])) f->at++;
    v.letter = f->at < f->text.n ? f->text.p[f->at++] : '\0';
    return v;
}

static void padded(struct format *f, const struct conversion *v, struct tj_str s) {
    struct tj_buf buf;
    tj_buf_init(&buf, f->w->arena);
    int64_t fill = v->width - s.n;
    for (int64_t i = 0; i < fill && !v->minus; i++) tj_buf_putc(&buf, ' ');
    tj_buf_put(&buf, s);
    for (int64_t i = 0; i < fill && v->minus; i++) tj_buf_putc(&buf, ' ');
    add_text(f->w, &f->out, done(&buf));
}

static void put_string(struct format *f, const struct conversion *v, const struct tj_value *arg) {
    struct tj_value value = arg ? printed(arg) : tj_value_text(TJ_STR(""), TJ_NO_SPAN);
    bool plain = v->width == 0 && !v->has_precision;
    if (plain) {
        tj_capture_add(f->w, &f->out, &value);
        return;
    }
    struct tj_str s = value.text;
    bool ascii = true;
    for (uint32_t i = 0; i < s.n; i++) ascii = ascii && (unsigned char)s.p[i] < 0x80;
    if (!tj_value_known(&value) || !ascii) {
        value = tj_value_unknown(value.span);
        tj_capture_add(f->w, &f->out, &value);
        return;
    }
    if (v->has_precision && v->precision < s.n) s = tj_str_sub(s, 0, (uint32_t)v->precision);
    padded(f, v, s);
}

static void put_number(struct format *f, const struct conversion *v, const struct tj_value *arg) {
    int64_t n;
    struct tj_buf buf, text;
    bool is_signed = v->letter == 'd' || v->letter == 'i';
    if (!integer(arg, &n)) {
        struct tj_value gap = tj_value_unknown(TJ_NO_SPAN);
        if (arg) gap.carries = arg->carries;
        tj_capture_add(f->w, &f->out, &gap);
        return;
    }
    tj_buf_init(&buf, f->w->arena);
    tj_buf_init(&text, f->w->arena);
    unsigned base = v->letter == 'o' ? 8 : v->letter == 'x' || v->letter == 'X' ? 16 : 10;
    uint64_t rest = is_signed && n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    char digit[24];
    uint32_t k = 0;
    for (uint64_t r = rest; r || k == 0; r /= base) {
        if (r == 0 && v->has_precision && v->precision == 0) break;
        digit[k++] = (v->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[r % base];
        if (r < base) break;
    }
    int64_t least = v->has_precision ? v->precision : 0;
    const char *sign = !is_signed ? "" : n < 0 ? "-" : v->plus ? "+" : v->space ? " " : "";
    if (v->alternate && rest && base == 16) sign = v->letter == 'X' ? "0X" : "0x";
    if (v->alternate && base == 8 && least <= k && !(k && digit[k - 1] == '0')) least = k + 1;
    int64_t used = (int64_t)strlen(sign) + (k > least ? k : least);
    if (v->zero && !v->minus && !v->has_precision && v->width > used)
        least += v->width - used + (k > least ? k - least : 0);
    tj_buf_puts(&text, sign);
    for (int64_t i = k; i < least; i++) tj_buf_putc(&text, '0');
    while (k) tj_buf_putc(&text, digit[--k]);
    padded(f, v, done(&text));
}

/* What %q leaves as it is, and what it puts a backslash in front of. */
static struct tj_str quoted(struct tj_work *w, struct tj_str s) {
    struct tj_buf buf;
    bool seen = true;
    if (s.n == 0) return TJ_STR("''");
    for (uint32_t i = 0; i < s.n; i++) seen = seen && (unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f;
    if (!seen) return tj_text_quoted(w->arena, s);
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool front = i == 0 && (c == '#' || c == '~');
        bool tilde = c == '~' && i && (s.p[i - 1] == ':' || s.p[i - 1] == '=');
        if (front || tilde || strchr(" !\"$&'()*,;<>?[\\]^`{|}", c)) tj_buf_putc(&buf, '\\');
        tj_buf_putc(&buf, c);
    }
    return done(&buf);
}

static void put_converted(struct format *f, const struct conversion *v, const struct tj_value *arg) {
    struct tj_value value = arg ? printed(arg) : tj_value_text(TJ_STR(""), TJ_NO_SPAN);
    bool known = tj_value_known(&value);
    switch (v->letter) {
    case 's': put_string(f, v, arg); return;
    case 'b':
        if (known) value.text = tj_print_unescape(f->w->arena, value.text, TJ_ESCAPES_B, &f->stop);
        if (known && tj_str_chr(value.text, '\0', 0) != TJ_NOT_FOUND && (v->width || v->has_precision)) break;
        if (!known) break;
        put_string(f, v, &value);
        return;
    case 'q':
        if (!known || !tj_utf8_valid(value.text)) break;
        value.text = quoted(f->w, value.text);
        put_string(f, v, &value);
        return;
    case 'c':
        if (!known || v->width) break;
        add_text(f->w, &f->out, value.text.n ? tj_str_sub(value.text, 0, 1) : tj_str_make("", 1));
        return;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': put_number(f, v, arg); return;
    default: break;
    }
    uint64_t carries = value.carries;
    value = tj_value_unknown(value.span);
    value.carries = carries;
    tj_capture_add(f->w, &f->out, &value);
}

static void one_conversion(struct format *f) {
    struct conversion v;
    if (f->at < f->text.n && f->text.p[f->at] == '%') {
        f->at++;
        add_text(f->w, &f->out, TJ_STR("%"));
        return;
    }
    v = read_conversion(f);
    if (v.letter == '\0' || !strchr("sbqQcdiuoxXeEfFgGaAn(", v.letter)) {
        f->stop = true; /* "missing format character": printf ends */
        return;
    }
    if (v.letter == '(' || v.letter == 'n') f->bad = true;
    if (f->bad) return;
    put_converted(f, &v, next_arg(f));
}

static void one_round(struct format *f) {
    for (f->at = 0; f->at < f->text.n && !f->stop && !f->bad;) {
        if (f->text.p[f->at] == '%') {
            f->at++;
            one_conversion(f);
            continue;
        }
        uint32_t begin = f->at;
        bool stop = false;
        while (f->at < f->text.n && f->text.p[f->at] != '%')
            f->at += f->text.p[f->at] == '\\' && f->at + 1 < f->text.n && f->text.p[f->at + 1] != '%' ? 2 : 1;
        if (f->at > f->text.n) f->at = f->text.n;
        add_text(f->w, &f->out,
                 tj_print_unescape(f->w->arena, tj_str_sub(f->text, begin, f->at), TJ_ESCAPES_FORMAT, &stop));
    }
}

void tj_print_format(struct tj_work *w, struct tj_command *c) {
    uint32_t at = c->argc > 1 && tj_str_is(c->argv[1].value.text, "--") ? 2 : 1;
    struct format f = {.w = w, .c = c};
    if (at >= c->argc) return;
    struct tj_value format = printed(&c->argv[at].value);
    if (!tj_value_known(&format)) {
        uint64_t carries = 0;
        for (uint32_t i = at; i < c->argc; i++) carries |= c->argv[i].value.carries;
        c->output = tj_value_unknown(c->span);
        uint32_t stop = format.nset ? 0 : tj_str_chr(format.text, '%', 0);
        uint32_t slash = tj_str_chr(format.text, '\\', 0);
        c->output.text = tj_str_sub(format.text, 0, stop < slash ? stop : slash);
        c->output.carries = carries;
        return;
    }
    if (format.text.n > 1 && format.text.p[0] == '-' && at == 1) return; /* -v, or an error */
    f.text = format.text;
    f.arg = at + 1;
    for (uint32_t before = TJ_NONE; !f.stop && !f.bad && before != f.arg && (f.arg < c->argc || before == TJ_NONE);) {
        before = f.arg;
        for (uint32_t i = before; i < c->argc; i++) f.bad = f.bad || c->argv[i].value.flags & TJ_VALUE_MAY_SPLIT;
        if (f.bad && c->argc == at + 2 && f.text.n == 2 && tj_str_is(f.text, "%s")) f.bad = false;
        if (!f.bad) one_round(&f);
        if (f.arg == before) break;
    }
    if (f.bad) {
        struct tj_value gap = tj_value_unknown(c->span);
        for (uint32_t i = at; i < c->argc; i++) gap.carries |= c->argv[i].value.carries;
        tj_capture_add(w, &f.out, &gap);
    }
    c->output = tj_capture_value(&f.out, c->span);
    bool one_word = c->argc == at + 1 || (c->argc == at + 2 && f.text.n <= 4);
    c->output.span = one_word ? c->argv[c->argc - 1].value.span : c->span;
}
