// The bare walk of bench_json: simdjson's on-demand interface visits every value and keeps nothing.
#include "json_walk.h"

#include <cstring>

#define SIMDJSON_EXCEPTIONS 0
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <simdjson.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

using namespace simdjson;

static bool walk(ondemand::value value, int64_t &seen) {
    ondemand::json_type type;
    seen++;
    if (value.type().get(type)) return false;
    if (type == ondemand::json_type::object) {
        ondemand::object object;
        if (value.get_object().get(object)) return false;
        for (auto member : object) {
            ondemand::value inner;
            if (member.value().get(inner) || !walk(inner, seen)) return false;
        }
    } else if (type == ondemand::json_type::array) {
        ondemand::array array;
        if (value.get_array().get(array)) return false;
        for (auto element : array) {
            ondemand::value inner;
            if (element.get(inner) || !walk(inner, seen)) return false;
        }
    }
    return true;
}

int64_t json_walk_lines(const char *p, size_t n) {
    static thread_local ondemand::parser parser;
    int64_t seen = 0;
    for (size_t at = 0; at < n;) {
        const char *newline = static_cast<const char *>(memchr(p + at, '\n', n - at));
        size_t length = newline ? static_cast<size_t>(newline - p) - at : n - at;
        ondemand::document document;
        ondemand::value value;
        if (length > 0 && (parser.iterate(p + at, length, n - at + 64).get(document) ||
                           document.get_value().get(value) || !walk(value, seen)))
            return -1;
        at += length + 1;
    }
    return seen;
}
