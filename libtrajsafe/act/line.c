/* SWE-agent action lines: ACI commands (open, edit, create, submit, …) or a shell command. */
#include "act/act_private.h"

static struct tj_str first_word(struct tj_str s, struct tj_str *rest) {
    uint32_t i = 0, end;
    while (i < s.n && tj_is_space(s.p[i])) i++;
    for (end = i; end < s.n && !tj_is_space(s.p[end]);) end++;
    *rest = tj_str_sub(s, end, s.n);
    return tj_str_sub(s, i, end);
}

static struct tj_str unquote(struct tj_str s) {
    if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0]) return tj_str_sub(s, 1, s.n - 1);
    return s;
}

/* `edit 10:12` + lines + `end_of_edit`: the open file is not named, so the path stays empty. */
static void act_edit(struct tj_acting *a, struct tj_str rest) {
    uint32_t line = tj_str_chr(rest, '\n', 0);
    struct tj_str body = line == TJ_NOT_FOUND ? TJ_STR_NONE : tj_str_sub(rest, line + 1, rest.n);
    uint32_t end = tj_str_find(body, TJ_STR("end_of_edit"), 0);
    struct tj_action *action = tj_acting_add(a, TJ_ACTION_EDIT);
    if (!action) return;
    action->content = end == TJ_NOT_FOUND ? body : tj_str_sub(body, 0, end);
    action->content_pointer = a->pointer;
}

static void act_file(struct tj_acting *a, enum tj_action_kind kind, struct tj_str rest) {
    struct tj_str more, path = unquote(first_word(rest, &more));
    struct tj_action *action = tj_acting_add(a, kind);
    if (action) action->path = path;
}

/* `str_replace_editor VERB PATH --old_str … --new_str …`: the text after the path is what is written. */
static void act_editor(struct tj_acting *a, struct tj_str rest) {
    struct tj_str more, tail, verb = first_word(rest, &more), path = unquote(first_word(more, &tail));
    enum tj_action_kind kind = tj_str_is(verb, "view")        ? TJ_ACTION_READ
                               : tj_str_is(verb, "create")    ? TJ_ACTION_WRITE
                               : tj_str_is(verb, "undo_edit") ? TJ_ACTION_NONE
                                                              : TJ_ACTION_EDIT;
    struct tj_action *action = tj_acting_add(a, kind);
    if (!action) return;
    action->path = path;
    if (kind == TJ_ACTION_READ || kind == TJ_ACTION_NONE) return;
    uint32_t fresh = tj_str_find(tail, TJ_STR("--new_str"), 0), old = tj_str_find(tail, TJ_STR("--old_str"), 0);
    if (old != TJ_NOT_FOUND)
        action->old = tj_str_trim(tj_str_sub(tail, old + 9, fresh != TJ_NOT_FOUND && fresh > old ? fresh : tail.n));
    if (fresh != TJ_NOT_FOUND)
        action->content = tj_str_trim(tj_str_sub(tail, fresh + 9, old != TJ_NOT_FOUND && old > fresh ? old : tail.n));
    else if (kind == TJ_ACTION_WRITE)
        action->content = tj_str_trim(tail);
    action->content_pointer = a->pointer;
}

void tj_act_line(struct tj_acting *a, struct tj_str line) {
    static const char *const quiet[] = {"goto",         "scroll_up",    "scroll_down", "submit",
                                        "exit_cost",    "exit_context", "exit_format", "exit_error",
                                        "exit_forfeit", "skip",         "filemap"};
    static const char *const lists[] = {"search_dir", "search_file", "find_file"};
    struct tj_str rest, word = first_word(line, &rest);
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
        if (tj_str_is(word, quiet[i])) {
            tj_acting_add(a, TJ_ACTION_NONE);
            return;
        }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (tj_str_is(word, lists[i])) {
            tj_acting_add(a, TJ_ACTION_LIST);
            return;
        }
    if (tj_str_is(word, "open"))
        act_file(a, TJ_ACTION_READ, rest);
    else if (tj_str_is(word, "create"))
        act_file(a, TJ_ACTION_WRITE, rest);
    else if (tj_str_is(word, "edit") && rest.n && (tj_is_digit(tj_str_trim(rest).p[0])))
        act_edit(a, rest);
    else if (tj_str_is(word, "str_replace_editor") || tj_str_is(word, "edit_anthropic"))
        act_editor(a, rest);
    else {
        struct tj_action *action = tj_acting_add(a, TJ_ACTION_SHELL);
        if (!action) return;
        action->text = line;
        action->lang = TJ_LANG_SHELL;
        action->persist = TJ_PERSIST_SHELL;
    }
}
