/* Programs that are no shells and have a way to one: `!` of editors and clients, e of sed, spawn of expect, esyscmd of m4. */
#include "unfold/work.h"

static void run_span(struct tj_work *w, struct tj_env *env, struct tj_span span, struct tj_str label, enum tj_lang lang) {
    struct tj_nest nest = {.text = tj_value_text(tj_texts_bytes(&w->out->texts, span), span),
                           .lang = lang,
                           .layer = TJ_LAYER_NESTED,
                           .label = label,
                           .how = TJ_NEST_CHILD,
                           .dialect = TJ_DIALECT_SH};
    tj_nest_text(w, env, &nest);
}

static bool word_is(struct tj_str s, uint32_t at, const char *name, uint32_t *after) {
    struct tj_str n = tj_str_of(name);
    if (!tj_str_starts(tj_str_sub(s, at, s.n), n)) return false;
    *after = at + n.n;
    return *after >= s.n || !tj_is_name(s.p[*after]);
}

/* ---- lines ------------------------------------------------------------------------------------------------------------------------- */

/* What stands at the beginning of a line, and makes the rest of it a command line. `(`: up to the closing bracket, anywhere. */
static const struct {
    const char *row, *leader;
} escapes[] = {
    {"ftp", "!"},
    {"sftp", "!"},
    {"telnet", "!"},
    {"dc", "!"},
    {"gnuplot", "!"},
    {"gnuplot", "system "},
    {"gdb", "!"},
    {"gdb", "shell "},
    {"lldb", "platform shell "},
    {"lldb", "shell "},
    {"m4", "esyscmd("},
    {"m4", "syscmd("},
    {"mail", "~!"},
    {"mail", "!"},
    {"rpm", "%("},
    {"emacs", "(shell-command \""},
    {"emacs", "(shell-command-to-string \""},
    {"emacs", "(async-shell-command \""},
    {"emacs", "(call-process-shell-command \""},
    {"emacs", "(term \""},
    {"emacs", "(ansi-term \""},
    {"emacs", "(compile \""},
    {"bpftrace", "system(\""},
    {"bpftrace", "exec(\""},
};

static uint32_t closes(struct tj_str s, uint32_t at) {
    uint32_t deep = 1;
    for (; at < s.n; at++) {
        if (s.p[at] == '(') deep++;
        if (s.p[at] == ')' && --deep == 0) return at;
    }
    return s.n;
}

static uint32_t quote_ends(struct tj_str s, uint32_t at, char quote) {
    while (at < s.n && s.p[at] != quote) at += s.p[at] == '\\' ? 2 : 1;
    return at < s.n ? at : s.n;
}

static struct tj_span trimmed(const struct tj_work *w, struct tj_span span) {
    struct tj_str s = tj_texts_bytes(&w->out->texts, span);
    while (s.n && (tj_is_space(s.p[0]) || ((s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0] && s.n > 1))) {
        if (!tj_is_space(s.p[0])) {
            span.end--;
            s.n--;
        }
        span.begin++;
        s = tj_str_sub(s, 1, s.n);
    }
    return span;
}

/* True when the line at `at` begins with a way out of this program; *span: what it runs. */
static bool leads(struct tj_str s, uint32_t at, uint32_t end, const char *leader, uint32_t *begin, uint32_t *stop) {
    struct tj_str l = tj_str_of(leader), line = tj_str_sub(s, at, end);
    char last = l.n ? l.p[l.n - 1] : '\0';
    bool quoted = last == '"' || last == '`', anywhere = last == '(' || quoted;
    uint32_t found = anywhere ? tj_str_find(line, l, 0) : tj_str_starts(line, l) ? 0 : TJ_NOT_FOUND;
    if (found == TJ_NOT_FOUND) return false;
    *begin = at + found + l.n;
    *stop = last == '(' ? closes(s, *begin) : quoted ? quote_ends(s, *begin, last) : end;
    return *begin < *stop;
}

static bool has_escapes(struct tj_str row) {
    for (size_t k = 0; k < sizeof escapes / sizeof *escapes; k++) {
        if (tj_str_is(row, escapes[k].row)) return true;
    }
    return false;
}

