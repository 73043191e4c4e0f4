/* The image: everything that was compiled from rules/, as flat read-only bytes, and typed views of its sections. */
#ifndef TJ_IMAGE_H
#define TJ_IMAGE_H

#include "vocab/vocab.h"

/*
 * Layout: struct tj_image_header, then sections, each aligned to 64 bytes. All numbers are little-endian and all
 * structs below are exactly what stands in the file; nothing holds a pointer. Text is a struct tj_ref into the string
 * section. Index lists are runs in the `u32` section. An image is trusted input (like a shared object), yet opening one
 * checks magic, format version, engine version, checksum and that every section lies inside.
 */
#define TJ_IMAGE_MAGIC "TJIMAGE"
#define TJ_IMAGE_FORMAT 1u
#ifndef TJ_ENGINE_VERSION
#define TJ_ENGINE_VERSION "0.1.0" /* an image made for another version is refused */
#endif

struct tj_ref {
    uint32_t at, n;
};
struct tj_range { /* elements [at, at+n) of the section that the comment names */
    uint32_t at, n;
};

enum tj_section {
    TJ_SECTION_STRINGS,
    TJ_SECTION_U32,
    TJ_SECTION_U64,
    TJ_SECTION_PROGRAMS,
    TJ_SECTION_OPTIONS,
    TJ_SECTION_OPERANDS,
    TJ_SECTION_PROGRAM_EFFECTS,
    TJ_SECTION_PROGRAM_INDEX,
    TJ_SECTION_FLAGS,
    TJ_SECTION_NAMES,
    TJ_SECTION_NAME_INDEX,
    TJ_SECTION_TOOLS,
    TJ_SECTION_TOOL_KEYS,
    TJ_SECTION_TOOL_INDEX,
    TJ_SECTION_PATHS,
    TJ_SECTION_PATH_INDEX,
    TJ_SECTION_HOSTS,
    TJ_SECTION_PHRASES,
    TJ_SECTION_RULES,
    TJ_SECTION_BLOCKS,
    TJ_SECTION_CONDS,
    TJ_SECTION_PREDICATES,
    TJ_SECTION_LITERALS,
    TJ_SECTION_DATABASES,
    TJ_SECTION_BLOBS,
    TJ_SECTION_TRIES,
    TJ_SECTION_TRY_LISTS,
    TJ_SECTION_PROFILES,
    TJ_SECTION_EXAMPLES,
    TJ_SECTION_COUNT
};

struct tj_image_header {
    char magic[8];
    uint32_t format;
    uint32_t sections;          /* TJ_SECTION_COUNT of the writer */
    uint64_t size;              /* of the whole image */
    uint64_t checksum;          /* tj_image_checksum of the whole image with this field 0 */
    char engine[32];            /* version of the engine that it was made for */
    uint8_t ruleset_digest[32]; /* SHA-256 over packs, phrases and profiles sources, in path order */
    uint8_t tables_digest[32];  /* SHA-256 over programs, tools and paths sources */
    struct {
        uint64_t at;
        uint32_t n, size;
    } section[TJ_SECTION_COUNT]; /* byte offset, elements, bytes per element */
};

/* ---- programs -------------------------------------------------------------------------------------------------- */

enum tj_option_style {
    TJ_STYLE_GNU,      /* short clusters, long options, options may follow operands */
    TJ_STYLE_POSIX,    /* as GNU, but the first operand ends the options (wrappers: sudo, env, xargs, ssh, timeout) */
    TJ_STYLE_LONG,     /* -word options with one dash (find, java, terraform, openssl, ffmpeg) */
    TJ_STYLE_KEYVALUE, /* key=value words (dd) */
    TJ_STYLE_WORDS,    /* no options: every word is an operand (echo, test, ip) */
    TJ_STYLE_TAR,      /* as GNU, and a first word without a dash is a cluster */
    TJ_STYLE_CALL, /* a call in code: positional arguments are operands, keyword arguments are options named `key=` */
    TJ_STYLE_PWSH  /* as LONG, without regard to case, by the beginning of a name, -name:value (PowerShell) */
};
enum tj_value_need {
    TJ_VALUE_NONE,
    TJ_VALUE_REQUIRED,
    TJ_VALUE_OPTIONAL, /* attached only */
    TJ_VALUE_TWO,      /* two words, of which the slot is the first's: bwrap --ro-bind FROM TO */
    TJ_VALUE_THREE,    /* likewise, three */
    TJ_VALUE_REST      /* all words up to `;` or the end: fd -x COMMAND…, xterm -e COMMAND… */
};

