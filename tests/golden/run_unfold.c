/* Golden tests of unfolding: blocks `### name`, a command, `---`, the commands that would run; --rebase writes them anew. */
#include <stdio.h>
#include <stdlib.h>

#include "golden/unfold_sink.h"
#include "image/builtin.h"

#define FOLDER TRAJSAFE_SOURCE_DIR "/tests/golden/unfold/"

static const char *const topics[] = {"syntax", "words", "wrappers", "nested", "output", "state",   "python",
                                     "limits", "flow",  "sql",      "pwsh",   "cmd",    "dialects"};

struct run {
    struct tj_image image;
    struct tj_unfolder *unfolder;
    struct tj_state *state;
    int cases, failed;
};

static char *slurp(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *text = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        /* Images are read into memory that is aligned as they ask. */
        text = aligned_alloc(64, ((size_t)size + 64) & ~(size_t)63);
        *n = text ? fread(text, 1, (size_t)size, file) : 0;
    }
    (void)fclose(file);
    return text;
}

/* ---- printing ---------------------------------------------------------------------------------------------------------------- */

static void put_value(struct tj_buf *out, const struct tj_value *v) {
    if (v->nset && v->flags & (TJ_VALUE_IS_SET | TJ_VALUE_LIST)) {
        tj_buf_puts(out, v->flags & TJ_VALUE_LIST ? "[" : "{");
        for (uint32_t i = 0; i < v->nset; i++) {
            if (i) tj_buf_puts(out, ", ");
            tj_buf_json(out, v->set[i]);
        }
        tj_buf_puts(out, v->flags & TJ_VALUE_LIST ? "]" : "}");
    } else {
        tj_buf_json(out, v->text);
        if (v->flags & TJ_VALUE_IS_DYNAMIC) tj_buf_putc(out, '~');
        if (v->flags & TJ_VALUE_IS_DYNAMIC && v->suffix.n) tj_buf_json(out, v->suffix);
    }
    if (v->flags & TJ_VALUE_IS_SET && v->flags & TJ_VALUE_UNSET_OK) tj_buf_puts(out, "?");
    if (v->flags & TJ_VALUE_HAS_GLOB) tj_buf_puts(out, "*");
    if (v->flags & TJ_VALUE_IS_TEMP) tj_buf_puts(out, "(temp)");
    for (uint32_t i = 0; i < TJ_CLASS_COUNT; i++) {
        if (v->carries >> i & 1) tj_buf_putf(out, "!%s", tj_vocab_name(TJ_LIST_CLASSES, i));
    }
}

static void put_flags(struct tj_buf *out, uint32_t flags) {
    static const char *const names[] = {"background", "deferred",     "maybe",   "negated",
                                        "on_failure", "dynamic_name", "decoded", "guessed",
                                        "obscured",   "in_function",  "wrapper", ""};
    for (uint32_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (flags >> i & 1 && names[i][0]) tj_buf_putf(out, " +%s", names[i]);
    }
}

static void put_layers(struct tj_buf *out, const struct tj_texts *texts, uint32_t text) {
    static const char *const names[] = {"root", "heredoc", "nested", "wrapped", "decoded",
                                        "word", "piped",   "file",   "subst"};
    for (uint32_t i = text; i < texts->text.n && texts->text.at[i].parent != TJ_NONE; i = texts->text.at[i].parent) {
        tj_buf_putf(out, " <%s ", names[texts->text.at[i].layer]);
        tj_buf_put(out, texts->text.at[i].label);
        tj_buf_putc(out, '>');
    }
}

static uint32_t indent_of(const struct tj_understanding *u, const struct tj_command *c) {
    uint32_t n = 0;
    while (c->parent != TJ_NONE && n < 20) {
        c = u->command.at[c->parent];
        n++;
    }
    return n;
}

static void put_redirect(struct tj_buf *out, const struct tj_redirect *r) {
    static const char *const ops[] = {"<", ">", ">>", ">|", "<>", "<&", ">&", "&>", "&>>", "<<", "<<<"};
    tj_buf_puts(out, " ");
    if (r->fd >= 0 && !(r->fd == 0 && (r->op == TJ_REDIR_IN || r->op >= TJ_REDIR_HEREDOC)) &&
        !(r->fd == 1 && r->op != TJ_REDIR_DUP_IN))
        tj_buf_putf(out, "%d", r->fd);
    tj_buf_puts(out, ops[r->op]);
    put_value(out, &r->target);
}

