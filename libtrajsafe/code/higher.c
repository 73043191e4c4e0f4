/* Functions that call the functions they are given: map, Thread, submit, partial, atexit.register. */
#include "code/eval.h"

#define MAX_ITEMS 64u

static bool callable(struct tj_py *py, uint32_t value) {
    uint8_t what = tj_py_about(py, value)->what;
    return what == TJ_PY_IS_FUNCTION || what == TJ_PY_IS_NAME;
}

static uint32_t keyword(struct tj_py *py, uint32_t mark, const char *key) {
    for (uint32_t i = mark; i < py->args.n; i++)
        if (tj_str_is(py->args.at[i].key, key)) return py->args.at[i].value;
    return TJ_NONE;
}

static uint32_t positional(struct tj_py *py, uint32_t mark, uint32_t i) {
    uint32_t at = mark + i;
    bool there = at < py->args.n && py->args.at[at].key.n == 0 && !py->args.at[at].spread;
    return there ? py->args.at[at].value : TJ_NONE;
}

static uint32_t map_over(struct tj_py *py, uint32_t node, uint32_t callee, uint32_t list) {
    struct tj_code_value v = *tj_py_at(py, list);
    uint32_t args = py->args.n, stack = py->stack.n;
    if (v.kind != TJ_CODE_LIST || v.item_end - v.item > MAX_ITEMS) {
        tj_py_push_arg(py, tj_py_element(py, list));
        py->conditional++;
        uint32_t made = tj_py_apply(py, node, callee, args);
        py->conditional--;
        return made;
    }
    for (uint32_t i = v.item; i < v.item_end; i++) {
        tj_py_push_arg(py, i);
        uint32_t made = tj_py_apply(py, node, callee, args);
        (void)tj_vec_push(py->arena, &py->stack, made);
    }
    return tj_py_list(py, node, stack);
}

/* Calls `callee` with the items of `list` (TJ_NONE: with nothing). */
static void call_with(struct tj_py *py, uint32_t node, uint32_t callee, uint32_t list) {
    uint32_t mark = py->args.n;
    struct tj_code_value v = {0};
    if (list != TJ_NONE) v = *tj_py_at(py, list);
    if (v.kind == TJ_CODE_LIST)
        for (uint32_t i = v.item; i < v.item_end; i++) tj_py_push_arg(py, i);
    else if (list != TJ_NONE)
        py->out->more = true;
    (void)tj_py_apply(py, node, callee, mark);
}

static void call_with_rest(struct tj_py *py, uint32_t node, uint32_t callee, uint32_t from, uint32_t to) {
    uint32_t mark = py->args.n;
    for (uint32_t i = from; i < to; i++) {
        struct tj_py_arg arg = py->args.at[i];
        (void)tj_vec_push(py->arena, &py->args, arg);
    }
    (void)tj_py_apply(py, node, callee, mark);
}

static struct tj_str last_part(struct tj_str name) {
    uint32_t dot = tj_str_rchr(name, '.');
    return dot == TJ_NOT_FOUND ? name : tj_str_sub(name, dot + 1, name.n);
}

/* Which argument is a function that gets the arguments after it; TJ_NONE for other functions. */
static uint32_t rest_style(struct tj_str name) {
    struct tj_str last = last_part(name);
    if (tj_py_named_is(name, "functools.partial atexit.register asyncio.to_thread threading.start_new_thread") ||
        tj_py_named_is(last, "submit call_soon run_sync add_callback"))
        return 0;
    if (tj_py_named_is(last, "run_in_executor call_later")) return 1;
    return TJ_NONE;
}

uint32_t tj_py_higher(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t mark) {
    struct tj_str last = last_part(name);
    uint32_t first = positional(py, mark, 0), second = positional(py, mark, 1), third = positional(py, mark, 2);
    uint32_t rest = rest_style(name), to = py->args.n;
    if (py->args.n == mark) return TJ_NONE;
    if (tj_py_named_is(last, "map imap starmap filter") && first != TJ_NONE && second != TJ_NONE && callable(py, first))
        return map_over(py, node, first, second);
    if (tj_py_named_is(last, "Thread Process Timer")) {
        uint32_t target = keyword(py, mark, "target"), args = keyword(py, mark, "args");
        if (tj_str_is(last, "Timer") && target == TJ_NONE) target = second;
        args = args == TJ_NONE && tj_str_is(last, "Timer") ? third : args;
        if (target != TJ_NONE && callable(py, target)) call_with(py, node, target, args);
    } else if (tj_py_named_is(last, "apply_async apply") && first != TJ_NONE && callable(py, first)) {
        call_with(py, node, first, second);
    } else if (tj_str_is(name, "signal.signal") && second != TJ_NONE &&
               tj_py_about(py, second)->what == TJ_PY_IS_FUNCTION) {
        py->conditional++;
        call_with(py, node, second, TJ_NONE);
        py->conditional--;
    } else if (rest != TJ_NONE && positional(py, mark, rest) != TJ_NONE && callable(py, positional(py, mark, rest))) {
        call_with_rest(py, node, positional(py, mark, rest), mark + rest + 1, to);
    }
    return TJ_NONE;
}
