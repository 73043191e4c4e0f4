/* Quiet Python: code that names nothing the tables or rules know needs no parse, because no call in it could matter. */
#include <stdlib.h>

#include "unfold/work.h"

/*
 * A call that the tables know by a dotted name needs both its first and its last name in the source: as `os.remove(x)`, after
 * `import os as o`, `from os import remove as r` or `from os import *`. What gets around that (getattr, exec, dunder
 * attributes, sys.modules, names that Unicode folds to ASCII, IPython lines, other source encodings) is never quiet.
 * Most code that agents run is: a parse costs a hundred times what this look does. What it prints is not known then, so
 * code whose output something reads is parsed all the same.
 */
#define SLOTS 4096u /* of the table of names; a power of two, at most a quarter full */
#define MOST_BYTES (128u << 10)
#define MOST_NESTING 100u
#define ALWAYS 0u /* a first name that needs not stand in the source */

struct pair {
    uint16_t first, last; /* numbers of names */
};
struct tj_quiet {
    struct {
        uint64_t hash;
        uint16_t name; /* its number; 0: empty */
    } slot[SLOTS];
    uint32_t names;
    struct pair *pair;
    uint32_t pairs, room;
    bool full; /* more names than are kept: nothing is quiet */
};

static uint16_t *slot_of(struct tj_quiet *q, uint64_t hash) {
    uint32_t at = (uint32_t)hash & (SLOTS - 1);
    while (q->slot[at].name && q->slot[at].hash != hash) at = (at + 1) & (SLOTS - 1);
    q->slot[at].hash = hash;
    return &q->slot[at].name;
}

static uint16_t number_of(struct tj_quiet *q, struct tj_str name) {
    uint16_t *slot = slot_of(q, tj_hash(name));
    if (*slot == 0) {
        if (q->names >= SLOTS / 4)
            q->full = true;
        else
            *slot = (uint16_t)++q->names;
    }
    return *slot;
}

static void add_pair(struct tj_quiet *q, uint16_t first, uint16_t last) {
    if (q->pairs == q->room) {
        uint32_t room = q->room ? q->room * 2 : 512;
        struct pair *more = realloc(q->pair, room * sizeof *more);
        if (!more) {
            q->full = true;
            return;
        }
        q->pair = more;
        q->room = room;
    }
    q->pair[q->pairs++] = (struct pair){first, last};
}

/* "py:os.path.join": os and join. Types that only other calls make (file, str) need no name of their own. */
static void add_name(struct tj_quiet *q, struct tj_str name) {
    if (!tj_str_starts(name, TJ_STR("py:"))) return;
    name = tj_str_sub(name, 3, name.n);
    uint32_t dot = tj_str_chr(name, '.', 0), end = tj_str_rchr(name, '.');
    struct tj_str first = tj_str_sub(name, 0, dot == TJ_NOT_FOUND ? name.n : dot);
    struct tj_str last = end == TJ_NOT_FOUND ? name : tj_str_sub(name, end + 1, name.n);
    if (tj_str_is(first, "file")) return; /* made by open() and its like, which have names */
    bool anywhere = first.n == 0 || dot == TJ_NOT_FOUND || tj_str_is(first, "builtins") || tj_str_is(first, "str") ||
                    tj_str_is(first, "ipython");
    add_pair(q, anywhere ? ALWAYS : number_of(q, first), number_of(q, last));
}

/* Rows that give neither effects nor nested code say only that a call is harmless. */
static bool acts(const struct tj_image *image, const struct tj_program *row) {
    if (row->handler || row->effects.n || row->receiver) return true;
    if (row->traits & ~(TJ_PROGRAM_OUTPUT_NONE | TJ_PROGRAM_DRY)) return true;
    for (uint32_t i = 0; i < row->operands.n; i++) {
        uint8_t slot = TJ_ROW(image, OPERANDS, struct tj_operand, row->operands.at + i)->slot;
        if (slot != TJ_SLOT_DATA && slot != TJ_SLOT_PATTERN && slot != TJ_SLOT_MESSAGE) return true;
    }
    for (uint32_t i = 0; i < row->options.n; i++)
        if (TJ_ROW(image, OPTIONS, struct tj_option, row->options.at + i)->slot != TJ_SLOT_DATA) return true;
    return false;
}

