/* Prints lowered Python for people and golden tests: one call a line. */
#include "code/code.h"

static void put_value(const struct tj_code *code, uint32_t at, struct tj_buf *out, uint32_t depth);

static void put_items(const struct tj_code *code, const struct tj_code_value *value, struct tj_buf *out, uint32_t depth) {
    for (uint32_t i = value->item; i < value->item_end; i++) {
        if (i > value->item) tj_buf_puts(out, ", ");
        put_value(code, i, out, depth + 1);
    }
}

static void put_value(const struct tj_code *code, uint32_t at, struct tj_buf *out, uint32_t depth) {
    const struct tj_code_value *value = &code->value.at[at];
    if (depth > 8 || out->n > 1000000) {
        tj_buf_puts(out, "…");
        return;
    }
    switch (value->kind) {
    case TJ_CODE_TEXT:
        tj_buf_json(out, value->text);
        tj_buf_puts(out, value->dynamic_tail ? "+" : "");
        break;
    case TJ_CODE_CALL: tj_buf_putf(out, "#%u", value->call); break;
    case TJ_CODE_LIST:
        tj_buf_putc(out, '[');
        put_items(code, value, out, depth);
        tj_buf_putc(out, ']');
        return;
    case TJ_CODE_DYNAMIC: tj_buf_putc(out, '?'); break;
    default: tj_buf_put(out, value->text); break;
    }
    if (value->item < value->item_end) {
        tj_buf_putc(out, '{');
        put_items(code, value, out, depth);
        tj_buf_putc(out, '}');
    }
}

static void put_call(const struct tj_code *code, uint32_t i, struct tj_buf *out) {
    const struct tj_code_call *call = &code->call.at[i];
    tj_buf_putf(out, "#%u %u-%u ", i, call->begin, call->end);
    if (call->receiver != TJ_NONE) {
        tj_buf_putc(out, '<');
        put_value(code, call->receiver, out, 0);
        tj_buf_puts(out, "> ");
    }
    if (call->name.n)
        tj_buf_put(out, call->name);
    else
        tj_buf_putc(out, '?');
    tj_buf_putc(out, '(');
    for (uint32_t a = call->arg; a < call->arg_end; a++) {
        const struct tj_code_arg *arg = &code->arg.at[a];
        if (a > call->arg) tj_buf_puts(out, ", ");
        if (arg->key.n) {
            tj_buf_put(out, arg->key);
            tj_buf_putc(out, '=');
        }
        tj_buf_puts(out, arg->spread == 1 ? "*" : arg->spread == 2 ? "**" : "");
        put_value(code, arg->value, out, 0);
    }
    tj_buf_putc(out, ')');
    tj_buf_puts(out, call->conditional ? " maybe" : "");
    tj_buf_puts(out, call->in_function ? " uncalled" : "");
    tj_buf_puts(out, call->magic ? " magic" : "");
    tj_buf_putc(out, '\n');
}

void tj_code_dump(const struct tj_code *code, struct tj_buf *out) {
    static const char *const reasons[] = {
#define X(id, name, about) name,
        TJ_REASONS(X)
#undef X
    };
    for (uint32_t i = 0; i < code->call.n; i++) put_call(code, i, out);
    for (uint32_t i = 0; i < code->trouble.n; i++) {
        const struct tj_code_trouble *trouble = &code->trouble.at[i];
        tj_buf_putf(out, "! %u-%u %s\n", trouble->begin, trouble->end, reasons[trouble->reason]);
    }
    if (code->more) tj_buf_puts(out, "more\n");
}
