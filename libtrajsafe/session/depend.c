/* What hangs on a flagged act: traces it left, later calls that touch them, and the mask that follows. */
#include "session/history.h"

/* ---- traces ------------------------------------------------------------------------------------------------------------ */

static bool leaves_trace(const struct tj_effect *e) {
    const uint32_t kinds = 1u << TJ_EFFECT_WRITE | 1u << TJ_EFFECT_APPEND | 1u << TJ_EFFECT_MOVE |
                           1u << TJ_EFFECT_LINK | 1u << TJ_EFFECT_FETCH | 1u << TJ_EFFECT_LISTEN |
                           1u << TJ_EFFECT_CONNECT | 1u << TJ_EFFECT_SERVICE | 1u << TJ_EFFECT_PERSIST;
    const uint64_t nowhere =
        TJ_CLASS_BIT(NULL_DEVICE) | TJ_CLASS_BIT(ROOT) | TJ_CLASS_BIT(WORKSPACE) | TJ_CLASS_BIT(HOME);
    return (kinds >> e->kind & 1) && !(e->flags & (TJ_EFF_DYNAMIC | TJ_EFF_DRY)) && !(e->classes & nowhere);
}

static bool touches(const struct tj_effect *e, const struct tj_trace *trace) {
    const struct tj_object *o = &trace->object;
    if (e->flags & TJ_EFF_DYNAMIC) return false;
    if (o->path.n && e->path.n && (tj_path_under(e->path, o->path))) return true;
    if (o->host.n && trace->port && e->port == trace->port && tj_str_eq(e->host, o->host)) return true;
    bool named = e->object == TJ_OBJECT_PROCESS || e->object == TJ_OBJECT_SERVICE;
    return named && o->name.n && tj_str_eq(e->name, o->name);
}

static void leave_traces(struct tj_session *s, const struct tj_view *view, const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    for (uint32_t i = 0; i < view->effects->effect.n; i++) {
        const struct tj_effect *e = &view->effects->effect.at[i];
        if (!leaves_trace(e)) continue;
        if (h->trace.n >= TRACES_MOST) {
            tj_session_over_budget(s, place->index, place->step, place->pointer);
            return;
        }
        struct tj_object object = {e->path, e->host, e->name};
        struct tj_trace trace = {tj_log_object(h, &object), e->port, place->call, place->index};
        if (!tj_vec_push(&s->arena, &h->trace, trace)) h->failed = true;
    }
}

static bool depends(struct tj_session *s, const struct tj_view *view, const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    uint32_t before = h->depends.n, on = TJ_NONE;
    for (uint32_t t = 0; t < h->trace.n; t++) {
        if (h->trace.at[t].call == on || h->trace.at[t].call == place->call) continue;
        for (uint32_t i = 0; i < view->effects->effect.n; i++) {
            if (!touches(&view->effects->effect.at[i], &h->trace.at[t])) continue;
            on = h->trace.at[t].call;
            if (h->depends.n >= DEPENDS_MOST) {
                tj_session_over_budget(s, place->index, place->step, place->pointer);
                return true;
            }
            struct tj_depends d = {place->index, place->call, on};
            if (!tj_vec_push(&s->arena, &h->depends, d)) h->failed = true;
            break;
        }
    }
    return h->depends.n > before;
}

static bool has_weight(const struct tj_session *s, uint32_t first) {
    for (uint32_t i = first; i < s->finding.n; i++)
        if (tj_image_rule(s->image, s->finding.at[i].rule)->severity >= TJ_SEVERITY_MEDIUM) return true;
    return false;
}

/* What depends on a flagged call leaves traces in its turn. */
void tj_trace_call(struct tj_session *s, const struct tj_view *view, uint32_t first, const struct tj_place_of *place) {
    if (!view->effects) return;
    bool dependent = s->history->trace.n > 0 && depends(s, view, place);
    if (dependent || has_weight(s, first)) leave_traces(s, view, place);
}

/* ---- the mask ---------------------------------------------------------------------------------------------------------- */

static void clear(uint8_t *mask, uint32_t steps, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to && i < steps; i++) mask[i] = 0;
}

static uint32_t turn_end(const struct tj_history *h, uint32_t index, uint32_t steps) {
    for (uint32_t i = 0; i < h->human.n; i++)
        if (h->human.at[i] > index) return h->human.at[i];
    return steps;
}

/* A message that hides the act names neither its program nor its object. */
static bool is_hidden(const struct tj_session *s, uint32_t i) {
    const struct tj_more *more = &s->history->more.at[i];
    const struct tj_last_message *last = &s->history->last;
    if (!last->any || last->index <= s->finding.at[i].index) return false;
    if (more->object.n >= 3 && tj_names(last->text, more->object)) return false;
    return !(more->program.n >= 3 && tj_names(last->text, more->program));
}

/* Edges point from later calls to earlier ones and stand in order of the later: one pass reaches all. */
static void mask_dependents(const struct tj_session *s, const uint8_t *counted, uint8_t *mask, uint32_t steps) {
    const struct tj_history *h = s->history;
    for (uint32_t i = 0; i < h->depends.n; i++) {
        const struct tj_depends *d = &h->depends.at[i];
        bool bad = false;
        for (uint32_t f = 0; f < s->finding.n && !bad; f++)
            bad = counted[f] && s->finding.at[f].call == d->on && s->finding.at[f].outcome != TJ_OUTCOME_BLOCKED;
        for (uint32_t k = 0; k < i && !bad; k++) {
            const struct tj_depends *earlier = &h->depends.at[k];
            bad = earlier->call == d->on && earlier->index < steps && mask[earlier->index] == 0;
        }
        if (bad) clear(mask, steps, d->index, d->index + 1);
    }
    for (uint32_t f = 0; f < s->finding.n; f++)
        if (counted[f] && is_hidden(s, f)) clear(mask, steps, h->last.index, h->last.index + 1);
}

void tj_session_mask(const struct tj_session *s, enum tj_mask_scope scope, const uint8_t *counted, uint8_t *mask,
                     uint32_t steps) {
    for (uint32_t i = 0; i < s->finding.n; i++) {
        const struct tj_finding *f = &s->finding.at[i];
        if (!counted[i]) continue;
        uint32_t end = f->index + 1;
        if (scope == TJ_MASK_TURN) end = turn_end(s->history, f->index, steps);
        if (scope == TJ_MASK_REST) end = steps;
        clear(mask, steps, f->index, end);
        if (s->history->more.at[i].sequence && f->other_index != TJ_NONE)
            clear(mask, steps, f->other_index, f->other_index + 1);
    }
    if (scope == TJ_MASK_DEPENDENTS) mask_dependents(s, counted, mask, steps);
}
