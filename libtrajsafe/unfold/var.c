/* Variables: what is known of one, elements of arrays, and assignment with what was declared of it. */
#include "unfold/work.h"

enum { MAX_HOPS = 8 };

static struct tj_value constant(struct tj_str text) { return tj_value_text(text, TJ_NO_SPAN); }

static struct tj_str number(struct tj_work *w, int64_t n) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_number(&buf, n);
    return tj_buf_str(&buf);
}

static bool to_number(struct tj_str s, int64_t *out) {
    uint64_t n = 0;
    bool minus = s.n && s.p[0] == '-';
    if (!tj_str_to_u64(minus ? tj_str_sub(s, 1, s.n) : s, &n) || n > INT64_MAX) return false;
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

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

static bool positional(const struct tj_env *env, uint64_t at, struct tj_value *out) {
    const struct tj_frame *frame = env->frame;
    if (frame->lost || env->unsteady) return false;
    if (at <= frame->n) *out = frame->arg[at - 1].value;
    if (at > frame->n && frame->known) {
        *out = constant(TJ_STR(""));
        out->flags |= TJ_VALUE_UNSET;
    }
    if (at > frame->n && !frame->known) out->flags |= TJ_VALUE_UNSET_OK;
    return at <= frame->n || frame->known;
}

static bool special(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_value *out) {
    if (name.p[0] == '0') *out = constant(env->frame->zero);
    if (name.p[0] == '?' && w->status >= 0 && w->status <= 255 && !env->unsteady) *out = constant(number(w, w->status));
    if (name.p[0] == '#' && env->frame->known && !env->frame->lost) *out = constant(number(w, (int64_t)env->frame->n));
    return true;
}

static bool generated(struct tj_str name) {
    static const char *const names[] = {"RANDOM", "SECONDS",   "EPOCHSECONDS", "EPOCHREALTIME", "UID",     "EUID",
                                        "PPID",   "SRANDOM",   "BASHPID",      "HOSTNAME",      "OSTYPE",  "HOSTTYPE",
                                        "LINENO", "MACHTYPE",  "BASH_VERSION", "SHLVL",         "OPTIND",  "GROUPS",
                                        "_",      "SHELLOPTS", "BASHOPTS",     "BASH_VERSINFO", "FUNCNAME"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tj_str_is(name, names[i])) return true;
    }
    return false;
}

bool tj_var_find(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_value *out) {
    uint64_t at = 0;
    *out = tj_value_unknown(TJ_NO_SPAN);
    if (name.n == 0) return false;
    if (name.p[0] != '0' && tj_str_to_u64(name, &at)) return positional(env, at, out);
    if (tj_str_is(name, "0") || (name.n == 1 && !tj_is_name(name.p[0]))) return special(w, env, name, out);
    const struct tj_value *v = tj_gap_find(w, name);
    if (v) {
        *out = *v;
        return true;
    }
    v = tj_state_var(w->state, name);
    for (int hops = 0; v && v->flags & TJ_VALUE_REFERS && v->text.n; hops++) {
        if (hops == MAX_HOPS || tj_str_chr(v->text, '[', 0) != TJ_NOT_FOUND) return true;
        name = v->text;
        v = tj_state_var(w->state, name);
    }
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
    if (generated(name)) return true;
    out->flags |= TJ_VALUE_UNSET_OK;
    return false;
}

/* ---- elements ----------------------------------------------------------------------------------------------------------------- */

struct tj_str tj_list_key(struct tj_work *w, const struct tj_value *list, uint32_t i) {
    return list->key ? list->key[i] : number(w, i);
}

static uint32_t find_key(const struct tj_value *list, struct tj_str key) {
    int64_t n;
    if (!list->key) return to_number(key, &n) && n >= 0 && n < list->nset ? (uint32_t)n : TJ_NONE;
    for (uint32_t i = 0; i < list->nset; i++) {
        if (tj_str_eq(list->key[i], key)) return i;
    }
    return TJ_NONE;
}

/* One behind the last subscript. */
static int64_t list_end(const struct tj_value *list) {
    int64_t n = list->nset;
    if (list->key && list->nset && to_number(list->key[list->nset - 1], &n)) n++;
    return n;
}

