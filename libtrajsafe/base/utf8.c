/* UTF-8: strict validation, decoding and encoding (RFC 3629). */
#include "base/base.h"

/* Length of the well-formed sequence at p (n > 0 bytes are there), 0 when it is not well-formed. */
static uint32_t sequence(const unsigned char *p, uint32_t n) {
    unsigned char c = p[0];
    if (c < 0x80) return 1;
    if (c < 0xc2 || c > 0xf4) return 0;
    uint32_t need = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (n < need) return 0;
    for (uint32_t i = 1; i < need; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    /* Overlong forms, surrogates and what lies beyond U+10FFFF. */
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
        (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return need;
}

bool tj_utf8_valid(struct tj_str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t at = 0;
    while (at < s.n) {
        uint64_t word;
        if (s.n - at >= sizeof word) {
            memcpy(&word, p + at, sizeof word);
            if (!(word & UINT64_C(0x8080808080808080))) {
                at += (uint32_t)sizeof word;
                continue;
            }
        }
        uint32_t n = sequence(p + at, s.n - at);
        if (!n) return false;
        at += n;
    }
    return true;
}

uint32_t tj_utf8_next(struct tj_str s, uint32_t *at) {
    static const unsigned char lead_mask[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *p = (const unsigned char *)s.p + *at;
    uint32_t n = sequence(p, s.n - *at);
    if (!n) {
        *at += 1;
        return 0xfffd;
    }
    uint32_t c = p[0] & lead_mask[n];
    for (uint32_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3fu);
    *at += n;
    return c;
}

uint32_t tj_utf8_put(char out[4], uint32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}
