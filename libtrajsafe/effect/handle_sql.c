/* Statements of database clients: which database they are about, on which host, and whether it was made here. */
#include "effect/derive.h"

static const struct tj_command *client_of(const struct tj_derive *d) {
    const struct tj_command *c = d->cmd;
    for (uint32_t hops = 0; c->parent < d->fx->understanding->command.n && hops < 8; hops++) {
        c = d->fx->understanding->command.at[c->parent];
        if (c->lang == TJ_LANG_SHELL || c->lang == TJ_LANG_PYTHON) return c;
    }
    return NULL;
}

/* Where the client connects to: its first host that is not this machine, else any. */
static const struct tj_effect *host_of(const struct tj_derive *d, const struct tj_command *client) {
    const struct tj_effect *found = NULL;
    for (uint32_t i = client->effect; i < d->first; i++) {
        const struct tj_effect *e = &d->fx->effect.at[i];
        if (e->command != client->index || e->object != TJ_OBJECT_HOST) continue;
        if (!found || !(e->host_class & TJ_HOST_BIT(LOOPBACK))) found = e;
    }
    return found;
}

/* The file of an embedded database. */
static const struct tj_effect *file_of(const struct tj_derive *d, const struct tj_command *client) {
    for (uint32_t i = client->effect; i < d->first; i++) {
        const struct tj_effect *e = &d->fx->effect.at[i];
        if (e->command == client->index && e->object == TJ_OBJECT_PATH && e->kind == TJ_EFFECT_APPEND) return e;
    }
    return NULL;
}

static struct tj_str of_url(struct tj_str s) {
    uint32_t mark = tj_str_find(s, TJ_STR("://"), 0);
    if (mark == TJ_NOT_FOUND) return TJ_STR_NONE;
    uint32_t slash = tj_str_chr(s, '/', mark + 3), end = tj_str_chr(s, '?', mark + 3);
    if (slash == TJ_NOT_FOUND) return TJ_STR_NONE;
    return tj_str_sub(s, slash + 1, end == TJ_NOT_FOUND ? s.n : end);
}

static struct tj_str of_conninfo(struct tj_str s) { /* "host=db dbname=shop" */
    uint32_t at = tj_str_find(s, TJ_STR("dbname="), 0);
    if (at == TJ_NOT_FOUND) return TJ_STR_NONE;
    uint32_t end = tj_str_chr(s, ' ', at);
    return tj_str_sub(s, at + 7, end == TJ_NOT_FOUND ? s.n : end);
}

static struct tj_str plain_name(struct tj_str s) {
    struct tj_str url = of_url(s), info = of_conninfo(s);
    if (url.n) return url;
    if (info.n) return info;
    for (uint32_t i = 0; i < s.n; i++)
        if (!tj_is_name(s.p[i]) && s.p[i] != '-') return TJ_STR_NONE;
    return s;
}

static struct tj_str database_of(const struct tj_derive *d, const struct tj_command *client) {
    if (client->index >= d->fx->bound.n || client->lang != TJ_LANG_SHELL) return TJ_STR_NONE;
    const struct tj_bound *bound = &d->fx->bound.at[client->index];
    for (uint32_t i = bound->option.n; i > 0; i--) {
        const struct tj_bound_option *o = &bound->option.at[i - 1];
        if (!o->row || !o->has_value || !o->row->flag) continue;
        struct tj_str flag = tj_image_str(d->fx->image, *TJ_ROW(d->fx->image, FLAGS, struct tj_ref, o->row->flag));
        if (tj_str_is(flag, "database")) return plain_name(o->value.text);
    }
    for (uint32_t i = 0; i < bound->operand.n; i++) {
        const struct tj_value *v = &client->argv[bound->operand.at[i].arg].value;
        if (bound->operand.at[i].slot == TJ_SLOT_DATA && !(v->flags & TJ_VALUE_IS_DYNAMIC)) return plain_name(v->text);
    }
    return TJ_STR_NONE;
}

static bool is_memory(const struct tj_value *v) { return tj_str_starts(v->text, TJ_STR(":memory:")); }

static bool in_memory(const struct tj_command *client) {
    for (uint32_t i = 1; i < client->argc; i++)
        if (is_memory(&client->argv[i].value)) return true;
    return false;
}

