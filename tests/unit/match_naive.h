/* The naive evaluator: rules of an image over a scene, as the rule language says it, without any of match/'s machinery. */
#ifndef MATCH_NAIVE_H
#define MATCH_NAIVE_H

#include "match_rig.h"

/* ---- the naive evaluator ------------------------------------------------------------------------------------------------------ */

struct naive {
    struct rig *r;
    struct scene *s;
    struct tj_arena *arena;
};
struct thing {
    uint8_t subject;
    uint32_t index;
};

static const struct tj_effect *n_effect(const struct naive *n, struct thing t) {
    return t.subject == TJ_SUBJECT_EFFECT ? &n->s->e.effect.at[t.index] : NULL;
}
static const struct tj_command *n_command(const struct naive *n, struct thing t) {
    if (t.subject == TJ_SUBJECT_COMMAND) return n->s->u.command.at[t.index];
    const struct tj_effect *e = n_effect(n, t);
    return e && e->command != TJ_NONE ? n->s->u.command.at[e->command] : NULL;
}
static const struct tj_edit *n_edit(const struct naive *n, struct thing t) {
    return t.subject == TJ_SUBJECT_EDIT ? &n->s->e.edit.at[t.index] : NULL;
}

static bool n_string(struct tj_str value, uint8_t how, struct tj_str text) {
    if (value.n == 0) return false;
    switch (how) {
    case TJ_PRED_IS: return tj_str_eq(value, text);
    case TJ_PRED_STARTS: return tj_str_starts(value, text);
    case TJ_PRED_ENDS: return tj_str_ends(value, text);
    case TJ_PRED_CONTAINS: return tj_str_find(value, text, 0) != TJ_NOT_FOUND;
    default:
        return tj_str_eq(value, text) || (tj_str_starts(value, text) && value.n > text.n && value.p[text.n] == '/');
    }
}

static struct tj_str n_arg(const struct naive *n, const struct tj_arg *a) {
    struct tj_buf buf;
    tj_buf_init(&buf, n->arena);
    if (a->key.n) tj_buf_put(&buf, a->key), tj_buf_puts(&buf, "=");
    tj_buf_put(&buf, a->value.text);
    if (a->value.flags & TJ_VALUE_IS_DYNAMIC) tj_buf_puts(&buf, "*"), tj_buf_put(&buf, a->value.suffix);
    return tj_buf_str(&buf);
}

/* Word i is only spoken, or stands at or behind the words of a command that this one runs. */
static bool n_left_out(const struct naive *n, const struct tj_command *c, uint32_t i, bool acted) {
    if (!acted || c->base_program == TJ_NONE) return false;
    const struct tj_bound *b = &n->s->e.bound.at[c->index];
    for (uint32_t k = 0; k < b->operand.n; k++) {
        uint8_t slot = b->operand.at[k].slot;
        if (b->operand.at[k].arg == i && (slot == TJ_SLOT_MESSAGE || slot == TJ_SLOT_PATTERN)) return true;
        if (b->operand.at[k].arg <= i && slot == TJ_SLOT_SHELL && c->flags & TJ_CMD_WRAPPER) return true;
    }
    return false;
}

