/* What operands and option values do, by the slots that the program table gives them. */
#include "effect/derive.h"

/* ---- asking what was bound ---------------------------------------------------------------------------------------------- */

static struct tj_str flag_name(const struct tj_derive *d, const struct tj_option *row) {
    return tj_image_str(d->fx->image, *TJ_ROW(d->fx->image, FLAGS, struct tj_ref, row->flag));
}

static const struct tj_bound_option *find_flag(const struct tj_derive *d, const char *flag) {
    for (uint32_t i = d->bound ? d->bound->option.n : 0; i > 0; i--) {
        const struct tj_bound_option *option = &d->bound->option.at[i - 1];
        if (option->row && option->row->flag && tj_str_is(flag_name(d, option->row), flag)) return option;
    }
    return NULL;
}

bool tj_has_flag(const struct tj_derive *d, const char *flag) { return find_flag(d, flag) != NULL; }

const struct tj_value *tj_flag_value(const struct tj_derive *d, const char *flag) {
    const struct tj_bound_option *option = find_flag(d, flag);
    return option && option->has_value ? &option->value : NULL;
}

static const struct tj_bound_option *find_option(const struct tj_derive *d, const char *name) {
    for (uint32_t i = d->bound && name ? d->bound->option.n : 0; i > 0; i--)
        if (tj_str_is(d->bound->option.at[i - 1].name, name)) return &d->bound->option.at[i - 1];
    return NULL;
}

bool tj_has_option(const struct tj_derive *d, const char *name) { return find_option(d, name) != NULL; }

const struct tj_value *tj_option_value(const struct tj_derive *d, const char *name, const char *other) {
    const struct tj_bound_option *option = find_option(d, name);
    if (!option || !option->has_value) option = find_option(d, other);
    return option && option->has_value ? &option->value : NULL;
}

uint32_t tj_operands(const struct tj_derive *d) { return d->bound ? d->bound->operand.n : 0; }

const struct tj_value *tj_operand(const struct tj_derive *d, uint32_t i) {
    if (i >= tj_operands(d)) return NULL;
    uint32_t arg = d->bound->operand.at[i].arg;
    return arg < d->cmd->argc ? &d->cmd->argv[arg].value : NULL;
}

/* ---- slots -------------------------------------------------------------------------------------------------------------- */

static enum tj_effect_kind network(const struct tj_derive *d) {
    return d->program && d->program->network ? (enum tj_effect_kind)d->program->network : TJ_EFFECT_CONNECT;
}

static uint64_t sent(const struct tj_derive *d, enum tj_effect_kind kind) {
    return kind == TJ_EFFECT_SEND ? d->flow | d->args : 0;
}

static void contact(struct tj_derive *d, const struct tj_value *value) {
    enum tj_effect_kind kind = network(d);
    /* Secrets in the address leave with it, whatever the program is for. */
    uint64_t leak = (value->carries | d->payload) &
                    (TJ_CLASS_BIT(SECRET) | TJ_CLASS_BIT(HISTORY) | TJ_CLASS_BIT(ENVIRONMENT) | TJ_CLASS_BIT(HOME));
    if (leak && kind != TJ_EFFECT_SEND) tj_effect_host(d, TJ_EFFECT_SEND, value, value->carries | d->payload);
    tj_effect_host(d, kind, value, sent(d, kind) | leak);
    if (kind == TJ_EFFECT_FETCH) d->output_fetched = true;
}

/* The port belongs to the hosts of this command that have none yet. */
static void set_port(struct tj_derive *d, const struct tj_value *value) {
    uint64_t port = 0;
    bool known = !(value->flags & TJ_VALUE_IS_DYNAMIC) && tj_str_to_u64(value->text, &port) && port < 65536;
    for (uint32_t i = d->fx->effect.n; i > d->first; i--) {
        struct tj_effect *e = &d->fx->effect.at[i - 1];
        if (e->object != TJ_OBJECT_HOST || e->port) continue;
        if (known) e->port = (uint16_t)port;
        if (!known) e->value = value->text; /* a range, or not known */
    }
}

static bool all_digits(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (!tj_is_digit(s.p[i])) return false;
    return s.n > 0;
}

