/* Settings that name what a program will run: variables of the environment, and git's configuration. */
#include "unfold/work.h"

/* ---- variables ---------------------------------------------------------------------------------------------------------------- */

/* The row of a variable: `env:PAGER` of the program table. */
static const struct tj_program *find_row(const struct tj_work *w, struct tj_str name) {
    char buf[64] = "env:";
    if (name.n + 4 > sizeof buf) return NULL;
    memcpy(buf + 4, name.p, name.n);
    uint32_t row = tj_image_find_program(w->image, tj_str_make(buf, (size_t)name.n + 4));
    return row == TJ_NONE ? NULL : tj_image_program(w->image, row);
}

void tj_hook_variable(struct tj_work *w, const struct tj_env *env, uint32_t parent, struct tj_str name,
                      const struct tj_value *value) {
    const struct tj_program *row = find_row(w, name);
    if (!row || row->operands.n == 0 || tj_str_trim(value->text).n == 0) return;
    struct tj_env inner = *env;
    inner.parent = parent;
    inner.capture = NULL;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    if (TJ_ROW(w->image, OPERANDS, struct tj_operand, row->operands.at)->slot == TJ_SLOT_SCRIPT) {
        struct tj_frame frame = {value->text, NULL, 0, true, false, NULL};
        (void)tj_nest_file(w, &inner, value, (enum tj_lang)row->lang, TJ_NEST_DEFERRED, &frame);
        return;
    }
    struct tj_nest nest = {.text = *value,
                           .lang = (enum tj_lang)row->lang,
                           .layer = TJ_LAYER_NESTED,
                           .label = name,
                           .how = TJ_NEST_DEFERRED,
                           .dialect = TJ_DIALECT_SH};
    /* LESSOPEN='|-filter %s': the marks say how its output is read. */
    while (nest.text.text.n && (nest.text.text.p[0] == '|' || nest.text.text.p[0] == '-'))
        nest.text.text = tj_str_sub(nest.text.text, 1, nest.text.text.n);
    if (!tj_value_known(&nest.text)) return;
    tj_nest_text(w, &inner, &nest);
}

/* NAME=VALUE words of env, sudo and export. */
void tj_hook_words(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc && !w->stopped; i++) {
        const struct tj_value *v = &c->argv[i].value;
        uint32_t equals = tj_str_chr(v->text, '=', 0);
        if (equals == TJ_NOT_FOUND || equals == 0 || !tj_is_name(v->text.p[0])) {
            if (v->text.n && v->text.p[0] == '-') continue;
            return;
        }
        struct tj_value value = *v;
        value.text = tj_str_sub(v->text, equals + 1, v->text.n);
        tj_hook_variable(w, env, c->index, tj_str_sub(v->text, 0, equals), &value);
    }
}

/* ---- git ------------------------------------------------------------------------------------------------------------------------ */

static void run_shell(struct tj_work *w, struct tj_env *env, const struct tj_command *c, struct tj_value text,
                      enum tj_nest_how how) {
    struct tj_nest nest = {.text = text,
                           .lang = TJ_LANG_SHELL,
                           .layer = TJ_LAYER_NESTED,
                           .label = c->name,
                           .how = how,
                           .dialect = TJ_DIALECT_SH};
    tj_nest_text(w, env, &nest);
}

static struct tj_value value_after(const struct tj_value *v, uint32_t from) {
    struct tj_value out = *v;
    out.text = tj_str_sub(v->text, from, v->text.n);
    return out;
}

/* Settings of git whose value is a command line: section and last part, whatever stands between. */
static const struct {
    const char *section, *last;
    bool bang; /* only with a `!` in front; else it is a name */
} git_runs[] = {
    {"alias", NULL, true},
    {"core", "sshcommand", false},
    {"core", "pager", false},
    {"core", "editor", false},
    {"core", "askpass", false},
    {"core", "fsmonitor", false},
    {"core", "gitproxy", false},
    {"core", "alternaterefscommand", false},
    {"sequence", "editor", false},
    {"diff", "external", false},
    {"diff", "command", false},
    {"diff", "textconv", false},
    {"filter", "clean", false},
    {"filter", "smudge", false},
    {"filter", "process", false},
    {"merge", "driver", false},
    {"mergetool", "cmd", false},
    {"difftool", "cmd", false},
    {"pager", NULL, false},
    {"gpg", "program", false},
    {"credential", "helper", true},
    {"interactive", "difffilter", false},
    {"uploadpack", "packobjectshook", false},
    {"remote", "uploadpack", false},
    {"remote", "receivepack", false},
    {"submodule", "update", true},
    {"tar", "command", false},
    {"trailer", "command", false},
    {"trailer", "cmd", false},
    {"man", "cmd", false},
    {"browser", "cmd", false},
    {"sendemail", "sendmailcmd", false},
};

