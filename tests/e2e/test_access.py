"""Who may do what: kubectl's words, flags, answers and statuses; documents against their schemas; inputs that are wrong."""
import csv
import io
import json
import re
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
RBAC = "rbac.authorization.k8s.io/v1"


def role(name, rules, namespace=None, **more):
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {}) | more.pop("metadata", {})
    return {"apiVersion": RBAC, "kind": "Role" if namespace else "ClusterRole", "metadata": metadata, "rules": rules} | more


def binding(name, reference, *subjects, namespace=None):
    kind, _, reference = reference.partition("/")
    return {"apiVersion": RBAC, "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
            "metadata": {"name": name} | ({"namespace": namespace} if namespace else {}),
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": reference},
            "subjects": [subject(one) for one in subjects]}


def subject(word):
    kind, _, name = word.partition("/")
    if kind == "ServiceAccount":
        namespace, _, name = name.partition("/")
        return {"kind": kind, "namespace": namespace, "name": name}
    return {"kind": kind, "name": name, "apiGroup": "rbac.authorization.k8s.io"}


def rule(verbs, resources, group="", **more):
    return {"apiGroups": [group], "resources": resources.split(), "verbs": verbs.split()} | more


SHOP = (
    role("reader", [rule("get list watch", "pods pods/log"), rule("get", "secrets", resourceNames=["web-tls"])], "shop"),
    role("scaler", [rule("update", "*/scale", "apps"), {"verbs": ["get"], "nonResourceURLs": ["/metrics", "/debug/*"]}]),
    binding("read", "Role/reader", "User/ada", "ServiceAccount/shop/web", namespace="shop"),
    binding("scale", "ClusterRole/scaler", "Group/ops"),
    binding("edit", "ClusterRole/edit", "User/bob", namespace="bank"),
)


def write(path, *objects):
    path.write_text("---\n".join(json.dumps(one, indent=1) + "\n" for one in objects))
    return path


@pytest.fixture
def shop(tmp_path):
    return write(tmp_path / "shop.yaml", *SHOP)


def fits(document, name):
    schema = json.loads((ROOT / f"docs/schema/strake.{name}-1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("words, wanted", [
    ("list pods --as ada -n shop", "yes"),
    ("list po --as ada -n shop", "yes"),
    ("list Pods --as ada -n shop", "yes"),
    ("list pods --as ada -n bank", "no"),
    ("list pods --as ada", "no"),
    ("list pods --as ada -A", "no"),
    ("get pods --subresource log --as ada -n shop", "yes"),
    ("get pods --subresource=exec --as ada --namespace=shop", "no"),
    ("get secrets/web-tls --as ada -n shop", "yes"),
    ("get secrets --as ada -n shop", "no"),
    ("list pods --as system:serviceaccount:shop:web -n shop", "yes"),
    ("update deployments.apps --subresource scale --as eve --as-group ops -A", "yes"),
    ("update deploy --subresource scale --as eve --as-group ops --as-group other -n any", "yes"),
    ("update deployments.v1.apps --subresource scale --as eve --as-group ops", "yes"),
    ("update widgets.example.com --subresource scale --as eve --as-group ops", "no"),
    ("get /metrics --as-group ops --as eve", "yes"),
    ("get /debug/pprof --as-group ops --as eve", "yes"),
    ("get /debug --as-group ops --as eve", "no"),
    ("create deploy --as bob -n bank", "yes"),
    ("* * --as eve --as-group system:masters", "yes"),
])
def test_can_i(strake, shop, words, wanted):
    run = strake("access", "can-i", *words.split(), "-f", shop)
    assert (run.text, run.status) == (f"{wanted}\n", 0 if wanted == "yes" else 1), run.error
    quiet = strake("access", "can-i", *words.split(), "-q", shop)
    assert (quiet.text, quiet.status) == ("", run.status)
    document = strake("access", "can-i", *words.split(), "-o", "json", shop).json()
    fits(document, "can-i")
    assert document["allowed"] == (wanted == "yes") == bool(document["grants"])


