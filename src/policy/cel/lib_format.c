/* lib_format.c - named formats of text (Kubernetes' pkg/cel/library, format; the rules are those of
 * k8s.io/apimachinery/pkg/util/validation and of the formats in OpenAPI schemas). */

#include "base/reader.h"
#include "base/url.h"
#include "policy/cel/lib.h"

enum { LABEL_LENGTH = 63, SUBDOMAIN_LENGTH = 253, MESSAGES = 4 };

/* What is wrong with a text. */
struct complaints {
        struct arena *arena;
        struct node items[MESSAGES];
        size_t count;
};

struct format {
        const char *name;
        void (*check)(struct complaints *complaints, struct str text);
};

static void complain(struct complaints *complaints, struct str message)
{
        if (complaints->count < MESSAGES)
                complaints->items[complaints->count++].value = value_string(message);
}

static void check_length(struct complaints *complaints, struct str text, size_t most)
{
        if (text.len > most)
                complain(complaints, str_format(complaints->arena, "must be no more than %zu characters", most));
}

static bool is_lower(int byte)
{
        return byte >= 'a' && byte <= 'z';
}

static bool is_lower_or_digit(int byte)
{
        return is_lower(byte) || is_digit(byte);
}

static bool is_lower_digit_or_dash(int byte)
{
        return is_lower_or_digit(byte) || byte == '-';
}

static bool is_alphanumeric(int byte)
{
        return is_letter(byte) || is_digit(byte);
}

static bool is_name_byte(int byte)
{
        return is_alphanumeric(byte) || byte == '-' || byte == '_' || byte == '.';
}

/* Whether the first byte, those between and the last are of these kinds. One byte is first and last at once. */
static bool is_made_of(struct str text, bool (*first)(int), bool (*inner)(int), bool (*last)(int))
{
        if (!text.len || !first((unsigned char)text.data[0]) || !last((unsigned char)text.data[text.len - 1]))
                return false;
        for (size_t i = 1; i + 1 < text.len; i++)
                TRY(inner((unsigned char)text.data[i]));
        return true;
}

static bool is_dns_label(struct str text)
{
        return is_made_of(text, is_lower_or_digit, is_lower_digit_or_dash, is_lower_or_digit);
}

static bool is_dns_subdomain(struct str text)
{
        struct str label;

        while (str_split(&text, '.', &label))
                TRY(is_dns_label(label));
        return true;
}

static void check_dns1123_label(struct complaints *complaints, struct str text)
{
        check_length(complaints, text, LABEL_LENGTH);
        if (!is_dns_label(text))
                complain(complaints,
                         STR("must be an RFC 1123 label: lower case letters, digits and '-', with a letter or "
                                         "digit at both ends (my-name, 123-abc)"));
}

static void check_dns1123_subdomain(struct complaints *complaints, struct str text)
{
        check_length(complaints, text, SUBDOMAIN_LENGTH);
        if (!text.data || !is_dns_subdomain(text))
                complain(complaints,
                         STR("must be an RFC 1123 subdomain: lower case letters, digits, '-' and '.', with a letter "
                                         "or digit at both ends of each part (example.com)"));
}

static void check_dns1035_label(struct complaints *complaints, struct str text)
{
        check_length(complaints, text, LABEL_LENGTH);
        if (!is_made_of(text, is_lower, is_lower_digit_or_dash, is_lower_or_digit))
                complain(complaints,
                         STR("must be an RFC 1035 label: lower case letters, digits and '-', with a letter first and "
                                         "a letter or digit last (my-name, abc-123)"));
}

/* A prefix may end with a dash, because something follows it: that dash and what is before it become a letter. */
static struct str without_last_dash(struct arena *arena, struct str text)
{
        char *copy;

        if (text.len < 2 || text.data[text.len - 1] != '-')
                return text;
        copy = arena_take_text(arena, text.len - 1);
        memcpy(copy, text.data, text.len - 2);
        copy[text.len - 2] = 'a';
        return (struct str){copy, text.len - 1};
}

static void check_dns1123_label_prefix(struct complaints *complaints, struct str text)
{
        check_dns1123_label(complaints, without_last_dash(complaints->arena, text));
}

static void check_dns1123_subdomain_prefix(struct complaints *complaints, struct str text)
{
        check_dns1123_subdomain(complaints, without_last_dash(complaints->arena, text));
}

static void check_dns1035_label_prefix(struct complaints *complaints, struct str text)
{
        check_dns1035_label(complaints, without_last_dash(complaints->arena, text));
}

