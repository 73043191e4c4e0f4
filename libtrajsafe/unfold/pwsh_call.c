/* Types, methods and operators of PowerShell: folded where they only shape text, commands "ps:type.method" where they act. */
#include "unfold/pwsh.h"

enum { MAX_ITEMS = 512, MAX_TEXT = 1 << 16 };

struct tj_ps_value tj_ps_text(struct tj_str text, struct tj_span span) {
    return (struct tj_ps_value){.v = tj_value_text(text, span), .type = TJ_STR("")};
}

struct tj_ps_value tj_ps_unknown(struct tj_span span, uint64_t carries) {
    struct tj_ps_value out = {.v = tj_value_unknown(span), .type = TJ_STR("")};
    out.v.carries = carries;
    return out;
}

uint32_t tj_ps_items(const struct tj_ps_value *value, const struct tj_str **items) {
    if (value->v.nset && value->v.set) {
        *items = value->v.set;
        return value->v.nset;
    }
    *items = &value->v.text;
    return 1;
}

struct tj_ps_value tj_ps_list(struct tj_ps *p, const struct tj_str *items, uint32_t n, struct tj_span span,
                              uint64_t carries) {
    struct tj_ps_value out = tj_ps_text(n ? items[0] : TJ_STR(""), span);
    struct tj_str *set = tj_arena_array(p->w->arena, struct tj_str, n ? n : 1);
    out.v.carries = carries;
    if (!set || n == 0) return out;
    memcpy(set, items, n * sizeof *set);
    out.v.set = set;
    out.v.nset = n;
    out.v.flags |= TJ_VALUE_LIST;
    return out;
}

static bool known(const struct tj_ps_value *v) { return !(v->v.flags & TJ_VALUE_IS_DYNAMIC) && v->v.text.p; }

struct tj_ps_value tj_ps_join(struct tj_ps *p, struct tj_ps_value list, struct tj_str by) {
    const struct tj_str *items;
    struct tj_buf buf;
    uint32_t n = tj_ps_items(&list, &items);
    if (!list.v.nset) return list;
    tj_buf_init(&buf, p->w->arena);
    for (uint32_t i = 0; i < n && buf.n < MAX_TEXT; i++) {
        if (i) tj_buf_put(&buf, by);
        tj_buf_put(&buf, items[i]);
    }
    struct tj_str text = tj_buf_str(&buf);
    struct tj_ps_value out = tj_ps_text(text.p ? text : TJ_STR(""), list.v.span);
    out.v.carries = list.v.carries;
    out.v.flags |= list.v.flags & TJ_VALUE_IS_DYNAMIC;
    return out;
}

/* ---- operators ----------------------------------------------------------------------------------------------------------------- */

static struct tj_ps_value concatenated(struct tj_ps *p, struct tj_ps_value a, struct tj_ps_value b) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    struct tj_ps_value out = a;
    out.v.carries |= b.v.carries;
    if (!known(&a)) { /* what follows a gap is its end */
        tj_buf_put(&buf, a.v.suffix);
        tj_buf_put(&buf, known(&b) ? b.v.text : TJ_STR(""));
        if (!known(&b)) buf.n = 0;
        tj_buf_put(&buf, known(&b) ? TJ_STR("") : b.v.suffix);
        out.v.suffix = tj_buf_str(&buf);
        return out;
    }
    if (!tj_work_derive(p->w, a.v.text.n + b.v.text.n, a.v.span)) return tj_ps_unknown(a.v.span, out.v.carries);
    tj_buf_put(&buf, a.v.text);
    tj_buf_put(&buf, b.v.text);
    struct tj_str text = tj_buf_str(&buf);
    out.v.text = text.p ? text : TJ_STR("");
    out.v.flags |= b.v.flags & TJ_VALUE_IS_DYNAMIC;
    out.v.suffix = b.v.suffix;
    out.type = TJ_STR("");
    return out;
}

