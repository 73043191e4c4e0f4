/* Reader of plain runs: {"task", "constraints", "context", "steps": [command | call | say, with result and exit_code]}.
 * The form that rules' examples take, and the shortest way to write a trajectory by hand. */
#include "read/reader.h"

static bool is_step(const struct tj_doc *doc, uint32_t node) {
    if (tj_doc_is(doc, node, TJ_DOC_STRING)) return true;
    return tj_doc_get(doc, node, "command") != TJ_NONE || tj_doc_get(doc, node, "call") != TJ_NONE ||
           tj_doc_get(doc, node, "say") != TJ_NONE || tj_doc_get(doc, node, "message") != TJ_NONE;
}

int tj_steps_bid(const struct tj_doc *doc) {
    uint32_t steps = tj_doc_get(doc, 0, "steps"), message = tj_doc_get(doc, 0, "message");
    if (tj_doc_is(doc, steps, TJ_DOC_ARRAY)) {
        uint32_t first = tj_doc_first(doc, steps);
        return first != TJ_NONE && tj_doc_get(doc, first, "action") == TJ_NONE && is_step(doc, first) ? 85 : 0;
    }
    return tj_doc_get(doc, message, "author") != TJ_NONE && tj_doc_get(doc, message, "text") != TJ_NONE ? 60 : 0;
}

static enum tj_author author_of(struct tj_str name) {
    if (tj_str_is(name, "system")) return TJ_AUTHOR_SYSTEM;
    if (tj_str_is(name, "user")) return TJ_AUTHOR_USER;
    if (tj_str_is(name, "tool")) return TJ_AUTHOR_TOOL;
    return TJ_AUTHOR_AGENT;
}

static void read_message(struct tj_view *view, uint32_t node, uint32_t index, struct tj_str path) {
    struct tj_event e = tj_event_make(TJ_EVENT_MESSAGE, author_of(tj_doc_get_text(&view->doc, node, "author")), index);
    tj_event_say(view->record, e, tj_doc_get_text(&view->doc, node, "text"), tj_path_key(view->record, path, "text"));
}

/* A command is a call of the tool `bash` whose arguments are the step itself. */
static bool read_call(struct tj_view *view, uint32_t node, struct tj_event *call, struct tj_str path) {
    struct tj_doc *doc = &view->doc;
    struct tj_record *record = view->record;
    uint32_t inner = tj_doc_get(doc, node, "call");
    if (tj_doc_is(doc, node, TJ_DOC_STRING)) {
        call->tool = TJ_STR("bash");
        call->text = tj_doc_text(doc, node);
        call->pointer = path;
    } else if (tj_doc_get(doc, node, "command") != TJ_NONE) {
        call->tool = TJ_STR("bash");
        call->arguments = node;
        call->pointer = path;
    } else if (inner != TJ_NONE) {
        path = tj_path_key(record, path, "call");
        call->tool = tj_doc_get_text(doc, inner, "tool");
        tj_event_arguments(view, call, tj_doc_get(doc, inner, "arguments"), tj_path_key(record, path, "arguments"));
    } else {
        return false;
    }
    call->cwd = tj_doc_get_text(doc, node, "cwd");
    return true;
}

static void read_result(struct tj_view *view, uint32_t node, struct tj_event e, struct tj_str path) {
    struct tj_doc *doc = &view->doc;
    uint32_t result = tj_doc_get(doc, node, "result");
    bool refused = tj_doc_get_bool(doc, node, "refused", false);
    int64_t code;
    bool exit = tj_doc_get_number(doc, node, "exit_code", &code);
    if (result == TJ_NONE && !refused && !exit) return;
    e.kind = refused ? TJ_EVENT_REFUSAL : TJ_EVENT_RESULT;
    e.author = TJ_AUTHOR_TOOL;
    e.pointer = tj_path_key(view->record, path, "result");
    e.text = tj_content_text(view, result, &e.pointer);
    tj_result_outcome(&e);
    if (exit) {
        e.has_exit = true;
        e.exit_code = (int32_t)code;
        e.error = code ? TJ_YES : TJ_NO;
    }
    tj_event_put(view->record, e);
}

static void read_step(struct tj_view *view, uint32_t node, uint32_t index, struct tj_str path) {
    struct tj_event e = tj_event_make(TJ_EVENT_CALL, TJ_AUTHOR_AGENT, index), call = e;
    uint32_t message = tj_doc_get(&view->doc, node, "message");
    struct tj_str said = tj_doc_get_text(&view->doc, node, "say");
    if (message != TJ_NONE) read_message(view, message, index, tj_path_key(view->record, path, "message"));
    if (said.n) {
        struct tj_event say = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_AGENT, index);
        tj_event_say(view->record, say, said, tj_path_key(view->record, path, "say"));
    }
    if (!read_call(view, node, &call, path)) return;
    tj_event_put(view->record, call);
    if (!tj_doc_is(&view->doc, node, TJ_DOC_STRING)) read_result(view, node, e, path);
}

static void read_task(struct tj_view *view) {
    struct tj_doc *doc = &view->doc;
    struct tj_event e = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_USER, 0);
    uint32_t constraints = tj_doc_get(doc, 0, "constraints");
    e.preface = 1;
    view->record->task = tj_doc_get_text(doc, 0, "task");
    tj_event_say(view->record, e, view->record->task, TJ_STR("/task"));
    if (!tj_doc_is(doc, constraints, TJ_DOC_ARRAY)) return;
    for (uint32_t c = tj_doc_first(doc, constraints); c != TJ_NONE; c = tj_doc_next(doc, c))
        if (tj_doc_is(doc, c, TJ_DOC_STRING))
            (void)tj_vec_push(view->record->arena, &view->record->constraints, tj_doc_text(doc, c));
}

trajsafe_status tj_steps_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error) {
    struct tj_view view = tj_view_of(json, record);
    uint32_t steps = tj_doc_get(&view.doc, 0, "steps"), message = tj_doc_get(&view.doc, 0, "message"), i = 0;
    tj_record_facts(record);
    read_task(&view);
    if (message != TJ_NONE)
        read_message(&view, message, i++, TJ_STR("/message"));
    else if (!tj_doc_is(&view.doc, steps, TJ_DOC_ARRAY))
        return tj_reader_missing(error, "steps", "it has no list of steps");
    for (uint32_t s = tj_doc_first(&view.doc, steps); s != TJ_NONE; s = tj_doc_next(&view.doc, s), i++)
        read_step(&view, s, i, tj_path_at(record, TJ_STR("/steps"), i));
    record->steps = i;
    return tj_reader_finish(record, error);
}
