/* cmd.exe, a named subset: lists, pipes, redirections, quotes, ^ and %VARIABLES%; commands as "cmd:…" or programs. */
#include "unfold/sql.h"

enum { MAX_ARGS = 64 };

struct cmd {
    struct tj_work *w;
    struct tj_env *env;
    struct tj_str s;
    uint32_t text, at, end;
    bool piped;
    bool lost;
};

struct line {
    struct tj_arg arg[MAX_ARGS]; /* the name first */
    uint32_t n, begin;
};

static char peek(const struct cmd *p, uint32_t ahead) { return p->at + ahead < p->end ? p->s.p[p->at + ahead] : '\0'; }

static struct tj_str lower(struct tj_work *w, struct tj_str s) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < s.n; i++) tj_buf_putc(&buf, tj_lower(s.p[i]));
    return tj_buf_str(&buf);
}

static struct tj_str key_of(struct cmd *p, struct tj_str name) {
    struct tj_buf buf;
    tj_buf_init(&buf, p->w->arena);
    tj_buf_puts(&buf, "cmd:");
    tj_buf_put(&buf, lower(p->w, name));
    return tj_buf_str(&buf);
}

/* ---- words ------------------------------------------------------------------------------------------------------------------------ */

/* %NAME%, %NAME:~1,2%, !NAME!: what is known of it; false when it is no variable. */
static bool variable(struct cmd *p, struct tj_buf *buf, bool *gap) {
    char mark = peek(p, 0);
    uint32_t close = tj_str_chr(p->s, mark, p->at + 1);
    if (close == TJ_NOT_FOUND || close >= p->end || close == p->at + 1) return false;
    struct tj_str name = tj_str_sub(p->s, p->at + 1, close);
    uint32_t colon = tj_str_chr(name, ':', 0);
    for (uint32_t i = 0; i < name.n && i < colon; i++)
        if (!tj_is_name(name.p[i]) && !strchr("()-.", name.p[i])) return false;
    p->at = close + 1;
    const struct tj_value *known = colon == TJ_NOT_FOUND ? tj_state_var(p->w->state, key_of(p, name)) : NULL;
    struct tj_str usual = colon == TJ_NOT_FOUND && !known ? tj_windows_environment(name) : TJ_STR_NONE;
    if (known && tj_value_known(known))
        tj_buf_put(buf, known->text);
    else if (usual.n)
        tj_buf_put(buf, usual);
    else
        *gap = true;
    return true;
}

static bool ends_word(char c) { return c == '\0' || tj_is_space(c) || strchr("&|<>()", c) || c == ',' || c == ';'; }

static struct tj_value word(struct cmd *p) {
    struct tj_buf text, suffix;
    uint32_t from = p->at;
    bool gap = false, quoted = false, ticked = false;
    tj_buf_init(&text, p->w->arena);
    tj_buf_init(&suffix, p->w->arena);
    while (p->at < p->end && (quoted || !ends_word(peek(p, 0))) && tj_work_step(p->w)) {
        char c = peek(p, 0);
        struct tj_buf *out = gap ? &suffix : &text;
        if (quoted && c == '\n') break;
        if (c == '\\' && peek(p, 1) == '"' && quoted && peek(p, 2) && !tj_is_space(peek(p, 2))) {
            tj_buf_putc(out, '"'); /* as programs read their words; "C:\x\" ends with it */
            p->at += 2;
        } else if (c == '"') {
            quoted = !quoted;
            p->at++;
        } else if (c == '^' && !quoted && p->at + 1 < p->end) {
            ticked = ticked || tj_is_alnum(peek(p, 1));
            tj_buf_putc(out, peek(p, 1));
            p->at += 2;
        } else if ((c == '%' || c == '!') && variable(p, out, &gap)) {
            continue;
        } else {
            tj_buf_putc(out, c);
            p->at++;
        }
    }
    struct tj_str s = tj_buf_str(&text);
    struct tj_value v = tj_value_text(s, (struct tj_span){p->text, from, p->at});
    if (gap) {
        v.flags |= TJ_VALUE_IS_DYNAMIC;
        v.suffix = tj_buf_str(&suffix);
    }
    if (ticked) v.flags |= TJ_VALUE_ESCAPED;
    if (tj_str_chr(v.text, '*', 0) != TJ_NOT_FOUND) v.flags |= TJ_VALUE_HAS_GLOB;
    return v;
}

