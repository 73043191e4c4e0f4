/* The tables of tools, hosts and profiles. */
#include "compile/compiler.h"

#include <stdlib.h>

/* ---- tools ------------------------------------------------------------------------------------------------------ */

static const char *const tool_keys[] = {"about", "names", "class", "lang", "persist", "effect", "keys", NULL};
/* In the order of enum tj_tool_class, enum tj_tool_key and enum tj_tool_persist. */
static const char *const tool_classes[] = {"shell", "code",   "keys",  "write", "edit", "patch", "editor", "read",
                                           "list",  "delete", "fetch", "agent", "note", "final", "call",   NULL};
static const char *const key_roles[] = {"text", "argv", "cwd",     "path",       "content",   "old",  "new",   "url",
                                        "verb", "lang", "timeout", "background", "recipient", "data", "edits", NULL};
static const char *const persists[] = {"nothing", "cwd", "shell", NULL};

struct tool_name {
    struct tj_str name;
    const struct tj_yaml *node;
    uint32_t row;
};
typedef TJ_VEC(struct tool_name) tool_names;

static int by_tool_name(const void *a, const void *b) {
    return tj_str_cmp(((const struct tool_name *)a)->name, ((const struct tool_name *)b)->name);
}

static struct tj_range tool_key_rows(struct tj_compiler *c, struct tj_yaml *keys) {
    struct tj_range range = {tj_build_count(&c->build, TJ_SECTION_TOOL_KEYS), 0};
    if (!keys || !tj_check_map(&c->check, keys, "keys")) return range;
    tj_check_keys(&c->check, keys, "the keys of a tool", key_roles);
    for (uint32_t role = 0; key_roles[role]; role++) TJ_EACH(item, tj_get(keys, key_roles[role])) {
            struct tj_str text;
            if (!tj_check_text(&c->check, item, key_roles[role], &text)) continue;
            struct tj_tool_key_row row = {tj_build_str(&c->build, text), role};
            tj_build_add(&c->build, TJ_SECTION_TOOL_KEYS, &row, 1);
            range.n++;
        }
    return range;
}

static struct tj_tool make_tool(struct tj_compiler *c, struct tj_yaml *key) {
    struct tj_check *k = &c->check;
    struct tj_yaml *node = key->next;
    struct tj_tool row = {.name = tj_build_str(&c->build, key->text)};
    if (!tj_check_map(k, node, "a tool")) return row;
    tj_check_keys(k, node, "a tool", tool_keys);
    uint32_t class_ = 0, lang = 0, persist = 0, effect = 0;
    struct tj_yaml *class_node = tj_get(node, "class"), *effect_node = tj_get(node, "effect");
    struct tj_yaml *lang_node = tj_get(node, "lang"), *persist_node = tj_get(node, "persist");
    if (!class_node)
        tj_trouble(k, TJ_BAD_MISSING, key, TJ_STR("class"), TJ_STR("the tool"));
    else
        (void)tj_check_choice(k, class_node, tool_classes, "a class of tools", &class_);
    if (lang_node) (void)tj_check_word(k, lang_node, TJ_LIST_LANGS, "a language", &lang);
    if (persist_node) (void)tj_check_choice(k, persist_node, persists, "what persists", &persist);
    if (effect_node)
        (void)tj_check_word(k, effect_node, TJ_LIST_EFFECTS, "an effect", &effect);
    else if (class_ == TJ_TOOL_CALL)
        tj_trouble(k, TJ_BAD_MISSING, key, TJ_STR("effect"), TJ_STR("a tool of class call"));
    row.class_ = (uint8_t)class_;
    row.lang = (uint8_t)lang;
    row.persist = (uint8_t)persist;
    row.effect = (uint8_t)effect;
    row.keys = tool_key_rows(c, tj_get(node, "keys"));
    return row;
}

static void add_tool_name(struct tj_compiler *c, const struct tj_yaml *node, tool_names *out) {
    struct tj_str text;
    if (!tj_check_text(&c->check, node, "names", &text)) return;
    text = tj_arena_copy(c->arena, text);
    for (uint32_t i = 0; i < text.n; i++) ((char *)(uintptr_t)text.p)[i] = tj_lower(text.p[i]);
    struct tool_name name = {text, node, 0};
    (void)tj_vec_push(c->arena, out, name);
}

void tj_compile_tools(struct tj_compiler *c) {
    tool_names own = {0}, all = {0};
    for (uint32_t i = 0; i < c->sources; i++) {
        struct tj_yaml *top = tj_section(c, i, "tools");
        if (top && top->kind == TJ_YAML_MAP) TJ_EACH_KEY(key, top)
        add_tool_name(c, key, &own);
    }
    if (own.n) qsort(own.at, own.n, sizeof own.at[0], by_tool_name);
    for (uint32_t i = 0; i < own.n; i++) {
        /* The key's node is what make_tool needs; it was found in the tree that this compilation owns. */
        struct tj_yaml key = *own.at[i].node;
        key.text = own.at[i].name;
        struct tj_tool row = make_tool(c, &key);
        uint32_t at = tj_build_add(&c->build, TJ_SECTION_TOOLS, &row, 1), from = all.n;
        (void)tj_vec_push(c->arena, &all, own.at[i]);
        TJ_EACH(item, tj_get(key.next, "names"))
        add_tool_name(c, item, &all);
        for (; from < all.n; from++) all.at[from].row = at;
    }
    if (all.n) qsort(all.at, all.n, sizeof all.at[0], by_tool_name);
    struct tj_build_entry *index = tj_arena_array(c->arena, struct tj_build_entry, all.n + 1);
    for (uint32_t i = 0; i < all.n && index; i++) {
        if (i && tj_str_eq(all.at[i - 1].name, all.at[i].name) && all.at[i - 1].row != all.at[i].row)
            tj_trouble(&c->check, TJ_BAD_DUPLICATE, all.at[i].node, all.at[i].name, TJ_STR("another tool"));
        index[i] = (struct tj_build_entry){tj_build_str(&c->build, all.at[i].name), all.at[i].row};
    }
    if (index) tj_build_index(&c->build, TJ_SECTION_TOOL_INDEX, index, all.n);
}