@pytest.mark.parametrize("words, warning", [
    ("frobnicate pods -A", "verb 'frobnicate' is not a known verb"),
    ("list widgets", "the server doesn't have a resource type 'widgets'"),
    ("list widgets.example.com", "the server doesn't have a resource type 'widgets' in group 'example.com'"),
    ("list nodes", "resource 'nodes' is not namespace scoped"),
    ("list storageclasses", "resource 'storageclasses' is not namespace scoped in group 'storage.k8s.io'"),
    ("watch /metrics", "verb 'watch' is not a known verb"),
    ("list pods", None), ("list nodes -A", None), ("impersonate users", None), ("impersonate groups/x -A", None),
    ("impersonate:user-info users.authentication.k8s.io -A", None),
])
def test_warnings(strake, shop, words, warning):
    run = strake("access", "can-i", *words.split(), "--as", "eve", "-f", shop)
    assert run.text == "no\n"
    assert re.findall("Warning: (.*)", run.error) == ([warning] if warning else [])


def test_resources_of_definitions(strake, tmp_path):
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                  "metadata": {"name": "widgets.example.com"},
                  "spec": {"group": "example.com", "scope": "Namespaced",
                           "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"]}}}
    file = write(tmp_path / "a.yaml", definition, role("r", [rule("get", "widgets", "example.com")]),
                 binding("b", "ClusterRole/r", "User/ada"))
    for word in ("widgets", "widget", "wd", "Widget", "widgets.example.com"):
        run = strake("access", "can-i", "get", word, "--as", "ada", "-f", file)
        assert (run.text, run.error) == ("yes\n", "")


def test_list(strake, shop):
    run = strake("access", "can-i", "--list", "--as", "ada", "-n", "shop", shop)
    assert run.status == 0
    assert run.text == (
        "Resources   Non-Resource URLs   Resource Names   Verbs\n"
        "pods        []                  []               [get list watch]\n"
        "pods/log    []                  []               [get list watch]\n"
        "secrets     []                  [web-tls]        [get]\n")
    bare = strake("access", "can-i", "--list", "--no-headers", "--as", "ada", "-n", "shop", shop).text
    assert bare.split() == run.text.split("\n", 1)[1].split()
    document = strake("access", "can-i", "--list", "--as", "ada", "-n", "shop", "-o", "json", shop).json()
    fits(document, "rules-of")
    assert len(document["rules"]) == 3


@pytest.mark.parametrize("words", ["can-i", "can-i get", "can-i get pods", "can-i get pods --as a --no-headers",
                                   "can-i get /x --as a --subresource y", "who-can get", "explain get", "diff a",
                                   "can-i --list --as a --subresource x", "matrix --resource /x", "unused"])
def test_wrong_usage(strake, shop, words):
    run = strake("access", *words.split(), cwd=shop.parent)
    assert run.status == 2 and run.error.startswith("strake: ") and not run.text


def test_a_role_that_is_missing(strake, tmp_path):
    file = write(tmp_path / "a.yaml", binding("b", "Role/gone", "User/ada", namespace="shop"),
                 binding("c", "ClusterRole/lost", "User/ada"))
    run = strake("access", "can-i", "get", "pods", "--as", "ada", "-n", "shop", "-f", file)
    assert run.status == 1
    assert run.text == ('no - RBAC: [clusterrole.rbac.authorization.k8s.io "lost" not found, '
                        'role.rbac.authorization.k8s.io "gone" not found]\n')
    assert f'{file}:1:1: the Role "gone" was not found' in run.error
    document = strake("access", "explain", "get", "pods", "--as", "ada", "-n", "shop", "-o", "json", file).json()
    fits(document, "can-i")
    assert document["verdict"] == "unknown" and len(document["unresolved"]) == 2
    text = strake("access", "explain", "get", "pods", "--as", "ada", "-n", "shop", file).text
    assert 'not evaluated: RoleBinding shop/b' in text and '"gone", which was not found' in text


def test_input_that_cannot_be_read_is_not_a_no(strake, shop):
    (shop.parent / "broken.yaml").write_text("apiVersion: v1\nkind: [\n")
    for words in (["can-i", "get", "nodes", "--as", "ada"], ["who-can", "get", "pods"], ["matrix"], ["explain", "get", "x", "--as", "y"]):
        run = strake("access", *words, "-f", shop.parent)
        assert run.status == 2 and "broken.yaml:" in run.error
    assert strake("access", "can-i", "get", "pods", "--as", "ada", "-n", "shop", "-f", shop.parent).status == 0
    assert strake("access", "can-i", "get", "pods", "--as", "ada", "-f", shop.parent / "absent").status == 2