/* {0}{1} of -f; wider forms ({0:x}) are not followed. */
static struct tj_ps_value formatted(struct tj_ps *p, struct tj_ps_value format, struct tj_ps_value args) {
    const struct tj_str *items;
    uint32_t n = tj_ps_items(&args, &items);
    struct tj_str f = format.v.text;
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    if (!known(&format) || !known(&args)) return tj_ps_unknown(format.v.span, format.v.carries | args.v.carries);
    for (uint32_t i = 0; i < f.n && buf.n < MAX_TEXT; i++) {
        uint32_t close = f.p[i] == '{' ? tj_str_chr(f, '}', i) : TJ_NOT_FOUND;
        uint64_t which;
        if (close != TJ_NOT_FOUND && tj_str_to_u64(tj_str_sub(f, i + 1, close), &which) && which < n) {
            tj_buf_put(&buf, items[which]);
            i = close;
        } else {
            tj_buf_putc(&buf, f.p[i]);
        }
    }
    struct tj_ps_value out = tj_ps_text(tj_buf_str(&buf), format.v.span);
    out.v.carries = format.v.carries | args.v.carries;
    return out;
}

static bool plain_pattern(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (strchr("\\^$.|?*+()[]{}", s.p[i])) return false;
    return s.n > 0;
}

static struct tj_str without_case(struct tj_ps *p, struct tj_str s, bool folds) {
    return folds ? tj_ps_lower(p, s) : s;
}

static struct tj_ps_value replaced(struct tj_ps *p, struct tj_ps_value v, struct tj_str what, struct tj_str by,
                                   bool folds) {
    struct tj_str s = v.v.text, seen = without_case(p, s, folds);
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    what = without_case(p, what, folds);
    if (!known(&v) || v.v.nset || what.n == 0) return tj_ps_unknown(v.v.span, v.v.carries);
    for (uint32_t at = 0; at < s.n && buf.n < MAX_TEXT;) {
        uint32_t hit = tj_str_find(seen, what, at);
        if (hit == TJ_NOT_FOUND) hit = s.n;
        tj_buf_put(&buf, tj_str_sub(s, at, hit));
        if (hit < s.n) tj_buf_put(&buf, by);
        at = hit + what.n;
        if (!tj_work_step(p->w)) break;
    }
    struct tj_str text = tj_buf_str(&buf);
    struct tj_ps_value out = tj_ps_text(text.p ? text : TJ_STR(""), v.v.span);
    out.v.carries = v.v.carries;
    return out;
}

static struct tj_ps_value split(struct tj_ps *p, struct tj_ps_value v, struct tj_str by) {
    struct tj_str items[MAX_ITEMS];
    uint32_t n = 0, at = 0;
    if (!known(&v) || v.v.nset || by.n == 0) return tj_ps_unknown(v.v.span, v.v.carries);
    while (n < MAX_ITEMS - 1) {
        uint32_t hit = tj_str_find(v.v.text, by, at);
        items[n++] = tj_str_sub(v.v.text, at, hit == TJ_NOT_FOUND ? v.v.text.n : hit);
        if (hit == TJ_NOT_FOUND) break;
        at = hit + by.n;
    }
    return tj_ps_list(p, items, n, v.v.span, v.v.carries);
}

static bool integer(const struct tj_str s, int64_t *out) {
    uint64_t value;
    bool minus = s.n && s.p[0] == '-';
    if (!tj_str_to_u64(tj_str_sub(s, minus, s.n), &value) || value > INT32_MAX) return false;
    *out = minus ? -(int64_t)value : (int64_t)value;
    return true;
}

