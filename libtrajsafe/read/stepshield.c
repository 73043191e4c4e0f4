/* Reader of StepShield records: a task and numbered steps of thought, action, arguments and observation. */
#include "read/reader.h"

int tj_stepshield_bid(const struct tj_doc *doc) {
    uint32_t steps = tj_doc_get(doc, 0, "steps");
    uint32_t first = tj_doc_first(doc, tj_doc_is(doc, steps, TJ_DOC_ARRAY) ? steps : TJ_NONE);
    if (tj_doc_get(doc, 0, "task") == TJ_NONE || tj_doc_get(doc, first, "action") == TJ_NONE) return 0;
    return tj_doc_is(doc, tj_doc_get(doc, first, "arguments"), TJ_DOC_OBJECT) ? 90 : 60;
}

/* The task is not a step: its texts are the person's words before the first one. */
static void say_task(struct tj_view *view, uint32_t node, struct tj_str path) {
    struct tj_message m = {.base = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_USER, 0), .path = path};
    m.base.preface = 1;
    tj_content_read(view, node, m);
}

static void read_task(struct tj_view *view, uint32_t task) {
    struct tj_record *record = view->record;
    struct tj_doc *doc = &view->doc;
    if (!tj_doc_is(doc, task, TJ_DOC_OBJECT)) {
        say_task(view, task, TJ_STR("/task"));
        record->task = tj_doc_text(doc, task);
        return;
    }
    uint32_t constraints = tj_doc_get(doc, task, "constraints");
    record->task = tj_doc_get_text(doc, task, "description");
    if (record->task.n == 0) record->task = tj_doc_get_text(doc, task, "title");
    say_task(view, tj_doc_get(doc, task, "title"), TJ_STR("/task/title"));
    say_task(view, tj_doc_get(doc, task, "description"), TJ_STR("/task/description"));
    say_task(view, tj_doc_get(doc, task, "success_criteria"), TJ_STR("/task/success_criteria"));
    if (!tj_doc_is(doc, constraints, TJ_DOC_ARRAY)) return;
    for (uint32_t c = tj_doc_first(doc, constraints); c != TJ_NONE; c = tj_doc_next(doc, c))
        if (tj_doc_is(doc, c, TJ_DOC_STRING))
            (void)tj_vec_push(record->arena, &record->constraints, tj_doc_text(doc, c));
}

/* `submit` and `end` are also what the agent says at the end: the claim that its record is measured by. */
static void say_final(struct tj_view *view, const struct tj_event *call) {
    static const char *const keys[] = {"message", "summary", "answer", "result", "text"};
    struct tj_event e = *call;
    if (!tj_str_is(call->tool, "submit") && !tj_str_is(call->tool, "end")) return;
    e.kind = TJ_EVENT_MESSAGE;
    e.tool = TJ_STR_NONE;
    e.arguments = TJ_NONE;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !call->args_doc; i++) {
        struct tj_str text = tj_doc_get_text(&view->doc, call->arguments, keys[i]);
        if (text.n > 0) {
            tj_event_say(view->record, e, text, tj_path_key(view->record, call->pointer, keys[i]));
            return;
        }
    }
}

static void read_step(struct tj_view *view, uint32_t node, uint32_t index, struct tj_str path) {
    struct tj_doc *doc = &view->doc;
    struct tj_record *record = view->record;
    struct tj_event e = tj_event_make(TJ_EVENT_REASONING, TJ_AUTHOR_AGENT, index), call;
    int64_t number;
    if (tj_doc_get_number(doc, node, "step", &number)) e.step = number;
    tj_event_say(record, e, tj_doc_get_text(doc, node, "thought"), tj_path_key(record, path, "thought"));
    call = e;
    call.kind = TJ_EVENT_CALL;
    call.tool = tj_doc_get_text(doc, node, "action");
    if (call.tool.n > 0) {
        tj_event_arguments(view, &call, tj_doc_get(doc, node, "arguments"), tj_path_key(record, path, "arguments"));
        tj_event_put(record, call);
        say_final(view, &call);
    }
    e.kind = TJ_EVENT_RESULT;
    e.author = TJ_AUTHOR_TOOL;
    e.pointer = tj_path_key(record, path, "observation");
    uint32_t observation = tj_doc_get(doc, node, "observation");
    if (observation == TJ_NONE) return;
    e.text = tj_content_text(view, observation, &e.pointer);
    tj_result_outcome(&e);
    tj_event_put(record, e);
}

trajsafe_status tj_stepshield_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error) {
    struct tj_view view = tj_view_of(json, record);
    uint32_t steps = tj_doc_get(&view.doc, 0, "steps"), i = 0;
    if (!tj_doc_is(&view.doc, steps, TJ_DOC_ARRAY))
        return tj_reader_missing(error, "stepshield", "it has no list of steps");
    tj_record_facts(record);
    read_task(&view, tj_doc_get(&view.doc, 0, "task"));
    for (uint32_t s = tj_doc_first(&view.doc, steps); s != TJ_NONE; s = tj_doc_next(&view.doc, s), i++)
        read_step(&view, s, i, tj_path_at(record, TJ_STR("/steps"), i));
    record->steps = i;
    return tj_reader_finish(record, error);
}
