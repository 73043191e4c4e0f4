/* The loop over one action: act, unfold, effect, match, session. */
#include "scan/scan.h"
#include "scan/secrets.h"

/* What one call may derive; beyond it the call is reported as not understood (BUDGET by the modules, or NO_MEMORY). */
#define CALL_BUDGET ((size_t)48 << 20)
/* Reasons that are kept of one action. */
#define MOST_UNKNOWN 16u

trajsafe_status tj_loop_init(struct tj_loop *loop, const struct tj_image *image, struct tj_databases *databases) {
    memset(loop, 0, sizeof *loop);
    loop->image = image;
    loop->none.now = INT64_MIN;
    tj_arena_init(&loop->arena, CALL_BUDGET);
    tj_arena_init(&loop->record_arena, 0);
    trajsafe_status status = tj_json_new(&loop->json);
    if (status == TRAJSAFE_OK) status = tj_unfolder_new(image, &loop->unfolder);
    if (status == TRAJSAFE_OK) status = tj_matcher_new(image, databases, &loop->matcher);
    if (status == TRAJSAFE_OK) status = tj_session_new(image, &loop->none, &loop->single);
    if (status != TRAJSAFE_OK) tj_loop_free(loop);
    return status;
}

void tj_loop_free(struct tj_loop *loop) {
    tj_session_free(loop->single);
    tj_matcher_free(loop->matcher);
    tj_unfolder_free(loop->unfolder);
    tj_json_free(loop->json);
    tj_arena_free(&loop->record_arena);
    tj_arena_free(&loop->arena);
    memset(loop, 0, sizeof *loop);
}

/* Sets the cwd that the record names for a call, resolved as a path from where the state is. */
static void set_cwd(struct tj_loop *loop, struct tj_state *state, struct tj_str cwd) {
    if (cwd.n == 0) return;
    struct tj_value value = {.text = cwd, .span = TJ_NO_SPAN};
    struct tj_path path = tj_path_resolve(&loop->arena, tj_state_context(state), TJ_STR("@"), &value);
    tj_state_set_cwd(state, path.text);
}

void tj_loop_cwd(struct tj_loop *loop, struct tj_session *session, struct tj_str cwd) {
    tj_arena_reset(&loop->arena);
    set_cwd(loop, session->state, cwd);
}

static trajsafe_status unfold_text(struct tj_loop *loop, struct tj_state *state, const struct tj_action *action,
                                   uint32_t root) {
    struct tj_unfold_input input = {
        .text = action->argc ? TJ_NONE : root,
        .lang = action->kind == TJ_ACTION_CODE ? (enum tj_lang)action->lang : TJ_LANG_SHELL,
        .dialect = (enum tj_dialect)action->dialect,
        .argv = action->argv,
        .argc = action->argc,
        .guessed = action->kind == TJ_ACTION_UNKNOWN,
    };
    return tj_unfold(loop->unfolder, state, &input, tj_effects_sink(&loop->effects), &loop->understanding);
}

/* Text that stands for an argv array, so that spans have something to point into. */
static struct tj_str joined(struct tj_loop *loop, const struct tj_action *action) {
    struct tj_buf buf;
    tj_buf_init(&buf, &loop->arena);
    for (uint32_t i = 0; i < action->argc; i++) {
        if (i) tj_buf_putc(&buf, ' ');
        tj_buf_put(&buf, action->argv[i]);
    }
    return tj_buf_str(&buf);
}

static bool add_unknown(struct tj_loop *loop, enum tj_reason reason, struct tj_span span) {
    struct tj_unknown unknown = {.reason = (uint8_t)reason, .span = span};
    return tj_vec_push(&loop->arena, &loop->understanding.unknown, unknown);
}