def test_nothing_to_look_at(strake, tmp_path):
    for words in (["can-i", "get", "pods", "--as", "ada"], ["who-can", "get", "pods"], ["matrix"], ["diff", ".", "."]):
        assert strake("access", *words, cwd=tmp_path).status == 3


def test_rules_that_are_none(strake, tmp_path):
    bad = role("r", [{"verbs": "get", "apiGroups": [""], "resources": ["pods"]}])
    file = write(tmp_path / "a.yaml", bad, binding("b", "ClusterRole/r", "User/ada"))
    run = strake("access", "can-i", "get", "pods", "--as", "ada", "-f", file)
    assert run.text.startswith('no - RBAC: clusterrole.rbac.authorization.k8s.io "r" cannot be evaluated: rules[0].verbs is a string')
    assert run.status == 2


def test_very_long_names(strake, tmp_path):
    name = "x" * 1_000_000
    file = write(tmp_path / "a.yaml", role(name, [rule("get", name, name, resourceNames=[name])]),
                 binding(name, f"ClusterRole/{name}", f"User/{name}"))
    run = strake("access", "who-can", "get", "pods", "-o", "json", "-f", file)
    assert run.json()["grants"] == []
    assert strake("access", "matrix", "-o", "csv", "-f", file).text.count(name) == 3


def test_cycles_of_aggregation(strake, tmp_path):
    def collects(name, label, wanted):
        return role(name, None, metadata={"labels": {"x": label}},
                    aggregationRule={"clusterRoleSelectors": [{"matchLabels": {"x": wanted}}]})
    leaf = role("leaf", [rule("get", "pods")], metadata={"labels": {"x": "b"}})
    file = write(tmp_path / "a.yaml", collects("one", "a", "b"), collects("two", "b", "a"), leaf,
                 binding("b", "ClusterRole/two", "User/ada"))
    run = strake("access", "explain", "get", "pods", "--as", "ada", "-f", file)
    assert run.status == 0 and "collects ClusterRole leaf" in run.text
    assert strake("access", "can-i", "list", "pods", "--as", "ada", "-f", file).text == "no\n"


def test_bindings_to_nobody(strake, tmp_path):
    nobody = binding("b", "ClusterRole/view", "ServiceAccount/x/y", "Robot/z")
    nobody["subjects"][0].pop("namespace")
    run = strake("access", "matrix", "-f", write(tmp_path / "a.yaml", nobody))
    assert "has no namespace: it is nobody" in run.error and 'not a "Robot"' in run.error
    assert run.text.split() == ["WHO", "WHERE", "RESOURCE", "VERBS"]


def test_what_is_assumed_is_said(strake, tmp_path):
    file = write(tmp_path / "a.yaml", binding("b", "ClusterRole/view", "User/ada"))
    run = strake("access", "can-i", "list", "pods", "--as", "ada", "-f", file)
    assert run.text == "yes\n" and "taken as in a new cluster of Kubernetes 1.37, not shown: ClusterRole view" in run.error
    assert strake("access", "can-i", "list", "secrets", "--as", "ada", "-f", file).text == "no\n"
    assert strake("access", "can-i", "get", "/version", "--as", "ada", "-f", file).text == "no\n"
    assert strake("access", "can-i", "get", "/version", "--as", "ada", "--defaults", "-f", file).text == "yes\n"


def test_who_can(strake, shop):
    run = strake("access", "who-can", "list", "pods", "-n", "shop", "-f", shop)
    assert run.status == 0
    lines = [line.split() for line in run.text.splitlines()]
    assert lines[1][:5] == ["User", "ada", "shop", "RoleBinding", "shop/read"]
    assert lines[2][:4] == ["ServiceAccount", "shop/web", "shop", "RoleBinding"]
    assert "bob" not in run.text and f"{shop}:" in run.text
    everywhere = strake("access", "who-can", "list", "pods", "-A", "-o", "json", "-f", shop).json()
    fits(everywhere, "who-can")
    assert [grant["subject"]["name"] for grant in everywhere["grants"]] == ["bob", "ada", "web"]
    grant = everywhere["grants"][1]
    assert grant["binding"]["location"]["file"] == str(shop) and grant["rule"]["index"] == 0
    assert grant["rule"]["location"]["line"] == next(
        number for number, line in enumerate(shop.read_text().splitlines(), 1) if '"apiGroups"' in line) - 1


