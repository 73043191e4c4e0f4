/* Golden tests of the shell module: cases `### name` in tests/golden/shell/<topic>.sh beside <topic>.dump; --rebase writes. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "shell/shell.h"

#define FOLDER TRAJSAFE_SOURCE_DIR "/tests/golden/shell"

static struct tj_str slurp(const char *path) {
    FILE *file = fopen(path, "rb");
    size_t n = 0, cap = 1 << 20;
    char *text = malloc(cap);
    if (file && text) {
        n = fread(text, 1, cap, file);
    }
    if (file) {
        fclose(file);
    }
    return tj_str_make(text, n);
}

/* Takes the next case off *rest: its name, and the text up to the next one. */
static bool next_case(struct tj_str *rest, struct tj_str *name, struct tj_str *text) {
    if (!tj_str_starts(*rest, TJ_STR("### "))) {
        return false;
    }
    uint32_t line = tj_str_chr(*rest, '\n', 0);
    uint32_t end = tj_str_find(*rest, TJ_STR("\n### "), line);
    *name = tj_str_sub(*rest, 4, line);
    end = end == TJ_NOT_FOUND ? rest->n : end + 1;
    *text = tj_str_sub(*rest, line + 1, end);
    *rest = tj_str_sub(*rest, end, rest->n);
    return true;
}

static void draw(const char *path, struct tj_str name, struct tj_str input, struct tj_str want, struct tj_str got) {
    uint32_t at = 0, begin = 0;
    for (; at < want.n && at < got.n && want.p[at] == got.p[at]; at++) {
        begin = want.p[at] == '\n' ? at + 1 : begin;
    }
    struct tj_str a = tj_str_sub(want, begin, tj_str_chr(want, '\n', begin));
    struct tj_str b = tj_str_sub(got, begin, tj_str_chr(got, '\n', begin));
    printf("FAIL %s: %.*s\n%.*s  - %.*s\n  + %.*s\n", path, (int)name.n, name.p, (int)input.n, input.p, (int)a.n, a.p,
           (int)b.n, b.p);
}

/* One file of cases. Adds to *cases; gives the number that differ, or writes the dumps. */
static int run_file(struct tj_shell *shell, const char *stem, bool rebase, int *cases) {
    char path[1024];
    struct tj_arena arena;
    struct tj_buf all;
    int failed = 0;
    tj_arena_init(&arena, 0);
    tj_buf_init(&all, &arena);
    snprintf(path, sizeof path, FOLDER "/%s.sh", stem);
    struct tj_str scripts = slurp(path), rest = scripts, name, input, want_name, want;
    snprintf(path, sizeof path, FOLDER "/%s.dump", stem);
    struct tj_str dumps = slurp(path), wanted = dumps;
    while (next_case(&rest, &name, &input)) {
        struct tj_script script;
        struct tj_buf out;
        tj_buf_init(&out, &arena);
        if (tj_shell_parse(shell, &arena, input, TJ_DIALECT_BASH, &script) == TRAJSAFE_OK) {
            tj_script_dump(&script, &out);
        }
        tj_buf_puts(&all, "### ");
        tj_buf_put(&all, name);
        tj_buf_putc(&all, '\n');
        tj_buf_put(&all, tj_buf_str(&out));
        bool same =
            next_case(&wanted, &want_name, &want) && tj_str_eq(name, want_name) && tj_str_eq(want, tj_buf_str(&out));
        if (!same && !rebase) {
            draw(path, name, input, wanted.p ? want : TJ_STR_NONE, tj_buf_str(&out));
            failed++;
        }
        ++*cases;
    }
    FILE *file = rebase ? fopen(path, "wb") : NULL;
    if (file) {
        fwrite(all.at, 1, all.n, file);
        fclose(file);
    }
    free((void *)scripts.p);
    free((void *)dumps.p);
    tj_arena_free(&arena);
    return failed;
}

int main(int argc, char **argv) {
    bool rebase = argc > 1 && strcmp(argv[1], "--rebase") == 0;
    struct tj_shell *shell;
    struct dirent **entry;
    int failed = 0, cases = 0, n = scandir(FOLDER, &entry, NULL, alphasort);
    if (n < 0 || tj_shell_new(&shell) != TRAJSAFE_OK) {
        return 2;
    }
    for (int i = 0; i < n; i++) {
        char *dot = strrchr(entry[i]->d_name, '.');
        if (dot && strcmp(dot, ".sh") == 0) {
            *dot = '\0';
            failed += run_file(shell, entry[i]->d_name, rebase, &cases);
        }
        free(entry[i]);
    }
    free(entry);
    tj_shell_free(shell);
    printf("shell: %d of %d cases agree\n", cases - failed, cases);
    return failed > 0 || cases == 0;
}
