/* Status and error: the one way in which every function of both libraries fails. */
#ifndef TRAJSAFE_STATUS_H
#define TRAJSAFE_STATUS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define TRAJSAFE_API __declspec(dllexport)
#else
#define TRAJSAFE_API __attribute__((visibility("default")))
#endif

/* What a function came to. Values are stable: new ones are only ever added at the end. */
typedef enum trajsafe_status {
    TRAJSAFE_OK = 0,
    TRAJSAFE_END = 1,          /* nothing more to read; not an error */
    TRAJSAFE_NO_MEMORY = 2,    /* an allocation failed; the object is still valid */
    TRAJSAFE_BAD_ARGUMENT = 3, /* NULL where an object is needed, an unknown enum value, a struct of unknown size */
    TRAJSAFE_BAD_RULE = 4,  /* rules, tables or profiles did not compile; the error has file, line, column and a mend */
    TRAJSAFE_BAD_IMAGE = 5, /* image bytes are damaged, or made by another format or engine version */
    TRAJSAFE_BAD_INPUT = 6, /* a record is not JSON, is cut off, or is of no known format */
    TRAJSAFE_BAD_CONTEXT = 7, /* a context or policy document could not be understood */
    TRAJSAFE_TOO_LARGE = 8,   /* a record is over the caller's limit; it was skipped */
    TRAJSAFE_IO = 9,          /* reading failed */
    TRAJSAFE_UNSUPPORTED = 10 /* this build or machine cannot do it */
} trajsafe_status;

/*
 * The story of a failure, by value: what, where, how to mend it. Owned by the caller, never freed.
 * Every function that takes one accepts NULL. Untouched on TRAJSAFE_OK and TRAJSAFE_END.
 */
typedef struct trajsafe_error {
    trajsafe_status status;
    uint32_t number;   /* permanent number of the diagnostic, printed as TJ-0143; 0 = none */
    uint32_t line;     /* 1-based; 0 = not known */
    uint32_t column;   /* 1-based, in bytes; 0 = not known */
    uint64_t offset;   /* byte offset in the input (after decompression) */
    char where[160];   /* file, record or object */
    char message[240]; /* what is wrong, one sentence, UTF-8 */
    char mend[240];    /* how to mend it; empty when there is nothing to do */
} trajsafe_error;

/* The status in words ("out of memory"), static storage. Any thread. Never NULL. */
TRAJSAFE_API const char *trajsafe_status_name(trajsafe_status status);

#ifdef __cplusplus
}
#endif
#endif
