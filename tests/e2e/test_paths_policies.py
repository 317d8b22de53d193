"""Network policies of others, as far as ways ask: whom they let in from the internet and from other Pods, and whom they let leave."""
import itertools

import pytest

from test_paths import admin, object_, pod, reaches, service, types, ways  # noqa: F401 (ways is a fixture)

DB = {"matchLabels": {"app": "db"}}
WEB = {"matchLabels": {"app": "web"}}
ALL = {}
PORT = [{"portNumber": {"port": 8080}}]


def space(name, **labels):
    return object_("v1", "Namespace", name, ns=None, metadata={"labels": {"kubernetes.io/metadata.name": name, **labels}})


def native(**spec):
    return object_("networking.k8s.io/v1", "NetworkPolicy", "native", spec={"podSelector": DB, "policyTypes": ["Ingress"], **spec})


def anp(*rules, kind="AdminNetworkPolicy", name="a", priority=10, subject=None, version="v1alpha1", **spec):
    name = "default" if kind == "BaselineAdminNetworkPolicy" else name
    return object_(f"policy.networking.k8s.io/{version}", kind, name, ns=None, spec={
        "priority": priority, "subject": subject or {"pods": {"namespaceSelector": ALL, "podSelector": DB}}, "ingress": list(rules), **spec})


def rule(action, *peers, **more):
    return {"action": action, "from": list(peers) or [{"namespaces": ALL}], **more}


def some(selector):
    return {"pods": {"namespaceSelector": ALL, "podSelector": selector}}


def baseline(*rules):
    return anp(*rules, kind="BaselineAdminNetworkPolicy")


def later(*rules, **more):
    return anp(*rules, kind="ClusterNetworkPolicy", version="v1alpha2", **more)


def cilium(kind="CiliumNetworkPolicy", **spec):
    of_cluster = kind == "CiliumClusterwideNetworkPolicy"
    return object_("cilium.io/v2", kind, "c", ns=None if of_cluster else "shop", spec={"endpointSelector": DB, **spec})


def calico(*ingress, kind="NetworkPolicy", **spec):
    return object_("projectcalico.org/v3", kind, "k", ns=None if kind == "GlobalNetworkPolicy" else "shop",
                   spec={"selector": "app == 'db'", "types": ["Ingress"], "ingress": list(ingress), **spec})


