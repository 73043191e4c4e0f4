/* The drawing of `explain`: what was understood, layer by layer, and every finding under the user's own text. */
#include "report/report.h"

#define WORD_MOST 4096u /* bytes of a word that are looked at */
#define LINE_MOST 400u  /* bytes of a command that are shown */

struct drawing {
    struct tj_buf *b;
    struct tj_arena *arena;
    const struct tj_redactor *redactor;
    const struct tj_loop *loop;
    const struct tj_verdict *verdict;
};

/* Quoted from the input: without its secrets, at most `most` bytes, on one line. */
static void put_quoted(struct drawing *d, struct tj_str s, uint32_t most) {
    s = tj_str_sub(s, 0, s.n < most + 2 * WORD_MOST ? s.n : most + 2 * WORD_MOST);
    struct tj_str shown = tj_redact(d->redactor, d->arena, s, NULL, 0);
    tj_put_visible(d->b, tj_cut(shown, most));
    if (shown.n > most) tj_buf_puts(d->b, "…");
}

static void indent(struct drawing *d, uint32_t depth) {
    for (uint32_t i = 0; i < depth && i < 20; i++) tj_buf_puts(d->b, "  ");
}

static bool plain_word(struct tj_str s) {
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!tj_is_alnum(c) && !strchr("_-./:=@%+,~^", c)) return false;
    }
    return s.n > 0;
}

static void put_part(struct tj_buf *b, struct tj_str s) {
    tj_buf_put(b, tj_str_sub(s, 0, s.n < WORD_MOST ? s.n : WORD_MOST));
}

/* A word as it came out: quoted when a shell would need it, with … for what is not known. Nothing is hidden yet. */
static void put_word(struct tj_buf *b, const struct tj_value *v) {
    bool dynamic = (v->flags & TJ_VALUE_IS_DYNAMIC) != 0;
    bool quote = !plain_word(v->text) && !(dynamic && v->text.n == 0) && !((v->flags & TJ_VALUE_HAS_GLOB) && v->text.n);
    if (quote) tj_buf_putc(b, '\'');
    put_part(b, v->text);
    if (quote) tj_buf_putc(b, '\'');
    if (dynamic) {
        tj_buf_puts(b, "⟨?⟩");
        put_part(b, v->suffix);
    }
    for (uint32_t i = 1; (v->flags & TJ_VALUE_IS_SET) && i < v->nset && i < 4; i++) {
        tj_buf_putc(b, '|');
        put_part(b, v->set[i]);
    }
}

static void put_flag(struct drawing *d, uint16_t flags, uint16_t bit, const char *name) {
    if (flags & bit) {
        tj_buf_puts(d->b, "  ");
        tj_buf_puts(d->b, name);
    }
}

static void put_set(struct drawing *d, enum tj_list list, uint64_t set) {
    bool any = false;
    for (uint32_t i = 0; i < tj_vocab_count(list); i++) {
        if (!(set >> i & 1)) continue;
        tj_buf_puts(d->b, any ? ", " : "  [");
        tj_buf_puts(d->b, tj_vocab_name(list, i));
        any = true;
    }
    if (any) tj_buf_putc(d->b, ']');
}

static void put_effect(struct drawing *d, const struct tj_effect *e) {
    tj_buf_puts(d->b, tj_vocab_name(TJ_LIST_EFFECTS, e->kind));
    struct tj_str object = e->object == TJ_OBJECT_PATH   ? e->path
                           : e->object == TJ_OBJECT_HOST ? (e->url.n ? e->url : e->host)
                                                         : e->name;
    if (object.n) {
        tj_buf_putc(d->b, ' ');
        put_quoted(d, object, 120);
    }
    if (e->flags & TJ_EFF_DYNAMIC) tj_buf_puts(d->b, "⟨?⟩");
    put_flag(d, e->flags, TJ_EFF_RECURSIVE, "recursive");
    put_flag(d, e->flags, TJ_EFF_FORCED, "forced");
    put_flag(d, e->flags, TJ_EFF_BACKGROUND, "background");
    put_flag(d, e->flags, TJ_EFF_DEFERRED, "deferred");
    put_flag(d, e->flags, TJ_EFF_MAYBE, "perhaps");
    if (e->place != TJ_PLACE_HERE) {
        tj_buf_puts(d->b, "  in ");
        tj_buf_puts(d->b, tj_vocab_name(TJ_LIST_PLACES, e->place));
    }
    if (e->object == TJ_OBJECT_PATH) put_set(d, TJ_LIST_CLASSES, e->classes);
    if (e->object == TJ_OBJECT_HOST) put_set(d, TJ_LIST_HOST_CLASSES, e->host_class);
    if (e->carries) {
        tj_buf_puts(d->b, "  carries");
        put_set(d, TJ_LIST_CLASSES, e->carries);
    }
    tj_buf_putc(d->b, '\n');
}

