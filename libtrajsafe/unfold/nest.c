/* Nested text: where its bytes came from, in which scope it runs, and in which language. */
#include "unfold/work.h"

/* ---- texts with a map to where they stand ------------------------------------------------------------------------------------- */

struct run {
    uint32_t at, from, n;
};
enum { MAX_RUNS = 64 };

/*
 * Aligns a text with the source that it was written as: quotes and backslashes in the source are skipped. Fails when
 * anything else differs (expansions), then the text stands opaquely for its source.
 */
static uint32_t align(struct tj_str text, struct tj_str source, struct run *runs) {
    uint32_t i = 0, j = 0, n = 0;
    while (i < text.n) {
        if (j >= source.n) {
            /* echo adds a newline of its own */
            return i + 1 == text.n && text.p[i] == '\n' ? n : 0;
        }
        bool escape =
            source.p[j] == '\\' && j + 1 < source.n && source.p[j + 1] == text.p[i] && source.p[j] != text.p[i];
        bool quote = source.p[j] == '\'' || source.p[j] == '"';
        if (source.p[j] == text.p[i] && !(quote && i == 0 && text.n < source.n)) {
            bool grows = n && runs[n - 1].at + runs[n - 1].n == i && runs[n - 1].from + runs[n - 1].n == j;
            if (grows)
                runs[n - 1].n++;
            else if (n == MAX_RUNS)
                return 0;
            else
                runs[n++] = (struct run){i, j, 1};
            i++;
            j++;
        } else if (escape || quote || (source.p[j] == '$' && i == 0)) {
            j++;
        } else if (i + 1 == text.n && text.p[i] == '\n') {
            return n;
        } else {
            return 0;
        }
    }
    return n;
}

uint32_t tj_text_from(struct tj_work *w, const struct tj_value *value, struct tj_str text, enum tj_layer layer,
                      struct tj_str label) {
    struct tj_span from = value->span;
    if (!tj_work_derive(w, text.n, from)) return TJ_NONE;
    if (from.text >= w->out->texts.text.n) {
        if (w->root_text == TJ_NONE) return tj_texts_root(&w->out->texts, text);
        from = (struct tj_span){w->root_text, 0, w->out->texts.text.at[w->root_text].bytes.n};
    }
    struct run runs[MAX_RUNS];
    struct tj_str source = tj_texts_bytes(&w->out->texts, from);
    uint32_t n = align(text, source, runs);
    uint32_t child = tj_texts_child(&w->out->texts, from, layer, label, text);
    for (uint32_t i = 0; i < n && child != TJ_NONE; i++)
        (void)tj_texts_run(&w->out->texts, child, runs[i].at, from.begin + runs[i].from, runs[i].n);
    return child;
}

/* ---- where nested commands run -------------------------------------------------------------------------------------------------- */

static bool names_place(uint8_t place, uint8_t slot) {
    switch (place) {
    case TJ_PLACE_REMOTE: return slot == TJ_SLOT_HOST;
    case TJ_PLACE_CONTAINER: return slot == TJ_SLOT_CONTAINER || slot == TJ_SLOT_IMAGE || slot == TJ_SLOT_RESOURCE;
    case TJ_PLACE_OTHER_USER: return slot == TJ_SLOT_ACCOUNT;
    case TJ_PLACE_CHROOT: return slot == TJ_SLOT_DIRECTORY;
    default: return false;
    }
}

static struct tj_str place_name(const struct tj_command *c, const struct tj_bound *bound, uint8_t place) {
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (o->row && o->has_value && names_place(place, o->row->slot)) return o->value.text;
    }
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        if (names_place(place, bound->operand.at[i].slot)) return c->argv[bound->operand.at[i].arg].value.text;
    }
    return TJ_STR_NONE;
}

static uint8_t place_of(const struct tj_work *w, const struct tj_command *c) {
    uint8_t place = TJ_PLACE_HERE;
    if (c->program != TJ_NONE) place = tj_image_program(w->image, c->program)->place;
    if (place == TJ_PLACE_HERE && c->base_program != TJ_NONE)
        place = tj_image_program(w->image, c->base_program)->place;
    return place;
}

static uint32_t traits_of(const struct tj_work *w, const struct tj_command *c) {
    uint32_t traits = 0;
    if (c->program != TJ_NONE) traits |= tj_image_program(w->image, c->program)->traits;
    if (c->base_program != TJ_NONE) traits |= tj_image_program(w->image, c->base_program)->traits;
    return traits;
}

