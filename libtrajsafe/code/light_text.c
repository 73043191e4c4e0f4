/* Literals of the light readers: strings with what is written into them, here-documents, regular expressions, word lists. */
#include "code/light.h"

#define MAX_NESTED 6u /* strings within the code that is written into strings */

enum escapes { NONE, SINGLE, FULL };

struct quote {
    uint8_t escapes;
    bool code; /* ${…} #{…} $x are code */
    bool trim; /* indent of a here-document is no part of it */
};

static char at(const struct tj_light *r, uint32_t i) { return i < r->text.n ? r->text.p[i] : '\0'; }

static bool lang_is(const struct tj_light *r, enum tj_lang lang) { return r->dialect->lang == lang; }

/* ---- where a string ends ------------------------------------------------------------------------------------------------------- */

static char closing(char open) {
    switch (open) {
    case '(': return ')';
    case '[': return ']';
    case '{': return '}';
    case '<': return '>';
    default: return open;
    }
}

static uint32_t string_end(const struct tj_light *r, uint32_t i, char open, bool code, uint32_t nested);

static bool opens_code(const struct tj_light *r, uint32_t i) {
    if (at(r, i + 1) != '{') return false;
    return (lang_is(r, TJ_LANG_NODE) && at(r, i) == '$') || (lang_is(r, TJ_LANG_RUBY) && at(r, i) == '#');
}

/* `i` is behind `${`: the place of the `}`. */
static uint32_t code_end(const struct tj_light *r, uint32_t i, uint32_t nested) {
    uint32_t depth = 1;
    for (; i < r->text.n; i++) {
        char c = at(r, i);
        if (c == '{') depth++;
        if (c == '}' && --depth == 0) return i;
        if (c == '\\') i++;
        if (c == '"' || c == '\'' || c == '`') i = string_end(r, i + 1, c, c != '\'', nested + 1);
    }
    return r->text.n;
}

/* `i` is the first byte of the content; the place of the closing byte. */
static uint32_t string_end(const struct tj_light *r, uint32_t i, char open, bool code, uint32_t nested) {
    char close = closing(open);
    uint32_t depth = 1;
    for (; i < r->text.n; i++) {
        char c = at(r, i);
        if (c == '\\')
            i++;
        else if (c == close && --depth == 0)
            return i;
        else if (c == open && open != close)
            depth++;
        else if (code && nested < MAX_NESTED && opens_code(r, i))
            i = code_end(r, i + 2, nested);
    }
    return r->text.n;
}

/* ---- escapes ---------------------------------------------------------------------------------------------------------------------- */

static uint32_t digits(const struct tj_light *r, uint32_t i, uint32_t most, uint32_t base, uint32_t *out) {
    uint32_t n = 0;
    for (*out = 0; n < most && tj_hex(at(r, i + n)) >= 0 && (uint32_t)tj_hex(at(r, i + n)) < base; n++)
        *out = *out * base + (uint32_t)tj_hex(at(r, i + n));
    return n;
}

/* A character by its number, at the letter behind the backslash; the place behind it, or `i`. */
static uint32_t numbered(const struct tj_light *r, struct tj_buf *buf, uint32_t i) {
    char c = at(r, i), out[4];
    uint32_t code, n = 0, from = i + 1, base = 16;
    bool braces = at(r, i + 1) == '{';
    if (lang_is(r, TJ_LANG_LUA) && tj_is_digit(c)) {
        n = digits(r, from = i, 3, 10, &code);
    } else if (c == 'x' || c == 'u') {
        n = digits(r, from += braces, braces ? 6 : c == 'x' ? 2 : 4, base, &code);
    } else if (c >= '0' && c <= '7') {
        n = digits(r, from = i, 3, 8, &code);
    }
    if (n == 0) return i;
    if (c == 'u')
        tj_buf_put(buf, tj_str_make(out, tj_utf8_put(out, code)));
    else
        tj_buf_putc(buf, (char)code);
    return from + n + (braces && at(r, from + n) == '}');
}

