/* Tests of unfolding as a whole: places of nested text, roles, argv input, generated and hostile command lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden/unfold_sink.h"
#include "image/builtin.h"

struct fixture {
    struct tj_image image;
    struct tj_unfolder *unfolder;
    struct tj_state *state;
    struct tj_arena arena;
    struct tj_understanding u;
    struct test_sink sink;
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    trajsafe_error error = {0};
    assert_int_equal(tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &f->image, &error), TRAJSAFE_OK);
    assert_int_equal(tj_unfolder_new(&f->image, &f->unfolder), TRAJSAFE_OK);
    assert_int_equal(tj_state_new(test_context(), 0, &f->state), TRAJSAFE_OK);
    tj_arena_init(&f->arena, 0);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    tj_arena_free(&f->arena);
    tj_state_free(f->state);
    tj_unfolder_free(f->unfolder);
    free(f);
    return 0;
}

static void run(struct fixture *f, struct tj_unfold_input *input, struct tj_str text) {
    tj_arena_reset(&f->arena);
    tj_state_reset(f->state, test_context());
    tj_understanding_init(&f->u, &f->arena);
    test_sink_init(&f->sink, &f->arena, &f->image, f->state, &f->u);
    input->text = text.p ? tj_texts_root(&f->u.texts, text) : TJ_NONE;
    assert_int_equal(tj_unfold(f->unfolder, f->state, input, test_sink(&f->sink), &f->u), TRAJSAFE_OK);
}

static void shell(struct fixture *f, struct tj_str text) {
    struct tj_unfold_input input = {.lang = TJ_LANG_SHELL};
    run(f, &input, text);
}

/* What holds for every command line. */
static void check_invariants(struct fixture *f) {
    const struct tj_understanding *u = &f->u;
    uint32_t end = 0;
    assert_int_equal(tj_state_depth(f->state), 0);
    for (uint32_t i = 0; i < u->command.n; i++) {
        const struct tj_command *c = u->command.at[i];
        assert_int_equal(c->index, i);
        assert_true(c->parent == TJ_NONE || c->parent < i);
        assert_true(c->text == TJ_NONE || c->text < u->texts.text.n);
        assert_true(c->span.text == TJ_NONE || c->span.end <= u->texts.text.at[c->span.text].bytes.n);
        assert_true(c->span.begin <= c->span.end && c->pipe_at < c->pipe_n);
    }
    for (uint32_t i = 1; i < u->texts.text.n; i++)
        assert_true(u->texts.text.at[i].parent == TJ_NONE || u->texts.text.at[i].parent < i);
    for (uint32_t i = 0; i < u->role.n; i++) {
        assert_true(u->role.at[i].span.begin >= end && u->role.at[i].span.begin < u->role.at[i].span.end);
        end = u->role.at[i].span.end;
    }
    assert_true((u->unknown.n == 0) == (u->coverage < TJ_COVERAGE_PARTIAL));
}

/* The bytes of the user's own text that the last command's word stands for. */
static void check_caret(struct fixture *f, const char *text, uint32_t word, const char *want) {
    bool exact;
    shell(f, tj_str_of(text));
    check_invariants(f);
    assert_true(f->u.command.n > 0);
    const struct tj_command *c = f->u.command.at[f->u.command.n - 1];
    assert_true(word < c->argc);
    struct tj_span root = tj_texts_to_root(&f->u.texts, c->argv[word].value.span, &exact);
    struct tj_str got = tj_texts_bytes(&f->u.texts, root);
    if (!exact || !tj_str_is(got, want)) fail_msg("%s: caret under %.*s, exact %d", text, (int)got.n, got.p, exact);
}

static void test_carets(void **state) {
    struct fixture *f = *state;
    check_caret(f, "bash -c 'rm -rf /demo'", 2, "/demo");
    check_caret(f, "bash -c \"rm -rf \\\"/demo\\\"\"", 1, "-rf");
    check_caret(f, "sudo sh -c 'eval \"rm -rf /demo\"'", 2, "/demo");
    check_caret(f, "bash <<'E'\nrm -rf /demo\nE\n", 2, "/demo");
    check_caret(f, "echo 'rm -rf /demo' | sh", 2, "/demo");
    check_caret(f, "cat <<'E' | sh\nrm -rf /demo\nE\n", 2, "/demo");
    check_caret(f, "f() { rm -rf /demo; }; f", 2, "/demo");
    check_caret(f, "python3 -c 'import os; os.remove(\"/demo\")'", 1, "\"/demo\"");
}