/* "8080:80", "0.0.0.0:8080:80/tcp", as containers publish ports: what is seen from outside. */
static struct tj_str published(struct tj_str s) {
    uint32_t last = tj_str_rchr(s, ':');
    if (last == TJ_NOT_FOUND) return s;
    struct tj_str inner = tj_str_sub(s, last + 1, s.n), outer = tj_str_sub(s, 0, last);
    uint32_t slash = tj_str_chr(inner, '/', 0), before = tj_str_rchr(outer, ':');
    if (slash != TJ_NOT_FOUND) inner = tj_str_sub(inner, 0, slash);
    struct tj_str port = tj_str_sub(outer, before == TJ_NOT_FOUND ? 0 : before + 1, outer.n);
    return all_digits(inner) && all_digits(port) && port.n < 6 ? outer : s;
}

static void listen_on(struct tj_derive *d, const struct tj_value *value) {
    struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_LISTEN, TJ_OBJECT_HOST, value->span);
    if (!e) return;
    struct tj_str s = published(value->text), port_text = s;
    uint32_t colon = tj_str_rchr(s, ':');
    if (colon != TJ_NOT_FOUND) port_text = tj_str_sub(s, colon + 1, s.n);
    uint64_t port;
    if (tj_str_to_u64(port_text, &port) && port < 65536) e->port = (uint16_t)port;
    struct tj_host host;
    struct tj_str address = colon == TJ_NOT_FOUND ? s : tj_str_sub(s, 0, colon);
    if ((colon != TJ_NOT_FOUND || !e->port) &&
        tj_host_parse(d->fx->image, tj_state_context(d->fx->state), d->fx->arena, address, &host)) {
        e->host = host.host;
        e->host_class = tj_str_is(host.host, "0.0.0.0") || tj_str_is(host.host, "::") ? 0 : host.classes;
    }
    if (value->flags & TJ_VALUE_IS_DYNAMIC) e->flags |= TJ_EFF_DYNAMIC;
}

/* The name in front of = is a name: not the start of a sentence or of JSON that mentions such a thing. */
static bool is_field(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++)
        if (tj_is_space(s.p[i]) || s.p[i] == '"' || s.p[i] == '{') return false;
    return true;
}

/* "@path", "<path", "name=@path", "-" and plain paths name what is sent; other text is sent itself. */
static void send_file(struct tj_derive *d, const struct tj_value *value) {
    struct tj_value path = *value;
    uint32_t at = tj_str_chr(path.text, '@', 0);
    uint32_t equals = tj_str_chr(path.text, '=', 0);
    bool marked = at == 0 || (path.text.n && path.text.p[0] == '<') ||
                  (equals != TJ_NOT_FOUND && equals + 1 < path.text.n && is_field(tj_str_sub(path.text, 0, equals)) &&
                   (path.text.p[equals + 1] == '@' || path.text.p[equals + 1] == '<'));
    if (!marked) {
        d->flow |= value->carries;
        return;
    }
    uint32_t from = at == 0 || path.text.p[0] == '<' ? 1 : equals + 2;
    uint32_t end = tj_str_chr(path.text, ';', from); /* ;type=text/plain */
    path.text = tj_str_sub(path.text, from, end == TJ_NOT_FOUND ? path.text.n : end);
    tj_effect_path(d, TJ_EFFECT_READ, &path, 0);
}

static void package(struct tj_derive *d, const struct tj_value *value) {
    if (tj_str_find(value->text, TJ_STR("://"), 0) != TJ_NOT_FOUND) {
        struct tj_value url = *value;
        uint32_t plus = tj_str_starts(url.text, TJ_STR("git+")) ? 4 : 0;
        url.text = tj_str_sub(url.text, plus, url.text.n);
        tj_effect_host(d, TJ_EFFECT_FETCH, &url, 0);
    }
    tj_effect_name(d, TJ_EFFECT_INSTALL, TJ_OBJECT_PACKAGE, value);
}

static void mount(struct tj_derive *d, const struct tj_value *value) {
    struct tj_str s = value->text, host = s;
    for (uint32_t at = 0; at < s.n;) { /* --mount type=bind,source=/,target=/host */
        uint32_t comma = tj_str_chr(s, ',', at), end = comma == TJ_NOT_FOUND ? s.n : comma;
        struct tj_str field = tj_str_sub(s, at, end);
        if (tj_str_starts(field, TJ_STR("source="))) host = tj_str_sub(field, 7, field.n);
        if (tj_str_starts(field, TJ_STR("src="))) host = tj_str_sub(field, 4, field.n);
        at = end + 1;
    }
    if (host.p == s.p) {
        uint32_t colon = tj_str_chr(s, ':', 0);
        host = tj_str_sub(s, 0, colon == TJ_NOT_FOUND ? s.n : colon);
    }
    if (!host.n || !strchr("/.~$", host.p[0])) return; /* a named volume */
    struct tj_value path = *value;
    path.text = host;
    if (host.n < s.n) {
        path.suffix = TJ_STR_NONE;
        path.flags &= ~TJ_VALUE_IS_DYNAMIC;
    }
    struct tj_str mode = d->mode;
    d->mode = s;
    tj_effect_path(d, TJ_EFFECT_GRANT, &path, 0);
    d->mode = mode;
}

