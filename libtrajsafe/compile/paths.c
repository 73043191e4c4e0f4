/* The tables of paths and hosts: patterns are lowered so that most need no glob. */
#include "compile/compiler.h"

#include <stdlib.h>

static const char *const path_keys[] = {"about", "class", "patterns", "except", NULL};
static const char *const host_keys[] = {"about", "class", "names", NULL};

struct path_entry {
    struct tj_str text;
    uint64_t classes;
    uint8_t how, except;
};
struct host_entry {
    struct tj_str text;
    uint32_t classes;
};
struct lowering {
    struct tj_compiler *c;
    TJ_VEC(struct path_entry) paths;
    TJ_VEC(struct host_entry) hosts;
};

static bool has_wildcard(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '[' || s.p[i] == '\\') return true;
    return false;
}

static bool is_joint(char c) { return c == '.' || c == '_' || c == '-'; }

/* Why it is no pattern of canonical paths, or NULL. */
static const char *fault(struct tj_str p) {
    bool anchored = p.p[0] == '/' || tj_str_starts(p, TJ_STR("**/")) || tj_str_is(p, "~") || tj_str_is(p, "@") ||
                    tj_str_starts(p, TJ_STR("~/")) || tj_str_starts(p, TJ_STR("@/"));
    if (!anchored) return "it does not say where it begins";
    for (uint32_t at = p.p[0] == '/' ? 1 : 0; at < p.n;) {
        uint32_t slash = tj_str_chr(p, '/', at);
        struct tj_str part = tj_str_sub(p, at, slash == TJ_NOT_FOUND ? p.n : slash);
        if (part.n == 0) return "a part is empty";
        if (tj_str_is(part, ".") || tj_str_is(part, "..")) return "canonical paths have no . and ..";
        if (slash == TJ_NOT_FOUND) return NULL;
        at = slash + 1;
        if (at == p.n) return "it ends in a slash";
    }
    return NULL;
}

static void push(struct lowering *l, struct tj_str text, enum tj_path_how how, uint64_t classes, bool except) {
    struct path_entry entry = {text, classes, (uint8_t)how, except};
    (void)tj_vec_push(l->c->arena, &l->paths, entry);
}

static void lower(struct lowering *l, struct tj_str p, uint64_t classes, bool except) {
    if (tj_str_is(p, "/**")) {
        push(l, TJ_STR("/"), TJ_PATH_UNDER, classes, except);
        return;
    }
    bool deep = tj_str_starts(p, TJ_STR("**/")), under = tj_str_ends(p, TJ_STR("/**"));
    bool below = tj_str_ends(p, TJ_STR("/**/*"));
    struct tj_str stem = below ? tj_str_sub(p, 0, p.n - 5) : under ? tj_str_sub(p, 0, p.n - 3) : p;
    struct tj_str last = deep && stem.n > 3 ? tj_str_sub(stem, 3, stem.n) : stem;
    bool one = deep && last.n && tj_str_chr(last, '/', 0) == TJ_NOT_FOUND;
    if (!deep && !has_wildcard(stem)) {
        push(l, stem, below ? TJ_PATH_BELOW : under ? TJ_PATH_UNDER : TJ_PATH_EXACT, classes, except);
        return;
    }
    if (one && !below && !has_wildcard(last)) {
        push(l, last, under ? TJ_PATH_COMPONENT : TJ_PATH_BASENAME, classes, except);
        return;
    }
    struct tj_str tail = tj_str_sub(last, 1, last.n), head = tj_str_sub(last, 0, last.n ? last.n - 1 : 0);
    if (one && !under && !below && tail.n && last.p[0] == '*' && is_joint(tail.p[0]) && !has_wildcard(tail)) {
        push(l, tail, TJ_PATH_SUFFIX, classes, except);
        return;
    }
    if (one && !under && !below && head.n && last.p[last.n - 1] == '*' && is_joint(head.p[head.n - 1]) &&
        !has_wildcard(head)) {
        push(l, head, TJ_PATH_PREFIX, classes, except);
        return;
    }
    push(l, p, TJ_PATH_GLOB, classes, except);
    if (under) push(l, stem, TJ_PATH_GLOB, classes, except);
}

static void patterns(struct lowering *l, struct tj_yaml *list, uint64_t classes, bool except) {
    TJ_EACH(item, list) {
        struct tj_str text;
        if (!tj_check_text(&l->c->check, item, except ? "except" : "patterns", &text)) continue;
        const char *why = fault(text);
        if (why)
            tj_trouble(&l->c->check, TJ_BAD_PATTERN, item, text, tj_str_of(why));
        else
            lower(l, text, classes, except);
    }
}

static void path_item(struct lowering *l, struct tj_yaml *node) {
    struct tj_check *k = &l->c->check;
    if (!tj_check_map(k, node, "an entry of paths")) return;
    tj_check_keys(k, node, "an entry of paths", path_keys);
    struct tj_yaml *class_ = tj_get(node, "class"), *list = tj_get(node, "patterns");
    uint64_t classes = 0;
    if (!class_ || !list) {
        tj_trouble(k, TJ_BAD_MISSING, node, class_ ? TJ_STR("patterns") : TJ_STR("class"), TJ_STR("the entry"));
        return;
    }
    (void)tj_check_mask(k, class_, TJ_LIST_CLASSES, "a class", &classes);
    patterns(l, list, classes, false);
    patterns(l, tj_get(node, "except"), classes, true);
}

