/* Functions without effects on constants: decoders, chr, os.path, pathlib constructors. */
#include "code/eval.h"

static struct tj_str arg_text(struct tj_py *py, const struct tj_py_arg *arg, uint32_t n, uint32_t i) {
    if (i >= n || arg[i].spread || !tj_py_is_text(py, arg[i].value)) return TJ_STR_NONE;
    struct tj_str s = tj_py_at(py, arg[i].value)->text;
    return s.p ? s : TJ_STR("");
}

struct tj_str tj_py_rot13(struct tj_py *py, struct tj_str text) {
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < text.n; i++) {
        char c = text.p[i], first = c >= 'a' ? 'a' : 'A';
        if (tj_is_alpha(c)) c = (char)(first + (c - first + 13) % 26);
        tj_buf_putc(&buf, c);
    }
    return tj_buf_str(&buf);
}

uint32_t tj_py_inflated(struct tj_py *py, uint32_t node, char how, struct tj_str text) {
    struct tj_str out;
    const size_t most = 64u * 1024u;
    if (!text.p || !tj_py_spend(py, text.n)) return TJ_NONE;
    bool ok = how == 'g'   ? tj_decode_gzip(py->arena, text, most, &out)
              : how == 'z' ? tj_decode_zlib(py->arena, text, most, &out)
                           : tj_decode_deflate(py->arena, text, most, &out);
    return ok && tj_py_spend(py, out.n) ? tj_py_text(py, node, out) : TJ_NONE;
}

uint32_t tj_py_decoded(struct tj_py *py, uint32_t node, struct tj_str coding, struct tj_str text) {
    struct tj_str out = text;
    if (!tj_py_spend(py, text.n)) return TJ_NONE;
    if (tj_py_named_is(coding, "rot13 rot_13 rot-13"))
        out = tj_py_rot13(py, text);
    else if (tj_py_named_is(coding, "hex hex_codec")) {
        if (!tj_decode_hex(py->arena, text, &out)) return TJ_NONE;
    } else if (tj_py_named_is(coding, "base64 base64_codec")) {
        if (!tj_decode_base64(py->arena, text, &out)) return TJ_NONE;
    } else if (tj_py_named_is(coding, "zlib zip zlib_codec")) {
        return tj_py_inflated(py, node, 'z', text);
    } else if (tj_py_named_is(coding, "bz2 bz2_codec uu uu_codec idna punycode utf-16 utf_16 utf-16le utf-32")) {
        return TJ_NONE;
    }
    return tj_py_text(py, node, out);
}

/* Decoders whose call is reported as well as folded, so that a rule may see that text was hidden. */
static uint32_t decoder(struct tj_py *py, uint32_t node, struct tj_str name, struct tj_str a, struct tj_str b) {
    struct tj_str out;
    if (!a.p || !tj_py_spend(py, a.n)) return TJ_NONE;
    if (tj_py_named_is(name, "base64.b64decode base64.urlsafe_b64decode base64.standard_b64decode "
                             "base64.decodebytes base64.decodestring binascii.a2b_base64"))
        return tj_decode_base64(py->arena, a, &out) ? tj_py_text(py, node, out) : TJ_NONE;
    if (tj_py_named_is(name, "base64.b32decode"))
        return tj_decode_base32(py->arena, a, &out) ? tj_py_text(py, node, out) : TJ_NONE;
    if (tj_py_named_is(name, "binascii.unhexlify binascii.a2b_hex builtins.bytes.fromhex builtins.bytearray.fromhex "
                             "base64.b16decode"))
        return tj_decode_hex(py->arena, a, &out) ? tj_py_text(py, node, out) : TJ_NONE;
    if (tj_str_is(name, "zlib.decompress")) return tj_py_inflated(py, node, 'z', a);
    if (tj_str_is(name, "gzip.decompress")) return tj_py_inflated(py, node, 'g', a);
    if (tj_py_named_is(name, "codecs.decode codecs.encode") && b.p) return tj_py_decoded(py, node, b, a);
    return TJ_NONE;
}

