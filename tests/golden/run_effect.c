/* Golden tests of effects: the files in tests/golden/effect/. A case is a command and the effects that it must have.
 *
 *   $ command            (further lines begin with "> ")
 *   % keep               state goes on from the case before       % context none      no workspace, no home
 *   % same KIND …        effects of these kinds equal those of the last case without `same` or `not`
 *   % not KIND …         … none of them is among those
 *   effect lines, as tj_effect_dump writes them; "edit" lines for edits
 *
 * `run_effect [--rebase] [IMAGE]`: --rebase writes what comes out. */
#include "effect/effect.h"
#include "image/builtin.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef TRAJSAFE_SOURCE_DIR
#define TRAJSAFE_SOURCE_DIR "."
#endif
enum { MAX_FILE = 1 << 20, MAX_LINES = 256 };

struct lines {
    struct tj_str at[MAX_LINES];
    uint32_t n;
};
struct kase {
    struct tj_buf command;
    struct lines want, directive;
    uint32_t line;
};
struct runner {
    struct tj_image image;
    struct tj_unfolder *unfolder;
    struct tj_state *state;
    struct tj_arena arena; /* of one case */
    struct tj_arena file;  /* of one file */
    struct lines base;     /* effects of the case that `same` and `not` look at */
    struct tj_buf out;     /* the file as it should be */
    const char *name;
    void *bytes; /* of an image read from a file */
    int cases, bad;
};

static const struct tj_str root[] = {{"/repo", 5}};
static const struct tj_context here = {
    .workspace = root, .workspaces = 1, .home = {"/home/me", 8}, .user = {"me", 2}, .now = INT64_MIN};
static const struct tj_context nothing = {.now = INT64_MIN};

static bool begins(struct tj_str s, const char *with) { return tj_str_starts(s, tj_str_of(with)); }

static void push(struct lines *lines, struct tj_str s) {
    if (lines->n < MAX_LINES) lines->at[lines->n++] = s;
}

static bool next_line(struct tj_str text, uint32_t *at, struct tj_str *line) {
    if (*at >= text.n) return false;
    uint32_t end = tj_str_chr(text, '\n', *at);
    if (end == TJ_NOT_FOUND) end = text.n;
    *line = tj_str_sub(text, *at, end);
    *at = end + 1;
    return true;
}

static bool has(const struct lines *lines, struct tj_str s) {
    for (uint32_t i = 0; i < lines->n; i++)
        if (tj_str_eq(lines->at[i], s)) return true;
    return false;
}

static struct tj_str first_word(struct tj_str s) {
    uint32_t space = tj_str_chr(s, ' ', 0);
    return tj_str_sub(s, 0, space == TJ_NOT_FOUND ? s.n : space);
}

/* The words after the directive's name are kinds. */
static bool names_kind(struct tj_str directive, struct tj_str line) {
    struct tj_str kind = first_word(line);
    for (uint32_t at = 2; at < directive.n;) {
        uint32_t space = tj_str_chr(directive, ' ', at), end = space == TJ_NOT_FOUND ? directive.n : space;
        if (at > 2 && tj_str_eq(tj_str_sub(directive, at, end), kind)) return true;
        at = end + 1;
    }
    return false;
}

static void complain(struct runner *r, const struct kase *k, const char *what, struct tj_str line) {
    if (r->bad < 60)
        printf("%s:%u: %.*s\n    %s %.*s\n", r->name, k->line, (int)k->command.n, k->command.at, what, (int)line.n,
               line.p);
    r->bad++;
}

static void derive(struct runner *r, const struct kase *k, struct lines *got) {
    bool keep = has(&k->directive, TJ_STR("% keep"));
    const struct tj_context *context = has(&k->directive, TJ_STR("% context none")) ? &nothing : &here;
    if (!keep) tj_state_reset(r->state, context);
    tj_arena_reset(&r->arena);
    struct tj_understanding u;
    struct tj_effects fx;
    tj_understanding_init(&u, &r->arena);
    tj_effects_init(&fx, &r->arena, &r->image, r->state, &u);
    struct tj_unfold_input input = {.text = tj_texts_root(&u.texts, tj_buf_str(&k->command)), .lang = TJ_LANG_SHELL};
    if (begins(tj_buf_str(&k->command), "#!python")) input.lang = TJ_LANG_PYTHON;
    if (tj_unfold(r->unfolder, r->state, &input, tj_effects_sink(&fx), &u) != TRAJSAFE_OK)
        complain(r, k, "status", TJ_STR(""));
    tj_state_end_call(r->state, TJ_PERSIST_SHELL);
    for (uint32_t i = 0; i < fx.effect.n; i++) {
        struct tj_buf buf;
        tj_buf_init(&buf, &r->file);
        tj_effect_dump(&fx.effect.at[i], &buf);
        push(got, tj_buf_str(&buf));
    }
    for (uint32_t i = 0; i < fx.edit.n; i++) {
        const struct tj_edit *edit = &fx.edit.at[i];
        if (edit->whole) continue; /* the WRITE says it */
        struct tj_buf buf;
        tj_buf_init(&buf, &r->file);
        tj_buf_puts(&buf, "edit ");
        tj_buf_put(&buf, edit->path);
        tj_buf_puts(&buf, " + ");
        tj_buf_json(&buf, edit->added);
        tj_buf_puts(&buf, " - ");
        tj_buf_json(&buf, edit->removed);
        push(got, tj_buf_str(&buf));
    }
}

