/* Verdicts: scores and decisions over what a session found, for one action or for a trajectory. */
#include "scan/scan.h"

void tj_judge_action(struct tj_loop *loop, const struct tj_session *session, const struct tj_policy *policy,
                     uint32_t first, uint32_t first_unknown, bool approved, struct tj_verdict *out) {
    memset(out, 0, sizeof *out);
    out->session = session;
    out->policy = policy;
    out->first = first;
    out->first_unknown = first_unknown;
    out->coverage = (enum tj_coverage)loop->understanding.coverage;
    /* Arrays that are still empty have no address to count from. */
    uint32_t findings = session->finding.n - first, unknowns = session->unknown.n - first_unknown;
    out->scores = tj_score(policy, findings ? session->finding.at + first : NULL, findings);
    out->action = tj_decide_action(policy, out->scores, unknowns ? session->unknown.at + first_unknown : NULL, unknowns,
                                   &out->basis);
    if (approved) {
        out->action = TJ_ALLOW;
        out->basis = TJ_BASIS_APPROVED;
    }
}

/* A step may be trained on when the agent wrote something in it anew. */
static void mark_trainable(const struct tj_record *record, uint8_t *trainable, uint32_t steps) {
    for (uint32_t i = 0; i < record->event.n; i++) {
        const struct tj_event *event = &record->event.at[i];
        if (event->index < steps && event->trainable && !event->copied) trainable[event->index] = 1;
    }
}

trajsafe_status tj_judge_run(struct tj_loop *loop, const struct tj_session *session, const struct tj_policy *policy,
                             const struct tj_record *record, uint32_t steps, struct tj_verdict *out) {
    memset(out, 0, sizeof *out);
    tj_arena_reset(&loop->arena);
    out->whole = true;
    out->session = session;
    out->policy = policy;
    out->steps = record ? record->steps : steps;
    out->mask = tj_arena_array(&loop->arena, uint8_t, out->steps ? out->steps : 1);
    out->trainable = tj_arena_array(&loop->arena, uint8_t, out->steps ? out->steps : 1);
    if (!out->mask || !out->trainable) return TRAJSAFE_NO_MEMORY;
    out->scores = tj_score(policy, session->finding.at, session->finding.n);
    out->run = tj_decide_run(policy, session, out->scores, out->mask, out->steps);
    if (record) {
        mark_trainable(record, out->trainable, out->steps);
        out->id = record->id;
        out->format = tj_str_of(record->format);
    } else {
        memset(out->trainable, 1, out->steps);
    }
    return TRAJSAFE_OK;
}
