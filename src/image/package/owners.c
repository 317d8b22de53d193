/* owners.c - which package of the operating system brought a file. */

#include "image/package/owners.h"

#include <stdlib.h>

#include "base/map.h"

void owners_add(struct owners *owners, const struct package_sink *found, const uint32_t *indexes, const char *type)
{
        if (found->owned.count)
                *vec_push(owners->arena, &owners->files) = (struct owners_file){found, indexes, type ? type : ""};
}

static struct str file_of(struct str path)
{
        return str_sub(path, 0, str_find(path, STR("!"), 0));
}

static void ask(struct owners *owners, struct str path)
{
        *vec_push(owners->arena, &owners->paths) = (struct owners_path){path_hash(owners->key, path), UINT32_MAX};
}

/* Where /lib is a link to /usr/lib, databases may still say /lib. */
static bool is_below_usr(struct str file, struct str *rest)
{
        struct str usr = STR("usr/");

        *rest = str_from(file, usr.len);
        return str_starts(file, usr);
}

void owners_ask(struct owners *owners, struct str path)
{
        struct str file = file_of(path), rest;

        ask(owners, file);
        if (is_below_usr(file, &rest))
                ask(owners, rest);
}

static int compare_paths(const void *a, const void *b)
{
        const struct owners_path *x = a, *y = b;

        return x->path < y->path ? -1 : x->path > y->path;
}

static struct owners_path *find(const struct owners *owners, uint64_t hash)
{
        size_t low = 0, high = owners->paths.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (owners->paths.items[middle].path < hash)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < owners->paths.count && owners->paths.items[low].path == hash ? &owners->paths.items[low] : NULL;
}

/* The package that is called so, from 1; 0 if there is none. */
static uint32_t package_named(struct owners *owners, const struct map *by_name, const struct owners_file *file,
                              uint32_t name)
{
        return (uint32_t)(uintptr_t)map_get(
                by_name, str_format(owners->arena, "%s\n%.*s", file->type, STR_ARG(file->found->owners.items[name])));
}

static void look_in(struct owners *owners, const struct map *by_name, const struct owners_file *file)
{
        for (const struct package_owned *owned = file->found->owned.first; owned; owned = owned->next) {
                uint32_t package = owned->package & PACKAGE_OWNER
                                           ? package_named(owners, by_name, file, owned->package & ~PACKAGE_OWNER) - 1
                                           : file->indexes[owned->package];

                for (size_t i = 0; i < owned->count; i++) {
                        struct owners_path *path = find(owners, owned->paths[i]);

                        if (path)
                                path->package = package < path->package ? package : path->package;
                }
        }
}

void owners_close(struct owners *owners, const struct package *packages, size_t count)
{
        struct map by_name = {0};
        size_t kept = 0;

        if (!owners->paths.count)
                return;
        for (size_t i = 0; i < count; i++) {
                void **slot = map_slot(
                        owners->arena, &by_name,
                        str_format(owners->arena, "%.*s\n%.*s", STR_ARG(packages[i].type), STR_ARG(packages[i].name)));

                if (!*slot)
                        *slot = (void *)(uintptr_t)(i + 1);
        }
        qsort(owners->paths.items, owners->paths.count, sizeof(owners->paths.items[0]), compare_paths);
        for (size_t i = 0; i < owners->paths.count; i++)
                if (!kept || owners->paths.items[kept - 1].path != owners->paths.items[i].path)
                        owners->paths.items[kept++] = owners->paths.items[i];
        owners->paths.count = kept;
        for (size_t i = 0; i < owners->files.count; i++)
                look_in(owners, &by_name, &owners->files.items[i]);
}

struct str owners_find(const struct owners *owners, const struct package *packages, struct str path)
{
        struct str file = file_of(path), rest;
        const struct owners_path *owned = find(owners, path_hash(owners->key, file));

        if ((!owned || owned->package == UINT32_MAX) && is_below_usr(file, &rest))
                owned = find(owners, path_hash(owners->key, rest));
        return owned && owned->package != UINT32_MAX ? packages[owned->package].purl : (struct str){"", 0};
}
