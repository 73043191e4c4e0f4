/* Scripts in order of evaluation: lists, pipelines, subshells, branches, functions. */
#include "unfold/work.h"

/* ---- what is printed on paths that part ----------------------------------------------------------------------------------------- */

enum { MAX_PRINTS = 8 };

/* Each path prints into a capture of its own; in the end one of them is what was printed. */
struct prints {
    struct tj_capture *to, main;
    const struct tj_capture *one[MAX_PRINTS];
    uint32_t n;
    bool many;
};

static void prints_begin(struct prints *p, struct tj_env *env) {
    memset(p, 0, sizeof *p);
    p->to = env->capture;
    if (p->to) env->capture = &p->main;
}

static void prints_path(struct tj_work *w, struct prints *p, struct tj_env *side) {
    if (!p->to) return;
    struct tj_capture *own = tj_arena_new(w->arena, struct tj_capture);
    side->capture = own;
    if (!own || p->n + 1 >= MAX_PRINTS || p->main.some) p->many = true;
    if (own && p->n + 1 < MAX_PRINTS) p->one[p->n++] = own;
}

static void prints_end(struct tj_work *w, struct prints *p) {
    if (!p->to) return;
    p->one[p->n++] = &p->main;
    if (!p->many) {
        tj_capture_either(w, p->to, p->one, p->n);
        return;
    }
    struct tj_capture blind = {.some = true, .value = tj_value_unknown(TJ_NO_SPAN)};
    for (uint32_t i = 0; i < p->n; i++) blind.value.carries |= p->one[i]->value.carries;
    tj_capture_add(w, p->to, &blind.value);
}

/* ---- pipelines -------------------------------------------------------------------------------------------------------------------- */

static struct tj_stream *stream_of(struct tj_work *w, const struct tj_env *env) {
    return env->stdin_kind == TJ_STDIN_NONE ? NULL : tj_arena_new(w->arena, struct tj_stream);
}

static void walk_pipeline(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    uint32_t members = 0, at = 0;
    for (uint32_t i = node->first; i != TJ_NONE; i = env->script->node.at[i].next) members++;
    if (members == 1) {
        tj_walk_node(w, env, node->first);
        return;
    }
    struct tj_env inner = *env;
    int status = 0;
    inner.pipeline = w->pipelines++;
    if (inner.flow == TJ_NONE) inner.flow = inner.pipeline;
    inner.pipe_n = (uint16_t)(members > UINT16_MAX ? UINT16_MAX : members);
    for (uint32_t i = node->first; i != TJ_NONE && !w->stopped; i = env->script->node.at[i].next, at++) {
        struct tj_capture capture = {.some = false};
        struct tj_env member = inner;
        struct tj_shell_scope scope = {.keeps_state = false};
        bool last = at + 1 == members, here = last && env->life->lastpipe;
        member.pipe_at = (uint16_t)(at > UINT16_MAX ? UINT16_MAX : at);
        member.capture = last ? env->capture : &capture;
        if (at) member.stream = stream_of(w, &member);
        if (!here) tj_shell_begin(w, &member, &scope);
        tj_walk_node(w, &member, i);
        if (!here) tj_shell_end(w, &member, &scope);
        status = env->life->pipefail && w->status != 0 ? TJ_STATUS_UNKNOWN : status;
        inner.stdin_kind = TJ_STDIN_PIPE;
        const struct tj_sh_node *n = &env->script->node.at[i];
        inner.input = tj_capture_value(&capture, (struct tj_span){env->text, n->begin, n->end});
    }
    if (env->life->pipefail) w->status = status;
}

/* ---- if, case ---------------------------------------------------------------------------------------------------------------------- */

/* Paths of if and case: those that may be taken stand beside the main one, which is taken when none of them is. */
struct choice {
    struct tj_fork fork;
    struct prints prints;
    struct tj_env env; /* of the main path */
    int before;        /* `case`: status when an arm begins */
    bool open;
};

static void choice_open(struct tj_work *w, struct choice *c) {
    if (c->open) return;
    c->open = true;
    prints_begin(&c->prints, &c->env);
    tj_fork_begin(w, &c->env, &c->fork, NULL);
    c->env.flags |= TJ_CMD_MAYBE;
}

