"""strake.yaml, annotations, and what becomes of exceptions that are old, unneeded or wrong; baselines."""
import json

import pytest

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: agent
  namespace: kube-system
  labels: {app: agent}
  annotations: {%s}
spec:
  template:
    metadata:
      annotations: {%s}
    spec:
      hostPID: true
      containers:
        - {name: agent, image: "a/b:1", securityContext: {privileged: true}}
        - {name: other, image: "a/b:1", securityContext: {privileged: true}}
"""
TODAY = ("--today", "2026-06-15")


def scan(strake, folder, *options, own="", of_pod="", settings=None):
    (folder / "agent.yaml").write_text(DEPLOYMENT % (own, of_pod))
    if settings is not None:
        (folder / "strake.yaml").write_text(settings)
    run = strake("scan", "-o", "json", *TODAY, *options, "agent.yaml", cwd=folder)
    return run, run.json()["findings"] if run.out else None


def of(findings, rule):
    return [finding for finding in findings if finding["rule"] == rule]


def statuses(findings, rule):
    return [finding["status"] for finding in of(findings, rule)]


ENTRY = "exceptions:\n  - rule: host-pid\n    reason: looks at processes\n"


@pytest.mark.parametrize("more, status", [
    ("", "excepted"),
    ("    owner: platform\n    expires: 2026-06-15\n", "excepted"),
    ("    kind: Deployment\n    namespace: kube-*\n    name: agen?\n    labels: {app: agent}\n", "excepted"),
    ("    kind: Pod\n", "open"), ("    namespace: shop\n", "open"), ("    name: agents\n", "open"),
    ("    labels: {app: other}\n", "open"), ("    container: agent\n", "open"),
    ("    expires: 2026-06-14\n", "open"),
])
def test_the_settings_file(strake, tmp_path, more, status):
    run, findings = scan(strake, tmp_path, settings=ENTRY + more)
    [finding] = of(findings, "host-pid")
    assert finding["status"] == status
    if status == "excepted":
        assert finding["exception"]["reason"] == "looks at processes"
        assert not of(findings, "unused-exception") and not of(findings, "expired-exception")
    if "2026-06-15" in more:
        assert finding["exception"] == {"reason": "looks at processes", "owner": "platform", "expires": "2026-06-15"}


def test_one_container(strake, tmp_path):
    _, findings = scan(strake, tmp_path, settings="exceptions: [{rule: privileged-container, container: agent, reason: disks}]")
    assert statuses(findings, "privileged-container") == ["excepted", "open"]


def test_expired_and_unused(strake, tmp_path):
    settings = ENTRY + "    expires: 2026-06-14\n  - rule: host-ipc\n    reason: none\n"
    _, findings = scan(strake, tmp_path, settings=settings)
    [expired], [unused] = of(findings, "expired-exception"), of(findings, "unused-exception")
    assert expired["location"] == {"file": "strake.yaml", "line": 2, "column": 5} and "2026-06-14" in expired["message"]
    assert unused["location"]["line"] == 5 and unused["severity"] == "low"
    _, findings = scan(strake, tmp_path, "--only", "host-pid")
    assert not of(findings, "unused-exception"), "nobody looked for host-ipc"


def test_excepted_findings_do_not_fail(strake, tmp_path):
    settings = ENTRY + "  - rule: privileged-container\n    reason: disks\n"
    assert scan(strake, tmp_path, settings=settings)[0].status == 0
    assert scan(strake, tmp_path, "--config", "none")[0].status == 1


@pytest.mark.parametrize("settings, place, words", [
    ("exceptions:\n  - rule: host-pidd\n    reason: a\n", "2:5", "did you mean host-pid?"),
    ("exceptions:\n  - rule: host-pid\n", "2:5", "no `reason`"),
    ("exceptions:\n  - reason: a\n", "2:5", "no `rule`"),
    ("exceptions:\n  - {rule: host-pid, reason: a, expires: 2026-02-30}\n", "2:42", "no date"),
    ("exceptions:\n  - {rule: host-pid, reason: a, expire: 2026-02-01}\n", "2:41", "did you mean expires?"),
    ("exceptions: host-pid\n", "1:13", "a list of exceptions is wanted"),
    ("fail-on: severe\n", "1:10", "no severity"),
    ("exceptions:\n  - rule: [\n", "3:1", ""),
    ("exceptions:\n  - {rule: host-pid\0, reason: a}\n", "2:20", "NUL"),
    ("exceptions:\n  - {rule: host-pid, reason: ''}\n", "2:30", "empty"),
    ("exceptions:\n  - {rule: host-pid, reason: 1}\n", "2:30", "a number, where text is wanted"),
    ("exceptions:\n  - {rule: host-pid, reason: a, labels: {app: 1}}\n", "2:41", "must be a string"),
    ("exceptions:\n  - {rule: host-pid, reason: *a}\n", "2:30", "*a"),
    ("exceptions:\n\t- rule: host-pid\n", "2:1", "a tab"),
    ("exceptions: []\nexceptions: []\n", "2:1", "twice"),
    ("fail-on: high\n---\nfail-on: low\n", "3:1", "second document"),
    ("- rule: host-pid\n", "1:1", "a list, where a map is wanted"),
    ("a: " + "[" * 10000, "1:1", "nested deeper"),
    ("skip: [host-pidd]\n", "1:7", "did you mean host-pid?"),
    ("fail-on: high\nonly: [nonsense]\n", "2:7", "there is no rule"),
    ("framework: nonsense\n", "1:12", "no rule cites"),
], ids=str)
def test_wrong_settings(strake, tmp_path, settings, place, words):
    run, findings = scan(strake, tmp_path, settings=settings)
    assert run.status == 2 and findings is None
    assert f"strake.yaml:{place}: " in run.error and words in run.error


def as_folder(path):
    path.mkdir()


def as_endless_link(path):
    path.symlink_to(path.name)


def as_dangling_link(path):
    path.symlink_to("nothing")


def as_large_file(path):
    path.write_bytes(b"#" * (17 << 20))


def as_latin(path):
    path.write_bytes(b"exceptions:\n  - {rule: host-pid, reason: \"\xe9\"}\n")


@pytest.mark.parametrize("make, words", [
    (as_folder, "a folder"), (as_endless_link, "circle"), (as_dangling_link, "leads nowhere"), (as_large_file, "too large"),
    (as_latin, "2:31: the byte 0xE9"),
])
@pytest.mark.parametrize("command", ["scan", "fix"])
def test_settings_that_cannot_be_read(strake, tmp_path, command, make, words):
    """They are never passed over: nothing is judged, and nothing repaired, without exceptions that somebody has written."""
    path = tmp_path / "agent.yaml"
    path.write_text(DEPLOYMENT % ("", ""))
    make(tmp_path / "strake.yaml")
    run = strake(command, "agent.yaml", cwd=tmp_path)
    assert run.status == 2 and run.text == "" and run.error.startswith("strake: strake.yaml") and words in run.error
    assert path.read_text() == DEPLOYMENT % ("", "")


def test_settings_that_are_options(strake, tmp_path):
    run, findings = scan(strake, tmp_path, settings="fail-on: never\nmin-severity: high\nskip: [host-pid]\n")
    assert run.status == 0 and {finding["severity"] for finding in findings} == {"critical"}
    assert scan(strake, tmp_path, "--fail-on", "critical")[0].status == 1, "an option counts more"
    _, findings = scan(strake, tmp_path, settings="only: [image-not-as-set]\nparams: {image: 'a/b:2'}\n")
    assert [finding["container"] for finding in findings] == ["agent", "other"]


def test_where_settings_are_found(strake, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "agent.yaml").write_text(DEPLOYMENT % ("", ""))
    (inner / "strake.yaml").write_text(ENTRY)
    for where, name in ((tmp_path, "inner"), (inner, ".")):
        run, report = strake.scan(*TODAY, name, cwd=where)
        assert statuses(report["findings"], "host-pid") == ["excepted"]
        assert report["judged"]["documents"] == 1, "settings are nothing to judge"
    (tmp_path / "strake.yaml").write_text("")
    _, report = strake.scan(*TODAY, "inner", cwd=tmp_path)
    assert statuses(report["findings"], "host-pid") == ["open"], "the one here comes first"
    run = strake("scan", "--config", "none.yaml", "inner", cwd=tmp_path)
    assert run.status == 2 and "none.yaml" in run.error


def test_a_manifest_may_be_called_so(strake, tmp_path):
    (tmp_path / "strake.yaml").write_text(DEPLOYMENT % ("", ""))
    _, report = strake.scan(".", cwd=tmp_path)
    assert report["judged"]["objects"] == 1 and statuses(report["findings"], "host-pid") == ["open"]


@pytest.mark.parametrize("value, status, complaint", [
    ("looks at processes", "excepted", None),
    ("looks; owner: platform; expires: 2026-06-15", "excepted", None),
    ("looks; expires: 2026-06-14", "open", "expired-exception"),
    ("looks; expires: soon", "open", "unused-exception"),
    ("looks; until: 2026-06-15", "open", "unused-exception"),
    ("; owner: platform", "open", "unused-exception"),
])
@pytest.mark.parametrize("place", ["own", "of_pod"])
def test_annotations(strake, tmp_path, value, status, complaint, place):
    _, findings = scan(strake, tmp_path, **{place: f'strake.dev/except.host-pid: "{value}"'})
    [finding] = of(findings, "host-pid")
    assert finding["status"] == status
    if "platform" in value and status == "excepted":
        assert finding["exception"] == {"reason": "looks", "owner": "platform", "expires": "2026-06-15"}
    told = [finding["rule"] for finding in findings if finding["rule"].endswith("-exception")]
    assert told == ([complaint] if complaint else [])


def test_annotation_of_one_container(strake, tmp_path):
    _, findings = scan(strake, tmp_path, own="strake.dev/except.privileged-container.other: disks")
    assert statuses(findings, "privileged-container") == ["open", "excepted"]


def test_annotation_that_names_no_rule(strake, tmp_path):
    _, findings = scan(strake, tmp_path, own="strake.dev/except.nonsense: a")
    [finding] = of(findings, "unused-exception")
    assert finding["location"]["line"] == 7 and "nonsense" in finding["message"]
    assert finding["location"]["path"] == "/metadata/annotations/strake.dev~1except.nonsense"


def test_input_that_cannot_be_read_is_never_excepted(strake, tmp_path):
    (tmp_path / "a.yaml").write_text("kind: [\n")
    run = strake("scan", *TODAY, "a.yaml", cwd=tmp_path, stdin=b"")
    assert run.status == 2


def test_the_same_whatever_the_threads(strake, tmp_path):
    for i in range(30):
        (tmp_path / f"{i}.yaml").write_text(DEPLOYMENT % ("strake.dev/except.host-ipc: a", ""))
    (tmp_path / "strake.yaml").write_text(ENTRY + "  - {rule: host-network, reason: b}\n")
    outputs = {strake("scan", "-o", "json", *TODAY, "--threads", n, ".", cwd=tmp_path).out for n in (1, 2, 7)}
    assert len(outputs) == 1


def test_baseline(strake, tmp_path):
    (tmp_path / "agent.yaml").write_text(DEPLOYMENT % ("", ""))
    run = strake("scan", "-o", "baseline=known.json", "agent.yaml", cwd=tmp_path)
    known = json.loads((tmp_path / "known.json").read_text())
    assert known["schema"] == "strake.baseline/1"
    assert [list(entry) for entry in known["findings"]][0] == ["fingerprint", "rule", "of"]
    prints = [entry["fingerprint"] for entry in known["findings"]]
    assert prints == sorted(prints) and len(prints) == (tmp_path / "known.json").read_text().count("\n") - 5, "one line each"
    run, report = strake.scan("--baseline", "known.json", "agent.yaml", cwd=tmp_path)
    assert run.status == 0 and {finding["status"] for finding in report["findings"]} == {"known"}
    (tmp_path / "agent.yaml").write_text("# moved\n" + (DEPLOYMENT % ("", "")).replace("hostPID: true", "hostIPC: true"))
    run, report = strake.scan("--baseline", "known.json", "agent.yaml", cwd=tmp_path)
    assert run.status == 1 and [f["rule"] for f in report["findings"] if f["status"] == "open"] == ["host-ipc"]
    again = strake("scan", "-o", "baseline", "--baseline", "known.json", "agent.yaml", cwd=tmp_path).json()
    assert len(again["findings"]) == len(prints), "a new baseline has what is known too"


def test_no_baseline(strake, tmp_path):
    (tmp_path / "b.json").write_text('{"schema": "strake.rules/1"}')
    run = strake("scan", "--baseline", "b.json", ".", cwd=tmp_path)
    assert run.status == 2 and "no baseline" in run.error
