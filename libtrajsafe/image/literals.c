/* Which literals of a database stand in a text: looked up by a few bytes of each, so that most texts are never scanned. */
#include "image/literals.h"

struct look {
    const struct tj_image *image;
    const struct tj_literals *l;
    struct tj_str text;
    uint64_t *bits;
    bool any, scan;
};

static inline bool same(const char *a, const char *b, uint32_t n, bool caseless) {
    if (!caseless) return memcmp(a, b, n) == 0;
    for (uint32_t i = 0; i < n; i++)
        if (tj_lower(a[i]) != tj_lower(b[i])) return false;
    return true;
}

static bool is_word(struct tj_str text, uint32_t at, uint32_t n) {
    return (at == 0 || !tj_is_name(text.p[at - 1])) && (at + n == text.n || !tj_is_name(text.p[at + n]));
}

/* The literal stands at `at`, as far as its bytes go: does its predicate hold? */
static bool holds_at(struct tj_str text, uint32_t at, struct tj_str want, uint8_t how) {
    switch ((enum tj_predicate_how)how) {
    case TJ_PRED_IS: return at == 0 && want.n == text.n;
    case TJ_PRED_STARTS: return at == 0;
    case TJ_PRED_ENDS: return at + want.n == text.n;
    case TJ_PRED_UNDER:
        return at == 0 && (want.n == text.n || text.p[want.n] == '/' || (want.n == 1 && want.p[0] == '/'));
    case TJ_PRED_WORD: return is_word(text, at, want.n);
    case TJ_PRED_CONTAINS:
    case TJ_PRED_REGEX: break;
    }
    return true;
}

static void try_literal(struct look *k, const struct tj_literal *row, uint32_t at) {
    struct tj_str want = tj_image_str(k->image, row->text);
    if (at > k->text.n || want.n > k->text.n - at) return;
    if (row->bit == TJ_NONE ? k->scan : (k->bits[row->bit / 64] >> (row->bit % 64) & 1) != 0) return;
    if (!same(k->text.p + at, want.p, want.n, row->caseless) || !holds_at(k->text, at, want, row->how)) return;
    if (row->bit == TJ_NONE) {
        k->scan = true;
        return;
    }
    k->bits[row->bit / 64] |= UINT64_C(1) << (row->bit % 64);
    k->any = true;
}

/* All literals of a slot that may have this hash; `at` is where the bytes stand that they were found by. */
static void try_slot(struct look *k, enum tj_literal_table table, uint32_t hash, uint32_t at) {
    struct tj_range slot = k->l->slot[table];
    uint32_t link = *TJ_ROW(k->image, U32, uint32_t, slot.at + tj_high_bits(hash, slot.n));
    while (link != TJ_NONE) {
        const struct tj_literal *row = TJ_ROW(k->image, LITERALS, struct tj_literal, link & TJ_LINK_ROW);
        if (tj_link_fits(link, hash) && row->at <= at) try_literal(k, row, at - row->at);
        link = row->next;
    }
}

/* ---- literals of less than four bytes ----------------------------------------------------------------------------- */

static inline bool has_byte(const uint64_t set[4], char c) { return set[(uint8_t)c / 64] >> ((uint8_t)c % 64) & 1; }

static void try_brief(struct look *k, uint32_t place, uint32_t at) {
    struct tj_range rows = k->l->brief[place];
    const struct tj_literal *row = TJ_ROW(k->image, LITERALS, struct tj_literal, rows.at);
    uint8_t byte = (uint8_t)tj_lower(k->text.p[at]);
    for (uint32_t i = 0; i < rows.n; i++, row++) {
        if (row->at != byte) continue;
        if (place != TJ_BRIEF_END)
            try_literal(k, row, at);
        else if (row->text.n <= k->text.n)
            try_literal(k, row, k->text.n - row->text.n);
    }
}

static void look_brief(struct look *k) {
    const uint64_t(*byte)[4] = k->l->brief_byte;
    struct tj_str text = k->text;
    if (has_byte(byte[TJ_BRIEF_BEGIN], text.p[0])) try_brief(k, TJ_BRIEF_BEGIN, 0);
    if (has_byte(byte[TJ_BRIEF_END], text.p[text.n - 1])) try_brief(k, TJ_BRIEF_END, text.n - 1);
    if (k->scan || k->l->brief[TJ_BRIEF_INSIDE].n == 0) return;
    for (uint32_t i = 0; i < text.n; i++)
        if (has_byte(byte[TJ_BRIEF_INSIDE], text.p[i])) try_brief(k, TJ_BRIEF_INSIDE, i);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

/* Where one of four places has a hash that some literal has; most have none, and one test tells so. */
static void look_inside(struct look *k) {
    const uint8_t *filter = (const uint8_t *)TJ_ROW(k->image, U64, uint64_t, k->l->filter.at);
    uint32_t n = k->text.n - 3, size = k->l->filter.n * 8, shift = 32 - (uint32_t)__builtin_ctz(size), i = 0;
    for (; i + 4 < n; i += 4) {
        uint64_t x = tj_eight(k->text.p + i);
        uint32_t a = tj_hash_word((uint32_t)x), b = tj_hash_word((uint32_t)(x >> 8)),
                 c = tj_hash_word((uint32_t)(x >> 16)), d = tj_hash_word((uint32_t)(x >> 24));
        if (!(filter[a >> shift] | filter[b >> shift] | filter[c >> shift] | filter[d >> shift])) continue;
        if (filter[a >> shift]) try_slot(k, TJ_TABLE_INSIDE, a, i);
        if (filter[b >> shift]) try_slot(k, TJ_TABLE_INSIDE, b, i + 1);
        if (filter[c >> shift]) try_slot(k, TJ_TABLE_INSIDE, c, i + 2);
        if (filter[d >> shift]) try_slot(k, TJ_TABLE_INSIDE, d, i + 3);
    }
    for (; i < n; i++) {
        uint32_t hash = tj_hash_four(k->text.p + i);
        if (filter[hash >> shift]) try_slot(k, TJ_TABLE_INSIDE, hash, i);
    }
}

static void look_at_ends(struct look *k) {
    struct tj_str text = k->text;
    const struct tj_range *slot = k->l->slot;
    if (slot[TJ_TABLE_WHOLE].n) try_slot(k, TJ_TABLE_WHOLE, tj_hash_whole(text), 0);
    if (text.n >= 8 && slot[TJ_TABLE_BEGIN8].n) try_slot(k, TJ_TABLE_BEGIN8, tj_hash_eight(text.p), 0);
    if (text.n < 4) return;
    if (slot[TJ_TABLE_BEGIN4].n) try_slot(k, TJ_TABLE_BEGIN4, tj_hash_four(text.p), 0);
    if (slot[TJ_TABLE_END4].n) try_slot(k, TJ_TABLE_END4, tj_hash_four(text.p + text.n - 4), text.n - 4);
}

bool tj_image_literals(const struct tj_image *image, enum tj_database database, struct tj_str text, uint64_t *bits,
                       bool *any) {
    enum { LOOK_MOST = 256 }; /* Hyperscan is quicker in longer texts: it knows what is looked for inside of them too */
    const struct tj_literals *l = &TJ_ROW(image, DATABASES, struct tj_database_row, database)->literals;
    struct look k = {.image = image, .l = l, .text = text, .bits = bits};
    k.scan = l->always || text.n > LOOK_MOST;
    *any = false;
    if (text.n == 0) return false;
    look_at_ends(&k);
    look_brief(&k);
    if (!k.scan && text.n >= 4 && l->filter.n) look_inside(&k);
    *any = k.any;
    return k.scan;
}
