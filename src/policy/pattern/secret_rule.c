/* secret_rule.c - one rule file, read strictly: what is not understood is an error with its place. */

#include "policy/pattern/secret_rule.h"

#include <stdlib.h>

#include "doc/document.h"
#include "policy/pattern/embedded.h"
#include "policy/pattern/secret_check.h"

struct secret_reader {
        struct arena *arena;
        struct str text, file;
        struct err *err;
};

/* A field of a file: its name, where it goes, and what reads it. */
struct secret_field {
        struct str name;
        bool required;
        size_t offset, count_offset;
        bool (*read)(struct secret_reader *reader, const struct node *node, void *out, size_t *count);
};

static bool wrong(struct secret_reader *reader, const struct node *node, const char *what)
{
        struct place place = place_in(reader->text, node->at);

        return err_set_at(reader->err, place.line, place.column, "%s", what);
}

static bool unknown(struct secret_reader *reader, const struct node *node, const char *what, struct str given,
                    const struct str *words, size_t count)
{
        struct str nearest = str_nearest(given, words, count);
        struct place place = place_in(reader->text, node->at);

        if (nearest.len)
                return err_set_at(reader->err, place.line, place.column, "\"%.*s\" is no %s: did you mean %.*s?",
                                  STR_ARG(given), what, STR_ARG(nearest));
        return err_set_at(reader->err, place.line, place.column, "\"%.*s\" is no %s: docs/secrets.md names them",
                          STR_ARG(given), what);
}

static bool read_text(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        (void)count;
        if (node->value.kind != VALUE_STRING || !node->value.len)
                return wrong(reader, node, "text is wanted here: put it in quotes");
        *(struct str *)out = value_text(&node->value);
        return true;
}

static bool read_id(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        const char *slash = reader->file.len ? memrchr(reader->file.data, '/', reader->file.len) : NULL;
        struct str name = slash ? str_from(reader->file, (size_t)(slash + 1 - reader->file.data)) : reader->file;
        struct str id;

        TRY(read_text(reader, node, out, count));
        id = *(struct str *)out;
        for (size_t i = 0; i < id.len; i++)
                if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", id.data[i]))
                        return wrong(reader, node, "an id has small letters, digits and - only");
        if (str_ends(name, STR(".yaml")) && !str_equal(str_sub(name, 0, name.len - 5), id))
                return wrong(reader, node, "the file of a rule is called after its id: rename one of them");
        return true;
}

static bool read_severity(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        static const struct str words[] = {STR_INIT("critical"), STR_INIT("high"), STR_INIT("medium"), STR_INIT("low")};

        TRY(read_text(reader, node, out, count));
        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_equal(words[i], *(struct str *)out))
                        return true;
        return unknown(reader, node, "severity", *(struct str *)out, words, COUNT_OF(words));
}

static bool read_check(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        const struct secret_check **check = out;
        struct str name = STR(""), *names;

        TRY(read_text(reader, node, &name, count));
        *check = secret_check_find(name);
        if (*check)
                return true;
        names = arena_array(reader->arena, struct str, secret_check_count);
        for (size_t i = 0; i < secret_check_count; i++)
                names[i] = secret_checks[i].name;
        return unknown(reader, node, "check", name, names, secret_check_count);
}

static bool read_entropy(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        double bits = node->value.kind == VALUE_INT      ? (double)node->value.i
                      : node->value.kind == VALUE_DOUBLE ? node->value.d
                                                         : 0;

        (void)count;
        if (!(bits > 0 && bits < 8))
                return wrong(reader, node, "a number of bits above 0 and below 8 is wanted");
        *(double *)out = bits;
        return true;
}

static bool read_flag(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        (void)count;
        if (node->value.kind != VALUE_BOOL)
                return wrong(reader, node, "true or false is wanted here");
        *(bool *)out = node->value.boolean;
        return true;
}

static bool read_list(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        struct str *items;

        if (node->value.kind != VALUE_LIST || !node->value.len)
                return wrong(reader, node, "a list of texts is wanted here");
        items = arena_array(reader->arena, struct str, node->value.len);
        for (uint32_t i = 0; i < node->value.len; i++)
                TRY(read_text(reader, &node->value.nodes[i], &items[i], NULL));
        *(const struct str **)out = items;
        *count = node->value.len;
        return true;
}

static bool read_keywords(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        TRY(read_list(reader, node, out, count));
        for (size_t i = 0; i < *count; i++) {
                struct str word = (*(const struct str **)out)[i];

                for (size_t k = 0; k < word.len; k++)
                        if (word.data[k] >= 'A' && word.data[k] <= 'Z')
                                return wrong(reader, &node->value.nodes[i],
                                             "keywords are written in small letters; they count in any case");
        }
        return true;
}

/* [{TOOL: ID}, ...] */
static bool read_references(struct secret_reader *reader, const struct node *node, void *out, size_t *count)
{
        struct secret_reference *references;

        if (node->value.kind != VALUE_LIST || !node->value.len)
                return wrong(reader, node, "a list of references is wanted here");
        references = arena_array(reader->arena, struct secret_reference, node->value.len);
        for (uint32_t i = 0; i < node->value.len; i++) {
                const struct node *item = &node->value.nodes[i];

                if (item->value.kind != VALUE_MAP || item->value.len != 1)
                        return wrong(reader, item, "a reference is written as {TOOL: ID}");
                references[i].tool = intern_text(item->value.nodes[0].key);
                TRY(read_text(reader, &item->value.nodes[0], &references[i].id, NULL));
        }
        *(const struct secret_reference **)out = references;
        *count = node->value.len;
        return true;
}

