/* packed.h - bytes that are kept in little memory and read at random: blocks of 64 KiB, packed with zstd.
 *
 * What is added is found again by where it began. Until the first block is full nothing is packed. Who drops what he no longer needs
 * gets the memory of blocks back in which nothing else is left. */
#pragma once

#include "base/buf.h"

struct packed;

struct packed *packed_new(void) NONNULL_RESULT;
void packed_free(struct packed *packed);

/* Adds a text; returns where it begins. */
uint64_t packed_add(struct packed *packed, struct str text);

/* Appends `length` bytes that were added at a place to `out`. */
void packed_read(struct packed *packed, uint64_t at, size_t length, struct buf *out);

/* Says that these bytes, which were added, are not read again. */
void packed_drop(struct packed *packed, uint64_t at, size_t length);
