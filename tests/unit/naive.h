/* A naive reading of compiled conditions, without Hyperscan and without guards: what the matcher must agree with. */
#ifndef TJ_TEST_NAIVE_H
#define TJ_TEST_NAIVE_H

#include "image/image.h"

/*
 * One instance of a subject, by field. STRING: texts; any may match. NAME: texts; any may be among the names. ENUM: bit of its
 * value (no bit: no value). SET: the set. FLAGS: numbers of flags as bits of flags[]. BOOL: 0 or 1. NUMBER: the number.
 */
struct naive_field {
    const struct tj_str *texts;
    uint32_t n;
    uint64_t bits;
    uint32_t number;
};
struct naive_instance {
    enum tj_subject subject;
    struct naive_field field[TJ_FIELD_COUNT];
    uint64_t flags[4];
};

/* Does a string predicate hold for a text? */
bool naive_predicate(const struct tj_image *image, const struct tj_predicate *predicate, struct tj_str text);
/* Do the conditions (CONDS range) hold? An empty range holds when `empty` says so. */
bool naive_conditions(const struct tj_image *image, struct tj_range range, const struct naive_instance *instance,
                      bool empty);
/* Does a block hold for an instance, on its own: subject, where and not unless; joins and other blocks are not looked at. */
bool naive_block(const struct tj_image *image, const struct tj_block *block, const struct naive_instance *instance);
/* Does a phrase (by its row in PHRASES) occur in a text? */
bool naive_phrase(const struct tj_image *image, uint32_t phrase, struct tj_str text);

#endif
