/* Checkers: one JSON line is one action; lines that share a session follow each other. */
#include <stdlib.h>

#include "api/objects.h"

#define MAX_SESSIONS 4096u

/* A session with its own context, which must not move. */
struct slot {
    struct tj_arena arena;
    struct tj_context context;
    struct tj_session *session;
    struct tj_str name;
    uint64_t used; /* number of the line that used it last */
    uint32_t steps;
};

struct trajsafe_checker {
    trajsafe_scanner *scanner;
    const struct tj_context *context;
    const trajsafe_policy *policy;
    struct slot *slot[MAX_SESSIONS];
    uint32_t slots;
};

struct line {
    struct tj_doc doc;
    uint32_t tool, arguments, session;
    struct tj_str command;
};

trajsafe_status trajsafe_checker_new(trajsafe_scanner *scanner, const trajsafe_context *context,
                                     const trajsafe_policy *policy, trajsafe_checker **out) {
    if (!scanner || !out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_checker *checker = calloc(1, sizeof *checker);
    if (!checker) return TRAJSAFE_NO_MEMORY;
    checker->scanner = scanner;
    checker->context = context ? &context->inner : &scanner->loop.none;
    checker->policy = policy ? policy : &scanner->policy;
    *out = checker;
    return TRAJSAFE_OK;
}

static void slot_free(struct slot *slot) {
    tj_session_free(slot->session);
    tj_arena_free(&slot->arena);
    free(slot);
}

void trajsafe_checker_free(trajsafe_checker *checker) {
    if (!checker) return;
    for (uint32_t i = 0; i < checker->slots; i++) slot_free(checker->slot[i]);
    free(checker);
}

/* The line's own keys over its "context", over the checker's. */
static trajsafe_status line_context(trajsafe_checker *checker, struct line *line, struct tj_arena *arena,
                                    struct tj_context *out, trajsafe_error *error) {
    static const char *const keys[] = {"workspace", "cwd", "home", "shell"};
    struct tj_context own, top;
    uint32_t node = tj_doc_get(&line->doc, 0, "context");
    bool any = false;
    *out = *checker->context;
    if (node != TJ_NONE) {
        trajsafe_status status = tj_context_parse(&line->doc, node, arena, &own, error);
        if (status != TRAJSAFE_OK) return status;
        tj_context_over(out, &own);
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) any |= tj_doc_get(&line->doc, 0, keys[i]) != TJ_NONE;
    if (!any) return TRAJSAFE_OK;
    trajsafe_status status = tj_context_parse_some(&line->doc, 0, arena, &top, error);
    if (status == TRAJSAFE_OK) tj_context_over(out, &top);
    return status;
}

static trajsafe_status slot_new(trajsafe_checker *checker, struct line *line, struct tj_str name, struct slot **out,
                                trajsafe_error *error) {
    struct slot *slot = calloc(1, sizeof *slot);
    if (!slot) return TRAJSAFE_NO_MEMORY;
    tj_arena_init(&slot->arena, 0);
    slot->name = tj_arena_copy(&slot->arena, name);
    trajsafe_status status = line_context(checker, line, &slot->arena, &slot->context, error);
    if (status == TRAJSAFE_OK)
        status = tj_session_new(&checker->scanner->engine->image, &slot->context, &slot->session);
    if (status != TRAJSAFE_OK) {
        slot_free(slot);
        return status;
    }
    slot->session->keep_texts = true;
    *out = slot;
    return TRAJSAFE_OK;
}

/* A session named by a number has its digits as its name. */
static struct tj_str session_name(struct tj_doc *doc, uint32_t node) {
    if (tj_doc_is(doc, node, TJ_DOC_STRING)) return tj_doc_text(doc, node);
    return doc->node.at ? doc->node.at[node].text : TJ_STR_NONE;
}

/* The session of that name, made when it is new; the one unused for longest makes room. */
static trajsafe_status find_slot(trajsafe_checker *checker, struct line *line, struct slot **out, trajsafe_error *error) {
    struct tj_str name = session_name(&line->doc, line->session);
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < checker->slots; i++) {
        if (tj_str_eq(checker->slot[i]->name, name)) {
            *out = checker->slot[i];
            return TRAJSAFE_OK;
        }
        if (checker->slot[i]->used < checker->slot[oldest]->used) oldest = i;
    }
    struct slot *fresh;
    trajsafe_status status = slot_new(checker, line, name, &fresh, error);
    if (status != TRAJSAFE_OK) return status;
    if (checker->slots == MAX_SESSIONS) {
        slot_free(checker->slot[oldest]);
        checker->slot[oldest] = fresh;
    } else {
        checker->slot[checker->slots++] = fresh;
    }
    *out = fresh;
    return TRAJSAFE_OK;
}

