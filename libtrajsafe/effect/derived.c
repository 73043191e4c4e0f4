/* Effects that follow from others: PERSIST, MINE and SCAN; and the edits that writes with known text make. */
#include "effect/address.h"
#include "effect/derive.h"

void tj_edit_add(struct tj_derive *d, struct tj_str path, uint64_t classes, struct tj_str added, struct tj_str removed,
                 bool whole, struct tj_span span) {
    const struct tj_file *file = tj_state_file(d->fx->state, path);
    struct tj_edit edit = {.path = path,
                           .classes = classes,
                           .added = added,
                           .removed = removed,
                           .whole = whole,
                           .existed = !file || !(file->flags & TJ_FILE_CREATED) || file->flags & TJ_FILE_DELETED,
                           .effect = d->fx->effect.n - 1,
                           .span = span};
    if (d->fx->effect.n) tj_vec_push(d->fx->arena, &d->fx->edit, edit);
}

static void derive_from(struct tj_derive *d, enum tj_effect_kind kind, uint32_t from) {
    if (!tj_vec_room(d->fx->arena, &d->fx->effect, 1)) return;
    struct tj_effect e = d->fx->effect.at[from];
    e.kind = (uint8_t)kind;
    e.flags |= TJ_EFF_DERIVED;
    d->fx->effect.at[d->fx->effect.n++] = e;
    tj_effect_once(d);
}

/* A folder alone runs nothing. */
static bool persists(const struct tj_derive *d, const struct tj_effect *e) {
    if (d->cmd && tj_str_is(d->cmd->name, "mkdir")) return false;
    return e->object == TJ_OBJECT_PATH && e->classes & TJ_CLASS_BIT(PERSISTENCE) &&
           (e->kind == TJ_EFFECT_WRITE || e->kind == TJ_EFFECT_APPEND);
}

static bool is_contact(const struct tj_effect *e) {
    return e->object == TJ_OBJECT_HOST &&
           (e->kind == TJ_EFFECT_CONNECT || e->kind == TJ_EFFECT_SEND || e->kind == TJ_EFFECT_FETCH);
}

/* "10.0.0.$i", "192.168.1.7:$port", many private hosts at once: nobody talks to one service like that. */
static bool probes(const struct tj_derive *d, const struct tj_effect *e) {
    const uint32_t inside = TJ_HOST_BIT(PRIVATE) | TJ_HOST_BIT(LINK_LOCAL);
    if (e->kind == TJ_EFFECT_SEND) return false;
    if (e->host_class & TJ_HOST_BIT(DYNAMIC)) return (e->host_class & inside) != 0;
    bool raw =
        d->socket_file || d->handler == TJ_HANDLER_NC || d->handler == TJ_HANDLER_NONE || d->handler == TJ_HANDLER_CALL;
    return raw && e->flags & TJ_EFF_DYNAMIC && e->port == 0 && e->host_class & (inside | TJ_HOST_BIT(LOOPBACK)) &&
           tj_str_find(e->url, TJ_STR("://"), 0) == TJ_NOT_FOUND;
}

/* The kernel's own keys: b, o and c end the machine, e, i and f end processes. */
static void sysrq(struct tj_derive *d, const struct tj_effect *e) {
    bool writes = e->kind == TJ_EFFECT_WRITE || e->kind == TJ_EFFECT_APPEND;
    if (!writes || e->object != TJ_OBJECT_PATH || !tj_str_is(e->path, "/proc/sysrq-trigger")) return;
    char key = e->value.n ? e->value.p[0] : 'b';
    struct tj_span span = e->span;
    if (key == 'e' || key == 'i' || key == 'f')
        tj_effect_text(d, TJ_EFFECT_KILL, TJ_OBJECT_PROCESS, TJ_STR("all processes"), span);
    if (key == 'b' || key == 'o' || key == 'c')
        tj_effect_text(d, TJ_EFFECT_SERVICE, TJ_OBJECT_SERVICE, TJ_STR("machine power"), span);
}

static bool is_spoken(uint8_t slot) { return slot == TJ_SLOT_PATTERN || slot == TJ_SLOT_MESSAGE; }

/* Text that is searched for or said is only mentioned. */
static bool mentions(const struct tj_derive *d) {
    for (uint32_t i = 0; i < d->bound->operand.n; i++)
        if (is_spoken(d->bound->operand.at[i].slot)) return true;
    for (uint32_t i = 0; i < d->bound->option.n; i++)
        if (d->bound->option.at[i].row && is_spoken(d->bound->option.at[i].row->slot)) return true;
    return false;
}

