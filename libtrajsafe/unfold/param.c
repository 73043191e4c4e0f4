/* $x and ${x…}: what is known of a variable, and what the operator makes of it. */
#include "unfold/work.h"

enum { MAX_PATTERN_TEXT = 512 };

static struct tj_value constant(struct tj_str text) { return tj_value_text(text, TJ_NO_SPAN); }

static struct tj_value number(struct tj_work *w, int64_t n) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_number(&buf, n);
    return constant(tj_buf_str(&buf));
}

/* The cwd as a word: canonical where it is absolute, else as near as it is known. */
static struct tj_value cwd_value(struct tj_work *w, struct tj_str cwd) {
    const struct tj_context *context = tj_state_context(w->state);
    struct tj_value v = constant(cwd);
    if (cwd.n == 0 || cwd.p[0] == '?') return tj_value_unknown(TJ_NO_SPAN);
    if (cwd.p[0] != '@') return v;
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    if (context && context->workspaces)
        tj_buf_put(&buf, context->workspace[0]);
    else
        tj_buf_putc(&buf, '@');
    tj_buf_put(&buf, tj_str_sub(cwd, 1, cwd.n));
    v.text = tj_buf_str(&buf);
    return v;
}

static struct tj_value special(char c, const struct tj_env *env, struct tj_work *w) {
    switch (c) {
    case '0': return constant(env->frame->zero);
    case '#':
        return env->frame->known && !env->frame->lost ? number(w, (int64_t)env->frame->n) : tj_value_unknown(TJ_NO_SPAN);
    case '?':
        if (w->status < 0 || w->status > 255 || env->unsteady) return tj_value_unknown(TJ_NO_SPAN);
        return number(w, w->status);
    default: return tj_value_unknown(TJ_NO_SPAN);
    }
}

static struct tj_str joined_home(struct tj_work *w, struct tj_str home) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, home);
    tj_buf_puts(&buf, "/.bash_history");
    return tj_buf_str(&buf);
}

/* Variables that every shell has. */
static bool usual(struct tj_work *w, struct tj_str name, struct tj_value *out) {
    const struct tj_context *context = tj_state_context(w->state);
    if (tj_str_is(name, "HOME")) {
        *out = constant(context && context->home.n ? context->home : TJ_STR("~"));
    } else if (tj_str_is(name, "PWD")) {
        *out = cwd_value(w, tj_state_cwd(w->state));
    } else if (tj_str_is(name, "OLDPWD")) {
        *out = cwd_value(w, tj_state_oldcwd(w->state));
    } else if (tj_str_is(name, "BASH") || tj_str_is(name, "SHELL")) {
        *out = constant(TJ_STR("/bin/bash"));
    } else if (tj_str_is(name, "HISTFILE")) {
        *out = constant(context && context->home.n ? joined_home(w, context->home) : TJ_STR("~/.bash_history"));
    } else if (tj_str_is(name, "IFS")) {
        *out = constant(TJ_STR(" \t\n"));
    } else if (context && context->user.n && (tj_str_is(name, "USER") || tj_str_is(name, "LOGNAME"))) {
        *out = constant(context->user);
    } else {
        return false;
    }
    return true;
}

