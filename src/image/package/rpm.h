/* rpm.h - what the files about rpm share: a header blob, and the databases that hold such blobs.
 *
 * A database may be large, and which of its values count and in which order is known only when all of it was seen. So it is read as
 * it passes by: values are put together from their pages as these come, and of each header only what is asked for later is kept
 * (rpm_rows.h). Pages whose value is not known yet are kept packed (rpm_pages.h). All of it comes from outside: every offset is
 * checked. */
#pragma once

#include "base/buf.h"
#include "image/package/format.h"

typedef bool rpm_each(void *context, struct str blob, struct err *err);

/* rpm's header (the "hdr" of lib/header.c): index entries and their data. Adds the package and the files that it owns. */
bool rpm_add_header(struct package_sink *sink, struct str blob, struct err *err);

/* Writes a header with only those entries that rpm_add_header() looks at: it says the same. False if it is no header. */
bool rpm_thin_header(struct str blob, struct buf *out);

/* Sets the source package from the name of its file: "bash-5.1.8-9.el9.src.rpm", split from the right. */
void rpm_set_source(struct package *package, struct str file);

/* A form of database. Pieces of the file come in order; then each value that may be a header is handed to `each`, in the order that the
 * database gives them. Everything lies in the arena, or is given back with it. */
struct rpm_form {
        bool (*is)(struct str begin); /* `begin`: RPM_BEGIN bytes, or all that there are */
        void *(*begin)(struct arena *arena, uint64_t size);
        bool (*feed)(void *state, struct str piece, struct err *err);
        size_t (*count)(const void *state); /* how many values were kept; there may be a few more */
        bool (*end)(void *state, rpm_each *each, void *context, struct err *err);
};

enum { RPM_BEGIN = 100 };

/* The table Packages of an SQLite database (file format, sqlite.org/fileformat2.html): the column blob of each row. */
extern const struct rpm_form rpm_sqlite;

/* rpm's own database, ndb (lib/backend/ndb). */
extern const struct rpm_form rpm_ndb;

/* A hash database of Berkeley DB 3 to 6, of either byte order. */
extern const struct rpm_form rpm_bdb;
