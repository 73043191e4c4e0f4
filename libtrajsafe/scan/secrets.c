/* What secrets, credentials and addresses look like in commands, code and prose. */
#include "scan/secrets.h"

#define TEXT_MOST (1u << 20)
#define SECRETS_MOST 256u
#define VALUE_MOST 8192u

static bool plain_char(char c) { return tj_is_alnum(c) || c == '_' || c == '-'; }

static bool ends_value(char c) {
    return tj_is_space(c) || c == '"' || c == '\'' || c == '`' || c == ',' || c == ';' || c == '&' || c == ')' ||
           c == '}' || c == ']' || c == '|' || c == '<' || c == '>' || c == '\\';
}

static bool at(struct tj_str s, uint32_t i, const char *lit) {
    for (uint32_t k = 0; lit[k]; k++)
        if (i + k >= s.n || tj_lower(s.p[i + k]) != lit[k]) return false;
    return true;
}

static uint32_t skip(struct tj_str s, uint32_t i, char c) {
    while (i < s.n && s.p[i] == c) i++;
    return i;
}

/* ---- tokens that tell what they are by their first letters --------------------------------------------------------- */

static bool by_prefix(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    static const struct {
        const char *prefix;
        uint32_t least; /* bytes after the prefix */
    } rows[] = {{"AKIA", 12},     {"ASIA", 12},      {"ghp_", 16},        {"gho_", 16},   {"ghu_", 16},
                {"ghs_", 16},     {"ghr_", 16},      {"github_pat_", 16}, {"glpat-", 12}, {"sk-", 16},
                {"sk_live_", 10}, {"sk_test_", 10},  {"rk_live_", 10},    {"xoxb-", 10},  {"xoxp-", 10},
                {"xoxa-", 10},    {"xoxr-", 10},     {"xoxs-", 10},       {"hf_", 16},    {"npm_", 20},
                {"pypi-", 20},    {"AIza", 30},      {"ya29.", 16},       {"eyJ", 24},    {"SG.", 20},
                {"dop_v1_", 20},  {"shpat_", 16},    {"glsa_", 16},       {"sq0", 20},    {"AGE-SECRET-KEY-", 20},
                {"whsec_", 16},   {"dckr_pat_", 16}, {"nvapi-", 16},      {"r8_", 20},    {"tskey-", 16},
                {"xapp-", 16},    {"gsk_", 20},      {"GOCSPX-", 16},     {"hvs.", 20},   {"AccountKey=", 20}};
    if (i > 0 && plain_char(s.p[i - 1])) return false;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (rows[k].prefix[0] != s.p[i]) continue;
        size_t n = strlen(rows[k].prefix);
        if (n > s.n - i || memcmp(s.p + i, rows[k].prefix, n) != 0) continue;
        uint32_t end = i + (uint32_t)n;
        while (end < s.n && (plain_char(s.p[end]) || s.p[end] == '.')) end++;
        if (end - i - n < rows[k].least) continue;
        *out = (struct tj_secret_place){i, end, "secret"};
        return true;
    }
    return false;
}

/* Addresses whose path is the secret. */
static bool by_service(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    static const char *const rows[] = {"hooks.slack.com/services/", "discord.com/api/webhooks/",
                                       "discordapp.com/api/webhooks/", "api.telegram.org/bot"};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (!at(s, i, rows[k])) continue;
        uint32_t begin = i + (uint32_t)strlen(rows[k]), end = begin;
        while (end < s.n && !ends_value(s.p[end]) && s.p[end] != '?') end++;
        if (end - begin < 8) return false;
        *out = (struct tj_secret_place){begin, end, "secret"};
        return true;
    }
    return false;
}

static bool private_key(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (!at(s, i, "-----begin ")) return false;
    uint32_t head = tj_str_find(tj_str_sub(s, 0, i + 60 < s.n ? i + 60 : s.n), TJ_STR("PRIVATE KEY"), i);
    if (head == TJ_NOT_FOUND) return false;
    uint32_t most = s.n - head > VALUE_MOST ? head + VALUE_MOST : s.n;
    uint32_t end = tj_str_find(tj_str_sub(s, 0, most), TJ_STR("-----END "), head);
    uint32_t close = end == TJ_NOT_FOUND ? TJ_NOT_FOUND : tj_str_find(tj_str_sub(s, 0, most), TJ_STR("KEY-----"), end);
    *out = (struct tj_secret_place){i, close == TJ_NOT_FOUND ? most : close + 8, "secret"};
    return true;
}

/* ---- names and options that say that a secret follows ---------------------------------------------------------------- */

