/* Opening an image (what is checked there is not checked again) and lookups by name in it. */
#include "image/tries.h"

static const uint32_t element_size[TJ_SECTION_COUNT] = {
    [TJ_SECTION_STRINGS] = 1,
    [TJ_SECTION_U32] = sizeof(uint32_t),
    [TJ_SECTION_U64] = sizeof(uint64_t),
    [TJ_SECTION_PROGRAMS] = sizeof(struct tj_program),
    [TJ_SECTION_OPTIONS] = sizeof(struct tj_option),
    [TJ_SECTION_OPERANDS] = sizeof(struct tj_operand),
    [TJ_SECTION_PROGRAM_EFFECTS] = sizeof(struct tj_program_effect),
    [TJ_SECTION_PROGRAM_INDEX] = sizeof(struct tj_index_entry),
    [TJ_SECTION_FLAGS] = sizeof(struct tj_ref),
    [TJ_SECTION_NAMES] = sizeof(struct tj_ref),
    [TJ_SECTION_NAME_INDEX] = sizeof(struct tj_index_entry),
    [TJ_SECTION_TOOLS] = sizeof(struct tj_tool),
    [TJ_SECTION_TOOL_KEYS] = sizeof(struct tj_tool_key_row),
    [TJ_SECTION_TOOL_INDEX] = sizeof(struct tj_index_entry),
    [TJ_SECTION_PATHS] = sizeof(struct tj_path_row),
    [TJ_SECTION_PATH_INDEX] = sizeof(struct tj_index_entry),
    [TJ_SECTION_HOSTS] = sizeof(struct tj_host_row),
    [TJ_SECTION_PHRASES] = sizeof(struct tj_phrase),
    [TJ_SECTION_RULES] = sizeof(struct tj_rule),
    [TJ_SECTION_BLOCKS] = sizeof(struct tj_block),
    [TJ_SECTION_CONDS] = sizeof(struct tj_cond),
    [TJ_SECTION_PREDICATES] = sizeof(struct tj_predicate),
    [TJ_SECTION_LITERALS] = sizeof(struct tj_literal),
    [TJ_SECTION_DATABASES] = sizeof(struct tj_database_row),
    [TJ_SECTION_BLOBS] = 1,
    [TJ_SECTION_TRIES] = sizeof(struct tj_try),
    [TJ_SECTION_TRY_LISTS] = sizeof(struct tj_range),
    [TJ_SECTION_PROFILES] = sizeof(struct tj_profile),
    [TJ_SECTION_EXAMPLES] = sizeof(struct tj_example),
};

uint32_t tj_image_element_size(enum tj_section section) {
    return (unsigned)section < TJ_SECTION_COUNT ? element_size[section] : 0;
}

/*
 * Four lanes of 64-bit multiply-xor: an image is a megabyte or more, and opening it is part of every cold start.
 * Not tj_hash: byte by byte that would cost a millisecond.
 */
static uint64_t checksum(uint64_t seed, const unsigned char *p, size_t size) {
    const uint64_t prime = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t lane[4] = {prime ^ seed, prime ^ 1, prime ^ 2, prime ^ size};
    size_t at = 0;
    for (; at + 32 <= size; at += 32) {
        for (size_t i = 0; i < 4; i++) {
            uint64_t word;
            memcpy(&word, p + at + 8 * i, 8);
            lane[i] = (lane[i] ^ word) * prime;
            lane[i] ^= lane[i] >> 29;
        }
    }
    uint64_t h = lane[0];
    for (size_t i = 1; i < 4; i++) h = (h ^ lane[i]) * prime, h ^= h >> 32;
    for (; at < size; at++) h = (h ^ p[at]) * UINT64_C(0x100000001b3);
    return h ^ h >> 31;
}

uint64_t tj_image_checksum(const struct tj_image_header *image, size_t size) {
    struct tj_image_header header = *image;
    header.checksum = 0;
    uint64_t first = checksum(0, (const unsigned char *)&header, sizeof header);
    return checksum(first, (const unsigned char *)image + sizeof header, size - sizeof header);
}

static trajsafe_status bad(trajsafe_error *error, uint32_t number, const char *what) {
    return tj_fail(error, TRAJSAFE_BAD_IMAGE, number, "compile the rules again with this version of trajsafe", "%s",
                   what);
}

