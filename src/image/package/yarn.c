/* yarn.c - yarn.lock, of Yarn 1 (a form of its own) and of later ones (YAML).
 *
 * Both are read line by line: what a package is called for stands at the beginning of a line, and what was found for it is set
 * in by two. */

#include "image/archive/paths.h"
#include "image/package/language.h"

struct reading {
        struct package_sink *sink;
        struct str wanted; /* the first "name@range" */
        struct str version, resolution, resolved;
        bool is_link, began;
        unsigned line, begin;
};

static struct str value_of(struct str line, struct str key)
{
        struct str value;

        if (line.len > key.len + 2 && line.data[0] == '"' && line.data[key.len + 1] == '"') {
                if (!str_starts(str_from(line, 1), key)) /* some versions quote names too */
                        return (struct str){"", 0};
                value = str_from(line, key.len + 2);
                return language_unquote(str_trim(str_starts(value, STR(":")) ? str_from(value, 1) : value));
        }
        if (!str_starts(line, key) || line.len <= key.len || (line.data[key.len] != ' ' && line.data[key.len] != ':'))
                return (struct str){"", 0};
        value = str_from(line, key.len + (line.data[key.len] == ':'));
        return language_unquote(str_trim(value));
}

static bool is_name(struct str text)
{
        return text.len && ((text.data[0] >= 'a' && text.data[0] <= 'z') || text.data[0] == '@')
               && !str_is(text, "latest") && !str_is(text, "next") && !str_is(text, "x");
}

/* What a registry gave, where its address says so: ".../@scope/name/-/name-1.0.0.tgz". A name in a lock file may lead to a package
 * of another one. */
static struct str name_of_address(struct str address)
{
        struct str before = str_sub(address, 0, str_find(address, STR("/-/"), 0)), name, scope;
        const char *slash;

        if (before.len == address.len || memchr(before.data, '%', before.len))
                return (struct str){"", 0};
        slash = memrchr(before.data, '/', before.len);
        if (!slash)
                return (struct str){"", 0};
        name = str_span(slash + 1, before.data + before.len);
        scope = str_span(before.data, slash);
        slash = scope.len ? memrchr(scope.data, '/', scope.len) : NULL;
        return slash && slash + 1 < scope.data + scope.len && slash[1] == '@'
                       ? str_span(slash + 1, before.data + before.len)
                       : name;
}

/* "name@npm:1.0.0" is the plain form; "alias@npm:name@^1" calls a package by another name. */
static bool finish(struct reading *reading, struct err *err)
{
        struct str name, range, real, rest, npm = STR("npm:");
        struct str from = reading->resolution.len ? reading->resolution : reading->wanted;
        unsigned flags = 0;

        if (!reading->began)
                return true;
        reading->began = false;
        if (str_is(reading->wanted, "__metadata"))
                return true;
        if (str_find(reading->wanted, STR("@workspace:"), 1) != SIZE_MAX)
                from = reading->wanted;
        if (!language_split_at(from, &name, &range)) {
                name = from;
                range = (struct str){"", 0};
        }
        if (!name.len)
                return package_problem(reading->sink, "line %u: a package without a name", reading->begin);
        if (!reading->version.len)
                return package_problem(reading->sink, "line %u: %.*s has no version", reading->begin, STR_ARG(name));
        if (reading->is_link || str_starts(range, STR("workspace:")))
                flags = PACKAGE_ROOT;
        if (str_starts(range,
                       npm)) { /* "alias@npm:name", with a range or without: what begins with a digit is a range */
                real = str_from(range, npm.len);
                if (language_split_at(real, &real, &rest) || is_name(real))
                        name = real;
        }
        real = name_of_address(reading->resolved);
        if (real.len && !str_equal(real, path_name(name))) /* some registries leave the scope out, or its '@' */
                name = real;
        return language_add(reading->sink, "npm", name, reading->version, flags, err);
}

static void begin(struct reading *reading, struct str line)
{
        struct str wanted = line;

        if (wanted.len && wanted.data[0] == '"')
                wanted = language_before(str_from(wanted, 1), "\"");
        else if (wanted.len && wanted.data[wanted.len - 1] == ':')
                wanted.len--;
        reading->wanted = str_trim(str_sub(wanted, 0, str_find(wanted, STR(", "), 0)));
        reading->version = reading->resolution = reading->resolved = (struct str){"", 0};
        reading->is_link = false;
        reading->began = true;
        reading->begin = reading->line;
}

static void take(struct reading *reading, struct str line)
{
        struct str version = value_of(line, STR("version")), resolution = value_of(line, STR("resolution"));

        if (version.len)
                reading->version = version;
        if (resolution.len)
                reading->resolution = resolution;
        if (value_of(line, STR("resolved")).len)
                reading->resolved = value_of(line, STR("resolved"));
        if (str_is(value_of(line, STR("linkType")), "soft"))
                reading->is_link = true;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct reading reading = {.sink = sink};
        struct str rest = file->text, line;

        while (str_split(&rest, '\n', &line)) {
                size_t indent = language_indent(line);
                struct str text = str_trim(line);

                reading.line++;
                if (!text.len || text.data[0] == '#')
                        continue;
                if (!indent && text.data[text.len - 1] != ':')
                        return err_set_at(err, reading.line, 1, "wanted is a package and a colon: name@range:");
                if (!indent) {
                        TRY(finish(&reading, err));
                        begin(&reading, text);
                } else if (indent == 2) {
                        take(&reading, text);
                }
        }
        return finish(&reading, err);
}

static const char *const paths[] = {"**/yarn.lock", NULL};

const struct package_format format_yarn = {
        .name = "yarn",
        .version = 2,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
