/* The light reader of PowerShell: what its files share. Private to unfold/. */
#ifndef TJ_UNFOLD_PWSH_H
#define TJ_UNFOLD_PWSH_H

#include "unfold/sql.h"

/* A value with what is known of its type: "net.webclient", "char", "bytes", "block", or "". */
struct tj_ps_value {
    struct tj_value v;
    struct tj_str type;
};

struct tj_ps {
    struct tj_work *w;
    struct tj_env *env;
    struct tj_str s; /* the script */
    uint32_t text, at, end;
    uint32_t lost; /* where the reader lost its way, or TJ_NONE */
};

static inline char tj_ps_peek(const struct tj_ps *p, uint32_t ahead) {
    return p->at + ahead < p->end ? p->s.p[p->at + ahead] : '\0';
}

/* ---- pwsh.c: commands; pwsh_script.c: statements --------------------------------------------------------------------------------------- */

void tj_ps_script(struct tj_ps *p, char close); /* to `close` or the end; the closing mark is taken */
struct tj_ps_value tj_ps_pipeline(struct tj_ps *p);
bool tj_ps_ends(const struct tj_ps *p);                       /* the command ends here */
struct tj_str tj_ps_row(struct tj_ps *p, struct tj_str name); /* "ps:NAME" */
struct tj_ps_value tj_ps_inner(struct tj_ps *p, char close);  /* ( … ) and $( … ): the value of the last pipeline */
void tj_ps_run(struct tj_ps *p, struct tj_value code, struct tj_span span); /* text as a script */
struct tj_command *tj_ps_emit(struct tj_ps *p, struct tj_str name, const struct tj_arg *arg, uint32_t n,
                              struct tj_span span);

/* ---- pwsh_value.c: expressions ------------------------------------------------------------------------------------------------ */

struct tj_ps_value tj_ps_expression(struct tj_ps *p);
struct tj_ps_value tj_ps_operand(struct tj_ps *p); /* one value without binary operators, as an argument */
struct tj_ps_value tj_ps_word(struct tj_ps *p);    /* an argument in command mode */
bool tj_ps_space(struct tj_ps *p, bool lines);     /* blanks and comments; true when there were some */
void tj_ps_lost(struct tj_ps *p);
/* pwsh_variable.c */
struct tj_ps_value tj_ps_variable(struct tj_ps *p, struct tj_str name, struct tj_span span);
struct tj_str tj_ps_variable_name(struct tj_ps *p); /* p->at stands behind the dollar */
struct tj_span tj_ps_span(const struct tj_ps *p, uint32_t from);
void tj_ps_set(struct tj_ps *p, struct tj_str name, const struct tj_ps_value *value);
struct tj_str tj_ps_lower(struct tj_ps *p, struct tj_str s);
struct tj_str tj_ps_block(struct tj_ps *p, uint32_t *from); /* { … } as text; p->at stands on the bracket */

/* ---- pwsh_call.c: types and methods ----------------------------------------------------------------------------------------------- */

struct tj_ps_value tj_ps_static(struct tj_ps *p, struct tj_str type, struct tj_str member,
                                const struct tj_ps_value *arg, uint32_t n, bool call, struct tj_span span);
struct tj_ps_value tj_ps_method(struct tj_ps *p, struct tj_ps_value on, struct tj_str member,
                                const struct tj_ps_value *arg, uint32_t n, bool call, struct tj_span span);
struct tj_ps_value tj_ps_cast(struct tj_ps *p, struct tj_str type, struct tj_ps_value value);
struct tj_ps_value tj_ps_binary(struct tj_ps *p, struct tj_str op, struct tj_ps_value a, struct tj_ps_value b);
struct tj_ps_value tj_ps_join(struct tj_ps *p, struct tj_ps_value list, struct tj_str by);
struct tj_ps_value tj_ps_text(struct tj_str text, struct tj_span span);
struct tj_ps_value tj_ps_unknown(struct tj_span span, uint64_t carries);
/* Elements of a value: itself, or its list. */
uint32_t tj_ps_items(const struct tj_ps_value *value, const struct tj_str **items);
struct tj_ps_value tj_ps_list(struct tj_ps *p, const struct tj_str *items, uint32_t n, struct tj_span span,
                              uint64_t carries);

#endif
