/* Reads one word into parts: literal runs here, quotes and expansions by their own readers. */
#include "shell/parser.h"

struct word {
    enum tj_word_mode mode;
    bool in_double;
    bool assigning;    /* name= was read: a tilde behind : counts */
    bool operand;      /* one of the ${…} modes */
    uint32_t base;     /* of the part stack */
    uint32_t begin;    /* of the word */
    uint32_t parens;   /* open parentheses of an extended glob, array or regex */
    uint32_t brackets; /* INDEX: open [ */
    bool single;       /* an operand in \"…\": between single quotes, which hide a } there */
    uint32_t braces;   /* unquoted { so far */
    bool listed;       /* , or .. behind one */
    bool open;         /* a literal is being read */
    uint8_t flags;     /* of that literal */
    struct tj_sh_text text;
};

void tj_sh_push_part(struct tj_sh_parser *p, struct tj_sh_part part) {
    if (!tj_vec_push(p->arena, &p->parts, part)) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
    }
}

static void literal_open(struct tj_sh_parser *p, struct word *w) {
    if (!w->open) {
        w->open = true;
        w->flags = 0;
        tj_sh_text_start(p, &w->text);
    }
}

static void literal_close(struct tj_sh_parser *p, struct word *w) {
    if (!w->open) {
        return;
    }
    w->open = false;
    struct tj_sh_part part = {.kind = TJ_PART_LITERAL, .flags = w->flags, .node = TJ_NONE};
    if (w->in_double) {
        part.kind = TJ_PART_QUOTED;
        part.flags = (uint8_t)((w->flags & TJ_PART_ESCAPED) | TJ_PART_IN_DOUBLE);
    }
    part.begin = tj_sh_place(p, w->text.begin);
    part.end = tj_sh_place(p, p->at);
    part.text = tj_sh_text_done(p, &w->text);
    tj_sh_push_part(p, part);
}

static bool ends_plain(const struct tj_sh_parser *p, const struct word *w, char c) {
    if (w->brackets) {
        return false;
    }
    if (w->parens) {
        return c == '\n' && w->mode != TJ_WORD_DECLARE;
    }
    if (c == '<' || c == '>') {
        return tj_sh_peek(p, 1) != '(';
    }
    return tj_sh_ends_word(p, p->at);
}

static bool ends(const struct tj_sh_parser *p, const struct word *w, char c) {
    switch (w->mode) {
    case TJ_WORD_INDEX: return c == ']' && w->brackets == 0;
    case TJ_WORD_OPERAND: return c == '}' && !w->single;
    case TJ_WORD_PATTERN: return c == '}' || c == '/';
    case TJ_WORD_ALL: return c == '}' || (c == '/' && p->at > w->begin);
    case TJ_WORD_OFFSET: return c == '}' || c == ':';
    case TJ_WORD_REGEX: return w->parens == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\0' || c == ')');
    default: return ends_plain(p, w, c);
    }
}

/* An escaped byte is a quoted part of its own: it is no glob, brace, comma or tilde. */
static void escaped(struct tj_sh_parser *p, struct word *w) {
    unsigned char c = (unsigned char)tj_sh_peek(p, 1);
    uint32_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
    uint32_t begin = p->at;
    literal_close(p, w);
    p->at += 1 + (n <= p->view.end - p->at - 1 ? n : 1);
    tj_sh_push_part(p, (struct tj_sh_part){.kind = TJ_PART_QUOTED,
                                           .flags = (uint8_t)(TJ_PART_ESCAPED | (w->in_double ? TJ_PART_IN_DOUBLE : 0)),
                                           .begin = tj_sh_place(p, begin),
                                           .end = tj_sh_place(p, p->at),
                                           .text = tj_sh_slice(p, begin + 1, p->at),
                                           .node = TJ_NONE});
}

static void backslash(struct tj_sh_parser *p, struct word *w) {
    char c = tj_sh_peek(p, 1);
    if (c == '\n' || (c == '\r' && tj_sh_peek(p, 2) == '\n')) {
        literal_open(p, w);
        tj_sh_text_skip(p, &w->text, c == '\n' ? 2 : 3);
        w->flags |= c == '\n' ? TJ_PART_ESCAPED : 0;
    } else if (p->at + 1 >= p->view.end || (w->in_double && !memchr("$`\"\\}", c, 5))) {
        literal_open(p, w);
        p->at++;
    } else {
        escaped(p, w);
    }
}

