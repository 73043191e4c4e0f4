/* Sections, interned strings, hash indexes, and the layout of the finished image. */
#include "compile/build.h"

#include <stdlib.h>

void tj_build_init(struct tj_build *build, struct tj_arena *arena) {
    memset(build, 0, sizeof *build);
    build->arena = arena;
}

uint32_t tj_build_count(const struct tj_build *build, enum tj_section section) { return build->section[section].n; }

void *tj_build_at(struct tj_build *build, enum tj_section section, uint32_t i) {
    struct tj_build_section *s = &build->section[section];
    return i < s->n ? s->at + (size_t)i * tj_image_element_size(section) : NULL;
}

uint32_t tj_build_add(struct tj_build *build, enum tj_section section, const void *rows, uint32_t n) {
    struct tj_build_section *s = &build->section[section];
    size_t size = tj_image_element_size(section);
    uint32_t at = s->n;
    if (n > s->cap - s->n) {
        uint64_t cap = s->cap ? (uint64_t)s->cap * 2 : 64;
        if (cap < (uint64_t)s->n + n) cap = (uint64_t)s->n + n;
        uint8_t *grown = cap <= UINT32_MAX / 2 ? tj_arena_alloc(build->arena, (size_t)cap * size, 16) : NULL;
        if (!grown) {
            build->failed = true;
            return 0;
        }
        if (s->n) memcpy(grown, s->at, s->n * size);
        s->at = grown;
        s->cap = (uint32_t)cap;
    }
    if (n && rows)
        memcpy(s->at + s->n * size, rows, n * size);
    else if (n)
        memset(s->at + s->n * size, 0, n * size);
    s->n += n;
    return at;
}

struct tj_str tj_build_text(const struct tj_build *build, struct tj_ref ref) {
    const struct tj_build_section *s = &build->section[TJ_SECTION_STRINGS];
    return (struct tj_str){s->at ? (const char *)s->at + ref.at : "", s->at ? ref.n : 0};
}

static bool grow_strings(struct tj_build *build) {
    uint32_t cap = build->strings_cap ? build->strings_cap * 2 : 1024;
    uint32_t *table = tj_arena_array(build->arena, uint32_t, cap);
    if (!table) {
        build->failed = true;
        return false;
    }
    for (uint32_t i = 0; i < build->interned.n; i++) {
        uint32_t at = (uint32_t)tj_hash(tj_build_text(build, build->interned.at[i])) & (cap - 1);
        while (table[at]) at = (at + 1) & (cap - 1);
        table[at] = i + 1;
    }
    build->strings = table;
    build->strings_cap = cap;
    return true;
}

struct tj_ref tj_build_str(struct tj_build *build, struct tj_str s) {
    static const struct tj_ref none = {0, 0};
    if (build->interned.n * 2 >= build->strings_cap && !grow_strings(build)) return none;
    uint32_t mask = build->strings_cap - 1, at = (uint32_t)tj_hash(s) & mask;
    for (; build->strings[at]; at = (at + 1) & mask) {
        struct tj_ref ref = build->interned.at[build->strings[at] - 1];
        if (tj_str_eq(tj_build_text(build, ref), s)) return ref;
    }
    struct tj_ref ref = {tj_build_add(build, TJ_SECTION_STRINGS, s.p, s.n), s.n};
    tj_build_add(build, TJ_SECTION_STRINGS, "", 1);
    if (build->failed || !tj_vec_push(build->arena, &build->interned, ref)) {
        build->failed = true;
        return none;
    }
    build->strings[at] = build->interned.n;
    return ref;
}

uint32_t tj_build_u32(struct tj_build *build, uint32_t value) { return tj_build_add(build, TJ_SECTION_U32, &value, 1); }

uint32_t tj_build_u64(struct tj_build *build, uint64_t value) {
    uint32_t n = tj_build_count(build, TJ_SECTION_U64);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t *there = tj_build_row(build, U64, uint64_t, i);
        if (*there == value) return i;
    }
    return tj_build_add(build, TJ_SECTION_U64, &value, 1);
}

void tj_build_index(struct tj_build *build, enum tj_section section, const struct tj_build_entry *entries, uint32_t n) {
    uint32_t cap = 2;
    while (cap < n * 2) cap *= 2;
    tj_build_add(build, section, NULL, cap);
    struct tj_index_entry *table = tj_build_at(build, section, 0);
    for (uint32_t i = 0; i < n && table; i++) {
        uint32_t hash = (uint32_t)tj_hash(tj_build_text(build, entries[i].name)), at = hash & (cap - 1);
        while (table[at].value) at = (at + 1) & (cap - 1);
        table[at] = (struct tj_index_entry){hash, entries[i].value + 1, entries[i].name};
    }
}

static size_t up(size_t n) { return (n + 63) & ~(size_t)63; }

void *tj_build_image(struct tj_build *build, const struct tj_sha256 *ruleset, const struct tj_sha256 *tables,
                     size_t *size) {
    size_t total = up(sizeof(struct tj_image_header));
    for (int i = 0; i < TJ_SECTION_COUNT; i++)
        total += up((size_t)build->section[i].n * tj_image_element_size((enum tj_section)i));
    char *bytes = build->failed ? NULL : aligned_alloc(64, total);
    if (!bytes) return NULL;
    memset(bytes, 0, total);
    struct tj_image_header header = {.magic = TJ_IMAGE_MAGIC,
                                     .format = TJ_IMAGE_FORMAT,
                                     .sections = TJ_SECTION_COUNT,
                                     .size = total,
                                     .engine = TJ_ENGINE_VERSION};
    memcpy(header.ruleset_digest, ruleset->bytes, sizeof header.ruleset_digest);
    memcpy(header.tables_digest, tables->bytes, sizeof header.tables_digest);
    size_t at = up(sizeof header);
    for (int i = 0; i < TJ_SECTION_COUNT; i++) {
        const struct tj_build_section *s = &build->section[i];
        uint32_t each = tj_image_element_size((enum tj_section)i);
        header.section[i].at = at;
        header.section[i].n = s->n;
        header.section[i].size = each;
        if (s->n) memcpy(bytes + at, s->at, (size_t)s->n * each);
        at += up((size_t)s->n * each);
    }
    memcpy(bytes, &header, sizeof header);
    header.checksum = tj_image_checksum((const struct tj_image_header *)(const void *)bytes, total);
    memcpy(bytes, &header, sizeof header);
    *size = total;
    return bytes;
}