static void choice_end(struct tj_work *w, struct choice *c) {
    if (!c->open) return;
    tj_fork_end(w, &c->env, &c->fork, TJ_CWD_DOWN);
    prints_end(w, &c->prints);
}

static void walk_side(struct tj_work *w, struct choice *c, uint32_t node, int status) {
    struct tj_side side;
    choice_open(w, c);
    struct tj_env inner = c->env;
    tj_side_begin(w, &c->fork, &side);
    prints_path(w, &c->prints, &inner);
    w->status = status;
    tj_walk_node(w, &inner, node);
    tj_side_end(w, &c->fork, &side);
}

static void walk_if(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    const struct tj_sh_node *at = env->script->node.at;
    struct choice c = {.env = *env};
    uint32_t i = node->first;
    while (i != TJ_NONE && !w->stopped && !w->jump) {
        uint32_t then = at[i].next;
        if (then == TJ_NONE) { /* else */
            w->status = TJ_STATUS_FAIL;
            tj_walk_node(w, &c.env, i);
            break;
        }
        struct tj_env condition = c.env;
        condition.condition = true;
        tj_walk_node(w, &condition, i);
        if (w->jump) break;
        if (w->status == 0) {
            tj_walk_node(w, &c.env, then);
            break;
        }
        if (w->status == TJ_STATUS_UNKNOWN) walk_side(w, &c, then, 0);
        i = at[then].next;
        w->status = 0; /* of an if without a branch that is taken */
    }
    choice_end(w, &c);
}

/* 1: one of the arm's patterns matches, 0: none, -1: not known. */
static int arm_matches(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *arm,
                       const struct tj_value *subject) {
    int hit = 0;
    for (uint32_t i = arm->word; i < arm->word_end && hit != 1; i++) {
        int one = tj_test_pattern(w, env, i, subject);
        hit = one == 0 ? hit : one;
    }
    return hit;
}

/* From arm `i` on; `falls`: its body is run whatever its patterns are. */
static void walk_arms(struct tj_work *w, struct choice *c, uint32_t i, const struct tj_value *subject, bool falls) {
    const struct tj_sh_node *at = c->env.script->node.at;
    for (; i != TJ_NONE && !w->stopped && !w->jump; i = at[i].next) {
        int hit = falls ? 1 : arm_matches(w, &c->env, &at[i], subject);
        falls = false;
        if (hit == 0) continue;
        int before = at[i].first == TJ_NONE ? 0 : c->before;
        if (hit == 1) {
            w->status = before;
            tj_walk_nodes(w, &c->env, at[i].first);
            falls = (at[i].flags & TJ_SH_FALLS) != 0;
            if (at[i].first != TJ_NONE) c->before = w->status;
            if (!falls && !(at[i].flags & TJ_SH_GOES_ON)) return;
            continue;
        }
        struct tj_side side;
        struct choice beside;
        choice_open(w, c);
        beside = (struct choice){.env = c->env};
        tj_side_begin(w, &c->fork, &side);
        prints_path(w, &c->prints, &beside.env);
        w->status = before;
        tj_walk_nodes(w, &beside.env, at[i].first);
        bool more = at[i].flags & (TJ_SH_FALLS | TJ_SH_GOES_ON) && at[i].next != TJ_NONE;
        struct tj_span span = {c->env.text, at[i].begin, at[i].end};
        if (more && !w->jump && tj_work_deeper(w, span)) {
            beside.before = w->status;
            walk_arms(w, &beside, at[i].next, subject, (at[i].flags & TJ_SH_FALLS) != 0);
            choice_end(w, &beside);
            tj_work_higher(w);
        }
        tj_side_end(w, &c->fork, &side);
    }
}

