/* Tests of the shell module that are no goldens: spans, hostile input, dialects, memory, and scanner against tree-sitter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "shell/parser.h"

struct fixture {
    struct tj_shell *shell;
    struct tj_arena arena;
    struct tj_script script;
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    tj_arena_init(&f->arena, 0);
    return tj_shell_new(&f->shell) != TRAJSAFE_OK;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    tj_shell_free(f->shell);
    tj_arena_free(&f->arena);
    free(f);
    return 0;
}

static void parse(struct fixture *f, struct tj_str source) {
    tj_arena_reset(&f->arena);
    assert_int_equal(tj_shell_parse(f->shell, &f->arena, source, TJ_DIALECT_BASH, &f->script), TRAJSAFE_OK);
}

static struct tj_str dump(struct fixture *f, const struct tj_script *script) {
    struct tj_buf out;
    tj_buf_init(&out, &f->arena);
    tj_script_dump(script, &out);
    return tj_buf_str(&out);
}

/* ---- invariants that hold for every script ---------------------------------------------------------------------- */

static void check_parts(const struct tj_script *s) {
    for (uint32_t i = 0; i < s->part.n; i++) {
        const struct tj_sh_part *part = &s->part.at[i];
        assert_true(part->begin <= part->end && part->end <= s->source.n);
        assert_true(part->child <= part->child_end && part->child_end <= s->word.n);
        assert_true(part->node == TJ_NONE || part->node < s->node.n);
    }
    for (uint32_t i = 0; i < s->word.n; i++) {
        const struct tj_sh_word *word = &s->word.at[i];
        assert_true(word->part <= word->part_end && word->part_end <= s->part.n);
        assert_true(word->begin <= word->end && word->end <= s->source.n);
    }
}

/* Every node is reached at most once: the lists are trees. */
static void check_nodes(const struct tj_script *s) {
    uint8_t *seen = calloc(s->node.n + 1, 1);
    for (uint32_t i = 0; i < s->node.n; i++) {
        const struct tj_sh_node *node = &s->node.at[i];
        assert_true(node->begin <= node->end && node->end <= s->source.n);
        assert_true(node->word <= node->word_end && node->word_end <= s->word.n);
        assert_true(node->assign <= node->assign_end && node->assign_end <= s->assign.n);
        assert_true(node->redir <= node->redir_end && node->redir_end <= s->redir.n);
        for (uint32_t k = 0; k < 2; k++) {
            uint32_t to = k ? node->next : node->first;
            assert_true(to == TJ_NONE || to < s->node.n);
            if (to != TJ_NONE) {
                assert_true(k ? to > i : true);
                assert_int_equal(seen[to]++, 0);
            }
        }
    }
    free(seen);
}

static void check_script(const struct tj_script *s) {
    check_parts(s);
    check_nodes(s);
    for (uint32_t i = 0; i < s->redir.n; i++) {
        assert_true(s->redir.at[i].word < s->word.n);
        assert_true(s->redir.at[i].body_begin <= s->redir.at[i].body_end && s->redir.at[i].body_end <= s->source.n);
    }
    for (uint32_t i = 0; i < s->assign.n; i++) {
        assert_true(s->assign.at[i].word <= s->assign.at[i].word_end && s->assign.at[i].word_end <= s->word.n);
    }
    for (uint32_t i = 0; i < s->trouble.n; i++) {
        assert_true(s->trouble.at[i].begin <= s->trouble.at[i].end && s->trouble.at[i].end <= s->source.n);
    }
}

/* ---- spans ------------------------------------------------------------------------------------------------------- */

/* The bytes under the word that begins with `text` as its first part. */
static struct tj_str under(const struct tj_script *s, const char *text) {
    for (uint32_t i = 0; i < s->word.n; i++) {
        const struct tj_sh_word *word = &s->word.at[i];
        if (word->part < word->part_end && tj_str_is(s->part.at[word->part].text, text)) {
            return tj_str_sub(s->source, word->begin, word->end);
        }
    }
    return TJ_STR_NONE;
}

