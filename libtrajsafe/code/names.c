/* What names stand for: imports, builtins, types of known objects, attributes. */
#include "code/light_eval.h"

struct pair {
    const char *from, *to;
};

/* One thing under several names; a name of the left side also stands for what follows a dot. */
static const struct pair same_thing[] = {
    {"posix", "os"},
    {"nt", "os"},
    {"posixpath", "os.path"},
    {"ntpath", "os.path"},
    {"__builtin__", "builtins"},
    {"__builtins__", "builtins"},
    {"six.moves", ""},
    {"six.moves.builtins", "builtins"},
    {"io.open", "builtins.open"},
    {"codecs.open", "builtins.open"},
    {"os.path.os", "os"},
    {"subprocess.os", "os"},
    {"shutil.os", "os"},
    {"tempfile._os", "os"},
    {"pathlib.PosixPath", "pathlib.Path"},
    {"pathlib.PurePath", "pathlib.Path"},
    {"pathlib.PurePosixPath", "pathlib.Path"},
    {"pathlib.WindowsPath", "pathlib.Path"},
    {"requests.session", "requests.Session"},
    {"requests.sessions.Session", "requests.Session"},
    {"requests.api", "requests"},
    {"importlib.__import__", "builtins.__import__"},
    {"cPickle", "pickle"},
    {"_pickle", "pickle"},
    {"_socket", "socket"},
    {"_thread", "threading"},
    {"asyncio.subprocess.create_subprocess_shell", "asyncio.create_subprocess_shell"},
    {"asyncio.subprocess.create_subprocess_exec", "asyncio.create_subprocess_exec"},
    {"boto3.session.Session", "boto3.Session"},
    {"paramiko.client.SSHClient", "paramiko.SSHClient"},
    {"httplib", "http.client"},
    {"urllib3.poolmanager.PoolManager", "urllib3.PoolManager"},
};

