/* What known programs print when what they are given is known: echo, printf, cat, decoders, filters, mktemp and the like. */
#include "unfold/work.h"

static struct tj_str arg_text(const struct tj_command *c, uint32_t i) { return c->argv[i].value.text; }

static bool all_known(const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        if (!tj_value_known(&c->argv[i].value)) return false;
    }
    return true;
}

static void print(struct tj_command *c, struct tj_str text) {
    c->output = tj_value_text(text, c->output.span);
    c->output.flags |= TJ_VALUE_FROM_OUTPUT;
}

/* ---- files ------------------------------------------------------------------------------------------------------------------------ */

static struct tj_value file_content(struct tj_work *w, const struct tj_value *path) {
    struct tj_value v = tj_value_unknown(path->span);
    const struct tj_value *output = tj_subst_output(w, path->text);
    if (output) return *output;
    struct tj_path resolved = tj_path_resolve(w->arena, tj_state_context(w->state), tj_state_cwd(w->state), path);
    const struct tj_file *file = resolved.dynamic || resolved.glob ? NULL : tj_state_file(w->state, resolved.text);
    if (!file || !file->content.p || file->flags & (TJ_FILE_DELETED | TJ_FILE_PARTIAL) ||
        !tj_str_eq(file->path, resolved.text))
        return v;
    v = tj_value_text(tj_arena_copy(w->arena, file->content), path->span);
    v.carries = file->carries;
    return v;
}

/* Operands that are files; stdin when there are none. False: an option changes what is printed. */
static struct tj_value input_of(struct tj_work *w, const struct tj_command *c, uint32_t first) {
    struct tj_capture all = {.some = false};
    bool any = false;
    for (uint32_t i = first; i < c->argc; i++) {
        const struct tj_value *v = &c->argv[i].value;
        bool dash = tj_str_is(v->text, "-") || tj_str_is(v->text, "/dev/stdin");
        if (tj_value_known(v) && v->text.n > 1 && v->text.p[0] == '-') continue;
        struct tj_value content = dash ? c->input : file_content(w, v);
        tj_capture_add(w, &all, &content);
        any = true;
    }
    if (any) return tj_capture_value(&all, c->span);
    if (c->stdin_kind == TJ_STDIN_NONE) return tj_value_unknown(c->span);
    return c->input;
}

static void cat(struct tj_work *w, struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = arg_text(c, i);
        if (s.n > 1 && s.p[0] == '-' && !tj_str_is(s, "-u") && !tj_str_is(s, "--")) return;
    }
    c->output = input_of(w, c, 1);
}

/* ---- decoders ---------------------------------------------------------------------------------------------------------------------- */

static bool wants_decoding(const struct tj_command *c) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = arg_text(c, i);
        if (tj_str_is(s, "--decode") || tj_str_is(s, "-D") || tj_str_is(s, "--decompress") ||
            tj_str_is(s, "--uncompress"))
            return true;
        bool cluster = s.n > 1 && s.p[0] == '-' && s.p[1] != '-';
        if (cluster && (tj_str_chr(s, 'd', 1) != TJ_NOT_FOUND || tj_str_chr(s, 'r', 1) != TJ_NOT_FOUND)) return true;
    }
    return tj_str_is(c->name, "gunzip") || tj_str_is(c->name, "zcat");
}

/* The decoded text stands for what was decoded; its own span is the whole of it. */
static void decoded(struct tj_work *w, struct tj_command *c, const struct tj_value *in, struct tj_str out,
                    const char *coding) {
    struct tj_span from = in->span.text == TJ_NONE ? c->span : in->span;
    uint32_t text = tj_texts_child(&w->out->texts, from, TJ_LAYER_DECODED, tj_str_of(coding), out);
    c->output = tj_value_text(out, text == TJ_NONE ? c->span : (struct tj_span){text, 0, out.n});
    c->output.carries = in->carries | TJ_CLASS_BIT(DECODED);
    c->output.flags |= TJ_VALUE_FROM_OUTPUT;
}

