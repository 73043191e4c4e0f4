/* Golden tests of the readers: tests/golden/read/<format>/<name>.json(l) beside <name>.events; --rebase writes them. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "../read_dump.c"

static char *slurp(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    *n = 0;
    if (!file) return NULL;
    for (size_t cap = 1 << 16; (text = realloc(text, cap)) != NULL; cap *= 2) {
        *n += fread(text + *n, 1, cap - *n, file);
        if (*n < cap) break;
    }
    fclose(file);
    return text;
}

/* The first line in which the two differ, drawn one over the other. */
static void draw(const char *want, size_t n, const char *got, size_t m) {
    size_t at = 0, line = 1, begin = 0;
    while (at < n && at < m && want[at] == got[at])
        if (got[at++] == '\n') {
            line++;
            begin = at;
        }
    const char *we = memchr(want + begin, '\n', n - begin), *ge = memchr(got + begin, '\n', m - begin);
    printf("  line %zu\n  - %.*s\n  + %.*s\n", line, (int)((we ? we : want + n) - (want + begin)), want + begin,
           (int)((ge ? ge : got + m) - (got + begin)), got + begin);
}

static bool check(const char *input, const char *expected, bool rebase) {
    char *got = NULL, *want;
    size_t n = 0, m;
    struct read_counts counts;
    FILE *out = open_memstream(&got, &n);
    if (!out || !read_dump(input, NULL, out, &counts)) return false;
    fclose(out);
    if (rebase) {
        FILE *file = fopen(expected, "wb");
        if (file) {
            fwrite(got, 1, n, file);
            fclose(file);
        }
    }
    want = slurp(expected, &m);
    bool same = want && n == m && memcmp(want, got, n) == 0;
    if (!same) {
        printf("FAIL %s\n", input);
        if (want)
            draw(want, m, got, n);
        else
            printf("  %s is missing: run with --rebase\n", expected);
    }
    free(want);
    free(got);
    return same;
}

static bool is_input(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && name[0] != '.' && strcmp(dot, ".events") != 0;
}

static int run_folder(const char *folder, bool rebase, int *total) {
    struct dirent **entry;
    int failed = 0, n = scandir(folder, &entry, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char input[2048], expected[2064];
        snprintf(input, sizeof input, "%s/%s", folder, entry[i]->d_name);
        snprintf(expected, sizeof expected, "%s.events", input);
        if (is_input(entry[i]->d_name)) {
            ++*total;
            failed += !check(input, expected, rebase);
        }
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    return failed;
}

int main(int argc, char **argv) {
    bool rebase = argc > 1 && strcmp(argv[1], "--rebase") == 0;
    int failed = 0, total = 0;
    struct dirent **entry;
    int n = scandir(TRAJSAFE_SOURCE_DIR "/tests/golden/read", &entry, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char folder[1024];
        snprintf(folder, sizeof folder, TRAJSAFE_SOURCE_DIR "/tests/golden/read/%s", entry[i]->d_name);
        if (entry[i]->d_name[0] != '.') failed += run_folder(folder, rebase, &total);
        free(entry[i]);
    }
    if (n >= 0) free(entry);
    printf("read: %d of %d golden files agree\n", total - failed, total);
    return failed > 0 || total == 0;
}
