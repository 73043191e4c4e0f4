/* Calls in code whose meaning needs code: open() and its modes, sockets, files written through a handle, os.environ. */
#include "effect/derive.h"

static bool name_ends(const struct tj_derive *d, const char *end) { return tj_str_ends(d->cmd->name, tj_str_of(end)); }

static const struct tj_value *argument(const struct tj_derive *d, uint32_t i, const char *key) {
    const struct tj_value *value = tj_option_value(d, key, NULL);
    return value ? value : tj_operand(d, i);
}

/* open(path, mode): "r" reads, "w" and "x" write, "a" appends, "+" does both. Not known: it may write. */
static bool open_file(struct tj_derive *d) {
    const struct tj_value *path = argument(d, 0, "file="), *mode = argument(d, 1, "mode=");
    if (!path) return true;
    struct tj_str m = mode && mode->text.n ? mode->text : TJ_STR("r");
    bool plus = tj_str_chr(m, '+', 0) != TJ_NOT_FOUND, append = tj_str_chr(m, 'a', 0) != TJ_NOT_FOUND;
    bool write = tj_str_chr(m, 'w', 0) != TJ_NOT_FOUND || tj_str_chr(m, 'x', 0) != TJ_NOT_FOUND;
    bool unknown = mode && mode->flags & TJ_VALUE_IS_DYNAMIC && !mode->text.n;
    if (append)
        tj_effect_path(d, TJ_EFFECT_APPEND, path, 0);
    else if (write || (plus && tj_str_chr(m, 'r', 0) != TJ_NOT_FOUND))
        tj_effect_path(d, TJ_EFFECT_WRITE, path, 0);
    if (unknown) tj_effect_path(d, TJ_EFFECT_WRITE, path, TJ_EFF_MAYBE);
    if (!append && !write) tj_effect_path(d, TJ_EFFECT_READ, path, 0);
    return true;
}

/* The newest effect before this command that a handle may stand for: what open() or connect() gave. */
static struct tj_effect *handle_of(struct tj_derive *d, uint32_t kinds) {
    for (uint32_t i = d->first; i > 0; i--) {
        struct tj_effect *e = &d->fx->effect.at[i - 1];
        if (1u << e->kind & kinds && !(e->flags & TJ_EFF_DERIVED) && e->command != TJ_NONE) return e;
    }
    return NULL;
}

static bool write_handle(struct tj_derive *d) {
    const struct tj_value *file = tj_operand(d, 0), *data = argument(d, 1, "data=");
    if (!file) return true;
    if (data) d->content = *data;
    if (data && (data->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST))) d->content.text = TJ_STR_NONE;
    struct tj_effect *e = handle_of(d, 1u << TJ_EFFECT_WRITE | 1u << TJ_EFFECT_APPEND);
    if (file->text.n && !(file->flags & TJ_VALUE_IS_DYNAMIC)) {
        bool append = e && e->kind == TJ_EFFECT_APPEND;
        tj_effect_path(d, append ? TJ_EFFECT_APPEND : TJ_EFFECT_WRITE, file, 0);
        return true;
    }
    if (!e || e->object != TJ_OBJECT_PATH) return true;
    if (data && tj_value_constant(&d->content) && d->content.text.p && !e->value.p &&
        !(e->flags & (TJ_EFF_DYNAMIC | TJ_EFF_GLOB))) {
        e->value = d->content.text; /* what open() began: one write, now with its text */
        e->carries |= d->args;
        tj_edit_add(d, e->path, e->classes, e->value, TJ_STR_NONE, e->kind == TJ_EFFECT_WRITE, e->span);
        d->fx->edit.at[d->fx->edit.n - 1].effect = (uint32_t)(e - d->fx->effect.at);
        const struct tj_file *known = tj_state_file(d->fx->state, e->path);
        if (!known || !tj_str_eq(known->path, e->path)) return true;
        struct tj_file held = *known;
        held.content = e->value;
        held.carries |= e->carries;
        tj_state_set_file(d->fx->state, &held);
        return true;
    }
    struct tj_path path = {
        .text = e->path, .dynamic = (e->flags & TJ_EFF_DYNAMIC) != 0, .glob = (e->flags & TJ_EFF_GLOB) != 0};
    uint8_t kind = e->kind;
    tj_effect_resolved(d, (enum tj_effect_kind)kind, path, d->cmd->span, 0);
    return true;
}

