/* The state: scopes restore, files survive, clones share and part ways, budgets hold. */
#include "state/state.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct tj_state *fresh(const struct tj_context *context) {
    struct tj_state *state = NULL;
    assert_int_equal(tj_state_new(context, 0, &state), TRAJSAFE_OK);
    return state;
}
static void set(struct tj_state *state, const char *name, const char *text) {
    struct tj_value value = {.text = tj_str_of(text)};
    tj_state_set_var(state, tj_str_of(name), &value);
}
static void may_set(struct tj_state *state, const char *name, const char *text) {
    struct tj_value value = {.text = tj_str_of(text)};
    tj_state_may_set_var(state, tj_str_of(name), &value);
}
static void expect(const struct tj_state *state, const char *name, const char *text) {
    const struct tj_value *value = tj_state_var(state, tj_str_of(name));
    if (!text) {
        assert_null(value);
        return;
    }
    assert_non_null(value);
    assert_true(tj_str_is(value->text, text));
}
static void file(struct tj_state *state, const char *path, uint32_t flags, const char *content) {
    struct tj_file f = {.path = tj_str_of(path), .flags = flags, .content = tj_str_of(content)};
    tj_state_set_file(state, &f);
}
static void expect_content(const struct tj_state *state, const char *path, const char *content) {
    const struct tj_file *f = tj_state_file(state, tj_str_of(path));
    if (!content) {
        assert_null(f);
        return;
    }
    assert_non_null(f);
    assert_true(tj_str_is(f->content, content));
}

static void variables_are_copied_whole(void **unused) {
    (void)unused;
    struct tj_state *state = fresh(NULL);
    char text[] = "abc", one[] = "one", two[] = "two", name[] = "x";
    struct tj_str set_of[] = {tj_str_of(one), tj_str_of(two)};
    struct tj_value value = {.text = tj_str_of(text),
                             .suffix = TJ_STR("end"),
                             .set = set_of,
                             .nset = 2,
                             .flags = TJ_VALUE_LIST,
                             .carries = 5,
                             .span = {0, 1, 2}};
    tj_state_set_var(state, tj_str_of(name), &value);
    memset(text, 'z', 3);
    memset(one, 'z', 3);
    name[0] = 'y';
    const struct tj_value *got = tj_state_var(state, TJ_STR("x"));
    assert_non_null(got);
    assert_true(tj_str_is(got->text, "abc"));
    assert_true(tj_str_is(got->suffix, "end"));
    assert_int_equal(got->nset, 2);
    assert_true(tj_str_is(got->set[0], "one"));
    assert_true(tj_str_is(got->set[1], "two"));
    assert_int_equal(got->carries, 5);
    assert_int_equal(got->span.text, TJ_NONE);
    tj_state_free(state);
}

static void leaving_a_scope_restores(void **unused) {
    (void)unused;
    struct tj_state *state = fresh(NULL);
    set(state, "a", "1");
    tj_state_set_cwd(state, TJ_STR("/x"));
    tj_state_enter(state);
    set(state, "a", "2");
    set(state, "b", "3");
    tj_state_set_cwd(state, TJ_STR("/y"));
    tj_state_set_function(state, TJ_STR("f"), TJ_STR("echo"));
    tj_state_set_alias(state, TJ_STR("ll"), TJ_STR("ls -l"));
    file(state, "/tmp/f", TJ_FILE_CREATED, "in");
    tj_state_enter(state);
    set(state, "a", "4");
    tj_state_leave(state, TJ_LEAVE_KEEP_ALL);
    expect(state, "a", "4");
    tj_state_leave(state, TJ_LEAVE_DROP);
    expect(state, "a", "1");
    expect(state, "b", NULL);
    expect_content(state, "/tmp/f", NULL);
    struct tj_str body;
    assert_false(tj_state_function(state, TJ_STR("f"), &body));
    assert_false(tj_state_alias(state, TJ_STR("ll"), &body));
    assert_true(tj_str_is(tj_state_cwd(state), "/x"));
    assert_int_equal(tj_state_depth(state), 0);
    tj_state_free(state);
}

