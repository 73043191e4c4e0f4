/* Scripts in order of evaluation: lists, pipelines, subshells, branches, loops, functions. */
#include "unfold/work.h"

enum { MAX_LOOP_SET = 16 };

static void walk_node(struct tj_work *w, struct tj_env *env, uint32_t at);

/* ---- branches that may not run ------------------------------------------------------------------------------------------------- */

static struct tj_journal *journal_begin(struct tj_work *w, struct tj_journal *mine) {
    struct tj_journal *outer = w->journal;
    memset(mine, 0, sizeof *mine);
    w->journal = mine;
    tj_state_enter(w->state);
    return outer;
}

/* What the branch left behind. */
struct leftover {
    struct tj_touched what;
    struct tj_value value;
    struct tj_str body;
};

static void gather(struct tj_work *w, struct tj_journal *mine, struct leftover *out) {
    for (uint32_t i = 0; i < mine->entry.n; i++) {
        out[i].what = mine->entry.at[i];
        struct tj_str body;
        if (out[i].what.function) {
            if (tj_state_function(w->state, out[i].what.name, &body)) out[i].body = tj_arena_copy(w->arena, body);
            continue;
        }
        const struct tj_value *v = tj_state_var(w->state, out[i].what.name);
        struct tj_value none = tj_value_unknown(TJ_NO_SPAN);
        (void)tj_value_keep(w->arena, v ? v : &none, &out[i].value);
    }
}

/* `keeps_cwd`: a cd in the branch holds afterwards, if it goes down; else it is as if the branch had not run. */
static void journal_end(struct tj_work *w, struct tj_journal *mine, struct tj_journal *outer, bool keeps_cwd) {
    uint32_t n = mine->entry.n;
    struct leftover *left = tj_arena_array(w->arena, struct leftover, n ? n : 1);
    if (left) gather(w, mine, left);
    struct tj_str inside = tj_arena_copy(w->arena, tj_state_cwd(w->state));
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    w->journal = outer;
    for (uint32_t i = 0; left && i < n; i++) {
        if (left[i].what.function) {
            tj_set_function(w, left[i].what.name, left[i].body);
            continue;
        }
        tj_state_may_set_var(w->state, left[i].what.name, &left[i].value);
        if (outer) (void)tj_vec_push(w->arena, &outer->entry, left[i].what);
    }
    struct tj_str before = tj_state_cwd(w->state);
    if (keeps_cwd && !tj_str_eq(inside, before))
        tj_state_set_cwd(w->state, tj_path_under(inside, before) ? inside : TJ_STR("?"));
}

static void walk_maybe(struct tj_work *w, const struct tj_env *env, uint32_t at, uint16_t flags, bool keeps_cwd) {
    struct tj_env inner = *env;
    struct tj_journal mine;
    inner.flags |= flags;
    struct tj_journal *outer = journal_begin(w, &mine);
    walk_node(w, &inner, at);
    journal_end(w, &mine, outer, keeps_cwd);
}

/* ---- compounds ------------------------------------------------------------------------------------------------------------------ */

static void walk_pipeline(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    uint32_t members = 0, at = 0;
    for (uint32_t i = node->first; i != TJ_NONE; i = env->script->node.at[i].next) members++;
    if (members == 1) {
        walk_node(w, env, node->first);
        return;
    }
    struct tj_env inner = *env;
    inner.pipeline = w->pipelines++;
    if (inner.flow == TJ_NONE) inner.flow = inner.pipeline;
    inner.pipe_n = (uint16_t)(members > UINT16_MAX ? UINT16_MAX : members);
    for (uint32_t i = node->first; i != TJ_NONE && !w->stopped; i = env->script->node.at[i].next, at++) {
        struct tj_capture capture = {.some = false};
        struct tj_env member = inner;
        bool last = at + 1 == members;
        member.pipe_at = (uint16_t)(at > UINT16_MAX ? UINT16_MAX : at);
        member.capture = last ? env->capture : &capture;
        tj_state_enter(w->state);
        walk_node(w, &member, i);
        tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
        inner.stdin_kind = TJ_STDIN_PIPE;
        const struct tj_sh_node *n = &env->script->node.at[i];
        inner.input = tj_capture_value(&capture, (struct tj_span){env->text, n->begin, n->end});
    }
}

static void walk_if(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    uint32_t i = node->first, number = 0;
    for (; i != TJ_NONE && !w->stopped; i = env->script->node.at[i].next, number++) {
        if (number == 0)
            walk_node(w, env, i);
        else
            walk_maybe(w, env, i, TJ_CMD_MAYBE, true);
    }
}

