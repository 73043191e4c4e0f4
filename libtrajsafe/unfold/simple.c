/* A simple command's words, settings and redirections, resolved. */
#include "unfold/work.h"

void tj_set_variable(struct tj_work *w, const struct tj_env *env, struct tj_str name, const struct tj_value *value) {
    (void)env;
    struct tj_touched t = {name, false};
    for (uint32_t i = 0; i < w->odd.n; i++) {
        if (!tj_str_eq(w->odd.at[i], name) || value->flags & TJ_VALUE_IS_DYNAMIC) continue;
        struct tj_value v = tj_value_unknown(value->span);
        v.carries = value->carries;
        tj_set_variable(w, env, name, &v);
        return;
    }
    if (w->journal) (void)tj_vec_push(w->arena, &w->journal->entry, t);
    tj_state_set_var(w->state, name, value);
}

void tj_set_function(struct tj_work *w, struct tj_str name, struct tj_str body) {
    struct tj_touched t = {name, true};
    w->moves++;
    if (w->journal) (void)tj_vec_push(w->arena, &w->journal->entry, t);
    tj_state_set_function(w->state, name, body);
}

/* ---- redirections ------------------------------------------------------------------------------------------------------------- */

static struct tj_redirect one_redirect(struct tj_work *w, struct tj_env *env, const struct tj_sh_redir *r) {
    struct tj_redirect out = {.op = r->op, .fd = r->fd, .body_text = TJ_NONE};
    out.target = tj_word_value(w, env, r->word);
    if (r->op != TJ_REDIR_HEREDOC) return out;
    struct tj_span body = {env->text, r->body_begin, r->body_end};
    struct tj_str source = tj_texts_bytes(&w->out->texts, body);
    /* A template of the body is found by the body's span. */
    struct tj_str template_ = tj_template_of(w, out.target.span);
    out.target.span = body;
    if (template_.p) {
        struct tj_template t = {body, template_};
        (void)tj_vec_push(w->arena, &w->template, t);
    }
    out.body_text = tj_texts_child(&w->out->texts, body, TJ_LAYER_HEREDOC, TJ_STR("heredoc"), out.target.text);
    if (tj_str_eq(source, out.target.text)) (void)tj_texts_run(&w->out->texts, out.body_text, 0, body.begin, source.n);
    return out;
}

const struct tj_redirect *tj_redirects(struct tj_work *w, struct tj_env *env, uint32_t at, uint32_t end, uint32_t *n) {
    struct tj_redirect *out = end > at ? tj_arena_array(w->arena, struct tj_redirect, end - at) : NULL;
    *n = 0;
    for (uint32_t i = at; out && i < end && !w->stopped; i++) {
        struct tj_sh_redir r = env->script->redir.at[i];
        out[(*n)++] = one_redirect(w, env, &r);
    }
    return out;
}

bool tj_redirect_is_socket(const struct tj_redirect *r) {
    struct tj_str s = r->target.text;
    return tj_str_starts(s, TJ_STR("/dev/tcp/")) || tj_str_starts(s, TJ_STR("/dev/udp/"));
}

bool tj_redirects_stdout(const struct tj_redirect *redirect, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        bool file =
            redirect[i].op == TJ_REDIR_OUT || redirect[i].op == TJ_REDIR_APPEND || redirect[i].op == TJ_REDIR_CLOBBER;
        bool both = redirect[i].op == TJ_REDIR_BOTH || redirect[i].op == TJ_REDIR_BOTH_APPEND;
        if (both || (file && redirect[i].fd == 1)) return true;
    }
    return false;
}

/* `>&2`: what is printed reaches nobody who reads stdout. */
static bool leaves_stdout(const struct tj_redirect *r) {
    return r->op == TJ_REDIR_DUP_OUT && r->fd == 1 && tj_str_is(r->target.text, "2");
}

/* `2>&1` */
static bool joins_stdout(const struct tj_redirect *r) {
    return r->op == TJ_REDIR_DUP_OUT && r->fd == 2 && tj_str_is(r->target.text, "1");
}

