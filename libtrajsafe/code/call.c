/* Calls: arguments, what is folded instead, what runs other functions, and the report of the rest. */
#include "code/light_eval.h"

#define MAX_CALLS 8192u

void tj_py_push_arg(struct tj_py *py, uint32_t value) {
    struct tj_py_arg arg = {TJ_STR_NONE, value, 0};
    (void)tj_vec_push(py->arena, &py->args, arg);
}

uint32_t tj_py_emit(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, const struct tj_py_arg *arg,
                    uint32_t n) {
    struct tj_code *out = py->out;
    if (out->call.n >= MAX_CALLS) {
        py->spent = true;
        return 0;
    }
    struct tj_code_call call = {.name = name, .receiver = receiver, .arg = out->arg.n};
    for (uint32_t i = 0; i < n; i++) {
        struct tj_code_arg made = {arg[i].key, arg[i].value, arg[i].spread};
        (void)tj_vec_push(py->arena, &out->arg, made);
    }
    call.arg_end = out->arg.n;
    const struct tj_py_node *at = tj_py_node(py, node);
    call.begin = call.name_begin = at->begin;
    call.end = call.name_end = at->end;
    uint32_t callee = at->kind == TJ_PY_CALL ? tj_py_child(py->tree, node, TJ_PY_IN_FUNCTION) : TJ_NONE;
    if (callee != TJ_NONE) call.name_end = tj_py_node(py, callee)->end;
    call.conditional = py->conditional > 0;
    call.in_function = py->in_function;
    if (!tj_vec_push(py->arena, &out->call, call)) return 0;
    uint32_t value = tj_py_value(py, TJ_CODE_CALL, node);
    if (value) {
        tj_py_at(py, value)->call = out->call.n - 1;
        tj_py_about(py, value)->what = TJ_PY_IS_OBJECT;
        tj_py_about(py, value)->name = tj_py_returns(py, name);
    }
    return value;
}

uint32_t tj_py_use(struct tj_py *py, uint32_t value) {
    struct tj_py_info info = *tj_py_about(py, value);
    bool light = py->lang != TJ_LANG_PYTHON;
    if (light ? !tj_light_is_env(py, value) : info.what != TJ_PY_IS_NAME || !tj_str_is(info.name, "os.environ"))
        return value;
    uint32_t begin = tj_py_at(py, value)->begin, end = tj_py_at(py, value)->end;
    uint32_t call = tj_py_emit(py, 0, light ? TJ_STR("env.all") : TJ_STR("os.environ"), TJ_NONE, NULL, 0);
    if (call) {
        struct tj_code_call *made = &py->out->call.at[tj_py_at(py, call)->call];
        made->begin = made->name_begin = tj_py_at(py, call)->begin = begin;
        made->end = made->name_end = tj_py_at(py, call)->end = end;
    }
    return call;
}

uint32_t tj_py_magic_at(struct tj_py *py, uint32_t node) {
    const struct tj_py_node *at = tj_py_node(py, node);
    const struct tj_py_tree *tree = py->tree;
    uint32_t i = 0;
    while (i < tree->magic.n && tree->magic.at[i].begin != at->begin) i++;
    if (i == tree->magic.n) return TJ_NONE;
    const struct tj_py_magic *magic = &tree->magic.at[i];
    uint32_t text = tj_py_text(py, node, tj_str_sub(py->out->source, magic->text, magic->text_end));
    tj_py_at(py, text)->begin = magic->text;
    tj_py_at(py, text)->end = magic->text_end;
    struct tj_py_arg arg[2] = {{TJ_STR_NONE, text, 0}, {TJ_STR_NONE, text, 0}};
    uint32_t n = 1;
    struct tj_str name = TJ_STR("ipython.system");
    if (magic->kind == TJ_PY_MAGIC_RUN) name = TJ_STR("ipython.run");
    if (magic->kind == TJ_PY_MAGIC_WRITEFILE) {
        name = TJ_STR("ipython.writefile");
        struct tj_str path = tj_str_trim(tj_str_sub(py->out->source, magic->path, magic->path_end));
        arg[0].value = tj_py_text(py, node, path);
        n = 2;
    }
    uint32_t value = tj_py_emit(py, node, name, TJ_NONE, arg, n);
    if (value) {
        struct tj_code_call *call = &py->out->call.at[tj_py_at(py, value)->call];
        call->magic = magic->kind == TJ_PY_MAGIC_SHELL;
        call->end = magic->end;
    }
    return value;
}

