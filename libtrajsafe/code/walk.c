/* Statements: branches, loops, assignments; and the walk over a whole source. */
#include "code/light_eval.h"

#define MAX_ROUNDS 16u  /* of a loop over a constant list */
#define MAX_ITEMS 2048u /* of a comprehension over a constant list or text */
#define MAX_SLOTS 64u
#define FOLDED (1024u * 1024u)

static void branch(struct tj_py *py, uint32_t node) {
    uint32_t mark = py->undo.n;
    py->conditional++;
    (void)tj_py_eval(py, node);
    py->conditional--;
    tj_py_merge(py, mark);
}

/* `if __name__ == "__main__"`, `if True`, `while 1`: the body runs. */
static bool always(struct tj_py *py, uint32_t test) {
    uint8_t kind = tj_py_node(py, test)->kind;
    struct tj_str text = tj_py_source(py, test);
    if (kind == TJ_PY_COMPARE)
        return tj_str_starts(text, TJ_STR("__name__")) && tj_str_find(text, TJ_STR("=="), 0) != TJ_NOT_FOUND &&
               tj_str_find(text, TJ_STR("__main__"), 0) != TJ_NOT_FOUND;
    return kind == TJ_PY_TRUE || (kind == TJ_PY_INTEGER && !tj_str_is(text, "0"));
}

static void if_or_while(struct tj_py *py, uint32_t node) {
    uint32_t test = tj_py_child(py->tree, node, TJ_PY_IN_CONDITION);
    bool sure = test != TJ_NONE && always(py, test);
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        if (at == test || (sure && tj_py_node(py, at)->kind == TJ_PY_BLOCK))
            (void)tj_py_eval(py, at);
        else
            branch(py, at);
    }
}

static void case_clause(struct tj_py *py, uint32_t node) {
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next)
        if (tj_py_node(py, at)->kind != TJ_PY_CASE_PATTERN) branch(py, at);
}

static void try_statement(struct tj_py *py, uint32_t node) {
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint8_t kind = tj_py_node(py, at)->kind;
        if (kind == TJ_PY_EXCEPT || kind == TJ_PY_ELSE)
            branch(py, at);
        else
            (void)tj_py_eval(py, at);
    }
}

/* Calls that list a folder: a member of what they give is a path like this. */
enum listing { MEMBERS, MATCHES, MATCHES_BELOW, PATTERN, NAMES, TREE };
static const struct {
    const char *name;
    uint8_t how;
} listings[] = {{"pathlib.Path.iterdir", MEMBERS},
                {"pathlib.Path.glob", MATCHES},
                {"pathlib.Path.rglob", MATCHES_BELOW},
                {"os.scandir", MEMBERS},
                {"glob.glob", PATTERN},
                {"glob.iglob", PATTERN},
                {"Dir.glob", PATTERN},
                {"glob", PATTERN},
                {"Dir.children", NAMES},
                {"fs.readdir", NAMES},
                {"scandir", NAMES},
                {"os.listdir", NAMES},
                {"os.walk", TREE}};

static uint32_t tree_member(struct tj_py *py, struct tj_str folder) {
    uint32_t mark = py->stack.n, names = 0;
    (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, TJ_NONE, TJ_STR("*")));
    names = tj_py_list(py, TJ_NONE, mark);
    (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, TJ_NONE, tj_py_join(py, folder, "/", TJ_STR("**"))));
    (void)tj_vec_push(py->arena, &py->stack, names);
    (void)tj_vec_push(py->arena, &py->stack, names);
    return tj_py_list(py, TJ_NONE, mark);
}

