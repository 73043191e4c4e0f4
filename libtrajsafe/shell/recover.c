/* Goes on after a syntax error: takes back a failed attempt, or keeps it marked and reads on behind it. */
#include "shell/parser.h"

struct tj_sh_mark tj_sh_mark(const struct tj_sh_parser *p) {
    const struct tj_script *out = p->out;
    return (struct tj_sh_mark){p->view,     p->at,         p->depth,     out->node.n,    out->word.n,
                               out->part.n, out->assign.n, out->redir.n, out->trouble.n, out->comment.n,
                               p->parts.n,  p->words.n,    p->assigns.n, p->redirs.n};
}

static void reset_reader(struct tj_sh_parser *p, const struct tj_sh_mark *mark) {
    p->view = mark->view;
    p->depth = mark->depth;
    p->parts.n = mark->parts;
    p->words.n = mark->words;
    p->assigns.n = mark->assigns;
    p->redirs.n = mark->redirs;
    p->bad = false;
}

void tj_sh_rewind(struct tj_sh_parser *p, const struct tj_sh_mark *mark) {
    struct tj_script *out = p->out;
    reset_reader(p, mark);
    p->at = mark->at;
    out->node.n = mark->node;
    out->word.n = mark->word;
    out->part.n = mark->part;
    out->assign.n = mark->assign;
    out->redir.n = mark->redir;
    out->trouble.n = mark->trouble;
    out->comment.n = mark->comment;
}

void tj_sh_flag_errors(struct tj_sh_parser *p, uint32_t from) {
    for (uint32_t i = from; i < p->out->node.n; i++) {
        tj_sh_at(p, i)->flags |= TJ_SH_ERROR;
    }
}

/* Behind the failure: past the end of its line, or the next `;` on it. Always at least one byte on. */
static uint32_t resume_at(const struct tj_sh_parser *p, uint32_t begin, uint32_t failed) {
    uint32_t i = failed > begin ? failed : begin;
    for (; i < p->view.end; i++) {
        char c = p->view.s[i];
        if (c == '\n') {
            return p->view.heredocs.n ? tj_sh_heredoc_resume(&p->view, i, true) : i + 1;
        }
        if (c == ';' || c == '&' || c == '|') {
            return i + 1;
        }
    }
    return p->view.end;
}

static bool hopeless(enum tj_reason reason) { return reason != TJ_REASON_SYNTAX; }

/* Marks what was read since `mark` and moves behind the failure. False: no use to go on. */
static bool go_on(struct tj_sh_parser *p, const struct tj_sh_mark *mark, uint32_t errors) {
    enum tj_reason reason = (enum tj_reason)p->bad_reason;
    uint32_t failed = p->bad_at, limit = mark->view.end;
    tj_sh_flag_errors(p, mark->node);
    reset_reader(p, mark);
    p->at = resume_at(p, mark->at, failed);
    p->errors++;
    p->skipped += p->at - (failed < p->at ? failed : p->at);
    tj_sh_trouble(p, reason, failed < limit ? failed : limit, hopeless(reason) ? limit : p->at);
    if (hopeless(reason)) {
        return false;
    }
    if (errors >= TJ_SHELL_MAX_TROUBLES) {
        tj_sh_trouble(p, TJ_REASON_BUDGET, p->at, limit);
        return false;
    }
    return true;
}

/* One statement and the separators behind it. Closers and separators that stand alone are failures. */
static uint32_t one_statement(struct tj_sh_parser *p) {
    if (tj_sh_peek(p, 0) == ')' || tj_sh_at_closer(p)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return TJ_NONE;
    }
    uint32_t node = tj_sh_and_or(p);
    tj_sh_blanks(p);
    char c = tj_sh_peek(p, 0);
    if (!p->bad && c == '&') {
        tj_sh_at(p, node)->flags |= TJ_SH_BACKGROUND;
    }
    if (!p->bad && (c == '&' || c == ';')) {
        p->at++;
    } else if (!p->bad && c != '\n' && !tj_sh_end(p)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    return node;
}

/* A command of which nothing could be read. */
static bool is_nothing(const struct tj_sh_node *node) { return node->kind == TJ_SH_SIMPLE && node->begin == node->end; }

struct tj_sh_chain tj_sh_recover(struct tj_sh_parser *p) {
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    uint32_t errors = 0, beside = 0;
    for (tj_sh_newlines(p); !tj_sh_end(p); tj_sh_newlines(p)) {
        struct tj_sh_mark mark = tj_sh_mark(p);
        uint32_t node = one_statement(p);
        if (node != TJ_NONE && p->out->node.n > mark.node && !is_nothing(tj_sh_at(p, node))) {
            tj_sh_chain_add(p, &chain, node, TJ_LINK_SEQ);
        }
        bool was_beside = beside > 0;
        beside = p->bad ? 1 : 0;
        if (was_beside) {
            tj_sh_flag_errors(p, mark.node);
        }
        if (p->bad && !go_on(p, &mark, ++errors)) {
            break;
        }
    }
    return chain;
}
