/* read and mapfile: what a line of known input puts into variables, field by field as IFS says. */
#include "unfold/work.h"

enum { MAX_LINES = 16, MAX_ELEMENTS = 256 };

struct reading {
    struct tj_work *w;
    struct tj_env *env;
    const struct tj_command *c;
    struct tj_str ifs;
    bool raw, list, all, unsure; /* -r, -a, mapfile, an option or name that we do not know */
    bool trim;                   /* mapfile -t */
    char end;                    /* of a line: -d */
    bool to_the_end;             /* -d '', -N */
    bool exact;                  /* -N: no fields */
    uint64_t most;               /* characters: -n, -N; lines: mapfile -n */
    uint64_t skip;               /* mapfile -s */
    struct tj_str list_name;
    uint32_t first; /* name, or argc */
};

static bool in_set(struct tj_str set, char c) { return tj_str_chr(set, c, 0) != TJ_NOT_FOUND; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
static bool separates(const struct reading *r, char c) { return in_set(r->ifs, c); }
static bool is_space(const struct reading *r, char c) { return is_blank(c) && separates(r, c); }

static void option(struct reading *r, char letter, struct tj_str value) {
    uint64_t n = 0;
    switch (letter) {
    case 'd':
        r->end = value.n ? value.p[0] : '\0';
        r->to_the_end = value.n == 0;
        break;
    case 'n':
    case 'N':
        r->exact = letter == 'N' && !r->all;
        if (!tj_str_to_u64(value, &n) || n == 0) r->unsure = !(r->all && n == 0);
        r->most = n;
        break;
    case 's':
        if (!tj_str_to_u64(value, &r->skip)) r->unsure = true;
        break;
    case 'a':
        r->list = true;
        r->list_name = value;
        break;
    case 'O':
    case 'u':
    case 'C':
    case 't': r->unsure = true; break;
    default: break;
    }
}

static bool takes_value(const struct reading *r, char letter) {
    return letter && strchr(r->all ? "dnOsuCc" : "dnNaptui", letter) != NULL;
}

static bool letters(struct reading *r, uint32_t *at, struct tj_str s) {
    for (uint32_t i = 1; i < s.n; i++) {
        char c = s.p[i];
        if (takes_value(r, c)) {
            bool here = i + 1 < s.n;
            if (!here && *at + 1 >= r->c->argc) return false;
            const struct tj_value *v = here ? NULL : &r->c->argv[++*at].value;
            if (v && !tj_value_known(v)) r->unsure = true;
            option(r, c, here ? tj_str_sub(s, i + 1, s.n) : v->text);
            return true;
        }
        r->raw = r->raw || c == 'r';
        r->trim = r->trim || c == 't';
        if (!strchr(r->all ? "t" : "rse", c)) r->unsure = true;
    }
    return true;
}

static void options(struct reading *r) {
    uint32_t i = 1;
    for (; i < r->c->argc; i++) {
        const struct tj_value *v = &r->c->argv[i].value;
        if (v->text.n < 2 || v->text.p[0] != '-') break;
        if (tj_str_is(v->text, "--")) {
            i++;
            break;
        }
        if (!tj_value_known(v) || !letters(r, &i, v->text)) r->unsure = true;
    }
    r->first = i;
}

/* IFS=, read …: the assignment in front counts. */
static void find_ifs(struct reading *r) {
    const struct tj_value *ifs = tj_state_var(r->w->state, TJ_STR("IFS"));
    for (uint32_t i = 0; i < r->c->settings; i++) {
        if (tj_str_is(r->c->setting[i].name, "IFS")) ifs = &r->c->setting[i].value;
    }
    r->ifs = TJ_STR(" \t\n");
    if (!ifs || ifs->flags & TJ_VALUE_UNSET) return;
    r->ifs = ifs->text;
    if (!tj_value_known(ifs)) r->unsure = true;
}

/* ---- fields ------------------------------------------------------------------------------------------------------------------- */

/* A line without -r: backslashes quote. `mask` tells which bytes were quoted. */
struct line {
    struct tj_str text;
    const char *quoted;
};

static struct line one_line(struct reading *r, struct tj_str in, uint32_t *at) {
    struct tj_buf text, quoted;
    uint64_t chars = 0;
    tj_buf_init(&text, r->w->arena);
    tj_buf_init(&quoted, r->w->arena);
    while (*at < in.n) {
        char c = in.p[*at];
        bool escape = !r->raw && c == '\\';
        if (r->most && chars >= r->most) break;
        (*at)++;
        if (!escape && !r->to_the_end && !r->exact && c == r->end) break;
        if (escape && *at >= in.n) break;
        if (escape) {
            c = in.p[(*at)++];
            if (c == '\n') continue;
        }
        if (((unsigned char)c & 0xc0) != 0x80) chars++;
        if (c == '\0') continue;
        tj_buf_putc(&text, c);
        tj_buf_putc(&quoted, escape ? 1 : 0);
    }
    struct line line = {tj_buf_str(&text), quoted.n ? tj_buf_str(&quoted).p : ""};
    if (!line.text.p) line.text = TJ_STR("");
    return line;
}

static bool splits(const struct reading *r, const struct line *line, uint32_t i) {
    return !line->quoted[i] && separates(r, line->text.p[i]);
}

static bool blank_at(const struct reading *r, const struct line *line, uint32_t i) {
    return i < line->text.n && !line->quoted[i] && is_space(r, line->text.p[i]);
}

static uint32_t skip_blanks(const struct reading *r, const struct line *line, uint32_t i) {
    while (blank_at(r, line, i)) i++;
    return i;
}

/* The field at *at; moves behind its separator. */
static struct tj_str field(const struct reading *r, const struct line *line, uint32_t *at) {
    uint32_t i = *at, begin = i;
    while (i < line->text.n && !splits(r, line, i)) i++;
    struct tj_str out = tj_str_sub(line->text, begin, i);
    i = skip_blanks(r, line, i);
    if (i < line->text.n && splits(r, line, i)) i = skip_blanks(r, line, i + 1);
    *at = i;
    return out;
}

/* The last name takes the rest, without blanks at its end; one separator there is dropped when nothing else follows. */
static struct tj_str rest(const struct reading *r, const struct line *line, uint32_t at) {
    uint32_t probe = at, end = line->text.n;
    struct tj_str one = field(r, line, &probe);
    if (probe >= line->text.n) return one;
    while (end > at && blank_at(r, line, end - 1)) end--;
    return tj_str_sub(line->text, at, end);
}

static void set(struct reading *r, struct tj_str name, const struct tj_value *v) {
    tj_var_assign(r->w, r->env, name, TJ_STR_NONE, v, false);
}

static struct tj_value value_of(const struct reading *r, struct tj_str text) {
    struct tj_value v = tj_value_text(text.p ? text : TJ_STR(""), r->c->span);
    v.carries = r->c->input.carries;
    v.flags |= TJ_VALUE_FROM_OUTPUT | (r->c->input.flags & TJ_VALUE_HAS_GLOB); /* paths that find printed */
    return v;
}

/* Field number `which` of n names. */
static struct tj_str nth(const struct reading *r, const struct line *line, uint32_t which, bool last) {
    uint32_t at = r->exact ? 0 : skip_blanks(r, line, 0);
    if (r->exact) return which ? TJ_STR("") : line->text;
    for (uint32_t i = 0; i < which; i++) (void)field(r, line, &at);
    if (at >= line->text.n) return TJ_STR("");
    return last ? rest(r, line, at) : field(r, line, &at);
}

/* In a loop every line counts: the name is one of what the lines have there. */
static void set_name(struct reading *r, struct tj_str name, const struct line *lines, uint32_t n, uint32_t which,
                     bool last) {
    bool reply = which == TJ_NONE;
    struct tj_value v = value_of(r, TJ_STR(""));
    struct tj_str *all = tj_arena_array(r->w->arena, struct tj_str, n ? n : 1);
    for (uint32_t i = 0; all && i < n; i++) all[i] = reply ? lines[i].text : nth(r, &lines[i], which, last);
    if (n && all) v.text = all[0];
    bool certain = r->env->stream && !r->env->stream->lost;
    bool paths = (r->c->input.flags & TJ_VALUE_HAS_GLOB) != 0;
    if (!certain && !paths && all) {
        v.set = all;
        v.nset = n;
        v.flags |= TJ_VALUE_IS_SET | TJ_VALUE_UNSET_OK;
    }
    set(r, name, &v);
}

static void set_list(struct reading *r, const struct line *line) {
    struct tj_value list = {
        .text = TJ_STR(""), .flags = TJ_VALUE_LIST, .carries = r->c->input.carries, .span = r->c->span};
    uint32_t at = skip_blanks(r, line, 0);
    for (uint32_t n = 0; at < line->text.n && n < MAX_ELEMENTS; n++) tj_list_append(r->w, &list, field(r, line, &at));
    if (at < line->text.n) {
        list = tj_value_unknown(r->c->span);
        list.carries = r->c->input.carries;
        list.flags |= TJ_VALUE_CUT;
    }
    tj_set_variable(r->w, r->env, r->list_name, &list);
}

/* ---- read ---------------------------------------------------------------------------------------------------------------------- */

static bool is_name(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '[' && i) return true;
        if (!tj_is_name(s.p[i]) || (i == 0 && tj_is_digit(s.p[i]))) return false;
    }
    return s.n > 0;
}

