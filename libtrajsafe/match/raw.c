/* The floor: `on: text` rules over root texts where something was not understood, each match with the role of its bytes. */
#include "match/inner.h"

enum { RAW_MOST = 1024, SPAN_MOST = 120 };
#define ROLES_DEFAULT (1u << TJ_ROLE_EXECUTED | 1u << TJ_ROLE_ARGUMENT)

/* What no row covers is syntax, hence executed. Rows are sorted by text, then begin, and do not overlap. */
static uint8_t role_at(const struct tj_understanding *u, uint32_t text, uint32_t at) {
    uint32_t low = 0, high = u->role.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct tj_span s = u->role.at[middle].span;
        if (s.text < text || (s.text == text && s.end <= at))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == u->role.n) return TJ_ROLE_EXECUTED;
    struct tj_span s = u->role.at[low].span;
    return s.text == text && s.begin <= at ? u->role.at[low].role : TJ_ROLE_EXECUTED;
}

/* Roles that the rule's conditions allow: every `role` test that must hold narrows them. */
static uint64_t roles_of(const struct tj_image *image, struct tj_range conds) {
    const struct tj_cond *c = TJ_ROW(image, CONDS, struct tj_cond, conds.at);
    uint64_t roles = 0;
    for (uint32_t i = 0; i < conds.n; i++)
        if (c[i].op == TJ_COND_SET_ANY && c[i].field == TJ_F_ROLE) roles |= *TJ_ROW(image, U64, uint64_t, c[i].arg);
    return roles ? roles : ROLES_DEFAULT;
}

/* Hyperscan tells no start: a literal has its own length, anything else begins with its line, not too far back. */
static uint32_t begin_of(const struct tj_matching *m, struct tj_str text, struct tj_match_at match) {
    uint32_t row = tj_image_predicate(m->image, TJ_DB_RAW, match.bit);
    const struct tj_predicate *p = row == TJ_NONE ? NULL : TJ_ROW(m->image, PREDICATES, struct tj_predicate, row);
    if (p && p->how != TJ_PRED_REGEX && p->how != TJ_PRED_UNDER)
        return match.end > p->text.n ? match.end - p->text.n : 0;
    uint32_t begin = match.end > 0 ? match.end - 1 : 0;
    while (begin > 0 && match.end - begin < SPAN_MOST && text.p[begin - 1] != '\n') begin--;
    while (begin < match.end && (tj_is_space(text.p[begin]) || ((unsigned char)text.p[begin] & 0xC0) == 0x80)) begin++;
    return begin;
}

struct raw {
    struct tj_matching *m;
    uint32_t text; /* index of the root */
    struct tj_str bytes;
    const struct tj_matches *matches;
    const uint8_t *role; /* per match */
    struct tj_bits *bits;
};

static void try_rule(const struct raw *raw, const struct tj_try *t) {
    struct tj_matching *m = raw->m;
    const struct tj_block *block =
        TJ_ROW(m->image, BLOCKS, struct tj_block, tj_image_rule(m->image, t->rule)->blocks.at + t->block);
    uint64_t roles = roles_of(m->image, block->where), found = 0;
    uint32_t first = TJ_NONE;
    memset(raw->bits, 0, tj_bits_size(m->matcher->databases->words[TJ_DB_RAW]));
    for (uint32_t i = 0; i < raw->matches->at.n; i++) {
        uint32_t bit = raw->matches->at.at[i].bit;
        if (!(roles >> raw->role[i] & 1)) continue;
        raw->bits->word[bit / 64] |= tj_try_bit(bit);
        raw->bits->fold |= tj_try_bit(bit);
        found |= UINT64_C(1) << raw->role[i];
    }
    struct tj_instance x = {.subject = TJ_SUBJECT_TEXT, .index = raw->text, .raw = raw->bits, .roles = found};
    if (!found || !tj_block_holds(m, &x, block)) return;
    /* The span is the first match of a predicate that the rule itself names. */
    const struct tj_cond *c = TJ_ROW(m->image, CONDS, struct tj_cond, block->where.at);
    for (uint32_t i = 0; i < raw->matches->at.n && first == TJ_NONE; i++)
        for (uint32_t k = 0; k < block->where.n && roles >> raw->role[i] & 1; k++)
            if (c[k].op == TJ_COND_MATCH && c[k].arg == raw->matches->at.at[i].bit) first = i;
    struct tj_match_at match = raw->matches->at.at[first == TJ_NONE ? 0 : first];
    struct tj_hit hit = {.rule = t->rule,
                         .subject = TJ_SUBJECT_TEXT,
                         .guessed = 1,
                         .instance = raw->text,
                         .other = TJ_NONE,
                         .span = {raw->text, begin_of(m, raw->bytes, match), match.end}};
    if (!tj_vec_push(m->arena, &m->out->hit, hit)) m->failed = true;
}

static void match_root(struct tj_matching *m, uint32_t text) {
    const struct tj_understanding *u = m->view->understanding;
    struct tj_matches matches = {0};
    struct raw raw = {.m = m, .text = text, .bytes = u->texts.text.at[text].bytes, .matches = &matches};
    tj_scan_all(m->matcher, m->arena, TJ_DB_RAW, raw.bytes, RAW_MOST, &matches);
    if (matches.over_budget) m->out->over_budget = true;
    if (matches.at.n == 0) return;
    uint8_t *role = tj_arena_array(m->arena, uint8_t, matches.at.n);
    raw.bits = tj_arena_zalloc(m->arena, tj_bits_size(m->matcher->databases->words[TJ_DB_RAW]), 8);
    if (!role || !raw.bits) {
        m->failed = true;
        return;
    }
    for (uint32_t i = 0; i < matches.at.n; i++) {
        uint32_t end = matches.at.at[i].end;
        role[i] = role_at(u, text, end ? end - 1 : 0);
    }
    raw.role = role;
    struct tj_try_numbers tries = tj_image_try_list(m->image, TJ_TRY_LIST_TEXT);
    for (uint32_t i = 0; i < tries.n; i++) try_rule(&raw, TJ_ROW(m->image, TRIES, struct tj_try, tries.at[i]));
}

void tj_match_raw(struct tj_matching *m) {
    const struct tj_understanding *u = m->view->understanding;
    if (!u || tj_image_try_list(m->image, TJ_TRY_LIST_TEXT).n == 0 || !m->matcher->databases->words[TJ_DB_RAW]) return;
    for (uint32_t i = 0; i < u->texts.text.n; i++)
        if (u->texts.text.at[i].parent == TJ_NONE) match_root(m, i);
}
