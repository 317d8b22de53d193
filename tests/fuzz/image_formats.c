/* image_formats.c - hostile files of packages: the first line names a format, or the first path that a format wants; the rest is
 * the file. Where files are put together, form feeds stand between several. Whatever is found has a name and makes a purl. */

#include "image/archive/paths.h"
#include "image/package/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static void check_found(struct arena *arena, const struct package_sink *sink)
{
        for (size_t i = 0; i < sink->packages.count; i++) {
                const struct package *package = &sink->packages.items[i];

                check(package->name.len && package->type.len);
                check(str_starts(package_purl(arena, package), STR("pkg:")));
        }
        for (const struct package_owned *owned = sink->owned.first; owned; owned = owned->next) {
                uint32_t owner = owned->package;

                check(owned->count <= owned->capacity);
                check(owner & PACKAGE_OWNER ? (owner & ~(uint32_t)PACKAGE_OWNER) < sink->owners.count
                                            : owner < sink->packages.count);
        }
}

static void try_alone(const struct package_format *format, struct str path, struct str text)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct path_key key = {{1, 2, 3}};
        struct package_sink sink = {.arena = &arena, .paths = &key, .most = 100000};
        struct err err = {0};

        if (!format_parse_text(format, &sink, path, text, &err))
                check(err.length);
        check_found(&arena, &sink);
}

/* The first in the root, the others in folders below. */
static void try_together(const struct package_format *format, struct str path, struct str text)
{
        enum { MOST = 8 };
        struct arena arena CLEANUP(arena_free) = {0};
        struct path_key key = {{1, 2, 3}};
        struct package_result results[MOST];
        struct str part;
        size_t count = 0;
        struct err err = {0};

        while (count < MOST && str_split(&text, '\f', &part)) {
                struct package_result *result = &results[count];

                result->path =
                        count ? str_format(&arena, "%zu/%.*s", count, STR_ARG(path_name(path))) : path_name(path);
                result->found = arena_new(&arena, struct package_sink);
                *result->found = (struct package_sink){.arena = &arena, .paths = &key, .most = 100000};
                format_parse_text(format, result->found, result->path, part, &(struct err){0});
                count++;
        }
        if (!format->conclude(&arena, results, count, &err))
                check(err.length);
        for (size_t i = 0; i < count; i++)
                check_found(&arena, results[i].found);
}

static void try(const struct package_format *format, struct str path, struct str text)
{
        try_alone(format, path, text);
        if (format->conclude)
                try_together(format, path, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data, size}, name;

        if (!str_split(&text, '\n', &name) || !text.data)
                return 0;
        for (size_t i = 0; i < package_format_count; i++) {
                const struct package_format *format = package_formats[i];
                const char *pattern = format->paths ? format->paths[0] : NULL;

                if (str_equal(name, str_of(format->name)))
                        try(format, pattern ? str_of(pattern) : STR("usr/bin/program"), text);
                for (const char *const *one = format->paths; one && *one; one++)
                        if (format_path_matches(*one, name)) {
                                try(format, name, text);
                                break;
                        }
        }
        return 0;
}
