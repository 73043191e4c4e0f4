/* The one loop: it owns parsers, scratch and arena, and drives every other module over a command, a call or a record. */
#ifndef TJ_SCAN_H
#define TJ_SCAN_H

#include "read/event.h"
#include "score/score.h"

/* One per thread. The arena holds what one call derives and is reset before the next; `record_arena` holds one record. */
struct tj_loop {
    const struct tj_image *image;
    struct tj_arena arena, record_arena;
    struct tj_json *json;
    struct tj_unfolder *unfolder;
    struct tj_matcher *matcher;
    struct tj_context none;    /* an empty context */
    struct tj_session *single; /* reused for actions that belong to no session */

    /* What the last action was understood as; valid until the next one. For `explain`. */
    struct tj_understanding understanding;
    struct tj_effects effects;
};
trajsafe_status tj_loop_init(struct tj_loop *loop, const struct tj_image *image, struct tj_databases *databases);
void tj_loop_free(struct tj_loop *loop);

/* One tool call, as a record or a caller gives it. */
struct tj_call {
    struct tj_str tool;
    struct tj_doc *doc;       /* holds `arguments` */
    uint32_t arguments;       /* node, or TJ_NONE */
    struct tj_str raw;        /* raw text when there are no arguments */
    struct tj_str cwd;        /* absolute or relative as the record says; empty: what the state knows */
    struct tj_place_of place; /* pointer: of the arguments or raw text */
    bool ran;                 /* false: it was refused; its effects stay out of the state */
};
/* Judges a call inside a session: findings are added to it. */
trajsafe_status tj_loop_call(struct tj_loop *loop, struct tj_session *session, struct tj_call *call);
/* Judges one command line inside a session; `place.pointer` is empty for `check`. */
trajsafe_status tj_loop_command(struct tj_loop *loop, struct tj_session *session, struct tj_str command,
                                struct tj_place_of place, bool ran);
/* Where the next command starts, as the caller knows it; empty: where the last one ended. */
void tj_loop_cwd(struct tj_loop *loop, struct tj_session *session, struct tj_str cwd);
trajsafe_status tj_loop_message(struct tj_loop *loop, struct tj_session *session, enum tj_author author,
                                struct tj_str text, bool final, struct tj_place_of place);
trajsafe_status tj_loop_result(struct tj_loop *loop, struct tj_session *session, uint32_t call, uint32_t index,
                               struct tj_str text, enum tj_known error, bool has_exit, int32_t exit_code, bool refused);

/* Reads one record's bytes with `reader` (NULL: bids) into `record` (in record_arena, which is reset first). */
trajsafe_status tj_loop_read(struct tj_loop *loop, const struct tj_reader_row *reader, struct tj_str bytes,
                             struct tj_record *record, trajsafe_error *error);
/* Judges a record from its first event to its last, and finishes the session. */
trajsafe_status tj_loop_record(struct tj_loop *loop, struct tj_session *session, struct tj_record *record);
/* A context for a record: what `given` says, and what is not given there taken from the record (marked inferred). */
trajsafe_status tj_loop_context(struct tj_loop *loop, const struct tj_context *given, const struct tj_record *record,
                                struct tj_context *out);

/* What a report is made of. */
struct tj_verdict {
    const struct tj_session *session;
    const struct tj_policy *policy;
    struct tj_scores scores;
    enum tj_action_decision action;
    enum tj_run_decision run;
    enum tj_basis basis;
    enum tj_coverage coverage; /* of one action */
    bool whole;                /* a trajectory, not one action */
    uint32_t first;            /* one action in a session: findings before it do not count */
    uint32_t first_unknown;
    uint32_t steps;
    uint8_t *mask, *trainable; /* steps entries, in the loop's arena */
    struct tj_str id, format;
};
/* One action: findings and unknowns from the marks on. */
void tj_judge_action(struct tj_loop *loop, const struct tj_session *session, const struct tj_policy *policy,
                     uint32_t first, uint32_t first_unknown, bool approved, struct tj_verdict *out);
/* A whole trajectory. `record` may be NULL (online sessions): then `steps` and no ids. */
trajsafe_status tj_judge_run(struct tj_loop *loop, const struct tj_session *session, const struct tj_policy *policy,
                             const struct tj_record *record, uint32_t steps, struct tj_verdict *out);

#endif
