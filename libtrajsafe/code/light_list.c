/* Items of lists, tables and calls as the light readers read them: labels, pairs, what is spread. */
#include "code/light.h"

/* name: of Ruby, PHP and JavaScript; Lua's name = . The key as TEXT, and the sign is passed; TJ_NONE: none. */
static uint32_t label(struct tj_light *r, bool table) {
    uint8_t lang = r->dialect->lang;
    char c = tj_light_peek(r, 0), d = tj_light_peek(r, 1);
    bool named = r->token == TJ_LIGHT_NAME, text = r->token == TJ_LIGHT_VALUE;
    uint32_t blank = 0;
    while (tj_light_peek(r, blank) == ' ') blank++;
    bool colon = c == ':' && d != ':', late = table && tj_light_peek(r, blank) == ':';
    bool fits =
        (lang == TJ_LANG_RUBY && colon && (named || text)) || (lang == TJ_LANG_PHP && colon && named) ||
        (lang == TJ_LANG_NODE && late && (named || text)) ||
        (lang == TJ_LANG_LUA && table && named && tj_light_peek(r, blank) == '=' && tj_light_peek(r, blank + 1) != '=');
    if (!fits) return TJ_NONE;
    uint32_t key = r->node;
    if (named) key = tj_light_text(r, r->begin, r->end, tj_light_token_text(r));
    tj_light_goto(r, r->at + (colon ? 0 : blank) + 1);
    return key;
}

static uint32_t pair(struct tj_light *r, enum tj_py_kind kind, uint32_t key, uint32_t value) {
    uint32_t node = tj_light_node(r, kind, tj_light_at(r, key)->begin, tj_light_at(r, value)->end);
    tj_light_adopt(r, node, key, kind == TJ_PY_PAIR ? TJ_PY_IN_KEY : TJ_PY_IN_NAME);
    tj_light_adopt(r, node, value, TJ_PY_IN_VALUE);
    return node;
}

/* A bare word before => is text. */
void tj_light_as_text(struct tj_light *r, uint32_t node) {
    struct tj_py_node *n = tj_light_at(r, node);
    if (n->kind != TJ_PY_IDENT || n->begin >= r->text.n || !tj_is_name(r->text.p[n->begin])) return;
    struct tj_str text = tj_str_sub(r->text, n->begin, n->end);
    if (!tj_vec_push(r->arena, &r->tree->literal, text)) return;
    n->kind = TJ_PY_TEXT;
    n->name = r->tree->literal.n - 1;
}

uint32_t tj_light_splat(struct tj_light *r) {
    bool list = tj_light_is(r, "...") || tj_light_is(r, "*"), table = tj_light_is(r, "**");
    if ((!list && !table) || tj_light_lang(r, TJ_LANG_LUA) || tj_light_lang(r, TJ_LANG_AWK)) return TJ_NONE;
    uint32_t node = tj_light_node(r, table ? TJ_PY_DICT_SPLAT : TJ_PY_LIST_SPLAT, r->begin, r->end);
    tj_light_next(r);
    tj_light_adopt(r, node, tj_light_operators(r, TJ_LIGHT_TERNARY), TJ_PY_IN_NONE);
    return node;
}

/* One item; `kind` is what key and value become. */
uint32_t tj_light_item(struct tj_light *r, enum tj_py_kind kind) {
    uint32_t spread = tj_light_splat(r);
    if (spread != TJ_NONE) return spread;
    uint32_t key = label(r, kind == TJ_PY_PAIR);
    if (key != TJ_NONE) {
        tj_light_skip_lines(r);
        bool short_form = tj_light_is(r, ",") || tj_light_is(r, ")");
        return pair(r, kind, key,
                    short_form ? tj_light_text(r, r->begin, r->begin, TJ_STR("")) : tj_light_assignment(r));
    }
    if (tj_light_is(r, "&") && tj_light_lang(r, TJ_LANG_RUBY)) tj_light_next(r); /* &block */
    uint32_t value = tj_light_assignment(r);
    if (!tj_light_is(r, "=>")) return value;
    tj_light_as_text(r, value);
    tj_light_next(r);
    tj_light_skip_lines(r);
    if (kind == TJ_PY_KEYWORD && tj_light_at(r, value)->kind != TJ_PY_TEXT) return tj_light_assignment(r);
    return pair(r, kind, value, tj_light_assignment(r));
}

void tj_light_arguments(struct tj_light *r, uint32_t list, const char *close) {
    struct tj_light_heads heads = tj_light_inside(r);
    tj_light_skip_lines(r);
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, close)) {
        uint32_t before = r->begin;
        tj_light_adopt(r, list, tj_light_item(r, TJ_PY_KEYWORD), TJ_PY_IN_NONE);
        tj_light_skip_lines(r);
        if (!tj_light_take(r, ",") && !tj_light_take(r, ";") && r->begin == before) break;
        tj_light_skip_lines(r);
        if (tj_light_is(r, "}") || tj_light_is(r, "]")) break;
    }
    tj_light_outside(r, heads);
    tj_light_expect(r, close);
}

