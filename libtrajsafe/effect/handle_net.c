/* Programs on the network whose meaning needs code: curl, wget, HTTPie, nc, socat. */
#include "effect/derive.h"

static bool any_option(const struct tj_derive *d, const char *const *names) {
    for (; *names; names++)
        if (tj_has_option(d, *names)) return true;
    return false;
}

static void download(struct tj_derive *d, const struct tj_value *path, struct tj_str url) {
    uint64_t flow = d->flow, args = d->args;
    d->fetched = url;
    d->flow = d->args = 0;
    tj_effect_path(d, TJ_EFFECT_WRITE, path, 0);
    d->fetched = TJ_STR_NONE;
    d->flow = flow;
    d->args = args;
}

/* The file name that a URL ends in, for programs that save under it. */
static struct tj_value remote_name(const struct tj_value *url) {
    struct tj_str s = url->text;
    for (uint32_t i = 0; i < s.n; i++)
        if (s.p[i] == '?' || s.p[i] == '#') s.n = i;
    uint32_t mark = tj_str_find(s, TJ_STR("://"), 0), slash = tj_str_rchr(s, '/');
    bool path = slash != TJ_NOT_FOUND && (mark == TJ_NOT_FOUND || slash > mark + 2) && slash + 1 < s.n;
    struct tj_value out = *url;
    out.text = path ? tj_str_sub(s, slash + 1, s.n) : TJ_STR("index.html");
    if (url->flags & TJ_VALUE_IS_DYNAMIC && url->suffix.n) {
        uint32_t last = tj_str_rchr(url->suffix, '/');
        if (last != TJ_NOT_FOUND) {
            out.text = tj_str_sub(url->suffix, last + 1, url->suffix.n);
            out.suffix = TJ_STR_NONE;
            out.flags &= ~TJ_VALUE_IS_DYNAMIC;
        }
    }
    return out;
}

/* ---- curl, wget ----------------------------------------------------------------------------------------------------------- */

struct request {
    bool sends;
    struct tj_str method;
    uint64_t carries;
};

static struct request request_of(struct tj_derive *d) {
    static const char *const data[] = {"-d",
                                       "--data",
                                       "--data-ascii",
                                       "--data-raw",
                                       "--data-binary",
                                       "--data-urlencode",
                                       "--json",
                                       "-F",
                                       "--form",
                                       "--form-string",
                                       "-T",
                                       "--upload-file",
                                       "--post-data",
                                       "--post-file",
                                       "--body-data",
                                       "--body-file",
                                       NULL};
    struct request r = {.sends = any_option(d, data)};
    const struct tj_value *method = tj_option_value(d, "-X", "--request");
    if (!method) method = tj_option_value(d, "--method", NULL);
    bool uploads = tj_has_option(d, "-T") || tj_has_option(d, "--upload-file");
    r.method = method ? method->text : uploads ? TJ_STR("PUT") : r.sends ? TJ_STR("POST") : TJ_STR("GET");
    static const char *const writes[] = {"POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < 4; i++) r.sends |= tj_str_ieq(r.method, tj_str_of(writes[i]));
    return r;
}

/* What headers, the agent's name and the page before carry; a header that logs in carries what it is for. */
static uint64_t headers(const struct tj_bound_option *option) {
    static const char *const logins[] = {"authorization",  "proxy-authorization",
                                         "cookie",         "private-token",
                                         "x-api-key",      "x-auth",
                                         "x-vault",        "api-key",
                                         "apikey",         "x-goog",
                                         "x-amz",          "job-token",
                                         "x-access-token", "token",
                                         "x-github",       "x-figma"};
    struct tj_str s = option->value.text, name = option->name;
    if (tj_str_is(name, "-A") || tj_str_is(name, "--user-agent") || tj_str_is(name, "-e") ||
        tj_str_is(name, "--referer"))
        return option->value.carries;
    if (!tj_str_is(name, "-H") && !tj_str_is(name, "--header")) return 0;
    for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
        struct tj_str login = tj_str_of(logins[i]);
        if (s.n >= login.n && tj_str_ieq(tj_str_sub(s, 0, login.n), login)) return 0;
    }
    return option->value.carries;
}