/* The value at j: to the quote that closes it, else as far as a word goes. */
static bool value_at(struct tj_str s, uint32_t j, struct tj_secret_place *out) {
    uint32_t escape = skip(s, j, '\\'), end;
    char quote = escape < s.n && (s.p[escape] == '"' || s.p[escape] == '\'') ? s.p[escape] : '\0';
    if (quote) {
        j = end = escape + 1;
        while (end < s.n && end - j < VALUE_MOST && s.p[end] != quote && s.p[end] != '\n') end++;
        if (end > j && s.p[end - 1] == '\\') end--; /* the quote itself is escaped: JSON in text */
    } else {
        for (end = j; end < s.n && !ends_value(s.p[end]); end++) {
        }
    }
    if (end - j < 3 || s.p[j] == '$' || s.p[j] == '~' || s.p[j] == '(' || s.p[j] == '@') return false;
    if (s.p[j] == '/' && end - j < 32) return false; /* a path */
    *out = (struct tj_secret_place){j, end, "secret"};
    return true;
}

static uint32_t secret_name(struct tj_str s, uint32_t i) {
    static const char *const names[] = {
        "password",    "passwd",     "passphrase",  "secret",     "token",         "api_key",   "api-key", "apikey",
        "access_key",  "access-key", "private_key", "credential", "authorization", "auth_key",  "pwd",     "x-api-key",
        "session_key", "cookie",     "pass",        "accesskey",  "privatekey",    "secretkey", "passcode"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        uint32_t n = (uint32_t)strlen(names[k]);
        if (tj_lower(s.p[i]) != names[k][0] || !at(s, i, names[k])) continue;
        char next = i + n < s.n ? s.p[i + n] : '\0';
        if (next < 'a' || next > 'z' || next == 's') return n; /* no tokenizer, no passed */
    }
    return 0;
}

/* Whether the word that i stands in begins with a dash: an option takes its value after a blank too. */
static bool in_option(struct tj_str s, uint32_t i) {
    uint32_t k = i;
    while (k > 0 && i - k < 64 && plain_char(s.p[k - 1])) k--;
    return s.p[k] == '-';
}

/* Bearer, Basic and the like before the value; the value may be quoted after them. */
static uint32_t after_scheme(struct tj_str s, uint32_t j) {
    static const char *const schemes[] = {"bearer ", "basic ", "token ", "digest ", "apikey "};
    for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++)
        if (at(s, j, schemes[k])) return skip(s, j + (uint32_t)strlen(schemes[k]), ' ');
    return j;
}

/* max_tokens=4096 */
static bool is_count(struct tj_str s, const struct tj_secret_place *place) {
    for (uint32_t k = place->begin; k < place->end; k++)
        if (!tj_is_digit(s.p[k])) return false;
    return place->end - place->begin < 6;
}

/* name … [=: or a blank after an option] value. */
static bool by_name(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    uint32_t n = secret_name(s, i), j = i + n;
    if (n == 0) return false;
    while (j < s.n && j - i < 60 && plain_char(s.p[j])) j++; /* PASSWORD_PROD, tokens */
    if (j - i >= 60) return false;
    while (j < s.n && (s.p[j] == '"' || s.p[j] == '\'' || s.p[j] == '\\' || s.p[j] == ']')) j++; /* "password": */
    uint32_t gap = j;
    j = skip(s, j, ' ');
    if (j < s.n && (s.p[j] == '=' || s.p[j] == ':')) {
        bool url = s.p[j] == ':' && j + 1 < s.n && s.p[j + 1] == '/';
        if (url) return false;
        j = skip(s, skip(s, j, s.p[j]), ' ');
    } else if (j == gap || !in_option(s, i)) {
        return false;
    }
    return value_at(s, after_scheme(s, j), out) && !is_count(s, out);
}

static bool bearer(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (!at(s, i, "bearer ")) return false;
    return value_at(s, skip(s, i + 7, ' '), out) && out->end - out->begin >= 8;
}

