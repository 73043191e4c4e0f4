/* The engine: rules and tables, compiled; immutable and shared by any number of threads. */
#ifndef TRAJSAFE_ENGINE_H
#define TRAJSAFE_ENGINE_H

#include "trajsafe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Number of the C interface. A binding compares it with the one it was made for, right after loading. */
#define TRAJSAFE_ABI_VERSION 1u
TRAJSAFE_API uint32_t trajsafe_abi_version(void);

/* "0.1.0": the engine's version. Static storage. */
TRAJSAFE_API const char *trajsafe_version(void);
/* The grammars that commands and code are parsed with, by package and version. Static storage. */
TRAJSAFE_API const char *trajsafe_grammars(void);

/* As a length: the text ends at its NUL. */
#define TRAJSAFE_NUL ((size_t)-1)

typedef struct trajsafe_engine trajsafe_engine;

/*
 * The engine of the rules that are built into the library. Nothing is compiled; about 0.1 ms.
 * Thread: any. Status: OK, NO_MEMORY, BAD_IMAGE (a damaged build), UNSUPPORTED (the processor lacks what the pattern
 * matcher needs). The caller owns one reference and gives it back with trajsafe_engine_unref.
 */
TRAJSAFE_API trajsafe_status trajsafe_engine_builtin(trajsafe_engine **out, trajsafe_error *error);

/*
 * An engine from image bytes (trajsafe_ruleset_compile made them, maybe in another process). They are copied. An image is
 * trusted input, like a shared object; a damaged one, or one of another version, is BAD_IMAGE.
 * Thread: any. Status: OK, NO_MEMORY, BAD_ARGUMENT, BAD_IMAGE, UNSUPPORTED. The caller owns one reference.
 */
TRAJSAFE_API trajsafe_status trajsafe_engine_from_image(const void *bytes, size_t size, trajsafe_engine **out,
                                                        trajsafe_error *error);

/* One more or one fewer reference (atomic). The last unref frees. NULL is allowed in unref. Thread: any. */
TRAJSAFE_API trajsafe_engine *trajsafe_engine_ref(trajsafe_engine *engine);
TRAJSAFE_API void trajsafe_engine_unref(trajsafe_engine *engine);

/* SHA-256 of the rule sources, and of the table sources (programs, tools, paths), as 64 hex digits. Owned by the engine. */
TRAJSAFE_API const char *trajsafe_engine_ruleset_digest(const trajsafe_engine *engine);
TRAJSAFE_API const char *trajsafe_engine_tables_digest(const trajsafe_engine *engine);

/* Facts about a rule. Strings are owned by the engine. */
typedef struct trajsafe_rule {
    size_t size; /* sizeof(trajsafe_rule); set by the caller before the call */
    const char *id, *title, *category, *leaf, *severity;
    double confidence;                      /* 0..1 */
    int measured;                           /* 1: confidence is measured precision; 0: asserted */
    const char *why, *suggest, *references; /* suggest may be ""; references: one a line */
    const char *attack, *owasp, *atlas;     /* ids, one a line */
    const char *file;                       /* where it was written */
    uint32_t line;
    uint32_t examples; /* how many hits and misses it carries */
} trajsafe_rule;
TRAJSAFE_API uint32_t trajsafe_engine_rules(const trajsafe_engine *engine);
/* Rule `i`, in order of id. Status: OK, BAD_ARGUMENT. */
TRAJSAFE_API trajsafe_status trajsafe_engine_rule(const trajsafe_engine *engine, uint32_t i, trajsafe_rule *out);
/* Number of the rule, or UINT32_MAX. */
TRAJSAFE_API uint32_t trajsafe_engine_find_rule(const trajsafe_engine *engine, const char *id);

/* Examples of a rule: what `trajsafe rules test` runs. */
typedef struct trajsafe_example {
    size_t size;      /* sizeof(trajsafe_example), set by the caller */
    int hit;          /* 1: the rule must fire; 0: it must not */
    int shape;        /* 0 a command; 1 one action as a JSON line for `check`; 2 a run as JSON; 3 a message as JSON */
    const char *text; /* UTF-8, owned by the engine */
    uint32_t line;    /* in the rule's file */
} trajsafe_example;
TRAJSAFE_API trajsafe_status trajsafe_engine_example(const trajsafe_engine *engine, uint32_t rule, uint32_t i,
                                                     trajsafe_example *out);

#ifdef __cplusplus
}
#endif
#endif
