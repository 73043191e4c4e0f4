/* Programs on files whose meaning needs code: chmod, cp, mv, ln, tee, tar, find, mktemp. */
#include "effect/derive.h"

/* ---- chmod -------------------------------------------------------------------------------------------------------------- */

/* chmod -x FILE: what looks like an option is the mode, so that every operand is a file. */
bool tj_handle_chmod(struct tj_derive *d) {
    struct tj_str mode = TJ_STR_NONE;
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        if (!option->row && option->name.n > 1 && tj_str_is(d->cmd->name, "chmod") && strchr("rwxXst", option->name.p[1]))
            mode = d->cmd->argv[option->arg].value.text;
    }
    if (!mode.n && !tj_has_option(d, "--reference")) return false;
    d->mode = mode;
    for (uint32_t i = 0; i < tj_operands(d); i++) tj_derive_slot(d, TJ_SLOT_GRANT, tj_operand(d, i));
    return true;
}

/* ---- cp, mv, ln --------------------------------------------------------------------------------------------------------- */

struct copy {
    const struct tj_value *target;
    uint32_t sources; /* the first operands */
    bool folder;      /* the target is a folder: names are kept */
};

static bool is_folder(struct tj_derive *d, const struct tj_value *value) {
    struct tj_str s = value->text;
    if (value->flags & TJ_VALUE_IS_DYNAMIC && !value->suffix.n) return false;
    if (value->suffix.n) s = value->suffix;
    if (s.n && s.p[s.n - 1] == '/') return true;
    if (tj_str_is(s, ".") || tj_str_is(s, "..") || tj_str_is(s, "~")) return true;
    struct tj_path path = tj_derive_path(d, value);
    if (path.text.n == 1) return true; /* / ~ @ */
    const char *const folders[] = {
        "/tmp",     "/etc",   "/usr/bin",    "/usr/local/bin",      "/bin",          "/opt", "/home", "/var/tmp",
        "/dev/shm", "~/.ssh", "/etc/cron.d", "/etc/systemd/system", "/etc/profile.d"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (tj_str_is(path.text, folders[i])) return true;
    const struct tj_file *file = tj_state_file(d->fx->state, path.text); /* made by mkdir: created, holds nothing */
    return file && tj_str_eq(file->path, path.text) && file->flags & TJ_FILE_CREATED && !file->content.p &&
           !file->carries && !(file->flags & (TJ_FILE_DOWNLOADED | TJ_FILE_DELETED | TJ_FILE_EXECUTABLE));
}

static bool find_copy(struct tj_derive *d, struct copy *out) {
    uint32_t n = tj_operands(d);
    const struct tj_value *into = tj_flag_value(d, "target_directory");
    *out = (struct copy){.target = into ? into : tj_operand(d, n ? n - 1 : 0),
                         .sources = into ? n
                                    : n  ? n - 1
                                         : 0,
                         .folder = into != NULL};
    if (!out->target || !out->sources) return false;
    const struct tj_value *first = tj_operand(d, 0);
    bool many = out->sources > 1 || first->flags & TJ_VALUE_HAS_GLOB || first->nset > 1;
    if (!out->folder) out->folder = !tj_has_flag(d, "no_target_directory") && (many || is_folder(d, out->target));
    return true;
}

/* The path that one source comes to. */
static struct tj_value landing(struct tj_derive *d, const struct copy *copy, const struct tj_value *source) {
    struct tj_value to = *copy->target;
    if (!copy->folder || source->flags & (TJ_VALUE_HAS_GLOB | TJ_VALUE_IS_DYNAMIC) ||
        to.flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_IS_SET))
        return to;
    struct tj_str name = tj_str_basename(source->nset ? source->set[0] : source->text);
    if (!name.n || tj_str_is(name, "/") || tj_str_is(name, ".") || tj_str_is(name, "..")) return to;
    to.text = tj_join(d, to.text, to.text.n && to.text.p[to.text.n - 1] == '/' ? "" : "/", name);
    return to;
}

/* What stands at the source: nothing, what reaches standard input, or what was written there. */
static struct tj_value content_of(struct tj_derive *d, const struct tj_value *source, const struct tj_file *file) {
    if (tj_str_is(source->text, "/dev/null")) return tj_plain_value(TJ_STR(""), source->span);
    if (tj_str_is(source->text, "/dev/stdin") && d->cmd->stdin_kind != TJ_STDIN_NONE) return d->cmd->input;
    bool whole = file && !(file->flags & TJ_FILE_PARTIAL);
    struct tj_str content = file ? tj_keep(d, file->content) : TJ_STR_NONE;
    return (struct tj_value){.text = content, .flags = file && !whole ? TJ_VALUE_IS_DYNAMIC : 0};
}

