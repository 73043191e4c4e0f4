/* What the files of this module share: one unfolding at work, where a command stands, and who calls whom. */
#ifndef TJ_UNFOLD_WORK_H
#define TJ_UNFOLD_WORK_H

#include "unfold/unfold.h"

/* ---- one call of tj_unfold ------------------------------------------------------------------------------------------ */

struct tj_unfolder {
    const struct tj_image *image;
    struct tj_shell *shell;
    struct tj_coder *coder; /* made when code is first met */
    struct tj_quiet *quiet; /* likewise */
    uint8_t *nests; /* per program row: 1 = it or its parent has words that run something; 2 = it has subcommands */
};

/* Python that names nothing the tables or rules know: it needs no parse. *imports: it runs modules that are not seen. */
struct tj_quiet *tj_quiet_new(const struct tj_image *image); /* NULL: out of memory */
void tj_quiet_free(struct tj_quiet *quiet);
bool tj_quiet_python(const struct tj_quiet *quiet, struct tj_str source, bool *imports);

/* A function defined in a script of this call: walked in place, so that its commands point into the user's text. */
struct tj_known_function {
    struct tj_str name, body;
    const struct tj_script *script;
    uint32_t node, text;
};

/* declare NAME=( … ): the elements, found again by the word's span. */
struct tj_known_array {
    struct tj_span span;
    struct tj_str name;
    const struct tj_script *script;
    uint32_t word, word_end;
    bool append;
};

/* A word that is dynamic yet holds code: its text with `${name}` where a value is not known. */
struct tj_template {
    struct tj_span span;
    struct tj_str text;
};

/* A variable or function that was set on one of several paths. */
struct tj_touched {
    struct tj_str name;
    bool function;
};
struct tj_journal {
    struct tj_journal *outer;
    TJ_VEC(struct tj_touched) entry;
};

/* Bodies of >(…) that wait for the command that writes to them. */
struct tj_pending {
    struct tj_sh_part part;
    struct tj_span span;
    struct tj_str path;
};
struct tj_later {
    struct tj_pending *at;
    uint32_t n, cap;
};

/* Exit status of what ran last: 0 … 255, or one of these. */
enum { TJ_STATUS_UNKNOWN = -1, TJ_STATUS_NONE = -2, TJ_STATUS_FAIL = 256 /* not 0 */ };

struct tj_work {
    struct tj_unfolder *unfolder;
    const struct tj_image *image;
    struct tj_state *state;
    struct tj_sink sink;
    struct tj_understanding *out;
    struct tj_arena *arena;
    struct tj_journal *journal;       /* of the innermost fork, or NULL */
    const struct tj_target *jump;     /* break, return, exit: where to; nothing is walked until it is reached */
    uint32_t may;                     /* depth of the outermost target that may have been jumped to; 0: none */
    int status;                       /* of what ran last: 0 … 255 or TJ_STATUS_* */
    uint32_t dry;                     /* walked to learn what it does: nothing is handed over */
    uint32_t turns;                   /* of loops, one by one */
    uint32_t limit;                   /* steps at which a rehearsal ends; 0: none */
    size_t limit_used, limit_derived; /* memory and derived text at which it ends */
    uint32_t emitted, limit_emitted;  /* commands, those of rehearsals too */
    uint32_t moves;                   /* changes of the cwd, of parameters, of functions */
    uint32_t recursions, substitutions;
    TJ_VEC(struct tj_str) odd; /* names whose values a rule of their own changes (declare -i -n -u, DEBUG traps) */
    TJ_VEC(struct tj_known_function) function;
    TJ_VEC(struct tj_template) template;
    TJ_VEC(struct tj_known_array) array;
    TJ_VEC(struct tj_value) process; /* outputs of <(…): word "/dev/fd/1000" is number 0 */
    struct tj_later *later;          /* of the simple command whose words are being read, or NULL */
    const struct tj_script *root;    /* script of the input text, for its comments */
    size_t derived;                  /* bytes made by evaluation */
    uint32_t rounds;                 /* of decoding */
    uint32_t steps;                  /* nodes and words walked */
    uint32_t level;                  /* of C recursion */
    uint32_t pipelines;
    uint32_t first_gap;          /* number of gap 0 */
    TJ_VEC(struct tj_value) gap; /* values that stand as ${tj_gap_N} in code */
    uint32_t root_text;
    uint32_t guesses; /* tails of unknown programs that are being walked: what is not understood in them is no news */
    uint8_t noise;    /* 2: $* and its kin only hide the command line; 1: they do not; 0: not looked at */
    bool stopped;     /* a budget is spent: walk no further */
};

