/* resource.c - the resources of Kubernetes 1.37 as it tells them itself (api/discovery), in the order in which it prefers their
 * groups; and those that CustomResourceDefinitions add. */

#include "kube/resource.h"

#include "base/buf.h"

static const struct kube_resource known[] = {
        {STR_INIT(""), STR_INIT("bindings"), STR_INIT("binding"), STR_INIT("Binding"), STR_INIT(""), true},
        {STR_INIT(""), STR_INIT("componentstatuses"), STR_INIT("componentstatus"), STR_INIT("ComponentStatus"),
         STR_INIT("cs"), false},
        {STR_INIT(""), STR_INIT("configmaps"), STR_INIT("configmap"), STR_INIT("ConfigMap"), STR_INIT("cm"), true},
        {STR_INIT(""), STR_INIT("endpoints"), STR_INIT("endpoints"), STR_INIT("Endpoints"), STR_INIT("ep"), true},
        {STR_INIT(""), STR_INIT("events"), STR_INIT("event"), STR_INIT("Event"), STR_INIT("ev"), true},
        {STR_INIT(""), STR_INIT("limitranges"), STR_INIT("limitrange"), STR_INIT("LimitRange"), STR_INIT("limits"),
         true},
        {STR_INIT(""), STR_INIT("namespaces"), STR_INIT("namespace"), STR_INIT("Namespace"), STR_INIT("ns"), false},
        {STR_INIT(""), STR_INIT("nodes"), STR_INIT("node"), STR_INIT("Node"), STR_INIT("no"), false},
        {STR_INIT(""), STR_INIT("persistentvolumeclaims"), STR_INIT("persistentvolumeclaim"),
         STR_INIT("PersistentVolumeClaim"), STR_INIT("pvc"), true},
        {STR_INIT(""), STR_INIT("persistentvolumes"), STR_INIT("persistentvolume"), STR_INIT("PersistentVolume"),
         STR_INIT("pv"), false},
        {STR_INIT(""), STR_INIT("pods"), STR_INIT("pod"), STR_INIT("Pod"), STR_INIT("po"), true},
        {STR_INIT(""), STR_INIT("podtemplates"), STR_INIT("podtemplate"), STR_INIT("PodTemplate"), STR_INIT(""), true},
        {STR_INIT(""), STR_INIT("replicationcontrollers"), STR_INIT("replicationcontroller"),
         STR_INIT("ReplicationController"), STR_INIT("rc"), true},
        {STR_INIT(""), STR_INIT("resourcequotas"), STR_INIT("resourcequota"), STR_INIT("ResourceQuota"),
         STR_INIT("quota"), true},
        {STR_INIT(""), STR_INIT("secrets"), STR_INIT("secret"), STR_INIT("Secret"), STR_INIT(""), true},
        {STR_INIT(""), STR_INIT("serviceaccounts"), STR_INIT("serviceaccount"), STR_INIT("ServiceAccount"),
         STR_INIT("sa"), true},
        {STR_INIT(""), STR_INIT("services"), STR_INIT("service"), STR_INIT("Service"), STR_INIT("svc"), true},
        {STR_INIT("apiregistration.k8s.io"), STR_INIT("apiservices"), STR_INIT("apiservice"), STR_INIT("APIService"),
         STR_INIT(""), false},
        {STR_INIT("apps"), STR_INIT("controllerrevisions"), STR_INIT("controllerrevision"),
         STR_INIT("ControllerRevision"), STR_INIT(""), true},
        {STR_INIT("apps"), STR_INIT("daemonsets"), STR_INIT("daemonset"), STR_INIT("DaemonSet"), STR_INIT("ds"), true},
        {STR_INIT("apps"), STR_INIT("deployments"), STR_INIT("deployment"), STR_INIT("Deployment"), STR_INIT("deploy"),
         true},
        {STR_INIT("apps"), STR_INIT("replicasets"), STR_INIT("replicaset"), STR_INIT("ReplicaSet"), STR_INIT("rs"),
         true},
        {STR_INIT("apps"), STR_INIT("statefulsets"), STR_INIT("statefulset"), STR_INIT("StatefulSet"), STR_INIT("sts"),
         true},
        {STR_INIT("events.k8s.io"), STR_INIT("events"), STR_INIT("event"), STR_INIT("Event"), STR_INIT("ev"), true},
        {STR_INIT("authentication.k8s.io"), STR_INIT("selfsubjectreviews"), STR_INIT("selfsubjectreview"),
         STR_INIT("SelfSubjectReview"), STR_INIT(""), false},
        {STR_INIT("authentication.k8s.io"), STR_INIT("tokenreviews"), STR_INIT("tokenreview"), STR_INIT("TokenReview"),
         STR_INIT(""), false},
        {STR_INIT("authorization.k8s.io"), STR_INIT("localsubjectaccessreviews"), STR_INIT("localsubjectaccessreview"),
         STR_INIT("LocalSubjectAccessReview"), STR_INIT(""), true},
        {STR_INIT("authorization.k8s.io"), STR_INIT("selfsubjectaccessreviews"), STR_INIT("selfsubjectaccessreview"),
         STR_INIT("SelfSubjectAccessReview"), STR_INIT(""), false},
        {STR_INIT("authorization.k8s.io"), STR_INIT("selfsubjectrulesreviews"), STR_INIT("selfsubjectrulesreview"),
         STR_INIT("SelfSubjectRulesReview"), STR_INIT(""), false},
        {STR_INIT("authorization.k8s.io"), STR_INIT("subjectaccessreviews"), STR_INIT("subjectaccessreview"),
         STR_INIT("SubjectAccessReview"), STR_INIT(""), false},
        {STR_INIT("autoscaling"), STR_INIT("horizontalpodautoscalers"), STR_INIT("horizontalpodautoscaler"),
         STR_INIT("HorizontalPodAutoscaler"), STR_INIT("hpa"), true},
        {STR_INIT("batch"), STR_INIT("cronjobs"), STR_INIT("cronjob"), STR_INIT("CronJob"), STR_INIT("cj"), true},
        {STR_INIT("batch"), STR_INIT("jobs"), STR_INIT("job"), STR_INIT("Job"), STR_INIT(""), true},
        {STR_INIT("certificates.k8s.io"), STR_INIT("certificatesigningrequests"), STR_INIT("certificatesigningrequest"),
         STR_INIT("CertificateSigningRequest"), STR_INIT("csr"), false},
        {STR_INIT("certificates.k8s.io"), STR_INIT("clustertrustbundles"), STR_INIT("clustertrustbundle"),
         STR_INIT("ClusterTrustBundle"), STR_INIT(""), false},
        {STR_INIT("certificates.k8s.io"), STR_INIT("podcertificaterequests"), STR_INIT("podcertificaterequest"),
         STR_INIT("PodCertificateRequest"), STR_INIT(""), true},
        {STR_INIT("networking.k8s.io"), STR_INIT("ingressclasses"), STR_INIT("ingressclass"), STR_INIT("IngressClass"),
         STR_INIT(""), false},
        {STR_INIT("networking.k8s.io"), STR_INIT("ingresses"), STR_INIT("ingress"), STR_INIT("Ingress"),
         STR_INIT("ing"), true},
        {STR_INIT("networking.k8s.io"), STR_INIT("ipaddresses"), STR_INIT("ipaddress"), STR_INIT("IPAddress"),
         STR_INIT("ip"), false},
        {STR_INIT("networking.k8s.io"), STR_INIT("networkpolicies"), STR_INIT("networkpolicy"),
         STR_INIT("NetworkPolicy"), STR_INIT("netpol"), true},
        {STR_INIT("networking.k8s.io"), STR_INIT("servicecidrs"), STR_INIT("servicecidr"), STR_INIT("ServiceCIDR"),
         STR_INIT(""), false},
        {STR_INIT("policy"), STR_INIT("poddisruptionbudgets"), STR_INIT("poddisruptionbudget"),
         STR_INIT("PodDisruptionBudget"), STR_INIT("pdb"), true},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("clusterrolebindings"), STR_INIT("clusterrolebinding"),
         STR_INIT("ClusterRoleBinding"), STR_INIT(""), false},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("clusterroles"), STR_INIT("clusterrole"),
         STR_INIT("ClusterRole"), STR_INIT(""), false},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("rolebindings"), STR_INIT("rolebinding"),
         STR_INIT("RoleBinding"), STR_INIT(""), true},
        {STR_INIT("rbac.authorization.k8s.io"), STR_INIT("roles"), STR_INIT("role"), STR_INIT("Role"), STR_INIT(""),
         true},
        {STR_INIT("storage.k8s.io"), STR_INIT("csidrivers"), STR_INIT("csidriver"), STR_INIT("CSIDriver"), STR_INIT(""),
         false},
        {STR_INIT("storage.k8s.io"), STR_INIT("csinodes"), STR_INIT("csinode"), STR_INIT("CSINode"), STR_INIT(""),
         false},
        {STR_INIT("storage.k8s.io"), STR_INIT("csistoragecapacities"), STR_INIT("csistoragecapacity"),
         STR_INIT("CSIStorageCapacity"), STR_INIT(""), true},
        {STR_INIT("storage.k8s.io"), STR_INIT("storageclasses"), STR_INIT("storageclass"), STR_INIT("StorageClass"),
         STR_INIT("sc"), false},
        {STR_INIT("storage.k8s.io"), STR_INIT("volumeattachments"), STR_INIT("volumeattachment"),
         STR_INIT("VolumeAttachment"), STR_INIT(""), false},
        {STR_INIT("storage.k8s.io"), STR_INIT("volumeattributesclasses"), STR_INIT("volumeattributesclass"),
         STR_INIT("VolumeAttributesClass"), STR_INIT("vac"), false},
        {STR_INIT("admissionregistration.k8s.io"), STR_INIT("mutatingadmissionpolicies"),
         STR_INIT("mutatingadmissionpolicy"), STR_INIT("MutatingAdmissionPolicy"), STR_INIT(""), false},
        {STR_INIT("admissionregistration.k8s.io"), STR_INIT("mutatingadmissionpolicybindings"),
         STR_INIT("mutatingadmissionpolicybinding"), STR_INIT("MutatingAdmissionPolicyBinding"), STR_INIT(""), false},
        {STR_INIT("admissionregistration.k8s.io"), STR_INIT("mutatingwebhookconfigurations"),
         STR_INIT("mutatingwebhookconfiguration"), STR_INIT("MutatingWebhookConfiguration"), STR_INIT(""), false},
        {STR_INIT("admissionregistration.k8s.io"), STR_INIT("validatingadmissionpolicies"),
         STR_INIT("validatingadmissionpolicy"), STR_INIT("ValidatingAdmissionPolicy"), STR_INIT(""), false},
        {STR_INIT("admissionregistration.k8s.io"), STR_INIT("validatingadmissionpolicybindings"),
         STR_INIT("validatingadmissionpolicybinding"), STR_INIT("ValidatingAdmissionPolicyBinding"), STR_INIT(""),
         false},
        {STR_INIT("admissionregistration.k8s.io"), STR_INIT("validatingwebhookconfigurations"),
         STR_INIT("validatingwebhookconfiguration"), STR_INIT("ValidatingWebhookConfiguration"), STR_INIT(""), false},
        {STR_INIT("apiextensions.k8s.io"), STR_INIT("customresourcedefinitions"), STR_INIT("customresourcedefinition"),
         STR_INIT("CustomResourceDefinition"), STR_INIT("crd crds"), false},
        {STR_INIT("scheduling.k8s.io"), STR_INIT("priorityclasses"), STR_INIT("priorityclass"),
         STR_INIT("PriorityClass"), STR_INIT("pc"), false},
        {STR_INIT("scheduling.k8s.io"), STR_INIT("podgroups"), STR_INIT("podgroup"), STR_INIT("PodGroup"), STR_INIT(""),
         true},
        {STR_INIT("scheduling.k8s.io"), STR_INIT("workloads"), STR_INIT("workload"), STR_INIT("Workload"), STR_INIT(""),
         true},
        {STR_INIT("scheduling.k8s.io"), STR_INIT("compositepodgroups"), STR_INIT("compositepodgroup"),
         STR_INIT("CompositePodGroup"), STR_INIT(""), true},
        {STR_INIT("coordination.k8s.io"), STR_INIT("leases"), STR_INIT("lease"), STR_INIT("Lease"), STR_INIT(""), true},
        {STR_INIT("coordination.k8s.io"), STR_INIT("leasecandidates"), STR_INIT("leasecandidate"),
         STR_INIT("LeaseCandidate"), STR_INIT(""), true},
        {STR_INIT("node.k8s.io"), STR_INIT("runtimeclasses"), STR_INIT("runtimeclass"), STR_INIT("RuntimeClass"),
         STR_INIT(""), false},
        {STR_INIT("discovery.k8s.io"), STR_INIT("endpointslices"), STR_INIT("endpointslice"), STR_INIT("EndpointSlice"),
         STR_INIT(""), true},
        {STR_INIT("resource.k8s.io"), STR_INIT("deviceclasses"), STR_INIT("deviceclass"), STR_INIT("DeviceClass"),
         STR_INIT(""), false},
        {STR_INIT("resource.k8s.io"), STR_INIT("devicetaintrules"), STR_INIT("devicetaintrule"),
         STR_INIT("DeviceTaintRule"), STR_INIT(""), false},
        {STR_INIT("resource.k8s.io"), STR_INIT("resourceclaims"), STR_INIT("resourceclaim"), STR_INIT("ResourceClaim"),
         STR_INIT(""), true},
        {STR_INIT("resource.k8s.io"), STR_INIT("resourceclaimtemplates"), STR_INIT("resourceclaimtemplate"),
         STR_INIT("ResourceClaimTemplate"), STR_INIT(""), true},
        {STR_INIT("resource.k8s.io"), STR_INIT("resourceslices"), STR_INIT("resourceslice"), STR_INIT("ResourceSlice"),
         STR_INIT(""), false},
        {STR_INIT("resource.k8s.io"), STR_INIT("resourcepoolstatusrequests"), STR_INIT("resourcepoolstatusrequest"),
         STR_INIT("ResourcePoolStatusRequest"), STR_INIT(""), false},
        {STR_INIT("flowcontrol.apiserver.k8s.io"), STR_INIT("flowschemas"), STR_INIT("flowschema"),
         STR_INIT("FlowSchema"), STR_INIT(""), false},
        {STR_INIT("flowcontrol.apiserver.k8s.io"), STR_INIT("prioritylevelconfigurations"),
         STR_INIT("prioritylevelconfiguration"), STR_INIT("PriorityLevelConfiguration"), STR_INIT(""), false},
        {STR_INIT("internal.apiserver.k8s.io"), STR_INIT("storageversions"), STR_INIT("storageversion"),
         STR_INIT("StorageVersion"), STR_INIT(""), false},
        {STR_INIT("storagemigration.k8s.io"), STR_INIT("storageversionmigrations"), STR_INIT("storageversionmigration"),
         STR_INIT("StorageVersionMigration"), STR_INIT(""), false},
        {STR_INIT("lifecycle.k8s.io"), STR_INIT("evictionrequests"), STR_INIT("evictionrequest"),
         STR_INIT("EvictionRequest"), STR_INIT(""), true},
        {STR_INIT("lifecycle.k8s.io"), STR_INIT("evictions"), STR_INIT("eviction"), STR_INIT("Eviction"), STR_INIT(""),
         true},
};

