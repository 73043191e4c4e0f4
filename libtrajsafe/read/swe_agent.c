/* Reader of SWE-agent .traj files: actions typed at a shell, with their observations. */
#include "read/reader.h"

static bool is_trajectory(const struct tj_doc *doc, uint32_t list) {
    uint32_t first = tj_doc_is(doc, list, TJ_DOC_ARRAY) ? tj_doc_first(doc, list) : TJ_NONE;
    return tj_doc_get(doc, first, "action") != TJ_NONE && tj_doc_get(doc, first, "observation") != TJ_NONE;
}

static bool is_history(const struct tj_doc *doc, uint32_t list) {
    uint32_t i = 0;
    if (!tj_doc_is(doc, list, TJ_DOC_ARRAY)) return false;
    for (uint32_t m = tj_doc_first(doc, list); m != TJ_NONE && i < 64; m = tj_doc_next(doc, m), i++)
        if (tj_raw_is(doc, tj_doc_get(doc, m, "role"), "assistant") && tj_doc_get(doc, m, "action") != TJ_NONE)
            return true;
    return false;
}

int tj_swe_agent_bid(const struct tj_doc *doc) {
    uint32_t attempts = tj_doc_get(doc, 0, "attempts");
    if (is_trajectory(doc, tj_doc_get(doc, 0, "trajectory")) || is_history(doc, tj_doc_get(doc, 0, "history")))
        return 95;
    if (!tj_doc_is(doc, attempts, TJ_DOC_ARRAY)) return 0;
    return is_trajectory(doc, tj_doc_get(doc, tj_doc_first(doc, attempts), "trajectory")) ? 90 : 0;
}

/* One run: the record itself, or one of its attempts. */
struct run {
    struct tj_view view;
    uint32_t object;
    struct tj_str path, agent, cwd;
};

static struct tj_str working_dir(const struct run *run, uint32_t state) {
    struct tj_view view = run->view;
    if (tj_doc_is(&view.doc, state, TJ_DOC_STRING)) {
        struct tj_str text = tj_doc_text(&view.doc, state);
        if (!tj_view_enter(&run->view, text, &view)) return TJ_STR_NONE;
        state = 0;
    }
    return tj_doc_get_text(&view.doc, state, "working_dir");
}

/* The environment answers for commands on its blocklist: nothing ran. */
static bool is_blocked(struct tj_str observation) {
    return tj_str_starts(observation, TJ_STR("Operation '")) &&
           tj_text_has(tj_str_sub(observation, 0, 2000), "is not supported by this environment");
}

static void say_observation(struct run *run, struct tj_event e, uint32_t node, struct tj_str path) {
    e.kind = TJ_EVENT_RESULT;
    e.author = TJ_AUTHOR_TOOL;
    e.pointer = path;
    e.text = tj_content_text(&run->view, node, &e.pointer);
    tj_result_outcome(&e);
    if (is_blocked(e.text)) e.kind = TJ_EVENT_REFUSAL;
    tj_event_put(run->view.record, e);
}

static void say_action(struct run *run, struct tj_event e, struct tj_str action, struct tj_str path) {
    e.kind = TJ_EVENT_CALL;
    e.tool = TJ_STR("swe-agent");
    tj_event_say(run->view.record, e, action, path);
}

static void read_step(struct run *run, uint32_t node, struct tj_str path) {
    struct tj_doc *doc = &run->view.doc;
    struct tj_record *record = run->view.record;
    struct tj_event e = tj_event_make(TJ_EVENT_REASONING, TJ_AUTHOR_AGENT, record->steps++);
    uint32_t state = tj_doc_get(doc, node, "state"), observation = tj_doc_get(doc, node, "observation");
    struct tj_str cwd = working_dir(run, state), thought = tj_doc_get_text(doc, node, "thought");
    /* Old files note the state before the action, as text; newer ones the state after it. */
    if (tj_doc_is(doc, state, TJ_DOC_STRING) || run->cwd.n == 0) run->cwd = cwd;
    e.cwd = run->cwd;
    e.agent = run->agent;
    if (thought.n > 0) {
        tj_event_say(record, e, thought, tj_path_key(record, path, "thought"));
    } else {
        e.kind = TJ_EVENT_MESSAGE;
        tj_event_say(record, e, tj_doc_get_text(doc, node, "response"), tj_path_key(record, path, "response"));
    }
    struct tj_str action = tj_doc_get_text(doc, node, "action");
    say_action(run, e, action, tj_path_key(record, path, "action"));
    if (cwd.n > 0) run->cwd = cwd;
    if (observation != TJ_NONE && action.n > 0)
        say_observation(run, e, observation, tj_path_key(record, path, "observation"));
}

