/* What follows a value: members, subscripts, calls with and without brackets. */
#include "code/light.h"

bool tj_light_starts_argument(struct tj_light *r) {
    if (r->token == TJ_LIGHT_VALUE || r->token == TJ_LIGHT_VAR) return true;
    if (r->token == TJ_LIGHT_NAME)
        return !tj_py_named_is(tj_light_token_text(r), r->dialect->binary) &&
               !tj_light_word_is(
                   r, "if unless while until for foreach then do end rescue in and or not else elsif ensure when");
    if (r->token != TJ_LIGHT_OP || !r->space) return false;
    char next = tj_light_peek(r, 0);
    bool tight = !tj_is_space(next) && next != '=';
    if (tj_light_is(r, "[") || tj_light_is(r, "\\") || tj_light_is(r, "->")) return true;
    if (tj_light_is(r, "@") || tj_light_is(r, "$") || tj_light_is(r, "%"))
        return tj_light_lang(r, TJ_LANG_PERL) && tight;
    return tight && (tj_light_is(r, "-") || tj_light_is(r, "*") || tj_light_is(r, "&") || tj_light_is(r, "!") ||
                     tj_light_is(r, "::") || tj_light_is(r, "**"));
}

/* Perl's print FH LIST: the file stands before the list without a comma. */
static bool file_handle(struct tj_light *r, uint32_t callee) {
    struct tj_py_node *n = tj_light_at(r, callee);
    if (!tj_light_lang(r, TJ_LANG_PERL) || r->token != TJ_LIGHT_NAME || n->kind != TJ_PY_IDENT) return false;
    if (!tj_py_named_is(tj_str_sub(r->text, n->begin, n->end), "print printf say")) return false;
    struct tj_str name = tj_light_token_text(r);
    for (uint32_t i = 0; i < name.n; i++)
        if (name.p[i] >= 'a' && name.p[i] <= 'z') return false;
    char next = tj_light_peek(r, 0) == ' ' ? tj_light_peek(r, 1) : tj_light_peek(r, 0);
    return next && !strchr("(,.;=-+", next);
}

bool tj_light_block_follows(struct tj_light *r) {
    if (!tj_light_lang(r, TJ_LANG_RUBY)) return false;
    return (tj_light_is(r, "{") && !r->no_brace) || (tj_light_word_is(r, "do") && !r->no_do);
}

uint32_t tj_light_command(struct tj_light *r, uint32_t begin, uint32_t callee) {
    uint32_t arguments, call = tj_light_call(r, begin, callee, &arguments);
    bool perl = tj_light_lang(r, TJ_LANG_PERL);
    if (!tj_light_enter(r)) return call;
    if (file_handle(r, callee)) {
        tj_light_adopt(r, arguments, tj_light_ident(r, r->begin, r->end, tj_light_token_text(r)), TJ_PY_IN_NONE);
        tj_light_next(r);
    }
    while (tj_light_starts_argument(r) || tj_light_is(r, "{")) {
        uint32_t before = r->begin;
        if (tj_light_is(r, "{") && perl) { /* map { … } list, print {$fh} list */
            struct tj_light_heads heads = tj_light_inside(r);
            tj_light_adopt(r, arguments, tj_light_brace_block(r, r->begin), TJ_PY_IN_NONE);
            tj_light_outside(r, heads);
        } else if (tj_light_is(r, "{")) {
            break;
        } else {
            tj_light_adopt(r, arguments, tj_light_item(r, TJ_PY_KEYWORD), TJ_PY_IN_NONE);
        }
        bool comma = tj_light_take(r, ",") || (perl && tj_light_take(r, "=>"));
        if (comma) tj_light_skip_lines(r);
        if (comma && (tj_light_is(r, "{") || tj_light_is(r, "(") || tj_light_is(r, "["))) {
            tj_light_adopt(r, arguments, tj_light_item(r, TJ_PY_KEYWORD), TJ_PY_IN_NONE);
            if (!tj_light_take(r, ",")) break;
        }
        if ((!comma && !perl) || r->begin == before || r->stopped) break;
    }
    if (tj_light_block_follows(r)) tj_light_adopt(r, arguments, tj_light_brace_block(r, r->begin), TJ_PY_IN_NONE);
    r->depth--;
    tj_light_close(r, call);
    return call;
}

