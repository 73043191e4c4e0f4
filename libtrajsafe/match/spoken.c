/* Words that are only spoken: messages, patterns, what print() says. Mentioning a command does not run it. */
#include "match/inner.h"

static bool is_spoken_slot(uint8_t slot) { return slot == TJ_SLOT_MESSAGE || slot == TJ_SLOT_PATTERN; }
static bool is_nested_slot(uint8_t slot) {
    return slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL || slot == TJ_SLOT_SHELL_ARGS;
}

static const struct tj_bound *bound_of(const struct tj_matching *m, const struct tj_command *c) {
    if (c->base_program == TJ_NONE || c->index >= m->view->effects->bound.n) return NULL;
    return &m->view->effects->bound.at[c->index];
}

/* ---- words -------------------------------------------------------------------------------------------------------- */

/* The value of an option: in its own word from byte n on (--body=x, -mx), or in the next. After jq's --arg NAME the value. */
static void mark_option(struct tj_hush *hush, const struct tj_command *c, const struct tj_bound_option *o) {
    const struct tj_str word = c->argv[o->arg].value.text, value = o->value.text;
    if (o->row->slot == TJ_SLOT_VARIABLE) {
        if (o->arg + 2 < c->argc) hush->from[o->arg + 2] = 0;
        return;
    }
    bool attached = value.n <= word.n && value.p >= word.p && value.p + value.n == word.p + word.n;
    if (attached)
        hush->from[o->arg] = (uint32_t)(value.p - word.p);
    else if (o->arg + 1 < c->argc)
        hush->from[o->arg + 1] = 0;
}

static bool begin_marks(struct tj_matching *m, const struct tj_command *c, struct tj_hush *hush) {
    if (hush->from) return true;
    hush->from = tj_arena_array(m->arena, uint32_t, c->argc + 1);
    if (!hush->from) m->failed = true;
    for (uint32_t i = 0; hush->from && i < c->argc; i++) hush->from[i] = UINT32_MAX;
    return hush->from != NULL;
}

/* Another command's words are that command's: only where it was found and is judged as one of its own. */
static bool is_left_out(const struct tj_command *c, uint8_t slot) {
    return is_spoken_slot(slot) || (is_nested_slot(slot) && c->flags & TJ_CMD_WRAPPER);
}

/* A message given by an option is nobody's business; what a program that is named prints, sends or looks for may be. */
static bool is_hushed(const struct tj_bound_option *o, bool acted) {
    if (!o->row || !o->has_value) return false;
    if (o->row->slot == TJ_SLOT_VARIABLE) return tj_str_is(o->name, "--arg") || tj_str_is(o->name, "--argjson");
    bool sent = o->row->slot == TJ_SLOT_SEND_DATA || o->row->slot == TJ_SLOT_SEND_FILE;
    return o->row->slot == TJ_SLOT_MESSAGE || (acted && (sent || is_spoken_slot(o->row->slot)));
}

struct tj_hush tj_spoken_words(struct tj_matching *m, const struct tj_command *c, bool acted) {
    struct tj_hush hush = {0};
    const struct tj_bound *bound = bound_of(m, c);
    for (uint32_t i = 0; acted && bound && i < bound->operand.n; i++) {
        const struct tj_bound_operand *o = &bound->operand.at[i];
        if (o->arg >= c->argc || !is_left_out(c, o->slot) || !begin_marks(m, c, &hush)) continue;
        hush.from[o->arg] = 0;
        if (is_spoken_slot(o->slot)) continue;
        for (uint32_t k = o->arg; k < c->argc; k++) hush.from[k] = 0; /* a command takes the rest */
    }
    for (uint32_t i = 0; bound && i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (o->arg < c->argc && is_hushed(o, acted) && begin_marks(m, c, &hush)) mark_option(&hush, c, o);
    }
    return hush;
}

/* ---- code: what a program only says --------------------------------------------------------------------------------- */

enum { NESTING_MOST = 64 };

struct reader {
    char *p;
    uint32_t n, at;
    uint32_t depth;             /* of brackets */
    uint64_t says;              /* by depth: brackets of a call that prints */
    struct tj_str name, before; /* the last name, and the one that stands before its dot */
    bool call;                  /* nothing but spaces came after the name */
    bool line;                  /* nothing came yet in this statement */
};

static bool is_speaker(const struct reader *r) {
    static const char *const loggers[] = {"log",    "logger",  "logging", "LOG",
                                          "LOGGER", "_logger", "console", "warnings"};
    if (tj_str_is(r->name, "print") && r->before.n == 0) return true;
    for (size_t i = 0; i < sizeof loggers / sizeof *loggers; i++)
        if (tj_str_is(r->before, loggers[i])) return true;
    return false;
}

