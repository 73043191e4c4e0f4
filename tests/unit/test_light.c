// The light readers on hostile text: bounded, linear, and never silent about what they left out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "code/code.h"

static const enum tj_lang langs[] = {TJ_LANG_NODE, TJ_LANG_RUBY, TJ_LANG_PERL, TJ_LANG_PHP, TJ_LANG_LUA, TJ_LANG_AWK};
enum { LANGS = sizeof langs / sizeof *langs };

static const char *const units[] = {"(",
                                    "[",
                                    "{",
                                    "((a)",
                                    "\"",
                                    "'",
                                    "`",
                                    "`${",
                                    "\"#{",
                                    "\"$x[",
                                    "\"@{[",
                                    "${",
                                    "%w[",
                                    "q(",
                                    "s/a/",
                                    "/",
                                    "/*",
                                    "--[[",
                                    "<<A ",
                                    "<<A\n",
                                    "<<<A\n",
                                    "a.b(",
                                    "a=>",
                                    "function(",
                                    "def f\n",
                                    "do |x|\n",
                                    "if a\n",
                                    "if(a){",
                                    "x?",
                                    "a:",
                                    "!",
                                    "-",
                                    "a,",
                                    ";",
                                    "\n",
                                    "f {",
                                    "f 'x' ",
                                    "->",
                                    "::",
                                    "<a>",
                                    "$",
                                    "@",
                                    "\\",
                                    "a[",
                                    "|&",
                                    "print > ",
                                    "cmd | getline ",
                                    "begin\n",
                                    "case x\n",
                                    "<?php ",
                                    "?>",
                                    "a ? b : ",
                                    "`a${`",
                                    "map { ",
                                    "new ",
                                    "=",
                                    "a=",
                                    "a.",
                                    "a+",
                                    "\"a\" .. ",
                                    "class A\n",
                                    "eval(",
                                    "system(",
                                    "\x80",
                                    "0x",
                                    "<% ",
                                    "end\n",
                                    "}",
                                    ")",
                                    "a.b.c().d"};
enum { UNITS = sizeof units / sizeof *units };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct tj_str repeated(struct tj_arena *arena, const char *unit, uint32_t bytes) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    while (buf.n < bytes) tj_buf_puts(&buf, unit);
    return tj_buf_str(&buf);
}

static double parse(struct tj_coder *coder, enum tj_lang lang, const char *unit, uint32_t bytes) {
    struct tj_arena arena;
    struct tj_code code;
    tj_arena_init(&arena, 0);
    struct tj_str source = repeated(&arena, unit, bytes);
    double begin = seconds();
    assert_int_equal(tj_code_parse(coder, &arena, lang, source, &code), TRAJSAFE_OK);
    double took = seconds() - begin;
    for (uint32_t i = 0; i < code.call.n; i++) {
        assert_true(code.call.at[i].begin <= code.call.at[i].end && code.call.at[i].end <= source.n);
        assert_true(code.call.at[i].arg_end <= code.arg.n);
    }
    for (uint32_t i = 0; i < code.value.n; i++) {
        const struct tj_code_value *v = &code.value.at[i];
        if (v->item < v->item_end && v->item_end > code.value.n)
            print_error("%d \"%s\" value %u\n", (int)lang, unit, i);
        assert_true(v->item >= v->item_end || v->item_end <= code.value.n);
    }
    tj_arena_free(&arena);
    return took;
}

/* 4 KB and 16 KB: four times the text may take no more than about four times as long. */
static void test_linear(void **state) {
    (void)state;
    struct tj_coder *coder;
    uint32_t slow = 0;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    for (size_t l = 0; l < LANGS; l++) {
        for (size_t u = 0; u < UNITS; u++) {
            double small = parse(coder, langs[l], units[u], 4000), large = parse(coder, langs[l], units[u], 16000);
            if (large < 0.08 || large < small * 12) continue;
            print_error("language %d, unit %zu \"%s\": %.0f ms, then %.0f ms\n", (int)langs[l], u, units[u],
                        small * 1e3, large * 1e3);
            slow++;
        }
    }
    tj_coder_free(coder);
    assert_int_equal(slow, 0);
}

static bool troubled(struct tj_coder *coder, enum tj_lang lang, const char *unit, uint32_t bytes, enum tj_reason reason) {
    struct tj_arena arena;
    struct tj_code code;
    bool found = false;
    tj_arena_init(&arena, 0);
    struct tj_str source = repeated(&arena, unit, bytes);
    assert_int_equal(tj_code_parse(coder, &arena, lang, source, &code), TRAJSAFE_OK);
    for (uint32_t i = 0; i < code.trouble.n; i++) found |= code.trouble.at[i].reason == reason;
    tj_arena_free(&arena);
    return found;
}

/* What is cut off or lost is said. */
static void test_reasons(void **state) {
    (void)state;
    struct tj_coder *coder;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    for (size_t l = 0; l < LANGS; l++) {
        assert_true(troubled(coder, langs[l], "(", 1000, TJ_REASON_DEPTH));
        assert_true(troubled(coder, langs[l], "x = 1\n", 200000, TJ_REASON_SIZE));
        assert_true(troubled(coder, langs[l], "x = \"", 5, TJ_REASON_SYNTAX));
        assert_true(troubled(coder, langs[l], "f(1", 3, TJ_REASON_SYNTAX));
        assert_true(troubled(coder, langs[l], ")", 1, TJ_REASON_SYNTAX));
        assert_false(troubled(coder, langs[l], "f(1)\n", 5, TJ_REASON_SYNTAX));
    }
    tj_coder_free(coder);
}

/* A source may be cut anywhere. */
static void test_prefixes(void **state) {
    (void)state;
    static const char source[] =
        "const {a: b} = require('x'); `t ${b(\"q\" + 'r')}`; f.g(h => { i(j) }) /* c */ // d\n"
        "%w[a b].each do |x| File.delete(\"#{x}\") end; s{a}{b}e; print {$f} <<EOT, qw(a b);\nEOT\n"
        "if (x) { system('y' . $z) } foreach ($a as $k => $v): endforeach; local t = {a = [[b]]} print \"c\" > \"d\"\n";
    struct tj_coder *coder;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    for (size_t l = 0; l < LANGS; l++) {
        for (uint32_t n = 0; n < sizeof source; n++) {
            struct tj_arena arena;
            struct tj_code code;
            tj_arena_init(&arena, 0);
            char *copy = tj_arena_dup(&arena, tj_str_make(source, n)); /* so that reading past the end is seen */
            assert_int_equal(tj_code_parse(coder, &arena, langs[l], tj_str_make(copy, n), &code), TRAJSAFE_OK);
            tj_arena_free(&arena);
        }
    }
    tj_coder_free(coder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_linear), cmocka_unit_test(test_reasons),
                                       cmocka_unit_test(test_prefixes)};
    return cmocka_run_group_tests_name("light readers", tests, NULL, NULL);
}