/* The name of a label: up to 63 characters, with an optional domain and '/' before it. */
static void check_qualified_name(struct complaints *complaints, struct str text)
{
        size_t slash = str_find(text, STR("/"), 0);
        struct str name = str_from(text, slash == SIZE_MAX ? 0 : slash + 1);

        if (slash == 0)
                complain(complaints, STR("prefix part must be non-empty"));
        else if (slash != SIZE_MAX)
                check_dns1123_subdomain(complaints, str_sub(text, 0, slash));
        if (!name.len)
                complain(complaints, STR("name part must be non-empty"));
        check_length(complaints, name, LABEL_LENGTH);
        if (name.len && !is_made_of(name, is_alphanumeric, is_name_byte, is_alphanumeric))
                complain(complaints,
                         STR("name part must consist of letters, digits, '-', '_' and '.', with a letter or digit at "
                                         "both ends (MyName, my.name, 123-abc), after an optional DNS subdomain and '/'"));
}

static void check_label_value(struct complaints *complaints, struct str text)
{
        check_length(complaints, text, LABEL_LENGTH);
        if (text.len && !is_made_of(text, is_alphanumeric, is_name_byte, is_alphanumeric))
                complain(complaints,
                         STR("must be empty or consist of letters, digits, '-', '_' and '.', with a letter or digit "
                                         "at both ends (MyValue, my_value, 12345)"));
}

static void check_uri(struct complaints *complaints, struct str text)
{
        struct url url;

        if (!url_read(complaints->arena, text, &url))
                complain(complaints, STR("must be an absolute URI or path"));
}