/* What calls give. `[]` after a type: a sequence of such objects. A call not listed gives its own name. */
static const struct pair gives[] = {
    {"builtins.open", "file"},
    {"os.fdopen", "file"},
    {"gzip.open", "file"},
    {"bz2.open", "file"},
    {"lzma.open", "file"},
    {"pathlib.Path.open", "file"},
    {"tempfile.NamedTemporaryFile", "file"},
    {"tempfile.TemporaryFile", "file"},
    {"zipfile.ZipFile.open", "file"},
    {"aiofiles.open", "file"},
    {"socket.socket.makefile", "file"},
    {"pathlib.Path.glob", "pathlib.Path[]"},
    {"pathlib.Path.rglob", "pathlib.Path[]"},
    {"pathlib.Path.iterdir", "pathlib.Path[]"},
    {"pathlib.Path.resolve", "pathlib.Path"},
    {"pathlib.Path.absolute", "pathlib.Path"},
    {"pathlib.Path.expanduser", "pathlib.Path"},
    {"pathlib.Path.joinpath", "pathlib.Path"},
    {"pathlib.Path.with_suffix", "pathlib.Path"},
    {"pathlib.Path.with_name", "pathlib.Path"},
    {"pathlib.Path.relative_to", "pathlib.Path"},
    {"pathlib.Path.parent", "pathlib.Path"},
    {"psutil.process_iter", "psutil.Process[]"},
    {"socket.create_connection", "socket.socket"},
    {"socket.create_server", "socket.socket"},
    {"socket.fromfd", "socket.socket"},
    {"socket.socket.accept", "socket.socket[]"},
    {"socket.socketpair", "socket.socket[]"},
    {"ssl.wrap_socket", "socket.socket"},
    {"ssl.create_default_context", "ssl.SSLContext"},
    {"ssl.SSLContext.wrap_socket", "socket.socket"},
    {"subprocess.Popen", "subprocess.Popen"},
    {"asyncio.create_subprocess_shell", "subprocess.Popen"},
    {"asyncio.create_subprocess_exec", "subprocess.Popen"},
    {"paramiko.SSHClient.open_sftp", "paramiko.SFTPClient"},
    {"paramiko.SFTPClient.from_transport", "paramiko.SFTPClient"},
    {"paramiko.Transport.open_session", "paramiko.Channel"},
    {"paramiko.SSHClient.get_transport", "paramiko.Transport"},
    {"sqlite3.connect", "sqlite3.Connection"},
    {"sqlite3.Connection.cursor", "sqlite3.Cursor"},
    {"tarfile.open", "tarfile.TarFile"},
    {"ctypes.cdll.LoadLibrary", "ctypes.CDLL"},
    {"ctypes.PyDLL", "ctypes.CDLL"},
    {"ctypes.WinDLL", "ctypes.CDLL"},
    {"smtplib.SMTP_SSL", "smtplib.SMTP"},
    {"ftplib.FTP_TLS", "ftplib.FTP"},
    {"http.client.HTTPSConnection", "http.client.HTTPConnection"},
    {"boto3.Session.client", "boto3.client"},
    {"boto3.Session.resource", "boto3.resource"},
    {"docker.from_env", "docker.DockerClient"},
    {"file.read", "str"},
    {"file.readline", "str"},
    {"file.readlines", "str[]"},
    {"os.popen", "file"},
    {"os.listdir", "str[]"},
    {"glob.glob", "str[]"},
    {"glob.iglob", "str[]"},
    {"pathlib.Path.read_text", "str"},
    {"pathlib.Path.read_bytes", "str"},
    {"subprocess.check_output", "str"},
    {"subprocess.getoutput", "str"},
    {"os.environ.get", "str"},
    {"os.getenv", "str"},
    {"builtins.input", "str"},
    {"builtins.str", "str"},
    {"base64.b64encode", "str"},
    {"json.dumps", "str"},
    {"paramiko.SSHClient.exec_command", "file[]"},
    {"requests.get", "requests.Response"},
    {"requests.post", "requests.Response"},
    {"requests.put", "requests.Response"},
    {"requests.request", "requests.Response"},
    {"requests.Session.get", "requests.Response"},
    {"requests.Session.post", "requests.Response"},
    {"requests.Session.request", "requests.Response"},
    {"urllib.request.urlopen", "http.client.HTTPResponse"},
    {"urllib2.urlopen", "http.client.HTTPResponse"},
    {"http.client.HTTPConnection.getresponse", "http.client.HTTPResponse"},
    {"http.client.HTTPResponse.read", "str"},
};

/* Modules that code often uses without an import of its own (a cell of a notebook, a prompt). */
static const char modules[] =
    "os sys shutil subprocess pathlib socket requests urllib httpx http aiohttp ftplib smtplib paramiko ctypes "
    "pickle marshal tarfile zipfile tempfile glob importlib pty signal boto3 sqlite3 base64 codecs binascii json "
    "time threading multiprocessing asyncio builtins io platform getpass pwd psutil docker yaml shlex re ssl "
    "select telnetlib socketserver zlib gzip bz2 lzma stat fcntl resource winreg atexit functools string random "
    "posix __builtins__ urllib2 urllib3 commands logging";

static const char builtins[] =
    "__import__ abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex "
    "delattr dict dir divmod enumerate eval exec execfile filter float format frozenset getattr globals hasattr "
    "hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct "
    "open ord pow print property range raw_input repr reversed round set setattr slice sorted staticmethod str sum "
    "super tuple type unicode vars xrange zip exit quit get_ipython reload unichr";

/* Of Linux. */
static const struct {
    const char *name;
    int value;
} flags[] = {{"os.O_RDONLY", 0},    {"os.O_WRONLY", 1},      {"os.O_RDWR", 2},
             {"os.O_CREAT", 64},    {"os.O_EXCL", 128},      {"os.O_TRUNC", 512},
             {"os.O_APPEND", 1024}, {"os.O_NONBLOCK", 2048}, {"os.O_CLOEXEC", 524288}};