/* Understands one action into loop->understanding and loop->effects. */
static trajsafe_status understand(struct tj_loop *loop, struct tj_session *session, const struct tj_action *action) {
    struct tj_understanding *u = &loop->understanding;
    tj_understanding_init(u, &loop->arena);
    tj_effects_init(&loop->effects, &loop->arena, loop->image, session->state, u);
    struct tj_str bytes = action->argc        ? joined(loop, action)
                          : action->text.p    ? action->text
                          : action->content.p ? action->content
                                              : action->path;
    uint32_t root = tj_texts_root(&u->texts, bytes);
    if (root == TJ_NONE) return TRAJSAFE_NO_MEMORY;
    trajsafe_status status = TRAJSAFE_OK;
    switch (action->kind) {
    case TJ_ACTION_SHELL:
    case TJ_ACTION_ARGV:
    case TJ_ACTION_CODE: status = unfold_text(loop, session->state, action, root); break;
    case TJ_ACTION_UNKNOWN:
        if (action->guess) status = unfold_text(loop, session->state, action, root);
        u->coverage = TJ_COVERAGE_UNSUPPORTED;
        break;
    case TJ_ACTION_MESSAGE:
    case TJ_ACTION_NONE: break;
    default: tj_effects_action(&loop->effects, action, root); break;
    }
    if (action->reason) {
        if (!add_unknown(loop, (enum tj_reason)(action->reason - 1), (struct tj_span){root, 0, bytes.n}))
            return TRAJSAFE_NO_MEMORY;
        if (u->coverage < TJ_COVERAGE_PARTIAL) u->coverage = TJ_COVERAGE_PARTIAL;
    }
    return loop->arena.failed ? TRAJSAFE_NO_MEMORY : status;
}

/* What was not understood, at its place in the string that the step holds; the same place and reason once. */
static bool note_unknown(struct tj_session *session, const struct tj_understanding *u, const struct tj_unknown *unknown,
                         const struct tj_place_of *place, uint32_t before) {
    bool exact;
    struct tj_span root =
        unknown->span.text == TJ_NONE ? unknown->span : tj_texts_to_root(&u->texts, unknown->span, &exact);
    struct tj_session_unknown row = {.reason = unknown->reason, .index = place->index, .step = place->step};
    if (root.text != TJ_NONE) row.span_begin = root.begin, row.span_end = root.end;
    for (uint32_t i = before; i < session->unknown.n; i++) {
        const struct tj_session_unknown *old = &session->unknown.at[i];
        if (old->reason == row.reason && old->span_begin == row.span_begin && old->span_end == row.span_end)
            return true;
    }
    row.pointer = tj_arena_copy(&session->arena, place->pointer);
    return tj_vec_push(&session->arena, &session->unknown, row);
}

/* Counts how far an action was understood, and keeps the reasons; beyond MOST_UNKNOWN of one action they repeat each other. */
static trajsafe_status note_coverage(struct tj_session *session, const struct tj_understanding *u,
                                     const struct tj_place_of *place) {
    uint32_t before = session->unknown.n, n = u->unknown.n < MOST_UNKNOWN ? u->unknown.n : MOST_UNKNOWN;
    session->counts.coverage[u->coverage]++;
    for (uint32_t i = 0; i < n; i++)
        if (!note_unknown(session, u, &u->unknown.at[i], place, before)) return TRAJSAFE_NO_MEMORY;
    return TRAJSAFE_OK;
}

static trajsafe_status judge(struct tj_loop *loop, struct tj_session *session, struct tj_place_of place) {
    struct tj_view view = {.understanding = &loop->understanding,
                           .effects = &loop->effects,
                           .floor = loop->understanding.unknown.n > 0,
                           .message_text = TJ_NONE};
    struct tj_hits hits = {0};
    struct tj_run_memory memory = tj_session_memory(session);
    trajsafe_status status = tj_session_begin(session, loop->matcher, &loop->arena);
    if (status == TRAJSAFE_OK) status = tj_match(loop->matcher, &loop->arena, &view, &memory, &hits);
    uint32_t first = session->finding.n;
    if (status == TRAJSAFE_OK) status = tj_session_call(session, &view, &hits, place, &first);
    if (status == TRAJSAFE_OK && session->finding.n > first && !tj_secrets_learn_all(session, view.understanding))
        status = TRAJSAFE_NO_MEMORY;
    if (status == TRAJSAFE_OK) status = note_coverage(session, &loop->understanding, &place);
    return status;
}

/* An action that took more memory than a call may: it is not understood, and the run goes on. */
static trajsafe_status give_up(struct tj_loop *loop, struct tj_session *session, struct tj_place_of place) {
    tj_arena_reset(&loop->arena);
    tj_understanding_init(&loop->understanding, &loop->arena);
    tj_effects_init(&loop->effects, &loop->arena, loop->image, session->state, &loop->understanding);
    uint32_t root = tj_texts_root(&loop->understanding.texts, TJ_STR(""));
    if (root == TJ_NONE || !add_unknown(loop, TJ_REASON_MEMORY, (struct tj_span){root, 0, 0}))
        return TRAJSAFE_NO_MEMORY;
    loop->understanding.coverage = TJ_COVERAGE_PARTIAL;
    return judge(loop, session, place);
}

