/* Hosts: taking them out of URLs and operands, and saying what they are. Nothing is resolved. */
#include "effect/address.h"
#include "effect/effect.h"

/* One character beyond ASCII of which name look-ups make an ASCII one (UTS 46); 0: nothing is left of it; -1: stays. */
static int folded(uint32_t c) {
    if (c == 0x3002 || c == 0xff0e || c == 0xff61) return '.';
    if (c >= 0xff01 && c <= 0xff5e) return tj_lower((char)(c - 0xfee0)); /* fullwidth */
    if (c >= 0x24d0 && c <= 0x24e9) return (int)('a' + (c - 0x24d0));    /* circled */
    if (c >= 0x24b6 && c <= 0x24cf) return (int)('a' + (c - 0x24b6));
    if (c >= 0x2460 && c <= 0x2468) return (int)('1' + (c - 0x2460));
    if (c == 0x24ea) return '0';
    bool nothing = c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xfeff;
    return nothing ? 0 : -1;
}

static uint32_t character_at(struct tj_str s, uint32_t at, uint32_t *length) {
    uint8_t lead = (uint8_t)s.p[at];
    *length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (*length == 1 || at + *length > s.n) {
        *length = 1;
        return lead;
    }
    uint32_t c = lead & (0xffu >> (*length + 1));
    for (uint32_t i = 1; i < *length; i++) c = c << 6 | ((uint8_t)s.p[at + i] & 0x3fu);
    return c;
}

static int percent_at(struct tj_str s, uint32_t at) {
    if (s.p[at] != '%' || at + 2 >= s.n) return -1;
    int high = tj_hex(s.p[at + 1]), low = tj_hex(s.p[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* %31 in a host is 1; in an IPv6 address % begins a zone. */
static struct tj_str decoded(struct tj_arena *arena, struct tj_str s) {
    struct tj_buf buf;
    if (tj_str_chr(s, '%', 0) == TJ_NOT_FOUND || tj_str_chr(s, ':', 0) != TJ_NOT_FOUND) return s;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < s.n; i++) {
        int byte = percent_at(s, i);
        tj_buf_putc(&buf, byte < 0 ? s.p[i] : (char)byte);
        i += byte < 0 ? 0 : 2;
    }
    return tj_buf_str(&buf);
}

/* The host as a name look-up would see it: lower case, fullwidth and circled characters plain. */
static struct tj_str lower(struct tj_arena *arena, struct tj_str s, bool *odd) {
    bool plain = true;
    for (uint32_t i = 0; i < s.n; i++) plain &= (s.p[i] < 'A' || s.p[i] > 'Z') && (uint8_t)s.p[i] < 0x80;
    if (plain) return s;
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0, length; i < s.n; i += length) {
        int c = folded(character_at(s, i, &length));
        *odd |= length > 1 && c >= 0;
        if (length == 1)
            tj_buf_putc(&buf, tj_lower(s.p[i]));
        else if (c > 0)
            tj_buf_putc(&buf, (char)c);
        else if (c < 0)
            tj_buf_put(&buf, tj_str_sub(s, i, i + length));
    }
    return tj_buf_str(&buf);
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
    bool zero = out->scheme.n && tj_str_is(out->host, "0"); /* http://0/: a bare small number is one only in a URL */
    bool numeric = tj_address_parse(zero ? TJ_STR("0x0") : out->host, &address);
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

static bool parse_authority(const struct tj_image *image, const struct tj_context *context, struct tj_arena *arena,
                            struct tj_str s, struct tj_host *out) {
    bool odd = false;
    take_user(&s, out);
    take_port(&s, out);
    s = lower(arena, decoded(arena, s), &odd);
    if (s.n > 1 && s.p[s.n - 1] == '.') s.n--;
    if (!is_host_text(s)) return false;
    out->host = s;
    classify(image, context, arena, out);
    if (odd) out->classes |= TJ_HOST_BIT(ODD_FORM);
    return true;
}

bool tj_host_parse(const struct tj_image *image, const struct tj_context *context, struct tj_arena *arena,
                   struct tj_str text, struct tj_host *out) {
    *out = (struct tj_host){.port = 0};
    struct tj_str s = tj_str_trim(text);
    take_scheme(&s, out);
    take_path(&s, out);
    uint32_t back = out->scheme.n ? tj_str_chr(s, '\\', 0) : TJ_NOT_FOUND;
    if (back == TJ_NOT_FOUND || back == 0) return parse_authority(image, context, arena, s, out);
    /* http://a\@b/: browsers go to a, others to b. Whichever leads outside is the one to know of. */
    struct tj_host first = *out;
    bool found = parse_authority(image, context, arena, tj_str_sub(s, 0, back), &first);
    if (!parse_authority(image, context, arena, tj_str_sub(s, back + 1, s.n), out) ||
        (found && first.classes & TJ_HOST_BIT(PUBLIC) && !(out->classes & TJ_HOST_BIT(PUBLIC)))) {
        *out = first;
        return found;
    }
    return true;
}
