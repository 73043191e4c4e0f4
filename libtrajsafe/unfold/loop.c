/*
 * Loops. One whose turns are all certain is walked turn by turn: it is rehearsed first, so that nothing is handed over
 * twice. Any other is walked once, with what its turns change not known at its head.
 */
#include "unfold/work.h"

enum {
    MAX_LOOP_SET = 16,
    MAX_TURNS = 1024,
    MAX_ALL_TURNS = 2048,
    MAX_PASSES = 6,
    MAX_REHEARSAL = 20000,
    /* What a loop may take up before it is read as one of any number of turns: the rest of the call needs room too. */
    MAX_REHEARSED_MEMORY = 2 << 20,
    MAX_REHEARSED_TEXT = 1 << 17,
    MAX_REHEARSED_COMMANDS = 1200
};

struct loop {
    struct tj_env *env;
    struct tj_env inner; /* of condition and body */
    struct tj_target target;
    struct tj_fork fork;
    uint32_t condition, body; /* nodes; TJ_NONE */
    struct tj_str name;       /* for */
    const struct tj_args *words;
    struct tj_value all; /* what the name may be in any turn */
    struct tj_span span;
    bool once; /* it holds commands: expanded once */
    struct tj_value parts;
    const struct tj_sh_node *arithmetic; /* for ((…; test; step)), else NULL */
    bool until, surely, finite, known;   /* finite: one turn for each of `words`; known: all of them are */
};

enum { OVER, TURN, OPEN = -1 };

static int tested(const struct tj_work *w, const struct loop *l) {
    if (w->status == TJ_STATUS_UNKNOWN) return OPEN;
    return (w->status == 0) != l->until ? TURN : OVER;
}

/* One of the three parts of for ((…)), expanded as it would be now. */
static bool part_of(struct tj_work *w, struct loop *l, uint32_t which, struct tj_str *out) {
    const struct tj_sh_node *node = l->arithmetic;
    *out = TJ_STR("");
    if (node->word == node->word_end) return false;
    struct tj_value v = l->once ? l->parts : tj_word_value(w, &l->inner, node->word);
    uint32_t begin = 0;
    if (!tj_value_known(&v)) return false;
    for (uint32_t i = 0; i <= v.text.n; i++) {
        if (i < v.text.n && v.text.p[i] != ';') continue;
        if (which-- == 0) {
            *out = tj_str_trim(tj_str_sub(v.text, begin, i));
            return true;
        }
        begin = i + 1;
    }
    return true;
}

/* What stands at the head: the condition is run, or the name gets its next value. */
static int head(struct tj_work *w, struct loop *l, uint32_t turn) {
    int64_t n = 1;
    if (l->finite) {
        if (turn >= l->words->n) return OVER;
        if (l->name.n) tj_set_variable(w, &l->inner, l->name, &l->words->at[turn].value);
        return TURN;
    }
    if (l->arithmetic) {
        struct tj_str test;
        if (!part_of(w, l, 1, &test)) return OPEN;
        return test.n == 0 ? TURN : tj_arith(w, &l->inner, test, &n) ? n != 0 : OPEN;
    }
    struct tj_env inner = l->inner;
    inner.condition = true;
    if (l->condition != TJ_NONE) tj_walk_node(w, &inner, l->condition);
    return w->jump ? OVER : tested(w, l);
}

static void body(struct tj_work *w, struct loop *l, const struct tj_env *env) {
    struct tj_fork fork;
    struct tj_env inner = *env;
    struct tj_target turn = tj_target_in(&l->inner, TJ_TARGET_TURN, &fork);
    inner.target = &turn;
    tj_fork_begin(w, &inner, &fork, &turn);
    tj_walk_nodes(w, &inner, l->body);
    tj_fork_end(w, &inner, &fork, TJ_CWD_LAST);
}

static void step(struct tj_work *w, struct loop *l) {
    struct tj_str text;
    int64_t n;
    if (!l->arithmetic || w->jump) return;
    const struct tj_sh_word *word = &l->inner.script->word.at[l->arithmetic->word];
    if (!part_of(w, l, 2, &text))
        tj_arith_blur(w, &l->inner, tj_str_sub(l->inner.script->source, word->begin, word->end));
    else if (text.n)
        (void)tj_arith(w, &l->inner, text, &n);
}

/* ---- turn by turn ------------------------------------------------------------------------------------------------------------------ */