/* False: nothing is known of it. */
static bool look_up(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_value *out) {
    uint64_t at = 0;
    *out = tj_value_unknown(TJ_NO_SPAN);
    if (name.n == 0) return false;
    if (name.p[0] != '0' && tj_str_to_u64(name, &at)) {
        const struct tj_frame *frame = env->frame;
        if (frame->lost || env->unsteady) return false;
        if (at <= frame->n) *out = frame->arg[at - 1].value;
        if (at > frame->n && frame->known) *out = constant(TJ_STR(""));
        if (at > frame->n && !frame->known) out->flags |= TJ_VALUE_UNSET_OK;
        return at <= frame->n || frame->known;
    }
    if (name.n == 1 && !tj_is_name(name.p[0])) {
        *out = special(name.p[0], env, w);
        return true;
    }
    if (tj_str_is(name, "0")) {
        *out = special('0', env, w);
        return true;
    }
    const struct tj_value *v = tj_gap_find(w, name);
    if (v) {
        *out = *v;
        return true;
    }
    v = tj_state_var(w->state, name);
    if (v && env->unsteady) {
        out->carries = v->carries;
        return true;
    }
    if (v) {
        *out = *v;
        bool outside = v->flags & TJ_VALUE_IS_DYNAMIC && v->flags & TJ_VALUE_UNSET_OK && !v->text.n && !v->suffix.n;
        return !outside;
    }
    if (usual(w, name, out)) return true;
    bool generated = tj_str_is(name, "RANDOM") || tj_str_is(name, "SECONDS") || tj_str_is(name, "EPOCHSECONDS") ||
                     tj_str_is(name, "UID") || tj_str_is(name, "EUID") || tj_str_is(name, "PPID");
    if (!generated) out->flags |= TJ_VALUE_UNSET_OK;
    return generated;
}

/* $a of an array is its first element. */
static struct tj_value scalar(const struct tj_value *v) {
    struct tj_value out = *v;
    if (!(v->flags & TJ_VALUE_LIST)) return out;
    out.text = v->nset ? v->set[0] : TJ_STR("");
    out.set = NULL;
    out.nset = 0;
    out.flags &= ~TJ_VALUE_LIST;
    return out;
}

struct tj_value tj_param_value(struct tj_work *w, const struct tj_env *env, struct tj_str name) {
    struct tj_value v;
    (void)look_up(w, env, name, &v);
    return scalar(&v);
}

static void as_list(struct tj_work *w, struct tj_expansion *x, uint32_t n) {
    struct tj_value *list = tj_arena_array(w->arena, struct tj_value, n ? n : 1);
    x->is_list = true;
    x->list = list;
    x->nlist = list ? n : 0;
}

/* At the top $@ may come from outside, but ${@^^} and the like in a command line only stand there to hide it. */
static struct tj_expansion positional(struct tj_work *w, const struct tj_env *env, bool joins, bool operator_) {
    struct tj_expansion x = {.joins = joins};
    bool lost = env->frame->lost || env->unsteady;
    if (lost || (!env->frame->known && env->frame->n == 0 && !operator_)) {
        x.value = tj_value_unknown(TJ_NO_SPAN);
        x.value.flags |= TJ_VALUE_UNSET_OK | TJ_VALUE_MAY_SPLIT;
        return x;
    }
    as_list(w, &x, env->frame->n);
    for (uint32_t i = 0; i < x.nlist; i++) ((struct tj_value *)x.list)[i] = env->frame->arg[i].value;
    return x;
}

static struct tj_expansion array(struct tj_work *w, const struct tj_env *env, const struct tj_value *v,
                                 struct tj_str index) {
    struct tj_expansion x = {.value = *v};
    bool all = tj_str_is(index, "@") || tj_str_is(index, "*");
    int64_t at;
    if (!(v->flags & TJ_VALUE_LIST)) {
        x.value = all || tj_str_is(index, "0") ? *v : tj_value_unknown(v->span);
        x.value.carries = v->carries;
        return x;
    }
    if (all) {
        as_list(w, &x, v->nset);
        for (uint32_t i = 0; i < x.nlist; i++) {
            struct tj_value one = constant(v->set[i]);
            one.carries = v->carries;
            one.flags = v->flags & TJ_VALUE_IS_DYNAMIC;
            ((struct tj_value *)x.list)[i] = one;
        }
        x.joins = tj_str_is(index, "*");
    } else if (tj_arith(w, env, index, &at) && at >= -(int64_t)v->nset && at < (int64_t)v->nset) {
        x.value = constant(v->set[at < 0 ? at + v->nset : at]);
        x.value.carries = v->carries;
    } else {
        x.value = tj_value_unknown(v->span);
        x.value.carries = v->carries;
    }
    return x;
}

