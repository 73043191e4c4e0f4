/* The name tables of the vocabulary and lookups in both directions. */
#include "vocab/vocab.h"

struct word {
    const char *name, *about;
};

#define X(id, name, about) {name, about},
static const struct word effects[] = {TJ_EFFECTS(X)};
static const struct word objects[] = {TJ_OBJECTS(X)};
static const struct word classes[] = {TJ_CLASSES(X)};
static const struct word host_classes[] = {TJ_HOST_CLASSES(X)};
static const struct word places[] = {TJ_PLACES(X)};
static const struct word coverages[] = {TJ_COVERAGES(X)};
static const struct word reasons[] = {TJ_REASONS(X)};
static const struct word severities[] = {TJ_SEVERITIES(X)};
static const struct word subjects[] = {TJ_SUBJECTS(X)};
static const struct word outcomes[] = {TJ_OUTCOMES(X)};
static const struct word authorisations[] = {TJ_AUTHORISATIONS(X)};
static const struct word roles[] = {TJ_ROLES(X)};
static const struct word dialects[] = {TJ_DIALECTS(X)};
static const struct word langs[] = {TJ_LANGS(X)};
static const struct word slots[] = {TJ_SLOTS(X)};
static const struct word stdins[] = {TJ_STDINS(X)};
static const struct word handlers[] = {TJ_HANDLERS(X)};
#undef X

#define LIST(words)                                                                                                    \
    { words, sizeof words / sizeof words[0] }
static const struct {
    const struct word *at;
    uint32_t n;
} lists[TJ_LIST_COUNT] = {
    [TJ_LIST_EFFECTS] = LIST(effects),
    [TJ_LIST_OBJECTS] = LIST(objects),
    [TJ_LIST_CLASSES] = LIST(classes),
    [TJ_LIST_HOST_CLASSES] = LIST(host_classes),
    [TJ_LIST_PLACES] = LIST(places),
    [TJ_LIST_COVERAGES] = LIST(coverages),
    [TJ_LIST_REASONS] = LIST(reasons),
    [TJ_LIST_SEVERITIES] = LIST(severities),
    [TJ_LIST_SUBJECTS] = LIST(subjects),
    [TJ_LIST_OUTCOMES] = LIST(outcomes),
    [TJ_LIST_AUTHORISATIONS] = LIST(authorisations),
    [TJ_LIST_ROLES] = LIST(roles),
    [TJ_LIST_DIALECTS] = LIST(dialects),
    [TJ_LIST_LANGS] = LIST(langs),
    [TJ_LIST_SLOTS] = LIST(slots),
    [TJ_LIST_STDINS] = LIST(stdins),
    [TJ_LIST_HANDLERS] = LIST(handlers),
};

#define X(id, category, leaf) leaf,
static const char *const leaf_names[TJ_LEAF_COUNT] = {TJ_LEAVES(X)};
#undef X
static const char *const category_names[TJ_CATEGORY_COUNT] = {"security", "controllability", "trustworthiness"};

#define X(id, name, on, type, list, about) {name, on, TJ_FIELD_##type, list, about},
static const struct tj_field_row fields[TJ_FIELD_COUNT] = {TJ_FIELDS(X)};
#undef X

/* Sets are 64-bit masks, and a host's classes are 32 bits of one. */
_Static_assert(TJ_CLASS_COUNT <= 64 && TJ_HOST_CLASS_COUNT <= 32, "classes fit their masks");
_Static_assert(TJ_EFFECT_COUNT <= 32 && TJ_REASON_COUNT <= 32, "kinds and reasons fit a mask");

uint32_t tj_vocab_count(enum tj_list list) { return (unsigned)list < TJ_LIST_COUNT ? lists[list].n : 0; }

const char *tj_vocab_name(enum tj_list list, uint32_t value) {
    return value < tj_vocab_count(list) ? lists[list].at[value].name : "?";
}

const char *tj_vocab_about(enum tj_list list, uint32_t value) {
    return value < tj_vocab_count(list) ? lists[list].at[value].about : "?";
}

int tj_vocab_find(enum tj_list list, struct tj_str name) {
    for (uint32_t i = 0; i < tj_vocab_count(list); i++)
        if (tj_str_is(name, lists[list].at[i].name)) return (int)i;
    return -1;
}

const char *tj_leaf_name(enum tj_leaf leaf) { return (unsigned)leaf < TJ_LEAF_COUNT ? leaf_names[leaf] : "?"; }

const char *tj_category_name(enum tj_category category) {
    return (unsigned)category < TJ_CATEGORY_COUNT ? category_names[category] : "?";
}

const struct tj_field_row *tj_field_row(enum tj_field field) {
    return (unsigned)field < TJ_FIELD_COUNT ? &fields[field] : NULL;
}

int tj_field_find(struct tj_str name) {
    for (int i = 0; i < TJ_FIELD_COUNT; i++)
        if (tj_str_is(name, fields[i].name)) return i;
    return -1;
}
