/* Walks the structural offsets of one JSON value and lays its nodes on the tape, without recursion. */
#include "doc/walk.h"

#include "doc/json.h"

struct walker {
    struct tj_doc *doc;
    struct tj_str text;
    const uint32_t *at;
    uint32_t n, i; /* structural offsets: how many, the next one */
    uint32_t open; /* innermost open container */
    uint32_t depth;
    uint32_t base; /* first node of this value */
    struct tj_walk *walk;
};

static bool fail(struct walker *w, uint32_t at, const char *message) {
    w->walk->at = at;
    w->walk->message = message;
    return false;
}

static uint32_t offset(const struct walker *w) { return w->i < w->n ? w->at[w->i] : w->text.n; }

/* NUL is never valid where a token may start, so it can stand for the end. */
static char peek(const struct walker *w) { return w->i < w->n ? w->text.p[w->at[w->i]] : '\0'; }

/* The token at the next offset, up to the one after it, without white space at its end. */
static struct tj_str token(struct walker *w) {
    uint32_t begin = w->at[w->i++], end = offset(w);
    while (end > begin && tj_is_json_space(w->text.p[end - 1])) end--;
    return tj_str_sub(w->text, begin, end);
}

static bool string_token(struct walker *w, struct tj_str *raw) {
    uint32_t at = offset(w);
    struct tj_str t = token(w);
    if (t.n < 2 || t.p[t.n - 1] != '"') return fail(w, at, "text stands behind the end of a string");
    *raw = tj_str_sub(t, 1, t.n - 1);
    return true;
}

static bool digits(struct tj_str s, uint32_t *at) {
    uint32_t begin = *at;
    while (*at < s.n && tj_is_digit(s.p[*at])) (*at)++;
    return *at > begin;
}

static bool is_number(struct tj_str s) {
    uint32_t at = s.n > 0 && s.p[0] == '-';
    struct tj_str rest = tj_str_sub(s, at, s.n);
    if (tj_str_is(rest, "Infinity") || tj_str_is(s, "NaN")) return true;
    if (!digits(s, &at)) return false;
    if (at < s.n && s.p[at] == '.' && (at++, !digits(s, &at))) return false;
    if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at++;
        if (at < s.n && (s.p[at] == '+' || s.p[at] == '-')) at++;
        if (!digits(s, &at)) return false;
    }
    return at == s.n;
}

/* NULL when memory ended. Nodes may move. */
static struct tj_doc_node *push(struct walker *w, enum tj_doc_kind kind, struct tj_str key) {
    struct tj_doc *doc = w->doc;
    if (doc->node.n == doc->node.cap && !tj_vec_room(doc->arena, &doc->node, w->text.n / 64 + 16)) {
        w->walk->no_memory = true;
        return NULL;
    }
    struct tj_doc_node *node = &doc->node.at[doc->node.n++];
    memset(node, 0, sizeof *node);
    node->kind = (uint8_t)kind;
    node->next = doc->node.n;
    node->parent = w->open;
    node->key = key;
    return node;
}

/*
 * Of a long list, a number behind a number is checked but not kept: token ids and log-probabilities are most of some
 * records and no text, and two bytes of them would cost a node.
 */
static void drop_number(struct walker *w) {
    enum { KEPT = 64 };
    struct tj_doc *doc = w->doc;
    if (w->open == TJ_NONE || w->open < w->base) return;
    struct tj_doc_node *list = &doc->node.at[w->open], *before = &doc->node.at[doc->node.n - 2];
    if (list->kind != TJ_DOC_ARRAY || list->n <= KEPT) return;
    if (before->kind != TJ_DOC_NUMBER || before->parent != w->open) return;
    doc->node.n--;
    list->n--;
}

static bool scalar(struct walker *w, struct tj_str key) {
    uint32_t at = offset(w);
    struct tj_str t = token(w);
    enum tj_doc_kind kind = tj_str_is(t, "null")    ? TJ_DOC_NULL
                            : tj_str_is(t, "true")  ? TJ_DOC_TRUE
                            : tj_str_is(t, "false") ? TJ_DOC_FALSE
                                                    : TJ_DOC_NUMBER;
    if (kind == TJ_DOC_NUMBER && !is_number(t)) return fail(w, at, "this is not a JSON value");
    struct tj_doc_node *node = push(w, kind, key);
    if (!node) return false;
    node->text = t;
    if (kind == TJ_DOC_NUMBER) drop_number(w);
    return true;
}

static bool string(struct walker *w, struct tj_str key) {
    struct tj_str raw;
    if (!string_token(w, &raw)) return false;
    struct tj_doc_node *node = push(w, TJ_DOC_STRING, key);
    if (!node) return false;
    node->text = raw;
    node->escaped = raw.n > 0 && memchr(raw.p, '\\', raw.n) != NULL;
    return true;
}

static bool open_container(struct walker *w, enum tj_doc_kind kind, struct tj_str key) {
    if (w->depth == TJ_DOC_DEPTH) return fail(w, offset(w), "values are nested deeper than 256");
    uint32_t begin = w->at[w->i++];
    struct tj_doc_node *node = push(w, kind, key);
    if (!node) return false;
    node->text.p = w->text.p + begin;
    w->open = w->doc->node.n - 1;
    w->depth++;
    return true;
}

