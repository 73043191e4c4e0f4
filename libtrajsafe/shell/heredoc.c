/* Finds here-documents before anything is parsed, and turns their bodies into words. */
#include "shell/parser.h"

enum { FRAMES = 256 };

enum frame_kind { COMMAND, BACKQUOTE, DOUBLE, PARAM, ARITH };
struct frame {
    uint8_t kind;
    uint16_t cases;  /* COMMAND: open `case`: their patterns end in ) */
    uint32_t parens; /* ARITH: parentheses to close; PARAM: what closes it, 0 for } */
};

struct finder {
    struct tj_sh_parser *p;
    struct tj_sh_view *view;
    uint32_t at;
    uint32_t pending; /* documents from here on wait for a newline */
    bool command;     /* a command may begin here */
    uint32_t top;
    struct frame frame[FRAMES];
};

static char peek(const struct finder *f, uint32_t ahead) {
    return f->at + ahead < f->view->end ? f->view->s[f->at + ahead] : '\0';
}

static void push(struct finder *f, enum frame_kind kind, uint32_t parens, uint32_t length) {
    if (f->top + 1 < FRAMES) {
        f->frame[++f->top] = (struct frame){.kind = (uint8_t)kind, .parens = parens};
        f->at += length;
        f->command = true;
    } else {
        f->at = f->view->end; /* the parser stops earlier: DEPTH */
    }
}

static void pop(struct finder *f) {
    f->top -= f->top > 0;
    f->at++;
    f->command = false;
}

static void skip_past(struct finder *f, char quote, bool escapes) {
    for (; f->at < f->view->end && f->view->s[f->at] != quote; f->at++) {
        f->at += escapes && f->view->s[f->at] == '\\';
    }
    f->at++;
    f->command = false;
}

static void backquote(struct finder *f) {
    for (uint32_t i = f->top; i > 0; i--) {
        if (f->frame[i].kind == BACKQUOTE) {
            f->top = i;
            pop(f);
            return;
        }
    }
    push(f, BACKQUOTE, 0, 1);
}

/* ---- delimiters and bodies ------------------------------------------------------------------------------------ */

static void delimiter(struct finder *f, struct tj_sh_heredoc *doc) {
    struct tj_buf buf;
    tj_buf_init(&buf, f->p->arena);
    while (f->at < f->view->end) {
        char c = f->view->s[f->at];
        if ((tj_sh_class[(unsigned char)c] & TJ_CH_META) || c == '\r') {
            break;
        }
        if (c == '\\') {
            doc->quoted = 1;
            f->at++;
            if (f->at < f->view->end && f->view->s[f->at] != '\n') {
                tj_buf_putc(&buf, f->view->s[f->at]);
            }
            f->at++;
        } else if (c == '\'' || c == '"') {
            uint32_t from = ++f->at;
            doc->quoted = 1;
            skip_past(f, c, false);
            if (f->at > f->view->end) {
                f->at = f->view->end + 1;
            }
            tj_buf_put(&buf, tj_str_make(f->view->s + from, f->at - 1 - from));
        } else {
            f->at++;
            if (c != '$' || (peek(f, 0) != '\'' && peek(f, 0) != '"')) {
                tj_buf_putc(&buf, c);
            }
        }
    }
    if (f->at > f->view->end) {
        f->at = f->view->end;
    }
    doc->delimiter = tj_buf_str(&buf);
}

static uint32_t view_place(const struct tj_sh_view *view, uint32_t at) { return view->map ? view->map[at] : at; }

