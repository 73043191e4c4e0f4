/* A compiled image as text for people. */
#include "trajsafe/compile.h"

#include <stdlib.h>

#include "compile/compiler.h"

struct dump {
    const struct tj_image *image;
    struct tj_buf out;
};

#define ROW(d, section, type, i) TJ_ROW((d)->image, section, struct type, i)

static struct tj_str str(struct dump *d, struct tj_ref ref) { return tj_image_str(d->image, ref); }

static void put_ref(struct dump *d, struct tj_ref ref) { tj_buf_put(&d->out, str(d, ref)); }

static void put_quoted(struct dump *d, struct tj_ref ref) { tj_buf_json(&d->out, str(d, ref)); }

static void indent(struct dump *d, uint32_t level) {
    for (uint32_t i = 0; i < level; i++) tj_buf_puts(&d->out, "  ");
}

static void put_share(struct dump *d, uint32_t value) {
    if (value == TJ_NONE)
        tj_buf_puts(&d->out, "never");
    else
        tj_buf_putf(&d->out, "%u.%04u", value / 10000, value % 10000);
}

static void put_mask(struct dump *d, uint64_t mask, enum tj_list list) {
    tj_buf_putc(&d->out, '[');
    const char *separator = "";
    for (uint32_t i = 0; i < tj_vocab_count(list); i++)
        if (mask & UINT64_C(1) << i) {
            tj_buf_puts(&d->out, separator);
            tj_buf_puts(&d->out, tj_vocab_name(list, i));
            separator = " ";
        }
    tj_buf_putc(&d->out, ']');
}

static uint32_t u32(struct dump *d, uint32_t i) { return *TJ_ROW(d->image, U32, uint32_t, i); }

static uint64_t u64(struct dump *d, uint32_t i) { return *TJ_ROW(d->image, U64, uint64_t, i); }

/* ---- rules ------------------------------------------------------------------------------------------------------ */

static const char *const how_names[] = {"is", "starts", "ends", "contains", "regex", "under", "word"};

static void put_predicate(struct dump *d, enum tj_field field, enum tj_subject subject, uint32_t bit) {
    int database = tj_image_database_of(field, subject);
    uint32_t row = database < 0 ? TJ_NONE : tj_image_predicate(d->image, (enum tj_database)database, bit);
    if (row == TJ_NONE) return;
    const struct tj_predicate *p = ROW(d, PREDICATES, tj_predicate, row);
    tj_buf_putf(&d->out, " %s%s ", how_names[p->how], p->caseless ? " caseless" : "");
    put_quoted(d, p->text);
    tj_buf_puts(&d->out, "  /");
    put_ref(d, p->regex);
    tj_buf_putf(&d->out, "/ bit %u", p->bit);
}

static void put_cond(struct dump *d, uint32_t at, enum tj_subject subject, uint32_t level) {
    const struct tj_cond *cond = ROW(d, CONDS, tj_cond, at);
    const struct tj_field_row *field = tj_field_row((enum tj_field)cond->field);
    indent(d, level);
    if (cond->op <= TJ_COND_NONE) {
        static const char *const words[] = {"all", "any", "none"};
        tj_buf_putf(&d->out, "%s of %u\n", words[cond->op], cond->n);
        for (uint32_t i = at + 1; i < at + cond->skip; i += ROW(d, CONDS, tj_cond, i)->skip)
            put_cond(d, i, subject, level + 1);
        return;
    }
    tj_buf_puts(&d->out, field->name);
    switch ((enum tj_cond_op)cond->op) {
    case TJ_COND_MATCH: put_predicate(d, (enum tj_field)cond->field, subject, cond->arg); break;
    case TJ_COND_NAME:
        tj_buf_puts(&d->out, " is one of");
        for (uint32_t i = 0; i < cond->n; i++) {
            tj_buf_putc(&d->out, ' ');
            put_ref(d, *ROW(d, NAMES, tj_ref, u32(d, cond->arg + i)));
        }
        break;
    case TJ_COND_ENUM:
        tj_buf_puts(&d->out, " in ");
        put_mask(d, u64(d, cond->arg), (enum tj_list)field->list);
        break;
    case TJ_COND_SET_ANY:
        tj_buf_puts(&d->out, " has any of ");
        put_mask(d, u64(d, cond->arg), (enum tj_list)field->list);
        break;
    case TJ_COND_SET_ALL:
        tj_buf_puts(&d->out, " has all of ");
        put_mask(d, u64(d, cond->arg), (enum tj_list)field->list);
        break;
    case TJ_COND_SET_NONE:
        tj_buf_puts(&d->out, " has none of ");
        put_mask(d, u64(d, cond->arg), (enum tj_list)field->list);
        break;
    case TJ_COND_FLAG:
        tj_buf_putc(&d->out, ' ');
        put_ref(d, *ROW(d, FLAGS, tj_ref, cond->arg));
        break;
    case TJ_COND_BOOL: tj_buf_puts(&d->out, cond->arg ? " is true" : " is false"); break;
    case TJ_COND_NUMBER: tj_buf_putf(&d->out, " from %u to %u", u32(d, cond->arg), u32(d, cond->arg + 1)); break;
    default: break;
    }
    tj_buf_putc(&d->out, '\n');
}

