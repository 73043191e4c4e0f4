/* Reading typed values out of YAML: types, ranges, words, keys. */
#include "compile/check.h"

void tj_trouble_mend(struct tj_check *c, enum tj_trouble trouble, const struct tj_yaml *at, struct tj_str a,
                     struct tj_str b, struct tj_str mend) {
    struct tj_where where = at ? at->where : (struct tj_where){TJ_NONE, 0, 0};
    tj_diagnose(c->d, trouble, where, a, b, mend);
}

void tj_trouble(struct tj_check *c, enum tj_trouble trouble, const struct tj_yaml *at, struct tj_str a, struct tj_str b) {
    tj_trouble_mend(c, trouble, at, a, b, TJ_STR_NONE);
}

struct tj_yaml *tj_get(const struct tj_yaml *map, const char *key) {
    if (!map || map->kind != TJ_YAML_MAP) return NULL;
    TJ_EACH_KEY(k, map)
    if (tj_str_is(k->text, key)) return k->next;
    return NULL;
}

static bool bad_type(struct tj_check *c, const struct tj_yaml *node, const char *what, const char *wanted) {
    tj_trouble(c, TJ_BAD_TYPE, node, tj_str_of(what), tj_str_of(wanted));
    return false;
}

bool tj_check_map(struct tj_check *c, const struct tj_yaml *node, const char *what) {
    return node->kind == TJ_YAML_MAP || bad_type(c, node, what, "a mapping (key: value)");
}

bool tj_check_list(struct tj_check *c, const struct tj_yaml *node, const char *what) {
    if (node->kind != TJ_YAML_LIST) return bad_type(c, node, what, "a list");
    if (node->n == 0) {
        tj_trouble(c, TJ_BAD_EMPTY, node, tj_str_of(what), TJ_STR_NONE);
        return false;
    }
    return true;
}

static void unknown_key(struct tj_check *c, const struct tj_yaml *key, const char *what, const char *const *keys) {
    struct tj_meant meant = {.word = key->text};
    struct tj_buf all;
    tj_buf_init(&all, c->arena);
    for (uint32_t i = 0; keys[i]; i++) {
        tj_meant_try(&meant, tj_str_of(keys[i]));
        tj_buf_puts(&all, i ? " " : "there are: ");
        tj_buf_puts(&all, keys[i]);
    }
    struct tj_str mend = tj_meant_text(&meant, c->arena);
    tj_trouble_mend(c, TJ_BAD_KEY, key, key->text, tj_str_of(what), mend.n ? mend : tj_buf_str(&all));
}

void tj_check_keys(struct tj_check *c, const struct tj_yaml *map, const char *what, const char *const *keys) {
    TJ_EACH_KEY(k, map) {
        const char *const *key = keys;
        while (*key && !tj_str_is(k->text, *key)) key++;
        if (!*key) unknown_key(c, k, what, keys);
    }
}

bool tj_check_text(struct tj_check *c, const struct tj_yaml *node, const char *what, struct tj_str *out) {
    if (node->kind != TJ_YAML_SCALAR) return bad_type(c, node, what, "text");
    struct tj_str text = node->text;
    while (text.n && text.p[text.n - 1] == '\n') text.n--;
    if (text.n == 0) {
        tj_trouble(c, TJ_BAD_EMPTY, node, tj_str_of(what), TJ_STR_NONE);
        return false;
    }
    *out = text;
    return true;
}

bool tj_check_bool(struct tj_check *c, const struct tj_yaml *node, const char *what, bool *out) {
    bool is_true = node->kind == TJ_YAML_SCALAR && node->plain && tj_str_is(node->text, "true");
    bool is_false = node->kind == TJ_YAML_SCALAR && node->plain && tj_str_is(node->text, "false");
    if (!is_true && !is_false) return bad_type(c, node, what, "true or false");
    *out = is_true;
    return true;
}

