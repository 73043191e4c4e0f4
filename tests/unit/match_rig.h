/* Generated rules and views for the tests of matching: an image built by hand, and scenes of commands, effects and edits. */
#ifndef MATCH_RIG_H
#define MATCH_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compile/compiler.h"
#include "match/match.h"

/* ---- a small random source ---------------------------------------------------------------------------------------------- */

static uint64_t seed;
static uint32_t rnd(uint32_t n) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (uint32_t)((seed >> 11) % n);
}
static const char *const pieces[] = {"alpha",  "beta",  "gamma",    "/etc", "/var/log",
                                     "~/.ssh", "@/src", "delta.py", "-rf",  "evil.example"};
enum { PIECES = sizeof pieces / sizeof *pieces, RULES = 80, VIEWS = 400 };
static const char *const names[] = {"-R",   "-f",   "assistant", "bash", "clone",
                                    "curl", "push", "sh",        "ssh",  "user"}; /* sorted */
enum { NAMES = sizeof names / sizeof *names };

static struct tj_str words(struct tj_arena *arena, uint32_t most) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    for (uint32_t n = rnd(most + 1); n > 0; n--) {
        tj_buf_puts(&buf, pieces[rnd(PIECES)]);
        if (rnd(2)) tj_buf_putc(&buf, rnd(2) ? '/' : '.');
    }
    return tj_buf_str(&buf);
}

/* ---- generated rules ------------------------------------------------------------------------------------------------------ */

struct rig {
    struct tj_arena arena;
    struct tj_build build;
    TJ_VEC(struct tj_pattern) pattern[TJ_DB_COUNT];
    void *bytes;
    struct tj_image image;
    struct tj_databases *databases;
    struct tj_matcher *matcher;
};

static uint32_t bit_for(struct rig *r, int db, uint8_t how, struct tj_str text) {
    for (uint32_t i = 0; i < r->pattern[db].n; i++)
        if (r->pattern[db].at[i].how == how && tj_str_eq(r->pattern[db].at[i].text, text)) return i;
    struct tj_pattern p = {.text = text, .how = how};
    assert_true(tj_vec_push(&r->arena, &r->pattern[db], p));
    return r->pattern[db].n - 1;
}

static void emit(struct rig *r, uint8_t op, uint8_t field, uint32_t n, uint32_t arg) {
    struct tj_cond c = {op, field, (uint16_t)n, 1, arg};
    tj_build_add(&r->build, TJ_SECTION_CONDS, &c, 1);
}

static void random_leaf(struct rig *r, uint8_t subject) {
    uint8_t field;
    do field = (uint8_t)rnd(TJ_FIELD_COUNT);
    while (!(tj_field_row((enum tj_field)field)->subjects >> subject & 1));
    uint64_t mask = (uint64_t)rnd(1u << 30) & rnd(1u << 30);
    switch ((enum tj_field_type)tj_field_row((enum tj_field)field)->type) {
    case TJ_FIELD_STRING: {
        static const uint8_t hows[] = {TJ_PRED_IS, TJ_PRED_STARTS, TJ_PRED_ENDS, TJ_PRED_CONTAINS, TJ_PRED_UNDER};
        int db = tj_image_database_of((enum tj_field)field, (enum tj_subject)subject);
        struct tj_str text = words(&r->arena, 2);
        if (text.n == 0) text = TJ_STR("alpha");
        bool words = (field == TJ_F_ARG || field == TJ_F_TEXT) && subject != TJ_SUBJECT_MESSAGE;
        emit(r, TJ_COND_MATCH, field, words && rnd(2), bit_for(r, db, hows[rnd(5)], text));
        break;
    }
    case TJ_FIELD_NAME: {
        uint32_t at = 0, n = 0;
        for (uint32_t i = 0; i < NAMES; i++) {
            if (rnd(3)) continue;
            uint32_t place = tj_build_u32(&r->build, i);
            if (n++ == 0) at = place;
        }
        emit(r, TJ_COND_NAME, field, n, at);
        break;
    }
    case TJ_FIELD_ENUM: emit(r, TJ_COND_ENUM, field, 0, tj_build_u64(&r->build, mask | rnd(8))); break;
    case TJ_FIELD_SET:
        emit(r, (uint8_t)(TJ_COND_SET_ANY + rnd(3)), field, 0, tj_build_u64(&r->build, rnd(3) ? mask : rnd(4)));
        break;
    case TJ_FIELD_FLAGS: emit(r, TJ_COND_FLAG, field, 0, 1 + rnd(5)); break;
    case TJ_FIELD_BOOL: emit(r, TJ_COND_BOOL, field, 0, rnd(2)); break;
    case TJ_FIELD_NUMBER: {
        uint32_t low = rnd(4), at = tj_build_u32(&r->build, low);
        tj_build_u32(&r->build, low + rnd(4));
        emit(r, TJ_COND_NUMBER, field, 0, at);
        break;
    }
    }
}

