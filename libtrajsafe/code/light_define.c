/* Functions, classes and imports as the light readers read them. */
#include "code/light.h"

static void parameter(struct tj_light *r, uint32_t parameters) {
    bool php = tj_light_lang(r, TJ_LANG_PHP);
    if (tj_light_is(r, "{") || tj_light_is(r, "[")) {
        tj_light_adopt(r, parameters, tj_light_assignment(r), TJ_PY_IN_NONE);
        return;
    }
    if (r->token != TJ_LIGHT_VAR && (r->token != TJ_LIGHT_NAME || php)) {
        tj_light_next(r);
        return;
    }
    uint32_t name = r->node, begin = r->begin;
    if (r->token == TJ_LIGHT_NAME) name = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
    tj_light_next(r);
    if (!tj_light_is(r, "=") && !(tj_light_is(r, ":") && tj_light_lang(r, TJ_LANG_RUBY))) {
        tj_light_adopt(r, parameters, name, TJ_PY_IN_NONE);
        return;
    }
    uint32_t node = tj_light_node(r, TJ_PY_DEFAULT_PARAMETER, begin, r->end);
    tj_light_next(r);
    tj_light_adopt(r, node, name, TJ_PY_IN_NAME);
    if (!tj_light_is(r, ",") && !tj_light_is(r, ")")) tj_light_adopt(r, node, tj_light_assignment(r), TJ_PY_IN_VALUE);
    tj_light_adopt(r, parameters, node, TJ_PY_IN_NONE);
}

uint32_t tj_light_parameters(struct tj_light *r, const char *close) {
    uint32_t node = tj_light_node(r, TJ_PY_PARAMETERS, r->begin, r->end);
    tj_light_skip_lines(r);
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, close)) {
        if (!tj_light_take(r, ",") && r->token != TJ_LIGHT_LINE)
            parameter(r, node);
        else if (r->token == TJ_LIGHT_LINE)
            tj_light_next(r);
        if (tj_light_is(r, "}")) break;
    }
    tj_light_expect(r, close);
    return node;
}

/* What an arrow function takes: names were read as values. */
static uint32_t as_parameters(struct tj_light *r, uint32_t values) {
    uint32_t node = tj_light_node(r, TJ_PY_PARAMETERS, tj_light_at(r, values)->begin, tj_light_at(r, values)->end);
    if (tj_light_at(r, values)->kind == TJ_PY_IDENT) {
        tj_light_adopt(r, node, values, TJ_PY_IN_NONE);
        return node;
    }
    for (uint32_t at = tj_light_at(r, values)->child; at != TJ_NONE;) {
        uint32_t next = tj_light_at(r, at)->next;
        if (tj_light_at(r, at)->kind == TJ_PY_ASSIGN) {
            tj_light_at(r, at)->kind = TJ_PY_DEFAULT_PARAMETER;
            for (uint32_t part = tj_light_at(r, at)->child; part != TJ_NONE; part = tj_light_at(r, part)->next)
                tj_light_at(r, part)->field =
                    tj_light_at(r, part)->field == TJ_PY_IN_LEFT ? TJ_PY_IN_NAME : TJ_PY_IN_VALUE;
        }
        tj_light_at(r, at)->parent = tj_light_at(r, at)->next = TJ_NONE;
        tj_light_adopt(r, node, at, TJ_PY_IN_NONE);
        at = next;
    }
    tj_light_at(r, values)->child = tj_light_at(r, values)->last = TJ_NONE;
    return node;
}

uint32_t tj_light_arrow(struct tj_light *r, uint32_t begin, uint32_t values) {
    uint32_t node = tj_light_node(r, TJ_PY_LAMBDA, begin, r->end);
    tj_light_adopt(r, node, as_parameters(r, values), TJ_PY_IN_PARAMETERS);
    tj_light_next(r);
    if (!tj_light_enter(r)) return node;
    tj_light_adopt(r, node, tj_light_is(r, "{") ? tj_light_braces(r) : tj_light_assignment(r), TJ_PY_IN_BODY);
    r->depth--;
    tj_light_close(r, node);
    return node;
}

/* Name of a function: Lua's a.b:c and Ruby's self.name are called by their last part. */
static uint32_t function_name(struct tj_light *r) {
    uint32_t begin = r->begin, end = r->end;
    struct tj_str name = tj_light_token_text(r);
    tj_light_next(r);
    while ((tj_light_is(r, ".") || (tj_light_is(r, ":") && tj_light_lang(r, TJ_LANG_LUA))) && !r->stopped) {
        tj_light_next(r);
        begin = r->begin;
        end = r->end;
        name = tj_light_token_text(r);
        tj_light_next(r);
    }
    if (tj_light_lang(r, TJ_LANG_RUBY) && tj_light_is(r, "=") && !r->space) tj_light_next(r);
    return tj_light_ident(r, begin, end, name);
}

