/* Values and variables of the evaluator. */
#include "code/eval.h"

#define MAX_VALUES 1000000u

uint32_t tj_py_value(struct tj_py *py, enum tj_code_value_kind kind, uint32_t node) {
    struct tj_code_value value = {.kind = (uint8_t)kind, .call = TJ_NONE};
    struct tj_py_info info = {.receiver = TJ_NONE, .fn = TJ_NONE};
    if (node != TJ_NONE) {
        value.begin = py->tree->node.at[node].begin;
        value.end = py->tree->node.at[node].end;
    }
    if (py->out->value.n >= MAX_VALUES) {
        py->spent = true;
        return 0;
    }
    if (!tj_vec_room(py->arena, &py->info, 1) || !tj_vec_push(py->arena, &py->out->value, value)) return 0;
    py->info.at[py->info.n++] = info;
    return py->out->value.n - 1;
}

struct tj_code_value *tj_py_at(struct tj_py *py, uint32_t value) {
    return &py->out->value.at[value];
}

struct tj_py_info *tj_py_about(struct tj_py *py, uint32_t value) {
    return &py->info.at[value];
}

const struct tj_py_node *tj_py_node(const struct tj_py *py, uint32_t node) { return &py->tree->node.at[node]; }

struct tj_str tj_py_source(const struct tj_py *py, uint32_t node) {
    const struct tj_py_node *n = &py->tree->node.at[node];
    return tj_str_sub(py->out->source, n->begin, n->end);
}

uint32_t tj_py_text(struct tj_py *py, uint32_t node, struct tj_str text) {
    uint32_t value = tj_py_value(py, TJ_CODE_TEXT, node);
    if (value) tj_py_at(py, value)->text = text;
    return value;
}

uint32_t tj_py_named(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver) {
    uint32_t value = tj_py_value(py, TJ_CODE_DYNAMIC, node);
    if (value) {
        struct tj_py_info *info = tj_py_about(py, value);
        info->what = TJ_PY_IS_NAME;
        info->name = name;
        info->receiver = receiver;
    }
    return value;
}

uint32_t tj_py_copy(struct tj_py *py, uint32_t value) {
    uint32_t made = tj_py_value(py, TJ_CODE_DYNAMIC, TJ_NONE);
    if (made) {
        *tj_py_at(py, made) = *tj_py_at(py, value);
        *tj_py_about(py, made) = *tj_py_about(py, value);
    }
    return made;
}

uint32_t tj_py_list(struct tj_py *py, uint32_t node, uint32_t mark) {
    uint32_t item = py->out->value.n;
    for (uint32_t i = mark; i < py->stack.n; i++) tj_py_copy(py, py->stack.at[i]);
    uint32_t end = py->out->value.n;
    py->stack.n = mark;
    uint32_t list = tj_py_value(py, TJ_CODE_LIST, node);
    if (list) {
        tj_py_at(py, list)->item = item;
        tj_py_at(py, list)->item_end = end;
    }
    return list;
}

/* Copies the items to the end of all values, with room behind them; false when that is too much. */
static bool move_items(struct tj_py *py, struct tj_code_value *list) {
    uint32_t n = list->item_end - list->item, room = n < TJ_PY_ROOM ? TJ_PY_ROOM : n, from = list->item;
    if (!tj_py_spend(py, (n + room) * 4)) return false;
    list->item = py->out->value.n;
    for (uint32_t i = 0; i < n; i++) (void)tj_py_copy(py, from + i);
    list->item_end = py->out->value.n;
    for (uint32_t i = 0; i < room; i++) {
        uint32_t spare = tj_py_value(py, TJ_CODE_DYNAMIC, TJ_NONE);
        if (spare) tj_py_about(py, spare)->what = TJ_PY_IS_SPARE;
    }
    return list->item_end - list->item == n && py->out->value.n == list->item_end + room;
}

uint32_t tj_py_append(struct tj_py *py, uint32_t node, uint32_t list, uint32_t added) {
    struct tj_code_value v = *tj_py_at(py, list);
    struct tj_py_info info = *tj_py_about(py, list);
    if (v.kind != TJ_CODE_LIST) return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    bool room = v.item_end > v.item && v.item_end < py->out->value.n &&
                tj_py_about(py, v.item_end)->what == TJ_PY_IS_SPARE; /* whoever comes first takes it */
    if (!room && !move_items(py, &v)) return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    *tj_py_at(py, v.item_end) = *tj_py_at(py, added);
    *tj_py_about(py, v.item_end) = *tj_py_about(py, added);
    uint32_t made = tj_py_value(py, TJ_CODE_LIST, node);
    if (!made) return 0;
    tj_py_at(py, made)->item = v.item;
    tj_py_at(py, made)->item_end = v.item_end + 1;
    *tj_py_about(py, made) = info;
    return made;
}

static uint32_t common(struct tj_str a, struct tj_str b) {
    uint32_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n]) n++;
    return n;
}

static bool same(struct tj_py *py, uint32_t a, uint32_t b) {
    const struct tj_code_value *x = tj_py_at(py, a), *y = tj_py_at(py, b);
    const struct tj_py_info *i = tj_py_about(py, a), *j = tj_py_about(py, b);
    return x->kind == y->kind && i->what == j->what && tj_str_eq(i->name, j->name) && i->fn == j->fn &&
           tj_str_eq(x->text, y->text) && x->dynamic_tail == y->dynamic_tail && x->item == y->item &&
           x->item_end == y->item_end && x->call == y->call;
}

