/* Tests of the literals: what is looked up by them is what Hyperscan finds, for all built-in rules and all texts they bring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compile/compiler.h"
#include "image/builtin.h"
#include "match/inner.h"

#include <hs_runtime.h>

enum { BITS_MOST = 4096, LONGEST = 700 };

struct both {
    struct tj_image image;
    struct tj_databases *databases;
    struct tj_matcher *matcher;
    hs_database_t *all; /* every predicate of the database as an expression */
    hs_scratch_t *scratch;
    enum tj_database database;
    uint32_t compared, hits;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    (void)from, (void)to, (void)flags;
    ((uint64_t *)context)[id / 64] |= UINT64_C(1) << (id % 64);
    return 0;
}

static void compile_all(struct both *b, struct tj_arena *arena) {
    uint32_t bits = TJ_ROW(&b->image, DATABASES, struct tj_database_row, b->database)->bits;
    struct tj_hs_pattern *patterns = tj_arena_array(arena, struct tj_hs_pattern, bits);
    struct tj_hs_error error;
    size_t size;
    for (uint32_t i = 0; i < bits; i++) {
        uint32_t row = tj_image_predicate(&b->image, b->database, i);
        const struct tj_predicate *p = TJ_ROW(&b->image, PREDICATES, struct tj_predicate, row);
        patterns[i] = (struct tj_hs_pattern){tj_image_str(&b->image, p->regex).p, i, p->caseless};
    }
    char *bytes = tj_hs_compile(patterns, bits, false, arena, &size, &error);
    assert_non_null(bytes);
    assert_int_equal(hs_deserialize_database(bytes, size, &b->all), HS_SUCCESS);
    assert_int_equal(hs_alloc_scratch(b->all, &b->scratch), HS_SUCCESS);
    free(bytes);
}

static void compare(struct both *b, struct tj_str text) {
    uint64_t want[BITS_MOST / 64] = {0}, got[BITS_MOST / 64] = {0};
    if (text.n == 0) return;
    /* A copy of its own size: whoever reads past the end is seen by the sanitizer. */
    char *copy = malloc(text.n);
    assert_non_null(copy);
    memcpy(copy, text.p, text.n);
    struct tj_str own = {copy, text.n}, readable = tj_scan_readable(b->matcher, own);
    assert_int_equal(hs_scan(b->all, readable.p, readable.n, 0, b->scratch, on_match, want), HS_SUCCESS);
    bool any = tj_scan_bits(b->matcher, b->database, own, got);
    for (uint32_t i = 0; i < BITS_MOST; i++) {
        if ((want[i / 64] ^ got[i / 64]) >> (i % 64) & 1) {
            uint32_t row = tj_image_predicate(&b->image, b->database, i);
            const struct tj_predicate *p = TJ_ROW(&b->image, PREDICATES, struct tj_predicate, row);
            fail_msg("database %d bit %u /%s/ on \"%.*s\": Hyperscan says %d", b->database, i,
                     tj_image_str(&b->image, p->regex).p, (int)text.n, text.p, (int)(want[i / 64] >> (i % 64) & 1));
        }
        b->hits += want[i / 64] >> (i % 64) & 1;
    }
    bool wanted = false;
    for (uint32_t i = 0; i < BITS_MOST / 64; i++) wanted |= want[i] != 0;
    assert_int_equal(any, wanted);
    b->compared++;
    free(copy);
}

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A text that is near to another: a few bytes changed, left out or put around it. */
static struct tj_str near_text(uint32_t *seed, struct tj_str from, char *out) {
    static const char pieces[] = "/.-_ aZ9\n@:~xs\\(";
    uint32_t n = 0;
    for (uint32_t i = next_random(seed) % 4; i > 0; i--) out[n++] = pieces[next_random(seed) % 16];
    for (uint32_t i = 0; i < from.n && n < LONGEST - 8; i++) {
        uint32_t dice = next_random(seed) % 80;
        if (dice == 0) continue;
        out[n++] = dice == 1 ? pieces[next_random(seed) % 16] : dice == 2 ? (char)(from.p[i] ^ 32) : from.p[i];
    }
    for (uint32_t i = next_random(seed) % 4; i > 0; i--) out[n++] = pieces[next_random(seed) % 16];
    return (struct tj_str){out, n};
}