#define TJ_PROGRAM_OPAQUE 1u         /* runs code that is not seen: make, pytest, ./x */
#define TJ_PROGRAM_OUTPUT_NONE 2u    /* what it prints is not what it read (wc, test, stat, ls) */
#define TJ_PROGRAM_STDIN_RUN 4u      /* without operand it runs its stdin in `lang` (bash, python, psql) */
#define TJ_PROGRAM_STDIN_OPERANDS 8u /* stdin becomes further operands (xargs) */
#define TJ_PROGRAM_STDIN_SEND 16u    /* stdin is sent to the host */
#define TJ_PROGRAM_DECODES 32u       /* its output is decoded or decrypted data */
#define TJ_PROGRAM_WRAPPER 64u       /* runs another command given as operands or text */
#define TJ_PROGRAM_DEFERS 128u       /* what it runs runs later (at, crontab, batch) */
#define TJ_PROGRAM_BACKGROUND                                                                                          \
    256u                    /* what it runs goes on after it returns (nohup is not: its & is; setsid -f, screen -d) */
#define TJ_PROGRAM_DRY 512u /* never changes anything */
#define TJ_PROGRAM_OUTPUT_FETCHED 1024u /* prints what it fetched */
#define TJ_PROGRAM_OUTPUT_ENV 2048u     /* prints the environment */

struct tj_program {
    struct tj_ref name;          /* "git"; a subcommand row: "push" */
    uint32_t parent;             /* index of the program whose subcommand this is, or TJ_NONE */
    struct tj_range options;     /* OPTIONS */
    struct tj_range operands;    /* OPERANDS: positional slots in order; a `rest` slot may be followed by last slots */
    struct tj_range subcommands; /* PROGRAMS: rows with this parent stand together; 0 = none */
    struct tj_range effects;     /* PROGRAM_EFFECTS */
    uint32_t receiver;           /* calls: enum tj_slot + 1 of the receiver, or 0 */
    uint16_t handler;            /* enum tj_handler */
    uint8_t style;               /* enum tj_option_style */
    uint8_t lang;                /* enum tj_lang of CODE, SCRIPT and stdin */
    uint8_t place;               /* enum tj_place of nested commands */
    uint8_t network; /* enum tj_effect_kind that HOST and URL slots give: CONNECT, SEND, FETCH, SCAN; 0 = CONNECT */
    uint16_t reserved;
    uint32_t traits; /* TJ_PROGRAM_* */
};

struct tj_option {
    struct tj_ref name; /* with its dashes: "-r", "--recursive", "-name"; keyvalue: "of="; call: "shell=" */
    uint8_t need;       /* enum tj_value_need */
    uint8_t slot;       /* enum tj_slot of its value */
    uint16_t flag;      /* FLAGS index it sets, or 0 (index 0 is unused) */
};

struct tj_operand {
    uint8_t slot;     /* enum tj_slot */
    uint8_t rest;     /* 1 = this slot takes all further operands (but leaves enough for the slots after it) */
    uint8_t optional; /* 1 = skipped when too few operands are there */
    uint8_t reserved;
    uint32_t reserved2;
};

/* An effect of the program itself, apart from its slots. */
struct tj_program_effect {
    uint8_t kind;       /* enum tj_effect_kind */
    uint8_t object;     /* enum tj_object_kind */
    uint16_t when;      /* FLAGS index that must be set, or 0 */
    uint16_t unless;    /* FLAGS index that must not be set, or 0 */
    uint16_t operand;   /* 1-based operand that is the object, or 0 for `text` */
    struct tj_ref text; /* literal object (path, name), may be empty */
};

