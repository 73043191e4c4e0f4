/* The module's face: caps, the scanner, then tree-sitter and recovery for what the scanner cannot read. */
#include "shell/parser.h"

#include <stdlib.h>

struct tj_shell {
    struct tj_tree *tree;
};

trajsafe_status tj_shell_new(struct tj_shell **out) {
    struct tj_shell *shell = calloc(1, sizeof *shell);
    if (!shell) {
        return TRAJSAFE_NO_MEMORY;
    }
    shell->tree = tj_tree_new();
    if (!shell->tree) {
        free(shell);
        return TRAJSAFE_NO_MEMORY;
    }
    *out = shell;
    return TRAJSAFE_OK;
}

void tj_shell_free(struct tj_shell *shell) {
    if (shell) {
        tj_tree_free(shell->tree);
        free(shell);
    }
}

bool tj_shell_tree_unsound(const struct tj_shell *shell) { return tj_tree_unsound(shell->tree); }

/* Bytes of the script that are parsed: all, or whole lines up to the cap. */
static uint32_t parsed_bytes(struct tj_str source) {
    if (source.n <= TJ_SHELL_MAX_BYTES) {
        return source.n;
    }
    uint32_t n = tj_str_rchr(tj_str_sub(source, 0, TJ_SHELL_MAX_BYTES), '\n');
    return n == TJ_NOT_FOUND ? TJ_SHELL_MAX_BYTES : n;
}

static bool is_ascii(struct tj_str s) {
    uint32_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t eight;
        memcpy(&eight, s.p + i, 8);
        if (eight & UINT64_C(0x8080808080808080)) {
            return false;
        }
    }
    for (; i < s.n; i++) {
        if ((unsigned char)s.p[i] > 0x7f) {
            return false;
        }
    }
    return true;
}

/* Bytes that are no text are named; the scanner takes NUL for a blank. */
static void check_bytes(struct tj_sh_parser *p, struct tj_str source) {
    const char *nul = source.n ? memchr(source.p, '\0', source.n) : NULL;
    if (nul) {
        uint32_t at = (uint32_t)(nul - source.p);
        tj_sh_trouble(p, TJ_REASON_BINARY, at, at + 1);
    } else if (!is_ascii(source) && !tj_utf8_valid(source)) {
        tj_sh_trouble(p, TJ_REASON_BINARY, 0, source.n);
    }
}

/* A Markdown fence is no shell, though Bash takes it for an empty substitution. */
static void check_fence(struct tj_sh_parser *p, struct tj_str source) {
    uint32_t at = 0;
    while (at < source.n && tj_is_space(source.p[at])) {
        at++;
    }
    if (tj_str_starts(tj_str_sub(source, at, source.n), TJ_STR("```"))) {
        tj_sh_trouble(p, TJ_REASON_SYNTAX, at, at + 3);
    }
}

static bool scan(struct tj_sh_parser *p) {
    p->out->first = tj_sh_statements(p).first;
    if (!p->bad && !tj_sh_end(p)) {
        tj_sh_fail(p, TJ_REASON_SYNTAX);
    }
    return !p->bad;
}

/* The source as tree-sitter may see it: no NUL, `<aaa` for <<END, blanks for bodies; every offset stays. */
static struct tj_str mask(struct tj_sh_parser *p) {
    char *s = tj_arena_dup(p->arena, tj_sh_slice(p, 0, p->view.end));
    if (!s) {
        return TJ_STR_NONE;
    }
    for (uint32_t i = 0; i < p->view.end; i++) {
        if (s[i] == '\0' || (s[i] == '\r' && s[i + 1] == '\n')) {
            s[i] = ' ';
        }
    }
    for (uint32_t i = 0; i < p->view.heredocs.n; i++) {
        const struct tj_sh_heredoc *doc = &p->view.heredocs.at[i];
        memset(s + doc->op + 1, 'a', doc->op_end - doc->op - 1);
        memset(s + doc->body_begin, ' ', doc->resume - doc->body_begin);
    }
    return tj_str_make(s, p->view.end);
}

