/* rpm_bdb.c - hash databases of Berkeley DB: pages with pairs of key and value; large values lie on overflow pages.
 *
 * The first of the overflow pages of a value has none before it, so values are put together before it is known who names them. */

#include "image/package/rpm_pages.h"

#include "base/bytes.h"
#include "image/package/rpm_rows.h"

enum {
        META = 72, /* of the page that describes the database */
        MAGIC_AT = 12,
        PAGE_SIZE_AT = 20,
        ENCRYPTED_AT = 24,
        TYPE_AT = 25,
        LAST_PAGE_AT = 32,
        PAGE_HEAD = 26,
        BEFORE_AT = 12,
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

enum page_of_bdb {
        PAGE_VALUE = PAGE_OWN, /* a value begins here; `value`: number among those that are kept */
        PAGE_HASH,             /* `value`: which of those that are kept */
};

struct bdb {
        struct arena *arena;
        struct rpm_pages pages;
        struct rpm_rows kept;
        struct packed *hashes;
        uint32_t hash_count;
        uint64_t size; /* of the file */
        struct buf meta;
        bool big; /* byte order */
        uint32_t page_size;
};

static uint32_t number32(const struct bdb *bdb, const char *at)
{
        return bdb->big ? be_32(at) : le_32(at);
}

static uint32_t number16(const struct bdb *bdb, const char *at)
{
        return bdb->big ? be_16(at) : (uint32_t)(unsigned char)at[1] << 8 | (unsigned char)at[0];
}

static bool is_wrong(struct err *err, uint32_t page, const char *what)
{
        return err_set(err, "the Berkeley database is damaged: page %u: %s", page, what);
}

static bool take_page(void *context, uint32_t number, struct str page, struct err *err)
{
        struct bdb *bdb = context;

        switch (page.data[TYPE_AT]) {
        case OVERFLOW_PAGE:
                if (number32(bdb, page.data + BEFORE_AT))
                        return rpm_pages_take_part(&bdb->pages, number, page, err);
                return rpm_pages_begin_at(&bdb->pages, number, page, err);
        case HASH_UNSORTED:
        case HASH_SORTED:
                bdb->pages.notes[number] = (struct rpm_page){PAGE_HASH, bdb->hash_count++};
                packed_add(bdb->hashes, page);
                return true;
        default:
                return true;
        }
}

static bool part_of(const void *context, struct str page, struct str *part, uint32_t *next)
{
        const struct bdb *bdb = context;
        uint32_t used = number16(bdb, page.data + USED_AT);

        TRY(page.data[TYPE_AT] == OVERFLOW_PAGE && used && used <= bdb->page_size - PAGE_HEAD);
        *part = str_sub(page, PAGE_HEAD, PAGE_HEAD + used);
        *next = number32(bdb, page.data + NEXT_AT);
        return true;
}

static bool value_is_whole(void *context, uint32_t first, struct str text, struct err *err)
{
        struct bdb *bdb = context;

        bdb->pages.notes[first] = (struct rpm_page){PAGE_VALUE, (uint32_t)bdb->kept.rows.count};
        return rpm_rows_add(&bdb->kept, text, err);
}

/* Told when it is known that the value counts. */
static void value_is_broken(void *context, uint32_t first, uint32_t page)
{
        (void)context, (void)first, (void)page;
}

static const struct rpm_pages_form pages_form = {take_page, part_of, value_is_whole, value_is_broken};

static bool is(struct str begin)
{
        (void)begin; /* what is none is told when the first page is read */
        return true;
}

static void close_bdb(void *object)
{
        struct bdb *bdb = object;

        packed_free(bdb->hashes);
        buf_free(&bdb->meta);
}

static void *begin(struct arena *arena, uint64_t size)
{
        struct bdb *bdb = arena_new(arena, struct bdb);

        bdb->arena = arena;
        bdb->size = size;
        bdb->hashes = packed_new();
        rpm_rows_begin(&bdb->kept, arena);
        arena_at_end(arena, close_bdb, bdb);
        return bdb;
}

static bool open_database(struct bdb *bdb, struct err *err)
{
        const char *meta = bdb->meta.data;
        uint32_t last;

        bdb->big = be_32(meta + MAGIC_AT) == HASH_MAGIC;
        if (!bdb->big && le_32(meta + MAGIC_AT) != HASH_MAGIC)
                return err_set(err, "it is no hash database of Berkeley DB");
        bdb->page_size = number32(bdb, meta + PAGE_SIZE_AT);
        if (bdb->page_size < 512 || bdb->page_size > 65536 || (bdb->page_size & (bdb->page_size - 1)))
                return is_wrong(err, 0, "its page size is wrong");
        if (meta[ENCRYPTED_AT])
                return err_set(err, "the Berkeley database is encrypted");
        if (meta[TYPE_AT] != HASH_META)
                return is_wrong(err, 0, "it does not describe a hash");
        last = number32(bdb, meta + LAST_PAGE_AT);
        if (last >= bdb->size / bdb->page_size)
                return is_wrong(err, 0, "the file is cut");
        rpm_pages_begin(&bdb->pages, bdb->arena, &pages_form, bdb, bdb->page_size, 0, last + 1);
        return rpm_pages_feed(&bdb->pages, buf_text(&bdb->meta), err);
}

static bool feed(void *state, struct str piece, struct err *err)
{
        struct bdb *bdb = state;
        size_t some = min_size(META - min_size(bdb->meta.len, META), piece.len);

        if (!bdb->page_size) {
                buf_add(&bdb->meta, str_sub(piece, 0, some));
                piece = str_from(piece, some);
                if (bdb->meta.len < META)
                        return true;
                TRY(open_database(bdb, err));
        }
        return rpm_pages_feed(&bdb->pages, piece, err);
}

/* --- the pairs, when all of them passed by --- */

struct taker {
        struct bdb *bdb;
        rpm_each *each;
        void *context;
};

static bool take_overflow(struct taker *taker, uint32_t first, uint32_t length, struct err *err)
{
        const struct rpm_pages *pages = &taker->bdb->pages;
        uint32_t value;

        if (length > taker->bdb->size)
                return is_wrong(err, first, "a value is longer than the file");
        if (!first || first >= pages->behind)
                return is_wrong(err, first, "a value goes on where there is no page");
        value = pages->notes[first].value;
        if (pages->notes[first].kind != PAGE_VALUE || taker->bdb->kept.rows.items[value].length != length)
                return is_wrong(err, first, "the value that begins there has not all of its pages");
        return rpm_rows_hand_on(&taker->bdb->kept, value, taker->each, taker->context, err);
}

/* Values have odd numbers; the bytes of one end where those of the one before begin. */
static bool take_value(struct taker *taker, struct str page, uint32_t number, uint32_t index, struct err *err)
{
        const struct bdb *bdb = taker->bdb;
        uint32_t at = number16(bdb, page.data + PAGE_HEAD + 2 * (size_t)index);
        uint32_t end = number16(bdb, page.data + PAGE_HEAD + 2 * (size_t)(index - 1));

        if (at < PAGE_HEAD || at >= bdb->page_size)
                return is_wrong(err, number, "a value lies outside of it");
        if (page.data[at] == OFF_PAGE) {
                if (bdb->page_size - at < OFF_PAGE_SIZE)
                        return is_wrong(err, number, "a value lies outside of it");
                return take_overflow(taker, number32(bdb, page.data + at + 4), number32(bdb, page.data + at + 8), err);
        }
        /* The value of the key 0 is a counter; no header is so short. */
        if (page.data[at] != IN_PAGE || end <= at + 1 || end > bdb->page_size || end - at - 1 < HEADER_LEAST)
                return true;
        return taker->each(taker->context, str_sub(page, at + 1, end), err);
}

static bool take_hash(struct taker *taker, uint32_t number, struct buf *copy, struct err *err)
{
        const struct bdb *bdb = taker->bdb;
        struct str page;
        uint32_t count;

        copy->len = 0;
        packed_read(bdb->hashes, (uint64_t)bdb->pages.notes[number].value * bdb->page_size, bdb->page_size, copy);
        page = buf_text(copy);
        count = number16(bdb, page.data + COUNT_AT);
        if (count > (bdb->page_size - PAGE_HEAD) / 2)
                return is_wrong(err, number, "it has more entries than it can have");
        for (uint32_t i = 1; i < count; i += 2)
                TRY(take_value(taker, page, number, i, err));
        return true;
}

/* Small values stand on the pages that name them. */
static size_t count_of(const void *state)
{
        return ((const struct bdb *)state)->kept.rows.count;
}

static bool end(void *state, rpm_each *each, void *context, struct err *err)
{
        struct bdb *bdb = state;
        struct taker taker = {bdb, each, context};
        CLEANUP(buf_free) struct buf copy = {0};

        if (!bdb->page_size)
                return err_set(err, "it is no Berkeley database");
        for (uint32_t number = 1; number < bdb->pages.next; number++)
                if (bdb->pages.notes[number].kind == PAGE_HASH)
                        TRY(take_hash(&taker, number, &copy, err));
        return true;
}

const struct rpm_form rpm_bdb = {is, begin, feed, count_of, end};