/* "train with ./x -o stratum+tcp://…": a sentence or another command's line, not an address of this one. */
static bool in_prose(struct tj_str text, uint32_t at) {
    return text.p[0] != '-' && tj_str_chr(tj_str_sub(text, 0, at), ' ', 0) != TJ_NOT_FOUND;
}

static void stratum(struct tj_derive *d) {
    if (mentions(d)) return;
    for (uint32_t i = 1; i < d->cmd->argc; i++) {
        const struct tj_value *value = &d->cmd->argv[i].value;
        uint32_t at = tj_str_find(value->text, TJ_STR("stratum"), 0);
        if (at == TJ_NOT_FOUND || at > 64 || in_prose(value->text, at)) continue;
        uint32_t mark = tj_str_find(value->text, TJ_STR("://"), at);
        if (mark == TJ_NOT_FOUND || mark > at + 14) continue;
        struct tj_value url = *value;
        url.text = tj_str_sub(value->text, at, value->text.n);
        tj_effect_host(d, TJ_EFFECT_MINE, &url, 0);
    }
}

/* Private hosts that the commands before this one, run by the same xargs or parallel, talked to. */
static uint32_t hosts_beside(const struct tj_derive *d) {
    const struct tj_understanding *u = d->fx->understanding;
    uint32_t n = 0;
    if (!d->cmd || d->cmd->parent == TJ_NONE || !u) return 0;
    for (uint32_t i = d->first; i > 0 && n < 3 && d->first - i < 16; i--) {
        const struct tj_effect *e = &d->fx->effect.at[i - 1];
        bool sibling = e->command < u->command.n && u->command.at[e->command]->parent == d->cmd->parent &&
                       tj_str_eq(u->command.at[e->command]->name, d->cmd->name);
        n += sibling && is_contact(e) && e->host_class & TJ_HOST_BIT(PRIVATE) && e->host_class & TJ_HOST_BIT(NUMERIC);
    }
    return n;
}

enum { MANY_HOSTS = 3, PLACES_MOST = 64 };

/* Private hosts that the same words talked to in earlier turns of their loop. */
static struct tj_hosts_at *place_of(struct tj_derive *d) {
    struct tj_span at = d->cmd->span;
    for (uint32_t i = d->fx->hosts_at.n; i > 0; i--) {
        struct tj_hosts_at *p = &d->fx->hosts_at.at[i - 1];
        if (p->span.text == at.text && p->span.begin == at.begin && p->span.end == at.end) return p;
    }
    return NULL;
}

static uint32_t hosts_before(struct tj_derive *d) {
    const struct tj_hosts_at *p = d->cmd && d->fx->hosts_at.n ? place_of(d) : NULL;
    return p ? p->hosts : 0;
}

static void keep_hosts(struct tj_derive *d, uint32_t hosts) {
    if (hosts == 0) return;
    struct tj_hosts_at *p = place_of(d), fresh = {d->cmd->span, hosts};
    if (p)
        p->hosts = hosts;
    else if (d->fx->hosts_at.n < PLACES_MOST)
        (void)tj_vec_push(d->fx->arena, &d->fx->hosts_at, fresh);
}

void tj_derive_derived(struct tj_derive *d) {
    uint32_t end = d->fx->effect.n;
    if (d->cmd && d->handler != TJ_HANDLER_ECHO && d->handler != TJ_HANDLER_PRINTF && d->handler != TJ_HANDLER_GIT &&
        d->handler != TJ_HANDLER_TEST && !(d->program && d->program->traits & TJ_PROGRAM_DRY))
        stratum(d);
    uint32_t private_hosts = 0;
    if (end > d->first) {
        uint32_t turns = hosts_before(d), beside = hosts_beside(d);
        private_hosts = turns > beside ? turns : beside;
    }
    for (uint32_t i = d->first; i < end; i++) {
        struct tj_effect e = d->fx->effect.at[i];
        if (persists(d, &e)) derive_from(d, TJ_EFFECT_PERSIST, i);
        sysrq(d, &e);
        if (!is_contact(&e)) continue;
        if (e.host_class & TJ_HOST_BIT(POOL)) derive_from(d, TJ_EFFECT_MINE, i);
        bool inside = (e.host_class & TJ_HOST_BIT(PRIVATE)) != 0 && e.host_class & TJ_HOST_BIT(NUMERIC);
        inside = inside && e.kind != TJ_EFFECT_SEND;
        private_hosts += inside;
        if (probes(d, &e) || (inside && private_hosts == MANY_HOSTS)) derive_from(d, TJ_EFFECT_SCAN, i);
    }
    if (d->cmd) keep_hosts(d, private_hosts);
}
