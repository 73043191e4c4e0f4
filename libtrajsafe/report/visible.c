/* Quoted text for people: clean UTF-8, cut between characters, and nothing that a terminal would act on. */
#include "report/report.h"

struct tj_str tj_clean(struct tj_arena *arena, struct tj_str text) {
    bool nul = text.n && memchr(text.p, '\0', text.n);
    if (!nul && tj_utf8_valid(text)) return text;
    struct tj_buf buf;
    tj_buf_init(&buf, arena);
    for (uint32_t i = 0; i < text.n;) {
        char bytes[4];
        uint32_t c = tj_utf8_next(text, &i);
        tj_buf_put(&buf, tj_str_make(bytes, tj_utf8_put(bytes, c ? c : 0xFFFD)));
    }
    return tj_buf_str(&buf);
}

struct tj_str tj_cut(struct tj_str text, uint32_t most) {
    if (text.n <= most) return text;
    while (most > 0 && ((unsigned char)text.p[most] & 0xC0) == 0x80) most--;
    return tj_str_sub(text, 0, most);
}

/* Controls, bidirectional marks, zero width, tags: obeyed or not seen. */
static bool unseen(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool combining(uint32_t c) { return (c >= 0x300 && c <= 0x36F) || (c >= 0x20D0 && c <= 0x20FF); }

static bool wide(uint32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

static uint32_t hex_digits(uint32_t c) {
    uint32_t n = 1;
    for (; c > 0xF; c >>= 4) n++;
    return n;
}

void tj_put_visible(struct tj_buf *buf, struct tj_str text) {
    for (uint32_t i = 0; i < text.n;) {
        char bytes[4];
        uint32_t c = tj_utf8_next(text, &i);
        if (c == '\n')
            tj_buf_puts(buf, "\\n");
        else if (c == '\t')
            tj_buf_puts(buf, "\\t");
        else if (!unseen(c))
            tj_buf_put(buf, tj_str_make(bytes, tj_utf8_put(bytes, c)));
        else if (c < 0x100)
            tj_buf_putf(buf, "\\x%c%c", "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]);
        else
            tj_buf_putf(buf, "\\u{%x}", c);
    }
}

uint32_t tj_visible_columns(struct tj_str text) {
    uint32_t columns = 0;
    for (uint32_t i = 0; i < text.n;) {
        uint32_t c = tj_utf8_next(text, &i);
        if (c == '\n' || c == '\t')
            columns += 2;
        else if (unseen(c))
            columns += c < 0x100 ? 4 : 4 + hex_digits(c);
        else if (!combining(c))
            columns += wide(c) ? 2 : 1;
    }
    return columns;
}
