/* What builtins do to the shell itself: cwd, variables, aliases, positional parameters. Files are the sink's. */
#include "unfold/work.h"

enum { MAX_LINES = 16 };

static bool is_option(const struct tj_value *v) {
    return v->text.n > 1 && (v->text.p[0] == '-' || v->text.p[0] == '+');
}

/* ---- cwd ---------------------------------------------------------------------------------------------------------------------- */

static void go_to(struct tj_work *w, const struct tj_value *v) {
    w->moves++;
    if (v->nset && v->flags & TJ_VALUE_IS_SET) {
        tj_state_set_cwd(w->state, TJ_STR("?"));
        return;
    }
    struct tj_path path = tj_path_resolve(w->arena, tj_state_context(w->state), tj_state_cwd(w->state), v);
    tj_state_set_cwd(w->state, path.dynamic ? TJ_STR("?") : path.text);
}

static void change_folder(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        if (tj_str_is(v->text, "-") && tj_value_known(v)) {
            tj_state_set_cwd(w->state, tj_arena_copy(w->arena, tj_state_oldcwd(w->state)));
            return;
        }
        if (is_option(v)) continue;
        go_to(w, v);
        return;
    }
    if (c->name.n != 2) return;
    struct tj_value home = tj_param_value(w, env, TJ_STR("HOME"));
    go_to(w, &home);
}

/* ---- variables ------------------------------------------------------------------------------------------------------------------ */

/* NAME=VALUE in one word. */
static bool split_setting(struct tj_work *w, const struct tj_value *word, struct tj_str *name, struct tj_value *value) {
    uint32_t equals = tj_str_chr(word->text, '=', 0);
    if (equals == TJ_NOT_FOUND || equals == 0) return false;
    *name = tj_str_sub(word->text, 0, equals);
    for (uint32_t i = 0; i < name->n; i++) {
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

/* -i, -n, -u, -l, -r: from now on what is assigned is not what was written. */
static bool has_letter(const struct tj_command *c, const char *letters) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        if (s.n < 2 || s.p[0] != '-') continue;
        for (uint32_t k = 1; k < s.n; k++) {
            if (strchr(letters, s.p[k])) return true;
        }
    }
    return false;
}

static void set_word(struct tj_work *w, struct tj_env *env, const struct tj_value *word, bool local, bool odd) {
    struct tj_str name;
    struct tj_value value = tj_value_text(TJ_STR(""), word->span);
    bool sets = split_setting(w, word, &name, &value);
    if (!sets) name = word->text;
    if (!tj_value_known(word) && !sets) return;
    if (local) tj_make_local(w, env, name);
    if (sets || local)
        tj_set_variable(
            w, env, name,
            odd && sets ? &(struct tj_value){.text = TJ_STR(""), .flags = TJ_VALUE_IS_DYNAMIC, .carries = value.carries}
                        : &value);
    if (odd) (void)tj_vec_push(w->arena, &w->odd, name);
}

static void export_words(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    bool declares = tj_str_is(c->name, "local") || tj_str_is(c->name, "declare") || tj_str_is(c->name, "typeset");
    bool local = declares && env->frame->locals && !has_letter(c, "gpf");
    bool odd = has_letter(c, "inul");
    bool fixed = tj_str_is(c->name, "readonly") || has_letter(c, "r");
    for (uint32_t i = 1; i < c->argc; i++) {
        if (is_option(&c->argv[i].value)) continue;
        set_word(w, env, &c->argv[i].value, local, odd && declares);
        uint32_t equals = tj_str_chr(c->argv[i].value.text, '=', 0);
        struct tj_str name =
            equals == TJ_NOT_FOUND ? c->argv[i].value.text : tj_str_sub(c->argv[i].value.text, 0, equals);
        if (fixed && !w->dry) (void)tj_vec_push(w->arena, &w->odd, tj_arena_copy(w->arena, name));
    }
}

static void unset_words(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    bool functions = false;
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        if (is_option(v)) {
            functions = tj_str_is(v->text, "-f");
            continue;
        }
        struct tj_value empty = tj_value_text(TJ_STR(""), v->span);
        if (functions)
            tj_set_function(w, v->text, TJ_STR(""));
        else if (tj_value_known(v) && v->text.n)
            tj_set_variable(w, env, v->text, &empty);
    }
}

