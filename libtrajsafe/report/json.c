/* Reports as one line of JSON: the contract's keys, in the contract's order. */
#include "report/report.h"

static void key(struct tj_buf *b, const char *name) {
    tj_buf_putc(b, ',');
    tj_buf_putc(b, '"');
    tj_buf_puts(b, name);
    tj_buf_puts(b, "\":");
}

static void text(struct tj_buf *b, const char *name, const char *value) {
    key(b, name);
    tj_buf_json(b, tj_str_of(value));
}

static void number(struct tj_buf *b, const char *name, uint64_t value) {
    key(b, name);
    tj_buf_putf(b, "%llu", (unsigned long long)value);
}

/* 0..10000 as 0.0000 */
static void fixed(struct tj_buf *b, const char *name, uint32_t value) {
    key(b, name);
    tj_buf_putf(b, "%u.%04u", value / 10000, value % 10000);
}

/* Lines of text as a list of strings. */
static void lines(struct tj_buf *b, const char *name, const char *value) {
    struct tj_str s = tj_str_of(value);
    key(b, name);
    tj_buf_putc(b, '[');
    for (uint32_t i = 0; i < s.n;) {
        uint32_t end = tj_str_chr(s, '\n', i);
        if (end == TJ_NOT_FOUND) end = s.n;
        if (i) tj_buf_putc(b, ',');
        tj_buf_json(b, tj_str_sub(s, i, end));
        i = end + 1;
    }
    tj_buf_putc(b, ']');
}

static void span(struct tj_buf *b, uint32_t begin, uint32_t end) {
    key(b, "span");
    tj_buf_putf(b, "[%u,%u]", begin, end);
}

static void put_finding(struct tj_buf *b, const trajsafe_finding *f, bool whole) {
    tj_buf_puts(b, "{\"rule\":");
    tj_buf_json(b, tj_str_of(f->rule));
    text(b, "category", f->category);
    text(b, "leaf", f->leaf);
    text(b, "severity", f->severity);
    fixed(b, "confidence", (uint32_t)(f->confidence * 10000 + 0.5));
    if (whole) {
        number(b, "index", f->index);
        key(b, "step");
        tj_buf_putf(b, "%lld", (long long)f->step);
        key(b, "call");
        if (f->call == UINT32_MAX)
            tj_buf_puts(b, "null");
        else
            tj_buf_putf(b, "%u", f->call);
    }
    if (whole || f->pointer[0]) text(b, "pointer", f->pointer);
    span(b, f->begin, f->end);
    lines(b, "layers", f->layers);
    text(b, "evidence", f->evidence);
    key(b, "effects");
    tj_buf_puts(b, f->effects);
    text(b, "authorisation", f->authorisation);
    if (whole) text(b, "outcome", f->outcome);
    lines(b, "attack", f->attack);
    text(b, "why", f->why);
    text(b, "suggest", f->suggest);
    if (f->note[0]) text(b, "note", f->note);
    if (f->unlisted) number(b, "unlisted", f->unlisted);
    tj_buf_putc(b, '}');
}

static void put_findings(struct tj_buf *b, const trajsafe_finding *findings, uint32_t n, bool whole) {
    key(b, "findings");
    tj_buf_putc(b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) tj_buf_putc(b, ',');
        put_finding(b, &findings[i], whole);
    }
    tj_buf_putc(b, ']');
}

static void put_unknown(struct tj_buf *b, const struct tj_verdict *v) {
    const struct tj_session *session = v->session;
    key(b, "unknown");
    tj_buf_putc(b, '[');
    for (uint32_t i = v->first_unknown; i < session->unknown.n; i++) {
        const struct tj_session_unknown *u = &session->unknown.at[i];
        if (i > v->first_unknown) tj_buf_putc(b, ',');
        tj_buf_puts(b, "{\"reason\":");
        tj_buf_json(b, tj_str_of(tj_vocab_name(TJ_LIST_REASONS, u->reason)));
        span(b, u->span_begin, u->span_end);
        if (v->whole) {
            key(b, "step");
            tj_buf_putf(b, "%lld", (long long)u->step);
            number(b, "index", u->index);
        }
        if (v->whole || u->pointer.n) {
            key(b, "pointer");
            tj_buf_json(b, u->pointer);
        }
        tj_buf_putc(b, '}');
    }
    tj_buf_putc(b, ']');
}

static void put_flags(struct tj_buf *b, const char *name, const uint8_t *flags, uint32_t n) {
    key(b, name);
    tj_buf_putc(b, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) tj_buf_putc(b, ',');
        tj_buf_putc(b, flags[i] ? '1' : '0');
    }
    tj_buf_putc(b, ']');
}

/* Hex digits need no escape. */
static void put_digest(struct tj_buf *b, const char *name, const char *hex) {
    key(b, name);
    tj_buf_putc(b, '"');
    tj_buf_puts(b, hex);
    tj_buf_putc(b, '"');
}

static void put_engine(struct tj_buf *b, const struct tj_origin *o) {
    tj_buf_puts(b, ",\"engine\":{\"version\":");
    tj_buf_json(b, tj_str_of(o->engine_version));
    put_digest(b, "ruleset", o->ruleset_digest);
    put_digest(b, "tables", o->tables_digest);
    put_digest(b, "policy", o->policy_digest);
    tj_buf_putc(b, '}');
}

