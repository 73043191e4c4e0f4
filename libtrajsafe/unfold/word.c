/* From a word's parts to values: joined, split, globs kept, and how much of its text was hidden. */
#include "unfold/work.h"

enum { MAX_BRACES = 256, MAX_SET = 16, MAX_CUTS = 12 };

/* The word that is being put together. */
struct builder {
    struct tj_work *w;
    struct tj_env *env;
    struct tj_args *out; /* words so far; NULL: one value, nothing is split */
    struct tj_span span;
    struct tj_buf text;      /* what is known up to the first gap */
    struct tj_buf suffix;    /* what is known after the last gap */
    struct tj_buf template_; /* all of it, gaps as ${name} */
    bool templates, some, split, hidden;
    bool alone;            /* the word has one part */
    struct tj_span origin; /* of the only part's value, when it stands in another text */
    uint32_t hidden_at;    /* end of the text that was hidden */
    uint32_t flags;
    uint64_t carries;
    struct tj_str set[MAX_SET];
    uint32_t nset;
    uint32_t cut[MAX_CUTS], cuts; /* offsets where parts meet in a way that people seldom write */
};

static void start(struct builder *b) {
    tj_buf_init(&b->text, b->w->arena);
    tj_buf_init(&b->suffix, b->w->arena);
    b->flags = 0;
    b->carries = 0;
    b->nset = 0;
    b->some = false;
    b->cuts = 0;
}

static void add_text(struct builder *b, struct tj_str s) {
    b->some = true;
    if (!tj_work_derive(b->w, s.n, b->span)) return;
    tj_buf_put(b->flags & TJ_VALUE_IS_DYNAMIC ? &b->suffix : &b->text, s);
    for (uint32_t i = 0; i < b->nset; i++) {
        struct tj_buf one;
        tj_buf_init(&one, b->w->arena);
        tj_buf_put(&one, b->set[i]);
        tj_buf_put(&one, s);
        b->set[i] = tj_buf_str(&one);
    }
}

static struct tj_str text_or_empty(const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    return s.p ? s : TJ_STR("");
}

/* Two letters of one name that came from two parts: nobody writes r"m" by accident. */
static bool cut_hides(struct tj_str text, uint32_t begin, uint32_t end, uint32_t cut) {
    bool option = cut == 1 && text.p[0] == '-';
    return cut > begin && cut < end && (tj_is_alpha(text.p[cut - 1]) || option) && tj_is_alpha(text.p[cut]);
}

static bool hides(const struct builder *b, struct tj_str text) {
    uint32_t begin = 0, end = text.n;
    if (text.n && text.p[0] == '-') {
        uint32_t equals = tj_str_chr(text, '=', 0);
        if (equals != TJ_NOT_FOUND) end = equals;
        if (text.n > 1 && text.p[1] != '-' && text.n > 4) return false; /* -I"dir": a value */
    } else {
        uint32_t slash = tj_str_rchr(text, '/');
        if (slash != TJ_NOT_FOUND) begin = slash + 1;
    }
    if (b->hidden && b->hidden_at >= begin) return true;
    for (uint32_t i = 0; i < b->cuts; i++) {
        if (cut_hides(text, begin, end, b->cut[i])) return true;
    }
    return false;
}

static void finish(struct builder *b) {
    if (!b->some) return;
    struct tj_str text = text_or_empty(&b->text);
    struct tj_value v = {.text = text, .flags = b->flags, .carries = b->carries, .span = b->span};
    if (b->flags & TJ_VALUE_IS_DYNAMIC) v.suffix = tj_buf_str(&b->suffix);
    if (b->nset) {
        struct tj_str *set = tj_arena_array(b->w->arena, struct tj_str, b->nset);
        if (set) {
            memcpy(set, b->set, b->nset * sizeof *set);
            v.set = set;
            v.nset = b->nset;
            v.text = set[0];
            v.flags |= TJ_VALUE_IS_SET;
        }
    }
    if (hides(b, text)) v.flags |= TJ_VALUE_ESCAPED;
    if (b->origin.text != TJ_NONE) v.span = b->origin;
    struct tj_arg arg = {.value = v};
    (void)tj_vec_push(b->w->arena, b->out, arg);
    start(b);
}