static void put_conditions(struct dump *d, const char *name, struct tj_range range, enum tj_subject subject) {
    if (range.n == 0) return;
    tj_buf_putf(&d->out, "      %s\n", name);
    put_cond(d, range.at, subject, 4);
}

static void put_block(struct dump *d, uint32_t number, const struct tj_block *b) {
    static const char *const hows[] = {"subject", "with", "without", "sequence", "unless_seen"};
    static const char *const reaches[] = {"command", "pipeline", "call", "run"};
    static const char *const orders[] = {"", " before", " after"};
    static const char *const joins[] = {"", "path", "host", "name", "under"};
    tj_buf_putf(&d->out, "    block %u: %s on %s", number, hows[b->how], tj_vocab_name(TJ_LIST_SUBJECTS, b->subject));
    if (b->as.n) {
        tj_buf_puts(&d->out, " as ");
        put_ref(d, b->as);
    }
    if (b->how == TJ_BLOCK_WITH || b->how == TJ_BLOCK_WITHOUT)
        tj_buf_putf(&d->out, ", in the same %s%s", reaches[b->reach], orders[b->order]);
    if (b->join) tj_buf_putf(&d->out, ", %s joined with block %u", joins[b->join], b->join_block);
    if (b->outcome) tj_buf_putf(&d->out, ", outcome %s", tj_vocab_name(TJ_LIST_OUTCOMES, b->outcome - 1u));
    if (b->guard.n) tj_buf_puts(&d->out, ", tried for");
    for (uint32_t i = 0; i < b->guard.n; i++) {
        tj_buf_putc(&d->out, ' ');
        uint32_t key = u32(d, b->guard.at + i);
        if (b->subject == TJ_SUBJECT_EFFECT)
            tj_buf_puts(&d->out, tj_vocab_name(TJ_LIST_EFFECTS, key));
        else
            put_ref(d, *ROW(d, NAMES, tj_ref, key));
    }
    tj_buf_putc(&d->out, '\n');
    put_conditions(d, "where", b->where, (enum tj_subject)b->subject);
    put_conditions(d, "unless", b->unless, (enum tj_subject)b->subject);
}

