/* Rules: what is said of them, in order of id; their blocks and examples are compiled elsewhere. */
#include "compile/compiler.h"

#include <stdlib.h>

static const char *const rule_keys[] = {
    "id",          "title",      "leaf",  "severity", "confidence", "attack", "owasp",   "atlas",    "why",
    "suggest",     "references", "on",    "where",    "unless",     "with",   "without", "sequence", "within",
    "unless_seen", "constraint", "claim", "evidence", "hits",       "misses", NULL};
static const char *const measured_keys[] = {"precision", "n", "on", NULL};

struct rule_entry {
    struct tj_str id;
    struct tj_yaml *node, *at;
};

static int by_id(const void *a, const void *b) {
    return tj_str_cmp(((const struct rule_entry *)a)->id, ((const struct rule_entry *)b)->id);
}

static bool is_id(struct tj_str s) {
    uint32_t words = 0, word = 0;
    for (uint32_t i = 0; i <= s.n; i++) {
        if (i == s.n || s.p[i] == '.') {
            if (word == 0) return false;
            words++;
            word = 0;
            continue;
        }
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || tj_is_digit(c) || c == '-')) return false;
        word++;
    }
    return words >= 3;
}

static const struct tj_yaml *need(struct tj_compiler *c, const struct tj_yaml *node, const char *key) {
    const struct tj_yaml *value = tj_get(node, key);
    if (!value) tj_trouble(&c->check, TJ_BAD_MISSING, node, tj_str_of(key), TJ_STR("the rule"));
    return value;
}

static struct tj_ref text_of(struct tj_compiler *c, const struct tj_yaml *node, const char *key, bool needed) {
    struct tj_str text = TJ_STR_NONE;
    const struct tj_yaml *value = needed ? need(c, node, key) : tj_get(node, key);
    if (value) (void)tj_check_text(&c->check, value, key, &text);
    return tj_build_str(&c->build, text);
}

/* ids of ATT&CK, OWASP, ATLAS: `shape` has A for a capital, 9 for digits; the rest may follow a dot. */
static bool looks_like(struct tj_str id, const char *prefix) {
    struct tj_str head = tj_str_of(prefix);
    return tj_str_starts(id, head) && id.n >= head.n + 2 && tj_is_digit(id.p[head.n]) && tj_is_digit(id.p[head.n + 1]);
}

static struct tj_ref ids_of(struct tj_compiler *c, struct tj_yaml *node, const char *key, const char *prefix,
                            const char *name) {
    struct tj_yaml *list = tj_get(node, key);
    TJ_EACH(item, list)
    if (item->kind == TJ_YAML_SCALAR && !looks_like(item->text, prefix))
        tj_trouble(&c->check, TJ_ODD_ATTACK, item, item->text, tj_str_of(name));
    return tj_build_str(&c->build, tj_check_joined(&c->check, list, key));
}

static uint8_t leaf_of(struct tj_compiler *c, const struct tj_yaml *node) {
    const struct tj_yaml *value = need(c, node, "leaf");
    if (!value) return 0;
    struct tj_meant meant = {.word = value->text};
    for (int i = 0; i < TJ_LEAF_COUNT; i++) {
        struct tj_buf buf;
        tj_buf_init(&buf, c->arena);
        tj_buf_puts(&buf, tj_category_name(tj_leaf_category((enum tj_leaf)i)));
        tj_buf_putc(&buf, '/');
        tj_buf_puts(&buf, tj_leaf_name((enum tj_leaf)i));
        if (tj_str_eq(tj_buf_str(&buf), value->text)) return (uint8_t)i;
        tj_meant_try(&meant, tj_buf_str(&buf));
    }
    tj_trouble_mend(&c->check, TJ_BAD_LEAF, value, value->text, TJ_STR_NONE, tj_meant_text(&meant, c->arena));
    return UINT8_MAX;
}

static void check_id(struct tj_compiler *c, const struct rule_entry *e, uint8_t leaf) {
    if (!is_id(e->id)) {
        tj_trouble(&c->check, TJ_BAD_ID, e->at, e->id, TJ_STR_NONE);
        return;
    }
    if (leaf >= TJ_LEAF_COUNT) return;
    struct tj_str category = tj_str_of(tj_category_name(tj_leaf_category((enum tj_leaf)leaf)));
    if (!tj_str_starts(e->id, category) || e->id.p[category.n] != '.')
        tj_trouble(&c->check, TJ_BAD_ID_CATEGORY, e->at, e->id, category);
}

