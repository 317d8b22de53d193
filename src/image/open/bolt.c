/* bolt.c - reading the databases of bbolt. Numbers stand as the machine that wrote them has them; little-endian ones are read. */

#include "image/open/bolt.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"

enum {
        PAGE_HEADER = 16,
        ELEMENT = 16,
        BUCKET_HEADER = 16,
        META_SIZE = 64, /* of which the last 8 bytes are the check sum */
        FLAG_BRANCH = 1,
        FLAG_LEAF = 2,
        FLAG_META = 4,
        FLAG_BUCKET = 1, /* of an element */
        LEAST_PAGE = 512,
        MOST_PAGE = 1 << 20,
};

static const uint32_t meta_magic = 0xed0cdaed, meta_version = 2;

static bool read_at(const struct bolt *bolt, uint64_t at, char *to, size_t count, struct err *err)
{
        size_t have = 0;

        if (at > bolt->size || bolt->size - at < count)
                return err_set(err, "it is damaged: offset %" PRIu64 " lies beyond its end", at);
        while (have < count) {
                ssize_t more = pread(bolt->file, to + have, count - have, (off_t)(at + have));

                if (more < 0 && errno == EINTR)
                        continue;
                if (more <= 0)
                        return err_set(err, "offset %" PRIu64 ": %s", at, more ? strerror(errno) : "it ends here");
                have += (size_t)more;
        }
        return true;
}

/* --- the head --- */

/* FNV-1a of 64 bits. */
static uint64_t check_sum(struct str text)
{
        uint64_t sum = 0xcbf29ce484222325u;

        for (size_t i = 0; i < text.len; i++)
                sum = (sum ^ (unsigned char)text.data[i]) * 0x100000001b3u;
        return sum;
}

/* Takes what a meta page says, if it is sound and newer than `*transaction`. */
static bool take_meta(struct bolt *bolt, uint64_t at, uint64_t *transaction)
{
        char bytes[PAGE_HEADER + META_SIZE] = {0};
        struct str page = {bytes, sizeof(bytes)}, meta = str_from(page, PAGE_HEADER);
        struct err ignored = {0};
        uint64_t page_size, id;

        TRY(read_at(bolt, at, bytes, sizeof(bytes), &ignored));
        page_size = le_within(meta, 8, 4);
        id = le_within(meta, 48, 8);
        TRY((le_within(page, 8, 2) & FLAG_META) && le_within(meta, 0, 4) == meta_magic
            && le_within(meta, 4, 4) == meta_version);
        TRY(le_within(meta, 56, 8) == check_sum(str_sub(meta, 0, 56)));
        TRY(page_size >= LEAST_PAGE && page_size <= MOST_PAGE && !(page_size & (page_size - 1)));
        if (bolt->page_size && id <= *transaction)
                return true;
        *transaction = id;
        bolt->page_size = (uint32_t)page_size;
        bolt->root = (struct bolt_bucket){.root = le_within(meta, 16, 8)};
        bolt->pages = le_within(meta, 40, 8);
        return true;
}

bool bolt_open(int file, struct bolt *out, struct err *err)
{
        uint64_t transaction = 0;
        struct stat about;

        *out = (struct bolt){.file = file};
        if (fstat(file, &about))
                return err_set(err, "%s", strerror(errno));
        out->size = about.st_size > 0 ? (uint64_t)about.st_size : 0;
        /* The second stands one page further, however large pages are: the first says so, unless it is what is broken. */
        if (take_meta(out, 0, &transaction))
                take_meta(out, out->page_size, &transaction);
        else
                for (uint64_t size = LEAST_PAGE; size <= MOST_PAGE && !out->page_size; size *= 2)
                        take_meta(out, size, &transaction);
        return out->page_size
               || err_set(err, "it is no database of bbolt, of another byte order, or damaged: neither head is sound");
}

/* --- pages --- */

static bool damaged(uint64_t page, struct err *err)
{
        return err_set(err, "it is damaged: page %" PRIu64 " is not what it should be", page);
}

/* A page with those that continue it. */
static bool load_page(struct arena *arena, const struct bolt *bolt, uint64_t id, struct str *out, struct err *err)
{
        char header[PAGE_HEADER] = {0};
        uint64_t length, at;
        char *text;

        if (id < 2 || id >= bolt->pages || id > UINT64_MAX / bolt->page_size)
                return damaged(id, err);
        at = id * bolt->page_size;
        TRY(read_at(bolt, at, header, sizeof(header), err));
        length = (le_within((struct str){header, sizeof(header)}, 12, 4) + 1) * bolt->page_size;
        if (le_within((struct str){header, sizeof(header)}, 0, 8) != id || length > BOLT_PAGE_MOST)
                return damaged(id, err);
        text = arena_take_text(arena, (size_t)length);
        TRY(read_at(bolt, at, text, (size_t)length, err));
        *out = (struct str){text, (size_t)length};
        return true;
}

