/* Turns the collected predicates into rows and databases. */
#include "compile/compiler.h"

#include <stdlib.h>

static const char *const database_names[TJ_DB_COUNT] = {
    [TJ_DB_PATH] = "path",      [TJ_DB_HOST] = "host",       [TJ_DB_URL] = "url",      [TJ_DB_NAME] = "name",
    [TJ_DB_VALUE] = "value",    [TJ_DB_ARG] = "arg",         [TJ_DB_COMMAND] = "text", [TJ_DB_RAW] = "text",
    [TJ_DB_ADDED] = "added",    [TJ_DB_REMOVED] = "removed", [TJ_DB_MESSAGE] = "text", [TJ_DB_OUTPUT] = "output",
    [TJ_DB_EXPOSED] = "exposed"};

/* Where the place of a match matters: its role in raw text, and what follows a phrase in a message. */
static bool wants_all_matches(int database) { return database == TJ_DB_RAW || database == TJ_DB_MESSAGE; }

bool tj_has_literals(int database) { return !wants_all_matches(database) && database < TJ_DB_MESSAGE; }

bool tj_is_scanned(uint8_t how) { return how == TJ_PRED_REGEX || how == TJ_PRED_CONTAINS || how == TJ_PRED_WORD; }

/* Gives the expression of a predicate after its row was added. */
static struct tj_str add_predicate(struct tj_compiler *c, int database, uint32_t bit) {
    const struct tj_pattern *p = &c->pattern[database].at[bit];
    struct tj_str regex = tj_pattern_regex(c->arena, (enum tj_predicate_how)p->how, p->text);
    struct tj_predicate predicate = {.text = tj_build_str(&c->build, p->text),
                                     .regex = tj_build_str(&c->build, regex),
                                     .how = p->how,
                                     .database = (uint8_t)database,
                                     .caseless = p->caseless,
                                     .bit = bit};
    tj_build_add(&c->build, TJ_SECTION_PREDICATES, &predicate, 1);
    return regex;
}

static void add_blob(struct tj_compiler *c, int database, const struct tj_hs_pattern *patterns, uint32_t n,
                     struct tj_database_row *row) {
    struct tj_hs_error error;
    size_t size = 0;
    char *bytes = tj_hs_compile(patterns, n, row->all_matches, c->arena, &size, &error);
    if (bytes) {
        row->blob.at = tj_build_add(&c->build, TJ_SECTION_BLOBS, bytes, (uint32_t)size);
        row->blob.n = (uint32_t)size;
        free(bytes);
        return;
    }
    const struct tj_yaml *at = error.index < n ? c->pattern[database].at[patterns[error.index].bit].node : NULL;
    tj_trouble(&c->check, TJ_BAD_DATABASE, at, tj_str_of(database_names[database]), tj_str_of(error.message));
}

static void compile_database(struct tj_compiler *c, int database) {
    uint32_t bits = c->pattern[database].n, n = 0;
    struct tj_database_row row = {.bits = bits, .all_matches = wants_all_matches(database)};
    struct tj_hs_pattern *patterns = tj_arena_array(c->arena, struct tj_hs_pattern, bits ? bits : 1);
    if (!patterns) return;
    bool good = true, literals = tj_has_literals(database);
    for (uint32_t i = 0; i < bits; i++) {
        const struct tj_pattern *p = &c->pattern[database].at[i];
        struct tj_hs_pattern pattern = {add_predicate(c, database, i).p, i, p->caseless};
        struct tj_hs_error error;
        /* Expressions made from literal text are always accepted. */
        if (p->how == TJ_PRED_REGEX && !tj_hs_check(pattern, row.all_matches, &error)) {
            tj_trouble(&c->check, TJ_BAD_REGEX, p->node, tj_str_of(error.message), TJ_STR_NONE);
            good = false;
        }
        if (!literals || tj_is_scanned(p->how)) patterns[n++] = pattern;
    }
    if (literals) row.literals = tj_compile_literals(&c->build, c->arena, c->pattern[database].at, bits);
    if (n && good && c->check.d->errors == 0 && !c->arena->failed) add_blob(c, database, patterns, n, &row);
    tj_build_add(&c->build, TJ_SECTION_DATABASES, &row, 1);
}

void tj_compile_databases(struct tj_compiler *c) {
    for (int i = 0; i < TJ_DB_COUNT; i++) compile_database(c, i);
}
