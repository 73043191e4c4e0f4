/* What all readers end with: results joined to their calls, calls stored twice dropped, facts of the record. */
#include "read/reader.h"

enum { NUMBER_READ_MEMORY = 320, NUMBER_READ_SHAPE = 321 };

struct linker {
    struct tj_record *record;
    struct tj_map by_id;  /* call id -> latest CALL event under it */
    uint32_t batch;       /* first CALL of the latest step that has any */
    uint32_t batch_index; /* that step */
};

static struct tj_str raw_arguments(const struct tj_record *record, const struct tj_event *e) {
    if (e->arguments == TJ_NONE) return e->text;
    const struct tj_doc *doc = e->args_doc ? &record->inner.at[e->args_doc - 1] : &record->doc;
    return doc->node.at[e->arguments].text;
}

bool tj_same_call(const struct tj_record *record, const struct tj_event *a, const struct tj_event *b) {
    return tj_str_eq(a->tool, b->tool) && tj_str_eq(raw_arguments(record, a), raw_arguments(record, b));
}

/* What a demonstration shows and what happens here never answer each other. */
static bool same_side(const struct tj_event *a, const struct tj_event *b) {
    return a->copied == b->copied && a->preface == b->preface;
}

/* A call that waits for its result and comes again under its id was stored twice. Other equal ids are other calls. */
static bool link_call(struct linker *l, uint32_t at) {
    struct tj_event *e = &l->record->event.at[at];
    if (e->call_id.n > 0) {
        uint32_t *earlier = tj_map_get(&l->by_id, e->call_id);
        if (earlier) {
            const struct tj_event *first = &l->record->event.at[*earlier];
            if (first->result == TJ_NONE && first->sidechain == e->sidechain && tj_same_call(l->record, first, e))
                return false;
            *earlier = at;
        } else {
            tj_map_put(&l->by_id, e->call_id, at);
        }
    }
    if (l->batch == TJ_NONE || l->batch_index != e->index || !same_side(&l->record->event.at[l->batch], e)) {
        l->batch = at;
        l->batch_index = e->index;
    }
    return true;
}

static bool waits(const struct tj_event *e) { return e->kind == TJ_EVENT_CALL && e->result == TJ_NONE; }

/* Without an id: the first waiting call of the latest step with calls, of that name if one has it. */
static uint32_t by_order(struct linker *l, const struct tj_event *result, uint32_t end) {
    enum { LOOK = 256 }; /* waiting calls tried for a name, so that no record makes this quadratic */
    const struct tj_event *events = l->record->event.at;
    uint32_t first = TJ_NONE, tried = 0;
    if (l->batch == TJ_NONE) return TJ_NONE;
    while (l->batch < end && !waits(&events[l->batch])) l->batch++;
    for (uint32_t i = l->batch; i < end && tried < LOOK; i++) {
        const struct tj_event *call = &events[i];
        if (!waits(call)) continue;
        tried++;
        if (result->tool.n == 0 || tj_str_eq(call->tool, result->tool)) return i;
        if (first == TJ_NONE) first = i;
    }
    return first;
}

/* Refused by a person, a hook or a policy; or turned back by the harness because the call was not valid. */
static bool never_ran(const struct tj_event *result) {
    return result->kind == TJ_EVENT_REFUSAL || tj_str_starts(result->text, TJ_STR("<tool_use_error>"));
}

static void link_result(struct linker *l, uint32_t at) {
    struct tj_event *events = l->record->event.at, *e = &events[at];
    uint32_t call = TJ_NONE;
    if (e->call_id.n > 0) {
        uint32_t *found = tj_map_get(&l->by_id, e->call_id);
        call = found ? *found : TJ_NONE;
        if (call == TJ_NONE) /* calls without ids may be answered with made-up ones */
            call = by_order(l, e, at);
        if (call != TJ_NONE && !found && events[call].call_id.n > 0) call = TJ_NONE;
    } else {
        call = by_order(l, e, at);
    }
    if (call == TJ_NONE) return;
    e->call = call;
    if (events[call].result != TJ_NONE) return;
    events[call].result = at;
    if (events[call].executed == TJ_UNKNOWN) events[call].executed = never_ran(e) ? TJ_NO : TJ_YES;
}

void tj_record_link(struct tj_record *record) {
    struct linker l = {.record = record, .batch = TJ_NONE};
    uint32_t kept = 0;
    l.by_id.arena = record->arena;
    for (uint32_t i = 0; i < record->event.n; i++) {
        struct tj_event *e = &record->event.at[kept];
        *e = record->event.at[i];
        bool keep = true;
        if (e->kind == TJ_EVENT_CALL)
            keep = link_call(&l, kept);
        else if (e->kind == TJ_EVENT_RESULT || e->kind == TJ_EVENT_REFUSAL)
            link_result(&l, kept);
        kept += keep;
    }
    record->event.n = kept;
}

void tj_record_init(struct tj_record *record, struct tj_arena *arena) {
    *record = (struct tj_record){.arena = arena, .context = TJ_NONE};
}

void tj_record_facts(struct tj_record *record) {
    static const char *const ids[] = {"id", "trajectory_id", "traj_id", "uuid", "instance_id", "session_id"};
    struct tj_doc *doc = &record->doc;
    uint32_t context = tj_doc_get(doc, 0, "context");
    if (tj_doc_is(doc, context, TJ_DOC_OBJECT)) record->context = context;
    for (size_t i = 0; i < sizeof ids / sizeof *ids && record->id.n == 0; i++) {
        uint32_t node = tj_doc_get(doc, 0, ids[i]);
        record->id = tj_doc_is(doc, node, TJ_DOC_NUMBER) ? doc->node.at[node].text : tj_doc_text(doc, node);
    }
}

void tj_record_task(struct tj_record *record) {
    for (uint32_t i = 0; i < record->event.n && record->task.n == 0; i++) {
        const struct tj_event *e = &record->event.at[i];
        if (e->kind == TJ_EVENT_MESSAGE && e->author == TJ_AUTHOR_USER && !e->copied && !e->sidechain)
            record->task = e->text;
    }
}

trajsafe_status tj_reader_finish(struct tj_record *record, trajsafe_error *error) {
    tj_record_link(record);
    tj_record_task(record);
    if (!record->arena->failed) return TRAJSAFE_OK;
    return tj_fail(error, TRAJSAFE_NO_MEMORY, NUMBER_READ_MEMORY, "give the scanner more memory",
                   "the record's events do not fit into memory");
}

trajsafe_status tj_reader_missing(trajsafe_error *error, const char *format, const char *what) {
    struct tj_str f = tj_str_of(format), w = tj_str_of(what);
    return tj_fail(error, TRAJSAFE_BAD_INPUT, NUMBER_READ_SHAPE,
                   "leave --format away to let the formats be tried, or name another (see: trajsafe formats)",
                   "the record is not of format %.*s: %.*s", (int)f.n, f.p, (int)w.n, w.p);
}
