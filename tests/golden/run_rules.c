// Golden tests of the rule compiler: what it says of rules-errors/NAME.yaml must be NAME.txt; --rebase writes it.
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"
#include "trajsafe/compile.h"

#define GOLDEN TRAJSAFE_SOURCE_DIR "/tests/golden"
#define FIXTURE TRAJSAFE_SOURCE_DIR "/tests/rules"
enum { MOST_CASES = 300 };

static bool rebase;

static struct tj_str slurp(struct tj_arena *arena, const char *path) {
    struct tj_buf buf;
    char chunk[4096];
    FILE *file = fopen(path, "rb");
    if (!file) return TJ_STR_NONE;
    tj_buf_init(&buf, arena);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) tj_buf_put(&buf, tj_str_make(chunk, n));
    fclose(file);
    return tj_buf_str(&buf);
}

static bool same_or_rebased(struct tj_arena *arena, const char *path, struct tj_str got) {
    if (rebase) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(got.p, 1, got.n, file), got.n);
        fclose(file);
        return true;
    }
    struct tj_str want = slurp(arena, path);
    if (tj_str_eq(want, got)) return true;
    print_error("%s (--rebase writes it)\n--- want\n%.*s--- got\n%.*s\n", path, (int)want.n, want.p, (int)got.n, got.p);
    return false;
}

static void add(struct tj_arena *arena, trajsafe_ruleset *rules, const char *name, const char *path) {
    struct tj_str text = slurp(arena, path);
    (void)trajsafe_ruleset_add_file(rules, name, text.p, text.n, NULL);
}

/* The line that is meant, with a caret under the place. */
static void draw(struct tj_buf *out, struct tj_str text, uint32_t line, uint32_t column) {
    uint32_t at = 0;
    for (uint32_t i = 1; i < line && at < text.n; i++) {
        uint32_t newline = tj_str_chr(text, '\n', at);
        at = newline == TJ_NOT_FOUND ? text.n : newline + 1;
    }
    if (line == 0 || at >= text.n) return;
    tj_buf_puts(out, "    ");
    tj_buf_put(out, tj_str_sub(text, at, tj_str_chr(text, '\n', at)));
    tj_buf_puts(out, "\n    ");
    for (uint32_t i = 1; i < column; i++) tj_buf_putc(out, ' ');
    tj_buf_puts(out, "^\n");
}

static void print(struct tj_buf *out, const trajsafe_ruleset *rules, struct tj_str text) {
    for (uint32_t i = 0; i < trajsafe_ruleset_diagnostics(rules); i++) {
        trajsafe_diagnostic d = {.size = sizeof d};
        assert_int_equal(trajsafe_ruleset_diagnostic(rules, i, &d), TRAJSAFE_OK);
        assert_true(d.number != 0 && d.message[0]);
        tj_buf_putf(out, "%s:%u:%u: %s TJ-%04u: ", d.file, d.line, d.column, d.warning ? "warning" : "error", d.number);
        tj_buf_puts(out, d.message);
        tj_buf_putc(out, '\n');
        draw(out, text, d.line, d.column);
        if (!d.mend[0]) continue;
        tj_buf_puts(out, "    = ");
        tj_buf_puts(out, d.mend);
        tj_buf_putc(out, '\n');
    }
}

static bool check_case(const char *name) {
    struct tj_arena arena;
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    struct tj_buf out;
    char path[1024], file[256];
    void *image = NULL;
    size_t size;
    tj_arena_init(&arena, 0);
    tj_buf_init(&out, &arena);
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    /* Programs and profiles for the cases to refer to. */
    add(&arena, rules, "programs.yaml", FIXTURE "/programs/all.yaml");
    add(&arena, rules, "profiles.yaml", FIXTURE "/profiles.yaml");
    snprintf(path, sizeof path, GOLDEN "/rules-errors/%s.yaml", name);
    snprintf(file, sizeof file, "%s.yaml", name);
    struct tj_str text = slurp(&arena, path);
    trajsafe_status added = trajsafe_ruleset_add_file(rules, file, text.p, text.n, &error);
    trajsafe_status status = trajsafe_ruleset_compile(rules, &image, &size, &error);
    assert_true(added == TRAJSAFE_OK || status == TRAJSAFE_BAD_RULE);
    tj_buf_putf(&out, "%s\n", trajsafe_status_name(status));
    print(&out, rules, text);
    if (status != TRAJSAFE_OK) {
        assert_int_equal(status, TRAJSAFE_BAD_RULE);
        assert_int_equal(error.status, TRAJSAFE_BAD_RULE);
        assert_true(error.number > 0 && error.message[0] && error.where[0]);
    }
    snprintf(path, sizeof path, GOLDEN "/rules-errors/%s.txt", name);
    bool same = same_or_rebased(&arena, path, tj_buf_str(&out));
    trajsafe_ruleset_bytes_free(image);
    trajsafe_ruleset_free(rules);
    tj_arena_free(&arena);
    return same;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void errors(void **state) {
    (void)state;
    char *name[MOST_CASES];
    size_t n = 0, wrong = 0;
    DIR *folder = opendir(GOLDEN "/rules-errors");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) && n < MOST_CASES;) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0)
            name[n++] = strndup(entry->d_name, length - 5);
    }
    closedir(folder);
    assert_true(n > 40);
    qsort(name, n, sizeof name[0], by_name);
    for (size_t i = 0; i < n; i++) {
        wrong += !check_case(name[i]);
        free(name[i]);
    }
    assert_int_equal(wrong, 0);
}

/* The whole fixture as it was compiled. Its first line holds sizes that depend on Hyperscan's version. */
static void dump(void **state) {
    (void)state;
    struct tj_arena arena;
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    void *image = NULL;
    size_t size;
    char *text = NULL;
    tj_arena_init(&arena, 0);
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    if (trajsafe_ruleset_add_folder(rules, FIXTURE, &error) != TRAJSAFE_OK)
        fail_msg("%s: %s", error.where, error.message);
    if (trajsafe_ruleset_compile(rules, &image, &size, &error) != TRAJSAFE_OK)
        fail_msg("%s:%u: %s", error.where, error.line, error.message);
    assert_int_equal(trajsafe_ruleset_diagnostics(rules), 0);
    assert_int_equal(trajsafe_ruleset_dump(image, size, NULL, &text, &error), TRAJSAFE_OK);
    struct tj_str all = tj_str_of(text);
    struct tj_str rest = tj_str_sub(all, tj_str_chr(all, '\n', 0) + 1, all.n);
    assert_true(same_or_rebased(&arena, GOLDEN "/rules-dump.txt", rest));
    trajsafe_ruleset_bytes_free(text);
    trajsafe_ruleset_bytes_free(image);
    trajsafe_ruleset_free(rules);
    tj_arena_free(&arena);
}

int main(int argc, char **argv) {
    rebase = argc > 1 && strcmp(argv[1], "--rebase") == 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(errors), cmocka_unit_test(dump)};
    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
