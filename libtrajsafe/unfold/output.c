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

/* ---- echo, printf --------------------------------------------------------------------------------------------------------------- */

static uint32_t octal(struct tj_str s, uint32_t *at, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < most && *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '7'; k++)
        n = n * 8 + (uint32_t)(s.p[(*at)++] - '0');
    return n;
}

static uint32_t hexadecimal(struct tj_str s, uint32_t *at, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < most && *at < s.n && tj_hex(s.p[*at]) >= 0; k++)
        n = n * 16 + (uint32_t)tj_hex(s.p[(*at)++]);
    return n;
}

static void put_escape(struct tj_buf *buf, struct tj_str s, uint32_t *at, bool *stop) {
    static const char from[] = "abefnrtv\\\"'", to[] = "\a\b\033\f\n\r\t\v\\\"'";
    char c = s.p[(*at)++];
    char utf8[4];
    if (c == 'x') {
        tj_buf_putc(buf, (char)hexadecimal(s, at, 2));
    } else if (c == 'u' || c == 'U') {
        uint32_t n = tj_utf8_put(utf8, hexadecimal(s, at, c == 'u' ? 4 : 8));
        tj_buf_put(buf, tj_str_make(utf8, n));
    } else if (c >= '0' && c <= '7') {
        uint32_t most = c == '0' ? 4 : 3;
        (*at)--;
        tj_buf_putc(buf, (char)octal(s, at, most));
    } else if (c == 'c') {
        *stop = true;
    } else {
        const char *p = strchr(from, c);
        if (!p || !c) tj_buf_putc(buf, '\\');
        tj_buf_putc(buf, p && c ? to[p - from] : c);
    }
}

struct tj_str tj_echo_unescape(struct tj_arena *arena, struct tj_str s, bool *stop) {
    struct tj_buf buf;
    if (tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND) return s;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < s.n && !*stop;) {
        char c = s.p[i++];
        if (c == '\\' && i < s.n)
            put_escape(&buf, s, &i, stop);
        else
            tj_buf_putc(&buf, c);
    }
    struct tj_str out = tj_buf_str(&buf);
    return out.p ? out : TJ_STR("");
}

static void add_text(struct tj_work *w, struct tj_capture *capture, struct tj_str s) {
    struct tj_value v = tj_value_text(s, TJ_NO_SPAN);
    tj_capture_add(w, capture, &v);
}

static void echo(struct tj_work *w, struct tj_command *c) {
    uint32_t first = 1;
    bool newline = true, escapes = false, stop = false;
    for (; first < c->argc; first++) {
        struct tj_str s = arg_text(c, first);
        bool flags = s.n > 1 && s.p[0] == '-' && tj_value_known(&c->argv[first].value);
        for (uint32_t i = 1; flags && i < s.n; i++) flags = s.p[i] == 'n' || s.p[i] == 'e' || s.p[i] == 'E';
        if (!flags) break;
        newline = newline && tj_str_chr(s, 'n', 0) == TJ_NOT_FOUND;
        escapes = escapes || tj_str_chr(s, 'e', 0) != TJ_NOT_FOUND;
    }
    struct tj_capture capture = {.some = false};
    struct tj_span span = c->span;
    for (uint32_t i = first; i < c->argc && !stop; i++) {
        struct tj_value v = c->argv[i].value;
        if (escapes) v.text = tj_echo_unescape(w->arena, v.text, &stop);
        if (escapes) v.suffix = tj_echo_unescape(w->arena, v.suffix, &stop);
        if (i > first) add_text(w, &capture, TJ_STR(" "));
        tj_capture_add(w, &capture, &v);
    }
    if (newline) add_text(w, &capture, TJ_STR("\n"));
    /* One word: what is printed points at it, so that code in it does. */
    if (c->argc == first + 1) span = c->argv[first].value.span;
    c->output = tj_capture_value(&capture, span);
    c->output.span = span;
    c->output.flags &= ~(TJ_VALUE_MAY_SPLIT | TJ_VALUE_UNSET_OK | TJ_VALUE_HAS_GLOB | TJ_VALUE_ESCAPED);
}

