/* Commands that run commands: by the slots of the program table, and the builtins that run text. */
#include "unfold/work.h"

/* A row that names no language means the shell's. */
static enum tj_lang lang_of(const struct tj_work *w, const struct tj_command *c) {
    uint8_t lang = tj_image_program(w->image, c->program != TJ_NONE ? c->program : c->base_program)->lang;
    if (lang == TJ_LANG_SHELL) lang = tj_image_program(w->image, c->base_program)->lang;
    return (enum tj_lang)lang;
}

static uint8_t dialect_of(const struct tj_env *env, const struct tj_command *c) {
    struct tj_str n = c->name;
    if (tj_str_is(n, "zsh")) return TJ_DIALECT_ZSH;
    if (tj_str_is(n, "fish")) return TJ_DIALECT_FISH;
    static const char *const others[] = {"csh", "tcsh", "rc",   "es",    "elvish", "nu",    "xonsh", "oil",
                                         "osh", "ion",  "scsh", "murex", "hush",   "fizsh", "sash"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tj_str_is(n, others[i])) return TJ_DIALECT_OTHER;
    if (tj_str_is(n, "pwsh") || tj_str_is(n, "powershell")) return TJ_DIALECT_PWSH;
    if (tj_str_is(n, "cmd")) return TJ_DIALECT_CMD;
    if (tj_str_is(n, "sh") || tj_str_is(n, "dash") || tj_str_is(n, "ksh") || tj_str_is(n, "ash")) return TJ_DIALECT_SH;
    return env->dialect > TJ_DIALECT_ZSH || tj_str_is(n, "bash") ? TJ_DIALECT_BASH : env->dialect;
}

static uint32_t traits_of(const struct tj_work *w, const struct tj_command *c) {
    return c->program == TJ_NONE ? 0 : tj_image_program(w->image, c->program)->traits;
}

static bool has_flag(const struct tj_bound *bound, const char *name) {
    for (uint32_t i = 0; i < bound->option.n; i++) {
        if (tj_str_is(bound->option.at[i].name, name)) return true;
    }
    return false;
}

static bool runs_slot(uint8_t slot) {
    return slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL || slot == TJ_SLOT_CODE || slot == TJ_SLOT_TEXTS;
}

/* capsh -- -c TEXT: the words that follow are a shell's. */
static bool shell_words(const struct tj_option *row) {
    return row->slot == TJ_SLOT_SHELL_ARGS && row->need == TJ_VALUE_REST;
}

/* ---- joining words into text ------------------------------------------------------------------------------------------------------ */

static struct tj_str piece_of(struct tj_work *w, const struct tj_value *v) {
    if (tj_value_known(v)) return v->text;
    struct tj_str template_ = tj_template_of(w, v->span);
    if (template_.p) return template_;
    return tj_gap_of(w, v);
}

/* Words [from, to) joined by spaces, as eval and ssh do. */
static struct tj_value joined(struct tj_work *w, const struct tj_command *c, uint32_t from, uint32_t to) {
    if (to == from + 1) return c->argv[from].value;
    struct tj_buf buf;
    struct tj_value v = tj_value_text(TJ_STR(""), c->argv[from].value.span);
    const struct tj_span *last = &c->argv[to - 1].value.span;
    if (last->text == v.span.text && last->end > v.span.end) v.span.end = last->end;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = from; i < to; i++) {
        if (i > from) tj_buf_putc(&buf, ' ');
        tj_buf_put(&buf, piece_of(w, &c->argv[i].value));
        v.carries |= c->argv[i].value.carries;
    }
    v.text = tj_buf_str(&buf);
    return v;
}

static void put_quoted(struct tj_buf *buf, struct tj_str s, bool code) {
    char quote = code ? '"' : '\'';
    tj_buf_putc(buf, quote);
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\'' && !code)
            tj_buf_puts(buf, "'\\''");
        else
            tj_buf_putc(buf, s.p[i]);
    }
    tj_buf_putc(buf, quote);
}