/* `print = os.system`, `import system as print`: the name means something else. */
static bool print_is_print(struct tj_str code) {
    for (uint32_t at = 0; (at = tj_str_find(code, TJ_STR("print"), at)) != TJ_NOT_FOUND; at += 5) {
        if (at && (tj_is_name(code.p[at - 1]) || code.p[at - 1] == '.')) continue;
        uint32_t end = at + 5;
        if (end < code.n && tj_is_name(code.p[end])) continue;
        while (end < code.n && code.p[end] == ' ') end++;
        if (end >= code.n || code.p[end] != '(') return false;
        if (at >= 4 && tj_str_is(tj_str_sub(code, at - 4, at), "def ")) return false;
    }
    return true;
}

static void read_name(struct reader *r) {
    uint32_t from = r->at;
    while (r->at < r->n && tj_is_name(r->p[r->at])) r->at++;
    bool member = from && r->p[from - 1] == '.';
    r->before = member ? r->name : TJ_STR_NONE;
    r->name = tj_str_make(r->p + from, r->at - from);
    r->call = true;
    r->line = r->line && r->at < r->n && (r->p[r->at] == '"' || r->p[r->at] == '\''); /* r"…" */
}

/* True when only a line's end, a comment or ; follows. */
static bool ends_statement(const struct reader *r) {
    uint32_t at = r->at;
    while (at < r->n && (r->p[at] == ' ' || r->p[at] == '\t' || r->p[at] == '\r')) at++;
    return at >= r->n || r->p[at] == '\n' || r->p[at] == ';' || r->p[at] == '#';
}

/* The prefix of a string is a name that ends at it: f"…" runs what is in its braces. */
static bool is_formatted(const struct reader *r, uint32_t quote) {
    bool adjacent = r->name.n && r->name.n <= 2 && r->name.p + r->name.n == r->p + quote;
    for (uint32_t i = 0; adjacent && i < r->name.n; i++)
        if (r->name.p[i] == 'f' || r->name.p[i] == 'F' || r->name.p[i] == 't' || r->name.p[i] == 'T') return true;
    return false;
}

static void read_string(struct reader *r) {
    char quote = r->p[r->at];
    uint32_t begin = r->at;
    bool alone = r->line, formatted = is_formatted(r, begin);
    bool triple = r->at + 2 < r->n && r->p[r->at + 1] == quote && r->p[r->at + 2] == quote;
    uint32_t marks = triple ? 3 : 1;
    r->at += marks;
    for (; r->at < r->n; r->at++) {
        if (r->p[r->at] == '\\') {
            r->at++;
        } else if (!triple && r->p[r->at] == '\n') {
            return; /* not Python */
        } else if (r->p[r->at] == quote &&
                   (!triple || (r->at + 2 < r->n && r->p[r->at + 1] == quote && r->p[r->at + 2] == quote))) {
            break;
        }
    }
    if (r->at >= r->n) { /* not closed */
        r->at = r->n;
        return;
    }
    uint32_t end = r->at;
    r->at += marks;
    bool said = r->depth && r->depth <= NESTING_MOST && r->says >> (r->depth - 1) & 1;
    if (!formatted && (said || (alone && r->depth == 0 && ends_statement(r))))
        memset(r->p + begin + marks, ' ', end - begin - marks);
    r->call = r->line = false;
}

static void open_bracket(struct reader *r) {
    bool call = r->call && r->p[r->at] == '(', says = call && is_speaker(r);
    if (!call && r->depth && r->depth <= NESTING_MOST) says = r->says >> (r->depth - 1) & 1;
    if (r->depth < NESTING_MOST) {
        r->says &= ~(UINT64_C(1) << r->depth);
        if (says) r->says |= UINT64_C(1) << r->depth;
    }
    r->depth++;
    r->at++;
    r->call = r->line = false;
}

void tj_spoken_python(char *p, uint32_t n) {
    if (!print_is_print(tj_str_make(p, n))) return;
    struct reader r = {.p = p, .n = n, .line = true};
    while (r.at < n) {
        char c = p[r.at];
        if (tj_is_name(c)) {
            read_name(&r);
        } else if (c == '"' || c == '\'') {
            read_string(&r);
        } else if (c == '(' || c == '[' || c == '{') {
            open_bracket(&r);
        } else if (c == '#') {
            while (r.at < n && p[r.at] != '\n') p[r.at++] = ' ';
        } else {
            if (c == ')' || c == ']' || c == '}') r.depth -= r.depth > 0;
            if (r.depth == 0 && (c == '\n' || c == ';'))
                r.line = true;
            else if (!tj_is_space(c))
                r.line = false;
            r.call &= c == ' ';
            r.at++;
        }
    }
}
