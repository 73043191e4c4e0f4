/* Documents: parsing a record or a file of lines, and the questions that readers ask of the tape. */
#include "doc/doc.h"

#include "doc/walk.h"

enum { NUMBER_NOT_JSON = 301, NUMBER_DOC_MEMORY = 302 };

static struct tj_str without_bom(struct tj_str s) {
    return tj_str_starts(s, TJ_STR("\xEF\xBB\xBF")) ? tj_str_sub(s, 3, s.n) : s;
}

static trajsafe_status out_of_memory(trajsafe_error *error) {
    return tj_fail(error, TRAJSAFE_NO_MEMORY, NUMBER_DOC_MEMORY, "give the scanner more memory",
                   "the record's values do not fit into memory");
}

trajsafe_status tj_doc_parse(struct tj_json *json, struct tj_arena *arena, struct tj_str source, struct tj_doc *doc,
                             trajsafe_error *error) {
    struct tj_walk walk;
    struct tj_str text = without_bom(source);
    *doc = (struct tj_doc){.arena = arena, .source = source};
    if (tj_walk_value(json, doc, TJ_NONE, text, &walk)) return TRAJSAFE_OK;
    if (walk.no_memory) return out_of_memory(error);
    walk.at += source.n - text.n;
    tj_fail(error, TRAJSAFE_BAD_INPUT, NUMBER_NOT_JSON,
            "write the record again, or leave it out: it is cut off or not JSON", "not JSON at byte %u: %s", walk.at,
            walk.message);
    if (error) error->offset = walk.at;
    return TRAJSAFE_BAD_INPUT;
}

/* A line that is blank or is not JSON still takes its place, so that indexes are lines. */
static bool absent_line(struct tj_doc *doc, struct tj_str line) {
    struct tj_doc_node node = {.kind = TJ_DOC_NULL, .next = doc->node.n + 1, .text = line};
    return tj_vec_push(doc->arena, &doc->node, node);
}

static bool parse_line(struct tj_json *json, struct tj_doc *doc, struct tj_str line, uint32_t *bad) {
    struct tj_walk walk;
    uint32_t end = line.n;
    while (end > 0 && tj_is_json_space(line.p[end - 1])) end--;
    line.n = end;
    doc->node.at[0].n++;
    if (line.n == 0) return absent_line(doc, TJ_STR_NONE);
    if (tj_walk_value(json, doc, 0, line, &walk)) return true;
    if (walk.no_memory) return false;
    (*bad)++;
    return absent_line(doc, line);
}

trajsafe_status tj_doc_parse_lines(struct tj_json *json, struct tj_arena *arena, struct tj_str source,
                                   struct tj_doc *doc, uint32_t *bad, trajsafe_error *error) {
    struct tj_str rest = without_bom(source);
    struct tj_doc_node top = {.kind = TJ_DOC_ARRAY, .parent = TJ_NONE, .text = source};
    *doc = (struct tj_doc){.arena = arena, .source = source};
    *bad = 0;
    if (!tj_vec_push(arena, &doc->node, top)) return out_of_memory(error);
    while (rest.n > 0) {
        const char *newline = memchr(rest.p, '\n', rest.n);
        uint32_t n = newline ? (uint32_t)(newline - rest.p) : rest.n;
        if (!parse_line(json, doc, tj_str_sub(rest, 0, n), bad)) return out_of_memory(error);
        rest = tj_str_sub(rest, newline ? n + 1 : n, rest.n);
    }
    doc->node.at[0].next = doc->node.n;
    return arena->failed ? out_of_memory(error) : TRAJSAFE_OK;
}

bool tj_doc_is(const struct tj_doc *doc, uint32_t node, enum tj_doc_kind kind) {
    return node != TJ_NONE && doc->node.at[node].kind == kind;
}

uint32_t tj_doc_first(const struct tj_doc *doc, uint32_t container) {
    if (container == TJ_NONE || doc->node.at[container].n == 0) return TJ_NONE;
    return container + 1;
}