/* ---- where a command stands ------------------------------------------------------------------------------------------ */

/* What a variable was before it was made local. */
struct tj_local {
    struct tj_str name;
    struct tj_value old;
};
struct tj_locals {
    TJ_VEC(struct tj_local) at;
};

/* $0, $1 … of a function, script or bash -c. `set --` and `shift` change it. */
struct tj_frame {
    struct tj_str zero;
    const struct tj_arg *arg;
    uint32_t n;
    bool known;               /* false: $1 … come from outside */
    bool lost;                /* set or shifted on some paths only */
    struct tj_locals *locals; /* NULL: not in a function */
};

/* Lines that `read` takes one after the other. */
struct tj_stream {
    uint32_t at;
    bool lost; /* something else read from it too */
};

/* ---- fork.c: paths that part and meet ---------------------------------------------------------------------------------- */

struct tj_leftover { /* what a path left behind */
    struct tj_touched what;
    struct tj_value value;
    struct tj_str body;
};
struct tj_path_end {
    TJ_VEC(struct tj_leftover) left;
    struct tj_frame frame;
    struct tj_stream stream;
    struct tj_str cwd;
};
enum tj_fork_cwd { TJ_CWD_STAYS, TJ_CWD_DOWN /* a cd into a folder below holds */, TJ_CWD_LAST };
enum { TJ_FORK_PATHS = 8 };
struct tj_fork {
    struct tj_journal journal;
    TJ_VEC(struct tj_touched) touched;
    struct tj_path_end path[TJ_FORK_PATHS];
    uint32_t paths, seen;
    struct tj_frame *frame_of, frame;
    struct tj_stream *stream_of, stream;
    struct tj_str cwd;
    const struct tj_target *target, *away; /* the one that this fork's end is; where paths went instead */
    uint32_t away_depth, dry;
    int before, status;
    bool crowded; /* more paths than are kept apart */
    bool widen;   /* what the paths change is not known afterwards */
    bool changed; /* the join differs from what was before */
    bool side;    /* a path beside the main one is open */
};

/* Where break, continue, return and exit lead. */
enum tj_target_kind { TJ_TARGET_SHELL, TJ_TARGET_FUNCTION, TJ_TARGET_LOOP, TJ_TARGET_TURN };
struct tj_target {
    uint8_t kind;
    uint32_t depth;
    struct tj_fork *fork; /* NULL: what it leaves behind is dropped */
    const struct tj_target *outer;
};

/* A shell of its own: the one that is asked to run the text, ( … ), a member of a pipeline, $( … ). */
struct tj_exit_state { /* variables as they were where the shell may have ended */
    struct tj_path_end end;
};
struct tj_trap {
    struct tj_value text;
    uint32_t parent; /* the trap command */
};
struct tj_shell_life {
    TJ_VEC(struct tj_trap) trap; /* EXIT */
    TJ_VEC(struct tj_exit_state) ended;
    TJ_VEC(struct tj_str) local; /* names of local variables: a trap may see them */
    struct tj_journal journal;
    bool called; /* a function ran: $1 of a trap may be its */
    bool errexit, pipefail, lastpipe, loose /* options that change what tests say */, aliases;
};

/* Names of functions and aliases that are being run, innermost first: none is run within itself. */
struct tj_active {
    struct tj_str name;
    const struct tj_active *outer;
    const struct tj_frame *frame; /* of a function */
};

/* Collects what is printed where somebody reads it. Two gaps of knowledge are one gap. */
struct tj_capture {
    struct tj_value value;
    bool some;     /* something was added */
    uint32_t adds; /* how often */
    bool loose;    /* something may be printed at any time */
    bool joined;   /* text and suffix hold what value shows */
    struct tj_buf text, suffix;
};

