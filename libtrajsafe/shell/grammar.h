/* The Bash grammar with the dense parse table, as the build makes it. */
#ifndef TJ_SHELL_GRAMMAR_H
#define TJ_SHELL_GRAMMAR_H

struct TSLanguage;
const struct TSLanguage *tj_grammar_bash(void);

#endif
