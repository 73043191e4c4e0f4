/* Splitting: the same pieces however the bytes arrive, compressed or not; over-long, cut and broken records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#include "read/split.h"

/* A source that hands out `chunk` bytes at a time, after `endless` times `filler`. */
struct feed {
    const char *p;
    size_t n, at, chunk;
    uint64_t endless;
    char filler;
    bool fail_at_end;
};

static int64_t feed_read(void *user, void *p, size_t n) {
    struct feed *f = user;
    if (f->endless > 0) {
        n = n < f->endless ? n : (size_t)f->endless;
        memset(p, f->filler, n);
        f->endless -= n;
        return (int64_t)n;
    }
    size_t left = f->n - f->at;
    if (n > left) n = left;
    if (f->chunk && n > f->chunk) n = f->chunk;
    if (n == 0) return f->fail_at_end ? -1 : 0;
    memcpy(p, f->p + f->at, n);
    f->at += n;
    return (int64_t)n;
}

/* All pieces as text: "begin-end@line:bytes|" or a status. */
static char *pieces(struct feed feed, const char *forced, size_t max) {
    struct tj_split *split;
    struct tj_piece piece;
    trajsafe_error error;
    trajsafe_status status;
    char *out = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&out, &n);
    const struct tj_reader_row *row = forced ? tj_reader_find(tj_str_of(forced)) : NULL;
    assert_int_equal(tj_split_new((struct tj_source){&feed, feed_read}, row, max, &split), TRAJSAFE_OK);
    while ((status = tj_split_next(split, &piece, &error)) != TRAJSAFE_END) {
        fprintf(file, "%llu-%llu@%llu", (unsigned long long)piece.begin, (unsigned long long)piece.end,
                (unsigned long long)piece.line);
        if (status == TRAJSAFE_OK) {
            volatile char sum = 0;
            for (size_t i = 0; i < 64; i++) /* the padding may be read */
                sum = (char)(sum + piece.bytes.p[piece.bytes.n + i]);
            fprintf(file, ":%.*s%s|", (int)(piece.bytes.n > 200 ? 200 : piece.bytes.n), piece.bytes.p,
                    piece.whole_file ? " (file)" : "");
        } else {
            fprintf(file, "=%s|", status == TRAJSAFE_TOO_LARGE ? "large" : status == TRAJSAFE_IO ? "io" : "?");
        }
    }
    fclose(file);
    tj_split_free(split);
    return out;
}

static void same(struct feed feed, const char *forced, size_t max, const char *want) {
    char *got = pieces(feed, forced, max);
    assert_string_equal(got, want);
    free(got);
}

static void expect(const char *text, const char *want) {
    for (size_t chunk = 0; chunk <= 7; chunk++)
        same((struct feed){.p = text, .n = strlen(text), .chunk = chunk}, NULL, 1 << 20, want);
}

static void test_framing(void **state) {
    (void)state;
    expect("", "");
    expect(" \r\n\n", "");
    expect("\xEF\xBB\xBF", "");
    expect("{\"a\":1}\n{\"a\":2}\n", "0-7@1:{\"a\":1}|8-15@2:{\"a\":2}|");
    expect("\xEF\xBB\xBF{\"a\":1}\r\n\r\n {\"a\":2} \r\n", "3-10@1:{\"a\":1}|15-22@3:{\"a\":2}|");
    expect("{\"a\":1}", "0-7@1:{\"a\":1}|");
    expect("[{\"a\":1},{\"a\":\"],\\\"\"} , [3]\n]", "1-8@0:{\"a\":1}|9-21@0:{\"a\":\"],\\\"\"}|24-27@0:[3]|");
    expect("[]", "");
    expect("[[1],\"a\",null]", "1-4@0:[1]|5-8@0:\"a\"|9-13@0:null|");
    expect("[1,\"a\",null]", "0-12@1:[1,\"a\",null]|");
    expect("{\n \"a\": 1\n}\n", "0-11@1:{\n \"a\": 1\n}|");
    expect("{\n \"a\": [\n{\"b\":1}\n]}{\"c\":2}\n[3]",
           "0-20@1:{\n \"a\": [\n{\"b\":1}\n]}|20-27@4:{\"c\":2}|28-31@5:[3]|");
    expect("{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"cut\":",
           "0-7@1:{\"a\":1}|8-13@2:{\"a\":|14-21@3:{\"a\":3}|22-29@4:{\"cut\":|");
    expect("{\"a\":\n{\"a\":2}\n", "0-5@1:{\"a\":|6-13@2:{\"a\":2}|");
    expect("{\"a\":\n \"cut", "0-11@1:{\"a\":\n \"cut|");
    expect("not json at all\nreally\n", "0-23@1:not json at all\nreally\n|");
    expect("[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}]",
           "0-66@1:[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\"y\"}]|");
}