static void random_cond(struct rig *r, uint8_t subject, uint32_t depth) {
    if (depth == 0 || rnd(3) == 0) {
        random_leaf(r, subject);
        return;
    }
    uint32_t at = tj_build_count(&r->build, TJ_SECTION_CONDS), n = 1 + rnd(3);
    emit(r, (uint8_t)rnd(3), 0, n, 0);
    for (uint32_t i = 0; i < n; i++) random_cond(r, subject, depth - 1);
    tj_build_row(&r->build, CONDS, struct tj_cond, at)->skip = tj_build_count(&r->build, TJ_SECTION_CONDS) - at;
}

static struct tj_range random_range(struct rig *r, uint8_t subject, uint32_t depth) {
    uint32_t at = tj_build_count(&r->build, TJ_SECTION_CONDS);
    random_cond(r, subject, depth);
    return (struct tj_range){at, tj_build_count(&r->build, TJ_SECTION_CONDS) - at};
}

static void random_rule(struct rig *r) {
    static const uint8_t subjects[] = {TJ_SUBJECT_EFFECT, TJ_SUBJECT_COMMAND, TJ_SUBJECT_EDIT, TJ_SUBJECT_MESSAGE};
    struct tj_rule rule = {.subject = subjects[rnd(4)], .confidence = 9000, .severity = TJ_SEVERITY_HIGH};
    rule.blocks = (struct tj_range){tj_build_count(&r->build, TJ_SECTION_BLOCKS), 0};
    uint32_t others = rule.subject == TJ_SUBJECT_MESSAGE ? 0 : rnd(3);
    struct tj_block block[4] = {{.how = TJ_BLOCK_SUBJECT, .subject = rule.subject}};
    block[0].where = random_range(r, rule.subject, 3);
    if (rnd(4) == 0) block[0].unless = random_range(r, rule.subject, 1);
    for (uint32_t i = 1; i <= others; i++) {
        block[i] = (struct tj_block){.how = rnd(2) ? TJ_BLOCK_WITH : TJ_BLOCK_WITHOUT,
                                     .subject = subjects[rnd(3)],
                                     .reach = (uint8_t)rnd(3),
                                     .order = (uint8_t)rnd(3)};
        if (rnd(3) == 0) block[i].join = (uint8_t)(1 + rnd(4));
        block[i].where = random_range(r, block[i].subject, 2);
    }
    rule.blocks.n = others + 1;
    tj_build_add(&r->build, TJ_SECTION_BLOCKS, block, others + 1);
    tj_build_add(&r->build, TJ_SECTION_RULES, &rule, 1);
}

