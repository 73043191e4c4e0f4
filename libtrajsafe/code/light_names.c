/* What names stand for in the languages of the light readers: aliases, modules, types of what calls give, the environment. */
#include "code/light_eval.h"

struct alias {
    uint8_t lang;
    const char *from, *to;
};

/* One thing under several names; a name of the left side also stands for what follows a dot. */
static const struct alias same_thing[] = {
    {TJ_LANG_NODE, "globalThis", ""},
    {TJ_LANG_NODE, "global", ""},
    {TJ_LANG_NODE, "window", ""},
    {TJ_LANG_NODE, "process.mainModule.require", "require"},
    {TJ_LANG_NODE, "module.require", "require"},
    {TJ_LANG_NODE, "fs.promises", "fs"},
    {TJ_LANG_NODE, "fs-extra", "fs"},
    {TJ_LANG_NODE, "graceful-fs", "fs"},
    {TJ_LANG_NODE, "https", "http"},
    {TJ_LANG_NODE, "http.default", "http"},
    {TJ_LANG_NODE, "axios.default", "axios"},
    {TJ_LANG_NODE, "node-fetch", "fetch"},
    {TJ_LANG_NODE, "node-fetch.default", "fetch"},
    {TJ_LANG_NODE, "undici.fetch", "fetch"},
    {TJ_LANG_NODE, "net.createConnection", "net.connect"},
    {TJ_LANG_NODE, "tls.connect", "net.connect"},
    {TJ_LANG_NODE, "Bun.$", "Bun.shell"},
    {TJ_LANG_NODE, "path.posix", "path"},
    {TJ_LANG_NODE, "fs.rmdir", "fs.rm"},
    {TJ_LANG_NODE, "shelljs.exec", "child_process.exec"},
    {TJ_LANG_NODE, "execa.execaCommand", "child_process.exec"},
    {TJ_LANG_RUBY, "Kernel", ""},
    {TJ_LANG_RUBY, "Process.spawn", "spawn"},
    {TJ_LANG_RUBY, "Process.exec", "exec"},
    {TJ_LANG_RUBY, "PTY.spawn", "spawn"},
    {TJ_LANG_RUBY, "PTY.getpty", "spawn"},
    {TJ_LANG_RUBY, "IO.read", "File.read"},
    {TJ_LANG_RUBY, "IO.readlines", "File.readlines"},
    {TJ_LANG_RUBY, "IO.binread", "File.read"},
    {TJ_LANG_RUBY, "IO.write", "File.write"},
    {TJ_LANG_RUBY, "IO.binwrite", "File.write"},
    {TJ_LANG_RUBY, "IO.foreach", "File.readlines"},
    {TJ_LANG_RUBY, "File.foreach", "File.readlines"},
    {TJ_LANG_RUBY, "File.new", "File.open"},
    {TJ_LANG_RUBY, "File.unlink", "File.delete"},
    {TJ_LANG_RUBY, "Dir.unlink", "Dir.rmdir"},
    {TJ_LANG_RUBY, "Dir.delete", "Dir.rmdir"},
    {TJ_LANG_RUBY, "TCPSocket.open", "TCPSocket.new"},
    {TJ_LANG_RUBY, "Socket.tcp", "TCPSocket.new"},
    {TJ_LANG_RUBY, "TCPServer.open", "TCPServer.new"},
    {TJ_LANG_RUBY, "Process::Sys.setuid", "Process.setuid"},
    {TJ_LANG_RUBY, "Process::UID.change_privilege", "Process.setuid"},
    {TJ_LANG_RUBY, "Process::UID.eid=", "Process.setuid"},
    {TJ_LANG_RUBY, "OpenURI.open_uri", "URI.open"},
    {TJ_LANG_RUBY, "Fiddle.dlopen", "Fiddle.dlopen"},
    {TJ_LANG_PHP, "fputs", "file.write"},
    {TJ_LANG_PHP, "fwrite", "file.write"},
    {TJ_LANG_PHP, "socket_connect", "socket.connect"},
    {TJ_LANG_PHP, "socket_bind", "socket.bind"},
    {TJ_LANG_PHP, "pfsockopen", "fsockopen"},
    {TJ_LANG_PHP, "fgets", "file.read"},
    {TJ_LANG_PHP, "fread", "file.read"},
    {TJ_LANG_PHP, "stream_get_contents", "file.read"},
    {TJ_LANG_PERL, "connect", "socket.connect"},
    {TJ_LANG_PERL, "bind", "socket.bind"},
    {TJ_LANG_PERL, "syswrite", "file.write"},
    {TJ_LANG_PERL, "remove_tree", "rmtree"},
    {TJ_LANG_LUA, "_G", ""},
    {TJ_LANG_LUA, "loadstring", "load"},
    {TJ_LANG_LUA, "lfs.rmdir", "os.remove"},
};