/* Characters or elements by number, also counted from the end, also a list of numbers. */
static struct tj_ps_value indexed(struct tj_ps *p, struct tj_ps_value v, struct tj_ps_value index) {
    const struct tj_str *at, *items = NULL;
    struct tj_str out[MAX_ITEMS];
    uint32_t n = tj_ps_items(&index, &at), length = v.v.nset ? tj_ps_items(&v, &items) : v.v.text.n, found = 0;
    if (!known(&v) || !known(&index)) return tj_ps_unknown(v.v.span, v.v.carries);
    for (uint32_t i = 0; i < n && found < MAX_ITEMS; i++) {
        int64_t k;
        if (!integer(at[i], &k)) return tj_ps_unknown(v.v.span, v.v.carries);
        if (k < 0) k += length;
        if (k < 0 || k >= length) continue;
        out[found++] = v.v.nset ? items[k] : tj_str_sub(v.v.text, (uint32_t)k, (uint32_t)k + 1);
    }
    if (n == 1 && found == 1) {
        struct tj_ps_value one = tj_ps_text(out[0], v.v.span);
        one.v.carries = v.v.carries;
        return one;
    }
    return tj_ps_list(p, out, found, v.v.span, v.v.carries);
}

static struct tj_ps_value number_text(struct tj_ps *p, int64_t value, struct tj_span span) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_number(&buf, value);
    struct tj_ps_value out = tj_ps_text(tj_buf_str(&buf), span);
    out.type = TJ_STR("int");
    return out;
}

static struct tj_ps_value range(struct tj_ps *p, struct tj_ps_value a, struct tj_ps_value b) {
    struct tj_str items[MAX_ITEMS];
    int64_t from, to;
    uint32_t n = 0;
    if (!known(&a) || !known(&b) || !integer(a.v.text, &from) || !integer(b.v.text, &to))
        return tj_ps_unknown(a.v.span, 0);
    for (int64_t i = from; n < MAX_ITEMS; i += from <= to ? 1 : -1) {
        items[n++] = number_text(p, i, a.v.span).v.text;
        if (i == to) break;
    }
    return tj_ps_list(p, items, n, a.v.span, 0);
}

static struct tj_ps_value arithmetic(struct tj_ps *p, char op, struct tj_ps_value a, struct tj_ps_value b) {
    int64_t x, y;
    if (!known(&a) || !known(&b) || !integer(a.v.text, &x) || !integer(b.v.text, &y) || (op == '/' && y == 0) ||
        (op == '%' && y == 0))
        return tj_ps_unknown(a.v.span, a.v.carries | b.v.carries);
    int64_t z = op == '+'   ? x + y
                : op == '-' ? x - y
                : op == '*' ? x * y
                : op == '/' ? x / y
                : op == 'x' ? (x ^ y)
                            : x % y;
    return number_text(p, z, a.v.span);
}

struct tj_ps_value tj_ps_binary(struct tj_ps *p, struct tj_str op, struct tj_ps_value a, struct tj_ps_value b) {
    if (tj_str_is(op, "[]")) return indexed(p, a, b);
    if (tj_str_is(op, "..")) return range(p, a, b);
    if (tj_str_is(op, "+") && !tj_str_is(a.type, "int") && !a.v.nset)
        return concatenated(p, a, tj_ps_join(p, b, TJ_STR(" ")));
    if (tj_str_is(op, "+") && a.v.nset) {
        const struct tj_str *x, *y;
        struct tj_str items[MAX_ITEMS];
        uint32_t n = tj_ps_items(&a, &x), m = tj_ps_items(&b, &y), k = 0;
        for (uint32_t i = 0; i < n && k < MAX_ITEMS; i++) items[k++] = x[i];
        for (uint32_t i = 0; i < m && k < MAX_ITEMS; i++) items[k++] = y[i];
        struct tj_ps_value out = tj_ps_list(p, items, k, a.v.span, a.v.carries | b.v.carries);
        out.v.flags |= (a.v.flags | b.v.flags) & TJ_VALUE_IS_DYNAMIC;
        return out;
    }
    if (op.n == 1) return arithmetic(p, op.p[0], a, b);
    if (tj_str_is(op, "-bxor")) return arithmetic(p, 'x', a, b);
    if (tj_str_is(op, "-f")) return formatted(p, a, b);
    if (tj_str_is(op, "-join")) return tj_ps_join(p, a, b.v.text);
    if (tj_str_is(op, "-as")) return a;
    bool folds = tj_str_is(op, "-replace") || tj_str_is(op, "-ireplace");
    if (folds || tj_str_is(op, "-creplace")) {
        const struct tj_str *items;
        uint32_t n = tj_ps_items(&b, &items);
        if (known(&b) && plain_pattern(items[0])) return replaced(p, a, items[0], n > 1 ? items[1] : TJ_STR(""), folds);
        return tj_ps_unknown(a.v.span, a.v.carries);
    }
    if (tj_str_is(op, "-split") || tj_str_is(op, "-csplit") || tj_str_is(op, "-isplit"))
        return known(&b) && plain_pattern(b.v.text) ? split(p, a, b.v.text) : tj_ps_unknown(a.v.span, a.v.carries);
    return tj_ps_unknown(a.v.span, a.v.carries | b.v.carries);
}