static void put_rule(struct dump *d, uint32_t i) {
    static const char *const evidence[] = {"", "last_test_failed", "no_test_run", "test_before_last_edit"};
    const struct tj_rule *r = tj_image_rule(d->image, i);
    tj_buf_puts(&d->out, "rule ");
    put_ref(d, r->id);
    tj_buf_putf(&d->out, "  (%.*s:%u)\n    ", (int)(r->file.n < 200 ? r->file.n : 200), str(d, r->file).p, r->line);
    put_ref(d, r->title);
    tj_buf_putf(&d->out, "\n    %s/%s, %s, confidence ", tj_category_name(tj_leaf_category((enum tj_leaf)r->leaf)),
                tj_leaf_name((enum tj_leaf)r->leaf), tj_vocab_name(TJ_LIST_SEVERITIES, r->severity));
    put_share(d, r->confidence);
    tj_buf_puts(&d->out, r->flags & TJ_RULE_MEASURED ? " measured" : " asserted");
    tj_buf_putf(&d->out, ", on %s%s\n", tj_vocab_name(TJ_LIST_SUBJECTS, r->subject),
                r->flags & TJ_RULE_FLOOR ? " (floor)" : "");
    if (r->phrase)
        tj_buf_putf(&d->out, "    %s %s %s\n", r->evidence ? "claim" : "constraint", tj_phrase_name(r->phrase - 1u),
                    evidence[r->evidence]);
    if (r->within) tj_buf_putf(&d->out, "    within %u steps\n", r->within);
    for (uint32_t j = 0; j < r->blocks.n; j++) put_block(d, j, ROW(d, BLOCKS, tj_block, r->blocks.at + j));
    for (uint32_t j = 0; j < r->examples.n; j++) {
        const struct tj_example *e = ROW(d, EXAMPLES, tj_example, r->examples.at + j);
        tj_buf_puts(&d->out, e->kind == TJ_EXAMPLE_HIT ? "    hit  " : "    miss ");
        put_quoted(d, e->text);
        tj_buf_putc(&d->out, '\n');
    }
}

/* ---- tables ----------------------------------------------------------------------------------------------------- */

static void put_program(struct dump *d, uint32_t i) {
    const struct tj_program *p = tj_image_program(d->image, i);
    tj_buf_puts(&d->out, "program ");
    if (p->parent != TJ_NONE) {
        put_ref(d, tj_image_program(d->image, p->parent)->name);
        tj_buf_putc(&d->out, ' ');
    }
    put_ref(d, p->name);
    tj_buf_puts(&d->out, " (");
    for (uint32_t j = 0; j < p->operands.n; j++) {
        const struct tj_operand *o = ROW(d, OPERANDS, tj_operand, p->operands.at + j);
        tj_buf_putf(&d->out, "%s%s%s%s", j ? " " : "", tj_vocab_name(TJ_LIST_SLOTS, o->slot), o->optional ? "?" : "",
                    o->rest ? "..." : "");
    }
    tj_buf_putc(&d->out, ')');
    if (p->handler) tj_buf_putf(&d->out, " handler %s", tj_vocab_name(TJ_LIST_HANDLERS, p->handler));
    for (uint32_t j = 0; j < p->options.n; j++) {
        const struct tj_option *o = ROW(d, OPTIONS, tj_option, p->options.at + j);
        tj_buf_puts(&d->out, "\n    ");
        put_ref(d, o->name);
        if (o->need)
            tj_buf_putf(&d->out, " %s%s", o->need == TJ_VALUE_OPTIONAL ? "?" : "",
                        tj_vocab_name(TJ_LIST_SLOTS, o->slot));
        if (o->flag) {
            tj_buf_puts(&d->out, " +");
            put_ref(d, *ROW(d, FLAGS, tj_ref, o->flag));
        }
    }
    for (uint32_t j = 0; j < p->effects.n; j++) {
        const struct tj_program_effect *e = ROW(d, PROGRAM_EFFECTS, tj_program_effect, p->effects.at + j);
        tj_buf_putf(&d->out, "\n    does %s %s ", tj_vocab_name(TJ_LIST_EFFECTS, e->kind),
                    tj_vocab_name(TJ_LIST_OBJECTS, e->object));
        put_ref(d, e->text);
    }
    tj_buf_putc(&d->out, '\n');
}

