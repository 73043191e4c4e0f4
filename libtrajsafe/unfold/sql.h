/* SQL and the languages of database shells: what their readers share. Private to unfold/. */
#ifndef TJ_UNFOLD_SQL_H
#define TJ_UNFOLD_SQL_H

#include "unfold/work.h"

enum tj_sql_kind { TJ_SQL_WORD, TJ_SQL_NAME /* quoted */, TJ_SQL_STRING, TJ_SQL_BODY /* $$…$$ */, TJ_SQL_MARK };

struct tj_sql_token {
    uint8_t kind;        /* enum tj_sql_kind */
    bool line;           /* the first of its line */
    bool dynamic;        /* holds a gap: ${…}, a bound parameter */
    char mark;           /* MARK: the character */
    uint32_t begin, end; /* with its quotes */
    uint32_t from, to;   /* without */
};
struct tj_sql {
    struct tj_work *w;
    struct tj_env *env;
    struct tj_str source;
    uint32_t text;
    struct tj_str client; /* the program whose text it is: "psql", or "" */
    TJ_VEC(struct tj_sql_token) token;
};

/* Appends the tokens of [at, end) without comments. Stops at `;` of the outermost level and returns what is behind it. */
uint32_t tj_sql_tokens(struct tj_sql *q, uint32_t at, uint32_t end);
/* Text of a token: quotes taken off, doubled quotes single, names in lower case. */
struct tj_value tj_sql_value(struct tj_sql *q, const struct tj_sql_token *t);
bool tj_sql_is(const struct tj_sql *q, uint32_t i, const char *keyword); /* an unquoted word, without regard to case */
bool tj_sql_mark(const struct tj_sql *q, uint32_t i, char mark);

/* A command line of a client (`\! ls`, `.shell ls`, `\i file`) at `at`, the beginning of a line; where it ends, or `at` when
 * there is none. */
uint32_t tj_sql_meta(struct tj_sql *q, uint32_t at);

/* ---- commands of light readers -------------------------------------------------------------------------------------------- */

/* A command NAME with these words. NULL when no table or rule knows it, or a budget is spent; else it was handed over. */
struct tj_command *tj_light_emit(struct tj_work *w, struct tj_env *env, struct tj_str name, enum tj_lang lang,
                                 const struct tj_arg *arg, uint32_t args, struct tj_span span);
/* NAME as a command with one word, and that word run as text of a language. */
void tj_light_run(struct tj_work *w, struct tj_env *env, const char *name, enum tj_lang from, struct tj_value text,
                  enum tj_lang lang, struct tj_span span);

#endif
