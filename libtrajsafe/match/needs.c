/* What an instance has of what tries ask for. */
#include "match/inner.h"

static uint64_t one(uint32_t at, uint32_t n, uint32_t value) { return value < n ? UINT64_C(1) << (at + value) : 0; }

static uint64_t truth(uint32_t at, bool value) { return UINT64_C(1) << (at + value); }

/* What cond.c says of the same fields, all at once. */
static uint64_t ones_of(const struct tj_instance *x) {
    const struct tj_command *c = x->command;
    const struct tj_effect *e = x->effect;
    uint32_t flags = c ? c->flags : 0, effect = e ? e->flags : 0;
    uint64_t ones = 0;
    if (e) ones |= one(TJ_ONE_OBJECT, TJ_OBJECT_COUNT, e->object) | one(TJ_ONE_PLACE, TJ_PLACE_COUNT, e->place);
    if (!e && c) ones |= one(TJ_ONE_PLACE, TJ_PLACE_COUNT, c->place);
    if (c) ones |= one(TJ_ONE_STDIN, TJ_STDIN_COUNT, c->stdin_kind) | one(TJ_ONE_LANG, TJ_LANG_COUNT, c->lang);
    ones |= truth(TJ_ONE_RECURSIVE, effect & TJ_EFF_RECURSIVE) | truth(TJ_ONE_FORCED, effect & TJ_EFF_FORCED);
    ones |= truth(TJ_ONE_DYNAMIC, effect & TJ_EFF_DYNAMIC) | truth(TJ_ONE_CERTAIN, e && !(effect & TJ_EFF_MAYBE));
    ones |= truth(TJ_ONE_BACKGROUND, effect & TJ_EFF_BACKGROUND || flags & TJ_CMD_BACKGROUND);
    ones |= truth(TJ_ONE_DEFERRED, effect & TJ_EFF_DEFERRED || flags & TJ_CMD_DEFERRED);
    ones |= truth(TJ_ONE_DECODED, flags & TJ_CMD_DECODED) | truth(TJ_ONE_KNOWN, c && c->program != TJ_NONE);
    ones |= truth(TJ_ONE_OBSCURED, flags & TJ_CMD_OBSCURED);
    return ones | truth(TJ_ONE_WHOLE, x->edit && x->edit->whole);
}

struct tj_have tj_need_have(struct tj_matching *m, const struct tj_instance *x) {
    const struct tj_command *c = x->command;
    struct tj_have have = {.ones = ones_of(x)};
    have.any[TJ_TRY_CLASS] = x->effect ? x->effect->classes : x->edit ? x->edit->classes : 0;
    if (x->effect) have.any[TJ_TRY_KIND] = tj_try_bit(x->effect->kind);
    if (x->effect) have.any[TJ_TRY_CARRIES] = x->effect->carries;
    if (x->effect) have.any[TJ_TRY_HOST_CLASS] = x->effect->host_class;
    if (!c || c->index >= m->view->effects->bound.n) return have;
    const uint64_t *flags = m->view->effects->bound.at[c->index].flags;
    have.any[TJ_TRY_FLAG] = flags[0] | flags[1] | flags[2] | flags[3];
    return have;
}
