/* The literals of a database: which there are, and the tables by which they are found. */
#include "image/literals.h"
#include "compile/compiler.h"

/* How common a byte is in commands and paths: 0 seldom, 9 very common. */
static uint32_t weight_of(char c) {
    static const char by_rank[] = "etaoinsrl/-. cdmhpu_bgfwyvk0123456789=:~@xjqz";
    const char *at = c ? strchr(by_rank, tj_lower(c)) : NULL;
    return at ? 9 - (uint32_t)(at - by_rank) / 5 : 0;
}

uint32_t tj_literal_bits(struct tj_str s) {
    uint32_t tenths = 0;
    for (uint32_t i = 0; i < s.n; i++) tenths += 65 - 3 * weight_of(s.p[i]);
    return tenths / 10;
}

/* Where its four bytes stand that are met least often. */
static uint32_t window(struct tj_str s) {
    uint32_t best = 0, most = 0;
    for (uint32_t i = 0; i + 4 <= s.n && i <= UINT16_MAX; i++) {
        uint32_t bits = tj_literal_bits(tj_str_sub(s, i, i + 4));
        if (bits > most) most = bits, best = i;
    }
    return best;
}

/* A literal before it has its place in a table. */
struct item {
    struct tj_literal row;
    struct tj_str text;
    uint32_t hash;
};
struct items {
    struct tj_build *build;
    struct tj_arena *arena;
    TJ_VEC(struct item) table[TJ_TABLE_COUNT], brief[TJ_BRIEF_COUNT];
    struct tj_literals out;
};

static bool put_brief(struct items *t, struct item *item) {
    uint32_t place = tj_brief_place(item->row.how);
    char c = item->text.n ? item->text.p[place == TJ_BRIEF_END ? item->text.n - 1 : 0] : '\0';
    item->row.at = (uint8_t)tj_lower(c);
    return tj_vec_push(t->arena, &t->brief[place], *item);
}

static void put(struct items *t, struct tj_str text, uint8_t how, bool caseless, uint32_t bit) {
    struct item item = {.text = text};
    int table = -1; /* brief */
    item.row = (struct tj_literal){.bit = bit, .next = TJ_NONE, .how = how, .caseless = caseless};
    switch ((enum tj_predicate_how)how) {
    case TJ_PRED_IS: table = TJ_TABLE_WHOLE, item.hash = tj_hash_whole(text); break;
    case TJ_PRED_STARTS:
    case TJ_PRED_UNDER:
        if (text.n >= 4) table = TJ_TABLE_BEGIN4, item.hash = tj_hash_four(text.p);
        if (text.n >= 8) table = TJ_TABLE_BEGIN8, item.hash = tj_hash_eight(text.p);
        break;
    case TJ_PRED_ENDS:
        if (text.n < 4) break;
        table = TJ_TABLE_END4;
        item.row.at = (uint16_t)(text.n - 4);
        item.hash = tj_hash_four(text.p + item.row.at);
        break;
    case TJ_PRED_CONTAINS:
    case TJ_PRED_WORD:
    case TJ_PRED_REGEX:
        if (text.n < 4) break;
        table = TJ_TABLE_INSIDE;
        item.row.at = (uint16_t)window(text);
        item.hash = tj_hash_four(text.p + item.row.at);
        break;
    }
    if (table < 0 ? !put_brief(t, &item) : !tj_vec_push(t->arena, &t->table[table], item)) t->build->failed = true;
}

/*
 * An expression that is nothing but literals is found by them. Any other is scanned for where one of its literals stands; without
 * one that is long enough, always.
 */
static void put_regex(struct items *t, const struct tj_pattern *p, uint32_t bit) {
    struct tj_required r = tj_regex_required(t->arena, p->text);
    bool good = r.n > 0;
    for (uint32_t i = 0; i < r.n; i++) good &= r.at[i].n >= 4;
    if (!good) t->out.always = 1;
    for (uint32_t i = 0; good && i < r.n; i++)
        put(t, r.at[i], TJ_PRED_CONTAINS, !r.all || r.caseless || p->caseless, r.all ? bit : TJ_NONE);
}