/* `i` is at a backslash. */
static uint32_t unescape(const struct tj_light *r, struct tj_buf *buf, uint32_t i, uint8_t escapes, char quote) {
    static const char from[] = "abefnrtv0", to[] = "\a\b\033\f\n\r\t\v\0";
    char c = at(r, i + 1);
    if (escapes == SINGLE) {
        if (c != '\\' && c != quote) tj_buf_putc(buf, '\\');
        tj_buf_putc(buf, c);
        return i + 2;
    }
    if (c == '\n') return i + 2;
    uint32_t next = numbered(r, buf, i + 1);
    if (next != i + 1) return next;
    const char *simple = c ? strchr(from, c) : NULL;
    tj_buf_putc(buf, simple ? to[simple - from] : c);
    return i + 2;
}

/* ---- what is written into strings ----------------------------------------------------------------------------------------------------- */

struct pieces {
    uint32_t node;
    struct tj_buf buf;
    uint32_t from;
    uint32_t n;
};

static void flush(struct tj_light *r, struct pieces *p, uint32_t end) {
    if (p->buf.n == 0) return;
    tj_light_adopt(r, p->node, tj_light_text(r, p->from, end, tj_buf_str(&p->buf)), TJ_PY_IN_NONE);
    tj_buf_init(&p->buf, r->arena);
    p->n++;
}

/* An expression in [begin, end); the reader is left as it was. */
static uint32_t inner(struct tj_light *r, uint32_t begin, uint32_t end) {
    struct tj_light saved = *r;
    if (!tj_light_enter(r)) return tj_light_node(r, TJ_PY_REGEX, begin, begin);
    r->text.n = end < saved.text.n ? end : saved.text.n;
    r->at = begin;
    r->value = r->word = false;
    r->no_brace = r->no_greater = r->no_in = r->no_do = r->no_pipe = false;
    tj_light_next(r);
    uint32_t node = tj_light_expression(r);
    saved.left = r->left;
    saved.stopped = r->stopped;
    *r = saved;
    return node;
}

static uint32_t bracket_end(const struct tj_light *r, uint32_t i, uint32_t end) {
    uint32_t close = string_end(r, i + 1, at(r, i), false, MAX_NESTED);
    return close < end ? close + 1 : end;
}

/* $name, ${name}, $name[…]{…}->{…}: where it ends, or `i` when it is no variable. */
static uint32_t variable_end(const struct tj_light *r, uint32_t i, uint32_t end) {
    uint32_t p = i + 1;
    bool perl = lang_is(r, TJ_LANG_PERL);
    while (perl && at(r, p) == '$') p++;
    if (at(r, p) == '{') {
        p = bracket_end(r, p, end);
    } else if (tj_is_alpha(at(r, p)) || at(r, p) == '_') {
        while (p < end && (tj_is_name(at(r, p)) ||
                           (perl && at(r, p) == ':' && at(r, p + 1) == ':' && tj_is_name(at(r, p + 2)) && p++)))
            p++;
    } else if (perl && at(r, i) == '$' && (tj_is_digit(at(r, p)) || at(r, p) == '&' || at(r, p) == '0')) {
        return p + 1;
    } else {
        return i;
    }
    for (;;) {
        bool arrow = at(r, p) == '-' && at(r, p + 1) == '>';
        char open = at(r, p + (arrow ? 2 : 0));
        if (open == '[' && (perl || !arrow) && at(r, p + (arrow ? 3 : 1)) != ' ')
            p = bracket_end(r, p + (arrow ? 2 : 0), end);
        else if (open == '{' && perl)
            p = bracket_end(r, p + (arrow ? 2 : 0), end);
        else if (arrow && !perl && tj_is_alpha(open))
            for (p += 2; p < end && tj_is_name(at(r, p));) p++;
        else
            return p < end ? p : end;
    }
}

