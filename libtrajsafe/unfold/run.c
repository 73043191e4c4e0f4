/* One command: found among functions and tables, handed to the sink, and what it runs walked. */
#include "unfold/work.h"

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
    uint32_t row = tj_image_find_program(image, tj_str_sub(name, 0, n));
    uint32_t handler = TJ_HANDLER_NONE;
    if (row != TJ_NONE) handler = tj_image_program(image, row)->handler;
    bool builtin = handler == TJ_HANDLER_READ || handler == TJ_HANDLER_EXPORT || handler == TJ_HANDLER_SET ||
                   handler == TJ_HANDLER_SHIFT || handler == TJ_HANDLER_ECHO || handler == TJ_HANDLER_PRINTF;
    return builtin ? TJ_NONE : row;
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

/* A variable of a function of its own: what it was comes back when the function ends. */
void tj_make_local(struct tj_work *w, struct tj_env *env, struct tj_str name) {
    struct tj_locals *locals = env->frame->locals;
    if (!locals) return;
    for (uint32_t i = 0; i < locals->at.n; i++) {
        if (tj_str_eq(locals->at.at[i].name, name)) return;
    }
    const struct tj_value *v = tj_state_var(w->state, name);
    struct tj_value outside = tj_value_unknown(TJ_NO_SPAN);
    struct tj_local l = {.name = tj_arena_copy(w->arena, name)};
    outside.flags |= TJ_VALUE_UNSET_OK;
    (void)tj_value_keep(w->arena, v ? v : &outside, &l.old);
    (void)tj_vec_push(w->arena, &locals->at, l);
    (void)tj_vec_push(w->arena, &env->life->local, l.name);
}

static void drop_locals(struct tj_work *w, const struct tj_env *env, const struct tj_locals *locals) {
    for (uint32_t i = locals->at.n; i-- > 0;) tj_set_variable(w, env, locals->at.at[i].name, &locals->at.at[i].old);
}

static void walk_body(struct tj_work *w, struct tj_env *inner, const struct tj_plain *plain, struct tj_str name,
                      struct tj_str body) {
    const struct tj_known_function *known = find_known(w, name, body);
    if (known) {
        inner->script = known->script;
        inner->text = known->text;
        tj_walk_node(w, inner, known->node);
        return;
    }
    struct tj_str kept = tj_arena_copy(w->arena, body);
    uint32_t text =
        tj_work_derive(w, kept.n, plain->span)
            ? tj_texts_child(&w->out->texts, plain->span, TJ_LAYER_NESTED, tj_arena_copy(w->arena, name), kept)
            : TJ_NONE;
    inner->depth++;
    if (text != TJ_NONE) tj_walk_text(w, inner, text);
}

static void run_function(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_str name,
                         struct tj_str body) {
    struct tj_locals locals = {.at = {.n = 0}};
    struct tj_frame frame = {env->frame->zero, plain->argv + 1, plain->argc - 1, true, false, &locals};
    struct tj_active active = {name, env->active, &frame};
    struct tj_capture printed = {.some = false};
    struct tj_env inner = *env;
    struct tj_fork fork;
    struct tj_target target = tj_target_in(env, TJ_TARGET_FUNCTION, &fork);
    bool writes = tj_redirects_stdout(plain->redirect, plain->redirects);
    for (uint32_t i = 1; i < plain->argc; i++)
        frame.lost = frame.lost || plain->argv[i].value.flags & (TJ_VALUE_MAY_SPLIT | TJ_VALUE_HAS_GLOB);
    inner.frame = &frame;
    inner.active = &active;
    inner.target = &target;
    inner.flags |= TJ_CMD_IN_FUNCTION;
    inner.pipeline = env->pipe_n > 1 ? env->pipeline : TJ_NONE;
    if (writes) inner.capture = &printed;
    if (!tj_work_deeper(w, plain->span)) return;
    env->life->called = true;
    tj_fork_begin(w, &inner, &fork, &target);
    for (uint32_t i = 0; i < plain->settings; i++) { /* x=1 f: as if it were local */
        tj_make_local(w, &inner, plain->setting[i].name);
        tj_set_variable(w, &inner, plain->setting[i].name, &plain->setting[i].value);
    }
    walk_body(w, &inner, plain, name, body);
    tj_fork_end(w, &inner, &fork, TJ_CWD_LAST);
    drop_locals(w, env, &locals);
    tj_work_higher(w);
    int status = w->status;
    emit_redirects(w, env, plain, writes ? &printed : NULL);
    w->status = plain->redirects ? TJ_STATUS_UNKNOWN : status;
}

