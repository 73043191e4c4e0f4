/* Operators and subscripts on constants. */
#include "code/light_eval.h"

#define MAX_CHAIN 2048u

static bool both_numbers(struct tj_py *py, uint32_t a, uint32_t b, int64_t *x, int64_t *y) {
    const int64_t limit = INT64_C(1) << 40;
    return tj_py_number(py, a, x) && tj_py_number(py, b, y) && *x<limit && * x> - limit && *y<limit && * y> - limit;
}

static uint32_t fold_numbers(struct tj_py *py, uint32_t node, uint8_t op, int64_t a, int64_t b) {
    switch (op) {
    case '+': return tj_py_from_number(py, node, a + b);
    case '-': return tj_py_from_number(py, node, a - b);
    case '*':
        return a < (1 << 20) && b < (1 << 20) && a > -(1 << 20) && b > -(1 << 20) ? tj_py_from_number(py, node, a * b)
                                                                                  : TJ_NONE;
    case '^': return tj_py_from_number(py, node, a ^ b);
    case '&': return tj_py_from_number(py, node, a & b);
    case '|': return tj_py_from_number(py, node, a | b);
    case '%': return b > 0 && a >= 0 ? tj_py_from_number(py, node, a % b) : TJ_NONE;
    case 'd': return b > 0 && a >= 0 ? tj_py_from_number(py, node, a / b) : TJ_NONE;
    default: return TJ_NONE;
    }
}

static uint32_t join_paths(struct tj_py *py, uint32_t node, uint32_t a, uint32_t b) {
    struct tj_code_value x = *tj_py_at(py, a), y = *tj_py_at(py, b);
    uint32_t value;
    if (y.kind == TJ_CODE_TEXT && y.text.n && y.text.p[0] == '/') {
        value = tj_py_copy(py, b);
    } else {
        uint32_t mark = py->stack.n;
        (void)tj_vec_push(py->arena, &py->stack, a);
        bool slash = x.kind == TJ_CODE_TEXT && !x.dynamic_tail && x.text.n && x.text.p[x.text.n - 1] == '/';
        (void)tj_vec_push(py->arena, &py->stack, b);
        value = tj_py_glue(py, node, mark, slash ? TJ_STR("") : TJ_STR("/"));
    }
    tj_py_about(py, value)->what = tj_py_at(py, value)->kind == TJ_CODE_TEXT ? TJ_PY_IS_PATH : TJ_PY_IS_OBJECT;
    tj_py_about(py, value)->name = TJ_STR("pathlib.Path");
    return value;
}

static bool is_path(struct tj_py *py, uint32_t value) {
    const struct tj_py_info *info = tj_py_about(py, value);
    return info->what == TJ_PY_IS_PATH || (info->what == TJ_PY_IS_OBJECT && tj_str_is(info->name, "pathlib.Path"));
}

static uint32_t repeat(struct tj_py *py, uint32_t node, uint32_t text, int64_t times) {
    struct tj_str s = tj_py_at(py, text)->text;
    if (times < 0 || times > 65536 || !tj_py_spend(py, s.n * (uint32_t)times)) return TJ_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (int64_t i = 0; i < times; i++) tj_buf_put(&buf, s);
    return tj_py_text(py, node, tj_buf_str(&buf));
}

static uint32_t add_lists(struct tj_py *py, uint32_t node, uint32_t a, uint32_t b) {
    struct tj_code_value x = *tj_py_at(py, a), y = *tj_py_at(py, b);
    uint32_t mark = py->stack.n;
    for (uint32_t i = x.item; i < x.item_end; i++) (void)tj_vec_push(py->arena, &py->stack, i);
    for (uint32_t i = y.item; i < y.item_end; i++) (void)tj_vec_push(py->arena, &py->stack, i);
    if (!tj_py_spend(py, (py->stack.n - mark) * 8)) py->stack.n = mark;
    return tj_py_list(py, node, mark);
}

