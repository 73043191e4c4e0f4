/* The program table: flags, rows, options, operands, effects, and the index of names. */
#include "compile/compiler.h"

#include <stdlib.h>

enum { MOST_FLAGS = 255 };

static const char *const row_keys[] = {"about",       "names",   "style",    "options", "operands",
                                       "subcommands", "effects", "network",  "lang",    "place",
                                       "handler",     "traits",  "receiver", "flags",   NULL};
static const char *const option_keys[] = {"names", "as", "value", "flag", NULL};
static const char *const effect_keys[] = {"kind", "object", "text", "operand", "when", "unless", NULL};
static const char *const styles[] = {"gnu", "posix", "long", "keyvalue", "words", "tar", "call", "pwsh", NULL};
static const char *const needs[] = {"none", "required", "optional", "two", "three", "rest", NULL};
static const char *const networks[] = {"connect", "send", "fetch", "scan", "listen", NULL};
static const uint8_t network_kinds[] = {TJ_EFFECT_CONNECT, TJ_EFFECT_SEND, TJ_EFFECT_FETCH, TJ_EFFECT_SCAN,
                                        TJ_EFFECT_LISTEN};
/* In the order of the TJ_PROGRAM_* bits. */
static const char *const traits[] = {"opaque",         "output_none", "stdin_run", "stdin_operands", "stdin_send",
                                     "decodes",        "wrapper",     "defers",    "background",     "dry",
                                     "output_fetched", "output_env",  NULL};

/* ---- flags ------------------------------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b) {
    return tj_str_cmp(*(const struct tj_str *)a, *(const struct tj_str *)b);
}

uint32_t tj_flag_number(const struct tj_compiler *c, struct tj_str name) {
    uint32_t low = 0, high = c->flag.n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = tj_str_cmp(c->flag.at[middle], name);
        if (order == 0) return middle + 1;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static void note_flag(struct tj_compiler *c, const struct tj_yaml *node) {
    if (node && node->kind == TJ_YAML_SCALAR && node->text.n) (void)tj_vec_push(c->arena, &c->flag, node->text);
}

static void collect_flags(struct tj_compiler *c, const struct tj_yaml *row) {
    if (row->kind != TJ_YAML_MAP) return;
    struct tj_yaml *options = tj_get(row, "options"), *more = tj_get(row, "flags"), *sub = tj_get(row, "subcommands");
    TJ_EACH(option, options)
    note_flag(c, tj_get(option, "flag"));
    TJ_EACH(flag, more)
    note_flag(c, flag);
    if (sub && sub->kind == TJ_YAML_MAP) TJ_EACH_KEY(k, sub)
    collect_flags(c, k->next);
}

static void sort_flags(struct tj_compiler *c) {
    if (c->flag.n) qsort(c->flag.at, c->flag.n, sizeof c->flag.at[0], by_text);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < c->flag.n; i++)
        if (kept == 0 || !tj_str_eq(c->flag.at[kept - 1], c->flag.at[i])) c->flag.at[kept++] = c->flag.at[i];
    c->flag.n = kept;
    if (kept > MOST_FLAGS) tj_trouble(&c->check, TJ_BAD_MANY_FLAGS, NULL, TJ_STR_NONE, TJ_STR_NONE);
    tj_build_add(&c->build, TJ_SECTION_FLAGS, NULL, 1); /* flag 0 is none */
    for (uint32_t i = 0; i < kept; i++) {
        struct tj_ref ref = tj_build_str(&c->build, c->flag.at[i]);
        tj_build_add(&c->build, TJ_SECTION_FLAGS, &ref, 1);
    }
}

static uint16_t flag_of(struct tj_compiler *c, const struct tj_yaml *node) {
    struct tj_str text;
    if (!node || !tj_check_text(&c->check, node, "flag", &text)) return 0;
    uint32_t number = tj_flag_number(c, text);
    if (!number) tj_trouble(&c->check, TJ_BAD_FLAG, node, text, TJ_STR_NONE);
    return (uint16_t)number;
}

/* ---- one row ---------------------------------------------------------------------------------------------------- */

static bool option_name_fits(struct tj_str name, uint32_t style) {
    if (style == TJ_STYLE_KEYVALUE || style == TJ_STYLE_CALL) return name.n > 1 && name.p[name.n - 1] == '=';
    return style == TJ_STYLE_WORDS || tj_str_is(name, "-") || tj_str_is(name, "+") || tj_str_is(name, "==") ||
           (name.n > 1 && (name.p[0] == '-' || name.p[0] == '+'));
}

