/* Commands of one view by flow, and names of programs by pipeline: nobody looks at others, so work stays in proportion. */
#include "match/inner.h"

#include <stdlib.h>

/* ---- flows: lists of commands, in order ----------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool make_flows(struct tj_matching *m, struct tj_flows *f) {
    uint64_t *sorted = tj_arena_array(m->arena, uint64_t, m->commands + 1);
    f->member = tj_arena_array(m->arena, uint32_t, m->commands + 1);
    f->begin = tj_arena_array(m->arena, uint32_t, m->commands + 1);
    f->end = tj_arena_array(m->arena, uint32_t, m->commands + 1);
    f->made = sorted && f->member && f->begin && f->end;
    if (!f->made) return !(m->failed = true);
    for (uint32_t i = 0; i < m->commands; i++)
        sorted[i] = (uint64_t)m->view->understanding->command.at[i]->flow << 32 | i;
    qsort(sorted, m->commands, sizeof *sorted, by_value);
    for (uint32_t i = 0, end = 0; i < m->commands; i = end) {
        while (end < m->commands && sorted[end] >> 32 == sorted[i] >> 32) end++;
        for (uint32_t k = i; k < end; k++) {
            f->member[k] = (uint32_t)sorted[k];
            f->begin[f->member[k]] = i;
            f->end[f->member[k]] = end;
        }
    }
    return true;
}

struct tj_group tj_flow_group(struct tj_matching *m, const struct tj_command *c) {
    struct tj_flows *f = &m->flows;
    if (!f->made && !make_flows(m, f)) return (struct tj_group){NULL, 0};
    return (struct tj_group){f->member + f->begin[c->index], f->end[c->index] - f->begin[c->index]};
}

/* ---- pipelines: each name once, with its first and last place ------------------------------------------------------- */

static int by_pipeline(const void *a, const void *b) {
    const struct tj_piped_name *x = a, *y = b;
    if (x->pipeline != y->pipeline) return x->pipeline < y->pipeline ? -1 : 1;
    if (x->name != y->name) return x->name < y->name ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static void list_names(struct tj_matching *m) {
    for (uint32_t i = 0; i < m->commands; i++) {
        const struct tj_command *c = m->view->understanding->command.at[i];
        const uint32_t *names = tj_command_names(m, c);
        for (int k = 0; c->pipe_n > 1 && k < 2; k++)
            if (names[k] != TJ_NONE)
                m->piped[m->piped_names++] = (struct tj_piped_name){c->pipeline, names[k], c->pipe_at, c->pipe_at};
    }
}

static bool make_pipelines(struct tj_matching *m) {
    if (m->piped) return true;
    m->piped = tj_arena_array(m->arena, struct tj_piped_name, 2 * (size_t)m->commands + 1);
    if (!m->piped) return !(m->failed = true);
    list_names(m);
    qsort(m->piped, m->piped_names, sizeof *m->piped, by_pipeline);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->piped_names; i++) {
        struct tj_piped_name *p = &m->piped[i], *last = kept ? &m->piped[kept - 1] : NULL;
        if (last && last->pipeline == p->pipeline && last->name == p->name)
            last->last = p->last; /* places rise */
        else
            m->piped[kept++] = *p;
    }
    m->piped_names = kept;
    return true;
}

static bool is_there(const struct tj_matching *m, const struct tj_command *c, bool from, uint32_t name) {
    struct tj_piped_name want = {c->pipeline, name, 0, 0};
    uint32_t low = 0, high = m->piped_names;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (by_pipeline(&m->piped[middle], &want) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == m->piped_names || m->piped[low].pipeline != c->pipeline || m->piped[low].name != name) return false;
    return from ? m->piped[low].first < c->pipe_at : m->piped[low].last > c->pipe_at;
}

bool tj_is_piped(struct tj_matching *m, const struct tj_command *c, bool from, const uint32_t *names, uint32_t n) {
    if (c->pipe_n <= 1 || !make_pipelines(m)) return false;
    for (uint32_t i = 0; i < n; i++)
        if (is_there(m, c, from, names[i])) return true;
    return false;
}