/* One of the paths that a call lists, as a pattern; 0: it lists none, or of a folder that is not known. */
static uint32_t listed(struct tj_py *py, const struct tj_code_value *v) {
    if (v->kind != TJ_CODE_CALL || v->call >= py->out->call.n) return 0;
    struct tj_code_call call = py->out->call.at[v->call];
    size_t k = 0, n = sizeof listings / sizeof *listings;
    while (k < n && !tj_str_is(call.name, listings[k].name)) k++;
    if (k == n) return 0;
    bool method = listings[k].how <= MATCHES_BELOW && call.receiver != TJ_NONE, given = call.arg < call.arg_end;
    uint32_t first = given ? py->out->arg.at[call.arg].value : 0;
    uint32_t folder = method ? call.receiver : first;
    bool known = folder && tj_py_is_text(py, folder) && (!given || tj_py_is_text(py, first));
    if (!known && !(listings[k].how == NAMES && !given)) return 0;
    struct tj_str base = folder ? tj_py_at(py, folder)->text : TJ_STR("."), pattern = TJ_STR("*"), path = base;
    if (method && given) pattern = tj_py_at(py, first)->text;
    if (base.n > 1 && base.p[base.n - 1] == '/') base.n--;
    bool root = tj_str_is(base, "/");
    switch (listings[k].how) {
    case MEMBERS:
    case MATCHES: path = tj_py_join(py, base, root ? "" : "/", pattern); break;
    case MATCHES_BELOW: path = tj_py_join(py, base, root ? "**/" : "/**/", pattern); break;
    case NAMES: path = TJ_STR("*"); break;
    case TREE: return tree_member(py, root ? TJ_STR("") : base);
    default: break;
    }
    return tj_py_text(py, TJ_NONE, path);
}

uint32_t tj_py_element(struct tj_py *py, uint32_t value) {
    struct tj_code_value v = *tj_py_at(py, value);
    struct tj_py_info info = *tj_py_about(py, value);
    uint32_t path = py->filtered ? 0 : listed(py, &v);
    if (path) {
        if (tj_str_starts(info.name, TJ_STR("pathlib."))) {
            tj_py_about(py, path)->what = TJ_PY_IS_OBJECT;
            tj_py_about(py, path)->name = TJ_STR("pathlib.Path");
        }
        tj_py_at(py, path)->begin = v.begin;
        tj_py_at(py, path)->end = v.end;
        return path;
    }
    if (v.kind == TJ_CODE_LIST && v.item_end > v.item) {
        uint32_t step = info.what == TJ_PY_IS_DICT ? 2 : 1, made = v.item;
        for (uint32_t i = v.item + step; i < v.item_end && i < v.item + 64; i += step) made = tj_py_either(py, made, i);
        return made;
    }
    if (v.kind != TJ_CODE_CALL && v.item_end == v.item && info.what != TJ_PY_IS_OBJECT) return 0;
    uint32_t made = tj_py_copy(py, value);
    if (tj_py_at(py, made)->kind == TJ_CODE_TEXT) tj_py_at(py, made)->kind = TJ_CODE_DYNAMIC;
    tj_py_at(py, made)->text = TJ_STR_NONE;
    if (info.what == TJ_PY_IS_OBJECT && tj_str_is(info.name, "file"))
        tj_py_about(py, made)->name = TJ_STR("str"); /* a line */
    if (info.what == TJ_PY_IS_OBJECT && tj_str_ends(info.name, TJ_STR("[]")))
        tj_py_about(py, made)->name = tj_str_sub(info.name, 0, info.name.n - 2);
    return made;
}

/* if p.is_file(): a question about the kind leaves all of a kind. */
static bool asks_for_kind(struct tj_py *py, uint32_t node) {
    static const char *const kinds[] = {"isfile(", "isdir(",  "is_file(",   "is_dir(",
                                        "exists(", "islink(", "is_symlink("};
    uint32_t condition = tj_py_child(py->tree, node, TJ_PY_IN_CONDITION);
    struct tj_str s = condition == TJ_NONE ? TJ_STR("") : tj_py_source(py, condition);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (tj_str_find(s, tj_str_of(kinds[i]), 0) != TJ_NOT_FOUND) return true;
    return tj_str_is(s, "True");
}

/* The body decides for each member what becomes of it. */
static bool chooses(struct tj_py *py, uint32_t body, uint32_t depth) {
    for (uint32_t at = tj_py_node(py, body)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        if (tj_py_node(py, at)->kind == TJ_PY_IF && !asks_for_kind(py, at)) return true;
        if (depth < 3 && chooses(py, at, depth + 1)) return true;
    }
    return false;
}