static void write_copy(struct tj_derive *d, const struct copy *copy, const struct tj_value *source, uint16_t all) {
    struct tj_path from = tj_derive_path(d, source);
    const struct tj_file *file = from.glob || from.dynamic ? NULL : tj_state_file(d->fx->state, from.text);
    d->content = content_of(d, source, file);
    uint32_t flags = file ? file->flags & (TJ_FILE_DOWNLOADED | TJ_FILE_EXECUTABLE) : 0;
    struct tj_value to = landing(d, copy, source);
    tj_effect_path(d, TJ_EFFECT_WRITE, &to, all);
    d->content = (struct tj_value){.text = TJ_STR_NONE};
    struct tj_path at = tj_derive_path(d, &to);
    const struct tj_file *made = flags ? tj_state_file(d->fx->state, at.text) : NULL;
    if (!made || !tj_str_eq(made->path, at.text)) return;
    struct tj_file kept = *made;
    kept.flags |= flags;
    tj_state_set_file(d->fx->state, &kept);
}

static void copy_each(struct tj_derive *d, const struct copy *copy, bool move) {
    uint16_t all = tj_has_flag(d, "recursive") ? TJ_EFF_RECURSIVE : 0;
    uint64_t before = d->flow;
    for (uint32_t i = 0; i < copy->sources; i++) {
        const struct tj_value *source = tj_operand(d, i);
        d->flow = before;
        struct tj_path from = tj_derive_path(d, source);
        if (move)
            d->flow |= tj_file_carries(d->fx, from.text, tj_classify_path(d->fx->image, d->fx->state, from.text));
        else
            tj_effect_path(d, TJ_EFFECT_READ, source, all);
        write_copy(d, copy, source, all);
        if (!move) continue;
        tj_effect_path(d, TJ_EFFECT_MOVE, source, 0);
        if (from.glob || from.dynamic || !from.text.n) continue;
        struct tj_file gone = {.path = from.text, .flags = TJ_FILE_DELETED};
        tj_state_set_file(d->fx->state, &gone);
    }
}

/* A mode that makes a program run as its owner: 4755, u+s. */
static bool runs_as_owner(struct tj_str mode) {
    if (mode.n == 4 && mode.p[0] >= '2' && mode.p[0] <= '7') return true;
    uint32_t plus = tj_str_chr(mode, '+', 0), equals = tj_str_chr(mode, '=', 0);
    uint32_t from = plus != TJ_NOT_FOUND ? plus : equals;
    return from != TJ_NOT_FOUND && tj_str_chr(mode, 's', from) != TJ_NOT_FOUND;
}

bool tj_handle_cp(struct tj_derive *d) {
    struct copy copy;
    if (!find_copy(d, &copy)) return false;
    copy_each(d, &copy, false);
    const struct tj_value *mode = tj_option_value(d, "-m", "--mode");
    if (!tj_str_is(d->cmd->name, "install") || !mode || !runs_as_owner(mode->text)) return true;
    d->mode = mode->text;
    for (uint32_t i = 0; i < copy.sources; i++) {
        struct tj_value at = landing(d, &copy, tj_operand(d, i));
        tj_effect_path(d, TJ_EFFECT_GRANT, &at, 0);
    }
    return true;
}

/* Moving something onto /dev/null throws it away. */
bool tj_handle_mv(struct tj_derive *d) {
    struct copy copy;
    if (!find_copy(d, &copy)) return false;
    if (!tj_str_is(copy.target->text, "/dev/null")) {
        copy_each(d, &copy, true);
        return true;
    }
    for (uint32_t i = 0; i < copy.sources; i++) tj_derive_slot(d, TJ_SLOT_DELETE, tj_operand(d, i));
    return true;
}

/* The target of a symbolic link is seen from where the link stands. */
static void remember_link(struct tj_derive *d, const struct tj_value *source, const struct tj_value *at) {
    struct tj_path link = tj_path_resolve(d->fx->arena, tj_state_context(d->fx->state), d->cwd, at);
    uint32_t slash = tj_str_rchr(link.text, '/');
    struct tj_str cwd = d->cwd;
    if (slash != TJ_NOT_FOUND) d->cwd = slash ? tj_str_sub(link.text, 0, slash) : TJ_STR("/");
    struct tj_path target = tj_derive_path(d, source);
    d->cwd = cwd;
    if (link.dynamic || link.glob || target.dynamic || target.glob) return;
    tj_state_set_link(d->fx->state, link.text, target.text, false);
}

