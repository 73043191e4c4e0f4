/* Hits and misses: commands as they are, mappings as JSON of the shapes that image.h tells. */
#include "compile/compiler.h"

static const char *const example_keys[] = {"command", "call",        "steps",   "files", "message",
                                           "task",    "constraints", "context", NULL};
static const char *const call_keys[] = {"tool", "arguments", NULL};
static const char *const step_keys[] = {"command", "call", "say", "result", "exit_code", NULL};
static const char *const message_keys[] = {"author", "text", "final", NULL};

struct example_writer {
    struct tj_compiler *c;
    struct tj_buf out;
    bool good;
};

static void bad(struct example_writer *w, const struct tj_yaml *at, const char *what) {
    tj_trouble(&w->c->check, TJ_BAD_EXAMPLE, at, tj_str_of(what), TJ_STR_NONE);
    w->good = false;
}

static bool is_json_word(struct tj_str s) {
    if (tj_str_is(s, "true") || tj_str_is(s, "false") || tj_str_is(s, "null")) return true;
    uint64_t number;
    struct tj_str digits = s.n && s.p[0] == '-' ? tj_str_sub(s, 1, s.n) : s;
    return tj_str_to_u64(digits, &number) && (digits.n == 1 || digits.p[0] != '0');
}

/* The tree is at most 40 levels deep: see yaml.c. */
static void put_value(struct tj_buf *out, const struct tj_yaml *node) {
    if (node->kind == TJ_YAML_SCALAR) {
        if (node->plain && is_json_word(node->text))
            tj_buf_put(out, node->text);
        else
            tj_buf_json(out, node->text);
        return;
    }
    bool map = node->kind == TJ_YAML_MAP;
    tj_buf_putc(out, map ? '{' : '[');
    for (const struct tj_yaml *child = node->first; child; child = child->next) {
        if (child != node->first) tj_buf_putc(out, ',');
        if (map) {
            tj_buf_json(out, child->text);
            tj_buf_putc(out, ':');
            child = child->next;
        }
        put_value(out, child);
    }
    tj_buf_putc(out, map ? '}' : ']');
}

static void put_context(struct example_writer *w, const struct tj_yaml *node) {
    const struct tj_yaml *context = tj_get(node, "context");
    if (!context) return;
    tj_buf_puts(&w->out, ",\"context\":");
    put_value(&w->out, context);
}

static bool is_call(struct example_writer *w, const struct tj_yaml *call) {
    if (!tj_check_map(&w->c->check, call, "call")) return w->good = false;
    tj_check_keys(&w->c->check, call, "a call", call_keys);
    const struct tj_yaml *tool = tj_get(call, "tool");
    if (tool && tool->kind == TJ_YAML_SCALAR && tj_get(call, "arguments")) return true;
    bad(w, call, "calls a tool without `tool` and `arguments`");
    return false;
}

/* ---- one action, one message ------------------------------------------------------------------ */

static void put_action(struct example_writer *w, struct tj_yaml *node) {
    struct tj_yaml *call = tj_get(node, "call"), *command = tj_get(node, "command");
    if (command) {
        tj_buf_puts(&w->out, "{\"command\":");
        tj_buf_json(&w->out, command->text);
    } else if (is_call(w, call)) {
        tj_buf_puts(&w->out, "{\"tool\":");
        tj_buf_json(&w->out, tj_get(call, "tool")->text);
        tj_buf_puts(&w->out, ",\"arguments\":");
        put_value(&w->out, tj_get(call, "arguments"));
    }
    put_context(w, node);
    tj_buf_putc(&w->out, '}');
}

static void put_message(struct example_writer *w, struct tj_yaml *node) {
    struct tj_yaml *message = tj_get(node, "message");
    if (!tj_check_map(&w->c->check, message, "message")) {
        w->good = false;
        return;
    }
    tj_check_keys(&w->c->check, message, "a message", message_keys);
    const struct tj_yaml *author = tj_get(message, "author"), *text = tj_get(message, "text");
    if (!text || text->kind != TJ_YAML_SCALAR) {
        bad(w, message, "has a message without text");
        return;
    }
    tj_buf_puts(&w->out, "{\"message\":{\"author\":");
    tj_buf_json(&w->out, author ? author->text : TJ_STR("assistant"));
    tj_buf_puts(&w->out, ",\"text\":");
    tj_buf_json(&w->out, text->text);
    const struct tj_yaml *final = tj_get(message, "final");
    if (final) {
        tj_buf_puts(&w->out, ",\"final\":");
        put_value(&w->out, final);
    }
    tj_buf_putc(&w->out, '}');
    put_context(w, node);
    tj_buf_putc(&w->out, '}');
}

/* ---- a run ------------------------------------------------------------------------------------ */

