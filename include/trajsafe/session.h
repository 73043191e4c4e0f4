/* The session: one trajectory as it happens. */
#ifndef TRAJSAFE_SESSION_H
#define TRAJSAFE_SESSION_H

#include "trajsafe/scanner.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_session trajsafe_session;

/*
 * One per trajectory; one thread at a time, with any scanner of the same engine; may move between threads. Keeps what
 * later steps need (cwd, variables, files with origin, partial sequences), bounded by budgets. Context and policy must
 * outlive it (NULL as in trajsafe_check_command). Status: OK, NO_MEMORY, BAD_ARGUMENT.
 */
TRAJSAFE_API trajsafe_status trajsafe_session_new(trajsafe_engine *engine, const trajsafe_context *context,
                                                  const trajsafe_policy *policy, trajsafe_session **out);
/* An independent copy from here on: rollouts fork. Shares what was before. */
TRAJSAFE_API trajsafe_status trajsafe_session_clone(const trajsafe_session *session, trajsafe_session **out);
TRAJSAFE_API void trajsafe_session_free(trajsafe_session *session);

/* A message by "user", "system" or "assistant". Human and system text states the task and its constraints. */
TRAJSAFE_API trajsafe_status trajsafe_session_message(trajsafe_session *session, trajsafe_scanner *scanner,
                                                      const char *author, const char *text, size_t n,
                                                      trajsafe_error *error);
/* What would this call mean here? Changes nothing; report as for one action. */
TRAJSAFE_API trajsafe_status trajsafe_session_propose(trajsafe_session *session, trajsafe_scanner *scanner,
                                                      const char *tool, const char *arguments, size_t n,
                                                      trajsafe_report **out, trajsafe_error *error);
/*
 * The call was made, and this is its result: commits both. exit_code is the tool's (TRAJSAFE_NO_EXIT: not known);
 * executed 0: it was refused and did not run. result may be NULL.
 */
#define TRAJSAFE_NO_EXIT INT32_MIN
TRAJSAFE_API trajsafe_status trajsafe_session_observe(trajsafe_session *session, trajsafe_scanner *scanner,
                                                      const char *tool, const char *arguments, size_t n, int executed,
                                                      int32_t exit_code, const char *result, size_t result_n,
                                                      trajsafe_error *error);
/* The verdict on what happened so far: as for one trajectory. The session goes on. */
TRAJSAFE_API trajsafe_status trajsafe_session_report(trajsafe_session *session, trajsafe_scanner *scanner,
                                                     trajsafe_report **out, trajsafe_error *error);
/* Bytes that the session holds. */
TRAJSAFE_API size_t trajsafe_session_bytes(const trajsafe_session *session);

#ifdef __cplusplus
}
#endif
#endif
