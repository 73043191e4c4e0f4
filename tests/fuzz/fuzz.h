// What the fuzz programs share: the checks that every report must stand, and one engine for all inputs.
#ifndef TRAJSAFE_FUZZ_H
#define TRAJSAFE_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trajsafe/trajsafe.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

// Holds in every build, and says what did not hold.
#define FUZZ_CHECK(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "fuzz: %s:%d: %s\n", __FILE__, __LINE__, #condition);                                      \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static inline void fuzz_check_findings(const trajsafe_report *report, size_t text_size) {
    for (uint32_t i = 0; i < trajsafe_report_findings(report); i++) {
        trajsafe_finding finding = {.size = sizeof finding};
        FUZZ_CHECK(trajsafe_report_finding(report, i, &finding) == TRAJSAFE_OK);
        FUZZ_CHECK(finding.begin <= finding.end && finding.end <= text_size);
        FUZZ_CHECK(finding.confidence >= 0 && finding.confidence <= 1);
        FUZZ_CHECK(strlen(finding.evidence) <= 200);
        FUZZ_CHECK(finding.rule[0] != '\0' && finding.why != NULL && finding.layers != NULL);
    }
}

static inline void fuzz_check_unknowns(const trajsafe_report *report, size_t text_size) {
    uint32_t unknowns = trajsafe_report_unknowns(report);
    // Never clean without having understood.
    FUZZ_CHECK((unknowns == 0) == (trajsafe_report_understood(report) != 0));
    for (uint32_t i = 0; i < unknowns; i++) {
        trajsafe_unknown unknown = {.size = sizeof unknown};
        FUZZ_CHECK(trajsafe_report_unknown(report, i, &unknown) == TRAJSAFE_OK);
        FUZZ_CHECK(unknown.begin <= unknown.end && unknown.end <= text_size);
        FUZZ_CHECK(unknown.reason[0] != '\0');
    }
}

// Reads everything that a report can be asked. Spans end at or before `text_size`.
static inline void fuzz_check_report(const trajsafe_report *report, size_t text_size) {
    size_t n = 0;
    const char *json = trajsafe_report_json(report, &n);
    FUZZ_CHECK(json[0] == '{' && json[n] == '\0' && memchr(json, '\n', n) == NULL && strlen(json) == n);
    FUZZ_CHECK(trajsafe_report_score(report, NULL) >= 0 && trajsafe_report_score(report, NULL) <= 1);
    fuzz_check_findings(report, text_size);
    fuzz_check_unknowns(report, text_size);
    uint32_t masks = 0, trainables = 0;
    const uint8_t *mask = trajsafe_report_mask(report, &masks);
    trajsafe_report_trainable(report, &trainables);
    FUZZ_CHECK(masks == trainables);
    for (uint32_t i = 0; mask != NULL && i < masks; i++) {
        FUZZ_CHECK(mask[i] <= 1);
    }
}

#endif
