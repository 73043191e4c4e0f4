/* SQL: each statement that changes data, touches files or runs something becomes a command "sql:…". Queries are none. */
#include "unfold/sql.h"

enum { MAX_NAMES = 32, MAX_WORDS = MAX_NAMES + 8 };

/* A statement on its way to being a command. */
struct words {
    struct tj_arg at[MAX_WORDS];
    uint32_t n;
};

static void add(struct words *words, struct tj_value v) {
    if (words->n == MAX_WORDS) return;
    words->at[words->n++] = (struct tj_arg){.value = v};
}

static void add_flag(struct words *words, const char *flag) { add(words, tj_value_text(tj_str_of(flag), TJ_NO_SPAN)); }

static struct tj_span span_of(const struct tj_sql *q, uint32_t from, uint32_t to) {
    uint32_t last = to > from ? to - 1 : from;
    return (struct tj_span){q->text, q->token.at[from].begin, q->token.at[last].end};
}

static void emit(struct tj_sql *q, const char *name, struct words *words, uint32_t from, uint32_t to) {
    (void)tj_light_emit(q->w, q->env, tj_str_of(name), TJ_LANG_SQL, words->at, words->n, span_of(q, from, to));
}

/* ---- pieces of statements ------------------------------------------------------------------------------------------------ */

static bool any_of(const struct tj_sql *q, uint32_t i, const char *const *keywords) {
    for (; *keywords; keywords++)
        if (tj_sql_is(q, i, *keywords)) return true;
    return false;
}

static bool is_name(const struct tj_sql *q, uint32_t i) { return i < q->token.n && q->token.at[i].kind <= TJ_SQL_NAME; }

static bool is_text(const struct tj_sql *q, uint32_t i) {
    return i < q->token.n && (q->token.at[i].kind == TJ_SQL_STRING || q->token.at[i].kind == TJ_SQL_NAME);
}

/* schema.table as one value; returns what is behind it. */
static uint32_t name_at(struct tj_sql *q, uint32_t i, struct tj_value *out) {
    struct tj_buf buf;
    if (!is_name(q, i) && !is_text(q, i)) return i;
    *out = tj_sql_value(q, &q->token.at[i++]);
    while (tj_sql_mark(q, i, '.') && (is_name(q, i + 1) || tj_sql_mark(q, i + 1, '*'))) {
        struct tj_value next = tj_sql_value(q, &q->token.at[i + 1]);
        tj_buf_init(&buf, q->w->arena);
        tj_buf_put(&buf, out->text);
        tj_buf_putc(&buf, '.');
        tj_buf_put(&buf, next.text);
        out->text = tj_buf_str(&buf);
        out->flags |= next.flags;
        out->span.end = next.span.end;
        i += 2;
    }
    return i;
}

/* a, b, c */
static uint32_t names(struct tj_sql *q, uint32_t i, struct words *words) {
    for (uint32_t k = 0; k < MAX_NAMES; k++) {
        struct tj_value v;
        uint32_t next = name_at(q, i, &v);
        if (next == i) return i;
        add(words, v);
        i = next;
        if (!tj_sql_mark(q, i, ',')) return i;
        i++;
    }
    return i;
}

static uint32_t skip(const struct tj_sql *q, uint32_t i, const char *const *keywords) {
    while (any_of(q, i, keywords)) i++;
    return i;
}

static const char *const if_exists[] = {"if", "not", "exists", "concurrently", NULL};

/* ---- WHERE ----------------------------------------------------------------------------------------------------------------- */

/* A condition that every row meets begins at `i`: 1, true, 1=1, x = x. */
static bool always(const struct tj_sql *q, uint32_t i, uint32_t end) {
    while (tj_sql_mark(q, i, '(')) i++;
    if (i >= end) return false;
    struct tj_str a = tj_str_sub(q->source, q->token.at[i].begin, q->token.at[i].end);
    bool compared = tj_sql_mark(q, i + 1, '=') && i + 2 < end;
    if (compared) {
        struct tj_str b = tj_str_sub(q->source, q->token.at[i + 2].begin, q->token.at[i + 2].end);
        bool more = i + 3 < end && q->token.at[i + 3].kind == TJ_SQL_MARK && strchr("+-*/.|", q->token.at[i + 3].mark);
        return !q->token.at[i].dynamic && tj_str_eq(a, b) && !more;
    }
    bool last = i + 1 >= end || tj_sql_mark(q, i + 1, ')') || tj_sql_is(q, i + 1, "or");
    return last && (tj_str_is(a, "1") || tj_sql_is(q, i, "true"));
}

