/* One compilation: what the passes share, and the passes in the order in which they run. */
#ifndef TJ_COMPILE_COMPILER_H
#define TJ_COMPILE_COMPILER_H

#include "compile/build.h"
#include "compile/check.h"

struct tj_source {
    struct tj_str name, bytes;
    struct tj_yaml *root; /* one map with one known top key, or NULL when it was refused */
};

/* A string predicate before its database is compiled. */
struct tj_pattern {
    struct tj_str text;
    const struct tj_yaml *node; /* where it was written first */
    uint8_t how;                /* enum tj_predicate_how */
    bool caseless;
};

struct tj_compiler {
    struct tj_check check;
    struct tj_arena *arena;
    const struct tj_source *source; /* in the order of their addition: nodes hold these numbers */
    const uint32_t *order;          /* the same in order of name: what passes go by, so that addition does not matter */
    uint32_t sources;
    struct tj_build build;
    TJ_VEC(struct tj_pattern) pattern[TJ_DB_COUNT];
    TJ_VEC(struct tj_str) flag;    /* all named flags, sorted; number of a flag = index + 1 */
    TJ_VEC(struct tj_str) name;    /* names that rules test; numbers change when they are sorted at the end */
    TJ_VEC(struct tj_range) names; /* ranges of U32 that hold numbers of names */
};

/* What source order[i] has below a top key, or NULL. */
struct tj_yaml *tj_section(const struct tj_compiler *c, uint32_t i, const char *top);

/* The passes. Each adds to the build and to the diagnostics, and goes on after errors. */
void tj_compile_programs(struct tj_compiler *c); /* flags, programs, options, operands, effects, index */
void tj_compile_tools(struct tj_compiler *c);
void tj_compile_paths(struct tj_compiler *c); /* paths and hosts */
void tj_compile_phrases(struct tj_compiler *c);
void tj_compile_rules(struct tj_compiler *c); /* rules, blocks, conditions, examples */
void tj_compile_names(struct tj_compiler *c); /* sorts the names and renumbers what refers to them */
void tj_compile_guards(struct tj_compiler *c);
void tj_compile_databases(struct tj_compiler *c); /* predicates and Hyperscan; only without errors */
void tj_compile_profiles(struct tj_compiler *c);
void tj_compile_tries(struct tj_build *build, struct tj_arena *arena); /* after all else, without errors */

/* Number of a flag (from 1 on), or 0. */
uint32_t tj_flag_number(const struct tj_compiler *c, struct tj_str name);
/* Provisional number of a name. */
uint32_t tj_name_number(struct tj_compiler *c, struct tj_str name);
/* Bit of a predicate in a database. Checks its literal; equal predicates share a bit. */
uint32_t tj_pattern_bit(struct tj_compiler *c, enum tj_database database, struct tj_pattern pattern, bool short_allowed);

/* What Hyperscan is given for a predicate. */
struct tj_str tj_pattern_regex(struct tj_arena *arena, enum tj_predicate_how how, struct tj_str text);
/* Literals of which every match of an expression holds at least one, in whatever case; n == 0: none are known. */
enum { TJ_REQUIRED_MOST = 64 };
struct tj_required {
    uint32_t n;
    bool known;    /* the expression was understood */
    bool all;      /* they are all that the expression says: where one stands, in this case, it matches */
    bool caseless; /* it begins with (?i) */
    struct tj_str at[TJ_REQUIRED_MOST];
};
struct tj_required tj_regex_required(struct tj_arena *arena, struct tj_str regex);
/* Length of the shortest of them; UINT32_MAX for an expression that is not understood here: it is scanned for always. */
uint32_t tj_regex_literal(struct tj_arena *arena, struct tj_str regex);
/* About how many bits of information are in a text: fewer, when its bytes are common in commands. */
uint32_t tj_literal_bits(struct tj_str text);

/* The literals of all patterns of a database; pattern i has bit i. */
struct tj_literals tj_compile_literals(struct tj_build *build, struct tj_arena *arena,
                                       const struct tj_pattern *patterns, uint32_t n);
/* Are the literals of this database looked up? Not where the place of a match matters, and not in outputs: they are long. */
bool tj_has_literals(int database);
/* Is a predicate of such a database left to Hyperscan (too)? */
bool tj_is_scanned(uint8_t how);

/* Conditions of a block. `subject` decides which fields there are. */
/* named: the rule says elsewhere which programs it is about. */
struct tj_range tj_compile_conditions(struct tj_compiler *c, struct tj_yaml *node, enum tj_subject subject, bool named);
/* Values that an ENUM or BOOL field may have where the conditions hold; all bits when they say nothing. */
uint64_t tj_conditions_allow(struct tj_compiler *c, struct tj_range range, enum tj_field field);
/* Reports conditions that exclude each other. */
void tj_conditions_check(struct tj_compiler *c, const struct tj_yaml *at, struct tj_range range);
/* Provisional names that `program` may have (unsorted, may repeat); n == 0: any. */
struct tj_range tj_conditions_programs(struct tj_compiler *c, struct tj_range range);

/* The blocks of one rule; examples of one rule. */
void tj_compile_blocks(struct tj_compiler *c, struct tj_yaml *node, struct tj_rule *rule);
void tj_compile_examples(struct tj_compiler *c, struct tj_yaml *node, struct tj_rule *rule);
/* Number of a phrase kind, or false after a diagnostic. claim: tests_pass … ; else constraints. */
bool tj_phrase_kind(struct tj_compiler *c, const struct tj_yaml *node, bool claim, uint32_t *out);
const char *tj_phrase_name(uint32_t kind);

/* Compiles one database into BLOBS. The only use of Hyperscan here. */
struct tj_hs_pattern {
    const char *regex;
    uint32_t bit;
    bool caseless;
};
struct tj_hs_error {
    uint32_t index; /* of the expression, or TJ_NONE */
    char message[200];
};
/* The message why one expression is refused, or true. */
bool tj_hs_check(struct tj_hs_pattern pattern, bool all_matches, struct tj_hs_error *error);
/* Serialised bytes (free()), or NULL with an error. */
char *tj_hs_compile(const struct tj_hs_pattern *patterns, uint32_t n, bool all_matches, struct tj_arena *arena,
                    size_t *size, struct tj_hs_error *error);

#endif
