/* The evaluator of the code module: values with what is known of them, names, and the walk over the tree. */
#ifndef TJ_CODE_EVAL_H
#define TJ_CODE_EVAL_H

#include "code/tree.h"

enum tj_py_what {
    TJ_PY_IS_VALUE,    /* nothing more is known than the tj_code_value says */
    TJ_PY_IS_NAME,     /* stands for the module, function or class `name` */
    TJ_PY_IS_OBJECT,   /* an instance of type `name` */
    TJ_PY_IS_PATH,     /* TEXT: a pathlib path */
    TJ_PY_IS_DICT,     /* LIST: keys and values in turn */
    TJ_PY_IS_FUNCTION, /* function number `fn` of this source */
    TJ_PY_IS_CLASS,    /* a class of this source */
    TJ_PY_IS_SPARE,    /* room behind a list's items, for the next append */
    TJ_PY_IS_HIDDEN    /* an attribute whose name is not constant: calling it sets `more` */
};

#define TJ_PY_ROOM 4u /* of a list that grows, at least */

/* What the walk knows beside out->value.at[i]; the two arrays run in parallel. */
struct tj_py_info {
    struct tj_str name;
    uint32_t receiver; /* IS_NAME: the value whose method it is, or TJ_NONE */
    uint32_t fn;       /* IS_FUNCTION: its number; IS_CLASS and its objects: the class's node */
    uint8_t what;
};

struct tj_py_function {
    uint32_t node; /* FUNCTION or LAMBDA */
    uint8_t walks; /* how often its body was walked */
    bool active;   /* its body is being walked */
    bool by_name;  /* called by name somewhere in the source */
};

struct tj_py_undo {
    uint32_t name, value;
};

/* An attribute that the source assigned: self.sock. */
struct tj_py_slot {
    struct tj_str path;
    uint32_t value;
};

/* An argument on its way to a call. */
struct tj_py_arg {
    struct tj_str key;
    uint32_t value;
    uint8_t spread;
};

struct tj_py {
    struct tj_arena *arena;
    const struct tj_py_tree *tree;
    struct tj_code *out;
    TJ_VEC(struct tj_py_info) info;
    TJ_VEC(struct tj_py_function) function;
    TJ_VEC(struct tj_py_undo) undo;
    TJ_VEC(uint32_t) stack;        /* scratch: items on their way to a LIST */
    TJ_VEC(struct tj_py_arg) args; /* scratch: arguments on their way to a call */
    TJ_VEC(struct tj_py_slot) slot;
    uint32_t *bound;         /* value by name, TJ_NONE = none */
    uint8_t *called;         /* 1 = called by name somewhere; 2 = marked while branches are joined */
    struct tj_str wildcard;  /* the last module of `from … import *` */
    uint32_t depth, inlined; /* recursion, nested function bodies */
    uint32_t conditional;
    uint32_t work;     /* evaluations left */
    uint32_t folded;   /* bytes that folding may still make */
    uint32_t returned; /* value of the body being walked, or TJ_NONE */
    bool filtered;     /* the loop that begins takes some of what it goes over */
    bool in_function, in_class, deep, spent;
    uint8_t lang; /* enum tj_lang */
};

/* ---- values (value.c) ---- */
uint32_t tj_py_value(struct tj_py *py, enum tj_code_value_kind kind, uint32_t node);
uint32_t tj_py_text(struct tj_py *py, uint32_t node, struct tj_str text);
uint32_t tj_py_named(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver);
uint32_t tj_py_copy(struct tj_py *py, uint32_t value);
/* A LIST of the values pushed on py->stack since `mark`, which are popped. */
uint32_t tj_py_list(struct tj_py *py, uint32_t node, uint32_t mark);
/* A list with one item more; the list itself stays as it was. Many in a row take time in proportion to their number. */
uint32_t tj_py_append(struct tj_py *py, uint32_t node, uint32_t list, uint32_t added);
/* A value that is one of two: equal ones stay, texts keep their common beginning. */
uint32_t tj_py_either(struct tj_py *py, uint32_t a, uint32_t b);
struct tj_code_value *tj_py_at(struct tj_py *py, uint32_t value);
struct tj_py_info *tj_py_about(struct tj_py *py, uint32_t value);
bool tj_py_is_text(struct tj_py *py, uint32_t value); /* a TEXT that is wholly known */
bool tj_py_number(struct tj_py *py, uint32_t value, int64_t *out);
uint32_t tj_py_from_number(struct tj_py *py, uint32_t node, int64_t number);
struct tj_str tj_py_join(struct tj_py *py, struct tj_str a, const char *between, struct tj_str b);
struct tj_str tj_py_source(const struct tj_py *py, uint32_t node);
const struct tj_py_node *tj_py_node(const struct tj_py *py, uint32_t node);
/* Counts bytes that folding makes; false when there have been too many. */
bool tj_py_spend(struct tj_py *py, uint32_t bytes);