static void decode(struct tj_work *w, struct tj_command *c, enum tj_handler handler) {
    struct tj_value in = input_of(w, c, 1);
    struct tj_str out = TJ_STR_NONE;
    bool ok = false;
    if (handler == TJ_HANDLER_OPENSSL) {
        bool base64 = c->argc > 1 && (tj_str_is(arg_text(c, 1), "base64") || tj_str_is(arg_text(c, 1), "enc"));
        for (uint32_t i = 2; i < c->argc; i++) {
            struct tj_str s = arg_text(c, i);
            if (tj_str_starts(s, TJ_STR("-aes")) || tj_str_starts(s, TJ_STR("-des"))) base64 = false;
        }
        if (!base64) return;
        in = c->stdin_kind == TJ_STDIN_NONE ? tj_value_unknown(c->span) : c->input;
        handler = TJ_HANDLER_BASE64;
    }
    if (!wants_decoding(c)) return;
    if (!tj_value_known(&in)) {
        c->output.carries = in.carries | TJ_CLASS_BIT(DECODED);
        return;
    }
    if (!tj_work_round(w, c->span) || !tj_work_derive(w, in.text.n, c->span)) return;
    switch (handler) {
    case TJ_HANDLER_BASE64: ok = tj_decode_base64(w->arena, in.text, &out); break;
    case TJ_HANDLER_BASE32: ok = tj_decode_base32(w->arena, in.text, &out); break;
    case TJ_HANDLER_XXD: ok = tj_decode_hex(w->arena, in.text, &out); break;
    default: ok = tj_decode_gzip(w->arena, in.text, 1u << 20, &out); break;
    }
    const char *coding = handler == TJ_HANDLER_BASE64   ? "base64"
                         : handler == TJ_HANDLER_BASE32 ? "base32"
                         : handler == TJ_HANDLER_XXD    ? "hex"
                                                        : "gzip";
    if (ok)
        decoded(w, c, &in, out, coding);
    else
        c->output.carries = in.carries | TJ_CLASS_BIT(DECODED);
}

/* ---- filters ------------------------------------------------------------------------------------------------------------------------ */

static struct tj_strs words_of(struct tj_work *w, const struct tj_command *c) {
    struct tj_str *all = tj_arena_array(w->arena, struct tj_str, c->argc);
    for (uint32_t i = 1; all && i < c->argc; i++) all[i - 1] = arg_text(c, i);
    return (struct tj_strs){all, all ? c->argc - 1 : 0};
}

/* Filters read stdin here; with a file operand they are left unknown unless the handler says which word it is. */
static void filter(struct tj_work *w, struct tj_command *c, enum tj_handler handler) {
    struct tj_value in = c->stdin_kind == TJ_STDIN_NONE ? tj_value_unknown(c->span) : c->input;
    struct tj_strs args = words_of(w, c);
    struct tj_str out = TJ_STR_NONE;
    bool ok = false;
    c->output.carries = in.carries;
    if (!all_known(c) || !tj_value_known(&in) || !tj_work_derive(w, in.text.n, c->span)) return;
    switch (handler) {
    case TJ_HANDLER_REV: ok = tj_filter_rev(w->arena, args, in.text, &out); break;
    case TJ_HANDLER_TR: ok = tj_filter_tr(w->arena, args, in.text, &out); break;
    case TJ_HANDLER_CUT: ok = tj_filter_cut(w->arena, args, in.text, &out); break;
    case TJ_HANDLER_SED: ok = tj_filter_sed(w->arena, args, in.text, &out); break;
    case TJ_HANDLER_HEAD:
    case TJ_HANDLER_TAIL: ok = tj_filter_lines(w->arena, args, handler == TJ_HANDLER_TAIL, in.text, &out); break;
    default: break;
    }
    if (!ok) return;
    bool changes = handler == TJ_HANDLER_REV || handler == TJ_HANDLER_TR || handler == TJ_HANDLER_SED;
    if (changes && !tj_str_eq(out, in.text) && tj_work_round(w, c->span)) {
        uint32_t text =
            tj_texts_child(&w->out->texts, in.span.text == TJ_NONE ? c->span : in.span, TJ_LAYER_DECODED, c->name, out);
        c->output = tj_value_text(out, text == TJ_NONE ? c->span : (struct tj_span){text, 0, out.n});
    } else {
        c->output = tj_value_text(out, in.span);
    }
    c->output.carries = in.carries;
    c->output.flags |= TJ_VALUE_FROM_OUTPUT;
}

