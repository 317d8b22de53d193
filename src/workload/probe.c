/* probe.c - probes that ask for a port by a name which their container does not give. */

#include "workload/joins.h"

static const uint32_t probes[] = {KEY_livenessProbe, KEY_readinessProbe, KEY_startupProbe};
static const uint32_t ways[] = {KEY_httpGet, KEY_tcpSocket};

static bool has_port(const struct value *container, struct str name)
{
        value_each (value_get(container, KEY_ports), port) {
                if (str_equal(value_get_text(&port->value, KEY_name), name))
                        return true;
        }
        return false;
}

/* `probe`, `port`. */
static void judge_probe(struct join_run *run, const struct container *container, uint32_t probe, uint32_t way)
{
        const struct value *value = value_get(value_get(&container->node->value, probe), way);
        const struct value *port = value_get(value, KEY_port);
        struct str list, probe_name, way_name;
        struct join_fact *fact;

        if (!value_is(port, VALUE_STRING) || has_port(&container->node->value, value_text(port)))
                return;
        list = intern_text(container->list);
        probe_name = intern_text(probe);
        way_name = intern_text(way);
        fact = join_find_in_pod(run, "/spec/%.*s/%u/%.*s/%.*s/port", STR_ARG(list), container->index,
                                STR_ARG(probe_name), STR_ARG(way_name));
        fact->container = container->name;
        join_tell_text(run, fact, "probe", probe_name);
        join_tell_text(run, fact, "port", value_text(port));
}

static void judge(struct join_run *run)
{
        struct container container = {0};

        while (object_next_container(run->object, &container)) {
                for (size_t i = 0; i < COUNT_OF(probes); i++) {
                        for (size_t k = 0; k < COUNT_OF(ways); k++)
                                judge_probe(run, &container, probes[i], ways[k]);
                }
        }
}

const struct join join_probe_port_unknown = {
        .name = STR_INIT("probe-port-unknown"),
        .judge = judge,
};
