/* Expressions of the light readers: values, and operators by how strongly they bind. */
#include "code/light.h"

enum { UNARY = 17 };

static const struct {
    const char *sign;
    uint8_t level, kind;
    char op;
} operators[] = {
    {"or", 1, TJ_PY_BOOLEAN, 0},   {"xor", 1, TJ_PY_BOOLEAN, 0},     {"and", 2, TJ_PY_BOOLEAN, 0},
    {"..", 6, TJ_PY_COMPARE, 0},   {"...", 6, TJ_PY_COMPARE, 0},     {"||", 7, TJ_PY_BOOLEAN, 0},
    {"\?\?", 7, TJ_PY_BOOLEAN, 0}, {"&&", 8, TJ_PY_BOOLEAN, 0},      {"|", 9, TJ_PY_BINARY, '|'},
    {"^", 9, TJ_PY_BINARY, '^'},   {"&", 10, TJ_PY_BINARY, '&'},     {"==", 11, TJ_PY_COMPARE, 0},
    {"!=", 11, TJ_PY_COMPARE, 0},  {"===", 11, TJ_PY_COMPARE, 0},    {"!==", 11, TJ_PY_COMPARE, 0},
    {"~=", 11, TJ_PY_COMPARE, 0},  {"<=>", 11, TJ_PY_COMPARE, 0},    {"eq", 11, TJ_PY_COMPARE, 0},
    {"ne", 11, TJ_PY_COMPARE, 0},  {"cmp", 11, TJ_PY_COMPARE, 0},    {"<", 12, TJ_PY_COMPARE, 0},
    {">", 12, TJ_PY_COMPARE, 0},   {"<=", 12, TJ_PY_COMPARE, 0},     {">=", 12, TJ_PY_COMPARE, 0},
    {"lt", 12, TJ_PY_COMPARE, 0},  {"gt", 12, TJ_PY_COMPARE, 0},     {"le", 12, TJ_PY_COMPARE, 0},
    {"ge", 12, TJ_PY_COMPARE, 0},  {"in", 12, TJ_PY_COMPARE, 0},     {"instanceof", 12, TJ_PY_COMPARE, 0},
    {"<<", 13, TJ_PY_BINARY, '+'}, {">>", 13, TJ_PY_BINARY, '?'},    {"+", 14, TJ_PY_BINARY, '+'},
    {"-", 14, TJ_PY_BINARY, '-'},  {".", 14, TJ_PY_BINARY, 'c'},     {"*", 15, TJ_PY_BINARY, '*'},
    {"/", 15, TJ_PY_BINARY, '/'},  {"//", 15, TJ_PY_BINARY, 'd'},    {"%", 15, TJ_PY_BINARY, '%'},
    {"x", 15, TJ_PY_BINARY, '*'},  {"=~", 16, TJ_PY_COMPARE, 0},     {"!~", 16, TJ_PY_COMPARE, 0},
    {"~", 11, TJ_PY_COMPARE, 0},   {"**", UNARY, TJ_PY_BINARY, 'p'},
};
enum { OPERATORS = sizeof operators / sizeof *operators };

static uint32_t unary(struct tj_light *r);

/* ---- primaries ----------------------------------------------------------------------------------------------------------------------------- */

static uint32_t literal_name(struct tj_light *r) {
    uint8_t kind = TJ_PY_OTHER;
    if (tj_light_word_is(r, "true TRUE True")) kind = TJ_PY_TRUE;
    if (tj_light_word_is(r, "false FALSE False")) kind = TJ_PY_FALSE;
    if (tj_light_word_is(r, "null nil NULL undefined undef")) kind = TJ_PY_NONE;
    if (kind == TJ_PY_OTHER) return TJ_NONE;
    uint32_t node = tj_light_node(r, (enum tj_py_kind)kind, r->begin, r->end);
    tj_light_next(r);
    return node;
}

static uint32_t new_object(struct tj_light *r) {
    uint32_t begin = r->begin, node;
    tj_light_next(r);
    if (r->token == TJ_LIGHT_NAME && !tj_light_word_is(r, "class function")) {
        node = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
        tj_light_next(r);
        while (tj_light_member_sign(r) && r->token == TJ_LIGHT_OP) {
            tj_light_next(r);
            if (r->token != TJ_LIGHT_NAME) break;
            node = tj_light_member(r, node);
            tj_light_next(r);
        }
    } else if (r->token == TJ_LIGHT_VAR) {
        node = r->node;
        tj_light_next(r);
    } else {
        return unary(r);
    }
    if (tj_light_is(r, "(")) return tj_light_called(r, node);
    uint32_t arguments, call = tj_light_call(r, begin, node, &arguments);
    tj_light_close(r, call);
    return call;
}

