/* From one command to its effects: what it runs, reads, changes, sends, and what its output carries. */
#include "effect/derive.h"

/* ---- set-up ------------------------------------------------------------------------------------------------------------- */

void tj_effects_init(struct tj_effects *effects, struct tj_arena *arena, const struct tj_image *image,
                     struct tj_state *state, struct tj_understanding *understanding) {
    memset(effects, 0, sizeof *effects);
    effects->arena = arena;
    effects->image = image;
    effects->state = state;
    effects->understanding = understanding;
}

/* Nested commands may come before the one around them: rows in between stay empty until theirs come. */
static struct tj_bound *bound_row(struct tj_effects *fx, uint32_t index) {
    while (fx->bound.n <= index) {
        if (!tj_vec_room(fx->arena, &fx->bound, index + 1 - fx->bound.n)) return NULL;
        memset(&fx->bound.at[fx->bound.n], 0, sizeof *fx->bound.at);
        fx->bound.at[fx->bound.n++].command_arg = TJ_NONE;
    }
    return &fx->bound.at[index];
}

static uint16_t flags_of(const struct tj_command *cmd) {
    static const struct {
        uint16_t from, to;
    } map[] = {{TJ_CMD_BACKGROUND, TJ_EFF_BACKGROUND},
               {TJ_CMD_DEFERRED, TJ_EFF_DEFERRED},
               {TJ_CMD_MAYBE, TJ_EFF_MAYBE},
               {TJ_CMD_ON_FAILURE, TJ_EFF_MAYBE},
               {TJ_CMD_GUESSED, TJ_EFF_GUESSED}};
    uint16_t flags = 0;
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (cmd->flags & map[i].from) flags |= map[i].to;
    return flags;
}

static uint32_t handler_of(const struct tj_image *image, const struct tj_command *cmd) {
    uint32_t handler = cmd->program == TJ_NONE ? 0 : tj_image_program(image, cmd->program)->handler;
    if (!handler && cmd->base_program != TJ_NONE) handler = tj_image_program(image, cmd->base_program)->handler;
    return handler;
}

static uint64_t args_of(const struct tj_command *cmd) {
    uint64_t carries = 0;
    for (uint32_t i = 1; i < cmd->argc; i++) carries |= cmd->argv[i].value.carries;
    return carries;
}

/* -C folder: everything else is seen from there. */
static void work_in(struct tj_derive *d) {
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (!option->row || !option->has_value || option->row->slot != TJ_SLOT_DIRECTORY) continue;
        struct tj_path path = tj_derive_path(d, &option->value);
        if (path.text.n) d->cwd = path.text;
    }
}

/* ---- RUN ---------------------------------------------------------------------------------------------------------------- */

static bool is_quiet(uint32_t handler) {
    switch (handler) {
    case TJ_HANDLER_CD:
    case TJ_HANDLER_PUSHD:
    case TJ_HANDLER_POPD:
    case TJ_HANDLER_EXPORT:
    case TJ_HANDLER_UNSET:
    case TJ_HANDLER_SET:
    case TJ_HANDLER_READ:
    case TJ_HANDLER_ECHO:
    case TJ_HANDLER_PRINTF:
    case TJ_HANDLER_PWD:
    case TJ_HANDLER_TEST:
    case TJ_HANDLER_TRUE:
    case TJ_HANDLER_SHIFT:
    case TJ_HANDLER_ALIAS:
    case TJ_HANDLER_EXEC:
    case TJ_HANDLER_TRAP: return true;
    default: return false;
    }
}

static bool runs_text(enum tj_slot slot) {
    return slot == TJ_SLOT_SHELL || slot == TJ_SLOT_CODE || slot == TJ_SLOT_SCRIPT || slot == TJ_SLOT_MODULE;
}

