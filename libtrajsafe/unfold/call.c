/* Calls in code as commands "py:…", "js:…" …, and the commands and code that they run. */
#include "unfold/work.h"

struct coder {
    struct tj_work *w;
    struct tj_env *env;
    const struct tj_code *code;
    uint32_t text;
    uint64_t *carries; /* per call: of its result */
    uint32_t level;
    uint32_t number; /* of the call at hand */
    uint8_t lang;
};

enum { MAX_FLOW = 24 /* how deep values are looked into for what they carry */ };

/* ---- values ------------------------------------------------------------------------------------------------------------------- */

static uint64_t carries_of(struct coder *k, uint32_t at) {
    const struct tj_code_value *v = &k->code->value.at[at];
    uint64_t carries = v->kind == TJ_CODE_CALL && v->call < k->code->call.n ? k->carries[v->call] : 0;
    if (k->level >= MAX_FLOW) return carries;
    k->level++;
    for (uint32_t i = v->item; i < v->item_end && i - v->item < 64; i++) carries |= carries_of(k, i);
    k->level--;
    return carries;
}

/* A folded text came through the calls that are written in it: exec(base64.b64decode("…")). */
static uint64_t carries_within(struct coder *k, const struct tj_code_value *v) {
    uint64_t carries = 0;
    uint32_t looked = 0;
    for (uint32_t i = k->number; i-- > 0 && looked++ < 16;) {
        const struct tj_code_call *call = &k->code->call.at[i];
        if (call->begin >= v->begin && call->end <= v->end) carries |= k->carries[i];
    }
    return carries;
}

static struct tj_value value_of(struct coder *k, uint32_t at) {
    const struct tj_code_value *c = &k->code->value.at[at];
    struct tj_value v = tj_value_text(c->text, (struct tj_span){k->text, c->begin, c->end});
    v.carries = carries_of(k, at) | carries_within(k, c);
    uint32_t gap = c->kind == TJ_CODE_TEXT ? tj_gap_in(v.text) : TJ_NOT_FOUND;
    if (gap != TJ_NOT_FOUND && k->env->depth) {
        v.text = tj_str_sub(v.text, 0, gap);
        v.flags |= TJ_VALUE_IS_DYNAMIC;
    }
    switch (c->kind) {
    case TJ_CODE_TEXT:
        if (c->dynamic_tail) v.flags |= TJ_VALUE_IS_DYNAMIC;
        if (tj_str_chr(v.text, '*', 0) != TJ_NOT_FOUND) v.flags |= TJ_VALUE_HAS_GLOB; /* of glob and iterdir */
        break;
    case TJ_CODE_NUMBER:
    case TJ_CODE_BOOL: break;
    case TJ_CODE_NONE: v.text = TJ_STR("None"); break;
    case TJ_CODE_LIST: {
        uint32_t n = c->item_end - c->item;
        struct tj_str *set = tj_arena_array(k->w->arena, struct tj_str, n ? n : 1);
        v.flags |= TJ_VALUE_LIST;
        for (uint32_t i = 0; set && i < n; i++) {
            const struct tj_code_value *item = &k->code->value.at[c->item + i];
            bool known = item->kind == TJ_CODE_TEXT && !item->dynamic_tail;
            set[i] = item->text.p ? item->text : TJ_STR("");
            if (!known && item->kind != TJ_CODE_NUMBER) v.flags |= TJ_VALUE_IS_DYNAMIC;
        }
        v.set = set;
        v.nset = set ? n : 0;
        break;
    }
    default: v.flags |= TJ_VALUE_IS_DYNAMIC; break;
    }
    return v;
}

/* ---- the command of a call --------------------------------------------------------------------------------------------------------- */

/* What names of a language's calls begin with. */
static struct tj_str prefix_of(uint8_t lang) {
    switch (lang) {
    case TJ_LANG_NODE: return TJ_STR("js:");
    case TJ_LANG_RUBY: return TJ_STR("rb:");
    case TJ_LANG_PERL: return TJ_STR("pl:");
    case TJ_LANG_PHP: return TJ_STR("php:");
    case TJ_LANG_LUA: return TJ_STR("lua:");
    case TJ_LANG_AWK: return TJ_STR("awk:");
    default: return TJ_STR("py:");
    }
}

