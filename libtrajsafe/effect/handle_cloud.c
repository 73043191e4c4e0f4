/* Clouds and clusters: what their commands delete, and what goes to and comes from their storage. */
#include "effect/derive.h"

/* ---- what is deleted ---------------------------------------------------------------------------------------------------- */

static bool same_caseless(struct tj_str s, const char *name) { return tj_str_ieq(s, tj_str_of(name)); }

/* "delete", "delete-bucket", "vol-delete", "apps:destroy". */
static bool deletes(struct tj_str s) {
    static const char *const whole[] = {"delete", "del",       "destroy",      "remove",     "rm",
                                        "rb",     "purge",     "terminate",    "undefine",   "uninstall",
                                        "drop",   "nuke",      "decommission", "deletefile", "rmdirs",
                                        "rmdir",  "unpublish", "reap",         "erase",      "deprovision"};
    static const char *const parts[] = {"delete", "terminate", "destroy", "purge", "deregister", "undefine"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (same_caseless(s, whole[i])) return true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct tj_str part = tj_str_of(parts[i]);
        if (s.n < part.n + 2) continue;
        char after = s.p[part.n], before = s.p[s.n - part.n - 1];
        if (tj_str_starts(s, part) && after == '-') return true;
        if (tj_str_ends(s, part) && (before == '-' || before == ':')) return true;
    }
    return tj_str_is(s, "pg:reset");
}