static bool is_word(struct str text, const struct str *word)
{
        return text.len && str_equal_nocase(text, *word);
}

static bool is_among(struct str text, struct str words)
{
        struct str word;

        while (str_split(&words, ' ', &word))
                if (is_word(text, &word))
                        return true;
        return false;
}

static bool goes_by(const struct kube_resource *resource, struct str word)
{
        return is_word(word, &resource->name) || is_word(word, &resource->singular)
               || is_among(word, resource->short_names);
}

static bool is_meant(const struct kube_resource *resource, struct str word, bool any_group, struct str group)
{
        return (any_group || is_word(group, &resource->group) || (!group.len && !resource->group.len))
               && goes_by(resource, word);
}

/* --- of CustomResourceDefinitions --- */

static bool read_definition(struct arena *arena, const struct object *object, struct kube_resource *out)
{
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        const struct value *names = value_get(spec, intern(STR("names")));
        CLEANUP(buf_free) struct buf words = {0};

        if (!str_is(object->kind, "CustomResourceDefinition"))
                return false;
        *out = (struct kube_resource){
                .group = value_get_text(
                        spec, intern(STR("group"))),
                        .name = value_get_text(
                                names, intern(STR("plural"))),
                                .singular = value_get_text(
                                        names, intern(STR("singular"))), .kind = value_get_text(names, KEY_kind),
                                        .namespaced = !value_is_text(value_get(spec, intern(STR("scope"))), "Cluster"),
                                        };
        if (!out->singular.len)
                out->singular = out->kind;
        value_each (value_get(names, intern(STR("shortNames"))), item) {
                if (!value_is(&item->value, VALUE_STRING))
                        continue;
                if (words.len)
                        buf_add_char(&words, ' ');
                buf_add(&words, value_text(&item->value));
        }
        out->short_names = str_copy(arena, buf_text(&words));
        return out->name.len > 0;
}

