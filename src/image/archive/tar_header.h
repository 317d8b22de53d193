/* tar_header.h - the blocks of a tar archive, field by field. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

enum { TAR_BLOCK_BYTES = 512 };

/* A stretch of a sparse file that is in the archive. */
struct tar_segment {
        uint64_t offset, length;
};

struct tar_sparse {
        bool is, map_in_content; /* map_in_content: pax 1.0, the map stands before the content */
        uint64_t real_size;
        bool has_real_size;
        VEC(struct tar_segment) segments;
};

/* What pax records, and GNU's long names, say about the next entry. */
struct tar_extra {
        struct str path, link, capability;
        bool has_path, has_link, has_size, has_mtime, has_uid, has_gid;
        uint64_t size, uid, gid;
        int64_t mtime;
        VEC(struct str) attributes; /* "NAME=VALUE" of extended attributes, in the order of the header */
        struct tar_sparse sparse;
};

/* One header block. */
struct tar_header {
        struct str name, prefix, link; /* in the block */
        char type;
        uint64_t size, uid, gid, device;
        int64_t mtime;
        uint32_t mode;
        bool gnu;
};

bool tar_is_zero(const char block[TAR_BLOCK_BYTES]);

/* Whether the check sum is right: of bytes with sign, as some old programs made it, or without. */
bool tar_sum_is_right(const char block[TAR_BLOCK_BYTES]);

bool tar_read_header(const char block[TAR_BLOCK_BYTES], struct tar_header *out, struct err *err);

/* Adds the segments of a GNU sparse header (`extension`: of a block behind it). `*more`: another such block follows. */
bool tar_read_gnu_sparse(struct arena *arena, const char block[TAR_BLOCK_BYTES], bool extension, struct tar_sparse *out,
                         bool *more, struct err *err);

/* Reads pax records; texts point into `text`. */
bool tar_read_pax(struct arena *arena, struct str text, struct tar_extra *out, struct err *err);

/* Adds a segment; segments rise and do not overlap. */
bool tar_add_segment(struct arena *arena, struct tar_sparse *sparse, uint64_t offset, uint64_t length, struct err *err);