/* Where the code ends that begins at `i`; *from and *to are its bounds. `i`: no code. */
static uint32_t code_at(const struct tj_light *r, uint32_t i, uint32_t end, uint32_t *from, uint32_t *to) {
    uint32_t next = i;
    if (lang_is(r, TJ_LANG_NODE) || lang_is(r, TJ_LANG_RUBY)) {
        if (!opens_code(r, i)) return i;
        *from = i + 2;
        *to = code_end(r, i + 2, 0);
        next = *to + 1;
    } else if (lang_is(r, TJ_LANG_PHP) && at(r, i) == '{' && at(r, i + 1) == '$') {
        *from = i + 1;
        *to = code_end(r, i + 1, 0);
        next = *to + 1;
    } else if (at(r, i) == '$' || (lang_is(r, TJ_LANG_PERL) && at(r, i) == '@')) {
        *from = i;
        *to = next = variable_end(r, i, end);
    }
    return next > end ? end : next;
}

/* The content [begin, end) of a string as one node. */
static uint32_t content(struct tj_light *r, uint32_t begin, uint32_t end, struct quote quote, char close) {
    struct pieces p = {.from = begin};
    if (end > r->text.n) end = r->text.n;
    struct tj_str s = tj_str_sub(r->text, begin, end);
    bool plain = quote.escapes == NONE || tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND;
    if (plain && !quote.code && !quote.trim) return tj_light_text(r, begin, end, s);
    p.node = tj_light_node(r, TJ_PY_TEMPLATE, begin, end);
    tj_buf_init(&p.buf, r->arena);
    struct tj_light view = *r; /* looks no further than the string goes */
    view.text.n = end;
    bool line_start = true;
    for (uint32_t i = begin; i < end && !r->stopped;) {
        uint32_t from = 0, to = 0, next = quote.code ? code_at(&view, i, end, &from, &to) : i;
        char c = at(r, i);
        if (next != i) {
            flush(r, &p, i);
            tj_light_adopt(r, p.node, inner(r, from, to), TJ_PY_IN_NONE);
            p.n++;
            i = p.from = next;
        } else if (c == '\\' && quote.escapes != NONE && i + 1 < end) {
            i = unescape(r, &p.buf, i, quote.escapes, close);
        } else if (quote.trim && line_start && (c == ' ' || c == '\t')) {
            i++;
            continue;
        } else {
            tj_buf_putc(&p.buf, c);
            i++;
        }
        line_start = c == '\n';
    }
    flush(r, &p, end);
    if (p.n == 0) return tj_light_text(r, begin, end, TJ_STR(""));
    return p.node;
}

/* ---- the literals --------------------------------------------------------------------------------------------------------------------- */

static void found(struct tj_light *r, uint32_t node, uint32_t end) {
    r->node = node;
    r->token = TJ_LIGHT_VALUE;
    r->at = end < r->text.n ? end : r->text.n;
    if (node != TJ_NONE) tj_light_at(r, node)->end = r->at;
    if (node != TJ_NONE) tj_light_at(r, node)->begin = r->begin;
}

static void unterminated(struct tj_light *r, uint32_t end) {
    if (end >= r->text.n) tj_py_trouble(r->arena, r->out, TJ_REASON_SYNTAX, r->begin, r->text.n);
}

/* Text that a shell runs. */
static uint32_t run_by_shell(struct tj_light *r, uint32_t text) {
    const char *name = lang_is(r, TJ_LANG_PHP) ? "shell_exec" : lang_is(r, TJ_LANG_PERL) ? "qx" : "`";
    return tj_light_call_of(r, r->begin, name, text, TJ_NONE);
}

static void quoted(struct tj_light *r) {
    char c = at(r, r->at);
    uint8_t lang = r->dialect->lang;
    bool single = c == '\'' && lang != TJ_LANG_NODE && lang != TJ_LANG_LUA;
    struct quote quote = {single ? SINGLE : FULL, !single && lang != TJ_LANG_LUA && lang != TJ_LANG_AWK, false};
    if (lang == TJ_LANG_NODE && c != '`') quote.code = false;
    uint32_t end = string_end(r, r->at + 1, c, quote.code, 0);
    unterminated(r, end);
    uint32_t node = content(r, r->at + 1, end, quote, c);
    bool shell = c == '`' && lang != TJ_LANG_NODE;
    r->at = end + 1;
    found(r, shell ? run_by_shell(r, node) : node, end + 1);
}

