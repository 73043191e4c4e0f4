/* Finds the end of $((…)), ((…)), $[…] and of an index, and reads the expansions inside. */
#include "shell/parser.h"

/* Behind a quoted stretch at `at`, or `at` itself. */
static uint32_t behind_quote(const struct tj_sh_parser *p, uint32_t at) {
    char quote = p->view.s[at];
    uint32_t i = at + 1;
    if (quote == '\\') {
        return i + 1;
    }
    if (quote != '"' && quote != '\'') {
        return at;
    }
    while (i < p->view.end && p->view.s[i] != quote) {
        i += p->view.s[i] == '\\' && quote == '"' ? 2 : 1;
    }
    return i + 1;
}

/* The closing `))` or `]` for text from `from`, or TJ_NONE: it is no arithmetic. */
static uint32_t closing(struct tj_sh_parser *p, uint32_t from, const char *close) {
    uint32_t depth = 0, i = from;
    char open = close[0] == ')' ? '(' : '[';
    while (i < p->view.end) {
        uint32_t behind = behind_quote(p, i);
        char c = p->view.s[i];
        if (behind != i) {
            i = behind;
            continue;
        }
        if (c == close[0] && depth-- == 0) {
            break;
        }
        depth += c == open;
        i++;
    }
    uint32_t cost = (i < p->view.end ? i : p->view.end) - from;
    p->lookahead = p->lookahead > cost ? p->lookahead - cost : 0;
    if (p->lookahead == 0) {
        tj_sh_fail(p, TJ_REASON_BUDGET);
        return TJ_NONE;
    }
    bool closed = i < p->view.end && (close[1] == '\0' || (i + 1 < p->view.end && p->view.s[i + 1] == close[1]));
    return closed ? i : TJ_NONE;
}

static void expansions(struct tj_sh_parser *p, uint32_t begin, uint32_t end, uint32_t *word, uint32_t *word_end) {
    struct tj_sh_view inner = p->view;
    uint32_t was, base = p->words.n;
    struct tj_sh_word read;
    inner.end = end;
    struct tj_sh_view outer = tj_sh_view_enter(p, inner, begin, &was);
    if (tj_sh_enter(p) && tj_sh_word(p, TJ_WORD_BODY, true, &read)) {
        (void)tj_vec_push(p->arena, &p->words, read);
    }
    tj_sh_leave(p);
    p->view = outer;
    p->at = was;
    tj_sh_flush_words(p, base, word, word_end);
}

static bool has_expansion(struct tj_str text) {
    return text.n && (memchr(text.p, '$', text.n) || memchr(text.p, '`', text.n));
}

bool tj_sh_arith(struct tj_sh_parser *p, uint32_t open, const char *close, struct tj_str *text, uint32_t *word,
                 uint32_t *word_end) {
    uint32_t begin = p->at + open;
    uint32_t end = closing(p, begin, close);
    if (end == TJ_NONE) {
        return false;
    }
    *text = tj_sh_slice(p, begin, end);
    *word = *word_end = 0;
    if (has_expansion(*text)) {
        expansions(p, begin, end, word, word_end);
    }
    p->at = end + (uint32_t)strlen(close);
    return true;
}

bool tj_sh_index(struct tj_sh_parser *p, struct tj_str *text, uint32_t *word) {
    uint32_t begin = p->at + 1;
    uint32_t end = closing(p, begin, "]");
    uint32_t first = 0, last = 0;
    *word = TJ_NONE;
    if (end == TJ_NONE) {
        return false;
    }
    *text = tj_sh_slice(p, begin, end);
    if (has_expansion(*text)) {
        expansions(p, begin, end, &first, &last);
        *word = last > first ? first : TJ_NONE;
    }
    p->at = end + 1;
    return true;
}
