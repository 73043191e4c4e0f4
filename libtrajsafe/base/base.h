/* Counted strings, arenas, growable arrays, hashing and text helpers: what every module stands on. */
#ifndef TJ_BASE_H
#define TJ_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "trajsafe/status.h"

/* ---- strings: pointer and length, never NUL-terminated by contract ------------------------------------------ */

struct tj_str {
    const char *p;
    uint32_t n;
};

#define TJ_STR(lit) ((struct tj_str){(lit), (uint32_t)(sizeof(lit) - 1)})
#define TJ_STR_NONE ((struct tj_str){NULL, 0})

static inline struct tj_str tj_str_make(const char *p, size_t n) { return (struct tj_str){p, (uint32_t)n}; }
static inline bool tj_str_eq(struct tj_str a, struct tj_str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool tj_str_is(struct tj_str a, const char *lit) {
    size_t n = strlen(lit);
    return a.n == n && (n == 0 || memcmp(a.p, lit, n) == 0);
}
static inline struct tj_str tj_str_sub(struct tj_str s, uint32_t begin, uint32_t end) {
    if (end > s.n) end = s.n;
    if (begin > end) begin = end;
    if (s.n == 0) return s; /* NULL + 0 is undefined in C */
    return (struct tj_str){s.p + begin, end - begin};
}
/* NULL gives the empty string. Inline: the length of a literal is then known when this is compiled. */
static inline struct tj_str tj_str_of(const char *cstr) { return cstr ? tj_str_make(cstr, strlen(cstr)) : TJ_STR_NONE; }
int tj_str_cmp(struct tj_str a, struct tj_str b); /* bytewise order */
bool tj_str_starts(struct tj_str s, struct tj_str prefix);
bool tj_str_ends(struct tj_str s, struct tj_str suffix);
bool tj_str_ieq(struct tj_str a, struct tj_str b); /* ASCII case folded */
#define TJ_NOT_FOUND UINT32_MAX
#define TJ_NONE UINT32_MAX                                                  /* no row, no text, no step */
uint32_t tj_str_find(struct tj_str s, struct tj_str needle, uint32_t from); /* offset or TJ_NOT_FOUND */
uint32_t tj_str_chr(struct tj_str s, char c, uint32_t from);
uint32_t tj_str_rchr(struct tj_str s, char c);
struct tj_str tj_str_trim(struct tj_str s); /* ASCII white space off both ends */
struct tj_str tj_str_basename(struct tj_str path);
bool tj_str_to_u64(struct tj_str s, uint64_t *out); /* decimal digits only, whole string */

/* ASCII classes that do not depend on a locale. */
static inline bool tj_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool tj_is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline bool tj_is_alnum(char c) { return tj_is_digit(c) || tj_is_alpha(c); }
static inline bool tj_is_name(char c) { return tj_is_alnum(c) || c == '_'; }
static inline bool tj_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline char tj_lower(char c) { return (c >= 'A' && c <= 'Z') ? (char)(c + 32) : c; }
static inline int tj_hex(char c) {
    return tj_is_digit(c)           ? c - '0'
           : (c >= 'a' && c <= 'f') ? c - 'a' + 10
           : (c >= 'A' && c <= 'F') ? c - 'A' + 10
                                    : -1;
}

/* ---- arenas ------------------------------------------------------------------------------------------------- */

/*
 * A bump allocator. Passed by pointer it holds what the callee keeps for the caller. Everything in it dies at
 * tj_arena_reset. After the budget or malloc fails it returns NULL and stays `failed` until reset, so that a caller
 * may check once at the end of a phase.
 */
struct tj_arena_block;
struct tj_arena {
    struct tj_arena_block *first, *current;
    size_t used;   /* bytes handed out since the last reset */
    size_t budget; /* upper limit on `used`; 0 = none */
    bool failed;
};

void tj_arena_init(struct tj_arena *arena, size_t budget);
void tj_arena_reset(struct tj_arena *arena); /* keeps up to one megabyte of blocks for reuse */
void tj_arena_free(struct tj_arena *arena);
void *tj_arena_alloc(struct tj_arena *arena, size_t n, size_t align); /* not zeroed */
void *tj_arena_zalloc(struct tj_arena *arena, size_t n, size_t align);
struct tj_str tj_arena_copy(struct tj_arena *arena, struct tj_str s); /* NUL-terminated too; empty on failure */
char *tj_arena_dup(struct tj_arena *arena, struct tj_str s);          /* NUL-terminated; NULL on failure */

#define tj_arena_new(arena, type) ((type *)tj_arena_zalloc((arena), sizeof(type), _Alignof(type)))
#define tj_arena_array(arena, type, n) ((type *)tj_arena_zalloc((arena), sizeof(type) * (size_t)(n), _Alignof(type)))

/* ---- growable arrays in an arena: struct { T *at; uint32_t n, cap; } ---------------------------------------- */

#define TJ_VEC(type)                                                                                                   \
    struct {                                                                                                           \
        type *at;                                                                                                      \
        uint32_t n, cap;                                                                                               \
    }

/* Makes room for `more` elements; false when the arena failed. Elements move; old storage stays in the arena. */
bool tj_vec_grow(struct tj_arena *arena, void *vec, uint32_t more, size_t size, size_t align);

#define tj_vec_room(arena, vec, more)                                                                                  \
    ((vec)->n + (uint32_t)(more) <= (vec)->cap ||                                                                      \
     tj_vec_grow((arena), (vec), (uint32_t)(more), sizeof *(vec)->at, _Alignof(__typeof__(*(vec)->at))))
#define tj_vec_push(arena, vec, value) (tj_vec_room(arena, vec, 1) ? ((vec)->at[(vec)->n++] = (value), true) : false)

/* ---- string builder in an arena ----------------------------------------------------------------------------- */

struct tj_buf {
    struct tj_arena *arena;
    char *at;
    uint32_t n, cap;
    bool failed;
};
void tj_buf_init(struct tj_buf *buf, struct tj_arena *arena);
void tj_buf_put(struct tj_buf *buf, struct tj_str s);
void tj_buf_putc(struct tj_buf *buf, char c);
static inline void tj_buf_puts(struct tj_buf *buf, const char *cstr) { tj_buf_put(buf, tj_str_of(cstr)); }
void tj_buf_putf(struct tj_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));             /* <= 512 bytes; %s %d %u %llu %zu only */
void tj_buf_json(struct tj_buf *buf, struct tj_str s); /* quoted and escaped; bytes that are not UTF-8 become U+FFFD */
struct tj_str tj_buf_str(const struct tj_buf *buf);