static void open_document(struct finder *f) {
    struct tj_sh_heredocs *all = &f->view->heredocs;
    struct tj_sh_heredoc doc = {.op = f->at, .newline = TJ_NONE};
    doc.strip = peek(f, 2) == '-';
    f->at += doc.strip ? 3 : 2;
    while (peek(f, 0) == ' ' || peek(f, 0) == '\t') {
        f->at++;
    }
    delimiter(f, &doc);
    doc.op_end = f->at;
    doc.body_begin = doc.body_end = doc.resume = f->view->end;
    bool named = doc.quoted || doc.delimiter.n;
    if (named && all->n == TJ_SHELL_MAX_HEREDOCS) { /* what follows is not read */
        tj_sh_trouble(f->p, TJ_REASON_BUDGET, view_place(f->view, doc.op), view_place(f->view, f->view->end));
        f->view->end = doc.op;
    } else if (named && tj_vec_room(f->p->arena, all, 1)) {
        all->at[all->n++] = doc;
    }
}

static uint32_t line_end(const struct tj_sh_view *view, uint32_t at) {
    const char *newline = at < view->end ? memchr(view->s + at, '\n', view->end - at) : NULL;
    return newline ? (uint32_t)(newline - view->s) : view->end;
}

/* Fills in the body that starts at f->at, and moves behind its terminator. */
static void read_body(struct finder *f, struct tj_sh_heredoc *doc) {
    const struct tj_sh_view *view = f->view;
    uint32_t glued = TJ_NONE; /* `EOF)` ends a document in $( … ) when nothing better comes */
    doc->body_begin = f->at;
    for (uint32_t at = f->at; at < view->end;) {
        uint32_t end = line_end(view, at), from = at, last = end;
        while (doc->strip && from < end && view->s[from] == '\t') {
            from++;
        }
        last -= last > from && view->s[last - 1] == '\r';
        if (last - from == doc->delimiter.n && memcmp(view->s + from, doc->delimiter.p, last - from) == 0) {
            doc->body_end = at;
            doc->resume = end < view->end ? end + 1 : end;
            doc->closed = 1;
            f->at = doc->resume;
            return;
        }
        if (f->top && glued == TJ_NONE && last - from > doc->delimiter.n && view->s[from + doc->delimiter.n] == ')' &&
            memcmp(view->s + from, doc->delimiter.p, doc->delimiter.n) == 0) {
            glued = at;
        }
        at = end + 1;
    }
    if (glued != TJ_NONE) {
        doc->body_end = glued;
        doc->closed = 1;
        for (doc->resume = glued; doc->strip && view->s[doc->resume] == '\t'; doc->resume++) {
        }
        doc->resume += doc->delimiter.n;
    }
    f->at = doc->resume;
}

static void newline(struct finder *f) {
    struct tj_sh_heredocs *all = &f->view->heredocs;
    uint32_t at = f->at++;
    for (; f->pending < all->n; f->pending++) {
        struct tj_sh_heredoc *doc = &all->at[f->pending];
        doc->newline = at;
        read_body(f, doc);
    }
    f->command = true;
}

/* ---- the scan ------------------------------------------------------------------------------------------------- */

static void word(struct finder *f) {
    uint32_t from = f->at;
    bool was_command = f->command;
    while (f->at < f->view->end && tj_is_name(f->view->s[f->at])) {
        f->at++;
    }
    struct tj_str text = tj_str_make(f->view->s + from, f->at - from);
    static const char *const openers[] = {"then", "do", "else", "if", "elif", "while", "until", "time"};
    f->command = false;
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
        f->command |= was_command && tj_str_is(text, openers[i]);
    }
    struct frame *frame = &f->frame[f->top];
    if (was_command && tj_str_is(text, "case")) {
        frame->cases++;
    } else if (was_command && frame->cases && tj_str_is(text, "esac")) {
        frame->cases--;
    }
}

/* $ and ` begin the same things in every kind of text. False: an ordinary byte. */
static bool expansion(struct finder *f, char c) {
    if (c == '`') {
        backquote(f);
    } else if (c == '$' && peek(f, 1) == '(') {
        bool arith = peek(f, 2) == '(';
        push(f, arith ? ARITH : COMMAND, 2, arith ? 3 : 2);
    } else if (c == '$' && peek(f, 1) == '[') {
        push(f, PARAM, ']', 2);
    } else if (c == '$' && peek(f, 1) == '{') {
        push(f, PARAM, 0, 2);
    } else {
        return false;
    }
    return true;
}

