/* Adding effects: objects resolved and classified, what they change told to the state. */
#include "effect/address.h"
#include "effect/derive.h"

/* Where a file very likely stood before, although the trajectory has not seen it: writing there does not create. */
#define STOOD_BEFORE                                                                                                   \
    (TJ_CLASS_BIT(SYSTEM) | TJ_CLASS_BIT(SECRET) | TJ_CLASS_BIT(LOG) | TJ_CLASS_BIT(HISTORY) |                         \
     TJ_CLASS_BIT(PERSISTENCE) | TJ_CLASS_BIT(AGENT_CONFIG) | TJ_CLASS_BIT(GUARD) | TJ_CLASS_BIT(GRADER) |             \
     TJ_CLASS_BIT(VCS) | TJ_CLASS_BIT(DEVICE) | TJ_CLASS_BIT(KERNEL) | TJ_CLASS_BIT(GIVEN) | TJ_CLASS_BIT(ROOT) |      \
     TJ_CLASS_BIT(HOME) | TJ_CLASS_BIT(WORKSPACE) | TJ_CLASS_BIT(OTHER_USER))

struct tj_value tj_plain_value(struct tj_str text, struct tj_span span) {
    return (struct tj_value){.text = text, .span = span};
}

struct tj_str tj_join(struct tj_derive *d, struct tj_str a, const char *by, struct tj_str b) {
    struct tj_buf buf;
    tj_buf_init(&buf, d->fx->arena);
    tj_buf_put(&buf, a);
    tj_buf_puts(&buf, by);
    tj_buf_put(&buf, b);
    return tj_buf_str(&buf);
}

struct tj_str tj_keep(struct tj_derive *d, struct tj_str s) {
    return s.p ? tj_arena_copy(d->fx->arena, s) : s;
}

/* A dry run still reads and runs. */
static bool is_dry(const struct tj_derive *d, enum tj_effect_kind kind) {
    return d->dry && kind != TJ_EFFECT_RUN && kind != TJ_EFFECT_READ && kind != TJ_EFFECT_ENV &&
           kind != TJ_EFFECT_CONNECT && kind != TJ_EFFECT_FETCH;
}

struct tj_effect *tj_effect_add(struct tj_derive *d, enum tj_effect_kind kind, enum tj_object_kind object,
                                struct tj_span span) {
    if (is_dry(d, kind)) return NULL;
    struct tj_effects *fx = d->fx;
    if (!tj_vec_room(fx->arena, &fx->effect, 1)) return NULL;
    struct tj_effect *e = &fx->effect.at[fx->effect.n++];
    memset(e, 0, sizeof *e);
    e->kind = (uint8_t)kind;
    e->object = (uint8_t)object;
    e->place = d->place;
    e->flags = d->flags;
    e->command = d->cmd ? d->cmd->index : TJ_NONE;
    e->span = span.text == TJ_NONE && d->cmd ? d->cmd->span : span;
    return e;
}

void tj_effect_once(struct tj_derive *d) {
    struct tj_effects *fx = d->fx;
    if (fx->effect.n <= d->first + 1) return;
    const struct tj_effect *e = &fx->effect.at[fx->effect.n - 1];
    for (uint32_t i = fx->effect.n - 1; i > d->first && i + 24 > fx->effect.n; i--) {
        struct tj_effect *old = &fx->effect.at[i - 1];
        if (old->kind != e->kind || old->object != e->object || old->port != e->port ||
            !tj_str_eq(old->path, e->path) || !tj_str_eq(old->host, e->host) || !tj_str_eq(old->name, e->name))
            continue;
        old->carries |= e->carries;
        old->flags = (uint16_t)(old->flags | (e->flags & (TJ_EFF_RECURSIVE | TJ_EFF_FORCED)));
        if (!old->value.n) old->value = e->value;
        fx->effect.n--;
        return;
    }
}

/* ---- paths ------------------------------------------------------------------------------------------------------------ */