static void set_positional(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    uint32_t i = 1;
    bool dashes = false;
    for (; i < c->argc && is_option(&c->argv[i].value) && !dashes; i++) {
        dashes = tj_str_is(c->argv[i].value.text, "--");
        bool takes = tj_str_is(c->argv[i].value.text, "-o") || tj_str_is(c->argv[i].value.text, "+o");
        if (takes || (c->argv[i].value.text.n > 2 && c->argv[i].value.text.p[c->argv[i].value.text.n - 1] == 'o')) i++;
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

static void shell_options(struct tj_env *env, const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        if (tj_str_is(s, "lastpipe")) env->life->lastpipe = true;
        if (tj_str_is(s, "nocasematch") || tj_str_is(s, "extglob")) env->life->loose = true;
        if (tj_str_is(s, "expand_aliases")) env->life->aliases = true;
    }
}

/* ---- read ------------------------------------------------------------------------------------------------------------------------ */

/* Field `at` of a line; the last name takes the rest. */
static struct tj_str field(struct tj_str line, uint32_t at, bool last) {
    uint32_t i = 0;
    for (uint32_t f = 0;; f++) {
        while (i < line.n && tj_is_space(line.p[i])) i++;
        uint32_t begin = i;
        if (f == at && last) return tj_str_trim(tj_str_sub(line, begin, line.n));
        while (i < line.n && !tj_is_space(line.p[i])) i++;
        if (f == at) return tj_str_sub(line, begin, i);
        if (i >= line.n) return TJ_STR("");
    }
}

static uint32_t split_lines(struct tj_str text, struct tj_str *lines, uint32_t max) {
    uint32_t n = 0, begin = 0;
    for (uint32_t i = 0; i <= text.n; i++) {
        if (i < text.n && text.p[i] != '\n') continue;
        if (i == text.n && begin == i) break;
        if (n == max) return max + 1;
        lines[n++] = tj_str_sub(text, begin, i);
        begin = i + 1;
    }
    return n;
}

/* The line that this read takes; its status says whether there was one. */
static bool next_line(struct tj_work *w, const struct tj_env *env, const struct tj_command *c, struct tj_str *line) {
    struct tj_stream *stream = env->stream;
    *line = TJ_STR("");
    w->status = TJ_STATUS_UNKNOWN;
    bool known = tj_value_known(&c->input) && c->stdin_kind != TJ_STDIN_NONE && stream && !stream->lost;
    if (!known) return false;
    struct tj_str s = c->input.text;
    uint32_t begin = stream->at < s.n ? stream->at : s.n, end = tj_str_chr(s, '\n', begin);
    w->status = end == TJ_NOT_FOUND;
    if (end == TJ_NOT_FOUND) end = s.n;
    *line = tj_str_sub(s, begin, end);
    stream->at = end < s.n ? end + 1 : s.n;
    if (c->input.flags & TJ_VALUE_HAS_GLOB) { /* any number of lines of which this is the pattern */
        w->status = TJ_STATUS_UNKNOWN;
        stream->at = 0;
    }
    return true;
}

static struct tj_value read_value(struct tj_work *w, const struct tj_command *c, struct tj_str line, bool known,
                                  uint32_t at, bool last) {
    struct tj_str lines[MAX_LINES];
    struct tj_value v = tj_value_unknown(c->span);
    v.carries = c->input.carries;
    v.flags |= TJ_VALUE_FROM_OUTPUT;
    bool paths = tj_value_known(&c->input) && c->input.flags & TJ_VALUE_HAS_GLOB;
    if (paths) (void)split_lines(c->input.text, &line, 1);
    if (known || paths) {
        v.flags &= ~TJ_VALUE_IS_DYNAMIC;
        v.flags |= c->input.flags & TJ_VALUE_HAS_GLOB; /* paths that find printed */
        v.text = field(line, at, last);
        return v;
    }
    if (!tj_value_known(&c->input) || c->stdin_kind == TJ_STDIN_NONE) return v;
    /* One of the lines, or nothing. */
    uint32_t n = split_lines(c->input.text, lines, MAX_LINES);
    if (n == 0 || n >= MAX_LINES) return v;
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, n + 1);
    if (!set) return v;
    for (uint32_t i = 0; i < n; i++) set[i] = field(lines[i], at, last);
    v.flags = (v.flags & ~TJ_VALUE_IS_DYNAMIC) | TJ_VALUE_IS_SET | TJ_VALUE_UNSET_OK;
    v.text = set[0];
    v.set = set;
    v.nset = n;
    return v;
}

