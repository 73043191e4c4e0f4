/* Field values of an instance: strings are scanned when a condition first asks, names are looked up in the image. */
#include "match/inner.h"

/* Longer command texts are cut: what lies behind is in the arguments, which are scanned one by one. */
enum { TEXT_MOST = 64 << 10, CHAIN_MOST = 64 };

static bool is_partly_known(const struct tj_value *v) { return (v->flags & TJ_VALUE_IS_DYNAMIC) != 0; }

static void put_value(struct tj_buf *buf, const struct tj_value *v) {
    tj_buf_put(buf, v->text);
    if (!is_partly_known(v)) return;
    tj_buf_putc(buf, '*');
    tj_buf_put(buf, v->suffix);
}

/* As written, where the middle of a word is known only when it runs: patterns on a command's text look into it. */
static bool put_source(const struct tj_matching *m, struct tj_buf *buf, const struct tj_arg *arg) {
    const struct tj_understanding *u = m->view->understanding;
    struct tj_span s = arg->value.span;
    if (arg->key.n || !is_partly_known(&arg->value) || !u || s.text >= u->texts.text.n || s.begin >= s.end)
        return false;
    struct tj_str bytes = u->texts.text.at[s.text].bytes;
    if (s.end > bytes.n) return false;
    tj_buf_put(buf, tj_str_sub(bytes, s.begin, s.end));
    return true;
}

static void put_arg(struct tj_buf *buf, const struct tj_arg *arg) {
    if (arg->key.n) {
        tj_buf_put(buf, arg->key);
        tj_buf_putc(buf, '=');
    }
    put_value(buf, &arg->value);
}

/* ---- strings ---------------------------------------------------------------------------------------------------- */

/* Takes the bits gathered in matcher->bits over as a set of their own, and leaves it clear. */
static const struct tj_bits *keep_bits(struct tj_matching *m, enum tj_database db, bool any) {
    if (!any) return m->none;
    uint32_t words = m->matcher->databases->words[db];
    uint64_t *from = m->matcher->bits;
    struct tj_bits *kept = tj_arena_alloc(m->arena, tj_bits_size(words), _Alignof(struct tj_bits));
    if (kept) memcpy(kept->word, from, words * sizeof *from);
    if (kept) kept->fold = 0;
    for (uint32_t i = 0; kept && i < words; i++) kept->fold |= from[i];
    memset(from, 0, words * sizeof *from);
    if (!kept) m->failed = true;
    return kept ? kept : m->none;
}

static const struct tj_bits *scan_one(struct tj_matching *m, const struct tj_bits **kept, enum tj_database db,
                                      struct tj_str text) {
    if (!*kept) *kept = keep_bits(m, db, tj_scan_bits(m->matcher, db, text, m->matcher->bits));
    return *kept;
}

/* What code only says is blanked, so that a rule on the code of a program does not take it for code. */
static bool says_python(const struct tj_matching *m, const struct tj_command *c, uint32_t i) {
    if (c->base_program == TJ_NONE || c->index >= m->view->effects->bound.n) return false;
    return m->view->effects->bound.at[c->index].command_arg == i &&
           tj_image_program(m->image, c->base_program)->lang == TJ_LANG_PYTHON;
}

static bool scan_arg(struct tj_matching *m, const struct tj_arg *arg) {
    uint64_t *bits = m->matcher->bits;
    const struct tj_value *v = &arg->value;
    bool any = false;
    if (v->nset && v->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST)) {
        for (uint32_t i = 0; i < v->nset; i++) any |= tj_scan_bits(m->matcher, TJ_DB_ARG, v->set[i], bits);
        return any;
    }
    if (!arg->key.n && !is_partly_known(v)) return tj_scan_bits(m->matcher, TJ_DB_ARG, v->text, bits);
    struct tj_buf buf;
    tj_buf_init(&buf, m->arena);
    put_arg(&buf, arg);
    if (buf.failed) m->failed = true;
    return tj_scan_bits(m->matcher, TJ_DB_ARG, tj_buf_str(&buf), bits);
}