static void compile(struct rig *r) {
    for (int db = 0; db < TJ_DB_COUNT; db++) {
        uint32_t n = r->pattern[db].n;
        struct tj_hs_pattern *patterns = tj_arena_array(&r->arena, struct tj_hs_pattern, n + 1);
        struct tj_database_row row = {.bits = n, .all_matches = db == TJ_DB_RAW};
        uint32_t regexes = 0;
        bool literals = tj_has_literals(db);
        if (literals) row.literals = tj_compile_literals(&r->build, &r->arena, r->pattern[db].at, n);
        for (uint32_t i = 0; i < n; i++) {
            const struct tj_pattern *p = &r->pattern[db].at[i];
            const char *regex = tj_pattern_regex(&r->arena, (enum tj_predicate_how)p->how, p->text).p;
            if (!literals || tj_is_scanned(p->how)) patterns[regexes++] = (struct tj_hs_pattern){regex, i, false};
            struct tj_predicate predicate = {
                .text = tj_build_str(&r->build, p->text), .how = p->how, .database = (uint8_t)db, .bit = i};
            tj_build_add(&r->build, TJ_SECTION_PREDICATES, &predicate, 1);
        }
        if (regexes) {
            struct tj_hs_error error;
            size_t size;
            char *bytes = tj_hs_compile(patterns, regexes, db == TJ_DB_RAW, &r->arena, &size, &error);
            assert_non_null(bytes);
            row.blob.at = tj_build_add(&r->build, TJ_SECTION_BLOBS, bytes, (uint32_t)size);
            row.blob.n = (uint32_t)size;
            free(bytes);
        }
        tj_build_add(&r->build, TJ_SECTION_DATABASES, &row, 1);
    }
    struct tj_build_entry index[NAMES];
    for (uint32_t i = 0; i < NAMES; i++) {
        index[i] = (struct tj_build_entry){tj_build_str(&r->build, tj_str_of(names[i])), i};
        tj_build_add(&r->build, TJ_SECTION_NAMES, &index[i].name, 1);
    }
    tj_build_index(&r->build, TJ_SECTION_NAME_INDEX, index, NAMES);
    tj_compile_tries(&r->build, &r->arena);
    struct tj_program bash = {.name = tj_build_str(&r->build, TJ_STR("bash")), .parent = TJ_NONE};
    tj_build_add(&r->build, TJ_SECTION_PROGRAMS, &bash, 1);
    tj_build_index(&r->build, TJ_SECTION_PROGRAM_INDEX, NULL, 0);
    tj_build_index(&r->build, TJ_SECTION_TOOL_INDEX, NULL, 0);
    tj_build_index(&r->build, TJ_SECTION_PATH_INDEX, NULL, 0);
    struct tj_sha256 digest = {{0}};
    size_t size;
    trajsafe_error error = {0};
    r->bytes = tj_build_image(&r->build, &digest, &digest, &size);
    assert_non_null(r->bytes);
    if (tj_image_open(r->bytes, size, &r->image, &error) != TRAJSAFE_OK) fail_msg("%s", error.message);
    assert_int_equal(tj_databases_new(&r->image, true, &r->databases, &error), TRAJSAFE_OK);
    assert_int_equal(tj_matcher_new(&r->image, r->databases, &r->matcher), TRAJSAFE_OK);
}

static void rig_free(struct rig *r) {
    tj_matcher_free(r->matcher);
    tj_databases_free(r->databases);
    free(r->bytes);
    tj_arena_free(&r->arena);
}

/* ---- generated views -------------------------------------------------------------------------------------------------------- */

struct scene {
    struct tj_understanding u;
    struct tj_effects e;
    struct tj_view view;
};

static struct tj_value random_value(struct tj_arena *arena) {
    struct tj_value v = {.text = words(arena, 2)};
    if (rnd(6) == 0) v.flags = TJ_VALUE_IS_DYNAMIC, v.suffix = words(arena, 1);
    if (rnd(8) == 0) {
        struct tj_str *set = tj_arena_array(arena, struct tj_str, 2);
        set[0] = words(arena, 2), set[1] = words(arena, 2);
        v = (struct tj_value){.text = set[0], .set = set, .nset = 2, .flags = TJ_VALUE_IS_SET};
    }
    return v;
}

