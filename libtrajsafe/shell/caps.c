/* Decides by structure alone whether a text may be given to tree-sitter. */
#include "shell/parser.h"

struct counts {
    uint32_t open;     /* brackets, less those closed */
    uint32_t keywords; /* compound commands, less those closed */
    uint32_t members;  /* operators in this statement */
    uint32_t repeats;  /* redirections and backquotes in this statement */
    char before;       /* the last byte that is no blank */
};

static bool opens(struct tj_str s) {
    static const char *const words[] = {"if", "case", "while", "until", "for", "select"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (tj_str_is(s, words[i])) {
            return true;
        }
    }
    return false;
}

static void count_word(struct counts *n, struct tj_str word) {
    bool closes = tj_str_is(word, "fi") || tj_str_is(word, "esac") || tj_str_is(word, "done");
    n->keywords += opens(word);
    n->keywords -= n->keywords && closes;
}

static void count_byte(struct counts *n, char c) {
    switch (c) {
    case '(':
    case '{':
    case '[': n->open++; break;
    case ')':
    case '}':
    case ']': n->open -= n->open > 0; break;
    case '|':
    case '&': n->members++; break;
    case '<':
    case '>':
    case '`': n->repeats++; break;
    case ';': n->members = n->repeats = 0; break;
    case '\n':
        if (n->before != '|' && n->before != '&' && n->before != '\\') {
            n->members = n->repeats = 0;
        }
        break;
    default: break;
    }
    n->before = c == ' ' || c == '\t' || c == '\n' ? n->before : c;
}

enum tj_reason tj_sh_caps(struct tj_str masked) {
    struct counts n = {.before = ';'};
    if (masked.n > TJ_TREE_MAX_BYTES) {
        return TJ_REASON_SIZE;
    }
    for (uint32_t i = 0; i < masked.n;) {
        uint32_t from = i;
        while (i < masked.n && tj_is_alpha(masked.p[i])) {
            i++;
        }
        if (i > from) {
            count_word(&n, tj_str_sub(masked, from, i));
            n.before = 'a';
        } else {
            count_byte(&n, masked.p[i++]);
        }
        if (n.open > TJ_TREE_MAX_DEPTH || n.keywords > TJ_TREE_MAX_DEPTH) {
            return TJ_REASON_DEPTH;
        }
        if (n.members > TJ_TREE_MAX_MEMBERS || n.repeats > TJ_TREE_MAX_REPEAT) {
            return TJ_REASON_BUDGET;
        }
    }
    return TJ_SH_CAPS_OK;
}