static void for_statement(struct tj_py *py, uint32_t node) {
    uint32_t left = tj_py_child(py->tree, node, TJ_PY_IN_LEFT), right = tj_py_child(py->tree, node, TJ_PY_IN_RIGHT);
    uint32_t body = tj_py_child(py->tree, node, TJ_PY_IN_BODY);
    uint32_t rest = tj_py_child(py->tree, node, TJ_PY_IN_ALTERNATIVE);
    uint32_t over = right == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, right));
    struct tj_code_value v = *tj_py_at(py, over);
    uint32_t step = tj_py_about(py, over)->what == TJ_PY_IS_DICT ? 2 : 1;
    if (left == TJ_NONE || body == TJ_NONE) return;
    if (v.kind == TJ_CODE_LIST && (v.item_end - v.item) / step <= MAX_ROUNDS) {
        for (uint32_t i = v.item; i < v.item_end; i += step) {
            tj_py_assign(py, left, i);
            (void)tj_py_eval(py, body);
        }
    } else {
        py->filtered = chooses(py, body, 0);
        uint32_t member = tj_py_element(py, over);
        py->filtered = false;
        tj_py_assign(py, left, member);
        branch(py, body);
    }
    if (rest != TJ_NONE) branch(py, rest);
}

struct comprehension {
    uint32_t body;
    bool unknown; /* filtered, or over something that is not constant */
};

static void clause(struct tj_py *py, struct comprehension *comp, uint32_t at);

static void clause_rounds(struct tj_py *py, struct comprehension *comp, uint32_t at, uint32_t left, uint32_t over) {
    struct tj_code_value v = *tj_py_at(py, over);
    uint32_t next = tj_py_node(py, at)->next, n = v.kind == TJ_CODE_LIST ? v.item_end - v.item : v.text.n;
    uint32_t step = tj_py_about(py, over)->what == TJ_PY_IS_DICT ? 2 : 1;
    if ((v.kind == TJ_CODE_LIST || tj_py_is_text(py, over)) && n <= MAX_ITEMS) {
        for (uint32_t i = 0; i < n && !py->spent; i += step) {
            uint32_t item = v.kind == TJ_CODE_LIST ? v.item + i : tj_py_text(py, at, tj_str_sub(v.text, i, i + 1));
            tj_py_assign(py, left, item);
            clause(py, comp, next);
        }
        return;
    }
    comp->unknown = true;
    for (uint32_t i = next; i != TJ_NONE; i = tj_py_node(py, i)->next)
        py->filtered = py->filtered || tj_py_node(py, i)->kind == TJ_PY_IF_CLAUSE;
    uint32_t member = tj_py_element(py, over);
    py->filtered = false;
    tj_py_assign(py, left, member);
    py->conditional++;
    clause(py, comp, next);
    py->conditional--;
}

static void clause(struct tj_py *py, struct comprehension *comp, uint32_t at) {
    if (at == TJ_NONE) {
        uint32_t value = tj_py_use(py, tj_py_eval(py, comp->body));
        (void)tj_vec_push(py->arena, &py->stack, value);
        return;
    }
    uint32_t next = tj_py_node(py, at)->next;
    uint8_t kind = tj_py_node(py, at)->kind;
    if (kind == TJ_PY_FOR_IN) {
        uint32_t left = tj_py_child(py->tree, at, TJ_PY_IN_LEFT), right = tj_py_child(py->tree, at, TJ_PY_IN_RIGHT);
        uint32_t over = right == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, right));
        if (left != TJ_NONE && py->depth < 250) {
            py->depth++;
            clause_rounds(py, comp, at, left, over);
            py->depth--;
        }
    } else {
        comp->unknown |= kind == TJ_PY_IF_CLAUSE;
        py->conditional++;
        tj_py_eval_children(py, at);
        clause(py, comp, next);
        py->conditional--;
    }
}