struct tj_env {
    const struct tj_script *script;
    struct tj_frame *frame;
    struct tj_capture *capture;       /* reader of stdout, or NULL */
    const struct tj_redirect *socket; /* of the { … } >& /dev/tcp/… around, or NULL */
    const struct tj_active *active;
    const struct tj_code_preset *preset; /* variables of the code that is run: awk -v */
    uint32_t presets;
    struct tj_value input;
    struct tj_str place_name;
    uint32_t text, parent, pipeline, flow;
    uint16_t depth, pipe_at, pipe_n;
    uint16_t flags; /* TJ_CMD_* for all commands in it */
    uint8_t place, stdin_kind, dialect;
    uint8_t wraps;    /* commands that run the next one */
    bool unsteady;    /* no variable has a certain value: the text runs at other times too */
    uint8_t external; /* 1: the next command is no function (command x); 2: nor a builtin of this shell (nohup x) */
    bool condition;   /* a failure here ends nothing */
    const struct tj_target *target; /* innermost */
    struct tj_shell_life *life;
    struct tj_stream *stream;
    struct tj_capture *errors; /* reader of stderr, or NULL */
};

struct tj_args {
    struct tj_arg *at;
    uint32_t n, cap;
};

/* A command before it is looked up: words, settings and redirections are resolved. */
struct tj_plain {
    const struct tj_arg *argv;
    uint32_t argc;
    const struct tj_setting *setting;
    uint32_t settings;
    const struct tj_redirect *redirect;
    uint32_t redirects;
    struct tj_span span;
    bool obscured;
};

/* ---- unfold.c: budgets, unknowns, handing over ------------------------------------------------------------------------ */

void tj_work_unknown(struct tj_work *w, enum tj_reason reason, struct tj_span span);
void tj_work_cover(struct tj_work *w, enum tj_coverage coverage);
bool tj_work_step(struct tj_work *w);                      /* false: stop walking */
bool tj_work_deeper(struct tj_work *w, struct tj_span at); /* false: too deep; else pair with tj_work_higher */
void tj_work_higher(struct tj_work *w);
bool tj_work_derive(struct tj_work *w, size_t bytes, struct tj_span at); /* false: SIZE */
bool tj_work_round(struct tj_work *w, struct tj_span at);                /* false: BUDGET */
bool tj_work_emit(struct tj_work *w, struct tj_env *env, struct tj_command *command);
/* Takes over what a command has from where it stands; its span must be set. */
void tj_command_stand(struct tj_command *command, const struct tj_env *env);

/* ---- value.c: making and joining values -------------------------------------------------------------------------------- */

struct tj_value tj_value_text(struct tj_str text, struct tj_span span);
struct tj_value tj_value_unknown(struct tj_span span);
bool tj_value_known(const struct tj_value *v); /* one constant text */
bool tj_value_tilde(const struct tj_value *v); /* its ~ stands for a folder that is not written out */
struct tj_str tj_value_keep(struct tj_arena *arena, const struct tj_value *v, struct tj_value *out); /* copy into arena */
void tj_capture_add(struct tj_work *w, struct tj_capture *capture, const struct tj_value *value);
struct tj_value tj_capture_value(const struct tj_capture *capture, struct tj_span span);
/* "${tj_gap_N}": stands for a value in code that is made of it. */
struct tj_str tj_gap_of(struct tj_work *w, const struct tj_value *v);
uint32_t tj_gap_in(struct tj_str text); /* where the first one begins, or TJ_NOT_FOUND */
const struct tj_value *tj_gap_find(const struct tj_work *w, struct tj_str name); /* NULL: no gap of this call */
/* Text of a value in which what is not known is left out. */
struct tj_str tj_value_all(struct tj_arena *arena, const struct tj_value *v);
void tj_buf_number(struct tj_buf *buf, int64_t number);

/* ---- word.c, build.c, template.c, brace.c, param.c, operate.c: from parts to values -------------------------------------- */

void tj_word_args(struct tj_work *w, struct tj_env *env, uint32_t word, struct tj_args *out);
struct tj_value tj_word_value(struct tj_work *w, struct tj_env *env, uint32_t word); /* no splitting, no braces */
/* As a pattern, what was quoted has backslashes; as the replacement of ${x/a/b}, a quoted & and every \ have. */
enum tj_word_as { TJ_AS_TEXT, TJ_AS_PATTERN, TJ_AS_REPLACEMENT };
struct tj_value tj_word_pattern(struct tj_work *w, struct tj_env *env, uint32_t word, enum tj_word_as as);
bool tj_part_index_expands(const struct tj_sh_part *part); /* the last child of a parameter is its subscript */
struct tj_str tj_template_of(const struct tj_work *w, struct tj_span span); /* p == NULL: none */

