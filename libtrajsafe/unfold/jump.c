/* break, continue, return, exit, and the shells that they end, with the traps that run then. */
#include "unfold/work.h"

enum { MAX_ENDED = 4, MAX_TRAPS = 8 };

struct tj_target tj_target_in(const struct tj_env *env, enum tj_target_kind kind, struct tj_fork *fork) {
    uint32_t depth = env->target ? env->target->depth + 1 : 1;
    return (struct tj_target){(uint8_t)kind, depth, fork, env->target};
}

/* ---- jumping ------------------------------------------------------------------------------------------------------------------ */

/* Variables as they are where the shell may end, for its EXIT trap. */
static void keep_ending(struct tj_work *w, struct tj_env *env) {
    struct tj_shell_life *life = env->life;
    struct tj_exit_state state = {.end = {.cwd = TJ_STR_NONE}};
    if (w->dry || life->trap.n == 0 || life->ended.n > MAX_ENDED) return;
    for (const struct tj_journal *j = w->journal; j; j = j->outer) {
        for (uint32_t i = 0; i < j->entry.n; i++) {
            struct tj_leftover l = {.what = j->entry.at[i]};
            const struct tj_value *v = l.what.function ? NULL : tj_state_var(w->state, l.what.name);
            if (!v || state.end.left.n > 64) continue;
            (void)tj_value_keep(w->arena, v, &l.value);
            (void)tj_vec_push(w->arena, &state.end.left, l);
        }
    }
    (void)tj_vec_push(w->arena, &life->ended, state);
}

void tj_jump_to(struct tj_work *w, struct tj_env *env, const struct tj_target *target) {
    if (!target) return;
    if (target->fork) tj_fork_escape(w, target->fork);
    if (target->kind == TJ_TARGET_SHELL) keep_ending(w, env);
    w->jump = target;
}

void tj_may_exit(struct tj_work *w, struct tj_env *env) {
    const struct tj_target *t = env->target;
    while (t && t->kind != TJ_TARGET_SHELL) t = t->outer;
    if (!t) return;
    keep_ending(w, env);
    if (!w->may || t->depth < w->may) w->may = t->depth;
}

/* The n-th loop (or turn of one) from here; the outermost when there are fewer; NULL: there is none. */
static const struct tj_target *find_loop(const struct tj_env *env, enum tj_target_kind kind, uint64_t n) {
    const struct tj_target *found = NULL;
    for (const struct tj_target *t = env->target; t; t = t->outer) {
        if (t->kind == TJ_TARGET_SHELL || t->kind == TJ_TARGET_FUNCTION) break;
        if (t->kind != kind) continue;
        found = t;
        if (--n == 0) break;
    }
    return found;
}

static const struct tj_target *find_kind(const struct tj_env *env, bool function) {
    for (const struct tj_target *t = env->target; t; t = t->outer) {
        if (t->kind == TJ_TARGET_SHELL || (function && t->kind == TJ_TARGET_FUNCTION)) return t;
    }
    return NULL;
}

/* Its operand: 1 (or the last status) without one; false: not known. */
static bool operand(const struct tj_command *c, uint64_t *n) {
    if (c->argc < 2) return true;
    return tj_value_known(&c->argv[1].value) && tj_str_to_u64(c->argv[1].value.text, n);
}

bool tj_jump(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    bool leaves = tj_str_is(c->name, "break"), goes_on = tj_str_is(c->name, "continue");
    bool returns = tj_str_is(c->name, "return"), ends = tj_str_is(c->name, "exit") || tj_str_is(c->name, "logout");
    uint64_t n = 1;
    if (!leaves && !goes_on && !returns && !ends) return false;
    bool known = operand(c, &n);
    if (leaves || goes_on) {
        const struct tj_target *loop = find_loop(env, leaves ? TJ_TARGET_LOOP : TJ_TARGET_TURN, known ? n : UINT64_MAX);
        w->status = 0;
        if (loop && (!known || n == 0)) {
            w->may = w->may && w->may < loop->depth ? w->may : loop->depth;
            if (loop->fork) tj_fork_escape(w, loop->fork);
            return true;
        }
        tj_jump_to(w, env, loop);
        return true;
    }
    if (c->argc > 1) w->status = known ? (int)(n & 255) : TJ_STATUS_UNKNOWN;
    tj_jump_to(w, env, find_kind(env, returns));
    return true;
}

