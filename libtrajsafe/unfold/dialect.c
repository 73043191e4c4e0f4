/* Shells that are no relatives of sh: what all shells read alike is read, the rest is said not to be understood. */
#include "unfold/work.h"

/*
 * Words, quotes, lists, pipes and output to files mean the same in csh, fish, nu, elvish and sh as long as nothing is
 * expanded: no $, `, \\, brackets, globs, history or comments.
 */
static bool is_common(struct tj_str s) {
    char quote = '\0';
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '#' && (i == 0 || s.p[i - 1] == '\n')) { /* a comment, the #! line */
            uint32_t line = tj_str_chr(s, '\n', i);
            i = line == TJ_NOT_FOUND ? s.n : line;
            continue;
        }
        if (c == '\\' || c == '$' || c == '`') return false;
        if (quote) {
            if (c == '!' || c == '\n') return false;
            if (c == quote) quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (!tj_is_alnum(c) && !strchr(" \t\n_-./:,+@%;&|>", c)) {
            return false;
        }
    }
    return !quote;
}

/* Words that begin compound commands, or join commands, in one of them. */
static bool has_keyword(struct tj_str s) {
    static const char *const words[] = {"if",   "for",  "foreach", "while", "switch", "case",   "begin",    "end",
                                        "set",  "let",  "def",     "and",   "or",     "not",    "function", "else",
                                        "then", "fi",   "do",      "done",  "esac",   "export", "alias",    "setenv",
                                        "@",    "loop", "match",   "try",   "fn",     "var",    "mut",      "source"};
    for (uint32_t at = 0; at < s.n;) {
        while (at < s.n && (tj_is_space(s.p[at]) || strchr(";&|", s.p[at]))) at++;
        uint32_t end = at;
        while (end < s.n && !tj_is_space(s.p[end]) && !strchr(";&|", s.p[end])) end++;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (tj_str_is(tj_str_sub(s, at, end), words[i])) return true;
        while (end < s.n && !strchr(";&|\n", s.p[end])) end++;
        at = end + (end == at);
    }
    return false;
}

void tj_walk_dialect(struct tj_work *w, struct tj_env *env, uint32_t text) {
    struct tj_env inner = *env;
    struct tj_str s = w->out->texts.text.at[text].bytes;
    if (env->dialect == TJ_DIALECT_PWSH) {
        tj_walk_pwsh(w, env, text);
        return;
    }
    if (env->dialect == TJ_DIALECT_CMD) {
        tj_walk_cmd(w, env, text);
        return;
    }
    if (!is_common(s) || has_keyword(s)) {
        tj_work_unknown(w, TJ_REASON_DIALECT, (struct tj_span){text, 0, s.n});
        /* A guess at what it may be, beside saying so: its words are not split, as in all of them. */
        inner.flags |= TJ_CMD_GUESSED;
    }
    inner.dialect = TJ_DIALECT_ZSH;
    tj_walk_text(w, &inner, text);
}
