"""The program's manners: help, version, suggestions and exit statuses."""
import re
import subprocess

import pytest

WEAK = b"""\
apiVersion: v1
kind: Pod
metadata: {name: weak}
spec:
  containers:
    - {name: main, image: "example.com/main:1.0", securityContext: {privileged: true}}
"""
UNREADABLE = b"a: [\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "weak.yaml").write_bytes(WEAK)
    (tmp_path / "broken.yaml").write_bytes(UNREADABLE)
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_version(strake):
    run = strake("version")
    assert run.status == 0 and re.search(r"\b\d+\.\d+\.\d+\b", run.text) and run.error == ""


@pytest.mark.parametrize("arguments", [["help"], ["--help"], ["scan", "--help"], ["fix", "--help"], ["rules", "--help"], ["policy", "--help"]], ids=" ".join)
def test_help_goes_to_standard_output_and_fits_on_a_screen(strake, arguments):
    run = strake(*arguments)
    assert run.status == 0 and run.error == "" and "strake" in run.text
    assert len(run.text.splitlines()) <= 60 and max(map(len, run.text.splitlines())) <= 120


@pytest.mark.parametrize("arguments", [["sacn"], ["scan", "--no-such-option"], ["scan", "-o", "no-such-format"],
                                       ["scan", "--fail-on", "sometimes"], ["scan", "--threads", "x"], ["scan", "--threads"]],
                         ids=" ".join)
def test_wrong_usage(strake, folder, arguments):
    run = strake(*arguments, cwd=folder)
    assert run.status == 2 and run.text == "" and run.error.strip()


def test_nearly_right_is_suggested(strake):
    assert "scan" in strake("sacn").error
    assert "--threads" in strake("scan", "--thread", "1").error


@pytest.mark.parametrize("arguments, status", [
    (["weak.yaml"], 1),
    (["weak.yaml", "--fail-on", "never"], 0),
    (["weak.yaml", "--fail-on=never"], 0),
    (["broken.yaml"], 2),
    (["weak.yaml", "broken.yaml"], 2),
    (["weak.yaml", "broken.yaml", "--fail-on", "never"], 2),
    (["nowhere.yaml"], 2),
    (["empty"], 3),
], ids=str)
def test_status_of_a_scan(strake, folder, arguments, status):
    assert strake("scan", *arguments, cwd=folder).status == status


def test_no_input_is_the_current_folder(strake, folder):
    (folder / "broken.yaml").unlink()
    run, report = strake.scan(cwd=folder)
    assert run.status == 1 and report["judged"]["objects"] == 1


def test_report_to_a_file(strake, folder):
    run = strake("scan", "weak.yaml", "-o", "json=report.json", cwd=folder)
    assert run.status == 1 and (folder / "report.json").read_text().startswith("{")


def test_closed_standard_output_is_no_success(strake, folder):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([strake.program, "scan", "-o", "json", "weak.yaml"], cwd=folder, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2 and done.stderr
