/* The life of a session: new, clone, reset, free, and what it takes in of each call. */
#include "session/history.h"

#include <stdlib.h>

/* ---- logs ------------------------------------------------------------------------------------------------------- */

struct tj_log *tj_log_new(struct tj_log *parent) {
    struct tj_log *log = malloc(sizeof *log);
    if (!log) return NULL;
    atomic_init(&log->refs, 1);
    log->parent = parent;
    if (parent) atomic_fetch_add_explicit(&parent->refs, 1, memory_order_relaxed);
    tj_arena_init(&log->arena, 0);
    return log;
}

void tj_log_unref(struct tj_log *log) {
    while (log && atomic_fetch_sub_explicit(&log->refs, 1, memory_order_acq_rel) == 1) {
        struct tj_log *parent = log->parent;
        tj_arena_free(&log->arena);
        free(log);
        log = parent;
    }
}

struct tj_str tj_log_copy(struct tj_history *h, struct tj_str s) {
    if (s.n == 0) return TJ_STR_NONE;
    struct tj_str copy = tj_arena_copy(&h->log->arena, s);
    if (copy.n != s.n) h->failed = true;
    return copy;
}

struct tj_object tj_log_object(struct tj_history *h, const struct tj_object *o) {
    return (struct tj_object){tj_log_copy(h, o->path), tj_log_copy(h, o->host), tj_log_copy(h, o->name)};
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

static bool has_claims(const struct tj_image *image) {
    for (uint32_t r = 0; r < image->n[TJ_SECTION_RULES]; r++)
        if (tj_image_rule(image, r)->evidence) return true;
    return false;
}

static struct tj_session *blank(const struct tj_image *image, const struct tj_context *context, struct tj_log *parent) {
    struct tj_session *s = calloc(1, sizeof *s);
    struct tj_history *h = calloc(1, sizeof *h);
    struct tj_log *log = tj_log_new(parent);
    if (!s || !h || !log) {
        free(s);
        free(h);
        tj_log_unref(log);
        return NULL;
    }
    tj_arena_init(&s->arena, 0);
    s->image = image;
    s->context = context;
    s->history = h;
    h->log = log;
    h->claims = has_claims(image);
    return s;
}

trajsafe_status tj_session_new(const struct tj_image *image, const struct tj_context *context, struct tj_session **out) {
    struct tj_session *s = blank(image, context, NULL);
    if (!s) return TRAJSAFE_NO_MEMORY;
    trajsafe_status status = tj_state_new(context, 0, &s->state);
    if (status != TRAJSAFE_OK) {
        tj_session_free(s);
        return status;
    }
    *out = s;
    return TRAJSAFE_OK;
}

void tj_session_free(struct tj_session *s) {
    if (!s) return;
    if (s->state) tj_state_free(s->state);
    tj_log_unref(s->history->log);
    tj_arena_free(&s->arena);
    free(s->history);
    free(s);
}

/* A copy of an array in the clone's arena; its strings stay in the shared log. */
#define COPY(s, to, from)                                                                                              \
    do {                                                                                                               \
        (to)->at = NULL, (to)->n = (to)->cap = 0;                                                                      \
        if ((from)->n && tj_vec_room(&(s)->arena, (to), (from)->n)) {                                                  \
            memcpy((to)->at, (from)->at, (from)->n * sizeof *(from)->at);                                              \
            (to)->n = (from)->n;                                                                                       \
        }                                                                                                              \
    } while (0)

static void copy_history(struct tj_session *s, const struct tj_history *from) {
    struct tj_history *h = s->history;
    struct tj_log *log = h->log;
    *h = *from; /* plain members; the arrays are replaced below */
    h->log = log;
    COPY(s, &h->tally, &from->tally);
    COPY(s, &h->more, &from->more);
    COPY(s, &h->call, &from->call);
    COPY(s, &h->partial, &from->partial);
    COPY(s, &h->seen, &from->seen);
    COPY(s, &h->constraint, &from->constraint);
    COPY(s, &h->said, &from->said);
    COPY(s, &h->trace, &from->trace);
    COPY(s, &h->depends, &from->depends);
    COPY(s, &h->human, &from->human);
}

trajsafe_status tj_session_clone(const struct tj_session *from, struct tj_session **out) {
    struct tj_session *s = blank(from->image, from->context, from->history->log);
    if (!s) return TRAJSAFE_NO_MEMORY;
    s->now = from->now;
    s->keep_texts = from->keep_texts;
    s->counts = from->counts;
    copy_history(s, from->history);
    COPY(s, &s->finding, &from->finding);
    COPY(s, &s->unknown, &from->unknown);
    COPY(s, &s->exposed, &from->exposed);
    /* Others write these too, into the session's own arena. */
    for (uint32_t i = 0; i < s->unknown.n; i++)
        s->unknown.at[i].pointer = tj_log_copy(s->history, s->unknown.at[i].pointer);
    COPY(s, &s->secret, &from->secret);
    for (uint32_t i = 0; i < s->secret.n; i++) s->secret.at[i].value = tj_log_copy(s->history, s->secret.at[i].value);
    s->secrets_cut = from->secrets_cut;
    trajsafe_status status = s->arena.failed ? TRAJSAFE_NO_MEMORY : tj_state_clone(from->state, &s->state);
    if (status != TRAJSAFE_OK) {
        s->state = NULL;
        tj_session_free(s);
        return status;
    }
    *out = s;
    return TRAJSAFE_OK;
}

/* The log is emptied in place unless a clone reads it. Out of memory then shows at the next call. */
static void renew_log(struct tj_history *h) {
    struct tj_log *log = h->log;
    if (atomic_load_explicit(&log->refs, memory_order_acquire) > 1) {
        struct tj_log *fresh = tj_log_new(NULL);
        if (!fresh) {
            h->failed = true;
            return;
        }
        tj_log_unref(log);
        h->log = fresh;
        return;
    }
    tj_log_unref(log->parent);
    log->parent = NULL;
    tj_arena_reset(&log->arena);
}

void tj_session_reset(struct tj_session *s, const struct tj_context *context) {
    struct tj_history *h = s->history;
    struct tj_log *log = h->log;
    tj_arena_reset(&s->arena);
    *h = (struct tj_history){.log = log, .claims = h->claims};
    renew_log(h);
    struct tj_session fresh = {.arena = s->arena,
                               .image = s->image,
                               .context = context,
                               .state = s->state,
                               .keep_texts = s->keep_texts,
                               .history = h};
    *s = fresh;
    tj_state_reset(s->state, context);
}

size_t tj_session_bytes(const struct tj_session *s) {
    size_t bytes = sizeof *s + sizeof *s->history + s->arena.used + (size_t)tj_state_bytes(s->state);
    for (const struct tj_log *log = s->history->log; log; log = log->parent) bytes += sizeof *log + log->arena.used;
    return bytes;
}

void tj_session_over_budget(struct tj_session *s, uint32_t index, int64_t step, struct tj_str pointer) {
    if (s->history->budget_said) return;
    s->history->budget_said = true;
    struct tj_session_unknown unknown = {
        .reason = TJ_REASON_BUDGET, .index = index, .step = step, .pointer = tj_log_copy(s->history, pointer)};
    if (!tj_vec_push(&s->arena, &s->unknown, unknown)) s->history->failed = true;
}

static trajsafe_status status_of(const struct tj_session *s) {
    const struct tj_history *h = s->history;
    return h->failed || s->arena.failed || h->log->arena.failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

/* ---- calls ------------------------------------------------------------------------------------------------------ */

/* Marked by the program table, or a test file that is run: python tests/runtests.py; a scratch file is no test of the project. */
static bool is_test_run(const struct tj_effect *e) {
    if (e->kind != TJ_EFFECT_RUN) return false;
    return (e->object == TJ_OBJECT_TEXT && tj_str_is(e->name, "test_run")) ||
           (e->classes & TJ_CLASS_BIT(TEST) && !(e->classes & TJ_CLASS_BIT(TEMPORARY)));
}

static bool is_prose(struct tj_str path) {
    static const char *const ends[] = {".md", ".rst", ".txt", ".adoc", ".log"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (tj_str_ends(path, tj_str_of(ends[i]))) return true;
    return false;
}

/* Cleaning up, notes, and what the run made itself, is no change to what was tested. */
static bool changes_source(const struct tj_effect *e) {
    bool writes = e->kind == TJ_EFFECT_WRITE || e->kind == TJ_EFFECT_APPEND;
    return writes && e->classes & TJ_CLASS_BIT(SOURCE) && !(e->classes & TJ_CLASS_BIT(CREATED)) &&
           !(e->flags & TJ_EFF_DRY) && !is_prose(e->path);
}

/* A call may be several actions: the newest facts are those of the same call. */
static struct tj_call_facts *facts_for(struct tj_session *s, const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    if (h->call.n && h->call.at[h->call.n - 1].call == place->call) return &h->call.at[h->call.n - 1];
    struct tj_call_facts facts = {.call = place->call, .index = place->index};
    if (tj_vec_push(&s->arena, &h->call, facts)) return &h->call.at[h->call.n - 1];
    h->failed = true;
    return NULL;
}

static void keep_source(struct tj_history *h, struct tj_call_facts *facts, const struct tj_effect *e) {
    if (!facts->source) facts->source = tj_arena_array(&h->log->arena, struct tj_object, SOURCES_MOST);
    if (!facts->source) {
        h->failed = true;
        return;
    }
    struct tj_object object = {e->path, e->host, TJ_STR_NONE};
    facts->source[facts->sources++] = tj_log_object(h, &object);
}

static void remember_test(struct tj_history *h, struct tj_call_facts *facts, const struct tj_view *view,
                          uint32_t effect) {
    const struct tj_command *c = tj_instance_command(view, TJ_SUBJECT_EFFECT, effect);
    facts->test_run = 1;
    facts->test_last = tj_is_last(view, c);
    if (c && c->span.text != TJ_NONE)
        facts->test = tj_log_copy(h, tj_str_sub(tj_texts_bytes(&view->understanding->texts, c->span), 0, NOTE_MOST));
}

static void remember_call(struct tj_session *s, const struct tj_view *view, const struct tj_place_of *place) {
    struct tj_call_facts *facts = facts_for(s, place);
    for (uint32_t i = 0; facts && view->effects && i < view->effects->effect.n; i++) {
        const struct tj_effect *e = &view->effects->effect.at[i];
        if (is_test_run(e)) remember_test(s->history, facts, view, i);
        if (changes_source(e)) {
            facts->wrote = 1;
            facts->wrote_first |= !tj_is_last(view, tj_instance_command(view, TJ_SUBJECT_EFFECT, i));
        }
        bool read = e->kind == TJ_EFFECT_READ || e->kind == TJ_EFFECT_FETCH;
        if (read && facts->sources < SOURCES_MOST && !(e->flags & TJ_EFF_DYNAMIC) && (e->path.n || e->host.n))
            keep_source(s->history, facts, e);
    }
}

static void take_block(struct tj_session *s, const struct tj_view *view, const struct tj_block_hit *hit,
                       const struct tj_place_of *place) {
    const struct tj_rule *rule = tj_image_rule(s->image, hit->rule);
    struct tj_history *h = s->history;
    if (rule->subject == TJ_SUBJECT_RUN) {
        if (rule->phrase)
            tj_constraint_hit(s, view, hit, place);
        else
            tj_sequence_hit(s, view, hit, place);
        return;
    }
    const struct tj_block *block = TJ_ROW(s->image, BLOCKS, struct tj_block, rule->blocks.at + hit->block);
    const struct tj_bound_fact *fact = tj_bound_make(s, view, hit->subject, hit->instance, place);
    uint32_t same = 0;
    for (uint32_t i = 0; fact && i < h->seen.n; i++) {
        const struct tj_seen *old = &h->seen.at[i];
        if (old->rule != hit->rule || old->block != hit->block) continue;
        if (block->join == TJ_JOIN_NONE || tj_bound_same(old->fact, fact)) return;
        same++;
    }
    if (same >= SEEN_MOST) {
        tj_session_over_budget(s, place->index, place->step, place->pointer);
        return;
    }
    struct tj_seen seen = {hit->rule, hit->block, place->call, fact};
    if (fact && !tj_vec_push(&s->arena, &h->seen, seen)) h->failed = true;
}

trajsafe_status tj_session_call(struct tj_session *s, const struct tj_view *view, const struct tj_hits *hits,
                                struct tj_place_of place, uint32_t *first) {
    struct tj_history *h = s->history;
    uint32_t before = s->finding.n;
    if (first) *first = before;
    if (h->failed) return TRAJSAFE_NO_MEMORY;
    s->now = place.index;
    h->serial++;
    h->tally.n = 0;
    for (uint32_t i = 0; i < hits->hit.n; i++) {
        const struct tj_hit *hit = &hits->hit.at[i];
        (void)tj_finding_add(s, view, hit->rule, hit->subject, hit->instance, hit->span, hit->guessed, &place);
    }
    for (uint32_t i = 0; i < hits->block_hit.n; i++) take_block(s, view, &hits->block_hit.at[i], &place);
    if (hits->over_budget) tj_session_over_budget(s, place.index, place.step, place.pointer);
    remember_call(s, view, &place);
    if (view->understanding && view->understanding->texts.text.n)
        tj_said_add(s, view->understanding->texts.text.at[0].bytes, TJ_FROM_AGENT, place.index, place.call);
    tj_trace_call(s, view, before, &place);
    return status_of(s);
}

/* ---- reach: run ------------------------------------------------------------------------------------------------- */

static bool seen(void *self, uint32_t rule, uint32_t block, const struct tj_view *view, uint32_t instance) {
    const struct tj_session *s = self;
    const struct tj_history *h = s->history;
    const struct tj_rule *row = tj_image_rule(s->image, rule);
    const struct tj_block *b = TJ_ROW(s->image, BLOCKS, struct tj_block, row->blocks.at + block);
    const struct tj_block *subject = TJ_ROW(s->image, BLOCKS, struct tj_block, row->blocks.at);
    struct tj_object mine[TJ_OBJECTS_MOST];
    uint32_t n = tj_instance_objects(view, subject->subject, instance, mine);
    for (uint32_t i = 0; i < h->seen.n; i++) {
        const struct tj_seen *e = &h->seen.at[i];
        if (e->rule == rule && e->block == block &&
            tj_objects_join((enum tj_join_kind)b->join, e->fact->object, e->fact->objects, mine, n))
            return true;
    }
    return false;
}

struct tj_run_memory tj_session_memory(struct tj_session *s) {
    return (struct tj_run_memory){s, seen};
}