static void host_item(struct lowering *l, struct tj_yaml *node) {
    struct tj_check *k = &l->c->check;
    if (!tj_check_map(k, node, "an entry of hosts")) return;
    tj_check_keys(k, node, "an entry of hosts", host_keys);
    struct tj_yaml *class_ = tj_get(node, "class"), *list = tj_get(node, "names");
    uint64_t classes = 0;
    if (!class_ || !list) {
        tj_trouble(k, TJ_BAD_MISSING, node, class_ ? TJ_STR("names") : TJ_STR("class"), TJ_STR("the entry"));
        return;
    }
    (void)tj_check_mask(k, class_, TJ_LIST_HOST_CLASSES, "a class of hosts", &classes);
    TJ_EACH(item, list) {
        struct tj_str text;
        if (!tj_check_text(k, item, "names", &text)) continue;
        bool good = text.p[0] != '.';
        for (uint32_t i = 0; i < text.n; i++)
            good &=
                tj_lower(text.p[i]) == text.p[i] && (tj_is_name(text.p[i]) || (text.p[i] && strchr(".-:/", text.p[i])));
        if (!good) tj_trouble(k, TJ_BAD_HOST, item, text, TJ_STR_NONE);
        struct host_entry entry = {text, (uint32_t)classes};
        (void)tj_vec_push(l->c->arena, &l->hosts, entry);
    }
}

/* Globs last; rows with equal text together. */
static int by_path(const void *a, const void *b) {
    const struct path_entry *x = a, *y = b;
    int glob = (x->how == TJ_PATH_GLOB) - (y->how == TJ_PATH_GLOB);
    int text = glob ? glob : tj_str_cmp(x->text, y->text);
    int how = text ? text : (int)x->how - (int)y->how;
    return how ? how : (int)x->except - (int)y->except;
}

static int by_host(const void *a, const void *b) {
    return tj_str_cmp(((const struct host_entry *)a)->text, ((const struct host_entry *)b)->text);
}

static void emit_paths(struct lowering *l) {
    struct tj_compiler *c = l->c;
    if (l->paths.n) qsort(l->paths.at, l->paths.n, sizeof l->paths.at[0], by_path);
    struct tj_build_entry *index = tj_arena_array(c->arena, struct tj_build_entry, l->paths.n + 1);
    uint32_t texts = 0;
    for (uint32_t i = 0; i < l->paths.n && index; i++) {
        const struct path_entry *e = &l->paths.at[i];
        if (i && by_path(e - 1, e) == 0) {
            uint32_t last = tj_build_count(&c->build, TJ_SECTION_PATHS) - 1;
            struct tj_path_row *row = tj_build_row(&c->build, PATHS, struct tj_path_row, last);
            if (row) row->classes |= e->classes;
            continue;
        }
        struct tj_path_row row = {
            .text = tj_build_str(&c->build, e->text), .how = e->how, .except = e->except, .classes = e->classes};
        uint32_t at = tj_build_add(&c->build, TJ_SECTION_PATHS, &row, 1);
        bool known = texts && index[texts - 1].name.at == row.text.at && index[texts - 1].name.n == row.text.n;
        if (e->how != TJ_PATH_GLOB && !known) index[texts++] = (struct tj_build_entry){row.text, at};
    }
    if (index) tj_build_index(&c->build, TJ_SECTION_PATH_INDEX, index, texts);
}

static void emit_hosts(struct lowering *l) {
    if (l->hosts.n) qsort(l->hosts.at, l->hosts.n, sizeof l->hosts.at[0], by_host);
    for (uint32_t i = 0; i < l->hosts.n; i++) {
        const struct host_entry *e = &l->hosts.at[i];
        uint32_t n = tj_build_count(&l->c->build, TJ_SECTION_HOSTS);
        struct tj_host_row *last = n ? tj_build_row(&l->c->build, HOSTS, struct tj_host_row, n - 1) : NULL;
        if (i && last && tj_str_eq(e[-1].text, e->text)) {
            last->classes |= e->classes;
            continue;
        }
        struct tj_host_row row = {.text = tj_build_str(&l->c->build, e->text), .classes = e->classes};
        tj_build_add(&l->c->build, TJ_SECTION_HOSTS, &row, 1);
    }
}

void tj_compile_paths(struct tj_compiler *c) {
    struct lowering l = {.c = c};
    for (uint32_t i = 0; i < c->sources; i++) {
        struct tj_yaml *paths = tj_section(c, i, "paths");
        struct tj_yaml *hosts = tj_section(c, i, "hosts");
        TJ_EACH(item, paths)
        path_item(&l, item);
        TJ_EACH(item, hosts)
        host_item(&l, item);
    }
    emit_paths(&l);
    emit_hosts(&l);
}
