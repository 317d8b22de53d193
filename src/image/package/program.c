/* program.c - programs as they pass by. */

#include "image/package/program.h"

uint64_t program_number(const char *data, unsigned bytes, bool big)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < bytes; i++)
                value = value << 8 | (unsigned char)data[big ? i : bytes - 1 - i];
        return value;
}

bool program_want(struct arena *arena, struct program_part *part, uint64_t at, uint64_t size, uint64_t most,
                  uint64_t file)
{
        if (!size || size > most || at > file || file - at < size)
                return false;
        *part = (struct program_part){.at = at, .size = size, .data = arena_take_text(arena, (size_t)size)};
        return true;
}

void program_gather(struct program_part *part, uint64_t at, struct str piece)
{
        uint64_t begin = part->at + part->filled;

        if (!part->data || part->filled == part->size || begin < at || begin - at >= piece.len)
                return;
        piece = str_sub(str_from(piece, (size_t)(begin - at)), 0, (size_t)(part->size - part->filled));
        memcpy(part->data + part->filled, piece.data, piece.len);
        part->filled += piece.len;
}

bool program_part_is_full(const struct program_part *part)
{
        return part->data && part->filled == part->size;
}

/* --- addresses --- */

/* A segment or section: so many bytes of the file lie at an address. */
struct range {
        uint64_t address, at, size;
};

static bool is_in(const struct range *range, uint64_t address, uint64_t *at)
{
        if (address < range->address || address - range->address >= range->size)
                return false;
        *at = range->at + (address - range->address);
        return true;
}

static uint64_t field(struct str head, uint64_t at, unsigned bytes, bool big)
{
        return at < head.len && head.len - at >= bytes ? program_number(head.data + at, bytes, big) : 0;
}

/* Program headers of the type PT_LOAD. */
static bool find_elf(struct str head, uint64_t address, uint64_t *at)
{
        bool large = field(head, 4, 1, false) == 2, big = field(head, 5, 1, false) == 2;
        unsigned wide = large ? 8 : 4;
        uint64_t table = large ? field(head, 32, 8, big) : field(head, 28, 4, big);
        uint64_t size = field(head, large ? 54 : 42, 2, big), count = field(head, large ? 56 : 44, 2, big);

        for (uint64_t i = 0; i < count && size && table < head.len && i < (head.len - table) / size; i++) {
                uint64_t one = table + i * size;
                struct range range = {
                        .at = field(head, one + (large ? 8 : 4), wide, big),
                        .address = field(head, one + (large ? 16 : 8), wide, big),
                        .size = field(head, one + (large ? 32 : 16), wide, big),
                };

                if (field(head, one, 4, big) == 1 && is_in(&range, address, at))
                        return true;
        }
        return false;
}

/* Sections, whose addresses count from the image's base. */
static bool find_pe(struct str head, uint64_t address, uint64_t *at)
{
        uint64_t begin = field(head, 0x3c, 4, false), optional = begin + 24;
        uint64_t count = field(head, begin + 6, 2, false), table = optional + field(head, begin + 20, 2, false);
        bool large = field(head, optional, 2, false) == 0x20b;
        uint64_t base = large ? field(head, optional + 24, 8, false) : field(head, optional + 28, 4, false);

        if (field(head, begin, 4, false) != 0x4550)
                return false;
        for (uint64_t i = 0; i < count && table + (i + 1) * 40 <= head.len; i++) {
                uint64_t one = table + i * 40;
                struct range range = {
                        .address = base + field(head, one + 12, 4, false),
                        .size = field(head, one + 16, 4, false),
                        .at = field(head, one + 20, 4, false),
                };

                if (is_in(&range, address, at))
                        return true;
        }
        return false;
}

/* Load commands LC_SEGMENT and LC_SEGMENT_64. */
static bool find_mach(struct str head, uint64_t address, uint64_t *at)
{
        bool large = field(head, 0, 1, false) == 0xcf;
        unsigned wide = large ? 8 : 4;
        uint64_t commands = field(head, 16, 4, false), one = large ? 32 : 28;

        for (uint64_t i = 0; i < commands && one < head.len; i++) {
                uint64_t size = field(head, one + 4, 4, false);
                struct range range = {
                        .address = field(head, one + 24, wide, false),
                        .at = field(head, one + (large ? 40 : 32), wide, false),
                        .size = field(head, one + (large ? 48 : 36), wide, false),
                };

                if (field(head, one, 4, false) == (large ? 0x19 : 1) && is_in(&range, address, at))
                        return true;
                if (size < 8)
                        return false;
                one += size;
        }
        return false;
}

bool program_find(struct str head, uint64_t address, uint64_t *at)
{
        if (str_starts(head, STR("\x7f"
                                 "ELF")))
                return find_elf(head, address, at);
        return str_starts(head, STR("MZ")) ? find_pe(head, address, at) : find_mach(head, address, at);
}