/* ---- casts ------------------------------------------------------------------------------------------------------------------------- */

static struct tj_str character(struct tj_ps *p, struct tj_str number) {
    uint64_t code;
    char out[4];
    if (!tj_str_to_u64(number, &code)) return number; /* a character already */
    uint32_t n = code < 0x110000 ? tj_utf8_put(out, (uint32_t)code) : 0;
    return tj_arena_copy(p->w->arena, tj_str_make(out, n));
}

struct tj_ps_value tj_ps_cast(struct tj_ps *p, struct tj_str type, struct tj_ps_value v) {
    bool one = tj_str_is(type, "char"), many = tj_str_is(type, "char[]");
    if (one || many) {
        const struct tj_str *items;
        struct tj_str out[MAX_ITEMS];
        uint32_t n = tj_ps_items(&v, &items);
        if (!known(&v)) return tj_ps_unknown(v.v.span, v.v.carries);
        if (many && !v.v.nset) { /* [char[]]'abc' */
            n = v.v.text.n < MAX_ITEMS ? v.v.text.n : MAX_ITEMS;
            for (uint32_t i = 0; i < n; i++) out[i] = tj_str_sub(v.v.text, i, i + 1);
            return tj_ps_list(p, out, n, v.v.span, v.v.carries);
        }
        for (uint32_t i = 0; i < n && i < MAX_ITEMS; i++) out[i] = character(p, items[i]);
        if (one) return tj_ps_text(out[0], v.v.span);
        return tj_ps_list(p, out, n < MAX_ITEMS ? n : MAX_ITEMS, v.v.span, v.v.carries);
    }
    if (tj_str_is(type, "string")) return tj_ps_join(p, v, TJ_STR(" "));
    if (tj_str_is(type, "void") || tj_str_is(type, "array") || tj_str_is(type, "string[]")) return v;
    if (tj_str_is(type, "scriptblock")) v.type = TJ_STR("block");
    if (tj_str_is(type, "int") || tj_str_is(type, "byte") || tj_str_is(type, "int32")) v.type = TJ_STR("int");
    return v;
}

/* ---- calls ---------------------------------------------------------------------------------------------------------------------------- */

bool tj_utf16_text(struct tj_arena *arena, struct tj_str bytes, struct tj_str *out) {
    struct tj_buf buf;
    char one[4];
    tj_buf_init(&buf, arena);
    if (bytes.n < 2 || bytes.n & 1) return false;
    for (uint32_t i = 0; i < bytes.n; i += 2) {
        uint32_t c = (uint32_t)(uint8_t)bytes.p[i] | (uint32_t)(uint8_t)bytes.p[i + 1] << 8;
        if (c == 0 || (c >= 0xd800 && c < 0xe000)) return false;
        if (i == 0 && c == 0xfeff) continue;
        tj_buf_put(&buf, tj_str_make(one, tj_utf8_put(one, c)));
    }
    *out = tj_buf_str(&buf);
    return true;
}

