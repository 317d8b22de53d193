/* conan.c - conan.lock, of Conan 1 (a graph) and 2 (lists), and conanfile.txt (docs.conan.io).
 *
 * A reference is "name/version@user/channel#revision%time". */

#include "image/package/language.h"

static bool add(struct package_sink *sink, struct str reference, unsigned flags, struct err *err)
{
        struct str name, version = reference, rest;
        struct package package = {.type = STR("conan"), .flags = flags};

        reference = str_trim(language_before(reference, "#%"));
        version = reference;
        if (!str_split(&version, '/', &name) || !version.data)
                return true; /* only a version: a project without a name */
        rest = version;
        str_split(&rest, '@', &version);
        package.name = str_trim(name);
        package.version = str_trim(version);
        if (rest.data) {
                struct str user = {"", 0}, channel = rest;

                str_split(&channel, '/', &user);
                if (user.len && !str_is(user, "_")) {
                        package.namespace = user;
                        if (channel.len)
                                package.qualifiers = package_qualifier(sink->arena, "channel", channel);
                }
        }
        if (!package.name.len)
                return package_problem(sink, "%.*s has no name before the slash", STR_ARG(reference));
        return package_add(sink, &package, err);
}

static bool add_list(struct package_sink *sink, const struct value *root, const char *key, unsigned flags,
                     struct err *err)
{
        value_each (language_get(root, key), one) {
                if (one->value.kind == VALUE_STRING)
                        TRY(add(sink, value_text(&one->value), flags, err));
                else /* ["reference", {"patterns": ...}] */
                        value_each (&one->value, part)
                                if (part->value.kind == VALUE_STRING)
                                        TRY(add(sink, value_text(&part->value), flags, err));
        }
        return true;
}

/* Node 0 is the project where it says by which file. */
static bool add_graph(struct package_sink *sink, const struct value *nodes, struct err *err)
{
        value_each (nodes, one) {
                struct str reference = language_text(&one->value, "ref");
                bool root = str_is(intern_text(one->key), "0") && language_text(&one->value, "path").len;
                bool build = str_is(language_text(&one->value, "context"), "build");

                if (!reference.len)
                        reference = language_text(&one->value, "pref"); /* Conan before 1.17 */
                if (!reference.len || root)
                        continue;
                TRY(add(sink, reference, build ? PACKAGE_DEVELOPMENT : 0, err));
        }
        return true;
}

static bool parse_lock(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        TRY(add_graph(sink, language_get(language_get(&document.root, "graph_lock"), "nodes"), err));
        TRY(add_list(sink, &document.root, "requires", 0, err));
        TRY(add_list(sink, &document.root, "build_requires", PACKAGE_DEVELOPMENT, err));
        return add_list(sink, &document.root, "python_requires", PACKAGE_DEVELOPMENT, err);
}

static bool parse_list(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line, section = {"", 0};

        while (str_split(&rest, '\n', &line)) {
                struct str text = str_trim(language_before(line, "#"));
                unsigned flags = str_is(section, "requires") ? 0 : PACKAGE_DEVELOPMENT;

                if (str_starts(text, STR("[")) && str_ends(text, STR("]"))) {
                        section = str_sub(text, 1, text.len - 1);
                        continue;
                }
                if (!text.len
                    || !(str_is(section, "requires") || str_is(section, "build_requires")
                         || str_is(section, "tool_requires") || str_is(section, "test_requires")))
                        continue;
                if (memchr(text.data, '[', text.len))
                        continue; /* a range names no version */
                TRY(add(sink, text, flags, err));
        }
        return true;
}

static const char *const lock_paths[] = {"**/conan.lock", NULL}, *const list_paths[] = {"**/conanfile.txt", NULL};

const struct package_format format_conan_lock = {
        .name = "conan-lock",
        .version = 1,
        .paths = lock_paths,
        .folders_only = true,
        .parse = parse_lock,
};
const struct package_format format_conan_list = {
        .name = "conan-list",
        .version = 1,
        .paths = list_paths,
        .folders_only = true,
        .parse = parse_list,
};
