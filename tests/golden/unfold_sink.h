/* A small sink for tests of unfolding: keeps what redirections write and says what known programs read and print. */
#ifndef TJ_TEST_UNFOLD_SINK_H
#define TJ_TEST_UNFOLD_SINK_H

#include "unfold/unfold.h"

struct test_sink {
    struct tj_arena *arena;
    const struct tj_image *image;
    struct tj_state *state;
    struct tj_understanding *understanding;
};

static inline const struct tj_context *test_context(void) {
    static const struct tj_str workspace[] = {{"/w", 2}};
    static const struct tj_context context = {.workspace = workspace, .workspaces = 1, .now = INT64_MIN};
    return &context;
}

static inline void test_sink_init(struct test_sink *s, struct tj_arena *arena, const struct tj_image *image,
                                  struct tj_state *state, struct tj_understanding *u) {
    *s = (struct test_sink){arena, image, state, u};
}

static inline void test_sink_write(struct test_sink *s, const struct tj_value *path, const struct tj_value *content,
                                   bool append) {
    struct tj_path to = tj_path_resolve(s->arena, tj_state_context(s->state), tj_state_cwd(s->state), path);
    if (to.dynamic || to.glob) return;
    struct tj_file file = {.path = to.text, .flags = TJ_FILE_WRITTEN | TJ_FILE_CREATED | (append ? TJ_FILE_PARTIAL : 0)};
    file.carries = content->carries;
    if (tj_value_constant(content)) file.content = content->text;
    tj_state_set_file(s->state, &file);
}

static inline uint64_t test_sink_carries(const struct test_sink *s, const struct tj_command *c) {
    uint32_t traits = c->program == TJ_NONE ? 0 : tj_image_program(s->image, c->program)->traits;
    uint64_t carries = c->input.carries;
    for (uint32_t i = 1; i < c->argc; i++) {
        carries |= c->argv[i].value.carries;
        if (tj_str_ends(c->argv[i].value.text, TJ_STR("id_rsa"))) carries |= TJ_CLASS_BIT(SECRET);
    }
    if (traits & TJ_PROGRAM_OUTPUT_NONE) carries = 0;
    if (traits & TJ_PROGRAM_OUTPUT_FETCHED) carries |= TJ_CLASS_BIT(FETCHED);
    if (traits & TJ_PROGRAM_OUTPUT_ENV) carries |= TJ_CLASS_BIT(ENVIRONMENT);
    if (traits & TJ_PROGRAM_DECODES) carries |= TJ_CLASS_BIT(DECODED);
    return carries;
}

static inline void test_sink_command(void *self, struct tj_command *c) {
    struct test_sink *s = self;
    c->output_carries = test_sink_carries(s, c);
    for (uint32_t i = 0; i < c->redirects; i++) {
        const struct tj_redirect *r = &c->redirect[i];
        bool writes = (r->op >= TJ_REDIR_OUT && r->op <= TJ_REDIR_CLOBBER) || r->op == TJ_REDIR_BOTH ||
                      r->op == TJ_REDIR_BOTH_APPEND;
        if (writes)
            test_sink_write(s, &r->target, &c->output, r->op == TJ_REDIR_APPEND || r->op == TJ_REDIR_BOTH_APPEND);
    }
    for (uint32_t i = 1; i < c->argc && tj_str_is(c->name, "tee"); i++)
        test_sink_write(s, &c->argv[i].value, &c->input, false);
}

static inline struct tj_sink test_sink(struct test_sink *s) { return (struct tj_sink){s, test_sink_command}; }

#endif