static void files_survive_where_asked(void **unused) {
    (void)unused;
    struct tj_state *state = fresh(NULL);
    set(state, "a", "1");
    tj_state_enter(state);
    for (int i = 0; i < 100; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "/tmp/%d", i);
        set(state, "a", path);
        file(state, path, TJ_FILE_CREATED, path);
    }
    tj_state_set_cwd(state, TJ_STR("/y"));
    tj_state_leave(state, TJ_LEAVE_KEEP_FILES);
    expect(state, "a", "1");
    assert_true(tj_str_is(tj_state_cwd(state), "?"));
    expect_content(state, "/tmp/0", "/tmp/0");
    expect_content(state, "/tmp/99", "/tmp/99");
    set(state, "more", "text that must not overwrite what the files hold");
    expect_content(state, "/tmp/99", "/tmp/99");
    tj_state_free(state);
}

static void branches_make_sets(void **unused) {
    (void)unused;
    struct tj_state *state = fresh(NULL);
    may_set(state, "a", "1");
    const struct tj_value *got = tj_state_var(state, TJ_STR("a"));
    assert_true(got->flags & TJ_VALUE_IS_SET);
    assert_int_equal(got->nset, 1);
    may_set(state, "a", "2");
    may_set(state, "a", "1");
    got = tj_state_var(state, TJ_STR("a"));
    assert_int_equal(got->nset, 2);
    for (char c = 'c'; c < 'z'; c++) may_set(state, "a", (char[]){c, 0});
    got = tj_state_var(state, TJ_STR("a"));
    assert_true(got->flags & TJ_VALUE_IS_DYNAMIC);
    tj_state_free(state);
}

static void created_folders_are_found_from_below(void **unused) {
    (void)unused;
    struct tj_state *state = fresh(NULL);
    file(state, "/tmp/d", TJ_FILE_CREATED | TJ_FILE_TEMP, NULL);
    const struct tj_file *f = tj_state_file(state, TJ_STR("/tmp/d/x/y"));
    assert_non_null(f);
    assert_int_equal(f->flags, TJ_FILE_CREATED | TJ_FILE_TEMP);
    assert_null(f->content.p);
    assert_null(tj_state_file(state, TJ_STR("/tmp/dd")));
    assert_null(tj_state_file(state, TJ_STR("/tmp")));
    file(state, "/tmp/d", TJ_FILE_DELETED, NULL);
    assert_null(tj_state_file(state, TJ_STR("/tmp/d/x/y")));
    tj_state_free(state);
}

static void calls_end(void **unused) {
    (void)unused;
    const struct tj_str roots[] = {TJ_STR("/w")};
    struct tj_context context = {.workspace = roots, .workspaces = 1};
    struct tj_state *state = fresh(&context);
    assert_true(tj_str_is(tj_state_cwd(state), "@"));
    set(state, "a", "1");
    tj_state_set_cwd(state, TJ_STR("/x"));
    file(state, "/x/f", TJ_FILE_CREATED, "c");
    tj_state_end_call(state, 2);
    expect(state, "a", "1");
    tj_state_end_call(state, 1);
    expect(state, "a", NULL);
    assert_true(tj_str_is(tj_state_cwd(state), "/x"));
    expect_content(state, "/x/f", "c");
    tj_state_end_call(state, 0);
    assert_true(tj_str_is(tj_state_cwd(state), "@"));
    expect_content(state, "/x/f", "c");
    set(state, "a", "1");
    tj_state_enter(state);
    tj_state_end_call(state, 0);
    expect(state, "a", NULL);
    assert_true(tj_str_is(tj_state_cwd(state), "@"));
    expect_content(state, "/x/f", "c");
    tj_state_leave(state, TJ_LEAVE_DROP);
    expect(state, "a", "1");
    tj_state_reset(state, NULL);
    expect(state, "a", NULL);
    expect_content(state, "/x/f", NULL);
    assert_true(tj_str_is(tj_state_cwd(state), "?"));
    assert_int_equal(tj_state_bytes(state), 0);
    tj_state_free(state);
}

static void clones_part_ways(void **unused) {
    (void)unused;
    struct tj_state *a = fresh(NULL), *b = NULL, *c = NULL;
    set(a, "x", "1");
    file(a, "/f", TJ_FILE_CREATED, "f");
    tj_state_enter(a);
    set(a, "y", "1");
    assert_int_equal(tj_state_clone(a, &b), TRAJSAFE_OK);
    set(a, "x", "2");
    tj_state_leave(a, TJ_LEAVE_DROP);
    set(a, "z", "a");
    expect(b, "x", "1");
    expect(b, "y", "1");
    expect(b, "z", NULL);
    assert_int_equal(tj_state_depth(b), 1);
    set(b, "z", "b");
    tj_state_leave(b, TJ_LEAVE_KEEP_FILES);
    expect(b, "y", NULL);
    expect_content(b, "/f", "f");
    assert_int_equal(tj_state_clone(b, &c), TRAJSAFE_OK);
    tj_state_free(a);
    tj_state_free(b);
    expect(c, "x", "1");
    expect_content(c, "/f", "f");
    tj_state_free(c);
}

