/* tar.c - tar archives as they pass by: a machine that is fed bytes. */

#include "image/archive/tar.h"

#include <stdlib.h>

#include "base/buf.h"
#include "image/archive/tar_header.h"

enum state {
        AT_HEADER,
        AT_SPARSE,  /* blocks that go on with GNU's sparse map */
        AT_SPECIAL, /* content of a pax header or a long name */
        AT_MAP,     /* the map before the content of a sparse file (pax 1.0) */
        AT_CONTENT,
        AT_PADDING,
};

struct tar {
        struct tar_visitor visitor;
        enum state state;
        uint64_t at;    /* offset of the next byte */
        uint64_t begin; /* of the header at hand, long names among it */
        bool has_begin;
        char block[TAR_BLOCK_BYTES]; /* one that came in several pieces */
        size_t have;
        uint64_t left;    /* stored bytes of the content that are still to come */
        uint64_t padding; /* behind it */
        uint64_t zeros;   /* blocks of zeros seen in a row */
        bool ignore;      /* behind the end stands something that is no tar */
        uint64_t entries;
        struct arena arena; /* of the entry at hand */
        struct buf special;
        char special_type;
        struct tar_extra extra;
        struct tar_header header; /* of a sparse file, whose map is still being read */
        struct tar_entry entry;
        bool wants;
        size_t segment;      /* of the sparse file */
        uint64_t in_segment; /* bytes of it that are there already */
        uint64_t emitted;    /* bytes of the file that were handed on */
        uint64_t holes;      /* of all files, and that were */
        uint64_t map_seen, map_count, map_offset,
                map_number; /* of pax 1.0: numbers read, stretches, the number at hand */
        unsigned map_digits;
};

struct tar *tar_new(const struct tar_visitor *visitor)
{
        struct tar *tar = calloc(1, sizeof(*tar));

        if (!tar)
                abort();
        tar->visitor = *visitor;
        return tar;
}

void tar_free(struct tar *tar)
{
        if (!tar)
                return;
        arena_free(&tar->arena);
        buf_free(&tar->special);
        free(tar);
}

uint64_t tar_offset(const struct tar *tar)
{
        return tar->at;
}

uint64_t tar_can_skip(const struct tar *tar)
{
        return tar->state == AT_CONTENT && !tar->wants ? tar->left : tar->state == AT_PADDING ? tar->left : 0;
}

static void to_header(struct tar *tar)
{
        tar->state = AT_HEADER;
        tar->have = 0;
        tar->has_begin = false;
        tar->extra = (struct tar_extra){0};
        tar->map_seen = tar->map_count = tar->map_number = 0;
        tar->map_digits = 0;
        arena_reset(&tar->arena);
}

static void to_padding(struct tar *tar)
{
        tar->left = tar->padding;
        tar->state = AT_PADDING;
        if (!tar->left)
                to_header(tar);
}

/* Hands on `count` zeros of a hole, or those that matter. */
static bool emit_hole(struct tar *tar, uint64_t count, struct err *err)
{
        static const char zeros[16 << 10];
        uint64_t end = tar->emitted + count;

        while (tar->emitted < end && (!tar->visitor.more || tar->visitor.more(tar->visitor.context))) {
                size_t some = min_size(end - tar->emitted, sizeof(zeros));

                tar->holes += some;
                if (tar->holes > TAR_HOLES_MOST)
                        return err_set(err, "sparse files have holes of more than %d GiB", (int)(TAR_HOLES_MOST >> 30));
                TRY(tar->visitor.piece(tar->visitor.context, tar->emitted, (struct str){zeros, some}, err));
                tar->emitted += some;
        }
        tar->emitted = end;
        return true;
}

static bool emit_sparse(struct tar *tar, struct str piece, struct err *err)
{
        const struct tar_sparse *sparse = &tar->extra.sparse;

        while (piece.len && tar->segment < sparse->segments.count) {
                const struct tar_segment *segment = &sparse->segments.items[tar->segment];
                struct str part;

                if (tar->emitted < segment->offset)
                        TRY(emit_hole(tar, segment->offset - tar->emitted, err));
                part = str_sub(piece, 0,
                               (size_t)(segment->length - tar->in_segment < piece.len
                                                ? segment->length - tar->in_segment
                                                : piece.len));
                if (part.len)
                        TRY(tar->visitor.piece(tar->visitor.context, tar->emitted, part, err));
                tar->emitted += part.len;
                tar->in_segment += part.len;
                piece = str_from(piece, part.len);
                if (tar->in_segment == segment->length) {
                        tar->segment++;
                        tar->in_segment = 0;
                }
        }
        return true;
}

