/* Options of all commands, parsed with getopt_long. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

int usage_error(const char *command, const char *format, ...) {
    char text[1024]; /* what was typed is quoted: escaped like everything else, and cut */
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    fputs("trajsafe", stderr);
    if (command) fprintf(stderr, " %s", command);
    fputs(": ", stderr);
    put_safe(stderr, text);
    if (command) fprintf(stderr, " (see trajsafe %s --help)", command);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

enum {
    O_JSONL = 256,
    O_JSON,
    O_PROFILE,
    O_FORMAT,
    O_CONTEXT,
    O_RULES,
    O_IMAGE,
    O_TOOL,
    O_ARGUMENTS,
    O_SHELL,
    O_CWD,
    O_HOME,
    O_WORKSPACE,
    O_ON_ASK,
    O_FAIL_ON,
    O_MAX_RECORD,
    O_EVIDENCE,
    O_MASK_SCOPE,
    O_COLOR,
    O_TOP,
    O_DISABLE,
    O_QUIET,
    O_NO_PROGRESS
};

static const struct {
    struct option option;
    unsigned takes; /* any of these; 0 = every command */
} rows[] = {
    {{"help", no_argument, NULL, 'h'}, 0},
    {{"color", required_argument, NULL, O_COLOR}, 0},
    {{"jsonl", no_argument, NULL, O_JSONL}, TAKES_JSONL},
    {{"json", no_argument, NULL, O_JSON}, TAKES_JSON},
    {{"profile", required_argument, NULL, O_PROFILE}, TAKES_PROFILE},
    {{"disable", required_argument, NULL, O_DISABLE}, TAKES_PROFILE},
    {{"context", required_argument, NULL, O_CONTEXT}, TAKES_CONTEXT},
    {{"rules", required_argument, NULL, O_RULES}, TAKES_RULES},
    {{"image", required_argument, NULL, O_IMAGE}, TAKES_RULES},
    {{"evidence", required_argument, NULL, O_EVIDENCE}, TAKES_EVIDENCE},
    {{"tool", required_argument, NULL, O_TOOL}, TAKES_CHECK},
    {{"arguments", required_argument, NULL, O_ARGUMENTS}, TAKES_CHECK},
    {{"shell", required_argument, NULL, O_SHELL}, TAKES_PLACE},
    {{"cwd", required_argument, NULL, O_CWD}, TAKES_PLACE},
    {{"home", required_argument, NULL, O_HOME}, TAKES_PLACE},
    {{"workspace", required_argument, NULL, O_WORKSPACE}, TAKES_PLACE},
    {{"on-ask", required_argument, NULL, O_ON_ASK}, TAKES_CHECK},
    {{"fail-on", required_argument, NULL, O_FAIL_ON}, TAKES_PLACE | TAKES_SCAN},
    {{"format", required_argument, NULL, O_FORMAT}, TAKES_SCAN},
    {{"max-record", required_argument, NULL, O_MAX_RECORD}, TAKES_SCAN},
    {{"mask-scope", required_argument, NULL, O_MASK_SCOPE}, TAKES_SCAN},
    {{"top", required_argument, NULL, O_TOP}, TAKES_SCAN},
    {{"quiet", no_argument, NULL, O_QUIET}, TAKES_SCAN},
    {{"no-progress", no_argument, NULL, O_NO_PROGRESS}, TAKES_SCAN},
    {{"jobs", required_argument, NULL, 'j'}, TAKES_SCAN},
};
#define ROWS (sizeof rows / sizeof *rows)

/* Number of `text` in a list of names, or -1. */
static int one_of(const char *text, const char *const *names, int n) {
    for (int i = 0; i < n; i++)
        if (strcmp(text, names[i]) == 0) return i;
    return -1;
}

/* Digits with an optional K, M or G. */
static bool size_of(const char *text, unsigned long long *out) {
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10), unit = 1;
    if (end == text || errno || text[0] == '-') return false;
    if (*end == 'K' || *end == 'k')
        unit = 1ull << 10, end++;
    else if (*end == 'M' || *end == 'm')
        unit = 1ull << 20, end++;
    else if (*end == 'G' || *end == 'g')
        unit = 1ull << 30, end++;
    if (*end == 'B') end++;
    if (*end || n == 0 || n > (1ull << 31) / unit) return false;
    *out = n * unit;
    return true;
}

static int count_of(const char *text, int most) {
    char *end;
    long n = strtol(text, &end, 10);
    return end == text || *end || n < 0 || n > most ? -1 : (int)n;
}

