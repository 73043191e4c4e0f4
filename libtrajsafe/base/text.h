/* Texts and spans: where every byte that was understood came from. */
#ifndef TJ_TEXT_H
#define TJ_TEXT_H

#include "base/base.h"

/* How a text came from its parent. Printed as `layers` of a finding, outermost first. */
enum tj_layer {
    TJ_LAYER_ROOT,    /* the caller's command, or one decoded string of the record */
    TJ_LAYER_HEREDOC, /* a heredoc body */
    TJ_LAYER_NESTED, /* text that a program runs: bash -c, eval, sudo sh -c, python -c, ssh host; label = the program */
    TJ_LAYER_WRAPPED, /* operands of a wrapper: sudo, xargs, find -exec; label = the program */
    TJ_LAYER_DECODED, /* base64, hex, gzip, printf escapes; label = the coding */
    TJ_LAYER_WORD,    /* the value of a word after expansion */
    TJ_LAYER_PIPED,   /* literal output of a pipeline that reaches an interpreter */
    TJ_LAYER_FILE,    /* content of a file written earlier; label = its path, step = where */
    TJ_LAYER_SUBST    /* command or process substitution (syntax of the same text; only for display) */
};

/*
 * A text is bytes, a parent and a map to the parent: runs that are equal byte for byte, or (no runs) one opaque run
 * over [parent_begin, parent_end). Texts live in a tj_texts and are named by index; index 0 is the root.
 */
struct tj_text {
    struct tj_str bytes;
    uint32_t parent; /* TJ_NONE for a root */
    uint32_t parent_begin, parent_end;
    uint32_t run0, runs;
    uint32_t step;  /* TJ_LAYER_FILE: index of the step that wrote it; else TJ_NONE */
    uint16_t depth; /* 0 for a root */
    uint8_t layer;  /* enum tj_layer */
    struct tj_str label;
};

struct tj_run {
    uint32_t at, parent_at, n;
};

struct tj_texts {
    struct tj_arena *arena;
    TJ_VEC(struct tj_text) text;
    TJ_VEC(struct tj_run) run;
};

/* [begin, end) of text `text`. text == TJ_NONE: no place. */
struct tj_span {
    uint32_t text, begin, end;
};
#define TJ_NO_SPAN ((struct tj_span){TJ_NONE, 0, 0})

void tj_texts_init(struct tj_texts *texts, struct tj_arena *arena);
/* Index of a new root, TJ_NONE when out of memory. The bytes are referenced, not copied. */
uint32_t tj_texts_root(struct tj_texts *texts, struct tj_str bytes);
/* A child that stands opaquely for `from`. Bytes are referenced. */
uint32_t tj_texts_child(struct tj_texts *texts, struct tj_span from, enum tj_layer layer, struct tj_str label,
                        struct tj_str bytes);
/* Adds an equal run to the newest text: bytes [at, at+n) equal the parent's [parent_at, parent_at+n). In rising order of `at`. */
bool tj_texts_run(struct tj_texts *texts, uint32_t text, uint32_t at, uint32_t parent_at, uint32_t n);
/* Maps a span up to its root text. *exact is false when an opaque run was crossed. */
struct tj_span tj_texts_to_root(const struct tj_texts *texts, struct tj_span span, bool *exact);
struct tj_str tj_texts_bytes(const struct tj_texts *texts, struct tj_span span);

#endif