/* How the rows from `i` on are chosen: "" by a condition, "--all" not at all, "--always" by one that always holds. */
static const char *chosen(const struct tj_sql *q, uint32_t i, uint32_t end) {
    uint32_t depth = 0;
    const char *how = "--all";
    for (bool where = false; i < end; i++) {
        if (tj_sql_mark(q, i, '(')) depth++;
        if (tj_sql_mark(q, i, ')') && depth-- == 0) break;
        if (depth) continue;
        bool limit = tj_sql_is(q, i, "limit") || tj_sql_is(q, i, "top");
        bool begins = tj_sql_is(q, i, "where") || (where && tj_sql_is(q, i, "or"));
        if (limit || (begins && !where)) how = "";
        where |= begins;
        if (begins && always(q, i + 1, end)) return "--always";
    }
    return how;
}

static void rows(struct tj_sql *q, const char *name, uint32_t from, uint32_t i, uint32_t end) {
    struct words words = {.n = 0};
    struct tj_value table;
    uint32_t next = name_at(q, i, &table);
    if (next == i) return;
    add(&words, table);
    const char *how = chosen(q, next, end);
    if (*how) add_flag(&words, how);
    emit(q, name, &words, from, end);
}

/* ---- statements -------------------------------------------------------------------------------------------------------------- */

static void drop(struct tj_sql *q, uint32_t i, uint32_t end) {
    static const struct {
        const char *keyword, *name;
    } things[] = {
        {"database", "sql:drop-database"},  {"schema", "sql:drop-schema"},    {"keyspace", "sql:drop-schema"},
        {"table", "sql:drop-table"},        {"tablespace", "sql:drop-other"}, {"collection", "sql:drop-table"},
        {"measurement", "sql:drop-table"},  {"series", "sql:drop-table"},     {"user", "sql:drop-user"},
        {"role", "sql:drop-user"},          {"login", "sql:drop-user"},       {"owned", "sql:drop-owned"},
        {"bucket", "sql:drop-schema"},      {"view", "sql:drop-other"},       {"index", "sql:drop-other"},
        {"materialized", "sql:drop-other"}, {"function", "sql:drop-other"},   {"procedure", "sql:drop-other"},
        {"trigger", "sql:drop-other"},      {"type", "sql:drop-other"},       {"sequence", "sql:drop-other"},
        {"extension", "sql:drop-other"},    {"policy", "sql:drop-other"}};
    static const char *const before[] = {"temporary", "temp", "external", "foreign", "cached", NULL};
    static const char *const after[] = {"if", "exists", "concurrently", "by", "view", NULL};
    struct words words = {.n = 0};
    uint32_t from = i++;
    bool temporary = tj_sql_is(q, i, "temporary") || tj_sql_is(q, i, "temp");
    i = skip(q, i, before);
    for (size_t k = 0; k < sizeof things / sizeof *things; k++) {
        if (!tj_sql_is(q, i, things[k].keyword)) continue;
        bool exists = tj_sql_is(q, i + 1, "if");
        uint32_t next = names(q, skip(q, i + 1, after), &words);
        if (words.n == 0) return;
        if (exists) add_flag(&words, "--if-exists");
        if (temporary) add_flag(&words, "--temporary");
        for (; next < end; next++)
            if (tj_sql_is(q, next, "cascade")) add_flag(&words, "--cascade");
        emit(q, things[k].name, &words, from, end);
        return;
    }
}

static void truncate(struct tj_sql *q, uint32_t i, uint32_t end) {
    static const char *const between[] = {"table", "only", "if", "exists", NULL};
    struct words words = {.n = 0};
    uint32_t from = i;
    (void)names(q, skip(q, i + 1, between), &words);
    if (words.n) emit(q, "sql:truncate", &words, from, end);
}