static void put_command(struct tj_buf *out, const struct tj_understanding *u, const struct tj_command *c) {
    for (uint32_t i = indent_of(u, c); i-- > 0;) tj_buf_puts(out, "  ");
    tj_buf_put(out, c->name.n ? c->name : TJ_STR("?"));
    if (c->subcommand.n) {
        tj_buf_putc(out, '/');
        tj_buf_put(out, c->subcommand);
    }
    tj_buf_puts(out, c->program == TJ_NONE && c->argc ? " (unknown):" : ":");
    for (uint32_t i = 0; i < c->settings; i++) {
        tj_buf_putc(out, ' ');
        tj_buf_put(out, c->setting[i].name);
        tj_buf_putc(out, '=');
        put_value(out, &c->setting[i].value);
    }
    for (uint32_t i = c->lang == TJ_LANG_PYTHON; i < c->argc; i++) {
        tj_buf_putc(out, ' ');
        if (c->argv[i].key.n) {
            tj_buf_put(out, c->argv[i].key);
            tj_buf_putc(out, '=');
        }
        put_value(out, &c->argv[i].value);
    }
    for (uint32_t i = 0; i < c->redirects; i++) put_redirect(out, &c->redirect[i]);
    put_flags(out, c->flags);
    if (c->pipe_n > 1) tj_buf_putf(out, " |%u/%u", (unsigned)c->pipe_at + 1, (unsigned)c->pipe_n);
    if (c->place) {
        tj_buf_putf(out, " @%s ", tj_vocab_name(TJ_LIST_PLACES, c->place));
        tj_buf_put(out, c->place_name);
    }
    if (c->stdin_kind) {
        tj_buf_putf(out, " %s ", tj_vocab_name(TJ_LIST_STDINS, c->stdin_kind));
        put_value(out, &c->input);
    }
    put_layers(out, &u->texts, c->text);
    tj_buf_putc(out, '\n');
}

static void put_understanding(struct tj_buf *out, const struct tj_understanding *u, const struct tj_state *state) {
    for (uint32_t i = 0; i < u->command.n; i++) put_command(out, u, u->command.at[i]);
    tj_buf_putf(out, "= %s, cwd ", tj_vocab_name(TJ_LIST_COVERAGES, u->coverage));
    tj_buf_put(out, tj_state_cwd(state));
    tj_buf_putc(out, '\n');
    for (uint32_t i = 0; i < u->unknown.n; i++) {
        bool exact;
        struct tj_span root = tj_texts_to_root(&u->texts, u->unknown.at[i].span, &exact);
        tj_buf_putf(out, "? %s ", tj_vocab_name(TJ_LIST_REASONS, u->unknown.at[i].reason));
        tj_buf_json(out, tj_str_sub(tj_texts_bytes(&u->texts, root), 0, 60));
        tj_buf_putc(out, '\n');
    }
}

/* ---- cases --------------------------------------------------------------------------------------------------------------------- */

static void unfold_case(struct run *run, struct tj_arena *arena, struct tj_str name, struct tj_str command,
                        struct tj_buf *out) {
    struct tj_understanding u;
    struct test_sink sink;
    tj_understanding_init(&u, arena);
    test_sink_init(&sink, arena, &run->image, run->state, &u);
    tj_state_reset(run->state, test_context());
    struct tj_unfold_input input = {.lang = tj_str_starts(name, TJ_STR("py ")) ? TJ_LANG_PYTHON : TJ_LANG_SHELL};
    uint32_t mark = tj_str_find(name, TJ_STR(": "), 0); /* "pwsh: …" */
    int dialect = mark == TJ_NOT_FOUND ? -1 : tj_vocab_find(TJ_LIST_DIALECTS, tj_str_sub(name, 0, mark));
    if (dialect >= 0) input.dialect = (enum tj_dialect)dialect;
    input.text = tj_texts_root(&u.texts, command);
    if (tj_unfold(run->unfolder, run->state, &input, test_sink(&sink), &u) != TRAJSAFE_OK)
        tj_buf_puts(out, "no memory\n");
    put_understanding(out, &u, run->state);
}

