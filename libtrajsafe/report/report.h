/* Reports: a verdict written down once, in one allocation, redacted and escaped. */
#ifndef TJ_REPORT_H
#define TJ_REPORT_H

#include "scan/scan.h"
#include "scan/secrets.h"
#include "trajsafe/report.h"

/* ---- redaction ----------------------------------------------------------------------------------------------- */

struct tj_redactor {
    uint8_t key[16];
    uint8_t evidence;                 /* trajsafe_evidence */
    const struct tj_session *session; /* whose secrets are known; set for each report; may be NULL */
};
/* Text with secret values, tokens, URL credentials and e-mail addresses replaced by tags (the same value, the same tag).
 * places[0..n) are offsets into `text`; they are moved to where the same byte stands in the result. */
struct tj_str tj_redact(const struct tj_redactor *redactor, struct tj_arena *arena, struct tj_str text,
                        uint32_t *places, uint32_t n);
/* The same for each string of JSON that tj_buf_json wrote: values are looked at as they are, not as they are escaped. */
struct tj_str tj_redact_json(const struct tj_redactor *redactor, struct tj_arena *arena, struct tj_str json);
/* Valid UTF-8 without NUL: other bytes become U+FFFD. */
struct tj_str tj_clean(struct tj_arena *arena, struct tj_str text);
/* At most `most` bytes of clean text, cut between characters. */
struct tj_str tj_cut(struct tj_str text, uint32_t most);
/* One line that a terminal does not act on: controls, line ends, bidirectional and invisible characters become escapes. */
void tj_put_visible(struct tj_buf *buf, struct tj_str text);
/* Columns that tj_put_visible takes for it. */
uint32_t tj_visible_columns(struct tj_str text);

/* ---- reports ------------------------------------------------------------------------------------------------- */

struct trajsafe_report {
    trajsafe_error error; /* OK, or why there is no verdict */
    trajsafe_action action;
    trajsafe_decision decision;
    trajsafe_basis basis;
    int understood;
    uint32_t score[TJ_CATEGORY_COUNT + 1]; /* the last is overall */
    uint32_t findings, unknowns, steps, actions, undecoded;
    trajsafe_finding *finding;
    trajsafe_unknown *unknown;
    uint8_t *mask, *trainable;
    const char *id, *format, *json, *explanation;
    size_t json_n, explanation_n;
};

struct tj_origin {
    struct tj_str id; /* JSON text; empty: none */
    struct tj_str source;
    uint64_t record;
    bool has_record;
    struct tj_str sha256; /* 64 hex digits of the record's bytes, or empty */
    const char *engine_version, *ruleset_digest, *tables_digest, *policy_digest;
};
/* Writes a verdict down. `explanation` may be empty. Strings are built in `arena` and copied into the report's one block. */
trajsafe_status tj_report_new(struct tj_arena *arena, const struct tj_redactor *redactor,
                              const struct tj_verdict *verdict, const struct tj_origin *origin,
                              struct tj_str explanation, struct trajsafe_report **out);
/* A report that stands for a record or action that could not be read. */
trajsafe_status tj_report_error(struct tj_arena *arena, const trajsafe_error *error, bool whole,
                                const struct tj_origin *origin, struct trajsafe_report **out);

/* ---- the parts that report.c puts together ------------------------------------------------------------------- */

/* The policy switched the finding's rule off: it is not told. */
bool tj_report_is_off(const struct tj_verdict *verdict, const struct tj_finding *finding);
/* Findings and unknowns as they go into the report: redacted, at most 200 bytes of evidence. Strings in `arena`. */
void tj_report_finding_of(struct tj_arena *arena, const struct tj_redactor *redactor, const struct tj_verdict *verdict,
                          const struct tj_finding *finding, trajsafe_finding *out);
struct tj_str tj_report_json(struct tj_arena *arena, const struct tj_verdict *verdict, const struct tj_origin *origin,
                             const trajsafe_finding *findings, uint32_t n);
struct tj_str tj_report_error_json(struct tj_arena *arena, const trajsafe_error *error, bool whole,
                                   const struct tj_origin *origin);
/* The drawing of `explain`: layers, commands with argv and effects, findings with a caret. */
struct tj_str tj_explain(struct tj_arena *arena, const struct tj_redactor *redactor, const struct tj_loop *loop,
                         const struct tj_verdict *verdict);

#endif
