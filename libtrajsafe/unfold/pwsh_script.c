/* Statements of PowerShell: blocks, loops, functions, assignments. */
#include "unfold/pwsh.h"

static struct tj_str word_ahead(const struct tj_ps *p) {
    uint32_t n = 0;
    while (tj_is_alpha(tj_ps_peek(p, n))) n++;
    char c = tj_ps_peek(p, n);
    bool whole = n && (tj_is_space(c) || c == '(' || c == '{' || c == '\0' || c == ';');
    return tj_str_sub(p->s, p->at, whole ? p->at + n : p->at);
}

/* { … } that may not run. */
static void maybe_block(struct tj_ps *p) {
    struct tj_env inner = *p->env;
    struct tj_env *outer = p->env;
    tj_ps_space(p, true);
    if (tj_ps_peek(p, 0) != '{') return;
    p->at++;
    inner.flags |= TJ_CMD_MAYBE;
    p->env = &inner;
    tj_ps_script(p, '}');
    p->env = outer;
}

static void condition(struct tj_ps *p) {
    tj_ps_space(p, true);
    if (tj_ps_peek(p, 0) != '(') return;
    p->at++;
    (void)tj_ps_inner(p, ')');
}

/* foreach ($x in list) { … }: the block is walked once, with one of the values. */
static void for_each(struct tj_ps *p) {
    tj_ps_space(p, true);
    if (tj_ps_peek(p, 0) != '(') return;
    p->at++;
    tj_ps_space(p, true);
    uint32_t from = p->at + 1;
    if (tj_ps_peek(p, 0) != '$') {
        tj_ps_lost(p);
        return;
    }
    for (p->at++; tj_is_name(tj_ps_peek(p, 0));) p->at++;
    struct tj_str name = tj_str_sub(p->s, from, p->at);
    tj_ps_space(p, true);
    if (!tj_str_ieq(word_ahead(p), TJ_STR("in"))) {
        tj_ps_lost(p);
        return;
    }
    p->at += 2;
    tj_ps_space(p, true);
    struct tj_ps_value v = tj_ps_inner(p, ')');
    v.type = TJ_STR("");
    tj_ps_set(p, name, &v);
    maybe_block(p);
}

static void define(struct tj_ps *p) { /* function NAME { … }: its text is kept until it is called */
    tj_ps_space(p, true);
    uint32_t from = p->at, begin;
    while (p->at < p->end && !tj_is_space(tj_ps_peek(p, 0)) && tj_ps_peek(p, 0) != '{' && tj_ps_peek(p, 0) != '(')
        p->at++;
    struct tj_str name = tj_ps_row(p, tj_ps_lower(p, tj_str_sub(p->s, from, p->at)));
    tj_ps_space(p, true);
    if (tj_ps_peek(p, 0) == '(')
        while (p->at < p->end && p->s.p[p->at++] != ')') {
        }
    tj_ps_space(p, true);
    if (tj_ps_peek(p, 0) != '{') {
        tj_ps_lost(p);
        return;
    }
    struct tj_str body = tj_ps_block(p, &begin);
    tj_state_set_function(p->w->state, name, body);
}

static void skip_brackets(struct tj_ps *p) { /* param( … ) */
    uint32_t depth = 0;
    for (; p->at < p->end; p->at++) {
        depth += tj_ps_peek(p, 0) == '(';
        if (tj_ps_peek(p, 0) == ')' && --depth == 0) {
            p->at++;
            return;
        }
    }
}

static bool keyword(struct tj_ps *p) {
    static const char *const beyond[] = {"class",         "enum", "using",    "workflow",
                                         "configuration", "data", "parallel", "sequence"};
    static const char *const conditional[] = {"if", "elseif", "while", "until", "for", "switch"};
    static const char *const blocks[] = {"else", "try", "catch", "finally", "do", "begin", "process", "end", "trap"};
    static const char *const leads[] = {"return", "throw", "exit", "break", "continue"};
    struct tj_str word = word_ahead(p);
    if (word.n == 0) return false;
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        if (!tj_str_ieq(word, tj_str_of(beyond[i]))) continue;
        tj_ps_lost(p);
        return true;
    }
    for (size_t i = 0; i < sizeof conditional / sizeof *conditional; i++) {
        if (!tj_str_ieq(word, tj_str_of(conditional[i]))) continue;
        p->at += word.n;
        condition(p);
        maybe_block(p);
        return true;
    }
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (!tj_str_ieq(word, tj_str_of(blocks[i]))) continue;
        p->at += word.n;
        tj_ps_space(p, true);
        while (tj_ps_peek(p, 0) == '[') /* catch [Type] */
            while (p->at < p->end && p->s.p[p->at++] != ']') {
            }
        maybe_block(p);
        return true;
    }
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (!tj_str_ieq(word, tj_str_of(leads[i]))) continue;
        p->at += word.n;
        return true; /* what follows is a statement of its own */
    }
    bool function = tj_str_ieq(word, TJ_STR("function")) || tj_str_ieq(word, TJ_STR("filter"));
    bool param = tj_str_ieq(word, TJ_STR("param")), loop = tj_str_ieq(word, TJ_STR("foreach"));
    uint32_t was = p->at;
    if (!function && !param && !loop) return false;
    p->at += word.n;
    tj_ps_space(p, true);
    if (loop && tj_ps_peek(p, 0) != '(') { /* the alias of ForEach-Object */
        p->at = was;
        return false;
    }
    if (function) define(p);
    if (param) skip_brackets(p);
    if (loop) for_each(p);
    return true;
}