static void in_command(struct finder *f, char c) {
    char before = f->at ? f->view->s[f->at - 1] : '\n';
    if (c == '\'') {
        f->at++;
        skip_past(f, '\'', before == '$');
    } else if (c == '"') {
        push(f, DOUBLE, 0, 1);
    } else if (c == '\n') {
        newline(f);
    } else if (c == '#' && (before == ' ' || before == '\t' || before == '\n' || before == ';' || before == '(' ||
                            before == '&' || before == '|' || before == ')')) {
        f->at = line_end(f->view, f->at);
    } else if (c == '(') {
        bool arith = f->command && peek(f, 1) == '(';
        push(f, arith ? ARITH : COMMAND, 2, arith ? 2 : 1);
    } else if (c == ')') {
        if (f->frame[f->top].cases == 0 && f->frame[f->top].kind == COMMAND) {
            pop(f);
        } else {
            f->at++;
            f->command = true;
        }
    } else if (c == '<' && peek(f, 1) == '<' && peek(f, 2) != '<') {
        open_document(f);
        f->command = false;
    } else if (c == '<' && peek(f, 1) == '<') {
        f->at += 3;
    } else if (tj_is_name(c)) {
        word(f);
    } else {
        f->command = c == ';' || c == '&' || c == '|' || c == '{' || c == '!' || (f->command && (c == ' ' || c == '\t'));
        f->at++;
    }
}

static void in_text(struct finder *f, char c) {
    struct frame *frame = &f->frame[f->top];
    bool closes = (frame->kind == DOUBLE && c == '"') || (frame->kind == PARAM && c == (frame->parens ? ']' : '}')) ||
                  (frame->kind == ARITH && c == ')' && --frame->parens == 0);
    bool quotable = frame->kind == PARAM && f->top && f->frame[f->top - 1].kind != DOUBLE;
    if (closes) {
        pop(f);
    } else if (c == '"' && frame->kind == PARAM) {
        push(f, DOUBLE, 0, 1);
    } else if (c == '\'' && quotable) {
        f->at++;
        skip_past(f, '\'', false);
    } else {
        frame->parens += frame->kind == ARITH && c == '(';
        f->at++;
    }
}

void tj_sh_heredocs_find(struct tj_sh_parser *p, struct tj_sh_view *view, uint32_t begin, bool in_double) {
    view->heredocs = (struct tj_sh_heredocs){NULL, 0, 0};
    struct tj_str text = tj_str_make(view->s + begin, view->end - begin);
    if (tj_str_find(text, TJ_STR("<<"), 0) == TJ_NOT_FOUND) {
        return;
    }
    struct finder f = {.p = p, .view = view, .at = begin, .command = true};
    f.frame[0].kind = in_double ? DOUBLE : COMMAND;
    while (f.at < view->end) {
        char c = view->s[f.at];
        uint8_t kind = f.frame[f.top].kind;
        if (c == '\\') {
            f.at += 2;
            f.command = false;
        } else if (expansion(&f, c)) {
            continue;
        } else if (kind == COMMAND || kind == BACKQUOTE) {
            in_command(&f, c);
        } else if (f.top == 0 && c == '"') {
            f.at++; /* a body: quotes are text */
        } else {
            in_text(&f, c);
        }
    }
}

/* ---- looking them up ------------------------------------------------------------------------------------------ */

const struct tj_sh_heredoc *tj_sh_heredoc_take(const struct tj_sh_view *view, uint32_t op) {
    uint32_t low = 0, high = view->heredocs.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (view->heredocs.at[middle].op < op) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == view->heredocs.n || view->heredocs.at[low].op != op) {
        return NULL;
    }
    view->heredocs.at[low].taken = 1;
    return &view->heredocs.at[low];
}

