/* From a tool call to actions, by the tool table. */
#include "act/act_private.h"

struct tj_action *tj_acting_add(struct tj_acting *a, enum tj_action_kind kind) {
    struct tj_action action = {.kind = (uint8_t)kind, .tool = a->tool, .pointer = a->pointer};
    if (!tj_vec_push(a->arena, &a->out->action, action)) {
        a->failed = true;
        return NULL;
    }
    return &a->out->action.at[a->out->action.n - 1];
}

struct tj_str tj_acting_pointer(struct tj_acting *a, struct tj_str base, struct tj_str key) {
    struct tj_buf buf;
    tj_buf_init(&buf, a->arena);
    tj_buf_put(&buf, base);
    tj_buf_putc(&buf, '/');
    for (uint32_t i = 0; i < key.n; i++) {
        if (key.p[i] == '~')
            tj_buf_puts(&buf, "~0");
        else if (key.p[i] == '/')
            tj_buf_puts(&buf, "~1");
        else
            tj_buf_putc(&buf, key.p[i]);
    }
    return tj_buf_str(&buf);
}

bool tj_acting_words(struct tj_acting *a, uint32_t array, const struct tj_str **words, uint32_t *n) {
    uint32_t count = a->doc->node.at[array].n, i = 0;
    struct tj_str *at = tj_arena_array(a->arena, struct tj_str, count ? count : 1);
    if (!at) return false;
    for (uint32_t node = tj_doc_first(a->doc, array); node != TJ_NONE && i < count; node = tj_doc_next(a->doc, node)) {
        if (!tj_doc_is(a->doc, node, TJ_DOC_STRING)) return false;
        at[i++] = tj_doc_text(a->doc, node);
    }
    *words = at;
    *n = i;
    return i > 0;
}

/* Lower case, without `functions.`, `default_api.`, `mcp__server__`, `server__` and `server.` in front. */
static struct tj_str normalise(struct tj_acting *a, struct tj_str tool) {
    char *low = tj_arena_dup(a->arena, tool);
    if (!low) return TJ_STR_NONE;
    for (uint32_t i = 0; i < tool.n; i++) low[i] = tj_lower(low[i]);
    struct tj_str name = {low, tool.n};
    if (tj_image_find_tool(a->image, name) != TJ_NONE) return name;
    for (uint32_t i = name.n; i-- > 1;) {
        bool cut = name.p[i] == '.' || name.p[i] == ':' || (name.p[i] == '_' && name.p[i - 1] == '_');
        if (cut && i + 1 < name.n) return tj_str_sub(name, i + 1, name.n);
    }
    return name;
}

/* First argument whose key has that role in the table, in the row's order of preference; TJ_NONE. */
static uint32_t find_key(struct tj_acting *a, const struct tj_tool *tool, enum tj_tool_key role, struct tj_str *key) {
    if (a->arguments == TJ_NONE || !tj_doc_is(a->doc, a->arguments, TJ_DOC_OBJECT)) return TJ_NONE;
    for (uint32_t i = 0; i < tool->keys.n; i++) {
        const struct tj_tool_key_row *row = TJ_ROW(a->image, TOOL_KEYS, struct tj_tool_key_row, tool->keys.at + i);
        if (row->role != (uint32_t)role) continue;
        struct tj_str name = tj_image_str(a->image, row->name);
        const char *text = tj_arena_dup(a->arena, name);
        uint32_t node = text ? tj_doc_get(a->doc, a->arguments, text) : TJ_NONE;
        if (node == TJ_NONE) continue;
        *key = name;
        return node;
    }
    return TJ_NONE;
}

static struct tj_str key_text(struct tj_acting *a, const struct tj_tool *tool, enum tj_tool_key role,
                              struct tj_str *pointer) {
    struct tj_str key;
    uint32_t node = find_key(a, tool, role, &key);
    if (node == TJ_NONE || !tj_doc_is(a->doc, node, TJ_DOC_STRING)) return TJ_STR_NONE;
    if (pointer) *pointer = tj_acting_pointer(a, a->pointer, key);
    return tj_doc_text(a->doc, node);
}

static enum tj_lang lang_of(struct tj_acting *a, const struct tj_tool *tool) {
    struct tj_str name = key_text(a, tool, TJ_KEY_LANG, NULL);
    if (name.n == 0) return (enum tj_lang)tool->lang;
    if (tj_str_ieq(name, TJ_STR("bash")) || tj_str_ieq(name, TJ_STR("sh")) || tj_str_ieq(name, TJ_STR("shell")))
        return TJ_LANG_SHELL;
    if (name.n >= 2 && tj_lower(name.p[0]) == 'p' && tj_lower(name.p[1]) == 'y') return TJ_LANG_PYTHON;
    if (tj_str_ieq(name, TJ_STR("javascript")) || tj_str_ieq(name, TJ_STR("js")) ||
        tj_str_ieq(name, TJ_STR("typescript")))
        return TJ_LANG_NODE;
    int lang = tj_vocab_find(TJ_LIST_LANGS, name);
    return lang < 0 ? TJ_LANG_OTHER : (enum tj_lang)lang;
}