/* A function that calls itself is followed while its arguments are known and change. */
static bool goes_round(struct tj_work *w, const struct tj_env *env, const struct tj_plain *plain, struct tj_str name) {
    enum { MAX_RECURSIONS = 64 };
    for (const struct tj_active *a = env->active; a; a = a->outer) {
        if (!tj_str_eq(a->name, name)) continue;
        bool changed = a->frame && a->frame->n + 1 != plain->argc;
        for (uint32_t i = 1; a->frame && i < plain->argc; i++) {
            if (!tj_value_known(&plain->argv[i].value)) return true;
            changed = changed || !tj_str_eq(plain->argv[i].value.text, a->frame->arg[i - 1].value.text);
        }
        return !changed || ++w->recursions > MAX_RECURSIONS;
    }
    return false;
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
    struct tj_frame frame = {path->text, c->argv + 1, c->argc - 1, true, false, NULL};
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
/* env -C FOLDER, sudo -D FOLDER: where the program that it runs works. chroot's folder is another root. */
static const struct tj_value *work_folder(const struct tj_work *w, const struct tj_command *c,
                                          const struct tj_bound *bound) {
    const struct tj_program *row = tj_image_program(w->image, c->base_program);
    if (row->handler == TJ_HANDLER_GIT || row->place == TJ_PLACE_CHROOT || row->place == TJ_PLACE_CONTAINER ||
        row->place == TJ_PLACE_REMOTE)
        return NULL;
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *option = &bound->option.at[i];
        if (option->row && option->has_value && option->row->slot == TJ_SLOT_DIRECTORY) return &option->value;
    }
    return NULL;
}

static bool peel(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_command *c,
                 const struct tj_bound *bound) {
    const struct tj_value *folder = work_folder(w, c, bound);
    if (plain->settings == 0 && !folder) return tj_peel(w, env, c, bound);
    tj_state_enter(w->state);
    if (folder) tj_go_to(w, folder);
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

/* What builtins do to this shell; X=1 in front of them holds while they do it. */
static void apply_builtin(struct tj_work *w, struct tj_env *outer, const struct tj_plain *plain, struct tj_command *c,
                          int before) {
    struct tj_locals locals = {.at = {.n = 0}};
    struct tj_env env = *outer;
    struct tj_frame frame = *outer->frame;
    frame.locals = &locals;
    if (plain->settings) env.frame = &frame;
    for (uint32_t i = 0; i < plain->settings; i++) {
        tj_make_local(w, &env, plain->setting[i].name);
        tj_set_variable(w, &env, plain->setting[i].name, &plain->setting[i].value);
    }
    env.frame = outer->frame;
    tj_builtin_apply(w, &env, c);
    drop_locals(w, &env, &locals);
    int after = w->status;
    w->status = before;
    if (!tj_jump(w, &env, c)) w->status = after;
}

/* `2>&1`: what a program complains of is read too. */
static void complain(struct tj_work *w, const struct tj_env *env, const struct tj_command *c) {
    struct tj_value v = tj_value_unknown(c->span);
    v.carries = c->output_carries;
    tj_capture_add(w, env->capture, &v);
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
    bool builtin = row && env.external < 2 && tj_str_eq(c->argv[0].value.text, c->name);
    int before = w->status;
    w->status = builtin ? tj_status_of(c) : TJ_STATUS_UNKNOWN;
    if (builtin) apply_builtin(w, outer, plain, c, before);
    if (w->jump) return;
    int status = w->status;
    w->status = before; /* what it runs may ask for $? */
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
    bool stays = peeled && builtin && tj_stays_in_shell(w, c);
    if (!stays) w->status = status;
    /* exec that finds no program leaves an interactive shell running. */
    if (builtin && tj_str_is(c->name, "exec") && c->argc > 1) tj_may_exit(w, outer);
    if (env.errors && env.errors == env.capture && !builtin) complain(w, &env, c);
    /* What runs unseen prints unseen. */
    if (!peeled || (env.capture && env.capture->adds == adds)) capture_output(w, &env, c);
}

static void run_dynamic(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain, struct tj_command *c) {
    c->flags |= TJ_CMD_DYNAMIC_NAME;
    tj_work_unknown(w, TJ_REASON_DYNAMIC_NAME, c->name_span);
    w->status = TJ_STATUS_UNKNOWN;
    if (!tj_work_emit(w, env, c)) return;
    /* `$SUDO rm x`: what follows is a command of its own, perhaps. */
    bool found = plain->argc > 1 && tj_peel_guess(w, env, c);
    if (!found) capture_output(w, env, c);
}

/* `$x /y`, where one of the texts that x may be is "rm -r": it is split. */
static struct tj_plain split_name(struct tj_work *w, const struct tj_plain *plain, struct tj_str name) {
    enum { MOST = 16 };
    const struct tj_value *v = &plain->argv[0].value;
    struct tj_plain out = *plain;
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, plain->argc + MOST);
    uint32_t n = 0, at = 0;
    out.argc = 0;
    if (!argv) return out;
    while (v->flags & TJ_VALUE_MAY_SPLIT && n < MOST) {
        while (at < name.n && tj_is_space(name.p[at])) at++;
        uint32_t begin = at;
        while (at < name.n && !tj_is_space(name.p[at])) at++;
        if (at == begin) break;
        argv[n++].value = tj_value_text(tj_str_sub(name, begin, at), v->span);
    }
    if (!(v->flags & TJ_VALUE_MAY_SPLIT)) argv[n++].value = tj_value_text(name, v->span);
    memcpy(argv + n, plain->argv + 1, (plain->argc - 1) * sizeof *argv);
    out.argv = argv;
    out.argc = n + plain->argc - 1;
    return out;
}

