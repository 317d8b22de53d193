/* node.c - the Node authorizer: a question is dispatched by resource; objects are related to a node through the Pods on it. */

#include "access/node.h"

#include "access/internal.h"
#include "kube/index.h"

struct node_question {
        struct arena *arena;
        const struct estate *estate;
        struct str node;
        const struct access_request *request;
        struct str why;
};

bool access_is_node(const struct access_user *user, struct str *node)
{
        bool in_group = false;

        for (size_t i = 0; i < user->group_count; i++)
                in_group |= str_is(user->groups[i], "system:nodes");
        if (!in_group || !str_starts(user->name, STR("system:node:")))
                return false;
        *node = str_from(user->name, sizeof("system:node:") - 1);
        return node->len > 0;
}

/* --- what a Pod refers to --- */

static bool names(const struct value *map, const char *key, struct str wanted)
{
        return wanted.len && str_equal(value_member_text(map, key), wanted);
}

/* A volume source, the member of it that has the reference (NULL: itself), and the member with the name. */
struct volume_reference {
        const char *source, *reference, *name;
};

static const struct volume_reference secret_volumes[] = {
        {"azureFile", NULL, "secretName"},       {"cephfs", "secretRef", "name"}, {"cinder", "secretRef", "name"},
        {"flexVolume", "secretRef", "name"},     {"rbd", "secretRef", "name"},    {"secret", NULL, "secretName"},
        {"scaleIO", "secretRef", "name"},        {"iscsi", "secretRef", "name"},  {"storageos", "secretRef", "name"},
        {"csi", "nodePublishSecretRef", "name"},
};
static const struct volume_reference config_map_volumes[] = {{"configMap", NULL, "name"}};

static bool volume_names(const struct value *volume, const struct volume_reference *table, size_t count,
                         const char *projected, struct str wanted)
{
        for (size_t i = 0; i < count; i++) {
                const struct value *source = value_member(volume, table[i].source);

                if (names(table[i].reference ? value_member(source, table[i].reference) : source, table[i].name,
                          wanted))
                        return true;
        }
        value_each (value_member(value_member(volume, "projected"), "sources"), source)
                if (names(value_member(&source->value, projected), "name", wanted))
                        return true;
        return false;
}

static bool container_names(const struct object *pod, const char *all_from, const char *one_from, struct str wanted)
{
        struct container container = {0};

        while (object_next_container(pod, &container)) {
                value_each (value_member(&container.node->value, "envFrom"), from)
                        if (names(value_member(&from->value, all_from), "name", wanted))
                                return true;
                value_each (value_member(&container.node->value, "env"), variable)
                        if (names(value_member(value_member(&variable->value, "valueFrom"), one_from), "name", wanted))
                                return true;
        }
        return false;
}

static bool pod_names_secret(const struct object *pod, struct str wanted)
{
        const struct value *spec = value_member(&pod->root.value, "spec");

        value_each (value_member(spec, "imagePullSecrets"), secret)
                if (names(&secret->value, "name", wanted))
                        return true;
        value_each (value_member(spec, "volumes"), volume)
                if (volume_names(&volume->value, secret_volumes, COUNT_OF(secret_volumes), "secret", wanted))
                        return true;
        return container_names(pod, "secretRef", "secretKeyRef", wanted);
}

static bool pod_names_config_map(const struct object *pod, struct str wanted)
{
        value_each (value_member(value_member(&pod->root.value, "spec"), "volumes"), volume)
                if (volume_names(&volume->value, config_map_volumes, COUNT_OF(config_map_volumes), "configMap", wanted))
                        return true;
        return container_names(pod, "configMapRef", "configMapKeyRef", wanted);
}

/* A claim for an ephemeral volume is called after the Pod and the volume. */
static bool pod_names_volume_claim(const struct object *pod, struct str wanted)
{
        value_each (value_member(value_member(&pod->root.value, "spec"), "volumes"), volume) {
                struct str name = value_member_text(&volume->value, "name");

                if (names(value_member(&volume->value, "persistentVolumeClaim"), "claimName", wanted))
                        return true;
                if (value_member(&volume->value, "ephemeral") && wanted.len == pod->name.len + 1 + name.len
                    && str_starts(wanted, pod->name) && wanted.data[pod->name.len] == '-' && str_ends(wanted, name))
                        return true;
        }
        return false;
}

static bool pod_names_resource_claim(const struct object *pod, struct str wanted)
{
        const struct value *status = value_member(&pod->root.value, "status");

        value_each (value_member(value_member(&pod->root.value, "spec"), "resourceClaims"), claim)
                if (names(&claim->value, "resourceClaimName", wanted))
                        return true;
        value_each (value_member(status, "resourceClaimStatuses"), claim)
                if (names(&claim->value, "resourceClaimName", wanted))
                        return true;
        return names(value_member(status, "extendedResourceClaimStatus"), "resourceClaimName", wanted);
}