/* ---- variables (value.c) ---- */
void tj_py_bind(struct tj_py *py, uint32_t name, uint32_t value);
void tj_py_restore(struct tj_py *py, uint32_t mark); /* a scope ends: its names are as before */
void tj_py_merge(struct tj_py *py, uint32_t mark);   /* a branch ends: its names may be either */

/* ---- names (names.c) ---- */
uint32_t tj_py_identifier(struct tj_py *py, uint32_t node);
/* Value of the attribute `name` of a value. */
uint32_t tj_py_member(struct tj_py *py, uint32_t node, uint32_t object, struct tj_str name);
/* The name under which a module or function is reported: posix.system is os.system. */
struct tj_str tj_py_canonical(struct tj_py *py, struct tj_str name);
struct tj_str tj_py_returns(struct tj_py *py, struct tj_str name); /* type of what a call gives, or the name itself */
uint32_t tj_py_lookup(struct tj_py *py, uint32_t node, struct tj_str name); /* as if the source said it */
void tj_py_import(struct tj_py *py, uint32_t node);
void tj_py_import_from(struct tj_py *py, uint32_t node);

/* ---- folding (fold.c, method.c, pure.c, string.c) ---- */
uint32_t tj_py_string(struct tj_py *py, uint32_t node);       /* STRING */
uint32_t tj_py_concatenated(struct tj_py *py, uint32_t node); /* CONCATENATED */
uint32_t tj_py_binary(struct tj_py *py, uint32_t node);
uint32_t tj_py_add(struct tj_py *py, uint32_t node, uint8_t op, uint32_t a, uint32_t b);
uint32_t tj_py_subscript(struct tj_py *py, uint32_t node);
/* Text of the pieces on py->stack since `mark` put together; as far as known. Pops them. */
uint32_t tj_py_glue(struct tj_py *py, uint32_t node, uint32_t mark, struct tj_str between);
/* A method of a known text or list; TJ_NONE when it is not folded. */
uint32_t tj_py_method(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                      const struct tj_py_arg *arg, uint32_t n);
/* A function without effects on constants; TJ_NONE when it is not folded. *emit: report the call nonetheless. */
uint32_t tj_py_pure(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg, uint32_t n,
                    bool *emit);
uint32_t tj_py_inflated(struct tj_py *py, uint32_t node, char how, struct tj_str text); /* g gzip, z zlib, - bare */
struct tj_str tj_py_rot13(struct tj_py *py, struct tj_str text);
uint32_t tj_py_decoded(struct tj_py *py, uint32_t node, struct tj_str coding, struct tj_str text);
bool tj_py_named_is(struct tj_str name, const char *list); /* list: words between single spaces */

/* ---- expressions (expr.c) and calls (call.c) ---- */
uint32_t tj_py_eval(struct tj_py *py, uint32_t node);
void tj_py_eval_children(struct tj_py *py, uint32_t node);
/* A value as it is used: reading os.environ as a whole is reported as a call. */
uint32_t tj_py_use(struct tj_py *py, uint32_t value);
uint32_t tj_py_call(struct tj_py *py, uint32_t node);
/* Calls `callee` with the arguments on py->args since `mark`, which are popped. */
uint32_t tj_py_apply(struct tj_py *py, uint32_t node, uint32_t callee, uint32_t mark);
uint32_t tj_py_emit(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, const struct tj_py_arg *arg,
                    uint32_t n);
uint32_t tj_py_magic_at(struct tj_py *py, uint32_t node); /* value of a cut-out line, or TJ_NONE */
void tj_py_push_arg(struct tj_py *py, uint32_t value);
uint32_t tj_py_higher(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t mark);

/* ---- statements (walk.c) and functions (function.c) ---- */
uint32_t tj_py_statement(struct tj_py *py, uint32_t node);
void tj_py_assign(struct tj_py *py, uint32_t target, uint32_t value);
/* What iterating over a value gives, whichever item it is. */
uint32_t tj_py_element(struct tj_py *py, uint32_t value);
uint32_t tj_py_comprehension(struct tj_py *py, uint32_t node);
uint32_t tj_py_function(struct tj_py *py, uint32_t node); /* definition or lambda: its value */
uint32_t tj_py_inline(struct tj_py *py, uint32_t node, uint32_t fn, uint32_t mark);
void tj_py_leftovers(struct tj_py *py); /* walks bodies that nothing walked */

#endif
