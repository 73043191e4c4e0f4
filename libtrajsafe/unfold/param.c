/* $x and ${x…}: which variable, which elements, and what the operator makes of them. */
#include "unfold/operate.h"

static struct tj_value constant(struct tj_str text) { return tj_value_text(text, TJ_NO_SPAN); }

static struct tj_value number(struct tj_work *w, int64_t n) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_number(&buf, n);
    return constant(tj_buf_str(&buf));
}

/* What an expansion is about: a name, perhaps with a subscript. */
struct target {
    struct tj_str name, index;
    bool positional, joins; /* $@ and $*, or [@] and [*]: joins */
    bool all;
};

static struct target target_of(struct tj_str name, struct tj_str index) {
    struct target t = {name, index, .positional = false};
    bool star = tj_str_is(index, "*") || tj_str_is(name, "*");
    t.positional = name.n == 1 && (name.p[0] == '@' || name.p[0] == '*');
    t.all = t.positional || star || tj_str_is(index, "@");
    t.joins = star;
    return t;
}

static void as_list(struct tj_work *w, struct tj_expansion *x, uint32_t n) {
    struct tj_value *list = tj_arena_array(w->arena, struct tj_value, n ? n : 1);
    x->is_list = true;
    x->list = list;
    x->nlist = list ? n : 0;
}

/* ${*^^}, ${@#x}, ${!@}: a command line with several of them means nothing by any of its $*. */
static bool noisy(struct tj_work *w) {
    if (w->noise) return w->noise == 2;
    struct tj_str s = w->root ? w->root->source : TJ_STR_NONE;
    uint32_t n = 0;
    if (w->root_text != TJ_NONE && w->root_text < w->out->texts.text.n) s = w->out->texts.text.at[w->root_text].bytes;
    for (uint32_t at = 0; n < 3 && (at = tj_str_find(s, TJ_STR("${"), at)) != TJ_NOT_FOUND; at += 2) {
        uint32_t name = at + 2 < s.n && s.p[at + 2] == '!' ? at + 3 : at + 2;
        bool all = name + 1 < s.n && (s.p[name] == '@' || s.p[name] == '*');
        n += all && (name > at + 2 || strchr("#%/^,~", s.p[name + 1]));
    }
    w->noise = n == 3 ? 2 : 1;
    return w->noise == 2;
}

/* At the top $@ may come from outside, but ${@^^} and the like in a command line only stand there to hide it. */
static struct tj_expansion positional(struct tj_work *w, const struct tj_env *env, bool joins, bool operator_) {
    struct tj_expansion x = {.joins = joins};
    bool lost = env->frame->lost || env->unsteady;
    bool empty = operator_ || (!env->frame->known && noisy(w));
    if (lost || (!env->frame->known && (env->frame->n || !empty))) {
        x.value = tj_value_unknown(TJ_NO_SPAN);
        x.value.flags |= TJ_VALUE_UNSET_OK | TJ_VALUE_MAY_SPLIT;
        x.many = !joins;
        return x;
    }
    as_list(w, &x, env->frame->n);
    for (uint32_t i = 0; i < x.nlist; i++) ((struct tj_value *)x.list)[i] = env->frame->arg[i].value;
    return x;
}

/* Bash lists associative arrays in the order of its hash table: with more than one element it is not known. */
static struct tj_expansion whole_list(struct tj_work *w, const struct tj_value *v, bool joins, bool keys) {
    struct tj_expansion x = {.joins = joins};
    if (v->flags & TJ_VALUE_LIST) {
        bool unordered = v->flags & TJ_VALUE_ASSOC && v->nset > 1;
        if (unordered || (v->flags & TJ_VALUE_IS_DYNAMIC && v->nset == 0)) {
            x.value = tj_value_unknown(v->span);
            x.value.carries = v->carries;
            x.value.flags |= TJ_VALUE_MAY_SPLIT;
            x.many = !joins;
            return x;
        }
        as_list(w, &x, v->nset);
        for (uint32_t i = 0; i < x.nlist; i++)
            ((struct tj_value *)x.list)[i] = keys ? constant(tj_list_key(w, v, i)) : tj_list_element(v, i);
        return x;
    }
    if (v->flags & TJ_VALUE_UNSET) {
        as_list(w, &x, 0);
        return x;
    }
    if (!tj_value_known(v) && !v->nset) { /* an array from outside */
        x.value = *v;
        x.many = !joins;
        return x;
    }
    as_list(w, &x, 1);
    if (x.nlist) ((struct tj_value *)x.list)[0] = keys ? constant(TJ_STR("0")) : *v;
    return x;
}

