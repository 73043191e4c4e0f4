/* Conditions: from YAML mappings to nodes in prefix order. */
#include "compile/compiler.h"

struct lowering {
    struct tj_compiler *c;
    enum tj_subject subject;
    bool named; /* the programs are named: all of their words are looked at */
};

static void condition(struct lowering *l, struct tj_yaml *node);

static uint32_t emit(struct lowering *l, enum tj_cond_op op, enum tj_field field, uint32_t arg, uint32_t n) {
    struct tj_cond cond = {.op = (uint8_t)op, .field = (uint8_t)field, .n = (uint16_t)n, .skip = 1, .arg = arg};
    if (n > UINT16_MAX) tj_trouble(&l->c->check, TJ_BAD_NESTING, NULL, TJ_STR("a list"), TJ_STR_NONE);
    return tj_build_add(&l->c->build, TJ_SECTION_CONDS, &cond, 1);
}

/* Ends a node that was emitted with its children after it. One child of ALL or ANY needs no parent. */
static void close_node(struct lowering *l, uint32_t at, uint32_t children) {
    uint32_t end = tj_build_count(&l->c->build, TJ_SECTION_CONDS);
    struct tj_cond *cond = tj_build_row(&l->c->build, CONDS, struct tj_cond, at);
    if (!cond) return;
    if (children == 1 && cond->op != TJ_COND_NONE) {
        memmove(cond, cond + 1, (end - at - 1) * sizeof *cond);
        l->c->build.section[TJ_SECTION_CONDS].n--;
        return;
    }
    cond->n = (uint16_t)children;
    cond->skip = end - at;
}

static void list_of(struct lowering *l, enum tj_cond_op op, struct tj_yaml *node, const char *what) {
    if (node->kind == TJ_YAML_SCALAR || node->n == 0) {
        tj_trouble(&l->c->check, TJ_BAD_TYPE, node, tj_str_of(what), TJ_STR("a list of conditions"));
        return;
    }
    uint32_t at = emit(l, op, TJ_F_KIND, 0, 0), n = 0;
    TJ_EACH(item, node) {
        condition(l, item);
        n++;
    }
    close_node(l, at, n);
}

/* ---- one field ------------------------------------------------------------------------------------------------- */

static const char *const set_keys[] = {"any", "all", "none", NULL};
static const enum tj_cond_op set_ops[] = {TJ_COND_SET_ANY, TJ_COND_SET_ALL, TJ_COND_SET_NONE};

static void set_field(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    struct tj_check *k = &l->c->check;
    enum tj_list list = (enum tj_list)tj_field_row(field)->list;
    const char *kind = list == TJ_LIST_HOST_CLASSES ? "a class of hosts" : list == TJ_LIST_ROLES ? "a role" : "a class";
    uint64_t mask;
    if (node->kind != TJ_YAML_MAP) {
        if (tj_check_mask(k, node, list, kind, &mask))
            emit(l, TJ_COND_SET_ANY, field, tj_build_u64(&l->c->build, mask), 0);
        return;
    }
    tj_check_keys(k, node, "a test on a set", set_keys);
    uint32_t at = emit(l, TJ_COND_ALL, field, 0, 0), n = 0;
    for (uint32_t i = 0; set_keys[i]; i++) {
        struct tj_yaml *value = tj_get(node, set_keys[i]);
        if (!value || !tj_check_mask(k, value, list, kind, &mask)) continue;
        emit(l, set_ops[i], field, tj_build_u64(&l->c->build, mask), 0);
        n++;
    }
    close_node(l, at, n);
}

static void enum_field(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    struct tj_check *k = &l->c->check;
    const struct tj_field_row *row = tj_field_row(field);
    struct tj_yaml *none = tj_get(node, "none");
    uint64_t mask;
    if (node->kind == TJ_YAML_MAP) {
        static const char *const keys[] = {"none", NULL};
        tj_check_keys(k, node, "a test on one value", keys);
        if (!none) return;
    }
    struct tj_buf kind;
    tj_buf_init(&kind, l->c->arena);
    tj_buf_putf(&kind, "a value of '%s'", row->name);
    tj_buf_putc(&kind, '\0');
    if (!tj_check_mask(k, none ? none : node, (enum tj_list)row->list, kind.at ? kind.at : "", &mask)) return;
    if (none) mask = ~mask & ((UINT64_C(1) << tj_vocab_count((enum tj_list)row->list)) - 1);
    emit(l, TJ_COND_ENUM, field, tj_build_u64(&l->c->build, mask), 0);
}

static void flag_items(struct lowering *l, enum tj_cond_op op, struct tj_yaml *node) {
    uint32_t at = emit(l, op, TJ_F_FLAG, 0, 0), n = 0;
    TJ_EACH(item, node) {
        uint32_t number = item->kind == TJ_YAML_SCALAR ? tj_flag_number(l->c, item->text) : 0;
        if (!number) {
            struct tj_meant meant = {.word = item->text};
            for (uint32_t i = 0; i < l->c->flag.n; i++) tj_meant_try(&meant, l->c->flag.at[i]);
            tj_trouble_mend(&l->c->check, TJ_BAD_FLAG, item, item->text, TJ_STR_NONE,
                            tj_meant_text(&meant, l->c->arena));
        }
        emit(l, TJ_COND_FLAG, TJ_F_FLAG, number, 0);
        n++;
    }
    close_node(l, at, n);
}

