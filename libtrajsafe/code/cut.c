/* Makes Python fit for the parser: IPython lines, over-deep nesting, NUL and size are taken out beforehand. */
#include "code/tree.h"

#define MAX_SOURCE (256u * 1024u)
#define MAX_BRACKETS 200u /* CPython's own limit */
#define MAX_INDENTS 100u  /* CPython's own limit */
#define MAX_MAGIC 256u
/*
 * The parser's error recovery takes time quadratic in tokens, and no callback interrupts it. CPython runs nothing
 * of a source with a syntax error, so that what is cut here could hardly run.
 */
#define MAX_TOKENS 50000u /* of a source */
#define MAX_BLOCK 10000u  /* of one statement of the module with its body */
#define MAX_RUN 400u      /* tokens one after the other that are no name, number or string */
#define PIECE 1500u       /* tokens after which the next statement starts a new piece */
#define MAX_JOINS 40u     /* backslashes at line ends with nothing between them */

struct cut {
    struct tj_arena *arena;
    struct tj_code *out;
    struct tj_py_tree *tree;
    struct tj_str text;
    char *copy; /* made on the first change */
    uint32_t indent[MAX_INDENTS];
    uint32_t indents;
    uint32_t total, block, piece; /* tokens so far: of the source, of this block; before this piece */
    bool decorated;
};

static char at(const struct cut *cut, uint32_t i) { return i < cut->text.n ? cut->text.p[i] : '\0'; }

/* Blanks [begin, end) except line ends and leaves a `0`, an expression, at `mark`. */
static void blank(struct cut *cut, uint32_t begin, uint32_t end, uint32_t mark) {
    if (!cut->copy) {
        cut->copy = tj_arena_dup(cut->arena, cut->text);
        if (!cut->copy) return;
    }
    for (uint32_t i = begin; i < end; i++)
        if (cut->copy[i] != '\n' && cut->copy[i] != '\r') cut->copy[i] = ' ';
    if (mark < end) cut->copy[mark] = '0';
}

static uint32_t line_end(const struct cut *cut, uint32_t i) {
    uint32_t end = tj_str_chr(cut->text, '\n', i);
    return end == TJ_NOT_FOUND ? cut->text.n : end;
}

/* End of a line that backslashes may carry on. */
static uint32_t shell_end(const struct cut *cut, uint32_t i) {
    uint32_t end = line_end(cut, i);
    while (end < cut->text.n && end > i && cut->text.p[end - 1] == '\\') end = line_end(cut, end + 1);
    return end;
}

static uint32_t skip_blanks(const struct cut *cut, uint32_t i) {
    while (at(cut, i) == ' ' || at(cut, i) == '\t') i++;
    return i;
}

static void add_magic(struct cut *cut, struct tj_py_magic magic) {
    struct tj_str *text = &cut->text;
    while (magic.text_end > magic.text && tj_is_space(text->p[magic.text_end - 1])) magic.text_end--;
    if (cut->tree->magic.n >= MAX_MAGIC)
        tj_py_trouble(cut->arena, cut->out, TJ_REASON_BUDGET, magic.begin, magic.end);
    else
        (void)tj_vec_push(cut->arena, &cut->tree->magic, magic);
    cut->total += 15;
    blank(cut, magic.begin, magic.end, magic.begin);
}

static bool one_of(struct tj_str word, const char *list) {
    struct tj_str all = tj_str_of(list);
    for (uint32_t i = 0; i < all.n;) {
        uint32_t end = tj_str_chr(all, ' ', i);
        if (end == TJ_NOT_FOUND) end = all.n;
        if (tj_str_eq(tj_str_sub(all, i, end), word)) return true;
        i = end + 1;
    }
    return false;
}

static struct tj_str word_at(const struct cut *cut, uint32_t i) {
    uint32_t end = i;
    while (tj_is_name(at(cut, end))) end++;
    return tj_str_sub(cut->text, i, end);
}

