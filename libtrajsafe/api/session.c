/* Online sessions: propose changes nothing, observe commits, every message, call and result is a step. */
#include <stdlib.h>

#include "api/objects.h"

struct trajsafe_session {
    trajsafe_engine *engine;
    const trajsafe_policy *policy; /* NULL: the scanner's default */
    struct tj_session *inner;
    uint32_t steps, calls;
};

static const struct tj_context nothing = {.now = INT64_MIN};

trajsafe_status trajsafe_session_new(trajsafe_engine *engine, const trajsafe_context *context,
                                     const trajsafe_policy *policy, trajsafe_session **out) {
    if (!engine || !out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_session *session = calloc(1, sizeof *session);
    if (!session) return TRAJSAFE_NO_MEMORY;
    trajsafe_status status = tj_session_new(&engine->image, context ? &context->inner : &nothing, &session->inner);
    if (status != TRAJSAFE_OK) {
        free(session);
        return status;
    }
    session->inner->keep_texts = true;
    session->engine = trajsafe_engine_ref(engine);
    session->policy = policy;
    *out = session;
    return TRAJSAFE_OK;
}

trajsafe_status trajsafe_session_clone(const trajsafe_session *session, trajsafe_session **out) {
    if (!session || !out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_session *copy = malloc(sizeof *copy);
    if (!copy) return TRAJSAFE_NO_MEMORY;
    *copy = *session;
    trajsafe_status status = tj_session_clone(session->inner, &copy->inner);
    if (status != TRAJSAFE_OK) {
        free(copy);
        return status;
    }
    trajsafe_engine_ref(copy->engine);
    *out = copy;
    return TRAJSAFE_OK;
}

void trajsafe_session_free(trajsafe_session *session) {
    if (!session) return;
    tj_session_free(session->inner);
    trajsafe_engine_unref(session->engine);
    free(session);
}

size_t trajsafe_session_bytes(const trajsafe_session *session) {
    return session ? sizeof *session + tj_session_bytes(session->inner) : 0;
}

static bool author_of(const char *name, enum tj_author *out) {
    static const struct {
        const char *name;
        enum tj_author author;
    } rows[] = {
        {"user", TJ_AUTHOR_USER}, {"system", TJ_AUTHOR_SYSTEM}, {"assistant", TJ_AUTHOR_AGENT}, {"tool", TJ_AUTHOR_TOOL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0) {
            *out = rows[i].author;
            return true;
        }
    return false;
}

trajsafe_status trajsafe_session_message(trajsafe_session *session, trajsafe_scanner *scanner, const char *author,
                                         const char *text, size_t n, trajsafe_error *error) {
    enum tj_author who;
    if (!session || !scanner || !author || !text || scanner->engine != session->engine) return TRAJSAFE_BAD_ARGUMENT;
    if (!author_of(author, &who))
        return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 340, "one of user, system, assistant, tool",
                       "there is no author \"%.40s\"", author);
    struct tj_place_of place = {.index = session->steps, .step = (int64_t)session->steps, .call = TJ_NONE};
    trajsafe_status status =
        tj_loop_message(&scanner->loop, session->inner, who, tj_str_given(text, n), who == TJ_AUTHOR_AGENT, place);
    if (status == TRAJSAFE_OK) session->steps++;
    return status;
}

static trajsafe_status judge_call(trajsafe_session *session, struct tj_session *inner, trajsafe_scanner *scanner,
                                  const char *tool, const char *arguments, size_t n, bool ran, trajsafe_error *error) {
    struct tj_doc doc;
    struct tj_call call = {.tool = tj_str_of(tool), .doc = &doc, .ran = ran};
    call.place = (struct tj_place_of){.index = session->steps, .call = session->calls, .step = (int64_t)session->steps};
    trajsafe_status status = tj_scanner_arguments(scanner, arguments, n, &doc, &call.arguments, error);
    return status == TRAJSAFE_OK ? tj_loop_call(&scanner->loop, inner, &call) : status;
}

static const trajsafe_policy *policy_of(const trajsafe_session *session, const trajsafe_scanner *scanner) {
    return session->policy ? session->policy : &scanner->policy;
}

trajsafe_status trajsafe_session_propose(trajsafe_session *session, trajsafe_scanner *scanner, const char *tool,
                                         const char *arguments, size_t n, trajsafe_report **out, trajsafe_error *error) {
    if (!session || !scanner || !tool || !out || scanner->engine != session->engine) return TRAJSAFE_BAD_ARGUMENT;
    struct tj_session *fork;
    trajsafe_status status = tj_session_clone(session->inner, &fork);
    if (status != TRAJSAFE_OK) return status;
    uint32_t findings = fork->finding.n, unknowns = fork->unknown.n;
    const trajsafe_policy *policy = policy_of(session, scanner);
    struct tj_verdict verdict;
    status = judge_call(session, fork, scanner, tool, arguments, n, true, error);
    if (status == TRAJSAFE_OK) {
        tj_judge_action(&scanner->loop, fork, &policy->inner, findings, unknowns, false, &verdict);
        status = tj_scanner_report(scanner, policy, &verdict, TJ_STR_NONE, TJ_STR_NONE, out);
    }
    tj_session_free(fork);
    return status;
}

trajsafe_status trajsafe_session_observe(trajsafe_session *session, trajsafe_scanner *scanner, const char *tool,
                                         const char *arguments, size_t n, int executed, int32_t exit_code,
                                         const char *result, size_t result_n, trajsafe_error *error) {
    if (!session || !scanner || !tool || scanner->engine != session->engine) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_status status = judge_call(session, session->inner, scanner, tool, arguments, n, executed != 0, error);
    if (status != TRAJSAFE_OK) return status;
    uint32_t call = session->calls++;
    session->steps++;
    bool has_exit = exit_code != TRAJSAFE_NO_EXIT;
    enum tj_known failed = !has_exit ? TJ_UNKNOWN : exit_code != 0 ? TJ_YES : TJ_NO;
    struct tj_str text = tj_str_given(result, result_n);
    status = tj_loop_result(&scanner->loop, session->inner, call, session->steps, text, failed, has_exit,
                            has_exit ? exit_code : 0, executed == 0);
    if (status == TRAJSAFE_OK) session->steps++;
    return status;
}

trajsafe_status trajsafe_session_report(trajsafe_session *session, trajsafe_scanner *scanner, trajsafe_report **out,
                                        trajsafe_error *error) {
    (void)error;
    if (!session || !scanner || !out || scanner->engine != session->engine) return TRAJSAFE_BAD_ARGUMENT;
    struct tj_session *fork; /* finishing draws conclusions that a longer run may take back */
    struct tj_verdict verdict;
    const trajsafe_policy *policy = policy_of(session, scanner);
    trajsafe_status status = tj_session_clone(session->inner, &fork);
    if (status != TRAJSAFE_OK) return status;
    status = tj_session_finish(fork);
    if (status == TRAJSAFE_OK)
        status = tj_judge_run(&scanner->loop, fork, &policy->inner, NULL, session->steps, &verdict);
    if (status == TRAJSAFE_OK) status = tj_scanner_report(scanner, policy, &verdict, TJ_STR_NONE, TJ_STR_NONE, out);
    tj_session_free(fork);
    return status;
}
