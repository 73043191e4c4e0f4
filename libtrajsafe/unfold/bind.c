/* A command's words by its row of the program table: which is an option, a value, an operand, and of what kind. */
#include "unfold/unfold.h"

enum { MAX_ROWS = 6 /* a program and its subcommands of subcommands */ };

struct binder {
    const struct tj_image *image;
    struct tj_arena *arena;
    struct tj_command *command;
    struct tj_bound *out;
    const struct tj_program *row[MAX_ROWS]; /* row[rows - 1] is the innermost */
    uint32_t rows;
    uint32_t style;
    bool code;                 /* an option gave the code to run: no operand names a script */
    bool given[TJ_SLOT_COUNT]; /* an option gave it: runuser -u USER COMMAND, but runuser USER -c TEXT */
    bool asks_text;            /* bash -c: the first operand is the text */
    bool ended;                /* no more options */
    struct tj_bound_option *text_option;
};

static struct tj_str text_of(const struct binder *b, uint32_t at) { return b->command->argv[at].value.text; }

static struct tj_str name_of(const struct binder *b, const struct tj_option *o) {
    return tj_image_str(b->image, o->name);
}

static const struct tj_option *find_option(const struct binder *b, struct tj_str name) {
    for (uint32_t r = b->rows; r-- > 0;) {
        const struct tj_option *o = TJ_ROW(b->image, OPTIONS, struct tj_option, b->row[r]->options.at);
        for (uint32_t i = 0; i < b->row[r]->options.n; i++) {
            if (tj_str_eq(name_of(b, &o[i]), name)) return &o[i];
        }
    }
    return NULL;
}

static bool begins(struct tj_str name, struct tj_str with) {
    return with.n > 1 && name.n >= with.n && tj_str_ieq(tj_str_sub(name, 0, with.n), with);
}

/* PowerShell: -rec for -Recurse. Of several that begin so, one that says something is meant. */
static const struct tj_option *find_begun(const struct binder *b, struct tj_str name) {
    const struct tj_option *found = NULL;
    for (uint32_t r = b->rows; r-- > 0;) {
        const struct tj_option *o = TJ_ROW(b->image, OPTIONS, struct tj_option, b->row[r]->options.at);
        for (uint32_t i = 0; i < b->row[r]->options.n; i++) {
            if (!begins(name_of(b, &o[i]), name)) continue;
            if (name_of(b, &o[i]).n == name.n) return &o[i];
            if (!found || (!found->flag && o[i].flag)) found = &o[i];
        }
    }
    return found;
}

/* --recurs for --recursive, when only one option begins so. */
static const struct tj_option *find_abbreviated(const struct binder *b, struct tj_str name) {
    const struct tj_option *found = NULL;
    if (name.n < 5 || b->style == TJ_STYLE_LONG) return NULL;
    for (uint32_t r = b->rows; r-- > 0;) {
        const struct tj_option *o = TJ_ROW(b->image, OPTIONS, struct tj_option, b->row[r]->options.at);
        for (uint32_t i = 0; i < b->row[r]->options.n; i++) {
            if (!tj_str_starts(name_of(b, &o[i]), name)) continue;
            if (found && found->flag != o[i].flag) return NULL;
            found = &o[i];
        }
    }
    return found;
}

static void set_flag(struct binder *b, const struct tj_option *row) {
    if (row && row->flag && row->flag < 256) b->out->flags[row->flag / 64] |= UINT64_C(1) << (row->flag % 64);
}

static struct tj_bound_option *add_option(struct binder *b, const struct tj_option *row, struct tj_str name,
                                          uint32_t arg) {
    struct tj_bound_option o = {.row = row, .name = name, .arg = arg};
    set_flag(b, row);
    if (!tj_vec_push(b->arena, &b->out->option, o)) return NULL;
    return &b->out->option.at[b->out->option.n - 1];
}

static bool is_code_slot(uint8_t slot) {
    return slot == TJ_SLOT_CODE || slot == TJ_SLOT_SHELL || slot == TJ_SLOT_MODULE;
}