/* ---- shells -------------------------------------------------------------------------------------------------------------------- */

void tj_shell_begin(struct tj_work *w, struct tj_env *env, struct tj_shell_scope *scope) {
    bool outermost = scope->keeps_state;
    memset(scope, 0, sizeof *scope);
    scope->keeps_state = outermost;
    if (env->life) { /* options are inherited, traps are not */
        scope->life.errexit = env->life->errexit;
        scope->life.pipefail = env->life->pipefail;
        scope->life.lastpipe = env->life->lastpipe;
        scope->life.loose = env->life->loose;
        scope->life.aliases = env->life->aliases;
        scope->life.called = env->life->called;
    }
    scope->target = tj_target_in(env, TJ_TARGET_SHELL, NULL);
    scope->frame = *env->frame;
    if (scope->frame.locals) scope->frame.locals = &scope->locals;
    scope->journal = w->journal;
    scope->may = w->may;
    w->may = 0;
    w->journal = &scope->life.journal;
    env->target = &scope->target;
    env->life = &scope->life;
    env->frame = &scope->frame;
    if (!scope->keeps_state) tj_state_enter(w->state);
}

static void run_trap(struct tj_work *w, struct tj_env *env, const struct tj_value *text) {
    struct tj_nest nest = {.text = *text,
                           .lang = TJ_LANG_SHELL,
                           .layer = TJ_LAYER_NESTED,
                           .label = TJ_STR("trap"),
                           .how = TJ_NEST_DEFERRED,
                           .dialect = env->dialect};
    tj_nest_text(w, env, &nest);
}

/* Local variables of the function that was left last may still be seen. */
static void blur_locals(struct tj_work *w, const struct tj_env *env) {
    struct tj_value v = tj_value_unknown(TJ_NO_SPAN);
    for (uint32_t i = 0; i < env->life->local.n; i++) tj_set_variable(w, env, env->life->local.at[i], &v);
}

static void run_traps(struct tj_work *w, struct tj_env *env, struct tj_shell_life *life) {
    struct tj_env inner = *env;
    struct tj_capture printed = {.some = false};
    uint32_t traps = life->trap.n, ended = life->ended.n > MAX_ENDED ? 0 : life->ended.n;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.unsteady = inner.unsteady || life->ended.n > MAX_ENDED;
    inner.frame->lost = inner.frame->lost || life->called;
    if (inner.capture) inner.capture = &printed;
    bool certain = traps == 1 && w->jump == NULL && ended == 0 && !w->may;
    for (uint32_t t = 0; t < traps && t < MAX_TRAPS; t++) {
        struct tj_trap trap = life->trap.at[t];
        inner.parent = trap.parent;
        for (uint32_t i = 0; i <= ended && !w->stopped; i++) {
            if (i == ended && ended && w->jump) break; /* it ended by one of the jumps that were kept */
            w->jump = NULL;
            tj_state_enter(w->state);
            for (uint32_t k = 0; i < ended && k < life->ended.at[i].end.left.n; k++) {
                const struct tj_leftover *l = &life->ended.at[i].end.left.at[k];
                tj_set_variable(w, &inner, l->what.name, &l->value);
            }
            blur_locals(w, &inner);
            run_trap(w, &inner, &trap.text);
            tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
        }
    }
    if (!env->capture || !printed.some) return;
    if (certain)
        tj_capture_add(w, env->capture, &printed.value);
    else
        tj_capture_maybe(w, env->capture, &printed);
}

void tj_shell_end(struct tj_work *w, struct tj_env *env, struct tj_shell_scope *scope) {
    if (scope->life.trap.n) run_traps(w, env, &scope->life);
    w->jump = NULL;
    w->may = scope->may;
    w->journal = scope->journal;
    if (!scope->keeps_state) tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
}
