/* String literals: escapes, raw strings, f-strings, implicit concatenation; and gluing of known pieces. */
#include "code/eval.h"

static uint32_t hex_digits(struct tj_str s, uint32_t at, uint32_t n, uint32_t *out) {
    uint32_t sum = 0, i = 0;
    for (; i < n && at + i < s.n && tj_hex(s.p[at + i]) >= 0; i++) sum = sum * 16 + (uint32_t)tj_hex(s.p[at + i]);
    *out = sum;
    return i;
}

/* Bytes of a \x or octal escape above 127: one byte in bytes literals, a code point in text. */
static void put_code(struct tj_buf *buf, uint32_t code, bool bytes) {
    char out[4];
    if (bytes)
        tj_buf_putc(buf, (char)code);
    else
        tj_buf_put(buf, tj_str_make(out, tj_utf8_put(out, code)));
}

/* s.p[i] is a backslash; returns where to go on. */
static uint32_t unescape(struct tj_buf *buf, struct tj_str s, uint32_t i, bool bytes) {
    static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
    if (i + 1 >= s.n) {
        tj_buf_putc(buf, '\\');
        return i + 1;
    }
    char c = s.p[i + 1];
    uint32_t code = 0;
    const char *simple = c ? strchr(from, c) : NULL;
    if (simple) {
        tj_buf_putc(buf, to[simple - from]);
        return i + 2;
    }
    if (c == '\n') return i + 2;
    if (c == '\r') return i + (i + 2 < s.n && s.p[i + 2] == '\n' ? 3 : 2);
    uint32_t want = c == 'x' ? 2 : c == 'u' && !bytes ? 4 : c == 'U' && !bytes ? 8 : 0;
    if (want && hex_digits(s, i + 2, want, &code) == want) {
        put_code(buf, code, bytes);
        return i + 2 + want;
    }
    if (c >= '0' && c <= '7') {
        uint32_t n = 0;
        for (; n < 3 && i + 1 + n < s.n && s.p[i + 1 + n] >= '0' && s.p[i + 1 + n] <= '7'; n++)
            code = code * 8 + (uint32_t)(s.p[i + 1 + n] - '0');
        put_code(buf, code & 0x1FF, bytes);
        return i + 1 + n;
    }
    tj_buf_putc(buf, '\\');
    return i + 1;
}

struct prefix {
    bool raw, bytes, format;
};

static struct prefix prefix_of(struct tj_str start) {
    struct prefix prefix = {false, false, false};
    for (uint32_t i = 0; i < start.n; i++) {
        char c = tj_lower(start.p[i]);
        prefix.raw |= c == 'r';
        prefix.bytes |= c == 'b';
        prefix.format |= c == 'f';
    }
    return prefix;
}

static struct tj_str content(struct tj_py *py, struct tj_str s, struct prefix prefix) {
    bool plain = prefix.raw || tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND;
    if (plain && !prefix.format) return s;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < s.n;) {
        char c = s.p[i];
        if (c == '\\' && !prefix.raw) {
            i = unescape(&buf, s, i, prefix.bytes);
            continue;
        }
        if (prefix.format && (c == '{' || c == '}') && i + 1 < s.n && s.p[i + 1] == c) i++;
        tj_buf_putc(&buf, c);
        i++;
    }
    return tj_buf_str(&buf);
}

static uint32_t interpolation(struct tj_py *py, uint32_t node) {
    uint32_t inner = tj_py_child(py->tree, node, TJ_PY_IN_EXPRESSION);
    if (inner == TJ_NONE) return 0;
    uint32_t value = tj_py_use(py, tj_py_eval(py, inner));
    bool formatted = false;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint8_t kind = tj_py_node(py, at)->kind;
        formatted |= kind == TJ_PY_CONVERSION && !tj_str_is(tj_py_source(py, at), "!s");
        if (kind == TJ_PY_FORMAT_SPEC) {
            formatted |= !tj_str_is(tj_py_source(py, at), ":s");
            tj_py_eval_children(py, at);
        }
    }
    if (!formatted) return value;
    uint32_t mark = py->stack.n;
    (void)tj_vec_push(py->arena, &py->stack, value);
    value = tj_py_list(py, node, mark);
    tj_py_at(py, value)->kind = TJ_CODE_DYNAMIC;
    return value;
}

/* Pushes the pieces of one literal on the stack. */
static void pieces(struct tj_py *py, uint32_t node) {
    uint32_t start = tj_py_node(py, node)->child;
    if (start == TJ_NONE || tj_py_node(py, start)->kind != TJ_PY_STRING_START) return;
    struct prefix prefix = prefix_of(tj_py_source(py, start));
    for (uint32_t at = tj_py_node(py, start)->next; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint8_t kind = tj_py_node(py, at)->kind;
        uint32_t value = TJ_NONE;
        if (kind == TJ_PY_STRING_CONTENT)
            value = tj_py_text(py, at, content(py, tj_py_source(py, at), prefix));
        else if (kind == TJ_PY_INTERPOLATION)
            value = interpolation(py, at);
        if (value != TJ_NONE) (void)tj_vec_push(py->arena, &py->stack, value);
    }
}

uint32_t tj_py_string(struct tj_py *py, uint32_t node) {
    uint32_t mark = py->stack.n;
    pieces(py, node);
    return tj_py_glue(py, node, mark, TJ_STR(""));
}

uint32_t tj_py_concatenated(struct tj_py *py, uint32_t node) {
    uint32_t mark = py->stack.n;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next)
        if (tj_py_node(py, at)->kind == TJ_PY_STRING) pieces(py, at);
    return tj_py_glue(py, node, mark, TJ_STR(""));
}

static bool is_literal(const struct tj_code_value *v) {
    return v->kind == TJ_CODE_TEXT || v->kind == TJ_CODE_NUMBER || v->kind == TJ_CODE_BOOL || v->kind == TJ_CODE_NONE;
}

uint32_t tj_py_glue(struct tj_py *py, uint32_t node, uint32_t mark, struct tj_str between) {
    uint32_t n = py->stack.n - mark, size = 0, known = 0;
    bool whole = true;
    for (; known < n && whole; known++) {
        const struct tj_code_value *v = tj_py_at(py, py->stack.at[mark + known]);
        whole = is_literal(v) && !v->dynamic_tail;
        size += v->text.n + between.n;
        if (!whole && !(v->kind == TJ_CODE_TEXT)) size -= v->text.n;
    }
    if (n == 1 && whole && tj_py_is_text(py, py->stack.at[mark])) {
        struct tj_str only = tj_py_at(py, py->stack.at[mark])->text;
        py->stack.n = mark;
        return tj_py_text(py, node, only);
    }
    bool room = tj_py_spend(py, size);
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < known && room; i++) {
        const struct tj_code_value *v = tj_py_at(py, py->stack.at[mark + i]);
        if (i) tj_buf_put(&buf, between);
        if (is_literal(v)) tj_buf_put(&buf, v->text);
    }
    if (whole && room) {
        py->stack.n = mark;
        return tj_py_text(py, node, tj_buf_str(&buf));
    }
    uint32_t value = tj_py_list(py, node, mark);
    if (value) {
        tj_py_at(py, value)->text = room ? tj_buf_str(&buf) : TJ_STR_NONE;
        tj_py_at(py, value)->dynamic_tail = true;
        tj_py_at(py, value)->kind = room && buf.n ? TJ_CODE_TEXT : TJ_CODE_DYNAMIC;
    }
    return value;
}
