/* Scanners: single commands and calls, whole records, and the reports on them. */
#include <stdlib.h>

#include "api/objects.h"

trajsafe_status trajsafe_scanner_new(trajsafe_engine *engine, trajsafe_scanner **out) {
    if (!engine || !out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_scanner *scanner = calloc(1, sizeof *scanner);
    if (!scanner) return TRAJSAFE_NO_MEMORY;
    trajsafe_status status = tj_loop_init(&scanner->loop, &engine->image, engine->databases);
    if (status == TRAJSAFE_OK) {
        status = tj_policy_start(&scanner->policy, engine, NULL, NULL);
        if (status != TRAJSAFE_OK) tj_loop_free(&scanner->loop);
    }
    if (status != TRAJSAFE_OK) {
        free(scanner);
        return status;
    }
    scanner->engine = trajsafe_engine_ref(engine);
    *out = scanner;
    return TRAJSAFE_OK;
}

void trajsafe_scanner_free(trajsafe_scanner *scanner) {
    if (!scanner) return;
    tj_loop_free(&scanner->loop);
    tj_arena_free(&scanner->policy.arena);
    trajsafe_engine_unref(scanner->engine);
    free(scanner->id);
    free(scanner->source);
    free(scanner);
}

trajsafe_status trajsafe_scanner_set_evidence(trajsafe_scanner *scanner, trajsafe_evidence evidence) {
    if (!scanner || (int)evidence < 0 || evidence > TRAJSAFE_EVIDENCE_FULL) return TRAJSAFE_BAD_ARGUMENT;
    scanner->redactor.evidence = (uint8_t)evidence;
    return TRAJSAFE_OK;
}

trajsafe_status trajsafe_scanner_set_key(trajsafe_scanner *scanner, const unsigned char key[16]) {
    if (!scanner || !key) return TRAJSAFE_BAD_ARGUMENT;
    memcpy(scanner->redactor.key, key, 16);
    return TRAJSAFE_OK;
}

static bool replace(char **to, const char *text) {
    size_t n = text ? strlen(text) + 1 : 0;
    char *copy = n ? malloc(n) : NULL;
    if (n && !copy) return false;
    if (copy) memcpy(copy, text, n);
    free(*to);
    *to = copy;
    return true;
}

trajsafe_status trajsafe_scanner_set_origin(trajsafe_scanner *scanner, const char *id, const char *source,
                                            uint64_t record) {
    if (!scanner) return TRAJSAFE_BAD_ARGUMENT;
    if (!replace(&scanner->id, id) || !replace(&scanner->source, source)) return TRAJSAFE_NO_MEMORY;
    scanner->record = record;
    scanner->has_record = true;
    return TRAJSAFE_OK;
}

static struct tj_origin take_origin(trajsafe_scanner *scanner, const trajsafe_policy *policy, struct tj_str sha256) {
    struct tj_origin origin = {
        .id = scanner->id ? tj_str_of(scanner->id) : TJ_STR_NONE,
        .source = scanner->source ? tj_str_of(scanner->source) : TJ_STR_NONE,
        .record = scanner->record,
        .has_record = scanner->has_record,
        .sha256 = sha256,
        .engine_version = trajsafe_version(),
        .ruleset_digest = scanner->engine->ruleset_digest,
        .tables_digest = scanner->engine->tables_digest,
        .policy_digest = policy->digest,
    };
    scanner->has_record = false;
    return origin;
}

/* An origin holds for one report. */
static void drop_origin(trajsafe_scanner *scanner) {
    replace(&scanner->id, NULL);
    replace(&scanner->source, NULL);
}

trajsafe_status tj_scanner_report(trajsafe_scanner *scanner, const trajsafe_policy *policy,
                                  const struct tj_verdict *verdict, struct tj_str sha256, struct tj_str explanation,
                                  trajsafe_report **out) {
    struct tj_origin origin = take_origin(scanner, policy, sha256);
    struct tj_arena *arena = &scanner->loop.arena;
    size_t budget = arena->budget;
    arena->budget = 0; /* what a call may use bounds the analysis; a report is as large as what was found */
    trajsafe_status status = tj_report_new(arena, &scanner->redactor, verdict, &origin, explanation, out);
    arena->budget = budget;
    drop_origin(scanner);
    return status;
}

trajsafe_status trajsafe_report_of_error(trajsafe_scanner *scanner, const trajsafe_error *error, int whole,
                                         trajsafe_report **out) {
    if (!scanner || !error || !out) return TRAJSAFE_BAD_ARGUMENT;
    struct tj_origin origin = take_origin(scanner, &scanner->policy, TJ_STR_NONE);
    tj_arena_reset(&scanner->loop.arena);
    trajsafe_status status = tj_report_error(&scanner->loop.arena, error, whole != 0, &origin, out);
    drop_origin(scanner);
    return status;
}

static const struct tj_context *context_of(trajsafe_scanner *scanner, const trajsafe_context *context) {
    return context ? &context->inner : &scanner->loop.none;
}

/* After the one action of a session of its own was judged. */
static trajsafe_status finish_single(trajsafe_scanner *scanner, const trajsafe_policy *policy, bool approved,
                                     bool explain, trajsafe_report **out) {
    struct tj_loop *loop = &scanner->loop;
    struct tj_verdict verdict;
    trajsafe_status status = tj_session_finish(loop->single);
    if (status != TRAJSAFE_OK) return status;
    tj_judge_action(loop, loop->single, &policy->inner, 0, 0, approved, &verdict);
    if (explain && !tj_secrets_learn_all(loop->single, &loop->understanding)) return TRAJSAFE_NO_MEMORY;
    struct tj_str explanation = explain ? tj_explain(&loop->arena, &scanner->redactor, loop, &verdict) : TJ_STR_NONE;
    return tj_scanner_report(scanner, policy, &verdict, TJ_STR_NONE, explanation, out);
}

static trajsafe_status check(trajsafe_scanner *scanner, const trajsafe_context *context, const trajsafe_policy *policy,
                             struct tj_str command, bool explain, trajsafe_report **out) {
    struct tj_loop *loop = &scanner->loop;
    const trajsafe_policy *used = policy ? policy : &scanner->policy;
    tj_session_reset(loop->single, context_of(scanner, context));
    trajsafe_status status =
        tj_loop_command(loop, loop->single, command, (struct tj_place_of){.pointer = TJ_STR_NONE}, true);
    if (status != TRAJSAFE_OK) return status;
    return finish_single(scanner, used, tj_policy_approves(&used->inner, command), explain, out);
}

trajsafe_status trajsafe_check_command(trajsafe_scanner *scanner, const trajsafe_context *context,
                                       const trajsafe_policy *policy, const char *command, size_t n,
                                       trajsafe_report **out, trajsafe_error *error) {
    if (!scanner || (!command && n) || !out) return TRAJSAFE_BAD_ARGUMENT;
    struct tj_str text = tj_str_given(command, n);
    if (n != TRAJSAFE_NUL && n > TJ_LARGEST_TEXT)
        return tj_fail(error, TRAJSAFE_TOO_LARGE, 330, "give less than 2 GB at once", "the command has %zu bytes", n);
    return check(scanner, context, policy, text, false, out);
}

trajsafe_status trajsafe_explain(trajsafe_scanner *scanner, const trajsafe_context *context,
                                 const trajsafe_policy *policy, const char *command, size_t n, trajsafe_report **out,
                                 trajsafe_error *error) {
    if (!scanner || (!command && n) || !out) return TRAJSAFE_BAD_ARGUMENT;
    if (n != TRAJSAFE_NUL && n > TJ_LARGEST_TEXT)
        return tj_fail(error, TRAJSAFE_TOO_LARGE, 330, "give less than 2 GB at once", "the command has %zu bytes", n);
    return check(scanner, context, policy, tj_str_given(command, n), true, out);
}

trajsafe_status tj_scanner_arguments(trajsafe_scanner *scanner, const char *arguments, size_t n, struct tj_doc *doc,
                                     uint32_t *node, trajsafe_error *error) {
    struct tj_str text = tj_str_given(arguments, n);
    tj_arena_reset(&scanner->loop.record_arena);
    memset(doc, 0, sizeof *doc);
    doc->arena = &scanner->loop.record_arena;
    *node = TJ_NONE;
    if (tj_str_trim(text).n == 0) return TRAJSAFE_OK;
    if (n != TRAJSAFE_NUL && n > TJ_LARGEST_TEXT)
        return tj_fail(error, TRAJSAFE_TOO_LARGE, 330, "give less than 2 GB at once", "the arguments have %zu bytes", n);
    trajsafe_status status = tj_doc_parse(scanner->loop.json, &scanner->loop.record_arena, text, doc, error);
    if (status == TRAJSAFE_OK) *node = 0;
    return status;
}

trajsafe_status trajsafe_check_call(trajsafe_scanner *scanner, const trajsafe_context *context,
                                    const trajsafe_policy *policy, const char *tool, const char *arguments, size_t n,
                                    trajsafe_report **out, trajsafe_error *error) {
    if (!scanner || !tool || (!arguments && n && n != TRAJSAFE_NUL) || !out) return TRAJSAFE_BAD_ARGUMENT;
    const trajsafe_policy *used = policy ? policy : &scanner->policy;
    struct tj_doc doc;
    struct tj_call call = {.tool = tj_str_of(tool), .doc = &doc, .ran = true};
    trajsafe_status status = tj_scanner_arguments(scanner, arguments, n, &doc, &call.arguments, error);
    if (status != TRAJSAFE_OK) return status;
    tj_session_reset(scanner->loop.single, context_of(scanner, context));
    status = tj_loop_call(&scanner->loop, scanner->loop.single, &call);
    return status == TRAJSAFE_OK ? finish_single(scanner, used, false, false, out) : status;
}

trajsafe_status trajsafe_scan_record(trajsafe_scanner *scanner, const trajsafe_context *context,
                                     const trajsafe_policy *policy, const char *format, const char *record, size_t n,
                                     trajsafe_report **out, trajsafe_error *error) {
    if (!scanner || (!record && n) || !out) return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_reader_row *reader = format ? tj_reader_find(tj_str_of(format)) : NULL;
    if (format && !reader)
        return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 331, "`trajsafe formats` lists them",
                       "there is no format \"%.60s\"", format);
    if (n != TRAJSAFE_NUL && n > TJ_LARGEST_TEXT)
        return tj_fail(error, TRAJSAFE_TOO_LARGE, 332, "give less than 2 GB as one record", "the record has %zu bytes",
                       n);
    struct tj_loop *loop = &scanner->loop;
    const trajsafe_policy *used = policy ? policy : &scanner->policy;
    struct tj_str bytes = tj_str_given(record, n);
    struct tj_record events;
    struct tj_context facts;
    struct tj_verdict verdict;
    trajsafe_status status = tj_loop_read(loop, reader, bytes, &events, error);
    if (status == TRAJSAFE_OK) status = tj_loop_context(loop, context_of(scanner, context), &events, &facts);
    if (status != TRAJSAFE_OK) return status;
    tj_session_reset(loop->single, &facts);
    status = tj_loop_record(loop, loop->single, &events);
    if (status == TRAJSAFE_OK) status = tj_judge_run(loop, loop->single, &used->inner, &events, 0, &verdict);
    if (status == TRAJSAFE_OK) {
        char hex[65];
        struct tj_sha256 digest = tj_sha256_of(bytes.p, bytes.n);
        tj_hex_write(digest.bytes, 32, hex);
        status = tj_scanner_report(scanner, used, &verdict, tj_str_of(hex), TJ_STR_NONE, out);
    }
    tj_session_reset(loop->single, &loop->none);
    return status;
}
