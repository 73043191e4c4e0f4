/* Reads '…', $'…' with its escapes, and "…" and the texts that follow its rules. */
#include "shell/parser.h"

static void push_quoted(struct tj_sh_parser *p, uint32_t begin, uint32_t end, uint32_t flags, struct tj_str text) {
    tj_sh_push_part(p, (struct tj_sh_part){.kind = TJ_PART_QUOTED,
                                           .flags = (uint8_t)flags,
                                           .begin = tj_sh_place(p, begin),
                                           .end = tj_sh_place(p, end),
                                           .text = text,
                                           .node = TJ_NONE});
}

/* A quote that never ends is an error at its beginning, so that recovery goes on behind that line. */
static void unterminated(struct tj_sh_parser *p, uint32_t begin) {
    p->at = begin;
    tj_sh_fail(p, TJ_REASON_SYNTAX);
    p->at = p->view.end;
}

void tj_sh_single_quoted(struct tj_sh_parser *p) {
    uint32_t begin = p->at;
    const char *from = p->view.s + begin + 1;
    const char *close = begin + 1 < p->view.end ? memchr(from, '\'', p->view.end - begin - 1) : NULL;
    uint32_t end = close ? (uint32_t)(close - p->view.s) : p->view.end;
    p->at = close ? end + 1 : end;
    push_quoted(p, begin, p->at, 0, tj_sh_slice(p, begin + 1, end));
    if (!close) {
        unterminated(p, begin);
    }
}

static uint32_t digits(const struct tj_sh_parser *p, uint32_t ahead, uint32_t most, uint32_t base, uint32_t *value) {
    uint32_t n = 0;
    for (*value = 0; n < most; n++) {
        int digit = tj_hex(tj_sh_peek(p, ahead + n));
        if (digit < 0 || (uint32_t)digit >= base) {
            break;
        }
        *value = *value * base + (uint32_t)digit;
    }
    return n;
}

/* What Bash makes of numbers that are no characters: the old UTF-8 of up to six bytes. */
static uint32_t beyond_unicode(char out[6], uint32_t value) {
    uint32_t n = value < 0x200000 ? 4 : value < 0x4000000 ? 5 : 6;
    for (uint32_t i = n; i-- > 1; value >>= 6) {
        out[i] = (char)(unsigned char)(0x80 | (value & 0x3f));
    }
    out[0] = (char)(unsigned char)((0xff00 >> n & 0xff) | value);
    return n;
}

static uint32_t put_number(struct tj_sh_parser *p, struct tj_sh_text *t, uint32_t lead, uint32_t n, uint32_t value,
                           bool wide) {
    char out[6] = {(char)(unsigned char)value};
    uint32_t length = 1;
    if (wide && value > 0x10ffff) {
        length = beyond_unicode(out, value);
    } else if (wide && value > 0x7f) {
        length = tj_utf8_put(out, value);
    }
    tj_sh_text_put(p, t, tj_str_make(out, length));
    return lead + n;
}

/* \xHH, and \x{H…} which takes any number of digits and keeps the last byte. */
static uint32_t hex_escape(struct tj_sh_parser *p, struct tj_sh_text *t) {
    uint32_t value, n = 0;
    if (tj_sh_peek(p, 2) != '{') {
        n = digits(p, 2, 2, 16, &value);
        return n ? put_number(p, t, 2, n, value, false) : 0;
    }
    for (value = 0; tj_hex(tj_sh_peek(p, 3 + n)) >= 0; n++) {
        value = (value * 16 + (uint32_t)tj_hex(tj_sh_peek(p, 3 + n))) & 0xff;
    }
    return put_number(p, t, 3, n + (tj_sh_peek(p, 3 + n) == '}'), value, false);
}

/* \cX; the byte behind \c\ is text, were it a quote. */
static uint32_t control_escape(struct tj_sh_parser *p, struct tj_sh_text *t) {
    char c = tj_sh_peek(p, 2), next = tj_sh_peek(p, 3);
    uint32_t upper = (unsigned char)(c >= 'a' && c <= 'z' ? c - 32 : c);
    if (c == '\0' || c == '\'') {
        return 0;
    }
    uint32_t n = put_number(p, t, 3, 0, c == '?' ? 0x7f : upper & 0x1f, false);
    if (c == '\\' && next == '\'') {
        tj_sh_text_put(p, t, TJ_STR("'"));
    }
    return n + (c == '\\' && (next == '\'' || next == '\\'));
}

