/* Facts of the state: cwd, variables, functions, aliases and files, on top of the log. */
#include "state/log.h"

enum { CONTENT_MAX = 128 << 10, SET_MAX = 8 };

static struct tj_str put(char **at, struct tj_str s) {
    if (!s.p) return s;
    char *p = *at;
    if (p && s.n) memcpy(p, s.p, s.n);
    *at = p + s.n;
    return s.n ? (struct tj_str){p, s.n} : (struct tj_str){"", 0};
}

/* ---- cwd ------------------------------------------------------------------------------------------------------------ */

static void set_folder(struct tj_state *state, enum fact_kind kind, struct tj_str canonical) {
    char *text = NULL;
    struct fact *fact = tj_log_push(state, kind, 0, canonical.n, &text);
    if (fact) fact->u.value.text = put(&text, canonical);
}

void tj_state_start(struct tj_state *state) {
    const struct tj_context *context = state->context;
    struct tj_str start = !context              ? TJ_STR_NONE
                          : context->cwd.n      ? context->cwd
                          : context->workspaces ? context->workspace[0]
                                                : TJ_STR_NONE;
    char room[4096];
    if (start.n && start.p[0] != '?')
        set_folder(state, FACT_CWD, tj_path_of_text(context, TJ_STR("?"), start, room, sizeof room));
}

struct tj_str tj_state_cwd(const struct tj_state *state) {
    const struct fact *fact = tj_log_find(state, FACT_CWD, 0, TJ_STR_NONE);
    return fact ? fact->u.value.text : TJ_STR("?");
}

struct tj_str tj_state_oldcwd(const struct tj_state *state) {
    const struct fact *fact = tj_log_find(state, FACT_OLDCWD, 0, TJ_STR_NONE);
    return fact ? fact->u.value.text : TJ_STR("?");
}

void tj_state_set_cwd(struct tj_state *state, struct tj_str canonical) {
    set_folder(state, FACT_OLDCWD, tj_state_cwd(state));
    set_folder(state, FACT_CWD, canonical);
}

/* ---- variables -------------------------------------------------------------------------------------------------------- */

const struct tj_value *tj_state_var(const struct tj_state *state, struct tj_str name) {
    const struct fact *fact = tj_log_find(state, FACT_VAR, tj_log_hash(state, FACT_VAR, name), name);
    return fact ? &fact->u.value : NULL;
}

static size_t value_room(const struct tj_value *value) {
    size_t n = (size_t)value->text.n + value->suffix.n + value->nset * sizeof(struct tj_str) * (value->key ? 2 : 1);
    for (uint32_t i = 0; i < value->nset; i++) n += value->set[i].n + (value->key ? value->key[i].n : 0);
    return n;
}

void tj_state_set_var(struct tj_state *state, struct tj_str name, const struct tj_value *value) {
    char *text = NULL;
    uint32_t hash = tj_log_hash(state, FACT_VAR, name);
    struct fact *fact = tj_log_push(state, FACT_VAR, hash, value_room(value) + name.n, &text);
    if (!fact) return;
    struct tj_value *to = &fact->u.value;
    *to = *value;
    to->span = TJ_NO_SPAN; /* texts of a call die with it */
    to->set = to->key = NULL;
    if (text && value->nset) {
        struct tj_str *set = (struct tj_str *)(void *)text;
        struct tj_str *key = value->key ? set + value->nset : NULL;
        text += value->nset * sizeof *set * (key ? 2 : 1);
        for (uint32_t i = 0; i < value->nset; i++) set[i] = put(&text, value->set[i]);
        for (uint32_t i = 0; key && i < value->nset; i++) key[i] = put(&text, value->key[i]);
        to->set = set;
        to->key = key;
    }
    fact->name = put(&text, name);
    to->text = put(&text, value->text);
    to->suffix = put(&text, value->suffix);
}

/* What both may be: true when it still fits in a set. */
static bool join_sets(struct tj_value *to, struct tj_str set[SET_MAX], const struct tj_value *value) {
    if (value->flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_LIST)) return false;
    uint32_t n = value->flags & TJ_VALUE_IS_SET ? value->nset : 1;
    for (uint32_t i = 0; i < n; i++) {
        struct tj_str s = value->flags & TJ_VALUE_IS_SET ? value->set[i] : value->text;
        bool known = false;
        for (uint32_t k = 0; k < to->nset; k++) known |= tj_str_eq(set[k], s);
        if (known) continue;
        if (to->nset == SET_MAX) return false;
        set[to->nset++] = s;
    }
    return true;
}

