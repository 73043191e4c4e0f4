/* Reading typed values out of YAML; every failure becomes a diagnostic at its place. */
#ifndef TJ_COMPILE_CHECK_H
#define TJ_COMPILE_CHECK_H

#include "compile/yaml.h"
#include "vocab/vocab.h"

/* What the checks need: where diagnostics go. */
struct tj_check {
    struct tj_arena *arena;
    struct tj_diagnostics *d;
};

/* The value of a key of a map, or NULL. */
struct tj_yaml *tj_get(const struct tj_yaml *map, const char *key);

/* Items of a list; anything else counts as one item. */
static inline struct tj_yaml *tj_item_first(struct tj_yaml *node) {
    return !node ? NULL : node->kind == TJ_YAML_LIST ? node->first : node;
}
static inline struct tj_yaml *tj_item_next(struct tj_yaml *node, struct tj_yaml *item) {
    return node->kind == TJ_YAML_LIST ? item->next : NULL;
}
#define TJ_EACH(item, node) for (struct tj_yaml *item = tj_item_first(node); item; item = tj_item_next((node), item))
/* Keys of a map; the value is key->next. */
#define TJ_EACH_KEY(key, map) for (struct tj_yaml *key = (map)->first; key; key = key->next->next)

void tj_trouble(struct tj_check *c, enum tj_trouble trouble, const struct tj_yaml *at, struct tj_str a, struct tj_str b);
void tj_trouble_mend(struct tj_check *c, enum tj_trouble trouble, const struct tj_yaml *at, struct tj_str a,
                     struct tj_str b, struct tj_str mend);

/* `what` names the thing in messages: a key, or "a rule". All are false after a diagnostic. */
bool tj_check_map(struct tj_check *c, const struct tj_yaml *node, const char *what);
bool tj_check_list(struct tj_check *c, const struct tj_yaml *node, const char *what);
void tj_check_keys(struct tj_check *c, const struct tj_yaml *map, const char *what,
                   const char *const *keys); /* NULL ends */
bool tj_check_text(struct tj_check *c, const struct tj_yaml *node, const char *what, struct tj_str *out);
bool tj_check_bool(struct tj_check *c, const struct tj_yaml *node, const char *what, bool *out);
bool tj_check_number(struct tj_check *c, const struct tj_yaml *node, const char *what, uint32_t max, uint32_t *out);
/* 0..1 with up to four decimals, as 0..10000. */
bool tj_check_share(struct tj_check *c, const struct tj_yaml *node, const char *what, uint32_t *out);
/* A word of a vocabulary list, or one of `words` (NULL ends); `kind` says what it should be: "an effect". */
bool tj_check_word(struct tj_check *c, const struct tj_yaml *node, enum tj_list list, const char *kind, uint32_t *out);
bool tj_check_choice(struct tj_check *c, const struct tj_yaml *node, const char *const *words, const char *kind,
                     uint32_t *out);
/* One word or a list of words as a bit set. */
bool tj_check_mask(struct tj_check *c, struct tj_yaml *node, enum tj_list list, const char *kind, uint64_t *out);
/* One text or a list of texts, joined by newlines. Absent: empty. */
struct tj_str tj_check_joined(struct tj_check *c, struct tj_yaml *node, const char *what);

#endif