static void push_spread(struct tj_py *py, uint32_t value, uint8_t spread) {
    struct tj_code_value v = *tj_py_at(py, value);
    bool dict = tj_py_about(py, value)->what == TJ_PY_IS_DICT;
    if (spread == 1 && v.kind == TJ_CODE_LIST && !dict) {
        for (uint32_t i = v.item; i < v.item_end; i++) tj_py_push_arg(py, i);
    } else if (spread == 2 && dict) {
        for (uint32_t i = v.item; i + 1 < v.item_end; i += 2) {
            struct tj_py_arg arg = {tj_py_at(py, i)->text, i + 1, 0};
            (void)tj_vec_push(py->arena, &py->args, arg);
        }
    } else {
        struct tj_py_arg arg = {TJ_STR_NONE, value, spread};
        (void)tj_vec_push(py->arena, &py->args, arg);
    }
}

static void push_arguments(struct tj_py *py, uint32_t list) {
    if (tj_py_node(py, list)->kind == TJ_PY_GENERATOR) {
        tj_py_push_arg(py, tj_py_eval(py, list));
        return;
    }
    for (uint32_t at = tj_py_node(py, list)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint8_t kind = tj_py_node(py, at)->kind;
        uint32_t inner = tj_py_node(py, at)->child;
        struct tj_py_arg arg = {TJ_STR_NONE, 0, 0};
        if (kind == TJ_PY_KEYWORD) {
            uint32_t key = tj_py_child(py->tree, at, TJ_PY_IN_NAME);
            inner = tj_py_child(py->tree, at, TJ_PY_IN_VALUE);
            bool text = key != TJ_NONE && tj_py_node(py, key)->kind == TJ_PY_TEXT;
            if (key != TJ_NONE)
                arg.key = text ? py->tree->literal.at[tj_py_node(py, key)->name] : tj_py_source(py, key);
            arg.value = inner == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, inner));
            (void)tj_vec_push(py->arena, &py->args, arg);
        } else if ((kind == TJ_PY_LIST_SPLAT || kind == TJ_PY_DICT_SPLAT) && inner != TJ_NONE) {
            push_spread(py, tj_py_use(py, tj_py_eval(py, inner)), kind == TJ_PY_LIST_SPLAT ? 1 : 2);
        } else if (kind != TJ_PY_OTHER) {
            tj_py_push_arg(py, tj_py_use(py, tj_py_eval(py, at)));
        } else {
            tj_py_eval_children(py, at);
        }
    }
}

/* list.append and the like change the variable that holds the list. */
static bool change_list(struct tj_py *py, uint32_t node, struct tj_str method, uint32_t receiver, uint32_t mark) {
    uint32_t callee = tj_py_child(py->tree, node, TJ_PY_IN_FUNCTION);
    uint32_t owner = callee == TJ_NONE ? TJ_NONE : tj_py_child(py->tree, callee, TJ_PY_IN_OBJECT);
    if (owner == TJ_NONE || tj_py_node(py, owner)->kind != TJ_PY_IDENT || py->args.n != mark + 1 ||
        tj_py_at(py, receiver)->kind != TJ_CODE_LIST || tj_py_about(py, receiver)->what == TJ_PY_IS_DICT)
        return false;
    uint32_t added = py->args.at[mark].value, made;
    if (tj_str_is(method, "append") || (py->lang != TJ_LANG_PYTHON && tj_str_is(method, "push")))
        made = tj_py_append(py, node, receiver, added);
    else if (tj_str_is(method, "extend"))
        made = tj_py_add(py, node, '+', receiver, added);
    else
        return false;
    tj_py_bind(py, tj_py_node(py, owner)->name, made);
    return true;
}