/* "link/", "link/.": what it points to is meant. */
static bool names_folder(const struct tj_value *value) {
    struct tj_str s = value->suffix.n ? value->suffix : value->text;
    return tj_str_ends(s, TJ_STR("/")) || tj_str_ends(s, TJ_STR("/."));
}

struct tj_path tj_derive_path(struct tj_derive *d, const struct tj_value *value) {
    bool windows = d->cmd && (d->cmd->lang == TJ_LANG_PWSH || d->cmd->lang == TJ_LANG_CMD);
    if (windows || tj_path_is_windows(value->text)) {
        struct tj_value usual = *value;
        usual.text = tj_path_of_windows(d->fx->arena, value->text);
        return tj_path_resolve(d->fx->arena, tj_state_context(d->fx->state), d->cwd, &usual);
    }
    struct tj_path path = tj_path_resolve(d->fx->arena, tj_state_context(d->fx->state), d->cwd, value);
    path.text = tj_state_follow(d->fx->state, d->fx->arena, path.text, path.everything || names_folder(value));
    return path;
}

uint64_t tj_file_carries(const struct tj_effects *fx, struct tj_str path, uint64_t classes) {
    uint64_t carries = classes & TJ_DATA_CLASSES;
    const struct tj_file *file = tj_state_file(fx->state, path);
    if (file && !(file->flags & TJ_FILE_DELETED)) {
        bool itself = tj_str_eq(file->path, path); /* what lies in a cloned folder was not fetched by itself */
        carries |= itself ? file->carries : file->carries & ~TJ_CLASS_BIT(FETCHED);
        if (itself && file->flags & TJ_FILE_DOWNLOADED) carries |= TJ_CLASS_BIT(FETCHED);
    }
    return carries;
}

static bool is_part(struct tj_path path) { return path.dynamic || path.glob || path.everything || path.text.n == 0; }

static void apply_read(struct tj_derive *d, struct tj_effect *e, bool part) {
    d->flow |= e->carries;
    if (part || tj_state_file(d->fx->state, e->path)) return;
    struct tj_file file = {.path = e->path}; /* it stood there before anything was written to it */
    tj_state_set_file(d->fx->state, &file);
}

static struct tj_str appended(struct tj_derive *d, const struct tj_file *old, uint32_t *flags) {
    struct tj_str more = d->content.text.p && tj_value_constant(&d->content) ? d->content.text : TJ_STR_NONE;
    if (!more.p || !old || !old->content.p) {
        *flags |= TJ_FILE_PARTIAL;
        return more.p ? more : old ? old->content : more;
    }
    return tj_join(d, old->content, "", more);
}

static void apply_write(struct tj_derive *d, const struct tj_effect *e) {
    struct tj_state *state = d->fx->state;
    const struct tj_file *old = tj_state_file(state, e->path);
    bool gone = old && old->flags & TJ_FILE_DELETED;
    struct tj_file file = {.path = e->path, .flags = TJ_FILE_WRITTEN, .carries = e->carries};
    if (old && !gone) file.flags |= old->flags & (TJ_FILE_CREATED | TJ_FILE_EXECUTABLE | TJ_FILE_TEMP);
    bool fresh =
        !old && !(e->classes & STOOD_BEFORE) && (e->kind != TJ_EFFECT_APPEND || e->classes & TJ_CLASS_BIT(TEMPORARY));
    if (gone || fresh) file.flags |= TJ_FILE_CREATED;
    if (e->kind == TJ_EFFECT_APPEND && !gone) {
        file.content = appended(d, old, &file.flags);
        if (old) {
            file.carries |= old->carries;
            file.flags |= old->flags & TJ_FILE_DOWNLOADED;
        }
    } else if (d->content.text.p && tj_value_constant(&d->content)) {
        file.content = d->content.text;
    }
    if (d->fetched.n) file.flags |= TJ_FILE_DOWNLOADED;
    tj_state_set_file(state, &file);
}

