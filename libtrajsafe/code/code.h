/*
 * Code, lowered: the calls that a piece of it makes, in order, with arguments as far as they are constant. What follows is told of
 * Python; JavaScript, Ruby, Perl, PHP, Lua and awk are read by the light readers (light.h) and evaluated alike, under names of their
 * own: fs.unlink, File.delete, unlink, os.remove, system.
 *
 * The source is evaluated once, in the order in which Python would: constants are folded (concatenation, %, format,
 * f-strings, join, slices, chr, base64, hex, rot13, os.path, pathlib), imports, aliases and types of objects are followed.
 * - A method on an object of known type has the type's name: pathlib.Path.unlink, socket.socket.connect, subprocess.Popen.wait,
 *   file.read and file.write (open files), requests.Session.post. Where a type is not listed in names.c, it is the name of the
 *   call that made the object: boto3.client.put_object. Of an unknown type the name begins with a dot: .exec_command.
 * - The home folder is "~", the current folder is ".", sys.executable is "python3".
 * - A function of the source is walked where it is called, with the arguments bound (8 times each, 4 bodies deep);
 *   one that is never called by name, at its definition, with in_function = 1. Methods are walked in their class.
 *   Calls of the source's own functions and classes are not reported, what they do is.
 * - A loop over a constant list of up to 16 items is walked once per item; every other loop once, conditional.
 * - Reading the environment is reported as the calls os.environ.get and os.environ (all of it), changing it as
 *   os.environ.__setitem__. Decoders (base64.b64decode, codecs.decode, bytes.fromhex …) are reported although folded.
 * - IPython: !cmd, %%bash and the like are the call ipython.system(text) with magic = 1; %%writefile is
 *   ipython.writefile(path, text); %run is ipython.run(text).
 */
#ifndef TJ_CODE_H
#define TJ_CODE_H

#include "base/text.h"
#include "vocab/vocab.h"

enum tj_code_value_kind {
    TJ_CODE_DYNAMIC, /* not known; its items, if any, are the values that it is made of */
    TJ_CODE_TEXT,    /* a string (or path object) */
    TJ_CODE_NUMBER,  /* text as written */
    TJ_CODE_BOOL,    /* text "True" or "False" */
    TJ_CODE_NONE,
    TJ_CODE_LIST, /* items; of a dict its keys and values in turn */
    TJ_CODE_CALL  /* the result of call number `call` (open(...), sys.stdin.read(), requests.get(...).text) */
};
struct tj_code_value {
    uint8_t kind;
    bool dynamic_tail; /* TEXT: a known prefix, the rest is dynamic; its items are the pieces it is made of */
    struct tj_str text;
    uint32_t item, item_end; /* LIST: values; others: values that flow into this one */
    uint32_t call;
    uint32_t begin, end; /* span in the source */
};
struct tj_code_arg {
    struct tj_str key; /* keyword, or empty */
    uint32_t value;
    uint8_t spread; /* *x or **x */
};
struct tj_code_call {
    struct tj_str name; /* imports and aliases resolved: os.remove, builtins.open, pathlib.Path.unlink; empty: not known */
    uint32_t receiver; /* value on which a method is called, or TJ_NONE */
    uint32_t arg, arg_end;
    uint32_t begin, end; /* span of the call in the source */
    uint32_t name_begin, name_end;
    uint8_t conditional; /* inside if/try/loop/function: may not run */
    uint8_t in_function; /* in a def that is never called here */
    uint8_t magic;       /* IPython: 1 = !cmd or %%bash; arg 0 is the shell text */
};
struct tj_code_trouble {
    uint8_t reason; /* enum tj_reason */
    uint32_t begin, end;
};
/* A variable that is set before the code runs. */
struct tj_code_preset {
    struct tj_str name, text;
};
struct tj_code {
    struct tj_str source;
    const struct tj_code_preset *preset;
    uint32_t presets;
    TJ_VEC(struct tj_code_call) call;
    TJ_VEC(struct tj_code_arg) arg;
    TJ_VEC(struct tj_code_value) value;
    TJ_VEC(struct tj_code_trouble) trouble;
    bool more; /* there is logic beyond calls whose effect is not seen (dynamic attribute calls, exec of dynamic text) */
};
struct tj_coder; /* parser; one per thread */
trajsafe_status tj_coder_new(struct tj_coder **out);
void tj_coder_free(struct tj_coder *coder);
/*
 * Lowers source of Python, JavaScript, Ruby, Perl, PHP, Lua or awk. Never fails on input (see trouble); TRAJSAFE_NO_MEMORY only.
 * Other languages: LANGUAGE trouble.
 */
trajsafe_status tj_code_parse(struct tj_coder *coder, struct tj_arena *arena, enum tj_lang lang, struct tj_str source,
                              struct tj_code *out);
trajsafe_status tj_code_parse_with(struct tj_coder *coder, struct tj_arena *arena, enum tj_lang lang,
                                   struct tj_str source, const struct tj_code_preset *preset, uint32_t presets,
                                   struct tj_code *out);
void tj_code_dump(const struct tj_code *code, struct tj_buf *out);

#endif
