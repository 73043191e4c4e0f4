/* Tests of matching: compiled conditions agree with a naive evaluator on generated rules and views; roles in raw text. */
#include <sys/mman.h>

#include "match_naive.h"

#include "match/inner.h"

static uint32_t compare(struct naive *n, const struct tj_hits *hits, uint64_t start) {
    uint32_t at = 0;
    for (uint32_t rule = 0; rule < RULES; rule++) {
        uint8_t subject = tj_image_rule(&n->r->image, rule)->subject;
        for (uint32_t i = 0; i < n_count(n, subject); i++) {
            bool want = n_rule(n, rule, (struct thing){subject, i});
            bool got = at < hits->hit.n && hits->hit.at[at].rule == rule && hits->hit.at[at].instance == i;
            if (want != got)
                fail_msg("seed %llu rule %u instance %u: want %d", (unsigned long long)start, rule, i, want);
            at += got;
        }
    }
    assert_int_equal(at, hits->hit.n);
    return at;
}

static void agrees_with_naive(void **state) {
    (void)state;
    uint32_t total = 0;
    for (uint64_t round = 1; round <= 6; round++) {
        struct rig r = {0};
        struct tj_arena arena;
        seed = round * UINT64_C(0x9e3779b97f4a7c15);
        tj_arena_init(&r.arena, 0);
        tj_arena_init(&arena, 0);
        tj_build_init(&r.build, &r.arena);
        for (int i = 0; i < RULES; i++) random_rule(&r);
        compile(&r);
        for (int v = 0; v < VIEWS; v++) {
            struct scene s;
            struct tj_hits hits;
            uint64_t start = seed;
            random_scene(&arena, &r, &s);
            assert_int_equal(tj_match(r.matcher, &arena, &s.view, NULL, &hits), TRAJSAFE_OK);
            total += compare(&(struct naive){&r, &s, &arena}, &hits, start);
            tj_arena_reset(&arena);
        }
        tj_arena_free(&arena);
        rig_free(&r);
    }
    assert_true(total > 10000);
}

/* ---- raw text ---------------------------------------------------------------------------------------------------------------- */

static void roles_of_raw_matches(void **state) {
    (void)state;
    struct rig r = {0};
    tj_arena_init(&r.arena, 0);
    tj_build_init(&r.build, &r.arena);
    uint32_t bit = bit_for(&r, TJ_DB_RAW, TJ_PRED_CONTAINS, TJ_STR("ssh -R")),
             other = bit_for(&r, TJ_DB_RAW, TJ_PRED_CONTAINS, TJ_STR("data"));
    /* Rule 0: the default roles. Rule 1: comments only. */
    emit(&r, TJ_COND_MATCH, TJ_F_TEXT, 0, bit);
    emit(&r, TJ_COND_ALL, 0, 2, 0);
    emit(&r, TJ_COND_SET_ANY, TJ_F_ROLE, 0, tj_build_u64(&r.build, 1u << TJ_ROLE_COMMENT));
    emit(&r, TJ_COND_MATCH, TJ_F_TEXT, 0, other);
    tj_build_row(&r.build, CONDS, struct tj_cond, 1)->skip = 3;
    for (uint32_t i = 0; i < 2; i++) {
        struct tj_block block = {.how = TJ_BLOCK_SUBJECT, .subject = TJ_SUBJECT_TEXT, .where = {i, i ? 3 : 1}};
        struct tj_rule rule = {.subject = TJ_SUBJECT_TEXT, .flags = TJ_RULE_FLOOR, .blocks = {i, 1}, .confidence = 5000};
        tj_build_add(&r.build, TJ_SECTION_BLOCKS, &block, 1);
        tj_build_add(&r.build, TJ_SECTION_RULES, &rule, 1);
    }
    compile(&r);
    struct scene s = {0};
    struct tj_hits hits;
    tj_texts_init(&s.u.texts, &r.arena);
    struct tj_str text = TJ_STR("git commit -m 'ssh -R x'; ssh -R y  # ssh -R z");
    uint32_t root = tj_texts_root(&s.u.texts, text);
    s.view = (struct tj_view){.understanding = &s.u, .effects = &s.e, .floor = true, .message_text = TJ_NONE};
    s.u.role.at = tj_arena_alloc(&r.arena, 2 * sizeof *s.u.role.at, 16);
    s.u.role.at[0].span = (struct tj_span){root, 15, 23};
    s.u.role.at[0].role = TJ_ROLE_DATA;
    s.u.role.at[1].span = (struct tj_span){root, 36, text.n};
    s.u.role.at[1].role = TJ_ROLE_COMMENT;
    s.u.role.n = s.u.role.cap = 2;
    assert_int_equal(tj_match(r.matcher, &r.arena, &s.view, NULL, &hits), TRAJSAFE_OK);
    assert_int_equal(hits.hit.n, 1); /* not the quoted one, not the comment */
    assert_int_equal(hits.hit.at[0].rule, 0);
    assert_int_equal(hits.hit.at[0].span.begin, 26);
    assert_int_equal(hits.hit.at[0].span.end, 32);
    assert_true(hits.hit.at[0].guessed);
    s.view.floor = false;
    assert_int_equal(tj_match(r.matcher, &r.arena, &s.view, NULL, &hits), TRAJSAFE_OK);
    assert_int_equal(hits.hit.n, 0);
    rig_free(&r);
}

