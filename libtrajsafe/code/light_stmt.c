/* Statements of the light readers: blocks, branches, loops. */
#include "code/light.h"

uint32_t tj_light_statements(struct tj_light *r, const char *stops) {
    uint32_t block = tj_light_node(r, TJ_PY_BLOCK, r->begin, r->end);
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, "}") && !tj_light_word_is(r, stops)) {
        uint32_t before = r->begin;
        if (r->token == TJ_LIGHT_LINE || tj_light_is(r, ";")) {
            tj_light_next(r);
            continue;
        }
        tj_light_adopt(r, block, tj_light_statement(r), TJ_PY_IN_NONE);
        if (r->begin == before && r->token != TJ_LIGHT_END && !tj_light_is(r, "}")) {
            tj_light_strange(r);
            tj_light_next(r);
        }
    }
    tj_light_close(r, block);
    return block;
}

/* { … } */
uint32_t tj_light_braces(struct tj_light *r) {
    bool brace = r->no_brace, greater = r->no_greater, in = r->no_in, todo = r->no_do;
    r->no_brace = r->no_greater = r->no_in = r->no_do = false;
    tj_light_next(r);
    uint32_t block = tj_light_statements(r, "");
    r->no_brace = brace;
    r->no_greater = greater;
    r->no_in = in;
    r->no_do = todo;
    tj_light_expect(r, "}");
    return block;
}

uint32_t tj_light_body(struct tj_light *r) {
    tj_light_skip_lines(r);
    if (tj_light_is(r, "{")) return tj_light_braces(r);
    if (tj_light_take(r, ":")) { /* PHP: if (…): … endif; */
        uint32_t block = tj_light_statements(r, "endif endforeach endwhile endfor endswitch else elseif");
        (void)tj_light_take_word(r, "endif endforeach endwhile endfor endswitch");
        return block;
    }
    uint32_t block = tj_light_node(r, TJ_PY_BLOCK, r->begin, r->end);
    if (!tj_light_take(r, ";")) {
        tj_light_adopt(r, block, tj_light_statement(r), TJ_PY_IN_NONE);
        if (!tj_light_lang(r, TJ_LANG_AWK)) (void)tj_light_take(r, ";"); /* an else may follow */
    }
    return block;
}

/* Ruby and Lua: up to `end` or a word that goes on. */
uint32_t tj_light_until_end(struct tj_light *r) {
    (void)tj_light_take_word(r, "then do");
    return tj_light_statements(r, TJ_LIGHT_STOPS);
}

/* ( … ) and no more where brackets end the condition; else all of an expression. */
uint32_t tj_light_condition(struct tj_light *r) {
    if (!r->dialect->ends && tj_light_take(r, "(")) {
        uint32_t test = tj_light_expression(r);
        tj_light_expect(r, ")");
        return test;
    }
    bool brace = r->no_brace, todo = r->no_do;
    r->no_brace = tj_light_lang(r, TJ_LANG_PERL);
    r->no_do = true;
    uint32_t node = tj_light_expression(r);
    r->no_brace = brace;
    r->no_do = todo;
    return node;
}

/* ---- branches -------------------------------------------------------------------------------------------------------------------------- */

uint32_t tj_light_branch(struct tj_light *r, enum tj_py_kind kind, uint32_t begin, uint32_t test) {
    uint32_t node = tj_light_node(r, kind, begin, r->end);
    tj_light_adopt(r, node, test, TJ_PY_IN_CONDITION);
    return node;
}