static void word_list(struct tj_light *r, uint32_t begin, uint32_t end) {
    uint32_t list = tj_light_node(r, TJ_PY_LIST, r->begin, end);
    for (uint32_t i = begin; i < end && i < r->text.n;) {
        while (i < end && tj_is_space(at(r, i))) i++;
        uint32_t from = i;
        while (i < end && !tj_is_space(at(r, i))) i++;
        if (i > from) tj_light_adopt(r, list, tj_light_text(r, from, i, tj_str_sub(r->text, from, i)), TJ_PY_IN_NONE);
    }
    found(r, list, end + 1);
}

static uint32_t regex_flags(const struct tj_light *r, uint32_t i) {
    while (tj_is_alpha(at(r, i))) i++;
    return i;
}

static void regex_found(struct tj_light *r, uint32_t end) {
    struct tj_str s = tj_str_sub(r->text, r->begin, end);
    if (lang_is(r, TJ_LANG_PERL) &&
        (tj_str_find(s, TJ_STR("(?{"), 0) != TJ_NOT_FOUND || tj_str_find(s, TJ_STR("(?\?{"), 0) != TJ_NOT_FOUND))
        r->out->more = true;
    found(r, tj_light_node(r, TJ_PY_REGEX, r->begin, end), end);
}

/* /…/ with [/] in it. False: it is no regular expression, for its line ends first. */
static bool regex(struct tj_light *r) {
    bool set = false;
    for (uint32_t i = r->at + 1; i < r->text.n; i++) {
        char c = at(r, i);
        if (c == '\\') i++;
        if (c == '\n') return false;
        if (c == '[') set = !lang_is(r, TJ_LANG_PERL);
        if (c == ']') set = false;
        if (c != '/' || set) continue;
        regex_found(r, regex_flags(r, i + 1));
        return true;
    }
    return false;
}

/* s/…/…/e and tr/…/…/; `i` is the delimiter. */
static void replacement(struct tj_light *r, uint32_t i, bool substitutes) {
    char open = at(r, i);
    uint32_t middle = string_end(r, i + 1, open, false, 0), second = middle + 1;
    if (closing(open) != open) {
        while (tj_is_space(at(r, second))) second++;
        open = at(r, second++);
    }
    uint32_t end = string_end(r, second, open, false, 0), behind = regex_flags(r, end + 1);
    struct tj_str flags = tj_str_sub(r->text, end + 1, behind);
    bool runs = substitutes && tj_str_chr(flags, 'e', 0) != TJ_NOT_FOUND;
    unterminated(r, end);
    uint32_t node = tj_light_node(r, TJ_PY_REGEX, r->begin, behind);
    if (runs)
        tj_light_adopt(r, node, inner(r, second, end), TJ_PY_IN_NONE);
    else if (substitutes)
        tj_light_adopt(r, node, content(r, second, end, (struct quote){FULL, true, false}, open), TJ_PY_IN_NONE);
    if (tj_str_find(flags, TJ_STR("ee"), 0) != TJ_NOT_FOUND) r->out->more = true;
    struct tj_str pattern = tj_str_sub(r->text, i, middle);
    if (tj_str_find(pattern, TJ_STR("(?{"), 0) != TJ_NOT_FOUND) r->out->more = true;
    found(r, node, behind);
}

/* Perl's q qq qw qx m qr s tr y. */
static bool perl_quote(struct tj_light *r) {
    static const char *const words[] = {"qq", "qw", "qx", "qr", "tr", "q", "m", "s", "y"};
    struct tj_str rest = tj_str_sub(r->text, r->at, r->at + 3);
    uint32_t k = 0, i;
    if (r->at >= 1 && (at(r, r->at - 1) == '>' || at(r, r->at - 1) == '-' || at(r, r->at - 1) == '&')) return false;
    while (k < 9 && !tj_str_starts(rest, tj_str_of(words[k]))) k++;
    if (k == 9) return false;
    i = r->at + tj_str_of(words[k]).n;
    bool spaced = tj_is_space(at(r, i));
    while (tj_is_space(at(r, i))) i++;
    char open = at(r, i);
    if (open == '\0' || tj_is_name(open) || strchr("=,;)}", open) || (spaced && !strchr("([{</|!", open))) return false;
    if (words[k][0] == 's' || words[k][0] == 't' || words[k][0] == 'y') {
        replacement(r, i, words[k][0] == 's');
        return true;
    }
    uint32_t end = string_end(r, i + 1, open, false, 0);
    unterminated(r, end);
    if (words[k][0] == 'm' || words[k][1] == 'r') {
        regex_found(r, regex_flags(r, end + 1));
    } else if (words[k][1] == 'w') {
        word_list(r, i + 1, end);
    } else {
        bool code = words[k][1] && open != '\'';
        uint32_t node = content(r, i + 1, end, (struct quote){code ? FULL : SINGLE, code, false}, closing(open));
        r->at = end + 1;
        found(r, words[k][1] == 'x' ? run_by_shell(r, node) : node, end + 1);
    }
    return true;
}

