"""strake paths and strake graph: what they find, what they print, how they end."""
import json
import re

import jsonschema
import pytest

RBAC = "rbac.authorization.k8s.io"


def object_(api, kind, name, ns="shop", **rest):
    metadata = {"name": name, **({"namespace": ns} if ns else {}), **rest.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **rest}


def pod(name="web", account="web", container=None, **spec):
    box = {"name": "app", "image": "i", "ports": [{"containerPort": 8080}], **(container or {})}
    return object_("v1", "Pod", name, metadata={"labels": {"app": name}},
                   spec={"serviceAccountName": account, "containers": [box], **spec})


def service(name="web", kind="LoadBalancer", **spec):
    return object_("v1", "Service", name, spec={"type": kind, "selector": {"app": name},
                                                "ports": [{"port": 80, "targetPort": 8080}], **spec})


def role(name, *rules, ns="shop"):
    return object_(f"{RBAC}/v1", "Role" if ns else "ClusterRole", name, ns,
                   rules=[{"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split(), **more}
                          for group, resources, verbs, more in (rule if len(rule) == 4 else (*rule, {}) for rule in rules)])


def binding(role_name, *accounts, ns="shop", kind=None, name=None, subjects=()):
    kind = kind or ("Role" if ns else "ClusterRole")
    return object_(f"{RBAC}/v1", "RoleBinding" if ns else "ClusterRoleBinding", name or role_name, ns,
                   roleRef={"apiGroup": RBAC, "kind": kind, "name": role_name},
                   subjects=[{"kind": "ServiceAccount", "name": account, "namespace": "shop"} for account in accounts]
                   + list(subjects))


def admin(*accounts):
    return binding("cluster-admin", *accounts, ns=None, name="admins")


@pytest.fixture
def ways(strake, tmp_path, root):
    schema = json.loads((root / "docs/schema/strake.paths-1.json").read_text())

    def run(*objects, options=(), status=None):
        (tmp_path / "in.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        done = strake("paths", "-o", "json", *options, "in.json", cwd=tmp_path)
        document = done.json()
        jsonschema.validate(document, schema)
        assert done.status == (1 if document["counts"]["pairs"] else 0) if status is None else status
        return document

    return run


def types(document):
    return [[step["type"] for step in path["steps"]] for path in document["paths"]]


def reaches(document):
    return document["counts"]["pairs"] > 0


# --- the internet ---

def test_from_the_internet(ways):
    document = ways(service(), pod(), admin("web"))
    assert types(document) == [["EXPOSED_LOAD_BALANCER", "ENDPOINT_EXPLOIT", "IDENTITY_ASSUME", "PERMISSION_DISCOVER",
                                "GRANTS_ROLE", "CLUSTER_ADMIN"]]
    assert document["paths"][0]["cost"] == 3
    assert document["cut"]["cost"] == 1
    assert document["cut"]["changes"][0]["fix"]["patch"] == [
        {"op": "add", "path": "/items/1/spec/automountServiceAccountToken", "value": False}]


@pytest.mark.parametrize("change", [
    {"kind": "ClusterIP"}, {"kind": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"]},
    {"kind": "LoadBalancer", "selector": {"app": "other"}}])
def test_not_from_the_internet(ways, change):
    assert not reaches(ways(service(**change), pod(), admin("web")))


@pytest.mark.parametrize("way, type_", [
    (service(kind="NodePort"), "EXPOSED_NODE_PORT"), (service(kind="ClusterIP", externalIPs=["203.0.113.1"]), "EXPOSED_EXTERNAL_IP"),
    (object_("networking.k8s.io/v1", "Ingress", "i", spec={"defaultBackend": {"service": {"name": "web"}}}), "EXPOSED_INGRESS"),
    (object_("gateway.networking.k8s.io/v1", "HTTPRoute", "r", spec={"rules": [{"backendRefs": [{"name": "web", "port": 80}]}]}),
     "EXPOSED_ROUTE")])
def test_ways_in(ways, way, type_):
    document = ways(way, *([] if way["kind"] == "Service" else [service(kind="ClusterIP")]), pod(), admin("web"))
    assert types(document)[0][0] == type_


@pytest.mark.parametrize("ports, spec, type_", [
    ([{"containerPort": 8080, "hostPort": 80}], {}, "EXPOSED_HOST_PORT"),
    ([{"containerPort": 8080}], {"hostNetwork": True}, "EXPOSED_HOST_NETWORK"),
    ([{"containerPort": 8080, "hostPort": 80, "hostIP": "127.0.0.1"}], {}, None)])
def test_ports_of_the_node(ways, ports, spec, type_):
    document = ways(pod(container={"ports": ports}, **spec), admin("web"))
    assert [each[0] for each in types(document)] == ([type_] if type_ else [])
    assert all(path["steps"][0]["verdict"] == "unknown" for path in document["paths"])


@pytest.mark.parametrize("ingress, open_", [
    ([], False), ([{}], True), ([{"from": [{"podSelector": {}}]}], False), ([{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}], True),
    ([{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}], False), ([{"ports": [{"port": 8080}]}], True),
    ([{"ports": [{"port": 9090}]}], False)])
def test_network_policies(ways, ingress, open_):
    policy = object_("networking.k8s.io/v1", "NetworkPolicy", "p", spec={"podSelector": {}, "ingress": ingress})
    assert reaches(ways(service(), pod(), admin("web"), policy)) == open_


def test_from_pod_to_pod(ways):
    """Over the network of the cluster, unless a policy keeps the two apart."""
    objects = [service(), pod(automountServiceAccountToken=False), pod("db", "db"), admin("db")]
    closed = object_("networking.k8s.io/v1", "NetworkPolicy", "p",
                     spec={"podSelector": {"matchLabels": {"app": "db"}}, "ingress": []})
    named = object_("networking.k8s.io/v1", "NetworkPolicy", "p", spec={
        "podSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}]})
    assert "NETWORK_OPEN" in types(ways(*objects))[0]
    assert not reaches(ways(*objects, closed))
    assert "NETWORK_ADMITTED" in types(ways(*objects, named))[0]


# --- rights ---

FROM_WEB = ("--from", "sa/shop/web")


@pytest.mark.parametrize("rule, type_", [
    (("", "groups users", "impersonate"), "IMPERSONATE"), ((RBAC, "clusterroles clusterrolebindings", "bind create"), "ROLE_BIND"),
    ((RBAC, "clusterroles", "escalate patch"), "ROLE_ESCALATE"), (("*", "*", "*"), "CLUSTER_ADMIN"),
    (("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch"), "ADMISSION_CHANGE"),
    (("apiregistration.k8s.io", "apiservices", "create"), "API_SERVICE"),
    (("", "secrets", "create get"), "SECRET_MINT"), (("", "serviceaccounts/token", "create"), "TOKEN_REQUEST"),
    (("", "pods", "create"), "POD_CREATE"), (("apps", "deployments", "patch"), "WORKLOAD_PATCH")])
def test_rights_in_the_cluster(ways, rule, type_):
    document = ways(role("r", rule, ns=None), binding("r", "web", ns=None), pod(), options=FROM_WEB)
    assert type_ in types(document)[0]
    assert not reaches(ways(role("r", rule, ns=None), pod(), options=()))


@pytest.mark.parametrize("rule", [
    ("", "groups users", "impersonate"), (RBAC, "clusterroles clusterrolebindings", "bind create"), ("", "nodes/proxy", "get"),
    ("", "secrets", "update"), ("", "pods", "get list"), ("", "pods/exec", "get"),
    ("", "pods", "create", {"resourceNames": ["a"]})])
def test_rights_that_lead_nowhere(ways, rule):
    """What a RoleBinding cannot give, and what is no power."""
    assert not reaches(ways(role("r", rule), binding("r", "web"), pod(), pod("db", "db"), admin("db"), options=FROM_WEB))


def test_get_was_enough_for_exec(ways):
    objects = [role("r", ("", "pods/exec", "get")), binding("r", "web"), pod(), pod("db", "db"), admin("db")]
    assert reaches(ways(*objects, options=(*FROM_WEB, "--kubernetes-version", "v1.34")))


@pytest.mark.parametrize("name, found", [("db-token", True), ("other", False)])
def test_named_secret(ways, name, found):
    token = object_("v1", "Secret", "db-token", type="kubernetes.io/service-account-token",
                    metadata={"annotations": {"kubernetes.io/service-account.name": "db"}})
    document = ways(role("r", ("", "secrets", "get", {"resourceNames": [name]})), binding("r", "web"), token, admin("db"),
                    object_("v1", "ServiceAccount", "web"), options=FROM_WEB)
    assert reaches(document) == found


def test_rights_of_several_bindings(ways):
    bind = role("a", (RBAC, "clusterroles", "bind"), ns=None)
    create = role("b", (RBAC, "clusterrolebindings", "create"), ns=None)
    document = ways(bind, create, binding("a", "web", ns=None), binding("b", "web", ns=None), options=FROM_WEB)
    assert types(document) == [["ROLE_BIND"]]
    assert not reaches(ways(bind, create, binding("a", "web", ns=None), binding("b", "db", ns=None), options=FROM_WEB))


# --- as somebody else, request by request (constrained impersonation) ---

AUTHENTICATION = "authentication.k8s.io"
BE_USER = (AUTHENTICATION, "users", "impersonate:user-info")
BE_ACCOUNT = (AUTHENTICATION, "serviceaccounts", "impersonate:serviceaccount")
ON_USER = [(RBAC, "clusterroles", "impersonate-on:user-info:bind"), (RBAC, "clusterrolebindings", "impersonate-on:user-info:create")]
ON_ACCOUNT = [("", "serviceaccounts/token", "impersonate-on:serviceaccount:create")]


@pytest.mark.parametrize("rules, found", [
    ([BE_USER, *ON_USER], True), ([BE_USER], False), (ON_USER, False), ([BE_USER, ON_USER[0]], False),
    ([BE_USER, ON_USER[0], (RBAC, "clusterrolebindings", "create")], True),
    ([BE_ACCOUNT, *ON_USER], False), ([BE_USER, ("", "pods", "impersonate-on:user-info:list")], False),
    ([BE_USER, (RBAC, "clusterroles clusterrolebindings", "impersonate-on:user-info:bind impersonate-on:serviceaccount:create")], False),
    ([BE_ACCOUNT, *ON_ACCOUNT], True)])
def test_requests_as_somebody_else(ways, rules, found):
    """To be somebody, and what may be done as that one: either alone is nothing, and whether somebody may do it is not certain."""
    boss = [object_("v1", "ServiceAccount", "boss"), admin("boss")]
    document = ways(*boss, role("r", *rules, ns=None), binding("r", "web", ns=None), options=FROM_WEB)
    assert reaches(document) == found
    for path in document["paths"]:
        assert [step["verdict"] for step in path["steps"] if step["type"] == "IMPERSONATE_CONSTRAINED"] == ["unknown"]
    assert not reaches(ways(*boss, role("r", *rules, ns=None), binding("r", "web", ns=None),
                            options=(*FROM_WEB, "--kubernetes-version", "v1.35")))


def test_requests_as_somebody_else_by_two_bindings(ways):
    boss = [object_("v1", "ServiceAccount", "boss"), admin("boss")]
    being, doing = role("a", BE_ACCOUNT, ns=None), role("b", *ON_ACCOUNT)
    document = ways(*boss, being, doing, binding("a", "web", ns=None), binding("b", "web"), options=FROM_WEB)
    assert "IMPERSONATE_CONSTRAINED" in types(document)[0]
    assert not reaches(ways(*boss, being, doing, binding("a", "web", ns=None), binding("b", "other"), options=FROM_WEB))
    # What belongs to no namespace, a RoleBinding does not give.
    being, doing = role("a", BE_USER), role("b", *ON_USER, ns=None)
    assert not reaches(ways(*boss, being, doing, binding("a", "web"), binding("b", "web", ns=None), options=FROM_WEB))


# --- guards ---

CREATE = [role("r", ("", "pods", "create")), binding("r", "web"), object_("v1", "Node", "n", None)]


def namespace(**labels):
    return object_("v1", "Namespace", "shop", None, metadata={"labels": labels})


def policy(expression, action="Deny"):
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}
    return [object_("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", "p", None,
                    spec={"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": expression}]}),
            object_("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", "p", None,
                    spec={"policyName": "p", "validationActions": [action]})]


@pytest.mark.parametrize("guards, found", [
    ([namespace()], True), ([namespace(**{"pod-security.kubernetes.io/enforce": "privileged"})], True),
    ([namespace(**{"pod-security.kubernetes.io/enforce": "baseline"})], False),
    ([namespace(**{"pod-security.kubernetes.io/enforce": "restricted"})], False),
    (policy("false"), False), (policy("false", "Audit"), True), (policy("object.metadata.name == 'x'"), True),
    (policy("object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged))"), True),
    (policy("!has(object.spec.volumes) && !has(object.spec.hostPID) && object.spec.containers.all(c, !has(c.securityContext))"), False)])
def test_guards_of_new_pods(ways, guards, found):
    document = ways(*CREATE, *guards, options=(*FROM_WEB, "--to", "node/n"))
    assert reaches(document) == found


def test_label_of_the_namespace_can_be_changed(ways):
    guarded = namespace(**{"pod-security.kubernetes.io/enforce": "baseline"})
    more = [role("l", ("", "namespaces", "patch")), binding("l", "web")]
    assert types(ways(*CREATE, guarded, *more, options=(*FROM_WEB, "--to", "node/n"))) == [["NAMESPACE_LABEL", "MEMBER"]]


@pytest.mark.parametrize("spec, classes, found", [
    ({}, [], True), ({"hostUsers": False}, [], False),
    ({"runtimeClassName": "safe"}, [object_("node.k8s.io/v1", "RuntimeClass", "safe", None, handler="runsc")], False),
    ({"runtimeClassName": "safe"}, [object_("node.k8s.io/v1", "RuntimeClass", "safe", None, handler="runc")], True)])
def test_sandboxes(ways, spec, classes, found):
    box = {"securityContext": {"privileged": True}}
    document = ways(pod(container=box, nodeName="n", **spec), *classes, options=("--from", "pod/shop/web", "--to", "node/n"))
    assert reaches(document) == found


# --- the shop ---

def test_shop(strake, root):
    run = strake("paths", "-o", "json", "examples/shop", cwd=root)
    document = run.json()
    assert run.status == 1
    starts = {path["steps"][0]["to"] for path in document["paths"]}
    assert {"endpoint/build/build-runner", "endpoint/shop/backoffice", "endpoint/shop/storefront"} <= starts
    assert [change["object"]["name"] for change in document["cut"]["changes"]] == ["ci-runner", "secret-sync"]
    assert document["cut"]["cost"] == 4


def test_cut_stops_every_way(strake, root, tmp_path):
    """The changes of the cut, made in the files, leave no way."""
    for file in (root / "examples/shop").glob("*.yaml"):
        text = file.read_text()
        for name in ("ci-runner", "secret-sync"):
            text = re.sub(rf"(kind: ClusterRole\n  name: (?:cluster-admin|{name})\nsubjects:)\n  - kind: ServiceAccount\n    name: {name}\n"
                          r"    namespace: \w+\n", r"\1 []\n", text)
        (tmp_path / file.name).write_text(text)
    run = strake("paths", tmp_path)
    assert run.status == 0, run.text
    assert "No way was found" in run.text


def test_repaired_shop(strake, root):
    assert strake("paths", "examples/shop-repaired", cwd=root).status == 0


def test_scan_reports_ways(strake, root):
    run, report = strake.scan("examples/shop", cwd=root)
    ways = strake("paths", "-o", "json", "examples/shop", cwd=root).json()["paths"]
    assert report["paths"] == ways
    rules = {finding["rule"] for finding in report["findings"]}
    assert {"internet-reaches-cluster", "internet-may-reach-cluster", "pod-reaches-cluster"} <= rules
    schema = json.loads((root / "docs/schema/strake.report-1.json").read_text())
    jsonschema.validate(report, schema)


# --- printing ---

def test_text(strake, root):
    text = strake("paths", "examples/shop", cwd=root).text
    assert "1. the internet → the whole cluster (cluster-admin), cost 3" in text
    assert "examples/shop/build-runner.yaml:28:5" in text
    assert "The cheapest way to stop them all: 2 changes, cost 4" in text


def test_more_ways(strake, root):
    few = strake("paths", "-o", "json", "examples/shop", cwd=root).json()
    more = strake("paths", "-o", "json", "--max", "30", "examples/shop", cwd=root).json()
    assert len(more["paths"]) == 30 > len(few["paths"]) == few["counts"]["ways"]
    costs = [path["cost"] for path in more["paths"]]
    assert costs == sorted(costs)
    assert len({json.dumps(path["steps"]) for path in more["paths"]}) == 30


def test_pictures(strake, root):
    page = strake("paths", "-o", "html", "examples/shop", cwd=root).text
    assert page.startswith("<!doctype html>") and "default-src 'none'" in page
    assert not re.search(r"(src|href)=[\"']?https?:", page)
    data = json.loads(re.search(r'id="data">\n(.*?)</script>', page, re.S)[1])
    assert data["ways"] and all(number < len(data["edges"]) for way in data["ways"] for number in way)
    assert strake("paths", "-o", "dot", "examples/shop", cwd=root).text.startswith("digraph strake {")
    page = strake("graph", "-o", "html", "examples/shop", cwd=root).text
    data = json.loads(re.search(r'id="data">\n(.*?)</script>', page, re.S)[1])
    assert len(data["nodes"]) > 100


def test_names_cannot_break_out(strake, tmp_path):
    name = "</script><script>alert(1)</script>\"\\ \u202e"
    (tmp_path / "in.json").write_text(json.dumps(service(name) | {}) + json.dumps(pod(name)) + json.dumps(admin("web")))
    for command in "paths", "graph":
        page = strake(command, "-o", "html", "in.json", cwd=tmp_path).text
        assert "<script>alert" not in page
    assert "\u202e" not in strake("paths", "in.json", cwd=tmp_path).text


def test_graph(strake, root):
    document = strake("graph", "examples/shop", cwd=root).json()
    jsonschema.validate(document, json.loads((root / "docs/schema/strake.graph-1.json").read_text()))
    ids = [node["id"] for node in document["nodes"]]
    assert len(set(ids)) == len(ids)
    assert {edge["from"] for edge in document["edges"]} | {edge["to"] for edge in document["edges"]} <= set(ids)
    ways = strake("paths", "-o", "json", "examples/shop", cwd=root).json()
    for path in ways["paths"]:
        for step in path["steps"]:
            edge = document["edges"][step["edge"]]
            assert (edge["type"], edge["from"], edge["to"]) == (step["type"], step["from"], step["to"])


def test_same_bytes(strake, root):
    assert len({strake("graph", "examples/shop", cwd=root).out for _ in range(3)}) == 1


def test_table_of_edges(strake, root):
    """docs/paths.md ends with what --edges prints."""
    assert (root / "docs/paths.md").read_text().endswith(strake("graph", "--edges").text)


# --- how it ends ---

@pytest.mark.parametrize("options, words", [
    (["--from", "pod/shop/wep"], "did you mean pod/shop/web?"), (["--to", "nothing"], "write internet"), (["--max", "0"], "--max")])
def test_wrong_usage(strake, tmp_path, options, words):
    (tmp_path / "in.json").write_text(json.dumps(pod()))
    run = strake("paths", *options, "in.json", cwd=tmp_path)
    assert run.status == 2
    assert words in run.error


def test_nothing_and_unreadable(strake, tmp_path):
    (tmp_path / "empty.yaml").write_text("")
    assert strake("paths", "empty.yaml", cwd=tmp_path).status == 3
    assert strake("graph", "empty.yaml", cwd=tmp_path).status == 3
    (tmp_path / "bad.yaml").write_text("a: [\n")
    run = strake("paths", "bad.yaml", cwd=tmp_path)
    assert run.status == 2
    assert "bad.yaml:" in run.error


def test_new_since(strake, tmp_path):
    before = [service(), pod(), object_("v1", "ServiceAccount", "web"), pod("db", "db"), admin("db")]
    (tmp_path / "before.json").write_text("\n".join(map(json.dumps, before)))
    (tmp_path / "same.json").write_text("\n".join(map(json.dumps, before)))
    (tmp_path / "after.json").write_text("\n".join(map(json.dumps, [*before, role("r", ("", "pods/exec", "create")),
                                                                    binding("r", "web")])))
    assert strake("paths", "before.json", cwd=tmp_path).status == 1
    run = strake("paths", "-o", "json", "--new-since", "before.json", "same.json", cwd=tmp_path)
    assert run.status == 0 and run.json()["paths"] == []
    run = strake("paths", "-o", "json", "--new-since", "before.json", "after.json", cwd=tmp_path)
    document = run.json()
    assert run.status == 1
    assert all({"PERMISSION_DISCOVER", "POD_EXEC"} <= set(each) for each in types(document))
    assert document["cut"]["cost"] == 1