uint32_t tj_sh_heredoc_resume(const struct tj_sh_view *view, uint32_t newline, bool all) {
    uint32_t low = 0, high = view->heredocs.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (view->heredocs.at[middle].newline <= newline) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low > 0 && view->heredocs.at[low - 1].newline == newline; low--) {
        if (all || view->heredocs.at[low - 1].taken) {
            return view->heredocs.at[low - 1].resume;
        }
    }
    return newline + 1;
}

/* ---- bodies as words ------------------------------------------------------------------------------------------ */

/* The body of <<- without the tabs that lead its lines. */
static bool stripped(struct tj_sh_parser *p, const struct tj_sh_heredoc *doc, struct tj_sh_view *view) {
    uint32_t n = doc->body_end - doc->body_begin, k = 0;
    if (p->lookahead < 8 * n) {
        tj_sh_fail(p, TJ_REASON_BUDGET);
        return false;
    }
    p->lookahead -= 8 * n;
    char *s = tj_arena_alloc(p->arena, n + 1, 1);
    uint32_t *map = tj_arena_alloc(p->arena, (n + 1) * sizeof *map, _Alignof(uint32_t));
    if (!s || !map) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
        return false;
    }
    bool start = true;
    for (uint32_t i = doc->body_begin; i < doc->body_end; i++) {
        char c = view->s[i];
        if (start && c == '\t') {
            continue;
        }
        start = c == '\n';
        s[k] = c;
        map[k++] = tj_sh_place(p, i);
    }
    map[k] = tj_sh_place(p, doc->body_end);
    *view = (struct tj_sh_view){.s = s, .end = k, .map = map};
    return true;
}

static bool literal_body(struct tj_sh_parser *p, struct tj_sh_view view, uint32_t at, struct tj_sh_word *word) {
    uint32_t was;
    struct tj_sh_view outer = tj_sh_view_enter(p, view, at, &was);
    struct tj_sh_part part = {.kind = TJ_PART_QUOTED,
                              .begin = tj_sh_place(p, at),
                              .end = tj_sh_place(p, view.end),
                              .text = tj_sh_slice(p, at, view.end),
                              .node = TJ_NONE};
    p->view = outer;
    p->at = was;
    *word = (struct tj_sh_word){p->out->part.n, p->out->part.n + 1, part.begin, part.end};
    return tj_vec_push(p->arena, &p->out->part, part);
}

static bool expanded_body(struct tj_sh_parser *p, struct tj_sh_view view, uint32_t at, struct tj_sh_word *word) {
    uint32_t was;
    tj_sh_heredocs_find(p, &view, at, true);
    struct tj_sh_view outer = tj_sh_view_enter(p, view, at, &was);
    bool read = tj_sh_enter(p) && tj_sh_word(p, TJ_WORD_BODY, true, word);
    tj_sh_leave(p);
    p->view = outer;
    p->at = was;
    return read;
}

uint32_t tj_sh_heredoc_word(struct tj_sh_parser *p, const struct tj_sh_heredoc *doc) {
    struct tj_sh_view view = p->view;
    uint32_t at = doc->body_begin;
    struct tj_sh_word word;
    view.end = doc->body_end;
    /* One that the end of the script ends: bash warns and goes on. */
    bool to_the_end = !p->view.map && doc->body_begin < doc->body_end && doc->resume >= p->out->source.n;
    if (!doc->closed && !to_the_end) {
        tj_sh_trouble(p, TJ_REASON_SYNTAX, tj_sh_place(p, doc->op), tj_sh_place(p, doc->op_end));
    }
    if (doc->strip) {
        if (!stripped(p, doc, &view)) {
            return TJ_NONE;
        }
        at = 0;
    }
    bool read = doc->quoted ? literal_body(p, view, at, &word) : expanded_body(p, view, at, &word);
    if (!read || !tj_vec_push(p->arena, &p->out->word, word)) {
        return TJ_NONE;
    }
    return p->out->word.n - 1;
}