/* Ruby's %w[] %i[] %q() %Q() %x() %r{} %(). */
static bool ruby_percent(struct tj_light *r) {
    char kind = at(r, r->at + 1), open = kind;
    uint32_t i = r->at + 1;
    if (r->value && !(r->word && r->space && !tj_is_space(kind) && kind != '=')) return false;
    if (tj_is_alpha(kind)) {
        if (!strchr("wWiIqQxrs", kind)) return false;
        open = at(r, ++i);
    }
    if (open == '\0' || tj_is_alnum(open) || tj_is_space(open) || !strchr("([{<|!/-", open)) return false;
    bool code = !strchr("qswi", kind);
    uint32_t end = string_end(r, i + 1, open, code, 0);
    unterminated(r, end);
    if (kind == 'w' || kind == 'W' || kind == 'i' || kind == 'I') {
        word_list(r, i + 1, end);
    } else if (kind == 'r') {
        regex_found(r, regex_flags(r, end + 1));
    } else {
        uint32_t node = content(r, i + 1, end, (struct quote){code ? FULL : SINGLE, code, false}, closing(open));
        r->at = end + 1;
        found(r, kind == 'x' ? run_by_shell(r, node) : node, end + 1);
    }
    return true;
}

/* Ruby's :name and :"name". */
static bool symbol(struct tj_light *r) {
    char c = at(r, r->at + 1);
    if (r->value && !(r->space && !tj_is_space(c))) return false;
    if (c == '"') {
        uint32_t end = string_end(r, r->at + 2, '"', true, 0);
        found(r, content(r, r->at + 2, end, (struct quote){FULL, true, false}, '"'), end + 1);
        return true;
    }
    if (!tj_is_alpha(c) && c != '_') return false;
    uint32_t end = r->at + 1;
    while (tj_is_name(at(r, end))) end++;
    if (at(r, end) == '?' || at(r, end) == '!') end++;
    found(r, tj_light_text(r, r->at, end, tj_str_sub(r->text, r->at + 1, end)), end);
    return true;
}

/* The body's end: a line that holds the mark alone. *next: behind that line. */
static uint32_t here_end(const struct tj_light *r, uint32_t i, struct tj_str mark, bool indented, uint32_t *next) {
    while (i < r->text.n) {
        uint32_t end = tj_str_chr(r->text, '\n', i), from = i;
        if (end == TJ_NOT_FOUND) end = r->text.n;
        while (indented && (at(r, from) == ' ' || at(r, from) == '\t')) from++;
        struct tj_str line = tj_str_sub(r->text, from, end);
        bool marked = tj_str_starts(line, mark) && !tj_is_name(at(r, from + mark.n));
        if (marked) {
            bool rest = lang_is(r, TJ_LANG_PHP); /* code may follow the mark */
            *next = rest ? from + mark.n : end < r->text.n ? end + 1 : end;
            return i;
        }
        i = end + 1;
    }
    *next = r->text.n;
    return r->text.n;
}

