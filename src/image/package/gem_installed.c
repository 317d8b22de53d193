/* gem_installed.c - installed gems: the specifications that RubyGems writes (guides.rubygems.org, specification reference).
 *
 * They are Ruby, written by a program: "s.name = "x".freeze". What is computed is not known without running it. */

#include "image/package/language.h"

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
static bool assigned(struct str line, struct str specification, const char *field, struct str *value)
{
        struct str text = str_trim(line), rest, variable = {"", 0};
        size_t len = strlen(field);

        if (!specification.len || !str_split(&text, '.', &variable) || !text.data
            || !str_equal(variable, specification))
                return false;
        if (!str_starts(text, str_of(field)))
                return false;
        rest = str_trim(str_from(text, len));
        if (!str_starts(rest, STR("=")) || str_starts(rest, STR("==")))
                return false;
        *value = str_trim(str_from(rest, 1));
        return true;
}

/* "Gem::Specification.new do |s|": how the specification is called. */
static struct str begun(struct str line)
{
        size_t at = str_find(line, STR("Gem::Specification.new"), 0), bar;

        if (at == SIZE_MAX || str_starts(str_trim(line), STR("#")))
                return (struct str){"", 0};
        bar = str_find(line, STR("|"), at);
        return bar == SIZE_MAX ? (struct str){"", 0} : str_trim(language_before(str_from(line, bar + 1), "|"));
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
        struct str specification = {"", 0};
        bool versioned = false; /* a constant is looked for once */

        while (str_split(&rest, '\n', &line)) {
                if (begun(line).len)
                        specification = begun(line);
                else if (!package.name.len && assigned(line, specification, "name", &value) && quoted(&value, &name))
                        package.name = name;
                else if (!versioned && assigned(line, specification, "version", &value)) {
                        package.version = version_of(file->text, value);
                        versioned = true;
                } else if (!package.license_count
                           && (assigned(line, specification, "licenses", &value)
                               || assigned(line, specification, "license", &value)))
                        while (package.license_count < COUNT_OF(licenses)
                               && quoted(&value, &licenses[package.license_count]))
                                package.license_count++;
        }
        package.licenses = licenses;
        if (!specification.len)
                return true; /* other Ruby */
        if (!package.name.len || !package.version.len)
                return err_set(err, "it has no %s, or one that is computed", package.name.len ? "version" : "name");
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
