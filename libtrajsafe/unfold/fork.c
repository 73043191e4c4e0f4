/* Paths of a script that part and meet: what each leaves behind is gathered, and joined where they meet again. */
#include "unfold/work.h"

enum { MAX_SET = 8, MAX_NAMES = 256 };

/* ---- beginning ---------------------------------------------------------------------------------------------------------------- */

void tj_fork_begin(struct tj_work *w, struct tj_env *env, struct tj_fork *fork, const struct tj_target *target) {
    memset(fork, 0, sizeof *fork);
    fork->journal.outer = w->journal;
    fork->target = target;
    fork->dry = w->dry;
    fork->frame_of = env->frame;
    fork->frame = *env->frame;
    fork->stream_of = env->stream;
    if (env->stream) fork->stream = *env->stream;
    fork->before = w->status;
    fork->status = TJ_STATUS_NONE;
    w->journal = &fork->journal;
    tj_state_enter(w->state);
    fork->cwd = tj_arena_copy(w->arena, tj_state_cwd(w->state));
}

/* ---- gathering ---------------------------------------------------------------------------------------------------------------- */

static struct tj_leftover *find(struct tj_path_end *end, const struct tj_touched *what) {
    for (uint32_t i = 0; i < end->left.n; i++) {
        struct tj_leftover *l = &end->left.at[i];
        if (l->what.function == what->function && tj_str_eq(l->what.name, what->name)) return l;
    }
    return NULL;
}

static void gather_one(struct tj_work *w, struct tj_path_end *end, const struct tj_touched *what, bool *crowded) {
    struct tj_leftover l = {.what = *what};
    struct tj_str body;
    if (find(end, what)) return;
    if (end->left.n >= MAX_NAMES) {
        *crowded = true;
        return;
    }
    if (what->function) {
        if (tj_state_function(w->state, what->name, &body)) l.body = tj_arena_copy(w->arena, body);
    } else {
        const struct tj_value *v = tj_state_var(w->state, what->name);
        struct tj_value none = tj_value_unknown(TJ_NO_SPAN);
        (void)tj_value_keep(w->arena, v ? v : &none, &l.value);
    }
    (void)tj_vec_push(w->arena, &end->left, l);
}

static uint32_t entries(const struct tj_work *w, const struct tj_fork *fork) {
    uint32_t n = 0;
    for (const struct tj_journal *j = w->journal; j; j = j->outer) {
        n += j->entry.n;
        if (j == &fork->journal) break;
    }
    return n;
}

/* The state as it is now becomes one of those that the fork's end joins. */
static void keep_path(struct tj_work *w, struct tj_fork *fork) {
    fork->status = fork->status == TJ_STATUS_NONE ? w->status : tj_status_join(fork->status, w->status);
    if (fork->paths >= TJ_FORK_PATHS) {
        fork->crowded = true;
        return;
    }
    struct tj_path_end *end = &fork->path[fork->paths++];
    memset(end, 0, sizeof *end);
    for (const struct tj_journal *j = w->journal; j; j = j->outer) {
        for (uint32_t i = 0; i < j->entry.n; i++) gather_one(w, end, &j->entry.at[i], &fork->crowded);
        if (j == &fork->journal) break;
    }
    end->frame = *fork->frame_of;
    if (fork->stream_of) end->stream = *fork->stream_of;
    end->cwd = tj_arena_copy(w->arena, tj_state_cwd(w->state));
    fork->seen = entries(w, fork);
}

void tj_fork_escape(struct tj_work *w, struct tj_fork *fork) {
    if (w->dry == fork->dry) keep_path(w, fork);
}

void tj_fork_pause(struct tj_work *w, struct tj_fork *fork) {
    bool news = fork->paths == 0 || entries(w, fork) != fork->seen;
    if (news)
        keep_path(w, fork);
    else
        fork->status = tj_status_join(fork->status, w->status);
}