/* Nothing but its number of lines is in the way of what the input is known to hold. */
static bool is_cut(const struct reading *r) {
    return !r->unsure && r->c->stdin_kind != TJ_STDIN_NONE && tj_value_known(&r->c->input) && r->c->input.text.n;
}

static void set_unknown(struct reading *r) {
    struct tj_value v = tj_value_unknown(r->c->span);
    if (is_cut(r)) v.flags |= TJ_VALUE_CUT;
    v.carries = r->c->input.carries;
    v.flags |= TJ_VALUE_FROM_OUTPUT;
    /* The lines that it may be: code that reads them finds their beginning. */
    for (uint32_t i = r->first; i < r->c->argc; i++) {
        if (is_name(r->c->argv[i].value.text)) tj_set_variable(r->w, r->env, r->c->argv[i].value.text, &v);
    }
    if (r->list && is_name(r->list_name)) tj_set_variable(r->w, r->env, r->list_name, &v);
    if (r->first >= r->c->argc && !r->list)
        tj_set_variable(r->w, r->env, r->all ? TJ_STR("MAPFILE") : TJ_STR("REPLY"), &v);
}

/* One of the lines, when it is not known which: nothing, or what each has there. */
static void read_any(struct reading *r) {
    struct line lines[MAX_LINES];
    uint32_t at = 0, n = 0;
    struct tj_str in = r->c->input.text;
    for (; at < in.n && n < MAX_LINES; n++) lines[n] = one_line(r, in, &at);
    if (at < in.n || n == 0 || r->list) {
        set_unknown(r);
        return;
    }
    for (uint32_t i = r->first; i < r->c->argc; i++)
        set_name(r, r->c->argv[i].value.text, lines, n, i - r->first, i + 1 == r->c->argc);
    if (r->first >= r->c->argc) set_name(r, TJ_STR("REPLY"), lines, n, TJ_NONE, true);
}

