/* Cuts a stream into records, one at a time, in memory that does not grow with the stream. */
#include "read/split.h"

#include <stdlib.h>

#include "read/frame.h"
#include "read/input.h"

enum {
    NUMBER_SPLIT_IO = 350,
    NUMBER_SPLIT_MEMORY = 351,
    NUMBER_SPLIT_LARGE = 352,
    CHUNK = 1 << 18, /* read at a time */
    HEAD = 1 << 16,  /* wanted before the framing is decided, if the stream has it */
    LOOK = 1 << 26,  /* memory for deciding; a first value that needs more is judged by its brackets alone */
    PADDING = 64,
};

struct tj_split {
    struct tj_input *input;
    struct tj_json *json;
    struct tj_arena arena;
    const struct tj_reader_row *forced;
    size_t max_record;
    struct tj_frame frame;
    bool decided, over, finished;
    char *buf;
    size_t cap, begin, end; /* unconsumed bytes are buf[begin, end) */
    uint64_t base;          /* stream offset of buf[begin] */
    uint64_t line;          /* 1-based line of buf[begin] */
    uint64_t index;
};

trajsafe_status tj_split_new(struct tj_source source, const struct tj_reader_row *forced, size_t max_record,
                             struct tj_split **out) {
    struct tj_split *split = calloc(1, sizeof *split);
    *out = NULL;
    if (!split) return TRAJSAFE_NO_MEMORY;
    split->forced = forced;
    split->max_record = max_record < UINT32_MAX / 2 ? max_record : UINT32_MAX / 2;
    split->line = 1;
    tj_arena_init(&split->arena, LOOK);
    if (tj_input_new(source, &split->input) != TRAJSAFE_OK || tj_json_new(&split->json) != TRAJSAFE_OK) {
        tj_split_free(split);
        return TRAJSAFE_NO_MEMORY;
    }
    *out = split;
    return TRAJSAFE_OK;
}

void tj_split_free(struct tj_split *split) {
    if (!split) return;
    tj_input_free(split->input);
    tj_json_free(split->json);
    tj_arena_free(&split->arena);
    free(split->buf);
    free(split);
}

uint64_t tj_split_bytes(const struct tj_split *split) { return tj_input_consumed(split->input); }

static size_t available(const struct tj_split *split) { return split->end - split->begin; }

/* Room for a chunk behind what is held; held bytes move to the front first. */
static bool make_room(struct tj_split *split) {
    if (split->cap - split->end >= CHUNK + PADDING && split->buf) return true;
    if (split->buf && split->begin > 0) {
        memmove(split->buf, split->buf + split->begin, available(split));
        split->end -= split->begin;
        split->begin = 0;
    }
    if (split->buf && split->cap - split->end >= CHUNK + PADDING) return true;
    size_t cap = split->cap ? split->cap * 2 : 2 * CHUNK + PADDING;
    char *buf = realloc(split->buf, cap);
    if (!buf) return false;
    split->buf = buf;
    split->cap = cap;
    return true;
}

static trajsafe_status fill(struct tj_split *split, trajsafe_error *error) {
    const char *why = "";
    if (!make_room(split))
        return tj_fail(error, TRAJSAFE_NO_MEMORY, NUMBER_SPLIT_MEMORY, "lower the record limit",
                       "a record does not fit into memory");
    int64_t got = tj_input_read(split->input, split->buf + split->end, CHUNK, &why);
    if (got < 0) {
        split->finished = true;
        struct tj_str w = tj_str_of(why);
        tj_fail(error, TRAJSAFE_IO, NUMBER_SPLIT_IO, "see whether the file is whole and may be read", "%.*s", (int)w.n,
                w.p);
        if (error) error->offset = split->base + available(split);
        return TRAJSAFE_IO;
    }
    split->over = got == 0;
    split->end += (size_t)got;
    memset(split->buf + split->end, 0, PADDING);
    return TRAJSAFE_OK;
}

static void consume(struct tj_split *split, size_t n) {
    const char *p = split->buf + split->begin, *end = p + n;
    if (n == 0) return;
    split->begin += n;
    split->base += n;
    while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        split->line++;
        p++;
    }
}

/* ---- framing ------------------------------------------------------------------------------------------------ */

static bool has_whole_line(const struct tj_split *split, size_t n) {
    const char *p = split->buf + split->begin, *end = p + n;
    while (p < end && tj_is_space(*p)) p++;
    return p < end && memchr(p, '\n', (size_t)(end - p)) != NULL;
}

