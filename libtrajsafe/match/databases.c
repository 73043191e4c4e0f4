/* Hyperscan behind three functions: databases opened when first needed, scratch per matcher, scans that give bits or ends. */
#include "match/inner.h"

#include <stdlib.h>
#include <string.h>

#include <hs_runtime.h>

static trajsafe_status failed(trajsafe_error *error, hs_error_t e) {
    if (e == HS_NOMEM) return tj_fail(error, TRAJSAFE_NO_MEMORY, 0, NULL, "out of memory");
    if (e == HS_ARCH_ERROR)
        return tj_fail(error, TRAJSAFE_UNSUPPORTED, 910, "it needs SSSE3",
                       "this processor cannot run the pattern engine");
    return tj_fail(error, TRAJSAFE_BAD_IMAGE, 911, "compile the rules again with this version of trajsafe",
                   "a pattern database was refused");
}

static const char *blob_of(const struct tj_databases *d, enum tj_database i, uint32_t *n) {
    const struct tj_database_row *row = TJ_ROW(d->image, DATABASES, struct tj_database_row, i);
    *n = row->bits ? row->blob.n : 0;
    return (const char *)d->image->at[TJ_SECTION_BLOBS] + row->blob.at;
}

/* What a row says about its database; the database itself is opened when it is first needed. */
static trajsafe_status read_row(struct tj_databases *d, enum tj_database i, trajsafe_error *error) {
    const struct tj_database_row *row = TJ_ROW(d->image, DATABASES, struct tj_database_row, i);
    uint32_t bytes = d->image->n[TJ_SECTION_BLOBS];
    d->words[i] = (row->bits + 63) / 64;
    if (d->words[i] > d->words_most) d->words_most = d->words[i];
    d->all_matches[i] = row->all_matches != 0;
    atomic_init(&d->db[i], NULL);
    bool inside = row->blob.at <= bytes && row->blob.n <= bytes - row->blob.at;
    return inside ? TRAJSAFE_OK : failed(error, HS_INVALID);
}

/* Opens a database, once for all threads: the first to finish publishes its copy, the others drop theirs. */
static hs_error_t open_database(struct tj_databases *d, enum tj_database i) {
    uint32_t n;
    const char *blob = blob_of(d, i, &n);
    hs_database_t *db = NULL;
    void *none = NULL;
    if (n == 0 || atomic_load_explicit(&d->db[i], memory_order_acquire)) return HS_SUCCESS;
    hs_error_t e = hs_deserialize_database(blob, n, &db);
    if (e != HS_SUCCESS) return e;
    if (!atomic_compare_exchange_strong_explicit(&d->db[i], &none, db, memory_order_acq_rel, memory_order_acquire))
        hs_free_database(db);
    return HS_SUCCESS;
}

/* The database that costs least to open: it tells whether the processor can run them at all. */
static int smallest(const struct tj_databases *d) {
    int best = -1;
    uint32_t least = UINT32_MAX, n;
    for (int i = 0; i < TJ_DB_COUNT; i++) {
        blob_of(d, (enum tj_database)i, &n);
        if (n && n < least) {
            least = n;
            best = i;
        }
    }
    return best;
}

trajsafe_status tj_databases_new(const struct tj_image *image, bool lazy, struct tj_databases **out,
                                 trajsafe_error *error) {
    struct tj_databases *d = calloc(1, sizeof *d);
    if (!d) return failed(error, HS_NOMEM);
    d->image = image;
    tj_arena_init(&d->arena, 0);
    trajsafe_status status = TRAJSAFE_OK;
    for (int i = 0; i < TJ_DB_COUNT && status == TRAJSAFE_OK; i++) status = read_row(d, (enum tj_database)i, error);
    int probe = smallest(d);
    for (int i = 0; i < TJ_DB_COUNT && status == TRAJSAFE_OK; i++) {
        hs_error_t e = lazy && i != probe ? HS_SUCCESS : open_database(d, (enum tj_database)i);
        if (e != HS_SUCCESS) status = failed(error, e);
    }
    if (status == TRAJSAFE_OK && !tj_phrases_build(d)) status = failed(error, HS_NOMEM);
    if (status != TRAJSAFE_OK) {
        tj_databases_free(d);
        return status;
    }
    *out = d;
    return TRAJSAFE_OK;
}

void tj_databases_free(struct tj_databases *d) {
    if (!d) return;
    for (int i = 0; i < TJ_DB_COUNT; i++) hs_free_database(atomic_load(&d->db[i]));
    tj_arena_free(&d->arena);
    free(d);
}