static void spans_are_of_the_source(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *source, *text, *under;
    } cases[] = {
        {"a 'b c' d", "b c", "'b c'"},
        {"x=`echo \\`id \"k l\"\\``", "k l", "\"k l\""},
        {"cat <<-E\n\t\t$(rm \\\n\t-rf)\n\tE\n", "-rf", "-rf"},
        {"cat <<A <<B\nx\nA\n$(id -u)\nB\nnext", "-u", "-u"},
        {"cat <<A <<B\nx\nA\n$(id -u)\nB\nnext", "next", "next"},
        {"echo \"`echo \\\"q\\\"`\"", "q", "\\\"q\\\""},
        {"a\\\nb", "ab", "a\\\nb"},
        {"a\r\nrm -x\r\n", "-x", "-x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        parse(f, tj_str_of(cases[i].source));
        assert_int_equal(f->script.trouble.n, 0);
        check_script(&f->script);
        struct tj_str got = under(&f->script, cases[i].text);
        if (!tj_str_is(got, cases[i].under)) {
            fail_msg("%s: word %s stands over `%.*s`", cases[i].source, cases[i].text, (int)got.n, got.p);
        }
    }
}

static void carriage_returns_are_line_ends(void **state) {
    struct fixture *f = *state;
    parse(f, TJ_STR("if a; then\r\n  b \\\r\n  c # d\r\nfi\r\ncat <<E\r\nx\r\nE\r\nls\r\n"));
    assert_int_equal(f->script.trouble.n, 0);
    assert_string_equal(tj_arena_dup(&f->arena, under(&f->script, "ls")), "ls");
    assert_true(tj_str_is(under(&f->script, "c"), "c"));
}

static void other_dialects_are_not_read(void **state) {
    struct fixture *f = *state;
    static const enum tj_dialect others[] = {TJ_DIALECT_FISH, TJ_DIALECT_PWSH, TJ_DIALECT_CMD};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tj_shell_parse(f->shell, &f->arena, TJ_STR("ls -la"), others[i], &f->script), TRAJSAFE_OK);
        assert_int_equal(f->script.first, TJ_NONE);
        assert_int_equal(f->script.trouble.n, 1);
        assert_int_equal(f->script.trouble.at[0].reason, TJ_REASON_DIALECT);
    }
    assert_int_equal(tj_shell_parse(f->shell, &f->arena, TJ_STR("ls"), TJ_DIALECT_ZSH, &f->script), TRAJSAFE_OK);
    assert_int_equal(f->script.trouble.n, 0);
}

/* ---- hostile input ------------------------------------------------------------------------------------------------ */

static struct tj_str repeated(const char *unit, size_t unit_size, size_t times, const char *tail) {
    size_t n = unit_size * times, m = strlen(tail);
    char *text = malloc(n + m + 1);
    for (size_t i = 0; text && i < times; i++) {
        memcpy(text + i * unit_size, unit, unit_size);
    }
    if (text) {
        memcpy(text + n, tail, m);
    }
    return tj_str_make(text, n + m);
}

