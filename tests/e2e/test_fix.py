"""`strake fix`: what it changes and what not, that it proves and says it, and that nothing is lost when something is odd."""
import json
import os
import re
import stat
import subprocess
import tempfile
import threading
from pathlib import Path

import jsonschema
import pytest
import yaml

from conftest import Strake

POD = """\
# the web server
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}   # of the shop
spec:
  automountServiceAccountToken: false
  containers:
    # the only one
    - name: web
      image: registry.example/web:1.0
      securityContext:
        privileged: true   # it needs the GPU
      # more to come
    - name: log
      image: "registry.example/log:1.0"
# the end
"""

REPAIRED = """\
# the web server
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}   # of the shop
spec:
  automountServiceAccountToken: false
  containers:
    # the only one
    - name: web
      image: registry.example/web:1.0
      securityContext:
        privileged: false   # it needs the GPU
        allowPrivilegeEscalation: false
      # more to come
    - name: log
      image: "registry.example/log:1.0"
      securityContext:
        allowPrivilegeEscalation: false
        privileged: false
  securityContext:
    seccompProfile:
      type: RuntimeDefault
# the end
"""


class Strangers(Strake):
    """The program run by nobody."""

    def options(self):
        return {"user": 65534, "group": 65534, "extra_groups": []}


def safe(strake, *arguments, **options):
    """The open findings that are safe to repair."""
    _, report = strake.scan("--fail-on", "never", *arguments, **options)
    return [finding for finding in report["findings"] if finding["status"] == "open" and finding.get("fix", {}).get("safe")]


def fix(strake, *arguments, status=(0, 1), **options):
    run = strake("fix", *arguments, **options)
    assert run.status in status, (run.status, run.error)
    return run


def fixed(strake, tmp_path, text, *arguments, name="pod.yaml"):
    """What the text of a file becomes; a second time changes nothing, and nothing is left beside it."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    fix(strake, *arguments, path)
    result = path.read_bytes().decode()
    fix(strake, *arguments, path)
    assert path.read_bytes().decode() == result
    assert os.listdir(tmp_path) == [name]
    return result


def test_safe_repairs_in_place(strake, tmp_path):
    assert fixed(strake, tmp_path, POD) == REPAIRED
    assert not safe(strake, tmp_path)


def test_line_ends_stay(strake, tmp_path):
    assert fixed(strake, tmp_path, POD.replace("\n", "\r\n")) == REPAIRED.replace("\n", "\r\n")


def test_last_line_without_end(strake, tmp_path):
    text, repaired = (document.removesuffix("# the end\n").removesuffix("\n") for document in (POD, REPAIRED))
    assert fixed(strake, tmp_path, text) == repaired


def test_only_one_rule(strake, tmp_path):
    assert fixed(strake, tmp_path, POD, "--only", "privileged-container") == POD.replace("privileged: true", "privileged: false")


def test_what_the_api_server_would_refuse_is_not_made(strake, tmp_path):
    """allowPrivilegeEscalation: false does not go with CAP_SYS_ADMIN (validation of SecurityContext), which --unsafe takes away first."""
    text = POD.replace("privileged: true", "capabilities: {add: [CAP_SYS_ADMIN]}")
    assert "allowPrivilegeEscalation" not in fixed(strake, tmp_path, text).split("name: log")[0]
    assert fixed(strake, tmp_path, text, "--unsafe").count("allowPrivilegeEscalation: false") == 2


def test_skip_and_severity(strake, tmp_path):
    text = fixed(strake, tmp_path, POD, "--skip", "seccomp-not-set", "--min-severity", "medium")
    assert "seccomp" not in text and "privileged: true" not in text


def test_several_inputs_and_a_folder(strake, tmp_path):
    (tmp_path / "deploy").mkdir()
    for name in ("deploy/a.yaml", "deploy/b.yml", "c.yaml", "d.yaml"):
        (tmp_path / name).write_text(POD)
    fix(strake, "deploy", "-f", "c.yaml", cwd=tmp_path)
    assert [(tmp_path / name).read_text() == REPAIRED for name in ("deploy/a.yaml", "deploy/b.yml", "c.yaml")] == [True] * 3
    assert (tmp_path / "d.yaml").read_text() == POD


# What is risky

def test_risky_repairs_are_proposed_only(strake, tmp_path):
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    run = fix(strake, path)
    for rule, advice in (("writable-root-filesystem", "emptyDir"), ("capabilities-not-dropped", "1024"),
                         ("non-root-not-required", "runAsUser")):
        assert rule in run.text and advice in run.text
    assert "more with --unsafe" in run.text and "readOnlyRootFilesystem" not in path.read_text()


def test_unsafe_makes_them(strake, tmp_path):
    document = yaml.safe_load(fixed(strake, tmp_path, POD, "--unsafe"))
    for container in document["spec"]["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] is True and context["capabilities"] == {"drop": ["ALL"]}
        assert context["privileged"] is False and context["allowPrivilegeEscalation"] is False
    _, report = strake.scan("--fail-on", "never", tmp_path)
    assert not [finding for finding in report["findings"] if "fix" in finding]


def test_capabilities_go_from_one_list_together(strake, tmp_path):
    text = POD.replace("        privileged: true   # it needs the GPU\n", """\
        capabilities:
          add:
            - SYS_ADMIN   # to mount
            - CHOWN
            - NET_BIND_SERVICE
            - SYS_PTRACE   # to trace
