/* Canonical paths: one table of texts and what they come to. */
#include "state/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { D = 1, G = 2, E = 4 }; /* expected: dynamic, glob, everything */
enum { NONE, PLAIN, WORK, USER, SAME, MACOS };

static const struct tj_str work_root[] = {{"/home/me/proj", 13}};
static const struct tj_str srv_root[] = {{"/srv/app", 8}};
static const struct tj_str root_root[] = {{"/root", 5}};
static const struct tj_context contexts[] = {
    [PLAIN] = {.environment = TJ_ENV_UNKNOWN},
    [WORK] = {.workspace = work_root, .workspaces = 1, .home = {"/home/me", 8}, .user = {"me", 2}},
    [USER] = {.workspace = srv_root, .workspaces = 1, .user = {"me", 2}},
    [SAME] = {.workspace = root_root, .workspaces = 1, .home = {"/root", 5}},
    [MACOS] = {.workspace = work_root, .workspaces = 1, .home = {"/Users/me", 9}},
};

static const struct path_case {
    int context;
    const char *cwd, *prefix, *suffix; /* suffix: the value is dynamic; "-": dynamic without one */
    int unset_ok;
    const char *want;
    int flags;
} cases[] = {
    /* plain lexical resolution */
    {NONE, "?", "/etc/passwd", 0, 0, "/etc/passwd", 0},
    {NONE, "?", "/etc//passwd/", 0, 0, "/etc/passwd", 0},
    {NONE, "?", "/etc/./passwd", 0, 0, "/etc/passwd", 0},
    {NONE, "?", "/etc/../etc/passwd", 0, 0, "/etc/passwd", 0},
    {NONE, "?", "/../../etc/passwd", 0, 0, "/etc/passwd", 0},
    {NONE, "?", "//etc///passwd", 0, 0, "/etc/passwd", 0},
    {NONE, "?", "/", 0, 0, "/", 0},
    {NONE, "?", "//", 0, 0, "/", 0},
    {NONE, "?", "/.", 0, 0, "/", 0},
    {NONE, "?", "/..", 0, 0, "/", 0},
    {NONE, "?", "/a/b/c/../../d", 0, 0, "/a/d", 0},
    {NONE, "/usr", "bin/env", 0, 0, "/usr/bin/env", 0},
    {NONE, "/usr", "./bin", 0, 0, "/usr/bin", 0},
    {NONE, "/usr", "..", 0, 0, "/", 0},
    {NONE, "/usr", ".", 0, 0, "/usr", 0},
    {NONE, "/", "etc", 0, 0, "/etc", 0},
    {NONE, "/", "..", 0, 0, "/", 0},
    {NONE, "/", ".", 0, 0, "/", 0},
    {NONE, "/a/b", "../../../..", 0, 0, "/", 0},
    {NONE, "?", "", 0, 0, "", 0},
    /* unknown cwd */
    {NONE, "?", "x", 0, 0, "?/x", 0},
    {NONE, "?", "./x/../y", 0, 0, "?/y", 0},
    {NONE, "?", "../x", 0, 0, "?/x", 0},
    {NONE, "?", ".", 0, 0, "?", 0},
    {NONE, "?", "..", 0, 0, "?", 0},
    {NONE, "?", "-", 0, 0, "?/-", 0},
    {NONE, "?/a", "..", 0, 0, "?", 0},
    /* home, not given */
    {NONE, "?", "~", 0, 0, "~", 0},
    {NONE, "?", "~/", 0, 0, "~", 0},
    {NONE, "?", "~/.ssh/id_rsa", 0, 0, "~/.ssh/id_rsa", 0},
    {NONE, "?", "$HOME/.ssh", 0, 0, "~/.ssh", 0},
    {NONE, "?", "${HOME}", 0, 0, "~", 0},
    {NONE, "?", "$HOMEWORK/x", 0, 0, "?/$HOMEWORK/x", 0},
    {NONE, "?", "/root/.bashrc", 0, 0, "~/.bashrc", 0},
    {NONE, "?", "/rootfs/x", 0, 0, "/rootfs/x", 0},
    {NONE, "?", "/home/user/x", 0, 0, "~/x", 0},
    {NONE, "?", "/home/user", 0, 0, "~", 0},
    {NONE, "?", "/home", 0, 0, "/home", 0},
    {NONE, "?", "/home/", 0, 0, "/home", 0},
    {NONE, "?", "/Users/anna/Library", 0, 0, "~/Library", 0},
    {NONE, "?", "/Users/Shared/x", 0, 0, "/Users/Shared/x", 0},
    {NONE, "~", "..", 0, 0, "/home", 0},
    {NONE, "~", "../..", 0, 0, "/", 0},
    {NONE, "~", "../../etc/shadow", 0, 0, "/etc/shadow", 0},
    {NONE, "~/a", "..", 0, 0, "~", 0},
    {NONE, "?", "~/../../etc", 0, 0, "/etc", 0},
    {NONE, "?", "~root/.ssh", 0, 0, "~/.ssh", 0},
    {NONE, "?", "~bob/x", 0, 0, "~/x", 0},
    {NONE, "?", "a~", 0, 0, "?/a~", 0},
    {NONE, "/home", "user/.netrc", 0, 0, "~/.netrc", 0},
    {PLAIN, "?", "/home/user/x", 0, 0, "~/x", 0},
    /* home and workspace given */
    {WORK, "@", "x", 0, 0, "@/x", 0},
    {WORK, "@", ".", 0, 0, "@", 0},
    {WORK, "@", "./", 0, 0, "@", 0},
    {WORK, "@", "..", 0, 0, "~", 0},
    {WORK, "@", "../other", 0, 0, "~/other", 0},
    {WORK, "@", "../../me/proj/x", 0, 0, "@/x", 0},
    {WORK, "@", "../../..", 0, 0, "/", 0},
    {WORK, "@", "../../../etc/passwd", 0, 0, "/etc/passwd", 0},
    {WORK, "@", "/home/me/proj/a/b", 0, 0, "@/a/b", 0},
    {WORK, "@", "/home/me/proj", 0, 0, "@", 0},
    {WORK, "@", "/home/me/project", 0, 0, "~/project", 0},
    {WORK, "@", "/home/me", 0, 0, "~", 0},
    {WORK, "@", "/home/me2/x", 0, 0, "/home/me2/x", 0},
    {WORK, "@", "/home/you/x", 0, 0, "/home/you/x", 0},
    {WORK, "@", "~/proj/x", 0, 0, "@/x", 0},
    {WORK, "@", "~me/proj", 0, 0, "@", 0},
    {WORK, "@", "~you", 0, 0, "/home/you", 0},
    {WORK, "@", "~root", 0, 0, "/root", 0},
    {WORK, "@", "/root/.ssh", 0, 0, "/root/.ssh", 0},
    {WORK, "~", "proj", 0, 0, "@", 0},
    {WORK, "~", "proj/sub/..", 0, 0, "@", 0},
    {WORK, "@/sub", "..", 0, 0, "@", 0},
    {WORK, "@/sub", "$PWD/x", 0, 0, "@/sub/x", 0},
    {WORK, "@", "${PWD}", 0, 0, "@", 0},
    {WORK, "@", "@/x", 0, 0, "@/@/x", 0},
    {USER, "@", "/srv/app/x", 0, 0, "@/x", 0},
    {USER, "@", "/srv/application", 0, 0, "/srv/application", 0},
    {USER, "@", "..", 0, 0, "/srv", 0},
    {USER, "@", "/home/me/.ssh", 0, 0, "~/.ssh", 0},
    {USER, "@", "/home/you/.ssh", 0, 0, "/home/you/.ssh", 0},
    {USER, "@", "/root/.ssh", 0, 0, "/root/.ssh", 0},
    {USER, "@", "~/.ssh", 0, 0, "~/.ssh", 0},
    {SAME, "~", "x", 0, 0, "~/x", 0},
    {SAME, "~", "/root/x", 0, 0, "~/x", 0},
    {SAME, "~", "..", 0, 0, "/", 0},
    {MACOS, "@", "/Users/me/x", 0, 0, "~/x", 0},
    {MACOS, "@", "/home/me/proj/x", 0, 0, "@/x", 0},
    {MACOS, "~", "..", 0, 0, "/Users", 0},
    /* folders that are other folders */
    {NONE, "?", "/proc/self/root/etc/shadow", 0, 0, "/etc/shadow", 0},
    {NONE, "?", "/proc/self/root", 0, 0, "/", 0},
    {NONE, "?", "/proc/self/root/..", 0, 0, "/", 0},
    {NONE, "?", "/proc/thread-self/root/home/u/x", 0, 0, "~/x", 0},
    {NONE, "/a", "/proc/self/cwd/x", 0, 0, "/a/x", 0},
    {WORK, "@", "/proc/self/cwd/x", 0, 0, "@/x", 0},
    {NONE, "/a", "/proc/123/cwd/x", 0, 0, "?/x", 0},
    {NONE, "?", "/proc/1/root/etc", 0, 0, "/proc/1/root/etc", 0},
    {NONE, "?", "/proc/self/environ", 0, 0, "/proc/self/environ", 0},
    {NONE, "?", "/private/tmp/x", 0, 0, "/tmp/x", 0},
    {NONE, "?", "/private/var/log", 0, 0, "/var/log", 0},
    {NONE, "?", "/private/etc/hosts", 0, 0, "/etc/hosts", 0},
    {NONE, "?", "/private/other", 0, 0, "/private/other", 0},
    {NONE, "?", "/var/run/docker.sock", 0, 0, "/run/docker.sock", 0},
    {NONE, "?", "/var/runner", 0, 0, "/var/runner", 0},
    {NONE, "?", "/System/Volumes/Data/Users/u/x", 0, 0, "~/x", 0},
    /* globs */
    {NONE, "?", "/*", 0, 0, "/", G | E},
    {NONE, "?", "/**", 0, 0, "/", G | E},
    {NONE, "?", "/.*", 0, 0, "/", G | E},
    {NONE, "?", "/?*", 0, 0, "/", G | E},
    {NONE, "?", "/*/", 0, 0, "/", G | E},
    {NONE, "?", "/*/*", 0, 0, "/", G | E},
    {NONE, "?", "//*", 0, 0, "/", G | E},
    {NONE, "?", "~/*", 0, 0, "~", G | E},
    {NONE, "?", "~/.[!.]*", 0, 0, "~", G | E},
    {NONE, "?", "/home/*", 0, 0, "/home", G | E},
    {NONE, "?", "/home/*/.ssh/id_rsa", 0, 0, "/home/*/.ssh/id_rsa", G},
    {WORK, "@", "*", 0, 0, "@", G | E},
    {WORK, "@", "./*", 0, 0, "@", G | E},
    {WORK, "@", "../*", 0, 0, "~", G | E},
    {WORK, "@", "build/*", 0, 0, "@/build", G | E},
    {WORK, "@", "*.o", 0, 0, "@/*.o", G},
    {WORK, "@", "src/**/*.c", 0, 0, "@/src/**/*.c", G},
    {NONE, "/", "*", 0, 0, "/", G | E},
    {NONE, "?", "*", 0, 0, "?", G | E},
    {NONE, "?", "/etc/*.conf", 0, 0, "/etc/*.conf", G},
    {NONE, "?", "/tmp/*", 0, 0, "/tmp", G | E},
    {NONE, "?", "/usr/*/../..", 0, 0, "/", G},
    /* dynamic */
    {NONE, "?", "", "/*", 1, "/", D | E},
    {NONE, "?", "", "/.*", 1, "/", D | E},
    {NONE, "?", "", "/*", 0, "?", D | G | E},
    {NONE, "?", "", "/x", 1, "?/x", D},
    {NONE, "?", "", "-", 1, "?", D},
    {NONE, "?", "", "-", 0, "?", D},
    {NONE, "/a", "", "/.ssh/id_rsa", 0, "?/.ssh/id_rsa", D},
    {NONE, "/a", "", ".pem", 0, "?/?.pem", D},
    {NONE, "?", "/tmp/", "-", 0, "/tmp/?", D},
    {NONE, "?", "/tmp/foo-", "-", 0, "/tmp/foo-?", D},
    {NONE, "?", "/data/", "/x.pem", 0, "/data/?/x.pem", D},
    {NONE, "?", "/", "-", 0, "/?", D},
    {NONE, "?", "~/", "-", 0, "~/?", D},
    {NONE, "?", "/home/", "/.ssh", 0, "~/.ssh", D},
    {WORK, "@", "out/", "-", 0, "@/out/?", D},
    {WORK, "@", "/home/me/proj/", "-", 0, "@/?", D},
};

