/* Texts: children with maps to their parents, and the way of a span up to its root. */
#include "base/text.h"

void tj_texts_init(struct tj_texts *texts, struct tj_arena *arena) {
    memset(texts, 0, sizeof *texts);
    texts->arena = arena;
}

uint32_t tj_texts_root(struct tj_texts *texts, struct tj_str bytes) {
    struct tj_text root = {
        .bytes = bytes, .parent = TJ_NONE, .run0 = texts->run.n, .step = TJ_NONE, .layer = TJ_LAYER_ROOT};
    return tj_vec_push(texts->arena, &texts->text, root) ? texts->text.n - 1 : TJ_NONE;
}

uint32_t tj_texts_child(struct tj_texts *texts, struct tj_span from, enum tj_layer layer, struct tj_str label,
                        struct tj_str bytes) {
    if (from.text >= texts->text.n) return TJ_NONE;
    uint16_t depth = texts->text.at[from.text].depth;
    struct tj_text child = {.bytes = bytes,
                            .parent = from.text,
                            .parent_begin = from.begin,
                            .parent_end = from.end,
                            .run0 = texts->run.n,
                            .step = TJ_NONE,
                            .depth = depth < UINT16_MAX ? (uint16_t)(depth + 1) : depth,
                            .layer = (uint8_t)layer,
                            .label = label};
    return tj_vec_push(texts->arena, &texts->text, child) ? texts->text.n - 1 : TJ_NONE;
}

bool tj_texts_run(struct tj_texts *texts, uint32_t text, uint32_t at, uint32_t parent_at, uint32_t n) {
    if (text >= texts->text.n) return false;
    struct tj_text *t = &texts->text.at[text];
    /* Runs of one text stand together: only the text that got the last run may get more. */
    if (t->runs == 0)
        t->run0 = texts->run.n;
    else if (t->run0 + t->runs != texts->run.n)
        return false;
    if (n == 0) return true;
    if (t->runs) {
        struct tj_run *last = &texts->run.at[texts->run.n - 1];
        if (last->at + last->n == at && last->parent_at + last->n == parent_at) {
            last->n += n;
            return true;
        }
    }
    struct tj_run run = {at, parent_at, n};
    if (!tj_vec_push(texts->arena, &texts->run, run)) return false;
    t->runs++;
    return true;
}

/* The last run that begins at or before `at`, or NULL. */
static const struct tj_run *run_before(const struct tj_texts *texts, const struct tj_text *t, uint32_t at) {
    uint32_t low = 0, high = t->runs;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (texts->run.at[t->run0 + middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &texts->run.at[t->run0 + low - 1] : NULL;
}

/* One level up. A boundary inside an equal run maps exactly; one outside snaps to the nearest run or to the parent range. */
static struct tj_span to_parent(const struct tj_texts *texts, struct tj_span span, bool *exact) {
    const struct tj_text *t = &texts->text.at[span.text];
    if (t->runs == 0) {
        *exact = false;
        return (struct tj_span){t->parent, t->parent_begin, t->parent_end};
    }
    uint32_t begin = t->parent_begin, end = t->parent_end;
    const struct tj_run *run = run_before(texts, t, span.begin);
    if (run && span.begin - run->at < run->n) {
        begin = run->parent_at + (span.begin - run->at);
    } else if (run && span.begin == span.end && span.begin - run->at == run->n) {
        begin = run->parent_at + run->n;
    } else {
        *exact = false;
        if (run) begin = run->parent_at + run->n;
    }
    uint32_t last = span.end > span.begin ? span.end - 1 : span.end;
    run = run_before(texts, t, last);
    if (span.end == span.begin) {
        end = begin;
    } else if (run && last - run->at < run->n) {
        end = run->parent_at + (last - run->at) + 1;
    } else {
        *exact = false;
        const struct tj_run *stop = texts->run.at + t->run0 + t->runs;
        const struct tj_run *next = run ? run + 1 : texts->run.at + t->run0;
        if (next < stop) end = next->parent_at;
    }
    if (end < begin) {
        *exact = false;
        return (struct tj_span){t->parent, t->parent_begin, t->parent_end};
    }
    return (struct tj_span){t->parent, begin, end};
}

struct tj_span tj_texts_to_root(const struct tj_texts *texts, struct tj_span span, bool *exact) {
    bool unused;
    if (!exact) exact = &unused;
    *exact = true;
    while (span.text < texts->text.n && texts->text.at[span.text].parent != TJ_NONE)
        span = to_parent(texts, span, exact);
    return span;
}

struct tj_str tj_texts_bytes(const struct tj_texts *texts, struct tj_span span) {
    if (span.text >= texts->text.n) return TJ_STR_NONE;
    return tj_str_sub(texts->text.at[span.text].bytes, span.begin, span.end);
}
