/* A compact syntax tree: what the evaluator sees of Python instead of tree-sitter, and of what the light readers read. */
#ifndef TJ_CODE_TREE_H
#define TJ_CODE_TREE_H

#include "code/code.h"

/*
 * X(kind, name in the grammar). Nodes of any other name are TJ_PY_OTHER: their children are looked at. Those in brackets
 * only the light readers make: literals whose text is known, names, texts with code in them, regular expressions.
 */
#define TJ_PY_NODES(X)                                                                                                 \
    X(OTHER, "")                                                                                                       \
    X(ERROR, "ERROR")                                                                                                  \
    X(MODULE, "module")                                                                                                \
    X(BLOCK, "block")                                                                                                  \
    X(IDENT, "identifier")                                                                                             \
    X(DOTTED, "dotted_name")                                                                                           \
    X(IMPORT, "import_statement")                                                                                      \
    X(IMPORT_FROM, "import_from_statement")                                                                            \
    X(ALIASED, "aliased_import")                                                                                       \
    X(WILDCARD, "wildcard_import")                                                                                     \
    X(RELATIVE, "relative_import")                                                                                     \
    X(PRINT, "print_statement")                                                                                        \
    X(EXEC, "exec_statement")                                                                                          \
    X(EXPRESSION, "expression_statement")                                                                              \
    X(ASSIGN, "assignment")                                                                                            \
    X(AUGMENT, "augmented_assignment")                                                                                 \
    X(NAMED, "named_expression")                                                                                       \
    X(RETURN, "return_statement")                                                                                      \
    X(DELETE, "delete_statement")                                                                                      \
    X(IF, "if_statement")                                                                                              \
    X(ELIF, "elif_clause")                                                                                             \
    X(ELSE, "else_clause")                                                                                             \
    X(FOR, "for_statement")                                                                                            \
    X(WHILE, "while_statement")                                                                                        \
    X(TRY, "try_statement")                                                                                            \
    X(EXCEPT, "except_clause")                                                                                         \
    X(FINALLY, "finally_clause")                                                                                       \
    X(WITH_ITEM, "with_item")                                                                                          \
    X(AS_PATTERN, "as_pattern")                                                                                        \
    X(AS_TARGET, "as_pattern_target")                                                                                  \
    X(FUNCTION, "function_definition")                                                                                 \
    X(PARAMETERS, "parameters")                                                                                        \
    X(LAMBDA_PARAMETERS, "lambda_parameters")                                                                          \
    X(DEFAULT_PARAMETER, "default_parameter")                                                                          \
    X(TYPED_DEFAULT, "typed_default_parameter")                                                                        \
    X(TYPED_PARAMETER, "typed_parameter")                                                                              \
    X(CLASS, "class_definition")                                                                                       \
    X(DECORATED, "decorated_definition")                                                                               \
    X(CASE, "case_clause")                                                                                             \
    X(CASE_PATTERN, "case_pattern")                                                                                    \
    X(STRING, "string")                                                                                                \
    X(STRING_START, "string_start")                                                                                    \
    X(STRING_CONTENT, "string_content")                                                                                \
    X(STRING_END, "string_end")                                                                                        \
    X(INTERPOLATION, "interpolation")                                                                                  \
    X(FORMAT_SPEC, "format_specifier")                                                                                 \
    X(CONVERSION, "type_conversion")                                                                                   \
    X(CONCATENATED, "concatenated_string")                                                                             \
    X(INTEGER, "integer")                                                                                              \
    X(FLOAT, "float")                                                                                                  \
    X(TRUE, "true")                                                                                                    \
    X(FALSE, "false")                                                                                                  \
    X(NONE, "none")                                                                                                    \
    X(ATTRIBUTE, "attribute")                                                                                          \
    X(SUBSCRIPT, "subscript")                                                                                          \
    X(SLICE, "slice")                                                                                                  \
    X(COLON, ":")                                                                                                      \
    X(CALL, "call")                                                                                                    \
    X(ARGUMENTS, "argument_list")                                                                                      \
    X(KEYWORD, "keyword_argument")                                                                                     \
    X(LIST, "list")                                                                                                    \
    X(TUPLE, "tuple")                                                                                                  \
    X(SET, "set")                                                                                                      \
    X(EXPRESSIONS, "expression_list")                                                                                  \
    X(PATTERNS, "pattern_list")                                                                                        \
    X(TUPLE_PATTERN, "tuple_pattern")                                                                                  \
    X(LIST_PATTERN, "list_pattern")                                                                                    \
    X(DICT, "dictionary")                                                                                              \
    X(PAIR, "pair")                                                                                                    \
    X(LIST_SPLAT, "list_splat")                                                                                        \
    X(DICT_SPLAT, "dictionary_splat")                                                                                  \
    X(SPLAT_PATTERN, "list_splat_pattern")                                                                             \
    X(BINARY, "binary_operator")                                                                                       \
    X(UNARY, "unary_operator")                                                                                         \
    X(BOOLEAN, "boolean_operator")                                                                                     \
    X(COMPARE, "comparison_operator")                                                                                  \
    X(CONDITIONAL, "conditional_expression")                                                                           \
    X(LAMBDA, "lambda")                                                                                                \
    X(LIST_COMP, "list_comprehension")                                                                                 \
    X(SET_COMP, "set_comprehension")                                                                                   \
    X(DICT_COMP, "dictionary_comprehension")                                                                           \
    X(GENERATOR, "generator_expression")                                                                               \
    X(FOR_IN, "for_in_clause")                                                                                         \
    X(IF_CLAUSE, "if_clause")                                                                                          \
    X(PAREN, "parenthesized_expression")                                                                               \
    X(AWAIT, "await")                                                                                                  \
    X(YIELD, "yield")                                                                                                  \
    X(GLOBAL, "global_statement")                                                                                      \
    X(NONLOCAL, "nonlocal_statement")                                                                                  \
    X(SKIP, "comment")                                                                                                 \
    X(TEXT, "(text)")                                                                                                  \
    X(WORD, "(word)")                                                                                                  \
    X(TEMPLATE, "(template)")                                                                                          \
    X(REGEX, "(regex)")
