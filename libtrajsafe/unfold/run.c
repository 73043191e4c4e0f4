/* One command: found among functions and tables, handed to the sink, and what it runs walked. */
#include "unfold/work.h"

static bool is_active(const struct tj_env *env, struct tj_str name) {
    for (const struct tj_active *a = env->active; a; a = a->outer) {
        if (tj_str_eq(a->name, name)) return true;
    }
    return false;
}

void tj_command_stand(struct tj_command *c, const struct tj_env *env) {
    c->parent = env->parent;
    c->pipeline = env->pipeline;
    c->flow = env->flow;
    c->pipe_at = env->pipe_at;
    c->pipe_n = env->pipe_n;
    c->depth = env->depth;
    c->flags = env->flags;
    c->place = env->place;
    c->place_name = env->place_name;
    c->stdin_kind = env->stdin_kind;
    c->input = env->input;
    c->output = (struct tj_value){.flags = TJ_VALUE_IS_DYNAMIC, .span = c->span};
}

static struct tj_command *new_command(struct tj_work *w, const struct tj_env *env, const struct tj_plain *plain) {
    struct tj_command *c = tj_arena_new(w->arena, struct tj_command);
    if (!c) return NULL;
    c->program = c->base_program = TJ_NONE;
    c->argv = plain->argv;
    c->argc = plain->argc;
    c->setting = plain->setting;
    c->settings = plain->settings;
    c->redirect = plain->redirect;
    c->redirects = plain->redirects;
    c->span = plain->span;
    c->name_span = plain->argc ? plain->argv[0].value.span : plain->span;
    c->text = env->text;
    c->lang = TJ_LANG_SHELL;
    tj_command_stand(c, env);
    return c;
}

/* ---- names ------------------------------------------------------------------------------------------------------------------ */

/* "python3.11" is python, "gcc-12" is gcc. */
static uint32_t find_versioned(const struct tj_image *image, struct tj_str name) {
    uint32_t n = name.n;
    while (n && (tj_is_digit(name.p[n - 1]) || name.p[n - 1] == '.')) n--;
    if (n && n < name.n && name.p[n - 1] == '-') n--;
    if (n == 0 || n == name.n) return TJ_NONE;
    return tj_image_find_program(image, tj_str_sub(name, 0, n));
}

static uint32_t find_program(const struct tj_image *image, struct tj_str name) {
    uint32_t row = tj_image_find_program(image, name);
    if (row == TJ_NONE && name.n && tj_is_digit(name.p[name.n - 1])) row = find_versioned(image, name);
    if (row == TJ_NONE && name.n > 4 && tj_str_ends(name, TJ_STR(".exe")))
        row = tj_image_find_program(image, tj_str_sub(name, 0, name.n - 4));
    return row;
}

/* The base name, also of "$VENV/bin/python", where only the folder is not known. */
static bool name_of(const struct tj_value *v, struct tj_str *name) {
    struct tj_str s = tj_value_known(v) ? v->text : v->suffix;
    uint32_t slash = s.n ? tj_str_rchr(s, '/') : TJ_NOT_FOUND;
    if (!tj_value_known(v) && (v->flags & TJ_VALUE_IS_SET || slash == TJ_NOT_FOUND || slash + 1 == s.n)) return false;
    *name = slash == TJ_NOT_FOUND ? s : tj_str_sub(s, slash + 1, s.n);
    return true;
}

static bool obscured(const struct tj_plain *plain) {
    if (plain->argc && plain->argv[0].value.flags & TJ_VALUE_ESCAPED) return true;
    for (uint32_t i = 1; i < plain->argc; i++) {
        const struct tj_value *v = &plain->argv[i].value;
        bool option = v->text.n && v->text.p[0] == '-' && !(v->flags & TJ_VALUE_FROM_OUTPUT);
        if (v->flags & TJ_VALUE_ESCAPED && option) return true;
    }
    return false;
}

/* ---- functions ---------------------------------------------------------------------------------------------------------------- */

static const struct tj_known_function *find_known(const struct tj_work *w, struct tj_str name, struct tj_str body) {
    for (uint32_t i = w->function.n; i-- > 0;) {
        const struct tj_known_function *f = &w->function.at[i];
        if (tj_str_eq(f->name, name) && tj_str_eq(f->body, body)) return f;
    }
    return NULL;
}

static void emit_redirects(struct tj_work *w, const struct tj_env *env, const struct tj_plain *plain,
                           const struct tj_capture *printed) {
    if (plain->redirects == 0) return;
    struct tj_plain only = {.redirect = plain->redirect, .redirects = plain->redirects, .span = plain->span};
    struct tj_env after = *env;
    after.capture = NULL;
    if (printed) {
        after.input = tj_capture_value(printed, plain->span);
        after.stdin_kind = TJ_STDIN_PIPE;
    }
    tj_run_plain(w, &after, &only);
}

