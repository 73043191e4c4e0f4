/* Programs that carry files between hosts: scp, rsync, and the scripts of sftp, ftp, lftp and tftp. */
#include "effect/derive.h"

/* ---- scp, rsync --------------------------------------------------------------------------------------------------------- */

static bool is_remote(const struct tj_value *value, struct tj_str *host, struct tj_str *path) {
    struct tj_str s = value->text;
    uint32_t mark = tj_str_find(s, TJ_STR("://"), 0);
    if (mark != TJ_NOT_FOUND) {
        *host = s;
        *path = TJ_STR_NONE;
        return true;
    }
    uint32_t colon = tj_str_chr(s, ':', 0), slash = tj_str_chr(s, '/', 0);
    if (colon == TJ_NOT_FOUND && value->suffix.n && value->flags & TJ_VALUE_IS_DYNAMIC && slash == TJ_NOT_FOUND) {
        uint32_t at = tj_str_chr(value->suffix, ':', 0); /* "$USER@$HOST:path" */
        if (at == TJ_NOT_FOUND || tj_str_chr(value->suffix, '/', 0) < at) return false;
        *host = s;
        *path = tj_str_sub(value->suffix, at + 1, value->suffix.n);
        return true;
    }
    if (colon == TJ_NOT_FOUND || colon == 0 || (slash != TJ_NOT_FOUND && slash < colon)) return false;
    *host = tj_str_sub(s, 0, colon);
    *path = tj_str_sub(s, colon + 1, s.n);
    return true;
}

static void remote_end(struct tj_derive *d, enum tj_effect_kind kind, const struct tj_value *value, struct tj_str host,
                       struct tj_str path, uint64_t carries) {
    struct tj_value to = *value;
    to.text = host;
    if (host.n < value->text.n) to.flags &= ~TJ_VALUE_IS_DYNAMIC; /* what is not known lies in the path */
    uint32_t before = d->fx->effect.n;
    tj_effect_host(d, kind, &to, carries);
    for (uint32_t i = before; i < d->fx->effect.n; i++) {
        d->fx->effect.at[i].value = path;
        d->fx->effect.at[i].url = value->text;
    }
}

/* The last operand is where it goes. Options (-i key, -e ssh) are left to the table. */
bool tj_handle_transfer(struct tj_derive *d) {
    uint32_t n = tj_operands(d);
    if (n < 2) return false;
    const struct tj_value *to = tj_operand(d, n - 1);
    struct tj_str host, path, url = TJ_STR_NONE, name = TJ_STR_NONE;
    uint64_t before = d->flow;
    for (uint32_t i = 0; i + 1 < n; i++) {
        const struct tj_value *from = tj_operand(d, i);
        if (is_remote(from, &host, &path)) {
            remote_end(d, TJ_EFFECT_FETCH, from, host, path, 0);
            url = from->text;
            name = tj_str_basename(path);
        } else {
            tj_effect_path(d, TJ_EFFECT_READ, from, TJ_EFF_RECURSIVE);
            if (tj_has_option(d, "--remove-source-files")) tj_effect_path(d, TJ_EFFECT_DELETE, from, TJ_EFF_RECURSIVE);
        }
    }
    bool mirror = tj_has_flag(d, "delete");
    if (is_remote(to, &host, &path)) {
        remote_end(d, TJ_EFFECT_SEND, to, host, path, d->flow);
        if (mirror) d->fx->effect.at[d->fx->effect.n - 1].flags |= TJ_EFF_FORCED;
    } else {
        struct tj_path all = tj_derive_path(d, to);
        all.everything = true;
        if (mirror) tj_effect_resolved(d, TJ_EFFECT_DELETE, all, to->span, TJ_EFF_RECURSIVE);
        struct tj_value at = *to;
        bool folder = tj_str_is(at.text, ".") || tj_str_ends(at.text, TJ_STR("/"));
        if (folder && name.n && !(to->flags & TJ_VALUE_IS_DYNAMIC) && !tj_has_flag(d, "recursive"))
            at.text = tj_join(d, at.text, tj_str_ends(at.text, TJ_STR("/")) ? "" : "/", name);
        d->fetched = url;
        tj_effect_path(d, TJ_EFFECT_WRITE, &at, TJ_EFF_RECURSIVE);
        d->fetched = TJ_STR_NONE;
    }
    d->flow = before;
    return true;
}

/* ---- sftp, ftp, lftp, tftp ---------------------------------------------------------------------------------------------- */

struct ftp {
    struct tj_derive *d;
    struct tj_value host;
    struct tj_span span;
};

static struct tj_str next_word(struct tj_str *line) {
    *line = tj_str_trim(*line);
    uint32_t end = tj_str_chr(*line, ' ', 0);
    if (end == TJ_NOT_FOUND) end = line->n;
    struct tj_str word = tj_str_sub(*line, 0, end);
    *line = tj_str_sub(*line, end, line->n);
    return word;
}

