/* From a word's parts to values: braces first, then every part in order, with how much of the text was hidden. */
#include "unfold/build.h"

/* ---- what hides -------------------------------------------------------------------------------------------------------------- */

/* A backslash before a letter or digit (not the `\rm` that only turns an alias off), or $'…' with escapes. */
static bool escape_hides(const struct tj_builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part) {
    struct tj_str s = tj_str_sub(b->env->script->source, part->begin, part->end);
    struct tj_str all = tj_str_sub(b->env->script->source, word->begin, part->end);
    bool dollar = s.n > 1 && s.p[0] == '$' && s.p[1] == '\'';
    /* .\tool.exe, C:\tool.exe: a path of Windows */
    bool windows = all.n > 2 && all.p[all.p[1] == ':' ? 2 : 1] == '\\' && (all.p[0] == '.' || all.p[1] == ':');
    if (windows) return false;
    for (uint32_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] != '\\') continue;
        if (dollar && (s.p[i + 1] == 'x' || s.p[i + 1] == 'u' || s.p[i + 1] == 'U' || tj_is_digit(s.p[i + 1])))
            return true;
        if (!dollar && !(part->flags & TJ_PART_IN_DOUBLE) && tj_is_alnum(s.p[i + 1]) && part->begin + i != word->begin)
            return true;
        i++;
    }
    return false;
}

static void note_cut(struct tj_builder *b) {
    if (b->text.n && b->text.n != b->escaped_end && b->cuts < TJ_MAX_CUTS && !(b->flags & TJ_VALUE_IS_DYNAMIC))
        b->cut[b->cuts++] = b->text.n;
}

static void hide(struct tj_builder *b, uint32_t n) {
    b->hidden = true;
    b->hidden_at = b->text.n + n;
}

/* r$@m: at the top of a command line there are no parameters, and nobody writes this for its own sake. */
static bool glued_positional(const struct tj_builder *b, const struct tj_sh_part *part) {
    bool all = tj_str_is(part->text, "@") || tj_str_is(part->text, "*");
    struct tj_str source = tj_str_sub(b->env->script->source, part->begin, part->end);
    bool slice = part->op == ':' && source.n > 4 && source.p[4] >= '1' && source.p[4] <= '9';
    bool vanishes = part->op == 0 || slice || !strchr("L-=?:", part->op);
    const struct tj_frame *frame = b->env->frame;
    return all && vanishes && !b->alone && !b->templates && !frame->known && frame->n == 0 && !frame->lost;
}

/* ---- parameters ---------------------------------------------------------------------------------------------------------------- */

bool tj_part_index_expands(const struct tj_sh_part *part) {
    bool runs = tj_str_chr(part->index, '$', 0) != TJ_NOT_FOUND || tj_str_chr(part->index, '`', 0) != TJ_NOT_FOUND;
    return runs && part->child < part->child_end;
}

static void add_parts(struct tj_builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part, uint32_t n,
                      bool splits);

/* The operand of ${x:-…} in its place, with its own quoting: what stands there bare is split. */
static void add_operand(struct tj_builder *b, uint32_t at, bool quoted) {
    struct tj_sh_word word = b->env->script->word.at[at];
    if (!tj_work_step(b->w) || !tj_work_deeper(b->w, b->span)) return;
    bool alone = b->alone;
    b->alone = alone && word.part_end - word.part == 1;
    add_parts(b, &word, b->env->script->part.at + word.part, word.part_end - word.part, !quoted);
    b->alone = alone;
    tj_work_higher(b->w);
}

static void add_list(struct tj_builder *b, const struct tj_expansion *x, bool quoted) {
    bool joins = (x->joins && quoted) || !b->out;
    struct tj_str joint = joins ? tj_builder_joint(b, x->joins) : TJ_STR_NONE;
    if (joins && b->ifs_unknown && x->joins && x->nlist > 1) {
        struct tj_value gap = tj_value_unknown(b->span);
        tj_builder_gap(b, &gap, quoted);
        return;
    }
    for (uint32_t i = 0; i < x->nlist; i++) {
        if (i && joins) tj_builder_text(b, joint, true);
        if (i && b->templates) tj_buf_putc(&b->template_, ' ');
        if (i && !joins) {
            tj_builder_end(b);
            b->spaced = false;
        }
        tj_template_value(b, &x->list[i]);
        tj_builder_value(b, &x->list[i], quoted);
    }
}