static struct tj_str command_name(struct tj_ps *p, struct tj_str type, struct tj_str member) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_puts(&buf, "ps:");
    tj_buf_put(&buf, type);
    tj_buf_putc(&buf, '.');
    tj_buf_put(&buf, member);
    return tj_buf_str(&buf);
}

/* A call that a table may know. */
static struct tj_ps_value act(struct tj_ps *p, struct tj_str type, struct tj_str member, const struct tj_ps_value *arg,
                              uint32_t n, struct tj_span span) {
    struct tj_arg words[16];
    uint64_t carries = 0;
    uint32_t count = n < 16 ? n : 16;
    for (uint32_t i = 0; i < count; i++) {
        words[i] = (struct tj_arg){.value = arg[i].v};
        carries |= arg[i].v.carries;
    }
    struct tj_command *c = tj_ps_emit(p, command_name(p, type, member), words, count, span);
    return tj_ps_unknown(span, c ? c->output_carries | carries : carries);
}

static bool from_base64(struct tj_ps *p, struct tj_ps_value in, struct tj_ps_value *out) {
    struct tj_str bytes;
    if (!known(&in) || !tj_work_round(p->w, in.v.span) || !tj_decode_base64(p->w->arena, in.v.text, &bytes))
        return false;
    *out = tj_ps_text(bytes, in.v.span);
    out->v.carries = in.v.carries | TJ_CLASS_BIT(DECODED);
    out->type = TJ_STR("bytes");
    return true;
}

/* [Text.Encoding]::Unicode.GetString(bytes) */
static struct tj_ps_value encoded_text(struct tj_ps *p, struct tj_str encoding, struct tj_ps_value bytes) {
    struct tj_str text = bytes.v.text;
    bool wide = tj_str_is(encoding, "text.encoding.unicode");
    if (!known(&bytes) || bytes.v.nset || (wide && !tj_utf16_text(p->w->arena, bytes.v.text, &text)))
        return tj_ps_unknown(bytes.v.span, bytes.v.carries);
    bytes.v.text = text;
    bytes.type = TJ_STR("");
    return bytes;
}

struct tj_ps_value tj_ps_static(struct tj_ps *p, struct tj_str type, struct tj_str member,
                                const struct tj_ps_value *arg, uint32_t n, bool call, struct tj_span span) {
    struct tj_ps_value out = tj_ps_unknown(span, 0);
    if (!call) {
        struct tj_buf buf;
        tj_buf_init(&buf, p->w->arena);
        tj_buf_put(&buf, type);
        tj_buf_putc(&buf, '.');
        tj_buf_put(&buf, member);
        out.type = tj_buf_str(&buf);
        return out;
    }
    if (tj_str_is(type, "convert") && n && tj_str_is(member, "frombase64string"))
        return from_base64(p, arg[0], &out) ? out : tj_ps_unknown(span, TJ_CLASS_BIT(DECODED));
    if (tj_str_is(type, "convert") && n && (tj_str_is(member, "tochar") || tj_str_is(member, "toint32"))) {
        if (n == 1) return tj_ps_cast(p, tj_str_is(member, "tochar") ? TJ_STR("char") : TJ_STR("int"), arg[0]);
    }
    if (tj_str_is(type, "string") && n) {
        if (tj_str_is(member, "join") && n > 1) return tj_ps_join(p, arg[1], arg[0].v.text);
        if (tj_str_is(member, "concat")) {
            out = arg[0];
            for (uint32_t i = 1; i < n; i++) out = concatenated(p, out, arg[i]);
            return out;
        }
        if (tj_str_is(member, "format") && n > 1) return formatted(p, arg[0], arg[1]);
    }
    if ((tj_str_is(type, "scriptblock") || tj_str_is(type, "management.automation.scriptblock")) && n &&
        tj_str_is(member, "create")) {
        out = arg[0];
        out.type = TJ_STR("block");
        return out;
    }
    bool combines = tj_str_is(type, "io.path") && tj_str_is(member, "combine") && n > 1;
    if (combines) return concatenated(p, concatenated(p, arg[0], tj_ps_text(TJ_STR("\\"), span)), arg[1]);
    if (tj_str_is(member, "new")) {
        out = act(p, type, TJ_STR("new"), arg, n, span);
        out.type = type;
        return out;
    }
    return act(p, type, member, arg, n, span);
}