static bool looks_like_json_array(struct tj_str s) {
    s = tj_str_trim(s);
    return s.n >= 4 && s.p[0] == '[' && s.p[1] == '"' && s.p[s.n - 1] == ']';
}

/* ["bash","-lc","ls"] inside a string: words without escapes only; anything else stays text. */
static bool words_in_string(struct tj_acting *a, struct tj_str s, const struct tj_str **words, uint32_t *n) {
    if (!looks_like_json_array(s) || tj_str_chr(s, '\\', 0) != TJ_NOT_FOUND) return false;
    TJ_VEC(struct tj_str) list = {0};
    s = tj_str_trim(s);
    for (uint32_t i = 1; i < s.n;) {
        if (s.p[i] != '"') return false;
        uint32_t end = tj_str_chr(s, '"', i + 1);
        if (end == TJ_NOT_FOUND || !tj_vec_push(a->arena, &list, tj_str_sub(s, i + 1, end))) return false;
        for (i = end + 1; i < s.n && (tj_is_space(s.p[i]) || s.p[i] == ','); i++) {
        }
        if (i == s.n - 1) break;
    }
    *words = list.at;
    *n = list.n;
    return list.n > 0;
}

static void add_text(struct tj_acting *a, const struct tj_tool *tool, struct tj_str text, struct tj_str pointer,
                     struct tj_str cwd) {
    enum tj_lang lang = tool->class_ == TJ_TOOL_CODE ? lang_of(a, tool) : TJ_LANG_SHELL;
    bool code = tool->class_ == TJ_TOOL_CODE && lang != TJ_LANG_SHELL;
    const struct tj_str *words;
    uint32_t n;
    bool argv = !code && words_in_string(a, text, &words, &n);
    struct tj_action *action = tj_acting_add(a, code ? TJ_ACTION_CODE : argv ? TJ_ACTION_ARGV : TJ_ACTION_SHELL);
    if (!action) return;
    if (argv) {
        action->argv = words;
        action->argc = n;
    }
    action->lang = (uint8_t)lang;
    action->dialect = lang_of(a, tool) == TJ_LANG_PWSH ? TJ_DIALECT_PWSH : TJ_DIALECT_BASH;
    action->persist = tool->persist;
    action->guess = tool->class_ == TJ_TOOL_KEYS;
    action->text = text;
    action->pointer = pointer;
    action->cwd = cwd;
}

/* A list of command lines, or one command as argv: `commands` is always a list. */
static void add_array(struct tj_acting *a, const struct tj_tool *tool, uint32_t node, struct tj_str key,
                      struct tj_str cwd) {
    struct tj_str pointer = tj_acting_pointer(a, a->pointer, key);
    const struct tj_str *words;
    uint32_t n;
    if (!tj_acting_words(a, node, &words, &n)) {
        struct tj_action *bad = tj_acting_add(a, TJ_ACTION_NONE);
        if (bad) bad->reason = TJ_REASON_ARGUMENTS + 1;
        return;
    }
    if (!tj_str_is(key, "commands")) {
        struct tj_action *action = tj_acting_add(a, TJ_ACTION_ARGV);
        if (!action) return;
        action->argv = words;
        action->argc = n;
        action->persist = tool->persist;
        action->pointer = pointer;
        action->cwd = cwd;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct tj_buf number;
        tj_buf_init(&number, a->arena);
        tj_buf_putf(&number, "%u", i);
        add_text(a, tool, words[i], tj_acting_pointer(a, pointer, tj_buf_str(&number)), cwd);
    }
}

