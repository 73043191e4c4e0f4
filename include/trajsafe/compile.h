/*
 * libtrajsafe-compile: rules as text become an image, the bytes that libtrajsafe makes an engine of.
 *
 *     trajsafe_ruleset *rules;  void *image;  size_t size;  trajsafe_error error;
 *     trajsafe_ruleset_new(&rules);
 *     trajsafe_ruleset_add_folder(rules, "/usr/share/trajsafe/rules", &error);          the built-in rules and tables
 *     trajsafe_ruleset_add_file(rules, "mine.yaml", text, strlen(text), &error);        your own beside them
 *     if (trajsafe_ruleset_compile(rules, &image, &size, &error) == TRAJSAFE_OK)
 *         trajsafe_engine_from_image(image, size, &engine, &error);
 *     trajsafe_ruleset_bytes_free(image);
 *     trajsafe_ruleset_free(rules);
 *
 * The language is told in rules/README.md. A ruleset is used by one thread at a time; rulesets share nothing. The same
 * files give the same bytes on every machine, in whatever order they were added. Malformed input of any kind is an
 * error with a place, never a crash. This is the only part that needs the pattern compiler and a YAML library.
 */
#ifndef TRAJSAFE_COMPILE_H
#define TRAJSAFE_COMPILE_H

#include "trajsafe/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trajsafe_ruleset trajsafe_ruleset;

/* An empty ruleset. Status: OK, NO_MEMORY, BAD_ARGUMENT. The caller frees it with trajsafe_ruleset_free (NULL allowed). */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_new(trajsafe_ruleset **out);
TRAJSAFE_API void trajsafe_ruleset_free(trajsafe_ruleset *ruleset);

/*
 * Adds one YAML file, given as `n` bytes of UTF-8, which are copied. What it holds is told by its top key: rules, programs,
 * tools, paths, hosts, phrases or profiles. `name` is how diagnostics and reports call it; names must differ.
 * Status: OK, NO_MEMORY, BAD_ARGUMENT, BAD_RULE (not YAML, or no known top key; the error has line, column and a mend).
 * Everything else is checked by trajsafe_ruleset_compile.
 */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_add_file(trajsafe_ruleset *ruleset, const char *name, const void *bytes,
                                                       size_t n, trajsafe_error *error);

/*
 * Adds every *.yaml file below a folder, in bytewise order of their paths; their names are relative to it. All files are
 * read even when some are wrong. Status: as for add_file, and IO (the folder or a file cannot be read; `where` names it).
 */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_add_folder(trajsafe_ruleset *ruleset, const char *path,
                                                         trajsafe_error *error);

/*
 * Checks and compiles all that was added. On OK *image points to *size bytes, aligned to 64, owned by the caller and freed
 * with trajsafe_ruleset_bytes_free. May be called again after more was added; takes about a second for some hundred rules.
 * Status: OK, NO_MEMORY, BAD_ARGUMENT, BAD_RULE (`error` tells the first error; trajsafe_ruleset_diagnostic all of them).
 */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_compile(trajsafe_ruleset *ruleset, void **image, size_t *size,
                                                      trajsafe_error *error);
TRAJSAFE_API void trajsafe_ruleset_bytes_free(void *image);

/* One thing that is wrong or odd in the rules. Strings are owned by the ruleset, valid until its next call. */
typedef struct trajsafe_diagnostic {
    size_t size;           /* sizeof(trajsafe_diagnostic), set by the caller before the call */
    uint32_t number;       /* permanent, printed as TJ-0110 */
    int warning;           /* 0: an error, nothing was compiled; 1: a warning */
    const char *file;      /* as it was named; "" when the whole ruleset is meant */
    uint32_t line, column; /* 1-based; 0: no place */
    const char *message;
    const char *mend;
} trajsafe_diagnostic;

/* How many there are after the last compile (and the additions before it). At most a few hundred are kept. */
TRAJSAFE_API uint32_t trajsafe_ruleset_diagnostics(const trajsafe_ruleset *ruleset);
/* Diagnostic `i`, in order of file, line and column. Status: OK, BAD_ARGUMENT. */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_diagnostic(const trajsafe_ruleset *ruleset, uint32_t i,
                                                         trajsafe_diagnostic *out);

/*
 * A compiled image as text for people: tables, rules with their conditions and guards, patterns as they were compiled.
 * `what` is NULL for everything, or the id of one rule. The image must be aligned to 64 bytes.
 * Status: OK, NO_MEMORY, BAD_ARGUMENT (also: no such rule), BAD_IMAGE. *text ends in NUL and is freed with
 * trajsafe_ruleset_bytes_free.
 */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_dump(const void *image, size_t size, const char *what, char **text,
                                                   trajsafe_error *error);

/* The words of the language as text for people: effects, classes, slots, fields with their subjects and types. As above. */
TRAJSAFE_API trajsafe_status trajsafe_ruleset_vocabulary(char **text, trajsafe_error *error);

#ifdef __cplusplus
}
#endif
#endif
