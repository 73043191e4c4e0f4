/* Folding for the light languages: functions and methods without effects on constants, mostly under Python's names. */
#include "code/light_eval.h"

static struct tj_str text_at(struct tj_py *py, const struct tj_py_arg *arg, uint32_t n, uint32_t i) {
    if (i >= n || arg[i].key.n || arg[i].spread || !tj_py_is_text(py, arg[i].value)) return TJ_STR_NONE;
    struct tj_str s = tj_py_at(py, arg[i].value)->text;
    return s.p ? s : TJ_STR("");
}

static uint32_t hex(struct tj_py *py, uint32_t node, struct tj_str s) {
    struct tj_str out;
    return s.p && tj_py_spend(py, s.n) && tj_decode_hex(py->arena, s, &out) ? tj_py_text(py, node, out) : TJ_NONE;
}

static uint32_t base64(struct tj_py *py, uint32_t node, struct tj_str s) {
    struct tj_str out;
    return s.p && tj_py_spend(py, s.n) && tj_decode_base64(py->arena, s, &out) ? tj_py_text(py, node, out) : TJ_NONE;
}

/* %41 and the like. */
static uint32_t percents(struct tj_py *py, uint32_t node, struct tj_str s, bool plus) {
    if (!s.p || !tj_py_spend(py, s.n)) return TJ_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < s.n; i++) {
        bool coded = s.p[i] == '%' && i + 2 < s.n && tj_hex(s.p[i + 1]) >= 0 && tj_hex(s.p[i + 2]) >= 0;
        char c = coded ? (char)(tj_hex(s.p[i + 1]) * 16 + tj_hex(s.p[i + 2])) : plus && s.p[i] == '+' ? ' ' : s.p[i];
        tj_buf_putc(&buf, c);
        i += coded ? 2 : 0;
    }
    return tj_py_text(py, node, tj_buf_str(&buf));
}

static uint32_t reversed(struct tj_py *py, uint32_t node, struct tj_str s) {
    if (!s.p || !tj_py_spend(py, s.n)) return TJ_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = s.n; i > 0; i--) tj_buf_putc(&buf, s.p[i - 1]);
    return tj_py_text(py, node, tj_buf_str(&buf));
}

/* Characters by their numbers. */
static uint32_t characters(struct tj_py *py, uint32_t node, const struct tj_py_arg *arg, uint32_t n) {
    struct tj_buf buf;
    char out[4];
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < n; i++) {
        struct tj_code_value v = *tj_py_at(py, arg[i].value);
        uint32_t from = v.kind == TJ_CODE_LIST ? v.item : arg[i].value,
                 to = v.kind == TJ_CODE_LIST ? v.item_end : from + 1;
        for (uint32_t k = from; k < to; k++) {
            int64_t code;
            if (!tj_py_number(py, k, &code) || code < 0 || code > 0x10FFFF || !tj_py_spend(py, 4)) return TJ_NONE;
            tj_buf_put(&buf, tj_str_make(out, tj_utf8_put(out, (uint32_t)code)));
        }
    }
    return n ? tj_py_text(py, node, tj_buf_str(&buf)) : TJ_NONE;
}

static uint32_t joined(struct tj_py *py, uint32_t node, uint32_t list, struct tj_str between) {
    struct tj_code_value v = *tj_py_at(py, list);
    uint32_t mark = py->stack.n;
    if (v.kind != TJ_CODE_LIST) return TJ_NONE;
    for (uint32_t i = v.item; i < v.item_end; i++) (void)tj_vec_push(py->arena, &py->stack, i);
    return tj_py_glue(py, node, mark, between);
}

static uint32_t list_of(struct tj_py *py, uint32_t node, const struct tj_py_arg *arg, uint32_t n) {
    uint32_t mark = py->stack.n, pairs = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (arg[i].key.n) {
            (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, arg[i].key));
            pairs++;
        }
        (void)tj_vec_push(py->arena, &py->stack, arg[i].value);
    }
    uint32_t list = tj_py_list(py, node, mark);
    if (pairs && pairs == n) tj_py_about(py, list)->what = TJ_PY_IS_DICT;
    return list;
}

