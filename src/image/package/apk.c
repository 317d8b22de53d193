/* apk.c - installed packages of Alpine, Wolfi and Chainguard: lib/apk/db/installed (apk's database format, version 2).
 *
 * A line is a letter, a colon and a value; an empty line ends a package. */

#include "image/package/formats.h"

#include "base/map.h"

struct reading {
        struct package_sink *sink;
        struct map names; /* the first of packages with the same name counts */
        struct package package;
        struct str folder;
        bool filled, known;
        uint32_t line, begin;
        VEC(struct str) licenses;
        VEC(struct str) files; /* owned, for when the package is added */
};

/* "MIT AND (BSD-2-Clause OR GPL-2.0)" is one expression; nothing is split. */
static bool finish(struct reading *reading, struct err *err)
{
        struct package *package = &reading->package;
        struct package_sink *sink = reading->sink;
        void **seen;

        if (!reading->filled)
                return true;
        if (!package->name.len)
                return package_problem(sink, "line %u: a package without a name", reading->begin);
        if (!package->version.len)
                return package_problem(sink, "line %u: the package %.*s has no version", reading->begin,
                                       STR_ARG(package->name));
        seen = map_slot(sink->arena, &reading->names, package->name);
        if (*seen)
                return true;
        *seen = sink;
        package->type = STR("apk");
        if (!package->source.len)
                package->source = package->name;
        package->source_version = package->version;
        package->licenses = reading->licenses.items;
        package->license_count = reading->licenses.count;
        TRY(package_add(sink, package, err));
        for (size_t i = 0; i < reading->files.count; i++)
                TRY(package_owns(sink, STR(""), reading->files.items[i], err));
        return true;
}

static bool take(struct reading *reading, char letter, struct str value)
{
        struct package_sink *sink = reading->sink;

        switch (letter) {
        case 'P':
                reading->package.name = value;
                break;
        case 'V':
                reading->package.version = value;
                break;
        case 'A':
                reading->package.arch = value;
                break;
        case 'o':
                reading->package.source = value;
                break;
        case 'm':
                reading->package.vendor = value;
                break;
        case 'L':
                if (value.len)
                        *vec_push(sink->arena, &reading->licenses) = value;
                break;
        case 'F':
                reading->folder = value;
                break;
        case 'R':
                *vec_push(sink->arena, &reading->files) =
                        str_format(sink->arena, "%.*s/%.*s", STR_ARG(reading->folder), STR_ARG(value));
                break;
        default:
                break;
        }
        return true;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct reading reading = {.sink = sink, .begin = 1};
        struct str rest = file->text, line;

        while (str_split(&rest, '\n', &line)) {
                reading.line++;
                if (line.len && line.data[line.len - 1] == '\r')
                        line.len--;
                if (!line.len) {
                        TRY(finish(&reading, err));
                        reading.filled = false;
                        reading.package = (struct package){0};
                        reading.licenses.count = reading.files.count = 0;
                        reading.folder = STR("");
                        reading.begin = reading.line + 1;
                } else if (line.len < 2 || line.data[1] != ':') {
                        package_problem(sink, "line %u: wanted is a letter and a colon", reading.line);
                } else {
                        reading.filled = true;
                        take(&reading, line.data[0], str_from(line, 2));
                }
        }
        return finish(&reading, err);
}

static const char *const paths[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL};

const struct package_format format_apk = {
        .name = "apk",
        .version = 1,
        .paths = paths,
        .parse = parse,
};
