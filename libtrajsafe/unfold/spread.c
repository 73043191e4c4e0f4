/* Wrappers that fill in what they run: find, fd, xargs and parallel; and crontab, which takes its lines apart. */
#include "unfold/work.h"

enum { MAX_LINES = 256, MAX_WORDS = 512 };

/* ---- find ---------------------------------------------------------------------------------------------------------------------- */

static struct tj_str concat3(struct tj_work *w, struct tj_str a, const char *b, struct tj_str c) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, a);
    if (!(a.n && a.p[a.n - 1] == '/' && b[0] == '/'))
        tj_buf_puts(&buf, b);
    else
        tj_buf_puts(&buf, b + 1);
    tj_buf_put(&buf, c);
    struct tj_str s = tj_buf_str(&buf);
    return s.p ? s : TJ_STR("");
}

static bool expression_word(struct tj_str s) {
    return s.n && ((s.p[0] == '-' && s.n > 1) || s.p[0] == '(' || s.p[0] == '!');
}

/* Which of the files below a root are meant: all with the root, all of a kind, those of a name, or some. */
enum reach { REACH_ALL, REACH_KIND, REACH_NAME, REACH_SOME };

static enum reach find_reach(const struct tj_command *c, struct tj_str *pattern) {
    static const char *const neutral[] = {"-exec",   "-execdir", "-ok",   "-delete", "-print",
                                          "-print0", "-depth",   "-xdev", "-mount",  "-ls"};
    enum reach reach = REACH_ALL;
    bool command = false;
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        bool known = false;
        if (command) {
            command = !tj_str_is(s, ";") && !tj_str_is(s, "+");
            continue;
        }
        if (!expression_word(s) || s.p[0] == '(') continue;
        command = tj_str_is(s, "-exec") || tj_str_is(s, "-execdir") || tj_str_is(s, "-ok") || tj_str_is(s, "-okdir");
        for (size_t k = 0; k < sizeof neutral / sizeof *neutral && !known; k++) known = tj_str_is(s, neutral[k]);
        if (known) continue;
        if ((tj_str_is(s, "-type") || tj_str_is(s, "-mindepth") || tj_str_is(s, "-maxdepth")) && i + 1 < c->argc) {
            if (reach == REACH_ALL) reach = REACH_KIND;
            i++;
            continue;
        }
        bool name = (tj_str_is(s, "-name") || tj_str_is(s, "-iname")) && i + 1 < c->argc && reach <= REACH_KIND;
        if (name && tj_value_known(&c->argv[i + 1].value)) {
            *pattern = c->argv[i + 1].value.text;
            reach = tj_str_is(*pattern, "*") ? reach : REACH_NAME;
            i++;
        } else {
            reach = REACH_SOME;
        }
    }
    return reach;
}

static struct tj_value find_result(struct tj_work *w, const struct tj_value *root, enum reach reach,
                                   struct tj_str pattern) {
    struct tj_value v = *root;
    if (!tj_value_known(root)) {
        if (reach != REACH_ALL) v.suffix = TJ_STR_NONE;
        return v;
    }
    if (reach <= REACH_KIND) v.flags |= TJ_VALUE_BELOW;
    if (reach == REACH_KIND) {
        v.text = concat3(w, root->text, "/*", TJ_STR_NONE);
        v.flags |= TJ_VALUE_HAS_GLOB;
    }
    if (reach == REACH_NAME) {
        v.text = concat3(w, root->text, "/**/", pattern);
        v.flags |= TJ_VALUE_HAS_GLOB;
    } else if (reach == REACH_SOME) {
        v.text = concat3(w, root->text, "/", TJ_STR_NONE);
        v.flags |= TJ_VALUE_IS_DYNAMIC;
    }
    return v;
}

void tj_find_results(struct tj_work *w, const struct tj_command *c, struct tj_args *out) {
    struct tj_str pattern = TJ_STR_NONE;
    enum reach reach = find_reach(c, &pattern);
    for (uint32_t i = 1; i < c->argc && !expression_word(c->argv[i].value.text); i++) {
        struct tj_arg arg = {.value = find_result(w, &c->argv[i].value, reach, pattern)};
        (void)tj_vec_push(w->arena, out, arg);
    }
    if (out->n == 0) {
        struct tj_value here = tj_value_text(TJ_STR("."), c->name_span);
        struct tj_arg arg = {.value = find_result(w, &here, reach, pattern)};
        (void)tj_vec_push(w->arena, out, arg);
    }
}