def test_explain_hints(strake, shop):
    text = strake("access", "explain", "list", "pods", "--as", "ada", "-n", "bank", "-f", shop).text
    assert text.startswith("no: ada may not list pods in namespace bank\n") and "elsewhere: yes in namespace shop\n" in text
    text = strake("access", "explain", "get", "/metrics", "--as", "eve", "-f", shop).text
    assert "members of these groups may (--as-group): ops\n" in text


def test_matrix(strake, shop):
    run = strake("access", "matrix", "-f", shop, "--resource", "pods,pods/log,secrets,deploy/scale", "-o", "text", "-o", "json=m.json",
                 "-o", "csv=m.csv", "-o", "html=m.html", cwd=shop.parent)
    assert run.status == 0
    rows = [line.split(None, 4) for line in run.text.splitlines()[1:]]
    assert ["User", "ada", "shop", "pods", "get list watch"] in rows
    assert ["User", "ada", "shop", "secrets", "(some names: get)"] in rows
    assert ["Group", "ops", "*", "deployments.apps/scale", "update"] in rows
    document = json.loads((shop.parent / "m.json").read_text())
    fits(document, "matrix")
    cells = list(csv.DictReader(io.StringIO((shop.parent / "m.csv").read_text())))
    assert {(cell["name"], cell["where"], cell["resource"], cell["verb"]) for cell in cells if cell["kind"] == "Group"} == {
        ("ops", "*", "deployments", "update")}
    verbs = sum(len(one["verbs"]) + len(one["verbsOnSomeNames"]) for row in document["rows"] for one in row["resources"])
    assert verbs == len(cells)
    page = (shop.parent / "m.html").read_text()
    assert "http" not in page.replace('http-equiv', '') and page.count("<tr>") == 1 + len(document["rows"])
    only = strake("access", "matrix", "-f", shop, "-n", "bank", "--verb", "create", "--resource", "pods").text
    assert only.splitlines()[1:] == ["User bob  bank   pods      create"]


def test_hostile_names_stay_text(strake, tmp_path):
    evil = '<script>alert(1)</script>\x1b[31m"=1'
    file = write(tmp_path / "a.yaml", role("r", [rule("get", "pods")]), binding("b", "ClusterRole/r", f"User/{evil}", "User/=cmd"))
    page = strake("access", "matrix", "-o", "html", "-f", file).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    for words in (["matrix"], ["who-can", "get", "pods"], ["explain", "get", "pods", "--as", evil]):
        assert "\x1b" not in strake("access", *words, "-f", file).text
    assert ",\"'=cmd\"," in strake("access", "matrix", "-o", "csv", "-f", file).text


def test_diff(strake, tmp_path):
    before, after = write(tmp_path / "a.yaml", *SHOP), write(tmp_path / "b.yaml", *SHOP[:3], binding("edit", "ClusterRole/view", "User/bob", namespace="bank"))
    run = strake("access", "diff", before, after)
    assert run.status == 1
    assert run.text.startswith("- User bob in namespace bank\n")
    assert "because      RoleBinding bank/edit gave another role before: ClusterRole edit" in run.text
    assert "- Group ops in the cluster" in run.text and "ClusterRoleBinding scale is gone, gave ClusterRole scaler" in run.text
    document = strake("access", "diff", "-o", "json", before, after).json()
    fits(document, "access-diff")
    assert {change["change"] for change in document["changes"]} == {"lost"}
    same = strake("access", "diff", before, before)
    assert (same.status, same.text) == (0, "Nobody may do more or less.\n")


def event(user, verb, resource, namespace="shop", status=200, **more):
    return {"apiVersion": "audit.k8s.io/v1", "kind": "Event", "stage": "ResponseComplete", "verb": verb, "requestURI": "/x",
            "user": {"username": user, "groups": ["system:authenticated"]}, "responseStatus": {"code": status},
            "objectRef": {"resource": resource, "namespace": namespace, "apiVersion": "v1"} | more}