/* The literal's first bytes are NAME or NAME[…] up to here, and no part came before it. */
static bool names_variable(const struct tj_sh_parser *p, const struct word *w) {
    const char *s = p->view.s + w->text.begin;
    uint32_t n = p->at - w->text.begin;
    if (!w->open || w->text.copied || p->parts.n != w->base || n == 0 || tj_is_digit(s[0])) {
        return false;
    }
    n -= n > 1 && s[n - 1] == '+';
    uint32_t i = 0;
    while (i < n && tj_is_name(s[i])) {
        i++;
    }
    return i == n || (i > 0 && s[i] == '[' && s[n - 1] == ']');
}

static void equals(struct tj_sh_parser *p, struct word *w) {
    if (w->mode <= TJ_WORD_DECLARE && names_variable(p, w)) {
        w->assigning = true;
        if (w->mode == TJ_WORD_DECLARE && tj_sh_peek(p, 1) == '(') {
            w->parens++;
            p->at++;
        }
    }
    p->at++;
}

/* A word with { … , … } or { … .. … } in it: whether it expands is seen when it is evaluated. */
static void brace(struct tj_sh_parser *p, struct word *w, char c) {
    if (c == '{') {
        if (++w->braces > TJ_SHELL_MAX_BRACES) {
            tj_sh_fail(p, TJ_REASON_DEPTH);
        }
    } else if (w->braces && (c == ',' || (c == '.' && tj_sh_peek(p, 1) == '.'))) {
        w->listed = true;
    } else if (c == '}' && w->listed) {
        w->flags |= TJ_PART_BRACE;
    }
    p->at++;
}

/* A byte that means something only in some places; it is text in any case. */
static void noted(struct tj_sh_parser *p, struct word *w, char c) {
    bool plain = w->mode <= TJ_WORD_DECLARE;
    literal_open(p, w);
    if (tj_sh_class[(unsigned char)c] & TJ_CH_GLOB) {
        w->flags |= TJ_PART_GLOB;
        bool subscript = w->mode == TJ_WORD_COMMAND && (w->brackets || names_variable(p, w));
        w->brackets += c == '[' && (w->mode == TJ_WORD_INDEX || subscript);
    }
    if (plain && tj_sh_peek(p, 1) == '(' && c && strchr("?*+@!", c)) {
        w->flags |= TJ_PART_GLOB;
        w->parens++;
        p->at += 2;
    } else if (c == '=') {
        equals(p, w);
    } else if (c == ':' || c == '~') {
        bool first = p->at == w->text.begin && (p->parts.n == w->base || w->assigning);
        bool expands = plain || (w->mode == TJ_WORD_OPERAND && !w->in_double);
        w->flags |= c == '~' && expands && first ? TJ_PART_TILDE : 0;
        p->at++;
    } else if (c == '{' || c == '}' || c == ',' || c == '.') {
        brace(p, w, c);
    } else {
        p->at++;
    }
    /* A tilde behind = or : of an assignment begins a part of its own. */
    if ((c == '=' || c == ':') && tj_sh_peek(p, 0) == '~' && plain && (w->assigning || w->mode == TJ_WORD_VALUE)) {
        w->assigning = true;
        literal_close(p, w);
    }
}

/* Whether an expansion or a quote begins at the dollar at p->at. */
static bool dollar_begins(const struct tj_sh_parser *p, const struct word *w) {
    char c = tj_sh_peek(p, 1);
    if (c == '\'' && w->mode == TJ_WORD_OPERAND) {
        return true; /* also in "…" */
    }
    if (c == '\'' || c == '"') {
        return !w->in_double;
    }
    return c && (tj_is_name(c) || strchr("({[*@#?-$!", c));
}

