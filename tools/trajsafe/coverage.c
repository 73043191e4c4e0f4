/* rules coverage: what the rules speak about, by leaf, by technique, by effect. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum by { BY_LEAF, BY_ATTACK, BY_OWASP, BY_ATLAS, BY_EFFECT, BY_COUNT };
static const char *const heads[] = {"leaf", "ATT&CK technique", "OWASP agentic", "ATLAS technique", "effect"};
static const char *const keys[] = {"leaf", "attack", "owasp", "atlas", "effect"};

struct line {
    char name[64];
    unsigned rules, hits, misses, asks, measured; /* asks: severity medium and above */
};
struct table {
    struct line *line;
    size_t n, room;
};
struct count {
    const trajsafe_engine *engine;
    struct judge judge;
    struct table by[BY_COUNT];
    bool failed;
};

static struct line *line_of(struct count *c, enum by by, const char *name, size_t n) {
    struct table *t = &c->by[by];
    if (n >= sizeof t->line->name) n = sizeof t->line->name - 1;
    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->line[i].name, name, n) == 0 && t->line[i].name[n] == '\0') return &t->line[i];
    if (t->n == t->room) {
        size_t room = t->room ? t->room * 2 : 32;
        struct line *more = realloc(t->line, room * sizeof *more);
        if (!more) {
            c->failed = true;
            return NULL;
        }
        t->line = more;
        t->room = room;
    }
    struct line *line = &t->line[t->n++];
    *line = (struct line){.rules = 0};
    memcpy(line->name, name, n);
    return line;
}

static void add(struct count *c, enum by by, const char *name, size_t n, const trajsafe_rule *rule,
                const unsigned examples[2]) {
    struct line *line = line_of(c, by, name, n);
    if (!line) return;
    line->rules++;
    line->misses += examples[0];
    line->hits += examples[1];
    line->measured += rule->measured != 0;
    line->asks += strcmp(rule->severity, "info") != 0 && strcmp(rule->severity, "low") != 0;
}

static void add_each(struct count *c, enum by by, const char *lines, const trajsafe_rule *rule,
                     const unsigned examples[2]) {
    for (const char *end; *lines; lines = *end ? end + 1 : end) {
        end = strchr(lines, '\n');
        if (!end) end = lines + strlen(lines);
        add(c, by, lines, (size_t)(end - lines), rule, examples);
    }
}

/* The kinds in the effects of the rule's findings on its own hits, each once. */
struct kinds {
    char name[24][24];
    size_t n;
};

static void keep_kind(struct kinds *kinds, const char *name, size_t n) {
    enum { MOST = sizeof kinds->name / sizeof *kinds->name, LONGEST = sizeof *kinds->name };
    if (n >= LONGEST || kinds->n == MOST) return;
    for (size_t i = 0; i < kinds->n; i++)
        if (strncmp(kinds->name[i], name, n) == 0 && kinds->name[i][n] == '\0') return;
    memcpy(kinds->name[kinds->n], name, n);
    kinds->name[kinds->n++][n] = '\0';
}

static void kinds_of(const char *effects, struct kinds *kinds) {
    static const char key[] = "\"kind\":\""; /* cannot stand inside a string: its quotes would be escaped */
    for (const char *at = effects; (at = strstr(at, key)) != NULL;) {
        at += sizeof key - 1;
        keep_kind(kinds, at, strcspn(at, "\""));
    }
}

static void count_rule(struct count *c, uint32_t i, const trajsafe_rule *rule) {
    struct kinds kinds = {.n = 0};
    unsigned examples[2] = {0, 0};
    for (uint32_t k = 0; k < rule->examples; k++) {
        trajsafe_example e = {.size = sizeof e};
        if (trajsafe_engine_example(c->engine, i, k, &e) != TRAJSAFE_OK) continue;
        examples[e.hit != 0]++;
        trajsafe_error error = {0};
        trajsafe_report *report = e.hit ? judge_example(&c->judge, &e, &error) : NULL;
        for (uint32_t f = 0; report && f < trajsafe_report_findings(report); f++) {
            trajsafe_finding finding = {.size = sizeof finding};
            if (trajsafe_report_finding(report, f, &finding) == TRAJSAFE_OK && strcmp(finding.rule, rule->id) == 0)
                kinds_of(finding.effects, &kinds);
        }
        trajsafe_report_free(report);
    }
    char leaf[64];
    snprintf(leaf, sizeof leaf, "%s/%s", rule->category, rule->leaf);
    add(c, BY_LEAF, leaf, strlen(leaf), rule, examples);
    add_each(c, BY_ATTACK, rule->attack, rule, examples);
    add_each(c, BY_OWASP, rule->owasp, rule, examples);
    add_each(c, BY_ATLAS, rule->atlas, rule, examples);
    for (size_t k = 0; k < kinds.n; k++) add(c, BY_EFFECT, kinds.name[k], strlen(kinds.name[k]), rule, examples);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct line *)a)->name, ((const struct line *)b)->name);
}

static void print_table(const struct options *options, enum by by, const struct table *t) {
    if (!options->json) printf("%s%-32s rules  hits  misses  medium and above  measured\n", by ? "\n" : "", heads[by]);
    for (size_t i = 0; i < t->n; i++) {
        const struct line *l = &t->line[i];
        if (options->json) {
            printf("{\"by\":\"%s\",\"name\":\"", keys[by]);
            put_safe(stdout, l->name); /* ids and names of the vocabulary: nothing to escape in JSON */
            printf("\",\"rules\":%u,\"hits\":%u,\"misses\":%u,\"medium_and_above\":%u,\"measured\":%u}\n", l->rules,
                   l->hits, l->misses, l->asks, l->measured);
        } else {
            printf("  ");
            put_safe(stdout, l->name);
            int pad = strlen(l->name) < 30 ? 30 - (int)strlen(l->name) : 0;
            printf("%*s %5u %5u %7u %17u %9u\n", pad, "", l->rules, l->hits, l->misses, l->asks, l->measured);
        }
    }
}

int rules_coverage(const struct options *options, const struct tools *tools) {
    struct count c = {.engine = tools->engine};
    int code = EXIT_DONE;
    c.failed = !judge_open(tools, &c.judge);
    for (uint32_t i = 0; !c.failed && i < trajsafe_engine_rules(tools->engine); i++) {
        trajsafe_rule rule = {.size = sizeof rule};
        if (trajsafe_engine_rule(tools->engine, i, &rule) == TRAJSAFE_OK) count_rule(&c, i, &rule);
    }
    if (c.failed) {
        fprintf(stderr, "trajsafe rules: out of memory\n");
        code = EXIT_INPUT;
    }
    for (int by = 0; by < BY_COUNT; by++) {
        if (c.by[by].n) qsort(c.by[by].line, c.by[by].n, sizeof *c.by[by].line, by_name);
        if (!c.failed) print_table(options, (enum by)by, &c.by[by]);
        free(c.by[by].line);
    }
    judge_close(&c.judge);
    return code;
}