uint32_t tj_light_member(struct tj_light *r, uint32_t object) {
    uint32_t begin = tj_light_at(r, object)->begin, node = tj_light_node(r, TJ_PY_ATTRIBUTE, begin, r->end);
    tj_light_adopt(r, node, object, TJ_PY_IN_OBJECT);
    tj_light_adopt(r, node, tj_light_ident(r, r->begin, r->end, tj_light_token_text(r)), TJ_PY_IN_ATTRIBUTE);
    return node;
}

static uint32_t subscript(struct tj_light *r, uint32_t object, const char *close) {
    uint32_t node = tj_light_node(r, TJ_PY_SUBSCRIPT, tj_light_at(r, object)->begin, r->end);
    struct tj_light_heads heads = tj_light_inside(r);
    bool bare = *close == '}';
    tj_light_next(r);
    tj_light_adopt(r, node, object, TJ_PY_IN_VALUE);
    if (!tj_light_is(r, close)) {
        uint32_t key = tj_light_expression(r);
        if (bare) tj_light_as_text(r, key);
        tj_light_adopt(r, node, key, TJ_PY_IN_SUBSCRIPT);
    }
    tj_light_outside(r, heads);
    tj_light_expect(r, close);
    tj_light_close(r, node);
    return node;
}

uint32_t tj_light_called(struct tj_light *r, uint32_t callee) {
    uint32_t arguments, call = tj_light_call(r, tj_light_at(r, callee)->begin, callee, &arguments);
    tj_light_next(r);
    tj_light_arguments(r, arguments, ")");
    if (tj_light_block_follows(r)) tj_light_adopt(r, arguments, tj_light_brace_block(r, r->begin), TJ_PY_IN_NONE);
    tj_light_close(r, call);
    return call;
}

/* f "text" and f { … } of Lua. */
static uint32_t called_with(struct tj_light *r, uint32_t callee) {
    uint32_t arguments, call = tj_light_call(r, tj_light_at(r, callee)->begin, callee, &arguments);
    uint32_t value = r->node;
    if (r->token == TJ_LIGHT_VALUE)
        tj_light_next(r);
    else
        value = tj_light_table(r);
    tj_light_adopt(r, arguments, value, TJ_PY_IN_NONE);
    tj_light_close(r, call);
    return call;
}

bool tj_light_member_sign(struct tj_light *r) {
    uint8_t lang = r->dialect->lang;
    if (tj_light_is(r, ".")) return lang == TJ_LANG_NODE || lang == TJ_LANG_RUBY || lang == TJ_LANG_LUA;
    if (tj_light_is(r, "?.")) return true;
    if (tj_light_is(r, "&.")) return lang == TJ_LANG_RUBY;
    if (tj_light_is(r, "->")) return lang == TJ_LANG_PERL || lang == TJ_LANG_PHP;
    if (tj_light_is(r, "::")) return lang == TJ_LANG_RUBY || lang == TJ_LANG_PHP;
    return tj_light_is(r, ":") && lang == TJ_LANG_LUA && tj_is_alpha(tj_light_peek(r, 0));
}

/* Ruby carries on on the next line with .name. */
static bool carries_on(struct tj_light *r) {
    if (r->token != TJ_LIGHT_LINE || !tj_light_lang(r, TJ_LANG_RUBY)) return false;
    return tj_light_peek(r, 0) == '.' ? tj_light_peek(r, 1) != '.'
                                      : tj_light_peek(r, 0) == '&' && tj_light_peek(r, 1) == '.';
}

