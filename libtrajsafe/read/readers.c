/* The readers, the choice among them, and the way from bytes to a record. */
#include "read/reader.h"

enum { NUMBER_NO_FORMAT = 322 };

/* A later row wins nothing by standing earlier: the best bid does; on equal bids the first. */
const struct tj_reader_row tj_readers[] = {
    {"openai-chat", "OpenAI chat messages (messages with roles, tool_calls)", TJ_FRAME_RECORD, tj_openai_chat_bid,
     tj_openai_chat_read},
    {"anthropic", "Anthropic messages (content blocks tool_use, tool_result)", TJ_FRAME_RECORD, tj_anthropic_bid,
     tj_anthropic_read},
    {"claude-code", "Claude Code sessions (.jsonl, and --output-format stream-json)", TJ_FRAME_FILE, tj_claude_code_bid,
     tj_claude_code_read},
    {"swe-agent", "SWE-agent .traj files", TJ_FRAME_RECORD, tj_swe_agent_bid, tj_swe_agent_read},
    {"stepshield", "StepShield records (task, steps with action and arguments)", TJ_FRAME_RECORD, tj_stepshield_bid,
     tj_stepshield_read},
    {"steps", "plain runs (steps with command, call or say, and results)", TJ_FRAME_RECORD, tj_steps_bid, tj_steps_read},
    {NULL, NULL, TJ_FRAME_RECORD, NULL, NULL},
};

const struct tj_reader_row *tj_reader_find(struct tj_str name) {
    for (const struct tj_reader_row *row = tj_readers; row->name; row++)
        if (tj_str_is(name, row->name)) return row;
    return NULL;
}

const struct tj_reader_row *tj_reader_bid(const struct tj_doc *doc) {
    const struct tj_reader_row *best = NULL;
    int most = 0;
    for (const struct tj_reader_row *row = tj_readers; row->name; row++) {
        int bid = row->bid(doc);
        if (bid > most) {
            most = bid;
            best = row;
        }
    }
    return best;
}

/* What a person would recognise the record by. */
static struct tj_str seen_in(const struct tj_doc *doc) {
    static const char *const kinds[] = {"null", "a boolean", "a boolean", "a number", "a string", "an empty list"};
    enum { SHOWN = 8, LONGEST = 24 };
    struct tj_buf buf;
    bool list = tj_doc_is(doc, 0, TJ_DOC_ARRAY);
    uint32_t object = list ? tj_doc_first(doc, 0) : 0, shown = 0;
    if (object == TJ_NONE) object = 0;
    uint8_t kind = doc->node.at[object].kind;
    tj_buf_init(&buf, doc->arena);
    if (kind != TJ_DOC_OBJECT) {
        tj_buf_puts(&buf, list && object ? "it is a list of no objects" : "it is ");
        if (!list || !object) tj_buf_puts(&buf, kinds[kind]);
        return tj_buf_str(&buf);
    }
    tj_buf_puts(&buf, list ? "it is a list of objects with keys" : "it has keys");
    for (uint32_t m = tj_doc_first(doc, object); m != TJ_NONE && shown < SHOWN; m = tj_doc_next(doc, m), shown++) {
        tj_buf_putc(&buf, shown ? ',' : ' ');
        tj_buf_json(&buf, tj_str_sub(doc->node.at[m].key, 0, LONGEST));
    }
    if (doc->node.at[object].n > shown) tj_buf_puts(&buf, ",…");
    if (shown == 0) return TJ_STR("it has no keys");
    return tj_buf_str(&buf);
}

static trajsafe_status no_format(const struct tj_doc *doc, trajsafe_error *error) {
    struct tj_str seen = seen_in(doc);
    if (seen.n > 190) seen.n = tj_str_rchr(tj_str_sub(seen, 0, 190), ',');
    return tj_fail(error, TRAJSAFE_BAD_INPUT, NUMBER_NO_FORMAT,
                   "name the format with --format (see: trajsafe formats), or convert to one of them",
                   "the record is of no known format: %.*s", (int)seen.n, seen.p);
}

trajsafe_status tj_record_read(struct tj_json *json, struct tj_arena *arena, struct tj_str bytes, bool lines,
                               const struct tj_reader_row *forced, struct tj_record *record, trajsafe_error *error) {
    trajsafe_status status;
    uint32_t bad;
    tj_record_init(record, arena);
    status = lines ? tj_doc_parse_lines(json, arena, bytes, &record->doc, &bad, error)
                   : tj_doc_parse(json, arena, bytes, &record->doc, error);
    if (status != TRAJSAFE_OK) return status;
    const struct tj_reader_row *row = forced ? forced : tj_reader_bid(&record->doc);
    if (!row) return no_format(&record->doc, error);
    record->format = row->name;
    return row->read(json, record, error);
}
