/* Reads the words of [[ … ]]. */
#include "shell/parser.h"

/* Length of an operator that needs no blanks around it. */
static uint32_t operator_length(const struct tj_sh_parser *p) {
    char c = tj_sh_peek(p, 0), next = tj_sh_peek(p, 1);
    if ((c == '&' || c == '|') && next == c) {
        return 2;
    }
    if ((c == '<' || c == '>') && next != '(') {
        return 1;
    }
    return c == '(' || c == ')';
}

static bool operator_word(struct tj_sh_parser *p, uint32_t n, struct tj_sh_word *word) {
    struct tj_sh_part part = {.kind = TJ_PART_LITERAL, .begin = tj_sh_place(p, p->at), .node = TJ_NONE};
    part.text = tj_sh_slice(p, p->at, p->at + n);
    p->at += n;
    part.end = tj_sh_place(p, p->at);
    *word = (struct tj_sh_word){p->out->part.n, p->out->part.n + 1, part.begin, part.end};
    return tj_vec_push(p->arena, &p->out->part, part);
}

static bool is_match(const struct tj_sh_parser *p, const struct tj_sh_word *word) {
    const struct tj_sh_part *part = &p->out->part.at[word->part];
    return word->part_end == word->part + 1 && part->kind == TJ_PART_LITERAL && tj_str_is(part->text, "=~");
}

bool tj_sh_test(struct tj_sh_parser *p, uint32_t node) {
    uint32_t base = p->words.n, first, end;
    bool regex = false, closed = false;
    for (tj_sh_newlines(p); !p->bad && !tj_sh_end(p); tj_sh_newlines(p)) {
        struct tj_sh_word word;
        uint32_t n = regex ? 0 : operator_length(p);
        if (!regex && tj_sh_reserved(p, "]]")) {
            p->at += 2;
            closed = true;
            break;
        }
        bool read = n ? operator_word(p, n, &word) : tj_sh_word(p, regex ? TJ_WORD_REGEX : TJ_WORD_PLAIN, false, &word);
        if (!read || !tj_vec_push(p->arena, &p->words, word)) {
            break;
        }
        regex = is_match(p, &word);
    }
    bool any = p->words.n > base;
    tj_sh_flush_words(p, base, &first, &end);
    tj_sh_at(p, node)->word = first;
    tj_sh_at(p, node)->word_end = end;
    return closed && any;
}
