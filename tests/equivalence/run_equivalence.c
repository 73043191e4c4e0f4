/* Equivalence classes: for each effect, spellings that must have it and the nearest ones that must not. The files *.txt here:
 *
 *   == KIND OBJECT NAME  [class -class] carries(class -class) flag     the effect, and after two spaces what else must hold
 *   % before COMMAND     goes first, in the same state, for all commands of the group
 *   % context NAME       linux (the default), macos, root, none; until the next one
 *   $ command            has it                ! command     has it not        > further line of either
 *   ? PATH => CANONICAL class -class           a path, what it comes to, and classes that it has and has not
 *
 * NAME is the path, host[:port] or name; `*` in it stands for any text, `-` for nothing named; OBJECT `*` for any.
 *
 * `run_equivalence [IMAGE]`: with the built-in image, or with one from a file, to try tables while they are changed. */
#include "effect/effect.h"
#include "image/builtin.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef TRAJSAFE_SOURCE_DIR
#define TRAJSAFE_SOURCE_DIR "."
#endif
enum { MAX_FILE = 1 << 20, MAX_WANTS = 8, MAX_BEFORE = 8, IMAGE_MAX = 32 << 20 };

struct runner {
    struct tj_image image;
    struct tj_unfolder *unfolder;
    struct tj_state *state;
    struct tj_arena arena, file;
    const struct tj_context *context;
    struct tj_str want[MAX_WANTS], before[MAX_BEFORE];
    uint32_t wants, befores;
    bool closed; /* a command of the group was seen: the next `==` begins a new one */
    const char *name;
    uint32_t line;
    void *bytes;
    int groups, cases, bad;
};

static const struct tj_str work_linux[] = {{"/repo", 5}}, work_macos[] = {{"/Users/me/repo", 14}};
static const struct tj_context contexts[] = {
    {.workspace = work_linux, .workspaces = 1, .home = {"/home/me", 8}, .user = {"me", 2}, .now = INT64_MIN},
    {.workspace = work_macos, .workspaces = 1, .home = {"/Users/me", 9}, .user = {"me", 2}, .fold_case = 1, .now = INT64_MIN},
    {.workspace = work_linux, .workspaces = 1, .home = {"/root", 5}, .user = {"root", 4}, .now = INT64_MIN},
    {.now = INT64_MIN}};
static const char *const context_names[] = {"linux", "macos", "root", "none"};

static bool begins(struct tj_str s, const char *with) { return tj_str_starts(s, tj_str_of(with)); }

static void complain(struct runner *r, struct tj_str text, const char *what, struct tj_str detail) {
    printf("%s:%u: %.*s\n    %s %.*s\n", r->name, r->line, (int)text.n, text.p, what, (int)detail.n, detail.p);
    r->bad++;
}

/* ---- what is wanted --------------------------------------------------------------------------------------------------- */

static struct tj_str take_word(struct tj_str *s) {
    while (s->n && s->p[0] == ' ') *s = tj_str_sub(*s, 1, s->n);
    uint32_t end = tj_str_chr(*s, ' ', 0);
    if (end == TJ_NOT_FOUND) end = s->n;
    struct tj_str word = tj_str_sub(*s, 0, end);
    *s = tj_str_sub(*s, end, s->n);
    return word;
}

/* "a -b": every class without a dash is in the mask, none with one is. */
static bool mask_fits(struct runner *r, enum tj_list list, struct tj_str names, uint64_t mask) {
    for (struct tj_str word = take_word(&names); word.n; word = take_word(&names)) {
        bool not_in = word.p[0] == '-';
        if (not_in) word = tj_str_sub(word, 1, word.n);
        int class = tj_vocab_find(list, word);
        if (class < 0) {
            complain(r, word, "is no class", TJ_STR(""));
            return true;
        }
        if ((mask >> class & 1u) == not_in) return false;
    }
    return true;
}