static void alter(struct tj_sql *q, uint32_t i, uint32_t end) {
    static const char *const between[] = {"if", "exists", "only", NULL};
    struct words words = {.n = 0};
    uint32_t from = i++;
    bool account = tj_sql_is(q, i, "user") || tj_sql_is(q, i, "role") || tj_sql_is(q, i, "login");
    bool table = tj_sql_is(q, i, "table"), system = tj_sql_is(q, i, "system");
    struct tj_value name = tj_value_unknown(span_of(q, from, end));
    i = name_at(q, skip(q, i + 1, between), &name);
    add(&words, name);
    for (; i < end; i++) {
        if (account && tj_sql_is(q, i, "superuser")) add_flag(&words, "--superuser");
        if (!table || !tj_sql_is(q, i, "drop")) continue;
        uint32_t at = i + 1;
        bool whole = tj_sql_is(q, at, "partition") || tj_sql_is(q, at, "column");
        bool bare = is_name(q, at) && !tj_sql_is(q, at, "constraint") && !tj_sql_is(q, at, "index") &&
                    !tj_sql_is(q, at, "not") && !tj_sql_is(q, at, "default") && !tj_sql_is(q, at, "primary") &&
                    !tj_sql_is(q, at, "foreign") && !tj_sql_is(q, at, "key");
        if (whole || bare) add_flag(&words, "--column");
    }
    if (account)
        emit(q, "sql:alter-user", &words, from, end);
    else if (table && words.n > 1)
        emit(q, "sql:alter-drop", &words, from, end);
    else if (system)
        emit(q, "sql:alter-system", &words, from, end);
}

static void create(struct tj_sql *q, uint32_t i, uint32_t end) {
    static const char *const before[] = {"or",       "replace",  "global",  "local",   "temporary", "temp",
                                         "unlogged", "external", "virtual", "foreign", NULL};
    struct words words = {.n = 0};
    struct tj_value name;
    uint32_t from = i++, first = i;
    i = skip(q, i, before);
    bool temporary = i > first && (tj_sql_is(q, i - 1, "temporary") || tj_sql_is(q, i - 1, "temp"));
    bool account = tj_sql_is(q, i, "user") || tj_sql_is(q, i, "role") || tj_sql_is(q, i, "login");
    const char *what = account                                                       ? "sql:create-user"
                       : tj_sql_is(q, i, "table")                                    ? "sql:create-table"
                       : tj_sql_is(q, i, "database")                                 ? "sql:create-database"
                       : tj_sql_is(q, i, "schema") || tj_sql_is(q, i, "keyspace")    ? "sql:create-schema"
                       : tj_sql_is(q, i, "function") || tj_sql_is(q, i, "procedure") ? "sql:create-function"
                                                                                     : NULL;
    if (!what) return;
    i = skip(q, i + 1, if_exists);
    uint32_t next = name_at(q, i, &name);
    if (next == i) return;
    add(&words, name);
    if (temporary) add_flag(&words, "--temporary");
    for (; account && next < end; next++)
        if (tj_sql_is(q, next, "superuser")) add_flag(&words, "--superuser");
    emit(q, what, &words, from, end);
}

/* GRANT … ON object TO account: what is given is the first word. */
static void grant(struct tj_sql *q, uint32_t i, uint32_t end) {
    struct words words = {.n = 0};
    struct tj_value v;
    uint32_t from = i;
    bool all = tj_sql_is(q, i + 1, "all"), everywhere = false;
    for (uint32_t k = i + 1; k < end; k++) {
        if (tj_sql_is(q, k, "on") && tj_sql_mark(q, k + 1, '*')) everywhere = true;
        if (!tj_sql_is(q, k, "to") || name_at(q, k + 1, &v) == k + 1) continue;
        add(&words, v);
        break;
    }
    if (words.n == 0) return;
    if (all) add_flag(&words, "--all");
    if (everywhere) add_flag(&words, "--everywhere");
    emit(q, "sql:grant", &words, from, end);
}

static void file(struct tj_sql *q, const char *name, uint32_t from, uint32_t at, uint32_t end) {
    struct words words = {.n = 0};
    if (!is_text(q, at)) return;
    struct tj_value v = tj_sql_value(q, &q->token.at[at]);
    add(&words, v);
    emit(q, name, &words, from, end);
}

/* COPY table|(query) FROM|TO 'file' | PROGRAM 'command' | STDIN | STDOUT */
static void copy(struct tj_sql *q, uint32_t i, uint32_t end) {
    uint32_t from = i, depth = 0;
    for (i++; i < end; i++) {
        depth += tj_sql_mark(q, i, '(');
        depth -= tj_sql_mark(q, i, ')') && depth;
        bool out = tj_sql_is(q, i, "to");
        if (depth || (!out && !tj_sql_is(q, i, "from"))) continue;
        bool program = tj_sql_is(q, i + 1, "program") && is_text(q, i + 2);
        if (program)
            tj_light_run(q->w, q->env, "sql:program", TJ_LANG_SQL, tj_sql_value(q, &q->token.at[i + 2]), TJ_LANG_SHELL,
                         span_of(q, from, end));
        else
            file(q, out ? "sql:write-file" : "sql:read-file", from, i + 1, end);
        return;
    }
}

