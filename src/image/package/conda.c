/* conda.c - what conda installed (conda-meta/NAME.json), and environment.yml (docs.conda.io). */

#include "image/package/language.h"

static bool parse_installed(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;
        struct package package = {.type = STR("conda")};
        struct str build;

        TRY(language_json(&scratch, file->text, &document, err));
        package.name = language_text(&document.root, "name");
        package.version = language_text(&document.root, "version");
        if (!package.name.len || !package.version.len)
                return err_set(err, "it has no %s", package.name.len ? "version" : "name");
        build = language_text(&document.root, "build");
        if (!build.len)
                build = language_text(&document.root, "build_string");
        if (build.len)
                package.qualifiers = package_qualifier(&scratch, "build", build);
        if (language_text(&document.root, "subdir").len) {
                struct str subdir = package_qualifier(&scratch, "subdir", language_text(&document.root, "subdir"));

                package.qualifiers = str_format(&scratch, "%.*s%s%.*s", STR_ARG(package.qualifiers),
                                                package.qualifiers.len ? "&" : "", STR_ARG(subdir));
        }
        return language_add_licensed(sink, &package, language_get(&document.root, "license"), err);
}

/* "channel::name=1.0=build", "name ==1.0", "name 1.0 build", "name>=1.0": only what names one version has one. */
static bool add(struct package_sink *sink, struct str text, struct err *err)
{
        size_t channel = str_find(text, STR("::"), 0);
        struct str name, version, build = {"", 0}, rest;
        struct package package = {.type = STR("conda")};

        if (channel != SIZE_MAX)
                text = str_from(text, channel + 2);
        name = str_trim(language_before(text, " =<>!~[;"));
        rest = str_trim(str_from(text, language_before(text, " =<>!~[;").len));
        if (!name.len)
                return package_problem(sink, "%.*s names no package", STR_ARG(text));
        while (str_starts(rest, STR("=")))
                rest = str_from(rest, 1);
        version = language_before(rest, " =");
        build = str_trim(str_from(rest, version.len + 1));
        if (version.len
            && (strchr("<>!~[;", version.data[0]) || memchr(version.data, '*', version.len)
                || memchr(version.data, '|', version.len) || memchr(version.data, ',', version.len)
                || memchr(version.data, '>', version.len) || memchr(version.data, '<', version.len)))
                version.len = build.len = 0;
        package.name = name;
        package.version = version;
        if (build.len)
                package.qualifiers = package_qualifier(sink->arena, "build", build);
        return package_add(sink, &package, err);
}

static bool add_pip(struct package_sink *sink, const struct value *list, struct err *err)
{
        value_each (list, one) {
                struct str text = value_is(&one->value, VALUE_STRING) ? value_text(&one->value) : (struct str){"", 0};
                struct str name = str_trim(language_before(text, " =<>!~[;@"));
                size_t at = str_find(text, STR("=="), 0);
                struct str version = at == SIZE_MAX ? (struct str){"", 0} : str_trim(str_from(text, at + 2));

                if (one->value.kind != VALUE_STRING)
                        return err_set(err, "what pip installs has to be a list of texts");
                if (name.len && name.data[0] != '-')
                        TRY(language_add(sink, "pypi", name, str_trim(language_before(version, " ;,")), 0, err));
        }
        return true;
}

static bool parse_environment(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;
        const struct node *dependencies;

        TRY(language_yaml(&scratch, file->text, &document, err));
        dependencies = language_node(&document.root, "dependencies");
        if (dependencies && dependencies->value.kind != VALUE_LIST && dependencies->value.kind != VALUE_NULL)
                return err_set(err, "dependencies has to be a list");
        value_each (dependencies ? &dependencies->value : NULL, one) {
                if (one->value.kind == VALUE_STRING)
                        TRY(add(sink, value_text(&one->value), err));
                else if (one->value.kind == VALUE_MAP && value_is(language_get(&one->value, "pip"), VALUE_LIST))
                        TRY(add_pip(sink, language_get(&one->value, "pip"), err));
                else
                        return err_set(err, "a dependency has to be a text, or pip with a list");
        }
        return true;
}

static const char *const installed_paths[] = {"**/conda-meta/*.json", NULL}, *const environment_paths[] = {
                                                                                     "**/environment.yml",
                                                                                     "**/environment.yaml", NULL};

const struct package_format format_conda_installed = {
        .name = "conda-installed",
        .version = 1,
        .paths = installed_paths,
        .parse = parse_installed,
};
const struct package_format format_conda_environment = {
        .name = "conda-environment",
        .version = 1,
        .paths = environment_paths,
        .folders_only = true,
        .parse = parse_environment,
};
