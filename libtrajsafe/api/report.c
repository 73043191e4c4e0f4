/* What a report says, field by field. */
#include <stdlib.h>

#include "api/objects.h"

trajsafe_action trajsafe_report_action(const trajsafe_report *report) { return report ? report->action : TRAJSAFE_ASK; }

trajsafe_decision trajsafe_report_decision(const trajsafe_report *report) {
    return report ? report->decision : TRAJSAFE_REVIEW;
}

trajsafe_basis trajsafe_report_basis(const trajsafe_report *report) {
    return report ? report->basis : TRAJSAFE_BASIS_UNKNOWN;
}

int trajsafe_report_understood(const trajsafe_report *report) { return report ? report->understood : 0; }

double trajsafe_report_score(const trajsafe_report *report, const char *category) {
    if (!report) return -1;
    if (!category) return (double)report->score[TJ_CATEGORY_COUNT] / 10000;
    for (int i = 0; i < TJ_CATEGORY_COUNT; i++)
        if (strcmp(category, tj_category_name((enum tj_category)i)) == 0) return (double)report->score[i] / 10000;
    return -1;
}

uint32_t trajsafe_report_findings(const trajsafe_report *report) { return report ? report->findings : 0; }

trajsafe_status trajsafe_report_finding(const trajsafe_report *report, uint32_t i, trajsafe_finding *out) {
    if (!report || !out || out->size != sizeof *out || i >= report->findings) return TRAJSAFE_BAD_ARGUMENT;
    *out = report->finding[i];
    return TRAJSAFE_OK;
}

uint32_t trajsafe_report_unknowns(const trajsafe_report *report) { return report ? report->unknowns : 0; }

trajsafe_status trajsafe_report_unknown(const trajsafe_report *report, uint32_t i, trajsafe_unknown *out) {
    if (!report || !out || out->size != sizeof *out || i >= report->unknowns) return TRAJSAFE_BAD_ARGUMENT;
    *out = report->unknown[i];
    return TRAJSAFE_OK;
}

const uint8_t *trajsafe_report_mask(const trajsafe_report *report, uint32_t *n) {
    if (n) *n = report && report->mask ? report->steps : 0;
    return report ? report->mask : NULL;
}

const uint8_t *trajsafe_report_trainable(const trajsafe_report *report, uint32_t *n) {
    if (n) *n = report && report->trainable ? report->steps : 0;
    return report ? report->trainable : NULL;
}

uint32_t trajsafe_report_actions(const trajsafe_report *report) { return report ? report->actions : 0; }

uint32_t trajsafe_report_undecoded(const trajsafe_report *report) { return report ? report->undecoded : 0; }

const char *trajsafe_report_id(const trajsafe_report *report) { return report ? report->id : ""; }

const char *trajsafe_report_format(const trajsafe_report *report) { return report ? report->format : ""; }

trajsafe_status trajsafe_report_status(const trajsafe_report *report, trajsafe_error *error) {
    if (!report) return TRAJSAFE_BAD_ARGUMENT;
    if (error && report->error.status != TRAJSAFE_OK) *error = report->error;
    return report->error.status;
}

const char *trajsafe_report_json(const trajsafe_report *report, size_t *n) {
    if (n) *n = report ? report->json_n : 0;
    return report ? report->json : "";
}

const char *trajsafe_report_explanation(const trajsafe_report *report, size_t *n) {
    if (n) *n = report ? report->explanation_n : 0;
    return report ? report->explanation : "";
}

void trajsafe_report_free(trajsafe_report *report) { free(report); }
