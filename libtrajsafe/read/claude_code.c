/* Reader of Claude Code session files and of its stream-json output: the lines of a file are one trajectory. */
#include "read/reader.h"

/*
 * Every branch of the tree that parentUuid spans is read, in stored order: what was done in a branch that was left was
 * done. Lines that are not part of the conversation (snapshots, queue, progress) are not steps.
 */
struct session {
    struct tj_view view;
    struct tj_map lines;    /* uuid of lines seen */
    struct tj_map messages; /* message.id -> step */
    struct tj_map calls;    /* tool id -> CALL event */
    struct tj_map results;  /* tool id of RESULT events seen -> event */
};

static bool is_conversation(const struct tj_doc *doc, uint32_t line) {
    static const char *const marks[] = {"uuid", "sessionId", "session_id", "parent_tool_use_id", "parentUuid"};
    uint32_t type = tj_doc_get(doc, line, "type");
    uint32_t message = tj_doc_get(doc, line, "message");
    if (!tj_raw_is(doc, type, "user") && !tj_raw_is(doc, type, "assistant")) return false;
    if (tj_doc_get(doc, message, "content") == TJ_NONE) /* other programs write `parts` here */
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (tj_doc_get(doc, line, marks[i]) != TJ_NONE) return true;
    return false;
}

/* Lines that only this program writes. */
static bool is_companion(const struct tj_doc *doc, uint32_t line) {
    uint32_t type = tj_doc_get(doc, line, "type");
    return (tj_raw_is(doc, type, "summary") && tj_doc_get(doc, line, "leafUuid") != TJ_NONE) ||
           (tj_raw_is(doc, type, "file-history-snapshot") && tj_doc_get(doc, line, "snapshot") != TJ_NONE) ||
           (tj_raw_is(doc, type, "queue-operation") && tj_doc_get(doc, line, "operation") != TJ_NONE);
}

int tj_claude_code_bid(const struct tj_doc *doc) {
    int bid = 0;
    if (!tj_doc_is(doc, 0, TJ_DOC_ARRAY)) return 0;
    for (uint32_t line = tj_doc_first(doc, 0); line != TJ_NONE; line = tj_doc_next(doc, line)) {
        if (is_conversation(doc, line)) return 95;
        if (is_companion(doc, line)) bid = 70;
    }
    return bid;
}

