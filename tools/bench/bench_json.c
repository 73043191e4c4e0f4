/* MB/s of a bare simdjson walk, of building our tape, and of reading events, over files of JSON lines: bench_json FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json_walk.h"
#include "read/event.h"

enum { PADDING = 64 };

struct text {
    char *p;
    size_t n;
};

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

struct bench {
    struct tj_json *json;
    struct tj_arena arena;
    uint64_t made; /* values or events, so that no work is left out */
};

static void bare(struct bench *b, struct text t) { b->made += (uint64_t)json_walk_lines(t.p, t.n); }

static void tape(struct bench *b, struct text t) {
    struct tj_doc doc;
    uint32_t bad;
    tj_arena_reset(&b->arena);
    if (tj_doc_parse_lines(b->json, &b->arena, tj_str_make(t.p, t.n), &doc, &bad, NULL) == TRAJSAFE_OK)
        b->made += doc.node.n;
}

static void events(struct bench *b, struct text t) {
    struct tj_record record;
    tj_arena_reset(&b->arena);
    if (tj_record_read(b->json, &b->arena, tj_str_make(t.p, t.n), true, NULL, &record, NULL) == TRAJSAFE_OK)
        b->made += record.event.n;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Best of five passes over all files. */
static void run(const char *name, void (*pass)(struct bench *, struct text), struct bench *b, const struct text *texts,
                int n) {
    double best = 1e9;
    size_t bytes = 0;
    for (int round = 0; round < 5; round++) {
        double begin = now();
        bytes = 0;
        b->made = 0;
        for (int i = 0; i < n; i++) {
            pass(b, texts[i]);
            bytes += texts[i].n;
        }
        double took = now() - begin;
        best = took < best ? took : best;
    }
    printf("%-28s %8.0f MB/s   %llu values or events in %.1f MB\n", name, (double)bytes / best / 1e6,
           (unsigned long long)b->made, (double)bytes / 1e6);
}

int main(int argc, char **argv) {
    struct bench b = {0};
    struct text *texts = calloc((size_t)argc, sizeof *texts);
    if (argc < 2 || !texts || tj_json_new(&b.json) != TRAJSAFE_OK) {
        fputs("usage: bench_json FILE.jsonl...\n", stderr);
        return 2;
    }
    tj_arena_init(&b.arena, 0);
    for (int i = 1; i < argc; i++) texts[i - 1] = slurp(argv[i]);
    run("walk only (simdjson)", bare, &b, texts, argc - 1);
    run("tape (tj_doc_parse_lines)", tape, &b, texts, argc - 1);
    run("events (tj_record_read)", events, &b, texts, argc - 1);
    for (int i = 0; i < argc - 1; i++) free(texts[i].p);
    free(texts);
    tj_json_free(b.json);
    tj_arena_free(&b.arena);
    return 0;
}