static void put_id(struct tj_buf *b, const struct tj_origin *o, struct tj_str record_id) {
    key(b, "id");
    if (o->id.n)
        tj_buf_put(b, o->id);
    else if (record_id.n)
        tj_buf_json(b, record_id);
    else if (o->has_record)
        tj_buf_putf(b, "%llu", (unsigned long long)o->record);
    else
        tj_buf_puts(b, "null");
}

static void put_source(struct tj_buf *b, const struct tj_origin *o) {
    key(b, "source");
    if (o->source.n)
        tj_buf_json(b, o->source);
    else
        tj_buf_puts(b, "null");
    key(b, "record");
    if (o->has_record)
        tj_buf_putf(b, "%llu", (unsigned long long)o->record);
    else
        tj_buf_puts(b, "null");
}

static const char *const actions[] = {"allow", "ask", "deny"};
static const char *const decisions[] = {"keep", "mask", "review", "drop"};
static const char *const bases[] = {"clear", "finding", "unknown", "approved"};

static void put_check(struct tj_buf *b, const struct tj_verdict *v, const struct tj_origin *o) {
    tj_buf_puts(b, "{\"schema\":\"trajsafe.check/1\"");
    put_id(b, o, v->id);
    text(b, "decision", actions[v->action]);
    text(b, "basis", bases[v->basis]);
    fixed(b, "score", v->scores.overall);
    key(b, "understood");
    tj_buf_puts(b, v->session->unknown.n == v->first_unknown ? "true" : "false");
    put_unknown(b, v);
    text(b, "coverage", tj_vocab_name(TJ_LIST_COVERAGES, v->coverage));
}

static void put_coverage(struct tj_buf *b, const struct tj_counts *counts) {
    key(b, "coverage");
    for (uint32_t i = 0; i < TJ_COVERAGE_COUNT; i++) {
        tj_buf_puts(b, i ? ",\"" : "{\"");
        tj_buf_puts(b, tj_vocab_name(TJ_LIST_COVERAGES, i));
        tj_buf_putf(b, "\":%u", counts->coverage[i]);
    }
    tj_buf_putc(b, '}');
}

static void put_verdict(struct tj_buf *b, const struct tj_verdict *v, const struct tj_origin *o) {
    tj_buf_puts(b, "{\"schema\":\"trajsafe.verdict/1\"");
    put_id(b, o, v->id);
    put_source(b, o);
    key(b, "sha256");
    tj_buf_json(b, o->sha256);
    key(b, "format");
    tj_buf_json(b, v->format);
    text(b, "decision", decisions[v->run]);
    tj_buf_puts(b, ",\"scores\":{\"overall\":");
    tj_buf_putf(b, "%u.%04u", v->scores.overall / 10000, v->scores.overall % 10000);
    for (uint32_t i = 0; i < TJ_CATEGORY_COUNT; i++)
        fixed(b, tj_category_name((enum tj_category)i), v->scores.category[i]);
    tj_buf_putc(b, '}');
    put_coverage(b, &v->session->counts);
    number(b, "steps", v->steps);
    number(b, "actions", v->session->counts.actions);
    number(b, "undecoded", v->session->counts.undecoded);
    put_flags(b, "mask", v->mask, v->steps);
    put_flags(b, "trainable", v->trainable, v->steps);
    key(b, "exposed");
    tj_buf_putc(b, '[');
    for (uint32_t i = 0; i < v->session->exposed.n; i++) {
        if (i) tj_buf_putc(b, ',');
        tj_buf_putf(b, "%u", v->session->exposed.at[i]);
    }
    tj_buf_putc(b, ']');
    put_unknown(b, v);
}

struct tj_str tj_report_json(struct tj_arena *arena, const struct tj_verdict *verdict, const struct tj_origin *origin,
                             const trajsafe_finding *findings, uint32_t n) {
    struct tj_buf b;
    tj_buf_init(&b, arena);
    if (verdict->whole)
        put_verdict(&b, verdict, origin);
    else
        put_check(&b, verdict, origin);
    put_findings(&b, findings, n, verdict->whole);
    put_engine(&b, origin);
    tj_buf_putc(&b, '}');
    return tj_buf_str(&b);
}

struct tj_str tj_report_error_json(struct tj_arena *arena, const trajsafe_error *error, bool whole,
                                   const struct tj_origin *origin) {
    struct tj_buf b;
    tj_buf_init(&b, arena);
    tj_buf_puts(&b, whole ? "{\"schema\":\"trajsafe.verdict/1\"" : "{\"schema\":\"trajsafe.check/1\"");
    put_id(&b, origin, TJ_STR_NONE);
    if (whole) put_source(&b, origin);
    tj_buf_puts(&b, ",\"error\":{\"code\":");
    char code[16] = "TJ-0000";
    for (uint32_t n = error->number, i = 6; i >= 3 && n; i--, n /= 10) code[i] = (char)('0' + n % 10);
    tj_buf_json(&b, tj_str_of(code));
    text(&b, "message", error->message);
    text(&b, "mend", error->mend);
    if (error->offset) number(&b, "offset", error->offset);
    tj_buf_putc(&b, '}');
    text(&b, "decision", whole ? "review" : "ask");
    if (!whole) text(&b, "basis", "unknown");
    tj_buf_puts(&b, ",\"understood\":false,\"findings\":[]}");
    return tj_buf_str(&b);
}