static struct tj_nest nest_of(const struct tj_env *env, const struct tj_command *c, struct tj_value text,
                              enum tj_lang lang) {
    return (struct tj_nest){.text = text,
                            .lang = lang,
                            .layer = TJ_LAYER_NESTED,
                            .label = c->name,
                            .how = TJ_NEST_CHILD,
                            .dialect = dialect_of(env, c)};
}

/* commands=["rm x","ls"]: a list of texts, as services take them. */
static bool peel_list(struct tj_work *w, struct tj_env *env, const struct tj_nest *nest) {
    struct tj_str s = tj_str_trim(nest->text.text);
    if (s.n < 4 || s.p[0] != '[' || s.p[s.n - 1] != ']' || (s.p[1] != '"' && s.p[1] != '\'')) return false;
    for (uint32_t i = 1; i < s.n && !w->stopped; i++) {
        if (s.p[i] != '"' && s.p[i] != '\'') continue;
        uint32_t end = i + 1;
        while (end < s.n && s.p[end] != s.p[i]) end += s.p[end] == '\\' ? 2 : 1;
        struct tj_nest one = *nest;
        one.text.text = tj_str_sub(s, i + 1, end < s.n ? end : s.n);
        tj_nest_text(w, env, &one);
        i = end;
    }
    return true;
}

/* ---- slots -------------------------------------------------------------------------------------------------------------------------- */

/* powershell -EncodedCommand: UTF-16 in base64; -Command takes all words behind it. True: it cannot be decoded, which is said. */
static bool decoded_pwsh(struct tj_work *w, const struct tj_command *c, const struct tj_bound_option *o,
                         struct tj_nest *nest) {
    struct tj_str bytes, text;
    struct tj_str flag = tj_image_str(w->image, *TJ_ROW(w->image, FLAGS, struct tj_ref, o->row->flag));
    if (!o->row->flag || !tj_str_is(flag, "encoded")) {
        if (o->value_arg + 1 < c->argc && o->value_arg > o->arg) nest->text = joined(w, c, o->value_arg, c->argc);
        return false;
    }
    bool decodes = tj_value_known(&o->value) && tj_work_round(w, o->value.span) &&
                   tj_decode_base64(w->arena, o->value.text, &bytes) && tj_utf16_text(w->arena, bytes, &text);
    if (!decodes) {
        tj_work_unknown(w, TJ_REASON_DYNAMIC_CODE, o->value.span);
        return true;
    }
    nest->text.text = text;
    nest->text.carries |= TJ_CLASS_BIT(DECODED);
    nest->layer = TJ_LAYER_DECODED;
    return false;
}

static void peel_option(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound,
                        const struct tj_bound_option *o) {
    if (tj_str_is(o->value.text, "none") && tj_str_is(o->name, "-o")) return; /* ssh -o ProxyCommand=none */
    struct tj_frame frame = {.zero = TJ_STR("bash"), .known = true};
    struct tj_nest nest = nest_of(env, c, o->value, o->row->slot == TJ_SLOT_CODE ? lang_of(w, c) : TJ_LANG_SHELL);
    if (nest.lang == TJ_LANG_SHELL && bound->operand.n &&
        tj_image_program(w->image, c->base_program)->handler == TJ_HANDLER_SHELL) {
        uint32_t first = bound->operand.at[0].arg;
        frame.zero = c->argv[first].value.text;
        frame.arg = c->argv + first + 1;
        frame.n = c->argc - first - 1;
        nest.frame = &frame;
    } else if (nest.lang == TJ_LANG_SHELL && tj_image_program(w->image, c->base_program)->handler == TJ_HANDLER_SHELL) {
        nest.frame = &frame;
    }
    if (nest.lang == TJ_LANG_PWSH && decoded_pwsh(w, c, o, &nest)) return;
    if (nest.lang == TJ_LANG_SHELL && peel_list(w, env, &nest)) return;
    tj_nest_text(w, env, &nest);
}

