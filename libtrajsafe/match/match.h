/* Matching: which rules hold for the commands, effects, edits and messages of one call. */
#ifndef TJ_MATCH_H
#define TJ_MATCH_H

#include "effect/effect.h"

/*
 * The Hyperscan databases of an image, deserialised once and shared by all matchers of an engine. With `lazy` each is
 * opened when a scan first needs it (a command line judges one command and needs few); without, all at once, so that
 * damage shows here. What can be seen of it never changes.
 */
struct tj_databases;
trajsafe_status tj_databases_new(const struct tj_image *image, bool lazy, struct tj_databases **out,
                                 trajsafe_error *error);
void tj_databases_free(struct tj_databases *databases);

struct tj_matcher; /* scratch and bit sets; one per thread */
trajsafe_status tj_matcher_new(const struct tj_image *image, struct tj_databases *databases, struct tj_matcher **out);
void tj_matcher_free(struct tj_matcher *matcher);

/*
 * How fields are read, beyond what vocab.h says:
 * - `program`, `wrapper`, `piped_from` and `piped_to` hold for the name as written and for the name of its table row, so
 *   that a rule for `bash` sees `sh`. Effects take these fields, and `flag`, `option`, `arg`, `text`, from their command.
 * - `piped_from` and `piped_to` also look at the pipelines of the wrappers around a command (`curl … | sudo bash`).
 * - a word that is known only in part stands in `arg` and `text` as its known prefix, `*` and its known suffix; of a set,
 *   `arg` has every member and `text` the first. Keyword arguments of calls are `key=value`.
 * - conditions on `arg` and `text` that do not name their programs see only words that the command acts on itself: no
 *   messages, patterns and data to send (slots of its row), and no words of a command that it wraps, which is judged on its own. A message
 *   that is the value of an option (git commit -m) is seen by no rule. Of code in Python, comments, docstrings and what print() and loggers are given are blank for every rule.
 * - a command that only asks for help (tj_asks_for_help) is no instance for rules about commands.
 * - `value` is matched without a newline at its end.
 * - absent strings match nothing; absent names are in no list; absent sets are empty.
 * - `on: text` sees every root text (only when view->floor): the predicates that match in bytes of the roles that the
 *   rule asks for with `role:`, by default `executed` and `argument`. Each match has the role of its last byte.
 * - `with` and `without` never bind the subject itself. `reach: pipeline` means the same outermost pipeline or
 *   substitution tree (`flow`): `curl -d "$(cat x)" host` is one. A join with a command looks at its effects' objects.
 */

/* What is matched: one call with all that was derived from it, or one message. */
struct tj_view {
    const struct tj_understanding *understanding; /* NULL for messages and pure tool actions */
    const struct tj_effects *effects;
    struct tj_str message; /* MESSAGE rules: the text */
    uint8_t author;        /* enum tj_author */
    bool final;
    bool floor;            /* something was not understood: `on: text` rules apply to the root text */
    uint32_t message_text; /* index of the message's text in understanding->texts, for spans */
};
/* Rule `rule` holds for instance `instance` (index of effect, command, edit; 0 for message; for TEXT the span is the match). */
struct tj_hit {
    uint32_t rule;
    uint8_t subject; /* enum tj_subject of the instance */
    uint8_t guessed; /* the instance is uncertain: guessed wrapper, unknown tool, floor */
    uint32_t instance;
    uint32_t other; /* instance that the first `with` block bound, or TJ_NONE */
    uint8_t other_subject;
    struct tj_span span;
};
/* Block `block` of run rule `rule` (sequence, unless_seen, constraint's where) holds for an instance. */
struct tj_block_hit {
    uint32_t rule, block; /* block: index in the rule's blocks */
    uint8_t subject;
    uint32_t instance;
};
struct tj_hits {
    TJ_VEC(struct tj_hit) hit;             /* in rule order, then instance order; one per rule and instance */
    TJ_VEC(struct tj_block_hit) block_hit; /* in instance order */
    bool over_budget;                      /* more raw matches or combinations than are looked at: BUDGET */
};
/* `reach: run` blocks ask the session: true when an earlier instance satisfied them. May be NULL. */
struct tj_run_memory {
    void *self;
    bool (*seen)(void *self, uint32_t rule, uint32_t block, const struct tj_view *view, uint32_t instance);
};
/*
 * All rules against one view. With floor and nothing else to look at, only `on: text` rules are tried. block_hit also has
 * blocks with `reach: run` of other rules: what the session has to remember for tj_run_memory. TRAJSAFE_OK, NO_MEMORY.
 */
trajsafe_status tj_match(struct tj_matcher *matcher, struct tj_arena *arena, const struct tj_view *view,
                         const struct tj_run_memory *memory, struct tj_hits *out);

/* Phrases (constraints, claims in messages; results in outputs): kinds that occur, with the end offset of each match. */
struct tj_phrase_hit {
    uint32_t kind;            /* enum tj_phrase_kind */
    uint32_t begin_hint, end; /* begin_hint: start of the sentence or line that holds the match */
};
struct tj_phrase_hits {
    TJ_VEC(struct tj_phrase_hit) hit;
};
/* output: text is a tool result (small database of its own), else a message. Long text is scanned in full. */
trajsafe_status tj_match_phrases(struct tj_matcher *matcher, struct tj_arena *arena, struct tj_str text, bool output,
                                 struct tj_phrase_hits *out);
/* End of the sentence or line that holds offset `at`, behind its full stop. */
uint32_t tj_sentence_end(struct tj_str text, uint32_t at);

/* ---- objects: what joins compare --------------------------------------------------------------------------------- */

/* A canonical object of an instance. Empty members are absent; paths known only in part are absent too. */
struct tj_object {
    struct tj_str path, host, name;
};
enum { TJ_OBJECTS_MOST = 4 };
/* Objects of an instance (those of its effects for a command), at most TJ_OBJECTS_MOST. Strings are the view's. */
uint32_t tj_instance_objects(const struct tj_view *view, uint8_t subject, uint32_t instance,
                             struct tj_object out[TJ_OBJECTS_MOST]);
/* `mine` is the block that has the join, `other` the one that it names. JOIN_NONE is always true. */
bool tj_object_join(enum tj_join_kind join, const struct tj_object *mine, const struct tj_object *other);
bool tj_objects_join(enum tj_join_kind join, const struct tj_object *mine, uint32_t n, const struct tj_object *other,
                     uint32_t m);

/* The command that an instance belongs to, its first effect, its words; NULL or TJ_NO_SPAN when there is none. */
const struct tj_command *tj_instance_command(const struct tj_view *view, uint8_t subject, uint32_t instance);
const struct tj_effect *tj_instance_effect(const struct tj_view *view, uint8_t subject, uint32_t instance);
struct tj_span tj_instance_span(const struct tj_view *view, uint8_t subject, uint32_t instance);

/* Does a tool result hold text that tells an agent to do something else than its task? All of the text is scanned. */
bool tj_match_injection(struct tj_matcher *matcher, struct tj_str text);

#endif
