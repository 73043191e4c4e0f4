/* Reports: strings are built in an arena, then everything is copied into one block that the caller owns. */
#include "report/report.h"

#include <stdlib.h>

#define EVIDENCE_MOST 200u /* bytes */

/* Copies run twice: without a block they count, with one they copy. */
struct packer {
    char *block;
    size_t at;
};

static void *pack_bytes(struct packer *p, const void *from, size_t n, size_t align) {
    p->at = (p->at + align - 1) & ~(align - 1);
    void *to = p->block ? p->block + p->at : NULL;
    if (to && n) memcpy(to, from, n);
    p->at += n;
    return to;
}

static const char *pack_text(struct packer *p, struct tj_str s) {
    char *to = pack_bytes(p, s.p, s.n, 1);
    if (to) to[s.n] = '\0';
    p->at++;
    return to;
}

static const char *pack_cstr(struct packer *p, const char *s) { return pack_text(p, tj_str_of(s)); }

static void pack_finding(struct packer *p, trajsafe_finding *f) {
    const char **fields[] = {&f->rule,    &f->title,  &f->category, &f->leaf,    &f->severity,
                             &f->pointer, &f->layers, &f->evidence, &f->effects, &f->authorisation,
                             &f->outcome, &f->attack, &f->why,      &f->suggest, &f->note};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *copy = pack_cstr(p, *fields[i]);
        if (p->block) *fields[i] = copy;
    }
}

/* `from` holds pointers into the arena; the same shape in the block points into the block. */
static void pack(struct packer *p, const struct trajsafe_report *from, struct tj_str json, struct tj_str explanation) {
    struct trajsafe_report *to = pack_bytes(p, from, sizeof *from, _Alignof(struct trajsafe_report));
    trajsafe_finding *finding =
        pack_bytes(p, from->finding, sizeof *finding * from->findings, _Alignof(trajsafe_finding));
    trajsafe_unknown *unknown =
        pack_bytes(p, from->unknown, sizeof *unknown * from->unknowns, _Alignof(trajsafe_unknown));
    uint8_t *mask = pack_bytes(p, from->mask, from->mask ? from->steps : 0, 1);
    uint8_t *trainable = pack_bytes(p, from->trainable, from->trainable ? from->steps : 0, 1);
    for (uint32_t i = 0; i < from->findings; i++) {
        trajsafe_finding counted = from->finding[i];
        pack_finding(p, finding ? &finding[i] : &counted);
    }
    for (uint32_t i = 0; i < from->unknowns; i++) {
        const char *reason = pack_cstr(p, from->unknown[i].reason), *pointer = pack_cstr(p, from->unknown[i].pointer);
        if (unknown) {
            unknown[i].reason = reason;
            unknown[i].pointer = pointer;
        }
    }
    const char *id = pack_cstr(p, from->id), *format = pack_cstr(p, from->format);
    const char *json_text = pack_text(p, json), *explanation_text = pack_text(p, explanation);
    if (!to) return;
    to->finding = finding;
    to->unknown = unknown;
    to->mask = from->mask ? mask : NULL;
    to->trainable = from->trainable ? trainable : NULL;
    to->id = id;
    to->format = format;
    to->json = json_text;
    to->json_n = json.n;
    to->explanation = explanation_text;
    to->explanation_n = explanation.n;
}

static trajsafe_status pack_new(const struct trajsafe_report *from, struct tj_str json, struct tj_str explanation,
                                struct trajsafe_report **out) {
    struct packer p = {0};
    pack(&p, from, json, explanation);
    p.block = malloc(p.at);
    if (!p.block) return TRAJSAFE_NO_MEMORY;
    p.at = 0;
    pack(&p, from, json, explanation);
    *out = (struct trajsafe_report *)(void *)p.block;
    return TRAJSAFE_OK;
}

static const char *cstr(struct tj_arena *arena, struct tj_str s) {
    const char *text = tj_arena_dup(arena, s);
    return text ? text : "";
}

static const char *image_cstr(struct tj_arena *arena, const struct tj_image *image, struct tj_ref ref) {
    return cstr(arena, tj_image_str(image, ref));
}

/* Quoted text: hidden where it must be, clean, and short. */
static struct tj_str quoted(struct tj_arena *arena, const struct tj_redactor *redactor, struct tj_str text,
                            uint32_t most) {
    if (redactor->evidence == TRAJSAFE_EVIDENCE_NONE) return TJ_STR_NONE;
    return tj_cut(tj_clean(arena, tj_redact(redactor, arena, text, NULL, 0)), most);
}

