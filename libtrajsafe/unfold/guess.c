/* The tail of a program that no table knows: when it reads as a command of its own, it is taken for one, as a guess. */
#include "unfold/work.h"

enum { MAX_TRIED = 8 /* words that may begin the tail */ };

/* A name alone, or a path into a folder of programs: `rm`, `/usr/bin/rm`, not `src/test` or `rm.py`. */
static bool names_program(const struct tj_work *w, const struct tj_value *v, uint32_t *row) {
    struct tj_str s = v->text, name = tj_str_basename(s);
    if (!tj_value_known(v) || s.n == 0 || s.p[0] == '-') return false;
    uint32_t folder = s.n - name.n;
    if (folder && !tj_str_ends(tj_str_sub(s, 0, folder), TJ_STR("bin/"))) return false;
    *row = tj_image_find_program(w->image, name);
    return *row != TJ_NONE;
}

/* A path, an address, or a setting: words that a program is given, not words of a sentence. */
static bool is_object(struct tj_str s) {
    return tj_str_chr(s, '/', 0) != TJ_NOT_FOUND || (s.n && (s.p[0] == '~' || s.p[0] == '.'));
}

/* The words from `at` on, read by the row of their first: options that it has, and something that it works on. */
static bool credible(struct tj_work *w, const struct tj_command *c, uint32_t at, uint32_t row) {
    struct tj_command tail = {.argv = c->argv + at, .argc = c->argc - at, .base_program = row, .program = row};
    const struct tj_program *program = tj_image_program(w->image, row);
    struct tj_bound bound;
    if (program->style == TJ_STYLE_CALL) return false;
    tail.name = tj_str_basename(c->argv[at].value.text);
    tj_bind(w->image, w->arena, &tail, &bound);
    bool option = false, object = tail.subcommand.n > 0;
    for (uint32_t i = 0; i < bound.option.n; i++) {
        if (!bound.option.at[i].row) return false;
        option = true;
    }
    for (uint32_t i = 0; i < bound.operand.n && !object; i++)
        object =
            bound.operand.at[i].slot != TJ_SLOT_VARIABLE && is_object(tail.argv[bound.operand.at[i].arg].value.text);
    return option || object || bound.command_arg != TJ_NONE;
}

static bool gives_text(struct tj_str option) {
    static const char *const names[] = {"-c", "--command", "--cmd", "--exec", "--execute", "--run", "--shell"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tj_str_is(option, names[i])) return true;
    }
    return false;
}

/* oddwrap -c 'rm -rf x': text that begins with a program's name. */
static bool is_text(const struct tj_work *w, const struct tj_command *c, uint32_t at) {
    const struct tj_value *v = &c->argv[at].value;
    uint32_t row;
    if (at < 2 || !tj_value_known(v) || !gives_text(c->argv[at - 1].value.text)) return false;
    uint32_t blank = tj_str_chr(v->text, ' ', 0);
    if (blank == TJ_NOT_FOUND) return false;
    struct tj_value first = *v;
    first.text = tj_str_sub(v->text, 0, blank);
    return names_program(w, &first, &row);
}

static void run_text(struct tj_work *w, struct tj_env *env, const struct tj_command *c, const struct tj_value *text) {
    struct tj_nest nest = {.text = *text,
                           .lang = TJ_LANG_SHELL,
                           .layer = TJ_LAYER_NESTED,
                           .label = c->name,
                           .how = TJ_NEST_CHILD,
                           .dialect = TJ_DIALECT_SH};
    tj_nest_text(w, env, &nest);
}

bool tj_peel_guess(struct tj_work *w, struct tj_env *env, struct tj_command *c) {
    bool dashes = false, dynamic = (c->flags & TJ_CMD_DYNAMIC_NAME) != 0;
    struct tj_env inner = tj_env_inside(w, env, c, NULL);
    inner.flags |= TJ_CMD_GUESSED;
    for (uint32_t i = 1, tried = 0; i < c->argc && tried < MAX_TRIED; i++, tried++) {
        const struct tj_value *v = &c->argv[i].value;
        uint32_t row;
        if (tj_str_is(v->text, "--")) {
            dashes = true;
            continue;
        }
        if (is_text(w, c, i)) {
            w->guesses += !dynamic;
            run_text(w, &inner, c, v);
            w->guesses -= !dynamic;
            return true;
        }
        if (!names_program(w, v, &row)) continue;
        bool certain = dashes || (dynamic && i == 1);
        if (!certain && !credible(w, c, i, row)) continue;
        w->guesses += !dynamic;
        tj_state_enter(w->state);
        tj_run_words(w, &inner, c->argv + i, c->argc - i);
        tj_state_leave(w->state, TJ_LEAVE_KEEP_FILES);
        w->guesses -= !dynamic;
        return true;
    }
    return false;
}