/* `while true`, `while :`, `while read`: its body is meant to run. */
static bool runs_surely(const struct tj_env *env, uint32_t condition) {
    for (int hops = 0; condition != TJ_NONE && hops < 4; hops++) {
        const struct tj_sh_node *node = &env->script->node.at[condition];
        if (node->kind != TJ_SH_SIMPLE) {
            condition = node->first;
            continue;
        }
        if (node->word == node->word_end) return false;
        const struct tj_sh_word *word = &env->script->word.at[node->word];
        struct tj_str s = tj_str_sub(env->script->source, word->begin, word->end);
        return tj_str_is(s, "true") || tj_str_is(s, ":") || tj_str_is(s, "read") || tj_str_is(s, "1");
    }
    return false;
}

static void walk_while(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct tj_env inner = *env;
    inner.in_loop = true;
    uint32_t body = node->first == TJ_NONE ? TJ_NONE : env->script->node.at[node->first].next;
    if (node->first != TJ_NONE) walk_node(w, &inner, node->first);
    if (body == TJ_NONE) return;
    if (runs_surely(env, node->first))
        tj_walk_nodes(w, &inner, body);
    else
        walk_maybe(w, &inner, body, TJ_CMD_MAYBE, true);
}

static struct tj_value loop_value(struct tj_work *w, const struct tj_args *args, struct tj_span span) {
    struct tj_value v = tj_value_unknown(span);
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, args->n ? args->n : 1);
    bool known = args->n && args->n <= MAX_LOOP_SET && set;
    if (args->n == 1) return args->at[0].value;
    for (uint32_t i = 0; i < args->n; i++) {
        const struct tj_value *one = &args->at[i].value;
        v.carries |= one->carries;
        v.flags |= one->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_FROM_OUTPUT);
        known = known && tj_value_known(one);
        if (set) set[i] = one->text;
    }
    if (!known) return v;
    v.flags = (v.flags & ~TJ_VALUE_IS_DYNAMIC) | TJ_VALUE_IS_SET;
    v.text = set[0];
    v.set = set;
    v.nset = args->n;
    return v;
}

static void walk_for(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct tj_env inner = *env;
    struct tj_span span = {env->text, node->begin, node->end};
    struct tj_args args = {0};
    inner.in_loop = true;
    for (uint32_t i = node->word; i < node->word_end; i++) tj_word_args(w, &inner, i, &args);
    if (node->word == node->word_end) {
        for (uint32_t i = 0; i < env->frame->n; i++) (void)tj_vec_push(w->arena, &args, env->frame->arg[i]);
    }
    struct tj_value v = loop_value(w, &args, span);
    if (node->name.n) tj_set_variable(w, env, node->name, &v);
    tj_walk_nodes(w, &inner, node->first);
}

static void walk_case(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    if (node->word < node->word_end) (void)tj_word_value(w, env, node->word);
    for (uint32_t i = node->first; i != TJ_NONE && !w->stopped; i = env->script->node.at[i].next)
        walk_maybe(w, env, i, TJ_CMD_MAYBE, true);
}

static void keep_function(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    if (node->first == TJ_NONE || node->name.n == 0) return;
    const struct tj_sh_node *body = &env->script->node.at[node->first];
    struct tj_str text = tj_str_sub(env->script->source, body->begin, body->end);
    struct tj_known_function f = {node->name, text, env->script, node->first, env->text};
    (void)tj_vec_push(w->arena, &w->function, f);
    tj_set_function(w, node->name, text);
}

static void walk_scoped(struct tj_work *w, struct tj_env *env, uint32_t first) {
    tj_state_enter(w->state);
    tj_walk_nodes(w, env, first);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
}

static void walk_kind(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct tj_env inner = *env;
    switch (node->kind) {
    case TJ_SH_SIMPLE: tj_walk_simple(w, env, node); break;
    case TJ_SH_PIPELINE: walk_pipeline(w, env, node); break;
    case TJ_SH_SUBSHELL: walk_scoped(w, env, node->first); break;
    case TJ_SH_IF: walk_if(w, env, node); break;
    case TJ_SH_WHILE: walk_while(w, env, node); break;
    case TJ_SH_FOR: walk_for(w, env, node); break;
    case TJ_SH_CASE: walk_case(w, env, node); break;
    case TJ_SH_FUNCTION: keep_function(w, env, node); break;
    case TJ_SH_CFOR:
        inner.in_loop = true;
        for (uint32_t i = node->word; i < node->word_end; i++) (void)tj_word_value(w, env, i);
        tj_walk_nodes(w, &inner, node->first);
        break;
    case TJ_SH_COPROC:
        inner.flags |= TJ_CMD_BACKGROUND;
        walk_scoped(w, &inner, node->first);
        break;
    case TJ_SH_TEST:
    case TJ_SH_ARITH:
        for (uint32_t i = node->word; i < node->word_end; i++) (void)tj_word_value(w, env, i);
        break;
    default: tj_walk_nodes(w, env, node->first); break;
    }
}

