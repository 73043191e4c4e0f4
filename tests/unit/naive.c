/* The naive evaluator, and a small regular expression matcher by sets of states (never backtracking). */
#include "naive.h"

#include <stdlib.h>

/* ---- regular expressions ------------------------------------------------------------------------------------------ */

/*
 * Perl's syntax as far as rules use it: literals, escapes, classes, groups, alternatives, * + ? {m,n}, ^ $ \A \z \Z \b \B,
 * (?i) at the beginning and (?:…). Compiled to a program of at most MOST instructions; sets of states walk the text.
 */
enum { MOST = 20000, DEEPEST = 100 };
enum op { OP_SET, OP_SPLIT, OP_JUMP, OP_BEGIN, OP_END, OP_END_NL, OP_WORD, OP_NOT_WORD, OP_MATCH };

struct instruction {
    enum op op;
    uint32_t x, y;
    uint8_t set[32];
};

struct machine {
    struct instruction *code;
    uint32_t n;
    struct tj_str s;
    uint32_t at, depth;
    bool caseless, bad;
};

static uint32_t emit(struct machine *m, enum op op, uint32_t x, uint32_t y) {
    if (m->n >= MOST) {
        m->bad = true;
        return 0;
    }
    m->code[m->n] = (struct instruction){.op = op, .x = x, .y = y};
    return m->n++;
}

static void set_add(uint8_t *set, unsigned char c) { set[c >> 3] |= (uint8_t)(1u << (c & 7)); }

static bool set_has(const uint8_t *set, unsigned char c) { return set[c >> 3] >> (c & 7) & 1; }

static void set_fold(uint8_t *set) {
    for (int c = 'a'; c <= 'z'; c++) {
        bool has = set_has(set, (unsigned char)c) || set_has(set, (unsigned char)(c - 32));
        if (has) {
            set_add(set, (unsigned char)c);
            set_add(set, (unsigned char)(c - 32));
        }
    }
}

static void set_named(uint8_t *set, char name) {
    for (int c = 0; c < 256; c++) {
        bool in = false;
        char low = tj_lower(name), byte = (char)c;
        if (low == 'd')
            in = tj_is_digit(byte);
        else if (low == 'w')
            in = tj_is_name(byte);
        else if (low == 's')
            in = tj_is_space(byte);
        if (in != (name != low)) set_add(set, (unsigned char)c);
    }
}

/* An escape at m->at (behind the backslash) as a set. */
static void escape_set(struct machine *m, uint8_t *set) {
    char c = m->at < m->s.n ? m->s.p[m->at++] : '\\';
    switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 's':
    case 'S': set_named(set, c); return;
    case 'n': set_add(set, '\n'); return;
    case 't': set_add(set, '\t'); return;
    case 'r': set_add(set, '\r'); return;
    case 'f': set_add(set, '\f'); return;
    case 'e': set_add(set, 27); return;
    case 'x': {
        int value = 0;
        for (int i = 0; i < 2 && m->at < m->s.n && tj_hex(m->s.p[m->at]) >= 0; i++)
            value = value * 16 + tj_hex(m->s.p[m->at++]);
        set_add(set, (unsigned char)value);
        return;
    }
    default:
        if (tj_is_alnum(c)) m->bad = true;
        set_add(set, (unsigned char)c);
    }
}

static int one_of(const uint8_t *set) {
    int found = -1;
    for (int c = 0; c < 256; c++)
        if (set_has(set, (unsigned char)c)) {
            if (found >= 0) return -1;
            found = c;
        }
    return found;
}

static void class_set(struct machine *m, uint8_t *set) {
    bool negated = m->at < m->s.n && m->s.p[m->at] == '^';
    if (negated) m->at++;
    for (bool first = true; m->at < m->s.n && (first || m->s.p[m->at] != ']'); first = false) {
        uint8_t one[32] = {0};
        char c = m->s.p[m->at++];
        if (c == '\\')
            escape_set(m, one);
        else if (c == '[' && m->at < m->s.n && m->s.p[m->at] == ':')
            m->bad = true;
        else
            set_add(one, (unsigned char)c);
        int low = one_of(one);
        if (low >= 0 && m->at + 1 < m->s.n && m->s.p[m->at] == '-' && m->s.p[m->at + 1] != ']') {
            uint8_t end[32] = {0};
            m->at++;
            c = m->s.p[m->at++];
            if (c == '\\')
                escape_set(m, end);
            else
                set_add(end, (unsigned char)c);
            int high = one_of(end);
            for (int b = low; b <= high; b++) set_add(one, (unsigned char)b);
        }
        for (int i = 0; i < 32; i++) set[i] |= one[i];
    }
    if (m->at >= m->s.n)
        m->bad = true;
    else
        m->at++;
    if (m->caseless) set_fold(set);
    for (int i = 0; negated && i < 32; i++) set[i] = (uint8_t)~set[i];
}

