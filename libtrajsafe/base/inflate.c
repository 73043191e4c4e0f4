/* Compressed constant text (RFC 1950, 1951, 1952): small payloads that a command or its code carries within itself. */
#include "base/base.h"

enum { MAX_BITS = 15, SYMBOLS = 288, DISTANCES = 30 };

struct inflate {
    struct tj_str in;
    uint32_t at;      /* next byte */
    uint32_t bits, n; /* bits that were read and not used */
    struct tj_buf out;
    size_t limit;
    bool bad;
};

struct huffman {
    uint16_t count[MAX_BITS + 1], symbol[SYMBOLS];
};

static uint32_t take(struct inflate *z, uint32_t n) {
    while (z->n < n) {
        if (z->at >= z->in.n) return z->bad = true, 0;
        z->bits |= (uint32_t)(uint8_t)z->in.p[z->at++] << z->n;
        z->n += 8;
    }
    uint32_t v = z->bits & ((1u << n) - 1);
    z->bits >>= n;
    z->n -= n;
    return v;
}

static void build(struct huffman *h, const uint8_t *length, uint32_t n) {
    uint16_t offset[MAX_BITS + 1];
    memset(h, 0, sizeof *h);
    for (uint32_t i = 0; i < n; i++) h->count[length[i]]++;
    h->count[0] = 0;
    offset[1] = 0;
    for (uint32_t i = 1; i < MAX_BITS; i++) offset[i + 1] = (uint16_t)(offset[i] + h->count[i]);
    for (uint32_t i = 0; i < n; i++) {
        if (length[i]) h->symbol[offset[length[i]]++] = (uint16_t)i;
    }
}

static uint32_t symbol(struct inflate *z, const struct huffman *h) {
    int32_t code = 0, first = 0, index = 0;
    for (uint32_t i = 1; i <= MAX_BITS && !z->bad; i++) {
        code |= (int32_t)take(z, 1);
        int32_t count = h->count[i];
        if (code - count < first) return h->symbol[index + (code - first)];
        index += count;
        first = (first + count) << 1;
        code <<= 1;
    }
    return z->bad = true, 0;
}

static void copy_back(struct inflate *z, uint32_t distance, uint32_t n) {
    if (distance > z->out.n || z->out.n + (size_t)n > z->limit) {
        z->bad = true;
        return;
    }
    while (n-- && !z->out.failed) tj_buf_putc(&z->out, z->out.at[z->out.n - distance]);
}

static void codes(struct inflate *z, const struct huffman *literal, const struct huffman *distance) {
    static const uint16_t base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                      31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t far[30] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                     33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                     1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    static const uint8_t more[30] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                     6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
    while (!z->bad) {
        uint32_t s = symbol(z, literal);
        if (z->bad || s == 256) return;
        if (s < 256) {
            if (z->out.n >= z->limit) z->bad = true;
            tj_buf_putc(&z->out, (char)s);
            continue;
        }
        if (s - 257 >= 29) {
            z->bad = true;
            return;
        }
        uint32_t n = base[s - 257] + take(z, extra[s - 257]);
        uint32_t d = symbol(z, distance);
        if (z->bad || d >= 30) {
            z->bad = true;
            return;
        }
        copy_back(z, far[d] + take(z, more[d]), n);
    }
}

static void stored(struct inflate *z) {
    z->bits = z->n = 0;
    if (z->at + 4 > z->in.n) {
        z->bad = true;
        return;
    }
    uint32_t n = (uint32_t)(uint8_t)z->in.p[z->at] | (uint32_t)(uint8_t)z->in.p[z->at + 1] << 8;
    z->at += 4;
    if (n > z->in.n - z->at || z->out.n + (size_t)n > z->limit) {
        z->bad = true;
        return;
    }
    tj_buf_put(&z->out, tj_str_sub(z->in, z->at, z->at + n));
    z->at += n;
}

