/* Functions of the source: their bodies are walked where they are called, with the arguments bound. */
#include "code/eval.h"

#define MAX_INLINED 4u /* bodies within bodies */
#define MAX_WALKS 8u   /* of one body */
#define MAX_FUNCTIONS 4096u

static uint32_t parameter_name(struct tj_py *py, uint32_t at) {
    uint32_t name = tj_py_child(py->tree, at, TJ_PY_IN_NAME);
    uint8_t kind = tj_py_node(py, at)->kind;
    if (kind == TJ_PY_IDENT) return at;
    if (name == TJ_NONE) name = tj_py_node(py, at)->child;
    if (name != TJ_NONE && tj_py_node(py, name)->kind == TJ_PY_SPLAT_PATTERN) name = tj_py_node(py, name)->child;
    return name != TJ_NONE && tj_py_node(py, name)->kind == TJ_PY_IDENT ? name : TJ_NONE;
}

static bool is_splat(struct tj_py *py, uint32_t at) {
    uint32_t inner = tj_py_node(py, at)->child;
    return tj_py_node(py, at)->kind == TJ_PY_SPLAT_PATTERN ||
           (inner != TJ_NONE && tj_py_node(py, inner)->kind == TJ_PY_SPLAT_PATTERN);
}

/* *args takes what is left of the arguments. */
static uint32_t rest_of(struct tj_py *py, uint32_t node, uint32_t from) {
    uint32_t mark = py->stack.n;
    for (; from < py->args.n && py->args.at[from].key.n == 0; from++)
        (void)tj_vec_push(py->arena, &py->stack, py->args.at[from].value);
    return tj_py_list(py, node, mark);
}

static uint32_t argument(struct tj_py *py, uint32_t parameter, struct tj_str name, uint32_t mark, uint32_t *next) {
    for (uint32_t i = mark; i < py->args.n; i++)
        if (name.n && tj_str_eq(py->args.at[i].key, name)) return py->args.at[i].value;
    if (*next < py->args.n && py->args.at[*next].key.n == 0) {
        if (py->args.at[*next].spread) return 0;
        return py->args.at[(*next)++].value;
    }
    uint32_t fallback = tj_py_child(py->tree, parameter, TJ_PY_IN_VALUE);
    return fallback == TJ_NONE ? 0 : tj_py_eval(py, fallback);
}

/* Perl's @_, and `this` of a function that is called back: what called it. */
static void bind_implied(struct tj_py *py, uint32_t node, uint32_t mark) {
    uint32_t all = tj_py_name_find(py->tree, TJ_STR("@_")), self = tj_py_name_find(py->tree, TJ_STR("this"));
    if (all != TJ_NONE && py->lang == TJ_LANG_PERL)
        tj_py_bind(py, all, mark == TJ_NONE ? tj_py_value(py, TJ_CODE_DYNAMIC, node) : rest_of(py, node, mark));
    if (self != TJ_NONE && py->lang == TJ_LANG_NODE && mark != TJ_NONE && mark < py->args.n)
        tj_py_bind(py, self, py->args.at[mark].value);
}

/* Binds parameters to the arguments from `mark` on; to nothing known when `mark` is TJ_NONE. */
static void bind_parameters(struct tj_py *py, uint32_t node, uint32_t mark) {
    uint32_t list = tj_py_child(py->tree, node, TJ_PY_IN_PARAMETERS), next = mark;
    if (py->lang != TJ_LANG_PYTHON) bind_implied(py, node, mark);
    if (list == TJ_NONE) return;
    for (uint32_t at = tj_py_node(py, list)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint32_t name = parameter_name(py, at);
        if (name == TJ_NONE) continue;
        uint32_t value = 0;
        if (mark != TJ_NONE && is_splat(py, at))
            value = rest_of(py, at, next);
        else if (mark != TJ_NONE && tj_py_node(py, at)->kind != TJ_PY_OTHER)
            value = argument(py, at, tj_py_source(py, name), mark, &next);
        tj_py_bind(py, tj_py_node(py, name)->name, value);
    }
}

