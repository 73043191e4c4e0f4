/* Tests of tj_bind: styles, clusters, attached and optional values, subcommands, slots, and what ends the options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "trajsafe/compile.h"
#include "unfold/unfold.h"

static const char table[] =
    "programs:\n"
    "  rm:\n"
    "    options:\n"
    "      - {names: [-r, -R, --recursive], flag: recursive}\n"
    "      - {names: [-f, --force], flag: force}\n"
    "      - {names: [--interactive], value: optional}\n"
    "    operands: [delete...]\n"
    "  cp:\n"
    "    options: [{names: [-t, --target-directory], as: write}]\n"
    "    operands: [read..., write]\n"
    "  grep:\n"
    "    options: [{names: [-e], as: pattern}, {names: [-A], as: data}, {names: [-n]}]\n"
    "    operands: [pattern, read...]\n"
    "  timeout: {style: posix, options: [{names: [-k], as: data}], operands: [data, command...]}\n"
    "  ssh: {style: posix, handler: ssh, options: [{names: [-p], as: port}, {names: [-N]}], operands: [host, "
    "shell...]}\n"
    "  java: {style: long, options: [{names: [-cp], as: read}, {names: [-Xmx1g]}], operands: [data...]}\n"
    "  dd: {style: keyvalue, options: [{names: [if=], as: read}, {names: [of=], as: write}]}\n"
    "  echo: {style: words, operands: [data...]}\n"
    "  tar:\n"
    "    style: tar\n"
    "    options: [{names: [-f, --file], as: read}, {names: [-x], flag: extract}, {names: [-z]}, {names: [-C], as: "
    "directory}]\n"
    "    operands: [data...]\n"
    "  git:\n"
    "    options: [{names: [-C], as: directory}, {names: [-c], as: data}]\n"
    "    subcommands:\n"
    "      push: {options: [{names: [-f, --force], flag: force}], operands: [resource?, resource...], network: send}\n"
    "      stash: {subcommands: {drop: {operands: [data...]}}, operands: [data...]}\n"
    "  find: {style: long, handler: find, options: [{names: [-exec], as: command}, {names: [-name], as: pattern}], "
    "operands: [list...]}\n"
    "  bash: {style: posix, handler: shell, options: [{names: [-c], as: shell}, {names: [-e, -l]}, {names: [-s]}], "
    "operands: [script, "
    "shell_args...]}\n"
    "  python: {style: posix, lang: python, options: [{names: [-c], as: code}, {names: [-m], as: module}], operands: "
    "[script, data...]}\n"
    "  py:os.rename: {style: call, options: [{names: [\"src=\"], as: move}], operands: [move, write]}\n"
    "  py:pathlib.Path.rename: {style: call, receiver: move, operands: [write]}\n";

struct fixture {
    void *bytes;
    struct tj_image image;
    struct tj_arena arena;
};

static int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    size_t size;
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    assert_int_equal(trajsafe_ruleset_add_file(rules, "programs/t.yaml", table, sizeof table - 1, &error), TRAJSAFE_OK);
    trajsafe_status status = trajsafe_ruleset_compile(rules, &f->bytes, &size, &error);
    if (status != TRAJSAFE_OK) fail_msg("%s:%u: %s", error.where, error.line, error.message);
    assert_int_equal(tj_image_open(f->bytes, size, &f->image, &error), TRAJSAFE_OK);
    trajsafe_ruleset_free(rules);
    tj_arena_init(&f->arena, 0);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    tj_arena_free(&f->arena);
    trajsafe_ruleset_bytes_free(f->bytes);
    free(f);
    return 0;
}

/* Binds words that are separated by single spaces; a word key:=value is a keyword argument. Says what came out. */
static struct tj_str bind(struct fixture *f, const char *line) {
    struct tj_command *c = tj_arena_new(&f->arena, struct tj_command);
    struct tj_arg *argv = tj_arena_array(&f->arena, struct tj_arg, 32);
    struct tj_str s = tj_str_of(line);
    for (uint32_t at = 0; at <= s.n;) {
        uint32_t end = tj_str_chr(s, ' ', at);
        struct tj_str word = tj_str_sub(s, at, end == TJ_NOT_FOUND ? s.n : end);
        uint32_t key = tj_str_find(word, TJ_STR(":="), 0);
        if (key != TJ_NOT_FOUND) argv[c->argc].key = tj_str_sub(word, 0, key);
        argv[c->argc].value.span = TJ_NO_SPAN;
        argv[c->argc++].value.text = key == TJ_NOT_FOUND ? word : tj_str_sub(word, key + 2, word.n);
        at = end == TJ_NOT_FOUND ? s.n + 1 : end + 1;
    }
    c->argv = argv;
    c->program = c->base_program = tj_image_find_program(&f->image, argv[0].value.text);
    struct tj_bound b;
    struct tj_buf out;
    tj_bind(&f->image, &f->arena, c, &b);
    tj_buf_init(&out, &f->arena);
    tj_buf_put(&out, c->subcommand);
    tj_buf_putc(&out, '|');
    for (uint32_t i = 0; i < b.option.n; i++) {
        tj_buf_putc(&out, ' ');
        tj_buf_put(&out, b.option.at[i].name);
        if (!b.option.at[i].row) tj_buf_putc(&out, '?');
        if (b.option.at[i].has_value) tj_buf_putc(&out, '=');
        if (b.option.at[i].has_value) tj_buf_put(&out, b.option.at[i].value.text);
    }
    tj_buf_puts(&out, " |");
    for (uint32_t i = 0; i < b.operand.n; i++) {
        tj_buf_putf(&out, " %s:", tj_vocab_name(TJ_LIST_SLOTS, b.operand.at[i].slot));
        tj_buf_put(&out, argv[b.operand.at[i].arg].value.text);
    }
    if (b.command_arg != TJ_NONE) tj_buf_putf(&out, " > %u", (unsigned)b.command_arg);
    return tj_buf_str(&out);
}

