/* surface.c - what stands out in a layer: an observer. */

#include "image/lint/surface_internal.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "image/lint/surface_names.h"

struct surface *surface_new(struct layer_found *found, const struct path_key *key)
{
        struct surface *surface = arena_new(&found->arena, struct surface);

        surface->found = found;
        surface->arena = &found->arena;
        surface->key = key;
        return surface;
}

static void *begin(struct layer_found *found, const struct path_key *key, void *context)
{
        struct surface *surface = surface_new(found, key);

        (void)context;
        *vec_push(surface->arena, &surface->folders) = (struct surface_folder){.hash = path_hash(key, STR(""))};
        return surface;
}

/* --- folders --- */

enum { FIRST_FOLDERS = 256, MOST_FOLDERS = 1 << 20 };

_Static_assert((int)MOST_FOLDERS < 1 << SURFACE_FOLDER_BITS, "a note has room for it");

static uint32_t *folder_slot(const struct surface *surface, uint64_t hash)
{
        size_t mask = surface->folder_capacity - 1, at = hash & mask;

        while (surface->folder_table[at] && surface->folders.items[surface->folder_table[at]].hash != hash)
                at = (at + 1) & mask;
        return &surface->folder_table[at];
}

static void grow_folders(struct surface *surface)
{
        surface->folder_capacity = surface->folder_capacity ? checked_mul(surface->folder_capacity, 2) : FIRST_FOLDERS;
        surface->folder_table = arena_array(surface->arena, uint32_t, surface->folder_capacity);
        for (size_t i = 1; i < surface->folders.count; i++)
                *folder_slot(surface, surface->folders.items[i].hash) = (uint32_t)i;
}

static uint32_t heap_of(struct surface *surface, struct str path, uint32_t parent)
{
        struct str kind;

        if (surface->folders.items[parent].heap)
                return surface->folders.items[parent].heap;
        kind = surface_heap_kind(path);
        if (!kind.len || surface->heaps.count >= SURFACE_HEAPS)
                return 0;
        *vec_push(surface->arena, &surface->heaps) = (struct surface_heap){kind, str_copy(surface->arena, path)};
        return (uint32_t)surface->heaps.count;
}

static uint32_t add_folder(struct surface *surface, struct str path, uint32_t parent)
{
        uint64_t hash = path_hash(surface->key, path);
        uint32_t *slot, known, heap;

        if (surface->folders.count * 2 >= surface->folder_capacity)
                grow_folders(surface);
        slot = folder_slot(surface, hash);
        known = *slot;
        if (known)
                return known;
        if (surface->folders.count > MOST_FOLDERS) {
                if (!surface->too_many_folders)
                        layer_problem(surface->found,
                                      "it has more than %d folders; of the rest nobody knows what later layers hide",
                                      MOST_FOLDERS);
                surface->too_many_folders = true;
                return parent;
        }
        *slot = (uint32_t)surface->folders.count;
        heap = heap_of(surface, path, parent);
        *vec_push(surface->arena, &surface->folders) = (struct surface_folder){hash, parent, heap};
        return *slot;
}

/* The number of a folder, with those above it; 0 is the root. Mostly it is that of the file before. */
static uint32_t folder_of(struct surface *surface, struct str path)
{
        uint64_t hash = path_hash(surface->key, path);
        uint32_t folder = 0;

        if (!path.len || (surface->last_folder && hash == surface->last_hash))
                return path.len ? surface->last_folder : 0;
        for (size_t end = 1; end <= path.len; end++)
                if (end == path.len || path.data[end] == '/')
                        folder = add_folder(surface, str_sub(path, 0, end), folder);
        surface->last_hash = hash;
        surface->last_folder = folder;
        return folder;
}

/* --- files --- */

static void add_file(struct surface *surface, const struct layer_entry *entry)
{
        uint64_t size = entry->kind == PATH_HARDLINK ? 0 : entry->tar->size, note = 0;

        if (size > SURFACE_SIZE_MOST) {
                note = SURFACE_HUGE;
                *vec_push(surface->arena, &surface->huge) = size;
                size = surface->huge.count - 1;
        }
        note |= entry->tar->mode & 0111 ? SURFACE_EXECUTABLE : 0;
        note |= (uint64_t)folder_of(surface, path_parent(entry->path)) << SURFACE_FOLDER_AT;
        path_note_set(entry->note, note | size << SURFACE_SIZE_AT);
}

/* --- what stands out --- */

/* The permitted set of an attribute security.capability (struct vfs_cap_data of linux/capability.h). */
static uint64_t capabilities_of(struct str value)
{
        uint64_t low, high = 0;

        if (value.len < 12)
                return 0;
        low = le_32(value.data + 4);
        if (value.len >= 20)
                high = le_32(value.data + 12);
        return low | high << 32;
}

