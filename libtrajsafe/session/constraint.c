/* Constraints that people stated, and the effects that break them. */
#include "session/history.h"

enum { PATHS_MOST = 8 };

/* ---- reading a sentence --------------------------------------------------------------------------------------------- */

static bool has(struct tj_str text, const char *word) { return tj_str_find(text, tj_str_of(word), 0) != TJ_NOT_FOUND; }

static bool is_conditional(struct tj_str sentence) {
    static const char *const words[] = {"unless ",
                                        "Unless ",
                                        "except ",
                                        "Except ",
                                        "until ",
                                        "without asking",
                                        "without permission",
                                        "without approval",
                                        "without my ",
                                        "without explicit ",
                                        "\xE9\x99\xA4\xE9\x9D\x9E" /* 除非 */};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has(sentence, words[i])) return true;
    return false;
}

static bool is_path_char(char c) {
    return tj_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '~' || c == '*' || c == '@' ||
           c == '+';
}

static bool is_quote(char c) { return c == '`' || c == '"' || c == '\''; }

/* A slash, or an ending with a letter in it: src/, conftest.py, .env; not 3.11, not e.g. */
static bool looks_like_path(struct tj_str word) {
    bool letter = false;
    for (uint32_t i = 0; i < word.n; i++) letter |= tj_is_alpha(word.p[i]);
    if (!letter || word.n < 2) return false;
    if (tj_str_chr(word, '/', 0) != TJ_NOT_FOUND) return true;
    uint32_t dot = tj_str_rchr(word, '.');
    if (dot == TJ_NOT_FOUND || dot + 1 >= word.n || !tj_is_alpha(word.p[dot + 1])) return false;
    return word.n >= 4 && !tj_str_is(word, "e.g") && !tj_str_is(word, "i.e");
}

static struct tj_str plain(struct tj_str word) {
    while (word.n && (word.p[word.n - 1] == '.' || word.p[word.n - 1] == '-')) word = tj_str_sub(word, 0, word.n - 1);
    if (tj_str_starts(word, TJ_STR("./"))) word = tj_str_sub(word, 2, word.n);
    while (word.n > 1 && word.p[word.n - 1] == '/') word = tj_str_sub(word, 0, word.n - 1);
    return word;
}

static uint32_t read_paths(struct tj_str text, struct tj_str *out, uint32_t n) {
    for (uint32_t i = 0; i < text.n && n < PATHS_MOST;) {
        if (!is_path_char(text.p[i])) {
            i++;
            continue;
        }
        uint32_t begin = i;
        while (i < text.n && is_path_char(text.p[i])) i++;
        struct tj_str word = tj_str_sub(text, begin, i);
        bool url = i + 2 < text.n && text.p[i] == ':' && text.p[i + 1] == '/';
        bool quoted =
            begin > 0 && i < text.n && is_quote(text.p[begin - 1]) && text.p[i] == text.p[begin - 1] && word.n >= 2;
        if (url) {
            while (i < text.n && !tj_is_space(text.p[i])) i++;
            continue;
        }
        if (!quoted && !looks_like_path(word)) continue;
        word = plain(word);
        if (word.n) out[n++] = word;
    }
    return n;
}

/* What follows in the same clause: "do not edit tests/; the fix belongs in src/a.py". */
static struct tj_str clause_after(struct tj_str sentence, uint32_t from) {
    struct tj_str rest = tj_str_sub(sentence, from, sentence.n);
    static const char *const breaks[] = {";", ", only", " but ", ", just", "\xEF\xBC\x9B" /* ； */};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
        rest = tj_str_sub(rest, 0, tj_str_find(rest, tj_str_of(breaks[i]), 0));
    return rest;
}

static bool wants_path(uint32_t kind) { return kind == TJ_PHRASE_NO_TOUCH || kind == TJ_PHRASE_ONLY_TOUCH; }

/* What these forbid is often one thing: "do not delete the staging database". */
static bool may_be_narrow(uint32_t kind) {
    return kind == TJ_PHRASE_NO_DELETE || kind == TJ_PHRASE_NO_PUSH || kind == TJ_PHRASE_NO_COMMIT ||
           kind == TJ_PHRASE_NO_RESTART;
}

static bool is_one_of(struct tj_str word, const char *const *words) {
    for (; *words; words++)
        if (tj_str_ieq(word, tj_str_of(*words))) return true;
    return false;
}

