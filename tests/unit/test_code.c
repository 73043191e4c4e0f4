// Hostile Python: nothing hangs, nothing is called clean, other languages are refused, results do not depend on order.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "code/code.h"

#define MEMORY_MAX (96u * 1024u * 1024u)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SECONDS_MAX 20.0
#else
#define SECONDS_MAX 2.0 /* an aim of 0.1 s, on a machine that may be busy */
#endif

struct hostile {
    const char *before, *repeated;
    uint32_t times;
    const char *after;
    int reason; /* that must be among the troubles; -1: any or none */
};

static const struct hostile hostile[] = {
    {"", "(", 65536, "", TJ_REASON_DEPTH},
    {"", "[", 65536, "", TJ_REASON_DEPTH},
    {"", "{", 65536, "", TJ_REASON_DEPTH},
    {"", "([{", 20000, "", TJ_REASON_DEPTH},
    {"x = \"\"\"", "a\n", 20000, "", TJ_REASON_SYNTAX},
    {"", "x=", 30000, "1", -2},
    {"", "lambda:", 20000, "1", -2},
    {"", "not ", 20000, "x", -2},
    {"", "-", 65536, "1", TJ_REASON_BUDGET},
    {"a", ".b", 30000, "", -2},
    {"a", ".b()", 30000, "", -2},
    {"a", "()", 40000, "", -2},
    {"a", "[0]", 30000, "", -2},
    {"x=\"a\"", "+\"a\"", 40000, "", -2},
    {"x=", "1 if a else ", 20000, "1", -2},
    {"x=2", "**2", 40000, "", -2},
    {"x=", "f\"{", 20000, "", -2},
    {"x=f\"", "{", 60000, "\"", -2},
    {"x=f\"{", "a:{", 20000, "", -2},
    {"", "\\\n", 50000, "", -2},
    {"", "...", 50000, "", -2},
    {"", "... ", 30000, "", -2},
    {"", "x=1\r", 50000, "", -2},
    {"", "exec ", 30000, "", -2},
    {"", "from a import ", 10000, "", -2},
    {"", "if x: pass\n", 20000, "", -1},
    {"if x: pass\n", "elif x: pass\n", 18000, "", -1},
    {"", "a b c d e f ) ] } ", 15000, "", -2},
    {"", "x = ( y [ z { w \n", 12000, "", -2},
    {"", "if a b:\n  c d\nelse e\n", 10000, "", -2},
    {"", "\"", 1000000, "", -2},
    {"", "!a\n", 60000, "", -2},
    {"%%bash\n", "a|", 60000, "", -1},
    {"x='a'\n", "x=x+x\n", 20000, "", -2},
    {"x=[]\n", "x.append('a')\n", 15000, "", -2},
    {"x='a'*60000\n", "y=x*60000\n", 10000, "", -1},
    {"", "\xff", 131072, "", -1},
    {"", "\xc3\xa9", 60000, "", -1},
    {"", "\t", 100000, "x", -1},
    {"x=[", "1,", 120000, "]", -2},
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool has_reason(const struct tj_code *code, int reason) {
    for (uint32_t i = 0; i < code->trouble.n; i++)
        if (code->trouble.at[i].reason == reason) return true;
    return reason == -1 || (reason == -2 && code->trouble.n > 0);
}

static void parse_and_check(struct tj_coder *coder, struct tj_str source, int reason, const char *what) {
    struct tj_arena arena;
    struct tj_code code;
    struct tj_buf dump;
    tj_arena_init(&arena, MEMORY_MAX);
    double begin = now();
    assert_int_equal(tj_code_parse(coder, &arena, TJ_LANG_PYTHON, source, &code), TRAJSAFE_OK);
    double seconds = now() - begin;
    if (seconds > SECONDS_MAX || !has_reason(&code, reason))
        fail_msg("%.20s: %.3f s, %u troubles, first %d", what, seconds, code.trouble.n,
                 code.trouble.n ? code.trouble.at[0].reason : -1);
    for (uint32_t i = 0; i < code.call.n; i++)
        assert_true(code.call.at[i].begin <= code.call.at[i].end && code.call.at[i].end <= source.n);
    tj_buf_init(&dump, &arena);
    tj_code_dump(&code, &dump);
    tj_arena_free(&arena);
}

static void test_hostile(void **state) {
    (void)state;
    struct tj_coder *coder;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        const struct hostile *h = &hostile[i];
        struct tj_arena arena;
        struct tj_buf buf;
        tj_arena_init(&arena, 0);
        tj_buf_init(&buf, &arena);
        tj_buf_puts(&buf, h->before);
        for (uint32_t k = 0; k < h->times; k++) tj_buf_puts(&buf, h->repeated);
        tj_buf_puts(&buf, h->after);
        parse_and_check(coder, tj_buf_str(&buf), h->reason, h->repeated);
        tj_arena_free(&arena);
    }
    tj_coder_free(coder);
}

