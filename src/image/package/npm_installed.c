/* npm_installed.c - installed packages of Node.js: the package.json of each (docs.npmjs.com, package.json). */

#include "image/package/language.h"

/* "node_modules/name/package.json" and "node_modules/@scope/name/package.json": what lies deeper belongs to the package. */
static bool is_installed(struct str path)
{
        struct str rest = path, part, before = {0}, two_before = {0}, three_before = {0};

        while (str_split(&rest, '/', &part) && rest.data) {
                three_before = two_before;
                two_before = before;
                before = part;
        }
        if (str_is(two_before, "node_modules") || str_is(two_before, "nodejs"))
                return !str_starts(before, STR("@"));
        return (str_is(three_before, "node_modules") || str_is(three_before, "nodejs"))
               && str_starts(two_before, STR("@"));
}

/* "name" and "@scope/name" */
static bool is_name(struct str name)
{
        struct str rest = name, part;
        unsigned parts = 0;

        while (str_split(&rest, '/', &part)) {
                if (!part.len || (str_starts(part, STR("@")) && (parts || part.len == 1)))
                        return false;
                parts++;
        }
        return parts == (str_starts(name, STR("@")) ? 2 : 1);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;
        struct package package = {.type = STR("npm")};
        const struct value *license;

        if (!is_installed(file->path))
                return true;
        TRY(language_json(&scratch, file->text, &document, err));
        package.name = language_text(&document.root, "name");
        package.version = language_text(&document.root, "version");
        if (!package.name.len || !package.version.len)
                return true; /* it only tells how the files below are to be loaded */
        if (!is_name(package.name))
                return err_set(err, "%.*s is no name of a package", STR_ARG(package.name));
        license = language_get(&document.root, "license");
        if (!license)
                license = language_get(&document.root, "licenses");
        return language_add_licensed(sink, &package, license, err);
}

static const char *const paths[] = {"**/node_modules/*/package.json", "**/node_modules/*/*/package.json",
                                    "usr/share/nodejs/*/package.json", "usr/share/nodejs/*/*/package.json", NULL};

const struct package_format format_npm_installed = {
        .name = "npm-installed",
        .version = 1,
        .paths = paths,
        .most = 4 << 20,
        .parse = parse,
};
