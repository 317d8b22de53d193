/* rpm_bdb.c - hash databases of Berkeley DB: pages with pairs of key and value; large values lie on overflow pages. */

#include "image/package/rpm.h"

enum {
        META = 72, /* of the page that describes the database */
        MAGIC_AT = 12,
        PAGE_SIZE_AT = 20,
        ENCRYPTED_AT = 24,
        TYPE_AT = 25,
        LAST_PAGE_AT = 32,
        PAGE_HEAD = 26,
        NEXT_AT = 16,
        COUNT_AT = 20,
        USED_AT = 22,
        HASH_MAGIC = 0x00061561,
        HASH_META = 8,
        HASH_UNSORTED = 2,
        HASH_SORTED = 13,
        OVERFLOW_PAGE = 7,
        IN_PAGE = 1,
        OFF_PAGE = 3,
        OFF_PAGE_SIZE = 12,
        HEADER_LEAST = 24, /* bytes of the smallest rpm header */
};

struct bdb {
        struct arena *arena;
        struct str file;
        bool big; /* byte order */
        uint32_t page_size, page_count;
        rpm_each *each;
        void *context;
};

static uint32_t number32(const struct bdb *bdb, const char *at)
{
        return bdb->big ? rpm_be32(at) : rpm_le32(at);
}

static uint32_t number16(const struct bdb *bdb, const char *at)
{
        return bdb->big ? rpm_be16(at) : (uint32_t)(unsigned char)at[1] << 8 | (unsigned char)at[0];
}

static bool is_wrong(struct err *err, uint32_t page, const char *what)
{
        return err_set(err, "the Berkeley database is damaged: page %u: %s", page, what);
}

static bool open_database(struct bdb *bdb, struct err *err)
{
        const char *file = bdb->file.data;

        if (bdb->file.len < META)
                return err_set(err, "it is no Berkeley database");
        bdb->big = rpm_be32(file + MAGIC_AT) == HASH_MAGIC;
        if (!bdb->big && rpm_le32(file + MAGIC_AT) != HASH_MAGIC)
                return err_set(err, "it is no hash database of Berkeley DB");
        bdb->page_size = number32(bdb, file + PAGE_SIZE_AT);
        if (bdb->page_size < 512 || bdb->page_size > 65536 || (bdb->page_size & (bdb->page_size - 1)))
                return is_wrong(err, 0, "its page size is wrong");
        if (file[ENCRYPTED_AT])
                return err_set(err, "the Berkeley database is encrypted");
        if (file[TYPE_AT] != HASH_META)
                return is_wrong(err, 0, "it does not describe a hash");
        bdb->page_count = (uint32_t)min_size(bdb->file.len / bdb->page_size, UINT32_MAX);
        if (number32(bdb, file + LAST_PAGE_AT) >= bdb->page_count)
                return is_wrong(err, 0, "the file is cut");
        bdb->page_count = number32(bdb, file + LAST_PAGE_AT) + 1;
        return true;
}

static struct str page_at(const struct bdb *bdb, uint32_t number)
{
        return str_sub(bdb->file, (size_t)number * bdb->page_size, ((size_t)number + 1) * bdb->page_size);
}

/* A value on overflow pages, put together. */
static bool take_overflow(struct bdb *bdb, uint32_t first, uint32_t length, struct err *err)
{
        uint32_t number = first, pages = 0, have = 0;
        char *text;

        if (length > bdb->file.len)
                return is_wrong(err, first, "a value is longer than the file");
        arena_reset(bdb->arena); /* the one before is done with */
        text = arena_take_text(bdb->arena, length);
        while (have < length) {
                struct str page;
                uint32_t used;

                if (!number || number >= bdb->page_count || ++pages > bdb->page_count)
                        return is_wrong(err, number, "a value goes on where there is no page");
                page = page_at(bdb, number);
                used = number16(bdb, page.data + USED_AT);
                if (page.data[TYPE_AT] != OVERFLOW_PAGE || used > bdb->page_size - PAGE_HEAD || used > length - have
                    || !used)
                        return is_wrong(err, number, "it is no part of a value");
                memcpy(text + have, page.data + PAGE_HEAD, used);
                have += used;
                number = number32(bdb, page.data + NEXT_AT);
        }
        return bdb->each(bdb->context, (struct str){text, length}, err);
}

/* Values have odd numbers; the bytes of one end where those of the one before begin. */
static bool take_value(struct bdb *bdb, struct str page, uint32_t number, uint32_t index, struct err *err)
{
        uint32_t at = number16(bdb, page.data + PAGE_HEAD + 2 * (size_t)index);
        uint32_t end = number16(bdb, page.data + PAGE_HEAD + 2 * (size_t)(index - 1));

        if (at < PAGE_HEAD || at >= bdb->page_size)
                return is_wrong(err, number, "a value lies outside of it");
        if (page.data[at] == OFF_PAGE) {
                if (bdb->page_size - at < OFF_PAGE_SIZE)
                        return is_wrong(err, number, "a value lies outside of it");
                return take_overflow(bdb, number32(bdb, page.data + at + 4), number32(bdb, page.data + at + 8), err);
        }
        /* The value of the key 0 is a counter; no header is so short. */
        if (page.data[at] != IN_PAGE || end <= at + 1 || end > bdb->page_size || end - at - 1 < HEADER_LEAST)
                return true;
        return bdb->each(bdb->context, str_sub(page, at + 1, end), err);
}

bool rpm_read_bdb(struct arena *arena, struct str database, rpm_each *each, void *context, struct err *err)
{
        struct bdb bdb = {.arena = arena, .file = database, .each = each, .context = context};

        TRY(open_database(&bdb, err));
        for (uint32_t number = 1; number < bdb.page_count; number++) {
                struct str page = page_at(&bdb, number);
                uint32_t count = number16(&bdb, page.data + COUNT_AT);

                if (page.data[TYPE_AT] != HASH_UNSORTED && page.data[TYPE_AT] != HASH_SORTED)
                        continue;
                if (count > (bdb.page_size - PAGE_HEAD) / 2)
                        return is_wrong(err, number, "it has more entries than it can have");
                for (uint32_t i = 1; i < count; i += 2)
                        TRY(take_value(&bdb, page, number, i, err));
        }
        return true;
}