/* ln [-s] TARGET… LINK: what is read through the link later is what it points to. */
bool tj_handle_ln(struct tj_derive *d) {
    struct copy copy;
    if (tj_operands(d) == 1) { /* a link of the same name here */
        static const struct tj_value here = {.text = {".", 1}};
        copy = (struct copy){.target = &here, .sources = 1, .folder = true};
    } else if (!find_copy(d, &copy)) {
        return false;
    }
    for (uint32_t i = 0; i < copy.sources; i++) {
        const struct tj_value *source = tj_operand(d, i);
        struct tj_path to = tj_derive_path(d, source);
        tj_effect_path(d, TJ_EFFECT_LINK, source, 0);
        d->flow |= tj_file_carries(d->fx, to.text, tj_classify_path(d->fx->image, d->fx->state, to.text));
        const struct tj_file *file = to.glob || to.dynamic ? NULL : tj_state_file(d->fx->state, to.text);
        d->content = content_of(d, source, file && tj_str_eq(file->path, to.text) ? file : NULL);
        struct tj_value at = landing(d, &copy, source);
        d->makes_link = true;
        tj_effect_path(d, TJ_EFFECT_WRITE, &at, 0);
        d->makes_link = false;
        d->content = (struct tj_value){.text = TJ_STR_NONE};
        if (tj_has_flag(d, "symbolic")) remember_link(d, source, &at);
    }
    return true;
}

/* mount --bind FROM AT: until it is unmounted, AT is FROM. */
bool tj_handle_mount(struct tj_derive *d) {
    bool detaches = tj_str_is(d->cmd->name, "umount");
    const struct tj_value *options = tj_option_value(d, "-o", "--options");
    bool bind = tj_has_flag(d, "bind") || (options && tj_str_find(options->text, TJ_STR("bind"), 0) != TJ_NOT_FOUND);
    for (uint32_t i = 0; detaches && i < tj_operands(d); i++) {
        struct tj_path at = tj_path_resolve(d->fx->arena, tj_state_context(d->fx->state), d->cwd, tj_operand(d, i));
        tj_state_set_link(d->fx->state, at.text, TJ_STR_NONE, true);
    }
    if (detaches || !bind || tj_operands(d) < 2) return false;
    tj_derive_slots(d);
    struct tj_path from = tj_derive_path(d, tj_operand(d, 0)), at = tj_derive_path(d, tj_operand(d, 1));
    if (!from.dynamic && !at.dynamic) tj_state_set_link(d->fx->state, at.text, from.text, true);
    return true;
}

/* ---- tee, mktemp -------------------------------------------------------------------------------------------------------- */

bool tj_handle_tee(struct tj_derive *d) {
    d->content = d->cmd->input;
    if (d->cmd->stdin_kind == TJ_STDIN_NONE) d->content.text = TJ_STR_NONE;
    if (d->empty_source && !d->content.text.n) d->content = tj_plain_value(TJ_STR(""), d->cmd->span);
    enum tj_effect_kind kind = tj_has_flag(d, "append") ? TJ_EFFECT_APPEND : TJ_EFFECT_WRITE;
    for (uint32_t i = 0; i < tj_operands(d); i++) tj_effect_path(d, kind, tj_operand(d, i), 0);
    return true;
}

bool tj_handle_mktemp(struct tj_derive *d) {
    const struct tj_value *made = &d->cmd->output;
    if (!made->text.n) return true;
    struct tj_str name = tj_str_trim(made->text);
    struct tj_value value = tj_plain_value(name, made->span);
    value.flags = made->flags & TJ_VALUE_IS_DYNAMIC;
    struct tj_path path = tj_derive_path(d, &value);
    struct tj_file file = {.path = path.text, .flags = TJ_FILE_CREATED | TJ_FILE_TEMP};
    if (path.text.n) tj_state_set_file(d->fx->state, &file);
    return true;
}

/* Without if= it copies its input. */
bool tj_handle_dd(struct tj_derive *d) {
    const struct tj_value *from = tj_option_value(d, "if=", NULL);
    if (from && tj_str_is(from->text, "/dev/null")) d->content = tj_plain_value(TJ_STR(""), from->span);
    if (!tj_option_value(d, "if=", NULL) && d->cmd->stdin_kind != TJ_STDIN_NONE) d->content = d->cmd->input;
    const struct tj_value *to = tj_option_value(d, "of=", NULL), *how = tj_option_value(d, "oflag=", NULL);
    if (!to || !how || tj_str_find(how->text, TJ_STR("append"), 0) == TJ_NOT_FOUND) return false;
    if (from) tj_effect_path(d, TJ_EFFECT_READ, from, 0);
    tj_effect_path(d, TJ_EFFECT_APPEND, to, 0);
    return true;
}