static void gave_value(struct binder *b, const struct tj_option *row, uint32_t arg) {
    if (row) b->given[row->slot] = true;
    if (!row || !is_code_slot(row->slot)) return;
    const struct tj_program *program = b->row[b->rows - 1];
    b->code = true;
    if (b->out->command_arg == TJ_NONE && row->slot != TJ_SLOT_MODULE) b->out->command_arg = arg;
    /* python -c and -m take all that follows as arguments of the code. */
    bool ends = row->slot == TJ_SLOT_MODULE || (row->slot == TJ_SLOT_CODE && program->lang == TJ_LANG_PYTHON);
    if (ends && b->style == TJ_STYLE_POSIX) b->ended = true;
}

/* A word from `from` on as a value. The suffix of a dynamic word stays. */
static struct tj_value tail_value(const struct tj_value *v, uint32_t from) {
    struct tj_value out = *v;
    out.text = tj_str_sub(v->text, from, v->text.n);
    if (out.span.end - out.span.begin == v->text.n) out.span.begin += from;
    return out;
}

/* Length of the key that a value begins with: "ProxyCommand=" also stands for `proxycommand = ` and `ProxyCommand `. */
static uint32_t key_length(struct tj_str key, struct tj_str value) {
    bool equals = key.p[key.n - 1] == '=';
    uint32_t n = key.n - equals, at = n;
    if (value.n <= n || !tj_str_ieq(tj_str_sub(value, 0, n), tj_str_sub(key, 0, n))) return 0;
    if (!equals) return n;
    while (at < value.n && tj_is_space(value.p[at])) at++;
    bool sign = at < value.n && value.p[at] == '=';
    if (!sign && at == n) return 0;
    at += sign;
    while (at < value.n && tj_is_space(value.p[at])) at++;
    return at;
}

/*
 * `-o ProxyCommand=TEXT`: a row "-o ProxyCommand=" says what that setting of -o is, whatever others are. A setting that has
 * no row stays what -o says of it.
 */
static void narrow(struct binder *b, struct tj_bound_option *o) {
    if (!o->row) return;
    struct tj_str name = name_of(b, o->row);
    for (uint32_t r = b->rows; r-- > 0;) {
        const struct tj_option *row = TJ_ROW(b->image, OPTIONS, struct tj_option, b->row[r]->options.at);
        for (uint32_t i = 0; i < b->row[r]->options.n; i++) {
            struct tj_str full = name_of(b, &row[i]);
            if (full.n < name.n + 2 || full.p[name.n] != ' ' || !tj_str_starts(full, name)) continue;
            uint32_t n = key_length(tj_str_sub(full, name.n + 1, full.n), o->value.text);
            if (n == 0) continue;
            o->row = &row[i];
            o->value = tail_value(&o->value, n);
            set_flag(b, o->row);
            return;
        }
    }
}

static void set_value(struct binder *b, struct tj_bound_option *o, const struct tj_value *value, uint32_t arg) {
    if (!o) return;
    o->value = *value;
    o->has_value = true;
    o->value_arg = arg;
    narrow(b, o);
    gave_value(b, o->row, arg);
}

/* Takes the next word as the value, two words, or all up to `;`; returns the index of the word used last. */
static uint32_t next_value(struct binder *b, struct tj_bound_option *o, uint32_t at) {
    uint32_t argc = b->command->argc;
    if (at + 1 >= argc) return at;
    set_value(b, o, &b->command->argv[at + 1].value, at + 1);
    if (!o || o->row->need == TJ_VALUE_REQUIRED) return at + 1;
    uint32_t words = o->row->need == TJ_VALUE_TWO ? 2 : o->row->need == TJ_VALUE_THREE ? 3 : 0, end = at + 2;
    if (words) return at + words < argc ? at + words : argc - 1;
    while (end < argc && !tj_str_is(text_of(b, end), ";")) end++;
    return end < argc ? end : argc - 1;
}

static bool takes_words(const struct tj_option *row) {
    return row->need != TJ_VALUE_NONE && row->need != TJ_VALUE_OPTIONAL;
}

static bool shell_text_option(const struct binder *b, const struct tj_option *row) {
    return row && b->row[0]->handler == TJ_HANDLER_SHELL && row->slot == TJ_SLOT_SHELL;
}