/* ---- profiles --------------------------------------------------------------------------------------------------- */

static const char *const profile_keys[] = {"about",
                                           "ask",
                                           "deny",
                                           "mask",
                                           "review",
                                           "drop",
                                           "weights",
                                           "attempt_weight",
                                           "requested_weight",
                                           "unknown_ask",
                                           "unknown_review",
                                           "show_all",
                                           NULL};
static const char *const severity_keys[] = {"info", "low", "medium", "high", "critical", NULL};

static uint32_t share_of(struct tj_compiler *c, const struct tj_yaml *node, const char *key, uint32_t absent) {
    uint32_t value = absent;
    const struct tj_yaml *there = tj_get(node, key);
    if (there && !(there->kind == TJ_YAML_SCALAR && there->plain && tj_str_is(there->text, "never")))
        (void)tj_check_share(&c->check, there, key, &value);
    return value;
}

static uint64_t reasons_of(struct tj_compiler *c, struct tj_yaml *node, const char *key) {
    uint64_t mask = 0;
    struct tj_yaml *list = tj_get(node, key);
    if (list && !(list->kind == TJ_YAML_LIST && list->n == 0))
        (void)tj_check_mask(&c->check, list, TJ_LIST_REASONS, "a reason", &mask);
    return mask;
}

static void rises(struct tj_compiler *c, const struct tj_yaml *at, const char *low, uint32_t a, const char *high,
                  uint32_t b) {
    if (a != TJ_NONE && a > b) tj_trouble(&c->check, TJ_BAD_ORDER, at, tj_str_of(low), tj_str_of(high));
}

static void add_profile(struct tj_compiler *c, struct tj_yaml *key) {
    struct tj_check *k = &c->check;
    struct tj_yaml *node = key->next;
    if (!tj_check_map(k, node, "a profile")) return;
    tj_check_keys(k, node, "a profile", profile_keys);
    struct tj_str about = TJ_STR_NONE;
    bool show_all = false;
    if (tj_get(node, "about")) (void)tj_check_text(k, tj_get(node, "about"), "about", &about);
    if (tj_get(node, "show_all")) (void)tj_check_bool(k, tj_get(node, "show_all"), "show_all", &show_all);
    struct tj_profile row = {.name = tj_build_str(&c->build, key->text),
                             .about = tj_build_str(&c->build, about),
                             .ask = share_of(c, node, "ask", TJ_NONE),
                             .deny = share_of(c, node, "deny", TJ_NONE),
                             .mask = share_of(c, node, "mask", TJ_NONE),
                             .review = share_of(c, node, "review", TJ_NONE),
                             .drop = share_of(c, node, "drop", TJ_NONE),
                             .attempt_weight = share_of(c, node, "attempt_weight", 10000),
                             .requested_weight = share_of(c, node, "requested_weight", 10000),
                             .unknown_ask = reasons_of(c, node, "unknown_ask"),
                             .unknown_review = reasons_of(c, node, "unknown_review"),
                             .flags = show_all ? TJ_PROFILE_SHOW_ALL : 0};
    struct tj_yaml *weights = tj_get(node, "weights");
    if (!weights)
        tj_trouble(k, TJ_BAD_MISSING, key, TJ_STR("weights"), TJ_STR("the profile"));
    else if (tj_check_map(k, weights, "weights")) {
        tj_check_keys(k, weights, "weights", severity_keys);
        for (int i = 0; i < TJ_SEVERITY_COUNT; i++) {
            row.weight[i] = share_of(c, weights, severity_keys[i], 0);
            if (!tj_get(weights, severity_keys[i]))
                tj_trouble(k, TJ_BAD_MISSING, weights, tj_str_of(severity_keys[i]), TJ_STR("weights"));
        }
    }
    rises(c, key, "ask", row.ask, "deny", row.deny);
    rises(c, key, "mask", row.mask, "review", row.review);
    rises(c, key, "review", row.review, "drop", row.drop);
    tj_build_add(&c->build, TJ_SECTION_PROFILES, &row, 1);
}

static int by_key(const void *a, const void *b) {
    return tj_str_cmp((*(struct tj_yaml *const *)a)->text, (*(struct tj_yaml *const *)b)->text);
}

void tj_compile_profiles(struct tj_compiler *c) {
    TJ_VEC(struct tj_yaml *) keys = {0};
    bool balanced = false;
    for (uint32_t i = 0; i < c->sources; i++) {
        struct tj_yaml *top = tj_section(c, i, "profiles");
        if (top && top->kind == TJ_YAML_MAP) TJ_EACH_KEY(key, top)
        (void)tj_vec_push(c->arena, &keys, key);
    }
    if (keys.n) qsort(keys.at, keys.n, sizeof keys.at[0], by_key);
    for (uint32_t i = 0; i < keys.n; i++) {
        if (i && tj_str_eq(keys.at[i - 1]->text, keys.at[i]->text))
            tj_trouble(&c->check, TJ_BAD_DUPLICATE, keys.at[i], keys.at[i]->text, TJ_STR("another place"));
        balanced |= tj_str_is(keys.at[i]->text, "balanced");
        add_profile(c, keys.at[i]);
    }
    if (!balanced) tj_trouble(&c->check, TJ_ODD_NO_BALANCED, NULL, TJ_STR_NONE, TJ_STR_NONE);
}