static bool page_of(struct arena *arena, const struct bolt *bolt, const struct bolt_bucket *bucket, uint64_t id,
                    struct str *out, struct err *err)
{
        if (id)
                return load_page(arena, bolt, id, out, err);
        *out = bucket->inside;
        return bucket->inside.len >= PAGE_HEADER || damaged(0, err);
}

static uint64_t count_of(struct str page)
{
        return le_within(page, 10, 2);
}

static bool is_branch(struct str page)
{
        return le_within(page, 8, 2) & FLAG_BRANCH;
}

/* The key of an element, and, in a branch, the page that it leads to. */
static bool take_element(struct str page, uint64_t index, struct str *key, uint64_t *child, struct bolt_item *item,
                         struct err *err)
{
        uint64_t at = PAGE_HEADER + index * ELEMENT, position, key_size, value_size, begin;
        bool branch = is_branch(page);

        if (at + ELEMENT > page.len)
                return damaged(le_within(page, 0, 8), err);
        position = le_within(page, (size_t)at + (branch ? 0 : 4), 4);
        key_size = le_within(page, (size_t)at + (branch ? 4 : 8), 4);
        value_size = branch ? 0 : le_within(page, (size_t)at + 12, 4);
        begin = at + position;
        if (begin + key_size + value_size > page.len)
                return damaged(le_within(page, 0, 8), err);
        *key = str_sub(page, (size_t)begin, (size_t)(begin + key_size));
        *child = branch ? le_within(page, (size_t)at + 8, 8) : 0;
        if (!item)
                return true;
        *item = (struct bolt_item){
                .key = *key,
                .value = str_sub(page, (size_t)(begin + key_size), (size_t)(begin + key_size + value_size)),
                .is_bucket = le_within(page, (size_t)at, 4) & FLAG_BUCKET,
        };
        if (!item->is_bucket)
                return true;
        if (item->value.len < BUCKET_HEADER)
                return damaged(le_within(page, 0, 8), err);
        item->bucket = (struct bolt_bucket){le_within(item->value, 0, 8), str_from(item->value, BUCKET_HEADER)};
        return true;
}

static bool check_page(struct str page, struct err *err)
{
        uint64_t flags = le_within(page, 8, 2);

        return flags == FLAG_LEAF || (flags == FLAG_BRANCH && count_of(page)) || damaged(le_within(page, 0, 8), err);
}

/* The last element whose key is not above the one that is looked for; `*index` is the count of those, less one. */
static bool search(struct str page, struct str wanted, uint64_t *index, bool *any, struct err *err)
{
        uint64_t low = 0, high = count_of(page), child;
        struct str key;

        while (low < high) {
                uint64_t middle = low + (high - low) / 2;

                TRY(take_element(page, middle, &key, &child, NULL, err));
                if (str_compare(key, wanted) <= 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        *any = low > 0;
        *index = low ? low - 1 : 0;
        return true;
}

bool bolt_find(struct arena *arena, const struct bolt *bolt, const struct bolt_bucket *bucket, struct str key,
               struct bolt_item *out, bool *found, struct err *err)
{
        uint64_t id = bucket->root, index = 0;
        struct str page = {0}, at = {0};

        *found = false;
        for (unsigned depth = 0; depth < BOLT_DEPTH; depth++) {
                bool any;

                TRY(page_of(arena, bolt, bucket, id, &page, err) && check_page(page, err)
                    && search(page, key, &index, &any, err));
                if (is_branch(page)) {
                        TRY(take_element(page, index, &at, &id, NULL, err));
                        if (!id)
                                break;
                        continue;
                }
                if (!any)
                        return true;
                TRY(take_element(page, index, &at, &id, out, err));
                *found = str_equal(at, key);
                return true;
        }
        return damaged(id, err);
}

struct walking {
        struct arena *arena;
        const struct bolt *bolt;
        const struct bolt_bucket *bucket;
        bolt_visitor *visitor;
        void *context;
        uint64_t left; /* pages that may still be seen: a tree has none twice */
};

static bool walk(struct walking *walking, uint64_t id, unsigned depth, struct err *err)
{
        struct bolt_item item = {0};
        struct str page = {0}, key = {0};
        uint64_t child = 0;

        if (depth == BOLT_DEPTH || !walking->left--)
                return damaged(id, err);
        TRY(page_of(walking->arena, walking->bolt, walking->bucket, id, &page, err) && check_page(page, err));
        for (uint64_t i = 0; i < count_of(page); i++) {
                TRY(take_element(page, i, &key, &child, is_branch(page) ? NULL : &item, err));
                if (is_branch(page))
                        TRY(child ? walk(walking, child, depth + 1, err) : damaged(id, err));
                else
                        TRY(walking->visitor(walking->context, &item, err));
        }
        return true;
}

bool bolt_each(struct arena *arena, const struct bolt *bolt, const struct bolt_bucket *bucket, bolt_visitor *visitor,
               void *context, struct err *err)
{
        struct walking walking = {arena, bolt, bucket, visitor, context, bolt->size / bolt->page_size + 1};

        return walk(&walking, bucket->root, 0, err);
}
