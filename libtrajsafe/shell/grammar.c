/* Names the Bash grammar that the build links, with its dense parse table. */
#include "shell/grammar.h"

const struct TSLanguage *tree_sitter_bash(void);

const struct TSLanguage *tj_grammar_bash(void) { return tree_sitter_bash(); }