static trajsafe_status run_action(struct tj_loop *loop, struct tj_session *session, const struct tj_action *action,
                                  struct tj_place_of place, bool ran) {
    struct tj_state *state = session->state;
    session->now = place.index;
    tj_state_at_step(state, place.index);
    tj_state_enter(state);
    uint32_t depth = tj_state_depth(state);
    trajsafe_status status = understand(loop, session, action);
    while (tj_state_depth(state) > depth) tj_state_leave(state, TJ_LEAVE_DROP);
    bool spent = status == TRAJSAFE_NO_MEMORY;
    if (status == TRAJSAFE_OK) {
        status = judge(loop, session, place);
        spent = status == TRAJSAFE_NO_MEMORY && loop->arena.failed;
    }
    if (spent) status = give_up(loop, session, place);
    tj_state_leave(state, ran ? TJ_LEAVE_KEEP_ALL : TJ_LEAVE_DROP);
    return status;
}

static trajsafe_status act_message(struct tj_loop *loop, struct tj_session *session, const struct tj_action *action,
                                   struct tj_place_of place) {
    enum tj_author author = action->final ? TJ_AUTHOR_AGENT : TJ_AUTHOR_OTHER;
    return tj_loop_message(loop, session, author, action->text, action->final, place);
}

trajsafe_status tj_loop_call(struct tj_loop *loop, struct tj_session *session, struct tj_call *call) {
    tj_arena_reset(&loop->arena);
    struct tj_actions actions = {0};
    trajsafe_status status = tj_act(loop->image, &loop->record_arena, call->tool, call->doc, call->arguments, call->raw,
                                    call->place.pointer, &actions);
    session->counts.actions++;
    for (uint32_t i = 0; status == TRAJSAFE_OK && i < actions.action.n; i++) {
        const struct tj_action *action = &actions.action.at[i];
        struct tj_place_of place = call->place;
        if (i) tj_arena_reset(&loop->arena);
        place.pointer = action->content_pointer.p && action->content.p ? action->content_pointer : action->pointer;
        set_cwd(loop, session->state, action->cwd.n ? action->cwd : call->cwd);
        if (action->kind == TJ_ACTION_MESSAGE)
            status = act_message(loop, session, action, place);
        else
            status = run_action(loop, session, action, place, call->ran);
        if (i + 1 == actions.action.n) tj_state_end_call(session->state, action->persist);
    }
    return status;
}

trajsafe_status tj_loop_command(struct tj_loop *loop, struct tj_session *session, struct tj_str command,
                                struct tj_place_of place, bool ran) {
    struct tj_action action = {
        .kind = TJ_ACTION_SHELL, .lang = TJ_LANG_SHELL, .dialect = session->context->dialect, .text = command};
    tj_arena_reset(&loop->arena);
    session->counts.actions++;
    return run_action(loop, session, &action, place, ran);
}

trajsafe_status tj_loop_message(struct tj_loop *loop, struct tj_session *session, enum tj_author author,
                                struct tj_str text, bool final, struct tj_place_of place) {
    tj_arena_reset(&loop->arena);
    tj_understanding_init(&loop->understanding, &loop->arena);
    uint32_t root = tj_texts_root(&loop->understanding.texts, text);
    if (root == TJ_NONE) return TRAJSAFE_NO_MEMORY;
    struct tj_view view = {.understanding = &loop->understanding,
                           .message = text,
                           .author = (uint8_t)author,
                           .final = final,
                           .message_text = root};
    struct tj_hits hits = {0};
    struct tj_run_memory memory = tj_session_memory(session);
    session->now = place.index;
    uint32_t first = session->finding.n;
    trajsafe_status status = tj_match(loop->matcher, &loop->arena, &view, &memory, &hits);
    if (status == TRAJSAFE_OK) status = tj_session_message(session, loop->matcher, &loop->arena, &view, &hits, place);
    if (status == TRAJSAFE_OK && session->finding.n > first && !tj_secrets_learn(session, text))
        status = TRAJSAFE_NO_MEMORY;
    return status;
}

trajsafe_status tj_loop_result(struct tj_loop *loop, struct tj_session *session, uint32_t call, uint32_t index,
                               struct tj_str text, enum tj_known error, bool has_exit, int32_t exit_code, bool refused) {
    tj_arena_reset(&loop->arena);
    return tj_session_result(session, loop->matcher, &loop->arena, call, index, text, (int)error, has_exit, exit_code,
                             refused);
}
