/* $(…), `…`, <(…) and >(…): the body runs in a scope of its own; what it prints is the value. */
#include "unfold/work.h"

enum { FIRST_FD = 1000 };

static struct tj_value run_body(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part,
                                struct tj_capture *capture, const struct tj_value *input) {
    struct tj_span span = {env->text, part->begin, part->end};
    struct tj_env inner = *env;
    inner.capture = capture;
    inner.pipeline = TJ_NONE;
    inner.pipe_at = 0;
    inner.pipe_n = 1;
    inner.stdin_kind = input ? TJ_STDIN_PIPE : TJ_STDIN_NONE;
    inner.input = input ? *input : (struct tj_value){.span = TJ_NO_SPAN};
    inner.flags &= (uint16_t)~TJ_CMD_NEGATED;
    if (!tj_work_deeper(w, span)) return tj_value_unknown(span);
    struct tj_later *later = w->later;
    struct tj_shell_scope scope = {.keeps_state = false};
    w->later = NULL;
    inner.stream = input ? tj_arena_new(w->arena, struct tj_stream) : NULL;
    inner.errors = NULL;
    w->substitutions++;
    tj_shell_begin(w, &inner, &scope);
    scope.life.errexit = false;
    if (part->node == TJ_NONE) w->status = 0;
    if (part->node != TJ_NONE) tj_walk_nodes(w, &inner, part->node);
    tj_shell_end(w, &inner, &scope);
    w->later = later;
    tj_work_higher(w);
    return capture ? tj_capture_value(capture, span) : tj_value_unknown(span);
}

static struct tj_str strip_newlines(struct tj_str s) {
    while (s.n && s.p[s.n - 1] == '\n') s.n--;
    return s;
}

/* Bash leaves out NUL bytes. */
static struct tj_str without_nul(struct tj_work *w, struct tj_str s) {
    struct tj_buf buf;
    if (tj_str_chr(s, '\0', 0) == TJ_NOT_FOUND) return s;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i]) tj_buf_putc(&buf, s.p[i]);
    }
    struct tj_str out = tj_buf_str(&buf);
    return out.p ? out : TJ_STR("");
}

static void strip_set(struct tj_work *w, struct tj_value *v) {
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, v->nset);
    for (uint32_t i = 0; set && i < v->nset; i++) set[i] = strip_newlines(v->set[i]);
    if (set)
        v->set = set;
    else
        *v = tj_value_unknown(v->span);
}

struct tj_value tj_subst_command(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part) {
    struct tj_capture capture = {.some = false};
    struct tj_value v = run_body(w, env, part, &capture, NULL);
    v.suffix = without_nul(w, v.suffix);
    v.text = without_nul(w, v.text);
    if (v.flags & TJ_VALUE_IS_DYNAMIC) v.suffix = strip_newlines(v.suffix);
    if (!(v.flags & TJ_VALUE_IS_DYNAMIC) || v.suffix.n == 0) /* what is not known may be nothing */
        v.text = strip_newlines(v.text);
    if (v.flags & TJ_VALUE_LIST) v = tj_value_unknown(v.span);
    if (v.flags & TJ_VALUE_IS_SET) strip_set(w, &v);
    v.flags |= TJ_VALUE_FROM_OUTPUT;
    if (!(v.flags & TJ_VALUE_IS_SET)) v.flags &= ~TJ_VALUE_UNSET_OK;
    return v;
}

static struct tj_value process_path(struct tj_work *w, const struct tj_value *output, struct tj_span span) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, "/dev/fd/");
    tj_buf_number(&buf, FIRST_FD + w->process.n);
    (void)tj_vec_push(w->arena, &w->process, *output);
    struct tj_str path = tj_buf_str(&buf);
    struct tj_value v = tj_value_text(path.p ? path : TJ_STR("/dev/fd/0"), span);
    v.flags |= TJ_VALUE_FROM_OUTPUT;
    v.carries = output->carries;
    return v;
}

/* >(…) of a simple command runs when it is known what the command writes to it. */
static struct tj_value run_later(struct tj_work *w, const struct tj_sh_part *part, struct tj_span span) {
    struct tj_value nothing = tj_value_unknown(span), v = process_path(w, &nothing, span);
    struct tj_pending pending = {*part, span, v.text};
    (void)tj_vec_push(w->arena, w->later, pending);
    return v;
}

struct tj_value tj_subst_process(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part) {
    struct tj_span span = {env->text, part->begin, part->end};
    struct tj_capture capture = {.some = false};
    struct tj_value nothing = tj_value_unknown(span);
    bool reads = part->op == '<';
    if (!reads && w->later) return run_later(w, part, span);
    int status = w->status;
    struct tj_value output = run_body(w, env, part, reads ? &capture : NULL, reads ? NULL : &nothing);
    w->status = status;
    return process_path(w, &output, span);
}

/* The last command that was given the path prints what the body reads. */
static struct tj_value fed_by(const struct tj_work *w, struct tj_str path, uint32_t first, struct tj_span span) {
    struct tj_value v = tj_value_unknown(span);
    for (uint32_t i = first; i < w->out->command.n; i++) {
        const struct tj_command *c = w->out->command.at[i];
        bool given = false;
        for (uint32_t k = 1; k < c->argc; k++) given |= tj_str_eq(c->argv[k].value.text, path);
        for (uint32_t k = 0; k < c->redirects; k++) given |= tj_str_eq(c->redirect[k].target.text, path);
        if (!given) continue;
        v = tj_value_known(&c->output) ? c->output : tj_value_unknown(span);
        v.carries |= c->output_carries | c->input.carries;
    }
    return v;
}

void tj_subst_later(struct tj_work *w, struct tj_env *env, const struct tj_later *later, uint32_t first) {
    for (uint32_t i = 0; i < later->n && !w->stopped; i++) {
        struct tj_value input = fed_by(w, later->at[i].path, first, later->at[i].span);
        (void)run_body(w, env, &later->at[i].part, NULL, &input);
    }
}

const struct tj_value *tj_subst_output(const struct tj_work *w, struct tj_str path) {
    uint64_t n = 0;
    struct tj_str folder = TJ_STR("/dev/fd/");
    if (w->process.n == 0 || !tj_str_starts(path, folder)) return NULL;
    if (!tj_str_to_u64(tj_str_sub(path, folder.n, path.n), &n) || n < FIRST_FD) return NULL;
    return n - FIRST_FD < w->process.n ? &w->process.at[n - FIRST_FD] : NULL;
}