static struct tj_value replaced(struct tj_work *w, const struct tj_value *word, struct tj_str mark,
                                const struct tj_value *by) {
    uint32_t at = mark.n ? tj_str_find(word->text, mark, 0) : TJ_NOT_FOUND;
    struct tj_value v = *word;
    if (at == TJ_NOT_FOUND) return v;
    struct tj_buf buf;
    struct tj_str rest = word->text;
    bool known = tj_value_known(by) && tj_value_known(word);
    tj_buf_init(&buf, w->arena);
    if (!known) {
        tj_buf_put(&buf, tj_str_sub(rest, 0, at));
        tj_buf_put(&buf, by->text);
        v.suffix = tj_str_sub(rest, at + mark.n, rest.n);
        v.flags |= TJ_VALUE_IS_DYNAMIC;
    }
    while (known && at != TJ_NOT_FOUND) {
        tj_buf_put(&buf, tj_str_sub(rest, 0, at));
        tj_buf_put(&buf, by->text);
        rest = tj_str_sub(rest, at + mark.n, rest.n);
        at = tj_str_find(rest, mark, 0);
    }
    if (known) tj_buf_put(&buf, rest);
    struct tj_str text = tj_buf_str(&buf);
    v.text = text.p ? text : TJ_STR("");
    v.flags |= by->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_FROM_OUTPUT);
    v.carries |= by->carries;
    return v;
}

/* Code that a wrapper fills in (sh -c 'rm {}'): the mark becomes a variable, so that gaps stay gaps. */
static struct tj_value fill(struct tj_work *w, const struct tj_value *word, struct tj_str mark,
                            const struct tj_value *by) {
    bool code = tj_str_chr(word->text, ' ', 0) != TJ_NOT_FOUND && !tj_value_known(by);
    if (!code || tj_str_find(word->text, mark, 0) == TJ_NOT_FOUND) return replaced(w, word, mark, by);
    struct tj_value use = tj_value_text(tj_gap_of(w, by), word->span);
    return replaced(w, word, mark, &use);
}

static void run_with(struct tj_work *w, struct tj_env *env, const struct tj_arg *words, uint32_t n, struct tj_str mark,
                     const struct tj_args *by, bool appends) {
    struct tj_args argv = {0};
    for (uint32_t i = 0; i < n; i++) {
        struct tj_arg arg = words[i];
        bool whole = by->n && tj_str_eq(arg.value.text, mark) && mark.n;
        for (uint32_t k = 0; whole && k < by->n; k++) {
            struct tj_arg one = by->at[k];
            one.value.span = arg.value.span;
            (void)tj_vec_push(w->arena, &argv, one);
        }
        if (whole) continue;
        if (by->n) arg.value = fill(w, &arg.value, mark, &by->at[0].value);
        (void)tj_vec_push(w->arena, &argv, arg);
    }
    for (uint32_t k = 0; appends && k < by->n; k++) (void)tj_vec_push(w->arena, &argv, by->at[k]);
    if (argv.n == 0) return;
    tj_state_enter(w->state);
    tj_run_words(w, env, argv.at, argv.n);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
}

bool tj_peel_find(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    struct tj_args results = {0};
    bool found = false;
    for (uint32_t i = 1; i < c->argc && !w->stopped; i++) {
        struct tj_str s = c->argv[i].value.text;
        if (!tj_str_is(s, "-exec") && !tj_str_is(s, "-execdir") && !tj_str_is(s, "-ok") && !tj_str_is(s, "-okdir"))
            continue;
        uint32_t end = i + 1;
        while (end < c->argc && !tj_str_is(c->argv[end].value.text, ";") && !tj_str_is(c->argv[end].value.text, "+"))
            end++;
        if (results.n == 0) tj_find_results(w, c, &results);
        if (end > i + 1) run_with(w, env, c->argv + i + 1, end - i - 1, TJ_STR("{}"), &results, false);
        found = true;
        i = end;
    }
    return found;
}

/* ---- xargs, parallel -------------------------------------------------------------------------------------------------------------- */

static void push_word(struct tj_work *w, struct tj_args *out, struct tj_str s, const struct tj_value *from) {
    struct tj_arg arg = {.value = tj_value_text(s, from->span)};
    arg.value.carries = from->carries;
    arg.value.flags = TJ_VALUE_FROM_OUTPUT | (from->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_BELOW));
    if (s.n && out->n < MAX_WORDS) (void)tj_vec_push(w->arena, out, arg);
}

static bool separates(char c, bool zero, bool lines) {
    if (zero) return c == '\0' || c == '\n';
    return c == '\n' || (!lines && (c == ' ' || c == '\t'));
}

