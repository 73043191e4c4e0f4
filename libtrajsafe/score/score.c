/* Scores: a rule once per object, categories as 1 − Π(1 − weight × confidence), all in fixed point. */
#include "score/score.h"

#include <stdlib.h>

#define ONE (UINT64_C(1) << 32)

/* One finding's share, ready to be sorted. */
struct share {
    uint32_t rule, value; /* value: weight × confidence, 0..10000 */
    uint64_t object;      /* hash */
};

static const struct tj_profile *profile_of(const struct tj_policy *policy) {
    return TJ_ROW(policy->image, PROFILES, struct tj_profile, policy->profile);
}

static uint32_t times(uint32_t a, uint32_t b) { return (uint32_t)(((uint64_t)a * b + 5000) / 10000); }

static uint32_t at_most_one(uint32_t v) { return v > 10000 ? 10000 : v; }

uint32_t tj_finding_value(const struct tj_policy *policy, const struct tj_finding *f) {
    const struct tj_profile *profile = profile_of(policy);
    const struct tj_rule *rule = tj_image_rule(policy->image, f->rule);
    if (policy->rule_off && policy->rule_off[f->rule]) return 0;
    if (rule->severity >= TJ_SEVERITY_COUNT) return 0;
    uint32_t value = times(at_most_one(profile->weight[rule->severity]), at_most_one(f->confidence));
    if (f->outcome == TJ_OUTCOME_FAILED || f->outcome == TJ_OUTCOME_BLOCKED)
        value = times(value, at_most_one(profile->attempt_weight));
    bool security = tj_leaf_category((enum tj_leaf)rule->leaf) == TJ_SECURITY;
    if (!security && f->authorisation == TJ_AUTHORISATION_REQUESTED)
        value = times(value, at_most_one(profile->requested_weight));
    return value;
}

/* By rule, then object, the strongest first. */
static int compare(const void *a, const void *b) {
    const struct share *x = a, *y = b;
    if (x->rule != y->rule) return x->rule < y->rule ? -1 : 1;
    if (x->object != y->object) return x->object < y->object ? -1 : 1;
    return x->value > y->value ? -1 : x->value < y->value;
}

/* Info and low alone stay below every threshold, however many they are. */
static uint32_t floor_of(const struct tj_profile *p) {
    const uint32_t thresholds[] = {p->ask, p->deny, p->mask, p->review, p->drop};
    uint32_t least = 10001;
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++)
        if (thresholds[i] < least) least = thresholds[i];
    return least ? least - 1 : 0;
}

struct sums {
    uint64_t left[TJ_CATEGORY_COUNT], left_low[TJ_CATEGORY_COUNT]; /* Π(1 − v), 32.32 */
};

static void take(const struct tj_policy *policy, const struct share *share, struct sums *sums) {
    const struct tj_rule *rule = tj_image_rule(policy->image, share->rule);
    enum tj_category category = tj_leaf_category((enum tj_leaf)rule->leaf);
    uint64_t *left = rule->severity <= TJ_SEVERITY_LOW ? &sums->left_low[category] : &sums->left[category];
    *left = *left * (10000 - share->value) / 10000;
}

static uint32_t close_category(uint64_t left, uint64_t left_low, uint32_t floor) {
    uint64_t least = ONE - ONE * floor / 10000; /* what info and low may take away */
    if (left_low < least) left_low = least;
    uint64_t rest = (uint64_t)(((left >> 1) * (left_low >> 1)) >> 30);
    return (uint32_t)(((ONE - rest) * 10000 + ONE / 2) >> 32);
}

static struct tj_scores add_up(const struct tj_policy *policy, struct share *shares, uint32_t n) {
    struct tj_scores scores = {0};
    struct sums sums;
    for (int c = 0; c < TJ_CATEGORY_COUNT; c++) sums.left[c] = sums.left_low[c] = ONE;
    qsort(shares, n, sizeof *shares, compare);
    for (uint32_t i = 0; i < n; i++) {
        bool again = i > 0 && shares[i].rule == shares[i - 1].rule && shares[i].object == shares[i - 1].object;
        if (!again) take(policy, &shares[i], &sums);
    }
    for (int c = 0; c < TJ_CATEGORY_COUNT; c++) {
        scores.category[c] = close_category(sums.left[c], sums.left_low[c], floor_of(profile_of(policy)));
        if (scores.category[c] > scores.overall) scores.overall = scores.category[c];
    }
    return scores;
}

struct tj_scores tj_score(const struct tj_policy *policy, const struct tj_finding *finding, uint32_t n) {
    struct share few[32], *shares = n <= 32 ? few : malloc(n * sizeof *shares);
    if (!shares) return (struct tj_scores){{10000, 10000, 10000}, 10000};
    for (uint32_t i = 0; i < n; i++)
        shares[i] = (struct share){finding[i].rule, tj_finding_value(policy, &finding[i]), tj_hash(finding[i].object)};
    struct tj_scores scores = add_up(policy, shares, n);
    if (shares != few) free(shares);
    return scores;
}
