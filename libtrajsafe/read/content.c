/* Content blocks of a message: text, thoughts, calls and results, in the Anthropic form and its relatives. */
#include "read/reader.h"

static bool ends_with(struct tj_str s, const char *tail) { return tj_str_ends(s, tj_str_of(tail)); }

static void read_call(struct tj_view *view, uint32_t block, struct tj_message m) {
    struct tj_event e = m.base;
    e.kind = TJ_EVENT_CALL;
    e.tool = tj_doc_get_text(&view->doc, block, "name");
    e.call_id = tj_doc_get_text(&view->doc, block, "id");
    tj_event_arguments(view, &e, tj_doc_get(&view->doc, block, "input"), tj_path_key(view->record, m.path, "input"));
    tj_event_put(view->record, e);
}

static void read_result(struct tj_view *view, uint32_t block, struct tj_message m) {
    struct tj_event e = m.base;
    uint32_t content = tj_doc_get(&view->doc, block, "content");
    uint32_t error = tj_doc_get(&view->doc, block, "is_error");
    e.kind = TJ_EVENT_RESULT;
    e.author = TJ_AUTHOR_TOOL;
    e.call_id = tj_doc_get_text(&view->doc, block, "tool_use_id");
    e.pointer = tj_path_key(view->record, m.path, "content");
    e.text = tj_content_text(view, content, &e.pointer);
    if (error != TJ_NONE) e.error = tj_doc_is(&view->doc, error, TJ_DOC_TRUE) ? TJ_YES : TJ_NO;
    tj_result_exit_of(&view->doc, content, &e);
    tj_result_outcome(&e);
    tj_event_put(view->record, e);
}

static void read_block(struct tj_view *view, uint32_t block, struct tj_message m) {
    struct tj_doc *doc = &view->doc;
    struct tj_record *record = view->record;
    struct tj_str type = tj_doc_get_text(doc, block, "type");
    struct tj_event e = m.base;
    if (tj_doc_is(doc, block, TJ_DOC_STRING)) {
        tj_event_say(record, e, tj_doc_text(doc, block), m.path);
    } else if (tj_str_is(type, "tool_use") || ends_with(type, "_tool_use")) {
        read_call(view, block, m);
    } else if (tj_str_is(type, "tool_result") || ends_with(type, "_tool_result")) {
        read_result(view, block, m);
    } else if (tj_str_is(type, "thinking") || tj_str_is(type, "reasoning")) {
        const char *key = tj_doc_get(doc, block, "thinking") != TJ_NONE ? "thinking" : "text";
        e.kind = TJ_EVENT_REASONING;
        tj_event_say(record, e, tj_doc_get_text(doc, block, key), tj_path_key(record, m.path, key));
    } else {
        const char *key = tj_str_is(type, "refusal") ? "refusal" : "text";
        tj_event_say(record, e, tj_doc_get_text(doc, block, key), tj_path_key(record, m.path, key));
    }
}

void tj_content_read(const struct tj_view *view, uint32_t content, struct tj_message m) {
    struct tj_view v = *view;
    struct tj_str path = m.path;
    m.base.kind = TJ_EVENT_MESSAGE;
    if (tj_doc_is(&v.doc, content, TJ_DOC_STRING)) {
        tj_event_say(v.record, m.base, tj_doc_text(&v.doc, content), path);
    } else if (tj_doc_is(&v.doc, content, TJ_DOC_ARRAY)) {
        uint32_t i = 0;
        for (uint32_t b = tj_doc_first(&v.doc, content); b != TJ_NONE; b = tj_doc_next(&v.doc, b), i++) {
            m.path = tj_path_at(v.record, path, i);
            read_block(&v, b, m);
        }
    } else if (tj_doc_is(&v.doc, content, TJ_DOC_OBJECT)) {
        read_block(&v, content, m);
    }
}
