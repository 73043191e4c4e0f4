/* Patches: `*** Begin Patch` envelopes and unified diffs, one action for each file they touch. */
#include "act/act_private.h"

struct patching {
    struct tj_acting *a;
    struct tj_action *open; /* file whose lines are being collected */
    struct tj_buf added, removed;
    struct tj_str pointer;
    uint32_t files;
};

static void finish_file(struct patching *p) {
    if (!p->open) return;
    p->open->content = tj_buf_str(&p->added);
    p->open->old = tj_buf_str(&p->removed);
    p->open = NULL;
}

static void start_file(struct patching *p, enum tj_action_kind kind, struct tj_str path) {
    finish_file(p);
    path = tj_str_trim(path);
    uint32_t tab = tj_str_chr(path, '\t', 0);
    if (tab != TJ_NOT_FOUND) path = tj_str_sub(path, 0, tab);
    p->open = tj_acting_add(p->a, kind);
    if (!p->open) return;
    p->open->path = path;
    p->open->pointer = p->open->content_pointer = p->pointer;
    tj_buf_init(&p->added, p->a->arena);
    tj_buf_init(&p->removed, p->a->arena);
    p->files++;
}

static struct tj_str without_prefix(struct tj_str path) { /* a/x and b/x of git diffs */
    path = tj_str_trim(path);
    if (path.n > 2 && (path.p[0] == 'a' || path.p[0] == 'b') && path.p[1] == '/') return tj_str_sub(path, 2, path.n);
    return path;
}

static bool header(struct patching *p, struct tj_str line, struct tj_str *minus) {
    static const struct {
        const char *text;
        enum tj_action_kind kind;
    } rows[] = {{"*** Add File: ", TJ_ACTION_WRITE},
                {"*** Update File: ", TJ_ACTION_EDIT},
                {"*** Delete File: ", TJ_ACTION_DELETE},
                {"*** Move to: ", TJ_ACTION_WRITE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tj_str text = tj_str_of(rows[i].text);
        if (!tj_str_starts(line, text)) continue;
        start_file(p, rows[i].kind, tj_str_sub(line, text.n, line.n));
        return true;
    }
    if (tj_str_starts(line, TJ_STR("--- "))) {
        *minus = without_prefix(tj_str_sub(line, 4, line.n));
        return true;
    }
    if (tj_str_starts(line, TJ_STR("+++ ")) && minus->p) {
        struct tj_str plus = without_prefix(tj_str_sub(line, 4, line.n));
        if (tj_str_is(plus, "/dev/null"))
            start_file(p, TJ_ACTION_DELETE, *minus);
        else
            start_file(p, tj_str_is(*minus, "/dev/null") ? TJ_ACTION_WRITE : TJ_ACTION_EDIT, plus);
        *minus = TJ_STR_NONE;
        return true;
    }
    return tj_str_starts(line, TJ_STR("*** ")) || tj_str_starts(line, TJ_STR("@@"));
}

bool tj_act_patch(struct tj_acting *a, struct tj_str patch, struct tj_str pointer) {
    struct patching p = {.a = a, .pointer = pointer};
    struct tj_str minus = TJ_STR_NONE;
    for (uint32_t at = 0; at < patch.n;) {
        uint32_t end = tj_str_chr(patch, '\n', at);
        if (end == TJ_NOT_FOUND) end = patch.n;
        struct tj_str line = tj_str_sub(patch, at, end);
        at = end + 1;
        if (header(&p, line, &minus) || !p.open || line.n == 0) continue;
        struct tj_buf *buf = line.p[0] == '+' ? &p.added : line.p[0] == '-' ? &p.removed : NULL;
        if (!buf) continue;
        tj_buf_put(buf, tj_str_sub(line, 1, line.n));
        tj_buf_putc(buf, '\n');
    }
    finish_file(&p);
    return p.files > 0;
}