/* Takes . and what follows it. */
static uint32_t after_sign(struct tj_light *r, uint32_t node) {
    bool lua_method = tj_light_is(r, ":");
    tj_light_next(r);
    tj_light_skip_lines(r);
    if (tj_light_is(r, "(")) return tj_light_called(r, node); /* ?.( ->( .( */
    if (tj_light_is(r, "[")) return subscript(r, node, "]");
    if (tj_light_is(r, "{")) return subscript(r, node, "}");
    if (r->token == TJ_LIGHT_VAR) { /* $object->$method */
        uint32_t name = r->node;
        tj_light_next(r);
        uint32_t made = tj_light_node(r, TJ_PY_SUBSCRIPT, tj_light_at(r, node)->begin, r->last_end);
        tj_light_adopt(r, made, node, TJ_PY_IN_VALUE);
        tj_light_adopt(r, made, name, TJ_PY_IN_SUBSCRIPT);
        return made;
    }
    if (tj_light_is(r, "@") || tj_light_is(r, "%") || tj_light_is(r, "$")) { /* ->@* */
        tj_light_next(r);
        (void)tj_light_take(r, "*");
        return node;
    }
    if (r->token != TJ_LIGHT_NAME) return node;
    uint32_t made = tj_light_member(r, node);
    r->value = true;
    tj_light_next(r);
    bool open = tj_light_is(r, "(") && (!r->space || !r->dialect->commands);
    if (open) return tj_light_called(r, made);
    if (lua_method && (r->token == TJ_LIGHT_VALUE || tj_light_is(r, "{"))) return called_with(r, made);
    if (tj_light_lang(r, TJ_LANG_PERL)) { /* ->name is a call */
        uint32_t arguments, call = tj_light_call(r, tj_light_at(r, made)->begin, made, &arguments);
        tj_light_close(r, call);
        return call;
    }
    if (!tj_light_lang(r, TJ_LANG_RUBY)) return made;
    if (tj_light_starts_argument(r) || tj_light_block_follows(r))
        return tj_light_command(r, tj_light_at(r, made)->begin, made);
    if (tj_light_is(r, "=") || tj_light_is(r, "+=") || tj_light_is(r, "||=")) return made;
    uint32_t arguments, call = tj_light_call(r, tj_light_at(r, made)->begin, made, &arguments);
    tj_light_close(r, call);
    return call;
}

uint32_t tj_light_postfix(struct tj_light *r, uint32_t node) {
    uint8_t lang = r->dialect->lang;
    for (;;) {
        bool hash = tj_light_at(r, node)->kind == TJ_PY_IDENT || tj_light_at(r, node)->kind == TJ_PY_SUBSCRIPT;
        if (carries_on(r)) {
            tj_light_next(r);
        } else if (tj_light_member_sign(r)) {
            node = after_sign(r, node);
        } else if (tj_light_is(r, "(") && (!r->space || lang != TJ_LANG_RUBY) && lang != TJ_LANG_AWK) {
            node = tj_light_called(r, node);
        } else if (tj_light_is(r, "[") && !(lang == TJ_LANG_RUBY && r->space)) {
            node = subscript(r, node, "]");
        } else if (tj_light_is(r, "{") && lang == TJ_LANG_PERL && hash && !r->space && !r->no_brace) {
            node = subscript(r, node, "}");
        } else if (tj_light_is(r, "{") && lang == TJ_LANG_PERL && hash && !r->space &&
                   r->text.p[tj_light_at(r, node)->begin] == '$') {
            node = subscript(r, node, "}");
        } else if (lang == TJ_LANG_LUA && (tj_light_is(r, "{") || r->token == TJ_LIGHT_VALUE) &&
                   tj_light_at(r, node)->kind != TJ_PY_TEXT && tj_light_at(r, node)->kind != TJ_PY_INTEGER &&
                   (tj_light_is(r, "{") || tj_light_at(r, r->node)->kind == TJ_PY_TEXT)) {
            node = called_with(r, node);
        } else if (lang == TJ_LANG_NODE && r->token == TJ_LIGHT_VALUE && !r->space &&
                   tj_light_at(r, r->node)->kind == TJ_PY_TEMPLATE) {
            tj_light_next(r); /* tag`text` */
        } else if ((tj_light_is(r, "++") || tj_light_is(r, "--")) && !r->newline) {
            tj_light_next(r);
        } else {
            return node;
        }
        if (r->stopped) return node;
    }
}