/* Is the node a key with its value? */
static bool is_pair(struct tj_light *r, uint32_t node) { return tj_light_at(r, node)->kind == TJ_PY_PAIR; }

static bool computed_key(struct tj_light *r) {
    bool node = tj_light_lang(r, TJ_LANG_NODE), lua = tj_light_lang(r, TJ_LANG_LUA);
    return (node || lua) && tj_light_is(r, "[");
}

/* JavaScript: name(…) {…} and get name() {…} in an object; the shorthand name. */
static uint32_t method_or_short(struct tj_light *r) {
    if (r->token != TJ_LIGHT_NAME || !tj_light_lang(r, TJ_LANG_NODE)) return TJ_NONE;
    if (tj_light_word_is(r, "async get set static") && tj_is_alpha(tj_light_peek(r, 1))) tj_light_next(r);
    uint32_t begin = r->begin, key = tj_light_text(r, begin, r->end, tj_light_token_text(r));
    char c = tj_light_peek(r, 0);
    if (c == '(') {
        tj_light_next(r);
        return pair(r, TJ_PY_PAIR, key, tj_light_function(r, begin, false));
    }
    if (c == ',' || c == '}' || tj_is_space(c)) {
        uint32_t value = tj_light_ident(r, begin, r->end, tj_light_token_text(r));
        tj_light_next(r);
        if (tj_light_take(r, "=")) (void)tj_light_assignment(r);
        return pair(r, TJ_PY_PAIR, key, value);
    }
    return TJ_NONE;
}

/* { … } as a value: pairs, or Lua's list. */
uint32_t tj_light_table(struct tj_light *r) {
    uint32_t node = tj_light_node(r, TJ_PY_DICT, r->begin, r->end), pairs = 0, others = 0;
    struct tj_light_heads heads = tj_light_inside(r);
    r->value = false;
    tj_light_next(r);
    tj_light_skip_lines(r);
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, "}")) {
        uint32_t before = r->begin, made;
        if (computed_key(r)) {
            tj_light_next(r);
            uint32_t key = tj_light_assignment(r);
            tj_light_expect(r, "]");
            if (!tj_light_take(r, ":")) (void)tj_light_take(r, "=");
            made = pair(r, TJ_PY_PAIR, key, tj_light_assignment(r));
        } else {
            uint32_t blank = 0;
            while (tj_light_peek(r, blank) == ' ') blank++;
            made = tj_light_peek(r, blank) == ':' ? TJ_NONE : method_or_short(r);
            if (made == TJ_NONE) made = tj_light_item(r, TJ_PY_PAIR);
        }
        tj_light_adopt(r, node, made, TJ_PY_IN_NONE);
        if (made != TJ_NONE) *(is_pair(r, made) ? &pairs : &others) += 1;
        tj_light_skip_lines(r);
        if (!tj_light_take(r, ",") && !tj_light_take(r, ";") && r->begin == before) break;
        tj_light_skip_lines(r);
    }
    if (pairs == 0 && others) tj_light_at(r, node)->kind = TJ_PY_LIST;
    tj_light_outside(r, heads);
    tj_light_expect(r, "}");
    tj_light_close(r, node);
    return node;
}

uint32_t tj_light_list(struct tj_light *r, const char *close, enum tj_py_kind kind) {
    uint32_t node = tj_light_node(r, kind, r->begin, r->end), pairs = 0, n = 0;
    struct tj_light_heads heads = tj_light_inside(r);
    tj_light_next(r);
    tj_light_skip_lines(r);
    while (r->token != TJ_LIGHT_END && !tj_light_is(r, close)) {
        uint32_t before = r->begin, made = tj_light_item(r, TJ_PY_PAIR);
        pairs += is_pair(r, made);
        n++;
        tj_light_adopt(r, node, made, TJ_PY_IN_NONE);
        tj_light_skip_lines(r);
        if (!tj_light_take(r, ",") && !tj_light_take(r, ";") && r->begin == before) break;
        tj_light_skip_lines(r);
        if (tj_light_is(r, "}")) break;
    }
    tj_light_outside(r, heads);
    tj_light_expect(r, close);
    tj_light_close(r, node);
    if (pairs && pairs == n) tj_light_at(r, node)->kind = TJ_PY_DICT;
    return node;
}

/* ( … ): a value, a list, or the parameters of an arrow function. */
uint32_t tj_light_brackets(struct tj_light *r) {
    uint32_t begin = r->begin, node = tj_light_list(r, ")", TJ_PY_TUPLE);
    if (tj_light_lang(r, TJ_LANG_NODE) && tj_light_is(r, "=>")) return tj_light_arrow(r, begin, node);
    uint32_t first = tj_light_at(r, node)->child;
    bool one = first != TJ_NONE && tj_light_at(r, first)->next == TJ_NONE && tj_light_at(r, node)->kind == TJ_PY_TUPLE;
    if (one) tj_light_at(r, node)->kind = TJ_PY_PAREN;
    return node;
}