/* os.open(path, flags): what the flags say; not known, it may write. */
static bool open_flags(struct tj_derive *d) {
    const struct tj_value *path = argument(d, 0, "path="), *flags = argument(d, 1, "flags=");
    uint64_t bits = 0;
    if (!path) return true;
    bool known = flags && !(flags->flags & TJ_VALUE_IS_DYNAMIC) && tj_str_to_u64(flags->text, &bits);
    if (!known || (bits & 3) == 0 || (bits & 3) == 2) tj_effect_path(d, TJ_EFFECT_READ, path, known ? 0 : TJ_EFF_MAYBE);
    if (!known || bits & 3)
        tj_effect_path(d, bits & 1024 ? TJ_EFFECT_APPEND : TJ_EFFECT_WRITE, path, known ? 0 : TJ_EFF_MAYBE);
    return true;
}

/* (host, port) as a tuple, or two arguments. */
static bool address_of(struct tj_derive *d, struct tj_value *host, struct tj_value *port) {
    for (uint32_t i = 0; i < tj_operands(d); i++) {
        const struct tj_value *value = tj_operand(d, i);
        if (!(value->flags & TJ_VALUE_LIST) || value->nset == 0) continue;
        *host = *port = *value;
        host->flags = port->flags = 0;
        host->nset = port->nset = 0;
        host->set = port->set = NULL;
        host->text = value->set[0];
        port->text = value->nset > 1 ? value->set[1] : TJ_STR("");
        /* Which of the two is not known is not said: a port that stands there leaves the host. */
        bool some = (value->flags & TJ_VALUE_IS_DYNAMIC) != 0;
        if (!host->text.n || (some && (port->text.n || strchr(".-:", host->text.p[host->text.n - 1]))))
            host->flags |= TJ_VALUE_IS_DYNAMIC;
        if (!port->text.n) port->flags |= TJ_VALUE_IS_DYNAMIC;
        return true;
    }
    return false;
}

static bool connect_to(struct tj_derive *d, bool listen) {
    struct tj_value host, port;
    if (!address_of(d, &host, &port)) {
        const struct tj_value *first = argument(d, 0, "host="), *second = argument(d, 1, "port=");
        bool receiver = name_ends(d, ".connect") || name_ends(d, ".connect_ex") || name_ends(d, ".bind");
        if (receiver) {
            first = argument(d, 1, "host=");
            second = argument(d, 2, "port=");
        }
        if (!first) return true;
        host = *first;
        port = second ? *second : tj_plain_value(TJ_STR(""), first->span);
    }
    if (listen) {
        struct tj_value both = port;
        if (host.text.n) both.text = tj_join(d, host.text, ":", port.text);
        tj_derive_slot(d, TJ_SLOT_LISTEN, &both);
        return true;
    }
    tj_effect_host(d, TJ_EFFECT_CONNECT, &host, 0);
    tj_derive_slot(d, TJ_SLOT_PORT, &port);
    if (port.flags & TJ_VALUE_IS_DYNAMIC && d->fx->effect.n > d->first)
        d->fx->effect.at[d->fx->effect.n - 1].flags |= TJ_EFF_DYNAMIC;
    return true;
}

static bool send_handle(struct tj_derive *d) {
    struct tj_effect *e = handle_of(d, 1u << TJ_EFFECT_CONNECT);
    struct tj_value host = tj_plain_value(e ? e->host : TJ_STR(""), d->cmd->span);
    if (!host.text.n) host.flags |= TJ_VALUE_IS_DYNAMIC;
    uint16_t port = e ? e->port : 0;
    uint32_t before = d->fx->effect.n;
    tj_effect_host(d, TJ_EFFECT_SEND, &host, d->args | d->flow);
    if (d->fx->effect.n > before) d->fx->effect.at[before].port = port;
    return true;
}

static bool set_environment(struct tj_derive *d) {
    bool receiver = name_ends(d, "__setitem__") || name_ends(d, "setdefault");
    const struct tj_value *name = tj_operand(d, receiver && tj_operands(d) > 2 ? 1 : 0);
    const struct tj_value *value = tj_operand(d, tj_operands(d) - 1);
    if (!name || !value || name == value) return true;
    struct tj_value both = *name;
    both.text = tj_join(d, name->text, "=", value->text);
    both.carries |= value->carries;
    tj_effect_variable(d, &both);
    return true;
}