/* eval { … } and do { … } run where they stand. */
static uint32_t perl_word(struct tj_light *r) {
    if (tj_light_word_is(r, "my our local state")) {
        tj_light_next(r);
        return unary(r);
    }
    if (tj_light_word_is(r, "sub")) {
        uint32_t begin = r->begin;
        tj_light_next(r);
        return tj_light_function(r, begin, r->token == TJ_LIGHT_NAME);
    }
    if (tj_light_word_is(r, "do eval")) {
        uint32_t begin = r->begin, callee = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
        tj_light_next(r);
        if (tj_light_is(r, "{")) return tj_light_body(r);
        if (tj_light_is(r, "(")) return tj_light_called(r, callee);
        return tj_light_command(r, begin, callee);
    }
    return TJ_NONE;
}

static uint32_t word_value(struct tj_light *r) {
    uint32_t begin = r->begin, node = literal_name(r);
    uint8_t lang = r->dialect->lang;
    if (node != TJ_NONE) return node;
    if (lang == TJ_LANG_PERL && (node = perl_word(r)) != TJ_NONE) return node;
    if (lang == TJ_LANG_NODE && tj_light_word_is(r, "async") && tj_light_peek(r, 0) == ' ') {
        tj_light_next(r);
        return unary(r);
    }
    if (lang == TJ_LANG_PHP && tj_light_word_is(r, "match") && tj_light_peek(r, tj_light_peek(r, 0) == ' ') == '(') {
        tj_light_next(r);
        node = tj_light_node(r, TJ_PY_TUPLE, begin, r->end);
        tj_light_adopt(r, node, tj_light_brackets(r), TJ_PY_IN_NONE);
        if (tj_light_is(r, "{")) tj_light_adopt(r, node, tj_light_table(r), TJ_PY_IN_NONE);
        return node;
    }
    if (lang != TJ_LANG_RUBY && lang != TJ_LANG_PERL && tj_light_word_is(r, "function fn func")) {
        tj_light_next(r);
        return tj_light_function(r, begin, r->token == TJ_LIGHT_NAME);
    }
    if (tj_light_word_is(r, "new") && (lang == TJ_LANG_NODE || lang == TJ_LANG_PHP)) return new_object(r);
    if (tj_light_word_is(r, "class if unless while until begin case for def module") &&
        (lang == TJ_LANG_RUBY || (lang == TJ_LANG_NODE && tj_light_word_is(r, "class"))))
        return tj_light_statement(r);
    if (lang == TJ_LANG_PHP && tj_light_word_is(r, "include include_once require require_once print echo")) {
        uint32_t callee = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r)), list;
        tj_light_next(r);
        uint32_t call = tj_light_call(r, begin, callee, &list);
        do tj_light_adopt(r, list, tj_light_assignment(r), TJ_PY_IN_NONE);
        while (tj_light_take(r, ","));
        tj_light_close(r, call);
        return call;
    }
    if (lang == TJ_LANG_AWK && tj_light_word_is(r, "getline")) {
        tj_light_next(r);
        uint32_t from = TJ_NONE;
        if ((r->token == TJ_LIGHT_NAME && !tj_light_keyword(r)) || tj_light_is(r, "$")) (void)unary(r);
        if (tj_light_take(r, "<")) from = tj_light_operators(r, 15);
        return tj_light_call_of(r, begin, "getline", from, TJ_NONE);
    }
    uint32_t name = tj_light_ident(r, r->begin, r->end, tj_light_token_text(r));
    if (!tj_light_keyword(r)) r->value = true;
    tj_light_next(r);
    if (lang == TJ_LANG_NODE && tj_light_is(r, "=>")) return tj_light_arrow(r, begin, name);
    if (lang == TJ_LANG_AWK && tj_light_is(r, "(") && !r->space) return tj_light_called(r, name);
    if (!r->dialect->commands) return name;
    bool block = lang == TJ_LANG_PERL && tj_light_is(r, "{") && !r->no_brace &&
                 tj_py_named_is(tj_str_sub(r->text, begin, r->last_end),
                                "map grep sort first any all print printf say exec system");
    if (tj_light_is(r, "=>")) return name;
    if (tj_light_starts_argument(r) || block || tj_light_block_follows(r)) return tj_light_command(r, begin, name);
    return name;
}