#define FIELD(name, required, type, member, read)                                                                      \
        {                                                                                                              \
                STR_INIT(name), required, offsetof(type, member), 0, read                                              \
        }
#define LIST(name, required, type, member, count, read)                                                                \
        {                                                                                                              \
                STR_INIT(name), required, offsetof(type, member), offsetof(type, count), read                          \
        }

static const struct secret_field rule_fields[] = {
        FIELD("id", true, struct secret_rule, id, read_id),
        FIELD("title", true, struct secret_rule, title, read_text),
        FIELD("severity", true, struct secret_rule, severity, read_severity),
        FIELD("description", true, struct secret_rule, description, read_text),
        FIELD("pattern", true, struct secret_rule, pattern, read_text),
        LIST("keywords", true, struct secret_rule, keywords, keyword_count, read_keywords),
        FIELD("entropy", false, struct secret_rule, entropy, read_entropy),
        FIELD("check", false, struct secret_rule, check, read_check),
        LIST("allow", false, struct secret_rule, allow, allow_count, read_list),
        FIELD("path", false, struct secret_rule, path, read_text),
        FIELD("anywhere", false, struct secret_rule, anywhere, read_flag),
        FIELD("generic", false, struct secret_rule, generic, read_flag),
        LIST("references", false, struct secret_rule, references, reference_count, read_references),
};

static const struct secret_field example_fields[] = {
        LIST("good", true, struct secret_rule, good, good_count, read_list),
        LIST("bad", true, struct secret_rule, bad, bad_count, read_list),
};

static const struct secret_field allowance_fields[] = {
        LIST("placeholders", true, struct secret_allowance, placeholders, placeholder_count, read_list),
        LIST("paths", true, struct secret_allowance, paths, path_count, read_list),
};

static bool read_fields(struct secret_reader *reader, const struct node *map, const struct secret_field *fields,
                        size_t count, struct str beside, void *out)
{
        struct str names[COUNT_OF(rule_fields) + 1];

        if (map->value.kind != VALUE_MAP)
                return wrong(reader, map, "a map is wanted here: docs/secrets.md names its fields");
        for (size_t i = 0; i < count; i++)
                names[i] = fields[i].name;
        names[count] = beside;
        value_each (&map->value, member) {
                struct str name = intern_text(member->key);
                size_t i = 0;

                while (i < count && !str_equal(fields[i].name, name))
                        i++;
                if (i < count)
                        TRY(fields[i].read(reader, member, (char *)out + fields[i].offset,
                                           (size_t *)(void *)((char *)out + fields[i].count_offset)));
                else if (!beside.len || !str_equal(name, beside))
                        return unknown(reader, member, "field", name, names, count + (beside.len > 0));
        }
        for (size_t i = 0; i < count; i++)
                if (fields[i].required && !value_node(&map->value, intern(fields[i].name)))
                        return err_set_at(reader->err, place_in(reader->text, map->at).line, 1,
                                          "the field `%.*s` is missing", STR_ARG(fields[i].name));
        return true;
}

bool secret_rule_read(struct arena *arena, struct str text, struct str file, struct secret_rule *out, struct err *err)
{
        struct secret_reader reader = {arena, text, file, err};
        struct document document;
        struct node root;
        const struct node *examples;

        *out = (struct secret_rule){0};
        TRY(yaml_read_one(arena, text, &document, err));
        root = (struct node){.at = document.at, .value = document.root};
        TRY(read_fields(&reader, &root, rule_fields, COUNT_OF(rule_fields), STR("examples"), out));
        examples = value_node(&root.value, intern(STR("examples")));
        if (!examples)
                return !file.len || err_set_at(err, 1, 1, "the field `examples` is missing");
        return read_fields(&reader, examples, example_fields, COUNT_OF(example_fields), STR(""), out);
}

bool secret_allowance_read(struct arena *arena, struct str text, struct secret_allowance *out, struct err *err)
{
        struct secret_reader reader = {arena, text, {0}, err};
        struct document document;
        struct node root;

        *out = (struct secret_allowance){0};
        TRY(yaml_read_one(arena, text, &document, err));
        root = (struct node){.at = document.at, .value = document.root};
        return read_fields(&reader, &root, allowance_fields, COUNT_OF(allowance_fields), STR(""), out);
}

/* What is built in has been tried when the program was tested. */
static void must(bool fine)
{
        if (!fine)
                abort();
}

static int compare_rules(const void *a, const void *b)
{
        return str_compare(((const struct secret_rule *)a)->id, ((const struct secret_rule *)b)->id);
}

const struct secret_rule *secret_rules_builtin(struct arena *arena, size_t *count)
{
        struct secret_rule *rules = arena_array(arena, struct secret_rule, secret_files_count);
        struct err err = {0};

        for (size_t i = 0; i < secret_files_count; i++)
                must(secret_rule_read(arena, *secret_files[i], STR(""), &rules[i], &err));
        qsort(rules, secret_files_count, sizeof(*rules), compare_rules);
        *count = secret_files_count;
        return rules;
}

const struct secret_allowance *secret_allowance_builtin(struct arena *arena)
{
        struct secret_allowance *allowance = arena_new(arena, struct secret_allowance);
        struct err err = {0};

        must(secret_allowance_read(arena, embedded_allow_yaml, allowance, &err));
        return allowance;
}
