/* Strings of JSON that are read leniently: escapes, bytes that are not UTF-8, raw control characters, equal keys. */
#include <stdlib.h>

#include "doc/walk.h"

static bool hex4(struct tj_str s, uint32_t at, uint32_t *out) {
    if (s.n < 4 || at > s.n - 4) return false;
    *out = 0;
    for (uint32_t i = at; i < at + 4; i++) {
        int digit = tj_hex(s.p[i]);
        if (digit < 0) return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* After `\u`: the code point and how many bytes of `s` from `at` it took; 0 when it is no escape. */
static uint32_t unicode_escape(struct tj_str s, uint32_t at, uint32_t *code) {
    uint32_t low;
    if (!hex4(s, at, code)) return 0;
    if (*code < 0xD800 || *code > 0xDFFF) return 4;
    if (*code <= 0xDBFF && at + 6 <= s.n && s.p[at + 4] == '\\' && s.p[at + 5] == 'u' && hex4(s, at + 6, &low) &&
        low >= 0xDC00 && low <= 0xDFFF) {
        *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
        return 10;
    }
    *code = 0xFFFD;
    return 4;
}

static char simple_escape(char c) {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
    }
}

struct tj_str tj_unescape(struct tj_arena *arena, struct tj_str raw) {
    char *out = tj_arena_alloc(arena, (size_t)raw.n + 4, 1);
    uint32_t at = 0, n = 0;
    if (!out) return TJ_STR_NONE;
    while (at < raw.n) {
        const char *slash = memchr(raw.p + at, '\\', raw.n - at);
        uint32_t plain = slash ? (uint32_t)(slash - raw.p) - at : raw.n - at;
        memcpy(out + n, raw.p + at, plain);
        n += plain;
        at += plain;
        if (at >= raw.n) break;
        char c = at + 1 < raw.n ? raw.p[at + 1] : '\0';
        uint32_t code = 0, took = c == 'u' ? unicode_escape(raw, at + 2, &code) : 0;
        char simple = simple_escape(c);
        if (took > 0) {
            n += tj_utf8_put(out + n, code);
            at += 2 + took;
        } else if (simple) {
            out[n++] = simple;
            at += 2;
        } else {
            out[n++] = raw.p[at++];
        }
    }
    return tj_str_make(out, n);
}

struct tj_str tj_repair_utf8(struct tj_arena *arena, struct tj_str s) {
    struct tj_str copy = tj_arena_copy(arena, s);
    char *p = arena->failed ? NULL : (char *)(uintptr_t)copy.p;
    for (uint32_t at = 0; p && at < s.n;) {
        uint32_t begin = at;
        if ((unsigned char)s.p[at] < 0x80)
            at++;
        else if (tj_utf8_next(s, &at) == 0xFFFD && at == begin + 1)
            p[begin] = '?';
    }
    return p ? copy : TJ_STR_NONE;
}

struct tj_str tj_repair_control(struct tj_arena *arena, struct tj_str s) {
    struct tj_str copy = tj_arena_copy(arena, s);
    char *p = arena->failed ? NULL : (char *)(uintptr_t)copy.p;
    for (uint32_t i = 0; p && i < s.n; i++)
        if ((unsigned char)p[i] < 0x20) p[i] = tj_is_json_space(p[i]) ? ' ' : '?';
    return p ? copy : TJ_STR_NONE;
}

static int compare_u64(const void *a, const void *b) {
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* Many members: equal hashes count as equal names, which at worst marks a record that has none. */
static bool many_equal(struct tj_doc *doc, uint32_t object) {
    uint32_t n = 0, members = doc->node.at[object].n;
    uint64_t *hash = tj_arena_array(doc->arena, uint64_t, members);
    if (!hash) return false;
    for (uint32_t i = tj_doc_first(doc, object); i != TJ_NONE && n < members; i = tj_doc_next(doc, i))
        hash[n++] = tj_hash(doc->node.at[i].key);
    qsort(hash, n, sizeof *hash, compare_u64);
    for (uint32_t i = 1; i < n; i++)
        if (hash[i] == hash[i - 1]) return true;
    return false;
}

void tj_doc_note_duplicates(struct tj_doc *doc, uint32_t object) {
    enum { FEW = 24 };
    struct tj_str key[FEW];
    const struct tj_doc_node *node = &doc->node.at[object];
    uint32_t n = 0, child = object + 1;
    if (doc->duplicate_keys) return;
    if (node->n > FEW) {
        doc->duplicate_keys = many_equal(doc, object);
        return;
    }
    for (; child < node->next && n < FEW; child = doc->node.at[child].next) {
        struct tj_str k = doc->node.at[child].key;
        for (uint32_t i = 0; i < n; i++)
            if (key[i].n == k.n && tj_str_eq(key[i], k)) doc->duplicate_keys = true;
        key[n++] = k;
    }
}