static struct tj_value element(const struct tj_value *list, uint32_t i) {
    struct tj_value v = constant(i < list->nset ? list->set[i] : TJ_STR(""));
    if (i >= list->nset && !(list->flags & TJ_VALUE_IS_DYNAMIC)) v.flags |= TJ_VALUE_UNSET;
    v.flags |= list->flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_FROM_OUTPUT);
    v.carries = list->carries;
    return v;
}

struct tj_value tj_list_element(const struct tj_value *list, uint32_t i) {
    return element(list, i);
}

/* $a of an array is its element 0. */
struct tj_value tj_value_scalar(const struct tj_value *v) {
    if (!(v->flags & TJ_VALUE_LIST)) return *v;
    return element(v, find_key(v, TJ_STR("0")));
}

struct tj_value tj_param_value(struct tj_work *w, const struct tj_env *env, struct tj_str name) {
    struct tj_value v;
    (void)tj_var_find(w, env, name, &v);
    return tj_value_scalar(&v);
}

/* Quotes and backslashes of a subscript taken away. */
static struct tj_str unquoted(struct tj_work *w, struct tj_str s) {
    struct tj_buf buf;
    char quote = 0;
    if (tj_str_chr(s, '"', 0) == TJ_NOT_FOUND && tj_str_chr(s, '\'', 0) == TJ_NOT_FOUND &&
        tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND)
        return s;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (quote ? c == quote : c == '"' || c == '\'') {
            quote = quote ? '\0' : c;
        } else {
            if (c == '\\' && quote != '\'' && i + 1 < s.n) c = s.p[++i];
            tj_buf_putc(&buf, c);
        }
    }
    struct tj_str out = tj_buf_str(&buf);
    return out.p ? out : TJ_STR("");
}

/* The key that a subscript means in a list; false: not known. */
static bool key_of(struct tj_work *w, const struct tj_env *env, const struct tj_value *list, struct tj_str index,
                   struct tj_str *key) {
    int64_t n;
    if (list->flags & TJ_VALUE_ASSOC) {
        *key = unquoted(w, index);
        return tj_str_chr(index, '$', 0) == TJ_NOT_FOUND && tj_str_chr(index, '`', 0) == TJ_NOT_FOUND;
    }
    if (!tj_arith(w, env, unquoted(w, index), &n)) return false;
    if (n < 0) n += list_end(list);
    *key = number(w, n);
    return n >= 0;
}

struct tj_value tj_value_at(struct tj_work *w, const struct tj_env *env, const struct tj_value *v, struct tj_str index) {
    struct tj_value none = tj_value_unknown(v->span);
    struct tj_value list = *v;
    struct tj_str key;
    none.carries = v->carries;
    if (!(v->flags & TJ_VALUE_LIST)) {
        bool known = tj_value_known(v) && !(v->flags & TJ_VALUE_UNSET);
        list.nset = 0;
        list.set = list.key = NULL;
        if (!key_of(w, env, &list, index, &key) || !(known || v->flags & TJ_VALUE_UNSET)) return none;
        if (known && tj_str_is(key, "0")) return *v;
    } else if (!key_of(w, env, v, index, &key)) {
        return none;
    }
    return element(&list, find_key(&list, key));
}

struct tj_value tj_var_element(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_str index) {
    struct tj_value v;
    if (!tj_var_find(w, env, name, &v)) return v;
    return tj_value_at(w, env, &v, index);
}

/* ---- making lists ----------------------------------------------------------------------------------------------------------------- */

/* Drops keys that only count. */
static void normalise(struct tj_value *list) {
    bool counts = list->key && !(list->flags & TJ_VALUE_ASSOC);
    int64_t n;
    for (uint32_t i = 0; counts && i < list->nset; i++) counts = to_number(list->key[i], &n) && n == i;
    if (counts) list->key = NULL;
}

static bool before(const struct tj_value *list, struct tj_str a, struct tj_str b) {
    int64_t x, y;
    return !(list->flags & TJ_VALUE_ASSOC) && to_number(a, &x) && to_number(b, &y) && x < y;
}

