/* PowerShell, a named subset: commands and pipelines. What lies beyond it is said not to be understood. */
#include "unfold/pwsh.h"

enum { MAX_ARGS = 64 };

struct tj_command *tj_ps_emit(struct tj_ps *p, struct tj_str name, const struct tj_arg *arg, uint32_t n,
                              struct tj_span span) {
    return tj_light_emit(p->w, p->env, name, TJ_LANG_PWSH, arg, n, span);
}

void tj_ps_run(struct tj_ps *p, struct tj_value code, struct tj_span span) {
    struct tj_nest nest = {.text = code,
                           .lang = TJ_LANG_PWSH,
                           .layer = TJ_LAYER_NESTED,
                           .label = TJ_STR("invoke-expression"),
                           .how = TJ_NEST_HERE,
                           .dialect = TJ_DIALECT_PWSH};
    struct tj_env inner = *p->env;
    if (!tj_work_deeper(p->w, span)) return;
    tj_nest_text(p->w, &inner, &nest);
    tj_work_higher(p->w);
}

/* ---- one command -------------------------------------------------------------------------------------------------------------- */

struct command {
    struct tj_str name;        /* lower case */
    struct tj_ps_value called; /* of & and . */
    struct tj_arg arg[MAX_ARGS];
    bool option[MAX_ARGS]; /* written as -word, not quoted */
    uint32_t n;
    struct tj_ps_value block; /* the last { … } among the words */
    bool has_block;
    struct tj_ps_value input;
    bool piped;
    struct tj_span span, name_span;
};

struct tj_str tj_ps_row(struct tj_ps *p, struct tj_str name) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_puts(&buf, "ps:");
    tj_buf_put(&buf, name);
    return tj_buf_str(&buf);
}

/* A -word that no option of the row begins with: `rm -rf x` is the rm of another system. */
static bool foreign_option(struct tj_ps *p, uint32_t row, const struct command *c) {
    const struct tj_program *program = tj_image_program(p->w->image, row);
    for (uint32_t i = 0; i < c->n; i++) {
        struct tj_str s = c->arg[i].value.text;
        bool found = !c->option[i] || s.n < 3;
        for (uint32_t k = 0; k < program->options.n && !found; k++) {
            const struct tj_option *o = TJ_ROW(p->w->image, OPTIONS, struct tj_option, program->options.at + k);
            struct tj_str name = tj_image_str(p->w->image, o->name), given = s;
            uint32_t colon = tj_str_chr(s, ':', 0);
            if (colon != TJ_NOT_FOUND) given = tj_str_sub(s, 0, colon);
            found = name.n >= given.n && tj_str_ieq(tj_str_sub(name, 0, given.n), given);
        }
        if (!found) return true;
    }
    return false;
}

static struct tj_ps_value run_native(struct tj_ps *p, struct command *c) {
    struct tj_arg *argv = tj_arena_array(p->w->arena, struct tj_arg, MAX_ARGS + 1); /* outlives this call */
    struct tj_env inner = *p->env;
    struct tj_capture printed = {.some = false};
    struct tj_value name = c->called.v.text.p ? c->called.v : tj_value_text(c->name, c->name_span);
    uint32_t n = 0;
    if (!argv) return tj_ps_unknown(c->span, 0);
    if (tj_value_known(&name)) { /* C:\x\Y.EXE is /x/y.exe here */
        struct tj_str path = name.text;
        if (tj_str_chr(path, '\\', 0) != TJ_NOT_FOUND) path = tj_path_of_windows(p->w->arena, path);
        uint32_t slash = tj_str_rchr(path, '/');
        struct tj_buf buf;
        tj_buf_init(&buf, p->w->arena);
        for (uint32_t i = 0; i < path.n; i++)
            tj_buf_putc(&buf, slash == TJ_NOT_FOUND || i > slash ? tj_lower(path.p[i]) : path.p[i]);
        if (path.n) name.text = tj_buf_str(&buf);
    }
    argv[n++] = (struct tj_arg){.value = name};
    for (uint32_t i = 0; i < c->n; i++) argv[n++] = c->arg[i];
    if (c->piped) {
        inner.input = c->input.v;
        inner.stdin_kind = TJ_STDIN_PIPE;
    }
    inner.capture = &printed;
    tj_run_words(p->w, &inner, argv, n);
    struct tj_ps_value out = {.v = tj_capture_value(&printed, c->span), .type = TJ_STR("")};
    return out;
}