/* ---- parted, gzip -------------------------------------------------------------------------------------------------------- */

/* parted DISK mklabel gpt: a new table, or a partition taken out of it, loses what was there; printing changes nothing. */
bool tj_handle_parted(struct tj_derive *d) {
    static const char *const looks[] = {"print", "p", "unit", "quit", "help", "align-check"};
    const struct tj_value *disk = tj_operand(d, 0), *verb = tj_operand(d, 1);
    if (!disk || tj_has_flag(d, "list")) return true;
    for (size_t i = 0; verb && i < sizeof looks / sizeof *looks; i++)
        if (tj_str_is(verb->text, looks[i])) return true;
    tj_effect_path(d, TJ_EFFECT_WRITE, disk, 0);
    for (uint32_t i = 1; i < tj_operands(d); i++) {
        struct tj_str s = tj_operand(d, i)->text;
        if (tj_str_is(s, "mklabel") || tj_str_is(s, "mktable") || tj_str_is(s, "rm"))
            tj_effect_path(d, TJ_EFFECT_DELETE, disk, 0);
    }
    return true;
}

/* gzip FILE makes FILE.gz in its place, gunzip FILE.gz makes FILE; what was in it is in the new one. */
bool tj_handle_gzip(struct tj_derive *d) {
    static const struct {
        const char *name, *ending;
    } kinds[] = {{"gzip", ".gz"},    {"pigz", ".gz"},   {"bzip2", ".bz2"}, {"pbzip2", ".bz2"},
                 {"xz", ".xz"},      {"lzma", ".lzma"}, {"zstd", ".zst"},  {"lz4", ".lz4"},
                 {"compress", ".Z"}, {"brotli", ".br"}, {"lzop", ".lzo"}};
    const char *ending = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (tj_str_is(d->cmd->name, kinds[i].name)) ending = kinds[i].ending;
    bool keeps = !ending || tj_has_flag(d, "stdout") || tj_has_flag(d, "decode") || tj_has_option(d, "-t") ||
                 tj_has_option(d, "-l") || tj_option_value(d, "-o", "--output");
    if (keeps) return false;
    for (uint32_t i = 0; i < tj_operands(d); i++) {
        const struct tj_value *from = tj_operand(d, i);
        uint64_t flow = d->flow;
        tj_effect_path(d, TJ_EFFECT_READ, from, 0);
        struct tj_value to = *from;
        if (!(to.flags & (TJ_VALUE_IS_SET | TJ_VALUE_IS_DYNAMIC)))
            to.text = tj_join(d, from->text, "", tj_str_of(ending));
        if (!tj_str_is(from->text, "-")) tj_effect_path(d, TJ_EFFECT_WRITE, &to, 0);
        d->flow = flow;
    }
    return true;
}

/* split FILE PREFIX makes PREFIXaa, PREFIXab …, or with -d PREFIX00 …: the first of them are known by name. */
bool tj_handle_split(struct tj_derive *d) {
    const struct tj_value *from = tj_operand(d, 0), *to = tj_operand(d, 1);
    static const struct tj_value usual = {.text = {"x", 1}};
    if (from) tj_effect_path(d, TJ_EFFECT_READ, from, 0);
    struct tj_value prefix = to ? *to : usual, all = prefix;
    all.text = tj_join(d, prefix.text, "", TJ_STR("*"));
    all.flags |= TJ_VALUE_HAS_GLOB;
    tj_effect_path(d, TJ_EFFECT_WRITE, &all, 0);
    for (char c = 'a'; c < 'e' && !(prefix.flags & (TJ_VALUE_IS_DYNAMIC | TJ_VALUE_IS_SET)); c++) {
        for (int digits = 0; digits < 2; digits++) {
            char end[2] = {digits ? '0' : 'a', digits ? (char)(c - 'a' + '0') : c};
            struct tj_value piece = prefix;
            piece.text = tj_join(d, prefix.text, "", tj_str_make(end, 2));
            struct tj_path path = tj_derive_path(d, &piece);
            struct tj_file file = {
                .path = path.text, .flags = TJ_FILE_CREATED | TJ_FILE_WRITTEN, .carries = d->flow | d->args};
            if (path.text.n) tj_state_set_file(d->fx->state, &file);
        }
    }
    return true;
}