bool tj_stays_in_shell(const struct tj_work *w, const struct tj_command *c) {
    uint16_t handler = tj_image_program(w->image, c->base_program)->handler;
    return handler == TJ_HANDLER_EXEC || handler == TJ_HANDLER_EVAL || handler == TJ_HANDLER_SOURCE ||
           tj_str_is(c->name, "time") || tj_str_is(c->name, "command") || tj_str_is(c->name, "builtin");
}

/* What the command reads from, and sockets that the shell opened for it; what it writes to was opened once. */
static uint32_t inherited(struct tj_work *w, const struct tj_command *c, const struct tj_redirect **out) {
    struct tj_redirect *kept = c->redirects ? tj_arena_array(w->arena, struct tj_redirect, c->redirects) : NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; kept && i < c->redirects; i++) {
        const struct tj_redirect *r = &c->redirect[i];
        if (r->op == TJ_REDIR_IN || tj_redirect_is_socket(r)) kept[n++] = *r;
    }
    *out = kept;
    return n;
}

static void peel_words(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                       uint32_t first) {
    const struct tj_redirect *redirect;
    uint32_t redirects = inherited(w, c, &redirect);
    bool stays = tj_stays_in_shell(w, c), machine = tj_str_is(c->name, "setarch") && first + 1 < c->argc;
    const struct tj_value *v = &c->argv[first].value;
    if (machine && !tj_value_known(v)) {
        first++; /* setarch "$(uname -m)" -R PROGRAM */
        while (first + 1 < c->argc && tj_str_starts(c->argv[first].value.text, TJ_STR("-"))) first++;
    }
    if (!stays) tj_env_arrive(w, outer, env);
    tj_run_redirected(w, env, c->argv + first, c->argc - first, redirect, redirects);
    if (!stays) tj_env_depart(w, outer, env);
}

/* python -m pip … is pip …, when pip is in the tables. */
static void peel_module(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound_option *o) {
    uint32_t rest = o->arg + 1;
    struct tj_str name = o->value.text;
    bool known = tj_value_known(&o->value) && tj_image_find_program(w->image, name) != TJ_NONE;
    if (!known) {
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        return;
    }
    if (rest < c->argc && tj_str_eq(c->argv[rest].value.text, name)) rest++;
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, c->argc - rest + 1);
    if (!argv) return;
    argv[0].value = o->value;
    if (rest < c->argc) memcpy(argv + 1, c->argv + rest, (c->argc - rest) * sizeof *argv);
    tj_state_enter(w->state);
    tj_run_words(w, env, argv, c->argc - rest + 1);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
}

static bool reads_stdin_as(struct tj_str path) {
    return tj_str_is(path, "-") || tj_str_is(path, "/dev/stdin") || tj_str_is(path, "/dev/fd/0");
}

static void run_stdin(struct tj_work *w, struct tj_env *env, struct tj_command *c, enum tj_lang lang,
                      struct tj_frame *frame) {
    if (c->stdin_kind == TJ_STDIN_NONE) return;
    struct tj_nest nest = nest_of(env, c, c->input, lang);
    nest.layer = c->stdin_kind == TJ_STDIN_HEREDOC ? TJ_LAYER_HEREDOC : TJ_LAYER_PIPED;
    nest.frame = frame;
    struct tj_env inner = *env;
    inner.stdin_kind = TJ_STDIN_NONE;
    if (c->stdin_kind == TJ_STDIN_FILE && !tj_value_known(&c->input)) {
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        return;
    }
    if (c->input.span.text == TJ_NONE) nest.text.span = c->span;
    tj_nest_text(w, &inner, &nest);
}

