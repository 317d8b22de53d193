/* address.h - IP addresses and blocks of them, read as strictly as Go's net/netip reads them.
 *
 * An IPv4 address has four decimal numbers without leading zeros; IPv6 is RFC 4291's text, without zone. An IPv4-mapped IPv6
 * address (::ffff:0:0/96) stays an IPv6 address: whoever reads it decides what it means. */
#pragma once

#include "base/str.h"

struct address {
        uint8_t bytes[16]; /* in network order; an IPv4 address takes the first 4, the rest is 0 */
        uint8_t size;      /* 4 or 16 */
};

struct address_block {
        struct address address; /* may have bits set behind the prefix */
        uint8_t length;         /* of the prefix, in bits */
};

/* Reads a whole text; false if it is no address. */
bool address_read(struct str text, struct address *out);

/* Reads "address/length". */
bool address_read_block(struct str text, struct address_block *out);

/* The canonical text: RFC 5952 for IPv6. */
struct str address_print(struct arena *arena, const struct address *address);
struct str address_print_block(struct arena *arena, const struct address_block *block);

bool address_equal(const struct address *a, const struct address *b);

/* The address with the bits behind the first `length` cleared. */
struct address address_mask(const struct address *address, unsigned length);

/* Whether the address, or the whole of another block, lies in the block; never when the families differ. */
bool address_in_block(const struct address *address, const struct address_block *block);
bool address_block_in_block(const struct address_block *inner, const struct address_block *block);

/* Whether an IPv6 address stands for an IPv4 one (::ffff:a.b.c.d), and that one. */
bool address_is_mapped(const struct address *address);
struct address address_unmap(const struct address *address);

/* What kind of address it is, as net/netip says. */
bool address_is_unspecified(const struct address *address);
bool address_is_loopback(const struct address *address);
bool address_is_multicast(const struct address *address);
bool address_is_link_local_multicast(const struct address *address);
bool address_is_link_local_unicast(const struct address *address);
bool address_is_global_unicast(const struct address *address);
