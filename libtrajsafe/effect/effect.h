/* Effects: what commands, calls and edits would do, derived from the program, path and host tables. */
#ifndef TJ_EFFECT_H
#define TJ_EFFECT_H

#include "act/act.h"
#include "unfold/unfold.h"

#define TJ_EFF_RECURSIVE 1u
#define TJ_EFF_FORCED 2u
#define TJ_EFF_DYNAMIC 4u /* the object is known only in part */
#define TJ_EFF_MAYBE 8u   /* not certain: a branch, a dynamic word, a guessed wrapper */
#define TJ_EFF_BACKGROUND 16u
#define TJ_EFF_DEFERRED 32u
#define TJ_EFF_GLOB 64u
#define TJ_EFF_GUESSED 128u
#define TJ_EFF_DRY 256u     /* a dry run: would only say what it would do */
#define TJ_EFF_DERIVED 512u /* PERSIST, MINE, SCAN: from tables over other effects */

struct tj_effect {
    uint8_t kind;   /* enum tj_effect_kind */
    uint8_t object; /* enum tj_object_kind */
    uint8_t place;  /* enum tj_place */
    uint8_t reserved;
    uint16_t flags; /* TJ_EFF_* */
    uint16_t port;
    uint32_t host_class; /* TJ_HOST_BIT mask */
    uint32_t command;    /* index of the command, or TJ_NONE (edit, fetch or call by a tool) */
    uint64_t classes;    /* of the path: table + state + context */
    uint64_t carries;    /* of the data that is written, sent or run */
    struct tj_str path;  /* canonical, for PATH objects */
    struct tj_str host;  /* lower case */
    struct tj_str url;   /* as written */
    struct tj_str name;  /* process, service, package, account, variable, resource, text */
    struct tj_str value; /* mode, owner, value of a variable, literal content */
    struct tj_span span; /* the words that it was derived from */
};

/* A change to a file, by an edit tool or by a shell redirection or in-place edit with known text. */
struct tj_edit {
    struct tj_str path; /* canonical */
    uint64_t classes;
    struct tj_str added, removed; /* text; added of a whole write is the content */
    bool whole;
    bool existed;    /* the trajectory does not know it as created by itself */
    uint32_t effect; /* its WRITE, APPEND or DELETE effect */
    struct tj_span span;
};

/* How many private hosts the words of one place talked to: a loop's turns are commands of their own. */
struct tj_hosts_at {
    struct tj_span span;
    uint32_t hosts;
};

struct tj_effects {
    struct tj_arena *arena;
    const struct tj_image *image;
    struct tj_state *state;
    struct tj_understanding *understanding;
    TJ_VEC(struct tj_effect) effect;
    TJ_VEC(struct tj_edit) edit;
    TJ_VEC(struct tj_hosts_at) hosts_at;
    TJ_VEC(struct tj_bound) bound; /* per command, by command index: for rules that ask for flags and options */
};
void tj_effects_init(struct tj_effects *effects, struct tj_arena *arena, const struct tj_image *image,
                     struct tj_state *state, struct tj_understanding *understanding);
struct tj_sink tj_effects_sink(struct tj_effects *effects); /* for tj_unfold */
/* Effects of actions that are not commands: writes, edits, deletes, reads, fetches, API-like calls. Applies them to the state. */
void tj_effects_action(struct tj_effects *effects, const struct tj_action *action, uint32_t text);

/* `lvremove --help`, `zpool destroy --help`: says something and does nothing, whatever rules say of the program. */
bool tj_asks_for_help(const struct tj_command *command);

/* One line for people and golden tests: kind, object, classes, what it carries, flags. No newline. */
void tj_effect_dump(const struct tj_effect *effect, struct tj_buf *out);

/* Classes of a canonical path: the table, the context (given, tests, graders, workspace, home) and the state. */
uint64_t tj_classify_path(const struct tj_image *image, const struct tj_state *state, struct tj_str canonical);
/* Parses [scheme://][user[:password]@]host[:port][/path]; host is lower case in the arena; IPv6 in brackets; decimal, octal and
 * hex addresses are normalised (ODD_FORM). False when it names no host. */
struct tj_host {
    struct tj_str host, user, path, scheme;
    uint32_t port;
    uint32_t classes;
};
bool tj_host_parse(const struct tj_image *image, const struct tj_context *context, struct tj_arena *arena,
                   struct tj_str text, struct tj_host *out);

#endif