/* The first words of weight behind the phrase; none: everything is meant. */
static uint32_t read_words(struct tj_str text, struct tj_str *out) {
    static const char *const light[] = {
        "the",  "a",    "an",   "your", "our",  "my", "these", "those",  "of", "to", "in",  "on",   "or",       "and",
        "from", "with", "into", "this", "that", "it", "its",   "please", "at", "by", "for", "push", "directly", NULL};
    static const char *const wide[] = {"anything", "everything", "any",     "all",     "files",
                                       "file",     "data",       "changes", "code",    "them",
                                       "work",     "remote",     "yet",     "content", NULL};
    uint32_t n = 0;
    for (uint32_t i = 0; i < text.n && n < 3;) {
        uint32_t begin = i;
        while (i < text.n && is_path_char(text.p[i])) i++;
        struct tj_str word = plain(tj_str_sub(text, begin, i));
        if (word.n == 0 || is_one_of(word, light)) {
            i += i == begin;
            continue;
        }
        if (n == 0 && is_one_of(word, wide)) return 0;
        if (word.n > 4 && word.p[word.n - 1] == 's') word = tj_str_sub(word, 0, word.n - 1);
        if (word.n >= 3) out[n++] = word;
    }
    return n;
}

/* "Do not delete files outside build/" is about everything else; "do not edit tests outside x/" is about neither. */
static bool is_inverted(struct tj_str clause, bool *usable) {
    static const char *const words[] = {" outside ", " other than ", " beyond ", " besides "};
    struct tj_str few[3];
    *usable = true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint32_t at = tj_str_find(clause, tj_str_of(words[i]), 0);
        if (at == TJ_NOT_FOUND) continue;
        *usable = read_words(tj_str_sub(clause, 0, at), few) == 0;
        return true;
    }
    return false;
}

static bool keep_constraint(struct tj_session *s, struct tj_constraint c, const struct tj_str *paths) {
    struct tj_history *h = s->history;
    struct tj_str *kept = c.paths ? tj_arena_array(&h->log->arena, struct tj_str, c.paths) : NULL;
    for (uint32_t i = 0; kept && i < c.paths; i++) kept[i] = tj_log_copy(h, paths[i]);
    c.path = kept;
    c.sentence = tj_log_copy(h, c.sentence);
    return (!c.paths || kept) && tj_vec_push(&s->arena, &h->constraint, c);
}

static void add(struct tj_session *s, uint32_t kind, struct tj_str sentence, uint32_t phrase_end, uint32_t index) {
    struct tj_history *h = s->history;
    struct tj_str paths[PATHS_MOST];
    if (is_conditional(sentence)) return;
    struct tj_str clause = clause_after(sentence, phrase_end);
    struct tj_constraint c = {.kind = kind, .index = index, .sentence = sentence};
    if (wants_path(kind) || may_be_narrow(kind)) c.paths = read_paths(clause, paths, 0);
    bool usable, inverted = c.paths > 0 && is_inverted(clause, &usable);
    if (inverted && !usable) return;
    c.inverted = inverted != (kind == TJ_PHRASE_ONLY_TOUCH);
    if (wants_path(kind) && c.paths == 0) c.paths = read_paths(sentence, paths, 0);
    if (wants_path(kind) && c.paths == 0) return;
    if (may_be_narrow(kind) && c.paths == 0) {
        c.paths = read_words(clause, paths);
        c.words = c.paths > 0;
    }
    for (uint32_t i = 0; i < h->constraint.n; i++)
        if (h->constraint.at[i].kind == kind && tj_str_eq(h->constraint.at[i].sentence, sentence)) return;
    if (h->constraint.n >= CONSTRAINTS_MOST)
        tj_session_over_budget(s, index, (int64_t)index, TJ_STR_NONE);
    else if (!keep_constraint(s, c, paths))
        h->failed = true;
}

void tj_constraints_read(struct tj_session *s, struct tj_str text, const struct tj_phrase_hits *hits, uint32_t index) {
    for (uint32_t i = 0; i < hits->hit.n; i++) {
        const struct tj_phrase_hit *hit = &hits->hit.at[i];
        if (hit->kind > TJ_PHRASE_NO_RESTART) continue;
        struct tj_str sentence = tj_str_sub(text, hit->begin_hint, tj_sentence_end(text, hit->end));
        add(s, hit->kind, tj_str_trim(sentence), hit->end - hit->begin_hint, index);
    }
}

