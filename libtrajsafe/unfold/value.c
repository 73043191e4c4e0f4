/* Making, copying and joining values. */
#include "unfold/work.h"

struct tj_value tj_value_text(struct tj_str text, struct tj_span span) {
    return (struct tj_value){.text = text.p ? text : TJ_STR(""), .span = span};
}

struct tj_value tj_value_unknown(struct tj_span span) {
    return (struct tj_value){.text = TJ_STR(""), .flags = TJ_VALUE_IS_DYNAMIC, .span = span};
}

bool tj_value_known(const struct tj_value *v) { return tj_value_constant(v) && v->text.p; }

bool tj_value_tilde(const struct tj_value *v) {
    bool front = v->text.n && v->text.p[0] == '~' && !(v->flags & TJ_VALUE_PLAIN_TILDE);
    return front || tj_str_find(v->text, TJ_STR(":~"), 0) != TJ_NOT_FOUND;
}

struct tj_str tj_value_keep(struct tj_arena *arena, const struct tj_value *v, struct tj_value *out) {
    *out = *v;
    out->text = tj_arena_copy(arena, v->text);
    if (v->suffix.n) out->suffix = tj_arena_copy(arena, v->suffix);
    struct tj_str *set = v->nset ? tj_arena_array(arena, struct tj_str, v->nset) : NULL;
    if (!set) out->nset = 0;
    for (uint32_t i = 0; i < out->nset; i++) set[i] = tj_arena_copy(arena, v->set[i]);
    out->set = set;
    struct tj_str *key = out->nset && v->key ? tj_arena_array(arena, struct tj_str, out->nset) : NULL;
    for (uint32_t i = 0; key && i < out->nset; i++) key[i] = tj_arena_copy(arena, v->key[i]);
    out->key = key;
    return out->text;
}

static struct tj_str join(struct tj_arena *arena, struct tj_str a, struct tj_str b) {
    if (a.n == 0) return b;
    if (b.n == 0) return a;
    char *p = tj_arena_alloc(arena, (size_t)a.n + b.n, 1);
    if (!p) return a;
    memcpy(p, a.p, a.n);
    memcpy(p + a.n, b.p, b.n);
    return tj_str_make(p, (size_t)a.n + b.n);
}

/* A set or list as what is certain of it: nothing. */
static struct tj_value blur(const struct tj_value *v) {
    struct tj_value out = *v;
    if (tj_value_known(v) || (v->flags & TJ_VALUE_IS_DYNAMIC && !v->nset)) return out;
    out.text = TJ_STR("");
    out.suffix = TJ_STR_NONE;
    out.set = NULL;
    out.nset = 0;
    out.flags = (v->flags & ~(TJ_VALUE_IS_SET | TJ_VALUE_LIST)) | TJ_VALUE_IS_DYNAMIC;
    return out;
}

/* From the second piece on the text grows in buffers: pieces are appended, not joined anew. */
static void begin_join(struct tj_work *w, struct tj_capture *capture) {
    struct tj_value first = blur(&capture->value);
    tj_buf_init(&capture->text, w->arena);
    tj_buf_init(&capture->suffix, w->arena);
    tj_buf_put(&capture->text, first.text);
    tj_buf_put(&capture->suffix, first.suffix);
    capture->value = first;
    capture->joined = true;
}

static struct tj_str grown(const struct tj_buf *buf) {
    struct tj_str s = tj_buf_str(buf);
    return s.p ? s : TJ_STR("");
}

void tj_capture_add(struct tj_work *w, struct tj_capture *capture, const struct tj_value *value) {
    if (!capture) return;
    capture->adds++;
    bool nothing = tj_value_known(&capture->value) && capture->value.text.n == 0 && !capture->joined;
    if (nothing && capture->some && !capture->value.carries) capture->some = false;
    if (!capture->some) {
        capture->value = *value;
        if (!value->text.p) {
            capture->value.text = TJ_STR("");
            capture->value.flags |= TJ_VALUE_IS_DYNAMIC;
        }
        capture->some = true;
        return;
    }
    if (!tj_work_derive(w, (size_t)value->text.n + value->suffix.n, value->span)) return;
    if (!capture->joined) begin_join(w, capture);
    struct tj_value b = blur(value), *v = &capture->value;
    bool gap = (v->flags & TJ_VALUE_IS_DYNAMIC) != 0, gap_b = (b.flags & TJ_VALUE_IS_DYNAMIC) != 0 || !b.text.p;
    if (gap && gap_b) tj_buf_init(&capture->suffix, w->arena);
    if (!gap || !gap_b) tj_buf_put(gap ? &capture->suffix : &capture->text, b.text);
    if (gap_b) tj_buf_put(&capture->suffix, b.suffix);
    v->text = grown(&capture->text);
    v->suffix = grown(&capture->suffix);
    v->flags |= b.flags | (gap || gap_b ? TJ_VALUE_IS_DYNAMIC : 0);
    v->flags &= ~TJ_VALUE_IS_TEMP;
    v->carries |= b.carries;
}

