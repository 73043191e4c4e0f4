/* Parses Python with tree-sitter into the compact tree; the only file here that sees tree_sitter/api.h. */
#include <stdlib.h>

#include <tree_sitter/api.h>

#include "code/grammar.h"
#include "code/tree.h"

/* Each callback is a hundred parser steps; honest code needs about one per 20 bytes. */
#define PROGRESS_BASE 100u
#define PROGRESS_PER 10u
#define MAX_BROKEN 10000u /* bytes in pieces with syntax errors; CPython would run nothing of it anyway */
#define MAX_NODES 400000u
#define MAX_SYMBOLS 1024u

extern const TSLanguage *tree_sitter_python(void);

struct tj_coder {
    TSParser *parser;
    uint8_t kind[MAX_SYMBOLS];  /* enum tj_py_kind by symbol */
    uint8_t field[MAX_SYMBOLS]; /* enum tj_py_field by field id */
};

struct reader {
    struct tj_str text;
    uint32_t left; /* callbacks before the parse is given up */
};

static const char *const kind_names[] = {
#define X(id, name) name,
    TJ_PY_NODES(X)
#undef X
};
static const char *const field_names[] = {
#define X(id, name) name,
    TJ_PY_FIELDS(X)
#undef X
};

const struct TSLanguage *tj_grammar_python(void) { return tree_sitter_python(); }

static void map_kinds(struct tj_coder *coder, const TSLanguage *language) {
    uint32_t n = ts_language_symbol_count(language);
    for (uint32_t i = 0; i < n && i < MAX_SYMBOLS; i++) {
        const char *name = ts_language_symbol_name(language, (TSSymbol)i);
        bool named = ts_language_symbol_type(language, (TSSymbol)i) == TSSymbolTypeRegular;
        for (uint8_t k = 1; name && k < TJ_PY_KIND_COUNT; k++)
            if ((named || k == TJ_PY_COLON) && strcmp(name, kind_names[k]) == 0) coder->kind[i] = k;
    }
    n = ts_language_field_count(language);
    for (uint32_t i = 1; i <= n && i < MAX_SYMBOLS; i++) {
        const char *name = ts_language_field_name_for_id(language, (TSFieldId)i);
        for (uint8_t k = 1; name && k < TJ_PY_FIELD_COUNT; k++)
            if (strcmp(name, field_names[k]) == 0) coder->field[i] = k;
    }
}

trajsafe_status tj_coder_new(struct tj_coder **out) {
    struct tj_coder *coder = calloc(1, sizeof *coder);
    if (!coder) return TRAJSAFE_NO_MEMORY;
    coder->parser = ts_parser_new();
    if (!coder->parser || !ts_parser_set_language(coder->parser, tj_grammar_python())) {
        tj_coder_free(coder);
        return TRAJSAFE_UNSUPPORTED;
    }
    map_kinds(coder, tj_grammar_python());
    *out = coder;
    return TRAJSAFE_OK;
}

void tj_coder_free(struct tj_coder *coder) {
    if (!coder) return;
    if (coder->parser) ts_parser_delete(coder->parser);
    free(coder);
}

static const char *read_chunk(void *payload, uint32_t at, TSPoint position, uint32_t *n) {
    const struct reader *reader = payload;
    (void)position;
    *n = at < reader->text.n ? reader->text.n - at : 0;
    return *n ? reader->text.p + at : "";
}

static bool give_up(TSParseState *state) {
    struct reader *reader = state->payload;
    if (reader->left == 0) return true;
    reader->left--;
    return false;
}

static TSTree *parse(struct tj_coder *coder, struct tj_str text) {
    struct reader reader = {text, PROGRESS_BASE + text.n / PROGRESS_PER};
    TSInput input = {&reader, read_chunk, TSInputEncodingUTF8, NULL};
    TSParseOptions options = {&reader, give_up};
    ts_parser_reset(coder->parser);
    return ts_parser_parse_with_options(coder->parser, NULL, input, options);
}

struct flat {
    struct tj_coder *coder;
    struct tj_arena *arena;
    struct tj_code *out;
    struct tj_py_tree *tree;
    struct tj_str text;
    uint32_t parent;
    uint32_t identifiers;
    uint32_t base; /* where the piece begins */
};

static void set_operator(struct flat *flat, uint32_t begin, uint32_t end) {
    struct tj_str op = tj_str_sub(flat->text, begin, end);
    if (op.n == 0) return;
    char c = op.p[0];
    if (op.n >= 2 && op.p[1] == op.p[0])
        c = c == '*' ? 'p' : c == '/' ? 'd' : c;
    else if (c == '<' || c == '>')
        c = '?';
    flat->tree->node.at[flat->parent].op = (uint8_t)c;
}