/* Open-addressed hash of names (own name and `names:`), also of calls ("py:os.remove"). Size is a power of two. */
struct tj_index_entry {
    uint32_t hash;  /* low 32 bits of tj_hash(name) */
    uint32_t value; /* row index + 1; 0 = empty */
    struct tj_ref name;
};

/* ---- tools ------------------------------------------------------------------------------------------------------ */

/* What a tool does with its arguments. */
enum tj_tool_class {
    TJ_TOOL_SHELL,  /* TEXT key is a command line (string), or argv (array) */
    TJ_TOOL_CODE,   /* TEXT key is code in `lang` */
    TJ_TOOL_KEYS,   /* keystrokes into a terminal */
    TJ_TOOL_WRITE,  /* PATH is written with CONTENT */
    TJ_TOOL_EDIT,   /* PATH is changed: OLD to NEW */
    TJ_TOOL_PATCH,  /* TEXT is a patch */
    TJ_TOOL_EDITOR, /* VERB selects view, create, str_replace, insert, undo_edit */
    TJ_TOOL_READ,   /* PATH is read */
    TJ_TOOL_LIST,   /* PATH is searched or listed */
    TJ_TOOL_DELETE, /* PATH is deleted */
    TJ_TOOL_FETCH,  /* URL is fetched */
    TJ_TOOL_AGENT,  /* TEXT is a prompt for another agent */
    TJ_TOOL_NOTE,   /* thoughts, to-do lists, finish: no effect in the world */
    TJ_TOOL_FINAL,  /* TEXT is the agent's final message */
    TJ_TOOL_CALL    /* a known API-like call (send, pay, share): effects by key slots */
};
enum tj_tool_key {
    TJ_KEY_TEXT,
    TJ_KEY_ARGV,
    TJ_KEY_CWD,
    TJ_KEY_PATH,
    TJ_KEY_CONTENT,
    TJ_KEY_OLD,
    TJ_KEY_NEW,
    TJ_KEY_URL,
    TJ_KEY_VERB,
    TJ_KEY_LANG,
    TJ_KEY_TIMEOUT,
    TJ_KEY_BACKGROUND,
    TJ_KEY_RECIPIENT,
    TJ_KEY_DATA,
    TJ_KEY_EDITS
};
enum tj_tool_persist { TJ_PERSIST_NOTHING, TJ_PERSIST_CWD, TJ_PERSIST_SHELL };

struct tj_tool {
    struct tj_ref name;   /* lower case, prefixes stripped */
    struct tj_range keys; /* TOOL_KEYS */
    uint8_t class_;       /* enum tj_tool_class */
    uint8_t lang;         /* enum tj_lang */
    uint8_t persist;      /* enum tj_tool_persist */
    uint8_t effect;       /* TJ_TOOL_CALL: enum tj_effect_kind */
};
struct tj_tool_key_row {
    struct tj_ref name; /* argument key, exact case */
    uint32_t role;      /* enum tj_tool_key; rows of one role stand in order of preference */
};

/* ---- path classes ----------------------------------------------------------------------------------------------- */

/*
 * A pattern over canonical paths, lowered so that most need no glob: see `how`. `~` stands for the home folder,
 * a leading `@/` for the workspace root. `except` rows take bits away again.
 */