/* All arguments, lists among them laid open. */
static uint32_t flat_list(struct tj_py *py, uint32_t node, const struct tj_py_arg *arg, uint32_t n) {
    uint32_t mark = py->stack.n;
    for (uint32_t i = 0; i < n; i++) {
        struct tj_code_value v = *tj_py_at(py, arg[i].value);
        for (uint32_t k = v.item; v.kind == TJ_CODE_LIST && k < v.item_end; k++)
            (void)tj_vec_push(py->arena, &py->stack, k);
        if (v.kind != TJ_CODE_LIST) (void)tj_vec_push(py->arena, &py->stack, arg[i].value);
    }
    return tj_py_list(py, node, mark);
}

static uint32_t formatted(struct tj_py *py, uint32_t node, const struct tj_py_arg *arg, uint32_t n) {
    if (n == 0 || !tj_py_is_text(py, arg[0].value)) return TJ_NONE;
    struct tj_str f = tj_py_at(py, arg[0].value)->text;
    if (tj_str_is(f, "%c") && n == 2) return characters(py, node, arg + 1, 1);
    return tj_py_add(py, node, '%', arg[0].value, flat_list(py, node, arg + 1, n - 1));
}

/* Path functions of all of them, by Python's names. */
static uint32_t path_function(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg,
                              uint32_t n) {
    static const struct {
        const char *names, *to;
    } same[] = {
        {"path.join path.resolve File.join catfile catdir", "os.path.join"},
        {"path.normalize File.expand_path File.realpath realpath abs_path File.absolute_path", "os.path.abspath"},
        {"path.dirname File.dirname dirname", "os.path.dirname"},
        {"path.basename File.basename basename", "os.path.basename"},
        {"process.cwd Dir.pwd Dir.getwd getcwd cwd", "os.getcwd"},
        {"os.tmpdir Dir.tmpdir sys_get_temp_dir tmpdir", "tempfile.gettempdir"}};
    bool emit;
    if (tj_py_named_is(name, "os.homedir Dir.home os.userInfo.homedir")) return tj_py_text(py, node, TJ_STR("~"));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (!tj_py_named_is(name, same[i].names)) continue;
        if (i == 1) n = n > 1 ? 1 : n;
        return tj_py_pure(py, node, tj_str_of(same[i].to), arg, n, &emit);
    }
    return TJ_NONE;
}

static uint32_t decoder(struct tj_py *py, uint32_t node, struct tj_str name, struct tj_str a, struct tj_str b) {
    if (tj_py_named_is(name, "atob base64_decode decode_base64 Base64.decode64 Base64.strict_decode64 "
                             "Base64.urlsafe_decode64 mime.unb64"))
        return base64(py, node, a);
    if (tj_py_named_is(name, "hex2bin")) return hex(py, node, a);
    if (tj_str_is(name, "str_rot13") && a.p) return tj_py_text(py, node, tj_py_rot13(py, a));
    if (tj_str_is(name, "Buffer.from") && tj_py_named_is(b, "base64 base64url")) return base64(py, node, a);
    if (tj_str_is(name, "Buffer.from") && tj_str_is(b, "hex")) return hex(py, node, a);
    if (tj_py_named_is(name, "gzinflate")) return tj_py_inflated(py, node, '-', a);
    if (tj_py_named_is(name, "gzuncompress Zlib::Inflate.inflate zlib.inflate"))
        return tj_py_inflated(py, node, 'z', a);
    if (tj_py_named_is(name, "gzdecode Zlib.gunzip zlib.gunzip")) return tj_py_inflated(py, node, 'g', a);
    if (tj_str_is(name, "pack") && tj_py_named_is(a, "H* h*")) return hex(py, node, b);
    if (tj_str_is(name, "unpack") && tj_py_named_is(a, "m m0 m*")) return base64(py, node, b);
    return TJ_NONE;
}