static void act_text(struct tj_acting *a, const struct tj_tool *tool) {
    struct tj_str key = TJ_STR_NONE, cwd = key_text(a, tool, TJ_KEY_CWD, NULL);
    uint32_t node = find_key(a, tool, TJ_KEY_ARGV, &key);
    if (node == TJ_NONE) node = find_key(a, tool, TJ_KEY_TEXT, &key);
    if (node == TJ_NONE && a->arguments != TJ_NONE && !tj_doc_is(a->doc, a->arguments, TJ_DOC_OBJECT)) {
        node = a->arguments;
        if (tj_doc_is(a->doc, node, TJ_DOC_STRING)) {
            add_text(a, tool, tj_doc_text(a->doc, node), a->pointer, cwd);
            return;
        }
    }
    if (node == TJ_NONE) {
        if (a->raw.n && a->arguments == TJ_NONE) {
            add_text(a, tool, a->raw, a->pointer, cwd);
        } else {
            struct tj_action *none = tj_acting_add(a, TJ_ACTION_NONE); /* restart:true, or an empty call */
            if (none && a->doc && a->arguments != TJ_NONE && a->doc->node.at[a->arguments].n > 0 &&
                !tj_doc_get_bool(a->doc, a->arguments, "restart", false))
                none->reason = TJ_REASON_ARGUMENTS + 1;
        }
        return;
    }
    if (tj_doc_is(a->doc, node, TJ_DOC_ARRAY))
        add_array(a, tool, node, key, cwd);
    else if (tj_doc_is(a->doc, node, TJ_DOC_STRING))
        add_text(a, tool, tj_doc_text(a->doc, node), tj_acting_pointer(a, a->pointer, key), cwd);
    else {
        struct tj_action *bad = tj_acting_add(a, TJ_ACTION_NONE);
        if (bad) bad->reason = TJ_REASON_ARGUMENTS + 1;
    }
}

static void add_file(struct tj_acting *a, const struct tj_tool *tool, enum tj_action_kind kind) {
    struct tj_str path_pointer = a->pointer, text_pointer = a->pointer;
    struct tj_str path = key_text(a, tool, TJ_KEY_PATH, &path_pointer);
    struct tj_str content = key_text(a, tool, TJ_KEY_CONTENT, &text_pointer);
    struct tj_str fresh = key_text(a, tool, TJ_KEY_NEW, content.p ? NULL : &text_pointer);
    struct tj_str old = key_text(a, tool, TJ_KEY_OLD, NULL);
    struct tj_action *action = tj_acting_add(a, kind);
    if (!action) return;
    action->path = path;
    action->old = old;
    action->content = content.p ? content : fresh;
    action->pointer = path_pointer;
    action->content_pointer = text_pointer;
    if (path.n == 0 && kind != TJ_ACTION_LIST) action->reason = TJ_REASON_ARGUMENTS + 1;
}

/* `edits: [{old_string, new_string}, …]`: one action for each. */
static bool add_edits(struct tj_acting *a, const struct tj_tool *tool) {
    struct tj_str key, path_pointer = a->pointer;
    uint32_t list = find_key(a, tool, TJ_KEY_EDITS, &key);
    if (list == TJ_NONE || !tj_doc_is(a->doc, list, TJ_DOC_ARRAY)) return false;
    struct tj_str path = key_text(a, tool, TJ_KEY_PATH, &path_pointer);
    uint32_t whole = a->arguments;
    for (uint32_t node = tj_doc_first(a->doc, list); node != TJ_NONE; node = tj_doc_next(a->doc, node)) {
        a->arguments = node;
        struct tj_str old = key_text(a, tool, TJ_KEY_OLD, NULL), fresh = key_text(a, tool, TJ_KEY_NEW, NULL);
        a->arguments = whole;
        struct tj_action *action = tj_acting_add(a, TJ_ACTION_EDIT);
        if (!action) return true;
        action->path = path;
        action->old = old;
        action->content = fresh;
        action->pointer = path_pointer;
        action->content_pointer = tj_acting_pointer(a, a->pointer, key);
    }
    return true;
}

static void act_editor(struct tj_acting *a, const struct tj_tool *tool) {
    struct tj_str verb = key_text(a, tool, TJ_KEY_VERB, NULL);
    if (tj_str_is(verb, "view"))
        add_file(a, tool, TJ_ACTION_READ);
    else if (tj_str_is(verb, "create") || tj_str_is(verb, "write"))
        add_file(a, tool, TJ_ACTION_WRITE);
    else if (tj_str_is(verb, "delete"))
        add_file(a, tool, TJ_ACTION_DELETE);
    else if (tj_str_is(verb, "undo_edit"))
        tj_acting_add(a, TJ_ACTION_NONE);
    else
        add_file(a, tool, TJ_ACTION_EDIT);
}

static void act_patch(struct tj_acting *a, const struct tj_tool *tool) {
    struct tj_str pointer = a->pointer, text = key_text(a, tool, TJ_KEY_TEXT, &pointer);
    if (!text.p) text = a->raw;
    if (!text.p && a->arguments != TJ_NONE) text = tj_doc_text(a->doc, a->arguments);
    if (tj_act_patch(a, text, pointer)) return;
    struct tj_action *bad = tj_acting_add(a, TJ_ACTION_NONE);
    if (bad) bad->reason = TJ_REASON_ARGUMENTS + 1;
}