/* Commands that shape what passes through them, and those whose meaning the reader needs to know. */
enum meaning { PLAIN, SAYS, PASSES, EACH, EVALUATES, RUNS_BLOCK, MAKES, LISTS, STARTS, READS };
static const struct {
    const char *name;
    uint8_t meaning;
} meanings[] = {{"write-output", SAYS},
                {"echo", SAYS},
                {"write", SAYS},
                {"where-object", PASSES},
                {"where", PASSES},
                {"?", PASSES},
                {"select-object", PASSES},
                {"select", PASSES},
                {"sort-object", PASSES},
                {"out-string", PASSES},
                {"out-null", PASSES},
                {"tee-object", PASSES},
                {"sort", PASSES},
                {"get-unique", PASSES},
                {"foreach-object", EACH},
                {"foreach", EACH},
                {"%", EACH},
                {"invoke-expression", EVALUATES},
                {"iex", EVALUATES},
                {"invoke-command", RUNS_BLOCK},
                {"icm", RUNS_BLOCK},
                {"start-job", RUNS_BLOCK},
                {"sajb", RUNS_BLOCK},
                {"measure-command", RUNS_BLOCK},
                {"start-threadjob", RUNS_BLOCK},
                {"new-object", MAKES},
                {"get-childitem", LISTS},
                {"gci", LISTS},
                {"dir", LISTS},
                {"ls", LISTS},
                {"get-item", LISTS},
                {"gi", LISTS},
                {"resolve-path", LISTS},
                {"start-process", STARTS},
                {"saps", STARTS},
                {"start", STARTS}};

static enum meaning meaning_of(struct tj_str name) {
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (tj_str_is(name, meanings[i].name)) return (enum meaning)meanings[i].meaning;
    return PLAIN;
}

/* The value of an option by the beginning of its name, else the operand with that number. Options take one word each. */
static const struct tj_value *given(const struct command *c, const char *option, uint32_t which) {
    struct tj_str name = tj_str_of(option);
    uint32_t operand = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        struct tj_str s = c->arg[i].value.text;
        if (c->option[i]) {
            bool same = s.n <= name.n && tj_str_ieq(tj_str_sub(name, 0, s.n), s);
            if (i + 1 < c->n && !c->option[i + 1]) i++;
            if (same && i < c->n) return &c->arg[i].value;
        } else if (operand++ == which) {
            return &c->arg[i].value;
        }
    }
    return NULL;
}

static void run_block(struct tj_ps *p, const struct command *c, bool remote) {
    struct tj_env inner = *p->env;
    struct tj_ps q = *p;
    if (!c->has_block) return;
    if (remote) {
        inner.place = TJ_PLACE_REMOTE;
        const struct tj_value *host = given(c, "-computername", 9);
        if (host) inner.place_name = host->text;
    }
    q.env = &inner;
    tj_ps_run(&q, c->block.v, c->span);
}

static void start_process(struct tj_ps *p, const struct command *c) {
    const struct tj_value *file = given(c, "-filepath", 0), *list = given(c, "-argumentlist", 1);
    if (!list) list = given(c, "-args", 1);
    struct tj_arg argv[MAX_ARGS];
    uint32_t n = 0;
    if (!file) return;
    struct command inner = {.span = c->span, .called = {.v = *file, .type = TJ_STR("")}};
    if (list && list->nset) {
        for (uint32_t i = 0; i < list->nset && n < MAX_ARGS; i++)
            argv[n++] = (struct tj_arg){.value = tj_value_text(list->set[i], list->span)};
    } else if (list && tj_value_known(list)) {
        struct tj_str s = list->text; /* one text with blanks in it is several words */
        for (uint32_t at = 0; at < s.n && n < MAX_ARGS;) {
            uint32_t end = tj_str_chr(s, ' ', at);
            if (end == TJ_NOT_FOUND) end = s.n;
            if (end > at) argv[n++] = (struct tj_arg){.value = tj_value_text(tj_str_sub(s, at, end), list->span)};
            at = end + 1;
        }
    } else if (list) {
        argv[n++] = (struct tj_arg){.value = *list};
    }
    memcpy(inner.arg, argv, n * sizeof *argv);
    inner.n = n;
    struct tj_env around = *p->env;
    around.flags |= TJ_CMD_BACKGROUND;
    struct tj_ps q = *p;
    q.env = &around;
    (void)run_native(&q, &inner);
}

