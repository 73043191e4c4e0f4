/* Effects of tool calls that are not commands: files written, edited, read, deleted; URLs fetched; messages sent. */
#include "effect/derive.h"

static bool known_file(const struct tj_derive *d, struct tj_str path, struct tj_file *out) {
    const struct tj_file *file = tj_state_file(d->fx->state, path);
    if (!file || !tj_str_eq(file->path, path)) return false;
    *out = *file;
    return true;
}

/* What the file holds after the edit, when it is known before. */
static struct tj_str edited(struct tj_derive *d, struct tj_str content, const struct tj_action *action) {
    uint32_t at = action->old.n ? tj_str_find(content, action->old, 0) : TJ_NOT_FOUND;
    if (!content.p || at == TJ_NOT_FOUND) return TJ_STR_NONE;
    struct tj_str front = tj_str_sub(content, 0, at), back = tj_str_sub(content, at + action->old.n, content.n);
    return tj_join(d, tj_join(d, front, "", action->content), "", back);
}

static void edit(struct tj_derive *d, const struct tj_action *action, const struct tj_value *path) {
    struct tj_path at = tj_derive_path(d, path);
    struct tj_file file = {.path = at.text};
    bool known = known_file(d, at.text, &file);
    if (!known && at.text.n) tj_state_set_file(d->fx->state, &file); /* it must have stood there */
    struct tj_str content = known ? edited(d, file.content, action) : TJ_STR_NONE;
    uint32_t before = d->fx->effect.n;
    tj_effect_path(d, TJ_EFFECT_WRITE, path, 0);
    if (d->fx->effect.n == before) return;
    struct tj_effect *e = &d->fx->effect.at[before];
    e->value = action->content;
    tj_edit_add(d, e->path, e->classes, action->content, action->old, false, e->span);
    if (!known_file(d, at.text, &file)) return;
    file.content = content;
    if (!content.p) {
        file.content = action->content; /* at least this much is in it */
        file.flags |= TJ_FILE_PARTIAL;
    }
    tj_state_set_file(d->fx->state, &file);
}

static void call(struct tj_derive *d, const struct tj_action *action, struct tj_span span) {
    enum tj_effect_kind kind = (enum tj_effect_kind)action->effect;
    struct tj_value url = tj_plain_value(action->url, span), path = tj_plain_value(action->path, span);
    uint32_t before = d->fx->effect.n;
    if (action->url.n)
        tj_effect_host(d, kind, &url, 0);
    else if (action->path.n)
        tj_effect_path(d, kind, &path, 0);
    if (d->fx->effect.n == before) {
        enum tj_object_kind object = kind == TJ_EFFECT_INSTALL  ? TJ_OBJECT_PACKAGE
                                     : kind == TJ_EFFECT_DELETE ? TJ_OBJECT_RESOURCE
                                     : kind == TJ_EFFECT_RUN    ? TJ_OBJECT_TEXT
                                     : action->recipient.n      ? TJ_OBJECT_ACCOUNT
                                                                : TJ_OBJECT_NONE;
        tj_effect_text(d, kind, object, action->recipient, span);
    }
    if (d->fx->effect.n > before) d->fx->effect.at[before].value = action->content.n ? action->content : action->text;
}

void tj_effects_action(struct tj_effects *effects, const struct tj_action *action, uint32_t text) {
    struct tj_derive d = {.fx = effects, .place = TJ_PLACE_HERE, .first = effects->effect.n};
    d.cwd = tj_state_cwd(effects->state);
    if (action->cwd.n) {
        struct tj_value cwd = tj_plain_value(action->cwd, TJ_NO_SPAN);
        d.cwd = tj_derive_path(&d, &cwd).text;
    }
    if (action->background) d.flags |= TJ_EFF_BACKGROUND;
    struct tj_span span = TJ_NO_SPAN;
    const struct tj_understanding *u = effects->understanding;
    if (u && text < u->texts.text.n) span = (struct tj_span){text, 0, u->texts.text.at[text].bytes.n};
    struct tj_value path = tj_plain_value(action->path, span), url = tj_plain_value(action->url, span);
    switch (action->kind) {
    case TJ_ACTION_WRITE:
        d.content.text = action->content;
        tj_effect_path(&d, TJ_EFFECT_WRITE, &path, 0);
        break;
    case TJ_ACTION_EDIT: edit(&d, action, &path); break;
    case TJ_ACTION_DELETE: tj_effect_path(&d, TJ_EFFECT_DELETE, &path, 0); break;
    case TJ_ACTION_READ: tj_effect_path(&d, TJ_EFFECT_READ, &path, 0); break;
    case TJ_ACTION_FETCH: tj_effect_host(&d, TJ_EFFECT_FETCH, &url, 0); break;
    case TJ_ACTION_CALL: call(&d, action, span); break;
    default: break;
    }
    tj_derive_derived(&d);
}
