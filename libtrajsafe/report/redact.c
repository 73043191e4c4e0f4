/* Redaction: what looks like a secret, a credential or an address becomes a tag; the same value gives the same tag. */
#include "report/report.h"

#define PART_LEAST 4u /* bytes of a known secret that show at a cut end */

/* What is hidden at a place: the bytes, and the value that the tag is made of. */
struct hidden {
    uint32_t begin, end;
    const char *kind;
    struct tj_str value;
};

static bool same(struct tj_str text, uint32_t i, struct tj_str value) {
    return value.n && value.n <= text.n - i && memcmp(text.p + i, value.p, value.n) == 0;
}

/* The value as it stands in JSON, without its quotes; the value itself when nothing is escaped. */
static struct tj_str in_json(struct tj_arena *arena, struct tj_str value) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    tj_buf_json(&buf, value);
    struct tj_str json = tj_buf_str(&buf);
    return json.n >= 2 ? tj_str_sub(json, 1, json.n - 1) : value;
}

/*
 * Bytes of the secret that stand at i: all of it, or its first part where the text or a JSON string was cut, or its rest
 * at the beginning of the text.
 */
static uint32_t part_at(struct tj_str text, uint32_t i, struct tj_str value) {
    uint32_t n = 0;
    while (n < value.n && i + n < text.n && text.p[i + n] == value.p[n]) n++;
    if (n == value.n) return n;
    if (n >= PART_LEAST && (i + n == text.n || text.p[i + n] == '"')) return n;
    if (i > 0) return 0;
    for (uint32_t k = 1; k + PART_LEAST <= value.n; k++)
        if (same(text, 0, tj_str_sub(value, k, value.n))) return value.n - k;
    return 0;
}

/* The longest known secret at i. Known are few (secrets.h), and texts that are quoted are short. */
static bool known_at(const struct tj_session *session, struct tj_arena *arena, struct tj_str text, uint32_t i,
                     struct hidden *out) {
    uint32_t longest = 0;
    for (uint32_t k = 0; session && k < session->secret.n; k++) {
        const struct tj_secret *secret = &session->secret.at[k];
        if (!secret->kind) continue;
        uint32_t n = part_at(text, i, secret->value);
        if (n == 0 && memchr(secret->value.p, '"', secret->value.n))
            n = part_at(text, i, in_json(arena, secret->value));
        if (n == 0 && (memchr(secret->value.p, '\\', secret->value.n) || memchr(secret->value.p, '\n', secret->value.n)))
            n = part_at(text, i, in_json(arena, secret->value));
        if (n <= longest) continue;
        longest = n;
        *out = (struct hidden){i, i + n, secret->kind, secret->value};
    }
    return longest > 0;
}

static void put_tag(struct tj_buf *buf, const struct tj_redactor *redactor, const struct hidden *hidden) {
    uint64_t hash = tj_hash_keyed(redactor->key, hidden->value);
    tj_buf_putf(buf, "<%s:%08x>", hidden->kind, (unsigned)(hash & 0xffffffffu));
}

/* Bytes of a tag that stands at i already. */
static uint32_t tag_at(struct tj_str text, uint32_t i) {
    static const char *const kinds[] = {"<secret:", "<credential:", "<email:"};
    for (size_t k = 0; text.p[i] == '<' && k < sizeof kinds / sizeof *kinds; k++) {
        uint32_t n = (uint32_t)strlen(kinds[k]);
        if (same(text, i, tj_str_of(kinds[k])) && i + n + 8 < text.n && text.p[i + n + 8] == '>') return n + 9;
    }
    return 0;
}

static bool may_show(const struct tj_session *session, struct tj_str value) {
    for (uint32_t k = 0; session && k < session->secret.n; k++)
        if (!session->secret.at[k].kind && tj_str_eq(session->secret.at[k].value, value)) return true;
    return false;
}

static bool told_at(const struct tj_session *session, struct tj_arena *arena, struct tj_str text, uint32_t i,
                    struct hidden *out) {
    struct tj_secret_place place;
    (void)arena;
    if (!tj_secret_at(text, i, &place) || tag_at(text, place.begin)) return false;
    *out = (struct hidden){place.begin, place.end, place.kind, tj_str_sub(text, place.begin, place.end)};
    return !may_show(session, out->value);
}