trajsafe_status tj_matcher_new(const struct tj_image *image, struct tj_databases *databases, struct tj_matcher **out) {
    struct tj_matcher *m = calloc(1, sizeof *m);
    if (!m) return TRAJSAFE_NO_MEMORY;
    *m = (struct tj_matcher){.image = image, .databases = databases};
    m->bits = calloc(databases->words_most + 1, sizeof *m->bits);
    if (!m->bits) {
        tj_matcher_free(m);
        return TRAJSAFE_NO_MEMORY;
    }
    *out = m;
    return TRAJSAFE_OK;
}

void tj_matcher_free(struct tj_matcher *m) {
    if (!m) return;
    hs_free_scratch(m->scratch);
    free(m->bits);
    free(m->copy);
    free(m);
}

/* The database with scratch for it, or NULL when there is nothing to scan for (or no memory: m->failed). */
static const hs_database_t *ready(struct tj_matcher *m, enum tj_database i) {
    struct tj_databases *d = m->databases;
    if (d->words[i] == 0) return NULL;
    if (m->ready >> i & 1) return atomic_load_explicit(&d->db[i], memory_order_acquire);
    hs_scratch_t *scratch = m->scratch;
    hs_database_t *db = NULL;
    hs_error_t e = open_database(d, i);
    if (e == HS_SUCCESS) db = atomic_load_explicit(&d->db[i], memory_order_acquire);
    if (db) e = hs_alloc_scratch(db, &scratch);
    m->scratch = scratch;
    if (e != HS_SUCCESS) {
        m->failed = true;
        return NULL;
    }
    m->ready |= 1u << i;
    return db;
}

bool tj_scan_in_place(struct tj_str text) {
    return ((uintptr_t)text.p + text.n + TJ_SCAN_SLACK - 1) % TJ_SCAN_PAGE >= TJ_SCAN_SLACK;
}

struct tj_str tj_scan_readable(struct tj_matcher *m, struct tj_str text) {
    if (tj_scan_in_place(text)) return text;
    size_t need = text.n + TJ_SCAN_SLACK;
    if (need > m->copy_bytes) {
        free(m->copy);
        m->copy = malloc(need);
        m->copy_bytes = m->copy ? need : 0;
    }
    if (!m->copy) {
        m->failed = true;
        return (struct tj_str){NULL, 0};
    }
    memcpy(m->copy, text.p, text.n);
    memset(m->copy + text.n, 0, TJ_SCAN_SLACK);
    return (struct tj_str){m->copy, text.n};
}

/* Keeps a small copy for the next text and gives a large one back. */
static void drop_copy(struct tj_matcher *m) {
    enum { KEPT_MOST = 1 << 16 };
    if (m->copy_bytes <= KEPT_MOST) return;
    free(m->copy);
    m->copy = NULL;
    m->copy_bytes = 0;
}

static void scan(struct tj_matcher *m, const hs_database_t *database, struct tj_str text, match_event_handler on_match,
                 void *sink) {
    struct tj_str readable = tj_scan_readable(m, text);
    if (readable.n == 0) return;
    hs_scan(database, readable.p, readable.n, 0, m->scratch, on_match, sink);
    drop_copy(m);
}

struct bit_sink {
    uint64_t *bits;
    bool any;
};

static int set_bit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    struct bit_sink *sink = context;
    (void)from, (void)to, (void)flags;
    sink->bits[id / 64] |= UINT64_C(1) << (id % 64);
    sink->any = true;
    return 0;
}

bool tj_scan_bits(struct tj_matcher *m, enum tj_database db, struct tj_str text, uint64_t *bits) {
    struct bit_sink sink = {bits, false};
    if (text.n == 0 || m->databases->words[db] == 0) return false;
    if (TJ_ROW(m->image, DATABASES, struct tj_database_row, db)->literals.used &&
        !tj_image_literals(m->image, db, text, bits, &sink.any))
        return sink.any;
    const hs_database_t *database = ready(m, db);
    if (database) scan(m, database, text, set_bit, &sink);
    return sink.any;
}

struct end_sink {
    struct tj_arena *arena;
    struct tj_matches *out;
    uint32_t budget;
};

static int add_end(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    struct end_sink *sink = context;
    (void)from, (void)flags;
    struct tj_match_at match = {id, (uint32_t)to};
    if (sink->out->at.n >= sink->budget || !tj_vec_push(sink->arena, &sink->out->at, match)) {
        sink->out->over_budget = true;
        return 1;
    }
    return 0;
}

void tj_scan_all(struct tj_matcher *m, struct tj_arena *arena, enum tj_database db, struct tj_str text, uint32_t budget,
                 struct tj_matches *out) {
    const hs_database_t *database = text.n ? ready(m, db) : NULL;
    if (!database) return;
    struct end_sink sink = {arena, out, out->at.n + budget};
    scan(m, database, text, add_end, &sink);
}