/* Statements for a database are the same to a rule whether they come as a word or through standard input. */
static bool scan_statements(struct tj_matching *m, const struct tj_command *c) {
    enum { STATEMENTS_MOST = 65536 };
    if (c->stdin_kind == TJ_STDIN_NONE || c->program == TJ_NONE || c->input.text.n == 0) return false;
    const struct tj_program *program = tj_image_program(m->image, c->program);
    if (program->lang != TJ_LANG_SQL || !(program->traits & TJ_PROGRAM_STDIN_RUN)) return false;
    struct tj_arg arg = {.value = c->input};
    if (arg.value.text.n > STATEMENTS_MOST) arg.value.text.n = STATEMENTS_MOST;
    return scan_arg(m, &arg);
}

static bool scan_code(struct tj_matching *m, const struct tj_arg *arg) {
    struct tj_buf buf;
    tj_buf_init(&buf, m->arena);
    put_arg(&buf, arg);
    if (buf.failed) m->failed = true;
    tj_spoken_python(buf.at, buf.n);
    return tj_scan_bits(m->matcher, TJ_DB_ARG, tj_buf_str(&buf), m->matcher->bits);
}

/* The words of a command in two views: all of them, and those that it acts on itself. */
static const uint32_t *hushed(struct tj_matching *m, const struct tj_command *c, bool acted) {
    struct tj_command_bits *cache = &m->command[c->index];
    for (int i = 0; i < 2 && !cache->hushed; i++) cache->hush[i] = tj_spoken_words(m, c, i);
    cache->hushed = true;
    return cache->hush[acted].from;
}

/* Where both views show the same words they share their bits. */
static int view_of(struct tj_matching *m, const struct tj_command *c, bool acted) {
    return acted && hushed(m, c, true) ? 1 : 0;
}

static const struct tj_bits *arg_bits(struct tj_matching *m, const struct tj_command *c, bool acted) {
    struct tj_command_bits *cache = &m->command[c->index];
    int view = view_of(m, c, acted);
    const struct tj_bits **kept = &cache->arg[view];
    if (*kept) return *kept;
    const uint32_t *from = hushed(m, c, view);
    bool any = false;
    if (m->matcher->databases->words[TJ_DB_ARG] == 0) return *kept = m->none;
    for (uint32_t i = 1; i < c->argc; i++) {
        if (from && from[i] != UINT32_MAX) continue;
        any |= says_python(m, c, i) ? scan_code(m, &c->argv[i]) : scan_arg(m, &c->argv[i]);
    }
    any |= scan_statements(m, c);
    return *kept = keep_bits(m, TJ_DB_ARG, any);
}

static void put_word(struct tj_matching *m, struct tj_buf *buf, const struct tj_command *c, uint32_t i) {
    uint32_t begin = buf->n;
    if (!put_source(m, buf, &c->argv[i])) put_arg(buf, &c->argv[i]);
    if (says_python(m, c, i)) tj_spoken_python(buf->at + begin, buf->n - begin);
}

static const struct tj_bits *text_bits(struct tj_matching *m, const struct tj_command *c, bool acted) {
    struct tj_command_bits *cache = &m->command[c->index];
    int view = view_of(m, c, acted);
    const struct tj_bits **kept = &cache->text[view];
    if (*kept) return *kept;
    const uint32_t *from = hushed(m, c, view);
    if (!m->matcher->databases->words[TJ_DB_COMMAND]) return *kept = m->none;
    struct tj_buf buf;
    tj_buf_init(&buf, m->arena);
    for (uint32_t i = 0; i < c->argc && buf.n < TEXT_MOST; i++) {
        if (i) tj_buf_putc(&buf, ' ');
        if (from && from[i] != UINT32_MAX)
            tj_buf_put(&buf, tj_str_sub(c->argv[i].value.text, 0, from[i]));
        else
            put_word(m, &buf, c, i);
    }
    if (buf.failed) m->failed = true;
    return scan_one(m, kept, TJ_DB_COMMAND, tj_buf_str(&buf));
}