/* What stands between `open` and `close` in s, cut out of it; empty when there is none. */
static struct tj_str take_between(struct tj_arena *arena, struct tj_str *s, const char *open, char close) {
    uint32_t from = tj_str_find(*s, tj_str_of(open), 0);
    if (from == TJ_NOT_FOUND) return TJ_STR("");
    uint32_t inner = from + tj_str_of(open).n, end = tj_str_chr(*s, close, inner);
    if (end == TJ_NOT_FOUND) end = s->n;
    struct tj_str between = tj_str_sub(*s, inner, end);
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    tj_buf_put(&buf, tj_str_sub(*s, 0, from));
    if (end < s->n) tj_buf_put(&buf, tj_str_sub(*s, end + 1, s->n));
    *s = tj_buf_str(&buf);
    return between;
}

static struct tj_str object_name(struct runner *r, const struct tj_effect *e) {
    struct tj_str name = e->object == TJ_OBJECT_PATH ? e->path : e->object == TJ_OBJECT_HOST ? e->host : e->name;
    if (!name.n) name = TJ_STR("-");
    if (e->object != TJ_OBJECT_HOST || !e->port) return name;
    struct tj_buf buf;
    tj_buf_init(&buf, &r->arena);
    tj_buf_put(&buf, name);
    tj_buf_putf(&buf, ":%u", (unsigned)e->port);
    return tj_buf_str(&buf);
}

