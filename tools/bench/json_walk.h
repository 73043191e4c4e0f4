/* A pass over JSON that only walks it, with simdjson's own interface: what reading cannot be faster than. */
#ifndef BENCH_JSON_WALK_H
#define BENCH_JSON_WALK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* Walks each line of p[0, n) (64 readable bytes must follow) as one value; values seen, or -1 when one is not JSON. */
int64_t json_walk_lines(const char *p, size_t n);
#ifdef __cplusplus
}
#endif
#endif
