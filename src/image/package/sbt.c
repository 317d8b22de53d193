/* sbt.c - build.sbt.lock of the Scala build tool's lock plugin: "dependencies" with organisation, name and version. */

#include "image/package/language.h"

/* Used only for tests? */
static bool is_for_tests(const struct value *configurations)
{
        bool any = false;

        value_each (configurations, one) {
                if (!value_is_text(&one->value, "test"))
                        return false;
                any = true;
        }
        return any;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        value_each (language_get(&document.root, "dependencies"), one) {
                struct str group = language_text(&one->value, "org"), name = language_text(&one->value, "name");

                if (!group.len || !name.len) {
                        package_problem(sink, "a dependency has no %s", group.len ? "name" : "org");
                        continue;
                }
                TRY(language_add(sink, "maven", str_format(&scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(name)),
                                 language_text(&one->value, "version"),
                                 is_for_tests(language_get(&one->value, "configurations")) ? PACKAGE_DEVELOPMENT : 0,
                                 err));
        }
        return true;
}

static const char *const paths[] = {"**/build.sbt.lock", NULL};

const struct package_format format_sbt = {
        .name = "sbt",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
