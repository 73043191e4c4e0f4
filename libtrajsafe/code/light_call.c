/* Calls of the light languages: those that run text or programs get one shape each, functions that are given are called. */
#include "code/light_eval.h"

#define MAX_ROUNDS 16u

static struct tj_str last_part(struct tj_str name) {
    uint32_t dot = tj_str_rchr(name, '.');
    return dot == TJ_NOT_FOUND ? name : tj_str_sub(name, dot + 1, name.n);
}

static uint32_t given(const struct tj_py *py, uint32_t mark, uint32_t i) {
    uint32_t at = mark + i;
    return at < py->args.n && py->args.at[at].key.n == 0 && !py->args.at[at].spread ? py->args.at[at].value : TJ_NONE;
}

static struct tj_str text_of(struct tj_py *py, uint32_t value) {
    if (value == TJ_NONE || !tj_py_is_text(py, value)) return TJ_STR_NONE;
    struct tj_str s = tj_py_at(py, value)->text;
    return s.p ? s : TJ_STR("");
}

static bool is_function(struct tj_py *py, uint32_t value) { return tj_py_about(py, value)->what == TJ_PY_IS_FUNCTION; }
static bool is_dict(struct tj_py *py, uint32_t value) { return tj_py_about(py, value)->what == TJ_PY_IS_DICT; }

/* ---- reporting ---------------------------------------------------------------------------------------------------------------------- */

/* Keys and values of an object given as options are keywords. */
static void push_keywords(struct tj_py *py, uint32_t dict) {
    struct tj_code_value v = *tj_py_at(py, dict);
    for (uint32_t i = v.item; i + 1 < v.item_end && i < v.item + 64; i += 2) {
        struct tj_py_arg arg = {tj_py_at(py, i)->text, i + 1, 0};
        if (arg.key.n) (void)tj_vec_push(py->arena, &py->args, arg);
    }
}

/* Reports a call with arguments [from, to) of py->args; objects become keywords, functions are left out. */
static uint32_t report(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, uint32_t from,
                       uint32_t to) {
    uint32_t mark = py->args.n;
    bool tables = py->lang == TJ_LANG_NODE || py->lang == TJ_LANG_LUA || py->lang == TJ_LANG_RUBY;
    for (uint32_t i = from; i < to; i++) {
        struct tj_py_arg arg = py->args.at[i];
        if (arg.key.n == 0 && is_function(py, arg.value)) continue;
        if (arg.key.n == 0 && tables && is_dict(py, arg.value) && !tj_str_ends(name, TJ_STR("JSON.stringify")))
            push_keywords(py, arg.value);
        else
            (void)tj_vec_push(py->arena, &py->args, arg);
    }
    uint32_t n = py->args.n - mark;
    uint32_t made = tj_py_emit(py, node, name, receiver, n ? py->args.at + mark : NULL, n);
    py->args.n = mark;
    return made;
}

/* Functions among the arguments are called with what the call gives. */
static void call_back(struct tj_py *py, uint32_t node, uint32_t from, uint32_t to, uint32_t made) {
    for (uint32_t i = from; i < to; i++) {
        uint32_t value = py->args.at[i].value, mark = py->args.n;
        if (!is_function(py, value) || is_function(py, made)) continue;
        for (uint32_t k = 0; k < 3; k++) tj_py_push_arg(py, made);
        py->conditional++;
        (void)tj_py_apply(py, node, value, mark);
        py->conditional--;
    }
}

static uint32_t list_from(struct tj_py *py, uint32_t node, uint32_t mark) { return tj_py_list(py, node, mark); }