static void add_gap(struct builder *b, const struct tj_value *v, bool quoted) {
    b->some = true;
    if (!(b->flags & TJ_VALUE_IS_DYNAMIC)) {
        tj_buf_put(&b->text, v->text);
        b->flags |= v->flags & TJ_VALUE_UNSET_OK;
        if (!(v->flags & TJ_VALUE_UNSET_OK)) b->flags &= ~TJ_VALUE_UNSET_OK;
    } else if (!(v->flags & TJ_VALUE_UNSET_OK)) {
        b->flags &= ~TJ_VALUE_UNSET_OK;
    }
    b->nset = 0;
    b->flags |= TJ_VALUE_IS_DYNAMIC | (v->flags & (TJ_VALUE_FROM_OUTPUT | TJ_VALUE_HAS_GLOB | TJ_VALUE_IS_TEMP));
    if (!quoted) b->flags |= TJ_VALUE_MAY_SPLIT;
    tj_buf_init(&b->suffix, b->w->arena);
    tj_buf_put(&b->suffix, v->suffix);
}

static void add_set(struct builder *b, const struct tj_value *v) {
    struct tj_str before = text_or_empty(&b->text);
    if (b->nset || b->flags & TJ_VALUE_IS_DYNAMIC || v->nset > MAX_SET) {
        struct tj_value gap = tj_value_unknown(b->span);
        add_gap(b, &gap, true);
        return;
    }
    b->some = true;
    for (uint32_t i = 0; i < v->nset; i++) {
        struct tj_buf one;
        tj_buf_init(&one, b->w->arena);
        tj_buf_put(&one, before);
        tj_buf_put(&one, v->set[i]);
        b->set[i] = text_or_empty(&one);
    }
    b->nset = v->nset;
    b->flags |= v->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_UNSET_OK);
}

/* Unquoted, one of its texts is several words, or none. */
static bool set_splits(const struct tj_value *v) {
    if (v->flags & TJ_VALUE_UNSET_OK) return true;
    for (uint32_t i = 0; i < v->nset; i++) {
        for (uint32_t k = 0; k < v->set[i].n; k++) {
            if (!tj_is_alnum(v->set[i].p[k]) && !strchr("/._-+=@%", v->set[i].p[k])) return true;
        }
        if (v->set[i].n == 0) return true;
    }
    return false;
}

static bool has_glob(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '[') return true;
    }
    return false;
}

/* The characters that end words: what IFS was set to, or blanks. */
static struct tj_str separators(const struct builder *b) {
    const struct tj_value *ifs = tj_state_var(b->w->state, TJ_STR("IFS"));
    return ifs && tj_value_known(ifs) ? ifs->text : TJ_STR(" \t\n");
}

static bool is_in(struct tj_str set, char c) { return tj_str_chr(set, c, 0) != TJ_NOT_FOUND; }

/* Unquoted text from an expansion: separators end words. */
static void add_splitting(struct builder *b, struct tj_str s, const struct tj_value *v) {
    struct tj_str ifs = separators(b);
    uint32_t at = 0;
    while (at < s.n) {
        if (is_in(ifs, s.p[at])) {
            finish(b);
            while (at < s.n && is_in(ifs, s.p[at])) at++;
            continue;
        }
        uint32_t begin = at;
        while (at < s.n && !is_in(ifs, s.p[at])) at++;
        struct tj_str piece = tj_str_sub(s, begin, at);
        if (!b->text.n) b->flags |= v->flags & TJ_VALUE_PLAIN_TILDE;
        add_text(b, piece);
        b->carries |= v->carries;
        b->flags |= v->flags & (TJ_VALUE_FROM_OUTPUT | TJ_VALUE_IS_TEMP | TJ_VALUE_HAS_GLOB);
        if (has_glob(piece)) b->flags |= TJ_VALUE_HAS_GLOB;
    }
}

/* Unquoted and known in part: the blanks in what is known end words, as everywhere. */
static void add_split_gap(struct builder *b, const struct tj_value *v) {
    struct tj_value gap = *v;
    gap.text = gap.suffix = TJ_STR_NONE;
    add_splitting(b, v->text, v);
    add_gap(b, &gap, false);
    add_splitting(b, v->suffix, v);
}

static bool has_blank(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (tj_is_space(s.p[i])) return true;
    }
    return false;
}

