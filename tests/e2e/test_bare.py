"""No rule of Strake itself fails where something is missing: what people write, and what a cluster gives, is seldom complete."""
import pytest

TEMPLATE = "template: {spec: {containers: [{name: c, image: a}]}}"
BODIES = [
    "", "spec: {}", "metadata: {}", "metadata: {name: x}, spec: {}", "spec: {template: {}}", "spec: {" + TEMPLATE + "}",
    "metadata: {}, spec: {" + TEMPLATE + "}", "spec: {jobTemplate: {spec: {" + TEMPLATE + "}}}", "spec: {containers: [{}]}",
    "metadata: {namespace: kube-system}, spec: {containers: []}", "metadata: {namespace: kube-system}, spec: {" + TEMPLATE + "}",
    "spec: {replicas: 2, selector: {}}", "spec: {ports: [{}]}", "spec: {type: LoadBalancer}", "spec: {type: LoadBalancer, ports: [{}]}",
    "spec: {rules: [{http: {paths: [{}]}}]}", "spec: {rules: [{backendRefs: [{}]}]}", "spec: {podSelector: {}, egress: [{}], ingress: [{from: [{}]}]}",
    "spec: {minAvailable: 1, maxUnavailable: 1}", "spec: {scaleTargetRef: {}}", "spec: {networkPolicy: {egress: [{to: [{ipBlock: {}}]}]}}",
    "metadata: {annotations: {service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http}}, spec: {type: LoadBalancer, ports: [{}]}",
    "data: {}", "data: {a: b}", "status: {}", "status: {nodeInfo: {kubeletVersion: v1.x}}", "status: {nodeInfo: {kubeletVersion: v1.20.1}}",
    "rules: []", "rules: [{}]", "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]",
    "rules: [{apiGroups: [''], resources: [configmaps], verbs: [patch]}]",
    "roleRef: {}", "roleRef: {}, subjects: [{}]", "roleRef: {kind: ClusterRole, name: cluster-admin}, subjects: [{}]",
]
KINDS = """
    v1 Pod, apps/v1 Deployment, apps/v1 StatefulSet, apps/v1 DaemonSet, batch/v1 Job, batch/v1 CronJob, v1 Service, v1 ConfigMap, v1 Secret,
    v1 Namespace, v1 Node, v1 ServiceAccount, networking.k8s.io/v1 Ingress, networking.k8s.io/v1 NetworkPolicy,
    autoscaling/v2 HorizontalPodAutoscaler, policy/v1 PodDisruptionBudget, rbac.authorization.k8s.io/v1 Role,
    rbac.authorization.k8s.io/v1 ClusterRole, rbac.authorization.k8s.io/v1 RoleBinding, rbac.authorization.k8s.io/v1 ClusterRoleBinding,
    extensions.agents.x-k8s.io/v1beta1 SandboxTemplate, gateway.networking.k8s.io/v1 HTTPRoute"""


@pytest.mark.parametrize("kind", [kind.strip() for kind in KINDS.split(",")])
def test_no_rule_fails(strake, kind):
    version, name = kind.split()
    documents = [f"{{apiVersion: {version}, kind: {name}{', ' if body else ''}{body}}}" for body in BODIES]
    _, report = strake.scan("-", stdin="\n---\n".join(documents).encode())
    assert report["judged"]["objects"] == len(BODIES)
    assert not [(finding["message"], documents[finding["location"]["document"]]) for finding in report["findings"]
                if finding["rule"] == "rule-failed"]