static void read_file(struct tj_work *w, struct tj_env *env, const struct tj_redirect *r) {
    env->stdin_kind = TJ_STDIN_FILE;
    env->input = tj_value_unknown(r->target.span);
    const struct tj_value *output = tj_subst_output(w, r->target.text);
    if (output) {
        env->stdin_kind = TJ_STDIN_PIPE;
        env->input = *output;
        return;
    }
    struct tj_path path = tj_path_resolve(w->arena, tj_state_context(w->state), tj_state_cwd(w->state), &r->target);
    const struct tj_file *file = path.dynamic ? NULL : tj_state_file(w->state, path.text);
    if (!path.dynamic) env->input.carries = tj_image_classify_path(w->image, path.text) & TJ_DATA_CLASSES;
    if (!file || !tj_str_eq(file->path, path.text)) return;
    env->input.carries |= file->carries;
    if (!file->content.p || file->flags & (TJ_FILE_DELETED | TJ_FILE_PARTIAL)) return;
    env->input.text = file->content;
    env->input.flags = 0;
}

#define DESCRIPTOR_TEXT "\001fd text "

/* What `exec 3< file` opened is kept as a variable that no shell can name; what `exec 3<<< text` opened as another. */
static struct tj_str descriptor_name(struct tj_work *w, const char *prefix, struct tj_str number) {
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_puts(&buf, prefix);
    tj_buf_put(&buf, number);
    return tj_buf_str(&buf);
}

const struct tj_value *tj_descriptor(struct tj_work *w, struct tj_str number) {
    return number.n && tj_is_digit(number.p[0]) ? tj_state_var(w->state, descriptor_name(w, TJ_DESCRIPTOR, number))
                                                : NULL;
}

void tj_descriptor_open(struct tj_work *w, const struct tj_redirect *redirect, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const struct tj_redirect *r = &redirect[i];
        bool text = r->op == TJ_REDIR_HERESTRING || r->op == TJ_REDIR_HEREDOC;
        if ((r->op > TJ_REDIR_INOUT && !text) || r->fd <= 2) continue;
        struct tj_buf buf;
        struct tj_value none = tj_value_unknown(r->target.span);
        tj_buf_init(&buf, w->arena);
        tj_buf_number(&buf, r->fd);
        tj_state_set_var(w->state, descriptor_name(w, DESCRIPTOR_TEXT, tj_buf_str(&buf)), text ? &r->target : &none);
        if (!text) tj_state_set_var(w->state, descriptor_name(w, TJ_DESCRIPTOR, tj_buf_str(&buf)), &r->target);
    }
}

/* `</dev/tty`, `<&2`: whoever types there gives the input, as without a redirection. */
static bool is_terminal(const struct tj_redirect *r) {
    struct tj_str s = r->target.text;
    if (r->op == TJ_REDIR_DUP_IN || r->op == TJ_REDIR_DUP_OUT) return tj_str_is(s, "1") || tj_str_is(s, "2");
    return r->op == TJ_REDIR_IN &&
           (tj_str_is(s, "/dev/tty") || tj_str_is(s, "/dev/stderr") || tj_str_is(s, "/dev/stdout"));
}

/* <<< adds a newline. */
static void end_line(struct tj_work *w, struct tj_value *v) {
    struct tj_str *end = v->flags & TJ_VALUE_IS_DYNAMIC ? &v->suffix : &v->text;
    struct tj_buf buf;
    if (v->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST) || !tj_work_derive(w, (size_t)end->n + 1, v->span)) return;
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, *end);
    tj_buf_putc(&buf, '\n');
    *end = tj_buf_str(&buf);
}

