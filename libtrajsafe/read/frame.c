/* How records lie in a stream: lines, elements of an array, values over many lines, or all of it one trajectory. */
#include "read/frame.h"

#include "read/reader.h"

static bool ends_scalar(char c, bool in_array) {
    return c == '\n' || c == '{' || c == '[' || (in_array && (c == ',' || c == ']'));
}

/* In a string: up to its closing quote; most bytes of a record are passed here by memchr. */
static size_t feed_string(struct tj_extent *x, const char *p, size_t n) {
    size_t i = 0;
    if (x->escaped && n > 0) {
        x->escaped = false;
        i = 1;
    }
    while (i < n) {
        const char *quote = memchr(p + i, '"', n - i);
        size_t end = quote ? (size_t)(quote - p) : n, slashes = 0;
        while (end - slashes > i && p[end - 1 - slashes] == '\\') slashes++;
        if (!quote) {
            x->escaped = slashes & 1;
            return n;
        }
        i = end + 1;
        if (!(slashes & 1)) {
            x->in_string = false;
            return i;
        }
    }
    return n;
}

static void feed_byte(struct tj_extent *x, char c) {
    switch (c) {
    case '"': x->in_string = true; break;
    case '{':
    case '[': x->depth++; break;
    case '}':
    case ']':
        if (--x->depth == 0) x->done = true;
        break;
    default: break;
    }
}

size_t tj_extent_feed(struct tj_extent *x, const char *p, size_t n, bool in_array) {
    size_t i = 0;
    if (!x->started && n > 0) {
        x->started = true;
        x->scalar = p[0] != '{' && p[0] != '[' && !(in_array && p[0] == '"');
        if (x->scalar) i = 1;
    }
    while (x->scalar && i < n && !x->done) {
        x->done = ends_scalar(p[i], in_array);
        i += !x->done;
    }
    while (i < n && !x->done) {
        if (x->in_string) {
            i += feed_string(x, p + i, n - i);
            x->done = !x->in_string && x->depth == 0;
        } else {
            feed_byte(x, p[i++]);
        }
    }
    return i;
}

/* ---- the decision ------------------------------------------------------------------------------------------- */

struct decider {
    struct tj_json *json;
    struct tj_arena *arena;
    const struct tj_reader_row *forced;
    struct tj_str head; /* from the first byte that is not blank */
    bool over, full;
};

static int best_bid(const struct decider *d, const struct tj_doc *doc, const struct tj_reader_row **row) {
    *row = d->forced ? d->forced : tj_reader_bid(doc);
    return *row ? (*row)->bid(doc) : 0;
}

static bool parses(const struct decider *d, struct tj_str text, struct tj_doc *doc) {
    return tj_doc_parse(d->json, d->arena, text, doc, NULL) == TRAJSAFE_OK;
}

static int bid_text(const struct decider *d, struct tj_str text) {
    const struct tj_reader_row *row;
    struct tj_doc doc;
    return parses(d, text, &doc) ? best_bid(d, &doc, &row) : 0;
}

static struct tj_str line_at(struct tj_str s, uint32_t at) {
    uint32_t end = tj_str_chr(s, '\n', at);
    return tj_str_sub(s, at, end == TJ_NOT_FOUND ? s.n : end);
}

static struct tj_frame frame(enum tj_frame_mode mode) { return (struct tj_frame){.mode = mode}; }

/* Lines: one trajectory each, unless a reader knows them better together. */
static struct tj_frame decide_lines(const struct decider *d, struct tj_str first) {
    tj_arena_reset(d->arena);
    enum { LINES = 64, BYTES = 1 << 20 };
    const struct tj_reader_row *row;
    struct tj_doc doc;
    uint32_t end = first.n, bad;
    for (uint32_t n = 1; n < LINES && end + 1 < d->head.n && end < BYTES; n++) {
        struct tj_str line = line_at(d->head, end + 1);
        if (end + 1 + line.n == d->head.n && !d->over) break;
        end += 1 + line.n;
    }
    struct tj_str sample = tj_str_sub(d->head, 0, end);
    if (tj_doc_parse_lines(d->json, d->arena, sample, &doc, &bad, NULL) != TRAJSAFE_OK) return frame(TJ_MODE_LINES);
    int together = best_bid(d, &doc, &row);
    if (together > 0 && together > bid_text(d, first))
        return (struct tj_frame){.mode = TJ_MODE_WHOLE, .reader = row, .lines = true};
    return frame(TJ_MODE_LINES);
}