/* %%name: the rest of the cell. Returns where to go on. */
static uint32_t cut_cell(struct cut *cut, uint32_t i) {
    struct tj_str word = word_at(cut, i + 2);
    uint32_t line = line_end(cut, i), rest = skip_blanks(cut, i + 2 + word.n);
    uint32_t body = line < cut->text.n ? line + 1 : line;
    if (one_of(word, "bash sh zsh script system sx") || at(cut, i + 2) == '!') {
        struct tj_py_magic magic = {i, cut->text.n, body, cut->text.n, 0, 0, TJ_PY_MAGIC_SHELL};
        add_magic(cut, magic);
        return cut->text.n;
    }
    if (one_of(word, "writefile file")) {
        if (at(cut, rest) == '-' && at(cut, rest + 1) == 'a') rest = skip_blanks(cut, rest + 2);
        struct tj_py_magic magic = {i, cut->text.n, body, cut->text.n, rest, line, TJ_PY_MAGIC_WRITEFILE};
        add_magic(cut, magic);
        return cut->text.n;
    }
    if (one_of(word, "time timeit capture prun python python3 pypy memit debug")) {
        blank(cut, i, line, i);
        return line;
    }
    if (!one_of(word, "html HTML markdown latex svg SVG"))
        tj_py_trouble(cut->arena, cut->out, TJ_REASON_LANGUAGE, i, cut->text.n);
    blank(cut, i, cut->text.n, i);
    return cut->text.n;
}

/* %name: one line. */
static uint32_t cut_line(struct cut *cut, uint32_t i) {
    struct tj_str word = word_at(cut, i + 1);
    uint32_t line = line_end(cut, i), rest = skip_blanks(cut, i + 1 + word.n);
    struct tj_py_magic magic = {i, line, rest, line, 0, 0, TJ_PY_MAGIC_SHELL};
    if (one_of(word, "sh sx system bash")) {
        add_magic(cut, magic);
    } else if (one_of(word, "cd pip conda mamba uv rm rmdir cp mv mkdir ls ll cat ln git")) {
        magic.text = i + 1;
        add_magic(cut, magic);
    } else if (one_of(word, "run")) {
        magic.kind = TJ_PY_MAGIC_RUN;
        add_magic(cut, magic);
    } else if (one_of(word, "time timeit prun memit") && rest < line) {
        blank(cut, i, rest, i);
        if (cut->copy) cut->copy[i + 1] = ';';
        return rest;
    } else {
        cut->total += 15;
        blank(cut, i, line, i);
    }
    return line;
}

/* `name = !command`: where the `!` or `%` stands, or `i`. */
static uint32_t assigned(const struct cut *cut, uint32_t i) {
    uint32_t p = i;
    while (tj_is_name(at(cut, p)) || at(cut, p) == '.' || at(cut, p) == ',') p++;
    if (p == i) return i;
    p = skip_blanks(cut, p);
    if (at(cut, p) != '=') return i;
    p = skip_blanks(cut, p + 1);
    return at(cut, p) == '!' || at(cut, p) == '%' ? p : i;
}

/* Cuts what is IPython at the start of a statement; returns where the Python goes on. */
static uint32_t cut_magic(struct cut *cut, uint32_t i) {
    char c = at(cut, i);
    uint32_t p = tj_is_name(c) ? assigned(cut, i) : i;
    c = at(cut, p);
    if (c == '!' && at(cut, p + 1) != '=') {
        uint32_t end = shell_end(cut, p), text = p + 1;
        text += at(cut, text) == '!';
        struct tj_py_magic magic = {p, end, skip_blanks(cut, text), end, 0, 0, TJ_PY_MAGIC_SHELL};
        add_magic(cut, magic);
        return end;
    }
    if (c == '%' && at(cut, p + 1) == '%' && p == i) return cut_cell(cut, p);
    if (c == '%' && tj_is_alpha(at(cut, p + 1))) return cut_line(cut, p);
    if (c == '?') {
        cut->total += 15;
        blank(cut, p, line_end(cut, p), p);
        return line_end(cut, p);
    }
    return i;
}

