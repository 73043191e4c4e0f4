/* git: what its subcommands delete, overwrite, fetch and send. */
#include "effect/derive.h"

static bool is_sub(const struct tj_derive *d, const char *name) { return tj_str_is(d->cmd->subcommand, name); }

static bool any_option(const struct tj_derive *d, const char *const *names) {
    for (; *names; names++)
        if (tj_has_option(d, *names)) return true;
    return false;
}
#define ANY(d, ...) any_option((d), (const char *const[]){__VA_ARGS__, NULL})

static void here(struct tj_derive *d, enum tj_effect_kind kind, const char *what) {
    struct tj_path path = {.text = tj_keep(d, d->cwd), .everything = true};
    uint32_t before = d->fx->effect.n;
    tj_effect_resolved(d, kind, path, d->cmd->span, TJ_EFF_RECURSIVE);
    if (d->fx->effect.n > before) d->fx->effect.at[before].value = tj_str_of(what);
}

/* Work that no commit holds is gone: the files themselves may come back in an older form. */
static void discard(struct tj_derive *d, uint32_t from) {
    bool some = false;
    for (uint32_t i = from; i < tj_operands(d); i++) {
        const struct tj_value *path = tj_operand(d, i);
        bool all = tj_str_is(path->text, ".") || tj_str_is(path->text, ":/") || tj_str_is(path->text, "*");
        if (all) continue;
        tj_effect_path(d, TJ_EFFECT_WRITE, path, TJ_EFF_RECURSIVE);
        some = true;
    }
    if (!some) here(d, TJ_EFFECT_DELETE, "uncommitted changes");
}

static void resource(struct tj_derive *d, enum tj_effect_kind kind, const char *name) {
    tj_effect_text(d, kind, TJ_OBJECT_RESOURCE, tj_str_of(name), d->cmd->span);
}

static bool is_remote_text(struct tj_str s) {
    uint32_t colon = tj_str_chr(s, ':', 0), slash = tj_str_chr(s, '/', 0);
    return tj_str_find(s, TJ_STR("://"), 0) != TJ_NOT_FOUND || (colon != TJ_NOT_FOUND && colon > 1 && colon < slash);
}

/* `git remote add NAME URL` is kept as a variable that no shell can name. */
static struct tj_str remote_name(struct tj_derive *d, struct tj_str name) {
    return tj_join(d, TJ_STR("\001remote"), " ", name);
}

/* A URL, user@host:path, a path, or the name of a configured remote. */
static void remote(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint64_t carries) {
    const struct tj_value *url =
        tj_value_constant(value) ? tj_state_var(d->fx->state, remote_name(d, value->text)) : NULL;
    struct tj_value kept;
    if (url) {
        kept = *url;
        kept.text = tj_keep(d, url->text);
        kept.suffix = tj_keep(d, url->suffix);
        kept.span = value->span;
        value = &kept;
    }
    if (!is_remote_text(value->text) && !(value->flags & TJ_VALUE_IS_DYNAMIC)) {
        uint32_t before = d->fx->effect.n;
        tj_effect_text(d, kind, TJ_OBJECT_RESOURCE, value->text, value->span);
        if (d->fx->effect.n > before) d->fx->effect.at[before].carries = carries;
        return;
    }
    struct tj_value host = *value;
    if (tj_str_find(value->text, TJ_STR("://"), 0) == TJ_NOT_FOUND && !(value->flags & TJ_VALUE_IS_DYNAMIC))
        host.text = tj_str_sub(value->text, 0, tj_str_chr(value->text, ':', 0));
    tj_effect_host(d, kind, &host, carries);
}

static void push(struct tj_derive *d) {
    static const struct tj_value origin = {.text = {"origin", 6}};
    const struct tj_value *to = tj_operand(d, 0);
    bool forced = ANY(d, "-f", "--force", "--force-with-lease", "--mirror"), deletes = ANY(d, "-d", "--delete");
    for (uint32_t i = 1; i < tj_operands(d); i++) {
        struct tj_str ref = tj_operand(d, i)->text;
        forced |= ref.n > 1 && ref.p[0] == '+';
        deletes |= ref.n > 1 && ref.p[0] == ':';
        if (ref.n > 1 && ref.p[0] == ':') ref = tj_str_sub(ref, 1, ref.n);
        if (deletes) tj_effect_text(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, ref, tj_operand(d, i)->span);
    }
    uint16_t flags = d->flags;
    if (forced) d->flags |= TJ_EFF_FORCED;
    remote(d, TJ_EFFECT_SEND, to ? to : &origin, TJ_CLASS_BIT(SOURCE) | TJ_CLASS_BIT(VCS));
    struct tj_effect *e = d->fx->effect.n > d->first ? &d->fx->effect.at[d->fx->effect.n - 1] : NULL;
    const struct tj_value *ref = tj_operand(d, 1);
    if (e && ref) e->value = ref->text;
    d->flags = flags;
}

