/* Bytes of a stream: plain, gzip (also several members) or zstd (also several frames), known by their first bytes. */
#include "read/input.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { RAW = 1 << 16 };
enum packing { UNKNOWN, PLAIN, GZIP, ZSTANDARD };

struct tj_input {
    struct tj_source source;
    enum packing packing;
    uint64_t consumed;
    uint32_t at, end; /* unread part of raw */
    bool over;        /* the source is at its end */
    bool whole;       /* no member or frame is open */
    z_stream gzip;
    ZSTD_DStream *zstd;
    unsigned char raw[RAW];
};

trajsafe_status tj_input_new(struct tj_source source, struct tj_input **out) {
    struct tj_input *input = calloc(1, sizeof *input);
    *out = input;
    if (!input) return TRAJSAFE_NO_MEMORY;
    input->source = source;
    input->whole = true;
    return TRAJSAFE_OK;
}

void tj_input_free(struct tj_input *input) {
    if (!input) return;
    if (input->packing == GZIP) inflateEnd(&input->gzip);
    ZSTD_freeDStream(input->zstd);
    free(input);
}

uint64_t tj_input_consumed(const struct tj_input *input) { return input->consumed - (input->end - input->at); }

static int64_t read_source(struct tj_input *input, void *p, size_t n, const char **why) {
    if (input->over) return 0;
    int64_t got = input->source.read(input->source.user, p, n);
    if (got < 0 || (uint64_t)got > n) {
        *why = "reading failed";
        return -1;
    }
    input->over = got == 0;
    input->consumed += (uint64_t)got;
    return got;
}

/* Reads more behind what is left. */
static bool refill(struct tj_input *input, const char **why) {
    uint32_t left = input->end - input->at;
    memmove(input->raw, input->raw + input->at, left);
    input->at = 0;
    input->end = left;
    int64_t got = read_source(input, input->raw + left, RAW - left, why);
    if (got > 0) input->end += (uint32_t)got;
    return got >= 0;
}

static bool begins(const struct tj_input *input, const char *magic, uint32_t n) {
    return input->end - input->at >= n && memcmp(input->raw + input->at, magic, n) == 0;
}

static bool find_packing(struct tj_input *input, const char **why) {
    while (input->end < 4 && !input->over)
        if (!refill(input, why)) return false;
    if (begins(input, "\x1F\x8B", 2)) {
        if (inflateInit2(&input->gzip, 15 + 16) != Z_OK) {
            *why = "there is no memory to decompress gzip";
            return false;
        }
        input->packing = GZIP;
    } else if (begins(input, "\x28\xB5\x2F\xFD", 4)) {
        input->zstd = ZSTD_createDStream();
        if (!input->zstd) {
            *why = "there is no memory to decompress zstd";
            return false;
        }
        input->packing = ZSTANDARD;
    } else {
        input->packing = PLAIN;
    }
    return true;
}

static int64_t read_plain(struct tj_input *input, char *p, size_t n, const char **why) {
    uint32_t left = input->end - input->at;
    if (left == 0) return read_source(input, p, n, why);
    if (n > left) n = left;
    memcpy(p, input->raw + input->at, n);
    input->at += (uint32_t)n;
    return (int64_t)n;
}

/* One call to inflate. A member that ends may be followed by another; what else follows is padding. */
static bool inflate_some(struct tj_input *input, const char **why) {
    z_stream *z = &input->gzip;
    if (input->whole && !begins(input, "\x1F\x8B", 2)) {
        input->at = input->end;
        return true;
    }
    input->whole = false;
    z->next_in = input->raw + input->at;
    z->avail_in = input->end - input->at;
    int code = inflate(z, Z_NO_FLUSH);
    input->at = input->end - z->avail_in;
    if (code == Z_STREAM_END) {
        input->whole = true;
        inflateReset(z);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        *why = code == Z_MEM_ERROR ? "there is no memory to decompress gzip" : "the gzip data is damaged";
        return false;
    }
    return true;
}

static int64_t read_gzip(struct tj_input *input, char *p, size_t n, const char **why) {
    z_stream *z = &input->gzip;
    z->next_out = (unsigned char *)p;
    z->avail_out = n > (1U << 30) ? 1U << 30 : (uInt)n;
    uInt room = z->avail_out;
    while (z->avail_out == room) {
        if (input->end - input->at < 2 && !input->over) {
            if (!refill(input, why)) return -1;
            continue;
        }
        if (input->end == input->at) {
            if (input->whole) return 0;
            /* inflate may still hold output back */
            if (!inflate_some(input, why)) return -1;
            if (z->avail_out == room && !input->whole) {
                *why = "the gzip data is cut off";
                return -1;
            }
            continue;
        }
        if (!inflate_some(input, why)) return -1;
    }
    return room - z->avail_out;
}

static int64_t read_zstd(struct tj_input *input, char *p, size_t n, const char **why) {
    ZSTD_outBuffer out = {p, n, 0};
    while (out.pos == 0) {
        if (input->end == input->at && !input->over) {
            if (!refill(input, why)) return -1;
            continue;
        }
        if (input->end == input->at && input->whole) return 0;
        ZSTD_inBuffer in = {input->raw, input->end, input->at};
        size_t code = ZSTD_decompressStream(input->zstd, &out, &in);
        bool moved = in.pos != input->at || out.pos > 0;
        input->at = (uint32_t)in.pos;
        if (ZSTD_isError(code)) {
            *why = "the zstd data is damaged";
            return -1;
        }
        input->whole = code == 0;
        if (!moved && !input->whole) {
            *why = "the zstd data is cut off";
            return -1;
        }
    }
    return (int64_t)out.pos;
}

int64_t tj_input_read(struct tj_input *input, char *p, size_t n, const char **why) {
    if (input->packing == UNKNOWN && !find_packing(input, why)) return -1;
    switch (input->packing) {
    case GZIP: return read_gzip(input, p, n, why);
    case ZSTANDARD: return read_zstd(input, p, n, why);
    default: return read_plain(input, p, n, why);
    }
}
