/* Lines that a database client takes for itself: \! ls, .shell ls, system ls, \i file, \copy, .output file. */
#include "unfold/sql.h"

enum what { SKIPS, RUNS, RUNS_CMD, READS_SQL, READS, WRITES, LOADS, COPIES };

static const struct meta {
    const char *word;
    uint8_t what;   /* enum what */
    uint8_t which;  /* number of the word that is meant, from 1 */
    const char *of; /* NULL: any client; else a word of its name */
} metas[] = {
    {"\\!", RUNS, 0, NULL},
    {"\\i", READS_SQL, 1, NULL},
    {"\\ir", READS_SQL, 1, NULL},
    {"\\include", READS_SQL, 1, NULL},
    {"\\.", READS_SQL, 1, NULL},
    {"\\o", WRITES, 1, NULL},
    {"\\out", WRITES, 1, NULL},
    {"\\w", WRITES, 1, NULL},
    {"\\write", WRITES, 1, NULL},
    {"\\T", WRITES, 1, NULL},
    {"\\g", WRITES, 1, NULL},
    {"\\lo_import", READS, 1, NULL},
    {"\\lo_export", WRITES, 2, NULL},
    {"\\copy", COPIES, 0, NULL},
    {".shell", RUNS, 0, NULL},
    {".system", RUNS, 0, NULL},
    {".import", READS, 1, NULL},
    {".output", WRITES, 1, NULL},
    {".once", WRITES, 1, NULL},
    {".backup", WRITES, 9, NULL},
    {".save", WRITES, 9, NULL},
    {".clone", WRITES, 1, NULL},
    {".log", WRITES, 1, NULL},
    {".trace", WRITES, 1, NULL},
    {".restore", READS, 9, NULL},
    {".open", READS, 9, NULL},
    {".read", READS_SQL, 1, NULL},
    {".load", LOADS, 1, NULL},
    {"system", RUNS, 0, "mysql"},
    {"source", READS_SQL, 1, "mysql"},
    {"tee", WRITES, 1, "mysql"},
    {"system", RUNS, 0, "mariadb"},
    {"source", READS_SQL, 1, "mariadb"},
    {"tee", WRITES, 1, "mariadb"},
    {"host", RUNS, 0, "sqlplus"},
    {"!", RUNS, 0, "sqlplus"},
    {"spool", WRITES, 1, "sqlplus"},
    {":!!", RUNS_CMD, 0, "sqlcmd"},
    {"!!", RUNS_CMD, 0, "sqlcmd"},
    {":r", READS_SQL, 1, "sqlcmd"},
    {":out", WRITES, 1, "sqlcmd"},
};

static struct tj_value word_at(struct tj_sql *q, uint32_t *at, uint32_t end) {
    struct tj_str s = q->source;
    while (*at < end && (s.p[*at] == ' ' || s.p[*at] == '\t')) ++*at;
    uint32_t from = *at;
    char quote = from < end && (s.p[from] == '\'' || s.p[from] == '"') ? s.p[from] : '\0';
    uint32_t close = quote ? tj_str_chr(s, quote, from + 1) : TJ_NOT_FOUND;
    if (close != TJ_NOT_FOUND && close < end) {
        *at = close + 1;
        return tj_value_text(tj_str_sub(s, from + 1, close), (struct tj_span){q->text, from + 1, close});
    }
    while (*at < end && !tj_is_space(s.p[*at])) ++*at;
    uint32_t to = *at;
    while (to > from && s.p[to - 1] == ';') to--;
    return tj_value_text(tj_str_sub(s, from, to), (struct tj_span){q->text, from, to});
}

static void run(struct tj_sql *q, const char *name, uint32_t from, uint32_t at, uint32_t end, enum tj_lang lang) {
    struct tj_str rest = tj_str_trim(tj_str_sub(q->source, at, end));
    if (rest.n == 0) rest = TJ_STR("sh"); /* \! alone is a shell */
    uint32_t begin = rest.p >= q->source.p && rest.p < q->source.p + q->source.n ? (uint32_t)(rest.p - q->source.p) : at;
    struct tj_value v = tj_value_text(rest, (struct tj_span){q->text, begin, end});
    tj_light_run(q->w, q->env, name, TJ_LANG_SQL, v, lang, (struct tj_span){q->text, from, end});
}

