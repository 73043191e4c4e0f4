/* From a tool call to actions: what the tool table says a call does with its arguments. */
#ifndef TJ_ACT_H
#define TJ_ACT_H

#include "base/text.h"
#include "image/image.h"
#include "read/event.h"

enum tj_action_kind {
    TJ_ACTION_SHELL, /* text: a command line */
    TJ_ACTION_ARGV,  /* argv */
    TJ_ACTION_CODE,  /* text in lang */
    TJ_ACTION_WRITE, /* path, content */
    TJ_ACTION_EDIT,  /* path, old, content (new) */
    TJ_ACTION_DELETE,
    TJ_ACTION_READ,
    TJ_ACTION_LIST,    /* path */
    TJ_ACTION_FETCH,   /* url */
    TJ_ACTION_CALL,    /* effect on recipient/data */
    TJ_ACTION_MESSAGE, /* text: a prompt to another agent, or a final message */
    TJ_ACTION_NONE,    /* no effect in the world (notes, to-do lists, finish) */
    TJ_ACTION_UNKNOWN /* a tool that is not in the tables: text is one of its strings; `guess` says it looks like a command */
};
struct tj_action {
    uint8_t kind;
    uint8_t lang;    /* enum tj_lang */
    uint8_t dialect; /* enum tj_dialect */
    uint8_t persist; /* enum tj_tool_persist */
    uint8_t effect;  /* CALL: enum tj_effect_kind */
    uint8_t background;
    uint8_t guess;  /* UNKNOWN: the tool's name and key look like a shell */
    uint8_t final;  /* MESSAGE: the agent's final message */
    uint8_t reason; /* enum tj_reason + 1 when something could not be decoded; 0 none */
    struct tj_str text, cwd, path, old, content, url, recipient;
    const struct tj_str *argv;
    uint32_t argc;
    struct tj_str tool;    /* normalised name */
    struct tj_str pointer; /* of the string that `text` (or content, path) came from */
    struct tj_str content_pointer;
};
struct tj_actions {
    TJ_VEC(struct tj_action) action;
};
/*
 * Appends the actions of one call. `arguments` is a node of `doc` (object, array or string), or TJ_NONE with raw text.
 * Normalises the tool's name (case, prefixes functions. mcp__x__ x__ x. default_api.), probes unknown tools as
 * formats.md 1.30 says, decodes JSON arrays in strings, reads SWE-agent action lines, apply_patch text and editor verbs.
 */
trajsafe_status tj_act(const struct tj_image *image, struct tj_arena *arena, struct tj_str tool, struct tj_doc *doc,
                       uint32_t arguments, struct tj_str raw, struct tj_str pointer, struct tj_actions *out);

#endif
