/* What the files of the command line program share. It uses the public headers only. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "trajsafe/trajsafe.h"

enum { EXIT_DONE = 0, EXIT_FOUND = 1, EXIT_USAGE = 2, EXIT_INPUT = 3 };

/* Options of all commands; each command says which it takes. */
struct options {
    bool jsonl, json, quiet, help, no_progress;
    const char *profile, *format, *context_file, *rules_folder, *image_file, *tool, *arguments, *shell, *cwd, *home,
        *workspace;
    const char *on_ask; /* "deny" or "allow": what ask becomes where nobody can answer */
    int fail_on;        /* decision number, -1 = never */
    int threads;        /* 0 = all cores */
    unsigned long long max_record;
    trajsafe_evidence evidence;
    trajsafe_mask_scope mask_scope;
    int color;       /* -1 auto, 0 never, 1 always */
    int top;         /* findings shown in a summary */
    char **disabled; /* rule ids */
    int disables;
    char **rest; /* what is left */
    int rests;
    char **words; /* what `rest` points into */
};

/* Which options a command takes, for parsing and for its help. */
#define TAKES_PROFILE 1u
#define TAKES_CONTEXT 2u
#define TAKES_RULES 4u
#define TAKES_EVIDENCE 8u
#define TAKES_JSONL 16u
#define TAKES_CHECK 32u
#define TAKES_SCAN 64u
#define TAKES_JSON 128u
#define TAKES_PLACE 256u /* a command to judge follows: shell, cwd, home, workspace */

struct command {
    const char *name;
    unsigned takes;
    int (*run)(struct options *options);
    const char *help; /* the whole text of `trajsafe NAME --help` */
};
extern const struct command commands[]; /* ends with name == NULL */

/* Parses argv behind the command's name. EXIT_DONE or EXIT_USAGE (said on stderr). */
int options_parse(const struct command *command, int argc, char **argv, struct options *out);
void options_free(struct options *options); /* also after options_parse failed */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The objects that every command needs. Says on stderr what is wrong; EXIT_DONE or an exit code. */
struct tools {
    trajsafe_engine *engine;
    trajsafe_policy *policy;
    trajsafe_context *context; /* NULL: none given */
};
int tools_open(const struct options *options, struct tools *out);
void tools_close(struct tools *tools);

/* A whole file (or stdin for "-"), NUL-terminated, freed by the caller; NULL: said on stderr. */
char *read_file(const char *path, size_t *n);

/* The compiler library, loaded when first needed. */
struct compiler;
struct compiler *compiler_open(void); /* NULL: said on stderr */
void compiler_close(struct compiler *compiler);
/* Compiles the rules that come with the program and, when given, a folder of one's own; a folder that has a profiles.yaml
 * stands alone. All diagnostics go to stderr. */
int compiler_build(struct compiler *compiler, const char *folder, void **image, size_t *size);
int compiler_dump(struct compiler *compiler, const char *folder, const char *what);
int compiler_vocabulary(struct compiler *compiler);
void compiler_bytes_free(struct compiler *compiler, void *bytes);

/* Judges examples of rules, of every shape. */
struct judge {
    trajsafe_scanner *scanner;
    trajsafe_checker *checker;
    const trajsafe_policy *policy;
};
bool judge_open(const struct tools *tools, struct judge *out); /* false: no memory; close it all the same */
void judge_close(struct judge *judge);
trajsafe_report *judge_example(const struct judge *judge, const trajsafe_example *example, trajsafe_error *error);

/* rules coverage: by leaf, technique and effect. Exit code. */
int rules_coverage(const struct options *options, const struct tools *tools);

/* Text from outside, safe for a terminal: control and invisible characters become visible escapes. */
void put_safe(FILE *out, const char *text);
void put_safe_n(FILE *out, const char *text, size_t n);
/* Colour codes when `out` shows them, else "". */
enum color { PLAIN, BOLD, DIM, RED, YELLOW, GREEN, CYAN };
void colors_set(int choice);
const char *color(FILE *out, enum color which);

void print_error(const trajsafe_error *error, const char *where);
const char *decision_name(trajsafe_decision decision);
const char *action_name(trajsafe_action action);

/* ---- scan ----------------------------------------------------------------------------------------------------- */

/* What a scan adds up. One thread only: the one that prints. */
struct summary;
struct summary *summary_new(int top);
void summary_add(struct summary *summary, const trajsafe_report *report, const char *source);
void summary_broken(struct summary *summary, const char *source, const trajsafe_error *error);
void summary_bytes(struct summary *summary, unsigned long long bytes);
void summary_print(const struct summary *summary, FILE *out);
unsigned long summary_broken_count(const struct summary *summary);
unsigned long summary_count(const struct summary *summary);
unsigned long summary_flagged(const struct summary *summary);
void summary_free(struct summary *summary);

struct progress;
struct progress *progress_new(bool on, unsigned long long total_bytes);
void progress_update(struct progress *progress, unsigned long long bytes, unsigned long records, unsigned long flagged);
void progress_clear(struct progress *progress); /* before something else is written to the terminal */
void progress_free(struct progress *progress);

/* Jobs over threads with a bounded reorder buffer: results come out in the order in which jobs went in. */
struct job {
    char *bytes; /* owned by the pool until `done` was called */
    size_t n;
    const char *format; /* static, or NULL */
    char *source;       /* "file:line", owned likewise */
    unsigned long long record;
    trajsafe_error error; /* status other than OK: there is nothing to scan, this is why */
    trajsafe_report *report;
};
struct pool;
/* `done` is called on the caller's thread, in order. */
struct pool *pool_new(const struct tools *tools, const struct options *options, int threads,
                      void (*done)(void *user, struct job *job), void *user);
bool pool_put(struct pool *pool, const struct job *job); /* waits while the buffer is full */
bool pool_finish(struct pool *pool);                     /* false: out of memory on the way */

int run_check(struct options *options);
int run_explain(struct options *options);
int run_scan(struct options *options);
int run_rules(struct options *options);
int run_formats(struct options *options);

#endif