static bool spent(struct tj_work *w, uint32_t turns) {
    if (turns >= MAX_TURNS || w->turns >= MAX_ALL_TURNS) return true;
    return w->limit && (w->steps > w->limit || w->arena->used > w->limit_used || w->derived > w->limit_derived ||
                        w->emitted > w->limit_emitted);
}

/* False: it did not come to an end that is certain. What was handed over stays. */
static bool walk_turns(struct tj_work *w, struct loop *l) {
    struct tj_capture spare = {.some = false};
    struct tj_capture *to = l->inner.capture;
    int status = 0;
    bool over = false;
    for (uint32_t turn = 0; !w->stopped; turn++) {
        int go = head(w, l, turn);
        if (go == OPEN || (go == TURN && spent(w, turn))) break;
        over = go == OVER;
        if (over) break;
        w->turns += !w->dry;
        body(w, l, &l->inner);
        status = w->status;
        step(w, l);
        over = w->jump != NULL;
        if (over) break;
        if (w->may && to) l->inner.capture = &spare; /* the turns that follow may not be reached */
    }
    if (over && !w->jump) w->status = status;
    l->inner.capture = to;
    if (to && spare.some) tj_capture_maybe(w, to, &spare);
    return over;
}

/* ---- any number of turns ---------------------------------------------------------------------------------------------------------- */

static void any_turn(struct tj_work *w, struct loop *l, const struct tj_env *env) {
    struct loop one = *l;
    one.inner = *env;
    if (l->finite) {
        if (l->name.n) tj_set_variable(w, env, l->name, &l->all);
    } else {
        (void)head(w, &one, 0);
    }
    if (w->jump) return;
    if (!l->surely) one.inner.flags |= TJ_CMD_MAYBE;
    body(w, l, &one.inner);
    step(w, &one);
}

/* A pass over the body; afterwards the state is that before it or behind it. True: the body changed something. */
static bool pass(struct tj_work *w, struct loop *l, const struct tj_env *env, bool widen) {
    struct tj_fork fork;
    struct tj_env inner = *env;
    tj_fork_begin(w, &inner, &fork, NULL);
    fork.widen = widen;
    w->status = TJ_STATUS_UNKNOWN;
    tj_fork_pause(w, &fork);
    any_turn(w, l, &inner);
    tj_fork_end(w, &inner, &fork, TJ_CWD_DOWN);
    return fork.changed;
}

static void walk_any(struct tj_work *w, struct loop *l) {
    struct tj_capture printed = {.some = false};
    struct tj_env inner = l->inner;
    struct tj_capture *to = inner.capture;
    const struct tj_target *jump = w->jump;
    uint32_t may = w->may, turns = w->dry ? 2 : MAX_PASSES;
    bool steady = false;
    if (to) inner.capture = &printed;
    if (l->finite && l->name.n) tj_set_variable(w, &inner, l->name, &l->all);
    for (uint32_t i = 0; i < turns && !steady && !w->stopped; i++) {
        struct tj_capture none = {.some = false};
        struct tj_env dry = inner;
        if (to) dry.capture = &none;
        if (inner.stream) inner.stream->lost = true;
        w->dry++;
        steady = !pass(w, l, &dry, i > 0);
        w->dry--;
        w->jump = jump;
        w->may = may;
    }
    inner.unsteady = inner.unsteady || !steady;
    bool again = pass(w, l, &inner, true) && steady && !w->dry && !w->jump;
    if (again && !w->stopped) (void)pass(w, l, &inner, true); /* what flows in came to light only now */
    w->status = TJ_STATUS_UNKNOWN;
    if (!to || !printed.some) return;
    struct tj_value v = tj_value_unknown(l->span);
    v.carries = printed.value.carries;
    tj_capture_add(w, to, &v);
}

/* ---- one or the other ------------------------------------------------------------------------------------------------------------- */

/* Everything that a rehearsal could leave behind is put back. */
struct rehearsal {
    struct tj_fork fork;
    struct tj_env env;
    const struct tj_target *jump;
    uint32_t may, limit, limit_emitted, moves;
    size_t limit_used, limit_derived, derived;
    int status;
};

static void rehearse(struct tj_work *w, struct loop *l, struct rehearsal *r) {
    r->jump = w->jump;
    r->may = w->may;
    r->limit = w->limit;
    r->limit_emitted = w->limit_emitted;
    r->limit_used = w->limit_used;
    r->limit_derived = w->limit_derived;
    r->derived = w->derived;
    r->moves = w->moves;
    r->status = w->status;
    r->env = l->inner;
    if (!w->limit) {
        w->limit = w->steps + MAX_REHEARSAL;
        w->limit_emitted = w->emitted + MAX_REHEARSED_COMMANDS;
        w->limit_used = w->arena->used + MAX_REHEARSED_MEMORY;
        w->limit_derived = w->derived + MAX_REHEARSED_TEXT;
    }
    w->dry++;
    tj_fork_begin(w, &r->env, &r->fork, NULL);
}