static bool n_match(const struct naive *n, struct thing t, enum tj_field field, uint32_t bit, bool acted) {
    int db = tj_image_database_of(field, (enum tj_subject)t.subject);
    uint8_t how = n->r->pattern[db].at[bit].how;
    struct tj_str text = n->r->pattern[db].at[bit].text;
    const struct tj_effect *e = n_effect(n, t);
    const struct tj_command *c = n_command(n, t);
    const struct tj_edit *d = n_edit(n, t);
    switch (field) {
    case TJ_F_PATH: return n_string(e ? e->path : d->path, how, text);
    case TJ_F_HOST: return n_string(e->host, how, text);
    case TJ_F_URL: return n_string(e->url, how, text);
    case TJ_F_NAME: return n_string(e->name, how, text);
    case TJ_F_VALUE: return n_string(e->value, how, text);
    case TJ_F_ADDED: return n_string(d->added, how, text);
    case TJ_F_REMOVED: return n_string(d->removed, how, text);
    case TJ_F_ARG:
        for (uint32_t i = 1; c && i < c->argc; i++) {
            if (n_left_out(n, c, i, acted)) continue;
            const struct tj_value *v = &c->argv[i].value;
            for (uint32_t k = 0; k < v->nset; k++)
                if (n_string(v->set[k], how, text)) return true;
            if (!v->nset && n_string(n_arg(n, &c->argv[i]), how, text)) return true;
        }
        return false;
    case TJ_F_TEXT: {
        if (t.subject == TJ_SUBJECT_MESSAGE) return n_string(n->s->view.message, how, text);
        struct tj_buf buf;
        tj_buf_init(&buf, n->arena);
        for (uint32_t i = 0; c && i < c->argc; i++) {
            if (i) tj_buf_puts(&buf, " ");
            if (!n_left_out(n, c, i, acted)) tj_buf_put(&buf, n_arg(n, &c->argv[i]));
        }
        return n_string(tj_buf_str(&buf), how, text);
    }
    default: fail(); return false;
    }
}

static bool n_listed(const struct naive *n, const struct tj_cond *c, struct tj_str name) {
    for (uint32_t i = 0; i < c->n; i++)
        if (tj_str_is(name, names[*TJ_ROW(&n->r->image, U32, uint32_t, c->arg + i)])) return true;
    return false;
}
static bool n_program(const struct naive *n, const struct tj_cond *c, const struct tj_command *x) {
    return n_listed(n, c, x->name) || (x->base_program == 0 && n_listed(n, c, TJ_STR("bash")));
}

static bool n_passes_on(const struct naive *n, const struct tj_command *c) {
    if (c->base_program >= n->s->e.image->n[TJ_SECTION_PROGRAMS]) return false;
    uint16_t handler = tj_image_program(n->s->e.image, c->base_program)->handler;
    return handler == TJ_HANDLER_SHELL || handler == TJ_HANDLER_EXEC || handler == TJ_HANDLER_EVAL ||
           handler == TJ_HANDLER_ENV;
}

static bool n_name(const struct naive *n, struct thing t, const struct tj_cond *cond) {
    const struct tj_command *c = n_command(n, t);
    if (cond->field == TJ_F_AUTHOR)
        return n_listed(n, cond, n->s->view.author == TJ_AUTHOR_AGENT ? TJ_STR("assistant") : TJ_STR("user"));
    if (!c) return false;
    if (cond->field == TJ_F_PROGRAM) return n_program(n, cond, c);
    if (cond->field == TJ_F_SUBCOMMAND) return n_listed(n, cond, c->subcommand);
    if (cond->field == TJ_F_OPTION) {
        for (uint32_t i = 0; i < n->s->e.bound.at[c->index].option.n; i++)
            if (n_listed(n, cond, n->s->e.bound.at[c->index].option.at[i].name)) return true;
        return false;
    }
    if (cond->field == TJ_F_RUN_BY) {
        uint32_t by = c->parent;
        while (by != TJ_NONE && n_passes_on(n, n->s->u.command.at[by])) by = n->s->u.command.at[by]->parent;
        return by == TJ_NONE || n->s->u.command.at[by]->name.n == 0 ? n_listed(n, cond, TJ_STR("nobody"))
                                                                    : n_program(n, cond, n->s->u.command.at[by]);
    }
    for (const struct tj_command *up = c; up; up = up->parent == TJ_NONE ? NULL : n->s->u.command.at[up->parent]) {
        if (cond->field == TJ_F_WRAPPER) {
            if (up != c && n_program(n, cond, up)) return true;
            continue;
        }
        for (uint32_t i = 0; i < n->s->u.command.n; i++) {
            const struct tj_command *o = n->s->u.command.at[i];
            bool there = cond->field == TJ_F_PIPED_FROM ? o->pipe_at < up->pipe_at : o->pipe_at > up->pipe_at;
            if (there && o->pipeline == up->pipeline && n_program(n, cond, o)) return true;
        }
    }
    return false;
}