static void test_whole_file(void **state) {
    static const char session[] =
        "\n{\"type\":\"summary\",\"summary\":\"s\",\"leafUuid\":\"u\"}\n"
        "{\"type\":\"user\",\"uuid\":\"a\",\"sessionId\":\"s\",\"message\":{\"content\":\"x\"}}\n";
    (void)state;
    char want[400];
    snprintf(want, sizeof want, "0-%zu@1:%s (file)|", strlen(session), session);
    expect(session, want);
    same((struct feed){.p = "anything\n{", .n = 10}, "claude-code", 100, "0-10@1:anything\n{ (file)|");
    same((struct feed){.p = "anything\n{", .n = 10}, "claude-code", 5, "0-10@1=large|");
    same((struct feed){.p = " \n", .n = 2}, "claude-code", 100, "");
    same((struct feed){.p = "{\"a\":1}\n{}", .n = 10}, "openai-chat", 100, "0-7@1:{\"a\":1}|8-10@2:{}|");
}

static void test_large(void **state) {
    static const char text[] = "{\"a\":1}\n{\"a\":\"0123456789\"}\n{\"a\":2}\n";
    static const char array[] = "[{\"a\":1},{\"a\":\"0123456789\"},{\"a\":2}]";
    static const char tail[] = "\n{\"a\":1}\n{\"a\":2}\n";
    (void)state;
    for (size_t chunk = 0; chunk <= 7; chunk++) {
        same((struct feed){.p = text, .n = strlen(text), .chunk = chunk}, NULL, 10,
             "0-7@1:{\"a\":1}|8-26@2=large|27-34@3:{\"a\":2}|");
        same((struct feed){.p = array, .n = strlen(array), .chunk = chunk}, NULL, 10,
             "1-8@0:{\"a\":1}|9-27@0=large|28-35@0:{\"a\":2}|");
    }
    for (const char *filler = "a\"[{ "; *filler && *filler != ' '; filler++) {
        struct feed feed = {.p = tail, .n = strlen(tail), .endless = 200 << 20, .filler = *filler};
        char *got = pieces(feed, NULL, 1 << 20);
        assert_non_null(strstr(got, "=large|"));
        if (*filler != '[')
            assert_string_equal(strchr(got, '|'), "|209715201-209715208@2:{\"a\":1}|209715209-209715216@3:{\"a\":2}|");
        free(got);
    }
}

static void test_gzip(void **state) {
    static const char text[] = "{\"a\":1}\n{\"a\":2}\n";
    (void)state;
    unsigned char packed[512];
    size_t n = 0;
    for (int member = 0; member < 2; member++) {
        z_stream z = {0};
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = (unsigned char *)(uintptr_t)text;
        z.avail_in = sizeof text - 1;
        z.next_out = packed + n;
        z.avail_out = (uInt)(sizeof packed - n);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        n = sizeof packed - z.avail_out;
        deflateEnd(&z);
    }
    for (size_t chunk = 0; chunk <= 7; chunk++) {
        struct feed feed = {.p = (char *)packed, .n = n, .chunk = chunk};
        same(feed, NULL, 1000, "0-7@1:{\"a\":1}|8-15@2:{\"a\":2}|16-23@3:{\"a\":1}|24-31@4:{\"a\":2}|");
        feed.n = n - 3;
        char *got = pieces(feed, NULL, 1000);
        assert_non_null(strstr(got, "=io|"));
        free(got);
    }
    packed[n / 2 + 12] ^= 0x55;
    char *got = pieces((struct feed){.p = (char *)packed, .n = n}, NULL, 1000);
    assert_non_null(strstr(got, "=io|"));
    free(got);
}

static void test_zstd(void **state) {
    static const char text[] = "{\"a\":1}\n{\"a\":2}\n";
    (void)state;
    char packed[512];
    size_t n = ZSTD_compress(packed, 256, text, sizeof text - 1, 3);
    assert_false(ZSTD_isError(n));
    n += ZSTD_compress(packed + n, 256, text, sizeof text - 1, 3);
    for (size_t chunk = 0; chunk <= 7; chunk++) {
        struct feed feed = {.p = packed, .n = n, .chunk = chunk};
        same(feed, NULL, 1000, "0-7@1:{\"a\":1}|8-15@2:{\"a\":2}|16-23@3:{\"a\":1}|24-31@4:{\"a\":2}|");
        feed.n = n - 3;
        char *got = pieces(feed, NULL, 1000);
        assert_non_null(strstr(got, "=io|"));
        free(got);
    }
}

static void test_failing_source(void **state) {
    (void)state;
    struct feed feed = {.p = "{\"a\":1}\n{\"a\":2", .n = 14, .fail_at_end = true};
    struct feed nothing = {.p = "", .n = 0, .fail_at_end = true};
    char *got = pieces(feed, NULL, 1000);
    assert_non_null(strstr(got, "=io|"));
    free(got);
    same(nothing, NULL, 1000, "0-0@0=io|");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framing), cmocka_unit_test(test_whole_file), cmocka_unit_test(test_large),
        cmocka_unit_test(test_gzip),    cmocka_unit_test(test_zstd),       cmocka_unit_test(test_failing_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
