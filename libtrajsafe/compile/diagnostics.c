/* The table of all diagnostics of the rule compiler, their collection, and guesses at what was meant. */
#include "compile/diagnostics.h"

enum { KEPT = 300 };

/* Numbers are permanent: documents and suppressions name them. Append; never reuse one. */
static const struct tj_trouble_row rows[TJ_TROUBLE_COUNT] = {
    [TJ_BAD_YAML] = {101, false, "not YAML: {0}", "check indentation, quotes and brackets around this place"},
    [TJ_BAD_ALIAS] = {102, false, "anchors, aliases and tags are not part of the rule language", "write the value out"},
    [TJ_BAD_DEPTH] = {103, false, "nested too deeply", "no rule needs more than a few levels"},
    [TJ_BAD_DOCUMENT] = {104, false, "a file is one mapping with one of the known top keys",
                         "begin with rules:, programs:, tools:, paths:, hosts:, phrases: or profiles:"},
    [TJ_BAD_TOP_KEY] = {105, false, "unknown top key '{0}'",
                        "use one of rules, programs, tools, paths, hosts, phrases, profiles"},
    [TJ_BAD_FILE_NAME] = {106, false, "a file named '{0}' was added before", "give it another name"},
    [TJ_BAD_KEY] = {110, false, "unknown key '{0}' in {1}", "see rules/README.md for the keys"},
    [TJ_BAD_MISSING] = {111, false, "{1} has no '{0}'", "add it"},
    [TJ_BAD_TYPE] = {112, false, "'{0}' must be {1}", ""},
    [TJ_BAD_DUPLICATE_KEY] = {113, false, "the key '{0}' stands here twice",
                              "keep one; for two conditions on one field use all:"},
    [TJ_BAD_WORD] = {114, false, "'{0}' is not {1}", "`trajsafe rules vocabulary` prints what there is"},
    [TJ_BAD_RANGE] = {115, false, "'{0}' must be {1}", ""},
    [TJ_BAD_EMPTY] = {116, false, "'{0}' is empty", "remove it or fill it"},
    [TJ_BAD_DUPLICATE] = {120, false, "'{0}' is defined twice, first in {1}", "rename or remove one"},
    [TJ_BAD_ID] = {121, false, "'{0}' is not a rule id",
                   "three or more words of a-z, 0-9 and '-', joined by dots: security.tunnel.reverse-ssh"},
    [TJ_BAD_ID_CATEGORY] = {122, false, "the id '{0}' does not begin with its category '{1}'",
                            "let id and leaf name the same category"},
    [TJ_BAD_NO_EXAMPLES] = {123, false, "the rule has no {0}",
                            "give at least one command that must fire (hits) and the nearest harmless one (misses)"},
    [TJ_BAD_LEAF] = {124, false, "'{0}' is not one of the nine leaves", "write category/leaf: security/behaviour"},
    [TJ_BAD_FIELD] = {130, false, "'{0}' is not a field", "`trajsafe rules vocabulary` prints the fields"},
    [TJ_BAD_FIELD_SUBJECT] = {131, false, "{1} has no field '{0}'", "choose another field, or another `on:`"},
    [TJ_BAD_PREDICATE] = {132, false, "'{0}' is not a test on {1}", ""},
    [TJ_BAD_SHORT] = {133, false, "the pattern '{0}' has no literal of at least 4 bytes",
                      "every pattern is looked for in all text, and one without a literal slows all of them: add text "
                      "that must be there, list exact values, or test `program`, `option` or `class`"},
    [TJ_BAD_REGEX] = {134, false, "the pattern compiler refuses this expression: {0}",
                      "no back-references or look-around; it may not match nothing"},
    [TJ_BAD_NEVER] = {135, false, "this can never hold: {0}", "remove one of the conditions that exclude each other"},
    [TJ_BAD_FLAG] = {136, false, "no program has a flag '{0}'", "name it in rules/programs: {names: [-x], flag: {0}}"},
    [TJ_BAD_REFERENCE] = {140, false, "no block is named '{0}'", "give a block of this rule `as: {0}`"},
    [TJ_BAD_REFERENCE_LATER] = {141, false, "'{0}' stands later in the sequence", "join with an earlier block"},
    [TJ_BAD_SEQUENCE] = {142, false, "a sequence has {0}", "two to eight blocks"},
    [TJ_BAD_KEY_SUBJECT] = {143, false, "'{0}' does not go with `on: {1}`", "see the kinds of rules in rules/README.md"},
    [TJ_BAD_RUN_SHAPE] = {144, false, "a rule on a run has one of sequence, constraint and claim", "choose one"},
    [TJ_BAD_BLOCK_SUBJECT] = {145, false, "a block cannot be on '{0}'", "use effect, command, edit or message"},
    [TJ_BAD_OPTION_NAME] = {150, false, "'{0}' is no option of a program with style {1}",
                            "begin with '-' ('+' also for words); end in '=' for keyvalue and call"},
    [TJ_BAD_REST] = {151, false, "only one operand can take the rest", "keep one `...`"},
    [TJ_BAD_MANY_FLAGS] = {152, false, "more than 255 different flags", "use one name for options that mean the same"},
    [TJ_BAD_NESTING] = {153, false, "'{0}' holds too much for an image", "split it or shorten it"},
    [TJ_BAD_PATTERN] = {160, false, "'{0}' is no pattern of canonical paths: {1}",
                        "begin with /, ~, @/ or **/; no ., .. or empty parts"},
    [TJ_BAD_HOST] = {161, false, "'{0}' is no lower-case name, address or range of addresses",
                     "write ngrok.io: it covers all names below it"},
    [TJ_BAD_ORDER] = {170, false, "{0} is above {1}", "thresholds rise: ask <= deny, mask <= review <= drop"},
    [TJ_BAD_EXAMPLE] = {180, false, "an example {0}",
                        "write a command, or a mapping with command:, call:, steps:, files: or message:"},
    [TJ_BAD_DATABASE] = {190, false, "the patterns of field '{0}' do not compile: {1}", ""},
    [TJ_ODD_ATTACK] = {501, true, "'{0}' does not look like an id of {1}", "T1572 or T1053.003; ASI02; AML.T0105"},
    [TJ_ODD_NO_BALANCED] = {502, true, "there is no profile 'balanced', the default one", "add it to profiles.yaml"},
    [TJ_ODD_MANY] = {503, true, "there are more diagnostics than are kept", "mend these first"},
};