/* -rf, -ofile, -n 5 */
static uint32_t bind_cluster(struct binder *b, uint32_t at, uint32_t from) {
    const struct tj_value *word = &b->command->argv[at].value;
    for (uint32_t i = from; i < word->text.n; i++) {
        char *name = tj_arena_alloc(b->arena, 2, 1);
        if (!name) return at;
        name[0] = from == 1 ? word->text.p[0] : '-';
        name[1] = word->text.p[i];
        const struct tj_option *row = find_option(b, tj_str_make(name, 2));
        struct tj_bound_option *o = add_option(b, row, tj_str_make(name, 2), at);
        if (!row || row->need == TJ_VALUE_NONE) continue;
        if (shell_text_option(b, row)) {
            b->asks_text = true;
            continue;
        }
        bool attached = i + 1 < word->text.n || (i + 1 == word->text.n && word->suffix.n);
        if (attached) {
            struct tj_value v = tail_value(word, i + 1);
            set_value(b, o, &v, at);
            return at;
        }
        if (takes_words(row)) return next_value(b, o, at);
    }
    return at;
}

/* --name, --name=value, -name (find, java) */
static uint32_t bind_long(struct binder *b, uint32_t at, bool known_only, bool *bound) {
    const struct tj_value *word = &b->command->argv[at].value;
    struct tj_str name = word->text;
    uint32_t equals = tj_str_chr(name, '=', 0);
    const struct tj_option *row = find_option(b, name);
    if (!row && equals != TJ_NOT_FOUND) name = tj_str_sub(name, 0, equals);
    if (!row) row = find_option(b, name);
    if (!row && !known_only) row = find_abbreviated(b, name);
    *bound = row || !known_only;
    if (!*bound) return at;
    struct tj_bound_option *o = add_option(b, row, name, at);
    if (name.n < word->text.n) {
        struct tj_value v = tail_value(word, name.n + 1);
        set_value(b, o, &v, at);
    } else if (row && takes_words(row)) {
        return next_value(b, o, at);
    }
    return at;
}

/* -Name VALUE, -Name:VALUE. What no row names may take a value: the common parameters do. */
static uint32_t bind_pwsh(struct binder *b, uint32_t at) {
    static const char *const common[] = {"-erroraction",   "-ea",          "-warningaction",    "-wa",
                                         "-errorvariable", "-outvariable", "-informationaction"};
    const struct tj_value *word = &b->command->argv[at].value;
    uint32_t colon = tj_str_chr(word->text, ':', 0);
    struct tj_str name = tj_str_sub(word->text, 0, colon == TJ_NOT_FOUND ? word->text.n : colon);
    const struct tj_option *row = find_begun(b, name);
    bool takes = row && row->need == TJ_VALUE_REQUIRED;
    for (size_t i = 0; i < sizeof common / sizeof *common && !row; i++)
        takes = takes || begins(tj_str_of(common[i]), name);
    struct tj_bound_option *o = add_option(b, row, row ? name_of(b, row) : name, at);
    if (colon != TJ_NOT_FOUND) {
        struct tj_value v = tail_value(word, colon + 1);
        set_value(b, o, &v, at);
        return at;
    }
    return takes ? next_value(b, o, at) : at;
}

static uint32_t bind_option(struct binder *b, uint32_t at) {
    struct tj_str word = text_of(b, at);
    if (b->style == TJ_STYLE_PWSH) return bind_pwsh(b, at);
    bool bound = false;
    if (word.n == 1) {
        (void)add_option(b, find_option(b, word), word, at);
        return at;
    }
    if (word.p[0] == '+' && !find_option(b, word)) { /* vim +COMMAND */
        struct tj_value v = tail_value(&b->command->argv[at].value, 1);
        set_value(b, add_option(b, find_option(b, TJ_STR("+")), TJ_STR("+"), at), &v, at);
        return at;
    }
    if ((word.n > 2 && word.p[1] == '-') || b->style == TJ_STYLE_LONG) return bind_long(b, at, false, &bound);
    if (word.n > 2 || word.p[0] != '-' || tj_str_is(word, "--")) {
        uint32_t last = bind_long(b, at, true, &bound);
        if (bound) return last;
    }
    return bind_cluster(b, at, 1);
}

/* ---- operands ---------------------------------------------------------------------------------------------------------------- */

static const struct tj_operand *slots(const struct binder *b, uint32_t *n) {
    const struct tj_program *row = b->row[b->rows - 1];
    *n = row->operands.n;
    return TJ_ROW(b->image, OPERANDS, struct tj_operand, row->operands.at);
}

static bool is_command_slot(uint8_t slot) {
    return slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL || slot == TJ_SLOT_SHELL_ARGS;
}

