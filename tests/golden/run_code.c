// Golden tests of the code module: tests/golden/code/NAME.py-txt lowered must print NAME.dump; --rebase writes it.
// So do NAME.js-txt, .rb-txt, .pl-txt, .php-txt, .lua-txt and .awk-txt, read by the light readers, with NAME.LANGUAGE.dump.
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "code/code.h"

#define FOLDER TRAJSAFE_SOURCE_DIR "/tests/golden/code"
#define MAX_CASES 512

static bool rebase;

static const struct {
    const char *end, *dump;
    enum tj_lang lang;
} kinds[] = {{".py-txt", ".dump", TJ_LANG_PYTHON},   {".js-txt", ".js.dump", TJ_LANG_NODE},
             {".rb-txt", ".rb.dump", TJ_LANG_RUBY},  {".pl-txt", ".pl.dump", TJ_LANG_PERL},
             {".php-txt", ".php.dump", TJ_LANG_PHP}, {".lua-txt", ".lua.dump", TJ_LANG_LUA},
             {".awk-txt", ".awk.dump", TJ_LANG_AWK}};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Which kind of case a file is, or KINDS. */
static size_t kind_of(const char *file) {
    size_t k = 0, n = strlen(file);
    while (k < KINDS && (n <= strlen(kinds[k].end) || strcmp(file + n - strlen(kinds[k].end), kinds[k].end) != 0)) k++;
    return k;
}

static struct tj_str slurp(struct tj_arena *arena, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return TJ_STR_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) tj_buf_put(&buf, tj_str_make(chunk, n));
    fclose(file);
    return tj_buf_str(&buf);
}

static void show_difference(const char *name, struct tj_str want, struct tj_str got) {
    uint32_t at = 0, line = 0;
    while (at < want.n && at < got.n && want.p[at] == got.p[at])
        if (want.p[at++] == '\n') line = at;
    uint32_t want_end = tj_str_chr(want, '\n', line), got_end = tj_str_chr(got, '\n', line);
    struct tj_str a = tj_str_sub(want, line, want_end), b = tj_str_sub(got, line, got_end);
    print_error("%s\n  want %.*s\n  got  %.*s\n%*s^\n", name, (int)a.n, a.p, (int)b.n, b.p, (int)(at - line + 7), "");
}

/* False when the case differs. */
static bool check(struct tj_coder *coder, const char *file) {
    char path[1024];
    size_t kind = kind_of(file);
    int stem = (int)(strlen(file) - strlen(kinds[kind].end));
    struct tj_arena arena;
    struct tj_code code;
    struct tj_buf dump;
    tj_arena_init(&arena, 0);
    snprintf(path, sizeof path, "%s/%s", FOLDER, file);
    struct tj_str source = slurp(&arena, path);
    assert_int_equal(tj_code_parse(coder, &arena, kinds[kind].lang, source, &code), TRAJSAFE_OK);
    tj_buf_init(&dump, &arena);
    tj_code_dump(&code, &dump);
    snprintf(path, sizeof path, "%s/%.*s%s", FOLDER, stem, file, kinds[kind].dump);
    bool same = true;
    if (rebase) {
        FILE *out = fopen(path, "wb");
        assert_non_null(out);
        fwrite(dump.at, 1, dump.n, out);
        fclose(out);
    } else {
        struct tj_str want = slurp(&arena, path), got = tj_buf_str(&dump);
        same = tj_str_eq(want, got);
        if (!same) show_difference(file, want, got);
    }
    tj_arena_free(&arena);
    return same;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void test_cases(void **state) {
    (void)state;
    char *name[MAX_CASES];
    size_t n = 0, wrong = 0;
    struct tj_coder *coder;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) && n < MAX_CASES;) {
        if (kind_of(entry->d_name) < KINDS) name[n++] = strdup(entry->d_name);
    }
    closedir(folder);
    qsort(name, n, sizeof *name, by_name);
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    for (size_t i = 0; i < n; i++) {
        wrong += !check(coder, name[i]);
        free(name[i]);
    }
    tj_coder_free(coder);
    print_message("%zu cases\n", n);
    assert_true(n >= 60);
    assert_int_equal(wrong, 0);
}

int main(int argc, char **argv) {
    rebase = argc > 1 && strcmp(argv[1], "--rebase") == 0;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests_name("golden code", tests, NULL, NULL);
}
