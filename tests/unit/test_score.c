/* Tests of scores and decisions: adding never lowers, order does not matter, thresholds, weights and approvals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compile/build.h"
#include "score/score.h"

static uint64_t seed = UINT64_C(0x1234567890abcdef);
static uint32_t rnd(uint32_t n) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % n);
}

/* One rule of every leaf and severity: rule = leaf * 5 + severity. */
enum { RULES = TJ_LEAF_COUNT * TJ_SEVERITY_COUNT };
static uint32_t rule_of(enum tj_leaf leaf, enum tj_severity severity) {
    return (uint32_t)leaf * TJ_SEVERITY_COUNT + severity;
}

struct rig {
    struct tj_arena arena;
    void *bytes;
    struct tj_image image;
    struct tj_policy policy;
};

static int set_up(void **state) {
    struct rig *r = calloc(1, sizeof *r);
    struct tj_build build;
    struct tj_sha256 digest = {{0}};
    size_t size;
    tj_arena_init(&r->arena, 0);
    tj_build_init(&build, &r->arena);
    for (uint32_t i = 0; i < RULES; i++) {
        struct tj_rule rule = {.leaf = (uint8_t)(i / TJ_SEVERITY_COUNT), .severity = (uint8_t)(i % TJ_SEVERITY_COUNT)};
        tj_build_add(&build, TJ_SECTION_RULES, &rule, 1);
    }
    struct tj_profile profile = {.ask = 3000,
                                 .deny = 7500,
                                 .mask = 3000,
                                 .review = 5000,
                                 .drop = 8000,
                                 .weight = {0, 1000, 4000, 7000, 9500},
                                 .attempt_weight = 10000,
                                 .requested_weight = 3000,
                                 .unknown_ask = 1u << TJ_REASON_SIZE,
                                 .unknown_review = 1u << TJ_REASON_DEPTH};
    tj_build_add(&build, TJ_SECTION_PROFILES, &profile, 1);
    profile.attempt_weight = 5000;
    profile.deny = profile.drop = TJ_NONE; /* never */
    tj_build_add(&build, TJ_SECTION_PROFILES, &profile, 1);
    tj_build_add(&build, TJ_SECTION_DATABASES, NULL, TJ_DB_COUNT);
    tj_build_index(&build, TJ_SECTION_PROGRAM_INDEX, NULL, 0);
    tj_build_index(&build, TJ_SECTION_TOOL_INDEX, NULL, 0);
    tj_build_index(&build, TJ_SECTION_PATH_INDEX, NULL, 0);
    tj_build_index(&build, TJ_SECTION_NAME_INDEX, NULL, 0);
    r->bytes = tj_build_image(&build, &digest, &digest, &size);
    assert_int_equal(tj_image_open(r->bytes, size, &r->image, NULL), TRAJSAFE_OK);
    r->policy = (struct tj_policy){.image = &r->image};
    *state = r;
    return 0;
}

static int tear_down(void **state) {
    struct rig *r = *state;
    free(r->bytes);
    tj_arena_free(&r->arena);
    free(r);
    return 0;
}

static struct tj_finding finding(uint32_t rule, uint32_t confidence, const char *object) {
    return (struct tj_finding){
        .rule = rule, .confidence = (uint16_t)confidence, .object = tj_str_of(object), .other_index = TJ_NONE};
}

static struct tj_finding random_finding(void) {
    static const char *const objects[] = {"a", "b", "c", "d"};
    struct tj_finding f = finding(rnd(RULES), rnd(10001), objects[rnd(4)]);
    f.outcome = (uint8_t)rnd(TJ_OUTCOME_COUNT);
    f.authorisation = (uint8_t)rnd(TJ_AUTHORISATION_COUNT);
    return f;
}

static bool at_least(struct tj_scores a, struct tj_scores b) {
    for (int c = 0; c < TJ_CATEGORY_COUNT; c++)
        if (a.category[c] < b.category[c]) return false;
    return a.overall >= b.overall;
}

static void adding_never_lowers(void **state) {
    struct rig *r = *state;
    for (int round = 0; round < 300; round++) {
        struct tj_finding f[80];
        struct tj_scores before = {0};
        for (uint32_t n = 0; n < 80; n++) {
            f[n] = random_finding();
            if (round % 2) f[n].confidence = (uint16_t)(f[n].confidence / 50); /* small steps round */
            struct tj_scores after = tj_score(&r->policy, f, n + 1);
            assert_true(at_least(after, before));
            assert_true(after.overall <= 10000);
            before = after;
        }
    }
}

static void order_does_not_matter(void **state) {
    struct rig *r = *state;
    for (int round = 0; round < 500; round++) {
        struct tj_finding f[60];
        uint32_t n = 1 + rnd(60);
        for (uint32_t i = 0; i < n; i++) f[i] = random_finding();
        struct tj_scores a = tj_score(&r->policy, f, n);
        for (uint32_t i = n - 1; i > 0; i--) {
            uint32_t k = rnd(i + 1);
            struct tj_finding swap = f[i];
            f[i] = f[k], f[k] = swap;
        }
        struct tj_scores b = tj_score(&r->policy, f, n);
        assert_memory_equal(&a, &b, sizeof a);
    }
}

static uint32_t overall(struct rig *r, const struct tj_finding *f, uint32_t n) {
    return tj_score(&r->policy, f, n).overall;
}