static void run_output(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_value *output,
                       enum tj_lang lang, enum tj_nest_how how, struct tj_frame *frame) {
    struct tj_nest nest = nest_of(env, c, *output, lang);
    nest.layer = TJ_LAYER_PIPED;
    nest.how = how;
    nest.frame = frame;
    tj_nest_text(w, env, &nest);
}

/* python tests/runtests.py …: a script whose file is not known may still stand in the tables by its name. */
static void run_named_script(struct tj_work *w, struct tj_env *env, struct tj_command *c, uint32_t arg) {
    const struct tj_value *path = &c->argv[arg].value;
    struct tj_str name = tj_str_basename(path->text);
    if (!tj_value_known(path) || tj_str_chr(name, '.', 1) == TJ_NOT_FOUND) return;
    if (tj_image_find_program(w->image, name) == TJ_NONE) return;
    tj_state_enter(w->state);
    tj_run_words(w, env, c->argv + arg, c->argc - arg);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
}

static void peel_script(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_value *path,
                        uint32_t arg, enum tj_lang lang, enum tj_nest_how how) {
    struct tj_frame frame = {path->text, c->argv + arg + 1, c->argc - arg - 1, true, false, NULL};
    struct tj_frame *params = how == TJ_NEST_HERE && frame.n == 0 ? NULL : &frame;
    const struct tj_value *output = tj_subst_output(w, path->text);
    if (tj_value_known(path) && reads_stdin_as(path->text))
        run_stdin(w, env, c, lang, params);
    else if (output)
        run_output(w, env, c, output, lang, how, params);
    else if (!tj_nest_file(w, env, path, lang, how, params)) {
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        bool shell = tj_image_program(w->image, c->base_program)->handler == TJ_HANDLER_SHELL;
        bool nothing = !tj_value_known(path) && path->flags & TJ_VALUE_MAY_SPLIT && !path->text.n && !path->suffix.n;
        if (shell && nothing) run_stdin(w, env, c, lang, params); /* bash $x <<< TEXT: $x may be nothing */
        run_named_script(w, env, c, arg);
    }
}

/* One word with blanks is a command line: xterm -e 'rm -rf x'. */
static bool is_text(const struct tj_command *c, uint32_t from, uint32_t to) {
    struct tj_str s = c->argv[from].value.text;
    return to == from + 1 && s.n && s.p[0] != '/' && tj_str_chr(s, ' ', 0) != TJ_NOT_FOUND;
}

/* fd -x COMMAND…, gdb --args COMMAND…: words up to `;` or the end. */
static void peel_rest(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                      uint32_t from) {
    uint32_t to = from;
    while (to < c->argc && !tj_str_is(c->argv[to].value.text, ";")) to++;
    if (to == from) return;
    if (is_text(c, from, to)) {
        struct tj_nest nest = nest_of(env, c, c->argv[from].value, TJ_LANG_SHELL);
        tj_nest_text(w, env, &nest);
        return;
    }
    tj_env_arrive(w, outer, env);
    tj_run_words(w, env, c->argv + from, to - from);
    tj_env_depart(w, outer, env);
}

static void peel_shell_words(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                             uint32_t from) {
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, c->argc - from + 1);
    if (!argv) return;
    argv[0] = (struct tj_arg){.value = tj_value_text(TJ_STR("sh"), c->argv[from].value.span)};
    memcpy(argv + 1, c->argv + from, (c->argc - from) * sizeof *argv);
    tj_env_arrive(w, outer, env);
    tj_run_words(w, env, argv, c->argc - from + 1);
    tj_env_depart(w, outer, env);
}

