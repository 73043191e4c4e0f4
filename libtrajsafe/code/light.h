/*
 * The light readers: JavaScript, Ruby, Perl, PHP, Lua and awk, read tolerantly into the tree that Python is read into, and
 * evaluated by the same evaluator. One tokenizer and one expression reader serve all six; what differs stands in
 * tj_light_dialects. No grammar is complete: a reader must find calls, strings, names and blocks, and say where it lost its way.
 */
#ifndef TJ_CODE_LIGHT_H
#define TJ_CODE_LIGHT_H

#include "code/eval.h"

enum tj_light_token {
    TJ_LIGHT_END,
    TJ_LIGHT_NAME,  /* also with :: in it */
    TJ_LIGHT_VAR,   /* $x @x %x of Perl and PHP, @x $x of Ruby: `node` is an IDENT */
    TJ_LIGHT_VALUE, /* a literal: `node` */
    TJ_LIGHT_OP,
    TJ_LIGHT_LINE /* a line end, where it ends statements */
};

/* How a dialect is written; one row each. */
struct tj_light_dialect {
    uint8_t lang;
    const char *line_comments; /* characters or pairs, between spaces */
    bool blocks;               /* block comments of C */
    bool lines;                /* a line end ends a statement */
    bool ends;                 /* blocks end with `end` */
    bool sigils;               /* variables begin with $ */
    bool commands;             /* f x, y is a call */
    const char *words;         /* names that are no values: keywords */
    const char *binary;        /* operators that are words, with the name of the sign they stand for */
};

struct tj_light {
    struct tj_arena *arena;
    struct tj_code *out;
    struct tj_py_tree *tree;
    const struct tj_light_dialect *dialect;
    struct tj_str text; /* up to where is read: shorter within an interpolation */
    uint32_t at;        /* behind the token at hand */
    /* the token at hand */
    uint8_t token;
    bool space, newline; /* blanks, line ends before it */
    bool value;          /* the token before it ends a value: `/` divides */
    bool word;           /* the token before it is a name that may take arguments */
    uint32_t begin, end, node;
    uint32_t last_end;             /* where the token before it ended */
    uint32_t here_line, here_next; /* a line end behind which here-documents stand, and where they end */
    uint32_t depth;
    uint32_t left; /* steps left; beyond them nothing more is read */
    bool stopped;
    bool no_brace;   /* `{` begins a body: heads of statements */
    bool no_greater; /* awk: > writes to a file */
    bool no_in;      /* `in` belongs to the loop's head */
    bool no_do;      /* Ruby: `do` belongs to the loop */
    bool no_pipe;
};

/* ---- nodes (light.c) ---- */
uint32_t tj_light_node(struct tj_light *r, enum tj_py_kind kind, uint32_t begin, uint32_t end);
void tj_light_adopt(struct tj_light *r, uint32_t parent, uint32_t child, enum tj_py_field field);
uint32_t tj_light_text(struct tj_light *r, uint32_t begin, uint32_t end, struct tj_str text); /* a TEXT literal */
uint32_t tj_light_word(struct tj_light *r, uint32_t begin, uint32_t end, struct tj_str name); /* a WORD: a known name */
uint32_t tj_light_ident(struct tj_light *r, uint32_t begin, uint32_t end, struct tj_str name);
uint32_t tj_light_call(struct tj_light *r, uint32_t begin, uint32_t callee, uint32_t *arguments);
/* A call of a known name with up to two arguments; TJ_NONE for none. */
uint32_t tj_light_call_of(struct tj_light *r, uint32_t begin, const char *name, uint32_t a, uint32_t b);
void tj_light_close(struct tj_light *r, uint32_t node); /* the node ends before the token at hand */
void tj_light_stop(struct tj_light *r, enum tj_reason reason);
static inline struct tj_py_node *tj_light_at(struct tj_light *r, uint32_t node) { return &r->tree->node.at[node]; }

static inline bool tj_light_lang(const struct tj_light *r, enum tj_lang lang) { return r->dialect->lang == lang; }
bool tj_light_enter(struct tj_light *r);   /* one level deeper; false: too deep, nothing more is read */
void tj_light_strange(struct tj_light *r); /* the token at hand was not expected */
void tj_light_expect(struct tj_light *r, const char *close);
void tj_light_skip_lines(struct tj_light *r);
/* Within brackets nothing around them matters. */
struct tj_light_heads {
    bool brace, greater, in, todo, pipe;
};
struct tj_light_heads tj_light_inside(struct tj_light *r);
void tj_light_outside(struct tj_light *r, struct tj_light_heads heads);