static trajsafe_status run_line(trajsafe_checker *checker, struct line *line, struct tj_session *session, uint32_t step) {
    struct tj_loop *loop = &checker->scanner->loop;
    struct tj_place_of place = {.index = step, .step = step, .call = step};
    if (line->command.p) {
        tj_loop_cwd(loop, session, tj_doc_get_text(&line->doc, 0, "cwd"));
        return tj_loop_command(loop, session, line->command, place, true);
    }
    struct tj_call call = {.tool = tj_doc_text(&line->doc, line->tool),
                           .doc = &line->doc,
                           .arguments = line->arguments,
                           .cwd = tj_doc_get_text(&line->doc, 0, "cwd"),
                           .place = place,
                           .ran = true};
    call.place.pointer = TJ_STR("/arguments");
    uint32_t inner = line->arguments;
    struct tj_doc decoded;
    if (tj_doc_is(&line->doc, inner, TJ_DOC_STRING) && /* arguments as JSON in a string */
        tj_doc_parse(loop->json, &loop->record_arena, tj_doc_text(&line->doc, inner), &decoded, NULL) == TRAJSAFE_OK &&
        !tj_doc_is(&decoded, 0, TJ_DOC_STRING)) {
        call.doc = &decoded;
        call.arguments = 0;
        call.place.pointer = TJ_STR("/arguments#");
    }
    return tj_loop_call(loop, session, &call);
}

static trajsafe_status read_line(trajsafe_checker *checker, struct tj_str text, struct line *line,
                                 trajsafe_error *error) {
    struct tj_loop *loop = &checker->scanner->loop;
    tj_arena_reset(&loop->record_arena);
    memset(line, 0, sizeof *line);
    trajsafe_status status = tj_doc_parse(loop->json, &loop->record_arena, text, &line->doc, error);
    if (status != TRAJSAFE_OK) return status;
    if (!tj_doc_is(&line->doc, 0, TJ_DOC_OBJECT))
        return tj_fail(error, TRAJSAFE_BAD_INPUT, 360, "write one JSON object a line", "the line is JSON but no object");
    uint32_t command = tj_doc_get(&line->doc, 0, "command");
    line->tool = tj_doc_get(&line->doc, 0, "tool");
    line->arguments = tj_doc_get(&line->doc, 0, "arguments");
    line->session = tj_doc_get(&line->doc, 0, "session");
    if (tj_doc_is(&line->doc, command, TJ_DOC_STRING)) line->command = tj_doc_text(&line->doc, command);
    if (line->command.p || tj_doc_is(&line->doc, line->tool, TJ_DOC_STRING)) return TRAJSAFE_OK;
    return tj_fail(error, TRAJSAFE_BAD_INPUT, 361, "give \"command\", or \"tool\" and \"arguments\"",
                   "the line names no action");
}