enum tj_path_how {
    TJ_PATH_EXACT,     /* the path itself: /etc/shadow, ~/.netrc */
    TJ_PATH_UNDER,     /* the path and everything below it: /etc/ + ** */
    TJ_PATH_BELOW,     /* everything below it, not itself */
    TJ_PATH_BASENAME,  /* last component equals: .env */
    TJ_PATH_COMPONENT, /* some component equals: .git, node_modules (itself and everything below) */
    TJ_PATH_SUFFIX,    /* last component ends in: .log, _test.go */
    TJ_PATH_PREFIX,    /* last component starts with: test_ */
    TJ_PATH_GLOB       /* a general glob; checked last */
};
struct tj_path_row {
    struct tj_ref text;
    uint8_t how;    /* enum tj_path_how */
    uint8_t except; /* 1 = takes the bits away */
    uint16_t reserved;
    uint32_t reserved2;
    uint64_t classes; /* TJ_CLASS_BIT mask */
};
/*
 * PATH_INDEX is a tj_index_entry hash from text to the first PATHS row with it. Rows with equal text stand together and
 * share their tj_ref; rows with equal text, how and except are merged. SUFFIX rows begin with one of `._-`, PREFIX rows end
 * with one (the compiler makes globs of others). GLOB rows stand last and are not in the index.
 */

struct tj_host_row { /* suffix match on labels: "ngrok.io" matches x.ngrok.io; an address or CIDR for numbers */
    struct tj_ref text;
    uint32_t classes; /* TJ_HOST_BIT mask */
    uint32_t reserved;
};

/* ---- phrases: constraints and claims in messages ---------------------------------------------------------------- */

enum tj_phrase_kind {
    TJ_PHRASE_NO_TOUCH,   /* "do not touch PATH" */
    TJ_PHRASE_ONLY_TOUCH, /* "only edit PATH" */
    TJ_PHRASE_NO_NETWORK,
    TJ_PHRASE_NO_INSTALL,
    TJ_PHRASE_NO_DELETE,
    TJ_PHRASE_NO_PUSH,
    TJ_PHRASE_NO_COMMIT,
    TJ_PHRASE_READ_ONLY,
    TJ_PHRASE_NO_SECRETS,
    TJ_PHRASE_NO_RESTART,
    TJ_PHRASE_TESTS_PASS,  /* claim: tests pass */
    TJ_PHRASE_TESTS_FAIL,  /* honest report that they fail */
    TJ_PHRASE_RESULT_FAIL, /* in output: a test run failed */
    TJ_PHRASE_RESULT_PASS, /* in output: a test run passed */
    TJ_PHRASE_REFUSED,     /* in output: the call was refused by a person or policy */
    TJ_PHRASE_ERROR,       /* in output: the command failed */
    TJ_PHRASE_INJECTION,   /* in output: text that tells an agent what to do instead of its task */
    TJ_PHRASE_COUNT
};
struct tj_phrase {
    struct tj_ref text; /* the regular expression or literal, for people */
    uint32_t kind;      /* enum tj_phrase_kind */
    uint32_t predicate; /* its bit in the `message` (constraints, claims) or `output` (results) database */
};

/* ---- rules ------------------------------------------------------------------------------------------------------- */

#define TJ_RULE_FLOOR 1u    /* on: text; applies only where something was not understood */
#define TJ_RULE_MEASURED 2u /* confidence is measured, else asserted */
struct tj_rule {
    struct tj_ref id, title, why, suggest, attack, owasp, atlas, references, measured_on; /* lists are joined by "\n" */
    uint8_t leaf, severity, subject;
    uint8_t flags;
    uint16_t confidence; /* 0..10000 */
    uint16_t within;     /* steps between first and last block; 0 = any */
    uint32_t measured_n;
    struct tj_range blocks; /* BLOCKS: block 0 is the subject; then `with`, `without`; for `run` the sequence in order */
    struct tj_ref file;     /* where it was written */
    uint32_t line;
    uint8_t phrase;   /* run rules with `constraint:` or `claim:`: enum tj_phrase_kind + 1, else 0 */
    uint8_t evidence; /* run rules with `claim:`: enum tj_evidence + 1, else 0 */
    uint8_t reserved[2];
    struct tj_range examples; /* EXAMPLES */
};

enum tj_evidence { TJ_EVIDENCE_LAST_TEST_FAILED, TJ_EVIDENCE_NO_TEST_RUN, TJ_EVIDENCE_TEST_BEFORE_LAST_EDIT };
/*
 * Blocks of a run rule: `sequence` blocks in order, then `unless_seen`; with `constraint:` one SUBJECT block (what breaks
 * it); with `claim:` none.
 */
