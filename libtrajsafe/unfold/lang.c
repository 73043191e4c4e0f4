/* Code in other languages than the shell and Python: what is read, what only is searched for shell in plain sight. */
#include "unfold/work.h"

/* A string literal that begins at `at`; its inner bounds. */
static bool literal_at(struct tj_str s, uint32_t at, uint32_t *begin, uint32_t *end) {
    if (at >= s.n || (s.p[at] != '"' && s.p[at] != '\'' && s.p[at] != '`')) return false;
    for (uint32_t i = at + 1; i < s.n; i++) {
        if (s.p[i] == '\\') {
            i++;
        } else if (s.p[i] == s.p[at]) {
            *begin = at + 1;
            *end = i;
            return true;
        }
    }
    return false;
}

static struct tj_str unquote(struct tj_arena *arena, struct tj_str s) {
    struct tj_buf buf;
    if (tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND) return s;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n) {
            char c = s.p[++i];
            tj_buf_putc(&buf, c == 'n' ? '\n' : c == 't' ? '\t' : c);
        } else {
            tj_buf_putc(&buf, s.p[i]);
        }
    }
    return tj_buf_str(&buf);
}

static void run_code(struct tj_work *w, struct tj_env *env, struct tj_span span, struct tj_str code) {
    struct tj_nest nest = {.text = tj_value_text(code, span),
                           .lang = TJ_LANG_SHELL,
                           .layer = TJ_LAYER_NESTED,
                           .label = TJ_STR("system"),
                           .dialect = TJ_DIALECT_SH};
    struct tj_env inner = *env;
    inner.flags |= TJ_CMD_MAYBE;
    tj_nest_text(w, &inner, &nest);
}

static void run_shell(struct tj_work *w, struct tj_env *env, uint32_t text, uint32_t begin, uint32_t end) {
    struct tj_span span = {text, begin, end};
    run_code(w, env, span, unquote(w->arena, tj_texts_bytes(&w->out->texts, span)));
}

static uint32_t name_length(struct tj_str s, uint32_t at) {
    uint32_t n = 0;
    while (at + n < s.n && (tj_is_name(s.p[at + n]) || s.p[at + n] == '$')) n++;
    return n;
}

/* system(cmd): the first text that a name was set to, cmd = "…". */
static bool assigned_to(struct tj_str s, uint32_t at, uint32_t *begin, uint32_t *end) {
    struct tj_str name = tj_str_sub(s, at, at + name_length(s, at));
    if (name.n == 0 || tj_is_digit(name.p[0])) return false;
    for (uint32_t i = 0; (i = tj_str_find(s, name, i)) != TJ_NOT_FOUND; i += name.n) {
        uint32_t next = i + name.n;
        while (next < s.n && s.p[next] == ' ') next++;
        if ((i && tj_is_name(s.p[i - 1])) || next + 1 >= s.n || s.p[next] != '=' || s.p[next + 1] == '=') continue;
        for (next++; next < s.n && s.p[next] == ' ';) next++;
        if (literal_at(s, next, begin, end)) return true;
    }
    return false;
}

/* system("…"), exec("…"), run(`…`), do shell script "…" and their like. */
static bool run_calls(struct tj_work *w, struct tj_env *env, uint32_t text) {
    /* of R, Julia, Tcl, AppleScript, Groovy, Elixir, Erlang, Guile … */
    static const char *const names[] = {"system",          "exec",    "popen", "shell_exec", "run",
                                        "do shell script", "os:cmd",  "spawn", "shell",      "System.cmd",
                                        "Process.run",     "system2", "eval"};
    struct tj_str s = w->out->texts.text.at[text].bytes;
    bool found = false;
    for (uint32_t at = 0; at < s.n && !w->stopped; at++) {
        if (at && (tj_is_name(s.p[at - 1]))) continue;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            struct tj_str name = tj_str_of(names[k]);
            if (s.p[at] != name.p[0] || !tj_str_starts(tj_str_sub(s, at, s.n), name)) continue;
            uint32_t i = at + name.n, begin, end;
            if (i < s.n && tj_is_name(s.p[i])) continue;
            while (i < s.n && (s.p[i] == ' ' || s.p[i] == '(')) i++;
            if (i == at + name.n || (!literal_at(s, i, &begin, &end) && !assigned_to(s, i, &begin, &end))) continue;
            run_shell(w, env, text, begin, end);
            found = true;
            at = end > at ? end : i;
            break;
        }
    }
    return found;
}

/* awk does nothing to files, programs or the network without one of these. */
static bool quiet_awk(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '@') return false;
        if (s.p[i] == '|' && i + 1 < s.n && s.p[i + 1] == '|') {
            i++;
        } else if (s.p[i] == '|') {
            return false;
        } else if (s.p[i] == '>') { /* a file has no number for a name */
            uint32_t next = i + 1 + (i + 1 < s.n && s.p[i + 1] == '=');
            while (next < s.n && s.p[next] == ' ') next++;
            if (next >= s.n || !(tj_is_digit(s.p[next]) || s.p[next] == '-')) return false;
        }
    }
    return tj_str_find(s, TJ_STR("system"), 0) == TJ_NOT_FOUND &&
           tj_str_find(s, TJ_STR("getline"), 0) == TJ_NOT_FOUND && tj_str_find(s, TJ_STR("ENVIRON"), 0) == TJ_NOT_FOUND;
}

