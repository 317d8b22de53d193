/* service.c - Services and the Pods that they send to. */

#include "kube/operator.h"
#include "network/joins.h"

enum { MOST_WORKLOADS = 64 };

static const struct str service_kinds[] = {STR_INIT("Service")};

/* The selector of a Service; false if it has none, or none that can be read: then nobody knows where it sends. */
static bool service_selector(struct join_run *run, struct selector *selector)
{
        const struct value *spec = value_get(&run->object->root.value, KEY_spec);
        const struct value *labels = value_get(spec, KEY_selector);
        struct err err = {0};

        return value_count(labels) && !value_is_text(value_get(spec, KEY_type), "ExternalName")
               && selector_from_labels(run->arena, labels, selector, &err);
}

/* `selector`, `namespace`, `shown` (whether any Pod of the namespace was). */
static void judge_selects_nothing(struct join_run *run)
{
        struct str ns = run->object->ns;
        struct selector selector;
        struct pod_search search = {.ns = ns, .selector = &selector};
        struct join_fact *fact;

        if (!service_selector(run, &selector) || index_next_pod(run->index, &search)
            || operator_runs(run->arena, run->index, ns, &selector))
                return;
        fact = join_find(run, "/spec/selector");
        join_tell_selector(run, fact, "selector", &selector);
        join_tell_text(run, fact, "namespace", namespace_name(ns));
        join_tell(run, fact, "shown", value_bool(index_pod_count(run->index, ns) > 0));
}

const struct join join_service_selects_nothing = {
        .name = STR_INIT("service-selects-nothing"),
        .kinds = service_kinds,
        .kind_count = COUNT_OF(service_kinds),
        .judge = judge_selects_nothing,
};

static bool has_port(const struct object *object, struct str name)
{
        struct container container = {0};

        while (object_next_container(object, &container)) {
                value_each (value_get(&container.node->value, KEY_ports), port) {
                        if (str_equal(value_get_text(&port->value, KEY_name), name))
                                return true;
                }
        }
        return false;
}

/* A Pod that a Service sends to but that has no port of a name; NULL if each has, or there is no Pod. */
static const struct object *without_port(struct join_run *run, const struct selector *selector, struct str name)
{
        struct pod_search search = {.ns = run->object->ns, .selector = selector};
        const struct object *object, *without = NULL;

        while ((object = index_next_pod(run->index, &search))) {
                if (has_port(object, name))
                        return NULL;
                without = without ? without : object;
        }
        return without;
}

/* `port`, `workload`: a port with a name that no Pod behind the Service has. */
static void judge_port_missing(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->root.value, KEY_spec);
        struct selector selector;
        unsigned index = 0;

        if (!service_selector(run, &selector))
                return;
        value_each (value_get(spec, KEY_ports), port) {
                const struct value *target = value_get(&port->value, KEY_targetPort);
                const struct object *without = NULL;

                if (value_is(target, VALUE_STRING))
                        without = without_port(run, &selector, value_text(target));
                if (without) {
                        struct join_fact *fact = join_find(run, "/spec/ports/%u/targetPort", index);

                        join_tell_text(run, fact, "port", value_text(target));
                        join_tell_object(run, fact, "workload", without);
                }
                index++;
        }
}

const struct join join_service_port_missing = {
        .name = STR_INIT("service-port-missing"),
        .kinds = service_kinds,
        .kind_count = COUNT_OF(service_kinds),
        .judge = judge_port_missing,
};

/* A Service that is reached from outside the cluster, and each image behind it: `workload`, `image`. */
static void judge_workloads(struct join_run *run)
{
        const struct value *type = value_get(value_get(&run->object->root.value, KEY_spec), KEY_type);
        struct selector selector;
        struct pod_search search = {.ns = run->object->ns, .selector = &selector};
        const struct object *object;

        if ((!value_is_text(type, "LoadBalancer") && !value_is_text(type, "NodePort"))
            || !service_selector(run, &selector))
                return;
        while ((object = index_next_pod(run->index, &search)) && run->facts.count < MOST_WORKLOADS) {
                struct container container = {0};

                while (object_next_container(object, &container)) {
                        struct join_fact *fact;

                        if (container.role != CONTAINER_MAIN)
                                continue;
                        fact = join_find(run, "/spec/type");
                        join_tell_object(run, fact, "workload", object);
                        join_tell_text(run, fact, "image", value_get_text(&container.node->value, KEY_image));
                }
        }
}

const struct join join_service_workloads = {
        .name = STR_INIT("service-workloads"),
        .kinds = service_kinds,
        .kind_count = COUNT_OF(service_kinds),
        .judge = judge_workloads,
};
