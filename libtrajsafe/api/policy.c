/* Contexts and policies. */
#include <stdlib.h>

#include "api/objects.h"

trajsafe_status trajsafe_context_from_json(const char *json, size_t n, trajsafe_context **out, trajsafe_error *error) {
    if (!json || !out || (n != TRAJSAFE_NUL && n > TJ_LARGEST_TEXT)) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_context *context = calloc(1, sizeof *context);
    struct tj_json *parser = NULL;
    struct tj_doc doc;
    trajsafe_status status = context ? tj_json_new(&parser) : TRAJSAFE_NO_MEMORY;
    if (status == TRAJSAFE_OK) {
        tj_arena_init(&context->arena, 0);
        status = tj_doc_parse(parser, &context->arena, tj_str_given(json, n), &doc, error);
    }
    if (status == TRAJSAFE_OK)
        status = tj_context_parse(&doc, 0, &context->arena, &context->inner, error);
    else if (status == TRAJSAFE_BAD_INPUT)
        status = TRAJSAFE_BAD_CONTEXT;
    if (status == TRAJSAFE_BAD_CONTEXT && error) error->status = status;
    tj_json_free(parser);
    if (status == TRAJSAFE_OK)
        *out = context;
    else
        trajsafe_context_free(context);
    return status;
}

void trajsafe_context_free(trajsafe_context *context) {
    if (!context) return;
    tj_arena_free(&context->arena);
    free(context);
}

/* The digest covers the profile's numbers by the ruleset's digest and its name, and every override. */
static trajsafe_status set_digest(trajsafe_policy *policy) {
    struct tj_arena scratch;
    struct tj_buf buf;
    const struct tj_image *image = policy->inner.image;
    tj_arena_init(&scratch, 0);
    tj_buf_init(&buf, &scratch);
    tj_buf_puts(&buf, policy->engine->ruleset_digest);
    tj_buf_putc(&buf, '\n');
    tj_buf_puts(&buf, trajsafe_policy_profile(policy));
    tj_buf_putf(&buf, "\nmask_scope %u\n", policy->inner.mask_scope);
    for (uint32_t i = 0; policy->inner.rule_off && i < image->n[TJ_SECTION_RULES]; i++) {
        if (!policy->inner.rule_off[i]) continue;
        tj_buf_puts(&buf, "off ");
        tj_buf_put(&buf, tj_image_str(image, tj_image_rule(image, i)->id));
        tj_buf_putc(&buf, '\n');
    }
    for (uint32_t i = 0; i < policy->approved.n; i++) {
        tj_buf_putf(&buf, "approve %u ", policy->approved.at[i].n);
        tj_buf_put(&buf, policy->approved.at[i]);
        tj_buf_putc(&buf, '\n');
    }
    struct tj_str text = tj_buf_str(&buf);
    bool failed = scratch.failed;
    struct tj_sha256 digest = tj_sha256_of(text.p, text.n);
    tj_hex_write(digest.bytes, 32, policy->digest);
    tj_arena_free(&scratch);
    return failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

static trajsafe_status no_profile(const struct tj_image *image, const char *profile, trajsafe_error *error) {
    char names[160] = "";
    size_t at = 0;
    for (uint32_t i = 0; i < image->n[TJ_SECTION_PROFILES]; i++) {
        struct tj_str name = tj_image_str(image, TJ_ROW(image, PROFILES, struct tj_profile, i)->name);
        if (at + name.n + 3 > sizeof names) break;
        if (at) names[at++] = ' ';
        memcpy(names + at, name.p, name.n);
        at += name.n;
        names[at] = '\0';
    }
    trajsafe_status status = tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 320, "", "there is no profile \"%.60s\"", profile);
    if (error) {
        memcpy(error->mend, "use one of: ", 12);
        memcpy(error->mend + 12, names, at + 1);
    }
    return status;
}

