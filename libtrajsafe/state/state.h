/* What is true now: cwd, variables, functions, aliases and files with their origin; a log of facts with cheap scopes. */
#ifndef TJ_STATE_H
#define TJ_STATE_H

#include "state/value.h"

/* ---- context: facts that come with a task (immutable, shared by threads) ------------------------------------------ */

enum tj_environment { TJ_ENV_UNKNOWN, TJ_ENV_EPHEMERAL, TJ_ENV_DEVELOPER, TJ_ENV_PRODUCTION };

struct tj_context {
    const struct tj_str *workspace; /* absolute folders without trailing slash */
    uint32_t workspaces;
    struct tj_str home, user; /* empty = not given */
    struct tj_str cwd;        /* where commands start; empty: the first workspace */
    uint8_t dialect;          /* enum tj_dialect */
    uint8_t environment;      /* enum tj_environment */
    uint8_t fold_case;        /* paths are the same in either case */
    uint8_t inferred;         /* 1 = taken from the record, not given */
    const struct tj_str *allowed_hosts;
    uint32_t allowed; /* "api.example.com", ".example.com" (suffix), CIDR */
    const struct tj_str *given;
    uint32_t givens; /* paths handed over by the task */
    const struct tj_str *tests;
    uint32_t ntests; /* globs */
    const struct tj_str *graders;
    uint32_t ngraders; /* globs */
    const struct tj_str *authorised;
    uint32_t nauthorised; /* effects: "delete", "delete:/data/tmp", "send:host" */
    const struct tj_str *constraints;
    uint32_t nconstraints; /* sentences */
    const struct tj_str *ask_text;
    uint32_t nask_text; /* human and system text, for authorisation */
    int64_t now;        /* seconds since 1970; INT64_MIN = not given */
};

/* ---- paths --------------------------------------------------------------------------------------------------------- */

/*
 * Canonical paths: "/etc/x"; "~/x" below the home folder (also /root/x, /home/NAME/x and /Users/NAME/x when no home is
 * given); "@/x" below the workspace (wins over ~); "?/x" below an unknown folder. Lexical: `.`, `..`, `//`, trailing
 * slashes, /proc/self/root, /proc/PID/cwd, /private/{tmp,var,etc}, /./ are resolved; nothing is looked up on a disk.
 * Globs stay in the text. "~", "@" and "/" stand for the folders themselves.
 */
struct tj_path {
    struct tj_str text; /* canonical, in the arena given */
    bool dynamic;       /* only a prefix is known */
    bool glob;
    bool everything; /* the glob or value takes all of the folder `text` ("/""*", "~/""*", "$UNSET/""*") */
};
struct tj_path tj_path_resolve(struct tj_arena *arena, const struct tj_context *context, struct tj_str cwd,
                               const struct tj_value *value);
/* Canonical form of plain text (globs stay, nothing is unknown) in the caller's room; cut when it is too long. */
struct tj_str tj_path_of_text(const struct tj_context *context, struct tj_str cwd, struct tj_str text, char *room,
                              uint32_t size);
/* "C:\\Users\\me", "\\\\host\\share", "HKLM:\\Software" as "/Users/me", "//host/share", "/registry/hklm/software"; `\\` as `/`. */
struct tj_str tj_path_of_windows(struct tj_arena *arena, struct tj_str text);
struct tj_str tj_path_usual_case(struct tj_str part); /* "ETC" is "etc" where the file system folds case */
bool tj_path_is_windows(struct tj_str text);          /* begins as only Windows paths do */
/* a lies at or under b (canonical both). */
bool tj_path_under(struct tj_str a, struct tj_str b);

/* ---- state --------------------------------------------------------------------------------------------------------- */

#define TJ_FILE_CREATED 1u /* by this trajectory */
#define TJ_FILE_DOWNLOADED 2u
#define TJ_FILE_EXECUTABLE 4u
#define TJ_FILE_DELETED 8u
#define TJ_FILE_WRITTEN 16u /* existed or not: this trajectory wrote it */
#define TJ_FILE_TEMP 32u    /* made by mktemp */
#define TJ_FILE_PARTIAL 64u /* content is only a part (appended to, cut at the budget) */
struct tj_file {
    struct tj_str path; /* canonical */
    uint32_t flags;
    uint32_t step;         /* index of the step that changed it last */
    uint64_t carries;      /* classes of the data in it */
    struct tj_str content; /* when known; p == NULL: not known */
};

