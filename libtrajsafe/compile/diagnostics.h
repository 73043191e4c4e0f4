/* What can be wrong with rules: permanent numbers, texts, and the list that a compilation collects. */
#ifndef TJ_COMPILE_DIAGNOSTICS_H
#define TJ_COMPILE_DIAGNOSTICS_H

#include "base/base.h"

/* Names of the rows in diagnostics.c; the numbers and texts stand there. */
enum tj_trouble {
    TJ_BAD_YAML,
    TJ_BAD_ALIAS,
    TJ_BAD_DEPTH,
    TJ_BAD_DOCUMENT,
    TJ_BAD_TOP_KEY,
    TJ_BAD_FILE_NAME,
    TJ_BAD_KEY,
    TJ_BAD_MISSING,
    TJ_BAD_TYPE,
    TJ_BAD_DUPLICATE_KEY,
    TJ_BAD_WORD,
    TJ_BAD_RANGE,
    TJ_BAD_EMPTY,
    TJ_BAD_DUPLICATE,
    TJ_BAD_ID,
    TJ_BAD_ID_CATEGORY,
    TJ_BAD_NO_EXAMPLES,
    TJ_BAD_LEAF,
    TJ_BAD_FIELD,
    TJ_BAD_FIELD_SUBJECT,
    TJ_BAD_PREDICATE,
    TJ_BAD_SHORT,
    TJ_BAD_REGEX,
    TJ_BAD_NEVER,
    TJ_BAD_FLAG,
    TJ_BAD_REFERENCE,
    TJ_BAD_REFERENCE_LATER,
    TJ_BAD_SEQUENCE,
    TJ_BAD_KEY_SUBJECT,
    TJ_BAD_RUN_SHAPE,
    TJ_BAD_BLOCK_SUBJECT,
    TJ_BAD_OPTION_NAME,
    TJ_BAD_REST,
    TJ_BAD_MANY_FLAGS,
    TJ_BAD_NESTING,
    TJ_BAD_PATTERN,
    TJ_BAD_HOST,
    TJ_BAD_ORDER,
    TJ_BAD_EXAMPLE,
    TJ_BAD_DATABASE,
    TJ_ODD_ATTACK,
    TJ_ODD_NO_BALANCED,
    TJ_ODD_MANY,
    TJ_TROUBLE_COUNT
};

struct tj_trouble_row {
    uint32_t number;
    bool warning;
    const char *message; /* {0} and {1} stand for what the caller gives */
    const char *mend;    /* used when the caller has no better one */
};
const struct tj_trouble_row *tj_trouble_row(enum tj_trouble trouble);

struct tj_diagnostic {
    enum tj_trouble trouble;
    uint32_t file, line, column; /* file: number of the source, TJ_NONE for none */
    struct tj_str message, mend;
};

struct tj_diagnostics {
    struct tj_arena *arena;
    TJ_VEC(struct tj_diagnostic) list;
    uint32_t errors;
};

/* Where: a file's number with line and column. Texts are copied. `mend` may be empty. */
struct tj_where {
    uint32_t file, line, column;
};
void tj_diagnose(struct tj_diagnostics *d, enum tj_trouble trouble, struct tj_where where, struct tj_str a,
                 struct tj_str b, struct tj_str mend);

/* The candidate that was probably meant by `word`, or an empty string. */
struct tj_meant {
    struct tj_str word, best;
    uint32_t distance;
};
void tj_meant_try(struct tj_meant *meant, struct tj_str candidate);
/* "did you mean 'x'?", or nothing. */
struct tj_str tj_meant_text(const struct tj_meant *meant, struct tj_arena *arena);

#endif