/* Lines of a program's own language, and what stands between `;` in one. */
static bool walk_lines(struct tj_work *w, struct tj_env *env, uint32_t text, struct tj_str row) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    bool found = false;
    for (uint32_t at = 0; at < s.n && !w->stopped; at++) {
        uint32_t end = tj_str_chr(s, '\n', at);
        if (end == TJ_NOT_FOUND) end = s.n;
        while (at < end && (tj_is_space(s.p[at]) || s.p[at] == ';')) at++;
        uint32_t next = at, code;
        if (tj_str_is(row, "gdb") && (word_is(s, at, "python", &code) || word_is(s, at, "py", &code)) && code < end) {
            run_span(w, env, trimmed(w, (struct tj_span){text, code, end}), row, TJ_LANG_PYTHON);
            at = end;
            continue;
        }
        for (size_t k = 0; at < end && k < sizeof escapes / sizeof *escapes; k++) {
            uint32_t begin, stop;
            if (!tj_str_is(row, escapes[k].row) || !leads(s, at, end, escapes[k].leader, &begin, &stop)) continue;
            struct tj_span span = trimmed(w, (struct tj_span){text, begin, stop});
            if (span.begin < span.end) run_span(w, env, span, row, TJ_LANG_SHELL);
            found = true;
            next = stop;
            break;
        }
        uint32_t more = tj_str_chr(tj_str_sub(s, 0, end), ';', next > at ? next : at);
        at = more == TJ_NOT_FOUND ? end : more;
    }
    return found;
}

/* Languages of commands that do nothing outside the program, but for those ways out. */
static bool is_commands(struct tj_str row) {
    static const char *const rows[] = {"gdb", "lldb", "dc", "gnuplot", "ftp", "sftp", "telnet", "m4", "ed"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (tj_str_is(row, rows[i])) return true;
    }
    return false;
}

bool tj_walk_escapes(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_str label = w->out->texts.text.at[text].label;
    uint32_t program = tj_image_find_program(w->image, label);
    struct tj_str row = program == TJ_NONE ? label : tj_image_str(w->image, tj_image_program(w->image, program)->name);
    if (!has_escapes(row)) return false;
    (void)walk_lines(w, env, text, row);
    return is_commands(row);
}

/* What such a program reads from a pipe or heredoc. Where its stdin is code, the reader of that code comes here. */
bool tj_peel_lines(struct tj_work *w, struct tj_env *env, struct tj_command *c, struct tj_str row) {
    bool editor = tj_str_is(row, "ed") || tj_str_is(c->name, "ex");
    bool text = c->stdin_kind == TJ_STDIN_HEREDOC || (c->stdin_kind == TJ_STDIN_PIPE && tj_value_known(&c->input));
    if (!text || (!has_escapes(row) && !editor) ||
        tj_image_program(w->image, c->base_program)->traits & TJ_PROGRAM_STDIN_RUN)
        return false;
    struct tj_value in = c->input;
    if (in.span.text == TJ_NONE) in.span = c->span;
    uint32_t child = tj_text_from(w, &in, in.text, TJ_LAYER_HEREDOC, row);
    if (child == TJ_NONE || !tj_work_deeper(w, in.span)) return false;
    struct tj_env inner = *env;
    inner.text = child;
    inner.depth++;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    if (editor)
        (void)tj_walk_editor(w, &inner, child);
    else
        (void)walk_lines(w, &inner, child, row);
    tj_work_higher(w);
    return false;
}

/* ---- sed ------------------------------------------------------------------------------------------------------------------------------ */

/* Behind the delimiter that ends the part at `at`. */
static uint32_t part_ends(struct tj_str s, uint32_t at, char by) {
    while (at < s.n && s.p[at] != by) at += s.p[at] == '\\' ? 2 : 1;
    return at < s.n ? at : s.n;
}

static uint32_t line_ends(struct tj_str s, uint32_t at) {
    uint32_t end = tj_str_chr(s, '\n', at);
    return end == TJ_NOT_FOUND ? s.n : end;
}

