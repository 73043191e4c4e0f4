/* Prints records and events as text, one line each. */
#include "read_dump.h"

#include <stdlib.h>

static const char *const kinds[] = {"message", "reasoning", "call", "result", "refusal"};
static const char *const authors[] = {"system", "user", "agent", "tool", "other"};
static const char *const known[] = {"?", "yes", "no"};

static void quoted(FILE *out, const char *name, struct tj_str s) {
    if (s.n == 0) return;
    fprintf(out, " %s=\"", name);
    for (uint32_t i = 0; i < s.n && i < 300; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", out);
        else if (c < 0x20 || c == 0x7F)
            fprintf(out, "\\x%02x", c);
        else
            putc(c, out);
    }
    fputs(s.n > 300 ? "…\"" : "\"", out);
}

static void arguments(FILE *out, const struct tj_record *record, const struct tj_event *e) {
    if (e->arguments == TJ_NONE) return;
    const struct tj_doc *doc = e->args_doc ? &record->inner.at[e->args_doc - 1] : &record->doc;
    struct tj_str raw = doc->node.at[e->arguments].text;
    fprintf(out, " args=%.*s", (int)raw.n, raw.p);
}

static void dump_event(FILE *out, const struct tj_record *record, uint32_t i) {
    const struct tj_event *e = &record->event.at[i];
    fprintf(out, "%3u %s %s", i, kinds[e->kind], authors[e->author]);
    fprintf(out, e->preface ? " preface" : " index=%u", e->index);
    if (e->step != (int64_t)e->index) fprintf(out, " step=%lld", (long long)e->step);
    fputs(e->trainable ? " trainable" : "", out);
    fputs(e->copied ? " copied" : "", out);
    fputs(e->sidechain ? " sidechain" : "", out);
    fputs(e->undecoded ? " undecoded" : "", out);
    if (e->kind == TJ_EVENT_CALL) fprintf(out, " executed=%s", known[e->executed]);
    if (e->result != TJ_NONE) fprintf(out, " result=%u", e->result);
    if (e->call != TJ_NONE) fprintf(out, " call=%u", e->call);
    if (e->error) fprintf(out, " error=%s", known[e->error]);
    if (e->has_exit) fprintf(out, " exit=%d", e->exit_code);
    quoted(out, "id", e->call_id);
    quoted(out, "tool", e->tool);
    quoted(out, "agent", e->agent);
    quoted(out, "parent", e->parent_agent);
    quoted(out, "cwd", e->cwd);
    quoted(out, "time", e->timestamp);
    quoted(out, "at", e->pointer);
    arguments(out, record, e);
    quoted(out, "text", e->text);
    putc('\n', out);
}

void dump_record(FILE *out, const struct tj_record *record) {
    fprintf(out, "format=%s steps=%u", record->format, record->steps);
    quoted(out, "id", record->id);
    quoted(out, "workspace", record->workspace);
    quoted(out, "task", record->task);
    for (uint32_t i = 0; i < record->constraints.n; i++) quoted(out, "constraint", record->constraints.at[i]);
    if (record->context != TJ_NONE) fputs(" context", out);
    if (record->bad_lines) fprintf(out, " bad_lines=%u first=%u", record->bad_lines, record->bad_line);
    if (record->doc.repaired) fputs(" repaired", out);
    if (record->doc.duplicate_keys) fputs(" duplicate_keys", out);
    putc('\n', out);
    for (uint32_t i = 0; i < record->event.n; i++) dump_event(out, record, i);
}

static void count(struct read_counts *counts, const struct tj_record *record) {
    counts->format = counts->format && strcmp(counts->format, record->format) != 0 ? "mixed" : record->format;
    counts->events += record->event.n;
    for (uint32_t i = 0; i < record->event.n; i++) {
        counts->calls += record->event.at[i].kind == TJ_EVENT_CALL;
        counts->undecoded += record->event.at[i].undecoded;
    }
}

static int64_t read_file(void *user, void *p, size_t n) {
    size_t got = fread(p, 1, n, (FILE *)user);
    return got == 0 && ferror((FILE *)user) ? -1 : (int64_t)got;
}

bool read_dump(const char *path, const char *forced, FILE *out, struct read_counts *counts) {
    FILE *file = fopen(path, "rb");
    struct tj_split *split = NULL;
    struct tj_json *json = NULL;
    struct tj_arena arena;
    struct tj_piece piece;
    trajsafe_status status;
    trajsafe_error error;
    const struct tj_reader_row *row = forced ? tj_reader_find(tj_str_of(forced)) : NULL;
    if (!file) return false;
    memset(counts, 0, sizeof *counts);
    tj_arena_init(&arena, 0);
    if (tj_split_new((struct tj_source){file, read_file}, row, 64U << 20, &split) != TRAJSAFE_OK ||
        tj_json_new(&json) != TRAJSAFE_OK)
        abort();
    while ((status = tj_split_next(split, &piece, &error)) != TRAJSAFE_END) {
        struct tj_record record;
        counts->records++;
        counts->bytes += piece.end - piece.begin;
        if (out)
            fprintf(out, "record %llu bytes=%llu-%llu line=%llu ", (unsigned long long)piece.index,
                    (unsigned long long)piece.begin, (unsigned long long)piece.end, (unsigned long long)piece.line);
        tj_arena_reset(&arena);
        if (status == TRAJSAFE_OK)
            status = tj_record_read(json, &arena, piece.bytes, piece.whole_file, piece.reader, &record, &error);
        if (status != TRAJSAFE_OK) {
            if (counts->errors++ == 0) snprintf(counts->first_error, sizeof counts->first_error, "%s", error.message);
            if (out) fprintf(out, "error TJ-%04u %s | %s\n", error.number, error.message, error.mend);
            if (status == TRAJSAFE_IO || status == TRAJSAFE_NO_MEMORY) break;
            continue;
        }
        count(counts, &record);
        if (out) dump_record(out, &record);
    }
    tj_split_free(split);
    tj_json_free(json);
    tj_arena_free(&arena);
    fclose(file);
    return true;
}