static uint32_t text_function(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg,
                              uint32_t n) {
    struct tj_str a = text_at(py, arg, n, 0), b = text_at(py, arg, n, 1), c = text_at(py, arg, n, 2);
    if (tj_py_named_is(name, "String.fromCharCode String.fromCodePoint chr string.char utf8.char"))
        return characters(py, node, arg, n);
    if (tj_str_is(name, "Buffer.from") && n && tj_py_at(py, arg[0].value)->kind == TJ_CODE_LIST)
        return characters(py, node, arg, 1);
    if (tj_py_named_is(name,
                       "decodeURIComponent decodeURI unescape rawurldecode URI.decode_www_form_component CGI.unescape"))
        return percents(py, node, a, false);
    if (tj_py_named_is(name, "urldecode")) return percents(py, node, a, true);
    if (tj_py_named_is(name, "sprintf format string.format")) return formatted(py, node, arg, n);
    if (tj_py_named_is(name, "strrev string.reverse") || (tj_py_named_is(name, "reverse scalar.reverse") && n == 1))
        return reversed(py, node, a);
    if (tj_str_is(name, "join") && py->lang == TJ_LANG_PERL && n > 1 && a.p)
        return joined(py, node, flat_list(py, node, arg + 1, n - 1), a);
    if (tj_py_named_is(name, "implode join") && n == 2) return joined(py, node, arg[1].value, a.p ? a : TJ_STR(""));
    if (tj_py_named_is(name, "implode join") && n == 1) return joined(py, node, arg[0].value, TJ_STR(""));
    if (tj_str_is(name, "table.concat") && n) return joined(py, node, arg[0].value, b.p ? b : TJ_STR(""));
    if (tj_str_is(name, "str_replace") && a.p && b.p && c.p)
        return tj_py_method(py, node, arg[2].value, TJ_STR("replace"), arg, 2);
    if (tj_py_named_is(name, "lc strtolower string.lower lcfirst tolower") && a.p)
        return tj_py_method(py, node, arg[0].value, TJ_STR("lower"), NULL, 0);
    if (tj_py_named_is(name, "uc strtoupper string.upper toupper") && a.p)
        return tj_py_method(py, node, arg[0].value, TJ_STR("upper"), NULL, 0);
    if (tj_py_named_is(name, "trim rtrim ltrim chomp") && a.p && n == 1)
        return tj_py_method(py, node, arg[0].value, TJ_STR("strip"), NULL, 0);
    if (tj_py_named_is(name, "str_repeat string.rep") && n == 2)
        return tj_py_add(py, node, '*', arg[0].value, arg[1].value);
    return TJ_NONE;
}

/* What is passed on as it is. */
static uint32_t same(struct tj_py *py, struct tj_str name, const struct tj_py_arg *arg, uint32_t n) {
    bool passes = tj_py_named_is(
        name, "String Buffer.from escapeshellcmd escapeshellarg Shellwords.escape Pathname Pathname.new URI "
              "URI.parse URL inet_aton gethostbyname assert tostring stripslashes scalar defined "
              "quotemeta ipairs pairs Promise.resolve Array Object.freeze to_s strval Symbol path.toNamespacedPath");
    if (!passes || n == 0 || arg[0].key.n) return TJ_NONE;
    if (tj_str_is(name, "assert") && py->lang != TJ_LANG_LUA) return TJ_NONE;
    return tj_py_copy(py, arg[0].value);
}

uint32_t tj_light_pure(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg, uint32_t n,
                       bool *emit) {
    *emit = false;
    if (n > 0 && arg[0].spread) return TJ_NONE;
    uint32_t value = path_function(py, node, name, arg, n);
    if (value == TJ_NONE) value = text_function(py, node, name, arg, n);
    if (value == TJ_NONE && tj_str_is(name, "array")) value = list_of(py, node, arg, n);
    if (value == TJ_NONE &&
        tj_py_named_is(name, "sockaddr_in pack_sockaddr_in Socket.sockaddr_in Socket.pack_sockaddr_in") && n == 2) {
        struct tj_py_arg swapped[2] = {arg[1], arg[0]};
        value = list_of(py, node, swapped, 2);
    }
    if (value != TJ_NONE) return value;
    *emit = true;
    value = decoder(py, node, name, text_at(py, arg, n, 0), text_at(py, arg, n, 1));
    if (value != TJ_NONE) return value;
    *emit = false;
    value = same(py, name, arg, n);
    *emit = value == TJ_NONE;
    return value;
}