/*
 * What $x or ${x…} came to: one value, a list (for "$@" and "${a[@]}"), each element a word of its own, or the operand
 * of ${x:-…}, whose quoting counts.
 */
struct tj_expansion {
    struct tj_value value;
    const struct tj_value *list;
    uint32_t nlist, word;
    bool is_list, joins; /* joins: "$*", one word */
    bool is_word;
    bool many; /* value is any number of words, even within quotes */
    bool odd;  /* an operator cut or changed the text */
};
struct tj_expansion tj_param_expand(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part);
/* The text of a word's first part with its tilde expanded; *flags gets PLAIN_TILDE where it is quoted. */
struct tj_str tj_front_tilde(struct tj_work *w, const struct tj_env *env, const struct tj_sh_part *part,
                             uint32_t *flags);
struct tj_str tj_text_quoted(struct tj_arena *arena, struct tj_str s); /* as ${x@Q} writes it */

/* ---- pattern.c: text in, text out ----------------------------------------------------------------------------------- */

bool tj_pattern_match(struct tj_str pattern, struct tj_str text); /* shell pattern; * crosses / */
bool tj_pattern_literal(struct tj_arena *arena, struct tj_str pattern, struct tj_str *text); /* it matches only text */
struct tj_str tj_pattern_quote(struct tj_arena *arena, struct tj_str text);
uint32_t tj_text_chars(struct tj_str s);                            /* characters of UTF-8; other bytes count as one */
uint32_t tj_text_offset(struct tj_str s, uint32_t chars);           /* bytes of the first `chars` */
struct tj_str tj_arith_bare(struct tj_work *w, struct tj_str text); /* double quotes mean nothing in $((…)) */

/* ---- arith.c: evaluates with all assignments; false: the result is not known ---------------------------------------------- */

bool tj_arith(struct tj_work *w, const struct tj_env *env, struct tj_str text, int64_t *out);
void tj_arith_blur(struct tj_work *w, const struct tj_env *env, struct tj_str text); /* an expression that is not known */
void tj_arith_run(struct tj_work *w, const struct tj_env *env, const struct tj_value *v); /* what its indices run */

/* ---- var.c: variables --------------------------------------------------------------------------------------------------------- */

/* False: nothing is known of it, *out is dynamic. */
bool tj_var_find(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_value *out);
struct tj_value tj_param_value(struct tj_work *w, const struct tj_env *env, struct tj_str name); /* as $name */
struct tj_value tj_value_scalar(const struct tj_value *v);
struct tj_value tj_value_at(struct tj_work *w, const struct tj_env *env, const struct tj_value *v, struct tj_str index);
struct tj_value tj_var_element(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_str index);
struct tj_value tj_list_element(const struct tj_value *list, uint32_t i);
struct tj_str tj_list_key(struct tj_work *w, const struct tj_value *list, uint32_t i);
void tj_list_put(struct tj_work *w, struct tj_value *list, struct tj_str key, struct tj_str text);
enum { TJ_MAX_ELEMENTS = 1024 }; /* of a list; a longer one is dynamic from there on */
void tj_list_append(struct tj_work *w, struct tj_value *list, struct tj_str text);
/* NAME=, NAME[index]=, +=: as the variable was declared, through references. `name` may itself be "a[1]". */
void tj_var_assign(struct tj_work *w, const struct tj_env *env, struct tj_str name, struct tj_str index,
                   const struct tj_value *value, bool append);
void tj_var_unset(struct tj_work *w, const struct tj_env *env, struct tj_str name);

/* ---- arith.c: evaluates with all assignments; false: the result is not known ---------------------------------------------- */

bool tj_arith(struct tj_work *w, const struct tj_env *env, struct tj_str text, int64_t *out);
void tj_arith_blur(struct tj_work *w, const struct tj_env *env, struct tj_str text); /* an expression that is not known */
void tj_arith_run(struct tj_work *w, const struct tj_env *env, const struct tj_value *v); /* what its indices run */

/* ---- subst.c ------------------------------------------------------------------------------------------------------------ */

void tj_subst_later(struct tj_work *w, struct tj_env *env, const struct tj_later *later, uint32_t first);
struct tj_value tj_subst_command(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part);
struct tj_value tj_subst_process(struct tj_work *w, struct tj_env *env, const struct tj_sh_part *part);
const struct tj_value *tj_subst_output(const struct tj_work *w, struct tj_str path); /* of "/dev/fd/1000", or NULL */