/* What runs in the background prints some time: from here on nothing is certain, the end neither. */
void tj_capture_loose(struct tj_work *w, struct tj_capture *capture, const struct tj_value *value) {
    struct tj_value v = tj_value_unknown(value->span);
    v.carries = value->carries;
    tj_capture_add(w, capture, &v);
    capture->loose = true;
}

void tj_capture_maybe(struct tj_work *w, struct tj_capture *to, const struct tj_capture *printed) {
    static const struct tj_capture nothing = {.some = false};
    const struct tj_capture *one[2] = {&nothing, printed};
    tj_capture_either(w, to, one, 2);
}

/* The texts, one of which is printed; false: they are too many or not known. */
static bool texts_of(const struct tj_capture *c, struct tj_str *set, uint32_t *n, uint32_t max, bool *empty) {
    struct tj_value none = tj_value_text(TJ_STR(""), TJ_NO_SPAN);
    const struct tj_value *v = c->some ? &c->value : &none;
    bool several = (v->flags & TJ_VALUE_IS_SET) != 0;
    if (c->loose || v->flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_LIST)) return false;
    if (v->flags & TJ_VALUE_UNSET_OK) *empty = true;
    for (uint32_t i = 0; i < (several ? v->nset : 1); i++) {
        struct tj_str s = several ? v->set[i] : v->text;
        bool known = s.n == 0;
        if (s.n == 0) *empty = true;
        for (uint32_t k = 0; k < *n; k++) known = known || tj_str_eq(set[k], s);
        if (known) continue;
        if (*n == max) return false;
        set[(*n)++] = s;
    }
    return true;
}

/* Printing nothing is no text of its own in the set: it stands beside it as UNSET_OK. */
void tj_capture_either(struct tj_work *w, struct tj_capture *to, const struct tj_capture *const *one, uint32_t n) {
    enum { MAX = 8 };
    struct tj_str *set = tj_arena_array(w->arena, struct tj_str, MAX);
    struct tj_value v = tj_value_unknown(TJ_NO_SPAN);
    uint32_t texts = 0;
    bool known = set != NULL, some = false, empty = false;
    for (uint32_t i = 0; i < n; i++) {
        if (one[i]->some) {
            v.span = one[i]->value.span;
            v.carries |= one[i]->value.carries;
            v.flags |= one[i]->value.flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_FROM_OUTPUT);
        }
        some = some || one[i]->some;
        known = known && texts_of(one[i], set, &texts, MAX, &empty);
    }
    if (!some) return;
    if (known) {
        v.flags &= ~TJ_VALUE_IS_DYNAMIC;
        v.text = texts ? set[0] : TJ_STR("");
        if (texts > 1 || (texts && empty)) {
            v.set = set;
            v.nset = texts;
            v.flags |= TJ_VALUE_IS_SET | (empty ? TJ_VALUE_UNSET_OK : 0);
        }
    }
    tj_capture_add(w, to, &v);
}

struct tj_value tj_capture_value(const struct tj_capture *capture, struct tj_span span) {
    if (!capture->some) return tj_value_text(TJ_STR(""), span);
    struct tj_value v = capture->value;
    if (capture->loose) v.suffix = TJ_STR_NONE;
    return v;
}

#define GAP "tj_gap_"

struct tj_str tj_gap_of(struct tj_work *w, const struct tj_value *v) {
    struct tj_buf buf;
    uint32_t number = tj_state_gap(w->state);
    if (w->gap.n == 0) w->first_gap = number;
    (void)tj_vec_push(w->arena, &w->gap, *v);
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, "${" GAP);
    tj_buf_number(&buf, number);
    tj_buf_putc(&buf, '}');
    return tj_buf_str(&buf);
}

uint32_t tj_gap_in(struct tj_str text) { return tj_str_find(text, TJ_STR("${" GAP), 0); }

const struct tj_value *tj_gap_find(const struct tj_work *w, struct tj_str name) {
    uint64_t n = 0;
    if (w->gap.n == 0 || !tj_str_starts(name, TJ_STR(GAP))) return NULL;
    if (!tj_str_to_u64(tj_str_sub(name, sizeof GAP - 1, name.n), &n)) return NULL;
    return n >= w->first_gap && n - w->first_gap < w->gap.n ? &w->gap.at[n - w->first_gap] : NULL;
}

struct tj_str tj_value_all(struct tj_arena *arena, const struct tj_value *v) {
    return join(arena, v->text, v->suffix);
}

void tj_buf_number(struct tj_buf *buf, int64_t number) {
    char text[24];
    char *p = text + sizeof text;
    uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0) *--p = '-';
    tj_buf_put(buf, tj_str_make(p, (size_t)(text + sizeof text - p)));
}
