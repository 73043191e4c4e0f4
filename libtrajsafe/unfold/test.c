/* Tests of constants: `[ a = b ]`, `[[ $x == a* ]]`, `(( 1 < 2 ))`. Whatever is not certain is -1. */
#include "unfold/work.h"

enum { NO, YES, OPEN = -1 };

static int not_(int v) { return v < 0 ? v : !v; }

static bool plain(const struct tj_value *v) {
    return tj_value_known(v) && !(v->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_MAY_SPLIT | TJ_VALUE_IS_TEMP));
}

/* ---- operators ----------------------------------------------------------------------------------------------------------------- */

static bool integer(struct tj_str s, int64_t *out) {
    uint64_t n;
    s = tj_str_trim(s);
    bool minus = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = tj_str_sub(s, 1, s.n);
    if (s.n == 0 || !tj_str_to_u64(s, &n) || n > INT64_MAX) return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static int compare(struct tj_str op, int64_t a, int64_t b) {
    if (tj_str_is(op, "-eq")) return a == b;
    if (tj_str_is(op, "-ne")) return a != b;
    if (tj_str_is(op, "-lt")) return a < b;
    if (tj_str_is(op, "-le")) return a <= b;
    if (tj_str_is(op, "-gt")) return a > b;
    if (tj_str_is(op, "-ge")) return a >= b;
    return OPEN;
}

static bool is_compare(struct tj_str op) { return compare(op, 0, 0) != OPEN; }

/* -z and -n also of what is known only in part. */
static int unary(struct tj_str op, const struct tj_value *v) {
    bool empty = tj_str_is(op, "-z"), some = tj_str_is(op, "-n");
    if (!empty && !some) return OPEN;
    if (plain(v)) return empty ? v->text.n == 0 : v->text.n != 0;
    bool dynamic = v->flags & TJ_VALUE_IS_DYNAMIC && !(v->flags & (TJ_VALUE_LIST | TJ_VALUE_MAY_SPLIT));
    if (dynamic && (v->text.n || v->suffix.n)) return some;
    return OPEN;
}

static int binary(const struct tj_value *a, struct tj_str op, const struct tj_value *b) {
    int64_t x, y;
    if (!plain(a) || !plain(b)) return OPEN;
    if (tj_str_is(op, "=") || tj_str_is(op, "==")) return tj_str_eq(a->text, b->text);
    if (tj_str_is(op, "!=")) return !tj_str_eq(a->text, b->text);
    if (is_compare(op) && integer(a->text, &x) && integer(b->text, &y)) return compare(op, x, y);
    return OPEN;
}

static bool is_binary(struct tj_str s) {
    return tj_str_is(s, "=") || tj_str_is(s, "==") || tj_str_is(s, "!=") || is_compare(s) || tj_str_is(s, "-a") ||
           tj_str_is(s, "-o") || tj_str_is(s, "<") || tj_str_is(s, ">") || tj_str_is(s, "-nt") || tj_str_is(s, "-ot") ||
           tj_str_is(s, "-ef");
}

/* ---- [ … ] ------------------------------------------------------------------------------------------------------------------------ */

/* By the number of words, as POSIX has it. */
int tj_test_words(const struct tj_arg *argv, uint32_t argc) {
    for (uint32_t i = 0; i < argc; i++) {
        if (argv[i].value.flags & (TJ_VALUE_MAY_SPLIT | TJ_VALUE_HAS_GLOB)) return OPEN;
    }
    const struct tj_value *one = argc ? &argv[0].value : NULL;
    bool not_first = argc && plain(one) && tj_str_is(one->text, "!");
    switch (argc) {
    case 0: return NO;
    case 1: return unary(TJ_STR("-n"), one);
    case 2:
        if (!plain(one)) return OPEN;
        return not_first ? not_(tj_test_words(argv + 1, 1)) : unary(one->text, &argv[1].value);
    case 3:
        if (!plain(&argv[1].value)) return OPEN;
        if (is_binary(argv[1].value.text)) return binary(one, argv[1].value.text, &argv[2].value);
        return not_first ? not_(tj_test_words(argv + 1, 2)) : OPEN;
    case 4: return not_first ? not_(tj_test_words(argv + 1, 3)) : OPEN;
    default: return OPEN;
    }
}

/* ---- patterns --------------------------------------------------------------------------------------------------------------------- */

static bool has_special(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (strchr("*?[]\\()|@!+", s.p[i])) return true;
    }
    return false;
}