const struct tj_trouble_row *tj_trouble_row(enum tj_trouble trouble) { return &rows[trouble]; }

/* Invisible and non-UTF-8 bytes of a rule must not reach a terminal; long quotes are cut. */
static void put_quoted(struct tj_buf *buf, struct tj_str s) {
    enum { LONGEST = 230 };
    uint32_t at = 0;
    while (at < s.n && at < LONGEST) {
        uint32_t from = at, c = tj_utf8_next(s, &at);
        if (c != 0xfffd && c >= 0x20 && (c < 0x7f || c >= 0xa0)) {
            tj_buf_put(buf, tj_str_sub(s, from, at));
            continue;
        }
        for (; from < at; from++) tj_buf_putf(buf, "\\x%02x", (unsigned)(unsigned char)s.p[from]);
    }
    if (at < s.n) tj_buf_puts(buf, "…");
}

static struct tj_str fill(struct tj_arena *arena, const char *text, struct tj_str a, struct tj_str b) {
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    for (const char *p = text; *p; p++) {
        bool hole = p[0] == '{' && (p[1] == '0' || p[1] == '1') && p[2] == '}';
        if (!hole) {
            tj_buf_putc(&buf, *p);
            continue;
        }
        put_quoted(&buf, p[1] == '0' ? a : b);
        p += 2;
    }
    tj_buf_putc(&buf, '\0');
    struct tj_str out = tj_buf_str(&buf);
    return out.n ? tj_str_sub(out, 0, out.n - 1) : TJ_STR("");
}

void tj_diagnose(struct tj_diagnostics *d, enum tj_trouble trouble, struct tj_where where, struct tj_str a,
                 struct tj_str b, struct tj_str mend) {
    const struct tj_trouble_row *row = &rows[trouble];
    if (!row->warning) d->errors++;
    if (d->list.n > KEPT) return;
    if (d->list.n == KEPT) {
        trouble = TJ_ODD_MANY;
        row = &rows[trouble];
        where = (struct tj_where){TJ_NONE, 0, 0};
        mend = TJ_STR_NONE;
    }
    struct tj_diagnostic diagnostic = {
        .trouble = trouble,
        .file = where.file,
        .line = where.line,
        .column = where.column,
        .message = fill(d->arena, row->message, a, b),
        .mend = mend.n ? fill(d->arena, "{0}", mend, mend) : fill(d->arena, row->mend, a, b),
    };
    (void)tj_vec_push(d->arena, &d->list, diagnostic);
}

enum { LONGEST_WORD = 40 };

/* Optimal string alignment: insertions, deletions, changes and swapped neighbours count one each. */
static uint32_t distance(struct tj_str a, struct tj_str b) {
    uint32_t d[3][LONGEST_WORD + 1];
    for (uint32_t j = 0; j <= b.n; j++) d[0][j] = j;
    for (uint32_t i = 1; i <= a.n; i++) {
        uint32_t *row = d[i % 3], *above = d[(i - 1) % 3], *above2 = d[(i + 1) % 3];
        row[0] = i;
        for (uint32_t j = 1; j <= b.n; j++) {
            char x = tj_lower(a.p[i - 1]), y = tj_lower(b.p[j - 1]);
            uint32_t best = above[j - 1] + (x != y);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            if (i > 1 && j > 1 && x == tj_lower(b.p[j - 2]) && y == tj_lower(a.p[i - 2]) && above2[j - 2] + 1 < best)
                best = above2[j - 2] + 1;
            row[j] = best;
        }
    }
    return d[a.n % 3][b.n];
}

void tj_meant_try(struct tj_meant *meant, struct tj_str candidate) {
    struct tj_str word = meant->word;
    if (word.n == 0 || word.n > LONGEST_WORD || candidate.n == 0 || candidate.n > LONGEST_WORD) return;
    uint32_t limit = word.n <= 3 ? 1 : word.n <= 6 ? 2 : 3;
    uint32_t d = distance(word, candidate);
    if (d > limit && word.n >= 4 && (tj_str_starts(candidate, word) || tj_str_starts(word, candidate))) d = limit;
    if (d > limit || (meant->best.n && d >= meant->distance)) return;
    meant->best = candidate;
    meant->distance = d;
}

struct tj_str tj_meant_text(const struct tj_meant *meant, struct tj_arena *arena) {
    if (meant->best.n == 0) return TJ_STR_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    tj_buf_puts(&buf, "did you mean '");
    tj_buf_put(&buf, meant->best);
    tj_buf_puts(&buf, "'?");
    return tj_buf_str(&buf);
}
