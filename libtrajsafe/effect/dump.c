/* Effects as lines of text. */
#include "effect/effect.h"

static void put_mask(struct tj_buf *out, const char *open, const char *close, enum tj_list list, uint64_t mask) {
    if (!mask) return;
    tj_buf_puts(out, open);
    bool first = true;
    for (uint32_t i = 0; i < 64; i++) {
        if (!(mask >> i & 1u)) continue;
        if (!first) tj_buf_putc(out, ' ');
        tj_buf_puts(out, tj_vocab_name(list, i));
        first = false;
    }
    tj_buf_puts(out, close);
}

static void put_object(struct tj_buf *out, const struct tj_effect *e) {
    switch (e->object) {
    case TJ_OBJECT_PATH:
        tj_buf_put(out, e->path);
        put_mask(out, " [", "]", TJ_LIST_CLASSES, e->classes);
        return;
    case TJ_OBJECT_HOST:
        tj_buf_put(out, e->host.n ? e->host : TJ_STR("-"));
        if (e->port) tj_buf_putf(out, ":%u", (unsigned)e->port);
        put_mask(out, " [", "]", TJ_LIST_HOST_CLASSES, e->host_class);
        return;
    case TJ_OBJECT_RESOURCE: /* of a database: made here, on which host */
        tj_buf_put(out, e->name.n ? e->name : TJ_STR("-"));
        put_mask(out, " [", "]", TJ_LIST_CLASSES, e->classes);
        if (e->host.n) tj_buf_puts(out, " on ");
        tj_buf_put(out, e->host);
        return;
    default: tj_buf_put(out, e->name.n ? e->name : TJ_STR("-")); return;
    }
}

static void put_flags(struct tj_buf *out, const struct tj_effect *e) {
    static const char *const names[] = {"recursive", "forced", "dynamic", "maybe", "background",
                                        "deferred",  "glob",   "guessed", "dry",   "derived"};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(e->flags >> i & 1u)) continue;
        tj_buf_putc(out, ' ');
        tj_buf_puts(out, names[i]);
    }
    if (e->place == TJ_PLACE_HERE) return;
    tj_buf_puts(out, " at ");
    tj_buf_puts(out, tj_vocab_name(TJ_LIST_PLACES, e->place));
}

void tj_effect_dump(const struct tj_effect *e, struct tj_buf *out) {
    tj_buf_puts(out, tj_vocab_name(TJ_LIST_EFFECTS, e->kind));
    tj_buf_putc(out, ' ');
    tj_buf_puts(out, tj_vocab_name(TJ_LIST_OBJECTS, e->object));
    tj_buf_putc(out, ' ');
    put_object(out, e);
    put_mask(out, " carries(", ")", TJ_LIST_CLASSES, e->carries);
    put_flags(out, e);
    if (!e->value.p || e->kind == TJ_EFFECT_RUN) return;
    tj_buf_putc(out, ' ');
    tj_buf_json(out, tj_str_sub(e->value, 0, 60));
}