/* True: variables, functions, parameters or the folder were changed. */
static bool rehearsed(struct tj_work *w, struct rehearsal *r) {
    w->jump = NULL;
    bool touched = r->fork.journal.entry.n || w->moves != r->moves;
    *r->fork.frame_of = r->fork.frame;
    if (r->fork.stream_of) *r->fork.stream_of = r->fork.stream;
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    w->journal = r->fork.journal.outer;
    w->dry--;
    w->jump = r->jump;
    w->may = r->may;
    w->limit = r->limit;
    w->limit_emitted = r->limit_emitted;
    w->limit_used = r->limit_used;
    w->limit_derived = r->limit_derived;
    w->derived = r->derived; /* nobody uses that text; its memory stays counted */
    w->status = r->status;
    return touched;
}

/* Nothing but the name changes from turn to turn: one walk with all its values says the same in fewer words. */
static bool turns_are_alike(struct tj_work *w, struct loop *l) {
    struct rehearsal r;
    struct tj_capture none = {.some = false};
    if (!l->finite || l->words->n < 2 || w->dry) return false;
    rehearse(w, l, &r);
    r.env.capture = &none;
    if (l->name.n) tj_state_set_var(w->state, l->name, &l->all);
    uint32_t may = w->may;
    body(w, l, &r.env);
    bool jumps = w->jump || w->may != may;
    /* What is printed must be as little known as it would be turn by turn. */
    const struct tj_value *v = &none.value;
    bool known = none.some && (!(v->flags & TJ_VALUE_IS_DYNAMIC) || v->text.n || v->suffix.n);
    if (l->inner.capture && known) jumps = true;
    return !rehearsed(w, &r) && !jumps;
}

static bool ends_surely(struct tj_work *w, struct loop *l) {
    struct rehearsal r;
    struct tj_capture none = {.some = false};
    struct loop one = *l;
    if (w->dry) return true;
    rehearse(w, l, &r);
    one.inner.capture = one.inner.capture ? &none : NULL;
    bool over = walk_turns(w, &one);
    (void)rehearsed(w, &r);
    return over;
}

static void walk_loop(struct tj_work *w, struct loop *l) {
    l->inner = *l->env;
    l->target = tj_target_in(l->env, TJ_TARGET_LOOP, &l->fork);
    l->inner.target = &l->target;
    tj_fork_begin(w, &l->inner, &l->fork, &l->target);
    bool exact = (!l->finite || l->known) && !l->inner.unsteady && !turns_are_alike(w, l) && ends_surely(w, l);
    if (!exact || !walk_turns(w, l)) walk_any(w, l);
    tj_fork_end(w, &l->inner, &l->fork, TJ_CWD_LAST);
}

/* ---- while, until -------------------------------------------------------------------------------------------------------------------- */

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

void tj_walk_while(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct loop l = {.env = env, .condition = node->first, .body = TJ_NONE};
    l.span = (struct tj_span){env->text, node->begin, node->end};
    if (node->first != TJ_NONE) l.body = env->script->node.at[node->first].next;
    if (l.body == TJ_NONE) {
        if (node->first != TJ_NONE) tj_walk_node(w, env, node->first);
        return;
    }
    l.until = node->begin < env->script->source.n && env->script->source.p[node->begin] == 'u';
    l.surely = runs_surely(env, node->first);
    walk_loop(w, &l);
}

/* ---- for, select ----------------------------------------------------------------------------------------------------------------------- */

/* What all words begin and end with: "10.0.0." of 10.0.0.{1..254}. */
static void keep_ends(const struct tj_args *args, struct tj_value *v) {
    struct tj_str begin = args->at[0].value.text, end = begin;
    uint32_t shortest = UINT32_MAX;
    for (uint32_t i = 0; i < args->n; i++) {
        const struct tj_value *one = &args->at[i].value;
        if (one->flags & (TJ_VALUE_IS_SET | TJ_VALUE_MAY_SPLIT)) return;
        struct tj_str last = one->flags & TJ_VALUE_IS_DYNAMIC ? one->suffix : one->text;
        uint32_t same = 0, length = one->text.n + (one->flags & TJ_VALUE_IS_DYNAMIC ? one->suffix.n : 0);
        if (i == 0) end = last;
        if (length < shortest) shortest = length;
        while (same < begin.n && same < one->text.n && begin.p[same] == one->text.p[same]) same++;
        begin.n = same;
        for (same = 0; same < end.n && same < last.n && end.p[end.n - 1 - same] == last.p[last.n - 1 - same];) same++;
        end = tj_str_sub(end, end.n - same, end.n);
    }
    if (end.n > shortest - begin.n) end = tj_str_sub(end, end.n - (shortest - begin.n), end.n); /* aa aba: not both */
    v->text = begin;
    v->suffix = end;
}