static trajsafe_status check_header(const struct tj_image_header *h, size_t size, bool trusted, trajsafe_error *error) {
    if (memcmp(h->magic, TJ_IMAGE_MAGIC, sizeof TJ_IMAGE_MAGIC) != 0)
        return bad(error, 902, "these bytes are not compiled rules");
    if (h->format != TJ_IMAGE_FORMAT || h->sections != TJ_SECTION_COUNT)
        return bad(error, 903, "the compiled rules have another format version");
    if (strncmp(h->engine, TJ_ENGINE_VERSION, sizeof h->engine) != 0)
        return bad(error, 904, "the compiled rules were made for another engine version");
    if (h->size != size) return bad(error, 905, "the compiled rules are cut off or have bytes behind their end");
    if (!trusted && h->checksum != tj_image_checksum(h, size))
        return bad(error, 906, "the compiled rules are damaged: the checksum differs");
    return TRAJSAFE_OK;
}

static bool is_power_of_two(uint32_t n) { return n != 0 && (n & (n - 1)) == 0; }

static trajsafe_status open_image(const void *bytes, size_t size, bool trusted, struct tj_image *out,
                                  trajsafe_error *error) {
    if (!bytes || !out) return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 900, NULL, "no bytes or no place for the result");
    if ((uintptr_t)bytes % 64 != 0)
        return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 901, "copy them to memory aligned to 64 bytes",
                       "the bytes of the compiled rules are not aligned");
    if (size < sizeof(struct tj_image_header)) return bad(error, 902, "these bytes are not compiled rules");
    const struct tj_image_header *h = bytes;
    trajsafe_status status = check_header(h, size, trusted, error);
    if (status != TRAJSAFE_OK) return status;
    struct tj_image image = {.header = h, .base = bytes};
    for (int i = 0; i < TJ_SECTION_COUNT; i++) {
        uint64_t at = h->section[i].at, n = h->section[i].n;
        if (h->section[i].size != element_size[i] || at % 64 != 0 || at > size || n * element_size[i] > size - at)
            return bad(error, 907, "a section of the compiled rules lies outside of them");
        image.at[i] = image.base + at;
        image.n[i] = h->section[i].n;
    }
    if (!is_power_of_two(image.n[TJ_SECTION_PROGRAM_INDEX]) || !is_power_of_two(image.n[TJ_SECTION_TOOL_INDEX]) ||
        !is_power_of_two(image.n[TJ_SECTION_PATH_INDEX]) || !is_power_of_two(image.n[TJ_SECTION_NAME_INDEX]) ||
        image.n[TJ_SECTION_DATABASES] != TJ_DB_COUNT)
        return bad(error, 907, "an index of the compiled rules is damaged");
    *out = image;
    return TRAJSAFE_OK;
}

trajsafe_status tj_image_open(const void *bytes, size_t size, struct tj_image *out, trajsafe_error *error) {
    return open_image(bytes, size, false, out, error);
}

trajsafe_status tj_image_open_trusted(const void *bytes, size_t size, struct tj_image *out, trajsafe_error *error) {
    return open_image(bytes, size, true, out, error);
}

uint32_t tj_image_index_find(const struct tj_image *image, enum tj_section index, uint64_t hash, struct tj_str name) {
    const struct tj_index_entry *entries = image->at[index];
    uint32_t mask = image->n[index] - 1, low = (uint32_t)hash;
    for (uint32_t i = low & mask;; i = (i + 1) & mask) {
        const struct tj_index_entry *e = &entries[i];
        if (e->value == 0) return TJ_NONE;
        if (e->hash == low && tj_str_eq(tj_image_str(image, e->name), name)) return e->value - 1;
    }
}

uint32_t tj_image_find_program(const struct tj_image *image, struct tj_str name) {
    return tj_image_index_find(image, TJ_SECTION_PROGRAM_INDEX, tj_hash(name), name);
}

uint32_t tj_image_find_tool(const struct tj_image *image, struct tj_str name) {
    return tj_image_index_find(image, TJ_SECTION_TOOL_INDEX, tj_hash(name), name);
}