static trajsafe_status answer(trajsafe_checker *checker, struct line *line, uint64_t number, trajsafe_report **out,
                              trajsafe_error *error) {
    trajsafe_scanner *scanner = checker->scanner;
    struct tj_loop *loop = &scanner->loop;
    struct tj_context facts;
    struct tj_session *session = loop->single;
    struct slot *slot = NULL;
    trajsafe_status status;
    if (line->session != TJ_NONE) {
        status = find_slot(checker, line, &slot, error);
        if (status != TRAJSAFE_OK) return status;
        slot->used = number + 1;
        session = slot->session;
    } else {
        status = line_context(checker, line, &loop->record_arena, &facts, error);
        if (status != TRAJSAFE_OK) return status;
        tj_session_reset(session, &facts);
    }
    uint32_t findings = session->finding.n, unknowns = session->unknown.n;
    struct tj_verdict verdict;
    status = run_line(checker, line, session, slot ? slot->steps++ : 0);
    if (status == TRAJSAFE_OK) status = tj_session_finish(session);
    if (status == TRAJSAFE_OK) {
        bool approved = line->command.p && tj_policy_approves(&checker->policy->inner, line->command);
        tj_judge_action(loop, session, &checker->policy->inner, findings, unknowns, approved, &verdict);
        status = tj_scanner_report(scanner, checker->policy, &verdict, TJ_STR_NONE, TJ_STR_NONE, out);
    }
    if (!slot) tj_session_reset(session, &loop->none);
    return status;
}

/* The last member of that name, also when it is null. */
static uint32_t member_at(const struct tj_doc *doc, const char *name) {
    uint32_t found = TJ_NONE;
    if (!doc->node.n || !tj_doc_is(doc, 0, TJ_DOC_OBJECT)) return found;
    for (uint32_t i = tj_doc_first(doc, 0); i != TJ_NONE; i = tj_doc_next(doc, i))
        if (tj_str_is(doc->node.at[i].key, name)) found = i;
    return found;
}

/* The id as it stands in the line, so that it is echoed to the byte. */
static trajsafe_status take_id(trajsafe_checker *checker, const struct line *line, uint64_t number) {
    static const char *const words[] = {"null", "false", "true"};
    char *id = NULL;
    uint32_t node = member_at(&line->doc, "id");
    if (node != TJ_NONE) {
        const struct tj_doc_node *at = &line->doc.node.at[node];
        struct tj_str text = at->text;
        if (at->kind == TJ_DOC_STRING) text = (struct tj_str){text.p - 1, text.n + 2}; /* with its quotes */
        if (at->kind <= TJ_DOC_TRUE) text = tj_str_of(words[at->kind]);
        id = tj_arena_dup(&checker->scanner->loop.record_arena, text);
        if (!id) return TRAJSAFE_NO_MEMORY;
    }
    return trajsafe_scanner_set_origin(checker->scanner, id, NULL, number);
}

trajsafe_status trajsafe_checker_line(trajsafe_checker *checker, const char *text, size_t n, uint64_t number,
                                      trajsafe_report **out, trajsafe_error *error) {
    if (!checker || !text || !out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_error own = {0};
    struct line line;
    trajsafe_status status, named;
    if (n != TRAJSAFE_NUL && n > TJ_LARGEST_TEXT) {
        memset(&line, 0, sizeof line);
        status = tj_fail(&own, TRAJSAFE_BAD_INPUT, 362, "give less than 2 GB at once", "the line has %zu bytes", n);
    } else {
        status = read_line(checker, tj_str_given(text, n), &line, &own);
    }
    named = take_id(checker, &line, number);
    if (status == TRAJSAFE_OK) status = named == TRAJSAFE_OK ? answer(checker, &line, number, out, &own) : named;
    if (status == TRAJSAFE_BAD_CONTEXT) own.status = status = TRAJSAFE_BAD_INPUT;
    if (status != TRAJSAFE_BAD_INPUT) return status;
    if (error) *error = own;
    trajsafe_status reported = trajsafe_report_of_error(checker->scanner, &own, 0, out);
    return reported == TRAJSAFE_OK ? TRAJSAFE_BAD_INPUT : reported;
}
