/* Tests of spans: from nested, decoded and partly equal texts back to the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"

static int set_up(void **state) {
    struct tj_arena *arena = malloc(sizeof *arena);
    tj_arena_init(arena, 0);
    *state = arena;
    return 0;
}

static int tear_down(void **state) {
    tj_arena_free(*state);
    free(*state);
    return 0;
}

static void check(const struct tj_texts *texts, uint32_t text, uint32_t begin, uint32_t end, const char *want,
                  bool want_exact) {
    bool exact;
    struct tj_span root = tj_texts_to_root(texts, (struct tj_span){text, begin, end}, &exact);
    assert_int_equal(exact, want_exact);
    struct tj_str got = tj_texts_bytes(texts, root);
    if (!tj_str_is(got, want)) fail_msg("got %.*s, want %s", (int)got.n, got.p, want);
}

static void equal_runs(void **state) {
    struct tj_texts texts;
    tj_texts_init(&texts, *state);
    /* bash -c 'rm "a b" x' : the word's value without its outer quotes, then a word of it without the inner ones. */
    uint32_t root = tj_texts_root(&texts, TJ_STR("bash -c 'rm \"a b\" x'"));
    uint32_t nested =
        tj_texts_child(&texts, (struct tj_span){root, 8, 20}, TJ_LAYER_NESTED, TJ_STR("bash"), TJ_STR("rm \"a b\" x"));
    assert_true(tj_texts_run(&texts, nested, 0, 9, 10));
    check(&texts, nested, 0, 2, "rm", true);
    uint32_t word = tj_texts_child(&texts, (struct tj_span){nested, 3, 8}, TJ_LAYER_WORD, TJ_STR_NONE, TJ_STR("a b"));
    assert_true(tj_texts_run(&texts, word, 0, 4, 3));
    check(&texts, word, 0, 3, "a b", true);
    check(&texts, word, 2, 3, "b", true);
    assert_int_equal(texts.text.at[word].depth, 2);
}

static void gaps(void **state) {
    struct tj_texts texts;
    tj_texts_init(&texts, *state);
    /* x=one"$v"two : what $v gave has no place of its own. */
    uint32_t root = tj_texts_root(&texts, TJ_STR("echo one\"$v\"two"));
    uint32_t word =
        tj_texts_child(&texts, (struct tj_span){root, 5, 15}, TJ_LAYER_WORD, TJ_STR_NONE, TJ_STR("oneVALUEtwo"));
    assert_true(tj_texts_run(&texts, word, 0, 5, 3));
    assert_true(tj_texts_run(&texts, word, 8, 12, 3));
    check(&texts, word, 0, 3, "one", true);
    check(&texts, word, 8, 11, "two", true);
    check(&texts, word, 3, 8, "\"$v\"", false);
    check(&texts, word, 1, 5, "ne\"$v\"", false);
    check(&texts, word, 5, 11, "\"$v\"two", false);
    check(&texts, word, 0, 11, "one\"$v\"two", true);
}

static void opaque(void **state) {
    struct tj_texts texts;
    tj_texts_init(&texts, *state);
    uint32_t root = tj_texts_root(&texts, TJ_STR("echo bHM= | base64 -d | sh"));
    uint32_t decoded =
        tj_texts_child(&texts, (struct tj_span){root, 5, 9}, TJ_LAYER_DECODED, TJ_STR("base64"), TJ_STR("ls"));
    uint32_t inner = tj_texts_child(&texts, (struct tj_span){decoded, 0, 2}, TJ_LAYER_WORD, TJ_STR_NONE, TJ_STR("ls"));
    assert_true(tj_texts_run(&texts, inner, 0, 0, 2));
    check(&texts, inner, 0, 1, "bHM=", false);
    assert_int_equal(tj_texts_child(&texts, TJ_NO_SPAN, TJ_LAYER_WORD, TJ_STR_NONE, TJ_STR_NONE), TJ_NONE);
    assert_false(tj_texts_run(&texts, 99, 0, 0, 1));
    assert_int_equal(tj_texts_bytes(&texts, TJ_NO_SPAN).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(equal_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gaps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opaque, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