static void put_command(struct example_writer *w, struct tj_str command) {
    tj_buf_puts(&w->out, "{\"command\":");
    tj_buf_json(&w->out, command);
}

static void put_step(struct example_writer *w, struct tj_yaml *step) {
    if (step->kind == TJ_YAML_SCALAR) {
        put_command(w, step->text);
        tj_buf_putc(&w->out, '}');
        return;
    }
    if (step->kind != TJ_YAML_MAP) {
        bad(w, step, "has a step that is a list");
        return;
    }
    tj_check_keys(&w->c->check, step, "a step", step_keys);
    struct tj_yaml *call = tj_get(step, "call");
    if (!call && !tj_get(step, "command") && !tj_get(step, "say"))
        bad(w, step, "has a step without command, call or say");
    if (call) (void)is_call(w, call);
    put_value(&w->out, step);
}

static void put_files(struct example_writer *w, struct tj_yaml *files) {
    if (!files || !tj_check_map(&w->c->check, files, "files")) return;
    tj_buf_puts(&w->out, "\"files\":");
    put_value(&w->out, files);
    tj_buf_putc(&w->out, ',');
}

static void put_run(struct example_writer *w, struct tj_yaml *node) {
    struct tj_yaml *task = tj_get(node, "task"), *constraints = tj_get(node, "constraints");
    struct tj_yaml *steps = tj_get(node, "steps");
    tj_buf_putc(&w->out, '{');
    if (task) {
        tj_buf_puts(&w->out, "\"task\":");
        tj_buf_json(&w->out, task->text);
        tj_buf_putc(&w->out, ',');
    }
    const char *separator = "\"constraints\":[";
    TJ_EACH(item, constraints) {
        tj_buf_puts(&w->out, separator);
        tj_buf_json(&w->out, item->text);
        separator = ",";
    }
    if (*separator == ',') tj_buf_puts(&w->out, "],");
    put_files(w, tj_get(node, "files"));
    separator = "\"steps\":[";
    TJ_EACH(step, steps) {
        tj_buf_puts(&w->out, separator);
        put_step(w, step);
        separator = ",";
    }
    tj_buf_puts(&w->out, *separator == ',' ? "]" : "\"steps\":[]");
    put_context(w, node);
    tj_buf_putc(&w->out, '}');
}

/* ---- all of a rule ---------------------------------------------------------------------------------------------- */

static uint8_t put_example(struct example_writer *w, struct tj_yaml *node) {
    if (node->kind == TJ_YAML_SCALAR) {
        if (node->text.n == 0) bad(w, node, "is empty");
        tj_buf_put(&w->out, node->text);
        return 0;
    }
    if (node->kind != TJ_YAML_MAP) {
        bad(w, node, "is a list");
        return 0;
    }
    tj_check_keys(&w->c->check, node, "an example", example_keys);
    if (tj_get(node, "message") && !tj_get(node, "steps")) {
        put_message(w, node);
        return 3;
    }
    if (tj_get(node, "steps") || tj_get(node, "files")) {
        put_run(w, node);
        return 2;
    }
    if (tj_get(node, "call") || tj_get(node, "command"))
        put_action(w, node);
    else
        bad(w, node, "says nothing that can be run");
    return 1;
}

static uint32_t add_list(struct tj_compiler *c, struct tj_yaml *list, enum tj_example_kind kind) {
    uint32_t n = 0;
    TJ_EACH(item, list) {
        struct example_writer w = {.c = c, .good = true};
        tj_buf_init(&w.out, c->arena);
        struct tj_example row = {.kind = (uint8_t)kind, .line = item->where.line};
        row.shape = put_example(&w, item);
        row.text = tj_build_str(&c->build, tj_buf_str(&w.out));
        tj_build_add(&c->build, TJ_SECTION_EXAMPLES, &row, 1);
        n++;
    }
    return n;
}

void tj_compile_examples(struct tj_compiler *c, struct tj_yaml *node, struct tj_rule *rule) {
    struct tj_yaml *hits = tj_get(node, "hits"), *misses = tj_get(node, "misses");
    rule->examples.at = tj_build_count(&c->build, TJ_SECTION_EXAMPLES);
    if (!add_list(c, hits, TJ_EXAMPLE_HIT))
        tj_trouble(&c->check, TJ_BAD_NO_EXAMPLES, hits ? hits : node, TJ_STR("hits"), TJ_STR_NONE);
    if (!add_list(c, misses, TJ_EXAMPLE_MISS))
        tj_trouble(&c->check, TJ_BAD_NO_EXAMPLES, misses ? misses : node, TJ_STR("misses"), TJ_STR_NONE);
    rule->examples.n = tj_build_count(&c->build, TJ_SECTION_EXAMPLES) - rule->examples.at;
}
