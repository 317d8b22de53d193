/* bun.c - bun.lock (bun.sh, lockfile): JSON with comments and commas at the end of lists.
 *
 * "packages" maps names to lists whose first item is "name@version". */

#include "image/package/language.h"

/* The end of a text in quotes that begins at `at`. */
static size_t end_of_text(struct str text, size_t at)
{
        for (at++; at < text.len && text.data[at] != '"'; at++)
                if (text.data[at] == '\\')
                        at++;
        return at;
}

static size_t end_of_comment(struct str text, size_t at)
{
        size_t end = str_find(text, text.data[at + 1] == '/' ? STR("\n") : STR("*/"), at + 2);

        return end == SIZE_MAX ? text.len : text.data[at + 1] == '/' ? end : end + 2;
}

/* The same text as JSON: comments and commas too many become spaces, so that places stay. */
static struct str as_json(struct arena *scratch, struct str text)
{
        struct str copy = str_copy(scratch, text);
        char *out = (char *)copy.data;
        size_t comma = SIZE_MAX;

        for (size_t at = 0; at < text.len; at++) {
                char byte = text.data[at];

                if (byte == '"') {
                        at = end_of_text(text, at);
                        comma = SIZE_MAX;
                } else if (byte == '/' && at + 1 < text.len && (text.data[at + 1] == '/' || text.data[at + 1] == '*')) {
                        size_t end = end_of_comment(text, at);

                        memset(out + at, ' ', end - at);
                        at = end - 1;
                } else if (byte == ',') {
                        comma = at;
                } else if (byte == '}' || byte == ']') {
                        if (comma != SIZE_MAX)
                                out[comma] = ' ';
                        comma = SIZE_MAX;
                } else if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') {
                        comma = SIZE_MAX;
                }
        }
        return copy;
}

static bool add(struct package_sink *sink, struct str key, const struct value *entry, struct err *err)
{
        const struct node *first = value_item(entry, 0);
        struct str name, version;
        unsigned flags = 0;

        if (!first || first->value.kind != VALUE_STRING
            || !language_split_at(value_text(&first->value), &name, &version))
                return package_problem(sink, "the package %.*s has no name@version", STR_ARG(key));
        if (str_starts(version, STR("workspace:")) || str_starts(version, STR("link:")))
                flags = PACKAGE_ROOT;
        if (memchr(version.data, ':', version.len) || memchr(version.data, '/', version.len)
            || str_starts(version, STR(".")))
                version.len = 0; /* an address or a folder */
        return language_add(sink, "npm", name, version, flags, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct value *version;
        struct document document;

        TRY(language_json(&scratch, as_json(&scratch, file->text), &document, err));
        version = language_get(&document.root, "lockfileVersion");
        if (version && !value_is(version, VALUE_INT))
                return err_set(err, "its lockfileVersion is no number");
        value_each (language_get(&document.root, "packages"), one)
                TRY(add(sink, intern_text(one->key), &one->value, err));
        return true;
}

static const char *const paths[] = {"**/bun.lock", NULL};

const struct package_format format_bun = {
        .name = "bun",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
