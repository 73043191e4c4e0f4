/* The way in: budgets, what could not be understood, and handing each command to the sink. */
#include "unfold/work.h"

#include <stdlib.h>

enum {
    MAX_LAYERS = 32,
    MAX_WRAPS = 64, /* layers and wrappers */
    MAX_ROUNDS = 256,
    MAX_COMMANDS = 4096,
    MAX_DERIVED = 1 << 20,
    MAX_STEPS = 100000,
    MAX_LEVEL = 400, /* of C recursion; a level is well under 2 KB of stack */
    MAX_UNKNOWN = 32
};

static bool slot_runs(uint8_t slot) {
    return slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL || slot == TJ_SLOT_CODE || slot == TJ_SLOT_SCRIPT ||
           slot == TJ_SLOT_MODULE || slot == TJ_SLOT_TEXTS;
}

static bool handler_runs(uint16_t handler) {
    switch (handler) {
    case TJ_HANDLER_EVAL:
    case TJ_HANDLER_SOURCE:
    case TJ_HANDLER_EXEC:
    case TJ_HANDLER_TRAP:
    case TJ_HANDLER_FIND:
    case TJ_HANDLER_XARGS:
    case TJ_HANDLER_GIT:
    case TJ_HANDLER_SHELL:
    case TJ_HANDLER_SSH:
    case TJ_HANDLER_CRONTAB: return true;
    default: return false;
    }
}

static bool row_runs(const struct tj_image *image, const struct tj_program *row) {
    if (row->traits & (TJ_PROGRAM_WRAPPER | TJ_PROGRAM_STDIN_RUN | TJ_PROGRAM_STDIN_OPERANDS)) return true;
    if (handler_runs(row->handler)) return true;
    for (uint32_t i = 0; i < row->options.n; i++) {
        if (slot_runs(TJ_ROW(image, OPTIONS, struct tj_option, row->options.at + i)->slot)) return true;
    }
    for (uint32_t i = 0; i < row->operands.n; i++) {
        if (slot_runs(TJ_ROW(image, OPERANDS, struct tj_operand, row->operands.at + i)->slot)) return true;
    }
    return false;
}

trajsafe_status tj_unfolder_new(const struct tj_image *image, struct tj_unfolder **out) {
    struct tj_unfolder *u = calloc(1, sizeof *u);
    if (!u) return TRAJSAFE_NO_MEMORY;
    uint32_t rows = image->n[TJ_SECTION_PROGRAMS];
    u->image = image;
    u->nests = calloc((size_t)rows + 1, 1);
    if (!u->nests || tj_shell_new(&u->shell) != TRAJSAFE_OK) {
        tj_unfolder_free(u);
        return TRAJSAFE_NO_MEMORY;
    }
    for (uint32_t i = 0; i < rows; i++) {
        const struct tj_program *row = tj_image_program(image, i);
        if (row_runs(image, row)) u->nests[i] |= 1;
        if (row->subcommands.n) u->nests[i] |= 2;
    }
    /* Parents stand before or after their subcommands: what a parent's options run holds for the row too. */
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t parent = tj_image_program(image, i)->parent;
        for (int hops = 0; parent < rows && hops < 4; hops++, parent = tj_image_program(image, parent)->parent) {
            u->nests[i] |= u->nests[parent] & 1;
        }
    }
    *out = u;
    return TRAJSAFE_OK;
}

void tj_unfolder_free(struct tj_unfolder *u) {
    if (!u) return;
    if (u->shell) tj_shell_free(u->shell);
    if (u->coder) tj_coder_free(u->coder);
    tj_quiet_free(u->quiet);
    free(u->nests);
    free(u);
}

void tj_understanding_init(struct tj_understanding *u, struct tj_arena *arena) {
    memset(u, 0, sizeof *u);
    u->arena = arena;
    tj_texts_init(&u->texts, arena);
}

void tj_work_cover(struct tj_work *w, enum tj_coverage coverage) {
    if (w->dry) return;
    if (coverage > w->out->coverage) w->out->coverage = (uint8_t)coverage;
}

static bool is_limit(enum tj_reason reason) {
    return reason == TJ_REASON_BUDGET || reason == TJ_REASON_SIZE || reason == TJ_REASON_DEPTH ||
           reason == TJ_REASON_MEMORY;
}

void tj_work_unknown(struct tj_work *w, enum tj_reason reason, struct tj_span span) {
    if (w->guesses && !is_limit(reason)) return;
    bool unsupported = reason == TJ_REASON_DIALECT || reason == TJ_REASON_LANGUAGE || reason == TJ_REASON_TOOL;
    bool budget = reason == TJ_REASON_BUDGET || reason == TJ_REASON_SIZE || reason == TJ_REASON_DEPTH;
    if (w->dry && !budget) return;
    if ((unsupported ? TJ_COVERAGE_UNSUPPORTED : TJ_COVERAGE_PARTIAL) > w->out->coverage)
        w->out->coverage = unsupported ? TJ_COVERAGE_UNSUPPORTED : TJ_COVERAGE_PARTIAL;
    for (uint32_t i = 0; i < w->out->unknown.n; i++) {
        const struct tj_unknown *u = &w->out->unknown.at[i];
        bool same = u->span.text == span.text && u->span.begin == span.begin && u->span.end == span.end;
        if (u->reason == reason && (same || budget)) return;
    }
    if (w->out->unknown.n >= MAX_UNKNOWN) return;
    struct tj_unknown u = {(uint8_t)reason, span};
    (void)tj_vec_push(w->arena, &w->out->unknown, u);
}