void tj_redirect_env(struct tj_work *w, struct tj_env *env, const struct tj_redirect *redirect, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const struct tj_redirect *r = &redirect[i];
        if (leaves_stdout(r)) env->capture = env->errors;
        if (joins_stdout(r)) env->errors = env->capture;
        if (r->fd != 0) continue;
        env->stream = NULL;
        if (r->op == TJ_REDIR_HEREDOC || r->op == TJ_REDIR_HERESTRING) {
            env->stdin_kind = TJ_STDIN_HEREDOC;
            env->input = r->target;
            if (r->op == TJ_REDIR_HERESTRING) end_line(w, &env->input);
            env->stream = tj_arena_new(w->arena, struct tj_stream);
        } else if (is_terminal(r)) {
            env->stdin_kind = TJ_STDIN_NONE;
            env->input = tj_value_unknown(r->target.span);
        } else if (r->op == TJ_REDIR_IN || r->op == TJ_REDIR_INOUT) {
            read_file(w, env, r);
            env->stream = tj_arena_new(w->arena, struct tj_stream);
        } else if (r->op == TJ_REDIR_DUP_IN) {
            env->stdin_kind = TJ_STDIN_FILE;
            env->input = tj_value_unknown(r->target.span);
            const struct tj_value *text = tj_state_var(w->state, descriptor_name(w, DESCRIPTOR_TEXT, r->target.text));
            const struct tj_value *opened = tj_descriptor(w, r->target.text);
            struct tj_redirect file = {.op = TJ_REDIR_IN, .body_text = TJ_NONE};
            if (opened) file.target = *opened;
            if (text && tj_value_known(text)) {
                env->stdin_kind = TJ_STDIN_HEREDOC;
                env->input = *text;
            } else if (opened) {
                read_file(w, env, &file);
            }
        }
    }
}

/* ---- assignments -------------------------------------------------------------------------------------------------------------- */

/* [k]=v in ( … ): the word's literal front is a subscript. */
static bool keyed_element(const struct tj_env *env, uint32_t at, struct tj_str *key, bool *append) {
    const struct tj_sh_word *word = &env->script->word.at[at];
    struct tj_str s = tj_str_sub(env->script->source, word->begin, word->end);
    if (s.n < 3 || s.p[0] != '[') return false;
    uint32_t depth = 0, i = 0;
    for (; i < s.n; i++) {
        depth += s.p[i] == '[';
        if (s.p[i] == ']' && --depth == 0) break;
    }
    *append = i + 2 < s.n && s.p[i + 1] == '+' && s.p[i + 2] == '=';
    if (!*append && (i + 1 >= s.n || s.p[i + 1] != '=')) return false;
    *key = tj_str_sub(s, 1, i);
    return key->n > 0;
}

/* Elements that only follow each other are gathered in one place: a list that grows one by one is copied each time. */
struct gathered {
    struct tj_str *at;
    uint32_t n, cap;
};

static bool gather(struct tj_work *w, struct gathered *g, struct tj_value *list, struct tj_str text) {
    if (list->key || list->flags & TJ_VALUE_ASSOC || list->nset >= TJ_MAX_ELEMENTS) return false;
    if (g->n != list->nset) {
        g->n = 0;
        for (uint32_t i = 0; i < list->nset; i++)
            if (!tj_vec_push(w->arena, g, list->set[i])) return true;
    }
    if (!tj_work_derive(w, 8, list->span) || !tj_vec_push(w->arena, g, text)) return true;
    list->set = g->at;
    list->nset = g->n;
    return true;
}

static void put_word(struct tj_work *w, struct gathered *g, struct tj_value *list, const struct tj_value *v) {
    list->carries |= v->carries;
    list->flags |= v->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_FROM_OUTPUT);
    if (v->flags & TJ_VALUE_MAY_SPLIT) list->flags |= TJ_VALUE_UNSET; /* how many there are is not known */
    if (!tj_value_known(v)) list->flags |= TJ_VALUE_IS_DYNAMIC;
    if (!gather(w, g, list, v->text)) tj_list_append(w, list, v->text);
}

static bool braced(const struct tj_env *env, uint32_t at) {
    const struct tj_sh_word *word = &env->script->word.at[at];
    for (uint32_t i = word->part; i < word->part_end; i++) {
        if (env->script->part.at[i].flags & TJ_PART_BRACE) return true;
    }
    return false;
}

