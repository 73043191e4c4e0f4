/* Contexts from JSON, and contexts that a record itself states. */
#ifndef TJ_SCAN_CONTEXT_H
#define TJ_SCAN_CONTEXT_H

#include "scan/scan.h"

/* Reads the contract's keys out of an object; strings are copied into `arena`. BAD_CONTEXT names the key. */
trajsafe_status tj_context_parse(struct tj_doc *doc, uint32_t object, struct tj_arena *arena, struct tj_context *out,
                                 trajsafe_error *error);
/* The same for an object that only has some of the keys at its top beside others (a line of `check --jsonl`): reads
 * "workspace", "cwd", "home" and "shell". */
trajsafe_status tj_context_parse_some(struct tj_doc *doc, uint32_t object, struct tj_arena *arena,
                                      struct tj_context *out, trajsafe_error *error);
/* What `over` gives replaces what `base` has. */
void tj_context_over(struct tj_context *base, const struct tj_context *over);

#endif