static void close_container(struct walker *w) {
    struct tj_doc *doc = w->doc;
    struct tj_doc_node *node = &doc->node.at[w->open];
    node->next = doc->node.n;
    node->text.n = (uint32_t)(w->text.p + w->at[w->i++] + 1 - node->text.p);
    if (node->kind == TJ_DOC_OBJECT && node->n > 1) tj_doc_note_duplicates(doc, w->open);
    w->open = node->parent;
    w->depth--;
}

static bool member_key(struct walker *w, struct tj_str *key) {
    if (peek(w) != '"') return fail(w, offset(w), "a member name is missing");
    if (!string_token(w, key)) return false;
    if (key->n > 0 && memchr(key->p, '\\', key->n)) *key = tj_unescape(w->doc->arena, *key);
    if (peek(w) != ':') return fail(w, offset(w), "a colon is missing after a member name");
    w->i++;
    return true;
}

static bool value(struct walker *w, struct tj_str key) {
    switch (peek(w)) {
    case '{': return open_container(w, TJ_DOC_OBJECT, key);
    case '[': return open_container(w, TJ_DOC_ARRAY, key);
    case '"': return string(w, key);
    default:
        if (w->i == w->n) return fail(w, w->text.n, "the text ends before the value does");
        return scalar(w, key);
    }
}

/* One step inside the open container: its end, or the next element with its comma. */
static bool element(struct walker *w) {
    struct tj_doc_node *node = &w->doc->node.at[w->open];
    bool object = node->kind == TJ_DOC_OBJECT;
    struct tj_str key = TJ_STR_NONE;
    char c = peek(w);
    if (c == (object ? '}' : ']')) {
        close_container(w);
        return true;
    }
    if (node->n > 0) {
        if (w->i == w->n) return fail(w, w->text.n, "the text ends before the value does");
        if (c != ',') return fail(w, offset(w), "a comma or a closing bracket is missing");
        w->i++;
    }
    node->n++;
    return (!object || member_key(w, &key)) && value(w, key);
}

static bool walk_all(struct walker *w, uint32_t parent) {
    if (!value(w, TJ_STR_NONE)) return false;
    while (w->open != parent)
        if (!element(w)) return false;
    return w->i == w->n || fail(w, offset(w), "text stands behind the end of the value");
}

static const char *code_message(enum tj_json_code code) {
    switch (code) {
    case TJ_JSON_EMPTY: return "there is no value";
    case TJ_JSON_UNCLOSED: return "a string has no end";
    case TJ_JSON_NOT_UTF8: return "the text is not UTF-8";
    default: return "this is not JSON";
    }
}

/* Finds the structure, mending a copy at most twice: once for UTF-8, once for control characters. */
static enum tj_json_code find_structure(struct tj_json *json, struct walker *w) {
    struct tj_doc *doc = w->doc;
    struct tj_str scan = w->text;
    enum tj_json_code code = tj_json_index(json, scan.p, scan.n, &w->at, &w->n);
    if (code == TJ_JSON_NOT_UTF8) {
        doc->repaired = true;
        scan = w->text = tj_repair_utf8(doc->arena, w->text);
        code = scan.p ? tj_json_index(json, scan.p, scan.n, &w->at, &w->n) : TJ_JSON_NO_MEMORY;
    }
    if (code == TJ_JSON_CONTROL) {
        scan = tj_repair_control(doc->arena, w->text);
        code = scan.p ? tj_json_index(json, scan.p, scan.n, &w->at, &w->n) : TJ_JSON_NO_MEMORY;
    }
    if (code == TJ_JSON_NOT_UTF8 && scan.p != w->text.p) {
        doc->repaired = true;
        w->text = tj_repair_utf8(doc->arena, w->text);
        scan = w->text.p ? tj_repair_utf8(doc->arena, scan) : TJ_STR_NONE;
        code = scan.p ? tj_json_index(json, scan.p, scan.n, &w->at, &w->n) : TJ_JSON_NO_MEMORY;
    }
    return code;
}

bool tj_walk_value(struct tj_json *json, struct tj_doc *doc, uint32_t parent, struct tj_str text, struct tj_walk *walk) {
    struct walker w = {.doc = doc, .text = text, .open = parent, .base = doc->node.n, .walk = walk};
    uint32_t before = doc->node.n;
    *walk = (struct tj_walk){0};
    enum tj_json_code code = find_structure(json, &w);
    bool ok = code == TJ_JSON_OK && walk_all(&w, parent);
    if (doc->arena->failed || code == TJ_JSON_NO_MEMORY) {
        ok = false;
        walk->no_memory = true;
    }
    if (!ok) {
        doc->node.n = before;
        if (!walk->message && !walk->no_memory) fail(&w, code == TJ_JSON_UNCLOSED ? text.n : 0, code_message(code));
    }
    tj_json_relax(json);
    return ok;
}
