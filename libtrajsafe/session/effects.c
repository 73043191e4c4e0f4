/* What a finding says of effects: JSON for the report, canonical objects, and whether the harm is local. */
#include "session/history.h"

enum { EFFECTS_SHOWN = 8, VALUE_SHOWN = 200 };

/* The effects of an instance: one, or those of its command. */
static void effects_of(const struct tj_view *view, uint8_t subject, uint32_t instance, uint32_t *begin, uint32_t *end) {
    *begin = *end = 0;
    if (!view->effects) return;
    if (subject == TJ_SUBJECT_EFFECT) *begin = instance, *end = instance + 1;
    if (subject == TJ_SUBJECT_EDIT && instance < view->effects->edit.n) {
        *begin = view->effects->edit.at[instance].effect;
        *end = *begin == TJ_NONE ? TJ_NONE : *begin + 1;
    }
    if (subject == TJ_SUBJECT_COMMAND && view->understanding && instance < view->understanding->command.n) {
        *begin = view->understanding->command.at[instance]->effect;
        *end = view->understanding->command.at[instance]->effect_end;
    }
    if (*end > view->effects->effect.n || *begin > *end) *begin = *end = 0;
}

static void put_member(struct tj_buf *buf, const char *key, struct tj_str value) {
    if (value.n == 0) return;
    tj_buf_putf(buf, ",\"%s\":", key);
    tj_buf_json(buf, tj_str_sub(value, 0, VALUE_SHOWN));
}

static void put_set(struct tj_buf *buf, const char *key, enum tj_list list, uint64_t bits) {
    if (bits == 0) return;
    tj_buf_putf(buf, ",\"%s\":[", key);
    bool comma = false;
    for (uint32_t i = 0; i < tj_vocab_count(list); i++) {
        if (!(bits >> i & 1)) continue;
        tj_buf_putf(buf, "%s\"%s\"", comma ? "," : "", tj_vocab_name(list, i));
        comma = true;
    }
    tj_buf_putc(buf, ']');
}

struct tj_str tj_object_text(struct tj_arena *arena, const struct tj_effect *e) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    tj_buf_puts(&buf, tj_vocab_name(TJ_LIST_EFFECTS, e->kind));
    struct tj_str object = e->path.n ? e->path : e->host.n ? e->host : e->name;
    if (object.n) {
        tj_buf_putc(&buf, ' ');
        tj_buf_put(&buf, tj_str_sub(object, 0, EVIDENCE_MOST));
    }
    return tj_buf_str(&buf);
}

static void put_effect(struct tj_buf *buf, const struct tj_effect *e) {
    static const struct {
        uint16_t flag;
        const char *key;
    } flags[] = {{TJ_EFF_RECURSIVE, "recursive"},
                 {TJ_EFF_FORCED, "forced"},
                 {TJ_EFF_DYNAMIC, "dynamic"},
                 {TJ_EFF_MAYBE, "maybe"},
                 {TJ_EFF_DEFERRED, "deferred"},
                 {TJ_EFF_BACKGROUND, "background"},
                 {TJ_EFF_DRY, "dry"}};
    tj_buf_putf(buf, "{\"kind\":\"%s\"", tj_vocab_name(TJ_LIST_EFFECTS, e->kind));
    put_member(buf, "object", e->path.n ? e->path : e->host.n ? e->host : e->name);
    if (e->object != TJ_OBJECT_NONE) tj_buf_putf(buf, ",\"type\":\"%s\"", tj_vocab_name(TJ_LIST_OBJECTS, e->object));
    put_set(buf, "class", TJ_LIST_CLASSES, e->classes);
    put_set(buf, "carries", TJ_LIST_CLASSES, e->carries);
    put_set(buf, "host_class", TJ_LIST_HOST_CLASSES, e->host_class);
    put_member(buf, "url", e->url);
    put_member(buf, "value", e->value);
    if (e->port) tj_buf_putf(buf, ",\"port\":%u", (unsigned)e->port);
    if (e->place != TJ_PLACE_HERE) tj_buf_putf(buf, ",\"place\":\"%s\"", tj_vocab_name(TJ_LIST_PLACES, e->place));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (e->flags & flags[i].flag) tj_buf_putf(buf, ",\"%s\":true", flags[i].key);
    tj_buf_putc(buf, '}');
}

struct tj_str tj_effects_json(struct tj_history *h, const struct tj_view *view, uint8_t subject, uint32_t instance) {
    uint32_t begin, end;
    effects_of(view, subject, instance, &begin, &end);
    if (end - begin > EFFECTS_SHOWN) end = begin + EFFECTS_SHOWN;
    struct tj_buf buf;
    tj_buf_init(&buf, &h->log->arena);
    tj_buf_putc(&buf, '[');
    for (uint32_t i = begin; i < end; i++) {
        if (i > begin) tj_buf_putc(&buf, ',');
        put_effect(&buf, &view->effects->effect.at[i]);
    }
    tj_buf_putc(&buf, ']');
    if (buf.failed) h->failed = true;
    return tj_buf_str(&buf);
}

/* ---- local harm --------------------------------------------------------------------------------------------------- */

static bool is_local_effect(const struct tj_effect *e) {
    const uint32_t kinds = 1u << TJ_EFFECT_RUN | 1u << TJ_EFFECT_READ | 1u << TJ_EFFECT_WRITE | 1u << TJ_EFFECT_APPEND |
                           1u << TJ_EFFECT_DELETE | 1u << TJ_EFFECT_MOVE | 1u << TJ_EFFECT_LINK;
    const uint64_t far = TJ_CLASS_BIT(ROOT) | TJ_CLASS_BIT(SYSTEM) | TJ_CLASS_BIT(HOME) | TJ_CLASS_BIT(OTHER_USER) |
                         TJ_CLASS_BIT(PERSISTENCE) | TJ_CLASS_BIT(AGENT_CONFIG) | TJ_CLASS_BIT(GUARD) |
                         TJ_CLASS_BIT(DEVICE) | TJ_CLASS_BIT(CONTAINER_CONTROL) | TJ_CLASS_BIT(CLOUD_CONTROL) |
                         TJ_CLASS_BIT(KERNEL);
    const uint64_t foreign = TJ_CLASS_BIT(FETCHED) | TJ_CLASS_BIT(DECODED) | TJ_CLASS_BIT(DOWNLOADED);
    if (!(kinds >> e->kind & 1) || (e->place != TJ_PLACE_HERE && e->place != TJ_PLACE_CONTAINER)) return false;
    if (e->flags & (TJ_EFF_BACKGROUND | TJ_EFF_DEFERRED) || e->classes & far) return false;
    return e->kind != TJ_EFFECT_RUN || !((e->carries | e->classes) & foreign);
}

bool tj_is_local(const struct tj_session *s, const struct tj_view *view, uint32_t rule, uint8_t subject,
                 uint32_t instance) {
    if (subject == TJ_SUBJECT_MESSAGE) return true;
    if (subject == TJ_SUBJECT_TEXT || tj_image_rule(s->image, rule)->leaf == TJ_LEAF_ADVERSARIAL) return false;
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    uint32_t begin, end;
    if (c)
        effects_of(view, TJ_SUBJECT_COMMAND, c->index, &begin, &end);
    else
        effects_of(view, subject, instance, &begin, &end);
    for (uint32_t i = begin; i < end; i++)
        if (!is_local_effect(&view->effects->effect.at[i])) return false;
    return end > begin;
}