/* --data-urlencode NAME@FILE, -b FILE: no `@` at the front marks them. */
static bool named_file(struct tj_derive *d, const struct tj_bound_option *option) {
    struct tj_value path = option->value;
    uint32_t at = tj_str_chr(path.text, '@', 0), equals = tj_str_chr(path.text, '=', 0);
    if (tj_str_is(option->name, "--data-urlencode") && at != TJ_NOT_FOUND && at > 0 &&
        (equals == TJ_NOT_FOUND || equals > at)) {
        path.text = tj_str_sub(path.text, at + 1, path.text.n);
    } else if (!((tj_str_is(option->name, "-b") || tj_str_is(option->name, "--cookie")) && equals == TJ_NOT_FOUND &&
                 at == TJ_NOT_FOUND)) {
        return false;
    }
    tj_effect_path(d, TJ_EFFECT_READ, &path, 0);
    return true;
}

/* Data options by slot; stdin only where one of them names it. */
static uint64_t body_of(struct tj_derive *d) {
    uint64_t flow = d->flow, input = d->cmd->input.carries, body = 0;
    const uint64_t leaks = TJ_CLASS_BIT(SECRET) | TJ_CLASS_BIT(HISTORY) | TJ_CLASS_BIT(ENVIRONMENT);
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (!option->row || !option->has_value) continue;
        uint8_t slot = option->row->slot;
        body |= headers(option) & leaks;
        if (slot != TJ_SLOT_SEND_FILE && slot != TJ_SLOT_SEND_DATA && slot != TJ_SLOT_READ) continue;
        struct tj_str s = option->value.text;
        bool upload = tj_str_is(option->name, "-T") || tj_str_is(option->name, "--upload-file");
        bool to_send = slot != TJ_SLOT_READ || tj_str_is(option->name, "-T") ||
                       tj_str_is(option->name, "--upload-file") || tj_str_is(option->name, "--post-file") ||
                       tj_str_is(option->name, "--body-file");
        d->flow = 0;
        if (tj_str_is(s, "-") || tj_str_ends(s, TJ_STR("@-")) || tj_str_ends(s, TJ_STR("=<-")) ||
            tj_str_is(s, "/dev/stdin") || tj_str_is(s, "@/dev/stdin") || (upload && tj_str_is(s, ".")))
            d->flow |= input;
        if (!named_file(d, option)) tj_derive_slot(d, (enum tj_slot)slot, &option->value);
        d->flow |= option->value.carries;
        if (to_send) body |= d->flow;
    }
    d->flow = flow;
    return body;
}

static void ask(struct tj_derive *d, const struct tj_value *url, const struct request *r) {
    const uint64_t leaks = TJ_CLASS_BIT(SECRET) | TJ_CLASS_BIT(HISTORY) | TJ_CLASS_BIT(ENVIRONMENT);
    uint64_t carries = r->carries | (url->carries & leaks);
    bool sends = r->sends || carries & leaks;
    uint32_t before = d->fx->effect.n;
    tj_effect_host(d, sends ? TJ_EFFECT_SEND : TJ_EFFECT_FETCH, url, sends ? carries : 0);
    for (uint32_t i = before; i < d->fx->effect.n; i++) d->fx->effect.at[i].value = r->method;
    if (tj_str_ieq(r->method, TJ_STR("DELETE"))) tj_effect_name(d, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, url);
    d->output_fetched = true;
}

/* http://10.0.0.[1-254]/: many addresses at once, of which the front is known. */
static struct tj_value ranged(struct tj_derive *d, const struct tj_value *url) {
    struct tj_value out = *url;
    uint32_t open = tj_str_chr(url->text, '[', 0), close = tj_str_chr(url->text, ']', 0);
    if (open == TJ_NOT_FOUND || close == TJ_NOT_FOUND || close < open || tj_has_option(d, "-g")) return out;
    struct tj_str range = tj_str_sub(url->text, open + 1, close);
    if (tj_str_chr(range, '-', 0) == TJ_NOT_FOUND || tj_str_chr(range, ':', 0) != TJ_NOT_FOUND) return out;
    out.text = tj_str_sub(url->text, 0, open);
    out.suffix = tj_str_sub(url->text, close + 1, url->text.n);
    out.flags = (out.flags & ~TJ_VALUE_HAS_GLOB) | TJ_VALUE_IS_DYNAMIC;
    return out;
}