/* Looks at a head whose size does not depend on how the source hands out its bytes: so neither does the framing. */
static trajsafe_status decide(struct tj_split *split, trajsafe_error *error) {
    size_t wanted = HEAD;
    bool full = false;
    for (;;) {
        while (!split->over && available(split) <= wanted) {
            trajsafe_status status = fill(split, error);
            if (status != TRAJSAFE_OK) return status;
        }
        full = wanted > split->max_record;
        if (available(split) <= wanted || full || has_whole_line(split, wanted)) break;
        wanted = wanted * 2 <= split->max_record ? wanted * 2 : split->max_record + 1;
    }
    bool over = available(split) <= wanted;
    size_t bom = available(split) >= 3 && memcmp(split->buf + split->begin, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    struct tj_str head = tj_str_make(split->buf + split->begin + bom, (over ? available(split) : wanted) - bom);
    split->frame = tj_frame_decide(split->json, &split->arena, head, over, full, split->forced);
    consume(split, bom);
    tj_arena_free(&split->arena);
    tj_arena_init(&split->arena, LOOK);
    split->decided = true;
    return TRAJSAFE_OK;
}

/* ---- one record --------------------------------------------------------------------------------------------- */

static bool is_between(const struct tj_split *split, char c) {
    return tj_is_space(c) || c == '\x1E' || (split->frame.mode == TJ_MODE_ARRAY && c == ',');
}

/* Passes what stands between records. False at the end of the stream. */
static trajsafe_status skip_between(struct tj_split *split, trajsafe_error *error) {
    for (;;) {
        size_t n = 0, have = available(split);
        const char *p = split->buf + split->begin;
        while (n < have && is_between(split, p[n])) n++;
        consume(split, n);
        if (n < have) {
            if (split->frame.mode != TJ_MODE_ARRAY || p[n] != ']') return TRAJSAFE_OK;
            consume(split, 1); /* the end of the array; further values may follow */
            split->frame.mode = TJ_MODE_VALUES;
        } else if (split->over) {
            return TRAJSAFE_END;
        } else {
            trajsafe_status status = fill(split, error);
            if (status != TRAJSAFE_OK) return status;
        }
    }
}

/* Bytes of the record among the n at p; *done when it ended. */
static size_t find_end(const struct tj_split *split, struct tj_extent *extent, const char *p, size_t n, bool *done) {
    if (split->frame.mode == TJ_MODE_WHOLE) return n;
    if (split->frame.mode == TJ_MODE_LINES) {
        const char *newline = n ? memchr(p, '\n', n) : NULL;
        *done = newline != NULL;
        return newline ? (size_t)(newline - p) : n;
    }
    size_t used = tj_extent_feed(extent, p, n, split->frame.mode == TJ_MODE_ARRAY);
    *done = extent->done;
    return used;
}

static trajsafe_status too_large(struct tj_split *split, struct tj_piece *piece, trajsafe_error *error) {
    tj_fail(error, TRAJSAFE_TOO_LARGE, NUMBER_SPLIT_LARGE, "raise the record limit (--max-record), or leave it out",
            "a record of %llu bytes is over the limit of %llu", (unsigned long long)(piece->end - piece->begin),
            (unsigned long long)split->max_record);
    if (error) error->offset = piece->begin;
    return TRAJSAFE_TOO_LARGE;
}

/* Takes the record that starts at buf[begin]: it stays in the buffer until the next call. */
static trajsafe_status take(struct tj_split *split, struct tj_piece *piece, trajsafe_error *error) {
    struct tj_extent extent = {0};
    uint64_t dropped = 0;
    size_t seen = 0;
    bool done = false;
    for (;;) {
        seen += find_end(split, &extent, split->buf + split->begin + seen, available(split) - seen, &done);
        if (done || split->over) break;
        if (dropped > 0 || seen > split->max_record) {
            consume(split, seen);
            dropped += seen;
            seen = 0;
        }
        trajsafe_status status = fill(split, error);
        if (status != TRAJSAFE_OK) return status;
    }
    piece->end = piece->begin + dropped + seen;
    const char *p = split->buf + split->begin;
    consume(split, seen);
    while (seen > 0 && split->frame.mode != TJ_MODE_WHOLE && tj_is_space(p[seen - 1])) {
        seen--;
        piece->end--;
    }
    if (dropped > 0 || seen > split->max_record) return too_large(split, piece, error);
    piece->bytes = tj_str_make(p, seen);
    return TRAJSAFE_OK;
}

/* Gives back what one long record has left behind. */
static void shrink(struct tj_split *split) {
    enum { KEPT = 1 << 23 };
    if (split->cap <= KEPT || available(split) > CHUNK) return;
    memmove(split->buf, split->buf + split->begin, available(split));
    split->end -= split->begin;
    split->begin = 0;
    char *buf = realloc(split->buf, 2 * CHUNK + PADDING);
    if (buf) {
        split->buf = buf;
        split->cap = 2 * CHUNK + PADDING;
    }
}

trajsafe_status tj_split_next(struct tj_split *split, struct tj_piece *piece, trajsafe_error *error) {
    trajsafe_status status = TRAJSAFE_OK;
    *piece = (struct tj_piece){0};
    if (split->finished) return TRAJSAFE_END;
    if (!split->decided) status = decide(split, error);
    shrink(split);
    if (status != TRAJSAFE_OK) return status;
    if (split->index == 0 && split->frame.mode == TJ_MODE_ARRAY) {
        status = skip_between(split, error);
        if (status == TRAJSAFE_OK) consume(split, 1); /* its opening bracket */
    }
    if (status == TRAJSAFE_OK && split->frame.mode != TJ_MODE_WHOLE) status = skip_between(split, error);
    if (status != TRAJSAFE_OK) {
        split->finished = true;
        return status;
    }
    piece->begin = split->base;
    piece->line = split->frame.mode == TJ_MODE_ARRAY ? 0 : split->line;
    piece->index = split->index++;
    piece->reader = split->frame.reader;
    piece->whole_file = split->frame.lines;
    split->finished = split->frame.mode == TJ_MODE_WHOLE;
    status = take(split, piece, error);
    if (status == TRAJSAFE_IO || status == TRAJSAFE_NO_MEMORY) split->finished = true;
    return status;
}