/* What an option said already is no operand: python -c CODE, runuser -u USER COMMAND, runcon -t TYPE COMMAND. */
static bool skipped(const struct binder *b, const struct tj_operand *slot, uint32_t i, uint32_t n) {
    uint8_t s = slot[i].slot;
    if (s == TJ_SLOT_SCRIPT) return b->code;
    bool may = s == TJ_SLOT_ACCOUNT || s == TJ_SLOT_CONTAINER || s == TJ_SLOT_MODE;
    return may && b->given[s] && i + 1 < n && is_command_slot(slot[i + 1].slot);
}

/* True when the operand that comes next begins a nested command: the options that follow are not ours. */
static bool begins_command(const struct binder *b, uint32_t operands, bool *text) {
    uint32_t n, at = 0;
    const struct tj_operand *slot = slots(b, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (skipped(b, slot, i, n)) continue;
        *text = slot[i].slot == TJ_SLOT_SHELL;
        if (at == operands)
            return is_command_slot(slot[i].slot) || (slot[i].slot == TJ_SLOT_SCRIPT && b->style == TJ_STYLE_POSIX);
        if (slot[i].rest) return false;
        at++;
    }
    return false;
}

/* docker-like `exec NAME -- PROGRAM`: dashes that stand where the program would. */
static bool dashes_before_command(const struct binder *b, uint32_t operands) {
    uint32_t n, at = 0;
    const struct tj_operand *slot = slots(b, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (skipped(b, slot, i, n)) continue;
        if (at == operands) return slot[i].slot == TJ_SLOT_COMMAND || slot[i].slot == TJ_SLOT_SHELL;
        if (slot[i].rest) return false;
        at++;
    }
    return false;
}

/* NAME=VALUE in front of the command of env, sudo, doas. */
static bool is_setting(struct tj_str s) {
    uint32_t i = 0;
    if (s.n == 0 || tj_is_digit(s.p[0])) return false;
    while (i < s.n && tj_is_name(s.p[i])) i++;
    return i && i < s.n && s.p[i] == '=';
}

/* env $(cat .env) PROGRAM: what a substitution prints in front of the program is settings. */
static bool is_settings(const struct binder *b, uint32_t at) {
    const struct tj_value *v = &b->command->argv[at].value;
    if (b->row[0]->handler != TJ_HANDLER_ENV || at + 1 >= b->command->argc) return false;
    return v->flags & TJ_VALUE_IS_DYNAMIC && v->flags & TJ_VALUE_FROM_OUTPUT && v->flags & TJ_VALUE_MAY_SPLIT &&
           v->text.n == 0 && v->suffix.n == 0;
}

static bool enter_subcommand(struct binder *b, uint32_t at) {
    const struct tj_program *row = b->row[b->rows - 1];
    if (row->subcommands.n == 0 || b->rows == MAX_ROWS || b->command->argv[at].value.flags & TJ_VALUE_IS_DYNAMIC)
        return false;
    uint32_t index = (uint32_t)(row - tj_image_program(b->image, 0));
    uint32_t found = tj_image_find_subcommand(b->image, index, text_of(b, at));
    if (found == TJ_NONE) return false;
    b->row[b->rows++] = tj_image_program(b->image, found);
    b->style = b->row[b->rows - 1]->style;
    b->ended = false;
    b->command->program = found;
    b->command->subcommand = tj_image_str(b->image, b->row[b->rows - 1]->name);
    return true;
}

static void push_operand(struct binder *b, uint32_t at, uint8_t slot) {
    struct tj_bound_operand o = {at, slot};
    (void)tj_vec_push(b->arena, &b->out->operand, o);
}

/* Gives the operands their slots: required ones first claim what they need, then optional ones, the rest takes the rest. */
static void assign_slots(struct binder *b) {
    struct tj_bound_operand *o = b->out->operand.at;
    uint32_t n, total = b->out->operand.n, need = 0, at = 0;
    const struct tj_operand *slot = slots(b, &n);
    const struct tj_program *row = b->row[b->rows - 1];
    uint32_t first = 0;
    if (b->code && row->lang == TJ_LANG_PWSH && b->style == TJ_STYLE_PWSH) return; /* they are part of the code */
    while (first < total && o[first].slot == TJ_SLOT_VARIABLE) first++;
    at = first;
    if (row->receiver && total > at) o[at++].slot = (uint8_t)(row->receiver - 1);
    for (uint32_t i = 0; i < n; i++) need += !slot[i].rest && !slot[i].optional && !skipped(b, slot, i, n);
    uint32_t extra = total - at > need ? total - at - need : 0;
    for (uint32_t i = 0; i < n && at < total; i++) {
        if (skipped(b, slot, i, n)) continue;
        uint32_t take = slot[i].rest ? extra : slot[i].optional ? (extra > 0) : 1;
        if (slot[i].rest || slot[i].optional) extra -= take;
        while (take-- && at < total) o[at++].slot = slot[i].slot;
    }
}

