/* The condition evaluator: prefix-order nodes of the image over one instance. */
#include "match/inner.h"

static bool effect_flag(const struct tj_effect *e, uint16_t flag) { return e && (e->flags & flag) != 0; }

/* Set fields as masks; fields of another subject are empty. */
static uint64_t set_value(const struct tj_instance *x, enum tj_field field) {
    switch (field) {
    case TJ_F_CLASS: return x->effect ? x->effect->classes : x->edit ? x->edit->classes : 0;
    case TJ_F_CARRIES: return x->effect ? x->effect->carries : 0;
    case TJ_F_HOST_CLASS: return x->effect ? x->effect->host_class : 0;
    case TJ_F_ROLE: return x->roles;
    default: return 0;
    }
}

/* False when the instance has no such field. */
static bool enum_value(const struct tj_instance *x, enum tj_field field, uint32_t *out) {
    const struct tj_command *c = x->command;
    switch (field) {
    case TJ_F_KIND: return x->effect ? (*out = x->effect->kind, true) : false;
    case TJ_F_OBJECT: return x->effect ? (*out = x->effect->object, true) : false;
    case TJ_F_PLACE: return x->effect ? (*out = x->effect->place, true) : c ? (*out = c->place, true) : false;
    case TJ_F_STDIN: return c ? (*out = c->stdin_kind, true) : false;
    case TJ_F_LANG: return c ? (*out = c->lang, true) : false;
    default: return false;
    }
}

static bool bool_value(const struct tj_matching *m, const struct tj_instance *x, enum tj_field field) {
    const struct tj_command *c = x->command;
    const struct tj_effect *e = x->effect;
    uint32_t flags = c ? c->flags : 0;
    switch (field) {
    case TJ_F_RECURSIVE: return effect_flag(e, TJ_EFF_RECURSIVE);
    case TJ_F_FORCED: return effect_flag(e, TJ_EFF_FORCED);
    case TJ_F_DYNAMIC: return effect_flag(e, TJ_EFF_DYNAMIC);
    case TJ_F_CERTAIN: return e && !effect_flag(e, TJ_EFF_MAYBE);
    case TJ_F_BACKGROUND: return effect_flag(e, TJ_EFF_BACKGROUND) || (flags & TJ_CMD_BACKGROUND);
    case TJ_F_DEFERRED: return effect_flag(e, TJ_EFF_DEFERRED) || (flags & TJ_CMD_DEFERRED);
    case TJ_F_DECODED: return (flags & TJ_CMD_DECODED) != 0;
    case TJ_F_OBSCURED: return (flags & TJ_CMD_OBSCURED) != 0;
    case TJ_F_KNOWN: return c && c->program != TJ_NONE;
    case TJ_F_WHOLE: return x->edit && x->edit->whole;
    case TJ_F_FINAL: return x->subject == TJ_SUBJECT_MESSAGE && m->view->final;
    default: return false;
    }
}

static bool number_value(const struct tj_instance *x, enum tj_field field, uint32_t *out) {
    const struct tj_command *c = x->command;
    switch (field) {
    case TJ_F_PORT: return x->effect ? (*out = x->effect->port, true) : false;
    case TJ_F_ARGC: return c ? (*out = c->argc ? c->argc - 1 : 0, true) : false;
    case TJ_F_DEPTH: return c ? (*out = c->depth, true) : false;
    default: return false;
    }
}

static bool has_flag(const struct tj_matching *m, const struct tj_instance *x, uint32_t flag) {
    if (!x->command || x->command->index >= m->view->effects->bound.n || flag >= 256) return false;
    return m->view->effects->bound.at[x->command->index].flags[flag / 64] >> (flag % 64) & 1;
}