struct tj_state; /* one per session (and one in every scanner for single commands); one thread at a time */
/* Texts that are kept are copied into the state; budget bounds its bytes (0 = 1 MB). Over it new facts are dropped and
 * tj_state_full says so. */
trajsafe_status tj_state_new(const struct tj_context *context, size_t budget, struct tj_state **out);
trajsafe_status tj_state_clone(const struct tj_state *state, struct tj_state **out); /* shares the frozen prefix */
void tj_state_free(struct tj_state *state);
void tj_state_reset(struct tj_state *state, const struct tj_context *context); /* as new; keeps memory */
const struct tj_context *tj_state_context(const struct tj_state *state);
bool tj_state_full(const struct tj_state *state);
void tj_state_at_step(struct tj_state *state, uint32_t step); /* facts from now on carry this step */

/*
 * Scopes nest. Leaving one drops what was set in it: SHELL facts (cwd, variables, functions, aliases) always, FILE facts
 * unless `keep_files`. KEEP_ALL commits everything into the scope around it.
 */
enum tj_leave { TJ_LEAVE_DROP, TJ_LEAVE_KEEP_FILES, TJ_LEAVE_KEEP_ALL };
void tj_state_enter(struct tj_state *state);
void tj_state_leave(struct tj_state *state, enum tj_leave leave);
uint32_t tj_state_depth(const struct tj_state *state);

struct tj_str tj_state_cwd(const struct tj_state *state); /* canonical; "?" when unknown */
void tj_state_set_cwd(struct tj_state *state, struct tj_str canonical);
struct tj_str tj_state_oldcwd(const struct tj_state *state);
#define TJ_DESCRIPTOR "\001fd " /* variables of this name and a number: what exec opened as that descriptor */
/* NULL: nothing is known of it (it may come from the environment). A known-unset variable is the empty constant. */
const struct tj_value *tj_state_var(const struct tj_state *state, struct tj_str name);
void tj_state_set_var(struct tj_state *state, struct tj_str name, const struct tj_value *value);
/* In a branch that may not run: afterwards the variable is one of old and new (a set) or dynamic. */
void tj_state_may_set_var(struct tj_state *state, struct tj_str name, const struct tj_value *value);
uint32_t tj_state_gap(struct tj_state *state); /* a number that no other gap of this state has: kept text may name it */
bool tj_state_function(const struct tj_state *state, struct tj_str name, struct tj_str *body);
void tj_state_set_function(struct tj_state *state, struct tj_str name, struct tj_str body);
bool tj_state_alias(const struct tj_state *state, struct tj_str name, struct tj_str *text);
void tj_state_set_alias(struct tj_state *state, struct tj_str name, struct tj_str text);
/* NULL when nothing happened to it. Also finds a file below a created folder (flags of the folder without content). */
const struct tj_file *tj_state_file(const struct tj_state *state, struct tj_str canonical);
void tj_state_set_file(struct tj_state *state, const struct tj_file *file); /* copies; replaces what was known */
/*
 * Symbolic links and bind mounts made in the run. `follow` rewrites a canonical path that leads through one; its last
 * name is followed when it is a mount, or when `last` is set (what is written, not what is removed). No target: forgotten.
 */
void tj_state_set_link(struct tj_state *state, struct tj_str path, struct tj_str target, bool mount);
struct tj_str tj_state_follow(const struct tj_state *state, struct tj_arena *arena, struct tj_str path, bool last);
/* Drops shell facts between calls: SHELL keeps all, CWD keeps cwd, NOTHING keeps neither (enum tj_tool_persist numbers). */
void tj_state_end_call(struct tj_state *state, uint32_t persist);
uint64_t tj_state_bytes(const struct tj_state *state);

#endif