/* if, unless, while, until: `ends` says how the language closes blocks. */
static uint32_t if_or_while(struct tj_light *r) {
    uint32_t begin = r->begin;
    bool loop = tj_light_word_is(r, "while until");
    tj_light_next(r);
    uint32_t node = tj_light_branch(r, loop ? TJ_PY_WHILE : TJ_PY_IF, begin, tj_light_condition(r));
    if (r->dialect->ends) {
        tj_light_adopt(r, node, tj_light_until_end(r), TJ_PY_IN_NONE);
        while (tj_light_word_is(r, "elsif elseif else") && !r->stopped) {
            bool last = tj_light_word_is(r, "else");
            tj_light_next(r);
            if (!last) tj_light_adopt(r, node, tj_light_condition(r), TJ_PY_IN_NONE);
            tj_light_adopt(r, node, tj_light_until_end(r), TJ_PY_IN_NONE);
        }
        if (!tj_light_take_word(r, "end")) tj_light_strange(r);
        return node;
    }
    tj_light_adopt(r, node, tj_light_body(r), TJ_PY_IN_NONE);
    for (;;) {
        while (tj_light_lang(r, TJ_LANG_AWK) && (r->token == TJ_LIGHT_LINE || tj_light_is(r, ";"))) {
            struct tj_light saved = *r;
            tj_light_next(r);
            if (tj_light_word_is(r, "else") || r->token == TJ_LIGHT_LINE) continue;
            uint32_t left = r->left;
            *r = saved;
            r->left = left;
            break;
        }
        if (tj_light_take_word(r, "elsif elseif"))
            tj_light_adopt(r, node, tj_light_condition(r), TJ_PY_IN_NONE);
        else if (!tj_light_take_word(r, "else"))
            break;
        tj_light_adopt(r, node, tj_light_body(r), TJ_PY_IN_NONE);
    }
    return node;
}

static uint32_t loop_over(struct tj_light *r, uint32_t begin, uint32_t left, uint32_t right) {
    uint32_t node = tj_light_node(r, TJ_PY_FOR, begin, r->end);
    tj_light_adopt(r, node, left, TJ_PY_IN_LEFT);
    tj_light_adopt(r, node, right, TJ_PY_IN_RIGHT);
    return node;
}

/* for x in list do … end; for i = 1, n do … end */
static uint32_t for_end(struct tj_light *r, uint32_t begin) {
    r->no_in = r->no_do = true;
    uint32_t left = tj_light_expression(r);
    r->no_in = false;
    uint32_t node;
    if (tj_light_take_word(r, "in")) {
        bool pair = tj_light_lang(r, TJ_LANG_LUA) && tj_light_at(r, left)->kind == TJ_PY_TUPLE;
        if (pair) { /* k, v */
            left = tj_light_at(r, left)->last;
            tj_light_at(r, left)->parent = TJ_NONE;
        }
        uint32_t right = tj_light_expression(r);
        node = loop_over(r, begin, left, right);
    } else {
        node = tj_light_branch(r, TJ_PY_WHILE, begin, left);
    }
    r->no_do = false;
    tj_light_adopt(r, node, tj_light_until_end(r), TJ_PY_IN_BODY);
    if (!tj_light_take_word(r, "end")) tj_light_strange(r);
    return node;
}

/* for (…; …; …), for (x of list), foreach (list as k => v), foreach my $x (list) */
static uint32_t for_braces(struct tj_light *r, uint32_t begin) {
    uint32_t left = TJ_NONE, first = TJ_NONE;
    (void)tj_light_take_word(r, "await my our");
    if (r->token == TJ_LIGHT_VAR) {
        left = r->node;
        tj_light_next(r);
    }
    tj_light_expect(r, "(");
    (void)tj_light_take_word(r, "const let var my our");
    r->no_in = true;
    if (!tj_light_is(r, ";") && !tj_light_is(r, ")")) first = tj_light_expression(r);
    r->no_in = false;
    uint32_t node;
    if (tj_light_take_word(r, "of in")) {
        uint32_t right = tj_light_expression(r);
        node = loop_over(r, begin, first, right);
    } else if (tj_light_take_word(r, "as")) {
        uint32_t value = tj_light_expression(r);
        if (tj_light_take(r, "=>")) value = tj_light_expression(r);
        node = loop_over(r, begin, value, first);
    } else if (tj_light_is(r, ";")) {
        node = tj_light_node(r, TJ_PY_WHILE, begin, r->end);
        tj_light_adopt(r, node, first, TJ_PY_IN_CONDITION);
        while (tj_light_take(r, ";"))
            if (!tj_light_is(r, ")") && !tj_light_is(r, ";"))
                tj_light_adopt(r, node, tj_light_expression(r), TJ_PY_IN_NONE);
    } else {
        if (left == TJ_NONE) left = tj_light_ident(r, begin, begin, TJ_STR("$_"));
        node = loop_over(r, begin, left, first);
    }
    tj_light_expect(r, ")");
    tj_light_adopt(r, node, tj_light_body(r), TJ_PY_IN_BODY);
    return node;
}

