/* learn_print.c - roles as YAML, laid out and quoted as Go's sigs.k8s.io/yaml (yaml.v2 below it) does. */

#include "access/learn_internal.h"
#include "base/reader.h"
#include "doc/print.h"
#include "doc/yaml_scalar.h"

/* --- scalars --- */

static bool is_space_or_end(struct str text, size_t at)
{
        return at >= text.len || text.data[at] == ' ' || text.data[at] == '\t' || text.data[at] == '\n';
}

/* What the emitter cannot write without quotes, though it would be read back as a text. */
static bool needs_quotes(struct str text)
{
        if (text.data[0] == ' ' || text.data[text.len - 1] == ' '
            || str_starts(text, STR("---"))
                          || str_starts(text, STR("...")) || strchr("#,[]{}&*!|>'\"%@`", text.data[0]))
                return true;
        if (strchr("?:-", text.data[0]) && is_space_or_end(text, 1))
                return true;
        for (size_t at = 1; at < text.len; at++) {
                if ((text.data[at] == ':' && is_space_or_end(text, at + 1))
                    || (text.data[at] == '#' && is_space_or_end(text, at - 1)))
                        return true;
        }
        return false;
}

static bool is_printable(uint32_t point)
{
        return (point >= ' ' && point <= 0x7E) || point == 0x85 || (point >= 0xA0 && point <= 0xD7FF)
               || (point >= 0xE000 && point <= 0xFFFD && point != 0xFEFF) || (point >= 0x10000 && point <= 0x10FFFF);
}

static bool is_break(uint32_t point)
{
        return point == 0x85 || point == 0x2028 || point == 0x2029;
}

static bool has_specials(struct str text)
{
        uint32_t point;
        size_t bytes;

        for (size_t at = 0; at < text.len; at += bytes) {
                bytes = utf8_take(str_from(text, at), &point);
                if (!bytes || !is_printable(point) || is_break(point))
                        return true;
        }
        return false;
}

static bool is_base_60(struct str text)
{
        struct reader reader = reader_over(text);
        bool parts = false;

        if (!reader_take(&reader, '-'))
                reader_take(&reader, '+');
        if (!is_digit(reader_peek(&reader, 0)))
                return false;
        while (is_digit(reader_peek(&reader, 0)) || reader_peek(&reader, 0) == '_')
                reader.at++;
        while (reader_take(&reader, ':')) {
                unsigned digits = 0;

                parts = true;
                while (is_digit(reader_peek(&reader, 0)))
                        reader.at++, digits++;
                if (digits < 1 || digits > 2)
                        return false;
        }
        if (reader_take(&reader, '.'))
                while (is_digit(reader_peek(&reader, 0)) || reader_peek(&reader, 0) == '_')
                        reader.at++;
        return parts && reader_done(&reader);
}

/* A day, with or without a time behind it. */
static bool is_date(struct str text)
{
        struct reader reader = reader_over(text);
        uint64_t year, month, day;
        size_t begin = 0;

        if (!reader_take_number(&reader, 9999, &year) || reader.at != 4 || !reader_take(&reader, '-'))
                return false;
        begin = reader.at;
        if (!reader_take_number(&reader, 12, &month) || !month || reader.at - begin > 2 || !reader_take(&reader, '-'))
                return false;
        begin = reader.at;
        if (!reader_take_number(&reader, 31, &day) || !day || reader.at - begin > 2)
                return false;
        return reader_done(&reader) || strchr("Tt ", reader_peek(&reader, 0));
}

static void print_escape(struct buf *out, uint32_t point)
{
        static const struct {
                uint32_t point;
                const char *escape;
        } named[] = {{0, "\\0"},     {7, "\\a"},    {8, "\\b"},    {9, "\\t"},      {10, "\\n"},
                     {11, "\\v"},    {12, "\\f"},   {13, "\\r"},   {27, "\\e"},     {'"', "\\\""},
                     {'\\', "\\\\"}, {0x85, "\\N"}, {0xA0, "\\_"}, {0x2028, "\\L"}, {0x2029, "\\P"}};

        for (size_t i = 0; i < COUNT_OF(named); i++) {
                if (named[i].point == point)
                        return buf_add(out, str_of(named[i].escape));
        }
        buf_add_format(out, point <= 0xFF ? "\\x%02X" : point <= 0xFFFF ? "\\u%04X" : "\\U%08X", point);
}

static void print_double_quoted(struct buf *out, struct str text)
{
        uint32_t point;
        size_t bytes;

        buf_add_char(out, '"');
        for (size_t at = 0; at < text.len; at += bytes) {
                bytes = utf8_take(str_from(text, at), &point);
                if (!bytes || !is_printable(point) || is_break(point) || point == '"' || point == '\\')
                        print_escape(out, bytes ? point : 0xFFFD);
                else
                        buf_add(out, str_sub(text, at, at + bytes));
                bytes += !bytes;
        }
        buf_add_char(out, '"');
}

