/* Hosts: what is taken out of URLs and operands, every form of an address, and their classes. */
#include "effect/effect.h"
#include "image/builtin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define B(id) TJ_HOST_BIT(id)
#define NUM TJ_HOST_BIT(NUMERIC)
#define ODD (TJ_HOST_BIT(NUMERIC) | TJ_HOST_BIT(ODD_FORM))

static const struct tj_str allowed[] = {
    {"ok.example", 10}, {".corp.example", 13}, {"10.1.0.0/16", 11}, {"*.star.example", 14}, {"fd00::/8", 8}};
static const struct tj_context context = {.allowed_hosts = allowed, .allowed = 5};

static const struct host_case {
    const char *text, *host; /* host NULL: names none */
    uint32_t port, classes;
    const char *user, *path;
} cases[] = {
    {"example.com", "example.com", 0, B(PUBLIC), "", ""},
    {"EXAMPLE.Com", "example.com", 0, B(PUBLIC), "", ""},
    {"example.com.", "example.com", 0, B(PUBLIC), "", ""},
    {"example.com:8080", "example.com", 8080, B(PUBLIC), "", ""},
    {"https://example.com/a/b?c#d", "example.com", 0, B(PUBLIC), "", "/a/b?c#d"},
    {"https://example.com?x=1", "example.com", 0, B(PUBLIC), "", "?x=1"},
    {"http://me:pw@example.com:81/x", "example.com", 81, B(PUBLIC), "me:pw", "/x"},
    {"http://a@b@example.com/", "example.com", 0, B(PUBLIC), "a@b", "/"},
    {"me@example.com", "example.com", 0, B(PUBLIC), "me", ""},
    {"git+ssh://git@example.com/x.git", "example.com", 0, B(PUBLIC), "git", "/x.git"},
    {"stratum+tcp://example.com:3333", "example.com", 3333, B(PUBLIC), "", ""},
    {"//example.com/x", "example.com", 0, B(PUBLIC), "", "/x"},
    {" https://example.com ", "example.com", 0, B(PUBLIC), "", ""},
    {"ws://example.com", "example.com", 0, B(PUBLIC), "", ""},
    {"", NULL, 0, 0, NULL, NULL},
    {"http://", NULL, 0, 0, NULL, NULL},
    {"http:///x", NULL, 0, 0, NULL, NULL},
    {"-v", NULL, 0, 0, NULL, NULL},
    {"a b", NULL, 0, 0, NULL, NULL},
    {"{host}", NULL, 0, 0, NULL, NULL},
    /* this machine */
    {"localhost", "localhost", 0, B(LOOPBACK), "", ""},
    {"localhost:3000", "localhost", 3000, B(LOOPBACK), "", ""},
    {"app.localhost", "app.localhost", 0, B(LOOPBACK), "", ""},
    {"127.0.0.1", "127.0.0.1", 0, B(LOOPBACK) | NUM, "", ""},
    {"127.8.9.1:80", "127.8.9.1", 80, B(LOOPBACK) | NUM, "", ""},
    {"0.0.0.0", "0.0.0.0", 0, B(LOOPBACK) | NUM, "", ""},
    {"[::1]:8080", "::1", 8080, B(LOOPBACK) | NUM, "", ""},
    {"::1", "::1", 0, B(LOOPBACK) | NUM, "", ""},
    {"http://[::]/", "::", 0, B(LOOPBACK) | NUM, "", "/"},
    {"127.1", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"2130706433", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"0x7f000001", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"0177.0.0.1", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"0x7f.0.0.0x1", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"http://[::ffff:127.0.0.1]/", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", "/"},
    {"[::ffff:7f00:1]", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"localhost.", "localhost", 0, B(LOOPBACK), "", ""},
    {"LOCALHOST:80", "localhost", 80, B(LOOPBACK), "", ""},
    {"0x7f.1", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"017700000001", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"127.255.255.254", "127.255.255.254", 0, B(LOOPBACK) | NUM, "", ""},
    {"[::127.0.0.1]", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"[64:ff9b::7f00:1]", "127.0.0.1", 0, B(LOOPBACK) | ODD, "", ""},
    {"http://0/", "0.0.0.0", 0, B(LOOPBACK) | ODD, "", "/"},
    {"http://0:8080/x", "0.0.0.0", 8080, B(LOOPBACK) | ODD, "", "/x"},
    {"http://%31%32%37.0.0.1/", "127.0.0.1", 0, B(LOOPBACK) | NUM, "", "/"},
    /* what stands before @ is an account, what stands behind # is a fragment */
    {"http://localhost@evil.example/", "evil.example", 0, B(PUBLIC), "localhost", "/"},
    {"http://localhost:80@evil.example/", "evil.example", 0, B(PUBLIC), "localhost:80", "/"},
    {"http://127.0.0.1#@evil.example/", "127.0.0.1", 0, B(LOOPBACK) | NUM, "", "#@evil.example/"},
    {"http://evil.example#@localhost/", "evil.example", 0, B(PUBLIC), "", "#@localhost/"},
    {"http://localhost\\@evil.example/", "evil.example", 0, B(PUBLIC), "", "/"},
    {"http://evil.example\\@localhost/", "evil.example", 0, B(PUBLIC), "", "/"},
    {"git@example.com:me/x.git", "example.com", 0, B(PUBLIC), "git", "/x.git"},
    {"ssh://me@example.com:2222/x", "example.com", 2222, B(PUBLIC), "me", "/x"},
    {"me@example.com:2222", "example.com", 2222, B(PUBLIC), "me", ""},
    {"socks5h://127.0.0.1:9050", "127.0.0.1", 9050, B(LOOPBACK) | NUM, "", ""},
    /* names that spell an address are names: nothing is resolved */
    {"127.0.0.1.nip.io", "127.0.0.1.nip.io", 0, B(PUBLIC), "", ""},
    {"localhost.evil.example", "localhost.evil.example", 0, B(PUBLIC), "", ""},
    {"xn--oogle-wmc.example", "xn--oogle-wmc.example", 0, B(PUBLIC), "", ""},
    {"g\xd0\xbe\xd0\xbegle.example", "g\xd0\xbe\xd0\xbegle.example", 0, B(PUBLIC), "", ""},
    /* private */
    {"10.0.0.1", "10.0.0.1", 0, B(PRIVATE) | NUM, "", ""},
    {"10.1.2.3", "10.1.2.3", 0, B(PRIVATE) | NUM | B(ALLOWED), "", ""},
    {"172.16.0.1", "172.16.0.1", 0, B(PRIVATE) | NUM, "", ""},
    {"172.31.255.255", "172.31.255.255", 0, B(PRIVATE) | NUM, "", ""},
    {"172.32.0.1", "172.32.0.1", 0, B(PUBLIC) | NUM, "", ""},
    {"192.168.1.1", "192.168.1.1", 0, B(PRIVATE) | NUM, "", ""},
    {"192.169.1.1", "192.169.1.1", 0, B(PUBLIC) | NUM, "", ""},
    {"100.64.0.1", "100.64.0.1", 0, B(PRIVATE) | NUM, "", ""},
    {"100.128.0.1", "100.128.0.1", 0, B(PUBLIC) | NUM, "", ""},
    {"fd12:3456::1", "fd12:3456::1", 0, B(PRIVATE) | NUM | B(ALLOWED), "", ""},
    {"fc00::1", "fc00::1", 0, B(PRIVATE) | NUM, "", ""},
    {"10.0.0.0/24", "10.0.0.0", 0, B(PRIVATE) | NUM, "", "/24"},
    {"192.168.1.1-254", "192.168.1.1-254", 0, B(PRIVATE) | NUM, "", ""},
    {"10.0.0.*", "10.0.0.*", 0, B(PRIVATE) | NUM, "", ""},
    {"db", "db", 0, B(PRIVATE), "", ""},
    {"redis:6379", "redis", 6379, B(PRIVATE), "", ""},
    {"build.internal", "build.internal", 0, B(PRIVATE), "", ""},
    {"printer.local", "printer.local", 0, B(PRIVATE), "", ""},
    {"a.svc.cluster.local", "a.svc.cluster.local", 0, B(PRIVATE), "", ""},
    {"nas.lan", "nas.lan", 0, B(PRIVATE), "", ""},
    {"host.docker.internal", "host.docker.internal", 0, B(PRIVATE), "", ""},
    {"notlocal", "notlocal", 0, B(PRIVATE), "", ""},
    {"mylocal.example", "mylocal.example", 0, B(PUBLIC), "", ""},
    /* link-local and metadata */
    {"169.254.1.1", "169.254.1.1", 0, B(LINK_LOCAL) | NUM, "", ""},
    {"fe80::1%eth0", "fe80::1", 0, B(LINK_LOCAL) | NUM, "", ""},
    {"http://169.254.169.254/latest", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | NUM, "", "/latest"},
    {"2852039166", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"0xA9FEA9FE", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"0251.0376.0251.0376", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"[::ffff:a9fe:a9fe]", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"100.100.100.200", "100.100.100.200", 0, B(METADATA) | NUM, "", ""},
    {"[fd00:ec2::254]", "fd00:ec2::254", 0, B(METADATA) | NUM | B(ALLOWED), "", ""},
    {"metadata.google.internal", "metadata.google.internal", 0, B(METADATA), "", ""},
    {"METADATA.Google.Internal.", "metadata.google.internal", 0, B(METADATA), "", ""},
    {"metadata\xef\xbc\x8egoogle\xe3\x80\x82internal", "metadata.google.internal", 0, B(METADATA) | B(ODD_FORM), "", ""},
    {"169\xe3\x80\x82"
     "254\xe3\x80\x82"
     "169\xe3\x80\x82"
     "254",
     "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"\xe2\x91\xa0"
     "69.254.169.254",
     "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"meta\xc2\xad"
     "data.google.internal",
     "metadata.google.internal", 0, B(METADATA) | B(ODD_FORM), "", ""},
    {"http://169%2e254%2e169%2e254/", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | NUM, "", "/"},
    {"[64:ff9b::a9fe:a9fe]", "169.254.169.254", 0, B(LINK_LOCAL) | B(METADATA) | ODD, "", ""},
    {"not-metadata.google.internal.example", "not-metadata.google.internal.example", 0, B(PUBLIC), "", ""},
    {"fe80::1%25eth0", "fe80::1", 0, B(LINK_LOCAL) | NUM, "", ""},
    {"224.0.0.251", "224.0.0.251", 0, B(MULTICAST) | NUM, "", ""},
    {"255.255.255.255", "255.255.255.255", 0, B(MULTICAST) | NUM, "", ""},
    {"ff02::fb", "ff02::fb", 0, B(MULTICAST) | NUM, "", ""},
    {"198.18.0.1", "198.18.0.1", 0, B(PRIVATE) | NUM, "", ""},
    {"223.255.255.1", "223.255.255.1", 0, B(PUBLIC) | NUM, "", ""},
    /* public */
    {"203.0.113.7", "203.0.113.7", 0, B(PUBLIC) | NUM, "", ""},
    {"[2001:db8::1]:443", "2001:db8::1", 443, B(PUBLIC) | NUM, "", ""},
    {"2001:0DB8:0:0:0:0:0:1", "2001:db8::1", 0, B(PUBLIC) | NUM, "", ""},
    {"1.2.3.256", "1.2.3.256", 0, B(PUBLIC) | NUM, "", ""},
    {"8080", "8080", 0, B(PRIVATE), "", ""},
    /* services */
    {"abc.ngrok.io", "abc.ngrok.io", 0, B(PUBLIC) | B(TUNNEL), "", ""},
    {"ngrok.io.example.com", "ngrok.io.example.com", 0, B(PUBLIC), "", ""},
    {"xngrok.io", "xngrok.io", 0, B(PUBLIC), "", ""},
    {"webhook.site", "webhook.site", 0, B(PUBLIC) | B(PASTE), "", ""},
    {"xmr.nanopool.org", "xmr.nanopool.org", 0, B(PUBLIC) | B(POOL), "", ""},
    {"abcdef.onion", "abcdef.onion", 0, B(PUBLIC) | B(ONION), "", ""},
    {"https://github.com/x", "github.com", 0, B(PUBLIC) | B(REGISTRY), "", "/x"},
    /* allowed */
    {"ok.example", "ok.example", 0, B(PUBLIC) | B(ALLOWED), "", ""},
    {"not-ok.example", "not-ok.example", 0, B(PUBLIC), "", ""},
    {"a.ok.example", "a.ok.example", 0, B(PUBLIC), "", ""},
    {"a.corp.example", "a.corp.example", 0, B(PUBLIC) | B(ALLOWED), "", ""},
    {"corp.example", "corp.example", 0, B(PUBLIC) | B(ALLOWED), "", ""},
    {"evilcorp.example", "evilcorp.example", 0, B(PUBLIC), "", ""},
    {"x.star.example", "x.star.example", 0, B(PUBLIC) | B(ALLOWED), "", ""},
};

static void hosts_are_parsed_and_classified(void **unused) {
    (void)unused;
    struct tj_image image;
    assert_int_equal(tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &image, NULL), TRAJSAFE_OK);
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    int bad = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct host_case *c = &cases[i];
        struct tj_host got;
        bool found = tj_host_parse(&image, &context, &arena, tj_str_of(c->text), &got);
        if (!found && !c->host) continue;
        if (found && c->host && tj_str_is(got.host, c->host) && got.port == c->port && got.classes == c->classes &&
            tj_str_is(got.user, c->user) && tj_str_is(got.path, c->path))
            continue;
        bad++;
        print_message("%s: %d %.*s:%u classes %x user %.*s path %.*s, want %s classes %x\n", c->text, found,
                      (int)got.host.n, got.host.p, got.port, got.classes, (int)got.user.n, got.user.p, (int)got.path.n,
                      got.path.p, c->host ? c->host : "none", c->classes);
    }
    tj_arena_free(&arena);
    assert_int_equal(bad, 0);
    assert_true(sizeof cases / sizeof *cases >= 60);
}

