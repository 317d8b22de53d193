"""KubeHound's own tests of its edges and vertices, from $STRAKE_CORPUS (default ../shared/corpus), against `strake graph`.

KubeHound has an edge for each pair; Strake has hubs ("all Pods of a namespace") between those that would be many. So an edge of
Strake counts for every pair that it stands for. Where the two mean to differ, kubehound.yaml says how and why; anything else that
differs fails.
"""
import json
import os

import pytest
import yaml

from conftest import ROOT

CORPUS = ROOT.joinpath(os.environ.get("STRAKE_CORPUS", "../shared/corpus"), "rbac/kubehound")
TABLE = yaml.safe_load((ROOT / "tests/e2e/kubehound.yaml").read_text())
NODES = ["kubehound.test.local-control-plane", "kubehound.test.local-worker", "kubehound.test.local-worker2"]
CLASSES = {"pod": "Pod", "container": "Container", "node": "Node", "volume": "Volume", "sa": "Identity", "user": "Identity",
           "group": "Identity", "permission": "PermissionSet", "endpoint": "Endpoint"}


def read(name):
    path = CORPUS / name
    if not path.is_file():
        return []
    return json.loads(path.read_text())


def cluster():
    """The objects of KubeHound's test cluster; its Pods are put on the two workers in turn."""
    objects = [each for file in sorted((CORPUS / "test-cluster/attacks").glob("*.yaml"))
               for each in yaml.safe_load_all(file.read_text()) if each]
    for index, pod in enumerate(each for each in objects if each["kind"] == "Pod"):
        pod["spec"]["nodeName"] = NODES[1 + index % 2]
    for index, name in enumerate(NODES):
        labels = {} if index else {"node-role.kubernetes.io/control-plane": ""}
        objects.append({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
    return objects


class Graph:
    def __init__(self, document, objects):
        self.nodes = {node["id"]: node for node in document["nodes"]}
        self.edges = [edge for edge in document["edges"] if edge.get("verdict") != "deny"]
        self.out, self.into = {}, {}
        for edge in self.edges:
            self.out.setdefault(edge["from"], []).append(edge)
            self.into.setdefault(edge["to"], []).append(edge)
        self.ports = {f"{each['metadata']['name']}:{port['containerPort']}": port.get("name")
                      for each in objects if each["kind"] == "Pod" for part in each["spec"]["containers"]
                      for port in part.get("ports", [])}
        self.roles = {edge["from"]: edge["to"] for edge in self.edges if edge["type"] == "GRANTS_ROLE"}

    def kind(self, node):
        return CLASSES.get(self.nodes[node]["kind"])

    def name(self, node):
        """The name as KubeHound has it."""
        name = self.nodes[node]["name"]
        if self.kind(node) == "PermissionSet":
            return self.nodes[self.roles[node]]["name"] + "::" + name
        if self.kind(node) == "Endpoint":
            return self.ports.get(name, name)
        return name

    def sources(self, node, kind):
        """Nodes of a class that an edge from `node` belongs to."""
        if self.kind(node) == kind:
            return {node}
        through = {"role": "GRANTS_ROLE", "volume": "VOLUME_DISCOVER"}.get(self.nodes[node]["kind"])
        return {edge["from"] for edge in self.into.get(node, []) if edge["type"] == through
                and self.kind(edge["from"]) == kind}

    def targets(self, node, kind, follow=()):
        """Nodes of a class that `node` is or stands for; edges of the types in `follow` lead on, too."""
        found, seen, waiting = set(), set(), [node]
        while waiting:
            at = waiting.pop()
            if at in seen:
                continue
            seen.add(at)
            if self.kind(at) == kind:
                found.add(at)
            elif kind == "PermissionSet" and self.nodes[at]["kind"] == "role":
                found |= {binding for binding, role in self.roles.items() if role == at}
            elif kind == "PermissionSet" and self.nodes[at]["kind"] in ("ns", "cluster-admin", "namespaces"):
                found |= self.ruled_by(at)
            waiting += [edge["to"] for edge in self.out.get(at, [])
                        if edge["type"] in follow or self.nodes[at].get("hub") and self.kind(at) != kind]
        return found

    def ruled_by(self, node):
        """What who rules a namespace, or all of them, or the cluster, can give to itself."""
        kind, name = self.nodes[node]["kind"], self.nodes[node]["name"]
        return {binding for binding in self.roles
                if kind == "cluster-admin" or "namespace" in self.nodes[binding]
                and name in (self.nodes[binding]["namespace"], "all-namespaces")}

    def pairs(self, table, first, last):
        types, then = table.get("edges", []), table.get("then")
        found = {(source, target) for edge in self.edges if edge["type"] in types
                 for source in self.sources(edge["from"], first)
                 for target in self.targets(edge["to"], last, table.get("follow", []))}
        if then:
            found = {pair for pair in found if any(edge["type"] == then for edge in self.out.get(pair[1], []))}
        return {pair for pair in found if pair[0] != pair[1] or last != "Container"}


@pytest.fixture(scope="module")
def graph(strake, tmp_path_factory):
    objects = cluster()
    file = tmp_path_factory.mktemp("kubehound") / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    # Until 1.24 every service account had a Secret with its token, as KubeHound believes.
    run = strake("graph", "--kubernetes-version", "v1.23", file)
    assert run.status == 0, run.error
    return Graph(run.json(), objects)


def filtered(graph, case, pairs):
    """What the filters of a case leave of pairs: those behind a class are about it, `isNamespaced` about one after the other."""
    side, flags = -1, 0
    for key, value in case["filters"]:
        if key == "class":
            side += 1
        elif key == "isNamespaced":
            pairs = {pair for pair in pairs if ("namespace" in graph.nodes[pair[flags]]) == value}
            flags += 1
        elif key == "namespace":
            pairs = {pair for pair in pairs if graph.nodes[pair[side]].get("namespace") == value}
    prefix = case.get("to_name_prefix", "")
    return {(graph.name(a), graph.name(b)) for a, b in pairs if graph.name(b).startswith(prefix)}


def classes(case):
    """The classes of the two ends. A query that names three asks for the last step, or for the first where the table says what is
    behind it."""
    named = [value for key, value in case["filters"] if key == "class"] or ["Container", "Node"]
    return tuple(named[:2] if "then" in TABLE[case["test"]] else named[-2:])


def listed(table, key):
    """What the table names: items, or every pair of `from` and `to`. Each entry says why."""
    found = set()
    for entry in table.get(key, []):
        assert entry["why"]
        found |= {tuple(item) if isinstance(item, list) else item for item in entry.get("items", [])}
        found |= {(source, target) for source in entry.get("from", []) for target in entry.get("to", [])}
    return found


def check_sets(case, table, found):
    if "pairs" in case:
        wanted = {tuple(pair) for pair in case["pairs"]}
    else:
        wanted = set(case["names"])
        found = {pair[0] if classes(case)[0] == "Endpoint" else pair[1] for pair in found}
    assert wanted - found == listed(table, "missing") & wanted
    if case["kind"] == "exact_set":
        assert found - wanted == listed(table, "more") - wanted


@pytest.mark.parametrize("case", read("expected-edges.json") or [pytest.param(None, marks=pytest.mark.skip("no corpus"))],
                         ids=lambda case: case and case["test"])
def test_edges(graph, case):
    table = TABLE[case["test"]]
    if case["kind"] == "no_outgoing_edges":
        check_outgoing(graph, case, table)
        return
    first, last = classes(case)
    pairs = graph.pairs(table, first, last)
    if case["kind"] in ("exact_set", "subset"):
        check_sets(case, table, filtered(graph, case, pairs))
    elif case["kind"] == "contains_any":
        names = {(graph.name(a), graph.name(b)) for a, b in pairs}
        assert any(a in case["from_any"] and b in case["to_any"] for a, b in names), names
    elif case["kind"] == "every_target_has_incoming_edge":
        assert {b for _, b in pairs} == {node for node in graph.nodes if graph.kind(node) == last}
    else:
        check_tokens_of_node(graph, case)


def check_tokens_of_node(graph, case):
    """A folder with the tokens of the node gives exactly the accounts whose tokens Pods on that node hold."""
    for container in case["containers"]:
        node = f"container/default/{container}/{container}"
        volumes = [edge["to"] for edge in graph.out[node] if edge["type"] == "VOLUME_DISCOVER"]
        stolen = {account for volume in volumes for edge in graph.out[volume] if edge["type"] == "HOST_TRAVERSE"
                  for account in graph.targets(edge["to"], "Identity")}
        host = next(edge["from"] for edge in graph.into[f"pod/default/{container}"] if edge["type"] == "POD_ATTACH")
        pods = [edge["to"] for edge in graph.out[host] if edge["type"] == "POD_ATTACH"]
        boxes = [edge["to"] for pod in pods for edge in graph.out[pod] if edge["type"] == "CONTAINER_ATTACH"]
        assert stolen == {edge["to"] for box in boxes for edge in graph.out[box] if edge["type"] == "IDENTITY_ASSUME"}
        assert len(stolen) >= case["at_least"]


def check_outgoing(graph, case, table):
    node = f"container/default/{case['container']}/{case['container']}"
    assert {edge["type"] for edge in graph.out.get(node, [])} == listed(table, "more")


def test_table_names_every_case():
    cases = read("expected-edges.json")
    if not cases:
        pytest.skip("no corpus of KubeHound: see $STRAKE_CORPUS")
    assert {case["test"] for case in cases} == set(TABLE) - {"vertices"}
    assert sum(len(case.get("pairs", [])) + len(case.get("names", [])) for case in cases) >= 200


def is_of_kubernetes(graph, node):
    """What every cluster has, which KubeHound's test leaves out as well."""
    return graph.nodes[node].get("namespace") in ("kube-system", "kube-public") or "system:" in node


@pytest.mark.parametrize("group, kind", [("expectedPods", "Pod"), ("expectedContainers", "Container"),
                                         ("expectedVolumes", "Volume"), ("expectedNodes", "Node"),
                                         ("expectedPermissionSets", "PermissionSet"), ("expectedIdentities", "Identity")])
def test_vertices(graph, group, kind):
    expected = read("expected-vertices.json")
    if not expected:
        pytest.skip("no corpus of KubeHound: see $STRAKE_CORPUS")
    table = TABLE["vertices"].get(group, {})
    found = {graph.name(node) for node in graph.nodes if graph.kind(node) == kind and not is_of_kubernetes(graph, node)}
    assert set(expected[group]) - found == listed(table, "missing")
    assert found - set(expected[group]) == listed(table, "more")