static void hostile_input_is_bounded_and_never_clean(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *unit;
        size_t size, times;
        const char *tail;
    } cases[] = {
        {"(", 1, 65536, ""},
        {"a|", 2, 32768, ""},
        {"\0", 1, 102400, ""},
        {"\"", 1, 1048576, ""},
        {"\"", 1, 1048575, ""},
        {"$(", 2, 100, ""},
        {"\xff\xfe", 2, 20, ""},
        {"${", 2, 20000, ""},
        {"<", 1, 65536, ""},
        {"a=( ", 4, 20000, ""},
        {"cat <<A ", 8, 10000, ""},
        {"`", 1, 65535, ""},
        {"`", 1, 65536, ""},
        {"{", 1, 65536, ""},
        {"case x in ", 10, 5000, ""},
        {"if ", 3, 10000, ""},
        {"&", 1, 65536, ""},
        {"\\\n", 2, 50000, ""},
        {"$((", 3, 10000, ""},
        {"[[ ", 3, 10000, ""},
        {"))", 2, 8000, ""},
        {"|&", 2, 8000, ""},
        {"<<<", 3, 5000, ""},
        {"a[", 2, 30000, ""},
        {"a[$((", 5, 10000, ""},
        {"\"$(", 3, 20000, ""},
        {"x@(", 3, 30000, ""},
        {"if a; elif ", 11, 900, ""},
        {"cat <<A\n$(cat <<B\n", 19, 3000, ""},
        {"a ) ", 4, 30000, ""},
        {"{ ", 2, 65536, ""},
        {"`\\", 2, 20000, ""},
        {"a && ", 5, 2000, "b"},
        {"cat <<A\nx\nA\n", 12, 3000, ""},
        {"echo hi\n", 8, 130000, ""},
        {"((", 2, 20000, "))"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tj_str source = repeated(cases[i].unit, cases[i].size, cases[i].times, cases[i].tail);
        parse(f, source);
        check_script(&f->script);
        if (f->script.trouble.n == 0) {
            fail_msg("%.12s… is called clean", cases[i].unit);
        }
        assert_true(f->script.trouble.n <= 2 * TJ_SHELL_MAX_TROUBLES);
        assert_true(f->script.node.n <= TJ_SHELL_MAX_BYTES);
        assert_true(f->arena.used < (48u << 20));
        free((void *)source.p);
    }
}

static void deep_nesting_keeps_what_came_before(void **state) {
    struct fixture *f = *state;
    struct tj_str deep = repeated("$(", 2, 100, "");
    char *text = malloc(deep.n + 32);
    int n = snprintf(text, deep.n + 32, "rm -rf /; echo %.*s", (int)deep.n, deep.p);
    parse(f, tj_str_make(text, (size_t)n));
    assert_true(tj_str_is(under(&f->script, "-rf"), "-rf"));
    assert_int_equal(f->script.trouble.at[0].reason, TJ_REASON_DEPTH);
    free(text);
    free((void *)deep.p);
}

static void over_the_cap_whole_lines_are_read(void **state) {
    struct fixture *f = *state;
    struct tj_str source = repeated("echo line\n", 10, 20000, "");
    parse(f, source);
    assert_int_equal(f->script.trouble.at[0].reason, TJ_REASON_SIZE);
    assert_int_equal(f->script.trouble.n, 1);
    assert_int_equal(f->script.trouble.at[0].end, source.n);
    assert_int_equal(f->script.trouble.at[0].begin % 10, 9);
    assert_int_equal(f->script.node.n, TJ_SHELL_MAX_BYTES / 10);
    free((void *)source.p);
}

static void running_out_of_memory_is_a_status(void **state) {
    struct fixture *f = *state;
    static const char text[] = "f() { cat <<-E | sh; }; a=(1 2) b\n\t$(id `x \\`y\\``)\n\tE\n"
                               "if [[ $x =~ (a|b) ]]; then for ((;;)); do case $y in a) ${z:-\"q\"};; esac; done; fi )";
    struct tj_str source = TJ_STR(text);
    bool failed = false;
    for (size_t budget = 64; budget < 60000; budget += 97) {
        struct tj_arena arena;
        struct tj_script script;
        tj_arena_init(&arena, budget);
        trajsafe_status status = tj_shell_parse(f->shell, &arena, source, TJ_DIALECT_BASH, &script);
        assert_true(status == TRAJSAFE_OK || status == TRAJSAFE_NO_MEMORY);
        failed |= status == TRAJSAFE_NO_MEMORY;
        if (status == TRAJSAFE_OK) {
            check_script(&script);
        }
        tj_arena_free(&arena);
    }
    assert_true(failed);
}

/* ---- the scanner and tree-sitter read the same -------------------------------------------------------------------- */

/* False when tree-sitter is known to read it wrong without saying so: an escaped blank, coproc. */
static bool comparable(struct tj_str source) {
    return tj_str_find(source, TJ_STR("\\ "), 0) == TJ_NOT_FOUND &&
           tj_str_find(source, TJ_STR("\\\t"), 0) == TJ_NOT_FOUND &&
           tj_str_find(source, TJ_STR("coproc"), 0) == TJ_NOT_FOUND;
}