static void stdin_words(struct tj_work *w, const struct tj_command *c, bool zero, bool lines, struct tj_args *out) {
    const struct tj_value *in = &c->input;
    if (!tj_value_known(in)) {
        struct tj_arg arg = {.value = *in};
        bool one_line = tj_str_chr(in->text, '\n', 0) == TJ_NOT_FOUND;
        if (!one_line) arg.value.text = TJ_STR("");
        arg.value.suffix = TJ_STR_NONE;
        arg.value.set = NULL;
        arg.value.nset = 0;
        arg.value.flags = TJ_VALUE_IS_DYNAMIC | TJ_VALUE_MAY_SPLIT | TJ_VALUE_FROM_OUTPUT;
        if (c->input.span.text == TJ_NONE) arg.value.span = c->span;
        (void)tj_vec_push(w->arena, out, arg);
        return;
    }
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= in->text.n; i++) {
        if (i < in->text.n && !separates(in->text.p[i], zero, lines)) continue;
        push_word(w, out, tj_str_trim(tj_str_sub(in->text, begin, i)), in);
        begin = i + 1;
    }
}

static const struct tj_bound_option *option(const struct tj_bound *bound, const char *a, const char *b) {
    for (uint32_t i = 0; i < bound->option.n; i++) {
        if (tj_str_is(bound->option.at[i].name, a) || tj_str_is(bound->option.at[i].name, b))
            return &bound->option.at[i];
    }
    return NULL;
}

/* parallel CMD ::: a b c */
static uint32_t list_after(const struct tj_command *c, uint32_t from) {
    for (uint32_t i = from; i < c->argc; i++) {
        if (tj_str_is(c->argv[i].value.text, ":::") || tj_str_is(c->argv[i].value.text, "::::")) return i;
    }
    return c->argc;
}

static void run_shell(struct tj_work *w, struct tj_env *env, const struct tj_command *c, struct tj_value text,
                      enum tj_nest_how how) {
    struct tj_nest nest = {.text = text,
                           .lang = TJ_LANG_SHELL,
                           .layer = TJ_LAYER_NESTED,
                           .label = c->name,
                           .how = how,
                           .dialect = TJ_DIALECT_BASH};
    tj_nest_text(w, env, &nest);
}

/* parallel without a program: every line, or every word behind :::, is a command line. */
static bool run_lines(struct tj_work *w, struct tj_env *env, struct tj_command *c, uint32_t list) {
    struct tj_args lines = {0};
    for (uint32_t i = list + 1; i < c->argc; i++) (void)tj_vec_push(w->arena, &lines, c->argv[i]);
    if (list >= c->argc && c->stdin_kind != TJ_STDIN_NONE) stdin_words(w, c, false, true, &lines);
    struct tj_env inner = *env;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    for (uint32_t i = 0; i < lines.n && i < MAX_LINES && !w->stopped; i++)
        run_shell(w, &inner, c, lines.at[i].value, TJ_NEST_CHILD);
    if (lines.n > MAX_LINES) tj_work_unknown(w, TJ_REASON_BUDGET, c->span);
    return lines.n > 0;
}

/* parallel 'gzip {}' ::: a b: the text, filled in, is a command line. */
static void run_filled(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_value *text,
                       struct tj_str mark, const struct tj_args *by) {
    struct tj_value whole = *text;
    if (tj_str_find(text->text, mark, 0) == TJ_NOT_FOUND) whole.text = concat3(w, text->text, " ", mark);
    for (uint32_t i = 0; i < by->n && i < MAX_LINES && !w->stopped; i++)
        run_shell(w, env, c, fill(w, &whole, mark, &by->at[i].value), TJ_NEST_CHILD);
    if (by->n > MAX_LINES) tj_work_unknown(w, TJ_REASON_BUDGET, c->span);
}

/* Numbers and names without anything that could make them a path or an option: one unknown word stands for all. */
static bool are_plain(const struct tj_args *words, uint32_t from) {
    for (uint32_t i = from; i < words->n; i++) {
        const struct tj_value *v = &words->at[i].value;
        if (!tj_value_known(v) || v->text.n == 0) return false;
        for (uint32_t k = 0; k < v->text.n; k++)
            if (!tj_is_name(v->text.p[k])) return false;
    }
    return true;
}

