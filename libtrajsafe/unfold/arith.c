/* Arithmetic of the shell: constants, variables, assignments. What is not known spreads; what is assigned is kept. */
#include "unfold/work.h"

enum { MAX_TEXT = 1024, MAX_NESTED = 8, MAX_PARENTHESES = 64 };

struct number {
    int64_t at;
    bool known;
};
/* What an operand stands for, when it can be assigned to. */
struct place {
    struct tj_str name;  /* empty: none */
    struct tj_str index; /* of name[…]; empty: not known */
    bool element;        /* name[…] */
};
struct arith {
    struct tj_work *w;
    const struct tj_env *env;
    struct tj_str s;
    uint32_t at;
    int depth, nested;
    bool bad;
    uint8_t skip;  /* 1: not evaluated; */
    uint8_t maybe; /* evaluated or not: what is assigned is not known afterwards */
};

static struct number comma(struct arith *a);
static struct number assignment(struct arith *a);
static struct number evaluate(struct tj_work *w, const struct tj_env *env, struct tj_str text, int nested, bool *bad);

static struct number constant(int64_t n) { return (struct number){n, true}; }
static struct number unknown(void) { return (struct number){0, false}; }

static char peek(const struct arith *a, uint32_t n) { return a->at + n < a->s.n ? a->s.p[a->at + n] : '\0'; }

static void skip_space(struct arith *a) {
    while (a->at < a->s.n && tj_is_space(a->s.p[a->at])) a->at++;
}

static struct number fail(struct arith *a) {
    a->bad = true;
    a->at = a->s.n;
    return unknown();
}

/* ---- operands --------------------------------------------------------------------------------------------------------------- */

static int digit_of(char c, int base) {
    if (tj_is_digit(c)) return c - '0';
    if (c == '@') return 62;
    if (c == '_') return 63;
    if (!tj_is_alpha(c)) return 99;
    bool capital = c >= 'A' && c <= 'Z';
    return capital && base > 36 ? c - 'A' + 36 : tj_lower(c) - 'a' + 10;
}

/* 10, 0x10, 010, 36#z */
static struct number literal(struct arith *a) {
    uint64_t n = 0;
    int base = 10;
    if (peek(a, 0) == '0' && a->at + 1 < a->s.n) {
        bool hex = tj_lower(peek(a, 1)) == 'x';
        base = hex ? 16 : 8;
        a->at += hex ? 2 : 1;
    }
    for (bool chosen = base != 10; a->at < a->s.n; a->at++) {
        if (peek(a, 0) == '#' && !chosen && n >= 2 && n <= 64) {
            base = (int)n;
            n = 0;
            chosen = true;
            continue;
        }
        int digit = digit_of(peek(a, 0), base);
        if (digit >= base && (tj_is_name(peek(a, 0)) || peek(a, 0) == '@' || peek(a, 0) == '#')) return fail(a);
        if (digit >= base) break;
        n = n * (uint64_t)base + (uint64_t)digit;
    }
    return constant((int64_t)n);
}

/* x='a[$(id)]'; $((x)): bash expands the index once more, and that runs it. */
static bool runs_text(struct tj_str s) {
    return tj_str_find(s, TJ_STR("$("), 0) != TJ_NOT_FOUND || tj_str_chr(s, '`', 0) != TJ_NOT_FOUND;
}

void tj_arith_run(struct tj_work *w, const struct tj_env *env, const struct tj_value *v) {
    struct tj_env inner = *env;
    struct tj_buf buf;
    if (!runs_text(v->text)) return;
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, ": \"");
    tj_buf_put(&buf, v->text);
    tj_buf_puts(&buf, "\"");
    struct tj_nest nest = {.text = *v, .lang = TJ_LANG_SHELL, .layer = TJ_LAYER_WORD, .how = TJ_NEST_HERE};
    nest.text.text = tj_buf_str(&buf);
    nest.label = TJ_STR("arithmetic");
    nest.dialect = env->dialect;
    inner.capture = NULL;
    tj_nest_text(w, &inner, &nest);
}

/* The text of a variable is an expression itself. */
static struct number number_of(struct arith *a, const struct tj_value *v) {
    if (!tj_value_known(v)) return unknown();
    if (runs_text(v->text)) {
        tj_arith_run(a->w, a->env, v);
        return unknown();
    }
    struct tj_str s = tj_str_trim(v->text);
    bool bad = false;
    if (s.n == 0) return constant(0);
    if (a->nested >= MAX_NESTED || v->text.n > MAX_TEXT) return unknown();
    struct number n = evaluate(a->w, a->env, s, a->nested + 1, &bad);
    if (bad) {
        a->bad = true;
        return unknown();
    }
    return n;
}

