/* trajsafe-mkimage FOLDER IMAGE [--dump FILE]: compiles a folder of rules to an image. The build uses it. */
#include <stdio.h>
#include <string.h>

#include "trajsafe/compile.h"

static void print_diagnostics(const trajsafe_ruleset *ruleset, const char *folder) {
    for (uint32_t i = 0; i < trajsafe_ruleset_diagnostics(ruleset); i++) {
        trajsafe_diagnostic d = {.size = sizeof d};
        if (trajsafe_ruleset_diagnostic(ruleset, i, &d) != TRAJSAFE_OK) continue;
        fprintf(stderr, "%s/%s:%u:%u: %s: %s [TJ-%04u]\n", folder, d.file, d.line, d.column,
                d.warning ? "warning" : "error", d.message, d.number);
        if (d.mend[0]) fprintf(stderr, "    %s\n", d.mend);
    }
}

static int write_file(const char *path, const void *bytes, size_t n) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, n, file) != n) {
        perror(path);
        if (file) (void)fclose(file);
        return 3;
    }
    if (fclose(file) != 0) {
        perror(path);
        return 3;
    }
    return 0;
}

static int run(trajsafe_ruleset *ruleset, const char *folder, const char *out, const char *dump) {
    trajsafe_error error = {0};
    void *image = NULL;
    size_t size = 0;
    trajsafe_status status = trajsafe_ruleset_add_folder(ruleset, folder, &error);
    if (status == TRAJSAFE_OK || status == TRAJSAFE_BAD_RULE)
        status = trajsafe_ruleset_compile(ruleset, &image, &size, &error);
    print_diagnostics(ruleset, folder);
    if (status != TRAJSAFE_OK) {
        if (status != TRAJSAFE_BAD_RULE) fprintf(stderr, "trajsafe-mkimage: %s: %s\n", error.where, error.message);
        return status == TRAJSAFE_IO ? 3 : 2;
    }
    int code = write_file(out, image, size);
    char *text = NULL;
    if (code == 0 && dump && trajsafe_ruleset_dump(image, size, NULL, &text, &error) == TRAJSAFE_OK)
        code = write_file(dump, text, strlen(text));
    trajsafe_ruleset_bytes_free(text);
    trajsafe_ruleset_bytes_free(image);
    return code;
}

int main(int argc, char **argv) {
    if (argc != 3 && !(argc == 5 && strcmp(argv[3], "--dump") == 0)) {
        fprintf(stderr, "usage: trajsafe-mkimage FOLDER IMAGE [--dump FILE]\n");
        return 2;
    }
    trajsafe_ruleset *ruleset;
    if (trajsafe_ruleset_new(&ruleset) != TRAJSAFE_OK) {
        fprintf(stderr, "trajsafe-mkimage: out of memory\n");
        return 2;
    }
    int code = run(ruleset, argv[1], argv[2], argc == 5 ? argv[4] : NULL);
    trajsafe_ruleset_free(ruleset);
    return code;
}
