/* Documents: values, pointers, what is mended, what is refused, and how deep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/doc.h"

struct fixture {
    struct tj_json *json;
    struct tj_arena arena;
    struct tj_doc doc;
    trajsafe_error error;
};

static void setup(struct fixture *f) {
    memset(f, 0, sizeof *f);
    tj_arena_init(&f->arena, 0);
    assert_int_equal(tj_json_new(&f->json), TRAJSAFE_OK);
}

static void teardown(struct fixture *f) {
    tj_json_free(f->json);
    tj_arena_free(&f->arena);
}

/* From the heap and without a byte behind it, so that a read beyond the end shows. */
static trajsafe_status parse(struct fixture *f, const char *text, size_t n) {
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, text, n);
    trajsafe_status status = tj_doc_parse(f->json, &f->arena, tj_str_make(copy, n), &f->doc, &f->error);
    if (status != TRAJSAFE_OK) {
        free(copy);
        return status;
    }
    /* the doc points into its source: keep a copy in the arena instead */
    struct tj_str kept = tj_arena_copy(&f->arena, tj_str_make(copy, n));
    free(copy);
    return tj_doc_parse(f->json, &f->arena, kept, &f->doc, &f->error);
}

static void good(struct fixture *f, const char *text) { assert_int_equal(parse(f, text, strlen(text)), TRAJSAFE_OK); }

static void bad(struct fixture *f, const char *text) {
    trajsafe_status status = parse(f, text, strlen(text));
    if (status != TRAJSAFE_BAD_INPUT) print_error("accepted: %s\n", text);
    assert_int_equal(status, TRAJSAFE_BAD_INPUT);
    assert_true(f->error.offset <= strlen(text));
    assert_true(f->error.message[0] != '\0' && f->error.mend[0] != '\0');
}

static void is(struct tj_str s, const char *text) {
    assert_int_equal(s.n, strlen(text));
    assert_memory_equal(s.p, text, s.n);
}

static void test_values(void **state) {
    (void)state;
    struct fixture f;
    int64_t number;
    setup(&f);
    good(&f,
         " {\"a\": [1, -2.5e+3, true, false, null, \"x\\ny\"], \"b\": {\"c/d~\": {\"\": 7}}, \"n\": -42, \"z\":null} ");
    uint32_t a = tj_doc_get(&f.doc, 0, "a");
    assert_true(tj_doc_is(&f.doc, a, TJ_DOC_ARRAY));
    assert_int_equal(f.doc.node.at[a].n, 6);
    is(f.doc.node.at[a].text, "[1, -2.5e+3, true, false, null, \"x\\ny\"]");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, a, 5)), "x\ny");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, a, 5)), "x\ny");
    assert_int_equal(tj_doc_at(&f.doc, a, 6), TJ_NONE);
    assert_true(tj_doc_get_number(&f.doc, 0, "n", &number));
    assert_int_equal(number, -42);
    assert_int_equal(tj_doc_get(&f.doc, 0, "z"), TJ_NONE);
    assert_int_equal(tj_doc_get(&f.doc, a, "x"), TJ_NONE);
    uint32_t inner = tj_doc_get(&f.doc, tj_doc_get(&f.doc, tj_doc_get(&f.doc, 0, "b"), "c/d~"), "");
    is(tj_doc_pointer(&f.doc, inner), "/b/c~1d~0/");
    is(tj_doc_pointer(&f.doc, tj_doc_at(&f.doc, a, 3)), "/a/3");
    is(tj_doc_pointer(&f.doc, 0), "");
    assert_int_equal(tj_doc_next(&f.doc, 0), TJ_NONE);
    good(&f, "\"only\"");
    is(tj_doc_text(&f.doc, 0), "only");
    good(&f, "[]");
    assert_int_equal(tj_doc_first(&f.doc, 0), TJ_NONE);
    good(&f, "[NaN, Infinity, -Infinity]");
    good(&f, "\xEF\xBB\xBF{}");
    teardown(&f);
}