/* Quotes and expansions. False when the byte is text. */
static bool special(struct tj_sh_parser *p, struct word *w, char c) {
    if (c == '\\') {
        backslash(p, w);
        return true;
    }
    bool process = (c == '<' || c == '>') && w->mode <= TJ_WORD_DECLARE && tj_sh_peek(p, 1) == '(';
    if (!(tj_sh_class[(unsigned char)c] & TJ_CH_QUOTE) && !process) {
        return false;
    }
    if (c == '\r' || (c == '\'' && w->in_double) || (c == '$' && !dollar_begins(p, w))) {
        return false;
    }
    literal_close(p, w);
    switch (c) {
    case '\'': tj_sh_single_quoted(p); break;
    case '"': tj_sh_double_quoted(p); break;
    case '`': tj_sh_backquoted(p, w->in_double); break;
    case '$': (void)tj_sh_dollar(p, w->in_double); break;
    default: tj_sh_process(p); break;
    }
    return true;
}

static void text_byte(struct tj_sh_parser *p, struct word *w, char c) {
    literal_open(p, w);
    if (c == '\'' && w->in_double && w->mode == TJ_WORD_OPERAND) {
        const char *from = p->view.s + p->at + 1;
        w->single = !w->single && p->at + 1 < p->view.end && memchr(from, c, p->view.end - p->at - 1);
    }
    if (w->brackets && c == ']') {
        w->brackets--;
    } else if (c == '(' && (w->parens || w->mode == TJ_WORD_REGEX)) {
        w->parens++;
    } else if (c == ')' && w->parens) {
        w->parens--;
    }
    p->at++;
}

static void read_parts(struct tj_sh_parser *p, struct word *w) {
    while (p->at < p->view.end && !p->bad) {
        char c = p->view.s[p->at];
        uint8_t class = tj_sh_class[(unsigned char)c];
        if (class == 0 && c != ']' && c != '/') {
            literal_open(p, w);
            do {
                p->at++;
            } while (p->at < p->view.end && tj_sh_class[(unsigned char)p->view.s[p->at]] == 0 &&
                     p->view.s[p->at] != ']' && p->view.s[p->at] != '/');
        } else if (ends(p, w, c)) {
            break;
        } else if (class & (TJ_CH_GLOB | TJ_CH_NOTE)) {
            noted(p, w, c);
        } else if (!special(p, w, c)) {
            text_byte(p, w, c);
        }
    }
    literal_close(p, w);
    bool open = w->parens || (w->brackets && w->mode == TJ_WORD_COMMAND);
    if (open && !p->bad && w->mode != TJ_WORD_REGEX) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
}

static void body_parts(struct tj_sh_parser *p, struct word *w) {
    tj_sh_double_text(p, true);
    if (p->parts.n == w->base) {
        uint32_t at = tj_sh_place(p, p->at);
        tj_sh_push_part(p, (struct tj_sh_part){.kind = TJ_PART_QUOTED,
                                               .flags = TJ_PART_IN_DOUBLE,
                                               .begin = at,
                                               .end = at,
                                               .text = tj_sh_slice(p, p->at, p->at),
                                               .node = TJ_NONE});
    }
}

bool tj_sh_word(struct tj_sh_parser *p, enum tj_word_mode mode, bool in_double, struct tj_sh_word *out) {
    struct word w = {.mode = mode, .in_double = in_double, .base = p->parts.n, .begin = p->at};
    uint32_t begin = p->at;
    if (mode == TJ_WORD_BODY) {
        body_parts(p, &w);
    } else {
        read_parts(p, &w);
    }
    uint32_t n = p->parts.n - w.base;
    if (n == 0 || !tj_vec_room(p->arena, &p->out->part, n)) {
        p->parts.n = w.base;
        return false;
    }
    *out = (struct tj_sh_word){p->out->part.n, p->out->part.n + n, tj_sh_place(p, begin), tj_sh_place(p, p->at)};
    memcpy(p->out->part.at + p->out->part.n, p->parts.at + w.base, n * sizeof *p->parts.at);
    p->out->part.n += n;
    p->parts.n = w.base;
    return true;
}

void tj_sh_flush_words(struct tj_sh_parser *p, uint32_t base, uint32_t *first, uint32_t *end) {
    uint32_t n = p->words.n - base;
    *first = p->out->word.n;
    if (n && tj_vec_room(p->arena, &p->out->word, n)) {
        memcpy(p->out->word.at + p->out->word.n, p->words.at + base, n * sizeof *p->words.at);
        p->out->word.n += n;
    }
    *end = p->out->word.n;
    p->words.n = base;
}
