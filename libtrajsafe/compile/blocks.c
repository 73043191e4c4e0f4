/* The blocks of a rule: its subject, other instances, sequences, and what joins them. */
#include "compile/compiler.h"

enum { MOST_BLOCKS = 8 };

static const char *const other_keys[] = {"as", "on", "where", "unless", "reach", "order", "join", "outcome", NULL};
static const char *const sequence_keys[] = {"as", "on", "where", "unless", "join", "outcome", NULL};
static const char *const join_keys[] = {"path", "host", "name", "under", NULL};
static const char *const reaches[] = {"command", "pipeline", "call", "run", NULL};
static const char *const orders[] = {"any", "before", "after", NULL};

struct blocks {
    struct tj_compiler *c;
    struct tj_rule *rule;
    struct tj_str as[2 * MOST_BLOCKS + 1];
    uint32_t n;
};

static void conditions(struct blocks *b, struct tj_yaml *node, enum tj_subject subject, struct tj_block *block) {
    struct tj_yaml *where = tj_get(node, "where"), *unless = tj_get(node, "unless");
    uint32_t errors = b->c->check.d->errors;
    if (where) block->where = tj_compile_conditions(b->c, where, subject, false);
    /* A tree with an error in it is not whole. */
    bool whole = where && errors == b->c->check.d->errors;
    bool named = whole && tj_conditions_programs(b->c, block->where).n > 0;
    if (unless) block->unless = tj_compile_conditions(b->c, unless, subject, named);
    if (whole && errors == b->c->check.d->errors) tj_conditions_check(b->c, where, block->where);
}

static void push(struct blocks *b, const struct tj_yaml *at, struct tj_block *block, struct tj_str as) {
    if (b->n >= sizeof b->as / sizeof b->as[0]) {
        tj_trouble(&b->c->check, TJ_BAD_NESTING, at, TJ_STR("a rule"), TJ_STR_NONE);
        return;
    }
    for (uint32_t i = 0; i < b->n && as.n; i++)
        if (tj_str_eq(b->as[i], as)) tj_trouble(&b->c->check, TJ_BAD_DUPLICATE, at, as, TJ_STR("the same rule"));
    b->as[b->n++] = as;
    block->as = tj_build_str(&b->c->build, as);
    tj_build_add(&b->c->build, TJ_SECTION_BLOCKS, block, 1);
    b->rule->blocks.n++;
}

/* Also looks at the blocks that come later, to say so. */
static void join(struct blocks *b, struct tj_yaml *node, struct tj_yaml *later, struct tj_block *block) {
    static const uint8_t kinds[] = {TJ_JOIN_PATH, TJ_JOIN_HOST, TJ_JOIN_NAME, TJ_JOIN_UNDER};
    struct tj_check *k = &b->c->check;
    if (!tj_check_map(k, node, "join")) return;
    tj_check_keys(k, node, "a join", join_keys);
    if (node->n != 1) {
        tj_trouble(k, TJ_BAD_TYPE, node, TJ_STR("join"), TJ_STR("one pair, like {path: subject}"));
        return;
    }
    for (uint32_t i = 0; join_keys[i]; i++)
        if (tj_str_is(node->first->text, join_keys[i])) block->join = kinds[i];
    struct tj_yaml *to = node->first->next;
    struct tj_meant meant = {.word = to->text};
    for (uint32_t i = 0; i < b->n; i++) {
        if (b->as[i].n && tj_str_eq(b->as[i], to->text)) {
            block->join_block = (uint8_t)i;
            return;
        }
        tj_meant_try(&meant, b->as[i]);
    }
    TJ_EACH(other, later) {
        const struct tj_yaml *as = tj_get(other, "as");
        if (as && tj_str_eq(as->text, to->text)) {
            tj_trouble(k, TJ_BAD_REFERENCE_LATER, to, to->text, TJ_STR_NONE);
            return;
        }
    }
    tj_trouble_mend(k, TJ_BAD_REFERENCE, to, to->text, TJ_STR_NONE, tj_meant_text(&meant, b->c->arena));
}

