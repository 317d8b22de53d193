/* config_hadolint.c - hadolint's settings (.hadolint.yaml): which of its rules count, how much, and which registries are trusted.
 *
 * Its rules are those that findings cite as hadolint's. */

#include "scan/config_reader.h"

/* A list of ids. */
static bool read_ids(struct config_reader *reader, const struct node *node, const struct str **out, size_t *count)
{
        const struct str *ids = NULL;
        struct str *all;
        size_t more = 0;

        TRY(config_texts(reader, node, &ids, &more));
        all = arena_array(reader->arena, struct str, *count + more);
        for (size_t i = 0; i < *count + more; i++)
                all[i] = i < *count ? (*out)[i] : ids[i - *count];
        *out = all;
        *count += more;
        return true;
}

static bool read_ignored(struct config_reader *reader, const struct node *node, void *out)
{
        struct hadolint_settings *settings = out;

        return read_ids(reader, node, &settings->ignored, &settings->ignored_count);
}

#define LEVEL(function, level)                                                                                         \
        static bool function(struct config_reader *reader, const struct node *node, void *out)                         \
        {                                                                                                              \
                struct hadolint_settings *settings = out;                                                              \
                                                                                                                       \
                return read_ids(reader, node, &settings->levels[level].ids, &settings->levels[level].count);           \
        }

LEVEL(read_error, SEVERITY_HIGH)
LEVEL(read_warning, SEVERITY_MEDIUM)
LEVEL(read_info, SEVERITY_LOW)
LEVEL(read_style, SEVERITY_INFO)

static const struct config_field levels[] = {
        {STR_INIT("error"), read_error},
        {STR_INIT("warning"), read_warning},
        {STR_INIT("info"), read_info},
        {STR_INIT("style"), read_style},
};

static bool read_override(struct config_reader *reader, const struct node *node, void *out)
{
        return config_map(reader, node, levels, COUNT_OF(levels), out);
}

static bool read_registries(struct config_reader *reader, const struct node *node, void *out)
{
        const struct str *registries = NULL;
        size_t count = 0;

        (void)out;
        TRY(config_texts(reader, node, &registries, &count));
        if (count)
                config_add_param(reader, STR("trusted-registries"), node->at, node->value);
        return true;
}

/* hadolint's words for how bad something is. */
static bool read_threshold(struct config_reader *reader, const struct node *node, void *out)
{
        static const struct {
                struct str theirs;
                const char *ours;
        } words[] = {
                {STR_INIT("error"), "high"}, {STR_INIT("warning"), "medium"}, {STR_INIT("info"), "low"},
                {STR_INIT("style"), "info"}, {STR_INIT("ignore"), "never"},   {STR_INIT("none"), "never"},
        };
        struct str text;

        (void)out;
        TRY(config_text(reader, node, &text));
        for (size_t i = 0; i < COUNT_OF(words); i++)
                if (str_equal(text, words[i].theirs)) {
                        reader->config->fail_on =
                                reader->config->fail_on.len ? reader->config->fail_on : str_of(words[i].ours);
                        return true;
                }
        return config_wrong(reader, node, "\"%.*s\" is no level of hadolint: write error, warning, info, style or none",
                            STR_ARG(text));
}

static bool read_flag(struct config_reader *reader, const struct node *node, bool *flag)
{
        if (node->value.kind != VALUE_BOOL)
                return config_wrong(reader, node, "this is a %s: write true or false", value_kind_name(&node->value));
        *flag = node->value.boolean;
        return true;
}

static bool read_no_fail(struct config_reader *reader, const struct node *node, void *out)
{
        bool flag = false;

        (void)out;
        TRY(read_flag(reader, node, &flag));
        if (flag)
                reader->config->fail_on = STR("never");
        return true;
}

static bool read_disable_pragmas(struct config_reader *reader, const struct node *node, void *out)
{
        return read_flag(reader, node, &((struct hadolint_settings *)out)->no_pragmas);
}

static bool read_strict_labels(struct config_reader *reader, const struct node *node, void *out)
{
        bool flag = false;

        (void)out;
        TRY(read_flag(reader, node, &flag));
        if (flag)
                config_add_param(reader, STR("strict-labels"), node->at, node->value);
        return true;
}

static bool read_label_schema(struct config_reader *reader, const struct node *node, void *out)
{
        (void)out;
        if (node->value.kind != VALUE_MAP)
                return config_wrong(reader, node, "this is a %s: write a map of labels and their types",
                                    value_kind_name(&node->value));
        value_each (&node->value, member)
                if (member->value.kind != VALUE_STRING)
                        return config_wrong(reader, member, "this is a %s: write a type such as text, url or semver",
                                            value_kind_name(&member->value));
        config_add_param(reader, STR("label-schema"), node->at, node->value);
        return true;
}

/* How hadolint prints; Strake's options say it for Strake. */
static bool pass_over(struct config_reader *reader, const struct node *node, void *out)
{
        (void)reader;
        (void)node;
        (void)out;
        return true;
}

static const struct config_field fields[] = {
        {STR_INIT("ignored"), read_ignored},
        {STR_INIT("override"), read_override},
        {STR_INIT("trustedRegistries"), read_registries},
        {STR_INIT("failure-threshold"), read_threshold},
        {STR_INIT("no-fail"), read_no_fail},
        {STR_INIT("disable-ignore-pragma"), read_disable_pragmas},
        {STR_INIT("label-schema"), read_label_schema},
        {STR_INIT("strict-labels"), read_strict_labels},
        {STR_INIT("format"), pass_over},
        {STR_INIT("output"), pass_over},
        {STR_INIT("no-color"), pass_over},
        {STR_INIT("verbose"), pass_over},
};

/* Those with a name that no other tool's settings have. */
enum { TELLING_FIELDS = 8 };

bool config_is_hadolint(const struct value *root)
{
        for (size_t i = 0; i < TELLING_FIELDS; i++)
                if (value_get(root, intern(fields[i].name)))
                        return true;
        return false;
}

bool config_read_hadolint(struct config_reader *reader, const struct node *root)
{
        reader->config->hadolint.why.reason = str_format(reader->arena, "ignored in %.*s", STR_ARG(reader->name));
        return config_map(reader, root, fields, COUNT_OF(fields), &reader->config->hadolint);
}
