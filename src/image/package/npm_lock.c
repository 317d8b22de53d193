/* npm_lock.c - package-lock.json and npm-shrinkwrap.json, versions 1 to 3 (docs.npmjs.com, package-lock.json).
 *
 * Version 1 nests "dependencies"; versions 2 and 3 list "packages" by the folders where they go. */

#include "image/archive/paths.h"
#include "image/package/language.h"

enum { NEST_MOST = 200 };

static unsigned flags_of(const struct value *entry)
{
        bool development =
                value_is_true(language_get(entry, "dev")) || value_is_true(language_get(entry, "devOptional"));

        return development ? PACKAGE_DEVELOPMENT : 0;
}

/* What stands in the place of a version and is none: an address, a folder. */
static bool is_address(struct str version)
{
        return memchr(version.data, ':', version.len) || memchr(version.data, '/', version.len);
}

/* Of ".../name/-/name-1.0.0.tgz", as registries have it; early npm 5 wrote this in the place of the version. */
static struct str version_of_archive(struct str name, struct str address)
{
        size_t at = str_find(address, STR("/-/"), 0);
        struct str file = path_name(language_before(address, "?#")), base = path_name(name), version;

        if (at == SIZE_MAX || !str_starts(file, base) || !str_ends(file, STR(".tgz")))
                return (struct str){"", 0};
        version = str_sub(file, base.len, file.len - (sizeof(".tgz") - 1));
        return version.len > 1 && version.data[0] == '-' && version.data[1] >= '0' && version.data[1] <= '9'
                       ? str_from(version, 1)
                       : (struct str){"", 0};
}

/* "git+https://host/a.git#<hash>" */
static bool add_from_address(struct package_sink *sink, struct str name, struct str address, unsigned flags,
                             struct err *err)
{
        struct package package = {.type = STR("npm"), .name = name, .version = version_of_archive(name, address),
                                              .flags = flags};

        if (!package.version.len && !str_starts(address, STR("file:")))
                package.qualifiers = package_qualifier(
                        sink->arena, str_starts(address, STR("git")) ? "vcs_url" : "download_url", address);
        return package_add(sink, &package, err);
}

static bool add_old(struct package_sink *sink, struct str name, const struct value *entry, struct err *err)
{
        struct str version = language_text(entry, "version"), alias = STR("npm:"), real;

        if (!name.len)
                return package_problem(sink, "a dependency has no name");
        if (str_starts(version, alias) && language_split_at(str_from(version, alias.len), &real, &version))
                name = real;
        if (version.len && is_address(version))
                return add_from_address(sink, name, version, flags_of(entry), err);
        return language_add(sink, "npm", name, version, flags_of(entry), err);
}

static bool read_old(struct package_sink *sink, const struct value *dependencies, unsigned depth, struct err *err)
{
        if (depth > NEST_MOST)
                return err_set(err, "dependencies are nested more than %d deep", NEST_MOST);
        value_each (dependencies, one) {
                if (one->value.kind != VALUE_MAP) {
                        struct str name = intern_text(one->key);

                        package_problem(sink, "the dependency %.*s is no map", STR_ARG(name));
                        continue;
                }
                TRY(add_old(sink, intern_text(one->key), &one->value, err));
                TRY(read_old(sink, language_get(&one->value, "dependencies"), depth + 1, err));
        }
        return true;
}

/* The name of what goes to "a/node_modules/@scope/b". */
static struct str name_of_folder(struct str folder)
{
        struct str wanted = STR("node_modules/");
        size_t at = SIZE_MAX;

        for (size_t next = 0; (next = str_find(folder, wanted, next)) != SIZE_MAX; next += wanted.len)
                at = next + wanted.len;
        return at == SIZE_MAX ? (struct str){"", 0} : str_from(folder, at);
}

static bool add_new(struct package_sink *sink, const struct value *root, struct str folder, const struct value *entry,
                    struct err *err)
{
        struct str in_folder = name_of_folder(folder);
        struct package package = {
                .type = STR("npm"), .name = language_text(entry, "name"), .version = language_text(entry, "version"),
                            .flags = flags_of(entry),
                };

        if (value_is_true(language_get(entry, "link")))
                return true; /* the folder that it leads to stands in the list too */
        if (!in_folder.len)
                package.flags |= PACKAGE_ROOT; /* "": the project; "packages/a": a member of its workspace */
        if (!package.name.len)
                package.name = in_folder;
        if (!folder.len) { /* older ones name the project at the top only */
                package.name = package.name.len ? package.name : language_text(root, "name");
                package.version = package.version.len ? package.version : language_text(root, "version");
        }
        if (!package.name.len) { /* npm leaves out a name that is that of the folder */
                const char *slash = folder.len ? memrchr(folder.data, '/', folder.len) : NULL;

                package.name = slash ? str_span(slash + 1, folder.data + folder.len) : folder;
        }
        if (!package.name.len)
                return true; /* the project has no name */
        return language_add_licensed(sink, &package, language_get(entry, "license"), err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;
        const struct value *packages;

        TRY(language_json(&scratch, file->text, &document, err));
        packages = language_get(&document.root, "packages");
        if (!value_is(packages, VALUE_MAP))
                return read_old(sink, language_get(&document.root, "dependencies"), 0, err);
        value_each (packages, one)
                TRY(add_new(sink, &document.root, intern_text(one->key), &one->value, err));
        return true;
}

static const char *const paths[] = {"**/package-lock.json", "**/npm-shrinkwrap.json", NULL};

const struct package_format format_npm_lock = {
        .name = "npm-lock",
        .version = 2,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
