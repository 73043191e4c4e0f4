/* From findings to scores, decision and mask: the whole of it fits on a screen or two. */
#ifndef TJ_SCORE_H
#define TJ_SCORE_H

#include "session/session.h"

enum tj_action_decision { TJ_ALLOW, TJ_ASK, TJ_DENY };
enum tj_basis { TJ_BASIS_CLEAR, TJ_BASIS_FINDING, TJ_BASIS_UNKNOWN, TJ_BASIS_APPROVED };
enum tj_run_decision { TJ_KEEP, TJ_MASK, TJ_REVIEW, TJ_DROP };

struct tj_scores {
    uint32_t category[TJ_CATEGORY_COUNT]; /* 0..10000 */
    uint32_t overall;                     /* the largest */
};
/* Decisions over findings that a policy adds: exceptions and overrides by rule id. Applied before scoring. */
struct tj_policy {
    const struct tj_image *image;
    uint32_t profile;  /* row of PROFILES */
    uint8_t *rule_off; /* per rule: 1 = no findings; NULL: none */
    const struct tj_str *approved;
    uint32_t approvals; /* exact commands that are approved */
    uint8_t mask_scope; /* enum tj_mask_scope */
};

bool tj_policy_approves(const struct tj_policy *policy, struct tj_str command); /* then: allow, TJ_BASIS_APPROVED */
/*
 * What one finding weighs, 0..10000: the profile's weight of its severity × its confidence, × attempt_weight when it failed
 * or was blocked, × requested_weight when it was requested and is not about security. 0 for a rule that is off.
 */
uint32_t tj_finding_value(const struct tj_policy *policy, const struct tj_finding *finding);
/*
 * Per trajectory a rule counts once per object, at its strongest instance; a category is 1 − Π(1 − weight × confidence)
 * in rule-id order, in fixed point (32.32), rounded to 1/10000; overall is the largest. Adding a finding never lowers it.
 * Findings of severity info and low together stay one step below the lowest threshold of the profile; they add to others.
 * Out of memory (over 32 findings): all scores are 10000.
 */
struct tj_scores tj_score(const struct tj_policy *policy, const struct tj_finding *finding, uint32_t n);
/*
 * deny or ask by the thresholds (basis finding); else ask for the reasons that the profile names, or allow: basis unknown
 * when anything was not understood, clear otherwise, also with findings below `ask`.
 */
enum tj_action_decision tj_decide_action(const struct tj_policy *policy, struct tj_scores scores,
                                         const struct tj_session_unknown *unknown, uint32_t unknowns,
                                         enum tj_basis *basis);
/*
 * The decision on a screen:
 *
 *   overall ≥ drop → drop, ≥ review → review, ≥ mask → mask, else keep. Then:
 *   mask, but a finding of severity medium or above is not local (session.h) → review
 *   drop, but all such findings are about what was said, or about broken instructions → review
 *   keep or mask, but something was not understood for a reason in the profile's unknown_review → review
 *
 * mask: `steps` bytes, set to 1 or 0, or NULL. It does not depend on the decision: every finding of severity medium or
 * above that weighs anything clears its step, and by policy->mask_scope what hangs on it.
 */
enum tj_run_decision tj_decide_run(const struct tj_policy *policy, const struct tj_session *session,
                                   struct tj_scores scores, uint8_t *mask, uint32_t steps);

#endif