/* ---- operators on one constant text ----------------------------------------------------------------------------------------- */

struct operation {
    struct tj_work *w;
    const struct tj_env *env;
    char op;
    bool twice;
    struct tj_str a, b; /* operands */
    bool failed;
};

static bool is_literal(struct tj_str pattern) {
    for (uint32_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] == '*' || pattern.p[i] == '?' || pattern.p[i] == '[') return false;
    }
    return true;
}

static struct tj_str cut_front(const struct operation *o, struct tj_str s) {
    uint32_t best = TJ_NONE;
    if (is_literal(o->a)) return tj_str_starts(s, o->a) ? tj_str_sub(s, o->a.n, s.n) : s;
    for (uint32_t n = 0; n <= s.n; n++) {
        if (!tj_pattern_match(o->a, tj_str_sub(s, 0, n))) continue;
        best = n;
        if (!o->twice) break;
    }
    return best == TJ_NONE ? s : tj_str_sub(s, best, s.n);
}

static struct tj_str cut_back(const struct operation *o, struct tj_str s) {
    uint32_t best = TJ_NONE;
    if (is_literal(o->a)) return tj_str_ends(s, o->a) ? tj_str_sub(s, 0, s.n - o->a.n) : s;
    for (uint32_t n = 0; n <= s.n; n++) {
        if (!tj_pattern_match(o->a, tj_str_sub(s, s.n - n, s.n))) continue;
        best = n;
        if (!o->twice) break;
    }
    return best == TJ_NONE ? s : tj_str_sub(s, 0, s.n - best);
}

static uint32_t match_at(struct tj_str pattern, struct tj_str s, uint32_t at) {
    if (is_literal(pattern)) return tj_str_starts(tj_str_sub(s, at, s.n), pattern) ? at + pattern.n : TJ_NONE;
    for (uint32_t end = s.n; end > at; end--) {
        if (tj_pattern_match(pattern, tj_str_sub(s, at, end))) return end;
    }
    return TJ_NONE;
}

static struct tj_str replace(const struct operation *o, struct tj_str s) {
    struct tj_buf buf;
    struct tj_str pattern = o->a;
    bool front = !o->twice && pattern.n && pattern.p[0] == '#', back = !o->twice && pattern.n && pattern.p[0] == '%';
    if (front || back) pattern = tj_str_sub(pattern, 1, pattern.n);
    tj_buf_init(&buf, o->w->arena);
    bool done = pattern.n == 0;
    for (uint32_t i = 0; i < s.n;) {
        uint32_t end = done || (front && i) ? TJ_NONE : match_at(pattern, s, i);
        if (end == TJ_NONE || (back && end != s.n)) {
            tj_buf_putc(&buf, s.p[i++]);
            continue;
        }
        tj_buf_put(&buf, o->b);
        done = !o->twice;
        i = end;
    }
    struct tj_str out = tj_buf_str(&buf);
    if (!tj_work_derive(o->w, out.n, TJ_NO_SPAN)) return TJ_STR("");
    return out.p ? out : TJ_STR("");
}

static struct tj_str change_case(const struct operation *o, struct tj_str s) {
    char *p = tj_arena_dup(o->w->arena, s);
    if (!p) return s;
    for (uint32_t i = 0; i < s.n && (i == 0 || o->twice); i++) {
        char c = p[i];
        p[i] = o->op == ',' ? tj_lower(c) : (c >= 'a' && c <= 'z') ? (char)(c - 32) : c;
    }
    return tj_str_make(p, s.n);
}

static struct tj_str substring(struct operation *o, struct tj_str s) {
    int64_t at = 0, n = s.n;
    bool ok = tj_arith(o->w, o->env, o->a, &at) && (o->b.n == 0 || tj_arith(o->w, o->env, o->b, &n));
    if (!ok) return o->failed = true, s;
    if (at < 0) at += s.n;
    if (at < 0 || at > s.n) return TJ_STR("");
    int64_t end = n < 0 ? (int64_t)s.n + n : n > s.n - at ? (int64_t)s.n : at + n;
    if (end < at) end = at;
    return tj_str_sub(s, (uint32_t)at, (uint32_t)end);
}