uint32_t tj_py_comprehension(struct tj_py *py, uint32_t node) {
    struct comprehension comp = {tj_py_child(py->tree, node, TJ_PY_IN_BODY), false};
    uint32_t undo = py->undo.n, mark = py->stack.n;
    if (comp.body == TJ_NONE) return 0;
    clause(py, &comp, tj_py_node(py, comp.body)->next);
    tj_py_restore(py, undo);
    uint32_t made = tj_py_list(py, node, mark);
    if (comp.unknown && made) tj_py_at(py, made)->kind = TJ_CODE_DYNAMIC;
    return made;
}

static void assign_item(struct tj_py *py, uint32_t target, uint32_t value) {
    uint32_t base = tj_py_child(py->tree, target, TJ_PY_IN_VALUE),
             key = tj_py_child(py->tree, target, TJ_PY_IN_SUBSCRIPT);
    if (base == TJ_NONE || key == TJ_NONE) return;
    uint32_t object = tj_py_eval(py, base);
    uint32_t index = tj_py_node(py, key)->kind == TJ_PY_SLICE ? 0 : tj_py_eval(py, key);
    struct tj_py_info info = *tj_py_about(py, object);
    if (py->lang != TJ_LANG_PYTHON && tj_light_is_env(py, object)) {
        struct tj_py_arg arg[2] = {{TJ_STR_NONE, index, 0}, {TJ_STR_NONE, value, 0}};
        (void)tj_py_emit(py, target, TJ_STR("env.set"), TJ_NONE, arg, 2);
        return;
    }
    if (info.what == TJ_PY_IS_NAME && tj_str_is(info.name, "os.environ")) {
        struct tj_py_arg arg[2] = {{TJ_STR_NONE, index, 0}, {TJ_STR_NONE, value, 0}};
        (void)tj_py_emit(py, target, TJ_STR("os.environ.__setitem__"), TJ_NONE, arg, 2);
    } else if (info.what == TJ_PY_IS_DICT && tj_py_node(py, base)->kind == TJ_PY_IDENT) {
        uint32_t made = tj_py_append(py, target, tj_py_append(py, target, object, index), value);
        tj_py_bind(py, tj_py_node(py, base)->name, made);
    }
}

static void assign_attribute(struct tj_py *py, uint32_t target, uint32_t value) {
    struct tj_py_slot slot = {tj_py_source(py, target), value};
    for (uint32_t i = 0; i < py->slot.n; i++)
        if (tj_str_eq(py->slot.at[i].path, slot.path)) {
            py->slot.at[i].value = tj_py_either(py, py->slot.at[i].value, value);
            return;
        }
    uint32_t object = tj_py_child(py->tree, target, TJ_PY_IN_OBJECT);
    if (py->lang == TJ_LANG_NODE && object != TJ_NONE && tj_light_is_env(py, tj_py_eval(py, object))) {
        uint32_t name = tj_py_child(py->tree, target, TJ_PY_IN_ATTRIBUTE);
        uint32_t key = name == TJ_NONE ? 0 : tj_py_text(py, name, tj_py_source(py, name));
        struct tj_py_arg arg[2] = {{TJ_STR_NONE, key, 0}, {TJ_STR_NONE, value, 0}};
        (void)tj_py_emit(py, target, TJ_STR("env.set"), TJ_NONE, arg, 2);
        return;
    }
    if (object != TJ_NONE && tj_py_node(py, object)->kind != TJ_PY_IDENT) (void)tj_py_eval(py, object);
    if (py->slot.n < MAX_SLOTS) (void)tj_vec_push(py->arena, &py->slot, slot);
}

static void assign_parts(struct tj_py *py, uint32_t target, uint32_t value) {
    struct tj_code_value v = *tj_py_at(py, value);
    bool list = v.kind == TJ_CODE_LIST && tj_py_about(py, value)->what != TJ_PY_IS_DICT;
    uint32_t i = v.item;
    for (uint32_t at = tj_py_node(py, target)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        list = list && tj_py_node(py, at)->kind != TJ_PY_SPLAT_PATTERN;
        uint32_t part = list ? (i < v.item_end ? i++ : 0) : tj_py_element(py, value);
        tj_py_assign(py, at, part);
    }
}

