/* Reads a file as the library does and prints its records and events as text: for golden tests and by hand. */
#ifndef TESTS_READ_DUMP_H
#define TESTS_READ_DUMP_H

#include <stdio.h>

#include "read/split.h"

/* Counts over one file, for tables. */
struct read_counts {
    uint64_t records, errors, calls, undecoded, events, bytes;
    const char *format;
    char first_error[256];
};
/* `forced` may be NULL. `out` may be NULL: then only counts are made. False when the file cannot be opened. */
bool read_dump(const char *path, const char *forced, FILE *out, struct read_counts *counts);
void dump_record(FILE *out, const struct tj_record *record);

#endif
