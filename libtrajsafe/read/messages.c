/* Chat messages: roles, tool calls in their nested, flat, custom and legacy forms, results, reasoning. */
#include "read/reader.h"

struct role_row {
    const char *name;
    enum tj_speaker speaker;
};
static const struct role_row roles[] = {
    {"system", TJ_SPEAKER_SYSTEM},      {"developer", TJ_SPEAKER_SYSTEM},   {"user", TJ_SPEAKER_USER},
    {"human", TJ_SPEAKER_USER},         {"assistant", TJ_SPEAKER_AGENT},    {"ai", TJ_SPEAKER_AGENT},
    {"model", TJ_SPEAKER_AGENT},        {"gpt", TJ_SPEAKER_AGENT},          {"agent", TJ_SPEAKER_AGENT},
    {"answer", TJ_SPEAKER_AGENT},       {"tool", TJ_SPEAKER_TOOL},          {"function", TJ_SPEAKER_TOOL},
    {"tool_response", TJ_SPEAKER_TOOL}, {"tool_output", TJ_SPEAKER_TOOL},   {"tool_result", TJ_SPEAKER_TOOL},
    {"observation", TJ_SPEAKER_TOOL},   {"environment", TJ_SPEAKER_TOOL},   {"ipython", TJ_SPEAKER_TOOL},
    {"tool_call", TJ_SPEAKER_CALL},     {"function_call", TJ_SPEAKER_CALL}, {"reasoning", TJ_SPEAKER_REASONING},
    {"thinking", TJ_SPEAKER_REASONING},
};

enum tj_speaker tj_speaker_of(struct tj_str role) {
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (tj_str_ieq(role, tj_str_of(roles[i].name))) return roles[i].speaker;
    return TJ_SPEAKER_OTHER;
}

static enum tj_author author_of(enum tj_speaker speaker) {
    switch (speaker) {
    case TJ_SPEAKER_SYSTEM: return TJ_AUTHOR_SYSTEM;
    case TJ_SPEAKER_USER: return TJ_AUTHOR_USER;
    case TJ_SPEAKER_TOOL: return TJ_AUTHOR_TOOL;
    case TJ_SPEAKER_OTHER: return TJ_AUTHOR_OTHER;
    default: return TJ_AUTHOR_AGENT;
    }
}

/* {"name", "arguments"} however its keys are spelt: also {"function": "name", "args": {}}. */
static void named_call(struct tj_view *view, uint32_t object, struct tj_event e, struct tj_str path) {
    static const char *const keys[] = {"arguments", "args", "parameters", "input"};
    struct tj_doc *doc = &view->doc;
    size_t i = 0, n = sizeof keys / sizeof *keys;
    e.tool = tj_doc_get_text(doc, object, "name");
    if (e.tool.n == 0) e.tool = tj_doc_get_text(doc, object, "function");
    while (i < n && tj_doc_get(doc, object, keys[i]) == TJ_NONE) i++;
    i = i < n ? i : 0;
    tj_event_arguments(view, &e, tj_doc_get(doc, object, keys[i]), tj_path_key(view->record, path, keys[i]));
    tj_event_put(view->record, e);
}

/* Input of a custom tool is raw text: it is never decoded. */
static void custom_call(struct tj_view *view, uint32_t custom, struct tj_event e, struct tj_str path) {
    e.tool = tj_doc_get_text(&view->doc, custom, "name");
    e.text = tj_doc_get_text(&view->doc, custom, "input");
    e.pointer = tj_path_key(view->record, path, "input");
    tj_event_put(view->record, e);
}

static void one_call(struct tj_view *view, uint32_t call, struct tj_event e, struct tj_str path) {
    struct tj_record *record = view->record;
    uint32_t function = tj_doc_get(&view->doc, call, "function");
    uint32_t custom = tj_doc_get(&view->doc, call, "custom");
    e.kind = TJ_EVENT_CALL;
    e.call_id = tj_doc_get_text(&view->doc, call, "id");
    if (tj_doc_is(&view->doc, custom, TJ_DOC_OBJECT))
        custom_call(view, custom, e, tj_path_key(record, path, "custom"));
    else if (tj_doc_is(&view->doc, function, TJ_DOC_OBJECT))
        named_call(view, function, e, tj_path_key(record, path, "function"));
    else if (tj_doc_is(&view->doc, call, TJ_DOC_OBJECT))
        named_call(view, call, e, path);
}