static bool leaf_holds(struct tj_matching *m, const struct tj_instance *x, const struct tj_cond *c) {
    const uint32_t *u32 = m->image->at[TJ_SECTION_U32];
    const uint64_t *u64 = m->image->at[TJ_SECTION_U64];
    enum tj_field field = (enum tj_field)c->field;
    uint32_t value = 0;
    switch ((enum tj_cond_op)c->op) {
    case TJ_COND_MATCH: return tj_bits_have(tj_field_bits(m, x, field, c->n != 0), c->arg);
    case TJ_COND_NAME: return tj_field_name(m, x, field, u32 + c->arg, c->n);
    case TJ_COND_ENUM: return enum_value(x, field, &value) && value < 64 && (u64[c->arg] >> value & 1);
    case TJ_COND_SET_ANY: return (set_value(x, field) & u64[c->arg]) != 0;
    case TJ_COND_SET_ALL: return (set_value(x, field) & u64[c->arg]) == u64[c->arg];
    case TJ_COND_SET_NONE: return (set_value(x, field) & u64[c->arg]) == 0;
    case TJ_COND_FLAG: return has_flag(m, x, c->arg);
    case TJ_COND_BOOL: return bool_value(m, x, field) == (c->arg != 0);
    case TJ_COND_NUMBER: return number_value(x, field, &value) && value >= u32[c->arg] && value <= u32[c->arg + 1];
    case TJ_COND_ALL:
    case TJ_COND_ANY:
    case TJ_COND_NONE: break;
    }
    return false;
}

static bool is_group(const struct tj_cond *c) { return c->op <= TJ_COND_NONE; }
static bool is_cheap(const struct tj_cond *c) { return !is_group(c) && c->op != TJ_COND_MATCH; }

/* ALL wants every child, ANY one, NONE none: each ends at the first child that equals `ends`. Cheap children go first, so
 * that most conditions fail before anything is scanned. */
static bool cond_holds(struct tj_matching *m, const struct tj_instance *x, const struct tj_cond *c) {
    if (!is_group(c)) return leaf_holds(m, x, c);
    bool ends = c->op != TJ_COND_ALL, found = c->op == TJ_COND_ANY, more = false;
    const struct tj_cond *child = c + 1;
    for (uint32_t i = 0; i < c->n; i++, child += child->skip) {
        if (!is_cheap(child))
            more = true;
        else if (leaf_holds(m, x, child) == ends)
            return found;
    }
    const struct tj_bits *bits = m->none; /* of `field`: siblings mostly look at one */
    int field = -1;                       /* twice its number, plus one for the words that are acted on */
    child = c + 1;
    for (uint32_t i = 0; more && i < c->n; i++, child += child->skip) {
        if (is_cheap(child)) continue;
        int wanted = child->field * 2 + (child->n != 0);
        if (child->op == TJ_COND_MATCH && wanted != field) {
            field = wanted;
            bits = tj_field_bits(m, x, (enum tj_field)child->field, child->n != 0);
        }
        bool holds = child->op == TJ_COND_MATCH ? tj_bits_have(bits, child->arg) : cond_holds(m, x, child);
        if (holds == ends) return found;
    }
    return !found;
}

bool tj_conds_hold(struct tj_matching *m, const struct tj_instance *x, struct tj_range conds) {
    const struct tj_cond *c = TJ_ROW(m->image, CONDS, struct tj_cond, conds.at);
    for (uint32_t i = 0; i < conds.n; i += c[i].skip)
        if (!cond_holds(m, x, c + i)) return false;
    return true;
}

bool tj_block_holds(struct tj_matching *m, const struct tj_instance *x, const struct tj_block *block) {
    return tj_conds_hold(m, x, block->where) && !(block->unless.n && tj_conds_hold(m, x, block->unless));
}

bool tj_instance_make(const struct tj_matching *m, uint8_t subject, uint32_t index, struct tj_instance *out) {
    *out = (struct tj_instance){.subject = subject, .index = index};
    const struct tj_view *view = m->view;
    switch ((enum tj_subject)subject) {
    case TJ_SUBJECT_EFFECT:
        if (index >= m->effects) return false;
        out->effect = &view->effects->effect.at[index];
        if (out->effect->command < m->commands) out->command = view->understanding->command.at[out->effect->command];
        return true;
    case TJ_SUBJECT_COMMAND:
        if (index >= m->commands) return false;
        out->command = view->understanding->command.at[index];
        return true;
    case TJ_SUBJECT_EDIT:
        if (index >= m->edits) return false;
        out->edit = &view->effects->edit.at[index];
        return true;
    case TJ_SUBJECT_MESSAGE:
    case TJ_SUBJECT_TEXT: return true;
    case TJ_SUBJECT_RUN:
    case TJ_SUBJECT_COUNT: break;
    }
    return false;
}