static const char *layer_name(enum tj_layer layer) {
    static const char *const names[] = {"",         "heredoc of",   "text run by",
                                        "run by",   "decoded from", "expanded from",
                                        "piped to", "the file",     "substitution in"};
    return names[layer];
}

/* One line for each layer between a command's text and the user's, innermost last. */
static void put_layer(struct drawing *d, uint32_t index, uint32_t depth) {
    const struct tj_text *text = &d->loop->understanding.texts.text.at[index];
    if (text->layer == TJ_LAYER_ROOT) return;
    indent(d, depth);
    tj_buf_puts(d->b, "╰ ");
    tj_buf_puts(d->b, layer_name((enum tj_layer)text->layer));
    tj_buf_putc(d->b, ' ');
    put_quoted(d, text->label, 100);
    tj_buf_puts(d->b, ": ");
    put_quoted(d, text->bytes, 100);
    tj_buf_putc(d->b, '\n');
}

/* Hidden as a line, not word by word: a secret may be told by the word before it, and may be several words. */
static void put_words(struct drawing *d, const struct tj_command *c) {
    struct tj_buf words;
    tj_buf_init(&words, d->arena);
    for (uint32_t i = 0; i < c->argc && words.n < WORD_MOST; i++) {
        if (i) tj_buf_putc(&words, ' ');
        if (c->argv[i].key.n) {
            put_part(&words, c->argv[i].key);
            tj_buf_putc(&words, '=');
        }
        put_word(&words, &c->argv[i].value);
    }
    put_quoted(d, tj_buf_str(&words), LINE_MOST);
}

static void put_command(struct drawing *d, const struct tj_command *c, uint32_t depth, uint32_t *number) {
    indent(d, depth);
    tj_buf_putf(d->b, "%u  ", ++*number);
    put_words(d, c);
    if (c->argc == 0) tj_buf_puts(d->b, c->settings ? "(assignment)" : "(redirection)");
    if (c->stdin_kind != TJ_STDIN_NONE) {
        tj_buf_puts(d->b, "   ← ");
        tj_buf_puts(d->b, tj_vocab_name(TJ_LIST_STDINS, c->stdin_kind));
    }
    if (c->flags & TJ_CMD_GUESSED) tj_buf_puts(d->b, "   (a guess: the program around it is not known)");
    if (c->flags & TJ_CMD_OBSCURED) tj_buf_puts(d->b, "   (written to hide what it is)");
    tj_buf_putc(d->b, '\n');
    for (uint32_t i = c->effect; i < c->effect_end && i < d->loop->effects.effect.n; i++) {
        indent(d, depth + 3);
        put_effect(d, &d->loop->effects.effect.at[i]);
    }
}

static uint32_t depth_of(const struct tj_understanding *u, const struct tj_command *c) {
    uint32_t depth = 1;
    for (uint32_t p = c->parent; p != TJ_NONE && depth < 20; p = u->command.at[p]->parent) depth++;
    return depth;
}

static void put_commands(struct drawing *d) {
    const struct tj_understanding *u = &d->loop->understanding;
    uint32_t number = 0, last_text = TJ_NONE;
    tj_buf_puts(d->b, "understood\n");
    for (uint32_t i = 0; i < u->command.n; i++) {
        const struct tj_command *c = u->command.at[i];
        uint32_t depth = depth_of(u, c);
        if (c->text != last_text && c->text != TJ_NONE) put_layer(d, c->text, depth);
        last_text = c->text;
        put_command(d, c, depth, &number);
    }
    if (u->command.n == 0) tj_buf_puts(d->b, "  (no command)\n");
}

#define BEFORE 60u /* bytes shown before a span, and behind its beginning */
#define BEHIND 90u

/* The user's text around the span, and carets under it. Secrets are hidden before the cut: half of one is one too. */
static void put_caret(struct drawing *d, uint32_t begin, uint32_t end) {
    struct tj_str root = d->loop->understanding.texts.text.at[0].bytes;
    if (begin >= end || end > root.n) return;
    uint32_t from = begin, to = begin;
    while (from > 0 && root.p[from - 1] != '\n' && begin - from < 4096) from--;
    while (to < root.n && root.p[to] != '\n' && to - begin < 4096) to++;
    if (end > to) end = to;
    uint32_t places[2] = {begin - from, end - from};
    struct tj_str line = tj_redact(d->redactor, d->arena, tj_str_sub(root, from, to), places, 2);
    uint32_t left = places[0] > BEFORE ? places[0] - BEFORE : 0, right = line.n;
    while (left > 0 && ((unsigned char)line.p[left] & 0xC0) == 0x80) left--;
    if (right > places[0] + BEHIND) right = tj_cut(line, places[0] + BEHIND).n;
    if (places[1] > right) places[1] = right;
    tj_buf_puts(d->b, "      ");
    tj_put_visible(d->b, tj_str_sub(line, left, right));
    tj_buf_puts(d->b, "\n      ");
    for (uint32_t i = tj_visible_columns(tj_str_sub(line, left, places[0])); i > 0; i--) tj_buf_putc(d->b, ' ');
    uint32_t width = tj_visible_columns(tj_str_sub(line, places[0], places[1]));
    for (uint32_t i = 0; i < (width ? width : 1); i++) tj_buf_putc(d->b, '^');
    tj_buf_putc(d->b, '\n');
}

