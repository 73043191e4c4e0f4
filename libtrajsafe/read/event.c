/* Making events: pointers, arguments in all their encodings, text of content values. */
#include "read/reader.h"

struct tj_view tj_view_of(struct tj_json *json, struct tj_record *record) {
    return (struct tj_view){.json = json, .record = record, .doc = record->doc};
}

static bool enter_json(const struct tj_view *view, struct tj_str text, struct tj_view *out) {
    struct tj_record *record = view->record;
    struct tj_doc doc;
    if (tj_doc_parse(view->json, record->arena, text, &doc, NULL) != TRAJSAFE_OK) return false;
    if (doc.duplicate_keys) record->doc.duplicate_keys = true;
    if (!tj_vec_push(record->arena, &record->inner, doc)) return false;
    *out = *view;
    out->doc = doc;
    out->inner = record->inner.n;
    return true;
}

bool tj_view_enter(const struct tj_view *view, struct tj_str text, struct tj_view *out) {
    struct tj_str json;
    if (enter_json(view, text, out)) return true;
    return tj_python_to_json(view->record->arena, text, &json) && enter_json(view, json, out);
}

struct tj_str tj_path_key(struct tj_record *record, struct tj_str base, const char *key) {
    struct tj_buf buf;
    tj_buf_init(&buf, record->arena);
    tj_buf_put(&buf, base);
    tj_buf_putc(&buf, '/');
    tj_buf_puts(&buf, key);
    return tj_buf_str(&buf);
}

struct tj_str tj_path_at(struct tj_record *record, struct tj_str base, uint32_t i) {
    struct tj_buf buf;
    tj_buf_init(&buf, record->arena);
    tj_buf_put(&buf, base);
    tj_buf_putf(&buf, "/%u", i);
    return tj_buf_str(&buf);
}

struct tj_str tj_path_inner(struct tj_record *record, struct tj_str base) {
    struct tj_buf buf;
    tj_buf_init(&buf, record->arena);
    tj_buf_put(&buf, base);
    tj_buf_putc(&buf, '#');
    return tj_buf_str(&buf);
}

struct tj_event tj_event_make(enum tj_event_kind kind, enum tj_author author, uint32_t index) {
    return (struct tj_event){.kind = (uint8_t)kind,
                             .author = (uint8_t)author,
                             .trainable = author == TJ_AUTHOR_AGENT,
                             .index = index,
                             .step = index,
                             .result = TJ_NONE,
                             .call = TJ_NONE,
                             .arguments = TJ_NONE};
}

void tj_event_put(struct tj_record *record, struct tj_event event) {
    if (event.copied || event.preface || event.author != TJ_AUTHOR_AGENT) event.trainable = 0;
    (void)tj_vec_push(record->arena, &record->event, event);
}

void tj_event_say(struct tj_record *record, struct tj_event event, struct tj_str text, struct tj_str pointer) {
    if (text.n == 0) return;
    event.text = text;
    event.pointer = pointer;
    tj_event_put(record, event);
}

/* A container is arguments; a string in the string is decoded once more; anything else is not understood. */
static void encoded_arguments(const struct tj_view *view, struct tj_event *event, struct tj_str text,
                              struct tj_str pointer) {
    struct tj_view inner = *view;
    struct tj_record *record = view->record;
    for (int round = 0; round < 2; round++) {
        if (!tj_view_enter(&inner, text, &inner)) break;
        pointer = tj_path_inner(record, pointer);
        if (tj_doc_is(&inner.doc, 0, TJ_DOC_OBJECT) || tj_doc_is(&inner.doc, 0, TJ_DOC_ARRAY)) {
            event->arguments = 0;
            event->args_doc = inner.inner;
            event->pointer = pointer;
            return;
        }
        if (tj_doc_is(&inner.doc, 0, TJ_DOC_NULL)) return;
        if (!tj_doc_is(&inner.doc, 0, TJ_DOC_STRING)) break;
        text = tj_doc_text(&inner.doc, 0);
    }
    event->undecoded = 1;
    event->text = text;
    event->pointer = pointer;
}

