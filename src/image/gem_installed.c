/* gem_installed.c - installed gems: the specifications that RubyGems writes (guides.rubygems.org, specification reference).
 *
 * They are Ruby, written by a program: "s.name = "x".freeze". What is computed is not known without running it. */

#include "image/language.h"

/* The first text in quotes. */
static bool quoted(struct str *rest, struct str *out)
{
        size_t at = 0, end;

        while (at < rest->len && rest->data[at] != '"' && rest->data[at] != '\'')
                at++;
        if (at >= rest->len)
                return false;
        end = at + 1;
        while (end < rest->len && rest->data[end] != rest->data[at])
                end++;
        if (end >= rest->len)
                return false;
        *out = str_sub(*rest, at + 1, end);
        *rest = str_from(*rest, end + 1);
        return true;
}

/* What stands behind "s.name =". */
static bool assigned(struct str line, const char *field, struct str *value)
{
        struct str text = str_trim(line), rest, variable = {"", 0};
        size_t len = strlen(field);

        if (!str_split(&text, '.', &variable) || !text.data || !variable.len
            || memchr(variable.data, ' ', variable.len))
                return false;
        if (!str_starts(text, str_of(field)))
                return false;
        rest = str_trim(str_from(text, len));
        if (!str_starts(rest, STR("=")) || str_starts(rest, STR("==")))
                return false;
        *value = str_trim(str_from(rest, 1));
        return true;
}

/* "# stub: name version platform paths" */
static void take_stub(struct str line, struct package *package)
{
        struct str rest = str_from(line, sizeof("# stub: ") - 1);

        str_split(&rest, ' ', &package->name);
        str_split(&rest, ' ', &package->version);
}

/* "s.version = "1.0"" and "s.version = Gem::Version.new("1.0")"; a constant is looked up: VERSION = "1.0". */
static struct str version_of(struct str text, struct str value)
{
        struct str version, constant = str_trim(language_before(value, ".#")), rest = text, line;
        struct str copy = value;

        if (quoted(&copy, &version))
                return version;
        while (constant.len && str_split(&rest, '\n', &line)) {
                struct str after = str_trim(line);

                if (!str_starts(after, constant))
                        continue;
                after = str_trim(str_from(after, constant.len));
                if (str_starts(after, STR("=")) && quoted(&after, &version))
                        return version;
        }
        return (struct str){"", 0};
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct package package = {.type = STR("gem")};
        struct str rest = file->text, line, value, name, licenses[8];

        while (str_split(&rest, '\n', &line)) {
                if (str_starts(line, STR("# stub: ")) && !package.name.len)
                        take_stub(line, &package);
                else if (!package.name.len && assigned(line, "name", &value) && quoted(&value, &name))
                        package.name = name;
                else if (!package.version.len && assigned(line, "version", &value))
                        package.version = version_of(file->text, value);
                else if (!package.license_count
                         && (assigned(line, "licenses", &value) || assigned(line, "license", &value)))
                        while (package.license_count < COUNT_OF(licenses)
                               && quoted(&value, &licenses[package.license_count]))
                                package.license_count++;
        }
        package.licenses = licenses;
        if (!package.name.len || !package.version.len)
                return true; /* computed */
        return package_add(sink, &package, err);
}

static const char *const paths[] = {"**/specifications/*.gemspec", "**/specifications/default/*.gemspec", NULL};

const struct package_format format_gem_installed = {
        .name = "gem-installed",
        .version = 1,
        .paths = paths,
        .most = 4 << 20,
        .parse = parse,
};
