/* The tree-sitter side: parses a masked script and lowers its compound commands; the scanner fills the leaves. */
#include "shell/grammar.h"
#include "shell/parser.h"

#include <stdlib.h>
#include <tree_sitter/api.h>

enum kind {
    OTHER,
    PROGRAM,
    LIST,
    PIPELINE,
    REDIRECTED,
    NEGATED,
    FUNCTION,
    IF,
    ELIF,
    ELSE,
    WHILE,
    FOR,
    CFOR,
    DO,
    CASE,
    ITEM,
    GROUP,
    SUBSHELL,
    COMMENT,
    LEAF, /* a statement that the scanner reads whole */
    TERMINATOR,
    KEYWORD
};

static const struct {
    const char *name;
    uint8_t kind;
} kind_names[] = {
    {"program", PROGRAM},
    {"list", LIST},
    {"pipeline", PIPELINE},
    {"redirected_statement", REDIRECTED},
    {"negated_command", NEGATED},
    {"function_definition", FUNCTION},
    {"if_statement", IF},
    {"elif_clause", ELIF},
    {"else_clause", ELSE},
    {"while_statement", WHILE},
    {"for_statement", FOR},
    {"c_style_for_statement", CFOR},
    {"do_group", DO},
    {"case_statement", CASE},
    {"case_item", ITEM},
    {"compound_statement", GROUP},
    {"subshell", SUBSHELL},
    {"comment", COMMENT},
    {"command", LEAF},
    {"declaration_command", LEAF},
    {"unset_command", LEAF},
    {"variable_assignment", LEAF},
    {"variable_assignments", LEAF},
    {"test_command", LEAF},
    {";", TERMINATOR},
    {";;", TERMINATOR},
    {"\n", TERMINATOR},
    {"&", TERMINATOR},
    {";&", TERMINATOR},
    {";;&", TERMINATOR},
    {"if", KEYWORD},
    {"then", KEYWORD},
    {"fi", KEYWORD},
    {"elif", KEYWORD},
    {"else", KEYWORD},
    {"while", KEYWORD},
    {"until", KEYWORD},
    {"do", KEYWORD},
    {"done", KEYWORD},
    {"(", KEYWORD},
    {")", KEYWORD},
    {"{", KEYWORD},
    {"}", KEYWORD},
    {"((", KEYWORD},
};

enum { SYMBOLS = 1024 };

struct compound {
    uint32_t begin;
    TSNode node;
};
struct tj_tree {
    TSParser *parser;
    uint8_t kind[SYMBOLS];
    uint32_t steps;                    /* progress calls that are left */
    TJ_VEC(struct compound) compounds; /* of the statement being read; in the arena of the parse */
    uint32_t base;
    bool unsound; /* the last tree held an error */
};

struct kids {
    TSNode *at;
    uint32_t n;
};

struct tj_tree *tj_tree_new(void) {
    return calloc(1, sizeof(struct tj_tree));
}

/* The parser is made when it is first needed: most scripts, and most processes, never need it. */
static bool ready(struct tj_tree *tree) {
    const TSLanguage *language = tj_grammar_bash();
    if (tree->parser) {
        return true;
    }
    tree->parser = ts_parser_new();
    if (!tree->parser || !ts_parser_set_language(tree->parser, language)) {
        ts_parser_delete(tree->parser);
        tree->parser = NULL;
        return false;
    }
    uint32_t symbols = ts_language_symbol_count(language);
    for (uint32_t i = 0; i < symbols && i < SYMBOLS; i++) {
        const char *name = ts_language_symbol_name(language, (TSSymbol)i);
        for (size_t k = 0; name && k < sizeof kind_names / sizeof *kind_names; k++) {
            if (strcmp(name, kind_names[k].name) == 0) {
                tree->kind[i] = kind_names[k].kind;
            }
        }
    }
    return true;
}