void learn_print_scalar(struct buf *out, struct str text)
{
        struct value resolved = {0};

        if (text.len)
                yaml_resolve(text, &resolved);
        if (resolved.kind != VALUE_STRING || is_base_60(text) || is_date(text) || has_specials(text))
                print_double_quoted(out, text);
        else if (needs_quotes(text))
                yaml_print_single_quoted(out, text);
        else
                buf_add(out, text);
}

/* --- objects --- */

static void print_texts(struct buf *out, const char *name, const struct learn_text *texts, size_t count)
{
        if (!count)
                return;
        buf_add_format(out, "  %s:\n", name);
        for (size_t i = 0; i < count; i++) {
                buf_add_literal(out, "    ");
                learn_print_scalar(out, texts[i].key);
                buf_add_literal(out, ": ");
                learn_print_scalar(out, texts[i].value);
                buf_add_char(out, '\n');
        }
}

static void print_field(struct buf *out, const char *name, struct str text)
{
        buf_add(out, str_of(name));
        learn_print_scalar(out, text);
        buf_add_char(out, '\n');
}

static void print_head(struct buf *out, const char *kind, struct str ns, const struct learn_names *names)
{
        if (out->len)
                buf_add_literal(out, "---\n");
        buf_add_format(out, "apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata:\n", kind);
        print_texts(out, "annotations", names->annotations, names->annotation_count);
        print_texts(out, "labels", names->labels, names->label_count);
        print_field(out, "  name: ", names->name);
        if (ns.len)
                print_field(out, "  namespace: ", ns);
}

static void print_words(struct buf *out, const char *name, const struct access_words *words, const char **dash)
{
        if (!words->count)
                return;
        buf_add_format(out, "%s%s:\n", *dash, name);
        *dash = "  ";
        for (uint32_t i = 0; i < words->count; i++)
                print_field(out, "  - ", intern_text(words->items[i]));
}

static void print_rule(struct buf *out, const struct learn_rule *rule)
{
        const char *dash = "- ";

        if (rule->always_failed)
                buf_add_format(out, "# Failed each of %" PRIu64 " times (%s%u): is this needed?\n", rule->outcome.calls,
                               rule->outcome.status == 403 ? "denied, " : "", rule->outcome.status);
        print_words(out, "apiGroups", &rule->rule.groups, &dash);
        print_words(out, "nonResourceURLs", &rule->rule.urls, &dash);
        print_words(out, "resourceNames", &rule->rule.names, &dash);
        print_words(out, "resources", &rule->rule.resources, &dash);
        print_words(out, "verbs", &rule->rule.verbs, &dash);
}

static void print_role(struct buf *out, const struct learn_role *role, const struct learn_names *names)
{
        print_head(out, role->ns.len ? "Role" : "ClusterRole", role->ns, names);
        buf_add(out, role->rule_count ? STR("rules:\n") : STR("rules: null\n"));
        for (size_t i = 0; i < role->rule_count; i++)
                print_rule(out, &role->rules[i]);
}

/* The namespace and name of a service account by its name in requests. */
static bool split_account(struct str user, struct str *ns, struct str *name)
{
        struct str rest = str_from(user, strlen("system:serviceaccount:"));

        if (!str_starts(user, STR("system:serviceaccount:")))
                return false;
        str_split(&rest, ':', ns);
        *name = rest;
        return ns->len && name->len && str_find(*name, STR(":"), 0) == SIZE_MAX;
}

static void print_subject(struct buf *out, struct str user)
{
        struct str ns, name;

        if (split_account(user, &ns, &name)) {
                print_field(out, "- kind: ServiceAccount\n  name: ", name);
                return print_field(out, "  namespace: ", ns);
        }
        print_field(out, "- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: ", user);
}

static void print_binding(struct buf *out, const struct learn_role *role, const struct learn_names *names,
                          struct str user)
{
        print_head(out, role->ns.len ? "RoleBinding" : "ClusterRoleBinding", role->ns, names);
        buf_add_format(out, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: %s\n",
                       role->ns.len ? "Role" : "ClusterRole");
        print_field(out, "  name: ", names->name);
        buf_add_literal(out, "subjects:\n");
        print_subject(out, user);
}

void learn_print_yaml(struct buf *out, const struct learned *learned, const struct learn_settings *settings,
                      const struct learn_names *names)
{
        for (size_t i = 0; i < learned->role_count; i++)
                print_role(out, &learned->roles[i], names);
        for (size_t i = 0; i < learned->role_count; i++)
                print_binding(out, &learned->roles[i], names, settings->user);
}