/* docker run --entrypoint sh IMAGE -c TEXT: the program stands in an option, its words behind the operands. */
static bool peel_entry(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                       const struct tj_bound *bound) {
    const struct tj_bound_option *entry = NULL;
    uint32_t first = TJ_NONE;
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (o->row && o->has_value && o->row->slot == TJ_SLOT_COMMAND && o->row->need == TJ_VALUE_REQUIRED) entry = o;
    }
    for (uint32_t i = 0; i < bound->operand.n && first == TJ_NONE; i++)
        if (bound->operand.at[i].slot == TJ_SLOT_COMMAND) first = bound->operand.at[i].arg;
    if (!entry || first == TJ_NONE) return false;
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, c->argc - first + 1);
    if (!argv) return false;
    argv[0] = (struct tj_arg){.value = entry->value};
    memcpy(argv + 1, c->argv + first, (c->argc - first) * sizeof *argv);
    tj_env_arrive(w, outer, env);
    tj_run_words(w, env, argv, c->argc - first + 1);
    tj_env_depart(w, outer, env);
    return true;
}

static bool peel_options(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                         const struct tj_bound *bound, bool entered) {
    bool found = false;
    for (uint32_t i = 0; i < bound->option.n && !w->stopped; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (!o->row || !o->has_value) continue;
        bool words = shell_words(o->row), entry = entered && o->row->slot == TJ_SLOT_COMMAND;
        bool code = words || runs_slot(o->row->slot);
        if (words)
            peel_shell_words(w, env, outer, c, o->value_arg);
        else if (code && o->row->need == TJ_VALUE_REST)
            peel_rest(w, env, outer, c, o->value_arg);
        else if (code && !entry)
            peel_option(w, env, c, bound, o);
        if (o->row->slot == TJ_SLOT_MODULE) peel_module(w, env, c, o);
        if (o->row->slot == TJ_SLOT_SCRIPT)
            peel_script(w, env, c, &o->value, o->value_arg, lang_of(w, c), TJ_NEST_CHILD);
        found = found || code || o->row->slot == TJ_SLOT_MODULE || o->row->slot == TJ_SLOT_SCRIPT;
    }
    return found;
}

/* cmd /s /c del x: moves to the word behind /c, /k or /r. */
static bool behind_slash_c(const struct tj_command *c, const struct tj_bound *bound, uint32_t *i, uint32_t last) {
    for (uint32_t k = *i; k < last; k++) {
        struct tj_str s = c->argv[bound->operand.at[k].arg].value.text;
        if (s.n < 2 || s.p[0] != '/') return false;
        char letter = tj_lower(s.p[1]);
        *i = k + 1;
        if (s.n == 2 && (letter == 'c' || letter == 'k' || letter == 'r')) return true;
    }
    return false;
}

static bool peel_operands(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                          const struct tj_bound *bound) {
    bool found = false;
    for (uint32_t i = 0; i < bound->operand.n && !w->stopped; i++) {
        uint32_t arg = bound->operand.at[i].arg, to = arg + 1;
        struct tj_nest nest;
        switch (bound->operand.at[i].slot) {
        case TJ_SLOT_COMMAND: peel_words(w, env, outer, c, arg); return true;
        case TJ_SLOT_SHELL:
            while (i + 1 < bound->operand.n && bound->operand.at[i + 1].slot == TJ_SLOT_SHELL)
                to = bound->operand.at[++i].arg + 1;
            tj_env_arrive(w, outer, env);
            nest = nest_of(env, c, joined(w, c, arg, to), TJ_LANG_SHELL);
            tj_nest_text(w, env, &nest);
            tj_env_depart(w, outer, env);
            return true;
        case TJ_SLOT_TEXTS:
            nest = nest_of(env, c, c->argv[arg].value, TJ_LANG_SHELL);
            tj_nest_text(w, env, &nest);
            found = true;
            break;
        case TJ_SLOT_CODE: {
            enum tj_lang lang = lang_of(w, c);
            uint32_t last = i; /* of SQL each word is a text of its own; these join theirs */
            bool joins = lang == TJ_LANG_PWSH || lang == TJ_LANG_CMD || lang == TJ_LANG_REDIS;
            while (last + 1 < bound->operand.n && bound->operand.at[last + 1].slot == TJ_SLOT_CODE) last++;
            if (lang == TJ_LANG_PWSH && reads_stdin_as(c->argv[arg].value.text)) {
                run_stdin(w, env, c, lang, NULL);
                return true;
            }
            if (lang == TJ_LANG_CMD && !behind_slash_c(c, bound, &i, last)) return false;
            for (; i <= last && !w->stopped; i++) {
                arg = bound->operand.at[i].arg;
                to = joins ? bound->operand.at[last].arg + 1 : arg + 1;
                nest = nest_of(env, c, joined(w, c, arg, to), lang);
                tj_nest_text(w, env, &nest);
                if (joins || lang != TJ_LANG_SQL) break;
            }
            return true;
        }
        case TJ_SLOT_SCRIPT:
            peel_script(w, env, c, &c->argv[arg].value, arg, lang_of(w, c), TJ_NEST_CHILD);
            return true;
        default: break;
        }
    }
    return found;
}