static void the_budget_holds(void **unused) {
    (void)unused;
    struct tj_state *state = NULL;
    assert_int_equal(tj_state_new(NULL, 64 << 10, &state), TRAJSAFE_OK);
    char big[4096];
    memset(big, 'x', sizeof big);
    struct tj_value value = {.text = {big, sizeof big}};
    for (int i = 0; i < 100; i++) tj_state_set_var(state, TJ_STR("a"), &value);
    assert_true(tj_state_full(state));
    assert_true(tj_state_bytes(state) <= 64 << 10);
    tj_state_reset(state, NULL);
    assert_false(tj_state_full(state));
    set(state, "a", "1");
    expect(state, "a", "1");
    tj_state_free(state);
}

static void long_sessions_stay_small(void **unused) {
    (void)unused;
    struct tj_state *state = NULL;
    assert_int_equal(tj_state_new(NULL, 256 << 10, &state), TRAJSAFE_OK);
    char text[2048];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        tj_state_at_step(state, i);
        set(state, "v", text);
        file(state, "/one", TJ_FILE_CREATED, text);
        tj_state_set_cwd(state, TJ_STR("/somewhere"));
        tj_state_end_call(state, 1);
    }
    assert_false(tj_state_full(state));
    assert_true(tj_str_is(tj_state_cwd(state), "/somewhere"));
    expect_content(state, "/one", text);
    assert_int_equal(tj_state_file(state, TJ_STR("/one"))->step, 4999);
    tj_state_free(state);
}

/* Not thrd_create: ThreadSanitizer does not know it. NULL when all went well. */
static void *worker(void *arg) {
    struct tj_state *mine = arg;
    for (int i = 0; i < 2000; i++) {
        struct tj_state *copy = NULL;
        if (tj_state_clone(mine, &copy) != TRAJSAFE_OK) return arg;
        set(copy, "x", "copy");
        file(mine, "/shared", TJ_FILE_CREATED, "mine");
        tj_state_enter(mine);
        set(mine, "x", "mine");
        tj_state_leave(mine, i % 2 ? TJ_LEAVE_DROP : TJ_LEAVE_KEEP_FILES);
        const struct tj_value *value = tj_state_var(mine, TJ_STR("x"));
        if (!value || !tj_str_is(value->text, "base")) return arg;
        tj_state_end_call(copy, 1);
        tj_state_free(copy);
        if (i % 100 == 0) {
            tj_state_reset(mine, NULL);
            set(mine, "x", "base");
        }
    }
    tj_state_free(mine);
    return NULL;
}

static void clones_live_in_other_threads(void **unused) {
    (void)unused;
    enum { N = 4 };
    struct tj_state *base = fresh(NULL);
    set(base, "x", "base");
    for (int i = 0; i < 50; i++) file(base, (char[]){'/', (char)('A' + i), 0}, TJ_FILE_CREATED, "base");
    pthread_t thread[N];
    for (int i = 0; i < N; i++) {
        struct tj_state *copy = NULL;
        assert_int_equal(tj_state_clone(base, &copy), TRAJSAFE_OK);
        assert_int_equal(pthread_create(&thread[i], NULL, worker, copy), 0);
    }
    for (int i = 0; i < 1000; i++) {
        set(base, "y", "new");
        tj_state_end_call(base, i % 2 ? 1 : 2);
    }
    tj_state_free(base);
    for (int i = 0; i < N; i++) {
        void *result = base;
        assert_int_equal(pthread_join(thread[i], &result), 0);
        assert_null(result);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_are_copied_whole),
        cmocka_unit_test(leaving_a_scope_restores),
        cmocka_unit_test(files_survive_where_asked),
        cmocka_unit_test(branches_make_sets),
        cmocka_unit_test(created_folders_are_found_from_below),
        cmocka_unit_test(calls_end),
        cmocka_unit_test(clones_part_ways),
        cmocka_unit_test(the_budget_holds),
        cmocka_unit_test(long_sessions_stay_small),
        cmocka_unit_test(clones_live_in_other_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