void tj_tree_free(struct tj_tree *tree) {
    if (tree) {
        ts_parser_delete(tree->parser); /* NULL is fine */
        free(tree);
    }
}

static enum kind kind_of(const struct tj_tree *tree, TSNode node) {
    TSSymbol symbol = ts_node_symbol(node);
    return symbol < SYMBOLS ? (enum kind)tree->kind[symbol] : OTHER;
}

static struct kids kids_of(struct tj_sh_parser *p, TSNode node) {
    struct kids kids = {NULL, ts_node_child_count(node)};
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    kids.at = tj_arena_alloc(p->arena, (kids.n + 1) * sizeof *kids.at, _Alignof(TSNode));
    uint32_t n = 0;
    for (bool more = kids.at && ts_tree_cursor_goto_first_child(&cursor); more && n < kids.n;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        kids.at[n++] = ts_tree_cursor_current_node(&cursor);
    }
    ts_tree_cursor_delete(&cursor);
    kids.n = n;
    return kids;
}

/* ---- one statement -------------------------------------------------------------------------------------------- */

/* Compound commands that the scanner will meet while it reads this statement, in order. */
static void gather(struct tj_tree *tree, struct tj_sh_parser *p, TSNode node) {
    struct compound found = {ts_node_start_byte(node), node};
    switch (kind_of(tree, node)) {
    case IF:
    case WHILE:
    case FOR:
    case CFOR:
    case CASE:
    case GROUP:
    case SUBSHELL: (void)tj_vec_push(p->arena, &tree->compounds, found); break;
    case LIST:
    case PIPELINE:
    case REDIRECTED:
    case NEGATED:
    case FUNCTION: {
        struct kids kids = kids_of(p, node);
        if (tj_sh_enter(p)) {
            for (uint32_t i = 0; i < kids.n; i++) {
                gather(tree, p, kids.at[i]);
            }
        }
        tj_sh_leave(p);
        break;
    }
    default: break;
    }
}