static bool end_content(struct tar *tar, struct err *err)
{
        if (tar->wants) {
                if (tar->extra.sparse.is && tar->emitted < tar->entry.size)
                        TRY(emit_hole(tar, tar->entry.size - tar->emitted, err));
                TRY(tar->visitor.end(tar->visitor.context, err));
        }
        to_padding(tar);
        return true;
}

static bool take_content(struct tar *tar, struct str piece, struct err *err)
{
        if (tar->wants) {
                if (tar->extra.sparse.is) {
                        TRY(emit_sparse(tar, piece, err));
                } else {
                        TRY(tar->visitor.piece(tar->visitor.context, tar->emitted, piece, err));
                        tar->emitted += piece.len;
                }
        }
        tar->left -= piece.len;
        return tar->left || end_content(tar, err);
}

/* Old archives tell a folder by the slash behind its name; where there is a type, it counts alone. */
static enum tar_kind kind_of(char type, struct str path)
{
        switch (type) {
        case 0:
                return str_ends(path, STR("/")) ? TAR_FOLDER : TAR_FILE;
        case '1':
                return TAR_HARDLINK;
        case '2':
                return TAR_SYMLINK;
        case '3':
                return TAR_CHARACTER;
        case '4':
                return TAR_BLOCK;
        case '5':
        case 'D':
                return TAR_FOLDER;
        case '6':
                return TAR_FIFO;
        default:
                return TAR_FILE;
        }
}

static struct str path_of(struct tar *tar, const struct tar_header *header)
{
        if (tar->extra.has_path)
                return tar->extra.path;
        if (header->prefix.len)
                return str_format(&tar->arena, "%.*s/%.*s", STR_ARG(header->prefix), STR_ARG(header->name));
        return header->name;
}

