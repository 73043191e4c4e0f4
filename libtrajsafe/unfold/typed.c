/* Commands that are typed at a program or packed into one of its words: tmux keys, socat's ends, modules of ansible, fzf's actions. */
#include "unfold/work.h"

static void run_text(struct tj_work *w, struct tj_env *env, const struct tj_command *c, const struct tj_value *from,
                     struct tj_str text) {
    struct tj_nest nest = {.text = *from,
                           .lang = TJ_LANG_SHELL,
                           .layer = TJ_LAYER_NESTED,
                           .label = c->name,
                           .how = TJ_NEST_CHILD,
                           .dialect = TJ_DIALECT_SH};
    nest.text.text = text;
    tj_nest_text(w, env, &nest);
}

/* Text with stdin of its own: what the program itself reads is not for it. */
static struct tj_env apart(const struct tj_env *env) {
    struct tj_env inner = *env;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    return inner;
}

static const struct tj_value *word(const struct tj_command *c, uint32_t i) {
    return i < c->argc ? &c->argv[i].value : NULL;
}

/* ---- tmux, screen ------------------------------------------------------------------------------------------------------------ */

static bool is_key(struct tj_str s, char *types) {
    static const struct {
        const char *name;
        char types;
    } keys[] = {{"Enter", '\n'}, {"C-m", '\n'}, {"C-j", '\n'}, {"KPEnter", '\n'}, {"Space", ' '},
                {"Tab", '\t'},   {"C-c", '\n'}, {"C-u", '\n'}, {"C-l", ' '},      {"Escape", ' '}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!tj_str_ieq(s, tj_str_of(keys[i].name))) continue;
        *types = keys[i].types;
        return true;
    }
    return false;
}

/* tmux send-keys 'cd /' Enter 'rm -rf *' C-m: words are typed one after another, names of keys press them. */
static void send_keys(struct tj_work *w, struct tj_env *env, const struct tj_command *c, const struct tj_bound *bound) {
    struct tj_buf buf;
    struct tj_value all = c->argv[0].value;
    bool known = true;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        const struct tj_value *v = &c->argv[bound->operand.at[i].arg].value;
        char key;
        if (i == 0) all.span = v->span;
        if (is_key(v->text, &key))
            tj_buf_putc(&buf, key);
        else
            tj_buf_put(&buf, v->text);
        known = known && tj_value_known(v);
        all.carries |= v->carries;
    }
    if (!known) all.flags |= TJ_VALUE_IS_DYNAMIC;
    struct tj_env inner = apart(env);
    run_text(w, &inner, c, &all, tj_buf_str(&buf));
}

/* tmux new -d \; send-keys x Enter: commands of tmux, one after another. */
static bool tmux_list(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    uint32_t begin = 1;
    bool several = false;
    for (uint32_t i = 1; i < c->argc; i++) several = several || tj_str_is(c->argv[i].value.text, ";");
    for (uint32_t i = 1; several && i <= c->argc && !w->stopped; i++) {
        if (i < c->argc && !tj_str_is(c->argv[i].value.text, ";")) continue;
        struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, i - begin + 1);
        if (!argv) return true;
        argv[0] = c->argv[0];
        memcpy(argv + 1, c->argv + begin, (i - begin) * sizeof *argv);
        if (i > begin) tj_run_words(w, env, argv, i - begin + 1);
        begin = i + 1;
    }
    return several;
}

static bool peel_tmux(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    if (tmux_list(w, env, c)) return true;
    if (!tj_str_is(c->subcommand, "send-keys") && !tj_str_is(c->subcommand, "send")) return false;
    send_keys(w, env, c, bound);
    return true;
}

/* screen -X stuff TEXT, -X exec COMMAND…, -X screen COMMAND…; \n and ^M press Enter. */
static bool peel_screen(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    uint32_t at = 1;
    (void)bound;
    while (at < c->argc && !tj_str_is(c->argv[at].value.text, "-X")) at++;
    const struct tj_value *verb = word(c, at + 1), *text = word(c, at + 2);
    struct tj_env inner = apart(env);
    if (!verb || !text) return verb != NULL;
    if (tj_str_is(verb->text, "exec") || tj_str_is(verb->text, "screen")) {
        while (at + 3 < c->argc && tj_str_chr(c->argv[at + 2].value.text, '.', 0) == 0) at++; /* exec ... COMMAND */
        tj_run_words(w, &inner, c->argv + at + 2, c->argc - at - 2);
    } else if (tj_str_is(verb->text, "stuff") || tj_str_is(verb->text, "eval")) {
        bool stop;
        struct tj_str typed = tj_print_unescape(w->arena, text->text, TJ_ESCAPES_ECHO, &stop);
        struct tj_buf buf;
        tj_buf_init(&buf, w->arena);
        for (uint32_t i = 0; i < typed.n; i++) {
            bool enter = typed.p[i] == '^' && i + 1 < typed.n && (typed.p[i + 1] == 'M' || typed.p[i + 1] == 'm');
            tj_buf_putc(&buf, enter || typed.p[i] == '\r' ? '\n' : typed.p[i]);
            i += enter;
        }
        run_text(w, &inner, c, text, tj_buf_str(&buf));
    }
    return true;
}

/* ---- socat --------------------------------------------------------------------------------------------------------------------- */

/* EXEC:COMMAND,options: up to the comma that no quotes hold. */
static struct tj_str end_text(struct tj_str s) {
    char quote = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (quote ? s.p[i] == quote : s.p[i] == '"' || s.p[i] == '\'')
            quote = quote ? 0 : s.p[i];
        else if (!quote && (s.p[i] == ',' || (s.p[i] == '!' && i + 1 < s.n && s.p[i + 1] == '!')))
            return tj_str_sub(s, 0, i);
    }
    return s;
}

