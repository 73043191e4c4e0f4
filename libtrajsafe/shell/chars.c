/* Reads blanks, comments and newlines, and keeps the first failure. */
#include "shell/parser.h"

#define M TJ_CH_META
#define Q TJ_CH_QUOTE
#define N TJ_CH_NOTE
#define D TJ_CH_DOUBLE
const uint8_t tj_sh_class[256] = {
    ['\0'] = M,         ['\t'] = M,         ['\n'] = M,    [' '] = M,     [';'] = M,      ['&'] = M,
    ['|'] = M,          ['<'] = M,          ['>'] = M,     ['('] = M,     [')'] = M,      ['\r'] = Q,
    ['\''] = Q,         ['"'] = Q | D,      ['$'] = Q | D, ['`'] = Q | D, ['\\'] = Q | D, ['*'] = TJ_CH_GLOB,
    ['?'] = TJ_CH_GLOB, ['['] = TJ_CH_GLOB, ['~'] = N,     ['{'] = N,     ['}'] = N,      [','] = N,
    ['.'] = N,          ['='] = N,          [':'] = N,     ['!'] = N,     ['@'] = N,      ['+'] = N,
};
#undef M
#undef Q
#undef N
#undef D

void tj_sh_fail(struct tj_sh_parser *p, enum tj_reason reason) {
    if (p->bad) {
        return;
    }
    p->bad = true;
    p->bad_reason = (uint8_t)reason;
    p->bad_at = tj_sh_place(p, p->at < p->view.end ? p->at : p->view.end);
}

void tj_sh_trouble(struct tj_sh_parser *p, enum tj_reason reason, uint32_t begin, uint32_t end) {
    struct tj_sh_trouble trouble = {(uint8_t)reason, begin, end};
    if (p->out->trouble.n < 2 * TJ_SHELL_MAX_TROUBLES) {
        (void)tj_vec_push(p->arena, &p->out->trouble, trouble);
    }
}

bool tj_sh_enter(struct tj_sh_parser *p) {
    p->depth++;
    if (p->depth > TJ_SHELL_MAX_DEPTH) {
        tj_sh_fail(p, TJ_REASON_DEPTH);
    }
    return !p->bad;
}

static uint32_t continuation(const struct tj_sh_parser *p) {
    if (tj_sh_peek(p, 0) != '\\') {
        return 0;
    }
    return tj_sh_peek(p, 1) == '\n' ? 2 : tj_sh_peek(p, 1) == '\r' && tj_sh_peek(p, 2) == '\n' ? 3 : 0;
}

static void comment(struct tj_sh_parser *p) {
    const char *from = p->view.s + p->at;
    const char *newline = memchr(from, '\n', p->view.end - p->at);
    uint32_t end = newline ? (uint32_t)(newline - p->view.s) : p->view.end;
    struct tj_span span = {TJ_NONE, tj_sh_place(p, p->at), tj_sh_place(p, end)};
    (void)tj_vec_push(p->arena, &p->out->comment, span);
    p->at = end;
}

void tj_sh_blanks(struct tj_sh_parser *p) {
    for (uint32_t continued = 0; p->at < p->view.end;) {
        char c = p->view.s[p->at];
        bool carriage = c == '\r' && (tj_sh_peek(p, 1) == '\n' || p->at + 1 == p->view.end);
        if (c == ' ' || c == '\t' || c == '\0' || carriage) {
            p->at++;
        } else if (c == '\\' && continuation(p)) {
            p->at += continuation(p);
            if (++continued > TJ_SHELL_MAX_CONTINUATIONS) {
                tj_sh_fail(p, TJ_REASON_BUDGET);
                return;
            }
        } else {
            break;
        }
    }
    if (tj_sh_peek(p, 0) == '#') {
        comment(p);
    }
}

void tj_sh_newline(struct tj_sh_parser *p) {
    p->at = p->view.heredocs.n ? tj_sh_heredoc_resume(&p->view, p->at, false) : p->at + 1;
    if (p->at > p->view.end) {
        p->at = p->view.end;
    }
}

void tj_sh_newlines(struct tj_sh_parser *p) {
    for (tj_sh_blanks(p); tj_sh_peek(p, 0) == '\n'; tj_sh_blanks(p)) {
        tj_sh_newline(p);
    }
}

bool tj_sh_ends_word(const struct tj_sh_parser *p, uint32_t at) {
    if (at >= p->view.end) {
        return true;
    }
    char c = p->view.s[at];
    return (tj_sh_class[(unsigned char)c] & TJ_CH_META) ||
           (c == '\r' && at + 1 < p->view.end && p->view.s[at + 1] == '\n');
}

void tj_sh_text_start(struct tj_sh_parser *p, struct tj_sh_text *t) {
    t->begin = t->from = p->at;
    t->copied = false;
}

static void copy_up_to_here(struct tj_sh_parser *p, struct tj_sh_text *t) {
    if (!t->copied) {
        t->copied = true;
        tj_buf_init(&t->buf, p->arena);
    }
    tj_buf_put(&t->buf, tj_sh_slice(p, t->from, p->at));
}

void tj_sh_text_skip(struct tj_sh_parser *p, struct tj_sh_text *t, uint32_t n) {
    copy_up_to_here(p, t);
    p->at += n;
    t->from = p->at;
}

void tj_sh_text_put(struct tj_sh_parser *p, struct tj_sh_text *t, struct tj_str s) {
    copy_up_to_here(p, t);
    t->from = p->at;
    tj_buf_put(&t->buf, s);
}

struct tj_str tj_sh_text_done(struct tj_sh_parser *p, struct tj_sh_text *t) {
    if (!t->copied) {
        return tj_sh_slice(p, t->from, p->at);
    }
    copy_up_to_here(p, t);
    return tj_buf_str(&t->buf);
}