static struct tj_str apply(struct operation *o, struct tj_str s) {
    switch (o->op) {
    case '#': return cut_front(o, s);
    case '%': return cut_back(o, s);
    case '/': return replace(o, s);
    case '^':
    case ',': return change_case(o, s);
    case ':': return substring(o, s);
    default: return s;
    }
}

static struct tj_value operate(struct operation *o, const struct tj_value *v) {
    struct tj_value out = *v;
    bool cuts = o->op != '@';
    /* Patterns are tried at every place and length. */
    bool slow = (o->op == '#' || o->op == '%' || o->op == '/') && v->text.n > MAX_PATTERN_TEXT && !is_literal(o->a);
    if (slow || !tj_work_derive(o->w, v->text.n, v->span)) o->failed = true;
    if (v->flags & TJ_VALUE_IS_DYNAMIC || o->failed) {
        bool keeps = o->op == '%' || o->op == '@'; /* what is cut off the end lies in the part that is not known */
        if (!keeps) out.text = TJ_STR("");
        if (cuts) out.suffix = TJ_STR_NONE;
        out.flags = (out.flags & ~(TJ_VALUE_IS_SET | TJ_VALUE_LIST)) | TJ_VALUE_IS_DYNAMIC;
        out.nset = 0;
        return out;
    }
    out.text = apply(o, v->text);
    if (v->nset) {
        struct tj_str *set = tj_arena_array(o->w->arena, struct tj_str, v->nset);
        for (uint32_t i = 0; set && i < v->nset; i++) set[i] = apply(o, v->set[i]);
        out.set = set;
        if (!set) out.nset = 0;
    }
    if (o->failed) return operate(o, v);
    return out;
}

static struct tj_str operand(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part, uint32_t which,
                             bool *known) {
    if (part->child + which >= part->child_end) return TJ_STR("");
    struct tj_value v = tj_word_value(w, env, part->child + which);
    if (!tj_value_known(&v)) *known = false;
    return v.text;
}

static bool defaults(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part, bool known,
                     struct tj_value *v) {
    bool some = v->flags & TJ_VALUE_IS_DYNAMIC && (v->text.n || v->suffix.n);
    bool open = known && v->flags & (TJ_VALUE_IS_SET | TJ_VALUE_IS_DYNAMIC) && !some && part->op != '?';
    if (open) { /* set or not, empty or not: one or the other */
        struct tj_value other = constant(TJ_STR("")), before = *v;
        if (part->child < part->child_end) other = tj_word_value(w, env, part->child);
        struct tj_value empty = constant(TJ_STR(""));
        if (part->op == '+') before = empty;
        *v = tj_value_either(w, &before, &other);
        v->carries |= before.carries;
        if (part->op == '=') tj_set_variable(w, env, part->text, v);
        return true;
    }
    bool constant_text = known && tj_value_known(v);
    bool empty = !known || (constant_text && v->text.n == 0 && (part->op2 == ':' || part->op2 == part->op));
    bool takes = part->op == '+' ? !empty || !known : empty;
    if (!takes) {
        if (part->op == '+') *v = constant(TJ_STR(""));
        return false;
    }
    if (part->op == '?') return false;
    uint64_t carries = known ? v->carries : 0;
    struct tj_value alternative = constant(TJ_STR(""));
    if (part->child < part->child_end) alternative = tj_word_value(w, env, part->child);
    if (part->op == '=') tj_set_variable(w, env, part->text, &alternative);
    *v = alternative;
    v->carries |= carries;
    return true;
}

static struct tj_value length(struct tj_work *w, const struct tj_expansion *x) {
    if (x->is_list) return number(w, x->nlist);
    return tj_value_known(&x->value) ? number(w, x->value.text.n) : tj_value_unknown(TJ_NO_SPAN);
}

