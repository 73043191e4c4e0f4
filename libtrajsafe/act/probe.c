/* Tools that are not in the tables: does the name look like a shell, does a key look like a command? */
#include "act/act_private.h"

#define MAX_LEAVES 64u /* strings of one unknown call that are looked at; more are counted as not understood */

/* A word part of the name says that the tool runs something. */
static bool shell_like(struct tj_str name) {
    static const char *const words[] = {"bash", "shell", "terminal", "exec", "execute", "command",
                                        "cmd",  "run",   "ssh",      "sh",   "zsh"};
    for (uint32_t i = 0; i < name.n;) {
        uint32_t end = i;
        while (end < name.n && tj_is_alnum(name.p[end])) end++;
        struct tj_str word = tj_str_sub(name, i, end);
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (tj_str_is(word, words[k])) return true;
        i = end + 1;
    }
    return false;
}

static bool command_key(struct tj_str key) {
    static const char *const keys[] = {"command",      "cmd",          "commands",    "script",     "shell_command",
                                       "bash_command", "command_line", "CommandLine", "commandLine"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (tj_str_is(key, keys[k])) return true;
    return false;
}

static bool soft_key(struct tj_str key) {
    static const char *const keys[] = {"keystrokes", "chars",   "input", "text", "code",
                                       "source",     "program", "args",  "argv", "arguments"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (tj_str_is(key, keys[k])) return true;
    return false;
}

static void add_leaf(struct tj_acting *a, uint32_t node, struct tj_str pointer, bool guess) {
    struct tj_action *action = tj_acting_add(a, TJ_ACTION_UNKNOWN);
    if (!action) return;
    action->text = tj_doc_text(a->doc, node);
    action->pointer = pointer;
    action->guess = guess;
    action->reason = TJ_REASON_TOOL + 1;
}

static void add_argv(struct tj_acting *a, uint32_t node, struct tj_str pointer) {
    const struct tj_str *words;
    uint32_t n;
    if (!tj_acting_words(a, node, &words, &n)) return;
    struct tj_action *action = tj_acting_add(a, TJ_ACTION_UNKNOWN);
    if (!action) return;
    action->argv = words;
    action->argc = n;
    action->pointer = pointer;
    action->guess = 1;
    action->reason = TJ_REASON_TOOL + 1;
}

/* Strings below `node`, without recursion: the tape is in document order. */
static void add_leaves(struct tj_acting *a, bool shell) {
    uint32_t top = a->arguments, end = a->doc->node.at[top].next, found = 0;
    for (uint32_t i = top + 1; i < end; i++) {
        const struct tj_doc_node *node = &a->doc->node.at[i];
        bool outer = node->parent == top;
        bool guess = outer && (command_key(node->key) || (shell && soft_key(node->key)));
        struct tj_str pointer = outer ? tj_acting_pointer(a, a->pointer, node->key) : a->pointer;
        if (node->kind == TJ_DOC_ARRAY && guess) {
            add_argv(a, i, pointer);
            i = node->next - 1;
        } else if (node->kind == TJ_DOC_STRING) {
            if (++found > MAX_LEAVES) return;
            add_leaf(a, i, pointer, guess);
        }
    }
}

void tj_act_probe(struct tj_acting *a) {
    bool shell = shell_like(a->tool);
    uint32_t before = a->out->action.n;
    if (a->arguments != TJ_NONE && tj_doc_is(a->doc, a->arguments, TJ_DOC_STRING))
        add_leaf(a, a->arguments, a->pointer, shell);
    else if (a->arguments != TJ_NONE && a->doc)
        add_leaves(a, shell);
    else if (a->raw.n) {
        struct tj_action *action = tj_acting_add(a, TJ_ACTION_UNKNOWN);
        if (action) {
            action->text = a->raw;
            action->guess = shell;
        }
    }
    if (a->out->action.n == before) tj_acting_add(a, TJ_ACTION_UNKNOWN);
    for (uint32_t i = before; i < a->out->action.n; i++) a->out->action.at[i].reason = TJ_REASON_TOOL + 1;
}
