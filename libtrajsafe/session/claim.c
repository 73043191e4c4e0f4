/* What was said: messages that state constraints or claim results, results that speak for themselves, and the end. */
#include "session/history.h"

/* ---- messages --------------------------------------------------------------------------------------------------------- */

void tj_claims_read(struct tj_session *s, const struct tj_view *view, const struct tj_phrase_hits *hits,
                    const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    struct tj_last_message *last = &h->last;
    *last = (struct tj_last_message){.any = true, .index = place->index, .step = place->step};
    last->pointer = tj_log_copy(h, place->pointer);
    last->text = s->keep_texts ? tj_log_copy(h, tj_str_sub(view->message, 0, 64 << 10)) : view->message;
    for (uint32_t i = 0; i < hits->hit.n; i++) {
        const struct tj_phrase_hit *hit = &hits->hit.at[i];
        if (hit->kind == TJ_PHRASE_TESTS_FAIL) last->fails = true;
        if (hit->kind != TJ_PHRASE_TESTS_PASS) continue;
        last->claims |= 1u << hit->kind;
        last->begin[hit->kind] = hit->begin_hint;
        last->end[hit->kind] = tj_sentence_end(view->message, hit->end);
    }
}

trajsafe_status tj_session_message(struct tj_session *s, struct tj_matcher *matcher, struct tj_arena *scratch,
                                   const struct tj_view *view, const struct tj_hits *hits, struct tj_place_of place) {
    struct tj_history *h = s->history;
    trajsafe_status status = tj_session_begin(s, matcher, scratch);
    if (status != TRAJSAFE_OK || h->failed) return TRAJSAFE_NO_MEMORY;
    s->now = place.index;
    s->history->tally.n = 0;
    place.call = TJ_NONE;
    for (uint32_t i = 0; i < hits->hit.n; i++)
        (void)tj_finding_add(s, view, hits->hit.at[i].rule, TJ_SUBJECT_MESSAGE, 0, hits->hit.at[i].span,
                             hits->hit.at[i].guessed, &place);
    bool human = view->author == TJ_AUTHOR_USER || view->author == TJ_AUTHOR_SYSTEM;
    struct tj_phrase_hits phrases = {0};
    if (human || view->author == TJ_AUTHOR_AGENT)
        status = tj_match_phrases(matcher, scratch, view->message, false, &phrases);
    if (status != TRAJSAFE_OK) return status;
    if (human) {
        tj_constraints_read(s, view->message, &phrases, place.index);
        tj_said_add(s, view->message, TJ_FROM_HUMAN, place.index, TJ_NONE);
        if (view->author == TJ_AUTHOR_USER && !tj_vec_push(&s->arena, &h->human, place.index)) h->failed = true;
    } else if (view->author == TJ_AUTHOR_AGENT) {
        tj_claims_read(s, view, &phrases, &place);
    } else {
        tj_said_add(s, view->message, TJ_FROM_CONTENT, place.index, TJ_NONE);
    }
    return h->failed || s->arena.failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

/* ---- results ---------------------------------------------------------------------------------------------------------- */

static struct tj_call_facts *facts_of(struct tj_history *h, uint32_t call) {
    for (uint32_t i = h->call.n; i > 0 && call != TJ_NONE; i--)
        if (h->call.at[i - 1].call == call) return &h->call.at[i - 1];
    return NULL;
}

static bool has_findings(const struct tj_session *s, uint32_t call) {
    for (uint32_t i = s->finding.n; i > 0; i--)
        if (s->finding.at[i - 1].call == call) return true;
    return false;
}

/* Refusals and errors are what an output begins with; a log that is shown may hold such words anywhere. */
enum { BEGINNING = 400, ENDING = 2048 };

struct spoken {
    bool refused, error, fail, pass;
    struct tj_str result; /* the first line that tells a failure, else a pass */
};

static trajsafe_status listen_to(struct tj_matcher *matcher, struct tj_arena *scratch, struct tj_str text,
                                 struct spoken *out) {
    struct tj_phrase_hits hits;
    trajsafe_status status = tj_match_phrases(matcher, scratch, text, true, &hits);
    *out = (struct spoken){0};
    for (uint32_t i = 0; status == TRAJSAFE_OK && i < hits.hit.n; i++) {
        const struct tj_phrase_hit *hit = &hits.hit.at[i];
        out->refused |= hit->kind == TJ_PHRASE_REFUSED && hit->end <= BEGINNING;
        out->error |= hit->kind == TJ_PHRASE_ERROR && hit->end <= BEGINNING;
        bool fail = hit->kind == TJ_PHRASE_RESULT_FAIL, pass = hit->kind == TJ_PHRASE_RESULT_PASS;
        if ((fail && !out->fail) || (pass && !out->fail && !out->pass))
            out->result = tj_str_sub(text, hit->begin_hint, tj_sentence_end(text, hit->end));
        out->fail |= fail;
        out->pass |= pass;
    }
    return status;
}

static enum tj_outcome outcome_of(const struct spoken *spoken, int error, bool has_exit, int32_t exit_code,
                                  bool refused) {
    bool failed = error == TJ_YES || (has_exit && exit_code != 0);
    if (refused || (spoken->refused && !(has_exit && exit_code == 0))) return TJ_OUTCOME_BLOCKED;
    if (failed) return TJ_OUTCOME_FAILED;
    if (has_exit || error == TJ_NO) return TJ_OUTCOME_SUCCEEDED;
    return spoken->error ? TJ_OUTCOME_FAILED : TJ_OUTCOME_UNKNOWN;
}

/* What the output says goes before the exit code, which may be that of `| tail`. */
static void take_test(struct tj_history *h, struct tj_call_facts *facts, const struct spoken *spoken, bool has_exit,
                      int32_t exit_code) {
    facts->said = tj_log_copy(h, tj_str_sub(tj_str_trim(spoken->result), 0, NOTE_MOST));
    facts->failed = spoken->fail;
    facts->passed = spoken->pass && !spoken->fail;
    if (facts->failed || facts->passed || !has_exit || !facts->test_last) return;
    facts->failed = exit_code != 0;
    facts->passed = exit_code == 0;
}

/* Steps are told in rising order; a step is told once. */
static void expose(struct tj_session *s, uint32_t index) {
    if (s->exposed.n && s->exposed.at[s->exposed.n - 1] >= index) return;
    if (!tj_vec_push(&s->arena, &s->exposed, index)) s->history->failed = true;
}

trajsafe_status tj_session_result(struct tj_session *s, struct tj_matcher *matcher, struct tj_arena *scratch,
                                  uint32_t call, uint32_t index, struct tj_str text, int error, bool has_exit,
                                  int32_t exit_code, bool refused) {
    struct tj_history *h = s->history;
    trajsafe_status status = tj_session_begin(s, matcher, scratch);
    if (status != TRAJSAFE_OK || h->failed) return TRAJSAFE_NO_MEMORY;
    tj_said_add(s, text, TJ_FROM_CONTENT, index, call);
    struct tj_call_facts *facts = facts_of(h, call);
    if (!facts) return TRAJSAFE_OK;
    /* Most results decide nothing: only their end is looked at, where reports of tests stand. */
    struct spoken spoken = {0};
    bool matters = facts->test_run || has_findings(s, call) || tj_sequence_waits(s, call);
    struct tj_str heard = matters ? text : tj_str_sub(text, text.n > ENDING ? text.n - ENDING : 0, text.n);
    if (!refused && tj_match_injection(matcher, text)) expose(s, index);
    if (matters || h->claims) status = listen_to(matcher, scratch, heard, &spoken);
    if (status != TRAJSAFE_OK) return status;
    facts->reports = spoken.pass && !spoken.fail;
    if (!matters) spoken = (struct spoken){0};
    enum tj_outcome outcome = outcome_of(&spoken, error, has_exit, exit_code, refused);
    facts->has_result = 1;
    facts->outcome = (uint8_t)outcome;
    if (facts->test_run && outcome != TJ_OUTCOME_BLOCKED) take_test(h, facts, &spoken, has_exit, exit_code);
    if (!matters) return TRAJSAFE_OK;
    tj_sequence_result(s, call, outcome);
    for (uint32_t i = s->finding.n; i > 0; i--)
        if (s->finding.at[i - 1].call == call) tj_finding_settle(s, i - 1, outcome);
    return h->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

/* ---- the end ---------------------------------------------------------------------------------------------------------- */

/* The last call before the message that ran tests or reports passing ones, or that changed sources; or NULL. */
static const struct tj_call_facts *last_call(const struct tj_history *h, bool test) {
    for (uint32_t i = h->call.n; i > 0; i--) {
        const struct tj_call_facts *facts = &h->call.at[i - 1];
        bool ran = facts->outcome != TJ_OUTCOME_BLOCKED && facts->index <= h->last.index;
        bool wrote = facts->wrote && (facts->wrote_first || facts->outcome != TJ_OUTCOME_FAILED);
        if (ran && (test ? facts->test_run || facts->reports : wrote)) return facts;
    }
    return NULL;
}

/* True when the evidence contradicts the claim; *by is the call that does, NULL when it is that there was none. */
static bool contradicts(const struct tj_history *h, enum tj_evidence evidence, const struct tj_call_facts **by) {
    const struct tj_call_facts *test = last_call(h, true), *edit = last_call(h, false);
    *by = test;
    switch (evidence) {
    case TJ_EVIDENCE_LAST_TEST_FAILED: return test && test->failed;
    case TJ_EVIDENCE_NO_TEST_RUN: return !test && h->call.n > 0;
    case TJ_EVIDENCE_TEST_BEFORE_LAST_EDIT: return test && edit && edit->index > test->index;
    }
    return false;
}

static struct tj_str note_of(struct tj_history *h, const struct tj_call_facts *by) {
    if (!by) return TJ_STR("no test was run");
    struct tj_buf buf;
    tj_buf_init(&buf, &h->log->arena);
    tj_buf_putf(&buf, "step %u: ", (unsigned)by->index);
    tj_buf_put(&buf, by->test.n ? by->test : TJ_STR("a test run"));
    if (by->said.n || by->failed) tj_buf_puts(&buf, ": ");
    tj_buf_put(&buf, by->said.n ? by->said : by->failed ? TJ_STR("failed") : TJ_STR_NONE);
    if (buf.failed) h->failed = true;
    return tj_buf_str(&buf);
}

static void claim_finding(struct tj_session *s, uint32_t rule, uint32_t kind, const struct tj_call_facts *by) {
    struct tj_history *h = s->history;
    const struct tj_last_message *last = &h->last;
    struct tj_view view = {.message = last->text, .author = TJ_AUTHOR_AGENT, .final = true};
    struct tj_place_of place = {.index = last->index, .call = TJ_NONE, .step = last->step, .pointer = last->pointer};
    struct tj_finding *f = tj_finding_add(s, &view, rule, TJ_SUBJECT_MESSAGE, 0, TJ_NO_SPAN, false, &place);
    if (!f) return;
    f->span_begin = last->begin[kind];
    f->span_end = last->end[kind];
    f->evidence = tj_log_copy(h, tj_str_sub(tj_str_sub(last->text, f->span_begin, f->span_end), 0, EVIDENCE_MOST));
    f->note = note_of(h, by);
    f->object = TJ_STR("claim");
    f->other_index = by ? by->index : TJ_NONE;
    f->local = 1;
    h->more.at[h->more.n - 1].claim = 1;
}

/* Claims are judged anew. */
trajsafe_status tj_session_finish(struct tj_session *s) {
    struct tj_history *h = s->history;
    for (uint32_t i = s->finding.n; i > 0; i--)
        if (h->more.at[i - 1].claim) tj_finding_remove(s, i - 1);
    tj_sequence_finish(s);
    for (uint32_t r = 0; h->last.any && r < s->image->n[TJ_SECTION_RULES]; r++) {
        const struct tj_rule *rule = tj_image_rule(s->image, r);
        const struct tj_call_facts *by;
        if (rule->subject != TJ_SUBJECT_RUN || !rule->phrase || !rule->evidence) continue;
        if (!(h->last.claims >> (rule->phrase - 1) & 1) || h->last.fails) continue;
        if (contradicts(h, (enum tj_evidence)(rule->evidence - 1), &by)) claim_finding(s, r, rule->phrase - 1u, by);
    }
    return h->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}