static bool write_text(struct tj_derive *d) {
    const struct tj_value *path = tj_operand(d, 0), *data = argument(d, 1, "data=");
    if (!path) return true;
    if (data && !(data->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST))) d->content = *data;
    tj_effect_path(d, TJ_EFFECT_WRITE, path, 0);
    return true;
}

/* One of the names between single spaces, behind the language. */
static bool named(const struct tj_derive *d, const char *list) {
    struct tj_str all = tj_str_of(list), name = d->cmd->name;
    uint32_t colon = tj_str_chr(name, ':', 0);
    name = tj_str_sub(name, colon == TJ_NOT_FOUND ? 0 : colon + 1, name.n);
    for (uint32_t i = 0; i < all.n;) {
        uint32_t end = tj_str_chr(all, ' ', i);
        if (end == TJ_NOT_FOUND) end = all.n;
        if (tj_str_eq(tj_str_sub(all, i, end), name)) return true;
        i = end + 1;
    }
    return false;
}

/* file_get_contents: of a path, or of a URL. */
static bool read_or_fetch(struct tj_derive *d) {
    const struct tj_value *what = tj_operand(d, 0);
    if (!what) return true;
    bool url = tj_str_find(tj_str_sub(what->text, 0, 16), TJ_STR("://"), 0) != TJ_NOT_FOUND;
    bool file = tj_str_starts(what->text, TJ_STR("file:")) || tj_str_starts(what->text, TJ_STR("php:"));
    if (url && !file)
        tj_derive_slot(d, TJ_SLOT_URL, what);
    else if (!tj_str_starts(what->text, TJ_STR("php:")))
        tj_effect_path(d, TJ_EFFECT_READ, what, 0);
    return true;
}

/* Calls of the other languages that do what one of Python does. */
static bool light_call(struct tj_derive *d, bool *done) {
    *done = true;
    if (named(d, "fopen SplFileObject")) return open_file(d);
    if (named(d, "File.write file_put_contents fs.writeFile fs.outputFile fs.writeJson Bun.write Deno.writeTextFile "
                 "Deno.writeFile print.write"))
        return write_text(d);
    if (named(d, "file.puts file.print file.<<")) return write_handle(d);
    if (named(d, "file_get_contents")) return read_or_fetch(d);
    if (named(d, "env.set posix.setenv")) return set_environment(d);
    if (named(
            d,
            "net.Socket.write net.Socket.end net.Socket.pipe TCPSocket.write TCPSocket.puts TCPSocket.print inet.send "
            "IO::Socket::INET.print"))
        return send_handle(d);
    return *done = false;
}

/* Signal 0 only asks whether the process is there. */
static bool asks_process(struct tj_derive *d) {
    const struct tj_value *signal = argument(d, 1, "signal=");
    return signal && tj_str_is(signal->text, "0");
}

/* Constant text that a call reads or joins is not repeated here: unfold sees it. */
bool tj_handle_call(struct tj_derive *d) {
    bool done, handled = light_call(d, &done);
    if (done) return handled;
    if (tj_str_is(d->cmd->name, "py:os.open")) return open_flags(d);
    if (name_ends(d, "os.kill") || name_ends(d, "os.killpg")) return asks_process(d);
    if (name_ends(d, ".write_text") || name_ends(d, ".write_bytes")) return write_text(d);
    if (name_ends(d, ".open") && !name_ends(d, "webbrowser.open") && !name_ends(d, "tarfile.open")) return open_file(d);
    if (name_ends(d, "file.write") || name_ends(d, "file.writelines")) return write_handle(d);
    if (name_ends(d, ".connect") || name_ends(d, ".connect_ex") || name_ends(d, ".create_connection") ||
        name_ends(d, ".open_connection"))
        return connect_to(d, false);
    if (name_ends(d, ".bind") || name_ends(d, ".create_server")) return connect_to(d, true);
    if (name_ends(d, ".send") || name_ends(d, ".sendall") || name_ends(d, ".sendto")) return send_handle(d);
    if (name_ends(d, "os.putenv") || name_ends(d, "environ.__setitem__") || name_ends(d, "environ.setdefault"))
        return set_environment(d);
    return false;
}
