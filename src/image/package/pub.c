/* pub.c - pubspec.lock of Dart and Flutter (dart.dev). */

#include "image/package/language.h"

static bool add(struct package_sink *sink, struct str text, const struct node *one, struct err *err)
{
        struct str dependency = language_text(&one->value, "dependency");
        struct package package = {
                .type = STR("pub"), .name = intern_text(one->key),
                            .version = language_scalar(text, language_node(&one->value, "version")),
                            .flags = str_starts(dependency, STR("direct dev")) ? PACKAGE_DEVELOPMENT : 0,
                            };
        const struct value *description = language_get(&one->value, "description");

        if (!package.name.len)
                return package_problem(sink, "a package has no name");
        if (str_is(language_text(&one->value, "source"), "git") && language_text(description, "url").len)
                package.qualifiers = package_qualifier(sink->arena, "vcs_url", language_text(description, "url"));
        return package_add(sink, &package, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_yaml(&scratch, file->text, &document, err));
        value_each (language_get(&document.root, "packages"), one)
                TRY(add(sink, file->text, one, err));
        return true;
}

static const char *const paths[] = {"**/pubspec.lock", NULL};

const struct package_format format_pub = {
        .name = "pub",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