/* Output and notices that travel in role user: a person did not write them. */
static bool is_harness_text(struct tj_str text) {
    static const char *const starts[] = {
        "<local-command-stdout>", "<local-command-stderr>", "<local-command-caveat>", "<bash-stdout>",
        "<bash-stderr>",          "<system-reminder>",      "<task-notification>",    "Caveat: The messages below"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (tj_str_starts(text, tj_str_of(starts[i]))) return true;
    return false;
}

static struct tj_event line_event(struct session *s, uint32_t line) {
    struct tj_doc *doc = &s->view.doc;
    struct tj_event e = tj_event_make(TJ_EVENT_MESSAGE, TJ_AUTHOR_OTHER, 0);
    struct tj_str spawned = tj_doc_get_text(doc, line, "parent_tool_use_id");
    e.cwd = tj_doc_get_text(doc, line, "cwd");
    e.timestamp = tj_doc_get_text(doc, line, "timestamp");
    e.sidechain = spawned.n > 0 || tj_doc_get_bool(doc, line, "isSidechain", false);
    e.copied = tj_doc_get_bool(doc, line, "isMeta", false) || tj_doc_get_bool(doc, line, "isCompactSummary", false);
    if (e.sidechain) {
        e.agent = tj_doc_get_text(doc, line, "agentId");
        if (e.agent.n == 0) e.agent = spawned.n > 0 ? spawned : TJ_STR("sidechain");
        e.parent_agent = TJ_STR("main");
    }
    return e;
}

static uint32_t next_step(struct session *s) { return s->view.record->steps++; }

/* One API message may span lines; they share its id and are one step. */
static uint32_t step_of(struct session *s, struct tj_str message_id) {
    if (message_id.n == 0) return next_step(s);
    uint32_t known = tj_map_put(&s->messages, message_id, s->view.record->steps);
    return known == TJ_NONE ? next_step(s) : known;
}

/* Exit code and interruption from what the program noted beside the result. */
static void apply_tool_result(struct session *s, uint32_t meta, struct tj_event *e) {
    struct tj_doc *doc = &s->view.doc;
    if (tj_doc_is(doc, meta, TJ_DOC_STRING)) {
        struct tj_str text = tj_doc_text(doc, meta);
        if (tj_str_starts(text, TJ_STR("User rejected tool use")) ||
            tj_str_starts(text, TJ_STR("Error: The user doesn't want to")))
            e->kind = TJ_EVENT_REFUSAL;
        return;
    }
    if (!tj_doc_is(doc, meta, TJ_DOC_OBJECT) || e->kind != TJ_EVENT_RESULT) return;
    tj_result_exit_of(doc, meta, e);
    if (tj_doc_get_bool(doc, meta, "interrupted", false)) {
        e->error = TJ_YES;
    } else if (!e->has_exit && e->error != TJ_YES && tj_doc_get(doc, meta, "stdout") != TJ_NONE &&
               tj_doc_get(doc, meta, "returnCodeInterpretation") == TJ_NONE &&
               tj_doc_get(doc, meta, "backgroundTaskId") == TJ_NONE) {
        e->has_exit = true; /* a shell result without an error: it ended with 0 */
        e->exit_code = 0;
        e->error = TJ_NO;
    }
}

/* A resumed session writes earlier lines again under new uuids; tool ids are unique, so those tell. */
static bool is_repeated(struct session *s, uint32_t at) {
    struct tj_record *record = s->view.record;
    const struct tj_event *e = &record->event.at[at];
    if (e->call_id.n == 0) return false;
    if (e->kind == TJ_EVENT_CALL) {
        uint32_t first = tj_map_put(&s->calls, e->call_id, at);
        return first != TJ_NONE && tj_same_call(record, &record->event.at[first], e);
    }
    if (e->kind != TJ_EVENT_RESULT && e->kind != TJ_EVENT_REFUSAL) return false;
    uint32_t first = tj_map_put(&s->results, e->call_id, at);
    return first != TJ_NONE && tj_str_eq(record->event.at[first].text, e->text);
}

/* Events of this line: what a person did not write, what is stored again, what stands beside the result. */
static void settle(struct session *s, uint32_t line, uint32_t from) {
    struct tj_record *record = s->view.record;
    uint32_t meta = tj_doc_get(&s->view.doc, line, "toolUseResult"), kept = from;
    for (uint32_t i = from; i < record->event.n; i++) {
        struct tj_event *e = &record->event.at[kept];
        *e = record->event.at[i];
        if (e->kind == TJ_EVENT_MESSAGE && e->author == TJ_AUTHOR_USER && is_harness_text(e->text))
            e->author = TJ_AUTHOR_OTHER;
        if (e->author == TJ_AUTHOR_TOOL && meta != TJ_NONE) apply_tool_result(s, meta, e);
        kept += !is_repeated(s, kept);
    }
    record->event.n = kept;
}

static void read_conversation(struct session *s, uint32_t line, struct tj_str path) {
    struct tj_doc *doc = &s->view.doc;
    uint32_t message = tj_doc_get(doc, line, "message"), from = s->view.record->event.n;
    bool agent = tj_str_is(tj_doc_get_text(doc, line, "type"), "assistant");
    struct tj_message m = {.base = line_event(s, line), .path = tj_path_key(s->view.record, path, "message/content")};
    if (agent)
        m.base.author = TJ_AUTHOR_AGENT;
    else if (!m.base.sidechain && !m.base.copied)
        m.base.author = TJ_AUTHOR_USER;
    m.base.trainable = agent && !tj_str_is(tj_doc_get_text(doc, message, "model"), "<synthetic>");
    m.base.index = step_of(s, agent ? tj_doc_get_text(doc, message, "id") : TJ_STR_NONE);
    m.base.step = m.base.index;
    tj_content_read(&s->view, tj_doc_get(doc, message, "content"), m);
    settle(s, line, from);
}

static void say_other(struct session *s, uint32_t line, struct tj_str path, const char *key, bool copied) {
    struct tj_event e = line_event(s, line);
    struct tj_str text = tj_doc_get_text(&s->view.doc, line, key);
    if (text.n == 0) return;
    e.copied |= copied;
    e.index = next_step(s);
    e.step = e.index;
    tj_event_say(s->view.record, e, text, tj_path_key(s->view.record, path, key));
}

/* What a person typed while the agent was busy. */
static void read_attachment(struct session *s, uint32_t line, struct tj_str path) {
    struct tj_doc *doc = &s->view.doc;
    uint32_t attachment = tj_doc_get(doc, line, "attachment");
    struct tj_str text = tj_doc_get_text(doc, attachment, "prompt");
    struct tj_event e = line_event(s, line);
    if (!tj_str_is(tj_doc_get_text(doc, attachment, "type"), "queued_command") || text.n == 0) return;
    e.author = e.sidechain || is_harness_text(text) ? TJ_AUTHOR_OTHER : TJ_AUTHOR_USER;
    e.index = next_step(s);
    e.step = e.index;
    tj_event_say(s->view.record, e, text, tj_path_key(s->view.record, path, "attachment/prompt"));
}

static void read_line(struct session *s, uint32_t line, struct tj_str path) {
    struct tj_doc *doc = &s->view.doc;
    struct tj_record *record = s->view.record;
    struct tj_str type = tj_doc_get_text(doc, line, "type"), uuid = tj_doc_get_text(doc, line, "uuid");
    struct tj_str cwd = tj_doc_get_text(doc, line, "cwd");
    if (uuid.n > 0 && tj_map_put(&s->lines, uuid, 0) != TJ_NONE) return;
    if (record->workspace.n == 0) record->workspace = cwd;
    if (record->id.n == 0) record->id = tj_doc_get_text(doc, line, "sessionId");
    if (record->id.n == 0) record->id = tj_doc_get_text(doc, line, "session_id");
    if (is_conversation(doc, line))
        read_conversation(s, line, path);
    else if (tj_str_is(type, "summary"))
        say_other(s, line, path, "summary", true);
    else if (tj_str_is(type, "system"))
        say_other(s, line, path, "content", false);
    else if (tj_str_is(type, "attachment"))
        read_attachment(s, line, path);
}

/* Lines that were not JSON stand in the tape as NULL with their text. */
static void note_bad(struct tj_record *record, uint32_t line, uint32_t number) {
    const struct tj_doc_node *node = &record->doc.node.at[line];
    if (node->kind != TJ_DOC_NULL || node->text.n == 0 || tj_str_is(node->text, "null")) return;
    if (record->bad_lines++ == 0) record->bad_line = number + 1;
}

trajsafe_status tj_claude_code_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error) {
    struct session s = {.view = tj_view_of(json, record)};
    bool known = false;
    uint32_t i = 0;
    s.lines.arena = s.messages.arena = s.calls.arena = s.results.arena = record->arena;
    if (!tj_doc_is(&s.view.doc, 0, TJ_DOC_ARRAY))
        return tj_reader_missing(error, "claude-code", "it is not a file of lines");
    for (uint32_t line = tj_doc_first(&s.view.doc, 0); line != TJ_NONE; line = tj_doc_next(&s.view.doc, line), i++) {
        note_bad(record, line, i);
        known |= is_conversation(&s.view.doc, line) || is_companion(&s.view.doc, line);
        if (tj_doc_is(&s.view.doc, line, TJ_DOC_OBJECT)) read_line(&s, line, tj_path_at(record, TJ_STR_NONE, i));
    }
    if (!known) return tj_reader_missing(error, "claude-code", "no line is a line of a session");
    return tj_reader_finish(record, error);
}
