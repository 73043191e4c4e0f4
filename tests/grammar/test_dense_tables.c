// Proves that a grammar with a dense parse table gives the trees of the grammar as generated.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_bash(void);
const TSLanguage *small_bash(void);
const TSLanguage *tree_sitter_python(void);
const TSLanguage *small_python(void);

enum { SCRIPTS = 600, SCRIPT_MAX = 2048, PIECES_MAX = 24 };

// Pieces are joined at random, so most scripts are broken somewhere: errors are compared too.
static const char *const bash_pieces[] = {
    "ls -la",
    " | ",
    " && ",
    "; ",
    "\n",
    "if [ -f a ]",
    "; then ",
    " fi",
    "for x in *",
    "; do ",
    " done",
    "$(date)",
    "`id`",
    "\"$HOME/x\"",
    "'q w'",
    "${a:-b}",
    "${#a[@]}",
    "x=1 ",
    "a=(1 2) ",
    " > out",
    " 2>&1",
    " <<EOF\nhi $x\nEOF\n",
    "function f() {",
    " }",
    "case $x in a) ",
    ";; esac",
    "[[ a =~ b ]]",
    "$((1 + 2))",
    "echo {a,b}",
    " &",
    "while read l",
    "<(cat f)",
    "!",
    "time ",
    "export A=b",
    "sudo rm -rf /",
    "# note\n",
    "\\\n",
    "\xc3\xa9",
};
static const char *const python_pieces[] = {
    "import os\n",
    "x = 1\n",
    "def f(a, *b):\n    ",
    "return ",
    "os.system('ls')",
    "\n",
    "if x:\n    ",
    "else:\n    ",
    "for i in y:\n    ",
    "[a for a in b]",
    "{'k': 1}",
    "f'{x}'",
    "\"\"\"doc\"\"\"",
    "lambda z: z",
    "with open(p) as f:\n    ",
    "pass\n",
    "class C:\n  ",
    "try:\n  ",
    "except E:\n  ",
    "@d\n",
    "x.y(1, b=2)",
    "(",
    ")",
    "[",
    ":",
    "subprocess.run([",
    "\"rm\", ",
    "])",
    "# c\n",
    "match x:\n  case 1:\n    ",
};

// A linear congruential generator: the same scripts on every machine.
static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static size_t make_script(char *out, uint32_t *seed, const char *const *pieces, size_t count) {
    size_t length = 0;
    for (uint32_t left = 1 + next_random(seed) % PIECES_MAX; left > 0; left--) {
        const char *piece = pieces[next_random(seed) % count];
        size_t add = strlen(piece);
        if (length + add < SCRIPT_MAX) {
            memcpy(out + length, piece, add);
            length += add;
        }
    }
    out[length] = '\0';
    return length;
}

// Same shape, names, positions and states of error, node by node.
static void compare_nodes(TSNode a, TSNode b, const char *script) {
    if (ts_node_start_byte(a) != ts_node_start_byte(b) || ts_node_end_byte(a) != ts_node_end_byte(b) ||
        ts_node_child_count(a) != ts_node_child_count(b) || ts_node_symbol(a) != ts_node_symbol(b) ||
        ts_node_is_missing(a) != ts_node_is_missing(b)) {
        fail_msg("trees differ in:\n%s", script);
    }
    for (uint32_t i = 0; i < ts_node_child_count(a); i++) {
        compare_nodes(ts_node_child(a, i), ts_node_child(b, i), script);
    }
}

static void compare_language(const TSLanguage *dense, const TSLanguage *small, const char *const *pieces, size_t count) {
    TSParser *dense_parser = ts_parser_new();
    TSParser *small_parser = ts_parser_new();
    char script[SCRIPT_MAX];
    uint32_t seed = 2;
    assert_true(ts_parser_set_language(dense_parser, dense));
    assert_true(ts_parser_set_language(small_parser, small));
    for (int i = 0; i < SCRIPTS; i++) {
        uint32_t length = (uint32_t)make_script(script, &seed, pieces, count);
        TSTree *a = ts_parser_parse_string(dense_parser, NULL, script, length);
        TSTree *b = ts_parser_parse_string(small_parser, NULL, script, length);
        char *text_a = ts_node_string(ts_tree_root_node(a));
        char *text_b = ts_node_string(ts_tree_root_node(b));
        assert_string_equal(text_a, text_b);
        compare_nodes(ts_tree_root_node(a), ts_tree_root_node(b), script);
        free(text_a);
        free(text_b);
        ts_tree_delete(a);
        ts_tree_delete(b);
    }
    ts_parser_delete(dense_parser);
    ts_parser_delete(small_parser);
}

static void bash_trees_agree(void **state) {
    (void)state;
    compare_language(tree_sitter_bash(), small_bash(), bash_pieces, sizeof bash_pieces / sizeof bash_pieces[0]);
}

static void python_trees_agree(void **state) {
    (void)state;
    compare_language(tree_sitter_python(), small_python(), python_pieces,
                     sizeof python_pieces / sizeof python_pieces[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bash_trees_agree),
        cmocka_unit_test(python_trees_agree),
    };
    return cmocka_run_group_tests_name("dense parse tables", tests, NULL, NULL);
}