/* What an interpreter runs: text given as a word, a script, else its standard input. */
static uint64_t run_carries(struct tj_derive *d, const struct tj_value **script) {
    uint64_t carries = 0;
    bool given = false;
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (!option->row || !option->has_value || !runs_text((enum tj_slot)option->row->slot)) continue;
        given = true;
        carries |= option->value.carries;
    }
    for (uint32_t i = 0; i < d->bound->operand.n; i++) {
        enum tj_slot slot = (enum tj_slot)d->bound->operand.at[i].slot;
        const struct tj_value *value = tj_operand(d, i);
        if (!value || !runs_text(slot)) continue;
        if (slot == TJ_SLOT_SCRIPT && tj_str_is(value->text, "-")) continue;
        given = true;
        carries |= value->carries;
        if (slot == TJ_SLOT_SCRIPT && !*script) *script = value;
    }
    bool from_stdin = d->program && d->program->traits & TJ_PROGRAM_STDIN_RUN && (!given || tj_has_flag(d, "stdin"));
    if (from_stdin) carries |= d->cmd->input.carries;
    if (d->handler == TJ_HANDLER_EVAL) carries |= d->args;
    return carries;
}

static void run_path(struct tj_derive *d, const struct tj_value *value, struct tj_str name, uint64_t carries) {
    struct tj_path path = tj_derive_path(d, value);
    struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_RUN, TJ_OBJECT_PATH, value->span);
    if (!e) return;
    e->path = path.text;
    e->name = name;
    e->classes = tj_classify_path(d->fx->image, d->fx->state, path.text);
    e->carries = carries | tj_file_carries(d->fx, path.text, 0);
    if (path.dynamic) e->flags |= TJ_EFF_DYNAMIC;
}

static void add_run(struct tj_derive *d) {
    const struct tj_command *cmd = d->cmd;
    if (cmd->flags & TJ_CMD_REDIRECT_ONLY || cmd->argc == 0 || cmd->lang != TJ_LANG_SHELL || is_quiet(d->handler))
        return;
    const struct tj_value *script = NULL;
    uint64_t carries = run_carries(d, &script) | (cmd->flags & TJ_CMD_DECODED ? TJ_CLASS_BIT(DECODED) : 0);
    const struct tj_value *zero = &cmd->argv[0].value;
    if (tj_str_chr(zero->text, '/', 0) != TJ_NOT_FOUND) {
        run_path(d, zero, cmd->name, carries | zero->carries);
    } else {
        struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_RUN, TJ_OBJECT_PROCESS, cmd->name_span);
        if (!e) return;
        e->name = cmd->name;
        e->carries = carries | zero->carries;
        if (cmd->flags & TJ_CMD_DYNAMIC_NAME) e->flags |= TJ_EFF_DYNAMIC;
    }
    if (script && !tj_str_starts(script->text, TJ_STR("/dev/fd/")) && !tj_str_is(script->text, "/dev/stdin"))
        run_path(d, script, tj_str_basename(script->text), carries);
}

/* ---- redirections ---------------------------------------------------------------------------------------------------------- */

static void redirect_reads(struct tj_derive *d) {
    for (uint32_t i = 0; i < d->cmd->redirects; i++) {
        const struct tj_redirect *r = &d->cmd->redirect[i];
        if (r->op == TJ_REDIR_IN || r->op == TJ_REDIR_INOUT) tj_effect_path(d, TJ_EFFECT_READ, &r->target, 0);
    }
}

static void redirect_write(struct tj_derive *d, const struct tj_redirect *r) {
    bool append = r->op == TJ_REDIR_APPEND || r->op == TJ_REDIR_BOTH_APPEND;
    bool output = r->fd == 1 || r->fd < 0;
    bool nothing =
        d->cmd->flags & TJ_CMD_REDIRECT_ONLY || d->handler == TJ_HANDLER_TRUE || d->handler == TJ_HANDLER_EXEC;
    struct tj_value content = {.text = TJ_STR_NONE};
    if (output && nothing && d->handler != TJ_HANDLER_EXEC)
        content.text = TJ_STR("");
    else if (output)
        content = d->cmd->output;
    if (output && d->empty_source && d->handler == TJ_HANDLER_CAT && !d->flow)
        content = (struct tj_value){.text = TJ_STR("")};
    uint64_t flow = d->flow, args = d->args;
    d->flow = output ? d->cmd->output_carries : 0;
    d->args = 0;
    d->content = content;
    tj_effect_path(d, append ? TJ_EFFECT_APPEND : TJ_EFFECT_WRITE, &r->target, 0);
    d->flow = flow;
    d->args = args;
}

