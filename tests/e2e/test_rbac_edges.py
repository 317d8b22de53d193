"""Every way from a right to more rights (rbac_edges.yaml) is found by the rule that the table names, with its evidence, and by no
other of the table; the policies of rbac-police ($STRAKE_CORPUS, default ../shared/corpus) all stand in it."""
import json
import os
from pathlib import Path

import jsonschema
import pytest
import yaml

from conftest import ROOT

EDGES = yaml.safe_load((Path(__file__).parent / "rbac_edges.yaml").read_text())
POLICIES = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "rbac/rbac-police/policies.json"
OF_TABLE = {rule for edge in EDGES for rule in edge["rules"]}
RBAC = "rbac.authorization.k8s.io/v1"
ACCOUNT = {"kind": "ServiceAccount", "name": "web", "namespace": "shop"}


def rbac(kind, name, ns=None, **more):
    return {"apiVersion": RBAC, "kind": kind, "metadata": {"name": name} | ({"namespace": ns} if ns else {}), **more}


def bound(kind, rules):
    ns = "shop" if kind == "Role" else None
    return [rbac(kind, "edge", ns, rules=rules),
            rbac("RoleBinding" if ns else "ClusterRoleBinding", "edge", ns, subjects=[ACCOUNT],
                 roleRef={"apiGroup": RBAC.split("/")[0], "kind": kind, "name": "edge"})]


def pod(host_path=None):
    container = {"name": "web", "image": "example.com/web:1.0"}
    spec = {"serviceAccountName": "web", "containers": [container]}
    if host_path:
        spec["volumes"] = [{"name": "host", "hostPath": {"path": host_path}}]
        container["volumeMounts"] = [{"name": "host", "mountPath": "/host"}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


def plain(row):
    """An object of the table, spelt out."""
    if row["kind"] == "ClusterRoleBinding":
        return rbac(row["kind"], "edge", subjects=row["subjects"],
                    roleRef={"apiGroup": RBAC.split("/")[0], "kind": "ClusterRole", "name": row["role"]})
    metadata = {"name": "edge", "namespace": "shop"} | ({"annotations": row["annotations"]} if "annotations" in row else {})
    return {"apiVersion": row["apiVersion"], "kind": row["kind"], "metadata": metadata} | \
        {key: value for key, value in row.items() if key not in ("apiVersion", "kind", "annotations")}


def objects_of(edge):
    if "grants" in edge:
        return bound("ClusterRole", edge["grants"])
    if "workload" in edge:
        return bound(edge["workload"]["role"], edge["workload"]["rules"]) + [pod(edge["workload"].get("hostPath"))]
    return [plain(row) for row in edge["objects"]]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge["edge"])
def test_edge_is_found(strake, tmp_path, edge):
    (tmp_path / "edge.yaml").write_text(yaml.safe_dump_all(objects_of(edge)))
    _, report = strake.scan(tmp_path, "--fail-on", "never")
    found = {one["rule"] for one in report["findings"]} & OF_TABLE
    wanted = set(edge["rules"])
    if "workload" in edge:
        wanted |= found & {rule for other in EDGES if "grants" in other for rule in other["rules"]}
    assert found == wanted


@pytest.mark.parametrize("edge", [edge for edge in EDGES if "grants" in edge or "workload" in edge], ids=lambda edge: edge["edge"])
def test_evidence_names_the_binding(strake, tmp_path, edge):
    (tmp_path / "edge.yaml").write_text(yaml.safe_dump_all(objects_of(edge)))
    _, report = strake.scan(tmp_path, "--fail-on", "never")
    for one in report["findings"]:
        if one["rule"] in edge["rules"]:
            related = {place["object"]["kind"]: place for place in one["related"]}
            binding = related.get("ClusterRoleBinding") or related["RoleBinding"]
            assert binding["object"]["name"] == "edge" and binding["location"]["path"] == "/roleRef" and binding["location"]["line"] > 1
            rule = one["location"]["path"] if "grants" in edge else related["Role"]["location"]["path"]
            assert rule.startswith("/rules/")


def test_evidence_in_reports(strake, root, tmp_path):
    (tmp_path / "edge.yaml").write_text(yaml.safe_dump_all(bound("ClusterRole", [{"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}])))
    options = ("--only", "role-proxies-to-nodes", "--fail-on", "never")
    _, report = strake.scan(tmp_path, *options)
    jsonschema.Draft202012Validator(json.loads((root / "docs/schema/strake.report-1.json").read_text())).validate(report)
    line = report["findings"][0]["related"][0]["location"]["line"]
    assert f"  see {tmp_path}/edge.yaml:{line}:" in strake("scan", tmp_path, *options).text
    sarif = json.loads(strake("scan", tmp_path, "-o", "sarif", *options).text)
    jsonschema.Draft7Validator(json.loads((root / "tests/e2e/sarif.schema.json").read_text())).validate(sarif)
    related = sarif["runs"][0]["results"][0]["relatedLocations"][0]
    assert related["physicalLocation"]["region"]["startLine"] == line and "binding" in related["message"]["text"]


def test_every_edge_stands_here_and_in_the_guide(root):
    assert [edge["edge"] for edge in EDGES] == [f"R{number:02}" for number in range(1, 34)]
    guide = (root / "docs/rights.md").read_text()
    for edge in EDGES:
        assert f"| {edge['edge']} |" in guide and all(f"`{rule}`" in guide for rule in edge["rules"])


def test_every_check_of_others_has_a_rule(strake, root):
    """The rows about RBAC in the merged table of checks: nothing is missing, and the guide says the same."""
    rules = {rule["id"]: rule for rule in strake("rules", "list", "-o", "json").json()["rules"]}
    guide = (root / "docs/rights.md").read_text()
    for row in yaml.safe_load((Path(__file__).parent / "rbac_checks.yaml").read_text()):
        cited = {(one["framework"], one["id"]) for rule in row["rules"] for one in rules[rule]["references"]}
        wanted = {(tool, check) for tool, checks in row.items() if tool not in ("what", "rules") for check in checks}
        assert wanted <= cited, sorted(wanted - cited)
        assert f"| {row['what']} |" in guide and all(f"`{rule}`" in guide for rule in row["rules"]), row["what"]


def test_policies_of_rbac_police():
    if not POLICIES.is_file():
        pytest.skip("no corpus: see $STRAKE_CORPUS")
    named = {name.strip() for edge in EDGES for name in edge["elsewhere"].get("RP", "").split(",") if name}
    assert named == {policy["id"] for policy in json.loads(POLICIES.read_text())}


def test_roles_of_kubernetes_are_no_findings(strake, root):
    _, report = strake.scan(root / "src/access/defaults.yaml", "--fail-on", "never")
    assert report["findings"] == [] and report["judged"]["objects"] > 100
