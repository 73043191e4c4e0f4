/* Names get their final numbers; guards say for people for which effect or program a block is tried. */
#include "compile/compiler.h"

#include <stdlib.h>

uint32_t tj_name_number(struct tj_compiler *c, struct tj_str name) {
    for (uint32_t i = 0; i < c->name.n; i++)
        if (tj_str_eq(c->name.at[i], name)) return i;
    (void)tj_vec_push(c->arena, &c->name, name);
    return c->name.n ? c->name.n - 1 : 0;
}

struct numbered {
    struct tj_str name;
    uint32_t old;
};

static int by_name(const void *a, const void *b) {
    return tj_str_cmp(((const struct numbered *)a)->name, ((const struct numbered *)b)->name);
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void tj_compile_names(struct tj_compiler *c) {
    uint32_t n = c->name.n;
    struct numbered *sorted = tj_arena_array(c->arena, struct numbered, n + 1);
    uint32_t *now = tj_arena_array(c->arena, uint32_t, n + 1);
    if (!sorted || !now) return;
    for (uint32_t i = 0; i < n; i++) sorted[i] = (struct numbered){c->name.at[i], i};
    qsort(sorted, n, sizeof *sorted, by_name);
    struct tj_build_entry *index = tj_arena_array(c->arena, struct tj_build_entry, n + 1);
    for (uint32_t i = 0; index && i < n; i++) {
        now[sorted[i].old] = i;
        struct tj_ref ref = tj_build_str(&c->build, sorted[i].name);
        tj_build_add(&c->build, TJ_SECTION_NAMES, &ref, 1);
        index[i] = (struct tj_build_entry){ref, i};
    }
    if (index) tj_build_index(&c->build, TJ_SECTION_NAME_INDEX, index, n);
    for (uint32_t i = 0; i < c->names.n; i++) {
        struct tj_range range = c->names.at[i];
        uint32_t *row = tj_build_row(&c->build, U32, uint32_t, range.at);
        for (uint32_t j = 0; row && j < range.n; j++) row[j] = row[j] < n ? now[row[j]] : 0;
        if (row) qsort(row, range.n, sizeof *row, by_value);
    }
}

/* ---- guards ----------------------------------------------------------------------------------------------------- */

static struct tj_range kinds_of(struct tj_compiler *c, struct tj_range where) {
    const uint64_t all = (UINT64_C(1) << TJ_EFFECT_COUNT) - 1;
    uint64_t mask = tj_conditions_allow(c, where, TJ_F_KIND) & all;
    struct tj_range range = {tj_build_count(&c->build, TJ_SECTION_U32), 0};
    if (mask == all) return (struct tj_range){0, 0};
    for (uint32_t kind = 0; kind < TJ_EFFECT_COUNT; kind++)
        if (mask & UINT64_C(1) << kind) {
            tj_build_u32(&c->build, kind);
            range.n++;
        }
    return range;
}

static struct tj_range programs_of(struct tj_compiler *c, struct tj_range where) {
    struct tj_range from = tj_conditions_programs(c, where);
    if (from.n == 0) return from;
    struct tj_range range = {tj_build_add(&c->build, TJ_SECTION_U32, NULL, from.n), 0};
    uint32_t *row = tj_build_row(&c->build, U32, uint32_t, 0);
    if (!row) return (struct tj_range){0, 0};
    memcpy(row + range.at, row + from.at, from.n * sizeof *row);
    qsort(row + range.at, from.n, sizeof *row, by_value);
    for (uint32_t i = 0; i < from.n; i++)
        if (range.n == 0 || row[range.at + range.n - 1] != row[range.at + i])
            row[range.at + range.n++] = row[range.at + i];
    return range;
}

void tj_compile_guards(struct tj_compiler *c) {
    /* Trees with errors in them are not whole. */
    if (c->check.d->errors || c->build.failed) return;
    for (uint32_t i = 0; i < tj_build_count(&c->build, TJ_SECTION_BLOCKS); i++) {
        struct tj_block block = *tj_build_row(&c->build, BLOCKS, struct tj_block, i);
        if (block.subject == TJ_SUBJECT_EFFECT)
            block.guard = kinds_of(c, block.where);
        else if (block.subject == TJ_SUBJECT_COMMAND)
            block.guard = programs_of(c, block.where);
        *tj_build_row(&c->build, BLOCKS, struct tj_block, i) = block;
    }
}
