/* package.c - what a parser adds, copied and counted. */

#include "image/package/package.h"

#include "image/archive/paths.h"

enum { MOST_DEFAULT = 4 << 20, MOST_PROBLEMS = 100 };

static bool has_room(const struct package_sink *sink, size_t count, const char *what, struct err *err)
{
        uint64_t most = sink->most ? sink->most : MOST_DEFAULT;

        return count < most || err_set(err, "more than %" PRIu64 " %s in one file", most, what);
}

static struct str copy(struct arena *arena, struct str text)
{
        return text.len ? str_copy(arena, text) : (struct str){"", 0};
}

bool package_add(struct package_sink *sink, const struct package *package, struct err *err)
{
        struct package *added;
        struct str *licenses;

        TRY(has_room(sink, sink->packages.count, "packages", err));
        if (!package->type.len || !package->name.len)
                return err_set(err, "a package without a name");
        vec_reserve(sink->arena, &sink->packages, 1); /* most files name no more */
        added = vec_push(sink->arena, &sink->packages);
        *added = (struct package){
                .type = copy(sink->arena, package->type),
                .name = copy(sink->arena, package->name),
                .version = copy(sink->arena, package->version),
                .arch = copy(sink->arena, package->arch),
                .namespace = copy(sink->arena, package->namespace),
                .qualifiers = copy(sink->arena, package->qualifiers),
                .subpath = copy(sink->arena, package->subpath),
                .source = copy(sink->arena, package->source),
                .source_version = copy(sink->arena, package->source_version),
                .vendor = copy(sink->arena, package->vendor),
                .license_count = package->license_count,
                .flags = package->flags,
        };
        licenses = arena_array(sink->arena, struct str, package->license_count);
        for (size_t i = 0; i < package->license_count; i++)
                licenses[i] = copy(sink->arena, package->licenses[i]);
        added->licenses = licenses;
        return true;
}

bool package_note(struct package_sink *sink, struct str key, struct str value, struct err *err)
{
        TRY(has_room(sink, sink->notes.count, "notes", err));
        *vec_push(sink->arena, &sink->notes) = (struct package_note){copy(sink->arena, key), copy(sink->arena, value)};
        return true;
}

/* The number under which a file's owner is known. Parsers name the same owner many times in a row. */
static uint32_t owner_number(struct package_sink *sink, struct str name)
{
        for (size_t i = sink->owners.count; i-- > 0;)
                if (str_equal(sink->owners.items[i], name))
                        return (uint32_t)i | PACKAGE_OWNER;
        *vec_push(sink->arena, &sink->owners) = copy(sink->arena, name);
        return (uint32_t)(sink->owners.count - 1) | PACKAGE_OWNER;
}

void package_owned_add(struct arena *arena, struct package_owned_list *list, uint32_t package, uint64_t path)
{
        enum { LEAST = 4, MOST = 1000 }; /* two such blocks are one of the arena */
        struct package_owned *last = list->last;

        if (!last || last->package != package || last->count == last->capacity) {
                bool goes_on = last && last->package == package;
                uint32_t capacity = goes_on ? (uint32_t)min_size(2 * (size_t)last->capacity, MOST) : LEAST;

                last = arena_take(arena, sizeof(*last) + capacity * sizeof(last->paths[0]));
                *last = (struct package_owned){.package = package, .capacity = capacity};
                *(list->last ? &list->last->next : &list->first) = last;
                list->last = last;
                list->runs++;
        }
        last->paths[last->count++] = path;
        list->count++;
}

bool package_owns(struct package_sink *sink, struct str name, struct str path, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str clean;

        TRY(has_room(sink, sink->owned.count, "owned files", err));
        if (!name.len && !sink->packages.count)
                return err_set(err, "a file is owned before there is a package");
        if (!sink->paths || !path_clean(&scratch, path, &clean) || !clean.len)
                return true; /* nothing in the image can have this path */
        package_owned_add(sink->arena, &sink->owned,
                          name.len ? owner_number(sink, name) : (uint32_t)(sink->packages.count - 1),
                          path_hash(sink->paths, clean));
        return true;
}

bool package_problem(struct package_sink *sink, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        if (sink->problems.count < MOST_PROBLEMS)
                *vec_push(sink->arena, &sink->problems) = err_message(sink->arena, format, arguments);
        va_end(arguments);
        return true;
}

int package_compare(const void *a, const void *b)
{
        const struct package *x = a, *y = b;
        int order = str_compare(x->type, y->type);

        if (!order)
                order = str_compare(x->name, y->name);
        if (!order)
                order = str_compare(x->version, y->version);
        if (!order)
                order = str_compare(x->arch, y->arch);
        return order ? order : str_compare(x->purl, y->purl);
}