static void choice(struct blocks *b, struct tj_yaml *node, const char *key, const char *const *words, const char *kind,
                   uint8_t *out) {
    uint32_t value = *out;
    if (tj_get(node, key) && tj_check_choice(&b->c->check, tj_get(node, key), words, kind, &value))
        *out = (uint8_t)value;
}

static void other_block(struct blocks *b, struct tj_yaml *node, enum tj_block_how how, struct tj_yaml *all) {
    struct tj_check *k = &b->c->check;
    bool near = how == TJ_BLOCK_WITH || how == TJ_BLOCK_WITHOUT;
    if (!tj_check_map(k, node, "a block")) return;
    tj_check_keys(k, node, near ? "a block of with or without" : "a block of a sequence",
                  near ? other_keys : sequence_keys);
    struct tj_block block = {.how = (uint8_t)how, .reach = near ? TJ_REACH_CALL : TJ_REACH_RUN};
    uint32_t subject = TJ_SUBJECT_EFFECT, outcome = 0;
    struct tj_yaml *on = tj_get(node, "on"), *result = tj_get(node, "outcome"), *as = tj_get(node, "as");
    if (!on)
        tj_trouble(k, TJ_BAD_MISSING, node, TJ_STR("on"), TJ_STR("the block"));
    else if (tj_check_word(k, on, TJ_LIST_SUBJECTS, "a subject", &subject) &&
             (subject == TJ_SUBJECT_RUN || subject == TJ_SUBJECT_TEXT))
        tj_trouble(k, TJ_BAD_BLOCK_SUBJECT, on, on->text, TJ_STR_NONE);
    if (!tj_get(node, "where")) tj_trouble(k, TJ_BAD_MISSING, node, TJ_STR("where"), TJ_STR("the block"));
    block.subject = (uint8_t)subject;
    choice(b, node, "reach", reaches, "a reach", &block.reach);
    choice(b, node, "order", orders, "an order", &block.order);
    if (result && tj_check_word(k, result, TJ_LIST_OUTCOMES, "an outcome", &outcome))
        block.outcome = (uint8_t)(outcome + 1);
    if (tj_get(node, "join")) join(b, tj_get(node, "join"), all, &block);
    conditions(b, node, (enum tj_subject)subject, &block);
    struct tj_str name = TJ_STR_NONE;
    if (as) (void)tj_check_text(k, as, "as", &name);
    push(b, as ? as : node, &block, name);
}

static void other_blocks(struct blocks *b, struct tj_yaml *list, enum tj_block_how how) {
    uint32_t n = 0;
    TJ_EACH(item, list) {
        if (++n > MOST_BLOCKS) {
            tj_trouble(&b->c->check, TJ_BAD_NESTING, item, TJ_STR("a rule"), TJ_STR_NONE);
            return;
        }
        other_block(b, item, how, list);
    }
}

static void forbid(struct blocks *b, struct tj_yaml *node, const char *const *keys) {
    const char *subject = tj_vocab_name(TJ_LIST_SUBJECTS, b->rule->subject);
    TJ_EACH_KEY(key, node)
    for (uint32_t i = 0; keys[i]; i++)
        if (tj_str_is(key->text, keys[i]))
            tj_trouble(&b->c->check, TJ_BAD_KEY_SUBJECT, key, key->text, tj_str_of(subject));
}

static void subject_block(struct blocks *b, struct tj_yaml *node, enum tj_subject subject) {
    struct tj_block block = {.how = TJ_BLOCK_SUBJECT, .subject = (uint8_t)subject};
    if (!tj_get(node, "where")) tj_trouble(&b->c->check, TJ_BAD_MISSING, node, TJ_STR("where"), TJ_STR("the rule"));
    conditions(b, node, subject, &block);
    push(b, node, &block, TJ_STR("subject"));
}

