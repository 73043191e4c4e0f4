/* Commands of languages that have a light reader: SQL, PowerShell, cmd, the shells of databases. */
#include "unfold/sql.h"

struct tj_command *tj_light_emit(struct tj_work *w, struct tj_env *env, struct tj_str name, enum tj_lang lang,
                                 const struct tj_arg *arg, uint32_t args, struct tj_span span) {
    uint32_t row = tj_image_find_program(w->image, name);
    if (row == TJ_NONE && tj_image_find_name(w->image, name) == TJ_NONE) return NULL;
    struct tj_command *c = tj_arena_new(w->arena, struct tj_command);
    struct tj_arg *argv = tj_arena_array(w->arena, struct tj_arg, args + 1);
    if (!c || !argv || !tj_work_step(w)) return NULL;
    argv[0].value = tj_value_text(name, span);
    if (args) memcpy(argv + 1, arg, args * sizeof *argv);
    c->name = name;
    c->program = c->base_program = row;
    c->argv = argv;
    c->argc = args + 1;
    c->span = c->name_span = span;
    c->text = env->text;
    c->lang = (uint8_t)lang;
    if (env->pipeline == TJ_NONE) env->pipeline = w->pipelines++;
    if (env->flow == TJ_NONE) env->flow = env->pipeline;
    tj_command_stand(c, env);
    return tj_work_emit(w, env, c) ? c : NULL;
}

void tj_light_run(struct tj_work *w, struct tj_env *env, const char *name, enum tj_lang from, struct tj_value text,
                  enum tj_lang lang, struct tj_span span) {
    struct tj_arg arg = {.value = text};
    struct tj_command *c = tj_light_emit(w, env, tj_str_of(name), from, &arg, 1, span);
    struct tj_env inner = c ? tj_env_inside(w, env, c, NULL) : *env;
    inner.stdin_kind = TJ_STDIN_NONE;
    inner.input = (struct tj_value){.span = TJ_NO_SPAN};
    struct tj_nest nest = {.text = text,
                           .lang = lang,
                           .layer = TJ_LAYER_NESTED,
                           .label = tj_str_of(name),
                           .how = TJ_NEST_CHILD,
                           .dialect = TJ_DIALECT_SH};
    if (!tj_work_deeper(w, span)) return;
    tj_nest_text(w, &inner, &nest);
    tj_work_higher(w);
}
