/* Contexts from JSON objects, and what is not given taken from the record. */
#include "scan/context.h"

struct parsing {
    struct tj_doc *doc;
    uint32_t object;
    struct tj_arena *arena;
    trajsafe_error *error;
    trajsafe_status status;
};

static void refuse(struct parsing *p, const char *key, const char *mend) {
    if (p->status != TRAJSAFE_OK) return;
    p->status = tj_fail(p->error, TRAJSAFE_BAD_CONTEXT, 310, mend, "the context's \"%s\" has the wrong shape", key);
}

static struct tj_str text(struct parsing *p, const char *key) {
    uint32_t node = tj_doc_get(p->doc, p->object, key);
    if (node == TJ_NONE) return TJ_STR_NONE;
    if (!tj_doc_is(p->doc, node, TJ_DOC_STRING)) {
        refuse(p, key, "give a string");
        return TJ_STR_NONE;
    }
    return tj_arena_copy(p->arena, tj_doc_text(p->doc, node));
}

/* A string, or a list of strings. */
static const struct tj_str *texts(struct parsing *p, const char *key, uint32_t *n) {
    uint32_t node = tj_doc_get(p->doc, p->object, key);
    *n = 0;
    if (node == TJ_NONE) return NULL;
    bool one = tj_doc_is(p->doc, node, TJ_DOC_STRING);
    if (!one && !tj_doc_is(p->doc, node, TJ_DOC_ARRAY)) {
        refuse(p, key, "give a string or a list of strings");
        return NULL;
    }
    uint32_t count = one ? 1 : p->doc->node.at[node].n;
    struct tj_str *list = tj_arena_array(p->arena, struct tj_str, count ? count : 1);
    if (!list) return NULL;
    for (uint32_t i = one ? node : tj_doc_first(p->doc, node); i != TJ_NONE && *n < count;
         i = one ? TJ_NONE : tj_doc_next(p->doc, i)) {
        if (!tj_doc_is(p->doc, i, TJ_DOC_STRING)) {
            refuse(p, key, "every element must be a string");
            return NULL;
        }
        list[(*n)++] = tj_arena_copy(p->arena, tj_doc_text(p->doc, i));
    }
    return list;
}

static struct tj_str no_slash(struct tj_str path) {
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    return path;
}

static uint8_t environment(struct parsing *p) {
    static const char *const names[] = {"", "ephemeral", "developer", "production"};
    struct tj_str name = text(p, "environment");
    for (uint8_t i = 1; i < 4; i++)
        if (tj_str_is(name, names[i])) return i;
    if (name.n) refuse(p, "environment", "one of ephemeral, developer, production");
    return TJ_ENV_UNKNOWN;
}