static void note_command(struct binder *b) {
    struct tj_bound *out = b->out;
    for (uint32_t i = 0; i < out->operand.n && out->command_arg == TJ_NONE; i++) {
        uint8_t slot = out->operand.at[i].slot;
        if (slot == TJ_SLOT_COMMAND || slot == TJ_SLOT_SHELL) out->command_arg = out->operand.at[i].arg;
    }
}

/* ---- styles ------------------------------------------------------------------------------------------------------------------ */

static bool looks_like_option(const struct binder *b, uint32_t at) {
    if (b->style == TJ_STYLE_PWSH) {
        struct tj_str word = text_of(b, at);
        return word.n > 1 && word.p[0] == '-' && tj_is_alpha(word.p[1]);
    }
    struct tj_str s = text_of(b, at);
    if (b->ended || s.n == 0) return false;
    if (s.n == 1) return s.p[0] == '-' && !b->command->argv[at].value.suffix.n && find_option(b, s); /* env -, su - */
    return s.p[0] == '-' || ((s.p[0] == '+' || s.p[0] == '=') && find_option(b, s)) ||
           (s.p[0] == '+' && find_option(b, TJ_STR("+")));
}

static void bind_operand(struct binder *b, uint32_t at, uint32_t *operands) {
    if (b->asks_text) {
        b->asks_text = false;
        b->ended = true;
        for (uint32_t i = 0; i < b->out->option.n; i++) {
            struct tj_bound_option *o = &b->out->option.at[i];
            if (shell_text_option(b, o->row) && !o->has_value) {
                set_value(b, o, &b->command->argv[at].value, at);
                return;
            }
        }
    }
    if (*operands == 0 && enter_subcommand(b, at)) return;
    bool text = false, command = begins_command(b, *operands, &text);
    if (command && !text && (is_setting(text_of(b, at)) || is_settings(b, at))) {
        push_operand(b, at, TJ_SLOT_VARIABLE);
        return;
    }
    bool ssh = b->row[0]->handler == TJ_HANDLER_SSH; /* takes options after the host too */
    if (command || (b->style == TJ_STYLE_POSIX && !ssh && b->row[b->rows - 1]->subcommands.n == 0)) b->ended = true;
    push_operand(b, at, TJ_SLOT_DATA);
    (*operands)++;
}

static bool shell_reads_stdin(const struct binder *b) {
    if (b->row[0]->handler != TJ_HANDLER_SHELL) return false;
    for (uint32_t i = 0; i < b->out->option.n; i++) {
        if (tj_str_is(b->out->option.at[i].name, "-s")) return true;
    }
    return false;
}

/* jq --arg NAME VALUE */
static bool names_a_value(const struct binder *b, uint32_t at) {
    struct tj_str s = text_of(b, at);
    bool arg = tj_str_is(s, "--arg") || tj_str_is(s, "--argjson");
    const struct tj_option *row = arg ? find_option(b, s) : NULL;
    return row && row->slot == TJ_SLOT_VARIABLE;
}

static void bind_words(struct binder *b) {
    uint32_t operands = 0;
    for (uint32_t i = 1; i < b->command->argc; i++) {
        bool literal = b->style == TJ_STYLE_WORDS;
        bool dashes = !literal && !b->ended && tj_str_is(text_of(b, i), "--") && !b->command->argv[i].value.suffix.n;
        bool before = b->ended && operands && tj_str_is(text_of(b, i), "--") && dashes_before_command(b, operands);
        if (before)
            continue;
        else if (dashes && !find_option(b, text_of(b, i)))
            b->ended = true;
        else if (!literal && looks_like_option(b, i))
            i = bind_option(b, i) + (names_a_value(b, i) ? 1u : 0u);
        else if (b->style == TJ_STYLE_TAR && i == 1 && b->rows == 1)
            i = bind_cluster(b, i, 0);
        else
            bind_operand(b, i, &operands);
    }
    if (shell_reads_stdin(b)) b->code = true;
}