/* Text of a key that may hold one string or a list of them; a list is joined with ", ". */
static struct tj_str key_joined(struct tj_acting *a, const struct tj_tool *tool, enum tj_tool_key role) {
    struct tj_str key;
    uint32_t node = find_key(a, tool, role, &key);
    if (node == TJ_NONE) return TJ_STR_NONE;
    if (!tj_doc_is(a->doc, node, TJ_DOC_ARRAY))
        return tj_doc_is(a->doc, node, TJ_DOC_STRING) ? tj_doc_text(a->doc, node) : a->doc->node.at[node].text;
    struct tj_buf buf;
    tj_buf_init(&buf, a->arena);
    for (uint32_t i = tj_doc_first(a->doc, node); i != TJ_NONE; i = tj_doc_next(a->doc, i)) {
        if (buf.n) tj_buf_puts(&buf, ", ");
        tj_buf_put(&buf, tj_doc_text(a->doc, i));
    }
    return tj_buf_str(&buf);
}

static void act_other(struct tj_acting *a, const struct tj_tool *tool) {
    struct tj_str pointer = a->pointer;
    struct tj_action *action;
    switch (tool->class_) {
    case TJ_TOOL_FETCH: {
        struct tj_str url = key_text(a, tool, TJ_KEY_URL, &pointer);
        if ((action = tj_acting_add(a, TJ_ACTION_FETCH))) action->url = url;
        if (action) action->pointer = pointer;
        return;
    }
    case TJ_TOOL_AGENT:
    case TJ_TOOL_FINAL: {
        struct tj_str text = key_text(a, tool, TJ_KEY_TEXT, &pointer);
        if (!(action = tj_acting_add(a, TJ_ACTION_MESSAGE))) return;
        action->text = text.p ? text : a->arguments == TJ_NONE ? a->raw : TJ_STR_NONE;
        action->pointer = pointer;
        action->final = tool->class_ == TJ_TOOL_FINAL;
        return;
    }
    case TJ_TOOL_CALL: {
        struct tj_str recipient = key_joined(a, tool, TJ_KEY_RECIPIENT), data = key_joined(a, tool, TJ_KEY_DATA);
        struct tj_str url = key_text(a, tool, TJ_KEY_URL, NULL), path = key_text(a, tool, TJ_KEY_PATH, NULL);
        if (!(action = tj_acting_add(a, TJ_ACTION_CALL))) return;
        action->effect = tool->effect;
        action->recipient = recipient;
        action->content = data;
        action->url = url;
        action->path = path;
        return;
    }
    default: tj_acting_add(a, TJ_ACTION_NONE); return;
    }
}

static void act_by_table(struct tj_acting *a, const struct tj_tool *tool) {
    switch (tool->class_) {
    case TJ_TOOL_SHELL:
    case TJ_TOOL_CODE:
    case TJ_TOOL_KEYS: act_text(a, tool); return;
    case TJ_TOOL_WRITE: add_file(a, tool, TJ_ACTION_WRITE); return;
    case TJ_TOOL_EDIT:
        if (!add_edits(a, tool)) add_file(a, tool, TJ_ACTION_EDIT);
        return;
    case TJ_TOOL_PATCH: act_patch(a, tool); return;
    case TJ_TOOL_EDITOR: act_editor(a, tool); return;
    case TJ_TOOL_READ: add_file(a, tool, TJ_ACTION_READ); return;
    case TJ_TOOL_LIST: add_file(a, tool, TJ_ACTION_LIST); return;
    case TJ_TOOL_DELETE: add_file(a, tool, TJ_ACTION_DELETE); return;
    default: act_other(a, tool); return;
    }
}

trajsafe_status tj_act(const struct tj_image *image, struct tj_arena *arena, struct tj_str tool, struct tj_doc *doc,
                       uint32_t arguments, struct tj_str raw, struct tj_str pointer, struct tj_actions *out) {
    struct tj_acting a = {
        .image = image, .arena = arena, .doc = doc, .arguments = arguments, .raw = raw, .pointer = pointer, .out = out};
    a.tool = normalise(&a, tool);
    if (tj_str_is(a.tool, "swe-agent")) {
        tj_act_line(&a, raw);
    } else {
        uint32_t row = tj_image_find_tool(image, a.tool);
        if (row == TJ_NONE)
            tj_act_probe(&a);
        else
            act_by_table(&a, tj_image_tool(image, row));
    }
    return a.failed || arena->failed ? TRAJSAFE_NO_MEMORY : TRAJSAFE_OK;
}
