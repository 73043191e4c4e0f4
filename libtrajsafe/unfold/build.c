/* Joins the pieces of a word and splits what is not quoted, as IFS says. */
#include "unfold/build.h"

void tj_builder_start(struct tj_builder *b) {
    tj_buf_init(&b->text, b->w->arena);
    tj_buf_init(&b->suffix, b->w->arena);
    b->flags = 0;
    b->carries = 0;
    b->nset = 0;
    b->some = false;
    b->cuts = 0;
    b->escaped_end = TJ_NONE;
}

static struct tj_str text_or_empty(const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    return s.p ? s : TJ_STR("");
}

/* In a pattern quoted text stands for itself; in a replacement every backslash does, and a quoted &. */
static struct tj_str as_wanted(const struct tj_builder *b, struct tj_str s, bool quoted) {
    struct tj_buf buf;
    if (b->as == TJ_AS_TEXT || (b->as == TJ_AS_PATTERN && !quoted)) return s;
    if (b->as == TJ_AS_PATTERN) return tj_pattern_quote(b->w->arena, s);
    if (tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND && tj_str_chr(s, '&', 0) == TJ_NOT_FOUND) return s;
    tj_buf_init(&buf, b->w->arena);
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' || (quoted && s.p[i] == '&')) tj_buf_putc(&buf, '\\');
        tj_buf_putc(&buf, s.p[i]);
    }
    return tj_buf_str(&buf);
}

