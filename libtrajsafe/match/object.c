/* Canonical objects of an instance, and the joins that compare them. */
#include "match/match.h"

static const struct tj_effect *effect_at(const struct tj_view *view, uint32_t i) {
    return view->effects && i < view->effects->effect.n ? &view->effects->effect.at[i] : NULL;
}

static const struct tj_edit *edit_at(const struct tj_view *view, uint32_t i) {
    return view->effects && i < view->effects->edit.n ? &view->effects->edit.at[i] : NULL;
}

static const struct tj_command *command_at(const struct tj_view *view, uint32_t i) {
    return view->understanding && i < view->understanding->command.n ? view->understanding->command.at[i] : NULL;
}

const struct tj_command *tj_instance_command(const struct tj_view *view, uint8_t subject, uint32_t instance) {
    if (subject == TJ_SUBJECT_COMMAND) return command_at(view, instance);
    const struct tj_effect *e = tj_instance_effect(view, subject, instance);
    return e && e->command != TJ_NONE ? command_at(view, e->command) : NULL;
}

const struct tj_effect *tj_instance_effect(const struct tj_view *view, uint8_t subject, uint32_t instance) {
    if (subject == TJ_SUBJECT_EFFECT) return effect_at(view, instance);
    if (subject == TJ_SUBJECT_EDIT) {
        const struct tj_edit *edit = edit_at(view, instance);
        return edit ? effect_at(view, edit->effect) : NULL;
    }
    if (subject != TJ_SUBJECT_COMMAND) return NULL;
    const struct tj_command *c = command_at(view, instance);
    return c && c->effect < c->effect_end ? effect_at(view, c->effect) : NULL;
}

static bool is_placed(struct tj_span span) { return span.text != TJ_NONE && span.end > span.begin; }

/* An effect without words of its own stands where its command stands. */
struct tj_span tj_instance_span(const struct tj_view *view, uint8_t subject, uint32_t instance) {
    const struct tj_effect *e = effect_at(view, instance);
    const struct tj_edit *edit = edit_at(view, instance);
    if (subject == TJ_SUBJECT_EFFECT && e && is_placed(e->span)) return e->span;
    if (subject == TJ_SUBJECT_EDIT && edit && is_placed(edit->span)) return edit->span;
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    if (c && is_placed(c->span)) return c->span;
    if (subject == TJ_SUBJECT_MESSAGE && view->understanding && view->message_text < view->understanding->texts.text.n)
        return (struct tj_span){view->message_text, 0, view->message.n};
    return TJ_NO_SPAN;
}

static void add_effect(const struct tj_effect *e, struct tj_object *out, uint32_t *n) {
    if (*n >= TJ_OBJECTS_MOST) return;
    bool known = !(e->flags & TJ_EFF_DYNAMIC);
    struct tj_object object = {known ? e->path : TJ_STR_NONE, e->host, e->name};
    if (object.path.n || object.host.n || object.name.n) out[(*n)++] = object;
}

uint32_t tj_instance_objects(const struct tj_view *view, uint8_t subject, uint32_t instance,
                             struct tj_object out[TJ_OBJECTS_MOST]) {
    uint32_t n = 0;
    const struct tj_edit *edit = subject == TJ_SUBJECT_EDIT ? edit_at(view, instance) : NULL;
    const struct tj_effect *e = subject == TJ_SUBJECT_EFFECT ? effect_at(view, instance) : NULL;
    const struct tj_command *c = subject == TJ_SUBJECT_COMMAND ? command_at(view, instance) : NULL;
    if (edit) out[n++] = (struct tj_object){.path = edit->path};
    if (e) add_effect(e, out, &n);
    for (uint32_t i = c ? c->effect : 0; c && i < c->effect_end && effect_at(view, i); i++)
        add_effect(effect_at(view, i), out, &n);
    return n;
}

bool tj_object_join(enum tj_join_kind join, const struct tj_object *mine, const struct tj_object *other) {
    switch (join) {
    case TJ_JOIN_NONE: return true;
    case TJ_JOIN_PATH: return mine->path.n && tj_str_eq(mine->path, other->path);
    case TJ_JOIN_HOST: return mine->host.n && tj_str_eq(mine->host, other->host);
    case TJ_JOIN_NAME: return mine->name.n && tj_str_eq(mine->name, other->name);
    case TJ_JOIN_UNDER: return mine->path.n && other->path.n && tj_path_under(mine->path, other->path);
    }
    return false;
}

bool tj_objects_join(enum tj_join_kind join, const struct tj_object *mine, uint32_t n, const struct tj_object *other,
                     uint32_t m) {
    if (join == TJ_JOIN_NONE) return true;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < m; j++)
            if (tj_object_join(join, &mine[i], &other[j])) return true;
    return false;
}