static uint32_t for_statement(struct tj_light *r) {
    uint32_t begin = r->begin;
    tj_light_next(r);
    return r->dialect->ends ? for_end(r, begin) : for_braces(r, begin);
}

static uint32_t wrapped(struct tj_light *r, enum tj_py_kind kind, uint32_t inner) {
    uint32_t node = tj_light_node(r, kind, tj_light_at(r, inner)->begin, tj_light_at(r, inner)->end);
    tj_light_adopt(r, node, inner, TJ_PY_IN_NONE);
    return node;
}

/* try { } catch (e) { } finally { }; begin … rescue … ensure … end */
static uint32_t try_statement(struct tj_light *r) {
    uint32_t node = tj_light_node(r, TJ_PY_TRY, r->begin, r->end);
    bool ends = r->dialect->ends;
    tj_light_next(r);
    tj_light_adopt(r, node, ends ? tj_light_statements(r, TJ_LIGHT_STOPS) : tj_light_body(r), TJ_PY_IN_NONE);
    while (tj_light_word_is(r, "catch finally rescue ensure else") && !r->stopped) {
        bool caught = tj_light_word_is(r, "catch rescue else");
        tj_light_next(r);
        while (ends && r->token != TJ_LIGHT_LINE && !tj_light_is(r, ";") && r->token != TJ_LIGHT_END) tj_light_next(r);
        if (!ends && tj_light_take(r, "(")) (void)tj_light_parameters(r, ")");
        uint32_t block = ends ? tj_light_statements(r, TJ_LIGHT_STOPS) : tj_light_body(r);
        tj_light_adopt(r, node, caught ? wrapped(r, TJ_PY_EXCEPT, block) : block, TJ_PY_IN_NONE);
    }
    if (ends && !tj_light_take_word(r, "end")) tj_light_strange(r);
    return node;
}

/* case x when y … end */
static uint32_t case_statement(struct tj_light *r) {
    uint32_t begin = r->begin, test = TJ_NONE;
    tj_light_next(r);
    if (r->token != TJ_LIGHT_LINE && !tj_light_word_is(r, "when")) test = tj_light_expression(r);
    uint32_t node = tj_light_branch(r, TJ_PY_IF, begin, test);
    while (r->token == TJ_LIGHT_LINE || tj_light_is(r, ";")) tj_light_next(r);
    while (tj_light_word_is(r, "when in else") && !r->stopped) {
        bool last = tj_light_word_is(r, "else");
        tj_light_next(r);
        if (!last) (void)tj_light_expression(r);
        tj_light_adopt(r, node, tj_light_until_end(r), TJ_PY_IN_NONE);
    }
    if (!tj_light_take_word(r, "end")) tj_light_strange(r);
    return node;
}

static uint32_t switch_statement(struct tj_light *r) {
    uint32_t begin = r->begin;
    tj_light_next(r);
    uint32_t node = tj_light_branch(r, TJ_PY_IF, begin, tj_light_condition(r));
    tj_light_adopt(r, node, tj_light_body(r), TJ_PY_IN_NONE);
    return node;
}

static uint32_t do_statement(struct tj_light *r) {
    uint32_t begin = r->begin;
    tj_light_next(r);
    if (r->dialect->ends) { /* Lua */
        uint32_t block = tj_light_statements(r, TJ_LIGHT_STOPS);
        if (!tj_light_take_word(r, "end")) tj_light_strange(r);
        return block;
    }
    uint32_t body = tj_light_body(r);
    while (r->token == TJ_LIGHT_LINE || tj_light_is(r, ";")) tj_light_next(r);
    if (tj_light_take_word(r, "while")) tj_light_adopt(r, body, tj_light_condition(r), TJ_PY_IN_NONE);
    tj_light_at(r, body)->begin = begin;
    return body;
}