/* Addresses in front of a command: 3, $, /re/, \%re%, first~step, and what joins them. */
static uint32_t skip_address(struct tj_str s, uint32_t at) {
    while (at < s.n) {
        if (s.p[at] == '/' || (s.p[at] == '\\' && at + 1 < s.n)) {
            char by = s.p[at] == '/' ? '/' : s.p[++at];
            at = part_ends(s, at + 1, by) + 1;
            while (at < s.n && (s.p[at] == 'I' || s.p[at] == 'M')) at++;
        } else if (tj_is_digit(s.p[at]) || strchr("$,~+! \t;{}\n", s.p[at])) {
            at++;
        } else {
            break;
        }
    }
    return at < s.n ? at : s.n;
}

/* The text that s/…/TEXT/e makes: known when it takes nothing from the line. */
static void run_made(struct tj_work *w, struct tj_env *env, const struct tj_value *script, struct tj_str made) {
    struct tj_buf buf;
    struct tj_value v = *script;
    tj_buf_init(&buf, w->arena);
    for (uint32_t i = 0; i < made.n; i++) {
        bool group = made.p[i] == '\\' && i + 1 < made.n && tj_is_digit(made.p[i + 1]);
        if (made.p[i] == '&' || group) {
            tj_work_unknown(w, TJ_REASON_DYNAMIC_CODE, script->span);
            return;
        }
        if (made.p[i] == '\\' && i + 1 < made.n) i++;
        tj_buf_putc(&buf, made.p[i]);
    }
    v.text = tj_buf_str(&buf);
    struct tj_nest nest = {
        .text = v, .lang = TJ_LANG_SHELL, .layer = TJ_LAYER_NESTED, .label = TJ_STR("sed"), .dialect = TJ_DIALECT_SH};
    tj_nest_text(w, env, &nest);
}

/* One command of a script; returns where the next begins. */
static uint32_t sed_command(struct tj_work *w, struct tj_env *env, const struct tj_value *script, uint32_t at) {
    struct tj_str s = script->text;
    char verb = s.p[at++];
    uint32_t end = line_ends(s, at);
    if (verb == 's' || verb == 'y') {
        if (at >= s.n) return s.n;
        char by = s.p[at];
        uint32_t first = part_ends(s, at + 1, by), second = part_ends(s, first + 1, by), flag = second + 1;
        bool runs = false;
        for (; verb == 's' && flag < s.n && (tj_is_alpha(s.p[flag]) || tj_is_digit(s.p[flag])); flag++) {
            runs = runs || s.p[flag] == 'e';
            if (s.p[flag] == 'w') return line_ends(s, flag);
        }
        if (runs && second <= s.n) run_made(w, env, script, tj_str_sub(s, first + 1, second));
        return flag;
    }
    if (verb == 'e') {
        struct tj_value v = *script;
        v.text = tj_str_trim(tj_str_sub(s, at, end));
        struct tj_nest nest = {
            .text = v, .lang = TJ_LANG_SHELL, .layer = TJ_LAYER_NESTED, .label = TJ_STR("sed"), .dialect = TJ_DIALECT_SH};
        if (v.text.n)
            tj_nest_text(w, env, &nest);
        else
            tj_work_unknown(w, TJ_REASON_DYNAMIC_CODE, script->span); /* the line itself is run */
        return end;
    }
    if (strchr("rRwW#", verb)) return end;
    if (strchr("aic", verb)) {
        while (end < s.n && end && s.p[end - 1] == '\\') end = line_ends(s, end + 1);
        return end;
    }
    return at;
}

static void sed_script(struct tj_work *w, struct tj_env *env, const struct tj_value *script) {
    if (!tj_value_known(script) || tj_str_chr(script->text, 'e', 0) == TJ_NOT_FOUND) return;
    for (uint32_t at = 0; at < script->text.n && !w->stopped;) {
        at = skip_address(script->text, at);
        if (at < script->text.n) at = sed_command(w, env, script, at);
    }
}