static void space(struct cmd *p) {
    while (p->at < p->end) {
        char c = peek(p, 0);
        bool joined = c == '^' && (peek(p, 1) == '\n' || (peek(p, 1) == '\r' && peek(p, 2) == '\n'));
        if (joined)
            p->at += peek(p, 1) == '\r' ? 3 : 2;
        else if (c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ';' || c == '=')
            p->at++;
        else
            break;
    }
}

/* ---- commands ------------------------------------------------------------------------------------------------------------------------- */

static bool named(const struct line *l, uint32_t i, const char *word) {
    return i < l->n && tj_str_ieq(l->arg[i].value.text, tj_str_of(word));
}

static void run(struct cmd *p, struct line *l);

static void run_rest(struct cmd *p, struct line *l, uint32_t from) {
    struct line rest = {.begin = l->begin};
    if (from >= l->n || !tj_work_deeper(p->w, l->arg[0].value.span)) return;
    rest.n = l->n - from;
    memcpy(rest.arg, l->arg + from, rest.n * sizeof *rest.arg);
    run(p, &rest);
    tj_work_higher(p->w);
}

/* set NAME=VALUE: the line is not cut at its blanks. */
static void set(struct cmd *p, struct tj_span span) {
    struct tj_str rest = tj_str_trim(tj_str_sub(p->s, span.begin, span.end));
    if (rest.n && rest.p[0] == '"')
        rest = tj_str_sub(rest, 1, tj_str_rchr(rest, '"') > 0 ? tj_str_rchr(rest, '"') : rest.n);
    uint32_t equals = tj_str_chr(rest, '=', 0);
    if (equals == TJ_NOT_FOUND || (rest.n && rest.p[0] == '/')) return;
    struct cmd inner = *p;
    struct tj_buf buf;
    bool gap = false;
    uint32_t begin = (uint32_t)(rest.p - p->s.p) + equals + 1;
    tj_buf_init(&buf, p->w->arena);
    for (inner.at = begin, inner.end = begin + (rest.n - equals - 1); inner.at < inner.end;) {
        char c = peek(&inner, 0);
        if (c == '^' && inner.at + 1 < inner.end)
            c = peek(&inner, 1), inner.at++;
        else if ((c == '%' || c == '!') && variable(&inner, &buf, &gap))
            continue;
        tj_buf_putc(&buf, c);
        inner.at++;
    }
    struct tj_value v = tj_value_text(tj_buf_str(&buf), (struct tj_span){p->text, begin, span.end});
    if (gap) v.flags |= TJ_VALUE_IS_DYNAMIC;
    tj_state_set_var(p->w->state, key_of(p, tj_str_sub(rest, 0, equals)), &v);
}

/* /s/q as -s -q, /f:x as -f=x: how the tables name the options of cmd's own commands. */
static uint32_t options(struct cmd *p, const struct line *l, struct tj_arg *out) {
    uint32_t n = 0;
    for (uint32_t i = 1; i < l->n && n < MAX_ARGS; i++) {
        struct tj_str s = l->arg[i].value.text;
        bool option = s.n > 1 && s.p[0] == '/' && (tj_is_alpha(s.p[1]) || s.p[1] == '?');
        if (!option) {
            out[n++] = l->arg[i];
            continue;
        }
        for (uint32_t at = 1; at <= s.n && n < MAX_ARGS;) {
            uint32_t end = tj_str_chr(s, '/', at);
            if (end == TJ_NOT_FOUND) end = s.n;
            struct tj_buf buf;
            tj_buf_init(&buf, p->w->arena);
            tj_buf_putc(&buf, '-');
            for (uint32_t k = at; k < end; k++) tj_buf_putc(&buf, s.p[k] == ':' ? '=' : tj_lower(s.p[k]));
            out[n] = l->arg[i];
            out[n++].value.text = tj_buf_str(&buf);
            at = end + 1;
        }
    }
    return n;
}

