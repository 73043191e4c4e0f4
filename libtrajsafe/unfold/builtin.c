/* What builtins do to the shell itself: cwd, variables, aliases, positional parameters. Files are the sink's. */
#include "unfold/work.h"

static bool is_option(const struct tj_value *v) {
    return v->text.n > 1 && (v->text.p[0] == '-' || v->text.p[0] == '+');
}

/* ---- cwd ---------------------------------------------------------------------------------------------------------------------- */

void tj_go_to(struct tj_work *w, const struct tj_value *v) {
    w->moves++;
    if (v->nset && v->flags & TJ_VALUE_IS_SET) {
        tj_state_set_cwd(w->state, TJ_STR("?"));
        return;
    }
    struct tj_path path = tj_path_resolve(w->arena, tj_state_context(w->state), tj_state_cwd(w->state), v);
    struct tj_str real = tj_state_follow(w->state, w->arena, path.text, true);
    tj_state_set_cwd(w->state, path.dynamic ? TJ_STR("?") : real);
}

/* A plain relative name is looked for in CDPATH first; who sets it means that. */
static void go_by_cdpath(struct tj_work *w, const struct tj_env *env, const struct tj_value *v) {
    struct tj_str s = v->text;
    const struct tj_value *set = tj_state_var(w->state, TJ_STR("CDPATH"));
    bool plain = tj_value_known(v) && s.n && !strchr("/.~", s.p[0]);
    struct tj_value path = set && plain ? tj_param_value(w, env, TJ_STR("CDPATH")) : *v;
    uint32_t end = tj_str_chr(path.text, ':', 0);
    struct tj_str first = tj_str_sub(path.text, 0, end == TJ_NOT_FOUND ? path.text.n : end);
    if (set && plain && tj_value_known(&path) && first.n && !tj_str_is(first, ".")) {
        struct tj_buf buf;
        tj_buf_init(&buf, w->arena);
        tj_buf_put(&buf, first);
        tj_buf_putc(&buf, '/');
        tj_buf_put(&buf, s);
        struct tj_value to = *v;
        to.text = tj_buf_str(&buf);
        tj_go_to(w, &to);
        return;
    }
    tj_go_to(w, v);
}

/* ---- the stack of pushd and popd -------------------------------------------------------------------------------------------------- */

#define FOLDERS "\001folders"
enum { MAX_FOLDERS = 16 };

static uint32_t folders(struct tj_work *w, struct tj_str *out) {
    const struct tj_value *v = tj_state_var(w->state, TJ_STR(FOLDERS));
    uint32_t n = v ? v->nset : 0;
    for (uint32_t i = 0; i < n; i++) out[i] = tj_arena_copy(w->arena, v->set[i]);
    return n;
}

static void set_folders(struct tj_work *w, const struct tj_str *stack, uint32_t n) {
    struct tj_value v = {.text = TJ_STR(""), .flags = TJ_VALUE_LIST, .set = stack, .nset = n, .span = TJ_NO_SPAN};
    tj_state_set_var(w->state, TJ_STR(FOLDERS), &v);
}

/* pushd FOLDER keeps where it was; pushd alone changes places with the last one kept. */
static void push_folder(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    struct tj_str stack[MAX_FOLDERS + 1], cwd = tj_arena_copy(w->arena, tj_state_cwd(w->state));
    uint32_t n = folders(w, stack);
    const struct tj_value *to = NULL;
    w->moves++;
    for (uint32_t i = 1; i < c->argc && !to; i++)
        if (!is_option(&c->argv[i].value)) to = &c->argv[i].value;
    if (to && n < MAX_FOLDERS) {
        stack[n++] = cwd;
        go_by_cdpath(w, env, to);
    } else if (c->argc == 1 && n) {
        tj_state_set_cwd(w->state, stack[n - 1]);
        stack[n - 1] = cwd;
    } else {
        tj_state_set_cwd(w->state, TJ_STR("?")); /* pushd +2 */
    }
    set_folders(w, stack, n);
}

static void pop_folder(struct tj_work *w, const struct tj_command *c) {
    struct tj_str stack[MAX_FOLDERS + 1];
    uint32_t n = folders(w, stack);
    bool top = n && c->argc == 1;
    w->moves++;
    tj_state_set_cwd(w->state, top ? stack[n - 1] : TJ_STR("?"));
    if (top) set_folders(w, stack, n - 1);
}

static void change_folder(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        if (tj_str_is(v->text, "-") && tj_value_known(v)) {
            tj_state_set_cwd(w->state, tj_arena_copy(w->arena, tj_state_oldcwd(w->state)));
            return;
        }
        if (is_option(v)) continue;
        go_by_cdpath(w, env, v);
        return;
    }
    if (c->name.n != 2) return;
    struct tj_value home = tj_param_value(w, env, TJ_STR("HOME"));
    tj_go_to(w, &home);
}

