/*
 * The evaluator as a filter, for differential tests: reads scripts from stdin, each ended by a NUL, and writes for each
 * one JSON line: {"coverage","unknown":[…],"cwd","commands":[{"argv":[word…],"set":{…},"flags":[…],…}]}. A word is
 * {"c":text} when constant, {"set":[…]} when one of several, else {"p":prefix,"s":suffix}; "split":1 may be any number
 * of words, "open":1 may be something else too, "glob":1 is a pattern. Bytes above 127 are written \u00XX, so that nothing is lost.
 */
#include <stdio.h>
#include <stdlib.h>

#include "golden/unfold_sink.h"
#include "image/builtin.h"

struct run {
    struct tj_image image;
    struct tj_unfolder *unfolder;
    struct tj_state *state;
    struct tj_context context;
    enum tj_dialect dialect;
};

static void put_text(struct tj_buf *out, struct tj_str s) {
    tj_buf_putc(out, '"');
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        static const char digits[] = "0123456789abcdef";
        if (c == '"' || c == '\\') tj_buf_putc(out, '\\');
        if (c >= ' ' && c < 127) {
            tj_buf_putc(out, (char)c);
            continue;
        }
        tj_buf_puts(out, "\\u00");
        tj_buf_putc(out, digits[c >> 4]);
        tj_buf_putc(out, digits[c & 15]);
    }
    tj_buf_putc(out, '"');
}

static void put_texts(struct tj_buf *out, const struct tj_str *at, uint32_t n) {
    tj_buf_putc(out, '[');
    for (uint32_t i = 0; i < n; i++) {
        if (i) tj_buf_putc(out, ',');
        put_text(out, at[i]);
    }
    tj_buf_putc(out, ']');
}

static void put_value(struct tj_buf *out, const struct tj_value *v) {
    if (v->flags & TJ_VALUE_LIST) {
        tj_buf_puts(out, v->flags & TJ_VALUE_IS_DYNAMIC ? "{\"some\":" : "{\"list\":");
        put_texts(out, v->set, v->nset);
    } else if (v->flags & TJ_VALUE_IS_SET && !(v->flags & TJ_VALUE_IS_DYNAMIC)) {
        tj_buf_puts(out, "{\"set\":");
        put_texts(out, v->set, v->nset);
    } else if (v->flags & TJ_VALUE_IS_DYNAMIC) {
        tj_buf_puts(out, "{\"p\":");
        put_text(out, v->text);
        tj_buf_puts(out, ",\"s\":");
        put_text(out, v->suffix);
    } else {
        tj_buf_puts(out, "{\"c\":");
        put_text(out, v->text);
    }
    if (v->flags & TJ_VALUE_IS_SET && v->flags & TJ_VALUE_UNSET_OK) tj_buf_puts(out, ",\"open\":1");
    if (v->flags & TJ_VALUE_MAY_SPLIT) tj_buf_puts(out, ",\"split\":1");
    if (v->flags & TJ_VALUE_HAS_GLOB) tj_buf_puts(out, ",\"glob\":1");
    if (v->flags & TJ_VALUE_IS_TEMP) tj_buf_puts(out, ",\"temp\":1");
    tj_buf_putc(out, '}');
}

static void put_flags(struct tj_buf *out, uint32_t flags) {
    static const char *const names[] = {"background", "deferred",     "maybe",   "negated",
                                        "on_failure", "dynamic_name", "decoded", "guessed",
                                        "obscured",   "in_function",  "wrapper", "redirect_only"};
    bool some = false;
    tj_buf_puts(out, ",\"flags\":[");
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(flags >> i & 1)) continue;
        if (some) tj_buf_putc(out, ',');
        put_text(out, tj_str_of(names[i]));
        some = true;
    }
    tj_buf_putc(out, ']');
}

static void put_command(struct tj_buf *out, const struct tj_command *c) {
    tj_buf_puts(out, "{\"name\":");
    put_text(out, c->name);
    tj_buf_puts(out, ",\"argv\":[");
    for (uint32_t i = 0; i < c->argc; i++) {
        if (i) tj_buf_putc(out, ',');
        put_value(out, &c->argv[i].value);
    }
    tj_buf_puts(out, "],\"set\":[");
    for (uint32_t i = 0; i < c->settings; i++) {
        tj_buf_puts(out, i ? ",[" : "[");
        put_text(out, c->setting[i].name);
        tj_buf_putc(out, ',');
        put_value(out, &c->setting[i].value);
        tj_buf_putc(out, ']');
    }
    tj_buf_puts(out, "]");
    put_flags(out, c->flags);
    tj_buf_puts(out, ",\"parent\":");
    if (c->parent == TJ_NONE)
        tj_buf_puts(out, "null");
    else
        tj_buf_putf(out, "%u", (unsigned)c->parent);
    tj_buf_putf(out, ",\"pipeline\":%u,\"depth\":%u,\"place\":", (unsigned)c->pipeline, (unsigned)c->depth);
    put_text(out, tj_str_of(tj_vocab_name(TJ_LIST_PLACES, c->place)));
    tj_buf_puts(out, ",\"lang\":");
    put_text(out, tj_str_of(tj_vocab_name(TJ_LIST_LANGS, c->lang)));
    tj_buf_putc(out, '}');
}