def test_unused(strake, tmp_path):
    file = write(tmp_path / "a.yaml", role("r", [rule("get list watch", "pods secrets"), rule("*", "configmaps"), rule("impersonate", "users")]),
                 binding("b", "ClusterRole/r", "User/ada", "User/bob", namespace="shop"), binding("c", "ClusterRole/r", "User/eve"))
    log = tmp_path / "audit.log"
    log.write_text("\n".join(json.dumps(one) for one in (
        event("ada", "list", "pods"), event("ada", "get", "pods", name="x"), event("ada", "get", "pods", name="y"),
        event("ada", "get", "configmaps"), event("ada", "get", "secrets", status=403))) + "\n")
    run = strake("access", "unused", log, "-f", file)
    assert run.status == 1
    assert "ClusterRoleBinding c gives ClusterRole r" in run.text and ": never used\n" in run.text
    assert "  never used by  User bob\n" in run.text
    assert "    never used:  get, list, watch secrets\n" in run.text and "    never used:  watch pods\n" in run.text
    assert "    wider than needed:  do anything with configmaps\n      used was only:  get configmaps\n" in run.text
    assert "impersonate" not in run.text
    document = strake("access", "unused", log, "-f", file, "-o", "json").json()
    fits(document, "unused")
    assert (document["events"], document["requests"]) == (4, 4)
    log.write_text("")
    assert strake("access", "unused", log, "-f", file).status == 3
    log.write_text("{broken\n")
    assert strake("access", "unused", log, "-f", file).status == 2


def test_output_is_the_same_in_any_order(strake, tmp_path):
    write(tmp_path / "a.yaml", *SHOP)
    write(tmp_path / "b.yaml", *reversed(SHOP))
    for words in (["matrix", "-o", "json"], ["can-i", "--list", "--as", "ada", "-n", "shop"]):
        assert strake("access", *words, "-f", tmp_path / "a.yaml").text == strake("access", *words, "-f", tmp_path / "b.yaml").text


CONFIG = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthorizationConfiguration"}


def webhook(*conditions, **more):
    return {"type": "Webhook", "name": "opa", "webhook": {"matchConditions": [{"expression": one} for one in conditions], **more}}


@pytest.mark.parametrize("authorizers, words, wanted", [
    ([{"type": "RBAC"}, webhook()], "list pods --as ada -n shop", "yes"),
    ([{"type": "RBAC"}, webhook()], "list pods --as eve -n shop", "unknown"),
    ([webhook(), {"type": "RBAC"}], "list pods --as ada -n shop", "unknown"),
    ([webhook(), {"type": "RBAC"}], "list pods --as ada --as-group system:masters", "yes"),
    ([{"type": "Node"}], "list pods --as ada -n shop", "no"),
    ([{"type": "AlwaysAllow"}], "delete nodes -A --as eve", "yes"),
    ([{"type": "AlwaysDeny"}, {"type": "RBAC"}], "list pods --as ada -n shop", "yes"),
    ([{"type": "ABAC"}, {"type": "RBAC"}], "list pods --as eve -n shop", "unknown"),
    ([webhook("request.resourceAttributes.namespace == 'bank'"), {"type": "RBAC"}], "list pods --as ada -n shop", "yes"),
    ([webhook("request.resourceAttributes.namespace == 'bank'"), {"type": "RBAC"}], "list pods --as ada -n bank", "unknown"),
    ([webhook("'ops' in request.groups", "has(request.resourceAttributes)"), {"type": "RBAC"}], "get /x --as eve --as-group ops", "no"),
    ([webhook("request.nonResourceAttributes.path == '/x'", failurePolicy="Deny"), {"type": "RBAC"}], "list pods --as ada -n shop", "no"),
    ([webhook("request.nonResourceAttributes.path == '/x'", failurePolicy="NoOpinion"), {"type": "RBAC"}], "list pods --as ada -n shop", "yes"),
    ([webhook("request.extra == null"), {"type": "RBAC"}], "list pods --as ada -n shop", "unknown"),
    ([webhook("not CEL ("), {"type": "RBAC"}], "list pods --as ada -n shop", "unknown"),
])
def test_authorizers_that_are_declared(strake, shop, authorizers, words, wanted):
    write(shop.parent / "authz.yaml", CONFIG | {"authorizers": authorizers})
    run = strake("access", "can-i", *words.split(), "-f", shop.parent)
    assert run.text.split()[0] == wanted, run.error
    assert run.status == {"yes": 0, "no": 1, "unknown": 2}[wanted]
    document = strake("access", "explain", *words.split(), "-o", "json", "-f", shop.parent).json()
    fits(document, "can-i")
    assert document["verdict"] == wanted
    assert strake("access", "explain", *words.split(), "-f", shop.parent).text.startswith(f"{wanted}: ")