/* ---- builtins that run text ------------------------------------------------------------------------------------------------------ */

static uint32_t first_operand(const struct tj_command *c) {
    uint32_t at = 1;
    while (at < c->argc && c->argv[at].value.text.n > 1 && c->argv[at].value.text.p[0] == '-') {
        bool end = tj_str_is(c->argv[at++].value.text, "--");
        if (end) break;
    }
    return at;
}

static void peel_eval(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    uint32_t at = c->argc > 1 && tj_str_is(c->argv[1].value.text, "--") ? 2 : 1;
    if (at >= c->argc) return;
    struct tj_nest nest = nest_of(env, c, joined(w, c, at, c->argc), TJ_LANG_SHELL);
    nest.how = TJ_NEST_HERE;
    tj_nest_text(w, env, &nest);
}

enum trap_when { TRAP_EXIT = 1, TRAP_ANY = 2 /* before or after commands */, TRAP_SIGNAL = 4 };

static uint32_t trap_when(const struct tj_command *c, uint32_t from) {
    uint32_t when = 0;
    for (uint32_t i = from; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        bool exits = tj_str_is(s, "0") || tj_str_is(s, "EXIT") || tj_str_is(s, "exit");
        bool any = tj_str_ieq(s, TJ_STR("DEBUG")) || tj_str_ieq(s, TJ_STR("ERR")) || tj_str_ieq(s, TJ_STR("RETURN"));
        when |= exits ? TRAP_EXIT : any || !tj_value_known(&c->argv[i].value) ? TRAP_ANY : TRAP_SIGNAL;
    }
    return when;
}

/* At any time: no variable has a certain value in it, and what it assigns has none outside. */
static void trap_any_time(struct tj_work *w, struct tj_env *env, const struct tj_nest *nest, bool odd) {
    struct tj_env inner = *env;
    struct tj_journal journal = {.outer = w->journal}, *outer = w->journal;
    struct tj_nest here = *nest;
    here.how = TJ_NEST_HERE;
    inner.flags |= TJ_CMD_DEFERRED;
    inner.unsteady = true;
    inner.capture = NULL;
    inner.target = NULL;
    w->journal = &journal;
    tj_state_enter(w->state);
    tj_nest_text(w, &inner, &here);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    w->journal = outer;
    struct tj_value v = tj_value_unknown(TJ_NO_SPAN);
    for (uint32_t i = 0; odd && i < journal.entry.n; i++) {
        if (journal.entry.at[i].function) continue;
        (void)tj_vec_push(w->arena, &w->odd, journal.entry.at[i].name);
        tj_set_variable(w, env, journal.entry.at[i].name, &v);
    }
}