struct tj_env tj_env_inside(struct tj_work *w, const struct tj_env *env, const struct tj_command *c,
                            const struct tj_bound *bound) {
    struct tj_env inner = *env;
    uint32_t traits = traits_of(w, c);
    uint8_t place = place_of(w, c);
    inner.parent = c->index;
    inner.wraps++;
    inner.presets = 0;
    inner.pipeline = c->pipeline;
    inner.flow = c->flow;
    inner.input = c->input;
    inner.stdin_kind = c->stdin_kind;
    inner.flags &= (uint16_t)~TJ_CMD_NEGATED;
    bool stays = c->base_program != TJ_NONE && c->lang == TJ_LANG_SHELL && tj_stays_in_shell(w, c);
    bool no_function = tj_str_is(c->name, "command") || tj_str_is(c->name, "builtin");
    inner.external = !stays || tj_str_is(c->name, "exec") ? 2 : no_function && env->external < 1 ? 1 : env->external;
    if (!stays) inner.target = NULL;
    if (traits & TJ_PROGRAM_DEFERS) inner.flags |= TJ_CMD_DEFERRED;
    if (traits & TJ_PROGRAM_BACKGROUND) inner.flags |= TJ_CMD_BACKGROUND;
    bool farther = place != TJ_PLACE_HERE && (place != TJ_PLACE_OTHER_USER || env->place == TJ_PLACE_HERE);
    if (farther) {
        inner.place = place;
        inner.place_name = bound ? place_name(c, bound, place) : TJ_STR_NONE;
    }
    return inner;
}

static bool elsewhere(const struct tj_env *outer, const struct tj_env *inner) {
    bool far = inner->place == TJ_PLACE_REMOTE || inner->place == TJ_PLACE_CONTAINER || inner->place == TJ_PLACE_CHROOT;
    return far && (outer->place != inner->place || !tj_str_eq(outer->place_name, inner->place_name));
}

void tj_env_arrive(struct tj_work *w, const struct tj_env *outer, const struct tj_env *inner) {
    tj_state_enter(w->state);
    if (!elsewhere(outer, inner)) return;
    struct tj_str cwd = inner->place == TJ_PLACE_REMOTE   ? TJ_STR("~")
                        : inner->place == TJ_PLACE_CHROOT ? TJ_STR("/")
                                                          : TJ_STR("?");
    tj_state_set_cwd(w->state, cwd);
}

void tj_env_depart(struct tj_work *w, const struct tj_env *outer, const struct tj_env *inner) {
    tj_state_leave(w->state, elsewhere(outer, inner) ? TJ_LEAVE_DROP : TJ_LEAVE_KEEP_FILES);
}

/* ---- running it -------------------------------------------------------------------------------------------------------------------- */

/* Text with one gap: the gap becomes a variable of its own. */
static struct tj_str around_gap(struct tj_work *w, const struct tj_value *v) {
    struct tj_buf buf;
    struct tj_value gap = tj_value_unknown(v->span);
    gap.carries = v->carries;
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, v->text);
    /* Programs print whole lines: what comes behind lines that are not known begins a line of its own. */
    bool lines = v->text.n == 0 || v->text.p[v->text.n - 1] == '\n';
    if (!lines) tj_buf_put(&buf, tj_gap_of(w, &gap));
    tj_buf_put(&buf, v->suffix);
    return tj_buf_str(&buf);
}

static void run_text(struct tj_work *w, struct tj_env *env, const struct tj_nest *nest, struct tj_str text) {
    struct tj_env inner = *env;
    struct tj_str trimmed = tj_str_trim(text);
    if (trimmed.n == 0) return;
    uint32_t child = tj_text_from(w, &nest->text, text, nest->layer, nest->label);
    if (child == TJ_NONE) return;
    inner.text = child;
    inner.depth++;
    if (nest->frame) inner.frame = nest->frame;
    inner.dialect = nest->dialect;
    if (nest->text.carries & TJ_CLASS_BIT(DECODED)) inner.flags |= TJ_CMD_DECODED;
    if (nest->how == TJ_NEST_DEFERRED) inner.flags |= TJ_CMD_DEFERRED;
    bool scoped = nest->how != TJ_NEST_HERE;
    int status = w->status;
    struct tj_shell_scope scope = {.keeps_state = false};
    if (!tj_work_deeper(w, nest->text.span)) return;
    inner.external = 0;
    if (scoped) {
        tj_shell_begin(w, &inner, &scope);
        scope.life.errexit = scope.life.pipefail = scope.life.lastpipe = false;
        inner.pipeline = env->pipe_n > 1 ? env->pipeline : TJ_NONE;
    }
    if (nest->lang == TJ_LANG_SHELL)
        tj_walk_text(w, &inner, child);
    else if (nest->lang == TJ_LANG_PYTHON)
        tj_walk_code(w, &inner, child, TJ_LANG_PYTHON);
    else
        tj_walk_foreign(w, &inner, child, nest->lang);
    if (scoped) tj_shell_end(w, &inner, &scope);
    if (nest->how == TJ_NEST_DEFERRED) w->status = status;
    tj_work_higher(w);
}

