/* The word that is being put together: between word.c, which reads its parts, and build.c, which joins and splits. */
#ifndef TJ_UNFOLD_BUILD_H
#define TJ_UNFOLD_BUILD_H

#include "unfold/work.h"

enum { TJ_MAX_SET = 16, TJ_MAX_CUTS = 12 };

struct tj_builder {
    struct tj_work *w;
    struct tj_env *env;
    struct tj_args *out; /* words so far; NULL: one value, nothing is split */
    struct tj_span span;
    struct tj_buf text;      /* what is known up to the first gap */
    struct tj_buf suffix;    /* what is known after the last gap */
    struct tj_buf template_; /* all of it, gaps as ${name} */
    struct tj_str ifs;       /* separators, read when the first text is split */
    enum tj_word_as as;
    bool templates, some, split, hidden;
    bool spaced; /* a blank ended the last word and nothing came since */
    bool alone;  /* the word has one part */
    bool ifs_read, ifs_unknown;
    bool whole;            /* a lone $ at the end: bash splits nothing in such a word */
    struct tj_span origin; /* of the only part's value, when it stands in another text */
    uint32_t hidden_at;    /* end of the text that was hidden */
    uint32_t escaped_end;  /* where the last escaped character ended */
    uint32_t flags;
    uint64_t carries;
    struct tj_str set[TJ_MAX_SET];
    uint32_t nset;
    uint32_t cut[TJ_MAX_CUTS], cuts; /* offsets where parts meet in a way that people seldom write */
};

void tj_builder_start(struct tj_builder *b);
void tj_builder_text(struct tj_builder *b, struct tj_str s, bool quoted); /* as it stands: it is not split */
void tj_builder_split(struct tj_builder *b, struct tj_str s);             /* separators in it end words */
void tj_builder_value(struct tj_builder *b, const struct tj_value *v, bool quoted);
void tj_builder_gap(struct tj_builder *b, const struct tj_value *v, bool quoted);
void tj_builder_end(struct tj_builder *b);                       /* the word is whole */
struct tj_str tj_builder_joint(struct tj_builder *b, bool star); /* what stands between elements that are joined */

/* template.c: code with gaps. */
bool tj_template_wanted(const struct tj_script *script, const struct tj_sh_word *word);
void tj_template_value(struct tj_builder *b, const struct tj_value *v);
void tj_template_done(struct tj_builder *b, bool dynamic);

/* brace.c: the words that {a,b} and {1..3} make, each as parts. */
struct tj_brace_words {
    struct {
        const struct tj_sh_part *part;
        uint32_t n;
    } * at;
    uint32_t n;
    bool too_many;
};
void tj_brace_expand(struct tj_work *w, struct tj_str source, const struct tj_sh_part *part, uint32_t n,
                     struct tj_brace_words *out);

#endif
