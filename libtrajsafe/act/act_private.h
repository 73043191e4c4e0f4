/* What the files of act share: one call being turned into actions. */
#ifndef TJ_ACT_PRIVATE_H
#define TJ_ACT_PRIVATE_H

#include "act/act.h"

struct tj_acting {
    const struct tj_image *image;
    struct tj_arena *arena;
    struct tj_doc *doc;
    uint32_t arguments;
    struct tj_str raw, pointer, tool;
    struct tj_actions *out;
    bool failed;
};

/* A new action of that kind, with tool and pointer set; NULL when out of memory. */
struct tj_action *tj_acting_add(struct tj_acting *a, enum tj_action_kind kind);
/* pointer + "/" + key, escaped as RFC 6901 says. */
struct tj_str tj_acting_pointer(struct tj_acting *a, struct tj_str base, struct tj_str key);
/* The words of an array of strings; false when some element is not a string. */
bool tj_acting_words(struct tj_acting *a, uint32_t array, const struct tj_str **words, uint32_t *n);

void tj_act_probe(struct tj_acting *a);                    /* a tool that is not in the tables */
void tj_act_line(struct tj_acting *a, struct tj_str line); /* a SWE-agent action line */
bool tj_act_patch(struct tj_acting *a, struct tj_str patch, struct tj_str pointer); /* false: not a patch */

#endif