static void values(void **state) {
    struct rig *r = *state;
    uint32_t high = rule_of(TJ_LEAF_BEHAVIOUR, TJ_SEVERITY_HIGH), tidy = rule_of(TJ_LEAF_IRREVERSIBLE, TJ_SEVERITY_HIGH);
    struct tj_finding f[3] = {finding(high, 9000, "a"), finding(high, 8000, "a"), finding(high, 9000, "b")};
    assert_int_equal(overall(r, f, 0), 0);
    assert_int_equal(overall(r, f, 1), 6300);
    assert_int_equal(overall(r, f, 2), 6300); /* once per object, the strongest */
    assert_int_equal(overall(r, f, 3), 8631); /* 1 - 0.37 * 0.37 */
    struct tj_scores scores = tj_score(&r->policy, f, 3);
    assert_int_equal(scores.category[TJ_SECURITY], 8631);
    assert_int_equal(scores.category[TJ_CONTROLLABILITY], 0);
    /* Requested softens what is not about security. */
    f[0].authorisation = TJ_AUTHORISATION_REQUESTED;
    assert_int_equal(overall(r, f, 1), 6300);
    f[0].rule = tidy;
    assert_int_equal(overall(r, f, 1), 1890);
    /* Attempts: as a success, unless the profile says otherwise. */
    f[0] = finding(high, 9000, "a");
    f[0].outcome = TJ_OUTCOME_BLOCKED;
    assert_int_equal(overall(r, f, 1), 6300);
    r->policy.profile = 1;
    assert_int_equal(overall(r, f, 1), 3150);
    /* A rule that is off. */
    uint8_t off[RULES] = {0};
    off[high] = 1;
    r->policy.rule_off = off;
    assert_int_equal(overall(r, f, 1), 0);
    r->policy.rule_off = NULL;
}

static void low_alone_passes_nothing(void **state) {
    struct rig *r = *state;
    struct tj_finding f[200];
    char objects[200][4];
    for (uint32_t i = 0; i < 200; i++) {
        objects[i][0] = (char)('a' + i % 20), objects[i][1] = (char)('a' + i / 20), objects[i][2] = '\0';
        f[i] = finding(rule_of(TJ_LEAF_BEHAVIOUR, TJ_SEVERITY_LOW), 10000, objects[i]);
        enum tj_basis basis;
        struct tj_scores scores = tj_score(&r->policy, f, i + 1);
        assert_true(scores.overall < 3000);
        assert_int_equal(tj_decide_action(&r->policy, scores, NULL, 0, &basis), TJ_ALLOW);
    }
    assert_int_equal(overall(r, f, 200), 2999);
    f[0] = finding(rule_of(TJ_LEAF_BEHAVIOUR, TJ_SEVERITY_MEDIUM), 5000, "x"); /* 0.20 alone */
    assert_true(overall(r, f, 200) > 3000);
}

static void action_decisions(void **state) {
    struct rig *r = *state;
    enum tj_basis basis;
    struct tj_session_unknown unknown = {.reason = TJ_REASON_SYNTAX};
    struct tj_scores s = {.overall = 2999};
    assert_int_equal(tj_decide_action(&r->policy, s, NULL, 0, &basis), TJ_ALLOW);
    assert_int_equal(basis, TJ_BASIS_CLEAR);
    assert_int_equal(tj_decide_action(&r->policy, s, &unknown, 1, &basis), TJ_ALLOW);
    assert_int_equal(basis, TJ_BASIS_UNKNOWN); /* never called clear */
    unknown.reason = TJ_REASON_SIZE;
    assert_int_equal(tj_decide_action(&r->policy, s, &unknown, 1, &basis), TJ_ASK);
    assert_int_equal(basis, TJ_BASIS_UNKNOWN);
    s.overall = 3000;
    assert_int_equal(tj_decide_action(&r->policy, s, &unknown, 1, &basis), TJ_ASK);
    assert_int_equal(basis, TJ_BASIS_FINDING);
    s.overall = 7500;
    assert_int_equal(tj_decide_action(&r->policy, s, NULL, 0, &basis), TJ_DENY);
    r->policy.profile = 1; /* never denies */
    s.overall = 10000;
    assert_int_equal(tj_decide_action(&r->policy, s, NULL, 0, &basis), TJ_ASK);
    const struct tj_str approved = TJ_STR("make deploy");
    r->policy.approved = &approved;
    r->policy.approvals = 1;
    assert_true(tj_policy_approves(&r->policy, TJ_STR("make deploy")));
    assert_false(tj_policy_approves(&r->policy, TJ_STR("make deploy; ls")));
}

static void run_decisions(void **state) {
    struct rig *r = *state;
    struct tj_session session = {.image = &r->image};
    struct tj_finding f = finding(rule_of(TJ_LEAF_BOUNDARY, TJ_SEVERITY_HIGH), 6000, "a");
    struct tj_session_unknown unknown = {.reason = TJ_REASON_SYNTAX};
    struct tj_scores s = {.overall = 4200};
    session.finding.at = &f;
    session.finding.n = 1;
    f.local = 1;
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_MASK);
    f.local = 0; /* harm that masking does not undo */
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_REVIEW);
    s.overall = 8000;
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_DROP);
    f.message = 1; /* only said */
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_REVIEW);
    f = finding(rule_of(TJ_LEAF_INSTRUCTION, TJ_SEVERITY_CRITICAL), 10000, "a");
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_REVIEW);
    session.finding.n = 0;
    s.overall = 0;
    session.unknown.at = &unknown;
    session.unknown.n = 1;
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_KEEP);
    unknown.reason = TJ_REASON_DEPTH;
    assert_int_equal(tj_decide_run(&r->policy, &session, s, NULL, 0), TJ_REVIEW);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(adding_never_lowers),      TEST(order_does_not_matter), TEST(values),
        TEST(low_alone_passes_nothing), TEST(action_decisions),      TEST(run_decisions)};
    return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
