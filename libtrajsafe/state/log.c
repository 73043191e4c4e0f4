/* The fact log: appending, cutting back, finding, and sharing chunks between clones. */
#include "state/log.h"

#include <stdlib.h>

enum { TEXT_CHUNK = 4096, DEFAULT_BUDGET = 1 << 20, SPILL = 4, GARBAGE = 64 << 10 };

/* ---- chunks -------------------------------------------------------------------------------------------------------- */

static struct chunk *chunk_new(size_t size) {
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) return NULL;
    atomic_init(&chunk->refs, 1);
    chunk->size = (uint32_t)size;
    return chunk;
}

static void chunk_ref(struct chunk *chunk) { atomic_fetch_add_explicit(&chunk->refs, 1, memory_order_relaxed); }

static void chunk_unref(struct chunk *chunk) {
    if (atomic_fetch_sub_explicit(&chunk->refs, 1, memory_order_acq_rel) == 1) free(chunk);
}

/* Acquire pairs with the release in chunk_unref: what another owner read is read before this one writes. */
static bool chunk_alone(struct chunk *chunk) { return atomic_load_explicit(&chunk->refs, memory_order_acquire) == 1; }

static bool grow(void **at, uint32_t *cap, uint32_t need, size_t size) {
    if (need <= *cap) return true;
    uint32_t more = *cap ? *cap * 2 : 4;
    if (more < need) more = need;
    void *p = realloc(*at, more * size);
    if (!p) return false;
    *at = p;
    *cap = more;
    return true;
}

/* Makes the chunk of fact i writable; facts before `live` in it are kept. */
static bool own_row(struct tj_state *state, uint32_t i, uint32_t live) {
    uint32_t k = i / FACTS_PER_CHUNK;
    if (k < state->rows && chunk_alone(state->row[k])) return true;
    struct chunk *fresh = chunk_new(FACTS_PER_CHUNK * sizeof(struct fact));
    if (!fresh) return false;
    if (k < state->rows) {
        uint32_t first = k * FACTS_PER_CHUNK;
        if (live > first) {
            uint32_t n = live - first < FACTS_PER_CHUNK ? live - first : FACTS_PER_CHUNK;
            memcpy(fresh->bytes, state->row[k]->bytes, n * sizeof(struct fact));
        }
        chunk_unref(state->row[k]);
        state->row[k] = fresh;
        return true;
    }
    if (!grow((void **)&state->row, &state->row_cap, k + 1, sizeof *state->row)) {
        chunk_unref(fresh);
        return false;
    }
    state->row[state->rows++] = fresh;
    return true;
}

/* Text is 8-aligned, because lists of strings are kept in it too. */
static char *take_text(struct tj_state *state, size_t n) {
    n = (n + 7) & ~(size_t)7;
    if (state->texts) {
        struct text_chunk *last = &state->text[state->texts - 1];
        if (n <= last->chunk->size - last->used && chunk_alone(last->chunk)) {
            last->used += (uint32_t)n;
            state->texts_used += n;
            return last->chunk->bytes + last->used - n;
        }
    }
    struct chunk *fresh = chunk_new(n > TEXT_CHUNK ? n : TEXT_CHUNK);
    if (!fresh) return NULL;
    if (!grow((void **)&state->text, &state->text_cap, state->texts + 1, sizeof *state->text)) {
        chunk_unref(fresh);
        return NULL;
    }
    state->text[state->texts++] = (struct text_chunk){fresh, (uint32_t)n};
    state->texts_used += n;
    return fresh->bytes;
}

static void cut_text(struct tj_state *state, uint32_t chunks, uint32_t used) {
    while (state->texts > chunks) {
        struct text_chunk *last = &state->text[--state->texts];
        state->texts_used -= last->used;
        chunk_unref(last->chunk);
    }
    if (chunks && state->text[chunks - 1].used > used) {
        state->texts_used -= state->text[chunks - 1].used - used;
        state->text[chunks - 1].used = used;
    }
}

/* Text goes back to where it ended after the last fact. The first chunk is kept for the next command. */
static void settle_text(struct tj_state *state) {
    if (state->n) {
        const struct fact *last = fact_at(state, state->n - 1);
        cut_text(state, last->text_chunk, last->text_used);
    } else {
        cut_text(state, state->texts ? 1 : 0, 0);
    }
}

