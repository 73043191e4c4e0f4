/* What the path table says of a path: a hash lookup per prefix, component and piece of the last component. */
#include "image/image.h"

/* Bits of `how` that a lookup may use. */
#define HOW(id) (1u << TJ_PATH_##id)

struct verdict {
    uint64_t give, take;
};

static inline void add(struct verdict *v, const struct tj_path_row *row) {
    if (row->except)
        v->take |= row->classes;
    else
        v->give |= row->classes;
}

/* All rows whose text is `piece` stand together; the index names the first. */
static void look(const struct tj_image *image, struct verdict *v, uint64_t hash, struct tj_str piece, uint32_t hows) {
    uint32_t i = tj_image_index_find(image, TJ_SECTION_PATH_INDEX, hash, piece);
    if (i == TJ_NONE) return;
    uint32_t n = image->n[TJ_SECTION_PATHS];
    struct tj_ref first = TJ_ROW(image, PATHS, struct tj_path_row, i)->text;
    for (; i < n; i++) {
        const struct tj_path_row *row = TJ_ROW(image, PATHS, struct tj_path_row, i);
        if (row->text.at != first.at || row->text.n != first.n) break;
        if (hows & 1u << row->how) add(v, row);
    }
}

static bool is_joint(char c) { return c == '.' || c == '_' || c == '-'; }

/* Suffix rows begin with a joint and prefix rows end with one: the compiler makes globs of all others. */
static void look_at_basename(const struct tj_image *image, struct verdict *v, struct tj_str name) {
    uint64_t hash = TJ_HASH_START;
    for (uint32_t i = 0; i < name.n; i++) {
        hash = tj_hash_step(hash, name.p[i]);
        if (!is_joint(name.p[i])) continue;
        look(image, v, hash, tj_str_sub(name, 0, i + 1), HOW(PREFIX));
        struct tj_str tail = tj_str_sub(name, i, name.n);
        look(image, v, tj_hash(tail), tail, HOW(SUFFIX));
    }
}

static bool is_wild(char c) { return c == '*' || c == '?' || c == '[' || c == ']' || c == '\\'; }

/* What is literal at both ends, and behind a leading `**` and slash, rules out nearly every glob at once. */
static bool may_match(struct tj_str glob, struct tj_str path) {
    uint32_t n = 0;
    while (n < glob.n && !is_wild(glob.p[n])) {
        if (n >= path.n || glob.p[n] != path.p[n]) return false;
        n++;
    }
    for (uint32_t i = 1; i <= glob.n && !is_wild(glob.p[glob.n - i]); i++)
        if (i > path.n || glob.p[glob.n - i] != path.p[path.n - i]) return false;
    if (n || glob.n < 4 || glob.p[0] != '*' || glob.p[1] != '*' || glob.p[2] != '/') return true;
    for (n = 3; n < glob.n && !is_wild(glob.p[n]);) n++;
    return n == 3 || tj_str_find(path, tj_str_sub(glob, 3, n), 0) != TJ_NOT_FOUND;
}

/* Globs stand at the end of the table. */
static void look_at_globs(const struct tj_image *image, struct verdict *v, struct tj_str path) {
    for (uint32_t i = image->n[TJ_SECTION_PATHS]; i > 0; i--) {
        const struct tj_path_row *row = TJ_ROW(image, PATHS, struct tj_path_row, i - 1);
        if (row->how != TJ_PATH_GLOB) return;
        uint64_t fresh = row->except ? row->classes & ~v->take : row->classes & ~v->give;
        struct tj_str glob = tj_image_str(image, row->text);
        if (fresh && may_match(glob, path) && tj_glob(glob, path)) add(v, row);
    }
}

uint64_t tj_image_classify_path(const struct tj_image *image, struct tj_str path) {
    struct verdict v = {0, 0};
    if (path.n == 0) return 0;
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    uint64_t whole = TJ_HASH_START, part = TJ_HASH_START;
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= path.n; i++) {
        bool end = i == path.n;
        if (!end && path.p[i] != '/') {
            whole = tj_hash_step(whole, path.p[i]);
            part = tj_hash_step(part, path.p[i]);
            continue;
        }
        if (i > 0 && !(end && path.n == 1 && path.p[0] == '/'))
            look(image, &v, whole, tj_str_sub(path, 0, i), end ? HOW(EXACT) | HOW(UNDER) : HOW(UNDER) | HOW(BELOW));
        if (i > begin)
            look(image, &v, part, tj_str_sub(path, begin, i), end ? HOW(COMPONENT) | HOW(BASENAME) : HOW(COMPONENT));
        if (end) break;
        whole = tj_hash_step(whole, '/');
        if (i == 0) /* the root itself, or a prefix of every absolute path */
            look(image, &v, whole, tj_str_sub(path, 0, 1),
                 path.n == 1 ? HOW(EXACT) | HOW(UNDER) : HOW(UNDER) | HOW(BELOW));
        part = TJ_HASH_START;
        begin = i + 1;
    }
    look_at_basename(image, &v, tj_str_sub(path, begin, path.n));
    look_at_globs(image, &v, path);
    return v.give & ~v.take;
}
