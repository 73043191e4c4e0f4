/* Tokens of the light readers: blanks, comments, names, numbers and signs. */
#include "code/light.h"

static char at(const struct tj_light *r, uint32_t i) { return i < r->text.n ? r->text.p[i] : '\0'; }

char tj_light_peek(const struct tj_light *r, uint32_t ahead) { return at(r, r->at + ahead); }

static bool starts(const struct tj_light *r, uint32_t i, const char *what) {
    for (; *what; what++, i++)
        if (at(r, i) != *what) return false;
    return true;
}

static uint32_t line_end(const struct tj_light *r, uint32_t i) {
    uint32_t end = tj_str_chr(r->text, '\n', i);
    return end == TJ_NOT_FOUND ? r->text.n : end;
}

static uint32_t after(const struct tj_light *r, const char *what, uint32_t i) {
    uint32_t end = tj_str_find(r->text, tj_str_of(what), i);
    return end == TJ_NOT_FOUND ? r->text.n : end + tj_str_of(what).n;
}

/* Lua: --[==[ … ]==]; the place behind it, or `i`. */
static uint32_t long_bracket(const struct tj_light *r, uint32_t i) {
    uint32_t level = 0;
    if (at(r, i) != '[') return i;
    while (at(r, i + 1 + level) == '=' && level < 16) level++;
    if (at(r, i + 1 + level) != '[') return i;
    char close[20] = "]";
    memset(close + 1, '=', level);
    close[level + 1] = ']';
    close[level + 2] = '\0';
    return after(r, close, i + level + 2);
}

/* Perl's pod and Ruby's =begin: from a line that begins with = to =cut or =end. */
static uint32_t pod(const struct tj_light *r, uint32_t i) {
    bool perl = r->dialect->lang == TJ_LANG_PERL, ruby = r->dialect->lang == TJ_LANG_RUBY;
    if (at(r, i) != '=' || (i > 0 && at(r, i - 1) != '\n') || !tj_is_alpha(at(r, i + 1))) return i;
    if (!perl && !(ruby && starts(r, i, "=begin"))) return i;
    return line_end(r, after(r, perl ? "\n=cut" : "\n=end", i));
}

static uint32_t comment(const struct tj_light *r, uint32_t i) {
    const char *p = r->dialect->line_comments;
    uint8_t lang = r->dialect->lang;
    if (r->dialect->blocks && at(r, i) == '/' && at(r, i + 1) == '*') return after(r, "*/", i + 2);
    if (lang == TJ_LANG_LUA && at(r, i) == '-' && at(r, i + 1) == '-' && at(r, i + 2) == '[') {
        uint32_t end = long_bracket(r, i + 2);
        if (end != i + 2) return end;
    }
    while (*p) {
        uint32_t n = p[1] && p[1] != ' ' ? 2 : 1;
        bool hit = at(r, i) == p[0] && (n == 1 || at(r, i + 1) == p[1]);
        if (hit && lang == TJ_LANG_PHP) { /* ends at ?> too */
            uint32_t end = line_end(r, i), tag = tj_str_find(tj_str_sub(r->text, 0, end), TJ_STR("?>"), i);
            return tag != TJ_NOT_FOUND ? tag : end;
        }
        if (hit && !(lang == TJ_LANG_LUA && *p == '#' && i > 0)) return line_end(r, i);
        p += n + (p[n] == ' ');
    }
    return pod(r, i);
}

/* ?> TEXT <?php: text is printed as it is. */
static uint32_t outside(const struct tj_light *r, uint32_t i) {
    if (r->dialect->lang != TJ_LANG_PHP || at(r, i) != '?' || at(r, i + 1) != '>') return i;
    uint32_t next = tj_str_find(r->text, TJ_STR("<?"), i);
    if (next == TJ_NOT_FOUND) return r->text.n;
    return next + (starts(r, next, "<?php") ? 5 : starts(r, next, "<?=") ? 3 : 2);
}

/* Passes blanks and comments. */
static void blanks(struct tj_light *r) {
    for (;;) {
        char c = at(r, r->at);
        uint32_t next;
        if (c == '\n') {
            r->newline = true;
            next = r->here_line == r->at && r->here_next > r->at ? r->here_next : r->at + 1;
        } else if (c == '\\' && (at(r, r->at + 1) == '\n' || starts(r, r->at + 1, "\r\n"))) {
            next = line_end(r, r->at) + 1;
        } else if (tj_is_space(c)) {
            next = r->at + 1;
        } else {
            next = comment(r, r->at);
            if (next == r->at) next = outside(r, r->at);
            if (next != r->at && at(r, next) == ';') next++;
        }
        if (next == r->at || r->at >= r->text.n) return;
        r->space = true;
        r->at = next > r->text.n ? r->text.n : next;
    }
}

static const char *const signs[] = {
    ">>>=", "===", "!==", "**=", "<=>", "...", "<<=",  ">>=", "&&=", "||=", "\?\?=", "//=", "|&", "=>", "->",
    "==",   "!=",  "<=",  ">=",  "&&",  "||",  "\?\?", "?.",  "++",  "--",  "+=",    "-=",  "*=", "/=", ".=",
    "%=",   "|=",  "&=",  "^=",  "**",  "&.",  "<<",   ">>",  "..",  "::",  "=~",    "!~",  "~=", "<-"};