static bool is_url_slot(uint8_t slot) { return slot == TJ_SLOT_URL || slot == TJ_SLOT_HOST; }

/* Field `which` of "a:b:[c]:d", brackets taken as one. */
static struct tj_str colon_field(struct tj_str s, uint32_t which) {
    uint32_t from = 0;
    for (uint32_t i = 0, depth = 0; i <= s.n; i++) {
        if (i < s.n && s.p[i] == '[') depth = 1;
        if (i < s.n && s.p[i] == ']') depth = 0;
        if (i < s.n && (s.p[i] != ':' || depth)) continue;
        if (which-- == 0) return tj_str_sub(s, from, i);
        from = i + 1;
    }
    return TJ_STR_NONE;
}

/* --resolve HOST:PORT:ADDRESS[,…] and --connect-to HOST:PORT:HOST2:PORT2: where the connection really goes. */
static void pinned_hosts(struct tj_derive *d) {
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *o = &d->bound->option.at[i];
        bool resolve = tj_str_is(o->name, "--resolve");
        if (!o->has_value || (!resolve && !tj_str_is(o->name, "--connect-to"))) continue;
        struct tj_value to = o->value;
        to.text = colon_field(o->value.text, 2);
        uint32_t comma = tj_str_chr(to.text, ',', 0);
        if (comma != TJ_NOT_FOUND) to.text = tj_str_sub(to.text, 0, comma);
        if (to.text.n) tj_effect_host(d, TJ_EFFECT_CONNECT, &to, 0);
    }
}

bool tj_handle_curl(struct tj_derive *d) {
    struct request r = request_of(d);
    r.carries = body_of(d);
    pinned_hosts(d);
    const struct tj_value *out = tj_option_value(d, "-o", "--output");
    const struct tj_value *folder = tj_option_value(d, "--output-dir", NULL);
    bool named = tj_has_option(d, "-O") || tj_has_option(d, "--remote-name") || tj_has_option(d, "--remote-name-all");
    for (uint32_t i = 0; i < d->bound->option.n; i++) { /* --url, --proxy, --unix-socket … */
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (!option->row || !option->has_value) continue;
        if (is_url_slot(option->row->slot)) {
            if (tj_str_is(option->name, "--url"))
                ask(d, &option->value, &r);
            else
                tj_effect_host(d, TJ_EFFECT_CONNECT, &option->value, 0);
        } else if (option->row->slot == TJ_SLOT_WRITE && !tj_str_is(option->name, "-o") &&
                   !tj_str_is(option->name, "--output")) {
            tj_effect_path(d, TJ_EFFECT_WRITE, &option->value, 0);
        }
    }
    for (uint32_t i = 0; i < tj_operands(d); i++) {
        const struct tj_value range = ranged(d, tj_operand(d, i)), *url = &range;
        ask(d, url, &r);
        struct tj_value path = out ? *out : remote_name(url);
        if (folder && path.text.n) path.text = tj_join(d, folder->text, "/", path.text);
        if ((out || named) && !tj_str_is(path.text, "-")) {
            download(d, &path, url->text);
            d->output_fetched = false;
        }
    }
    d->flow = d->args = 0; /* prints the answer, not what was asked */
    return true;
}

bool tj_handle_wget(struct tj_derive *d) {
    struct request r = request_of(d);
    r.carries = body_of(d);
    const struct tj_value *out = tj_option_value(d, "-O", "--output-document");
    const struct tj_value *folder = tj_option_value(d, "-P", "--directory-prefix");
    bool spider = tj_has_option(d, "--spider");
    for (uint32_t i = 0; i < tj_operands(d); i++) {
        const struct tj_value *url = tj_operand(d, i);
        ask(d, url, &r);
        struct tj_value path = out ? *out : remote_name(url);
        if (folder && !out) path.text = tj_join(d, folder->text, "/", path.text);
        bool shown = out && tj_str_is(out->text, "-");
        if (!shown && !spider) download(d, &path, url->text);
        d->output_fetched = shown;
    }
    d->flow = d->args = 0;
    return true;
}

