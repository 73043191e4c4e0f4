/* The checker: answers lines of JSON, one action each, with sessions by name. What `trajsafe check --jsonl` is made of. */
#ifndef TRAJSAFE_CHECKER_H
#define TRAJSAFE_CHECKER_H

#include "trajsafe/session.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_checker trajsafe_checker;

/*
 * One per thread, over one scanner; context and policy must outlive it (NULL as in trajsafe_check_command). Keeps up to
 * 4,096 sessions; beyond them the one that was not used for longest is forgotten. Status: OK, NO_MEMORY, BAD_ARGUMENT.
 */
TRAJSAFE_API trajsafe_status trajsafe_checker_new(trajsafe_scanner *scanner, const trajsafe_context *context,
                                                  const trajsafe_policy *policy, trajsafe_checker **out);
/*
 * Answers one line: {"id","command"} or {"id","tool","arguments"}, each with optional "shell", "cwd", "home",
 * "workspace", "session", "context" (they win over the checker's context). Lines that share a "session" follow each
 * other in one trajectory: each is taken as run before the next is judged. `number` is the 0-based line number and stands
 * for a missing id. A line that is not an action is answered in its place by an error report; *out is then set, the
 * status is BAD_INPUT, and checking goes on. Status: OK, BAD_INPUT, NO_MEMORY, BAD_ARGUMENT. The caller owns *out.
 */
TRAJSAFE_API trajsafe_status trajsafe_checker_line(trajsafe_checker *checker, const char *line, size_t n,
                                                   uint64_t number, trajsafe_report **out, trajsafe_error *error);
TRAJSAFE_API void trajsafe_checker_free(trajsafe_checker *checker);

#ifdef __cplusplus
}
#endif
#endif
