"""Rules from outside: Strake's own, a person's, and the Pod Security Standards."""
import json

import pytest

OWN = """\
id: no-latest
title: Image has the tag latest
severity: high
area: images
description: Nobody can say what runs.
scope: container
require: "!container.?image.orValue('').endsWith(':latest')"
message: 'container "{container.name}" runs {container.image}'
at: /image
fix:
  safe: true
  set: {/image: 'example.com/app:1.0'}
references:
  - {cis: 5.5.1}
examples:
  good:
    - 'apiVersion: v1\n\n      kind: Pod\n\n      metadata: {name: a}\n\n      spec: {containers: [{name: a, image: "a:1"}]}'
  bad:
    - 'apiVersion: v1\n\n      kind: Pod\n\n      metadata: {name: a}\n\n      spec: {containers: [{name: a, image: "a:latest"}]}'
"""
LATEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:latest
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rules/mine").mkdir(parents=True)
    (tmp_path / "rules/mine/no-latest.yaml").write_text(OWN)
    (tmp_path / "web.yaml").write_text(LATEST)
    return tmp_path


def test_every_rule_keeps_its_examples(strake):
    run = strake("rules", "test", seconds=30)
    assert run.status == 0, run.text
    assert run.text.splitlines()[-1].endswith(" 0 failed")


def test_the_list_is_complete(strake, root):
    rules = strake("rules", "list", "-o", "json").json()["rules"]
    files = [path.stem for path in (root / "rules").rglob("*.yaml") if not {"frameworks", "secrets"} & set(path.relative_to(root).parts)]
    assert [rule["id"] for rule in rules] == sorted(files)
    assert all(rule["title"] and rule["description"] and rule["references"] for rule in rules)


def test_own_rules_find(strake, folder):
    run, report = strake.scan("--rules", folder / "rules", "--only", "no-latest", "web.yaml", cwd=folder)
    assert run.status == 1
    (finding,) = report["findings"]
    assert finding["message"] == 'container "web" runs web:latest'
    assert finding["location"] == {"file": "web.yaml", "line": 9, "column": 18,
                                   "path": "/spec/template/spec/containers/0/image"}
    assert finding["fix"]["patch"] == [{"op": "replace", "path": "/spec/template/spec/containers/0/image",
                                        "value": "example.com/app:1.0"}]
    assert finding["container"] == "web" and finding["object"]["namespace"] == "shop"


def test_own_rules_are_tried_on_their_examples(strake, folder):
    run = strake("rules", "test", "--rules", folder / "rules")
    assert (run.status, run.text) == (0, "1 rules, 2 examples, 0 failed\n")
    path = folder / "rules/mine/no-latest.yaml"
    path.write_text(OWN.replace('"a:1"', '"b:latest"'))
    run = strake("rules", "test", "--rules", folder / "rules")
    assert run.status == 1 and "no-latest: good example 1: " in run.text


@pytest.mark.parametrize("old, new, place, words", [
    ("severity: high", "severity: hihg", "3:11", "did you mean high?"),
    ("message:", "mesage:", "8:1", "did you mean message?"),
    (".endsWith(", ".endWith(", "7:", "endWith"),
    ("{container.name}", "{containr.name}", "8:23", "containr"),
    ("id: no-latest", "id: no-last", "1:5", "no-last.yaml"),
])
def test_mistakes_in_rules_are_shown_where_they_stand(strake, folder, old, new, place, words):
    (folder / "rules/mine/no-latest.yaml").write_text(OWN.replace(old, new, 1))
    for command in (["scan", "web.yaml"], ["rules", "list"], ["rules", "test"]):
        run = strake(*command, "--rules", "rules", cwd=folder)
        assert run.status == 2 and f"rules/mine/no-latest.yaml:{place}" in run.error and words in run.error


@pytest.mark.parametrize("option", ["--only", "--skip"])
def test_unknown_rules_are_refused(strake, folder, option):
    run = strake("scan", option, "privileged-contaner", "web.yaml", cwd=folder)
    assert run.status == 2 and "did you mean privileged-container?" in run.error


def test_only_and_skip(strake, folder):
    _, everything = strake.scan("web.yaml", cwd=folder)
    names = {finding["rule"] for finding in everything["findings"]}
    assert {"image-without-version", "privilege-escalation"} <= names
    _, some = strake.scan("--only", "image-without-version,privilege-escalation", "web.yaml", cwd=folder)
    assert {finding["rule"] for finding in some["findings"]} == {"image-without-version", "privilege-escalation"}
    _, rest = strake.scan("--skip", "image-without-version", "web.yaml", cwd=folder)
    assert {finding["rule"] for finding in rest["findings"]} == names - {"image-without-version"}


def test_pod_security_and_nothing_else(strake, folder):
    _, restricted = strake.scan("--pod-security", "restricted:v1.31", "web.yaml", cwd=folder)
    cited = [{reference["id"] for reference in finding["references"] if reference["framework"] == "pod-security"}
             for finding in restricted["findings"]]
    assert all(cited)
    assert set().union(*cited) == {"allowPrivilegeEscalation", "capabilities_restricted", "runAsNonRoot",
                                   "seccompProfile_restricted"}
    run, baseline = strake.scan("--pod-security", "baseline", "web.yaml", cwd=folder)
    assert run.status == 0 and baseline["findings"] == []
    _, old = strake.scan("--pod-security", "restricted:v1.7", "web.yaml", cwd=folder)
    assert {finding["rule"] for finding in old["findings"]} == {"non-root-not-required"}


def test_a_failing_rule_is_a_finding(strake, folder):
    text = OWN.replace("\"!container.?image.orValue('').endsWith(':latest')\"", "container.missing.name == 'a'")
    (folder / "rules/mine/no-latest.yaml").write_text(text)
    run, report = strake.scan("--rules", "rules", "--only", "no-latest", "web.yaml", cwd=folder)
    (finding,) = report["findings"]
    assert run.status == 2
    assert (finding["rule"], finding["area"], finding["location"]["line"]) == ("rule-failed", "input", 8)
    assert "no-latest" in finding["message"] and "missing" in finding["message"]


def test_threads_do_not_show(strake, folder):
    for number in range(20):
        (folder / f"{number}.yaml").write_text(LATEST.replace("name: web, ", f"name: web-{number}, "))
    run = strake("scan", "-o", "json", "--threads", "1", cwd=folder)
    assert run.out == strake("scan", "-o", "json", "--threads", "7", cwd=folder).out
    assert json.loads(run.out)["judged"]["objects"] == 21