/* The line that this read takes; the status says whether a whole one was there. */
static void read_line(struct reading *r) {
    struct tj_stream *stream = r->env->stream;
    struct tj_str in = r->c->input.text;
    uint32_t from = stream->at < in.n ? stream->at : in.n, at = from;
    bool paths = (r->c->input.flags & TJ_VALUE_HAS_GLOB) != 0; /* any number of lines of which this is the pattern */
    struct line line = one_line(r, in, &at);
    bool ended = at > from && !r->to_the_end && (r->exact || r->most || in.p[at - 1] == r->end);
    r->w->status = paths || r->most ? TJ_STATUS_UNKNOWN : !ended;
    stream->at = paths ? 0 : at;
    if (r->list) {
        set_list(r, &line);
        return;
    }
    for (uint32_t i = r->first; i < r->c->argc; i++)
        set_name(r, r->c->argv[i].value.text, &line, 1, i - r->first, i + 1 == r->c->argc);
    if (r->first >= r->c->argc) set_name(r, TJ_STR("REPLY"), &line, 1, TJ_NONE, true);
}

void tj_read_names(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    struct reading r = {.w = w, .env = env, .c = c, .end = '\n'};
    find_ifs(&r);
    options(&r);
    w->status = TJ_STATUS_UNKNOWN;
    for (uint32_t i = r.first; i < c->argc; i++)
        r.unsure = r.unsure || !tj_value_known(&c->argv[i].value) || !is_name(c->argv[i].value.text);
    if (r.list && !is_name(r.list_name)) r.unsure = true;
    bool known = c->stdin_kind != TJ_STDIN_NONE && tj_value_known(&c->input);
    bool certain = env->stream && !env->stream->lost;
    if (r.unsure && env->stream) env->stream->lost = true;
    if (r.unsure || !known)
        set_unknown(&r);
    else if (certain)
        read_line(&r);
    else
        read_any(&r);
}

void tj_read_lines(struct tj_work *w, struct tj_env *env, const struct tj_command *c) {
    struct reading r = {.w = w, .env = env, .c = c, .end = '\n', .all = true, .list = true};
    struct tj_value list = {.text = TJ_STR(""), .flags = TJ_VALUE_LIST, .carries = c->input.carries, .span = c->span};
    options(&r);
    r.list_name = r.first < c->argc ? c->argv[r.first].value.text : TJ_STR("MAPFILE");
    struct tj_str in = c->input.text;
    if (r.unsure || !is_name(r.list_name) || c->stdin_kind == TJ_STDIN_NONE || !tj_value_known(&c->input) ||
        r.to_the_end) {
        set_unknown(&r);
        return;
    }
    for (uint32_t at = 0, n = 0; at < in.n && (!r.most || list.nset < r.most); n++) {
        uint32_t end = tj_str_chr(in, r.end, at), next = end == TJ_NOT_FOUND ? in.n : end + 1;
        bool ended = end != TJ_NOT_FOUND;
        if (list.nset >= MAX_ELEMENTS) {
            set_unknown(&r);
            return;
        }
        if (n >= r.skip) tj_list_append(w, &list, tj_str_sub(in, at, ended && r.trim ? end : next));
        at = next;
    }
    tj_set_variable(w, env, r.list_name, &list);
}
