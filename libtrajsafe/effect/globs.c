/* Globs as sets: which of the paths that every machine has a pattern can take. */
#include "effect/derive.h"

enum { MAX_MATCHES = 16 };

static const char *const known[] = {"/bin",
                                    "/boot",
                                    "/dev",
                                    "/etc",
                                    "/home",
                                    "/lib",
                                    "/lib64",
                                    "/opt",
                                    "/proc",
                                    "/root",
                                    "/run",
                                    "/sbin",
                                    "/srv",
                                    "/sys",
                                    "/usr",
                                    "/var",
                                    "/Users",
                                    "/Library",
                                    "/System",
                                    "/Applications",
                                    "/etc/passwd",
                                    "/etc/shadow",
                                    "/etc/gshadow",
                                    "/etc/sudoers",
                                    "/etc/sudoers.d",
                                    "/etc/ssh",
                                    "/etc/ssl",
                                    "/etc/crontab",
                                    "/etc/cron.d",
                                    "/etc/profile",
                                    "/etc/ld.so.preload",
                                    "/etc/systemd",
                                    "/etc/pam.d",
                                    "/etc/hosts",
                                    "/usr/bin",
                                    "/usr/sbin",
                                    "/usr/lib",
                                    "/usr/share",
                                    "/usr/local",
                                    "/var/log",
                                    "/var/lib",
                                    "/var/spool",
                                    "/var/log/auth.log",
                                    "/var/log/syslog",
                                    "/var/log/wtmp",
                                    "/dev/sda",
                                    "/dev/vda",
                                    "/dev/nvme0n1",
                                    "/dev/mem",
                                    "/proc/sysrq-trigger",
                                    "~/.ssh",
                                    "~/.ssh/id_rsa",
                                    "~/.ssh/id_ed25519",
                                    "~/.ssh/authorized_keys",
                                    "~/.aws",
                                    "~/.aws/credentials",
                                    "~/.gnupg",
                                    "~/.kube",
                                    "~/.kube/config",
                                    "~/.netrc",
                                    "~/.git-credentials",
                                    "~/.npmrc",
                                    "~/.bashrc",
                                    "~/.profile",
                                    "~/.bash_history",
                                    "~/.zsh_history",
                                    "~/.config",
                                    "@/.git",
                                    "@/.env"};

static bool match_alternatives(struct tj_str front, struct tj_str inner, struct tj_str rest, struct tj_str name) {
    char room[256];
    for (uint32_t at = 0; at <= inner.n;) {
        uint32_t bar = tj_str_chr(inner, '|', at), end = bar == TJ_NOT_FOUND ? inner.n : bar;
        if (front.n + (end - at) + rest.n > sizeof room) return false;
        memcpy(room, front.p, front.n);
        memcpy(room + front.n, inner.p + at, end - at);
        if (rest.n) memcpy(room + front.n + (end - at), rest.p, rest.n);
        if (tj_glob(tj_str_make(room, front.n + (end - at) + rest.n), name)) return true;
        at = end + 1;
    }
    return false;
}

/* One name against one part of a pattern; @(a|b), +(a), ?(a), *(a) take one of theirs, !(a) takes the others. */
static bool match_part(struct tj_str part, struct tj_str name) {
    bool hidden = name.n && name.p[0] == '.' && part.n && part.p[0] != '.';
    uint32_t open = tj_str_chr(part, '(', 1), close = tj_str_rchr(part, ')');
    bool extended = open != TJ_NOT_FOUND && close != TJ_NOT_FOUND && close > open && strchr("@+?*!", part.p[open - 1]);
    if (hidden && !extended) return false;
    if (!extended) return tj_glob(part, name);
    struct tj_str front = tj_str_sub(part, 0, open - 1), inner = tj_str_sub(part, open + 1, close);
    struct tj_str rest = tj_str_sub(part, close + 1, part.n);
    bool some = match_alternatives(front.p ? front : TJ_STR(""), inner, rest, name);
    return part.p[open - 1] == '!' ? !some && !hidden : some;
}

static struct tj_str take_part(struct tj_str *path) {
    uint32_t slash = tj_str_chr(*path, '/', 1), end = slash == TJ_NOT_FOUND ? path->n : slash;
    struct tj_str part = tj_str_sub(*path, 0, end);
    *path = tj_str_sub(*path, end, path->n);
    return part;
}

/* The front of `path` that has as many parts as the pattern, when they fit; empty when not. */
static struct tj_str fits(struct tj_str pattern, struct tj_str path) {
    struct tj_str left = path;
    while (pattern.n) {
        if (!left.n) return TJ_STR("");
        struct tj_str part = take_part(&pattern), name = take_part(&left);
        bool both = part.p[0] == '/' && name.p[0] == '/';
        if (both && !match_part(tj_str_sub(part, 1, part.n), tj_str_sub(name, 1, name.n))) return TJ_STR("");
        if (!both && !tj_str_eq(part, name)) return TJ_STR("");
    }
    return tj_str_sub(path, 0, path.n - left.n);
}

bool tj_is_extglob(struct tj_str s) {
    uint32_t open = tj_str_chr(s, '(', 1);
    return open != TJ_NOT_FOUND && tj_str_chr(s, ')', open) != TJ_NOT_FOUND && strchr("@+?*!", s.p[open - 1]);
}

void tj_effect_matches(struct tj_derive *d, enum tj_effect_kind kind, struct tj_path path, struct tj_span span,
                       uint16_t flags) {
    uint32_t n = 0;
    struct tj_path one = {.glob = true};
    const struct tj_context *context = tj_state_context(d->fx->state);
    if (context && context->home.n && fits(path.text, context->home).n == context->home.n) {
        one.text = TJ_STR("~");
        tj_effect_resolved(d, kind, one, span, flags);
        tj_effect_once(d);
    }
    struct tj_str last = TJ_STR("");
    for (size_t i = 0; i < sizeof known / sizeof *known && n < MAX_MATCHES; i++) {
        one.text = fits(path.text, tj_str_of(known[i]));
        if (!one.text.n || tj_str_eq(one.text, last)) continue;
        if (kind == TJ_EFFECT_READ && tj_str_ends(one.text, TJ_STR("_history")))
            continue; /* ~/.bash*: settings are meant */
        last = one.text;
        tj_effect_resolved(d, kind, one, span, flags);
        tj_effect_once(d);
        n++;
    }
}