static void compare(struct runner *r, const struct kase *k, const struct lines *got) {
    for (uint32_t i = 0; i < got->n; i++)
        if (!has(&k->want, got->at[i])) complain(r, k, "unexpected:", got->at[i]);
    for (uint32_t i = 0; i < k->want.n; i++)
        if (!has(got, k->want.at[i])) complain(r, k, "missing:", k->want.at[i]);
}

static void check_directives(struct runner *r, const struct kase *k, const struct lines *got) {
    bool group = false;
    for (uint32_t d = 0; d < k->directive.n; d++) {
        struct tj_str directive = k->directive.at[d];
        bool same = begins(directive, "% same "), unlike = begins(directive, "% not ");
        group |= same || unlike;
        for (uint32_t i = 0; i < got->n; i++) {
            if ((!same && !unlike) || !names_kind(directive, got->at[i])) continue;
            if (same && !has(&r->base, got->at[i])) complain(r, k, "differs from the first of the group:", got->at[i]);
            if (unlike && has(&r->base, got->at[i]))
                complain(r, k, "must differ from the first of the group:", got->at[i]);
        }
        for (uint32_t i = 0; same && i < r->base.n; i++)
            if (names_kind(directive, r->base.at[i]) && !has(got, r->base.at[i]))
                complain(r, k, "the first of the group has:", r->base.at[i]);
    }
    if (!group) r->base = *got;
}

static void put_lines(struct runner *r, const struct lines *lines) {
    for (uint32_t i = 0; i < lines->n; i++) {
        tj_buf_put(&r->out, lines->at[i]);
        tj_buf_putc(&r->out, '\n');
    }
}

static void run_case(struct runner *r, struct kase *k, bool rebase) {
    if (!k->command.n) return;
    struct lines *got = calloc(1, sizeof *got);
    if (!got) abort();
    derive(r, k, got);
    if (!rebase) compare(r, k, got);
    check_directives(r, k, got);
    put_lines(r, got);
    free(got);
    r->cases++;
}

static void run_file(struct runner *r, struct tj_str text, bool rebase) {
    struct kase *k = calloc(1, sizeof *k);
    if (!k) abort();
    struct tj_str line;
    uint32_t at = 0, number = 0;
    tj_buf_init(&r->out, &r->file);
    while (next_line(text, &at, &line)) {
        number++;
        bool command = begins(line, "$ "), more = begins(line, "> "), directive = begins(line, "% ");
        if (command || (line.n == 0 && k->command.n)) {
            run_case(r, k, rebase);
            memset(k, 0, sizeof *k);
            tj_buf_init(&k->command, &r->file);
        }
        if (command) k->line = number;
        if (more) tj_buf_putc(&k->command, '\n');
        if (command || more) tj_buf_put(&k->command, tj_str_sub(line, 2, line.n));
        if (directive) push(&k->directive, line);
        bool expected = !command && !more && !directive && line.n && line.p[0] != '#';
        if (expected) push(&k->want, line);
        if (expected) continue;
        tj_buf_put(&r->out, line);
        tj_buf_putc(&r->out, '\n');
    }
    run_case(r, k, rebase);
    free(k);
}

static void read_and_run(struct runner *r, const char *path, bool rebase) {
    static char bytes[MAX_FILE];
    FILE *f = fopen(path, "rb");
    if (!f) abort();
    size_t n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    r->name = path;
    tj_arena_reset(&r->file);
    run_file(r, tj_str_make(bytes, n), rebase);
    if (!rebase) return;
    f = fopen(path, "wb");
    if (!f || fwrite(r->out.at, 1, r->out.n, f) != r->out.n || fclose(f) != 0) abort();
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The built-in image, or one from a file: to try tables while the rules are being changed. */
static trajsafe_status open_image(struct runner *r, const char *path, trajsafe_error *error) {
    if (!path) return tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &r->image, error);
    FILE *f = fopen(path, "rb");
    r->bytes = aligned_alloc(64, 32 << 20);
    if (!f || !r->bytes) return TRAJSAFE_IO;
    size_t n = fread(r->bytes, 1, 32 << 20, f);
    (void)fclose(f);
    return tj_image_open(r->bytes, n, &r->image, error);
}

int main(int argc, char **argv) {
    bool rebase = argc > 1 && strcmp(argv[1], "--rebase") == 0;
    const char *path = argc > 1 + rebase ? argv[1 + rebase] : NULL;
    struct runner *r = calloc(1, sizeof *r);
    trajsafe_error error = {0};
    if (!r || open_image(r, path, &error) != TRAJSAFE_OK || tj_unfolder_new(&r->image, &r->unfolder) != TRAJSAFE_OK ||
        tj_state_new(&here, 0, &r->state) != TRAJSAFE_OK) {
        printf("no image: %s\n", error.message);
        return 1;
    }
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/tests/golden/effect", TRAJSAFE_SOURCE_DIR);
    char *names[64];
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) && n < 64;) {
        struct tj_str name = tj_str_of(entry->d_name);
        if (!tj_str_ends(name, TJ_STR(".txt"))) continue;
        names[n] = malloc(1024);
        if (names[n]) (void)snprintf(names[n++], 1024, "%s/%s", folder, entry->d_name);
    }
    if (dir) (void)closedir(dir);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n; i++) {
        read_and_run(r, names[i], rebase);
        free(names[i]);
    }
    printf("%d cases, %d differences\n", r->cases, r->bad);
    int result = r->bad || r->cases == 0;
    tj_state_free(r->state);
    tj_unfolder_free(r->unfolder);
    tj_arena_free(&r->arena);
    tj_arena_free(&r->file);
    free(r->bytes);
    free(r);
    return result;
}