/* An EXIT trap runs where the shell ends, with the variables of then. */
static void peel_trap(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    uint32_t at = first_operand(c);
    if (at + 1 >= c->argc || w->dry) return;
    bool resets =
        tj_str_is(c->argv[at].value.text, "-") || (c->argv[at].value.text.n == 0 && tj_value_known(&c->argv[at].value));
    uint32_t when = trap_when(c, at + 1);
    bool certain = w->journal == &env->life->journal;
    if (when & TRAP_EXIT && certain) env->life->trap.n = 0;
    if (resets) return;
    struct tj_nest nest = nest_of(env, c, c->argv[at].value, TJ_LANG_SHELL);
    nest.how = TJ_NEST_DEFERRED;
    struct tj_trap trap = {nest.text, c->index};
    if (when & TRAP_EXIT) (void)tj_vec_push(w->arena, &env->life->trap, trap);
    if (when & TRAP_ANY || !(when & TRAP_EXIT)) trap_any_time(w, env, &nest, (when & TRAP_ANY) != 0);
}

/* env -S 'bash -c' TEXT: the words of the string, then those that follow it. */
static bool peel_split_string(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    const struct tj_bound_option *o = NULL;
    for (uint32_t i = 0; i < bound->option.n && !o; i++) {
        const struct tj_bound_option *at = &bound->option.at[i];
        bool split = tj_str_is(at->name, "-S") || tj_str_is(at->name, "--split-string");
        if (split && at->has_value) o = at;
    }
    if (!o || !tj_value_known(&o->value)) return false;
    struct tj_value text = o->value;
    struct tj_buf buf;
    bool attached = tj_str_ends(c->argv[o->arg].value.text, text.text);
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, text.text);
    for (uint32_t i = o->arg + (attached ? 1 : 2); i < c->argc; i++) {
        tj_buf_putc(&buf, ' ');
        put_quoted(&buf, piece_of(w, &c->argv[i].value), !tj_value_known(&c->argv[i].value));
    }
    text.text = tj_buf_str(&buf);
    struct tj_nest nest = nest_of(env, c, text, TJ_LANG_SHELL);
    tj_nest_text(w, env, &nest);
    return true;
}

static bool peel_ssh(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                     const struct tj_bound *bound) {
    if (peel_operands(w, env, outer, c, bound)) return true;
    bool stdin_code = c->stdin_kind == TJ_STDIN_HEREDOC || (c->stdin_kind == TJ_STDIN_PIPE && tj_value_known(&c->input));
    if (!stdin_code || has_flag(bound, "-N") || has_flag(bound, "-n")) return false;
    tj_env_arrive(w, outer, env);
    run_stdin(w, env, c, TJ_LANG_SHELL, NULL);
    tj_env_depart(w, outer, env);
    return true;
}

/* sudo -s, sudo -i, su -: without a program they are a shell, which reads its standard input. */
static bool becomes_shell(const struct tj_command *c, const struct tj_bound *bound) {
    if (tj_str_is(c->name, "su")) return true;
    bool sudo = tj_str_is(c->name, "sudo") || tj_str_is(c->name, "doas");
    return sudo &&
           (has_flag(bound, "-s") || has_flag(bound, "-i") || has_flag(bound, "--shell") || has_flag(bound, "--login"));
}

static bool peel_generic(struct tj_work *w, struct tj_env *env, const struct tj_env *outer, struct tj_command *c,
                         const struct tj_bound *bound) {
    bool entered = peel_entry(w, env, outer, c, bound);
    bool found = peel_options(w, env, outer, c, bound, entered) || entered;
    if (!entered && peel_operands(w, env, outer, c, bound)) found = true;
    if (found || !(traits_of(w, c) & TJ_PROGRAM_STDIN_RUN || becomes_shell(c, bound))) return found;
    if (has_flag(bound, "--version") || has_flag(bound, "--help")) return false;
    struct tj_frame frame = {c->name, c->argv + 1, 0, true, false, NULL};
    if (bound->operand.n)
        frame = (struct tj_frame){c->name, c->argv + bound->operand.at[0].arg, bound->operand.n, true, false, NULL};
    run_stdin(w, env, c, lang_of(w, c), &frame);
    return c->stdin_kind != TJ_STDIN_NONE;
}