/* http [METHOD] URL [ITEM…]: name=value, name:=json, name@file are sent; Header:value and name==value are not bodies. */
bool tj_handle_httpie(struct tj_derive *d) {
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
    uint32_t at = 0;
    struct request r = {.method = TJ_STR_NONE};
    const struct tj_value *first = tj_operand(d, 0);
    for (size_t i = 0; first && i < sizeof methods / sizeof *methods; i++)
        if (tj_str_ieq(first->text, tj_str_of(methods[i]))) r.method = tj_str_of(methods[i]);
    if (r.method.n) at = 1;
    const struct tj_value *url = tj_operand(d, at);
    if (!url) return true;
    d->flow = d->cmd->stdin_kind != TJ_STDIN_NONE && !tj_has_option(d, "--ignore-stdin") ? d->cmd->input.carries : 0;
    bool body = d->cmd->stdin_kind == TJ_STDIN_PIPE || d->cmd->stdin_kind == TJ_STDIN_FILE;
    for (uint32_t i = at + 1; i < tj_operands(d); i++) {
        struct tj_value item = *tj_operand(d, i);
        uint32_t file = tj_str_chr(item.text, '@', 0), equals = tj_str_chr(item.text, '=', 0);
        body |= file != TJ_NOT_FOUND || equals != TJ_NOT_FOUND;
        d->flow |= item.carries;
        if (file == TJ_NOT_FOUND || (equals != TJ_NOT_FOUND && equals + 1 < file)) continue;
        item.text = tj_str_sub(item.text, file + 1, item.text.n);
        tj_effect_path(d, TJ_EFFECT_READ, &item, 0);
    }
    if (!r.method.n) r.method = body ? TJ_STR("POST") : TJ_STR("GET");
    r.sends = !tj_str_is(r.method, "GET") && !tj_str_is(r.method, "HEAD") && !tj_str_is(r.method, "OPTIONS");
    r.carries = d->flow;
    ask(d, url, &r);
    const struct tj_value *out = tj_option_value(d, "-o", "--output");
    if (out) download(d, out, url->text);
    d->flow = d->args = 0;
    return true;
}

/* ---- ssh ------------------------------------------------------------------------------------------------------------------ */

/* -L [HOST:]PORT:…, -D [HOST:]PORT listen here, -R there; without a host on loopback. */
bool tj_handle_ssh(struct tj_derive *d) {
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        bool local = tj_str_is(option->name, "-L"), dynamic = tj_str_is(option->name, "-D");
        bool there = tj_str_is(option->name, "-R");
        if (!option->has_value || !(local || dynamic || there)) continue;
        struct tj_value at = option->value;
        uint32_t parts = 1, cut = at.text.n;
        for (uint32_t k = 0; k < at.text.n; k++) parts += at.text.p[k] == ':';
        for (uint32_t drop = dynamic || parts < 3 ? 0 : 2; drop > 0 && cut > 0;) /* what lies behind: HOST:PORT */
            drop -= at.text.p[--cut] == ':';
        at.text = tj_str_sub(at.text, 0, cut);
        if (tj_str_chr(at.text, ':', 0) == TJ_NOT_FOUND && !tj_has_flag(d, "gateway_ports"))
            at.text = tj_join(d, TJ_STR("127.0.0.1"), ":", at.text);
        uint8_t place = d->place;
        if (there) d->place = TJ_PLACE_REMOTE;
        tj_derive_slot(d, TJ_SLOT_LISTEN, &at);
        d->place = place;
    }
    return false;
}

/* ---- nc, socat ---------------------------------------------------------------------------------------------------------------- */

static bool letter(const struct tj_derive *d, const char *name, const char *other) {
    return tj_has_option(d, name) || (other && tj_has_option(d, other));
}

static void listens(struct tj_derive *d) {
    const struct tj_value *port = tj_option_value(d, "-p", "--source-port");
    uint32_t n = tj_operands(d);
    if (!port && n) port = tj_operand(d, n - 1);
    struct tj_value none = tj_plain_value(TJ_STR(""), d->cmd->span);
    tj_derive_slot(d, TJ_SLOT_LISTEN, port ? port : &none);
}

