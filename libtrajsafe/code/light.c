/* The light readers: their dialects, the nodes they make, and the way from a source to its calls. */
#include "code/light.h"

#define MAX_SOURCE (128u * 1024u)
#define MAX_DEPTH 240u
#define STEPS_BASE 2000u
#define STEPS_PER 3u /* tokens and moves of a byte */

static const struct tj_light_dialect dialects[] = {
    {TJ_LANG_NODE, "//", true, false, false, false, false,
     "if else for while do switch case default return throw try catch finally function class const let var new typeof "
     "void "
     "delete in of instanceof await async yield import export from extends static get set break continue",
     "instanceof"},
    {TJ_LANG_RUBY, "#", false, true, true, true, true,
     "if elsif else unless while until for in do end def class module return yield begin rescue ensure case when then "
     "and or "
     "not alias undef super redo retry next break BEGIN END loop",
     "and or"},
    {TJ_LANG_PERL, "#", false, false, false, true, true,
     "if elsif else unless while until for foreach sub my our local return do eval and or not xor x eq ne lt gt le ge "
     "cmp use no "
     "package require last next redo BEGIN END given when default state",
     "and or xor x eq ne lt gt le ge cmp"},
    {TJ_LANG_PHP, "// #", true, false, false, true, false,
     "if elseif else for foreach while do switch case default return throw try catch finally function fn class "
     "interface trait "
     "new echo print include include_once require require_once and or xor instanceof use namespace global static "
     "public "
     "private protected abstract final const as break continue match clone yield endif endforeach endwhile endfor",
     "and or xor instanceof"},
    {TJ_LANG_LUA, "-- #", false, false, true, false, false,
     "if then elseif else end for in do while repeat until function local return break goto and or not", "and or"},
    {TJ_LANG_AWK, "#", false, true, false, false,
     false, "if else for while do in function func return exit next nextfile delete getline print printf BEGIN END break continue",
     "in"},
};

/* ---- nodes --------------------------------------------------------------------------------------------------------------------- */

uint32_t tj_light_node(struct tj_light *r, enum tj_py_kind kind, uint32_t begin, uint32_t end) {
    if (end < begin) end = begin;
    struct tj_py_node made = {begin, end, TJ_NONE, TJ_NONE, TJ_NONE, TJ_NONE, TJ_NONE, (uint8_t)kind, 0, 0, false};
    if (!tj_vec_push(r->arena, &r->tree->node, made)) {
        r->stopped = true;
        return 0;
    }
    return r->tree->node.n - 1;
}

void tj_light_adopt(struct tj_light *r, uint32_t parent, uint32_t child, enum tj_py_field field) {
    if (child == TJ_NONE || child == 0 || parent == TJ_NONE || r->arena->failed) return;
    struct tj_py_node *p = tj_light_at(r, parent), *c = tj_light_at(r, child);
    if (c->parent != TJ_NONE) return; /* a node stands in one place */
    c->parent = parent;
    c->field = (uint8_t)field;
    if (p->last == TJ_NONE)
        p->child = child;
    else
        tj_light_at(r, p->last)->next = child;
    p->last = child;
    if (c->end > p->end) p->end = c->end;
}

static uint32_t with_literal(struct tj_light *r, enum tj_py_kind kind, uint32_t begin, uint32_t end, struct tj_str text) {
    uint32_t node = tj_light_node(r, kind, begin, end);
    if (!tj_vec_push(r->arena, &r->tree->literal, text)) r->stopped = true;
    tj_light_at(r, node)->name = r->tree->literal.n - 1;
    return node;
}

uint32_t tj_light_text(struct tj_light *r, uint32_t begin, uint32_t end, struct tj_str text) {
    return with_literal(r, TJ_PY_TEXT, begin, end, text);
}

uint32_t tj_light_word(struct tj_light *r, uint32_t begin, uint32_t end, struct tj_str name) {
    return with_literal(r, TJ_PY_WORD, begin, end, name);
}

uint32_t tj_light_ident(struct tj_light *r, uint32_t begin, uint32_t end, struct tj_str name) {
    uint32_t node = tj_light_node(r, TJ_PY_IDENT, begin, end);
    tj_light_at(r, node)->name = tj_py_intern(r->arena, r->tree, name);
    return node;
}

uint32_t tj_light_call(struct tj_light *r, uint32_t begin, uint32_t callee, uint32_t *arguments) {
    uint32_t call = tj_light_node(r, TJ_PY_CALL, begin, r->end);
    *arguments = tj_light_node(r, TJ_PY_ARGUMENTS, r->begin, r->begin);
    tj_light_adopt(r, call, callee, TJ_PY_IN_FUNCTION);
    tj_light_adopt(r, call, *arguments, TJ_PY_IN_ARGUMENTS);
    return call;
}

uint32_t tj_light_call_of(struct tj_light *r, uint32_t begin, const char *name, uint32_t a, uint32_t b) {
    uint32_t list, call = tj_light_call(r, begin, tj_light_word(r, begin, r->at, tj_str_of(name)), &list);
    tj_light_adopt(r, list, a, TJ_PY_IN_NONE);
    tj_light_adopt(r, list, b, TJ_PY_IN_NONE);
    if (r->at > begin) tj_light_at(r, call)->end = r->at;
    return call;
}