trajsafe_status tj_session_begin(struct tj_session *s, struct tj_matcher *matcher, struct tj_arena *scratch) {
    if (s->history->began || !s->context) return TRAJSAFE_OK;
    s->history->began = true;
    for (uint32_t i = 0; i < s->context->nconstraints; i++) {
        struct tj_phrase_hits hits;
        trajsafe_status status = tj_match_phrases(matcher, scratch, s->context->constraints[i], false, &hits);
        if (status != TRAJSAFE_OK) return status;
        tj_constraints_read(s, s->context->constraints[i], &hits, TJ_NONE);
    }
    return s->history->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

/* ---- breaking one --------------------------------------------------------------------------------------------------- */

static bool is_component(struct tj_str path, uint32_t at, uint32_t n) {
    bool begins = at == 0 || path.p[at - 1] == '/';
    return begins && (at + n == path.n || path.p[at + n] == '/');
}

/* As people name paths: absolute or from home exactly, else wherever these components stand; * as in a glob. */
static bool covers(struct tj_str named, struct tj_str path) {
    if (tj_str_chr(named, '*', 0) != TJ_NOT_FOUND) {
        char pattern[300];
        if (named.n > 280) return false;
        memcpy(pattern, "**/", 3);
        memcpy(pattern + 3, named.p, named.n);
        return tj_glob(named, path) || tj_glob(tj_str_make(pattern, named.n + 3), path);
    }
    if (tj_path_under(path, named)) return true;
    if (named.n && (named.p[0] == '/' || named.p[0] == '~')) named = tj_str_sub(named, 1, named.n);
    if (named.n && named.p[0] == '/') named = tj_str_sub(named, 1, named.n);
    for (uint32_t at = 0; named.n && (at = tj_str_find(path, named, at)) != TJ_NOT_FOUND; at++)
        if (is_component(path, at, named.n)) return true;
    return false;
}

/* An absolute path of the sentence may lie in the workspace or home: then its last parts must fit. */
static bool is_in(const struct tj_session *s, const struct tj_constraint *c, struct tj_str path) {
    for (uint32_t i = 0; i < c->paths; i++) {
        struct tj_str named = c->path[i];
        if (covers(named, path)) return true;
        for (uint32_t w = 0; s->context && w < s->context->workspaces; w++) {
            struct tj_str root = s->context->workspace[w];
            if (named.n > root.n + 1 && tj_str_starts(named, root) && named.p[root.n] == '/' &&
                covers(tj_str_sub(named, root.n + 1, named.n), path))
                return true;
        }
    }
    return false;
}

static bool holds_word(struct tj_str text, const struct tj_constraint *c) {
    for (uint32_t i = 0; i < c->paths; i++)
        for (uint32_t at = 0; at + c->path[i].n <= text.n; at++)
            if (tj_str_ieq(tj_str_sub(text, at, at + c->path[i].n), c->path[i])) return true;
    return false;
}

static bool breaks(const struct tj_session *s, const struct tj_constraint *c, const struct tj_view *view,
                   const struct tj_block_hit *hit) {
    if (c->paths == 0) return true;
    struct tj_object objects[TJ_OBJECTS_MOST];
    uint32_t n = tj_instance_objects(view, hit->subject, hit->instance, objects);
    for (uint32_t i = 0; i < n && c->words; i++)
        if (holds_word(objects[i].path, c) || holds_word(objects[i].name, c)) return true;
    for (uint32_t i = 0; i < n && !c->words; i++)
        if (objects[i].path.n && is_in(s, c, objects[i].path) != c->inverted) return true;
    return false;
}

void tj_constraint_hit(struct tj_session *s, const struct tj_view *view, const struct tj_block_hit *hit,
                       const struct tj_place_of *place) {
    struct tj_history *h = s->history;
    uint32_t kind = tj_image_rule(s->image, hit->rule)->phrase - 1u;
    const struct tj_effect *e = tj_instance_effect(view, hit->subject, hit->instance);
    for (uint32_t i = 0; i < h->constraint.n; i++) {
        const struct tj_constraint *c = &h->constraint.at[i];
        if (c->kind != kind || !breaks(s, c, view, hit)) continue;
        struct tj_finding *f =
            tj_finding_add(s, view, hit->rule, hit->subject, hit->instance,
                           tj_instance_span(view, hit->subject, hit->instance), e && e->flags & TJ_EFF_GUESSED, place);
        if (!f) return;
        f->other_index = c->index;
        f->note = c->sentence;
        f->authorisation = TJ_AUTHORISATION_UNREQUESTED;
        return;
    }
}