static void add_value(struct builder *b, const struct tj_value *v, bool quoted) {
    b->carries |= v->carries;
    bool parts = v->flags & TJ_VALUE_IS_DYNAMIC && !quoted && b->out && (has_blank(v->text) || has_blank(v->suffix));
    if (parts && !b->templates) {
        add_split_gap(b, v);
    } else if (v->flags & TJ_VALUE_IS_DYNAMIC || v->flags & TJ_VALUE_LIST) {
        add_gap(b, v, quoted);
    } else if (v->nset && v->flags & TJ_VALUE_IS_SET) {
        add_set(b, v);
        if (!quoted && b->out && set_splits(v)) b->flags |= TJ_VALUE_MAY_SPLIT;
    } else if (quoted || !b->out) {
        if (!b->text.n) b->flags |= v->flags & TJ_VALUE_PLAIN_TILDE;
        add_text(b, v->text);
        b->flags |= v->flags & (TJ_VALUE_FROM_OUTPUT | TJ_VALUE_IS_TEMP | TJ_VALUE_HAS_GLOB);
        if (!quoted && has_glob(v->text)) b->flags |= TJ_VALUE_HAS_GLOB;
    } else {
        add_splitting(b, v->text, v);
    }
}

/* ---- templates: code with gaps --------------------------------------------------------------------------------------------- */

/* A gap gets a variable of its own: the code may give the one that was written here another value before it is used. */
static void template_value(struct builder *b, const struct tj_value *v) {
    if (!b->templates) return;
    tj_buf_put(&b->template_, tj_value_known(v) ? v->text : tj_gap_of(b->w, v));
}

static bool holds_code(const struct tj_script *script, const struct tj_sh_word *word) {
    bool text = false, gap = false;
    for (uint32_t i = word->part; i < word->part_end; i++) {
        const struct tj_sh_part *part = &script->part.at[i];
        if (part->kind > TJ_PART_QUOTED) gap = true;
        for (uint32_t j = 0; part->kind <= TJ_PART_QUOTED && !text && j < part->text.n; j++) {
            char c = part->text.p[j];
            text = tj_is_space(c) || c == ';' || c == '|' || c == '(';
        }
    }
    return text && gap;
}

struct tj_str tj_template_of(const struct tj_work *w, struct tj_span span) {
    for (uint32_t i = w->template.n; i-- > 0;) {
        const struct tj_template *t = &w->template.at[i];
        if (t->span.text == span.text && t->span.begin == span.begin && t->span.end == span.end) return t->text;
    }
    return TJ_STR_NONE;
}

static void template_done(struct builder *b, bool dynamic) {
    if (!b->templates || !dynamic) return;
    struct tj_template t = {b->span, tj_buf_str(&b->template_)};
    if (t.text.p) (void)tj_vec_push(b->w->arena, &b->w->template, t);
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------ */

/* A backslash before a letter or digit (not the `\rm` that only turns an alias off), or $'…' with escapes. */
static bool escape_hides(const struct builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part) {
    struct tj_str s = tj_str_sub(b->env->script->source, part->begin, part->end);
    bool dollar = s.n > 1 && s.p[0] == '$' && s.p[1] == '\'';
    /* .\\tool.exe, C:\\tool.exe: a path of Windows */
    bool windows = s.n > 2 && s.p[s.p[1] == ':' ? 2 : 1] == '\\' && (s.p[0] == '.' || s.p[1] == ':');
    if (windows) return false;
    for (uint32_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] != '\\') continue;
        if (dollar && (s.p[i + 1] == 'x' || s.p[i + 1] == 'u' || s.p[i + 1] == 'U' || tj_is_digit(s.p[i + 1])))
            return true;
        if (!dollar && !(part->flags & TJ_PART_IN_DOUBLE) && tj_is_alnum(s.p[i + 1]) && (i || part->begin != word->begin))
            return true;
        i++;
    }
    return false;
}

static void note_cut(struct builder *b) {
    if (b->text.n && b->cuts < MAX_CUTS && !(b->flags & TJ_VALUE_IS_DYNAMIC)) b->cut[b->cuts++] = b->text.n;
}

static void hide(struct builder *b, uint32_t n) {
    b->hidden = true;
    b->hidden_at = b->text.n + n;
}

/* r$@m: at the top of a command line there are no parameters, and nobody writes this for its own sake. */
static bool glued_positional(const struct builder *b, const struct tj_sh_part *part) {
    bool all = tj_str_is(part->text, "@") || tj_str_is(part->text, "*");
    return all && !b->alone && !b->templates && !b->env->frame->known && b->env->frame->n == 0 && !b->env->frame->lost;
}

