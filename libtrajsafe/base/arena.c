/* The bump allocator and the growable arrays in it. */
#include "base/base.h"

#include <stdlib.h>

enum { FIRST_BLOCK = 16 << 10, LARGEST_STEP = 1 << 20, KEPT_ON_RESET = 1 << 20 };

struct tj_arena_block {
    struct tj_arena_block *next;
    size_t size, used;
};

static char *block_data(struct tj_arena_block *block) { return (char *)block + sizeof *block; }

void tj_arena_init(struct tj_arena *arena, size_t budget) { *arena = (struct tj_arena){.budget = budget}; }

/* Keeps the oldest blocks up to a limit, so that a scanner's steady state allocates nothing. */
void tj_arena_reset(struct tj_arena *arena) {
    size_t kept = 0;
    struct tj_arena_block **link = &arena->first;
    while (*link) {
        struct tj_arena_block *block = *link;
        if (kept + block->size > KEPT_ON_RESET) {
            *link = block->next;
            free(block);
            continue;
        }
        kept += block->size;
        block->used = 0;
        link = &block->next;
    }
    arena->current = arena->first;
    arena->used = 0;
    arena->failed = false;
}

void tj_arena_free(struct tj_arena *arena) {
    for (struct tj_arena_block *block = arena->first, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *arena = (struct tj_arena){.budget = arena->budget};
}

static void *take(struct tj_arena_block *block, size_t n, size_t align) {
    uintptr_t base = (uintptr_t)block_data(block);
    uintptr_t at = (base + block->used + (align - 1)) & ~(uintptr_t)(align - 1);
    size_t begin = (size_t)(at - base);
    if (begin > block->size || n > block->size - begin) return NULL;
    block->used = begin + n;
    return block_data(block) + begin;
}

static struct tj_arena_block *add_block(struct tj_arena *arena, size_t need) {
    size_t size = arena->current ? arena->current->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_STEP) size = LARGEST_STEP;
    if (size < need) size = need;
    struct tj_arena_block *block = malloc(sizeof *block + size);
    if (!block) return NULL;
    *block = (struct tj_arena_block){.size = size};
    if (arena->current) {
        block->next = arena->current->next;
        arena->current->next = block;
    } else {
        arena->first = block;
    }
    arena->current = block;
    return block;
}

void *tj_arena_alloc(struct tj_arena *arena, size_t n, size_t align) {
    if (arena->failed) return NULL;
    if (n > SIZE_MAX / 4 || (arena->budget && n > arena->budget - arena->used)) {
        arena->failed = true;
        return NULL;
    }
    void *p = arena->current ? take(arena->current, n, align) : NULL;
    while (!p && arena->current && arena->current->next) {
        arena->current = arena->current->next;
        p = take(arena->current, n, align);
    }
    if (!p && add_block(arena, n + align)) p = take(arena->current, n, align);
    if (!p) {
        arena->failed = true;
        return NULL;
    }
    arena->used += n;
    return p;
}

void *tj_arena_zalloc(struct tj_arena *arena, size_t n, size_t align) {
    void *p = tj_arena_alloc(arena, n, align);
    if (p) memset(p, 0, n);
    return p;
}

char *tj_arena_dup(struct tj_arena *arena, struct tj_str s) {
    char *p = tj_arena_alloc(arena, (size_t)s.n + 1, 1);
    if (!p) return NULL;
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

struct tj_str tj_arena_copy(struct tj_arena *arena, struct tj_str s) {
    char *p = tj_arena_dup(arena, s);
    return p ? (struct tj_str){p, s.n} : (struct tj_str){"", 0};
}

/* The fields that every TJ_VEC has; the first is read as a plain pointer. */
struct any_vec {
    void *at;
    uint32_t n, cap;
};

bool tj_vec_grow(struct tj_arena *arena, void *vec, uint32_t more, size_t size, size_t align) {
    struct any_vec v;
    memcpy(&v, vec, sizeof v);
    if (more > UINT32_MAX - v.n) {
        arena->failed = true;
        return false;
    }
    uint32_t need = v.n + more;
    uint32_t cap = v.cap ? v.cap : 8;
    while (cap < need) cap = cap > UINT32_MAX / 2 ? need : cap * 2;
    void *p = tj_arena_alloc(arena, (size_t)cap * size, align);
    if (!p) return false;
    if (v.n) memcpy(p, v.at, (size_t)v.n * size);
    v.at = p;
    v.cap = cap;
    memcpy(vec, &v, sizeof v);
    return true;
}