void tj_light_close(struct tj_light *r, uint32_t node) {
    if (node == TJ_NONE) return;
    struct tj_py_node *n = tj_light_at(r, node);
    n->end = r->last_end < n->begin ? n->begin : r->last_end;
}

void tj_light_stop(struct tj_light *r, enum tj_reason reason) {
    if (!r->stopped) tj_py_trouble(r->arena, r->out, reason, r->begin, r->text.n);
    r->stopped = true;
    r->token = TJ_LIGHT_END;
    r->at = r->text.n;
}

/* ---- what all of them need ---------------------------------------------------------------------------------------------------------- */

bool tj_light_enter(struct tj_light *r) {
    if (r->depth >= MAX_DEPTH) {
        tj_light_stop(r, TJ_REASON_DEPTH);
        return false;
    }
    r->depth++;
    return true;
}

struct tj_light_heads tj_light_inside(struct tj_light *r) {
    struct tj_light_heads heads = {r->no_brace, r->no_greater, r->no_in, r->no_do, r->no_pipe};
    r->no_brace = r->no_greater = r->no_in = r->no_do = r->no_pipe = false;
    return heads;
}

void tj_light_outside(struct tj_light *r, struct tj_light_heads heads) {
    r->no_brace = heads.brace;
    r->no_greater = heads.greater;
    r->no_in = heads.in;
    r->no_do = heads.todo;
    r->no_pipe = heads.pipe;
}

void tj_light_skip_lines(struct tj_light *r) {
    while (r->token == TJ_LIGHT_LINE) tj_light_next(r);
}

void tj_light_strange(struct tj_light *r) {
    if (!r->stopped && r->out->trouble.n < 8) tj_py_trouble(r->arena, r->out, TJ_REASON_SYNTAX, r->begin, r->end);
}

void tj_light_expect(struct tj_light *r, const char *close) {
    tj_light_skip_lines(r);
    if (!tj_light_take(r, close)) tj_light_strange(r);
}

/* ---- from source to calls ------------------------------------------------------------------------------------------------------- */

static struct tj_str cap(struct tj_light *r, struct tj_str text) {
    uint32_t nul = tj_str_chr(text, '\0', 0);
    if (nul != TJ_NOT_FOUND) {
        tj_py_trouble(r->arena, r->out, TJ_REASON_BINARY, nul, text.n);
        text.n = nul;
    }
    if (text.n > MAX_SOURCE) {
        tj_py_trouble(r->arena, r->out, TJ_REASON_SIZE, MAX_SOURCE, text.n);
        text.n = MAX_SOURCE;
    }
    return text;
}

/* Names are fewer than bytes: each has one of its own and something between. */
static bool make_names(struct tj_light *r) {
    r->tree->slots = 64;
    while (r->tree->slots < r->text.n + 64) r->tree->slots *= 2;
    r->tree->slot = tj_arena_array(r->arena, uint32_t, r->tree->slots);
    return r->tree->slot != NULL;
}

/* Of PHP only what stands in tags is code; text from -r has none. */
static uint32_t first_code(const struct tj_light *r) {
    uint32_t tag = r->dialect->lang == TJ_LANG_PHP ? tj_str_find(r->text, TJ_STR("<?"), 0) : TJ_NOT_FOUND;
    if (tag == TJ_NOT_FOUND || tj_str_starts(tj_str_sub(r->text, tag, r->text.n), TJ_STR("<?xml"))) return 0;
    struct tj_str rest = tj_str_sub(r->text, tag, r->text.n);
    return tag + (tj_str_starts(rest, TJ_STR("<?php")) ? 5 : tj_str_starts(rest, TJ_STR("<?=")) ? 3 : 2);
}

static uint32_t shebang(struct tj_str text) {
    if (!tj_str_starts(text, TJ_STR("#!"))) return 0;
    uint32_t end = tj_str_chr(text, '\n', 0);
    return end == TJ_NOT_FOUND ? text.n : end;
}

bool tj_light_reads(enum tj_lang lang) {
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (dialects[i].lang == lang) return true;
    return false;
}

bool tj_light_read(struct tj_arena *arena, enum tj_lang lang, struct tj_code *out, struct tj_py_tree *tree) {
    struct tj_light r = {.arena = arena, .out = out, .tree = tree};
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (dialects[i].lang == lang) r.dialect = &dialects[i];
    r.text = cap(&r, out->source);
    r.left = STEPS_BASE + r.text.n * STEPS_PER;
    if (!make_names(&r)) return false;
    (void)tj_light_node(&r, TJ_PY_MODULE, 0, r.text.n);
    if (lang == TJ_LANG_PERL) { /* bound without being named */
        (void)tj_py_intern(arena, tree, TJ_STR("@_"));
        (void)tj_py_intern(arena, tree, TJ_STR("$_"));
    }
    r.at = shebang(r.text);
    uint32_t code = first_code(&r);
    if (code > r.at) r.at = code;
    tj_light_next(&r);
    while (r.token != TJ_LIGHT_END) {
        tj_light_adopt(&r, 0, lang == TJ_LANG_AWK ? tj_light_awk(&r) : tj_light_statements(&r, ""), TJ_PY_IN_NONE);
        if (r.token == TJ_LIGHT_END) break;
        tj_py_trouble(arena, out, TJ_REASON_SYNTAX, r.begin, r.end); /* closes what was not opened */
        tj_light_next(&r);
    }
    return !arena->failed;
}
