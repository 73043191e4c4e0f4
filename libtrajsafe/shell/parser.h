/* The scanner: a recursive-descent parser of shell text that fills a tj_script. Private to the shell module. */
#ifndef TJ_SHELL_PARSER_H
#define TJ_SHELL_PARSER_H

#include "shell/limits.h"
#include "shell/shell.h"

/* A here-document found before the parse. Offsets are of the view it was found in. */
struct tj_sh_heredoc {
    uint32_t op, op_end;           /* from `<<` to behind the delimiter */
    uint32_t newline;              /* the newline behind which its body starts; TJ_NONE: none came */
    uint32_t body_begin, body_end; /* the body without the terminator's line */
    uint32_t resume;               /* where reading goes on */
    struct tj_str delimiter;       /* quoting removed */
    uint8_t quoted, strip, closed;
    uint8_t taken; /* the reader met its operator; else the two disagree and its body is no body */
};
struct tj_sh_heredocs {
    struct tj_sh_heredoc *at;
    uint32_t n, cap;
};

/*
 * What is being read: bytes [.., end) of `s`, and where each stands in the source. Backquoted text with escapes and
 * bodies of <<- are read from a copy, whose map gives the offset of every byte (and of the end).
 */
struct tj_sh_view {
    const char *s;
    uint32_t end;
    const uint32_t *map; /* NULL: offsets are the source's own */
    struct tj_sh_heredocs heredocs;
};

struct tj_sh_parser {
    struct tj_arena *arena;
    struct tj_script *out;
    struct tj_sh_view view;
    uint32_t at; /* offset in the view */
    uint32_t depth;
    uint32_t lookahead; /* bytes that look-ahead may still read */
    bool bad;           /* reading stopped: */
    uint8_t bad_reason; /* enum tj_reason */
    uint32_t bad_at;    /* source offset */
    /* Reads the compound command at p->at by a syntax tree, or gives TJ_NONE; NULL without a tree. */
    uint32_t (*by_tree)(struct tj_sh_parser *p, void *tree);
    void *tree;
    uint32_t errors, skipped; /* of tj_sh_recover: failures, and bytes given up behind them */
    /* Stacks of what is under construction; each reader takes what lies above its own base. */
    TJ_VEC(struct tj_sh_part) parts;
    TJ_VEC(struct tj_sh_word) words;
    TJ_VEC(struct tj_sh_assign) assigns;
    TJ_VEC(struct tj_sh_redir) redirs;
};

/* ---- reading: chars.c ---------------------------------------------------------------------------------------- */

enum {
    TJ_CH_META = 1,   /* ends an unquoted word: blank ; & | < > ( ) newline NUL */
    TJ_CH_QUOTE = 2,  /* needs care in a word: quotes, $, `, backslash */
    TJ_CH_GLOB = 4,   /* * ? [ */
    TJ_CH_NOTE = 8,   /* ~ { } , . = : # ! @ +: may mean something in a word */
    TJ_CH_DOUBLE = 16 /* needs care in "…" */
};
extern const uint8_t tj_sh_class[256];

static inline char tj_sh_peek(const struct tj_sh_parser *p, uint32_t ahead) {
    return p->at + ahead < p->view.end ? p->view.s[p->at + ahead] : '\0';
}
static inline bool tj_sh_end(const struct tj_sh_parser *p) { return p->at >= p->view.end; }
/* Where offset `at` of the view stands in the source. */
static inline uint32_t tj_sh_place(const struct tj_sh_parser *p, uint32_t at) {
    return p->view.map ? p->view.map[at] : at;
}
static inline struct tj_str tj_sh_slice(const struct tj_sh_parser *p, uint32_t begin, uint32_t end) {
    return (struct tj_str){p->view.s + begin, end - begin};
}
void tj_sh_fail(struct tj_sh_parser *p, enum tj_reason reason); /* at p->at; the first one counts */
void tj_sh_trouble(struct tj_sh_parser *p, enum tj_reason reason, uint32_t begin, uint32_t end);
bool tj_sh_enter(struct tj_sh_parser *p); /* one level deeper; false and failed beyond the cap */
static inline void tj_sh_leave(struct tj_sh_parser *p) { p->depth--; }
void tj_sh_blanks(struct tj_sh_parser *p);   /* blanks, line continuations and a comment */
void tj_sh_newline(struct tj_sh_parser *p);  /* takes the newline at p->at and the here-documents behind it */
void tj_sh_newlines(struct tj_sh_parser *p); /* blanks, comments and any number of newlines */
bool tj_sh_ends_word(const struct tj_sh_parser *p, uint32_t at); /* no byte of a word stands at `at` */