static int fail_on(const struct command *command, const char *text) {
    static const char *const actions[] = {"allow", "ask", "deny"}, *const runs[] = {"keep", "mask", "review", "drop"};
    return command->takes & TAKES_SCAN ? one_of(text, runs, 4) : one_of(text, actions, 3);
}

static bool take_choice(const struct command *command, int option, const char *text, struct options *out) {
    static const char *const evidence[] = {"redacted", "none", "full"}, *const scopes[] = {"call", "turn", "dependents",
                                                                                           "rest"};
    static const char *const colors[] = {"never", "always"}, *const asks[] = {"allow", "deny"};
    int choice;
    switch (option) {
    case O_EVIDENCE: out->evidence = (trajsafe_evidence)(choice = one_of(text, evidence, 3)); return choice >= 0;
    case O_MASK_SCOPE: out->mask_scope = (trajsafe_mask_scope)(choice = one_of(text, scopes, 4)); return choice >= 0;
    case O_COLOR: out->color = one_of(text, colors, 2); return out->color >= 0 || strcmp(text, "auto") == 0;
    case O_ON_ASK: out->on_ask = text; return one_of(text, asks, 2) >= 0;
    case O_FAIL_ON: out->fail_on = fail_on(command, text); return out->fail_on >= 0;
    case O_MAX_RECORD: return size_of(text, &out->max_record);
    case O_TOP: out->top = count_of(text, 1000); return out->top >= 0;
    case 'j': out->threads = count_of(text, 1024); return out->threads >= 0;
    default: return false;
    }
}

static bool take(const struct command *command, int option, char *text, struct options *out) {
    switch (option) {
    case 'h': out->help = true; return true;
    case O_JSONL: out->jsonl = true; return true;
    case O_JSON: out->json = true; return true;
    case O_QUIET: out->quiet = true; return true;
    case O_NO_PROGRESS: out->no_progress = true; return true;
    case O_PROFILE: out->profile = text; return true;
    case O_FORMAT: out->format = text; return true;
    case O_CONTEXT: out->context_file = text; return true;
    case O_RULES: out->rules_folder = text; return true;
    case O_IMAGE: out->image_file = text; return true;
    case O_TOOL: out->tool = text; return true;
    case O_ARGUMENTS: out->arguments = text; return true;
    case O_SHELL: out->shell = text; return true;
    case O_CWD: out->cwd = text; return true;
    case O_HOME: out->home = text; return true;
    case O_WORKSPACE: out->workspace = text; return true;
    case O_DISABLE: out->disabled[out->disables++] = text; return true;
    default: return take_choice(command, option, text, out);
    }
}

int options_parse(const struct command *command, int argc, char **argv, struct options *out) {
    struct option taken[ROWS + 1] = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].takes == 0 || rows[i].takes & command->takes) taken[n++] = rows[i].option;
    memset(out, 0, sizeof *out);
    out->fail_on = -1;
    out->color = -1;
    out->top = 10;
    out->mask_scope = TRAJSAFE_MASK_DEPENDENTS;
    out->disabled = calloc((size_t)argc + 1, sizeof *out->disabled);
    char **words = out->words = calloc((size_t)argc + 2, sizeof *words); /* getopt wants a program name first */
    if (!words || !out->disabled) return usage_error(command->name, "out of memory");
    words[0] = (char *)(uintptr_t)command->name;
    memcpy(words + 1, argv, sizeof *words * (size_t)argc);
    opterr = 0;
    optind = 1;
    /* A command to judge begins at the first word that is no option: its own options are not ours. */
    const char *spec = command->takes & TAKES_PLACE ? "+:hj:" : ":hj:";
    for (int option, at; (option = getopt_long(argc + 1, words, spec, taken, &at)) != -1;) {
        const char *word = words[optind - 1];
        if (option == '?') return usage_error(command->name, "it takes no option \"%s\"", word);
        if (option == ':') return usage_error(command->name, "option \"%s\" needs a value", word);
        if (option == 'j' && !(command->takes & TAKES_SCAN))
            return usage_error(command->name, "it takes no option \"-j\"");
        if (!take(command, option, optarg, out))
            return usage_error(command->name, "\"%s\" is no value for this option", optarg ? optarg : word);
    }
    out->rest = words + optind;
    out->rests = argc + 1 - optind;
    return EXIT_DONE;
}

void options_free(struct options *options) {
    free(options->disabled);
    free(options->words);
}
