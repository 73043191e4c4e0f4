/* Python literals as agents' frameworks print them ({'command': 'ls'}), rewritten as JSON. */
#include "read/reader.h"

struct scan {
    struct tj_str s;
    uint32_t at;
};

static bool number_escape(struct scan *scan, uint32_t digits, uint32_t base, uint32_t *code) {
    uint32_t n = 0;
    *code = 0;
    for (; n < digits && scan->at < scan->s.n; n++, scan->at++) {
        int digit = tj_hex(scan->s.p[scan->at]);
        if (digit < 0 || (uint32_t)digit >= base) break;
        *code = *code * base + (uint32_t)digit;
    }
    return base == 8 ? n > 0 : n == digits;
}

static void put_code(struct tj_buf *buf, uint32_t code) {
    char out[4];
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
    tj_buf_put(buf, tj_str_make(out, tj_utf8_put(out, code)));
}

/* At the byte after a backslash. An escape that Python does not have keeps its backslash. */
static bool escape(struct scan *scan, struct tj_buf *buf) {
    static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
    uint32_t code;
    if (scan->at == scan->s.n) return false;
    char c = scan->s.p[scan->at++];
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple) {
        tj_buf_putc(buf, to[simple - from]);
        return true;
    }
    if (c == '\n') return true;
    if (c == 'x' || c == 'u' || c == 'U') {
        if (!number_escape(scan, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16, &code)) return false;
        put_code(buf, code);
    } else if (c >= '0' && c <= '7') {
        scan->at--;
        number_escape(scan, 3, 8, &code);
        put_code(buf, code);
    } else {
        tj_buf_putc(buf, '\\');
        tj_buf_putc(buf, c);
    }
    return true;
}

static bool quoted(struct scan *scan, struct tj_buf *out) {
    struct tj_buf text;
    char quote = scan->s.p[scan->at++];
    tj_buf_init(&text, out->arena);
    while (scan->at < scan->s.n && scan->s.p[scan->at] != quote) {
        char c = scan->s.p[scan->at++];
        if (c != '\\')
            tj_buf_putc(&text, c);
        else if (!escape(scan, &text))
            return false;
    }
    if (scan->at == scan->s.n) return false;
    scan->at++;
    tj_buf_json(out, tj_buf_str(&text));
    return true;
}

static bool word(struct scan *scan, struct tj_buf *out) {
    uint32_t begin = scan->at;
    while (scan->at < scan->s.n && (tj_is_name(scan->s.p[scan->at]) || scan->s.p[scan->at] == '.' ||
                                    scan->s.p[scan->at] == '-' || scan->s.p[scan->at] == '+'))
        scan->at++;
    struct tj_str w = tj_str_sub(scan->s, begin, scan->at);
    if (tj_str_is(w, "True"))
        tj_buf_puts(out, "true");
    else if (tj_str_is(w, "False"))
        tj_buf_puts(out, "false");
    else if (tj_str_is(w, "None"))
        tj_buf_puts(out, "null");
    else
        tj_buf_put(out, w);
    return w.n > 0;
}

/* A comma that a closing bracket follows is left out: Python allows it, JSON does not. */
static bool ends_list(const struct scan *scan) {
    uint32_t at = scan->at;
    while (at < scan->s.n && tj_is_space(scan->s.p[at])) at++;
    return at < scan->s.n && (scan->s.p[at] == ')' || scan->s.p[at] == ']' || scan->s.p[at] == '}');
}

static bool one_token(struct scan *scan, struct tj_buf *out) {
    char c = scan->s.p[scan->at];
    switch (c) {
    case '\'':
    case '"': return quoted(scan, out);
    case '(': tj_buf_putc(out, '['); break;
    case ')': tj_buf_putc(out, ']'); break;
    case '{':
    case '}':
    case '[':
    case ']':
    case ':': tj_buf_putc(out, c); break;
    case ',':
        scan->at++;
        if (!ends_list(scan)) tj_buf_putc(out, ',');
        return true;
    default:
        if (!tj_is_space(c)) return word(scan, out);
    }
    scan->at++;
    return true;
}

bool tj_python_to_json(struct tj_arena *arena, struct tj_str text, struct tj_str *out) {
    struct scan scan = {tj_str_trim(text), 0};
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    if (scan.s.n < 2 || (scan.s.p[0] != '{' && scan.s.p[0] != '[' && scan.s.p[0] != '(')) return false;
    while (scan.at < scan.s.n)
        if (!one_token(&scan, &buf)) return false;
    *out = tj_buf_str(&buf);
    return !buf.failed;
}
