/* Private to the image and its builder: the hashes by which literals are found. Letters count without their case. */
#ifndef TJ_LITERALS_H
#define TJ_LITERALS_H

#include "image/image.h"

#define TJ_FOLD32 UINT32_C(0x20202020)
#define TJ_FOLD64 UINT64_C(0x2020202020202020)

static inline uint32_t tj_four(const char *p) {
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x | TJ_FOLD32;
}
static inline uint64_t tj_eight(const char *p) {
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x | TJ_FOLD64;
}
static inline uint32_t tj_hash_word(uint32_t four) { return four * UINT32_C(0x9e3779b1); }
static inline uint32_t tj_hash_four(const char *p) { return tj_hash_word(tj_four(p)); }
static inline uint32_t tj_hash_eight(const char *p) {
    return (uint32_t)((tj_eight(p) * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}
/* Length and both ends. */
static inline uint32_t tj_hash_whole(struct tj_str s) {
    uint64_t a = 0;
    if (s.n >= 8)
        a = tj_eight(s.p) * UINT64_C(0x9e3779b97f4a7c15) ^ tj_eight(s.p + s.n - 8);
    else if (s.n >= 4)
        a = (uint64_t)tj_four(s.p) << 32 ^ tj_four(s.p + s.n - 4);
    else
        for (uint32_t i = 0; i < s.n; i++) a = a << 8 | ((uint8_t)s.p[i] | 0x20);
    return (uint32_t)(((a + s.n) * UINT64_C(0xd6e8feb86659fd93)) >> 32);
}
/* A link to a literal: its row, and low bits of its hash, so that most others are passed by without a look at the row. */
#define TJ_LINK_ROW UINT32_C(0x00ffffff)
static inline uint32_t tj_link_to(uint32_t row, uint32_t hash) { return (hash & 0xff) << 24 | (row & TJ_LINK_ROW); }
static inline bool tj_link_fits(uint32_t link, uint32_t hash) { return link >> 24 == (hash & 0xff); }

/* Where a literal of less than four bytes has to stand. */
static inline uint32_t tj_brief_place(uint8_t how) {
    if (how == TJ_PRED_ENDS) return TJ_BRIEF_END;
    return how == TJ_PRED_STARTS || how == TJ_PRED_UNDER ? TJ_BRIEF_BEGIN : TJ_BRIEF_INSIDE;
}
/* The high bits of a hash: for a table of n (a power of two, at least 2). */
static inline uint32_t tj_high_bits(uint32_t hash, uint32_t n) { return hash >> (32 - (uint32_t)__builtin_ctz(n)); }

#endif