static const struct kube_resource *find_definition(struct arena *arena, const struct estate *estate, struct str word,
                                                   bool any_group, struct str group)
{
        struct kube_resource *resource = arena_new(arena, struct kube_resource);

        for (size_t s = 0; estate && s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++)
                        if (read_definition(arena, &estate->sources[s].objects.items[i], resource)
                            && is_meant(resource, word, any_group, group))
                                return resource;
        return NULL;
}

/* --- finding --- */

static const struct kube_resource *find(struct arena *arena, const struct estate *estate, struct str word,
                                        bool any_group, struct str group)
{
        for (size_t i = 0; i < COUNT_OF(known); i++)
                if (is_meant(&known[i], word, any_group, group))
                        return &known[i];
        return find_definition(arena, estate, word, any_group, group);
}

const struct kube_resource *kube_resource_find(struct arena *arena, const struct estate *estate, struct str word)
{
        size_t dot = str_find(word, STR("."), 0);
        struct str name = str_sub(word, 0, dot), group;
        const struct kube_resource *found;

        if (dot == SIZE_MAX)
                return find(arena, estate, word, true, (struct str){0});
        group = str_from(word, dot + 1);
        found = find(arena, estate, name, false, group);
        /* RESOURCE.VERSION.GROUP, also with an empty group. */
        dot = str_find(group, STR("."), 0);
        if (!found && dot != SIZE_MAX)
                found = find(arena, estate, name, false, str_from(group, dot + 1));
        return found;
}

const struct kube_resource *kube_resource_of(struct str group, struct str name)
{
        for (size_t i = 0; i < COUNT_OF(known); i++)
                if (str_equal(known[i].group, group) && str_equal(known[i].name, name))
                        return &known[i];
        return NULL;
}

const struct kube_resource *kube_resources(size_t *count)
{
        *count = COUNT_OF(known);
        return known;
}
