/* Adds the rule files of a folder; the only file of the compiler that touches the file system. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/base.h"
#include "trajsafe/compile.h"

enum { DEEPEST = 16, LONGEST_PATH = 4096, LARGEST_FILE = 4 << 20 };

struct walk {
    struct tj_arena arena;
    struct tj_str root;
    TJ_VEC(struct tj_str) found; /* relative to root */
    trajsafe_error *error;
};

/* strerror() would speak the host's language. */
static const char *reason(int code) {
    return code == ENOENT    ? "it does not exist"
           : code == EACCES  ? "permission denied"
           : code == ENOTDIR ? "it is no folder"
                             : "reading failed";
}

static trajsafe_status io_error(struct walk *w, const char *path, const char *what) {
    trajsafe_status status =
        tj_fail(w->error, TRAJSAFE_IO, 910, "check the path and its permissions", "%s: %s", what, reason(errno));
    if (w->error) (void)snprintf(w->error->where, sizeof w->error->where, "%s", path);
    return status;
}

static bool join(char *out, struct tj_str root, struct tj_str below) {
    int n = snprintf(out, LONGEST_PATH, "%.*s%s%.*s", (int)root.n, root.p, below.n ? "/" : "", (int)below.n,
                     below.n ? below.p : "");
    return n > 0 && n < LONGEST_PATH;
}

static trajsafe_status walk_folder(struct walk *w, struct tj_str below, int depth) {
    char path[LONGEST_PATH];
    errno = ENAMETOOLONG;
    DIR *folder = depth < DEEPEST && join(path, w->root, below) ? opendir(path) : NULL;
    if (!folder) return io_error(w, path, "the folder cannot be read");
    trajsafe_status status = TRAJSAFE_OK;
    for (struct dirent *entry; status == TRAJSAFE_OK && (entry = readdir(folder));) {
        struct tj_str name = tj_str_of(entry->d_name);
        struct stat info;
        if (name.p[0] == '.') continue;
        struct tj_buf relative;
        tj_buf_init(&relative, &w->arena);
        tj_buf_put(&relative, below);
        if (below.n) tj_buf_putc(&relative, '/');
        tj_buf_put(&relative, name);
        struct tj_str item = tj_arena_copy(&w->arena, tj_buf_str(&relative));
        if (!join(path, w->root, item) || stat(path, &info) != 0) continue;
        if (S_ISDIR(info.st_mode))
            status = walk_folder(w, item, depth + 1);
        else if (tj_str_ends(item, TJ_STR(".yaml")))
            (void)tj_vec_push(&w->arena, &w->found, item);
    }
    closedir(folder);
    return status;
}

static int by_path(const void *a, const void *b) {
    return tj_str_cmp(*(const struct tj_str *)a, *(const struct tj_str *)b);
}

static trajsafe_status add_one(struct walk *w, trajsafe_ruleset *ruleset, struct tj_str item) {
    char path[LONGEST_PATH];
    struct stat info;
    FILE *file = join(path, w->root, item) ? fopen(path, "rbe") : NULL;
    if (!file || fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > LARGEST_FILE) {
        trajsafe_status status = io_error(w, path, "the file cannot be read");
        if (file) fclose(file);
        return status;
    }
    size_t size = (size_t)info.st_size;
    char *bytes = malloc(size + 1);
    size_t n = bytes ? fread(bytes, 1, size, file) : 0;
    fclose(file);
    if (!bytes) return tj_fail(w->error, TRAJSAFE_NO_MEMORY, 0, NULL, "out of memory");
    trajsafe_status status = trajsafe_ruleset_add_file(ruleset, item.p, bytes, n, w->error);
    free(bytes);
    return status;
}

trajsafe_status trajsafe_ruleset_add_folder(trajsafe_ruleset *ruleset, const char *path, trajsafe_error *error) {
    if (!ruleset || !path) return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 900, NULL, "a required argument is NULL");
    struct walk w = {.root = tj_str_of(path), .error = error};
    while (w.root.n > 1 && w.root.p[w.root.n - 1] == '/') w.root.n--;
    tj_arena_init(&w.arena, 0);
    trajsafe_status status = walk_folder(&w, TJ_STR_NONE, 0);
    if (w.found.n) qsort(w.found.at, w.found.n, sizeof w.found.at[0], by_path);
    /* The first failure is told; the others are diagnostics of the ruleset. */
    for (uint32_t i = 0; status != TRAJSAFE_IO && status != TRAJSAFE_NO_MEMORY && i < w.found.n; i++) {
        w.error = status == TRAJSAFE_OK ? error : NULL;
        trajsafe_status one = add_one(&w, ruleset, w.found.at[i]);
        if (one != TRAJSAFE_OK && status == TRAJSAFE_OK) status = one;
    }
    tj_arena_free(&w.arena);
    return status;
}