static struct tj_command *random_command(struct tj_arena *arena, struct scene *s, uint32_t index) {
    struct tj_command *c = tj_arena_new(arena, struct tj_command);
    struct tj_arg *argv = tj_arena_array(arena, struct tj_arg, 4);
    c->index = index;
    c->name = tj_str_of(names[3 + rnd(6)]);
    c->program = rnd(2) ? 0 : TJ_NONE;
    c->base_program = tj_str_is(c->name, "sh") ? 0 : TJ_NONE;
    if (rnd(2)) c->subcommand = tj_str_of(names[rnd(NAMES)]);
    c->argc = 1 + rnd(3);
    argv[0].value.text = c->name;
    for (uint32_t i = 1; i < c->argc; i++) {
        argv[i].value = random_value(arena);
        if (rnd(5) == 0) argv[i].key = TJ_STR("alpha");
    }
    c->argv = argv;
    c->parent = index && rnd(2) ? rnd(index) : TJ_NONE;
    c->pipeline = rnd(2);
    c->flow = rnd(2);
    c->pipe_at = (uint16_t)rnd(3);
    c->pipe_n = 3;
    c->depth = (uint16_t)rnd(3);
    c->flags = (uint16_t)rnd(2048);
    c->place = (uint8_t)rnd(TJ_PLACE_COUNT);
    c->lang = (uint8_t)rnd(TJ_LANG_COUNT);
    c->stdin_kind = (uint8_t)rnd(TJ_STDIN_COUNT);
    struct tj_bound bound = {.flags = {rnd(64)}};
    for (uint32_t i = rnd(3); i > 0; i--) {
        struct tj_bound_option option = {.name = tj_str_of(names[rnd(NAMES)])};
        assert_true(tj_vec_push(arena, &bound.option, option));
    }
    for (uint32_t i = 1; i < c->argc; i++) {
        static const uint8_t slots[] = {TJ_SLOT_DATA, TJ_SLOT_MESSAGE, TJ_SLOT_PATTERN, TJ_SLOT_SHELL};
        struct tj_bound_operand operand = {.arg = i, .slot = slots[rnd(4)]};
        assert_true(tj_vec_push(arena, &bound.operand, operand));
    }
    assert_true(tj_vec_push(arena, &s->e.bound, bound));
    return c;
}

static void random_effect(struct tj_arena *arena, struct scene *s, uint32_t command) {
    struct tj_effect e = {.kind = (uint8_t)rnd(TJ_EFFECT_COUNT),
                          .object = (uint8_t)rnd(TJ_OBJECT_COUNT),
                          .place = (uint8_t)rnd(TJ_PLACE_COUNT),
                          .flags = (uint16_t)rnd(1024),
                          .port = (uint16_t)rnd(6),
                          .host_class = rnd(1u << 14),
                          .command = command,
                          .classes = rnd(1u << 30),
                          .carries = rnd(1u << 30),
                          .path = words(arena, 2),
                          .host = words(arena, 1),
                          .url = words(arena, 2),
                          .name = words(arena, 1),
                          .value = words(arena, 2),
                          .span = TJ_NO_SPAN};
    assert_true(tj_vec_push(arena, &s->e.effect, e));
}

static void random_scene(struct tj_arena *arena, struct rig *r, struct scene *s) {
    memset(s, 0, sizeof *s);
    s->u.arena = s->e.arena = arena;
    s->e.image = &r->image;
    tj_texts_init(&s->u.texts, arena);
    uint32_t commands = rnd(4);
    for (uint32_t i = 0; i < commands; i++) {
        struct tj_command *c = random_command(arena, s, i);
        c->span = TJ_NO_SPAN;
        assert_true(tj_vec_push(arena, &s->u.command, c));
        c->effect = s->e.effect.n;
        for (uint32_t n = rnd(3); n > 0; n--) random_effect(arena, s, i);
        c->effect_end = s->e.effect.n;
    }
    if (rnd(3) == 0) random_effect(arena, s, TJ_NONE);
    for (uint32_t n = rnd(2); n > 0 && s->e.effect.n; n--) {
        struct tj_edit edit = {.path = words(arena, 2),
                               .classes = rnd(1u << 30),
                               .added = words(arena, 3),
                               .removed = words(arena, 3),
                               .whole = rnd(2),
                               .effect = rnd(s->e.effect.n),
                               .span = TJ_NO_SPAN};
        assert_true(tj_vec_push(arena, &s->e.edit, edit));
    }
    s->view = (struct tj_view){.understanding = &s->u,
                               .effects = &s->e,
                               .author = rnd(2) ? TJ_AUTHOR_AGENT : TJ_AUTHOR_USER,
                               .final = rnd(2),
                               .message_text = TJ_NONE};
    if (rnd(2)) s->view.message = words(arena, 4);
}

#endif