static void add_param(struct builder *b, const struct tj_sh_part *part, bool quoted) {
    if (glued_positional(b, part)) {
        hide(b, 0);
        return;
    }
    struct tj_expansion x = tj_param_expand(b->w, b->env, part);
    bool splits = !quoted && b->out;
    if (x.odd && x.value.text.n && tj_value_known(&x.value) && x.value.text.n < 24) hide(b, x.value.text.n);
    if (tj_str_is(part->text, "IFS") && splits && b->text.n) b->split = true;
    if (!x.is_list) {
        /* Letters of a name that are glued from short variables. */
        bool glued = tj_value_known(&x.value) && x.value.text.n <= 3;
        if (glued) note_cut(b);
        if (!tj_value_known(&x.value)) x.value.span = b->span;
        template_value(b, &x.value);
        add_value(b, &x.value, quoted);
        /* "$@" and "${a[@]}" are any number of words. */
        bool list = tj_str_is(part->text, "@") || tj_str_is(part->index, "@");
        if (list && b->out && x.value.flags & TJ_VALUE_IS_DYNAMIC) b->flags |= TJ_VALUE_MAY_SPLIT;
        if (glued) note_cut(b);
        return;
    }
    if (x.nlist == 0) {
        if (part->op) hide(b, 0);
        note_cut(b);
        if (quoted && x.joins) b->some = true;
        return;
    }
    for (uint32_t i = 0; i < x.nlist; i++) {
        bool joined = x.joins && quoted;
        if (i && (joined || !b->out)) add_text(b, TJ_STR(" "));
        if (i && b->templates) tj_buf_putc(&b->template_, ' ');
        if (i && !joined && b->out) finish(b);
        template_value(b, &x.list[i]);
        add_value(b, &x.list[i], quoted);
    }
}

static void add_part(struct builder *b, const struct tj_sh_word *word, const struct tj_sh_part *part,
                     struct tj_str *replaced) {
    bool quoted = (part->flags & TJ_PART_IN_DOUBLE) != 0;
    struct tj_value v;
    int64_t n;
    switch (part->kind) {
    case TJ_PART_LITERAL:
    case TJ_PART_QUOTED: {
        if (part->flags & TJ_PART_ESCAPED && escape_hides(b, word, part)) hide(b, part->text.n);
        if (part->flags & TJ_PART_GLOB) b->flags |= TJ_VALUE_HAS_GLOB;
        note_cut(b);
        bool front = !b->some && !b->text.n && !replaced;
        struct tj_str text = front ? tj_front_tilde(b->w, b->env, part, &b->flags) : replaced ? *replaced : part->text;
        add_text(b, text);
        if (b->templates) tj_buf_put(&b->template_, text);
        return;
    }
    case TJ_PART_PARAM: add_param(b, part, quoted); return;
    case TJ_PART_COMMAND:
        v = tj_subst_command(b->w, b->env, part);
        template_value(b, &v);
        if (tj_value_known(&v) && v.text.n && v.text.n < 24 && !(v.flags & TJ_VALUE_IS_TEMP)) hide(b, v.text.n);
        if (b->alone && v.span.text != b->env->text) b->origin = v.span;
        add_value(b, &v, quoted);
        return;
    case TJ_PART_PROCESS:
        v = tj_subst_process(b->w, b->env, part);
        add_value(b, &v, true);
        return;
    default:
        /* Expansions are text before they are numbers: $x with x=1+1 is 1+1. */
        v = tj_value_text(part->text, b->span);
        for (uint32_t i = part->child; i < part->child_end; i++) v = tj_word_value(b->w, b->env, i);
        bool known = tj_value_known(&v);
        struct tj_str expression = v.text;
        uint64_t carries = v.carries;
        v = tj_value_unknown(b->span);
        v.carries = carries;
        if (!known) tj_arith_blur(b->w, b->env, part->text);
        if (known && tj_arith(b->w, b->env, expression, &n)) {
            struct tj_buf buf;
            tj_buf_init(&buf, b->w->arena);
            tj_buf_number(&buf, n);
            v = tj_value_text(tj_buf_str(&buf), b->span);
        }
        template_value(b, &v);
        add_value(b, &v, true);
        return;
    }
}