static void name_items(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    struct tj_range range = {0, 0};
    TJ_EACH(item, node) {
        struct tj_str text;
        if (!tj_check_text(&l->c->check, item, tj_field_row(field)->name, &text)) continue;
        uint32_t at = tj_build_u32(&l->c->build, tj_name_number(l->c, text));
        if (range.n++ == 0) range.at = at;
    }
    if (range.n == 0) return;
    emit(l, TJ_COND_NAME, field, range.at, range.n);
    (void)tj_vec_push(l->c->arena, &l->c->names, range);
}

/* Fields that hold names or flags: one of these, or a mapping with any, all, none. */
static void member_field(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    bool flags = tj_field_row(field)->type == TJ_FIELD_FLAGS;
    if (node->kind != TJ_YAML_MAP) {
        if (flags)
            flag_items(l, TJ_COND_ANY, node);
        else
            name_items(l, field, node);
        return;
    }
    tj_check_keys(&l->c->check, node, flags ? "a test on flags" : "a test on a name (names are exact, never patterns)",
                  set_keys);
    static const enum tj_cond_op ops[] = {TJ_COND_ANY, TJ_COND_ALL, TJ_COND_NONE};
    uint32_t at = emit(l, TJ_COND_ALL, field, 0, 0), n = 0;
    for (uint32_t i = 0; set_keys[i]; i++) {
        struct tj_yaml *value = tj_get(node, set_keys[i]);
        if (!value) continue;
        n++;
        if (flags) {
            flag_items(l, ops[i], value);
            continue;
        }
        /* With several values (arg, option) each of `all` may be met by another one. */
        uint32_t group = emit(l, ops[i], field, 0, 0), members = 0;
        if (ops[i] == TJ_COND_ALL) {
            TJ_EACH(item, value) {
                struct tj_yaml one = *item;
                one.next = NULL;
                name_items(l, field, &one);
                members++;
            }
        } else {
            name_items(l, field, value);
            members = 1;
        }
        close_node(l, group, members);
    }
    close_node(l, at, n);
}

static void number_item(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    struct tj_check *k = &l->c->check;
    const char *name = tj_field_row(field)->name;
    uint32_t low = 0, high = UINT32_MAX;
    if (node->kind == TJ_YAML_MAP) {
        static const char *const keys[] = {"min", "max", NULL};
        tj_check_keys(k, node, "a range of numbers", keys);
        struct tj_yaml *min = tj_get(node, "min"), *max = tj_get(node, "max");
        if ((min && !tj_check_number(k, min, name, UINT32_MAX, &low)) ||
            (max && !tj_check_number(k, max, name, UINT32_MAX, &high)))
            return;
        if (low > high) tj_trouble(k, TJ_BAD_NEVER, node, TJ_STR("min is above max"), TJ_STR_NONE);
    } else {
        if (!tj_check_number(k, node, name, UINT32_MAX, &low)) return;
        high = low;
    }
    uint32_t arg = tj_build_u32(&l->c->build, low);
    tj_build_u32(&l->c->build, high);
    emit(l, TJ_COND_NUMBER, field, arg, 0);
}

static void number_field(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    uint32_t at = emit(l, TJ_COND_ANY, field, 0, 0), n = 0;
    TJ_EACH(item, node) {
        number_item(l, field, item);
        n++;
    }
    close_node(l, at, n);
}

static void string_items(struct lowering *l, enum tj_field field, enum tj_predicate_how how, struct tj_yaml *node,
                         bool caseless) {
    int database = tj_image_database_of(field, l->subject);
    uint32_t at = emit(l, TJ_COND_ANY, field, 0, 0), n = 0;
    bool of_command = l->subject == TJ_SUBJECT_COMMAND || l->subject == TJ_SUBJECT_EFFECT;
    bool acted = !l->named && of_command && (field == TJ_F_ARG || field == TJ_F_TEXT);
    TJ_EACH(item, node) {
        struct tj_str text;
        if (!tj_check_text(&l->c->check, item, tj_field_row(field)->name, &text) || database < 0) continue;
        struct tj_pattern pattern = {text, item, (uint8_t)how, caseless};
        uint32_t bit =
            tj_pattern_bit(l->c, (enum tj_database)database, pattern, field == TJ_F_ARG && how != TJ_PRED_REGEX);
        emit(l, TJ_COND_MATCH, field, bit, acted);
        n++;
    }
    close_node(l, at, n);
}