/* ---- names, numbers, fresh files ---------------------------------------------------------------------------------------------------- */

static const struct tj_value *operand(const struct tj_command *c, uint32_t which) {
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = arg_text(c, i);
        if (s.n > 1 && s.p[0] == '-' && !tj_is_digit(s.p[1])) continue;
        if (which-- == 0) return &c->argv[i].value;
    }
    return NULL;
}

/* `which rm`, `command -v rm`: some folder, then the name. */
static void found_program(struct tj_work *w, struct tj_command *c) {
    const struct tj_value *v = operand(c, 0);
    if (!v || !tj_value_known(v) || operand(c, 1)) return;
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    tj_buf_putc(&buf, '/');
    tj_buf_put(&buf, tj_str_basename(v->text));
    c->output.text = TJ_STR("");
    c->output.suffix = tj_buf_str(&buf);
    c->output.flags = TJ_VALUE_IS_DYNAMIC | TJ_VALUE_FROM_OUTPUT;
}

static bool looks_up(const struct tj_command *c) {
    if (tj_str_is(c->name, "which")) return true;
    return tj_str_is(c->name, "command") && c->argc > 2 && tj_str_is(arg_text(c, 1), "-v");
}

/* A path that nobody else has: X's become the command's number. */
static void fresh_path(struct tj_work *w, struct tj_command *c) {
    const struct tj_value *template_ = NULL;
    struct tj_str folder = TJ_STR("/tmp");
    for (uint32_t i = 1; i < c->argc; i++) {
        struct tj_str s = arg_text(c, i);
        bool has_value = (tj_str_is(s, "-p") || tj_str_is(s, "--suffix")) && i + 1 < c->argc;
        if (tj_str_is(s, "-p") && has_value && tj_value_known(&c->argv[i + 1].value)) folder = arg_text(c, i + 1);
        if (tj_str_starts(s, TJ_STR("--tmpdir="))) folder = tj_str_sub(s, 9, s.n);
        if (has_value)
            i++;
        else if (s.n == 0 || s.p[0] != '-')
            template_ = &c->argv[i].value;
    }
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    struct tj_str name = template_ ? template_->text : TJ_STR("tmp.XXXXXX");
    bool known = !template_ || tj_value_known(template_);
    if (tj_str_chr(name, '/', 0) == TJ_NOT_FOUND) {
        tj_buf_put(&buf, folder);
        tj_buf_putc(&buf, '/');
    }
    uint32_t x = tj_str_find(name, TJ_STR("XXX"), 0), after = x;
    while (after < name.n && name.p[after] == 'X') after++;
    tj_buf_put(&buf, tj_str_sub(name, 0, x));
    if (x != TJ_NOT_FOUND) {
        tj_buf_puts(&buf, "tj");
        tj_buf_number(&buf, w->out->command.n);
        tj_buf_put(&buf, tj_str_sub(name, after, name.n));
    }
    print(c, tj_buf_str(&buf));
    c->output.flags |= TJ_VALUE_IS_TEMP;
    if (!known) c->output.flags |= TJ_VALUE_IS_DYNAMIC;
    /* The newline that a substitution strips again would only cost a copy. */
}

static void working_folder(struct tj_work *w, const struct tj_env *env, struct tj_command *c) {
    struct tj_value v = tj_param_value(w, env, TJ_STR("PWD"));
    v.span = c->span;
    c->output = v;
}

