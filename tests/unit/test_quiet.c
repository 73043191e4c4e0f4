/* Quiet Python: what is passed over without a parse must be code in which a parse finds nothing that the tables know. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/builtin.h"
#include "unfold/work.h"

static struct tj_image image;
static struct tj_quiet *quiet;

static bool is_quiet(const char *source) {
    bool imports;
    return tj_quiet_python(quiet, tj_str_of(source), &imports);
}

static void test_quiet(void **state) {
    static const char *const sources[] = {
        "print(1 + 1)",
        "from sympy import symbols, solve\nx = symbols('x')\nprint(solve(x**2 - 1))",
        "import os.path\nprint(os.path.join('a', 'b'))",
        "import sys\nsys.path.insert(0, '.')\nimport mypackage\nmypackage.check()",
        "if __name__ == '__main__':\n    print('caf\xC3\xA9 \xE2\x9C\x93')",
    };
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!is_quiet(sources[i])) fail_msg("not quiet: %s", sources[i]);
}

static void test_loud(void **state) {
    static const char *const sources[] = {
        "import os\nos.system('id')",
        "import os as o\no.remove('x')",
        "from os import *\nremove('x')",
        "from shutil import rmtree as r\nr('/')",
        "getattr(__import__('o' + 's'), 'sys' + 'tem')('id')",
        "x.__class__.__subclasses__()",
        "exec('pri' + 'nt(1)')",
        "import sys\nsys.modules['o' + 's'].remove('x')",
        "open('x', 'w').write('y')",
        "\xEF\xBD\x8F\xEF\xBD\x93.remove('x')",
        "# -*- coding: utf-7 -*-\nprint(1)",
        "print(1)\n!ls",
        "%%bash\nls",
        "import subprocess\nsubprocess.run(['ls'])",
        "from pathlib import Path\nPath('x').unlink()",
    };
    char deep[400];
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (is_quiet(sources[i])) fail_msg("quiet: %s", sources[i]);
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_false(is_quiet(deep));
}

static char *slurp(const char *path) {
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 16);
    if (file && text) (void)!fread(text, 1, (1 << 16) - 1, file);
    if (file) fclose(file);
    return text;
}

/* Calls of a source that have a row with a handler, effects or a receiver. */
static uint32_t calls_that_act(struct tj_coder *coder, struct tj_arena *arena, const char *source) {
    struct tj_code code;
    uint32_t found = 0;
    assert_int_equal(tj_code_parse(coder, arena, TJ_LANG_PYTHON, tj_str_of(source), &code), TRAJSAFE_OK);
    for (uint32_t i = 0; i < code.call.n; i++) {
        struct tj_buf name;
        tj_buf_init(&name, arena);
        tj_buf_puts(&name, "py:");
        tj_buf_put(&name, code.call.at[i].name);
        uint32_t row = tj_image_find_program(&image, tj_buf_str(&name));
        if (row == TJ_NONE) continue;
        const struct tj_program *program = tj_image_program(&image, row);
        found += program->handler || program->effects.n || program->receiver;
    }
    return found;
}

static void test_against_parse(void **state) {
    struct tj_coder *coder;
    struct tj_arena arena;
    glob_t files;
    uint32_t seen = 0;
    (void)state;
    tj_arena_init(&arena, 0);
    assert_int_equal(tj_coder_new(&coder), TRAJSAFE_OK);
    assert_int_equal(glob(TRAJSAFE_SOURCE_DIR "/tests/golden/code/*.py-txt", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *source = slurp(files.gl_pathv[i]);
        if (is_quiet(source)) {
            seen++;
            if (calls_that_act(coder, &arena, source))
                fail_msg("%s is quiet, yet has calls that act", files.gl_pathv[i]);
        }
        free(source);
        tj_arena_reset(&arena);
    }
    assert_true(seen > 0);
    globfree(&files);
    tj_coder_free(coder);
    tj_arena_free(&arena);
}

static int set_up(void **state) {
    (void)state;
    if (tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &image, NULL) != TRAJSAFE_OK) return -1;
    return (quiet = tj_quiet_new(&image)) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    tj_quiet_free(quiet);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quiet), cmocka_unit_test(test_loud),
                                       cmocka_unit_test(test_against_parse)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