# How the database, behind a shop that anybody reaches, is reached from there: by anybody, by those that are named, or not.
OPEN, NAMED, CLOSED = "NETWORK_OPEN", "NETWORK_ADMITTED", None
INWARD = {
    "nothing": ([], OPEN),
    # AdminNetworkPolicy: before NetworkPolicies, in the order of priorities and rules.
    "anp denies all": ([anp(rule("Deny"))], CLOSED),
    "anp denies all on the port": ([anp(rule("Deny", ports=PORT))], CLOSED),
    "anp denies another port": ([anp(rule("Deny", ports=[{"portNumber": {"port": 9090}}]))], OPEN),
    "anp denies a range": ([anp(rule("Deny", ports=[{"portRange": {"start": 8000, "end": 8100}}]))], CLOSED),
    "anp denies udp": ([anp(rule("Deny", ports=[{"portNumber": {"port": 8080, "protocol": "UDP"}}]))], OPEN),
    "anp denies some others": ([anp(rule("Deny", some({"matchLabels": {"app": "x"}})))], OPEN),
    "anp is about others": ([anp(rule("Deny"), subject={"pods": {"namespaceSelector": ALL, "podSelector": WEB}})], OPEN),
    "anp is about namespaces": ([anp(rule("Deny"), subject={"namespaces": ALL})], CLOSED),
    "anp is about a namespace": ([space("shop", a="b"), anp(rule("Deny"), subject={"namespaces": {"matchLabels": {"a": "b"}}})], CLOSED),
    "anp is about another namespace": ([space("shop"), anp(rule("Deny"), subject={"namespaces": {"matchLabels": {"a": "b"}}})], OPEN),
    "anp is about it by name": ([anp(rule("Deny"), subject={"namespaces": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}})], CLOSED),
    "anp allows one and denies all": ([anp(rule("Allow", some(WEB)), rule("Deny"))], NAMED),
    "anp allows another and denies all": ([anp(rule("Allow", some({"matchLabels": {"app": "x"}})), rule("Deny"))], CLOSED),
    "the first rule counts": ([anp(rule("Deny"), rule("Allow"))], CLOSED),
    "the lower number counts": ([anp(rule("Deny"), name="b", priority=20), anp(rule("Allow"), priority=5)], OPEN),
    "the lower number denies": ([anp(rule("Allow"), name="b", priority=20), anp(rule("Deny"), priority=5)], CLOSED),
    "anp overrules a policy that is open": ([anp(rule("Deny")), native(ingress=[{}])], CLOSED),
    "anp overrules a policy that is closed": ([anp(rule("Allow")), native(ingress=[])], OPEN),
    "anp passes to a policy": ([anp(rule("Pass"), rule("Deny")), native(ingress=[])], CLOSED),
    "anp passes to an open policy": ([anp(rule("Pass"), rule("Deny")), native(ingress=[{}])], OPEN),
    "anp passes to nothing": ([anp(rule("Pass"), rule("Deny"))], OPEN),
    "a peer of an unknown kind is denied, and so is all": ([anp(rule("Deny", {"planets": {}}))], CLOSED),
    "a peer of an unknown kind is not allowed": ([anp(rule("Allow", {"planets": {}}), rule("Deny"))], CLOSED),
    "anp denies whom a policy names": ([anp(rule("Deny")), native(ingress=[{"from": [{"podSelector": WEB}]}])], CLOSED),
    "anp passes to whom a policy names": ([anp(rule("Pass")), native(ingress=[{"from": [{"podSelector": WEB}]}])], NAMED),
    # The baseline: behind them.
    "baseline denies": ([baseline(rule("Deny"))], CLOSED),
    "baseline counts only without policies": ([baseline(rule("Deny")), native(ingress=[{}])], OPEN),
    "baseline allows before": ([baseline(rule("Allow", some(WEB)), rule("Deny"))], NAMED),
    "anp passes to the baseline": ([anp(rule("Pass")), baseline(rule("Deny"))], CLOSED),
    # ClusterNetworkPolicy
    "cnp denies": ([later(rule("Deny"), tier="Admin")], CLOSED),
    "cnp accepts before": ([later(rule("Accept", some(WEB)), rule("Deny"), tier="Admin")], NAMED),
    "cnp of the baseline": ([later(rule("Deny"), tier="Baseline"), native(ingress=[{}])], OPEN),
    "cnp by protocol": ([later(rule("Deny", protocols=[{"tcp": {"destinationPort": {"number": 8080}}}]), tier="Admin")], CLOSED),
    "cnp by another protocol": ([later(rule("Deny", protocols=[{"udp": {"destinationPort": {"number": 8080}}}]), tier="Admin")], OPEN),
    "cnp by range": ([later(rule("Deny", protocols=[{"tcp": {"destinationPort": {"range": {"start": 1, "end": 9000}}}}]), tier="Admin")], CLOSED),
    # Cilium: one with NetworkPolicies.
    "cilium isolates": ([cilium(ingress=[{}])], CLOSED),
    "cilium says nothing of it": ([cilium(egress=[{}])], OPEN),
    "cilium does not isolate": ([cilium(ingress=[{}], enableDefaultDeny={"ingress": False})], OPEN),
    "cilium lets the namespace in": ([cilium(ingress=[{"fromEndpoints": [{}]}])], NAMED),
    "cilium lets one in": ([cilium(ingress=[{"fromEndpoints": [WEB]}])], NAMED),
    "cilium lets another in": ([cilium(ingress=[{"fromEndpoints": [{"matchLabels": {"app": "x"}}]}])], CLOSED),
    "cilium with a prefix": ([cilium(ingress=[{"fromEndpoints": [{"matchLabels": {"k8s:app": "web"}}]}])], NAMED),
    "cilium of another namespace": ([cilium(ingress=[{"fromEndpoints": [{"matchLabels": {"k8s:io.kubernetes.pod.namespace": "x"}}]}])], CLOSED),
    "cilium of this namespace by name": (
        [cilium(ingress=[{"fromEndpoints": [{"matchLabels": {"io.kubernetes.pod.namespace": "shop", "app": "web"}}]}])], NAMED),
    "cilium by labels of the namespace": (
        [space("shop", a="b"), cilium(ingress=[{"fromEndpoints": [{"matchLabels": {"k8s:io.cilium.k8s.namespace.labels.a": "b"}}]}])], NAMED),
    "cilium lets nobody in": ([cilium(ingress=[{"fromEndpoints": []}])], CLOSED),
    "cilium on the port": ([cilium(ingress=[{"toPorts": [{"ports": [{"port": "8080", "protocol": "TCP"}]}]}])], OPEN),
    "cilium on another port": ([cilium(ingress=[{"toPorts": [{"ports": [{"port": "9090"}]}]}])], CLOSED),
    "cilium on a range": ([cilium(ingress=[{"toPorts": [{"ports": [{"port": "8000", "endPort": 9000}]}]}])], OPEN),
    "cilium for icmp only": ([cilium(ingress=[{"icmps": [{"fields": []}]}])], CLOSED),
    "cilium lets the cluster in": ([cilium(ingress=[{"fromEntities": ["cluster"]}])], OPEN),
    "cilium lets the world in": ([cilium(ingress=[{"fromEntities": ["world"]}])], CLOSED),
    "cilium lets the host in": ([cilium(ingress=[{"fromEntities": ["host", "remote-node"]}])], CLOSED),
    "cilium lets all in": ([cilium(ingress=[{"fromEntities": ["all"]}])], OPEN),
    "addresses are no pods to cilium": ([cilium(ingress=[{"fromCIDR": ["0.0.0.0/0"]}])], CLOSED),
    "cilium denies": ([cilium(ingress=[{"fromEntities": ["all"]}], ingressDeny=[{"fromEntities": ["all"]}])], CLOSED),
    "cilium denies what a policy lets in": ([cilium(ingressDeny=[{"fromEntities": ["cluster"]}]), native(ingress=[{}])], CLOSED),
    "cilium denies whom a policy names": (
        [cilium(ingressDeny=[{"fromEntities": ["cluster"]}]), native(ingress=[{"from": [{"podSelector": WEB}]}])], CLOSED),
    "cilium denies whom it names": ([cilium(ingress=[{"fromEndpoints": [WEB]}], ingressDeny=[{"fromEntities": ["all"]}])], CLOSED),
    "either lets in": ([cilium(ingress=[{}]), native(ingress=[{}])], OPEN),
    "neither lets in": ([cilium(ingress=[{"fromEndpoints": []}]), native(ingress=[])], CLOSED),
    "cilium of the cluster": ([cilium("CiliumClusterwideNetworkPolicy", ingress=[{}])], CLOSED),
    "all of the cluster": ([cilium("CiliumClusterwideNetworkPolicy", ingress=[{"fromEndpoints": [{}]}])], OPEN),
    "cilium by several specifications": ([{**cilium(), "spec": None, "specs": [{"endpointSelector": DB, "ingress": [{}]}]}], CLOSED),
    "cilium of nodes": ([{**cilium(), "spec": {"nodeSelector": {}, "ingress": [{}]}}], OPEN),
    "cilium whom, by what nobody knows": ([{**cilium(ingress=[{}]), "spec": {"endpointSelector": {"matchLabels": {"reserved:host": ""}}, "ingress": [{}]}}],
                                          OPEN),
    # Calico: in order, NetworkPolicies at 1000.
    "calico isolates": ([calico()], CLOSED),
    "calico allows": ([calico({"action": "Allow"})], OPEN),
    "calico allows the port": ([calico({"action": "Allow", "protocol": "TCP", "destination": {"ports": [8080]}})], OPEN),
    "calico allows another port": ([calico({"action": "Allow", "protocol": "TCP", "destination": {"ports": [9090]}})], CLOSED),
    "calico allows a range": ([calico({"action": "Allow", "destination": {"ports": ["8000:9000"]}})], OPEN),
    "calico allows one": ([calico({"action": "Allow", "source": {"selector": "app == 'web'"}})], NAMED),
    "calico allows one of several": ([calico({"action": "Allow", "source": {"selector": "has(app) && app in {'x', \"web\"}"}})], NAMED),
    "calico allows others": ([calico({"action": "Allow", "source": {"selector": "app != 'web'"}})], CLOSED),
    "calico allows by namespace": (
        [space("shop"), calico({"action": "Allow", "source": {"namespaceSelector": "projectcalico.org/name == 'shop'"}})], NAMED),
    "calico allows every namespace": ([calico({"action": "Allow", "source": {"namespaceSelector": "all()"}})], OPEN),
    "calico allows addresses": ([calico({"action": "Allow", "source": {"nets": ["0.0.0.0/0"]}})], OPEN),
    "calico allows some addresses": ([calico({"action": "Allow", "source": {"nets": ["192.0.2.0/24"]}})], CLOSED),
    "calico denies first": ([calico({"action": "Deny"}, {"action": "Allow"})], CLOSED),
    "calico only logs": ([calico({"action": "Log"}, {"action": "Allow"})], OPEN),
    "calico passes": ([calico({"action": "Pass"}, {"action": "Deny"})], OPEN),
    "calico about others": ([calico({"action": "Allow"}, selector="app == 'web'")], OPEN),
    "calico about all": ([calico(selector="all()")], CLOSED),
    "calico about those without": ([calico(selector="!has(tier)")], CLOSED),
    "calico of the cluster": ([calico(kind="GlobalNetworkPolicy")], CLOSED),
    "calico of the cluster and of namespaces": (
        [space("shop", a="b"), calico(kind="GlobalNetworkPolicy", namespaceSelector="a == 'b'")], CLOSED),
    "calico before policies": ([calico({"action": "Deny"}, order=10), native(ingress=[{}])], CLOSED),
    "calico behind policies": ([calico({"action": "Deny"}, order=2000), native(ingress=[{}])], OPEN),
    "calico behind a policy that says nothing": ([calico({"action": "Allow"}, order=2000), native(ingress=[])], OPEN),
    "calico of hosts": ([calico(kind="GlobalNetworkPolicy", preDNAT=True)], OPEN),
    "calico of another tier": ([calico(tier="security")], OPEN),
    "calico whom, by what nobody knows": ([calico(selector="app == 'db' || app == 'x'")], OPEN),
    "calico allows by what nobody knows": ([calico({"action": "Allow", "source": {"selector": "app contains 'x'"}})], OPEN),
    "calico denies by what nobody knows": ([calico({"action": "Deny", "source": {"notSelector": "app == 'x'"}}, {"action": "Allow"})], OPEN),
    "calico denies udp": ([calico({"action": "Deny", "protocol": "UDP"}, {"action": "Allow"})], OPEN),
}


