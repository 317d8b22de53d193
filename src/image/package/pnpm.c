/* pnpm.c - pnpm-lock.yaml, versions 5 to 9 (github.com/pnpm/spec, lockfile).
 *
 * Packages are named by their dependency path: "/name/1.0.0_peer@2" in version 5, "/name@1.0.0(peer@2)" in 6,
 * "name@1.0.0(peer@2)" in 9. What comes from elsewhere has an address there, and its name and version below. */

#include "image/package/language.h"

static double format_of(struct str text, const struct value *root)
{
        const struct node *node = language_node(root, "lockfileVersion");
        struct str version = language_scalar(text, node);
        double number = 0;

        for (size_t i = 0; i < version.len && version.data[i] >= '0' && version.data[i] <= '9' && number < 1000; i++)
                number = number * 10 + (version.data[i] - '0');
        return number;
}

/* Version 5: the version is behind the last slash, peers behind a '_'. */
static bool split_old(struct str path, struct str *name, struct str *version)
{
        const char *at;

        path = str_from(path, 1);
        if (str_starts(path, STR("@"))) {
                size_t scope = str_find(path, STR("/"), 0);
                size_t end = scope == SIZE_MAX ? SIZE_MAX : str_find(path, STR("/"), scope + 1);

                at = end == SIZE_MAX ? NULL : path.data + end;
        } else {
                at = memchr(path.data, '/', path.len);
        }
        if (!at)
                return false;
        *name = str_span(path.data, at);
        *version = language_before(str_span(at + 1, path.data + path.len), "_/");
        return true;
}

static bool split(struct str path, double format, struct str *name, struct str *version)
{
        bool slash = str_starts(path, STR("/"));

        if (format < 6 && !slash) {
                /* "registry.example.org/name/1.0.0" and "github.com/owner/name/<hash>": named by another registry */
                size_t at = str_find(path, STR("/"), 0);

                if (at == SIZE_MAX || !memchr(path.data, '.', at))
                        return false;
                return split_old(str_from(path, at), name, version);
        }
        if (format < 6 && split_old(path, name, version))
                return true;
        if (!language_split_at(slash ? str_from(path, 1) : path, name, version))
                return false;
        *version = language_before(*version, "(");
        return true;
}

static bool is_development(const struct value *entry)
{
        return value_is_true(language_get(entry, "dev"));
}

static bool add(struct package_sink *sink, struct str text, struct str path, const struct value *entry, double format,
                struct err *err)
{
        struct str name = language_text(entry, "name");
        struct str version = language_scalar(text, language_node(entry, "version"));
        struct str path_name = {"", 0}, path_version = {"", 0};
        bool known = path.len && split(path, format, &path_name, &path_version);

        if (!name.len && (str_starts(path, STR("file:")) || str_starts(path, STR("link:"))))
                return true; /* a folder of the project */
        if (!name.len && !known)
                return package_problem(sink, "%.*s is no dependency path: wanted is %s", STR_ARG(path),
                                       format < 6 ? "/name/version" : "name@version");
        if (!name.len)
                name = path_name;
        if (!version.len)
                version = path_version;
        if (memchr(version.data, ':', version.len))
                version.len = 0; /* an address */
        return language_add(sink, "npm", name, version, is_development(entry) ? PACKAGE_DEVELOPMENT : 0, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document_stream stream;
        const struct value *root;

        yaml_read(&scratch, file->text, &document_default_limits, &stream);
        if (stream.problems.count) {
                struct place place = place_in(file->text, stream.problems.items[0].at);

                return err_set_at(err, place.line, place.column, "%.*s", STR_ARG(stream.problems.items[0].message));
        }
        /* pnpm 10 writes a document about itself before that of the project. */
        for (size_t i = 0; i < stream.documents.count; i++) {
                root = &stream.documents.items[i].root;
                if (root->kind == VALUE_NULL)
                        continue;
                if (root->kind != VALUE_MAP)
                        return err_set_at(err, 1, 1, "wanted is a map, here is a %s", value_kind_name(root));
                value_each (language_get(root, "packages"), one)
                        TRY(add(sink, file->text, intern_text(one->key), &one->value, format_of(file->text, root),
                                err));
        }
        return true;
}

static const char *const paths[] = {"**/pnpm-lock.yaml", NULL};

const struct package_format format_pnpm = {
        .name = "pnpm",
        .version = 2,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
