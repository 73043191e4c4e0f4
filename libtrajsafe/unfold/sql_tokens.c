/* The words of SQL: names, strings and marks, without comments, up to the end of a statement. */
#include "unfold/sql.h"

static bool starts_name(char c) { return tj_is_alpha(c) || c == '_' || c == '@' || c == '#' || (uint8_t)c >= 0x80; }
static bool in_name(char c) { return tj_is_name(c) || c == '@' || c == '#' || (uint8_t)c >= 0x80; }

static bool is_mysql(const struct tj_sql *q) {
    return tj_str_is(q->client, "mysql") || tj_str_is(q->client, "mariadb") || tj_str_is(q->client, "mycli");
}

/* Behind a comment that begins at `at`, or `at`. MySQL runs what stands in a comment that begins with an exclamation mark. */
static uint32_t skip_comment(const struct tj_sql *q, uint32_t at, uint32_t end) {
    struct tj_str s = q->source;
    char c = s.p[at], d = at + 1 < end ? s.p[at + 1] : '\0';
    bool line = (c == '-' && d == '-') || (c == '#' && (is_mysql(q) || at == 0 || s.p[at - 1] == '\n'));
    if (line) {
        uint32_t stop = tj_str_chr(s, '\n', at);
        return stop == TJ_NOT_FOUND || stop > end ? end : stop;
    }
    if (c == '*' && d == '/') return at + 2; /* the end of one that is run */
    if (c != '/' || d != '*') return at;
    if (at + 2 < end && s.p[at + 2] == '!') {
        for (at += 3; at < end && tj_is_digit(s.p[at]);) at++;
        return at;
    }
    uint32_t stop = tj_str_find(s, TJ_STR("*/"), at + 2);
    return stop == TJ_NOT_FOUND || stop + 2 > end ? end : stop + 2;
}

static uint32_t quoted(const struct tj_sql *q, uint32_t at, uint32_t end, char close, bool escapes,
                       struct tj_sql_token *t) {
    struct tj_str s = q->source;
    uint32_t i = at + 1;
    for (; i < end; i++) {
        if (escapes && s.p[i] == '\\') {
            i++;
        } else if (s.p[i] == close) {
            if (close == ']' || i + 1 >= end || s.p[i + 1] != close) break;
            i++;
        } else if (s.p[i] == '$' && i + 1 < end && s.p[i + 1] == '{') {
            t->dynamic = true;
        }
    }
    if (i > end) i = end;
    t->from = at + 1;
    t->to = i;
    return i < end ? i + 1 : end;
}

/* $tag$ … $tag$ */
static uint32_t dollar_body(const struct tj_sql *q, uint32_t at, uint32_t end, struct tj_sql_token *t) {
    struct tj_str s = q->source;
    uint32_t tag = at + 1;
    while (tag < end && tj_is_name(s.p[tag])) tag++;
    if (tag >= end || s.p[tag] != '$') return at;
    struct tj_str mark = tj_str_sub(s, at, tag + 1);
    uint32_t close = tj_str_find(s, mark, tag + 1);
    t->from = tag + 1;
    t->to = close == TJ_NOT_FOUND || close > end ? end : close;
    t->kind = TJ_SQL_BODY;
    return t->to == end ? end : t->to + mark.n;
}

/* ${gap}, $1, :name, %s: known when it runs. */
static uint32_t parameter(const struct tj_sql *q, uint32_t at, uint32_t end, struct tj_sql_token *t) {
    struct tj_str s = q->source;
    uint32_t i = at + 1;
    if (i < end && s.p[i] == '{') {
        uint32_t close = tj_str_chr(s, '}', i);
        i = close == TJ_NOT_FOUND || close >= end ? end : close + 1;
    }
    while (i < end && in_name(s.p[i])) i++;
    t->dynamic = true;
    t->kind = TJ_SQL_NAME;
    t->from = t->to = at;
    return i;
}