/* ---- facts --------------------------------------------------------------------------------------------------------- */

static uint32_t bucket_of(const struct fact *fact) {
    return fact->kind <= FACT_BARRIER ? fact->kind : 3 + fact->hash % (BUCKETS - 3);
}

static uint32_t hash_end(uint64_t h, enum fact_kind kind) {
    h = tj_hash_step(h, (char)kind);
    return (uint32_t)(h ^ h >> 32);
}

uint32_t tj_log_hash(const struct tj_state *state, enum fact_kind kind, struct tj_str name) {
    uint64_t h = TJ_HASH_START;
    bool fold = kind == FACT_FILE && state->context && state->context->fold_case;
    for (uint32_t i = 0; i < name.n; i++) h = tj_hash_step(h, fold ? tj_lower(name.p[i]) : name.p[i]);
    return hash_end(h, kind);
}

/* One pass from the root: a path may be long, and each of its folders would be hashed anew. */
const struct fact *tj_log_find_folder(const struct tj_state *state, struct tj_str path) {
    uint64_t h = TJ_HASH_START;
    bool fold = state->context && state->context->fold_case;
    const struct fact *nearest = NULL;
    for (uint32_t i = 0; i < path.n; i++) {
        if (i > 0 && path.p[i] == '/') {
            const struct fact *fact = tj_log_find(state, FACT_FILE, hash_end(h, FACT_FILE), tj_str_sub(path, 0, i));
            if (fact) nearest = fact;
        }
        h = tj_hash_step(h, fold ? tj_lower(path.p[i]) : path.p[i]);
    }
    return nearest;
}

static bool same_name(const struct tj_state *state, enum fact_kind kind, struct tj_str a, struct tj_str b) {
    if (kind == FACT_FILE && state->context && state->context->fold_case) return tj_str_ieq(a, b);
    return tj_str_eq(a, b);
}

const struct fact *tj_log_find(const struct tj_state *state, enum fact_kind kind, uint32_t hash, struct tj_str name) {
    uint32_t floor = state->head[FACT_BARRIER];
    bool shell = FACT_SHELL >> kind & 1u;
    uint32_t i = state->head[kind <= FACT_BARRIER ? (uint32_t)kind : 3 + hash % (BUCKETS - 3)];
    for (; i != TJ_NONE; i = fact_at(state, i)->prev) {
        const struct fact *fact = fact_at(state, i);
        if (shell && floor != TJ_NONE && i < floor) return NULL;
        if (fact->kind == kind &&
            (kind <= FACT_BARRIER || (fact->hash == hash && same_name(state, kind, fact->name, name))))
            return fact;
    }
    return NULL;
}

static void link_fact(struct tj_state *state, uint32_t i) {
    struct fact *fact = fact_at(state, i);
    uint32_t bucket = bucket_of(fact);
    fact->prev = state->head[bucket];
    state->head[bucket] = i;
}

struct fact *tj_log_push(struct tj_state *state, enum fact_kind kind, uint32_t hash, size_t room, char **text) {
    size_t size = sizeof(struct fact) + room;
    if (size > state->budget - (state->live < state->budget ? state->live : state->budget) ||
        state->texts_used + room > SPILL * state->budget || !own_row(state, state->n, state->n)) {
        state->full = true;
        return NULL;
    }
    *text = room ? take_text(state, room) : NULL;
    if (room && !*text) {
        state->full = true;
        return NULL;
    }
    struct fact *fact = fact_at(state, state->n);
    memset(fact, 0, sizeof *fact);
    fact->kind = (uint8_t)kind;
    fact->hash = hash;
    fact->size = (uint32_t)size;
    fact->text_chunk = state->texts;
    fact->text_used = state->texts ? state->text[state->texts - 1].used : 0;
    link_fact(state, state->n++);
    state->live += size;
    return fact;
}

/* Undoes the links of the facts from `from` on, newest first, so that every head is again what it was. */
static void unlink_from(struct tj_state *state, uint32_t from) {
    if (from == 0 && state->n > BUCKETS) {
        memset(state->head, 0xff, sizeof state->head);
        state->live = 0;
        return;
    }
    for (uint32_t i = state->n; i > from; i--) {
        const struct fact *fact = fact_at(state, i - 1);
        state->head[bucket_of(fact)] = fact->prev;
        state->live -= fact->size;
    }
}

