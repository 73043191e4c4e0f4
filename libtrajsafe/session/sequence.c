/* Sequences: unfinished matches that later instances carry on, joined by canonical objects. */
#include "session/history.h"

static const struct tj_block *block_at(const struct tj_session *s, const struct tj_rule *rule, uint32_t block) {
    return TJ_ROW(s->image, BLOCKS, struct tj_block, rule->blocks.at + block);
}

/* The sequence block after `block` (TJ_NONE: the first), or TJ_NONE. */
static uint32_t next_block(const struct tj_session *s, const struct tj_rule *rule, uint32_t block) {
    for (uint32_t b = block == TJ_NONE ? 0 : block + 1; b < rule->blocks.n && b < BLOCKS_MOST; b++)
        if (block_at(s, rule, b)->how == TJ_BLOCK_SEQUENCE) return b;
    return TJ_NONE;
}

const struct tj_bound_fact *tj_bound_make(struct tj_session *s, const struct tj_view *view, uint8_t subject,
                                          uint32_t instance, const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    struct tj_bound_fact *fact = tj_arena_new(&h->log->arena, struct tj_bound_fact);
    if (!fact) {
        h->failed = true;
        return NULL;
    }
    struct tj_object objects[TJ_OBJECTS_MOST];
    *fact = (struct tj_bound_fact){
        .index = place->index, .call = place->call, .serial = h->serial, .instance = instance, .subject = subject};
    fact->objects = (uint8_t)tj_instance_objects(view, subject, instance, objects);
    for (uint32_t i = 0; i < fact->objects; i++) fact->object[i] = tj_log_object(h, &objects[i]);
    const struct tj_effect *e = tj_instance_effect(view, subject, instance);
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    fact->ends = tj_is_last(view, tj_instance_command(view, subject, instance));
    fact->words = e ? tj_object_text(&h->log->arena, e) : c ? tj_log_copy(h, c->name) : TJ_STR_NONE;
    return fact;
}

static bool joins(const struct tj_partial *p, const struct tj_block *block, const struct tj_bound_fact *fact) {
    if (block->join == TJ_JOIN_NONE) return true;
    const struct tj_bound_fact *other = block->join_block < BLOCKS_MOST ? p->bound[block->join_block] : NULL;
    return other &&
           tj_objects_join((enum tj_join_kind)block->join, fact->object, fact->objects, other->object, other->objects);
}

static bool is_same(const struct tj_bound_fact *a, const struct tj_bound_fact *b) {
    return a->serial == b->serial && a->subject == b->subject && a->instance == b->instance;
}

static bool in_time(const struct tj_rule *rule, const struct tj_partial *p, const struct tj_bound_fact *fact) {
    return rule->within == 0 || fact->index - p->bound[p->first]->index <= rule->within;
}

/* ---- keeping ------------------------------------------------------------------------------------------------------ */

static void drop(struct tj_history *h, uint32_t i) {
    memmove(&h->partial.at[i], &h->partial.at[i + 1], (h->partial.n - i - 1) * sizeof *h->partial.at);
    h->partial.n--;
}

bool tj_bound_same(const struct tj_bound_fact *a, const struct tj_bound_fact *b) {
    if (a->objects != b->objects) return false;
    for (uint32_t i = 0; i < a->objects; i++) {
        const struct tj_object *x = &a->object[i], *y = &b->object[i];
        if (!tj_str_eq(x->path, y->path) || !tj_str_eq(x->host, y->host) || !tj_str_eq(x->name, y->name)) return false;
    }
    return true;
}

/* Whether a later block asks for the objects of this one. */
static bool is_joined(const struct tj_session *s, const struct tj_rule *rule, uint32_t block) {
    for (uint32_t b = 0; b < rule->blocks.n && b < BLOCKS_MOST; b++) {
        const struct tj_block *other = block_at(s, rule, b);
        if (other->join != TJ_JOIN_NONE && other->join_block == block) return true;
    }
    return false;
}

/* As far along with the same objects, where they matter: the newer one takes its place, for `within`. */
static bool is_twin(const struct tj_session *s, const struct tj_partial *a, const struct tj_partial *b) {
    if (a->rule != b->rule || a->next != b->next || a->wait != b->wait) return false;
    if (b->wait_call != TJ_NONE && a->wait_call != b->wait_call) return false; /* it may yet come to nothing */
    for (uint32_t i = 0; i < BLOCKS_MOST; i++) {
        if (!a->bound[i] != !b->bound[i]) return false;
        if (a->bound[i] && is_joined(s, tj_image_rule(s->image, a->rule), i) && !tj_bound_same(a->bound[i], b->bound[i]))
            return false;
    }
    return true;
}