static void one_case(struct run *run, struct tj_str block, struct tj_buf *all, bool rebase) {
    struct tj_arena arena;
    struct tj_buf got;
    uint32_t line = tj_str_chr(block, '\n', 0), rule = tj_str_find(block, TJ_STR("\n---\n"), 0);
    struct tj_str name = tj_str_sub(block, 4, line);
    struct tj_str command = tj_str_sub(block, line + 1, rule == TJ_NOT_FOUND ? block.n : rule);
    struct tj_str want = rule == TJ_NOT_FOUND ? TJ_STR("") : tj_str_trim(tj_str_sub(block, rule + 5, block.n));
    command = rule == TJ_NOT_FOUND ? tj_str_trim(command) : command;
    tj_arena_init(&arena, 0);
    tj_buf_init(&got, &arena);
    unfold_case(run, &arena, name, command, &got);
    run->cases++;
    if (!rebase && !tj_str_eq(tj_str_trim(tj_buf_str(&got)), want)) {
        run->failed++;
        printf("FAIL %.*s\n%.*s\n--- expected\n%.*s\n--- got\n%.*s\n", (int)name.n, name.p, (int)command.n, command.p,
               (int)want.n, want.p, (int)got.n, got.at);
    }
    tj_buf_puts(all, "### ");
    tj_buf_put(all, name);
    tj_buf_putc(all, '\n');
    tj_buf_put(all, command);
    tj_buf_puts(all, "\n---\n");
    tj_buf_put(all, tj_buf_str(&got));
    tj_buf_putc(all, '\n');
    tj_arena_free(&arena);
}

static int one_file(struct run *run, const char *topic, bool rebase) {
    char path[512];
    size_t n = 0;
    struct tj_arena arena;
    struct tj_buf all;
    (void)snprintf(path, sizeof path, FOLDER "%s.txt", topic);
    char *text = slurp(path, &n);
    if (!text) {
        printf("%s: cannot read\n", path);
        return 1;
    }
    tj_arena_init(&arena, 0);
    tj_buf_init(&all, &arena);
    struct tj_str rest = tj_str_make(text, n);
    while (tj_str_starts(rest, TJ_STR("### "))) {
        uint32_t end = tj_str_find(rest, TJ_STR("\n### "), 0);
        struct tj_str block = tj_str_sub(rest, 0, end == TJ_NOT_FOUND ? rest.n : end + 1);
        one_case(run, block, &all, rebase);
        rest = tj_str_sub(rest, block.n, rest.n);
    }
    FILE *file = rebase ? fopen(path, "wb") : NULL;
    if (file) {
        (void)fwrite(all.at, 1, all.n, file);
        (void)fclose(file);
    }
    tj_arena_free(&arena);
    free(text);
    return 0;
}

int main(int argc, char **argv) {
    struct run run = {.cases = 0};
    bool rebase = false;
    const void *bytes = tj_builtin_image;
    size_t size = (size_t)tj_builtin_image_size;
    char *own = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rebase") == 0) rebase = true;
        if (strcmp(argv[i], "--image") == 0 && i + 1 < argc) bytes = own = slurp(argv[++i], &size);
    }
    trajsafe_error error = {0};
    if (tj_image_open(bytes, size, &run.image, &error) != TRAJSAFE_OK ||
        tj_unfolder_new(&run.image, &run.unfolder) != TRAJSAFE_OK ||
        tj_state_new(test_context(), 0, &run.state) != TRAJSAFE_OK) {
        printf("cannot start: %s\n", error.message);
        return 1;
    }
    int bad = 0;
    for (size_t i = 0; i < sizeof topics / sizeof *topics; i++) bad |= one_file(&run, topics[i], rebase);
    printf("%d cases, %d failed\n", run.cases, run.failed);
    tj_state_free(run.state);
    tj_unfolder_free(run.unfolder);
    free(own);
    return bad || run.failed ? 1 : 0;
}