/* ---- tool actions --------------------------------------------------------------------------------------------------- */

static const struct tj_str root[] = {{"/repo", 5}};
static const struct tj_str given[] = {{"data.csv", 8}}, tests[] = {{"checks/**", 9}},
                           graders[] = {{"/repo/score/*.py", 16}};
static const struct tj_context task = {.workspace = root,
                                       .workspaces = 1,
                                       .home = {"/home/me", 8},
                                       .given = given,
                                       .givens = 1,
                                       .tests = tests,
                                       .ntests = 1,
                                       .graders = graders,
                                       .ngraders = 1};

struct setting {
    struct tj_image image;
    struct tj_arena arena;
    struct tj_state *state;
    struct tj_understanding u;
    struct tj_effects fx;
};
static void set_up(struct setting *s) {
    assert_int_equal(tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &s->image, NULL), TRAJSAFE_OK);
    tj_arena_init(&s->arena, 0);
    assert_int_equal(tj_state_new(&task, 0, &s->state), TRAJSAFE_OK);
    memset(&s->u, 0, sizeof s->u);
    s->u.arena = &s->arena;
    tj_texts_init(&s->u.texts, &s->arena);
    tj_effects_init(&s->fx, &s->arena, &s->image, s->state, &s->u);
}
static void tear_down(struct setting *s) {
    tj_state_free(s->state);
    tj_arena_free(&s->arena);
}
static const struct tj_effect *act(struct setting *s, const struct tj_action *action) {
    uint32_t text = tj_texts_root(&s->u.texts, action->content.n ? action->content : action->path),
             before = s->fx.effect.n;
    tj_effects_action(&s->fx, action, text);
    return s->fx.effect.n > before ? &s->fx.effect.at[before] : NULL;
}