static void test_nested_blocks(void **state) {
    (void)state;
    struct tj_coder *coder;
    struct tj_arena arena;
    struct tj_buf buf;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    tj_arena_init(&arena, 0);
    tj_buf_init(&buf, &arena);
    for (uint32_t i = 0; i < 500; i++) {
        for (uint32_t k = 0; k < i; k++) tj_buf_putc(&buf, ' ');
        tj_buf_puts(&buf, "if x:\n");
    }
    parse_and_check(coder, tj_buf_str(&buf), TJ_REASON_DEPTH, "nested if");
    tj_arena_free(&arena);
    tj_coder_free(coder);
}

static void test_nul(void **state) {
    (void)state;
    static char nul[100000];
    struct tj_coder *coder;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    parse_and_check(coder, tj_str_make(nul, sizeof nul), TJ_REASON_BINARY, "NUL");
    tj_coder_free(coder);
}

static void test_other_languages(void **state) {
    (void)state;
    struct tj_coder *coder;
    struct tj_arena arena;
    struct tj_code code;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    tj_arena_init(&arena, 0);
    assert_int_equal(tj_code_parse(coder, &arena, TJ_LANG_SQL, TJ_STR("a()"), &code), TRAJSAFE_OK);
    assert_int_equal(code.call.n, 0);
    assert_int_equal(code.trouble.n, 1);
    assert_int_equal(code.trouble.at[0].reason, TJ_REASON_LANGUAGE);
    assert_int_equal(tj_code_parse(coder, &arena, TJ_LANG_PYTHON, TJ_STR(""), &code), TRAJSAFE_OK);
    assert_int_equal(code.call.n, 0);
    assert_int_equal(code.trouble.n, 0);
    tj_arena_free(&arena);
    tj_coder_free(coder);
}

/* Every prefix of honest code parses, with an arena that is too small as well. */
static void test_prefixes(void **state) {
    (void)state;
    static const char source[] =
        "import os, base64 as b\nfor p in ['/a', f'{os.sep}b']:\n    with open(p, 'w') as f:\n"
        "        f.write(''.join(chr(c) for c in (1, 2))[::-1] % {'a': 1})\n"
        "!ls -la\ntry:\n    exec(b.b64decode('YQ==').decode())\nexcept Exception as e:\n    raise\n"
        "def f(a, *b, c=1, **d): return (lambda x: x)(a)\nf(*[1, 2], **{'c': 3})\nx = y = os.environ['A']\n";
    struct tj_coder *coder;
    struct tj_code code;
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    for (size_t n = 0; n < sizeof source; n++) {
        struct tj_arena arena;
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        memcpy(copy, source, n);
        tj_arena_init(&arena, 0);
        assert_int_equal(tj_code_parse(coder, &arena, TJ_LANG_PYTHON, tj_str_make(copy, n), &code), TRAJSAFE_OK);
        tj_arena_free(&arena);
        tj_arena_init(&arena, n * 100 + 100);
        trajsafe_status status = tj_code_parse(coder, &arena, TJ_LANG_PYTHON, tj_str_make(copy, n), &code);
        assert_true(status == TRAJSAFE_OK || status == TRAJSAFE_NO_MEMORY);
        tj_arena_free(&arena);
        free(copy);
    }
    tj_coder_free(coder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile),         cmocka_unit_test(test_nested_blocks), cmocka_unit_test(test_nul),
        cmocka_unit_test(test_other_languages), cmocka_unit_test(test_prefixes),
    };
    return cmocka_run_group_tests_name("code", tests, NULL, NULL);
}