static bool pod_names_account(const struct object *pod, struct str wanted)
{
        return names(value_member(&pod->root.value, "spec"), "serviceAccountName", wanted);
}

static bool pod_is(const struct object *pod, struct str wanted)
{
        return str_equal(pod->name, wanted);
}

/* --- from an object to the node --- */

typedef bool pod_names(const struct object *pod, struct str wanted);

/* Loops over objects of a kind. */
static const struct object *next_object(const struct estate *estate, const char *kind, size_t *source, size_t *at)
{
        for (; *source < estate->source_count; ++*source, *at = 0)
                while (*at < estate->sources[*source].objects.count) {
                        const struct object *object = &estate->sources[*source].objects.items[(*at)++];

                        if (str_equal(object->kind, str_of(kind)))
                                return object;
                }
        return NULL;
}

/* Whether a Pod on the node refers to something. Mirror Pods, which the node itself makes, refer to nothing. */
static const struct object *pod_that(const struct node_question *question, struct str ns, struct str wanted,
                                     pod_names *refers)
{
        size_t source = 0, at = 0;
        const struct object *pod;

        while ((pod = next_object(question->estate, "Pod", &source, &at))) {
                bool mirror = value_member(value_member(value_member(&pod->root.value, "metadata"), "annotations"),
                                           "kubernetes.io/config.mirror");

                if (str_equal(namespace_name(pod->ns), ns)
                    && names(value_member(&pod->root.value, "spec"), "nodeName", question->node)
                    && (!mirror || refers == pod_is) && refers(pod, wanted))
                        return pod;
        }
        return NULL;
}

/* Which secret a volume of the cluster refers to, and in which namespace. */
static bool volume_refers(const struct object *volume, struct str claim_ns, struct str ns, struct str wanted)
{
        const struct value *spec = value_member(&volume->root.value, "spec"), *azure = value_member(spec, "azureFile");
        static const char *const sources[] = {"cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi"};
        static const char *const csi[] = {"nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef"};
        struct str own;

        if (names(azure, "secretName", wanted))
                return str_equal(value_member_text(azure, "secretNamespace").len
                                         ? value_member_text(azure, "secretNamespace")
                                         : claim_ns,
                                 ns);
        for (size_t i = 0; i < COUNT_OF(sources); i++) {
                const struct value *reference = value_member(value_member(spec, sources[i]), "secretRef");

                own = value_member_text(reference, "namespace");
                if (names(reference, "name", wanted))
                        return str_equal(own.len || i == 1 ? own : claim_ns, ns);
        }
        for (size_t i = 0; i < COUNT_OF(csi); i++) {
                const struct value *reference = value_member(value_member(spec, "csi"), csi[i]);

                if (names(reference, "name", wanted) && str_equal(value_member_text(reference, "namespace"), ns))
                        return true;
        }
        own = value_member_text(value_member(value_member(spec, "storageos"), "secretRef"), "namespace");
        return names(value_member(value_member(spec, "storageos"), "secretRef"), "name", wanted) && str_equal(own, ns);
}

/* Whether a PersistentVolume is bound to a claim of a Pod on the node. */
static const struct object *pod_of_volume(const struct node_question *question, const struct object *volume)
{
        const struct value *claim = value_member(value_member(&volume->root.value, "spec"), "claimRef");

        return claim ? pod_that(question, value_member_text(claim, "namespace"), value_member_text(claim, "name"),
                                pod_names_volume_claim)
                     : NULL;
}

static bool reach_secret(struct node_question *question, struct str ns, struct str name, const struct object **pod)
{
        size_t source = 0, at = 0;
        const struct object *volume;

        if ((*pod = pod_that(question, ns, name, pod_names_secret)))
                return true;
        while ((volume = next_object(question->estate, "PersistentVolume", &source, &at))) {
                struct str claim_ns = value_member_text(
                        value_member(value_member(&volume->root.value, "spec"), "claimRef"), "namespace");

                if (volume_refers(volume, claim_ns, ns, name) && (*pod = pod_of_volume(question, volume)))
                        return true;
        }
        return false;
}

static bool reach_volume(struct node_question *question, struct str name, const struct object **pod)
{
        size_t source = 0, at = 0;
        const struct object *volume;

        while ((volume = next_object(question->estate, "PersistentVolume", &source, &at)))
                if (str_equal(volume->name, name) && (*pod = pod_of_volume(question, volume)))
                        return true;
        return false;
}

/* Objects that name their node themselves. */
static bool reach_by_node_name(struct node_question *question, const char *kind, struct str ns, struct str name)
{
        size_t source = 0, at = 0;
        const struct object *object;

        while ((object = next_object(question->estate, kind, &source, &at)))
                if (str_equal(object->name, name) && (!ns.len || str_equal(namespace_name(object->ns), ns))
                    && names(value_member(&object->root.value, "spec"), "nodeName", question->node))
                        return true;
        return false;
}