static void add_param(struct tj_builder *b, const struct tj_sh_part *part, bool quoted) {
    if (glued_positional(b, part)) {
        hide(b, 0);
        if (quoted && tj_str_is(part->text, "*")) b->some = true;
        return;
    }
    struct tj_expansion x = tj_param_expand(b->w, b->env, part);
    bool splits = !quoted && b->out;
    if (x.odd && x.value.text.n && tj_value_known(&x.value) && x.value.text.n < 24) hide(b, x.value.text.n);
    if (tj_str_is(part->text, "IFS") && splits && b->text.n) b->split = true;
    if (x.is_word) {
        b->carries |= x.value.carries;
        if (quoted) tj_builder_text(b, TJ_STR(""), true);
        add_operand(b, x.word, quoted);
        return;
    }
    if (!x.is_list) {
        /* Letters of a name that are glued from short variables. */
        bool glued = tj_value_known(&x.value) && x.value.text.n <= 3;
        if (glued) note_cut(b);
        if (!tj_value_known(&x.value)) x.value.span = b->span;
        tj_template_value(b, &x.value);
        tj_builder_value(b, &x.value, quoted);
        if (x.many) b->flags |= TJ_VALUE_MAY_SPLIT;
        if (glued) note_cut(b);
        return;
    }
    if (x.nlist == 0) {
        if (part->op) hide(b, 0);
        note_cut(b);
        if (quoted && x.joins) b->some = true;
        return;
    }
    add_list(b, &x, quoted);
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------- */

/* Expansions are text before they are numbers: $x with x=1+1 is 1+1. */
static void add_arith(struct tj_builder *b, const struct tj_sh_part *part, bool quoted) {
    struct tj_value v = tj_value_text(part->text, b->span);
    for (uint32_t i = part->child; i < part->child_end; i++) v = tj_word_value(b->w, b->env, i);
    bool known = tj_value_known(&v);
    struct tj_str expression = tj_arith_bare(b->w, v.text);
    uint64_t carries = v.carries;
    int64_t n;
    v = tj_value_unknown(b->span);
    v.carries = carries;
    if (!known) tj_arith_blur(b->w, b->env, part->text);
    if (known && tj_arith(b->w, b->env, expression, &n)) {
        struct tj_buf buf;
        tj_buf_init(&buf, b->w->arena);
        tj_buf_number(&buf, n);
        v = tj_value_text(tj_buf_str(&buf), b->span);
        v.carries = carries;
    }
    tj_template_value(b, &v);
    tj_builder_value(b, &v, quoted);
}

static void add_literal(struct tj_builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part, bool splits) {
    bool quoted = part->kind == TJ_PART_QUOTED;
    if (part->flags & TJ_PART_ESCAPED && escape_hides(b, word, part)) hide(b, part->text.n);
    if (part->flags & TJ_PART_GLOB) b->flags |= TJ_VALUE_HAS_GLOB;
    if (!quoted && part->text.n == 0) return; /* a line goes on */
    bool escape = quoted && part->flags & TJ_PART_ESCAPED && part->end == part->begin + 1 + part->text.n;
    if (!escape) note_cut(b);
    /* "${x:-$'$y'}": bash expands what came out of the escapes once more. */
    bool twice = quoted && part->flags & TJ_PART_ESCAPED && part->flags & TJ_PART_IN_DOUBLE &&
                 part->begin < b->env->script->source.n && b->env->script->source.p[part->begin] == '$';
    if (twice && (tj_str_chr(part->text, '$', 0) != TJ_NOT_FOUND || tj_str_chr(part->text, '`', 0) != TJ_NOT_FOUND ||
                  tj_str_chr(part->text, '\\', 0) != TJ_NOT_FOUND || tj_str_chr(part->text, '"', 0) != TJ_NOT_FOUND)) {
        struct tj_value gap = tj_value_unknown(b->span);
        tj_template_value(b, &gap);
        tj_builder_gap(b, &gap, true);
        return;
    }
    bool front = (!b->some && !b->text.n) || part->flags & TJ_PART_TILDE;
    struct tj_str text = front ? tj_front_tilde(b->w, b->env, part, &b->flags) : part->text;
    if (splits && !quoted)
        tj_builder_split(b, text);
    else
        tj_builder_text(b, text, quoted);
    if (escape) b->escaped_end = b->text.n; /* escape_hides has judged it */
    if (b->templates) tj_buf_put(&b->template_, text);
}

static void add_part(struct tj_builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part, bool splits) {
    bool quoted = (part->flags & TJ_PART_IN_DOUBLE) != 0;
    struct tj_value v;
    switch (part->kind) {
    case TJ_PART_LITERAL:
    case TJ_PART_QUOTED: add_literal(b, word, part, splits); return;
    case TJ_PART_PARAM: add_param(b, part, quoted); return;
    case TJ_PART_COMMAND:
        v = tj_subst_command(b->w, b->env, part);
        tj_template_value(b, &v);
        if (tj_value_known(&v) && v.text.n && v.text.n < 24 && !(v.flags & TJ_VALUE_IS_TEMP)) hide(b, v.text.n);
        if (b->alone && v.span.text != b->env->text) b->origin = v.span;
        tj_builder_value(b, &v, quoted);
        return;
    case TJ_PART_PROCESS:
        v = tj_subst_process(b->w, b->env, part);
        tj_builder_value(b, &v, true);
        return;
    case TJ_PART_ARRAY: {
        struct tj_known_array array = {b->span,     part->text,      b->env->script,
                                       part->child, part->child_end, part->op == '+'};
        (void)tj_vec_push(b->w->arena, &b->w->array, array);
        tj_builder_text(b, tj_str_sub(b->env->script->source, part->begin, part->end), true);
        return;
    }
    default: add_arith(b, part, quoted); return;
    }
}

static void add_parts(struct tj_builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part, uint32_t n,
                      bool splits) {
    uint32_t base = (uint32_t)(part - b->env->script->part.at);
    bool own = part >= b->env->script->part.at && base < b->env->script->part.n;
    for (uint32_t i = 0; i < n && !b->w->stopped; i++) {
        /* Nothing is parsed into this script while it is walked, but copies are cheap. */
        struct tj_sh_part one = own ? b->env->script->part.at[base + i] : part[i];
        add_part(b, word, &one, splits);
    }
}

/* ---- words -------------------------------------------------------------------------------------------------------------------- */

/* The last dollar of the word is one that expands nothing. */
static bool ends_in_dollar(const struct tj_sh_part *part, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (part[i].kind == TJ_PART_PARAM && (tj_str_is(part[i].text, "*") || tj_str_is(part[i].text, "@")))
            return false;
    }
    while (n--) {
        if (part[n].kind == TJ_PART_LITERAL && tj_str_chr(part[n].text, '$', 0) != TJ_NOT_FOUND) return true;
        if (part[n].kind > TJ_PART_QUOTED) return false;
    }
    return false;
}