static uint32_t deref(struct tj_light *r) { /* @{ … }, %$x, ${ … } */
    tj_light_next(r);
    if (!tj_light_is(r, "{")) return unary(r);
    struct tj_light_heads heads = tj_light_inside(r);
    tj_light_next(r);
    uint32_t node = tj_light_expression(r);
    tj_light_outside(r, heads);
    tj_light_expect(r, "}");
    return node;
}

static uint32_t primary(struct tj_light *r) {
    uint8_t lang = r->dialect->lang;
    uint32_t node;
    if (r->token == TJ_LIGHT_VALUE || r->token == TJ_LIGHT_VAR) {
        node = r->node;
        tj_light_next(r);
        bool joined = lang == TJ_LANG_RUBY && r->token == TJ_LIGHT_VALUE && tj_light_at(r, node)->kind >= TJ_PY_TEXT;
        if (joined) {
            uint32_t sum = tj_light_node(r, TJ_PY_BINARY, tj_light_at(r, node)->begin, r->end);
            tj_light_at(r, sum)->op = 'c';
            tj_light_adopt(r, sum, node, TJ_PY_IN_LEFT);
            tj_light_adopt(r, sum, r->node, TJ_PY_IN_RIGHT);
            tj_light_next(r);
            return sum;
        }
        return node;
    }
    if (r->token == TJ_LIGHT_NAME) return word_value(r);
    if (tj_light_is(r, "(")) return tj_light_brackets(r);
    if (tj_light_is(r, "[")) return tj_light_list(r, "]", TJ_PY_LIST);
    if (tj_light_is(r, "{")) return tj_light_table(r);
    if (tj_light_is(r, "->") && lang == TJ_LANG_RUBY) {
        uint32_t begin = r->begin;
        tj_light_next(r);
        return tj_light_function(r, begin, false);
    }
    if (lang == TJ_LANG_PERL && (tj_light_is(r, "@") || tj_light_is(r, "%") || tj_light_is(r, "$"))) return deref(r);
    node = tj_light_node(r, TJ_PY_REGEX, r->begin, r->end);
    bool ends =
        tj_light_is(r, ")") || tj_light_is(r, "]") || tj_light_is(r, "}") || tj_light_is(r, ",") || tj_light_is(r, ";");
    if (!ends && r->token == TJ_LIGHT_OP) {
        if (!tj_light_is(r, "...")) tj_light_strange(r);
        tj_light_next(r);
    }
    return node;
}

static uint32_t prefixed(struct tj_light *r) {
    uint32_t begin = r->begin;
    bool filetest = tj_light_is(r, "-") && tj_light_lang(r, TJ_LANG_PERL) && tj_is_alpha(tj_light_peek(r, 0)) &&
                    !tj_is_name(tj_light_peek(r, 1));
    bool sign = tj_light_is(r, "!") || tj_light_is(r, "-") || tj_light_is(r, "+") || tj_light_is(r, "~");
    bool passes = tj_light_is(r, "@") || tj_light_is(r, "\\") || tj_light_is(r, "&") || tj_light_is(r, "*") ||
                  tj_light_is(r, "++") || tj_light_is(r, "--") || tj_light_is(r, "**") || tj_light_is(r, "::") ||
                  tj_light_word_is(r, "await yield clone");
    if (tj_light_lang(r, TJ_LANG_PERL) && tj_light_is(r, "@")) passes = false;
    bool field = tj_light_lang(r, TJ_LANG_AWK) && tj_light_is(r, "$");
    bool other =
        (tj_light_is(r, "#") && tj_light_lang(r, TJ_LANG_LUA)) || tj_light_word_is(r, "not typeof void delete defined");
    if (tj_light_word_is(r, "delete") && tj_light_peek(r, 0) == '(') other = false;
    if (!(sign || passes || field || other || filetest)) return tj_light_postfix(r, primary(r));
    char op = tj_light_is(r, "-") ? '-' : '!';
    tj_light_next(r);
    if (filetest) tj_light_next(r);
    uint32_t node = unary(r);
    if (passes) return node;
    uint32_t made = tj_light_node(r, TJ_PY_UNARY, begin, begin);
    tj_light_at(r, made)->op = (uint8_t)op;
    tj_light_adopt(r, made, node, TJ_PY_IN_ARGUMENT);
    return made;
}

static uint32_t unary(struct tj_light *r) {
    if (!tj_light_enter(r)) return tj_light_node(r, TJ_PY_REGEX, r->begin, r->begin);
    uint32_t node = prefixed(r);
    r->depth--;
    return node;
}

/* ---- operators ------------------------------------------------------------------------------------------------------------------------------- */