static struct tj_str decimal(struct tj_work *w, int64_t n) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_number(&buf, n);
    return tj_buf_str(&buf);
}

static struct number element(struct arith *a, const struct place *place) {
    if (!place->index.n) return unknown();
    struct tj_value v = tj_var_element(a->w, a->env, place->name, place->index);
    return number_of(a, &v);
}

/* The subscript at hand; of an associative array it is a text. */
static void read_index(struct arith *a, struct place *place) {
    const struct tj_value *v = tj_state_var(a->w->state, place->name);
    uint32_t begin = ++a->at;
    place->element = true;
    if (v && v->flags & TJ_VALUE_ASSOC) {
        uint32_t end = tj_str_chr(a->s, ']', begin);
        a->at = end == TJ_NOT_FOUND ? a->s.n : end;
        place->index = tj_str_sub(a->s, begin, a->at);
        return;
    }
    struct number index = comma(a);
    if (index.known) place->index = decimal(a->w, index.at);
}

/* `=` follows: what the name was does not count. */
static bool is_assigned(const struct arith *a) {
    uint32_t at = a->at;
    while (at < a->s.n && tj_is_space(a->s.p[at])) at++;
    return at < a->s.n && a->s.p[at] == '=' && !(at + 1 < a->s.n && a->s.p[at + 1] == '=');
}

static struct number name_value(struct arith *a, struct place *place) {
    uint32_t begin = a->at;
    while (a->at < a->s.n && tj_is_name(a->s.p[a->at])) a->at++;
    place->name = tj_str_sub(a->s, begin, a->at);
    if (peek(a, 0) == '[') {
        read_index(a, place);
        if (peek(a, 0) != ']') return fail(a);
        a->at++;
        return a->skip || is_assigned(a) ? unknown() : element(a, place);
    }
    if (a->skip || is_assigned(a)) return unknown();
    struct tj_value v = tj_param_value(a->w, a->env, place->name);
    return number_of(a, &v);
}

static void assign(struct arith *a, const struct place *place, struct number n) {
    if (a->skip || a->bad) return;
    struct tj_value v = tj_value_unknown(TJ_NO_SPAN);
    if (n.known && !a->maybe) v = tj_value_text(decimal(a->w, n.at), TJ_NO_SPAN);
    if (place->element && place->index.n == 0)
        tj_set_variable(a->w, a->env, place->name, &v);
    else
        tj_var_assign(a->w, a->env, place->name, place->index, &v, false);
}

static struct number step(struct arith *a, const struct place *place, struct number n, char sign) {
    if (!place->name.n) return fail(a);
    n.at = (int64_t)((uint64_t)n.at + (sign == '+' ? 1u : UINT64_MAX));
    assign(a, place, n);
    return n;
}

static struct number operand(struct arith *a, struct place *place) {
    skip_space(a);
    if (a->at >= a->s.n || ++a->depth > MAX_PARENTHESES) return fail(a);
    char c = peek(a, 0);
    struct number n;
    bool doubled = (c == '+' || c == '-') && peek(a, 1) == c && (tj_is_name(peek(a, 2)) && !tj_is_digit(peek(a, 2)));
    if (doubled) {
        struct place inner = {.element = false};
        a->at += 2;
        n = name_value(a, &inner);
        n = step(a, &inner, n, c);
    } else if (c == '(') {
        a->at++;
        n = comma(a);
        if (peek(a, 0) != ')') return fail(a);
        a->at++;
    } else if (c == '-' || c == '+' || c == '~' || c == '!') {
        struct place none = {.element = false};
        a->at++;
        n = operand(a, &none);
        n.at = c == '-' ? (int64_t)(0 - (uint64_t)n.at) : c == '~' ? ~n.at : c == '!' ? !n.at : n.at;
    } else if (tj_is_digit(c)) {
        n = literal(a);
    } else if (tj_is_name(c)) {
        n = name_value(a, place);
        skip_space(a);
        c = peek(a, 0);
        if ((c == '+' || c == '-') && peek(a, 1) == c) {
            a->at += 2;
            (void)step(a, place, n, c);
            place->name = TJ_STR_NONE;
        }
    } else {
        return fail(a);
    }
    a->depth--;
    return n;
}

/* ---- operators --------------------------------------------------------------------------------------------------------------- */

