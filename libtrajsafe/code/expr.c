/* Expressions in the order in which Python evaluates them. */
#include "code/eval.h"

#define MAX_DEPTH 300u

void tj_py_eval_children(struct tj_py *py, uint32_t node) {
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next)
        (void)tj_py_use(py, tj_py_eval(py, at));
}

static uint32_t literal(struct tj_py *py, enum tj_code_value_kind kind, uint32_t node) {
    uint32_t value = tj_py_value(py, kind, node);
    if (value) tj_py_at(py, value)->text = tj_py_source(py, node);
    return value;
}

static uint32_t integer(struct tj_py *py, uint32_t node) {
    uint32_t magic = py->tree->magic.n ? tj_py_magic_at(py, node) : TJ_NONE;
    return magic != TJ_NONE ? magic : literal(py, TJ_CODE_NUMBER, node);
}

/* LIST, TUPLE, SET and bare lists. */
static uint32_t sequence(struct tj_py *py, uint32_t node) {
    uint32_t mark = py->stack.n;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint32_t value = tj_py_use(py, tj_py_eval(py, at));
        struct tj_code_value v = *tj_py_at(py, value);
        if (tj_py_node(py, at)->kind == TJ_PY_LIST_SPLAT && v.kind == TJ_CODE_LIST &&
            tj_py_spend(py, v.item_end - v.item)) {
            for (uint32_t i = v.item; i < v.item_end; i++) (void)tj_vec_push(py->arena, &py->stack, i);
        } else {
            (void)tj_vec_push(py->arena, &py->stack, value);
        }
    }
    return tj_py_list(py, node, mark);
}

static uint32_t dictionary(struct tj_py *py, uint32_t node) {
    uint32_t mark = py->stack.n;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint32_t key = tj_py_child(py->tree, at, TJ_PY_IN_KEY), item = tj_py_child(py->tree, at, TJ_PY_IN_VALUE);
        if (tj_py_node(py, at)->kind == TJ_PY_PAIR) {
            uint32_t k = key == TJ_NONE ? 0 : tj_py_eval(py, key);
            uint32_t v = item == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, item));
            (void)tj_vec_push(py->arena, &py->stack, k);
            (void)tj_vec_push(py->arena, &py->stack, v);
            continue;
        }
        uint32_t inner = tj_py_node(py, at)->child;
        uint32_t value = inner == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, inner));
        struct tj_code_value v = *tj_py_at(py, value);
        if (tj_py_about(py, value)->what == TJ_PY_IS_DICT && tj_py_spend(py, v.item_end - v.item)) {
            for (uint32_t i = v.item; i < v.item_end; i++) (void)tj_vec_push(py->arena, &py->stack, i);
        } else {
            (void)tj_vec_push(py->arena, &py->stack, 0);
            (void)tj_vec_push(py->arena, &py->stack, value);
        }
    }
    uint32_t made = tj_py_list(py, node, mark);
    tj_py_about(py, made)->what = TJ_PY_IS_DICT;
    return made;
}

static uint32_t attribute(struct tj_py *py, uint32_t node) {
    uint32_t object = tj_py_child(py->tree, node, TJ_PY_IN_OBJECT);
    uint32_t name = tj_py_child(py->tree, node, TJ_PY_IN_ATTRIBUTE);
    if (object == TJ_NONE || name == TJ_NONE) {
        tj_py_eval_children(py, node);
        return 0;
    }
    if (py->slot.n) {
        struct tj_str path = tj_py_source(py, node);
        for (uint32_t i = 0; i < py->slot.n; i++)
            if (tj_str_eq(py->slot.at[i].path, path)) return tj_py_copy(py, py->slot.at[i].value);
    }
    return tj_py_member(py, node, tj_py_eval(py, object), tj_py_source(py, name));
}

static uint32_t boolean(struct tj_py *py, uint32_t node) {
    uint32_t left = tj_py_child(py->tree, node, TJ_PY_IN_LEFT), right = tj_py_child(py->tree, node, TJ_PY_IN_RIGHT);
    uint32_t a = left == TJ_NONE ? 0 : tj_py_eval(py, left), mark = py->undo.n;
    py->conditional++;
    uint32_t b = right == TJ_NONE ? 0 : tj_py_eval(py, right);
    py->conditional--;
    tj_py_merge(py, mark);
    if (py->lang != TJ_LANG_PYTHON && tj_py_about(py, a)->what != TJ_PY_IS_VALUE) return a; /* open(…) or die */
    return tj_py_either(py, a, b);
}

static uint32_t conditional(struct tj_py *py, uint32_t node) {
    uint32_t yes = tj_py_node(py, node)->child;
    uint32_t test = yes == TJ_NONE ? TJ_NONE : tj_py_node(py, yes)->next;
    uint32_t no = test == TJ_NONE ? TJ_NONE : tj_py_node(py, test)->next;
    if (no == TJ_NONE) {
        tj_py_eval_children(py, node);
        return 0;
    }
    (void)tj_py_eval(py, test);
    uint32_t mark = py->undo.n;
    py->conditional++;
    uint32_t a = tj_py_eval(py, yes);
    tj_py_merge(py, mark);
    mark = py->undo.n;
    uint32_t b = tj_py_eval(py, no);
    py->conditional--;
    tj_py_merge(py, mark);
    return tj_py_either(py, a, b);
}

