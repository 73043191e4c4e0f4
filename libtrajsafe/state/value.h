/* Values: what a word, a variable or a piece of output came to, as far as it is known. */
#ifndef TJ_VALUE_H
#define TJ_VALUE_H

#include "base/text.h"
#include "vocab/vocab.h"

#define TJ_VALUE_IS_DYNAMIC 1u     /* not constant: `text` is a known prefix, `suffix` a known suffix */
#define TJ_VALUE_HAS_GLOB 2u       /* holds unquoted * ? [: a pattern over paths; globs are kept in the text */
#define TJ_VALUE_MAY_SPLIT 4u      /* unquoted and dynamic: may become several words, or none */
#define TJ_VALUE_IS_TEMP 8u        /* a fresh temporary path (mktemp): below a folder that only this command knows */
#define TJ_VALUE_IS_SET 16u        /* one of `set` (branches, loops); text is the first */
#define TJ_VALUE_ESCAPED 32u       /* was written with escapes, odd quoting or expansions that hide its text */
#define TJ_VALUE_FROM_OUTPUT 64u   /* came from a command's output */
#define TJ_VALUE_LIST 128u         /* an array: `set` are its elements in order */
#define TJ_VALUE_BELOW 4096u       /* a path that stands for itself and everything below it (what find prints) */
#define TJ_VALUE_PLAIN_TILDE 8192u /* begins with a quoted ~: a name like any other */
#define TJ_VALUE_UNSET 512u        /* a variable that is known not to be set */
/* What a variable was declared as: stays when its value changes. */
#define TJ_VALUE_ASSOC 1024u   /* declare -A */
#define TJ_VALUE_INTEGER 2048u /* declare -i */
#define TJ_VALUE_UPPER 16384u  /* declare -u */
#define TJ_VALUE_LOWER 32768u  /* declare -l */
#define TJ_VALUE_REFERS 65536u /* declare -n: the text names another variable */
#define TJ_VALUE_ATTRIBUTES (TJ_VALUE_ASSOC | TJ_VALUE_INTEGER | TJ_VALUE_UPPER | TJ_VALUE_LOWER | TJ_VALUE_REFERS)
#define TJ_VALUE_CUT                                                                                                   \
    131072u /* dynamic only because there was too much of it to be followed: what runs it is beyond a budget */
#define TJ_VALUE_UNSET_OK 256u /* dynamic only because a variable is not known; would be empty if unset ("$UNSET/x") */

/* Classes that stick to data that was read from such a path. */
#define TJ_DATA_CLASSES                                                                                                \
    (TJ_CLASS_BIT(SECRET) | TJ_CLASS_BIT(LOG) | TJ_CLASS_BIT(HISTORY) | TJ_CLASS_BIT(AGENT_CONFIG) |                   \
     TJ_CLASS_BIT(GUARD) | TJ_CLASS_BIT(TEST) | TJ_CLASS_BIT(GRADER) | TJ_CLASS_BIT(DEVICE) |                          \
     TJ_CLASS_BIT(CONTAINER_CONTROL) | TJ_CLASS_BIT(CLOUD_CONTROL) | TJ_CLASS_BIT(KERNEL) | TJ_CLASS_BIT(CONFIG) |     \
     TJ_CLASS_BIT(SOURCE) | TJ_CLASS_BIT(PERSONAL) | TJ_CLASS_BIT(MODEL) | TJ_CLASS_BIT(DATABASE) |                    \
     TJ_CLASS_BIT(GIVEN) | TJ_CLASS_BIT(OTHER_USER) | TJ_CLASS_BIT(ENVIRONMENT) | TJ_CLASS_BIT(HOME) |                 \
     TJ_CLASS_BIT(ROOT))

struct tj_value {
    struct tj_str text;
    struct tj_str suffix;
    const struct tj_str *set;
    const struct tj_str *key; /* LIST: the subscript of each element; NULL: 0, 1, 2 … */
    uint32_t nset;
    uint32_t flags;
    uint64_t carries; /* classes of the data in it (enum tj_class bits): SECRET, ENVIRONMENT, FETCHED, DECODED, … */
    struct tj_span span;
};

static inline bool tj_value_constant(const struct tj_value *v) {
    return !(v->flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_IS_SET | TJ_VALUE_LIST));
}

#endif