/* ---- methods --------------------------------------------------------------------------------------------------------------------------- */

static uint32_t piece(struct tj_py *py, uint32_t node, struct tj_str s, const struct tj_py_arg *arg, uint32_t n,
                      uint8_t how) {
    int64_t from = 0, to = s.n;
    if (n == 0 || !tj_py_number(py, arg[0].value, &from)) return TJ_NONE;
    if (n > 1 && !tj_py_number(py, arg[1].value, &to)) return TJ_NONE;
    if (how == 'l') from -= from > 0; /* Lua counts from 1 */
    if (from < 0) from += s.n;
    if (how == 'n' && n > 1) to += from;
    if (to < 0) to += (how == 'l') + s.n;
    if (from < 0 || to < from) return TJ_NONE;
    return tj_py_text(py, node, tj_str_sub(s, (uint32_t)from, to > s.n ? s.n : (uint32_t)to));
}

static uint32_t split_all(struct tj_py *py, uint32_t node, struct tj_str s) {
    uint32_t mark = py->stack.n;
    if (!tj_py_spend(py, s.n * 4)) return TJ_NONE;
    for (uint32_t i = 0; i < s.n; i++)
        (void)tj_vec_push(py->arena, &py->stack, tj_py_text(py, node, tj_str_sub(s, i, i + 1)));
    return tj_py_list(py, node, mark);
}

static uint32_t on_text(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                        const struct tj_py_arg *arg, uint32_t n) {
    struct tj_str s = tj_py_at(py, receiver)->text, a = text_at(py, arg, n, 0), b = text_at(py, arg, n, 1);
    if (tj_py_named_is(method, "toLowerCase downcase lower"))
        return tj_py_method(py, node, receiver, TJ_STR("lower"), NULL, 0);
    if (tj_py_named_is(method, "toUpperCase upcase upper"))
        return tj_py_method(py, node, receiver, TJ_STR("upper"), NULL, 0);
    if (tj_py_named_is(method, "trim strip chomp")) return tj_py_method(py, node, receiver, TJ_STR("strip"), NULL, 0);
    if (tj_py_named_is(method, "toString to_s to_str to_sym freeze dup valueOf force_encoding b clone to_path")) {
        if (!a.p || tj_py_named_is(a, "utf8 utf-8 ascii binary latin1 UTF-8")) return tj_py_copy(py, receiver);
        return TJ_NONE;
    }
    if (tj_str_is(method, "reverse")) return reversed(py, node, s);
    if (tj_str_is(method, "chars") || (tj_str_is(method, "split") && a.p && a.n == 0)) return split_all(py, node, s);
    if (tj_py_named_is(method, "split replace replaceAll gsub sub") && a.p) {
        bool split = tj_str_is(method, "split");
        if (split) return tj_py_method(py, node, receiver, TJ_STR("split"), arg, 1);
        if (b.p && py->lang != TJ_LANG_LUA) return tj_py_method(py, node, receiver, TJ_STR("replace"), arg, 2);
    }
    if (tj_str_is(method, "concat") && n == 1) return tj_py_add(py, node, 'c', receiver, arg[0].value);
    if (tj_py_named_is(method, "repeat rep") && n == 1) return tj_py_add(py, node, '*', receiver, arg[0].value);
    if (tj_py_named_is(method, "slice substring"))
        return piece(py, node, s, arg, n, py->lang == TJ_LANG_RUBY ? 'n' : 's');
    if (tj_str_is(method, "substr")) return piece(py, node, s, arg, n, 'n');
    if (tj_str_is(method, "sub") && py->lang == TJ_LANG_LUA) return piece(py, node, s, arg, n, 'l');
    if (tj_py_named_is(method, "unpack unpack1")) {
        uint32_t made = tj_py_named_is(a, "m m0 m*") ? base64(py, node, s) : TJ_NONE;
        struct tj_py_arg given = {TJ_STR_NONE, receiver, 0};
        if (made == TJ_NONE) return TJ_NONE;
        (void)tj_py_emit(py, node, TJ_STR("str.unpack"), TJ_NONE, &given, 1);
        if (tj_str_is(method, "unpack1")) return made;
        uint32_t mark = py->stack.n;
        (void)tj_vec_push(py->arena, &py->stack, made);
        return tj_py_list(py, node, mark);
    }
    return TJ_NONE;
}