def api_server(*flags):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "kube-apiserver-a", "namespace": "kube-system"},
            "spec": {"containers": [{"name": "kube-apiserver", "image": "a:1", "command": ["kube-apiserver", *flags]}]}}


@pytest.mark.parametrize("flags, words, wanted, note", [
    (("--authorization-mode=Node,RBAC",), "list pods --as ada -n shop", "yes", None),
    (("--authorization-mode", "Node,RBAC,Webhook"), "list pods --as eve", "unknown", None),
    (("--authorization-mode=ABAC",), "list pods --as eve", "unknown", None),
    ((), "list pods --as eve", "yes", None),
    (("--authorization-config=/etc/authz.yaml",), "list pods --as eve", "no", "/etc/authz.yaml, which was not shown"),
    (("--authorization-mode=RBAC", "--anonymous-auth=false"), "list pods --as eve", "no", "refuses requests without credentials"),
    (("--authorization-mode=RBAC,Magic",), "list pods --as eve", "no", '"Magic" is not known'),
])
def test_flags_of_the_api_server(strake, shop, flags, words, wanted, note):
    write(shop.parent / "server.yaml", api_server(*flags))
    run = strake("access", "can-i", *words.split(), "-f", shop.parent)
    assert run.text.split()[0] == wanted
    assert note is None or note in run.error


def test_abac(strake, shop, tmp_path):
    policies = tmp_path / "policies.jsonl"
    policies.write_text('# who may read\n\n{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy",'
                        '"spec":{"user":"eve","namespace":"*","resource":"pods","readonly":true}}\n{"user":"zoe"}\n')
    for words, wanted in (("list pods --as eve", "yes"), ("delete pods --as eve", "no"), ("delete nodes -A --as zoe", "yes"),
                          ("list pods --as ada -n shop", "yes")):
        assert strake("access", "can-i", *words.split(), "--abac", policies, "-f", shop).text == wanted + "\n"
    assert "ABAC: policy 1" in strake("access", "explain", "list", "pods", "--as", "eve", "--abac", policies, "-f", shop).text
    run = strake("access", "can-i", "--list", "--as", "eve", "--abac", policies, "-f", shop)
    assert "the list may be incomplete" in run.error
    policies.write_text('{"user":"zoe"}\n{"user":')
    run = strake("access", "can-i", "get", "x", "--as", "eve", "--abac", policies, "-f", shop)
    assert run.status == 2 and f"{policies}:2:" in run.error
    assert strake("access", "can-i", "get", "x", "--as", "eve", "--abac", tmp_path / "absent", "-f", shop).status == 2


def test_nodes(strake, shop):
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"},
           "spec": {"nodeName": "one", "containers": [{"name": "a", "image": "a:1", "envFrom": [{"secretRef": {"name": "key"}}]}]}}
    write(shop.parent / "pod.yaml", pod)
    node = ["--as", "system:node:one", "--as-group", "system:nodes", "-n", "shop", "-f", shop.parent]
    run = strake("access", "explain", "get", "secrets/key", *node)
    assert run.status == 0 and "Node: for Pod shop/web on the node" in run.text
    assert strake("access", "can-i", "get", "secrets/other", *node).text == \
        "no - no relationship found between node 'one' and this object\n"
    assert "node authorizer does not support" in strake("access", "can-i", "--list", *node).error


def test_anonymous_by_configuration(strake, shop):
    write(shop.parent / "authn.yaml", {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration",
                                       "anonymous": {"enabled": True, "conditions": [{"path": "/livez"}]}})
    run = strake("access", "can-i", "get", "/livez", "--as", "system:anonymous", "-f", shop.parent)
    assert "anonymous.conditions" in run.error