/* The arguments from `mark` on; while there are none at all they have no address. */
static const struct tj_py_arg *given(const struct tj_py *py, uint32_t mark) {
    return py->args.n ? py->args.at + mark : NULL;
}

/* Functions that give names: __import__('os'), getattr(os, 'system'), vars(os). */
static uint32_t reflect(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t mark) {
    const struct tj_py_arg *arg = given(py, mark);
    uint32_t n = py->args.n - mark;
    if (n == 0 || arg[0].spread) return TJ_NONE;
    bool text = tj_py_is_text(py, arg[0].value);
    struct tj_str first = tj_py_at(py, arg[0].value)->text;
    if (tj_str_is(name, "builtins.__import__") && text) {
        uint32_t dot = tj_str_chr(first, '.', 0);
        return tj_py_named(py, node, tj_py_canonical(py, tj_str_sub(first, 0, dot)), TJ_NONE);
    }
    if (tj_str_is(name, "importlib.import_module") && text)
        return tj_py_named(py, node, tj_py_canonical(py, first), TJ_NONE);
    if (tj_str_is(name, "builtins.vars") && tj_py_about(py, arg[0].value)->what == TJ_PY_IS_NAME)
        return tj_py_member(py, node, arg[0].value, TJ_STR("__dict__"));
    if (!tj_str_is(name, "builtins.getattr") || n < 2) return TJ_NONE;
    if (tj_py_is_text(py, arg[1].value)) return tj_py_member(py, node, arg[0].value, tj_py_at(py, arg[1].value)->text);
    uint32_t hidden = tj_py_value(py, TJ_CODE_DYNAMIC, node);
    tj_py_about(py, hidden)->what = TJ_PY_IS_HIDDEN;
    return hidden;
}

/* `more` is set where text that is run, or the function that is called, is not known. */
static void note_dynamic(struct tj_py *py, struct tj_str name, uint32_t mark) {
    if (!tj_py_named_is(name, "builtins.exec builtins.eval builtins.execfile")) return;
    if (py->args.n == mark || !tj_py_is_text(py, py->args.at[mark].value)) py->out->more = true;
}

static struct tj_str last_part(struct tj_str name) {
    uint32_t dot = tj_str_rchr(name, '.');
    return dot == TJ_NOT_FOUND ? name : tj_str_sub(name, dot + 1, name.n);
}

/* A method that a class of this source defines, or TJ_NONE. */
static uint32_t own_method(struct tj_py *py, uint32_t receiver, struct tj_str method) {
    const struct tj_py_info *info = tj_py_about(py, receiver);
    bool ours = info->what == TJ_PY_IS_OBJECT || info->what == TJ_PY_IS_CLASS;
    if (!ours || info->fn == TJ_NONE) return TJ_NONE;
    for (uint32_t i = 0; i < py->function.n && i < 256; i++) {
        uint32_t name = tj_py_child(py->tree, py->function.at[i].node, TJ_PY_IN_NAME);
        if (name != TJ_NONE && tj_str_eq(tj_py_source(py, name), method)) return i;
    }
    return TJ_NONE;
}

/* Its body with the arguments since `mark`; in Python the object is the first of them. */
static uint32_t call_method(struct tj_py *py, uint32_t node, uint32_t fn, uint32_t receiver, uint32_t mark) {
    uint32_t to = py->args.n, from = to;
    if (py->lang != TJ_LANG_PYTHON) return tj_py_inline(py, node, fn, mark);
    if (tj_py_about(py, receiver)->what == TJ_PY_IS_OBJECT) tj_py_push_arg(py, receiver);
    for (uint32_t i = mark; i < to; i++) (void)tj_vec_push(py->arena, &py->args, py->args.at[i]);
    uint32_t value = tj_py_inline(py, node, fn, from);
    py->args.n = to;
    return value;
}

