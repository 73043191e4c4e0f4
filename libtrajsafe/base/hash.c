/* FNV-1a for tables, SipHash-2-4 for what an adversary may choose, and hexadecimal output. */
#include "base/base.h"

uint64_t tj_hash(struct tj_str s) {
    uint64_t h = TJ_HASH_START;
    for (uint32_t i = 0; i < s.n; i++) h = tj_hash_step(h, s.p[i]);
    return h;
}

static uint64_t load_le64(const uint8_t *p) {
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--) v = v << 8 | p[i];
    return v;
}

static uint64_t rotl(uint64_t v, int by) { return v << by | v >> (64 - by); }

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[0] = rotl(v[0], 32);
    v[2] += v[3];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. */
uint64_t tj_hash_keyed(const uint8_t key[16], struct tj_str s) {
    uint64_t k0 = load_le64(key), k1 = load_le64(key + 8);
    uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                     k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    uint32_t whole = s.n & ~7u;
    for (uint32_t at = 0; at < whole; at += 8) sip_word(v, load_le64((const uint8_t *)s.p + at));
    uint64_t last = (uint64_t)s.n << 56;
    for (uint32_t i = whole; i < s.n; i++) last |= (uint64_t)(uint8_t)s.p[i] << (8 * (i - whole));
    sip_word(v, last);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void tj_hex_write(const uint8_t *p, size_t n, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}