static void emit_redirects(struct tj_work *w, const struct tj_env *env, const struct tj_sh_node *node,
                           const struct tj_redirect *redirect, uint32_t n, const struct tj_capture *printed) {
    const struct tj_sh_redir *r = env->script->redir.at;
    struct tj_span span = {env->text, r[node->redir].begin, r[node->redir_end - 1].end};
    struct tj_plain plain = {.redirect = redirect, .redirects = n, .span = span};
    struct tj_env around = *env;
    around.capture = NULL;
    if (printed) {
        around.input = tj_capture_value(printed, span);
        around.stdin_kind = TJ_STDIN_PIPE;
    }
    tj_run_plain(w, &around, &plain);
}

/* `( … ) > file`, `while …; done < file`: what the file is read for or written with is a command without a program. */
static void walk_redirected(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    uint32_t n;
    const struct tj_redirect *redirect = tj_redirects(w, env, node->redir, node->redir_end, &n);
    struct tj_env inner = *env;
    struct tj_capture capture = {.some = false};
    bool writes = tj_redirects_stdout(redirect, n);
    tj_redirect_env(w, &inner, redirect, n);
    if (writes) inner.capture = &capture;
    for (uint32_t i = 0; i < n; i++) {
        if (tj_redirect_is_socket(&redirect[i])) inner.socket = &redirect[i];
    }
    if (!writes) emit_redirects(w, env, node, redirect, n, NULL);
    walk_kind(w, &inner, node);
    if (writes) emit_redirects(w, env, node, redirect, n, &capture);
}

static void walk_inner(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    if (node->redir < node->redir_end && node->kind != TJ_SH_SIMPLE && node->kind != TJ_SH_FUNCTION)
        walk_redirected(w, env, node);
    else
        walk_kind(w, env, node);
}

static void walk_node(struct tj_work *w, struct tj_env *env, uint32_t at) {
    const struct tj_sh_node *node = &env->script->node.at[at];
    struct tj_span span = {env->text, node->begin, node->end};
    if (!tj_work_step(w) || !tj_work_deeper(w, span)) return;
    if (node->flags & (TJ_SH_BACKGROUND | TJ_SH_NEGATED)) {
        struct tj_env inner = *env;
        if (node->flags & TJ_SH_NEGATED) inner.flags |= TJ_CMD_NEGATED;
        bool background = (node->flags & TJ_SH_BACKGROUND) != 0;
        if (background) {
            inner.flags |= TJ_CMD_BACKGROUND;
            tj_state_enter(w->state);
        }
        walk_inner(w, &inner, node);
        if (background) tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    } else {
        walk_inner(w, env, node);
    }
    tj_work_higher(w);
}

void tj_walk_nodes(struct tj_work *w, struct tj_env *env, uint32_t first) {
    for (uint32_t i = first; i != TJ_NONE && !w->stopped; i = env->script->node.at[i].next) {
        if (i != first && env->script->node.at[i].link == TJ_LINK_OR)
            walk_maybe(w, env, i, TJ_CMD_MAYBE | TJ_CMD_ON_FAILURE, false);
        else
            walk_node(w, env, i);
    }
}

void tj_walk_text(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_script *script = tj_arena_new(w->arena, struct tj_script);
    struct tj_str source = w->out->texts.text.at[text].bytes;
    struct tj_span span = {text, 0, source.n};
    if (!script || !tj_work_step(w) || !tj_work_deeper(w, span)) return;
    if (tj_shell_parse(w->unfolder->shell, w->arena, source, (enum tj_dialect)env->dialect, script) != TRAJSAFE_OK) {
        w->stopped = true;
    } else {
        for (uint32_t i = 0; i < script->trouble.n; i++) {
            const struct tj_sh_trouble *t = &script->trouble.at[i];
            tj_work_unknown(w, (enum tj_reason)t->reason, (struct tj_span){text, t->begin, t->end});
        }
        if (text == w->root_text) w->root = script;
        struct tj_env inner = *env;
        inner.script = script;
        inner.text = text;
        tj_walk_nodes(w, &inner, script->first);
    }
    tj_work_higher(w);
}