static void apply_delete(struct tj_derive *d, const struct tj_effect *e) {
    tj_state_set_link(d->fx->state, e->path, TJ_STR_NONE, false);
    struct tj_file file = {.path = e->path, .flags = TJ_FILE_DELETED};
    tj_state_set_file(d->fx->state, &file);
}

static void apply_grant(struct tj_derive *d, const struct tj_effect *e) {
    const struct tj_file *old = tj_state_file(d->fx->state, e->path);
    if (!old || !tj_str_eq(old->path, e->path) || tj_str_chr(e->value, 'x', 0) == TJ_NOT_FOUND) return;
    struct tj_file file = *old;
    file.flags |= TJ_FILE_EXECUTABLE;
    tj_state_set_file(d->fx->state, &file);
}

/* Writing nothing, zeros or random bytes over what stood there leaves nothing of it. */
static bool empties(const struct tj_derive *d, const struct tj_effect *e) {
    bool nothing = d->content.text.p && !d->content.text.n && tj_value_constant(&d->content);
    bool blank = d->blank_source && !d->flow;
    if (e->kind != TJ_EFFECT_WRITE || !(nothing || blank)) return false;
    if (e->classes & TJ_CLASS_BIT(CREATED)) return false;
    const struct tj_file *old = tj_state_file(d->fx->state, e->path);
    uint64_t kept = TJ_CLASS_BIT(SYSTEM) | TJ_CLASS_BIT(PERSISTENCE) | TJ_CLASS_BIT(DEVICE);
    if (nothing) kept |= TJ_DATA_CLASSES | TJ_CLASS_BIT(VCS);
    return (old && !(old->flags & (TJ_FILE_DELETED | TJ_FILE_CREATED))) || e->classes & kept;
}

static void note_content(struct tj_derive *d, struct tj_effect *e) {
    if (e->kind != TJ_EFFECT_WRITE && e->kind != TJ_EFFECT_APPEND) return;
    if (!d->content.text.p || !tj_value_constant(&d->content)) return;
    e->value = d->content.text;
    tj_edit_add(d, e->path, e->classes, d->content.text, TJ_STR_NONE, e->kind == TJ_EFFECT_WRITE, e->span);
}

static void apply(struct tj_derive *d, struct tj_effect *e, bool part) {
    switch (e->kind) {
    case TJ_EFFECT_READ: apply_read(d, e, part); return;
    case TJ_EFFECT_WRITE:
    case TJ_EFFECT_APPEND:
        note_content(d, e);
        if (!part) apply_write(d, e);
        return;
    case TJ_EFFECT_DELETE:
        if (!part) apply_delete(d, e);
        return;
    case TJ_EFFECT_GRANT:
        if (!part) apply_grant(d, e);
        return;
    default: return;
    }
}

void tj_effect_resolved(struct tj_derive *d, enum tj_effect_kind kind, struct tj_path path, struct tj_span span,
                        uint16_t flags) {
    uint64_t classes = tj_classify_path(d->fx->image, d->fx->state, path.text);
    if (classes & TJ_CLASS_BIT(NULL_DEVICE)) {
        if (kind != TJ_EFFECT_READ) return;
        d->empty_source |= tj_str_is(path.text, "/dev/null");
        d->blank_source |= tj_str_is(path.text, "/dev/zero") || tj_str_is(path.text, "/dev/random") ||
                           tj_str_is(path.text, "/dev/urandom");
        return;
    }
    struct tj_effect *e = tj_effect_add(d, kind, TJ_OBJECT_PATH, span);
    if (!e) return;
    e->path = path.text;
    e->classes = classes | (path.dynamic && path.text.n && path.text.p[0] == '?' ? TJ_CLASS_BIT(UNKNOWN) : 0);
    if (flags & TJ_EFF_MAYBE) e->flags |= TJ_EFF_MAYBE;
    e->flags = (uint16_t)(e->flags | flags | (path.dynamic ? TJ_EFF_DYNAMIC : 0) |
                          (path.glob || path.everything ? TJ_EFF_GLOB : 0));
    if (kind == TJ_EFFECT_READ)
        e->carries = tj_file_carries(d->fx, path.text, classes);
    else if (kind == TJ_EFFECT_WRITE || kind == TJ_EFFECT_APPEND)
        e->carries = d->flow | d->args | (d->fetched.n ? TJ_CLASS_BIT(FETCHED) : 0);
    if (kind == TJ_EFFECT_WRITE) e->url = d->fetched;
    if (kind == TJ_EFFECT_GRANT) e->value = d->mode;
    bool emptied = empties(d, e);
    apply(d, e, is_part(path));
    if (!emptied) return;
    struct tj_effect copy = d->fx->effect.at[d->fx->effect.n - 1];
    struct tj_effect *gone = tj_effect_add(d, TJ_EFFECT_DELETE, TJ_OBJECT_PATH, span);
    if (!gone) return;
    gone->path = copy.path;
    gone->classes = copy.classes;
    gone->flags = copy.flags;
}

