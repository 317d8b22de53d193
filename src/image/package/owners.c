/* owners.c - which package of the operating system brought a file. */

#include "image/package/owners.h"

#include <stdlib.h>

#include "base/map.h"

void owners_add(struct owners *owners, const struct package_sink *found, const uint32_t *indexes, const char *type)
{
        size_t first_name = owners->names.count;

        for (size_t i = 0; i < found->owners.count; i++)
                *vec_push(owners->arena, &owners->names) =
                        str_format(owners->arena, "%s\n%.*s", type ? type : "", STR_ARG(found->owners.items[i]));
        for (size_t i = 0; i < found->owned.count; i++) {
                struct package_owned owned = found->owned.items[i];

                if (owned.package & PACKAGE_OWNER)
                        owned.package += (uint32_t)first_name;
                else
                        owned.package = indexes[owned.package];
                *vec_push(owners->arena, &owners->owned) = owned;
        }
}

static int compare_owned(const void *a, const void *b)
{
        const struct package_owned *x = a, *y = b;

        if (x->path != y->path)
                return x->path < y->path ? -1 : 1;
        return x->package < y->package ? -1 : x->package > y->package;
}

void owners_close(struct owners *owners, const struct package *packages, size_t count)
{
        struct map by_name = {0};
        size_t kept = 0;

        for (size_t i = 0; i < count; i++) {
                void **slot = map_slot(
                        owners->arena, &by_name,
                        str_format(owners->arena, "%.*s\n%.*s", STR_ARG(packages[i].type), STR_ARG(packages[i].name)));

                if (!*slot)
                        *slot = (void *)(uintptr_t)(i + 1);
        }
        for (size_t i = 0; i < owners->owned.count; i++) {
                struct package_owned owned = owners->owned.items[i];

                if (owned.package & PACKAGE_OWNER) {
                        void *known = map_get(&by_name, owners->names.items[owned.package & ~(uint32_t)PACKAGE_OWNER]);

                        if (!known)
                                continue;
                        owned.package = (uint32_t)((uintptr_t)known - 1);
                }
                owners->owned.items[kept++] = owned;
        }
        owners->owned.count = kept;
        if (kept)
                qsort(owners->owned.items, kept, sizeof(owners->owned.items[0]), compare_owned);
        owners->closed = true;
}

static const struct package_owned *find(const struct owners *owners, struct str path)
{
        uint64_t hash = path_hash(owners->key, path);
        size_t low = 0, high = owners->owned.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (owners->owned.items[middle].path < hash)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < owners->owned.count && owners->owned.items[low].path == hash ? &owners->owned.items[low] : NULL;
}

struct str owners_find(const struct owners *owners, const struct package *packages, struct str path)
{
        size_t inner = str_find(path, STR("!"), 0);
        struct str file = str_sub(path, 0, inner), usr = STR("usr/");
        const struct package_owned *owned = find(owners, file);

        /* Where /lib is a link to /usr/lib, databases may still say /lib. */
        if (!owned && str_starts(file, usr))
                owned = find(owners, str_from(file, usr.len));
        return owned ? packages[owned->package].purl : (struct str){"", 0};
}
