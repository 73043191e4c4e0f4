/* Tests of the rule compiler: the same bytes every time, what the image answers, own rules, damaged and hostile input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compile/compiler.h"
#include "match/inner.h"
#include "naive.c"
#include "trajsafe/compile.h"

#define FIXTURE TRAJSAFE_SOURCE_DIR "/tests/rules"

static const char *const files[] = {"packs/all.yaml", "paths/all.yaml",    "phrases.yaml",
                                    "profiles.yaml",  "programs/all.yaml", "tools/all.yaml"};
enum { FILES = sizeof files / sizeof files[0] };

static char *slurp(const char *name, size_t *n) {
    char path[1024];
    snprintf(path, sizeof path, FIXTURE "/%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = malloc(1 << 20);
    *n = fread(text, 1, 1 << 20, file);
    fclose(file);
    return text;
}

struct compiled {
    void *bytes;
    size_t size;
    struct tj_image image;
};

static void compile(trajsafe_ruleset *rules, struct compiled *out) {
    trajsafe_error error = {0};
    if (trajsafe_ruleset_compile(rules, &out->bytes, &out->size, &error) != TRAJSAFE_OK)
        fail_msg("%s:%u:%u: %s", error.where, error.line, error.column, error.message);
    assert_int_equal(tj_image_open(out->bytes, out->size, &out->image, &error), TRAJSAFE_OK);
}

static int set_up(void **state) {
    struct compiled *c = calloc(1, sizeof *c);
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    assert_int_equal(trajsafe_ruleset_add_folder(rules, FIXTURE, &error), TRAJSAFE_OK);
    compile(rules, c);
    trajsafe_ruleset_free(rules);
    *state = c;
    return 0;
}

static int tear_down(void **state) {
    struct compiled *c = *state;
    trajsafe_ruleset_bytes_free(c->bytes);
    free(c);
    return 0;
}

static void same_bytes(void **state) {
    struct compiled *want = *state;
    trajsafe_ruleset *rules;
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    for (int i = FILES; i-- > 0;) {
        size_t n;
        char *text = slurp(files[i], &n);
        assert_int_equal(trajsafe_ruleset_add_file(rules, files[i], text, n, NULL), TRAJSAFE_OK);
        free(text);
    }
    for (int i = 0; i < 2; i++) {
        struct compiled got;
        compile(rules, &got);
        assert_int_equal(got.size, want->size);
        assert_memory_equal(got.bytes, want->bytes, want->size);
        trajsafe_ruleset_bytes_free(got.bytes);
    }
    trajsafe_ruleset_free(rules);
}

static void lookups(void **state) {
    const struct tj_image *image = &((struct compiled *)*state)->image;
    uint32_t git = tj_image_find_program(image, TJ_STR("git"));
    assert_int_not_equal(git, TJ_NONE);
    assert_int_equal(tj_image_find_program(image, TJ_STR("autossh")), tj_image_find_program(image, TJ_STR("ssh")));
    assert_int_equal(tj_image_find_program(image, TJ_STR("no-such")), TJ_NONE);
    assert_int_equal(tj_image_find_program(image, TJ_STR("push")), TJ_NONE);
    uint32_t push = tj_image_find_subcommand(image, git, TJ_STR("push"));
    uint32_t alias = tj_image_find_subcommand(image, git, TJ_STR("send"));
    assert_true(push != TJ_NONE && alias != TJ_NONE);
    assert_int_equal(tj_image_program(image, push)->network, TJ_EFFECT_SEND);
    assert_int_equal(tj_image_program(image, push)->parent, git);
    uint32_t remote = tj_image_find_subcommand(image, git, TJ_STR("remote"));
    assert_int_not_equal(tj_image_find_subcommand(image, remote, TJ_STR("add")), TJ_NONE);
    assert_int_equal(tj_image_find_subcommand(image, push, TJ_STR("add")), TJ_NONE);
    uint32_t unlink = tj_image_find_program(image, TJ_STR("py:pathlib.Path.unlink"));
    assert_int_equal(tj_image_program(image, unlink)->receiver, TJ_SLOT_DELETE + 1);
    uint32_t tool = tj_image_find_tool(image, TJ_STR("shell"));
    assert_int_equal(tj_image_tool(image, tool)->persist, TJ_PERSIST_CWD);
    assert_int_equal(tj_image_find_tool(image, TJ_STR("edit")), tj_image_find_tool(image, TJ_STR("edit")));
    uint32_t force = tj_image_find_flag(image, TJ_STR("force"));
    assert_true(force > 0);
    assert_true(tj_str_is(tj_image_str(image, *TJ_ROW(image, FLAGS, struct tj_ref, force)), "force"));
    assert_int_equal(tj_image_find_flag(image, TJ_STR("nix")), 0);
    assert_int_not_equal(tj_image_find_name(image, TJ_STR("ssh")), TJ_NONE);
    assert_int_equal(tj_image_find_name(image, TJ_STR("rm")), TJ_NONE);
    uint32_t profile = tj_image_find_profile(image, TJ_STR("balanced"));
    assert_int_equal(TJ_ROW(image, PROFILES, struct tj_profile, profile)->drop, 8000);
    assert_int_equal(TJ_ROW(image, PROFILES, struct tj_profile, profile)->weight[TJ_SEVERITY_CRITICAL], 9500);
    uint32_t rule = tj_image_find_rule(image, TJ_STR("controllability.destroy.home"));
    assert_int_equal(tj_image_rule(image, rule)->confidence, 9712);
    assert_int_equal(tj_image_rule(image, rule)->measured_n, 311);
    assert_int_equal(tj_image_rule(image, rule)->leaf, TJ_LEAF_IRREVERSIBLE);
}

static void paths(void **state) {
    const struct tj_image *image = &((struct compiled *)*state)->image;
#define BIT(id) TJ_CLASS_BIT(id)
    static const struct {
        const char *path;
        uint64_t classes;
    } rows[] = {
        {"/", BIT(ROOT)},
        {"/etc", BIT(SYSTEM)},
        {"/etc/", BIT(SYSTEM)},
        {"/etc/shadow", BIT(SYSTEM) | BIT(SECRET)},
        {"/etcetera", 0},
        {"/usr/bin/x", BIT(SYSTEM)},
        {"~", BIT(HOME)},
        {"~/x", BIT(IN_HOME)},
        {"~/.ssh/id_rsa", BIT(IN_HOME) | BIT(SECRET)},
        {"~/.ssh/id_rsa.pub", BIT(IN_HOME)},
        {"~/.ssh/known_hosts", BIT(IN_HOME)},
        {"~/.bash_history", BIT(IN_HOME) | BIT(HISTORY)},
        {"a/.env", BIT(SECRET)},
        {".env", BIT(SECRET)},
        {"a/.env.local", BIT(SECRET)},
        {"a/.env.example", 0},
        {"a/key.pem", BIT(SECRET)},
        {"a/.pem/x", 0},
        {".git", BIT(VCS)},
        {"/work/.git/config", BIT(VCS)},
        {"/work/x.git", 0},
        {"tests/a.py", BIT(TEST)},
        {"/work/tests", BIT(TEST)},
        {"test_a.py", BIT(TEST)},
        {"a/b_test.go", BIT(TEST)},
        {"spec_helper/x", BIT(TEST)},
        {"spec", BIT(TEST)},
        {"@/check/a.py", BIT(TEST)},
        {"@/check/b/a.py", 0},
        {"/tmp/test_.log", BIT(TEMPORARY) | BIT(TEST) | BIT(LOG)},
        {"/var/log", BIT(LOG)},
        {"/var/logs", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (tj_image_classify_path(image, tj_str_of(rows[i].path)) != rows[i].classes)
            fail_msg("%s: %llx", rows[i].path,
                     (unsigned long long)tj_image_classify_path(image, tj_str_of(rows[i].path)));
}

static void hosts(void **state) {
    const struct tj_image *image = &((struct compiled *)*state)->image;
    uint32_t both = TJ_HOST_BIT(TUNNEL) | TJ_HOST_BIT(PASTE), meta = TJ_HOST_BIT(METADATA) | TJ_HOST_BIT(LINK_LOCAL);
    assert_int_equal(tj_image_classify_host(image, TJ_STR("ngrok.io")), both);
    assert_int_equal(tj_image_classify_host(image, TJ_STR("a.b.ngrok.io.")), both);
    assert_int_equal(tj_image_classify_host(image, TJ_STR("xngrok.io")), 0);
    assert_int_equal(tj_image_classify_host(image, TJ_STR("169.254.169.254")), meta);
    assert_int_equal(tj_image_classify_host(image, TJ_STR("")), 0);
}

/* ---- patterns ----------------------------------------------------------------------------------------------------- */

