/* Canonical paths: lexical resolution against cwd, home and workspace, without looking at a disk. */
#include "state/log.h"

/* The path as it is built: "/a/b", "~/a", "@/a", "?/a"; the root folders are "/", "~", "@", "?" (and "" stands for "/"). */
struct build {
    const struct tj_context *context;
    char *at;
    uint32_t n, cap;
};

static struct tj_str text_of(const struct build *b) { return (struct tj_str){b->at, b->n}; }

static void put(struct build *b, struct tj_str s) {
    if (s.n > b->cap - b->n) s.n = b->cap - b->n;
    if (s.n) memmove(b->at + b->n, s.p, s.n);
    b->n += s.n;
}

static bool one_of(struct tj_str s, const char *a, const char *b, const char *c) {
    return tj_str_is(s, a) || (b && tj_str_is(s, b)) || (c && tj_str_is(s, c));
}

static bool has_prefix(struct tj_str path, struct tj_str folder) {
    return tj_str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

/* As has_prefix, where the file system may not tell upper case from lower. */
static bool lies_in(const struct tj_context *context, struct tj_str path, struct tj_str folder) {
    if (!context || !context->fold_case) return has_prefix(path, folder);
    if (path.n < folder.n || !tj_str_ieq(tj_str_sub(path, 0, folder.n), folder)) return false;
    return path.n == folder.n || path.p[folder.n] == '/';
}

/* ---- home and workspace --------------------------------------------------------------------------------------------- */

static bool globbed(struct tj_str s) {
    return tj_str_chr(s, '*', 0) != TJ_NOT_FOUND || tj_str_chr(s, '[', 0) != TJ_NOT_FOUND;
}

/* Length of the part of an absolute path that is the user's home folder, or 0. */
static uint32_t home_part(const struct tj_context *context, struct tj_str path) {
    if (context && context->home.n)
        return context->home.n > 1 && lies_in(context, path, context->home) ? context->home.n : 0;
    struct tj_str user = context ? context->user : TJ_STR_NONE;
    if (has_prefix(path, TJ_STR("/root"))) return user.n && !tj_str_is(user, "root") ? 0 : 5;
    uint32_t from = tj_str_starts(path, TJ_STR("/home/")) ? 6 : tj_str_starts(path, TJ_STR("/Users/")) ? 7 : 0;
    if (!from || from == path.n) return 0;
    uint32_t end = tj_str_chr(path, '/', from);
    struct tj_str name = tj_str_sub(path, from, end == TJ_NOT_FOUND ? path.n : end);
    if (globbed(name) || tj_str_is(name, "Shared") || (user.n && !tj_str_eq(user, name))) return 0;
    return from + name.n;
}

static void replace_front(struct build *b, uint32_t n, char with) {
    memmove(b->at + 1, b->at + n, b->n - n);
    b->at[0] = with;
    b->n -= n - 1;
}

/* "/home/me/x" to "~/x", then "~/proj/x" or "/w/x" to "@/x". A workspace that is the home folder itself stays "~". */
static void name_roots(struct build *b) {
    if (b->n == 0) put(b, TJ_STR("/"));
    if (b->at[0] == '/') {
        uint32_t home = home_part(b->context, text_of(b));
        if (home) replace_front(b, home, '~');
    }
    if (!b->context || !b->context->workspaces || (b->at[0] != '/' && b->at[0] != '~')) return;
    struct tj_str root = b->context->workspace[0];
    uint32_t home = home_part(b->context, root);
    if (root.n < 2 || home == root.n || (home != 0) != (b->at[0] == '~')) return;
    struct tj_str rest = tj_str_sub(root, home, root.n), path = tj_str_sub(text_of(b), home ? 1 : 0, b->n);
    if (lies_in(b->context, path, rest)) replace_front(b, rest.n + (home ? 1 : 0), '@');
}

/* The folder above home or workspace, as an absolute path without roots named. */
static struct tj_str parent_of_root(const struct build *b) {
    const struct tj_context *context = b->context;
    struct tj_str root = TJ_STR("/home/user");
    if (b->at[0] == '@' && context && context->workspaces)
        root = context->workspace[0];
    else if (b->at[0] == '~' && context && context->home.n)
        root = context->home;
    uint32_t slash = tj_str_rchr(root, '/');
    return tj_str_sub(root, 0, slash == TJ_NOT_FOUND ? 0 : slash);
}

/* ---- components --------------------------------------------------------------------------------------------------------- */

static void go_up(struct build *b) {
    uint32_t slash = tj_str_rchr(text_of(b), '/');
    if (slash != TJ_NOT_FOUND) {
        b->n = slash;
        return;
    }
    if (b->n && b->at[0] == '?') return;
    if (b->n == 1 && (b->at[0] == '~' || b->at[0] == '@')) {
        struct tj_str up = parent_of_root(b);
        b->n = 0;
        put(b, up);
    }
}

static bool is_number(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (!tj_is_digit(s.p[i])) return false;
    return s.n > 0;
}

/* Folders that are other folders: seen at once, so that a later `..` goes up from the real one. */
static void see_through(struct build *b, struct tj_str cwd) {
    struct tj_str path = text_of(b);
    if (tj_str_starts(path, TJ_STR("/proc/"))) {
        uint32_t slash = tj_str_chr(path, '/', 6);
        if (slash == TJ_NOT_FOUND) return;
        struct tj_str who = tj_str_sub(path, 6, slash), what = tj_str_sub(path, slash + 1, path.n);
        bool self = one_of(who, "self", "thread-self", "$$");
        if (self && tj_str_is(what, "root")) {
            b->n = 0;
        } else if (tj_str_is(what, "cwd") && (self || is_number(who))) {
            b->n = 0;
            put(b, self ? cwd : TJ_STR("?"));
        }
        return;
    }
    if (tj_str_is(path, "/System/Volumes/Data")) {
        b->n = 0;
    } else if (one_of(path, "/private/tmp", "/private/var", "/private/etc")) {
        b->n -= 8;
        memmove(b->at, b->at + 8, b->n);
    } else if (tj_str_is(path, "/var/run")) {
        b->n = 0;
        put(b, TJ_STR("/run"));
    }
}

static void push(struct build *b, struct tj_str part, struct tj_str cwd) {
    if (part.n == 0 || tj_str_is(part, ".")) return;
    if (tj_str_is(part, "..")) {
        go_up(b);
        return;
    }
    if (b->n == 1 && b->at[0] == '/') b->n = 0;
    if (b->context && b->context->fold_case) part = tj_path_usual_case(part);
    put(b, TJ_STR("/"));
    put(b, part);
    if (b->at[0] == '/' && (part.p[0] == 'r' || part.p[0] == 'c' || part.p[0] == 't' || part.p[0] == 'v' ||
                            part.p[0] == 'e' || part.p[0] == 'D'))
        see_through(b, cwd);
}

static void push_all(struct build *b, struct tj_str text, struct tj_str cwd) {
    for (uint32_t at = 0; at < text.n;) {
        uint32_t slash = tj_str_chr(text, '/', at);
        uint32_t end = slash == TJ_NOT_FOUND ? text.n : slash;
        push(b, tj_str_sub(text, at, end), cwd);
        at = end + 1;
    }
}

static void begin_user(struct build *b, struct tj_str user) {
    const struct tj_context *context = b->context;
    if (user.n == 0 || (context && tj_str_eq(user, context->user))) {
        put(b, TJ_STR("~"));
    } else if (tj_str_is(user, "+") || tj_str_is(user, "-")) {
        put(b, TJ_STR("?"));
    } else if (tj_str_is(user, "root")) {
        put(b, TJ_STR("/root"));
    } else {
        put(b, TJ_STR("/home/"));
        put(b, user);
    }
}

/* Puts where the text begins and returns what is left of it. */
static struct tj_str begin(struct build *b, struct tj_str cwd, struct tj_str text, uint32_t flags) {
    if (text.n && text.p[0] == '/') return text;
    if (text.n && text.p[0] == '~' && !(flags & TJ_VALUE_PLAIN_TILDE)) {
        uint32_t slash = tj_str_chr(text, '/', 0), end = slash == TJ_NOT_FOUND ? text.n : slash;
        begin_user(b, tj_str_sub(text, 1, end));
        return tj_str_sub(text, end, text.n);
    }
    if (text.n && text.p[0] == '$') {
        static const struct {
            struct tj_str name;
            char root;
        } known[] = {{{"$HOME", 5}, '~'}, {{"${HOME}", 7}, '~'}, {{"$PWD", 4}, '.'}, {{"${PWD}", 6}, '.'}};
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (has_prefix(text, known[i].name)) {
                put(b, known[i].root == '~' ? TJ_STR("~") : cwd);
                return tj_str_sub(text, known[i].name.n, text.n);
            }
    }
    put(b, cwd);
    return text;
}

/* A component that takes every name: *, .*, **, ?*, [!.]* */
static bool takes_all(struct tj_str part) {
    bool star = false;
    for (uint32_t i = 0; i < part.n; i++) {
        if (part.p[i] == '*')
            star = true;
        else if (!strchr("?[]!^.", part.p[i]))
            return false;
    }
    return star;
}

static bool drop_last_if_all(struct build *b) {
    bool any = false;
    for (;;) {
        uint32_t slash = tj_str_rchr(text_of(b), '/');
        if (slash == TJ_NOT_FOUND || !takes_all(tj_str_sub(text_of(b), slash + 1, b->n))) return any;
        b->n = slash;
        any = true;
    }
}

/* ---- what others call ------------------------------------------------------------------------------------------------- */

struct tj_str tj_path_of_text(const struct tj_context *context, struct tj_str cwd, struct tj_str text, char *room,
                              uint32_t size) {
    struct build b = {context, room, 0, size};
    struct tj_str rest = begin(&b, cwd, text, 0);
    push_all(&b, rest, cwd);
    name_roots(&b);
    return text_of(&b);
}

static struct tj_str joined(struct tj_arena *arena, const struct tj_value *value) {
    struct tj_str a = value->text, z = value->suffix;
    char *p = tj_arena_alloc(arena, (size_t)a.n + z.n + 4, 1);
    if (!p) return TJ_STR("");
    uint32_t n = 0;
    if (a.n) memcpy(p, a.p, a.n);
    n = a.n;
    p[n++] = '?'; /* stands for the part that is not known */
    if (n == 1 && z.n && z.p[0] != '/') {
        p[n++] = '/';
        p[n++] = '?';
    }
    if (z.n) memcpy(p + n, z.p, z.n);
    return (struct tj_str){p, n + z.n};
}

static bool empties_to_root(const struct tj_value *value) {
    return value->flags & TJ_VALUE_UNSET_OK && value->text.n == 0 && value->suffix.n > 1 && value->suffix.p[0] == '/' &&
           takes_all(tj_str_sub(value->suffix, 1, value->suffix.n));
}

struct tj_path tj_path_resolve(struct tj_arena *arena, const struct tj_context *context, struct tj_str cwd,
                               const struct tj_value *value) {
    struct tj_path out = {.dynamic = (value->flags & TJ_VALUE_IS_DYNAMIC) != 0,
                          .glob = (value->flags & TJ_VALUE_HAS_GLOB) != 0};
    struct tj_str text = value->text;
    if (!out.dynamic && text.n == 0) return out;
    if (empties_to_root(value)) {
        out.text = TJ_STR("/");
        out.everything = true;
        return out;
    }
    if (out.dynamic) text = joined(arena, value);
    uint32_t cap = cwd.n + text.n + 32;
    if (context) cap += context->home.n + (context->workspaces ? context->workspace[0].n : 0);
    struct build b = {context, tj_arena_alloc(arena, cap, 1), 0, cap};
    if (!b.at) return out;
    if (out.dynamic && value->text.n == 0) {
        put(&b, TJ_STR("?"));
        text = tj_str_sub(text, 1, text.n);
    } else {
        text = begin(&b, cwd, text, value->flags);
    }
    push_all(&b, text, cwd);
    if (out.glob) out.everything = drop_last_if_all(&b);
    name_roots(&b);
    out.text = text_of(&b);
    return out;
}

bool tj_path_under(struct tj_str a, struct tj_str b) {
    if (b.n == 1 && b.p[0] == '/') return a.n && a.p[0] != '?';
    return has_prefix(a, b);
}
