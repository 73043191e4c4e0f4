/* Findings: made from an instance at its call, settled when the call's result comes. */
#include "session/history.h"

/* ---- fixed point -------------------------------------------------------------------------------------------------- */

static uint16_t times(uint16_t confidence, uint32_t factor) { return (uint16_t)((confidence * factor + 5000) / 10000); }

enum { GUESSED = 6000, MAYBE = 9000, DRY = 1000, BLOCKED = 5000, FAILED = 8000 };

static uint16_t confidence_of(const struct tj_rule *rule, const struct tj_effect *e, const struct tj_command *c,
                              bool guessed) {
    uint16_t confidence = rule->confidence;
    if (guessed) confidence = times(confidence, GUESSED);
    /* A branch was written to be taken: only doubt about the object, one of several values, counts. */
    bool branch = c && c->flags & (TJ_CMD_MAYBE | TJ_CMD_ON_FAILURE);
    if (e && e->flags & TJ_EFF_MAYBE && !branch) confidence = times(confidence, MAYBE);
    if (e && e->flags & TJ_EFF_DRY) confidence = times(confidence, DRY);
    return confidence;
}

void tj_finding_settle(struct tj_session *s, uint32_t i, enum tj_outcome outcome) {
    struct tj_finding *f = &s->finding.at[i];
    const struct tj_more *more = &s->history->more.at[i];
    if (outcome == TJ_OUTCOME_FAILED && !more->last) outcome = TJ_OUTCOME_UNKNOWN;
    f->outcome = (uint8_t)outcome;
    f->confidence = more->base;
    if (tj_leaf_category((enum tj_leaf)tj_image_rule(s->image, f->rule)->leaf) == TJ_SECURITY) return;
    if (outcome == TJ_OUTCOME_BLOCKED) f->confidence = times(more->base, BLOCKED);
    if (outcome == TJ_OUTCOME_FAILED) f->confidence = times(more->base, FAILED);
}

/* ---- where it came from -------------------------------------------------------------------------------------------- */

static void put_layer(struct tj_buf *buf, const struct tj_text *text) {
    switch ((enum tj_layer)text->layer) {
    case TJ_LAYER_HEREDOC: tj_buf_puts(buf, "heredoc"); break;
    case TJ_LAYER_PIPED: tj_buf_puts(buf, "pipe"); break;
    case TJ_LAYER_WORD: tj_buf_puts(buf, "expansion"); break;
    case TJ_LAYER_FILE:
        tj_buf_puts(buf, "file ");
        tj_buf_put(buf, text->label);
        if (text->step != TJ_NONE) tj_buf_putf(buf, " written in step %u", (unsigned)text->step);
        break;
    case TJ_LAYER_NESTED:
    case TJ_LAYER_WRAPPED:
    case TJ_LAYER_DECODED: tj_buf_put(buf, text->label); break;
    case TJ_LAYER_ROOT:
    case TJ_LAYER_SUBST: return;
    }
    tj_buf_putc(buf, '\n');
}

static struct tj_str layers_of(struct tj_history *h, const struct tj_texts *texts, uint32_t text) {
    uint32_t chain[64], n = 0;
    for (; text < texts->text.n && texts->text.at[text].parent != TJ_NONE && n < 64; text = texts->text.at[text].parent)
        chain[n++] = text;
    if (n == 0) return TJ_STR_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, &h->log->arena);
    while (n > 0) put_layer(&buf, &texts->text.at[chain[--n]]);
    if (buf.failed) h->failed = true;
    struct tj_str joined = tj_buf_str(&buf);
    return joined.n ? tj_str_sub(joined, 0, joined.n - 1) : joined;
}

/* The tail of a program that no table knows says so, before the layers of text. */
static struct tj_str with_wrapper(struct tj_history *h, const struct tj_view *view, const struct tj_command *c,
                                  struct tj_str layers) {
    const struct tj_understanding *u = view->understanding;
    while (c && u && c->flags & TJ_CMD_GUESSED) c = c->parent < u->command.n ? u->command.at[c->parent] : NULL;
    if (!c || c->base_program != TJ_NONE || c->name.n == 0) return layers;
    struct tj_buf buf;
    tj_buf_init(&buf, &h->log->arena);
    tj_buf_puts(&buf, "unknown wrapper ");
    tj_buf_put(&buf, c->name);
    if (layers.n) tj_buf_putc(&buf, '\n');
    tj_buf_put(&buf, layers);
    if (buf.failed) h->failed = true;
    return tj_buf_str(&buf);
}

/* A cut does not split a character. */
static struct tj_str cut(struct tj_str s) {
    if (s.n <= EVIDENCE_MOST) return s;
    uint32_t n = EVIDENCE_MOST;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    return tj_str_sub(s, 0, n);
}

static void place_finding(struct tj_history *h, const struct tj_view *view, struct tj_span span,
                          const struct tj_place_of *place, struct tj_finding *f) {
    f->pointer = place->pointer;
    if (span.text != TJ_NONE && view->understanding && span.text < view->understanding->texts.text.n) {
        const struct tj_texts *texts = &view->understanding->texts;
        bool exact;
        struct tj_span root = tj_texts_to_root(texts, span, &exact);
        f->layers = layers_of(h, texts, span.text);
        f->evidence = tj_log_copy(h, cut(tj_texts_bytes(texts, exact ? root : span)));
        f->span_begin = root.begin;
        f->span_end = root.end;
    } else if (view->message.n) {
        f->span_end = view->message.n;
        f->evidence = tj_log_copy(h, cut(view->message));
    }
    f->pointer = tj_log_copy(h, f->pointer);
}

