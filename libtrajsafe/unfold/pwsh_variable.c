/* Variables of PowerShell and the environment of Windows. */
#include "unfold/pwsh.h"

static bool is_name(char c) { return tj_is_name(c) || (uint8_t)c >= 0x80; }

static struct tj_str key_of(struct tj_ps *p, struct tj_str name, const char *prefix) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_puts(&buf, prefix);
    for (uint32_t i = 0; i < name.n; i++) tj_buf_putc(&buf, tj_lower(name.p[i]));
    return tj_buf_str(&buf);
}

static struct tj_str without_scope(struct tj_str name) {
    static const char *const scopes[] = {"global:", "script:", "local:", "private:", "using:", "variable:"};
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        struct tj_str scope = tj_str_of(scopes[i]);
        if (name.n > scope.n && tj_str_ieq(tj_str_sub(name, 0, scope.n), scope))
            return tj_str_sub(name, scope.n, name.n);
    }
    return name;
}

void tj_ps_set(struct tj_ps *p, struct tj_str name, const struct tj_ps_value *value) {
    name = without_scope(name);
    bool env = name.n > 4 && tj_str_ieq(tj_str_sub(name, 0, 4), TJ_STR("env:"));
    if (env) {
        struct tj_arg arg[2] = {{.value = tj_value_text(tj_str_sub(name, 4, name.n), value->v.span)},
                                {.value = value->v}};
        tj_state_set_var(p->w->state, tj_arena_copy(p->w->arena, arg[0].value.text), &value->v);
        (void)tj_ps_emit(p, TJ_STR("ps:set-environment"), arg, 2, value->v.span);
        return;
    }
    struct tj_value type = tj_value_text(value->type, value->v.span);
    tj_state_set_var(p->w->state, key_of(p, name, "ps:"), &value->v);
    tj_state_set_var(p->w->state, key_of(p, name, "ps-type:"), &type);
}

/* What the environment of every Windows has. */
static struct tj_str usual_environment(struct tj_str name) {
    static const struct {
        const char *name, *value;
    } known[] = {{"userprofile", "~"},
                 {"home", "~"},
                 {"homepath", "~"},
                 {"temp", "~\\AppData\\Local\\Temp"},
                 {"tmp", "~\\AppData\\Local\\Temp"},
                 {"appdata", "~\\AppData\\Roaming"},
                 {"localappdata", "~\\AppData\\Local"},
                 {"systemroot", "C:\\Windows"},
                 {"windir", "C:\\Windows"},
                 {"systemdrive", "C:"},
                 {"programdata", "C:\\ProgramData"},
                 {"programfiles", "C:\\Program Files"},
                 {"public", "C:\\Users\\Public"},
                 {"comspec", "C:\\Windows\\System32\\cmd.exe"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (tj_str_ieq(name, tj_str_of(known[i].name))) return tj_str_of(known[i].value);
    return TJ_STR_NONE;
}

struct tj_str tj_windows_environment(struct tj_str name) {
    return usual_environment(name);
}

static struct tj_ps_value environment(struct tj_ps *p, struct tj_str name, struct tj_span span) {
    const struct tj_value *known = tj_state_var(p->w->state, name);
    struct tj_str usual = known ? TJ_STR_NONE : usual_environment(name);
    if (usual.n) return tj_ps_text(usual, span);
    if (!known) return tj_ps_unknown(span, 0);
    struct tj_ps_value out = {.v = *known, .type = TJ_STR("")};
    (void)tj_value_keep(p->w->arena, known, &out.v);
    return out;
}

struct tj_ps_value tj_ps_variable(struct tj_ps *p, struct tj_str name, struct tj_span span) {
    static const struct {
        const char *name, *value;
    } known[] = {{"home", "~"},
                 {"true", "True"},
                 {"false", "False"},
                 {"null", ""},
                 {"pshome", "C:\\Windows\\System32"},
                 {"pwd", "."},
                 {"psscriptroot", "."},
                 {"shellid", "Microsoft.PowerShell"}};
    name = without_scope(name);
    if (name.n > 4 && tj_str_ieq(tj_str_sub(name, 0, 4), TJ_STR("env:")))
        return environment(p, tj_str_sub(name, 4, name.n), span);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (tj_str_ieq(name, tj_str_of(known[i].name))) return tj_ps_text(tj_str_of(known[i].value), span);
    const struct tj_value *value = tj_state_var(p->w->state, key_of(p, name, "ps:"));
    if (!value) return tj_ps_unknown(span, 0);
    struct tj_ps_value out = {.v = *value, .type = TJ_STR("")};
    (void)tj_value_keep(p->w->arena, value, &out.v);
    const struct tj_value *type = tj_state_var(p->w->state, key_of(p, name, "ps-type:"));
    if (type) out.type = tj_arena_copy(p->w->arena, type->text);
    out.v.span = span;
    return out;
}

/* $name, ${name}, $env:NAME, $_: p->at stands behind the dollar. */
struct tj_str tj_ps_variable_name(struct tj_ps *p) {
    if (tj_ps_peek(p, 0) == '{') {
        uint32_t close = tj_str_chr(p->s, '}', p->at), from = p->at + 1;
        p->at = close == TJ_NOT_FOUND || close >= p->end ? p->end : close + 1;
        return tj_str_sub(p->s, from, p->at > from ? p->at - 1 : from);
    }
    uint32_t from = p->at;
    if (tj_ps_peek(p, 0) == '$' || tj_ps_peek(p, 0) == '?' || tj_ps_peek(p, 0) == '^')
        return tj_str_sub(p->s, from, ++p->at);
    while (is_name(tj_ps_peek(p, 0)) || (tj_ps_peek(p, 0) == ':' && is_name(tj_ps_peek(p, 1)) && p->at > from)) p->at++;
    return tj_str_sub(p->s, from, p->at);
}
