/* Reads loops, case and ((…)). */
#include "shell/parser.h"

/* do … done, or { … } which Bash allows for `for` */
static uint32_t loop_body(struct tj_sh_parser *p, bool braces) {
    tj_sh_newlines(p);
    bool brace = braces && tj_sh_reserved(p, "{");
    if (!tj_sh_take(p, brace ? "{" : "do")) {
        return TJ_NONE;
    }
    uint32_t body = tj_sh_arm(p);
    (void)tj_sh_take(p, brace ? "}" : "done");
    return body;
}

static void add_body(struct tj_sh_parser *p, uint32_t node, struct tj_sh_chain *chain, bool braces) {
    uint32_t body = p->bad ? TJ_NONE : loop_body(p, braces);
    if (body != TJ_NONE) {
        tj_sh_chain_add(p, chain, body, TJ_LINK_SEQ);
    }
    tj_sh_close(p, node, *chain);
}

uint32_t tj_sh_while(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_WHILE);
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    p->at += 5; /* while, until */
    tj_sh_chain_add(p, &chain, tj_sh_arm(p), TJ_LINK_SEQ);
    add_body(p, node, &chain, false);
    return node;
}

/* One word that holds the expansions of an arithmetic text, or its text when there are none. */
bool tj_sh_arith_word(struct tj_sh_parser *p, uint32_t node) {
    struct tj_str text;
    uint32_t word, word_end, begin = tj_sh_place(p, p->at + 2);
    if (!tj_sh_arith(p, 2, "))", &text, &word, &word_end)) {
        return false;
    }
    if (word == word_end && tj_vec_room(p->arena, &p->out->part, 1) && tj_vec_room(p->arena, &p->out->word, 1)) {
        uint32_t part = p->out->part.n++, end = tj_sh_place(p, p->at - 2);
        p->out->part.at[part] =
            (struct tj_sh_part){.kind = TJ_PART_QUOTED, .begin = begin, .end = end, .text = text, .node = TJ_NONE};
        word = p->out->word.n++;
        p->out->word.at[word] = (struct tj_sh_word){part, part + 1, begin, end};
        word_end = word + 1;
    }
    tj_sh_at(p, node)->word = word;
    tj_sh_at(p, node)->word_end = word_end;
    return true;
}

static void for_words(struct tj_sh_parser *p, uint32_t node) {
    uint32_t base = p->words.n, first, end;
    struct tj_sh_word word;
    for (tj_sh_blanks(p); !p->bad && tj_sh_word(p, TJ_WORD_PLAIN, false, &word); tj_sh_blanks(p)) {
        (void)tj_vec_push(p->arena, &p->words, word);
    }
    tj_sh_flush_words(p, base, &first, &end);
    tj_sh_at(p, node)->word = first;
    tj_sh_at(p, node)->word_end = end;
}

static void for_name(struct tj_sh_parser *p, uint32_t node) {
    uint32_t from = p->at;
    while (!tj_sh_ends_word(p, p->at)) {
        p->at++;
    }
    tj_sh_at(p, node)->name = tj_sh_slice(p, from, p->at);
    if (p->at == from) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    tj_sh_newlines(p);
    if (tj_sh_reserved(p, "in")) {
        p->at += 2;
        tj_sh_at(p, node)->flags |= TJ_SH_IN;
        for_words(p, node);
    }
}

void tj_sh_for_head(struct tj_sh_parser *p, uint32_t node) {
    p->at += tj_sh_peek(p, 0) == 'f' ? 3 : 6; /* for, select */
    tj_sh_blanks(p);
    if (tj_sh_peek(p, 0) == '(' && tj_sh_peek(p, 1) == '(') {
        tj_sh_at(p, node)->kind = TJ_SH_CFOR;
        if (!tj_sh_arith_word(p, node)) {
            tj_sh_fail(p, TJ_REASON_SYNTAX);
        }
    } else {
        for_name(p, node);
    }
    tj_sh_blanks(p);
    p->at += tj_sh_peek(p, 0) == ';';
}

uint32_t tj_sh_for(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_FOR);
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    tj_sh_for_head(p, node);
    add_body(p, node, &chain, true);
    return node;
}

void tj_sh_case_patterns(struct tj_sh_parser *p, uint32_t node) {
    uint32_t base = p->words.n, first, end;
    struct tj_sh_word word;
    (void)tj_sh_takes_char(p, '(');
    do {
        tj_sh_blanks(p);
        if (!tj_sh_word(p, TJ_WORD_PLAIN, false, &word)) {
            tj_sh_fail(p, TJ_REASON_SYNTAX);
            break;
        }
        (void)tj_vec_push(p->arena, &p->words, word);
    } while (!p->bad && tj_sh_takes_char(p, '|'));
    if (!p->bad && !tj_sh_takes_char(p, ')')) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    tj_sh_flush_words(p, base, &first, &end);
    tj_sh_at(p, node)->word = first;
    tj_sh_at(p, node)->word_end = end;
}

/* ;; ;& ;;& */
static bool case_separator(struct tj_sh_parser *p, uint32_t arm) {
    tj_sh_blanks(p);
    if (tj_sh_peek(p, 0) != ';') {
        return false;
    }
    p->at++;
    if (tj_sh_peek(p, 0) == '&') {
        tj_sh_at(p, arm)->flags |= TJ_SH_FALLS;
    } else if (tj_sh_peek(p, 0) == ';' && tj_sh_peek(p, 1) == '&') {
        tj_sh_at(p, arm)->flags |= TJ_SH_GOES_ON;
    }
    for (uint32_t i = 0; i < 2 && (tj_sh_peek(p, 0) == ';' || tj_sh_peek(p, 0) == '&'); i++) {
        p->at++;
    }
    return true;
}

static uint32_t case_arm(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_LIST);
    tj_sh_case_patterns(p, node);
    struct tj_sh_chain chain = TJ_SH_NO_CHAIN;
    if (!p->bad) {
        tj_sh_at(p, node)->end = tj_sh_place(p, p->at);
        chain = tj_sh_statements(p);
    }
    tj_sh_at(p, node)->first = chain.first;
    if (chain.n) {
        tj_sh_at(p, node)->end = tj_sh_at(p, chain.last)->end;
    }
    return node;
}

void tj_sh_case_head(struct tj_sh_parser *p, uint32_t node) {
    uint32_t base = p->words.n, first, end;
    struct tj_sh_word word;
    p->at += 4;
    tj_sh_blanks(p);
    if (tj_sh_word(p, TJ_WORD_PLAIN, false, &word)) {
        (void)tj_vec_push(p->arena, &p->words, word);
    } else {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    tj_sh_flush_words(p, base, &first, &end);
    tj_sh_at(p, node)->word = first;
    tj_sh_at(p, node)->word_end = end;
    tj_sh_newlines(p);
    (void)tj_sh_take(p, "in");
}

uint32_t tj_sh_case(struct tj_sh_parser *p) {
    uint32_t node = tj_sh_begin(p, TJ_SH_CASE);
    struct tj_sh_chain arms = TJ_SH_NO_CHAIN;
    tj_sh_case_head(p, node);
    for (tj_sh_newlines(p); !p->bad && !tj_sh_reserved(p, "esac"); tj_sh_newlines(p)) {
        uint32_t arm = case_arm(p);
        tj_sh_chain_add(p, &arms, arm, TJ_LINK_SEQ);
        if (!p->bad && !case_separator(p, arm)) {
            break;
        }
    }
    (void)tj_sh_take(p, "esac");
    tj_sh_close(p, node, arms);
    return node;
}
