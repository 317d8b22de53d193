/* build_network.c - what listens, and who reaches it: from the internet, and from other Pods. */

#include "graph/build_policies.h"

/* Services and what leads to them while the network is built. */
struct exposure {
        struct builder *builder;
        const struct policies *policies;
        struct map attached; /* endpoint and container: there is a step already */
};

/* How something is reached. */
struct way_in {
        enum edge_type type;
        enum network_source source;
        const struct object *object;
        struct str path, message;
        uint32_t change;
        bool perhaps; /* if nodes can be reached from the internet */
};

/* --- from an endpoint to the containers behind it --- */

static void attach(struct exposure *exposure, uint32_t endpoint, const struct box *box, const struct object *object,
                   struct str path)
{
        struct builder *builder = exposure->builder;
        uint32_t key[2] = {endpoint, box->node};
        struct str text = {(const char *)key, sizeof(key)};

        if (map_get(&exposure->attached, text))
                return;
        *map_slot(builder->arena, &exposure->attached, str_copy(builder->arena, text)) = exposure;
        build_step(builder, EDGE_ENDPOINT_EXPLOIT, endpoint, box->node, object, path,
                   build_words(builder, "a hole in what container \"%.*s\" runs", STR_ARG(box->container.name)),
                   GRAPH_NONE);
}

static bool is_served(const struct box *box)
{
        return box->container.role == CONTAINER_MAIN || box->container.role == CONTAINER_SIDECAR;
}

static bool has_port(const struct box *box, const struct network_port *port)
{
        value_each (value_get(&box->container.node->value, KEY_ports), item) {
                const struct value *number = value_get(&item->value, KEY_containerPort);

                if (port->name.len ? str_equal(value_get_text(&item->value, KEY_name), port->name)
                                   : value_is(number, VALUE_INT) && number->i == port->number)
                        return true;
        }
        return false;
}

/* The containers of a Pod that serve a port: those that say so, or else all of them. */
static void attach_pod(struct exposure *exposure, uint32_t endpoint, const struct pod *pod,
                       const struct network_port *port, const struct object *object, struct str path)
{
        bool said = false;

        for (size_t i = 0; i < pod->box_count; i++)
                said |= has_port(&pod->boxes[i], port);
        for (size_t i = 0; i < pod->box_count; i++) {
                if (said ? has_port(&pod->boxes[i], port) : is_served(&pod->boxes[i]))
                        attach(exposure, endpoint, &pod->boxes[i], object, path);
        }
}

/* The port of the Pod that a port of a Service stands for. */
static struct network_port target_of(const struct value *port)
{
        const struct value *target = value_get(port, KEY_targetPort);
        struct network_port out = {0};

        if (!target)
                target = value_get(port, KEY_port);
        if (value_is(target, VALUE_INT))
                out.number = target->i;
        else if (value_is(target, VALUE_STRING))
                out.name = value_text(target);
        return out;
}

static void attach_service(struct exposure *exposure, uint32_t endpoint, const struct object *service,
                           enum network_source source)
{
        struct builder *builder = exposure->builder;
        const struct value *spec = value_get(&service->root.value, KEY_spec);
        struct selector selector;
        struct pod_search search = {.ns = service->ns, .selector = &selector};
        const struct object *object;
        struct err err = {0};

        if (!value_count(value_get(spec, KEY_selector))
            || !selector_from_labels(builder->arena, value_get(spec, KEY_selector), &selector, &err))
                return;
        while ((object = index_next_pod(builder->index, &search))) {
                const struct pod *pod = build_pod_of(builder, object);

                value_each (pod ? value_get(spec, KEY_ports) : NULL, item) {
                        struct network_port port = target_of(&item->value);

                        if (policies_admit(exposure->policies, pod, &port, source, NULL))
                                attach_pod(exposure, endpoint, pod, &port, service,
                                           build_path(builder, service, "/spec/selector"));
                }
        }
}

static void expose(struct exposure *exposure, const struct object *service, const struct way_in *way)
{
        struct builder *builder = exposure->builder;
        struct space *space = build_space(builder, service->ns);
        uint32_t endpoint = build_node(builder, GRAPH_ENDPOINT, space->name, service->name), edge;

        builder->graph->nodes.items[endpoint].object = service;
        edge = build_step(builder, way->type, builder->internet, endpoint, way->object, way->path, way->message,
                          way->change);
        if (way->perhaps)
                builder->graph->edges.items[edge].verdict = GRAPH_UNKNOWN;
        attach_service(exposure, endpoint, service, way->source);
}

