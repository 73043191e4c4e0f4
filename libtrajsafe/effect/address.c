/* Numeric addresses: every way to write them (inet_aton, RFC 4291), and what network they lie in. */
#include "effect/address.h"

/* One number of an IPv4 address: decimal, 0octal or 0xhex, to the end of the piece. */
static bool number(struct tj_str s, uint64_t *out, bool *odd) {
    uint64_t base = 10, value = 0;
    uint32_t at = 0;
    if (s.n > 2 && s.p[0] == '0' && tj_lower(s.p[1]) == 'x') {
        base = 16;
        at = 2;
    } else if (s.n > 1 && s.p[0] == '0') {
        base = 8;
        at = 1;
    }
    if (at) *odd = true;
    if (s.n == 0 || s.n > 16) return false;
    for (; at < s.n; at++) {
        int digit = tj_hex(s.p[at]);
        if (digit < 0 || (uint64_t)digit >= base) return false;
        value = value * base + (uint64_t)digit;
    }
    *out = value;
    return true;
}

static bool parse_v4(struct tj_str s, uint8_t out[4], bool *odd) {
    uint64_t part[4];
    uint32_t n = 0, at = 0;
    for (;;) {
        uint32_t dot = tj_str_chr(s, '.', at), end = dot == TJ_NOT_FOUND ? s.n : dot;
        if (n == 4 || !number(tj_str_sub(s, at, end), &part[n], odd)) return false;
        n++;
        if (dot == TJ_NOT_FOUND) break;
        at = dot + 1;
    }
    /* A small bare number is a port or a count, not an address. */
    if (n == 1 && part[0] < 1u << 24 && !(s.n > 2 && tj_lower(s.p[1]) == 'x')) return false;
    uint64_t value = 0;
    for (uint32_t i = 0; i + 1 < n; i++) {
        if (part[i] > 255) return false;
        value |= part[i] << (24 - 8 * i);
    }
    if (part[n - 1] >= UINT64_C(1) << (8 * (5 - n))) return false;
    value |= part[n - 1];
    if (n != 4) *odd = true;
    for (uint32_t i = 0; i < 4; i++) out[i] = (uint8_t)(value >> (24 - 8 * i));
    return true;
}

/* Up to eight groups of hex from `s` into bytes at `out`; a last group may be an IPv4 address. Bytes written, or 0xff. */
static uint32_t groups(struct tj_str s, uint8_t *out, uint32_t room) {
    uint32_t n = 0, at = 0;
    if (s.n == 0) return 0;
    for (;;) {
        uint32_t colon = tj_str_chr(s, ':', at), end = colon == TJ_NOT_FOUND ? s.n : colon;
        struct tj_str piece = tj_str_sub(s, at, end);
        bool odd = false;
        if (colon == TJ_NOT_FOUND && tj_str_chr(piece, '.', 0) != TJ_NOT_FOUND)
            return n + 4 <= room && parse_v4(piece, out + n, &odd) ? n + 4 : 0xff;
        if (piece.n == 0 || piece.n > 4 || n + 2 > room) return 0xff;
        unsigned value = 0;
        for (uint32_t i = 0; i < piece.n; i++) {
            int digit = tj_hex(piece.p[i]);
            if (digit < 0) return 0xff;
            value = value * 16 + (unsigned)digit;
        }
        out[n++] = (uint8_t)(value >> 8);
        out[n++] = (uint8_t)value;
        if (colon == TJ_NOT_FOUND) return n;
        at = colon + 1;
    }
}

static bool parse_v6(struct tj_str s, uint8_t out[16]) {
    uint32_t gap = tj_str_find(s, TJ_STR("::"), 0);
    memset(out, 0, 16);
    if (gap == TJ_NOT_FOUND) return groups(s, out, 16) == 16;
    uint8_t tail[16];
    uint32_t front = groups(tj_str_sub(s, 0, gap), out, 14), back = groups(tj_str_sub(s, gap + 2, s.n), tail, 14);
    if (front == 0xff || back == 0xff || front + back > 14) return false;
    memset(out + front, 0, 16 - front);
    memcpy(out + 16 - back, tail, back);
    return true;
}

static bool starts_with(const uint8_t *bytes, const uint8_t *prefix, size_t n) { return memcmp(bytes, prefix, n) == 0; }

bool tj_address_parse(struct tj_str s, struct tj_address *out) {
    *out = (struct tj_address){.v6 = false};
    if (tj_str_chr(s, ':', 0) == TJ_NOT_FOUND) return parse_v4(s, out->bytes, &out->odd);
    uint32_t zone = tj_str_chr(s, '%', 0);
    if (zone != TJ_NOT_FOUND) s = tj_str_sub(s, 0, zone);
    if (s.n < 2 || !parse_v6(s, out->bytes)) return false;
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0, 0x64, 0xff, 0x9b}, zero[12] = {0};
    bool compatible = starts_with(out->bytes, zero, 12) && (out->bytes[12] | out->bytes[13]) != 0;
    out->v6 = !starts_with(out->bytes, mapped, 12) && !starts_with(out->bytes, nat64, 12) && !compatible;
    if (!out->v6) {
        memmove(out->bytes, out->bytes + 12, 4);
        out->odd = true;
    }
    return true;
}

