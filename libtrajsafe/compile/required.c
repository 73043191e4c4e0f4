/* Literals of which every match of a regular expression holds at least one. */
#include "compile/compiler.h"

/*
 * Only what is surely understood counts: an expression with anything else (look-around, back references, \Q, classes by name)
 * has no literals and is scanned for always. Whoever looks for the literals ignores case, so (?i) does not count.
 */
enum { SET_MOST = TJ_REQUIRED_MOST, LONGEST = 32, DEEPEST = 60, CLASS_MOST = 8, FEW = 8, SHORTEST = 4 };

struct set {
    uint32_t n; /* 0: there is none */
    struct tj_str at[SET_MOST];
};

/* An element: `whole` when it matches just the texts of `exact`; else each of its matches holds one of `best`, if any. */
struct piece {
    bool whole;
    struct set set;
};

struct scan {
    struct tj_arena *arena;
    struct tj_str s;
    uint32_t at, depth;
    bool unknown;
    bool more; /* there is something that is not text: a match is more than one of the literals */
};

static void alternation(struct scan *z, struct piece *out);

/* ---- sets --------------------------------------------------------------------------------------------------------- */

static void nothing(struct set *set) {
    set->n = 1;
    set->at[0] = TJ_STR("");
}

static uint32_t shortest(const struct set *set) {
    uint32_t n = set->n ? set->at[0].n : 0;
    for (uint32_t i = 1; i < set->n; i++)
        if (set->at[i].n < n) n = set->at[i].n;
    return n;
}

static bool add(struct set *set, struct tj_str s) {
    for (uint32_t i = 0; i < set->n; i++)
        if (tj_str_eq(set->at[i], s)) return true;
    if (set->n == SET_MOST) return false;
    set->at[set->n++] = s;
    return true;
}

static bool add_all(struct set *a, const struct set *b) {
    bool room = true;
    for (uint32_t i = 0; i < b->n; i++) room &= add(a, b->at[i]);
    return room;
}

static bool append(struct scan *z, struct set *a, const struct set *b) {
    struct set out = {.n = 0};
    if (a->n * b->n > SET_MOST) return false;
    for (uint32_t i = 0; i < a->n; i++)
        for (uint32_t k = 0; k < b->n; k++) {
            struct tj_buf buf;
            if (a->at[i].n + b->at[k].n > LONGEST) return false;
            tj_buf_init(&buf, z->arena);
            tj_buf_put(&buf, a->at[i]);
            tj_buf_put(&buf, b->at[k]);
            (void)add(&out, tj_buf_str(&buf));
        }
    *a = out;
    return true;
}

/* How often one of the literals will be met in vain: halves for each bit of what they say. */
static uint64_t cost(const struct set *set) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < set->n; i++) {
        uint32_t bits = tj_literal_bits(set->at[i]);
        sum += UINT64_C(1) << (bits < 56 ? 56 - bits : 0);
    }
    return sum;
}

/* The set that says more: first of all one whose literals are long enough to be looked for. */
static void take_better(struct set *best, const struct set *other) {
    uint32_t old = shortest(best), now = shortest(other);
    if (now == 0) return;
    bool both = old >= SHORTEST && now >= SHORTEST;
    if (both ? cost(other) < cost(best) : now > old) *best = *other;
}

/* ---- elements ----------------------------------------------------------------------------------------------------- */

static void one_byte(struct scan *z, struct piece *out, uint8_t c) {
    char byte = (char)c;
    out->whole = true;
    out->set.n = 1;
    out->set.at[0] = tj_arena_copy(z->arena, (struct tj_str){&byte, 1});
}

/* Some byte, nobody knows which. */
static void any_byte(struct piece *out) {
    out->whole = false;
    out->set.n = 0;
}

enum escape { ESCAPE_BYTE, ESCAPE_CLASS, ESCAPE_NOWHERE, ESCAPE_UNKNOWN };

/* Behind \x: two digits, or two in braces. */
static bool hex_byte(struct scan *z, uint8_t *byte) {
    bool braces = z->at < z->s.n && z->s.p[z->at] == '{';
    uint32_t at = z->at + braces;
    if (at + 2 + braces > z->s.n || tj_hex(z->s.p[at]) < 0 || tj_hex(z->s.p[at + 1]) < 0) return false;
    *byte = (uint8_t)(tj_hex(z->s.p[at]) * 16 + tj_hex(z->s.p[at + 1]));
    z->at = at + 2 + braces;
    return !braces || z->s.p[at + 2] == '}';
}

