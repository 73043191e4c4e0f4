/* Readers: labels of data sets change nothing, unknown formats say what they saw, hostile shapes end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../read_dump.c"
#include "read/reader.h"

static bool is_label(struct tj_str key) {
    static const char *const labels[] = {"label",    "rationale", "injections",   "risk_description",
                                         "security", "utility",   "continuation", "resolved",
                                         "target"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (tj_str_is(key, labels[i])) return true;
    return false;
}

/* Writes a value again without its labels; numbers and strings as they were. */
static void write_value(const struct tj_doc *doc, uint32_t node, struct tj_buf *out) {
    const struct tj_doc_node *at = &doc->node.at[node];
    bool object = at->kind == TJ_DOC_OBJECT, first = true;
    if (at->kind == TJ_DOC_STRING) {
        tj_buf_putc(out, '"');
        tj_buf_put(out, at->text);
        tj_buf_putc(out, '"');
        return;
    }
    if (!object && at->kind != TJ_DOC_ARRAY) {
        tj_buf_put(out, at->text);
        return;
    }
    tj_buf_putc(out, object ? '{' : '[');
    for (uint32_t i = tj_doc_first(doc, node); i != TJ_NONE; i = tj_doc_next(doc, i)) {
        if (object && is_label(doc->node.at[i].key)) continue;
        if (!first) tj_buf_putc(out, ',');
        first = false;
        if (object) {
            tj_buf_json(out, doc->node.at[i].key);
            tj_buf_putc(out, ':');
        }
        write_value(doc, i, out);
    }
    tj_buf_putc(out, object ? '}' : ']');
}

static char *events_of(struct tj_json *json, struct tj_arena *arena, struct tj_str text) {
    struct tj_record record;
    trajsafe_error error;
    char *out = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&out, &n);
    assert_int_equal(tj_record_read(json, arena, text, false, NULL, &record, &error), TRAJSAFE_OK);
    dump_record(file, &record);
    fclose(file);
    return out;
}

static void test_labels_are_not_read(void **state) {
    static const char *const texts[] = {
        "{\"trajectory_id\":\"X\",\"label\":1,\"task\":{\"title\":\"t\",\"description\":\"d\",\"label\":\"u\"},"
        "\"steps\":[{"
        "\"step\":1,\"thought\":\"a\",\"action\":\"run_command\",\"arguments\":{\"command\":\"ls\"},\"observation\":"
        "\"o\","
        "\"label\":\"DEC\",\"rationale\":\"curl evil\",\"continuation\":true}],\"risk_description\":\"r\"}",
        "{\"id\":\"1\",\"security\":true,\"injections\":{\"k\":\"rm -rf "
        "/\"},\"messages\":[{\"role\":\"user\",\"content\":\"x\","
        "\"label\":0},{\"role\":\"assistant\",\"content\":\"y\",\"rationale\":\"z\",\"tool_calls\":[{\"id\":\"1\","
        "\"function\":{"
        "\"name\":\"bash\",\"arguments\":\"{}\"}}]}],\"utility\":false,\"target\":true,\"resolved\":1}",
        "{\"trajectory\":[{\"action\":\"ls\",\"observation\":\"a\",\"thought\":\"t\",\"label\":2,\"rationale\":\"w\"}],"
        "\"info\":{},"
        "\"label\":\"bad\"}",
    };
    (void)state;
    struct tj_json *json;
    struct tj_arena arena;
    assert_int_equal(tj_json_new(&json), TRAJSAFE_OK);
    tj_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tj_doc doc;
        struct tj_buf stripped;
        struct tj_str text = tj_str_of(texts[i]);
        assert_int_equal(tj_doc_parse(json, &arena, text, &doc, NULL), TRAJSAFE_OK);
        tj_buf_init(&stripped, &arena);
        write_value(&doc, 0, &stripped);
        assert_true(tj_buf_str(&stripped).n < text.n);
        char *with = events_of(json, &arena, text), *without = events_of(json, &arena, tj_buf_str(&stripped));
        assert_string_equal(with, without);
        free(with);
        free(without);
    }
    tj_json_free(json);
    tj_arena_free(&arena);
}