/* A program with its words as one list. */
static uint32_t report_words(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t from, uint32_t to) {
    uint32_t stack = py->stack.n, mark = py->args.n;
    for (uint32_t i = from; i < to; i++) {
        struct tj_py_arg arg = py->args.at[i];
        struct tj_code_value v = *tj_py_at(py, arg.value);
        if (arg.key.n || is_dict(py, arg.value) || is_function(py, arg.value)) continue;
        if (v.kind == TJ_CODE_LIST)
            for (uint32_t k = v.item; k < v.item_end; k++) (void)tj_vec_push(py->arena, &py->stack, k);
        else
            (void)tj_vec_push(py->arena, &py->stack, arg.value);
    }
    tj_py_push_arg(py, list_from(py, node, stack));
    for (uint32_t i = from; i < to; i++)
        if (py->args.at[i].key.n)
            (void)tj_vec_push(py->arena, &py->args, py->args.at[i]);
        else if (is_dict(py, py->args.at[i].value))
            push_keywords(py, py->args.at[i].value);
    uint32_t made = tj_py_emit(py, node, name, TJ_NONE, py->args.at + mark, py->args.n - mark);
    py->args.n = mark;
    return made;
}

/* ---- modules --------------------------------------------------------------------------------------------------------------------------- */

static uint32_t load_module(struct tj_py *py, uint32_t node, uint32_t module) {
    struct tj_str name = text_of(py, module);
    if (!name.p) {
        py->out->more = true;
        return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    }
    name = tj_light_canonical(py, name);
    bool data = py->lang == TJ_LANG_NODE && tj_str_ends(name, TJ_STR(".json"));
    if (!data && !tj_light_known_module(py, name)) py->out->more = true;
    return data ? tj_py_value(py, TJ_CODE_DYNAMIC, node) : tj_py_named(py, node, name, TJ_NONE);
}

/* ---- code and programs ------------------------------------------------------------------------------------------------------------------- */

static bool runs_text(struct tj_py *py, struct tj_str name) {
    switch (py->lang) {
    case TJ_LANG_NODE: return tj_py_named_is(name, "child_process.exec Bun.shell");
    case TJ_LANG_RUBY:
        return tj_py_named_is(name, "system exec spawn ` IO.popen Open3.capture2 Open3.capture2e Open3.capture3 "
                                    "Open3.popen2 Open3.popen2e Open3.popen3 Open3.pipeline");
    case TJ_LANG_PERL: return tj_py_named_is(name, "system exec qx readpipe open2 open3");
    case TJ_LANG_PHP: return tj_py_named_is(name, "system exec shell_exec passthru popen proc_open");
    case TJ_LANG_LUA: return tj_py_named_is(name, "os.execute io.popen");
    default: return tj_str_is(name, "system");
    }
}

static bool runs_words(struct tj_py *py, struct tj_str name) {
    switch (py->lang) {
    case TJ_LANG_NODE:
        return tj_py_named_is(name, "child_process.spawn child_process.execFile execa execa.execa Bun.spawn");
    case TJ_LANG_PHP: return tj_str_is(name, "pcntl_exec");
    case TJ_LANG_LUA: return tj_py_named_is(name, "posix.exec posix.execp posix.unistd.exec");
    default: return false;
    }
}