/* At a backslash; goes behind the escape. */
static enum escape escape(struct scan *z, uint8_t *byte) {
    static const char from[] = "ntrfea", to[] = "\n\t\r\f\033\a";
    char c = z->at + 1 < z->s.n ? z->s.p[z->at + 1] : '\\';
    z->at += 2;
    *byte = (uint8_t)c;
    if (!tj_is_alnum(c)) return ESCAPE_BYTE;
    const char *plain = strchr(from, c);
    if (plain) return *byte = (uint8_t)to[plain - from], ESCAPE_BYTE;
    if (strchr("dDwWsShHvVN", c)) return ESCAPE_CLASS;
    if (strchr("bBAzZ", c)) return ESCAPE_NOWHERE;
    return c == 'x' && hex_byte(z, byte) ? ESCAPE_BYTE : ESCAPE_UNKNOWN;
}

/* One member of a class, or the begin of a range; false: more than a byte. */
static bool class_byte(struct scan *z, uint8_t *byte) {
    *byte = (uint8_t)z->s.p[z->at];
    if (z->s.p[z->at] == '[' && z->at + 1 < z->s.n && strchr(":.=", z->s.p[z->at + 1])) { /* [:alpha:] */
        uint32_t end = tj_str_chr(z->s, ']', z->at);
        z->unknown |= end == TJ_NOT_FOUND || z->s.p[end - 1] != ':';
        z->at = end == TJ_NOT_FOUND ? z->s.n : end + 1;
        return false;
    }
    if (z->s.p[z->at] != '\\') {
        z->at++;
        return true;
    }
    enum escape e = escape(z, byte);
    if (e == ESCAPE_UNKNOWN || e == ESCAPE_NOWHERE) z->unknown = true;
    return e == ESCAPE_BYTE;
}

static void class_piece(struct scan *z, struct piece *out) {
    struct piece byte;
    bool wide = ++z->at < z->s.n && z->s.p[z->at] == '^';
    out->whole = true;
    out->set.n = 0;
    if (wide) z->at++;
    for (bool first = true; z->at < z->s.n && (first || z->s.p[z->at] != ']'); first = false) {
        uint8_t low, high;
        wide |= !class_byte(z, &low);
        high = low;
        if (z->at + 1 < z->s.n && z->s.p[z->at] == '-' && z->s.p[z->at + 1] != ']') {
            z->at++;
            wide |= !class_byte(z, &high);
        }
        wide |= high < low || high - low >= CLASS_MOST || out->set.n + (high - low) >= CLASS_MOST;
        for (uint32_t c = low; c <= high && !wide; c++) {
            one_byte(z, &byte, (uint8_t)c);
            (void)add(&out->set, byte.set.at[0]);
        }
    }
    wide |= z->at >= z->s.n;
    z->at++;
    if (wide) any_byte(out);
}

/* Behind (?: a name, <name> or P<name>. */
static bool is_named(const struct scan *z) {
    struct tj_str rest = tj_str_sub(z->s, z->at, z->s.n);
    if (tj_str_chr(rest, '>', 0) == TJ_NOT_FOUND) return false;
    if (tj_str_starts(rest, TJ_STR("P<"))) return true;
    return rest.n > 1 && rest.p[0] == '<' && tj_is_name(rest.p[1]);
}

static void group_piece(struct scan *z, struct piece *out) {
    z->at++;
    if (z->at < z->s.n && z->s.p[z->at] == '*') z->unknown = true;
    if (z->at < z->s.n && z->s.p[z->at] == '?') {
        for (z->at++; z->at < z->s.n && strchr("ims-", z->s.p[z->at]); z->at++) continue;
        if (is_named(z)) z->at = tj_str_chr(z->s, '>', z->at);
        char c = z->at < z->s.n ? z->s.p[z->at] : 0;
        z->unknown |= c != ':' && c != ')' && c != '>';
        z->at++;
        z->more |= c != ':' || z->s.p[z->at - 2] != '?';
        if (c == ')') { /* (?i): case does not count here */
            out->whole = true;
            nothing(&out->set);
            return;
        }
    }
    alternation(z, out);
    if (z->at < z->s.n && z->s.p[z->at] == ')') z->at++;
}

static void element(struct scan *z, struct piece *out) {
    uint8_t byte = (uint8_t)z->s.p[z->at];
    enum escape e = ESCAPE_BYTE;
    switch (byte) {
    case '(': group_piece(z, out); return;
    case '[': class_piece(z, out); return;
    case '.': e = ESCAPE_CLASS, z->at++; break;
    case '^':
    case '$': e = ESCAPE_NOWHERE, z->at++; break;
    case '\\': e = escape(z, &byte); break;
    default: z->at++;
    }
    z->unknown |= e == ESCAPE_UNKNOWN;
    z->more |= e != ESCAPE_BYTE;
    any_byte(out);
    if (e == ESCAPE_BYTE) one_byte(z, out, byte);
    if (e == ESCAPE_NOWHERE) out->whole = true, nothing(&out->set);
}