enum { OP_OR = 1, OP_AND, OP_EQ, OP_NE, OP_LE, OP_GE, OP_SHL, OP_SHR, OP_POW };
static const struct {
    char text[3];
    char op;
    int level; /* higher binds tighter */
} operators[] = {{"||", OP_OR, 1}, {"&&", OP_AND, 2}, {"==", OP_EQ, 6},  {"!=", OP_NE, 6},   {"<=", OP_LE, 7},
                 {">=", OP_GE, 7}, {"<<", OP_SHL, 8}, {">>", OP_SHR, 8}, {"**", OP_POW, 11}, {"|", '|', 3},
                 {"^", '^', 4},    {"&", '&', 5},     {"<", '<', 7},     {">", '>', 7},      {"+", '+', 9},
                 {"-", '-', 9},    {"*", '*', 10},    {"/", '/', 10},    {"%", '%', 10}};

/* The binary operator at `at`; -1: none, or it is part of an assignment. */
static int operator_at(struct arith *a, char *op, uint32_t *n) {
    skip_space(a);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        uint32_t len = operators[i].text[1] ? 2 : 1;
        if (peek(a, 0) != operators[i].text[0] || (len == 2 && peek(a, 1) != operators[i].text[1])) continue;
        bool compares = operators[i].level == 6 || operators[i].level == 7;
        if (peek(a, len) == '=' && !compares && operators[i].level > 2) return -1;
        *op = operators[i].op;
        *n = len;
        return operators[i].level;
    }
    return -1;
}

static int64_t power(uint64_t x, int64_t y) {
    uint64_t r = 1;
    for (uint64_t e = (uint64_t)y; e; e >>= 1, x *= x) {
        if (e & 1) r *= x;
    }
    return (int64_t)r;
}

static struct number apply(struct arith *a, char op, struct number l, struct number r) {
    uint64_t x = (uint64_t)l.at, y = (uint64_t)r.at;
    if (!l.known || !r.known) return unknown();
    switch (op) {
    case OP_EQ: return constant(l.at == r.at);
    case OP_NE: return constant(l.at != r.at);
    case OP_LE: return constant(l.at <= r.at);
    case OP_GE: return constant(l.at >= r.at);
    case '<': return constant(l.at < r.at);
    case '>': return constant(l.at > r.at);
    case OP_SHL: return constant((int64_t)(x << (y & 63)));
    case OP_SHR: return constant(l.at < 0 ? ~(int64_t)(~x >> (y & 63)) : (int64_t)(x >> (y & 63)));
    case OP_POW: return r.at < 0 ? fail(a) : constant(power(x, r.at));
    case '|': return constant((int64_t)(x | y));
    case '^': return constant((int64_t)(x ^ y));
    case '&': return constant((int64_t)(x & y));
    case '+': return constant((int64_t)(x + y));
    case '-': return constant((int64_t)(x - y));
    case '*': return constant((int64_t)(x * y));
    default:
        if (r.at == 0 && !a->skip) return fail(a);
        if (r.at == 0 || (l.at == INT64_MIN && r.at == -1)) return unknown();
        return constant(op == '/' ? l.at / r.at : l.at % r.at);
    }
}

static struct number binary(struct arith *a, int level, struct place *place);

/* The right side of && or ||: not evaluated, perhaps evaluated, or evaluated. */
static struct number right_of(struct arith *a, char op, struct number left, int level) {
    struct place none = {.element = false};
    bool skips = left.known && (op == OP_OR ? left.at != 0 : left.at == 0);
    a->skip = (uint8_t)(a->skip + skips);
    a->maybe = (uint8_t)(a->maybe + !left.known);
    struct number right = binary(a, level + 1, &none);
    a->skip = (uint8_t)(a->skip - skips);
    a->maybe = (uint8_t)(a->maybe - !left.known);
    if (skips) return constant(op == OP_OR);
    if (right.known && (op == OP_OR ? right.at != 0 : right.at == 0)) return constant(op == OP_OR);
    if (!left.known || !right.known) return unknown();
    return constant(right.at != 0);
}

static struct number binary(struct arith *a, int level, struct place *place) {
    struct number left = operand(a, place);
    char op = 0;
    uint32_t n = 0;
    for (int found; !a->bad && (found = operator_at(a, &op, &n)) >= level;) {
        struct place none = {.element = false};
        place->name = TJ_STR_NONE;
        a->at += n;
        if (++a->depth > MAX_PARENTHESES) return fail(a);
        if (op == OP_OR || op == OP_AND)
            left = right_of(a, op, left, found);
        else
            left = apply(a, op, left, binary(a, op == OP_POW ? found : found + 1, &none));
        a->depth--;
    }
    return left;
}

