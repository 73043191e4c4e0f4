/* awk: patterns with their actions, and what print writes to. */
#include "code/light.h"

uint32_t tj_light_print(struct tj_light *r) {
    uint32_t begin = r->begin, list, first = TJ_NONE;
    bool greater = r->no_greater, pipe = r->no_pipe;
    struct tj_str word = tj_light_token_text(r);
    tj_light_next(r);
    r->no_greater = r->no_pipe = true;
    bool empty = r->token == TJ_LIGHT_LINE || r->token == TJ_LIGHT_END || tj_light_is(r, ";") || tj_light_is(r, "}") ||
                 tj_light_is(r, ">") || tj_light_is(r, ">>") || tj_light_is(r, "|") || tj_light_is(r, "|&");
    if (!empty) first = tj_light_expression(r);
    const char *name = tj_light_is(r, ">")    ? "print.write"
                       : tj_light_is(r, ">>") ? "print.append"
                       : tj_light_is(r, "|")  ? "pipe.write"
                       : tj_light_is(r, "|&") ? "pipe.both"
                                              : NULL;
    uint32_t target = TJ_NONE;
    if (name) {
        tj_light_next(r);
        target = tj_light_assignment(r);
    }
    r->no_greater = greater;
    r->no_pipe = pipe;
    struct tj_str called = name ? tj_str_of(name) : word;
    uint32_t call = tj_light_call(r, begin, tj_light_word(r, begin, begin + word.n, called), &list);
    tj_light_adopt(r, list, target, TJ_PY_IN_NONE);
    tj_light_adopt(r, list, first, TJ_PY_IN_NONE);
    tj_light_close(r, call);
    return call;
}

/* pattern { action } */
uint32_t tj_light_awk(struct tj_light *r) {
    uint32_t block = tj_light_node(r, TJ_PY_BLOCK, 0, r->text.n);
    while (r->token != TJ_LIGHT_END) {
        uint32_t before = r->begin, begin = r->begin, node;
        if (r->token == TJ_LIGHT_LINE || tj_light_is(r, ";")) {
            tj_light_next(r);
            continue;
        }
        if (tj_light_is(r, "@")) { /* @include, @load */
            r->out->more = true;
            tj_light_next(r);
            continue;
        }
        if (tj_light_word_is(r, "function func")) {
            node = tj_light_statement(r);
        } else if (tj_light_is(r, "{") || tj_light_take_word(r, "BEGIN END BEGINFILE ENDFILE")) {
            node = tj_light_body(r);
        } else {
            uint32_t pattern = tj_light_expression(r);
            node = tj_light_branch(r, TJ_PY_IF, begin, pattern);
            if (tj_light_is(r, "{")) tj_light_adopt(r, node, tj_light_body(r), TJ_PY_IN_NONE);
        }
        tj_light_adopt(r, block, node, TJ_PY_IN_NONE);
        if (r->begin == before) {
            tj_light_strange(r);
            tj_light_next(r);
        }
    }
    return block;
}