/* ---- repetition, sequence, choice --------------------------------------------------------------------------------- */

struct times {
    uint32_t low;
    bool once_at_most; /* `?` */
};

static bool braces(struct scan *z, struct times *out) {
    uint32_t close = tj_str_chr(z->s, '}', z->at), at = z->at + 1;
    if (close == TJ_NOT_FOUND || at >= close || !tj_is_digit(z->s.p[at])) return false; /* a literal brace */
    out->low = z->s.p[at] != '0';
    while (at < close && tj_is_digit(z->s.p[at])) at++;
    if (at < close && z->s.p[at] == ',') at++;
    while (at < close && tj_is_digit(z->s.p[at])) at++;
    z->unknown |= at != close;
    z->at = close + 1;
    return true;
}

static bool repeated(struct scan *z, struct times *out) {
    char c = z->at < z->s.n ? z->s.p[z->at] : 0;
    *out = (struct times){.low = c == '+', .once_at_most = c == '?'};
    if (c == '{') {
        if (!braces(z, out)) return false;
    } else if (c == '*' || c == '+' || c == '?') {
        z->at++;
    } else {
        return false;
    }
    if (z->at < z->s.n && (z->s.p[z->at] == '?' || z->s.p[z->at] == '+')) z->at++;
    return true;
}

/* What stands together so far, the best that was seen, and whether nothing else was. */
struct chain {
    struct set run, best;
    bool whole;
};

static void cut(struct chain *c) {
    take_better(&c->best, &c->run);
    nothing(&c->run);
    c->whole = false;
}

static void add_piece(struct scan *z, struct chain *c, const struct piece *p) {
    /* A few good literals are better than all of their continuations. */
    bool enough = p->set.n > 1 && c->run.n * p->set.n > FEW && shortest(&c->run) >= SHORTEST;
    if (!p->whole) {
        cut(c);
        take_better(&c->best, &p->set);
    } else if (enough || !append(z, &c->run, &p->set)) {
        cut(c);
        c->run = p->set;
    }
}

static void sequence(struct scan *z, struct piece *out) {
    struct chain *c = tj_arena_new(z->arena, struct chain);
    struct piece *p = tj_arena_new(z->arena, struct piece);
    if (!p) {
        z->unknown = true;
        z->at = z->s.n;
        return;
    }
    *c = (struct chain){.whole = true};
    nothing(&c->run);
    while (z->at < z->s.n && z->s.p[z->at] != '|' && z->s.p[z->at] != ')') {
        struct times times;
        element(z, p);
        if (!repeated(z, &times)) {
            add_piece(z, c, p);
        } else if (times.low) { /* once, and what follows may be more of it */
            add_piece(z, c, p);
            cut(c);
        } else if (times.once_at_most && p->whole && add(&p->set, TJ_STR(""))) {
            add_piece(z, c, p);
        } else {
            cut(c);
        }
    }
    out->whole = c->whole;
    if (!c->whole) take_better(&c->best, &c->run);
    out->set = c->whole ? c->run : c->best;
}

static void alternation(struct scan *z, struct piece *out) {
    if (++z->depth > DEEPEST) {
        z->unknown = true;
        z->at = z->s.n;
    }
    sequence(z, out);
    struct piece *other = tj_arena_new(z->arena, struct piece);
    while (other && z->at < z->s.n && z->s.p[z->at] == '|') {
        z->at++;
        sequence(z, other);
        out->whole &= other->whole;
        bool none = out->set.n == 0 || other->set.n == 0;
        if (none || !add_all(&out->set, &other->set)) any_byte(out);
    }
    z->unknown |= !other;
    z->depth--;
}

struct tj_required tj_regex_required(struct tj_arena *arena, struct tj_str regex) {
    struct tj_required out = {.n = 0};
    struct scan z = {.arena = arena, .s = regex};
    bool caseless = tj_str_starts(regex, TJ_STR("(?i)"));
    struct piece piece;
    if (caseless) z.at = 4;
    alternation(&z, &piece);
    out.known = !z.unknown && !arena->failed;
    if (!out.known) return out; /* a stray ) ends it here, and Hyperscan refuses it */
    out.n = piece.set.n;
    memcpy(out.at, piece.set.at, out.n * sizeof *out.at);
    out.all = piece.whole && !z.more && z.at == regex.n;
    out.caseless = caseless;
    return out;
}

uint32_t tj_regex_literal(struct tj_arena *arena, struct tj_str regex) {
    struct tj_required required = tj_regex_required(arena, regex);
    struct set set = {.n = required.n};
    memcpy(set.at, required.at, set.n * sizeof *set.at);
    return required.known ? shortest(&set) : UINT32_MAX;
}