static uint32_t function_body(struct tj_light *r) {
    if (tj_light_is(r, "=>")) { /* PHP's fn */
        tj_light_next(r);
        return tj_light_assignment(r);
    }
    if (tj_light_is(r, "{")) return tj_light_braces(r);
    if (!r->dialect->ends) return tj_light_body(r);
    if (tj_light_lang(r, TJ_LANG_RUBY) && tj_light_take(r, "=")) return tj_light_assignment(r); /* def f = x */
    uint32_t block = tj_light_until_end(r);
    while (tj_light_word_is(r, "rescue ensure else")) {
        tj_light_next(r);
        while (r->token != TJ_LIGHT_LINE && r->token != TJ_LIGHT_END && !tj_light_is(r, ";") &&
               !tj_light_word_is(r, "then"))
            tj_light_next(r);
        tj_light_adopt(r, block, tj_light_statements(r, TJ_LIGHT_STOPS), TJ_PY_IN_NONE);
    }
    if (!tj_light_take_word(r, "end")) tj_light_strange(r);
    return block;
}

uint32_t tj_light_function(struct tj_light *r, uint32_t begin, bool named) {
    uint32_t node = tj_light_node(r, named ? TJ_PY_FUNCTION : TJ_PY_LAMBDA, begin, r->end);
    if (!tj_light_enter(r)) return node;
    (void)tj_light_take(r, "*");
    (void)tj_light_take(r, "&");
    if (r->token == TJ_LIGHT_NAME && (named || !tj_light_lang(r, TJ_LANG_RUBY))) {
        tj_light_at(r, node)->kind = TJ_PY_FUNCTION;
        tj_light_adopt(r, node, function_name(r), TJ_PY_IN_NAME);
    }
    if (tj_light_take(r, "("))
        tj_light_adopt(r, node, tj_light_parameters(r, ")"), TJ_PY_IN_PARAMETERS);
    else if (tj_light_lang(r, TJ_LANG_RUBY) && (r->token == TJ_LIGHT_NAME || tj_light_is(r, "*")) &&
             !tj_light_word_is(r, "do")) {
        uint32_t list = tj_light_node(r, TJ_PY_PARAMETERS, r->begin, r->end);
        while (r->token != TJ_LIGHT_LINE && !tj_light_is(r, ";") && !tj_light_is(r, "{") && r->token != TJ_LIGHT_END)
            parameter(r, list);
        tj_light_adopt(r, node, list, TJ_PY_IN_PARAMETERS);
    }
    if (tj_light_lang(r, TJ_LANG_PHP) && tj_light_take_word(r, "use") && tj_light_take(r, "("))
        (void)tj_light_parameters(r, ")");
    while (tj_light_is(r, ":") && tj_light_lang(r, TJ_LANG_PHP)) { /* its type */
        tj_light_next(r);
        (void)tj_light_take(r, "?");
        if (r->token == TJ_LIGHT_NAME) tj_light_next(r);
    }
    if (!tj_light_take(r, ";")) tj_light_adopt(r, node, function_body(r), TJ_PY_IN_BODY);
    r->depth--;
    tj_light_close(r, node);
    return node;
}

/* { |x| … } and do |x| … end of Ruby; Perl's map { … }. */
uint32_t tj_light_brace_block(struct tj_light *r, uint32_t begin) {
    uint32_t node = tj_light_node(r, TJ_PY_LAMBDA, begin, r->end);
    bool brace = tj_light_is(r, "{");
    if (!tj_light_enter(r)) return node;
    bool saved_brace = r->no_brace, saved_do = r->no_do;
    r->no_brace = r->no_do = r->value = false;
    tj_light_next(r);
    tj_light_skip_lines(r);
    if (tj_light_take(r, "|")) tj_light_adopt(r, node, tj_light_parameters(r, "|"), TJ_PY_IN_PARAMETERS);
    uint32_t body = tj_light_statements(r, brace ? "" : TJ_LIGHT_STOPS);
    while (!brace && tj_light_word_is(r, "rescue ensure else") && !r->stopped) {
        tj_light_next(r);
        while (r->token != TJ_LIGHT_LINE && r->token != TJ_LIGHT_END) tj_light_next(r);
        tj_light_adopt(r, body, tj_light_statements(r, TJ_LIGHT_STOPS), TJ_PY_IN_NONE);
    }
    r->no_brace = saved_brace;
    r->no_do = saved_do;
    if (brace)
        tj_light_expect(r, "}");
    else if (!tj_light_take_word(r, "end"))
        tj_light_strange(r);
    tj_light_adopt(r, node, body, TJ_PY_IN_BODY);
    r->depth--;
    tj_light_close(r, node);
    return node;
}