static struct tj_str call_name(struct tj_arena *arena, uint8_t lang, struct tj_str name) {
    struct tj_str prefix = prefix_of(lang);
    char *p = tj_arena_alloc(arena, (size_t)name.n + prefix.n, 1);
    if (!p) return prefix;
    memcpy(p, prefix.p, prefix.n);
    memcpy(p + prefix.n, name.p, name.n);
    return tj_str_make(p, (size_t)name.n + prefix.n);
}

static struct tj_command *command_of(struct coder *k, const struct tj_code_call *call, struct tj_str name, uint32_t row) {
    struct tj_work *w = k->w;
    const struct tj_env *env = k->env;
    struct tj_command *c = tj_arena_new(w->arena, struct tj_command);
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, call->arg_end - call->arg + 2);
    if (!c || !argv) return NULL;
    uint32_t n = 0;
    c->name_span = (struct tj_span){k->text, call->name_begin, call->name_end};
    argv[n++].value = tj_value_text(name, c->name_span);
    bool receives = row != TJ_NONE && tj_image_program(w->image, row)->receiver;
    if (receives)
        argv[n++].value = call->receiver == TJ_NONE ? tj_value_unknown(c->name_span) : value_of(k, call->receiver);
    for (uint32_t i = call->arg; i < call->arg_end; i++) {
        const struct tj_code_arg *a = &k->code->arg.at[i];
        argv[n].key = a->key;
        argv[n].value = value_of(k, a->value);
        if (a->spread) argv[n].value.flags |= TJ_VALUE_IS_DYNAMIC;
        n++;
    }
    c->name = name;
    c->program = c->base_program = row;
    c->argv = argv;
    c->argc = n;
    c->span = (struct tj_span){k->text, call->begin, call->end};
    c->text = k->text;
    c->lang = k->lang;
    tj_command_stand(c, env);
    if (call->conditional) c->flags |= TJ_CMD_MAYBE;
    if (call->in_function) c->flags |= TJ_CMD_MAYBE | TJ_CMD_IN_FUNCTION;
    return c;
}

/* ---- what it runs ------------------------------------------------------------------------------------------------------------------- */

static struct tj_env env_inside(struct coder *k, const struct tj_command *c, const struct tj_bound *bound) {
    struct tj_env inner = tj_env_inside(k->w, k->env, c, bound);
    inner.flags = c->flags & (uint16_t) ~(TJ_CMD_WRAPPER | TJ_CMD_NEGATED);
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    inner.pipeline = TJ_NONE;
    inner.pipe_n = 1;
    inner.pipe_at = 0;
    inner.capture = NULL;
    inner.dialect = TJ_DIALECT_SH;
    return inner;
}

static void run_text(struct coder *k, const struct tj_command *c, const struct tj_bound *bound, struct tj_value text,
                     enum tj_lang lang) {
    struct tj_env inner = env_inside(k, c, bound);
    struct tj_nest nest = {
        .text = text, .lang = lang, .layer = TJ_LAYER_NESTED, .label = c->name, .dialect = TJ_DIALECT_BASH};
    /* awk's system("kill " $2): the program stands there, a field of the input follows. */
    nest.data_gaps = k->lang == TJ_LANG_AWK && tj_str_chr(tj_str_trim(text.text), ' ', 0) != TJ_NOT_FOUND;
    if (k->lang == TJ_LANG_AWK && text.text.n && text.text.p[text.text.n - 1] == ' ') nest.data_gaps = true;
    if (text.flags & TJ_VALUE_LIST) nest.text = tj_value_text(text.nset ? text.set[0] : TJ_STR(""), text.span);
    tj_nest_text(k->w, &inner, &nest);
}

static void run_words(struct coder *k, const struct tj_command *c, const struct tj_bound *bound,
                      const struct tj_args *words) {
    struct tj_env inner = env_inside(k, c, bound);
    if (words->n == 0) return;
    tj_state_enter(k->w->state);
    tj_run_words(k->w, &inner, words->at, words->n);
    tj_state_leave(k->w->state, TJ_LEAVE_KEEP_FILES);
}

