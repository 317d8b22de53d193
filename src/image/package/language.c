/* language.c - what the readers of the language ecosystems' files have in common. */

#include "image/package/language.h"

const struct node *language_node(const struct value *map, const char *key)
{
        uint32_t number = intern_find(str_of(key));

        return number ? value_node(map, number) : NULL;
}

const struct value *language_get(const struct value *map, const char *key)
{
        const struct node *node = language_node(map, key);

        return node ? &node->value : NULL;
}

struct str language_text(const struct value *map, const char *key)
{
        const struct value *value = language_get(map, key);

        return value_is(value, VALUE_STRING) ? value_text(value) : (struct str){"", 0};
}

static struct str without_mark(struct str text)
{
        return str_from(text, utf8_mark(text));
}

static bool is_map(const struct document *document, struct err *err)
{
        return document->root.kind == VALUE_MAP
               || err_set_at(err, 1, 1, "wanted is a map of names to values, here is a %s",
                             value_kind_name(&document->root));
}

bool language_json(struct arena *scratch, struct str text, struct document *out, struct err *err)
{
        return json_read_one_freely(scratch, without_mark(text), out, err) && is_map(out, err);
}

bool language_yaml(struct arena *scratch, struct str text, struct document *out, struct err *err)
{
        return yaml_read_one(scratch, text, out, err) && is_map(out, err);
}

struct str language_scalar(struct str text, const struct node *node)
{
        struct str line = {"", 0};

        if (!node || node->value.kind == VALUE_LIST || node->value.kind == VALUE_MAP)
                return line;
        if (node->value.kind == VALUE_STRING)
                return value_text(&node->value);
        line = language_before(str_from(text, node->at), "\r\n,}]");
        return str_trim(str_sub(line, 0, str_find(line, STR(" #"), 0)));
}

bool language_add(struct package_sink *sink, const char *type, struct str name, struct str version, unsigned flags,
                  struct err *err)
{
        struct package package = {.type = str_of(type), .name = name, .version = version, .flags = flags};

        if (!name.len)
                return package_problem(sink, "a package%s%.*s has no name", version.len ? " of version " : "",
                                       STR_ARG(version));
        return package_add(sink, &package, err);
}

/* "MIT", {"type": "MIT"}, or a list of either. */
static struct str license_of(const struct value *license)
{
        return value_is(license, VALUE_STRING) ? value_text(license) : language_text(license, "type");
}

bool language_add_licensed(struct package_sink *sink, const struct package *package, const struct value *license,
                           struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct package licensed = *package;
        VEC(struct str) licenses = {0};

        if (license_of(license).len)
                *vec_push(&scratch, &licenses) = license_of(license);
        if (value_is(license, VALUE_LIST))
                value_each (license, one)
                        if (license_of(&one->value).len)
                                *vec_push(&scratch, &licenses) = license_of(&one->value);
        licensed.licenses = licenses.items;
        licensed.license_count = licenses.count;
        return package_add(sink, &licensed, err);
}

bool language_split_at(struct str text, struct str *name, struct str *version)
{
        size_t at = str_find(text, STR("@"), 1);

        if (at == SIZE_MAX)
                return false;
        *name = str_sub(text, 0, at);
        *version = str_from(text, at + 1);
        return true;
}

struct str language_unquote(struct str text)
{
        if (text.len >= 2 && (text.data[0] == '"' || text.data[0] == '\'') && text.data[text.len - 1] == text.data[0])
                return str_sub(text, 1, text.len - 1);
        return text;
}

size_t language_indent(struct str line)
{
        size_t at = 0;

        while (at < line.len && line.data[at] == ' ')
                at++;
        return at;
}

struct str language_before(struct str text, const char *any)
{
        size_t at = 0;

        while (at < text.len && !strchr(any, text.data[at]))
                at++;
        return str_sub(text, 0, at);
}
