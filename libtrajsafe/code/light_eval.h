/* What the evaluator asks about the languages of the light readers. */
#ifndef TJ_CODE_LIGHT_EVAL_H
#define TJ_CODE_LIGHT_EVAL_H

#include "code/eval.h"

/* ---- names (light_names.c) ---- */
uint32_t tj_light_name(struct tj_py *py, uint32_t node, struct tj_str name); /* of a name that nothing binds */
struct tj_str tj_light_canonical(struct tj_py *py, struct tj_str name);
struct tj_str tj_light_returns(struct tj_py *py, struct tj_str name);
bool tj_light_known_module(struct tj_py *py, struct tj_str name);
bool tj_light_is_stranger(struct tj_py *py, struct tj_str name); /* stands for nothing we know: its type is unknown */
uint32_t tj_light_constant(struct tj_py *py, uint32_t node, struct tj_str name);
bool tj_light_is_env(struct tj_py *py, uint32_t value);
uint32_t tj_light_environment(struct tj_py *py, uint32_t node, uint32_t key);

/* ---- folding (light_fold.c) ---- */
uint32_t tj_light_pure(struct tj_py *py, uint32_t node, struct tj_str name, const struct tj_py_arg *arg, uint32_t n,
                       bool *emit);
uint32_t tj_light_method(struct tj_py *py, uint32_t node, uint32_t receiver, struct tj_str method,
                         const struct tj_py_arg *arg, uint32_t n);

/* ---- calls (light_call.c) ---- */
/* Calls `name` with the arguments since `mark`, which stay. */
uint32_t tj_light_apply(struct tj_py *py, uint32_t node, struct tj_str name, uint32_t receiver, uint32_t mark);

#endif