static void clone(struct tj_derive *d) {
    const struct tj_value *from = tj_operand(d, 0), *into = tj_operand(d, 1);
    if (!from) return;
    if (!is_remote_text(from->text) && !(from->flags & TJ_VALUE_IS_DYNAMIC))
        tj_effect_path(d, TJ_EFFECT_READ, from, TJ_EFF_RECURSIVE);
    else
        remote(d, TJ_EFFECT_FETCH, from, 0);
    struct tj_value folder = into ? *into : tj_plain_value(tj_str_basename(from->text), from->span);
    if (!into && tj_str_ends(folder.text, TJ_STR(".git"))) folder.text.n -= 4;
    uint32_t colon = tj_str_rchr(folder.text, ':');
    if (!into && colon != TJ_NOT_FOUND) folder.text = tj_str_sub(folder.text, colon + 1, folder.text.n);
    d->fetched = from->text;
    tj_effect_path(d, TJ_EFFECT_WRITE, &folder, TJ_EFF_RECURSIVE);
    d->fetched = TJ_STR_NONE;
}

static struct tj_str config_file(struct tj_derive *d) {
    if (ANY(d, "--global")) return TJ_STR("~/.gitconfig");
    if (ANY(d, "--system")) return TJ_STR("/etc/gitconfig");
    return tj_join(d, d->cwd, "/", TJ_STR(".git/config"));
}

static void write_config(struct tj_derive *d, struct tj_str value) {
    struct tj_path path = {.text = config_file(d)};
    uint32_t before = d->fx->effect.n;
    tj_effect_resolved(d, TJ_EFFECT_WRITE, path, d->cmd->span, 0);
    if (d->fx->effect.n > before) d->fx->effect.at[before].value = value;
}

/* Settings that name a program which git runs later. */
static bool runs_later(struct tj_str name) {
    static const char *const keys[] = {
        "core.hookspath", "core.fsmonitor", "core.sshcommand",           "init.templatedir",
        "gpg.program",    "core.gitproxy",  "core.alternaterefscommand", "uploadpack.packobjectshook"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (tj_str_ieq(name, tj_str_of(keys[i]))) return true;
    return false;
}

static void config(struct tj_derive *d) {
    const struct tj_value *name = tj_operand(d, 0), *value = tj_operand(d, 1);
    if (!name || ANY(d, "--get", "-l", "--list", "--get-all", "--get-regexp")) return;
    bool unset = ANY(d, "--unset", "--unset-all");
    if (!value && !unset) return;
    write_config(d, value ? tj_join(d, name->text, "=", value->text) : name->text);
    if (!value || !runs_later(name->text) || tj_str_is(value->text, "/dev/null")) return;
    struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_PERSIST, TJ_OBJECT_PATH, value->span);
    if (!e) return;
    struct tj_path path = tj_derive_path(d, value);
    e->path = path.text;
    e->name = name->text;
    e->classes = tj_classify_path(d->fx->image, d->fx->state, path.text);
    e->flags |= TJ_EFF_DERIVED;
}

static void clean(struct tj_derive *d) {
    if (!ANY(d, "-f", "--force", "-x", "-X", "-d") || ANY(d, "-n", "--dry-run")) return;
    for (uint32_t i = 0; i < tj_operands(d); i++)
        tj_effect_path(d, TJ_EFFECT_DELETE, tj_operand(d, i), TJ_EFF_RECURSIVE);
    if (!tj_operands(d))
        here(d, TJ_EFFECT_DELETE, ANY(d, "-x", "-X") ? "untracked and ignored files" : "untracked files");
}

/* checkout and switch change branches; with paths or -f they throw changes away. */
static void checkout(struct tj_derive *d) {
    bool dashes = false, dot = false, force = ANY(d, "-f", "--force", "--discard-changes");
    uint32_t after = 0;
    for (uint32_t i = 1; i < d->cmd->argc; i++) {
        struct tj_str s = d->cmd->argv[i].value.text;
        if (tj_str_is(s, "--")) dashes = true;
        dot |= tj_str_is(s, ".");
    }
    if (force && !dashes) here(d, TJ_EFFECT_DELETE, "uncommitted changes");
    if (!dashes && !dot) return;
    if (dot && !dashes) {
        here(d, TJ_EFFECT_DELETE, "uncommitted changes");
        return;
    }
    while (dashes && after < tj_operands(d)) { /* operands before -- are trees */
        uint32_t arg = d->bound->operand.at[after].arg;
        if (arg && tj_str_is(d->cmd->argv[arg - 1].value.text, "--")) break;
        after++;
    }
    discard(d, after);
}

static void stash(struct tj_derive *d) {
    const struct tj_value *verb = tj_operand(d, 0);
    if (verb && (tj_str_is(verb->text, "drop") || tj_str_is(verb->text, "clear")))
        resource(d, TJ_EFFECT_DELETE, "stash");
}

