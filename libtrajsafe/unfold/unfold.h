/* Unfolding: from a command line or code to the commands that would run, one at a time, in order, words resolved. */
#ifndef TJ_UNFOLD_H
#define TJ_UNFOLD_H

#include "code/code.h"
#include "image/image.h"
#include "shell/shell.h"
#include "state/state.h"

/* A word of a command, or an argument of a call. */
struct tj_arg {
    struct tj_value value;
    struct tj_str key; /* calls: keyword, else empty */
};
struct tj_redirect {
    uint8_t op; /* enum tj_redir_op */
    int32_t fd;
    struct tj_value target; /* path; DUP: number or "-"; HERESTRING and HEREDOC: the text */
    uint32_t body_text;     /* HEREDOC: index of the text of the body, else TJ_NONE */
};
struct tj_setting { /* NAME=VALUE in front of a command or alone */
    struct tj_str name;
    struct tj_value value;
};

#define TJ_CMD_BACKGROUND 1u
#define TJ_CMD_DEFERRED 2u
#define TJ_CMD_MAYBE 4u /* in a branch that may not run */
#define TJ_CMD_NEGATED 8u
#define TJ_CMD_ON_FAILURE 16u /* right side of || */
#define TJ_CMD_DYNAMIC_NAME 32u
#define TJ_CMD_DECODED 64u  /* its text came out of a decoder */
#define TJ_CMD_GUESSED 128u /* tail of an unknown wrapper, or strings of an unknown tool: lower confidence */
#define TJ_CMD_OBSCURED                                                                                                \
    256u /* its name or options were written to hide what they are (escapes, expansions, concatenation) */
#define TJ_CMD_IN_FUNCTION 512u
#define TJ_CMD_WRAPPER 1024u       /* runs another command that follows as a command of its own */
#define TJ_CMD_REDIRECT_ONLY 2048u /* `> file` without a program, or an assignment alone */

/*
 * One command, complete before it is handed to the sink: everything the tables and rules may ask. A call in code has
 * lang PYTHON, name "py:os.remove", argv[0] the name and its arguments after it.
 */
struct tj_command {
    uint32_t index;            /* in understanding.command */
    struct tj_str name;        /* base name of argv[0] ("rm"), "py:…", "" when dynamic or a redirection alone */
    uint32_t program;          /* row of the program table, of the subcommand when there is one; TJ_NONE */
    uint32_t base_program;     /* row of the program itself; TJ_NONE */
    struct tj_str subcommand;  /* "push", or empty */
    const struct tj_arg *argv; /* argv[0] is the name as written */
    uint32_t argc;
    const struct tj_setting *setting;
    uint32_t settings;
    const struct tj_redirect *redirect;
    uint32_t redirects;
    struct tj_span span; /* the whole command in its text */
    struct tj_span name_span;
    uint32_t text;            /* index of the text it stands in */
    uint32_t parent;          /* the wrapper or interpreter that runs it (command index), or TJ_NONE */
    uint32_t pipeline;        /* number of its pipeline, unique in the call */
    uint32_t flow;            /* number of the outermost pipeline or substitution tree that its data belongs to */
    uint16_t pipe_at, pipe_n; /* place in the pipeline (0-based) and its length */
    uint16_t depth;           /* layers of nested text */
    uint16_t flags;           /* TJ_CMD_* */
    uint8_t place;            /* enum tj_place */
    uint8_t lang;             /* enum tj_lang */
    uint8_t stdin_kind;       /* enum tj_stdin */
    struct tj_str place_name; /* the host, container, user that it runs in */
    struct tj_value input;    /* what reaches stdin, as far as known (text, carries) */