/* 'a %s b' % values: only plain conversions. */
static uint32_t percent(struct tj_py *py, uint32_t node, uint32_t format, uint32_t values) {
    struct tj_str f = tj_py_at(py, format)->text;
    struct tj_code_value list = *tj_py_at(py, values);
    bool dict = tj_py_about(py, values)->what == TJ_PY_IS_DICT, many = list.kind == TJ_CODE_LIST && !dict;
    uint32_t mark = py->stack.n, from = 0, next = many ? list.item : values;
    for (uint32_t i = 0; i + 1 < f.n; i++) {
        if (f.p[i] != '%') continue;
        (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(f, from, i)));
        from = i + 2;
        char c = f.p[i + 1];
        uint32_t value = 0;
        if (c == '%')
            value = tj_py_text(py, node, TJ_STR("%"));
        else if ((c == 's' || c == 'd' || c == 'i') && (!many || next < list.item_end))
            value = next;
        (void)tj_vec_push(py->arena, &py->stack, value);
        if (c != '%' && many) next++;
        i++;
    }
    (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(f, from, f.n)));
    return tj_py_glue(py, node, mark, TJ_STR(""));
}

static uint32_t unknown_of(struct tj_py *py, uint32_t node, uint32_t a, uint32_t b) {
    uint32_t mark = py->stack.n;
    (void)tj_vec_push(py->arena, &py->stack, a);
    (void)tj_vec_push(py->arena, &py->stack, b);
    uint32_t value = tj_py_list(py, node, mark);
    if (value) tj_py_at(py, value)->kind = TJ_CODE_DYNAMIC;
    return value;
}

uint32_t tj_py_add(struct tj_py *py, uint32_t node, uint8_t op, uint32_t a, uint32_t b) {
    struct tj_code_value x = *tj_py_at(py, a), y = *tj_py_at(py, b);
    int64_t i, j;
    uint32_t folded = TJ_NONE;
    if (op == 'c') {
        uint32_t mark = py->stack.n;
        (void)tj_vec_push(py->arena, &py->stack, a);
        (void)tj_vec_push(py->arena, &py->stack, b);
        return tj_py_glue(py, node, mark, TJ_STR(""));
    }
    if (both_numbers(py, a, b, &i, &j))
        folded = fold_numbers(py, node, op, i, j);
    else if (op == '/' && (is_path(py, a) || is_path(py, b)))
        folded = join_paths(py, node, a, b);
    else if (op == '+' && x.kind == TJ_CODE_LIST && y.kind == TJ_CODE_LIST)
        folded = add_lists(py, node, a, b);
    else if (op == '*' && tj_py_is_text(py, a) && tj_py_number(py, b, &j))
        folded = repeat(py, node, a, j);
    else if (op == '*' && tj_py_is_text(py, b) && tj_py_number(py, a, &i))
        folded = repeat(py, node, b, i);
    else if (op == '%' && tj_py_is_text(py, a))
        folded = percent(py, node, a, b);
    else if (op == '+' && (x.kind == TJ_CODE_TEXT || y.kind == TJ_CODE_TEXT)) {
        uint32_t mark = py->stack.n;
        (void)tj_vec_push(py->arena, &py->stack, a);
        (void)tj_vec_push(py->arena, &py->stack, b);
        folded = tj_py_glue(py, node, mark, TJ_STR(""));
    }
    return folded != TJ_NONE ? folded : unknown_of(py, node, a, b);
}

static bool all_known_texts(struct tj_py *py, uint32_t mark) {
    for (uint32_t i = mark; i < py->stack.n; i++)
        if (tj_py_at(py, py->stack.at[i])->kind != TJ_CODE_TEXT) return false;
    return true;
}

/* Long sums lean left: their spine is walked in a loop, and texts are put together once. */
uint32_t tj_py_binary(struct tj_py *py, uint32_t node) {
    uint32_t spine = py->stack.n, left = node;
    while (left != TJ_NONE && tj_py_node(py, left)->kind == TJ_PY_BINARY && py->stack.n - spine < MAX_CHAIN) {
        (void)tj_vec_push(py->arena, &py->stack, left);
        left = tj_py_child(py->tree, left, TJ_PY_IN_LEFT);
    }
    uint32_t deepest = py->stack.n;
    (void)tj_vec_push(py->arena, &py->stack, left == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, left)));
    bool sum = true;
    for (uint32_t i = deepest; i > spine; i--) {
        uint32_t right = tj_py_child(py->tree, py->stack.at[i - 1], TJ_PY_IN_RIGHT);
        uint8_t op = tj_py_node(py, py->stack.at[i - 1])->op;
        sum = sum && (op == '+' || op == 'c');
        uint32_t value = right == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, right));
        (void)tj_vec_push(py->arena, &py->stack, value);
    }
    if (py->arena->failed || py->stack.n <= deepest) {
        py->stack.n = spine;
        return 0;
    }
    uint32_t value;
    if (sum && all_known_texts(py, deepest)) {
        value = tj_py_glue(py, node, deepest, TJ_STR(""));
    } else {
        value = py->stack.at[deepest];
        for (uint32_t i = deepest; i > spine; i--) {
            uint32_t at = py->stack.at[i - 1];
            value = tj_py_add(py, at, tj_py_node(py, at)->op, value, py->stack.at[deepest + 1 + (deepest - i)]);
        }
    }
    py->stack.n = spine;
    return value;
}

