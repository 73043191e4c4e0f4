/* Tests of strings, arenas, builders, hashes, decoders, UTF-8 and globs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"

static void strings(void **state) {
    (void)state;
    struct tj_str s = TJ_STR("alpha/beta/alpha");
    assert_int_equal(tj_str_find(s, TJ_STR("alpha"), 0), 0);
    assert_int_equal(tj_str_find(s, TJ_STR("alpha"), 1), 11);
    assert_int_equal(tj_str_find(s, TJ_STR("gamma"), 0), TJ_NOT_FOUND);
    assert_int_equal(tj_str_find(s, TJ_STR_NONE, 16), 16);
    assert_int_equal(tj_str_find(s, TJ_STR("a"), 17), TJ_NOT_FOUND);
    assert_int_equal(tj_str_chr(s, '/', 6), 10);
    assert_int_equal(tj_str_rchr(s, '/'), 10);
    assert_true(tj_str_is(tj_str_basename(s), "alpha"));
    assert_true(tj_str_is(tj_str_basename(TJ_STR("/x/y//")), "y"));
    assert_true(tj_str_is(tj_str_basename(TJ_STR("/")), "/"));
    assert_true(tj_str_is(tj_str_trim(TJ_STR(" \t a b\n")), "a b"));
    assert_true(tj_str_ieq(TJ_STR("HOST"), TJ_STR("host")));
    assert_true(tj_str_cmp(TJ_STR("ab"), TJ_STR("abc")) < 0);
    uint64_t v;
    assert_true(tj_str_to_u64(TJ_STR("18446744073709551615"), &v) && v == UINT64_MAX);
    assert_false(tj_str_to_u64(TJ_STR("18446744073709551616"), &v));
    assert_false(tj_str_to_u64(TJ_STR("1x"), &v));
}

static void arenas(void **state) {
    (void)state;
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    for (size_t i = 0; i < 2000; i++) {
        char *p = tj_arena_alloc(&arena, i, 64);
        assert_int_equal((uintptr_t)p % 64, 0);
        memset(p, 1, i);
    }
    tj_arena_reset(&arena);
    assert_int_equal(arena.used, 0);
    TJ_VEC(uint32_t) vec = {0};
    for (uint32_t i = 0; i < 5000; i++) assert_true(tj_vec_push(&arena, &vec, i));
    assert_int_equal(vec.at[4999], 4999);
    assert_false(tj_vec_grow(&arena, &vec, UINT32_MAX, 4, 4));
    tj_arena_free(&arena);

    tj_arena_init(&arena, 100);
    assert_non_null(tj_arena_alloc(&arena, 60, 1));
    assert_null(tj_arena_alloc(&arena, 60, 1));
    assert_true(arena.failed);
    assert_null(tj_arena_alloc(&arena, 1, 1));
    tj_arena_reset(&arena);
    assert_non_null(tj_arena_alloc(&arena, 60, 1));
    assert_true(tj_str_is(tj_arena_copy(&arena, TJ_STR("abc")), "abc"));
    tj_arena_free(&arena);
}

static void builders(void **state) {
    (void)state;
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    struct tj_buf buf;
    tj_buf_init(&buf, &arena);
    tj_buf_putf(&buf, "%s %u ", "x", 7u);
    tj_buf_json(&buf, TJ_STR("a\"\\\n\x01\x1b\xc3\xa9\xff\xc2\x9b"));
    assert_true(tj_str_is(tj_buf_str(&buf), "x 7 \"a\\\"\\\\\\n\\u0001\\u001b\xc3\xa9\xef\xbf\xbd\\u009b\""));
    tj_arena_free(&arena);

    tj_arena_init(&arena, 300);
    tj_buf_init(&buf, &arena);
    for (int i = 0; i < 200; i++) tj_buf_puts(&buf, "more");
    assert_true(buf.failed);
    assert_int_equal(tj_buf_str(&buf).n, 0);
    tj_arena_free(&arena);
}

static void hashes(void **state) {
    (void)state;
    assert_true(tj_hash(TJ_STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    uint8_t key[16];
    char text[15];
    for (uint8_t i = 0; i < 16; i++) key[i] = i;
    for (char i = 0; i < 15; i++) text[(int)i] = i;
    /* The vector of the SipHash paper, appendix A. */
    assert_true(tj_hash_keyed(key, tj_str_make(text, 15)) == UINT64_C(0xa129ca6149be45e5));
    char hex[65];
    struct tj_sha256 sum = tj_sha256_of("abc", 3);
    tj_hex_write(sum.bytes, 32, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void decoders(void **state) {
    (void)state;
    struct tj_arena arena;
    struct tj_str out;
    tj_arena_init(&arena, 0);
    assert_true(tj_decode_base64(&arena, TJ_STR("aGVsbG8="), &out) && tj_str_is(out, "hello"));
    assert_true(tj_decode_base64(&arena, TJ_STR("aGVs\nbG8"), &out) && tj_str_is(out, "hello"));
    assert_true(tj_decode_base64(&arena, TJ_STR("_-8"), &out) && out.n == 2);
    assert_false(tj_decode_base64(&arena, TJ_STR("hello world!"), &out));
    assert_false(tj_decode_base64(&arena, TJ_STR("aGVsb=G8"), &out));
    assert_false(tj_decode_base64(&arena, TJ_STR("aGVsb"), &out));
    assert_false(tj_decode_base64(&arena, TJ_STR(""), &out));
    assert_true(tj_decode_base32(&arena, TJ_STR("NBSWY3DP"), &out) && tj_str_is(out, "hello"));
    assert_true(tj_decode_hex(&arena, TJ_STR("68 65 6C6c6f\n"), &out) && tj_str_is(out, "hello"));
    assert_false(tj_decode_hex(&arena, TJ_STR("686"), &out));
    tj_arena_free(&arena);
}

static void utf8(void **state) {
    (void)state;
    assert_true(tj_utf8_valid(TJ_STR("ascii and \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80")));
    assert_false(tj_utf8_valid(TJ_STR("\xc0\xaf")));
    assert_false(tj_utf8_valid(TJ_STR("\xed\xa0\x80")));
    assert_false(tj_utf8_valid(TJ_STR("\xf4\x90\x80\x80")));
    assert_false(tj_utf8_valid(TJ_STR("123456789\xe2\x82")));
    for (uint32_t c = 1; c < 0x110000; c += 37) {
        char bytes[4];
        uint32_t n = tj_utf8_put(bytes, c), at = 0;
        uint32_t back = tj_utf8_next(tj_str_make(bytes, n), &at);
        assert_int_equal(back, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
        assert_int_equal(at, n);
    }
}

static void globs(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool hit;
    } rows[] = {
        {"/etc/*.conf", "/etc/x.conf", true},
        {"/etc/*.conf", "/etc/a/x.conf", false},
        {"/etc/**", "/etc/a/x.conf", true},
        {"**/*.log", "a/b/c.log", true},
        {"**/*.log", "c.log", true},
        {"**/*.log", "/var/c.log", true},
        {"**/test/*", "a/latest/x", false},
        {"**/test/*", "a/test/x", true},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "a/x/y/cb", false},
        {"**b*c", "x/ab/bzc", true},
        {"file[0-9].?", "file7.c", true},
        {"file[!0-9]", "file7", false},
        {"[", "[", true},
        {"a\\*b", "a*b", true},
        {"a\\*b", "axb", false},
        {"?", "/", false},
        {"", "", true},
        {"*", "", true},
        {"**", "/", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (tj_glob(tj_str_of(rows[i].pattern), tj_str_of(rows[i].text)) != rows[i].hit)
            fail_msg("%s against %s", rows[i].pattern, rows[i].text);
    char stars[400], text[4000];
    for (size_t i = 0; i < sizeof stars; i++) stars[i] = i % 2 ? 'a' : '*';
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 'b';
    assert_false(tj_glob(tj_str_make(stars, sizeof stars), tj_str_make(text, sizeof text)));
}

static void errors(void **state) {
    (void)state;
    trajsafe_error error;
    char lengthy[600];
    memset(lengthy, 'x', sizeof lengthy);
    memcpy(lengthy + 238, "\xc3\xa9", 2); /* the cut falls between the two bytes */
    lengthy[599] = '\0';
    assert_int_equal(tj_fail(&error, TRAJSAFE_BAD_INPUT, 12, "mend", "%s", lengthy), TRAJSAFE_BAD_INPUT);
    assert_int_equal(strlen(error.message), 238);
    assert_string_equal(error.mend, "mend");
    assert_int_equal(error.number, 12);
    assert_int_equal(tj_fail(NULL, TRAJSAFE_IO, 0, NULL, "x"), TRAJSAFE_IO);
    assert_string_equal(trajsafe_status_name(TRAJSAFE_NO_MEMORY), "out of memory");
    assert_non_null(trajsafe_status_name((trajsafe_status)99));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),  cmocka_unit_test(arenas), cmocka_unit_test(builders), cmocka_unit_test(hashes),
        cmocka_unit_test(decoders), cmocka_unit_test(utf8),   cmocka_unit_test(globs),    cmocka_unit_test(errors),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