def collectors(count, selector):
    return [role(f"r{i}", [rule("get", f"p{i}")], metadata={"labels": {"x": "a"}},
                 aggregationRule={"clusterRoleSelectors": [selector(i)]}) for i in range(count)]


def test_everybody_collects_from_everybody(strake, tmp_path):
    file = write(tmp_path / "a.yaml", *collectors(2000, lambda _: {"matchLabels": {"x": "a"}}), binding("b", "ClusterRole/r7", "User/ada"))
    assert strake("access", "can-i", "get", "p1999", "--as", "ada", "-f", file).text == "yes\n"
    explained = strake("access", "explain", "get", "p1999", "--as", "ada", "-f", file).text
    assert "collects ClusterRole r1999" in explained


def test_too_much_to_collect_is_told(strake, tmp_path):
    file = write(tmp_path / "a.yaml", *collectors(5000, lambda i: {"matchExpressions": [{"key": f"k{i}", "operator": "DoesNotExist"}]}),
                 binding("b", "ClusterRole/r7", "User/ada"))
    run = strake("access", "can-i", "get", "p4999", "--as", "ada", "-q", "-o", "json", "-f", file)
    assert run.json()["verdict"] == "unknown" and "it collects from too many roles" in run.json()["reason"]


IMPERSONATION = (
    role("be-jane", [rule("impersonate:user-info", "users", "authentication.k8s.io", resourceNames=["jane"])]),
    role("list-as", [rule("impersonate-on:user-info:list", "pods")]),
    role("legacy", [rule("impersonate", "users groups serviceaccounts")]),
    role("be-web", [rule("impersonate:serviceaccount", "serviceaccounts", "authentication.k8s.io"),
                    rule("impersonate-on:serviceaccount:create", "deployments", "apps")]),
    role("be-node", [rule("impersonate:arbitrary-node", "nodes", "authentication.k8s.io", resourceNames=["one"]),
                     rule("impersonate-on:arbitrary-node:get impersonate-on:associated-node:get", "pods nodes"),
                     rule("impersonate:associated-node", "nodes", "authentication.k8s.io")]),
    binding("a", "ClusterRole/be-jane", "User/bot"), binding("b", "ClusterRole/list-as", "User/bot", namespace="shop"),
    binding("c", "ClusterRole/legacy", "User/admin"), binding("d", "ClusterRole/cluster-admin", "User/jane", "ServiceAccount/shop/web"),
    binding("e", "ClusterRole/be-web", "User/deputy", namespace="shop"), binding("f", "ClusterRole/be-node", "User/agent"),
    binding("g", "ClusterRole/be-node", "ServiceAccount/shop/agent"),
)


@pytest.mark.parametrize("words, wanted", [
    ("list pods -n shop --as jane --by bot", "yes"),
    ("get pods -n shop --as jane --by bot", "no"),
    ("list pods -n bank --as jane --by bot", "no"),
    ("list pods -n shop --as jim --by bot", "no"),
    ("list pods -n shop --as jane --as-group ops --by bot", "no"),
    ("delete nodes -A --as jane --by admin", "yes"),
    ("delete nodes -A --as jim --by admin", "no"),
    ("delete nodes -A --as jim --as-group system:masters --by admin", "yes"),
    ("create deploy -n shop --as system:serviceaccount:shop:web --by deputy", "yes"),
    ("delete deploy -n shop --as system:serviceaccount:shop:web --by deputy", "no"),
    ("create deploy -n shop --as system:serviceaccount:bank:web --by deputy", "no"),
    ("get nodes/one -A --as system:node:one --as-group system:nodes --by admin", "yes"),
    ("get nodes/one -A --as jane --by nobody", "no"),
    ("get nodes/one -A --as jane --by nobody --by-group system:masters", "yes"),
])
def test_acting_as_somebody(strake, tmp_path, words, wanted):
    file = write(tmp_path / "a.yaml", *IMPERSONATION)
    run = strake("access", "can-i", *words.split(), "-f", file)
    assert run.text.split()[0] == wanted and run.status == (wanted != "yes")
    document = strake("access", "explain", *words.split(), "-o", "json", "-f", file).json()
    fits(document, "can-i")
    assert document["allowed"] == (wanted == "yes")