static bool wanted(const struct flat *flat, TSNode node, uint8_t kind, uint8_t field) {
    if (kind == TJ_PY_SKIP || field == TJ_PY_IN_TYPE || field == TJ_PY_IN_RETURN_TYPE) return false;
    if (ts_node_is_named(node)) return true;
    return kind == TJ_PY_COLON && flat->parent != TJ_NONE && flat->tree->node.at[flat->parent].kind == TJ_PY_SLICE;
}

/* Index of the new node, or TJ_NONE for a node that is left out. */
static uint32_t add_node(struct flat *flat, TSNode node, TSFieldId field_id) {
    struct tj_py_tree *tree = flat->tree;
    TSSymbol symbol = ts_node_symbol(node);
    uint32_t begin = flat->base + ts_node_start_byte(node), end = flat->base + ts_node_end_byte(node);
    bool error = ts_node_is_error(node), missing = ts_node_is_missing(node);
    uint8_t kind = error ? TJ_PY_ERROR : symbol < MAX_SYMBOLS ? flat->coder->kind[symbol] : TJ_PY_OTHER;
    uint8_t field = field_id < MAX_SYMBOLS ? flat->coder->field[field_id] : TJ_PY_IN_NONE;
    if (error || missing) tj_py_trouble(flat->arena, flat->out, TJ_REASON_SYNTAX, begin, end);
    if (field == TJ_PY_IN_OPERATOR && flat->parent != TJ_NONE && !ts_node_is_named(node))
        set_operator(flat, begin, end);
    if (!wanted(flat, node, kind, field)) return TJ_NONE;
    uint32_t at = tree->node.n;
    struct tj_py_node made = {begin, end, flat->parent, TJ_NONE, TJ_NONE, TJ_NONE, TJ_NONE, kind, field, 0, missing};
    if (at >= MAX_NODES || !tj_vec_push(flat->arena, &tree->node, made)) return TJ_NONE;
    if (flat->parent != TJ_NONE) {
        struct tj_py_node *parent = &tree->node.at[flat->parent];
        if (parent->last == TJ_NONE)
            parent->child = at;
        else
            tree->node.at[parent->last].next = at;
        parent->last = at;
    }
    if (kind == TJ_PY_IDENT) flat->identifiers++;
    return at;
}

/* Adds the statements of a piece below the module. The walk never recurses: hostile trees are very deep. */
static void flatten(struct flat *flat, TSNode root) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    bool more = ts_tree_cursor_goto_first_child(&cursor);
    flat->parent = 0;
    while (more) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        uint32_t at = add_node(flat, node, ts_tree_cursor_current_field_id(&cursor));
        if (at != TJ_NONE && flat->tree->node.at[at].kind != TJ_PY_STRING_CONTENT &&
            ts_tree_cursor_goto_first_child(&cursor)) {
            flat->parent = at;
            continue;
        }
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)) && flat->parent != 0) {
            flat->parent = flat->tree->node.at[flat->parent].parent;
            ts_tree_cursor_goto_parent(&cursor);
        }
    }
    ts_tree_cursor_delete(&cursor);
}

/* False when the source is so broken that the rest of it is left. */
static bool parse_piece(struct flat *flat, uint32_t begin, uint32_t end, uint32_t *broken) {
    struct tj_py_tree *tree = flat->tree;
    TSTree *parsed = parse(flat->coder, tj_str_sub(flat->text, begin, end));
    if (!parsed) {
        tj_py_trouble(flat->arena, flat->out, TJ_REASON_BUDGET, begin, end);
        ts_parser_reset(flat->coder->parser);
        return (*broken += end - begin) < MAX_BROKEN;
    }
    TSNode root = ts_tree_root_node(parsed);
    flat->base = begin;
    if (ts_node_has_error(root)) *broken += end - begin;
    if (ts_node_is_error(root)) tj_py_trouble(flat->arena, flat->out, TJ_REASON_SYNTAX, begin, end);
    flatten(flat, root);
    ts_tree_delete(parsed);
    return *broken < MAX_BROKEN && tree->node.n < MAX_NODES;
}

static void parse_pieces(struct flat *flat) {
    struct tj_py_tree *tree = flat->tree;
    struct tj_py_node root = {0, flat->text.n, TJ_NONE, TJ_NONE, TJ_NONE, TJ_NONE, TJ_NONE, TJ_PY_MODULE, 0, 0, false};
    uint32_t broken = 0;
    if (!tj_vec_push(flat->arena, &tree->node, root)) return;
    for (uint32_t i = 0; i < tree->piece.n; i++) {
        uint32_t end = i + 1 < tree->piece.n ? tree->piece.at[i + 1] : flat->text.n;
        if (parse_piece(flat, tree->piece.at[i], end, &broken)) continue;
        if (end < flat->text.n || tree->node.n >= MAX_NODES)
            tj_py_trouble(flat->arena, flat->out, TJ_REASON_BUDGET, end, flat->text.n);
        break;
    }
}

