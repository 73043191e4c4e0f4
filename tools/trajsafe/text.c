/* Writing for people: escapes for terminals, colours, errors. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int color_choice = -1;

void colors_set(int choice) { color_choice = choice; }

const char *color(FILE *out, enum color which) {
    static const char *const codes[] = {"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                        "\033[33m", "\033[32m", "\033[36m"};
    bool on = color_choice == 1;
    if (color_choice == -1) {
        const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
        on = isatty(fileno(out)) && !(none && *none) && !(term && strcmp(term, "dumb") == 0);
    }
    return on ? codes[which] : "";
}

/* One code point, or 0 with *n = 1 for a byte that is not UTF-8. */
static unsigned long code_point(const unsigned char *p, size_t left, size_t *n) {
    *n = 1;
    if (p[0] < 0x80) return p[0];
    size_t more = p[0] >= 0xF0 && p[0] < 0xF5 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC2 ? 1 : 0;
    if (more == 0 || p[0] >= 0xF5 || more >= left) return 0;
    unsigned long c = p[0] & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        c = c << 6 | (p[i] & 0x3Fu);
    }
    *n = more + 1;
    return c;
}

/* Characters that a terminal acts on or that cannot be seen: controls, bidirectional marks, zero width, tags. */
static bool invisible(unsigned long c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0x2028 || c == 0x2029 || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

void put_safe_n(FILE *out, const char *text, size_t n) {
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0, width; i < n; i += width) {
        unsigned long c = code_point(p + i, n - i, &width);
        if (c == 0 && p[i] >= 0x80)
            fputs("\xEF\xBF\xBD", out);
        else if (c == '\n')
            fputs("\\n", out);
        else if (c == '\t')
            fputs("\\t", out);
        else if (invisible(c))
            fprintf(out, c < 0x100 ? "\\x%02lx" : "\\u{%lx}", c);
        else
            fwrite(p + i, 1, width, out);
    }
}

void put_safe(FILE *out, const char *text) { put_safe_n(out, text, strlen(text)); }

void print_error(const trajsafe_error *error, const char *where) {
    fputs("trajsafe: ", stderr);
    if (where && *where) {
        put_safe(stderr, where);
        fputs(": ", stderr);
    }
    if (error->where[0] && !(where && strcmp(where, error->where) == 0)) {
        put_safe(stderr, error->where);
        fputs(": ", stderr);
    }
    put_safe(stderr, error->message[0] ? error->message : trajsafe_status_name(error->status));
    if (error->offset) fprintf(stderr, " (byte %llu)", (unsigned long long)error->offset);
    if (error->mend[0]) {
        fputs("; ", stderr);
        put_safe(stderr, error->mend);
    }
    if (error->number) fprintf(stderr, " [TJ-%04u]", (unsigned)error->number);
    fputc('\n', stderr);
}

const char *decision_name(trajsafe_decision decision) {
    static const char *const names[] = {"keep", "mask", "review", "drop"};
    return names[decision];
}

const char *action_name(trajsafe_action action) {
    static const char *const names[] = {"allow", "ask", "deny"};
    return names[action];
}
