/* The shells of MongoDB and Redis: what they remove, load and connect to. */
#include "unfold/sql.h"

/* ---- MongoDB --------------------------------------------------------------------------------------------------------------- */

static bool empty_filter(struct tj_str s, uint32_t at) {
    while (at < s.n && tj_is_space(s.p[at])) at++;
    if (at < s.n && s.p[at] == ')') return true;
    if (at >= s.n || s.p[at++] != '{') return false;
    while (at < s.n && tj_is_space(s.p[at])) at++;
    return at < s.n && s.p[at] == '}';
}

/* What the method is called on: "users" of db.users.drop( and of db.getCollection("users").drop(. */
static struct tj_value receiver(const struct tj_work *w, uint32_t text, uint32_t dot) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    uint32_t to = dot;
    while (to && (s.p[to - 1] == ')' || s.p[to - 1] == '"' || s.p[to - 1] == '\'' || s.p[to - 1] == ']')) to--;
    uint32_t from = to;
    while (from && (tj_is_name(s.p[from - 1]) || s.p[from - 1] == '-')) from--;
    return tj_value_text(tj_str_sub(s, from, to), (struct tj_span){text, from, to});
}

static const struct method {
    const char *call, *name;
    bool filtered; /* only when it is told to take everything */
} methods[] = {{".dropDatabase(", "mongo:drop-database", false}, {".drop(", "mongo:drop", false},
               {".deleteMany(", "mongo:delete-all", true},       {".remove(", "mongo:delete-all", true},
               {".deleteOne(", "mongo:delete", false},           {".findOneAndDelete(", "mongo:delete", false}};

static bool needs_node(struct tj_str s) {
    static const char *const words[] = {"require(", "process.", "child_process", "eval(", "load(", "function", "=>"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tj_str_find(s, tj_str_of(words[i]), 0) != TJ_NOT_FOUND) return true;
    return false;
}

void tj_walk_mongo(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    struct tj_env inner = *env;
    inner.text = text;
    for (uint32_t at = 0; (at = tj_str_chr(s, '.', at)) != TJ_NOT_FOUND && tj_work_step(w); at++) {
        for (size_t k = 0; k < sizeof methods / sizeof *methods; k++) {
            struct tj_str call = tj_str_of(methods[k].call);
            if (!tj_str_starts(tj_str_sub(s, at, s.n), call)) continue;
            struct tj_arg arg = {.value = receiver(w, text, at)};
            bool part = methods[k].filtered && !empty_filter(s, at + call.n);
            (void)tj_light_emit(w, &inner, tj_str_of(part ? "mongo:delete" : methods[k].name), TJ_LANG_MONGO, &arg, 1,
                                (struct tj_span){text, arg.value.span.begin, at + call.n});
        }
    }
    if (needs_node(s)) tj_walk_foreign(w, env, text, TJ_LANG_NODE);
}

/* ---- Redis ------------------------------------------------------------------------------------------------------------------ */

enum { MAX_WORDS = 16 };

static uint32_t line_words(struct tj_str s, uint32_t text, uint32_t at, uint32_t end, struct tj_arg *out) {
    uint32_t n = 0;
    while (at < end && n < MAX_WORDS) {
        while (at < end && tj_is_space(s.p[at])) at++;
        if (at == end) break;
        char quote = s.p[at] == '"' || s.p[at] == '\'' ? s.p[at] : '\0';
        uint32_t from = quote ? at + 1 : at;
        for (at = from; at < end && (quote ? s.p[at] != quote : !tj_is_space(s.p[at]));) at++;
        out[n] = (struct tj_arg){.value = tj_value_text(tj_str_sub(s, from, at), (struct tj_span){text, from, at})};
        uint32_t gap = tj_gap_in(out[n].value.text);
        if (gap != TJ_NOT_FOUND) {
            out[n].value.text = tj_str_sub(s, from, from + gap);
            out[n].value.flags |= TJ_VALUE_IS_DYNAMIC;
        }
        n++;
        if (quote && at < end) at++;
    }
    return n;
}

static bool is(const struct tj_arg *arg, uint32_t n, uint32_t i, const char *word) {
    return i < n && tj_str_ieq(arg[i].value.text, tj_str_of(word));
}

static void redis_line(struct tj_work *w, struct tj_env *env, uint32_t text, uint32_t at, uint32_t end) {
    struct tj_arg arg[MAX_WORDS];
    struct tj_str s = w->out->texts.text.at[text].bytes;
    struct tj_span span = {text, at, end};
    uint32_t n = line_words(s, text, at, end, arg);
    const char *name = NULL;
    uint32_t first = 1, count = n - 1;
    if (n == 0) return;
    if (is(arg, n, 0, "flushall") || is(arg, n, 0, "flushdb")) {
        name = "redis:flush";
        first = 0;
        count = 1;
    } else if (is(arg, n, 0, "del") || is(arg, n, 0, "unlink") || is(arg, n, 0, "getdel")) {
        name = "redis:del";
    } else if (is(arg, n, 0, "slaveof") || is(arg, n, 0, "replicaof")) {
        name = is(arg, n, 1, "no") ? NULL : "redis:replicaof";
    } else if (is(arg, n, 0, "migrate")) {
        name = "redis:migrate";
        count = n > 2 ? 2 : n - 1;
    } else if (is(arg, n, 0, "module") && is(arg, n, 1, "load")) {
        name = "redis:module";
        first = 2;
        count = n - 2;
    } else if (is(arg, n, 0, "config") && is(arg, n, 1, "set") && n > 3) {
        bool file = is(arg, n, 2, "dir") || is(arg, n, 2, "dbfilename");
        name = file ? "redis:file" : "redis:config";
        first = 3;
        count = 1;
    } else if (is(arg, n, 0, "shutdown")) {
        name = "redis:shutdown";
    } else if (is(arg, n, 0, "eval") || is(arg, n, 0, "fcall")) {
        tj_work_cover(w, TJ_COVERAGE_OPAQUE);
    }
    if (name) (void)tj_light_emit(w, env, tj_str_of(name), TJ_LANG_REDIS, arg + first, count, span);
}

void tj_walk_redis(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    struct tj_env inner = *env;
    inner.text = text;
    for (uint32_t at = 0; at < s.n && tj_work_step(w);) {
        uint32_t end = tj_str_chr(s, '\n', at);
        if (end == TJ_NOT_FOUND) end = s.n;
        redis_line(w, &inner, text, at, end);
        at = end + 1;
    }
}