static bool is_hex(int byte)
{
        return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool take_bytes(struct reader *reader, bool (*belongs)(int byte), size_t count)
{
        for (; count > 0; count--, reader->at++)
                TRY(belongs(reader_peek(reader, 0)));
        return true;
}

/* The dashes may be missing. */
static bool is_uuid(struct str text)
{
        static const uint8_t groups[] = {8, 4, 4, 4, 12};
        struct reader reader = reader_over(text);

        for (size_t i = 0; i < COUNT_OF(groups); i++) {
                if (i > 0)
                        reader_take(&reader, '-');
                TRY(take_bytes(&reader, is_hex, groups[i]));
        }
        return reader_done(&reader);
}

static void check_uuid(struct complaints *complaints, struct str text)
{
        if (!is_uuid(text))
                complain(complaints, STR("does not match the UUID format"));
}

static bool is_base64_byte(int byte)
{
        return is_alphanumeric(byte) || byte == '+' || byte == '/';
}

static bool is_base64(struct str text)
{
        size_t end = text.len;

        while (end > 0 && text.len - end < 2 && text.data[end - 1] == '=')
                end--;
        for (size_t i = 0; i < end; i++)
                TRY(is_base64_byte((unsigned char)text.data[i]));
        return text.len > 0 && text.len % 4 == 0;
}

static void check_byte(struct complaints *complaints, struct str text)
{
        if (!is_base64(text))
                complain(complaints, STR("invalid base64"));
}

static bool take_two_digits(struct reader *reader, unsigned most, unsigned *number)
{
        size_t at = reader->at;

        TRY(take_bytes(reader, is_digit, 2));
        *number = (unsigned)(reader->text.data[at] - '0') * 10 + (unsigned)(reader->text.data[at + 1] - '0');
        return *number <= most;
}

static unsigned days_of(unsigned month, unsigned year)
{
        static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        return days[month - 1] + (month == 2 && leap);
}

/* YYYY-MM-DD, a day that exists. */
static bool take_date(struct reader *reader)
{
        unsigned century, year, month, day;

        TRY(take_two_digits(reader, 99, &century) && take_two_digits(reader, 99, &year) && reader_take(reader, '-'));
        TRY(take_two_digits(reader, 12, &month) && month > 0 && reader_take(reader, '-'));
        return take_two_digits(reader, 31, &day) && day > 0 && day <= days_of(month, century * 100 + year);
}

static void check_date(struct complaints *complaints, struct str text)
{
        struct reader reader = reader_over(text);

        if (!take_date(&reader) || !reader_done(&reader))
                complain(complaints, STR("invalid date"));
}

/* "Z" or an offset such as +02:00. */
static bool take_zone(struct reader *reader)
{
        unsigned hours, minutes;

        if (reader_take(reader, 'Z') || reader_take(reader, 'z'))
                return true;
        TRY(reader_take(reader, '+') || reader_take(reader, '-'));
        return take_two_digits(reader, 99, &hours) && reader_take(reader, ':') && take_two_digits(reader, 99, &minutes);
}

static bool is_datetime(struct str text)
{
        struct reader reader = reader_over(text);
        unsigned number;

        TRY(take_date(&reader) && (reader_take(&reader, 'T') || reader_take(&reader, 't')));
        TRY(take_two_digits(&reader, 23, &number) && reader_take(&reader, ':'));
        TRY(take_two_digits(&reader, 59, &number) && reader_take(&reader, ':'));
        TRY(take_two_digits(&reader, 59, &number));
        if (reader_take(&reader, '.'))
                TRY(reader_take_while(&reader, is_digit).len > 0);
        return take_zone(&reader) && reader_done(&reader);
}

static void check_datetime(struct complaints *complaints, struct str text)
{
        if (!is_datetime(text))
                complain(complaints, STR("invalid datetime"));
}

static const struct format formats[] = {
        {"dns1123Label", check_dns1123_label},
        {"dns1123Subdomain", check_dns1123_subdomain},
        {"dns1035Label", check_dns1035_label},
        {"qualifiedName", check_qualified_name},
        {"dns1123LabelPrefix", check_dns1123_label_prefix},
        {"dns1123SubdomainPrefix", check_dns1123_subdomain_prefix},
        {"dns1035LabelPrefix", check_dns1035_label_prefix},
        {"labelValue", check_label_value},
        {"uri", check_uri},
        {"uuid", check_uuid},
        {"byte", check_byte},
        {"date", check_date},
        {"datetime", check_datetime},
};

static bool same_format(const void *a, const void *b)
{
        return a == b;
}

static struct str print_format(struct arena *arena, const void *object)
{
        (void)arena;
        return str_of(((const struct format *)object)->name);
}

const struct cel_opaque cel_opaque_format = {"kubernetes.NamedFormat", same_format, print_format};

static bool named(struct cel_call *call, const struct value *arguments, struct value *result)
{
        for (size_t i = 0; i < COUNT_OF(formats); i++) {
                if (str_equal(str_of(formats[i].name), argument_text(arguments)))
                        return give_optional(call, result, cel_opaque_value(&cel_opaque_format, &formats[i]));
        }
        return give_nothing(result);
}

static bool validate(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct complaints complaints = {.arena = cel_arena(call)};
        const struct format *format = arguments[0].object;
        struct node *items;

        TRY(spend_bytes(call, arguments[1].len));
        format->check(&complaints, argument_text(&arguments[1]));
        if (!complaints.count)
                return give_nothing(result);
        items = new_items(call, complaints.count);
        memcpy(items, complaints.items, complaints.count * sizeof(*items));
        return give_optional(call, result, value_list(items, complaints.count));
}

/* format.NAME(), for the format at a place of the table. */
#define CONSTANT(function, place)                                                                                      \
        static bool function(struct cel_call *call, const struct value *arguments, struct value *result)               \
        {                                                                                                              \
                (void)call;                                                                                            \
                (void)arguments;                                                                                       \
                *result = cel_opaque_value(&cel_opaque_format, &formats[place]);                                       \
                return true;                                                                                           \
        }

CONSTANT(dns1123_label, 0)
CONSTANT(dns1123_subdomain, 1)
CONSTANT(dns1035_label, 2)
CONSTANT(qualified_name, 3)
CONSTANT(dns1123_label_prefix, 4)
CONSTANT(dns1123_subdomain_prefix, 5)
CONSTANT(dns1035_label_prefix, 6)
CONSTANT(label_value, 7)
CONSTANT(uri, 8)
CONSTANT(uuid, 9)
CONSTANT(byte, 10)
CONSTANT(date, 11)
CONSTANT(datetime, 12)

static const struct cel_overload overloads[] = {
        {"format.named(string): optional_type(kubernetes.NamedFormat)", named},
        {"kubernetes.NamedFormat.validate(string): optional_type(list(string))", validate},
        {"format.dns1123Label(): kubernetes.NamedFormat", dns1123_label},
        {"format.dns1123Subdomain(): kubernetes.NamedFormat", dns1123_subdomain},
        {"format.dns1035Label(): kubernetes.NamedFormat", dns1035_label},
        {"format.qualifiedName(): kubernetes.NamedFormat", qualified_name},
        {"format.dns1123LabelPrefix(): kubernetes.NamedFormat", dns1123_label_prefix},
        {"format.dns1123SubdomainPrefix(): kubernetes.NamedFormat", dns1123_subdomain_prefix},
        {"format.dns1035LabelPrefix(): kubernetes.NamedFormat", dns1035_label_prefix},
        {"format.labelValue(): kubernetes.NamedFormat", label_value},
        {"format.uri(): kubernetes.NamedFormat", uri},
        {"format.uuid(): kubernetes.NamedFormat", uuid},
        {"format.byte(): kubernetes.NamedFormat", byte},
        {"format.date(): kubernetes.NamedFormat", date},
        {"format.datetime(): kubernetes.NamedFormat", datetime},
};

const struct cel_library cel_lib_format = {"kubernetes.format", overloads, COUNT_OF(overloads)};