/* Programs whose short option is a secret: the option, and whether its value may be glued to it. */
static bool by_program(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    static const struct {
        const char *program, *option;
        bool user; /* the value is user:password */
    } rows[] = {{"sshpass", "-p", false},   {"mysql", "-p", false},      {"mariadb", "-p", false},
                {"redis-cli", "-a", false}, {"curl", "-u", true},        {"curl", "--user", true},
                {"wget", "-u", true},       {"docker", "-p", false},     {"podman", "-p", false},
                {"smbclient", "-u", true},  {"ldapsearch", "-w", false}, {"7z", "-p", false},
                {"unzip", "-p", false},     {"zip", "-p", false},        {"mongo", "-p", false},
                {"helm", "-p", false},      {"az", "-p", false},         {"crackmapexec", "-p", false}};
    if (i > 0 && (tj_is_alnum(s.p[i - 1]) || s.p[i - 1] == '_')) return false;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (tj_lower(s.p[i]) != rows[k].program[0] || !at(s, i, rows[k].program)) continue;
        uint32_t n = (uint32_t)strlen(rows[k].option);
        for (uint32_t j = i; j < s.n && j - i < 400 && s.p[j] != '\n' && s.p[j] != '|' && s.p[j] != ';'; j++) {
            if (s.p[j] != ' ' || !at(s, j + 1, rows[k].option)) continue;
            uint32_t value = skip(s, skip(s, j + 1 + n, ' '), '=');
            if (n > 2 && value == j + 1 + n) continue; /* --userfoo */
            if (!value_at(s, value, out) || s.p[out->begin] == '-') continue;
            bool name_only = rows[k].user && tj_str_chr(tj_str_sub(s, out->begin, out->end), ':', 0) == TJ_NOT_FOUND;
            bool port = !rows[k].user && out->end > out->begin && tj_is_digit(s.p[out->begin]) &&
                        tj_str_chr(tj_str_sub(s, out->begin, out->end), ':', 0) != TJ_NOT_FOUND;
            if (!name_only && !port) return true;
        }
    }
    return false;
}

/* What is piped into something that reads a password: echo WORD | sudo -S, | passwd, user:word | chpasswd. */
static bool by_pipe(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (!at(s, i, "echo ") || (i > 0 && plain_char(s.p[i - 1]))) return false;
    uint32_t value = skip(s, i + 5, ' ');
    while (at(s, value, "-e ") || at(s, value, "-n ")) value = skip(s, value + 3, ' ');
    if (!value_at(s, value, out)) return false;
    uint32_t j = out->end;
    while (j < s.n && (s.p[j] == '"' || s.p[j] == '\'' || s.p[j] == ' ')) j++;
    if (j >= s.n || s.p[j] != '|') return false;
    j = skip(s, j + 1, ' ');
    if (at(s, j, "sudo -s") || at(s, j, "sudo --stdin") || at(s, j, "chpasswd") || at(s, j, "sudo chpasswd"))
        return true;
    return at(s, j, "passwd ") || at(s, j, "docker login") || at(s, j, "gh auth login");
}

/* ---- addresses ------------------------------------------------------------------------------------------------------ */

static bool url_credentials(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (!at(s, i, "://")) return false;
    uint32_t begin = i + 3, end = 0, colon = 0;
    for (uint32_t j = begin; j < s.n && j - begin < 512; j++) {
        char c = s.p[j];
        if (tj_is_space(c) || c == '"' || c == '\'' || c == '`' || c == '/' || c == '<' || c == '>' || c == '\\') break;
        if (c == '@') end = j;
        if (c == ':' && !colon) colon = j;
    }
    if (end <= begin || ((colon == 0 || colon > end) && end - begin < 16)) return false;
    *out = (struct tj_secret_place){begin, end, "credential"};
    return true;
}

/* local@domain.tld; a numeric host is no mail address, and git@ names a protocol rather than a person. */
static bool mail_address(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (!tj_is_alnum(s.p[i]) || (i > 0 && (plain_char(s.p[i - 1]) || s.p[i - 1] == '.' || s.p[i - 1] == '+')))
        return false;
    uint32_t j = i;
    while (j < s.n && j - i < 256 && (plain_char(s.p[j]) || s.p[j] == '.' || s.p[j] == '+')) j++;
    if (j >= s.n || s.p[j] != '@' || (j - i == 3 && at(s, i, "git"))) return false;
    uint32_t end = j + 1, dot = 0;
    while (end < s.n && (tj_is_alnum(s.p[end]) || s.p[end] == '-' || s.p[end] == '.')) {
        if (s.p[end] == '.' && end + 1 < s.n && tj_is_alnum(s.p[end + 1])) dot = end;
        end++;
    }
    while (s.p[end - 1] == '.') end--;
    if (dot == 0 || dot + 2 >= end || !tj_is_alpha(s.p[dot + 1])) return false;
    *out = (struct tj_secret_place){i, end, "email"};
    return true;
}