/* A path ends here, unless it left for somewhere else. */
static void path_done(struct tj_work *w, struct tj_fork *fork) {
    const struct tj_target *jump = w->jump;
    w->jump = NULL;
    if (!jump) {
        keep_path(w, fork);
    } else if (jump != fork->target) {
        if (!fork->away || jump->depth > fork->away->depth) fork->away = jump;
        if (!fork->away_depth || jump->depth < fork->away_depth) fork->away_depth = jump->depth;
    } else if (w->dry != fork->dry) {
        keep_path(w, fork);
    }
}

static void keep_touched(struct tj_work *w, struct tj_fork *fork, struct tj_journal *journal) {
    for (uint32_t i = 0; i < journal->entry.n; i++) (void)tj_vec_push(w->arena, &fork->touched, journal->entry.at[i]);
    journal->entry.n = 0;
}

void tj_fork_next(struct tj_work *w, struct tj_fork *fork) {
    path_done(w, fork);
    keep_touched(w, fork, &fork->journal);
    fork->seen = TJ_NONE;
    *fork->frame_of = fork->frame;
    if (fork->stream_of) *fork->stream_of = fork->stream;
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    tj_state_enter(w->state);
    w->status = fork->before;
}

void tj_side_begin(struct tj_work *w, struct tj_fork *fork, struct tj_side *side) {
    memset(side, 0, sizeof *side);
    side->journal.outer = w->journal;
    side->frame = *fork->frame_of;
    if (fork->stream_of) side->stream = *fork->stream_of;
    side->status = w->status;
    fork->side = true;
    w->journal = &side->journal;
    tj_state_enter(w->state);
}

void tj_side_end(struct tj_work *w, struct tj_fork *fork, struct tj_side *side) {
    path_done(w, fork);
    keep_touched(w, fork, &side->journal);
    fork->seen = TJ_NONE;
    w->journal = side->journal.outer;
    w->status = side->status;
    *fork->frame_of = side->frame;
    if (fork->stream_of) *fork->stream_of = side->stream;
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
}

/* ---- joining ------------------------------------------------------------------------------------------------------------------- */

static bool same_value(const struct tj_value *a, const struct tj_value *b) {
    if (a->flags != b->flags || a->carries != b->carries || a->nset != b->nset) return false;
    if (!tj_str_eq(a->text, b->text) || !tj_str_eq(a->suffix, b->suffix)) return false;
    for (uint32_t i = 0; i < a->nset; i++) {
        if (!tj_str_eq(a->set[i], b->set[i])) return false;
    }
    return true;
}

static bool add_to_set(struct tj_value *to, struct tj_str *set, const struct tj_value *v) {
    if (v->flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_LIST)) return false;
    bool several = (v->flags & TJ_VALUE_IS_SET) != 0;
    for (uint32_t i = 0; i < (several ? v->nset : 1); i++) {
        struct tj_str s = several ? v->set[i] : v->text;
        bool known = false;
        for (uint32_t k = 0; k < to->nset; k++) known = known || tj_str_eq(set[k], s);
        if (known) continue;
        if (to->nset == MAX_SET) return false;
        set[to->nset++] = s;
    }
    return true;
}

/* Nothing is known of it: it comes from outside, if it is set at all. */
static bool from_outside(const struct tj_value *v) {
    return v->flags & TJ_VALUE_IS_DYNAMIC && v->flags & TJ_VALUE_UNSET_OK && !v->text.n && !v->suffix.n && !v->nset;
}

