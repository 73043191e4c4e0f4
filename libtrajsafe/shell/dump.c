/* An indented dump of a script: one line per node, redirection, assignment, word and part. */
#include "shell/shell.h"

static const char *const node_names[] = {"simple", "pipeline", "list", "subshell", "group",  "if",   "while",
                                         "for",    "cfor",     "case", "function", "coproc", "test", "arith"};
static const char *const part_names[] = {"literal", "quoted", "param", "command", "process", "arith", "array"};
static const char *const redir_names[] = {"<", ">", ">>", ">|", "<>", "<&", ">&", "&>", "&>>", "<<", "<<<"};
static const char *const link_names[] = {"", " &&", " ||"};

struct dump {
    const struct tj_script *script;
    struct tj_buf *out;
};

static void dump_nodes(struct dump *d, uint32_t node, uint32_t depth);

static void indent(struct dump *d, uint32_t depth) {
    for (uint32_t i = 0; i < depth; i++) {
        tj_buf_puts(d->out, "  ");
    }
}

static void span(struct dump *d, uint32_t begin, uint32_t end) { tj_buf_putf(d->out, " @%u-%u", begin, end); }

static void flags(struct dump *d, uint32_t value, const char *const *names) {
    for (uint32_t i = 0; names[i]; i++) {
        if (value & (1u << i)) {
            tj_buf_putf(d->out, " %s", names[i]);
        }
    }
}

static void text(struct dump *d, const char *label, struct tj_str s) {
    tj_buf_puts(d->out, label);
    tj_buf_json(d->out, s);
}

static void dump_words(struct dump *d, uint32_t from, uint32_t to, uint32_t depth);

static void op(struct dump *d, const struct tj_sh_part *part) {
    if (part->op) {
        tj_buf_puts(d->out, " op ");
        tj_buf_putc(d->out, (char)part->op);
        if (part->op2) {
            tj_buf_putc(d->out, (char)part->op2);
        }
    }
}

static void dump_part(struct dump *d, const struct tj_sh_part *part, uint32_t depth) {
    static const char *const names[] = {"in-double", "glob", "brace", "tilde", "escaped", "indirect", NULL};
    indent(d, depth);
    tj_buf_puts(d->out, part_names[part->kind]);
    if (part->kind != TJ_PART_COMMAND && part->kind != TJ_PART_PROCESS) {
        text(d, " ", part->text);
    }
    if (part->index.n) {
        text(d, " index ", part->index);
    }
    op(d, part);
    flags(d, part->flags, names);
    span(d, part->begin, part->end);
    tj_buf_putc(d->out, '\n');
    dump_words(d, part->child, part->child_end, depth + 1);
    dump_nodes(d, part->node, depth + 1);
}

static void dump_words(struct dump *d, uint32_t from, uint32_t to, uint32_t depth) {
    for (uint32_t i = from; i < to; i++) {
        const struct tj_sh_word *word = &d->script->word.at[i];
        indent(d, depth);
        tj_buf_puts(d->out, "word");
        span(d, word->begin, word->end);
        tj_buf_putc(d->out, '\n');
        for (uint32_t k = word->part; k < word->part_end; k++) {
            dump_part(d, &d->script->part.at[k], depth + 1);
        }
    }
}

static void dump_assign(struct dump *d, const struct tj_sh_assign *assign, uint32_t depth) {
    indent(d, depth);
    text(d, "assign ", assign->name);
    if (assign->index.n) {
        text(d, " index ", assign->index);
    }
    tj_buf_puts(d->out, assign->append ? " append" : "");
    tj_buf_puts(d->out, assign->array ? " array" : "");
    span(d, assign->begin, assign->end);
    tj_buf_putc(d->out, '\n');
    dump_words(d, assign->word, assign->word_end, depth + 1);
}

static void dump_redir(struct dump *d, const struct tj_sh_redir *redir, uint32_t depth) {
    indent(d, depth);
    tj_buf_putf(d->out, "redir %d %s", redir->fd, redir_names[redir->op]);
    tj_buf_puts(d->out, redir->quoted ? " quoted" : "");
    tj_buf_puts(d->out, redir->strip ? " strip" : "");
    span(d, redir->begin, redir->end);
    if (redir->op == TJ_REDIR_HEREDOC) {
        tj_buf_putf(d->out, " body %u-%u", redir->body_begin, redir->body_end);
    }
    tj_buf_putc(d->out, '\n');
    if (redir->word != TJ_NONE) {
        dump_words(d, redir->word, redir->word + 1, depth + 1);
    }
}

static void dump_node(struct dump *d, const struct tj_sh_node *node, uint32_t depth) {
    static const char *const names[] = {"negated", "background", "timed", "pipe-both", "error", NULL};
    indent(d, depth);
    tj_buf_puts(d->out, node_names[node->kind]);
    tj_buf_puts(d->out, link_names[node->link]);
    if (node->name.n) {
        text(d, " ", node->name);
    }
    flags(d, node->flags, names);
    span(d, node->begin, node->end);
    tj_buf_putc(d->out, '\n');
    for (uint32_t i = node->assign; i < node->assign_end; i++) {
        dump_assign(d, &d->script->assign.at[i], depth + 1);
    }
    dump_words(d, node->word, node->word_end, depth + 1);
    for (uint32_t i = node->redir; i < node->redir_end; i++) {
        dump_redir(d, &d->script->redir.at[i], depth + 1);
    }
    dump_nodes(d, node->first, depth + 1);
}

static void dump_nodes(struct dump *d, uint32_t node, uint32_t depth) {
    for (; node != TJ_NONE; node = d->script->node.at[node].next) {
        dump_node(d, &d->script->node.at[node], depth);
    }
}

void tj_script_dump(const struct tj_script *script, struct tj_buf *out) {
    struct dump d = {script, out};
    dump_nodes(&d, script->first, 0);
    for (uint32_t i = 0; i < script->comment.n; i++) {
        tj_buf_puts(out, "comment");
        span(&d, script->comment.at[i].begin, script->comment.at[i].end);
        tj_buf_putc(out, '\n');
    }
    for (uint32_t i = 0; i < script->trouble.n; i++) {
        const struct tj_sh_trouble *trouble = &script->trouble.at[i];
        tj_buf_putf(out, "trouble %s", tj_vocab_name(TJ_LIST_REASONS, trouble->reason));
        span(&d, trouble->begin, trouble->end);
        tj_buf_putc(out, '\n');
    }
}