enum tj_py_kind {
#define X(id, name) TJ_PY_##id,
    TJ_PY_NODES(X)
#undef X
        TJ_PY_KIND_COUNT
};

/* The fields that are asked for. */
#define TJ_PY_FIELDS(X)                                                                                                \
    X(NONE, "")                                                                                                        \
    X(LEFT, "left")                                                                                                    \
    X(RIGHT, "right")                                                                                                  \
    X(OPERATOR, "operator")                                                                                            \
    X(VALUE, "value")                                                                                                  \
    X(NAME, "name")                                                                                                    \
    X(ALIAS, "alias")                                                                                                  \
    X(FUNCTION, "function")                                                                                            \
    X(ARGUMENTS, "arguments")                                                                                          \
    X(ATTRIBUTE, "attribute")                                                                                          \
    X(OBJECT, "object")                                                                                                \
    X(BODY, "body")                                                                                                    \
    X(CONDITION, "condition")                                                                                          \
    X(CONSEQUENCE, "consequence")                                                                                      \
    X(ALTERNATIVE, "alternative")                                                                                      \
    X(SUBSCRIPT, "subscript")                                                                                          \
    X(PARAMETERS, "parameters")                                                                                        \
    X(MODULE, "module_name")                                                                                           \
    X(DEFINITION, "definition")                                                                                        \
    X(SUPERCLASSES, "superclasses")                                                                                    \
    X(KEY, "key")                                                                                                      \
    X(TYPE, "type")                                                                                                    \
    X(RETURN_TYPE, "return_type")                                                                                      \
    X(SUBJECT, "subject")                                                                                              \
    X(ARGUMENT, "argument")                                                                                            \
    X(EXPRESSION, "expression")                                                                                        \
    X(CODE, "code")
enum tj_py_field {
#define X(id, name) TJ_PY_IN_##id,
    TJ_PY_FIELDS(X)
#undef X
        TJ_PY_FIELD_COUNT
};

/* Node 0 is the module. Children are linked by `next`; TJ_NONE ends a list. */
struct tj_py_node {
    uint32_t begin, end; /* bytes of the source */
    uint32_t parent, child, last, next;
    uint32_t name; /* IDENT: number of its name; TEXT, WORD: of its literal; else TJ_NONE */
    uint8_t kind, field;
    uint8_t op; /* operators: first character; 'p' for **, 'd' for //, '<' and '>' for shifts */
    bool missing;
};

/* A line or cell of IPython that is not Python: [begin, end) was blanked and a `0` stands at `begin`. */
struct tj_py_magic {
    uint32_t begin, end;
    uint32_t text, text_end; /* what the shell gets, or the content of %%writefile */
    uint32_t path, path_end; /* %%writefile, %run: the file */
    uint8_t kind;            /* enum tj_py_magic_kind */
};
enum tj_py_magic_kind { TJ_PY_MAGIC_SHELL, TJ_PY_MAGIC_WRITEFILE, TJ_PY_MAGIC_RUN, TJ_PY_MAGIC_CODE };

struct tj_py_tree {
    TJ_VEC(struct tj_py_node) node;
    TJ_VEC(struct tj_py_magic) magic; /* in rising order */
    TJ_VEC(uint32_t) piece;           /* where the pieces begin that are parsed one by one */
    TJ_VEC(struct tj_str) name;       /* distinct identifiers */
    TJ_VEC(struct tj_str) literal;    /* of TEXT and WORD */
    uint32_t *slot;                   /* hash table of names: number + 1, 0 = free */
    uint32_t slots;                   /* a power of two */
};

/* Number of a name, added when new; TJ_NONE when out of memory or the table is full. */
uint32_t tj_py_intern(struct tj_arena *arena, struct tj_py_tree *tree, struct tj_str name);
/* Number of a name that exists, or TJ_NONE. */
uint32_t tj_py_name_find(const struct tj_py_tree *tree, struct tj_str name);
/* The first child of `node` in a field, or TJ_NONE. */
uint32_t tj_py_child(const struct tj_py_tree *tree, uint32_t node, enum tj_py_field field);

/*
 * Makes source fit for the parser: blanks what is IPython, and statements that nest deeper than CPython
 * itself allows (200 brackets, 100 indents); stops at NUL and at 256 KB. Offsets stay.
 * Returns the text to parse, which is `source` or a copy of its first bytes.
 */
struct tj_str tj_py_cut(struct tj_arena *arena, struct tj_code *out, struct tj_py_tree *tree);

/* Adds a trouble; the first 32 are kept. */
void tj_py_trouble(struct tj_arena *arena, struct tj_code *out, enum tj_reason reason, uint32_t begin, uint32_t end);

/* Reads source of a language with a light reader into a tree; false when out of memory. */
bool tj_light_read(struct tj_arena *arena, enum tj_lang lang, struct tj_code *out, struct tj_py_tree *tree);
bool tj_light_reads(enum tj_lang lang);

/* Evaluates the tree and fills `out` (calls, arguments, values). False when out of memory. */
bool tj_py_walk(struct tj_arena *arena, const struct tj_py_tree *tree, enum tj_lang lang, struct tj_code *out);

#endif