static int compare_attributes(const void *a, const void *b)
{
        return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static void set_entry(struct tar *tar, const struct tar_header *header)
{
        const struct tar_extra *extra = &tar->extra;
        const struct tar_sparse *sparse = &extra->sparse;
        struct str path = path_of(tar, header);
        enum tar_kind kind = kind_of(header->type, path);

        if (extra->attributes.count)
                qsort(extra->attributes.items, extra->attributes.count, sizeof(struct str), compare_attributes);
        tar->entry = (struct tar_entry){
                .path = path,
                .link = kind != TAR_SYMLINK && kind != TAR_HARDLINK ? (struct str){"", 0}
                        : extra->has_link                           ? extra->link
                                                                    : header->link,
                .kind = kind,
                .size = kind != TAR_FILE                      ? 0
                        : sparse->is && sparse->has_real_size ? sparse->real_size
                                                              : tar->left,
                .number = tar->entries++,
                .offset = tar->begin,
                .mode = header->mode,
                .uid = extra->has_uid ? extra->uid : header->uid,
                .gid = extra->has_gid ? extra->gid : header->gid,
                .mtime = extra->has_mtime ? extra->mtime : header->mtime,
                .device = kind == TAR_CHARACTER || kind == TAR_BLOCK ? header->device : 0,
                .capability = extra->capability,
                .attributes = extra->attributes.items,
                .attribute_count = extra->attributes.count,
        };
}

/* Tells of the entry and goes to its content. */
static bool begin_content(struct tar *tar, struct err *err)
{
        tar->segment = 0;
        tar->in_segment = tar->emitted = 0;
        tar->wants = false;
        if (tar->entries > TAR_ENTRIES_MOST)
                return err_set(err, "more than %" PRIu64 " entries", TAR_ENTRIES_MOST);
        if (tar->entry.size > TAR_SIZE_MOST)
                return err_set(err, "\"%.*s\" would have %" PRIu64 " bytes", STR_ARG(tar->entry.path), tar->entry.size);
        TRY(tar->visitor.entry(tar->visitor.context, &tar->entry, &tar->wants, err));
        tar->state = AT_CONTENT;
        return tar->left || end_content(tar, err);
}

/* The header of an entry is there, with all that belongs to it but the map of pax 1.0. */
static bool end_header(struct tar *tar, const struct tar_header *header, struct err *err)
{
        bool has_content = kind_of(header->type, path_of(tar, header)) == TAR_FILE || header->type == 'D';

        tar->left = tar->extra.has_size ? tar->extra.size : header->size;
        if (!has_content)
                tar->left = 0; /* links and the like may name a size, but nothing follows */
        if (tar->left > TAR_SIZE_MOST)
                return err_set(err, "\"%.*s\" would have %" PRIu64 " bytes", STR_ARG(header->name), tar->left);
        tar->padding = (TAR_BLOCK_BYTES - tar->left % TAR_BLOCK_BYTES) % TAR_BLOCK_BYTES;
        set_entry(tar, header);
        if (tar->extra.sparse.map_in_content && tar->entry.kind == TAR_FILE) {
                /* The entry's texts may point into the block, which is filled again. */
                tar->entry.path = str_copy(&tar->arena, tar->entry.path);
                tar->state = AT_MAP;
                return true;
        }
        return begin_content(tar, err);
}

static bool is_special(char type)
{
        return type == 'x' || type == 'X' || type == 'g' || type == 'L' || type == 'K';
}

static bool begin_special(struct tar *tar, const struct tar_header *header, struct err *err)
{
        if (header->size > TAR_SPECIAL_MOST)
                return err_set(err, "a header of %" PRIu64 " bytes; at most %d are taken", header->size,
                               TAR_SPECIAL_MOST);
        tar->special_type = header->type;
        tar->special.len = 0;
        tar->left = header->size;
        tar->padding = (TAR_BLOCK_BYTES - tar->left % TAR_BLOCK_BYTES) % TAR_BLOCK_BYTES;
        tar->state = AT_SPECIAL;
        tar->have = 0;
        return true;
}

static bool end_special(struct tar *tar, struct err *err)
{
        struct str text = str_copy(&tar->arena, buf_text(&tar->special));
        struct str name = str_span(text.data, text.data + strnlen(text.data, text.len));

        switch (tar->special_type) {
        case 'L':
                tar->extra.path = name;
                tar->extra.has_path = true;
                break;
        case 'K':
                tar->extra.link = name;
                tar->extra.has_link = true;
                break;
        case 'g':
                break; /* for all that follow: comments of git and the like, nothing that names a file */
        default:
                TRY(tar_read_pax(&tar->arena, text, &tar->extra, err));
        }
        tar->left = tar->padding;
        tar->state = AT_HEADER; /* its padding is passed over as a part of the next header */
        return true;
}

static bool take_special(struct tar *tar, struct str piece, struct err *err)
{
        buf_add(&tar->special, piece);
        tar->left -= piece.len;
        return tar->left || end_special(tar, err);
}

static bool take_header(struct tar *tar, const char *block, struct err *err)
{
        struct tar_header header;
        bool more = false;

        if (tar_is_zero(block)) {
                tar->zeros++;
                to_header(tar);
                return true;
        }
        if (!tar_sum_is_right(block)) {
                if (tar->zeros >= 2) {
                        tar->ignore = true;
                        return true;
                }
                return err_set(err, tar->entries ? "the check sum of a header is wrong" : "this is no tar archive");
        }
        tar->zeros = 0;
        TRY(tar_read_header(block, &header, err));
        if (is_special(header.type))
                return begin_special(tar, &header, err) && (tar->left || end_special(tar, err));
        if (header.type == 'S' && header.gnu) {
                TRY(tar_read_gnu_sparse(&tar->arena, block, false, &tar->extra.sparse, &more, err));
                header.type = '0';
        }
        if (!more)
                return end_header(tar, &header, err);
        tar->header = header;
        tar->header.name = str_copy(&tar->arena, header.name);
        tar->header.prefix = (struct str){"", 0};
        tar->state = AT_SPARSE;
        return true;
}

static bool take_sparse(struct tar *tar, const char *block, struct err *err)
{
        bool more;

        TRY(tar_read_gnu_sparse(&tar->arena, block, true, &tar->extra.sparse, &more, err));
        return more || end_header(tar, &tar->header, err);
}

/* A number of the map of pax 1.0: how many stretches there are, then offset and length of each. */
static bool take_map_number(struct tar *tar, uint64_t number, struct err *err)
{
        uint64_t seen = tar->map_seen++;

        if (!seen) {
                tar->map_count = number;
                if (number > TAR_SEGMENTS_MOST)
                        return err_set(err, "a sparse file has more than %d pieces", TAR_SEGMENTS_MOST);
        } else if (seen % 2) {
                tar->map_offset = number;
        } else {
                return tar_add_segment(&tar->arena, &tar->extra.sparse, tar->map_offset, number, err);
        }
        return true;
}

static bool map_is_whole(const struct tar *tar)
{
        return tar->map_seen && tar->map_seen == 1 + 2 * tar->map_count;
}

/* The map is decimal numbers, a line each; a line may go on in the next block. */
static bool take_map_text(struct tar *tar, const char *block, struct err *err)
{
        for (size_t i = 0; i < TAR_BLOCK_BYTES && !map_is_whole(tar); i++) {
                if (block[i] == '\n' && tar->map_digits) {
                        TRY(take_map_number(tar, tar->map_number, err));
                        tar->map_number = tar->map_digits = 0;
                } else if (block[i] >= '0' && block[i] <= '9' && tar->map_digits < 18) {
                        tar->map_number = tar->map_number * 10 + (uint64_t)(block[i] - '0');
                        tar->map_digits++;
                } else {
                        return err_set(err, "the map of a sparse file is wrong");
                }
        }
        return true;
}

static bool take_map(struct tar *tar, const char *block, struct err *err)
{
        if (tar->left < TAR_BLOCK_BYTES)
                return err_set(err, "the map of a sparse file is longer than the file");
        tar->left -= TAR_BLOCK_BYTES;
        TRY(take_map_text(tar, block, err));
        return !map_is_whole(tar) || begin_content(tar, err);
}

static bool take_block(struct tar *tar, const char *block, struct err *err)
{
        if (!tar->has_begin) {
                tar->begin = tar->at - TAR_BLOCK_BYTES;
                tar->has_begin = true;
        }
        tar->have = 0;
        switch (tar->state) {
        case AT_SPARSE:
                return take_sparse(tar, block, err);
        case AT_MAP:
                return take_map(tar, block, err);
        default:
                return take_header(tar, block, err);
        }
}

/* Takes bytes towards a block of 512. */
static bool feed_block(struct tar *tar, struct str *piece, struct err *err)
{
        size_t count = min_size(TAR_BLOCK_BYTES - tar->have, piece->len);
        const char *block = tar->block;

        if (count == TAR_BLOCK_BYTES)
                block = piece->data;
        else
                memcpy(tar->block + tar->have, piece->data, count);
        tar->have += count;
        tar->at += count;
        *piece = str_from(*piece, count);
        return tar->have < TAR_BLOCK_BYTES || take_block(tar, block, err);
}

/* Padding behind a special header: the header is not over yet. */
static bool in_special_padding(const struct tar *tar)
{
        return tar->state == AT_HEADER && tar->left > 0;
}

static bool feed_some(struct tar *tar, struct str *piece, struct err *err)
{
        struct str part;

        if (tar->state == AT_HEADER && !tar->left)
                return feed_block(tar, piece, err);
        if (tar->state == AT_SPARSE || tar->state == AT_MAP)
                return feed_block(tar, piece, err);
        part = str_sub(*piece, 0, (size_t)(tar->left < piece->len ? tar->left : piece->len));
        *piece = str_from(*piece, part.len);
        tar->at += part.len;
        if (tar->state == AT_CONTENT)
                return take_content(tar, part, err);
        if (tar->state == AT_SPECIAL)
                return take_special(tar, part, err);
        tar->left -= part.len;
        if (!tar->left && tar->state == AT_PADDING)
                to_header(tar);
        return true;
}

bool tar_feed(struct tar *tar, struct str piece, struct err *err)
{
        while (piece.len && !tar->ignore) {
                uint64_t at = tar->has_begin ? tar->begin : tar->at - tar->have;

                if (!feed_some(tar, &piece, err))
                        return err_within(err, "offset %" PRIu64 " of the tar", at);
        }
        return true;
}

void tar_skip(struct tar *tar, uint64_t count)
{
        struct err err = {0};

        tar->at += count;
        tar->left -= count;
        if (tar->left)
                return;
        if (tar->state == AT_CONTENT)
                end_content(tar, &err); /* nobody wants the content, so nobody can fail */
        else
                to_header(tar);
}

bool tar_finish(struct tar *tar, struct err *err)
{
        if (tar->ignore || tar->state == AT_PADDING)
                return true;
        if (tar->state == AT_HEADER && !in_special_padding(tar) && !tar->extra.has_path && !tar->have)
                return true;
        if (tar->state == AT_HEADER && tar->zeros >= 2)
                return true;
        if (tar->state == AT_CONTENT)
                return err_set(err,
                               "offset %" PRIu64 " of the tar: it ends in the middle of \"%.*s\", %" PRIu64
                               " bytes are missing",
                               tar->begin, STR_ARG(tar->entry.path), tar->left);
        return err_set(err, "offset %" PRIu64 " of the tar: it ends in the middle of a header", tar->at);
}
