/* The string builder, and JSON strings in it. */
#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>

enum { LONGEST_FORMATTED = 512 };

void tj_buf_init(struct tj_buf *buf, struct tj_arena *arena) { *buf = (struct tj_buf){.arena = arena}; }

static bool room(struct tj_buf *buf, uint32_t more) {
    if (buf->failed) return false;
    if (more <= buf->cap - buf->n) return true;
    uint64_t need = (uint64_t)buf->n + more;
    uint64_t cap = buf->cap ? (uint64_t)buf->cap * 2 : 256;
    if (cap < need) cap = need;
    char *p = cap <= UINT32_MAX ? tj_arena_alloc(buf->arena, (size_t)cap, 1) : NULL;
    if (!p) {
        buf->failed = true;
        return false;
    }
    if (buf->n) memcpy(p, buf->at, buf->n);
    buf->at = p;
    buf->cap = (uint32_t)cap;
    return true;
}

void tj_buf_put(struct tj_buf *buf, struct tj_str s) {
    if (s.n == 0 || !room(buf, s.n)) return;
    memcpy(buf->at + buf->n, s.p, s.n);
    buf->n += s.n;
}

void tj_buf_putc(struct tj_buf *buf, char c) {
    if (room(buf, 1)) buf->at[buf->n++] = c;
}

void tj_buf_putf(struct tj_buf *buf, const char *format, ...) {
    char text[LONGEST_FORMATTED + 1];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0) return;
    tj_buf_put(buf, tj_str_make(text, n > LONGEST_FORMATTED ? LONGEST_FORMATTED : (size_t)n));
}

static void put_escaped(struct tj_buf *buf, uint32_t c) {
    switch (c) {
    case '"': tj_buf_puts(buf, "\\\""); return;
    case '\\': tj_buf_puts(buf, "\\\\"); return;
    case '\n': tj_buf_puts(buf, "\\n"); return;
    case '\r': tj_buf_puts(buf, "\\r"); return;
    case '\t': tj_buf_puts(buf, "\\t"); return;
    case '\b': tj_buf_puts(buf, "\\b"); return;
    case '\f': tj_buf_puts(buf, "\\f"); return;
    default: tj_buf_putf(buf, "\\u%04x", (unsigned)c); return;
    }
}

static bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void tj_buf_json(struct tj_buf *buf, struct tj_str s) {
    tj_buf_putc(buf, '"');
    uint32_t at = 0;
    while (at < s.n) {
        uint32_t plain = at;
        while (plain < s.n && is_plain((unsigned char)s.p[plain])) plain++;
        tj_buf_put(buf, tj_str_sub(s, at, plain));
        at = plain;
        if (at == s.n) break;
        uint32_t c = tj_utf8_next(s, &at);
        /* C1 controls and DEL are escaped too: a terminal may obey them. */
        if (c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c < 0xa0)) {
            put_escaped(buf, c);
            continue;
        }
        char bytes[4];
        uint32_t n = tj_utf8_put(bytes, c);
        tj_buf_put(buf, tj_str_make(bytes, n));
    }
    tj_buf_putc(buf, '"');
}

struct tj_str tj_buf_str(const struct tj_buf *buf) {
    return buf->failed ? TJ_STR_NONE : (struct tj_str){buf->at, buf->n};
}
