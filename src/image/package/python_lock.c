/* python_lock.c - lock files of Python tools in TOML: poetry.lock, uv.lock, pdm.lock and pylock.toml (PEP 751).
 *
 * All list [[package]] with name and version, pylock.toml [[packages]]. */

#include "image/package/language.h"
#include "image/package/toml.h"

/* uv names the project itself by where it is: { virtual = "." } or { editable = "." }. */
static unsigned flags_of(const struct value *entry)
{
        const struct value *source = language_get(entry, "source");
        const struct value *category = language_get(entry, "category");

        if (str_is(language_text(source, "virtual"), ".") || str_is(language_text(source, "editable"), "."))
                return PACKAGE_ROOT;
        return value_is_text(category, "dev") ? PACKAGE_DEVELOPMENT : 0;
}

static bool add_all(struct package_sink *sink, const struct value *packages, struct err *err)
{
        value_each (packages, one)
                TRY(language_add(sink, "pypi", language_text(&one->value, "name"),
                                 language_text(&one->value, "version"), flags_of(&one->value), err));
        return true;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct value root;

        TRY(toml_read(&scratch, file->text, &root, err));
        TRY(add_all(sink, language_get(&root, "package"), err));
        return add_all(sink, language_get(&root, "packages"), err);
}

static const char *const paths[] = {"**/poetry.lock", "**/uv.lock",       "**/pdm.lock",
                                    "**/pylock.toml", "**/pylock.*.toml", NULL};

const struct package_format format_python_lock = {
        .name = "python-lock",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
