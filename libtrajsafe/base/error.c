/* Statuses in words, and the filling of an error by value. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>

const char *trajsafe_status_name(trajsafe_status status) {
    switch (status) {
    case TRAJSAFE_OK: return "ok";
    case TRAJSAFE_END: return "nothing more to read";
    case TRAJSAFE_NO_MEMORY: return "out of memory";
    case TRAJSAFE_BAD_ARGUMENT: return "bad argument";
    case TRAJSAFE_BAD_RULE: return "rules did not compile";
    case TRAJSAFE_BAD_IMAGE: return "the compiled rules are damaged or of another version";
    case TRAJSAFE_BAD_INPUT: return "the input could not be understood";
    case TRAJSAFE_BAD_CONTEXT: return "the context or policy could not be understood";
    case TRAJSAFE_TOO_LARGE: return "the record is over the size limit";
    case TRAJSAFE_IO: return "reading failed";
    case TRAJSAFE_UNSUPPORTED: return "not supported by this build or machine";
    }
    return "unknown status";
}

/* A cut must not leave half a UTF-8 sequence. */
static void mend_tail(char *text, size_t size) {
    size_t n = strlen(text);
    if (n + 1 < size) return;
    size_t start = n;
    while (start > 0 && n - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) start--;
    if (start == 0) return;
    uint32_t at = 0;
    struct tj_str last = tj_str_make(text + start - 1, n - (start - 1));
    if (tj_utf8_next(last, &at) == 0xfffd || at != last.n) text[start - 1] = '\0';
}

trajsafe_status tj_fail(trajsafe_error *error, trajsafe_status status, uint32_t number, const char *mend,
                        const char *format, ...) {
    if (!error) return status;
    memset(error, 0, sizeof *error);
    error->status = status;
    error->number = number;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    if (n < 0) error->message[0] = '\0';
    mend_tail(error->message, sizeof error->message);
    (void)snprintf(error->mend, sizeof error->mend, "%s", mend ? mend : "");
    mend_tail(error->mend, sizeof error->mend);
    return status;
}
