/* rules: list, show, test, coverage, new, lint, compile, vocabulary. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static bool in_prefix(const char *id, const char *prefix) {
    return !prefix || strncmp(id, prefix, strlen(prefix)) == 0;
}

static trajsafe_rule rule_at(const trajsafe_engine *engine, uint32_t i) {
    trajsafe_rule rule = {.size = sizeof rule};
    trajsafe_engine_rule(engine, i, &rule);
    return rule;
}

static void put_json(const char *key, const char *text, bool first) {
    printf("%s\"%s\":\"", first ? "{" : ",", key);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            printf("\\%c", *c);
        else if (*c < 0x20 || *c == 0x7F)
            printf("\\u%04x", *c);
        else
            putchar(*c);
    }
    putchar('"');
}

static void list_rule(const struct options *options, const trajsafe_rule *rule) {
    if (options->json) {
        put_json("id", rule->id, true);
        put_json("category", rule->category, false);
        put_json("leaf", rule->leaf, false);
        put_json("severity", rule->severity, false);
        printf(",\"confidence\":%.4f,\"measured\":%s", rule->confidence, rule->measured ? "true" : "false");
        put_json("attack", rule->attack, false);
        put_json("title", rule->title, false);
        puts("}");
    } else {
        printf("%-52s %-9s %.2f %s  ", rule->id, rule->severity, rule->confidence,
               rule->measured ? "measured" : "asserted");
        put_safe(stdout, rule->title);
        fputc('\n', stdout);
    }
}

static int list_rules(const struct options *options, const struct tools *tools, const char *prefix) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < trajsafe_engine_rules(tools->engine); i++) {
        trajsafe_rule rule = rule_at(tools->engine, i);
        if (!in_prefix(rule.id, prefix)) continue;
        list_rule(options, &rule);
        found++;
    }
    if (found == 0 && prefix) return usage_error("rules", "no rule's id begins with \"%s\"", prefix);
    return EXIT_DONE;
}

static void show_list(const char *name, const char *lines) {
    if (!lines[0]) return;
    printf("  %-12s", name);
    for (const char *end; *lines; lines = *end ? end + 1 : end) {
        end = strchr(lines, '\n');
        if (!end) end = lines + strlen(lines);
        put_safe_n(stdout, lines, (size_t)(end - lines));
        fputc(*end ? ' ' : '\n', stdout);
    }
}

static void show_text(const char *lead, const char *text) {
    fputs(lead, stdout);
    put_safe(stdout, text);
    fputc('\n', stdout);
}

static int show_rule(const struct options *options, const struct tools *tools, const char *id) {
    uint32_t i = trajsafe_engine_find_rule(tools->engine, id);
    if (i == UINT32_MAX)
        return usage_error("rules", "there is no rule \"%s\"; `trajsafe rules list` prints the ids", id);
    trajsafe_rule rule = rule_at(tools->engine, i);
    printf("%s\n", rule.id);
    show_text("  ", rule.title);
    printf("\n  %s/%s, %s, confidence %.2f (%s)\n\n", rule.category, rule.leaf, rule.severity, rule.confidence,
           rule.measured ? "measured" : "asserted");
    show_text("  ", rule.why);
    if (rule.suggest[0]) show_text("  Instead: ", rule.suggest);
    printf("\n");
    show_list("ATT&CK", rule.attack);
    show_list("OWASP", rule.owasp);
    show_list("ATLAS", rule.atlas);
    show_list("references", rule.references);
    show_text("  written in  ", rule.file);
    printf("  line        %u\n\n", (unsigned)rule.line);
    for (int hits = 1; hits >= 0; hits--) {
        printf(hits ? "  must fire on\n" : "  must not fire on\n");
        for (uint32_t k = 0; k < rule.examples; k++) {
            trajsafe_example e = {.size = sizeof e};
            if (trajsafe_engine_example(tools->engine, i, k, &e) != TRAJSAFE_OK || e.hit != hits) continue;
            fputs("    ", stdout);
            put_safe(stdout, e.text);
            fputc('\n', stdout);
        }
    }
    if (options->image_file) return EXIT_DONE;
    struct compiler *compiler = compiler_open();
    if (!compiler) return EXIT_DONE; /* said on stderr; the rule itself was shown */
    printf("\n  compiled\n");
    fflush(stdout);
    int code = compiler_dump(compiler, options->rules_folder, id);
    compiler_close(compiler);
    return code;
}

/* ---- rules test --------------------------------------------------------------------------------------------------- */

struct testing {
    struct judge judge;
    unsigned long passed, failed;
};