static bool by_tree(struct tj_shell *shell, struct tj_sh_parser *p) {
    struct tj_str masked = mask(p);
    struct tj_sh_chain chain;
    if (masked.n == 0 || tj_sh_caps(masked) != TJ_SH_CAPS_OK || !tj_tree_lower(shell->tree, p, masked, &chain)) {
        return false;
    }
    p->out->first = chain.first;
    return true;
}

/* Whether what went wrong is small enough that tree-sitter can help at a bounded price. */
static bool worth_a_tree(const struct tj_sh_parser *p) {
    return p->errors <= TJ_TREE_MAX_ERRORS && p->skipped <= TJ_TREE_MAX_SKIPPED;
}

/* Marks what lies around a failure that only the scanner saw. */
static void flag_around(struct tj_sh_parser *p, uint32_t at) {
    for (uint32_t i = 0; i < p->out->node.n; i++) {
        struct tj_sh_node *node = tj_sh_at(p, i);
        node->flags |= node->begin <= at && at <= node->end ? TJ_SH_ERROR : 0;
    }
}

static void parse(struct tj_shell *shell, struct tj_sh_parser *p, enum tj_shell_mode mode) {
    struct tj_sh_mark start = tj_sh_mark(p);
    if (mode != TJ_SHELL_TREE && scan(p)) {
        return;
    }
    enum tj_reason reason = mode == TJ_SHELL_TREE ? TJ_REASON_SYNTAX : (enum tj_reason)p->bad_reason;
    uint32_t failed = p->bad_at;
    tj_sh_rewind(p, &start);
    if (mode != TJ_SHELL_TREE) {
        p->out->first = tj_sh_recover(p).first;
    }
    if (mode != TJ_SHELL_SCAN && reason == TJ_REASON_SYNTAX && worth_a_tree(p)) {
        tj_sh_rewind(p, &start);
        if (!by_tree(shell, p)) {
            tj_sh_rewind(p, &start);
            p->out->first = tj_sh_recover(p).first;
        }
    }
    if (mode != TJ_SHELL_TREE && p->out->trouble.n == start.trouble) {
        tj_sh_trouble(p, reason, failed, failed);
        flag_around(p, failed);
    }
}

trajsafe_status tj_shell_parse_mode(struct tj_shell *shell, struct tj_arena *arena, struct tj_str source,
                                    enum tj_dialect dialect, enum tj_shell_mode mode, struct tj_script *out) {
    *out = (struct tj_script){.source = source, .first = TJ_NONE};
    struct tj_sh_parser p = {.arena = arena, .out = out};
    if (dialect != TJ_DIALECT_BASH && dialect != TJ_DIALECT_SH && dialect != TJ_DIALECT_ZSH) {
        tj_sh_trouble(&p, TJ_REASON_DIALECT, 0, source.n);
        return arena->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
    }
    p.view.s = source.p ? source.p : "";
    p.view.end = source.p ? parsed_bytes(source) : 0;
    p.lookahead = TJ_SHELL_MAX_LOOKAHEAD * p.view.end + TJ_SHELL_MAX_BYTES;
    if (!tj_vec_room(arena, &out->node, 1)) {
        return TRAJSAFE_NO_MEMORY;
    }
    if (p.view.end < source.n) {
        tj_sh_trouble(&p, TJ_REASON_SIZE, p.view.end, source.n);
    }
    check_bytes(&p, tj_str_make(p.view.s, p.view.end));
    check_fence(&p, tj_str_make(p.view.s, p.view.end));
    tj_sh_heredocs_find(&p, &p.view, 0, false);
    parse(shell, &p, mode);
    return arena->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}

trajsafe_status tj_shell_parse(struct tj_shell *shell, struct tj_arena *arena, struct tj_str source,
                               enum tj_dialect dialect, struct tj_script *out) {
    return tj_shell_parse_mode(shell, arena, source, dialect, TJ_SHELL_AUTO, out);
}