/* Index of the operator at hand, or OPERATORS. *level is how strongly it binds in this language. */
static uint32_t operator_at(const struct tj_light *r, uint8_t *level) {
    uint8_t lang = r->dialect->lang;
    struct tj_str text = tj_light_token_text(r);
    bool word = r->token == TJ_LIGHT_NAME;
    if (!word && r->token != TJ_LIGHT_OP) return OPERATORS;
    if (word && !tj_py_named_is(text, r->dialect->binary) && !(tj_str_is(text, "in") && lang == TJ_LANG_NODE))
        return OPERATORS;
    uint32_t i = 0;
    while (i < OPERATORS && !tj_str_is(text, operators[i].sign)) i++;
    if (i == OPERATORS) return i;
    *level = operators[i].level;
    if (lang == TJ_LANG_LUA && word) *level = tj_str_is(text, "and") ? 8 : 7;
    if (tj_str_is(text, "..") && lang == TJ_LANG_LUA) *level = 14;
    if (tj_str_is(text, "//")) *level = lang == TJ_LANG_PERL ? 7 : 15;
    if (tj_str_is(text, ".") && lang != TJ_LANG_PERL && lang != TJ_LANG_PHP) return OPERATORS;
    if (tj_str_is(text, "~") && lang != TJ_LANG_AWK) return OPERATORS;
    if ((tj_str_is(text, ">") || tj_str_is(text, ">>")) && r->no_greater) return OPERATORS;
    if (tj_str_is(text, "in") && r->no_in) return OPERATORS;
    if (tj_str_is(text, "|") && lang == TJ_LANG_AWK) return OPERATORS;
    if (tj_str_is(text, "|") && r->no_pipe) return OPERATORS;
    return i;
}

static const char *augmented(const struct tj_light *r) {
    static const char *const signs[] = {
        "=", "+=", "-=", "*=", "/=", ".=", "%=", "||=", "&&=", "\?\?=", "//=", "|=", "&=", "^=", "<<=", "**=", ">>>="};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (tj_light_is(r, signs[i])) return signs[i];
    return NULL;
}

static uint32_t assign(struct tj_light *r, uint32_t left, const char *sign) {
    bool plain = sign[1] == '\0';
    uint32_t node =
        tj_light_node(r, plain || sign[0] == '|' ? TJ_PY_ASSIGN : TJ_PY_AUGMENT, tj_light_at(r, left)->begin, r->end);
    tj_light_at(r, node)->op = (uint8_t)(sign[0] == '.' ? 'c' : sign[0]);
    tj_light_next(r);
    tj_light_skip_lines(r);
    tj_light_adopt(r, node, left, TJ_PY_IN_LEFT);
    uint32_t right = tj_light_operators(r, TJ_LIGHT_ASSIGNS);
    bool many = tj_light_is(r, ",") && tj_light_lang(r, TJ_LANG_LUA);
    if (many) {
        uint32_t all = tj_light_node(r, TJ_PY_TUPLE, tj_light_at(r, right)->begin, r->end);
        tj_light_adopt(r, all, right, TJ_PY_IN_NONE);
        while (tj_light_take(r, ",")) tj_light_adopt(r, all, tj_light_operators(r, TJ_LIGHT_TERNARY), TJ_PY_IN_NONE);
        bool list_target = tj_light_at(r, left)->kind == TJ_PY_TUPLE;
        right = list_target ? all : tj_light_at(r, all)->child;
    }
    tj_light_adopt(r, node, right, TJ_PY_IN_RIGHT);
    tj_light_close(r, node);
    return node;
}

static uint32_t ternary(struct tj_light *r, uint32_t test) {
    uint32_t node = tj_light_node(r, TJ_PY_CONDITIONAL, tj_light_at(r, test)->begin, r->end);
    tj_light_next(r);
    tj_light_skip_lines(r);
    uint32_t yes = tj_light_is(r, ":") ? test : tj_light_operators(r, TJ_LIGHT_ASSIGNS);
    tj_light_skip_lines(r);
    tj_light_expect(r, ":");
    tj_light_skip_lines(r);
    uint32_t no = tj_light_operators(r, TJ_LIGHT_ASSIGNS);
    tj_light_adopt(r, node, yes, TJ_PY_IN_NONE);
    tj_light_adopt(r, node, yes == test ? tj_light_node(r, TJ_PY_NONE, r->begin, r->begin) : test, TJ_PY_IN_NONE);
    tj_light_adopt(r, node, no, TJ_PY_IN_NONE);
    return node;
}