static void check(struct fixture *f, const char *line, const char *want) {
    struct tj_str got = bind(f, line);
    if (!tj_str_is(got, want)) fail_msg("%s\n  want %s\n  got  %.*s", line, want, (int)got.n, got.p);
}

static void test_gnu(void **state) {
    struct fixture *f = *state;
    check(f, "rm -rf a b", "| -r -f | delete:a delete:b");
    check(f, "rm a -rf", "| -r -f | delete:a");
    check(f, "rm -- -rf", "| | delete:-rf");
    check(f, "rm -x a", "| -x? | delete:a");
    check(f, "rm --recursive --force a", "| --recursive --force | delete:a");
    check(f, "rm --recur a", "| --recur | delete:a");
    check(f, "rm --interactive=never a", "| --interactive=never | delete:a");
    check(f, "rm --interactive a", "| --interactive | delete:a");
    check(f, "rm - a", "| | delete:- delete:a");
    check(f, "grep -nA3 x f", "| -n -A=3 | pattern:x read:f");
    check(f, "grep -A 3 x f", "| -A=3 | pattern:x read:f");
}

static void test_slots(void **state) {
    struct fixture *f = *state;
    check(f, "cp a b", "| | read:a write:b");
    check(f, "cp a b c", "| | read:a read:b write:c");
    check(f, "cp -t d a", "| -t=d | write:a");
    check(f, "cp --target-directory=d a b", "| --target-directory=d | read:a write:b");
    check(f, "echo -n a", "| | data:-n data:a");
    check(f, "nothing -a b --c=d", "| -a? --c?=d | data:b");
}

static void test_wrappers(void **state) {
    struct fixture *f = *state;
    check(f, "timeout -k 5 10 rm -rf a", "| -k=5 | data:10 command:rm command:-rf command:a > 4");
    check(f, "ssh -N h", "| -N | host:h");
    check(f, "ssh h -p 22 ls -l", "| -p=22 | host:h shell:ls shell:-l > 4");
    check(f, "bash -c text a b", "| -c=text | shell_args:a shell_args:b > 2");
    check(f, "bash -ec text a", "| -e -c=text | shell_args:a > 2");
    check(f, "bash -c -l text", "| -c=text -l | > 3");
    check(f, "bash script -c x", "| | script:script shell_args:-c shell_args:x");
    check(f, "bash -s a", "| -s | shell_args:a");
    check(f, "python -c code -x a", "| -c=code | data:-x data:a > 2");
    check(f, "python -m mod -x", "| -m=mod | data:-x");
    check(f, "python a.py -c x", "| | script:a.py data:-c data:x");
}

static void test_styles(void **state) {
    struct fixture *f = *state;
    check(f, "java -cp a.jar -Xmx1g Main", "| -cp=a.jar -Xmx1g | data:Main");
    check(f, "dd if=/dev/zero of=x bs=1", "| if==/dev/zero of==x bs=?=1 |");
    check(f, "tar xzf a.tgz -C d", "| -x -z -f=a.tgz -C=d |");
    check(f, "tar -xf a.tgz b", "| -x -f=a.tgz | data:b");
    check(f, "find a b -name c -exec rm {} + -name d", "| -name=c -exec=rm -name=d | list:a list:b > 6");
}

static void test_subcommands(void **state) {
    struct fixture *f = *state;
    check(f, "git -C d push -f origin main", "push| -C=d -f | resource:origin resource:main");
    check(f, "git push", "push| |");
    check(f, "git stash drop x", "drop| | data:x");
    check(f, "git unknown x", "| | data:unknown data:x");
}

static void test_calls(void **state) {
    struct fixture *f = *state;
    check(f, "py:os.rename a b", "| | move:a write:b");
    check(f, "py:os.rename src:=a dst:=b", "| src==a dst=?=b |");
    check(f, "py:pathlib.Path.rename a b", "| | move:a write:b");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gnu),    cmocka_unit_test(test_slots),       cmocka_unit_test(test_wrappers),
        cmocka_unit_test(test_styles), cmocka_unit_test(test_subcommands), cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
