/* Engines: an opened image with its pattern databases, counted atomically. */
#include <stdlib.h>

#include "api/objects.h"
#include "image/builtin.h"

uint32_t trajsafe_abi_version(void) { return TRAJSAFE_ABI_VERSION; }

const char *trajsafe_version(void) { return TJ_ENGINE_VERSION; }

const char *trajsafe_grammars(void) { return TJ_GRAMMARS; }

static trajsafe_status engine_open(const void *bytes, size_t size, void *copy, trajsafe_engine **out,
                                   trajsafe_error *error) {
    trajsafe_engine *engine = calloc(1, sizeof *engine);
    if (!engine) return TRAJSAFE_NO_MEMORY;
    bool builtin =
        copy == NULL; /* part of this library: reading all of it to check it would cost most of a cold start */
    trajsafe_status status = builtin ? tj_image_open_trusted(bytes, size, &engine->image, error)
                                     : tj_image_open(bytes, size, &engine->image, error);
    if (status == TRAJSAFE_OK) status = tj_databases_new(&engine->image, builtin, &engine->databases, error);
    if (status != TRAJSAFE_OK) {
        free(engine);
        return status;
    }
    atomic_init(&engine->references, 1);
    engine->copy = copy;
    tj_hex_write(engine->image.header->ruleset_digest, 32, engine->ruleset_digest);
    tj_hex_write(engine->image.header->tables_digest, 32, engine->tables_digest);
    *out = engine;
    return TRAJSAFE_OK;
}

trajsafe_status trajsafe_engine_builtin(trajsafe_engine **out, trajsafe_error *error) {
    if (!out) return TRAJSAFE_BAD_ARGUMENT;
    return engine_open(tj_builtin_image, (size_t)tj_builtin_image_size, NULL, out, error);
}

trajsafe_status trajsafe_engine_from_image(const void *bytes, size_t size, trajsafe_engine **out, trajsafe_error *error) {
    if (!out || (!bytes && size)) return TRAJSAFE_BAD_ARGUMENT;
    size_t room = (size + 63) & ~(size_t)63;
    void *copy = room < size ? NULL : aligned_alloc(64, room ? room : 64);
    if (!copy) return TRAJSAFE_NO_MEMORY;
    if (size) memcpy(copy, bytes, size);
    trajsafe_status status = engine_open(copy, size, copy, out, error);
    if (status != TRAJSAFE_OK) free(copy);
    return status;
}

trajsafe_engine *trajsafe_engine_ref(trajsafe_engine *engine) {
    if (engine) atomic_fetch_add_explicit(&engine->references, 1, memory_order_relaxed);
    return engine;
}

void trajsafe_engine_unref(trajsafe_engine *engine) {
    if (!engine || atomic_fetch_sub_explicit(&engine->references, 1, memory_order_acq_rel) != 1) return;
    tj_databases_free(engine->databases);
    free(engine->copy);
    free(engine);
}

const char *trajsafe_engine_ruleset_digest(const trajsafe_engine *engine) {
    return engine ? engine->ruleset_digest : "";
}

const char *trajsafe_engine_tables_digest(const trajsafe_engine *engine) { return engine ? engine->tables_digest : ""; }

uint32_t trajsafe_engine_rules(const trajsafe_engine *engine) { return engine ? engine->image.n[TJ_SECTION_RULES] : 0; }

/* Strings of an image end in a NUL that their length does not count. */
static const char *text(const trajsafe_engine *engine, struct tj_ref ref) {
    return tj_image_str(&engine->image, ref).p;
}

trajsafe_status trajsafe_engine_rule(const trajsafe_engine *engine, uint32_t i, trajsafe_rule *out) {
    if (!engine || !out || out->size != sizeof *out || i >= trajsafe_engine_rules(engine)) return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_rule *rule = tj_image_rule(&engine->image, i);
    *out = (trajsafe_rule){
        .size = sizeof *out,
        .id = text(engine, rule->id),
        .title = text(engine, rule->title),
        .category = tj_category_name(tj_leaf_category((enum tj_leaf)rule->leaf)),
        .leaf = tj_leaf_name((enum tj_leaf)rule->leaf),
        .severity = tj_vocab_name(TJ_LIST_SEVERITIES, rule->severity),
        .confidence = (double)rule->confidence / 10000,
        .measured = (rule->flags & TJ_RULE_MEASURED) != 0,
        .why = text(engine, rule->why),
        .suggest = text(engine, rule->suggest),
        .references = text(engine, rule->references),
        .attack = text(engine, rule->attack),
        .owasp = text(engine, rule->owasp),
        .atlas = text(engine, rule->atlas),
        .file = text(engine, rule->file),
        .line = rule->line,
        .examples = rule->examples.n,
    };
    return TRAJSAFE_OK;
}

uint32_t trajsafe_engine_find_rule(const trajsafe_engine *engine, const char *id) {
    return engine && id ? tj_image_find_rule(&engine->image, tj_str_of(id)) : UINT32_MAX;
}

trajsafe_status trajsafe_engine_example(const trajsafe_engine *engine, uint32_t rule, uint32_t i, trajsafe_example *out) {
    if (!engine || !out || out->size != sizeof *out || rule >= trajsafe_engine_rules(engine))
        return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_rule *row = tj_image_rule(&engine->image, rule);
    if (i >= row->examples.n) return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_example *example = TJ_ROW(&engine->image, EXAMPLES, struct tj_example, row->examples.at + i);
    *out = (trajsafe_example){.size = sizeof *out,
                              .hit = example->kind == TJ_EXAMPLE_HIT,
                              .shape = example->shape,
                              .text = text(engine, example->text),
                              .line = example->line};
    return TRAJSAFE_OK;
}