static uint8_t role_at(const struct fixture *f, uint32_t at) {
    for (uint32_t i = 0; i < f->u.role.n; i++) {
        if (at >= f->u.role.at[i].span.begin && at < f->u.role.at[i].span.end) return f->u.role.at[i].role;
    }
    return TJ_ROLE_EXECUTED;
}

static void check_role(struct fixture *f, const char *text, const char *what, enum tj_role role) {
    struct tj_str s = tj_str_of(text);
    shell(f, s);
    check_invariants(f);
    uint8_t got = role_at(f, tj_str_find(s, tj_str_of(what), 0));
    if (got != role) fail_msg("%s: %s is %s", text, what, tj_vocab_name(TJ_LIST_ROLES, got));
}

static void test_roles(void **state) {
    struct fixture *f = *state;
    /* Roles are only painted where something is not understood: "$X" sees to that. */
    check_role(f, "$X; echo 'rm -rf /demo'", "rm -rf", TJ_ROLE_DATA);
    check_role(f, "$X; rm -rf /demo", "rm -rf", TJ_ROLE_EXECUTED);
    check_role(f, "$X; rm -rf /demo", "/demo", TJ_ROLE_ARGUMENT);
    check_role(f, "$X; bash -c 'rm -rf /demo'", "rm -rf", TJ_ROLE_EXECUTED);
    check_role(f, "$X; ls # rm -rf /demo", "rm -rf", TJ_ROLE_COMMENT);
    check_role(f, "$X; cat <<'E'\nrm -rf /demo\nE\n", "rm -rf", TJ_ROLE_DATA);
    check_role(f, "$X; bash <<'E'\nrm -rf /demo\nE\n", "rm -rf", TJ_ROLE_EXECUTED);
    check_role(f, "$X; echo a $(rm -rf /demo) b", "rm -rf", TJ_ROLE_EXECUTED);
    check_role(f, "$X; echo a $(rm -rf /demo) b", "b", TJ_ROLE_DATA);
    check_role(f, "$X; grep 'rm -rf' f", "rm -rf", TJ_ROLE_DATA);
}

static void test_argv(void **state) {
    struct fixture *f = *state;
    const struct tj_str argv[] = {TJ_STR("bash"), TJ_STR("-c"), TJ_STR("rm -rf /demo | cat")};
    struct tj_unfold_input input = {.lang = TJ_LANG_SHELL, .argv = argv, .argc = 3, .guessed = true};
    run(f, &input, TJ_STR_NONE);
    check_invariants(f);
    assert_int_equal(f->u.command.n, 3);
    assert_true(tj_str_is(f->u.command.at[1]->name, "rm"));
    assert_true(f->u.command.at[1]->flags & TJ_CMD_GUESSED);
}

static void test_languages(void **state) {
    struct fixture *f = *state;
    struct tj_unfold_input input = {.lang = TJ_LANG_OTHER}, ruby = {.lang = TJ_LANG_RUBY};
    run(f, &input, TJ_STR("system('rm x')"));
    assert_int_equal(f->u.coverage, TJ_COVERAGE_UNSUPPORTED);
    assert_int_equal(f->u.unknown.at[0].reason, TJ_REASON_LANGUAGE);
    assert_true(tj_str_is(f->u.command.at[0]->name, "rm"));
    run(f, &ruby, TJ_STR("system('rm x')"));
    assert_int_equal(f->u.coverage, TJ_COVERAGE_RESOLVED);
    assert_true(tj_str_is(f->u.command.at[0]->name, "rb:system"));
    assert_true(tj_str_is(f->u.command.at[1]->name, "rm"));
}

/* ---- generated and hostile ------------------------------------------------------------------------------------------------- */