/* "/dev/tcp/host/port": bash opens a connection. */
static bool is_socket_file(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value) {
    struct tj_str s = value->text;
    if (!tj_str_starts(s, TJ_STR("/dev/tcp/")) && !tj_str_starts(s, TJ_STR("/dev/udp/"))) return false;
    uint32_t slash = tj_str_rchr(s, '/');
    struct tj_value host = *value;
    bool cut = slash == 8; /* the host itself is not known */
    host.text = cut ? tj_str_sub(s, 9, s.n) : tj_join(d, tj_str_sub(s, 9, slash), ":", tj_str_sub(s, slash + 1, s.n));
    host.suffix = TJ_STR_NONE;
    if (cut && value->suffix.n > 1 && value->suffix.p[0] == '/')
        host.suffix = tj_join(d, TJ_STR(""), ":", tj_str_sub(value->suffix, 1, value->suffix.n));
    d->socket_file = true;
    tj_effect_host(d, TJ_EFFECT_CONNECT, &host, 0);
    if (kind == TJ_EFFECT_WRITE || kind == TJ_EFFECT_APPEND)
        tj_effect_host(d, TJ_EFFECT_SEND, &host, d->flow | d->args);
    return true;
}

static void one_path(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint16_t flags) {
    if (value->text.n == 0 && !(value->flags & TJ_VALUE_IS_DYNAMIC)) return;
    if (tj_str_is(value->text, "-") || tj_str_starts(value->text, TJ_STR("/dev/fd/"))) {
        d->flow |= value->carries; /* <(…) */
        d->to_stdout |= kind == TJ_EFFECT_WRITE;
        return;
    }
    if (is_socket_file(d, kind, value)) return;
    if (kind == TJ_EFFECT_READ) d->flow |= value->carries;
    struct tj_path path = tj_derive_path(d, value);
    bool itself = kind == TJ_EFFECT_DELETE || kind == TJ_EFFECT_MOVE || kind == TJ_EFFECT_LINK || d->makes_link;
    if (!itself) path.text = tj_state_follow(d->fx->state, d->fx->arena, path.text, true);
    /* Below a folder that nobody knows `find . -exec rm {} +` is a clean-up: what it takes is judged file by file. */
    if (value->flags & TJ_VALUE_BELOW && !(path.text.n && path.text.p[0] == '?')) flags |= TJ_EFF_RECURSIVE;
    if (tj_is_extglob(value->text)) path.glob = true;
    tj_effect_resolved(d, kind, path, value->span, flags);
    if (value->flags & TJ_VALUE_IS_TEMP && d->fx->effect.n > d->first)
        d->fx->effect.at[d->fx->effect.n - 1].classes |= TJ_CLASS_BIT(CREATED) | TJ_CLASS_BIT(TEMPORARY);
    tj_effect_once(d);
    if (path.glob && !path.dynamic && d->cmd && d->cmd->lang == TJ_LANG_SHELL)
        tj_effect_matches(d, kind, path, value->span, flags);
}

