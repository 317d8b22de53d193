"""Rules that look across objects, over several files."""
import pytest

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector:
    app: web
  ports:
    - port: 80
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.0.0
"""
OWN = """\
id: own-join
title: Service without workload
severity: high
area: communication
description: Nobody answers.
join: service-selects-nothing
message: 'nobody has {fact.selector}, says {item.app}'
at: /app
"""
WRONG = {
    "unknown join": ("join: service-selects-nothing", "join: service-select-nothing", "service-selects-nothing"),
    "scope and join": ("message:", "scope: object\nmessage:", "scope"),
    "with where none is taken": ("message:", "with: much\nmessage:", "with"),
    "no with where one is taken": ("join: service-selects-nothing", "join: component-flag", "with"),
    "variable of a scope": ("{fact.selector}", "{container.name}", "container"),
    "place in a pod": ("at: /app", "at: pod:/spec", "pod"),
}


def rules_of(report):
    return {finding["rule"] for finding in report["findings"]}


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def test_files_are_seen_together(strake, tmp_path):
    write(tmp_path, a=SERVICE, b=DEPLOYMENT)
    _, together = strake.scan(".", cwd=tmp_path)
    _, alone = strake.scan("a.yaml", cwd=tmp_path)
    write(tmp_path, b=DEPLOYMENT.replace("app: web", "app: store"))
    _, apart = strake.scan(".", cwd=tmp_path)
    names = {"service-selects-nothing", "service-workloads-not-shown"}
    assert [rules_of(report) & names for report in (together, alone, apart)] == [
        set(), {"service-workloads-not-shown"}, {"service-selects-nothing"}]


def test_threads_and_order_do_not_matter(strake, tmp_path):
    write(tmp_path, **{f"part-{number:02}": DEPLOYMENT.replace("name: web", f"name: web-{number}") for number in range(40)})
    outputs = {strake("scan", "-o", "json", "--threads", str(threads), ".", cwd=tmp_path).text for threads in (1, 2, 8)}
    assert len(outputs) == 1 and outputs.pop().count('"pod-without-network-policy"') == 1


def test_a_join_for_a_rule_of_ones_own(strake, tmp_path):
    write(tmp_path, service=SERVICE)
    (tmp_path / "rules").mkdir()
    write(tmp_path / "rules", **{"own-join": OWN})
    _, report = strake.scan("--rules", "rules", "service.yaml", cwd=tmp_path)
    [finding] = [finding for finding in report["findings"] if finding["rule"] == "own-join"]
    assert finding["message"] == "nobody has app=web, says web"
    assert (finding["location"]["line"], finding["location"]["path"]) == (8, "/spec/selector/app")


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_join_is_said(strake, tmp_path, case):
    old, new, said = WRONG[case]
    (tmp_path / "rules").mkdir()
    write(tmp_path / "rules", **{"own-join": OWN.replace(old, new, 1)})
    run = strake("rules", "list", "--rules", "rules", cwd=tmp_path)
    assert run.status == 2 and said in run.error and "own-join.yaml:" in run.error
