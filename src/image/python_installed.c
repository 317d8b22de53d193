/* python_installed.c - installed Python packages: the metadata of wheels and eggs (packaging.python.org, core metadata).
 *
 * Fields stand before the first empty line, as in mail; what follows is the description. */

#include "image/formats.h"

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

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct package package = {.type = STR("pypi")};
        struct str rest = file->text, line, license = {0}, expression = {0}, classified = {0};

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

static const char *const paths[] = {"**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/EGG-INFO/PKG-INFO",
                                    "**/*.egg-info", NULL};

const struct package_format format_python_installed = {
        .name = "python-installed",
        .version = 1,
        .paths = paths,
        .most = 4 << 20,
        .parse = parse,
};