/* `i` is at a quote; returns the place after the string. */
static uint32_t skip_string(const struct cut *cut, uint32_t i) {
    char quote = at(cut, i);
    bool triple = at(cut, i + 1) == quote && at(cut, i + 2) == quote;
    for (i += triple ? 3 : 1; i < cut->text.n; i++) {
        char c = at(cut, i);
        if (c == '\\')
            i++;
        else if (c == '\n' && !triple)
            return i;
        else if (c == quote && !triple)
            return i + 1;
        else if (c == quote && at(cut, i + 1) == quote && at(cut, i + 2) == quote)
            return i + 3;
    }
    return cut->text.n;
}

struct line {
    uint32_t end;
    uint32_t depth, deepest; /* brackets */
    uint32_t tokens;
    uint32_t run, longest;
    uint32_t joins, most_joins;
};

static uint32_t skip_word(const struct cut *cut, uint32_t i) {
    while (tj_is_name(at(cut, i)) || (unsigned char)at(cut, i) >= 0x80) i++;
    return i;
}

static void count_punctuation(struct line *line, char c) {
    line->tokens++;
    line->joins = 0;
    line->longest = ++line->run > line->longest ? line->run : line->longest;
    if (c == '(' || c == '[' || c == '{')
        line->deepest = ++line->depth > line->deepest ? line->depth : line->deepest;
    else if ((c == ')' || c == ']' || c == '}') && line->depth > 0)
        line->depth--;
}

/* Reads one token or blank at `i`; returns where the next one is. */
static uint32_t read_token(const struct cut *cut, uint32_t i, struct line *line) {
    char c = cut->text.p[i];
    uint32_t end = i + 1;
    if (c == '"' || c == '\'') {
        end = skip_string(cut, i);
        for (uint32_t brace = i; (brace = tj_str_chr(cut->text, '{', brace + 1)) < end;)
            line->tokens += 2; /* may be an f-string */
    } else if (tj_is_name(c) || (unsigned char)c >= 0x80)
        end = skip_word(cut, i);
    else if (c == '#')
        return line_end(cut, i);
    else if (c == '\\' && (at(cut, i + 1) == '\n' || at(cut, i + 1) == '\r')) {
        line->most_joins = ++line->joins > line->most_joins ? line->joins : line->most_joins;
        line->tokens += line->joins; /* the scanner reads them all again for each */
        return i + (at(cut, i + 1) == '\r' && at(cut, i + 2) == '\n' ? 3 : 2);
    } else if (tj_is_space(c))
        return end;
    else {
        count_punctuation(line, c);
        return end;
    }
    line->tokens++;
    line->run = line->joins = 0;
    return end;
}

/* Reads one logical line from `i`. */
static struct line read_line(const struct cut *cut, uint32_t i) {
    struct line line = {0};
    while (i < cut->text.n && !(cut->text.p[i] == '\n' && line.depth == 0)) i = read_token(cut, i, &line);
    line.end = i < cut->text.n ? i : cut->text.n;
    return line;
}

/* False when the indent at `column` nests too deep. */
static bool follow_indent(struct cut *cut, uint32_t column) {
    while (cut->indents > 0 && cut->indent[cut->indents - 1] > column) cut->indents--;
    if (cut->indents > 0 && cut->indent[cut->indents - 1] == column) return true;
    if (column == 0) return true;
    if (cut->indents == MAX_INDENTS) return false;
    cut->indent[cut->indents++] = column;
    return true;
}