static void literals(void **state) {
    (void)state;
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    static const struct {
        const char *regex;
        uint32_t literal;
    } rows[] = {
        {"abcd", 4},
        {"ab.cd", 2},
        {"ab\\.cd", 5},
        {"abc?d", 3},
        {"abcd?", 3},
        {"abc+d", 3},
        {"(?:abcd|ef)", 2},
        {"(abcd|efgh)x", 5},
        {"/\\.(?:git|hg)/", 5},
        {"ab(?:c|.)d", 2},
        {"ab(?:c|)d", 3},
        {"x(?:abcd)y", 6},
        {"(?:abcd)?ef", 2},
        {"a{3}bcd", 3},
        {"abc{0,2}def", 3},
        {"[a]bcd", 4},
        {"[ab]cd", 3},
        {"[^a]bcd", 3},
        {"\\d+/tcp/\\d", 5},
        {"\\babcd\\b", 4},
        {"^abcd$", 4},
        {"\\x41bcd", 4},
        {"(?i)abcd", 4},
        {"a|bcde", 1},
        {"", 0},
        {"[]a]bcd", 4},
        {"(?:a(?:bc)d)e", 5},
        {"((((((x))))))", 1},
        {"(abcd", 4},
        {"abcd)", 4},
        {"[abcd", 0},
        {"ab[c-e]d", 4},
        {"ab\\wcdef", 4},
        {"ab[[:alpha:]]cdef", 4},
        {"(?<name>abcd)", 4},
        {"(?P<name>abcd)", 4},
        {"(?<=abcd)ef", UINT32_MAX},
        {"(?>abcd)", 4},
        {"(?x)ab cd", UINT32_MAX},
        {"\\Qab+cd\\E", UINT32_MAX},
        {"\\x{41}bcd", 4},
        {"\\x{1F600}bcde", UINT32_MAX},
        {"ab{c}d", 6},
        {"(?:(?:abc|def)+ghij)?klmno", 5},
        {"(?i:abcd)\\b", 4},
        {"without (?:a|b|c) the (?:d|e|f) (?:g|h|i)", 14},
        {"\\", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (tj_regex_literal(&arena, tj_str_of(rows[i].regex)) != rows[i].literal)
            fail_msg("%s: %u", rows[i].regex, tj_regex_literal(&arena, tj_str_of(rows[i].regex)));
    tj_arena_free(&arena);
}

static uint32_t next_random(uint32_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* A text that is near to a predicate: its own text with a few bytes changed, cut or put around it. */
static uint32_t near_text(uint32_t *seed, struct tj_str from, char *out) {
    static const char pieces[] = "/.-_ aZ9\n@:~xs\\(";
    uint32_t n = 0;
    for (uint32_t i = next_random(seed) % 3; i > 0; i--) out[n++] = pieces[next_random(seed) % 16];
    for (uint32_t i = 0; i < from.n && n < 200; i++) {
        uint32_t dice = next_random(seed) % 40;
        if (dice == 0) continue;
        out[n++] = dice == 1 ? pieces[next_random(seed) % 16] : dice == 2 ? (char)(from.p[i] ^ 32) : from.p[i];
    }
    for (uint32_t i = next_random(seed) % 3; i > 0; i--) out[n++] = pieces[next_random(seed) % 16];
    return n;
}

static const char *const samples[] = {"bash -s12 stdin", "/dev/tcp/192.0.2.1/80",   "/a/tests/x/y.py", "tests/b.py\n",
                                      "dont touch",      "all unit tests now pass", "3 failed",        "no network",
                                      "test/.py"};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

/* Every predicate of every database of the fixture against texts near to all of them. */
static void naive_agrees(void **state) {
    const struct tj_image *image = &((struct compiled *)*state)->image;
    uint32_t seed = 12345, compared = 0, hits = 0;
    struct tj_databases *databases;
    struct tj_matcher *matcher;
    assert_int_equal(tj_databases_new(image, true, &databases, NULL), TRAJSAFE_OK);
    assert_int_equal(tj_matcher_new(image, databases, &matcher), TRAJSAFE_OK);
    for (int db = 0; db < TJ_DB_COUNT; db++) {
        const struct tj_database_row *row = TJ_ROW(image, DATABASES, struct tj_database_row, db);
        if (row->bits == 0) continue;
        assert_true(row->bits <= 64);
        for (uint32_t round = 0; round < 4000; round++) {
            uint32_t n = image->n[TJ_SECTION_PREDICATES], pick = next_random(&seed) % (n + 4 * SAMPLES);
            struct tj_str from = pick < n
                                     ? tj_image_str(image, TJ_ROW(image, PREDICATES, struct tj_predicate, pick)->text)
                                     : tj_str_of(samples[(pick - n) % SAMPLES]);
            char bytes[256];
            struct tj_str text = {bytes, near_text(&seed, from, bytes)};
            uint64_t found = 0;
            bool any = tj_scan_bits(matcher, (enum tj_database)db, text, &found);
            assert_int_equal(any, found != 0);
            for (uint32_t bit = 0; bit < row->bits; bit++) {
                uint32_t p = tj_image_predicate(image, (enum tj_database)db, bit);
                const struct tj_predicate *predicate = TJ_ROW(image, PREDICATES, struct tj_predicate, p);
                assert_int_equal(predicate->database, db);
                assert_int_equal(predicate->bit, bit);
                bool naive = naive_predicate(image, predicate, text);
                if (naive != (found >> bit & 1))
                    fail_msg("database %d bit %u /%s/ on %.*s: naive %d", db, bit,
                             tj_image_str(image, predicate->regex).p, (int)text.n, text.p, naive);
                hits += naive;
                compared++;
            }
        }
    }
    tj_matcher_free(matcher);
    tj_databases_free(databases);
    assert_in_range(compared, 50000, UINT32_MAX);
    assert_in_range(hits, 1000, UINT32_MAX);
}

static void naive_blocks(void **state) {
    const struct tj_image *image = &((struct compiled *)*state)->image;
    uint32_t rule = tj_image_find_rule(image, TJ_STR("security.tunnel.reverse"));
    const struct tj_block *block = TJ_ROW(image, BLOCKS, struct tj_block, tj_image_rule(image, rule)->blocks.at);
    struct tj_str program = TJ_STR("ssh"), args[] = {TJ_STR("-R"), TJ_STR("1:2:3"), TJ_STR("localhost:22")};
    struct naive_instance instance = {.subject = TJ_SUBJECT_COMMAND};
    uint32_t flag = tj_image_find_flag(image, TJ_STR("remote_forward"));
    instance.field[TJ_F_PROGRAM] = (struct naive_field){.texts = &program, .n = 1};
    instance.field[TJ_F_ARG] = (struct naive_field){.texts = args, .n = 2};
    assert_false(naive_block(image, block, &instance));
    instance.flags[flag / 64] |= UINT64_C(1) << flag % 64;
    assert_true(naive_block(image, block, &instance));
    instance.field[TJ_F_ARG].n = 3;
    assert_false(naive_block(image, block, &instance));
    instance.subject = TJ_SUBJECT_EFFECT;
    assert_false(naive_block(image, block, &instance));
}

/* ---- own rules, failures ------------------------------------------------------------------------------------------ */

static void own_rules(void **state) {
    (void)state;
    static const char mine[] = "rules:\n"
                               "  - id: security.mine.telnet\n    title: Telnet\n    leaf: security/behaviour\n"
                               "    severity: low\n    confidence: 1\n    why: Not here.\n    on: command\n"
                               "    where: {program: telnet}\n    hits: [telnet a.example]\n    misses: [ls]\n";
    trajsafe_ruleset *rules;
    struct compiled c;
    trajsafe_error error = {0};
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    assert_int_equal(trajsafe_ruleset_add_folder(rules, FIXTURE, &error), TRAJSAFE_OK);
    assert_int_equal(trajsafe_ruleset_add_file(rules, "mine", mine, sizeof mine - 1, &error), TRAJSAFE_OK);
    compile(rules, &c);
    assert_int_not_equal(tj_image_find_rule(&c.image, TJ_STR("security.mine.telnet")), TJ_NONE);
    char *text = NULL;
    assert_int_equal(trajsafe_ruleset_dump(c.bytes, c.size, "security.mine.telnet", &text, &error), TRAJSAFE_OK);
    assert_non_null(strstr(text, "program is one of telnet"));
    trajsafe_ruleset_bytes_free(text);
    assert_int_equal(trajsafe_ruleset_dump(c.bytes, c.size, "nope", &text, &error), TRAJSAFE_BAD_ARGUMENT);
    /* The same name again is an error that lasts. */
    assert_int_equal(trajsafe_ruleset_add_file(rules, "mine", mine, sizeof mine - 1, &error), TRAJSAFE_BAD_RULE);
    assert_int_equal(error.number, 106);
    void *image = NULL;
    size_t size;
    assert_int_equal(trajsafe_ruleset_compile(rules, &image, &size, &error), TRAJSAFE_BAD_RULE);
    assert_null(image);
    trajsafe_ruleset_bytes_free(c.bytes);
    trajsafe_ruleset_free(rules);
    assert_int_equal(trajsafe_ruleset_vocabulary(&text, &error), TRAJSAFE_OK);
    assert_non_null(strstr(text, "host_class"));
    trajsafe_ruleset_bytes_free(text);
}

static void bad_arguments(void **state) {
    (void)state;
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    trajsafe_diagnostic d = {.size = 1};
    char *text;
    assert_int_equal(trajsafe_ruleset_new(NULL), TRAJSAFE_BAD_ARGUMENT);
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    assert_int_equal(trajsafe_ruleset_add_file(rules, NULL, "", 0, &error), TRAJSAFE_BAD_ARGUMENT);
    assert_int_equal(trajsafe_ruleset_add_folder(rules, "/no/such/folder", &error), TRAJSAFE_IO);
    assert_string_equal(error.where, "/no/such/folder");
    assert_int_equal(trajsafe_ruleset_diagnostic(rules, 0, &d), TRAJSAFE_BAD_ARGUMENT);
    assert_int_equal(trajsafe_ruleset_diagnostics(NULL), 0);
    assert_int_equal(trajsafe_ruleset_dump(NULL, 0, NULL, &text, &error), TRAJSAFE_BAD_ARGUMENT);
    assert_int_equal(trajsafe_ruleset_compile(rules, NULL, NULL, &error), TRAJSAFE_BAD_ARGUMENT);
    /* Nothing at all compiles to an empty image. */
    struct compiled c;
    compile(rules, &c);
    assert_int_equal(tj_image_find_program(&c.image, TJ_STR("x")), TJ_NONE);
    assert_int_equal(tj_image_classify_path(&c.image, TJ_STR("/etc/x_y.z")), 0);
    trajsafe_ruleset_bytes_free(c.bytes);
    trajsafe_ruleset_free(rules);
    trajsafe_ruleset_free(NULL);
}

static void damaged_image(void **state) {
    struct compiled *c = *state;
    struct tj_image image;
    trajsafe_error error;
    uint8_t *copy = aligned_alloc(64, c->size);
    for (size_t at = 0; at < c->size; at += at < 600 ? 1 : 997) {
        memcpy(copy, c->bytes, c->size);
        copy[at] ^= 0x10;
        trajsafe_status status = tj_image_open(copy, c->size, &image, &error);
        assert_int_equal(status, TRAJSAFE_BAD_IMAGE);
    }
    memcpy(copy, c->bytes, c->size);
    assert_int_equal(tj_image_open(copy, c->size - 64, &image, &error), TRAJSAFE_BAD_IMAGE);
    assert_int_equal(tj_image_open(copy + 1, c->size - 1, &image, &error), TRAJSAFE_BAD_ARGUMENT);
    free(copy);
}

/* The numbers of the diagnostics of a text, as a set. */
static bool says(const char *text, uint32_t number) {
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    void *image = NULL;
    size_t size;
    bool found = false;
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    (void)trajsafe_ruleset_add_file(rules, "x.yaml", text, strlen(text), &error);
    (void)trajsafe_ruleset_compile(rules, &image, &size, &error);
    for (uint32_t i = 0; i < trajsafe_ruleset_diagnostics(rules); i++) {
        trajsafe_diagnostic d = {.size = sizeof d};
        assert_int_equal(trajsafe_ruleset_diagnostic(rules, i, &d), TRAJSAFE_OK);
        found |= d.number == number;
    }
    trajsafe_ruleset_bytes_free(image);
    trajsafe_ruleset_free(rules);
    return found;
}

static void limits(void **state) {
    (void)state;
    char *text = malloc(1 << 20);
    size_t n = (size_t)sprintf(text, "programs:\n  x:\n    options:\n");
    for (int i = 0; i < 256; i++) n += (size_t)sprintf(text + n, "      - {names: [-f%d], flag: f%d}\n", i, i);
    assert_true(says(text, 152));
    n = (size_t)sprintf(text, "tools:\n");
    for (int i = 0; i < 400; i++) n += (size_t)sprintf(text + n, "  x%d: {class: nothing}\n", i);
    assert_true(says(text, 503));
    n = (size_t)sprintf(text, "rules:\n  - id: security.a.b\n    on: effect\n    with:\n");
    for (int i = 0; i < 9; i++) n += (size_t)sprintf(text + n, "      - {on: effect, where: {kind: read}}\n");
    assert_true(says(text, 153));
    n = (size_t)sprintf(text, "phrases:\n  no_touch: ");
    memset(text + n, 'a', 9000);
    text[n + 9000] = '\0';
    assert_true(says(text, 101));
    assert_true(says("paths: []\n", 502));
    assert_true(says("%YAML 1.1\n", 101));
    free(text);
}

static void try_text(const char *text, size_t n) {
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    void *image = NULL;
    size_t size;
    assert_int_equal(trajsafe_ruleset_new(&rules), TRAJSAFE_OK);
    trajsafe_status added = trajsafe_ruleset_add_file(rules, "x.yaml", text, n, &error);
    trajsafe_status status = trajsafe_ruleset_compile(rules, &image, &size, &error);
    assert_true(status == TRAJSAFE_OK || status == TRAJSAFE_BAD_RULE);
    assert_true(added == TRAJSAFE_OK || status == TRAJSAFE_BAD_RULE);
    trajsafe_ruleset_bytes_free(image);
    trajsafe_ruleset_free(rules);
}

/* Every file of the fixture with a few bytes changed, or lines left out. */
static void mutations(void **state) {
    (void)state;
    uint32_t seed = 99;
    for (int i = 0; i < FILES; i++) {
        size_t n;
        char *text = slurp(files[i], &n), *copy = malloc(n);
        for (int round = 0; round < 120; round++) {
            static const char bytes[] = "{}[]:,-'\"\n x0?\\(*|\xff";
            size_t m = n;
            memcpy(copy, text, n);
            for (uint32_t j = next_random(&seed) % 4 + 1; j > 0; j--)
                copy[next_random(&seed) % n] = bytes[next_random(&seed) % (sizeof bytes - 1)];
            if (round % 3 == 0) m = next_random(&seed) % n;
            if (round % 3 == 1) {
                size_t from = next_random(&seed) % n, to = from + next_random(&seed) % (n - from);
                memmove(copy + from, copy + to, n - to);
                m = n - (to - from);
            }
            try_text(copy, m);
        }
        free(text);
        free(copy);
    }
}

static void hostile(void **state) {
    (void)state;
    enum { SIZE = 128 << 10 };
    static const char *const heads[] = {"", "rules: ", "programs: ", "paths: ", "a: b\n", "rules:\n- "};
    static const char *const fills[] = {"[",  "{",  "(", "- ", "a: ", "\"", "&a ", "*a ",
                                        "? ", "\n", "#", "|",  "%",   "\t", "a\n", "x: &y [*y,"};
    char *text = malloc(SIZE + 64);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        for (size_t j = 0; j < sizeof fills / sizeof fills[0]; j++) {
            size_t n = strlen(heads[i]), step = strlen(fills[j]);
            memcpy(text, heads[i], n);
            for (; n + step <= SIZE; n += step) memcpy(text + n, fills[j], step);
            try_text(text, n);
        }
    memset(text, 0, SIZE);
    try_text(text, SIZE);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes),    cmocka_unit_test(lookups),   cmocka_unit_test(paths),
        cmocka_unit_test(hosts),         cmocka_unit_test(literals),  cmocka_unit_test(naive_agrees),
        cmocka_unit_test(naive_blocks),  cmocka_unit_test(own_rules), cmocka_unit_test(bad_arguments),
        cmocka_unit_test(damaged_image), cmocka_unit_test(limits),    cmocka_unit_test(mutations),
        cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests_name("compile", tests, set_up, tear_down);
}
