/* What md5sum and sha256sum print of known text: letters of a command are sometimes cut out of a digest. */
#include "unfold/work.h"

static uint32_t rotated(uint32_t x, uint32_t n) { return x << n | x >> (32 - n); }

/* RFC 1321, one block of 64 bytes. */
static void md5_block(uint32_t state[4], const uint8_t *p) {
    static const uint32_t k[64] = {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
    static const uint8_t turn[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], word[16];
    for (int i = 0; i < 16; i++, p += 4)
        word[i] = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t round = i / 16;
        uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                         : round == 1 ? (d & b) | (~d & c)
                         : round == 2 ? b ^ c ^ d
                                      : c ^ (b | ~d);
        uint32_t at = round == 0 ? i : round == 1 ? (5 * i + 1) % 16 : round == 2 ? (3 * i + 5) % 16 : 7 * i % 16;
        mixed += a + k[i] + word[at];
        a = d;
        d = c;
        c = b;
        b += rotated(mixed, turn[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void md5(struct tj_str s, uint8_t out[16]) {
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, at = 0;
    uint8_t tail[128] = {0};
    for (; at + 64 <= s.n; at += 64) md5_block(state, (const uint8_t *)s.p + at);
    uint32_t rest = s.n - at, end = rest < 56 ? 64 : 128;
    uint64_t bits = (uint64_t)s.n * 8;
    if (rest) memcpy(tail, s.p + at, rest);
    tail[rest] = 0x80;
    for (uint32_t i = 0; i < 8; i++) tail[end - 8 + i] = (uint8_t)(bits >> 8 * i);
    md5_block(state, tail);
    if (end == 128) md5_block(state, tail + 64);
    for (uint32_t i = 0; i < 16; i++) out[i] = (uint8_t)(state[i / 4] >> 8 * (i % 4));
}

bool tj_print_hash(struct tj_work *w, struct tj_command *c) {
    bool is_md5 = tj_str_is(c->name, "md5sum"), is_sha = tj_str_is(c->name, "sha256sum");
    uint8_t digest[16];
    char hex[65];
    if ((!is_md5 && !is_sha) || c->argc != 1 || !tj_value_known(&c->input) || c->stdin_kind == TJ_STDIN_NONE)
        return false;
    if (!tj_work_derive(w, c->input.text.n, c->span)) return false;
    if (is_md5) {
        md5(c->input.text, digest);
        tj_hex_write(digest, sizeof digest, hex);
    } else {
        struct tj_sha256 sum = tj_sha256_of(c->input.text.p, c->input.text.n);
        tj_hex_write(sum.bytes, sizeof sum.bytes, hex);
    }
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, hex);
    tj_buf_puts(&buf, "  -\n");
    c->output = tj_value_text(tj_buf_str(&buf), c->output.span);
    c->output.flags |= TJ_VALUE_FROM_OUTPUT;
    c->output.carries = c->input.carries;
    return true;
}
