/* address.c - reading, printing and sorting out IP addresses. */

#include "base/address.h"

#include "base/reader.h"

/* A decimal number of up to 255 without leading zeros. */
static bool take_octet(struct reader *reader, uint8_t *octet)
{
        size_t begin = reader->at;
        uint64_t number;

        if (!reader_take_number(reader, 255, &number))
                return false;
        if (reader->text.data[begin] == '0' && reader->at > begin + 1)
                return false;
        *octet = (uint8_t)number;
        return true;
}

static bool take_ipv4(struct reader *reader, uint8_t *bytes)
{
        for (int i = 0; i < 4; i++) {
                TRY(i == 0 || reader_take(reader, '.'));
                TRY(take_octet(reader, &bytes[i]));
        }
        return true;
}

static int hex_digit(int byte)
{
        if (is_digit(byte))
                return byte - '0';
        if (byte >= 'a' && byte <= 'f')
                return byte - 'a' + 10;
        return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* A group of one to four hexadecimal digits. */
static bool take_group(struct reader *reader, uint8_t *bytes)
{
        unsigned group = 0, digits = 0;

        for (; hex_digit(reader_peek(reader, 0)) >= 0; reader->at++, digits++) {
                if (digits == 4)
                        return false;
                group = group << 4 | (unsigned)hex_digit(reader_peek(reader, 0));
        }
        bytes[0] = (uint8_t)(group >> 8);
        bytes[1] = (uint8_t)group;
        return digits > 0;
}

/* Moves what was read behind the "::" to the end and clears the gap. */
static bool expand(uint8_t *bytes, int read, int gap)
{
        if (gap < 0)
                return read == 16;
        if (read == 16)
                return false;
        memmove(bytes + 16 - (read - gap), bytes + gap, (size_t)(read - gap));
        memset(bytes + gap, 0, (size_t)(16 - read));
        return true;
}

/* The last 32 bits may be written as an IPv4 address. */
static bool take_embedded(struct reader *reader, uint8_t *bytes, int *read, int gap)
{
        if (*read > 12 || (gap < 0 && *read != 12))
                return false;
        TRY(take_ipv4(reader, bytes + *read));
        *read += 4;
        return reader_done(reader);
}

static bool take_ipv6(struct reader *reader, uint8_t *bytes)
{
        int read = 0, gap = -1;

        if (reader_take_str(reader, STR("::")))
                gap = 0;
        while (read < 16 && !reader_done(reader)) {
                size_t begin = reader->at;

                TRY(take_group(reader, bytes + read));
                if (reader_peek(reader, 0) == '.') {
                        reader->at = begin;
                        TRY(take_embedded(reader, bytes, &read, gap));
                        break;
                }
                read += 2;
                if (reader_done(reader))
                        break;
                if (gap < 0 && reader_take_str(reader, STR("::")))
                        gap = read;
                else if (!reader_take(reader, ':') || reader_done(reader))
                        return false;
        }
        return reader_done(reader) && expand(bytes, read, gap);
}

bool address_read(struct str text, struct address *out)
{
        struct reader reader = reader_over(text);
        bool is_ipv6 = text.len > 0 && memchr(text.data, ':', text.len);

        *out = (struct address){.size = is_ipv6 ? 16 : 4};
        TRY(is_ipv6 ? take_ipv6(&reader, out->bytes) : take_ipv4(&reader, out->bytes));
        return reader_done(&reader);
}

bool address_read_block(struct str text, struct address_block *out)
{
        size_t slash = str_find(text, STR("/"), 0);
        struct reader reader = reader_over(str_from(text, slash == SIZE_MAX ? text.len : slash + 1));

        if (slash == SIZE_MAX)
                return false;
        TRY(address_read(str_sub(text, 0, slash), &out->address));
        TRY(take_octet(&reader, &out->length));
        return reader_done(&reader) && out->length <= out->address.size * 8;
}

/* The longest run of at least two zero groups, the first of several. */
static void find_gap(const struct address *address, int *gap, int *length)
{
        *gap = -1;
        *length = 1;
        for (int i = 0; i < 8; i++) {
                int end = i;

                while (end < 8 && !address->bytes[2 * end] && !address->bytes[2 * end + 1])
                        end++;
                if (end - i > *length) {
                        *gap = i;
                        *length = end - i;
                }
        }
}

static struct str print_ipv6(struct arena *arena, const struct address *address)
{
        struct str text = STR("");
        int gap, length;

        find_gap(address, &gap, &length);
        for (int i = 0; i < 8; i++) {
                bool first = i == 0 || (gap >= 0 && i == gap + length);

                if (i == gap) {
                        text = str_format(arena, "%.*s::", STR_ARG(text));
                        i += length - 1;
                        continue;
                }
                text = str_format(arena, "%.*s%s%x", STR_ARG(text), first ? "" : ":",
                                  address->bytes[2 * i] << 8 | address->bytes[2 * i + 1]);
        }
        return text;
}

struct str address_print(struct arena *arena, const struct address *address)
{
        const uint8_t *bytes = address->bytes;

        if (address->size == 16)
                return print_ipv6(arena, address);
        return str_format(arena, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
}

struct str address_print_block(struct arena *arena, const struct address_block *block)
{
        struct str text = address_print(arena, &block->address);

        return str_format(arena, "%.*s/%d", STR_ARG(text), block->length);
}

bool address_equal(const struct address *a, const struct address *b)
{
        return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

struct address address_mask(const struct address *address, unsigned length)
{
        struct address masked = *address;

        for (unsigned i = 0; i < masked.size; i++) {
                unsigned left = length > 8 * i ? length - 8 * i : 0;

                masked.bytes[i] &= left >= 8 ? 0xff : (uint8_t)(0xff00 >> left);
        }
        return masked;
}

bool address_in_block(const struct address *address, const struct address_block *block)
{
        struct address a = address_mask(address, block->length), b = address_mask(&block->address, block->length);

        return address_equal(&a, &b);
}

bool address_block_in_block(const struct address_block *inner, const struct address_block *block)
{
        return inner->length >= block->length && address_in_block(&inner->address, block);
}

/* Whether the first `length` bits are those of `prefix`. */
static bool begins_with(const struct address *address, const uint8_t *prefix, size_t prefix_size, unsigned length)
{
        struct address_block block = {.address = {.size = address->size}, .length = (uint8_t)length};

        memcpy(block.address.bytes, prefix, min_size(prefix_size, address->size));
        return address_in_block(address, &block);
}

#define BEGINS(address, length, ...)                                                                                   \
        begins_with((address), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}), (length))

bool address_is_mapped(const struct address *address)
{
        return address->size == 16 && BEGINS(address, 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
}

struct address address_unmap(const struct address *address)
{
        struct address unmapped = {.size = 4};

        if (!address_is_mapped(address))
                return *address;
        memcpy(unmapped.bytes, address->bytes + 12, 4);
        return unmapped;
}

bool address_is_unspecified(const struct address *address)
{
        return BEGINS(address, address->size * 8U, 0);
}

bool address_is_loopback(const struct address *address)
{
        return address->size == 4 ? address->bytes[0] == 127
                                  : BEGINS(address, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
}

bool address_is_multicast(const struct address *address)
{
        return address->size == 4 ? BEGINS(address, 4, 0xe0) : address->bytes[0] == 0xff;
}

bool address_is_link_local_multicast(const struct address *address)
{
        if (address->size == 4)
                return BEGINS(address, 24, 224, 0, 0);
        return address->bytes[0] == 0xff && (address->bytes[1] & 0x0f) == 2;
}

bool address_is_link_local_unicast(const struct address *address)
{
        return address->size == 4 ? BEGINS(address, 16, 169, 254) : BEGINS(address, 10, 0xfe, 0x80);
}

bool address_is_global_unicast(const struct address *address)
{
        bool broadcast = address->size == 4 && BEGINS(address, 32, 255, 255, 255, 255);

        return !broadcast && !address_is_unspecified(address) && !address_is_loopback(address)
               && !address_is_multicast(address) && !address_is_link_local_unicast(address);
}
