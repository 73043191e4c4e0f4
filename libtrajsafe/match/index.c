/* From a bit of a database of messages or outputs back to its phrase; built once per engine. */
#include "match/inner.h"

bool tj_phrases_build(struct tj_databases *d) {
    for (int i = 0; i < TJ_DB_COUNT; i++) {
        uint32_t bits = TJ_ROW(d->image, DATABASES, struct tj_database_row, i)->bits;
        if (i != TJ_DB_MESSAGE && i != TJ_DB_OUTPUT && i != TJ_DB_EXPOSED) continue;
        d->phrase[i] = tj_arena_array(&d->arena, uint32_t, bits + 1);
        for (uint32_t b = 0; d->phrase[i] && b < bits; b++) d->phrase[i][b] = TJ_NONE;
        if (!d->phrase[i]) return false;
    }
    for (uint32_t p = 0; p < d->image->n[TJ_SECTION_PHRASES]; p++) {
        const struct tj_phrase *row = TJ_ROW(d->image, PHRASES, struct tj_phrase, p);
        enum tj_database db = tj_phrase_database(row->kind);
        if (row->predicate < TJ_ROW(d->image, DATABASES, struct tj_database_row, db)->bits)
            d->phrase[db][row->predicate] = row->kind;
    }
    return true;
}
