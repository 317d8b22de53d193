/* surface_cache.c - what stands out in a layer, as bytes; in the order of the machine, whose cache it is. */

#include "image/lint/surface_internal.h"

enum { FORM = 0x53555232 };

static void put(struct buf *out, const void *bytes, size_t size)
{
        buf_add(out, (struct str){bytes, size});
}

static void put_number(struct buf *out, uint64_t number)
{
        put(out, &number, sizeof(number));
}

static void put_array(struct buf *out, const void *items, size_t count, size_t size)
{
        put_number(out, count);
        put(out, items, checked_mul(count, size));
}

static void put_text(struct buf *out, struct str text)
{
        put_array(out, text.data, text.len, 1);
}

static bool take(struct str *text, void *out, size_t size)
{
        TRY(size <= text->len);
        memcpy(out, text->data, size);
        *text = str_from(*text, size);
        return true;
}

static bool take_number(struct str *text, uint64_t *out)
{
        return take(text, out, sizeof(*out));
}

/* A number of things, each of which takes `size` bytes at least. */
static bool take_count(struct str *text, size_t size, size_t *out)
{
        uint64_t count;

        TRY(take_number(text, &count) && count <= text->len / size);
        *out = (size_t)count;
        return true;
}

static bool take_text(struct str *text, struct str *out)
{
        size_t count;

        TRY(take_count(text, 1, &count));
        *out = str_sub(*text, 0, count);
        *text = str_from(*text, count);
        return true;
}

/* Aligned memory: a text need not be. */
static bool take_array(struct arena *arena, struct str *text, size_t size, void **items, size_t *count)
{
        TRY(take_count(text, size, count));
        *items = arena_take(arena, checked_mul(*count, size));
        return !*count || take(text, *items, *count * size);
}

#define take_vec(arena, text, vec)                                                                                     \
        ((vec)->capacity = 0,                                                                                          \
         take_array((arena), (text), sizeof(*(vec)->items), (void **)&(vec)->items, &(vec)->count)                     \
                 && ((vec)->capacity = (vec)->count, true))

/* --- items and heaps, which have texts --- */

static void put_item(struct buf *out, const struct surface_item *item)
{
        put_text(out, item->path);
        put_number(out, item->kind);
        put_number(out, item->traits);
        put_number(out, item->mode);
        put_number(out, item->uid);
        put_number(out, item->gid);
        put_number(out, item->size);
        put_number(out, item->capabilities);
        put_text(out, item->what);
}

static bool take_item(struct str *text, struct surface_item *out)
{
        uint64_t kind, traits, mode;

        TRY(take_text(text, &out->path) && take_number(text, &kind) && take_number(text, &traits));
        TRY(take_number(text, &mode) && take_number(text, &out->uid) && take_number(text, &out->gid));
        TRY(take_number(text, &out->size) && take_number(text, &out->capabilities) && take_text(text, &out->what));
        out->kind = (enum path_kind)kind;
        out->traits = (uint32_t)traits;
        out->mode = (uint32_t)mode;
        return out->path.len && kind <= PATH_WHITEOUT;
}

/* --- all --- */

void surface_write(const void *state, struct buf *out)
{
        const struct surface *surface = state;

        put_number(out, FORM);
        put(out, surface->left_out, sizeof(surface->left_out));
        put_number(out, surface->items.count);
        for (size_t i = 0; i < surface->items.count; i++)
                put_item(out, &surface->items.items[i]);
        put_number(out, surface->heaps.count);
        for (size_t i = 0; i < surface->heaps.count; i++) {
                put_text(out, surface->heaps.items[i].kind);
                put_text(out, surface->heaps.items[i].path);
        }
        put_array(out, surface->folders.items, surface->folders.count, sizeof(struct surface_folder));
        put_array(out, surface->gone.items, surface->gone.count, sizeof(uint64_t));
        put_array(out, surface->opaque.items, surface->opaque.count, sizeof(uint64_t));
        put_array(out, surface->huge.items, surface->huge.count, sizeof(uint64_t));
}

/* Whether every number leads to something that is there. */
static bool is_right(const struct surface *surface)
{
        const struct path_table *table = &surface->found->table;

        TRY(surface->folders.count > 0);
        for (size_t i = 0; i < surface->folders.count; i++) {
                const struct surface_folder *folder = &surface->folders.items[i];

                TRY((i ? folder->parent < i : !folder->parent) && folder->heap <= surface->heaps.count);
        }
        for (size_t i = 0; table->has_notes && i < table->slot_count; i++) {
                uint64_t note = path_note_get(&table->notes[i]);

                TRY(surface_folder_of(note) < surface->folders.count);
                TRY(!(note & SURFACE_HUGE) || note >> SURFACE_SIZE_AT < surface->huge.count);
        }
        return table->has_notes || !table->count;
}

bool surface_read(struct layer_found *found, struct str text, void *context, void **state)
{
        struct arena *arena = &found->arena;
        struct surface *surface = surface_new(found, NULL);
        uint64_t form;
        size_t count;

        (void)context;
        TRY(take_number(&text, &form) && form == FORM && take(&text, surface->left_out, sizeof(surface->left_out)));
        TRY(take_count(&text, 64, &count));
        for (size_t i = 0; i < count; i++)
                TRY(take_item(&text, vec_push(arena, &surface->items)));
        TRY(take_count(&text, 16, &count));
        for (size_t i = 0; i < count; i++) {
                struct surface_heap *heap = vec_push(arena, &surface->heaps);

                TRY(take_text(&text, &heap->kind) && take_text(&text, &heap->path));
        }
        TRY(take_vec(arena, &text, &surface->folders) && take_vec(arena, &text, &surface->gone));
        TRY(take_vec(arena, &text, &surface->opaque) && take_vec(arena, &text, &surface->huge));
        *state = surface;
        return !text.len && is_right(surface);
}