trajsafe_status tj_policy_start(trajsafe_policy *policy, trajsafe_engine *engine, const char *profile,
                                trajsafe_error *error) {
    memset(policy, 0, sizeof *policy);
    const char *name = profile ? profile : "balanced";
    uint32_t row = tj_image_find_profile(&engine->image, tj_str_of(name));
    if (row == TJ_NONE) return no_profile(&engine->image, name, error);
    tj_arena_init(&policy->arena, 0);
    policy->engine = engine;
    policy->inner = (struct tj_policy){.image = &engine->image, .profile = row, .mask_scope = TJ_MASK_DEPENDENTS};
    return set_digest(policy);
}

trajsafe_status trajsafe_policy_new(trajsafe_engine *engine, const char *profile, trajsafe_policy **out,
                                    trajsafe_error *error) {
    if (!engine || !out) return TRAJSAFE_BAD_ARGUMENT;
    trajsafe_policy *policy = malloc(sizeof *policy);
    if (!policy) return TRAJSAFE_NO_MEMORY;
    trajsafe_status status = tj_policy_start(policy, engine, profile, error);
    if (status != TRAJSAFE_OK) {
        free(policy);
        return status;
    }
    trajsafe_engine_ref(engine);
    *out = policy;
    return TRAJSAFE_OK;
}

/* "a.b.*" names all rules whose id starts with "a.b." */
static bool names(struct tj_str pattern, struct tj_str id) {
    if (tj_str_ends(pattern, TJ_STR(".*"))) return tj_str_starts(id, tj_str_sub(pattern, 0, pattern.n - 1));
    return tj_str_eq(pattern, id);
}

trajsafe_status trajsafe_policy_set_rule(trajsafe_policy *policy, const char *id, int on, trajsafe_error *error) {
    if (!policy || !id) return TRAJSAFE_BAD_ARGUMENT;
    const struct tj_image *image = policy->inner.image;
    uint32_t n = image->n[TJ_SECTION_RULES], found = 0;
    if (!policy->inner.rule_off) policy->inner.rule_off = tj_arena_array(&policy->arena, uint8_t, n ? n : 1);
    if (!policy->inner.rule_off) return TRAJSAFE_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        if (!names(tj_str_of(id), tj_image_str(image, tj_image_rule(image, i)->id))) continue;
        policy->inner.rule_off[i] = on == 0;
        found++;
    }
    if (!found)
        return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 321, "`trajsafe rules list` prints the ids; end a prefix in .*",
                       "there is no rule \"%.80s\"", id);
    return set_digest(policy);
}

trajsafe_status trajsafe_policy_approve(trajsafe_policy *policy, const char *command, size_t n) {
    if (!policy || !command) return TRAJSAFE_BAD_ARGUMENT;
    struct tj_str text = tj_arena_copy(&policy->arena, tj_str_given(command, n));
    if (!tj_vec_push(&policy->arena, &policy->approved, text)) return TRAJSAFE_NO_MEMORY;
    for (uint32_t i = policy->approved.n - 1;
         i > 0 && tj_str_cmp(policy->approved.at[i - 1], policy->approved.at[i]) > 0; i--) {
        struct tj_str swap = policy->approved.at[i];
        policy->approved.at[i] = policy->approved.at[i - 1];
        policy->approved.at[i - 1] = swap;
    }
    policy->inner.approved = policy->approved.at;
    policy->inner.approvals = policy->approved.n;
    return set_digest(policy);
}

trajsafe_status trajsafe_policy_set_mask_scope(trajsafe_policy *policy, trajsafe_mask_scope scope) {
    if (!policy || (int)scope < 0 || scope > TRAJSAFE_MASK_REST) return TRAJSAFE_BAD_ARGUMENT;
    policy->inner.mask_scope = (uint8_t)scope;
    return set_digest(policy);
}

const char *trajsafe_policy_digest(const trajsafe_policy *policy) { return policy ? policy->digest : ""; }

const char *trajsafe_policy_profile(const trajsafe_policy *policy) {
    if (!policy) return "";
    const struct tj_image *image = policy->inner.image;
    return tj_image_str(image, TJ_ROW(image, PROFILES, struct tj_profile, policy->inner.profile)->name).p;
}

void trajsafe_policy_free(trajsafe_policy *policy) {
    if (!policy) return;
    trajsafe_engine_unref(policy->engine);
    tj_arena_free(&policy->arena);
    free(policy);
}