/* What calls give. A call not listed gives an object of its own name; X.new gives an X. */
static const struct alias gives[] = {
    {TJ_LANG_NODE, "net.connect", "net.Socket"},
    {TJ_LANG_NODE, "net.Socket.connect", "net.Socket"},
    {TJ_LANG_NODE, "net.Socket.on", "str"},
    {TJ_LANG_NODE, "net.createServer", "net.Server"},
    {TJ_LANG_NODE, "net.Server.listen", "net.Server"},
    {TJ_LANG_NODE, "child_process.spawn", "child_process.ChildProcess"},
    {TJ_LANG_NODE, "child_process.exec", "child_process.ChildProcess"},
    {TJ_LANG_NODE, "child_process.execFile", "child_process.ChildProcess"},
    {TJ_LANG_NODE, "fs.createWriteStream", "file"},
    {TJ_LANG_NODE, "fs.createReadStream", "file"},
    {TJ_LANG_NODE, "fs.open", "file"},
    {TJ_LANG_NODE, "http.request", "http.ClientRequest"},
    {TJ_LANG_NODE, "http.get", "http.IncomingMessage"},
    {TJ_LANG_NODE, "Buffer.from", "str"},
    {TJ_LANG_RUBY, "File.open", "file"},
    {TJ_LANG_RUBY, "open", "file"},
    {TJ_LANG_RUBY, "open.read", "file"},
    {TJ_LANG_RUBY, "open.write", "file"},
    {TJ_LANG_RUBY, "IO.popen", "io"},
    {TJ_LANG_RUBY, "spawn", "io[]"},
    {TJ_LANG_RUBY, "Open3.popen3", "io[]"},
    {TJ_LANG_RUBY, "TCPServer.accept", "TCPSocket"},
    {TJ_LANG_RUBY, "Net::HTTP.start", "Net::HTTP"},
    {TJ_LANG_RUBY, "file.read", "str"},
    {TJ_LANG_RUBY, "File.read", "str"},
    {TJ_LANG_RUBY, "TCPSocket.gets", "str"},
    {TJ_LANG_RUBY, "`", "str"},
    {TJ_LANG_PERL, "open.read", "file"},
    {TJ_LANG_PERL, "open.write", "file"},
    {TJ_LANG_PERL, "open.append", "file"},
    {TJ_LANG_PERL, "open.pipe", "io"},
    {TJ_LANG_PERL, "IO::Socket::SSL.new", "IO::Socket::INET"},
    {TJ_LANG_PERL, "IO::Socket::IP.new", "IO::Socket::INET"},
    {TJ_LANG_PHP, "fopen", "file"},
    {TJ_LANG_PHP, "fsockopen", "socket"},
    {TJ_LANG_PHP, "stream_socket_client", "socket"},
    {TJ_LANG_PHP, "SplFileObject", "file"},
    {TJ_LANG_LUA, "io.open", "file"},
    {TJ_LANG_LUA, "io.popen", "io"},
    {TJ_LANG_LUA, "socket.connect", "socket.tcp"},
    {TJ_LANG_LUA, "socket.bind", "socket.server"},
    {TJ_LANG_LUA, "socket.server.accept", "socket.tcp"},
    {TJ_LANG_LUA, "file.read", "str"},
    {TJ_LANG_LUA, "io.read", "str"},
};