/* Constants of modules. */
static const struct pair constants[] = {
    {"os.sep", "/"},
    {"os.path.sep", "/"},
    {"os.curdir", "."},
    {"os.pardir", ".."},
    {"os.devnull", "/dev/null"},
    {"os.linesep", "\n"},
    {"os.name", "posix"},
    {"os.extsep", "."},
    {"os.pathsep", ":"},
    {"sys.executable", "python3"},
    {"sys.platform", "linux"},
    {"tempfile.tempdir", "/tmp"},
    {"subprocess.os.sep", "/"},
};

bool tj_py_named_is(struct tj_str name, const char *list) {
    const char *p = list;
    while (*p) {
        const char *end = p;
        while (*end && *end != ' ') end++;
        if ((size_t)(end - p) == name.n && memcmp(p, name.p, name.n) == 0) return true;
        p = *end ? end + 1 : end;
    }
    return false;
}

struct tj_str tj_py_canonical(struct tj_py *py, struct tj_str name) {
    if (py->lang != TJ_LANG_PYTHON) return tj_light_canonical(py, name);
    /* ctypes.cdll.msvcrt.system is a function of a library. */
    if (tj_str_starts(name, TJ_STR("ctypes.")) &&
        (tj_str_starts(name, TJ_STR("ctypes.cdll.")) || tj_str_starts(name, TJ_STR("ctypes.windll.")))) {
        uint32_t dot = tj_str_rchr(name, '.');
        if (dot > 13) return tj_py_join(py, TJ_STR("ctypes.CDLL"), ".", tj_str_sub(name, dot + 1, name.n));
    }
    for (uint32_t i = 0; i < sizeof same_thing / sizeof *same_thing; i++) {
        struct tj_str from = tj_str_of(same_thing[i].from), to = tj_str_of(same_thing[i].to);
        if (!tj_str_starts(name, from)) continue;
        if (name.n == from.n) return to.n ? to : name;
        if (name.p[from.n] == '.') {
            struct tj_str rest = tj_str_sub(name, from.n + 1, name.n);
            return to.n ? tj_py_join(py, to, ".", rest) : rest;
        }
    }
    return name;
}

struct tj_str tj_py_returns(struct tj_py *py, struct tj_str name) {
    if (py->lang != TJ_LANG_PYTHON) return tj_light_returns(py, name);
    for (uint32_t i = 0; i < sizeof gives / sizeof *gives; i++)
        if (tj_str_is(name, gives[i].from)) return tj_str_of(gives[i].to);
    return name;
}

static uint32_t known_name(struct tj_py *py, uint32_t node, struct tj_str name) {
    if (py->lang != TJ_LANG_PYTHON) return tj_light_name(py, node, name);
    if (tj_py_named_is(name, builtins))
        return tj_py_named(py, node, tj_py_join(py, TJ_STR("builtins"), ".", name), TJ_NONE);
    if (tj_str_is(name, "Path")) return tj_py_named(py, node, TJ_STR("pathlib.Path"), TJ_NONE);
    if (tj_str_is(name, "__name__")) return tj_py_text(py, node, TJ_STR("__main__"));
    if (py->wildcard.n && !tj_py_named_is(name, modules))
        return tj_py_named(py, node, tj_py_canonical(py, tj_py_join(py, py->wildcard, ".", name)), TJ_NONE);
    return tj_py_named(py, node, tj_py_canonical(py, name), TJ_NONE);
}

uint32_t tj_py_identifier(struct tj_py *py, uint32_t node) {
    uint32_t name = tj_py_node(py, node)->name;
    if (name == TJ_NONE) return 0;
    if (py->bound[name] == TJ_NONE) return known_name(py, node, py->tree->name.at[name]);
    uint32_t value = tj_py_copy(py, py->bound[name]);
    if (value) {
        tj_py_at(py, value)->begin = tj_py_node(py, node)->begin;
        tj_py_at(py, value)->end = tj_py_node(py, node)->end;
    }
    return value;
}

