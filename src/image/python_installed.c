/* python_installed.c - installed Python packages: the metadata of wheels and eggs (packaging.python.org, core metadata).
 *
 * Fields stand before the first empty line, as in mail; what follows is the description. */

#include "image/formats.h"
#include "image/zip.h"

enum { METADATA_MOST = 4 << 20 };

static bool name_is(struct str name, struct str wanted)
{
        if (name.len != wanted.len)
                return false;
        for (size_t i = 0; i < name.len; i++)
                if ((name.data[i] | 0x20) != (wanted.data[i] | 0x20))
                        return false;
        return true;
}

/* The last words of "License :: OSI Approved :: MIT License". */
static struct str license_of_classifier(struct str value)
{
        struct str prefix = STR("License ::");
        const char *at;

        if (!str_starts(value, prefix))
                return STR("");
        at = memrchr(value.data, ':', value.len);
        return str_trim(str_span(at + 1, value.data + value.len));
}

static bool read_fields(struct package_sink *sink, struct str text, struct err *err)
{
        struct package package = {.type = STR("pypi")};
        struct str rest = text, line, license = {0}, expression = {0}, classified = {0};

        while (str_split(&rest, '\n', &line) && str_trim(line).len) {
                struct str value = line, name;

                if (line.data[0] == ' ' || line.data[0] == '\t' || !str_split(&value, ':', &name) || !value.data)
                        continue; /* a field goes on; nothing that is read here does */
                value = str_trim(value);
                if (name_is(name, STR("Name")) && !package.name.len)
                        package.name = value;
                else if (name_is(name, STR("Version")) && !package.version.len)
                        package.version = value;
                else if (name_is(name, STR("License-Expression")))
                        expression = value;
                else if (name_is(name, STR("License")))
                        license = value;
                else if (name_is(name, STR("Classifier")) && !classified.len)
                        classified = license_of_classifier(value);
        }
        if (!package.name.len || !package.version.len)
                return err_set(err, "it has no %s", package.name.len ? "Version" : "Name");
        license = expression.len ? expression : license.len && !str_is(license, "UNKNOWN") ? license : classified;
        package.licenses = &license;
        package.license_count = license.len > 0;
        return package_add(sink, &package, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        return read_fields(sink, file->text, err);
}

/* An egg that was never unpacked: Python loads it as it is. */
static bool parse_egg(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct zip zip;
        struct str text;

        TRY(zip_open(&scratch, file->text, &zip, err));
        for (size_t i = 0; i < zip.entries.count; i++)
                if (str_is(zip.entries.items[i].name, "EGG-INFO/PKG-INFO")) {
                        TRY(zip_read(&scratch, &zip, &zip.entries.items[i], METADATA_MOST, &text, err)
                            || err_within(err, "EGG-INFO/PKG-INFO"));
                        return read_fields(sink, text, err);
                }
        return true; /* it has no name but that of its file */
}

static const char *const paths[] = {"**/*dist-info/METADATA", "**/*egg-info/PKG-INFO", "**/*DIST-INFO/METADATA",
                                    "**/*EGG-INFO/PKG-INFO",  "**/*.egg-info",         NULL};
static const char *const egg_paths[] = {"**/*.egg", NULL};

const struct package_format format_python_installed = {
        .name = "python-installed",
        .version = 2,
        .paths = paths,
        .most = METADATA_MOST,
        .parse = parse,
};
const struct package_format format_python_egg = {
        .name = "python-egg",
        .version = 1,
        .paths = egg_paths,
        .most = 256 << 20,
        .parse = parse_egg,
};
