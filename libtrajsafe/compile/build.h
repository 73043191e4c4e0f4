/* The image while it grows: sections as growing arrays, interned strings, and the final layout. */
#ifndef TJ_COMPILE_BUILD_H
#define TJ_COMPILE_BUILD_H

#include "image/image.h"

struct tj_build_section {
    uint8_t *at;
    uint32_t n, cap; /* elements */
};

struct tj_build {
    struct tj_arena *arena;
    struct tj_build_section section[TJ_SECTION_COUNT];
    uint32_t *strings; /* hash table of references into `interned` + 1 */
    uint32_t strings_cap;
    TJ_VEC(struct tj_ref) interned;
    bool failed; /* out of memory */
};

void tj_build_init(struct tj_build *build, struct tj_arena *arena);
/* Appends `n` elements and gives the index of the first. `rows` may be NULL: zeroes. */
uint32_t tj_build_add(struct tj_build *build, enum tj_section section, const void *rows, uint32_t n);
/* An element that was added; valid until the next addition. NULL after a failure. */
void *tj_build_at(struct tj_build *build, enum tj_section section, uint32_t i);
uint32_t tj_build_count(const struct tj_build *build, enum tj_section section);

/* The same text gives the same reference. Every text is followed by a NUL. */
struct tj_ref tj_build_str(struct tj_build *build, struct tj_str s);
struct tj_str tj_build_text(const struct tj_build *build, struct tj_ref ref);
uint32_t tj_build_u32(struct tj_build *build, uint32_t value);
uint32_t tj_build_u64(struct tj_build *build, uint64_t value);

/* An open-addressed hash in an *_INDEX section. Names differ. */
struct tj_build_entry {
    struct tj_ref name;
    uint32_t value;
};
void tj_build_index(struct tj_build *build, enum tj_section section, const struct tj_build_entry *entries, uint32_t n);

/* The image: malloc'ed, aligned to 64, digests as given. NULL when memory is out. */
void *tj_build_image(struct tj_build *build, const struct tj_sha256 *ruleset, const struct tj_sha256 *tables,
                     size_t *size);

#define tj_build_row(build, section, type, i) ((type *)tj_build_at((build), TJ_SECTION_##section, (i)))

#endif