static uint32_t unary(struct tj_py *py, uint32_t node) {
    uint32_t inner = tj_py_child(py->tree, node, TJ_PY_IN_ARGUMENT);
    uint32_t value = inner == TJ_NONE ? 0 : tj_py_eval(py, inner);
    int64_t number;
    if (tj_py_node(py, node)->op == '-' && tj_py_number(py, value, &number))
        return tj_py_from_number(py, node, -number);
    if (tj_py_node(py, node)->op == '~' && tj_py_number(py, value, &number))
        return tj_py_from_number(py, node, -number - 1);
    return tj_py_value(py, TJ_CODE_DYNAMIC, node);
}

static uint32_t first_child(struct tj_py *py, uint32_t node) {
    uint32_t inner = tj_py_node(py, node)->child;
    return inner == TJ_NONE ? 0 : tj_py_eval(py, inner);
}

static uint32_t as_pattern(struct tj_py *py, uint32_t node) {
    uint32_t value = first_child(py, node);
    uint32_t target = tj_py_child(py->tree, node, TJ_PY_IN_ALIAS);
    if (target != TJ_NONE) tj_py_assign(py, target, value);
    return value;
}

static uint32_t named(struct tj_py *py, uint32_t node) {
    uint32_t name = tj_py_child(py->tree, node, TJ_PY_IN_NAME);
    uint32_t inner = tj_py_child(py->tree, node, TJ_PY_IN_VALUE);
    uint32_t value = inner == TJ_NONE ? 0 : tj_py_eval(py, inner);
    if (name != TJ_NONE) tj_py_assign(py, name, value);
    return value;
}

/* Statements one after the other; in Ruby the last one is the value. */
static uint32_t block(struct tj_py *py, uint32_t node) {
    uint32_t value = 0;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next)
        value = tj_py_use(py, tj_py_eval(py, at));
    return value;
}

static uint32_t literal_of(struct tj_py *py, uint32_t node) {
    struct tj_str text = py->tree->literal.at[tj_py_node(py, node)->name];
    if (tj_py_node(py, node)->kind == TJ_PY_WORD) return tj_py_named(py, node, tj_py_canonical(py, text), TJ_NONE);
    return tj_py_text(py, node, text);
}

/* A text with expressions in it. */
static uint32_t template_of(struct tj_py *py, uint32_t node) {
    uint32_t mark = py->stack.n;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint32_t value = tj_py_use(py, tj_py_eval(py, at));
        (void)tj_vec_push(py->arena, &py->stack, value);
    }
    return tj_py_glue(py, node, mark, TJ_STR(""));
}

static uint32_t expression(struct tj_py *py, uint32_t node) {
    switch (tj_py_node(py, node)->kind) {
    case TJ_PY_IDENT: return tj_py_identifier(py, node);
    case TJ_PY_STRING: return tj_py_string(py, node);
    case TJ_PY_CONCATENATED: return tj_py_concatenated(py, node);
    case TJ_PY_INTEGER: return integer(py, node);
    case TJ_PY_FLOAT: return literal(py, TJ_CODE_NUMBER, node);
    case TJ_PY_TRUE:
    case TJ_PY_FALSE: return literal(py, TJ_CODE_BOOL, node);
    case TJ_PY_NONE: return literal(py, TJ_CODE_NONE, node);
    case TJ_PY_ATTRIBUTE: return attribute(py, node);
    case TJ_PY_SUBSCRIPT: return tj_py_subscript(py, node);
    case TJ_PY_CALL: return tj_py_call(py, node);
    case TJ_PY_LIST:
    case TJ_PY_TUPLE:
    case TJ_PY_SET:
    case TJ_PY_PATTERNS:
    case TJ_PY_EXPRESSIONS: return sequence(py, node);
    case TJ_PY_DICT: return dictionary(py, node);
    case TJ_PY_BINARY: return tj_py_binary(py, node);
    case TJ_PY_UNARY: return unary(py, node);
    case TJ_PY_BOOLEAN: return boolean(py, node);
    case TJ_PY_CONDITIONAL: return conditional(py, node);
    case TJ_PY_LAMBDA: return tj_py_function(py, node);
    case TJ_PY_LIST_COMP:
    case TJ_PY_SET_COMP:
    case TJ_PY_DICT_COMP:
    case TJ_PY_GENERATOR: return tj_py_comprehension(py, node);
    case TJ_PY_TEXT:
    case TJ_PY_WORD: return literal_of(py, node);
    case TJ_PY_TEMPLATE: return template_of(py, node);
    case TJ_PY_BLOCK: return py->lang == TJ_LANG_PYTHON ? tj_py_statement(py, node) : block(py, node);
    case TJ_PY_REGEX: tj_py_eval_children(py, node); return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    case TJ_PY_NAMED: return named(py, node);
    case TJ_PY_AS_PATTERN: return as_pattern(py, node);
    case TJ_PY_PAREN:
    case TJ_PY_AWAIT:
    case TJ_PY_YIELD:
    case TJ_PY_LIST_SPLAT: return first_child(py, node);
    default: return tj_py_statement(py, node);
    }
}

uint32_t tj_py_eval(struct tj_py *py, uint32_t node) {
    const struct tj_py_node *at = tj_py_node(py, node);
    if (py->depth >= MAX_DEPTH || py->work == 0 || py->spent || py->arena->failed) {
        if (py->depth >= MAX_DEPTH && !py->deep) {
            py->deep = true;
            tj_py_trouble(py->arena, py->out, TJ_REASON_DEPTH, at->begin, at->end);
        }
        py->spent |= py->work == 0;
        return 0;
    }
    py->depth++;
    py->work--;
    uint32_t value = expression(py, node);
    py->depth--;
    return value;
}