struct named_option {
    struct tj_str name;
    const struct tj_yaml *node;
    struct tj_option row;
};
typedef TJ_VEC(struct named_option) named_options;

static int by_name(const void *a, const void *b) {
    return tj_str_cmp(((const struct named_option *)a)->name, ((const struct named_option *)b)->name);
}

static void add_option(struct tj_compiler *c, struct tj_yaml *node, uint32_t style, named_options *out) {
    struct tj_check *k = &c->check;
    if (!tj_check_map(k, node, "an option")) return;
    tj_check_keys(k, node, "an option", option_keys);
    struct tj_yaml *names = tj_get(node, "names"), *as = tj_get(node, "as"), *value = tj_get(node, "value");
    uint32_t slot = TJ_SLOT_DATA, need = as ? TJ_VALUE_REQUIRED : TJ_VALUE_NONE;
    if (as) (void)tj_check_word(k, as, TJ_LIST_SLOTS, "a slot", &slot);
    if (value) (void)tj_check_choice(k, value, needs, "a way to take a value", &need);
    if (style == TJ_STYLE_KEYVALUE || style == TJ_STYLE_CALL) need = TJ_VALUE_REQUIRED;
    struct tj_option row = {.need = (uint8_t)need, .slot = (uint8_t)slot, .flag = flag_of(c, tj_get(node, "flag"))};
    if (!names) tj_trouble(k, TJ_BAD_MISSING, node, TJ_STR("names"), TJ_STR("the option"));
    TJ_EACH(item, names) {
        struct tj_str name;
        if (!tj_check_text(k, item, "names", &name)) continue;
        if (!option_name_fits(name, style)) tj_trouble(k, TJ_BAD_OPTION_NAME, item, name, tj_str_of(styles[style]));
        struct named_option option = {name, item, row};
        (void)tj_vec_push(c->arena, out, option);
    }
}

static struct tj_range add_options(struct tj_compiler *c, struct tj_yaml *node, uint32_t style) {
    named_options all = {0};
    if (node && !tj_check_list(&c->check, node, "options")) return (struct tj_range){0, 0};
    TJ_EACH(item, node)
    add_option(c, item, style, &all);
    if (all.n) qsort(all.at, all.n, sizeof all.at[0], by_name);
    struct tj_range range = {tj_build_count(&c->build, TJ_SECTION_OPTIONS), all.n};
    for (uint32_t i = 0; i < all.n; i++) {
        if (i && tj_str_eq(all.at[i - 1].name, all.at[i].name))
            tj_trouble(&c->check, TJ_BAD_DUPLICATE, all.at[i].node, all.at[i].name, TJ_STR("the same program"));
        struct tj_option row = all.at[i].row;
        row.name = tj_build_str(&c->build, all.at[i].name);
        tj_build_add(&c->build, TJ_SECTION_OPTIONS, &row, 1);
    }
    return range;
}

static struct tj_range add_operands(struct tj_compiler *c, struct tj_yaml *node) {
    struct tj_range range = {tj_build_count(&c->build, TJ_SECTION_OPERANDS), 0};
    bool rest = false;
    TJ_EACH(item, node) {
        struct tj_str text;
        if (!tj_check_text(&c->check, item, "operands", &text)) continue;
        struct tj_operand operand = {0};
        if (tj_str_ends(text, TJ_STR("..."))) {
            operand.rest = 1;
            text.n -= 3;
        }
        if (tj_str_ends(text, TJ_STR("?"))) {
            operand.optional = 1;
            text.n -= 1;
        }
        struct tj_yaml word = *item;
        word.text = text;
        uint32_t slot = 0;
        (void)tj_check_word(&c->check, &word, TJ_LIST_SLOTS, "a slot", &slot);
        operand.slot = (uint8_t)slot;
        if (operand.rest && rest) tj_trouble(&c->check, TJ_BAD_REST, item, TJ_STR_NONE, TJ_STR_NONE);
        rest |= operand.rest;
        tj_build_add(&c->build, TJ_SECTION_OPERANDS, &operand, 1);
        range.n++;
    }
    return range;
}