/* Nothing but unquoted text: its stars are stars. */
static bool is_bare(const struct tj_env *env, uint32_t word) {
    const struct tj_sh_word *at = &env->script->word.at[word];
    for (uint32_t i = at->part; i < at->part_end; i++) {
        const struct tj_sh_part *part = &env->script->part.at[i];
        if (part->kind != TJ_PART_LITERAL || part->flags & TJ_PART_ESCAPED) return false;
    }
    return true;
}

static bool simple_pattern(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (strchr("[]\\()|", s.p[i])) return false;
    }
    return true;
}

int tj_test_pattern(struct tj_work *w, struct tj_env *env, uint32_t word, const struct tj_value *text) {
    struct tj_value pattern = tj_word_value(w, env, word);
    bool star = pattern.text.n && is_bare(env, word);
    if (env->life && env->life->loose) return OPEN;
    for (uint32_t i = 0; star && i < pattern.text.n; i++) star = pattern.text.p[i] == '*';
    if (star && tj_value_known(&pattern)) return YES;
    if (!tj_value_known(&pattern) || !tj_value_known(text)) return OPEN;
    if (!has_special(pattern.text)) return tj_str_eq(pattern.text, text->text);
    if (!is_bare(env, word) || !simple_pattern(pattern.text)) return OPEN;
    return tj_pattern_match(pattern.text, text->text);
}

/* ---- [[ … ]] ----------------------------------------------------------------------------------------------------------------------- */

struct test {
    struct tj_work *w;
    struct tj_env *env;
    const struct tj_sh_node *node;
    uint32_t at, end;
    int depth;
    bool bad;
};

static int either(struct test *t);

static struct tj_str source(const struct test *t, uint32_t word) {
    if (word >= t->end) return TJ_STR_NONE;
    const struct tj_sh_word *at = &t->env->script->word.at[word];
    return tj_str_sub(t->env->script->source, at->begin, at->end);
}

static struct tj_value value(struct test *t, uint32_t word) {
    struct tj_value v = tj_word_value(t->w, t->env, word);
    v.flags &= ~(TJ_VALUE_HAS_GLOB | TJ_VALUE_MAY_SPLIT); /* neither split nor globbed here */
    return v;
}

static int numbers(struct test *t, struct tj_str op, const struct tj_value *a, const struct tj_value *b) {
    int64_t x = 0, y = 0;
    if (!tj_value_known(a) || !tj_value_known(b)) return OPEN;
    tj_arith_run(t->w, t->env, a);
    tj_arith_run(t->w, t->env, b);
    bool known = tj_arith(t->w, t->env, a->text, &x);
    known = tj_arith(t->w, t->env, b->text, &y) && known;
    return known ? compare(op, x, y) : OPEN;
}

static int operation(struct test *t) {
    struct tj_str op = source(t, t->at + 1);
    struct tj_value a = value(t, t->at), b;
    uint32_t right = t->at + 2;
    bool equal = tj_str_is(op, "=") || tj_str_is(op, "=="), unequal = tj_str_is(op, "!=");
    t->at += 3;
    if (equal || unequal) {
        int hit = tj_test_pattern(t->w, t->env, right, &a);
        return equal ? hit : not_(hit);
    }
    b = value(t, right);
    return is_compare(op) ? numbers(t, op, &a, &b) : OPEN;
}

static int primary(struct test *t) {
    struct tj_str s = source(t, t->at);
    if (t->at >= t->end || ++t->depth > 64) return t->bad = true, OPEN;
    int out = OPEN;
    if (tj_str_is(s, "!")) {
        t->at++;
        out = not_(primary(t));
    } else if (tj_str_is(s, "(")) {
        t->at++;
        out = either(t);
        if (!tj_str_is(source(t, t->at), ")")) t->bad = true;
        t->at++;
    } else if (is_binary(source(t, t->at + 1)) || tj_str_is(source(t, t->at + 1), "=~")) {
        out = operation(t);
    } else if (s.n == 2 && s.p[0] == '-' && tj_is_alpha(s.p[1]) && t->at + 1 < t->end) {
        struct tj_value v = value(t, t->at + 1);
        out = unary(s, &v);
        if (s.p[1] == 'v') tj_arith_run(t->w, t->env, &v);
        t->at += 2;
    } else {
        struct tj_value v = value(t, t->at++);
        out = unary(TJ_STR("-n"), &v);
    }
    t->depth--;
    return out;
}

static int both(struct test *t) {
    int out = primary(t);
    while (!t->bad && tj_str_is(source(t, t->at), "&&")) {
        t->at++;
        int right = primary(t);
        out = out == NO || right == NO ? NO : out == YES && right == YES ? YES : OPEN;
    }
    return out;
}