/* --- Services --- */

/* Load balancers that only take what comes from the same private network. */
static bool is_internal(const struct object *service)
{
        static const struct {
                const char *key, *value;
        } marks[] = {
                {"service.beta.kubernetes.io/aws-load-balancer-internal", "true"},
                {"service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"},
                {"service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"},
                {"service.beta.kubernetes.io/azure-load-balancer-internal", "true"},
                {"networking.gke.io/load-balancer-type", "Internal"},
                {"cloud.google.com/load-balancer-type", "Internal"},
                {"service.beta.kubernetes.io/openstack-internal-load-balancer", "true"},
        };
        const struct value *notes = value_get(value_get(&service->root.value, KEY_metadata), KEY_annotations);
        const struct value *ranges = value_get(value_get(&service->root.value, KEY_spec), KEY_loadBalancerSourceRanges);
        bool all_private = value_count(ranges) > 0;

        for (size_t i = 0; i < COUNT_OF(marks); i++) {
                if (str_equal(value_member_text(notes, marks[i].key), str_of(marks[i].value)))
                        return true;
        }
        value_each (ranges, range)
                all_private &= value_is(&range->value, VALUE_STRING) && !policies_is_public(value_text(&range->value));
        return all_private;
}

static uint32_t exposure_change(struct builder *builder, const struct object *object, const char *what)
{
        uint32_t change =
                graph_change(builder->graph, object, 3,
                             build_words(builder, "%s %.*s", what, STR_ARG(build_object_words(builder, object))));

        builder->graph->changes.items[change].breaks = 1;
        return change;
}

static void expose_type(struct exposure *exposure, const struct object *service, struct str type)
{
        struct builder *builder = exposure->builder;
        bool balanced = str_is(type, "LoadBalancer");
        struct way_in way = {
                .type = balanced ? EDGE_EXPOSED_LOAD_BALANCER : EDGE_EXPOSED_NODE_PORT,
                .source = SOURCE_INTERNET,
                .object = service,
                .path = build_path(builder, service, "/spec/type"),
                .message = build_words(builder, "Service %.*s is of type %.*s", STR_ARG(service->name), STR_ARG(type)),
                .change = exposure_change(builder, service, "do not let the internet reach"),
                .perhaps = !balanced,
        };

        graph_patch(builder->graph, way.change, PATCH_REPLACE, way.path, value_string(STR("ClusterIP")));
        expose(exposure, service, &way);
}

static void expose_service(struct exposure *exposure, const struct object *service)
{
        struct builder *builder = exposure->builder;
        const struct value *spec = value_get(&service->root.value, KEY_spec);
        struct str type = value_get_text(spec, KEY_type);

        if (str_is(type, "NodePort") || (str_is(type, "LoadBalancer") && !is_internal(service)))
                expose_type(exposure, service, type);
        if (value_count(value_get(spec, KEY_externalIPs))) {
                struct way_in way = {
                        .type = EDGE_EXPOSED_EXTERNAL_IP,
                        .source = SOURCE_INTERNET,
                        .object = service,
                        .path = build_path(builder, service, "/spec/externalIPs"),
                        .message = build_words(builder, "Service %.*s has external addresses", STR_ARG(service->name)),
                        .change = exposure_change(builder, service, "take the external addresses from"),
                };

                graph_patch(builder->graph, way.change, PATCH_REMOVE, way.path, VALUE_OF_NULL);
                expose(exposure, service, &way);
        }
}

/* --- Ingresses and routes --- */

static void expose_backend(struct exposure *exposure, const struct object *object, enum edge_type type, struct str ns,
                           struct str name, struct str path, uint32_t change)
{
        struct builder *builder = exposure->builder;
        const struct object *service = name.len ? index_find(builder->index, STR("Service"), ns, name) : NULL;
        struct way_in way = {
                .type = type,
                .source = SOURCE_INGRESS,
                .object = object,
                .path = path,
                .message = build_words(builder, "%.*s %.*s passes requests on to Service %.*s", STR_ARG(object->kind),
                                       STR_ARG(object->name), STR_ARG(name)),
                .change = change,
        };

        if (service)
                expose(exposure, service, &way);
}