static uint32_t character(struct tj_py *py, uint32_t node, uint32_t value) {
    int64_t code;
    char out[4];
    if (!tj_py_number(py, value, &code) || code < 0 || code > 0x10FFFF) return TJ_NONE;
    uint32_t n = tj_utf8_put(out, (uint32_t)code);
    return tj_py_text(py, node, tj_arena_copy(py->arena, tj_str_make(out, n)));
}

static uint32_t bytes_of_list(struct tj_py *py, uint32_t node, uint32_t list) {
    struct tj_code_value v = *tj_py_at(py, list);
    if (!tj_py_spend(py, v.item_end - v.item)) return TJ_NONE;
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = v.item; i < v.item_end; i++) {
        int64_t code;
        if (!tj_py_number(py, i, &code) || code < 0 || code > 255) return TJ_NONE;
        tj_buf_putc(&buf, (char)code);
    }
    return tj_py_text(py, node, tj_buf_str(&buf));
}

static uint32_t reversed(struct tj_py *py, uint32_t node, uint32_t value) {
    struct tj_code_value v = *tj_py_at(py, value);
    uint32_t mark = py->stack.n, n = v.kind == TJ_CODE_LIST ? v.item_end - v.item : v.text.n;
    if ((v.kind != TJ_CODE_LIST && !tj_py_is_text(py, value)) || !tj_py_spend(py, n * 8)) return TJ_NONE;
    for (uint32_t i = n; i > 0; i--)
        (void)tj_vec_push(py->arena, &py->stack,
                          v.kind == TJ_CODE_LIST ? v.item + i - 1 : tj_py_text(py, node, tj_str_sub(v.text, i - 1, i)));
    return tj_py_list(py, node, mark);
}

static uint32_t conversion(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg, uint32_t n) {
    if (n == 0 || arg[0].spread || arg[0].key.n) return TJ_NONE;
    uint32_t value = arg[0].value;
    struct tj_code_value v = *tj_py_at(py, value);
    int64_t number;
    if (tj_py_named_is(name, "builtins.chr builtins.unichr")) return character(py, node, value);
    if (tj_str_is(name, "builtins.ord") && tj_py_is_text(py, value) && v.text.n == 1)
        return tj_py_from_number(py, node, (unsigned char)v.text.p[0]);
    if (tj_str_is(name, "builtins.int") && n == 1 && tj_py_number(py, value, &number))
        return tj_py_from_number(py, node, number);
    if (tj_str_is(name, "builtins.reversed")) return reversed(py, node, value);
    if (tj_py_named_is(name, "builtins.str builtins.unicode os.fspath os.fsencode os.fsdecode")) {
        if (v.kind == TJ_CODE_TEXT || v.kind == TJ_CODE_NUMBER)
            return v.dynamic_tail ? tj_py_copy(py, value) : tj_py_text(py, node, v.text);
    }
    if (tj_py_named_is(name, "builtins.bytes builtins.bytearray builtins.memoryview")) {
        if (v.kind == TJ_CODE_LIST) return bytes_of_list(py, node, value);
        if (v.kind == TJ_CODE_TEXT) return tj_py_copy(py, value);
    }
    if (tj_py_named_is(name,
                       "builtins.list builtins.tuple builtins.sorted builtins.set builtins.frozenset builtins.iter")) {
        if (v.kind == TJ_CODE_LIST && tj_py_about(py, value)->what != TJ_PY_IS_DICT) return tj_py_copy(py, value);
    }
    return TJ_NONE;
}

static uint32_t path_of(struct tj_py *py, uint32_t value) {
    struct tj_code_value *v = tj_py_at(py, value);
    struct tj_py_info *info = tj_py_about(py, value);
    info->what = v->kind == TJ_CODE_TEXT ? TJ_PY_IS_PATH : TJ_PY_IS_OBJECT;
    info->name = TJ_STR("pathlib.Path");
    return value;
}