struct tj_quiet *tj_quiet_new(const struct tj_image *image) {
    static const char *const loud[] = {"getattr",    "setattr", "delattr", "globals",     "locals",
                                       "vars",       "exec",    "eval",    "compile",     "__import__",
                                       "importlib",  "modules", "open",    "get_ipython", "methodcaller",
                                       "attrgetter", "runpy",   "codeop",  "breakpoint",  "builtins"};
    struct tj_quiet *q = calloc(1, sizeof *q);
    if (!q) return NULL;
    for (size_t i = 0; i < sizeof loud / sizeof *loud; i++) add_pair(q, ALWAYS, number_of(q, tj_str_of(loud[i])));
    for (uint32_t i = 0; i < image->n[TJ_SECTION_PROGRAM_INDEX]; i++) {
        const struct tj_index_entry *entry = TJ_ROW(image, PROGRAM_INDEX, struct tj_index_entry, i);
        if (entry->value && acts(image, tj_image_program(image, entry->value - 1)))
            add_name(q, tj_image_str(image, entry->name));
    }
    for (uint32_t i = 0; i < image->n[TJ_SECTION_NAMES]; i++)
        add_name(q, tj_image_str(image, *TJ_ROW(image, NAMES, struct tj_ref, i)));
    return q;
}

void tj_quiet_free(struct tj_quiet *quiet) {
    if (!quiet) return;
    free(quiet->pair);
    free(quiet);
}

static bool tame_dunder(struct tj_str name) {
    static const char *const names[] = {"__name__",  "__main__", "__init__",   "__file__", "__doc__",  "__version__",
                                        "__str__",   "__repr__", "__eq__",     "__hash__", "__len__",  "__all__",
                                        "__call__",  "__lt__",   "__add__",    "__mul__",  "__iter__", "__next__",
                                        "__enter__", "__exit__", "__future__", "__mro__",  "__new__"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tj_str_is(name, names[i])) return true;
    return false;
}

/* Lead bytes of characters that Python folds to ASCII letters in names (NFKC), and bytes that are no UTF-8 text. */
static bool folds(struct tj_str s, uint32_t i) {
    unsigned char a = (unsigned char)s.p[i], b = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
    switch (a) {
    case 0xC2: return b == 0xAA || b == 0xBA;
    case 0xC7:
    case 0xC9:
    case 0xCA:
    case 0xCB:
    case 0xEF: return true;
    case 0xE1: return b >= 0xB4 && b <= 0xB6;
    case 0xE2: return b == 0x81 || b == 0x82 || b == 0x84 || b == 0x85 || b == 0x92 || b == 0x93;
    case 0xF0: return b == 0x9D || b == 0x9F;
    default: return false;
    }
}

struct look {
    const struct tj_quiet *quiet;
    uint64_t seen[SLOTS / 4 / 64 + 1];
    uint32_t nesting;
    bool imports, line_start;
};

/* False: the name makes the source loud. */
static bool take_name(struct look *look, struct tj_str name) {
    if (name.n > 2 && name.p[0] == '_' && name.p[1] == '_' && !tame_dunder(name)) return false;
    if (tj_str_is(name, "import")) look->imports = true;
    if (tj_str_is(name, "coding")) return false; /* a source encoding may hide everything */
    uint64_t hash = tj_hash(name);
    uint32_t at = (uint32_t)hash & (SLOTS - 1);
    while (look->quiet->slot[at].name && look->quiet->slot[at].hash != hash) at = (at + 1) & (SLOTS - 1);
    uint16_t number = look->quiet->slot[at].name;
    if (number) look->seen[number / 64] |= UINT64_C(1) << number % 64;
    return true;
}

static bool take_byte(struct look *look, struct tj_str s, uint32_t i) {
    char c = s.p[i];
    if (c == '\0' || ((unsigned char)c >= 0x80 && folds(s, i))) return false;
    if (look->line_start && (c == '!' || c == '%')) return false;
    if ((c == '(' || c == '[' || c == '{') && ++look->nesting > MOST_NESTING) return false;
    if ((c == ')' || c == ']' || c == '}') && look->nesting) look->nesting--;
    if (c == '\n' || c == '\r')
        look->line_start = true;
    else if (c != ' ' && c != '\t')
        look->line_start = false;
    return true;
}

static bool any_pair(const struct look *look) {
#define SEEN(n) (look->seen[(n) / 64] >> ((n) % 64) & 1)
    for (uint32_t i = 0; i < look->quiet->pairs; i++) {
        const struct pair *p = &look->quiet->pair[i];
        if (SEEN(p->last) && (p->first == ALWAYS || SEEN(p->first))) return true;
    }
    return false;
#undef SEEN
}

bool tj_quiet_python(const struct tj_quiet *quiet, struct tj_str source, bool *imports) {
    struct look look = {.quiet = quiet, .line_start = true};
    if (quiet->full || source.n > MOST_BYTES) return false;
    for (uint32_t i = 0; i < source.n;) {
        char c = source.p[i];
        if (tj_is_alpha(c) || c == '_') {
            uint32_t end = i + 1;
            while (end < source.n && tj_is_name(source.p[end])) end++;
            if (!take_name(&look, tj_str_sub(source, i, end))) return false;
            look.line_start = false;
            i = end;
        } else if (!take_byte(&look, source, i++)) {
            return false;
        }
    }
    *imports = look.imports;
    return look.nesting == 0 && !any_pair(&look); /* brackets that stay open: let the parser say what is wrong */
}
