/* check and explain: one action, or one a line. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static char *joined(const struct options *options) {
    size_t n = 1;
    for (int i = 0; i < options->rests; i++) n += strlen(options->rest[i]) + 1;
    char *text = malloc(n), *p = text;
    for (int i = 0; text && i < options->rests; i++) {
        size_t k = strlen(options->rest[i]);
        if (i) *p++ = ' ';
        memcpy(p, options->rest[i], k);
        p += k;
    }
    if (text) *p = '\0';
    return text;
}

/* The command of the command line, or of standard input without its last line end. */
static char *command_text(const struct options *options, size_t *n) {
    if (options->rests) {
        char *text = joined(options);
        *n = text ? strlen(text) : 0;
        return text;
    }
    if (isatty(STDIN_FILENO)) fputs("trajsafe: reading the command from the terminal; end with Ctrl-D\n", stderr);
    char *text = read_file("-", n);
    if (text && *n && text[*n - 1] == '\n') text[--*n] = '\0';
    return text;
}

static trajsafe_action decided(const struct options *options, trajsafe_action action) {
    if (action != TRAJSAFE_ASK || !options->on_ask) return action;
    return options->on_ask[0] == 'd' ? TRAJSAFE_DENY : TRAJSAFE_ALLOW;
}

static int exit_of(const struct options *options, trajsafe_action worst) {
    return options->fail_on >= 0 && (int)worst >= options->fail_on ? EXIT_FOUND : EXIT_DONE;
}

static void print_finding(const trajsafe_finding *f) {
    printf("  %s%s%s  %s  ", color(stdout, BOLD), f->severity, color(stdout, PLAIN), f->rule);
    put_safe(stdout, f->title);
    fputc('\n', stdout);
    if (f->evidence[0]) {
        fputs("      ", stdout);
        put_safe(stdout, f->evidence);
        fputc('\n', stdout);
    }
    if (f->layers[0]) {
        fputs("      through ", stdout);
        put_safe(stdout, f->layers);
        fputc('\n', stdout);
    }
    if (f->suggest[0]) {
        fputs("      instead: ", stdout);
        put_safe(stdout, f->suggest);
        fputc('\n', stdout);
    }
}

static void print_report(const struct options *options, const trajsafe_report *report) {
    static const enum color colors[] = {GREEN, YELLOW, RED};
    static const char *const bases[] = {"nothing speaks against it", "a finding decided",
                                        "something was not understood", "a policy names it"};
    trajsafe_action action = decided(options, trajsafe_report_action(report));
    printf("%s%s%s: %s; score %.4f\n", color(stdout, colors[action]), action_name(action), color(stdout, PLAIN),
           bases[trajsafe_report_basis(report)], trajsafe_report_score(report, NULL));
    for (uint32_t i = 0; i < trajsafe_report_findings(report); i++) {
        trajsafe_finding finding = {.size = sizeof finding};
        if (trajsafe_report_finding(report, i, &finding) == TRAJSAFE_OK) print_finding(&finding);
    }
    for (uint32_t i = 0; i < trajsafe_report_unknowns(report); i++) {
        trajsafe_unknown unknown = {.size = sizeof unknown};
        if (trajsafe_report_unknown(report, i, &unknown) == TRAJSAFE_OK)
            printf("  not understood: %s (bytes %u to %u)\n", unknown.reason, (unsigned)unknown.begin,
                   (unsigned)unknown.end);
    }
}

/* Where `key` begins among the object's own members: what stands inside of others, such as an id, does not count. */
static const char *own_member(const char *json, const char *key) {
    int depth = 0;
    for (const char *p = json; *p; p++) {
        if (depth == 1 && *p == '"' && strncmp(p, key, strlen(key)) == 0) return p;
        if (*p == '"')
            for (p++; *p && *p != '"'; p++) p += *p == '\\' && p[1];
        else
            depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
        if (!*p) break;
    }
    return NULL;
}

