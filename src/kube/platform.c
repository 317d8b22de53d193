/* platform.c - on which processors Pods may run. */

#include "kube/platform.h"

static const struct str arch_labels[] = {STR_INIT("kubernetes.io/arch"), STR_INIT("beta.kubernetes.io/arch")};
static const struct str os_labels[] = {STR_INIT("kubernetes.io/os"), STR_INIT("beta.kubernetes.io/os")};

static struct str labelled(const struct value *labels, const struct str names[2])
{
        struct str text = value_get_text(labels, intern(names[0]));

        return text.len ? text : value_get_text(labels, intern(names[1]));
}

static bool is_known(const struct str *list, size_t count, struct str text)
{
        for (size_t i = 0; i < count; i++)
                if (str_equal(list[i], text))
                        return true;
        return false;
}

/* Adds the architectures that one term allows. False when it says nothing about them, or more than is counted: then any may do. */
static bool add_term(const struct value *term, struct pod_platform *out)
{
        value_each (value_get(term, KEY_matchExpressions), expression) {
                const struct value *value = &expression->value, *values = value_get(value, KEY_values);
                struct str key = value_get_text(value, KEY_key);

                if (!is_known(arch_labels, COUNT_OF(arch_labels), key)
                    || !value_is_text(value_get(value, KEY_operator), "In") || !value_is(values, VALUE_LIST))
                        continue;
                value_each (values, item) {
                        if (item->value.kind != VALUE_STRING
                            || is_known(out->architectures, out->count, value_text(&item->value)))
                                continue;
                        TRY(out->count < PLATFORM_MOST);
                        out->architectures[out->count++] = value_text(&item->value);
                }
                return true;
        }
        return false;
}

/* Terms are alternatives. */
static void read_affinity(const struct value *spec, struct pod_platform *out)
{
        const struct value *affinity = value_member(value_get(spec, KEY_affinity), "nodeAffinity");
        const struct value *required = value_member(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
        const struct value *terms = value_member(required, "nodeSelectorTerms");

        if (!value_is(terms, VALUE_LIST))
                return;
        value_each (terms, term) {
                if (!add_term(&term->value, out)) {
                        out->count = 0;
                        return;
                }
        }
        if (out->count) {
                out->why = "node affinity";
                out->at = "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution";
        }
}

void pod_platform_read(const struct object *object, struct pod_platform *out)
{
        const struct value *spec = value_get(&object->pod.value, KEY_spec);
        const struct value *selector = value_get(spec, KEY_nodeSelector);
        struct str architecture = labelled(selector, arch_labels);

        *out = (struct pod_platform){.os = value_get_text(value_member(spec, "os"), KEY_name)};
        if (!out->os.len)
                out->os = labelled(selector, os_labels);
        if (!architecture.len) {
                read_affinity(spec, out);
                return;
        }
        out->architectures[out->count++] = architecture;
        out->why = "node selector";
        out->at = "/spec/nodeSelector";
}

size_t platform_add_node(const struct object *node, struct str architectures[PLATFORM_MOST], size_t count)
{
        const struct value *info = value_member(value_get(&node->root.value, KEY_status), "nodeInfo");
        struct str architecture = labelled(object_labels(node), arch_labels);

        if (!architecture.len)
                architecture = value_member_text(info, "architecture");
        if (!architecture.len || count > PLATFORM_MOST)
                return PLATFORM_MOST + 1;
        if (is_known(architectures, count, architecture))
                return count;
        if (count < PLATFORM_MOST)
                architectures[count] = architecture;
        return count + 1;
}

struct str pod_platform_wanted(struct arena *arena, const struct object *object, struct str nodes)
{
        struct pod_platform platform;
        struct str architecture = nodes;

        pod_platform_read(object, &platform);
        if (platform.count)
                architecture = platform.count == 1 ? platform.architectures[0] : STR("");
        return architecture.len ? str_format(
                arena, "%.*s/%.*s", STR_ARG(platform.os.len ? platform.os : STR("linux")), STR_ARG(architecture))
                : STR("");
}
