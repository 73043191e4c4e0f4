/* Private to match/: the databases with the index of rules, the matcher, and one instance while it is tested. */
#ifndef TJ_MATCH_INNER_H
#define TJ_MATCH_INNER_H

#include <stdatomic.h>

#include "image/tries.h"
#include "match/match.h"

/* ---- databases and scanning (databases.c, the only file that sees Hyperscan) ---------------------------------- */

/* What an instance has of what tries ask for. */
struct tj_have {
    uint64_t ones;
    uint64_t any[TJ_TRY_ANY];
};

struct tj_databases {
    const struct tj_image *image;
    _Atomic(void *) db[TJ_DB_COUNT]; /* hs_database_t; NULL: no predicates (words is 0), or not needed yet */
    uint32_t words[TJ_DB_COUNT];     /* 64-bit words of a bit set */
    uint32_t words_most;
    uint8_t all_matches[TJ_DB_COUNT];
    uint32_t *phrase[TJ_DB_COUNT]; /* MESSAGE, OUTPUT, EXPOSED: phrase kind by bit, TJ_NONE for predicates */
    struct tj_arena arena;         /* of `phrase` */
};

struct tj_matcher {
    const struct tj_image *image;
    struct tj_databases *databases;
    void *scratch;  /* large enough for the databases in `ready` */
    uint32_t ready; /* bit mask of enum tj_database */
    bool failed;    /* a database could not be opened: out of memory */
    uint64_t *bits; /* words_most, always left clear */
    char *copy;     /* of a text that cannot be scanned where it stands */
    size_t copy_bytes;
};

/* One match: predicate bit and end offset. */
struct tj_match_at {
    uint32_t bit, end;
};
struct tj_matches {
    TJ_VEC(struct tj_match_at) at;
    bool over_budget;
};
/*
 * Hyperscan 5.4.0 on processors with AVX512-VBMI loads whole vectors from where a literal matcher starts, a few bytes past the
 * end of a text (vectorscan issue 322). It ignores what it read there, but the page behind may not be mapped. So a text
 * that ends less than TJ_SCAN_SLACK bytes before a page does is scanned from a copy that has them.
 */
enum { TJ_SCAN_PAGE = 4096, TJ_SCAN_SLACK = 64 };
bool tj_scan_in_place(struct tj_str text);
/* The text, or its copy in the matcher until the next call; empty without memory (matcher->failed). */
struct tj_str tj_scan_readable(struct tj_matcher *matcher, struct tj_str text);
/* Predicates of a database that match, and the same with numbers that share bits: what tj_try.text is compared with. */
struct tj_bits {
    uint64_t fold;
    uint64_t word[];
};
static inline size_t tj_bits_size(uint32_t words) { return sizeof(struct tj_bits) + words * sizeof(uint64_t); }
static inline bool tj_bits_have(const struct tj_bits *bits, uint32_t number) {
    return bits->fold & tj_try_bit(number) && bits->word[number / 64] & tj_try_bit(number);
}
/* Sets bits of the predicates that match; true when there was any. */
bool tj_scan_bits(struct tj_matcher *matcher, enum tj_database db, struct tj_str text, uint64_t *bits);
/* Appends matches with their ends, at most `budget`. */
void tj_scan_all(struct tj_matcher *matcher, struct tj_arena *arena, enum tj_database db, struct tj_str text,
                 uint32_t budget, struct tj_matches *out);

/* The database in which phrases of a kind are looked for. */
static inline enum tj_database tj_phrase_database(uint32_t kind) {
    if (kind < TJ_PHRASE_RESULT_FAIL) return TJ_DB_MESSAGE;
    return kind == TJ_PHRASE_INJECTION ? TJ_DB_EXPOSED : TJ_DB_OUTPUT;
}

/* index.c */
bool tj_phrases_build(struct tj_databases *databases);

/* ---- one view while it is matched ------------------------------------------------------------------------------ */

enum tj_bits_of_effect { TJ_BITS_PATH, TJ_BITS_HOST, TJ_BITS_URL, TJ_BITS_NAME, TJ_BITS_VALUE, TJ_BITS_EFFECT };
enum tj_bits_of_edit { TJ_BITS_EDIT_PATH, TJ_BITS_ADDED, TJ_BITS_REMOVED, TJ_BITS_EDIT };