static void push(struct coder *k, struct tj_args *words, struct tj_value v) {
    struct tj_arg arg = {.value = v};
    (void)tj_vec_push(k->w->arena, words, arg);
}

static void push_items(struct coder *k, struct tj_args *words, const struct tj_code_value *list) {
    for (uint32_t i = list->item; i < list->item_end; i++) push(k, words, value_of(k, i));
}

/* The value of a positional argument, or of a keyword. */
static const struct tj_code_value *argument(struct coder *k, const struct tj_code_call *call, uint32_t which,
                                            const char *key, uint32_t *at) {
    uint32_t position = 0;
    for (uint32_t i = call->arg; i < call->arg_end; i++) {
        const struct tj_code_arg *a = &k->code->arg.at[i];
        bool hit = a->key.n ? key && tj_str_is(a->key, key) : position++ == which;
        if (!hit) continue;
        if (at) *at = a->value;
        return &k->code->value.at[a->value];
    }
    return NULL;
}

static bool is_true(struct coder *k, const struct tj_code_call *call, const char *key) {
    const struct tj_code_value *v = argument(k, call, TJ_NONE, key, NULL);
    return v && (v->kind == TJ_CODE_BOOL || v->kind == TJ_CODE_NUMBER) &&
           (tj_str_is(v->text, "True") || tj_str_is(v->text, "1"));
}

/* shlex.split("text") as a list of words is the text. */
static bool split_text(struct coder *k, const struct tj_code_value *v, uint32_t *at) {
    if (v->kind != TJ_CODE_CALL || v->call >= k->code->call.n) return false;
    const struct tj_code_call *call = &k->code->call.at[v->call];
    bool splits = tj_str_is(call->name, "shlex.split") || tj_str_ends(call->name, TJ_STR("str.split"));
    return splits && argument(k, call, 0, "s", at) != NULL;
}

static void run_program(struct coder *k, const struct tj_command *c, const struct tj_bound *bound,
                        const struct tj_code_call *call, uint32_t which) {
    struct tj_args words = {0};
    uint32_t at = 0;
    const struct tj_code_value *program = argument(k, call, which, "args", &at);
    if (!program) program = argument(k, call, which, "path", &at);
    if (!program) return;
    const struct tj_code_value *list = argument(k, call, which + 1, NULL, NULL);
    bool vector = list && list->kind == TJ_CODE_LIST && program->kind != TJ_CODE_LIST;
    bool spread = tj_str_find(c->name, TJ_STR(".execl"), 0) != TJ_NOT_FOUND ||
                  tj_str_find(c->name, TJ_STR(".spawnl"), 0) != TJ_NOT_FOUND;
    uint32_t text_at = 0;
    if (is_true(k, call, "shell") || split_text(k, program, &text_at)) {
        run_text(k, c, bound, value_of(k, text_at ? text_at : at), TJ_LANG_SHELL);
        return;
    }
    if (program->kind == TJ_CODE_LIST) {
        push_items(k, &words, program);
    } else if (vector && tj_str_find(c->name, TJ_STR("subprocess"), 0) == TJ_NOT_FOUND) {
        push_items(k, &words, list);
        if (words.n)
            words.at[0].value = value_of(k, at);
        else
            push(k, &words, value_of(k, at));
    } else if (spread || tj_str_ends(c->name, TJ_STR("create_subprocess_exec"))) {
        push(k, &words, value_of(k, at));
        for (uint32_t i = which + (spread ? 2 : 1);; i++) {
            uint32_t next;
            if (!argument(k, call, i, NULL, &next)) break;
            push(k, &words, value_of(k, next));
        }
    } else if (program->kind == TJ_CODE_TEXT && tj_str_chr(program->text, ' ', 0) != TJ_NOT_FOUND) {
        /* A line where a program is asked for fails here, but runs on Windows and in nearly equal calls. */
        run_text(k, c, bound, value_of(k, at), TJ_LANG_SHELL);
        return;
    } else {
        push(k, &words, value_of(k, at));
    }
    run_words(k, c, bound, &words);
}

static uint32_t position_of(const struct tj_command *c, const struct tj_bound *bound, uint32_t operand, bool receives) {
    (void)bound;
    uint32_t position = 0;
    for (uint32_t i = receives ? 2 : 1; i < operand; i++) position += c->argv[i].key.n == 0;
    return position;
}

