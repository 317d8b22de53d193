/* build_accounts.c - service accounts, Secrets, groups, and who has a role in a cloud. */

#include "graph/build_internal.h"

#define ACCOUNTS "system:serviceaccounts"

static void add_groups(struct builder *builder, uint32_t account, struct str ns, struct map *known)
{
        struct graph *graph = builder->graph;
        uint32_t all, group = build_node(builder, GRAPH_GROUP, (struct str){0},
                                         build_words(builder, ACCOUNTS ":%.*s", STR_ARG(ns)));
        void **slot = map_slot(builder->arena, known, ns);

        graph_edge(graph, EDGE_GROUP_MEMBER, account, group);
        if (*slot)
                return;
        *slot = builder;
        all = build_node(builder, GRAPH_GROUP, (struct str){0}, STR(ACCOUNTS));
        graph_edge(graph, EDGE_GROUP_MEMBER, group, all);
        if (known->count == 1)
                graph_edge(graph, EDGE_GROUP_MEMBER, all,
                           build_node(builder, GRAPH_GROUP, (struct str){0}, STR("system:authenticated")));
}

/* Annotations by which clouds give an account a role. */
static void add_cloud_role(struct builder *builder, uint32_t account, const struct object *object)
{
        static const struct {
                const char *key, *path;
        } annotations[] = {
                {"eks.amazonaws.com/role-arn", "/metadata/annotations/eks.amazonaws.com~1role-arn"},
                {"iam.gke.io/gcp-service-account", "/metadata/annotations/iam.gke.io~1gcp-service-account"},
                {"azure.workload.identity/client-id", "/metadata/annotations/azure.workload.identity~1client-id"},
        };
        const struct value *given = value_get(value_get(&object->root.value, KEY_metadata), KEY_annotations);

        for (size_t i = 0; given && i < COUNT_OF(annotations); i++) {
                struct str role = value_member_text(given, annotations[i].key);

                if (role.len)
                        build_step(builder, EDGE_CLOUD_ROLE, account,
                                   build_node(builder, GRAPH_CLOUD, (struct str){0}, role), object,
                                   build_path(builder, object, "%s", annotations[i].path), (struct str){0}, GRAPH_NONE);
        }
}

static void add_shown_accounts(struct builder *builder)
{
        const struct object_list *accounts = index_all(builder->index, STR("ServiceAccount"));

        for (size_t i = 0; i < accounts->objects.count; i++) {
                const struct object *object = accounts->objects.items[i];
                struct space *space = build_space(builder, object->ns);
                uint32_t account = build_node(builder, GRAPH_ACCOUNT, space->name, object->name);

                builder->graph->nodes.items[account].object = object;
                add_cloud_role(builder, account, object);
        }
}

static void add_token(struct builder *builder, uint32_t secret, const struct object *object, struct str ns)
{
        const struct value *notes = value_get(value_get(&object->root.value, KEY_metadata), KEY_annotations);
        struct str name = value_member_text(notes, "kubernetes.io/service-account.name");
        uint32_t change;

        if (!name.len)
                return;
        change = graph_change(builder->graph, object, 1,
                              build_words(builder, "delete %.*s: tokens that do not expire are not needed any more",
                                          STR_ARG(build_object_words(builder, object))));
        builder->graph->changes.items[change].breaks = 1;
        build_step(builder, EDGE_SECRET_TOKEN, secret, build_node(builder, GRAPH_ACCOUNT, ns, name), object,
                   build_path(builder, object, "/type"),
                   build_words(builder, "it holds a token of service account %.*s that does not expire", STR_ARG(name)),
                   change);
}

static void add_secrets(struct builder *builder)
{
        const struct object_list *secrets = index_all(builder->index, STR("Secret"));

        for (size_t i = 0; i < secrets->objects.count; i++) {
                const struct object *object = secrets->objects.items[i];
                struct space *space = build_space(builder, object->ns);
                uint32_t secret = build_node(builder, GRAPH_SECRET, space->name, object->name);
                struct str type = value_get_text(&object->root.value, KEY_type);

                builder->graph->nodes.items[secret].object = object;
                if (str_is(type, "kubernetes.io/service-account-token"))
                        add_token(builder, secret, object, space->name);
                else if (str_is(type, "bootstrap.kubernetes.io/token") && str_is(space->name, "kube-system"))
                        build_step(builder, EDGE_BOOTSTRAP_TOKEN, secret,
                                   build_node(builder, GRAPH_GROUP, (struct str){0}, STR("system:bootstrappers")),
                                              object, build_path(builder, object, "/type"), (struct str){0},
                                              GRAPH_NONE);
        }
}

/* aad-pod-identity: Pods that an exception names may ask the node for what it has. */
static void add_azure(struct builder *builder)
{
        const struct object_list *list =
                index_all(builder->index, STR("AzurePodIdentityException.aadpodidentity.k8s.io"));

        for (size_t i = 0; i < list->objects.count; i++) {
                const struct object *object = list->objects.items[i];
                const struct value *labels = value_member(value_get(&object->root.value, KEY_spec), "podLabels");
                struct selector selector;
                struct pod_search search = {.ns = object->ns, .selector = &selector};
                const struct object *found;
                struct err err = {0};

                if (!value_count(labels) || !selector_from_labels(builder->arena, labels, &selector, &err))
                        continue;
                while ((found = index_next_pod(builder->index, &search))) {
                        struct pod *pod = build_pod_of(builder, found);

                        if (pod)
                                build_step(
                                        builder, EDGE_AZURE_IDENTITY, pod->node,
                                        build_node(builder, GRAPH_CLOUD, (struct str){0}, STR("azure-node-identity")),
                                                   object, build_path(builder, object, "/spec/podLabels"),
                                                   (struct str){0}, GRAPH_NONE);
                }
        }
}

void build_accounts(struct builder *builder)
{
        add_shown_accounts(builder);
        add_secrets(builder);
        add_azure(builder);
}

void build_groups(struct builder *builder)
{
        struct graph *graph = builder->graph;
        struct map known = {0};

        for (size_t i = 0, count = graph->nodes.count; i < count; i++) {
                struct graph_node node = graph->nodes.items[i];
                bool nobody = str_is(node.id, "user/system:anonymous");

                if (node.kind == GRAPH_ACCOUNT)
                        add_groups(builder, (uint32_t)i, graph_namespace(&node), &known);
                else if (node.kind == GRAPH_USER)
                        graph_edge(graph, EDGE_GROUP_MEMBER, (uint32_t)i,
                                   build_node(builder, GRAPH_GROUP, (struct str){0},
                                              nobody ? STR("system:unauthenticated") : STR("system:authenticated")));
        }
}