/* One conversion: true when it took the next argument. */
static bool put_conversion(struct tj_work *w, struct tj_capture *out, struct tj_str format, uint32_t *at,
                           const struct tj_value *arg) {
    struct tj_buf one;
    uint64_t n = 0;
    bool stop = false;
    while (*at < format.n && (tj_is_digit(format.p[*at]) || strchr("-+ #0.'", format.p[*at]))) (*at)++;
    char c = *at < format.n ? format.p[(*at)++] : '%';
    struct tj_value v = arg ? *arg : tj_value_text(TJ_STR(""), TJ_NO_SPAN);
    v.flags &= ~(TJ_VALUE_MAY_SPLIT | TJ_VALUE_UNSET_OK | TJ_VALUE_HAS_GLOB | TJ_VALUE_ESCAPED);
    tj_buf_init(&one, w->arena);
    if (c == '%') {
        add_text(w, out, TJ_STR("%"));
        return false;
    }
    if (c == 'b' && tj_value_known(&v)) v.text = tj_echo_unescape(w->arena, v.text, &stop);
    if (c == 'c' && v.text.n > 1) v.text = tj_str_sub(v.text, 0, 1);
    bool number = c == 'x' || c == 'X' || c == 'o';
    if (number && tj_str_to_u64(v.text, &n)) {
        tj_buf_putf(&one, c == 'o' ? "%llo" : "%llx", (unsigned long long)n);
        v.text = tj_buf_str(&one);
    }
    tj_capture_add(w, out, &v);
    return true;
}

static void print_format(struct tj_work *w, struct tj_command *c) {
    uint32_t at = c->argc > 1 && tj_str_is(arg_text(c, 1), "--") ? 2 : 1;
    bool stop = false;
    if (at >= c->argc) return;
    struct tj_capture out = {.some = false};
    struct tj_value format = c->argv[at].value;
    if (!tj_value_known(&format)) {
        c->output = format;
        c->output.flags &= ~(TJ_VALUE_MAY_SPLIT | TJ_VALUE_UNSET_OK);
        return;
    }
    struct tj_str f = format.text;
    uint32_t arg = at + 1, before;
    do {
        before = arg;
        for (uint32_t i = 0; i < f.n && !stop;) {
            if (f.p[i] == '%' && i + 1 < f.n) {
                i++;
                if (put_conversion(w, &out, f, &i, arg < c->argc ? &c->argv[arg].value : NULL)) arg++;
                continue;
            }
            uint32_t begin = i;
            while (i < f.n && !(f.p[i] == '%' && i + 1 < f.n)) i++;
            add_text(w, &out, tj_echo_unescape(w->arena, tj_str_sub(f, begin, i), &stop));
        }
    } while (arg < c->argc && arg > before && !stop);
    c->output = tj_capture_value(&out, c->span);
    bool one_word = c->argc == at + 1 || (c->argc == at + 2 && f.n <= 4);
    c->output.span = one_word ? c->argv[c->argc - 1].value.span : c->span;
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
    case TJ_HANDLER_REV: ok = tj_filter_rev(w->arena, in.text, &out); break;
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

static void path_part(struct tj_command *c, bool base) {
    const struct tj_value *v = operand(c, 0), *suffix = operand(c, 1);
    if (!v || !tj_value_known(v)) return;
    struct tj_str s = v->text;
    while (s.n > 1 && s.p[s.n - 1] == '/') s.n--;
    uint32_t slash = tj_str_rchr(s, '/');
    if (base) {
        struct tj_str name = slash == TJ_NOT_FOUND ? s : tj_str_sub(s, slash + 1, s.n);
        if (suffix && name.n > suffix->text.n && tj_str_ends(name, suffix->text)) name.n -= suffix->text.n;
        print(c, name);
    } else {
        print(c, slash == TJ_NOT_FOUND ? TJ_STR(".") : slash == 0 ? TJ_STR("/") : tj_str_sub(s, 0, slash));
    }
}

static void sequence(struct tj_work *w, struct tj_command *c) {
    uint64_t number[3] = {0}, from = 1, step = 1, to;
    uint32_t n = 0;
    for (const struct tj_value *v; n < 3 && (v = operand(c, n)) != NULL; n++) {
        if (!tj_value_known(v) || !tj_str_to_u64(v->text, &number[n])) return;
    }
    if (n == 0 || !all_known(c)) return;
    to = number[n - 1];
    if (n > 1) from = number[0];
    if (n > 2) step = number[1];
    if (step == 0 || to < from || (to - from) / step > 64) return;
    struct tj_buf buf;
    tj_buf_init(&buf, w->arena);
    for (uint64_t i = from; i <= to; i += step) {
        tj_buf_number(&buf, (int64_t)(i & INT64_MAX));
        tj_buf_putc(&buf, '\n');
        if (to - i < step) break;
    }
    print(c, tj_buf_str(&buf));
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
    switch (handler) {
    case TJ_HANDLER_ECHO: echo(w, c); break;
    case TJ_HANDLER_PRINTF: print_format(w, c); break;
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
    case TJ_HANDLER_SEQ: sequence(w, c); break;
    case TJ_HANDLER_PWD: working_folder(w, env, c); break;
    case TJ_HANDLER_MKTEMP: fresh_path(w, c); break;
    case TJ_HANDLER_BASENAME: path_part(c, true); break;
    case TJ_HANDLER_DIRNAME: path_part(c, false); break;
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
