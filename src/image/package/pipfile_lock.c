/* pipfile_lock.c - Pipfile.lock (pipenv.pypa.io): groups of packages with "version": "==1.0". */

#include "image/package/language.h"

static bool add_group(struct package_sink *sink, const struct value *group, unsigned flags, struct err *err)
{
        value_each (group, one) {
                struct str version = language_text(&one->value, "version");

                if (one->value.kind != VALUE_MAP)
                        continue;
                while (version.len && strchr("=<>!~ ", version.data[0]))
                        version = str_from(version, 1);
                TRY(language_add(sink, "pypi", intern_text(one->key), version, flags, err));
        }
        return true;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        value_each (&document.root, group) {
                struct str name = intern_text(group->key);

                if (!str_starts(name, STR("_")))
                        TRY(add_group(sink, &group->value, str_is(name, "develop") ? PACKAGE_DEVELOPMENT : 0, err));
        }
        return true;
}

static const char *const paths[] = {"**/Pipfile.lock", NULL};

const struct package_format format_pipfile_lock = {
        .name = "pipfile-lock",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
