/* Private to tries.c and ways.c: the ways in which a block may hold. */
#ifndef TJ_COMPILE_TRIES_H
#define TJ_COMPILE_TRIES_H

#include "compile/compiler.h"
#include "image/tries.h"

enum { TJ_WAYS_MOST = 32 };
struct tj_way {
    struct tj_try try; /* but its rule and block */
    uint64_t kinds;    /* of effects */
    const uint32_t *program;
    uint32_t programs; /* rising numbers of names; 0: any program */
};
/* Gives how many ways there are: 0 when the block never holds. */
uint32_t tj_block_ways(const struct tj_image *image, struct tj_arena *arena, const struct tj_block *block,
                       struct tj_way out[TJ_WAYS_MOST]);

#endif