/* perl -pe 's/a/b/g': edits text and runs nothing, unless a flag says e. */
static bool only_edits(struct tj_str s) {
    s = tj_str_trim(s);
    uint32_t skip = tj_str_starts(s, TJ_STR("tr")) ? 2 : 1;
    if (s.n < 4 || (s.p[0] != 's' && s.p[0] != 'y' && skip == 1) || tj_is_name(s.p[skip])) return false;
    char d = s.p[skip];
    uint32_t a = tj_str_chr(s, d, skip + 1), b = a == TJ_NOT_FOUND ? a : tj_str_chr(s, d, a + 1);
    if (b == TJ_NOT_FOUND) return false;
    for (uint32_t i = b + 1; i < s.n; i++) {
        if (s.p[i] == 'e' || (!tj_is_alpha(s.p[i]) && s.p[i] != ';')) return false;
    }
    return tj_str_find(s, TJ_STR("(?{"), 0) == TJ_NOT_FOUND && tj_str_find(s, TJ_STR("@{["), 0) == TJ_NOT_FOUND;
}

static bool is_editor(struct tj_str name) {
    static const char *const names[] = {"vim", "vi", "nvim", "ex", "ed", "view", "gvim", "rvim", "vimdiff"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tj_str_is(name, names[i])) return true;
    }
    return false;
}

/* Groovy: "text".execute() */
static void walk_execute(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    uint32_t at = 0, from = 0;
    while ((at = tj_str_find(s, TJ_STR(".execute("), at)) != TJ_NOT_FOUND && !w->stopped) {
        uint32_t begin = at ? at - 1 : 0;
        char quote = s.p[begin];
        while (begin > from && (quote == '"' || quote == '\'') && s.p[begin - 1] != quote) begin--;
        if (begin > from && (quote == '"' || quote == '\'')) run_shell(w, env, text, begin, at - 1);
        from = at++;
    }
}

/* AppleScript that asks programs for something and runs no shell: what those do is not seen. */
static bool only_scripts(const struct tj_work *w, uint32_t text) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    return tj_str_is(w->out->texts.text.at[text].label, "osascript") &&
           tj_str_find(s, TJ_STR("do shell"), 0) == TJ_NOT_FOUND && tj_str_find(s, TJ_STR("ObjC"), 0) == TJ_NOT_FOUND &&
           tj_str_find(s, TJ_STR("doShellScript"), 0) == TJ_NOT_FOUND;
}

static bool is_tcl(struct tj_str name) {
    return tj_str_is(name, "tclsh") || tj_str_is(name, "wish") || tj_str_is(name, "expect");
}

/* exec WORD… and spawn WORD… of Tcl and expect, up to the end of the command. */
static void walk_tcl(struct tj_work *w, struct tj_env *env, uint32_t text) {
    static const char *const names[] = {"exec ", "spawn "};
    struct tj_str s = w->out->texts.text.at[text].bytes;
    for (uint32_t at = 0; at < s.n && !w->stopped; at++) {
        if (at && (tj_is_name(s.p[at - 1]) || s.p[at - 1] == '$' || s.p[at - 1] == '"')) continue;
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            struct tj_str name = tj_str_of(names[k]);
            if (s.p[at] != name.p[0] || !tj_str_starts(tj_str_sub(s, at, s.n), name)) continue;
            uint32_t begin = at + name.n, end = begin;
            while (end < s.n && s.p[end] != '\n' && s.p[end] != ';' && s.p[end] != ']' && s.p[end] != '}') end++;
            if (begin < end && s.p[begin] != '"') run_shell(w, env, text, begin, end);
            at = end;
            break;
        }
    }
}

void tj_walk_foreign(struct tj_work *w, struct tj_env *env, uint32_t text, enum tj_lang lang) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    struct tj_span span = {text, 0, s.n};
    if (lang == TJ_LANG_PERL && only_edits(s)) return;
    if (lang == TJ_LANG_OTHER && is_editor(w->out->texts.text.at[text].label)) {
        if (!tj_walk_editor(w, env, text)) (void)run_calls(w, env, text);
        return;
    }
    if (tj_walk_escapes(w, env, text) && lang == TJ_LANG_OTHER) return;
    switch (lang) {
    case TJ_LANG_AWK:
        if (!quiet_awk(s)) tj_walk_code(w, env, text, lang);
        break;
    case TJ_LANG_SQL: tj_walk_sql(w, env, text); break;
    case TJ_LANG_MONGO: tj_walk_mongo(w, env, text); break;
    case TJ_LANG_REDIS: tj_walk_redis(w, env, text); break;
    case TJ_LANG_PWSH: tj_walk_pwsh(w, env, text); break;
    case TJ_LANG_CMD: tj_walk_cmd(w, env, text); break;
    case TJ_LANG_PERL:
    case TJ_LANG_RUBY:
    case TJ_LANG_PHP:
    case TJ_LANG_LUA:
    case TJ_LANG_NODE: tj_walk_code(w, env, text, lang); break;
    default:
        if (tj_str_is(w->out->texts.text.at[text].label, "groovy")) walk_execute(w, env, text);
        if (is_tcl(w->out->texts.text.at[text].label)) walk_tcl(w, env, text);
        (void)run_calls(w, env, text);
        if (!only_scripts(w, text))
            tj_work_unknown(w, TJ_REASON_LANGUAGE, span);
        else
            tj_work_cover(w, TJ_COVERAGE_OPAQUE);
        break;
    }
}