static void run_function(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_str name,
                         struct tj_str body) {
    struct tj_frame frame = {env->frame->zero, plain->argv + 1, plain->argc - 1, true};
    struct tj_active active = {name, env->active};
    struct tj_capture printed = {.some = false};
    struct tj_env inner = *env;
    bool writes = tj_redirects_stdout(plain->redirect, plain->redirects);
    inner.frame = &frame;
    inner.active = &active;
    inner.flags |= TJ_CMD_IN_FUNCTION;
    inner.pipeline = env->pipe_n > 1 ? env->pipeline : TJ_NONE;
    if (writes) inner.capture = &printed;
    if (!tj_work_deeper(w, plain->span)) return;
    const struct tj_known_function *known = find_known(w, name, body);
    if (known) {
        inner.script = known->script;
        inner.text = known->text;
        tj_walk_nodes(w, &inner, known->node);
    } else {
        struct tj_str kept = tj_arena_copy(w->arena, body);
        uint32_t text =
            tj_work_derive(w, kept.n, plain->span)
                ? tj_texts_child(&w->out->texts, plain->span, TJ_LAYER_NESTED, tj_arena_copy(w->arena, name), kept)
                : TJ_NONE;
        inner.depth++;
        if (text != TJ_NONE) tj_walk_text(w, &inner, text);
    }
    tj_work_higher(w);
    emit_redirects(w, env, plain, writes ? &printed : NULL);
}

/* ---- programs ------------------------------------------------------------------------------------------------------------------ */

static const char *const standard[] = {"/bin/",  "/usr/bin/",  "/usr/local/bin/",
                                       "/sbin/", "/usr/sbin/", "/opt/homebrew/bin/"};

static bool standard_folder(struct tj_str path) {
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) {
        struct tj_str folder = tj_str_of(standard[i]);
        if (tj_str_starts(path, folder) && tj_str_chr(path, '/', folder.n) == TJ_NOT_FOUND) return true;
    }
    return false;
}

/* `/b?n/r?`: a pattern whose folder fits one that programs are in. Elsewhere it finds a file not seen here. */
static bool is_globbed_program(const struct tj_value *v) {
    uint32_t slash = tj_str_rchr(v->text, '/');
    if (!(v->flags & TJ_VALUE_HAS_GLOB) || v->flags & TJ_VALUE_FROM_OUTPUT || slash == TJ_NOT_FOUND) return false;
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
        if (tj_pattern_match(tj_str_sub(v->text, 0, slash + 1), tj_str_of(standard[i]))) return true;
    return false;
}

/* ./x: its content, when this trajectory wrote it. */
static bool run_own_file(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    const struct tj_value *path = &c->argv[0].value;
    if (!tj_value_known(path) || tj_str_chr(path->text, '/', 0) == TJ_NOT_FOUND || standard_folder(path->text))
        return false;
    struct tj_frame frame = {path->text, c->argv + 1, c->argc - 1, true};
    struct tj_env inner = tj_env_inside(w, env, c, NULL);
    return tj_nest_file(w, &inner, path, TJ_LANG_BY_FILE, TJ_NEST_CHILD, &frame);
}

static void capture_output(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    if (env->capture) tj_capture_add(w, env->capture, &c->output);
}

static void set_prefix_variables(struct tj_work *w, const struct tj_plain *plain) {
    for (uint32_t i = 0; i < plain->settings; i++)
        tj_state_set_var(w->state, plain->setting[i].name, &plain->setting[i].value);
}

/* X=1 cmd …: X holds in what cmd runs and nowhere else. */
static bool peel(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_command *c,
                 const struct tj_bound *bound) {
    if (plain->settings == 0) return tj_peel(w, env, c, bound);
    tj_state_enter(w->state);
    set_prefix_variables(w, plain);
    bool found = tj_peel(w, env, c, bound);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    return found;
}

/* GIT_SSH_COMMAND, PAGER and their like hold a command line that the program runs. */
static void run_settings(struct tj_work *w, const struct tj_env *env, const struct tj_plain *plain,
                         const struct tj_command *c) {
    for (uint32_t i = 0; i < plain->settings && !w->stopped; i++)
        tj_hook_variable(w, env, c->index, plain->setting[i].name, &plain->setting[i].value);
}