static void sign(struct tj_light *r) {
    uint32_t n = 1;
    char second = at(r, r->at + 1);
    bool longer = second && strchr("=<>&|?.+-*/:~", second);
    for (size_t i = 0; longer && i < sizeof signs / sizeof *signs && n == 1; i++)
        if (starts(r, r->at, signs[i])) n = tj_str_of(signs[i]).n;
    uint8_t lang = r->dialect->lang;
    if (n == 2 && starts(r, r->at, "?.") && (lang != TJ_LANG_NODE || tj_is_digit(at(r, r->at + 2)))) n = 1;
    if (n == 2 && starts(r, r->at, "&.") && lang != TJ_LANG_RUBY) n = 1;
    if (n == 2 && starts(r, r->at, "|&") && lang != TJ_LANG_AWK) n = 1;
    if (n == 2 && starts(r, r->at, "<-")) n = 1;
    if (lang == TJ_LANG_AWK && n == 3 && starts(r, r->at, "**=")) n = 2;
    r->token = TJ_LIGHT_OP;
    r->end = r->at += n;
    char c = at(r, r->end - 1);
    r->value = n == 1 && (c == ')' || c == ']' || c == '}');
}

static bool name_byte(const struct tj_light *r, uint32_t i) {
    char c = at(r, i);
    return tj_is_name(c) || (unsigned char)c >= 0x80 || (c == '$' && r->dialect->lang == TJ_LANG_NODE);
}

static void name(struct tj_light *r) {
    uint32_t i = r->at;
    uint8_t lang = r->dialect->lang;
    bool colons = lang == TJ_LANG_RUBY || lang == TJ_LANG_PERL, slashes = lang == TJ_LANG_PHP;
    for (;;) {
        if (name_byte(r, i))
            i++;
        else if (colons && starts(r, i, "::") && (tj_is_alpha(at(r, i + 2)) || at(r, i + 2) == '_'))
            i += 2;
        else if (slashes && at(r, i) == '\\' && name_byte(r, i + 1))
            i++;
        else
            break;
    }
    bool asks =
        lang == TJ_LANG_RUBY && (at(r, i) == '?' || at(r, i) == '!') && at(r, i + 1) != '=' && at(r, i + 1) != ':';
    r->token = TJ_LIGHT_NAME;
    r->end = r->at = i + asks;
    r->value = !tj_light_keyword(r);
    r->word = true;
}

static void number(struct tj_light *r) {
    uint32_t i = r->at;
    bool hex = at(r, i) == '0' && tj_lower(at(r, i + 1)) == 'x';
    while (tj_is_name(at(r, i)) || (at(r, i) == '.' && tj_is_digit(at(r, i + 1))) ||
           (!hex && (at(r, i) == '+' || at(r, i) == '-') && tj_lower(at(r, i - 1)) == 'e' && tj_is_digit(at(r, i + 1))))
        i++;
    bool whole = tj_str_chr(tj_str_sub(r->text, r->at, i), '.', 0) == TJ_NOT_FOUND;
    r->node = tj_light_node(r, whole ? TJ_PY_INTEGER : TJ_PY_FLOAT, r->at, i);
    r->token = TJ_LIGHT_VALUE;
    r->end = r->at = i;
    r->value = true;
}

/* Perl reads nothing behind __END__. */
static bool source_ends(const struct tj_light *r) {
    if (r->dialect->lang != TJ_LANG_PERL && r->dialect->lang != TJ_LANG_RUBY) return false;
    return starts(r, r->at, "__END__") || starts(r, r->at, "__DATA__");
}

void tj_light_next(struct tj_light *r) {
    uint32_t before = r->at;
    r->last_end = r->end;
    r->space = r->newline = false;
    r->node = TJ_NONE;
    blanks(r);
    if (r->left == 0 || r->arena->failed) tj_light_stop(r, TJ_REASON_BUDGET);
    if (r->left) r->left--;
    r->begin = r->end = r->at;
    if (r->at >= r->text.n || r->stopped || source_ends(r)) {
        r->token = TJ_LIGHT_END;
        return;
    }
    if (r->dialect->lines && r->newline) {
        r->newline = false;
        r->token = TJ_LIGHT_LINE;
        r->begin = r->end = before;
        r->value = r->word = false;
        /* the next call finds no line end: blanks are passed already */
        return;
    }
    bool word = r->word;
    char c = at(r, r->at);
    if (tj_light_literal(r)) {
        r->end = r->at;
        r->value = true;
        r->word = false;
    } else if (r->dialect->sigils && tj_light_variable(r)) {
        r->end = r->at;
        r->token = TJ_LIGHT_VAR;
        r->value = true;
        r->word = false;
    } else if (tj_is_digit(c) || (c == '.' && tj_is_digit(at(r, r->at + 1)) && !r->value)) {
        number(r);
        r->word = false;
    } else if (name_byte(r, r->at) || (c == '\\' && r->dialect->lang == TJ_LANG_PHP && name_byte(r, r->at + 1))) {
        name(r);
    } else {
        (void)word;
        sign(r);
        r->word = false;
    }
}

struct tj_str tj_light_token_text(const struct tj_light *r) {
    return tj_str_sub(r->text, r->begin, r->end);
}

bool tj_light_is(const struct tj_light *r, const char *op) {
    return r->token == TJ_LIGHT_OP && tj_str_is(tj_light_token_text(r), op);
}

bool tj_light_word_is(const struct tj_light *r, const char *list) {
    return r->token == TJ_LIGHT_NAME && tj_py_named_is(tj_light_token_text(r), list);
}

bool tj_light_keyword(const struct tj_light *r) {
    return tj_py_named_is(tj_str_sub(r->text, r->begin, r->end), r->dialect->words);
}

bool tj_light_take(struct tj_light *r, const char *op) {
    if (!tj_light_is(r, op)) return false;
    tj_light_next(r);
    return true;
}

void tj_light_goto(struct tj_light *r, uint32_t to) {
    r->at = to;
    r->end = to;
    r->value = r->word = false;
    tj_light_next(r);
}