void tj_report_finding_of(struct tj_arena *arena, const struct tj_redactor *redactor, const struct tj_verdict *verdict,
                          const struct tj_finding *finding, trajsafe_finding *out) {
    const struct tj_image *image = verdict->session->image;
    const struct tj_rule *rule = tj_image_rule(image, finding->rule);
    bool none = redactor->evidence == TRAJSAFE_EVIDENCE_NONE;
    struct tj_str effects = none ? TJ_STR_NONE : tj_clean(arena, tj_redact_json(redactor, arena, finding->effects));
    *out = (trajsafe_finding){
        .size = sizeof *out,
        .rule = image_cstr(arena, image, rule->id),
        .title = image_cstr(arena, image, rule->title),
        .category = tj_category_name(tj_leaf_category((enum tj_leaf)rule->leaf)),
        .leaf = tj_leaf_name((enum tj_leaf)rule->leaf),
        .severity = tj_vocab_name(TJ_LIST_SEVERITIES, rule->severity),
        .confidence = (double)finding->confidence / 10000,
        .index = finding->index,
        .step = finding->step,
        .call = finding->call,
        .pointer = cstr(arena, finding->pointer),
        .begin = finding->span_begin,
        .end = finding->span_end,
        .layers = cstr(arena, quoted(arena, redactor, finding->layers, UINT32_MAX)),
        .evidence = cstr(arena, quoted(arena, redactor, finding->evidence, EVIDENCE_MOST)),
        .effects = effects.n ? cstr(arena, effects) : "[]",
        .authorisation = tj_vocab_name(TJ_LIST_AUTHORISATIONS, finding->authorisation),
        .outcome = tj_vocab_name(TJ_LIST_OUTCOMES, finding->outcome),
        .attack = image_cstr(arena, image, rule->attack),
        .why = image_cstr(arena, image, rule->why),
        .suggest = image_cstr(arena, image, rule->suggest),
        .note = cstr(arena, quoted(arena, redactor, finding->note, UINT32_MAX)),
        .unlisted = finding->unlisted,
    };
}

bool tj_report_is_off(const struct tj_verdict *verdict, const struct tj_finding *finding) {
    return verdict->policy->rule_off && verdict->policy->rule_off[finding->rule];
}

static uint32_t kept(const struct tj_verdict *v) {
    uint32_t n = 0;
    for (uint32_t i = v->first; i < v->session->finding.n; i++) n += !tj_report_is_off(v, &v->session->finding.at[i]);
    return n;
}

static bool understood(const struct tj_verdict *v) { return v->session->unknown.n == v->first_unknown; }

trajsafe_status tj_report_new(struct tj_arena *arena, const struct tj_redactor *redactor,
                              const struct tj_verdict *verdict, const struct tj_origin *origin,
                              struct tj_str explanation, struct trajsafe_report **out) {
    const struct tj_session *session = verdict->session;
    struct tj_redactor hiding = *redactor;
    hiding.session = session;
    struct trajsafe_report r = {
        .action = verdict->whole ? TRAJSAFE_ASK : (trajsafe_action)verdict->action,
        .decision = verdict->whole ? (trajsafe_decision)verdict->run : TRAJSAFE_REVIEW,
        .basis = (trajsafe_basis)verdict->basis,
        .understood = understood(verdict),
        .findings = kept(verdict),
        .unknowns = session->unknown.n - verdict->first_unknown,
        .steps = verdict->steps,
        .actions = session->counts.actions,
        .undecoded = session->counts.undecoded,
        .mask = verdict->mask,
        .trainable = verdict->trainable,
        .id = cstr(arena, verdict->id),
        .format = cstr(arena, verdict->format),
    };
    for (uint32_t i = 0; i < TJ_CATEGORY_COUNT; i++) r.score[i] = verdict->scores.category[i];
    r.score[TJ_CATEGORY_COUNT] = verdict->scores.overall;
    r.finding = tj_arena_array(arena, trajsafe_finding, r.findings ? r.findings : 1);
    r.unknown = tj_arena_array(arena, trajsafe_unknown, r.unknowns ? r.unknowns : 1);
    if (!r.finding || !r.unknown) return TRAJSAFE_NO_MEMORY;
    for (uint32_t i = verdict->first, k = 0; i < session->finding.n; i++)
        if (!tj_report_is_off(verdict, &session->finding.at[i]))
            tj_report_finding_of(arena, &hiding, verdict, &session->finding.at[i], &r.finding[k++]);
    for (uint32_t i = 0; i < r.unknowns; i++) {
        const struct tj_session_unknown *u = &session->unknown.at[verdict->first_unknown + i];
        r.unknown[i] = (trajsafe_unknown){.size = sizeof r.unknown[i],
                                          .reason = tj_vocab_name(TJ_LIST_REASONS, u->reason),
                                          .index = u->index,
                                          .step = u->step,
                                          .pointer = cstr(arena, u->pointer),
                                          .begin = u->span_begin,
                                          .end = u->span_end};
    }
    struct tj_str json = tj_report_json(arena, verdict, origin, r.finding, r.findings);
    if (arena->failed) return TRAJSAFE_NO_MEMORY;
    return pack_new(&r, json, explanation, out);
}

trajsafe_status tj_report_error(struct tj_arena *arena, const trajsafe_error *error, bool whole,
                                const struct tj_origin *origin, struct trajsafe_report **out) {
    struct trajsafe_report r = {.error = *error,
                                .action = TRAJSAFE_ASK,
                                .decision = TRAJSAFE_REVIEW,
                                .basis = TRAJSAFE_BASIS_UNKNOWN,
                                .id = "",
                                .format = ""};
    struct tj_str json = tj_report_error_json(arena, error, whole, origin);
    if (arena->failed) return TRAJSAFE_NO_MEMORY;
    return pack_new(&r, json, TJ_STR_NONE, out);
}