/* Binary search among `n` rows of `size` bytes whose first member is their name, sorted bytewise. */
static uint32_t find_sorted(const struct tj_image *image, const void *rows, uint32_t n, size_t size, struct tj_str name) {
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct tj_ref ref;
        memcpy(&ref, (const char *)rows + (size_t)middle * size, sizeof ref);
        int order = tj_str_cmp(tj_image_str(image, ref), name);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return TJ_NONE;
}

/* Subcommand rows of one parent are sorted by name. */
uint32_t tj_image_find_subcommand(const struct tj_image *image, uint32_t program, struct tj_str name) {
    if (program >= image->n[TJ_SECTION_PROGRAMS]) return TJ_NONE;
    struct tj_range rows = tj_image_program(image, program)->subcommands;
    if (rows.n == 0) return TJ_NONE;
    uint32_t found = find_sorted(image, tj_image_program(image, rows.at), rows.n, sizeof(struct tj_program), name);
    return found == TJ_NONE ? TJ_NONE : rows.at + found;
}

uint32_t tj_image_find_profile(const struct tj_image *image, struct tj_str name) {
    for (uint32_t i = 0; i < image->n[TJ_SECTION_PROFILES]; i++)
        if (tj_str_eq(tj_image_str(image, TJ_ROW(image, PROFILES, struct tj_profile, i)->name), name)) return i;
    return TJ_NONE;
}

uint32_t tj_image_find_rule(const struct tj_image *image, struct tj_str id) {
    return find_sorted(image, image->at[TJ_SECTION_RULES], image->n[TJ_SECTION_RULES], sizeof(struct tj_rule), id);
}

uint32_t tj_image_find_flag(const struct tj_image *image, struct tj_str name) {
    uint32_t n = image->n[TJ_SECTION_FLAGS];
    if (n == 0) return 0;
    uint32_t found = find_sorted(image, TJ_ROW(image, FLAGS, struct tj_ref, 1), n - 1, sizeof(struct tj_ref), name);
    return found == TJ_NONE ? 0 : found + 1;
}

uint32_t tj_image_find_name(const struct tj_image *image, struct tj_str name) {
    return tj_image_index_find(image, TJ_SECTION_NAME_INDEX, tj_hash(name), name);
}

/* The whole name, then what follows each dot: rows are sorted and match on label boundaries. */
uint32_t tj_image_classify_host(const struct tj_image *image, struct tj_str host) {
    uint32_t classes = 0;
    if (host.n && host.p[host.n - 1] == '.') host.n--;
    for (uint32_t at = 0; at < host.n;) {
        uint32_t row = find_sorted(image, image->at[TJ_SECTION_HOSTS], image->n[TJ_SECTION_HOSTS],
                                   sizeof(struct tj_host_row), tj_str_sub(host, at, host.n));
        if (row != TJ_NONE) classes |= TJ_ROW(image, HOSTS, struct tj_host_row, row)->classes;
        uint32_t dot = tj_str_chr(host, '.', at);
        if (dot == TJ_NOT_FOUND) break;
        at = dot + 1;
    }
    return classes;
}

int tj_image_database_of(enum tj_field field, enum tj_subject subject) {
    switch (field) {
    case TJ_F_PATH: return TJ_DB_PATH;
    case TJ_F_HOST: return TJ_DB_HOST;
    case TJ_F_URL: return TJ_DB_URL;
    case TJ_F_NAME: return TJ_DB_NAME;
    case TJ_F_VALUE: return TJ_DB_VALUE;
    case TJ_F_ARG: return TJ_DB_ARG;
    case TJ_F_ADDED: return TJ_DB_ADDED;
    case TJ_F_REMOVED: return TJ_DB_REMOVED;
    case TJ_F_TEXT:
        return subject == TJ_SUBJECT_TEXT ? TJ_DB_RAW : subject == TJ_SUBJECT_MESSAGE ? TJ_DB_MESSAGE : TJ_DB_COMMAND;
    default: return -1;
    }
}

uint32_t tj_image_predicate(const struct tj_image *image, enum tj_database database, uint32_t bit) {
    uint32_t first = 0;
    for (int i = 0; i < (int)database; i++) first += TJ_ROW(image, DATABASES, struct tj_database_row, i)->bits;
    uint32_t row = first + bit;
    return row < image->n[TJ_SECTION_PREDICATES] ? row : TJ_NONE;
}