""")
    result = fixed(strake, tmp_path, text, "--unsafe")
    capabilities = yaml.safe_load(result)["spec"]["containers"][0]["securityContext"]["capabilities"]
    assert not {"SYS_ADMIN", "SYS_PTRACE"} & set(capabilities["add"]) and "# to mount" not in result
    assert capabilities["drop"] == ["ALL"]


# The diff

@pytest.mark.parametrize("command", [("patch", "-p0", "--fuzz=0"), ("git", "apply", "-p0", "-")], ids=["patch", "git apply"])
@pytest.mark.parametrize("ends", ["LF", "CR LF", "no last line end"])
def test_dry_run_prints_a_diff_that_applies(strake, tmp_path, command, ends):
    text = {"LF": POD + "---\n" + POD, "CR LF": POD.replace("\n", "\r\n"),
            "no last line end": POD.removesuffix("\n# the end\n")}[ends]
    names = ["a.yaml", "with space.yaml"]
    for name in names:
        (tmp_path / name).write_bytes(text.encode())
    dry = fix(strake, "--dry-run", ".", cwd=tmp_path)
    assert all((tmp_path / name).read_bytes() == text.encode() for name in names)
    if command[0] == "patch":
        command += ("--binary",)
    done = subprocess.run(command, cwd=tmp_path, input=dry.out, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr, dry.text)
    applied = [(tmp_path / name).read_bytes() for name in names]
    for name in names:
        (tmp_path / name).write_bytes(text.encode())
    fix(strake, ".", cwd=tmp_path)
    assert [(tmp_path / name).read_bytes() for name in names] == applied and applied[0] != text.encode()


def test_dry_run_has_the_status_of_the_fix(strake, tmp_path):
    (tmp_path / "pod.yaml").write_text(POD)
    rules = ("--only", "privileged-container")
    assert strake("scan", *rules, tmp_path).status == 1
    assert strake("fix", "--dry-run", *rules, tmp_path).status == 0
    assert strake("fix", *rules, tmp_path).status == 0
    assert strake("scan", *rules, tmp_path).status == 0


def test_a_diff_without_changes_is_empty(strake, tmp_path):
    (tmp_path / "pod.yaml").write_text(REPAIRED)
    assert fix(strake, "--dry-run", tmp_path).text == ""


# What is left and what was done, for programs

def test_json(strake, tmp_path, root):
    (tmp_path / "pod.yaml").write_text(POD)
    report = fix(strake, "-o", "json", "pod.yaml", cwd=tmp_path).json()
    jsonschema.Draft202012Validator(json.loads((root / "docs/schema/strake.fix-1.json").read_text())).validate(report)
    [file] = report["files"]
    outcomes = [item["outcome"] for item in file["fixes"]]
    assert file["file"] == "pod.yaml" and file["changed"] and not report["dryRun"]
    assert {"fixed", "proposed"} == set(outcomes)
    for outcome in ("fixed", "proposed", "declined", "impossible"):
        assert report["summary"][outcome] == outcomes.count(outcome)
    _, after = strake.scan("pod.yaml", cwd=tmp_path)
    assert report["left"] == after["summary"]


@pytest.mark.parametrize("form", ["sarif", "junit", "html", "github"])
def test_other_formats_report_what_is_left(strake, tmp_path, form):
    (tmp_path / "pod.yaml").write_text(POD)
    run = fix(strake, "-o", form, "-o", "diff=done.diff", "pod.yaml", cwd=tmp_path)
    assert (tmp_path / "done.diff").read_text().startswith("--- pod.yaml\n+++ pod.yaml\n@@")
    assert strake("scan", "-o", form, "pod.yaml", cwd=tmp_path).text == run.text != ""


def test_known_findings_are_left_alone(strake, tmp_path):
    (tmp_path / "pod.yaml").write_text(POD)
    strake("scan", "-o", "json=known.txt", "--fail-on", "never", "pod.yaml", cwd=tmp_path)
    fix(strake, "--baseline", "known.txt", "pod.yaml", cwd=tmp_path)
    assert (tmp_path / "pod.yaml").read_text() == POD


def test_quiet(strake, tmp_path):
    (tmp_path / "pod.yaml").write_text(POD)
    run = fix(strake, "--quiet", tmp_path)
    assert "[privileged-container]" in run.text and "Proposed" not in run.text and run.error == ""


# Other ways to write the same

def test_json_file(strake, tmp_path):
    text = json.dumps(yaml.safe_load(POD), indent=4) + "\n"
    result = fixed(strake, tmp_path, text, name="pod.json")
    document = json.loads(result)
    assert document["spec"]["containers"][0]["securityContext"] == {"privileged": False, "allowPrivilegeEscalation": False}
    gone = [line.strip() for line in text.splitlines() if line not in result.splitlines()]
    assert set(gone) <= {'"privileged": true', '"image": "registry.example/log:1.0"', "]"}


def changed(write):
    """JSON as a function writes it, with the settings of the container replaced."""
    document = yaml.safe_load(POD)
    document["spec"]["containers"] = document["spec"]["containers"][:1]
    before = write(document)
    document["spec"]["containers"][0]["securityContext"]["privileged"] = False
    return before, write(document)


@pytest.mark.parametrize("write", [
    lambda pod: json.dumps(pod, separators=(",", ":")), lambda pod: json.dumps(pod, indent="\t") + "\n",
    lambda pod: json.dumps(pod, indent=2).replace("\n", "\r\n"), lambda pod: "\ufeff" + json.dumps(pod, indent=2),
    lambda pod: json.dumps(pod) + "\n" + json.dumps(pod).replace('"web"', '"two"') + "\n",
    lambda pod: json.dumps(pod, indent=2) + json.dumps(pod, indent=3).replace('"web"', '"two"'),
    lambda pod: json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod]}, indent=1),
], ids=["one line", "tabs", "CR LF", "byte order mark", "one on each line", "one behind the other", "a list"])
def test_json_keeps_its_layout(strake, tmp_path, write):
    before, after = changed(write)
    assert fixed(strake, tmp_path, before, "--only", "privileged-container", name="pod.json") == after


def test_flow_style(strake, tmp_path):
    text = "# one line\n{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: 'a/b:1', securityContext: {privileged: true}}]}} # end\n"
    result = fixed(strake, tmp_path, text, "--only", "privileged-container,privilege-escalation")
    assert result == text.replace("privileged: true", "privileged: false, allowPrivilegeEscalation: false")


def test_documents_of_one_file_together(strake, tmp_path):
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a:   'b'} # odd\n"
    text, repaired = (f"---\n{pod}---\n# between\n{config}---\n{pod.replace('name: web, ', 'name: two, ')}...\n" for pod in (POD, REPAIRED))
    assert fixed(strake, tmp_path, text) == repaired


def test_items_of_a_list(strake, tmp_path):
    def item(pod):
        lines = [line for line in pod.splitlines() if not line.startswith("#")]
        return "- " + "\n  ".join(lines) + "\n"

    text, repaired = ("apiVersion: v1\nkind: List\nitems:\n" + item(pod) + item(pod.replace("name: web, ", "name: two, "))
                      for pod in (POD, REPAIRED))
    assert fixed(strake, tmp_path, text) == repaired


ANCHORED = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: one}
  spec:
    containers:
    - name: web
      image: registry.example/web:1.0
      securityContext: &context
        privileged: true
- apiVersion: example.com/v1
  kind: Thing
  metadata: {name: two}
  spec:
    some: *context
- apiVersion: v1
  kind: Pod
  metadata: {name: three}
  spec:
    containers:
    - name: web
      image: registry.example/web:1.0
      securityContext:
        privileged: true
"""


