/* What became of a call, from a result's metadata and text: its exit code, or that it was refused. */
#include "read/reader.h"

enum { HEAD = 400 }; /* harnesses say it in the first or last words; what lies between is the program's own output */

void tj_result_exit_of(const struct tj_doc *doc, uint32_t object, struct tj_event *result) {
    static const char *const keys[] = {"exit_code", "exitCode", "returncode", "return_code", "returnCode"};
    int64_t number;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !result->has_exit; i++) {
        if (tj_doc_get_number(doc, object, keys[i], &number) && number >= INT32_MIN && number <= INT32_MAX) {
            result->exit_code = (int32_t)number;
            result->has_exit = true;
        }
    }
}

/* An integer right after `at`, after blanks. */
static bool number_at(struct tj_str s, uint32_t at, struct tj_event *result) {
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\n')) at++;
    bool negative = at < s.n && s.p[at] == '-';
    uint32_t begin = at += negative, value = 0;
    while (at < s.n && at < begin + 9 && tj_is_digit(s.p[at])) value = value * 10 + (uint32_t)(s.p[at++] - '0');
    if (at == begin) return false;
    result->exit_code = negative ? -(int32_t)value : (int32_t)value;
    result->has_exit = true;
    return true;
}

static bool exit_after(struct tj_str s, const char *words, struct tj_event *result) {
    struct tj_str needle = tj_str_of(words);
    uint32_t at = tj_str_find(s, needle, 0);
    return at != TJ_NOT_FOUND && number_at(s, at + needle.n, result);
}

static bool exit_in(struct tj_str s, struct tj_event *result) {
    static const char *const forms[] = {
        "<returncode>",
        "<exit_code>",
        "Process exited with code",
        "ommand finished with exit code",
        "ommand completed with exit code",
        "ommand exited with code",
        "\"exit_code\":",
        "\"returncode\":",
    };
    if (!tj_text_has(s, "code")) return false; /* as all of them do: most results end here */
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (exit_after(s, forms[i], result)) return true;
    return false;
}

static void read_exit(struct tj_event *result) {
    struct tj_str text = tj_str_trim(result->text), head = tj_str_sub(text, 0, HEAD);
    struct tj_str tail = text.n > HEAD ? tj_str_sub(text, text.n - HEAD, text.n) : TJ_STR_NONE;
    if (tj_str_starts(text, TJ_STR("Exit code: "))) /* Codex */
        number_at(text, 10, result);
    else if (tj_str_starts(text, TJ_STR("Exit code "))) /* Claude Code */
        number_at(text, 9, result);
    else if (!exit_in(head, result))
        exit_in(tail, result);
}

static bool says_refused(struct tj_str text) {
    static const char *const words[] = {
        "user doesn't want to proceed",
        "user doesn't want to take this action",
        "tool use was rejected",
        "user rejected",
        "rejected by user",
        "rejected by the user",
        "Request interrupted by user for tool use",
        "haven't granted it",
        "Permission to use ",
        "Permission for this action has been denied",
        "denied by the user",
        "denied this tool",
        "permission denied by hook",
        "ermission denied by the user",
        "denied by hook",
        "blocked by hook",
        "hook blocked",
        "Hook PreToolUse:",
        "hook error:",
        "hook denied",
        "This command requires approval",
        "requires approval",
        "Operation blocked",
        "blocked by policy",
    };
    struct tj_str head = tj_str_sub(text, 0, HEAD);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tj_text_has(head, words[i])) return true;
    return false;
}

/* A program that ran may print any words: only errors of the harness itself are refusals, or its very first words. */
static bool is_refusal(const struct tj_event *result) {
    struct tj_str text = tj_str_trim(result->text);
    if (result->has_exit || result->error == TJ_NO) return false;
    if (result->error == TJ_YES) return says_refused(text);
    return tj_str_starts(text, TJ_STR("The user doesn't want to")) || tj_str_starts(text, TJ_STR("User rejected")) ||
           tj_str_starts(text, TJ_STR("[Request interrupted by user for tool use"));
}

void tj_result_outcome(struct tj_event *result) {
    if (!result->has_exit) read_exit(result);
    if (is_refusal(result)) result->kind = TJ_EVENT_REFUSAL;
    if (result->error == TJ_UNKNOWN && result->has_exit) result->error = result->exit_code ? TJ_YES : TJ_NO;
}