enum tj_block_how { TJ_BLOCK_SUBJECT, TJ_BLOCK_WITH, TJ_BLOCK_WITHOUT, TJ_BLOCK_SEQUENCE, TJ_BLOCK_UNLESS_SEEN };
enum tj_block_reach { TJ_REACH_COMMAND, TJ_REACH_PIPELINE, TJ_REACH_CALL, TJ_REACH_RUN };
enum tj_join_kind {
    TJ_JOIN_NONE,
    TJ_JOIN_PATH,
    TJ_JOIN_HOST,
    TJ_JOIN_NAME,
    TJ_JOIN_UNDER /* this path lies at or under the other's */
};
struct tj_block {
    uint8_t how;        /* enum tj_block_how */
    uint8_t subject;    /* enum tj_subject */
    uint8_t reach;      /* WITH, WITHOUT: how near the other instance must be */
    uint8_t order;      /* 0 any, 1 before the subject, 2 after it */
    uint8_t join;       /* enum tj_join_kind */
    uint8_t join_block; /* index of the block (in this rule) that is joined with */
    uint8_t outcome;    /* 0 any, else enum tj_outcome + 1 */
    uint8_t reserved;
    struct tj_range where;  /* CONDS, prefix order; n == 0: always */
    struct tj_range unless; /* CONDS; n == 0: never */
    struct tj_range
        guard; /* for people. U32: for EFFECT subjects the kinds, for COMMAND subjects NAMES of programs; n == 0: any */
    struct tj_ref as; /* name in the rule */
};

/*
 * Conditions in prefix order. ALL, ANY, NONE have `n` children; `skip` is the number of nodes in the whole subtree, so
 * that an evaluator can step over it.
 */
enum tj_cond_op {
    TJ_COND_ALL,
    TJ_COND_ANY,
    TJ_COND_NONE,
    TJ_COND_MATCH,   /* STRING field: predicate bit `arg` of tj_image_database_of(field, subject of the block); `n` is 1
                         when words that are only spoken, or run by others, are left out (arg, text) */
    TJ_COND_NAME,    /* NAME field: its index in NAMES is one of the n rising numbers at U32 [arg, arg+n) */
    TJ_COND_ENUM,    /* ENUM field: bit mask in U64 at arg */
    TJ_COND_SET_ANY, /* SET field: intersects U64 at arg */
    TJ_COND_SET_ALL, /* SET field: contains U64 at arg */
    TJ_COND_SET_NONE, /* SET field: disjoint from U64 at arg */
    TJ_COND_FLAG,     /* FLAGS field: flag number arg is set */
    TJ_COND_BOOL,     /* BOOL field equals arg */
    TJ_COND_NUMBER    /* NUMBER field lies in [U32 at arg, U32 at arg+1] */
};
struct tj_cond {
    uint8_t op, field;
    uint16_t n;
    uint32_t skip;
    uint32_t arg;
};

/* A string predicate: a bit in the database of its field. PREDICATES is sorted by database, then bit. */
struct tj_predicate {
    struct tj_ref text;  /* as the rule wrote it */
    struct tj_ref regex; /* what Hyperscan was given; the naive evaluator uses text and how */
    uint8_t how;         /* enum tj_predicate_how */
    uint8_t database;    /* enum tj_database */
    uint8_t caseless;
    uint8_t reserved;
    uint32_t bit; /* 0-based in its database */
};
enum tj_predicate_how {
    TJ_PRED_IS,
    TJ_PRED_STARTS,
    TJ_PRED_ENDS,
    TJ_PRED_CONTAINS,
    TJ_PRED_REGEX,
    TJ_PRED_UNDER /* path or below */,
    TJ_PRED_WORD
};

/*
 * A literal of a database: a predicate that is one (all but REGEX), or one of the literals of an expression, each match of
 * which holds at least one of them. LITERALS of one slot of a table are chained.
 */