/* Reads [begin, end) as one and-or list whose compound commands come from the tree. */
static uint32_t read_statement(struct tj_tree *tree, struct tj_sh_parser *p, TSNode node) {
    uint32_t base = tree->base, limit = p->view.end;
    tree->base = tree->compounds.n;
    gather(tree, p, node);
    p->at = ts_node_start_byte(node);
    p->view.end = ts_node_end_byte(node);
    uint32_t read = tj_sh_and_or(p);
    tj_sh_blanks(p);
    if (!tj_sh_end(p)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    p->view.end = limit;
    tree->compounds.n = tree->base;
    tree->base = base;
    return read;
}

static bool is_statement(enum kind kind) {
    return kind != OTHER && kind != KEYWORD && kind != TERMINATOR && kind != COMMENT;
}

/* A stretch that tree-sitter could not parse: the scanner alone may; else what can be had, marked. */
static void repair(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_sh_chain *chain, TSNode node, uint32_t end) {
    uint32_t limit = p->view.end;
    struct tj_sh_mark mark = tj_sh_mark(p);
    p->at = ts_node_start_byte(node);
    p->view.end = end = end > p->at ? end : p->at; /* a zero-width node may stand behind what encloses it */
    p->by_tree = NULL;
    mark.at = p->at;
    mark.view.end = end;
    struct tj_sh_chain read = tj_sh_recover(p);
    bool failed = p->out->trouble.n > mark.trouble;
    p->by_tree = tj_tree_compound;
    if (failed && is_statement(kind_of(tree, node)) && !ts_node_is_missing(node)) {
        struct tj_sh_chain whole = TJ_SH_NO_CHAIN;
        tj_sh_rewind(p, &mark);
        p->view.end = limit;
        uint32_t one = read_statement(tree, p, node);
        if (!p->bad && p->out->trouble.n > mark.trouble) {
            tj_sh_at(p, one)->flags |= TJ_SH_ERROR;
            tj_sh_chain_add(p, &whole, one, TJ_LINK_SEQ);
            read = whole;
        } else {
            tj_sh_rewind(p, &mark);
            p->by_tree = NULL;
            read = tj_sh_recover(p);
            p->by_tree = tj_tree_compound;
        }
    }
    p->view.end = limit;
    for (uint32_t i = read.first, next; i != TJ_NONE; i = next) {
        next = tj_sh_at(p, i)->next;
        tj_sh_chain_add(p, chain, i, TJ_LINK_SEQ);
    }
}

static bool unsound(TSNode node) {
    return ts_node_is_error(node) || ts_node_has_error(node) || ts_node_is_missing(node);
}

static void sound(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_sh_chain *chain, TSNode node) {
    struct tj_sh_mark mark = tj_sh_mark(p);
    uint32_t read = read_statement(tree, p, node);
    if (p->bad) { /* the two disagree: the scanner's word counts */
        tj_sh_rewind(p, &mark);
        repair(tree, p, chain, node, ts_node_end_byte(node));
        return;
    }
    tj_sh_chain_add(p, chain, read, TJ_LINK_SEQ);
}

static void comment(struct tj_sh_parser *p, TSNode node) {
    struct tj_span span = {TJ_NONE, ts_node_start_byte(node), ts_node_end_byte(node)};
    (void)tj_vec_push(p->arena, &p->out->comment, span);
}

/* What was read before the newest statement, should it turn out to be part of an error. */
struct before {
    struct tj_sh_mark mark;
    struct tj_sh_chain chain;
};

/* The first kid behind the unsound one at i that begins a sound statement on a line or behind a separator of its own. */
static uint32_t sound_again(struct tj_tree *tree, struct tj_sh_parser *p, struct kids kids, uint32_t i, uint32_t to) {
    for (i++; i < to; i++) {
        uint32_t from = ts_node_start_byte(kids.at[i - 1]), begin = ts_node_start_byte(kids.at[i]);
        bool apart = kind_of(tree, kids.at[i - 1]) == TERMINATOR ||
                     tj_str_chr(tj_sh_slice(p, from, begin), '\n', 0) != TJ_NOT_FOUND;
        if (apart && is_statement(kind_of(tree, kids.at[i])) && !unsound(kids.at[i])) {
            break;
        }
    }
    return i;
}

/* Repairs from the unsound kid at i, or from the statement right before it. Gives the last kid that was used up. */
static uint32_t repair_kids(struct tj_tree *tree, struct tj_sh_parser *p, struct kids kids, uint32_t i, uint32_t to,
                            uint32_t end, bool joined, const struct before *before, struct tj_sh_chain *chain) {
    uint32_t stop = sound_again(tree, p, kids, i, to);
    if (joined) {
        tj_sh_rewind(p, &before->mark);
        *chain = before->chain;
        if (chain->n) {
            tj_sh_at(p, chain->last)->next = TJ_NONE;
        }
    }
    repair(tree, p, chain, kids.at[joined ? i - 1 : i], stop < to ? ts_node_start_byte(kids.at[stop]) : end);
    return stop - 1;
}

/* The statements among kids [from, to). */
static struct tj_sh_chain statements(struct tj_tree *tree, struct tj_sh_parser *p, struct kids kids, uint32_t from,
                                     uint32_t to, uint32_t end) {
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    struct before before = {.chain = chain};
    bool joined = false; /* nothing stands between the newest statement and this kid */
    for (uint32_t i = from; i < to && !p->bad; i++) {
        enum kind kind = kind_of(tree, kids.at[i]);
        if (unsound(kids.at[i])) {
            i = repair_kids(tree, p, kids, i, to, end, joined, &before, &chain);
            joined = false;
        } else if (kind == COMMENT) {
            comment(p, kids.at[i]);
        } else if (kind == TERMINATOR) {
            bool background = chain.n && p->view.s[ts_node_start_byte(kids.at[i])] == '&';
            tj_sh_at(p, chain.n ? chain.last : 0)->flags |= background ? TJ_SH_BACKGROUND : 0;
            joined = false;
        } else if (is_statement(kind)) {
            before = (struct before){tj_sh_mark(p), chain};
            sound(tree, p, &chain, kids.at[i]);
            joined = true;
        }
    }
    return chain;
}

/* ---- compound commands ---------------------------------------------------------------------------------------- */

static uint32_t list_of(struct tj_tree *tree, struct tj_sh_parser *p, struct kids kids, uint32_t from, uint32_t to) {
    uint32_t end = to < kids.n ? ts_node_start_byte(kids.at[to]) : p->view.end;
    uint32_t begin = from < kids.n ? ts_node_start_byte(kids.at[from]) : end;
    uint32_t list = tj_sh_node(p, TJ_SH_LIST, begin);
    struct tj_sh_chain chain = statements(tree, p, kids, from, to, end);
    tj_sh_at(p, list)->first = chain.first;
    if (chain.n) {
        tj_sh_at(p, list)->begin = tj_sh_at(p, chain.first)->begin;
        tj_sh_at(p, list)->end = tj_sh_at(p, chain.last)->end;
    }
    return list;
}

/* Adds a LIST for each stretch between two keywords (if … then … fi), going into elif and else clauses. */
static void arms(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_sh_chain *chain, TSNode node) {
    struct kids kids = kids_of(p, node);
    uint32_t from = TJ_NONE;
    for (uint32_t i = 0; i <= kids.n; i++) {
        enum kind kind = i < kids.n ? kind_of(tree, kids.at[i]) : KEYWORD;
        bool clause = kind == ELIF || kind == ELSE || kind == DO;
        if (kind != KEYWORD && !clause) {
            continue;
        }
        if (from != TJ_NONE && i > from) {
            tj_sh_chain_add(p, chain, list_of(tree, p, kids, from, i), TJ_LINK_SEQ);
        }
        if (clause) {
            arms(tree, p, chain, kids.at[i]);
        }
        from = clause ? TJ_NONE : i + 1;
    }
}

static void loop_arms(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_sh_chain *chain, TSNode node) {
    struct kids kids = kids_of(p, node);
    for (uint32_t i = 0; i < kids.n; i++) {
        enum kind kind = kind_of(tree, kids.at[i]);
        if (kind == DO || kind == GROUP) {
            arms(tree, p, chain, kids.at[i]);
        }
    }
}

static uint32_t case_item(struct tj_tree *tree, struct tj_sh_parser *p, TSNode node) {
    struct kids kids = kids_of(p, node);
    uint32_t arm = tj_sh_node(p, TJ_SH_LIST, ts_node_start_byte(node)), i = 0;
    p->at = ts_node_start_byte(node);
    tj_sh_case_patterns(p, arm);
    while (i < kids.n && ts_node_end_byte(kids.at[i]) < p->at) {
        i++;
    }
    struct tj_sh_chain chain =
        statements(tree, p, kids, i + 1 < kids.n ? i + 1 : kids.n, kids.n, ts_node_end_byte(node));
    tj_sh_at(p, arm)->first = chain.first;
    tj_sh_at(p, arm)->end = chain.n ? tj_sh_at(p, chain.last)->end : p->at;
    return arm;
}

static void case_items(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_sh_chain *chain, TSNode node) {
    struct kids kids = kids_of(p, node);
    for (uint32_t i = 0; i < kids.n && !p->bad; i++) {
        if (kind_of(tree, kids.at[i]) == ITEM) {
            tj_sh_chain_add(p, chain, case_item(tree, p, kids.at[i]), TJ_LINK_SEQ);
        } else if (kind_of(tree, kids.at[i]) == COMMENT) {
            comment(p, kids.at[i]);
        } else if (unsound(kids.at[i])) {
            p->at = ts_node_start_byte(kids.at[i]);
            tj_sh_fail(p, TJ_REASON_SYNTAX);
        }
    }
}

static uint32_t lower(struct tj_tree *tree, struct tj_sh_parser *p, TSNode node) {
    uint32_t begin = ts_node_start_byte(node), read = tj_sh_node(p, TJ_SH_IF, begin);
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    struct kids kids;
    switch (kind_of(tree, node)) {
    case IF: arms(tree, p, &chain, node); break;
    case WHILE:
        tj_sh_at(p, read)->kind = TJ_SH_WHILE;
        arms(tree, p, &chain, node);
        break;
    case FOR:
    case CFOR:
        tj_sh_at(p, read)->kind = TJ_SH_FOR;
        tj_sh_for_head(p, read);
        loop_arms(tree, p, &chain, node);
        break;
    case CASE:
        tj_sh_at(p, read)->kind = TJ_SH_CASE;
        tj_sh_case_head(p, read);
        case_items(tree, p, &chain, node);
        break;
    default:
        tj_sh_at(p, read)->kind = kind_of(tree, node) == SUBSHELL ? TJ_SH_SUBSHELL : TJ_SH_GROUP;
        kids = kids_of(p, node);
        chain = statements(tree, p, kids, 1, kids.n ? kids.n - 1 : 0,
                           kids.n ? ts_node_start_byte(kids.at[kids.n - 1]) : p->view.end);
        break;
    }
    tj_sh_at(p, read)->first = chain.first;
    p->at = ts_node_end_byte(node);
    tj_sh_at(p, read)->end = p->at;
    return read;
}

uint32_t tj_tree_compound(struct tj_sh_parser *p, void *data) {
    struct tj_tree *tree = data;
    if (p->view.map) {
        return TJ_NONE;
    }
    for (uint32_t i = tree->base; i < tree->compounds.n; i++) {
        if (tree->compounds.at[i].begin == p->at) {
            bool arithmetic = tj_sh_peek(p, 0) == '(' && kind_of(tree, tree->compounds.at[i].node) == GROUP;
            return arithmetic ? TJ_NONE : lower(tree, p, tree->compounds.at[i].node);
        }
    }
    return TJ_NONE;
}

/* ---- the parse ------------------------------------------------------------------------------------------------ */

static const char *read_bytes(void *payload, uint32_t at, TSPoint point, uint32_t *n) {
    const struct tj_str *text = payload;
    (void)point;
    *n = at < text->n ? text->n - at : 0;
    return at < text->n ? text->p + at : "";
}

static bool over_budget(TSParseState *state) {
    uint32_t *steps = state->payload;
    return *steps == 0 || --*steps == 0;
}

static TSTree *parse(struct tj_tree *tree, struct tj_str text) {
    TSInput input = {.payload = &text, .read = read_bytes, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = &tree->steps, .progress_callback = over_budget};
    tree->steps = TJ_TREE_MAX_STEPS;
    TSTree *parsed = ts_parser_parse_with_options(tree->parser, NULL, input, options);
    ts_parser_reset(tree->parser);
    return parsed;
}

bool tj_tree_unsound(const struct tj_tree *tree) { return tree->unsound; }

bool tj_tree_lower(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_str masked, struct tj_sh_chain *out) {
    tree->unsound = true;
    TSTree *parsed = ready(tree) ? parse(tree, masked) : NULL;
    if (!parsed) {
        return false;
    }
    TSNode root = ts_tree_root_node(parsed);
    struct kids kids = kids_of(p, root);
    tree->unsound = unsound(root);
    tree->compounds.n = tree->compounds.cap = tree->base = 0;
    tree->compounds.at = NULL;
    p->by_tree = tj_tree_compound;
    p->tree = tree;
    bool read = kids.n < TJ_TREE_MAX_STATEMENTS;
    if (read) {
        *out = statements(tree, p, kids, 0, kids.n, p->view.end);
    }
    p->by_tree = NULL;
    ts_tree_delete(parsed);
    return read && !p->bad;
}
