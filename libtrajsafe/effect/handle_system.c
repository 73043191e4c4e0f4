/* Programs on processes, containers, schedules and the shell itself: kill, docker, crontab, history, set. */
#include "effect/derive.h"

/* ---- kill --------------------------------------------------------------------------------------------------------------- */

static bool is_signal(struct tj_str s) {
    for (uint32_t i = 1; i < s.n; i++)
        if (!tj_is_alnum(s.p[i])) return false;
    return s.n > 1 && s.p[0] == '-';
}

/* kill -9 -1: the first dash word is the signal, later ones are process groups; -1 is everything. */
static bool kill_words(struct tj_derive *d) {
    bool signal = false;
    for (uint32_t i = 1; i < d->cmd->argc; i++) {
        const struct tj_value *value = &d->cmd->argv[i].value;
        struct tj_str s = value->text;
        if (tj_str_is(s, "-l") || tj_str_is(s, "-L") || (i == 1 && tj_str_is(s, "-0"))) return true;
        if (tj_str_is(s, "-s") || tj_str_is(s, "-n")) {
            i++;
            signal = true;
        } else if (tj_str_is(s, "--")) {
            signal = true;
        } else if (!signal && is_signal(s)) {
            signal = true;
        } else {
            tj_effect_name(d, TJ_EFFECT_KILL, TJ_OBJECT_PROCESS, value);
        }
    }
    return true;
}

bool tj_handle_kill(struct tj_derive *d) {
    if (tj_str_is(d->cmd->name, "kill")) return kill_words(d);
    return false; /* pkill, killall: by slots */
}

/* ---- services ----------------------------------------------------------------------------------------------------------- */

/* What is asked of a service: 1 = it changes, 0 = it is looked at, -1 = no such verb. */
static int service_verb(struct tj_str s) {
    static const char *const changes[] = {
        "stop", "start", "restart", "reload", "force-reload", "try-restart", "enable",   "disable", "down",       "up",
        "kill", "term",  "exit",    "pause",  "force-stop",   "hup",         "shutdown", "cleanup", "condrestart"};
    static const char *const looks[] = {"status", "list", "ls",  "check",   "info",
                                        "show",   "get",  "log", "version", "help"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (tj_str_is(s, changes[i])) return 1;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (tj_str_is(s, looks[i])) return 0;
    return -1;
}

/* service NAME VERB, sv VERB NAME…, svc -d NAME. */
bool tj_handle_service(struct tj_derive *d) {
    const struct tj_value *first = tj_operand(d, 0), *second = tj_operand(d, 1);
    if (!first) return true;
    int before = service_verb(first->text), after = second ? service_verb(second->text) : -1;
    if (before < 0 && after != 0) {
        tj_derive_slot(d, TJ_SLOT_SERVICE, first);
        return true;
    }
    for (uint32_t i = 1; before == 1 && i < tj_operands(d); i++) tj_derive_slot(d, TJ_SLOT_SERVICE, tj_operand(d, i));
    return true;
}

void tj_derive_init_script(struct tj_derive *d) {
    const struct tj_command *c = d->cmd;
    if (c->argc < 2 || c->lang != TJ_LANG_SHELL) return;
    struct tj_str path = c->argv[0].value.text;
    if (!tj_str_starts(path, TJ_STR("/etc/init.d/")) && !tj_str_starts(path, TJ_STR("/etc/rc.d/"))) return;
    if (service_verb(c->argv[1].value.text) != 1) return;
    tj_effect_text(d, TJ_EFFECT_SERVICE, TJ_OBJECT_SERVICE, tj_str_basename(path), c->argv[0].value.span);
}

/* ---- docker ------------------------------------------------------------------------------------------------------------- */

static void privilege(struct tj_derive *d, const char *name, const struct tj_value *value, struct tj_span span) {
    struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_PRIVILEGE, TJ_OBJECT_NONE, span);
    if (!e) return;
    e->name = tj_str_of(name);
    if (value) e->value = value->text;
}