/* `>&3` after `exec 3> file`. */
static void descriptor_write(struct tj_derive *d, const struct tj_redirect *r) {
    if (r->fd != 1 || !r->target.text.n || !tj_is_digit(r->target.text.p[0])) return;
    struct tj_str name = tj_join(d, TJ_STR(TJ_DESCRIPTOR), "", r->target.text);
    const struct tj_value *opened = tj_state_var(d->fx->state, name);
    if (!opened) return;
    struct tj_redirect file = *r;
    file.op = TJ_REDIR_APPEND;
    file.target = *opened;
    file.target.text = tj_keep(d, opened->text);
    file.target.suffix = tj_keep(d, opened->suffix);
    file.target.span = r->target.span;
    if (!opened->nset) redirect_write(d, &file);
}

static void redirect_writes(struct tj_derive *d) {
    struct tj_str fetched = d->fetched;
    if (d->output_fetched) { /* curl URL > file is a download too */
        for (uint32_t i = d->first; i < d->fx->effect.n; i++)
            if (d->fx->effect.at[i].kind == TJ_EFFECT_FETCH) d->fetched = d->fx->effect.at[i].url;
    }
    for (uint32_t i = 0; i < d->cmd->redirects; i++) {
        const struct tj_redirect *r = &d->cmd->redirect[i];
        switch (r->op) {
        case TJ_REDIR_OUT:
        case TJ_REDIR_APPEND:
        case TJ_REDIR_CLOBBER:
        case TJ_REDIR_BOTH:
        case TJ_REDIR_BOTH_APPEND: redirect_write(d, r); break;
        case TJ_REDIR_DUP_OUT: descriptor_write(d, r); break;
        default: break;
        }
    }
    d->fetched = fetched;
}

/* ---- output ---------------------------------------------------------------------------------------------------------------- */

static bool decodes(const struct tj_derive *d) {
    if (!(d->program->traits & TJ_PROGRAM_DECODES)) return false;
    if (tj_has_flag(d, "decode")) return true;
    for (uint32_t i = 0; i < d->program->options.n; i++) { /* base64 -d: only with its flag; zcat: always */
        const struct tj_option *row = TJ_ROW(d->fx->image, OPTIONS, struct tj_option, d->program->options.at + i);
        if (row->flag &&
            tj_str_is(tj_image_str(d->fx->image, *TJ_ROW(d->fx->image, FLAGS, struct tj_ref, row->flag)), "decode"))
            return false;
    }
    return true;
}

static uint64_t output_of(struct tj_derive *d) {
    uint64_t out = d->output_fetched ? TJ_CLASS_BIT(FETCHED) : 0;
    if (!d->program) return out | d->flow | d->args;
    uint32_t traits = d->program->traits;
    if (!(traits & TJ_PROGRAM_OUTPUT_NONE) || d->to_stdout) out |= d->flow | d->args;
    if (traits & TJ_PROGRAM_OUTPUT_FETCHED) out |= TJ_CLASS_BIT(FETCHED);
    bool all = d->cmd->argc == 1;
    if (d->cmd->argc == 2 && d->handler == TJ_HANDLER_EXPORT) {
        struct tj_str option = d->cmd->argv[1].value.text;
        all = tj_str_is(option, "-p") || tj_str_is(option, "-x") || tj_str_is(option, "-px") || tj_str_is(option, "-xp");
    }
    bool lists = (d->handler == TJ_HANDLER_SET || d->handler == TJ_HANDLER_EXPORT) && all;
    bool environment = traits & TJ_PROGRAM_OUTPUT_ENV || d->handler == TJ_HANDLER_ENV || lists;
    if (environment && d->bound->command_arg == TJ_NONE) out |= TJ_CLASS_BIT(ENVIRONMENT);
    if (decodes(d)) out |= TJ_CLASS_BIT(DECODED);
    return out;
}

/* ---- one command ------------------------------------------------------------------------------------------------------------ */