static void run_alternatives(struct tj_work *w, struct tj_env *env, const struct tj_nest *nest) {
    struct tj_capture printed = {.some = false};
    struct tj_fork fork;
    bool outside = (nest->text.flags & TJ_VALUE_UNSET_OK) != 0;
    tj_fork_begin(w, env, &fork, NULL);
    for (uint32_t i = 0; i < nest->text.nset && !w->stopped; i++) {
        struct tj_env inner = *env;
        struct tj_side side;
        inner.flags |= TJ_CMD_MAYBE;
        if (env->capture) inner.capture = &printed;
        bool last = i + 1 == nest->text.nset && !outside;
        if (!last) tj_side_begin(w, &fork, &side);
        run_text(w, &inner, nest, nest->text.set[i]);
        if (!last) tj_side_end(w, &fork, &side);
    }
    if (outside) tj_work_unknown(w, TJ_REASON_DYNAMIC_CODE, nest->text.span);
    tj_fork_end(w, env, &fork, TJ_CWD_DOWN);
    struct tj_value v = tj_value_unknown(nest->text.span);
    v.carries = printed.value.carries;
    if (printed.some) tj_capture_add(w, env->capture, &v);
}

void tj_nest_text(struct tj_work *w, struct tj_env *env, const struct tj_nest *nest) {
    const struct tj_value *v = &nest->text;
    struct tj_str template_;
    if (tj_value_known(v)) {
        run_text(w, env, nest, v->text);
    } else if (v->flags & TJ_VALUE_IS_SET && v->nset) {
        run_alternatives(w, env, nest);
    } else if ((template_ = tj_template_of(w, v->span)).p) {
        run_text(w, env, nest, template_);
    } else {
        /* Statements do not run what they are given as data: a gap among them hides names, not code. */
        bool data = nest->lang == TJ_LANG_SQL || nest->lang == TJ_LANG_MONGO || nest->lang == TJ_LANG_REDIS;
        if (data || nest->data_gaps)
            tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        else
            tj_work_unknown(w, v->flags & TJ_VALUE_CUT ? TJ_REASON_BUDGET : TJ_REASON_DYNAMIC_CODE, v->span);
        bool some = tj_str_trim(v->text).n || tj_str_trim(v->suffix).n;
        if (some) run_text(w, env, nest, around_gap(w, v));
    }
}

/* ---- files ---------------------------------------------------------------------------------------------------------------------------- */

static const struct interpreter {
    const char *name;
    uint8_t lang, dialect;
} interpreters[] = {{"python", TJ_LANG_PYTHON, 0},
                    {"pypy", TJ_LANG_PYTHON, 0},
                    {"bash", TJ_LANG_SHELL, TJ_DIALECT_BASH},
                    {"sh", TJ_LANG_SHELL, TJ_DIALECT_SH},
                    {"dash", TJ_LANG_SHELL, TJ_DIALECT_SH},
                    {"ash", TJ_LANG_SHELL, TJ_DIALECT_SH},
                    {"ksh", TJ_LANG_SHELL, TJ_DIALECT_BASH},
                    {"mksh", TJ_LANG_SHELL, TJ_DIALECT_BASH},
                    {"zsh", TJ_LANG_SHELL, TJ_DIALECT_ZSH},
                    {"fish", TJ_LANG_SHELL, TJ_DIALECT_FISH},
                    {"csh", TJ_LANG_SHELL, TJ_DIALECT_OTHER},
                    {"tcsh", TJ_LANG_SHELL, TJ_DIALECT_OTHER},
                    {"nu", TJ_LANG_SHELL, TJ_DIALECT_OTHER},
                    {"elvish", TJ_LANG_SHELL, TJ_DIALECT_OTHER},
                    {"xonsh", TJ_LANG_SHELL, TJ_DIALECT_OTHER},
                    {"rc", TJ_LANG_SHELL, TJ_DIALECT_OTHER},
                    {"node", TJ_LANG_NODE, 0},
                    {"nodejs", TJ_LANG_NODE, 0},
                    {"ruby", TJ_LANG_RUBY, 0},
                    {"perl", TJ_LANG_PERL, 0},
                    {"php", TJ_LANG_PHP, 0},
                    {"awk", TJ_LANG_AWK, 0},
                    {"gawk", TJ_LANG_AWK, 0},
                    {"mawk", TJ_LANG_AWK, 0},
                    {"lua", TJ_LANG_LUA, 0},
                    {"luajit", TJ_LANG_LUA, 0},
                    {"pwsh", TJ_LANG_PWSH, TJ_DIALECT_PWSH},
                    {"powershell", TJ_LANG_PWSH, TJ_DIALECT_PWSH},
                    {"psql", TJ_LANG_SQL, 0},
                    {"sqlite3", TJ_LANG_SQL, 0}};