static bool name_identifiers(struct flat *flat) {
    struct tj_py_tree *tree = flat->tree;
    tree->slots = 512;
    while (tree->slots < flat->identifiers * 2) tree->slots *= 2;
    tree->slot = tj_arena_array(flat->arena, uint32_t, tree->slots);
    if (!tree->slot) return false;
    for (uint32_t i = 0; i < tree->node.n; i++) {
        struct tj_py_node *node = &tree->node.at[i];
        if (node->kind == TJ_PY_IDENT)
            node->name = tj_py_intern(flat->arena, tree, tj_str_sub(flat->text, node->begin, node->end));
    }
    return !flat->arena->failed;
}

uint32_t tj_py_name_find(const struct tj_py_tree *tree, struct tj_str name) {
    for (uint64_t at = tj_hash(name);; at++) {
        uint32_t slot = tree->slot[at & (tree->slots - 1)];
        if (slot == 0) return TJ_NONE;
        if (tj_str_eq(tree->name.at[slot - 1], name)) return slot - 1;
    }
}

uint32_t tj_py_intern(struct tj_arena *arena, struct tj_py_tree *tree, struct tj_str name) {
    uint32_t found = tj_py_name_find(tree, name);
    if (found != TJ_NONE) return found;
    if (tree->name.n + tree->name.n / 4 >= tree->slots || !tj_vec_push(arena, &tree->name, name)) return TJ_NONE;
    uint64_t at = tj_hash(name);
    while (tree->slot[at & (tree->slots - 1)]) at++;
    tree->slot[at & (tree->slots - 1)] = tree->name.n;
    return tree->name.n - 1;
}

uint32_t tj_py_child(const struct tj_py_tree *tree, uint32_t node, enum tj_py_field field) {
    uint32_t at = tree->node.at[node].child;
    while (at != TJ_NONE && tree->node.at[at].field != field) at = tree->node.at[at].next;
    return at;
}

void tj_py_trouble(struct tj_arena *arena, struct tj_code *out, enum tj_reason reason, uint32_t begin, uint32_t end) {
    if (!tj_vec_room(arena, &out->trouble, 1) || !out->trouble.at) return;
    struct tj_code_trouble *next = &out->trouble.at[out->trouble.n], *last = next - (out->trouble.n > 0);
    if (last < next && last->reason == reason && begin >= last->begin && begin <= last->end + 2) {
        last->end = end > last->end ? end : last->end;
    } else if (out->trouble.n < 32) {
        *next = (struct tj_code_trouble){(uint8_t)reason, begin, end};
        out->trouble.n++;
    }
}

trajsafe_status tj_code_parse(struct tj_coder *coder, struct tj_arena *arena, enum tj_lang lang, struct tj_str source,
                              struct tj_code *out) {
    return tj_code_parse_with(coder, arena, lang, source, NULL, 0, out);
}

trajsafe_status tj_code_parse_with(struct tj_coder *coder, struct tj_arena *arena, enum tj_lang lang,
                                   struct tj_str source, const struct tj_code_preset *preset, uint32_t presets,
                                   struct tj_code *out) {
    *out = (struct tj_code){.source = source, .preset = preset, .presets = presets};
    if (lang != TJ_LANG_PYTHON && !tj_light_reads(lang)) {
        tj_py_trouble(arena, out, TJ_REASON_LANGUAGE, 0, source.n);
        return arena->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
    }
    struct tj_py_tree tree = {0};
    if (lang != TJ_LANG_PYTHON) {
        bool done = tj_light_read(arena, lang, out, &tree) && tj_py_walk(arena, &tree, lang, out);
        return done ? TRAJSAFE_OK : TRAJSAFE_NO_MEMORY;
    }
    struct tj_str text = tj_py_cut(arena, out, &tree);
    if (arena->failed) return TRAJSAFE_NO_MEMORY;
    struct flat flat = {coder, arena, out, &tree, text, TJ_NONE, 0, 0};
    parse_pieces(&flat);
    if (arena->failed || tree.node.n == 0 || !name_identifiers(&flat) || !tj_py_walk(arena, &tree, lang, out))
        return TRAJSAFE_NO_MEMORY;
    return TRAJSAFE_OK;
}