@pytest.mark.parametrize("case", INWARD)
def test_from_pod_to_pod(ways, case):  # noqa: F811
    policies, wanted = INWARD[case]
    document = ways(service(), pod(automountServiceAccountToken=False), pod("db", "db"), admin("db"), *policies)
    steps = set(itertools.chain.from_iterable(types(document)))
    assert (steps & {OPEN, NAMED}) == ({wanted} if wanted else set())


FROM_OUTSIDE = {
    "anp says nothing of the outside": ([anp(rule("Deny"), subject={"namespaces": ALL})], True),
    "cilium isolates": ([cilium(ingress=[{"fromEndpoints": [{}]}], endpointSelector={})], False),
    "cilium lets the world in": ([cilium(ingress=[{"fromEntities": ["world"]}], endpointSelector={})], True),
    "cilium lets addresses in": ([cilium(ingress=[{"fromCIDR": ["203.0.113.0/24"]}], endpointSelector={})], True),
    "cilium lets private addresses in": ([cilium(ingress=[{"fromCIDRSet": [{"cidr": "10.0.0.0/8"}]}], endpointSelector={})], False),
    "cilium denies the world": ([cilium(ingress=[{"fromEntities": ["all"]}], ingressDeny=[{"fromEntities": ["world"]}], endpointSelector={})],
                                False),
    "calico lets addresses in": ([calico({"action": "Allow", "source": {"nets": ["203.0.113.0/24"]}}, selector="all()")], True),
    "calico lets pods in": ([calico({"action": "Allow", "source": {"selector": "all()"}}, selector="all()")], False),
}