/* `*` stands for any text, slashes too. */
static bool wild(struct tj_str pattern, struct tj_str text) {
    uint32_t p = 0, t = 0, star = TJ_NOT_FOUND, mark = 0;
    while (t < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.n && pattern.p[p] == text.p[t]) {
            p++;
            t++;
        } else if (star != TJ_NOT_FOUND) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

/* The name may hold spaces: what else must hold comes after two of them. */
static bool fits(struct runner *r, struct tj_str want, const struct tj_effect *e) {
    uint32_t wide = tj_str_find(want, TJ_STR("  "), 0);
    struct tj_str rest = want, flags = TJ_STR("");
    if (wide != TJ_NOT_FOUND) {
        flags = tj_str_sub(want, wide + 2, want.n);
        rest = tj_str_sub(want, 0, wide);
    }
    struct tj_str carries = take_between(&r->arena, &flags, "carries(", ')');
    struct tj_str classes = take_between(&r->arena, &flags, "[", ']');
    struct tj_str kind = take_word(&rest), object = take_word(&rest), name = tj_str_trim(rest);
    if (tj_vocab_find(TJ_LIST_EFFECTS, kind) != (int)e->kind) return false;
    bool any = tj_str_is(object, "*");
    if (!any && tj_vocab_find(TJ_LIST_OBJECTS, object) != (int)e->object) return false;
    struct tj_str have = object_name(r, e);
    if (!tj_str_eq(name, have) && !wild(name, have)) return false;
    if (!mask_fits(r, TJ_LIST_CLASSES, carries, e->carries)) return false;
    bool host = e->object == TJ_OBJECT_HOST;
    if (!mask_fits(r, host ? TJ_LIST_HOST_CLASSES : TJ_LIST_CLASSES, classes, host ? e->host_class : e->classes))
        return false;
    struct tj_buf dump;
    tj_buf_init(&dump, &r->arena);
    tj_effect_dump(e, &dump);
    for (struct tj_str flag = take_word(&flags); flag.n; flag = take_word(&flags)) {
        bool not_in = flag.p[0] == '-' && flag.n > 1;
        if (not_in) flag = tj_str_sub(flag, 1, flag.n);
        if ((tj_str_find(tj_buf_str(&dump), flag, 0) != TJ_NOT_FOUND) == not_in) return false;
    }
    return true;
}

/* ---- one command ------------------------------------------------------------------------------------------------------ */

static void run_text(struct runner *r, struct tj_str text, struct tj_effects *fx, struct tj_understanding *u) {
    tj_understanding_init(u, &r->arena);
    tj_effects_init(fx, &r->arena, &r->image, r->state, u);
    struct tj_unfold_input input = {.text = tj_texts_root(&u->texts, text), .lang = TJ_LANG_SHELL};
    if (begins(text, "#!python")) input.lang = TJ_LANG_PYTHON;
    if (tj_unfold(r->unfolder, r->state, &input, tj_effects_sink(fx), u) != TRAJSAFE_OK)
        complain(r, text, "status", TJ_STR(""));
    tj_state_end_call(r->state, TJ_PERSIST_SHELL);
}

static void print_effects(const struct tj_effects *fx, struct tj_arena *arena) {
    for (uint32_t i = 0; i < fx->effect.n; i++) {
        struct tj_buf buf;
        tj_buf_init(&buf, arena);
        tj_effect_dump(&fx->effect.at[i], &buf);
        printf("      %.*s\n", (int)buf.n, buf.at);
    }
}

static void run_command(struct runner *r, struct tj_str text, bool same) {
    struct tj_understanding u;
    struct tj_effects fx;
    tj_arena_reset(&r->arena);
    tj_state_reset(r->state, r->context);
    for (uint32_t i = 0; i < r->befores; i++) run_text(r, r->before[i], &fx, &u);
    run_text(r, text, &fx, &u);
    r->cases++;
    int bad = r->bad;
    for (uint32_t w = 0; w < r->wants; w++) {
        bool found = false;
        for (uint32_t i = 0; i < fx.effect.n; i++) found |= fits(r, r->want[w], &fx.effect.at[i]);
        if (found != same) complain(r, text, same ? "lacks:" : "must not have:", r->want[w]);
    }
    if (r->bad != bad) print_effects(&fx, &r->arena);
}

/* ---- one path --------------------------------------------------------------------------------------------------------- */

static void run_path(struct runner *r, struct tj_str text) {
    uint32_t arrow = tj_str_find(text, TJ_STR(" => "), 0);
    if (arrow == TJ_NOT_FOUND) {
        complain(r, text, "has no =>", TJ_STR(""));
        return;
    }
    tj_arena_reset(&r->arena);
    tj_state_reset(r->state, r->context);
    struct tj_value value = {.text = tj_str_sub(text, 0, arrow), .span = TJ_NO_SPAN};
    for (uint32_t i = 0; i < value.text.n; i++)
        if (strchr("*?[", value.text.p[i])) value.flags |= TJ_VALUE_HAS_GLOB;
    struct tj_path path = tj_path_resolve(&r->arena, r->context, tj_state_cwd(r->state), &value);
    struct tj_str rest = tj_str_sub(text, arrow + 4, text.n), want = take_word(&rest);
    r->cases++;
    if (!tj_str_eq(want, path.text)) complain(r, text, "comes to", path.text);
    uint64_t classes = tj_classify_path(&r->image, r->state, path.text);
    if (mask_fits(r, TJ_LIST_CLASSES, rest, classes)) return;
    struct tj_buf buf;
    tj_buf_init(&buf, &r->arena);
    for (uint32_t i = 0; i < TJ_CLASS_COUNT; i++)
        if (classes >> i & 1u) tj_buf_putf(&buf, " %s", tj_vocab_name(TJ_LIST_CLASSES, i));
    complain(r, text, "has the classes", tj_buf_str(&buf));
}

/* ---- files ------------------------------------------------------------------------------------------------------------ */

static bool next_line(struct tj_str text, uint32_t *at, struct tj_str *line) {
    if (*at >= text.n) return false;
    uint32_t end = tj_str_chr(text, '\n', *at);
    if (end == TJ_NOT_FOUND) end = text.n;
    *line = tj_str_sub(text, *at, end);
    *at = end + 1;
    return true;
}

/* The command of `line` and of the "> " lines after it. */
static struct tj_str whole_command(struct runner *r, struct tj_str text, uint32_t *at, struct tj_str line) {
    struct tj_buf buf;
    tj_buf_init(&buf, &r->file);
    tj_buf_put(&buf, tj_str_sub(line, 2, line.n));
    for (uint32_t peek = *at; next_line(text, &peek, &line) && begins(line, "> "); *at = peek) {
        tj_buf_putc(&buf, '\n');
        tj_buf_put(&buf, tj_str_sub(line, 2, line.n));
        r->line++;
    }
    return tj_buf_str(&buf);
}

static void open_group(struct runner *r) {
    if (!r->closed) return;
    r->wants = r->befores = 0;
    r->closed = false;
    r->groups++;
}

static void directive(struct runner *r, struct tj_str line) {
    if (begins(line, "% before ") && r->befores < MAX_BEFORE) {
        open_group(r);
        r->before[r->befores++] = tj_str_sub(line, 9, line.n);
        return;
    }
    for (size_t i = 0; begins(line, "% context ") && i < sizeof contexts / sizeof *contexts; i++) {
        if (!tj_str_is(tj_str_sub(line, 10, line.n), context_names[i])) continue;
        r->context = &contexts[i];
        return;
    }
    complain(r, line, "is no directive", TJ_STR(""));
}

static void run_line(struct runner *r, struct tj_str text, uint32_t *at, struct tj_str line) {
    bool same = begins(line, "$ "), unlike = begins(line, "! ");
    if (begins(line, "== ") && r->wants < MAX_WANTS) {
        open_group(r);
        r->want[r->wants++] = tj_str_sub(line, 3, line.n);
    } else if (begins(line, "% ")) {
        directive(r, line);
    } else if (begins(line, "? ")) {
        run_path(r, tj_str_sub(line, 2, line.n));
    } else if (same || unlike) {
        if (!r->wants) complain(r, line, "stands in no group", TJ_STR(""));
        r->closed = true;
        run_command(r, whole_command(r, text, at, line), same);
    } else if (line.n && line.p[0] != '#') {
        complain(r, line, "is not understood", TJ_STR(""));
    }
}

static void run_file(struct runner *r, const char *path) {
    static char bytes[MAX_FILE];
    FILE *f = fopen(path, "rb");
    if (!f) abort();
    struct tj_str text = tj_str_make(bytes, fread(bytes, 1, sizeof bytes, f)), line;
    (void)fclose(f);
    const char *slash = strrchr(path, '/');
    r->name = slash ? slash + 1 : path;
    r->line = 0;
    r->context = &contexts[0];
    r->closed = true;
    open_group(r);
    tj_arena_reset(&r->file);
    for (uint32_t at = 0; next_line(text, &at, &line);) {
        r->line++;
        run_line(r, text, &at, line);
    }
}

static trajsafe_status open_image(struct runner *r, const char *path, trajsafe_error *error) {
    if (!path) return tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &r->image, error);
    FILE *f = fopen(path, "rb");
    r->bytes = aligned_alloc(64, IMAGE_MAX);
    if (!f || !r->bytes) return TRAJSAFE_IO;
    size_t n = fread(r->bytes, 1, IMAGE_MAX, f);
    (void)fclose(f);
    return tj_image_open(r->bytes, n, &r->image, error);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void run_folder(struct runner *r, const char *folder) {
    char *names[64];
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) && n < 64;) {
        if (!tj_str_ends(tj_str_of(entry->d_name), TJ_STR(".txt"))) continue;
        names[n] = malloc(1024);
        if (names[n]) (void)snprintf(names[n++], 1024, "%s/%s", folder, entry->d_name);
    }
    if (dir) (void)closedir(dir);
    qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n; i++) {
        run_file(r, names[i]);
        free(names[i]);
    }
}

int main(int argc, char **argv) {
    struct runner *r = calloc(1, sizeof *r);
    trajsafe_error error = {0};
    if (!r || open_image(r, argc > 1 ? argv[1] : NULL, &error) != TRAJSAFE_OK ||
        tj_unfolder_new(&r->image, &r->unfolder) != TRAJSAFE_OK ||
        tj_state_new(&contexts[0], 0, &r->state) != TRAJSAFE_OK) {
        printf("no image: %s\n", error.message);
        return 1;
    }
    run_folder(r, TRAJSAFE_SOURCE_DIR "/tests/equivalence");
    printf("%d groups, %d cases, %d differences\n", r->groups, r->cases, r->bad);
    int result = r->bad || r->cases == 0;
    tj_state_free(r->state);
    tj_unfolder_free(r->unfolder);
    tj_arena_free(&r->arena);
    tj_arena_free(&r->file);
    free(r->bytes);
    free(r);
    return result;
}