static void whole_word(struct tj_builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part, uint32_t n) {
    uint32_t first = b->out->n;
    b->spaced = false;
    b->whole = n > 1 && ends_in_dollar(part, n);
    if (n == 0) b->some = word->part == word->part_end;
    add_parts(b, word, part, n, false);
    tj_builder_end(b);
    /* $IFS made one written word into several. */
    for (uint32_t i = first ? first - 1 : 0; b->split && i < b->out->n; i++)
        b->out->at[i].value.flags |= TJ_VALUE_ESCAPED;
}

static bool has_braces(const struct tj_builder *b, const struct tj_sh_word *word) {
    if (b->env->dialect == TJ_DIALECT_SH || tj_option_is(b->w, "set +B")) return false;
    for (uint32_t i = word->part; i < word->part_end; i++) {
        const struct tj_sh_part *part = &b->env->script->part.at[i];
        if (part->kind == TJ_PART_LITERAL && part->flags & TJ_PART_BRACE) return true;
    }
    return false;
}

/* Numbers ({1..9999}) hide nothing; among the words of a list may be any. */
static bool lists_words(const struct tj_builder *b, const struct tj_sh_word *word) {
    for (uint32_t i = word->part; i < word->part_end; i++)
        if (tj_str_chr(b->env->script->part.at[i].text, ',', 0) != TJ_NOT_FOUND) return true;
    return false;
}

