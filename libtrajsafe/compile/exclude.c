/* What compiled conditions allow, to find rules that can never hold and to make guards. */
#include "compile/compiler.h"

static const struct tj_cond *cond_at(struct tj_compiler *c, uint32_t i) {
    return tj_build_row(&c->build, CONDS, struct tj_cond, i);
}

static uint64_t mask_at(struct tj_compiler *c, uint32_t i) {
    const uint64_t *mask = tj_build_row(&c->build, U64, uint64_t, i);
    return mask ? *mask : 0;
}

static uint64_t allowed(struct tj_compiler *c, uint32_t at, enum tj_field field) {
    const struct tj_cond *cond = cond_at(c, at);
    if (cond->op == TJ_COND_ENUM && cond->field == (uint8_t)field) return mask_at(c, cond->arg);
    if (cond->op == TJ_COND_BOOL && cond->field == (uint8_t)field) return UINT64_C(1) << cond->arg;
    if (cond->op != TJ_COND_ALL && cond->op != TJ_COND_ANY) return UINT64_MAX;
    uint64_t mask = cond->op == TJ_COND_ALL ? UINT64_MAX : 0;
    uint32_t end = at + cond->skip;
    for (uint32_t i = at + 1; i < end; i += cond_at(c, i)->skip) {
        uint64_t child = allowed(c, i, field);
        mask = cond->op == TJ_COND_ALL ? mask & child : mask | child;
    }
    return mask;
}

uint64_t tj_conditions_allow(struct tj_compiler *c, struct tj_range range, enum tj_field field) {
    return range.n ? allowed(c, range.at, field) : UINT64_MAX;
}

struct set_demand {
    uint64_t all, none;
    bool empty; /* some `any` has nothing left */
};

/* Only what holds together: branches of ANY and NONE are left alone. */
static void demand(struct tj_compiler *c, uint32_t at, enum tj_field field, struct set_demand *out) {
    const struct tj_cond *cond = cond_at(c, at);
    if (cond->op == TJ_COND_ALL) {
        uint32_t end = at + cond->skip;
        for (uint32_t i = at + 1; i < end; i += cond_at(c, i)->skip) demand(c, i, field, out);
        return;
    }
    if (cond->field != (uint8_t)field) return;
    if (cond->op == TJ_COND_SET_ALL)
        out->all |= mask_at(c, cond->arg);
    else if (cond->op == TJ_COND_SET_NONE)
        out->none |= mask_at(c, cond->arg);
}

static void check_any(struct tj_compiler *c, uint32_t at, enum tj_field field, struct set_demand *d) {
    const struct tj_cond *cond = cond_at(c, at);
    if (cond->op == TJ_COND_ALL) {
        uint32_t end = at + cond->skip;
        for (uint32_t i = at + 1; i < end; i += cond_at(c, i)->skip) check_any(c, i, field, d);
    } else if (cond->op == TJ_COND_SET_ANY && cond->field == (uint8_t)field && !(mask_at(c, cond->arg) & ~d->none)) {
        d->empty = true;
    }
}

static void report(struct tj_compiler *c, const struct tj_yaml *at, enum tj_field field, const char *why) {
    struct tj_buf buf;
    tj_buf_init(&buf, c->arena);
    tj_buf_putf(&buf, "%s '%s'", why, tj_field_row(field)->name);
    tj_trouble(&c->check, TJ_BAD_NEVER, at, tj_buf_str(&buf), TJ_STR_NONE);
}

void tj_conditions_check(struct tj_compiler *c, const struct tj_yaml *at, struct tj_range range) {
    if (range.n == 0) return;
    for (int i = 0; i < TJ_FIELD_COUNT; i++) {
        enum tj_field field = (enum tj_field)i;
        uint8_t type = tj_field_row(field)->type;
        if ((type == TJ_FIELD_ENUM || type == TJ_FIELD_BOOL) && tj_conditions_allow(c, range, field) == 0)
            report(c, at, field, "no value is left for");
        if (type != TJ_FIELD_SET) continue;
        struct set_demand d = {0, 0, false};
        demand(c, range.at, field, &d);
        check_any(c, range.at, field, &d);
        if ((d.all & d.none) || d.empty) report(c, at, field, "what is demanded is also excluded for");
    }
}

/* ---- names of programs ----------------------------------------------------------------------------------------- */

/* Appends to the U32 section; n == 0 means any program. */
static struct tj_range programs(struct tj_compiler *c, uint32_t at) {
    static const struct tj_range any = {0, 0};
    const struct tj_cond *cond = cond_at(c, at);
    if (cond->op == TJ_COND_NAME && cond->field == TJ_F_PROGRAM) return (struct tj_range){cond->arg, cond->n};
    if (cond->op == TJ_COND_NONE || (cond->op != TJ_COND_ALL && cond->op != TJ_COND_ANY)) return any;
    struct tj_range out = any;
    uint32_t end = at + cond->skip;
    bool all = cond->op == TJ_COND_ALL;
    for (uint32_t i = at + 1; i < end; i += cond_at(c, i)->skip) {
        struct tj_range child = programs(c, i);
        if (all) {
            /* The shortest list is the best guard; the others are tested anyway. */
            if (child.n && (out.n == 0 || child.n < out.n)) out = child;
            continue;
        }
        if (child.n == 0) return any;
        uint32_t joined = tj_build_add(&c->build, TJ_SECTION_U32, NULL, out.n + child.n);
        uint32_t *row = tj_build_row(&c->build, U32, uint32_t, 0);
        if (!row || c->build.failed) return any;
        if (out.n) memcpy(row + joined, row + out.at, out.n * sizeof *row);
        memcpy(row + joined + out.n, row + child.at, child.n * sizeof *row);
        out = (struct tj_range){joined, out.n + child.n};
    }
    return out;
}

struct tj_range tj_conditions_programs(struct tj_compiler *c, struct tj_range range) {
    return range.n ? programs(c, range.at) : (struct tj_range){0, 0};
}
