"""The fixtures of kubesec and of kubeaudit themselves, from $STRAKE_CORPUS (default ../shared/corpus), one case each.

expected.json beside them says what the other tool answers. Without the corpus all cases are skipped, and counted as such.
"""
import json
import os
from pathlib import Path

import pytest
import yaml

from conftest import ROOT

CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "posture"
KUBESEC_CASES, KUBEAUDIT_CASES, AUTOFIX_CASES, CAPABILITY_CASES = 58, 154, 90, 9
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
SIGNS = {"score_gt_0": 1, "score_eq_0": 0, "score_lt_0": -1}
AUDITORS = {
    "apparmor": "AppArmor", "asat": "Automount", "capabilities": "Capability", "deprecatedapis": "DeprecatedAPI",
    "hostns": "NamespaceHost", "image": "Image", "limits": "Limits", "mounts": "Sensitive",
    "netpols": ("MissingDefaultDeny", "AllowAll"), "nonroot": "RunAs", "privesc": "AllowPrivilege", "privileged": "Privileged",
    "rootfs": "ReadOnly", "seccomp": "Seccomp"}


def rows(tool, wanted, count):
    path = CORPUS / tool / "expected.json"
    if not path.is_file():
        reason = pytest.mark.skip(reason=f"no corpus of {tool}: see $STRAKE_CORPUS")
        return [pytest.param(None, marks=reason, id=f"{tool}-{number}") for number in range(count)]
    found = [row for row in wanted(json.loads(path.read_text()))]
    assert len(found) == count, f"{len(found)} cases of {tool}, {count} were there when this was written"
    return [pytest.param(row, id=f"{number}-{Path(row.get('input') or row.get('fixture', '')).stem}") for number, row in enumerate(found)]


def kubesec_rows(table):
    return [row for row in table if "score" in row and row["mode"] != "remote" and not row.get("skipped_upstream")]


@pytest.mark.parametrize("row", rows("kubesec", kubesec_rows, KUBESEC_CASES))
def test_kubesec(strake, row):
    folder = CORPUS / "kubesec"
    given, stdin = row.get("stdin") or row["input"], (folder / row["input"]).read_bytes() if row.get("stdin") else b""
    run = strake("scan", "-o", "kubesec", given, cwd=folder, stdin=stdin)
    scores = [report["score"] for report in run.json()]
    assert scores and all((score > 0) - (score < 0) == SIGNS[row["score"]] for score in scores)
    assert run.status == (2 if row.get("exit_nonzero") else 0)


def kubeaudit_rows(table):
    return [row for row in table["audit"] if "expected_rules" in row]


def prefixes(auditor):
    if auditor.startswith("all"):
        skipped = "deprecatedapis" if auditor.endswith("deprecatedapis") else ""
        parts = [name for name in AUDITORS if name != skipped]
    else:
        parts = auditor.split("+")
    return tuple(prefix for part in parts for prefix in ([AUDITORS[part]] if isinstance(AUDITORS[part], str) else AUDITORS[part]))


@pytest.mark.parametrize("row", rows("kubeaudit", kubeaudit_rows, KUBEAUDIT_CASES))
def test_kubeaudit(strake, tmp_path, row):
    options = []
    if any(row.get("config", {}).values()):
        (tmp_path / "kubeaudit.yaml").write_text(yaml.safe_dump({"auditors": {row["auditor"]: row["config"]}}))
        options = ["--config", tmp_path / "kubeaudit.yaml"]
    run = strake("scan", "-o", "kubeaudit", *options, row["fixture"], cwd=CORPUS / "kubeaudit")
    lines = [json.loads(line) for line in run.text.splitlines()]
    of_auditor = [line for line in lines if line["AuditResultName"].startswith((*prefixes(row["auditor"]), "Redundant"))]
    assert {line["AuditResultName"] for line in of_auditor} == set(row["expected_rules"])
    assert run.status == (2 if any(line["level"] == "error" for line in lines) else 0)
    if "message" in row:
        assert (row["severity"].removesuffix("ing"), row["message"]) in [(line["level"].removesuffix("ing"), line["msg"]) for line in of_auditor]


def pods_of(documents):
    for document in documents:
        if document["kind"] in ("Namespace", "NetworkPolicy", "ServiceAccount"):
            continue
        whole = document["spec"]["jobTemplate"] if document["kind"] == "CronJob" else document
        pod = document if document["kind"] == "Pod" else whole.get("template") or whole["spec"]["template"]
        yield pod.get("metadata", {}), pod["spec"]


def containers_of(spec):
    return spec.get("initContainers", []) + spec.get("containers", [])