/* Those that `within` has closed make room. */
static void drop_late(struct tj_session *s, uint32_t index) {
    struct tj_history *h = s->history;
    for (uint32_t i = h->partial.n; i > 0; i--) {
        const struct tj_partial *p = &h->partial.at[i - 1];
        uint32_t within = tj_image_rule(s->image, p->rule)->within;
        if (within && index - p->bound[p->first]->index > within) drop(h, i - 1);
    }
}

static void keep(struct tj_session *s, const struct tj_partial *p, const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    uint32_t of_rule = 0, oldest = TJ_NONE;
    drop_late(s, place->index);
    for (uint32_t i = 0; i < h->partial.n; i++) {
        if (h->partial.at[i].rule != p->rule) continue;
        if (is_twin(s, &h->partial.at[i], p)) {
            h->partial.at[i] = *p;
            return;
        }
        if (oldest == TJ_NONE) oldest = i;
        of_rule++;
    }
    if (of_rule >= PARTIALS_PER_RULE || h->partial.n >= PARTIALS_MOST) {
        tj_session_over_budget(s, place->index, place->step, place->pointer);
        drop(h, of_rule >= PARTIALS_PER_RULE ? oldest : 0);
    }
    if (!tj_vec_push(&s->arena, &h->partial, *p)) h->failed = true;
}

/* ---- ending ------------------------------------------------------------------------------------------------------- */

static struct tj_str note_of(struct tj_history *h, const struct tj_partial *p) {
    struct tj_buf buf;
    tj_buf_init(&buf, &h->log->arena);
    for (uint32_t i = 0; i < BLOCKS_MOST; i++) {
        if (!p->bound[i] || i == p->last) continue;
        if (buf.n) tj_buf_puts(&buf, "; ");
        tj_buf_putf(&buf, "step %u: ", (unsigned)p->bound[i]->index);
        tj_buf_put(&buf, p->bound[i]->words);
    }
    if (buf.failed) h->failed = true;
    return tj_buf_str(&buf);
}

static void finish(struct tj_session *s, const struct tj_view *view, const struct tj_partial *p,
                   const struct tj_block_hit *hit, const struct tj_place_of *place) {
    const struct tj_effect *e = tj_instance_effect(view, hit->subject, hit->instance);
    const struct tj_command *c = tj_instance_command(view, hit->subject, hit->instance);
    bool guessed = (e && e->flags & TJ_EFF_GUESSED) || (c && c->flags & TJ_CMD_GUESSED);
    struct tj_finding *f = tj_finding_add(s, view, hit->rule, hit->subject, hit->instance,
                                          tj_instance_span(view, hit->subject, hit->instance), guessed, place);
    if (!f) return;
    struct tj_more *more = &s->history->more.at[s->history->more.n - 1];
    f->other_index = p->bound[p->first]->index;
    f->note = note_of(s->history, p);
    more->sequence = 1;
    more->wait = p->wait;
    more->wait_ends = p->wait_ends;
    more->wait_call = p->wait_call;
}

/* Has `p` gone on with `fact` as block `hit->block`. A block that waits for an outcome makes all that follows wait. */
static void go_on(struct tj_session *s, const struct tj_view *view, struct tj_partial p,
                  const struct tj_bound_fact *fact, const struct tj_block_hit *hit, const struct tj_place_of *place) {
    const struct tj_rule *rule = tj_image_rule(s->image, hit->rule);
    const struct tj_block *block = block_at(s, rule, hit->block);
    p.bound[hit->block] = fact;
    p.last = hit->block;
    p.next = next_block(s, rule, hit->block);
    if (block->outcome) {
        p.wait = block->outcome;
        p.wait_ends = fact->ends;
        p.wait_call = place->call;
    }
    if (p.next == TJ_NONE)
        finish(s, view, &p, hit, place);
    else
        keep(s, &p, place);
}

static void break_off(struct tj_session *s, const struct tj_rule *rule, const struct tj_block_hit *hit,
                      const struct tj_bound_fact *fact) {
    struct tj_history *h = s->history;
    const struct tj_block *block = block_at(s, rule, hit->block);
    for (uint32_t i = h->partial.n; i > 0; i--)
        if (h->partial.at[i - 1].rule == hit->rule && joins(&h->partial.at[i - 1], block, fact)) drop(h, i - 1);
}

/* False where nothing that was seen is carried on or broken off, and nothing begins: most hits say `something ran`. */
static bool may_matter(const struct tj_session *s, const struct tj_rule *rule, const struct tj_block_hit *hit) {
    const struct tj_history *h = s->history;
    uint8_t how = block_at(s, rule, hit->block)->how;
    if (how == TJ_BLOCK_SEQUENCE && next_block(s, rule, TJ_NONE) == hit->block) return true;
    if (how != TJ_BLOCK_SEQUENCE && how != TJ_BLOCK_UNLESS_SEEN) return false;
    for (uint32_t i = 0; i < h->partial.n; i++) {
        const struct tj_partial *p = &h->partial.at[i];
        if (p->rule == hit->rule && (how == TJ_BLOCK_UNLESS_SEEN || p->next == hit->block)) return true;
    }
    return false;
}

