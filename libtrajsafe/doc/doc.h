/* A record as a flat tape of nodes, whatever it was parsed from: readers see nothing else. */
#ifndef TJ_DOC_H
#define TJ_DOC_H

#include "base/text.h"

enum tj_doc_kind { TJ_DOC_NULL, TJ_DOC_FALSE, TJ_DOC_TRUE, TJ_DOC_NUMBER, TJ_DOC_STRING, TJ_DOC_ARRAY, TJ_DOC_OBJECT };

/*
 * Nodes stand in document order; a container's children follow it; `next` is the index after its last descendant.
 * Of an array with more than 64 elements only the first of a run of numbers is kept behind them (token ids are no text);
 * `n` counts what is kept, `text` has all.
 */
struct tj_doc_node {
    uint8_t kind;    /* enum tj_doc_kind */
    uint8_t escaped; /* STRING: `text` still holds JSON escapes; use tj_doc_text. KEY escapes are resolved already */
    uint16_t reserved;
    uint32_t next;      /* index of the next sibling (or of the parent's next); children are [i+1, next) */
    uint32_t parent;    /* TJ_NONE for the top */
    uint32_t n;         /* ARRAY: elements, OBJECT: members */
    struct tj_str key;  /* member name; empty in arrays */
    struct tj_str text; /* STRING: raw bytes between the quotes; NUMBER: as written; containers: the raw JSON slice */
};

struct tj_doc {
    struct tj_arena *arena;
    TJ_VEC(struct tj_doc_node) node;
    struct tj_str source; /* the record's bytes */
    bool repaired;        /* bytes that are not UTF-8 were replaced (same length, so offsets hold) */
    bool duplicate_keys;  /* some object names a key twice: the last one counts, and readers say so */
};

struct tj_json; /* parser with its buffers; one per thread */
trajsafe_status tj_json_new(struct tj_json **out);
void tj_json_free(struct tj_json *json);

/*
 * Parses one JSON value into `doc` (nodes in `arena`, slices point into `source`, which must stay, and need no padding:
 * the shim copies or pads as it must). Depth is limited to 256. Errors: TRAJSAFE_BAD_INPUT with offset and message.
 * Lone surrogates become U+FFFD when text is read; NaN and Infinity are read as numbers where the parser allows it.
 */
trajsafe_status tj_doc_parse(struct tj_json *json, struct tj_arena *arena, struct tj_str source, struct tj_doc *doc,
                             trajsafe_error *error);
/*
 * Parses JSON Lines into one doc whose top is an array with one element per line, so that an element's index is its
 * 0-based line. A blank line is a NULL node without text; a line that is not JSON is a NULL node whose `text` is the line,
 * and is counted in *bad. Errors: TRAJSAFE_NO_MEMORY only.
 */
trajsafe_status tj_doc_parse_lines(struct tj_json *json, struct tj_arena *arena, struct tj_str source,
                                   struct tj_doc *doc, uint32_t *bad, trajsafe_error *error);

/* Member of an object, TJ_NONE when absent or null (null equals absent everywhere). The last of equal keys wins. */
uint32_t tj_doc_get(const struct tj_doc *doc, uint32_t object, const char *key);
uint32_t tj_doc_first(const struct tj_doc *doc, uint32_t container); /* first child or TJ_NONE */
uint32_t tj_doc_next(const struct tj_doc *doc, uint32_t node);       /* next sibling or TJ_NONE */
uint32_t tj_doc_at(const struct tj_doc *doc, uint32_t array, uint32_t index);
/* Decoded text of a STRING (unescaped into the arena once and remembered), empty for other kinds and TJ_NONE.
 * Escapes are read leniently: a lone surrogate is U+FFFD, an escape that JSON does not have stands for itself. */
struct tj_str tj_doc_text(struct tj_doc *doc, uint32_t node);
struct tj_str tj_doc_get_text(struct tj_doc *doc, uint32_t object, const char *key);
bool tj_doc_get_bool(const struct tj_doc *doc, uint32_t object, const char *key, bool otherwise);
bool tj_doc_get_number(const struct tj_doc *doc, uint32_t object, const char *key, int64_t *out); /* integers only */
bool tj_doc_is(const struct tj_doc *doc, uint32_t node, enum tj_doc_kind kind); /* false for TJ_NONE */
/* RFC 6901 pointer of a node from the top, with ~0 and ~1, in the arena. In an array it counts the elements before the
 * node: linear. */
struct tj_str tj_doc_pointer(const struct tj_doc *doc, uint32_t node);

#endif
