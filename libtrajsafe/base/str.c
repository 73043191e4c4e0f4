/* Counted strings: comparison, search and slices, without a locale. */
#include "base/base.h"

int tj_str_cmp(struct tj_str a, struct tj_str b) {
    uint32_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0) return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool tj_str_starts(struct tj_str s, struct tj_str prefix) {
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool tj_str_ends(struct tj_str s, struct tj_str suffix) {
    return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

bool tj_str_ieq(struct tj_str a, struct tj_str b) {
    if (a.n != b.n) return false;
    for (uint32_t i = 0; i < a.n; i++)
        if (tj_lower(a.p[i]) != tj_lower(b.p[i])) return false;
    return true;
}

uint32_t tj_str_find(struct tj_str s, struct tj_str needle, uint32_t from) {
    if (from > s.n || needle.n > s.n - from) return TJ_NOT_FOUND;
    if (needle.n == 0) return from;
    uint32_t last = s.n - needle.n;
    for (uint32_t at = from; at <= last; at++) {
        const char *hit = memchr(s.p + at, needle.p[0], last - at + 1);
        if (!hit) return TJ_NOT_FOUND;
        at = (uint32_t)(hit - s.p);
        if (memcmp(hit, needle.p, needle.n) == 0) return at;
    }
    return TJ_NOT_FOUND;
}

uint32_t tj_str_chr(struct tj_str s, char c, uint32_t from) {
    if (from >= s.n) return TJ_NOT_FOUND;
    const char *hit = memchr(s.p + from, c, s.n - from);
    return hit ? (uint32_t)(hit - s.p) : TJ_NOT_FOUND;
}

uint32_t tj_str_rchr(struct tj_str s, char c) {
    for (uint32_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == c) return i - 1;
    return TJ_NOT_FOUND;
}

struct tj_str tj_str_trim(struct tj_str s) {
    uint32_t begin = 0, end = s.n;
    while (begin < end && tj_is_space(s.p[begin])) begin++;
    while (end > begin && tj_is_space(s.p[end - 1])) end--;
    return tj_str_sub(s, begin, end);
}

struct tj_str tj_str_basename(struct tj_str path) {
    uint32_t end = path.n;
    while (end > 1 && path.p[end - 1] == '/') end--;
    struct tj_str s = tj_str_sub(path, 0, end);
    uint32_t slash = tj_str_rchr(s, '/');
    if (slash == TJ_NOT_FOUND || s.n == 1) return s;
    return tj_str_sub(s, slash + 1, s.n);
}

bool tj_str_to_u64(struct tj_str s, uint64_t *out) {
    uint64_t value = 0;
    if (s.n == 0) return false;
    for (uint32_t i = 0; i < s.n; i++) {
        if (!tj_is_digit(s.p[i])) return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}
