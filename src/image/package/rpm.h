/* rpm.h - what the files about rpm share: a header blob, and the databases that hold such blobs.
 *
 * Each reader of a database calls `each` for every value that may be a header. They read a whole database in memory and check
 * every offset: all of it comes from outside. */
#pragma once

#include "image/package/format.h"

typedef bool rpm_each(void *context, struct str blob, struct err *err);

/* rpm's header (the "hdr" of lib/header.c): index entries and their data. Adds the package and the files that it owns. */
bool rpm_add_header(struct package_sink *sink, struct str blob, struct err *err);

/* Sets the source package from the name of its file: "bash-5.1.8-9.el9.src.rpm", split from the right. */
void rpm_set_source(struct package *package, struct str file);

/* The table Packages of an SQLite database (file format, sqlite.org/fileformat2.html): the column blob of each row. The arena is for one
 * row at a time. */
bool rpm_read_sqlite(struct arena *arena, struct str database, rpm_each *each, void *context, struct err *err);

/* rpm's own database, ndb (lib/backend/ndb). */
bool rpm_read_ndb(struct str database, rpm_each *each, void *context, struct err *err);

/* A hash database of Berkeley DB 3 to 6, of either byte order. The arena is for one value at a time. */
bool rpm_read_bdb(struct arena *arena, struct str database, rpm_each *each, void *context, struct err *err);

static inline uint32_t rpm_be32(const char *at)
{
        const unsigned char *bytes = (const unsigned char *)at;

        return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint32_t rpm_le32(const char *at)
{
        return __builtin_bswap32(rpm_be32(at));
}

static inline uint32_t rpm_be16(const char *at)
{
        return (uint32_t)(unsigned char)at[0] << 8 | (unsigned char)at[1];
}
