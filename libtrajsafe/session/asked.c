/* Who asked for it: where the operands of a finding stand in what people and tool results said before. */
#include "session/history.h"

enum { WORD_LEAST = 4, WORDS_AROUND = 4, SEARCH_MOST = 32 << 20 };

/* ---- texts -------------------------------------------------------------------------------------------------------- */

/* Mostly letters that are neither ASCII, Latin nor CJK: a language whose requests are not read. */
static bool is_unread(struct tj_str text) {
    uint32_t read = 0, unread = 0;
    for (uint32_t at = 0; at < text.n && at < 4096;) {
        uint32_t c = tj_utf8_next(text, &at);
        if (c < 0x80)
            read += tj_is_alpha((char)c);
        else if (c < 0x250 || (c >= 0x3000 && c < 0xA000) || (c >= 0xF900 && c < 0xFB00) || c >= 0xFF00)
            read++;
        else if (c >= 0x370 && c < 0x2000)
            unread++;
        else if (c >= 0xA000)
            unread++;
    }
    return unread > read;
}

void tj_said_add(struct tj_session *s, struct tj_str text, enum tj_text_from from, uint32_t index, uint32_t call) {
    struct tj_history *h = s->history;
    if (text.n == 0) return;
    if (from == TJ_FROM_AGENT) text = tj_str_sub(text, 0, CALL_KEPT);
    if (s->keep_texts || from == TJ_FROM_AGENT) {
        if (text.n > TEXTS_BUDGET - h->kept) {
            h->forgot |= from != TJ_FROM_AGENT;
            return;
        }
        h->kept += text.n;
        text = tj_log_copy(h, text);
    }
    struct tj_said said = {text, index, call, (uint8_t)from, from == TJ_FROM_HUMAN && is_unread(text)};
    if (!tj_vec_push(&s->arena, &h->said, said)) h->failed = true;
}

/* ---- finding words -------------------------------------------------------------------------------------------------- */

static bool is_wordy(char c) { return tj_is_name(c) || c == '-' || (unsigned char)c >= 0x80; }

/* CJK text has no spaces: its bytes around an ASCII word are a boundary. */
static bool is_inside(char c) { return tj_is_name(c) || c == '-'; }

static bool stands_alone(struct tj_str text, uint32_t at, uint32_t n) {
    if (at > 0 && is_inside(text.p[at - 1])) return false;
    if (at > 1 && text.p[at - 1] == '.' && is_inside(text.p[at - 2])) return false;
    uint32_t end = at + n;
    if (end < text.n && is_inside(text.p[end])) return false;
    return !(end + 1 < text.n && text.p[end] == '.' && is_inside(text.p[end + 1]));
}

static bool equal_folded(const char *a, const char *b, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (tj_lower(a[i]) != tj_lower(b[i])) return false;
    return true;
}

/* How rare a byte is in what tools print: the rarest of a word is looked for first. */
static uint32_t rarity(char c) {
    static const char often[] = " etaoinsrlcdmpuhfgb/._-ywv0123456789kxjqz";
    const char *at = c ? strchr(often, tj_lower(c)) : NULL;
    return at ? (uint32_t)(at - often) : (uint32_t)sizeof often;
}

static uint32_t rarest(struct tj_str word) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < word.n && i < 64; i++)
        if (rarity(word.p[i]) > rarity(word.p[best])) best = i;
    return best;
}

/* The next place of a byte at or after `from`; text.n when there is none. */
static uint32_t next_byte(struct tj_str text, char c, uint32_t from) {
    const char *hit = from < text.n ? memchr(text.p + from, c, text.n - from) : NULL;
    return hit ? (uint32_t)(hit - text.p) : text.n;
}

