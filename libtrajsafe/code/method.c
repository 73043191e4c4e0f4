/* Methods of constants: what str, bytes, list and path methods give when everything is known. */
#include "code/eval.h"

static uint32_t map_bytes(struct tj_py *py, uint32_t node, struct tj_str s, char (*map)(char)) {
    if (!tj_py_spend(py, s.n)) return TJ_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < s.n; i++) tj_buf_putc(&buf, map(s.p[i]));
    return tj_py_text(py, node, tj_buf_str(&buf));
}

static char to_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

static char to_lower(char c) { return tj_lower(c); }

static char to_swapped(char c) { return to_upper(c) == c ? tj_lower(c) : to_upper(c); }

static bool in_set(char c, struct tj_str set) { return set.p ? tj_str_chr(set, c, 0) != TJ_NOT_FOUND : tj_is_space(c); }

static uint32_t strip(struct tj_py *py, uint32_t node, struct tj_str s, struct tj_str set, bool left, bool right) {
    uint32_t begin = 0, end = s.n;
    while (left && begin < end && in_set(s.p[begin], set)) begin++;
    while (right && end > begin && in_set(s.p[end - 1], set)) end--;
    return tj_py_text(py, node, tj_str_sub(s, begin, end));
}

static uint32_t replace(struct tj_py *py, uint32_t node, struct tj_str s, struct tj_str from, struct tj_str to) {
    if (from.n == 0 || !tj_py_spend(py, s.n)) return TJ_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < s.n;) {
        uint32_t hit = tj_str_find(s, from, i);
        uint32_t end = hit == TJ_NOT_FOUND ? s.n : hit;
        tj_buf_put(&buf, tj_str_sub(s, i, end));
        i = end;
        if (hit != TJ_NOT_FOUND) {
            tj_buf_put(&buf, to);
            i += from.n;
        }
        if (buf.n > 65536) return TJ_NONE;
    }
    return tj_py_text(py, node, tj_buf_str(&buf));
}

static uint32_t split(struct tj_py *py, uint32_t node, struct tj_str s, struct tj_str by) {
    if (!tj_py_spend(py, s.n * 4)) return TJ_NONE;
    uint32_t mark = py->stack.n;
    if (by.p && by.n == 0) return TJ_NONE;
    for (uint32_t i = 0; i <= s.n;) {
        while (!by.p && i < s.n && tj_is_space(s.p[i])) i++;
        uint32_t end = by.p ? tj_str_find(s, by, i) : i;
        while (!by.p && end < s.n && !tj_is_space(s.p[end])) end++;
        if (end == TJ_NOT_FOUND) end = s.n;
        if (by.p || end > i) (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(s, i, end)));
        i = end + (by.p ? by.n : 1);
    }
    return tj_py_list(py, node, mark);
}

static uint32_t join(struct tj_py *py, uint32_t node, struct tj_str between, uint32_t list) {
    struct tj_code_value v = *tj_py_at(py, list);
    uint32_t mark = py->stack.n;
    if (v.kind == TJ_CODE_TEXT && !v.dynamic_tail && tj_py_spend(py, v.text.n * 8)) {
        for (uint32_t i = 0; i < v.text.n; i++)
            (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(v.text, i, i + 1)));
    } else if (v.kind == TJ_CODE_LIST) {
        for (uint32_t i = v.item; i < v.item_end; i++) (void)tj_vec_push(py->arena, &py->stack, i);
    } else {
        return TJ_NONE;
    }
    return tj_py_glue(py, node, mark, between);
}

/* Value for the field `{name}` or `{0}` or `{}` of str.format; 0 when not known. */
static uint32_t field_value(struct tj_str field, const struct tj_py_arg *arg, uint32_t n, uint32_t *next) {
    uint64_t index = *next;
    if (field.n == 0)
        (*next)++;
    else if (!tj_str_to_u64(field, &index)) {
        for (uint32_t i = 0; i < n; i++)
            if (tj_str_eq(arg[i].key, field)) return arg[i].value;
        return 0;
    }
    return index < n && arg[index].key.n == 0 && !arg[index].spread ? arg[index].value : 0;
}

static uint32_t format(struct tj_py *py, uint32_t node, struct tj_str s, const struct tj_py_arg *arg, uint32_t n) {
    uint32_t mark = py->stack.n, next = 0;
    for (uint32_t i = 0; i < s.n;) {
        uint32_t end = i;
        while (end < s.n && s.p[end] != '{' && s.p[end] != '}') end++;
        if (end > i) (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(s, i, end)));
        if (end >= s.n) break;
        if (end + 1 < s.n && s.p[end + 1] == s.p[end]) {
            (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(s, end, end + 1)));
            i = end + 2;
            continue;
        }
        uint32_t close = tj_str_chr(s, '}', end);
        if (close == TJ_NOT_FOUND) close = s.n;
        (void)tj_vec_push(py->arena, &py->stack, field_value(tj_str_sub(s, end + 1, close), arg, n, &next));
        i = close + 1;
    }
    return tj_py_glue(py, node, mark, TJ_STR(""));
}

