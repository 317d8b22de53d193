/* operator.c - the labels of the Pods of custom resources. */

#include "kube/operator.h"

struct operated {
        struct str kind;     /* as an index knows it */
        const char *program; /* app.kubernetes.io/name of its Pods */
        const char *key;     /* a label that holds the name of the resource */
};

static const struct operated operated[] = {
        {STR_INIT("Prometheus.monitoring.coreos.com"), "prometheus", "prometheus"},
        {STR_INIT("PrometheusAgent.monitoring.coreos.com"), "prometheus-agent", "prometheus"},
        {STR_INIT("Alertmanager.monitoring.coreos.com"), "alertmanager", "alertmanager"},
        {STR_INIT("ThanosRuler.monitoring.coreos.com"), "thanos-ruler", "thanos-ruler"},
};

static struct node label(const char *key, struct str value)
{
        return (struct node){.key = intern(str_of(key)), .value = value_string(value)};
}

/* What the operator writes, and what the resource asks for on top of that. */
static struct value labels_of(struct arena *arena, const struct operated *kind, const struct object *resource)
{
        const struct value *spec = value_get(&resource->root.value, KEY_spec);
        const struct value *asked = value_get(value_member(spec, "podMetadata"), KEY_labels);
        VEC(struct node) labels = {0};

        *vec_push(arena, &labels) = label("app.kubernetes.io/name", str_of(kind->program));
        *vec_push(arena, &labels) = label("app.kubernetes.io/instance", resource->name);
        *vec_push(arena, &labels) = label("app.kubernetes.io/managed-by", STR("prometheus-operator"));
        *vec_push(arena, &labels) = label(kind->key, resource->name);
        value_each (asked, one) {
                struct value sofar = value_map(arena, labels.items, labels.count);

                if (!value_get(&sofar, one->key))
                        *vec_push(arena, &labels) = *one;
        }
        return value_map(arena, labels.items, labels.count);
}

bool operator_runs(struct arena *arena, const struct index *index, struct str ns, const struct selector *selector)
{
        for (size_t i = 0; i < COUNT_OF(operated); i++) {
                const struct object_list *list = index_all(index, operated[i].kind);

                for (size_t k = 0; k < list->objects.count; k++) {
                        const struct object *resource = list->objects.items[k];
                        struct value labels;

                        if (resource->ns.len && ns.len && !str_equal(resource->ns, ns))
                                continue;
                        labels = labels_of(arena, &operated[i], resource);
                        if (selector_has(selector, &labels))
                                return true;
                }
        }
        return false;
}