/* A list of calls, or (a JSON string column) a string that holds one. */
static void call_list(const struct tj_view *view, uint32_t list, struct tj_event e, struct tj_str path) {
    struct tj_view v = *view;
    if (tj_doc_is(&v.doc, list, TJ_DOC_STRING)) {
        struct tj_str text = tj_doc_text(&v.doc, list);
        if (tj_str_trim(text).n == 0) return;
        if (!tj_view_enter(&v, text, &v)) {
            e.kind = TJ_EVENT_CALL;
            e.undecoded = 1;
            tj_event_say(v.record, e, text, path);
            return;
        }
        path = tj_path_inner(v.record, path);
        list = 0;
    }
    if (!tj_doc_is(&v.doc, list, TJ_DOC_ARRAY)) return;
    uint32_t i = 0;
    for (uint32_t c = tj_doc_first(&v.doc, list); c != TJ_NONE; c = tj_doc_next(&v.doc, c), i++)
        one_call(&v, c, e, tj_path_at(v.record, path, i));
}

/* Role `tool_call`: the content is {"name", "arguments"} as text, perhaps still between its tags. */
static void call_in_content(struct tj_view *view, uint32_t node, struct tj_message m) {
    struct tj_record *record = view->record;
    uint32_t content = tj_doc_get(&view->doc, node, "content");
    struct tj_str path = tj_path_key(record, m.path, "content"), text = tj_content_text(view, content, &path);
    struct tj_event e = m.base;
    struct tj_view inner;
    struct tj_str body = tj_str_trim(text);
    e.kind = TJ_EVENT_CALL;
    if (tj_str_starts(body, TJ_STR("<tool_call>"))) body = tj_str_sub(body, 11, body.n);
    if (tj_str_ends(body, TJ_STR("</tool_call>"))) body = tj_str_sub(body, 0, body.n - 12);
    if (tj_doc_is(&view->doc, content, TJ_DOC_OBJECT)) {
        named_call(view, content, e, path);
    } else if (tj_view_enter(view, body, &inner) && tj_doc_is(&inner.doc, 0, TJ_DOC_OBJECT)) {
        named_call(&inner, 0, e, tj_path_inner(record, path));
    } else {
        e.undecoded = 1;
        tj_event_say(record, e, text, path);
    }
}

static void read_result(struct tj_view *view, uint32_t node, struct tj_message m) {
    struct tj_doc *doc = &view->doc;
    uint32_t error = tj_doc_get(doc, node, "error"), extra = tj_doc_get(doc, node, "extra");
    struct tj_event e = m.base;
    e.kind = TJ_EVENT_RESULT;
    e.call_id = tj_doc_get_text(doc, node, "tool_call_id");
    e.tool = tj_doc_get_text(doc, node, "name");
    e.pointer = tj_path_key(view->record, m.path, "content");
    e.text = tj_content_text(view, tj_doc_get(doc, node, "content"), &e.pointer);
    if (error != TJ_NONE && !tj_doc_is(doc, error, TJ_DOC_FALSE)) e.error = TJ_YES;
    if (e.text.n == 0 && error != TJ_NONE) {
        e.pointer = tj_path_key(view->record, m.path, "error");
        e.text = tj_content_text(view, error, &e.pointer);
    }
    tj_result_exit_of(doc, node, &e);
    tj_result_exit_of(doc, extra, &e);
    tj_result_outcome(&e);
    if (tj_str_is(tj_doc_get_text(doc, error, "type"), "approval")) e.kind = TJ_EVENT_REFUSAL;
    tj_event_put(view->record, e);
}

static void say_member(struct tj_view *view, uint32_t node, struct tj_message m, enum tj_event_kind kind,
                       const char *key) {
    struct tj_str path = tj_path_key(view->record, m.path, key);
    struct tj_str text = tj_content_text(view, tj_doc_get(&view->doc, node, key), &path);
    m.base.kind = (uint8_t)kind;
    tj_event_say(view->record, m.base, text, path);
}

/* The parts of a message in the order in which the model wrote them: thoughts, words, calls. */
static void read_said(struct tj_view *view, uint32_t node, struct tj_message m) {
    static const char *const thoughts[] = {"reasoning_content", "reasoning", "thinking"};
    struct tj_doc *doc = &view->doc;
    struct tj_record *record = view->record;
    struct tj_message content = m;
    const char *key = tj_doc_get(doc, node, "content") != TJ_NONE ? "content" : "text";
    uint32_t legacy = tj_doc_get(doc, node, "function_call");
    struct tj_event call = m.base;
    for (size_t i = 0; i < 3; i++) {
        if (tj_doc_get(doc, node, thoughts[i]) != TJ_NONE) {
            say_member(view, node, m, TJ_EVENT_REASONING, thoughts[i]);
            break; /* the others repeat it */
        }
    }
    content.path = tj_path_key(record, m.path, key);
    tj_content_read(view, tj_doc_get(doc, node, key), content);
    say_member(view, node, m, TJ_EVENT_MESSAGE, "refusal");
    call_list(view, tj_doc_get(doc, node, "tool_calls"), call, tj_path_key(record, m.path, "tool_calls"));
    call.kind = TJ_EVENT_CALL;
    if (tj_doc_is(doc, legacy, TJ_DOC_OBJECT))
        named_call(view, legacy, call, tj_path_key(record, m.path, "function_call"));
}