/* ---- variables ------------------------------------------------------------------------------------------------------------------ */

/* NAME=VALUE or NAME+=VALUE in one word. */
static bool split_setting(struct tj_work *w, const struct tj_value *word, struct tj_str *name, struct tj_value *value,
                          bool *append) {
    uint32_t equals = tj_str_chr(word->text, '=', 0);
    if (equals == TJ_NOT_FOUND || equals == 0) return false;
    *append = word->text.p[equals - 1] == '+';
    *name = tj_str_sub(word->text, 0, equals - (*append ? 1 : 0));
    for (uint32_t i = 0; i < name->n; i++) {
        if (name->p[i] == '[' && i && name->p[name->n - 1] == ']') break;
        if (!tj_is_name(name->p[i])) return false;
    }
    *value = *word;
    value->text = tj_str_sub(word->text, equals + 1, word->text.n);
    value->flags &= ~TJ_VALUE_MAY_SPLIT;
    struct tj_str *set = word->nset ? tj_arena_array(w->arena, struct tj_str, word->nset) : NULL;
    if (!set) value->nset = 0;
    for (uint32_t i = 0; i < value->nset; i++) set[i] = tj_str_sub(word->set[i], equals + 1, word->set[i].n);
    value->set = set;
    return true;
}

/* declare -i, +u: what a letter means. */
static uint32_t attribute(char letter) {
    switch (letter) {
    case 'A': return TJ_VALUE_ASSOC;
    case 'i': return TJ_VALUE_INTEGER;
    case 'u': return TJ_VALUE_UPPER;
    case 'l': return TJ_VALUE_LOWER;
    case 'n': return TJ_VALUE_REFERS;
    default: return 0;
    }
}

struct declaration {
    uint32_t on, off;
    bool list, local; /* -a or -A; what was there before is another variable */
    bool fixed;       /* -r: what is assigned later does not arrive */
};

/* What the variable is before it is assigned: its attributes, and not its value when it is a new one. */
static void declare_name(struct tj_work *w, struct tj_env *env, const struct declaration *d, struct tj_str name) {
    if (d->local) tj_make_local(w, env, name);
    const struct tj_value *old = tj_state_var(w->state, name);
    bool fresh = d->local || (d->on & TJ_VALUE_REFERS && old && !(old->flags & TJ_VALUE_REFERS));
    if (!old && !d->on && !d->list && !fresh) return;
    struct tj_value v = {.text = TJ_STR(""), .flags = TJ_VALUE_UNSET, .span = TJ_NO_SPAN};
    if (old && !fresh) (void)tj_value_keep(w->arena, old, &v);
    if (!old && !fresh && !d->list &&
        !(d->on & ~(uint32_t)TJ_VALUE_INTEGER & ~(uint32_t)(TJ_VALUE_UPPER | TJ_VALUE_LOWER)))
        v.flags = TJ_VALUE_UNSET; /* it may come from outside, but then nobody would declare it */
    if (d->list && !(v.flags & TJ_VALUE_LIST)) {
        struct tj_value list = {.text = TJ_STR(""), .flags = TJ_VALUE_LIST, .span = TJ_NO_SPAN};
        if (tj_value_known(&v) && !(v.flags & TJ_VALUE_UNSET)) tj_list_append(w, &list, v.text);
        v = list;
    }
    if (d->on & TJ_VALUE_UPPER) v.flags &= ~TJ_VALUE_LOWER;
    if (d->on & TJ_VALUE_LOWER) v.flags &= ~TJ_VALUE_UPPER;
    v.flags = (v.flags | d->on) & ~d->off;
    tj_set_variable(w, env, name, &v);
}

static const struct tj_known_array *find_array(const struct tj_work *w, struct tj_span span) {
    for (uint32_t i = w->array.n; i-- > 0;) {
        const struct tj_known_array *a = &w->array.at[i];
        if (a->span.text == span.text && a->span.begin == span.begin && a->span.end == span.end) return a;
    }
    return NULL;
}

/* declare a=( … ): its elements are words of the script. */
static void declare_array(struct tj_work *w, struct tj_env *env, const struct tj_known_array *a,
                          const struct declaration *d) {
    struct declaration list = *d;
    list.list = true;
    declare_name(w, env, &list, a->name);
    const struct tj_value *old = tj_state_var(w->state, a->name);
    struct tj_value onto = {.text = TJ_STR(""), .flags = TJ_VALUE_LIST, .span = a->span};
    if (old && a->append) (void)tj_value_keep(w->arena, old, &onto);
    if (old) onto.flags |= old->flags & TJ_VALUE_ATTRIBUTES;
    struct tj_env inner = *env;
    inner.script = a->script;
    struct tj_value v = tj_array_value(w, &inner, a->word, a->word_end, &onto);
    tj_set_variable(w, env, a->name, &v);
}