bool tj_check_number(struct tj_check *c, const struct tj_yaml *node, const char *what, uint32_t max, uint32_t *out) {
    uint64_t value;
    if (node->kind != TJ_YAML_SCALAR || !tj_str_to_u64(node->text, &value))
        return bad_type(c, node, what, "a whole number");
    if (value > max) {
        struct tj_buf buf;
        tj_buf_init(&buf, c->arena);
        tj_buf_putf(&buf, "at most %u", max);
        tj_trouble(c, TJ_BAD_RANGE, node, tj_str_of(what), tj_buf_str(&buf));
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

bool tj_check_share(struct tj_check *c, const struct tj_yaml *node, const char *what, uint32_t *out) {
    struct tj_str s = node->kind == TJ_YAML_SCALAR ? node->text : TJ_STR_NONE;
    uint32_t dot = tj_str_chr(s, '.', 0);
    struct tj_str whole = dot == TJ_NOT_FOUND ? s : tj_str_sub(s, 0, dot);
    struct tj_str part = dot == TJ_NOT_FOUND ? TJ_STR("0") : tj_str_sub(s, dot + 1, s.n);
    uint64_t w, p;
    if (!tj_str_to_u64(whole, &w) || !tj_str_to_u64(part, &p) || part.n > 4)
        return bad_type(c, node, what, "a number from 0 to 1 with at most four decimals");
    for (uint32_t i = part.n; i < 4; i++) p *= 10;
    if (w > 1 || (w == 1 && p > 0)) {
        tj_trouble(c, TJ_BAD_RANGE, node, tj_str_of(what), TJ_STR("from 0 to 1"));
        return false;
    }
    *out = (uint32_t)(w * 10000 + p);
    return true;
}

bool tj_check_word(struct tj_check *c, const struct tj_yaml *node, enum tj_list list, const char *kind, uint32_t *out) {
    if (node->kind != TJ_YAML_SCALAR) return bad_type(c, node, kind, "one word");
    int found = tj_vocab_find(list, node->text);
    if (found >= 0) {
        *out = (uint32_t)found;
        return true;
    }
    struct tj_meant meant = {.word = node->text};
    for (uint32_t i = 0; i < tj_vocab_count(list); i++) tj_meant_try(&meant, tj_str_of(tj_vocab_name(list, i)));
    tj_trouble_mend(c, TJ_BAD_WORD, node, node->text, tj_str_of(kind), tj_meant_text(&meant, c->arena));
    return false;
}

bool tj_check_choice(struct tj_check *c, const struct tj_yaml *node, const char *const *words, const char *kind,
                     uint32_t *out) {
    if (node->kind != TJ_YAML_SCALAR) return bad_type(c, node, kind, "one word");
    struct tj_meant meant = {.word = node->text};
    struct tj_buf all;
    tj_buf_init(&all, c->arena);
    for (uint32_t i = 0; words[i]; i++) {
        if (tj_str_is(node->text, words[i])) {
            *out = i;
            return true;
        }
        tj_meant_try(&meant, tj_str_of(words[i]));
        tj_buf_puts(&all, i ? ", " : "one of ");
        tj_buf_puts(&all, words[i]);
    }
    struct tj_str mend = tj_meant_text(&meant, c->arena);
    tj_trouble_mend(c, TJ_BAD_WORD, node, node->text, tj_str_of(kind), mend.n ? mend : tj_buf_str(&all));
    return false;
}

bool tj_check_mask(struct tj_check *c, struct tj_yaml *node, enum tj_list list, const char *kind, uint64_t *out) {
    uint64_t mask = 0;
    bool good = true;
    TJ_EACH(item, node) {
        uint32_t value;
        if (tj_check_word(c, item, list, kind, &value))
            mask |= UINT64_C(1) << value;
        else
            good = false;
    }
    if (good && !mask) {
        tj_trouble(c, TJ_BAD_EMPTY, node, tj_str_of(kind), TJ_STR_NONE);
        good = false;
    }
    *out = mask;
    return good;
}

struct tj_str tj_check_joined(struct tj_check *c, struct tj_yaml *node, const char *what) {
    struct tj_buf buf;
    tj_buf_init(&buf, c->arena);
    TJ_EACH(item, node) {
        struct tj_str text;
        if (!tj_check_text(c, item, what, &text)) continue;
        if (buf.n) tj_buf_putc(&buf, '\n');
        tj_buf_put(&buf, text);
    }
    return tj_buf_str(&buf);
}
