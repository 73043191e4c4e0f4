/* Numeric addresses: every way to write them, and what network they lie in. Private to effect/. */
#ifndef TJ_EFFECT_ADDRESS_H
#define TJ_EFFECT_ADDRESS_H

#include "vocab/vocab.h"

struct tj_address {
    uint8_t bytes[16]; /* IPv4: the first four */
    bool v6;
    bool odd; /* short, decimal, octal, hex or mapped */
};
/* The whole of `s` is an address ("127.1", "0x7f000001", "::1", "::ffff:10.0.0.1", "fe80::1%eth0"; no brackets). */
bool tj_address_parse(struct tj_str s, struct tj_address *out);
/* The usual text of it. */
struct tj_str tj_address_text(struct tj_arena *arena, const struct tj_address *address);
/* TJ_HOST_BIT mask of the network it lies in, with NUMERIC. */
uint32_t tj_address_classes(const struct tj_address *address);
/* `s` begins like an IPv4 address and goes on as a range or unknown ("10.0.0.", "192.168.1.1-254", "10.0.*.*"): classes, else 0. */
uint32_t tj_address_prefix_classes(struct tj_str s);
/* The address lies in "10.0.0.0/8" or equals "10.0.0.1". */
bool tj_address_in(const struct tj_address *address, struct tj_str cidr);

#endif
