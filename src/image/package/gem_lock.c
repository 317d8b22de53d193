/* gem_lock.c - Gemfile.lock and gems.locked of Bundler (bundler.io).
 *
 * Sections GEM, GIT, PATH and PLUGIN SOURCE have a part "  specs:" with "    name (version)" for each gem; what it needs is set in
 * further. */

#include "image/package/language.h"

/* "name (1.13.6-x86_64-linux)": behind the version stands the platform. */
static bool add(struct package_sink *sink, struct str text, unsigned line, struct err *err)
{
        struct str version = text, name, platform;
        struct package package = {.type = STR("gem")};

        if (!str_split(&version, '(', &name) || !version.data || !str_ends(version, STR(")")))
                return package_problem(sink, "line %u: wanted is name (version)", line);
        version.len--;
        platform = version;
        str_split(&platform, '-', &package.version);
        package.name = str_trim(name);
        if (!package.name.len)
                return package_problem(sink, "line %u: a gem without a name", line);
        if (platform.data)
                package.qualifiers = package_qualifier(sink->arena, "platform", platform);
        return package_add(sink, &package, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line;
        bool specs = false;
        unsigned number = 0;

        while (str_split(&rest, '\n', &line)) {
                size_t indent = language_indent(line);
                struct str text = str_trim(line);

                number++;
                if (!text.len || str_starts(line, STR("<<<<<<<")) || str_starts(line, STR("=======")))
                        continue;
                if (indent < 4)
                        specs = indent == 2 && str_is(text, "specs:");
                else if (specs && indent == 4)
                        TRY(add(sink, text, number, err));
        }
        return true;
}

static const char *const paths[] = {"**/Gemfile.lock", "**/gems.locked", NULL};

const struct package_format format_gem_lock = {
        .name = "gem-lock",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