static void paths_come_to_their_canonical_form(void **unused) {
    (void)unused;
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    int bad = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct path_case *c = &cases[i];
        struct tj_value value = {.text = tj_str_of(c->prefix)};
        if (c->suffix) value.flags |= TJ_VALUE_IS_DYNAMIC;
        if (c->suffix && *c->suffix != '-') value.suffix = tj_str_of(c->suffix);
        if (c->unset_ok) value.flags |= TJ_VALUE_UNSET_OK;
        if ((c->flags & G) || (c->suffix && strchr(c->suffix, '*') && !c->unset_ok)) value.flags |= TJ_VALUE_HAS_GLOB;
        struct tj_path got =
            tj_path_resolve(&arena, c->context == NONE ? NULL : &contexts[c->context], tj_str_of(c->cwd), &value);
        int flags = (got.dynamic ? D : 0) | (got.glob ? G : 0) | (got.everything ? E : 0);
        if (tj_str_is(got.text, c->want) && flags == c->flags) continue;
        bad++;
        print_message("case %zu: %s + %s%s: %.*s (%d), want %s (%d)\n", i, c->cwd, c->prefix,
                      c->suffix ? c->suffix : "", (int)got.text.n, got.text.p, flags, c->want, c->flags);
    }
    tj_arena_free(&arena);
    assert_int_equal(bad, 0);
    assert_true(sizeof cases / sizeof *cases >= 100);
}

static void under_is_at_or_below(void **unused) {
    (void)unused;
    assert_true(tj_path_under(TJ_STR("/a/b"), TJ_STR("/a")));
    assert_true(tj_path_under(TJ_STR("/a"), TJ_STR("/a")));
    assert_false(tj_path_under(TJ_STR("/ab"), TJ_STR("/a")));
    assert_true(tj_path_under(TJ_STR("/a"), TJ_STR("/")));
    assert_true(tj_path_under(TJ_STR("~/x"), TJ_STR("/")));
    assert_true(tj_path_under(TJ_STR("~/x"), TJ_STR("~")));
    assert_false(tj_path_under(TJ_STR("?/x"), TJ_STR("/")));
    assert_false(tj_path_under(TJ_STR("@"), TJ_STR("@/x")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_come_to_their_canonical_form),
        cmocka_unit_test(under_is_at_or_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