static void add_effect(struct tj_compiler *c, struct tj_yaml *node) {
    struct tj_check *k = &c->check;
    if (!tj_check_map(k, node, "an effect")) return;
    tj_check_keys(k, node, "an effect", effect_keys);
    struct tj_yaml *kind = tj_get(node, "kind"), *object = tj_get(node, "object"), *text = tj_get(node, "text");
    struct tj_yaml *operand = tj_get(node, "operand");
    uint32_t kind_value = 0, object_value = 0, operand_value = 0;
    struct tj_str object_text = TJ_STR_NONE;
    if (!kind)
        tj_trouble(k, TJ_BAD_MISSING, node, TJ_STR("kind"), TJ_STR("the effect"));
    else
        (void)tj_check_word(k, kind, TJ_LIST_EFFECTS, "an effect", &kind_value);
    if (object) (void)tj_check_word(k, object, TJ_LIST_OBJECTS, "a kind of object", &object_value);
    if (text) (void)tj_check_text(k, text, "text", &object_text);
    if (operand) (void)tj_check_number(k, operand, "operand", 100, &operand_value);
    struct tj_program_effect row = {.kind = (uint8_t)kind_value,
                                    .object = (uint8_t)object_value,
                                    .when = flag_of(c, tj_get(node, "when")),
                                    .unless = flag_of(c, tj_get(node, "unless")),
                                    .operand = (uint16_t)operand_value,
                                    .text = tj_build_str(&c->build, object_text)};
    tj_build_add(&c->build, TJ_SECTION_PROGRAM_EFFECTS, &row, 1);
}

static struct tj_range add_effects(struct tj_compiler *c, struct tj_yaml *node) {
    struct tj_range range = {tj_build_count(&c->build, TJ_SECTION_PROGRAM_EFFECTS), 0};
    if (node && tj_check_list(&c->check, node, "effects")) TJ_EACH(item, node)
    add_effect(c, item);
    range.n = tj_build_count(&c->build, TJ_SECTION_PROGRAM_EFFECTS) - range.at;
    return range;
}

static uint32_t word_of(struct tj_compiler *c, const struct tj_yaml *row, const char *key, enum tj_list list,
                        const char *kind) {
    uint32_t value = 0;
    const struct tj_yaml *node = tj_get(row, key);
    if (node) (void)tj_check_word(&c->check, node, list, kind, &value);
    return value;
}

static struct tj_program make_row(struct tj_compiler *c, struct tj_yaml *node, struct tj_str name, uint32_t parent) {
    struct tj_check *k = &c->check;
    struct tj_program row = {.name = tj_build_str(&c->build, name), .parent = parent};
    if (node->kind == TJ_YAML_SCALAR && node->plain && node->text.n == 0)
        return row; /* `ls:` alone: known, and nothing to say of it */
    if (!tj_check_map(k, node, "a program")) return row;
    tj_check_keys(k, node, "a program", row_keys);
    uint32_t style = TJ_STYLE_GNU, network = 0;
    struct tj_yaml *style_node = tj_get(node, "style"), *network_node = tj_get(node, "network");
    if (style_node) (void)tj_check_choice(k, style_node, styles, "a style", &style);
    if (network_node && tj_check_choice(k, network_node, networks, "a network effect", &network))
        row.network = network_kinds[network];
    row.style = (uint8_t)style;
    row.handler = (uint16_t)word_of(c, node, "handler", TJ_LIST_HANDLERS, "a handler");
    row.lang = (uint8_t)word_of(c, node, "lang", TJ_LIST_LANGS, "a language");
    row.place = (uint8_t)word_of(c, node, "place", TJ_LIST_PLACES, "a place");
    if (tj_get(node, "receiver")) row.receiver = word_of(c, node, "receiver", TJ_LIST_SLOTS, "a slot") + 1;
    TJ_EACH(item, tj_get(node, "traits")) {
        uint32_t bit;
        if (tj_check_choice(k, item, traits, "a trait", &bit)) row.traits |= 1u << bit;
    }
    row.options = add_options(c, tj_get(node, "options"), style);
    row.operands = add_operands(c, tj_get(node, "operands"));
    row.effects = add_effects(c, tj_get(node, "effects"));
    return row;
}

/* ---- all rows --------------------------------------------------------------------------------------------------- */

/* A name of a row; the first is its own. */
struct entry {
    struct tj_str name;
    struct tj_yaml *key, *node;
    uint32_t own; /* index of the row's own entry, for other names */
};
typedef TJ_VEC(struct entry) entries;