struct tj_value tj_value_either(struct tj_work *w, const struct tj_value *a, const struct tj_value *b) {
    uint32_t kept = TJ_VALUE_HAS_GLOB | TJ_VALUE_ESCAPED | TJ_VALUE_FROM_OUTPUT;
    if (same_value(a, b)) return *a;
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, MAX_SET);
    struct tj_value both = {.set = set,
                            .text = TJ_STR(""),
                            .flags = (a->flags | b->flags) & kept,
                            .carries = a->carries | b->carries,
                            .span = TJ_NO_SPAN};
    bool outside_a = from_outside(a), outside_b = from_outside(b);
    bool outside = outside_a || outside_b || (a->flags & b->flags & TJ_VALUE_UNSET_OK);
    if ((a->flags | b->flags) & TJ_VALUE_IS_SET && (a->flags | b->flags) & TJ_VALUE_UNSET_OK) outside = true;
    if (set && (outside_a || add_to_set(&both, set, a)) && (outside_b || add_to_set(&both, set, b)) && both.nset) {
        both.text = set[0];
        both.flags |= TJ_VALUE_IS_SET | (outside ? TJ_VALUE_UNSET_OK : 0);
        return both;
    }
    both.set = NULL;
    both.nset = 0;
    both.flags = (both.flags & ~TJ_VALUE_HAS_GLOB) | TJ_VALUE_IS_DYNAMIC | TJ_VALUE_MAY_SPLIT;
    if (outside_a && outside_b) both.flags |= TJ_VALUE_UNSET_OK;
    return both;
}

static struct tj_value value_before(struct tj_work *w, struct tj_env *env, struct tj_str name) {
    const struct tj_value *v = tj_state_var(w->state, name);
    struct tj_value out;
    if (v) {
        (void)tj_value_keep(w->arena, v, &out);
        return out;
    }
    out = tj_param_value(w, env, name);
    return out;
}

static struct tj_value join_variable(struct tj_work *w, struct tj_env *env, struct tj_fork *fork,
                                     const struct tj_touched *what) {
    struct tj_value before = value_before(w, env, what->name), v = before;
    for (uint32_t i = 0; i < fork->paths; i++) {
        struct tj_leftover *l = find(&fork->path[i], what);
        const struct tj_value *one = l ? &l->value : &before;
        v = i ? tj_value_either(w, &v, one) : *one;
    }
    if (!same_value(&v, &before)) fork->changed = true;
    if (fork->crowded || (fork->widen && !same_value(&v, &before))) {
        v.flags = (v.flags & ~(TJ_VALUE_IS_SET | TJ_VALUE_LIST | TJ_VALUE_IS_TEMP | TJ_VALUE_UNSET_OK)) |
                  TJ_VALUE_IS_DYNAMIC | TJ_VALUE_MAY_SPLIT;
        v.text = TJ_STR("");
        v.suffix = TJ_STR_NONE;
        v.nset = 0;
    }
    return v;
}

/* Bodies that differ become one that may be either; a path without the function runs what it would find instead. */
static struct tj_str join_function(struct tj_work *w, struct tj_fork *fork, const struct tj_touched *what) {
    struct tj_str before = TJ_STR_NONE, bodies[TJ_FORK_PATHS];
    uint32_t n = 0;
    (void)tj_state_function(w->state, what->name, &before);
    before = tj_arena_copy(w->arena, before);
    for (uint32_t i = 0; i < fork->paths; i++) {
        struct tj_leftover *l = find(&fork->path[i], what);
        struct tj_str body = l ? l->body : before;
        bool known = false;
        for (uint32_t k = 0; k < n; k++) known = known || tj_str_eq(bodies[k], body);
        if (!known) bodies[n++] = body;
    }
    if (n == 1) return bodies[0];
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, "{ case \"$!\" in");
    for (uint32_t i = 0; i < n; i++) {
        tj_buf_putf(&buf, " %u) ", (unsigned)i);
        if (bodies[i].n) {
            tj_buf_put(&buf, bodies[i]);
        } else {
            tj_buf_puts(&buf, "command ");
            tj_buf_put(&buf, what->name);
            tj_buf_puts(&buf, " \"$@\"");
        }
        tj_buf_puts(&buf, "\n;;");
    }
    tj_buf_puts(&buf, " esac; }");
    return tj_work_derive(w, buf.n, TJ_NO_SPAN) ? tj_buf_str(&buf) : TJ_STR("");
}