/* All parts in order; the braced part, if any, with the text given. */
static void add_parts(struct builder *b, const struct tj_sh_word *word, uint32_t braced, struct tj_str *alternative) {
    for (uint32_t i = word->part; i < word->part_end && !b->w->stopped; i++) {
        /* Parts move when a nested parse grows its arrays: never, but copies are cheap and say so. */
        struct tj_sh_part part = b->env->script->part.at[i];
        add_part(b, word, &part, i == braced ? alternative : NULL);
    }
    if (word->part == word->part_end) b->some = true;
    /* $IFS made one written word into several. */
    uint32_t first = b->out ? b->out->n : 0;
    finish(b);
    if (b->split && b->out) {
        for (uint32_t i = first ? first - 1 : 0; i < b->out->n; i++) b->out->at[i].value.flags |= TJ_VALUE_ESCAPED;
    }
}

static uint32_t find_braced(const struct tj_script *script, const struct tj_sh_word *word) {
    for (uint32_t i = word->part; i < word->part_end; i++) {
        if (script->part.at[i].kind == TJ_PART_LITERAL && script->part.at[i].flags & TJ_PART_BRACE) return i;
    }
    return TJ_NONE;
}

/* {a,b}: one word each. Too many are one word that is not known. */
static void add_alternatives(struct builder *b, const struct tj_sh_word *word, uint32_t braced) {
    struct tj_str *alternative = tj_arena_array(b->w->arena, struct tj_str, MAX_BRACES);
    struct tj_str text = b->env->script->part.at[braced].text;
    if (!alternative) return;
    uint32_t n = tj_brace_expand(b->w->arena, text, alternative, MAX_BRACES);
    if (n == MAX_BRACES) {
        struct tj_arg arg = {.value = tj_value_unknown(b->span)};
        arg.value.text = word->part == braced ? tj_str_sub(text, 0, tj_str_chr(text, '{', 0)) : TJ_STR("");
        (void)tj_vec_push(b->w->arena, b->out, arg);
        return;
    }
    bool odd =
        braced == word->part && n > 1 && (text.p[0] == '{' || (text.p[0] == '-' && text.n > 1 && text.p[1] == '{'));
    for (uint32_t i = 0; i < n; i++) {
        b->hidden = odd;
        b->hidden_at = TJ_NONE;
        if (alternative[i].n || word->part_end - word->part > 1) add_parts(b, word, braced, &alternative[i]);
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

static void builder_init(struct builder *b, struct tj_work *w, struct tj_env *env, const struct tj_sh_word *word,
                         struct tj_args *out) {
    memset(b, 0, sizeof *b);
    b->w = w;
    b->env = env;
    b->out = out;
    b->span = (struct tj_span){env->text, word->begin, word->end};
    b->templates = holds_code(env->script, word);
    b->alone = word->part_end - word->part == 1;
    b->origin = TJ_NO_SPAN;
    tj_buf_init(&b->template_, w->arena);
    start(b);
}

void tj_word_args(struct tj_work *w, struct tj_env *env, uint32_t word_at, struct tj_args *out) {
    struct tj_sh_word word = env->script->word.at[word_at];
    struct tj_arg arg = {.key = TJ_STR_NONE};
    if (simple_value(w, env, &word, &arg.value)) {
        (void)tj_vec_push(w->arena, out, arg);
        return;
    }
    if (!tj_work_step(w)) return;
    struct builder b;
    builder_init(&b, w, env, &word, out);
    uint32_t braced = find_braced(env->script, &word), first = out->n;
    if (braced == TJ_NONE)
        add_parts(&b, &word, TJ_NONE, NULL);
    else
        add_alternatives(&b, &word, braced);
    bool dynamic = false;
    for (uint32_t i = first; i < out->n; i++) dynamic = dynamic || !tj_value_known(&out->at[i].value);
    template_done(&b, dynamic && out->n == first + 1);
}

struct tj_value tj_word_value(struct tj_work *w, struct tj_env *env, uint32_t word_at) {
    struct tj_sh_word word = env->script->word.at[word_at];
    struct tj_value v;
    if (simple_value(w, env, &word, &v)) return v;
    struct tj_args one = {0};
    struct builder b;
    if (!tj_work_step(w)) return tj_value_unknown((struct tj_span){env->text, word.begin, word.end});
    builder_init(&b, w, env, &word, NULL);
    for (uint32_t i = word.part; i < word.part_end && !w->stopped; i++) {
        struct tj_sh_part part = env->script->part.at[i];
        add_part(&b, &word, &part, NULL);
    }
    b.some = true;
    b.out = &one;
    finish(&b);
    v = one.n ? one.at[0].value : tj_value_unknown(b.span);
    v.flags &= ~TJ_VALUE_MAY_SPLIT;
    template_done(&b, !tj_value_known(&v));
    return v;
}