/* ---- walk.c, simple.c ----------------------------------------------------------------------------------------------------- */

void tj_walk_nodes(struct tj_work *w, struct tj_env *env, uint32_t first);
/* Parses text number `text` and walks it. */
void tj_walk_text(struct tj_work *w, struct tj_env *env, uint32_t text);
void tj_walk_node(struct tj_work *w, struct tj_env *env, uint32_t at);
/* A shell of its own around what is walked: its jumps, traps, options and parameters end with it. */
struct tj_shell_scope {
    struct tj_shell_life life;
    struct tj_target target;
    struct tj_frame frame;
    struct tj_locals locals;
    struct tj_journal *journal;
    uint32_t may;
    bool keeps_state; /* the outermost: variables stay */
};
void tj_shell_begin(struct tj_work *w, struct tj_env *env, struct tj_shell_scope *scope);
void tj_shell_end(struct tj_work *w, struct tj_env *env, struct tj_shell_scope *scope);
void tj_walk_simple(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node);
void tj_set_variable(struct tj_work *w, const struct tj_env *env, struct tj_str name, const struct tj_value *value);
/* The words [first, end) of ( … ) put behind what `onto` holds. */
struct tj_value tj_array_value(struct tj_work *w, struct tj_env *env, uint32_t first, uint32_t end,
                               const struct tj_value *onto);
void tj_set_function(struct tj_work *w, struct tj_str name, struct tj_str body);
const struct tj_redirect *tj_redirects(struct tj_work *w, struct tj_env *env, uint32_t at, uint32_t end, uint32_t *n);
/* Lets the redirections of a command or group say what its stdin is and who reads its stdout. */
void tj_descriptor_open(struct tj_work *w, const struct tj_redirect *redirect, uint32_t n);
const struct tj_value *tj_descriptor(struct tj_work *w, struct tj_str number); /* what it was opened on, or NULL */
void tj_redirect_env(struct tj_work *w, struct tj_env *env, const struct tj_redirect *redirect, uint32_t n);
bool tj_redirect_is_socket(const struct tj_redirect *redirect);
bool tj_redirects_stdout(const struct tj_redirect *redirect, uint32_t n);

/* ---- fork.c, jump.c, loop.c, test.c: control flow ----------------------------------------------------------------------------- */

void tj_fork_begin(struct tj_work *w, struct tj_env *env, struct tj_fork *fork, const struct tj_target *target);
/* The state here is one that the end may see, and the walk goes on: what comes next may not run. */
void tj_fork_pause(struct tj_work *w, struct tj_fork *fork);
void tj_fork_escape(struct tj_work *w, struct tj_fork *fork); /* likewise, by a jump to the fork's end */
void tj_fork_next(struct tj_work *w, struct tj_fork *fork);   /* a path ends; the next begins where the fork began */
/* A path beside the main one, from its present state. */
struct tj_side {
    struct tj_journal journal;
    struct tj_frame frame;
    struct tj_stream stream;
    int status;
};
void tj_side_begin(struct tj_work *w, struct tj_fork *fork, struct tj_side *side);
void tj_side_end(struct tj_work *w, struct tj_fork *fork, struct tj_side *side);
void tj_fork_end(struct tj_work *w, struct tj_env *env, struct tj_fork *fork, enum tj_fork_cwd cwd);
struct tj_value tj_value_either(struct tj_work *w, const struct tj_value *a, const struct tj_value *b);
int tj_status_join(int a, int b);

/* Several captures of which one is what is printed; one that may be printed or not. */
void tj_capture_either(struct tj_work *w, struct tj_capture *to, const struct tj_capture *const *one, uint32_t n);
void tj_capture_loose(struct tj_work *w, struct tj_capture *capture, const struct tj_value *value);
void tj_capture_maybe(struct tj_work *w, struct tj_capture *to, const struct tj_capture *printed);

/* break, continue, return, exit: true when the command is one of them. */
bool tj_jump(struct tj_work *w, struct tj_env *env, const struct tj_command *command);
void tj_jump_to(struct tj_work *w, struct tj_env *env, const struct tj_target *target);
void tj_may_exit(struct tj_work *w, struct tj_env *env);
struct tj_target tj_target_in(const struct tj_env *env, enum tj_target_kind kind, struct tj_fork *fork);

void tj_walk_while(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node);
void tj_walk_for(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node);
void tj_walk_cfor(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node);