/* ---- tables ------------------------------------------------------------------------------------------------------- */

static uint32_t power_of_two(uint32_t least) {
    uint32_t n = 2;
    while (n < least) n *= 2;
    return n;
}

static uint32_t add_row(struct items *t, const struct item *item, uint32_t next) {
    struct tj_literal row = item->row;
    row.text = tj_build_str(t->build, item->text);
    row.next = next;
    return tj_build_add(t->build, TJ_SECTION_LITERALS, &row, 1);
}

static void build_table(struct items *t, enum tj_literal_table table) {
    uint32_t n = t->table[table].n;
    if (n == 0) return;
    uint32_t slots = power_of_two(4 * n), *slot = tj_arena_array(t->arena, uint32_t, slots);
    if (!slot) {
        t->build->failed = true;
        return;
    }
    if (tj_build_count(t->build, TJ_SECTION_LITERALS) + n >= TJ_LINK_ROW) t->build->failed = true;
    for (uint32_t i = 0; i < slots; i++) slot[i] = TJ_NONE;
    for (uint32_t i = n; i-- > 0;) {
        uint32_t *first = &slot[tj_high_bits(t->table[table].at[i].hash, slots)];
        *first = tj_link_to(add_row(t, &t->table[table].at[i], *first), t->table[table].at[i].hash);
    }
    t->out.slot[table] = (struct tj_range){tj_build_add(t->build, TJ_SECTION_U32, slot, slots), slots};
}

static void build_filter(struct items *t) {
    enum { BYTES_LEAST = 256, BYTES_MOST = 8192 };
    uint32_t n = t->table[TJ_TABLE_INSIDE].n, bytes = power_of_two(8 * n);
    if (n == 0) return;
    if (bytes < BYTES_LEAST) bytes = BYTES_LEAST;
    if (bytes > BYTES_MOST) bytes = BYTES_MOST;
    uint64_t *words = tj_arena_array(t->arena, uint64_t, bytes / 8);
    uint8_t *filter = (uint8_t *)words;
    for (uint32_t i = 0; words && i < n; i++) filter[tj_high_bits(t->table[TJ_TABLE_INSIDE].at[i].hash, bytes)] = 1;
    t->out.filter = (struct tj_range){tj_build_add(t->build, TJ_SECTION_U64, words, bytes / 8), bytes / 8};
}

static void build_brief(struct items *t, uint32_t place) {
    t->out.brief[place] = (struct tj_range){tj_build_count(t->build, TJ_SECTION_LITERALS), t->brief[place].n};
    for (uint32_t i = 0; i < t->brief[place].n; i++) {
        const struct item *item = &t->brief[place].at[i];
        uint8_t low = (uint8_t)item->row.at, high = low >= 'a' && low <= 'z' ? (uint8_t)(low - 32) : low;
        (void)add_row(t, item, TJ_NONE);
        t->out.brief_byte[place][low / 64] |= UINT64_C(1) << (low % 64);
        t->out.brief_byte[place][high / 64] |= UINT64_C(1) << (high % 64);
    }
}

struct tj_literals tj_compile_literals(struct tj_build *build, struct tj_arena *arena,
                                       const struct tj_pattern *patterns, uint32_t n) {
    struct items *t = tj_arena_new(arena, struct items);
    if (!t) {
        build->failed = true;
        return (struct tj_literals){.always = 1};
    }
    *t = (struct items){.build = build, .arena = arena, .out = {.used = 1}};
    for (uint32_t i = 0; i < n; i++) {
        const struct tj_pattern *p = &patterns[i];
        if (p->how == TJ_PRED_REGEX)
            put_regex(t, p, i);
        else
            put(t, p->text, p->how, p->caseless, i);
    }
    for (int table = 0; table < TJ_TABLE_COUNT; table++) build_table(t, (enum tj_literal_table)table);
    build_filter(t);
    for (uint32_t place = 0; place < TJ_BRIEF_COUNT; place++) build_brief(t, place);
    return t->out;
}
