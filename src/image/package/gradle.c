/* gradle.c - lock files of Gradle (docs.gradle.org, dependency locking): "group:artifact:version=configuration,...". */

#include "image/package/language.h"

/* Locked for nothing but tests? */
static bool is_for_tests(struct str configurations)
{
        struct str one;
        bool any = false;

        while (str_split(&configurations, ',', &one)) {
                one = str_trim(one);
                if (one.len && !str_starts(one, STR("test")))
                        return false;
                any = any || one.len;
        }
        return any;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str rest = file->text, line;
        unsigned number = 0;

        while (str_split(&rest, '\n', &line)) {
                struct str version = {"", 0}, text = str_trim(line), configurations, group, artifact;

                number++;
                if (!text.len || text.data[0] == '#' || str_starts(text, STR("empty=")))
                        continue;
                configurations = text;
                str_split(&configurations, '=', &version);
                if (!str_split(&version, ':', &group) || !str_split(&version, ':', &artifact) || !version.data
                    || !group.len || !artifact.len) {
                        package_problem(sink, "line %u: wanted is group:artifact:version", number);
                        continue;
                }
                TRY(language_add(sink, "maven", str_format(&scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact)),
                                 version, is_for_tests(configurations) ? PACKAGE_DEVELOPMENT : 0, err));
        }
        return true;
}

static const char *const paths[] = {"**/gradle.lockfile", "**/buildscript-gradle.lockfile",
                                    "**/gradle/dependency-locks/*.lockfile", NULL};

const struct package_format format_gradle = {
        .name = "gradle",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
