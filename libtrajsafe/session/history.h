/* Private to session/: what is remembered of a trajectory, as plain facts whose strings live in a shared log. */
#ifndef TJ_SESSION_HISTORY_H
#define TJ_SESSION_HISTORY_H

#include <stdatomic.h>

#include "session/session.h"

enum {
    FINDINGS_MOST = 4096,
    QUIET_MOST = 2048,
    SAME_RULE_MOST = 32,
    PARTIALS_MOST = 256,
    PARTIALS_PER_RULE = 64,
    SEEN_MOST = 64,
    CONSTRAINTS_MOST = 64,
    TRACES_MOST = 256,
    DEPENDS_MOST = 4096,
    BLOCKS_MOST = 17,
    EVIDENCE_MOST = 400,
    NOTE_MOST = 120,
    SOURCES_MOST = 4,
    CALL_KEPT = 2048,
    TEXTS_BUDGET = 1 << 20
};

/*
 * Strings and facts that never change once written. A clone reads its ancestors' logs and writes its own; each log is
 * freed with its last reader. Only its owner appends to it.
 */
struct tj_log {
    _Atomic uint32_t refs;
    struct tj_log *parent;
    struct tj_arena arena;
};
struct tj_log *tj_log_new(struct tj_log *parent); /* takes a reference to the parent */
void tj_log_unref(struct tj_log *log);

/* What a finding has beside the public facts; same index. */
struct tj_more {
    uint16_t base;     /* confidence before the outcome */
    uint8_t last;      /* its command ends the call: the exit code is about it */
    uint8_t claim;     /* made by finish */
    uint8_t sequence;  /* other_index is an act of its own */
    uint8_t wait;      /* enum tj_outcome + 1 that `wait_call` must come to, 0 none */
    uint8_t wait_ends; /* what is waited for ends that call: its exit code is about it */
    uint32_t wait_call;
    struct tj_str program, object; /* what a message would name */
};

struct tj_call_facts {
    uint32_t call, index;
    uint8_t outcome; /* enum tj_outcome */
    uint8_t has_result;
    uint8_t test_run, test_last; /* a test run; it is the call's last pipeline */
    uint8_t passed, failed;
    uint8_t reports;     /* its output reports passing tests, whatever ran them */
    uint8_t wrote;       /* changed a source of the project */
    uint8_t wrote_first; /* … by a command before the call's last pipeline: its failure says nothing of that */
    uint8_t sources;
    struct tj_object *source; /* what it read or fetched */
    struct tj_str test, said; /* the command that ran tests, and the line that told how it went */
};

/* A block of a sequence that was satisfied. */
struct tj_bound_fact {
    uint32_t index, call, serial, instance; /* serial: which action; a call may be several */
    uint8_t subject, objects;
    uint8_t ends; /* its command ends the call */
    struct tj_object object[TJ_OBJECTS_MOST];
    struct tj_str words; /* for the note */
};
struct tj_partial {
    uint32_t rule, next;  /* next block that is wanted */
    uint32_t first, last; /* blocks bound first and last */
    uint32_t wait_call;   /* TJ_NONE: ready */
    uint8_t wait;         /* enum tj_outcome + 1 */
    uint8_t wait_ends;    /* as in tj_more */
    const struct tj_bound_fact *bound[BLOCKS_MOST];
};
struct tj_seen {
    uint32_t rule, block, call;
    const struct tj_bound_fact *fact;
};

struct tj_constraint {
    uint32_t kind, index; /* index TJ_NONE: from the context */
    struct tj_str sentence;
    const struct tj_str *path; /* what it is about; none: everything of its kind */
    uint32_t paths;
    bool inverted; /* everything but these paths: only_touch, "outside" */
    bool words;    /* these are words that the object's text holds, not paths */
};

enum tj_text_from { TJ_FROM_HUMAN, TJ_FROM_CONTENT, TJ_FROM_AGENT };
struct tj_said {
    struct tj_str text;
    uint32_t index, call; /* CONTENT: the call that returned it; AGENT: the call that it is */
    uint8_t from;
    uint8_t unread; /* HUMAN: in a language that is not read */
};

/* The agent's last message. */
struct tj_last_message {
    bool any, fails; /* fails: it reports failures */
    uint32_t index;
    int64_t step;
    struct tj_str pointer, text;
    uint32_t claims; /* mask of 1 << enum tj_phrase_kind */
    uint32_t begin[TJ_PHRASE_COUNT], end[TJ_PHRASE_COUNT];
};

/* What a flagged call, or one that depends on it, left behind. */
struct tj_trace {
    struct tj_object object;
    uint32_t port, call, index;
};
struct tj_depends {
    uint32_t index, call, on; /* step and call that depend on call `on` */
};

