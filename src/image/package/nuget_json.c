/* nuget_json.c - packages.lock.json of NuGet and *.deps.json of .NET programs (github.com/dotnet/sdk, runtime configuration). */

#include "image/package/language.h"

static bool parse_lock(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        value_each (language_get(&document.root, "dependencies"), framework)
                value_each (&framework->value, one) {
                        if (framework->value.kind != VALUE_MAP || str_is(language_text(&one->value, "type"), "Project"))
                                continue; /* another project of the same solution */
                        TRY(language_add(sink, "nuget", intern_text(one->key), language_text(&one->value, "resolved"),
                                         0, err));
                }
        return true;
}

/* Whether the program loads something of a library: of packages that only build, nothing is in any target. */
static bool is_loaded(const struct value *targets, struct str library)
{
        bool named = false;

        value_each (targets, target) {
                const struct value *entry = value_get(&target->value, intern(library));

                if (!entry)
                        continue;
                named = true;
                if (language_get(entry, "runtime") || language_get(entry, "runtimeTargets")
                    || language_get(entry, "native") || language_get(entry, "resources"))
                        return true;
        }
        return !named;
}

static bool parse_program(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        value_each (language_get(&document.root, "libraries"), one) {
                struct str version = intern_text(one->key), name;
                struct str type = language_text(&one->value, "type");
                unsigned flags = str_is(type, "project") ? PACKAGE_ROOT : 0;

                if (str_starts(version, STR("runtimepack.")))
                        version = str_from(version, sizeof("runtimepack.") - 1); /* .NET itself, brought along */
                else if (str_is(type, "package") && !is_loaded(language_get(&document.root, "targets"), version))
                        continue;
                if (!str_split(&version, '/', &name) || !version.data)
                        package_problem(sink, "%.*s is no library: wanted is name/version", STR_ARG(name));
                else if (name.len)
                        TRY(language_add(sink, "nuget", name, version, flags, err));
        }
        return true;
}

static const char *const lock_paths[] = {"**/packages.lock.json", NULL}, *const program_paths[] = {"**/*.deps.json",
                                                                                                   NULL};

const struct package_format format_nuget_lock = {
        .name = "nuget-lock",
        .version = 1,
        .paths = lock_paths,
        .parse = parse_lock,
};
const struct package_format format_nuget_program = {
        .name = "nuget-program",
        .version = 1,
        .paths = program_paths,
        .parse = parse_program,
};
