/* unsearched.h - the files of a layer that an observer did not look through to their end: told, not passed over in silence. */
#pragma once

#include "base/vec.h"
#include "image/layer/pack.h"

enum { UNSEARCHED_MOST = 100 };

struct unsearched_file {
        struct str path, why;
};

struct unsearched {
        struct unsearched_file *items;
        size_t count, capacity;
};

/* Adds a file, of the first UNSEARCHED_MOST; the last of these tells that there are more. The texts are copied. */
static inline void unsearched_add(struct arena *arena, struct unsearched *list, struct str path, struct str why)
{
        if (list->count < UNSEARCHED_MOST)
                *vec_push(arena, list) = (struct unsearched_file){str_copy(arena, path), str_copy(arena, why)};
        else
                list->items[UNSEARCHED_MOST - 1].why =
                        STR("neither were others of its layer: there are too many to name");
}

static inline void pack_unsearched(struct buf *out, const struct unsearched *list)
{
        pack_number(out, list->count);
        for (size_t i = 0; i < list->count; i++) {
                pack_text(out, list->items[i].path);
                pack_text(out, list->items[i].why);
        }
}

static inline bool unpack_unsearched(struct arena *arena, struct str *text, struct unsearched *out)
{
        size_t count;

        TRY(unpack_count(text, 16, &count));
        for (size_t i = 0; i < count; i++) {
                struct unsearched_file *file = vec_push(arena, out);

                TRY(unpack_text(text, &file->path) && unpack_text(text, &file->why));
        }
        return true;
}