static bool peel_socat(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    static const char *const runs[] = {"exec:", "system:", "shell:"};
    struct tj_env inner = apart(env);
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        const struct tj_value *v = &c->argv[bound->operand.at[i].arg].value;
        for (size_t k = 0; k < sizeof runs / sizeof *runs; k++) {
            struct tj_str name = tj_str_of(runs[k]);
            if (v->text.n <= name.n || !tj_str_ieq(tj_str_sub(v->text, 0, name.n), name)) continue;
            struct tj_str text = end_text(tj_str_sub(v->text, name.n, v->text.n));
            bool quoted = text.n > 1 && (text.p[0] == '"' || text.p[0] == '\'') && text.p[text.n - 1] == text.p[0];
            run_text(w, &inner, c, v, quoted ? tj_str_sub(text, 1, text.n - 1) : text);
        }
    }
    return true;
}

/* ---- ansible, salt ------------------------------------------------------------------------------------------------------------ */

static const struct tj_value *value_of(const struct tj_bound *bound, const char *a, const char *b) {
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (o->has_value && (tj_str_is(o->name, a) || tj_str_is(o->name, b))) return &o->value;
    }
    return NULL;
}

static bool is_one_of(struct tj_str s, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (tj_str_is(s, names[i])) return true;
    }
    return false;
}

/* ansible HOSTS -m shell -a 'chdir=/x COMMAND': settings of the module stand in front. */
static bool peel_ansible(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    static const char *const modules[] = {"shell", "command", "raw", "win_shell", "win_command", "expect"};
    static const char *const settings[] = {"chdir=", "creates=", "removes=", "executable=", "stdin=", "warn=", "cmd="};
    const struct tj_value *module = value_of(bound, "-m", "--module-name"), *args = value_of(bound, "-a", "--args");
    if (!args) return true;
    if (module) {
        uint32_t dot = tj_str_rchr(module->text, '.');
        struct tj_str name = dot == TJ_NOT_FOUND ? module->text : tj_str_sub(module->text, dot + 1, module->text.n);
        if (!is_one_of(name, modules, sizeof modules / sizeof *modules)) return true;
    }
    struct tj_str text = args->text;
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        if (!tj_str_starts(text, tj_str_of(settings[k]))) continue;
        uint32_t blank = tj_str_chr(text, ' ', 0);
        bool last = tj_str_is(tj_str_of(settings[k]), "cmd=");
        if (last)
            text = tj_str_sub(text, 4, text.n);
        else
            text = blank == TJ_NOT_FOUND ? TJ_STR("") : tj_str_trim(tj_str_sub(text, blank, text.n));
        k = last ? k : (size_t)-1;
    }
    struct tj_env inner = apart(env);
    run_text(w, &inner, c, args, text);
    return true;
}

/* salt TARGET cmd.run TEXT */
static bool peel_salt(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    static const char *const functions[] = {"cmd.run",    "cmd.run_all",    "cmd.shell",   "cmd.run_stdout",
                                            "cmd.run_bg", "cmd.run_chroot", "cmd.retcode", "cmd.run_stderr"};
    struct tj_env inner = apart(env);
    for (uint32_t i = 0; i + 1 < bound->operand.n; i++) {
        if (!is_one_of(c->argv[bound->operand.at[i].arg].value.text, functions, sizeof functions / sizeof *functions))
            continue;
        const struct tj_value *v = &c->argv[bound->operand.at[i + 1].arg].value;
        run_text(w, &inner, c, v, v->text);
        return true;
    }
    return false;
}

/* ---- fzf ---------------------------------------------------------------------------------------------------------------------------- */

/* --bind 'KEY:ACTION(COMMAND)' and 'KEY:ACTION:COMMAND' */
static bool peel_fzf(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    static const char *const actions[] = {"execute", "execute-silent", "reload",   "reload-sync",
                                          "become",  "preview",        "transform"};
    struct tj_env inner = apart(env);
    for (uint32_t i = 0; i < bound->option.n && !w->stopped; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (!o->has_value || !tj_str_is(o->name, "--bind")) continue;
        struct tj_str s = o->value.text;
        for (uint32_t at = 0; at < s.n; at++) {
            if (at && s.p[at - 1] != ':' && s.p[at - 1] != '+') continue;
            uint32_t n = 0;
            while (at + n < s.n && (tj_is_alpha(s.p[at + n]) || s.p[at + n] == '-')) n++;
            if (!is_one_of(tj_str_sub(s, at, at + n), actions, sizeof actions / sizeof *actions) || at + n >= s.n)
                continue;
            uint32_t begin = at + n + 1, end = s.p[at + n] == '(' ? tj_str_rchr(s, ')') : s.n;
            if (end == TJ_NOT_FOUND || end < begin) end = s.n;
            run_text(w, &inner, c, &o->value, tj_str_sub(s, begin, end));
            at = end;
        }
    }
    return false;
}

/* ---- which ------------------------------------------------------------------------------------------------------------------------- */

bool tj_peel_typed(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    static const struct {
        const char *row;
        bool (*peel)(struct tj_work *, struct tj_env *, struct tj_command *, const struct tj_bound *);
    } rows[] = {{"tmux", peel_tmux}, {"screen", peel_screen}, {"socat", peel_socat}, {"ansible", peel_ansible},
                {"salt", peel_salt}, {"fzf", peel_fzf},       {"sed", tj_peel_sed}};
    struct tj_str name = tj_image_str(w->image, tj_image_program(w->image, c->base_program)->name);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (tj_str_is(name, rows[i].row)) return rows[i].peel(w, env, c, bound);
    }
    return tj_peel_lines(w, env, c, name);
}