static void run_sql(struct tj_sql *q, const struct tj_sql_token *t) {
    struct tj_value v = tj_sql_value(q, t);
    if (t->kind == TJ_SQL_STRING) v.text = tj_str_sub(q->source, t->from, t->to);
    struct tj_nest nest = {.text = v, .lang = TJ_LANG_SQL, .layer = TJ_LAYER_NESTED, .label = q->client};
    nest.text.span = (struct tj_span){q->text, t->from, t->to};
    if (!tj_work_deeper(q->w, v.span)) return;
    tj_nest_text(q->w, q->env, &nest);
    tj_work_higher(q->w);
}

/* DO $$ … $$, EXECUTE 'text', EXEC ('text'), EXEC sp_executesql N'text' */
static void execute(struct tj_sql *q, uint32_t i, uint32_t end) {
    bool seen = false;
    for (i++; i < end && !seen; i++) {
        const struct tj_sql_token *t = &q->token.at[i];
        seen = t->kind == TJ_SQL_BODY || t->kind == TJ_SQL_STRING;
        if (seen) run_sql(q, t);
    }
    if (!seen) tj_work_cover(q->w, TJ_COVERAGE_OPAQUE);
}

static void xp_cmdshell(struct tj_sql *q, uint32_t i, uint32_t end) {
    for (uint32_t k = i + 1; k < end && k < i + 6; k++) {
        if (q->token.at[k].kind != TJ_SQL_STRING) continue;
        tj_light_run(q->w, q->env, "sql:xp-cmdshell", TJ_LANG_SQL, tj_sql_value(q, &q->token.at[k]), TJ_LANG_CMD,
                     span_of(q, i, end));
        return;
    }
}

/* Words within any statement that read and write files or run something: readfile('x'), INTO OUTFILE 'x'. */
static void within(struct tj_sql *q, uint32_t i, uint32_t end) {
    static const struct {
        const char *word, *name;
        bool call;
    } marks[] = {{"outfile", "sql:write-file", false},
                 {"dumpfile", "sql:write-file", false},
                 {"infile", "sql:read-file", false},
                 {"readfile", "sql:read-file", true},
                 {"load_file", "sql:read-file", true},
                 {"pg_read_file", "sql:read-file", true},
                 {"pg_read_binary_file", "sql:read-file", true},
                 {"lo_import", "sql:read-file", true},
                 {"read_csv", "sql:read-file", true},
                 {"read_csv_auto", "sql:read-file", true},
                 {"read_parquet", "sql:read-file", true},
                 {"read_text", "sql:read-file", true},
                 {"read_json", "sql:read-file", true},
                 {"read_blob", "sql:read-file", true},
                 {"writefile", "sql:write-file", true},
                 {"load_extension", "sql:load-extension", true},
                 {"pg_ls_dir", "sql:read-file", true}};
    static const char *const runs[] = {"sys_exec", "sys_eval", "shell_exec", NULL};
    for (uint32_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        if (!tj_sql_is(q, i, marks[k].word) || tj_sql_mark(q, i + 1, '(') != marks[k].call) continue;
        file(q, marks[k].name, i, i + (marks[k].call ? 2 : 1), end);
    }
    if (tj_sql_is(q, i, "xp_cmdshell")) xp_cmdshell(q, i, end);
    if (tj_sql_is(q, i, "lo_export"))
        for (uint32_t k = i; k < end && k < i + 8; k++)
            if (q->token.at[k].kind == TJ_SQL_STRING) file(q, "sql:write-file", i, k, end);
    if (any_of(q, i, runs) && tj_sql_mark(q, i + 1, '(') && is_text(q, i + 2))
        tj_light_run(q->w, q->env, "sql:program", TJ_LANG_SQL, tj_sql_value(q, &q->token.at[i + 2]), TJ_LANG_SHELL,
                     span_of(q, i, end));
}

static void disk_file(struct tj_sql *q, const char *name, const char *word, uint32_t i, uint32_t end) {
    for (uint32_t k = i; k + 1 < end; k++) {
        uint32_t at = tj_sql_mark(q, k + 1, '=') ? k + 2 : k + 1;
        if (!tj_sql_is(q, k, word)) continue;
        if (at < end) file(q, name, i, at, end);
        return;
    }
}