static bool here_document(struct tj_light *r) {
    uint32_t i = r->at + (lang_is(r, TJ_LANG_PHP) ? 3 : 2);
    bool php = lang_is(r, TJ_LANG_PHP), trim = at(r, i) == '~';
    bool indented = php || trim || at(r, i) == '-';
    if (php && at(r, r->at + 2) != '<') return false;
    if (!php && (trim || at(r, i) == '-')) i++;
    while (php && at(r, i) == ' ') i++;
    char quote = at(r, i) == '"' || at(r, i) == '\'' ? at(r, i) : '\0';
    uint32_t from = i + (quote != '\0'), end = from;
    if (!quote && !php && r->value && !(r->word && r->space)) return false;
    while (quote ? at(r, end) != quote && at(r, end) != '\n' && end < r->text.n : tj_is_name(at(r, end))) end++;
    if (end == from || (!quote && tj_is_digit(at(r, from)))) return false;
    struct tj_str mark = tj_str_sub(r->text, from, end);
    if (r->here_line < r->at || r->here_next == 0 || r->here_line >= r->text.n) {
        uint32_t line = tj_str_chr(r->text, '\n', end);
        r->here_line = line == TJ_NOT_FOUND ? r->text.n : line;
        r->here_next = r->here_line + 1;
    }
    uint32_t body = r->here_next, next, last = here_end(r, body, mark, indented, &next);
    if (next >= r->text.n && last >= r->text.n) tj_py_trouble(r->arena, r->out, TJ_REASON_SYNTAX, r->begin, r->text.n);
    uint32_t stop = last > body && last < r->text.n ? last - (php ? 1 : 0) : last;
    struct quote how = {quote == '\'' ? NONE : FULL, quote != '\'', trim || php};
    uint32_t line = r->here_line;
    uint32_t node = content(r, body < r->text.n ? body : r->text.n, stop, how, '\0');
    r->here_line = line;
    r->here_next = next;
    r->node = node;
    r->token = TJ_LIGHT_VALUE;
    r->at = end + (quote != '\0');
    return true;
}

/* Perl's <FH>, <$fh>, <STDIN>, <>, <*.c>. */
static bool angle(struct tj_light *r) {
    uint32_t i = r->at + 1;
    bool glob = false;
    if (r->value) return false;
    for (; at(r, i) != '>'; i++) {
        char c = at(r, i);
        if (c == '\0' || tj_is_space(c) || strchr("=;<\"(", c) || i - r->at > 200) return false;
        glob |= !tj_is_name(c) && c != '$';
    }
    uint32_t text = tj_light_text(r, r->at + 1, i, tj_str_sub(r->text, r->at + 1, i));
    uint32_t what = glob ? text : at(r, r->at + 1) == '$' ? inner(r, r->at + 1, i) : text;
    r->at = i + 1;
    found(r, tj_light_call_of(r, r->begin, glob ? "glob" : "readline", what, TJ_NONE), i + 1);
    return true;
}

/* Lua's [[ … ]]. */
static bool long_string(struct tj_light *r) {
    uint32_t level = 0, from;
    while (at(r, r->at + 1 + level) == '=' && level < 16) level++;
    if (at(r, r->at + 1 + level) != '[') return false;
    char close[20] = "]";
    memset(close + 1, '=', level);
    close[level + 1] = ']';
    close[level + 2] = '\0';
    from = r->at + level + 2;
    uint32_t end = tj_str_find(r->text, tj_str_of(close), from);
    if (end == TJ_NOT_FOUND) end = r->text.n;
    unterminated(r, end);
    if (at(r, from) == '\n') from++;
    found(r, tj_light_text(r, from, end, tj_str_sub(r->text, from, end)), end + level + 2);
    return true;
}

static bool slash(struct tj_light *r) {
    uint8_t lang = r->dialect->lang;
    if (lang == TJ_LANG_LUA || lang == TJ_LANG_PHP) return false;
    bool argument = r->value && r->word && r->space && r->dialect->commands && !tj_is_space(at(r, r->at + 1)) &&
                    at(r, r->at + 1) != '=';
    return (!r->value || argument) && regex(r);
}