static uint32_t measure_indent(const struct cut *cut, uint32_t *i) {
    uint32_t column = 0;
    for (; at(cut, *i) == ' ' || at(cut, *i) == '\t' || at(cut, *i) == '\f'; ++*i)
        column = at(cut, *i) == '\t' ? (column / 8 + 1) * 8 : column + 1;
    return column;
}

/* Why a logical line cannot be given to the parser; TJ_REASON_COUNT when it can. */
static enum tj_reason refuse(struct cut *cut, const struct line *line) {
    if (line->deepest > MAX_BRACKETS) return TJ_REASON_DEPTH;
    cut->block += line->tokens;
    cut->total += line->tokens;
    if (line->longest > MAX_RUN || line->most_joins > MAX_JOINS) return TJ_REASON_BUDGET;
    return cut->block > MAX_BLOCK || cut->total > MAX_TOKENS ? TJ_REASON_SIZE : TJ_REASON_COUNT;
}

/* Words that carry on the statement before them. */
static bool carries_on(const struct cut *cut, uint32_t i) {
    return at(cut, i) == ')' || at(cut, i) == ']' || at(cut, i) == '}' ||
           one_of(word_at(cut, i), "elif else except finally");
}

/* The parser is given pieces that start with a statement of the module. */
static void start_block(struct cut *cut, uint32_t begin, uint32_t i) {
    struct tj_py_tree *tree = cut->tree;
    bool decorator = at(cut, i) == '@', carried = cut->decorated || carries_on(cut, i);
    cut->decorated = decorator;
    if (carried) return;
    cut->block = 0;
    if (tree->piece.n == 0 || cut->total - cut->piece > PIECE) {
        (void)tj_vec_push(cut->arena, &tree->piece, begin);
        cut->piece = cut->total;
    }
}

static uint32_t cut_statement(struct cut *cut, uint32_t begin) {
    uint32_t i = begin;
    uint32_t column = measure_indent(cut, &i);
    char c = at(cut, i);
    if (c == '\n' || c == '\r' || c == '#') return line_end(cut, i) + 1;
    uint32_t start = i;
    if (column == 0 || cut->tree->piece.n == 0) start_block(cut, column == 0 ? begin : 0, i);
    bool shallow = follow_indent(cut, column);
    i = cut_magic(cut, i);
    struct line line = read_line(cut, i);
    enum tj_reason reason = refuse(cut, &line);
    if (reason != TJ_REASON_COUNT) {
        tj_py_trouble(cut->arena, cut->out, reason, start, line.end);
        blank(cut, start, line.end, start);
    } else if (!shallow) {
        tj_py_trouble(cut->arena, cut->out, TJ_REASON_DEPTH, begin, line.end);
        blank(cut, begin, line.end, begin + cut->indent[MAX_INDENTS - 1]);
    }
    return line.end + 1;
}

static struct tj_str cap(struct cut *cut, struct tj_str text) {
    uint32_t nul = tj_str_chr(text, '\0', 0);
    if (nul != TJ_NOT_FOUND) {
        tj_py_trouble(cut->arena, cut->out, TJ_REASON_BINARY, nul, text.n);
        text.n = nul;
    }
    if (text.n > MAX_SOURCE) {
        struct tj_str first = tj_str_sub(text, 0, MAX_SOURCE);
        uint32_t end = tj_str_rchr(first, '\n');
        end = end == TJ_NOT_FOUND ? MAX_SOURCE : end + 1;
        tj_py_trouble(cut->arena, cut->out, TJ_REASON_SIZE, end, text.n);
        text.n = end;
    }
    return text;
}

struct tj_str tj_py_cut(struct tj_arena *arena, struct tj_code *out, struct tj_py_tree *tree) {
    struct cut cut = {.arena = arena, .out = out, .tree = tree};
    cut.text = cap(&cut, out->source);
    for (uint32_t i = 0; i < cut.text.n;) i = cut_statement(&cut, i);
    if (cut.copy) cut.text.p = cut.copy;
    return cut.text;
}