static void run_file(struct coder *k, const struct tj_command *c, const struct tj_bound *bound,
                     const struct tj_value *path) {
    struct tj_env inner = env_inside(k, c, bound);
    enum tj_lang lang = (enum tj_lang)bound->program->lang;
    if (!tj_nest_file(k->w, &inner, path, lang, TJ_NEST_CHILD, NULL)) tj_work_cover(k->w, TJ_COVERAGE_OPAQUE);
}

static void run_slot(struct coder *k, struct tj_command *c, const struct tj_bound *bound,
                     const struct tj_code_call *call, uint8_t slot, uint32_t arg) {
    const struct tj_value *v = &c->argv[arg].value;
    bool receives = bound->program->receiver != 0;
    switch (slot) {
    case TJ_SLOT_COMMAND: run_program(k, c, bound, call, position_of(c, bound, arg, receives)); break;
    case TJ_SLOT_SHELL: run_text(k, c, bound, *v, TJ_LANG_SHELL); break;
    case TJ_SLOT_CODE: run_text(k, c, bound, *v, (enum tj_lang)bound->program->lang); break;
    case TJ_SLOT_SCRIPT: run_file(k, c, bound, v); break;
    default: break;
    }
}

static bool runs(uint8_t slot) {
    return slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL || slot == TJ_SLOT_CODE || slot == TJ_SLOT_SCRIPT;
}

static void peel(struct coder *k, struct tj_command *c, const struct tj_bound *bound, const struct tj_code_call *call) {
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        if (!runs(bound->operand.at[i].slot)) continue;
        run_slot(k, c, bound, call, bound->operand.at[i].slot, bound->operand.at[i].arg);
        return;
    }
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (o->row && runs(o->row->slot)) run_slot(k, c, bound, call, o->row->slot, o->arg);
    }
    /* subprocess.run(args=[…]) */
    bool asks = bound->program->operands.n && bound->operand.n == 0;
    if (asks && TJ_ROW(k->w->image, OPERANDS, struct tj_operand, bound->program->operands.at)->slot == TJ_SLOT_COMMAND)
        run_program(k, c, bound, call, 0);
}

/* ---- one call after the other ------------------------------------------------------------------------------------------------------- */

static uint64_t flows_through(struct coder *k, const struct tj_code_call *call) {
    uint64_t carries = call->receiver == TJ_NONE ? 0 : carries_of(k, call->receiver);
    for (uint32_t i = call->arg; i < call->arg_end; i++) carries |= carries_of(k, k->code->arg.at[i].value);
    return carries;
}

/* One of the names between single spaces. */
static bool is_in(struct tj_str name, const char *list) {
    struct tj_str all = tj_str_of(list);
    for (uint32_t i = 0; i < all.n;) {
        uint32_t end = tj_str_chr(all, ' ', i);
        if (end == TJ_NOT_FOUND) end = all.n;
        if (tj_str_eq(tj_str_sub(all, i, end), name)) return true;
        i = end + 1;
    }
    return false;
}

static bool is_printer(struct tj_str name) {
    return is_in(
        name, "builtins.print sys.stdout.write console.log process.stdout.write puts print printf say echo p io.write");
}

static void print_known(struct coder *k, const struct tj_code_call *call) {
    struct tj_value v = tj_value_unknown((struct tj_span){k->text, call->begin, call->end});
    uint32_t at;
    if (call->arg_end == call->arg + 1 && argument(k, call, 0, NULL, &at)) {
        struct tj_value one = value_of(k, at), newline = tj_value_text(TJ_STR("\n"), v.span);
        if (tj_value_known(&one)) {
            tj_capture_add(k->w, k->env->capture, &one);
            if (tj_str_is(call->name, "builtins.print") || is_in(call->name, "puts console.log say"))
                tj_capture_add(k->w, k->env->capture, &newline);
            return;
        }
    }
    v.carries = flows_through(k, call);
    tj_capture_add(k->w, k->env->capture, &v);
}

