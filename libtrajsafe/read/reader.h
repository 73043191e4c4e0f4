/* Private to read: what the readers of all formats share. */
#ifndef TJ_READER_H
#define TJ_READER_H

#include "read/event.h"

/* ---- where a reader is ------------------------------------------------------------------------------------- */

/* A document of a record: its own, or one that was JSON inside a string. Copied freely; nodes do not move. */
struct tj_view {
    struct tj_json *json;
    struct tj_record *record;
    struct tj_doc doc;
    uint32_t inner; /* what tj_event.args_doc says: 0 = the record's own doc */
};
struct tj_view tj_view_of(struct tj_json *json, struct tj_record *record);
/* Parses text as JSON, or as a Python literal, into record->inner. False: it is neither. */
bool tj_view_enter(const struct tj_view *view, struct tj_str text, struct tj_view *out);

/* Pointers: base + "/key" (key needs no escape), base + "/i", base + "#". */
struct tj_str tj_path_key(struct tj_record *record, struct tj_str base, const char *key);
struct tj_str tj_path_at(struct tj_record *record, struct tj_str base, uint32_t i);
struct tj_str tj_path_inner(struct tj_record *record, struct tj_str base);

/* ---- events ------------------------------------------------------------------------------------------------ */

struct tj_event tj_event_make(enum tj_event_kind kind, enum tj_author author, uint32_t index);
void tj_event_put(struct tj_record *record, struct tj_event event); /* out of memory shows in the arena */
/* Puts a text event, unless the text is empty. */
void tj_event_say(struct tj_record *record, struct tj_event event, struct tj_str text, struct tj_str pointer);

/* Arguments of a call: an object or array; a string that holds one (also twice encoded, or as a Python literal); absent.
 * What cannot be decoded is kept as text and counted. */
void tj_event_arguments(const struct tj_view *view, struct tj_event *event, uint32_t node, struct tj_str pointer);

/* Text of a content value: a string, a list of strings and text parts (joined by newlines), or an object with stdout and
 * stderr, content, text or output. *pointer is moved to the string it came from. */
struct tj_str tj_content_text(const struct tj_view *view, uint32_t node, struct tj_str *pointer);

/* Reads exit code and refusal from a result's text; text and error must be set. */
void tj_result_outcome(struct tj_event *result);
/* Exit code from members `exit_code`, `exitCode`, `returncode`, `return_code`, `returnCode` of an object. */
void tj_result_exit_of(const struct tj_doc *doc, uint32_t object, struct tj_event *result);

/* ---- messages: OpenAI and Anthropic forms, mixed as they come ----------------------------------------------- */

/* What all events of one message have in common. */
struct tj_message {
    struct tj_event base; /* kind is set by the callee */
    struct tj_str path;   /* pointer of the message object */
};
/* How a role is read; `call` and `reasoning` for roles that are kinds themselves. */
enum tj_speaker {
    TJ_SPEAKER_SYSTEM,
    TJ_SPEAKER_USER,
    TJ_SPEAKER_AGENT,
    TJ_SPEAKER_TOOL,
    TJ_SPEAKER_CALL,
    TJ_SPEAKER_REASONING,
    TJ_SPEAKER_OTHER
};
enum tj_speaker tj_speaker_of(struct tj_str role);
/* Reads one message object: its reasoning, text, calls and results. base.author is set from the role. */
void tj_message_read(const struct tj_view *view, uint32_t node, struct tj_message message);
/* Reads the blocks of a `content` value for a message whose author is set. */
void tj_content_read(const struct tj_view *view, uint32_t content, struct tj_message message);
/* Reads a list of messages; indexes go on from record->steps. */
void tj_messages_read(const struct tj_view *view, uint32_t list, struct tj_str path);

/* Calls written into the agent's words are no calls to this reader. Rather than find none it adds an undecoded CALL for
 * each message that has one, in a record that has no others. */
void tj_note_calls_in_text(struct tj_record *record);

/* Counts over the first messages of a list, for bids. */
struct tj_message_look {
    uint32_t messages; /* objects with a known role and content, text or calls */
    uint32_t others;   /* elements that are not */
    uint32_t calls;    /* tool_calls, function_call, role tool or tool_call */
    uint32_t blocks;   /* content blocks of the Anthropic kind */
};
struct tj_message_look tj_messages_look(const struct tj_doc *doc, uint32_t list);

/* ---- helpers ------------------------------------------------------------------------------------------------- */

/* True when the raw (still escaped) text of a STRING node equals the literal. For bids, which do not change the doc. */
bool tj_raw_is(const struct tj_doc *doc, uint32_t node, const char *literal);
bool tj_text_has(struct tj_str text, const char *needle);
/* Facts that any record may carry at its top: id, context. */
void tj_record_facts(struct tj_record *record);
/* Sets task to the first words of a person, when nothing else has. Called after link. */
void tj_record_task(struct tj_record *record);
/* Python literal to JSON text; does not check what JSON's parser checks. */
bool tj_python_to_json(struct tj_arena *arena, struct tj_str text, struct tj_str *out);

/* A map from strings to numbers, in the arena. */
struct tj_map {
    struct tj_arena *arena;
    struct tj_map_slot *slot;
    uint32_t n, cap;
};
/* The number under `key`, or adds it with `value` and returns TJ_NONE. */
uint32_t tj_map_put(struct tj_map *map, struct tj_str key, uint32_t value);
/* Address of the number under `key`, NULL when absent. Valid until the next put. */
uint32_t *tj_map_get(const struct tj_map *map, struct tj_str key);

/* Same tool, and arguments or text that are equal as written. */
bool tj_same_call(const struct tj_record *record, const struct tj_event *a, const struct tj_event *b);
trajsafe_status tj_reader_finish(struct tj_record *record, trajsafe_error *error);
trajsafe_status tj_reader_missing(trajsafe_error *error, const char *format, const char *what);

int tj_openai_chat_bid(const struct tj_doc *doc);
int tj_anthropic_bid(const struct tj_doc *doc);
int tj_claude_code_bid(const struct tj_doc *doc);
int tj_swe_agent_bid(const struct tj_doc *doc);
int tj_stepshield_bid(const struct tj_doc *doc);
int tj_steps_bid(const struct tj_doc *doc);
trajsafe_status tj_openai_chat_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error);
trajsafe_status tj_anthropic_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error);
trajsafe_status tj_claude_code_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error);
trajsafe_status tj_swe_agent_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error);
trajsafe_status tj_stepshield_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error);
trajsafe_status tj_steps_read(struct tj_json *json, struct tj_record *record, trajsafe_error *error);

#endif