/* system("a b") is for the shell, system("a", "b") and system(["a", "b"]) are words. */
static uint32_t run(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t mark) {
    uint32_t to = py->args.n, from = mark, words = 0;
    bool takes_words = py->lang == TJ_LANG_RUBY || py->lang == TJ_LANG_PERL;
    if (py->lang == TJ_LANG_PERL && from + 1 < to &&
        is_function(py, py->args.at[from].value)) { /* exec {"/bin/sh"} "-sh" */
        uint32_t none = py->args.n;
        py->args.at[from + 1].value = tj_py_apply(py, node, py->args.at[from].value, none);
        return report_words(py, node, tj_py_join(py, name, ".", TJ_STR("list")), from + 1, to);
    }
    if (takes_words && from < to && is_dict(py, py->args.at[from].value) && py->args.at[from].key.n == 0)
        from++; /* environment */
    if (py->lang == TJ_LANG_PERL && tj_py_named_is(name, "open2 open3")) from += tj_str_is(name, "open2") ? 2 : 3;
    for (uint32_t i = from; i < to; i++) {
        bool option = py->args.at[i].key.n || is_dict(py, py->args.at[i].value) || is_function(py, py->args.at[i].value);
        words += !option;
        if (!option && tj_py_at(py, py->args.at[i].value)->kind == TJ_CODE_LIST)
            words += takes_words || py->lang == TJ_LANG_PHP;
    }
    bool popen = tj_str_is(name, "IO.popen") && from < to && tj_py_at(py, py->args.at[from].value)->kind != TJ_CODE_LIST;
    if (takes_words && words > 1 && !popen)
        return report_words(py, node, tj_py_join(py, name, ".", TJ_STR("list")), from, to);
    if (py->lang == TJ_LANG_PHP && tj_str_is(name, "proc_open") && from < to &&
        tj_py_at(py, py->args.at[from].value)->kind == TJ_CODE_LIST)
        return report_words(py, node, TJ_STR("proc_open.list"), from, from + 1);
    return report(py, node, name, TJ_NONE, from < to ? from : mark, to);
}

/* Perl's open(F, ">", "x"), open(F, ">x"), open(F, "cmd|"), open(F, "-|", "cmd", …). */
static uint32_t perl_open(struct tj_py *py, uint32_t node, uint32_t mark) {
    uint32_t mode_value = given(py, mark, 1), path = given(py, mark, 2), made;
    struct tj_str mode = mode_value == TJ_NONE ? TJ_STR("") : tj_py_at(py, mode_value)->text, rest = TJ_STR("");
    bool dynamic = mode_value != TJ_NONE && !tj_py_is_text(py, mode_value);
    const char *what = "open.read";
    mode = tj_str_trim(mode);
    if (tj_str_starts(mode, TJ_STR("-|")) || tj_str_starts(mode, TJ_STR("|"))) {
        what = "open.pipe";
        rest = tj_str_sub(mode, mode.n && mode.p[0] == '|' ? 1 : 2, mode.n);
    } else if (tj_str_starts(mode, TJ_STR(">>"))) {
        what = "open.append";
        rest = tj_str_sub(mode, 2, mode.n);
    } else if (tj_str_starts(mode, TJ_STR(">")) || tj_str_starts(mode, TJ_STR("+<")) ||
               tj_str_starts(mode, TJ_STR("+>"))) {
        what = "open.write";
        rest = tj_str_sub(mode, mode.p[0] == '+' ? 2 : 1, mode.n);
    } else if (path == TJ_NONE) {
        rest = tj_str_starts(mode, TJ_STR("<")) ? tj_str_sub(mode, 1, mode.n) : mode;
        if (mode.n && mode.p[mode.n - 1] == '|') {
            what = "open.pipe";
            rest.n--;
        }
    }
    rest = tj_str_trim(rest);
    if (tj_str_starts(rest, TJ_STR("&"))) what = "open.dup";
    uint32_t from = mark + 2;
    if (path == TJ_NONE) {
        uint32_t object = mode_value == TJ_NONE ? 0 : tj_py_copy(py, mode_value);
        if (mode_value != TJ_NONE) {
            tj_py_at(py, object)->text = rest;
            if (dynamic && rest.n == 0) tj_py_at(py, object)->kind = TJ_CODE_DYNAMIC;
        }
        from = py->args.n;
        tj_py_push_arg(py, object);
        made = report(py, node, tj_str_of(what), TJ_NONE, from, py->args.n);
        py->args.n = from;
    } else if (tj_str_is(tj_str_of(what), "open.pipe") && py->args.n - mark > 3) {
        made = report_words(py, node, TJ_STR("open.pipe.list"), from, py->args.n);
    } else {
        made = report(py, node, tj_str_of(what), TJ_NONE, from, py->args.n);
    }
    uint32_t list = tj_py_child(py->tree, node, TJ_PY_IN_ARGUMENTS);
    uint32_t target = list == TJ_NONE ? TJ_NONE : tj_py_node(py, list)->child;
    if (target != TJ_NONE && tj_py_node(py, target)->kind == TJ_PY_IDENT) tj_py_assign(py, target, made);
    return made;
}

