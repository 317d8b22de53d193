"""Real manifests from $STRAKE_CORPUS (default ../shared/corpus): what is found in them was read and approved once.

tests/approved/manifests/FOLDER.txt has a line for each finding: file, severity, rule, object, container, path. After a change that
is meant, look at the difference, and approve it:

    STRAKE_APPROVE=1 .venv/bin/python -m pytest tests/e2e/test_approved.py && git diff tests/approved
"""
import difflib
import os
from pathlib import Path

import pytest

from conftest import ROOT

CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "manifests"
APPROVED = ROOT / "tests/approved/manifests"
FOLDERS = ["k8s-sec", "kube-prometheus", "kubernetes-goat", "microservices-demo"]
HOW = "\nIf this is meant: STRAKE_APPROVE=1 .venv/bin/python -m pytest tests/e2e/test_approved.py, and commit tests/approved\n"


def line(finding):
    named = finding.get("object", {})
    name = "/".join(part for part in (named.get("namespace"), named.get("name")) if part)
    words = [finding["severity"], finding["rule"], f"{named['kind']} {name}" if named else "-",
             finding.get("container", "-"), finding["location"].get("path", "-") or "/"]
    return f"{finding['location']['file']}: {' '.join(words)}\n"


@pytest.mark.parametrize("folder", FOLDERS)
def test_findings_are_those_that_were_approved(strake, folder):
    if not (CORPUS / folder).is_dir():
        pytest.skip("no corpus of manifests: see $STRAKE_CORPUS")
    run, report = strake.scan("--config", "none", "--kubernetes-version", "v1.37", ".", cwd=CORPUS / folder, seconds=30)
    found = [line(finding) for finding in report["findings"]]
    path = APPROVED / f"{folder}.txt"
    if os.environ.get("STRAKE_APPROVE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(found))
    approved = path.read_text().splitlines(keepends=True)
    assert len(approved) > 40
    difference = "".join(difflib.unified_diff(approved, found, f"approved/{folder}", f"found/{folder}", n=0))
    assert found == approved, f"\n{difference}{HOW}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_two_rules_say_the_same_of_a_line(folder):
    """Pairs of rules of which one follows from the other never stand at the same place."""
    implied = [("privileged-container", "privileged-not-stated"), ("role-grants-all-verbs", "role-deletes-workloads"),
               ("role-grants-everything", "role-grants-all-verbs"), ("runtime-socket-mounted", "host-path-volume"),
               ("runtime-socket-mounted", "sensitive-host-path"), ("sensitive-host-path", "host-path-volume"),
               ("image-without-version", "image-without-digest"), ("runs-as-root", "non-root-not-enforced"),
               ("namespace-without-network-policy", "namespace-without-default-deny"),
               ("root-allowed", "non-root-not-required"), ("critical-capability", "added-capability")]
    path = APPROVED / f"{folder}.txt"
    places = {}
    for text in path.read_text().splitlines():
        file, _, rest = text.partition(": ")
        _, rule, *place = rest.split(" ")
        places.setdefault((file, *place), set()).add(rule)
    for place, rules in places.items():
        assert not [pair for pair in implied if set(pair) <= rules], (place, rules)