/* Marks that trainers know: OpenAI's weight, others' loss, train and mask. */
static bool is_masked(const struct tj_doc *doc, uint32_t node) {
    int64_t weight;
    return (tj_doc_get_number(doc, node, "weight", &weight) && weight == 0) ||
           !tj_doc_get_bool(doc, node, "loss", true) || !tj_doc_get_bool(doc, node, "train", true);
}

void tj_message_read(const struct tj_view *view, uint32_t node, struct tj_message m) {
    struct tj_view v = *view;
    struct tj_event *base = &m.base;
    enum tj_speaker speaker = tj_speaker_of(tj_doc_get_text(&v.doc, node, "role"));
    base->author = (uint8_t)author_of(speaker);
    base->trainable = base->author == TJ_AUTHOR_AGENT && !is_masked(&v.doc, node);
    base->timestamp = tj_doc_get_text(&v.doc, node, "timestamp");
    base->agent = speaker == TJ_SPEAKER_AGENT ? tj_doc_get_text(&v.doc, node, "name") : TJ_STR_NONE;
    if (speaker == TJ_SPEAKER_TOOL)
        read_result(&v, node, m);
    else if (speaker == TJ_SPEAKER_CALL)
        call_in_content(&v, node, m);
    else if (speaker == TJ_SPEAKER_REASONING)
        say_member(&v, node, m, TJ_EVENT_REASONING, "content");
    else
        read_said(&v, node, m);
}

void tj_messages_read(const struct tj_view *view, uint32_t list, struct tj_str path) {
    struct tj_record *record = view->record;
    uint32_t i = 0;
    for (uint32_t n = tj_doc_first(&view->doc, list); n != TJ_NONE; n = tj_doc_next(&view->doc, n), i++) {
        struct tj_message m = {.path = tj_path_at(record, path, i)};
        m.base = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_OTHER, record->steps++);
        if (tj_doc_is(&view->doc, n, TJ_DOC_OBJECT))
            tj_message_read(view, n, m);
        else if (tj_doc_is(&view->doc, n, TJ_DOC_STRING))
            tj_content_read(view, n, m);
    }
}

static uint32_t look_blocks(const struct tj_doc *doc, uint32_t content) {
    static const char *const types[] = {"tool_use", "tool_result",       "server_tool_use",
                                        "thinking", "redacted_thinking", "mcp_tool_use"};
    uint32_t found = 0;
    if (!tj_doc_is(doc, content, TJ_DOC_ARRAY)) return 0;
    for (uint32_t b = tj_doc_first(doc, content); b != TJ_NONE; b = tj_doc_next(doc, b))
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            found += tj_raw_is(doc, tj_doc_get(doc, b, "type"), types[i]);
    return found;
}

struct tj_message_look tj_messages_look(const struct tj_doc *doc, uint32_t list) {
    struct tj_message_look look = {0};
    uint32_t seen = 0;
    for (uint32_t m = tj_doc_first(doc, list); m != TJ_NONE && seen < 64; m = tj_doc_next(doc, m), seen++) {
        uint32_t role = tj_doc_get(doc, m, "role"), content = tj_doc_get(doc, m, "content");
        uint32_t calls = tj_doc_get(doc, m, "tool_calls"), legacy = tj_doc_get(doc, m, "function_call");
        if (!tj_doc_is(doc, role, TJ_DOC_STRING)) {
            look.others += !tj_doc_is(doc, m, TJ_DOC_NULL); /* NULL: a blank line */
            continue;
        }
        enum tj_speaker speaker = tj_speaker_of(doc->node.at[role].text);
        bool called = (calls != TJ_NONE && doc->node.at[calls].n > 0) || legacy != TJ_NONE;
        if (speaker != TJ_SPEAKER_OTHER && (content != TJ_NONE || called)) look.messages++;
        look.calls += called || speaker == TJ_SPEAKER_TOOL || speaker == TJ_SPEAKER_CALL;
        look.blocks += look_blocks(doc, content);
    }
    return look;
}
