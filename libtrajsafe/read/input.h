/* Private to split: bytes of a stream, decompressed when their first bytes say gzip or zstd. */
#ifndef TJ_INPUT_H
#define TJ_INPUT_H

#include "read/split.h"

struct tj_input;
trajsafe_status tj_input_new(struct tj_source source, struct tj_input **out);
/* Bytes written to p (0: the end), or -1 and *why says what went wrong. */
int64_t tj_input_read(struct tj_input *input, char *p, size_t n, const char **why);
uint64_t tj_input_consumed(const struct tj_input *input); /* of the compressed stream */
void tj_input_free(struct tj_input *input);

#endif