/* ---- hashing, decoding, UTF-8 -------------------------------------------------------------------------------- */

uint64_t tj_hash(struct tj_str s);                      /* FNV-1a; stable across machines: images rely on it */
#define TJ_HASH_START UINT64_C(0xcbf29ce484222325)      /* tj_hash of nothing */
static inline uint64_t tj_hash_step(uint64_t h, char c) /* tj_hash grows byte by byte */
{
    return (h ^ (uint8_t)c) * UINT64_C(0x100000001b3);
}
uint64_t tj_hash_keyed(const uint8_t key[16], struct tj_str s); /* SipHash-2-4 */
struct tj_sha256 {
    uint8_t bytes[32];
};
struct tj_sha256 tj_sha256_of(const void *p, size_t n);
void tj_hex_write(const uint8_t *p, size_t n, char *out); /* writes 2n lower-case digits and a NUL */

bool tj_utf8_valid(struct tj_str s);
/* One code point at `s.p[at]`; advances *at; an invalid byte gives 0xFFFD and advances by one. */
uint32_t tj_utf8_next(struct tj_str s, uint32_t *at);
uint32_t tj_utf8_put(char out[4], uint32_t code_point); /* bytes written */

/* Decoders: false when the text is not of that encoding as a whole (white space between groups is allowed). */
bool tj_decode_base64(struct tj_arena *arena, struct tj_str s,
                      struct tj_str *out); /* standard and URL alphabet, padding optional */
bool tj_decode_base32(struct tj_arena *arena, struct tj_str s, struct tj_str *out);
bool tj_decode_hex(struct tj_arena *arena, struct tj_str s, struct tj_str *out);
/* What was compressed, up to `limit` bytes; false when it is not such data or longer. Checksums are not compared. */
bool tj_decode_gzip(struct tj_arena *arena, struct tj_str in, size_t limit, struct tj_str *out);
bool tj_decode_zlib(struct tj_arena *arena, struct tj_str in, size_t limit, struct tj_str *out);
bool tj_decode_deflate(struct tj_arena *arena, struct tj_str in, size_t limit, struct tj_str *out); /* without header */

/* Bounded glob (`*`, `?`, `[...]`, and `**` across slashes; `*` stops at `/`). Linear-ish: a step budget, false beyond. */
bool tj_glob(struct tj_str pattern, struct tj_str text);

/* ---- errors -------------------------------------------------------------------------------------------------- */

/* Fills *error (which may be NULL) and returns the status. message and mend are printf-like with %.*s and %u only. */
trajsafe_status tj_fail(trajsafe_error *error, trajsafe_status status, uint32_t number, const char *mend,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