/* With --on-ask the line says what was decided in the end; the rest is as the library wrote it. */
static void print_line(const struct options *options, const trajsafe_report *report) {
    static const char ask[] = "\"decision\":\"ask\"";
    size_t n;
    const char *json = trajsafe_report_json(report, &n), *at = NULL;
    if (options->on_ask && trajsafe_report_action(report) == TRAJSAFE_ASK) at = own_member(json, ask);
    if (at) {
        fwrite(json, 1, (size_t)(at - json), stdout);
        printf("\"decision\":\"%s\"", options->on_ask);
        fputs(at + sizeof ask - 1, stdout);
    } else {
        fwrite(json, 1, n, stdout);
    }
    fputc('\n', stdout);
}

static int print_one(const struct options *options, trajsafe_status status, const trajsafe_error *error,
                     trajsafe_report *report) {
    if (status != TRAJSAFE_OK) {
        print_error(error, NULL);
        return status == TRAJSAFE_NO_MEMORY ? EXIT_INPUT : EXIT_USAGE;
    }
    if (options->json)
        print_line(options, report);
    else
        print_report(options, report);
    int code = exit_of(options, decided(options, trajsafe_report_action(report)));
    trajsafe_report_free(report);
    return code;
}

static int check_one(const struct options *options, const struct tools *tools, trajsafe_scanner *scanner) {
    trajsafe_report *report = NULL;
    trajsafe_error error = {0};
    if (options->tool) {
        if (options->rests) return usage_error("check", "give a command, or --tool and --arguments");
        const char *arguments = options->arguments ? options->arguments : "{}";
        trajsafe_status status = trajsafe_check_call(scanner, tools->context, tools->policy, options->tool, arguments,
                                                     TRAJSAFE_NUL, &report, &error);
        error.status = status;
        return print_one(options, status, &error, report);
    }
    size_t n;
    char *text = command_text(options, &n);
    if (!text) return EXIT_INPUT;
    trajsafe_status status = trajsafe_check_command(scanner, tools->context, tools->policy, text, n, &report, &error);
    error.status = status;
    free(text);
    return print_one(options, status, &error, report);
}

struct lines {
    unsigned long long number;
    unsigned long bad;
    trajsafe_action worst;
};

static void answered(const struct options *options, trajsafe_report *report, struct lines *lines) {
    trajsafe_action action = decided(options, trajsafe_report_action(report));
    if (action > lines->worst) lines->worst = action;
    print_line(options, report);
    trajsafe_report_free(report);
}

/* False: out of memory. A bad line is answered in its place. */
static bool check_line(const struct options *options, trajsafe_checker *checker, const char *line, size_t n,
                       struct lines *lines) {
    trajsafe_report *report = NULL;
    trajsafe_error error = {0};
    trajsafe_status status = trajsafe_checker_line(checker, line, n, lines->number++, &report, &error);
    if (status != TRAJSAFE_OK && status != TRAJSAFE_BAD_INPUT) return false;
    if (status == TRAJSAFE_BAD_INPUT) lines->bad++;
    answered(options, report, lines);
    return true;
}

/* One line of any length into a buffer of bounded size: what is beyond MOST_LINE is skipped, and told by *skipped. */
#define MOST_LINE ((size_t)64 << 20)
struct line {
    char *at;
    size_t n, room;
    unsigned long long skipped;
};

static bool keep_char(struct line *line, int c) {
    if (line->n == MOST_LINE) {
        line->skipped++;
        return true;
    }
    if (line->n == line->room) {
        size_t room = line->room ? line->room * 2 : 4096;
        char *more = realloc(line->at, room);
        if (!more) return false;
        line->at = more;
        line->room = room;
    }
    line->at[line->n++] = (char)c;
    return true;
}

/* 1 a line, 0 the end, -1 out of memory. */
static int next_line(struct line *line) {
    int c;
    line->n = 0;
    line->skipped = 0;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n')
        if (!keep_char(line, c)) return -1;
    return c != EOF || line->n > 0;
}

static bool is_pipe(void) {
    struct stat info;
    return fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode);
}

