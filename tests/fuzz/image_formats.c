/* image_formats.c - hostile files of packages: the first line names a format, or the first path that a format wants; the rest is
 * the file. Whatever is found has a name and makes a purl. */

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
        for (size_t i = 0; i < sink->owned.count; i++) {
                uint32_t owner = sink->owned.items[i].package;

                check(owner & PACKAGE_OWNER ? (owner & ~(uint32_t)PACKAGE_OWNER) < sink->owners.count
                                            : owner < sink->packages.count);
        }
}

static void try(const struct package_format *format, struct str path, struct str text)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct path_key key = {{1, 2, 3}};
        struct package_sink sink = {.arena = &arena, .paths = &key, .most = 100000};
        struct err err = {0};

        if (!format_parse_text(format, &sink, path, text, &err))
                check(err.length);
        check_found(&arena, &sink);
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