def test_an_anchor_that_another_object_uses(strake, tmp_path):
    """The other object must not change; what else is in the file is repaired."""
    path = tmp_path / "pods.yaml"
    path.write_text(ANCHORED)
    run = fix(strake, "--only", "privileged-container", "-o", "json", path)
    assert path.read_text() == "privileged: false".join(ANCHORED.rsplit("privileged: true", 1))
    by_name = {item["object"]["name"]: item for item in run.json()["files"][0]["fixes"]}
    assert by_name["one"]["outcome"] == "impossible" and "&context" in by_name["one"]["why"]
    assert by_name["three"]["outcome"] == "fixed" and run.status == 1


def test_an_object_that_another_one_is_an_alias_of(strake, tmp_path):
    """Neither can be changed alone; a third that only merges the first gets a value of its own."""
    first = ("apiVersion: v1\nkind: List\nitems:\n- &pod\n  apiVersion: v1\n  kind: Pod\n  metadata: {name: one}\n"
             "  spec: &spec {containers: [{name: web, image: 'a/b:1', securityContext: {privileged: true}}]}\n")
    text = first + "- {apiVersion: v1, kind: Pod, metadata: {name: two}, spec: *spec}\n- <<: *pod\n  metadata: {name: three}\n"
    result = fixed(strake, tmp_path, text, "--only", "privileged-container")
    settings = [item["spec"]["containers"][0]["securityContext"]["privileged"] for item in yaml.safe_load(result)["items"]]
    assert settings == [True, True, False] and result.startswith(text)