static struct tj_str object_of(struct tj_history *h, const struct tj_view *view, uint8_t subject, uint32_t instance,
                               const struct tj_finding *f) {
    const struct tj_effect *e = tj_instance_effect(view, subject, instance);
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    if (e) return tj_object_text(&h->log->arena, e);
    return c ? tj_log_copy(h, cut(c->name)) : f->evidence;
}

static void name_it(struct tj_history *h, const struct tj_view *view, uint8_t subject, uint32_t instance,
                    struct tj_more *more) {
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    struct tj_object objects[TJ_OBJECTS_MOST];
    if (c) more->program = tj_log_copy(h, c->name);
    if (tj_instance_objects(view, subject, instance, objects) == 0) return;
    struct tj_str object = objects[0].path.n   ? tj_str_basename(objects[0].path)
                           : objects[0].host.n ? objects[0].host
                                               : objects[0].name;
    more->object = tj_log_copy(h, object);
}

bool tj_is_last(const struct tj_view *view, const struct tj_command *c) {
    if (!c || !view->understanding || view->understanding->command.n == 0) return true;
    const struct tj_command *end = view->understanding->command.at[view->understanding->command.n - 1];
    return c->flow == end->flow || c->pipeline == end->pipeline;
}

/* Of a rule that is not about a sequence: what a sequence rests on may be taken back. */
static struct tj_tally *tally_of(struct tj_session *s, uint32_t rule) {
    struct tj_history *h = s->history;
    const struct tj_rule *row = tj_image_rule(s->image, rule);
    if (row->subject == TJ_SUBJECT_RUN && !row->phrase) return NULL;
    for (uint32_t i = h->tally.n; i > 0; i--)
        if (h->tally.at[i - 1].rule == rule) return &h->tally.at[i - 1];
    struct tj_tally t = {.rule = rule, .first = s->finding.n};
    if (!tj_vec_push(&s->arena, &h->tally, t)) {
        h->failed = true;
        return NULL;
    }
    return &h->tally.at[h->tally.n - 1];
}

/* False: there are enough of its rule in this call. */
static bool is_listed(struct tj_session *s, struct tj_tally *t, const struct tj_finding *f) {
    uint16_t *best = &t->best[f->authorisation == TJ_AUTHORISATION_REQUESTED][f->local != 0];
    if (t->kept >= SAME_RULE_MOST && f->confidence <= *best) {
        s->finding.at[t->first].unlisted++;
        return false;
    }
    if (f->confidence > *best) *best = f->confidence;
    t->kept++;
    return true;
}

struct tj_finding *tj_finding_add(struct tj_session *s, const struct tj_view *view, uint32_t rule, uint8_t subject,
                                  uint32_t instance, struct tj_span span, bool guessed, const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    bool quiet = tj_image_rule(s->image, rule)->severity <= TJ_SEVERITY_LOW;
    if (quiet && h->quiet >= QUIET_MOST) return NULL; /* more of them change no decision */
    if (s->finding.n >= FINDINGS_MOST) {
        tj_session_over_budget(s, place->index, place->step, place->pointer);
        return NULL;
    }
    const struct tj_rule *row = tj_image_rule(s->image, rule);
    const struct tj_effect *e = tj_instance_effect(view, subject, instance);
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    struct tj_more more = {.base = confidence_of(row, e, c, guessed), .last = tj_is_last(view, c), .wait_call = TJ_NONE};
    struct tj_finding f = {.rule = rule,
                           .index = place->index,
                           .step = place->step,
                           .call = place->call,
                           .other_index = TJ_NONE,
                           .confidence = more.base,
                           .message = subject == TJ_SUBJECT_MESSAGE};
    f.local = tj_is_local(s, view, rule, subject, instance);
    f.authorisation = (uint8_t)tj_asked(s, view, subject, instance);
    struct tj_tally *tally = tally_of(s, rule);
    if (tally && !is_listed(s, tally, &f)) return NULL;
    place_finding(h, view, span, place, &f);
    if (c && c->flags & TJ_CMD_GUESSED) f.layers = with_wrapper(h, view, c, f.layers);
    f.effects = tj_effects_json(h, view, subject, instance);
    f.object = object_of(h, view, subject, instance, &f);
    name_it(h, view, subject, instance, &more);
    if (!tj_vec_push(&s->arena, &s->finding, f) || !tj_vec_push(&s->arena, &h->more, more)) {
        h->failed = true;
        s->finding.n = h->more.n;
        return NULL;
    }
    h->quiet += quiet;
    return &s->finding.at[s->finding.n - 1];
}

void tj_finding_remove(struct tj_session *s, uint32_t i) {
    struct tj_history *h = s->history;
    h->quiet -= tj_image_rule(s->image, s->finding.at[i].rule)->severity <= TJ_SEVERITY_LOW;
    memmove(&s->finding.at[i], &s->finding.at[i + 1], (s->finding.n - i - 1) * sizeof *s->finding.at);
    memmove(&h->more.at[i], &h->more.at[i + 1], (h->more.n - i - 1) * sizeof *h->more.at);
    s->finding.n--;
    h->more.n--;
}