static uint32_t repeat_statement(struct tj_light *r) {
    tj_light_next(r);
    uint32_t block = tj_light_statements(r, TJ_LIGHT_STOPS);
    if (!tj_light_take_word(r, "until")) tj_light_strange(r);
    tj_light_adopt(r, block, tj_light_expression(r), TJ_PY_IN_NONE);
    return block;
}

/* Perl: use X qw(…); package X; PHP: use X; */
static uint32_t use_statement(struct tj_light *r) {
    uint32_t begin = r->begin, node = TJ_NONE;
    bool loads = tj_light_word_is(r, "use require") && tj_light_lang(r, TJ_LANG_PERL);
    tj_light_next(r);
    if (loads && r->token == TJ_LIGHT_NAME) {
        uint32_t text = tj_light_text(r, r->begin, r->end, tj_light_token_text(r));
        node = tj_light_call_of(r, begin, "use", text, TJ_NONE);
    }
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, ";") && !tj_light_is(r, "{") && !tj_light_is(r, "}"))
        tj_light_next(r);
    return node != TJ_NONE ? node : tj_light_node(r, TJ_PY_BLOCK, begin, r->last_end);
}

static uint32_t return_statement(struct tj_light *r) {
    uint32_t node = tj_light_node(r, TJ_PY_RETURN, r->begin, r->end);
    tj_light_next(r);
    bool empty = r->token == TJ_LIGHT_LINE || r->token == TJ_LIGHT_END || tj_light_is(r, ";") || tj_light_is(r, "}") ||
                 (tj_light_lang(r, TJ_LANG_NODE) && r->newline) ||
                 tj_light_word_is(r, "end if unless else until elseif");
    if (!empty) tj_light_adopt(r, node, tj_light_expression(r), TJ_PY_IN_NONE);
    return node;
}

/* … if x; … while x; … for list; */
static uint32_t modified(struct tj_light *r, uint32_t node) {
    while (tj_light_word_is(r, "if unless while until for foreach rescue") && r->dialect->commands && !r->stopped) {
        bool loop = tj_light_word_is(r, "for foreach"), rescue = tj_light_word_is(r, "rescue");
        uint32_t begin = tj_light_at(r, node)->begin;
        tj_light_next(r);
        uint32_t other = tj_light_expression(r);
        if (loop) {
            uint32_t made = loop_over(r, begin, tj_light_ident(r, begin, begin, TJ_STR("$_")), other);
            tj_light_adopt(r, made, wrapped(r, TJ_PY_BLOCK, node), TJ_PY_IN_BODY);
            node = made;
        } else {
            uint32_t made = tj_light_branch(r, TJ_PY_IF, begin, rescue ? TJ_NONE : other);
            tj_light_adopt(r, made, wrapped(r, TJ_PY_BLOCK, node), TJ_PY_IN_NONE);
            if (rescue) tj_light_adopt(r, made, other, TJ_PY_IN_NONE);
            node = made;
        }
    }
    return node;
}

static uint32_t keyword_statement(struct tj_light *r) {
    uint8_t lang = r->dialect->lang;
    uint32_t begin = r->begin;
    bool ruby = lang == TJ_LANG_RUBY, perl = lang == TJ_LANG_PERL, lua = lang == TJ_LANG_LUA;
    if (tj_light_word_is(r, "if unless") ||
        (tj_light_word_is(r, "while until") && !(lua && tj_light_word_is(r, "until"))))
        return if_or_while(r);
    if (tj_light_word_is(r, "for foreach")) return for_statement(r);
    if (tj_light_word_is(r, "function func") || (ruby && tj_light_word_is(r, "def")) ||
        (perl && tj_light_word_is(r, "sub"))) {
        tj_light_next(r);
        return tj_light_function(r, begin, r->token == TJ_LIGHT_NAME || ruby);
    }
    if (tj_light_word_is(r, "try") || (ruby && tj_light_word_is(r, "begin"))) return try_statement(r);
    if (ruby && tj_light_word_is(r, "case")) return case_statement(r);
    if (tj_light_word_is(r, "switch")) return switch_statement(r);
    if (tj_light_word_is(r, "do") && !perl) return do_statement(r);
    if (lua && tj_light_word_is(r, "repeat")) return repeat_statement(r);
    if (tj_light_word_is(r, "class interface trait module") && !perl && !lua && lang != TJ_LANG_AWK)
        return tj_light_class(r);
    if (lang == TJ_LANG_NODE && tj_light_word_is(r, "import") && tj_light_peek(r, 0) != '(' && tj_light_peek(r, 0) != '.')
        return tj_light_import(r);
    if ((perl && tj_light_word_is(r, "use no package require")) ||
        (lang == TJ_LANG_PHP && tj_light_word_is(r, "use namespace")))
        return use_statement(r);
    if (tj_light_word_is(r, "return")) return modified(r, return_statement(r));
    if (tj_light_word_is(r, "BEGIN END") && (perl || ruby)) {
        tj_light_next(r);
        return tj_light_body(r);
    }
    return TJ_NONE;
}