struct tj_literal {
    struct tj_ref text;
    uint32_t bit;  /* of the predicate; TJ_NONE: an expression may match where this stands, in whatever case */
    uint32_t next; /* link to the next in the same slot, or TJ_NONE */
    uint8_t how;   /* enum tj_predicate_how; of an expression: TJ_PRED_CONTAINS */
    uint8_t caseless;
    uint16_t at; /* where in the text the bytes stand that it is found by; brief: that byte, in lower case */
};
/* What a literal is found by. Shorter ones are `brief`. */
enum tj_literal_table {
    TJ_TABLE_WHOLE,  /* IS: length and both ends of the text */
    TJ_TABLE_BEGIN8, /* STARTS, UNDER: the first eight bytes */
    TJ_TABLE_BEGIN4, /* the first four */
    TJ_TABLE_END4,   /* ENDS: the last four */
    TJ_TABLE_INSIDE, /* CONTAINS, WORD: four bytes anywhere */
    TJ_TABLE_COUNT
};
enum { TJ_BRIEF_BEGIN, TJ_BRIEF_END, TJ_BRIEF_INSIDE, TJ_BRIEF_COUNT };
struct tj_literals {
    struct tj_range slot[TJ_TABLE_COUNT];  /* U32: link to the first or TJ_NONE, a power of two of them; n == 0: none */
    struct tj_range filter;                /* U64 as bytes: 1 for hashes that TJ_TABLE_INSIDE has; a power of two */
    struct tj_range brief[TJ_BRIEF_COUNT]; /* LITERALS of less than four bytes that are not IS */
    uint64_t brief_byte[TJ_BRIEF_COUNT][4]; /* which first bytes (of ENDS: last ones) those have */
    uint32_t always;                        /* 1: some expression has no literal to look for */
    uint32_t used;                          /* 0: every predicate is an expression of the database */
};

/* One Hyperscan database per field (and two for messages and outputs). Serialised, generic platform, in BLOBS. */
enum tj_database {
    TJ_DB_PATH,
    TJ_DB_HOST,
    TJ_DB_URL,
    TJ_DB_NAME,
    TJ_DB_VALUE,
    TJ_DB_ARG,
    TJ_DB_COMMAND /* field text of commands and effects */,
    TJ_DB_RAW /* field text of on: text */,
    TJ_DB_ADDED,
    TJ_DB_REMOVED,
    TJ_DB_MESSAGE,
    TJ_DB_OUTPUT,
    TJ_DB_EXPOSED /* outputs, all of each: injected instructions; few patterns, so that long outputs cost little */,
    TJ_DB_COUNT
};
struct tj_database_row {
    struct tj_range blob; /* bytes in BLOBS; n == 0: no predicate */
    uint32_t bits;        /* number of predicates */
    uint32_t all_matches; /* 1 = reports every end offset (RAW), 0 = SINGLEMATCH */
    uint64_t reserved;
    struct tj_literals literals;
};

/* ---- profiles ---------------------------------------------------------------------------------------------------- */

/* Thresholds are on the score, 0..10000; TJ_NONE = never. */
struct tj_profile {
    struct tj_ref name, about;
    uint32_t ask, deny;                 /* one action */
    uint32_t mask, review, drop;        /* one trajectory */
    uint32_t weight[TJ_SEVERITY_COUNT]; /* severity weights, 0..10000 */
    uint32_t attempt_weight;            /* 10000 = as a success */
    uint32_t requested_weight;          /* for controllability findings that were requested */
    uint64_t unknown_ask;               /* mask of 1 << enum tj_reason that ask (one action) */
    uint64_t unknown_review;            /* mask of reasons that send a trajectory to review */
    uint32_t flags;                     /* TJ_PROFILE_* */
    uint32_t reserved;
};
#define TJ_PROFILE_SHOW_ALL 1u /* info findings are shown too */

