"""`strake access from-audit`: roles for what an audit log shows, as audit2rbac makes them and better.

audit2rbac/*.yaml is what audit2rbac itself printed of its demo log; that log and its process tests come from $STRAKE_CORPUS
(default ../shared/corpus), else those cases are skipped.
"""
import gzip
import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from conftest import ROOT

CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "rbac/audit2rbac"
GOLDEN = Path(__file__).parent / "audit2rbac"
RBAC = "rbac.authorization.k8s.io"
KINDS = {"roles": "Role", "clusterRoles": "ClusterRole", "roleBindings": "RoleBinding",
         "clusterRoleBindings": "ClusterRoleBinding"}
PROCESS_CASES = 13


def event(verb, path="/", user="bob", status=200, version="v1", **reference):
    record = {"kind": "Event", "apiVersion": f"audit.k8s.io/{version}", "level": "Metadata", "stage": "ResponseComplete",
              "requestURI": path, "verb": verb, "user": {"username": user, "groups": ["system:authenticated"]},
              "responseStatus": {"metadata": {}, "code": status}}
    return record | ({"objectRef": reference} if reference else {})


def lines(*events):
    return "".join(json.dumps(one) + "\n" for one in events).encode()


def rules_of(text):
    return [(item["kind"], item["metadata"].get("namespace"), item["rules"])
            for item in yaml.safe_load_all(text) if item and "rules" in item]


@pytest.fixture
def learn(strake, tmp_path):
    def learn(log, *options, name="audit.log", **more):
        path = tmp_path / name
        path.write_bytes(log)
        return strake("access", "from-audit", path, "--user", "bob", *options, **more)
    return learn


# --- audit2rbac ---

@pytest.mark.parametrize("name, options", [
    ("alice", ["--user", "alice"]), ("bob", ["--user", "bob"]), ("sa1", ["--serviceaccount", "ns1:sa1"]),
    ("bob-narrow", ["--user", "bob", "--expand-multi-name=false", "--expand-multi-namespace", "false"])])
def test_demo_log_byte_for_byte(strake, name, options):
    if not CORPUS.is_dir():
        pytest.skip("no corpus: see $STRAKE_CORPUS")
    run = strake("access", "from-audit", CORPUS / "demo.log", *options, "--compat", "audit2rbac")
    assert (run.status, run.error) == (0, "")
    assert run.out == (GOLDEN / f"{name}.yaml").read_bytes()


def test_expected_alice_byte_for_byte(strake):
    if not CORPUS.is_dir():
        pytest.skip("no corpus: see $STRAKE_CORPUS")
    run = strake("access", "from-audit", CORPUS / "demo.log", "--user", "alice", "--compat", "audit2rbac",
                 "--generate-annotations=")
    wanted = "\n".join(line.rstrip() for line in (CORPUS / "expected-alice.yaml").read_text().splitlines())
    assert run.text.rstrip("\n") == re.sub(r"(?m)^    (?=apiVersion: rbac)", "", wanted).strip("\n")


def process_cases():
    path = CORPUS / "process-cases.json"
    if not path.is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason="no corpus: see $STRAKE_CORPUS"), id=f"process-{number}")
                for number in range(PROCESS_CASES)]
    cases = json.loads(path.read_text())["cases"]
    assert len(cases) == PROCESS_CASES
    return [pytest.param(case, id=case["name"].replace(" ", "-")) for case in cases]


def as_objects(world):
    return [{"apiVersion": f"{RBAC}/v1", "kind": kind, **item} for part, kind in KINDS.items() for item in world[part]]