void tj_effect_path(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint16_t flags) {
    if (!(value->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST)) || value->nset == 0) {
        one_path(d, kind, value, flags);
        return;
    }
    if (value->flags & TJ_VALUE_IS_SET && value->nset > 1) flags |= TJ_EFF_MAYBE;
    for (uint32_t i = 0; i < value->nset; i++) {
        struct tj_value each = *value;
        each.text = value->set[i];
        each.flags &= ~(TJ_VALUE_IS_SET | TJ_VALUE_LIST | TJ_VALUE_IS_DYNAMIC);
        one_path(d, kind, &each, flags);
    }
}

/* ---- hosts -------------------------------------------------------------------------------------------------------------- */

/* Host of a value of which only a part is known: "http://10.0.0.", "https://x.example/?q=". */
static bool dynamic_host(struct tj_derive *d, const struct tj_value *value, struct tj_host *out) {
    const struct tj_context *context = tj_state_context(d->fx->state);
    uint32_t scheme = tj_str_find(value->text, TJ_STR("://"), 0);
    uint32_t slash = tj_str_chr(value->text, '/', scheme == TJ_NOT_FOUND ? 0 : scheme + 3);
    bool parsed = tj_host_parse(d->fx->image, context, d->fx->arena, value->text, out);
    if (parsed && (slash != TJ_NOT_FOUND || out->port)) return false; /* the host itself is whole */
    uint32_t from = scheme == TJ_NOT_FOUND ? 0 : scheme + 3;
    uint32_t account = tj_str_chr(value->suffix, '@', 0), path = tj_str_chr(value->suffix, '/', 0);
    if (slash == TJ_NOT_FOUND && account != TJ_NOT_FOUND && account < path) { /* https://x:$TOKEN@host/ */
        struct tj_str rest =
            tj_join(d, tj_str_sub(value->text, 0, from), "", tj_str_sub(value->suffix, account + 1, value->suffix.n));
        if (tj_host_parse(d->fx->image, context, d->fx->arena, rest, out)) return false;
    }
    uint32_t range = tj_address_prefix_classes(tj_str_sub(value->text, from, value->text.n));
    if (range) { /* "10.0.0." with a number that is not known */
        *out = (struct tj_host){.host = tj_str_sub(value->text, from, value->text.n),
                                .classes = range | TJ_HOST_BIT(DYNAMIC)};
        return true;
    }
    uint32_t keep = parsed ? out->classes & ~(TJ_HOST_BIT(PUBLIC) | TJ_HOST_BIT(ALLOWED)) : 0;
    if (!(keep & TJ_HOST_BIT(NUMERIC))) keep &= ~TJ_HOST_BIT(PRIVATE);
    struct tj_host tail;
    struct tj_str rest = value->suffix;
    /* A last part without a dot in it is a file's ending: "$url.asc". */
    if (rest.n > 1 && rest.p[0] == '.' && tj_str_chr(rest, '.', 1) != TJ_NOT_FOUND &&
        tj_host_parse(d->fx->image, context, d->fx->arena, tj_str_sub(rest, 1, rest.n), &tail)) {
        *out = tail; /* "$data.example.com": what is before the first dot does not change whose it is */
        keep = tail.classes;
    } else if (!parsed) {
        *out = (struct tj_host){.port = 0};
    }
    out->classes = keep | TJ_HOST_BIT(DYNAMIC);
    uint64_t port;
    if (rest.n > 1 && rest.p[0] == ':' && tj_str_to_u64(tj_str_sub(rest, 1, rest.n), &port) && port < 65536)
        out->port = (uint32_t)port;
    return true;
}