/* 1: compared and equal; 0: one of the two saw an error, or the text is not sound anyway; fails when they differ. */
static int compare(struct fixture *f, struct tj_str source, bool sound) {
    struct tj_script scanned, by_tree;
    tj_arena_reset(&f->arena);
    assert_int_equal(tj_shell_parse_mode(f->shell, &f->arena, source, TJ_DIALECT_BASH, TJ_SHELL_SCAN, &scanned),
                     TRAJSAFE_OK);
    check_script(&scanned);
    assert_int_equal(tj_shell_parse_mode(f->shell, &f->arena, source, TJ_DIALECT_BASH, TJ_SHELL_TREE, &by_tree),
                     TRAJSAFE_OK);
    check_script(&by_tree);
    parse(f, source);
    check_script(&f->script);
    assert_int_equal(tj_shell_parse_mode(f->shell, &f->arena, source, TJ_DIALECT_BASH, TJ_SHELL_SCAN, &scanned),
                     TRAJSAFE_OK);
    assert_int_equal(tj_shell_parse_mode(f->shell, &f->arena, source, TJ_DIALECT_BASH, TJ_SHELL_TREE, &by_tree),
                     TRAJSAFE_OK);
    if (!sound || scanned.trouble.n || tj_shell_tree_unsound(f->shell) || !comparable(source)) {
        return 0;
    }
    struct tj_str a = dump(f, &scanned), b = dump(f, &by_tree);
    if (!tj_str_eq(a, b)) {
        fail_msg("%.*s\n--- scanner\n%.*s--- tree-sitter\n%.*s", (int)source.n, source.p, (int)a.n, a.p, (int)b.n, b.p);
    }
    return 1;
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Sound statements made from a grammar of their own, so that most of them can be compared. */
static void generate(struct tj_buf *out, uint32_t *seed, uint32_t depth) {
    static const char *const words[] = {"ls -la",
                                        "rm -rf \"$d/x\"",
                                        "a=1 b=$c cmd",
                                        "echo 'q w' \"e $r\"",
                                        "grep -E a|b f",
                                        "x=(1 2)",
                                        "cat <in >out 2>&1",
                                        "cat <<E\nhi $x\nE\n",
                                        "[ -f x ]",
                                        "[[ $a == b ]]",
                                        "export A=\"b c\" D",
                                        "echo ${a:-b} ${#c} $((1+2))",
                                        "! true",
                                        "echo {a,b} *.c",
                                        "y=$(date +%s | cut -c1)",
                                        "unset a b"};
    static const char *const joins[] = {"; ", " && ", " || ", " | ", "\n", " &\n"};
    static const struct {
        const char *open, *close;
    } shells[] = {{"( ", " )"},
                  {"{ ", "; }"},
                  {"if a; then ", "; fi"},
                  {"while b; do ", "; done"},
                  {"for i in 1 $x; do ", "; done"},
                  {"case $x in a|b) ", ";; esac"},
                  {"f() { ", "; }"},
                  {"for ((i=0;i<3;i++)); do ", "; done > log"}};
    uint32_t pick = next_random(seed) % 24;
    if (depth < 4 && pick >= 16) {
        tj_buf_puts(out, shells[pick - 16].open);
        generate(out, seed, depth + 1);
        tj_buf_puts(out, shells[pick - 16].close);
    } else {
        tj_buf_puts(out, words[pick % 16]);
    }
    if (depth < 4 && next_random(seed) % 3) {
        tj_buf_puts(out, joins[next_random(seed) % 6]);
        generate(out, seed, depth + 1);
    }
}

static void scanner_and_tree_agree_on_generated_scripts(void **state) {
    struct fixture *f = *state;
    uint32_t seed = 7, compared = 0;
    for (int i = 0; i < 4000; i++) {
        struct tj_arena arena;
        struct tj_buf out;
        tj_arena_init(&arena, 0);
        tj_buf_init(&out, &arena);
        generate(&out, &seed, 0);
        char *copy = malloc(out.n + 1u); /* of exactly its size, so that a sanitizer sees a read behind it */
        memcpy(copy, out.at, out.n);
        compared += (uint32_t)compare(f, tj_str_make(copy, out.n), true);
        free(copy);
        tj_arena_free(&arena);
    }
    assert_true(compared > 1500);
}

/* Pieces in any order: mostly broken. Only the invariants count, and that neither reader crashes. */
static void broken_scripts_keep_the_invariants(void **state) {
    struct fixture *f = *state;
    static const char *const pieces[] = {
        "if ",   "then ", "fi",       "; ",   "\n",       "$(",        ")",          "`",    "\"",  "'",
        "${a",   "}",     "((",       "))",   "[[ ",      "]]",        "case x in ", "a) ",  ";;",  "esac",
        "<<E\n", "E\n",   "<<-'E'\n", "\t",   " | ",      " && ",      "&",          "{ ",   "f()", "function g ",
        "a=(",   "$((",   "\\",       "\\\n", "#",        "for i in ", "do ",        "done", ">",   "<",
        "<(",    "!",     "x",        " y ",  "$'\\x41'", "@(",        "coproc ",    "\r\n"};
    uint32_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        char text[256];
        uint32_t n = 0;
        for (uint32_t left = 1 + next_random(&seed) % 20; left > 0; left--) {
            const char *piece = pieces[next_random(&seed) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += (uint32_t)strlen(piece);
        }
        char *copy = malloc(n);
        memcpy(copy, text, n);
        (void)compare(f, tj_str_make(copy, n), false);
        free(copy);
    }
}

/* Takes the string after "command": " off a line of JSON, escapes resolved as far as they occur; false without one. */
static bool command_of(const char *line, struct tj_buf *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = strstr(line, "\"command\": \"");
    if (!at) {
        return false;
    }
    for (at += 12; *at && *at != '"'; at++) {
        if (*at != '\\') {
            tj_buf_putc(out, *at);
        } else if (at[1] == 'u') {
            char utf8[4];
            uint32_t code = (uint32_t)strtoul((char[]){at[2], at[3], at[4], at[5], 0}, NULL, 16);
            tj_buf_put(out, tj_str_make(utf8, tj_utf8_put(utf8, code)));
            at += 5;
        } else {
            const char *found = strchr(from, *++at);
            tj_buf_putc(out, found ? to[found - from] : *at);
        }
    }
    return true;
}

static void scanner_and_tree_agree_on_agent_commands(void **state) {
    struct fixture *f = *state;
    FILE *file = fopen(TRAJSAFE_SOURCE_DIR "/../shared/data/commands/agent.jsonl", "rb");
    static char line[1 << 20];
    uint32_t compared = 0, rows = 0;
    if (!file) {
        skip();
        return;
    }
    while (fgets(line, sizeof line, file)) {
        struct tj_arena arena;
        struct tj_buf out;
        tj_arena_init(&arena, 0);
        tj_buf_init(&out, &arena);
        if (command_of(line, &out) && out.n) {
            rows++;
            compared += (uint32_t)compare(f, tj_buf_str(&out), true);
        }
        tj_arena_free(&arena);
    }
    fclose(file);
    print_message("%u of %u agent commands compared, all equal\n", compared, rows);
    assert_true(compared > rows * 8 / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(spans_are_of_the_source, setup, teardown),
        cmocka_unit_test_setup_teardown(carriage_returns_are_line_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(other_dialects_are_not_read, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_input_is_bounded_and_never_clean, setup, teardown),
        cmocka_unit_test_setup_teardown(deep_nesting_keeps_what_came_before, setup, teardown),
        cmocka_unit_test_setup_teardown(over_the_cap_whole_lines_are_read, setup, teardown),
        cmocka_unit_test_setup_teardown(running_out_of_memory_is_a_status, setup, teardown),
        cmocka_unit_test_setup_teardown(scanner_and_tree_agree_on_generated_scripts, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_scripts_keep_the_invariants, setup, teardown),
        cmocka_unit_test_setup_teardown(scanner_and_tree_agree_on_agent_commands, setup, teardown),
    };
    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
