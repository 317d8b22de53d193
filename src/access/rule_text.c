/* rule_text.c - rules read from objects, and printed and sorted as the API server does. */

#include <stdlib.h>

#include "access/rule_set.h"
#include "doc/key.h"

/* --- reading --- */

struct rule_field {
        const char *name;
        uint32_t key;
        size_t offset;
};

static const struct rule_field fields[] = {
        {"verbs", KEY_verbs, offsetof(struct access_rule, verbs)},
        {"apiGroups", KEY_apiGroups, offsetof(struct access_rule, groups)},
        {"resources", KEY_resources, offsetof(struct access_rule, resources)},
        {"resourceNames", KEY_resourceNames, offsetof(struct access_rule, names)},
        {"nonResourceURLs", KEY_nonResourceURLs, offsetof(struct access_rule, urls)},
};

static bool read_words(struct arena *arena, const struct value *list, const char *field, size_t index,
                       struct access_words *out, struct err *err)
{
        static const uint32_t nothing[1];
        uint32_t *items;

        if (!list || value_is(list, VALUE_NULL))
                return true;
        if (!value_is(list, VALUE_LIST))
                return err_set(err, "rules[%zu].%s is a %s, not a list", index, field, value_kind_name(list));
        items = arena_array(arena, uint32_t, list->len);
        value_each (list, item) {
                if (!value_is(&item->value, VALUE_STRING))
                        return err_set(err, "rules[%zu].%s[%u] is a %s, not a text", index, field, out->count,
                                       value_kind_name(&item->value));
                items[out->count++] = intern(value_text(&item->value));
        }
        out->items = out->count ? items : nothing;
        return true;
}

bool access_rules_read(struct arena *arena, const struct value *list, struct access_rules *out, struct err *err)
{
        struct access_rule *rules;

        *out = (struct access_rules){0};
        if (!list || value_is(list, VALUE_NULL))
                return true;
        if (!value_is(list, VALUE_LIST))
                return err_set(err, "rules is a %s, not a list", value_kind_name(list));
        rules = arena_array(arena, struct access_rule, list->len);
        value_each (list, item) {
                struct access_rule *rule = &rules[out->count];

                if (!value_is(&item->value, VALUE_MAP))
                        return err_set(err, "rules[%zu] is a %s, not a map", out->count, value_kind_name(&item->value));
                for (size_t f = 0; f < COUNT_OF(fields); f++)
                        TRY(read_words(arena, value_get(&item->value, fields[f].key), fields[f].name, out->count,
                                       (struct access_words *)(void *)((char *)rule + fields[f].offset), err));
                out->count++;
        }
        out->items = rules;
        return true;
}

/* --- printing --- */

/* As Go's %q: what is not printable ASCII is kept when it is UTF-8 of a letter, else escaped; resource words are ASCII. */
static void print_quoted(struct buf *buf, struct str text)
{
        buf_add_char(buf, '"');
        for (size_t i = 0; i < text.len; i++) {
                unsigned char byte = (unsigned char)text.data[i];

                if (byte == '"' || byte == '\\')
                        buf_add_char(buf, '\\');
                if (byte == '\n')
                        buf_add_literal(buf, "\\n");
                else if (byte == '\t')
                        buf_add_literal(buf, "\\t");
                else if (byte == '\r')
                        buf_add_literal(buf, "\\r");
                else if (byte < 0x20 || byte == 0x7f)
                        buf_add_format(buf, "\\x%02x", byte);
                else
                        buf_add_char(buf, (char)byte);
        }
        buf_add_char(buf, '"');
}

static void print_words(struct buf *buf, const char *name, const struct access_words *words, bool *first)
{
        if (!words->count)
                return;
        buf_add_format(buf, "%s%s:[", *first ? "" : ", ", name);
        for (uint32_t i = 0; i < words->count; i++) {
                if (i)
                        buf_add_char(buf, ' ');
                print_quoted(buf, intern_text(words->items[i]));
        }
        buf_add_char(buf, ']');
        *first = false;
}

void access_rule_print(struct buf *buf, const struct access_rule *rule)
{
        bool first = true;

        buf_add_char(buf, '{');
        print_words(buf, "APIGroups", &rule->groups, &first);
        print_words(buf, "Resources", &rule->resources, &first);
        print_words(buf, "NonResourceURLs", &rule->urls, &first);
        print_words(buf, "ResourceNames", &rule->names, &first);
        print_words(buf, "Verbs", &rule->verbs, &first);
        buf_add_char(buf, '}');
}

/* --- sorting --- */

int access_rule_compare(const struct access_rule *one, const struct access_rule *other)
{
        CLEANUP(buf_free) struct buf a = {0}, b = {0};

        access_rule_print(&a, one);
        access_rule_print(&b, other);
        return str_compare(buf_text(&a), buf_text(&b));
}

struct printed {
        struct str text;
        size_t index;
};

static int compare_printed(const void *left, const void *right)
{
        const struct printed *one = left, *other = right;
        int order = str_compare(one->text, other->text);

        return order ? order : (one->index > other->index) - (one->index < other->index);
}

void access_rules_sort(struct arena *arena, struct access_rule *rules, size_t count)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct printed *printed = arena_array(arena, struct printed, count);
        struct access_rule *old = arena_array(arena, struct access_rule, count);

        for (size_t i = 0; i < count; i++) {
                text.len = 0;
                access_rule_print(&text, &rules[i]);
                printed[i] = (struct printed){str_copy(arena, buf_text(&text)), i};
                old[i] = rules[i];
        }
        if (count)
                qsort(printed, count, sizeof(*printed), compare_printed);
        for (size_t i = 0; i < count; i++)
                rules[i] = old[printed[i].index];
}