/* Subscripts with expansions in them were read as a word: its text stands for them. */
static bool index_text(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part, struct tj_str *out) {
    *out = part->index;
    if (!tj_part_index_expands(part)) return true;
    struct tj_value v = tj_word_value(w, env, part->child_end - 1);
    bool quoted = tj_str_chr(v.text, '"', 0) != TJ_NOT_FOUND || tj_str_chr(v.text, '\'', 0) != TJ_NOT_FOUND;
    struct tj_str s = part->index;
    bool whole = s.n > 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' && tj_str_chr(s, '"', 1) == s.n - 1;
    if (!tj_value_known(&v)) return false;
    *out = v.text;
    if (whole && v.text.n >= 2) *out = tj_str_sub(v.text, 1, v.text.n - 1);
    return whole || !quoted;
}

static struct tj_expansion expand_target(struct tj_work *w, struct tj_env *env, const struct target *t, bool keys,
                                         bool operator_, bool *known) {
    struct tj_expansion x = {.value = {.span = TJ_NO_SPAN}};
    struct tj_value v;
    *known = true;
    if (t->positional) return positional(w, env, t->joins, operator_);
    *known = tj_var_find(w, env, t->name, &v);
    if (t->all) {
        x = whole_list(w, &v, t->joins, keys);
    } else if (t->index.n) {
        x.value = tj_value_at(w, env, &v, t->index);
    } else {
        x.value = tj_value_scalar(&v);
    }
    return x;
}

/* ${!x}: the name is what x holds. False: not known. */
static bool follow(struct tj_work *w, struct tj_env *env, struct target *t) {
    struct tj_value v;
    const struct tj_value *kept = tj_state_var(w->state, t->name);
    if (kept && kept->flags & TJ_VALUE_REFERS) return false;
    (void)tj_var_find(w, env, t->name, &v);
    v = t->index.n ? tj_value_at(w, env, &v, t->index) : tj_value_scalar(&v);
    if (!tj_value_known(&v) || v.text.n == 0) return false;
    uint32_t open = tj_str_chr(v.text, '[', 0);
    bool element = open != TJ_NOT_FOUND && v.text.p[v.text.n - 1] == ']';
    struct tj_str name = element ? tj_str_sub(v.text, 0, open) : v.text;
    struct tj_str index = element ? tj_str_sub(v.text, open + 1, v.text.n - 1) : TJ_STR_NONE;
    *t = target_of(tj_arena_copy(w->arena, name), tj_arena_copy(w->arena, index));
    return tj_str_chr(index, '$', 0) == TJ_NOT_FOUND;
}

/* ---- defaults ------------------------------------------------------------------------------------------------------------- */

/* Whether what was found counts as set and, where that matters, not empty. -1: not known. */
static int is_there(const struct tj_expansion *x, bool known, bool kept, bool colon) {
    if (x->is_list) {
        uint32_t bytes = x->nlist > 1 ? x->nlist - 1 : 0;
        for (uint32_t i = 0; i < x->nlist; i++) {
            if (!tj_value_known(&x->list[i])) return -1;
            bytes += x->list[i].text.n;
        }
        return colon ? bytes > 0 : x->nlist > 0;
    }
    if (!known) return x->value.flags & TJ_VALUE_UNSET_OK && !kept ? 0 : -1;
    if (x->value.flags & TJ_VALUE_UNSET) return 0;
    if (x->value.flags & TJ_VALUE_IS_SET && x->value.flags & TJ_VALUE_UNSET_OK) return -1;
    if (x->value.flags & TJ_VALUE_IS_DYNAMIC) return x->value.text.n || x->value.suffix.n ? 1 : -1;
    for (uint32_t i = 0; i < x->value.nset && x->value.flags & TJ_VALUE_IS_SET; i++) {
        if (colon && x->value.set[i].n == 0) return -1;
    }
    return !colon || x->value.text.n || x->value.nset;
}

