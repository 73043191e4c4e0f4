/* Tries: which blocks of rules may hold for what, and what each asks for at the least, as words that are compared first. */
#ifndef TJ_TRIES_H
#define TJ_TRIES_H

#include "image/image.h"

/*
 * A way in which a block may hold (`any: [...]` gives several). For every instance for which the block holds the words of one
 * of its ways hold; the other way round nothing is promised: most instances end at these words, before conditions are read.
 * Numbers that do not fit into a word share bits (tj_try_bit), so a word may let too much pass, never too little.
 */
enum tj_try_any {
    TJ_TRY_KIND,
    TJ_TRY_CLASS,
    TJ_TRY_CARRIES,
    TJ_TRY_HOST_CLASS,
    TJ_TRY_FLAG, /* numbers of flags */
    TJ_TRY_ANY
};
struct tj_try {
    uint64_t never;           /* values of fields that have one value (below): none of these */
    uint64_t class_none;      /* classes: none of these */
    uint64_t any[TJ_TRY_ANY]; /* one of these; 0: asks for nothing */
    uint64_t text;            /* one of these predicates of one field matches; 0: asks for nothing */
    uint32_t rule;
    uint16_t block;     /* index in the rule's blocks */
    uint8_t text_field; /* enum tj_field of `text` */
    uint8_t text_acted; /* 1: only words that the command acts on itself */
};
static inline uint64_t tj_try_bit(uint32_t number) { return UINT64_C(1) << (number % 64); }

/*
 * TRIES stand in order of rule, block and way. TRY_LISTS are ranges of U32, rising numbers of tries: those without a program for
 * each effect kind, then for commands, raw text, edits and messages; those that name programs by name, for effects
 * and for commands.
 */
enum tj_try_list {
    TJ_TRY_LIST_KIND = 0,
    TJ_TRY_LIST_COMMAND = TJ_EFFECT_COUNT,
    TJ_TRY_LIST_TEXT,
    TJ_TRY_LIST_EDIT,
    TJ_TRY_LIST_MESSAGE,
    TJ_TRY_LIST_NAMES /* 2 * name + (0: effects, 1: commands) */
};
struct tj_try_numbers {
    const uint32_t *at;
    uint32_t n;
};
static inline struct tj_try_numbers tj_image_try_list(const struct tj_image *image, uint32_t list) {
    if (list >= image->n[TJ_SECTION_TRY_LISTS]) return (struct tj_try_numbers){NULL, 0};
    const struct tj_range *range = TJ_ROW(image, TRY_LISTS, struct tj_range, list);
    return (struct tj_try_numbers){TJ_ROW(image, U32, uint32_t, range->at), range->n};
}

/* ---- one bit for each value of a field that has one value --------------------------------------------------------- */

enum {
    TJ_ONE_OBJECT = 0,
    TJ_ONE_PLACE = TJ_ONE_OBJECT + TJ_OBJECT_COUNT,
    TJ_ONE_STDIN = TJ_ONE_PLACE + TJ_PLACE_COUNT,
    TJ_ONE_LANG = TJ_ONE_STDIN + TJ_STDIN_COUNT,
    TJ_ONE_RECURSIVE = TJ_ONE_LANG + TJ_LANG_COUNT, /* here and below: false, true */
    TJ_ONE_FORCED = TJ_ONE_RECURSIVE + 2,
    TJ_ONE_DYNAMIC = TJ_ONE_FORCED + 2,
    TJ_ONE_CERTAIN = TJ_ONE_DYNAMIC + 2,
    TJ_ONE_BACKGROUND = TJ_ONE_CERTAIN + 2,
    TJ_ONE_DEFERRED = TJ_ONE_BACKGROUND + 2,
    TJ_ONE_DECODED = TJ_ONE_DEFERRED + 2,
    TJ_ONE_OBSCURED = TJ_ONE_DECODED + 2,
    TJ_ONE_KNOWN = TJ_ONE_OBSCURED + 2,
    TJ_ONE_WHOLE = TJ_ONE_KNOWN + 2,
    TJ_ONE_COUNT = TJ_ONE_WHOLE + 2
};
_Static_assert(TJ_ONE_COUNT <= 64, "leave out a field: what is not in the word is not asked for");

#endif