/* A line that is too long is answered in its place like any other that cannot be read. */
static bool refuse_line(const struct options *options, trajsafe_scanner *scanner, const struct line *line,
                        struct lines *lines) {
    trajsafe_error error = {.status = TRAJSAFE_TOO_LARGE, .number = 363};
    trajsafe_report *report = NULL;
    snprintf(error.message, sizeof error.message, "the line has %llu bytes, more than 64 MB",
             (unsigned long long)line->n + line->skipped);
    snprintf(error.mend, sizeof error.mend, "give one action a line");
    if (trajsafe_scanner_set_origin(scanner, NULL, NULL, lines->number++) != TRAJSAFE_OK ||
        trajsafe_report_of_error(scanner, &error, 0, &report) != TRAJSAFE_OK)
        return false;
    lines->bad++;
    answered(options, report, lines);
    return true;
}

static int end_lines(const struct options *options, const struct lines *lines, bool fine) {
    if (!fine) {
        fputs("trajsafe: out of memory\n", stderr);
        return EXIT_INPUT;
    }
    if (lines->bad) {
        fprintf(stderr, "trajsafe: %lu of %llu lines could not be read; each was answered in its place\n", lines->bad,
                lines->number);
        return EXIT_INPUT;
    }
    return exit_of(options, lines->worst);
}

static int check_lines(const struct options *options, const struct tools *tools, trajsafe_scanner *scanner) {
    struct lines lines = {0};
    struct line line = {0};
    trajsafe_checker *checker;
    int more = 0;
    if (options->rests || options->tool)
        return usage_error("check", "with --jsonl the actions come from standard input");
    bool flush = is_pipe(), fine = trajsafe_checker_new(scanner, tools->context, tools->policy, &checker) == TRAJSAFE_OK;
    if (!fine) return end_lines(options, &lines, false);
    while (fine && (more = next_line(&line)) > 0) {
        while (line.n > 0 && line.at[line.n - 1] == '\r') line.n--;
        if (line.skipped)
            fine = refuse_line(options, scanner, &line, &lines);
        else if (line.n == 0)
            lines.number++; /* an empty line is no action, but it is a line */
        else
            fine = check_line(options, checker, line.at, line.n, &lines);
        if (flush && fflush(stdout) != 0) break;
    }
    free(line.at);
    trajsafe_checker_free(checker);
    return end_lines(options, &lines, fine && more >= 0);
}

static int with_scanner(struct options *options,
                        int (*run)(const struct options *, const struct tools *, trajsafe_scanner *)) {
    struct tools tools;
    trajsafe_scanner *scanner;
    int code = tools_open(options, &tools);
    if (code != EXIT_DONE) return code;
    if (trajsafe_scanner_new(tools.engine, &scanner) != TRAJSAFE_OK) {
        fputs("trajsafe: out of memory\n", stderr);
        code = EXIT_INPUT;
    } else {
        trajsafe_scanner_set_evidence(scanner, options->evidence);
        code = run(options, &tools, scanner);
        trajsafe_scanner_free(scanner);
    }
    tools_close(&tools);
    return code;
}

int run_check(struct options *options) { return with_scanner(options, options->jsonl ? check_lines : check_one); }

/* Line by line: what the drawing quotes from the input must not reach the terminal raw. */
static void print_safe_lines(const char *text) {
    for (const char *end; *text; text = *end ? end + 1 : end) {
        end = strchr(text, '\n');
        if (!end) end = text + strlen(text);
        put_safe_n(stdout, text, (size_t)(end - text));
        fputc('\n', stdout);
    }
}

static int explain_one(const struct options *options, const struct tools *tools, trajsafe_scanner *scanner) {
    trajsafe_report *report = NULL;
    trajsafe_error error = {0};
    size_t n;
    char *text = command_text(options, &n);
    if (!text) return EXIT_INPUT;
    trajsafe_status status = trajsafe_explain(scanner, tools->context, tools->policy, text, n, &report, &error);
    free(text);
    if (status != TRAJSAFE_OK) {
        error.status = status;
        print_error(&error, NULL);
        return EXIT_USAGE;
    }
    print_safe_lines(trajsafe_report_explanation(report, NULL));
    int code = exit_of(options, trajsafe_report_action(report));
    trajsafe_report_free(report);
    return code;
}

int run_explain(struct options *options) { return with_scanner(options, explain_one); }