static uint32_t one(const struct tj_sql *q, uint32_t at, uint32_t end, struct tj_sql_token *t) {
    struct tj_str s = q->source;
    char c = s.p[at], d = at + 1 < end ? s.p[at + 1] : '\0';
    if (c == '\'') {
        t->kind = TJ_SQL_STRING;
        return quoted(q, at, end, '\'', is_mysql(q), t);
    }
    if ((c == 'e' || c == 'E' || c == 'n' || c == 'N' || c == 'x' || c == 'X') && d == '\'') {
        t->kind = TJ_SQL_STRING;
        return quoted(q, at + 1, end, '\'', c == 'e' || c == 'E', t);
    }
    if (c == '"' || c == '`' || (c == '[' && starts_name(d))) {
        t->kind = TJ_SQL_NAME;
        return quoted(q, at, end, c == '[' ? ']' : c, false, t);
    }
    if (c == '$') {
        uint32_t behind = dollar_body(q, at, end, t);
        return behind > at ? behind : parameter(q, at, end, t);
    }
    if ((c == ':' && starts_name(d) && at && q->source.p[at - 1] != ':') || (c == '%' && d == 's'))
        return parameter(q, at, end, t);
    if (starts_name(c) || tj_is_digit(c)) {
        uint32_t i = at;
        while (i < end && in_name(s.p[i])) i++;
        t->kind = TJ_SQL_WORD;
        t->from = at;
        t->to = i;
        if (i < end && s.p[i] == '$') { /* orders_${day} */
            i = parameter(q, i, end, t);
            t->from = at;
            t->to = at;
            while (t->to < i && in_name(s.p[t->to])) t->to++;
        }
        return i;
    }
    t->kind = TJ_SQL_MARK;
    t->mark = c;
    t->from = at;
    t->to = at + 1;
    return at + 1;
}

uint32_t tj_sql_tokens(struct tj_sql *q, uint32_t at, uint32_t end) {
    bool line = true;
    while (at < end) {
        char c = q->source.p[at];
        uint32_t behind = skip_comment(q, at, end);
        if (behind > at || tj_is_space(c)) {
            line = line || c == '\n';
            at = behind > at ? behind : at + 1;
            continue;
        }
        if (c == ';') return at + 1;
        bool ends = c == '\\' && at + 1 < end && (tj_lower(q->source.p[at + 1]) == 'g' || q->source.p[at + 1] == '!');
        if (ends && at) return q->source.p[at + 1] == '!' ? at : at + 2; /* SELECT 1 \g */
        struct tj_sql_token t = {.line = line, .begin = at};
        at = one(q, at, end, &t);
        t.end = at;
        line = false;
        if (!tj_vec_push(q->w->arena, &q->token, t)) return end;
    }
    return end;
}

struct tj_value tj_sql_value(struct tj_sql *q, const struct tj_sql_token *t) {
    struct tj_str s = tj_str_sub(q->source, t->from, t->to);
    struct tj_value v = tj_value_text(s, (struct tj_span){q->text, t->begin, t->end});
    bool string = t->kind == TJ_SQL_STRING;
    char quote = q->source.p[t->begin];
    struct tj_buf buf;
    tj_buf_init(&buf, q->w->arena);
    for (uint32_t i = 0; i < s.n; i++) {
        bool gap = s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{';
        if (gap && t->dynamic) break;
        tj_buf_putc(&buf, string ? s.p[i] : tj_lower(s.p[i]));
        if (t->kind != TJ_SQL_WORD && i + 1 < s.n && s.p[i + 1] == s.p[i] && (s.p[i] == quote || s.p[i] == '\'')) i++;
    }
    if (s.n) v.text = tj_buf_str(&buf);
    if (!v.text.p) v.text = TJ_STR("");
    if (t->dynamic) v.flags |= TJ_VALUE_IS_DYNAMIC;
    return v;
}

bool tj_sql_is(const struct tj_sql *q, uint32_t i, const char *keyword) {
    if (i >= q->token.n || q->token.at[i].kind != TJ_SQL_WORD || q->token.at[i].dynamic) return false;
    return tj_str_ieq(tj_str_sub(q->source, q->token.at[i].begin, q->token.at[i].end), tj_str_of(keyword));
}

bool tj_sql_mark(const struct tj_sql *q, uint32_t i, char mark) {
    return i < q->token.n && q->token.at[i].kind == TJ_SQL_MARK && q->token.at[i].mark == mark;
}