def setting(part, *names):
    for name in ("securityContext", *names):
        part = part.get(name) if isinstance(part, dict) else None
    return part


def apparmor(metadata, spec, container):
    annotation = (metadata.get("annotations") or {}).get(APPARMOR + container["name"])
    words = {"RuntimeDefault": "runtime/default", None: None}
    return annotation or words[setting(container, "appArmorProfile", "type") or setting(spec, "appArmorProfile", "type")]


def denies(documents, namespace, direction):
    return any(policy["metadata"]["namespace"] == namespace and not policy["spec"].get("podSelector")
               and direction in policy["spec"].get("policyTypes", ["Ingress"]) and not policy["spec"].get(direction.lower())
               for policy in documents if policy["kind"] == "NetworkPolicy")


def values(documents, key):
    """What the documents have where kubeaudit's tests look."""
    pods = list(pods_of(documents))
    if key.startswith("denyAll"):
        spaces = [document["metadata"]["name"] for document in documents if document["kind"] == "Namespace"]
        return [denies(documents, space, key.removeprefix("denyAll")) for space in spaces]
    if key.startswith("ServiceAccount."):
        return [document.get(key.split(".")[1]) for document in documents if document["kind"] == "ServiceAccount"]
    if key.startswith("annotation["):
        return [apparmor(metadata, spec, container) for metadata, spec in pods for container in containers_of(spec)]
    if key == "pod.seccompProfile.type":
        return [setting(spec, "seccompProfile", "type") for _, spec in pods]
    if key == "containers.seccompProfile.type":
        return [[setting(container, "seccompProfile", "type") for container in containers_of(spec)] for _, spec in pods]
    if key.startswith("containers["):
        name, field = key.removeprefix("containers[").split("].securityContext.")
        return [setting(container, field) for _, spec in pods for container in containers_of(spec)
                if name in ("*", container["name"])]
    return [spec.get(key, "" if key.startswith("service") else False if key.startswith("host") else None) for _, spec in pods]


def repaired(strake, path, *options):
    assert strake("fix", "--unsafe", *options, path).status in (0, 1)
    once = path.read_text()
    assert strake("fix", "--unsafe", *options, path).status in (0, 1)
    assert path.read_text() == once, "a second time changes the file again"
    return [document for document in yaml.safe_load_all(once) if document]


@pytest.mark.parametrize("row", rows("kubeaudit", lambda table: table["autofix"], AUTOFIX_CASES))
def test_kubeaudit_autofix(strake, tmp_path, row):
    path = tmp_path / "manifest.yml"
    path.write_bytes((CORPUS / "kubeaudit" / row["fixture"]).read_bytes())
    documents = repaired(strake, path)
    for key, wanted in row["after_fix"].items():
        found = values(documents, key)
        assert found and all(value == wanted for value in found), f"{key} is {found}, not {wanted!r}"


@pytest.mark.parametrize("row", rows("kubeaudit", lambda table: table["capabilities_fix"], CAPABILITY_CASES))
def test_kubeaudit_capabilities(strake, tmp_path, row):
    capabilities = {name: row[name] for name in ("add", "drop") if row[name]}
    container = {"name": "mycontainer", "image": "scratch", "securityContext": {"capabilities": capabilities}}
    metadata = {"name": "pod", "namespace": "capabilities", "labels": dict.fromkeys(row["overrides"], "reason")}
    path = tmp_path / "pod.yml"
    path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}))
    allowed = [name for name in ("apple", "banana") if name in row["add"]]
    (tmp_path / "kubeaudit.yaml").write_text(yaml.safe_dump({"auditors": {"capabilities": {"allowAddList": allowed}}}))
    (document,) = repaired(strake, path, "--config", tmp_path / "kubeaudit.yaml")
    found = setting(document["spec"]["containers"][0], "capabilities")
    for name, wanted in (("add", row["expectedAdd"]), ("drop", row["expectedDrop"])):
        assert sorted(item.lower() for item in found.get(name) or []) == sorted(item.lower() for item in wanted)


@pytest.mark.parametrize("row", rows("kubeaudit", lambda table: [row for row in table["audit"] if "after_autofix" in row], 8))
def test_kubeaudit_finds_no_error_after_autofix(strake, tmp_path, row):
    path = tmp_path / "manifest.yml"
    path.write_bytes((CORPUS / "kubeaudit" / row["fixture"]).read_bytes())
    repaired(strake, path)
    run = strake("scan", "-o", "kubeaudit", path)
    assert not [line for line in map(json.loads, run.text.splitlines()) if line["level"] == "error"]
    assert run.status == 0
