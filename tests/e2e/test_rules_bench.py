"""`strake rules bench`: the cost of each rule, on what is given or on a sample."""
import json

import jsonschema
import pytest

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: 'web:1'}]}\n"
SLOW = """\
id: slow
title: Much work
severity: info
area: apps
description: It counts.
scope: pod
require: 'lists.range(3000).all(n, n >= 0)'
message: never
"""


def test_on_a_file(strake, tmp_path, root):
    (tmp_path / "pod.yaml").write_text(POD)
    run = strake("rules", "bench", "-o", "json", "--only", "host-pid,privileged-container,open-load-balancer,privileged-not-stated",
                 tmp_path / "pod.yaml")
    assert (run.status, run.error) == (0, "")
    report = run.json()
    schema = json.loads((root / "docs/schema/strake.rules-bench-1.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(report)
    assert report["sample"] is False
    rules = {rule["rule"]: rule for rule in report["rules"]}
    assert set(rules) == {"host-pid", "privileged-container", "open-load-balancer", "privileged-not-stated"}
    assert [rules[name]["objects"] for name in ("host-pid", "privileged-not-stated", "open-load-balancer")] == [1, 1, 0]
    assert [rules[name]["findings"] for name in ("host-pid", "privileged-not-stated")] == [0, 1]
    times = [rule["nanoseconds"] for rule in report["rules"]]
    assert times == sorted(times, reverse=True) and times[-1] == 0


def test_on_a_sample_each_rule_has_objects(strake):
    run = strake("rules", "bench", "--only", "ingress-without-tls,role-reads-secrets,service-selects-nothing")
    lines = run.text.splitlines()
    assert run.status == 0 and len(lines) == 4
    assert all(int(line.split()[-3]) > 0 for line in lines[1:])


def test_a_rule_that_takes_longer_than_it_may(strake, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/slow.yaml").write_text(SLOW)
    (tmp_path / "pod.yaml").write_text(POD)
    words = ("rules", "bench", "--rules", tmp_path / "rules", "--only", "slow,host-pid", tmp_path / "pod.yaml")
    assert strake(*words).status == 0
    run = strake(*words, "--most", "5000")
    assert run.status == 1 and run.text.splitlines()[1].endswith("  slow")


@pytest.mark.parametrize("text,status,words", [
    (None, 2, "nothing.yaml"), ("a: 1\n", 3, "no Kubernetes object"), ("# nothing\n", 3, "no Kubernetes object"),
])
def test_nothing_to_measure_with(strake, tmp_path, text, status, words):
    path = tmp_path / "nothing.yaml"
    if text is not None:
        path.write_text(text)
    run = strake("rules", "bench", "--only", "host-pid", path)
    assert run.status == status and words in run.error
    assert strake("rules", "bench", "--most", "no").status == 2
    assert "did you mean host-pid?" in strake("rules", "bench", "--only", "hostpid").error
