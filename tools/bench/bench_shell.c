/* Measures tj_shell_parse: µs per command on one thread, per set and over all, for a file of commands (agent.jsonl). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "shell/shell.h"

enum { SETS = 32, ROUNDS = 3 };

struct row {
    struct tj_str command;
    uint32_t set;
    double seconds; /* the quickest round */
    bool troubled;
};
struct table {
    struct tj_arena arena;
    TJ_VEC(struct row) row;
    struct tj_str set[SETS];
    uint32_t sets;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The string value of a key, its escapes resolved; empty without one. */
static struct tj_str value_of(struct tj_arena *arena, const char *line, const char *key) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = strstr(line, key);
    struct tj_buf out;
    tj_buf_init(&out, arena);
    for (at = at ? at + strlen(key) : ""; *at && *at != '"'; at++) {
        if (*at != '\\') {
            tj_buf_putc(&out, *at);
        } else if (at[1] == 'u') {
            char utf8[4], digits[5] = {at[2], at[3], at[4], at[5], '\0'};
            tj_buf_put(&out, tj_str_make(utf8, tj_utf8_put(utf8, (uint32_t)strtoul(digits, NULL, 16))));
            at += 5;
        } else {
            const char *found = strchr(from, *++at);
            tj_buf_putc(&out, found ? to[found - from] : *at);
        }
    }
    return tj_buf_str(&out);
}

static uint32_t set_of(struct table *table, struct tj_str name) {
    for (uint32_t i = 0; i < table->sets; i++) {
        if (tj_str_eq(table->set[i], name)) {
            return i;
        }
    }
    if (table->sets == SETS) {
        return SETS - 1;
    }
    table->set[table->sets] = name;
    return table->sets++;
}

static bool load(struct table *table, const char *path) {
    static char line[1 << 22];
    FILE *file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    while (fgets(line, sizeof line, file)) {
        struct row row = {.seconds = 1e9};
        row.set = set_of(table, value_of(&table->arena, line, "\"set\": \""));
        row.command = value_of(&table->arena, line, "\"command\": \"");
        (void)tj_vec_push(&table->arena, &table->row, row);
    }
    fclose(file);
    return true;
}

static void measure(struct table *table, struct tj_shell *shell) {
    struct tj_arena arena;
    struct tj_script script;
    tj_arena_init(&arena, 0);
    for (uint32_t i = 0; i < ROUNDS * table->row.n; i++) {
        struct row *row = &table->row.at[i % table->row.n];
        tj_arena_reset(&arena);
        double begin = now();
        if (tj_shell_parse(shell, &arena, row->command, TJ_DIALECT_BASH, &script) != TRAJSAFE_OK) {
            abort();
        }
        double seconds = now() - begin;
        row->seconds = seconds < row->seconds ? seconds : row->seconds;
        row->troubled = script.trouble.n > 0;
    }
    tj_arena_free(&arena);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One line of the table: a set, or all of them. */
static void print_set(const struct table *table, uint32_t set, const char *name, int width) {
    double *seconds = calloc(table->row.n + 1, sizeof *seconds), sum = 0;
    uint32_t n = 0, troubled = 0;
    for (uint32_t i = 0; seconds && i < table->row.n; i++) {
        const struct row *row = &table->row.at[i];
        if (set == SETS || row->set == set) {
            seconds[n++] = row->seconds;
            sum += row->seconds;
            troubled += row->troubled;
        }
    }
    if (n) {
        qsort(seconds, n, sizeof *seconds, by_size);
        printf("%-40.*s %6u commands  mean %6.2f us  p50 %6.2f  p99 %7.2f  not understood %u\n", width, name, n,
               sum / n * 1e6, seconds[n / 2] * 1e6, seconds[(uint64_t)n * 99 / 100] * 1e6, troubled);
    }
    free(seconds);
}

int main(int argc, char **argv) {
    char path[1024];
    const char *data = getenv("TRAJSAFE_DATA");
    snprintf(path, sizeof path, "%s/commands/agent.jsonl", data ? data : "../shared/data");
    struct table table = {.sets = 0};
    struct tj_shell *shell;
    tj_arena_init(&table.arena, 0);
    if (!load(&table, argc > 1 ? argv[1] : path)) {
        printf("skipped: %s is not there\n", argc > 1 ? argv[1] : path);
        return 0;
    }
    if (tj_shell_new(&shell) != TRAJSAFE_OK) {
        return 2;
    }
    measure(&table, shell);
    for (uint32_t i = 0; i < table.sets; i++) {
        print_set(&table, i, table.set[i].p, (int)table.set[i].n);
    }
    print_set(&table, SETS, "all", 3);
    tj_shell_free(shell);
    tj_arena_free(&table.arena);
    return 0;
}
