/* A map from strings to numbers: open addressing in the arena, for ids that a record repeats. */
#include "read/reader.h"

struct tj_map_slot {
    struct tj_str key;
    uint64_t hash;
    uint32_t value;
    bool used;
};

/* Keyed, so that ids in a record cannot be chosen to fall together by luck or by plain FNV collisions. */
static uint64_t hash_of(struct tj_str key) {
    static const uint8_t secret[16] = {0x74, 0x72, 0x61, 0x6a, 0x73, 0x61, 0x66, 0x65,
                                       0x9e, 0x37, 0x79, 0xb9, 0x7f, 0x4a, 0x7c, 0x15};
    return tj_hash_keyed(secret, key);
}

static struct tj_map_slot *find(const struct tj_map *map, struct tj_str key, uint64_t hash) {
    uint32_t mask = map->cap - 1, i = (uint32_t)hash & mask;
    while (map->slot[i].used && !(map->slot[i].hash == hash && tj_str_eq(map->slot[i].key, key))) i = (i + 1) & mask;
    return &map->slot[i];
}

static bool grow(struct tj_map *map) {
    struct tj_map bigger = {.arena = map->arena, .n = map->n, .cap = map->cap ? map->cap * 2 : 64};
    bigger.slot = tj_arena_array(map->arena, struct tj_map_slot, bigger.cap);
    if (!bigger.slot) return false;
    for (uint32_t i = 0; i < map->cap; i++)
        if (map->slot[i].used) *find(&bigger, map->slot[i].key, map->slot[i].hash) = map->slot[i];
    *map = bigger;
    return true;
}

uint32_t tj_map_put(struct tj_map *map, struct tj_str key, uint32_t value) {
    if (map->n * 4 >= map->cap * 3 && !grow(map)) return TJ_NONE;
    uint64_t hash = hash_of(key);
    struct tj_map_slot *slot = find(map, key, hash);
    if (slot->used) return slot->value;
    *slot = (struct tj_map_slot){.key = key, .hash = hash, .value = value, .used = true};
    map->n++;
    return TJ_NONE;
}

uint32_t *tj_map_get(const struct tj_map *map, struct tj_str key) {
    if (map->cap == 0) return NULL;
    struct tj_map_slot *slot = find(map, key, hash_of(key));
    return slot->used ? &slot->value : NULL;
}
