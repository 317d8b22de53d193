/* python_installed.c - installed Python packages: the metadata of wheels and eggs (packaging.python.org, core metadata).
 *
 * Fields stand before the first empty line, as in mail; what follows is the description. */

#include "base/buf.h"
#include "image/archive/zip.h"
#include "image/package/formats.h"

enum { METADATA_MOST = 4 << 20 };

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
                if (str_equal_nocase(name, STR("Name")) && !package.name.len)
                        package.name = value;
                else if (str_equal_nocase(name, STR("Version")) && !package.version.len)
                        package.version = value;
                else if (str_equal_nocase(name, STR("License-Expression")))
                        expression = value;
                else if (str_equal_nocase(name, STR("License")))
                        license = value;
                else if (str_equal_nocase(name, STR("Classifier")) && !classified.len)
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

/* --- eggs that were never unpacked: Python loads them as they are --- */

struct egg {
        struct arena arena;
        struct zip *zip;
        struct buf text; /* of EGG-INFO/PKG-INFO */
};

struct egg_state {
        struct egg *egg;
};

static bool wants(void *context, struct str name)
{
        (void)context;
        return str_is(name, "EGG-INFO/PKG-INFO");
}

static bool begin(void *context, size_t number, struct str name, struct err *err)
{
        (void)context;
        (void)name;
        return !number || err_set(err, "it is there several times");
}

static bool take_piece(void *context, struct str piece, struct err *err)
{
        struct egg *egg = context;

        if (egg->text.len + piece.len > METADATA_MOST)
                return err_set(err, "it has more than %d bytes", METADATA_MOST);
        buf_add(&egg->text, piece);
        return true;
}

static bool end_entry(void *context, struct err *err)
{
        (void)context;
        (void)err;
        return true;
}

static void close_egg(void *object)
{
        struct egg *egg = object;

        buf_free(&egg->text);
        arena_free(&egg->arena);
}

static struct egg *egg_of(struct egg_state *state, struct package_sink *sink)
{
        const struct zip_visitor visitor = {.wants = wants, .begin = begin, .piece = take_piece, .end = end_entry};

        if (!state->egg) {
                state->egg = arena_new(sink->arena, struct egg);
                arena_at_end(sink->arena, close_egg, state->egg);
                state->egg->zip = zip_new(&state->egg->arena, &visitor, state->egg);
        }
        return state->egg;
}

static enum stream_wish feed_egg(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                                 struct str piece, struct err *err)
{
        (void)file;
        (void)at;
        return zip_feed(egg_of(object, sink)->zip, piece, err) ? STREAM_MORE : STREAM_BAD;
}

static bool read_egg(struct egg *egg, struct package_sink *sink, struct err *err)
{
        const struct zip_entry *entries;
        size_t count;

        TRY(zip_finish(egg->zip, &entries, &count, err));
        if (!count)
                return true; /* it has no name but that of its file */
        if (entries[0].problem.len)
                return err_set(err, "%.*s: %.*s", STR_ARG(entries[0].name), STR_ARG(entries[0].problem));
        return read_fields(sink, buf_text(&egg->text), err);
}

static enum stream_wish end_egg(void *object, struct package_sink *sink, const struct package_file *file,
                                struct err *err)
{
        struct egg *egg = egg_of(object, sink);
        bool fine = read_egg(egg, sink, err);

        (void)file;
        close_egg(egg);
        return fine ? STREAM_ENOUGH : STREAM_BAD;
}

static const char *const paths[] = {"**/*dist-info/METADATA", "**/*egg-info/PKG-INFO", "**/*DIST-INFO/METADATA",
                                    "**/*EGG-INFO/PKG-INFO",  "**/*.egg-info",         NULL};
static const char *const egg_paths[] = {"**/*.egg", NULL};

static const struct package_stream egg_stream = {sizeof(struct egg_state), feed_egg, end_egg};

const struct package_format format_python_installed = {
        .name = "python-installed",
        .version = 2,
        .paths = paths,
        .most = METADATA_MOST,
        .parse = parse,
};
const struct package_format format_python_egg = {
        .name = "python-egg",
        .version = 2,
        .paths = egg_paths,
        .most = (uint64_t)4 << 30,
        .stream = &egg_stream,
};
