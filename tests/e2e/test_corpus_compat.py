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
KUBESEC_CASES, KUBEAUDIT_CASES = 58, 154
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
    return [pytest.param(row, id=f"{number}-{Path(row.get('input') or row.get('fixture')).stem}") for number, row in enumerate(found)]


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