/* Offset of the word standing alone, ASCII case folded, or TJ_NOT_FOUND. */
static uint32_t find_word(struct tj_str text, struct tj_str word, uint32_t from) {
    if (word.n == 0 || word.n > text.n || from > text.n - word.n) return TJ_NOT_FOUND;
    uint32_t pivot = rarest(word);
    char low = tj_lower(word.p[pivot]), high = low >= 'a' && low <= 'z' ? (char)(low - 32) : low;
    uint32_t a = next_byte(text, low, from + pivot), b = high == low ? text.n : next_byte(text, high, from + pivot);
    while (a < text.n || b < text.n) {
        uint32_t at = (a < b ? a : b) - pivot;
        if (at + word.n > text.n) return TJ_NOT_FOUND;
        if (equal_folded(text.p + at, word.p, word.n) && stands_alone(text, at, word.n)) return at;
        if (a < b)
            a = next_byte(text, low, a + 1);
        else
            b = next_byte(text, high, b + 1);
    }
    return TJ_NOT_FOUND;
}

static uint32_t clause_begin(struct tj_str text, uint32_t at) {
    while (at > 0) {
        char c = text.p[at - 1];
        if (c == '\n' || c == ';') break;
        if ((c == '.' || c == '!' || c == '?') && at < text.n && tj_is_space(text.p[at])) break;
        at--;
    }
    return at;
}

static bool has(struct tj_str text, const char *word) { return tj_str_find(text, tj_str_of(word), 0) != TJ_NOT_FOUND; }

static bool is_denied(struct tj_str text, uint32_t at) {
    static const char *const denials[] = {"not ",
                                          "n't ",
                                          "n\xE2\x80\x99t ",
                                          "ever ",
                                          "void ",
                                          "ithout ",
                                          "NOT ",
                                          "NEVER ",
                                          "\xE4\xB8\x8D\xE8\xA6\x81" /* 不要 */,
                                          "\xE4\xB8\x8D\xE5\xBE\x97" /* 不得 */,
                                          "\xE7\xA6\x81\xE6\xAD\xA2" /* 禁止 */,
                                          "\xE5\x88\xAB" /* 别 */};
    struct tj_str before = tj_str_sub(text, clause_begin(text, at), at);
    for (size_t i = 0; i < sizeof denials / sizeof *denials; i++)
        if (has(before, denials[i])) return true;
    return false;
}

bool tj_names(struct tj_str text, struct tj_str word) {
    for (uint32_t at = 0; (at = find_word(text, word, at)) != TJ_NOT_FOUND; at++)
        if (!is_denied(text, at)) return true;
    return false;
}

/* ---- naming objects ------------------------------------------------------------------------------------------------- */

static struct tj_str without_root(struct tj_str path) {
    while (path.n && (path.p[0] == '@' || path.p[0] == '~' || path.p[0] == '?' || path.p[0] == '/'))
        path = tj_str_sub(path, 1, path.n);
    return path;
}

static bool is_telling(struct tj_str word) { return word.n >= WORD_LEAST || tj_str_chr(word, '.', 0) != TJ_NOT_FOUND; }

/* Folders around an absolute path need two parts: "/etc" alone asks for nothing in it. */
static bool names_path(struct tj_str text, struct tj_str path) {
    bool absolute = path.n && path.p[0] == '/';
    struct tj_str tail = without_root(path), name = tj_str_basename(tail);
    if (tail.n == 0) return false;
    if (is_telling(name) && tj_names(text, name)) return true;
    for (;;) {
        bool deep = tj_str_chr(tail, '/', 0) != TJ_NOT_FOUND;
        if ((deep || (!absolute && is_telling(tail))) && tj_names(text, tail)) return true;
        uint32_t slash = tj_str_rchr(tail, '/');
        if (slash == TJ_NOT_FOUND) return false;
        tail = tj_str_sub(tail, 0, slash);
    }
}

bool tj_names_object(struct tj_str text, const struct tj_object *object) {
    return (object->path.n && names_path(text, object->path)) || (object->host.n && tj_names(text, object->host)) ||
           (object->name.n >= 3 && tj_names(text, object->name));
}

/* ---- the answer ----------------------------------------------------------------------------------------------------- */

/* Searching is paid for by the session as a whole: many findings times long texts must not become hours. */
static bool may_search(const struct tj_session *s, struct tj_str text) {
    s->history->searched += text.n;
    return s->history->searched <= SEARCH_MOST;
}

