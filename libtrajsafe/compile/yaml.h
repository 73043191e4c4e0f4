/* YAML as a plain tree with places; libfyaml stays behind it. */
#ifndef TJ_COMPILE_YAML_H
#define TJ_COMPILE_YAML_H

#include "compile/diagnostics.h"

enum tj_yaml_kind { TJ_YAML_SCALAR, TJ_YAML_LIST, TJ_YAML_MAP };

struct tj_yaml {
    uint8_t kind; /* enum tj_yaml_kind */
    bool plain;   /* a scalar without quotes or block style */
    uint32_t n;   /* items of a list, pairs of a map */
    struct tj_where where;
    struct tj_str text;           /* scalars */
    struct tj_yaml *first, *next; /* children; in a map keys and values take turns */
};

/*
 * Parses one document. NULL after a diagnostic. Anchors, aliases and tags are refused, so that the tree is never larger
 * than the text; duplicate keys are diagnosed. Text is copied into the arena. Never recursive.
 */
struct tj_yaml *tj_yaml_parse(struct tj_arena *arena, struct tj_diagnostics *d, uint32_t file, struct tj_str text);

#endif
