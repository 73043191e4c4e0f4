/* Events: the one shape to which every trajectory format is read. */
#ifndef TJ_EVENT_H
#define TJ_EVENT_H

#include "doc/doc.h"
#include "vocab/vocab.h"

enum tj_event_kind {
    TJ_EVENT_MESSAGE,   /* somebody said something: text */
    TJ_EVENT_REASONING, /* the agent's thoughts: text */
    TJ_EVENT_CALL,      /* the agent called a tool: tool, and arguments or text */
    TJ_EVENT_RESULT,    /* what a call returned: text, call_id */
    TJ_EVENT_REFUSAL    /* a call was refused before it ran: text, call_id */
};
enum tj_author { TJ_AUTHOR_SYSTEM, TJ_AUTHOR_USER, TJ_AUTHOR_AGENT, TJ_AUTHOR_TOOL, TJ_AUTHOR_OTHER };
enum tj_known { TJ_UNKNOWN, TJ_YES, TJ_NO };

struct tj_event {
    uint8_t kind, author;
    uint8_t trainable; /* the agent wrote it anew: loss may fall on it */
    uint8_t copied;    /* copied context or a demonstration: never the agent's action here */
    uint8_t executed;  /* CALL: enum tj_known */
    uint8_t error;     /* RESULT: enum tj_known: the tool itself reported an error */
    uint8_t sidechain; /* by a sub-agent */
    uint8_t undecoded; /* CALL: the arguments could not be decoded; `text` has them as they are */
    uint8_t preface; /* stands before the record's own sequence (task text, system prompt): `index` is 0, but it is not
                           step 0 and has no place in the mask */
    uint32_t index;  /* 0-based step: an entry of the record's own sequence (several events may share one) */
    int64_t step;    /* the format's own number, or `index` */
    uint32_t result; /* CALL: index (in events) of its RESULT or REFUSAL, or TJ_NONE; set by tj_record_link */
    uint32_t call;   /* RESULT: index of its CALL, or TJ_NONE */
    uint32_t arguments; /* CALL: doc node of the arguments (object or array), or TJ_NONE */
    uint32_t args_doc; /* CALL: 0 = arguments lie in the record's doc, else 1 + index in record.inner (JSON in a string) */
    int32_t exit_code; /* RESULT: valid when has_exit */
    bool has_exit;
    struct tj_str call_id, tool, agent, parent_agent, cwd, timestamp;
    struct tj_str text; /* MESSAGE, REASONING, RESULT; CALL without arguments: raw input (custom tools, action lines) */
    /*
     * RFC 6901 pointer of the string that holds `text`, or of the arguments. Each `#` stands for a string that holds JSON:
     * "/messages/3/tool_calls/0/function/arguments#" is the object inside it, and "#/command" goes on from there.
     * When `text` was joined from several parts it names their array.
     */
    struct tj_str pointer;
};

struct tj_record {
    struct tj_arena *arena;
    struct tj_doc doc;
    TJ_VEC(struct tj_doc) inner;   /* documents that were JSON inside a string */
    TJ_VEC(struct tj_event) event; /* stored order */
    uint32_t steps;                /* entries of the record's own sequence: the length of the mask. Every event that is
                                        not `preface` has index < steps */
    struct tj_str id;              /* the record's own id, or empty */
    const char *format;            /* name of the reader */
    uint32_t bad_lines;            /* lines of a file-is-one-trajectory format that were not JSON */
    uint32_t bad_line;             /* the first of them, 1-based; 0 = none */
    /* Facts of the task that the record itself states. */
    struct tj_str workspace, task; /* a working folder; the task's text (also a MESSAGE) */
    TJ_VEC(struct tj_str) constraints;
    uint32_t context; /* doc node of a "context" object (contract's keys) or TJ_NONE */
};

/* How records lie in a file of this format. */
enum tj_framing {
    TJ_FRAME_RECORD, /* one JSON value is one trajectory (a line of JSONL, an element of a top-level array, a file) */
    TJ_FRAME_FILE    /* the lines of a file together are one trajectory */
};

struct tj_reader_row {
    const char *name;  /* "openai-chat": what --format takes */
    const char *title; /* for people */
    enum tj_framing framing;
    /* How sure it is, 0..100, from the first value of the input (FRAME_FILE: an array of its first lines). */
    int (*bid)(const struct tj_doc *doc);
    /* Fills record->event and the facts from record->doc. Labels of data sets are never read. */
    trajsafe_status (*read)(struct tj_json *json, struct tj_record *record, trajsafe_error *error);
};
extern const struct tj_reader_row tj_readers[]; /* ends with name == NULL; one file per reader */
const struct tj_reader_row *tj_reader_find(struct tj_str name);
const struct tj_reader_row *tj_reader_bid(const struct tj_doc *doc); /* best bid above 0, or NULL */

void tj_record_init(struct tj_record *record, struct tj_arena *arena);
/*
 * Joins results to calls: by id, else (no id) by tool name and order within the latest step that has calls. Drops a call
 * that is stored again, equal and under the same id, before any result came. Sets `executed` of calls: YES with a result,
 * NO with a refusal or when the harness turned the call back as not valid (<tool_use_error>). Called by readers at their end.
 */
void tj_record_link(struct tj_record *record);

/*
 * One piece of input to a record: parses, chooses the reader (`forced` or the best bid), reads and links. `lines`: the
 * bytes are JSON lines that together are one trajectory. TRAJSAFE_BAD_INPUT when they are not JSON (error->offset), or of
 * no known format (the message names the top keys, the mend how to force a format). record->doc stays valid then.
 */
trajsafe_status tj_record_read(struct tj_json *json, struct tj_arena *arena, struct tj_str bytes, bool lines,
                               const struct tj_reader_row *forced, struct tj_record *record, trajsafe_error *error);

#endif
