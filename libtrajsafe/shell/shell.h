/* Shell syntax, lowered: a script as flat arrays of nodes, simple commands, words, parts and redirections. */
#ifndef TJ_SHELL_H
#define TJ_SHELL_H

#include "base/text.h"
#include "vocab/vocab.h"

/* A part of a word, as written. `text` of literals has its quoting removed. Spans are offsets in the parsed source. */
enum tj_part_kind {
    TJ_PART_LITERAL, /* unquoted text; may hold glob characters, braces, a leading tilde: see flags */
    TJ_PART_QUOTED,  /* an escaped character, text in '…', $'…' (escapes resolved) or the literal pieces of "…" */
    TJ_PART_PARAM,   /* $x, ${x…}: name, op, and the operand's words in [child, child_end) */
    TJ_PART_COMMAND, /* $(…) or `…`: node = first statement of the body */
    TJ_PART_PROCESS, /* <(…) or >(…): node; op = '<' or '>' */
    TJ_PART_ARITH, /* $((…)): text is the expression; expansions in it (they run) are the word in [child, child_end) */
    TJ_PART_ARRAY  /* NAME=( … ) behind declare: name, op '=' or '+', the elements in [child, child_end) */
};
#define TJ_PART_IN_DOUBLE 1u /* stands inside "…": no splitting, no globbing */
#define TJ_PART_GLOB 2u      /* LITERAL: holds an unquoted *, ? or [ */
#define TJ_PART_BRACE 4u     /* LITERAL: holds an unquoted } behind a { and a , or .. of the word */
#define TJ_PART_TILDE                                                                                                  \
    8u /* LITERAL: first part of the word (or after : or = in an assignment) and begins with an unquoted ~ */
#define TJ_PART_ESCAPED                                                                                                \
    16u /* QUOTED: a backslash or $'…' escape; LITERAL: a line goes on (obfuscation rules look at this) */
#define TJ_PART_INDIRECT 32u /* PARAM: ${!x…}: x holds the name; with another operator, op is that one */

struct tj_sh_part {
    uint8_t kind, flags;
    uint8_t op; /* PARAM: one of 0 '-' '=' '+' '?' '#' '%' '/' '^' ',' ':' (substring) '!' (indirect) 'L' (length) '@' '~' */
    uint8_t op2;               /* PARAM: doubled operator (## %% // ^^ ,,) or the colon of :- := :+ :? */
    uint32_t begin, end;       /* span in the source */
    struct tj_str text;        /* LITERAL, QUOTED, ARITH: text; PARAM: name */
    struct tj_str index;       /* PARAM: text between [ and ], empty if none */
    uint32_t child, child_end; /* PARAM: words of the operand(s); last, when the index holds an expansion, the index */
    uint32_t node;             /* COMMAND, PROCESS: first statement or TJ_NONE */
};
struct tj_sh_word {
    uint32_t part, part_end; /* parts [part, part_end) */
    uint32_t begin, end;     /* span in the source */
};
struct tj_sh_assign {
    struct tj_str name, index; /* index: text between [ ] */
    uint8_t append;            /* += */
    uint8_t array;             /* (…): words are the elements */
    uint32_t word,
        word_end; /* one word (none when empty), or the elements; last, the index when it holds an expansion */
    uint32_t begin, end;
};
enum tj_redir_op {
    TJ_REDIR_IN,
    TJ_REDIR_OUT,
    TJ_REDIR_APPEND,
    TJ_REDIR_CLOBBER,
    TJ_REDIR_INOUT,
    TJ_REDIR_DUP_IN,
    TJ_REDIR_DUP_OUT,
    TJ_REDIR_BOTH,
    TJ_REDIR_BOTH_APPEND,
    TJ_REDIR_HEREDOC,
    TJ_REDIR_HERESTRING
};
struct tj_sh_redir {
    uint8_t op;     /* enum tj_redir_op */
    uint8_t quoted; /* HEREDOC: the delimiter was quoted, the body is literal */
    uint8_t strip;  /* HEREDOC: <<- */
    uint8_t reserved;
    int32_t fd;    /* as written or the operator's default; -1 for &> ; {var}> gives -2 */
    uint32_t word; /* target word; HEREDOC: the body as one word (literal, or parts when unquoted) */
    uint32_t begin, end;
    uint32_t body_begin, body_end; /* HEREDOC: the body in the source */
};

