/* The public ruleset: holds sources, runs the passes, hands out image and diagnostics. */
#include "trajsafe/compile.h"

#include <stdio.h>
#include <stdlib.h>

#include "compile/compiler.h"

static const char *const top_keys[] = {"rules", "programs", "tools", "paths", "hosts", "phrases", "profiles", NULL};

struct trajsafe_ruleset {
    struct tj_arena sources_arena; /* sources, their trees and the diagnostics of parsing: as long as the ruleset */
    struct tj_arena compile_arena; /* one compilation and its diagnostics */
    struct tj_diagnostics parse, compile;
    TJ_VEC(struct tj_source) source;
    bool sorted; /* the diagnostics of the last compilation are in order */
};

trajsafe_status trajsafe_ruleset_new(trajsafe_ruleset **out) {
    if (!out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (!ruleset) return TRAJSAFE_NO_MEMORY;
    tj_arena_init(&ruleset->sources_arena, 0);
    tj_arena_init(&ruleset->compile_arena, 0);
    ruleset->parse.arena = &ruleset->sources_arena;
    ruleset->compile.arena = &ruleset->compile_arena;
    *out = ruleset;
    return TRAJSAFE_OK;
}

void trajsafe_ruleset_free(trajsafe_ruleset *ruleset) {
    if (!ruleset) return;
    tj_arena_free(&ruleset->sources_arena);
    tj_arena_free(&ruleset->compile_arena);
    free(ruleset);
}

static void copy_text(char *to, size_t size, struct tj_str from) {
    (void)snprintf(to, size, "%.*s", (int)from.n, from.p ? from.p : "");
}

static trajsafe_status bad_argument(trajsafe_error *error) {
    return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 900, NULL, "a required argument is NULL");
}

static trajsafe_status no_memory(trajsafe_error *error) {
    return tj_fail(error, TRAJSAFE_NO_MEMORY, 0, NULL, "out of memory");
}

static trajsafe_status from_diagnostic(const trajsafe_ruleset *ruleset, const struct tj_diagnostic *d,
                                       trajsafe_error *error) {
    if (!error) return TRAJSAFE_BAD_RULE;
    memset(error, 0, sizeof *error);
    error->status = TRAJSAFE_BAD_RULE;
    error->number = tj_trouble_row(d->trouble)->number;
    error->line = d->line;
    error->column = d->column;
    if (d->file < ruleset->source.n) copy_text(error->where, sizeof error->where, ruleset->source.at[d->file].name);
    copy_text(error->message, sizeof error->message, d->message);
    copy_text(error->mend, sizeof error->mend, d->mend);
    return TRAJSAFE_BAD_RULE;
}

/* ---- adding ----------------------------------------------------------------------------------------------------- */

static bool has_known_keys(trajsafe_ruleset *ruleset, const struct tj_yaml *root) {
    struct tj_check check = {&ruleset->sources_arena, &ruleset->parse};
    if (root->kind != TJ_YAML_MAP || root->n == 0) {
        tj_trouble(&check, TJ_BAD_DOCUMENT, root, TJ_STR_NONE, TJ_STR_NONE);
        return false;
    }
    bool good = true;
    TJ_EACH_KEY(key, root) {
        struct tj_meant meant = {.word = key->text};
        const char *const *top = top_keys;
        for (; *top && !tj_str_is(key->text, *top); top++) tj_meant_try(&meant, tj_str_of(*top));
        if (*top) continue;
        tj_trouble_mend(&check, TJ_BAD_TOP_KEY, key, key->text, TJ_STR_NONE, tj_meant_text(&meant, check.arena));
        good = false;
    }
    return good;
}