/* print FH …, print $fh …: writes to the file. */
static bool prints_to_file(struct tj_py *py, uint32_t mark) {
    uint32_t first = given(py, mark, 0);
    if (first == TJ_NONE || py->args.n < mark + 1) return false;
    struct tj_py_info info = *tj_py_about(py, first);
    if (info.what == TJ_PY_IS_FUNCTION) return true; /* print {$fh} … */
    if (info.what == TJ_PY_IS_OBJECT) return tj_str_is(info.name, "file");
    return false;
}

/* Ruby's open("| command") and open("http://…"). */
static uint32_t ruby_open(struct tj_py *py, uint32_t node, uint32_t mark) {
    uint32_t first = given(py, mark, 0);
    struct tj_str path = first == TJ_NONE ? TJ_STR("") : tj_py_at(py, first)->text;
    if (tj_str_starts(path, TJ_STR("|"))) {
        uint32_t command = tj_py_copy(py, first);
        tj_py_at(py, command)->text = tj_str_trim(tj_str_sub(path, 1, path.n));
        struct tj_py_arg arg = {TJ_STR_NONE, command, 0};
        return tj_py_emit(py, node, TJ_STR("IO.popen"), TJ_NONE, &arg, 1);
    }
    bool url = tj_str_starts(path, TJ_STR("http://")) || tj_str_starts(path, TJ_STR("https://"));
    return report(py, node, url ? TJ_STR("URI.open") : TJ_STR("File.open"), TJ_NONE, mark, py->args.n);
}

/* awk: a pipe to or from /inet/tcp/0/host/port is a connection. */
static uint32_t awk_pipe(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t mark) {
    uint32_t target = given(py, mark, 0);
    struct tj_str s = target == TJ_NONE ? TJ_STR("") : tj_py_at(py, target)->text;
    bool shell = tj_str_is(name, "pipe.write") && tj_py_named_is(tj_str_basename(s), "sh bash dash zsh ksh");
    if (shell && given(py, mark, 1) != TJ_NONE) return report(py, node, TJ_STR("system"), TJ_NONE, mark + 1, mark + 2);
    bool inet = tj_str_starts(s, TJ_STR("/inet/")) || tj_str_starts(s, TJ_STR("/inet4/")) ||
                tj_str_starts(s, TJ_STR("/inet6/"));
    if (!inet) return report(py, node, name, TJ_NONE, mark, py->args.n);
    struct tj_str part[6] = {{0}};
    uint32_t n = 0;
    for (uint32_t i = 1; i <= s.n && n < 6;) {
        uint32_t end = tj_str_chr(s, '/', i);
        if (end == TJ_NOT_FOUND) end = s.n;
        part[n++] = tj_str_sub(s, i, end);
        i = end + 1;
    }
    bool dynamic = !tj_py_is_text(py, target), listens = n >= 5 && tj_str_is(part[4], "0");
    struct tj_py_arg arg[2] = {{TJ_STR_NONE, tj_py_text(py, node, part[listens ? 2 : 3]), 0},
                               {TJ_STR_NONE, tj_py_text(py, node, part[4]), 0}};
    if (dynamic || n < 5) {
        tj_py_at(py, arg[n < 4 || part[3].n == 0 ? 0 : 1].value)->kind = TJ_CODE_DYNAMIC;
    }
    if (listens) return tj_py_emit(py, node, TJ_STR("inet.listen"), TJ_NONE, arg, 1);
    (void)tj_py_emit(py, node, TJ_STR("inet.connect"), TJ_NONE, arg, 2);
    arg[0].value = given(py, mark, 1) == TJ_NONE ? 0 : given(py, mark, 1);
    bool sends = tj_str_starts(name, TJ_STR("pipe.both")) || tj_str_starts(name, TJ_STR("print"));
    return tj_py_emit(py, node, sends ? TJ_STR("inet.send") : TJ_STR("inet.read"), TJ_NONE, arg, 1);
}