/* const {execSync: e} = require('child_process') */
static void assign_members(struct tj_py *py, uint32_t target, uint32_t value) {
    for (uint32_t at = tj_py_node(py, target)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint32_t key = tj_py_child(py->tree, at, TJ_PY_IN_KEY), part = tj_py_child(py->tree, at, TJ_PY_IN_VALUE);
        if (key == TJ_NONE || part == TJ_NONE || tj_py_node(py, key)->kind != TJ_PY_TEXT) continue;
        struct tj_str name = py->tree->literal.at[tj_py_node(py, key)->name];
        tj_py_assign(py, part, tj_py_member(py, at, value, name));
    }
}

void tj_py_assign(struct tj_py *py, uint32_t target, uint32_t value) {
    const struct tj_py_node *at = tj_py_node(py, target);
    if (py->depth >= 290 || py->arena->failed) return;
    py->depth++;
    switch (at->kind) {
    case TJ_PY_IDENT: tj_py_bind(py, at->name, value); break;
    case TJ_PY_SUBSCRIPT: assign_item(py, target, value); break;
    case TJ_PY_ATTRIBUTE: assign_attribute(py, target, value); break;
    case TJ_PY_PATTERNS:
    case TJ_PY_TUPLE_PATTERN:
    case TJ_PY_LIST_PATTERN:
    case TJ_PY_TUPLE:
    case TJ_PY_LIST: assign_parts(py, target, value); break;
    case TJ_PY_DICT: assign_members(py, target, value); break;
    case TJ_PY_ASSIGN: /* a default */
        if (at->child != TJ_NONE) tj_py_assign(py, at->child, value);
        break;
    case TJ_PY_AS_TARGET:
    case TJ_PY_PAREN:
    case TJ_PY_LIST_SPLAT:
    case TJ_PY_SPLAT_PATTERN:
        if (at->child != TJ_NONE) tj_py_assign(py, at->child, value);
        break;
    default: break;
    }
    py->depth--;
}

static uint32_t assignment(struct tj_py *py, uint32_t node) {
    uint32_t left = tj_py_child(py->tree, node, TJ_PY_IN_LEFT), right = tj_py_child(py->tree, node, TJ_PY_IN_RIGHT);
    if (left == TJ_NONE || right == TJ_NONE) return 0;
    uint32_t value;
    if (tj_py_node(py, node)->kind == TJ_PY_AUGMENT) {
        uint32_t before = tj_py_eval(py, left);
        value = tj_py_use(py, tj_py_eval(py, right));
        value = tj_py_add(py, node, tj_py_node(py, node)->op, before, value);
    } else {
        value = tj_py_eval(py, right);
    }
    tj_py_assign(py, left, value);
    return value;
}

static void return_statement(struct tj_py *py, uint32_t node) {
    uint32_t inner = tj_py_node(py, node)->child;
    uint32_t value = inner == TJ_NONE ? 0 : tj_py_use(py, tj_py_eval(py, inner));
    py->returned = py->returned == TJ_NONE ? value : tj_py_either(py, py->returned, value);
}

static void class_definition(struct tj_py *py, uint32_t node) {
    uint32_t name = tj_py_child(py->tree, node, TJ_PY_IN_NAME), body = tj_py_child(py->tree, node, TJ_PY_IN_BODY);
    uint32_t bases = tj_py_child(py->tree, node, TJ_PY_IN_SUPERCLASSES);
    uint32_t value = tj_py_value(py, TJ_CODE_DYNAMIC, node), mark = py->undo.n;
    bool before = py->in_class;
    if (bases != TJ_NONE) tj_py_eval_children(py, bases);
    py->in_class = true;
    if (body != TJ_NONE) (void)tj_py_eval(py, body);
    py->in_class = before;
    tj_py_restore(py, mark);
    if (name != TJ_NONE && value) {
        tj_py_about(py, value)->what = TJ_PY_IS_CLASS;
        tj_py_about(py, value)->name = tj_py_source(py, name);
        tj_py_about(py, value)->fn = node; /* marks its objects as ours */
        tj_py_bind(py, tj_py_node(py, name)->name, value);
    }
}