trajsafe_status trajsafe_ruleset_add_file(trajsafe_ruleset *ruleset, const char *name, const void *bytes, size_t n,
                                          trajsafe_error *error) {
    if (!ruleset || !name || (!bytes && n) || n > UINT32_MAX / 2) return bad_argument(error);
    struct tj_arena *arena = &ruleset->sources_arena;
    uint32_t first = ruleset->parse.list.n, errors = ruleset->parse.errors, file = ruleset->source.n;
    struct tj_source source = {.name = tj_arena_copy(arena, tj_str_of(name)),
                               .bytes = tj_arena_copy(arena, tj_str_make(n ? bytes : "", n))};
    if (!tj_vec_push(arena, &ruleset->source, source)) return no_memory(error);
    for (uint32_t i = 0; i < file; i++)
        if (tj_str_eq(ruleset->source.at[i].name, source.name)) {
            struct tj_where nowhere = {file, 0, 0};
            tj_diagnose(&ruleset->parse, TJ_BAD_FILE_NAME, nowhere, source.name, TJ_STR_NONE, TJ_STR_NONE);
            return from_diagnostic(ruleset, &ruleset->parse.list.at[ruleset->parse.list.n - 1], error);
        }
    struct tj_yaml *root = tj_yaml_parse(arena, &ruleset->parse, file, source.bytes);
    if (root && has_known_keys(ruleset, root)) ruleset->source.at[file].root = root;
    if (arena->failed) return no_memory(error);
    if (ruleset->parse.errors == errors) return TRAJSAFE_OK;
    return from_diagnostic(ruleset, &ruleset->parse.list.at[first < ruleset->parse.list.n ? first : 0], error);
}

/* ---- compiling -------------------------------------------------------------------------------------------------- */

struct named_source {
    struct tj_str name;
    uint32_t file;
};

static int by_source_name(const void *a, const void *b) {
    return tj_str_cmp(((const struct named_source *)a)->name, ((const struct named_source *)b)->name);
}

/* What a section of a file should be: a list, or a map of names. */
static void check_sections(struct tj_compiler *c) {
    for (uint32_t i = 0; i < c->sources; i++) {
        if (!c->source[i].root) continue;
        TJ_EACH_KEY(key, c->source[i].root) {
            bool list = tj_str_is(key->text, "rules") || tj_str_is(key->text, "paths") || tj_str_is(key->text, "hosts");
            bool good = key->next->kind == (list ? TJ_YAML_LIST : TJ_YAML_MAP);
            if (!good)
                tj_trouble(&c->check, TJ_BAD_TYPE, key->next, key->text,
                           list ? TJ_STR("a list") : TJ_STR("a mapping (key: value)"));
        }
    }
}

struct tj_yaml *tj_section(const struct tj_compiler *c, uint32_t i, const char *top) {
    return tj_get(c->source[c->order[i]].root, top);
}

static bool is_table(const struct tj_source *source) {
    return tj_get(source->root, "programs") || tj_get(source->root, "tools") || tj_get(source->root, "paths") ||
           tj_get(source->root, "hosts");
}

static struct tj_sha256 digest(struct tj_compiler *c, bool tables) {
    struct tj_buf all;
    tj_buf_init(&all, c->arena);
    for (uint32_t i = 0; i < c->sources; i++) {
        const struct tj_source *source = &c->source[c->order[i]];
        if (!source->root || is_table(source) != tables) continue;
        tj_buf_put(&all, source->name);
        tj_buf_putf(&all, "%c%u%c", 0, source->bytes.n, 0);
        tj_buf_put(&all, source->bytes);
    }
    return tj_sha256_of(all.at, all.n);
}

static void *run_passes(struct tj_compiler *c, size_t *size) {
    tj_build_str(&c->build, TJ_STR_NONE); /* a zeroed reference is the empty text */
    check_sections(c);
    tj_compile_programs(c);
    tj_compile_tools(c);
    tj_compile_paths(c);
    tj_compile_phrases(c);
    tj_compile_rules(c);
    tj_compile_names(c);
    tj_compile_guards(c);
    tj_compile_profiles(c);
    tj_compile_databases(c);
    if (c->check.d->errors == 0) tj_compile_tries(&c->build, c->arena);
    if (c->check.d->errors || c->arena->failed || c->build.failed) return NULL;
    struct tj_sha256 ruleset = digest(c, false), tables = digest(c, true);
    return c->arena->failed ? NULL : tj_build_image(&c->build, &ruleset, &tables, size);
}

