/* image_bolt.c - hostile databases of bbolt: walked with all their buckets; what is seen can be found again. */

#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "image/open/bolt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walking {
        struct arena *arena;
        const struct bolt *bolt;
        const struct bolt_bucket *bucket;
        unsigned depth, left;
};

static bool visit(void *context, const struct bolt_item *item, struct err *err)
{
        struct walking *walking = context, inner = *walking;
        struct bolt_item again;
        bool found;

        if (!walking->left)
                return err_set(err, "enough");
        walking->left--;
        if (!bolt_find(walking->arena, walking->bolt, walking->bucket, item->key, &again, &found, err))
                return false;
        if (!item->is_bucket || walking->depth == 8)
                return true;
        inner.bucket = &item->bucket;
        inner.depth++;
        if (!bolt_each(walking->arena, walking->bolt, &item->bucket, visit, &inner, err))
                return false;
        walking->left = inner.left;
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(file_close) int file = memfd_create("bolt", MFD_CLOEXEC);
        struct bolt bolt;
        struct walking walking = {&arena, &bolt, &bolt.root, 0, 500};
        struct err err = {0};

        if (file < 0 || write(file, data, size) != (ssize_t)size)
                return 0;
        if ((!bolt_open(file, &bolt, &err) || !bolt_each(&arena, &bolt, &bolt.root, visit, &walking, &err))
            && !err.length)
                __builtin_trap();
        return 0;
}
