/* Decoders of base64, base32 and hexadecimal text (RFC 4648). */
#include "base/base.h"

static int base64_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (tj_is_digit(c)) return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int base32_digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* Bytes out of digits of `width` bits; bits left over at the end are dropped. Padding ends the digits. */
static bool decode_digits(struct tj_arena *arena, struct tj_str s, int (*digit)(char), unsigned width,
                          struct tj_str *out) {
    char *bytes = tj_arena_alloc(arena, (size_t)s.n * width / 8 + 1, 1);
    if (!bytes) return false;
    uint32_t bits = 0, held = 0, n = 0, digits = 0, padding = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (tj_is_space(c)) continue;
        if (c == '=') {
            padding++;
            continue;
        }
        int value = digit(c);
        if (value < 0 || padding) return false;
        digits++;
        bits = (bits << width | (uint32_t)value) & 0xffff;
        held += width;
        if (held >= 8) {
            held -= 8;
            bytes[n++] = (char)(bits >> held & 0xff);
        }
    }
    /* A whole digit left over, or more padding than a group has, is another encoding. */
    if (digits == 0 || held >= width || padding >= (width == 6 ? 3u : 7u)) return false;
    bytes[n] = '\0';
    *out = (struct tj_str){bytes, n};
    return true;
}

bool tj_decode_base64(struct tj_arena *arena, struct tj_str s, struct tj_str *out) {
    return decode_digits(arena, s, base64_digit, 6, out);
}

bool tj_decode_base32(struct tj_arena *arena, struct tj_str s, struct tj_str *out) {
    return decode_digits(arena, s, base32_digit, 5, out);
}

bool tj_decode_hex(struct tj_arena *arena, struct tj_str s, struct tj_str *out) {
    char *bytes = tj_arena_alloc(arena, (size_t)s.n / 2 + 1, 1);
    if (!bytes) return false;
    uint32_t n = 0;
    int high = -1;
    for (uint32_t i = 0; i < s.n; i++) {
        int value = tj_hex(s.p[i]);
        if (value < 0) {
            if (tj_is_space(s.p[i]) && high < 0) continue;
            return false;
        }
        if (high < 0) {
            high = value;
        } else {
            bytes[n++] = (char)(high << 4 | value);
            high = -1;
        }
    }
    if (n == 0 || high >= 0) return false;
    bytes[n] = '\0';
    *out = (struct tj_str){bytes, n};
    return true;
}