static bool is_switch(struct tj_str s) {
    return tj_str_ieq(s, TJ_STR("true")) || tj_str_ieq(s, TJ_STR("false")) || tj_str_is(s, "0") || tj_str_is(s, "1") ||
           s.n == 0;
}

/* True when git runs what the setting KEY is set to. *from: where the command line begins in the value. */
static bool git_setting(struct tj_str key, struct tj_str value, uint32_t *from) {
    uint32_t dot = tj_str_chr(key, '.', 0), last = tj_str_rchr(key, '.');
    if (dot == TJ_NOT_FOUND || is_switch(value)) return false;
    struct tj_str section = tj_str_sub(key, 0, dot), name = tj_str_sub(key, last + 1, key.n);
    bool bang = value.n && value.p[0] == '!';
    *from = bang;
    for (size_t i = 0; i < sizeof git_runs / sizeof *git_runs; i++) {
        if (!tj_str_ieq(section, tj_str_of(git_runs[i].section))) continue;
        if (git_runs[i].last && !tj_str_ieq(name, tj_str_of(git_runs[i].last))) continue;
        return bang || !git_runs[i].bang || (value.n && value.p[0] == '/');
    }
    return false;
}

/* git -c KEY=VALUE */
static bool inline_settings(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    bool found = false;
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        bool sets = tj_str_is(o->name, "-c") || tj_str_is(o->name, "--config");
        uint32_t equals = tj_str_chr(o->value.text, '=', 0), from;
        if (!sets || !o->has_value || equals == TJ_NOT_FOUND) continue;
        struct tj_str key = tj_str_sub(o->value.text, 0, equals);
        struct tj_str value = tj_str_sub(o->value.text, equals + 1, o->value.text.n);
        if (!git_setting(key, value, &from)) continue;
        run_shell(w, env, c, value_after(&o->value, equals + 1 + from), TJ_NEST_CHILD);
        found = true;
    }
    return found;
}

/* git config KEY VALUE: run whenever git comes to need it. */
static void kept_setting(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    uint32_t n = bound->operand.n, at = 0, from;
    if (!tj_str_is(c->subcommand, "config")) return;
    if (n && tj_str_is(c->argv[bound->operand.at[0].arg].value.text, "set")) at = 1;
    if (at + 2 != n) return;
    const struct tj_value *key = &c->argv[bound->operand.at[at].arg].value;
    const struct tj_value *value = &c->argv[bound->operand.at[at + 1].arg].value;
    if (!tj_value_known(key) || !git_setting(key->text, value->text, &from)) return;
    run_shell(w, env, c, value_after(value, from), TJ_NEST_DEFERRED);
}

/* git submodule foreach [--recursive] TEXT */
static bool peel_foreach(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    for (uint32_t i = 1; i + 2 < c->argc; i++) {
        if (!tj_str_is(c->argv[i].value.text, "submodule") || !tj_str_is(c->argv[i + 1].value.text, "foreach"))
            continue;
        uint32_t at = i + 2;
        while (at + 1 < c->argc && c->argv[at].value.text.n > 1 && c->argv[at].value.text.p[0] == '-') at++;
        run_shell(w, env, c, c->argv[at].value, TJ_NEST_CHILD);
        return true;
    }
    return false;
}

/* ext::COMMAND, a remote whose transport is a command line. */
static bool peel_transport(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    bool found = false;
    for (uint32_t i = 1; i < c->argc; i++) {
        if (!tj_str_starts(c->argv[i].value.text, TJ_STR("ext::"))) continue;
        run_shell(w, env, c, value_after(&c->argv[i].value, 5), TJ_NEST_CHILD);
        found = true;
    }
    return found;
}

bool tj_peel_git(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    bool found = peel_foreach(w, env, c);
    if (inline_settings(w, env, c, bound)) found = true;
    if (peel_transport(w, env, c)) found = true;
    kept_setting(w, env, c, bound);
    return found;
}
