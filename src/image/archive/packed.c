/* packed.c - blocks packed with zstd, the last of them still plain. */

#include "image/archive/packed.h"

#include <malloc.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/vec.h"

enum {
        BLOCK = 64 << 10,
        LEVEL = 1, /* as fast as the bytes come, and headers of rpm become a third */
        WINDOWS = 8,
        GIVEN_BACK = 32, /* after so many blocks what is free goes back to the system: else it stays, for nobody */
};

struct block {
        char *bytes;     /* NULL: nothing in it is needed, or it is the last one */
        uint32_t length; /* packed; BLOCK where packing did not help */
        uint32_t used;   /* bytes in it that were not dropped */
};

/* A block that is unpacked. */
struct window {
        size_t block; /* from 1; 0: none */
        uint64_t turn;
        char *bytes;
};

struct packed {
        struct arena arena;
        VEC(struct block) blocks;
        char *last; /* the block that is being filled */
        size_t filled;
        struct window windows[WINDOWS];
        uint64_t turn;
        size_t freed; /* blocks */
        ZSTD_CCtx *packer;
        ZSTD_DCtx *unpacker;
        char room[ZSTD_COMPRESSBOUND(BLOCK)];
};

static void *take(size_t size)
{
        void *memory = calloc(1, size);

        if (!memory)
                abort();
        return memory;
}

struct packed *packed_new(void)
{
        struct packed *packed = take(sizeof(*packed));

        packed->last = take(BLOCK);
        *vec_push(&packed->arena, &packed->blocks) = (struct block){0};
        return packed;
}

void packed_free(struct packed *packed)
{
        if (!packed)
                return;
        for (size_t i = 0; i < packed->blocks.count; i++)
                free(packed->blocks.items[i].bytes);
        for (size_t i = 0; i < WINDOWS; i++)
                free(packed->windows[i].bytes);
        if (packed->blocks.count > GIVEN_BACK)
                malloc_trim(0);
        ZSTD_freeCCtx(packed->packer);
        ZSTD_freeDCtx(packed->unpacker);
        free(packed->last);
        arena_free(&packed->arena);
        free(packed);
}

/* The last block is full: packs it and begins another. */
static void close_block(struct packed *packed)
{
        struct block *block = &packed->blocks.items[packed->blocks.count - 1];

        if (!packed->packer && !(packed->packer = ZSTD_createCCtx()))
                abort();
        if (block->used) {
                size_t length = ZSTD_compressCCtx(packed->packer, packed->room, sizeof(packed->room), packed->last,
                                                  BLOCK, LEVEL);
                bool helps = !ZSTD_isError(length) && length < BLOCK;

                block->length = helps ? (uint32_t)length : BLOCK;
                block->bytes = take(block->length);
                memcpy(block->bytes, helps ? packed->room : packed->last, block->length);
        }
        *vec_push(&packed->arena, &packed->blocks) = (struct block){0};
        packed->filled = 0;
}

uint64_t packed_add(struct packed *packed, struct str text)
{
        uint64_t at = (uint64_t)(packed->blocks.count - 1) * BLOCK + packed->filled;

        while (text.len) {
                size_t some = min_size(text.len, BLOCK - packed->filled);

                memcpy(packed->last + packed->filled, text.data, some);
                packed->filled += some;
                packed->blocks.items[packed->blocks.count - 1].used += (uint32_t)some;
                text = str_from(text, some);
                if (packed->filled == BLOCK)
                        close_block(packed);
        }
        return at;
}

static void unpack_into(struct packed *packed, const struct block *block, char *to)
{
        if (block->length == BLOCK) {
                memcpy(to, block->bytes, BLOCK);
                return;
        }
        if (!packed->unpacker && !(packed->unpacker = ZSTD_createDCtx()))
                abort();
        if (ZSTD_decompressDCtx(packed->unpacker, to, BLOCK, block->bytes, block->length) != BLOCK)
                abort(); /* it was packed here */
}

/* The plain bytes of a block; those that were used longest ago make room. */
static const char *open_block(struct packed *packed, size_t number)
{
        struct window *window = &packed->windows[0];

        if (number + 1 == packed->blocks.count)
                return packed->last;
        for (size_t i = 0; i < WINDOWS; i++) {
                if (packed->windows[i].block == number + 1) {
                        window = &packed->windows[i];
                        break;
                }
                if (packed->windows[i].turn < window->turn)
                        window = &packed->windows[i];
        }
        window->turn = ++packed->turn;
        if (window->block == number + 1)
                return window->bytes;
        if (!window->bytes)
                window->bytes = take(BLOCK);
        unpack_into(packed, &packed->blocks.items[number], window->bytes);
        window->block = number + 1;
        return window->bytes;
}

void packed_read(struct packed *packed, uint64_t at, size_t length, struct buf *out)
{
        while (length) {
                size_t begin = (size_t)(at % BLOCK), some = min_size(length, BLOCK - begin);

                buf_add(out, (struct str){open_block(packed, (size_t)(at / BLOCK)) + begin, some});
                at += some;
                length -= some;
        }
}

void packed_drop(struct packed *packed, uint64_t at, size_t length)
{
        while (length) {
                size_t some = min_size(length, BLOCK - (size_t)(at % BLOCK));
                struct block *block = &packed->blocks.items[at / BLOCK];

                block->used -= (uint32_t)some;
                if (!block->used && block->bytes) {
                        free(block->bytes);
                        block->bytes = NULL;
                        if (++packed->freed % GIVEN_BACK == 0)
                                malloc_trim(0);
                }
                at += some;
                length -= some;
        }
}