bool tj_handle_nc(struct tj_derive *d) {
    if (letter(d, "-l", "--listen")) {
        listens(d);
        return true;
    }
    const struct tj_value *host = tj_operand(d, 0);
    if (!host) return true;
    bool probe = letter(d, "-z", NULL);
    bool feeds = !probe && d->cmd->stdin_kind != TJ_STDIN_NONE;
    for (uint32_t i = 1; i <= (tj_operands(d) > 1 ? tj_operands(d) - 1 : 1); i++) {
        tj_effect_host(d, probe ? TJ_EFFECT_SCAN : TJ_EFFECT_CONNECT, host, 0);
        if (tj_operand(d, i)) {
            tj_derive_slot(d, TJ_SLOT_PORT, tj_operand(d, i));
            if (tj_operand(d, i)->flags & TJ_VALUE_IS_DYNAMIC && d->fx->effect.n > d->first)
                d->fx->effect.at[d->fx->effect.n - 1].flags |= TJ_EFF_DYNAMIC;
        }
        if (!feeds) continue;
        tj_effect_host(d, TJ_EFFECT_SEND, host, d->flow | d->args);
        if (tj_operand(d, i)) tj_derive_slot(d, TJ_SLOT_PORT, tj_operand(d, i));
    }
    return true;
}

static void socat_end(struct tj_derive *d, const struct tj_value *value) {
    struct tj_str s = value->text;
    uint32_t comma = tj_str_chr(s, ',', 0);
    struct tj_str spec = tj_str_sub(s, 0, comma == TJ_NOT_FOUND ? s.n : comma);
    uint32_t colon = tj_str_chr(spec, ':', 0);
    struct tj_str name = tj_str_sub(spec, 0, colon == TJ_NOT_FOUND ? spec.n : colon);
    struct tj_value rest = *value;
    rest.text = tj_str_sub(spec, colon == TJ_NOT_FOUND ? spec.n : colon + 1, spec.n);
    char upper[16] = {0};
    if (name.n >= sizeof upper) return;
    for (uint32_t i = 0; i < name.n; i++)
        upper[i] = (char)(name.p[i] >= 'a' && name.p[i] <= 'z' ? name.p[i] - 32 : name.p[i]);
    struct tj_str kind = tj_str_make(upper, name.n);
    if (tj_str_find(kind, TJ_STR("LISTEN"), 0) != TJ_NOT_FOUND || tj_str_ends(kind, TJ_STR("-L"))) {
        if (!tj_str_starts(kind, TJ_STR("UNIX"))) tj_derive_slot(d, TJ_SLOT_LISTEN, &rest);
    } else if (tj_str_starts(kind, TJ_STR("TCP")) || tj_str_starts(kind, TJ_STR("UDP")) ||
               tj_str_starts(kind, TJ_STR("OPENSSL")) || tj_str_starts(kind, TJ_STR("SOCKS")) ||
               tj_str_starts(kind, TJ_STR("PROXY")) || tj_str_starts(kind, TJ_STR("SSL"))) {
        tj_effect_host(d, TJ_EFFECT_CONNECT, &rest, 0);
    } else if (tj_str_is(kind, "EXEC") || tj_str_is(kind, "SYSTEM") || tj_str_is(kind, "SHELL")) {
        uint32_t space = tj_str_chr(rest.text, ' ', 0);
        rest.text = tj_str_basename(tj_str_sub(rest.text, 0, space == TJ_NOT_FOUND ? rest.text.n : space));
        tj_effect_name(d, TJ_EFFECT_RUN, TJ_OBJECT_PROCESS, &rest);
    } else if (tj_str_starts(kind, TJ_STR("UNIX")) || tj_str_is(kind, "FILE") || tj_str_is(kind, "OPEN") ||
               tj_str_is(kind, "GOPEN")) {
        tj_effect_path(d, TJ_EFFECT_READ, &rest, 0);
    } else if (tj_str_is(kind, "CREATE") || tj_str_is(kind, "WRITE")) {
        tj_effect_path(d, TJ_EFFECT_WRITE, &rest, 0);
    }
}

/* What one end reads goes out at the other. */
bool tj_handle_socat(struct tj_derive *d) {
    for (uint32_t i = 0; i < tj_operands(d); i++) socat_end(d, tj_operand(d, i));
    if (d->cmd->stdin_kind != TJ_STDIN_NONE || d->flow) tj_effect_sends(d, d->flow);
    return true;
}