/* Elements with subscripts: their value is what stands behind the = of the whole word's value. */
static void put_keyed(struct tj_work *w, struct tj_env *env, uint32_t word, struct tj_value *list, struct tj_str key,
                      bool append) {
    struct tj_value v = tj_word_value(w, env, word);
    bool plain = tj_str_chr(key, '$', 0) == TJ_NOT_FOUND && tj_str_chr(key, '`', 0) == TJ_NOT_FOUND &&
                 tj_str_chr(key, '"', 0) == TJ_NOT_FOUND && tj_str_chr(key, '\'', 0) == TJ_NOT_FOUND &&
                 tj_str_chr(key, '\\', 0) == TJ_NOT_FOUND;
    uint32_t equals = plain ? key.n + 2 : TJ_NONE;
    int64_t n = 0;
    list->carries |= v.carries;
    if (!plain) { /* the value's text begins with the subscript as it came out */
        uint32_t close = tj_str_find(v.text, TJ_STR("]="), 0);
        if (close != TJ_NOT_FOUND) {
            key = tj_str_sub(v.text, 1, close);
            equals = close + 1;
        }
    }
    bool counts = (list->flags & TJ_VALUE_ASSOC) == 0;
    if (braced(env, word)) equals = TJ_NONE; /* braces come first: such an element is no [k]=v any more */
    if (equals == TJ_NONE || append || !tj_value_known(&v) || (counts && (!tj_arith(w, env, key, &n) || n < 0))) {
        list->flags |= TJ_VALUE_IS_DYNAMIC | TJ_VALUE_UNSET;
        return;
    }
    if (counts) {
        struct tj_buf buf;
        tj_buf_init(&buf, w->arena);
        tj_buf_number(&buf, n);
        key = tj_buf_str(&buf);
    }
    tj_list_put(w, list, key, tj_str_sub(v.text, equals + 1, v.text.n));
}

/* declare -A m=(k v …): words in pairs. */
static void put_pairs(struct tj_work *w, struct tj_value *list, const struct tj_args *args) {
    for (uint32_t i = 0; i < args->n; i += 2) {
        const struct tj_value *k = &args->at[i].value, *v = i + 1 < args->n ? &args->at[i + 1].value : NULL;
        if (!tj_value_known(k) || (v && !tj_value_known(v))) {
            list->flags |= TJ_VALUE_IS_DYNAMIC | TJ_VALUE_UNSET;
            return;
        }
        tj_list_put(w, list, k->text, v ? v->text : TJ_STR(""));
    }
}

struct tj_value tj_array_value(struct tj_work *w, struct tj_env *env, uint32_t first, uint32_t end,
                               const struct tj_value *onto) {
    struct tj_value list = *onto;
    struct tj_str key;
    bool append, pairs = (list.flags & TJ_VALUE_ASSOC) != 0;
    struct tj_args all = {0};
    struct gathered gathered = {0};
    for (uint32_t i = first; i < end && !w->stopped; i++) {
        struct tj_args args = {0};
        if (keyed_element(env, i, &key, &append)) {
            put_keyed(w, env, i, &list, key, append);
            gathered = (struct gathered){0};
            continue;
        }
        /* [a b]=c is read as two words: what it sets is not known. */
        const struct tj_sh_word *word = &env->script->word.at[i];
        if (pairs && word->begin < env->script->source.n && env->script->source.p[word->begin] == '[')
            list.flags |= TJ_VALUE_IS_DYNAMIC | TJ_VALUE_UNSET;
        tj_word_args(w, env, i, pairs ? &all : &args);
        for (uint32_t k = 0; k < args.n; k++) put_word(w, &gathered, &list, &args.at[k].value);
    }
    put_pairs(w, &list, &all);
    if (list.flags & TJ_VALUE_UNSET && list.flags & TJ_VALUE_IS_DYNAMIC) { /* elements without known places */
        list.nset = 0;
        list.key = NULL;
    }
    list.flags &= ~TJ_VALUE_UNSET;
    return list;
}

