/* Private to doc: where the structure of a JSON text is, by simdjson's vectorised first stage. */
#ifndef TJ_DOC_JSON_H
#define TJ_DOC_JSON_H

#include "trajsafe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tj_json;
trajsafe_status tj_json_new(struct tj_json **out);
void tj_json_free(struct tj_json *json);

enum tj_json_code {
    TJ_JSON_OK,
    TJ_JSON_EMPTY,    /* nothing but white space */
    TJ_JSON_UNCLOSED, /* a string has no end */
    TJ_JSON_CONTROL,  /* a raw control character inside a string */
    TJ_JSON_NOT_UTF8,
    TJ_JSON_NO_MEMORY,
    TJ_JSON_FAILED
};

/*
 * Offsets of `{ } [ ] : ,` outside strings, of each opening quote and of the first byte of each other token, rising.
 * Valid until the next call. No padding is needed. Text below 4 GB.
 */
enum tj_json_code tj_json_index(struct tj_json *json, const char *p, size_t n, const uint32_t **at, uint32_t *count);
/* Gives back buffers that one unusually long text has left behind. */
void tj_json_relax(struct tj_json *json);

#ifdef __cplusplus
}
#endif

#endif