struct about {
    struct tj_str database;
    bool memory; /* a database that ends with its client */
    const struct tj_effect *host, *file;
};

static struct about about(const struct tj_derive *d) {
    struct about a = {.host = NULL};
    const struct tj_command *client = client_of(d);
    if (!client) return a;
    a.database = database_of(d, client);
    a.host = host_of(d, client);
    a.file = file_of(d, client);
    a.memory = in_memory(client);
    return a;
}

/* Tables made in this run stand in the state as files of their own. */
static struct tj_str key_of(struct tj_derive *d, const struct about *a, struct tj_str name) {
    return tj_join(d, TJ_STR("db"), ":", tj_join(d, a->file ? a->file->path : a->database, ":", name));
}

static uint64_t classes_of(struct tj_derive *d, const struct about *a, struct tj_str name) {
    uint64_t classes = 0;
    struct tj_str key = key_of(d, a, name);
    const struct tj_file *made = tj_state_file(d->fx->state, key);
    if (made && tj_str_eq(made->path, key) && made->flags & TJ_FILE_CREATED && !(made->flags & TJ_FILE_DELETED))
        classes |= TJ_CLASS_BIT(CREATED);
    if (a->file) classes |= a->file->classes & (TJ_CLASS_BIT(CREATED) | TJ_CLASS_BIT(TEMPORARY) | TJ_CLASS_BIT(TEST));
    if (a->memory || tj_has_flag(d, "temporary")) classes |= TJ_CLASS_BIT(TEMPORARY) | TJ_CLASS_BIT(CREATED);
    return classes;
}

static void effect(struct tj_derive *d, const struct about *a, enum tj_effect_kind kind, enum tj_object_kind object,
                   const struct tj_value *v, const char *what) {
    bool whole = object != TJ_OBJECT_RESOURCE || !what[0] || tj_str_chr(v->text, '.', 0) != TJ_NOT_FOUND;
    struct tj_value name = *v;
    bool current = !what[0] && d->cmd->lang != TJ_LANG_SQL; /* db.dropDatabase(): the one that is open */
    if (current) name.text = a->database.n ? a->database : tj_str_of(d->cmd->lang == TJ_LANG_REDIS ? "redis" : "db");
    if (!whole && a->database.n) name.text = tj_join(d, a->database, ".", v->text);
    uint64_t classes = object == TJ_OBJECT_RESOURCE ? classes_of(d, a, v->text) : 0;
    struct tj_effect *e = tj_effect_add(d, kind, object, v->span);
    if (!e) return;
    e->name = name.text;
    if (what[0]) e->value = tj_str_of(what);
    e->classes = classes;
    if (v->flags & TJ_VALUE_IS_DYNAMIC) e->flags |= TJ_EFF_DYNAMIC;
    if (tj_has_flag(d, "cascade")) e->flags |= TJ_EFF_RECURSIVE;
    if (!a->host) return;
    e->host = a->host->host;
    e->host_class = a->host->host_class;
    e->port = a->host->port;
}

static void made(struct tj_derive *d, const struct about *a, const struct tj_value *v) {
    struct tj_file file = {.path = key_of(d, a, v->text), .flags = TJ_FILE_CREATED | TJ_FILE_WRITTEN};
    struct tj_path path = {.text = file.path};
    /* What "CREATE TABLE IF NOT EXISTS" finds may have stood there. */
    if (!(v->flags & TJ_VALUE_IS_DYNAMIC) && path.text.n) tj_state_set_file(d->fx->state, &file);
}