static bool human_names(const struct tj_session *s, const struct tj_object *object) {
    for (uint32_t i = 0; i < s->history->said.n; i++) {
        const struct tj_said *said = &s->history->said.at[i];
        if (said->from == TJ_FROM_HUMAN && may_search(s, said->text) && tj_names_object(said->text, object))
            return true;
    }
    for (uint32_t i = 0; s->context && i < s->context->nask_text; i++)
        if (tj_names_object(s->context->ask_text[i], object)) return true;
    return false;
}

/* Words of at least two letters on the line, beside the operand itself. */
static bool is_free_text(struct tj_str text, uint32_t at, uint32_t n) {
    uint32_t begin = at, end = at + n, words = 0, letters = 0;
    while (begin > 0 && at - begin < 400 && text.p[begin - 1] != '\n') begin--;
    while (end < text.n && end - at < 400 && text.p[end] != '\n') end++;
    for (uint32_t i = begin; i <= end; i++) {
        bool letter = i < end && (i < at || i >= at + n) && is_wordy(text.p[i]);
        if (letter) {
            letters++;
            continue;
        }
        words += letters >= 2 && (i == end || tj_is_space(text.p[i]) || text.p[i] == ',' || text.p[i] == '.');
        letters = 0;
    }
    return words >= WORDS_AROUND;
}

static uint32_t find_object(struct tj_str text, const struct tj_object *o, uint32_t *n) {
    const struct tj_str words[] = {without_root(o->path), tj_str_basename(o->path), o->host, o->name};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!is_telling(words[i])) continue;
        uint32_t at = find_word(text, words[i], 0);
        *n = words[i].n;
        if (at != TJ_NOT_FOUND) return at;
    }
    return TJ_NOT_FOUND;
}

static bool is_pointed_at(const struct tj_session *s, uint32_t call) {
    const struct tj_history *h = s->history;
    for (uint32_t i = h->call.n; i > 0; i--) {
        const struct tj_call_facts *facts = &h->call.at[i - 1];
        if (facts->call != call) continue;
        for (uint32_t k = 0; k < facts->sources; k++)
            if (human_names(s, &facts->source[k])) return true;
        return false;
    }
    return false;
}

static enum tj_authorisation content_asks(const struct tj_session *s, const struct tj_object *object) {
    enum tj_authorisation found = s->history->forgot ? TJ_AUTHORISATION_UNDETERMINED : TJ_AUTHORISATION_UNREQUESTED;
    for (uint32_t i = 0; i < s->history->said.n; i++) {
        const struct tj_said *said = &s->history->said.at[i];
        uint32_t n = 0;
        if (said->from == TJ_FROM_HUMAN) continue;
        if (!may_search(s, said->text)) return TJ_AUTHORISATION_UNDETERMINED;
        uint32_t at = find_object(said->text, object, &n);
        if (at == TJ_NOT_FOUND) continue;
        if (said->from == TJ_FROM_AGENT) return found; /* its own idea, before any text held it */
        if (is_pointed_at(s, said->call)) return TJ_AUTHORISATION_DELEGATED;
        if (is_free_text(said->text, at, n)) found = TJ_AUTHORISATION_ASKED_BY_CONTENT;
    }
    return found;
}

/* "delete" allows the kind, "delete:/data/tmp" allows it there, "send:api.example.com" to that host. */
static bool is_authorised(const struct tj_session *s, const struct tj_effect *e) {
    for (uint32_t i = 0; e && s->context && i < s->context->nauthorised; i++) {
        struct tj_str entry = s->context->authorised[i];
        uint32_t colon = tj_str_chr(entry, ':', 0);
        struct tj_str kind = tj_str_sub(entry, 0, colon == TJ_NOT_FOUND ? entry.n : colon);
        if (!tj_str_is(kind, tj_vocab_name(TJ_LIST_EFFECTS, e->kind))) continue;
        if (colon == TJ_NOT_FOUND) return true;
        struct tj_str what = tj_str_sub(entry, colon + 1, entry.n);
        if (tj_str_eq(what, e->host) || tj_str_eq(what, e->name) || (e->path.n && tj_path_under(e->path, what)))
            return true;
    }
    return false;
}