/* Days since 1970 of a date in the proleptic Gregorian calendar (H. Hinnant's days_from_civil). */
static int64_t days(int64_t y, int64_t m, int64_t d) {
    y -= m <= 2;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1, doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static int64_t now_of(struct parsing *p) {
    int64_t seconds;
    uint32_t node = tj_doc_get(p->doc, p->object, "now");
    if (node == TJ_NONE) return INT64_MIN;
    if (tj_doc_get_number(p->doc, p->object, "now", &seconds)) return seconds;
    struct tj_str date = text(p, "now");
    uint64_t y, m, d;
    if (date.n >= 10 && date.p[4] == '-' && date.p[7] == '-' && tj_str_to_u64(tj_str_sub(date, 0, 4), &y) &&
        tj_str_to_u64(tj_str_sub(date, 5, 7), &m) && tj_str_to_u64(tj_str_sub(date, 8, 10), &d) && m >= 1 && m <= 12 &&
        d >= 1 && d <= 31)
        return days((int64_t)y, (int64_t)m, (int64_t)d) * 86400;
    refuse(p, "now", "seconds since 1970, or YYYY-MM-DD");
    return INT64_MIN;
}

/* What `given` leaves open comes from `own`. */
static void merge(struct tj_context *out, const struct tj_context *own) {
#define TAKE(list, n)                                                                                                  \
    if (out->n == 0 && own->n) {                                                                                       \
        out->list = own->list;                                                                                         \
        out->n = own->n;                                                                                               \
    }
    TAKE(workspace, workspaces)
    TAKE(allowed_hosts, allowed)
    TAKE(given, givens)
    TAKE(tests, ntests)
    TAKE(graders, ngraders)
    TAKE(constraints, nconstraints)
    TAKE(authorised, nauthorised)
    TAKE(ask_text, nask_text)
#undef TAKE
    if (!out->home.n) out->home = own->home;
    if (!out->user.n) out->user = own->user;
    if (!out->cwd.n) out->cwd = own->cwd;
    if (!out->environment) out->environment = own->environment;
    if (!out->dialect) out->dialect = own->dialect;
    if (!out->fold_case) out->fold_case = own->fold_case;
    if (out->now == INT64_MIN) out->now = own->now;
}

static trajsafe_status finish(struct parsing *p) {
    return p->status != TRAJSAFE_OK ? p->status : p->arena->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

/* "C:\\Users\\me\\" as all other paths are written. */
static struct tj_str folder_of(struct parsing *p, struct tj_str s) {
    return no_slash(tj_path_is_windows(s) ? tj_path_of_windows(p->arena, s) : s);
}

/* A shell by its name or path; -1: nobody knows it. */
static int dialect_of(struct tj_str shell) {
    static const struct {
        const char *name;
        int dialect;
    } names[] = {{"dash", TJ_DIALECT_SH},         {"ash", TJ_DIALECT_SH},          {"ksh", TJ_DIALECT_BASH},
                 {"mksh", TJ_DIALECT_BASH},       {"powershell", TJ_DIALECT_PWSH}, {"ps1", TJ_DIALECT_PWSH},
                 {"command.com", TJ_DIALECT_CMD}, {"batch", TJ_DIALECT_CMD},       {"csh", TJ_DIALECT_OTHER},
                 {"tcsh", TJ_DIALECT_OTHER},      {"nu", TJ_DIALECT_OTHER},        {"nushell", TJ_DIALECT_OTHER},
                 {"elvish", TJ_DIALECT_OTHER},    {"xonsh", TJ_DIALECT_OTHER}};
    uint32_t back = tj_str_rchr(shell, '\\');
    if (back != TJ_NOT_FOUND) shell = tj_str_sub(shell, back + 1, shell.n);
    shell = tj_str_basename(shell);
    if (shell.n > 4 && tj_str_ieq(tj_str_sub(shell, shell.n - 4, shell.n), TJ_STR(".exe"))) shell.n -= 4;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tj_str_ieq(shell, tj_str_of(names[i].name))) return names[i].dialect;
    return tj_vocab_find(TJ_LIST_DIALECTS, shell);
}

/* Where commands start and what reads them. */
static void parse_place(struct parsing *p, struct tj_context *out) {
    struct tj_str *roots = (struct tj_str *)(uintptr_t)texts(p, "workspace", &out->workspaces);
    for (uint32_t i = 0; i < out->workspaces; i++) roots[i] = folder_of(p, roots[i]);
    out->workspace = roots;
    out->home = folder_of(p, text(p, "home"));
    out->cwd = text(p, "cwd");
    if (tj_path_is_windows(out->cwd)) out->cwd = tj_path_of_windows(p->arena, out->cwd);
    struct tj_str shell = text(p, "shell");
    int dialect = shell.n ? dialect_of(shell) : TJ_DIALECT_BASH;
    if (dialect < 0) refuse(p, "shell", "one of bash, sh, zsh, fish, pwsh, cmd, other");
    out->dialect = (uint8_t)(dialect < 0 ? TJ_DIALECT_BASH : dialect);
}

trajsafe_status tj_context_parse_some(struct tj_doc *doc, uint32_t object, struct tj_arena *arena,
                                      struct tj_context *out, trajsafe_error *error) {
    struct parsing p = {.doc = doc, .object = object, .arena = arena, .error = error};
    memset(out, 0, sizeof *out);
    out->now = INT64_MIN;
    parse_place(&p, out);
    return finish(&p);
}

trajsafe_status tj_context_parse(struct tj_doc *doc, uint32_t object, struct tj_arena *arena, struct tj_context *out,
                                 trajsafe_error *error) {
    struct parsing p = {.doc = doc, .object = object, .arena = arena, .error = error};
    memset(out, 0, sizeof *out);
    out->now = INT64_MIN;
    if (!tj_doc_is(doc, object, TJ_DOC_OBJECT))
        return tj_fail(error, TRAJSAFE_BAD_CONTEXT, 311, "give a JSON object such as {\"workspace\":\"/repo\"}",
                       "a context must be a JSON object");
    parse_place(&p, out);
    struct tj_str os = text(&p, "os");
    out->fold_case = tj_str_is(os, "macos") || tj_str_is(os, "darwin") || tj_str_is(os, "windows");
    out->user = text(&p, "user");
    out->environment = environment(&p);
    out->allowed_hosts = texts(&p, "allowed_hosts", &out->allowed);
    out->given = texts(&p, "files", &out->givens);
    out->tests = texts(&p, "tests", &out->ntests);
    out->graders = texts(&p, "graders", &out->ngraders);
    out->authorised = texts(&p, "authorised", &out->nauthorised);
    out->constraints = texts(&p, "constraints", &out->nconstraints);
    out->ask_text = texts(&p, "task", &out->nask_text);
    out->now = now_of(&p);
    return finish(&p);
}

void tj_context_over(struct tj_context *base, const struct tj_context *over) {
    struct tj_context below = *base;
    *base = *over;
    merge(base, &below);
}

/* The folder that the record itself names first: its workspace, else the first absolute cwd. */
static struct tj_str recorded_folder(const struct tj_record *record) {
    if (record->workspace.n) return record->workspace;
    for (uint32_t i = 0; i < record->event.n; i++)
        if (record->event.at[i].cwd.n) return record->event.at[i].cwd;
    return TJ_STR_NONE;
}

static const struct tj_str *one(struct tj_arena *arena, struct tj_str s) {
    struct tj_str *at = tj_arena_new(arena, struct tj_str);
    if (at) *at = s;
    return at;
}

/* A record's own context adds facts; it never authorises effects: whoever wrote the record may be the agent. */
trajsafe_status tj_loop_context(struct tj_loop *loop, const struct tj_context *given, const struct tj_record *record,
                                struct tj_context *out) {
    *out = given ? *given : loop->none;
    if (record->context != TJ_NONE) {
        struct tj_context own;
        struct tj_doc *doc = (struct tj_doc *)(uintptr_t)&record->doc;
        trajsafe_status status = tj_context_parse(doc, record->context, &loop->record_arena, &own, NULL);
        if (status == TRAJSAFE_NO_MEMORY) return status;
        own.nauthorised = 0;
        if (status == TRAJSAFE_OK) merge(out, &own);
        out->inferred = 1;
    }
    if (out->workspaces == 0) {
        struct tj_str folder = no_slash(recorded_folder(record));
        if (folder.n && folder.p[0] == '/' && folder.n > 1) {
            out->workspace = one(&loop->record_arena, folder);
            out->workspaces = out->workspace ? 1 : 0;
            out->inferred = 1;
        }
    }
    if (out->nconstraints == 0 && record->constraints.n) {
        out->constraints = record->constraints.at;
        out->nconstraints = record->constraints.n;
        out->inferred = 1;
    }
    return TRAJSAFE_OK;
}