/* Python 2: print and exec are statements. */
static void old_statement(struct tj_py *py, uint32_t node, struct tj_str name) {
    uint32_t mark = py->args.n;
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next)
        tj_py_push_arg(py, tj_py_use(py, tj_py_eval(py, at)));
    (void)tj_py_apply(py, node, tj_py_named(py, node, name, TJ_NONE), mark);
}

uint32_t tj_py_statement(struct tj_py *py, uint32_t node) {
    switch (tj_py_node(py, node)->kind) {
    case TJ_PY_ASSIGN:
    case TJ_PY_AUGMENT: return assignment(py, node);
    case TJ_PY_IMPORT: tj_py_import(py, node); break;
    case TJ_PY_IMPORT_FROM: tj_py_import_from(py, node); break;
    case TJ_PY_IF:
    case TJ_PY_WHILE: if_or_while(py, node); break;
    case TJ_PY_CASE: case_clause(py, node); break;
    case TJ_PY_FOR: for_statement(py, node); break;
    case TJ_PY_TRY: try_statement(py, node); break;
    case TJ_PY_FUNCTION: return tj_py_function(py, node);
    case TJ_PY_CLASS: class_definition(py, node); break;
    case TJ_PY_RETURN: return_statement(py, node); break;
    case TJ_PY_PRINT: old_statement(py, node, TJ_STR("builtins.print")); break;
    case TJ_PY_EXEC: old_statement(py, node, TJ_STR("builtins.exec")); break;
    case TJ_PY_GLOBAL:
    case TJ_PY_NONLOCAL:
    case TJ_PY_CASE_PATTERN: break;
    default: tj_py_eval_children(py, node); break;
    }
    return 0;
}

/* Marks every name that is called somewhere, as f() or x.f(). */
static void find_called(struct tj_py *py) {
    for (uint32_t i = 0; i < py->tree->node.n; i++) {
        if (py->tree->node.at[i].kind != TJ_PY_CALL) continue;
        uint32_t at = tj_py_child(py->tree, i, TJ_PY_IN_FUNCTION);
        if (at != TJ_NONE && tj_py_node(py, at)->kind == TJ_PY_ATTRIBUTE)
            at = tj_py_child(py->tree, at, TJ_PY_IN_ATTRIBUTE);
        if (at != TJ_NONE && tj_py_node(py, at)->kind == TJ_PY_IDENT && tj_py_node(py, at)->name != TJ_NONE)
            py->called[tj_py_node(py, at)->name] = 1;
    }
}

bool tj_py_walk(struct tj_arena *arena, const struct tj_py_tree *tree, enum tj_lang lang, struct tj_code *out) {
    struct tj_py py = {
        .arena = arena, .lang = (uint8_t)lang, .tree = tree, .out = out, .returned = TJ_NONE, .folded = FOLDED};
    py.work = tree->node.n * 2 + 20000;
    py.bound = tj_arena_alloc(arena, (tree->name.n + 1) * sizeof *py.bound, _Alignof(uint32_t));
    py.called = tj_arena_zalloc(arena, tree->name.n + 1, 1);
    if (!py.bound || !py.called) return false;
    memset(py.bound, 0xFF, (tree->name.n + 1) * sizeof *py.bound);
    (void)tj_py_value(&py, TJ_CODE_DYNAMIC, TJ_NONE); /* value 0: nothing is known */
    if (out->value.n == 0) return false;
    find_called(&py);
    for (uint32_t i = 0; i < out->presets; i++) {
        uint32_t name = tj_py_name_find(tree, out->preset[i].name);
        if (name != TJ_NONE) tj_py_bind(&py, name, tj_py_text(&py, TJ_NONE, out->preset[i].text));
    }
    for (uint32_t at = tree->node.at[0].child; at != TJ_NONE; at = tree->node.at[at].next) (void)tj_py_eval(&py, at);
    tj_py_leftovers(&py);
    if (py.spent) tj_py_trouble(arena, out, TJ_REASON_BUDGET, 0, out->source.n);
    return !arena->failed;
}