/* One escape of $'…' at the backslash; writes its bytes and gives its length. 0: it stays as written. */
static uint32_t ansi_escape(struct tj_sh_parser *p, struct tj_sh_text *t) {
    static const char from[] = "abeEfnrtv\\'\"?";
    static const char to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    char c = tj_sh_peek(p, 1);
    const char *simple = c ? strchr(from, c) : NULL;
    uint32_t value, n;
    if (simple) {
        tj_sh_text_put(p, t, tj_str_make(to + (simple - from), 1));
        return 2;
    }
    if (c == 'x') {
        return hex_escape(p, t);
    }
    if ((c == 'u' || c == 'U') && (n = digits(p, 2, c == 'u' ? 4 : 8, 16, &value)) > 0) {
        return put_number(p, t, 2, n, value, true);
    }
    if ((n = digits(p, 1, 3, 8, &value)) > 0) {
        return put_number(p, t, 1, n, value & 0xff, false);
    }
    return c == 'c' ? control_escape(p, t) : 0;
}

/* Bash holds the result as a C string: it ends at the first NUL. */
static struct tj_str until_nul(struct tj_str s) {
    uint32_t nul = tj_str_chr(s, '\0', 0);
    return nul == TJ_NOT_FOUND ? s : tj_str_sub(s, 0, nul);
}

void tj_sh_ansi_quoted(struct tj_sh_parser *p) {
    uint32_t begin = p->at;
    struct tj_sh_text t;
    p->at += 2;
    tj_sh_text_start(p, &t);
    while (!tj_sh_end(p) && tj_sh_peek(p, 0) != '\'') {
        uint32_t n = tj_sh_peek(p, 0) == '\\' ? ansi_escape(p, &t) : 0;
        if (n) {
            p->at += n;
            t.from = p->at;
        } else {
            p->at += tj_sh_peek(p, 0) == '\\' && p->at + 1 < p->view.end ? 2 : 1;
        }
    }
    struct tj_str text = tj_sh_text_done(p, &t);
    bool closed = !tj_sh_end(p);
    p->at += closed;
    push_quoted(p, begin, p->at, TJ_PART_ESCAPED, until_nul(text));
    if (!closed) {
        unterminated(p, begin);
    }
}

/* A run of "…" text under construction. */
struct run {
    struct tj_sh_text text;
    uint32_t flags;
    bool any; /* a part was pushed */
};

static void run_close(struct tj_sh_parser *p, struct run *run) {
    if (p->at > run->text.begin) {
        push_quoted(p, run->text.begin, p->at, run->flags | TJ_PART_IN_DOUBLE, tj_sh_text_done(p, &run->text));
        run->any = true;
    }
    run->flags = 0;
}

static void double_backslash(struct tj_sh_parser *p, struct run *run, bool body) {
    char c = tj_sh_peek(p, 1);
    if (c == '\n' || (c == '\r' && tj_sh_peek(p, 2) == '\n')) {
        tj_sh_text_skip(p, &run->text, c == '\n' ? 2 : 3);
    } else if (c == '$' || c == '`' || c == '\\' || (c == '"' && !body)) {
        tj_sh_text_skip(p, &run->text, 1);
        p->at++;
        run->flags |= TJ_PART_ESCAPED;
    } else {
        p->at++;
    }
}

static bool double_expansion(struct tj_sh_parser *p, struct run *run, char c) {
    char next = tj_sh_peek(p, 1);
    if (c == '$' && !(next && (tj_is_name(next) || strchr("({[*@#?-$!", next)))) {
        return false;
    }
    run_close(p, run);
    if (c == '`') {
        tj_sh_backquoted(p, true);
    } else {
        (void)tj_sh_dollar(p, true);
    }
    run->any = true;
    tj_sh_text_start(p, &run->text);
    return true;
}

void tj_sh_double_text(struct tj_sh_parser *p, bool body) {
    struct run run = {.any = false};
    tj_sh_text_start(p, &run.text);
    while (p->at < p->view.end && !p->bad) {
        char c = p->view.s[p->at];
        if (!(tj_sh_class[(unsigned char)c] & TJ_CH_DOUBLE)) {
            p->at++;
        } else if (c == '"' && !body) {
            break;
        } else if (c == '\\') {
            double_backslash(p, &run, body);
        } else if (c == '"' || !double_expansion(p, &run, c)) {
            p->at++;
        }
    }
    if (!p->bad) {
        run_close(p, &run);
    }
    if (!run.any && !body) {
        push_quoted(p, p->at, p->at, TJ_PART_IN_DOUBLE, tj_sh_slice(p, p->at, p->at));
    }
}

void tj_sh_double_quoted(struct tj_sh_parser *p) {
    uint32_t begin = p->at++;
    tj_sh_double_text(p, false);
    if (p->bad) {
        return;
    }
    if (tj_sh_peek(p, 0) == '"') {
        p->at++;
    } else {
        unterminated(p, begin);
    }
}
