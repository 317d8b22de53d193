/* zip.h - reading ZIP archives that lie in memory (APPNOTE 6.3): jars, eggs. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct zip_entry {
        struct str name;
        uint64_t packed, size, at; /* `at` is where its local header begins */
        uint16_t method;
        bool encrypted;
};

struct zip {
        struct str text;
        VEC(struct zip_entry) entries; /* in the order of the central directory */
};

enum { ZIP_ENTRIES = 1 << 18, ZIP_ENTRY_MOST = 512 << 20 };

/* Reads the central directory. Something may stand before the archive (a program that unpacks itself). Names point into `text`. */
bool zip_open(struct arena *arena, struct str text, struct zip *out, struct err *err);

/* The contents of an entry, at most `most` bytes; those that are stored point into the archive. */
bool zip_read(struct arena *arena, const struct zip *zip, const struct zip_entry *entry, uint64_t most, struct str *out,
              struct err *err);

/* Inflates deflate (`raw`) or zlib data to at most `most` bytes. */
bool zip_inflate(struct arena *arena, struct str packed, bool raw, uint64_t most, struct str *out, struct err *err);