enum tj_sh_kind {
    TJ_SH_SIMPLE,   /* assignments, words, redirections */
    TJ_SH_PIPELINE, /* children are its members in order */
    TJ_SH_LIST,     /* children in order, each with its link */
    TJ_SH_SUBSHELL, /* ( … ): children */
    TJ_SH_GROUP,    /* { …; }: children */
    TJ_SH_IF,       /* children: condition, then, [condition, then…], [else]; each a LIST */
    TJ_SH_WHILE,    /* while/until: condition, body */
    TJ_SH_FOR,      /* for name in words; body. select is the same */
    TJ_SH_CFOR,     /* for ((…)): one word, the expression; body */
    TJ_SH_CASE,     /* word; children: one LIST per arm; its patterns in [word, word_end) of the arm's node */
    TJ_SH_FUNCTION, /* name; one child: the body; span of the body for keeping as text */
    TJ_SH_COPROC,   /* name or none; one child */
    TJ_SH_TEST,     /* [[ … ]]: words */
    TJ_SH_ARITH     /* (( … )): one word, the expression: quoted text and expansions */
};
#define TJ_SH_NEGATED 1u                               /* ! in front */
#define TJ_SH_BACKGROUND 2u                            /* & behind it */
#define TJ_SH_TIMED 4u                                 /* time in front */
#define TJ_SH_PIPE_BOTH 8u                             /* |& : its stderr goes along */
#define TJ_SH_IN 32u                                   /* FOR: a list was given, perhaps an empty one */
#define TJ_SH_FALLS 64u                                /* arm of a CASE: ;& goes on with the next one's body */
#define TJ_SH_GOES_ON 128u                             /* arm of a CASE: ;;& goes on with the next one's patterns */
#define TJ_SH_ERROR 16u                                /* lies in or beside a syntax error: what is here is a guess */
enum tj_link { TJ_LINK_SEQ, TJ_LINK_AND, TJ_LINK_OR }; /* how a list member is joined with the one before it */

struct tj_sh_node {
    uint8_t kind, flags, link;
    uint8_t reserved;
    uint32_t begin, end;         /* span in the source */
    uint32_t first, next;        /* first child, next sibling; TJ_NONE */
    uint32_t word, word_end;     /* SIMPLE, FOR, CASE, TEST, ARITH, CFOR; patterns of a CASE arm */
    uint32_t assign, assign_end; /* SIMPLE */
    uint32_t redir, redir_end;   /* any */
    struct tj_str name;          /* FOR, FUNCTION, COPROC */
};

/* What could not be understood, for the record's "unknown". */
struct tj_sh_trouble {
    uint8_t reason; /* enum tj_reason */
    uint32_t begin, end;
};

struct tj_script {
    struct tj_str source;
    TJ_VEC(struct tj_sh_node) node;
    TJ_VEC(struct tj_sh_word) word;
    TJ_VEC(struct tj_sh_part) part;
    TJ_VEC(struct tj_sh_assign) assign;
    TJ_VEC(struct tj_sh_redir) redir;
    TJ_VEC(struct tj_sh_trouble) trouble;
    TJ_VEC(struct tj_span) comment; /* spans of comments; .text is unused */
    uint32_t first;                 /* first top-level statement (siblings by next) or TJ_NONE */
};

struct tj_shell; /* parser; one per thread */
trajsafe_status tj_shell_new(struct tj_shell **out);
void tj_shell_free(struct tj_shell *shell);
/*
 * Parses `source` in a dialect (BASH, SH, ZSH; others give one DIALECT trouble) into arrays in `arena`. Never fails on
 * input: what is wrong or over a cap stands in `trouble` and the rest is lowered as far as it holds. Caps (bytes,
 * nesting, pipeline length, here-documents, parser steps) are constants of limits.h. TRAJSAFE_NO_MEMORY only.
 */
trajsafe_status tj_shell_parse(struct tj_shell *shell, struct tj_arena *arena, struct tj_str source,
                               enum tj_dialect dialect, struct tj_script *out);
/* An indented dump of a script, for golden tests and `explain --syntax`. */
void tj_script_dump(const struct tj_script *script, struct tj_buf *out);

#endif