struct slice {
    bool has[3];
    int64_t at[3];
};

static bool read_slice(struct tj_py *py, uint32_t node, struct slice *slice) {
    uint32_t part = 0;
    *slice = (struct slice){{false, false, false}, {0, 0, 1}};
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        if (tj_py_node(py, at)->kind == TJ_PY_COLON) {
            part++;
        } else if (part < 3) {
            slice->has[part] = true;
            uint32_t value = tj_py_eval(py, at);
            if (!tj_py_number(py, value, &slice->at[part]) && tj_py_at(py, value)->kind != TJ_CODE_NONE) return false;
            slice->has[part] = tj_py_at(py, value)->kind != TJ_CODE_NONE;
        }
    }
    return slice->at[2] != 0 || !slice->has[2];
}

/* Pushes the indexes that a slice takes from `n` items; the caller pops them. */
static void slice_indexes(struct tj_py *py, const struct slice *slice, int64_t n) {
    int64_t step = slice->has[2] ? slice->at[2] : 1;
    int64_t from = slice->has[0] ? slice->at[0] : step > 0 ? 0 : n - 1;
    int64_t to = slice->has[1] ? slice->at[1] : step > 0 ? n : -1 - n;
    if (step > n || step < -n) step = step > 0 ? n + 1 : -n - 1;
    if (from < 0) from = from + n < 0 ? (step > 0 ? 0 : -1) : slice->has[0] ? from + n : from;
    if (to < 0 && slice->has[1])
        to = to + n < 0 ? -1 : to + n;
    else if (!slice->has[1] && step < 0)
        to = -1;
    if (from >= n) from = step > 0 ? n : n - 1;
    if (to > n) to = n;
    for (int64_t i = from; step > 0 ? i < to : i > to; i += step) (void)tj_vec_push(py->arena, &py->stack, (uint32_t)i);
}

static uint32_t take_slice(struct tj_py *py, uint32_t node, uint32_t object, const struct slice *slice) {
    struct tj_code_value v = *tj_py_at(py, object);
    uint32_t mark = py->stack.n, n = v.kind == TJ_CODE_LIST ? v.item_end - v.item : v.text.n;
    if (!tj_py_spend(py, n)) return TJ_NONE;
    slice_indexes(py, slice, n);
    if (v.kind == TJ_CODE_LIST) {
        for (uint32_t i = mark; i < py->stack.n; i++) py->stack.at[i] += v.item;
        return tj_py_list(py, node, mark);
    }
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = mark; i < py->stack.n; i++) tj_buf_putc(&buf, v.text.p[py->stack.at[i]]);
    py->stack.n = mark;
    return tj_py_text(py, node, tj_buf_str(&buf));
}

/* modules and their dictionaries by constant key: sys.modules['os'], os.__dict__['system'], globals()['os']. */
static uint32_t name_by_key(struct tj_py *py, uint32_t node, uint32_t object, struct tj_str key) {
    struct tj_py_info info = *tj_py_about(py, object);
    if (info.what == TJ_PY_IS_OBJECT && tj_py_named_is(info.name, "builtins.globals builtins.locals builtins.vars"))
        return tj_py_lookup(py, node, key);
    if (info.what != TJ_PY_IS_NAME) return TJ_NONE;
    if (tj_str_is(info.name, "sys.modules")) return tj_py_named(py, node, tj_py_canonical(py, key), TJ_NONE);
    if (tj_str_is(info.name, "builtins"))
        return tj_py_named(py, node, tj_py_join(py, TJ_STR("builtins"), ".", key), TJ_NONE);
    if (tj_str_ends(info.name, TJ_STR(".__dict__"))) {
        struct tj_str owner = tj_str_sub(info.name, 0, info.name.n - 9);
        return tj_py_named(py, node, tj_py_canonical(py, tj_py_join(py, owner, ".", key)), info.receiver);
    }
    return TJ_NONE;
}