static struct tj_value loop_value(struct tj_work *w, const struct tj_args *args, struct tj_span span) {
    struct tj_value v = tj_value_unknown(span);
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, args->n ? args->n : 1);
    bool known = args->n && args->n <= MAX_LOOP_SET && set;
    if (args->n == 1) {
        v = args->at[0].value;
        if (v.flags & TJ_VALUE_MAY_SPLIT) { /* beginning and end are those of the first and the last of its words */
            v.text = v.suffix = TJ_STR("");
            if (!v.nset) v.flags |= TJ_VALUE_IS_DYNAMIC;
        }
        v.flags &= ~TJ_VALUE_MAY_SPLIT;
        return v;
    }
    for (uint32_t i = 0; i < args->n; i++) {
        const struct tj_value *one = &args->at[i].value;
        v.carries |= one->carries;
        v.flags |= one->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_FROM_OUTPUT | TJ_VALUE_CUT);
        known = known && tj_value_known(one);
        if (set) set[i] = one->text;
    }
    if (args->n > MAX_LOOP_SET) v.flags |= TJ_VALUE_CUT;
    if (!known && args->n) keep_ends(args, &v);
    if (!known) return v;
    v.flags = (v.flags & ~TJ_VALUE_IS_DYNAMIC) | TJ_VALUE_IS_SET;
    v.text = set[0];
    v.set = set;
    v.nset = args->n;
    return v;
}

static bool all_known(const struct tj_args *args) {
    for (uint32_t i = 0; i < args->n; i++) {
        const struct tj_value *v = &args->at[i].value;
        if (!tj_value_known(v) || v->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_MAY_SPLIT)) return false;
    }
    return true;
}

void tj_walk_for(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct tj_args args = {0};
    struct loop l = {.env = env, .condition = TJ_NONE, .body = node->first, .name = node->name, .words = &args};
    struct tj_arg outside = {.value = tj_value_unknown((struct tj_span){env->text, node->begin, node->end})};
    bool select = node->begin < env->script->source.n && env->script->source.p[node->begin] == 's';
    l.span = outside.value.span;
    l.finite = l.surely = true;
    for (uint32_t i = node->word; i < node->word_end; i++) tj_word_args(w, env, i, &args);
    if (node->word == node->word_end && !(node->flags & TJ_SH_IN)) {
        for (uint32_t i = 0; i < env->frame->n; i++) (void)tj_vec_push(w->arena, &args, env->frame->arg[i]);
        if (!env->frame->known || env->frame->lost) (void)tj_vec_push(w->arena, &args, outside);
    }
    l.known = all_known(&args) && !select;
    l.all = loop_value(w, &args, l.span);
    if (select) {
        struct tj_value none = tj_value_text(TJ_STR(""), l.span);
        l.all = tj_value_either(w, &l.all, &none);
    }
    if (args.n == 0) {
        w->status = 0;
        return;
    }
    walk_loop(w, &l);
}

/* for ((first; test; step)) */
void tj_walk_cfor(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    struct loop l = {.env = env, .inner = *env, .condition = TJ_NONE, .body = node->first, .surely = true};
    struct tj_str first;
    int64_t n;
    l.arithmetic = node;
    l.span = (struct tj_span){env->text, node->begin, node->end};
    if (node->word == node->word_end) return;
    const struct tj_sh_word *word = &env->script->word.at[node->word];
    struct tj_str text = tj_str_sub(env->script->source, word->begin, word->end);
    if (tj_str_find(text, TJ_STR("$("), 0) != TJ_NOT_FOUND || tj_str_chr(text, '`', 0) != TJ_NOT_FOUND) {
        l.parts = tj_word_value(w, env, node->word);
        l.once = true;
    }
    if (part_of(w, &l, 0, &first) && first.n) (void)tj_arith(w, env, first, &n);
    walk_loop(w, &l);
}