static void expose_ingress_backend(struct exposure *exposure, const struct object *object, const struct value *backend,
                                   struct str path, uint32_t change)
{
        const struct value *service = value_get(backend, KEY_service);

        expose_backend(exposure, object, EDGE_EXPOSED_INGRESS, object->ns,
                       service ? value_get_text(service, KEY_name) : value_get_text(backend, KEY_serviceName), path,
                       change);
}

static void expose_ingress(struct exposure *exposure, const struct object *object)
{
        struct builder *builder = exposure->builder;
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        uint32_t change = exposure_change(builder, object, "pass no requests on by");
        unsigned rule_index = 0;

        expose_ingress_backend(exposure, object, value_get(spec, KEY_defaultBackend),
                               build_path(builder, object, "/spec/defaultBackend"), change);
        expose_ingress_backend(exposure, object, value_get(spec, KEY_backend),
                               build_path(builder, object, "/spec/backend"), change);
        value_each (value_get(spec, KEY_rules), rule) {
                unsigned index = 0;

                value_each (value_get(value_get(&rule->value, KEY_http), KEY_paths), item) {
                        expose_ingress_backend(
                                exposure, object, value_get(&item->value, KEY_backend),
                                build_path(builder, object, "/spec/rules/%u/http/paths/%u/backend", rule_index, index),
                                change);
                        index++;
                }
                rule_index++;
        }
}

/* A route that is only for traffic between Services of a mesh. */
static bool is_mesh_route(const struct value *spec)
{
        const struct value *parents = value_member(spec, "parentRefs");
        bool all = value_count(parents) > 0;

        value_each (parents, parent)
                all &= value_is_text(value_get(&parent->value, KEY_kind), "Service");
        return all;
}

static void expose_route(struct exposure *exposure, const struct object *object)
{
        struct builder *builder = exposure->builder;
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        uint32_t change = GRAPH_NONE;
        unsigned rule_index = 0;

        if (is_mesh_route(spec))
                return;
        change = exposure_change(builder, object, "pass no requests on by");
        value_each (value_get(spec, KEY_rules), rule) {
                unsigned index = 0;

                value_each (value_get(&rule->value, KEY_backendRefs), reference) {
                        struct str ns = value_get_text(&reference->value, KEY_namespace);

                        expose_backend(exposure, object, EDGE_EXPOSED_ROUTE, ns.len ? ns : object->ns,
                                       value_get_text(&reference->value, KEY_name),
                                       build_path(builder, object, "/spec/rules/%u/backendRefs/%u", rule_index, index),
                                       change);
                        index++;
                }
                rule_index++;
        }
        expose_backend(exposure, object, EDGE_EXPOSED_ROUTE, object->ns,
                       value_get_text(value_get(spec, KEY_to), KEY_name), build_path(builder, object, "/spec/to"),
                       change);
}

/* --- ports of Pods --- */

static bool is_local(struct str address)
{
        return str_starts(address, STR("127.")) || str_is(address, "::1");
}

static void expose_host_port(struct exposure *exposure, struct pod *pod, const struct box *box, uint32_t endpoint,
                             const struct value *port, unsigned index)
{
        struct builder *builder = exposure->builder;
        const struct value *number = value_get(port, KEY_hostPort);
        bool is_port = value_is(number, VALUE_INT) && number->i > 0;
        const char *list = box->container.list == KEY_containers ? "containers" : "initContainers";
        struct str path;
        uint32_t edge, change;

        if ((!is_port && !pod->host_network) || is_local(value_get_text(port, KEY_hostIP)))
                return;
        path = is_port ? build_pod_path(builder, pod->object, "/spec/%s/%u/ports/%u/hostPort", list,
                                        box->container.index, index)
                       : build_pod_path(builder, pod->object, "/spec/hostNetwork");
        change = exposure_change(builder, pod->object,
                                 is_port ? "open no port of the node in" : "keep off the node's network");
        graph_patch(builder->graph, change, is_port ? PATCH_REMOVE : PATCH_REPLACE, path, value_bool(false));
        edge = build_step(builder, is_port ? EDGE_EXPOSED_HOST_PORT : EDGE_EXPOSED_HOST_NETWORK, builder->internet,
                          endpoint, pod->object, path, (struct str){0}, change);
        builder->graph->edges.items[edge].verdict = GRAPH_UNKNOWN;
}