static uint32_t on_list(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                        const struct tj_py_arg *arg, uint32_t n) {
    struct tj_code_value v = *tj_py_at(py, receiver);
    struct tj_str a = text_at(py, arg, n, 0);
    if (tj_str_is(method, "join"))
        return joined(py, node, receiver, a.p ? a : py->lang == TJ_LANG_NODE && n == 0 ? TJ_STR(",") : TJ_STR(""));
    if (tj_str_is(method, "reverse")) {
        uint32_t mark = py->stack.n;
        for (uint32_t i = v.item_end; i > v.item; i--) (void)tj_vec_push(py->arena, &py->stack, i - 1);
        return tj_py_list(py, node, mark);
    }
    if (tj_py_named_is(method, "first shift") && v.item < v.item_end && n == 0) return tj_py_copy(py, v.item);
    if (tj_py_named_is(method, "last pop") && v.item < v.item_end && n == 0) return tj_py_copy(py, v.item_end - 1);
    if (tj_str_is(method, "concat") && n == 1) return tj_py_add(py, node, '+', receiver, arg[0].value);
    if (tj_py_named_is(method, "to_a flatten compact uniq sort toString slice dup")) return tj_py_copy(py, receiver);
    if (tj_str_is(method, "pack")) {
        struct tj_py_arg given = {TJ_STR_NONE, receiver, 0};
        uint32_t made = TJ_NONE;
        if (tj_py_named_is(a, "c* C* U*")) made = characters(py, node, &given, 1);
        if (tj_py_named_is(a, "H* h*") && v.item < v.item_end && tj_py_is_text(py, v.item))
            made = hex(py, node, tj_py_at(py, v.item)->text);
        if (made != TJ_NONE) (void)tj_py_emit(py, node, TJ_STR("str.unpack"), TJ_NONE, &given, 1);
        return made;
    }
    return TJ_NONE;
}

uint32_t tj_light_method(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                         const struct tj_py_arg *arg, uint32_t n) {
    struct tj_code_value v = *tj_py_at(py, receiver);
    uint8_t what = tj_py_about(py, receiver)->what;
    if (what == TJ_PY_IS_FUNCTION && tj_py_named_is(method, "call apply () yield")) {
        uint32_t mark = py->args.n;
        for (uint32_t i = 0; i < n; i++) (void)tj_vec_push(py->arena, &py->args, arg[i]);
        return tj_py_apply(py, node, receiver, mark);
    }
    if (v.kind == TJ_CODE_TEXT && !v.dynamic_tail) return on_text(py, node, receiver, method, arg, n);
    if (v.kind == TJ_CODE_TEXT && tj_py_named_is(method, "toString to_s strip trim chomp"))
        return tj_py_copy(py, receiver);
    if (v.kind == TJ_CODE_LIST && what != TJ_PY_IS_DICT) return on_list(py, node, receiver, method, arg, n);
    if (v.kind == TJ_CODE_NUMBER && tj_str_is(method, "chr")) {
        struct tj_py_arg given = {TJ_STR_NONE, receiver, 0};
        return characters(py, node, &given, 1);
    }
    return TJ_NONE;
}