/* --- what is asked --- */

static bool no(struct node_question *question, const char *why)
{
        question->why = str_of(why);
        return false;
}

static bool yes(struct node_question *question, const char *why)
{
        question->why = str_of(why);
        return true;
}

static bool is_verb(const struct node_question *question, const char *verbs)
{
        struct str rest = str_of(verbs), verb;

        while (str_split(&rest, ' ', &verb))
                if (str_equal(verb, question->request->verb))
                        return true;
        return false;
}

static bool related(struct node_question *question, pod_names *refers)
{
        const struct access_request *request = question->request;
        const struct object *pod = NULL;

        if (!request->name.len)
                return no(question, "only objects by name");
        if (refers == pod_names_secret ? reach_secret(question, request->ns, request->name, &pod)
            : refers                   ? (pod = pod_that(question, request->ns, request->name, refers)) != NULL
                                       : reach_volume(question, request->name, &pod)) {
                question->why = str_format(question->arena, "for Pod %.*s/%.*s on the node",
                                           STR_ARG(namespace_name(pod->ns)), STR_ARG(pod->name));
                return true;
        }
        question->why = str_format(question->arena, "no relationship found between node '%.*s' and this object",
                                   STR_ARG(question->node));
        return false;
}

static bool get_only(struct node_question *question, pod_names *refers)
{
        if (!is_verb(question, "get"))
                return no(question, "can only get individual resources of this type");
        if (question->request->subresource.len)
                return no(question, "cannot get subresource");
        return related(question, refers);
}

static bool read_only(struct node_question *question, pod_names *refers)
{
        if (!is_verb(question, "get list watch"))
                return no(question, "can only read resources of this type");
        if (question->request->subresource.len)
                return no(question, "cannot read subresource");
        if (!question->request->ns.len)
                return no(question, "can only read namespaced object of this type");
        return related(question, refers);
}

static bool named_like_node(struct node_question *question, const char *what)
{
        if (is_verb(question, "create") || str_equal(question->request->name, question->node))
                return yes(question, "its own");
        return no(question, what);
}

static bool ask_secret(struct node_question *question)
{
        return read_only(question, pod_names_secret);
}

static bool ask_config_map(struct node_question *question)
{
        return read_only(question, pod_names_config_map);
}

static bool ask_volume_claim(struct node_question *question)
{
        if (!str_is(question->request->subresource, "status"))
                return get_only(question, pod_names_volume_claim);
        if (!is_verb(question, "update patch"))
                return no(question, "can only update or patch the status");
        return related(question, pod_names_volume_claim);
}

static bool ask_volume(struct node_question *question)
{
        return get_only(question, NULL);
}

static bool ask_resource_claim(struct node_question *question)
{
        return get_only(question, pod_names_resource_claim);
}

static bool ask_attachment(struct node_question *question)
{
        if (!is_verb(question, "get") || question->request->subresource.len)
                return no(question, "can only get individual resources of this type");
        return reach_by_node_name(question, "VolumeAttachment",
                                  STR(""), question->request->name)
                                  ? yes(question, "attached to the node")
                                  : no(question, "no relationship found between the node and this object");
}

static bool ask_account(struct node_question *question)
{
        if (is_verb(question, "get") && !question->request->subresource.len)
                return read_only(question, pod_names_account);
        if (!is_verb(question, "create") || !question->request->name.len)
                return no(question, "can only create tokens for individual service accounts");
        if (!str_is(question->request->subresource, "token"))
                return no(question, "can only create token subresource of serviceaccount");
        return related(question, pod_names_account);
}

static bool ask_lease(struct node_question *question)
{
        if (!is_verb(question, "get create update patch delete"))
                return no(question, "can only get, create, update, patch, or delete a node lease");
        if (!str_is(question->request->ns, "kube-node-lease"))
                return no(question, "can only access leases in the \"kube-node-lease\" system namespace");
        return named_like_node(question, "can only access node lease with the same name as the requesting node");
}

static bool ask_csi_node(struct node_question *question)
{
        if (question->request->subresource.len)
                return no(question, "cannot authorize CSINode subresources");
        if (!is_verb(question, "get create update patch delete"))
                return no(question, "can only get, create, update, patch, or delete a CSINode");
        return named_like_node(question, "can only access CSINode with the same name as the requesting node");
}

static bool ask_slice(struct node_question *question)
{
        if (question->request->subresource.len)
                return no(question, "cannot authorize ResourceSlice subresources");
        if (is_verb(question, "create"))
                return yes(question, "admission checks the rest");
        if (is_verb(question, "get update patch delete") && question->request->name.len
            && reach_by_node_name(question, "ResourceSlice", STR(""), question->request->name))
                return yes(question, "of the node");
        return no(question, "can only list/watch/deletecollection resourceslices with nodeName field selector");
}