/* A text that is mostly a slice, and a copy once something had to be left out. */
struct tj_sh_text {
    uint32_t begin, from;
    bool copied;
    struct tj_buf buf;
};
void tj_sh_text_start(struct tj_sh_parser *p, struct tj_sh_text *t);
void tj_sh_text_skip(struct tj_sh_parser *p, struct tj_sh_text *t, uint32_t n);     /* leaves out n bytes, moves on */
void tj_sh_text_put(struct tj_sh_parser *p, struct tj_sh_text *t, struct tj_str s); /* adds bytes not in the source */
struct tj_str tj_sh_text_done(struct tj_sh_parser *p, struct tj_sh_text *t);

/* ---- words: word.c, quote.c, dollar.c, param.c, arith.c ------------------------------------------------------- */

/* Where a word ends and what is special in it. */
enum tj_word_mode {
    TJ_WORD_PLAIN,   /* a word of a command */
    TJ_WORD_VALUE,   /* of an assignment: like PLAIN, `:~` begins a tilde */
    TJ_WORD_COMMAND, /* the first word: in name[ … ] blanks and operators are text */
    TJ_WORD_DECLARE, /* operand of declare: name=( … ) belongs to it */
    TJ_WORD_INDEX,   /* between [ and ] */
    TJ_WORD_OPERAND, /* of ${…}: to the closing brace; blanks and operators are text */
    TJ_WORD_PATTERN, /* of ${x/…/…}: as OPERAND, a slash ends it */
    TJ_WORD_ALL,     /* of ${x//…/…}: as PATTERN, but a slash may be its first byte */
    TJ_WORD_OFFSET,  /* of ${x:…:…}: as OPERAND, a colon ends it */
    TJ_WORD_REGEX,   /* right of =~: parentheses and bars are text */
    TJ_WORD_BODY     /* a here-document or an arithmetic text: to the view's end, only $ ` \ are special */
};
/* Reads one word at p->at. in_double: an OPERAND inside "…". False when there is none (nothing is pushed). */
bool tj_sh_word(struct tj_sh_parser *p, enum tj_word_mode mode, bool in_double, struct tj_sh_word *out);
void tj_sh_push_part(struct tj_sh_parser *p, struct tj_sh_part part);
void tj_sh_single_quoted(struct tj_sh_parser *p);
void tj_sh_ansi_quoted(struct tj_sh_parser *p);   /* at $' */
void tj_sh_double_quoted(struct tj_sh_parser *p); /* at " */
/* Text with "…" rules to the view's end or a closing ": shared by "…" and bodies. */
void tj_sh_double_text(struct tj_sh_parser *p, bool body);
/* At $: pushes a part, or returns false when the dollar is text. */
bool tj_sh_dollar(struct tj_sh_parser *p, bool in_double);
void tj_sh_backquoted(struct tj_sh_parser *p, bool in_double);
void tj_sh_process(struct tj_sh_parser *p);                /* at <( or >( */
void tj_sh_braced(struct tj_sh_parser *p, bool in_double); /* at ${ */
bool tj_sh_arith(struct tj_sh_parser *p, uint32_t open, const char *close, struct tj_str *text, uint32_t *word,
                 uint32_t *word_end); /* behind `open` bytes; false when it is no arithmetic: nothing is taken */
bool tj_sh_index(struct tj_sh_parser *p, struct tj_str *text, uint32_t *word); /* at [; word: TJ_NONE or on the stack */
/* Moves the words above `base` from the stack to the script. */
void tj_sh_flush_words(struct tj_sh_parser *p, uint32_t base, uint32_t *first, uint32_t *end);

/* ---- commands: simple.c, redirect.c, command.c, compound.c, loops.c, test.c ----------------------------------------------------- */

uint32_t tj_sh_node(struct tj_sh_parser *p, enum tj_sh_kind kind, uint32_t begin);
static inline struct tj_sh_node *tj_sh_at(struct tj_sh_parser *p, uint32_t node) { return &p->out->node.at[node]; }
/* Siblings under construction. */
struct tj_sh_chain {
    uint32_t first, last, n;
};
#define TJ_SH_NO_CHAIN ((struct tj_sh_chain){TJ_NONE, TJ_NONE, 0})
void tj_sh_chain_add(struct tj_sh_parser *p, struct tj_sh_chain *chain, uint32_t node, enum tj_link link);