/* Code for the few programs whose meaning needs it. */
static tj_handle *const handlers[TJ_HANDLER_COUNT] = {
    [TJ_HANDLER_CHMOD] = tj_handle_chmod,
    [TJ_HANDLER_CP] = tj_handle_cp,
    [TJ_HANDLER_MV] = tj_handle_mv,
    [TJ_HANDLER_LN] = tj_handle_ln,
    [TJ_HANDLER_TAR] = tj_handle_tar,
    [TJ_HANDLER_FIND] = tj_handle_find,
    [TJ_HANDLER_SED] = tj_handle_sed,
    [TJ_HANDLER_TEE] = tj_handle_tee,
    [TJ_HANDLER_KILL] = tj_handle_kill,
    [TJ_HANDLER_DOCKER] = tj_handle_docker,
    [TJ_HANDLER_CRONTAB] = tj_handle_crontab,
    [TJ_HANDLER_HISTORY] = tj_handle_history,
    [TJ_HANDLER_SET] = tj_handle_set,
    [TJ_HANDLER_GIT] = tj_handle_git,
    [TJ_HANDLER_CURL] = tj_handle_curl,
    [TJ_HANDLER_WGET] = tj_handle_wget,
    [TJ_HANDLER_RSYNC] = tj_handle_transfer,
    [TJ_HANDLER_NC] = tj_handle_nc,
    [TJ_HANDLER_SOCAT] = tj_handle_socat,
    [TJ_HANDLER_CALL] = tj_handle_call,
    [TJ_HANDLER_MKTEMP] = tj_handle_mktemp,
    [TJ_HANDLER_DD] = tj_handle_dd,
    [TJ_HANDLER_EXPORT] = tj_handle_names,
    [TJ_HANDLER_UNSET] = tj_handle_names,
    [TJ_HANDLER_ALIAS] = tj_handle_names,
    [TJ_HANDLER_CLOUD] = tj_handle_cloud,
    [TJ_HANDLER_CLOUD_COPY] = tj_handle_cloud_copy,
    [TJ_HANDLER_PARTED] = tj_handle_parted,
    [TJ_HANDLER_GZIP] = tj_handle_gzip,
    [TJ_HANDLER_HTTPIE] = tj_handle_httpie,
    [TJ_HANDLER_FTP] = tj_handle_ftp,
    [TJ_HANDLER_SPLIT] = tj_handle_split,
    [TJ_HANDLER_SQL] = tj_handle_sql,
    [TJ_HANDLER_CLIENT] = tj_handle_client,
    [TJ_HANDLER_SERVICE] = tj_handle_service,
    [TJ_HANDLER_SSH] = tj_handle_ssh,
    [TJ_HANDLER_MOUNT] = tj_handle_mount,
};

/* https_proxy=http://host:port in front of a program: what it sends goes there first. */
static void proxy(struct tj_derive *d, const struct tj_setting *setting) {
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "ftp_proxy"};
    for (size_t i = 0; i < sizeof names / sizeof *names && d->cmd->argc; i++) {
        if (tj_str_ieq(setting->name, tj_str_of(names[i])) && setting->value.text.n)
            tj_effect_host(d, TJ_EFFECT_CONNECT, &setting->value, 0);
    }
}

static void settings(struct tj_derive *d) {
    for (uint32_t i = 0; i < d->cmd->settings; i++) {
        const struct tj_setting *setting = &d->cmd->setting[i];
        struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_ENV, TJ_OBJECT_VARIABLE, setting->value.span);
        if (!e) return;
        e->name = setting->name;
        e->value = setting->value.text;
        e->carries = setting->value.carries;
        if (setting->value.flags & TJ_VALUE_IS_DYNAMIC) e->flags |= TJ_EFF_DYNAMIC;
        proxy(d, setting);
    }
}

/* Nothing but names before it, and it is no wrapper's word. What a file of its own does with --help is not known. */
bool tj_asks_for_help(const struct tj_command *c) {
    if (c->argc < 2 || c->argc > 4 || c->lang != TJ_LANG_SHELL || c->flags & TJ_CMD_WRAPPER) return false;
    struct tj_str last = c->argv[c->argc - 1].value.text;
    if (!tj_str_is(last, "--help") && !tj_str_is(last, "-help")) return false;
    if (tj_str_chr(c->argv[0].value.text, '/', 0) != TJ_NOT_FOUND) return false;
    for (uint32_t i = 1; i + 1 < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        bool name = !(v->flags & TJ_VALUE_IS_DYNAMIC) && v->text.n && tj_is_alpha(v->text.p[0]);
        if (!name || (c->program == c->base_program)) return false;
    }
    return true;
}

/* Classes of the words that are no option's value. */
static uint64_t operand_carries(const struct tj_derive *d) {
    uint64_t carries = 0;
    for (uint32_t i = 0; i < tj_operands(d); i++) carries |= tj_operand(d, i)->carries;
    return carries;
}