static bool names_it(struct tj_str option) {
    static const char *const ends[] = {"name",   "names", "-id",   "-ids", "identifier",
                                       "bucket", "-arn",  "--key", "--url"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (tj_str_ends(option, tj_str_of(ends[i]))) return true;
    return tj_str_is(option, "-n") || tj_str_is(option, "-g") || tj_str_is(option, "-c");
}

static bool is_local(const struct tj_value *value) {
    return tj_str_chr(value->text, ':', 0) == TJ_NOT_FOUND && value->text.n && strchr("/.~", value->text.p[0]);
}

static void gone(struct tj_derive *d, const struct tj_value *value) {
    bool folder = is_local(value) && tj_str_is(d->cmd->name, "rclone");
    if (folder)
        tj_effect_path(d, TJ_EFFECT_DELETE, value, TJ_EFF_RECURSIVE);
    else
        tj_effect_name(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, value);
}

static bool is_cluster(const struct tj_derive *d) {
    return tj_str_is(d->cmd->name, "kubectl") || tj_str_is(d->cmd->name, "oc") || tj_str_is(d->cmd->name, "k3s-kubectl");
}

/* kubectl delete TYPE NAME… */
static void gone_typed(struct tj_derive *d, uint32_t first) {
    const struct tj_value *type = tj_operand(d, first);
    for (uint32_t i = first + 1; i < tj_operands(d); i++) {
        struct tj_value both = *tj_operand(d, i);
        both.text = tj_join(d, type->text, "/", both.text);
        gone(d, &both);
    }
}

/* The operands behind the verb, else the options that name something, else the word before the verb. */
static void gone_after(struct tj_derive *d, uint32_t first) {
    uint32_t n = tj_operands(d), before = d->fx->effect.n;
    bool typed = is_cluster(d) && first + 1 < n && tj_str_chr(tj_operand(d, first)->text, '/', 0) == TJ_NOT_FOUND;
    if (typed) gone_typed(d, first);
    for (uint32_t i = first; !typed && i < n; i++) gone(d, tj_operand(d, i));
    for (uint32_t i = 0; d->fx->effect.n == before && i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (option->has_value && names_it(option->name)) gone(d, &option->value);
    }
    if (d->fx->effect.n > before) return;
    struct tj_str what = first > 1 ? tj_operand(d, first - 2)->text : d->cmd->name;
    tj_effect_text(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, what, d->cmd->span);
}

/* Verbs that give rights, or a key to somebody's. */
static bool grants(struct tj_str s) {
    static const char *const whole[] = {"create-access-key",
                                        "create-login-profile",
                                        "update-login-profile",
                                        "add-user-to-group",
                                        "update-assume-role-policy",
                                        "authorize-security-group-ingress",
                                        "add-permission",
                                        "add-iam-policy-binding",
                                        "set-iam-policy",
                                        "add-role-to-instance-profile",
                                        "create-service-specific-credential"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (tj_str_is(s, whole[i])) return true;
    bool puts = tj_str_starts(s, TJ_STR("put-")) || tj_str_starts(s, TJ_STR("attach-"));
    return puts && (tj_str_ends(s, TJ_STR("-policy")) || tj_str_ends(s, TJ_STR("-acl")));
}

static bool gives(struct tj_derive *d) {
    uint32_t n = tj_operands(d);
    const struct tj_value *first = tj_operand(d, 0), *second = tj_operand(d, 1), *third = tj_operand(d, 2);
    bool binding = is_cluster(d) && tj_str_is(d->cmd->subcommand, "create") && first &&
                   (tj_str_is(first->text, "clusterrolebinding") || tj_str_is(first->text, "rolebinding"));
    bool role = tj_str_is(d->cmd->name, "az") && third && tj_str_is(first->text, "role") &&
                tj_str_is(second->text, "assignment") && tj_str_is(third->text, "create");
    if (binding || role) {
        tj_effect_text(d, TJ_EFFECT_GRANT, TJ_OBJECT_RESOURCE, first->text, d->cmd->span);
        return true;
    }
    for (uint32_t i = 0; i < n && i < 4; i++) {
        if (!grants(tj_operand(d, i)->text)) continue;
        const struct tj_value *object = tj_operand(d, i + 1 < n ? i + 1 : i);
        tj_effect_name(d, TJ_EFFECT_GRANT, TJ_OBJECT_RESOURCE, object);
        return true;
    }
    return false;
}

static bool asks_only(const struct tj_derive *d) {
    static const char *const words[] = {"--dryrun", "--dry-run", "-h", "--help", "--generate-cli-skeleton"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tj_has_option(d, words[i])) return true;
    return false;
}

bool tj_handle_cloud(struct tj_derive *d) {
    if (asks_only(d) || gives(d)) return false;
    if (d->cmd->subcommand.n && deletes(d->cmd->subcommand)) {
        gone_after(d, 0);
        return false;
    }
    for (uint32_t i = 0; i < tj_operands(d) && i < 4; i++) {
        const struct tj_value *verb = tj_operand(d, i);
        uint8_t slot = d->bound->operand.at[i].slot;
        if (slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL) return false; /* heroku run rm x: not the cloud's word */
        if (tj_str_is(verb->text, "help") || tj_str_is(verb->text, "ssh") || tj_str_is(verb->text, "exec"))
            return false;
        if (!deletes(verb->text)) continue;
        gone_after(d, i + 1);
        return false;
    }
    return false;
}

/* ---- what is copied ------------------------------------------------------------------------------------------------------ */

/* "s3://bucket/x", "gs://…", "remote:path", "-": where a copy begins or ends. */
static bool is_store(const struct tj_derive *d, const struct tj_value *value) {
    if (tj_str_find(value->text, TJ_STR("://"), 0) != TJ_NOT_FOUND) return true;
    uint32_t colon = tj_str_chr(value->text, ':', 0), slash = tj_str_chr(value->text, '/', 0);
    if (tj_str_is(d->cmd->name, "mc")) /* ALIAS/bucket/x */
        return slash != TJ_NOT_FOUND && slash > 0 && !strchr("/.~", value->text.p[0]);
    static const char *const named[] = {"rclone", "docker", "podman", "nerdctl", "kubectl", "oc"}; /* NAME:path */
    bool names = false;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) names |= tj_str_is(d->cmd->name, named[i]);
    return names && colon != TJ_NOT_FOUND && colon > 0 && colon < slash;
}

static void put_into(struct tj_derive *d, const struct tj_value *to, bool mirror, struct tj_str from) {
    if (is_store(d, to)) {
        uint32_t before = d->fx->effect.n;
        tj_effect_name(d, TJ_EFFECT_SEND, TJ_OBJECT_RESOURCE, to);
        for (uint32_t i = before; i < d->fx->effect.n; i++) d->fx->effect.at[i].carries |= d->flow | d->args;
        if (mirror) tj_effect_name(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, to);
        return;
    }
    struct tj_path all = tj_derive_path(d, to);
    all.everything = true;
    if (mirror) tj_effect_resolved(d, TJ_EFFECT_DELETE, all, to->span, TJ_EFF_RECURSIVE);
    d->fetched = from;
    tj_effect_path(d, TJ_EFFECT_WRITE, to, TJ_EFF_RECURSIVE);
    d->fetched = TJ_STR_NONE;
}

/* aws s3 cp, gsutil cp, rclone copy: the last operand is where it goes; `mv` takes it away, `sync` may mirror. */
bool tj_handle_cloud_copy(struct tj_derive *d) {
    uint32_t n = tj_operands(d);
    if (n < 2) return false;
    bool moves = tj_str_starts(d->cmd->subcommand, TJ_STR("mv")) || tj_str_starts(d->cmd->subcommand, TJ_STR("move"));
    bool mirror =
        tj_has_flag(d, "delete") || (tj_str_is(d->cmd->name, "rclone") && tj_str_is(d->cmd->subcommand, "sync"));
    bool folders = tj_has_flag(d, "recursive") || tj_str_is(d->cmd->name, "rclone") ||
                   tj_str_ends(d->cmd->subcommand, TJ_STR("sync")) || tj_str_is(d->cmd->subcommand, "mirror");
    uint16_t all = folders ? TJ_EFF_RECURSIVE : 0;
    struct tj_str url = TJ_STR_NONE;
    uint64_t flow = d->flow;
    for (uint32_t i = 0; i + 1 < n; i++) {
        const struct tj_value *from = tj_operand(d, i);
        if (tj_str_is(from->text, "-")) continue; /* stdin: already in the flow */
        if (!is_store(d, from)) {
            tj_effect_path(d, TJ_EFFECT_READ, from, all);
            if (moves) tj_effect_path(d, TJ_EFFECT_MOVE, from, all);
            continue;
        }
        url = from->text;
        tj_effect_name(d, TJ_EFFECT_FETCH, TJ_OBJECT_RESOURCE, from);
        if (moves) tj_effect_name(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, from);
    }
    const struct tj_value *to = tj_operand(d, n - 1);
    if (tj_str_is(to->text, "-"))
        d->output_fetched = true;
    else
        put_into(d, to, mirror, url);
    d->flow = flow;
    return true;
}