static struct tj_ps_value made(struct tj_ps *p, const struct command *c) {
    const struct tj_value *type = given(c, "-typename", 0);
    if (!type) type = given(c, "-comobject", 0);
    if (!type || !tj_value_known(type)) return tj_ps_unknown(c->span, 0);
    struct tj_str name = tj_ps_lower(p, type->text);
    if (tj_str_starts(name, TJ_STR("system."))) name = tj_str_sub(name, 7, name.n);
    struct tj_ps_value arg[MAX_ARGS], out = tj_ps_unknown(c->span, 0);
    uint32_t n = 0;
    const struct tj_value *list = given(c, "-argumentlist", 1);
    if (list && list->nset) {
        for (uint32_t i = 0; i < list->nset && n < 8; i++) arg[n++] = tj_ps_text(list->set[i], list->span);
    } else if (list) {
        arg[n++] = (struct tj_ps_value){.v = *list, .type = TJ_STR("")};
    }
    (void)tj_ps_static(p, name, TJ_STR("new"), arg, n, true, c->span);
    out.type = name;
    return out;
}

/* What a list of files is when it is piped on: the folder's content. */
static struct tj_ps_value listed(struct tj_ps *p, const struct command *c) {
    const struct tj_value *path = given(c, "-path", 0);
    if (!path) path = given(c, "-literalpath", 0);
    struct tj_ps_value out =
        path ? (struct tj_ps_value){.v = *path, .type = TJ_STR("")} : tj_ps_text(TJ_STR("."), c->span);
    bool item = tj_str_is(c->name, "get-item") || tj_str_is(c->name, "gi") || tj_str_is(c->name, "resolve-path");
    bool some = false;
    for (uint32_t i = 0; i < c->n; i++) {
        struct tj_str s = c->arg[i].value.text;
        some |= s.n > 2 && s.p[0] == '-' && (tj_lower(s.p[1]) == 'f' || tj_lower(s.p[1]) == 'i') &&
                !tj_str_ieq(s, TJ_STR("-force"));
    }
    if (item || out.v.nset || !tj_value_known(&out.v)) return out;
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_put(&buf, out.v.text);
    bool slash = out.v.text.n && strchr("\\/", out.v.text.p[out.v.text.n - 1]);
    if (tj_str_chr(out.v.text, '*', 0) == TJ_NOT_FOUND) tj_buf_puts(&buf, slash ? "*" : "\\*");
    out.v.text = tj_buf_str(&buf);
    out.v.flags |= TJ_VALUE_HAS_GLOB;
    if (some) out.v.flags |= TJ_VALUE_IS_DYNAMIC; /* -Filter *.log: some of them */
    return out;
}

static struct tj_ps_value each(struct tj_ps *p, struct command *c) {
    if (c->has_block) {
        tj_ps_set(p, TJ_STR("_"), &c->input);
        tj_ps_set(p, TJ_STR("psitem"), &c->input);
        run_block(p, c, false);
    }
    return tj_ps_unknown(c->span, c->input.v.carries);
}

/* Text as code: iex X, X | iex. */
static void evaluate(struct tj_ps *p, struct command *c) {
    const struct tj_value *code = given(c, "-command", 0);
    if (!code && c->piped) code = &c->input.v;
    if (!code) return;
    struct tj_ps_value text = {.v = *code, .type = TJ_STR("")};
    text = tj_ps_join(p, text, TJ_STR("\n"));
    tj_ps_run(p, text.v, c->span);
}

static struct tj_ps_value run_known(struct tj_ps *p, struct command *c, enum meaning meaning, uint32_t row) {
    struct tj_ps_value out = tj_ps_unknown(c->span, 0);
    struct tj_env inner = *p->env;
    if (c->piped) {
        inner.input = c->input.v;
        inner.stdin_kind = TJ_STDIN_PIPE;
    }
    /* gci x | Remove-Item: what is piped is its operand. */
    bool takes = meaning == EVALUATES ||
                 (row != TJ_NONE && tj_image_program(p->w->image, row)->traits & TJ_PROGRAM_STDIN_OPERANDS);
    if (takes && c->piped && c->n < MAX_ARGS && !given(c, "-path", 0))
        c->arg[c->n++] = (struct tj_arg){.value = c->input.v};
    struct tj_command *done = tj_light_emit(p->w, &inner, tj_ps_row(p, c->name), TJ_LANG_PWSH, c->arg, c->n, c->span);
    if (done) out.v.carries = done->output_carries;
    switch (meaning) {
    case SAYS: return c->n == 1 ? (struct tj_ps_value){.v = c->arg[0].value, .type = TJ_STR("")} : out;
    case PASSES: return c->input;
    case EACH: return each(p, c);
    case EVALUATES: evaluate(p, c); return out;
    case RUNS_BLOCK: run_block(p, c, given(c, "-computername", 9) != NULL); return out;
    case MAKES: return made(p, c);
    case LISTS: return listed(p, c);
    case STARTS: start_process(p, c); return out;
    default: return out;
    }
}

