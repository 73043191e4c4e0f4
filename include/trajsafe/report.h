/* The report: one result, one allocation, immutable; it outlives everything that made it. */
#ifndef TRAJSAFE_REPORT_H
#define TRAJSAFE_REPORT_H

#include "trajsafe/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_report trajsafe_report;

typedef enum trajsafe_action { TRAJSAFE_ALLOW = 0, TRAJSAFE_ASK = 1, TRAJSAFE_DENY = 2 } trajsafe_action;
typedef enum trajsafe_decision {
    TRAJSAFE_KEEP = 0,
    TRAJSAFE_MASK = 1,
    TRAJSAFE_REVIEW = 2,
    TRAJSAFE_DROP = 3
} trajsafe_decision;
typedef enum trajsafe_basis {
    TRAJSAFE_BASIS_CLEAR = 0,   /* understood, and nothing speaks against it */
    TRAJSAFE_BASIS_FINDING = 1, /* a finding decided */
    TRAJSAFE_BASIS_UNKNOWN = 2, /* something was not understood */
    TRAJSAFE_BASIS_APPROVED = 3 /* a policy names it */
} trajsafe_basis;
typedef enum trajsafe_evidence {
    TRAJSAFE_EVIDENCE_REDACTED = 0,
    TRAJSAFE_EVIDENCE_NONE = 1,
    TRAJSAFE_EVIDENCE_FULL = 2
} trajsafe_evidence;

typedef struct trajsafe_finding {
    size_t size; /* sizeof(trajsafe_finding), set by the caller */
    const char *rule, *title, *category, *leaf, *severity;
    double confidence;    /* 0..1, after context */
    uint32_t index;       /* 0-based step; 0 for single actions */
    int64_t step;         /* the format's own number of it */
    uint32_t call;        /* 0-based number of the call, UINT32_MAX when it is about a message */
    const char *pointer;  /* RFC 6901 pointer of the string that holds the text; "" for `check` */
    uint32_t begin, end;  /* [begin, end) in bytes of that string after decoding; equal when there is no place */
    const char *layers;   /* how one came from the string to the text, outermost first, one a line; "" = directly */
    const char *evidence; /* at most 200 bytes of UTF-8, redacted unless asked otherwise; not escaped */
    const char *effects;  /* JSON array of the effects that it rests on, redacted likewise */
    const char *authorisation, *outcome;
    const char *attack; /* ATT&CK ids, one a line */
    const char *why, *suggest, *note;
    uint32_t unlisted; /* more of this rule in the call, none of them stronger, that are not listed */
} trajsafe_finding;

typedef struct trajsafe_unknown {
    size_t size;
    const char *reason;
    uint32_t index;
    int64_t step;
    const char *pointer;
    uint32_t begin, end;
} trajsafe_unknown;

/* For one action. TRAJSAFE_ASK for reports on trajectories. */
TRAJSAFE_API trajsafe_action trajsafe_report_action(const trajsafe_report *report);
/* For one trajectory. TRAJSAFE_REVIEW for reports on actions. */
TRAJSAFE_API trajsafe_decision trajsafe_report_decision(const trajsafe_report *report);
TRAJSAFE_API trajsafe_basis trajsafe_report_basis(const trajsafe_report *report);
TRAJSAFE_API int trajsafe_report_understood(const trajsafe_report *report); /* 1 or 0 */
/* 0..1; category: "security", "controllability", "trustworthiness", NULL = overall. -1 for an unknown name. */
TRAJSAFE_API double trajsafe_report_score(const trajsafe_report *report, const char *category);
TRAJSAFE_API uint32_t trajsafe_report_findings(const trajsafe_report *report);
TRAJSAFE_API trajsafe_status trajsafe_report_finding(const trajsafe_report *report, uint32_t i, trajsafe_finding *out);
TRAJSAFE_API uint32_t trajsafe_report_unknowns(const trajsafe_report *report);
TRAJSAFE_API trajsafe_status trajsafe_report_unknown(const trajsafe_report *report, uint32_t i, trajsafe_unknown *out);
/* Steps and, per step, mask and trainable (1 or 0); `n` entries; NULL for actions. Owned by the report. */
TRAJSAFE_API const uint8_t *trajsafe_report_mask(const trajsafe_report *report, uint32_t *n);
TRAJSAFE_API const uint8_t *trajsafe_report_trainable(const trajsafe_report *report, uint32_t *n);
TRAJSAFE_API uint32_t trajsafe_report_actions(const trajsafe_report *report);   /* tool calls seen */
TRAJSAFE_API uint32_t trajsafe_report_undecoded(const trajsafe_report *report); /* of them, arguments not decoded */
TRAJSAFE_API const char *trajsafe_report_id(const trajsafe_report *report);     /* the record's own id, or "" */
TRAJSAFE_API const char *trajsafe_report_format(const trajsafe_report *report); /* reader's name, or "" */
/* An error report stands in the place of a record that could not be read: its status, else TRAJSAFE_OK. */
TRAJSAFE_API trajsafe_status trajsafe_report_status(const trajsafe_report *report, trajsafe_error *error);

/* The report as one line of JSON (schema trajsafe.check/1 or trajsafe.verdict/1), without line end, NUL-terminated. *n may be NULL. */
TRAJSAFE_API const char *trajsafe_report_json(const trajsafe_report *report, size_t *n);

/* What `explain` draws: layers, commands with argv and effects, findings with a caret under the text. Plain UTF-8; only for
 * reports of trajsafe_explain; else "". */
TRAJSAFE_API const char *trajsafe_report_explanation(const trajsafe_report *report, size_t *n);

TRAJSAFE_API void trajsafe_report_free(trajsafe_report *report);

#ifdef __cplusplus
}
#endif
#endif