static uint32_t traits_of(const struct layer_entry *entry, uint64_t capabilities, struct str *what)
{
        const struct tar_entry *tar = entry->tar;
        bool is_file = entry->kind == PATH_FILE, is_link = entry->kind == PATH_SYMLINK || entry->kind == PATH_HARDLINK;
        uint32_t traits = 0;

        if (entry->kind == PATH_FOLDER)
                return (tar->mode & 01002) == 0002 ? 1u << SURFACE_OPEN_FOLDER : 0;
        if (tar->kind == TAR_CHARACTER || tar->kind == TAR_BLOCK)
                return 1u << SURFACE_DEVICE;
        if (is_file) {
                traits |= (uint32_t)(tar->mode >> 11 & 1) << SURFACE_SETUID;
                traits |= (uint32_t)(tar->mode >> 10 & 1) << SURFACE_SETGID;
                traits |= (uint32_t)(tar->mode >> 1 & 1) << SURFACE_WRITABLE;
                traits |= (uint32_t)(capabilities != 0) << SURFACE_CAPABLE;
                traits |= (uint32_t)(tar->size >= SURFACE_LARGE_BYTES) << SURFACE_LARGE;
        }
        if (is_link || (is_file && tar->mode & 0111)) {
                *what = surface_tool(entry->path);
                traits |= (uint32_t)(what->len > 0) << SURFACE_TOOL;
        }
        if ((is_file && tar->size && !what->len) || entry->kind == PATH_HARDLINK) {
                struct str kind = surface_secret(entry->path);

                if (kind.len) {
                        *what = kind;
                        traits |= 1u << SURFACE_SECRET;
                }
        }
        return traits;
}

/* Takes away those traits of which there are enough. */
static uint32_t within_limits(struct surface *surface, uint32_t traits, size_t bytes)
{
        for (size_t i = 0; i < SURFACE_TRAITS; i++) {
                if (!(traits & 1u << i))
                        continue;
                if (surface->kept[i] < SURFACE_ITEMS && surface->item_bytes + bytes <= SURFACE_ITEM_BYTES) {
                        surface->kept[i]++;
                } else {
                        surface->left_out[i] += i != SURFACE_LARGE;
                        traits &= ~(1u << i);
                }
        }
        surface->item_bytes += traits ? bytes : 0;
        return traits;
}

/* What an earlier entry of the path said counts no more. */
static void forget_item(struct surface *surface, struct str path)
{
        size_t number = (size_t)(uintptr_t)map_get(&surface->items_by_path, path);

        if (number)
                surface->items.items[number - 1].traits = 0;
}

static void note_item(struct surface *surface, const struct layer_entry *entry)
{
        struct surface_item *item;
        uint64_t capabilities = capabilities_of(entry->tar->capability);
        struct str what = STR("");
        uint32_t traits = traits_of(entry, capabilities, &what);

        if (entry->again)
                forget_item(surface, entry->path);
        traits = within_limits(surface, traits, entry->path.len);
        if (!traits)
                return;
        item = vec_push(surface->arena, &surface->items);
        *item = (struct surface_item){
                .path = str_copy(surface->arena, entry->path),
                .kind = entry->kind,
                .traits = traits,
                .mode = entry->tar->mode,
                .uid = entry->tar->uid,
                .gid = entry->tar->gid,
                .size = entry->tar->size,
                .capabilities = capabilities,
                .what = what,
        };
        *map_slot(surface->arena, &surface->items_by_path, item->path) = (void *)(uintptr_t)surface->items.count;
}

/* --- whiteouts --- */

static void note_whiteout(struct surface *surface, struct str path)
{
        struct str name = path_name(path), folder = path_parent(path);
        CLEANUP(buf_free) struct buf target = {0};

        if (str_is(name, ".wh..wh..opq")) {
                *vec_push(surface->arena, &surface->opaque) = path_hash(surface->key, folder);
                return;
        }
        buf_add(&target, str_sub(path, 0, path.len - name.len));
        buf_add(&target, str_from(name, sizeof(".wh.") - 1));
        *vec_push(surface->arena, &surface->gone) = path_hash(surface->key, buf_text(&target));
}

static bool on_entry(void *state, const struct layer_entry *entry)
{
        struct surface *surface = state;

        if (entry->kind == PATH_WHITEOUT) {
                note_whiteout(surface, entry->path);
                return false;
        }
        if (entry->kind == PATH_FILE || entry->kind == PATH_HARDLINK)
                add_file(surface, entry);
        note_item(surface, entry);
        return false;
}

/* --- the end --- */

static int compare_hashes(const void *a, const void *b)
{
        const uint64_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static void finish(void *state)
{
        struct surface *surface = state;

        if (surface->gone.count > 1)
                qsort(surface->gone.items, surface->gone.count, sizeof(uint64_t), compare_hashes);
        if (surface->opaque.count > 1)
                qsort(surface->opaque.items, surface->opaque.count, sizeof(uint64_t), compare_hashes);
}

const struct layer_observer surface_observer = {
        .name = "surface",
        .version = 3,
        .takes_notes = true,
        .begin = begin,
        .entry = on_entry,
        .finish = finish,
        .write = surface_write,
        .read = surface_read,
};
