/* The compiler library, loaded only when rules have to be compiled: it would cost every start otherwise. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "trajsafe/compile.h"

struct compiler {
    void *library;
    __typeof__(trajsafe_ruleset_new) *ruleset_new;
    __typeof__(trajsafe_ruleset_free) *ruleset_free;
    __typeof__(trajsafe_ruleset_add_folder) *add_folder;
    __typeof__(trajsafe_ruleset_compile) *compile;
    __typeof__(trajsafe_ruleset_bytes_free) *bytes_free;
    __typeof__(trajsafe_ruleset_diagnostics) *diagnostics;
    __typeof__(trajsafe_ruleset_diagnostic) *diagnostic;
    __typeof__(trajsafe_ruleset_dump) *dump;
    __typeof__(trajsafe_ruleset_vocabulary) *vocabulary;
};

/* POSIX promises that a function's address fits a data pointer here; C does not, hence the copy. */
static bool find(struct compiler *c, const char *name, void *slot) {
    void *at = dlsym(c->library, name);
    memcpy(slot, &at, sizeof at);
    return at != NULL;
}

/* The program's own folder followed by `tail`. */
static bool beside(char *path, size_t room, const char *tail) {
    char self[3072];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    return (size_t)snprintf(path, room, "%s%s", self, tail) < room;
}

/* By the run path; where something stands between us and dlopen (sanitizers do), beside the program. */
static void *load(void) {
    char path[4096];
    void *library = dlopen(TRAJSAFE_COMPILE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library && beside(path, sizeof path, "/" TRAJSAFE_COMPILE_LIBRARY) && access(path, R_OK) == 0)
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return library;
}

struct compiler *compiler_open(void) {
    struct compiler *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->library = load();
    bool fine =
        c->library && find(c, "trajsafe_ruleset_new", &c->ruleset_new) &&
        find(c, "trajsafe_ruleset_free", &c->ruleset_free) && find(c, "trajsafe_ruleset_add_folder", &c->add_folder) &&
        find(c, "trajsafe_ruleset_compile", &c->compile) && find(c, "trajsafe_ruleset_bytes_free", &c->bytes_free) &&
        find(c, "trajsafe_ruleset_diagnostics", &c->diagnostics) &&
        find(c, "trajsafe_ruleset_diagnostic", &c->diagnostic) && find(c, "trajsafe_ruleset_dump", &c->dump) &&
        find(c, "trajsafe_ruleset_vocabulary", &c->vocabulary);
    if (fine) return c;
    const char *why = dlerror();
    fprintf(stderr, "trajsafe: the rule compiler cannot be loaded: %s\n", why ? why : TRAJSAFE_COMPILE_LIBRARY);
    compiler_close(c);
    return NULL;
}

void compiler_close(struct compiler *compiler) {
    if (!compiler) return;
    if (compiler->library) dlclose(compiler->library);
    free(compiler);
}

void compiler_bytes_free(struct compiler *compiler, void *bytes) { compiler->bytes_free(bytes); }

/* Where the rules lie that come with the program: beside an installed program, or in the tree it was built in. */
static bool own_rules(char *path, size_t room) {
    static const char *const places[] = {"/../share/trajsafe/rules", "/../../rules"};
    struct stat info;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (beside(path, room, places[i]) && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return true;
    return false;
}

static void print_diagnostics(struct compiler *c, trajsafe_ruleset *rules) {
    for (uint32_t i = 0; i < c->diagnostics(rules); i++) {
        trajsafe_diagnostic d = {.size = sizeof d};
        if (c->diagnostic(rules, i, &d) != TRAJSAFE_OK) continue;
        put_safe(stderr, d.file);
        if (d.line) fprintf(stderr, ":%u:%u", (unsigned)d.line, (unsigned)d.column);
        fprintf(stderr, ": %s TJ-%04u: ", d.warning ? "warning" : "error", (unsigned)d.number);
        put_safe(stderr, d.message);
        fputc('\n', stderr);
        if (d.mend[0]) {
            fputs("    ", stderr);
            put_safe(stderr, d.mend);
            fputc('\n', stderr);
        }
    }
}

/* A folder with profiles of its own is a rule set by itself: nothing of ours is put below it. */
static bool stands_alone(const char *folder) {
    char path[4096];
    struct stat info;
    return folder && (size_t)snprintf(path, sizeof path, "%s/profiles.yaml", folder) < sizeof path &&
           stat(path, &info) == 0;
}

int compiler_build(struct compiler *c, const char *folder, void **image, size_t *size) {
    trajsafe_ruleset *rules;
    trajsafe_error error = {0};
    char builtin[4096];
    if (c->ruleset_new(&rules) != TRAJSAFE_OK) return usage_error(NULL, "out of memory");
    trajsafe_status status = TRAJSAFE_OK;
    if (!stands_alone(folder)) {
        if (!own_rules(builtin, sizeof builtin)) {
            c->ruleset_free(rules);
            return usage_error(NULL, "the rules that come with the program are not where it was installed");
        }
        status = c->add_folder(rules, builtin, &error);
    }
    if (status == TRAJSAFE_OK && folder) status = c->add_folder(rules, folder, &error);
    if (status == TRAJSAFE_OK) status = c->compile(rules, image, size, &error);
    print_diagnostics(c, rules);
    if (status != TRAJSAFE_OK && c->diagnostics(rules) == 0) {
        error.status = status;
        print_error(&error, folder);
    }
    c->ruleset_free(rules);
    return status == TRAJSAFE_OK ? EXIT_DONE : EXIT_USAGE;
}

int compiler_dump(struct compiler *c, const char *folder, const char *what) {
    void *image = NULL;
    size_t size = 0;
    char *text = NULL;
    trajsafe_error error = {0};
    int code = compiler_build(c, folder, &image, &size);
    if (code != EXIT_DONE) return code;
    trajsafe_status status = c->dump(image, size, what, &text, &error);
    if (status == TRAJSAFE_OK)
        fputs(text, stdout);
    else
        print_error(&error, what);
    if (status == TRAJSAFE_OK) c->bytes_free(text);
    c->bytes_free(image);
    return status == TRAJSAFE_OK ? EXIT_DONE : EXIT_USAGE;
}

int compiler_vocabulary(struct compiler *c) {
    char *text;
    trajsafe_error error = {0};
    if (c->vocabulary(&text, &error) != TRAJSAFE_OK) {
        print_error(&error, NULL);
        return EXIT_USAGE;
    }
    fputs(text, stdout);
    c->bytes_free(text);
    return EXIT_DONE;
}