static void test_unknown_formats(void **state) {
    (void)state;
    struct tj_json *json;
    struct tj_arena arena;
    struct tj_record record;
    trajsafe_error error = {0};
    assert_int_equal(tj_json_new(&json), TRAJSAFE_OK);
    tj_arena_init(&arena, 0);
    static const char *const texts[] = {"{\"alpha\":1}", "[]", "7",       "\"x\"",
                                        "null",          "{}", "[[[1]]]", "{\"messages\":7}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tj_str text = tj_str_of(texts[i]);
        assert_int_equal(tj_record_read(json, &arena, text, false, NULL, &record, &error), TRAJSAFE_BAD_INPUT);
        assert_non_null(strstr(error.mend, "--format"));
        for (const struct tj_reader_row *row = tj_readers; row->name; row++) {
            trajsafe_status status = tj_record_read(json, &arena, text, false, row, &record, &error);
            assert_true(status == TRAJSAFE_OK || status == TRAJSAFE_BAD_INPUT);
        }
    }
    tj_record_read(json, &arena, TJ_STR("{\"alpha\":1,\"b\\u0000\":2}"), false, NULL, &record, &error);
    assert_non_null(strstr(error.message, "alpha"));
    tj_json_free(json);
    tj_arena_free(&arena);
}

/* Many calls in one message and as many results in another order or without ids: no quadratic pairing. */
static void test_many_calls(void **state) {
    enum { MANY = 60000 };
    (void)state;
    struct tj_json *json;
    struct tj_arena arena;
    struct tj_record record;
    struct tj_buf b;
    assert_int_equal(tj_json_new(&json), TRAJSAFE_OK);
    tj_arena_init(&arena, 0);
    for (int ids = 0; ids < 2; ids++) {
        clock_t begin = clock();
        tj_buf_init(&b, &arena);
        tj_buf_puts(&b, "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[");
        for (uint32_t i = 0; i < MANY; i++) {
            tj_buf_putf(&b, "%s{\"function\":{\"name\":\"n%u\",\"arguments\":{}}", i ? "," : "", i);
            if (ids) tj_buf_putf(&b, ",\"id\":\"%u\"", i);
            tj_buf_putc(&b, '}');
        }
        tj_buf_puts(&b, "]}");
        for (uint32_t i = MANY; i-- > 0;) {
            tj_buf_puts(&b, ",{\"role\":\"tool\",\"content\":\"\"");
            if (ids)
                tj_buf_putf(&b, ",\"tool_call_id\":\"%u\"", i);
            else
                tj_buf_putf(&b, ",\"name\":\"n%u\"", i);
            tj_buf_putc(&b, '}');
        }
        tj_buf_puts(&b, "]}");
        assert_int_equal(tj_record_read(json, &arena, tj_buf_str(&b), false, NULL, &record, NULL), TRAJSAFE_OK);
        assert_int_equal(record.event.n, 2 * MANY);
        if (ids) assert_int_equal(record.event.at[record.event.at[7].result].call, 7);
        assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 5.0);
    }
    tj_json_free(json);
    tj_arena_free(&arena);
}

static void python(const char *text, const char *want) {
    struct tj_arena arena;
    struct tj_str json;
    tj_arena_init(&arena, 0);
    bool ok = tj_python_to_json(&arena, tj_str_of(text), &json);
    assert_int_equal(ok, want != NULL);
    if (ok) {
        assert_int_equal(json.n, strlen(want));
        assert_memory_equal(json.p, want, json.n);
    }
    tj_arena_free(&arena);
}

static void test_python(void **state) {
    (void)state;
    python("{'a': 'it\\'s', \"b\": [1, 2.5, -3,], 'c': (None, True, False)}",
           "{\"a\":\"it's\",\"b\":[1,2.5,-3],\"c\":[null,true,false]}");
    python("{'n': 'a\\nb\\x41\\u00e9\\101\\q'}", "{\"n\":\"a\\nbA\xC3\xA9"
                                                 "A\\\\q\"}");
    python("{'open", NULL);
    python("{'x\\", NULL);
    python("{'x\\xZ'}", NULL);
    python("os.system", NULL);
    python("{@}", NULL);
}

/* ---- every prefix and many damages of the golden inputs ------------------------------------------------------- */

struct feed {
    const char *p;
    size_t n;
};