static void join_stream(struct tj_fork *fork) {
    struct tj_stream *stream = fork->stream_of;
    for (uint32_t i = 0; stream && i < fork->paths; i++) {
        const struct tj_stream *one = &fork->path[i].stream;
        if (i == 0) *stream = *one;
        if (one->at != stream->at || one->lost || fork->crowded) stream->lost = true;
    }
}

static void join_frame(struct tj_fork *fork) {
    struct tj_frame *frame = fork->frame_of;
    for (uint32_t i = 0; i < fork->paths; i++) {
        const struct tj_frame *one = &fork->path[i].frame;
        if (i == 0) *frame = *one;
        if (one->arg == frame->arg && one->n == frame->n && one->known == frame->known && one->lost == frame->lost)
            continue;
        frame->lost = true;
    }
    if (fork->crowded) frame->lost = true;
}

/* A cd on one of the paths holds afterwards, if it goes down; else where the command stands is not known. */
static void join_cwd(struct tj_work *w, struct tj_fork *fork, enum tj_fork_cwd how) {
    struct tj_str cwd = fork->path[fork->paths - 1].cwd;
    bool same = true;
    for (uint32_t i = 0; i + 1 < fork->paths; i++) same = same && tj_str_eq(fork->path[i].cwd, cwd);
    if (how == TJ_CWD_STAYS) cwd = fork->cwd;
    if (how == TJ_CWD_DOWN && !same) {
        cwd = fork->cwd;
        for (uint32_t i = 0; i < fork->paths; i++) {
            struct tj_str one = fork->path[i].cwd;
            if (!tj_str_eq(one, fork->cwd)) cwd = tj_path_under(one, fork->cwd) ? one : TJ_STR("?");
        }
    }
    if (!tj_str_eq(cwd, tj_state_cwd(w->state))) tj_state_set_cwd(w->state, cwd);
}

static bool seen_before(const struct tj_fork *fork, uint32_t at) {
    const struct tj_touched *what = &fork->touched.at[at];
    for (uint32_t k = 0; k < at && k < MAX_NAMES; k++) {
        if (fork->touched.at[k].function == what->function && tj_str_eq(fork->touched.at[k].name, what->name))
            return true;
    }
    return false;
}

static void join_all(struct tj_work *w, struct tj_env *env, struct tj_fork *fork) {
    for (uint32_t i = 0; i < fork->touched.n && !w->stopped; i++) {
        struct tj_touched what = fork->touched.at[i];
        if (seen_before(fork, i)) continue;
        if (what.function) {
            tj_set_function(w, what.name, join_function(w, fork, &what));
        } else {
            struct tj_value v = join_variable(w, env, fork, &what);
            tj_set_variable(w, env, what.name, &v);
        }
    }
}

void tj_fork_end(struct tj_work *w, struct tj_env *env, struct tj_fork *fork, enum tj_fork_cwd cwd) {
    tj_fork_next(w, fork);
    tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
    w->journal = fork->journal.outer;
    if (fork->target && w->may >= fork->target->depth) w->may = 0;
    if (fork->paths == 0) { /* all paths lead away from here */
        w->jump = fork->away;
        if (fork->away && fork->away_depth < fork->away->depth && (!w->may || fork->away_depth < w->may))
            w->may = fork->away_depth;
        for (uint32_t i = 0; w->journal && i < fork->touched.n; i++)
            (void)tj_vec_push(w->arena, &w->journal->entry, fork->touched.at[i]);
        return;
    }
    if (fork->away && (!w->may || fork->away_depth < w->may)) w->may = fork->away_depth;
    join_all(w, env, fork);
    join_stream(fork);
    join_frame(fork);
    join_cwd(w, fork, cwd);
    w->status = fork->status;
}

/* ---- statuses ------------------------------------------------------------------------------------------------------------------ */

int tj_status_join(int a, int b) {
    if (a == b) return a;
    return a > 0 && b > 0 ? TJ_STATUS_FAIL : TJ_STATUS_UNKNOWN;
}