bool tj_light_literal(struct tj_light *r) {
    char c = at(r, r->at), d = at(r, r->at + 1);
    uint8_t lang = r->dialect->lang;
    switch (c) {
    case '\'':
        if (lang == TJ_LANG_AWK) return false;
        quoted(r);
        return true;
    case '"': quoted(r); return true;
    case '`':
        if (lang == TJ_LANG_AWK || lang == TJ_LANG_LUA) return false;
        quoted(r);
        return true;
    case '/': return d != '/' || lang == TJ_LANG_AWK || (lang == TJ_LANG_PERL && !r->value) ? slash(r) : false;
    case '%': return lang == TJ_LANG_RUBY && ruby_percent(r);
    case '?': /* Ruby: a character */
        if (lang != TJ_LANG_RUBY || (r->value && !(r->word && r->space)) || !tj_is_alpha(d) ||
            tj_is_name(at(r, r->at + 2)))
            return false;
        found(r, tj_light_text(r, r->at, r->at + 2, tj_str_sub(r->text, r->at + 1, r->at + 2)), r->at + 2);
        return true;
    case ':': return lang == TJ_LANG_RUBY && d != ':' && symbol(r);
    case '<':
        if (d == '<' && (lang == TJ_LANG_PHP || lang == TJ_LANG_RUBY || lang == TJ_LANG_PERL) && here_document(r))
            return true;
        return lang == TJ_LANG_PERL && angle(r);
    case '[': return lang == TJ_LANG_LUA && (d == '[' || d == '=') && long_string(r);
    default: return lang == TJ_LANG_PERL && strchr("qmsty", c) && c && perl_quote(r);
    }
}

/* Perl: $x, @x and %x are told apart by what follows; here they share a name. $#x is a number. */
static uint32_t sigil_name(struct tj_light *r, uint32_t begin, uint32_t end) {
    struct tj_str s = tj_str_sub(r->text, begin, end);
    char c = at(r, begin - 1);
    if (c == '$') return tj_light_ident(r, begin - 1, end, tj_str_sub(r->text, begin - 1, end));
    struct tj_buf buf;
    tj_buf_init(&buf, r->arena);
    bool own = lang_is(r, TJ_LANG_RUBY) || (c == '@' && tj_str_is(s, "_")); /* @_ is not the array of $_ */
    tj_buf_putc(&buf, own ? c : '$');
    tj_buf_put(&buf, s);
    return tj_light_ident(r, begin - 1, end, tj_buf_str(&buf));
}

bool tj_light_variable(struct tj_light *r) {
    char c = at(r, r->at);
    bool perl = lang_is(r, TJ_LANG_PERL), ruby = lang_is(r, TJ_LANG_RUBY);
    bool sigil = c == '$' || ((perl || ruby) && c == '@') || (perl && c == '%' && !r->value);
    uint32_t i = r->at + 1, end;
    if (!sigil) return false;
    if (ruby && at(r, i) == '@') i++;
    if (perl && c == '$' && at(r, i) == '#' && (at(r, i + 1) == '{' || at(r, i + 1) == '$' || tj_is_name(at(r, i + 1))))
        i++;
    if (perl && at(r, i) == '^' && tj_is_alpha(at(r, i + 1))) i++;
    end = i;
    if (tj_is_digit(at(r, end)) && !lang_is(r, TJ_LANG_PHP)) {
        while (tj_is_digit(at(r, end))) end++;
    } else {
        while (tj_is_name(at(r, end)) || (unsigned char)at(r, end) >= 0x80 ||
               (perl && at(r, end) == ':' && at(r, end + 1) == ':' && tj_is_name(at(r, end + 2)) && end++))
            end++;
    }
    if (end == i && at(r, i) == '{' && tj_is_name(at(r, i + 1))) { /* ${name} */
        uint32_t close = i + 1;
        while (tj_is_name(at(r, close))) close++;
        if (at(r, close) == '}') {
            r->node = sigil_name(r, i + 1, close);
            tj_light_at(r, r->node)->begin = r->at;
            r->at = close + 1;
            return true;
        }
    }
    if (end == i && (perl || ruby) && c == '$' && at(r, i) && strchr("_!@&/\\,;.0?~$<>\"'+`", at(r, i)) &&
        !(perl && at(r, i) == '$' && (tj_is_name(at(r, i + 1)) || at(r, i + 1) == '{')))
        end = i + 1;
    if (end == i) return false;
    r->node = sigil_name(r, i, end);
    r->at = end;
    return true;
}
