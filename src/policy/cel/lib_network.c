/* lib_network.c - IP addresses and CIDR blocks (cel-spec's network extension, Kubernetes' ip and cidr libraries). */

#include "base/address.h"
#include "policy/cel/lib.h"

static bool equal_addresses(const void *a, const void *b)
{
        return address_equal(a, b);
}

static struct str print_address(struct arena *arena, const void *object)
{
        return address_print(arena, object);
}

static bool equal_blocks(const void *a, const void *b)
{
        const struct address_block *left = a, *right = b;

        return left->length == right->length && address_equal(&left->address, &right->address);
}

static struct str print_block(struct arena *arena, const void *object)
{
        return address_print_block(arena, object);
}

const struct cel_opaque cel_opaque_ip = {"net.IP", equal_addresses, print_address};
const struct cel_opaque cel_opaque_cidr = {"net.CIDR", equal_blocks, print_block};

/* An IPv4-mapped address is refused where it is written as one; written in hexadecimal it is the IPv4 address. */
static bool read_address(struct str text, struct address *out)
{
        TRY(address_read(text, out));
        if (address_is_mapped(out) && str_find(text, STR("."), 0) != SIZE_MAX)
                return false;
        *out = address_unmap(out);
        return true;
}

static bool read_block(struct str text, struct address_block *out)
{
        return address_read_block(text, out) && !address_is_mapped(&out->address);
}

/* Says why a text was refused. */
static bool refuse(struct cel_call *call, const char *what, struct str text)
{
        struct str host = str_sub(text, 0, str_find(text, STR("/"), 0));
        struct address address;

        if (str_find(text, STR("%"), 0) != SIZE_MAX)
                return cel_fail(call, "%s with zone value is not allowed: '%.*s'", what, STR_ARG(text));
        if (address_read(host, &address) && address_is_mapped(&address))
                return cel_fail(call, "IPv4-mapped IPv6 address is not allowed: '%.*s'", STR_ARG(text));
        return cel_fail(call, "%s '%.*s' parse error during conversion from string", what, STR_ARG(text));
}

static bool take_address(struct cel_call *call, const struct value *argument, struct address *out)
{
        struct str text = argument_text(argument);

        TRY(spend_bytes(call, text.len));
        return read_address(text, out) || refuse(call, "IP Address", text);
}

static bool take_block(struct cel_call *call, const struct value *argument, struct address_block *out)
{
        struct str text = argument_text(argument);

        TRY(spend_bytes(call, text.len));
        return read_block(text, out) || refuse(call, "CIDR", text);
}

static bool give_address(struct cel_call *call, struct value *result, struct address address)
{
        struct address *copy = arena_new(cel_arena(call), struct address);

        *copy = address;
        *result = cel_opaque_value(&cel_opaque_ip, copy);
        return true;
}

static bool give_block(struct cel_call *call, struct value *result, struct address_block block)
{
        struct address_block *copy = arena_new(cel_arena(call), struct address_block);

        *copy = block;
        *result = cel_opaque_value(&cel_opaque_cidr, copy);
        return true;
}

static bool ip(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address address;

        TRY(take_address(call, arguments, &address));
        return give_address(call, result, address);
}

static bool is_ip(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address address;

        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, read_address(argument_text(arguments), &address));
}

static bool is_canonical(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address address;

        TRY(take_address(call, arguments, &address));
        return give_bool(result, str_equal(address_print(cel_arena(call), &address), argument_text(arguments)));
}

static bool family(struct cel_call *call, const struct value *arguments, struct value *result)
{
        const struct address *address = arguments[0].object;

        (void)call;
        return give_int(result, address->size == 4 ? 4 : 6);
}

static bool address_to_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_text(result, address_print(cel_arena(call), arguments[0].object));
}

/* A question about one address. */
#define QUESTION(name)                                                                                                 \
        static bool name(struct cel_call *call, const struct value *arguments, struct value *result)                   \
        {                                                                                                              \
                (void)call;                                                                                            \
                return give_bool(result, address_##name(arguments[0].object));                                         \
        }

QUESTION(is_unspecified)
QUESTION(is_loopback)
QUESTION(is_link_local_multicast)
QUESTION(is_link_local_unicast)
QUESTION(is_global_unicast)

static bool cidr(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address_block block;

        TRY(take_block(call, arguments, &block));
        return give_block(call, result, block);
}

static bool is_cidr(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address_block block;

        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, read_block(argument_text(arguments), &block));
}

static bool contains_ip(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, address_in_block(arguments[1].object, arguments[0].object));
}

static bool contains_ip_text(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address address;

        TRY(take_address(call, &arguments[1], &address));
        return give_bool(result, address_in_block(&address, arguments[0].object));
}

static bool contains_cidr(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, address_block_in_block(arguments[1].object, arguments[0].object));
}

static bool contains_cidr_text(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct address_block block;

        TRY(take_block(call, &arguments[1], &block));
        return give_bool(result, address_block_in_block(&block, arguments[0].object));
}

static bool ip_of_block(struct cel_call *call, const struct value *arguments, struct value *result)
{
        const struct address_block *block = arguments[0].object;

        return give_address(call, result, block->address);
}

static bool masked(struct cel_call *call, const struct value *arguments, struct value *result)
{
        const struct address_block *block = arguments[0].object;

        return give_block(call, result,
                          (struct address_block){address_mask(&block->address, block->length), block->length});
}

static bool prefix_length(struct cel_call *call, const struct value *arguments, struct value *result)
{
        const struct address_block *block = arguments[0].object;

        (void)call;
        return give_int(result, block->length);
}

static bool block_to_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_text(result, address_print_block(cel_arena(call), arguments[0].object));
}

static const struct cel_overload overloads[] = {
        {"ip(string): net.IP", ip},
        {"isIP(string): bool", is_ip},
        {"ip.isCanonical(string): bool", is_canonical},
        {"string(net.IP): string", address_to_string},
        {"net.IP.family(): int", family},
        {"net.IP.isUnspecified(): bool", is_unspecified},
        {"net.IP.isLoopback(): bool", is_loopback},
        {"net.IP.isLinkLocalMulticast(): bool", is_link_local_multicast},
        {"net.IP.isLinkLocalUnicast(): bool", is_link_local_unicast},
        {"net.IP.isGlobalUnicast(): bool", is_global_unicast},
        {"cidr(string): net.CIDR", cidr},
        {"isCIDR(string): bool", is_cidr},
        {"string(net.CIDR): string", block_to_string},
        {"net.CIDR.containsIP(net.IP): bool", contains_ip},
        {"net.CIDR.containsIP(string): bool", contains_ip_text},
        {"net.CIDR.containsCIDR(net.CIDR): bool", contains_cidr},
        {"net.CIDR.containsCIDR(string): bool", contains_cidr_text},
        {"net.CIDR.ip(): net.IP", ip_of_block},
        {"net.CIDR.masked(): net.CIDR", masked},
        {"net.CIDR.prefixLength(): int", prefix_length},
};

const struct cel_library cel_lib_network = {"network", overloads, COUNT_OF(overloads)};
