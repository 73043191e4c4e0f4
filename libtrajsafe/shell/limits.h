/* The caps of the shell module, in one place: what hostile input may cost. */
#ifndef TJ_SHELL_LIMITS_H
#define TJ_SHELL_LIMITS_H

/* Bytes of one script that are parsed; the rest is cut at a line boundary: SIZE. */
#define TJ_SHELL_MAX_BYTES (128u * 1024u)
/* Constructs inside one another (groups, substitutions, quotes in substitutions, compound commands): DEPTH. */
#define TJ_SHELL_MAX_DEPTH 64u
/* Members of one pipeline or and-or list: BUDGET. tree-sitter is quadratic in an unterminated pipeline. */
#define TJ_SHELL_MAX_MEMBERS 1024u
/* Here-documents of one script: BUDGET. */
#define TJ_SHELL_MAX_HEREDOCS 512u
/* Unquoted { in one word: DEPTH. Each pair multiplies what the word expands to. */
#define TJ_SHELL_MAX_BRACES 256u
/* Line continuations without anything between them: BUDGET. Nobody writes that to be read. */
#define TJ_SHELL_MAX_CONTINUATIONS 1024u
/* Bytes that look-ahead may read again, per byte of script, before it is refused: BUDGET. */
#define TJ_SHELL_MAX_LOOKAHEAD 64u
/* Syntax errors after which the rest is given up: BUDGET. */
#define TJ_SHELL_MAX_TROUBLES 32u

/* What tree-sitter may be given. It only sees scripts that the scanner could not parse whole. */
/* Its error recovery is worse than quadratic (16 KB of `))` take a second), so it sees short scripts with few errors. */
#define TJ_TREE_MAX_BYTES 4096u
#define TJ_TREE_MAX_ERRORS 8u    /* that the scanner met */
#define TJ_TREE_MAX_SKIPPED 512u /* bytes that the scanner had to skip behind them */
#define TJ_TREE_MAX_DEPTH 48u    /* open brackets and quotes, and compound commands */
#define TJ_TREE_MAX_MEMBERS 200u /* `|`, `&&`, `||` in one statement: one that never ends is quadratic */
#define TJ_TREE_MAX_REPEAT 48u   /* the same opener (`<`, `${`, `a=(`, `` ` ``, `[[`) again and again */
#define TJ_TREE_MAX_STEPS 500u   /* calls of the progress callback, one per 100 parse operations */
#define TJ_TREE_MAX_STATEMENTS 4096u

#endif
