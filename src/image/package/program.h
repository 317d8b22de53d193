/* program.h - programs (ELF, PE, Mach-O) as they pass by: parts of them that are wanted, and where in the file an address lies. */
#pragma once

#include "base/str.h"

/* The head that tells of segments: they stand at the beginning of what linkers write. */
enum { PROGRAM_HEAD = 8192 };

/* A number of so many bytes. */
uint64_t program_number(const char *data, unsigned bytes, bool big);

/* A part of the file that is wanted. */
struct program_part {
        uint64_t at, size;
        char *data;
        uint64_t filled;
};

/* Asks for `size` bytes at `at`; false if they are none, more than `most`, or beyond the end of the file. */
bool program_want(struct arena *arena, struct program_part *part, uint64_t at, uint64_t size, uint64_t most,
                  uint64_t file);

/* Takes of a piece what belongs to a part. Pieces come in order. */
void program_gather(struct program_part *part, uint64_t at, struct str piece);
bool program_part_is_full(const struct program_part *part);

/* Where in the file the byte with an address in memory is; false if it is in none of the segments that `head` tells of. Programs for
 * several machines in one file are not looked into. */
bool program_find(struct str head, uint64_t address, uint64_t *at);