void tj_builder_text(struct tj_builder *b, struct tj_str s, bool quoted) {
    b->some = true;
    b->spaced = false;
    s = as_wanted(b, s, quoted);
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

/* Two letters of one name that came from two parts: nobody writes r"m" by accident. */
static bool cut_hides(struct tj_str text, uint32_t begin, uint32_t end, uint32_t cut) {
    bool option = cut == 1 && text.p[0] == '-';
    return cut > begin && cut < end && (tj_is_alpha(text.p[cut - 1]) || option) && tj_is_alpha(text.p[cut]);
}

static bool hides(const struct tj_builder *b, struct tj_str text) {
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

void tj_builder_end(struct tj_builder *b) {
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
    tj_builder_start(b);
}

/* ---- separators ----------------------------------------------------------------------------------------------------------- */

static void read_ifs(struct tj_builder *b) {
    if (b->ifs_read) return;
    const struct tj_value *ifs = tj_state_var(b->w->state, TJ_STR("IFS"));
    b->ifs_read = true;
    b->ifs = TJ_STR(" \t\n");
    if (!ifs || ifs->flags & TJ_VALUE_UNSET) return;
    b->ifs_unknown = !tj_value_known(ifs);
    if (!b->ifs_unknown) b->ifs = ifs->text;
}

struct tj_str tj_builder_joint(struct tj_builder *b, bool star) {
    read_ifs(b);
    if (!star) return TJ_STR(" ");
    const struct tj_value *ifs = tj_state_var(b->w->state, TJ_STR("IFS"));
    return ifs && ifs->flags & TJ_VALUE_UNSET ? TJ_STR(" ") : tj_str_sub(b->ifs, 0, 1);
}

static bool is_in(struct tj_str set, char c) { return tj_str_chr(set, c, 0) != TJ_NOT_FOUND; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* One separator: blanks, at most one other, and blanks. It ends a word; one that is no blank ends an empty one too. */
static uint32_t separator(struct tj_builder *b, struct tj_str s, uint32_t at) {
    bool other = false, had = b->some;
    while (at < s.n && is_in(b->ifs, s.p[at])) {
        bool blank = is_blank(s.p[at]);
        if (!blank && other) break;
        other = other || !blank;
        at++;
    }
    if (!had && other && !b->spaced) b->some = true;
    tj_builder_end(b);
    b->spaced = !other && (had || b->spaced);
    return at;
}

static bool has_glob(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '[') return true;
    }
    return false;
}

void tj_builder_split(struct tj_builder *b, struct tj_str s) {
    read_ifs(b);
    if (!b->out || b->whole || b->env->dialect == TJ_DIALECT_ZSH) {
        if (s.n || !b->out) tj_builder_text(b, s, false);
        return;
    }
    bool tilde = tj_str_chr(s, '~', 0) != TJ_NOT_FOUND && is_in(b->ifs, '/'); /* of a folder that is not written out */
    if (b->ifs_unknown || tilde) {
        struct tj_value gap = tj_value_unknown(b->span);
        tj_builder_gap(b, &gap, false);
        return;
    }
    for (uint32_t at = 0; at < s.n;) {
        if (is_in(b->ifs, s.p[at])) {
            at = separator(b, s, at);
            continue;
        }
        uint32_t begin = at;
        while (at < s.n && !is_in(b->ifs, s.p[at])) at++;
        struct tj_str piece = tj_str_sub(s, begin, at);
        tj_builder_text(b, piece, false);
        if (has_glob(piece)) b->flags |= TJ_VALUE_HAS_GLOB;
    }
}

/* ---- values ----------------------------------------------------------------------------------------------------------------- */

enum { KEPT_FLAGS = TJ_VALUE_FROM_OUTPUT | TJ_VALUE_IS_TEMP | TJ_VALUE_HAS_GLOB | TJ_VALUE_CUT };

void tj_builder_gap(struct tj_builder *b, const struct tj_value *v, bool quoted) {
    bool splits = !quoted && b->out && b->env->dialect != TJ_DIALECT_ZSH;
    bool in_gap = (b->flags & TJ_VALUE_IS_DYNAMIC) != 0, unset_ok = (v->flags & TJ_VALUE_UNSET_OK) != 0;
    if (v->text.n && splits && !in_gap)
        tj_builder_split(b, v->text);
    else if (v->text.n && !in_gap)
        tj_buf_put(&b->text, as_wanted(b, v->text, quoted));
    in_gap = (b->flags & TJ_VALUE_IS_DYNAMIC) != 0;
    b->some = true;
    b->spaced = false;
    if (!in_gap && unset_ok) b->flags |= TJ_VALUE_UNSET_OK;
    if (!unset_ok) b->flags &= ~TJ_VALUE_UNSET_OK;
    b->nset = 0;
    b->flags |= TJ_VALUE_IS_DYNAMIC | (v->flags & KEPT_FLAGS);
    if (!quoted) b->flags |= TJ_VALUE_MAY_SPLIT;
    tj_buf_init(&b->suffix, b->w->arena);
    if (v->suffix.n && splits)
        tj_builder_split(b, v->suffix);
    else
        tj_buf_put(&b->suffix, as_wanted(b, v->suffix, quoted));
}

/* A set beside other text, none of it with separators: one of the texts that come of it. */
static bool add_set(struct tj_builder *b, const struct tj_value *v, bool quoted) {
    struct tj_str before = text_or_empty(&b->text);
    if (b->nset || b->flags & TJ_VALUE_IS_DYNAMIC || v->nset > TJ_MAX_SET) return false;
    read_ifs(b);
    for (uint32_t i = 0; i < v->nset && !quoted && b->out; i++) {
        if (v->set[i].n == 0 || b->ifs_unknown) return false;
        for (uint32_t k = 0; k < v->set[i].n; k++) {
            if (is_in(b->ifs, v->set[i].p[k])) return false;
        }
    }
    b->some = true;
    b->spaced = false;
    for (uint32_t i = 0; i < v->nset; i++) {
        struct tj_buf one;
        tj_buf_init(&one, b->w->arena);
        tj_buf_put(&one, before);
        tj_buf_put(&one, as_wanted(b, v->set[i], quoted));
        b->set[i] = text_or_empty(&one);
        if (!quoted && has_glob(v->set[i])) b->flags |= TJ_VALUE_HAS_GLOB;
    }
    b->nset = v->nset;
    b->flags |= v->flags & (KEPT_FLAGS | TJ_VALUE_UNSET_OK);
    if (v->flags & TJ_VALUE_UNSET_OK && !quoted) b->flags |= TJ_VALUE_MAY_SPLIT;
    return true;
}

/* A set that is split, as a word of its own: any number of words out of its pieces. */
static bool add_pieces(struct tj_builder *b, const struct tj_value *v) {
    struct tj_args pieces = {0};
    struct tj_builder inner = *b;
    if (!b->alone || !b->out || b->some || b->env->dialect == TJ_DIALECT_ZSH) return false;
    inner.out = &pieces;
    for (uint32_t i = 0; i < v->nset; i++) {
        tj_builder_start(&inner);
        inner.spaced = false;
        tj_builder_split(&inner, v->set[i]);
        tj_builder_end(&inner);
    }
    if (pieces.n == 0 || pieces.n > TJ_MAX_SET || inner.ifs_unknown) return false;
    b->nset = 0;
    for (uint32_t i = 0; i < pieces.n; i++) {
        b->set[b->nset++] = pieces.at[i].value.text;
        b->flags |= pieces.at[i].value.flags & TJ_VALUE_HAS_GLOB;
    }
    b->some = true;
    b->flags |= TJ_VALUE_MAY_SPLIT | (v->flags & KEPT_FLAGS);
    return true;
}

void tj_builder_value(struct tj_builder *b, const struct tj_value *v, bool quoted) {
    b->carries |= v->carries;
    if (v->flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_LIST)) {
        struct tj_value gap = *v;
        if (v->flags & TJ_VALUE_LIST) gap = tj_value_unknown(v->span);
        tj_builder_gap(b, &gap, quoted);
    } else if (v->nset && v->flags & TJ_VALUE_IS_SET) {
        struct tj_value gap = tj_value_unknown(v->span);
        if (!add_set(b, v, quoted) && (quoted || !add_pieces(b, v))) tj_builder_gap(b, &gap, quoted);
    } else if (quoted || !b->out) {
        if (!b->text.n) b->flags |= v->flags & TJ_VALUE_PLAIN_TILDE;
        tj_builder_text(b, v->text, quoted);
        b->flags |= v->flags & KEPT_FLAGS;
        if (!quoted && has_glob(v->text)) b->flags |= TJ_VALUE_HAS_GLOB;
    } else {
        uint32_t before = b->out->n;
        if (!b->text.n) b->flags |= v->flags & TJ_VALUE_PLAIN_TILDE;
        tj_builder_split(b, v->text);
        for (uint32_t i = before; i < b->out->n; i++) {
            b->out->at[i].value.flags |= v->flags & KEPT_FLAGS;
            b->out->at[i].value.carries |= v->carries;
        }
        if (b->some) b->flags |= v->flags & KEPT_FLAGS;
    }
}
