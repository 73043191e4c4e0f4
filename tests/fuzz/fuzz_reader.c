// Fuzzes one reader (FUZZ_FORMAT, or "any" for bidding) from the bytes of a file to the verdicts.
#include "fuzz.h"

enum { RECORD_MAX = 1 << 20 };

struct input {
    const uint8_t *data;
    size_t size, at;
};

static trajsafe_engine *engine;
static trajsafe_scanner *scanner;
static const char *format;

// FUZZ_FORMATS must be what the library lists: a new reader needs its fuzz program.
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    char wanted[64];
    for (uint32_t i = 0; trajsafe_format_name(i) != NULL; i++) {
        snprintf(wanted, sizeof wanted, ",%s,", trajsafe_format_name(i));
        FUZZ_CHECK(strstr(FUZZ_FORMATS, wanted) != NULL);
        if (strcmp(trajsafe_format_name(i), FUZZ_FORMAT) == 0) {
            format = trajsafe_format_name(i);
        }
    }
    FUZZ_CHECK(format != NULL || strcmp(FUZZ_FORMAT, "any") == 0);
    FUZZ_CHECK(trajsafe_engine_builtin(&engine, NULL) == TRAJSAFE_OK);
    FUZZ_CHECK(trajsafe_scanner_new(engine, &scanner) == TRAJSAFE_OK);
    return 0;
}

// Hands the input out in pieces of uneven size, as a pipe would.
static int64_t read_some(void *user, void *p, size_t n) {
    struct input *input = user;
    size_t left = input->size - input->at;
    size_t take = 1 + (input->at * 7919) % 4096;
    take = take < left ? take : left;
    take = take < n ? take : n;
    memcpy(p, input->data + input->at, take);
    input->at += take;
    return (int64_t)take;
}

static void judge(const trajsafe_record *record) {
    trajsafe_report *report = NULL;
    trajsafe_error error;
    memset(&error, 0, sizeof error);
    trajsafe_status status =
        trajsafe_scan_record(scanner, NULL, NULL, format, record->bytes, record->n, &report, &error);
    FUZZ_CHECK(status == TRAJSAFE_OK || (status == TRAJSAFE_BAD_INPUT && error.message[0] != '\0'));
    FUZZ_CHECK((report != NULL) == (status == TRAJSAFE_OK));
    if (report != NULL) {
        fuzz_check_report(report, SIZE_MAX);
        trajsafe_report_free(report);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size, 0};
    trajsafe_limits limits = {.size = sizeof limits, .max_record = RECORD_MAX};
    trajsafe_reader *reader = NULL;
    trajsafe_status status = trajsafe_reader_new(read_some, &input, format, &limits, &reader, NULL);
    FUZZ_CHECK(status == TRAJSAFE_OK || status == TRAJSAFE_IO);
    uint64_t end = 0;
    while (status == TRAJSAFE_OK || status == TRAJSAFE_TOO_LARGE) {
        trajsafe_record record = {.size = sizeof record};
        status = trajsafe_reader_next(reader, &record, NULL);
        if (status == TRAJSAFE_OK) {
            FUZZ_CHECK(record.begin >= end && record.end >= record.begin && record.n <= RECORD_MAX);
            end = record.end;
            judge(&record);
        }
    }
    FUZZ_CHECK(status == TRAJSAFE_END || status == TRAJSAFE_IO);
    trajsafe_reader_free(reader);
    return 0;
}