uint32_t tj_py_lookup(struct tj_py *py, uint32_t node, struct tj_str name) {
    uint32_t found = tj_py_name_find(py->tree, name);
    if (found != TJ_NONE && py->bound[found] != TJ_NONE) return tj_py_copy(py, py->bound[found]);
    return known_name(py, node, name);
}

static uint32_t path_member(struct tj_py *py, uint32_t node, uint32_t object, struct tj_str name) {
    struct tj_str path = tj_py_at(py, object)->text, base = tj_str_basename(path);
    uint32_t dot = tj_str_rchr(base, '.');
    uint32_t value = TJ_NONE;
    if (tj_str_is(name, "parent")) {
        uint32_t n = path.n - base.n;
        value = tj_py_text(py, node, n > 1 ? tj_str_sub(path, 0, n - 1) : n ? TJ_STR("/") : TJ_STR("."));
        tj_py_about(py, value)->what = TJ_PY_IS_PATH;
    } else if (tj_str_is(name, "name")) {
        value = tj_py_text(py, node, base);
    } else if (tj_str_is(name, "stem")) {
        value = tj_py_text(py, node, dot == TJ_NOT_FOUND || dot == 0 ? base : tj_str_sub(base, 0, dot));
    } else if (tj_str_is(name, "suffix")) {
        value = tj_py_text(py, node, dot == TJ_NOT_FOUND || dot == 0 ? TJ_STR("") : tj_str_sub(base, dot, base.n));
    }
    return value;
}