/* What NAME=(…) and NAME+=(…) begin with. */
static struct tj_value array_begin(struct tj_work *w, const struct tj_sh_assign *a, struct tj_span span) {
    const struct tj_value *old = tj_state_var(w->state, a->name);
    uint32_t attributes = old ? old->flags & TJ_VALUE_ATTRIBUTES : 0;
    struct tj_value list = {.text = TJ_STR(""), .flags = TJ_VALUE_LIST | attributes, .span = span};
    if (!a->append || !old) return list;
    if (old->flags & TJ_VALUE_LIST) {
        list = *old;
        list.span = span;
        return list;
    }
    if (tj_value_known(old) && !(old->flags & TJ_VALUE_UNSET)) tj_list_append(w, &list, old->text);
    if (!tj_value_known(old)) list.flags |= TJ_VALUE_IS_DYNAMIC | TJ_VALUE_UNSET;
    return list;
}

/* What is assigned; the value that the variable then has is another matter (+=, declare -i). */
static struct tj_value assigned(struct tj_work *w, struct tj_env *env, const struct tj_sh_assign *a,
                                struct tj_str *index) {
    struct tj_span span = {env->text, a->begin, a->end};
    bool expands = tj_str_chr(a->index, '$', 0) != TJ_NOT_FOUND || tj_str_chr(a->index, '`', 0) != TJ_NOT_FOUND;
    uint32_t end = a->word_end - (expands && a->word < a->word_end ? 1u : 0u);
    struct tj_value v = tj_value_text(TJ_STR(""), span);
    *index = a->index;
    if (a->array) {
        struct tj_value onto = array_begin(w, a, span);
        return tj_array_value(w, env, a->word, end, &onto);
    }
    if (a->word < end) v = tj_word_value(w, env, a->word);
    if (expands) {
        struct tj_value at = tj_word_value(w, env, end);
        *index = !tj_value_known(&at) ? TJ_STR("?") : at.text.n ? at.text : TJ_STR("0");
    }
    v.flags &= ~TJ_VALUE_HAS_GLOB; /* x=*.log keeps the star; it is a pattern again where $x is unquoted */
    return v;
}

static const struct tj_setting *settings(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node,
                                         bool alone, uint32_t *n) {
    uint32_t count = node->assign_end - node->assign;
    struct tj_setting *out = count ? tj_arena_array(w->arena, struct tj_setting, count) : NULL;
    *n = 0;
    for (uint32_t i = 0; out && i < count && !w->stopped; i++) {
        struct tj_sh_assign a = env->script->assign.at[node->assign + i];
        struct tj_str index;
        struct tj_setting s = {a.name, assigned(w, env, &a, &index)};
        if (alone) {
            tj_var_assign(w, env, a.name, index, &s.value, a.append && !a.array);
            const struct tj_value *now = a.append || a.index.n ? tj_state_var(w->state, a.name) : NULL;
            if (now) (void)tj_value_keep(w->arena, now, &s.value);
        }
        out[(*n)++] = s;
    }
    return out;
}

/* ---- aliases ------------------------------------------------------------------------------------------------------------------- */

static bool is_active(const struct tj_env *env, struct tj_str name) {
    for (const struct tj_active *a = env->active; a; a = a->outer) {
        if (tj_str_eq(a->name, name)) return true;
    }
    return false;
}

/* `ll /x` with alias ll='ls -l': the alias' text takes the place of the first word. */
static bool walk_alias(struct tj_work *w, struct tj_env *env, const struct tj_sh_node *node) {
    const struct tj_sh_word *word = &env->script->word.at[node->word];
    struct tj_str name = tj_str_sub(env->script->source, word->begin, word->end), text;
    if (!tj_state_alias(w->state, name, &text) || text.n == 0 || is_active(env, name)) return false;
    struct tj_buf buf;
    struct tj_span span = {env->text, word->begin, node->end};
    tj_buf_init(&buf, w->arena);
    tj_buf_put(&buf, text);
    tj_buf_put(&buf, tj_str_sub(env->script->source, word->end, node->end));
    struct tj_str bytes = tj_buf_str(&buf);
    if (!tj_work_derive(w, bytes.n, span)) return false;
    uint32_t child = tj_texts_child(&w->out->texts, span, TJ_LAYER_WORD, TJ_STR("alias"), bytes);
    if (child == TJ_NONE) return false;
    (void)tj_texts_run(&w->out->texts, child, text.n, word->end, node->end - word->end);
    struct tj_active active = {name, env->active, NULL};
    struct tj_env inner = *env;
    inner.active = &active;
    tj_walk_text(w, &inner, child);
    return true;
}