def test_a_merge_key(strake, tmp_path):
    text = POD.replace("      securityContext:\n        privileged: true   # it needs the GPU\n",
                       "      securityContext: &base\n        privileged: true\n        runAsUser: 5\n")
    text = text.replace('log:1.0"\n', 'log:1.0"\n      securityContext:\n        <<: *base\n        runAsUser: 6\n')
    result = fixed(strake, tmp_path, text, "--only", "privileged-container")
    contexts = [container["securityContext"] for container in yaml.safe_load(result)["spec"]["containers"]]
    assert contexts == [{"privileged": False, "runAsUser": 5}, {"privileged": False, "runAsUser": 6}]


def test_broken_documents_beside_good_ones(strake, tmp_path):
    path = tmp_path / "pods.yaml"
    path.write_text(POD + "---\na: [1\n---\n" + POD)
    run = fix(strake, "--quiet", path, status=(2,))
    assert path.read_text() == REPAIRED + "---\na: [1\n---\n" + REPAIRED
    assert re.search(r"^strake: .*pods\.yaml:\d+:\d+: ", run.error)


@pytest.mark.parametrize("options", [(), ("--quiet",), ("--dry-run",), ("-o", "json"), ("--only", "host-pid")], ids=str)
def test_what_cannot_be_read_is_told(strake, tmp_path, options):
    (tmp_path / "pod.yaml").write_text("kind: [\n")
    for name, words in (("pod.yaml", "pod.yaml:1:9: "), ("none.yaml", "none.yaml: ")):
        assert f"strake: {words}" in fix(strake, *options, name, cwd=tmp_path, status=(2,)).error


# Files that are not as they should be

def test_mode_owner_and_links_stay(strake, tmp_path):
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "pod.yaml", tmp_path / "link.yaml"
    real.write_text(POD)
    if os.getuid() == 0:
        os.chown(real, 1234, 4321)
    real.chmod(0o640)
    link.symlink_to("real/pod.yaml")
    before = real.stat()
    fix(strake, link)
    after = real.stat()
    assert link.is_symlink() and real.read_text() == REPAIRED
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert stat.S_IMODE(after.st_mode) == 0o640 and os.listdir(tmp_path / "real") == ["pod.yaml"]