/* By value: owning the row may let go of the chunk that the fact stands in. */
static bool put_at(struct tj_state *state, struct fact fact, uint32_t at) {
    if (!own_row(state, at, state->n)) return false;
    struct fact *to = fact_at(state, at);
    *to = fact;
    state->live += to->size;
    link_fact(state, at);
    return true;
}

void tj_log_cut(struct tj_state *state, uint32_t from, uint32_t keep) {
    if (from >= state->n) return;
    uint32_t end = state->n, to = from;
    unlink_from(state, from);
    struct fact last[2];
    bool have[2] = {false, false};
    for (uint32_t i = from; keep && i < end; i++) {
        const struct fact *fact = fact_at(state, i);
        if (!(keep >> fact->kind & 1u)) continue;
        if (fact->kind <= FACT_OLDCWD) {
            last[fact->kind] = *fact;
            have[fact->kind] = true;
        } else if (put_at(state, *fact, to)) {
            to++;
        } else {
            state->full = true;
        }
    }
    /* A kept cwd may have its text behind that of later files: its mark must not cut theirs off. */
    for (int k = 0; k < 2; k++) {
        if (!have[k]) continue;
        if (to > from && (fact_at(state, to - 1)->text_chunk > last[k].text_chunk ||
                          (fact_at(state, to - 1)->text_chunk == last[k].text_chunk &&
                           fact_at(state, to - 1)->text_used > last[k].text_used))) {
            last[k].text_chunk = fact_at(state, to - 1)->text_chunk;
            last[k].text_used = fact_at(state, to - 1)->text_used;
        }
        if (put_at(state, last[k], to))
            to++;
        else
            state->full = true;
    }
    state->n = to;
    if (state->settled > state->n) state->settled = state->n;
    settle_text(state);
}

/* ---- states -------------------------------------------------------------------------------------------------------- */

static trajsafe_status make(const struct tj_context *context, size_t budget, struct tj_state **out) {
    struct tj_state *state = calloc(1, sizeof *state);
    *out = state;
    if (!state) return TRAJSAFE_NO_MEMORY;
    state->budget = budget ? budget : DEFAULT_BUDGET;
    state->context = context;
    state->compact_at = state->budget / 2;
    memset(state->head, 0xff, sizeof state->head);
    return TRAJSAFE_OK;
}

trajsafe_status tj_state_new(const struct tj_context *context, size_t budget, struct tj_state **out) {
    trajsafe_status status = make(context, budget, out);
    if (status == TRAJSAFE_OK) tj_state_start(*out);
    return status;
}

void tj_state_free(struct tj_state *state) {
    if (!state) return;
    for (uint32_t i = 0; i < state->rows; i++) chunk_unref(state->row[i]);
    for (uint32_t i = 0; i < state->texts; i++) chunk_unref(state->text[i].chunk);
    free(state->row);
    free(state->text);
    free(state->scope);
    free(state);
}

void tj_state_reset(struct tj_state *state, const struct tj_context *context) {
    unlink_from(state, 0);
    state->gaps = 0;
    state->n = state->settled = state->step = state->depth = state->lost = 0;
    state->full = false;
    settle_text(state);
    state->context = context;
    tj_state_start(state);
}

static bool copy_chunks(const struct tj_state *from, struct tj_state *to) {
    uint32_t rows = (from->n + FACTS_PER_CHUNK - 1) / FACTS_PER_CHUNK;
    if (!grow((void **)&to->row, &to->row_cap, rows, sizeof *to->row) ||
        !grow((void **)&to->text, &to->text_cap, from->texts, sizeof *to->text) ||
        !grow((void **)&to->scope, &to->scope_cap, from->depth, sizeof *to->scope))
        return false;
    for (; to->rows < rows; to->rows++) chunk_ref(to->row[to->rows] = from->row[to->rows]);
    for (; to->texts < from->texts; to->texts++) {
        to->text[to->texts] = from->text[to->texts];
        chunk_ref(to->text[to->texts].chunk);
    }
    if (from->depth) memcpy(to->scope, from->scope, from->depth * sizeof *from->scope);
    return true;
}

