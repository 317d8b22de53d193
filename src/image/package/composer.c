/* composer.c - composer.lock, and installed.json of what is installed (getcomposer.org). */

#include "image/package/language.h"

static bool add(struct package_sink *sink, const struct value *entry, unsigned flags, struct err *err)
{
        struct package package = {
                .type = STR("composer"), .name = language_text(entry, "name"),
                            .version = language_text(entry, "version"), .flags = flags,
                };

        if (!package.name.len)
                package.name = language_text(entry, "package"); /* before Composer 1.0 */
        if (!package.name.len)
                return package_problem(sink, "a package has no name");
        return language_add_licensed(sink, &package, language_get(entry, "license"), err);
}

static bool add_all(struct package_sink *sink, const struct value *packages, unsigned flags, struct err *err)
{
        value_each (packages, one)
                TRY(add(sink, &one->value, flags, err));
        return true;
}

static bool parse_lock(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        TRY(add_all(sink, language_get(&document.root, "packages"), 0, err));
        return add_all(sink, language_get(&document.root, "packages-dev"), PACKAGE_DEVELOPMENT, err);
}

/* Composer 1 writes a list, Composer 2 {"packages": [...]}. */
static bool parse_installed(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(json_read_one_freely(&scratch, file->text, &document, err));
        if (document.root.kind == VALUE_LIST)
                return add_all(sink, &document.root, 0, err);
        return add_all(sink, language_get(&document.root, "packages"), 0, err);
}

static const char *const lock_paths[] = {"**/composer.lock", NULL}, *const installed_paths[] = {
                                                                            "**/composer/installed.json", NULL};

const struct package_format format_composer_lock = {
        .name = "composer-lock",
        .version = 2,
        .paths = lock_paths,
        .folders_only = true,
        .parse = parse_lock,
};
const struct package_format format_composer_installed = {
        .name = "composer-installed",
        .version = 1,
        .paths = installed_paths,
        .parse = parse_installed,
};