void tj_list_put(struct tj_work *w, struct tj_value *list, struct tj_str key, struct tj_str text) {
    uint32_t at = find_key(list, key), n = list->nset;
    if (n >= TJ_MAX_ELEMENTS) {
        list->flags |= TJ_VALUE_IS_DYNAMIC | TJ_VALUE_CUT;
        return;
    }
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, n + 1);
    struct tj_str *keys = tj_arena_array(w->arena, struct tj_str, n + 1);
    if (!set || !keys || !tj_work_derive(w, text.n + n * 8, TJ_NO_SPAN)) return;
    uint32_t k = 0, to = TJ_NONE;
    for (uint32_t i = 0; i < n; i++) {
        struct tj_str old = tj_list_key(w, list, i);
        if (at == TJ_NONE && to == TJ_NONE && before(list, key, old)) to = k++;
        keys[k] = old;
        set[k++] = i == at ? text : list->set[i];
    }
    if (at == TJ_NONE && to == TJ_NONE) to = k++;
    if (to != TJ_NONE) {
        keys[to] = key;
        set[to] = text;
    }
    list->set = set;
    list->key = keys;
    list->nset = k;
    normalise(list);
}

void tj_list_append(struct tj_work *w, struct tj_value *list, struct tj_str text) {
    if (list->nset >= TJ_MAX_ELEMENTS) {
        list->flags |= TJ_VALUE_IS_DYNAMIC | TJ_VALUE_CUT;
        return;
    }
    tj_list_put(w, list, number(w, list_end(list)), text);
}

static void list_drop(struct tj_work *w, struct tj_value *list, uint32_t at) {
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, list->nset);
    struct tj_str *keys = tj_arena_array(w->arena, struct tj_str, list->nset);
    uint32_t k = 0;
    for (uint32_t i = 0; set && keys && i < list->nset; i++) {
        if (i == at) continue;
        keys[k] = tj_list_key(w, list, i);
        set[k++] = list->set[i];
    }
    list->set = set;
    list->key = keys;
    list->nset = k;
    normalise(list);
}

/* ---- assignment ---------------------------------------------------------------------------------------------------------------------- */

/* Where a name leads: through references, and with a subscript of its own (`read 'a[1]'`). */
static void resolve(struct tj_work *w, struct tj_str *name, struct tj_str *index) {
    for (int hops = 0; hops < MAX_HOPS; hops++) {
        uint32_t open = tj_str_chr(*name, '[', 0);
        if (open != TJ_NOT_FOUND && name->p[name->n - 1] == ']') {
            *index = tj_str_sub(*name, open + 1, name->n - 1);
            *name = tj_str_sub(*name, 0, open);
        }
        const struct tj_value *v = tj_state_var(w->state, *name);
        if (!v || !(v->flags & TJ_VALUE_REFERS) || v->text.n == 0) return;
        *name = tj_arena_copy(w->arena, v->text);
    }
}

static struct tj_str changed_case(struct tj_work *w, struct tj_str s, bool upper) {
    char *p = tj_arena_dup(w->arena, s);
    for (uint32_t i = 0; p && i < s.n; i++)
        p[i] = !upper ? tj_lower(p[i]) : p[i] >= 'a' && p[i] <= 'z' ? (char)(p[i] - 32) : p[i];
    return p ? tj_str_make(p, s.n) : s;
}

static struct tj_value plus(struct tj_work *w, const struct tj_value *old, const struct tj_value *more) {
    struct tj_capture sum = {.some = false};
    struct tj_value a = *old, b = *more;
    a.flags &= ~(TJ_VALUE_ATTRIBUTES | TJ_VALUE_UNSET);
    if (!tj_work_derive(w, (size_t)old->text.n + more->text.n, more->span)) return tj_value_unknown(more->span);
    tj_capture_add(w, &sum, &a);
    tj_capture_add(w, &sum, &b);
    return tj_capture_value(&sum, more->span);
}

