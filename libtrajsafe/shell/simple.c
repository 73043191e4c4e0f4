/* Reads a simple command: assignments, words and redirections in any order that Bash allows. */
#include "shell/parser.h"

static bool is_declaration(struct tj_str name) {
    static const char *const names[] = {"declare", "typeset", "export", "readonly", "local"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tj_str_is(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* What NAME=, NAME+= or NAME[…]= at p->at looks like; false when it is a plain word. */
struct assignment {
    uint32_t name_end, op; /* op: where = or += stands */
};
static bool looks_assigned(struct tj_sh_parser *p, struct assignment *found) {
    const char *s = p->view.s;
    uint32_t i = p->at, end = p->view.end;
    if (i >= end || !tj_is_name(s[i]) || tj_is_digit(s[i])) {
        return false;
    }
    while (i < end && tj_is_name(s[i])) {
        i++;
    }
    found->name_end = i;
    if (i < end && s[i] == '[') {
        uint32_t depth = 0;
        for (; i < end && s[i] != '\n' && s[i] != ';' && p->lookahead; i++, p->lookahead--) {
            depth += s[i] == '[';
            if (s[i] == ']' && --depth == 0) {
                i++;
                break;
            }
        }
    }
    found->op = i;
    return i < end && (s[i] == '=' || (s[i] == '+' && i + 1 < end && s[i + 1] == '='));
}

static void array_elements(struct tj_sh_parser *p) {
    p->at++;
    for (tj_sh_newlines(p); !p->bad && !tj_sh_end(p) && tj_sh_peek(p, 0) != ')'; tj_sh_newlines(p)) {
        struct tj_sh_word word;
        if (!tj_sh_word(p, TJ_WORD_PLAIN, false, &word)) {
            tj_sh_fail(p, TJ_REASON_SYNTAX);
            return;
        }
        (void)tj_vec_push(p->arena, &p->words, word);
    }
    if (!p->bad && !tj_sh_takes_char(p, ')')) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
}

static void assignment(struct tj_sh_parser *p, const struct assignment *found) {
    struct tj_sh_assign assign = {.begin = tj_sh_place(p, p->at), .name = tj_sh_slice(p, p->at, found->name_end)};
    uint32_t base = p->words.n, index = TJ_NONE;
    p->at = found->name_end;
    if (tj_sh_peek(p, 0) == '[' && !tj_sh_index(p, &assign.index, &index)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
        return;
    }
    p->at = found->op;
    assign.append = tj_sh_peek(p, 0) == '+';
    p->at += assign.append ? 2u : 1u;
    struct tj_sh_word word;
    if (tj_sh_peek(p, 0) == '(') {
        assign.array = 1;
        if (tj_sh_enter(p)) {
            array_elements(p);
        }
        tj_sh_leave(p);
    } else if (tj_sh_word(p, TJ_WORD_VALUE, false, &word)) {
        (void)tj_vec_push(p->arena, &p->words, word);
    }
    if (index != TJ_NONE) { /* its expansions run too */
        (void)tj_vec_push(p->arena, &p->words, p->out->word.at[index]);
    }
    tj_sh_flush_words(p, base, &assign.word, &assign.word_end);
    assign.end = tj_sh_place(p, p->at);
    (void)tj_vec_push(p->arena, &p->assigns, assign);
}

/* NAME=( … ) as an operand of declare: one word with one part. */
static bool array_operand(struct tj_sh_parser *p, const struct assignment *found) {
    bool append = p->view.s[found->op] == '+';
    uint32_t base = p->words.n, from = found->op + (append ? 2u : 1u);
    struct tj_sh_part part = {.kind = TJ_PART_ARRAY,
                              .op = append ? '+' : '=',
                              .begin = tj_sh_place(p, p->at),
                              .text = tj_sh_slice(p, p->at, found->name_end),
                              .node = TJ_NONE};
    if (found->op != found->name_end || from >= p->view.end || p->view.s[from] != '(') {
        return false;
    }
    p->at = from;
    if (tj_sh_enter(p)) {
        array_elements(p);
    }
    tj_sh_leave(p);
    tj_sh_flush_words(p, base, &part.child, &part.child_end);
    part.end = tj_sh_place(p, p->at);
    struct tj_sh_word word = {p->out->part.n, p->out->part.n + 1, part.begin, part.end};
    (void)(tj_vec_push(p->arena, &p->out->part, part) && tj_vec_push(p->arena, &p->words, word));
    return true;
}

static void flush_assigns(struct tj_sh_parser *p, uint32_t base, uint32_t node) {
    uint32_t n = p->assigns.n - base, first = p->out->assign.n;
    if (n && tj_vec_room(p->arena, &p->out->assign, n)) {
        memcpy(p->out->assign.at + first, p->assigns.at + base, n * sizeof *p->assigns.at);
        p->out->assign.n += n;
    }
    tj_sh_at(p, node)->assign = first;
    tj_sh_at(p, node)->assign_end = p->out->assign.n;
    p->assigns.n = base;
}

/* The text of a word that is one unquoted literal, else nothing. */
static struct tj_str plain_text(const struct tj_sh_parser *p, const struct tj_sh_word *word) {
    const struct tj_sh_part *part = &p->out->part.at[word->part];
    bool plain = word->part_end == word->part + 1 && part->kind == TJ_PART_LITERAL;
    return plain ? part->text : TJ_STR_NONE;
}

struct command {
    uint32_t words, assigns, redirs; /* bases of the stacks */
    uint32_t end;                    /* behind what was taken */
    bool declares;
};

/* One word, assignment or redirection. False when the command is over. */
static bool item(struct tj_sh_parser *p, struct command *c) {
    struct assignment found;
    struct tj_sh_word word;
    if (p->words.n == c->words && looks_assigned(p, &found)) {
        assignment(p, &found);
        return true;
    }
    if (c->declares && looks_assigned(p, &found) && array_operand(p, &found)) {
        return true;
    }
    char first = tj_sh_peek(p, 0);
    if ((first == '<' || first == '>' || first == '&' || first == '{' || tj_is_digit(first)) && tj_sh_redirect(p)) {
        return true;
    }
    enum tj_word_mode mode = p->words.n == c->words ? TJ_WORD_COMMAND : c->declares ? TJ_WORD_DECLARE : TJ_WORD_PLAIN;
    if (!tj_sh_word(p, mode, false, &word)) {
        return false;
    }
    if (p->words.n == c->words) {
        c->declares = is_declaration(plain_text(p, &word));
    }
    if (!tj_vec_push(p->arena, &p->words, word)) {
        tj_sh_fail(p, TJ_REASON_MEMORY);
    }
    return true;
}

/* NAME ( ) behind a single plain word. */
static bool begins_function(struct tj_sh_parser *p, const struct command *c) {
    if (p->words.n != c->words + 1 || p->assigns.n != c->assigns || p->redirs.n != c->redirs ||
        plain_text(p, &p->words.at[c->words]).n == 0) {
        return false;
    }
    uint32_t was = p->at++;
    tj_sh_blanks(p);
    if (tj_sh_peek(p, 0) == ')') {
        return true;
    }
    p->at = was;
    return false;
}

uint32_t tj_sh_simple(struct tj_sh_parser *p) {
    struct command c = {p->words.n, p->assigns.n, p->redirs.n, p->at, false};
    uint32_t begin = p->at;
    while (!p->bad && !tj_sh_end(p) && item(p, &c)) {
        c.end = p->at;
        tj_sh_blanks(p);
    }
    if (!p->bad && tj_sh_peek(p, 0) == '(') {
        if (begins_function(p, &c)) {
            struct tj_str name = plain_text(p, &p->words.at[c.words]);
            p->words.n = c.words;
            p->at++;
            return tj_sh_function(p, tj_sh_place(p, begin), name);
        }
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    uint32_t node = tj_sh_node(p, TJ_SH_SIMPLE, tj_sh_place(p, begin));
    if (c.end == begin) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    uint32_t first, end;
    tj_sh_flush_words(p, c.words, &first, &end);
    tj_sh_at(p, node)->word = first;
    tj_sh_at(p, node)->word_end = end;
    flush_assigns(p, c.assigns, node);
    tj_sh_flush_redirs(p, c.redirs, node);
    tj_sh_at(p, node)->end = tj_sh_place(p, c.end);
    return node;
}
