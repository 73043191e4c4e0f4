/* Reads compound commands: groups, if, loops, case, functions, coprocesses, tests and arithmetic. */
#include "shell/parser.h"

uint32_t tj_sh_reserved(const struct tj_sh_parser *p, const char *word) {
    uint32_t n = 0;
    while (word[n] && tj_sh_peek(p, n) == word[n]) {
        n++;
    }
    return word[n] == '\0' && tj_sh_ends_word(p, p->at + n) ? n : 0;
}

bool tj_sh_at_closer(const struct tj_sh_parser *p) {
    switch (tj_sh_peek(p, 0)) {
    case 't': return tj_sh_reserved(p, "then");
    case 'd': return tj_sh_reserved(p, "do") || tj_sh_reserved(p, "done");
    case 'f': return tj_sh_reserved(p, "fi");
    case 'e': return tj_sh_reserved(p, "elif") || tj_sh_reserved(p, "else") || tj_sh_reserved(p, "esac");
    case '}': return tj_sh_reserved(p, "}");
    default: return false;
    }
}

bool tj_sh_take(struct tj_sh_parser *p, const char *word) {
    tj_sh_blanks(p);
    uint32_t n = p->bad ? 0 : tj_sh_reserved(p, word);
    if (n == 0) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return false;
    }
    p->at += n;
    return true;
}

bool tj_sh_takes_char(struct tj_sh_parser *p, char c) {
    tj_sh_blanks(p);
    if (tj_sh_peek(p, 0) != c || tj_sh_end(p)) {
        return false;
    }
    p->at++;
    return true;
}

uint32_t tj_sh_begin(struct tj_sh_parser *p, enum tj_sh_kind kind) {
    return tj_sh_node(p, kind, tj_sh_place(p, p->at));
}

void tj_sh_close(struct tj_sh_parser *p, uint32_t node, struct tj_sh_chain children) {
    tj_sh_at(p, node)->first = children.first;
    tj_sh_at(p, node)->end = tj_sh_place(p, p->at);
}

/* Statements that must not be missing, as one LIST. */
uint32_t tj_sh_arm(struct tj_sh_parser *p) {
    uint32_t list = tj_sh_begin(p, TJ_SH_LIST);
    struct tj_sh_chain chain = tj_sh_statements(p);
    if (chain.n == 0) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    tj_sh_close(p, list, chain);
    if (chain.n) {
        tj_sh_at(p, list)->begin = tj_sh_at(p, chain.first)->begin;
        tj_sh_at(p, list)->end = tj_sh_at(p, chain.last)->end;
    }
    return list;
}

/* ( … ) and { … } */
static uint32_t enclosed(struct tj_sh_parser *p, enum tj_sh_kind kind) {
    uint32_t node = tj_sh_begin(p, kind);
    p->at++;
    struct tj_sh_chain chain = tj_sh_statements(p);
    if (chain.n == 0) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    if (!p->bad && !tj_sh_takes_char(p, kind == TJ_SH_SUBSHELL ? ')' : '}')) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    tj_sh_close(p, node, chain);
    return node;
}

static uint32_t if_command(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_IF);
    struct tj_sh_chain arms = TJ_SH_NO_CHAIN;
    for (p->at += 2; !p->bad;) {
        tj_sh_chain_add(p, &arms, tj_sh_arm(p), TJ_LINK_SEQ);
        if (!tj_sh_take(p, "then")) {
            break;
        }
        tj_sh_chain_add(p, &arms, tj_sh_arm(p), TJ_LINK_SEQ);
        tj_sh_blanks(p);
        if (p->bad || !tj_sh_reserved(p, "elif")) {
            break;
        }
        p->at += 4;
    }
    if (!p->bad && tj_sh_reserved(p, "else")) {
        p->at += 4;
        tj_sh_chain_add(p, &arms, tj_sh_arm(p), TJ_LINK_SEQ);
    }
    (void)tj_sh_take(p, "fi");
    tj_sh_close(p, node, arms);
    return node;
}