/* ---- calls by other names ---------------------------------------------------------------------------------------------------------------- */

/* Calls the function that a text names, with the arguments behind it. */
static uint32_t call_named(struct tj_py *py, uint32_t node, uint32_t name, uint32_t from) {
    uint32_t mark = py->args.n, to = py->args.n;
    struct tj_str text = text_of(py, name);
    uint32_t callee = text.p ? tj_py_lookup(py, node, text) : name;
    if (!text.p && tj_py_about(py, name)->what == TJ_PY_IS_VALUE) py->out->more = true;
    for (uint32_t i = from; i < to; i++) (void)tj_vec_push(py->arena, &py->args, py->args.at[i]);
    return tj_py_apply(py, node, callee, mark);
}

static bool calls_by_name(struct tj_py *py, struct tj_str name) {
    switch (py->lang) {
    case TJ_LANG_PHP:
        return tj_py_named_is(name, "call_user_func call_user_func_array forward_static_call array_map usort "
                                    "register_shutdown_function array_filter array_walk iterator_apply");
    case TJ_LANG_RUBY: return tj_py_named_is(last_part(name), "send __send__ public_send");
    case TJ_LANG_LUA: return tj_py_named_is(name, "pcall xpcall");
    default: return false;
    }
}

static uint32_t spread_list(struct tj_py *py, uint32_t node, uint32_t name, uint32_t list) {
    uint32_t mark = py->args.n;
    struct tj_code_value v = *tj_py_at(py, list);
    for (uint32_t i = v.item; v.kind == TJ_CODE_LIST && i < v.item_end; i++) tj_py_push_arg(py, i);
    if (v.kind != TJ_CODE_LIST) tj_py_push_arg(py, list);
    uint32_t made = call_named(py, node, name, mark);
    py->args.n = mark;
    return made;
}

/* f.call(this, x), f.apply(this, [x]), f.bind(this). */
static uint32_t call_of(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, uint32_t mark) {
    if (py->lang != TJ_LANG_NODE || !tj_py_named_is(last_part(name), "call apply bind") || name.n < 6) return TJ_NONE;
    uint32_t callee = tj_py_named(py, node, tj_str_sub(name, 0, name.n - last_part(name).n - 1), receiver);
    if (receiver != TJ_NONE) callee = receiver;
    if (tj_str_is(last_part(name), "bind")) return callee;
    uint32_t second = given(py, mark, 1), from = py->args.n;
    if (tj_str_is(last_part(name), "apply") && second != TJ_NONE) {
        struct tj_code_value v = *tj_py_at(py, second);
        for (uint32_t i = v.item; v.kind == TJ_CODE_LIST && i < v.item_end; i++) tj_py_push_arg(py, i);
    } else {
        for (uint32_t i = mark + 1; i < from; i++) (void)tj_vec_push(py->arena, &py->args, py->args.at[i]);
    }
    return tj_py_apply(py, node, callee, from);
}

/* ---- going over lists ---------------------------------------------------------------------------------------------------------------------- */

static uint32_t round_with(struct tj_py *py, uint32_t node, uint32_t function, uint32_t item) {
    uint32_t mark = py->args.n;
    uint32_t topic = tj_py_name_find(py->tree, TJ_STR("$_"));
    if (topic != TJ_NONE) tj_py_bind(py, topic, item);
    tj_py_push_arg(py, item);
    return tj_py_apply(py, node, function, mark);
}