static uint32_t item_of(struct tj_py *py, uint32_t node, uint32_t object, uint32_t key) {
    struct tj_code_value v = *tj_py_at(py, object);
    int64_t i;
    if (tj_py_about(py, object)->what == TJ_PY_IS_DICT) {
        for (uint32_t k = v.item; k + 1 < v.item_end; k += 2)
            if (tj_str_eq(tj_py_at(py, k)->text, tj_py_at(py, key)->text) &&
                tj_py_at(py, k)->kind == tj_py_at(py, key)->kind)
                return tj_py_copy(py, k + 1);
        return TJ_NONE;
    }
    if (!tj_py_number(py, key, &i)) return TJ_NONE;
    int64_t n = v.kind == TJ_CODE_LIST ? v.item_end - v.item : v.text.n;
    i = i < 0 ? i + n : i;
    if (i < 0 || i >= n) return TJ_NONE;
    if (v.kind == TJ_CODE_LIST) return tj_py_copy(py, v.item + (uint32_t)i);
    if (tj_py_is_text(py, object)) return tj_py_text(py, node, tj_str_sub(v.text, (uint32_t)i, (uint32_t)i + 1));
    return TJ_NONE;
}

/* os.environ['X'] reads a variable: reported like os.environ.get. */
static uint32_t environment(struct tj_py *py, uint32_t node, uint32_t key) {
    if (tj_py_is_text(py, key) && tj_str_is(tj_py_at(py, key)->text, "HOME")) return tj_py_text(py, node, TJ_STR("~"));
    struct tj_py_arg arg = {TJ_STR_NONE, key, 0};
    return tj_py_emit(py, node, TJ_STR("os.environ.get"), TJ_NONE, &arg, 1);
}

uint32_t tj_py_subscript(struct tj_py *py, uint32_t node) {
    uint32_t base = tj_py_child(py->tree, node, TJ_PY_IN_VALUE);
    uint32_t key = tj_py_child(py->tree, node, TJ_PY_IN_SUBSCRIPT);
    uint32_t object = base == TJ_NONE ? 0 : tj_py_eval(py, base);
    if (key == TJ_NONE) return tj_py_element(py, object);
    struct tj_code_value v = *tj_py_at(py, object);
    bool known = v.kind == TJ_CODE_LIST || tj_py_is_text(py, object);
    if (tj_py_node(py, key)->kind == TJ_PY_SLICE) {
        struct slice slice;
        bool constant = read_slice(py, key, &slice);
        uint32_t taken = known && constant ? take_slice(py, node, object, &slice) : TJ_NONE;
        return taken != TJ_NONE ? taken : known ? unknown_of(py, node, object, 0) : object;
    }
    uint32_t index = tj_py_use(py, tj_py_eval(py, key));
    const struct tj_py_info *info = tj_py_about(py, object);
    if (info->what == TJ_PY_IS_NAME && tj_str_is(info->name, "os.environ")) return environment(py, node, index);
    uint32_t value = TJ_NONE;
    if (py->lang != TJ_LANG_PYTHON && tj_light_is_env(py, object)) return tj_light_environment(py, node, index);
    if (py->lang != TJ_LANG_PYTHON && tj_py_is_text(py, index) && v.kind != TJ_CODE_LIST && !tj_py_is_text(py, object))
        return tj_py_member(py, node, object, tj_py_at(py, index)->text);
    if (py->lang == TJ_LANG_RUBY && info->what == TJ_PY_IS_NAME && tj_str_is(info->name, "Dir")) {
        struct tj_py_arg arg = {TJ_STR_NONE, index, 0};
        return tj_py_emit(py, node, TJ_STR("Dir.glob"), TJ_NONE, &arg, 1);
    }
    if (tj_py_is_text(py, index)) value = name_by_key(py, node, object, tj_py_at(py, index)->text);
    if (value == TJ_NONE && known) value = item_of(py, node, object, index);
    return value != TJ_NONE ? value : tj_py_element(py, object);
}