static void instance_rule(struct blocks *b, struct tj_yaml *node) {
    static const char *const run_only[] = {"sequence", "within",   "unless_seen", "constraint",
                                           "claim",    "evidence", NULL};
    forbid(b, node, run_only);
    subject_block(b, node, (enum tj_subject)b->rule->subject);
    other_blocks(b, tj_get(node, "with"), TJ_BLOCK_WITH);
    other_blocks(b, tj_get(node, "without"), TJ_BLOCK_WITHOUT);
}

static void claim_rule(struct blocks *b, struct tj_yaml *node) {
    static const char *const evidence[] = {"last_test_failed", "no_test_run", "test_before_last_edit", NULL};
    static const char *const others[] = {"where", "unless", "with", "without", "within", "unless_seen", NULL};
    uint32_t kind, value;
    forbid(b, node, others);
    if (tj_phrase_kind(b->c, tj_get(node, "claim"), true, &kind)) b->rule->phrase = (uint8_t)(kind + 1);
    struct tj_yaml *against = tj_get(node, "evidence");
    if (!against)
        tj_trouble(&b->c->check, TJ_BAD_MISSING, node, TJ_STR("evidence"), TJ_STR("a rule on a claim"));
    else if (tj_check_choice(&b->c->check, against, evidence, "evidence", &value))
        b->rule->evidence = (uint8_t)(value + 1);
}

static void sequence_rule(struct blocks *b, struct tj_yaml *node) {
    static const char *const others[] = {"where", "unless", "with", "without", "evidence", NULL};
    struct tj_yaml *sequence = tj_get(node, "sequence"), *within = tj_get(node, "within");
    uint32_t steps;
    forbid(b, node, others);
    if (!tj_check_list(&b->c->check, sequence, "sequence")) return;
    if (sequence->n < 2 || sequence->n > MOST_BLOCKS)
        tj_trouble(&b->c->check, TJ_BAD_SEQUENCE, sequence,
                   sequence->n < 2 ? TJ_STR("one block") : TJ_STR("too many blocks"), TJ_STR_NONE);
    if (within && tj_check_number(&b->c->check, within, "within", UINT16_MAX, &steps))
        b->rule->within = (uint16_t)steps;
    other_blocks(b, sequence, TJ_BLOCK_SEQUENCE);
    other_blocks(b, tj_get(node, "unless_seen"), TJ_BLOCK_UNLESS_SEEN);
}

static void constraint_rule(struct blocks *b, struct tj_yaml *node) {
    static const char *const others[] = {"with", "without", "within", "unless_seen", "evidence", NULL};
    uint32_t kind;
    forbid(b, node, others);
    if (tj_phrase_kind(b->c, tj_get(node, "constraint"), false, &kind)) b->rule->phrase = (uint8_t)(kind + 1);
    subject_block(b, node, TJ_SUBJECT_EFFECT);
}

void tj_compile_blocks(struct tj_compiler *c, struct tj_yaml *node, struct tj_rule *rule) {
    struct blocks b = {.c = c, .rule = rule};
    rule->blocks = (struct tj_range){tj_build_count(&c->build, TJ_SECTION_BLOCKS), 0};
    if (rule->subject != TJ_SUBJECT_RUN) {
        instance_rule(&b, node);
        return;
    }
    int shapes = !!tj_get(node, "sequence") + !!tj_get(node, "constraint") + !!tj_get(node, "claim");
    if (shapes != 1)
        tj_trouble(&c->check, TJ_BAD_RUN_SHAPE, node, TJ_STR_NONE, TJ_STR_NONE);
    else if (tj_get(node, "sequence"))
        sequence_rule(&b, node);
    else if (tj_get(node, "constraint"))
        constraint_rule(&b, node);
    else
        claim_rule(&b, node);
}