/* ---- tokens (light_token.c) ---- */
void tj_light_next(struct tj_light *r);
bool tj_light_is(const struct tj_light *r, const char *op);        /* the token at hand is this operator */
bool tj_light_word_is(const struct tj_light *r, const char *list); /* or one of these names */
bool tj_light_take(struct tj_light *r, const char *op);            /* … and is passed */
struct tj_str tj_light_token_text(const struct tj_light *r);
char tj_light_peek(const struct tj_light *r, uint32_t ahead); /* the byte `ahead` behind the token */
void tj_light_goto(struct tj_light *r, uint32_t at);          /* reads on from `at` */
bool tj_light_keyword(const struct tj_light *r);

/* ---- literals (light_text.c) ---- */
/* A literal, if one begins at r->at: the token becomes it. False: none. */
bool tj_light_literal(struct tj_light *r);
/* An IDENT with its sigil: $x @x %x. False: none. */
bool tj_light_variable(struct tj_light *r);

/* ---- expressions (light_expr.c, light_list.c, light_postfix.c) ---- */
uint32_t tj_light_expression(struct tj_light *r); /* with the words and, or, not; and commas */
uint32_t tj_light_assignment(struct tj_light *r); /* one argument */
/* Operators that bind at least so strongly. */
uint32_t tj_light_operators(struct tj_light *r, uint32_t least);
enum { TJ_LIGHT_ASSIGNS = 4, TJ_LIGHT_TERNARY = 5 };
uint32_t tj_light_postfix(struct tj_light *r, uint32_t node);
uint32_t tj_light_member(struct tj_light *r, uint32_t object); /* at its name */
bool tj_light_member_sign(struct tj_light *r);
uint32_t tj_light_called(struct tj_light *r, uint32_t callee);                  /* at ( */
uint32_t tj_light_command(struct tj_light *r, uint32_t begin, uint32_t callee); /* f x, y */
bool tj_light_starts_argument(struct tj_light *r);
bool tj_light_block_follows(struct tj_light *r);
void tj_light_arguments(struct tj_light *r, uint32_t list, const char *close);
uint32_t tj_light_item(struct tj_light *r,
                       enum tj_py_kind kind); /* of a list, table or call: what key and value become */
uint32_t tj_light_splat(struct tj_light *r);
uint32_t tj_light_table(struct tj_light *r); /* at { */
uint32_t tj_light_list(struct tj_light *r, const char *close, enum tj_py_kind kind);
uint32_t tj_light_brackets(struct tj_light *r);           /* at ( */
void tj_light_as_text(struct tj_light *r, uint32_t node); /* a bare word before => is text */

/* ---- statements (light_stmt.c, light_define.c, light_awk.c) ---- */
#define TJ_LIGHT_STOPS "end else elsif elseif when rescue ensure until in" /* what ends a block of Ruby and Lua */
uint32_t tj_light_statement(struct tj_light *r);
uint32_t tj_light_statements(struct tj_light *r, const char *stops);
uint32_t tj_light_body(struct tj_light *r);      /* { … }, or one statement */
uint32_t tj_light_braces(struct tj_light *r);    /* { … } */
uint32_t tj_light_until_end(struct tj_light *r); /* up to one of the stops */
uint32_t tj_light_condition(struct tj_light *r);
uint32_t tj_light_branch(struct tj_light *r, enum tj_py_kind kind, uint32_t begin, uint32_t test);
static inline bool tj_light_take_word(struct tj_light *r, const char *words) {
    if (!tj_light_word_is(r, words)) return false;
    tj_light_next(r);
    return true;
}
uint32_t tj_light_function(struct tj_light *r, uint32_t begin, bool named); /* at the name or the parameters */
uint32_t tj_light_parameters(struct tj_light *r, const char *close);
uint32_t tj_light_arrow(struct tj_light *r, uint32_t begin, uint32_t parameters);
uint32_t tj_light_brace_block(struct tj_light *r, uint32_t begin); /* Ruby: { |x| … } or do |x| … end, a LAMBDA */
uint32_t tj_light_class(struct tj_light *r);
uint32_t tj_light_import(struct tj_light *r);
uint32_t tj_light_awk(struct tj_light *r);   /* a program */
uint32_t tj_light_print(struct tj_light *r); /* at print or printf */

#endif
