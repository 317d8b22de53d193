"""strake scan --watch: what a change makes new and gone, whatever way an editor writes, and the state is that of a fresh scan."""
import json
import os
import queue
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import jsonschema
import pytest
import referencing

from conftest import ROOT

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop}}
spec:
  containers:
    - {{name: c, image: "a:1", securityContext: {{privileged: {privileged}}}}}
"""
SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}\n"
LABELLED = POD.replace("namespace: shop", "namespace: shop, labels: {{app: web}}")
SECONDS = 20


def pod(name="p", privileged="false"):
    return POD.format(name=name, privileged=privileged)


class Watch:
    """The program while it watches; `next()` is the next line it prints."""

    def __init__(self, strake, *arguments, cwd=None, output="json"):
        environment = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
                       if name in os.environ}
        self.process = subprocess.Popen([strake.program, "scan", "--watch", "-o", output, *map(str, arguments)], cwd=cwd,
                                        env={**environment, "HOME": str(strake.home), "LC_ALL": "C.UTF-8"},
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def next(self, seconds=SECONDS):
        return json.loads(self.lines.get(timeout=seconds))

    def until(self, holds, state):
        """Applies changes to the state until it holds."""
        limit = time.monotonic() + SECONDS
        while not holds(state):
            assert time.monotonic() < limit, f"waited in vain; the state is {sorted(state)}"
            try:
                change = self.next(0.5)
            except queue.Empty:
                continue
            apply(state, change)
        return state

    def silent(self, seconds=0.6):
        with pytest.raises(queue.Empty):
            self.lines.get(timeout=seconds)

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        status = self.process.wait(SECONDS)
        error = self.process.stderr.read()
        assert "Sanitizer" not in error and "runtime error:" not in error, error[:4000]
        return status, error


def key(finding):
    return (finding["location"]["file"], finding["fingerprint"], finding["message"], finding["status"])


def apply(state, change):
    for finding in change.get("gone", []):
        state.remove(key(finding))
    for finding in change.get("new", []):
        state.append(key(finding))


def state_of(line):
    assert line["event"] == "state"
    return [key(finding) for finding in line["findings"]]


def fresh(strake, *arguments, cwd=None):
    return [key(finding) for finding in strake.scan(*arguments, cwd=cwd)[1]["findings"]]


@pytest.fixture
def watch(strake, tmp_path):
    """Watches a folder with one Pod in it; ends what a test leaves running."""
    started = []

    def begin(*arguments, **options):
        started.append(Watch(strake, *arguments, cwd=tmp_path, **options))
        return started[-1]

    (tmp_path / "a.yaml").write_text(pod())
    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def rules(findings):
    return {finding["rule"] for finding in findings}


def test_new_and_gone(watch, tmp_path):
    running = watch(".")
    first = running.next()
    assert "privileged-container" not in rules(first["findings"])
    (tmp_path / "a.yaml").write_text(pod(privileged="true"))
    change = running.next()
    assert "privileged-container" in rules(change["new"]) and change["summary"]["critical"] == 1
    assert not rules(change["gone"]) & rules(change["new"])
    (tmp_path / "a.yaml").write_text("# a comment moves everything\n" + pod(privileged="true"))
    change = running.next()
    assert not change["new"] and not change["gone"]
    (tmp_path / "a.yaml").write_text(pod())
    assert "privileged-container" in rules(running.next()["gone"])
    assert running.end() == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("content, status", [(pod(), 0), (pod(privileged="true"), 1), ("a: [", 2), ("", 3)])
def test_status_is_that_of_the_last_state(watch, tmp_path, number, content, status):
    running = watch("a.yaml")
    state = state_of(running.next())
    (tmp_path / "a.yaml").write_text(content)
    if content != pod():
        before = list(state)
        running.until(lambda state: state != before, state)
    assert running.end(number)[0] == status


def write_beside(path, text):
    beside = path.with_name("." + path.name + ".swp")
    beside.write_text(text)
    beside.rename(path)


def write_beside_and_back_up(path, text):
    path.rename(path.with_name(path.name + "~"))
    path.write_text(text)


def truncate_and_write(path, text):
    with open(path, "w") as file:
        for begin in range(0, len(text), 20):
            file.write(text[begin:begin + 20])
            file.flush()


def unlink_and_write(path, text):
    path.unlink()
    path.write_text(text)


@pytest.mark.parametrize("write", [write_beside, write_beside_and_back_up, truncate_and_write, unlink_and_write])
def test_ways_of_editors(watch, strake, tmp_path, write):
    running = watch(".")
    state = state_of(running.next())
    for privileged in "true", "false", "true":
        write(tmp_path / "a.yaml", pod(privileged=privileged))
        wanted = sorted(fresh(strake, ".", cwd=tmp_path))
        running.until(lambda state: sorted(state) == wanted, state)
    running.silent(0.3)


def test_files_and_folders_come_and_go(watch, strake, tmp_path):
    running = watch(".")
    state = state_of(running.next())

    def settle():
        wanted = sorted(fresh(strake, ".", cwd=tmp_path))
        running.until(lambda state: sorted(state) == wanted, state)

    deep = tmp_path / "new/deep"
    deep.mkdir(parents=True)
    (deep / "b.yaml").write_text(pod("b", "true"))
    settle()
    assert any(file == "new/deep/b.yaml" for file, *_ in state)
    (tmp_path / "new").rename(tmp_path / "other")
    settle()
    (tmp_path / "other/deep/c.yaml").write_text(pod("c"))
    settle()
    (tmp_path / ".strakeignore").write_text("other/deep/b.yaml\n")
    settle()
    assert not any(file.endswith("b.yaml") for file, *_ in state)
    (tmp_path / ".strakeignore").unlink()
    settle()
    (tmp_path / "link.yaml").symlink_to("other/deep/c.yaml")
    (tmp_path / "outside.yaml").symlink_to("/etc/hostname")
    settle()
    (tmp_path / "other/deep/c.yaml").unlink()
    settle()
    subprocess.run(["rm", "-r", tmp_path / "other"], check=True)
    (tmp_path / "outside.yaml").unlink()
    (tmp_path / "link.yaml").unlink()
    settle()
    assert {file for file, *_ in state} == {"a.yaml"}


def test_what_has_nothing_to_do_with_it(watch, tmp_path):
    running = watch(".")
    running.next()
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden/b.yaml").write_text(pod("b"))
    (tmp_path / ".a.yaml.swx").write_text("x")
    os.utime(tmp_path / "a.yaml")
    (tmp_path / "a.yaml").write_text(pod())
    running.silent()


def test_a_change_reaches_others(watch, tmp_path):
    (tmp_path / "s.yaml").write_text(SERVICE)
    running = watch(".")
    assert "service-selects-nothing" in rules(running.next()["findings"])
    (tmp_path / "a.yaml").write_text(LABELLED.format(name="p", privileged="false"))
    gone = [finding for finding in running.next()["gone"] if finding["rule"] == "service-selects-nothing"]
    assert [finding["location"]["file"] for finding in gone] == ["s.yaml"]
    (tmp_path / "a.yaml").unlink()
    new = [finding for finding in running.next()["new"] if finding["object"]["kind"] == "Service"]
    assert new and all(finding["location"]["file"] == "s.yaml" for finding in new)


def test_a_burst_is_one_change(watch, tmp_path):
    running = watch(".")
    running.next()
    for number in range(200):
        (tmp_path / f"p{number}.yaml").write_text(pod(f"p{number}", "true"))
    changes, seen = 0, 0
    while seen < 200:
        change = running.next()
        seen += sum(finding["rule"] == "privileged-container" for finding in change["new"])
        changes += 1
    assert changes < 20
    assert running.end()[0] == 1


def test_one_file_that_goes_and_comes(watch, tmp_path):
    running = watch("a.yaml")
    state = state_of(running.next())
    (tmp_path / "a.yaml").unlink()
    running.until(lambda state: any("cannot be read" in message for _, _, message, _ in state), state)
    (tmp_path / "b.yaml").write_text(pod("b"))
    (tmp_path / "a.yaml").write_text(pod(privileged="true"))
    running.until(lambda state: any("privileged: true" in message for _, _, message, _ in state), state)
    assert {file for file, *_ in state} == {"a.yaml"}


def test_settings_that_change(watch, tmp_path):
    running = watch(".", "--fail-on", "info")
    assert "naked-pod" in rules(running.next()["findings"])
    (tmp_path / "strake.yaml").write_text("skip: [naked-pod]\n")
    again = running.next()
    assert again["event"] == "state" and "naked-pod" not in rules(again["findings"])
    assert "settings have changed" in running.end()[1]


def test_random_edits_end_as_a_fresh_scan(watch, strake, tmp_path):
    chance = random.Random(7)
    texts = [pod(), pod("q", "true"), LABELLED.format(name="w", privileged="true"), SERVICE, "a: [", "just: text\n",
             "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n",
             "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop}}\n"]
    running = watch(".")
    state = state_of(running.next())
    for _ in range(25):
        for _ in range(chance.randint(1, 4)):
            path = tmp_path / chance.choice(["a.yaml", "b.yaml", "x/c.yaml", "x/y/d.yaml"])
            if chance.random() < 0.25 and path.exists():
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                chance.choice([write_beside, truncate_and_write])(
                    path, "---\n".join(chance.choice(texts) for _ in range(chance.randint(1, 3))))
        wanted = sorted(fresh(strake, ".", cwd=tmp_path))
        running.until(lambda state: sorted(state) == wanted, state)


def test_json_fits_its_schema(watch, tmp_path):
    report = json.loads((ROOT / "docs/schema/strake.report-1.json").read_text())
    schema = json.loads((ROOT / "docs/schema/strake.watch-1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    registry = referencing.Registry().with_resource(report["$id"], referencing.Resource.from_contents(report))
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    running = watch(".")
    state = running.next()
    (tmp_path / "a.yaml").write_text(pod(privileged="true"))
    change = running.next()
    validator.validate(state)
    validator.validate(change)
    for broken in {**state, "event": "change"}, {**change, "event": "state"}, {**change, "new": [{}]}, {**change, "x": 1}:
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(broken)


def test_text(watch, tmp_path):
    running = watch(".", "--color", "never", output="text")
    lines = []
    while not lines or not lines[-1].startswith("More about a rule"):
        lines.append(running.lines.get(timeout=SECONDS))
    time.sleep(0.3)
    (tmp_path / "a.yaml").write_text(pod(privileged="true"))
    changes = [running.lines.get(timeout=SECONDS)]
    while not changes[-1][0].isdigit():
        changes.append(running.lines.get(timeout=SECONDS))
    assert any(line.startswith("+ a.yaml:6:61: critical: Pod shop/p, container c: ") for line in changes)
    assert changes[-1].startswith("1 new, ") and " findings: 1 critical, " in changes[-1]
    status, error = running.end()
    assert status == 1 and "watching 1 file in 1 folder" in error


@pytest.mark.parametrize("arguments, words", [
    (["-"], "cannot be watched"), (["-o", "sarif", "."], "standard output only"),
    (["-o", "json=file", "."], "standard output only"), (["--framework", "cis", "."], "do not go together"),
    (["--cluster", "--exit-code", "1"], "do not go together")])
def test_wrong_usage(strake, arguments, words):
    run = strake("scan", "--watch", *arguments)
    assert run.status == 2 and words in run.error
