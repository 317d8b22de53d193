/* config_kubeaudit.c - kubeaudit's settings (`kubeaudit all -k FILE`): which auditors, and what each of them is told. */

#include "kube/quantity.h"
#include "scan/config_reader.h"

/* --- auditors --- */

static bool read_capabilities_list(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;

        return config_texts(reader, node, &config->allowed_capabilities, &config->allowed_capability_count);
}

/* "1.25": the minor version. kubeaudit's own reading of it: one or two digits, a dot, one or two digits. */
static bool read_version(struct config_reader *reader, const struct node *node, int *minor)
{
        struct str text, major, rest;
        int number = 0;

        TRY(config_scalar(reader, node, &text));
        if (!text.len)
                return true;
        rest = text;
        str_split(&rest, '.', &major);
        if (!str_is(major, "1") || !rest.len || rest.len > 2)
                return config_wrong(reader, node,
                                    "\"%.*s\" is no version of Kubernetes: write one like \"1.25\", in quotes",
                                    STR_ARG(text));
        for (size_t i = 0; i < rest.len; i++) {
                if (rest.data[i] < '0' || rest.data[i] > '9')
                        return config_wrong(reader, node,
                                            "\"%.*s\" is no version of Kubernetes: write one like \"1.25\", in quotes",
                                            STR_ARG(text));
                number = number * 10 + (rest.data[i] - '0');
        }
        *minor = number;
        return true;
}

static bool read_current(struct config_reader *reader, const struct node *node, void *out)
{
        return read_version(reader, node, &((struct config *)out)->current_minor);
}

static bool read_targeted(struct config_reader *reader, const struct node *node, void *out)
{
        return read_version(reader, node, &((struct config *)out)->targeted_minor);
}

/* A text that rules know as one of `params`; an empty one is none. */
static bool read_param(struct config_reader *reader, const struct node *node, struct str name, bool quantity)
{
        struct str text;
        struct quantity amount;

        TRY(config_scalar(reader, node, &text));
        if (quantity && text.len && !quantity_read(text, &amount))
                return config_wrong(reader, node, "\"%.*s\" is no quantity: write one like 500m or 256Mi",
                                    STR_ARG(text));
        if (text.len)
                config_add_param(reader, name, node->at, value_string(text));
        return true;
}

static bool read_image(struct config_reader *reader, const struct node *node, void *out)
{
        (void)out;
        return read_param(reader, node, STR("image"), false);
}

static bool read_cpu(struct config_reader *reader, const struct node *node, void *out)
{
        (void)out;
        return read_param(reader, node, STR("maxCPU"), true);
}

static bool read_memory(struct config_reader *reader, const struct node *node, void *out)
{
        (void)out;
        return read_param(reader, node, STR("maxMemory"), true);
}

static bool read_paths(struct config_reader *reader, const struct node *node, void *out)
{
        const struct str *paths = NULL;
        size_t count;

        (void)out;
        TRY(config_texts(reader, node, &paths, &count));
        if (count)
                config_add_param(reader, STR("sensitivePaths"), node->at, node->value);
        return true;
}

static const struct config_field capabilities[] = {{STR_INIT("allowAddList"), read_capabilities_list}};
static const struct config_field deprecated_apis[] = {{STR_INIT("currentVersion"), read_current},
                                                      {STR_INIT("targetedVersion"), read_targeted}};
static const struct config_field image[] = {{STR_INIT("image"), read_image}};
static const struct config_field limits[] = {{STR_INIT("cpu"), read_cpu}, {STR_INIT("memory"), read_memory}};
static const struct config_field mounts[] = {{STR_INIT("denyPathsList"), read_paths}};

#define AUDITOR(function, table)                                                                                       \
        static bool function(struct config_reader *reader, const struct node *node, void *out)                         \
        {                                                                                                              \
                return config_map(reader, node, table, COUNT_OF(table), out);                                          \
        }

AUDITOR(read_capabilities, capabilities)
AUDITOR(read_deprecated_apis, deprecated_apis)
AUDITOR(read_images, image)
AUDITOR(read_limits, limits)
AUDITOR(read_mounts, mounts)

/* The versions stand under `deprecatedapis` in kubeaudit's manual and under `config` in its code. */
static const struct config_field auditors[] = {
        {STR_INIT("capabilities"), read_capabilities},
        {STR_INIT("deprecatedapis"), read_deprecated_apis},
        {STR_INIT("config"), read_deprecated_apis},
        {STR_INIT("image"), read_images},
        {STR_INIT("limits"), read_limits},
        {STR_INIT("mounts"), read_mounts},
};

AUDITOR(read_auditors, auditors)

/* --- the whole --- */

static bool read_enabled(struct config_reader *reader, const struct node *node, void *out)
{
        struct config *config = out;
        enum kubeaudit_auditor auditor;

        if (node->value.kind == VALUE_NULL)
                return true;
        if (node->value.kind != VALUE_MAP)
                return config_wrong(reader, node, "this is a %s: write a map of auditors, each with true or false",
                                    value_kind_name(&node->value));
        value_each (&node->value, member) {
                if (!kubeaudit_auditor_from(intern_text(member->key), &auditor))
                        return config_wrong(reader, member, "\"%.*s\" is no auditor of kubeaudit",
                                            STR_ARG(intern_text(member->key)));
                if (member->value.kind != VALUE_BOOL)
                        return config_wrong(reader, member, "this is a %s: write true or false",
                                            value_kind_name(&member->value));
                config->disabled_auditors |= (uint32_t)!member->value.boolean << auditor;
        }
        return true;
}

static const struct config_field fields[] = {{STR_INIT("enabledAuditors"), read_enabled},
                                             {STR_INIT("auditors"), read_auditors}};

bool config_read_kubeaudit(struct config_reader *reader, const struct node *root)
{
        return config_map(reader, root, fields, COUNT_OF(fields), reader->config);
}
