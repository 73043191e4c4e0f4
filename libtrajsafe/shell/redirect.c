/* Reads redirections. */
#include "shell/parser.h"

static const struct {
    char text[4];
    uint8_t op;
    int8_t fd;
} operators[] = {
    /* longest first */
    {"<<<", TJ_REDIR_HERESTRING, 0}, {"<<-", TJ_REDIR_HEREDOC, 0}, {"&>>", TJ_REDIR_BOTH_APPEND, -1},
    {"<<", TJ_REDIR_HEREDOC, 0},     {"<&", TJ_REDIR_DUP_IN, 0},   {"<>", TJ_REDIR_INOUT, 0},
    {">>", TJ_REDIR_APPEND, 1},      {">&", TJ_REDIR_DUP_OUT, 1},  {">|", TJ_REDIR_CLOBBER, 1},
    {"&>", TJ_REDIR_BOTH, -1},       {"<", TJ_REDIR_IN, 0},        {">", TJ_REDIR_OUT, 1},
};
enum { OPERATORS = sizeof operators / sizeof *operators, NAMED_FD = -2, LARGEST_FD = 1 << 20 };

static uint32_t operator_at(const struct tj_sh_parser *p, uint32_t ahead) {
    for (uint32_t i = 0; i < OPERATORS; i++) {
        uint32_t n = (uint32_t)strlen(operators[i].text);
        if (p->at + ahead + n <= p->view.end && memcmp(p->view.s + p->at + ahead, operators[i].text, n) == 0) {
            return i;
        }
    }
    return OPERATORS;
}

/* The length of `3` or `{name}` in front of an operator; 0 when there is none. */
static uint32_t descriptor(const struct tj_sh_parser *p, int32_t *fd) {
    uint32_t n = 0;
    int32_t value = 0;
    char c = tj_sh_peek(p, 0);
    if (c == '{') {
        for (n = 1; tj_is_name(tj_sh_peek(p, n)); n++) {
        }
        value = NAMED_FD;
        n = n > 1 && tj_sh_peek(p, n) == '}' ? n + 1 : 0;
    } else {
        for (; tj_is_digit(tj_sh_peek(p, n)); n++) {
            value = value > LARGEST_FD ? value : value * 10 + (tj_sh_peek(p, n) - '0');
        }
    }
    c = tj_sh_peek(p, n);
    if (n == 0 || (c != '<' && c != '>')) {
        return 0;
    }
    *fd = value;
    return n;
}

static bool digits_or_dash(const struct tj_sh_parser *p, const struct tj_sh_word *word) {
    const struct tj_sh_part *part = &p->out->part.at[word->part];
    if (word->part_end - word->part != 1 || part->kind == TJ_PART_PARAM) {
        return true; /* >&$fd and the like */
    }
    uint32_t n = part->text.n;
    n -= n > 0 && part->text.p[n - 1] == '-';
    for (uint32_t i = 0; i < n; i++) {
        if (!tj_is_digit(part->text.p[i])) {
            return false;
        }
    }
    return true;
}

static void heredoc(struct tj_sh_parser *p, struct tj_sh_redir *redir, uint32_t op, uint32_t length) {
    const struct tj_sh_heredoc *doc = tj_sh_heredoc_take(&p->view, op);
    if (!doc) {
        struct tj_sh_word delimiter;
        p->at += length;
        tj_sh_blanks(p);
        (void)tj_sh_word(p, TJ_WORD_PLAIN, false, &delimiter);
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return;
    }
    redir->quoted = doc->quoted;
    redir->strip = doc->strip;
    redir->body_begin = tj_sh_place(p, doc->body_begin);
    redir->body_end = tj_sh_place(p, doc->body_end);
    p->at = doc->op_end;
    redir->word = tj_sh_heredoc_word(p, doc);
}

static void target(struct tj_sh_parser *p, struct tj_sh_redir *redir) {
    struct tj_sh_word word;
    tj_sh_blanks(p);
    if (!tj_sh_word(p, TJ_WORD_PLAIN, false, &word)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return;
    }
    redir->word = p->out->word.n;
    if (!tj_vec_push(p->arena, &p->out->word, word)) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
    }
    if (redir->op == TJ_REDIR_DUP_OUT && !digits_or_dash(p, &word)) {
        redir->op = TJ_REDIR_BOTH;
        redir->fd = -1;
    }
}

bool tj_sh_redirect(struct tj_sh_parser *p) {
    int32_t fd = -1;
    uint32_t lead = descriptor(p, &fd);
    uint32_t i = operator_at(p, lead);
    if (i == OPERATORS) {
        return false;
    }
    uint32_t length = (uint32_t)strlen(operators[i].text), op = p->at + lead;
    if (length == 1 && tj_sh_peek(p, lead + 1) == '(') {
        return false; /* process substitution: a word */
    }
    struct tj_sh_redir redir = {
        .op = operators[i].op, .fd = lead ? fd : operators[i].fd, .word = TJ_NONE, .begin = tj_sh_place(p, p->at)};
    redir.strip = redir.op == TJ_REDIR_HEREDOC && length == 3;
    p->at = op;
    if (redir.op == TJ_REDIR_HEREDOC) {
        heredoc(p, &redir, op, length);
    } else {
        p->at += length;
        target(p, &redir);
    }
    redir.end = tj_sh_place(p, p->at);
    if (redir.word != TJ_NONE && !tj_vec_push(p->arena, &p->redirs, redir)) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
    }
    return true;
}

void tj_sh_flush_redirs(struct tj_sh_parser *p, uint32_t base, uint32_t node) {
    uint32_t n = p->redirs.n - base, first = p->out->redir.n;
    if (n && tj_vec_room(p->arena, &p->out->redir, n)) {
        memcpy(p->out->redir.at + first, p->redirs.at + base, n * sizeof *p->redirs.at);
        p->out->redir.n += n;
    }
    tj_sh_at(p, node)->redir = first;
    tj_sh_at(p, node)->redir_end = p->out->redir.n;
    p->redirs.n = base;
}

void tj_sh_redirects(struct tj_sh_parser *p, uint32_t node) {
    uint32_t base = p->redirs.n, end = p->at;
    tj_sh_blanks(p);
    while (!p->bad && !tj_sh_end(p) && tj_sh_redirect(p)) {
        end = p->at;
        tj_sh_blanks(p);
    }
    if (p->redirs.n > base) {
        tj_sh_flush_redirs(p, base, node);
        tj_sh_at(p, node)->end = tj_sh_place(p, end);
    }
}