static uint32_t go_over(struct tj_py *py, uint32_t node, uint32_t function, uint32_t list, bool maps) {
    struct tj_code_value v = *tj_py_at(py, list);
    uint32_t stack = py->stack.n, step = is_dict(py, list) ? 2 : 1;
    if (v.kind != TJ_CODE_LIST || v.item_end - v.item > MAX_ROUNDS * step) {
        py->conditional++;
        uint32_t made = round_with(py, node, function, tj_py_element(py, list));
        py->conditional--;
        return maps ? made : list;
    }
    for (uint32_t i = v.item; i < v.item_end; i += step) {
        uint32_t made = round_with(py, node, function, i);
        (void)tj_vec_push(py->arena, &py->stack, maps ? made : i);
    }
    return list_from(py, node, stack);
}

/* list.each(f), map { … } list: TJ_NONE when it is no such call. */
static uint32_t iterate(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, uint32_t mark) {
    struct tj_str last = last_part(name);
    uint32_t first = given(py, mark, 0), second = given(py, mark, 1);
    if (py->lang == TJ_LANG_PERL && tj_py_named_is(name, "map grep sort first any all") && first != TJ_NONE &&
        is_function(py, first)) {
        if (second == TJ_NONE) return 0;
        uint32_t list = second;
        if (py->args.n > mark + 2) {
            uint32_t stack = py->stack.n;
            for (uint32_t i = mark + 1; i < py->args.n; i++)
                (void)tj_vec_push(py->arena, &py->stack, py->args.at[i].value);
            list = list_from(py, node, stack);
        }
        return go_over(py, node, first, list, tj_str_is(name, "map"));
    }
    bool method = tj_py_named_is(
        last, "forEach map each collect select filter each_with_index flat_map flatMap reject some every "
              "find each_line each_child times reduce inject any all");
    uint32_t function = py->args.n > mark ? py->args.at[py->args.n - 1].value : TJ_NONE;
    if (!method || receiver == TJ_NONE || function == TJ_NONE || !is_function(py, function)) return TJ_NONE;
    return go_over(py, node, function, receiver, tj_py_named_is(last, "map collect"));
}

/* ---- the call ---------------------------------------------------------------------------------------------------------------------------------- */

static bool loads(struct tj_py *py, struct tj_str name) {
    if (py->lang == TJ_LANG_NODE) return tj_py_named_is(name, "require import");
    if (py->lang == TJ_LANG_PERL) return tj_str_is(name, "use");
    return (py->lang == TJ_LANG_RUBY || py->lang == TJ_LANG_LUA) && tj_py_named_is(name, "require require_relative");
}

/* Requests that carry something are sent, not fetched. */
static bool sends_data(struct tj_py *py, struct tj_str name, uint32_t mark) {
    if (py->lang != TJ_LANG_NODE || !tj_py_named_is(name, "fetch http.request axios got request axios.request"))
        return false;
    for (uint32_t i = mark; i < py->args.n; i++) {
        uint32_t dict = py->args.at[i].value;
        struct tj_code_value v = *tj_py_at(py, dict);
        if (!is_dict(py, dict)) continue;
        for (uint32_t k = v.item; k + 1 < v.item_end; k += 2)
            if (tj_py_named_is(tj_py_at(py, k)->text, "body data json form")) return true;
    }
    return false;
}

/* What glob lists, as an operand, is its pattern. */
static void take_listings(struct tj_py *py, uint32_t mark) {
    for (uint32_t i = mark; i < py->args.n; i++) {
        if (tj_py_at(py, py->args.at[i].value)->kind != TJ_CODE_CALL) continue;
        uint32_t member = tj_py_element(py, py->args.at[i].value);
        bool pattern = tj_py_is_text(py, member) && tj_str_chr(tj_py_at(py, member)->text, '*', 0) != TJ_NOT_FOUND;
        if (!pattern) continue;
        py->args.at[i].value = member;
        py->args.at[i].spread = 0;
    }
}