@pytest.mark.parametrize("case", FROM_OUTSIDE)
def test_from_the_internet(ways, case):  # noqa: F811
    policies, wanted = FROM_OUTSIDE[case]
    assert reaches(ways(service(), pod(), admin("web"), *policies)) == wanted


OUTWARD = {
    "nothing": ([], True),
    "anp denies": ([anp(subject={"namespaces": ALL}, egress=[{"action": "Deny", "to": [{"namespaces": ALL}]}])], False),
    "anp denies some ports": ([anp(subject={"namespaces": ALL}, egress=[{"action": "Deny", "to": [{"namespaces": ALL}], "ports": PORT}])], True),
    "anp denies all addresses": ([anp(subject={"namespaces": ALL}, egress=[{"action": "Deny", "to": [{"networks": ["0.0.0.0/0"]}]}])], False),
    "anp allows one before": ([anp(subject={"namespaces": ALL}, egress=[{"action": "Allow", "to": [some(DB)]},
                                                                        {"action": "Deny", "to": [{"namespaces": ALL}]}])], True),
    "cilium": ([cilium(endpointSelector={}, egress=[{}])], False),
    "cilium to names": ([cilium(endpointSelector={}, egress=[{"toFQDNs": [{"matchName": "x.example"}]}])], False),
    "cilium to one": ([cilium(endpointSelector={}, egress=[{"toEndpoints": [DB]}])], True),
    "cilium to the world": ([cilium(endpointSelector={}, egress=[{"toEntities": ["world"]}])], False),
    "calico": ([calico(selector="all()", types=["Egress"], egress=[])], False),
    "calico to one": ([calico(selector="all()", types=["Egress"], egress=[{"action": "Allow", "destination": {"selector": "app == 'db'"}}])], True),
    "calico by its rules": ([calico(selector="all()", types=None, ingress=None, egress=[{"action": "Deny"}])], False),
}