static bool runs_script(struct tj_ps *p, struct command *c) {
    struct tj_value path = c->called.v.text.p ? c->called.v : tj_value_text(c->name, c->name_span);
    if (!tj_value_known(&path) || path.text.n < 5 ||
        !tj_str_ieq(tj_str_sub(path.text, path.text.n - 4, path.text.n), TJ_STR(".ps1")))
        return false;
    if (tj_str_chr(path.text, '\\', 0) != TJ_NOT_FOUND) path.text = tj_path_of_windows(p->w->arena, path.text);
    if (!tj_nest_file(p->w, p->env, &path, TJ_LANG_PWSH, TJ_NEST_HERE, NULL)) {
        struct tj_arg arg = {.value = path};
        (void)tj_ps_emit(p, TJ_STR("ps:run-script"), &arg, 1, c->span);
        tj_work_cover(p->w, TJ_COVERAGE_OPAQUE);
    }
    return true;
}

static struct tj_ps_value run_command(struct tj_ps *p, struct command *c) {
    struct tj_str body;
    struct tj_buf key;
    if (tj_str_is(c->called.type, "block")) {
        tj_ps_run(p, c->called.v, c->span);
        return tj_ps_unknown(c->span, 0);
    }
    if (c->called.v.text.p && tj_value_known(&c->called.v)) c->name = tj_ps_lower(p, c->called.v.text);
    if (!c->name.n && c->called.v.span.text != TJ_NONE) {
        tj_work_unknown(p->w, TJ_REASON_DYNAMIC_NAME, c->called.v.span);
        return run_native(p, c);
    }
    tj_buf_init(&key, p->w->arena);
    tj_buf_puts(&key, "ps:");
    tj_buf_put(&key, c->name);
    if (tj_state_function(p->w->state, tj_buf_str(&key), &body) && body.n) {
        for (const struct tj_active *a = p->env->active; a; a = a->outer)
            if (tj_str_eq(a->name, c->name)) return tj_ps_unknown(c->span, 0);
        struct tj_active active = {.name = c->name, .outer = p->env->active};
        struct tj_env inner = *p->env;
        struct tj_ps q = *p;
        inner.active = &active;
        inner.flags |= TJ_CMD_IN_FUNCTION;
        q.env = &inner;
        tj_ps_run(&q, tj_value_text(tj_arena_copy(p->w->arena, body), c->span), c->span);
        return tj_ps_unknown(c->span, 0);
    }
    if (runs_script(p, c)) return tj_ps_unknown(c->span, 0);
    uint32_t row = tj_image_find_program(p->w->image, tj_ps_row(p, c->name));
    enum meaning meaning = meaning_of(c->name);
    bool native = tj_image_find_program(p->w->image, c->name) != TJ_NONE;
    bool foreign = row != TJ_NONE && native && foreign_option(p, row, c);
    if ((row != TJ_NONE || meaning != PLAIN) && !foreign) return run_known(p, c, meaning, row);
    return run_native(p, c);
}

/* > file and its like behind a command; p->at stands on the mark. */
static void redirect(struct tj_ps *p, const struct tj_ps_value *printed) {
    uint32_t from = p->at;
    bool append = false;
    while (strchr("*123456", tj_ps_peek(p, 0)) && tj_ps_peek(p, 0)) p->at++;
    while (tj_ps_peek(p, 0) == '>') append = p->s.p[p->at++] == '>' && p->at > from + 1 && p->s.p[p->at - 2] == '>';
    if (tj_ps_peek(p, 0) == '&') {
        p->at += 2;
        return;
    }
    tj_ps_space(p, false);
    struct tj_ps_value target = tj_ps_word(p);
    struct tj_arg arg[1] = {{.value = target.v}};
    bool nothing = tj_value_known(&target.v) && (target.v.text.n == 0 || tj_str_ieq(target.v.text, TJ_STR("nul")));
    if (nothing) return; /* > $null */
    struct tj_env inner = *p->env;
    inner.input = printed->v;
    inner.stdin_kind = TJ_STDIN_PIPE;
    (void)tj_light_emit(p->w, &inner, append ? TJ_STR("ps:add-content") : TJ_STR("ps:set-content"), TJ_LANG_PWSH, arg,
                        1, tj_ps_span(p, from));
}

static bool at_redirect(const struct tj_ps *p) {
    char c = tj_ps_peek(p, 0);
    return c == '>' || (c && strchr("*123456", c) && tj_ps_peek(p, 1) == '>');
}

bool tj_ps_ends(const struct tj_ps *p) {
    char c = tj_ps_peek(p, 0);
    return p->at >= p->end || c == ';' || c == '|' || c == '\n' || c == ')' || c == '}' || c == '&';
}