/* $x = …, $env:X = …, $x += …: the name, and p->at behind the sign; or nothing. */
static struct tj_str assignment(struct tj_ps *p, bool *adds) {
    uint32_t was = p->at;
    while (tj_ps_peek(p, 0) == '[') { /* [string]$x = */
        while (p->at < p->end && p->s.p[p->at++] != ']') {
        }
        tj_ps_space(p, false);
    }
    struct tj_str none = TJ_STR_NONE, name;
    if (tj_ps_peek(p, 0) != '$') {
        p->at = was;
        return none;
    }
    uint32_t from = ++p->at;
    if (tj_ps_peek(p, 0) == '{') {
        while (p->at < p->end && p->s.p[p->at++] != '}') {
        }
        name = tj_str_sub(p->s, from + 1, p->at - 1);
    } else {
        while (tj_is_name(tj_ps_peek(p, 0)) || (tj_ps_peek(p, 0) == ':' && tj_is_name(tj_ps_peek(p, 1)))) p->at++;
        name = tj_str_sub(p->s, from, p->at);
    }
    tj_ps_space(p, false);
    *adds = tj_ps_peek(p, 0) == '+' && tj_ps_peek(p, 1) == '=';
    p->at += *adds ? 1 : 0;
    if (name.n && tj_ps_peek(p, 0) == '=' && tj_ps_peek(p, 1) != '=') {
        p->at++;
        tj_ps_space(p, true);
        return name;
    }
    p->at = was;
    return none;
}

static void statement(struct tj_ps *p) {
    bool adds;
    uint32_t from = p->at;
    if (keyword(p)) return;
    struct tj_str name = assignment(p, &adds);
    if (!name.n) {
        struct tj_ps_value v = tj_ps_pipeline(p);
        if (p->env->capture && p->lost == TJ_NONE) tj_capture_add(p->w, p->env->capture, &v.v);
        return;
    }
    struct tj_ps_value v;
    if (adds) {
        struct tj_ps old = *p;
        old.at = from;
        struct tj_ps_value before = tj_ps_operand(&old);
        v = tj_ps_binary(p, TJ_STR("+"), before, tj_ps_pipeline(p));
    } else {
        struct tj_env inner = *p->env;
        struct tj_env *outer = p->env;
        inner.capture = NULL;
        p->env = &inner;
        v = tj_ps_pipeline(p);
        p->env = outer;
    }
    if (p->lost == TJ_NONE) tj_ps_set(p, name, &v);
}

/* The next place where a statement may begin. */
static void skip_statement(struct tj_ps *p) {
    while (p->at < p->end && tj_ps_peek(p, 0) != '\n' && tj_ps_peek(p, 0) != ';') p->at++;
}

void tj_ps_script(struct tj_ps *p, char close) {
    if (!tj_work_deeper(p->w, (struct tj_span){p->text, p->at, p->end})) {
        p->at = p->end;
        return;
    }
    while (tj_work_step(p->w)) {
        tj_ps_space(p, true);
        if (p->at >= p->end) break;
        if (close && tj_ps_peek(p, 0) == close) {
            p->at++;
            break;
        }
        if (tj_ps_peek(p, 0) == ';' || (tj_ps_peek(p, 0) == '&' && tj_ps_peek(p, 1) == '&') ||
            (tj_ps_peek(p, 0) == '|' && tj_ps_peek(p, 1) == '|')) {
            p->at += tj_ps_peek(p, 0) == ';' ? 1 : 2;
            continue;
        }
        uint32_t before = p->at;
        statement(p);
        tj_ps_space(p, false);
        bool ends = tj_ps_ends(p);
        if (p->lost == TJ_NONE && ends && p->at > before) {
            if (tj_ps_peek(p, 0) == '&' && tj_ps_peek(p, 1) != '&') p->at++; /* a job */
            continue;
        }
        if (p->lost == TJ_NONE && p->at > before && p->at < p->end && p->s.p[p->at - 1] == '}') continue;
        if (p->lost == TJ_NONE && p->at > before && word_ahead(p).n) continue;
        if (p->at <= before) p->at = before + 1;
        skip_statement(p);
        tj_work_unknown(p->w, TJ_REASON_DIALECT, (struct tj_span){p->text, before, p->at});
        p->lost = TJ_NONE;
    }
    tj_work_higher(p->w);
}

void tj_walk_pwsh(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_env inner = *env;
    struct tj_str s = w->out->texts.text.at[text].bytes;
    struct tj_ps p = {.w = w, .env = &inner, .s = s, .text = text, .end = s.n, .lost = TJ_NONE};
    inner.text = text;
    inner.dialect = TJ_DIALECT_PWSH;
    if (inner.pipeline == TJ_NONE) inner.pipeline = w->pipelines++;
    if (inner.flow == TJ_NONE) inner.flow = inner.pipeline;
    tj_ps_script(&p, '\0');
}