/* What a scalar becomes by what the variable was declared as. */
static struct tj_value declared(struct tj_work *w, const struct tj_env *env, uint32_t attributes,
                                const struct tj_value *old, const struct tj_value *value, bool append) {
    struct tj_value v = *value;
    int64_t n, m = 0;
    if (attributes & TJ_VALUE_INTEGER) {
        bool known = tj_value_known(value) && tj_arith(w, env, value->text, &n);
        if (append) known = known && tj_value_known(old) && tj_arith(w, env, old->text, &m);
        v = known ? constant(number(w, (int64_t)((uint64_t)n + (uint64_t)m))) : tj_value_unknown(value->span);
        v.carries = value->carries;
        return v;
    }
    if (append) v = plus(w, old, value);
    if (!(attributes & (TJ_VALUE_UPPER | TJ_VALUE_LOWER))) return v;
    if (tj_value_tilde(&v)) return tj_value_unknown(value->span);
    for (uint32_t i = 0; i < v.text.n; i++) {
        if ((unsigned char)v.text.p[i] > 0x7f) return tj_value_unknown(value->span);
    }
    if (v.nset) return tj_value_unknown(value->span);
    v.text = changed_case(w, v.text, (attributes & TJ_VALUE_UPPER) != 0);
    v.suffix = changed_case(w, v.suffix, (attributes & TJ_VALUE_UPPER) != 0);
    return v;
}

static void assign_element(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_str index,
                           const struct tj_value *old, const struct tj_value *value, bool append) {
    struct tj_value list = *old;
    struct tj_str key;
    uint32_t attributes = old->flags & TJ_VALUE_ATTRIBUTES;
    if (!(old->flags & TJ_VALUE_LIST)) {
        bool some = tj_value_known(old) && !(old->flags & TJ_VALUE_UNSET);
        list = (struct tj_value){.text = TJ_STR(""), .flags = TJ_VALUE_LIST | attributes, .span = value->span};
        if (some) tj_list_append(w, &list, old->text);
    }
    list.carries |= value->carries;
    if (!key_of(w, env, &list, index, &key)) {
        list.flags |= TJ_VALUE_IS_DYNAMIC; /* some element, it is not known which */
        list.nset = 0;
    } else {
        struct tj_value before_ = element(&list, find_key(&list, key));
        struct tj_value v = declared(w, env, attributes, &before_, value, append);
        if (!tj_value_known(&v)) list.flags |= TJ_VALUE_IS_DYNAMIC;
        tj_list_put(w, &list, key, tj_value_known(&v) ? v.text : TJ_STR(""));
    }
    tj_set_variable(w, env, name, &list);
}

void tj_var_assign(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_str index,
                   const struct tj_value *value, bool append) {
    resolve(w, &name, &index);
    struct tj_value old;
    const struct tj_value *kept = tj_state_var(w->state, name);
    if (!tj_var_find(w, env, name, &old) && !append) old = constant(TJ_STR(""));
    if (kept) old = *kept;
    uint32_t attributes = kept ? kept->flags & TJ_VALUE_ATTRIBUTES : 0;
    bool list = (value->flags & TJ_VALUE_LIST) != 0, was_list = (old.flags & TJ_VALUE_LIST) != 0;
    if (!list && index.n == 0 && was_list) index = TJ_STR("0");
    if (index.n && !list) {
        if (!kept && !was_list)
            old = (struct tj_value){.text = TJ_STR(""), .flags = TJ_VALUE_UNSET, .span = value->span};
        assign_element(w, env, name, index, &old, value, append);
        return;
    }
    struct tj_value v = list ? *value : declared(w, env, attributes, &old, value, append);
    v.flags = (v.flags & ~(TJ_VALUE_ATTRIBUTES | TJ_VALUE_UNSET)) | attributes;
    tj_set_variable(w, env, name, &v);
}

void tj_var_unset(struct tj_work *w, const struct tj_env *env, struct tj_str name) {
    struct tj_str index = TJ_STR_NONE, key;
    struct tj_value none = {.text = TJ_STR(""), .flags = TJ_VALUE_UNSET, .span = TJ_NO_SPAN};
    resolve(w, &name, &index);
    const struct tj_value *old = tj_state_var(w->state, name);
    if (index.n == 0) {
        tj_set_variable(w, env, name, &none);
        return;
    }
    if (!old || !(old->flags & TJ_VALUE_LIST)) return;
    struct tj_value list = *old;
    uint32_t at = TJ_NONE;
    if (key_of(w, env, old, index, &key))
        at = find_key(old, key);
    else
        list.flags |= TJ_VALUE_IS_DYNAMIC;
    if (at != TJ_NONE) list_drop(w, &list, at);
    tj_set_variable(w, env, name, &list);
}
