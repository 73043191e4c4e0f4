/* The public objects as they are inside: each is a shell around one inner object. */
#ifndef TJ_OBJECTS_H
#define TJ_OBJECTS_H

#include <stdatomic.h>

#include "report/report.h"
#include "scan/context.h"
#include "trajsafe/trajsafe.h"

struct trajsafe_engine {
    atomic_uint references;
    struct tj_image image;
    struct tj_databases *databases;
    void *copy; /* image bytes of our own, or NULL for the built-in ones */
    char ruleset_digest[65], tables_digest[65];
};

struct trajsafe_context {
    struct tj_arena arena;
    struct tj_context inner;
};

struct trajsafe_policy {
    struct tj_arena arena;
    trajsafe_engine *engine;
    struct tj_policy inner;
    TJ_VEC(struct tj_str) approved; /* kept sorted: the digest does not depend on the order of calls */
    char digest[65];
};
/* Fills a policy on the profile; used for trajsafe_policy objects and for the default one of a scanner. */
trajsafe_status tj_policy_start(trajsafe_policy *policy, trajsafe_engine *engine, const char *profile,
                                trajsafe_error *error);

struct trajsafe_scanner {
    trajsafe_engine *engine;
    struct tj_loop loop;
    struct tj_redactor redactor;
    trajsafe_policy policy; /* balanced, for callers that give none */
    char *id, *source;      /* of the next report */
    uint64_t record;
    bool has_record;
};
/* The report of a verdict under the scanner's next origin, which is used up. */
trajsafe_status tj_scanner_report(trajsafe_scanner *scanner, const trajsafe_policy *policy,
                                  const struct tj_verdict *verdict, struct tj_str sha256, struct tj_str explanation,
                                  trajsafe_report **out);
/* The arguments of a call as a doc in the scanner's record arena; *node is TJ_NONE when there are none. */
trajsafe_status tj_scanner_arguments(trajsafe_scanner *scanner, const char *arguments, size_t n, struct tj_doc *doc,
                                     uint32_t *node, trajsafe_error *error);
static inline struct tj_str tj_str_given(const char *p, size_t n) {
    return p ? tj_str_make(p, n == TRAJSAFE_NUL ? strlen(p) : n) : TJ_STR_NONE;
}
/* Texts above this are refused with TOO_LARGE: offsets are 32 bits wide inside. */
#define TJ_LARGEST_TEXT ((size_t)1 << 31)

#endif