/* What a program that talks to a host reads on its input, it sends; so does ssh its input and the command it runs there. */
static void send_input(struct tj_derive *d) {
    bool fed = d->cmd->stdin_kind != TJ_STDIN_NONE;
    bool tells = d->program && d->program->traits & TJ_PROGRAM_STDIN_SEND && d->handler != TJ_HANDLER_NC;
    bool tls = d->handler == TJ_HANDLER_OPENSSL && tj_has_flag(d, "connect");
    if (fed && (tells || tls)) {
        tj_effect_sends(d, d->cmd->input.carries);
        return;
    }
    if (!d->program || d->program->place != TJ_PLACE_REMOTE) return;
    uint64_t carries = (fed ? d->cmd->input.carries : 0) | operand_carries(d);
    if (carries & TJ_DATA_CLASSES) tj_effect_sends(d, carries);
}

static void derive(struct tj_derive *d) {
    settings(d);
    redirect_reads(d);
    add_run(d);
    bool done = tj_asks_for_help(d->cmd);
    tj_handle *handle = handlers[d->handler < TJ_HANDLER_COUNT ? d->handler : 0];
    if (!done) {
        if (handle) done = handle(d);
        if (!done) tj_derive_slots(d);
        tj_derive_rows(d);
        tj_derive_init_script(d);
        send_input(d);
    }
    d->cmd->output_carries = output_of(d);
    if (d->cmd->redirects) redirect_writes(d);
    tj_derive_derived(d);
}

/* Calls that take a folder with all that is in it. */
static bool goes_down(struct tj_str name) {
    static const char *const calls[] = {"py:shutil.rmtree",
                                        "py:shutil.copytree",
                                        "rb:FileUtils.rm_r",
                                        "rb:FileUtils.remove_dir",
                                        "rb:FileUtils.remove_entry",
                                        "rb:FileUtils.rmtree",
                                        "rb:FileUtils.cp_r",
                                        "pl:rmtree",
                                        "js:rimraf",
                                        "js:fs.remove",
                                        "js:fs.emptyDir",
                                        "js:del"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (tj_str_starts(name, tj_str_of(calls[i]))) return true;
    return false;
}

/* Set-Content FILE TEXT, TEXT > FILE: what the file then holds. */
static void pwsh_content(struct tj_derive *d) {
    static const char *const names[] = {"ps:set-content", "ps:add-content", "ps:sc", "ps:ac", "ps:out-file"};
    bool writes = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) writes |= tj_str_is(d->cmd->name, names[i]);
    if (!writes) return;
    const struct tj_value *value = tj_option_value(d, "-value", NULL);
    if (!value) value = tj_operand(d, tj_option_value(d, "-path", "-literalpath") ? 0 : 1);
    if (!value && d->cmd->stdin_kind == TJ_STDIN_PIPE) value = &d->cmd->input;
    if (value && tj_value_constant(value)) d->content = *value;
}

static void sink(void *self, struct tj_command *cmd) {
    struct tj_effects *fx = self;
    cmd->effect = cmd->effect_end = fx->effect.n;
    struct tj_bound *bound = bound_row(fx, cmd->index);
    if (!bound) return;
    if (cmd->argc) tj_bind(fx->image, fx->arena, cmd, bound);
    struct tj_derive d = {
        .fx = fx, .cmd = cmd, .bound = bound, .flags = flags_of(cmd), .place = cmd->place, .first = fx->effect.n};
    d.program = bound->program;
    d.handler = handler_of(fx->image, cmd);
    d.cwd = tj_state_cwd(fx->state);
    d.flow = cmd->input.carries;
    d.args = args_of(cmd);
    d.dry = tj_has_flag(&d, "dry_run") || (d.program && d.program->traits & TJ_PROGRAM_DRY);
    if (tj_has_flag(&d, "force")) d.flags |= TJ_EFF_FORCED;
    if (cmd->lang != TJ_LANG_SHELL && goes_down(cmd->name)) d.flags |= TJ_EFF_RECURSIVE;
    work_in(&d);
    if (cmd->lang == TJ_LANG_PWSH) pwsh_content(&d);
    derive(&d);
    cmd->effect_end = fx->effect.n;
}

struct tj_sink tj_effects_sink(struct tj_effects *effects) {
    return (struct tj_sink){.self = effects, .command = sink};
}