static void alternatives(struct machine *m);

static void atom(struct machine *m) {
    char c = m->s.p[m->at++];
    uint32_t at;
    switch (c) {
    case '^': emit(m, OP_BEGIN, 0, 0); return;
    case '$': emit(m, OP_END_NL, 0, 0); return;
    case '(':
        if (m->at + 1 < m->s.n && m->s.p[m->at] == '?') {
            if (m->s.p[m->at + 1] != ':') {
                m->bad = true;
                return;
            }
            m->at += 2;
        }
        alternatives(m);
        if (m->at >= m->s.n || m->s.p[m->at] != ')')
            m->bad = true;
        else
            m->at++;
        return;
    case '[':
        at = emit(m, OP_SET, 0, 0);
        class_set(m, m->code[at].set);
        return;
    case '.':
        at = emit(m, OP_SET, 0, 0);
        memset(m->code[at].set, 0xff, 32);
        return;
    case '\\': {
        char e = m->at < m->s.n ? m->s.p[m->at] : 0;
        enum op op = e == 'A' ? OP_BEGIN : e == 'z' ? OP_END : e == 'Z' ? OP_END_NL : e == 'b' ? OP_WORD : OP_NOT_WORD;
        if (e && strchr("AzZbB", e)) {
            m->at++;
            emit(m, op, 0, 0);
            return;
        }
        at = emit(m, OP_SET, 0, 0);
        escape_set(m, m->code[at].set);
        break;
    }
    default: at = emit(m, OP_SET, 0, 0); set_add(m->code[at].set, (unsigned char)c);
    }
    if (m->caseless) set_fold(m->code[at].set);
}

static bool bounds(struct machine *m, uint32_t *low, uint32_t *high) {
    if (m->at >= m->s.n) return false;
    char c = m->s.p[m->at];
    *low = c == '+';
    *high = c == '?' ? 1 : TJ_NONE;
    if (c == '{') {
        uint32_t close = tj_str_chr(m->s, '}', m->at);
        struct tj_str inside = close == TJ_NOT_FOUND ? TJ_STR_NONE : tj_str_sub(m->s, m->at + 1, close);
        uint32_t comma = tj_str_chr(inside, ',', 0);
        uint64_t a, b = 0;
        if (!tj_str_to_u64(comma == TJ_NOT_FOUND ? inside : tj_str_sub(inside, 0, comma), &a)) return false;
        bool open = comma != TJ_NOT_FOUND && comma + 1 == inside.n;
        if (comma == TJ_NOT_FOUND)
            b = a;
        else if (!open && !tj_str_to_u64(tj_str_sub(inside, comma + 1, inside.n), &b))
            return false;
        *low = (uint32_t)a;
        *high = open ? TJ_NONE : (uint32_t)b;
        m->at = close + 1;
    } else if (c == '*' || c == '+' || c == '?') {
        m->at++;
    } else {
        return false;
    }
    if (m->at < m->s.n && m->s.p[m->at] == '?') m->at++; /* lazy: the same language */
    return true;
}

/* Parses the element at `begin` once more, which emits it once more. */
static void again(struct machine *m, uint32_t begin) {
    uint32_t at = m->at;
    m->at = begin;
    atom(m);
    m->at = at;
}

static void repeated(struct machine *m) {
    uint32_t begin = m->at, start = m->n, low, high;
    atom(m);
    uint32_t end = m->at;
    if (m->bad || !bounds(m, &low, &high)) return;
    uint32_t after = m->at;
    m->n = start;
    m->at = end;
    for (uint32_t i = 0; i < low && !m->bad; i++) again(m, begin);
    if (high == TJ_NONE) {
        uint32_t split = emit(m, OP_SPLIT, 0, 0);
        again(m, begin);
        emit(m, OP_JUMP, split, 0);
        m->code[split].x = split + 1;
        m->code[split].y = m->n;
    }
    for (uint32_t i = low; high != TJ_NONE && i < high && !m->bad; i++) {
        uint32_t split = emit(m, OP_SPLIT, 0, 0);
        again(m, begin);
        m->code[split].x = split + 1;
        m->code[split].y = m->n;
    }
    m->at = after;
}