static void put_paths(struct dump *d) {
    static const char *const hows[] = {"exact", "under", "below", "basename", "component", "suffix", "prefix", "glob"};
    for (uint32_t i = 0; i < d->image->n[TJ_SECTION_PATHS]; i++) {
        const struct tj_path_row *p = ROW(d, PATHS, tj_path_row, i);
        tj_buf_putf(&d->out, "path %s%s ", p->except ? "not " : "", hows[p->how]);
        put_ref(d, p->text);
        tj_buf_putc(&d->out, ' ');
        put_mask(d, p->classes, TJ_LIST_CLASSES);
        tj_buf_putc(&d->out, '\n');
    }
    for (uint32_t i = 0; i < d->image->n[TJ_SECTION_HOSTS]; i++) {
        const struct tj_host_row *h = ROW(d, HOSTS, tj_host_row, i);
        tj_buf_puts(&d->out, "host ");
        put_ref(d, h->text);
        tj_buf_putc(&d->out, ' ');
        put_mask(d, h->classes, TJ_LIST_HOST_CLASSES);
        tj_buf_putc(&d->out, '\n');
    }
}

static void put_profiles(struct dump *d) {
    for (uint32_t i = 0; i < d->image->n[TJ_SECTION_PROFILES]; i++) {
        const struct tj_profile *p = ROW(d, PROFILES, tj_profile, i);
        const struct {
            const char *name;
            uint32_t value;
        } parts[] = {{"ask", p->ask}, {"deny", p->deny}, {"mask", p->mask}, {"review", p->review}, {"drop", p->drop}};
        tj_buf_puts(&d->out, "profile ");
        put_ref(d, p->name);
        for (uint32_t j = 0; j < 5; j++) {
            tj_buf_putf(&d->out, " %s ", parts[j].name);
            put_share(d, parts[j].value);
        }
        tj_buf_puts(&d->out, "\n    weights");
        for (uint32_t j = 0; j < TJ_SEVERITY_COUNT; j++) {
            tj_buf_putc(&d->out, ' ');
            put_share(d, p->weight[j]);
        }
        tj_buf_puts(&d->out, "\n    asks when ");
        put_mask(d, p->unknown_ask, TJ_LIST_REASONS);
        tj_buf_puts(&d->out, ", reviews when ");
        put_mask(d, p->unknown_review, TJ_LIST_REASONS);
        tj_buf_putc(&d->out, '\n');
    }
}

static void put_all(struct dump *d) {
    const uint32_t *n = d->image->n;
    tj_buf_putf(&d->out, "engine %s, %u programs, %u tools, %u paths, %u hosts, %u phrases, ", d->image->header->engine,
                n[TJ_SECTION_PROGRAMS], n[TJ_SECTION_TOOLS], n[TJ_SECTION_PATHS], n[TJ_SECTION_HOSTS],
                n[TJ_SECTION_PHRASES]);
    tj_buf_putf(&d->out, "%u rules, %u predicates, %u profiles, %zu bytes\n", n[TJ_SECTION_RULES],
                n[TJ_SECTION_PREDICATES], n[TJ_SECTION_PROFILES], (size_t)d->image->header->size);
    for (uint32_t i = 0; i < n[TJ_SECTION_RULES]; i++) put_rule(d, i);
    for (uint32_t i = 0; i < n[TJ_SECTION_PROGRAMS]; i++) put_program(d, i);
    for (uint32_t i = 0; i < n[TJ_SECTION_TOOLS]; i++) {
        const struct tj_tool *t = tj_image_tool(d->image, i);
        tj_buf_puts(&d->out, "tool ");
        put_ref(d, t->name);
        for (uint32_t j = 0; j < t->keys.n; j++) {
            tj_buf_putc(&d->out, ' ');
            put_ref(d, ROW(d, TOOL_KEYS, tj_tool_key_row, t->keys.at + j)->name);
        }
        tj_buf_putc(&d->out, '\n');
    }
    put_paths(d);
    for (uint32_t i = 0; i < n[TJ_SECTION_PHRASES]; i++) {
        const struct tj_phrase *p = ROW(d, PHRASES, tj_phrase, i);
        tj_buf_putf(&d->out, "phrase %s ", tj_phrase_name(p->kind));
        put_quoted(d, p->text);
        tj_buf_putc(&d->out, '\n');
    }
    put_profiles(d);
}