uint32_t tj_sh_function(struct tj_sh_parser *p, uint32_t begin, struct tj_str name) {
    uint32_t node = tj_sh_node(p, TJ_SH_FUNCTION, begin), body = TJ_NONE;
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    tj_sh_at(p, node)->name = name;
    tj_sh_newlines(p);
    if (tj_sh_enter(p)) {
        body = tj_sh_compound(p);
    }
    tj_sh_leave(p);
    if (body != TJ_NONE) {
        tj_sh_chain_add(p, &chain, body, TJ_LINK_SEQ);
        tj_sh_close(p, node, chain);
        tj_sh_at(p, node)->end = tj_sh_at(p, body)->end;
    } else {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    return node;
}

static uint32_t function_command(struct tj_sh_parser *p) {
    uint32_t begin = tj_sh_place(p, p->at);
    p->at += 8;
    tj_sh_blanks(p);
    uint32_t from = p->at;
    while (!tj_sh_ends_word(p, p->at)) {
        p->at++;
    }
    struct tj_str name = tj_sh_slice(p, from, p->at);
    if (tj_sh_peek(p, 0) == '(' || tj_sh_peek(p, 0) == ' ') {
        uint32_t was = p->at;
        if (!(tj_sh_takes_char(p, '(') && tj_sh_takes_char(p, ')'))) {
            p->at = was;
        }
    }
    return tj_sh_function(p, begin, name);
}

static uint32_t coproc_command(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_COPROC), n = 0;
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    p->at += 6;
    tj_sh_blanks(p);
    uint32_t child = tj_sh_compound(p), was = p->at;
    while (child == TJ_NONE && tj_is_name(tj_sh_peek(p, n))) {
        n++;
    }
    if (n) {
        p->at += n;
        tj_sh_blanks(p);
        child = p->at > was + n ? tj_sh_compound(p) : TJ_NONE;
        if (child == TJ_NONE) {
            p->at = was;
        } else {
            tj_sh_at(p, node)->name = tj_sh_slice(p, was, was + n);
        }
    }
    if (child == TJ_NONE) {
        child = tj_sh_simple(p);
    }
    tj_sh_chain_add(p, &chain, child, TJ_LINK_SEQ);
    tj_sh_close(p, node, chain);
    tj_sh_at(p, node)->end = tj_sh_at(p, child)->end;
    return node;
}

static uint32_t test_command(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_TEST);
    p->at += 2;
    if (!tj_sh_test(p, node)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    tj_sh_close(p, node, TJ_SH_NO_CHAIN);
    return node;
}

static uint32_t parenthesised(struct tj_sh_parser *p) {
    if (tj_sh_peek(p, 1) == '(') {
        uint32_t node = tj_sh_begin(p, TJ_SH_ARITH);
        if (tj_sh_arith_word(p, node)) {
            tj_sh_close(p, node, TJ_SH_NO_CHAIN);
            return node;
        }
        p->out->node.n -= p->out->node.n == node + 1 && node > 0;
        if (p->bad) {
            return tj_sh_begin(p, TJ_SH_SUBSHELL);
        }
    }
    return enclosed(p, TJ_SH_SUBSHELL);
}

static uint32_t keyword_command(struct tj_sh_parser *p) {
    switch (tj_sh_peek(p, 0)) {
    case 'i': return tj_sh_reserved(p, "if") ? if_command(p) : TJ_NONE;
    case 'w': return tj_sh_reserved(p, "while") ? tj_sh_while(p) : TJ_NONE;
    case 'u': return tj_sh_reserved(p, "until") ? tj_sh_while(p) : TJ_NONE;
    case 's': return tj_sh_reserved(p, "select") ? tj_sh_for(p) : TJ_NONE;
    case 'f':
        if (tj_sh_reserved(p, "function")) {
            return function_command(p);
        }
        return tj_sh_reserved(p, "for") ? tj_sh_for(p) : TJ_NONE;
    case 'c':
        if (tj_sh_reserved(p, "coproc")) {
            return coproc_command(p);
        }
        return tj_sh_reserved(p, "case") ? tj_sh_case(p) : TJ_NONE;
    case '[': return tj_sh_reserved(p, "[[") ? test_command(p) : TJ_NONE;
    case '{': return tj_sh_reserved(p, "{") ? enclosed(p, TJ_SH_GROUP) : TJ_NONE;
    case '(': return parenthesised(p);
    default: return TJ_NONE;
    }
}

uint32_t tj_sh_compound(struct tj_sh_parser *p) {
    static const char begins[] = "iwusfc[{(";
    char c = tj_sh_peek(p, 0);
    if (p->bad || !c || !strchr(begins, c)) {
        return TJ_NONE;
    }
    uint32_t node = TJ_NONE;
    if (!tj_sh_enter(p)) {
        node = tj_sh_node(p, TJ_SH_SIMPLE, tj_sh_place(p, p->at));
    } else if (p->by_tree) {
        node = p->by_tree(p, p->tree);
    }
    if (node == TJ_NONE) {
        node = keyword_command(p);
    }
    tj_sh_leave(p);
    if (node != TJ_NONE && !p->bad && tj_sh_at(p, node)->kind != TJ_SH_COPROC &&
        tj_sh_at(p, node)->kind != TJ_SH_FUNCTION) {
        tj_sh_redirects(p, node);
    }
    return node;
}