/* ${x:-d} and its kin. *word: the operand takes the place, with its own quoting. */
static void defaults(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part, const struct target *t,
                     bool known, struct tj_expansion *x) {
    bool kept = t->index.n == 0 && tj_state_var(w->state, t->name) != NULL;
    int there = is_there(x, known, kept, part->op2 == ':');
    bool plus = part->op == '+', operand = part->child < part->child_end - (tj_part_index_expands(part) ? 1u : 0u);
    struct tj_value old = x->value;
    if (part->op == '?') { /* the message is made before the shell ends */
        if (part->child < part->child_end) (void)tj_word_value(w, env, part->child);
        return;
    }
    if (plus && !known && !x->is_list) there = -1;
    if (there == (plus ? 0 : 1)) {
        if (!plus) return;
        bool none_ = x->is_list && !x->joins;
        *x = (struct tj_expansion){.value = constant(TJ_STR("")), .is_list = none_};
        return;
    }
    if (there < 0) {
        tj_state_enter(w->state); /* what it assigns may not be assigned */
        struct tj_value other = operand ? tj_word_value(w, env, part->child) : constant(TJ_STR("")), kept_;
        (void)tj_value_keep(w->arena, &other, &kept_);
        other = kept_;
        tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
        struct tj_value none = constant(TJ_STR(""));
        bool list = x->is_list || x->many;
        *x = (struct tj_expansion){.value = tj_value_either(w, plus ? &none : &old, &other)};
        x->many = list;
        if (!plus && !tj_value_known(&old) && !old.nset) {
            x->value = tj_value_unknown(old.span);
            x->value.carries = old.carries | other.carries;
        }
        if (list || !tj_value_known(&old)) x->value.flags |= TJ_VALUE_MAY_SPLIT;
        if (part->op == '=') tj_var_assign(w, env, t->name, t->index, &x->value, false);
        return;
    }
    *x = (struct tj_expansion){.value = constant(TJ_STR(""))};
    if (!operand) {
        if (part->op == '=') tj_var_assign(w, env, t->name, t->index, &x->value, false);
        return;
    }
    if (part->op == '=') {
        x->value = tj_word_value(w, env, part->child);
        tj_var_assign(w, env, t->name, t->index, &x->value, false);
        return;
    }
    x->word = part->child;
    x->is_word = true;
    x->value.carries = known ? old.carries : 0;
}

static struct tj_value length(struct tj_work *w, const struct tj_expansion *x) {
    if (x->is_list) return number(w, x->nlist);
    if (x->value.nset || !tj_value_known(&x->value) || tj_value_tilde(&x->value)) return tj_value_unknown(TJ_NO_SPAN);
    return number(w, tj_text_chars(x->value.text));
}

/* ---- operators ------------------------------------------------------------------------------------------------------------ */

static uint32_t operands_of(const struct tj_sh_part *part) {
    return part->child_end - part->child - (tj_part_index_expands(part) ? 1u : 0u);
}

/* An & in a replacement is what was matched from bash 5.2 on, and a letter before. */
static bool replacement(struct tj_work *w, struct tj_env *env, uint32_t word, struct tj_str *out) {
    struct tj_value v = tj_word_pattern(w, env, word, TJ_AS_REPLACEMENT);
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < v.text.n; i++) {
        if (v.text.p[i] == '&') return false;
        if (v.text.p[i] == '\\' && i + 1 < v.text.n) i++;
        tj_buf_putc(&buf, v.text.p[i]);
    }
    struct tj_str s = tj_buf_str(&buf);
    *out = s.p ? s : TJ_STR("");
    return tj_value_known(&v);
}

static struct tj_operation operation_of(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part) {
    struct tj_operation o = {.w = w, .env = env, .op = (char)part->op, .twice = part->op2 == part->op};
    uint32_t n = operands_of(part);
    struct tj_value v = constant(TJ_STR(""));
    if (o.op == '@') o.letter = (char)part->op2;
    if (o.op == '/' && (part->op2 == '#' || part->op2 == '%')) o.anchor = (char)part->op2;
    bool pattern = o.op != ':' && o.op != '@';
    if (n) v = pattern ? tj_word_pattern(w, env, part->child, TJ_AS_PATTERN) : tj_word_value(w, env, part->child);
    o.a = v.text;
    o.failed =
        !tj_value_known(&v) || (pattern && tj_option_is(w, "shopt extglob") && tj_str_chr(o.a, '(', 0) != TJ_NOT_FOUND);
    if (pattern && tj_option_is(w, "shopt nocasematch")) o.failed = true;
    /* [^a] is [!a] in bash alone. */
    if (env->dialect == TJ_DIALECT_SH && tj_str_find(o.a, TJ_STR("[^"), 0) != TJ_NOT_FOUND) o.failed = true;
    o.plain = tj_pattern_literal(w->arena, o.a, &o.literal);
    if (n > 1) {
        o.has_b = true;
        if (o.op == '/') {
            if (!replacement(w, env, part->child + 1, &o.b)) o.failed = true;
        } else {
            v = tj_word_value(w, env, part->child + 1);
            o.b = v.text;
            if (!tj_value_known(&v)) o.failed = true;
        }
    }
    if (o.b.p == NULL) o.b = TJ_STR("");
    return o;
}

