/* Full analysis on one thread: commands/s and µs per command for a file of commands, MB/s for session files beside a walk.
 * bench_analysis AGENT.jsonl [SESSION.jsonl …] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "doc/doc.h"
#include "json_walk.h"
#include "trajsafe/trajsafe.h"

enum { ROUNDS = 3, SETS = 32, PADDING = 64 };

struct row {
    struct tj_str command;
    uint32_t set;
    double seconds; /* the quickest round: the machine is shared */
};
struct table {
    struct tj_arena arena;
    struct tj_json *json;
    TJ_VEC(struct row) row;
    struct tj_str set[SETS];
    uint32_t sets;
};
struct text {
    char *p;
    size_t n;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct text slurp(const char *path) {
    struct text text = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (!file) return text;
    for (size_t cap = 1 << 20; (text.p = realloc(text.p, cap + PADDING)) != NULL; cap *= 2) {
        text.n += fread(text.p + text.n, 1, cap - text.n, file);
        if (text.n < cap) break;
    }
    fclose(file);
    if (text.p) memset(text.p + text.n, 0, PADDING);
    return text;
}

static uint32_t set_of(struct table *t, struct tj_str name) {
    for (uint32_t i = 0; i < t->sets; i++)
        if (tj_str_eq(t->set[i], name)) return i;
    if (t->sets == SETS) return SETS - 1;
    t->set[t->sets] = name;
    return t->sets++;
}

static bool read_rows(struct table *t, struct text text) {
    for (size_t at = 0; at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
        struct tj_doc doc;
        if (n && tj_doc_parse(t->json, &t->arena, tj_str_make(text.p + at, n), &doc, NULL) == TRAJSAFE_OK) {
            struct row row = {.command = tj_doc_get_text(&doc, 0, "command"),
                              .set = set_of(t, tj_doc_get_text(&doc, 0, "set"))};
            row.seconds = 1e9;
            if (!tj_vec_push(&t->arena, &t->row, row)) return false;
        }
        at += n + 1;
    }
    return t->row.n > 0;
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a step of plain work takes here and now: figures in its unit compare across machines. FNV-1a is one multiplication
 * after another, so it depends on little but the clock. */
static double reference(void) {
    enum { BYTES = 1024, TRIES = 20000 };
    static char bytes[BYTES];
    volatile uint64_t sink = 0;
    double best = 1e9;
    for (int i = 0; i < TRIES; i++) {
        double begin = now();
        sink = sink ^ tj_hash((struct tj_str){bytes, BYTES});
        double took = now() - begin;
        if (took < best) best = took;
    }
    return best;
}

static void print_set(const struct table *t, uint32_t set, const char *name, int n, double unit) {
    double *seconds = malloc(sizeof *seconds * (t->row.n + 1)), total = 0;
    uint32_t k = 0;
    for (uint32_t i = 0; seconds && i < t->row.n; i++)
        if (set == SETS || t->row.at[i].set == set) total += seconds[k++] = t->row.at[i].seconds;
    if (!seconds || k == 0) return;
    qsort(seconds, k, sizeof *seconds, by_time);
    double p50 = seconds[k / 2], p99 = seconds[(uint32_t)(k * 0.99)];
    printf("  %-40.*s %6u commands %8.0f /s   mean %6.1f  p50 %6.1f  p99 %7.1f µs   p50 %5.1f  p99 %6.1f units\n", n,
           name, k, k / total, total / k * 1e6, p50 * 1e6, p99 * 1e6, p50 / unit, p99 / unit);
    free(seconds);
}

static int bench_commands(trajsafe_scanner *scanner, const char *path) {
    struct table t = {0};
    struct text text = slurp(path);
    tj_arena_init(&t.arena, 0);
    if (!text.p || tj_json_new(&t.json) != TRAJSAFE_OK || !read_rows(&t, text)) {
        fprintf(stderr, "bench_analysis: %s has no commands\n", path);
        return 1;
    }
    for (int round = 0; round < ROUNDS; round++)
        for (uint32_t i = 0; i < t.row.n; i++) {
            trajsafe_report *report;
            double begin = now();
            if (trajsafe_check_command(scanner, NULL, NULL, t.row.at[i].command.p ? t.row.at[i].command.p : "",
                                       t.row.at[i].command.n, &report, NULL) != TRAJSAFE_OK)
                return 1;
            trajsafe_report_free(report);
            double took = now() - begin;
            if (took < t.row.at[i].seconds) t.row.at[i].seconds = took;
        }
    double unit = reference();
    printf("full analysis, report included, one thread, quickest of %d rounds; a unit is FNV-1a of 1 KB: %.2f µs\n",
           ROUNDS, unit * 1e6);
    for (uint32_t s = 0; s < t.sets; s++) print_set(&t, s, t.set[s].p, (int)t.set[s].n, unit);
    print_set(&t, SETS, "all", 3, unit);
    tj_json_free(t.json);
    tj_arena_free(&t.arena);
    free(text.p);
    return 0;
}

static bool scan_one(trajsafe_scanner *scanner, struct text text) {
    trajsafe_report *report;
    if (trajsafe_scan_record(scanner, NULL, NULL, "claude-code", text.p, text.n, &report, NULL) != TRAJSAFE_OK)
        return false;
    trajsafe_report_free(report);
    return true;
}

static int bench_sessions(trajsafe_scanner *scanner, char **paths, int n) {
    double scan = 1e9, walk = 1e9;
    size_t bytes = 0;
    struct text *texts = calloc((size_t)n, sizeof *texts);
    for (int i = 0; texts && i < n; i++) bytes += (texts[i] = slurp(paths[i])).n;
    for (int round = 0; texts && round < ROUNDS; round++) {
        double begin = now();
        for (int i = 0; i < n; i++)
            if (!scan_one(scanner, texts[i])) return 1;
        double between = now();
        int64_t values = 0;
        for (int i = 0; i < n; i++) values += json_walk_lines(texts[i].p, texts[i].n);
        double end = now();
        if (between - begin < scan) scan = between - begin;
        if (end - between < walk && values != 0) walk = end - between;
    }
    double mb = (double)bytes / 1e6;
    printf("sessions, one thread: scan %.0f MB/s, JSON walk alone %.0f MB/s, ratio %.2f (%d files, %.1f MB)\n",
           mb / scan, mb / walk, walk / scan, n, mb);
    for (int i = 0; texts && i < n; i++) free(texts[i].p);
    free(texts);
    return 0;
}

int main(int argc, char **argv) {
    trajsafe_engine *engine;
    trajsafe_scanner *scanner;
    if (argc < 2) return fputs("usage: bench_analysis AGENT.jsonl [SESSION.jsonl…]\n", stderr), 2;
    if (trajsafe_engine_builtin(&engine, NULL) != TRAJSAFE_OK || trajsafe_scanner_new(engine, &scanner) != TRAJSAFE_OK)
        return 1;
    printf("rules: %u\n", trajsafe_engine_rules(engine));
    int failed = bench_commands(scanner, argv[1]);
    if (argc > 2) failed |= bench_sessions(scanner, argv + 2, argc - 2);
    trajsafe_scanner_free(scanner);
    trajsafe_engine_unref(engine);
    return failed;
}