/* `echo 0 > f` writes a line: for rules its value is 0. */
static struct tj_str without_newline(struct tj_str s) {
    return s.n && s.p[s.n - 1] == '\n' ? tj_str_sub(s, 0, s.n - 1) : s;
}

static const struct tj_bits *effect_bits(struct tj_matching *m, const struct tj_instance *x,
                                         enum tj_bits_of_effect which) {
    const struct tj_effect *e = x->effect;
    const struct tj_bits **kept = &m->effect[x->index].bits[which];
    switch (which) {
    case TJ_BITS_PATH: return scan_one(m, kept, TJ_DB_PATH, e->path);
    case TJ_BITS_HOST: return scan_one(m, kept, TJ_DB_HOST, e->host);
    case TJ_BITS_URL: return scan_one(m, kept, TJ_DB_URL, e->url);
    case TJ_BITS_NAME: return scan_one(m, kept, TJ_DB_NAME, e->name);
    case TJ_BITS_VALUE: return scan_one(m, kept, TJ_DB_VALUE, without_newline(e->value));
    case TJ_BITS_EFFECT: break;
    }
    return m->none;
}

static const struct tj_bits *edit_bits(struct tj_matching *m, const struct tj_instance *x, enum tj_field field) {
    const struct tj_bits **kept = m->edit[x->index].bits;
    switch (field) {
    case TJ_F_PATH: return scan_one(m, &kept[TJ_BITS_EDIT_PATH], TJ_DB_PATH, x->edit->path);
    case TJ_F_ADDED: return scan_one(m, &kept[TJ_BITS_ADDED], TJ_DB_ADDED, x->edit->added);
    case TJ_F_REMOVED: return scan_one(m, &kept[TJ_BITS_REMOVED], TJ_DB_REMOVED, x->edit->removed);
    default: return m->none;
    }
}