static struct tj_str text_arg(struct tj_py *py, const struct tj_py_arg *arg, uint32_t n, uint32_t i) {
    if (i >= n || arg[i].spread || !tj_py_is_text(py, arg[i].value)) return TJ_STR_NONE;
    struct tj_str s = tj_py_at(py, arg[i].value)->text;
    return s.p ? s : TJ_STR("");
}

static uint32_t text_method(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                            const struct tj_py_arg *arg, uint32_t n) {
    struct tj_str s = tj_py_at(py, receiver)->text, a = text_arg(py, arg, n, 0), b = text_arg(py, arg, n, 1);
    if (tj_str_is(method, "lower") || tj_str_is(method, "casefold")) return map_bytes(py, node, s, to_lower);
    if (tj_str_is(method, "upper")) return map_bytes(py, node, s, to_upper);
    if (tj_str_is(method, "swapcase")) return map_bytes(py, node, s, to_swapped);
    if (n == 0 || a.p) {
        if (tj_str_is(method, "strip")) return strip(py, node, s, a, true, true);
        if (tj_str_is(method, "lstrip")) return strip(py, node, s, a, true, false);
        if (tj_str_is(method, "rstrip")) return strip(py, node, s, a, false, true);
        if (tj_str_is(method, "split")) return split(py, node, s, a);
        if (tj_py_named_is(method, "encode decode")) return tj_py_decoded(py, node, a, s);
    }
    if (tj_str_is(method, "splitlines")) return split(py, node, s, TJ_STR("\n"));
    if (tj_str_is(method, "replace") && a.p && b.p && n == 2) return replace(py, node, s, a, b);
    if (tj_str_is(method, "join") && n == 1) return join(py, node, s, arg[0].value);
    if (tj_str_is(method, "format")) return format(py, node, s, arg, n);
    if (tj_str_is(method, "removeprefix") && a.p)
        return tj_py_text(py, node, tj_str_starts(s, a) ? tj_str_sub(s, a.n, s.n) : s);
    if (tj_str_is(method, "removesuffix") && a.p)
        return tj_py_text(py, node, tj_str_ends(s, a) ? tj_str_sub(s, 0, s.n - a.n) : s);
    if (tj_py_named_is(method, "__str__ expandtabs tobytes")) return tj_py_text(py, node, s);
    return TJ_NONE;
}

static uint32_t path_method(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                            const struct tj_py_arg *arg, uint32_t n) {
    uint32_t value = TJ_NONE;
    if (tj_py_named_is(method, "resolve absolute expanduser as_posix __str__ __fspath__"))
        value = tj_py_text(py, node, tj_py_at(py, receiver)->text);
    else if (tj_str_is(method, "joinpath") && n > 0) {
        value = receiver;
        for (uint32_t i = 0; i < n; i++) value = tj_py_add(py, node, '/', value, arg[i].value);
        return value;
    }
    if (value != TJ_NONE && !tj_py_named_is(method, "as_posix __str__ __fspath__"))
        tj_py_about(py, value)->what = TJ_PY_IS_PATH;
    return value;
}

uint32_t tj_py_method(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                      const struct tj_py_arg *arg, uint32_t n) {
    struct tj_code_value v = *tj_py_at(py, receiver);
    uint8_t what = tj_py_about(py, receiver)->what;
    if (v.kind == TJ_CODE_TEXT && what == TJ_PY_IS_PATH) return path_method(py, node, receiver, method, arg, n);
    if (v.kind == TJ_CODE_TEXT && !v.dynamic_tail) return text_method(py, node, receiver, method, arg, n);
    if (v.kind == TJ_CODE_TEXT && tj_py_named_is(method, "encode decode strip rstrip")) return tj_py_copy(py, receiver);
    if (what == TJ_PY_IS_DICT && tj_str_is(method, "get") && n > 0 && tj_py_is_text(py, arg[0].value)) {
        for (uint32_t k = v.item; k + 1 < v.item_end; k += 2)
            if (tj_py_is_text(py, k) && tj_str_eq(tj_py_at(py, k)->text, tj_py_at(py, arg[0].value)->text))
                return tj_py_copy(py, k + 1);
    }
    if (v.kind == TJ_CODE_LIST && what != TJ_PY_IS_DICT && tj_py_named_is(method, "copy"))
        return tj_py_copy(py, receiver);
    return TJ_NONE;
}