static void declare_option(struct declaration *d, struct tj_str s) {
    for (uint32_t i = 1; i < s.n; i++) {
        uint32_t bit = attribute(s.p[i]);
        *(s.p[0] == '-' ? &d->on : &d->off) |= bit;
        d->list = d->list || ((s.p[i] == 'a' || s.p[i] == 'A') && s.p[0] == '-');
        d->fixed = d->fixed || s.p[i] == 'r';
        if (s.p[i] == 'g' || s.p[i] == 'p' || s.p[i] == 'f') d->local = false;
    }
}

/* One operand; *name is what it is about, or empty. */
static void export_word(struct tj_work *w, struct tj_env *env, const struct tj_value *word, const struct declaration *d,
                        bool declares, struct tj_str *name) {
    const struct tj_known_array *array = find_array(w, word->span);
    struct tj_value value;
    bool append;
    *name = TJ_STR_NONE;
    if (array) {
        *name = array->name;
        declare_array(w, env, array, d);
    } else if (split_setting(w, word, name, &value, &append)) {
        if (declares) declare_name(w, env, d, *name);
        const struct tj_value *now = tj_state_var(w->state, *name);
        if (d->on & TJ_VALUE_REFERS && now) {
            value.flags |= now->flags & TJ_VALUE_ATTRIBUTES;
            tj_set_variable(w, env, *name, &value);
        } else {
            tj_var_assign(w, env, *name, TJ_STR_NONE, &value, append);
        }
    } else if (tj_value_known(word) && word->text.n) {
        *name = word->text;
        if (declares) declare_name(w, env, d, *name);
    }
}

static void export_words(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    bool declares = !tj_str_is(c->name, "export") && !tj_str_is(c->name, "readonly");
    struct declaration d = {.local = declares && env->frame->locals, .fixed = tj_str_is(c->name, "readonly")};
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *word = &c->argv[i].value;
        struct tj_str name;
        if (is_option(word)) {
            if (declares) declare_option(&d, word->text);
            continue;
        }
        export_word(w, env, word, &d, declares, &name);
        if (d.fixed && !w->dry && name.n) (void)tj_vec_push(w->arena, &w->odd, tj_arena_copy(w->arena, name));
    }
}

static void unset_words(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    bool functions = false;
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        if (is_option(v)) {
            functions = tj_str_is(v->text, "-f");
            continue;
        }
        if (functions)
            tj_set_function(w, v->text, TJ_STR(""));
        else if (tj_value_known(v) && v->text.n)
            tj_var_unset(w, env, v->text);
    }
}

/* ---- options and positional parameters ----------------------------------------------------------------------------------------- */

/* Options that change what words mean are kept as variables whose names no script can write. */
static void set_option(struct tj_work *w, const struct tj_env *env, const char *kind, struct tj_str name, bool on) {
    struct tj_buf buf;
    struct tj_value v = tj_value_text(TJ_STR("1"), TJ_NO_SPAN);
    if (!on) v.flags |= TJ_VALUE_UNSET;
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, kind);
    tj_buf_put(&buf, name);
    tj_set_variable(w, env, tj_buf_str(&buf), &v);
}

bool tj_option_is(const struct tj_work *w, const char *name) {
    const struct tj_value *v = tj_state_var(w->state, tj_str_of(name));
    return v && !(v->flags & TJ_VALUE_UNSET);
}

static void shell_options(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    bool on = c->argc > 1 && tj_str_is(c->argv[1].value.text, "-s");
    bool off = c->argc > 1 && tj_str_is(c->argv[1].value.text, "-u");
    for (uint32_t i = 2; (on || off) && i < c->argc; i++) set_option(w, env, "shopt ", c->argv[i].value.text, on);
}

static void set_letters(struct tj_work *w, const struct tj_env *env, struct tj_str s) {
    if (tj_str_chr(s, 'B', 1) != TJ_NOT_FOUND) set_option(w, env, "set ", TJ_STR("+B"), s.p[0] == '+');
}

static void set_positional(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    uint32_t i = 1;
    bool dashes = false;
    for (; i < c->argc && !dashes; i++) {
        struct tj_str s = c->argv[i].value.text;
        bool lone = tj_str_is(s, "-");
        if (!lone && !is_option(&c->argv[i].value)) break;
        dashes = lone || tj_str_is(s, "--");
        if (!dashes) set_letters(w, env, s);
        if (lone && i + 1 >= c->argc) return; /* `set -` alone leaves them */
        bool takes = s.n > 1 && s.p[s.n - 1] == 'o';
        if (takes && i + 1 < c->argc && tj_str_is(c->argv[i + 1].value.text, "braceexpand"))
            set_option(w, env, "set ", TJ_STR("+B"), s.p[0] == '+');
        if (takes) i++;
    }
    if (i >= c->argc && !dashes) return;
    w->moves++;
    env->frame->lost = false;
    for (uint32_t k = i; k < c->argc; k++)
        env->frame->lost = env->frame->lost || c->argv[k].value.flags & (TJ_VALUE_MAY_SPLIT | TJ_VALUE_HAS_GLOB);
    env->frame->arg = c->argv + (i < c->argc ? i : c->argc);
    env->frame->n = i < c->argc ? c->argc - i : 0;
    env->frame->known = true;
}