static void test_refused(void **state) {
    static const char *const texts[] = {
        "",       " ",         "{",   "[1,",        "[1 2]", "{\"a\"}", "{\"a\":}",  "{\"a\":1,}", "[1,]", "{a:1}",
        "\"open", "[\"a\"b]",  "tru", "nulll",      "01x",   "1.",      "1e",        "-",          "{}{}", "[1]]",
        "[1}",    "{\"a\":1]", "{,}", "\"a\"\"b\"", "'a'",   "\x01",    "{\"a\" 1}", "+1",         ".5"};
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) bad(&f, texts[i]);
    teardown(&f);
}

static void test_mended(void **state) {
    (void)state;
    struct fixture f;
    setup(&f);
    good(&f, "[\"\\ud800\", \"\\ude00x\", \"\\ud83d\\ude00\", \"\\u0000\", \"\\x\\u12\", \"\\ud800\\u0041\"]");
    assert_false(f.doc.repaired);
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 0)), "\xEF\xBF\xBD");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 1)), "\xEF\xBF\xBDx");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 2)), "\xF0\x9F\x98\x80");
    assert_int_equal(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 3)).n, 1);
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 4)), "\\x\\u12");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 5)), "\xEF\xBF\xBD"
                                                     "A");
    good(&f, "[\"a\xFFz\", \"\xC3\xA9\", \"\xED\xA0\x80\", \"\xC0\xAF\", \"\xF4\x90\x80\x80\", \"\xEF\xBF\xBD\"]");
    assert_true(f.doc.repaired);
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 0)), "a?z");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 1)), "\xC3\xA9");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 2)), "???");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 3)), "??");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 5)), "\xEF\xBF\xBD");
    good(&f, "[\"line\nbreak\ttab\x01\"]");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 0)), "line\nbreak\ttab\x01");
    good(&f, "[\"\n\xFF\"]");
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, 0, 0)), "\n?");
    assert_int_equal(parse(&f, "[\"a\0b\"]", 7), TRAJSAFE_OK);
    assert_int_equal(tj_doc_text(&f.doc, 1).n, 3);
    assert_int_equal(parse(&f, "\0\0", 2), TRAJSAFE_BAD_INPUT);
    teardown(&f);
}

static void test_duplicates(void **state) {
    (void)state;
    struct fixture f;
    struct tj_buf buf;
    setup(&f);
    good(&f, "{\"a\":1,\"b\":2,\"a\":3}");
    assert_true(f.doc.duplicate_keys);
    int64_t number;
    assert_true(tj_doc_get_number(&f.doc, 0, "a", &number));
    assert_int_equal(number, 3);
    good(&f, "{\"a\":1,\"\\u0061\":null}");
    assert_true(f.doc.duplicate_keys);
    assert_int_equal(tj_doc_get(&f.doc, 0, "a"), TJ_NONE);
    good(&f, "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}");
    assert_false(f.doc.duplicate_keys);
    for (int twice = 0; twice < 2; twice++) {
        tj_buf_init(&buf, &f.arena);
        for (uint32_t i = 0; i < 500; i++) tj_buf_putf(&buf, "%s\"k%u\":0", i ? "," : "{", i);
        tj_buf_puts(&buf, twice ? ",\"k7\":1}" : "}");
        struct tj_str text = tj_buf_str(&buf);
        assert_int_equal(parse(&f, text.p, text.n), TRAJSAFE_OK);
        assert_int_equal(f.doc.duplicate_keys, twice);
    }
    teardown(&f);
}

static char *repeated(const char *unit, size_t times, const char *tail) {
    size_t n = strlen(unit);
    char *text = malloc(n * times + strlen(tail) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++) memcpy(text + i * n, unit, n);
    memcpy(text + n * times, tail, strlen(tail) + 1);
    return text;
}