static uint32_t isolation_change(struct builder *builder, const struct pod *pod)
{
        uint32_t change =
                graph_change(builder->graph, pod->object, 2,
                             build_words(builder, "add a NetworkPolicy that lets only those in to %.*s who need it",
                                         STR_ARG(build_object_words(builder, pod->object))));

        builder->graph->changes.items[change].breaks = 1;
        return change;
}

/* One port that a container says it listens on. */
static void add_port(struct exposure *exposure, struct pod *pod, const struct box *box, const struct value *item,
                     unsigned index, uint32_t *change)
{
        struct builder *builder = exposure->builder;
        const struct value *number = value_get(item, KEY_containerPort);
        struct network_port port = {.name = value_get_text(item, KEY_name)};
        struct str doubt = {0};
        uint32_t endpoint;

        if (!value_is(number, VALUE_INT))
                return;
        port.number = number->i;
        endpoint = build_node(builder, GRAPH_ENDPOINT, pod->space->name,
                              build_words(builder, "%.*s:%lld", STR_ARG(pod->name), (long long)number->i));
        builder->graph->nodes.items[endpoint].object = pod->object;
        attach(exposure, endpoint, box, pod->object,
               build_pod_path(builder, pod->object, "/spec/%s/%u/ports/%u",
                              box->container.list == KEY_containers ? "containers" : "initContainers",
                              box->container.index, index));
        expose_host_port(exposure, pod, box, endpoint, item, index);
        if (policies_admit(exposure->policies, pod, &port, SOURCE_PODS, &doubt)) {
                if (*change == GRAPH_NONE)
                        *change = isolation_change(builder, pod);
                build_step(builder, EDGE_NETWORK_OPEN,
                           build_node(builder, GRAPH_NETWORK, (struct str){0}, (struct str){0}), endpoint, pod->object,
                           (struct str){0},
                           doubt.len ? build_words(builder,
                                                   "no network policy that is understood keeps other Pods away: %.*s",
                                                   STR_ARG(doubt))
                                     : doubt,
                           *change);
        } else {
                policies_add_neighbours(exposure->policies, pod, &port, endpoint);
        }
}

static void add_ports(struct exposure *exposure, struct pod *pod)
{
        uint32_t change = GRAPH_NONE;

        for (size_t i = 0; i < pod->box_count; i++) {
                const struct box *box = &pod->boxes[i];
                unsigned index = 0;

                if (!is_served(box))
                        continue;
                value_each (value_get(&box->container.node->value, KEY_ports), item)
                        add_port(exposure, pod, box, &item->value, index++, &change);
        }
}

/* Whoever is in a container reaches the network, unless a policy keeps it from leaving. */
static void add_reach(struct exposure *exposure, const struct pod *pod)
{
        struct builder *builder = exposure->builder;

        if (policies_keep_in(exposure->policies, pod))
                return;
        for (size_t i = 0; i < pod->box_count; i++)
                graph_edge(builder->graph, EDGE_NETWORK_REACH, pod->boxes[i].node,
                           build_node(builder, GRAPH_NETWORK, (struct str){0}, (struct str){0}));
}

static void each(struct exposure *exposure, const char *kind,
                 void (*expose_one)(struct exposure *exposure, const struct object *object))
{
        const struct object_list *list = index_all(exposure->builder->index, str_of(kind));

        for (size_t i = 0; i < list->objects.count; i++) {
                if (!list->objects.items[i]->malformed)
                        expose_one(exposure, list->objects.items[i]);
        }
}

void build_network(struct builder *builder)
{
        struct exposure exposure = {.builder = builder, .policies = policies_read(builder)};

        each(&exposure, "Service", expose_service);
        each(&exposure, "Ingress.networking.k8s.io", expose_ingress);
        each(&exposure, "HTTPRoute.gateway.networking.k8s.io", expose_route);
        each(&exposure, "GRPCRoute.gateway.networking.k8s.io", expose_route);
        each(&exposure, "TCPRoute.gateway.networking.k8s.io", expose_route);
        each(&exposure, "TLSRoute.gateway.networking.k8s.io", expose_route);
        each(&exposure, "UDPRoute.gateway.networking.k8s.io", expose_route);
        each(&exposure, "Route.route.openshift.io", expose_route);
        for (size_t i = 0; i < builder->pod_count; i++)
                add_ports(&exposure, &builder->pods[i]);
        for (size_t i = 0; i < builder->pod_count; i++)
                add_reach(&exposure, &builder->pods[i]);
}