static bool human_spoke(const struct tj_session *s, bool *unread) {
    bool any = s->context && s->context->nask_text > 0;
    bool read = false;
    for (uint32_t i = 0; any && i < s->context->nask_text; i++) read |= !is_unread(s->context->ask_text[i]);
    for (uint32_t i = 0; i < s->history->said.n; i++) {
        if (s->history->said.at[i].from != TJ_FROM_HUMAN) continue;
        any = true;
        read |= !s->history->said.at[i].unread;
    }
    *unread = any && !read;
    return any;
}

static enum tj_authorisation asked_for(const struct tj_session *s, const struct tj_object *object) {
    return human_names(s, object) ? TJ_AUTHORISATION_REQUESTED : content_asks(s, object);
}

/* The operand that weighs most decides: what content asked for, then what nobody asked for. */
static int rank(enum tj_authorisation a) {
    switch (a) {
    case TJ_AUTHORISATION_REQUESTED: return 0;
    case TJ_AUTHORISATION_DELEGATED: return 1;
    case TJ_AUTHORISATION_UNDETERMINED: return 2;
    case TJ_AUTHORISATION_UNREQUESTED: return 3;
    case TJ_AUTHORISATION_ASKED_BY_CONTENT: return 4;
    case TJ_AUTHORISATION_COUNT: break;
    }
    return 0;
}

static bool is_here(struct tj_str host) {
    return tj_str_is(host, "localhost") || tj_str_starts(host, TJ_STR("127.")) || tj_str_is(host, "::1");
}

/* The program is no operand of a command that acts on something else with a name of its own. */
static bool acts_on_named(const struct tj_view *view, const struct tj_command *c) {
    for (uint32_t i = c ? c->effect : 0; c && i < c->effect_end && i < view->effects->effect.n; i++) {
        const struct tj_effect *e = &view->effects->effect.at[i];
        bool vague = e->object == TJ_OBJECT_PROCESS || e->object == TJ_OBJECT_RESOURCE || e->object == TJ_OBJECT_TEXT;
        if (!vague && (e->path.n || e->host.n || e->name.n)) return true;
    }
    return false;
}

/* What of an object must have been named: a host, under whatever account. */
static uint32_t operands_of(const struct tj_object *o, struct tj_str program, struct tj_object out[3]) {
    uint32_t n = 0;
    bool more = o->name.n && !o->host.n && !tj_str_eq(o->name, program);
    if (o->path.n) out[n++] = (struct tj_object){.path = o->path};
    if (o->host.n && !is_here(o->host)) out[n++] = (struct tj_object){.host = o->host};
    if (more) out[n++] = (struct tj_object){.name = o->name};
    return n;
}

enum tj_authorisation tj_asked(struct tj_session *s, const struct tj_view *view, uint8_t subject, uint32_t instance) {
    bool unread;
    if (subject == TJ_SUBJECT_MESSAGE || subject == TJ_SUBJECT_TEXT) return TJ_AUTHORISATION_UNDETERMINED;
    if (is_authorised(s, tj_instance_effect(view, subject, instance))) return TJ_AUTHORISATION_REQUESTED;
    if (!human_spoke(s, &unread)) return TJ_AUTHORISATION_UNDETERMINED;
    struct tj_object objects[TJ_OBJECTS_MOST];
    uint32_t n = tj_instance_objects(view, subject, instance, objects), operands = 0;
    enum tj_authorisation worst = TJ_AUTHORISATION_REQUESTED;
    const struct tj_command *c = tj_instance_command(view, subject, instance);
    bool named = subject == TJ_SUBJECT_COMMAND && acts_on_named(view, c);
    for (uint32_t i = 0; i < n; i++) {
        struct tj_object part[3];
        uint32_t parts = operands_of(&objects[i], named ? c->name : TJ_STR_NONE, part);
        for (uint32_t k = 0; k < parts; k++, operands++) {
            enum tj_authorisation a = asked_for(s, &part[k]);
            if (rank(a) > rank(worst)) worst = a;
        }
    }
    if (operands == 0) {
        struct tj_object program = {.name = c && c->name.n >= WORD_LEAST ? c->name : TJ_STR_NONE};
        worst = program.name.n ? asked_for(s, &program) : TJ_AUTHORISATION_UNREQUESTED;
    }
    return unread && rank(worst) > rank(TJ_AUTHORISATION_DELEGATED) ? TJ_AUTHORISATION_UNDETERMINED : worst;
}
