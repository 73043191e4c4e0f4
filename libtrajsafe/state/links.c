/* Links and bind mounts that were made in the run: a path that leads through one is another path. */
#include "state/state.h"

/* Longer paths are not followed: each of their folders is looked up. */
enum { MAX_HOPS = 8, MAX_PATH = 512 };

/* They are kept as variables of names that no shell can write, so that scopes and clones treat them as all else. */
static struct tj_str link_name(char room[MAX_PATH + 16], struct tj_str path, bool mount) {
    struct tj_str front = mount ? TJ_STR("\001mount ") : TJ_STR("\001link ");
    memcpy(room, front.p, front.n);
    memcpy(room + front.n, path.p, path.n);
    return tj_str_make(room, front.n + path.n);
}

static const struct tj_value *target_of(const struct tj_state *state, struct tj_str path, bool last) {
    char room[MAX_PATH + 16];
    const struct tj_value *mount = tj_state_var(state, link_name(room, path, true));
    if (mount && mount->text.n) return mount;
    const struct tj_value *link = last ? NULL : tj_state_var(state, link_name(room, path, false));
    return link && link->text.n ? link : NULL;
}

void tj_state_set_link(struct tj_state *state, struct tj_str path, struct tj_str target, bool mount) {
    char room[MAX_PATH + 16];
    struct tj_value to = {.text = target.p ? target : TJ_STR(""), .span = TJ_NO_SPAN};
    struct tj_value some = {.text = TJ_STR("1"), .span = TJ_NO_SPAN};
    if (!path.n || path.n > MAX_PATH || tj_str_eq(path, to.text)) return;
    if (!target.n && !tj_state_var(state, TJ_STR("\001links"))) return; /* nothing to forget */
    tj_state_set_var(state, link_name(room, path, mount), &to);
    tj_state_set_var(state, TJ_STR("\001links"), &some);
}

static struct tj_str replaced(struct tj_arena *arena, struct tj_str target, struct tj_str rest) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    if (!(tj_str_is(target, "/") && rest.n)) tj_buf_put(&buf, target);
    tj_buf_put(&buf, rest);
    return tj_buf_str(&buf);
}

struct tj_str tj_state_follow(const struct tj_state *state, struct tj_arena *arena, struct tj_str path, bool last) {
    if (!tj_state_var(state, TJ_STR("\001links"))) return path;
    for (int hop = 0; hop < MAX_HOPS && path.n <= MAX_PATH; hop++) {
        bool moved = false;
        for (uint32_t i = 1; i <= path.n && !moved; i++) {
            if (i < path.n && path.p[i] != '/') continue;
            const struct tj_value *to = target_of(state, tj_str_sub(path, 0, i), i == path.n && !last);
            if (!to) continue;
            path = replaced(arena, to->text, tj_str_sub(path, i, path.n));
            moved = true;
        }
        if (!moved) break;
    }
    return path;
}