static bool takes_value(struct tj_str option) {
    static const char *const with[] = {"-d", "-n", "-N", "-p", "-t", "-u", "-i", "-O", "-s", "-c", "-C"};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++) {
        if (tj_str_is(option, with[i])) return !tj_str_is(option, "-s");
    }
    return false;
}

static void read_list(struct tj_work *w, const struct tj_env *env, const struct tj_command *c, struct tj_str name) {
    struct tj_str lines[MAX_LINES];
    struct tj_value v = {.text = TJ_STR(""), .flags = TJ_VALUE_LIST, .carries = c->input.carries, .span = c->span};
    uint32_t n = tj_value_known(&c->input) ? split_lines(c->input.text, lines, MAX_LINES) : MAX_LINES + 1;
    struct tj_str *set = n <= MAX_LINES ? tj_arena_array(w->arena, struct tj_str, n + 1) : NULL;
    if (set) {
        if (n) memcpy(set, lines, n * sizeof *set);
        v.set = set;
        v.nset = n;
    } else {
        v = tj_value_unknown(c->span);
        v.carries = c->input.carries;
    }
    tj_set_variable(w, env, name, &v);
}

static void read_names(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    uint32_t first = 1;
    bool list = tj_str_is(c->name, "mapfile") || tj_str_is(c->name, "readarray");
    while (first < c->argc && is_option(&c->argv[first].value)) {
        if (tj_str_is(c->argv[first].value.text, "-a")) list = true;
        if (takes_value(c->argv[first].value.text) && !(list && tj_str_is(c->argv[first].value.text, "-t"))) first++;
        first++;
    }
    if (list && first < c->argc) {
        read_list(w, env, c, c->argv[first].value.text);
        return;
    }
    struct tj_str line;
    bool known = next_line(w, env, c, &line);
    bool raw = has_letter(c, "r") || tj_str_chr(line, '\\', 0) == TJ_NOT_FOUND;
    if (has_letter(c, "dnNust") || !raw) {
        known = false;
        if (env->stream) env->stream->lost = true;
        w->status = TJ_STATUS_UNKNOWN;
    }
    for (uint32_t i = first; i < c->argc; i++) {
        struct tj_value v = read_value(w, c, line, known, i - first, i + 1 == c->argc);
        if (tj_value_known(&c->argv[i].value)) tj_set_variable(w, env, c->argv[i].value.text, &v);
    }
    struct tj_value reply = read_value(w, c, line, known, 0, true);
    if (first >= c->argc) tj_set_variable(w, env, TJ_STR("REPLY"), &reply);
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

static void printf_variable(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    if (c->argc < 4 || !tj_str_is(c->argv[1].value.text, "-v") || !tj_value_known(&c->argv[2].value)) return;
    struct tj_command printed = *c;
    printed.argv = c->argv + 2;
    printed.argc = c->argc - 2;
    tj_output_of(w, env, &printed);
    tj_set_variable(w, env, c->argv[2].value.text, &printed.output);
}

void tj_builtin_apply(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    switch (tj_image_program(w->image, c->base_program)->handler) {
    case TJ_HANDLER_CD:
    case TJ_HANDLER_PUSHD: change_folder(w, env, c); break;
    case TJ_HANDLER_POPD: tj_state_set_cwd(w->state, tj_arena_copy(w->arena, tj_state_oldcwd(w->state))); break;
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
    case TJ_HANDLER_READ: read_names(w, env, c); break;
    case TJ_HANDLER_ALIAS: alias_words(w, c); break;
    case TJ_HANDLER_NONE:
        if (tj_str_is(c->name, "shopt")) shell_options(env, c);
        break;
    case TJ_HANDLER_PRINTF: printf_variable(w, env, c); break;
    default: break;
    }
}
