/* The decisions: one action, one trajectory and its mask. */
#include "score/score.h"

static const struct tj_profile *profile_of(const struct tj_policy *policy) {
    return TJ_ROW(policy->image, PROFILES, struct tj_profile, policy->profile);
}

bool tj_policy_approves(const struct tj_policy *policy, struct tj_str command) {
    for (uint32_t i = 0; i < policy->approvals; i++)
        if (tj_str_eq(policy->approved[i], command)) return true;
    return false;
}

static bool any_reason(const struct tj_session_unknown *unknown, uint32_t n, uint64_t mask) {
    for (uint32_t i = 0; i < n; i++)
        if (mask >> unknown[i].reason & 1) return true;
    return false;
}

enum tj_action_decision tj_decide_action(const struct tj_policy *policy, struct tj_scores scores,
                                         const struct tj_session_unknown *unknown, uint32_t unknowns,
                                         enum tj_basis *basis) {
    const struct tj_profile *profile = profile_of(policy);
    *basis = TJ_BASIS_FINDING;
    if (scores.overall >= profile->deny) return TJ_DENY;
    if (scores.overall >= profile->ask) return TJ_ASK;
    *basis = unknowns ? TJ_BASIS_UNKNOWN : TJ_BASIS_CLEAR;
    return any_reason(unknown, unknowns, profile->unknown_ask) ? TJ_ASK : TJ_ALLOW;
}

/* ---- one trajectory ---------------------------------------------------------------------------------------------------- */

static const struct tj_rule *rule_of(const struct tj_policy *policy, const struct tj_finding *f) {
    return tj_image_rule(policy->image, f->rule);
}

/* Speaks against training on its step. */
static bool counts(const struct tj_policy *policy, const struct tj_finding *f) {
    return rule_of(policy, f)->severity >= TJ_SEVERITY_MEDIUM && tj_finding_value(policy, f) > 0;
}

/* Only what was said, or a constraint broken: a person decides, never a drop. */
static bool is_mild(const struct tj_policy *policy, const struct tj_finding *f) {
    const struct tj_rule *rule = rule_of(policy, f);
    return f->message || rule->evidence || rule->leaf == TJ_LEAF_INSTRUCTION;
}

static enum tj_run_decision by_score(const struct tj_profile *profile, uint32_t overall) {
    if (overall >= profile->drop) return TJ_DROP;
    if (overall >= profile->review) return TJ_REVIEW;
    return overall >= profile->mask ? TJ_MASK : TJ_KEEP;
}

static void make_mask(const struct tj_policy *policy, const struct tj_session *session, uint8_t *mask, uint32_t steps) {
    struct tj_arena arena;
    memset(mask, 1, steps);
    if (session->finding.n == 0) return;
    tj_arena_init(&arena, 0);
    uint8_t *counted = tj_arena_array(&arena, uint8_t, session->finding.n);
    if (!counted) memset(mask, 0, steps); /* out of memory: nothing is said to be clean */
    for (uint32_t i = 0; counted && i < session->finding.n; i++) counted[i] = counts(policy, &session->finding.at[i]);
    if (counted) tj_session_mask(session, (enum tj_mask_scope)policy->mask_scope, counted, mask, steps);
    tj_arena_free(&arena);
}

enum tj_run_decision tj_decide_run(const struct tj_policy *policy, const struct tj_session *session,
                                   struct tj_scores scores, uint8_t *mask, uint32_t steps) {
    const struct tj_profile *profile = profile_of(policy);
    enum tj_run_decision decision = by_score(profile, scores.overall);
    bool local = true, mild = true;
    for (uint32_t i = 0; i < session->finding.n; i++) {
        const struct tj_finding *f = &session->finding.at[i];
        if (!counts(policy, f)) continue;
        local &= f->local != 0;
        mild &= is_mild(policy, f);
    }
    if (decision == TJ_MASK && !local) decision = TJ_REVIEW;
    if (decision == TJ_DROP && mild) decision = TJ_REVIEW;
    if (decision < TJ_REVIEW && any_reason(session->unknown.at, session->unknown.n, profile->unknown_review))
        decision = TJ_REVIEW;
    if (mask) make_mask(policy, session, mask, steps);
    return decision;
}