static void compare_near(struct both *b, uint32_t *seed, struct tj_str text) {
    char bytes[LONGEST];
    compare(b, text);
    for (int i = 0; i < 2; i++) compare(b, near_text(seed, text, bytes));
}

static void compare_words(struct both *b, struct tj_str text) {
    for (uint32_t at = 0; at < text.n;) {
        uint32_t end = at;
        while (end < text.n && !tj_is_space(text.p[end])) end++;
        compare(b, tj_str_sub(text, at, end));
        at = end + 1;
    }
}

/* What the literals of an expression stand for: themselves, and two together. */
static void compare_required(struct both *b, struct tj_arena *arena, uint32_t *seed, const struct tj_predicate *p) {
    struct tj_required r = tj_regex_required(arena, tj_image_str(&b->image, p->text));
    char bytes[LONGEST];
    for (uint32_t i = 0; i < r.n; i++) {
        compare_near(b, seed, r.at[i]);
        struct tj_str other = r.at[next_random(seed) % r.n];
        uint32_t n = r.at[i].n;
        memcpy(bytes, r.at[i].p, n);
        memcpy(bytes + n, other.p, other.n);
        compare(b, (struct tj_str){bytes, n + other.n});
    }
}

static void compare_database(struct both *b, struct tj_arena *arena) {
    uint32_t seed = 99 + (uint32_t)b->database;
    compile_all(b, arena);
    for (uint32_t i = 0; i < b->image.n[TJ_SECTION_PREDICATES]; i++) {
        const struct tj_predicate *p = TJ_ROW(&b->image, PREDICATES, struct tj_predicate, i);
        compare_near(b, &seed, tj_image_str(&b->image, p->text));
        if (p->how == TJ_PRED_REGEX && p->database == b->database) compare_required(b, arena, &seed, p);
    }
    for (uint32_t i = 0; i < b->image.n[TJ_SECTION_EXAMPLES]; i++) {
        struct tj_str text = tj_image_str(&b->image, TJ_ROW(&b->image, EXAMPLES, struct tj_example, i)->text);
        compare_near(b, &seed, text);
        compare_words(b, text);
    }
    hs_free_scratch(b->scratch);
    hs_free_database(b->all);
    b->scratch = NULL;
}

static void agrees_with_hyperscan(void **state) {
    (void)state;
    struct both b = {.hits = 0};
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    assert_int_equal(tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &b.image, NULL), TRAJSAFE_OK);
    assert_int_equal(tj_databases_new(&b.image, true, &b.databases, NULL), TRAJSAFE_OK);
    assert_int_equal(tj_matcher_new(&b.image, b.databases, &b.matcher), TRAJSAFE_OK);
    for (int db = 0; db < TJ_DB_COUNT; db++) {
        const struct tj_database_row *row = TJ_ROW(&b.image, DATABASES, struct tj_database_row, db);
        if (row->bits == 0 || !row->literals.used) continue;
        assert_true(row->bits <= BITS_MOST);
        assert_int_equal(row->literals.always, 0); /* else every text would be scanned */
        b.database = (enum tj_database)db;
        compare_database(&b, &arena);
        tj_arena_reset(&arena);
    }
    tj_matcher_free(b.matcher);
    tj_databases_free(b.databases);
    tj_arena_free(&arena);
    assert_in_range(b.compared, 20000, UINT32_MAX);
    assert_in_range(b.hits, 10000, UINT32_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_hyperscan)};
    return cmocka_run_group_tests_name("literals", tests, NULL, NULL);
}