static void fixed(struct inflate *z) {
    uint8_t length[SYMBOLS];
    struct huffman literal, distance;
    for (uint32_t i = 0; i < SYMBOLS; i++) length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    build(&literal, length, SYMBOLS);
    memset(length, 5, DISTANCES);
    build(&distance, length, DISTANCES);
    codes(z, &literal, &distance);
}

static void dynamic(struct inflate *z) {
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    uint8_t length[SYMBOLS + 32 + 19] = {0};
    struct huffman lengths, literal, distance;
    uint32_t nlen = take(z, 5) + 257, ndist = take(z, 5) + 1, ncode = take(z, 4) + 4;
    if (nlen > 286 || ndist > DISTANCES) {
        z->bad = true;
        return;
    }
    for (uint32_t i = 0; i < ncode; i++) length[order[i]] = (uint8_t)take(z, 3);
    build(&lengths, length, 19);
    memset(length, 0, sizeof length);
    for (uint32_t i = 0; i < nlen + ndist && !z->bad;) {
        uint32_t s = symbol(z, &lengths), repeat = 1;
        uint8_t value = (uint8_t)s;
        if (s == 16 && i == 0) {
            z->bad = true;
            return;
        }
        if (s == 16) value = length[i - 1];
        if (s > 16) value = 0;
        if (s >= 16) repeat = s == 16 ? 3 + take(z, 2) : s == 17 ? 3 + take(z, 3) : 11 + take(z, 7);
        if (i + repeat > nlen + ndist) {
            z->bad = true;
            return;
        }
        while (repeat--) length[i++] = value;
    }
    build(&literal, length, nlen);
    build(&distance, length + nlen, ndist);
    codes(z, &literal, &distance);
}

/* The offset of the compressed data behind the header, or 0. */
static uint32_t skip_header(struct tj_str s) {
    if (s.n < 18 || (uint8_t)s.p[0] != 0x1f || (uint8_t)s.p[1] != 0x8b || s.p[2] != 8) return 0;
    uint32_t at = 10;
    uint8_t flags = (uint8_t)s.p[3];
    if (flags & 4) at += 2u + (uint8_t)s.p[10] + ((uint32_t)(uint8_t)s.p[11] << 8);
    for (uint8_t bit = 8; bit <= 16; bit = (uint8_t)(bit << 1)) {
        if (!(flags & bit)) continue;
        while (at < s.n && s.p[at]) at++;
        at++;
    }
    if (flags & 2) at += 2;
    return at < s.n ? at : 0;
}

static bool inflate_from(struct tj_arena *arena, struct tj_str in, uint32_t at, size_t limit, struct tj_str *out) {
    struct inflate z = {.in = in, .at = at, .limit = limit};
    tj_buf_init(&z.out, arena);
    for (bool last = false; !last && !z.bad;) {
        last = take(&z, 1) != 0;
        switch (take(&z, 2)) {
        case 0: stored(&z); break;
        case 1: fixed(&z); break;
        case 2: dynamic(&z); break;
        default: z.bad = true; break;
        }
    }
    *out = tj_buf_str(&z.out);
    return !z.bad && out->p;
}

bool tj_decode_gzip(struct tj_arena *arena, struct tj_str in, size_t limit, struct tj_str *out) {
    uint32_t at = skip_header(in);
    return at && inflate_from(arena, in, at, limit, out);
}

bool tj_decode_zlib(struct tj_arena *arena, struct tj_str in, size_t limit, struct tj_str *out) {
    if (in.n < 6 || (in.p[0] & 15) != 8 || ((uint32_t)(uint8_t)in.p[0] * 256 + (uint8_t)in.p[1]) % 31) return false;
    return inflate_from(arena, in, 2, limit, out);
}

bool tj_decode_deflate(struct tj_arena *arena, struct tj_str in, size_t limit, struct tj_str *out) {
    return in.n > 1 && inflate_from(arena, in, 0, limit, out);
}