trajsafe_status tj_state_clone(const struct tj_state *state, struct tj_state **out) {
    trajsafe_status status = make(state->context, state->budget, out);
    if (status != TRAJSAFE_OK) return status;
    struct tj_state *copy = *out;
    if (!copy_chunks(state, copy)) {
        tj_state_free(copy);
        *out = NULL;
        return TRAJSAFE_NO_MEMORY;
    }
    copy->n = state->n;
    copy->settled = state->settled;
    copy->step = state->step;
    copy->gaps = state->gaps;
    copy->depth = state->depth;
    copy->lost = state->lost;
    copy->full = state->full;
    copy->live = state->live;
    copy->texts_used = state->texts_used;
    memcpy(copy->head, state->head, sizeof copy->head);
    return TRAJSAFE_OK;
}

void tj_state_enter(struct tj_state *state) {
    if (state->lost || !grow((void **)&state->scope, &state->scope_cap, state->depth + 1, sizeof *state->scope)) {
        state->lost++;
        state->full = true;
        return;
    }
    state->scope[state->depth++] = (struct mark){state->n};
}

void tj_state_leave(struct tj_state *state, enum tj_leave leave) {
    if (state->lost) {
        state->lost--;
        return;
    }
    if (!state->depth) return;
    uint32_t from = state->scope[--state->depth].facts;
    if (leave != TJ_LEAVE_KEEP_ALL) tj_log_cut(state, from, leave == TJ_LEAVE_KEEP_FILES ? FACT_BIT(FILE) : 0);
}

uint32_t tj_state_depth(const struct tj_state *state) { return state->depth + state->lost; }
const struct tj_context *tj_state_context(const struct tj_state *state) { return state->context; }
bool tj_state_full(const struct tj_state *state) { return state->full; }
void tj_state_at_step(struct tj_state *state, uint32_t step) { state->step = step; }
uint64_t tj_state_bytes(const struct tj_state *state) { return state->live; }

/* ---- compaction ---------------------------------------------------------------------------------------------------- */

static struct tj_str move_text(struct tj_state *to, struct tj_str s) {
    if (!s.p || !s.n) return s.p ? (struct tj_str){"", 0} : s;
    char *p = take_text(to, s.n);
    if (!p) {
        to->full = true;
        return TJ_STR_NONE;
    }
    memcpy(p, s.p, s.n);
    return (struct tj_str){p, s.n};
}

/* Only FILE facts are left between calls beside a cwd; superseded ones go. */
static void copy_live(const struct tj_state *from, struct tj_state *to) {
    for (uint32_t i = 0; i < from->n; i++) {
        const struct fact *fact = fact_at(from, i);
        if (fact->kind == FACT_FILE) {
            if (tj_log_find(from, FACT_FILE, fact->hash, fact->name) == fact) tj_state_set_file(to, &fact->u.file);
        } else if (fact->kind <= FACT_OLDCWD) {
            char *none = NULL;
            struct fact *copy = tj_log_push(to, (enum fact_kind)fact->kind, 0, 0, &none);
            if (!copy) return;
            copy->u.value.text = move_text(to, fact->u.value.text);
            copy->text_chunk = to->texts;
            copy->text_used = to->texts ? to->text[to->texts - 1].used : 0;
        }
        if (fact->kind == FACT_FILE && to->n) fact_at(to, to->n - 1)->u.file.step = fact->u.file.step;
    }
}

void tj_log_compact(struct tj_state *state) {
    if (state->depth || state->lost ||
        (state->texts_used < 2 * state->live + GARBAGE && state->live < state->compact_at))
        return;
    struct tj_state *fresh;
    if (make(state->context, state->budget, &fresh) != TRAJSAFE_OK) return;
    copy_live(state, fresh);
    if (fresh->full) {
        tj_state_free(fresh);
        return;
    }
    fresh->step = state->step;
    fresh->gaps = state->gaps;
    fresh->settled = 0;
    fresh->compact_at = fresh->live < state->budget / 4 ? state->budget / 2 : fresh->live * 2;
    struct tj_state old = *state;
    *state = *fresh;
    state->full = old.full;
    *fresh = old;
    tj_state_free(fresh);
}