/* One number for every field that is not a string or a name; false: it is absent. */
static bool n_number(const struct naive *n, struct thing t, enum tj_field f, uint64_t *out) {
    const struct tj_effect *e = n_effect(n, t);
    const struct tj_command *c = n_command(n, t);
    const struct tj_edit *d = n_edit(n, t);
    *out = 0;
    switch (f) {
    case TJ_F_KIND: return *out = e->kind, true;
    case TJ_F_OBJECT: return *out = e->object, true;
    case TJ_F_CLASS: return *out = e ? e->classes : d->classes, true;
    case TJ_F_CARRIES: return *out = e->carries, true;
    case TJ_F_HOST_CLASS: return *out = e->host_class, true;
    case TJ_F_PORT: return *out = e->port, true;
    case TJ_F_RECURSIVE: return *out = (e->flags & TJ_EFF_RECURSIVE) != 0, true;
    case TJ_F_FORCED: return *out = (e->flags & TJ_EFF_FORCED) != 0, true;
    case TJ_F_DYNAMIC: return *out = (e->flags & TJ_EFF_DYNAMIC) != 0, true;
    case TJ_F_CERTAIN: return *out = !(e->flags & TJ_EFF_MAYBE), true;
    case TJ_F_PLACE: return *out = e ? e->place : c->place, true;
    case TJ_F_BACKGROUND:
        return *out = (e && e->flags & TJ_EFF_BACKGROUND) || (c && c->flags & TJ_CMD_BACKGROUND), true;
    case TJ_F_DEFERRED: return *out = (e && e->flags & TJ_EFF_DEFERRED) || (c && c->flags & TJ_CMD_DEFERRED), true;
    case TJ_F_ARGC: return *out = c->argc - 1, true;
    case TJ_F_STDIN: return c ? *out = c->stdin_kind, true : false;
    case TJ_F_LANG: return c ? *out = c->lang, true : false;
    case TJ_F_DEPTH: return c ? *out = c->depth, true : false;
    case TJ_F_DECODED: return *out = c && c->flags & TJ_CMD_DECODED, true;
    case TJ_F_OBSCURED: return *out = c && c->flags & TJ_CMD_OBSCURED, true;
    case TJ_F_KNOWN: return *out = c->program != TJ_NONE, true;
    case TJ_F_WHOLE: return *out = d->whole, true;
    case TJ_F_FINAL: return *out = n->s->view.final, true;
    default: fail(); return false;
    }
}

static bool n_holds(const struct naive *n, struct thing t, uint32_t at) {
    const struct tj_cond *c = TJ_ROW(&n->r->image, CONDS, struct tj_cond, at);
    uint64_t v,
        mask = c->op >= TJ_COND_ENUM && c->op <= TJ_COND_SET_NONE ? *TJ_ROW(&n->r->image, U64, uint64_t, c->arg) : 0;
    const struct tj_command *x = n_command(n, t);
    if (c->op <= TJ_COND_NONE) {
        uint32_t held = 0, child = at + 1;
        for (uint32_t i = 0; i < c->n; i++, child += TJ_ROW(&n->r->image, CONDS, struct tj_cond, child)->skip)
            held += n_holds(n, t, child);
        return c->op == TJ_COND_ALL ? held == c->n : c->op == TJ_COND_ANY ? held > 0 : held == 0;
    }
    switch ((enum tj_cond_op)c->op) {
    case TJ_COND_MATCH: return n_match(n, t, (enum tj_field)c->field, c->arg, c->n);
    case TJ_COND_NAME: return n_name(n, t, c);
    case TJ_COND_ENUM: return n_number(n, t, (enum tj_field)c->field, &v) && (mask >> v & 1);
    case TJ_COND_SET_ANY: return n_number(n, t, (enum tj_field)c->field, &v) && (mask & v);
    case TJ_COND_SET_ALL: return n_number(n, t, (enum tj_field)c->field, &v) && (mask & v) == mask;
    case TJ_COND_SET_NONE: return n_number(n, t, (enum tj_field)c->field, &v) && !(mask & v);
    case TJ_COND_FLAG: return x && n->s->e.bound.at[x->index].flags[0] >> c->arg & 1;
    case TJ_COND_BOOL: return n_number(n, t, (enum tj_field)c->field, &v) && v == c->arg;
    default: {
        const uint32_t *range = TJ_ROW(&n->r->image, U32, uint32_t, c->arg);
        return n_number(n, t, (enum tj_field)c->field, &v) && v >= range[0] && v <= range[1];
    }
    }
}