/* Programs that print nothing when all is well. */
/* grep -q says by its status alone. */
static bool is_quiet(const struct tj_command *c) {
    bool greps = tj_str_ends(c->name, TJ_STR("grep")) || tj_str_is(c->name, "rg");
    for (uint32_t i = 1; greps && i < c->argc; i++) {
        struct tj_str s = c->argv[i].value.text;
        if (tj_str_is(s, "--quiet") || tj_str_is(s, "--silent")) return true;
        bool letters = s.n > 1 && s.p[0] == '-' && s.p[1] != '-';
        if (letters && tj_str_chr(s, 'q', 1) != TJ_NOT_FOUND && tj_str_chr(s, 'e', 1) == TJ_NOT_FOUND) return true;
    }
    return false;
}

static bool silent(const struct tj_command *c, enum tj_handler handler) {
    static const char *const names[] = {"rm",    "rmdir", "mkdir", "touch", "sleep", "wait",
                                        "chown", "false", "[",     "test",  "umask", "ulimit"};
    switch (handler) {
    case TJ_HANDLER_CD: return !(c->argc > 1 && tj_str_is(arg_text(c, 1), "-"));
    case TJ_HANDLER_EXPORT:
    case TJ_HANDLER_UNSET:
    case TJ_HANDLER_SET:
    case TJ_HANDLER_SHIFT:
    case TJ_HANDLER_READ:
    case TJ_HANDLER_TEST:
    case TJ_HANDLER_CHMOD:
    case TJ_HANDLER_MV:
    case TJ_HANDLER_CP:
    case TJ_HANDLER_LN:
    case TJ_HANDLER_TRUE: return c->argc > 1 || handler == TJ_HANDLER_TRUE || handler == TJ_HANDLER_SHIFT;
    default: break;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (tj_str_is(c->name, names[i])) return true;
    }
    return false;
}

static bool has_word(const struct tj_command *c, const char *word) {
    for (uint32_t i = 1; i < c->argc; i++) {
        if (tj_str_is(c->argv[i].value.text, word)) return true;
    }
    return false;
}

void tj_output_of(struct tj_work *w, const struct tj_env *env, struct tj_command *c) {
    enum tj_handler handler = (enum tj_handler)tj_image_program(w->image, c->base_program)->handler;
    struct tj_args results = {0};
    if (looks_up(c)) {
        found_program(w, c);
        return;
    }
    if (silent(c, handler) || is_quiet(c)) {
        print(c, TJ_STR(""));
        return;
    }
    if (tj_print_hash(w, c)) return;
    switch (handler) {
    case TJ_HANDLER_ECHO: tj_print_echo(w, env, c); break;
    case TJ_HANDLER_PRINTF: tj_print_format(w, c); break;
    case TJ_HANDLER_CAT: cat(w, c); break;
    case TJ_HANDLER_TEE: c->output = c->input; break;
    case TJ_HANDLER_BASE64:
    case TJ_HANDLER_BASE32:
    case TJ_HANDLER_XXD:
    case TJ_HANDLER_OPENSSL:
    case TJ_HANDLER_GZIP: decode(w, c, handler); break;
    case TJ_HANDLER_REV:
    case TJ_HANDLER_TR:
    case TJ_HANDLER_CUT:
    case TJ_HANDLER_SED:
    case TJ_HANDLER_HEAD:
    case TJ_HANDLER_TAIL: filter(w, c, handler); break;
    case TJ_HANDLER_SEQ: tj_print_sequence(w, c); break;
    case TJ_HANDLER_PWD: working_folder(w, env, c); break;
    case TJ_HANDLER_MKTEMP: fresh_path(w, c); break;
    case TJ_HANDLER_BASENAME: tj_print_name(w, c, true); break;
    case TJ_HANDLER_DIRNAME: tj_print_name(w, c, false); break;
    case TJ_HANDLER_FIND:
        if (has_word(c, "-delete") && !has_word(c, "-print")) {
            print(c, TJ_STR(""));
            break;
        }
        tj_find_results(w, c, &results);
        if (results.n == 1) c->output = results.at[0].value;
        c->output.flags |= TJ_VALUE_FROM_OUTPUT;
        break;
    default: break;
    }
}