/* The word is nothing but `$name` or `${name}`, unquoted: the name. */
static struct tj_str bare_variable(const struct tj_work *w, const struct tj_value *v) {
    struct tj_str s = tj_texts_bytes(&w->out->texts, v->span);
    if (s.n < 2 || s.p[0] != '$') return TJ_STR_NONE;
    bool braces = s.p[1] == '{' && s.p[s.n - 1] == '}';
    struct tj_str name = braces ? tj_str_sub(s, 2, s.n - 1) : tj_str_sub(s, 1, s.n);
    for (uint32_t i = 0; i < name.n; i++)
        if (!tj_is_name(name.p[i])) return TJ_STR_NONE;
    return name;
}

static void run_rest(struct tj_work *w, const struct tj_env *env, const struct tj_plain *plain) {
    struct tj_plain rest = *plain;
    struct tj_env inner = *env;
    rest.argv++;
    rest.argc--;
    inner.flags |= TJ_CMD_MAYBE;
    tj_run_plain(w, &inner, &rest);
}

/*
 * One of several names: each is a command that may run. A variable that nobody set, but for what the text gives it, counts as
 * not set, as in ${x:-d}: `$sudo rm x` is then `rm x`.
 */
static void run_alternatives(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain) {
    enum { MOST = 8 };
    const struct tj_value *v = &plain->argv[0].value;
    const struct tj_capture *prints[MOST];
    struct tj_capture *own = tj_arena_array(w->arena, struct tj_capture, v->nset);
    struct tj_fork fork;
    uint32_t n = v->nset < MOST ? v->nset : MOST, unset = 0;
    if (!own) return;
    tj_fork_begin(w, env, &fork, NULL);
    if (v->flags & TJ_VALUE_UNSET_OK && plain->argc > 1 && bare_variable(w, v).n) {
        struct tj_side side;
        struct tj_env inner = *env;
        struct tj_capture *printed = tj_arena_new(w->arena, struct tj_capture);
        if (env->capture) inner.capture = printed;
        tj_side_begin(w, &fork, &side);
        run_rest(w, &inner, plain);
        tj_side_end(w, &fork, &side);
        if (n < MOST) prints[n++] = printed;
        unset = 1;
    }
    for (uint32_t i = 0; i < v->nset && !w->stopped; i++) {
        struct tj_plain one = split_name(w, plain, v->set[i]);
        struct tj_side side;
        struct tj_env inner = *env;
        inner.flags |= TJ_CMD_MAYBE;
        if (env->capture) inner.capture = &own[i];
        if (i < MOST) prints[i] = &own[i];
        bool last = i + 1 == v->nset;
        if (!last) tj_side_begin(w, &fork, &side);
        tj_run_plain(w, &inner, &one);
        if (!last) tj_side_end(w, &fork, &side);
    }
    tj_fork_end(w, env, &fork, TJ_CWD_DOWN);
    struct tj_value blind = tj_value_unknown(plain->span);
    if (env->capture && v->nset + unset <= MOST) tj_capture_either(w, env->capture, prints, n);
    if (env->capture && v->nset + unset > MOST) tj_capture_add(w, env->capture, &blind);
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
    w->status = TJ_STATUS_UNKNOWN;
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
    return !env->frame->lost && s.n > 1 && (s.p[1] == '*' || s.p[1] == '@');
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

/* `[ -w /x ] || sudo=sudo; $sudo rm y` where nothing gave it a value: the text's own variable, so it is not set. */
static bool is_own_unset(struct tj_work *w, const struct tj_value *v) {
    bool unset = v->flags & TJ_VALUE_IS_DYNAMIC && v->flags & TJ_VALUE_UNSET_OK && !v->text.n && !v->suffix.n;
    struct tj_str name = unset ? bare_variable(w, v) : TJ_STR_NONE, s = w->root ? w->root->source : TJ_STR_NONE;
    if (!s.p || name.n == 0 || !(name.p[0] == '_' || (name.p[0] >= 'a' && name.p[0] <= 'z'))) return false;
    w->steps += s.n / 256;
    for (uint32_t at = 0; (at = tj_str_find(s, name, at)) != TJ_NOT_FOUND; at += name.n) {
        bool begins = at == 0 || tj_is_space(s.p[at - 1]) || strchr(";&|({", s.p[at - 1]);
        if (begins && at + name.n < s.n && s.p[at + name.n] == '=') return true;
    }
    return false;
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
    if (plain->argc > 1 && is_own_unset(w, first)) {
        run_rest(w, env, plain);
        return;
    }
    bool known = name_of(first, &name);
    bool function = known && !env->external && tj_value_known(first) && tj_str_eq(first->text, name) &&
                    tj_state_function(w->state, name, &body) && body.n;
    if (function && !goes_round(w, env, plain, name)) {
        run_function(w, env, plain, name, body);
        return;
    }
    if (function) tj_work_cover(w, TJ_COVERAGE_OPAQUE);
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