static void alternatives(struct machine *m) {
    if (++m->depth > DEEPEST) {
        m->bad = true;
        return;
    }
    uint32_t start = m->n, jumps[200], n = 0;
    for (;;) {
        uint32_t split = emit(m, OP_SPLIT, 0, 0);
        m->code[split].x = split + 1;
        while (m->at < m->s.n && m->s.p[m->at] != '|' && m->s.p[m->at] != ')' && !m->bad) repeated(m);
        if (m->at >= m->s.n || m->s.p[m->at] != '|' || n == 200 || m->bad) {
            m->code[split].y = split + 1; /* the last one: no other way */
            break;
        }
        m->at++;
        jumps[n++] = emit(m, OP_JUMP, 0, 0);
        m->code[split].y = m->n;
    }
    (void)start;
    for (uint32_t i = 0; i < n; i++) m->code[jumps[i]].x = m->n;
    m->depth--;
}

static bool is_word_at(struct tj_str text, uint32_t at) { return at < text.n && tj_is_name(text.p[at]); }

static bool assertion(enum op op, struct tj_str text, uint32_t at) {
    bool boundary = (at > 0 && is_word_at(text, at - 1)) != is_word_at(text, at);
    switch (op) {
    case OP_BEGIN: return at == 0;
    case OP_END: return at == text.n;
    case OP_END_NL: return at == text.n || (at + 1 == text.n && text.p[at] == '\n');
    case OP_WORD: return boundary;
    default: return !boundary;
    }
}

/* Marks the states that are reached from `i` without reading; true when the match is among them. */
static bool reach(const struct machine *m, uint8_t *marks, uint32_t *stack, uint32_t i, struct tj_str text, uint32_t at) {
    uint32_t n = 0;
    stack[n++] = i;
    while (n) {
        i = stack[--n];
        if (marks[i]) continue;
        marks[i] = 1;
        const struct instruction *code = &m->code[i];
        if (code->op == OP_MATCH) return true;
        if (code->op == OP_SPLIT) {
            stack[n++] = code->y;
            stack[n++] = code->x;
        } else if (code->op == OP_JUMP) {
            stack[n++] = code->x;
        } else if (code->op != OP_SET && assertion(code->op, text, at)) {
            stack[n++] = i + 1;
        }
    }
    return false;
}

static bool run(const struct machine *m, struct tj_str text) {
    uint8_t *now = calloc(m->n, 1), *next = calloc(m->n, 1);
    uint32_t *stack = malloc(sizeof *stack * (2 * (size_t)m->n + 2));
    bool hit = false;
    for (uint32_t at = 0; now && next && stack && !hit; at++) {
        hit = reach(m, now, stack, 0, text, at); /* a match may begin anywhere */
        if (hit || at == text.n) break;
        memset(next, 0, m->n);
        for (uint32_t i = 0; i < m->n && !hit; i++)
            if (now[i] && m->code[i].op == OP_SET && set_has(m->code[i].set, (unsigned char)text.p[at]))
                hit = reach(m, next, stack, i + 1, text, at + 1);
        uint8_t *swap = now;
        now = next;
        next = swap;
    }
    free(now);
    free(next);
    free(stack);
    return hit;
}

static bool regex_matches(struct tj_str regex, bool caseless, struct tj_str text) {
    struct machine m = {.s = regex, .caseless = caseless};
    m.code = calloc(MOST + 1, sizeof *m.code);
    if (!m.code) abort();
    if (tj_str_starts(regex, TJ_STR("(?i)"))) {
        m.caseless = true;
        m.at = 4;
    }
    alternatives(&m);
    if (m.bad || m.at < m.s.n) abort(); /* a rule uses what this matcher lacks: teach it */
    m.code[m.n++].op = OP_MATCH;
    bool hit = run(&m, text);
    free(m.code);
    return hit;
}

/* ---- predicates --------------------------------------------------------------------------------------------------- */

static bool same(struct tj_str a, struct tj_str b, bool caseless) {
    return caseless ? tj_str_ieq(a, b) : tj_str_eq(a, b);
}

static bool alone(struct tj_str text, uint32_t at, uint32_t n) {
    return (at == 0 || !tj_is_name(text.p[at - 1])) && (at + n == text.n || !tj_is_name(text.p[at + n]));
}

static bool occurs(const struct tj_predicate *p, struct tj_str want, struct tj_str text) {
    for (uint32_t at = 0; want.n <= text.n && at + want.n <= text.n; at++)
        if (same(tj_str_sub(text, at, at + want.n), want, p->caseless) &&
            (p->how != TJ_PRED_WORD || alone(text, at, want.n)))
            return true;
    return false;
}