static uint32_t make_path(struct tj_py *py, uint32_t node, const struct tj_py_arg *arg, uint32_t n) {
    if (n == 0) return path_of(py, tj_py_text(py, node, TJ_STR(".")));
    uint32_t value = path_of(py, tj_py_copy(py, arg[0].value));
    for (uint32_t i = 1; i < n; i++) value = tj_py_add(py, node, '/', value, arg[i].value);
    return value;
}

static uint32_t join_path(struct tj_py *py, uint32_t node, const struct tj_py_arg *arg, uint32_t n) {
    uint32_t value = make_path(py, node, arg, n);
    tj_py_about(py, value)->what = TJ_PY_IS_VALUE;
    tj_py_about(py, value)->name = TJ_STR_NONE;
    return value;
}

static uint32_t directory_name(struct tj_py *py, uint32_t node, struct tj_str s) {
    uint32_t slash = tj_str_rchr(s, '/');
    return tj_py_text(py, node,
                      slash == TJ_NOT_FOUND ? TJ_STR("")
                      : slash == 0          ? TJ_STR("/")
                                            : tj_str_sub(s, 0, slash));
}

static uint32_t paths(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg, uint32_t n) {
    struct tj_str a = arg_text(py, arg, n, 0);
    if (tj_str_is(name, "pathlib.Path")) return make_path(py, node, arg, n);
    if (tj_str_is(name, "pathlib.Path.home")) return path_of(py, tj_py_text(py, node, TJ_STR("~")));
    if (tj_str_is(name, "pathlib.Path.cwd")) return path_of(py, tj_py_text(py, node, TJ_STR(".")));
    if (tj_py_named_is(name, "os.getcwd os.getcwdb")) return tj_py_text(py, node, TJ_STR("."));
    if (tj_str_is(name, "tempfile.gettempdir")) return tj_py_text(py, node, TJ_STR("/tmp"));
    if (tj_py_named_is(name, "os.environ.get os.getenv os.environb.get") && tj_str_is(a, "HOME"))
        return tj_py_text(py, node, TJ_STR("~"));
    if (tj_str_is(name, "os.path.join") && n > 0 && !arg[0].spread) return join_path(py, node, arg, n);
    if (n == 1 && tj_py_named_is(name, "os.path.abspath os.path.realpath os.path.normpath os.path.expanduser "
                                       "os.path.normcase os.path.expandvars"))
        return tj_py_copy(py, arg[0].value);
    if (n == 1 && a.p && tj_str_is(name, "os.path.dirname")) return directory_name(py, node, a);
    if (n == 1 && a.p && tj_str_is(name, "os.path.basename")) return tj_py_text(py, node, tj_str_basename(a));
    return TJ_NONE;
}

uint32_t tj_py_pure(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg, uint32_t n,
                    bool *emit) {
    *emit = false;
    uint32_t value = paths(py, node, name, arg, n);
    if (value == TJ_NONE && tj_str_starts(name, TJ_STR("builtins."))) value = conversion(py, node, name, arg, n);
    if (value != TJ_NONE) return value;
    struct tj_str a = arg_text(py, arg, n, 0), b = arg_text(py, arg, n, 1);
    if (tj_str_is(name, "shlex.split") && a.p && tj_str_chr(a, '\'', 0) == TJ_NOT_FOUND &&
        tj_str_chr(a, '"', 0) == TJ_NOT_FOUND && tj_str_chr(a, '\\', 0) == TJ_NOT_FOUND) {
        uint32_t text = arg[0].value;
        return tj_py_method(py, node, text, TJ_STR("split"), NULL, 0);
    }
    if (n == 1 && tj_py_named_is(name, "textwrap.dedent builtins.staticmethod builtins.memoryview"))
        return tj_py_copy(py, arg[0].value);
    *emit = true;
    if (tj_str_is(name, "builtins.compile") && a.p) return tj_py_text(py, node, a);
    return decoder(py, node, name, a, b);
}