/* Keys to the host that a container is given. Mounts are in the table (slot `mount`). */
bool tj_handle_docker(struct tj_derive *d) {
    static const struct {
        const char *option, *value; /* value NULL: any */
        const char *name;
    } keys[] = {{"--privileged", NULL, "privileged"}, {"--pid", "host", "host pid"},
                {"--net", "host", "host network"},    {"--network", "host", "host network"},
                {"--ipc", "host", "host ipc"},        {"--uts", "host", "host uts"},
                {"--userns", "host", "host userns"},  {"--cap-add", NULL, "capability"},
                {"--device", NULL, "device"},         {"--security-opt", NULL, "security option"},
                {"--cgroupns", "host", "host cgroup"}};
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
            if (!tj_str_is(option->name, keys[k].option)) continue;
            if (option->has_value && tj_str_is(option->value.text, "false")) continue;
            if (keys[k].value && !(option->has_value && tj_str_is(option->value.text, keys[k].value))) continue;
            privilege(d, keys[k].name, option->has_value ? &option->value : NULL, d->cmd->argv[option->arg].value.span);
        }
    }
    return false;
}

/* ---- crontab ------------------------------------------------------------------------------------------------------------ */

/* The user's table: the one place that stands for it whatever the system calls it. */
bool tj_handle_crontab(struct tj_derive *d) {
    struct tj_path table = {.text = TJ_STR("/var/spool/cron/crontabs/user")};
    const struct tj_value *user = tj_option_value(d, "-u", NULL);
    if (user && user->text.n) table.text = tj_join(d, TJ_STR("/var/spool/cron/crontabs"), "/", user->text);
    if (tj_has_option(d, "-l")) {
        tj_effect_resolved(d, TJ_EFFECT_READ, table, d->cmd->span, 0);
        return true;
    }
    if (tj_has_option(d, "-r")) {
        tj_effect_resolved(d, TJ_EFFECT_DELETE, table, d->cmd->span, 0);
        return true;
    }
    const struct tj_value *file = tj_operand(d, 0);
    bool from_stdin = !file || tj_str_is(file->text, "-");
    if (from_stdin && d->cmd->stdin_kind == TJ_STDIN_NONE && !file && !tj_has_option(d, "-e")) return true;
    if (!from_stdin) {
        tj_effect_path(d, TJ_EFFECT_READ, file, 0);
        struct tj_path path = tj_derive_path(d, file);
        const struct tj_file *known = tj_state_file(d->fx->state, path.text);
        if (known && tj_str_eq(known->path, path.text)) d->content.text = tj_keep(d, known->content);
    } else if (d->cmd->stdin_kind != TJ_STDIN_NONE) {
        d->content = d->cmd->input;
    }
    tj_effect_resolved(d, TJ_EFFECT_WRITE, table, d->cmd->span, 0);
    return true;
}

/* ---- the shell ---------------------------------------------------------------------------------------------------------- */

bool tj_handle_history(struct tj_derive *d) {
    bool wipes = false;
    for (uint32_t i = 1; i < d->cmd->argc; i++) {
        struct tj_str s = d->cmd->argv[i].value.text;
        wipes |= s.n > 1 && s.p[0] == '-' &&
                 (tj_str_chr(s, 'c', 1) != TJ_NOT_FOUND || tj_str_chr(s, 'd', 1) != TJ_NOT_FOUND);
    }
    struct tj_path file = {.text = TJ_STR("~/.bash_history")};
    if (wipes) tj_effect_resolved(d, TJ_EFFECT_DELETE, file, d->cmd->span, 0);
    return true;
}

/* export, declare, alias NAME=VALUE; unset NAME. */
bool tj_handle_names(struct tj_derive *d) {
    for (uint32_t i = 0; i < tj_operands(d); i++) {
        struct tj_str s = tj_operand(d, i)->text;
        if (s.n > 1 && (s.p[0] == '-' || s.p[0] == '+')) continue; /* -x, +x */
        tj_effect_variable(d, tj_operand(d, i));
    }
    return true;
}

/* set -o NAME, set +o NAME */
bool tj_handle_set(struct tj_derive *d) {
    for (uint32_t i = 1; i + 1 < d->cmd->argc; i++) {
        struct tj_str s = d->cmd->argv[i].value.text;
        if (!tj_str_is(s, "-o") && !tj_str_is(s, "+o")) continue;
        struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_ENV, TJ_OBJECT_VARIABLE, d->cmd->argv[i + 1].value.span);
        if (!e) return true;
        e->name = d->cmd->argv[i + 1].value.text;
        e->value = s.p[0] == '-' ? TJ_STR("on") : TJ_STR("off");
    }
    return true;
}