static struct tj_ps_value text_method(struct tj_ps *p, struct tj_ps_value on, struct tj_str member,
                                      const struct tj_ps_value *arg, uint32_t n, bool *done) {
    struct tj_str s = on.v.text;
    int64_t from, length;
    *done = true;
    if (tj_str_is(member, "replace") && n > 1 && known(&arg[0]) && known(&arg[1]))
        return replaced(p, on, arg[0].v.text, arg[1].v.text, false);
    if (tj_str_is(member, "split") && n == 1 && known(&arg[0])) return split(p, on, arg[0].v.text);
    if (tj_str_is(member, "tochararray")) return tj_ps_cast(p, TJ_STR("char[]"), on);
    if (tj_str_is(member, "tostring") || tj_str_is(member, "trim") || tj_str_is(member, "normalize")) return on;
    if (tj_str_is(member, "tolower") || tj_str_is(member, "toupper") || tj_str_is(member, "tolowerinvariant")) {
        on.v.text = tj_ps_lower(p, s); /* names have no case here */
        return on;
    }
    if (tj_str_is(member, "substring") && n && known(&on) && integer(arg[0].v.text, &from) && from >= 0) {
        length = s.n;
        if (n > 1 && !integer(arg[1].v.text, &length)) return tj_ps_unknown(on.v.span, on.v.carries);
        on.v.text = tj_str_sub(s, (uint32_t)from, (uint32_t)(from + length));
        return on;
    }
    if (tj_str_is(member, "insert") && n > 1 && known(&on) && integer(arg[0].v.text, &from) && from >= 0) {
        struct tj_ps_value head = on, tail = on;
        head.v.text = tj_str_sub(s, 0, (uint32_t)from);
        tail.v.text = tj_str_sub(s, (uint32_t)from, s.n);
        return concatenated(p, concatenated(p, head, arg[1]), tail);
    }
    *done = false;
    return on;
}

struct tj_ps_value tj_ps_method(struct tj_ps *p, struct tj_ps_value on, struct tj_str member,
                                const struct tj_ps_value *arg, uint32_t n, bool call, struct tj_span span) {
    bool done;
    struct tj_ps_value out = tj_ps_unknown(span, on.v.carries);
    if (tj_str_is(on.type, "block") && (tj_str_starts(member, TJ_STR("invoke")))) {
        tj_ps_run(p, on.v, span);
        return out;
    }
    if (tj_str_starts(on.type, TJ_STR("text.encoding")) && tj_str_is(member, "getstring") && n)
        return encoded_text(p, on.type, arg[0]);
    if (tj_str_is(member, "invokescript") && n) {
        tj_ps_run(p, arg[0].v, span);
        return out;
    }
    if (call && !on.type.n) {
        out = text_method(p, on, member, arg, n, &done);
        if (done) return out;
        out = tj_ps_unknown(span, on.v.carries);
    }
    if (!on.type.n) return out;
    if (call) {
        out = act(p, on.type, member, arg, n, span);
        out.v.carries |= on.v.carries;
        return out;
    }
    struct tj_buf buf; /* a property keeps the path to it */
    tj_buf_init(&buf, p->w->arena);
    tj_buf_put(&buf, on.type);
    tj_buf_putc(&buf, '.');
    tj_buf_put(&buf, member);
    if (buf.n < 256) out.type = tj_buf_str(&buf);
    return out;
}
