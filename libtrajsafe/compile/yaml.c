/* Parses YAML; the only file that knows libfyaml. */
#include "compile/yaml.h"

#include <libfyaml.h>

enum { DEEPEST = 40, LARGEST = 4 << 20, LONGEST_LINE = 8192, MOST_TABS = 64 };

struct frame {
    struct tj_yaml *node, *last;
};

struct parse {
    struct tj_arena *arena;
    struct tj_diagnostics *d;
    uint32_t file;
    struct tj_str input;
    struct frame stack[DEEPEST];
    uint32_t depth;
    struct tj_yaml *root;
    uint32_t documents;
    char said[400]; /* what libfyaml said first, with its position before it */
    size_t said_n;
};

/* Its own messages come one by one as "[name]:LINE:COLUMN: error: text". */
static void on_output(struct fy_diag *diag, void *user, const char *text, size_t n) {
    (void)diag;
    struct parse *p = user;
    if (p->said_n) return;
    p->said_n = n < sizeof p->said - 1 ? n : sizeof p->said - 1;
    memcpy(p->said, text, p->said_n);
}

static struct tj_where place(const struct parse *p, const struct fy_mark *mark) {
    struct tj_where where = {p->file, 0, 0};
    if (!mark) return where;
    size_t at = mark->input_pos < p->input.n ? mark->input_pos : p->input.n, begin = at;
    while (begin > 0 && p->input.p[begin - 1] != '\n') begin--;
    where.line = (uint32_t)mark->line + 1;
    where.column = (uint32_t)(at - begin) + 1;
    return where;
}

static void complain(struct parse *p, enum tj_trouble trouble, const struct fy_mark *mark, struct tj_str what) {
    tj_diagnose(p->d, trouble, place(p, mark), what, TJ_STR_NONE, TJ_STR_NONE);
}

/* Reads a decimal number at *at and moves behind it. */
static uint32_t number_at(struct tj_str s, uint32_t *at) {
    uint32_t v = 0;
    while (*at < s.n && tj_is_digit(s.p[*at]) && v < 100000000) v = v * 10 + (uint32_t)(s.p[(*at)++] - '0');
    return v;
}

static void complain_syntax(struct parse *p) {
    struct tj_str said = tj_str_trim(tj_str_make(p->said, p->said_n));
    struct tj_where where = {p->file, 0, 0};
    uint32_t error = tj_str_find(said, TJ_STR("error: "), 0);
    /* The position is the last :LINE:COLUMN: before the word "error". */
    for (uint32_t at = 0; error != TJ_NOT_FOUND && at < error; at++) {
        uint32_t i = at + 1;
        if (said.p[at] != ':' || i >= error || !tj_is_digit(said.p[i])) continue;
        uint32_t line = number_at(said, &i);
        if (i >= error || said.p[i] != ':') continue;
        i++;
        uint32_t column = number_at(said, &i);
        where.line = line;
        where.column = column;
        break;
    }
    struct tj_str message = error == TJ_NOT_FOUND ? said : tj_str_sub(said, error + 7, said.n);
    uint32_t newline = tj_str_chr(message, '\n', 0);
    if (newline != TJ_NOT_FOUND) message = tj_str_sub(message, 0, newline);
    if (message.n == 0) message = TJ_STR("it cannot be read");
    tj_diagnose(p->d, TJ_BAD_YAML, where, message, TJ_STR_NONE, TJ_STR_NONE);
}

static bool is_duplicate_key(const struct tj_yaml *map, const struct tj_yaml *key) {
    for (const struct tj_yaml *k = map->first; k && k != key; k = k->next ? k->next->next : NULL)
        if (tj_str_eq(k->text, key->text)) return true;
    return false;
}

/* Hangs a node where it belongs; false after a diagnostic. */
static bool attach(struct parse *p, struct tj_yaml *node, const struct fy_mark *mark) {
    if (p->depth == 0) {
        p->root = node;
        return true;
    }
    struct frame *top = &p->stack[p->depth - 1];
    if (top->last)
        top->last->next = node;
    else
        top->node->first = node;
    top->last = node;
    top->node->n++;
    bool is_key = top->node->kind == TJ_YAML_MAP && top->node->n % 2 == 1;
    if (!is_key) return true;
    if (node->kind != TJ_YAML_SCALAR) {
        complain(p, TJ_BAD_YAML, mark, TJ_STR("a key must be a word"));
        return false;
    }
    if (is_duplicate_key(top->node, node)) complain(p, TJ_BAD_DUPLICATE_KEY, mark, node->text);
    return true;
}

static bool open_node(struct parse *p, enum tj_yaml_kind kind, struct fy_event *event) {
    const struct fy_mark *mark = fy_event_start_mark(event);
    struct tj_yaml *node = tj_arena_new(p->arena, struct tj_yaml);
    if (!node) return false;
    node->kind = (uint8_t)kind;
    node->where = place(p, mark);
    if (!attach(p, node, mark)) return false;
    if (p->depth == DEEPEST) {
        complain(p, TJ_BAD_DEPTH, mark, TJ_STR_NONE);
        return false;
    }
    p->stack[p->depth++] = (struct frame){node, NULL};
    return true;
}