static uint32_t special(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, uint32_t mark) {
    uint32_t first = given(py, mark, 0);
    if (loads(py, name)) return load_module(py, node, first);
    uint32_t other = call_of(py, node, name, receiver, mark);
    if (other != TJ_NONE) return other;
    if (py->lang == TJ_LANG_RUBY && tj_py_named_is(name, "lambda proc Proc.new") && first != TJ_NONE &&
        is_function(py, first))
        return tj_py_copy(py, first);
    if (calls_by_name(py, name) && first != TJ_NONE) {
        bool list = tj_py_named_is(name, "array_map call_user_func_array") && given(py, mark, 1) != TJ_NONE;
        return list ? spread_list(py, node, first, given(py, mark, 1)) : call_named(py, node, first, mark + 1);
    }
    if (py->lang == TJ_LANG_NODE && tj_py_named_is(name, "util.promisify promisify") && first != TJ_NONE)
        return tj_py_copy(py, first);
    if (sends_data(py, name, mark)) return report(py, node, TJ_STR("fetch.send"), receiver, mark, py->args.n);
    if (py->lang == TJ_LANG_PERL || py->lang == TJ_LANG_RUBY) take_listings(py, mark);
    if (runs_text(py, name)) return run(py, node, name, mark);
    if (runs_words(py, name)) return report_words(py, node, name, mark, py->args.n);
    if (py->lang == TJ_LANG_PERL && tj_str_is(name, "open")) return perl_open(py, node, mark);
    if (py->lang == TJ_LANG_RUBY && tj_str_is(name, "open")) return ruby_open(py, node, mark);
    if (py->lang == TJ_LANG_PERL && tj_py_named_is(name, "print printf say") && prints_to_file(py, mark))
        return report(py, node, TJ_STR("file.write"), TJ_NONE, mark, py->args.n);
    if (py->lang == TJ_LANG_AWK && tj_py_named_is(name, "pipe.read pipe.write pipe.both print.write getline"))
        return awk_pipe(py, node, name, mark);
    if (py->lang == TJ_LANG_NODE && tj_str_ends(name, TJ_STR(".pipe")) && first != TJ_NONE && receiver != TJ_NONE &&
        tj_str_is(tj_py_about(py, first)->name, "file")) {
        struct tj_py_arg arg = {TJ_STR_NONE, receiver, 0};
        return tj_py_emit(py, node, TJ_STR("file.write"), first, &arg, 1);
    }
    if (tj_py_named_is(name, "ENV.fetch ENV.get getenv os.getenv Deno.env.get") && first != TJ_NONE)
        return tj_light_environment(py, node, first);
    if (tj_py_named_is(name, "ENV.to_h ENV.each ENV.values ENV.map ENV.inspect getenv"))
        return tj_py_emit(py, node, TJ_STR("env.all"), TJ_NONE, NULL, 0);
    return TJ_NONE;
}

static void note_dynamic(struct tj_py *py, struct tj_str name, uint32_t mark) {
    bool code = tj_py_named_is(
                    name, "eval Function vm.runInThisContext vm.runInNewContext instance_eval class_eval load assert "
                          "create_function module_eval") &&
                py->lang != TJ_LANG_AWK;
    if (code && (py->args.n == mark || !tj_py_is_text(py, py->args.at[mark].value))) py->out->more = true;
}

uint32_t tj_light_apply(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, uint32_t mark) {
    uint32_t to = py->args.n, made = iterate(py, node, name, receiver, mark);
    bool emit = true;
    if (made != TJ_NONE) return made;
    made = special(py, node, name, receiver, mark);
    if (made == TJ_NONE && receiver != TJ_NONE)
        made = tj_light_method(py, node, receiver, last_part(name), to > mark ? py->args.at + mark : NULL, to - mark);
    if (made == TJ_NONE) {
        uint32_t folded = tj_light_pure(py, node, name, to > mark ? py->args.at + mark : NULL, to - mark, &emit);
        if (folded != TJ_NONE && !emit) return folded;
        note_dynamic(py, name, mark);
        made = report(py, node, name, receiver, mark, to);
        if (folded != TJ_NONE) made = folded;
    }
    call_back(py, node, mark, to, made);
    return made;
}