/* "#!/usr/bin/env -S FOO=1 python3.11 -u": python. */
static struct tj_str interpreter_name(struct tj_str line) {
    for (uint32_t at = 0; at < line.n;) {
        while (at < line.n && tj_is_space(line.p[at])) at++;
        uint32_t end = at;
        while (end < line.n && !tj_is_space(line.p[end])) end++;
        struct tj_str word = tj_str_sub(line, at, end), name = tj_str_basename(word);
        bool before = tj_str_is(name, "env") || tj_str_is(name, "busybox") || (word.n && word.p[0] == '-') ||
                      tj_str_chr(word, '=', 0) != TJ_NOT_FOUND;
        at = end;
        if (before) continue;
        while (name.n && (tj_is_digit(name.p[name.n - 1]) || name.p[name.n - 1] == '.')) name.n--;
        return name;
    }
    return TJ_STR_NONE;
}

/* The language of a file by its #! line, then by its name. A file without either is run by the shell. */
static struct interpreter file_lang(struct tj_str content, struct tj_str path, uint8_t dialect) {
    static const struct {
        const char *end;
        uint8_t lang, dialect;
    } names[] = {{".py", TJ_LANG_PYTHON, 0},
                 {".ps1", TJ_LANG_PWSH, TJ_DIALECT_PWSH},
                 {".bat", TJ_LANG_CMD, TJ_DIALECT_CMD},
                 {".cmd", TJ_LANG_CMD, TJ_DIALECT_CMD},
                 {".fish", TJ_LANG_SHELL, TJ_DIALECT_FISH},
                 {".zsh", TJ_LANG_SHELL, TJ_DIALECT_ZSH}};
    if (content.n > 2 && content.p[0] == '#' && content.p[1] == '!') {
        uint32_t end = tj_str_chr(content, '\n', 0);
        struct tj_str name = interpreter_name(tj_str_sub(content, 2, end == TJ_NOT_FOUND ? content.n : end));
        for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
            if (tj_str_is(name, interpreters[i].name)) return interpreters[i];
        return (struct interpreter){"", TJ_LANG_OTHER, dialect};
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tj_str_ends(path, tj_str_of(names[i].end)))
            return (struct interpreter){"", names[i].lang, names[i].dialect};
    return (struct interpreter){"", TJ_LANG_SHELL, dialect};
}

bool tj_nest_file(struct tj_work *w, struct tj_env *env, const struct tj_value *path, enum tj_lang lang,
                  enum tj_nest_how how, struct tj_frame *frame) {
    struct tj_path resolved = tj_path_resolve(w->arena, tj_state_context(w->state), tj_state_cwd(w->state), path);
    if (resolved.dynamic) return false;
    const struct tj_file *file = tj_state_file(w->state, resolved.text);
    bool readable = file && file->content.p && !(file->flags & TJ_FILE_DELETED) && tj_str_eq(file->path, resolved.text);
    if (!readable) return false;
    struct tj_active active = {tj_arena_copy(w->arena, resolved.text), env->active, NULL};
    for (const struct tj_active *a = env->active; a; a = a->outer) {
        if (tj_str_eq(a->name, active.name)) return true; /* it runs itself: once is enough */
    }
    struct tj_env inner = *env;
    uint32_t step = file->step;
    inner.active = &active;
    struct tj_nest nest = {
        .text = *path, .layer = TJ_LAYER_FILE, .label = active.name, .how = how, .frame = frame, .dialect = env->dialect};
    nest.text.text = tj_arena_copy(w->arena, file->content);
    nest.text.suffix = TJ_STR_NONE;
    nest.text.flags = 0;
    nest.text.nset = 0;
    nest.text.carries = file->carries;
    nest.lang = lang;
    if (lang == TJ_LANG_BY_FILE) {
        struct interpreter by = file_lang(nest.text.text, active.name, env->dialect);
        nest.lang = (enum tj_lang)by.lang;
        if (by.lang == TJ_LANG_SHELL) nest.dialect = by.dialect;
    }
    if (file->flags & TJ_FILE_PARTIAL) tj_work_cover(w, TJ_COVERAGE_OPAQUE);
    uint32_t texts = w->out->texts.text.n;
    tj_nest_text(w, &inner, &nest);
    if (w->out->texts.text.n > texts) w->out->texts.text.at[texts].step = step;
    return true;
}