static void put_understanding(struct tj_buf *out, const struct tj_understanding *u, const struct tj_state *state) {
    tj_buf_puts(out, "{\"coverage\":");
    put_text(out, tj_str_of(tj_vocab_name(TJ_LIST_COVERAGES, u->coverage)));
    tj_buf_puts(out, ",\"unknown\":[");
    for (uint32_t i = 0; i < u->unknown.n; i++) {
        if (i) tj_buf_putc(out, ',');
        put_text(out, tj_str_of(tj_vocab_name(TJ_LIST_REASONS, u->unknown.at[i].reason)));
    }
    tj_buf_puts(out, "],\"cwd\":");
    put_text(out, tj_state_cwd(state));
    tj_buf_puts(out, ",\"commands\":[");
    for (uint32_t i = 0; i < u->command.n; i++) {
        if (i) tj_buf_putc(out, ',');
        put_command(out, u->command.at[i]);
    }
    tj_buf_puts(out, "]}\n");
}

static bool one_script(struct run *run, struct tj_str script) {
    struct tj_arena arena;
    struct tj_understanding u;
    struct test_sink sink;
    struct tj_buf out;
    tj_arena_init(&arena, 0);
    tj_buf_init(&out, &arena);
    tj_understanding_init(&u, &arena);
    tj_state_reset(run->state, &run->context);
    test_sink_init(&sink, &arena, &run->image, run->state, &u);
    struct tj_unfold_input input = {.lang = TJ_LANG_SHELL, .dialect = run->dialect};
    input.text = tj_texts_root(&u.texts, script);
    bool ok = tj_unfold(run->unfolder, run->state, &input, test_sink(&sink), &u) == TRAJSAFE_OK;
    put_understanding(&out, &u, run->state);
    ok = ok && !out.failed && fwrite(out.at, 1, out.n, stdout) == out.n;
    tj_arena_free(&arena);
    return ok;
}

static bool all_scripts(struct run *run) {
    char *line = NULL;
    size_t room = 0;
    bool ok = true;
    for (ssize_t n; ok && (n = getdelim(&line, &room, '\0', stdin)) >= 0;) {
        size_t length = n && line[n - 1] == '\0' ? (size_t)n - 1 : (size_t)n;
        ok = one_script(run, tj_str_make(line, length)) && fflush(stdout) == 0;
    }
    free(line);
    return ok;
}

static enum tj_dialect dialect_of(const char *name) {
    if (strcmp(name, "sh") == 0) return TJ_DIALECT_SH;
    return strcmp(name, "zsh") == 0 ? TJ_DIALECT_ZSH : TJ_DIALECT_BASH;
}

int main(int argc, char **argv) {
    struct run run = {.dialect = TJ_DIALECT_BASH};
    struct tj_str workspace = TJ_STR("/w");
    run.context = (struct tj_context){.workspace = &workspace, .workspaces = 1, .now = INT64_MIN};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--dialect") == 0) run.dialect = dialect_of(argv[i + 1]);
        if (strcmp(argv[i], "--home") == 0) run.context.home = tj_str_of(argv[i + 1]);
        if (strcmp(argv[i], "--cwd") == 0) workspace = tj_str_of(argv[i + 1]);
    }
    trajsafe_error error = {0};
    if (tj_image_open(tj_builtin_image, (size_t)tj_builtin_image_size, &run.image, &error) != TRAJSAFE_OK ||
        tj_unfolder_new(&run.image, &run.unfolder) != TRAJSAFE_OK ||
        tj_state_new(&run.context, 0, &run.state) != TRAJSAFE_OK) {
        (void)fprintf(stderr, "cannot start: %s\n", error.message);
        return 1;
    }
    bool ok = all_scripts(&run);
    tj_state_free(run.state);
    tj_unfolder_free(run.unfolder);
    return ok ? 0 : 1;
}
