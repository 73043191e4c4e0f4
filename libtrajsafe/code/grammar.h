/* The Python grammar that the build links in (tree-sitter-python with a dense parse table). */
#ifndef TJ_CODE_GRAMMAR_H
#define TJ_CODE_GRAMMAR_H

struct TSLanguage;
const struct TSLanguage *tj_grammar_python(void);

#endif