struct tj_expansion tj_param_expand(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part) {
    struct tj_expansion x = {.value = {.span = TJ_NO_SPAN}};
    bool at = tj_str_is(part->text, "@"), star = tj_str_is(part->text, "*"), known = true;
    bool runs =
        tj_str_find(part->index, TJ_STR("$("), 0) != TJ_NOT_FOUND || tj_str_chr(part->index, '`', 0) != TJ_NOT_FOUND;
    if (runs && part->child < part->child_end) (void)tj_word_value(w, env, part->child_end - 1);
    if (at || star) {
        x = positional(w, env, star, part->op != 0);
    } else {
        struct tj_value v;
        known = look_up(w, env, part->text, &v);
        if (part->index.n)
            x = array(w, env, &v, part->index);
        else
            x.value = scalar(&v);
    }
    struct operation o = {.w = w, .env = env, .op = (char)part->op, .twice = part->op2 == part->op};
    switch (part->op) {
    case 0: return x;
    case '-':
    case '=':
    case '?':
    case '+':
        if (!x.is_list) (void)defaults(w, env, part, known, &x.value);
        return x;
    case 'L':
        x.value = length(w, &x);
        x.is_list = false;
        return x;
    case '!':
        x.odd = true;
        if (tj_value_known(&x.value)) x.value = tj_param_value(w, env, x.value.text);
        return x;
    default: break;
    }
    bool constant_operands = true;
    o.a = operand(w, env, part, 0, &constant_operands);
    o.b = operand(w, env, part, 1, &constant_operands);
    o.failed = !constant_operands;
    x.odd = part->op == ':' || part->op == '/' || part->op == '^' || part->op == ',';
    if (x.is_list && part->op == ':') {
        int64_t from = 0, n = x.nlist;
        if (tj_arith(w, env, o.a, &from) && (o.b.n == 0 || tj_arith(w, env, o.b, &n))) {
            if (at || star) from -= from > 0;
            if (from < 0 || from > x.nlist) from = x.nlist;
            x.list += from;
            x.nlist = n < 0 ? 0 : n < x.nlist - from ? (uint32_t)n : (uint32_t)(x.nlist - from);
        }
        return x;
    }
    if (!x.is_list) {
        x.value = operate(&o, &x.value);
        return x;
    }
    struct tj_value *list = (struct tj_value *)x.list;
    for (uint32_t i = 0; i < x.nlist; i++) list[i] = operate(&o, &list[i]);
    return x;
}

/* ---- tilde ----------------------------------------------------------------------------------------------------------------- */

/* ~, ~+ and ~- at the front of a word become what HOME, PWD and OLDPWD were set to; a quoted ~ is a letter. */
struct tj_str tj_front_tilde(struct tj_work *w, const struct tj_env *env, const struct tj_sh_part *part,
                             uint32_t *flags) {
    struct tj_str text = part->text;
    if (text.n == 0 || text.p[0] != '~') return text;
    if (!(part->flags & TJ_PART_TILDE)) {
        *flags |= TJ_VALUE_PLAIN_TILDE;
        return text;
    }
    uint32_t slash = tj_str_chr(text, '/', 0), end = slash == TJ_NOT_FOUND ? text.n : slash;
    bool home = end == 1 && tj_state_var(w->state, TJ_STR("HOME")) != NULL;
    bool here = end == 2 && text.p[1] == '+', there = end == 2 && text.p[1] == '-';
    if (!home && !here && !there) return text;
    struct tj_str name = home ? TJ_STR("HOME") : here ? TJ_STR("PWD") : TJ_STR("OLDPWD");
    struct tj_value v = tj_param_value(w, env, name);
    if (!tj_value_known(&v) || v.text.n == 0) return text;
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, v.text);
    tj_buf_put(&buf, tj_str_sub(text, end, text.n));
    return tj_buf_str(&buf);
}