static void put_file(struct ftp *ftp, struct tj_str path) {
    struct tj_derive *d = ftp->d;
    uint64_t flow = d->flow;
    struct tj_value value = tj_plain_value(path, ftp->span);
    if (tj_str_chr(path, '*', 0) != TJ_NOT_FOUND) value.flags |= TJ_VALUE_HAS_GLOB;
    d->flow = 0;
    tj_effect_path(d, TJ_EFFECT_READ, &value, TJ_EFF_RECURSIVE);
    tj_effect_host(d, TJ_EFFECT_SEND, &ftp->host, d->flow);
    d->flow = flow;
}

static void get_file(struct ftp *ftp, struct tj_str from, struct tj_str to) {
    struct tj_derive *d = ftp->d;
    tj_effect_host(d, TJ_EFFECT_FETCH, &ftp->host, 0);
    if (!to.n) to = tj_str_basename(from);
    struct tj_value value = tj_plain_value(to, ftp->span);
    d->fetched = ftp->host.text;
    tj_effect_path(d, TJ_EFFECT_WRITE, &value, 0);
    d->fetched = TJ_STR_NONE;
}

/* \\\\HOST\\SHARE, as Windows writes it. */
static struct tj_str with_slashes(struct tj_derive *d, struct tj_str s) {
    char *p = tj_arena_alloc(d->fx->arena, s.n, 1);
    if (!p || tj_str_chr(s, '\\', 0) == TJ_NOT_FOUND) return s;
    for (uint32_t i = 0; i < s.n; i++) p[i] = s.p[i] == '\\' ? '/' : s.p[i];
    return (struct tj_str){p, s.n};
}

/* "put FILE", "get FILE", "open HOST"; other verbs look around. */
static void ftp_line(struct ftp *ftp, struct tj_str line) {
    struct tj_str verb = next_word(&line), word = next_word(&line);
    bool mirror = tj_str_is(verb, "mirror"), reverse = false;
    while (word.n && word.p[0] == '-') {
        reverse |= tj_str_is(word, "-R") || tj_str_is(word, "--reverse");
        word = next_word(&line);
    }
    if (tj_str_is(verb, "open") && word.n) ftp->host = tj_plain_value(word, ftp->span);
    if (!word.n || !ftp->host.text.n) return;
    if (tj_str_is(verb, "put") || tj_str_is(verb, "mput") || tj_str_is(verb, "send") || tj_str_is(verb, "reput") ||
        (mirror && reverse))
        put_file(ftp, word);
    else if (tj_str_is(verb, "get") || tj_str_is(verb, "mget") || tj_str_is(verb, "reget") || mirror)
        get_file(ftp, word, next_word(&line));
}

static void ftp_lines(struct ftp *ftp, struct tj_str text) {
    uint32_t lines = 0;
    for (uint32_t at = 0; at < text.n && lines < 64; lines++) {
        uint32_t end = at;
        while (end < text.n && text.p[end] != '\n' && text.p[end] != ';') end++;
        ftp_line(ftp, tj_str_sub(text, at, end));
        at = end + 1;
    }
}

/* What it is told: on its command line (lftp -e, tftp -c), in a file (sftp -b), on its input. */
bool tj_handle_ftp(struct tj_derive *d) {
    struct ftp ftp = {.d = d, .span = d->cmd->span};
    if (tj_operand(d, 0)) ftp.host = *tj_operand(d, 0);
    ftp.host.text = with_slashes(d, ftp.host.text);
    struct tj_str host, from;
    bool named = ftp.host.text.n && is_remote(&ftp.host, &host, &from);
    if (named && (tj_str_is(d->cmd->name, "sftp") ? from.n > 0 : !from.p)) { /* sftp HOST:FILE, ftp URL: a download */
        remote_end(d, TJ_EFFECT_FETCH, tj_operand(d, 0), host, from, 0);
        return true;
    }
    tj_derive_slots(d);
    static const char *const scripts[] = {"-e", "-c"};
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        const struct tj_value *text = tj_option_value(d, scripts[i], NULL);
        if (!text) continue;
        struct tj_str line = text->text;
        bool words = tj_str_is(d->cmd->name, "tftp"); /* -c put FILE: the rest are operands */
        for (uint32_t k = 1; words && k < tj_operands(d); k++) line = tj_join(d, line, " ", tj_operand(d, k)->text);
        ftp_lines(&ftp, line);
    }
    const struct tj_value *batch = tj_option_value(d, "-b", "-f");
    struct tj_path path = batch ? tj_derive_path(d, batch) : (struct tj_path){.glob = false};
    const struct tj_file *file = batch ? tj_state_file(d->fx->state, path.text) : NULL;
    if (file && file->content.p) ftp_lines(&ftp, tj_keep(d, file->content));
    const struct tj_value *in = &d->cmd->input;
    if (d->cmd->stdin_kind != TJ_STDIN_NONE && in->text.p) ftp_lines(&ftp, in->text);
    if (d->cmd->stdin_kind != TJ_STDIN_NONE && in->carries) tj_effect_sends(d, in->carries);
    return true;
}