/* {a,b}: one word each. Too many are any number of words that are not known. */
static void braced_words(struct tj_builder *b, const struct tj_sh_word *word) {
    const struct tj_sh_part *part = b->env->script->part.at + word->part;
    struct tj_brace_words words;
    tj_brace_expand(b->w, b->env->script->source, part, word->part_end - word->part, &words);
    if (words.too_many) {
        struct tj_arg arg = {.value = tj_value_unknown(b->span)};
        if (part->kind == TJ_PART_LITERAL) arg.value.text = tj_str_sub(part->text, 0, tj_str_chr(part->text, '{', 0));
        arg.value.flags |= TJ_VALUE_MAY_SPLIT | TJ_VALUE_CUT;
        (void)tj_vec_push(b->w->arena, b->out, arg);
        if (lists_words(b, word)) tj_work_unknown(b->w, TJ_REASON_BUDGET, b->span);
        return;
    }
    struct tj_str text = part->text;
    bool odd = words.n > 1 && part->kind == TJ_PART_LITERAL && text.n &&
               (text.p[0] == '{' || (text.p[0] == '-' && text.n > 1 && text.p[1] == '{'));
    for (uint32_t i = 0; i < words.n; i++) {
        b->hidden = odd;
        b->hidden_at = TJ_NONE;
        b->alone = words.at[i].n == 1;
        whole_word(b, word, words.at[i].part, words.at[i].n);
    }
}

/* The common word: one literal or quoted piece, which is referenced as it stands. */
static bool simple_value(struct tj_work *w, const struct tj_env *env, const struct tj_sh_word *word,
                         struct tj_value *out) {
    if (word->part_end - word->part != 1) return false;
    const struct tj_sh_part *part = &env->script->part.at[word->part];
    if (part->kind > TJ_PART_QUOTED || part->flags & (TJ_PART_BRACE | TJ_PART_ESCAPED)) return false;
    bool glob = part->flags & TJ_PART_GLOB && !tj_str_is(part->text, "[");
    uint32_t flags = glob ? TJ_VALUE_HAS_GLOB : 0;
    struct tj_str text = tj_front_tilde(w, env, part, &flags);
    *out = (struct tj_value){
        .text = text.p ? text : TJ_STR(""), .flags = flags, .span = {env->text, word->begin, word->end}};
    return true;
}

static void builder_init(struct tj_builder *b, struct tj_work *w, struct tj_env *env, const struct tj_sh_word *word,
                         struct tj_args *out) {
    memset(b, 0, sizeof *b);
    b->w = w;
    b->env = env;
    b->out = out;
    b->span = (struct tj_span){env->text, word->begin, word->end};
    b->templates = tj_template_wanted(env->script, word);
    b->alone = word->part_end - word->part == 1;
    b->origin = TJ_NO_SPAN;
    tj_buf_init(&b->template_, w->arena);
    tj_builder_start(b);
}

void tj_word_args(struct tj_work *w, struct tj_env *env, uint32_t word_at, struct tj_args *out) {
    struct tj_sh_word word = env->script->word.at[word_at];
    struct tj_arg arg = {.key = TJ_STR_NONE};
    if (simple_value(w, env, &word, &arg.value)) {
        (void)tj_vec_push(w->arena, out, arg);
        return;
    }
    if (!tj_work_step(w)) return;
    struct tj_builder b;
    builder_init(&b, w, env, &word, out);
    uint32_t first = out->n;
    if (has_braces(&b, &word))
        braced_words(&b, &word);
    else
        whole_word(&b, &word, env->script->part.at + word.part, word.part_end - word.part);
    bool dynamic = false;
    for (uint32_t i = first; i < out->n; i++) dynamic = dynamic || !tj_value_known(&out->at[i].value);
    tj_template_done(&b, dynamic && out->n == first + 1);
}

struct tj_value tj_word_pattern(struct tj_work *w, struct tj_env *env, uint32_t word_at, enum tj_word_as as) {
    struct tj_sh_word word = env->script->word.at[word_at];
    struct tj_args one = {0};
    struct tj_builder b;
    if (!tj_work_step(w)) return tj_value_unknown((struct tj_span){env->text, word.begin, word.end});
    builder_init(&b, w, env, &word, NULL);
    b.as = as;
    add_parts(&b, &word, env->script->part.at + word.part, word.part_end - word.part, false);
    b.some = true;
    b.out = &one;
    tj_builder_end(&b);
    struct tj_value v = one.n ? one.at[0].value : tj_value_unknown(b.span);
    v.flags &= ~TJ_VALUE_MAY_SPLIT;
    tj_template_done(&b, !tj_value_known(&v));
    return v;
}

struct tj_value tj_word_value(struct tj_work *w, struct tj_env *env, uint32_t word_at) {
    struct tj_value v;
    if (simple_value(w, env, &env->script->word.at[word_at], &v)) return v;
    return tj_word_pattern(w, env, word_at, TJ_AS_TEXT);
}
