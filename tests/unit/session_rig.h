/* For the tests of the session: a small ruleset, and runs played call by call. */
#ifndef SESSION_RIG_H
#define SESSION_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "score/score.h"
#include "trajsafe/compile.h"

/* What stands around `body` is the same for all; the examples that the compiler wants are not run here. */
static const struct {
    const char *id, *leaf, *severity, *body;
} rules[] = {
    {"security.run.fetched", "security/code", "high",
     "    on: run\n"
     "    sequence:\n"
     "      - {as: got, on: effect, where: {kind: write, carries: fetched}}\n"
     "      - {as: ran, on: effect, where: {kind: run}, join: {path: got}}\n"
     "    within: 5\n"
     "    unless_seen: [{on: effect, where: {kind: delete}, join: {path: got}}]\n"},
    {"security.run.three", "security/behaviour", "high",
     "    on: run\n"
     "    sequence:\n"
     "      - {as: a, on: effect, where: {kind: read, class: secret}, outcome: succeeded}\n"
     "      - {as: b, on: effect, where: {kind: write, carries: secret}}\n"
     "      - {as: c, on: effect, where: {kind: send}, join: {path: b}}\n"},
    {"security.send.after-secret", "security/behaviour", "high",
     "    on: effect\n"
     "    where: {kind: connect}\n"
     "    with: [{on: effect, where: {kind: read, class: log}, reach: run}]\n"},
    {"controllability.instruction.no-touch", "controllability/instruction", "medium",
     "    on: run\n    constraint: no_touch\n    where: {kind: [write, delete]}\n"},
    {"controllability.instruction.only-touch", "controllability/instruction", "medium",
     "    on: run\n    constraint: only_touch\n    where: {kind: [write, delete]}\n"},
    {"controllability.instruction.no-delete", "controllability/instruction", "medium",
     "    on: run\n    constraint: no_delete\n    where: {kind: delete}\n"},
    {"controllability.instruction.no-network", "controllability/instruction", "medium",
     "    on: run\n    constraint: no_network\n"
     "    where: {kind: [connect, send, fetch], host_class: {none: [loopback]}}\n"},
    {"trustworthiness.grounding.tests-pass", "trustworthiness/grounding", "high",
     "    on: run\n    claim: tests_pass\n    evidence: last_test_failed\n"},
    {"controllability.irreversible.delete", "controllability/irreversible", "high",
     "    on: effect\n    where: {kind: delete, class: {none: [temporary]}}\n"},
    {"security.behaviour.listen", "security/behaviour", "high", "    on: effect\n    where: {kind: listen}\n"},
    {"controllability.boundary.low", "controllability/boundary", "low", "    on: effect\n    where: {kind: link}\n"},
};
static const char rule_form[] = "  - id: %s\n    title: t\n    leaf: %s\n    severity: %s\n"
                                "    confidence: 0.9\n    why: w\n    hits: [a b]\n    misses: [a c]\n%s";
static const char phrases_yaml[] = "phrases:\n"
                                   "  no_touch: ['(?:do not|don.t|never) (?:touch|modify|change|edit)', '不要修改']\n"
                                   "  only_touch: ['only (?:touch|modify|change|edit)']\n"
                                   "  no_delete: ['(?:do not|don.t|never) (?:delete|remove)']\n"
                                   "  no_network: ['no network', 'do not use the network']\n"
                                   "  tests_pass: ['all (?:\\w+ )?tests (?:now )?pass']\n"
                                   "  tests_fail: ['tests? (?:still )?fails?']\n"
                                   "  result_fail: ['\\d+ failed']\n"
                                   "  result_pass: ['\\d+ passed']\n"
                                   "  refused: ['user doesn.t want to proceed']\n"
                                   "  error: ['No such file or directory']\n";
static const char profiles_yaml[] =
    "profiles:\n"
    "  balanced:\n"
    "    about: a\n    ask: 0.30\n    deny: 0.75\n    mask: 0.30\n    review: 0.50\n    drop: 0.80\n"
    "    weights: {info: 0, low: 0.1, medium: 0.4, high: 0.7, critical: 0.95}\n"
    "    attempt_weight: 1\n    requested_weight: 0.3\n    unknown_ask: [size]\n    unknown_review: [size, budget]\n";

struct rig {
    void *bytes;
    struct tj_image image;
    struct tj_databases *databases;
    struct tj_matcher *matcher;
    struct tj_arena arena;
    struct tj_context context;
    struct tj_session *session;
    uint32_t step, call;
    struct tj_effects effects; /* of the call that is being put together */
    struct tj_understanding understanding;
};

static void add(trajsafe_ruleset *set, const char *name, const char *text) {
    trajsafe_error error = {0};
    if (trajsafe_ruleset_add_file(set, name, text, strlen(text), &error) != TRAJSAFE_OK)
        fail_msg("%s: %s", name, error.message);
}