static void native(struct cmd *p, struct line *l, struct tj_str name) {
    struct tj_env inner = *p->env;
    struct tj_arg *argv = tj_arena_array(p->w->arena, struct tj_arg, l->n); /* outlives this line */
    if (!argv) return;
    memcpy(argv, l->arg, l->n * sizeof *argv);
    argv[0].value.text = name;
    if (p->piped) {
        inner.stdin_kind = TJ_STDIN_PIPE;
        inner.input = tj_value_unknown(l->arg[0].value.span);
    }
    tj_run_words(p->w, &inner, argv, l->n);
}

/* C:\Windows\System32\VSSADMIN.EXE is vssadmin. */
static struct tj_str program_name(struct cmd *p, struct tj_str s) {
    if (tj_path_is_windows(s) || tj_str_chr(s, '\\', 0) != TJ_NOT_FOUND) s = tj_path_of_windows(p->w->arena, s);
    uint32_t slash = tj_str_rchr(s, '/');
    struct tj_str base = lower(p->w, slash == TJ_NOT_FOUND ? s : tj_str_sub(s, slash + 1, s.n));
    if (tj_str_ends(base, TJ_STR(".exe")) || tj_str_ends(base, TJ_STR(".com"))) base.n -= 4;
    bool system = tj_str_starts(s, TJ_STR("/Windows/"));
    return slash == TJ_NOT_FOUND || system ? base : s;
}

static uint32_t condition_end(const struct cmd *p,
                              const struct line *l) { /* if [/i] [not] exist x | errorlevel n | a==b | defined x */
    uint32_t i = 1;
    while (named(l, i, "/i") || named(l, i, "not")) i++;
    bool two = named(l, i, "exist") || named(l, i, "errorlevel") || named(l, i, "defined");
    static const char *const compares[] = {"equ", "neq", "lss", "leq", "gtr", "geq"};
    for (size_t k = 0; k < sizeof compares / sizeof *compares; k++)
        if (named(l, i + 1, compares[k])) return i + 3;
    if (two || i >= l->n) return i + 2;
    struct tj_span at = l->arg[i].value.span; /* as written: %A%==b */
    bool apart = tj_str_find(tj_str_sub(p->s, at.begin, at.end), TJ_STR("=="), 0) == TJ_NOT_FOUND;
    return i + (apart ? 2 : 1);
}

static void run(struct cmd *p, struct line *l) {
    struct tj_arg arg[MAX_ARGS];
    struct tj_value *first = &l->arg[0].value;
    if (!tj_work_step(p->w) || l->n == 0) return;
    while (first->text.n && first->text.p[0] == '@') first->text = tj_str_sub(first->text, 1, first->text.n);
    if (!tj_value_known(first)) {
        tj_work_unknown(p->w, TJ_REASON_DYNAMIC_NAME, first->span);
        native(p, l, first->text);
        return;
    }
    struct tj_str name = program_name(p, first->text);
    if (tj_str_is(name, "rem") || tj_str_starts(name, TJ_STR(":")) || name.n == 0) return;
    if (tj_str_is(name, "if")) {
        uint16_t flags = p->env->flags;
        p->env->flags |= TJ_CMD_MAYBE;
        run_rest(p, l, condition_end(p, l));
        p->env->flags = flags;
        return;
    }
    if (tj_str_is(name, "for")) {
        uint32_t at = 1;
        while (at < l->n && !named(l, at, "do")) at++;
        run_rest(p, l, at + 1);
        return;
    }
    if (tj_str_is(name, "call") || tj_str_is(name, "else")) {
        run_rest(p, l, 1);
        return;
    }
    if (tj_str_is(name, "start")) { /* start "title" /b program: a quoted first word is the title */
        uint32_t at = 1;
        bool title = at < l->n && p->s.p[l->arg[at].value.span.begin] == '"';
        at += title;
        while (at < l->n && l->arg[at].value.text.n && l->arg[at].value.text.p[0] == '/') at++;
        run_rest(p, l, at);
        return;
    }
    /* del/s/q: a switch may be glued to the name. */
    uint32_t slash = tj_str_chr(first->text, '/', 0);
    if (slash != TJ_NOT_FOUND && slash > 0 && l->n < MAX_ARGS && !tj_path_is_windows(first->text)) {
        memmove(l->arg + 2, l->arg + 1, (l->n - 1) * sizeof *l->arg);
        l->arg[1] = l->arg[0];
        l->arg[1].value.text = tj_str_sub(first->text, slash, first->text.n);
        l->n++;
        name = lower(p->w, tj_str_sub(first->text, 0, slash));
    }
    struct tj_str row = key_of(p, name);
    if (tj_image_find_program(p->w->image, row) == TJ_NONE) {
        native(p, l, name);
        return;
    }
    uint32_t n = options(p, l, arg);
    struct tj_span span = {p->text, l->begin, p->at};
    (void)tj_light_emit(p->w, p->env, row, TJ_LANG_CMD, arg, n, span);
}