/* Modules that only run what the tables know, or nothing outside themselves. Others run code that is not seen. */
static const struct {
    uint8_t lang;
    const char *names;
} modules[] = {
    {TJ_LANG_NODE,
     "fs child_process net tls http https http2 dgram dns os path url util crypto zlib stream events buffer readline "
     "assert querystring string_decoder timers tty v8 vm perf_hooks process console module worker_threads cluster "
     "fs-extra graceful-fs axios node-fetch undici got request superagent shelljs execa rimraf glob ws lodash chalk "
     "yargs minimist commander semver js-yaml yaml uuid moment dayjs dotenv cheerio express body-parser cors "
     "typescript prettier punycode constants inspector async_hooks fetch ssh2 mkdirp"},
    {TJ_LANG_RUBY,
     "socket net/http open-uri fileutils open3 json yaml base64 uri csv time date set pathname tempfile tmpdir "
     "optparse erb digest openssl securerandom zlib stringio logger pp etc fiddle pty shellwords rexml/document "
     "net/ftp net/smtp net/https io/console bigdecimal benchmark English timeout find strscan ostruct"},
    {TJ_LANG_PERL,
     "strict warnings Socket IO::Socket IO::Socket::INET IO::Socket::SSL IO::Socket::IP IO::File IO::Handle IO::Select "
     "File::Path File::Copy File::Basename File::Spec File::Find File::Temp File::Slurp POSIX MIME::Base64 "
     "LWP::UserAgent LWP::Simple HTTP::Tiny HTTP::Request JSON JSON::PP Data::Dumper List::Util Scalar::Util "
     "Getopt::Long Cwd Time::HiRes Time::Local constant utf8 feature lib vars parent base Carp Encode Storable "
     "Sys::Hostname Term::ANSIColor Text::Wrap Fcntl Errno IPC::Open3 IPC::Open2 Digest::MD5 Digest::SHA integer "
     "bytes open autodie threads Tie::File Benchmark Config Env FindBin English Math::BigInt Unicode::Normalize"},
    {TJ_LANG_LUA,
     "socket socket.http ssl.https io os string table math lfs cjson posix bit bit32 utf8 coroutine debug package mime "
     "ltn12 socket.url json dkjson"},
};

static const char node_globals[] = "process Buffer console JSON Math Object String Number Array Promise Deno Bun "
                                   "Reflect Date RegExp Error Symbol Map Set URL "
                                   "URLSearchParams AbortController TextEncoder TextDecoder WebAssembly Function axios";

struct tj_str tj_light_canonical(struct tj_py *py, struct tj_str name) {
    uint32_t colons = tj_str_rchr(name, ':');
    struct tj_str last = colons == TJ_NOT_FOUND ? name : tj_str_sub(name, colons + 1, name.n);
    bool method = colons != TJ_NOT_FOUND && colons >= 1 && last.n && tj_lower(last.p[0]) == last.p[0] &&
                  tj_str_chr(last, '.', 0) == TJ_NOT_FOUND;
    if (py->lang == TJ_LANG_PERL && method) name = last;
    if (py->lang == TJ_LANG_RUBY && method) name = tj_py_join(py, tj_str_sub(name, 0, colons - 1), ".", last);
    if (py->lang == TJ_LANG_RUBY && tj_str_starts(name, TJ_STR("::"))) name = tj_str_sub(name, 2, name.n);
    if (py->lang == TJ_LANG_NODE && tj_str_starts(name, TJ_STR("node:"))) name = tj_str_sub(name, 5, name.n);
    if (py->lang == TJ_LANG_NODE && tj_str_is(name, "fs/promises")) name = TJ_STR("fs");
    if (py->lang == TJ_LANG_NODE && tj_str_ends(name, TJ_STR("Sync"))) name.n -= 4;
    if (py->lang == TJ_LANG_PHP && name.n && name.p[0] == '\\') name = tj_str_sub(name, 1, name.n);
    for (size_t i = 0; i < sizeof same_thing / sizeof *same_thing; i++) {
        struct tj_str from = tj_str_of(same_thing[i].from), to = tj_str_of(same_thing[i].to);
        if (same_thing[i].lang != py->lang || !tj_str_starts(name, from)) continue;
        if (name.n == from.n) return to.n ? to : name;
        if (name.p[from.n] != '.') continue;
        struct tj_str rest = tj_str_sub(name, from.n + 1, name.n);
        return to.n ? tj_py_join(py, to, ".", rest) : tj_light_canonical(py, rest);
    }
    return name;
}

struct tj_str tj_light_returns(struct tj_py *py, struct tj_str name) {
    for (size_t i = 0; i < sizeof gives / sizeof *gives; i++)
        if (gives[i].lang == py->lang && tj_str_is(name, gives[i].from)) return tj_str_of(gives[i].to);
    if (tj_str_ends(name, TJ_STR(".new"))) return tj_str_sub(name, 0, name.n - 4);
    return name;
}

bool tj_light_known_module(struct tj_py *py, struct tj_str name) {
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (modules[i].lang == py->lang && tj_py_named_is(name, modules[i].names)) return true;
    return false;
}

