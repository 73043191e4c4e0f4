/* A bounded glob matcher for canonical paths. */
#include "base/base.h"

enum { STEP_BUDGET = 20000 };

/* Matches `[...]` at *at against c and moves *at behind it; a `[` that is never closed stands for itself. */
static bool class_matches(struct tj_str pattern, uint32_t *at, char c) {
    uint32_t i = *at + 1;
    bool negated = i < pattern.n && (pattern.p[i] == '!' || pattern.p[i] == '^');
    if (negated) i++;
    uint32_t close = i;
    if (close < pattern.n && pattern.p[close] == ']') close++;
    while (close < pattern.n && pattern.p[close] != ']') close++;
    if (close >= pattern.n) {
        *at += 1;
        return c == '[';
    }
    bool hit = false;
    for (; i < close; i++) {
        unsigned char low = (unsigned char)pattern.p[i], high = low;
        if (i + 2 < close && pattern.p[i + 1] == '-') {
            high = (unsigned char)pattern.p[i + 2];
            i += 2;
        }
        hit |= (unsigned char)c >= low && (unsigned char)c <= high;
    }
    *at = close + 1;
    return c != '/' && hit != negated;
}

/* One character of the text against one element (not a star) of the pattern. */
static bool element_matches(struct tj_str pattern, uint32_t *at, char c) {
    char p = pattern.p[*at];
    if (p == '[') return class_matches(pattern, at, c);
    if (p == '\\' && *at + 1 < pattern.n) {
        *at += 2;
        return pattern.p[*at - 1] == c;
    }
    *at += 1;
    return p == '?' ? c != '/' : p == c;
}

/*
 * Two resume points suffice: the last `*`, which may not cross a slash, and the last `**`, which may. When `*` cannot
 * grow any further the search goes on from `**`. A `**` followed by a slash also stands for nothing at all.
 */
bool tj_glob(struct tj_str pattern, struct tj_str text) {
    uint32_t p = 0, t = 0, steps = 0;
    uint32_t star_p = TJ_NOT_FOUND, star_t = 0, deep_p = TJ_NOT_FOUND, deep_t = 0;
    for (;;) {
        if (++steps > STEP_BUDGET) return false;
        if (p < pattern.n && pattern.p[p] == '*') {
            if (p + 1 < pattern.n && pattern.p[p + 1] == '*') {
                p += 2;
                if (p < pattern.n && pattern.p[p] == '/' && (t == 0 || text.p[t - 1] == '/')) p++;
                deep_p = p;
                deep_t = t;
                star_p = TJ_NOT_FOUND;
            } else {
                star_p = ++p;
                star_t = t;
            }
            continue;
        }
        if (t == text.n && p == pattern.n) return true;
        if (t < text.n && p < pattern.n && element_matches(pattern, &p, text.p[t])) {
            t++;
            continue;
        }
        if (star_p != TJ_NOT_FOUND && star_t < text.n && text.p[star_t] != '/') {
            p = star_p;
            t = ++star_t;
        } else if (deep_p != TJ_NOT_FOUND && deep_t < text.n) {
            /* After `**` and its slash a match may only begin behind a slash. */
            bool aligned = deep_p > 0 && pattern.p[deep_p - 1] == '/';
            do deep_t++;
            while (aligned && deep_t < text.n && text.p[deep_t - 1] != '/');
            if (aligned && text.p[deep_t - 1] != '/') return false;
            p = deep_p;
            t = deep_t;
            star_p = TJ_NOT_FOUND;
        } else {
            return false;
        }
    }
}