static int by_entry_name(const void *a, const void *b) {
    return tj_str_cmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void sort_and_compare(struct tj_compiler *c, entries *all) {
    if (all->n) qsort(all->at, all->n, sizeof all->at[0], by_entry_name);
    for (uint32_t i = 1; i < all->n; i++) {
        struct entry *a = &all->at[i - 1], *b = &all->at[i];
        if (!tj_str_eq(a->name, b->name)) continue;
        if (a->key->where.file > b->key->where.file ||
            (a->key->where.file == b->key->where.file && a->key->where.line > b->key->where.line)) {
            struct entry *swap = a;
            a = b;
            b = swap;
        }
        struct tj_buf first;
        tj_buf_init(&first, c->arena);
        tj_buf_put(&first, c->source[a->key->where.file].name);
        tj_buf_putf(&first, ":%u", a->key->where.line);
        tj_trouble(&c->check, TJ_BAD_DUPLICATE, b->key, b->name, tj_buf_str(&first));
    }
}

static void add_entry(struct tj_compiler *c, struct tj_yaml *key, entries *out) {
    struct entry own = {key->text, key, key->next, 0};
    if (key->text.n == 0) tj_trouble(&c->check, TJ_BAD_EMPTY, key, TJ_STR("a name"), TJ_STR_NONE);
    (void)tj_vec_push(c->arena, out, own);
}

static void add_aliases(struct tj_compiler *c, struct tj_yaml *key, entries *out) {
    struct tj_yaml *names = tj_get(key->next, "names");
    TJ_EACH(item, names) {
        struct tj_str name;
        if (!tj_check_text(&c->check, item, "names", &name)) continue;
        struct entry entry = {name, item, key->next, 0};
        (void)tj_vec_push(c->arena, out, entry);
    }
}

/* Rows of subcommands, in the order of names; other names get rows of their own. */
static void add_subcommands(struct tj_compiler *c, uint32_t parent, struct tj_yaml *node, entries *rows) {
    struct tj_yaml *sub = tj_get(node, "subcommands");
    if (!sub || !tj_check_map(&c->check, sub, "subcommands")) return;
    entries all = {0};
    TJ_EACH_KEY(key, sub) {
        add_entry(c, key, &all);
        add_aliases(c, key, &all);
    }
    sort_and_compare(c, &all);
    struct tj_program *row = tj_build_row(&c->build, PROGRAMS, struct tj_program, parent);
    if (row) row->subcommands = (struct tj_range){tj_build_count(&c->build, TJ_SECTION_PROGRAMS), all.n};
    for (uint32_t i = 0; i < all.n; i++) {
        struct tj_program made = make_row(c, all.at[i].node, all.at[i].name, parent);
        tj_build_add(&c->build, TJ_SECTION_PROGRAMS, &made, 1);
        (void)tj_vec_push(c->arena, rows, all.at[i]);
    }
}

static void compile_all(struct tj_compiler *c, entries *rows) {
    if (rows->n) qsort(rows->at, rows->n, sizeof rows->at[0], by_entry_name);
    entries names = {0};
    for (uint32_t i = 0; i < rows->n; i++) {
        struct tj_program row = make_row(c, rows->at[i].node, rows->at[i].name, TJ_NONE);
        tj_build_add(&c->build, TJ_SECTION_PROGRAMS, &row, 1);
        rows->at[i].own = i;
        (void)tj_vec_push(c->arena, &names, rows->at[i]);
        uint32_t from = names.n;
        add_aliases(c, rows->at[i].key, &names);
        for (; from < names.n; from++) names.at[from].own = i;
    }
    /* Grows while it is walked: subcommands may have subcommands. */
    for (uint32_t i = 0; i < rows->n; i++) add_subcommands(c, i, rows->at[i].node, rows);
    sort_and_compare(c, &names);
    struct tj_build_entry *index = tj_arena_array(c->arena, struct tj_build_entry, names.n ? names.n : 1);
    for (uint32_t i = 0; i < names.n && index; i++)
        index[i] = (struct tj_build_entry){tj_build_str(&c->build, names.at[i].name), names.at[i].own};
    if (index) tj_build_index(&c->build, TJ_SECTION_PROGRAM_INDEX, index, names.n);
}

void tj_compile_programs(struct tj_compiler *c) {
    entries rows = {0};
    for (uint32_t i = 0; i < c->sources; i++) {
        struct tj_yaml *top = tj_section(c, i, "programs");
        if (top && top->kind == TJ_YAML_MAP) TJ_EACH_KEY(key, top) {
                collect_flags(c, key->next);
                add_entry(c, key, &rows);
            }
    }
    sort_flags(c);
    compile_all(c, &rows);
}