/* Options with which a wrapper runs nothing: it looks up, lists or edits. */
static bool only_asks(const struct tj_command *c, const struct tj_bound *bound) {
    if (tj_str_is(c->name, "command")) return has_flag(bound, "-v") || has_flag(bound, "-V");
    if (!tj_str_is(c->name, "sudo")) return false;
    return has_flag(bound, "-l") || has_flag(bound, "--list") || has_flag(bound, "-e") || has_flag(bound, "--edit");
}

bool tj_peel_wraps(const struct tj_command *c, const struct tj_bound *bound) {
    if (only_asks(c, bound)) return false;
    if (bound->command_arg != TJ_NONE) return true;
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_option *row = bound->option.at[i].row;
        if (row && bound->option.at[i].has_value && (runs_slot(row->slot) || shell_words(row))) return true;
    }
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        if (runs_slot(bound->operand.at[i].slot)) return true;
    }
    return false;
}

/* awk -v name=value */
static void set_presets(struct tj_work *w, struct tj_env *env, const struct tj_bound *bound) {
    struct tj_code_preset *preset = tj_arena_array(w->arena, struct tj_code_preset, bound->option.n + 1);
    env->preset = preset;
    for (uint32_t i = 0; preset && i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        bool sets = tj_str_is(o->name, "-v") || tj_str_is(o->name, "--assign");
        uint32_t equals = tj_str_chr(o->value.text, '=', 0);
        if (!sets || !o->has_value || equals == TJ_NOT_FOUND || !tj_value_known(&o->value)) continue;
        preset[env->presets].name = tj_str_sub(o->value.text, 0, equals);
        preset[env->presets++].text = tj_str_sub(o->value.text, equals + 1, o->value.text.n);
    }
}

bool tj_peel(struct tj_work *w, struct tj_env *outer, struct tj_command *c, const struct tj_bound *bound) {
    if (only_asks(c, bound)) return false;
    struct tj_env env = tj_env_inside(w, outer, c, bound);
    uint32_t at;
    switch (tj_image_program(w->image, c->base_program)->handler) {
    case TJ_HANDLER_EVAL: peel_eval(w, &env, c); return true;
    case TJ_HANDLER_TRAP: peel_trap(w, &env, c); return true;
    case TJ_HANDLER_SOURCE:
        at = first_operand(c);
        if (at < c->argc) peel_script(w, &env, c, &c->argv[at].value, at, TJ_LANG_SHELL, TJ_NEST_HERE);
        return true;
    case TJ_HANDLER_FIND: return tj_peel_find(w, &env, c);
    case TJ_HANDLER_XARGS: return tj_peel_xargs(w, &env, c, bound);
    case TJ_HANDLER_GIT: {
        bool git = tj_peel_git(w, &env, c, bound);
        return peel_generic(w, &env, outer, c, bound) || git;
    }
    case TJ_HANDLER_ENV: return peel_split_string(w, &env, c, bound) || peel_generic(w, &env, outer, c, bound);
    case TJ_HANDLER_AWK: set_presets(w, &env, bound); break;
    case TJ_HANDLER_CRONTAB: return tj_peel_crontab(w, &env, c, bound);
    case TJ_HANDLER_SSH: {
        struct tj_env here = tj_env_inside(w, outer, c, NULL); /* its options run before anything is sent */
        here.place = outer->place;
        here.place_name = outer->place_name;
        bool option = peel_options(w, &here, outer, c, bound, false);
        return peel_ssh(w, &env, outer, c, bound) || option;
    }
    default: break;
    }
    if (tj_peel_typed(w, &env, c, bound)) return true;
    if (traits_of(w, c) & TJ_PROGRAM_STDIN_OPERANDS) return tj_peel_xargs(w, &env, c, bound);
    return peel_generic(w, &env, outer, c, bound);
}