static bool fired(const trajsafe_report *report, const char *id) {
    for (uint32_t i = 0; i < trajsafe_report_findings(report); i++) {
        trajsafe_finding f = {.size = sizeof f};
        if (trajsafe_report_finding(report, i, &f) == TRAJSAFE_OK && strcmp(f.rule, id) == 0) return true;
    }
    return false;
}

trajsafe_report *judge_example(const struct judge *judge, const trajsafe_example *e, trajsafe_error *error) {
    trajsafe_report *report = NULL;
    trajsafe_status status;
    if (e->shape == 0)
        status = trajsafe_check_command(judge->scanner, NULL, judge->policy, e->text, TRAJSAFE_NUL, &report, error);
    else if (e->shape == 1)
        status = trajsafe_checker_line(judge->checker, e->text, TRAJSAFE_NUL, 0, &report, error);
    else
        status =
            trajsafe_scan_record(judge->scanner, NULL, judge->policy, "steps", e->text, TRAJSAFE_NUL, &report, error);
    if (status == TRAJSAFE_OK) return report;
    trajsafe_report_free(report);
    return NULL;
}

bool judge_open(const struct tools *tools, struct judge *out) {
    *out = (struct judge){.policy = tools->policy};
    return trajsafe_scanner_new(tools->engine, &out->scanner) == TRAJSAFE_OK &&
           trajsafe_checker_new(out->scanner, NULL, tools->policy, &out->checker) == TRAJSAFE_OK;
}

void judge_close(struct judge *judge) {
    trajsafe_checker_free(judge->checker);
    trajsafe_scanner_free(judge->scanner);
}

static void test_example(struct testing *t, const trajsafe_rule *rule, const trajsafe_example *e) {
    trajsafe_error error = {0};
    trajsafe_report *report = judge_example(&t->judge, e, &error);
    bool fine = report && fired(report, rule->id) == (e->hit != 0);
    if (fine) {
        t->passed++;
    } else {
        t->failed++;
        put_safe(stdout, rule->file);
        printf(":%u: %s: %s\n    ", (unsigned)e->line, rule->id,
               !report  ? "the example cannot be read"
               : e->hit ? "this must fire, and does not"
                        : "this must not fire, and does");
        put_safe(stdout, e->text);
        fputc('\n', stdout);
        if (!report) printf("    %s\n", error.message);
    }
    trajsafe_report_free(report);
}

/* A safe alternative that is a command of its own kind must itself be allowed; it is prose, so only examples are run here. */
static int test_rules(const struct tools *tools, const char *prefix) {
    struct testing t = {.passed = 0};
    unsigned long rules = 0;
    if (!judge_open(tools, &t.judge)) {
        judge_close(&t.judge);
        return EXIT_INPUT;
    }
    for (uint32_t i = 0; i < trajsafe_engine_rules(tools->engine); i++) {
        trajsafe_rule rule = rule_at(tools->engine, i);
        if (!in_prefix(rule.id, prefix)) continue;
        rules++;
        for (uint32_t k = 0; k < rule.examples; k++) {
            trajsafe_example e = {.size = sizeof e};
            if (trajsafe_engine_example(tools->engine, i, k, &e) == TRAJSAFE_OK) test_example(&t, &rule, &e);
        }
    }
    printf("%lu rules: %lu examples passed, %lu failed\n", rules, t.passed, t.failed);
    judge_close(&t.judge);
    return t.failed || rules == 0 ? EXIT_FOUND : EXIT_DONE;
}

/* ---- with the compiler ------------------------------------------------------------------------------------------- */

static int lint_rules(const struct options *options, const char *folder) {
    struct compiler *compiler = compiler_open();
    void *image = NULL;
    size_t size;
    if (!compiler) return EXIT_USAGE;
    int code = compiler_build(compiler, folder ? folder : options->rules_folder, &image, &size);
    if (code == EXIT_DONE) {
        printf("no errors; %zu bytes compiled\n", size);
        compiler_bytes_free(compiler, image);
    }
    compiler_close(compiler);
    return code;
}

static int compile_rules(const struct options *options, const char *path) {
    struct compiler *compiler = compiler_open();
    void *image;
    size_t size;
    if (!compiler) return EXIT_USAGE;
    int code = compiler_build(compiler, options->rules_folder, &image, &size);
    if (code == EXIT_DONE) {
        FILE *file = fopen(path, "wb");
        bool fine = file && fwrite(image, 1, size, file) == size;
        if (file && fclose(file) != 0) fine = false;
        if (!fine)
            code = usage_error("rules", "%s: %s", path, strerror(errno));
        else
            printf("%s: %zu bytes\n", path, size);
        compiler_bytes_free(compiler, image);
    }
    compiler_close(compiler);
    return code;
}