static void edit(struct tj_derive *d, const struct tj_value *value) {
    struct tj_value content = d->content;
    d->content = (struct tj_value){.text = TJ_STR_NONE};
    tj_effect_path(d, TJ_EFFECT_WRITE, value, 0);
    d->content = content;
}

/* truncate -s 1G makes or grows a file; -s 0 empties it. */
static void remove_path(struct tj_derive *d, const struct tj_value *value, uint16_t flags) {
    const struct tj_value *size = tj_flag_value(d, "size");
    bool grows = size && size->text.n && size->text.p[0] != '0' && size->text.p[0] != '-' && size->text.p[0] != '<';
    tj_effect_path(d, grows ? TJ_EFFECT_WRITE : TJ_EFFECT_DELETE, value, flags);
}

void tj_derive_slot(struct tj_derive *d, enum tj_slot slot, const struct tj_value *value) {
    uint16_t all = tj_has_flag(d, "recursive") ? TJ_EFF_RECURSIVE : 0;
    switch (slot) {
    case TJ_SLOT_READ:
    case TJ_SLOT_SCRIPT: tj_effect_path(d, TJ_EFFECT_READ, value, all); break;
    case TJ_SLOT_WRITE: tj_effect_path(d, TJ_EFFECT_WRITE, value, all); break;
    case TJ_SLOT_APPEND: tj_effect_path(d, TJ_EFFECT_APPEND, value, 0); break;
    case TJ_SLOT_DELETE: remove_path(d, value, all); break;
    case TJ_SLOT_MOVE: tj_effect_path(d, TJ_EFFECT_MOVE, value, all); break;
    case TJ_SLOT_LINK: tj_effect_path(d, TJ_EFFECT_LINK, value, 0); break;
    case TJ_SLOT_EDIT: edit(d, value); break;
    case TJ_SLOT_GRANT: tj_effect_path(d, TJ_EFFECT_GRANT, value, all); break;
    case TJ_SLOT_HOST:
    case TJ_SLOT_URL: contact(d, value); break;
    case TJ_SLOT_PORT: set_port(d, value); break;
    case TJ_SLOT_LISTEN: listen_on(d, value); break;
    case TJ_SLOT_PROCESS: tj_effect_name(d, TJ_EFFECT_KILL, TJ_OBJECT_PROCESS, value); break;
    case TJ_SLOT_SERVICE: tj_effect_name(d, TJ_EFFECT_SERVICE, TJ_OBJECT_SERVICE, value); break;
    case TJ_SLOT_PACKAGE: package(d, value); break;
    case TJ_SLOT_VARIABLE: tj_effect_variable(d, value); break;
    case TJ_SLOT_MODE: d->mode = value->text; break;
    case TJ_SLOT_SEND_FILE: send_file(d, value); break;
    case TJ_SLOT_SEND_DATA: d->flow |= value->carries; break;
    case TJ_SLOT_MOUNT: mount(d, value); break;
    default: break;
    }
}

/* What is read comes first, then where the data goes, then hosts, then ports: each needs what was before it. */
static int stage(enum tj_slot slot) {
    switch (slot) {
    case TJ_SLOT_MODE: return 0;
    case TJ_SLOT_READ:
    case TJ_SLOT_SCRIPT:
    case TJ_SLOT_SEND_FILE:
    case TJ_SLOT_SEND_DATA: return 0;
    case TJ_SLOT_PORT: return 2;
    default: return 1;
    }
}

static void run_stage(struct tj_derive *d, int at) {
    struct tj_bound *bound = d->bound;
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *option = &bound->option.at[i];
        if (!option->row || option->row->slot == TJ_SLOT_PROCESS) continue; /* ionice -p, nsenter -t: not stopped */
        enum tj_slot slot = (enum tj_slot)option->row->slot;
        if (!option->has_value || stage(slot) != at) continue;
        bool sends = slot == TJ_SLOT_SEND_DATA || slot == TJ_SLOT_SEND_FILE;
        uint64_t flow = d->flow;
        if (sends) d->flow = 0;
        tj_derive_slot(d, slot, &option->value);
        if (sends) d->payload |= d->flow | option->value.carries;
        d->flow |= flow;
    }
    bool in_place = tj_has_flag(d, "in_place");
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        enum tj_slot slot = (enum tj_slot)bound->operand.at[i].slot;
        const struct tj_value *value = tj_operand(d, i);
        if (slot == TJ_SLOT_READ && in_place) slot = TJ_SLOT_EDIT;
        if (value && stage(slot) == at) tj_derive_slot(d, slot, value);
        bool packed = slot == TJ_SLOT_READ && at == 1 && tj_has_flag(d, "remove_files"); /* zip -m, 7z -sdel */
        if (value && packed) tj_effect_path(d, TJ_EFFECT_DELETE, value, TJ_EFF_RECURSIVE);
    }
}