static void confidence_of(struct tj_compiler *c, struct tj_yaml *node, struct tj_rule *rule) {
    const struct tj_yaml *value = need(c, node, "confidence");
    uint32_t share = 0, n = 0;
    if (!value) return;
    if (value->kind != TJ_YAML_MAP) {
        (void)tj_check_share(&c->check, value, "confidence", &share);
        rule->confidence = (uint16_t)share;
        return;
    }
    struct tj_str on = TJ_STR_NONE;
    tj_check_keys(&c->check, value, "a measured confidence", measured_keys);
    const struct tj_yaml *parts[3];
    for (int i = 0; i < 3; i++) {
        parts[i] = tj_get(value, measured_keys[i]);
        if (!parts[i])
            tj_trouble(&c->check, TJ_BAD_MISSING, value, tj_str_of(measured_keys[i]), TJ_STR("a measured confidence"));
    }
    if (parts[0]) (void)tj_check_share(&c->check, parts[0], "precision", &share);
    if (parts[1]) (void)tj_check_number(&c->check, parts[1], "n", UINT32_MAX, &n);
    if (parts[2]) (void)tj_check_text(&c->check, parts[2], "on", &on);
    rule->confidence = (uint16_t)share;
    rule->measured_n = n;
    rule->measured_on = tj_build_str(&c->build, on);
    rule->flags |= TJ_RULE_MEASURED;
}

static void add_rule(struct tj_compiler *c, const struct rule_entry *e) {
    struct tj_yaml *node = e->node;
    struct tj_check *k = &c->check;
    tj_check_keys(k, node, "a rule", rule_keys);
    struct tj_rule rule = {.id = tj_build_str(&c->build, e->id), .leaf = leaf_of(c, node), .line = node->where.line};
    check_id(c, e, rule.leaf);
    uint32_t severity = 0, subject = 0;
    const struct tj_yaml *severity_node = need(c, node, "severity"), *on = need(c, node, "on");
    if (severity_node && tj_check_word(k, severity_node, TJ_LIST_SEVERITIES, "a severity", &severity))
        rule.severity = (uint8_t)severity;
    rule.title = text_of(c, node, "title", true);
    rule.why = text_of(c, node, "why", true);
    rule.suggest = text_of(c, node, "suggest", false);
    rule.attack = ids_of(c, node, "attack", "T", "ATT&CK");
    rule.owasp = ids_of(c, node, "owasp", "ASI", "OWASP");
    rule.atlas = ids_of(c, node, "atlas", "AML.T", "ATLAS");
    rule.references = tj_build_str(&c->build, tj_check_joined(k, tj_get(node, "references"), "references"));
    rule.measured_on = tj_build_str(&c->build, TJ_STR_NONE);
    rule.file = tj_build_str(&c->build, c->source[node->where.file].name);
    confidence_of(c, node, &rule);
    if (on && tj_check_word(k, on, TJ_LIST_SUBJECTS, "a subject", &subject)) {
        rule.subject = (uint8_t)subject;
        if (rule.subject == TJ_SUBJECT_TEXT) rule.flags |= TJ_RULE_FLOOR;
        tj_compile_blocks(c, node, &rule);
    }
    tj_compile_examples(c, node, &rule);
    tj_build_add(&c->build, TJ_SECTION_RULES, &rule, 1);
}

void tj_compile_rules(struct tj_compiler *c) {
    TJ_VEC(struct rule_entry) all = {0};
    for (uint32_t i = 0; i < c->sources; i++) {
        struct tj_yaml *top = tj_section(c, i, "rules");
        TJ_EACH(node, top) {
            if (!tj_check_map(&c->check, node, "a rule")) continue;
            const struct tj_yaml *id = need(c, node, "id");
            struct rule_entry e = {.node = node, .at = tj_get(node, "id")};
            if (id && tj_check_text(&c->check, id, "id", &e.id)) (void)tj_vec_push(c->arena, &all, e);
        }
    }
    if (all.n) qsort(all.at, all.n, sizeof all.at[0], by_id);
    for (uint32_t i = 0; i < all.n; i++) {
        if (i && tj_str_eq(all.at[i - 1].id, all.at[i].id))
            tj_trouble(&c->check, TJ_BAD_DUPLICATE, all.at[i].at, all.at[i].id,
                       c->source[all.at[i - 1].node->where.file].name);
        add_rule(c, &all.at[i]);
    }
}