static void one_host(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint64_t carries,
                     uint16_t flags) {
    struct tj_host host;
    bool dynamic = (value->flags & TJ_VALUE_IS_DYNAMIC) != 0;
    if (tj_str_starts(value->text, TJ_STR("file://"))) {
        struct tj_value path = *value;
        path.text = tj_str_sub(path.text, 7, path.text.n);
        tj_effect_path(d, TJ_EFFECT_READ, &path, flags);
        return;
    }
    if (dynamic)
        dynamic = dynamic_host(d, value, &host);
    else if (!tj_host_parse(d->fx->image, tj_state_context(d->fx->state), d->fx->arena, value->text, &host))
        return;
    struct tj_effect *e = tj_effect_add(d, kind, TJ_OBJECT_HOST, value->span);
    if (!e) return;
    e->host = host.host;
    e->host_class = host.classes;
    e->port = (uint16_t)host.port;
    e->url = value->text;
    e->carries = carries;
    e->flags = (uint16_t)(e->flags | flags | (dynamic ? TJ_EFF_DYNAMIC : 0));
    if (host.user.n) e->name = host.user;
    tj_effect_once(d);
}

void tj_effect_host(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, uint64_t carries) {
    if (!(value->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST)) || value->nset == 0) {
        one_host(d, kind, value, carries, 0);
        return;
    }
    for (uint32_t i = 0; i < value->nset; i++) {
        struct tj_value each = *value;
        each.text = value->set[i];
        each.flags &= ~(TJ_VALUE_IS_SET | TJ_VALUE_LIST | TJ_VALUE_IS_DYNAMIC);
        one_host(d, kind, &each, carries, value->flags & TJ_VALUE_IS_SET && value->nset > 1 ? TJ_EFF_MAYBE : 0);
    }
}

void tj_effect_sends(struct tj_derive *d, uint64_t carries) {
    uint32_t end = d->fx->effect.n;
    for (uint32_t i = d->first; i < end; i++) {
        struct tj_effect e = d->fx->effect.at[i];
        if (e.object != TJ_OBJECT_HOST || e.kind != TJ_EFFECT_CONNECT || !tj_vec_room(d->fx->arena, &d->fx->effect, 1))
            continue;
        e.kind = TJ_EFFECT_SEND;
        e.carries = carries;
        d->fx->effect.at[d->fx->effect.n++] = e;
        tj_effect_once(d);
    }
}

/* ---- names ---------------------------------------------------------------------------------------------------------------- */

void tj_effect_text(struct tj_derive *d, enum tj_effect_kind kind, enum tj_object_kind object, struct tj_str name,
                    struct tj_span span) {
    struct tj_effect *e = tj_effect_add(d, kind, object, span);
    if (!e) return;
    e->name = name;
    if (kind == TJ_EFFECT_GRANT) e->value = d->mode;
    tj_effect_once(d);
}

void tj_effect_name(struct tj_derive *d, enum tj_effect_kind kind, enum tj_object_kind object,
                    const struct tj_value *value) {
    uint32_t n = value->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST) && value->nset ? value->nset : 1;
    for (uint32_t i = 0; i < n; i++) {
        struct tj_effect *e = tj_effect_add(d, kind, object, value->span);
        if (!e) return;
        e->name = value->nset ? value->set[i] : value->text;
        if (!value->nset && value->flags & TJ_VALUE_IS_DYNAMIC) e->flags |= TJ_EFF_DYNAMIC;
        if (value->flags & TJ_VALUE_IS_SET && n > 1) e->flags |= TJ_EFF_MAYBE;
        e->carries = value->carries;
        tj_effect_once(d);
    }
}

void tj_effect_variable(struct tj_derive *d, const struct tj_value *value) {
    struct tj_effect *e = tj_effect_add(d, TJ_EFFECT_ENV, TJ_OBJECT_VARIABLE, value->span);
    if (!e) return;
    uint32_t equals = tj_str_chr(value->text, '=', 0);
    e->name = tj_str_sub(value->text, 0, equals == TJ_NOT_FOUND ? value->text.n : equals);
    if (equals != TJ_NOT_FOUND) e->value = tj_str_sub(value->text, equals + 1, value->text.n);
    if (value->flags & TJ_VALUE_IS_DYNAMIC) e->flags |= TJ_EFF_DYNAMIC;
    e->carries = value->carries;
}