static uint32_t module_member(struct tj_py *py, uint32_t node, struct tj_str module, struct tj_str name) {
    struct tj_str full = tj_py_canonical(py, tj_py_join(py, module, ".", name));
    for (uint32_t i = 0; py->lang == TJ_LANG_PYTHON && i < sizeof flags / sizeof *flags; i++)
        if (tj_str_is(full, flags[i].name)) return tj_py_from_number(py, node, flags[i].value);
    if (py->lang != TJ_LANG_PYTHON) {
        uint32_t constant = tj_light_constant(py, node, full);
        return constant != TJ_NONE ? constant : tj_py_named(py, node, full, TJ_NONE);
    }
    for (uint32_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (tj_str_is(full, constants[i].from)) return tj_py_text(py, node, tj_str_of(constants[i].to));
    return tj_py_named(py, node, full, TJ_NONE);
}

/* Type name under which methods of a value are reported; empty when it is not known. */
static struct tj_str type_of(struct tj_py *py, uint32_t value) {
    const struct tj_py_info *info = tj_py_about(py, value);
    switch (info->what) {
    case TJ_PY_IS_NAME:
    case TJ_PY_IS_OBJECT: return info->name;
    case TJ_PY_IS_PATH: return TJ_STR("pathlib.Path");
    case TJ_PY_IS_DICT: return TJ_STR("dict");
    default: break;
    }
    switch (tj_py_at(py, value)->kind) {
    case TJ_CODE_TEXT: return TJ_STR("str");
    case TJ_CODE_LIST: return TJ_STR("list");
    default: return TJ_STR_NONE;
    }
}

/* A global that nothing defines and that is no module we know: its type is unknown, not its name. */
static bool is_stranger(struct tj_py *py, uint32_t value) {
    const struct tj_py_info *info = tj_py_about(py, value);
    if (info->what != TJ_PY_IS_NAME || info->receiver != TJ_NONE || tj_str_chr(info->name, '.', 0) != TJ_NOT_FOUND)
        return false;
    uint32_t name = tj_py_name_find(py->tree, info->name);
    if (name != TJ_NONE && py->bound[name] != TJ_NONE) return false;
    if (py->lang != TJ_LANG_PYTHON) return tj_light_is_stranger(py, info->name);
    return !tj_py_named_is(info->name, modules);
}

uint32_t tj_py_member(struct tj_py *py, uint32_t node, uint32_t object, struct tj_str name) {
    struct tj_py_info info = *tj_py_about(py, object);
    if (py->lang == TJ_LANG_NODE && tj_light_is_env(py, object))
        return tj_light_environment(py, node, tj_py_text(py, node, name));
    if (info.what == TJ_PY_IS_DICT && py->lang != TJ_LANG_PYTHON) {
        struct tj_code_value v = *tj_py_at(py, object);
        for (uint32_t k = v.item; k + 1 < v.item_end; k += 2)
            if (tj_str_eq(tj_py_at(py, k)->text, name)) return tj_py_copy(py, k + 1);
    }
    if (info.what == TJ_PY_IS_PATH) {
        uint32_t folded = path_member(py, node, object, name);
        if (folded != TJ_NONE) return folded;
    }
    bool stranger = is_stranger(py, object);
    if (info.what == TJ_PY_IS_NAME && info.receiver == TJ_NONE && !stranger)
        return module_member(py, node, info.name, name);
    struct tj_str type = stranger ? TJ_STR_NONE : type_of(py, object);
    uint32_t value = tj_py_named(py, node, tj_py_canonical(py, tj_py_join(py, type, ".", name)), object);
    if (value && tj_py_at(py, object)->kind == TJ_CODE_CALL) {
        tj_py_at(py, value)->kind = TJ_CODE_CALL;
        tj_py_at(py, value)->call = tj_py_at(py, object)->call;
    }
    return value;
}

static void bind_module(struct tj_py *py, uint32_t ident, uint32_t node, struct tj_str name) {
    tj_py_bind(py, tj_py_node(py, ident)->name, tj_py_named(py, node, tj_py_canonical(py, name), TJ_NONE));
}

void tj_py_import(struct tj_py *py, uint32_t node) {
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint8_t kind = tj_py_node(py, at)->kind;
        if (kind == TJ_PY_DOTTED && tj_py_node(py, at)->child != TJ_NONE) {
            uint32_t first = tj_py_node(py, at)->child; /* import a.b binds a */
            bind_module(py, first, at, tj_py_source(py, first));
        } else if (kind == TJ_PY_ALIASED) {
            uint32_t name = tj_py_child(py->tree, at, TJ_PY_IN_NAME);
            uint32_t alias = tj_py_child(py->tree, at, TJ_PY_IN_ALIAS);
            if (name != TJ_NONE && alias != TJ_NONE) bind_module(py, alias, at, tj_py_source(py, name));
        }
    }
}

void tj_py_import_from(struct tj_py *py, uint32_t node) {
    uint32_t from = tj_py_child(py->tree, node, TJ_PY_IN_MODULE);
    if (from == TJ_NONE) return;
    struct tj_str module = tj_py_canonical(py, tj_py_source(py, from));
    for (uint32_t at = tj_py_node(py, node)->child; at != TJ_NONE; at = tj_py_node(py, at)->next) {
        uint8_t kind = tj_py_node(py, at)->kind;
        if (kind == TJ_PY_WILDCARD && module.n && module.p[0] != '.') py->wildcard = module;
        if (tj_py_node(py, at)->field != TJ_PY_IN_NAME) continue;
        uint32_t name = kind == TJ_PY_ALIASED ? tj_py_child(py->tree, at, TJ_PY_IN_NAME) : at;
        uint32_t bound = kind == TJ_PY_ALIASED ? tj_py_child(py->tree, at, TJ_PY_IN_ALIAS) : tj_py_node(py, at)->child;
        if (name != TJ_NONE && bound != TJ_NONE)
            tj_py_bind(py, tj_py_node(py, bound)->name, module_member(py, at, module, tj_py_source(py, name)));
    }
}