static struct number conditional(struct arith *a, struct place *place) {
    struct number n = binary(a, 1, place);
    skip_space(a);
    if (a->bad || peek(a, 0) != '?') return n;
    place->name = TJ_STR_NONE;
    a->at++;
    bool no = n.known && !n.at, yes = n.known && n.at;
    a->skip = (uint8_t)(a->skip + no);
    a->maybe = (uint8_t)(a->maybe + !n.known);
    struct number first = comma(a);
    a->skip = (uint8_t)(a->skip - no);
    if (peek(a, 0) != ':') return fail(a);
    a->at++;
    a->skip = (uint8_t)(a->skip + yes);
    struct number second = assignment(a);
    a->skip = (uint8_t)(a->skip - yes);
    a->maybe = (uint8_t)(a->maybe - !n.known);
    return yes ? first : no ? second : first.known && second.known && first.at == second.at ? first : unknown();
}

static struct number assignment(struct arith *a) {
    struct place place = {.element = false};
    if (++a->depth > MAX_PARENTHESES) return fail(a);
    struct number left = conditional(a, &place);
    skip_space(a);
    char op = peek(a, 0);
    uint32_t n = (op == '<' || op == '>') && peek(a, 1) == op ? 2 : 1;
    bool plain = op == '=' && peek(a, 1) != '=';
    bool compound = op && strchr("*/%+-<>&^|", op) && peek(a, n) == '=';
    if (!a->bad && (plain || compound)) {
        if (!place.name.n) return fail(a);
        a->at += plain ? 1 : n + 1;
        struct number right = assignment(a);
        left = plain ? right : apply(a, n == 2 ? (op == '<' ? OP_SHL : OP_SHR) : op, left, right);
        assign(a, &place, left);
    }
    a->depth--;
    return left;
}

static struct number comma(struct arith *a) {
    struct number n = assignment(a);
    for (skip_space(a); !a->bad && peek(a, 0) == ','; skip_space(a)) {
        a->at++;
        n = assignment(a);
    }
    return n;
}

static struct number evaluate(struct tj_work *w, const struct tj_env *env, struct tj_str text, int nested, bool *bad) {
    struct arith a = {.w = w, .env = env, .s = text, .nested = nested};
    struct number n = text.n > MAX_TEXT ? unknown() : tj_str_trim(text).n ? comma(&a) : constant(0);
    if (text.n <= MAX_TEXT) skip_space(&a);
    *bad = a.bad || (text.n <= MAX_TEXT && a.at < text.n);
    return n;
}

/* Names that a text assigns, when it cannot be evaluated: afterwards they are not known. */
void tj_arith_blur(struct tj_work *w, const struct tj_env *env, struct tj_str text) {
    struct tj_value v = tj_value_unknown(TJ_NO_SPAN);
    for (uint32_t i = 0; i < text.n; i++) {
        if (!tj_is_name(text.p[i]) || tj_is_digit(text.p[i])) continue;
        uint32_t begin = i, end;
        while (i < text.n && tj_is_name(text.p[i])) i++;
        for (end = i; end < text.n && tj_is_space(text.p[end]); end++) {
        }
        struct tj_str rest = tj_str_sub(text, end, end + 3 < text.n ? end + 3 : text.n);
        bool around = begin > 1 && (text.p[begin - 1] == '+' || text.p[begin - 1] == '-');
        bool element = rest.n && rest.p[0] == '[';
        bool set = tj_str_chr(rest, '=', 0) != TJ_NOT_FOUND || tj_str_starts(rest, TJ_STR("++")) ||
                   tj_str_starts(rest, TJ_STR("--"));
        if (around || element || set) tj_set_variable(w, env, tj_str_sub(text, begin, i), &v);
        i--;
    }
}

bool tj_arith(struct tj_work *w, const struct tj_env *env, struct tj_str text, int64_t *out) {
    bool bad = false;
    w->steps += text.n / 16;
    if (text.n > MAX_TEXT) tj_arith_blur(w, env, text);
    struct number n = evaluate(w, env, text, 0, &bad);
    *out = n.at;
    return n.known && !bad;
}

struct tj_str tj_arith_bare(struct tj_work *w, struct tj_str text) {
    struct tj_buf buf;
    if (tj_str_chr(text, '"', 0) == TJ_NOT_FOUND) return text;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < text.n; i++) {
        if (text.p[i] != '"') tj_buf_putc(&buf, text.p[i]);
    }
    struct tj_str s = tj_buf_str(&buf);
    return s.p ? s : TJ_STR("");
}
