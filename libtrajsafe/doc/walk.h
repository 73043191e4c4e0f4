/* Private to doc: from structural offsets to nodes, and what is mended on the way. */
#ifndef TJ_DOC_WALK_H
#define TJ_DOC_WALK_H

#include "doc/doc.h"

enum { TJ_DOC_DEPTH = 256 };

/* Why one value could not be read. */
struct tj_walk {
    const char *message; /* NULL: it was read, or memory ended */
    uint32_t at;         /* where, in bytes of the text */
    bool no_memory;
};
/*
 * Appends the one value in `text` to `doc` under `parent` (TJ_NONE: as the top). False, and nothing appended, when it
 * is not one JSON value. Bytes that are not UTF-8 are replaced in a copy; raw control characters in strings are kept.
 */
bool tj_walk_value(struct tj_json *json, struct tj_doc *doc, uint32_t parent, struct tj_str text, struct tj_walk *walk);

/* Text of JSON string bytes between the quotes. */
struct tj_str tj_unescape(struct tj_arena *arena, struct tj_str raw);
/* A copy in which each byte that is not UTF-8 is '?'. Empty when memory ended. */
struct tj_str tj_repair_utf8(struct tj_arena *arena, struct tj_str s);
/* A copy in which no raw control character is left, for finding the structure only. */
struct tj_str tj_repair_control(struct tj_arena *arena, struct tj_str s);
/* Notes in doc->duplicate_keys whether the object names a key twice. */
void tj_doc_note_duplicates(struct tj_doc *doc, uint32_t object);

static inline bool tj_is_json_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

#endif