static void test_deep(void **state) {
    (void)state;
    struct fixture f;
    setup(&f);
    for (size_t depth = 255; depth <= 257; depth++) {
        char *open = repeated("[", depth, ""), *close = repeated("]", depth, ""), *all = malloc(2 * depth + 1);
        assert_non_null(all);
        memcpy(all, open, depth);
        memcpy(all + depth, close, depth + 1);
        trajsafe_status status = parse(&f, all, 2 * depth);
        assert_int_equal(status, depth <= 256 ? TRAJSAFE_OK : TRAJSAFE_BAD_INPUT);
        if (status == TRAJSAFE_OK) assert_int_equal(tj_doc_pointer(&f.doc, f.doc.node.n - 1).n, 2 * (depth - 1));
        free(open);
        free(close);
        free(all);
    }
    char *deep = repeated("{\"a\":[", 100000, "");
    bad(&f, deep);
    free(deep);
    deep = repeated("\"", 1 << 20, "");
    bad(&f, deep);
    free(deep);
    teardown(&f);
}

static void test_lines(void **state) {
    static const char text[] = "{\"a\":1}\r\n\n{broken\n\"open\n[2]\n   \n{\"b\":3}";
    (void)state;
    struct fixture f;
    uint32_t wrong;
    setup(&f);
    assert_int_equal(tj_doc_parse_lines(f.json, &f.arena, TJ_STR(text), &f.doc, &wrong, NULL), TRAJSAFE_OK);
    assert_int_equal(wrong, 2);
    assert_int_equal(f.doc.node.at[0].n, 7);
    assert_true(tj_doc_is(&f.doc, tj_doc_at(&f.doc, 0, 0), TJ_DOC_OBJECT));
    assert_true(tj_doc_is(&f.doc, tj_doc_at(&f.doc, 0, 1), TJ_DOC_NULL));
    is(f.doc.node.at[tj_doc_at(&f.doc, 0, 2)].text, "{broken");
    assert_true(tj_doc_is(&f.doc, tj_doc_at(&f.doc, 0, 4), TJ_DOC_ARRAY));
    uint32_t last = tj_doc_get(&f.doc, tj_doc_at(&f.doc, 0, 6), "b");
    is(tj_doc_pointer(&f.doc, last), "/6/b");
    assert_int_equal(tj_doc_next(&f.doc, tj_doc_at(&f.doc, 0, 6)), TJ_NONE);
    assert_int_equal(tj_doc_parse_lines(f.json, &f.arena, TJ_STR_NONE, &f.doc, &wrong, NULL), TRAJSAFE_OK);
    assert_int_equal(f.doc.node.at[0].n, 0);
    teardown(&f);
}

static void test_numbers(void **state) {
    (void)state;
    struct fixture f;
    setup(&f);
    char *text = repeated("1,", 100000, "\"end\",[2,3],4]}");
    struct tj_buf buf;
    tj_buf_init(&buf, &f.arena);
    tj_buf_puts(&buf, "{\"ids\":[");
    tj_buf_puts(&buf, text);
    struct tj_str all = tj_buf_str(&buf);
    assert_int_equal(parse(&f, all.p, all.n), TRAJSAFE_OK);
    uint32_t ids = tj_doc_get(&f.doc, 0, "ids");
    assert_int_equal(f.doc.node.at[ids].n, 67);
    assert_int_equal(f.doc.node.at[ids].text.n, all.n - 8);
    is(tj_doc_text(&f.doc, tj_doc_at(&f.doc, ids, 64)), "end");
    assert_true(tj_doc_is(&f.doc, tj_doc_at(&f.doc, ids, 65), TJ_DOC_ARRAY));
    assert_int_equal(tj_doc_at(&f.doc, ids, 67), TJ_NONE);
    free(text);
    text = repeated("1,", 100, "1 2]");
    *text = '[';
    bad(&f, text);
    free(text);
    teardown(&f);
}

static void test_memory(void **state) {
    (void)state;
    struct fixture f;
    setup(&f);
    char *text = repeated("[[],", 1000, "0");
    f.arena.budget = 4096;
    trajsafe_status status = tj_doc_parse(f.json, &f.arena, tj_str_make(text, strlen(text)), &f.doc, &f.error);
    assert_int_equal(status, TRAJSAFE_NO_MEMORY);
    free(text);
    teardown(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),     cmocka_unit_test(test_refused), cmocka_unit_test(test_mended),
        cmocka_unit_test(test_duplicates), cmocka_unit_test(test_deep),    cmocka_unit_test(test_lines),
        cmocka_unit_test(test_memory),     cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
