/* Files, and the objects that every command needs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

static char *grow(char *at, size_t *room) {
    char *more = realloc(at, *room * 2 + 1);
    if (!more) free(at);
    *room *= 2;
    return more;
}

static char *no_file(const char *path, const char *why) {
    fputs("trajsafe: ", stderr);
    put_safe(stderr, path);
    fprintf(stderr, ": %s\n", why);
    return NULL;
}

char *read_file(const char *path, size_t *n) {
    bool standard = strcmp(path, "-") == 0;
    struct stat info;
    if (!standard && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return no_file(path, "is a folder; name a file");
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) return no_file(path, strerror(errno));
    size_t room = 1 << 16, used = 0, got;
    char *at = malloc(room + 1);
    while (at && (got = fread(at + used, 1, room - used, file)) > 0) {
        used += got;
        if (used == room) at = grow(at, &room);
    }
    bool failed = ferror(file) != 0;
    if (!standard) fclose(file);
    if (!at || failed) {
        const char *why = at ? "cannot be read" : "out of memory";
        free(at);
        return no_file(path, why);
    }
    at[used] = '\0';
    *n = used;
    return at;
}

static int open_engine(const struct options *options, trajsafe_engine **out) {
    trajsafe_error error = {0};
    trajsafe_status status;
    if (options->rules_folder && options->image_file) return usage_error(NULL, "give --rules or --image, not both");
    if (options->rules_folder) {
        struct compiler *compiler = compiler_open();
        void *image;
        size_t size;
        if (!compiler) return EXIT_USAGE;
        int code = compiler_build(compiler, options->rules_folder, &image, &size);
        if (code == EXIT_DONE) {
            status = trajsafe_engine_from_image(image, size, out, &error);
            if (status != TRAJSAFE_OK) print_error(&error, options->rules_folder), code = EXIT_USAGE;
            compiler_bytes_free(compiler, image);
        }
        compiler_close(compiler);
        return code;
    }
    if (options->image_file) {
        size_t size;
        char *image = read_file(options->image_file, &size);
        if (!image) return EXIT_USAGE;
        status = trajsafe_engine_from_image(image, size, out, &error);
        free(image);
    } else {
        status = trajsafe_engine_builtin(out, &error);
    }
    if (status == TRAJSAFE_OK) return EXIT_DONE;
    error.status = status;
    print_error(&error, options->image_file ? options->image_file : "the built-in rules");
    return EXIT_USAGE;
}

static int open_policy(const struct options *options, trajsafe_engine *engine, trajsafe_policy **out) {
    trajsafe_error error = {0};
    trajsafe_status status = trajsafe_policy_new(engine, options->profile, out, &error);
    if (status == TRAJSAFE_OK) status = trajsafe_policy_set_mask_scope(*out, options->mask_scope);
    for (int i = 0; status == TRAJSAFE_OK && i < options->disables; i++)
        status = trajsafe_policy_set_rule(*out, options->disabled[i], 0, &error);
    if (status == TRAJSAFE_OK) return EXIT_DONE;
    error.status = status;
    print_error(&error, NULL);
    return EXIT_USAGE;
}

/* Adds "key":"value" with JSON escapes to *json, which is an object that is still open. */
static void put_key(char **json, size_t *n, const char *key, const char *value) {
    if (!value || !*json) return;
    char *more = realloc(*json, *n + strlen(key) + strlen(value) * 6 + 8);
    if (!more) {
        free(*json);
        *json = NULL;
        return;
    }
    char *p = more + *n;
    p += sprintf(p, "%s\"%s\":\"", p[-1] == '{' ? "" : ",", key);
    for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
        if (*c == '"' || *c == '\\')
            *p++ = '\\', *p++ = (char)*c;
        else if (*c < 0x20)
            p += sprintf(p, "\\u%04x", *c);
        else
            *p++ = (char)*c;
    }
    *p++ = '"';
    *json = more;
    *n = (size_t)(p - more);
}

/* --context FILE, or an object of the single facts that were given as options. */
static int open_context(const struct options *options, trajsafe_context **out) {
    trajsafe_error error = {0};
    bool single = options->shell || options->cwd || options->home || options->workspace;
    size_t n = 0;
    char *json = NULL;
    if (!options->context_file && !single) return EXIT_DONE;
    if (options->context_file && single)
        return usage_error(NULL, "give --context, or --shell, --cwd, --home and --workspace, not both");
    if (options->context_file) {
        json = read_file(options->context_file, &n);
        if (!json) return EXIT_USAGE;
    } else if ((json = malloc(8))) {
        json[n++] = '{';
        put_key(&json, &n, "shell", options->shell);
        put_key(&json, &n, "cwd", options->cwd);
        put_key(&json, &n, "home", options->home);
        put_key(&json, &n, "workspace", options->workspace);
        if (json) json[n++] = '}';
    }
    trajsafe_status status = json ? trajsafe_context_from_json(json, n, out, &error) : TRAJSAFE_NO_MEMORY;
    free(json);
    if (status == TRAJSAFE_OK) return EXIT_DONE;
    error.status = status;
    print_error(&error, options->context_file);
    return EXIT_USAGE;
}

int tools_open(const struct options *options, struct tools *out) {
    memset(out, 0, sizeof *out);
    int code = open_engine(options, &out->engine);
    if (code == EXIT_DONE) code = open_policy(options, out->engine, &out->policy);
    if (code == EXIT_DONE) code = open_context(options, &out->context);
    if (code != EXIT_DONE) tools_close(out);
    return code;
}

void tools_close(struct tools *tools) {
    trajsafe_context_free(tools->context);
    trajsafe_policy_free(tools->policy);
    trajsafe_engine_unref(tools->engine);
    memset(tools, 0, sizeof *tools);
}