static void tools_write_edit_and_delete(void **unused) {
    (void)unused;
    struct setting s;
    set_up(&s);
    struct tj_action write = {.kind = TJ_ACTION_WRITE, .path = TJ_STR("/repo/a.py"), .content = TJ_STR("x = 1\n")};
    const struct tj_effect *e = act(&s, &write);
    assert_non_null(e);
    assert_int_equal(e->kind, TJ_EFFECT_WRITE);
    assert_true(tj_str_is(e->path, "@/a.py"));
    assert_true(e->classes & TJ_CLASS_BIT(IN_WORKSPACE));
    assert_int_equal(e->command, TJ_NONE);
    assert_true(s.fx.edit.at[0].whole && s.fx.edit.at[0].existed);
    assert_true(tj_str_is(s.fx.edit.at[0].added, "x = 1\n"));
    struct tj_action edit = {.kind = TJ_ACTION_EDIT, .path = TJ_STR("a.py"), .old = TJ_STR("1"), .content = TJ_STR("2")};
    e = act(&s, &edit);
    assert_non_null(e);
    assert_true(e->classes & TJ_CLASS_BIT(CREATED));
    assert_false(s.fx.edit.at[1].whole);
    assert_false(s.fx.edit.at[1].existed);
    assert_true(tj_str_is(s.fx.edit.at[1].removed, "1"));
    assert_true(tj_str_is(tj_state_file(s.state, TJ_STR("@/a.py"))->content, "x = 2\n"));
    struct tj_action del = {.kind = TJ_ACTION_DELETE, .path = TJ_STR("a.py")};
    e = act(&s, &del);
    assert_int_equal(e->kind, TJ_EFFECT_DELETE);
    assert_true(e->classes & TJ_CLASS_BIT(CREATED));
    struct tj_action other = {.kind = TJ_ACTION_EDIT, .path = TJ_STR("b.py"), .old = TJ_STR("1"), .content = TJ_STR("2")};
    e = act(&s, &other);
    assert_false(e->classes & TJ_CLASS_BIT(CREATED));
    assert_true(s.fx.edit.at[s.fx.edit.n - 1].existed);
    struct tj_action hook = {.kind = TJ_ACTION_WRITE, .path = TJ_STR("~/.bashrc"), .content = TJ_STR("x")};
    (void)act(&s, &hook);
    assert_int_equal(s.fx.effect.at[s.fx.effect.n - 1].kind, TJ_EFFECT_PERSIST);
    struct tj_action fetch = {.kind = TJ_ACTION_FETCH, .url = TJ_STR("http://169.254.169.254/")};
    e = act(&s, &fetch);
    assert_int_equal(e->kind, TJ_EFFECT_FETCH);
    assert_true(e->host_class & TJ_HOST_BIT(METADATA));
    struct tj_action send = {.kind = TJ_ACTION_CALL,
                             .effect = TJ_EFFECT_SEND,
                             .recipient = TJ_STR("bob@example.com"),
                             .content = TJ_STR("hi")};
    e = act(&s, &send);
    assert_int_equal(e->kind, TJ_EFFECT_SEND);
    assert_int_equal(e->object, TJ_OBJECT_ACCOUNT);
    assert_true(tj_str_is(e->name, "bob@example.com"));
    tear_down(&s);
}