static const struct meaning {
    const char *name;
    uint8_t kind, object;
    const char *what; /* "": the object is a database, whose name is whole */
} meanings[] = {
    {"sql:drop-database", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, ""},
    {"sql:drop-schema", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "schema"},
    {"sql:drop-table", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "table"},
    {"sql:drop-user", TJ_EFFECT_DELETE, TJ_OBJECT_ACCOUNT, "user"},
    {"sql:drop-owned", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "schema"},
    {"sql:truncate", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "rows"},
    {"sql:create-table", TJ_EFFECT_WRITE, TJ_OBJECT_RESOURCE, "table"},
    {"sql:create-database", TJ_EFFECT_WRITE, TJ_OBJECT_RESOURCE, ""},
    {"sql:create-schema", TJ_EFFECT_WRITE, TJ_OBJECT_RESOURCE, "schema"},
    {"sql:insert", TJ_EFFECT_APPEND, TJ_OBJECT_RESOURCE, "rows"},
    {"sql:alter-system", TJ_EFFECT_WRITE, TJ_OBJECT_RESOURCE, "settings"},
    {"sql:grant", TJ_EFFECT_GRANT, TJ_OBJECT_ACCOUNT, "rights"},
    {"mongo:drop-database", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, ""},
    {"mongo:drop", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "table"},
    {"mongo:delete-all", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "rows"},
    {"mongo:delete", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "some rows"},
    {"redis:flush", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, ""},
    {"redis:del", TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, "some rows"},
};

static void rows(struct tj_derive *d, const struct about *a, bool deletes) {
    const struct tj_value *table = tj_operand(d, 0);
    bool all = tj_has_flag(d, "all_rows");
    if (table)
        effect(d, a, deletes ? TJ_EFFECT_DELETE : TJ_EFFECT_WRITE, TJ_OBJECT_RESOURCE, table,
               all ? "rows" : "some rows");
}

static void account(struct tj_derive *d, const struct about *a) {
    const struct tj_value *who = tj_operand(d, 0);
    if (who && tj_has_flag(d, "superuser")) effect(d, a, TJ_EFFECT_GRANT, TJ_OBJECT_ACCOUNT, who, "superuser");
}

bool tj_handle_sql(struct tj_derive *d) {
    struct tj_str name = d->cmd->name;
    struct about a = about(d);
    if (tj_str_is(name, "sql:delete") || tj_str_is(name, "sql:update")) {
        rows(d, &a, tj_str_is(name, "sql:delete"));
        return true;
    }
    if (tj_str_is(name, "sql:create-user") || tj_str_is(name, "sql:alter-user")) {
        account(d, &a);
        return true;
    }
    if (tj_str_is(name, "sql:alter-drop")) {
        if (tj_has_flag(d, "column") && tj_operand(d, 0))
            effect(d, &a, TJ_EFFECT_DELETE, TJ_OBJECT_RESOURCE, tj_operand(d, 0), "column");
        return true;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
        const struct meaning *m = &meanings[i];
        if (!tj_str_is(name, m->name)) continue;
        for (uint32_t k = 0; k < tj_operands(d); k++) {
            effect(d, &a, (enum tj_effect_kind)m->kind, (enum tj_object_kind)m->object, tj_operand(d, k), m->what);
            if (tj_str_is(name, "sql:create-table")) made(d, &a, tj_operand(d, k));
        }
        return true;
    }
    return false;
}

/* psql postgres://me@db.example/shop, "host=db.example dbname=shop", mongosh mongodb://…, redis-cli -u redis://… */
bool tj_handle_client(struct tj_derive *d) {
    bool memory = tj_operand(d, 0) && is_memory(tj_operand(d, 0));
    for (uint32_t i = 0; i < tj_operands(d) + d->bound->option.n; i++) {
        bool operand = i < tj_operands(d);
        const struct tj_bound_option *o = operand ? NULL : &d->bound->option.at[i - tj_operands(d)];
        if (o && (!o->row || !o->has_value || o->row->slot != TJ_SLOT_DATA)) continue;
        if (operand && d->bound->operand.at[i].slot != TJ_SLOT_DATA) continue;
        struct tj_value v = o ? o->value : *tj_operand(d, i);
        uint32_t host = tj_str_find(v.text, TJ_STR("host="), 0);
        bool url = tj_str_find(v.text, TJ_STR("://"), 0) != TJ_NOT_FOUND;
        if (!url && (host == TJ_NOT_FOUND || (host && v.text.p[host - 1] != ' '))) continue;
        if (!url) {
            uint32_t end = tj_str_chr(v.text, ' ', host);
            v.text = tj_str_sub(v.text, host + 5, end == TJ_NOT_FOUND ? v.text.n : end);
        }
        tj_effect_host(d, TJ_EFFECT_CONNECT, &v, 0);
    }
    return memory;
}
