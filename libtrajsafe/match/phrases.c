/* Phrases: constraints and claims in messages, results in outputs, each with the sentence that holds it. */
#include "match/inner.h"

enum { PHRASES_MOST = 256, ROUNDS_MOST = 64, SENTENCE_MOST = 600 };

/* A sentence ends at a line break, or at . ! ? before white space (so that names of files do not end it); 。！？ end it
 * anywhere. */
static bool ends_at(struct tj_str text, uint32_t i) {
    char c = text.p[i];
    if (c == '\n') return true;
    if (c == '.' || c == '!' || c == '?') return i + 1 >= text.n || tj_is_space(text.p[i + 1]);
    if (i < 2) return false;
    const unsigned char *p = (const unsigned char *)text.p + i - 2;
    return (p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x82) ||
           (p[0] == 0xEF && p[1] == 0xBC && (p[2] == 0x81 || p[2] == 0x9F));
}

static uint32_t sentence_begin(struct tj_str text, uint32_t end) {
    uint32_t at = end > 0 ? end - 1 : 0;
    while (at > 0 && end - at < SENTENCE_MOST && !ends_at(text, at - 1)) at--;
    while (at < end && tj_is_space(text.p[at])) at++;
    return at;
}

uint32_t tj_sentence_end(struct tj_str text, uint32_t at) {
    uint32_t most = text.n - at > SENTENCE_MOST ? at + SENTENCE_MOST : text.n;
    while (at < most && !ends_at(text, at)) at++;
    return at < most && text.p[at] != '\n' ? at + 1 : at;
}

/* One kind counts once per sentence. */
static bool add(struct tj_arena *arena, struct tj_phrase_hits *out, struct tj_phrase_hit hit) {
    for (uint32_t i = out->hit.n; i > 0; i--) {
        struct tj_phrase_hit *old = &out->hit.at[i - 1];
        if (old->kind != hit.kind || old->begin_hint != hit.begin_hint) continue;
        if (hit.end > old->end) old->end = hit.end;
        return true;
    }
    return tj_vec_push(arena, &out->hit, hit);
}

static bool add_matches(struct tj_matcher *matcher, struct tj_arena *arena, struct tj_str text, uint32_t from,
                        enum tj_database db, const struct tj_matches *found, struct tj_phrase_hits *out, uint32_t *next) {
    *next = text.n;
    for (uint32_t i = 0; i < found->at.n; i++) {
        uint32_t kind = matcher->databases->phrase[db][found->at.at[i].bit], end = from + found->at.at[i].end;
        if (kind == TJ_NONE) continue;
        struct tj_phrase_hit hit = {kind, sentence_begin(text, end), end};
        if (!add(arena, out, hit)) return false;
        uint32_t behind = tj_sentence_end(text, end);
        if (behind < *next) *next = behind;
    }
    return true;
}

/* Outputs need to know only whether; messages need every sentence, so behind the first one they are scanned again when
 * the database reports a pattern once. */
trajsafe_status tj_match_phrases(struct tj_matcher *matcher, struct tj_arena *arena, struct tj_str text, bool output,
                                 struct tj_phrase_hits *out) {
    enum tj_database db = output ? TJ_DB_OUTPUT : TJ_DB_MESSAGE;
    bool again = !output && !matcher->databases->all_matches[db];
    *out = (struct tj_phrase_hits){0};
    uint32_t from = 0;
    for (int round = 0; round < ROUNDS_MOST && from < text.n; round++) {
        struct tj_matches found = {0};
        uint32_t next;
        tj_scan_all(matcher, arena, db, tj_str_sub(text, from, text.n), PHRASES_MOST, &found);
        if (arena->failed || matcher->failed || !add_matches(matcher, arena, text, from, db, &found, out, &next))
            return TRAJSAFE_NO_MEMORY;
        if (!again || next <= from) break;
        from = next;
    }
    return TRAJSAFE_OK;
}

bool tj_match_injection(struct tj_matcher *matcher, struct tj_str text) {
    bool found = tj_scan_bits(matcher, TJ_DB_EXPOSED, text, matcher->bits);
    if (found) memset(matcher->bits, 0, sizeof *matcher->bits * matcher->databases->words[TJ_DB_EXPOSED]);
    return found;
}
