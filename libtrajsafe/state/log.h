/* The log under the state: fixed-size facts in shared chunks, hash heads with links back, scopes as marks. Private to state/. */
#ifndef TJ_STATE_LOG_H
#define TJ_STATE_LOG_H

#include "state/state.h"

#include <stdatomic.h>

enum fact_kind { FACT_CWD, FACT_OLDCWD, FACT_BARRIER, FACT_VAR, FACT_FUNCTION, FACT_ALIAS, FACT_FILE };
#define FACT_BIT(id) (1u << FACT_##id)
#define FACT_SHELL                                                                                                     \
    (FACT_BIT(CWD) | FACT_BIT(OLDCWD) | FACT_BIT(BARRIER) | FACT_BIT(VAR) | FACT_BIT(FUNCTION) | FACT_BIT(ALIAS))

/* A fact never changes once a clone shares its chunk. `prev` is the next older fact of its bucket. */
struct fact {
    uint8_t kind;
    uint32_t hash, prev;
    uint32_t size;                  /* bytes it costs: itself and its texts */
    uint32_t text_chunk, text_used; /* where text ended after it */
    struct tj_str name;             /* variable, function, alias; path of a file */
    union {
        struct tj_value value; /* VAR; CWD and OLDCWD: text */
        struct tj_str body;    /* FUNCTION, ALIAS */
        struct tj_file file;
    } u;
};

/* Rows and texts live in chunks that states share by count; only a chunk with one owner is written to. */
struct chunk {
    _Atomic uint32_t refs;
    uint32_t size;
    _Alignas(16) char bytes[];
};
enum { FACTS_PER_CHUNK = 32, BUCKETS = 256 };

struct text_chunk {
    struct chunk *chunk;
    uint32_t used;
};
struct mark {
    uint32_t facts;
};

struct tj_state {
    const struct tj_context *context;
    struct chunk **row; /* FACTS_PER_CHUNK facts each */
    uint32_t rows, row_cap;
    struct text_chunk *text;
    uint32_t texts, text_cap;
    uint32_t n;       /* facts */
    uint32_t settled; /* leading facts that are FILE and lie in no scope: ending a call need not look at them */
    uint32_t step;
    uint32_t gaps; /* numbers given out */
    struct mark *scope;
    uint32_t depth, scope_cap, lost; /* lost: scopes entered when out of memory; they do nothing */
    bool full;
    size_t compact_at;               /* live bytes beyond which a compaction is worth trying */
    size_t budget, live, texts_used; /* bytes of live facts; bytes of text that chunks hold */
    struct tj_file scratch;
    uint32_t head[BUCKETS]; /* newest fact of the bucket or TJ_NONE; the first three are CWD, OLDCWD, BARRIER */
};

static inline struct fact *fact_at(const struct tj_state *state, uint32_t i) {
    return (struct fact *)(void *)state->row[i / FACTS_PER_CHUNK]->bytes + i % FACTS_PER_CHUNK;
}
/* A new fact at the end, linked in, with `room` bytes of text behind *text (8-aligned). NULL when over budget. */
struct fact *tj_log_push(struct tj_state *state, enum fact_kind kind, uint32_t hash, size_t room, char **text);
/* Drops facts from `from` on, except the kinds in `keep`, whose order is kept (CWD and OLDCWD: the newest, at the end). */
void tj_log_cut(struct tj_state *state, uint32_t from, uint32_t keep);
/* Newest fact of that kind and name, or NULL. */
const struct fact *tj_log_find(const struct tj_state *state, enum fact_kind kind, uint32_t hash, struct tj_str name);
/* Copies what is live into fresh chunks when most of the text is garbage. Only outside of scopes. */
void tj_log_compact(struct tj_state *state);
/* Sets the cwd that the context begins with. */
void tj_state_start(struct tj_state *state);
uint32_t tj_log_hash(const struct tj_state *state, enum fact_kind kind, struct tj_str name);
/* The FILE fact of the nearest folder around a path, or NULL. */
const struct fact *tj_log_find_folder(const struct tj_state *state, struct tj_str path);

#endif