/*
 * Findings of one rule in one call. Behind the first SAME_RULE_MOST only a stronger one is listed, each kind by itself: asked
 * for or not, local or not. So no score, decision or mask would be another one if all were.
 */
struct tj_tally {
    uint32_t rule, first, kept; /* first: in the session's findings */
    uint16_t best[2][2];        /* confidence, by requested and local */
};

struct tj_history {
    struct tj_log *log;
    TJ_VEC(struct tj_tally) tally; /* of the call at hand */
    TJ_VEC(struct tj_more) more;
    TJ_VEC(struct tj_call_facts) call;
    TJ_VEC(struct tj_partial) partial;
    TJ_VEC(struct tj_seen) seen;
    TJ_VEC(struct tj_constraint) constraint;
    TJ_VEC(struct tj_said) said;
    TJ_VEC(struct tj_trace) trace;
    TJ_VEC(struct tj_depends) depends;
    TJ_VEC(uint32_t) human; /* steps of human messages */
    struct tj_last_message last;
    uint64_t searched; /* bytes of texts searched for operands */
    uint32_t serial;   /* actions taken in */
    uint32_t quiet;    /* findings of severity info and low */
    size_t kept;       /* bytes of texts copied */
    bool claims;       /* the image has rules on claims: outputs are listened to */
    bool began;        /* the context's constraints are in */
    bool forgot;       /* a text was not kept */
    bool budget_said;  /* BUDGET stands in unknown */
    bool failed;       /* out of memory */
};

/* ---- shared between the files ------------------------------------------------------------------------------------ */

struct tj_str tj_log_copy(struct tj_history *h, struct tj_str s);
struct tj_object tj_log_object(struct tj_history *h, const struct tj_object *object);
void tj_session_over_budget(struct tj_session *session, uint32_t index, int64_t step, struct tj_str pointer);

/* finding.c: NULL when the limit is reached or memory is out. */
struct tj_finding *tj_finding_add(struct tj_session *s, const struct tj_view *view, uint32_t rule, uint8_t subject,
                                  uint32_t instance, struct tj_span span, bool guessed, const struct tj_place_of *place);
/* The command's pipeline is the last of its call, or the call has no commands. */
bool tj_is_last(const struct tj_view *view, const struct tj_command *command);
void tj_finding_remove(struct tj_session *s, uint32_t i);
void tj_finding_settle(struct tj_session *s, uint32_t i, enum tj_outcome outcome);

/* Every object of the one is the same in the other. */
bool tj_bound_same(const struct tj_bound_fact *a, const struct tj_bound_fact *b);

/* effects.c */
struct tj_str tj_effects_json(struct tj_history *h, const struct tj_view *view, uint8_t subject, uint32_t instance);
struct tj_str tj_object_text(struct tj_arena *arena, const struct tj_effect *e);
bool tj_is_local(const struct tj_session *s, const struct tj_view *view, uint32_t rule, uint8_t subject,
                 uint32_t instance);

/* sequence.c */
void tj_sequence_hit(struct tj_session *s, const struct tj_view *view, const struct tj_block_hit *hit,
                     const struct tj_place_of *place);
void tj_sequence_result(struct tj_session *s, uint32_t call, enum tj_outcome outcome);
void tj_sequence_finish(struct tj_session *s);
bool tj_sequence_waits(const struct tj_session *s, uint32_t call);
const struct tj_bound_fact *tj_bound_make(struct tj_session *s, const struct tj_view *view, uint8_t subject,
                                          uint32_t instance, const struct tj_place_of *place);

/* constraint.c */
void tj_constraints_read(struct tj_session *s, struct tj_str text, const struct tj_phrase_hits *hits, uint32_t index);
void tj_constraint_hit(struct tj_session *s, const struct tj_view *view, const struct tj_block_hit *hit,
                       const struct tj_place_of *place);

/* asked.c */
void tj_said_add(struct tj_session *s, struct tj_str text, enum tj_text_from from, uint32_t index, uint32_t call);
enum tj_authorisation tj_asked(struct tj_session *s, const struct tj_view *view, uint8_t subject, uint32_t instance);
bool tj_names(struct tj_str text, struct tj_str word);
bool tj_names_object(struct tj_str text, const struct tj_object *object);

/* depend.c */
void tj_trace_call(struct tj_session *s, const struct tj_view *view, uint32_t first, const struct tj_place_of *place);

/* claim.c */
void tj_claims_read(struct tj_session *s, const struct tj_view *view, const struct tj_phrase_hits *hits,
                    const struct tj_place_of *place);

#endif
