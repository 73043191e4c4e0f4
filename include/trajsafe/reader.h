/* The reader: a stream of trajectories, one record at a time, in constant memory. */
#ifndef TRAJSAFE_READER_H
#define TRAJSAFE_READER_H

#include "trajsafe/scanner.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_reader trajsafe_reader;

typedef struct trajsafe_limits {
    size_t size;       /* sizeof(trajsafe_limits), set by the caller; unknown non-zero tails are refused */
    size_t max_record; /* bytes of one record after decompression; 0: 64 MB */
} trajsafe_limits;

/* Bytes read into `p` (at most n), 0 at the end, negative on error. Called on the reader's thread. */
typedef int64_t (*trajsafe_read_fn)(void *user, void *p, size_t n);

/*
 * Splits a stream into records: JSON lines, elements of a top-level array, a whole file; gzip and zstd by magic bytes.
 * `format` names a reader (trajsafe_format_name), NULL: readers bid. Status: OK, NO_MEMORY, BAD_ARGUMENT.
 */
TRAJSAFE_API trajsafe_status trajsafe_reader_new(trajsafe_read_fn read, void *user, const char *format,
                                                 const trajsafe_limits *limits, trajsafe_reader **out,
                                                 trajsafe_error *error);
typedef struct trajsafe_record {
    size_t size;       /* sizeof(trajsafe_record), set by the caller */
    const char *bytes; /* valid until the next call; NULL when too large */
    size_t n;
    uint64_t begin, end; /* range in the uncompressed stream */
    uint64_t line;       /* 1-based; 0 when it does not start a line of its own */
    uint64_t index;      /* 0-based number in the stream */
    const char *format;  /* name of the chosen reader, "" when each record is bid for; static */
    int whole_file;      /* 1: the record is all lines of the input together (one trajectory per file) */
} trajsafe_record;
/*
 * The next record. OK; END; TOO_LARGE (skipped in constant memory: begin and end are set, bytes are NULL; go on);
 * IO, NO_MEMORY. A record that is not JSON is handed out all the same: scanning it says what is wrong.
 */
TRAJSAFE_API trajsafe_status trajsafe_reader_next(trajsafe_reader *reader, trajsafe_record *out, trajsafe_error *error);
/* Bytes of (compressed) input consumed so far, for progress. */
TRAJSAFE_API uint64_t trajsafe_reader_consumed(const trajsafe_reader *reader);
TRAJSAFE_API void trajsafe_reader_free(trajsafe_reader *reader);

/* The formats that can be read: name and title of number i, NULL at the end. Static storage. */
TRAJSAFE_API const char *trajsafe_format_name(uint32_t i);
TRAJSAFE_API const char *trajsafe_format_title(uint32_t i);

#ifdef __cplusplus
}
#endif
#endif