void tj_event_arguments(const struct tj_view *view, struct tj_event *event, uint32_t node, struct tj_str pointer) {
    struct tj_doc doc = view->doc;
    event->pointer = pointer;
    if (tj_doc_is(&doc, node, TJ_DOC_OBJECT) || tj_doc_is(&doc, node, TJ_DOC_ARRAY)) {
        event->arguments = node;
        event->args_doc = view->inner;
        return;
    }
    struct tj_str text = tj_doc_text(&doc, node);
    if (tj_str_trim(text).n > 0) {
        encoded_arguments(view, event, text, pointer);
    } else if (node != TJ_NONE && !tj_doc_is(&doc, node, TJ_DOC_STRING)) {
        event->undecoded = 1;
        event->text = doc.node.at[node].text;
    }
}

/* Text of one element of a content list. */
static struct tj_str part_text(struct tj_doc *doc, uint32_t part, const char **key) {
    static const char *const keys[] = {"text", "content", "output", "value"};
    *key = NULL;
    if (tj_doc_is(doc, part, TJ_DOC_STRING)) return tj_doc_text(doc, part);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint32_t node = tj_doc_get(doc, part, keys[i]);
        if (tj_doc_is(doc, node, TJ_DOC_STRING)) {
            *key = keys[i];
            return tj_doc_text(doc, node);
        }
    }
    return TJ_STR_NONE;
}

static struct tj_str list_text(const struct tj_view *view, uint32_t list, struct tj_str *pointer) {
    struct tj_doc doc = view->doc;
    struct tj_str one = TJ_STR_NONE, path = *pointer;
    struct tj_buf buf;
    uint32_t found = 0, i = 0;
    tj_buf_init(&buf, view->record->arena);
    for (uint32_t part = tj_doc_first(&doc, list); part != TJ_NONE; part = tj_doc_next(&doc, part), i++) {
        const char *key;
        struct tj_str text = part_text(&doc, part, &key);
        if (text.n == 0) continue;
        if (found++ == 0) {
            one = text;
            path = tj_path_at(view->record, *pointer, i);
            if (key) path = tj_path_key(view->record, path, key);
            continue;
        }
        if (found == 2) tj_buf_put(&buf, one);
        tj_buf_putc(&buf, '\n');
        tj_buf_put(&buf, text);
    }
    if (found > 1) return tj_buf_str(&buf);
    *pointer = path;
    return one;
}

static struct tj_str object_text(const struct tj_view *view, uint32_t object, struct tj_str *pointer) {
    static const char *const keys[] = {"content", "text", "output", "stdout", "stderr", "error", "message"};
    struct tj_doc doc = view->doc;
    struct tj_str out = tj_doc_get_text(&doc, object, "stdout"), err = tj_doc_get_text(&doc, object, "stderr");
    if (out.n > 0 && err.n > 0) {
        struct tj_buf buf;
        tj_buf_init(&buf, view->record->arena);
        tj_buf_put(&buf, out);
        tj_buf_putc(&buf, '\n');
        tj_buf_put(&buf, err);
        return tj_buf_str(&buf);
    }
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct tj_str text = tj_doc_get_text(&doc, object, keys[i]);
        if (text.n > 0) {
            *pointer = tj_path_key(view->record, *pointer, keys[i]);
            return text;
        }
    }
    return doc.node.at[object].text;
}

struct tj_str tj_content_text(const struct tj_view *view, uint32_t node, struct tj_str *pointer) {
    struct tj_doc doc = view->doc;
    if (node == TJ_NONE) return TJ_STR_NONE;
    switch (doc.node.at[node].kind) {
    case TJ_DOC_STRING: return tj_doc_text(&doc, node);
    case TJ_DOC_ARRAY: return list_text(view, node, pointer);
    case TJ_DOC_OBJECT: return object_text(view, node, pointer);
    case TJ_DOC_NULL: return TJ_STR_NONE;
    default: return doc.node.at[node].text;
    }
}

bool tj_raw_is(const struct tj_doc *doc, uint32_t node, const char *literal) {
    return tj_doc_is(doc, node, TJ_DOC_STRING) && tj_str_is(doc->node.at[node].text, literal);
}

bool tj_text_has(struct tj_str text, const char *needle) {
    return tj_str_find(text, tj_str_of(needle), 0) != TJ_NOT_FOUND;
}