def test_a_link_out_of_a_folder_is_not_followed(strake, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out.yaml").write_text(POD)
    (tmp_path / "in" / "pod.yaml").symlink_to("../out.yaml")
    strake("fix", tmp_path / "in")
    assert (tmp_path / "out.yaml").read_text() == POD


def test_a_file_that_is_read_only(strake, tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(POD)
    (tmp_path / "a.yaml").chmod(0o444)
    run = fix(strake, "-o", "json", tmp_path, status=(2,))
    assert "read-only" in run.error and "a.yaml" in run.error
    assert (tmp_path / "a.yaml").read_text() == POD and (tmp_path / "b.yaml").read_text() == REPAIRED
    first, second = run.json()["files"]
    assert not first["changed"] and "read-only" in first["trouble"] and second["changed"]
    assert "fixed" not in {item["outcome"] for item in first["fixes"]}
    assert sorted(os.listdir(tmp_path)) == ["a.yaml", "b.yaml"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes somebody else: 2 cases skipped")
@pytest.mark.parametrize("of_folder, words", [(0o755, "written beside it: Permission denied"), (0o777, "given to the owner")],
                         ids=["a folder of somebody else", "a file of somebody else"])
def test_what_belongs_to_somebody_else(strake, of_folder, words):
    """The file may be written, but not replaced with its owner and mode kept: it stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pod.yaml"
        path.write_text(POD)
        path.chmod(0o666)
        os.chmod(folder, of_folder)
        run = fix(Strangers(strake.program, folder), path, status=(2,))
        assert words in run.error and path.read_text() == POD and os.listdir(folder) == ["pod.yaml"]


def test_a_file_that_changes_meanwhile(strake, tmp_path):
    """Files are read in the order of their names, and the last one makes the program wait."""
    path, fifo = tmp_path / "a.yaml", tmp_path / "z.yaml"
    path.write_text(POD)
    os.mkfifo(fifo)

    def edit():
        with open(fifo, "w", encoding="utf-8") as pipe:  # opens when the program does
            path.write_text(POD + "# edited by hand\n")
            pipe.write("apiVersion: v1\nkind: Node\nmetadata: {name: n}\n")

    editor = threading.Thread(target=edit)
    editor.start()
    run = fix(strake, "--threads", "1", path, fifo, status=(2,))
    editor.join()
    assert "has changed" in run.error and path.read_text() == POD + "# edited by hand\n"
    assert sorted(os.listdir(tmp_path)) == ["a.yaml", "z.yaml"]


def test_a_file_that_changes_while_somebody_is_asked(strake, tmp_path):
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    argv = [strake.program, "fix", "--interactive", "--only", "privileged-container", path]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stderr.readline()
        path.write_text(POD + "# edited by hand\n")
        _, error = program.communicate(b"y\n")
    assert program.returncode == 2 and b"has changed" in error
    assert path.read_text() == POD + "# edited by hand\n" and os.listdir(tmp_path) == ["pod.yaml"]


def test_a_fifo_cannot_be_replaced(strake, tmp_path):
    fifo = tmp_path / "pod.yaml"
    os.mkfifo(fifo)
    writer = threading.Thread(target=lambda: fifo.write_text(POD))
    writer.start()
    run = fix(strake, fifo, status=(2,))
    writer.join()
    assert "no regular file" in run.error and stat.S_ISFIFO(fifo.stat().st_mode)


# Standard input

def test_standard_input(strake):
    run = fix(strake, "-", stdin=POD.encode())
    assert run.text == REPAIRED and "Fixed" in run.error
    assert fix(strake, "--quiet", "-", stdin=POD.encode()).error == ""


def test_standard_input_dry_run(strake):
    assert fix(strake, "--dry-run", "-", stdin=POD.encode()).text.startswith("--- <stdin>\n")


@pytest.mark.parametrize("text", [REPAIRED, "a: [1\n", "", "no object\n"], ids=["good", "broken", "empty", "no object"])
def test_standard_input_comes_out_as_it_was(strake, text):
    assert strake("fix", "-", stdin=text.encode()).text == text


@pytest.mark.parametrize("arguments", [("-", "."), ("-o", "json", "-"), ("--interactive", "-")])
def test_wrong_use_of_standard_input(strake, tmp_path, arguments):
    run = fix(strake, *arguments, status=(2,), stdin=b"", cwd=tmp_path)
    assert run.text == "" and "standard" in run.error


# Asking

@pytest.mark.parametrize("answers, number", [("a\n", None), ("q\n", 0), ("", 0), ("n\nn\n?\ny\nq\n", 1), ("y\nY\nn\n", 2)])
def test_interactive(strake, tmp_path, answers, number):
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    run = fix(strake, "--interactive", "-o", "json", path, stdin=answers.encode())
    summary = run.json()["summary"]
    assert "Fix this?" in run.error and "+         allowPrivilegeEscalation: false" in run.error
    assert summary["fixed"] == (len(safe(strake, "-", stdin=POD.encode())) if number is None else number)
    assert (summary["declined"] == 0) == (number is None)
    assert (path.read_text() == POD) == (number == 0)


# The proof

RULE = """\
id: %(id)s
title: The label of the team
severity: medium
area: apps
description: Nobody knows whom to call.
scope: object
kinds: [Pod]
require: %(require)s
message: 'the label is wrong'
at: /metadata
%(fix)sexamples:
  good:
    - '{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {team: x}}}'
  bad:
    - '%(bad)s'
"""
NAMED = "has(object.metadata.labels) && has(object.metadata.labels.team)"
UNKNOWN = "!has(object.metadata.labels) || !has(object.metadata.labels.team) || object.metadata.labels.team != 'unknown'"
SETS_UNKNOWN = "fix:\n  safe: true\n  set: {/metadata/labels/team: unknown}\n"
SETS_ANOTHER = "fix:\n  safe: false\n  note: look first\n  set: {/metadata/labels/teams: unknown}\n"


def write_rule(folder, name, require, repair, bad):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(RULE % {"id": name, "require": json.dumps(require), "fix": repair, "bad": bad})


@pytest.mark.parametrize("only", [(), ("--only", "team-label,privileged-container")], ids=["all rules", "not the one that objects"])
def test_a_repair_that_brings_a_new_finding_is_taken_back(strake, tmp_path, only):
    rules, path = tmp_path / "rules", tmp_path / "pod.yaml"
    write_rule(rules, "team-label", NAMED, SETS_UNKNOWN, "{apiVersion: v1, kind: Pod, metadata: {name: a}}")
    write_rule(rules, "unknown-team", UNKNOWN, "", "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {team: unknown}}}")
    path.write_text(POD)
    run = fix(strake, "--rules", rules, *only, "-o", "json", path)
    [refused] = [item for item in run.json()["files"][0]["fixes"] if item["outcome"] == "impossible"]
    assert refused["rule"] == "team-label" and "unknown-team" in refused["why"]
    assert "team" not in path.read_text() and "privileged: false" in path.read_text()


def test_a_repair_that_does_not_repair_is_taken_back(strake, tmp_path):
    rules, path = tmp_path / "rules", tmp_path / "pod.yaml"
    write_rule(rules, "team-label", NAMED, SETS_ANOTHER, "{apiVersion: v1, kind: Pod, metadata: {name: a}}")
    path.write_text(POD)
    run = fix(strake, "--rules", rules, "--only", "team-label", "--unsafe", "-o", "json", path)
    [refused] = run.json()["files"][0]["fixes"]
    assert refused["outcome"] == "impossible" and "found again" in refused["why"] and path.read_text() == POD


# Much at once

def many(count, in_a_list):
    pods = [POD.replace("name: web, ", f"name: web-{number}, ") for number in range(count)]
    if not in_a_list:
        return "---\n".join(pods)
    pod = json.dumps(yaml.safe_load(POD), indent=1)
    items = [pod.replace('"name": "web",\n  "namespace"', f'"name": "web-{number}",\n  "namespace"') for number in range(count)]
    return '{"apiVersion": "v1", "kind": "List", "items": [\n' + ",\n".join(items) + "\n]}\n"


@pytest.mark.parametrize("in_a_list", [False, True], ids=["documents", "one list"])
def test_a_large_file_takes_no_time(strake, tmp_path, in_a_list):
    path = tmp_path / "pods.yaml"
    path.write_text(many(800, in_a_list))
    run = fix(strake, "--unsafe", "-o", "json", path, seconds=10)
    assert run.json()["summary"]["fixed"] > 5000 and run.json()["summary"]["impossible"] == 0
    assert not re.search(r"privileged\"?: true", path.read_text())


def test_the_same_bytes_with_any_number_of_threads(strake, tmp_path):
    for number in range(20):
        (tmp_path / f"{number}.yaml").write_text(POD.replace("web", f"web-{number}"))
    outputs = {fix(strake, "--dry-run", "-o", "json", "--threads", threads, ".", cwd=tmp_path).out for threads in (1, 2, 7)}
    assert len(outputs) == 1


NAMESPACE = "# the shop\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}   # here\n"
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
    - Ingress
    - Egress
"""
DENY = "namespace-without-network-policy"


@pytest.mark.parametrize("before", [NAMESPACE, NAMESPACE + "---\n", NAMESPACE[:-1], POD + "---\n" + NAMESPACE])
def test_an_object_is_added(strake, tmp_path, before):
    kept = before.removesuffix("---\n") if before.endswith("---\n") else before
    kept += "" if kept.endswith("\n") else "\n"
    assert fixed(strake, tmp_path, before, "--unsafe", "--only", DENY) == kept + "---\n" + POLICY
    _, report = strake.scan("--only", DENY, tmp_path)
    assert not report["findings"]


def test_an_object_is_added_with_the_line_ends_of_the_file(strake, tmp_path):
    after = fixed(strake, tmp_path, NAMESPACE.replace("\n", "\r\n"), "--unsafe", "--only", DENY)
    assert after == (NAMESPACE + "---\n" + POLICY).replace("\n", "\r\n")


def test_an_object_is_added_to_json(strake, tmp_path):
    before = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}) + "\n"
    after = fixed(strake, tmp_path, before, "--unsafe", "--only", DENY, name="shop.json")
    assert after.startswith(before)
    assert json.loads(after[len(before):]) == yaml.safe_load(POLICY)


def test_an_object_is_added_behind_a_list(strake, tmp_path):
    before = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata: {name: shop}\n"
    assert fixed(strake, tmp_path, before, "--unsafe", "--only", DENY) == before + "---\n" + POLICY


def test_objects_are_only_proposed(strake, tmp_path):
    assert fixed(strake, tmp_path, NAMESPACE) == NAMESPACE
    run = fix(strake, "-o", "json", tmp_path / "pod.yaml")
    (item,) = [item for file in run.json()["files"] for item in file["fixes"]]
    assert (item["rule"], item["outcome"]) == (DENY, "proposed") and "fix" not in item
    assert item["addition"]["object"] == yaml.safe_load(POLICY) and item["addition"]["safe"] is False


def test_added_objects_by_dry_run_and_from_standard_input(strake, tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(NAMESPACE)
    diff = fix(strake, "--unsafe", "--dry-run", path).text
    assert path.read_text() == NAMESPACE
    assert "".join(line[1:] for line in diff.splitlines(True)[3:] if line.startswith("+")) == "---\n" + POLICY
    run = fix(strake, "--unsafe", "-", stdin=NAMESPACE.encode())
    assert run.text == NAMESPACE + "---\n" + POLICY


def test_an_object_is_added_once_for_several_files(strake, tmp_path):
    """Two folders have the Namespace; the object is put into one of them, and that repairs both."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "shop.yaml").write_text(NAMESPACE)
    fix(strake, "--unsafe", "--only", DENY, tmp_path)
    texts = [(tmp_path / name / "shop.yaml").read_text() for name in ("a", "b")]
    assert texts == [NAMESPACE + "---\n" + POLICY, NAMESPACE]
    _, report = strake.scan("--only", DENY, tmp_path)
    assert not report["findings"]


def test_an_object_that_brings_a_new_finding_is_not_added(strake, tmp_path):
    """There is one of that name, which does something else; another namespace gets its own."""
    other = POLICY.replace("podSelector: {}", "podSelector: {matchLabels: {app: web}}")
    text = NAMESPACE + "---\n" + other + "---\n" + NAMESPACE.replace("shop", "bank")
    path = tmp_path / "shop.yaml"
    path.write_text(text)
    items = [item for file in fix(strake, "--unsafe", "-o", "json", path).json()["files"] for item in file["fixes"]]
    assert [(item["object"]["name"], item["outcome"]) for item in items] == [("shop", "impossible"), ("bank", "fixed")]
    assert "new finding" in items[0]["why"]
    assert path.read_text() == text + "---\n" + POLICY.replace("shop", "bank")


def test_a_host_network_may_uncover_that_no_policy_selects(strake, tmp_path):
    after = fixed(strake, tmp_path, POD.replace("spec:\n", "spec:\n  hostNetwork: true\n", 1), "--unsafe")
    assert yaml.safe_load(after)["spec"]["hostNetwork"] is False


def pod(*containers, spec="", annotations=""):
    return (f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop{annotations}}}\nspec:\n"
            f"  automountServiceAccountToken: false\n{spec}  containers:\n"
            + "".join(f"    - {{name: c{number}, image: 'example.com/web:1', {container}}}\n"
                      for number, container in enumerate(containers)))


def container_setting(document, name, number=0):
    return document["spec"]["containers"][number].get("securityContext", {}).get(name)


def test_the_old_name_of_the_service_account(strake, tmp_path):
    after = yaml.safe_load(fixed(strake, tmp_path, pod("args: [a]", spec="  serviceAccount: web\n")))
    assert after["spec"]["serviceAccountName"] == "web" and "serviceAccount" not in after["spec"]


def test_what_has_no_effect_is_removed(strake, tmp_path):
    """The API server refuses AppArmor for a container that is not there, and nothing reads annotations of seccomp."""
    annotations = (", annotations: {container.apparmor.security.beta.kubernetes.io/gone: unconfined,"
                   " seccomp.security.alpha.kubernetes.io/pod: runtime/default, note: stays}")
    after = yaml.safe_load(fixed(strake, tmp_path, pod("args: [a]", annotations=annotations)))
    assert after["metadata"]["annotations"] == {"note": "stays"}
    unknown = "securityContext: {capabilities: {add: [SYS_TIMES, SYS_TIME]}}"
    after = yaml.safe_load(fixed(strake, tmp_path, pod(unknown)))
    assert container_setting(after, "capabilities") == {"add": ["SYS_TIME"]}


def test_apparmor_is_safe_where_a_node_must_have_it(strake, tmp_path):
    asking = "securityContext: {appArmorProfile: {type: RuntimeDefault}}"
    after = yaml.safe_load(fixed(strake, tmp_path, pod(asking, "args: [a]")))
    assert container_setting(after, "appArmorProfile", 1) == {"type": "RuntimeDefault"}
    after = yaml.safe_load(fixed(strake, tmp_path, pod("args: [a]")))
    assert container_setting(after, "appArmorProfile") is None


def test_root_that_cannot_start_is_safe_to_take_away(strake, tmp_path):
    refused = "securityContext: {runAsNonRoot: true, runAsUser: 0}"
    after = yaml.safe_load(fixed(strake, tmp_path, pod(refused)))
    assert container_setting(after, "runAsUser") is None
    works = "securityContext: {runAsUser: 0}"
    after = yaml.safe_load(fixed(strake, tmp_path, pod(works)))
    assert container_setting(after, "runAsUser") == 0


@pytest.mark.parametrize("containers,wanted", [
    (("securityContext: {runAsUser: 10001}", "args: [a]"), True),
    (("securityContext: {runAsUser: 10001}", "securityContext: {runAsUser: 0}"), None),
])
def test_non_root_for_the_pod_only_if_no_container_minds(strake, tmp_path, containers, wanted):
    after = yaml.safe_load(fixed(strake, tmp_path, pod(*containers, spec="  securityContext: {runAsUser: 10002}\n")))
    assert after["spec"]["securityContext"].get("runAsNonRoot") is wanted


@pytest.mark.parametrize("kind,before,after", [
    ("CronJob", "batch/v1beta1", "batch/v1"), ("ClusterRole", "rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1"),
    ("HorizontalPodAutoscaler", "autoscaling/v2beta2", "autoscaling/v2"),
    ("HorizontalPodAutoscaler", "autoscaling/v2beta1", "autoscaling/v2beta1"),
    ("PodDisruptionBudget", "policy/v1beta1", "policy/v1beta1"),
])
def test_versions_that_are_only_called_otherwise(strake, tmp_path, kind, before, after):
    text = f"apiVersion: {before}  # old\nkind: {kind}\nmetadata: {{name: a, namespace: b}}\nspec: {{}}\n"
    assert fixed(strake, tmp_path, text) == text.replace(before, after, 1)
    assert fixed(strake, tmp_path, text, "--kubernetes-version", "v1.20") == text