static void run_program(struct tj_work *w, struct tj_env *outer, const struct tj_plain *plain, struct tj_command *c) {
    struct tj_env env = *outer;
    struct tj_bound bound;
    const struct tj_program *row = c->base_program == TJ_NONE ? NULL : tj_image_program(w->image, c->base_program);
    uint8_t nests = row ? w->unfolder->nests[c->base_program] : 0;
    bool writes = tj_redirects_stdout(plain->redirect, plain->redirects);
    if (writes) env.capture = NULL;
    c->program = c->base_program;
    if (nests) tj_bind(w->image, w->arena, c, &bound);
    if (nests & 2 && c->program != TJ_NONE) nests |= w->unfolder->nests[c->program] & 1;
    if (nests & 1 && tj_peel_wraps(c, &bound)) c->flags |= TJ_CMD_WRAPPER;
    bool reads_output = env.capture || writes;
    if (row && (reads_output || row->handler == TJ_HANDLER_MKTEMP)) tj_output_of(w, &env, c);
    if (!tj_work_emit(w, &env, c)) return;
    bool peeled = false;
    if (plain->settings) run_settings(w, &env, plain, c);
    if (row && (row->handler == TJ_HANDLER_EXPORT || row->handler == TJ_HANDLER_ENV)) tj_hook_words(w, &env, c);
    uint32_t adds = env.capture ? env.capture->adds : 0;
    if (row) tj_builtin_apply(w, outer, c);
    if (run_own_file(w, &env, c)) {
        peeled = true;
    } else if (nests & 1) {
        peeled = peel(w, &env, plain, c, &bound);
    } else if (!row) {
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        peeled = tj_peel_guess(w, &env, c);
    }
    if (row && row->traits & TJ_PROGRAM_OPAQUE) tj_work_cover(w, TJ_COVERAGE_OPAQUE);
    if (c->program != TJ_NONE && tj_image_program(w->image, c->program)->traits & TJ_PROGRAM_OPAQUE)
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
    /* What runs unseen prints unseen. */
    if (!peeled || (env.capture && env.capture->adds == adds)) capture_output(w, &env, c);
}

static void run_dynamic(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_command *c) {
    c->flags |= TJ_CMD_DYNAMIC_NAME;
    tj_work_unknown(w, TJ_REASON_DYNAMIC_NAME, c->name_span);
    if (!tj_work_emit(w, env, c)) return;
    /* `$SUDO rm x`: what follows is a command of its own, perhaps. */
    bool found = plain->argc > 1 && tj_peel_guess(w, env, c);
    if (!found) capture_output(w, env, c);
}

/* One of several names: each is a command that may run. */
static void run_alternatives(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain) {
    const struct tj_value *v = &plain->argv[0].value;
    for (uint32_t i = 0; i < v->nset && !w->stopped; i++) {
        struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, plain->argc);
        if (!argv) return;
        memcpy(argv, plain->argv, plain->argc * sizeof *argv);
        argv[0].value = tj_value_text(v->set[i], v->span);
        struct tj_plain one = *plain;
        struct tj_env inner = *env;
        one.argv = argv;
        inner.flags |= TJ_CMD_MAYBE;
        tj_run_plain(w, &inner, &one);
    }
}

/*
 * `/b?n/r? -rf x`: which file the pattern finds is known only where it runs. Every program of the table that it fits may be
 * the one; a pattern that fits many says nothing.
 */
static void run_globbed(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_command *c) {
    enum { FITTING_MOST = 16, LOOKED_AT = 100 /* steps for all rows */ };
    struct tj_str path = plain->argv[0].value.text, fit[FITTING_MOST];
    struct tj_str pattern = tj_str_sub(path, tj_str_rchr(path, '/') + 1, path.n);
    uint32_t fits = 0;
    w->steps += LOOKED_AT;
    for (uint32_t i = 0; i < w->image->n[TJ_SECTION_PROGRAMS] && fits <= FITTING_MOST; i++) {
        const struct tj_program *row = tj_image_program(w->image, i);
        struct tj_str name = tj_image_str(w->image, row->name);
        if (row->parent != TJ_NONE || tj_str_chr(name, ':', 0) != TJ_NOT_FOUND || !tj_pattern_match(pattern, name))
            continue;
        if (fits < FITTING_MOST) fit[fits] = name;
        fits++;
    }
    c->flags |= TJ_CMD_DYNAMIC_NAME;
    tj_work_unknown(w, TJ_REASON_DYNAMIC_NAME, c->name_span);
    if (!tj_work_emit(w, env, c)) return;
    if (fits == 0 || fits > FITTING_MOST) capture_output(w, env, c);
    for (uint32_t i = 0; i < fits && fits <= FITTING_MOST && !w->stopped; i++) {
        struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, plain->argc);
        if (!argv) return;
        memcpy(argv, plain->argv, plain->argc * sizeof *argv);
        argv[0].value = tj_value_text(fit[i], plain->argv[0].value.span);
        struct tj_plain one = *plain;
        struct tj_env inner = *env;
        one.argv = argv;
        one.obscured = true;
        inner.flags |= TJ_CMD_MAYBE | TJ_CMD_GUESSED;
        inner.parent = c->index;
        tj_run_plain(w, &inner, &one);
    }
}