static void walk_case(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct choice c = {.env = *env};
    struct tj_value subject = tj_value_unknown(TJ_NO_SPAN);
    if (node->word < node->word_end) subject = tj_word_value(w, env, node->word);
    subject.flags &= ~TJ_VALUE_HAS_GLOB;
    c.before = w->status;
    w->status = 0;
    walk_arms(w, &c, node->first, &subject, false);
    choice_end(w, &c);
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------------------ */

static void keep_function(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    if (node->first == TJ_NONE || node->name.n == 0) return;
    const struct tj_sh_node *body = &env->script->node.at[node->first];
    struct tj_str text = tj_str_sub(env->script->source, body->begin, body->end);
    struct tj_known_function f = {node->name, text, env->script, node->first, env->text};
    (void)tj_vec_push(w->arena, &w->function, f);
    tj_set_function(w, node->name, text);
    w->status = 0;
}

static void walk_subshell(struct tj_work *w, const struct tj_env *env, const struct tj_sh_node *node, bool background) {
    struct tj_env inner = *env;
    struct tj_shell_scope scope = {.keeps_state = false};
    struct tj_capture printed = {.some = false};
    if (background) {
        inner.flags |= TJ_CMD_BACKGROUND;
        if (env->capture) inner.capture = &printed;
    }
    tj_shell_begin(w, &inner, &scope);
    tj_walk_nodes(w, &inner, node->first);
    tj_shell_end(w, &inner, &scope);
    if (!background) return;
    w->status = 0;
    if (printed.some) tj_capture_loose(w, env->capture, &printed.value);
}

static int from_test(int held) { return held < 0 ? TJ_STATUS_UNKNOWN : held ? 0 : 1; }

static void walk_kind(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    switch (node->kind) {
    case TJ_SH_SIMPLE: tj_walk_simple(w, env, node); break;
    case TJ_SH_PIPELINE: walk_pipeline(w, env, node); break;
    case TJ_SH_SUBSHELL: walk_subshell(w, env, node, false); break;
    case TJ_SH_IF: walk_if(w, env, node); break;
    case TJ_SH_WHILE: tj_walk_while(w, env, node); break;
    case TJ_SH_FOR: tj_walk_for(w, env, node); break;
    case TJ_SH_CASE: walk_case(w, env, node); break;
    case TJ_SH_FUNCTION: keep_function(w, env, node); break;
    case TJ_SH_CFOR: tj_walk_cfor(w, env, node); break;
    case TJ_SH_COPROC: walk_subshell(w, env, node, true); break;
    case TJ_SH_TEST: w->status = from_test(tj_test_double(w, env, node)); break;
    case TJ_SH_ARITH: w->status = from_test(tj_test_arith(w, env, node)); break;
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
    bool reads = inner.stdin_kind != env->stdin_kind || inner.input.text.p != env->input.text.p;
    if (reads) inner.stream = stream_of(w, &inner);
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

void tj_walk_node(struct tj_work *w, struct tj_env *env, uint32_t at) {
    const struct tj_sh_node *node = &env->script->node.at[at];
    struct tj_span span = {env->text, node->begin, node->end};
    if (!tj_work_step(w) || !tj_work_deeper(w, span)) return;
    if (node->flags & TJ_SH_BACKGROUND) {
        struct tj_env inner = *env;
        struct tj_shell_scope scope = {.keeps_state = false};
        struct tj_capture printed = {.some = false};
        inner.flags |= TJ_CMD_BACKGROUND;
        if (node->flags & TJ_SH_NEGATED) inner.flags |= TJ_CMD_NEGATED;
        if (env->capture) inner.capture = &printed;
        tj_shell_begin(w, &inner, &scope);
        walk_inner(w, &inner, node);
        tj_shell_end(w, &inner, &scope);
        if (printed.some) tj_capture_loose(w, env->capture, &printed.value);
        w->status = 0;
    } else if (node->flags & TJ_SH_NEGATED) {
        struct tj_env inner = *env;
        inner.flags |= TJ_CMD_NEGATED;
        inner.condition = true;
        walk_inner(w, &inner, node);
        if (!w->jump && w->status != TJ_STATUS_UNKNOWN) w->status = w->status == 0;
    } else {
        walk_inner(w, env, node);
    }
    tj_work_higher(w);
}

/* ---- lists --------------------------------------------------------------------------------------------------------------------------- */

/* `a && b && c` whose statuses are not known: behind each of them the run may end. */
struct run {
    struct tj_fork fork;
    struct tj_capture spare, *to;
    bool open;
};

static void run_end(struct tj_work *w, struct tj_env *env, struct run *run) {
    if (!run->open) return;
    run->open = false;
    tj_fork_end(w, env, &run->fork, TJ_CWD_LAST);
    env->capture = run->to;
    if (run->to && run->spare.some) tj_capture_maybe(w, run->to, &run->spare);
}

static void walk_and(struct tj_work *w, struct tj_env *env, struct run *run, uint32_t node) {
    if (w->status == TJ_STATUS_UNKNOWN) {
        if (!run->open) {
            memset(run, 0, sizeof *run);
            tj_fork_begin(w, env, &run->fork, NULL);
            run->open = true;
            run->to = env->capture;
            if (run->to) env->capture = &run->spare;
        }
        w->status = TJ_STATUS_FAIL;
        tj_fork_pause(w, &run->fork);
    }
    w->status = 0;
    tj_walk_node(w, env, node);
}

static void walk_or(struct tj_work *w, struct tj_env *env, uint32_t node) {
    struct tj_fork fork;
    struct tj_side side;
    struct tj_capture printed = {.some = false};
    if (w->status != TJ_STATUS_UNKNOWN) {
        tj_walk_node(w, env, node);
        return;
    }
    struct tj_env inner = *env;
    inner.flags |= TJ_CMD_MAYBE | TJ_CMD_ON_FAILURE;
    if (env->capture) inner.capture = &printed;
    tj_fork_begin(w, env, &fork, NULL);
    tj_side_begin(w, &fork, &side);
    w->status = TJ_STATUS_FAIL;
    tj_walk_node(w, &inner, node);
    tj_side_end(w, &fork, &side);
    w->status = 0;
    tj_fork_end(w, env, &fork, TJ_CWD_STAYS);
    if (env->capture && printed.some) tj_capture_maybe(w, env->capture, &printed);
}

/* One element with what && and || join to it; returns what follows. */
static uint32_t walk_chain(struct tj_work *w, struct tj_env *env, uint32_t first) {
    const struct tj_sh_node *at = env->script->node.at;
    struct run run = {.open = false};
    struct tj_env inner = *env;
    uint32_t i = at[first].next;
    bool chained = i != TJ_NONE && at[i].link != TJ_LINK_SEQ;
    if (chained) inner.condition = true;
    tj_walk_node(w, chained ? &inner : env, first);
    for (; i != TJ_NONE && at[i].link != TJ_LINK_SEQ; i = at[i].next) {
        bool and = at[i].link == TJ_LINK_AND;
        bool last = at[i].next == TJ_NONE || at[at[i].next].link == TJ_LINK_SEQ;
        if (!and&&run.open && !w->stopped) run_end(w, &inner, &run); /* also behind a jump: it was not certain */
        if (w->stopped || w->jump) continue;
        if (last) inner.condition = env->condition;
        bool skips = w->status != TJ_STATUS_UNKNOWN && (w->status == 0) != and;
        if (skips) continue;
        if (and)
            walk_and(w, &inner, &run, i);
        else
            walk_or(w, &inner, i);
    }
    run_end(w, &inner, &run);
    return i;
}

void tj_walk_nodes(struct tj_work *w, struct tj_env *env, uint32_t first) {
    struct tj_env inner = *env;
    struct tj_capture spare = {.some = false};
    for (uint32_t i = first; i != TJ_NONE && !w->stopped && !w->jump;) {
        i = walk_chain(w, &inner, i);
        if (env->life->errexit && !env->condition && w->status != 0 && !w->jump) tj_may_exit(w, &inner);
        bool doubt = w->may && env->target && w->may <= env->target->depth;
        if (doubt && env->capture) inner.capture = &spare; /* what follows may not be reached */
    }
    if (spare.some) tj_capture_maybe(w, env->capture, &spare);
}

void tj_walk_text(struct tj_work *w, struct tj_env *env, uint32_t text) {
    if (env->dialect > TJ_DIALECT_ZSH) {
        tj_walk_dialect(w, env, text);
        return;
    }
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