/* user@host of a remote login is an address of a machine: what a person needs to see of a tunnel. */
static bool is_login(struct tj_str s, uint32_t i) {
    static const char *const programs[] = {"ssh", "scp", "sftp", "rsync", "autossh", "mosh", "sshfs", "ssh-copy-id"};
    uint32_t from = i;
    while (from > 0 && i - from < 400 && !strchr(";|&\n(`", s.p[from - 1])) from--;
    if (tj_str_chr(tj_str_sub(s, from, i), '@', 0) != TJ_NOT_FOUND) return false; /* what is run there */
    for (uint32_t k = from; k < i; k++) {
        if (k > from && s.p[k - 1] != ' ' && s.p[k - 1] != '/' && s.p[k - 1] != '"' && s.p[k - 1] != '\'') continue;
        for (size_t p = 0; p < sizeof programs / sizeof *programs; p++)
            if (at(s, k, programs[p]) && s.p[k + strlen(programs[p])] == ' ') return true;
    }
    return false;
}

/* A long run that mixes cases and digits and is no path, word or hash: better hidden than shown. */
static bool by_looks(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (i > 0 && (plain_char(s.p[i - 1]) || s.p[i - 1] == '/' || s.p[i - 1] == '+')) return false;
    uint32_t end = i, upper = 0, lower = 0, digit = 0, breaks = 0;
    for (bool padded = false; end < s.n && end - i < VALUE_MOST; end++) {
        char c = s.p[end];
        /* Behind = there is only more of it: no byte belongs to two runs. */
        if (padded ? c != '=' : !(plain_char(c) || c == '+' || c == '/' || c == '=')) break;
        padded = c == '=';
        upper += c >= 'A' && c <= 'Z';
        lower += c >= 'a' && c <= 'z';
        digit += tj_is_digit(c);
        breaks += c == '/' || c == '-' || c == '_';
    }
    if (end - i < 32 || upper < 4 || lower < 4 || digit < 3 || breaks * 8 > end - i) return false;
    *out = (struct tj_secret_place){i, end, "secret"};
    return true;
}

bool tj_secret_at(struct tj_str s, uint32_t i, struct tj_secret_place *out) {
    if (s.p[i] == ':') return url_credentials(s, i, out);
    if (s.p[i] == '-') return private_key(s, i, out);
    if (!tj_is_alnum(s.p[i])) return false;
    return by_prefix(s, i, out) || bearer(s, i, out) || by_name(s, i, out) || by_program(s, i, out) ||
           by_pipe(s, i, out) || by_service(s, i, out) || mail_address(s, i, out) || by_looks(s, i, out);
}

/* ---- what a session remembers ---------------------------------------------------------------------------------------- */

static bool distinctive(struct tj_str value) {
    bool sign = false;
    for (uint32_t i = 0; i < value.n; i++) sign |= !tj_is_alpha(value.p[i]);
    return value.n >= 6 || (value.n >= 4 && sign);
}

static bool remember(struct tj_session *session, struct tj_str value, const char *kind) {
    if (!distinctive(value)) return true;
    for (uint32_t i = 0; i < session->secret.n; i++)
        if (tj_str_eq(session->secret.at[i].value, value)) return true;
    if (session->secret.n == SECRETS_MOST) {
        session->secrets_cut = true;
        return true;
    }
    struct tj_secret secret = {tj_arena_copy(&session->arena, value), kind};
    return secret.value.n == value.n && tj_vec_push(&session->arena, &session->secret, secret);
}

bool tj_secrets_learn(struct tj_session *session, struct tj_str text) {
    struct tj_secret_place place;
    if (text.n > TEXT_MOST) {
        text.n = TEXT_MOST;
        session->secrets_cut = true;
    }
    for (uint32_t i = 0; i < text.n;) {
        if (!tj_secret_at(text, i, &place)) {
            i++;
            continue;
        }
        struct tj_str value = tj_str_sub(text, place.begin, place.end);
        if (place.kind[0] == 'e' && is_login(text, place.begin)) place.kind = NULL;
        if (!remember(session, value, place.kind)) return false;
        /* Both halves of user:password may also stand alone. */
        uint32_t colon = place.kind && place.kind[0] == 'c' ? tj_str_chr(value, ':', 0) : TJ_NOT_FOUND;
        if (colon != TJ_NOT_FOUND && !remember(session, tj_str_sub(value, colon + 1, value.n), "secret")) return false;
        i = place.end;
    }
    return true;
}

bool tj_secrets_learn_all(struct tj_session *session, const struct tj_understanding *u) {
    size_t left = TEXT_MOST;
    for (uint32_t i = 0; i < u->texts.text.n; i++) {
        struct tj_str text = u->texts.text.at[i].bytes;
        if (text.n > left) {
            session->secrets_cut = true;
            return true;
        }
        left -= text.n;
        if (!tj_secrets_learn(session, text)) return false;
    }
    return true;
}