bool tj_peel_xargs(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    uint32_t first = bound->command_arg;
    bool parallel = tj_str_is(c->name, "parallel"), zero = option(bound, "-0", "--null") != NULL;
    if (parallel && (first == TJ_NONE || list_after(c, first) == first))
        return run_lines(w, env, c, first == TJ_NONE ? c->argc : first);
    if (first == TJ_NONE) return false;
    const struct tj_bound_option *replace = option(bound, "-I", "--replace");
    if (!replace) replace = option(bound, "-i", "-J");
    struct tj_str mark = parallel || replace ? TJ_STR("{}") : TJ_STR_NONE;
    if (replace && replace->has_value && replace->value.text.n) mark = replace->value.text;
    uint32_t end = parallel ? list_after(c, first) : c->argc;
    struct tj_args words = {0};
    for (uint32_t i = end + 1; i < c->argc; i++) (void)tj_vec_push(w->arena, &words, c->argv[i]);
    const struct tj_bound_option *file = option(bound, "-a", "--arg-file");
    bool nothing = file && file->has_value && tj_str_is(file->value.text, "/dev/null");
    if (end == c->argc && !nothing) stdin_words(w, c, zero, mark.n > 0, &words);
    for (uint32_t i = 0; file && i < words.n; i++) words.at[i].value.carries |= c->output_carries;
    struct tj_env inner = *env;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    if (parallel && end == first + 1 && tj_str_chr(c->argv[first].value.text, ' ', 0) != TJ_NOT_FOUND) {
        run_filled(w, &inner, c, &c->argv[first].value, mark, &words);
        return true;
    }
    bool marked = false;
    for (uint32_t i = first; i < end; i++)
        marked = marked || (mark.n && tj_str_find(c->argv[i].value.text, mark, 0) != TJ_NOT_FOUND);
    if (mark.n == 0 || (parallel && !marked)) {
        run_with(w, &inner, c->argv + first, end - first, TJ_STR_NONE, &words, true);
        return true;
    }
    for (uint32_t i = 0; i < words.n && i < MAX_LINES && !w->stopped; i++) {
        struct tj_args one = {.at = &words.at[i], .n = 1, .cap = 1};
        run_with(w, &inner, c->argv + first, end - first, mark, &one, false);
    }
    if (words.n <= MAX_LINES) return true;
    if (are_plain(&words, MAX_LINES)) {
        struct tj_arg any = {.value = tj_value_unknown(c->span)};
        struct tj_args one = {.at = &any, .n = 1, .cap = 1};
        run_with(w, &inner, c->argv + first, end - first, mark, &one, false);
    } else {
        tj_work_unknown(w, TJ_REASON_BUDGET, c->span);
    }
    return true;
}

/* ---- crontab ------------------------------------------------------------------------------------------------------------------------- */

/* One line of a crontab: five fields or @when, then a command. */
static struct tj_str cron_command(struct tj_str line) {
    line = tj_str_trim(line);
    uint32_t fields = line.n && line.p[0] == '@' ? 1 : 5, at = 0;
    if (line.n == 0 || line.p[0] == '#') return TJ_STR_NONE;
    if (!tj_is_digit(line.p[0]) && line.p[0] != '*' && line.p[0] != '@') return TJ_STR_NONE;
    for (uint32_t f = 0; f < fields; f++) {
        while (at < line.n && !tj_is_space(line.p[at])) at++;
        while (at < line.n && tj_is_space(line.p[at])) at++;
    }
    return tj_str_sub(line, at, line.n);
}

static void run_cron_lines(struct tj_work *w, struct tj_env *env, const struct tj_command *c,
                           const struct tj_value *from, struct tj_str lines) {
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= lines.n && !w->stopped; i++) {
        if (i < lines.n && lines.p[i] != '\n') continue;
        struct tj_str command = cron_command(tj_str_sub(lines, begin, i));
        begin = i + 1;
        if (command.n == 0) continue;
        struct tj_value text = *from;
        text.text = command;
        text.suffix = TJ_STR_NONE;
        text.flags = 0;
        if (text.span.text == TJ_NONE) text.span = c->span;
        run_shell(w, env, c, text, TJ_NEST_DEFERRED);
    }
}

bool tj_peel_crontab(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    const struct tj_value *in = &c->input;
    bool reads = c->stdin_kind == TJ_STDIN_PIPE || c->stdin_kind == TJ_STDIN_HEREDOC;
    (void)bound;
    env->stdin_kind = TJ_STDIN_NONE;
    env->input = (struct tj_value){.span = TJ_NO_SPAN};
    for (uint32_t i = 1; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        if (!tj_value_known(v) || v->text.n == 0 || v->text.p[0] == '-') continue;
        struct tj_path path = tj_path_resolve(w->arena, tj_state_context(w->state), tj_state_cwd(w->state), v);
        const struct tj_file *file = path.dynamic ? NULL : tj_state_file(w->state, path.text);
        if (file && file->content.p) run_cron_lines(w, env, c, v, tj_arena_copy(w->arena, file->content));
    }
    if (!reads) return false;
    run_cron_lines(w, env, c, in, in->text);
    if (!tj_value_known(in)) run_cron_lines(w, env, c, in, in->suffix);
    return true;
}