static void add_socket(struct tj_work *w, const struct tj_env *env, struct tj_plain *plain) {
    struct tj_redirect *all = tj_arena_array(w->arena, struct tj_redirect, plain->redirects + 1);
    if (!all) return;
    if (plain->redirects) memcpy(all, plain->redirect, plain->redirects * sizeof *all);
    all[plain->redirects++] = *env->socket;
    plain->redirect = all;
}

static bool declares_variables(const struct tj_env *env, const struct tj_sh_node *node) {
    static const char *const names[] = {"declare", "typeset", "export", "readonly", "local"};
    const struct tj_sh_word *word = &env->script->word.at[node->word];
    struct tj_str name = tj_str_sub(env->script->source, word->begin, word->end);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tj_str_is(name, names[i])) return true;
    }
    return false;
}

/* NAME=… as it is written: an operand of declare that is not split. */
static bool assigns(const struct tj_env *env, uint32_t at) {
    const struct tj_sh_word *word = &env->script->word.at[at];
    struct tj_str s = tj_str_sub(env->script->source, word->begin, word->end);
    uint32_t i = 0;
    while (i < s.n && tj_is_name(s.p[i])) i++;
    if (i && i + 1 < s.n && s.p[i] == '+') i++;
    return i && i < s.n && s.p[i] == '=' && !tj_is_digit(s.p[0]);
}

static void add_assignment(struct tj_work *w, struct tj_env *env, uint32_t at, struct tj_args *out) {
    struct tj_arg arg = {.value = tj_word_value(w, env, at)};
    (void)tj_vec_push(w->arena, out, arg);
}

void tj_walk_simple(struct tj_work *w, struct tj_env *outer, const struct tj_sh_node *node) {
    struct tj_env env = *outer;
    bool alone = node->word == node->word_end;
    uint32_t substitutions = w->substitutions;
    if (env.pipeline == TJ_NONE) env.pipeline = w->pipelines++;
    if (env.flow == TJ_NONE) env.flow = env.pipeline;
    if (!alone && walk_alias(w, &env, node)) return;
    struct tj_args args = {0};
    struct tj_plain plain = {.span = {env.text, node->begin, node->end}};
    if (!alone && !tj_vec_room(w->arena, &args, node->word_end - node->word)) return;
    struct tj_later later = {0};
    w->later = &later; /* nobody else's: run_body and tj_run_plain are entered with none */
    uint32_t first = w->out->command.n;
    bool declares = !alone && declares_variables(&env, node);
    for (uint32_t i = node->word; i < node->word_end && !w->stopped; i++) {
        if (declares && i > node->word && assigns(&env, i) && !braced(&env, i))
            add_assignment(w, &env, i, &args);
        else
            tj_word_args(w, &env, i, &args);
    }
    plain.redirect = tj_redirects(w, &env, node->redir, node->redir_end, &plain.redirects);
    if (env.socket && args.n) add_socket(w, &env, &plain);
    w->later = NULL;
    plain.setting = settings(w, &env, node, alone, &plain.settings);
    plain.argv = args.at;
    plain.argc = args.n;
    if (args.n == 0) w->status = w->substitutions == substitutions ? 0 : w->status;
    if (args.n == 0 && plain.redirects == 0 && plain.settings == 0 && alone) return;
    tj_redirect_env(w, &env, plain.redirect, plain.redirects);
    struct tj_env around = env;
    tj_run_plain(w, &env, &plain);
    if (later.n) tj_subst_later(w, &around, &later, first);
}
