/* Compiles patterns to serialised databases; the only file that knows Hyperscan's compiler. */
#include <hs_compile.h>
#include <stdio.h>
#include <stdlib.h>

#include "compile/compiler.h"

/* SINGLEMATCH: a bit needs to be set once. Where each end offset counts, all matches are reported instead. */
static unsigned flags_of(struct tj_hs_pattern pattern, bool all_matches) {
    unsigned flags = HS_FLAG_DOTALL;
    if (pattern.caseless) flags |= HS_FLAG_CASELESS;
    if (!all_matches) flags |= HS_FLAG_SINGLEMATCH;
    return flags;
}

static void take_error(hs_compile_error_t *from, struct tj_hs_error *to) {
    to->index = from && from->expression >= 0 ? (uint32_t)from->expression : TJ_NONE;
    (void)snprintf(to->message, sizeof to->message, "%s", from && from->message ? from->message : "out of memory");
    size_t n = strlen(to->message);
    if (n && to->message[n - 1] == '.') to->message[n - 1] = '\0';
    if (from) hs_free_compile_error(from);
}

bool tj_hs_check(struct tj_hs_pattern pattern, bool all_matches, struct tj_hs_error *error) {
    hs_expr_info_t *info = NULL;
    hs_compile_error_t *failure = NULL;
    if (hs_expression_info(pattern.regex, flags_of(pattern, all_matches), &info, &failure) != HS_SUCCESS) {
        take_error(failure, error);
        return false;
    }
    bool empty = info->min_width == 0;
    free(info);
    if (empty) {
        error->index = 0;
        (void)snprintf(error->message, sizeof error->message, "it matches nothing at all, so it would always match");
    }
    return !empty;
}

char *tj_hs_compile(const struct tj_hs_pattern *patterns, uint32_t n, bool all_matches, struct tj_arena *arena,
                    size_t *size, struct tj_hs_error *error) {
    const char **expressions = tj_arena_array(arena, const char *, n);
    unsigned *flags = tj_arena_array(arena, unsigned, n);
    unsigned *ids = tj_arena_array(arena, unsigned, n);
    if (!ids) {
        take_error(NULL, error);
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        expressions[i] = patterns[i].regex;
        flags[i] = flags_of(patterns[i], all_matches);
        ids[i] = patterns[i].bit;
    }
    /* Generic: the image must not depend on the machine that made it. */
    hs_platform_info_t platform = {.tune = HS_TUNE_FAMILY_GENERIC, .cpu_features = 0};
    hs_database_t *database = NULL;
    hs_compile_error_t *failure = NULL;
    if (hs_compile_multi(expressions, flags, ids, n, HS_MODE_BLOCK, &platform, &database, &failure) != HS_SUCCESS) {
        take_error(failure, error);
        return NULL;
    }
    char *bytes = NULL;
    if (hs_serialize_database(database, &bytes, size) != HS_SUCCESS) {
        bytes = NULL;
        take_error(NULL, error);
    }
    hs_free_database(database);
    return bytes;
}
