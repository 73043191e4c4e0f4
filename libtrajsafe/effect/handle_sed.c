/* sed: files read or rewritten, and what a simple script takes away and adds. */
#include "effect/derive.h"

/* Splits at an unescaped delimiter from *at; moves *at behind it. */
static bool piece(struct tj_str s, char by, uint32_t *at, struct tj_str *out) {
    uint32_t from = *at;
    for (uint32_t i = from; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n) {
            i++;
        } else if (s.p[i] == by) {
            *out = tj_str_sub(s, from, i);
            *at = i + 1;
            return true;
        }
    }
    return false;
}

struct change {
    struct tj_str removed, added;
};

/* s/a/b/, /a/d, 3d, 1i\text, $a text. Anything else is a change that is not known. */
static bool read_script(struct tj_str s, struct change *out) {
    uint32_t at = 0;
    s = tj_str_trim(s);
    struct tj_str address = TJ_STR_NONE;
    while (at < s.n && (tj_is_digit(s.p[at]) || strchr("$,~+ ", s.p[at]))) at++;
    if (at < s.n && s.p[at] == '/') {
        at++;
        if (!piece(s, '/', &at, &address)) return false;
    }
    while (at < s.n && strchr("I ", s.p[at])) at++;
    if (at >= s.n) return false;
    char verb = s.p[at++];
    *out = (struct change){TJ_STR_NONE, TJ_STR_NONE};
    if (verb == 's' && at < s.n) {
        char by = s.p[at++];
        return piece(s, by, &at, &out->removed) && piece(s, by, &at, &out->added);
    }
    if (verb == 'd') {
        out->removed = address;
        return true;
    }
    if (verb != 'i' && verb != 'a' && verb != 'c') return false;
    while (at < s.n && (s.p[at] == '\\' || tj_is_space(s.p[at]))) at++;
    out->added = tj_str_sub(s, at, s.n);
    if (verb == 'c') out->removed = address;
    return true;
}

/* "d", "1,$d": every line goes. */
static bool drops_all(const struct tj_value *script) {
    static const char *const all[] = {"d", "1,$d", "1,$ d", "$!d;d", "/.*/d", "/^/d", "//d;d"};
    for (size_t i = 0; script && tj_value_constant(script) && i < sizeof all / sizeof *all; i++)
        if (tj_str_is(tj_str_trim(script->text), all[i])) return true;
    return false;
}

static void edit_file(struct tj_derive *d, const struct tj_value *file, const struct tj_value *script) {
    if (script && drops_all(script)) {
        d->content = tj_plain_value(TJ_STR(""), script->span);
        tj_effect_path(d, TJ_EFFECT_WRITE, file, 0);
        d->content = (struct tj_value){.text = TJ_STR_NONE};
        return;
    }
    uint32_t before = d->fx->effect.n;
    tj_derive_slot(d, TJ_SLOT_EDIT, file);
    if (d->fx->effect.n == before || !script || !tj_value_constant(script)) return;
    const struct tj_effect *e = &d->fx->effect.at[before];
    struct change change;
    if (e->object == TJ_OBJECT_PATH && read_script(script->text, &change))
        tj_edit_add(d, e->path, e->classes, change.added, change.removed, false, e->span);
}

bool tj_handle_sed(struct tj_derive *d) {
    const struct tj_value *script = tj_option_value(d, "-e", "--expression");
    bool elsewhere = script || tj_option_value(d, "-f", "--file");
    uint32_t first = elsewhere ? 0 : 1;
    if (!script && !elsewhere) script = tj_operand(d, 0);
    bool in_place = tj_has_flag(d, "in_place");
    for (uint32_t i = first; i < tj_operands(d); i++) {
        const struct tj_value *file = tj_operand(d, i);
        if (in_place)
            edit_file(d, file, script);
        else
            tj_effect_path(d, TJ_EFFECT_READ, file, 0);
    }
    return true;
}