static const char *const atoms[] = {"rm",         "-rf",
                                    "/",          "$x",
                                    "${x:0:1}",   "\"$@\"",
                                    "$*",         "$(echo a)",
                                    "`echo b`",   "'q q'",
                                    "\"d $x\"",   "|",
                                    "&&",         "||",
                                    ";",          "&",
                                    "(",          ")",
                                    "{",          "}",
                                    "<",          ">",
                                    "<<<",        "<<E\n",
                                    "E\n",        "x=1",
                                    "a=(1 2)",    "${a[@]}",
                                    "if",         "then",
                                    "fi",         "for",
                                    "in",         "do",
                                    "done",       "while",
                                    "case",       "esac",
                                    "f() {",      "f",
                                    "eval",       "bash -c",
                                    "sudo",       "xargs -I{}",
                                    "{}",         "find . -exec",
                                    "\\;",        "ssh h",
                                    "python3 -c", "exec",
                                    "cd",         "set --",
                                    "shift",      "read y",
                                    "echo",       "printf %s",
                                    "base64 -d",  "| sh",
                                    "<(",         ">(",
                                    "$((1+2))",   "${!x}",
                                    "${x//a/b}",  "{1..3}",
                                    "{a,b}",      "*",
                                    "~",          "\n",
                                    "[[",         "]]",
                                    "tee a",      "cat a",
                                    ". ./a",      "trap",
                                    "alias z=",   "z",
                                    "export",     "unset x",
                                    "import os",  "os.system(\"x\")",
                                    "mktemp",     "tr a b",
                                    "cut -f1",    "sed s/a/b/",
                                    "rev",        "head -1",
                                    "\xff",       "docker exec c",
                                    "env A=1",    "--"};

static void test_generated(void **state) {
    struct fixture *f = *state;
    uint64_t seed = 20261121;
    for (int round = 0; round < 3000; round++) {
        char text[1024];
        size_t n = 0;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int words = 1 + (int)(seed >> 60);
        for (int i = 0; i < words + 6; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const char *atom = atoms[(seed >> 33) % (sizeof atoms / sizeof *atoms)];
            n += (size_t)snprintf(text + n, sizeof text - n, "%s ", atom);
        }
        char *exact = malloc(n);
        memcpy(exact, text, n);
        shell(f, tj_str_make(exact, n));
        check_invariants(f);
        free(exact);
    }
}

static void repeat(struct fixture *f, const char *head, const char *atom, size_t times, const char *tail) {
    size_t a = strlen(head), b = strlen(atom), c = strlen(tail), n = a + b * times + c;
    char *text = malloc(n + 1);
    memcpy(text, head, a);
    for (size_t i = 0; i < times; i++) memcpy(text + a + i * b, atom, b);
    memcpy(text + a + b * times, tail, c + 1);
    shell(f, tj_str_make(text, n));
    check_invariants(f);
    free(text);
}

static void test_hostile(void **state) {
    struct fixture *f = *state;
    repeat(f, "", "(", 65536, "");
    assert_true(f->u.unknown.n > 0);
    repeat(f, "", "a|", 32768, "");
    assert_true(f->u.unknown.n > 0);
    repeat(f, "", "\"", 1000000, "");
    repeat(f, "echo ", "$(", 100, "rm x");
    assert_true(f->u.unknown.n > 0);
    repeat(f, "", "eval ", 5000, "rm x");
    assert_true(f->u.unknown.n > 0);
    repeat(f, "", "sudo ", 20000, "rm x");
    assert_true(f->u.unknown.n > 0);
    repeat(f, "echo ", "{a,b}", 30, "");
    repeat(f, "x=a;", "x=$x$x;", 60, "echo $x");
    assert_true(f->u.unknown.n > 0);
    repeat(f, "x=", "a", 100000, ";echo ${x//a*b/bbbb} ${x//a/bbbbbbbb} ${x##*b*}");
    repeat(f, "f(){ f|f; };", "f;", 2000, "f");
    char zeros[1000] = {0};
    shell(f, tj_str_make(zeros, sizeof zeros));
    check_invariants(f);
    assert_true(f->u.unknown.n > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_carets),    cmocka_unit_test(test_roles),     cmocka_unit_test(test_argv),
        cmocka_unit_test(test_languages), cmocka_unit_test(test_generated), cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
