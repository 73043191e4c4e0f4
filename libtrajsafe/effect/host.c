/* Hosts: taking them out of URLs and operands, and saying what they are. Nothing is resolved. */
#include "effect/address.h"
#include "effect/effect.h"

static struct tj_str lower(struct tj_arena *arena, struct tj_str s) {
    bool upper = false;
    for (uint32_t i = 0; i < s.n; i++) upper |= s.p[i] >= 'A' && s.p[i] <= 'Z';
    if (!upper) return s;
    char *p = tj_arena_alloc(arena, s.n, 1);
    if (!p) return s;
    for (uint32_t i = 0; i < s.n; i++) p[i] = tj_lower(s.p[i]);
    return (struct tj_str){p, s.n};
}

/* Takes "scheme://" off the front, also "git+ssh://" and "stratum+tcp://". */
static void take_scheme(struct tj_str *s, struct tj_host *out) {
    uint32_t mark = tj_str_find(*s, TJ_STR("://"), 0);
    if (mark == TJ_NOT_FOUND || mark > 24) {
        if (tj_str_starts(*s, TJ_STR("//"))) *s = tj_str_sub(*s, 2, s->n);
        return;
    }
    for (uint32_t i = 0; i < mark; i++)
        if (!tj_is_alnum(s->p[i]) && !strchr("+-.", s->p[i])) return;
    out->scheme = tj_str_sub(*s, 0, mark);
    *s = tj_str_sub(*s, mark + 3, s->n);
}

static void take_path(struct tj_str *s, struct tj_host *out) {
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->p[i] != '/' && s->p[i] != '?' && s->p[i] != '#') continue;
        out->path = tj_str_sub(*s, i, s->n);
        s->n = i;
        return;
    }
}

/* Everything up to the last @ is the account. */
static void take_user(struct tj_str *s, struct tj_host *out) {
    uint32_t at = tj_str_rchr(*s, '@');
    if (at == TJ_NOT_FOUND) return;
    out->user = tj_str_sub(*s, 0, at);
    *s = tj_str_sub(*s, at + 1, s->n);
}

static void take_port(struct tj_str *s, struct tj_host *out) {
    if (s->n && s->p[0] == '[') {
        uint32_t close = tj_str_chr(*s, ']', 0);
        if (close == TJ_NOT_FOUND) return;
        struct tj_str rest = tj_str_sub(*s, close + 1, s->n);
        *s = tj_str_sub(*s, 1, close);
        uint64_t port;
        if (rest.n > 1 && rest.p[0] == ':' && tj_str_to_u64(tj_str_sub(rest, 1, rest.n), &port) && port <= 65535)
            out->port = (uint32_t)port;
        return;
    }
    uint32_t colon = tj_str_rchr(*s, ':');
    if (colon == TJ_NOT_FOUND || tj_str_chr(*s, ':', 0) != colon)
        return; /* none, or an IPv6 address without brackets */
    uint64_t port;
    if (tj_str_to_u64(tj_str_sub(*s, colon + 1, s->n), &port) && port <= 65535) out->port = (uint32_t)port;
    s->n = colon;
}

static bool is_host_text(struct tj_str s) {
    if (s.n == 0 || s.n > 253 || s.p[0] == '-') return false;
    bool some = false;
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        some |= tj_is_alnum(c) || (uint8_t)c >= 0x80;
        if (!tj_is_name(c) && !strchr(".-:%*,", c) && (uint8_t)c < 0x80) return false;
    }
    return some || tj_str_is(s, "::");
}

static bool ends_in_label(struct tj_str host, const char *const *labels) {
    for (; *labels; labels++) {
        struct tj_str label = tj_str_of(*labels);
        if (tj_str_ends(host, label) && (host.n == label.n || host.p[host.n - label.n - 1] == '.')) return true;
    }
    return false;
}

static uint32_t name_classes(struct tj_str host) {
    static const char *const here[] = {"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", NULL};
    static const char *const inside[] = {"local",       "internal",  "lan", "corp", "home",   "intranet", "private",
                                         "localdomain", "home.arpa", "svc", "test", "consul", NULL};
    if (ends_in_label(host, here)) return TJ_HOST_BIT(LOOPBACK);
    if (tj_str_chr(host, '.', 0) == TJ_NOT_FOUND || ends_in_label(host, inside)) return TJ_HOST_BIT(PRIVATE);
    return TJ_HOST_BIT(PUBLIC);
}

static bool is_allowed(const struct tj_context *context, struct tj_str host, const struct tj_address *address) {
    for (uint32_t i = 0; context && i < context->allowed; i++) {
        struct tj_str row = context->allowed_hosts[i];
        if (address && tj_address_in(address, row)) return true;
        if (row.n > 1 && row.p[0] == '*') row = tj_str_sub(row, 1, row.n);
        if (row.n > 1 && row.p[0] == '.') {
            struct tj_str bare = tj_str_sub(row, 1, row.n);
            if (host.n > row.n && tj_str_ieq(tj_str_sub(host, host.n - row.n, host.n), row)) return true;
            row = bare;
        }
        if (tj_str_ieq(host, row)) return true;
    }
    return false;
}

static void classify(const struct tj_image *image, const struct tj_context *context, struct tj_arena *arena,
                     struct tj_host *out) {
    struct tj_address address;
    bool numeric = tj_address_parse(out->host, &address);
    if (numeric) {
        struct tj_str text = tj_address_text(arena, &address);
        out->classes = tj_address_classes(&address);
        out->host = text;
    } else {
        uint32_t range = tj_address_prefix_classes(out->host);
        out->classes = range ? range : name_classes(out->host);
    }
    uint32_t table = image ? tj_image_classify_host(image, out->host) : 0;
    if (table & TJ_HOST_BIT(METADATA)) out->classes &= ~(TJ_HOST_BIT(PRIVATE) | TJ_HOST_BIT(PUBLIC));
    out->classes |= table;
    if (is_allowed(context, out->host, numeric ? &address : NULL)) out->classes |= TJ_HOST_BIT(ALLOWED);
}

bool tj_host_parse(const struct tj_image *image, const struct tj_context *context, struct tj_arena *arena,
                   struct tj_str text, struct tj_host *out) {
    *out = (struct tj_host){.port = 0};
    struct tj_str s = tj_str_trim(text);
    take_scheme(&s, out);
    take_path(&s, out);
    take_user(&s, out);
    take_port(&s, out);
    if (s.n > 1 && s.p[s.n - 1] == '.') s.n--;
    if (!is_host_text(s)) return false;
    out->host = lower(arena, s);
    classify(image, context, arena, out);
    return true;
}