/* find PATH… EXPRESSION: -exec takes words up to ; or + */
static void bind_find(struct binder *b) {
    bool expression = false;
    for (uint32_t i = 1; i < b->command->argc; i++) {
        struct tj_str s = text_of(b, i);
        if (s.n && (s.p[0] == '-' || s.p[0] == '(' || s.p[0] == '!') && s.n > (s.p[0] == '-')) expression = true;
        if (!expression) {
            push_operand(b, i, TJ_SLOT_DATA);
        } else if (tj_str_is(s, "-exec") || tj_str_is(s, "-execdir") || tj_str_is(s, "-ok") || tj_str_is(s, "-okdir")) {
            struct tj_bound_option *o = add_option(b, find_option(b, s), s, i);
            if (i + 1 < b->command->argc) {
                if (o) o->value = b->command->argv[i + 1].value;
                if (o) o->has_value = true;
                if (b->out->command_arg == TJ_NONE) b->out->command_arg = i + 1;
            }
            while (i + 1 < b->command->argc && !tj_str_is(text_of(b, i + 1), ";") && !tj_str_is(text_of(b, i + 1), "+"))
                i++;
            if (i + 1 < b->command->argc) i++;
        } else if (s.n > 1 && s.p[0] == '-') {
            bool bound;
            i = bind_long(b, i, false, &bound);
        }
    }
}

static void bind_keyvalue(struct binder *b) {
    for (uint32_t i = 1; i < b->command->argc; i++) {
        const struct tj_value *v = &b->command->argv[i].value;
        uint32_t equals = tj_str_chr(v->text, '=', 0);
        if (equals == TJ_NOT_FOUND) {
            push_operand(b, i, TJ_SLOT_DATA);
            continue;
        }
        struct tj_str name = tj_str_sub(v->text, 0, equals + 1);
        struct tj_value value = tail_value(v, equals + 1);
        set_value(b, add_option(b, find_option(b, name), name, i), &value, i);
    }
}

static void bind_call(struct binder *b) {
    for (uint32_t i = 1; i < b->command->argc; i++) {
        struct tj_str key = b->command->argv[i].key;
        if (key.n == 0) {
            push_operand(b, i, TJ_SLOT_DATA);
            continue;
        }
        char *name = tj_arena_alloc(b->arena, (size_t)key.n + 1, 1);
        if (!name) return;
        memcpy(name, key.p, key.n);
        name[key.n] = '=';
        struct tj_str full = tj_str_make(name, (size_t)key.n + 1);
        set_value(b, add_option(b, find_option(b, full), full, i), &b->command->argv[i].value, i);
    }
}

/* A program that is not in the tables: -x and --x are options, all else is data. */
static void bind_unknown(struct binder *b) {
    bool ended = false;
    for (uint32_t i = 1; i < b->command->argc; i++) {
        struct tj_str s = text_of(b, i);
        if (!ended && s.n > 1 && s.p[0] == '-') {
            uint32_t equals = tj_str_chr(s, '=', 0);
            ended = tj_str_is(s, "--");
            struct tj_bound_option *o = add_option(b, NULL, equals == TJ_NOT_FOUND ? s : tj_str_sub(s, 0, equals), i);
            if (!o || equals == TJ_NOT_FOUND) continue;
            o->value = tail_value(&b->command->argv[i].value, equals + 1);
            o->has_value = true;
            continue;
        }
        push_operand(b, i, TJ_SLOT_DATA);
    }
}

void tj_bind(const struct tj_image *image, struct tj_arena *arena, struct tj_command *command, struct tj_bound *out) {
    struct binder b = {.image = image, .arena = arena, .command = command, .out = out};
    memset(out, 0, sizeof *out);
    out->command_arg = TJ_NONE;
    if (command->base_program == TJ_NONE) {
        bind_unknown(&b);
        return;
    }
    b.row[b.rows++] = tj_image_program(image, command->base_program);
    b.style = b.row[0]->style;
    if (b.row[0]->handler == TJ_HANDLER_FIND)
        bind_find(&b);
    else if (b.style == TJ_STYLE_KEYVALUE)
        bind_keyvalue(&b);
    else if (b.style == TJ_STYLE_CALL)
        bind_call(&b);
    else
        bind_words(&b);
    out->program = b.row[b.rows - 1];
    assign_slots(&b);
    note_command(&b);
}