static int64_t feed_read(void *user, void *p, size_t n) {
    struct feed *f = user;
    n = n < f->n ? n : f->n;
    if (n > 0) memcpy(p, f->p, n);
    f->p += n;
    f->n -= n;
    return (int64_t)n;
}

/* What events promise: references that hold, indexes below steps, text that may be read. */
static void check_events(const struct tj_record *r) {
    assert_non_null(r->format);
    for (uint32_t i = 0; i < r->event.n; i++) {
        const struct tj_event *e = &r->event.at[i];
        const struct tj_doc *doc = e->args_doc ? &r->inner.at[e->args_doc - 1] : &r->doc;
        assert_true(e->args_doc <= r->inner.n);
        assert_true(e->preface || e->index < r->steps);
        assert_true(!e->trainable || (e->author == TJ_AUTHOR_AGENT && !e->copied && !e->preface));
        assert_true(e->arguments == TJ_NONE || e->arguments < doc->node.n);
        if (e->result != TJ_NONE) assert_true(e->result < r->event.n && e->kind == TJ_EVENT_CALL);
        if (e->call != TJ_NONE) assert_true(e->call < r->event.n && r->event.at[e->call].kind == TJ_EVENT_CALL);
        (void)tj_hash(e->text);
        (void)tj_hash(e->pointer);
    }
}

static void read_all(struct tj_json *json, struct tj_arena *arena, const char *text, size_t n,
                     const struct tj_reader_row *forced) {
    struct feed feed = {text, n};
    struct tj_split *split;
    struct tj_piece piece;
    trajsafe_status status;
    uint64_t end = 0;
    assert_int_equal(tj_split_new((struct tj_source){&feed, feed_read}, forced, 1 << 20, &split), TRAJSAFE_OK);
    while ((status = tj_split_next(split, &piece, NULL)) != TRAJSAFE_END) {
        struct tj_record record;
        assert_int_equal(status, TRAJSAFE_OK);
        assert_true(piece.begin >= end && piece.end == piece.begin + piece.bytes.n);
        end = piece.end;
        tj_arena_reset(arena);
        status = tj_record_read(json, arena, piece.bytes, piece.whole_file, piece.reader, &record, NULL);
        if (status == TRAJSAFE_OK)
            check_events(&record);
        else
            assert_int_equal(status, TRAJSAFE_BAD_INPUT);
    }
    assert_true(end <= n);
    tj_split_free(split);
}

static void damage(struct tj_json *json, struct tj_arena *arena, const char *path) {
    static const char put[] = "\"{}[],:\\0n\n\xFF";
    char text[8192];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    uint32_t random = 1;
    for (size_t cut = 0; cut <= n; cut += 13) read_all(json, arena, text, cut, NULL);
    for (const struct tj_reader_row *row = tj_readers; row->name; row++) read_all(json, arena, text, n, row);
    for (int round = 0; round < 400; round++) {
        char was[3];
        size_t at[3];
        for (int k = 0; k < 3 && n > 0; k++) {
            random = random * 1664525U + 1013904223U;
            at[k] = (random >> 8) % n;
            was[k] = text[at[k]];
            text[at[k]] = put[(random >> 4) % (sizeof put - 1)];
        }
        read_all(json, arena, text, n, NULL);
        for (int k = 2; k >= 0 && n > 0; k--) text[at[k]] = was[k];
    }
}

static void test_damaged(void **state) {
    static const char *const names[] = {
        "openai-chat/tool_calls.jsonl", "openai-chat/arguments.jsonl", "openai-chat/dialects.jsonl",
        "openai-chat/legacy.json",      "anthropic/blocks.json",       "claude-code/session.jsonl",
        "claude-code/stream.jsonl",     "swe-agent/new.traj",          "swe-agent/history_only.traj",
        "swe-agent/attempts.traj",      "stepshield/two.jsonl",        "framing/concatenated.json"};
    (void)state;
    struct tj_json *json;
    struct tj_arena arena;
    assert_int_equal(tj_json_new(&json), TRAJSAFE_OK);
    tj_arena_init(&arena, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/tests/golden/read/%s", TRAJSAFE_SOURCE_DIR, names[i]);
        damage(json, &arena, path);
    }
    tj_json_free(json);
    tj_arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_are_not_read),
        cmocka_unit_test(test_unknown_formats),
        cmocka_unit_test(test_many_calls),
        cmocka_unit_test(test_python),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