/* ---- lines ------------------------------------------------------------------------------------------------------------------------------ */

static void redirect(struct cmd *p) {
    bool in = peek(p, 0) == '<', append = peek(p, 0) == '>' && peek(p, 1) == '>';
    uint32_t from = p->at;
    p->at += append ? 2 : 1;
    if (peek(p, 0) == '&') {
        p->at += 2;
        return;
    }
    space(p);
    struct tj_arg arg = {.value = word(p)};
    if (tj_str_ieq(arg.value.text, TJ_STR("nul")) || arg.value.text.n == 0) return;
    struct tj_span span = {p->text, from, p->at};
    const char *name = in ? "cmd:read-file" : append ? "cmd:append-file" : "cmd:write-file";
    (void)tj_light_emit(p->w, p->env, tj_str_of(name), TJ_LANG_CMD, &arg, 1, span);
}

/* One command up to the mark that ends it. */
static void command(struct cmd *p) {
    struct line l = {.n = 0};
    space(p);
    l.begin = p->at;
    while (tj_work_step(p->w)) {
        space(p);
        char c = peek(p, 0);
        bool number = (c == '1' || c == '2') && peek(p, 1) == '>' && p->at && tj_is_space(p->s.p[p->at - 1]);
        if (number) p->at++;
        if (number || c == '>' || c == '<') {
            redirect(p);
            continue;
        }
        if (c == '(' && l.n && named(&l, 0, "for")) { /* the list */
            while (p->at < p->end && p->s.p[p->at++] != ')') {
            }
            continue;
        }
        if (p->at >= p->end || c == '\n' || c == '&' || c == '|' || c == '(' || c == ')') break;
        uint32_t before = p->at;
        struct tj_value v = word(p);
        if (p->at == before) {
            p->at++;
            continue;
        }
        if (l.n < MAX_ARGS) l.arg[l.n++] = (struct tj_arg){.value = v};
        bool comment = l.n == 1 && (tj_str_ieq(v.text, TJ_STR("rem")) || tj_str_starts(v.text, TJ_STR("::")));
        bool sets = l.n == 1 && tj_str_ieq(v.text, TJ_STR("set"));
        if (!comment && !sets) continue;
        uint32_t from = p->at;
        bool quoted = false;
        while (p->at < p->end && peek(p, 0) != '\n' && (comment || quoted || !strchr("&|", peek(p, 0)))) {
            quoted ^= peek(p, 0) == '"';
            p->at += peek(p, 0) == '^' ? 2 : 1;
        }
        if (p->at > p->end) p->at = p->end;
        if (sets) set(p, (struct tj_span){p->text, from, p->at});
        return;
    }
    run(p, &l);
}

void tj_walk_cmd(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_env inner = *env;
    struct tj_str s = w->out->texts.text.at[text].bytes;
    struct cmd p = {.w = w, .env = &inner, .s = s, .text = text, .end = s.n};
    /* cmd /c "…": the quotes around all of it go. */
    if (s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
        p.at = 1;
        p.end = s.n - 1;
    }
    inner.text = text;
    inner.dialect = TJ_DIALECT_CMD;
    while (p.at < p.end && tj_work_step(w)) {
        uint32_t before = p.at;
        command(&p);
        p.piped = peek(&p, 0) == '|' && peek(&p, 1) != '|';
        if (strchr("&|()\n", peek(&p, 0)) || p.at == before) p.at++;
    }
}
