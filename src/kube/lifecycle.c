/* lifecycle.c - deprecated versions of the API, as a table. */

#include "kube/lifecycle.h"

#define ROW(version, kind, introduced, deprecated, removed, replacement)                                               \
        {                                                                                                              \
                STR_INIT(version), STR_INIT(kind), introduced, deprecated, removed, STR_INIT(replacement)              \
        }

static const struct lifecycle table[] = {
        ROW("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", 9, 16, 22,
            "admissionregistration.k8s.io/v1"),
        ROW("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", 9, 16, 22,
            "admissionregistration.k8s.io/v1"),
        ROW("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 7, 16, 22, "apiextensions.k8s.io/v1"),
        ROW("apiregistration.k8s.io/v1beta1", "APIService", 7, 19, 22, "apiregistration.k8s.io/v1"),
        ROW("apps/v1beta1", "ControllerRevision", 7, 8, 16, "apps/v1"),
        ROW("apps/v1beta1", "Deployment", 6, 8, 16, "apps/v1"),
        ROW("apps/v1beta1", "StatefulSet", 5, 8, 16, "apps/v1"),
        ROW("apps/v1beta2", "ControllerRevision", 8, 9, 16, "apps/v1"),
        ROW("apps/v1beta2", "DaemonSet", 8, 9, 16, "apps/v1"),
        ROW("apps/v1beta2", "Deployment", 8, 9, 16, "apps/v1"),
        ROW("apps/v1beta2", "ReplicaSet", 8, 9, 16, "apps/v1"),
        ROW("apps/v1beta2", "StatefulSet", 8, 9, 16, "apps/v1"),
        ROW("authentication.k8s.io/v1beta1", "TokenReview", 4, 19, 22, "authentication.k8s.io/v1"),
        ROW("authorization.k8s.io/v1beta1", "LocalSubjectAccessReview", 6, 19, 22, "authorization.k8s.io/v1"),
        ROW("authorization.k8s.io/v1beta1", "SelfSubjectAccessReview", 6, 19, 22, "authorization.k8s.io/v1"),
        ROW("authorization.k8s.io/v1beta1", "SelfSubjectRulesReview", 6, 19, 22, "authorization.k8s.io/v1"),
        ROW("authorization.k8s.io/v1beta1", "SubjectAccessReview", 6, 19, 22, "authorization.k8s.io/v1"),
        ROW("autoscaling/v2beta1", "HorizontalPodAutoscaler", 8, 22, 25, "autoscaling/v2"),
        ROW("autoscaling/v2beta2", "HorizontalPodAutoscaler", 12, 23, 26, "autoscaling/v2"),
        ROW("batch/v1beta1", "CronJob", 8, 21, 25, "batch/v1"),
        ROW("certificates.k8s.io/v1beta1", "CertificateSigningRequest", 6, 19, 22, "certificates.k8s.io/v1"),
        ROW("coordination.k8s.io/v1beta1", "Lease", 12, 19, 22, "coordination.k8s.io/v1"),
        ROW("discovery.k8s.io/v1beta1", "EndpointSlice", 16, 21, 25, "discovery.k8s.io/v1"),
        ROW("events.k8s.io/v1beta1", "Event", 8, 22, 25, "events.k8s.io/v1"),
        ROW("extensions/v1beta1", "DaemonSet", 1, 8, 16, "apps/v1"),
        ROW("extensions/v1beta1", "Deployment", 1, 8, 16, "apps/v1"),
        ROW("extensions/v1beta1", "Ingress", 1, 14, 22, "networking.k8s.io/v1"),
        ROW("extensions/v1beta1", "NetworkPolicy", 3, 9, 16, "networking.k8s.io/v1"),
        ROW("extensions/v1beta1", "PodSecurityPolicy", 2, 11, 16, "policy/v1beta1"),
        ROW("extensions/v1beta1", "ReplicaSet", 2, 8, 16, "apps/v1"),
        ROW("flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema", 20, 23, 26, "flowcontrol.apiserver.k8s.io/v1beta3"),
        ROW("flowcontrol.apiserver.k8s.io/v1beta1", "PriorityLevelConfiguration", 20, 23, 26,
            "flowcontrol.apiserver.k8s.io/v1beta3"),
        ROW("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema", 23, 26, 29, "flowcontrol.apiserver.k8s.io/v1beta3"),
        ROW("flowcontrol.apiserver.k8s.io/v1beta2", "PriorityLevelConfiguration", 23, 26, 29,
            "flowcontrol.apiserver.k8s.io/v1beta3"),
        ROW("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 26, 29, 32, "flowcontrol.apiserver.k8s.io/v1"),
        ROW("flowcontrol.apiserver.k8s.io/v1beta3", "PriorityLevelConfiguration", 26, 29, 32,
            "flowcontrol.apiserver.k8s.io/v1"),
        ROW("networking.k8s.io/v1beta1", "Ingress", 14, 19, 22, "networking.k8s.io/v1"),
        ROW("networking.k8s.io/v1beta1", "IngressClass", 18, 19, 22, "networking.k8s.io/v1"),
        ROW("node.k8s.io/v1beta1", "RuntimeClass", 14, 22, 25, "node.k8s.io/v1"),
        ROW("policy/v1beta1", "PodDisruptionBudget", 5, 21, 25, "policy/v1"),
        ROW("policy/v1beta1", "PodSecurityPolicy", 10, 21, 25, ""),
        ROW("rbac.authorization.k8s.io/v1beta1", "ClusterRole", 6, 17, 22, "rbac.authorization.k8s.io/v1"),
        ROW("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", 6, 17, 22, "rbac.authorization.k8s.io/v1"),
        ROW("rbac.authorization.k8s.io/v1beta1", "Role", 6, 17, 22, "rbac.authorization.k8s.io/v1"),
        ROW("rbac.authorization.k8s.io/v1beta1", "RoleBinding", 6, 17, 22, "rbac.authorization.k8s.io/v1"),
        ROW("scheduling.k8s.io/v1beta1", "PriorityClass", 11, 14, 22, "scheduling.k8s.io/v1"),
        ROW("storage.k8s.io/v1beta1", "CSIDriver", 14, 19, 22, "storage.k8s.io/v1"),
        ROW("storage.k8s.io/v1beta1", "CSINode", 14, 17, 22, "storage.k8s.io/v1"),
        ROW("storage.k8s.io/v1beta1", "CSIStorageCapacity", 21, 24, 27, "storage.k8s.io/v1"),
        ROW("storage.k8s.io/v1beta1", "StorageClass", 4, 19, 22, "storage.k8s.io/v1"),
        ROW("storage.k8s.io/v1beta1", "VolumeAttachment", 10, 19, 22, "storage.k8s.io/v1"),
};

const struct lifecycle *lifecycle_of(struct str api_version, struct str kind)
{
        for (size_t i = 0; i < COUNT_OF(table); i++) {
                if (str_equal(table[i].kind, kind) && str_equal(table[i].api_version, api_version))
                        return &table[i];
        }
        return NULL;
}