static bool n_block(const struct naive *n, struct thing t, const struct tj_block *b) {
    return n_holds(n, t, b->where.at) && !(b->unless.n && n_holds(n, t, b->unless.at));
}

static uint32_t n_count(const struct naive *n, uint8_t subject) {
    return subject == TJ_SUBJECT_EFFECT    ? n->s->e.effect.n
           : subject == TJ_SUBJECT_COMMAND ? n->s->u.command.n
           : subject == TJ_SUBJECT_EDIT    ? n->s->e.edit.n
                                           : n->s->view.message.n > 0;
}

/* The command of any thing, and the effect (for order and joins). */
static const struct tj_command *n_owner(const struct naive *n, struct thing t) {
    if (t.subject == TJ_SUBJECT_EDIT) t = (struct thing){TJ_SUBJECT_EFFECT, n->s->e.edit.at[t.index].effect};
    return n_command(n, t);
}
static uint32_t n_first_effect(const struct naive *n, struct thing t) {
    if (t.subject == TJ_SUBJECT_EFFECT) return t.index;
    if (t.subject == TJ_SUBJECT_EDIT) return n->s->e.edit.at[t.index].effect;
    const struct tj_command *c = n->s->u.command.at[t.index];
    return c->effect < c->effect_end ? c->effect : TJ_NONE;
}
static bool n_before(const struct naive *n, struct thing a, struct thing b) {
    if (a.subject == b.subject) return a.index < b.index;
    const struct tj_command *x = n_owner(n, a), *y = n_owner(n, b);
    if (x && y) return x->index < y->index;
    uint32_t i = n_first_effect(n, a), k = n_first_effect(n, b);
    return i != TJ_NONE && k != TJ_NONE && i < k;
}
static bool n_objects_join(const struct naive *n, uint8_t join, struct thing a, struct thing b) {
    struct tj_object x[TJ_OBJECTS_MOST], y[TJ_OBJECTS_MOST];
    uint32_t i = tj_instance_objects(&n->s->view, a.subject, a.index, x),
             k = tj_instance_objects(&n->s->view, b.subject, b.index, y);
    return tj_objects_join((enum tj_join_kind)join, x, i, y, k);
}
static bool n_exists(const struct naive *n, const struct tj_block *b, struct thing subject) {
    for (uint32_t i = 0; i < n_count(n, b->subject); i++) {
        struct thing o = {b->subject, i};
        const struct tj_command *x = n_owner(n, o), *y = n_owner(n, subject);
        if (o.subject == subject.subject && o.index == subject.index) continue;
        if (b->reach == TJ_REACH_COMMAND && (!x || x != y)) continue;
        if (b->reach == TJ_REACH_PIPELINE && (!x || !y || x->flow != y->flow)) continue;
        if ((b->order == 1 && !n_before(n, o, subject)) || (b->order == 2 && !n_before(n, subject, o))) continue;
        if (n_block(n, o, b) && n_objects_join(n, b->join, o, subject)) return true;
    }
    return false;
}

static bool n_rule(const struct naive *n, uint32_t rule, struct thing t) {
    const struct tj_rule *row = tj_image_rule(&n->r->image, rule);
    const struct tj_block *b = TJ_ROW(&n->r->image, BLOCKS, struct tj_block, row->blocks.at);
    if (!n_block(n, t, b)) return false;
    for (uint32_t k = 1; k < row->blocks.n; k++)
        if (n_exists(n, &b[k], t) != (b[k].how == TJ_BLOCK_WITH)) return false;
    return true;
}

#endif