/* Words of a paragraph over lines of 100 columns. */
static void put_wrapped(struct drawing *d, const char *lead, struct tj_str s) {
    uint32_t column = 0;
    tj_buf_puts(d->b, "      ");
    tj_buf_puts(d->b, lead);
    for (uint32_t i = 0; i < s.n;) {
        uint32_t end = i;
        while (end < s.n && !tj_is_space(s.p[end])) end++;
        if (column && column + end - i > 92) {
            tj_buf_puts(d->b, "\n      ");
            column = 0;
        } else if (column) {
            tj_buf_putc(d->b, ' ');
        }
        tj_put_visible(d->b, tj_str_sub(s, i, end));
        column += end - i + 1;
        for (i = end; i < s.n && tj_is_space(s.p[i]); i++) {
        }
    }
    tj_buf_putc(d->b, '\n');
}

static void put_finding(struct drawing *d, const struct tj_finding *finding) {
    trajsafe_finding f;
    tj_report_finding_of(d->arena, d->redactor, d->verdict, finding, &f);
    tj_buf_putf(d->b, "  %s  %s/%s  %s  (confidence %u.%02u)\n", f.severity, f.category, f.leaf, f.rule,
                finding->confidence / 10000u, finding->confidence % 10000u / 100u);
    tj_buf_puts(d->b, "      ");
    tj_put_visible(d->b, tj_str_of(f.title));
    tj_buf_putc(d->b, '\n');
    put_caret(d, finding->span_begin, finding->span_end);
    if (f.layers[0]) {
        struct tj_str layers = tj_str_of(f.layers);
        tj_buf_puts(d->b, "      through ");
        for (uint32_t i = 0; i < layers.n; i++) {
            uint32_t end = tj_str_chr(layers, '\n', i);
            if (end == TJ_NOT_FOUND) end = layers.n;
            if (i) tj_buf_puts(d->b, " → ");
            tj_put_visible(d->b, tj_str_sub(layers, i, end));
            i = end;
        }
        tj_buf_putc(d->b, '\n');
    }
    put_wrapped(d, "", tj_str_of(f.why));
    if (f.suggest[0]) put_wrapped(d, "instead: ", tj_str_of(f.suggest));
    if (f.unlisted) tj_buf_putf(d->b, "      and %u more of this rule, none of them stronger\n", f.unlisted);
}

static void put_unknowns(struct drawing *d) {
    const struct tj_session *session = d->verdict->session;
    if (session->unknown.n == d->verdict->first_unknown) return;
    tj_buf_puts(d->b, "not understood\n");
    for (uint32_t i = d->verdict->first_unknown; i < session->unknown.n; i++) {
        const struct tj_session_unknown *u = &session->unknown.at[i];
        tj_buf_puts(d->b, "  ");
        tj_buf_puts(d->b, tj_vocab_name(TJ_LIST_REASONS, u->reason));
        tj_buf_puts(d->b, ": ");
        tj_buf_puts(d->b, tj_vocab_about(TJ_LIST_REASONS, u->reason));
        tj_buf_putc(d->b, '\n');
        put_caret(d, u->span_begin, u->span_end);
    }
}

struct tj_str tj_explain(struct tj_arena *arena, const struct tj_redactor *redactor, const struct tj_loop *loop,
                         const struct tj_verdict *verdict) {
    static const char *const actions[] = {"allow", "ask", "deny"};
    static const char *const bases[] = {"nothing speaks against it", "a finding decided",
                                        "something was not understood", "the policy names it"};
    struct tj_buf buf;
    struct tj_redactor hiding = *redactor;
    struct drawing d = {&buf, arena, &hiding, loop, verdict};
    hiding.session = verdict->session;
    tj_buf_init(&buf, arena);
    tj_buf_putf(&buf, "%s: %s; score %u.%04u, coverage %s\n", actions[verdict->action], bases[verdict->basis],
                verdict->scores.overall / 10000, verdict->scores.overall % 10000,
                tj_vocab_name(TJ_LIST_COVERAGES, verdict->coverage));
    put_commands(&d);
    bool any = false;
    for (uint32_t i = verdict->first; i < verdict->session->finding.n; i++) {
        const struct tj_finding *finding = &verdict->session->finding.at[i];
        if (tj_report_is_off(verdict, finding)) continue;
        if (!any) tj_buf_puts(&buf, "findings\n");
        any = true;
        put_finding(&d, finding);
    }
    put_unknowns(&d);
    return tj_buf_str(&buf);
}
