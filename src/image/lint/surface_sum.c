/* surface_sum.c - what stands out in the layers of an image, put together. */

#include "image/lint/surface_internal.h"

#include <stdlib.h>

enum { KIND_BITS = 3 };

struct adding {
        struct arena *arena, scratch;
        const struct merge *merge;
        const struct surface **layers; /* NULL: could not be read */
        struct surface_sum *out;
        size_t *hidden; /* by folder of the layer at hand: the first later layer that hides all that is in it; SIZE_MAX: none */
        struct map heaps;   /* path → index + 1 in out->heaps */
        size_t *heap_index; /* by heap of the layer at hand: the same; 0: not met yet */
};

/* Sorted numbers; the lowest three bits of a hash do not count. */
static bool has_hash(const uint64_t *items, size_t count, uint64_t hash)
{
        size_t low = 0, high = count;

        hash >>= KIND_BITS;
        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (items[middle] >> KIND_BITS < hash)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && items[low] >> KIND_BITS == hash;
}

/* Whether a layer hides what lower ones have in a folder, by what it says of that folder itself. */
static bool hides_folder(const struct adding *adding, size_t layer, uint64_t hash)
{
        const struct surface *surface = adding->layers[layer];
        enum path_kind kind = path_table_get(&adding->merge->found[layer].table, hash);

        return (kind != PATH_ABSENT && kind != PATH_FOLDER)
               || (surface
                   && (has_hash(surface->gone.items, surface->gone.count, hash)
                       || has_hash(surface->opaque.items, surface->opaque.count, hash)));
}

/* Numbers of parents are lower, so that they are known already. */
static void find_hidden_folders(struct adding *adding, size_t layer)
{
        const struct surface *surface = adding->layers[layer];

        adding->hidden = arena_array(&adding->scratch, size_t, surface->folders.count);
        for (size_t i = 0; i < surface->folders.count; i++) {
                size_t most = i ? adding->hidden[surface->folders.items[i].parent] : SIZE_MAX;

                adding->hidden[i] = most;
                for (size_t above = layer + 1; above < adding->merge->layer_count && above < most; above++)
                        if (hides_folder(adding, above, surface->folders.items[i].hash)) {
                                adding->hidden[i] = above;
                                break;
                        }
        }
}

static size_t hidden_by(const struct adding *adding, size_t layer, uint64_t hash, uint32_t folder)
{
        size_t most = min_size(adding->hidden[folder], adding->merge->layer_count);

        for (size_t above = layer + 1; above < most; above++) {
                const struct surface *surface = adding->layers[above];

                if (path_table_get(&adding->merge->found[above].table, hash) != PATH_ABSENT
                    || (surface && has_hash(surface->gone.items, surface->gone.count, hash)))
                        return above;
        }
        return adding->hidden[folder];
}

static struct surface_found_heap *heap_of(struct adding *adding, size_t layer, uint32_t number)
{
        const struct surface_heap *heap = &adding->layers[layer]->heaps.items[number - 1];
        size_t *index = &adding->heap_index[number - 1];

        if (!*index) {
                void **slot = map_slot(adding->arena, &adding->heaps, heap->path);

                if (!*slot) {
                        *vec_push(adding->arena, &adding->out->heaps) = (struct surface_found_heap){
                                .kind = heap->kind,
                                .path = heap->path,
                                .layer = layer,
                        };
                        *slot = (void *)(uintptr_t)adding->out->heaps.count;
                }
                *index = (size_t)(uintptr_t)*slot;
        }
        return &adding->out->heaps.items[*index - 1];
}

static void add_file(struct adding *adding, size_t layer, uint64_t hash, uint64_t note)
{
        const struct surface *surface = adding->layers[layer];
        struct surface_layer *sum = &adding->out->layers[layer];
        uint64_t size = surface_size(surface, note);
        uint32_t folder = surface_folder_of(note), heap = surface->folders.items[folder].heap;
        bool runs = note & SURFACE_EXECUTABLE;

        sum->files++;
        sum->bytes += size;
        sum->executables += runs;
        if (hidden_by(adding, layer, hash, folder) != SIZE_MAX) {
                sum->hidden_files++;
                sum->hidden_bytes += size;
                return;
        }
        adding->out->files++;
        adding->out->bytes += size;
        adding->out->executables += runs;
        if (heap) {
                struct surface_found_heap *found = heap_of(adding, layer, heap);

                found->files++;
                found->bytes += size;
        }
}

static void add_files(struct adding *adding, size_t layer)
{
        const struct surface *surface = adding->layers[layer];
        const struct path_table *table = &adding->merge->found[layer].table;

        find_hidden_folders(adding, layer);
        adding->heap_index = arena_array(&adding->scratch, size_t, surface->heaps.count);
        for (size_t i = 0; i < table->slot_count; i++) {
                enum path_kind kind = (enum path_kind)(table->slots[i] & ((1 << KIND_BITS) - 1));

                if (table->notes && (kind == PATH_FILE || kind == PATH_HARDLINK))
                        add_file(adding, layer, table->slots[i], path_note_get(&table->notes[i]));
        }
        arena_reset(&adding->scratch);
}

/* What a later entry of the layer replaced is passed over. */
static void add_items(struct adding *adding, size_t layer)
{
        const struct surface *surface = adding->layers[layer];
        const struct merge *merge = adding->merge;

        for (size_t i = 0; i < surface->items.count; i++) {
                const struct surface_item *item = &surface->items.items[i];
                size_t hidden;

                if (!item->traits
                    || path_table_get(&merge->found[layer].table, path_hash(merge->key, item->path)) != item->kind)
                        continue;
                hidden = view_hidden_by(&adding->scratch, &merge->view, item->path, layer);
                arena_reset(&adding->scratch);
                if (hidden == SIZE_MAX || item->traits & 1u << SURFACE_LARGE)
                        *vec_push(adding->arena, &adding->out->items) =
                                (struct surface_found_item){item, layer, hidden};
        }
        for (size_t i = 0; i < SURFACE_TRAITS; i++)
                adding->out->left_out[i] += surface->left_out[i];
}

static int compare_items(const void *a, const void *b)
{
        const struct surface_found_item *x = a, *y = b;
        int order = str_compare(x->item->path, y->item->path);

        return order ? order : (x->layer > y->layer) - (x->layer < y->layer);
}

static int compare_heaps(const void *a, const void *b)
{
        const struct surface_found_heap *x = a, *y = b;

        return str_compare(x->path, y->path);
}

void surface_add_up(struct arena *arena, const struct merge *merge, size_t which, struct surface_sum *out)
{
        struct adding adding = {
                .arena = arena,
                .merge = merge,
                .layers = arena_array(arena, const struct surface *, merge->layer_count),
                .out = out,
        };

        *out = (struct surface_sum){.layers = arena_array(arena, struct surface_layer, merge->layer_count)};
        for (size_t i = 0; i < merge->layer_count; i++)
                adding.layers[i] = merge->found[i].observed[which];
        for (size_t i = 0; i < merge->layer_count; i++)
                if (adding.layers[i]) {
                        add_files(&adding, i);
                        add_items(&adding, i);
                }
        if (out->items.count)
                qsort(out->items.items, out->items.count, sizeof(*out->items.items), compare_items);
        if (out->heaps.count)
                qsort(out->heaps.items, out->heaps.count, sizeof(*out->heaps.items), compare_heaps);
        arena_free(&adding.scratch);
}