/* The first elements that are whole, as an array of their own; `first` is the first of them. */
static struct tj_str sample_array(const struct decider *d, struct tj_str *first) {
    enum { ELEMENTS = 32 };
    struct tj_str s = d->head;
    uint32_t at = 1, end = 0;
    *first = TJ_STR_NONE;
    for (int n = 0; n < ELEMENTS; n++) {
        struct tj_extent x = {0};
        while (at < s.n && (tj_is_space(s.p[at]) || s.p[at] == ',')) at++;
        if (at == s.n || s.p[at] == ']') break;
        uint32_t used = (uint32_t)tj_extent_feed(&x, s.p + at, s.n - at, true);
        if (!x.done) break;
        if (n == 0) *first = tj_str_sub(s, at, at + used);
        at = end = at + used;
    }
    struct tj_buf buf;
    tj_buf_init(&buf, d->arena);
    tj_buf_put(&buf, end ? tj_str_sub(s, 0, end) : TJ_STR("["));
    tj_buf_putc(&buf, ']');
    return tj_buf_str(&buf);
}

/* An array: a list of trajectories, or one whose messages are its elements. */
static struct tj_frame decide_array(const struct decider *d) {
    tj_arena_reset(d->arena);
    struct tj_str first, all = sample_array(d, &first);
    int together = bid_text(d, all), apart = first.n ? bid_text(d, first) : 0;
    bool scalars = first.n > 0 && first.p[0] != '{' && first.p[0] != '['; /* no list of trajectories: one bad record */
    return frame(together > apart || scalars ? TJ_MODE_VALUES : TJ_MODE_ARRAY);
}

static bool is_container(struct tj_str s) {
    s = tj_str_trim(s);
    return s.n > 1 && (s.p[0] == '{' || s.p[0] == '[');
}

/* A later line of the first few that is a whole object or array: then the first line is only broken. */
static bool has_whole_line(const struct decider *d, struct tj_str first) {
    enum { LINES = 8 };
    uint32_t at = first.n;
    for (int n = 0; n < LINES && at + 1 < d->head.n; n++) {
        struct tj_doc doc;
        struct tj_str line = line_at(d->head, at + 1);
        at += 1 + line.n;
        tj_arena_reset(d->arena);
        if (line.n > 0 && (line.p[0] == '{' || line.p[0] == '[') && is_container(line) && parses(d, line, &doc))
            return true;
    }
    return false;
}

/* The first line is no whole value. */
static struct tj_frame decide_broken(const struct decider *d, struct tj_str first) {
    struct tj_extent x = {0};
    struct tj_doc doc;
    uint32_t used = (uint32_t)tj_extent_feed(&x, d->head.p, d->head.n, false);
    char c = d->head.p[0];
    if ((c == '{' || c == '[') && x.done && parses(d, tj_str_sub(d->head, 0, used), &doc))
        return c == '[' ? decide_array(d) : frame(TJ_MODE_VALUES);
    if (has_whole_line(d, first)) return decide_lines(d, first);
    if (d->full && first.n == d->head.n && c != '[') return frame(TJ_MODE_LINES);
    if (c == '[') return decide_array(d);
    return frame(c == '{' ? TJ_MODE_VALUES : d->full ? TJ_MODE_LINES : TJ_MODE_WHOLE);
}

struct tj_frame tj_frame_decide(struct tj_json *json, struct tj_arena *arena, struct tj_str head, bool over, bool full,
                                const struct tj_reader_row *forced) {
    struct decider d = {json, arena, forced, head, over, full};
    struct tj_doc doc;
    while (d.head.n > 0 && tj_is_space(d.head.p[0])) d.head = tj_str_sub(d.head, 1, d.head.n);
    if (d.head.n == 0 && over) return frame(TJ_MODE_VALUES); /* nothing: no record */
    if (forced && forced->framing == TJ_FRAME_FILE)
        return (struct tj_frame){.mode = TJ_MODE_WHOLE, .reader = forced, .lines = true};
    if (d.head.n == 0) return frame(TJ_MODE_LINES);
    struct tj_str first = line_at(d.head, 0), rest = tj_str_sub(d.head, first.n, d.head.n);
    struct tj_frame answer;
    bool whole = (first.n < d.head.n || over) && is_container(first) && parses(&d, first, &doc);
    if (!whole)
        answer = decide_broken(&d, first);
    else if (first.p[0] == '[' && over && tj_str_trim(rest).n == 0)
        answer = decide_array(&d);
    else
        answer = decide_lines(&d, first);
    if (forced) answer.reader = forced;
    return answer;
}
