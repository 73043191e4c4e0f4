// The one file that touches simdjson: finds where the structure of a JSON text is, vectorised.
//
// simdjson's first stage needs no padding, reports no partial result and throws nothing. What it finds is
// walked by tape.c: our own rules for depth, errors and what is repaired need every position anyway.
#include "doc/json.h"

#include <new>

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

namespace {
constexpr size_t smallest = size_t{1} << 16;
constexpr size_t kept = size_t{1} << 22; // larger index buffers are given back after use
} // namespace

struct tj_json {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    size_t capacity = 0;
};

static enum tj_json_code grow(struct tj_json *json, size_t n) {
    size_t capacity = smallest;
    while (capacity < n) capacity *= 2;
    json->stage.reset();
    json->capacity = 0;
    auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, json->stage);
    if (error || !json->stage) return TJ_JSON_NO_MEMORY;
    json->capacity = capacity;
    return TJ_JSON_OK;
}

trajsafe_status tj_json_new(struct tj_json **out) {
    *out = new (std::nothrow) tj_json();
    return *out ? TRAJSAFE_OK : TRAJSAFE_NO_MEMORY;
}

void tj_json_free(struct tj_json *json) { delete json; }

void tj_json_relax(struct tj_json *json) {
    if (json->capacity > kept) {
        json->stage.reset();
        json->capacity = 0;
    }
}

enum tj_json_code tj_json_index(struct tj_json *json, const char *p, size_t n, const uint32_t **at, uint32_t *count) {
    *count = 0;
    if (n == 0) return TJ_JSON_EMPTY;
    if (n > json->capacity && grow(json, n) != TJ_JSON_OK) return TJ_JSON_NO_MEMORY;
    auto error = json->stage->stage1(reinterpret_cast<const uint8_t *>(p), n, simdjson::stage1_mode::regular);
    *at = json->stage->structural_indexes.get();
    *count = error ? 0 : json->stage->n_structural_indexes;
    switch (error) {
    case simdjson::SUCCESS: return TJ_JSON_OK;
    case simdjson::EMPTY: return TJ_JSON_EMPTY;
    case simdjson::UNCLOSED_STRING: return TJ_JSON_UNCLOSED;
    case simdjson::UNESCAPED_CHARS: return TJ_JSON_CONTROL;
    case simdjson::UTF8_ERROR: return TJ_JSON_NOT_UTF8;
    default: return TJ_JSON_FAILED;
    }
}