static int either(struct test *t) {
    int out = both(t);
    while (!t->bad && tj_str_is(source(t, t->at), "||")) {
        t->at++;
        int right = both(t);
        out = out == YES || right == YES ? YES : out == NO && right == NO ? NO : OPEN;
    }
    return out;
}

int tj_test_double(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct test t = {.w = w, .env = env, .node = node, .at = node->word, .end = node->word_end};
    int out = either(&t);
    for (; t.at < t.end; t.at++) (void)tj_word_value(w, env, t.at);
    bool loose = env->life && env->life->loose;
    return t.bad || t.at != node->word_end || loose ? OPEN : out;
}

/* ---- (( … )) ----------------------------------------------------------------------------------------------------------------------- */

int tj_test_arith(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    int64_t n = 0;
    if (node->word == node->word_end) return OPEN;
    struct tj_value v = tj_word_value(w, env, node->word);
    const struct tj_sh_word *word = &env->script->word.at[node->word];
    if (!tj_value_known(&v)) {
        tj_arith_blur(w, env, tj_str_sub(env->script->source, word->begin, word->end));
        return OPEN;
    }
    return tj_arith(w, env, v.text, &n) ? n != 0 : OPEN;
}

/* ---- exit statuses ------------------------------------------------------------------------------------------------------------------- */

/* A redirection that may fail takes the command with it. */
static bool may_fail(const struct tj_command *c) {
    for (uint32_t i = 0; i < c->redirects; i++) {
        uint8_t op = c->redirect[i].op;
        bool text = op == TJ_REDIR_HEREDOC || op == TJ_REDIR_HERESTRING;
        bool device = tj_str_is(c->redirect[i].target.text, "/dev/null");
        bool standard = (op == TJ_REDIR_DUP_OUT || op == TJ_REDIR_DUP_IN) && c->redirect[i].target.text.n == 1 &&
                        c->redirect[i].target.text.p[0] <= '2';
        if (!text && !device && !standard) return true;
    }
    return false;
}

static int from_test(int held) { return held < 0 ? TJ_STATUS_UNKNOWN : held ? 0 : 1; }

/* Only %s and %%: nothing that can be of the wrong kind. */
static bool prints_surely(const struct tj_command *c) {
    if (c->argc < 2 || !tj_value_known(&c->argv[1].value)) return false;
    struct tj_str s = c->argv[1].value.text;
    if (s.n && s.p[0] == '-') return false;
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') continue;
        if (i + 1 >= s.n || (s.p[i + 1] != 's' && s.p[i + 1] != '%')) return false;
        i++;
    }
    return true;
}

static bool all_settings(const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        bool name = s.n && (tj_is_alpha(s.p[0]) || s.p[0] == '_');
        if (!name || (tj_str_is(c->name, "alias") && tj_str_chr(s, '=', 0) == TJ_NOT_FOUND)) return false;
    }
    return true;
}

int tj_status_of(const struct tj_command *c) {
    static const char *const zero[] = {"true", ":", "echo"};
    static const char *const setting[] = {"export", "declare", "local", "typeset", "alias", "unset", "readonly"};
    uint32_t row = c->base_program;
    if (row == TJ_NONE || may_fail(c) || (c->argc && !tj_str_eq(c->argv[0].value.text, c->name)))
        return TJ_STATUS_UNKNOWN;
    if (tj_str_is(c->name, "false")) return 1;
    if (tj_str_is(c->name, "test")) return from_test(tj_test_words(c->argv + 1, c->argc - 1));
    if (tj_str_is(c->name, "[")) {
        const struct tj_value *last = &c->argv[c->argc - 1].value;
        if (c->argc < 2 || !tj_value_known(last) || !tj_str_is(last->text, "]")) return TJ_STATUS_UNKNOWN;
        return from_test(tj_test_words(c->argv + 1, c->argc - 2));
    }
    if (tj_str_is(c->name, "printf")) return prints_surely(c) ? 0 : TJ_STATUS_UNKNOWN;
    if (tj_str_is(c->name, "wait")) return c->argc == 1 ? 0 : TJ_STATUS_UNKNOWN;
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++) {
        if (tj_str_is(c->name, zero[i])) return 0;
    }
    for (size_t i = 0; i < sizeof setting / sizeof *setting; i++) {
        if (tj_str_is(c->name, setting[i])) return all_settings(c) ? 0 : TJ_STATUS_UNKNOWN;
    }
    if (tj_str_is(c->name, "set")) return c->argc > 1 && tj_str_is(c->argv[1].value.text, "--") ? 0 : TJ_STATUS_UNKNOWN;
    return TJ_STATUS_UNKNOWN;
}
