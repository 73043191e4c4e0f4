/* Reads statements: lists, and-or lists and pipelines. */
#include "shell/parser.h"

/* Room for one node was made before anything is read, so that a failed push may name node 0. */
uint32_t tj_sh_node(struct tj_sh_parser *p, enum tj_sh_kind kind, uint32_t begin) {
    struct tj_sh_node node = {.kind = (uint8_t)kind, .begin = begin, .end = begin, .first = TJ_NONE, .next = TJ_NONE};
    if (!tj_vec_push(p->arena, &p->out->node, node)) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
        return 0;
    }
    return p->out->node.n - 1;
}

void tj_sh_chain_add(struct tj_sh_parser *p, struct tj_sh_chain *chain, uint32_t node, enum tj_link link) {
    tj_sh_at(p, node)->link = (uint8_t)link;
    if (chain->n++ == 0) {
        chain->first = node;
    } else if (node > chain->last) { /* always, unless memory ran out */
        tj_sh_at(p, chain->last)->next = node;
    }
    chain->last = node;
}

static bool at_terminator(const struct tj_sh_parser *p) {
    char c = tj_sh_peek(p, 0);
    return tj_sh_end(p) || c == ';' || c == '\n' || c == '&' || c == '|' || c == ')';
}

/* Separator behind a statement; false when none stands there. */
static bool separator(struct tj_sh_parser *p, uint32_t node) {
    char c = tj_sh_peek(p, 0), next = tj_sh_peek(p, 1);
    if (c == '&' && next != '&') {
        tj_sh_at(p, node)->flags |= TJ_SH_BACKGROUND;
        p->at++;
        return true;
    }
    if (c == ';' && next != ';' && next != '&') {
        p->at++;
        return true;
    }
    return c == '\n' || c == ';';
}

struct tj_sh_chain tj_sh_statements(struct tj_sh_parser *p) {
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    for (tj_sh_newlines(p); !p->bad && !tj_sh_end(p); tj_sh_newlines(p)) {
        char c = tj_sh_peek(p, 0), next = tj_sh_peek(p, 1);
        if (c == ')' || (c == ';' && (next == ';' || next == '&')) || tj_sh_at_closer(p)) {
            break;
        }
        uint32_t node = tj_sh_and_or(p);
        tj_sh_chain_add(p, &chain, node, TJ_LINK_SEQ);
        tj_sh_blanks(p);
        if (p->bad || (!separator(p, node) && !tj_sh_end(p) && tj_sh_peek(p, 0) != ')' && !tj_sh_at_closer(p))) {
            tj_sh_fail(p, TJ_REASON_SYNTAX);
            break;
        }
    }
    return chain;
}

static bool operator_at(const struct tj_sh_parser *p, char c) { return tj_sh_peek(p, 0) == c && tj_sh_peek(p, 1) == c; }

uint32_t tj_sh_and_or(struct tj_sh_parser *p) {
    uint32_t first = tj_sh_pipeline(p);
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    for (tj_sh_blanks(p); !p->bad; tj_sh_blanks(p)) {
        bool both = operator_at(p, '&');
        if (!both && !operator_at(p, '|')) {
            break;
        }
        if (chain.n == 0) {
            tj_sh_chain_add(p, &chain, first, TJ_LINK_SEQ);
        }
        p->at += 2;
        tj_sh_newlines(p);
        tj_sh_chain_add(p, &chain, tj_sh_pipeline(p), both ? TJ_LINK_AND : TJ_LINK_OR);
        if (chain.n > TJ_SHELL_MAX_MEMBERS) {
            tj_sh_fail(p, TJ_REASON_BUDGET);
        }
    }
    if (chain.n == 0) {
        return first;
    }
    uint32_t list = tj_sh_node(p, TJ_SH_LIST, tj_sh_at(p, first)->begin);
    tj_sh_at(p, list)->first = chain.first;
    tj_sh_at(p, list)->end = tj_sh_at(p, chain.last)->end;
    return list;
}

/* `time` is reserved unless an option other than -p follows: then another shell's program is meant. */
static uint32_t timed(const struct tj_sh_parser *p) {
    uint32_t n = tj_sh_reserved(p, "time"), at = n;
    while (n && (tj_sh_peek(p, at) == ' ' || tj_sh_peek(p, at) == '\t')) {
        at++;
    }
    if (n == 0 || tj_sh_peek(p, at) != '-') {
        return n;
    }
    return tj_sh_peek(p, at + 1) == 'p' && tj_sh_ends_word(p, p->at + at + 2) ? at + 2 : 0;
}

static uint32_t prefixes(struct tj_sh_parser *p) {
    uint32_t flags = 0;
    for (;; tj_sh_blanks(p)) {
        uint32_t n = timed(p);
        if (n) {
            flags |= TJ_SH_TIMED;
            p->at += n;
        } else if (tj_sh_peek(p, 0) == '!' && tj_sh_ends_word(p, p->at + 1)) {
            flags ^= TJ_SH_NEGATED;
            p->at++;
        } else {
            return flags;
        }
    }
}

static uint32_t first_member(struct tj_sh_parser *p, uint32_t begin, bool prefixed) {
    if (prefixed && at_terminator(p)) {
        return tj_sh_node(p, TJ_SH_SIMPLE, tj_sh_place(p, begin));
    }
    return tj_sh_command(p);
}

uint32_t tj_sh_pipeline(struct tj_sh_parser *p) {
    tj_sh_blanks(p);
    uint32_t begin = p->at, flags = prefixes(p);
    uint32_t first = first_member(p, begin, p->at > begin);
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    for (tj_sh_blanks(p); !p->bad && tj_sh_peek(p, 0) == '|' && tj_sh_peek(p, 1) != '|'; tj_sh_blanks(p)) {
        if (chain.n == 0) {
            tj_sh_chain_add(p, &chain, first, TJ_LINK_SEQ);
        }
        bool both = tj_sh_peek(p, 1) == '&';
        tj_sh_at(p, chain.last)->flags |= both ? TJ_SH_PIPE_BOTH : 0;
        p->at += both ? 2 : 1;
        tj_sh_newlines(p);
        tj_sh_chain_add(p, &chain, tj_sh_command(p), TJ_LINK_SEQ);
        if (chain.n > TJ_SHELL_MAX_MEMBERS) {
            tj_sh_fail(p, TJ_REASON_BUDGET);
        }
    }
    uint32_t node = first;
    if (chain.n) {
        node = tj_sh_node(p, TJ_SH_PIPELINE, tj_sh_at(p, first)->begin);
        tj_sh_at(p, node)->first = chain.first;
        tj_sh_at(p, node)->end = tj_sh_at(p, chain.last)->end;
    }
    tj_sh_at(p, node)->flags |= (uint8_t)flags;
    if (flags) {
        tj_sh_at(p, node)->begin = tj_sh_place(p, begin);
    }
    return node;
}

uint32_t tj_sh_command(struct tj_sh_parser *p) {
    tj_sh_blanks(p);
    uint32_t node = tj_sh_compound(p);
    if (node != TJ_NONE) {
        return node;
    }
    if (tj_sh_at_closer(p)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    return tj_sh_simple(p);
}