static void remove_paths(struct tj_derive *d) {
    if (ANY(d, "--cached", "-n", "--dry-run")) return;
    uint16_t all = ANY(d, "-r") ? TJ_EFF_RECURSIVE : 0;
    for (uint32_t i = 0; i < tj_operands(d); i++) tj_effect_path(d, TJ_EFFECT_DELETE, tj_operand(d, i), all);
}

static void branch(struct tj_derive *d) {
    if (!ANY(d, "-d", "-D", "--delete")) return;
    for (uint32_t i = 0; i < tj_operands(d); i++)
        tj_effect_name(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, tj_operand(d, i));
}

static void remotes(struct tj_derive *d) {
    const struct tj_value *verb = tj_operand(d, 0), *url = tj_operand(d, 2);
    const struct tj_value *name = tj_operand(d, 1);
    if (!verb || !url || !(tj_str_is(verb->text, "add") || tj_str_is(verb->text, "set-url"))) return;
    write_config(d, tj_join(d, TJ_STR("remote="), "", url->text));
    if (tj_value_constant(name)) tj_state_set_var(d->fx->state, remote_name(d, name->text), url);
}

static void fetch(struct tj_derive *d) {
    static const struct tj_value origin = {.text = {"origin", 6}};
    const struct tj_value *from = tj_operand(d, 0);
    remote(d, TJ_EFFECT_FETCH, from ? from : &origin, 0);
}

static void verb_effects(struct tj_derive *d) {
    const struct tj_value *verb = tj_operand(d, 0);
    bool expire = verb && (tj_str_is(verb->text, "expire") || tj_str_is(verb->text, "delete"));
    if (is_sub(d, "reflog") && expire) resource(d, TJ_EFFECT_DELETE, "reflog");
    if (is_sub(d, "worktree") && verb && tj_str_is(verb->text, "remove") && tj_operand(d, 1))
        tj_effect_path(d, TJ_EFFECT_DELETE, tj_operand(d, 1), TJ_EFF_RECURSIVE);
    if (is_sub(d, "submodule") && verb && tj_str_is(verb->text, "add") && tj_operand(d, 1))
        remote(d, TJ_EFFECT_FETCH, tj_operand(d, 1), 0);
}

/* What it prints, or packs into a file, is the project. */
static void prints(struct tj_derive *d) {
    const uint64_t project = TJ_CLASS_BIT(SOURCE);
    const struct tj_value *verb = tj_operand(d, 0);
    bool patch = ANY(d, "-p", "--patch", "-u");
    if (is_sub(d, "diff") || is_sub(d, "show") || is_sub(d, "format-patch") || is_sub(d, "cat-file") ||
        is_sub(d, "archive") || is_sub(d, "blame") || is_sub(d, "grep") || (is_sub(d, "log") && patch))
        d->flow |= project;
    const struct tj_value *file = tj_option_value(d, "-o", "--output");
    bool bundle = is_sub(d, "bundle") && verb && tj_str_is(verb->text, "create");
    if (bundle) {
        d->flow |= project | TJ_CLASS_BIT(VCS);
        file = tj_operand(d, 1);
    }
    if (file && (bundle || is_sub(d, "archive"))) tj_effect_path(d, TJ_EFFECT_WRITE, file, 0);
}

/* `git` without a row for its subcommand: the first operand is the subcommand. */
bool tj_handle_git(struct tj_derive *d) {
    if (!d->cmd->subcommand.n) return true;
    static const struct {
        const char *name;
        void (*run)(struct tj_derive *d);
    } verbs[] = {
        {"push", push},      {"clone", clone},         {"fetch", fetch},           {"pull", fetch},
        {"clean", clean},    {"checkout", checkout},   {"switch", checkout},       {"config", config},
        {"stash", stash},    {"rm", remove_paths},     {"branch", branch},         {"tag", branch},
        {"remote", remotes}, {"reflog", verb_effects}, {"worktree", verb_effects}, {"submodule", verb_effects}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (is_sub(d, verbs[i].name)) verbs[i].run(d);
    prints(d);
    if (is_sub(d, "reset") && ANY(d, "--hard")) here(d, TJ_EFFECT_DELETE, "uncommitted changes");
    if (is_sub(d, "read-tree") && ANY(d, "-u") && ANY(d, "--reset")) here(d, TJ_EFFECT_DELETE, "uncommitted changes");
    if (is_sub(d, "checkout-index") && ANY(d, "-f", "--force") && ANY(d, "-a", "--all"))
        here(d, TJ_EFFECT_DELETE, "uncommitted changes");
    if (is_sub(d, "restore") && (!ANY(d, "--staged", "-S") || ANY(d, "-W", "--worktree"))) discard(d, 0);
    if (is_sub(d, "filter-branch") || is_sub(d, "filter-repo")) resource(d, TJ_EFFECT_DELETE, "history");
    if (is_sub(d, "gc") && ANY(d, "--prune")) resource(d, TJ_EFFECT_DELETE, "unreachable commits");
    if (is_sub(d, "mv")) return tj_handle_mv(d);
    return true;
}