/* ---- tar ---------------------------------------------------------------------------------------------------------------- */

/* Members come from, or go to, the folder of -C. Other modes (list, diff) only read the archive. */
bool tj_handle_tar(struct tj_derive *d) {
    bool create = tj_has_flag(d, "create") || tj_has_flag(d, "append"), extract = tj_has_flag(d, "extract");
    const struct tj_value *archive = tj_flag_value(d, "archive");
    if (create) {
        for (uint32_t i = 0; i < tj_operands(d); i++)
            tj_effect_path(d, TJ_EFFECT_READ, tj_operand(d, i), TJ_EFF_RECURSIVE);
        if (tj_has_flag(d, "remove_files"))
            for (uint32_t i = 0; i < tj_operands(d); i++)
                tj_effect_path(d, TJ_EFFECT_DELETE, tj_operand(d, i), TJ_EFF_RECURSIVE);
        struct tj_str cwd = d->cwd;
        d->cwd = tj_state_cwd(d->fx->state); /* -f is not seen from -C */
        if (archive) tj_effect_path(d, TJ_EFFECT_WRITE, archive, 0);
        d->cwd = cwd;
        return true;
    }
    struct tj_str cwd = d->cwd;
    d->cwd = tj_state_cwd(d->fx->state);
    if (archive) tj_effect_path(d, TJ_EFFECT_READ, archive, 0);
    d->cwd = cwd;
    if (!extract || tj_has_flag(d, "stdout")) return true;
    struct tj_path path = {.text = tj_keep(d, d->cwd), .everything = true};
    tj_effect_resolved(d, TJ_EFFECT_WRITE, path, d->cmd->span, TJ_EFF_RECURSIVE);
    return true;
}

/* ---- find --------------------------------------------------------------------------------------------------------------- */

static bool narrows(struct tj_str name) {
    static const char *const tests[] = {"-mtime", "-mmin",   "-atime", "-amin",  "-ctime",    "-cmin",
                                        "-newer", "-size",   "-user",  "-group", "-empty",    "-perm",
                                        "-regex", "-iregex", "-path",  "-ipath", "-wholename"};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (tj_str_is(name, tests[i])) return true;
    return tj_str_starts(name, TJ_STR("-newer"));
}

/* With -name the objects are the files of that name below the root, else the root and all below it. */
static void find_delete(struct tj_derive *d, const struct tj_value *root) {
    const struct tj_value *name = tj_option_value(d, "-name", "-iname");
    bool negated = false, some = false, empty = false;
    for (uint32_t i = 0; i < d->bound->option.n; i++) {
        const struct tj_bound_option *option = &d->bound->option.at[i];
        some |= narrows(option->name) && !tj_str_is(option->name, "-empty");
        empty |= tj_str_is(option->name, "-empty");
        if (!tj_str_is(option->name, "-name") && !tj_str_is(option->name, "-iname")) continue;
        struct tj_str before = option->arg ? d->cmd->argv[option->arg - 1].value.text : TJ_STR("");
        negated |= tj_str_is(before, "!") || tj_str_is(before, "-not");
    }
    struct tj_path path = tj_derive_path(d, root);
    bool named = name && !negated && name->text.n && !tj_str_is(name->text, "*");
    if (named) {
        path.text = tj_join(d, path.text.n == 1 && path.text.p[0] == '/' ? TJ_STR("") : path.text, "/**/", name->text);
        path.glob = true;
    }
    /* Empty folders of one project are litter; below the root they are what programs and mounts stand on. */
    path.glob |= some || (empty && !tj_str_is(path.text, "/"));
    struct tj_effect *e;
    uint32_t before = d->fx->effect.n;
    tj_effect_resolved(d, TJ_EFFECT_DELETE, path, root->span, TJ_EFF_RECURSIVE);
    if (d->fx->effect.n == before) return;
    e = &d->fx->effect.at[before];
    if (named) e->value = name->text;
}

bool tj_handle_find(struct tj_derive *d) {
    static const char *const files[] = {"-fprint", "-fprintf", "-fls", "-fprint0"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct tj_value *file = tj_option_value(d, files[i], NULL);
        if (file) tj_effect_path(d, TJ_EFFECT_WRITE, file, 0);
    }
    if (!tj_has_option(d, "-delete")) return true;
    static const struct tj_value here = {.text = {".", 1}};
    if (!tj_operands(d)) find_delete(d, &here);
    for (uint32_t i = 0; i < tj_operands(d); i++) find_delete(d, tj_operand(d, i));
    return true;
}