const struct tj_bits *tj_field_bits(struct tj_matching *m, const struct tj_instance *x, enum tj_field field, bool acted) {
    if (x->subject == TJ_SUBJECT_TEXT) return x->raw;
    if (x->subject == TJ_SUBJECT_MESSAGE) return scan_one(m, &m->message, TJ_DB_MESSAGE, m->view->message);
    if (x->subject == TJ_SUBJECT_EDIT) return edit_bits(m, x, field);
    if (field == TJ_F_ARG) return x->command ? arg_bits(m, x->command, acted) : m->none;
    if (field == TJ_F_TEXT) return x->command ? text_bits(m, x->command, acted) : m->none;
    if (x->subject != TJ_SUBJECT_EFFECT) return m->none;
    switch (field) {
    case TJ_F_PATH: return effect_bits(m, x, TJ_BITS_PATH);
    case TJ_F_HOST: return effect_bits(m, x, TJ_BITS_HOST);
    case TJ_F_URL: return effect_bits(m, x, TJ_BITS_URL);
    case TJ_F_NAME: return effect_bits(m, x, TJ_BITS_NAME);
    case TJ_F_VALUE: return effect_bits(m, x, TJ_BITS_VALUE);
    default: return m->none;
    }
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

/* ids rise. */
static bool is_in(uint32_t id, const uint32_t *ids, uint32_t n) {
    if (id == TJ_NONE) return false;
    while (n > 0) {
        uint32_t half = n / 2;
        if (ids[half] == id) return true;
        if (ids[half] < id) {
            ids += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return false;
}

static bool name_in(const struct tj_matching *m, struct tj_str name, const uint32_t *ids, uint32_t n) {
    return name.n && is_in(tj_image_find_name(m->image, name), ids, n);
}

const uint32_t *tj_command_names(struct tj_matching *m, const struct tj_command *c) {
    struct tj_command_bits *cache = &m->command[c->index];
    if (cache->named) return cache->name;
    cache->named = true;
    cache->name[0] = c->name.n ? tj_image_find_name(m->image, c->name) : TJ_NONE;
    cache->name[1] = TJ_NONE;
    if (c->base_program < m->image->n[TJ_SECTION_PROGRAMS]) {
        struct tj_str row = tj_image_str(m->image, tj_image_program(m->image, c->base_program)->name);
        if (!tj_str_eq(row, c->name)) cache->name[1] = tj_image_find_name(m->image, row);
    }
    return cache->name;
}

static bool is_program(struct tj_matching *m, const struct tj_command *c, const uint32_t *ids, uint32_t n) {
    const uint32_t *names = tj_command_names(m, c);
    return is_in(names[0], ids, n) || is_in(names[1], ids, n);
}

static bool has_option(struct tj_matching *m, const struct tj_command *c, const uint32_t *ids, uint32_t n) {
    if (c->index >= m->view->effects->bound.n) return false;
    const struct tj_bound *bound = &m->view->effects->bound.at[c->index];
    for (uint32_t i = 0; i < bound->option.n; i++)
        if (name_in(m, bound->option.at[i].name, ids, n)) return true;
    return false;
}

static const struct tj_command *parent_of(const struct tj_matching *m, const struct tj_command *c) {
    return c->parent < m->commands && c->parent != c->index ? m->view->understanding->command.at[c->parent] : NULL;
}

static bool has_wrapper(struct tj_matching *m, const struct tj_command *c, const uint32_t *ids, uint32_t n) {
    c = parent_of(m, c);
    for (int i = 0; c && i < CHAIN_MOST; i++, c = parent_of(m, c))
        if (is_program(m, c, ids, n)) return true;
    return false;
}

static bool passes_on(const struct tj_matching *m, const struct tj_command *c) {
    if (c->base_program >= m->image->n[TJ_SECTION_PROGRAMS]) return false;
    uint16_t handler = tj_image_program(m->image, c->base_program)->handler;
    return handler == TJ_HANDLER_SHELL || handler == TJ_HANDLER_EXEC || handler == TJ_HANDLER_EVAL ||
           handler == TJ_HANDLER_ENV;
}

static bool is_run_by(struct tj_matching *m, const struct tj_command *c, const uint32_t *ids, uint32_t n) {
    const struct tj_command *by = parent_of(m, c);
    for (int i = 0; by && i < CHAIN_MOST && passes_on(m, by); i++) by = parent_of(m, by);
    return by && by->name.n ? is_program(m, by, ids, n) : name_in(m, TJ_STR("nobody"), ids, n);
}

/* Beside it in its own pipeline, or beside a wrapper around it in that one's. */
static bool has_piped(struct tj_matching *m, const struct tj_command *c, bool from, const uint32_t *ids, uint32_t n) {
    for (int up = 0; c && up < CHAIN_MOST; up++, c = parent_of(m, c))
        if (tj_is_piped(m, c, from, ids, n)) return true;
    return false;
}

static struct tj_str author_name(uint8_t author) {
    switch ((enum tj_author)author) {
    case TJ_AUTHOR_SYSTEM: return TJ_STR("system");
    case TJ_AUTHOR_USER: return TJ_STR("user");
    case TJ_AUTHOR_AGENT: return TJ_STR("assistant");
    case TJ_AUTHOR_TOOL: return TJ_STR("tool");
    case TJ_AUTHOR_OTHER: break;
    }
    return TJ_STR("other");
}

bool tj_field_name(struct tj_matching *m, const struct tj_instance *x, enum tj_field field, const uint32_t *ids,
                   uint32_t n) {
    if (field == TJ_F_AUTHOR)
        return x->subject == TJ_SUBJECT_MESSAGE && name_in(m, author_name(m->view->author), ids, n);
    const struct tj_command *c = x->command;
    if (!c) return false;
    switch (field) {
    case TJ_F_PROGRAM: return is_program(m, c, ids, n);
    case TJ_F_SUBCOMMAND: return name_in(m, c->subcommand, ids, n);
    case TJ_F_OPTION: return has_option(m, c, ids, n);
    case TJ_F_WRAPPER: return has_wrapper(m, c, ids, n);
    case TJ_F_RUN_BY: return is_run_by(m, c, ids, n);
    case TJ_F_PIPED_FROM: return has_piped(m, c, true, ids, n);
    case TJ_F_PIPED_TO: return has_piped(m, c, false, ids, n);
    default: return false;
    }
}