static void one_file(struct tj_sql *q, const char *name, uint32_t from, struct tj_value path, uint32_t end) {
    struct tj_arg arg = {.value = path};
    bool nothing = path.text.n == 0 || tj_str_is(path.text, "stdout") || tj_str_is(path.text, "off");
    if (nothing) return;
    (void)tj_light_emit(q->w, q->env, tj_str_of(name), TJ_LANG_SQL, &arg, 1, (struct tj_span){q->text, from, end});
}

/* \copy table from 'file' | program 'command' */
static void copies(struct tj_sql *q, uint32_t from, uint32_t at, uint32_t end) {
    bool out = false, ready = false;
    while (at < end) {
        struct tj_value v = word_at(q, &at, end);
        if (v.text.n == 0) continue;
        bool to = tj_str_ieq(v.text, TJ_STR("to"));
        if (ready && tj_str_ieq(v.text, TJ_STR("program"))) {
            v = word_at(q, &at, end);
            tj_light_run(q->w, q->env, "sql:shell", TJ_LANG_SQL, v, TJ_LANG_SHELL, (struct tj_span){q->text, from, end});
            return;
        }
        if (ready) {
            bool stream = tj_str_ieq(v.text, TJ_STR("stdin")) || tj_str_ieq(v.text, TJ_STR("stdout"));
            if (!stream) one_file(q, out ? "sql:write-file" : "sql:read-file", from, v, end);
            return;
        }
        out = to;
        ready = to || tj_str_ieq(v.text, TJ_STR("from"));
    }
}

static void does(struct tj_sql *q, const struct meta *m, uint32_t from, uint32_t at, uint32_t end) {
    struct tj_value v = {.text = TJ_STR_NONE};
    for (uint32_t i = 0, k = at; i < m->which && k < end; i++) {
        struct tj_value next = word_at(q, &k, end);
        if (next.text.n && next.text.p[0] != '-') v = next; /* 9: the last word */
    }
    bool pipe = m->what == WRITES && v.text.n && v.text.p[0] == '|';
    switch (pipe ? RUNS : m->what) {
    case RUNS:
        if (pipe) at = v.span.begin + 1;
        run(q, "sql:shell", from, at, end, TJ_LANG_SHELL);
        break;
    case RUNS_CMD: run(q, "sql:shell", from, at, end, TJ_LANG_CMD); break;
    case READS_SQL:
        if (v.text.n && !tj_nest_file(q->w, q->env, &v, TJ_LANG_SQL, TJ_NEST_CHILD, NULL))
            tj_work_cover(q->w, TJ_COVERAGE_OPAQUE);
        break;
    case READS: one_file(q, "sql:read-file", from, v, end); break;
    case WRITES: one_file(q, "sql:write-file", from, v, end); break;
    case LOADS: one_file(q, "sql:load-extension", from, v, end); break;
    case COPIES: copies(q, from, at, end); break;
    default: break;
    }
}

uint32_t tj_sql_meta(struct tj_sql *q, uint32_t at) {
    struct tj_str s = q->source;
    if (at >= s.n) return at;
    uint32_t end = tj_str_chr(s, '\n', at), word = at;
    if (end == TJ_NOT_FOUND) end = s.n;
    while (word < end && !tj_is_space(s.p[word])) word++;
    struct tj_str first = tj_str_sub(s, at, word);
    bool bang = first.n > 2 && first.p[0] == '\\' && first.p[1] == '!'; /* \!ls */
    if (bang) first.n = 2;
    for (size_t i = 0; i < sizeof metas / sizeof *metas; i++) {
        const struct meta *m = &metas[i];
        bool letters = tj_is_alpha(m->word[0]);
        bool same = letters ? tj_str_ieq(first, tj_str_of(m->word)) : tj_str_is(first, m->word);
        if (!same || (m->of && !tj_str_starts(q->client, tj_str_of(m->of)))) continue;
        if (letters && tj_str_chr(tj_str_sub(s, at, end), '=', 0) != TJ_NOT_FOUND) continue;
        if (tj_work_step(q->w)) does(q, m, at, at + first.n, end);
        return end;
    }
    /* \d, \timing, .tables, .mode: they show or set. */
    bool shows = (first.p[0] == '\\' && first.n > 1) || (first.p[0] == '.' && first.n > 1 && tj_is_alpha(first.p[1]));
    return shows ? end : at;
}
