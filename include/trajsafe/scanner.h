/* The scanner: everything that one thread needs to judge commands, tool calls and whole records. */
#ifndef TRAJSAFE_SCANNER_H
#define TRAJSAFE_SCANNER_H

#include "trajsafe/policy.h"
#include "trajsafe/report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_scanner trajsafe_scanner;

/*
 * Parsers, scratch and an arena that is reset after each call. One thread at a time; keeps a reference to the engine.
 * Status: OK, NO_MEMORY, BAD_ARGUMENT (also when the rules have no profile "balanced", the one that judges when no policy
 * is given). Freed with trajsafe_scanner_free.
 */
TRAJSAFE_API trajsafe_status trajsafe_scanner_new(trajsafe_engine *engine, trajsafe_scanner **out);
TRAJSAFE_API void trajsafe_scanner_free(trajsafe_scanner *scanner);

/* How much of the evidence reports of this scanner quote. Default TRAJSAFE_EVIDENCE_REDACTED. */
TRAJSAFE_API trajsafe_status trajsafe_scanner_set_evidence(trajsafe_scanner *scanner, trajsafe_evidence evidence);
/* Names the next report: `id` is JSON text that is echoed as it is (a string with quotes, a number), `source` a path with
 * ":line", `record` the 0-based number of the record in its input. Texts are copied; NULL: none. Holds for one report. */
TRAJSAFE_API trajsafe_status trajsafe_scanner_set_origin(trajsafe_scanner *scanner, const char *id, const char *source,
                                                         uint64_t record);
/* The 16 bytes that key the tags which stand for secrets in evidence (default: fixed, for equal reports everywhere). */
TRAJSAFE_API trajsafe_status trajsafe_scanner_set_key(trajsafe_scanner *scanner, const unsigned char key[16]);

/*
 * May this command run? `command` is `n` bytes (TRAJSAFE_NUL: up to its NUL), read by the context's shell (default
 * bash). NULL context: nothing is known of the task. NULL policy: profile balanced. Never fails on input: what is not
 * understood is said in the report. Status: OK, NO_MEMORY, BAD_ARGUMENT. The caller owns *out.
 */
TRAJSAFE_API trajsafe_status trajsafe_check_command(trajsafe_scanner *scanner, const trajsafe_context *context,
                                                    const trajsafe_policy *policy, const char *command, size_t n,
                                                    trajsafe_report **out, trajsafe_error *error);
/* The same for a tool call: the tool's name and its arguments as JSON. BAD_INPUT when they are not JSON. */
TRAJSAFE_API trajsafe_status trajsafe_check_call(trajsafe_scanner *scanner, const trajsafe_context *context,
                                                 const trajsafe_policy *policy, const char *tool, const char *arguments,
                                                 size_t n, trajsafe_report **out, trajsafe_error *error);
/* As trajsafe_check_command, and the report also draws what was understood (trajsafe_report_explanation). */
TRAJSAFE_API trajsafe_status trajsafe_explain(trajsafe_scanner *scanner, const trajsafe_context *context,
                                              const trajsafe_policy *policy, const char *command, size_t n,
                                              trajsafe_report **out, trajsafe_error *error);
/*
 * Judges one whole trajectory: `n` bytes of JSON (or JSON lines where the format says so). `format` names a reader (NULL:
 * the highest bid). A record that cannot be read gives BAD_INPUT with what and where, and no report.
 */
TRAJSAFE_API trajsafe_status trajsafe_scan_record(trajsafe_scanner *scanner, const trajsafe_context *context,
                                                  const trajsafe_policy *policy, const char *format, const char *record,
                                                  size_t n, trajsafe_report **out, trajsafe_error *error);

/*
 * The report that stands in the place of something that could not be read: `ask` for an action, `review` for a record
 * (`whole` 1), never understood, with the error's number, message and mend. Status: OK, NO_MEMORY, BAD_ARGUMENT.
 */
TRAJSAFE_API trajsafe_status trajsafe_report_of_error(trajsafe_scanner *scanner, const trajsafe_error *error, int whole,
                                                      trajsafe_report **out);

#ifdef __cplusplus
}
#endif
#endif
