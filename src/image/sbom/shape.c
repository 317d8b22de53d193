/* shape.c - checking a document against what its format allows. */

#include "base/reader.h"
#include "image/open/open.h"
#include "image/sbom/parts.h"

static bool is_word(const char *words, struct str text)
{
        struct str rest = str_of(words), word;

        while (str_split(&rest, ' ', &word))
                if (str_equal(word, text))
                        return true;
        return false;
}

static bool is_digits(struct reader *reader, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (!is_digit(reader_peek(reader, i)))
                        return false;
        reader->at += count;
        return true;
}

/* RFC 3339, section 5.6: date-time. */
static bool is_time(struct str text)
{
        struct reader reader = reader_over(text);

        TRY(is_digits(&reader, 4) && reader_take(&reader, '-') && is_digits(&reader, 2) && reader_take(&reader, '-')
            && is_digits(&reader, 2) && (reader_take(&reader, 'T') || reader_take(&reader, 't')));
        TRY(is_digits(&reader, 2) && reader_take(&reader, ':') && is_digits(&reader, 2) && reader_take(&reader, ':')
            && is_digits(&reader, 2));
        if (reader_take(&reader, '.'))
                TRY(reader_take_while(&reader, is_digit).len);
        if (reader_take(&reader, 'Z') || reader_take(&reader, 'z'))
                return reader_done(&reader);
        return (reader_take(&reader, '+') || reader_take(&reader, '-')) && is_digits(&reader, 2)
               && reader_take(&reader, ':') && is_digits(&reader, 2) && reader_done(&reader);
}

static bool check_text(struct sbom_reading *reading, const struct node *node, const struct sbom_member *member)
{
        struct str text;

        if (node->value.kind != VALUE_STRING)
                return sbom_fail(reading, node->at, "\"%s\" must be a string, not a %s", member->name,
                                 value_kind_name(&node->value));
        text = value_text(&node->value);
        if (member->rule == SBOM_FILLED && !text.len)
                return sbom_fail(reading, node->at, "\"%s\" must not be empty", member->name);
        if (member->rule == SBOM_WORD && !is_word(member->words, text))
                return sbom_fail(reading, node->at, "\"%s\" is \"%.*s\", but must be one of %s", member->name,
                                 STR_ARG(text), member->words);
        if (member->rule == SBOM_TIME_STAMP && !is_time(text))
                return sbom_fail(reading, node->at,
                                 "\"%s\" is \"%.*s\", but must be a time as 2024-05-01T12:00:00Z (RFC 3339)",
                                 member->name, STR_ARG(text));
        return true;
}

static bool check_list(struct sbom_reading *reading, const struct node *node, const struct sbom_member *member)
{
        if (node->value.kind != VALUE_LIST)
                return sbom_fail(reading, node->at, "\"%s\" must be a list, not a %s", member->name,
                                 value_kind_name(&node->value));
        value_each (&node->value, item) {
                if (member->rule == SBOM_STRINGS && item->value.kind != VALUE_STRING)
                        return sbom_fail(reading, item->at, "\"%s\" must hold strings, not a %s", member->name,
                                         value_kind_name(&item->value));
                if (member->shape)
                        TRY(sbom_check(reading, item, member->shape));
        }
        return true;
}

static bool check_kind(struct sbom_reading *reading, const struct node *node, const struct sbom_member *member,
                       enum value_kind kind, const char *what)
{
        return node->value.kind == kind
               || sbom_fail(reading, node->at, "\"%s\" must be %s, not a %s", member->name, what,
                            value_kind_name(&node->value));
}

static bool check_member(struct sbom_reading *reading, const struct node *node, const struct sbom_member *member)
{
        switch (member->rule) {
        case SBOM_ANY:
                return true;
        case SBOM_STRING:
        case SBOM_FILLED:
        case SBOM_WORD:
        case SBOM_TIME_STAMP:
                return check_text(reading, node, member);
        case SBOM_INTEGER:
                TRY(check_kind(reading, node, member, VALUE_INT, "a whole number"));
                return node->value.i >= 1 || sbom_fail(reading, node->at, "\"%s\" must be at least 1", member->name);
        case SBOM_BOOLEAN:
                return check_kind(reading, node, member, VALUE_BOOL, "true or false");
        case SBOM_OBJECT:
                return sbom_check(reading, node, member->shape);
        case SBOM_LIST:
        case SBOM_STRINGS:
                return check_list(reading, node, member);
        case SBOM_CHECKED:
                return member->check(reading, node);
        }
        return true;
}

static bool check_closed(struct sbom_reading *reading, const struct node *node, const struct sbom_shape *shape)
{
        value_each (&node->value, at) {
                struct str key = intern_text(at->key);
                bool known = false;

                for (size_t i = 0; i < shape->count && !known; i++)
                        known = str_equal(key, str_of(shape->members[i].name));
                if (!known)
                        return sbom_fail(reading, at->at, "%s: nothing is called \"%.*s\" in this format", shape->name,
                                         STR_ARG(key));
        }
        return true;
}

bool sbom_check(struct sbom_reading *reading, const struct node *node, const struct sbom_shape *shape)
{
        if (node->value.kind != VALUE_MAP)
                return sbom_fail(reading, node->at, "%s must be an object, not a %s", shape->name,
                                 value_kind_name(&node->value));
        for (size_t i = 0; i < shape->count; i++) {
                const struct sbom_member *member = &shape->members[i];
                const struct node *at = value_node(&node->value, intern_find(str_of(member->name)));

                if (at && at->value.kind != VALUE_NULL)
                        TRY(check_member(reading, at, member));
                else if (member->needed)
                        return sbom_fail(reading, node->at, "%s: \"%s\" is missing", shape->name, member->name);
        }
        if (shape->closed && reading->minor >= 4)
                TRY(check_closed(reading, node, shape));
        return !shape->check || shape->check(reading, node);
}