static trajsafe_status hand_over(struct tj_buf *buf, char **text, trajsafe_error *error) {
    struct tj_str all = tj_buf_str(buf);
    char *copy = buf->failed ? NULL : malloc((size_t)all.n + 1);
    if (!copy) return tj_fail(error, TRAJSAFE_NO_MEMORY, 0, NULL, "out of memory");
    if (all.n) memcpy(copy, all.p, all.n);
    copy[all.n] = '\0';
    *text = copy;
    return TRAJSAFE_OK;
}

trajsafe_status trajsafe_ruleset_dump(const void *image, size_t size, const char *what, char **text,
                                      trajsafe_error *error) {
    struct tj_image opened;
    if (!text) return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 900, NULL, "a required argument is NULL");
    trajsafe_status status = tj_image_open(image, size, &opened, error);
    if (status != TRAJSAFE_OK) return status;
    struct tj_arena arena;
    tj_arena_init(&arena, 0);
    struct dump d = {.image = &opened};
    tj_buf_init(&d.out, &arena);
    uint32_t rule = what ? tj_image_find_rule(&opened, tj_str_of(what)) : TJ_NONE;
    if (what && rule == TJ_NONE) {
        status = tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 911, "`trajsafe rules list` prints the ids",
                         "there is no rule '%.100s'", what);
    } else {
        if (what)
            put_rule(&d, rule);
        else
            put_all(&d);
        status = hand_over(&d.out, text, error);
    }
    tj_arena_free(&arena);
    return status;
}

/* ---- the words of the language ---------------------------------------------------------------------------------- */

static void put_fields(struct tj_buf *out) {
    static const char *const types[] = {"text", "name", "one of", "set of", "flags", "true or false", "number"};
    tj_buf_puts(out, "fields (subject, name, type)\n");
    for (int i = 0; i < TJ_FIELD_COUNT; i++) {
        const struct tj_field_row *f = tj_field_row((enum tj_field)i);
        tj_buf_putf(out, "  %-12s %-14s %-24s", f->name, types[f->type], f->about);
        tj_buf_puts(out, "  on");
        for (uint32_t s = 0; s < TJ_SUBJECT_COUNT; s++)
            if (f->subjects & 1u << s) tj_buf_putf(out, " %s", tj_vocab_name(TJ_LIST_SUBJECTS, s));
        tj_buf_putc(out, '\n');
    }
}

trajsafe_status trajsafe_ruleset_vocabulary(char **text, trajsafe_error *error) {
    static const char *const titles[TJ_LIST_COUNT] = {"effects (kind)",
                                                      "objects (object)",
                                                      "classes of paths (class, carries)",
                                                      "classes of hosts (host_class)",
                                                      "places (place)",
                                                      "coverage",
                                                      "reasons (unknown_ask, unknown_review)",
                                                      "severities",
                                                      "subjects (on)",
                                                      "outcomes (outcome)",
                                                      "authorisations",
                                                      "roles (role)",
                                                      "shell dialects",
                                                      "languages (lang)",
                                                      "slots (operands, as)",
                                                      "standard input (stdin)",
                                                      "handlers"};
    if (!text) return tj_fail(error, TRAJSAFE_BAD_ARGUMENT, 900, NULL, "a required argument is NULL");
    struct tj_arena arena;
    struct tj_buf out;
    tj_arena_init(&arena, 0);
    tj_buf_init(&out, &arena);
    for (int list = 0; list < TJ_LIST_COUNT; list++) {
        tj_buf_putf(&out, "%s\n", titles[list]);
        for (uint32_t i = 0; i < tj_vocab_count((enum tj_list)list); i++)
            tj_buf_putf(&out, "  %-18s %s\n", tj_vocab_name((enum tj_list)list, i),
                        tj_vocab_about((enum tj_list)list, i));
    }
    tj_buf_puts(&out, "leaves\n");
    for (int i = 0; i < TJ_LEAF_COUNT; i++)
        tj_buf_putf(&out, "  %s/%s\n", tj_category_name(tj_leaf_category((enum tj_leaf)i)),
                    tj_leaf_name((enum tj_leaf)i));
    put_fields(&out);
    trajsafe_status status = hand_over(&out, text, error);
    tj_arena_free(&arena);
    return status;
}
