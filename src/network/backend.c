/* backend.c - Ingresses and routes, and the Services behind them. */

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "network/joins.h"

/* Where a backend is said. */
struct backend {
        struct str ns, service;
        struct str port_name; /* empty: none */
        int64_t port;         /* 0: none */
};

static bool has_port(const struct object *service, const struct backend *backend)
{
        const struct value *spec = value_get(&service->root.value, KEY_spec);

        if ((!backend->port && !backend->port_name.len) || value_is_text(value_get(spec, KEY_type), "ExternalName"))
                return true;
        value_each (value_get(spec, KEY_ports), port) {
                const struct value *number = value_get(&port->value, KEY_port);

                if (backend->port ? value_is(number, VALUE_INT) && number->i == backend->port
                                  : str_equal(value_get_text(&port->value, KEY_name), backend->port_name))
                        return true;
        }
        return false;
}

/* `service`, `port` (empty if the Service itself is not there), `namespace`, `shown` (whether any Service of the namespace
 * was). */
static void judge_backend(struct join_run *run, const struct backend *backend, const char *path)
{
        const struct object *service;
        struct join_fact *fact;
        struct str port = backend->port_name;

        if (!backend->service.len)
                return;
        service = index_find(run->index, STR("Service"), backend->ns, backend->service);
        if (service && has_port(service, backend))
                return;
        if (backend->port)
                port = str_format(run->arena, "%" PRId64, backend->port);
        fact = join_find(run, "%s", path);
        join_tell_text(run, fact, "service", backend->service);
        join_tell_text(run, fact, "port", service ? port : (struct str){0});
        join_tell_text(run, fact, "namespace", namespace_name(backend->ns));
        join_tell(run, fact, "shown", value_bool(index_has_kind(run->index, STR("Service"), backend->ns)));
}

static void set_port(struct backend *backend, const struct value *port)
{
        if (value_is(port, VALUE_INT))
                backend->port = port->i;
        else if (value_is(port, VALUE_STRING))
                backend->port_name = value_text(port);
}

/* The backend of an Ingress: as networking.k8s.io/v1 says it, or as the betas did. */
static void judge_ingress_backend(struct join_run *run, const struct value *value, const char *path)
{
        struct backend backend = {.ns = run->object->ns};
        const struct value *service = value_get(value, KEY_service);
        CLEANUP(buf_free) struct buf place = {0};

        buf_add_format(&place, "%s", path);
        if (service) {
                const struct value *port = value_get(service, KEY_port);

                backend.service = value_get_text(service, KEY_name);
                set_port(&backend, value_get(port, KEY_number));
                if (!backend.port)
                        backend.port_name = value_get_text(port, KEY_name);
                buf_add_literal(&place, "/service/name");
        } else {
                backend.service = value_get_text(value, KEY_serviceName);
                set_port(&backend, value_get(value, KEY_servicePort));
                buf_add_literal(&place, "/serviceName");
        }
        buf_add_char(&place, 0);
        judge_backend(run, &backend, place.data);
}

static void judge_ingress(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->root.value, KEY_spec);
        unsigned rule_index = 0;
        char path[96];

        judge_ingress_backend(run, value_get(spec, KEY_defaultBackend), "/spec/defaultBackend");
        judge_ingress_backend(run, value_get(spec, KEY_backend), "/spec/backend");
        value_each (value_get(spec, KEY_rules), rule) {
                unsigned index = 0;

                value_each (value_get(value_get(&rule->value, KEY_http), KEY_paths), item) {
                        snprintf(path, sizeof(path), "/spec/rules/%u/http/paths/%u/backend", rule_index, index++);
                        judge_ingress_backend(run, value_get(&item->value, KEY_backend), path);
                }
                rule_index++;
        }
}

static const struct str ingress_kinds[] = {STR_INIT("Ingress.networking.k8s.io"), STR_INIT("Ingress.extensions")};

const struct join join_ingress_backend_missing = {
        .name = STR_INIT("ingress-backend-missing"),
        .kinds = ingress_kinds,
        .kind_count = COUNT_OF(ingress_kinds),
        .judge = judge_ingress,
};

/* A reference of the Gateway API to a Service, which is the default kind. */
static void judge_route_backend(struct join_run *run, const struct value *value, const char *path)
{
        struct backend backend = {.ns = run->object->ns, .service = value_get_text(value, KEY_name)};
        struct str kind = value_get_text(value, KEY_kind), group = value_get_text(value, KEY_group);

        if (group.len || (kind.len && !str_is(kind, "Service")))
                return;
        if (value_get_text(value, KEY_namespace).len)
                backend.ns = value_get_text(value, KEY_namespace);
        set_port(&backend, value_get(value, KEY_port));
        judge_backend(run, &backend, path);
}

static void judge_route(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->root.value, KEY_spec);
        unsigned rule_index = 0;
        char path[96];

        value_each (value_get(spec, KEY_rules), rule) {
                unsigned index = 0;

                value_each (value_get(&rule->value, KEY_backendRefs), reference) {
                        snprintf(path, sizeof(path), "/spec/rules/%u/backendRefs/%u/name", rule_index, index++);
                        judge_route_backend(run, &reference->value, path);
                }
                rule_index++;
        }
}

static const struct str route_kinds[] = {
        STR_INIT("HTTPRoute.gateway.networking.k8s.io"), STR_INIT("GRPCRoute.gateway.networking.k8s.io"),
        STR_INIT("TCPRoute.gateway.networking.k8s.io"),  STR_INIT("UDPRoute.gateway.networking.k8s.io"),
        STR_INIT("TLSRoute.gateway.networking.k8s.io"),
};

const struct join join_route_backend_missing = {
        .name = STR_INIT("route-backend-missing"),
        .kinds = route_kinds,
        .kind_count = COUNT_OF(route_kinds),
        .judge = judge_route,
};
