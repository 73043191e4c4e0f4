/* Classes of a path: what the table, the context and the state say of it, and what its shape says. */
#include "effect/effect.h"

static bool starts(struct tj_str s, const char *lit) { return tj_str_starts(s, tj_str_of(lit)); }

/* "/home/NAME/rest" or "/root/rest" of somebody else: offset of "/rest", or 0. */
static uint32_t other_home(struct tj_str path) {
    uint32_t from = starts(path, "/home/") ? 6 : starts(path, "/Users/") ? 7 : 0;
    if (from) {
        uint32_t slash = tj_str_chr(path, '/', from);
        return path.n == from || tj_str_is(tj_str_sub(path, from, path.n), "Shared") ? 0
               : slash == TJ_NOT_FOUND                                               ? path.n
                                                                                     : slash;
    }
    return starts(path, "/root") && (path.n == 5 || path.p[5] == '/') ? 5 : 0;
}

/* Below a folder that is not known lies, most likely, what lies below a workspace. */
static uint64_t as_workspace(const struct tj_image *image, struct tj_str path) {
    char room[512];
    if (path.n < 2 || path.n > sizeof room) return 0;
    memcpy(room, path.p, path.n);
    room[0] = '@';
    return tj_image_classify_path(image, (struct tj_str){room, path.n});
}

static uint64_t shape(const struct tj_image *image, struct tj_str path) {
    char c = path.n ? path.p[0] : '?';
    if (c == '~') return path.n == 1 ? TJ_CLASS_BIT(HOME) : TJ_CLASS_BIT(IN_HOME);
    if (c == '@') return path.n == 1 ? TJ_CLASS_BIT(WORKSPACE) : TJ_CLASS_BIT(IN_WORKSPACE);
    if (c == '?') return TJ_CLASS_BIT(UNKNOWN) | as_workspace(image, path);
    if (path.n == 1) return TJ_CLASS_BIT(ROOT);
    uint32_t rest = other_home(path);
    if (!rest) return 0;
    char room[512];
    struct tj_str mine = {room, 1 + path.n - rest};
    if (mine.n > sizeof room) return TJ_CLASS_BIT(OTHER_USER);
    room[0] = '~';
    memcpy(room + 1, path.p + rest, path.n - rest);
    return TJ_CLASS_BIT(OTHER_USER) | (path.n > rest ? tj_image_classify_path(image, mine) : 0);
}

static bool has_glob(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (strchr("*?[", s.p[i])) return true;
    return false;
}

/* The context names files as people do: absolute, relative to the workspace, bare names, or globs of these. */
static bool listed(const struct tj_context *context, const struct tj_str *list, uint32_t n, struct tj_str path) {
    char room[1024];
    for (uint32_t i = 0; i < n; i++) {
        struct tj_str row = tj_path_of_text(context, TJ_STR("@"), list[i], room, sizeof room);
        if (has_glob(row) ? tj_glob(row, path) : tj_path_under(path, row)) return true;
        bool bare = tj_str_chr(list[i], '/', 0) == TJ_NOT_FOUND;
        if (bare && tj_glob(list[i], tj_str_basename(path))) return true;
        /* A file of the task may be reached from a folder that is not known. */
        if (path.n > 1 && path.p[0] == '?' && row.n > 1 && row.p[0] == '@' &&
            tj_glob(tj_str_sub(row, 1, row.n), tj_str_sub(path, 1, path.n)))
            return true;
    }
    return false;
}

static uint64_t of_context(const struct tj_context *context, struct tj_str path) {
    uint64_t classes = 0;
    if (!context) return 0;
    if (context->givens && listed(context, context->given, context->givens, path)) classes |= TJ_CLASS_BIT(GIVEN);
    if (context->ntests && listed(context, context->tests, context->ntests, path)) classes |= TJ_CLASS_BIT(TEST);
    if (context->ngraders && listed(context, context->graders, context->ngraders, path))
        classes |= TJ_CLASS_BIT(GRADER);
    if (path.p[0] == '@') return classes;
    char room[1024];
    for (uint32_t i = 0; i < context->workspaces; i++) {
        if (context->workspace[i].n < 2) continue;
        struct tj_str root = tj_path_of_text(context, TJ_STR("@"), context->workspace[i], room, sizeof room);
        if (tj_str_eq(path, root))
            classes |= TJ_CLASS_BIT(WORKSPACE);
        else if (tj_path_under(path, root))
            classes |= TJ_CLASS_BIT(IN_WORKSPACE);
    }
    return classes;
}

static uint64_t of_state(const struct tj_state *state, struct tj_str path) {
    const struct tj_file *file = tj_state_file(state, path);
    if (!file || file->flags & TJ_FILE_DELETED) return 0;
    uint64_t classes = 0;
    if (file->flags & TJ_FILE_CREATED) classes |= TJ_CLASS_BIT(CREATED);
    if (file->flags & TJ_FILE_DOWNLOADED) classes |= TJ_CLASS_BIT(DOWNLOADED);
    if (file->flags & TJ_FILE_TEMP) classes |= TJ_CLASS_BIT(TEMPORARY);
    return classes;
}

/* Folders that the tables write with capitals. */
static void restore_capitals(char *at, uint32_t n) {
    static const char *const names[] = {"/Users",     "/Library",      "/System",       "/Applications",
                                        "/Keychains", "/LaunchAgents", "/LaunchDaemons"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct tj_str name = tj_str_of(names[k]);
        for (uint32_t i = 0; i + name.n <= n; i++) {
            bool ends = i + name.n == n || at[i + name.n] == '/';
            if (ends && tj_str_ieq((struct tj_str){at + i, name.n}, name)) memcpy(at + i, name.p, name.n);
        }
    }
}

/* Where upper and lower case are one, a path also has the classes of its usual spelling. */
static uint64_t folded(const struct tj_image *image, const struct tj_context *context, struct tj_str path) {
    char room[512];
    bool upper = false;
    if (!context || !context->fold_case || path.n > sizeof room) return 0;
    for (uint32_t i = 0; i < path.n; i++) {
        upper |= path.p[i] >= 'A' && path.p[i] <= 'Z';
        room[i] = tj_lower(path.p[i]);
    }
    restore_capitals(room, path.n);
    struct tj_str usual = {room, path.n};
    return upper || !tj_str_eq(usual, path) ? tj_image_classify_path(image, usual) : 0;
}

uint64_t tj_classify_path(const struct tj_image *image, const struct tj_state *state, struct tj_str canonical) {
    if (canonical.n == 0) return TJ_CLASS_BIT(UNKNOWN);
    const struct tj_context *context = tj_state_context(state);
    return tj_image_classify_path(image, canonical) | folded(image, context, canonical) | shape(image, canonical) |
           of_context(context, canonical) | of_state(state, canonical);
}
