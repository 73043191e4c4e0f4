/* Notices calls that an agent wrote into its words (tags, fenced shell), so that such a record is not called clean. */
#include "read/reader.h"

static bool has_any(struct tj_str text, const char *const *words) {
    for (; *words; words++)
        if (tj_text_has(text, *words)) return true;
    return false;
}

static bool has_markup(struct tj_str text) {
    static const char *const marks[] = {
        "<tool_call>",   "<function=",    "<execute_bash>", "<execute_ipython>",    "<execute>", "<|tool_call",
        "<invoke name=", "Action Input:", "\nAction: ",     "<mswea_bash_command>", NULL};
    return has_any(text, marks) || tj_str_starts(text, TJ_STR("Action: "));
}

static bool has_shell_fence(struct tj_str text) {
    static const char *const tags[] = {"```bash\n", "```sh\n", "```shell\n", "```console\n", "```mswea_bash_command\n",
                                       NULL};
    return has_any(text, tags);
}

static bool is_output(struct tj_str text) {
    static const char *const starts[] = {"<returncode>",         "OBSERVATION",      "Observation", "EXECUTION RESULT",
                                         "The output of the OS", "Execution result", "<output>"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (tj_str_starts(text, tj_str_of(starts[i]))) return true;
    return false;
}

static bool is_said(const struct tj_event *e) {
    return e->kind == TJ_EVENT_MESSAGE && e->author == TJ_AUTHOR_AGENT && !e->copied;
}

/* A fence in a chat is an example; fences that are answered again and again, or with output, are what was run. */
static bool fences_are_run(const struct tj_record *record) {
    uint32_t answered = 0;
    for (uint32_t i = 0; i + 1 < record->event.n; i++) {
        const struct tj_event *e = &record->event.at[i], *next = e + 1;
        if (!is_said(e) || next->author == TJ_AUTHOR_AGENT || !has_shell_fence(e->text)) continue;
        if (is_output(next->text)) return true;
        answered++;
    }
    return answered > 1;
}

void tj_note_calls_in_text(struct tj_record *record) {
    uint32_t n = record->event.n;
    for (uint32_t i = 0; i < n; i++)
        if (record->event.at[i].kind == TJ_EVENT_CALL) return;
    struct tj_record noted = {.arena = record->arena};
    bool fences = fences_are_run(record);
    for (uint32_t i = 0; i < n; i++) {
        struct tj_event e = record->event.at[i];
        tj_event_put(&noted, e);
        if (!is_said(&e) || !(has_markup(e.text) || (fences && has_shell_fence(e.text)))) continue;
        e.kind = TJ_EVENT_CALL;
        e.undecoded = 1;
        tj_event_put(&noted, e);
    }
    if (noted.event.n > n) {
        record->event.at = noted.event.at;
        record->event.n = noted.event.n;
        record->event.cap = noted.event.cap;
    }
}