static bool ask_node(struct node_question *question)
{
        const struct access_request *request = question->request;

        if (str_is(request->subresource, "status"))
                return is_verb(question, "update patch") ? yes(question, "admission limits it to its own")
                                                         : no(question, "");
        if (request->subresource.len)
                return no(question, "");
        if (is_verb(question, "create update patch"))
                return yes(question, "admission limits it to its own");
        if (!is_verb(question, "get list watch"))
                return no(question, "");
        return str_equal(request->name, question->node) ? yes(question, "its own Node object")
                                                        : no(question, "only its own Node object");
}

static bool ask_pod(struct node_question *question)
{
        const struct access_request *request = question->request;

        if (str_is(request->subresource, "status"))
                return is_verb(question, "update patch") ? yes(question, "admission limits it to its own Pods")
                                                         : no(question, "");
        if (str_is(request->subresource, "eviction"))
                return is_verb(question, "create") ? yes(question, "admission limits it to its own Pods")
                                                   : no(question, "");
        if (request->subresource.len)
                return no(question, "");
        if (is_verb(question, "create delete"))
                return yes(question, "mirror Pods: admission limits it");
        if (!is_verb(question, "get list watch"))
                return no(question, "");
        if (!is_verb(question, "get") && !request->name.len)
                return no(question, "can only list/watch pods with spec.nodeName field selector");
        return related(question, pod_is);
}

static bool ask_certificate(struct node_question *question)
{
        if (question->request->subresource.len)
                return no(question, "nodes may not access the status subresource of PodCertificateRequests");
        if (is_verb(question, "create"))
                return yes(question, "admission limits it to its own Pods");
        if (is_verb(question, "get") && question->request->name.len
            && reach_by_node_name(question, "PodCertificateRequest", question->request->ns, question->request->name))
                return yes(question, "of the node");
        return no(question, "can only list/watch podcertificaterequests with nodeName field selector");
}

static const struct node_resource {
        struct str group, resource;
        bool (*ask)(struct node_question *question);
} node_resources[] = {
        {STR_INIT(""), STR_INIT("secrets"), ask_secret},
        {STR_INIT(""), STR_INIT("configmaps"), ask_config_map},
        {STR_INIT(""), STR_INIT("persistentvolumeclaims"), ask_volume_claim},
        {STR_INIT(""), STR_INIT("persistentvolumes"), ask_volume},
        {STR_INIT(""), STR_INIT("serviceaccounts"), ask_account},
        {STR_INIT(""), STR_INIT("nodes"), ask_node},
        {STR_INIT(""), STR_INIT("pods"), ask_pod},
        {STR_INIT("resource.k8s.io"), STR_INIT("resourceclaims"), ask_resource_claim},
        {STR_INIT("resource.k8s.io"), STR_INIT("resourceslices"), ask_slice},
        {STR_INIT("storage.k8s.io"), STR_INIT("volumeattachments"), ask_attachment},
        {STR_INIT("storage.k8s.io"), STR_INIT("csinodes"), ask_csi_node},
        {STR_INIT("coordination.k8s.io"), STR_INIT("leases"), ask_lease},
        {STR_INIT("certificates.k8s.io"), STR_INIT("podcertificaterequests"), ask_certificate},
};

/* All else is decided by fixed rules, which are those of the ClusterRole system:node. */
static bool ask_rules(struct node_question *question)
{
        const struct estate *defaults = access_defaults(question->arena);
        struct access_question asked;
        struct access_rules rules;
        struct err err = {0};

        for (size_t i = 0; i < defaults->sources->objects.count; i++) {
                const struct object *object = &defaults->sources->objects.items[i];

                if (!str_is(object->kind, "ClusterRole") || !str_is(object->name, "system:node")
                    || !access_rules_read(question->arena, value_member(&object->root.value, "rules"), &rules, &err))
                        continue;
                asked = access_question_of(question->request);
                if (access_rules_find(&rules, &asked) != SIZE_MAX)
                        return yes(question, "every node may");
        }
        return false;
}

bool access_node_can(struct arena *arena, const struct estate *estate, struct str node,
                     const struct access_request *request, struct str *why)
{
        struct node_question question = {.arena = arena, .estate = estate, .node = node, .request = request};
        bool allowed = false, asked = false;

        for (size_t i = 0; !request->is_path && i < COUNT_OF(node_resources); i++) {
                if (!str_equal(node_resources[i].group, request->group)
                    || !str_equal(node_resources[i].resource, request->resource))
                        continue;
                allowed = node_resources[i].ask(&question);
                asked = true;
        }
        if (!asked)
                allowed = ask_rules(&question);
        *why = question.why;
        return allowed;
}
