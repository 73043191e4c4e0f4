/* Phrases: constraints and claims in messages, results in outputs. */
#include "compile/compiler.h"

/* In the order of enum tj_phrase_kind. */
static const char *const kinds[] = {"no_touch",   "only_touch", "no_network",  "no_install",  "no_delete",
                                    "no_push",    "no_commit",  "read_only",   "no_secrets",  "no_restart",
                                    "tests_pass", "tests_fail", "result_fail", "result_pass", "refused",
                                    "error",      "injection",  NULL};
_Static_assert(sizeof kinds / sizeof kinds[0] == TJ_PHRASE_COUNT + 1, "every kind of phrase has a name");

const char *tj_phrase_name(uint32_t kind) { return kind < TJ_PHRASE_COUNT ? kinds[kind] : "?"; }

bool tj_phrase_kind(struct tj_compiler *c, const struct tj_yaml *node, bool claim, uint32_t *out) {
    const char *about = claim ? "a claim" : "a constraint";
    if (!tj_check_choice(&c->check, node, kinds, about, out)) return false;
    bool fits = claim ? *out == TJ_PHRASE_TESTS_PASS || *out == TJ_PHRASE_TESTS_FAIL : *out < TJ_PHRASE_TESTS_PASS;
    if (!fits) tj_trouble(&c->check, TJ_BAD_WORD, node, node->text, tj_str_of(about));
    return fits;
}

static void add_phrase(struct tj_compiler *c, uint32_t kind, struct tj_yaml *node) {
    struct tj_str text;
    if (!tj_check_text(&c->check, node, kinds[kind], &text)) return;
    enum tj_database database = kind < TJ_PHRASE_RESULT_FAIL  ? TJ_DB_MESSAGE
                                : kind == TJ_PHRASE_INJECTION ? TJ_DB_EXPOSED
                                                              : TJ_DB_OUTPUT;
    struct tj_pattern pattern = {text, node, TJ_PRED_REGEX, true};
    struct tj_phrase row = {
        .text = tj_build_str(&c->build, text), .kind = kind, .predicate = tj_pattern_bit(c, database, pattern, false)};
    tj_build_add(&c->build, TJ_SECTION_PHRASES, &row, 1);
}

/* By kind, then in the order of files: bits of predicates follow it. */
void tj_compile_phrases(struct tj_compiler *c) {
    for (uint32_t i = 0; i < c->sources; i++) {
        struct tj_yaml *top = tj_section(c, i, "phrases");
        if (top && top->kind == TJ_YAML_MAP) tj_check_keys(&c->check, top, "phrases", kinds);
    }
    for (uint32_t kind = 0; kinds[kind]; kind++)
        for (uint32_t i = 0; i < c->sources; i++) {
            struct tj_yaml *top = tj_section(c, i, "phrases");
            TJ_EACH(item, tj_get(top, kinds[kind]))
            add_phrase(c, kind, item);
        }
}