bool naive_predicate(const struct tj_image *image, const struct tj_predicate *p, struct tj_str text) {
    struct tj_str want = tj_image_str(image, p->text);
    uint32_t n = want.n;
    switch ((enum tj_predicate_how)p->how) {
    case TJ_PRED_IS: return same(text, want, p->caseless);
    case TJ_PRED_STARTS: return text.n >= n && same(tj_str_sub(text, 0, n), want, p->caseless);
    case TJ_PRED_ENDS: return text.n >= n && same(tj_str_sub(text, text.n - n, text.n), want, p->caseless);
    case TJ_PRED_CONTAINS:
    case TJ_PRED_WORD: return occurs(p, want, text);
    case TJ_PRED_UNDER:
        return text.n >= n && same(tj_str_sub(text, 0, n), want, p->caseless) &&
               (text.n == n || text.p[n] == '/' || tj_str_is(want, "/"));
    case TJ_PRED_REGEX: return regex_matches(want, p->caseless, text);
    }
    return false;
}

/* ---- conditions --------------------------------------------------------------------------------------------------- */

static bool any_text(const struct tj_image *image, const struct tj_cond *cond, const struct naive_instance *instance) {
    int database = tj_image_database_of((enum tj_field)cond->field, instance->subject);
    if (database < 0) return false;
    uint32_t row = tj_image_predicate(image, (enum tj_database)database, cond->arg);
    const struct tj_predicate *p = TJ_ROW(image, PREDICATES, struct tj_predicate, row);
    const struct naive_field *f = &instance->field[cond->field];
    for (uint32_t i = 0; i < f->n; i++)
        if (naive_predicate(image, p, f->texts[i])) return true;
    return false;
}

static bool any_name(const struct tj_image *image, const struct tj_cond *cond, const struct naive_field *f) {
    for (uint32_t i = 0; i < f->n; i++)
        for (uint32_t j = 0; j < cond->n; j++) {
            uint32_t name = *TJ_ROW(image, U32, uint32_t, cond->arg + j);
            if (tj_str_eq(tj_image_str(image, *TJ_ROW(image, NAMES, struct tj_ref, name)), f->texts[i])) return true;
        }
    return false;
}

static bool holds(const struct tj_image *image, uint32_t at, const struct naive_instance *instance) {
    const struct tj_cond *cond = TJ_ROW(image, CONDS, struct tj_cond, at);
    const struct naive_field *f = &instance->field[cond->field];
    if (cond->op <= TJ_COND_NONE) {
        uint32_t held = 0, children = 0;
        for (uint32_t i = at + 1; i < at + cond->skip; i += TJ_ROW(image, CONDS, struct tj_cond, i)->skip, children++)
            held += holds(image, i, instance);
        return cond->op == TJ_COND_ALL ? held == children : cond->op == TJ_COND_ANY ? held > 0 : held == 0;
    }
    switch ((enum tj_cond_op)cond->op) {
    case TJ_COND_MATCH: return any_text(image, cond, instance);
    case TJ_COND_NAME: return any_name(image, cond, f);
    case TJ_COND_ENUM:
    case TJ_COND_SET_ANY: return (f->bits & *TJ_ROW(image, U64, uint64_t, cond->arg)) != 0;
    case TJ_COND_SET_ALL: return (~f->bits & *TJ_ROW(image, U64, uint64_t, cond->arg)) == 0;
    case TJ_COND_SET_NONE: return (f->bits & *TJ_ROW(image, U64, uint64_t, cond->arg)) == 0;
    case TJ_COND_FLAG: return instance->flags[cond->arg / 64] >> (cond->arg % 64) & 1;
    case TJ_COND_BOOL: return f->number == cond->arg;
    case TJ_COND_NUMBER:
        return f->number >= *TJ_ROW(image, U32, uint32_t, cond->arg) &&
               f->number <= *TJ_ROW(image, U32, uint32_t, cond->arg + 1);
    default: return false;
    }
}

bool naive_conditions(const struct tj_image *image, struct tj_range range, const struct naive_instance *instance,
                      bool empty) {
    return range.n ? holds(image, range.at, instance) : empty;
}

bool naive_block(const struct tj_image *image, const struct tj_block *block, const struct naive_instance *instance) {
    return block->subject == (uint8_t)instance->subject && naive_conditions(image, block->where, instance, true) &&
           !naive_conditions(image, block->unless, instance, false);
}

bool naive_phrase(const struct tj_image *image, uint32_t phrase, struct tj_str text) {
    const struct tj_phrase *row = TJ_ROW(image, PHRASES, struct tj_phrase, phrase);
    return regex_matches(tj_image_str(image, row->text), true, text);
}
