/* The loop over one record: its events in stored order, results joined to their calls. */
#include "scan/scan.h"

/* What reading a record may take beside its bytes: a tape of tiny values is larger than what it was read from. */
#define READ_FACTOR 6u
#define READ_FLOOR ((size_t)32 << 20)

/* Bytes that are no single JSON value may be the lines of a file that is one trajectory. */
static trajsafe_status read_record(struct tj_loop *loop, const struct tj_reader_row *reader, struct tj_str bytes,
                                   struct tj_record *record, trajsafe_error *error) {
    bool lines = reader && reader->framing == TJ_FRAME_FILE;
    tj_arena_reset(&loop->record_arena);
    trajsafe_status status = tj_record_read(loop->json, &loop->record_arena, bytes, lines, reader, record, error);
    if (reader || status != TRAJSAFE_BAD_INPUT) return status;
    tj_arena_reset(&loop->record_arena);
    status = tj_record_read(loop->json, &loop->record_arena, bytes, true, NULL, record, NULL);
    if (status == TRAJSAFE_OK && tj_reader_find(tj_str_of(record->format))->framing == TJ_FRAME_FILE) return status;
    tj_arena_reset(&loop->record_arena); /* again, for the error's sake */
    return tj_record_read(loop->json, &loop->record_arena, bytes, false, NULL, record, error);
}

trajsafe_status tj_loop_read(struct tj_loop *loop, const struct tj_reader_row *reader, struct tj_str bytes,
                             struct tj_record *record, trajsafe_error *error) {
    loop->record_arena.budget = (size_t)bytes.n * READ_FACTOR + READ_FLOOR;
    trajsafe_status status = read_record(loop, reader, bytes, record, error);
    bool dense = status == TRAJSAFE_NO_MEMORY && loop->record_arena.used + bytes.n > loop->record_arena.budget / 2;
    loop->record_arena.budget = 0;
    if (!dense) return status;
    tj_arena_reset(&loop->record_arena);
    return tj_fail(error, TRAJSAFE_BAD_INPUT, 303, "split the record, or leave out what is not text",
                   "the record has more values than fit into %u times its size", READ_FACTOR);
}

/* Arguments that were meant to be JSON; other text is taken as what the tool was given. */
static bool is_broken_json(struct tj_str text) {
    text = tj_str_trim(text);
    return text.n && (text.p[0] == '{' || text.p[0] == '[');
}

/* Whatever was read out of the broken text: the call itself was not understood. */
static trajsafe_status note_undecoded(struct tj_loop *loop, struct tj_session *session, const struct tj_call *call,
                                      uint32_t before) {
    struct tj_session_unknown row = {.reason = TJ_REASON_ARGUMENTS, .index = call->place.index, .step = call->place.step};
    for (uint32_t i = before; i < session->unknown.n; i++)
        if (session->unknown.at[i].reason == TJ_REASON_ARGUMENTS) return TRAJSAFE_OK;
    if (loop->understanding.coverage < TJ_COVERAGE_PARTIAL && session->counts.coverage[loop->understanding.coverage]) {
        session->counts.coverage[loop->understanding.coverage]--;
        session->counts.coverage[TJ_COVERAGE_PARTIAL]++;
    }
    row.span_end = call->raw.n;
    row.pointer = tj_arena_copy(&session->arena, call->place.pointer);
    return tj_vec_push(&session->arena, &session->unknown, row) ? TRAJSAFE_OK : TRAJSAFE_NO_MEMORY;
}

static trajsafe_status read_call(struct tj_loop *loop, struct tj_session *session, struct tj_record *record,
                                 const struct tj_event *event, uint32_t number) {
    const struct tj_event *result = event->result == TJ_NONE ? NULL : &record->event.at[event->result];
    struct tj_call call = {
        .tool = event->tool,
        .doc = event->args_doc ? &record->inner.at[event->args_doc - 1] : &record->doc,
        .arguments = event->arguments,
        .raw = event->text,
        .cwd = event->cwd,
        .place = {.index = event->index, .call = number, .step = event->step, .pointer = event->pointer},
        .ran = event->executed != TJ_NO && !(result && result->kind == TJ_EVENT_REFUSAL),
    };
    uint32_t before = session->unknown.n;
    trajsafe_status status = tj_loop_call(loop, session, &call);
    if (event->undecoded) session->counts.undecoded++;
    if (status != TRAJSAFE_OK || !event->undecoded || !is_broken_json(event->text)) return status;
    return note_undecoded(loop, session, &call, before);
}

static trajsafe_status read_event(struct tj_loop *loop, struct tj_session *session, struct tj_record *record,
                                  uint32_t i, uint32_t *numbers, uint32_t *calls, uint32_t last_words) {
    const struct tj_event *event = &record->event.at[i];
    struct tj_place_of place = {.index = event->index, .call = TJ_NONE, .step = event->step, .pointer = event->pointer};
    switch (event->kind) {
    case TJ_EVENT_MESSAGE:
        if (event->copied) return TRAJSAFE_OK;
        return tj_loop_message(loop, session, (enum tj_author)event->author, event->text, i == last_words, place);
    case TJ_EVENT_CALL:
        if (event->copied || event->author != TJ_AUTHOR_AGENT) return TRAJSAFE_OK;
        numbers[i] = (*calls)++;
        return read_call(loop, session, record, event, numbers[i]);
    case TJ_EVENT_RESULT:
    case TJ_EVENT_REFUSAL: {
        if (event->copied || event->call == TJ_NONE || numbers[event->call] == TJ_NONE) return TRAJSAFE_OK;
        return tj_loop_result(loop, session, numbers[event->call], event->index, event->text,
                              (enum tj_known)event->error, event->has_exit, event->exit_code,
                              event->kind == TJ_EVENT_REFUSAL);
    }
    default: return TRAJSAFE_OK;
    }
}

trajsafe_status tj_loop_record(struct tj_loop *loop, struct tj_session *session, struct tj_record *record) {
    uint32_t n = record->event.n, calls = 0, last_words = TJ_NONE;
    uint32_t *numbers = tj_arena_array(&loop->record_arena, uint32_t, n ? n : 1);
    if (!numbers) return TRAJSAFE_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        const struct tj_event *event = &record->event.at[i];
        numbers[i] = TJ_NONE;
        if (event->kind == TJ_EVENT_MESSAGE && event->author == TJ_AUTHOR_AGENT && !event->copied && event->text.n)
            last_words = i;
    }
    trajsafe_status status = TRAJSAFE_OK;
    for (uint32_t i = 0; status == TRAJSAFE_OK && i < n; i++)
        status = read_event(loop, session, record, i, numbers, &calls, last_words);
    if (status == TRAJSAFE_OK) status = tj_session_finish(session);
    return status;
}