static int set_up(void **state) {
    struct rig *r = calloc(1, sizeof *r);
    trajsafe_ruleset *set = NULL;
    trajsafe_error error = {0};
    size_t size = 0;
    assert_int_equal(trajsafe_ruleset_new(&set), TRAJSAFE_OK);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        char name[32], text[2048] = "rules:\n";
        (void)snprintf(name, sizeof name, "packs/%zu.yaml", i);
        (void)snprintf(text + 7, sizeof text - 7, rule_form, rules[i].id, rules[i].leaf, rules[i].severity,
                       rules[i].body);
        add(set, name, text);
    }
    add(set, "phrases.yaml", phrases_yaml);
    add(set, "profiles.yaml", profiles_yaml);
    if (trajsafe_ruleset_compile(set, &r->bytes, &size, &error) != TRAJSAFE_OK)
        fail_msg("%s:%u: %s (%s)", error.where, error.line, error.message, error.mend);
    trajsafe_ruleset_free(set);
    assert_int_equal(tj_image_open(r->bytes, size, &r->image, &error), TRAJSAFE_OK);
    assert_int_equal(tj_databases_new(&r->image, false, &r->databases, &error), TRAJSAFE_OK);
    assert_int_equal(tj_matcher_new(&r->image, r->databases, &r->matcher), TRAJSAFE_OK);
    tj_arena_init(&r->arena, 0);
    assert_int_equal(tj_session_new(&r->image, &r->context, &r->session), TRAJSAFE_OK);
    *state = r;
    return 0;
}

static int tear_down(void **state) {
    struct rig *r = *state;
    tj_session_free(r->session);
    tj_matcher_free(r->matcher);
    tj_databases_free(r->databases);
    trajsafe_ruleset_bytes_free(r->bytes);
    tj_arena_free(&r->arena);
    free(r);
    return 0;
}

static void fresh(struct rig *r) {
    tj_session_reset(r->session, &r->context);
    r->step = r->call = 0;
}

/* ---- playing a run ------------------------------------------------------------------------------------------------------------- */

static struct tj_effect *effect(struct rig *r, enum tj_effect_kind kind, const char *path) {
    struct tj_effect e = {
        .kind = (uint8_t)kind, .object = TJ_OBJECT_PATH, .command = TJ_NONE, .path = tj_str_of(path), .span = TJ_NO_SPAN};
    assert_true(tj_vec_push(&r->arena, &r->effects.effect, e));
    return &r->effects.effect.at[r->effects.effect.n - 1];
}
static struct tj_effect *host(struct rig *r, enum tj_effect_kind kind, const char *name) {
    struct tj_effect *e = effect(r, kind, NULL);
    e->object = TJ_OBJECT_HOST;
    e->host = tj_str_of(name);
    return e;
}
static void test_run(struct rig *r) {
    struct tj_effect *e = effect(r, TJ_EFFECT_RUN, NULL);
    e->object = TJ_OBJECT_TEXT;
    e->name = TJ_STR("test_run");
}

/* The effects put together so far are one call; returns how many findings it made. */
static uint32_t call(struct rig *r) {
    struct tj_view view = {.understanding = &r->understanding, .effects = &r->effects, .message_text = TJ_NONE};
    struct tj_run_memory memory = tj_session_memory(r->session);
    struct tj_hits hits;
    uint32_t first;
    struct tj_place_of place = {
        .index = r->step++, .call = r->call++, .step = (int64_t)r->step - 1, .pointer = TJ_STR("/p")};
    assert_int_equal(tj_match(r->matcher, &r->arena, &view, &memory, &hits), TRAJSAFE_OK);
    assert_int_equal(tj_session_call(r->session, &view, &hits, place, &first), TRAJSAFE_OK);
    r->effects = (struct tj_effects){0};
    return r->session->finding.n - first;
}
static void result(struct rig *r, const char *text, int exit_code) {
    assert_int_equal(tj_session_result(r->session, r->matcher, &r->arena, r->call - 1, r->step++, tj_str_of(text),
                                       TJ_UNKNOWN, exit_code >= 0, exit_code, false),
                     TRAJSAFE_OK);
}
static void say(struct rig *r, enum tj_author author, const char *text) {
    struct tj_view view = {.message = tj_str_of(text), .author = (uint8_t)author, .message_text = TJ_NONE};
    struct tj_hits hits;
    struct tj_place_of place = {.index = r->step++, .pointer = TJ_STR("/m")};
    assert_int_equal(tj_match(r->matcher, &r->arena, &view, NULL, &hits), TRAJSAFE_OK);
    assert_int_equal(tj_session_message(r->session, r->matcher, &r->arena, &view, &hits, place), TRAJSAFE_OK);
}
static const struct tj_finding *last(struct rig *r) {
    assert_true(r->session->finding.n > 0);
    return &r->session->finding.at[r->session->finding.n - 1];
}
static bool is_rule(struct rig *r, const struct tj_finding *f, const char *id) {
    return tj_str_is(tj_image_str(&r->image, tj_image_rule(&r->image, f->rule)->id), id);
}

static uint32_t download(struct rig *r, const char *path) {
    effect(r, TJ_EFFECT_WRITE, path)->carries = TJ_CLASS_BIT(FETCHED);
    return call(r);
}
static uint32_t run(struct rig *r, const char *path) {
    effect(r, TJ_EFFECT_RUN, path);
    return call(r);
}

#endif