void tj_sequence_hit(struct tj_session *s, const struct tj_view *view, const struct tj_block_hit *hit,
                     const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    const struct tj_rule *rule = tj_image_rule(s->image, hit->rule);
    if (hit->block >= rule->blocks.n || hit->block >= BLOCKS_MOST) return;
    const struct tj_block *block = block_at(s, rule, hit->block);
    if (!may_matter(s, rule, hit)) return;
    const struct tj_bound_fact *fact = tj_bound_make(s, view, hit->subject, hit->instance, place);
    if (!fact) return;
    if (block->how == TJ_BLOCK_UNLESS_SEEN) {
        break_off(s, rule, hit, fact);
        return;
    }
    if (block->how != TJ_BLOCK_SEQUENCE) return;
    /* Copies of those that were there before: what this hit adds is not carried on by it. Ready ones first, then those
     * that wait for a result, the newest first. */
    struct tj_partial there[2 * PARTIALS_PER_RULE];
    uint32_t n = 0;
    for (int waits = 0; waits < 2; waits++)
        for (uint32_t i = h->partial.n; i > 0 && n < 2 * PARTIALS_PER_RULE; i--) {
            const struct tj_partial *p = &h->partial.at[i - 1];
            if (p->rule == hit->rule && p->next == hit->block && (p->wait_call != TJ_NONE) == waits) there[n++] = *p;
        }
    bool ends = next_block(s, rule, hit->block) == TJ_NONE;
    for (uint32_t i = 0; i < n; i++) {
        if (is_same(there[i].bound[there[i].last], fact) || !in_time(rule, &there[i], fact) ||
            !joins(&there[i], block, fact))
            continue;
        go_on(s, view, there[i], fact, hit, place);
        if (ends) break; /* an instance ends a rule once, however many beginnings fit */
    }
    if (next_block(s, rule, TJ_NONE) != hit->block) return;
    struct tj_partial p = {.rule = hit->rule, .first = hit->block, .wait_call = TJ_NONE};
    go_on(s, view, p, fact, hit, place);
}

/* ---- outcomes ----------------------------------------------------------------------------------------------------- */

bool tj_sequence_waits(const struct tj_session *s, uint32_t call) {
    const struct tj_history *h = s->history;
    for (uint32_t i = 0; i < h->partial.n; i++)
        if (h->partial.at[i].wait_call == call) return true;
    for (uint32_t i = h->more.n; i > 0; i--)
        if (h->more.at[i - 1].wait_call == call) return true;
    return false;
}

/* An outcome that is not known, of a call that did return, speaks against nothing but `blocked` and `failed`. */
static bool is_met(uint8_t wait, bool ends, enum tj_outcome outcome) {
    uint8_t wanted = (uint8_t)(wait - 1);
    if (outcome == TJ_OUTCOME_FAILED && !ends) outcome = TJ_OUTCOME_UNKNOWN; /* what failed was something behind it */
    return wanted == (uint8_t)outcome || (outcome == TJ_OUTCOME_UNKNOWN && wanted == TJ_OUTCOME_SUCCEEDED);
}

void tj_sequence_result(struct tj_session *s, uint32_t call, enum tj_outcome outcome) {
    struct tj_history *h = s->history;
    for (uint32_t i = h->partial.n; i > 0; i--) {
        struct tj_partial *p = &h->partial.at[i - 1];
        if (p->wait_call != call) continue;
        if (!is_met(p->wait, p->wait_ends, outcome))
            drop(h, i - 1);
        else
            p->wait_call = TJ_NONE;
    }
    for (uint32_t i = h->more.n; i > 0; i--) {
        struct tj_more *more = &h->more.at[i - 1];
        if (more->wait_call != call) continue;
        if (!is_met(more->wait, more->wait_ends, outcome))
            tj_finding_remove(s, i - 1);
        else
            more->wait_call = TJ_NONE;
    }
}

/* A result that never came is an outcome that is not known. */
void tj_sequence_finish(struct tj_session *s) {
    struct tj_history *h = s->history;
    for (uint32_t i = s->finding.n; i > 0; i--) {
        const struct tj_more *more = &h->more.at[i - 1];
        if (more->wait_call != TJ_NONE && !is_met(more->wait, more->wait_ends, TJ_OUTCOME_UNKNOWN))
            tj_finding_remove(s, i - 1);
    }
}
