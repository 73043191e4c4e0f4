/* Reads ${…}: name, index, operator and operands. */
#include "shell/parser.h"

static void operand(struct tj_sh_parser *p, enum tj_word_mode mode, bool in_double) {
    struct tj_sh_word word;
    if (tj_sh_word(p, mode, in_double, &word)) {
        (void)tj_vec_push(p->arena, &p->words, word);
    }
}

/* An operand that must keep its place among the others even when it is empty. */
static void placed_operand(struct tj_sh_parser *p, enum tj_word_mode mode, bool in_double) {
    uint32_t n = p->words.n, at = tj_sh_place(p, p->at);
    operand(p, mode, in_double);
    if (p->words.n == n) {
        (void)tj_vec_push(p->arena, &p->words, ((struct tj_sh_word){p->out->part.n, p->out->part.n, at, at}));
    }
}

static bool special_name(char c) { return c && strchr("@*#?-$!", c) != NULL; }

/* ${#x}, ${!x}: an operator before the name. The same bytes may be the name itself. */
static void prefix(struct tj_sh_parser *p, struct tj_sh_part *part) {
    char c = tj_sh_peek(p, 0), next = tj_sh_peek(p, 1);
    bool named = tj_is_name(next) || (special_name(next) && (tj_sh_peek(p, 2) == '}' || tj_sh_peek(p, 2) == '['));
    if ((c == '#' || c == '!') && named) {
        part->op = c == '#' ? 'L' : '!';
        part->flags |= c == '!' ? TJ_PART_INDIRECT : 0;
        p->at++;
    }
}

static void name(struct tj_sh_parser *p, struct tj_sh_part *part) {
    uint32_t from = p->at;
    if (special_name(tj_sh_peek(p, 0))) {
        p->at++;
    } else {
        while (p->at < p->view.end && tj_is_name(p->view.s[p->at])) {
            p->at++;
        }
    }
    part->text = tj_sh_slice(p, from, p->at);
}

static void set_op(struct tj_sh_part *part, char op, char op2) {
    part->op = (uint8_t)op; /* ${!x:-y}: that it is indirect stands in the flags */
    part->op2 = (uint8_t)op2;
}

static void two_operands(struct tj_sh_parser *p, enum tj_word_mode mode, char between, bool in_double) {
    placed_operand(p, mode, in_double);
    if (!p->bad && tj_sh_peek(p, 0) == between) {
        p->at++;
        placed_operand(p, TJ_WORD_OPERAND, in_double);
    }
}

static void operation(struct tj_sh_parser *p, struct tj_sh_part *part, bool in_double) {
    char c = tj_sh_peek(p, 0), next = tj_sh_peek(p, 1);
    bool colon = c == ':' && next && strchr("-=+?", next);
    if (colon || (c && strchr("-=+?", c))) {
        set_op(part, colon ? next : c, colon ? ':' : 0);
        p->at += colon ? 2 : 1;
        operand(p, TJ_WORD_OPERAND, in_double);
    } else if (c == ':') {
        set_op(part, ':', 0);
        p->at++;
        two_operands(p, TJ_WORD_OFFSET, ':', in_double);
    } else if (c == '/') {
        bool twice = next && strchr("/#%", next);
        set_op(part, '/', twice ? next : 0);
        p->at += twice ? 2 : 1;
        two_operands(p, next == '/' ? TJ_WORD_ALL : TJ_WORD_PATTERN, '/', false);
    } else if (c && strchr("#%^,~", c)) {
        set_op(part, c, next == c ? c : 0);
        p->at += next == c ? 2 : 1;
        operand(p, TJ_WORD_OPERAND, false);
    } else if (c == '@' || (c == '*' && part->flags & TJ_PART_INDIRECT)) {
        bool letter = tj_is_alpha(next);
        set_op(part, c, letter ? next : 0);
        p->at += letter ? 2 : 1;
    }
    if (!p->bad && tj_sh_peek(p, 0) != '}') { /* another shell's operator: kept as one operand */
        operand(p, TJ_WORD_OPERAND, in_double);
    }
}

static void body(struct tj_sh_parser *p, struct tj_sh_part *part, bool in_double) {
    uint32_t base = p->words.n, index = TJ_NONE;
    prefix(p, part);
    name(p, part);
    if (part->text.n && tj_sh_peek(p, 0) == '[' && !tj_sh_index(p, &part->index, &index)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    if (!p->bad && tj_sh_peek(p, 0) != '}') {
        operation(p, part, in_double);
    }
    if (index != TJ_NONE) {
        (void)tj_vec_push(p->arena, &p->words, p->out->word.at[index]);
    }
    tj_sh_flush_words(p, base, &part->child, &part->child_end);
}

void tj_sh_braced(struct tj_sh_parser *p, bool in_double) {
    struct tj_sh_part part = {.kind = TJ_PART_PARAM,
                              .flags = in_double ? TJ_PART_IN_DOUBLE : 0,
                              .begin = tj_sh_place(p, p->at),
                              .node = TJ_NONE};
    uint32_t open = p->at;
    p->at += 2;
    if (tj_sh_enter(p)) {
        body(p, &part, in_double);
        if (!p->bad && tj_sh_peek(p, 0) == '}') {
            p->at++;
        } else if (!p->bad) {
            p->at = open;
            tj_sh_fail(p, TJ_REASON_SYNTAX);
            p->at = p->view.end;
        }
    }
    tj_sh_leave(p);
    part.end = tj_sh_place(p, p->at);
    tj_sh_push_part(p, part);
}