uint32_t tj_doc_next(const struct tj_doc *doc, uint32_t node) {
    const struct tj_doc_node *at = &doc->node.at[node];
    if (at->parent == TJ_NONE || at->next >= doc->node.at[at->parent].next) return TJ_NONE;
    return at->next;
}

uint32_t tj_doc_get(const struct tj_doc *doc, uint32_t object, const char *key) {
    uint32_t found = TJ_NONE;
    if (!tj_doc_is(doc, object, TJ_DOC_OBJECT)) return TJ_NONE;
    size_t n = strlen(key);
    uint32_t end = doc->node.at[object].next;
    for (uint32_t i = object + 1; i < end; i = doc->node.at[i].next) {
        struct tj_str k = doc->node.at[i].key;
        if (k.n == n && (n == 0 || (k.p[0] == key[0] && memcmp(k.p, key, n) == 0))) found = i;
    }
    return found == TJ_NONE || doc->node.at[found].kind == TJ_DOC_NULL ? TJ_NONE : found;
}

uint32_t tj_doc_at(const struct tj_doc *doc, uint32_t array, uint32_t index) {
    if (!tj_doc_is(doc, array, TJ_DOC_ARRAY) || index >= doc->node.at[array].n) return TJ_NONE;
    uint32_t i = array + 1;
    while (index-- > 0) i = doc->node.at[i].next;
    return i;
}

struct tj_str tj_doc_text(struct tj_doc *doc, uint32_t node) {
    if (!tj_doc_is(doc, node, TJ_DOC_STRING)) return TJ_STR_NONE;
    struct tj_doc_node *at = &doc->node.at[node];
    if (at->escaped) {
        at->text = tj_unescape(doc->arena, at->text);
        at->escaped = 0;
    }
    return at->text;
}

struct tj_str tj_doc_get_text(struct tj_doc *doc, uint32_t object, const char *key) {
    return tj_doc_text(doc, tj_doc_get(doc, object, key));
}

bool tj_doc_get_bool(const struct tj_doc *doc, uint32_t object, const char *key, bool otherwise) {
    uint32_t node = tj_doc_get(doc, object, key);
    if (tj_doc_is(doc, node, TJ_DOC_TRUE)) return true;
    return tj_doc_is(doc, node, TJ_DOC_FALSE) ? false : otherwise;
}

bool tj_doc_get_number(const struct tj_doc *doc, uint32_t object, const char *key, int64_t *out) {
    uint32_t node = tj_doc_get(doc, object, key);
    uint64_t number;
    if (!tj_doc_is(doc, node, TJ_DOC_NUMBER)) return false;
    struct tj_str text = doc->node.at[node].text;
    bool negative = text.n > 0 && text.p[0] == '-';
    if (!tj_str_to_u64(tj_str_sub(text, negative, text.n), &number) || number > INT64_MAX) return false;
    *out = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static void put_token(struct tj_buf *buf, struct tj_str key) {
    for (uint32_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~')
            tj_buf_puts(buf, "~0");
        else if (key.p[i] == '/')
            tj_buf_puts(buf, "~1");
        else
            tj_buf_putc(buf, key.p[i]);
    }
}

static uint32_t position(const struct tj_doc *doc, uint32_t node, uint32_t parent) {
    uint32_t index = 0;
    for (uint32_t i = parent + 1; i != node; i = doc->node.at[i].next) index++;
    return index;
}

struct tj_str tj_doc_pointer(const struct tj_doc *doc, uint32_t node) {
    uint32_t path[TJ_DOC_DEPTH + 2], n = 0;
    struct tj_buf buf;
    for (; node != TJ_NONE && doc->node.at[node].parent != TJ_NONE && n < TJ_DOC_DEPTH + 2;
         node = doc->node.at[node].parent)
        path[n++] = node;
    tj_buf_init(&buf, doc->arena);
    while (n-- > 0) {
        uint32_t parent = doc->node.at[path[n]].parent;
        tj_buf_putc(&buf, '/');
        if (doc->node.at[parent].kind == TJ_DOC_ARRAY)
            tj_buf_putf(&buf, "%u", position(doc, path[n], parent));
        else
            put_token(&buf, doc->node.at[path[n]].key);
    }
    return tj_buf_str(&buf);
}