enum tj_example_kind { TJ_EXAMPLE_HIT, TJ_EXAMPLE_MISS };
struct tj_example {
    uint8_t kind;  /* enum tj_example_kind */
    uint8_t shape; /* 0 a command; 1 JSON of a check line ({"tool","arguments"} ...); 2 JSON of a run: {"task","constraints","steps":[{"call"|"command"|"say","result","exit_code"}],"context"};
                         3 JSON of {"message":{"author","text"}} */
    uint16_t reserved;
    uint32_t line;
    struct tj_ref text;
};

/* ---- an opened image --------------------------------------------------------------------------------------------- */

struct tj_image {
    const struct tj_image_header *header;
    const char *base;
    const void *at[TJ_SECTION_COUNT];
    uint32_t n[TJ_SECTION_COUNT];
};

/* Checks and opens. The bytes are referenced, must be 64-byte aligned and outlive the image. Any thread. */
trajsafe_status tj_image_open(const void *bytes, size_t size, struct tj_image *out, trajsafe_error *error);
/* The same without the checksum, which reads every page: for the image that is part of the library itself. */
trajsafe_status tj_image_open_trusted(const void *bytes, size_t size, struct tj_image *out, trajsafe_error *error);

static inline struct tj_str tj_image_str(const struct tj_image *image, struct tj_ref ref) {
    return (struct tj_str){(const char *)image->at[TJ_SECTION_STRINGS] + ref.at, ref.n};
}
#define TJ_ROW(image, section, type, i) (&((const type *)(image)->at[TJ_SECTION_##section])[(i)])
#define tj_image_program(image, i) TJ_ROW(image, PROGRAMS, struct tj_program, i)
#define tj_image_rule(image, i) TJ_ROW(image, RULES, struct tj_rule, i)
#define tj_image_tool(image, i) TJ_ROW(image, TOOLS, struct tj_tool, i)

/* Database (enum tj_database) that holds the predicates of a STRING field of a subject, or -1. */
int tj_image_database_of(enum tj_field field, enum tj_subject subject);
/* Row in PREDICATES of a database's bit, or TJ_NONE. */
uint32_t tj_image_predicate(const struct tj_image *image, enum tj_database database, uint32_t bit);

/*
 * Sets the bits of all literal predicates of a database that hold for the text; *any: there was one. True when an
 * expression may match too, so that the text has to be scanned. Not for databases whose literals are not `used`.
 */
bool tj_image_literals(const struct tj_image *image, enum tj_database database, struct tj_str text, uint64_t *bits,
                       bool *any);

/* What an image's builder needs too. */
uint32_t tj_image_element_size(enum tj_section section);
uint64_t tj_image_checksum(const struct tj_image_header *image, size_t size);
/* Value of `name` in one of the *_INDEX sections, or TJ_NONE; hash = tj_hash(name). */
uint32_t tj_image_index_find(const struct tj_image *image, enum tj_section index, uint64_t hash, struct tj_str name);

/*
 * Row index or TJ_NONE. Rules (by id), hosts, names, flags (from 1 on) and the subcommands of one program are sorted
 * bytewise by name.
 */
uint32_t tj_image_find_program(const struct tj_image *image, struct tj_str name);
uint32_t tj_image_find_subcommand(const struct tj_image *image, uint32_t program, struct tj_str name);
uint32_t tj_image_find_tool(const struct tj_image *image, struct tj_str name); /* name already normalised */
uint32_t tj_image_find_profile(const struct tj_image *image, struct tj_str name);
uint32_t tj_image_find_rule(const struct tj_image *image, struct tj_str id);
uint32_t tj_image_find_flag(const struct tj_image *image, struct tj_str name); /* 0 when there is none */
/* Index in NAMES (sorted bytewise; names that any rule tests) or TJ_NONE. */
uint32_t tj_image_find_name(const struct tj_image *image, struct tj_str name);
/* Classes that the path table gives to a canonical path ("/etc/x", "~/x", "@/x", relative "x/y"). No state is asked. */
uint64_t tj_image_classify_path(const struct tj_image *image, struct tj_str path);
/* Classes that the host table gives to a lower-case host name. Numbers are classified by effect. */
uint32_t tj_image_classify_host(const struct tj_image *image, struct tj_str host);

#endif
