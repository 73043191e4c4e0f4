// Fuzzes the judgement of one command: any bytes, checked, explained, and proposed to a session.
#include "fuzz.h"

static trajsafe_engine *engine;
static trajsafe_scanner *scanner;
static trajsafe_policy *policies[2];

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    FUZZ_CHECK(trajsafe_engine_builtin(&engine, NULL) == TRAJSAFE_OK);
    FUZZ_CHECK(trajsafe_scanner_new(engine, &scanner) == TRAJSAFE_OK);
    FUZZ_CHECK(trajsafe_policy_new(engine, "online", &policies[0], NULL) == TRAJSAFE_OK);
    FUZZ_CHECK(trajsafe_policy_new(engine, "golden", &policies[1], NULL) == TRAJSAFE_OK);
    return 0;
}

// The same input gives the same bytes, whatever the scanner has seen before.
static void check_twice(const char *text, size_t n, const trajsafe_policy *policy) {
    trajsafe_report *first = NULL, *second = NULL;
    size_t first_n = 0, second_n = 0;
    FUZZ_CHECK(trajsafe_check_command(scanner, NULL, policy, text, n, &first, NULL) == TRAJSAFE_OK);
    fuzz_check_report(first, n);
    FUZZ_CHECK(trajsafe_explain(scanner, NULL, policy, text, n, &second, NULL) == TRAJSAFE_OK);
    const char *drawing = trajsafe_report_explanation(second, NULL);
    FUZZ_CHECK(memchr(drawing, 0x1b, strlen(drawing)) == NULL);
    const char *a = trajsafe_report_json(first, &first_n);
    const char *b = trajsafe_report_json(second, &second_n);
    FUZZ_CHECK(first_n == second_n && memcmp(a, b, first_n) == 0);
    trajsafe_report_free(first);
    trajsafe_report_free(second);
}

static void observe_once(const char *text, size_t n) {
    trajsafe_session *session = NULL, *clone = NULL;
    trajsafe_report *report = NULL;
    FUZZ_CHECK(trajsafe_session_new(engine, NULL, NULL, &session) == TRAJSAFE_OK);
    // As arguments the bytes are mostly no JSON: BAD_INPUT is an answer, a crash is not.
    trajsafe_status status = trajsafe_session_observe(session, scanner, "Bash", text, n, 1, 0, text, n, NULL);
    FUZZ_CHECK(status == TRAJSAFE_OK || status == TRAJSAFE_BAD_INPUT);
    FUZZ_CHECK(trajsafe_session_message(session, scanner, "user", text, n, NULL) == TRAJSAFE_OK);
    FUZZ_CHECK(trajsafe_session_clone(session, &clone) == TRAJSAFE_OK);
    trajsafe_session_free(session);
    FUZZ_CHECK(trajsafe_session_report(clone, scanner, &report, NULL) == TRAJSAFE_OK);
    fuzz_check_report(report, SIZE_MAX);
    trajsafe_report_free(report);
    trajsafe_session_free(clone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    // The first byte chooses; libFuzzer's buffer is not NUL-terminated, and so must not need to be.
    const char *text = (const char *)data + 1;
    check_twice(text, size - 1, policies[data[0] & 1]);
    if (data[0] & 2) {
        observe_once(text, size - 1);
    }
    return 0;
}