static void set_environment(struct coder *k, const struct tj_command *c) {
    uint32_t last = c->argc - 1;
    if (c->argc < 3 || !tj_value_known(&c->argv[last - 1].value)) return;
    tj_set_variable(k->w, k->env, c->argv[last - 1].value.text, &c->argv[last].value);
}

static void walk_call(struct coder *k, uint32_t number) {
    const struct tj_code_call *call = &k->code->call.at[number];
    struct tj_work *w = k->w;
    k->number = number;
    if (k->env->capture && is_printer(call->name)) print_known(k, call);
    if (call->name.n == 0) {
        k->carries[number] = flows_through(k, call);
        return;
    }
    struct tj_str name = call_name(w->arena, k->lang, call->name);
    uint32_t row = tj_image_find_program(w->image, name);
    if (row == TJ_NONE && tj_image_find_name(w->image, name) == TJ_NONE) {
        k->carries[number] = flows_through(k, call);
        return;
    }
    struct tj_command *c = command_of(k, call, name, row);
    if (!c) return;
    struct tj_bound bound = {.command_arg = TJ_NONE};
    bool nests = row != TJ_NONE && w->unfolder->nests[row] & 1;
    if (nests) tj_bind(w->image, w->arena, c, &bound);
    if (nests && tj_peel_wraps(c, &bound)) c->flags |= TJ_CMD_WRAPPER;
    if (!tj_work_emit(w, k->env, c)) return;
    uint64_t received = call->receiver == TJ_NONE ? 0 : carries_of(k, call->receiver);
    k->carries[number] = c->output_carries | (row == TJ_NONE ? flows_through(k, call) : received);
    if (row != TJ_NONE && tj_image_program(w->image, row)->traits & TJ_PROGRAM_OPAQUE)
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
    if (row != TJ_NONE && tj_image_program(w->image, row)->handler == TJ_HANDLER_CD) tj_builtin_apply(w, k->env, c);
    if (is_in(call->name, "os.environ.__setitem__ os.putenv env.set")) set_environment(k, c);
    if (nests && tj_work_deeper(w, c->span)) {
        peel(k, c, &bound, call);
        tj_work_higher(w);
    }
}

/* Parser and quiet names are made when code is first met: most commands have none. */
static bool ready(struct tj_work *w) {
    struct tj_unfolder *u = w->unfolder;
    if (!u->quiet) u->quiet = tj_quiet_new(u->image);
    if (!u->coder && tj_coder_new(&u->coder) != TRAJSAFE_OK) return false;
    return u->quiet != NULL;
}

void tj_walk_code(struct tj_work *w, struct tj_env *env, uint32_t text, enum tj_lang lang) {
    struct tj_code *code = tj_arena_new(w->arena, struct tj_code);
    struct tj_str source = w->out->texts.text.at[text].bytes;
    struct tj_env inner = *env;
    bool imports;
    if (!code || !tj_work_step(w)) return;
    if (!ready(w)) {
        w->stopped = true;
        return;
    }
    /* What is printed into a pipe is read there, however quiet the code is. */
    if (lang == TJ_LANG_PYTHON && !env->capture && tj_quiet_python(w->unfolder->quiet, source, &imports)) {
        if (imports) tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        return;
    }
    if (tj_code_parse_with(w->unfolder->coder, w->arena, lang, source, env->preset, env->presets, code) != TRAJSAFE_OK) {
        w->stopped = true;
        return;
    }
    for (uint32_t i = 0; i < code->trouble.n; i++) {
        const struct tj_code_trouble *t = &code->trouble.at[i];
        tj_work_unknown(w, (enum tj_reason)t->reason, (struct tj_span){text, t->begin, t->end});
    }
    if (code->more) tj_work_cover(w, TJ_COVERAGE_OPAQUE);
    inner.text = text;
    if (inner.pipeline == TJ_NONE) inner.pipeline = w->pipelines++;
    if (inner.flow == TJ_NONE) inner.flow = inner.pipeline;
    struct coder k = {.w = w, .env = &inner, .code = code, .text = text, .lang = (uint8_t)lang};
    k.carries = tj_arena_array(w->arena, uint64_t, code->call.n ? code->call.n : 1);
    for (uint32_t i = 0; k.carries && i < code->call.n && tj_work_step(w); i++) walk_call(&k, i);
}
