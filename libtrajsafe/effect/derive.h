/* One command (or tool action) on its way to effects: what the files of effect/ share. */
#ifndef TJ_EFFECT_DERIVE_H
#define TJ_EFFECT_DERIVE_H

#include "effect/effect.h"

struct tj_derive {
    struct tj_effects *fx;
    struct tj_command *cmd;           /* NULL for tool actions */
    struct tj_bound *bound;           /* NULL for tool actions */
    const struct tj_program *program; /* NULL: not in the table */
    uint32_t handler;                 /* enum tj_handler of the row, else of its parent */
    struct tj_str cwd;
    uint64_t flow;           /* classes of what comes in: stdin and files read */
    uint64_t args;           /* classes of the words */
    struct tj_value content; /* what WRITE and APPEND write, when known: text.p != NULL */
    struct tj_str mode;      /* value of a MODE slot */
    struct tj_str fetched;   /* URL that WRITE effects have their data from, or empty */
    uint16_t flags;          /* TJ_EFF_* for all effects */
    uint8_t place;
    uint64_t payload;    /* classes of what options give it to send */
    bool makes_link;     /* what it writes is a link: an older one there is replaced, not followed */
    bool socket_file;    /* opens /dev/tcp/… */
    bool to_stdout;      /* a file that it writes is "-" */
    bool empty_source;   /* read /dev/null */
    bool blank_source;   /* read /dev/zero or random bytes: nothing of what was there is left */
    bool dry;            /* only says what it would do */
    bool output_fetched; /* what it prints came from the network */
    uint32_t first;      /* its first effect */
};

/* ---- make.c: adding effects, applying them to the state --------------------------------------------------------------- */

/* A new effect, or NULL (dry run, out of memory). Valid until the next one is added. */
struct tj_effect *tj_effect_add(struct tj_derive *d, enum tj_effect_kind kind, enum tj_object_kind object,
                                struct tj_span span);
/* One per element of a set or list. Files that are not files (/dev/null, /dev/fd/…) give none; /dev/tcp gives hosts. */
void tj_effect_path(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint16_t flags);
void tj_effect_resolved(struct tj_derive *d, enum tj_effect_kind kind, struct tj_path path, struct tj_span span,
                        uint16_t flags);
/* globs.c: the same effect on each path of every machine that the pattern can take. */
void tj_effect_matches(struct tj_derive *d, enum tj_effect_kind kind, struct tj_path path, struct tj_span span,
                       uint16_t flags);
bool tj_is_extglob(struct tj_str s); /* holds @(…), +(…), ?(…), *(…) or !(…) */
void tj_effect_host(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint64_t carries);
/* Every host that the command connects to is sent data of these classes. */
void tj_effect_sends(struct tj_derive *d, uint64_t carries);
void tj_effect_name(struct tj_derive *d, enum tj_effect_kind kind, enum tj_object_kind object,
                    const struct tj_value *value);
void tj_effect_text(struct tj_derive *d, enum tj_effect_kind kind, enum tj_object_kind object, struct tj_str name,
                    struct tj_span span);
/* NAME or NAME=VALUE. */
void tj_effect_variable(struct tj_derive *d, const struct tj_value *value);
struct tj_path tj_derive_path(struct tj_derive *d, const struct tj_value *value);
struct tj_value tj_plain_value(struct tj_str text, struct tj_span span);
/* Drops an effect that the command already has. Call when the newest one is complete. */
void tj_effect_once(struct tj_derive *d);
/* a and b joined by `by` in the arena. */
struct tj_str tj_join(struct tj_derive *d, struct tj_str a, const char *by, struct tj_str b);
/* Copy of a text of the state: a scope that is left takes its own text with it, effects live on. */
struct tj_str tj_keep(struct tj_derive *d, struct tj_str s);
uint64_t tj_file_carries(const struct tj_effects *fx, struct tj_str path, uint64_t classes);

/* ---- slots.c: what operands and options do by the table --------------------------------------------------------------- */

void tj_derive_slots(struct tj_derive *d);
void tj_derive_rows(struct tj_derive *d); /* the program's own effects */
void tj_derive_slot(struct tj_derive *d, enum tj_slot slot, const struct tj_value *value);
bool tj_has_flag(const struct tj_derive *d, const char *flag);
bool tj_has_option(const struct tj_derive *d, const char *name); /* as written: "-c" */
/* Value of the last option with that flag, or NULL. */
const struct tj_value *tj_flag_value(const struct tj_derive *d, const char *flag);
const struct tj_value *tj_option_value(const struct tj_derive *d, const char *name, const char *other);
uint32_t tj_operands(const struct tj_derive *d);
const struct tj_value *tj_operand(const struct tj_derive *d, uint32_t i); /* NULL beyond the last */

/* ---- handlers: true when they did what the slots would do ---------------------------------------------------------------- */

typedef bool tj_handle(struct tj_derive *d);
tj_handle tj_handle_chmod, tj_handle_cp, tj_handle_mv, tj_handle_ln, tj_handle_tar, tj_handle_find, tj_handle_sed,
    tj_handle_tee, tj_handle_kill, tj_handle_docker, tj_handle_crontab, tj_handle_history, tj_handle_set, tj_handle_git,
    tj_handle_curl, tj_handle_wget, tj_handle_transfer, tj_handle_nc, tj_handle_socat, tj_handle_call, tj_handle_mktemp,
    tj_handle_dd, tj_handle_names, tj_handle_cloud, tj_handle_cloud_copy, tj_handle_parted, tj_handle_gzip,
    tj_handle_httpie, tj_handle_ftp, tj_handle_split, tj_handle_sql, tj_handle_client, tj_handle_service, tj_handle_ssh,
    tj_handle_mount;

void tj_derive_init_script(struct tj_derive *d); /* /etc/init.d/NAME stop */

/* ---- derived.c ------------------------------------------------------------------------------------------------------------ */

void tj_derive_derived(struct tj_derive *d); /* PERSIST, MINE, SCAN from the effects so far */
/* Adds the edit that the newest effect makes with known text. */
void tj_edit_add(struct tj_derive *d, struct tj_str path, uint64_t classes, struct tj_str added, struct tj_str removed,
                 bool whole, struct tj_span span);

#endif