static uint32_t join(struct tj_light *r, uint32_t left, uint32_t right, uint8_t kind, char op) {
    uint32_t node = tj_light_node(r, (enum tj_py_kind)kind, tj_light_at(r, left)->begin, tj_light_at(r, right)->end);
    tj_light_at(r, node)->op = (uint8_t)op;
    tj_light_adopt(r, node, left, TJ_PY_IN_LEFT);
    tj_light_adopt(r, node, right, TJ_PY_IN_RIGHT);
    return node;
}

/* awk: two values side by side are one text. */
static bool side_by_side(struct tj_light *r) {
    if (!tj_light_lang(r, TJ_LANG_AWK)) return false;
    if (r->token == TJ_LIGHT_VALUE) return true;
    if (r->token == TJ_LIGHT_NAME) return !tj_light_keyword(r);
    return tj_light_is(r, "$") || tj_light_is(r, "(");
}

/* awk: "command" | getline. */
static uint32_t piped(struct tj_light *r, uint32_t left) {
    uint32_t begin = tj_light_at(r, left)->begin, next = 0;
    while (tj_is_space(tj_light_peek(r, next))) next++;
    if (r->no_pipe && tj_light_peek(r, next) != 'g') return TJ_NONE;
    struct tj_light saved = *r;
    tj_light_next(r);
    if (!tj_light_word_is(r, "getline")) {
        uint32_t left_steps = r->left;
        *r = saved;
        r->left = left_steps;
        return TJ_NONE;
    }
    tj_light_next(r);
    if ((r->token == TJ_LIGHT_NAME && !tj_light_keyword(r)) || tj_light_is(r, "$")) (void)unary(r);
    uint32_t call = tj_light_call_of(r, begin, "pipe.read", left, TJ_NONE);
    tj_light_close(r, call);
    return call;
}

uint32_t tj_light_operators(struct tj_light *r, uint32_t least) {
    if (!tj_light_enter(r)) return tj_light_node(r, TJ_PY_REGEX, r->begin, r->begin);
    uint32_t left = unary(r);
    while (!r->stopped) {
        uint8_t level = 0;
        const char *sign = least <= TJ_LIGHT_ASSIGNS ? augmented(r) : NULL;
        uint32_t made = TJ_NONE;
        if (sign) {
            left = assign(r, left, sign);
            continue;
        }
        if ((tj_light_is(r, "|") || tj_light_is(r, "|&")) && tj_light_lang(r, TJ_LANG_AWK)) made = piped(r, left);
        if (made != TJ_NONE) {
            left = made;
            continue;
        }
        if (tj_light_is(r, "?") && least <= TJ_LIGHT_TERNARY && !tj_light_lang(r, TJ_LANG_LUA)) {
            left = ternary(r, left);
            continue;
        }
        if (least <= 14 && side_by_side(r)) {
            left = join(r, left, tj_light_operators(r, 15), TJ_PY_BINARY, 'c');
            continue;
        }
        uint32_t op = operator_at(r, &level);
        if (op == OPERATORS || level < least) break;
        bool concat = tj_light_lang(r, TJ_LANG_LUA) && tj_light_is(r, "..");
        tj_light_next(r);
        tj_light_skip_lines(r);
        uint32_t right = tj_light_operators(r, concat || level == UNARY ? level : level + 1u);
        left = join(r, left, right, concat ? TJ_PY_BINARY : operators[op].kind, concat ? 'c' : operators[op].op);
    }
    r->depth--;
    return left;
}

uint32_t tj_light_assignment(struct tj_light *r) { return tj_light_operators(r, TJ_LIGHT_ASSIGNS); }

uint32_t tj_light_expression(struct tj_light *r) {
    uint32_t first = tj_light_operators(r, 0), begin = tj_light_at(r, first)->begin;
    if (!tj_light_is(r, ",")) return first;
    uint32_t node = tj_light_node(r, TJ_PY_TUPLE, begin, r->end);
    tj_light_adopt(r, node, first, TJ_PY_IN_NONE);
    bool targets = tj_light_lang(r, TJ_LANG_LUA) || tj_light_lang(r, TJ_LANG_RUBY);
    while (tj_light_take(r, ",") && !r->stopped) {
        tj_light_skip_lines(r);
        uint32_t spread = tj_light_splat(r);
        tj_light_adopt(r, node,
                       spread != TJ_NONE ? spread : tj_light_operators(r, targets ? TJ_LIGHT_TERNARY : TJ_LIGHT_ASSIGNS),
                       TJ_PY_IN_NONE);
    }
    if (tj_light_is(r, "=")) return assign(r, node, "=");
    tj_light_close(r, node);
    return node;
}