/* Bit sets are made when a condition first asks; NULL = not yet. */
struct tj_effect_bits {
    const struct tj_bits *bits[TJ_BITS_EFFECT];
};
struct tj_edit_bits {
    const struct tj_bits *bits[TJ_BITS_EDIT];
};
/* Words that a command does not act on: by word, the byte from which it is only spoken; UINT32_MAX: none of it. */
struct tj_hush {
    uint32_t *from; /* NULL: it acts on all of its words */
};
struct tj_command_bits {
    /* [0]: for rules that name the program; [1]: only what it acts on itself. */
    const struct tj_bits *arg[2], *text[2];
    struct tj_hush hush[2];
    uint32_t name[2]; /* NAMES rows of its name and of its table row's name; TJ_NONE */
    bool named, hushed;
};

/* groups.c: commands of the same flow, rising. */
struct tj_group {
    const uint32_t *at;
    uint32_t n;
};
struct tj_flows {
    uint32_t *member, *begin, *end; /* [begin, end) of a command's flow in member */
    bool made;
};
/* A program of a pipeline, with its first and last place there. */
struct tj_piped_name {
    uint32_t pipeline, name;
    uint16_t first, last;
};

/* Whether a block holds, by instance: 0 not asked, 1 yes, 2 no; and those before `upto` for which it does. */
struct tj_asked {
    uint8_t *answer;
    TJ_VEC(uint32_t) found;
    uint32_t upto;
};

struct tj_matching {
    struct tj_matcher *matcher;
    const struct tj_image *image;
    struct tj_arena *arena;
    const struct tj_view *view;
    const struct tj_run_memory *memory;
    struct tj_effect_bits *effect;
    struct tj_edit_bits *edit;
    struct tj_command_bits *command;
    uint32_t effects, edits, commands;
    const struct tj_bits *message;
    const struct tj_bits *none; /* a set without bits */
    struct tj_hits *out;
    struct tj_flows flows;
    struct tj_piped_name *piped; /* by pipeline, then name */
    uint32_t piped_names;
    struct tj_asked *asked; /* by block; bind.c */
    uint32_t tries;         /* other instances looked at: `with`, `without` */
    bool failed;            /* out of memory */
};

/* Looks at one more other instance; false when a view has used up what is allowed. */
enum { TJ_TRIES_MOST = 1 << 18 };
static inline bool tj_may_try(struct tj_matching *m) {
    if (m->tries >= TJ_TRIES_MOST) m->out->over_budget = true;
    return m->tries++ < TJ_TRIES_MOST;
}

struct tj_instance {
    uint8_t subject;
    uint32_t index;
    const struct tj_command *command; /* NULL: none */
    const struct tj_effect *effect;
    const struct tj_edit *edit;
    const struct tj_bits *raw; /* TEXT: predicates that matched in the roles looked at */
    uint64_t roles;            /* TEXT: those roles */
};

bool tj_instance_make(const struct tj_matching *m, uint8_t subject, uint32_t index, struct tj_instance *out);
/* cond.c: every tree of the range holds. An empty range holds. */
bool tj_conds_hold(struct tj_matching *m, const struct tj_instance *x, struct tj_range conds);
/* `where` holds and `unless` does not. */
bool tj_block_holds(struct tj_matching *m, const struct tj_instance *x, const struct tj_block *block);
/* needs.c: what an instance has of what tries ask for. */
struct tj_have tj_need_have(struct tj_matching *m, const struct tj_instance *x);
/* values.c */
/* acted: only words that the command acts on itself (see match.h). */
const struct tj_bits *tj_field_bits(struct tj_matching *m, const struct tj_instance *x, enum tj_field field, bool acted);
bool tj_field_name(struct tj_matching *m, const struct tj_instance *x, enum tj_field field, const uint32_t *ids,
                   uint32_t n);
const uint32_t *tj_command_names(struct tj_matching *m, const struct tj_command *command); /* two rows or TJ_NONE */
/* groups.c: also whether one of the names stands before (from) or after the command in its pipeline */
struct tj_group tj_flow_group(struct tj_matching *m, const struct tj_command *command);
bool tj_is_piped(struct tj_matching *m, const struct tj_command *command, bool from, const uint32_t *names, uint32_t n);
/* spoken.c */
/* acted: also patterns, operands that are messages, and words of nested commands. */
struct tj_hush tj_spoken_words(struct tj_matching *m, const struct tj_command *command, bool acted);
void tj_spoken_python(char *code, uint32_t n); /* blanks comments, docstrings and what print() and loggers are given */
/* bind.c: `with` exist and `without` do not; *other gets what the first `with` bound. */
bool tj_others_hold(struct tj_matching *m, uint32_t rule, const struct tj_instance *x, struct tj_instance *other);
/* raw.c: `on: text` rules over the root texts. */
void tj_match_raw(struct tj_matching *m);

#endif
