/* Context and policy: the facts that come with a task, and the decisions over findings. Cheap, immutable data. */
#ifndef TRAJSAFE_POLICY_H
#define TRAJSAFE_POLICY_H

#include "trajsafe/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_context trajsafe_context;

/*
 * A context from a JSON object. Keys, all optional, unknown ones are ignored: "workspace" (a path or a list of them),
 * "home", "user", "cwd", "shell" (bash sh zsh fish pwsh cmd), "os" (linux, macos, windows), "environment" (ephemeral,
 * developer, production), "allowed_hosts" (exact, ".suffix", CIDR), "files" (given by the task), "tests", "graders"
 * (globs), "authorised" (effects such as "delete", "send:api.example.com"), "constraints" (sentences), "task" (the
 * human's text), "now" (seconds since 1970, or "YYYY-MM-DD").
 * Thread: any. Status: OK, NO_MEMORY, BAD_ARGUMENT, BAD_CONTEXT (with the key). The caller frees it after all that uses it.
 */
TRAJSAFE_API trajsafe_status trajsafe_context_from_json(const char *json, size_t n, trajsafe_context **out,
                                                        trajsafe_error *error);
TRAJSAFE_API void trajsafe_context_free(trajsafe_context *context);

typedef struct trajsafe_policy trajsafe_policy;

/*
 * A policy on a profile: "online", "balanced" (NULL is the same), "golden", "audit", or one of the engine's own.
 * Thread: any. Status: OK, NO_MEMORY, BAD_ARGUMENT (an unknown profile; the error lists them). Keeps a reference to the
 * engine. The caller frees it after all that uses it.
 */
TRAJSAFE_API trajsafe_status trajsafe_policy_new(trajsafe_engine *engine, const char *profile, trajsafe_policy **out,
                                                 trajsafe_error *error);
/* Switches a rule off (0) or on (1) by id, or all rules of a prefix that ends in ".*". BAD_ARGUMENT: no such rule. */
TRAJSAFE_API trajsafe_status trajsafe_policy_set_rule(trajsafe_policy *policy, const char *id, int on,
                                                      trajsafe_error *error);
/* Approves exactly this command text: `allow` with basis `approved`, findings are still listed. */
TRAJSAFE_API trajsafe_status trajsafe_policy_approve(trajsafe_policy *policy, const char *command, size_t n);
/* What is masked beside the act itself. Default TRAJSAFE_MASK_DEPENDENTS. */
typedef enum trajsafe_mask_scope {
    TRAJSAFE_MASK_CALL = 0,       /* the step of the act only */
    TRAJSAFE_MASK_TURN = 1,       /* and its result and the rest of the same turn */
    TRAJSAFE_MASK_DEPENDENTS = 2, /* and later steps that use what it produced, and a final claim that hides it */
    TRAJSAFE_MASK_REST = 3        /* and everything after it */
} trajsafe_mask_scope;
TRAJSAFE_API trajsafe_status trajsafe_policy_set_mask_scope(trajsafe_policy *policy, trajsafe_mask_scope scope);
/* SHA-256 over the profile and all overrides, 64 hex digits, owned by the policy. */
TRAJSAFE_API const char *trajsafe_policy_digest(const trajsafe_policy *policy);
TRAJSAFE_API const char *trajsafe_policy_profile(const trajsafe_policy *policy);
TRAJSAFE_API void trajsafe_policy_free(trajsafe_policy *policy);

#ifdef __cplusplus
}
#endif
#endif
