/* Words that hold code and are not all known: their text with `${name}` where a value is missing. */
#include "unfold/build.h"

/* A gap gets a variable of its own: the code may give the one that was written here another value before it is used. */
void tj_template_value(struct tj_builder *b, const struct tj_value *v) {
    if (!b->templates) return;
    tj_buf_put(&b->template_, tj_value_known(v) ? v->text : tj_gap_of(b->w, v));
}

bool tj_template_wanted(const struct tj_script *script, const struct tj_sh_word *word) {
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

void tj_template_done(struct tj_builder *b, bool dynamic) {
    if (!b->templates || !dynamic) return;
    struct tj_template t = {b->span, tj_buf_str(&b->template_)};
    if (t.text.p) (void)tj_vec_push(b->w->arena, &b->w->template, t);
}
