/* Readers: a stream of records, and the list of formats. */
#include <stdlib.h>

#include "api/objects.h"
#include "read/split.h"

#define DEFAULT_MAX_RECORD ((size_t)64 << 20)

struct trajsafe_reader {
    struct tj_split *split;
    trajsafe_read_fn read;
    void *user;
};

static int64_t pull(void *user, void *p, size_t n) {
    trajsafe_reader *reader = user;
    return reader->read(reader->user, p, n);
}

trajsafe_status trajsafe_reader_new(trajsafe_read_fn read, void *user, const char *format,
                                    const trajsafe_limits *limits, trajsafe_reader **out, trajsafe_error *error) {
    if (!read || !out || (limits && limits->size != sizeof *limits)) return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_reader_row *forced = format ? tj_reader_find(tj_str_of(format)) : NULL;
    if (format && !forced)
        return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 331, "`trajsafe formats` lists them",
                       "there is no format \"%.60s\"", format);
    size_t max = limits && limits->max_record ? limits->max_record : DEFAULT_MAX_RECORD;
    if (max > TJ_LARGEST_TEXT)
        return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 350, "at most 2 GB", "max_record is too large");
    trajsafe_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return TRAJSAFE_NO_MEMORY;
    reader->read = read;
    reader->user = user;
    trajsafe_status status = tj_split_new((struct tj_source){reader, pull}, forced, max, &reader->split);
    if (status == TRAJSAFE_OK)
        *out = reader;
    else
        free(reader);
    return status;
}

trajsafe_status trajsafe_reader_next(trajsafe_reader *reader, trajsafe_record *out, trajsafe_error *error) {
    if (!reader || !out || out->size != sizeof *out) return TRAJSAFE_BAD_ARGUMENT;
    struct tj_piece piece;
    trajsafe_status status = tj_split_next(reader->split, &piece, error);
    if (status != TRAJSAFE_OK && status != TRAJSAFE_TOO_LARGE) return status;
    *out = (trajsafe_record){.size = sizeof *out,
                             .bytes = status == TRAJSAFE_OK ? piece.bytes.p : NULL,
                             .n = piece.bytes.n,
                             .begin = piece.begin,
                             .end = piece.end,
                             .line = piece.line,
                             .index = piece.index,
                             .format = piece.reader ? piece.reader->name : "",
                             .whole_file = piece.whole_file};
    return status;
}

uint64_t trajsafe_reader_consumed(const trajsafe_reader *reader) { return reader ? tj_split_bytes(reader->split) : 0; }

void trajsafe_reader_free(trajsafe_reader *reader) {
    if (!reader) return;
    tj_split_free(reader->split);
    free(reader);
}

const char *trajsafe_format_name(uint32_t i) {
    for (uint32_t k = 0; k < i; k++)
        if (!tj_readers[k].name) return NULL;
    return tj_readers[i].name;
}

const char *trajsafe_format_title(uint32_t i) { return trajsafe_format_name(i) ? tj_readers[i].title : NULL; }