uint32_t tj_py_either(struct tj_py *py, uint32_t a, uint32_t b) {
    if (a == b || same(py, a, b)) return b;
    struct tj_code_value x = *tj_py_at(py, a), y = *tj_py_at(py, b);
    struct tj_py_info i = *tj_py_about(py, a), j = *tj_py_about(py, b);
    if (x.kind == TJ_CODE_NONE || (x.kind == TJ_CODE_TEXT && x.text.n == 0 && !x.dynamic_tail)) return b;
    uint32_t mark = py->stack.n;
    (void)tj_vec_push(py->arena, &py->stack, a);
    (void)tj_vec_push(py->arena, &py->stack, b);
    uint32_t made = tj_py_list(py, TJ_NONE, mark);
    if (!made) return 0;
    struct tj_code_value *value = tj_py_at(py, made);
    value->begin = y.begin;
    value->end = y.end;
    value->kind = TJ_CODE_DYNAMIC;
    if (x.kind == TJ_CODE_CALL || y.kind == TJ_CODE_CALL) {
        value->kind = TJ_CODE_CALL;
        value->call = y.kind == TJ_CODE_CALL ? y.call : x.call;
    } else if (x.kind == TJ_CODE_TEXT && y.kind == TJ_CODE_TEXT) {
        value->text = tj_str_sub(x.text, 0, common(x.text, y.text));
        value->dynamic_tail = true;
        value->kind = value->text.n ? TJ_CODE_TEXT : TJ_CODE_DYNAMIC;
    }
    if (i.what == j.what && tj_str_eq(i.name, j.name)) *tj_py_about(py, made) = j;
    return made;
}

bool tj_py_is_text(struct tj_py *py, uint32_t value) {
    const struct tj_code_value *v = tj_py_at(py, value);
    return v->kind == TJ_CODE_TEXT && !v->dynamic_tail;
}

/* Integers as Python writes them, up to 18 digits. */
bool tj_py_number(struct tj_py *py, uint32_t value, int64_t *out) {
    const struct tj_code_value *v = tj_py_at(py, value);
    if (v->kind == TJ_CODE_BOOL) {
        *out = v->text.n == 4;
        return true;
    }
    struct tj_str s = v->text;
    if (v->kind != TJ_CODE_NUMBER || s.n == 0 || s.n > 24) return false;
    bool minus = s.p[0] == '-';
    s = tj_str_sub(s, minus, s.n);
    uint32_t base = 10, i = 0;
    if (s.n > 2 && s.p[0] == '0' && !tj_is_digit(s.p[1]) && s.p[1] != '_') {
        char c = tj_lower(s.p[1]);
        base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
        i = 2;
    }
    int64_t sum = 0;
    for (; i < s.n; i++) {
        if (s.p[i] == '_') continue;
        int digit = tj_hex(s.p[i]);
        if (digit < 0 || (uint32_t)digit >= base || sum > INT64_MAX / 32) return false;
        sum = sum * base + digit;
    }
    *out = minus ? -sum : sum;
    return base != 0;
}

uint32_t tj_py_from_number(struct tj_py *py, uint32_t node, int64_t number) {
    char text[24];
    uint32_t at = sizeof text;
    uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    do text[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) text[--at] = '-';
    uint32_t value = tj_py_value(py, TJ_CODE_NUMBER, node);
    if (value) tj_py_at(py, value)->text = tj_arena_copy(py->arena, tj_str_make(text + at, sizeof text - at));
    return value;
}

struct tj_str tj_py_join(struct tj_py *py, struct tj_str a, const char *between, struct tj_str b) {
    struct tj_str mid = tj_str_of(between);
    char *p = tj_arena_alloc(py->arena, (size_t)a.n + mid.n + b.n + 1, 1);
    if (!p) return TJ_STR_NONE;
    if (a.n) memcpy(p, a.p, a.n);
    if (mid.n) memcpy(p + a.n, mid.p, mid.n);
    if (b.n) memcpy(p + a.n + mid.n, b.p, b.n);
    return tj_str_make(p, a.n + mid.n + b.n);
}

bool tj_py_spend(struct tj_py *py, uint32_t bytes) {
    if (bytes > 64u * 1024u || bytes > py->folded) return false;
    py->folded -= bytes;
    return true;
}

void tj_py_bind(struct tj_py *py, uint32_t name, uint32_t value) {
    if (name == TJ_NONE) return;
    struct tj_py_undo undo = {name, py->bound[name]};
    if (tj_vec_push(py->arena, &py->undo, undo)) py->bound[name] = value;
}

void tj_py_restore(struct tj_py *py, uint32_t mark) {
    while (py->undo.n > mark) {
        struct tj_py_undo undo = py->undo.at[--py->undo.n];
        py->bound[undo.name] = undo.value;
    }
}

void tj_py_merge(struct tj_py *py, uint32_t mark) {
    for (uint32_t i = mark; i < py->undo.n; i++) {
        struct tj_py_undo undo = py->undo.at[i];
        if (py->called[undo.name] & 2) /* only its value before the branch counts */
            continue;
        py->called[undo.name] |= 2;
        uint32_t now = py->bound[undo.name];
        if (undo.value != TJ_NONE && now != TJ_NONE) py->bound[undo.name] = tj_py_either(py, undo.value, now);
    }
    for (uint32_t i = mark; i < py->undo.n; i++) py->called[py->undo.at[i].name] &= 1;
}