static void run_redirect_only(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain) {
    struct tj_command *c = new_command(w, env, plain);
    if (!c) return;
    c->flags |= TJ_CMD_REDIRECT_ONLY;
    if (tj_redirects_stdout(plain->redirect, plain->redirects)) c->output = env->input;
    if (!tj_work_emit(w, env, c)) return;
    if (plain->settings) run_settings(w, env, plain, c);
    /* $(< file) */
    bool reads = plain->redirects == 1 && plain->redirect[0].op == TJ_REDIR_IN && plain->settings == 0;
    if (!reads || !env->capture) return;
    struct tj_value content = env->input;
    content.carries |= c->output_carries;
    tj_capture_add(w, env->capture, &content);
}

/* `${*} rm x`: parameters that a command line does not have, in front of the name to hide it. */
static bool is_noise(const struct tj_work *w, const struct tj_env *env, const struct tj_value *v) {
    if (tj_value_known(v) || v->text.n || v->suffix.n || env->frame->known) return false;
    struct tj_str s = tj_texts_bytes(&w->out->texts, v->span);
    if (s.n && s.p[0] == '"') s = tj_str_sub(s, 1, s.n);
    if (tj_str_starts(s, TJ_STR("${"))) s = tj_str_sub(s, 1, s.n);
    return s.n > 1 && (s.p[1] == '*' || s.p[1] == '@');
}

static void run_without_noise(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain) {
    struct tj_plain rest = *plain;
    while (rest.argc > 1 && is_noise(w, env, &rest.argv[0].value)) {
        rest.argv++;
        rest.argc--;
    }
    rest.obscured = true;
    tj_run_plain(w, env, &rest);
}

void tj_run_plain(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain) {
    struct tj_str name = TJ_STR_NONE, body;
    w->steps += plain->argc; /* every wrapper looks at all its words */
    if (!tj_work_step(w)) return;
    if (plain->argc == 0) {
        run_redirect_only(w, env, plain);
        return;
    }
    const struct tj_value *first = &plain->argv[0].value;
    if (first->flags & TJ_VALUE_IS_SET && first->nset) {
        run_alternatives(w, env, plain);
        return;
    }
    if (plain->argc > 1 && is_noise(w, env, first)) {
        run_without_noise(w, env, plain);
        return;
    }
    bool known = name_of(first, &name);
    if (known && tj_state_function(w->state, name, &body) && body.n && !is_active(env, name) && tj_value_known(first)) {
        run_function(w, env, plain, name, body);
        return;
    }
    struct tj_command *c = new_command(w, env, plain);
    if (!c || !tj_work_deeper(w, plain->span)) return;
    if (plain->obscured || obscured(plain)) c->flags |= TJ_CMD_OBSCURED;
    bool globbed = known && is_globbed_program(first);
    if (!globbed) c->name = name;
    if (known && !globbed) c->base_program = find_program(w->image, name);
    if (globbed)
        run_globbed(w, env, plain, c);
    else if (known)
        run_program(w, env, plain, c);
    else
        run_dynamic(w, env, plain, c);
    tj_work_higher(w);
}

void tj_run_words(struct tj_work *w, struct tj_env *env, const struct tj_arg *argv, uint32_t argc) {
    tj_run_redirected(w, env, argv, argc, NULL, 0);
}

void tj_run_redirected(struct tj_work *w, struct tj_env *env, const struct tj_arg *argv, uint32_t argc,
                       const struct tj_redirect *redirect, uint32_t redirects) {
    struct tj_env inner = *env;
    struct tj_span span = argv[0].value.span, last = argv[argc - 1].value.span;
    if (last.text == span.text && last.end > span.end) span.end = last.end;
    if (inner.pipeline == TJ_NONE) inner.pipeline = w->pipelines++;
    if (inner.flow == TJ_NONE) inner.flow = inner.pipeline;
    struct tj_plain plain = {.argv = argv, .argc = argc, .redirect = redirect, .redirects = redirects, .span = span};
    tj_run_plain(w, &inner, &plain);
}
