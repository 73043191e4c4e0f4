/* Tests of the vocabulary: every name is found again, and names within a list differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "vocab/vocab.h"

static void round_trip(void **state) {
    (void)state;
    for (int list = 0; list < TJ_LIST_COUNT; list++) {
        uint32_t n = tj_vocab_count((enum tj_list)list);
        assert_true(n > 0);
        for (uint32_t i = 0; i < n; i++) {
            const char *name = tj_vocab_name((enum tj_list)list, i);
            assert_int_equal(tj_vocab_find((enum tj_list)list, tj_str_of(name)), i);
        }
        assert_string_equal(tj_vocab_name((enum tj_list)list, n), "?");
        assert_int_equal(tj_vocab_find((enum tj_list)list, TJ_STR("no such name")), -1);
    }
    assert_int_equal(tj_vocab_find(TJ_LIST_EFFECTS, TJ_STR("delete")), TJ_EFFECT_DELETE);
    assert_int_equal(tj_vocab_find(TJ_LIST_CLASSES, TJ_STR("secret")), TJ_CLASS_SECRET);
    assert_int_equal(tj_vocab_find(TJ_LIST_HANDLERS, TJ_STR("true")), TJ_HANDLER_TRUE);
}

static void leaves(void **state) {
    (void)state;
    assert_string_equal(tj_leaf_name(TJ_LEAF_DECEPTION), "deception");
    assert_string_equal(tj_category_name(tj_leaf_category(TJ_LEAF_DECEPTION)), "trustworthiness");
    assert_string_equal(tj_category_name(tj_leaf_category(TJ_LEAF_INSTRUCTION)), "controllability");
}

static void fields(void **state) {
    (void)state;
    for (int i = 0; i < TJ_FIELD_COUNT; i++) {
        const struct tj_field_row *row = tj_field_row((enum tj_field)i);
        assert_int_equal(tj_field_find(tj_str_of(row->name)), i);
        assert_true(row->subjects != 0);
        assert_true(row->list < TJ_LIST_COUNT);
    }
    assert_null(tj_field_row(TJ_FIELD_COUNT));
    assert_int_equal(tj_field_find(TJ_STR("colour")), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(leaves), cmocka_unit_test(fields)};
    return cmocka_run_group_tests_name("vocab", tests, NULL, NULL);
}