/* ${@:1:2}, ${a[@]:1}: positions of $@ begin with $0, those of an array are its subscripts. */
static void slice(struct tj_work *w, struct tj_env *env, struct tj_operation *o, const struct target *t,
                  const struct tj_value *v, struct tj_expansion *x) {
    int64_t from = 0, to, have = x->nlist;
    if (o->failed) goto open;
    if (t->positional) {
        struct tj_value *list = tj_arena_array(w->arena, struct tj_value, x->nlist + 1);
        if (!list) goto open;
        bool named = env->frame->known && !tj_str_is(env->frame->zero, "bash"); /* else as somebody started us */
        list[0] = named ? constant(env->frame->zero) : tj_value_unknown(TJ_NO_SPAN);
        for (uint32_t i = 0; i < x->nlist; i++) list[i + 1] = x->list[i];
        have++;
        x->list = list;
    } else if (v->key) {
        goto open;
    }
    if (!tj_operation_range(o, have, &from, &to)) goto open;
    if (o->has_b && to < from) to = from;
    x->list += from;
    x->nlist = (uint32_t)(to - from);
    return;
open:
    *x = (struct tj_expansion){.value = tj_value_unknown(TJ_NO_SPAN), .many = !x->joins};
    x->value.flags |= TJ_VALUE_MAY_SPLIT;
}

static void operate_all(struct tj_work *w, struct tj_operation *o, struct tj_expansion *x) {
    if (!x->is_list) {
        x->value = tj_operate(o, &x->value);
        return;
    }
    struct tj_value *list = tj_arena_array(w->arena, struct tj_value, x->nlist ? x->nlist : 1);
    for (uint32_t i = 0; list && i < x->nlist; i++) list[i] = tj_operate(o, &x->list[i]);
    x->list = list;
    if (!list) x->nlist = 0;
}

static struct tj_expansion unknown(bool many) {
    struct tj_expansion x = {.value = tj_value_unknown(TJ_NO_SPAN), .many = many};
    if (many) x.value.flags |= TJ_VALUE_MAY_SPLIT;
    return x;
}

struct tj_expansion tj_param_expand(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part) {
    struct tj_str index;
    bool known, indirect = (part->flags & TJ_PART_INDIRECT) != 0, keys = false;
    if (!index_text(w, env, part, &index)) return unknown(false);
    struct target t = target_of(part->text, index);
    if (indirect && (part->op == '*' || (part->op == '@' && part->op2 == 0))) return unknown(true); /* ${!prefix*} */
    if (indirect && t.positional && !env->frame->known && noisy(w)) {
        struct tj_expansion none = {.joins = t.joins};
        as_list(w, &none, 0);
        return none;
    }
    if (indirect && t.all && !t.positional && part->op == '!') {
        keys = true;
    } else if (indirect && !follow(w, env, &t)) {
        struct tj_expansion x = unknown(true);
        x.odd = true;
        return x;
    }
    struct tj_expansion x = expand_target(w, env, &t, keys, part->op != 0, &known);
    struct tj_value v;
    x.odd = indirect;
    switch (part->op) {
    case 0:
    case '!': return x;
    case '-':
    case '=':
    case '?':
    case '+': defaults(w, env, part, &t, known, &x); return x;
    case 'L':
        x.value = length(w, &x);
        x.is_list = false;
        return x;
    default: break;
    }
    x.odd = x.odd || part->op == ':' || part->op == '/' || part->op == '^' || part->op == ',' || part->op == '~';
    if (part->op == '@' && (part->op2 == 0 || !strchr("QULu", part->op2))) return unknown(x.is_list || x.many);
    if (!x.is_list && x.value.flags & TJ_VALUE_UNSET) return x; /* nothing stays nothing */
    struct tj_operation o = operation_of(w, env, part);
    if (x.is_list && part->op == ':') {
        if (!tj_var_find(w, env, t.name, &v)) v.key = NULL;
        slice(w, env, &o, &t, &v, &x);
        return x;
    }
    if (part->op == '@' && !strchr("QULu", o.letter ? o.letter : '?')) return unknown(x.is_list || x.many);
    operate_all(w, &o, &x);
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
