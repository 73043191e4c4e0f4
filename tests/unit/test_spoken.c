/* Tests of match/spoken.c: what Python code only says is blank for rules; all that could run stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "match/inner.h"

/* Code, and what rules see of it; '_' stands for each blanked byte. NULL: all of it. */
static const struct {
    const char *code, *seen;
} cases[] = {
    {"print('rm -rf /')", "print('________')"},
    {"print(\"a\", 'b', sep='c')", "print(\"_\", '_', sep='_')"},
    {"print('a' + f('b'))", "print('_' + f('b'))"},
    {"print(f'{f()}')", NULL},
    {"print(rb'a', Rb'b')", "print(rb'_', Rb'_')"},
    {"print(['a', {'b': 'c'}])", "print(['_', {'_': '_'}])"},
    {"log.info('abc')\nlogger.warning(\"x %s\", g('y'))", "log.info('___')\nlogger.warning(\"____\", g('y'))"},
    {"os.system('abc')", NULL},
    {"self.print('abc')", NULL},
    {"exec('abc')  # exec", "exec('abc')  ______"},
    {"x = 'abc'  # y\nos.system(x)", "x = 'abc'  ___\nos.system(x)"},
    {"\"\"\"rm\n'''-rf\"\"\"\nos.system('a')", "\"\"\"_________\"\"\"\nos.system('a')"},
    {"def f():\n    r'''doc'''\n    g('a')", "def f():\n    r'''___'''\n    g('a')"},
    {"'abc'.join(x)", NULL},
    {"f(\n'abc'\n)", NULL},
    {"print = os.system\nprint('abc')", NULL},
    {"from os import system as print; print('abc')", NULL},
    {"def print(x): os.system(x)\nprint('abc')", NULL},
    {"print('unclosed", NULL},
    {"print('a\\'b'); f('c')", "print('____'); f('c')"},
    {"printer('abc')", NULL},
    {"print ('abc')", "print ('___')"},
};

static void says_only_what_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256];
        uint32_t n = (uint32_t)strlen(cases[i].code);
        memcpy(got, cases[i].code, n + 1);
        tj_spoken_python(got, n);
        const char *want = cases[i].seen ? cases[i].seen : cases[i].code;
        assert_int_equal(strlen(want), n);
        for (uint32_t k = 0; k < n; k++) {
            char expected = want[k] == '_' && cases[i].code[k] != '_' ? ' ' : want[k];
            if (got[k] != expected) fail_msg("'%s' is seen as '%s'", cases[i].code, got);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_only_what_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
