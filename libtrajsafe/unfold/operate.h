/* The operators of ${x…}, between param.c which reads them and operate.c which applies them. */
#ifndef TJ_UNFOLD_OPERATE_H
#define TJ_UNFOLD_OPERATE_H

#include "unfold/work.h"

struct tj_operation {
    struct tj_work *w;
    struct tj_env *env;
    char op;               /* # % / ^ , ~ : @ */
    char anchor;           /* of ${x/#a/b}, ${x/%a/b} */
    char letter;           /* of ${x@Q} */
    bool twice, has_b;     /* ## %% // ^^; ${x:1:2} */
    bool plain;            /* the pattern is the text `literal` */
    bool failed;           /* an operand is not known */
    struct tj_str a, b;    /* pattern and replacement, offset and length */
    struct tj_str literal; /* of the pattern */
};
struct tj_value tj_operate(struct tj_operation *operation, const struct tj_value *value);
/* [*from, *to) of `have` characters or elements; false: not known, or an error. */
bool tj_operation_range(struct tj_operation *operation, int64_t have, int64_t *from, int64_t *to);

#endif
