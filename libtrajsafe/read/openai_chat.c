/* Reader of OpenAI chat messages and what data sets made of them. */
#include "read/reader.h"

static const char *const lists[] = {"messages",   "conversations",    "conversation",
                                    "trajectory", "chat_completions", "history"};

/* The list of messages: the top itself, or the first member of a known name that is one. */
static uint32_t find_list(const struct tj_doc *doc, const char **key) {
    *key = NULL;
    if (tj_doc_is(doc, 0, TJ_DOC_ARRAY)) return 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        uint32_t node = tj_doc_get(doc, 0, lists[i]);
        if (tj_doc_is(doc, node, TJ_DOC_ARRAY) && tj_messages_look(doc, node).messages > 0) {
            *key = lists[i];
            return node;
        }
    }
    return TJ_NONE;
}

/* A column that holds the messages as JSON text. */
static uint32_t find_text(const struct tj_doc *doc, const char **key) {
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        uint32_t node = tj_doc_get(doc, 0, lists[i]);
        if (!tj_doc_is(doc, node, TJ_DOC_STRING)) continue;
        struct tj_str text = tj_str_trim(doc->node.at[node].text);
        *key = lists[i];
        if (text.n > 1 && text.p[0] == '[') return node;
    }
    return TJ_NONE;
}

/* Formats that also have messages and that this reader would read without their calls. */
static bool is_other_format(const struct tj_doc *doc, struct tj_message_look look) {
    uint32_t mini = tj_doc_get(doc, 0, "trajectory_format");
    return mini != TJ_NONE && look.calls == 0;
}

int tj_openai_chat_bid(const struct tj_doc *doc) {
    const char *key;
    uint32_t list = find_list(doc, &key);
    if (list == TJ_NONE) return find_text(doc, &key) == TJ_NONE ? 0 : 40;
    struct tj_message_look look = tj_messages_look(doc, list);
    if (look.messages == 0 || look.others > 0 || is_other_format(doc, look)) return 0;
    return look.calls > 0 ? 80 : 50;
}

trajsafe_status tj_openai_chat_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error) {
    struct tj_view view = tj_view_of(json, record);
    const char *key = NULL;
    uint32_t list = find_list(&view.doc, &key);
    struct tj_str path = key ? tj_path_key(record, TJ_STR_NONE, key) : TJ_STR_NONE;
    if (list == TJ_NONE) {
        list = find_text(&view.doc, &key);
        if (list == TJ_NONE) return tj_reader_missing(error, "openai-chat", "it has no list of messages with roles");
        path = tj_path_inner(record, tj_path_key(record, TJ_STR_NONE, key));
        struct tj_str text = tj_doc_text(&view.doc, list);
        if (!tj_view_enter(&view, text, &view) || !tj_doc_is(&view.doc, 0, TJ_DOC_ARRAY))
            return tj_reader_missing(error, "openai-chat", "its messages are text that is not JSON");
        list = 0;
    }
    tj_record_facts(record);
    tj_messages_read(&view, list, path);
    tj_note_calls_in_text(record);
    return tj_reader_finish(record, error);
}