static void string_field(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    /* In the order of enum tj_predicate_how. */
    static const char *const keys[] = {"is",    "starts", "ends",     "contains", "regex",
                                       "under", "word",   "caseless", "none",     NULL};
    struct tj_check *k = &l->c->check;
    if (node->kind != TJ_YAML_MAP) {
        string_items(l, field, TJ_PRED_IS, node, false);
        return;
    }
    tj_check_keys(k, node, "a test on text", keys);
    bool caseless = false;
    struct tj_yaml *fold = tj_get(node, "caseless"), *none = tj_get(node, "none");
    if (fold) (void)tj_check_bool(k, fold, "caseless", &caseless);
    uint32_t at = emit(l, TJ_COND_ALL, field, 0, 0), n = 0;
    for (uint32_t how = 0; how <= TJ_PRED_WORD; how++) {
        struct tj_yaml *value = tj_get(node, keys[how]);
        if (!value) continue;
        string_items(l, field, (enum tj_predicate_how)how, value, caseless);
        n++;
    }
    if (none) {
        uint32_t group = emit(l, TJ_COND_NONE, field, 0, 0);
        string_field(l, field, none);
        close_node(l, group, 1);
        n++;
    }
    if (n == 0) tj_trouble(k, TJ_BAD_EMPTY, node, tj_str_of(tj_field_row(field)->name), TJ_STR_NONE);
    close_node(l, at, n);
}

static void bool_field(struct lowering *l, enum tj_field field, struct tj_yaml *node) {
    bool value;
    if (tj_check_bool(&l->c->check, node, tj_field_row(field)->name, &value)) emit(l, TJ_COND_BOOL, field, value, 0);
}

/* ---- mappings -------------------------------------------------------------------------------------------------- */

static int find_field(struct lowering *l, const struct tj_yaml *key) {
    int field = tj_field_find(key->text);
    const char *subject = tj_vocab_name(TJ_LIST_SUBJECTS, (uint32_t)l->subject);
    uint32_t on = 1u << l->subject;
    if (field >= 0 && (tj_field_row((enum tj_field)field)->subjects & on)) return field;
    struct tj_meant meant = {.word = key->text};
    for (int i = 0; field < 0 && i < TJ_FIELD_COUNT; i++)
        if (tj_field_row((enum tj_field)i)->subjects & on)
            tj_meant_try(&meant, tj_str_of(tj_field_row((enum tj_field)i)->name));
    tj_trouble_mend(&l->c->check, field < 0 ? TJ_BAD_FIELD : TJ_BAD_FIELD_SUBJECT, key, key->text, tj_str_of(subject),
                    tj_meant_text(&meant, l->c->arena));
    return -1;
}

static void field_condition(struct lowering *l, struct tj_yaml *key) {
    int found = find_field(l, key);
    if (found < 0) return;
    enum tj_field field = (enum tj_field)found;
    switch ((enum tj_field_type)tj_field_row(field)->type) {
    case TJ_FIELD_STRING: string_field(l, field, key->next); break;
    case TJ_FIELD_NAME:
    case TJ_FIELD_FLAGS: member_field(l, field, key->next); break;
    case TJ_FIELD_ENUM: enum_field(l, field, key->next); break;
    case TJ_FIELD_SET: set_field(l, field, key->next); break;
    case TJ_FIELD_BOOL: bool_field(l, field, key->next); break;
    case TJ_FIELD_NUMBER: number_field(l, field, key->next); break;
    }
}

/* One of these programs, not: none of these. */
static bool names_programs(struct tj_yaml *node) {
    struct tj_yaml *program = tj_get(node, "program");
    return program && (program->kind != TJ_YAML_MAP || tj_get(program, "any") || tj_get(program, "all"));
}

static void condition(struct lowering *l, struct tj_yaml *node) {
    if (!tj_check_map(&l->c->check, node, "a condition")) return;
    if (node->n == 0) {
        tj_trouble(&l->c->check, TJ_BAD_EMPTY, node, TJ_STR("a condition"), TJ_STR_NONE);
        return;
    }
    bool named = l->named;
    l->named |= names_programs(node);
    uint32_t at = emit(l, TJ_COND_ALL, TJ_F_KIND, 0, 0), n = 0;
    TJ_EACH_KEY(key, node) {
        if (tj_str_is(key->text, "all"))
            list_of(l, TJ_COND_ALL, key->next, "all");
        else if (tj_str_is(key->text, "any"))
            list_of(l, TJ_COND_ANY, key->next, "any");
        else if (tj_str_is(key->text, "none"))
            list_of(l, TJ_COND_NONE, key->next, "none");
        else
            field_condition(l, key);
        n++;
    }
    l->named = named;
    close_node(l, at, n);
}

struct tj_range tj_compile_conditions(struct tj_compiler *c, struct tj_yaml *node, enum tj_subject subject, bool named) {
    struct lowering l = {c, subject, named};
    uint32_t at = tj_build_count(&c->build, TJ_SECTION_CONDS);
    condition(&l, node);
    return (struct tj_range){at, tj_build_count(&c->build, TJ_SECTION_CONDS) - at};
}