/* ---- classes and imports ------------------------------------------------------------------------------------------------------------- */

/* The members of a JavaScript class: name(…) { … }, name = value. */
static uint32_t class_members(struct tj_light *r) {
    uint32_t block = tj_light_node(r, TJ_PY_BLOCK, r->begin, r->end);
    tj_light_expect(r, "{");
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, "}")) {
        uint32_t begin = r->begin;
        while (tj_light_word_is(r, "static async get set public private protected readonly") &&
               tj_light_peek(r, 0) == ' ')
            tj_light_next(r);
        (void)tj_light_take(r, "*");
        (void)tj_light_take(r, "#");
        if (r->token == TJ_LIGHT_NAME && tj_light_peek(r, 0) == '(') {
            tj_light_adopt(r, block, tj_light_function(r, begin, true), TJ_PY_IN_NONE);
        } else if (tj_light_is(r, "{")) {
            tj_light_adopt(r, block, tj_light_braces(r), TJ_PY_IN_NONE);
        } else {
            tj_light_adopt(r, block, tj_light_expression(r), TJ_PY_IN_NONE);
            if (!tj_light_take(r, ";") && r->begin == begin) tj_light_next(r);
        }
    }
    tj_light_expect(r, "}");
    return block;
}

uint32_t tj_light_class(struct tj_light *r) {
    uint32_t node = tj_light_node(r, TJ_PY_CLASS, r->begin, r->end);
    if (!tj_light_enter(r)) return node;
    tj_light_next(r);
    if (r->token == TJ_LIGHT_NAME && !tj_light_word_is(r, "extends")) {
        tj_light_adopt(r, node, tj_light_ident(r, r->begin, r->end, tj_light_token_text(r)), TJ_PY_IN_NAME);
        tj_light_next(r);
    }
    while (r->token != TJ_LIGHT_END && r->token != TJ_LIGHT_LINE && !tj_light_is(r, "{") && !tj_light_is(r, ";"))
        tj_light_next(r);
    if (r->dialect->ends) {
        tj_light_adopt(r, node, tj_light_statements(r, TJ_LIGHT_STOPS), TJ_PY_IN_BODY);
        if (!tj_light_take_word(r, "end")) tj_light_strange(r);
    } else {
        tj_light_adopt(r, node, tj_light_lang(r, TJ_LANG_NODE) ? class_members(r) : tj_light_body(r), TJ_PY_IN_BODY);
    }
    r->depth--;
    return node;
}

/* import a, {b as c} from 'x' and import * as d from 'x' are assignments of require('x'). */
uint32_t tj_light_import(struct tj_light *r) {
    uint32_t begin = r->begin, pattern = TJ_NONE, name = TJ_NONE;
    tj_light_next(r);
    (void)tj_light_take_word(r, "type");
    if (r->token == TJ_LIGHT_NAME) {
        name = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
        tj_light_next(r);
        (void)tj_light_take(r, ",");
    }
    if (tj_light_take(r, "*")) {
        (void)tj_light_take_word(r, "as");
        name = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
        tj_light_next(r);
    } else if (tj_light_take(r, "{")) {
        pattern = tj_light_node(r, TJ_PY_DICT, r->begin, r->end);
        while (r->token == TJ_LIGHT_NAME) {
            uint32_t pair = tj_light_node(r, TJ_PY_PAIR, r->begin, r->end);
            tj_light_adopt(r, pair, tj_light_text(r, r->begin, r->end, tj_light_token_text(r)), TJ_PY_IN_KEY);
            uint32_t bound = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
            tj_light_next(r);
            if (tj_light_take_word(r, "as")) {
                bound = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
                tj_light_next(r);
            }
            tj_light_adopt(r, pair, bound, TJ_PY_IN_VALUE);
            tj_light_adopt(r, pattern, pair, TJ_PY_IN_NONE);
            (void)tj_light_take(r, ",");
        }
        tj_light_expect(r, "}");
    }
    (void)tj_light_take_word(r, "from");
    uint32_t module = r->token == TJ_LIGHT_VALUE ? r->node : TJ_NONE;
    if (module == TJ_NONE) tj_light_strange(r);
    tj_light_next(r);
    uint32_t value = tj_light_call_of(r, begin, "require", module, TJ_NONE);
    tj_light_close(r, value);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t target = i ? pattern : name;
        if (target == TJ_NONE) continue;
        uint32_t node = tj_light_node(r, TJ_PY_ASSIGN, begin, r->last_end);
        tj_light_adopt(r, node, target, TJ_PY_IN_LEFT);
        tj_light_adopt(r, node, value, TJ_PY_IN_RIGHT);
        value = node;
    }
    return value;
}