static uint32_t call_name(struct tj_py *py, uint32_t node, uint32_t callee, uint32_t mark) {
    struct tj_py_info info = *tj_py_about(py, callee);
    struct tj_str name = info.name;
    uint32_t value = TJ_NONE;
    bool emit = true;
    if (info.receiver != TJ_NONE) {
        if (change_list(py, node, last_part(name), info.receiver, mark)) return 0;
        uint32_t own = own_method(py, info.receiver, last_part(name));
        if (own != TJ_NONE) return call_method(py, node, own, info.receiver, mark);
    }
    if (py->lang != TJ_LANG_PYTHON) return tj_light_apply(py, node, name, info.receiver, mark);
    if (info.receiver != TJ_NONE) {
        value = tj_py_method(py, node, info.receiver, last_part(name), given(py, mark), py->args.n - mark);
        if (value != TJ_NONE) return value;
    }
    value = reflect(py, node, name, mark);
    if (value != TJ_NONE) return value;
    value = tj_py_pure(py, node, name, given(py, mark), py->args.n - mark, &emit);
    if (value != TJ_NONE && !emit) return value;
    uint32_t higher = value == TJ_NONE ? tj_py_higher(py, node, name, mark) : TJ_NONE;
    if (higher != TJ_NONE) return higher;
    note_dynamic(py, name, mark);
    uint32_t made = tj_py_emit(py, node, name, info.receiver, given(py, mark), py->args.n - mark);
    return value != TJ_NONE ? value : made;
}

static bool is_shell_magic(struct tj_str name) {
    return tj_str_ends(name, TJ_STR("get_ipython.system")) || tj_str_ends(name, TJ_STR("get_ipython.getoutput"));
}

uint32_t tj_py_apply(struct tj_py *py, uint32_t node, uint32_t callee, uint32_t mark) {
    struct tj_py_info info = *tj_py_about(py, callee);
    uint32_t value = 0;
    if (info.what == TJ_PY_IS_FUNCTION) {
        value = tj_py_inline(py, node, info.fn, mark);
    } else if (info.what == TJ_PY_IS_CLASS) {
        value = tj_py_value(py, TJ_CODE_DYNAMIC, node);
        tj_py_about(py, value)->what = TJ_PY_IS_OBJECT;
        tj_py_about(py, value)->name = info.name;
        tj_py_about(py, value)->fn = info.fn;
    } else if (info.what == TJ_PY_IS_NAME) {
        value = call_name(py, node, callee, mark);
    } else if (py->lang == TJ_LANG_PHP && tj_py_is_text(py, callee)) { /* a function by its name */
        uint32_t named = tj_py_lookup(py, node, tj_py_at(py, callee)->text);
        uint8_t what = tj_py_about(py, named)->what;
        py->out->more = py->out->more || (what != TJ_PY_IS_NAME && what != TJ_PY_IS_FUNCTION);
        if (what == TJ_PY_IS_NAME || what == TJ_PY_IS_FUNCTION) value = tj_py_apply(py, node, named, mark);
    } else if (info.what == TJ_PY_IS_OBJECT) {
        struct tj_str name = tj_py_join(py, info.name, ".", TJ_STR("__call__"));
        value = tj_py_emit(py, node, name, callee, given(py, mark), py->args.n - mark);
    } else {
        py->out->more = true;
        value = tj_py_emit(py, node, TJ_STR_NONE, callee, given(py, mark), py->args.n - mark);
    }
    py->args.n = mark;
    return value;
}

uint32_t tj_py_call(struct tj_py *py, uint32_t node) {
    uint32_t function = tj_py_child(py->tree, node, TJ_PY_IN_FUNCTION);
    uint32_t list = tj_py_child(py->tree, node, TJ_PY_IN_ARGUMENTS);
    uint32_t callee = function == TJ_NONE ? 0 : tj_py_eval(py, function);
    uint32_t mark = py->args.n;
    if (list != TJ_NONE) push_arguments(py, list);
    uint32_t before = py->out->call.n;
    struct tj_str name = tj_py_about(py, callee)->name;
    uint32_t value = tj_py_apply(py, node, callee, mark);
    if (is_shell_magic(name) && py->out->call.n > before) {
        struct tj_code_call *call = &py->out->call.at[py->out->call.n - 1];
        call->name = TJ_STR("ipython.system");
        call->magic = 1;
    }
    return value;
}