/* By name of file, then place; diagnostics without a place last. */
static int by_place(const trajsafe_ruleset *ruleset, const struct tj_diagnostic *a, const struct tj_diagnostic *b) {
    if (a->file != b->file) {
        if (a->file >= ruleset->source.n || b->file >= ruleset->source.n) return a->file < b->file ? -1 : 1;
        int order = tj_str_cmp(ruleset->source.at[a->file].name, ruleset->source.at[b->file].name);
        return order ? order : a->file < b->file ? -1 : 1;
    }
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* Stable insertion: the list is short, and qsort has no place for the ruleset. */
static void sort_diagnostics(const trajsafe_ruleset *ruleset, struct tj_diagnostics *d) {
    for (uint32_t i = 1; i < d->list.n; i++)
        for (uint32_t j = i; j > 0 && by_place(ruleset, &d->list.at[j - 1], &d->list.at[j]) > 0; j--) {
            struct tj_diagnostic swap = d->list.at[j];
            d->list.at[j] = d->list.at[j - 1];
            d->list.at[j - 1] = swap;
        }
}

static trajsafe_status first_error(const trajsafe_ruleset *ruleset, trajsafe_error *error) {
    for (uint32_t i = 0; i < ruleset->compile.list.n; i++)
        if (!tj_trouble_row(ruleset->compile.list.at[i].trouble)->warning)
            return from_diagnostic(ruleset, &ruleset->compile.list.at[i], error);
    return no_memory(error);
}

static void begin_diagnostics(trajsafe_ruleset *ruleset) {
    tj_arena_reset(&ruleset->compile_arena);
    ruleset->compile = (struct tj_diagnostics){.arena = &ruleset->compile_arena, .errors = ruleset->parse.errors};
    for (uint32_t i = 0; i < ruleset->parse.list.n; i++)
        (void)tj_vec_push(&ruleset->compile_arena, &ruleset->compile.list, ruleset->parse.list.at[i]);
}

/* Sources in order of name; their numbers are those of the additions: nodes hold them. */
static bool order_sources(trajsafe_ruleset *ruleset, struct tj_compiler *c) {
    uint32_t n = ruleset->source.n;
    struct named_source *sorted = tj_arena_array(c->arena, struct named_source, n + 1);
    uint32_t *order = tj_arena_array(c->arena, uint32_t, n + 1);
    if (!sorted || !order) return false;
    for (uint32_t i = 0; i < n; i++) sorted[i] = (struct named_source){ruleset->source.at[i].name, i};
    qsort(sorted, n, sizeof *sorted, by_source_name);
    for (uint32_t i = 0; i < n; i++) order[i] = sorted[i].file;
    c->order = order;
    return true;
}

trajsafe_status trajsafe_ruleset_compile(trajsafe_ruleset *ruleset, void **image, size_t *size, trajsafe_error *error) {
    if (!ruleset || !image || !size) return bad_argument(error);
    begin_diagnostics(ruleset);
    struct tj_arena *arena = &ruleset->compile_arena;
    struct tj_compiler *c = tj_arena_new(arena, struct tj_compiler);
    if (!c) return no_memory(error);
    c->check = (struct tj_check){arena, &ruleset->compile};
    c->arena = arena;
    c->source = ruleset->source.at;
    c->sources = ruleset->source.n;
    tj_build_init(&c->build, arena);
    if (!order_sources(ruleset, c)) return no_memory(error);
    size_t made = 0;
    void *bytes = run_passes(c, &made);
    sort_diagnostics(ruleset, &ruleset->compile);
    if (!bytes) return ruleset->compile.errors ? first_error(ruleset, error) : no_memory(error);
    *image = bytes;
    *size = made;
    return TRAJSAFE_OK;
}

void trajsafe_ruleset_bytes_free(void *image) { free(image); }

/* ---- diagnostics ------------------------------------------------------------------------------------------------ */

static const struct tj_diagnostics *current(const trajsafe_ruleset *ruleset) {
    return ruleset->compile.list.n >= ruleset->parse.list.n ? &ruleset->compile : &ruleset->parse;
}

uint32_t trajsafe_ruleset_diagnostics(const trajsafe_ruleset *ruleset) {
    return ruleset ? current(ruleset)->list.n : 0;
}

trajsafe_status trajsafe_ruleset_diagnostic(const trajsafe_ruleset *ruleset, uint32_t i, trajsafe_diagnostic *out) {
    if (!ruleset || !out || out->size != sizeof *out || i >= current(ruleset)->list.n) return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_diagnostic *d = &current(ruleset)->list.at[i];
    const struct tj_trouble_row *row = tj_trouble_row(d->trouble);
    *out = (trajsafe_diagnostic){.size = sizeof *out,
                                 .number = row->number,
                                 .warning = row->warning,
                                 .file = d->file < ruleset->source.n ? ruleset->source.at[d->file].name.p : "",
                                 .line = d->line,
                                 .column = d->column,
                                 .message = d->message.n ? d->message.p : "",
                                 .mend = d->mend.n ? d->mend.p : ""};
    return TRAJSAFE_OK;
}