/* One verb that stands where a statement may begin. */
static void verb(struct tj_sql *q, uint32_t i, uint32_t end) {
    static const char *const text_runs[] = {"execute", "exec", "do", "prepare", NULL};
    if (tj_sql_is(q, i, "drop")) drop(q, i, end);
    if (tj_sql_is(q, i, "truncate")) truncate(q, i, end);
    if (tj_sql_is(q, i, "delete") && tj_sql_is(q, i + 1, "from"))
        rows(q, "sql:delete", i, tj_sql_is(q, i + 2, "only") ? i + 3 : i + 2, end);
    bool sets = is_name(q, i + 1) && !tj_sql_is(q, i + 1, "set") && !tj_sql_is(q, i + 1, "statistics");
    for (uint32_t k = i + 2; sets && k < end && k < i + 10; k++) {
        if (!tj_sql_is(q, i, "update") || !tj_sql_is(q, k, "set")) continue;
        rows(q, "sql:update", i, i + 1, end);
        break;
    }
    if ((tj_sql_is(q, i, "insert") || tj_sql_is(q, i, "replace")) && tj_sql_is(q, i + 1, "into")) {
        struct words words = {.n = 0};
        struct tj_value v;
        if (name_at(q, i + 2, &v) == i + 2) return;
        add(&words, v);
        emit(q, "sql:insert", &words, i, end);
    }
    if (tj_sql_is(q, i, "alter")) alter(q, i, end);
    if (tj_sql_is(q, i, "create")) create(q, i, end);
    if (tj_sql_is(q, i, "grant")) grant(q, i, end);
    if (tj_sql_is(q, i, "copy")) copy(q, i, end);
    if (any_of(q, i, text_runs) && !tj_sql_is(q, i + 1, "xp_cmdshell") && !tj_sql_is(q, i + 1, "update"))
        execute(q, i, end);
    if (tj_sql_is(q, i, "call")) tj_work_cover(q->w, TJ_COVERAGE_OPAQUE);
    if (tj_sql_is(q, i, "attach")) file(q, "sql:open", i, tj_sql_is(q, i + 1, "database") ? i + 2 : i + 1, end);
    if (tj_sql_is(q, i, "vacuum")) disk_file(q, "sql:write-file", "into", i, end);
    if (tj_sql_is(q, i, "backup")) disk_file(q, "sql:write-file", "disk", i, end);
    if (tj_sql_is(q, i, "export")) disk_file(q, "sql:write-file", "database", i, end);
    if (tj_sql_is(q, i, "install") || tj_sql_is(q, i, "load")) file(q, "sql:load-extension", i, i + 1, end);
}

/* A verb may begin a statement at the front, in brackets, in the body of a block, or on a line of its own (T-SQL). */
static bool may_begin(const struct tj_sql *q, uint32_t i) {
    static const char *const before[] = {"then", "else", "begin", "loop", "analyze", "as", NULL};
    return i == 0 || q->token.at[i].line || tj_sql_mark(q, i - 1, '(') || tj_sql_mark(q, i - 1, ')') ||
           any_of(q, i - 1, before);
}

static void statement(struct tj_sql *q) {
    uint32_t n = q->token.n;
    bool only_says = tj_sql_is(q, 0, "explain") && !tj_sql_is(q, 1, "analyze");
    bool defines = tj_sql_is(q, 0, "create") || tj_sql_is(q, 0, "comment"); /* bodies run when they are called */
    for (uint32_t i = 0; i < n && !only_says && tj_work_step(q->w); i++) {
        if (may_begin(q, i) && (i == 0 || !defines)) verb(q, i, n);
        within(q, i, n);
    }
}

void tj_walk_sql(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_env inner = *env;
    struct tj_sql q = {.w = w, .env = &inner, .text = text, .source = w->out->texts.text.at[text].bytes};
    q.client = w->out->texts.text.at[text].label;
    inner.text = text;
    for (uint32_t at = 0; at < q.source.n && !w->stopped;) {
        while (at < q.source.n && tj_is_space(q.source.p[at])) at++;
        uint32_t behind = tj_sql_meta(&q, at);
        if (behind > at) {
            at = behind;
            continue;
        }
        q.token.n = 0;
        at = tj_sql_tokens(&q, at, q.source.n);
        if (q.token.n) statement(&q);
    }
}