def without_nothing(value):
    """Go leaves out what is empty."""
    if isinstance(value, dict):
        return {key: without_nothing(one) for key, one in value.items() if one not in (None, [], "") or key == "name"}
    return [without_nothing(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", process_cases())
def test_process_cases(learn, tmp_path, case):
    existing = tmp_path / "existing.yaml"
    existing.write_text(yaml.safe_dump_all(as_objects(json.loads((CORPUS / "process-cases.json").read_text())["existing"][0])))
    events = [event(request["verb"], request.get("path") or "/",
                    **{key: request[key] for key in ("apiGroup", "resource", "namespace", "name", "subresource") if request.get(key)})
              for request in case["requests"]]
    options = case["options"]
    run = learn(lines(*events), "--compat", "audit2rbac", "--existing", existing, "--generate-name=audit2rbac",
                "--generate-labels=", "--generate-annotations=",
                f"--expand-multi-name={str(options['expandMultipleNamesToUnnamed']).lower()}",
                f"--expand-multi-namespace={str(options['expandMultipleNamespacesToClusterScoped']).lower()}")
    assert run.status == (0 if events else 3)
    assert without_nothing([item for item in yaml.safe_load_all(run.text) if item]) == without_nothing(as_objects(case["expected"]))


# --- our own ---

def test_queries_are_no_part_of_a_path(learn):
    run = learn(lines(event("get", "/metrics?a=b"), event("get", "/metrics")))
    assert rules_of(run.text) == [("ClusterRole", None, [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}])]


def test_what_always_failed_stands_apart(learn):
    run = learn(lines(event("list", resource="pods", namespace="a"), event("get", status=403, resource="secrets", namespace="a", name="x")))
    assert "# Failed each of 1 times (denied, 403): is this needed?\n- apiGroups:" in run.text
    assert [rule["resources"] for _, _, rules in rules_of(run.text) for rule in rules] == [["pods"], ["secrets"]]


def test_a_star_that_was_asked_for_is_not_granted(learn):
    run = learn(lines(event("get", "/secret*"), event("get", resource="*", namespace="a"), event("get", "/ok")))
    assert run.status == 0 and run.error.count("nothing is granted") == 2
    assert rules_of(run.text) == [("ClusterRole", None, [{"nonResourceURLs": ["/ok"], "verbs": ["get"]}])]


@pytest.mark.parametrize("write", [
    pytest.param(lambda events: lines(*events), id="lines"),
    pytest.param(lambda events: gzip.compress(lines(*events)), id="gzip"),
    pytest.param(lambda events: json.dumps(events, indent=1).encode(), id="list"),
    pytest.param(lambda events: "\n".join(json.dumps(one, indent=2) for one in events).encode(), id="pretty"),
    pytest.param(lambda events: yaml.safe_dump_all(events).encode(), id="yaml"),
    pytest.param(lambda events: json.dumps({"kind": "List", "apiVersion": "v1", "items": events}).encode(), id="List")])
def test_forms_of_logs(learn, write):
    events = [event("get", resource="pods", namespace="a", name=name, version=version)
              for name, version in (("one", "v1"), ("two", "v1beta1"), ("three", "v1alpha1"))]
    run = learn(write(events))
    assert (run.status, run.error) == (0, "")
    assert rules_of(run.text) == [("Role", "a", [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])]


def test_standard_input_and_json(strake):
    run = strake("access", "from-audit", "-", "--serviceaccount", "a:b", "-o", "json",
                 stdin=lines(event("get", user="system:serviceaccount:a:b", resource="nodes", name="n")))
    items = run.json()["items"]
    assert [item["kind"] for item in items] == ["ClusterRole", "ClusterRoleBinding"]
    assert items[1]["subjects"] == [{"kind": "ServiceAccount", "name": "b", "namespace": "a"}]


def test_broken_lines_are_named_and_the_rest_counts(learn):
    good = lines(event("get", resource="nodes", name="n"))
    run = learn(good + b'{"kind":"Event","user":{"us\n' + good + b'{"kind":"Pod","apiVersion":"v1"}\n')
    assert run.status == 2 and rules_of(run.text)
    assert re.search(r"audit\.log:2: .*", run.error) and re.search(r"audit\.log:4: .*no audit event.*\"Pod\"", run.error)


def test_a_log_cut_short_in_gzip(learn):
    run = learn(gzip.compress(lines(*[event("get", resource="nodes", name=f"n{number}") for number in range(2000)]))[:-40])
    assert run.status == 2 and "cut short" in run.error


@pytest.mark.parametrize("options, status", [
    (["--user", "eve"], 3), ([], 2), (["--user", "a", "--serviceaccount", "b:c"], 2), (["--serviceaccount", "b"], 2),
    (["--user", "bob", "--diff"], 2), (["--user", "bob", "--compat", "other"], 2), (["--user", "bob", "nowhere.log"], 2)], ids=str)
def test_statuses(strake, tmp_path, options, status):
    log = tmp_path / "audit.log"
    log.write_bytes(lines(event("get", resource="nodes", name="n")))
    run = strake("access", "from-audit", log, *options, cwd=tmp_path)
    assert run.status == status and run.error.strip()


def test_difference(learn, root, tmp_path):
    roles = tmp_path / "roles.yaml"
    roles.write_text(yaml.safe_dump_all([
        {"apiVersion": f"{RBAC}/v1", "kind": "Role", "metadata": {"name": "r", "namespace": "a"}, "rules": [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "delete"]},
            {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["create"]}]},
        {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "a"},
         "subjects": [{"kind": "User", "name": "bob"}], "roleRef": {"kind": "Role", "name": "r", "apiGroup": RBAC}}]))
    log = lines(event("get", resource="pods", namespace="a", name="x"), event("list", resource="pods", namespace="a"),
                event("create", resource="secrets", namespace="a"), event("get", "/api"))
    run = learn(log, "--existing", roles, "--diff")
    assert run.status == 1 and run.text.splitlines() == [
        "missing  create secrets in namespace a",
        "surplus  delete pods in namespace a: RoleBinding a/b, rule 0 of Role r",
        "surplus  create deployments of apps in namespace a: RoleBinding a/b, rule 1 of Role r"]
    report = learn(log, "--existing", roles, "--diff", "-o", "json").json()
    jsonschema.Draft202012Validator(json.loads((root / "docs/schema/strake.from-audit-diff-1.json").read_text())).validate(report)
    assert [one["partlyUsed"] for one in report["surplus"]] == [True, False]
    again = learn(log[: log.index(b"\n", log.index(b"\n") + 1) + 1], "--existing", roles)
    assert again.status == 0 and again.text == ""