/* 1: holds, 0: does not, -1: not known. */
int tj_test_words(const struct tj_arg *argv, uint32_t argc); /* behind `[` or `test` */
int tj_test_double(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node);
int tj_test_arith(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node);
int tj_test_pattern(struct tj_work *w, struct tj_env *env, uint32_t word, const struct tj_value *text);
/* What a builtin's exit status is, when it is certain; TJ_STATUS_UNKNOWN. */
int tj_status_of(const struct tj_command *command);

/* ---- run.c: one command ------------------------------------------------------------------------------------------------------ */

void tj_make_local(struct tj_work *w, struct tj_env *env, struct tj_str name);
void tj_run_plain(struct tj_work *w, struct tj_env *env, const struct tj_plain *plain);
/* Words [at, n) of a command as a command of their own, run by it. */
void tj_run_words(struct tj_work *w, struct tj_env *env, const struct tj_arg *argv, uint32_t argc);
void tj_run_redirected(struct tj_work *w, struct tj_env *env, const struct tj_arg *argv, uint32_t argc,
                       const struct tj_redirect *redirect, uint32_t redirects);

/* ---- output.c, filter.c, codec.c: what known programs print ------------------------------------------------------------------- */

/* Sets command->output when it is known. */
void tj_output_of(struct tj_work *w, const struct tj_env *env, struct tj_command *command);
/* print.c: echo and printf. Escapes of echo -e, printf %b, a format of printf, tr; \c sets *stop. */
enum tj_escapes { TJ_ESCAPES_ECHO, TJ_ESCAPES_B, TJ_ESCAPES_FORMAT, TJ_ESCAPES_TR };
struct tj_str tj_print_unescape(struct tj_arena *arena, struct tj_str s, enum tj_escapes kind, bool *stop);
void tj_print_echo(struct tj_work *w, const struct tj_env *env, struct tj_command *command);
void tj_print_format(struct tj_work *w, struct tj_command *command);
bool tj_print_hash(struct tj_work *w, struct tj_command *command); /* hash.c: md5sum, sha256sum; false: not known */
/* names.c */
void tj_print_name(struct tj_work *w, struct tj_command *command, bool base); /* basename, dirname */
void tj_print_sequence(struct tj_work *w, struct tj_command *command);
/* Text filters; false: not known. */
struct tj_strs {
    const struct tj_str *at;
    uint32_t n;
};
bool tj_filter_tr(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out);
bool tj_filter_cut(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out);
bool tj_filter_sed(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out);
bool tj_filter_lines(struct tj_arena *arena, struct tj_strs args, bool tail, struct tj_str in, struct tj_str *out);
bool tj_filter_rev(struct tj_arena *arena, struct tj_strs args, struct tj_str in, struct tj_str *out);

/* ---- peel.c, nest.c, script.c: commands that run commands --------------------------------------------------------------------- */

/* Walks what the command runs, if anything; true when something was found to walk. */
bool tj_peel(struct tj_work *w, struct tj_env *env, struct tj_command *command, const struct tj_bound *bound);
bool tj_stays_in_shell(const struct tj_work *w, const struct tj_command *command); /* what it runs is run by this shell */
bool tj_peel_wraps(const struct tj_command *command, const struct tj_bound *bound);
#define TJ_LANG_BY_FILE TJ_LANG_COUNT /* as its #! line or name says */
/* How nested text is run. */
enum tj_nest_how { TJ_NEST_CHILD, TJ_NEST_HERE /* eval, source: same scope */, TJ_NEST_DEFERRED };
struct tj_nest {
    struct tj_value text;
    enum tj_lang lang;
    enum tj_layer layer;
    struct tj_str label;
    enum tj_nest_how how;
    struct tj_frame *frame; /* NULL: the one around */
    uint8_t dialect;
    bool data_gaps; /* what is not known of it are fields of the input, operands for all one can tell */
};
void tj_nest_text(struct tj_work *w, struct tj_env *env, const struct tj_nest *nest);
/* Runs a file by path; false when its content is not known. */
bool tj_nest_file(struct tj_work *w, struct tj_env *env, const struct tj_value *path, enum tj_lang lang,
                  enum tj_nest_how how, struct tj_frame *frame);
struct tj_env tj_env_inside(struct tj_work *w, const struct tj_env *env, const struct tj_command *command,
                            const struct tj_bound *bound); /* place, parent and flags of nested commands */