    /* Set by the sink. */
    uint64_t output_carries;     /* classes of the data that it prints */
    uint32_t effect, effect_end; /* its effects: [effect, effect_end) of the sink's list */
    /*
     * What it prints. Known text stands here before the sink is called (only where somebody reads it: a pipe, a
     * substitution, `> file`; text.p == NULL: not known), so that `echo … > file` can keep the content and mktemp its
     * path (TJ_VALUE_IS_TEMP). After the sink returned, output_carries are added to output.carries.
     */
    struct tj_value output;
};

struct tj_unknown {
    uint8_t reason; /* enum tj_reason */
    struct tj_span span;
};

struct tj_understanding {
    struct tj_arena *arena;
    struct tj_texts texts;
    TJ_VEC(struct tj_command *) command;
    TJ_VEC(struct tj_unknown) unknown;
    uint8_t coverage; /* enum tj_coverage: the worst of all */
    /*
     * Bytes of the unfolded text by role, for the raw-text floor: sorted, disjoint; what lies between is EXECUTED
     * syntax. Filled only when `unknown` is not empty: the floor is asked nowhere else.
     */
    TJ_VEC(struct {
        struct tj_span span;
        uint8_t role;
    })
    role;
};

/*
 * Derives the effects of one command and applies them to the state (files, cwd, variables that builtins set), and says
 * what its output carries. Called once per command in the order of evaluation, wrappers before what they run.
 */
struct tj_sink {
    void *self;
    void (*command)(void *self, struct tj_command *command);
};

struct tj_unfolder; /* parsers and budgets; one per thread */
trajsafe_status tj_unfolder_new(const struct tj_image *image, struct tj_unfolder **out);
void tj_unfolder_free(struct tj_unfolder *unfolder);

struct tj_unfold_input {
    uint32_t text;     /* index of the text in understanding->texts; TJ_NONE for argv */
    enum tj_lang lang; /* SHELL, PYTHON, …; others become LANGUAGE unknown unless a reader exists */
    enum tj_dialect dialect;
    const struct tj_str *argv; /* an argv array: words, unquoted, unparsed */
    uint32_t argc;
    bool guessed; /* from an unknown tool: TJ_CMD_GUESSED on all */
};
/*
 * Unfolds into `out` (arena, texts and vectors already initialised), evaluating against `state` and calling the sink.
 * Budgets: 32 layers of text, 64 layers and wrappers together, 256 rounds of decoding, 4,096 commands, 100,000 steps,
 * 1 MB of derived text per call (constants in unfold.c);
 * beyond them `unknown` has DEPTH, BUDGET or SIZE. TRAJSAFE_OK or TRAJSAFE_NO_MEMORY.
 */
trajsafe_status tj_unfold(struct tj_unfolder *unfolder, struct tj_state *state, const struct tj_unfold_input *input,
                          struct tj_sink sink, struct tj_understanding *out);
void tj_understanding_init(struct tj_understanding *u, struct tj_arena *arena);

/* ---- argv by the program table: which word is what. Used by unfold (wrappers) and effect (everything else). --------- */

struct tj_bound_option {
    const struct tj_option *row; /* NULL: not in the table */
    struct tj_str name;          /* as written, one by one: "-r" out of "-rf" */
    uint32_t arg;                /* word that holds it */
    uint32_t value_arg;          /* word that holds its value, when it has one */
    struct tj_value value;       /* its value when it has one */
    bool has_value;
};
struct tj_bound_operand {
    uint32_t arg; /* word */
    uint8_t slot; /* enum tj_slot */
};
struct tj_bound {
    const struct tj_program *program; /* row that was bound (subcommand), or NULL */
    TJ_VEC(struct tj_bound_option) option;
    TJ_VEC(struct tj_bound_operand) operand;
    uint64_t flags[4];    /* named flags (image FLAGS index) */
    uint32_t command_arg; /* first word of a COMMAND or SHELL slot, or TJ_NONE */
};
/* Splits argv of a command into options and operands as its row says; resolves subcommands (sets program, subcommand). */
void tj_bind(const struct tj_image *image, struct tj_arena *arena, struct tj_command *command, struct tj_bound *out);

#endif
