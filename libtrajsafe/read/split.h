/* Splitting a byte stream into records with their byte ranges, in constant memory. */
#ifndef TJ_SPLIT_H
#define TJ_SPLIT_H

#include "read/event.h"

/*
 * Feeds on a callback, decompresses gzip and zstd by magic bytes, finds out the framing (forced or by bids on the first
 * value) and hands out one record's bytes at a time. A record above `max_record` is skipped at reading speed in constant
 * memory and reported as TRAJSAFE_TOO_LARGE with its range; the next call goes on after it.
 */
struct tj_source {
    void *user;
    /* Bytes read into p (<= n), 0 at the end, negative on error. */
    int64_t (*read)(void *user, void *p, size_t n);
};
struct tj_piece {
    struct tj_str bytes; /* valid until the next call; not copied for the caller; 64 bytes of padding follow */
    uint64_t begin, end; /* in the uncompressed stream */
    uint64_t line;       /* 1-based line where it starts; 0 for array elements */
    uint64_t index;      /* 0-based number of the record in the stream */
    const struct tj_reader_row *reader; /* chosen for the stream, or NULL: bid per record */
    bool whole_file;                    /* TJ_FRAME_FILE: bytes are JSON lines */
};
struct tj_split;
trajsafe_status tj_split_new(struct tj_source source, const struct tj_reader_row *forced, size_t max_record,
                             struct tj_split **out);
/* TRAJSAFE_OK, TRAJSAFE_END, TRAJSAFE_TOO_LARGE (piece has the range, bytes are empty), TRAJSAFE_IO, TRAJSAFE_NO_MEMORY. */
trajsafe_status tj_split_next(struct tj_split *split, struct tj_piece *piece, trajsafe_error *error);
uint64_t tj_split_bytes(const struct tj_split *split); /* consumed so far of the compressed input */
void tj_split_free(struct tj_split *split);

#endif