void tj_derive_slots(struct tj_derive *d) {
    if (!d->bound->option.n && !d->bound->operand.n) return;
    for (int at = 0; at < 3; at++) run_stage(d, at);
}

/* ---- the program's own effects ------------------------------------------------------------------------------------------ */

static bool flag_set(const struct tj_bound *bound, uint16_t flag) {
    return bound->flags[flag >> 6 & 3] >> (flag & 63) & 1;
}

static void row_effect(struct tj_derive *d, const struct tj_program_effect *row) {
    const struct tj_value *operand = row->operand ? tj_operand(d, row->operand - 1u) : NULL;
    if (row->operand && !operand && !row->text.n) return;
    bool named = false; /* "the project's dependencies" only when no package is named */
    for (uint32_t i = d->first; i < d->fx->effect.n; i++) named |= d->fx->effect.at[i].kind == TJ_EFFECT_INSTALL;
    if (named && row->kind == TJ_EFFECT_INSTALL && !row->operand) return;
    struct tj_value value = operand ? *operand : tj_plain_value(tj_image_str(d->fx->image, row->text), d->cmd->span);
    enum tj_effect_kind kind = (enum tj_effect_kind)row->kind;
    bool becomes = kind == TJ_EFFECT_PRIVILEGE && !operand;
    bool su = becomes && tj_str_is(d->cmd->name, "su");
    for (uint32_t i = 0; su && i < tj_operands(d) && i < 2; i++) { /* su bob, su - bob */
        const struct tj_value *account = tj_operand(d, i);
        bool dash = tj_str_is(account->text, "-");
        if (!dash) value = *account;
        if (!dash) break;
    }
    for (uint32_t i = 0; becomes && i < tj_operands(d); i++) /* runuser -l bob */
        if (d->bound->operand.at[i].slot == TJ_SLOT_ACCOUNT) value = *tj_operand(d, i);
    for (uint32_t i = 0; i < d->bound->option.n; i++) { /* sudo -u bob, gpasswd -a bob GROUP */
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (!option->row || !option->has_value || option->row->slot != TJ_SLOT_ACCOUNT) continue;
        if (becomes) value = option->value;
        if (kind == TJ_EFFECT_GRANT && row->object == TJ_OBJECT_ACCOUNT)
            tj_effect_name(d, kind, TJ_OBJECT_ACCOUNT, &option->value);
    }
    switch (row->object) {
    case TJ_OBJECT_PATH: tj_effect_path(d, kind, &value, tj_has_flag(d, "recursive") ? TJ_EFF_RECURSIVE : 0); break;
    case TJ_OBJECT_HOST:
        if (kind == TJ_EFFECT_LISTEN) {
            listen_on(d, &value);
            break;
        }
        tj_effect_host(d, kind, &value, sent(d, kind));
        break;
    case TJ_OBJECT_VARIABLE: tj_effect_variable(d, &value); break;
    default: tj_effect_name(d, kind, (enum tj_object_kind)row->object, &value); break;
    }
    if (kind == TJ_EFFECT_SEND && d->fx->effect.n > d->first)
        d->fx->effect.at[d->fx->effect.n - 1].carries |= sent(d, kind);
}

static void rows_of(struct tj_derive *d, const struct tj_program *program) {
    for (uint32_t i = 0; program && i < program->effects.n; i++) {
        const struct tj_program_effect *row =
            TJ_ROW(d->fx->image, PROGRAM_EFFECTS, struct tj_program_effect, program->effects.at + i);
        if ((row->when && !flag_set(d->bound, row->when)) || (row->unless && flag_set(d->bound, row->unless))) continue;
        row_effect(d, row);
    }
}

void tj_derive_rows(struct tj_derive *d) {
    rows_of(d, d->program);
    if (d->cmd->base_program != TJ_NONE && d->cmd->base_program != d->cmd->program)
        rows_of(d, tj_image_program(d->fx->image, d->cmd->base_program));
}