/* case x: and default: */
static bool case_label(struct tj_light *r) {
    bool braces = tj_light_lang(r, TJ_LANG_NODE) || tj_light_lang(r, TJ_LANG_PHP) || tj_light_lang(r, TJ_LANG_AWK);
    if (!braces || !tj_light_word_is(r, "case default")) return false;
    bool value = tj_light_word_is(r, "case");
    tj_light_next(r);
    if (value) (void)tj_light_expression(r);
    (void)tj_light_take(r, ":");
    return true;
}

uint32_t tj_light_statement(struct tj_light *r) {
    uint32_t begin = r->begin, node = TJ_NONE;
    bool declares = tj_light_word_is(r, "const let var local export throw raise");
    if (!tj_light_enter(r)) return tj_light_node(r, TJ_PY_BLOCK, begin, begin);
    if (tj_light_take_word(r, "export")) (void)tj_light_take_word(r, "default");
    bool labelled = tj_light_lang(r, TJ_LANG_NODE) && r->token == TJ_LIGHT_NAME && !tj_light_keyword(r) &&
                    tj_light_peek(r, 0) == ':';
    if (labelled) {
        tj_light_next(r);
        tj_light_next(r);
    }
    bool member = tj_light_lang(r, TJ_LANG_PHP) && tj_light_word_is(r, "public private protected static");
    while (tj_light_take_word(r, "const let var async local global static public private protected abstract final "
                                 "break continue next last redo exit throw raise") &&
           !r->stopped) {
        if (tj_light_word_is(r, "end else elsif elseif if unless while until")) break;
        bool alone = r->token == TJ_LIGHT_LINE || r->token == TJ_LIGHT_END || tj_light_is(r, ";") || tj_light_is(r, "}");
        if (alone) break;
        if (tj_light_is(r, "(") || tj_light_is(r, ":") || tj_light_is(r, "=") || tj_light_is(r, ".")) break;
    }
    if (member && r->token != TJ_LIGHT_VAR) { /* its type */
        (void)tj_light_take(r, "?");
        if (r->token == TJ_LIGHT_NAME && tj_light_peek(r, 0) == ' ' && tj_light_peek(r, 1) == '$') tj_light_next(r);
    }
    if (r->token == TJ_LIGHT_NAME && !case_label(r)) node = keyword_statement(r);
    bool block = !declares && tj_light_is(r, "{") && !tj_light_lang(r, TJ_LANG_LUA) && !tj_light_lang(r, TJ_LANG_RUBY);
    if (node == TJ_NONE && block) node = tj_light_braces(r);
    if (node == TJ_NONE && tj_light_lang(r, TJ_LANG_AWK) && tj_light_word_is(r, "print printf"))
        node = tj_light_print(r);
    bool ends = node == TJ_NONE && tj_light_word_is(r, "end else elsif elseif");
    bool empty =
        ends || tj_light_is(r, "}") || tj_light_is(r, ";") || r->token == TJ_LIGHT_LINE || r->token == TJ_LIGHT_END;
    if (node == TJ_NONE && !empty) node = modified(r, tj_light_expression(r));
    r->depth--;
    return node == TJ_NONE ? tj_light_node(r, TJ_PY_BLOCK, begin, begin) : node;
}