static int vocabulary(void) {
    struct compiler *compiler = compiler_open();
    if (!compiler) return EXIT_USAGE;
    int code = compiler_vocabulary(compiler);
    compiler_close(compiler);
    return code;
}

/* A file that lints and passes its tests as it is, to begin a rule with. */
static int new_rule(const char *id) {
    const char *words = id ? strrchr(id, '.') : NULL;
    if (!words)
        return usage_error(
            "rules", "say the rule's id, as in `trajsafe rules new security.tunnel.my-relay > my-rules/my-relay.yaml`");
    bool fine = strncmp(id, "security.", 9) == 0 || strncmp(id, "controllability.", 16) == 0 ||
                strncmp(id, "trustworthiness.", 16) == 0;
    if (!fine || strchr(id, '.') == words || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-.") != strlen(id) ||
        strstr(id, "..") || !words[1])
        return usage_error(
            "rules",
            "\"%s\" is no rule's id: a category (security, controllability, trustworthiness), a family and a "
            "name of a-z, 0-9 and -, with dots between them",
            id);
    const char *leaf = id[0] == 's'   ? "security/behaviour"
                       : id[0] == 'c' ? "controllability/boundary"
                                      : "trustworthiness/transparency";
    const char *name = words + 1;
    printf("# The language is told by example in rules/README.md. Then:\n"
           "#   trajsafe rules lint FOLDER && trajsafe rules test --rules FOLDER %s\n"
           "programs:                                # what the program does with its words; not needed when `trajsafe "
           "explain` knows it\n"
           "  %s:\n"
           "    about: what it is for\n"
           "    options:\n"
           "      - {names: [-q, --quiet]}\n"
           "      - {names: [-t, --to], as: host, flag: to}\n"
           "    operands: [data...]\n"
           "rules:\n"
           "  - id: %s\n"
           "    title: What it is, in a few words\n"
           "    leaf: %s         # the other leaves: trajsafe rules vocabulary\n"
           "    severity: medium                     # info low medium high critical: how bad if true\n"
           "    confidence: 0.7                      # how sure, asserted; measured: {precision: 0.97, n: 311, on: "
           "\"what\"}\n"
           "    why: >\n"
           "      What is dangerous about it, and for whom, in one paragraph.\n"
           "    suggest: What to do instead.\n"
           "    on: command                          # or effect, edit, message, text, run\n"
           "    where: {program: %s, flag: to}\n"
           "    hits:\n"
           "      - %s --to 203.0.113.7 notes.txt\n"
           "    misses:                              # the nearest harmless things\n"
           "      - %s --quiet notes.txt\n"
           "      - echo '%s --to 203.0.113.7'\n",
           id, name, id, leaf, name, name, name, name);
    return EXIT_DONE;
}

static int with_engine(struct options *options, const char *verb, const char *argument) {
    struct tools tools;
    options->profile = strcmp(verb, "test") == 0 || strcmp(verb, "coverage") == 0 ? "audit" : NULL;
    int code = tools_open(options, &tools);
    if (code != EXIT_DONE) return code;
    if (strcmp(verb, "list") == 0)
        code = list_rules(options, &tools, argument);
    else if (strcmp(verb, "test") == 0)
        code = test_rules(&tools, argument);
    else if (strcmp(verb, "coverage") == 0)
        code = rules_coverage(options, &tools);
    else
        code = show_rule(options, &tools, argument);
    tools_close(&tools);
    return code;
}

int run_rules(struct options *options) {
    const char *verb = options->rests > 0 ? options->rest[0] : NULL,
               *argument = options->rests > 1 ? options->rest[1] : NULL;
    if (!verb) return usage_error("rules", "say what: list, show, test, coverage, new, lint, compile or vocabulary");
    if (options->rests > 2) return usage_error("rules", "\"%s\" is one argument too many", options->rest[2]);
    if (strcmp(verb, "list") == 0 || strcmp(verb, "test") == 0 || strcmp(verb, "coverage") == 0)
        return with_engine(options, verb, argument);
    if (strcmp(verb, "new") == 0) return new_rule(argument);
    if (strcmp(verb, "lint") == 0) return lint_rules(options, argument);
    if (strcmp(verb, "vocabulary") == 0) return vocabulary();
    if (strcmp(verb, "show") == 0)
        return argument ? with_engine(options, verb, argument) : usage_error("rules", "show which rule?");
    if (strcmp(verb, "compile") == 0)
        return argument ? compile_rules(options, argument) : usage_error("rules", "compile to which file?");
    return usage_error("rules", "there is no \"%s\": list, show, test, coverage, new, lint, compile or vocabulary",
                       verb);
}