static void shift(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    uint64_t n = 1;
    bool known = c->argc < 2 || (tj_value_known(&c->argv[1].value) && tj_str_to_u64(c->argv[1].value.text, &n));
    w->moves++;
    w->status = TJ_STATUS_UNKNOWN;
    if (!known) env->frame->lost = true;
    if (!known || env->frame->lost || !env->frame->known) return;
    w->status = n > env->frame->n;
    if (n > env->frame->n) return; /* bash leaves them as they are */
    if (n) env->frame->arg += n;
    env->frame->n -= (uint32_t)n;
}

/* set -e, set -o pipefail, shopt -s lastpipe. A + turns the first two off, but that is not counted on. */
static void set_options(struct tj_env *env, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        if (tj_str_is(s, "--") || tj_str_is(s, "-")) return;
        if (tj_str_is(s, "pipefail")) env->life->pipefail = true;
        if (tj_str_is(s, "errexit")) env->life->errexit = true;
        if (s.n > 1 && s.p[0] == '-' && tj_str_chr(s, 'e', 1) != TJ_NOT_FOUND) env->life->errexit = true;
    }
}

static void life_options(struct tj_env *env, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        if (tj_str_is(s, "lastpipe")) env->life->lastpipe = true;
        if (tj_str_is(s, "nocasematch") || tj_str_is(s, "extglob")) env->life->loose = true;
        if (tj_str_is(s, "expand_aliases")) env->life->aliases = true;
    }
}

/* ---- the rest ---------------------------------------------------------------------------------------------------------------------- */

static void alias_words(struct tj_work *w, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        uint32_t equals = tj_str_chr(v->text, '=', 0);
        if (equals == TJ_NOT_FOUND || equals == 0 || !tj_value_known(v)) continue;
        tj_state_set_alias(w->state, tj_str_sub(v->text, 0, equals), tj_str_sub(v->text, equals + 1, v->text.n));
    }
}

static void let(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    int64_t n = 0;
    bool known = c->argc > 1;
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        known = tj_value_known(v) && tj_arith(w, env, v->text, &n);
        if (!tj_value_known(v)) tj_arith_blur(w, env, v->text);
    }
    w->status = known ? n == 0 : TJ_STATUS_UNKNOWN;
}

static void printf_variable(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    if (c->argc < 4 || !tj_str_is(c->argv[1].value.text, "-v") || !tj_value_known(&c->argv[2].value)) return;
    struct tj_command printed = *c;
    printed.argv = c->argv + 2;
    printed.argc = c->argc - 2;
    tj_output_of(w, env, &printed);
    /* A variable ends at a NUL. */
    uint32_t nul = tj_str_chr(printed.output.text, '\0', 0);
    if (nul != TJ_NOT_FOUND) printed.output.text = tj_str_sub(printed.output.text, 0, nul);
    tj_var_assign(w, env, c->argv[2].value.text, TJ_STR_NONE, &printed.output, false);
}

void tj_builtin_apply(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    switch (tj_image_program(w->image, c->base_program)->handler) {
    case TJ_HANDLER_CD: change_folder(w, env, c); break;
    case TJ_HANDLER_PUSHD: push_folder(w, env, c); break;
    case TJ_HANDLER_POPD: pop_folder(w, c); break;
    case TJ_HANDLER_EXEC:
        if (c->argc == 1) tj_descriptor_open(w, c->redirect, c->redirects);
        break;
    case TJ_HANDLER_EXPORT: export_words(w, env, c); break;
    case TJ_HANDLER_UNSET: unset_words(w, env, c); break;
    case TJ_HANDLER_SET:
        set_options(env, c);
        set_positional(w, env, c);
        break;
    case TJ_HANDLER_SHIFT: shift(w, env, c); break;
    case TJ_HANDLER_READ:
        if (c->name.n > 4)
            tj_read_lines(w, env, c);
        else
            tj_read_names(w, env, c);
        break;
    case TJ_HANDLER_ALIAS: alias_words(w, c); break;
    case TJ_HANDLER_PRINTF: printf_variable(w, env, c); break;
    default:
        if (tj_str_is(c->name, "let")) let(w, env, c);
        if (tj_str_is(c->name, "shopt")) {
            shell_options(w, env, c);
            life_options(env, c);
        }
        break;
    }
}
