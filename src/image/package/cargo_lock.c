/* cargo_lock.c - Cargo.lock (doc.rust-lang.org, cargo guide). */

#include "image/package/language.h"
#include "image/package/toml.h"

static bool add(struct package_sink *sink, const struct value *entry, struct err *err)
{
        struct str source = language_text(entry, "source"), git = STR("git+"),
                                                                      version = language_text(entry, "version");
        struct package package = {.type = STR("cargo"), .name = language_text(entry, "name"), .version = version};

        if (!package.name.len)
                return package_problem(sink, "a package%s%.*s has no name", version.len ? " of version " : "",
                                       STR_ARG(version));
        if (str_starts(source, git))
                package.qualifiers = package_qualifier(sink->arena, "vcs_url", source);
        return package_add(sink, &package, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct value root;

        TRY(toml_read(&scratch, file->text, &root, err));
        value_each (language_get(&root, "package"), one)
                TRY(add(sink, &one->value, err));
        return true;
}

static const char *const paths[] = {"**/Cargo.lock", NULL};

/* Counts in an image too: it says what was built in there. */
const struct package_format format_cargo_lock = {
        .name = "cargo-lock",
        .version = 1,
        .paths = paths,
        .parse = parse,
};