static void stop(struct tj_work *w, struct tj_span at) {
    tj_work_unknown(w, TJ_REASON_BUDGET, at);
    w->stopped = true;
}

static struct tj_span root_span(const struct tj_work *w) {
    if (w->root_text == TJ_NONE) return TJ_NO_SPAN;
    return (struct tj_span){w->root_text, 0, w->out->texts.text.at[w->root_text].bytes.n};
}

/* What was understood so far is kept, and rules need room to look at it. */
static bool is_nearly_full(const struct tj_arena *arena) {
    return arena->budget && arena->used > arena->budget - arena->budget / 3;
}

bool tj_work_step(struct tj_work *w) {
    if (w->arena->failed) w->stopped = true;
    if (!w->stopped && (++w->steps > MAX_STEPS || is_nearly_full(w->arena))) stop(w, root_span(w));
    return !w->stopped;
}

bool tj_work_deeper(struct tj_work *w, struct tj_span at) {
    if (w->level >= MAX_LEVEL) {
        tj_work_unknown(w, TJ_REASON_DEPTH, at);
        return false;
    }
    w->level++;
    return true;
}

void tj_work_higher(struct tj_work *w) { w->level--; }

bool tj_work_derive(struct tj_work *w, size_t bytes, struct tj_span at) {
    if (bytes > MAX_DERIVED - w->derived) {
        w->derived = MAX_DERIVED;
        tj_work_unknown(w, TJ_REASON_SIZE, at);
        return false;
    }
    w->derived += bytes;
    return true;
}

bool tj_work_round(struct tj_work *w, struct tj_span at) {
    if (w->rounds >= MAX_ROUNDS) {
        tj_work_unknown(w, TJ_REASON_BUDGET, at);
        return false;
    }
    w->rounds++;
    return true;
}

bool tj_work_emit(struct tj_work *w, struct tj_env *env, struct tj_command *command) {
    if (w->stopped) return false;
    w->emitted++;
    if (w->dry) { /* only to learn what it changes */
        command->index = w->out->command.n;
        return true;
    }
    if (w->out->command.n >= MAX_COMMANDS) {
        stop(w, command->span);
        return false;
    }
    if (env->depth > MAX_LAYERS || env->wraps > MAX_WRAPS) {
        tj_work_unknown(w, TJ_REASON_DEPTH, command->span);
        return false;
    }
    command->index = w->out->command.n;
    if (!tj_vec_push(w->arena, &w->out->command, command)) {
        w->stopped = true;
        return false;
    }
    if (w->sink.command) w->sink.command(w->sink.self, command);
    command->output.carries |= command->output_carries;
    return true;
}

static void unfold_argv(struct tj_work *w, struct tj_env *env, const struct tj_unfold_input *input) {
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, input->argc);
    if (!argv || input->argc == 0) return;
    for (uint32_t i = 0; i < input->argc; i++) argv[i].value = tj_value_text(input->argv[i], TJ_NO_SPAN);
    tj_run_words(w, env, argv, input->argc);
}

static void unfold_text(struct tj_work *w, struct tj_env *env, const struct tj_unfold_input *input) {
    switch (input->lang) {
    case TJ_LANG_SHELL: tj_walk_text(w, env, input->text); break;
    case TJ_LANG_PYTHON: tj_walk_code(w, env, input->text, TJ_LANG_PYTHON); break;
    default: tj_walk_foreign(w, env, input->text, input->lang); break;
    }
}

trajsafe_status tj_unfold(struct tj_unfolder *unfolder, struct tj_state *state, const struct tj_unfold_input *input,
                          struct tj_sink sink, struct tj_understanding *out) {
    struct tj_work w = {.unfolder = unfolder,
                        .image = unfolder->image,
                        .state = state,
                        .sink = sink,
                        .out = out,
                        .arena = out->arena,
                        .root_text = input->text};
    struct tj_frame frame = {.zero = TJ_STR("bash")};
    struct tj_env env = {.frame = &frame,
                         .text = input->text,
                         .parent = TJ_NONE,
                         .pipeline = TJ_NONE,
                         .flow = TJ_NONE,
                         .pipe_n = 1,
                         .flags = input->guessed ? TJ_CMD_GUESSED : 0,
                         .place = TJ_PLACE_HERE,
                         .dialect = (uint8_t)input->dialect};
    uint32_t scopes = tj_state_depth(state);
    struct tj_shell_scope scope = {.keeps_state = true};
    w.status = TJ_STATUS_UNKNOWN;
    tj_shell_begin(&w, &env, &scope);
    if (input->argv)
        unfold_argv(&w, &env, input);
    else if (input->text < out->texts.text.n)
        unfold_text(&w, &env, input);
    tj_shell_end(&w, &env, &scope);
    while (tj_state_depth(state) > scopes) tj_state_leave(state, TJ_LEAVE_KEEP_FILES);
    if (out->unknown.n) tj_work_roles(&w);
    return out->arena->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}