void tj_env_arrive(struct tj_work *w, const struct tj_env *outer,
                   const struct tj_env *inner); /* a scope, at another place with its own cwd */
void tj_env_depart(struct tj_work *w, const struct tj_env *outer, const struct tj_env *inner);
uint32_t tj_text_from(struct tj_work *w, const struct tj_value *value, struct tj_str text, enum tj_layer layer,
                      struct tj_str label);
bool tj_peel_find(struct tj_work *w, struct tj_env *env, struct tj_command *command);
bool tj_peel_xargs(struct tj_work *w, struct tj_env *env, struct tj_command *command, const struct tj_bound *bound);
bool tj_peel_git(struct tj_work *w, struct tj_env *env, struct tj_command *command, const struct tj_bound *bound);
bool tj_peel_crontab(struct tj_work *w, struct tj_env *env, struct tj_command *command, const struct tj_bound *bound);
void tj_find_results(struct tj_work *w, const struct tj_command *command, struct tj_args *out);
/* guess.c: true when the tail of an unknown program was taken for a command. */
bool tj_peel_guess(struct tj_work *w, struct tj_env *env, struct tj_command *command);
/* typed.c: what is typed at a program or packed into its words. escape.c: ways from a program that is no shell to one. */
bool tj_peel_typed(struct tj_work *w, struct tj_env *env, struct tj_command *command, const struct tj_bound *bound);
bool tj_peel_lines(struct tj_work *w, struct tj_env *env, struct tj_command *command, struct tj_str row);
bool tj_peel_sed(struct tj_work *w, struct tj_env *env, struct tj_command *command, const struct tj_bound *bound);
bool tj_walk_escapes(struct tj_work *w, struct tj_env *env, uint32_t text);
bool tj_walk_editor(struct tj_work *w, struct tj_env *env, uint32_t text); /* false: it holds more than it reads */
/* hooks.c: a variable that names what programs run (rows `env:NAME`), alone and as words of env and export. */
void tj_hook_variable(struct tj_work *w, const struct tj_env *env, uint32_t parent, struct tj_str name,
                      const struct tj_value *value);
void tj_hook_words(struct tj_work *w, const struct tj_env *env, const struct tj_command *command);

/* ---- builtin.c: what builtins do to the shell itself, after the sink ------------------------------------------------------------ */

bool tj_option_is(const struct tj_work *w, const char *name); /* "shopt extglob", "set +B" */
/* read.c: read, and mapfile. */
void tj_read_names(struct tj_work *w, struct tj_env *env, const struct tj_command *command);
void tj_read_lines(struct tj_work *w, struct tj_env *env, const struct tj_command *command);
void tj_go_to(struct tj_work *w, const struct tj_value *folder); /* cd */
void tj_builtin_apply(struct tj_work *w, struct tj_env *env, const struct tj_command *command);

/* ---- call.c, lang.c: code ----------------------------------------------------------------------------------------------------- */

void tj_walk_code(struct tj_work *w, struct tj_env *env, uint32_t text, enum tj_lang lang);
/* Text in a language without a reader: shell in it that stands there in plain sight, else LANGUAGE. */
void tj_walk_foreign(struct tj_work *w, struct tj_env *env, uint32_t text, enum tj_lang lang);

/* ---- sql.c, dbshell.c ---------------------------------------------------------------------------------------------------------- */

void tj_walk_sql(struct tj_work *w, struct tj_env *env, uint32_t text);
void tj_walk_mongo(struct tj_work *w, struct tj_env *env, uint32_t text);
void tj_walk_redis(struct tj_work *w, struct tj_env *env, uint32_t text);

/* ---- dialect.c, pwsh.c, cmd.c --------------------------------------------------------------------------------------------------------------- */

/* Text of a shell that is no relative of sh. */
void tj_walk_dialect(struct tj_work *w, struct tj_env *env, uint32_t text);
void tj_walk_pwsh(struct tj_work *w, struct tj_env *env, uint32_t text);
bool tj_utf16_text(struct tj_arena *arena, struct tj_str bytes, struct tj_str *out); /* UTF-16LE as UTF-8 */
void tj_walk_cmd(struct tj_work *w, struct tj_env *env, uint32_t text);
struct tj_str tj_windows_environment(struct tj_str name); /* what the environment of every Windows says, or nothing */

/* ---- role.c ---------------------------------------------------------------------------------------------------------------------- */

void tj_work_roles(struct tj_work *w);

#endif