@pytest.mark.parametrize("case", OUTWARD)
def test_leaving(ways, case):  # noqa: F811
    policies, wanted = OUTWARD[case]
    internet = native(podSelector=WEB, ingress=[{}])  # the shop stays reachable from outside
    document = ways(service(), pod(automountServiceAccountToken=False), pod("db", "db"), admin("db"), internet, *policies,
                    options=("--from", "pod/shop/web"))
    assert reaches(document) == wanted


@pytest.mark.parametrize("policy, words", [
    (calico(tier="security"), "the tier of NetworkPolicy shop/k is not understood"),
    (calico(selector="app == 'db' || x == 'y'"), "whom it selects of NetworkPolicy shop/k"),
    (cilium(ingress=[{"fromGroups": [{"aws": {}}]}]), "fromGroups of CiliumNetworkPolicy shop/c"),
    (cilium(ingress=[{"fromEntities": ["all"], "toPorts": [{"ports": [{"port": "8080"}], "rules": {"http": [{}]}}]}]), "toPorts.rules"),
    (calico({"action": "Allow", "source": {"serviceAccounts": {"names": ["x"]}}}), "a peer of NetworkPolicy shop/k")])
def test_what_is_not_understood_is_told(ways, policy, words):  # noqa: F811
    document = ways(service(), pod(automountServiceAccountToken=False), pod("db", "db"), admin("db"), policy)
    told = [step["message"] for path in document["paths"] for step in path["steps"] if step["type"] == OPEN]
    assert told and all(words in one and "taken as open" in one for one in told), told


def test_nonsense(ways):  # noqa: F811
    """Whatever stands there: no crash, and nothing is closed by it."""
    for bad in (None, 1, "x", [], {}, [1], [{}], {"a": 1}, [{"from": 1}], [{"action": 1, "from": [1]}], [{"fromEndpoints": 1}],
                [{"action": "Deny", "source": 1, "destination": {"ports": [None, {}, "1:x", ":"]}}]):
        for make in (lambda: {**anp(), "spec": {"subject": {"namespaces": {}}, "ingress": bad, "priority": bad}},
                     lambda: {**anp(), "spec": {"subject": bad, "ingress": [rule("Deny")]}},
                     lambda: {**cilium(), "spec": {"endpointSelector": bad, "ingress": bad}}, lambda: {**cilium(), "specs": bad, "spec": bad},
                     lambda: {**calico(), "spec": {"selector": bad, "ingress": bad, "types": ["Egress"], "order": bad}},
                     lambda: {**calico(), "spec": bad}):
            ways(service(), pod(automountServiceAccountToken=False), pod("db", "db"), admin("db"), make())