static void the_context_names_files(void **unused) {
    (void)unused;
    struct setting s;
    set_up(&s);
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("@/data.csv")) & TJ_CLASS_BIT(GIVEN));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("@/checks/a/b")) & TJ_CLASS_BIT(TEST));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("@/score/x.py")) & TJ_CLASS_BIT(GRADER));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("?/score/x.py")) & TJ_CLASS_BIT(GRADER));
    assert_false(tj_classify_path(&s.image, s.state, TJ_STR("@/score.py2")) & TJ_CLASS_BIT(GRADER));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("/")) & TJ_CLASS_BIT(ROOT));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("~")) & TJ_CLASS_BIT(HOME));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("/home/bob/.ssh/id_rsa")) & TJ_CLASS_BIT(SECRET));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("/home/bob/x")) & TJ_CLASS_BIT(OTHER_USER));
    assert_true(tj_classify_path(&s.image, s.state, TJ_STR("/dev/sda")) & TJ_CLASS_BIT(DEVICE));
    assert_false(tj_classify_path(&s.image, s.state, TJ_STR("/dev/null")) & TJ_CLASS_BIT(DEVICE));
    tear_down(&s);
}

int main(void) {
    const struct CMUnitTest all[] = {
        cmocka_unit_test(hosts_are_parsed_and_classified),
        cmocka_unit_test(tools_write_edit_and_delete),
        cmocka_unit_test(the_context_names_files),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