static bool close_node(struct parse *p) {
    struct tj_yaml *node = p->stack[--p->depth].node;
    if (node->kind == TJ_YAML_MAP) node->n /= 2;
    return true;
}

static bool scalar(struct parse *p, struct fy_event *event) {
    const struct fy_mark *mark = fy_event_start_mark(event);
    struct fy_token *token = event->scalar.value;
    size_t n = 0;
    const char *text = token ? fy_token_get_text(token, &n) : "";
    struct tj_yaml *node = tj_arena_new(p->arena, struct tj_yaml);
    if (!node) return false;
    node->kind = TJ_YAML_SCALAR;
    node->plain = !token || fy_token_scalar_style(token) == FYSS_PLAIN;
    node->where = place(p, mark);
    node->text = tj_arena_copy(p->arena, text ? tj_str_make(text, n) : TJ_STR_NONE);
    return attach(p, node, mark);
}

static bool has_property(const struct fy_event *event) {
    switch (event->type) {
    case FYET_ALIAS: return true;
    case FYET_SCALAR: return event->scalar.anchor || event->scalar.tag;
    case FYET_MAPPING_START: return event->mapping_start.anchor || event->mapping_start.tag;
    case FYET_SEQUENCE_START: return event->sequence_start.anchor || event->sequence_start.tag;
    default: return false;
    }
}

/* false: stop, a diagnostic was made (or memory is out). */
static bool step(struct parse *p, struct fy_event *event) {
    if (has_property(event)) {
        complain(p, TJ_BAD_ALIAS, fy_event_start_mark(event), TJ_STR_NONE);
        return false;
    }
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (++p->documents > 1) {
            complain(p, TJ_BAD_DOCUMENT, fy_event_start_mark(event), TJ_STR_NONE);
            return false;
        }
        return true;
    case FYET_MAPPING_START: return open_node(p, TJ_YAML_MAP, event);
    case FYET_SEQUENCE_START: return open_node(p, TJ_YAML_LIST, event);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END: return close_node(p);
    case FYET_SCALAR: return scalar(p, event);
    default: return true;
    }
}

static bool run(struct parse *p, struct fy_parser *parser) {
    if (fy_parser_set_string(parser, p->input.p, p->input.n) != 0) return false;
    bool good = true, ended = false;
    while (good && !ended) {
        struct fy_event *event = fy_parser_parse(parser);
        if (!event) break;
        ended = event->type == FYET_STREAM_END;
        good = step(p, event);
        fy_parser_event_free(parser, event);
    }
    if (good && (!ended || fy_parser_get_stream_error(parser))) {
        complain_syntax(p);
        good = false;
    }
    return good;
}

/*
 * What libfyaml takes a minute for on 128 KB (it reads directives and runs of tabs again and again), and no rule file has:
 * refused before it sees them. Gives the reason, or NULL.
 */
static const char *refused(struct tj_str text, struct tj_where *where) {
    uint32_t begin = 0, line = 1, tabs = 0;
    for (uint32_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        tabs = c == '\t' ? tabs + 1 : 0;
        where->line = line;
        where->column = i - begin + 1;
        if (c == '\0') return "it holds a NUL";
        if (c == '%' && i == begin) return "directives are not part of the rule language";
        if (tabs > MOST_TABS) return "a run of tabs";
        if (i - begin >= LONGEST_LINE) return "a line is longer than 8192 bytes";
        if (c == '\n') {
            begin = i + 1;
            line++;
        }
    }
    *where = (struct tj_where){where->file, 1, 1};
    return text.n > LARGEST ? "it is larger than 4 MB" : !tj_utf8_valid(text) ? "it is not UTF-8" : NULL;
}

struct tj_yaml *tj_yaml_parse(struct tj_arena *arena, struct tj_diagnostics *d, uint32_t file, struct tj_str text) {
    struct parse *p = tj_arena_new(arena, struct parse);
    if (!p) return NULL;
    *p = (struct parse){.arena = arena, .d = d, .file = file, .input = text};
    struct tj_where top = {file, 1, 1};
    const char *why = refused(text, &top);
    if (why) {
        tj_diagnose(d, TJ_BAD_YAML, top, tj_str_of(why), TJ_STR_NONE, TJ_STR_NONE);
        return NULL;
    }
    struct fy_diag_cfg diag_config = {.output_fn = on_output,
                                      .user = p,
                                      .level = FYET_ERROR,
                                      .module_mask = ~0u,
                                      .show_position = true,
                                      .show_type = true,
                                      .show_source = false};
    struct fy_diag *diag = fy_diag_create(&diag_config);
    struct fy_parse_cfg config = {.flags = FYPCF_DISABLE_MMAP_OPT, .diag = diag};
    struct fy_parser *parser = diag ? fy_parser_create(&config) : NULL;
    bool good = parser && run(p, parser);
    if (parser) fy_parser_destroy(parser);
    if (diag) fy_diag_unref(diag);
    if (good && !p->root) tj_diagnose(d, TJ_BAD_DOCUMENT, top, TJ_STR_NONE, TJ_STR_NONE, TJ_STR_NONE);
    return good ? p->root : NULL;
}
