/* Private to split: how records lie in a stream, told from its first bytes. */
#ifndef TJ_FRAME_H
#define TJ_FRAME_H

#include "read/split.h"

enum tj_frame_mode {
    TJ_MODE_LINES,  /* a record per line */
    TJ_MODE_ARRAY,  /* a record per element of the top-level array */
    TJ_MODE_VALUES, /* a record per JSON value, over any number of lines */
    TJ_MODE_WHOLE   /* the whole stream is one record */
};

/*
 * Where one JSON value ends, fed in chunks. It pairs brackets and strings and checks nothing else. Outside arrays only
 * objects and arrays are values; anything else ends with its line.
 */
struct tj_extent {
    uint64_t depth;
    bool started, in_string, escaped, scalar, done;
};
/* Bytes of p that belong to the value; sets done when it ended among them or right behind them. */
size_t tj_extent_feed(struct tj_extent *extent, const char *p, size_t n, bool in_array);

struct tj_frame {
    enum tj_frame_mode mode;
    const struct tj_reader_row *reader; /* of the stream, or NULL */
    bool lines;                         /* WHOLE: the bytes are JSON lines */
};
/* `head` is what is known of the stream from its first byte; `over`: it is all of it; `full`: no more of it fits. */
struct tj_frame tj_frame_decide(struct tj_json *json, struct tj_arena *arena, struct tj_str head, bool over, bool full,
                                const struct tj_reader_row *forced);

#endif
