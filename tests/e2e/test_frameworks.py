"""Coverage of frameworks: which controls are judged, how that went, and what nobody judges."""
import json
import subprocess
import sys

import jsonschema
import pytest
import yaml

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  hostPID: true
  containers: [{name: web, image: "web:1", securityContext: {privileged: false}}]
"""
FRAMEWORKS = ["cis", "cis-docker", "mitre", "nist-800-190", "nsa", "owasp", "pod-security"]


@pytest.fixture
def pod(tmp_path):
    (tmp_path / "pod.yaml").write_text(POD)
    return tmp_path


def coverage_of(strake, folder, framework, *arguments):
    _, report = strake.scan("--framework", framework, *arguments, "pod.yaml", cwd=folder)
    return report, {control["id"]: control for control in report["coverage"]["controls"]}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_control_is_listed(strake, root, pod, framework):
    report, controls = coverage_of(strake, pod, framework)
    jsonschema.validate(report, json.loads((root / "docs/schema/strake.report-1.json").read_text()))
    listed = yaml.safe_load((root / f"rules/frameworks/{framework}.yaml").read_text())
    assert list(controls) == [control["id"] for control in listed["controls"]]
    summary = report["coverage"]["summary"]
    assert sum(summary.values()) == len(controls) and list(summary) == ["failed", "passed", "no-input", "no-rule"]
    for control in controls.values():
        assert (control["status"] == "no-rule") == (not control["rules"])
        assert (control["status"] == "failed") == (control["failed"] > 0) and control["failed"] <= control["judged"]
    found = {(reference["id"]) for finding in report["findings"] for reference in finding["references"]
             if reference["framework"] == framework}
    assert found == {name for name, control in controls.items() if control["status"] == "failed"}


def test_the_23_risks_of_nist(strake, pod):
    report, controls = coverage_of(strake, pod, "nist-800-190")
    assert len(controls) == 23 and all(name[:3] in ("3.1", "3.2", "3.3", "3.4", "3.5") for name in controls)
    assert (controls["3.1.3"]["status"], controls["3.1.3"]["beyond"]) == ("no-input", "the files of images")
    assert (controls["3.4.3"]["status"], controls["3.4.3"]["judged"]) == ("failed", 1)
    assert controls["3.3.1"]["status"] == "no-input" and "role-grants-everything" in controls["3.3.1"]["rules"]


def test_passed_is_not_what_was_not_looked_at(strake, pod):
    _, controls = coverage_of(strake, pod, "pod-security")
    assert controls["hostNamespaces"]["status"] == "failed" and controls["privileged"]["status"] == "passed"
    assert controls["hostPathVolumes"]["status"] == "no-input"  # there are no volumes
    _, controls = coverage_of(strake, pod, "pod-security", "--skip", "privileged-container")
    assert controls["privileged"]["status"] == "no-rule"


def test_no_coverage_without_a_framework(strake, pod):
    _, report = strake.scan("pod.yaml", cwd=pod)
    assert "coverage" not in report
    run = strake("scan", "pod.yaml", cwd=pod)
    assert "controls:" not in run.text


def test_the_table_for_people(strake, pod):
    run = strake("scan", "--framework", "nsa", "pod.yaml", cwd=pod)
    assert "\n27 controls: " in run.text and run.text.index("27 controls: ") < run.text.index("Judged: 1 object")
    lines = run.text.splitlines()
    failed = next(index for index, line in enumerate(lines) if line.startswith("  failed    1.4 "))
    assert "1 of 1 objects" in lines[failed] and lines[failed + 1].strip() == "host-ipc, host-pid"
    assert any(line.split()[:2] == ["no-rule", "8.0"] for line in lines)


def test_pages_are_up_to_date(strake, root):
    done = subprocess.run([sys.executable, root / "tools/docs-rules", strake.program, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