static uint32_t walk_body(struct tj_py *py, uint32_t fn, uint32_t mark) {
    uint32_t node = py->function.at[fn].node, body = tj_py_child(py->tree, node, TJ_PY_IN_BODY);
    uint32_t undo = py->undo.n, returned = py->returned;
    bool in_class = py->in_class;
    py->function.at[fn].walks++;
    py->function.at[fn].active = true;
    py->inlined++;
    py->in_class = false;
    py->returned = TJ_NONE;
    bind_parameters(py, node, mark);
    uint32_t value = body == TJ_NONE ? 0 : tj_py_eval(py, body);
    bool last = tj_py_node(py, node)->kind == TJ_PY_LAMBDA || py->lang == TJ_LANG_RUBY || py->lang == TJ_LANG_PERL;
    if (!last || (py->lang != TJ_LANG_PYTHON && py->returned != TJ_NONE))
        value = py->returned == TJ_NONE ? 0 : py->returned;
    tj_py_restore(py, undo);
    py->returned = returned;
    py->in_class = in_class;
    py->inlined--;
    py->function.at[fn].active = false;
    return value;
}

uint32_t tj_py_inline(struct tj_py *py, uint32_t node, uint32_t fn, uint32_t mark) {
    struct tj_py_function function = py->function.at[fn];
    if (function.active || function.walks >= MAX_WALKS || py->inlined >= MAX_INLINED)
        return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    return walk_body(py, fn, mark);
}

static void walk_unseen(struct tj_py *py, uint32_t fn, bool called) {
    bool before = py->in_function;
    py->in_function = before || !called;
    py->conditional += !called;
    (void)walk_body(py, fn, TJ_NONE);
    py->conditional -= !called;
    py->in_function = before;
}

static bool starts_and_ends_with_underscores(struct tj_str s) {
    return tj_str_starts(s, TJ_STR("__")) && tj_str_ends(s, TJ_STR("__"));
}

uint32_t tj_py_function(struct tj_py *py, uint32_t node) {
    bool lambda = tj_py_node(py, node)->kind == TJ_PY_LAMBDA;
    uint32_t name = lambda ? TJ_NONE : tj_py_child(py->tree, node, TJ_PY_IN_NAME);
    uint32_t value = tj_py_value(py, TJ_CODE_DYNAMIC, node);
    struct tj_py_function function = {.node = node, .by_name = lambda};
    if (py->function.n >= MAX_FUNCTIONS) {
        py->spent = true;
        return 0;
    }
    if (name != TJ_NONE && tj_py_node(py, name)->name != TJ_NONE)
        function.by_name = py->called[tj_py_node(py, name)->name] & 1;
    if (!value || !tj_vec_push(py->arena, &py->function, function)) return 0;
    uint32_t fn = py->function.n - 1;
    tj_py_about(py, value)->what = TJ_PY_IS_FUNCTION;
    tj_py_about(py, value)->fn = fn;
    if (name != TJ_NONE) tj_py_bind(py, tj_py_node(py, name)->name, value);
    bool special = name != TJ_NONE && py->in_class && starts_and_ends_with_underscores(tj_py_source(py, name));
    if (!lambda && (special || !function.by_name)) { /* methods that are called have their arguments there */
        walk_unseen(py, fn, function.by_name || special);
    }
    return value;
}

void tj_py_leftovers(struct tj_py *py) {
    for (uint32_t fn = 0; fn < py->function.n && !py->spent; fn++) {
        bool lambda = tj_py_node(py, py->function.at[fn].node)->kind == TJ_PY_LAMBDA;
        if (py->function.at[fn].walks) continue;
        py->conditional += lambda;
        walk_unseen(py, fn, true);
        py->conditional -= lambda;
    }
}