/* What was said before the first turn of the agent: prompts, the task, demonstrations. */
static void read_preface(struct run *run, uint32_t history, struct tj_str path) {
    struct tj_doc *doc = &run->view.doc;
    uint32_t i = 0;
    for (uint32_t m = tj_doc_first(doc, history); m != TJ_NONE; m = tj_doc_next(doc, m), i++) {
        struct tj_message message = {.path = tj_path_at(run->view.record, path, i)};
        bool demo = tj_doc_get_bool(doc, m, "is_demo", false);
        if (!demo && tj_speaker_of(tj_doc_get_text(doc, m, "role")) == TJ_SPEAKER_AGENT) return;
        message.base = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_OTHER, 0);
        message.base.preface = 1;
        message.base.copied = demo;
        message.base.agent = run->agent;
        tj_message_read(&run->view, m, message);
    }
}

/* Only when there is no trajectory: the same turns as messages. */
static void read_history(struct run *run, uint32_t history, struct tj_str path) {
    struct tj_doc *doc = &run->view.doc;
    struct tj_record *record = run->view.record;
    uint32_t i = 0;
    bool waiting = false, demo = false;
    for (uint32_t m = tj_doc_first(doc, history); m != TJ_NONE; m = tj_doc_next(doc, m), i++) {
        struct tj_str at = tj_path_at(record, path, i), action = tj_doc_get_text(doc, m, "action");
        struct tj_message message = {.base = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_AGENT, record->steps++),
                                     .path = at};
        message.base.copied = tj_doc_get_bool(doc, m, "is_demo", false);
        waiting = waiting && demo == (bool)message.base.copied;
        demo = message.base.copied;
        enum tj_speaker speaker = tj_speaker_of(tj_doc_get_text(doc, m, "role"));
        if (speaker == TJ_SPEAKER_AGENT && action.n > 0) {
            struct tj_event e = message.base;
            e.kind = TJ_EVENT_REASONING;
            tj_event_say(record, e, tj_doc_get_text(doc, m, "thought"), tj_path_key(record, at, "thought"));
            say_action(run, e, action, tj_path_key(record, at, "action"));
            waiting = true;
        } else if (waiting && (speaker == TJ_SPEAKER_USER || speaker == TJ_SPEAKER_TOOL)) {
            say_observation(run, message.base, tj_doc_get(doc, m, "content"), tj_path_key(record, at, "content"));
            waiting = false;
        } else {
            tj_message_read(&run->view, m, message);
        }
    }
}

static bool read_run(struct run *run) {
    struct tj_doc *doc = &run->view.doc;
    uint32_t list = tj_doc_get(doc, run->object, "trajectory"), i = 0;
    uint32_t history = tj_doc_get(doc, run->object, "history");
    struct tj_str path = tj_path_key(run->view.record, run->path, "history");
    if (!tj_doc_is(doc, list, TJ_DOC_ARRAY) || doc->node.at[list].n == 0) {
        if (!tj_doc_is(doc, history, TJ_DOC_ARRAY)) return false;
        read_history(run, history, path);
        return true;
    }
    if (tj_doc_is(doc, history, TJ_DOC_ARRAY)) read_preface(run, history, path);
    path = tj_path_key(run->view.record, run->path, "trajectory");
    for (uint32_t s = tj_doc_first(doc, list); s != TJ_NONE; s = tj_doc_next(doc, s), i++)
        read_step(run, s, tj_path_at(run->view.record, path, i));
    return true;
}

static bool read_attempts(struct run *run, uint32_t attempts) {
    struct tj_record *record = run->view.record;
    struct tj_doc *doc = &run->view.doc;
    bool any = false;
    uint32_t i = 0;
    if (!tj_doc_is(doc, attempts, TJ_DOC_ARRAY)) return false;
    for (uint32_t a = tj_doc_first(doc, attempts); a != TJ_NONE; a = tj_doc_next(doc, a), i++) {
        struct tj_buf name;
        tj_buf_init(&name, record->arena);
        tj_buf_putf(&name, "attempt-%u", i);
        run->object = a;
        run->agent = tj_buf_str(&name);
        run->path = tj_path_at(record, TJ_STR("/attempts"), i);
        run->cwd = TJ_STR_NONE;
        any |= read_run(run);
    }
    return any;
}

trajsafe_status tj_swe_agent_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error) {
    struct run run = {.view = tj_view_of(json, record)};
    tj_record_facts(record);
    if (!read_attempts(&run, tj_doc_get(&run.view.doc, 0, "attempts"))) {
        run.object = 0;
        run.path = run.agent = TJ_STR_NONE;
        if (!read_run(&run)) return tj_reader_missing(error, "swe-agent", "it has neither a trajectory nor a history");
    }
    return tj_reader_finish(record, error);
}