bool tj_light_is_stranger(struct tj_py *py, struct tj_str name) {
    if (py->lang == TJ_LANG_NODE) return !tj_light_known_module(py, name) && !tj_py_named_is(name, node_globals);
    if (py->lang == TJ_LANG_LUA) return !tj_light_known_module(py, name);
    if (name.n && (name.p[0] == '$' || name.p[0] == '@')) return true;
    return py->lang == TJ_LANG_AWK || !(name.n && name.p[0] >= 'A' && name.p[0] <= 'Z');
}

static struct tj_str lowered(struct tj_py *py, struct tj_str name) {
    struct tj_buf buf;
    tj_buf_init(&buf, py->arena);
    for (uint32_t i = 0; i < name.n; i++) tj_buf_putc(&buf, tj_lower(name.p[i]));
    return tj_buf_str(&buf);
}

bool tj_light_is_env(struct tj_py *py, uint32_t value) {
    struct tj_py_info *info = tj_py_about(py, value);
    if (info->what != TJ_PY_IS_NAME || info->receiver != TJ_NONE) return false;
    return tj_py_named_is(info->name, "process.env ENV ENVIRON Bun.env Deno.env");
}

uint32_t tj_light_environment(struct tj_py *py, uint32_t node, uint32_t key) {
    if (tj_py_is_text(py, key) && tj_str_is(tj_py_at(py, key)->text, "HOME")) return tj_py_text(py, node, TJ_STR("~"));
    struct tj_py_arg arg = {TJ_STR_NONE, key, 0};
    return tj_py_emit(py, node, TJ_STR("env.get"), TJ_NONE, &arg, 1);
}

/* Perl's shift takes the first of the arguments. */
static uint32_t shifted(struct tj_py *py, uint32_t node) {
    uint32_t name = tj_py_name_find(py->tree, TJ_STR("@_"));
    uint32_t list = name == TJ_NONE ? TJ_NONE : py->bound[name];
    if (list == TJ_NONE || tj_py_at(py, list)->kind != TJ_CODE_LIST) return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    struct tj_code_value v = *tj_py_at(py, list);
    if (v.item == v.item_end) return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    uint32_t first = tj_py_copy(py, v.item), rest = tj_py_copy(py, list);
    tj_py_at(py, rest)->item++;
    tj_py_bind(py, name, rest);
    return first;
}

uint32_t tj_light_name(struct tj_py *py, uint32_t node, struct tj_str name) {
    uint8_t lang = py->lang;
    if (lang == TJ_LANG_NODE && tj_py_named_is(name, "__dirname")) return tj_py_text(py, node, TJ_STR("."));
    if (lang == TJ_LANG_RUBY && tj_str_is(name, "__dir__")) return tj_py_text(py, node, TJ_STR("."));
    if (lang == TJ_LANG_PHP && tj_str_is(name, "__DIR__")) return tj_py_text(py, node, TJ_STR("."));
    if (lang == TJ_LANG_PHP && tj_py_named_is(name, "$_ENV $_SERVER"))
        return tj_py_named(py, node, TJ_STR("ENV"), TJ_NONE);
    if (lang == TJ_LANG_PERL && tj_py_named_is(name, "$ENV")) return tj_py_named(py, node, TJ_STR("ENV"), TJ_NONE);
    if (lang == TJ_LANG_PERL && tj_str_is(name, "shift")) return shifted(py, node);
    if (lang == TJ_LANG_PHP && tj_str_is(name, "PHP_EOL")) return tj_py_text(py, node, TJ_STR("\n"));
    if (lang == TJ_LANG_PHP && tj_str_is(name, "DIRECTORY_SEPARATOR")) return tj_py_text(py, node, TJ_STR("/"));
    if (name.n && (name.p[0] == '$' || name.p[0] == '@') && !(lang == TJ_LANG_NODE && name.n == 1))
        return tj_py_value(py, TJ_CODE_DYNAMIC, node);
    if (lang == TJ_LANG_PHP) name = lowered(py, name);
    return tj_py_named(py, node, tj_light_canonical(py, name), TJ_NONE);
}

/* Constants of modules. */
uint32_t tj_light_constant(struct tj_py *py, uint32_t node, struct tj_str name) {
    if (py->lang != TJ_LANG_NODE) return TJ_NONE;
    if (tj_str_is(name, "path.sep")) return tj_py_text(py, node, TJ_STR("/"));
    if (tj_str_is(name, "os.EOL")) return tj_py_text(py, node, TJ_STR("\n"));
    if (tj_str_is(name, "process.platform")) return tj_py_text(py, node, TJ_STR("linux"));
    if (tj_str_is(name, "process.execPath")) return tj_py_text(py, node, TJ_STR("node"));
    return TJ_NONE;
}