static void words(struct tj_ps *p, struct command *c) {
    bool plain = false; /* behind --% all is plain */
    while (p->lost == TJ_NONE && tj_work_step(p->w)) {
        tj_ps_space(p, false);
        if (tj_ps_ends(p) || at_redirect(p)) return;
        uint32_t before = p->at;
        struct tj_ps_value v = tj_ps_word(p);
        if (p->at == before) {
            tj_ps_lost(p);
            return;
        }
        if (tj_str_is(v.v.text, "--%") && !plain) {
            plain = true;
            continue;
        }
        if (tj_str_is(v.type, "block")) {
            c->block = v;
            c->has_block = true;
        } else if (c->n < MAX_ARGS) {
            c->option[c->n] = p->s.p[before] == '-' && tj_is_alpha(p->at > before + 1 ? p->s.p[before + 1] : ' ');
            if (tj_str_chr(v.v.text, '*', 0) != TJ_NOT_FOUND) v.v.flags |= TJ_VALUE_HAS_GLOB;
            c->arg[c->n++] = (struct tj_arg){.value = v.v};
        }
    }
}

static bool is_expression(const struct tj_ps *p) {
    char c = tj_ps_peek(p, 0), d = tj_ps_peek(p, 1);
    if (c == '$' || c == '(' || c == '\'' || c == '"' || c == '[' || c == '{' || c == '!') return true;
    if (c == '@') return d == '(' || d == '{' || d == '\'' || d == '"';
    if (c == '-') return d == '(' || d == '$' || tj_lower(d) == 'j' || tj_lower(d) == 'n' || tj_lower(d) == 's';
    return tj_is_digit(c);
}

static struct tj_ps_value one_stage(struct tj_ps *p, const struct tj_ps_value *input) {
    struct command *c = tj_arena_new(p->w->arena, struct command);
    uint32_t from = p->at;
    struct tj_ps_value none = tj_ps_unknown(tj_ps_span(p, from), 0);
    if (!c) return none;
    c->called.v.span = TJ_NO_SPAN;
    c->called.type = TJ_STR("");
    if (input) {
        c->input = *input;
        c->piped = true;
    }
    bool call = (tj_ps_peek(p, 0) == '&' || tj_ps_peek(p, 0) == '.') &&
                (tj_is_space(tj_ps_peek(p, 1)) || strchr("'\"($[{", tj_ps_peek(p, 1)));
    if (!call && !input && is_expression(p)) {
        struct tj_ps_value v = tj_ps_expression(p);
        tj_ps_space(p, false);
        while (at_redirect(p) && p->lost == TJ_NONE) redirect(p, &v);
        return v;
    }
    if (call) {
        p->at++;
        tj_ps_space(p, false);
        c->called = tj_ps_word(p);
    } else {
        struct tj_ps_value name = tj_ps_word(p);
        c->name = tj_ps_lower(p, name.v.text);
        c->name_span = name.v.span;
        if (!tj_value_known(&name.v)) c->called = name;
        if (p->at == from) tj_ps_lost(p);
    }
    words(p, c);
    c->span = tj_ps_span(p, from);
    if (p->lost != TJ_NONE) return none;
    struct tj_ps_value out = run_command(p, c);
    while (at_redirect(p) && p->lost == TJ_NONE) {
        redirect(p, &out);
        tj_ps_space(p, false);
    }
    return out;
}

struct tj_ps_value tj_ps_pipeline(struct tj_ps *p) {
    struct tj_ps_value v = one_stage(p, NULL);
    while (p->lost == TJ_NONE && tj_work_step(p->w)) {
        tj_ps_space(p, false);
        if (tj_ps_peek(p, 0) != '|' || tj_ps_peek(p, 1) == '|') break;
        p->at++;
        tj_ps_space(p, true);
        struct tj_ps_value input = v;
        v = one_stage(p, &input);
    }
    return v;
}

struct tj_ps_value tj_ps_inner(struct tj_ps *p, char close) {
    struct tj_ps_value v = tj_ps_unknown(tj_ps_span(p, p->at), 0);
    while (p->at < p->end && p->lost == TJ_NONE && tj_work_step(p->w)) {
        tj_ps_space(p, true);
        if (tj_ps_peek(p, 0) == close) break;
        if (tj_ps_peek(p, 0) == ';') {
            p->at++;
            continue;
        }
        uint32_t before = p->at;
        v = tj_ps_pipeline(p);
        if (p->at == before) tj_ps_lost(p);
    }
    if (tj_ps_peek(p, 0) == close && p->at < p->end)
        p->at++;
    else
        tj_ps_lost(p);
    return v;
}