static void put_v6(struct tj_buf *buf, const uint8_t *bytes) {
    unsigned group[8];
    for (int i = 0; i < 8; i++) group[i] = (unsigned)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    int best = -1, length = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && group[i + n] == 0) n++;
        if (n > length) {
            best = i;
            length = n;
        }
    }
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            tj_buf_puts(buf, "::");
            i += length - 1;
            continue;
        }
        if (i && i != best + length) tj_buf_putc(buf, ':');
        bool begun = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            unsigned digit = group[i] >> shift & 15u;
            begun |= digit != 0 || shift == 0;
            if (begun) tj_buf_putc(buf, digits[digit]);
        }
    }
}

struct tj_str tj_address_text(struct tj_arena *arena, const struct tj_address *address) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    const uint8_t *b = address->bytes;
    if (address->v6)
        put_v6(&buf, b);
    else
        tj_buf_putf(&buf, "%u.%u.%u.%u", (unsigned)b[0], (unsigned)b[1], (unsigned)b[2], (unsigned)b[3]);
    return tj_buf_str(&buf);
}

static uint32_t classes_v4(const uint8_t *b, uint32_t known) {
    if (b[0] == 127 || (known == 4 && (b[0] | b[1] | b[2] | b[3]) == 0)) return TJ_HOST_BIT(LOOPBACK);
    if (b[0] == 10) return TJ_HOST_BIT(PRIVATE);
    if (known < 2) return 0;
    if ((b[0] == 172 && b[1] >> 4 == 1) || (b[0] == 192 && b[1] == 168) || (b[0] == 100 && b[1] >> 6 == 1))
        return TJ_HOST_BIT(PRIVATE);
    if (b[0] == 169 && b[1] == 254) return TJ_HOST_BIT(LINK_LOCAL);
    if (b[0] >> 4 == 14) return TJ_HOST_BIT(MULTICAST);
    if (known == 4 && (b[0] & b[1] & b[2] & b[3]) == 255) return TJ_HOST_BIT(MULTICAST);
    if (b[0] == 198 && b[1] >> 1 == 9) return TJ_HOST_BIT(PRIVATE); /* between networks under test (RFC 2544) */
    return TJ_HOST_BIT(PUBLIC);
}

uint32_t tj_address_classes(const struct tj_address *address) {
    const uint8_t *b = address->bytes;
    uint32_t numeric = TJ_HOST_BIT(NUMERIC) | (address->odd ? TJ_HOST_BIT(ODD_FORM) : 0);
    if (!address->v6) return numeric | classes_v4(b, 4);
    static const uint8_t zero[15] = {0};
    if (starts_with(b, zero, 15) && b[15] <= 1) return numeric | TJ_HOST_BIT(LOOPBACK);
    if (b[0] == 0xfe && b[1] >> 6 == 2) return numeric | TJ_HOST_BIT(LINK_LOCAL);
    if ((b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && b[1] >> 6 == 3)) return numeric | TJ_HOST_BIT(PRIVATE);
    if (b[0] == 0xff) return numeric | TJ_HOST_BIT(MULTICAST);
    return numeric | TJ_HOST_BIT(PUBLIC);
}

uint32_t tj_address_prefix_classes(struct tj_str s) {
    uint8_t octet[4] = {0};
    uint32_t n = 0, at = 0;
    for (uint32_t i = 0; i < s.n; i++)
        if (!tj_is_digit(s.p[i]) && !strchr(".-*,?", s.p[i])) return 0;
    while (n < 4) {
        uint64_t value;
        uint32_t dot = tj_str_chr(s, '.', at);
        if (dot == TJ_NOT_FOUND || !tj_str_to_u64(tj_str_sub(s, at, dot), &value) || value > 255) break;
        octet[n++] = (uint8_t)value;
        at = dot + 1;
    }
    return n ? TJ_HOST_BIT(NUMERIC) | classes_v4(octet, n) : 0;
}

bool tj_address_in(const struct tj_address *address, struct tj_str cidr) {
    uint32_t slash = tj_str_chr(cidr, '/', 0);
    struct tj_address net;
    if (!tj_address_parse(tj_str_sub(cidr, 0, slash == TJ_NOT_FOUND ? cidr.n : slash), &net) || net.v6 != address->v6)
        return false;
    uint64_t bits = net.v6 ? 128 : 32;
    if (slash != TJ_NOT_FOUND &&
        (!tj_str_to_u64(tj_str_sub(cidr, slash + 1, cidr.n), &bits) || bits > (net.v6 ? 128 : 32)))
        return false;
    size_t whole = (size_t)(bits / 8);
    if (memcmp(net.bytes, address->bytes, whole) != 0) return false;
    unsigned rest = (unsigned)(bits % 8);
    return rest == 0 || (net.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}