void tj_state_may_set_var(struct tj_state *state, struct tj_str name, const struct tj_value *value) {
    const struct tj_value *old = tj_state_var(state, name);
    struct tj_str set[SET_MAX] = {{NULL, 0}};
    struct tj_value both = {.set = set,
                            .flags = (value->flags | (old ? old->flags : 0)) &
                                     (TJ_VALUE_HAS_GLOB | TJ_VALUE_ESCAPED | TJ_VALUE_FROM_OUTPUT),
                            .carries = value->carries | (old ? old->carries : 0)};
    if ((old && !join_sets(&both, set, old)) || !join_sets(&both, set, value)) {
        both = (struct tj_value){.flags = (both.flags & ~TJ_VALUE_HAS_GLOB) | TJ_VALUE_IS_DYNAMIC | TJ_VALUE_MAY_SPLIT,
                                 .carries = both.carries,
                                 .text = TJ_STR("")};
    } else {
        both.text = set[0];
        both.flags |= TJ_VALUE_IS_SET;
    }
    tj_state_set_var(state, name, &both);
}

uint32_t tj_state_gap(struct tj_state *state) { return state->gaps++; }

/* ---- functions and aliases -------------------------------------------------------------------------------------------- */

static bool find_body(const struct tj_state *state, enum fact_kind kind, struct tj_str name, struct tj_str *body) {
    const struct fact *fact = tj_log_find(state, kind, tj_log_hash(state, kind, name), name);
    if (!fact || !fact->u.body.p) return false;
    *body = fact->u.body;
    return true;
}

static void set_body(struct tj_state *state, enum fact_kind kind, struct tj_str name, struct tj_str body) {
    char *text = NULL;
    struct fact *fact = tj_log_push(state, kind, tj_log_hash(state, kind, name), (size_t)name.n + body.n, &text);
    if (!fact) return;
    fact->name = put(&text, name);
    fact->u.body = put(&text, body);
}

bool tj_state_function(const struct tj_state *state, struct tj_str name, struct tj_str *body) {
    return find_body(state, FACT_FUNCTION, name, body);
}
void tj_state_set_function(struct tj_state *state, struct tj_str name, struct tj_str body) {
    set_body(state, FACT_FUNCTION, name, body);
}
bool tj_state_alias(const struct tj_state *state, struct tj_str name, struct tj_str *text) {
    return find_body(state, FACT_ALIAS, name, text);
}
void tj_state_set_alias(struct tj_state *state, struct tj_str name, struct tj_str text) {
    set_body(state, FACT_ALIAS, name, text);
}

/* ---- files ---------------------------------------------------------------------------------------------------------- */

static const struct fact *find_file(const struct tj_state *state, struct tj_str path) {
    return tj_log_find(state, FACT_FILE, tj_log_hash(state, FACT_FILE, path), path);
}

const struct tj_file *tj_state_file(const struct tj_state *state, struct tj_str canonical) {
    const struct fact *fact = find_file(state, canonical);
    if (fact) return &fact->u.file;
    fact = tj_log_find_folder(state, canonical);
    if (!fact || !(fact->u.file.flags & TJ_FILE_CREATED) || fact->u.file.flags & TJ_FILE_DELETED) return NULL;
    struct tj_file *scratch = &((struct tj_state *)(uintptr_t)state)->scratch;
    *scratch = fact->u.file;
    scratch->content = TJ_STR_NONE;
    return scratch;
}

void tj_state_set_file(struct tj_state *state, const struct tj_file *file) {
    struct tj_file copy = *file;
    if (copy.content.n > CONTENT_MAX) {
        copy.content.n = CONTENT_MAX;
        copy.flags |= TJ_FILE_PARTIAL;
    }
    char *text = NULL;
    uint32_t hash = tj_log_hash(state, FACT_FILE, copy.path);
    struct fact *fact = tj_log_push(state, FACT_FILE, hash, (size_t)copy.path.n + copy.content.n, &text);
    if (!fact && copy.content.n) { /* the fact without its content is better than none */
        copy.content = TJ_STR_NONE;
        fact = tj_log_push(state, FACT_FILE, hash, copy.path.n, &text);
    }
    if (!fact) return;
    fact->name = put(&text, copy.path);
    copy.path = fact->name;
    copy.content = put(&text, copy.content);
    copy.step = state->step;
    fact->u.file = copy;
}

/* ---- between calls ---------------------------------------------------------------------------------------------------- */

void tj_state_end_call(struct tj_state *state, uint32_t persist) {
    if (persist == 2) return;
    if (state->depth) { /* what lies below the scope must come back when it is left: hide it, do not drop it */
        struct tj_str cwd = tj_state_cwd(state);
        char *text = NULL;
        if (!tj_log_push(state, FACT_BARRIER, 0, 0, &text)) return;
        if (persist == 1)
            set_folder(state, FACT_CWD, cwd);
        else
            tj_state_start(state);
        return;
    }
    tj_log_cut(state, state->settled, FACT_BIT(FILE) | (persist == 1 ? FACT_BIT(CWD) | FACT_BIT(OLDCWD) : 0));
    while (state->settled < state->n && fact_at(state, state->settled)->kind == FACT_FILE) state->settled++;
    if (persist == 0) tj_state_start(state);
    tj_log_compact(state);
}