typedef bool find_fn(const struct tj_session *session, struct tj_arena *arena, struct tj_str text, uint32_t i,
                     struct hidden *out);

/* Copies `text` with tags for what `find` finds, and moves the places along. */
static struct tj_str pass(const struct tj_redactor *redactor, struct tj_arena *arena, struct tj_str text, find_fn *find,
                          uint32_t *places, uint32_t n) {
    struct tj_buf buf;
    struct hidden hidden;
    uint32_t *moved = tj_arena_array(arena, uint32_t, n ? n : 1);
    tj_buf_init(&buf, arena);
    if (!moved) return TJ_STR_NONE;
    for (uint32_t k = 0; k < n; k++) moved[k] = TJ_NONE;
    for (uint32_t i = 0; i < text.n;) {
        uint32_t tag = tag_at(text, i);
        bool hit = !tag && find(redactor->session, arena, text, i, &hidden);
        uint32_t keep = hit ? hidden.begin : i + (tag ? tag : 1), end = hit ? hidden.end : keep;
        for (uint32_t k = 0; k < n; k++)
            if (places[k] >= i && places[k] < end) moved[k] = buf.n + (places[k] < keep ? places[k] : keep) - i;
        tj_buf_put(&buf, tj_str_sub(text, i, keep));
        if (hit) put_tag(&buf, redactor, &hidden);
        i = end;
    }
    for (uint32_t k = 0; k < n; k++) places[k] = moved[k] == TJ_NONE ? buf.n : moved[k];
    return tj_buf_str(&buf);
}

struct tj_str tj_redact(const struct tj_redactor *redactor, struct tj_arena *arena, struct tj_str text,
                        uint32_t *places, uint32_t n) {
    if (redactor->evidence == TRAJSAFE_EVIDENCE_FULL) return text;
    if (redactor->session && redactor->session->secrets_cut) {
        for (uint32_t k = 0; k < n; k++) places[k] = 0;
        return TJ_STR_NONE;
    }
    if (redactor->session && redactor->session->secret.n) text = pass(redactor, arena, text, known_at, places, n);
    return pass(redactor, arena, text, told_at, places, n);
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------- */

static uint32_t hex4(struct tj_str s, uint32_t at) {
    uint32_t value = 0;
    for (uint32_t i = at; i < at + 4 && i < s.n; i++) {
        char c = tj_lower(s.p[i]);
        value = value * 16 + (uint32_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
    }
    return value;
}

/* The string that begins behind the quote at `at`, as tj_buf_json wrote it; *end is its closing quote. */
static struct tj_str read_string(struct tj_arena *arena, struct tj_str json, uint32_t at, uint32_t *end) {
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    while (at < json.n && json.p[at] != '"') {
        if (json.p[at] != '\\' || at + 1 >= json.n) {
            tj_buf_putc(&buf, json.p[at++]);
            continue;
        }
        char c = json.p[at + 1], utf8[4];
        const char *known = c ? strchr(from, c) : NULL;
        if (c == 'u')
            tj_buf_put(&buf, tj_str_make(utf8, tj_utf8_put(utf8, hex4(json, at + 2))));
        else
            tj_buf_putc(&buf, known ? to[known - from] : c);
        at += c == 'u' ? 6 : 2;
    }
    *end = at;
    return tj_buf_str(&buf);
}

struct tj_str tj_redact_json(const struct tj_redactor *redactor, struct tj_arena *arena, struct tj_str json) {
    struct tj_buf buf;
    if (redactor->evidence == TRAJSAFE_EVIDENCE_FULL) return json;
    if (redactor->session && redactor->session->secrets_cut) return TJ_STR_NONE;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < json.n; i++) {
        uint32_t end = i;
        if (json.p[i] != '"') {
            tj_buf_putc(&buf, json.p[i]);
            continue;
        }
        struct tj_str text = read_string(arena, json, i + 1, &end);
        tj_buf_json(&buf, tj_redact(redactor, arena, text, NULL, 0));
        i = end;
    }
    return tj_buf_str(&buf);
}