/*
 * Texts that end where readable memory ends. What Hyperscan reads past them differs by processor, so the rule that nothing
 * within TJ_SCAN_SLACK bytes is on another page is held here too, byte by byte.
 */
static void text_at_the_end_of_memory(void **context) {
    (void)context;
    struct rig r = {0};
    static const char *const words[] = {"alpha", "beta", "gammas", "delta.py", "evil.example", "bat", "cat", "mat"};
    enum { WORDS = sizeof words / sizeof *words, PAGES = 32, ENDS = 70 };
    tj_arena_init(&r.arena, 0);
    tj_build_init(&r.build, &r.arena);
    for (int i = 0; i < WORDS; i++) bit_for(&r, TJ_DB_ARG, TJ_PRED_REGEX, tj_str_of(words[i]));
    compile(&r);
    size_t bytes = (size_t)PAGES * TJ_SCAN_PAGE;
    char *memory = mmap(NULL, bytes + TJ_SCAN_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + bytes, TJ_SCAN_PAGE, PROT_NONE), 0);
    char *end = memory + bytes;
    memset(memory, '.', bytes);
    uint32_t lengths[] = {1, 3, 5, 16, 29, 30, 31, 32, 33, 61, 62, 63, 64, 65, 127, 200, 4095, 4096, 4097, 100000};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (uint32_t before = 0; before < ENDS; before++)
            for (int w = 0; w < WORDS; w++) {
                struct tj_str word = tj_str_of(words[w]), text = {end - before - lengths[l], lengths[l]};
                if (word.n > text.n || (text.n > 300 && w > 0)) continue;
                memcpy(end - before - word.n, word.p, word.n);
                bool same_page = ((uintptr_t)(end - before) - 1) / TJ_SCAN_PAGE ==
                                 ((uintptr_t)(end - before) + TJ_SCAN_SLACK - 1) / TJ_SCAN_PAGE;
                assert_int_equal(tj_scan_in_place(text), same_page);
                uint64_t bits[TJ_SCAN_SLACK] = {0};
                assert_true(tj_scan_bits(r.matcher, TJ_DB_ARG, text, bits));
                assert_true(bits[0] >> w & 1);
                memset(end - before - word.n, '.', word.n);
                assert_false(tj_scan_bits(r.matcher, TJ_DB_ARG, text, bits));
                assert_true(r.matcher->copy_bytes <= 1 << 16); /* a large copy is not kept */
            }
    assert_false(r.matcher->failed);
    assert_int_equal(munmap(memory, bytes + TJ_SCAN_PAGE), 0);
    rig_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_naive), cmocka_unit_test(roles_of_raw_matches),
                                       cmocka_unit_test(text_at_the_end_of_memory)};
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
