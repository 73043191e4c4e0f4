/* Reader of Anthropic messages: content blocks with tool_use and tool_result, a system prompt beside them. */
#include "read/reader.h"

static uint32_t find_list(const struct tj_doc *doc, const char **key) {
    static const char *const lists[] = {"messages", "conversation", "trajectory", "history"};
    *key = NULL;
    if (tj_doc_is(doc, 0, TJ_DOC_ARRAY)) return 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        uint32_t node = tj_doc_get(doc, 0, lists[i]);
        *key = lists[i];
        if (tj_doc_is(doc, node, TJ_DOC_ARRAY)) return node;
    }
    return TJ_NONE;
}

int tj_anthropic_bid(const struct tj_doc *doc) {
    const char *key;
    uint32_t list = find_list(doc, &key);
    if (list == TJ_NONE) return 0;
    struct tj_message_look look = tj_messages_look(doc, list);
    if (look.messages == 0 || look.others > 0) return 0;
    if (look.blocks > 0) return 90;
    return key && tj_doc_get(doc, 0, "system") != TJ_NONE && look.calls == 0 ? 55 : 0;
}

trajsafe_status tj_anthropic_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error) {
    struct tj_view view = tj_view_of(json, record);
    const char *key;
    uint32_t list = find_list(&view.doc, &key);
    if (list == TJ_NONE) return tj_reader_missing(error, "anthropic", "it has no list of messages");
    struct tj_message system = {.path = TJ_STR("/system")};
    system.base = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_SYSTEM, 0);
    system.base.preface = 1;
    tj_record_facts(record);
    tj_content_read(&view, tj_doc_get(&view.doc, 0, "system"), system);
    tj_messages_read(&view, list, key ? tj_path_key(record, TJ_STR_NONE, key) : TJ_STR_NONE);
    return tj_reader_finish(record, error);
}
