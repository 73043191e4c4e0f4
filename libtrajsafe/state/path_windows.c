/* Paths as Windows writes them, in the form that all others have: drives, UNC names, the registry. */
#include "state/state.h"

static bool takes(struct tj_str *s, const char *prefix) {
    struct tj_str p = tj_str_of(prefix);
    if (s->n < p.n || !tj_str_ieq(tj_str_sub(*s, 0, p.n), p)) return false;
    *s = tj_str_sub(*s, p.n, s->n);
    return true;
}

static bool is_slash(char c) { return c == '\\' || c == '/'; }

/* Names that the tables know, in the case in which they write them. */
struct tj_str tj_path_usual_case(struct tj_str part) {
    static const char *const names[] = {
        "Users", "Windows", "System32", "SysWOW64", "Program Files", "Program Files (x86)", "AppData", "Local",
        "Roaming", "LocalLow", "Temp", "ProgramData", "config", "drivers", "etc", "hosts", "SAM", "SECURITY", "NTDS",
        "ntds.dit", "winevt", "Logs", "Tasks", "Startup", "Start Menu", "Programs", "Microsoft", "Public", "Documents",
        "Desktop", "Downloads", ".ssh", ".aws", "PSReadLine", "ConsoleHost_history.txt",
        /* macOS */
        "System", "Library", "Applications", "Volumes", "Keychains", "LaunchAgents", "LaunchDaemons", "Preferences",
        "Application Support", "Cookies", "Mail", "Messages", "Pictures", "Movies", "Music", "Shared", "usr", "bin",
        "sbin", "var", "tmp", "dev", "lib", "opt", "private", "cores", "home", "log", "sudoers", "passwd",
        "master.passwd", "shadow", "authorized_keys", "id_rsa", "id_ed25519", ".env", ".git", ".zshrc", ".bashrc",
        ".zsh_history", ".bash_history", ".gnupg", ".kube", ".docker"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tj_str_ieq(part, tj_str_of(names[i]))) return tj_str_of(names[i]);
    return part;
}

static void put_parts(struct tj_buf *buf, struct tj_str s, bool registry) {
    for (uint32_t at = 0; at < s.n;) {
        uint32_t end = at;
        while (end < s.n && !is_slash(s.p[end])) end++;
        struct tj_str part = tj_str_sub(s, at, end);
        if (registry)
            for (uint32_t i = 0; i < part.n; i++) tj_buf_putc(buf, tj_lower(part.p[i]));
        else
            tj_buf_put(buf, tj_path_usual_case(part));
        if (end < s.n) tj_buf_putc(buf, '/');
        at = end + 1;
    }
}

/* HKLM:\Software\X, HKEY_LOCAL_MACHINE\Software\X, Registry::HKEY_… are /registry/hklm/software/x. */
static bool registry(struct tj_buf *buf, struct tj_str s) {
    static const struct {
        const char *name, *path;
    } roots[] = {{"HKLM:", "/registry/hklm/"},
                 {"HKCU:", "/registry/hkcu/"},
                 {"HKEY_LOCAL_MACHINE", "/registry/hklm/"},
                 {"HKEY_CURRENT_USER", "/registry/hkcu/"},
                 {"HKEY_CLASSES_ROOT", "/registry/hkcr/"},
                 {"HKEY_USERS", "/registry/hku/"},
                 {"HKLM", "/registry/hklm/"},
                 {"HKCU", "/registry/hkcu/"},
                 {"HKCR", "/registry/hkcr/"},
                 {"HKU", "/registry/hku/"}};
    (void)takes(&s, "Microsoft.PowerShell.Core\\");
    (void)takes(&s, "Registry::");
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        struct tj_str rest = s;
        if (!takes(&rest, roots[i].name) || (rest.n && !is_slash(rest.p[0]))) continue;
        tj_buf_puts(buf, roots[i].path);
        if (rest.n) put_parts(buf, tj_str_sub(rest, 1, rest.n), true);
        return true;
    }
    return false;
}

static void put_drive(struct tj_buf *buf, char letter) {
    tj_buf_putc(buf, letter);
    tj_buf_puts(buf, ":/");
}

struct tj_str tj_path_of_windows(struct tj_arena *arena, struct tj_str text) {
    struct tj_str s = text;
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    if (registry(&buf, s)) return tj_buf_str(&buf);
    (void)takes(&s, "Microsoft.PowerShell.Core\\FileSystem::");
    (void)takes(&s, "FileSystem::");
    bool device = takes(&s, "\\\\.\\");
    if (device && takes(&s, "PhysicalDrive")) return TJ_STR("/dev/sda");
    if (!device) (void)takes(&s, "\\\\?\\");
    bool drive = s.n > 1 && tj_is_alpha(s.p[0]) && s.p[1] == ':' && (s.n == 2 || is_slash(s.p[2]));
    if (device && drive && s.n == 2) return TJ_STR("/dev/sda");
    if (drive) {
        char letter = tj_lower(s.p[0]);
        s = tj_str_sub(s, s.n > 2 ? 3 : 2, s.n);
        tj_buf_putc(&buf, '/');
        bool whole = s.n == 0 || tj_str_is(s, "*") || tj_str_is(s, "*.*");
        if (letter != 'c' && !whole) put_drive(&buf, letter);
        if (tj_str_is(s, "*.*")) s = TJ_STR("*");
    }
    put_parts(&buf, s, false);
    struct tj_str out = tj_buf_str(&buf);
    return out.n ? out : text;
}

bool tj_path_is_windows(struct tj_str s) {
    bool key = s.n > 5 && tj_str_ieq(tj_str_sub(s, 0, 2), TJ_STR("HK")) && (s.p[4] == '\\' || s.p[4] == ':');
    if (key || tj_str_starts(s, TJ_STR("HKEY_"))) return true;
    if (s.n > 2 && tj_is_alpha(s.p[0]) && s.p[1] == ':' && is_slash(s.p[2])) return true;
    return s.n > 3 && s.p[0] == '\\' && s.p[1] == '\\' && s.p[2] != '\\';
}