bool tj_peel_sed(struct tj_work *w, struct tj_env *env, struct tj_command *c, const struct tj_bound *bound) {
    bool given = false;
    struct tj_env inner = *env;
    inner.capture = NULL;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    for (uint32_t i = 0; i < bound->option.n; i++) {
        const struct tj_bound_option *o = &bound->option.at[i];
        if (tj_str_is(o->name, "--sandbox") || tj_str_is(o->name, "--posix")) return false;
        bool script = tj_str_is(o->name, "-e") || tj_str_is(o->name, "--expression");
        if (tj_str_is(o->name, "-f") || tj_str_is(o->name, "--file")) given = true;
        if (!script || !o->has_value) continue;
        given = true;
        sed_script(w, &inner, &o->value);
    }
    if (!given && bound->operand.n) sed_script(w, &inner, &c->argv[bound->operand.at[0].arg].value);
    return false;
}

/* ---- editors --------------------------------------------------------------------------------------------------------------------------- */

/* Names that only say how: silent, read, write, a range of lines. */
static uint32_t skip_manner(struct tj_str s, uint32_t at, uint32_t end) {
    static const char *const names[] = {"silent",  "sil", "read", "write", "r",   "w",
                                        "execute", "exe", "norm", "tab",   "vert"};
    for (bool moved = true; moved && at < end;) {
        uint32_t after;
        moved = false;
        while (at < end && (strchr(":+%.$,; \t", s.p[at]) || tj_is_digit(s.p[at]))) at++;
        for (size_t k = 0; k < sizeof names / sizeof *names && !moved; k++) {
            if (!word_is(s, at, names[k], &after) || after >= end) continue;
            bool bang = s.p[after] == '!' && k < 2; /* silent! and sil! */
            at = after + bang;
            while (k > 5 && k < 8 && at < end && (s.p[at] == ' ' || s.p[at] == '"' || s.p[at] == '\'')) at++;
            moved = true;
        }
    }
    return at;
}

static bool editor_line(struct tj_work *w, struct tj_env *env, uint32_t text, uint32_t at, uint32_t end) {
    struct tj_str s = w->out->texts.text.at[text].bytes, label = w->out->texts.text.at[text].label;
    uint32_t after;
    at = skip_manner(s, at, end);
    if (at >= end) return true;
    if (s.p[at] == '!') {
        run_span(w, env, (struct tj_span){text, at + 1, end}, label, TJ_LANG_SHELL);
        return true;
    }
    if (word_is(s, at, "terminal", &after) || word_is(s, at, "term", &after)) {
        run_span(w, env, (struct tj_span){text, after, end}, label, TJ_LANG_SHELL);
        return true;
    }
    if (word_is(s, at, "python3", &after) || word_is(s, at, "py3", &after) || word_is(s, at, "python", &after) ||
        word_is(s, at, "py", &after)) {
        run_span(w, env, trimmed(w, (struct tj_span){text, after, end}), label, TJ_LANG_PYTHON);
        return true;
    }
    bool lua = word_is(s, at, "lua", &after), perl = !lua && word_is(s, at, "perl", &after);
    if ((lua || perl) && after < end) {
        run_span(w, env, trimmed(w, (struct tj_span){text, after, end}), label, lua ? TJ_LANG_LUA : TJ_LANG_PERL);
        return true;
    }
    if (word_is(s, at, "shell", &after) || word_is(s, at, "sh", &after)) { /* :sh, a shell and no words */
        struct tj_arg argv = {.value = tj_value_text(TJ_STR("sh"), (struct tj_span){text, at, after})};
        if (after >= end) tj_run_words(w, env, &argv, 1);
        return true;
    }
    return false;
}

bool tj_walk_editor(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_str s = w->out->texts.text.at[text].bytes;
    bool understood = true;
    bool inserts = false; /* between a line `a` and a line `.` stands text */
    for (uint32_t at = 0; at < s.n && !w->stopped;) {
        uint32_t end = line_ends(s, at);
        struct tj_str line = tj_str_trim(tj_str_sub(s, at, end));
        if (inserts || (line.n && strchr("aic", line.p[line.n - 1]) && line.n < 8 && end < s.n)) {
            inserts = !tj_str_is(line, ".");
            at = end + 1;
            continue;
        }
        if (!editor_line(w, env, text, at, end)) {
            understood = false;
            uint32_t bar = tj_str_chr(tj_str_sub(s, 0, end), '|', at); /* :set x | :!y */
            if (bar != TJ_NOT_FOUND && bar + 1 < end) {
                at = bar + 1;
                continue;
            }
        }
        at = end + 1;
    }
    return understood;
}
