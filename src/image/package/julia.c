/* julia.c - Manifest.toml of Julia (pkgdocs.julialang.org), formats 1 and 2. */

#include "image/package/language.h"
#include "image/package/toml.h"

static bool add(struct package_sink *sink, struct str name, const struct value *entry, struct str julia,
                struct err *err)
{
        struct str uuid = language_text(entry, "uuid");
        struct package package = {.type = STR("julia"), .name = name, .version = language_text(entry, "version")};

        if (uuid.len)
                package.qualifiers = package_qualifier(sink->arena, "uuid", uuid);
        if (!package.version.len)
                package.version = julia; /* a part of Julia */
        if (!package.version.len)
                return true;
        return package_add(sink, &package, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct value root;
        const struct value *packages;

        TRY(toml_read(&scratch, file->text, &root, err));
        packages = language_get(&root, "manifest_format") ? language_get(&root, "deps") : &root;
        value_each (packages, one)
                value_each (&one->value, entry)
                        if (entry->value.kind == VALUE_MAP && intern_text(one->key).len)
                                TRY(add(sink, intern_text(one->key), &entry->value,
                                        language_text(&root, "julia_version"), err));
        return true;
}

static const char *const paths[] = {"**/Manifest.toml", "**/JuliaManifest.toml", NULL};

const struct package_format format_julia = {
        .name = "julia",
        .version = 1,
        .paths = paths,
        .parse = parse,
};