/* Statements to the end of the view or something that cannot begin one. Failure leaves what was read. */
struct tj_sh_chain tj_sh_statements(struct tj_sh_parser *p);
uint32_t tj_sh_and_or(struct tj_sh_parser *p);
uint32_t tj_sh_pipeline(struct tj_sh_parser *p);
uint32_t tj_sh_command(struct tj_sh_parser *p);
uint32_t tj_sh_simple(struct tj_sh_parser *p);
uint32_t tj_sh_compound(struct tj_sh_parser *p); /* TJ_NONE when none begins here: nothing is taken */
uint32_t tj_sh_function(struct tj_sh_parser *p, uint32_t begin, struct tj_str name); /* behind `name` or `name (` */
bool tj_sh_redirect(struct tj_sh_parser *p);                 /* at one: to the stack; false when none begins here */
void tj_sh_redirects(struct tj_sh_parser *p, uint32_t node); /* those behind a compound command */
void tj_sh_flush_redirs(struct tj_sh_parser *p, uint32_t base, uint32_t node);
bool tj_sh_test(struct tj_sh_parser *p, uint32_t node); /* behind [[ */
/* The reserved word at p->at: its length when `word` stands there as a whole, else 0. */
uint32_t tj_sh_reserved(const struct tj_sh_parser *p, const char *word);
bool tj_sh_at_closer(const struct tj_sh_parser *p);        /* then do done fi elif else esac } */
bool tj_sh_take(struct tj_sh_parser *p, const char *word); /* a reserved word that must come, or failure */
bool tj_sh_takes_char(struct tj_sh_parser *p, char c);
uint32_t tj_sh_begin(struct tj_sh_parser *p, enum tj_sh_kind kind);                   /* a node that begins here */
void tj_sh_close(struct tj_sh_parser *p, uint32_t node, struct tj_sh_chain children); /* it ends here */
uint32_t tj_sh_arm(struct tj_sh_parser *p);   /* statements that must not be missing, as one LIST */
uint32_t tj_sh_while(struct tj_sh_parser *p); /* at while or until */
uint32_t tj_sh_for(struct tj_sh_parser *p);   /* at for or select */
uint32_t tj_sh_case(struct tj_sh_parser *p);
bool tj_sh_arith_word(struct tj_sh_parser *p, uint32_t node);    /* at ((: its text is the node's word */
void tj_sh_for_head(struct tj_sh_parser *p, uint32_t node);      /* at for or select: up to the body */
void tj_sh_case_head(struct tj_sh_parser *p, uint32_t node);     /* at case: to behind `in` */
void tj_sh_case_patterns(struct tj_sh_parser *p, uint32_t node); /* to behind the ) */

/* ---- here-documents: heredoc.c -------------------------------------------------------------------------------- */

/* Finds those of [begin, end) of the view. in_double: the text starts as inside "…". */
void tj_sh_heredocs_find(struct tj_sh_parser *p, struct tj_sh_view *view, uint32_t begin, bool in_double);
const struct tj_sh_heredoc *tj_sh_heredoc_take(const struct tj_sh_view *view, uint32_t op);
/* Where reading goes on behind a newline: behind the bodies of those taken (or all) that wait for it. */
uint32_t tj_sh_heredoc_resume(const struct tj_sh_view *view, uint32_t newline, bool all);
uint32_t tj_sh_heredoc_word(struct tj_sh_parser *p, const struct tj_sh_heredoc *doc); /* the body as a word */
/* Reads `read` in another view and comes back. */
struct tj_sh_view tj_sh_view_enter(struct tj_sh_parser *p, struct tj_sh_view view, uint32_t at, uint32_t *was);

/* ---- the whole: shell.c, recover.c, caps.c, tree.c ------------------------------------------------------------- */

/* How far everything has grown, so that an attempt can be taken back. */
struct tj_sh_mark {
    struct tj_sh_view view;
    uint32_t at, depth;
    uint32_t node, word, part, assign, redir, trouble, comment;
    uint32_t parts, words, assigns, redirs;
};
struct tj_sh_mark tj_sh_mark(const struct tj_sh_parser *p);
void tj_sh_rewind(struct tj_sh_parser *p, const struct tj_sh_mark *mark);
void tj_sh_flag_errors(struct tj_sh_parser *p, uint32_t from); /* nodes from `from` on */
/* Statements to the view's end as far as they can be read: failures become trouble and TJ_SH_ERROR. */
struct tj_sh_chain tj_sh_recover(struct tj_sh_parser *p);
/* Whether tree-sitter may see this text; else the reason why not. */
enum tj_reason tj_sh_caps(struct tj_str masked);
#define TJ_SH_CAPS_OK TJ_REASON_COUNT

enum tj_shell_mode {
    TJ_SHELL_AUTO, /* scanner, then tree-sitter for what it could not parse */
    TJ_SHELL_SCAN, /* scanner only */
    TJ_SHELL_TREE  /* tree-sitter, scanner for leaves and repairs: tests compare the two */
};
trajsafe_status tj_shell_parse_mode(struct tj_shell *shell, struct tj_arena *arena, struct tj_str source,
                                    enum tj_dialect dialect, enum tj_shell_mode mode, struct tj_script *out);
/* Whether the last tree that tree-sitter made held an error, or none was made. */
bool tj_shell_tree_unsound(const struct tj_shell *shell);

/* The tree-sitter side. */
struct tj_tree;
struct tj_tree *tj_tree_new(void);
void tj_tree_free(struct tj_tree *tree);
bool tj_tree_unsound(const struct tj_tree *tree);
uint32_t tj_tree_compound(struct tj_sh_parser *p, void *tree); /* for p->by_tree */
/* Lowers by the tree of `masked` (as long as the source). False when tree-sitter gave up. */
bool tj_tree_lower(struct tj_tree *tree, struct tj_sh_parser *p, struct tj_str masked, struct tj_sh_chain *out);

#endif
