"""Snapshots of files: what they keep, what they never keep, and what becomes of damaged ones."""
import json
import shutil
import struct
import subprocess

import pytest

from api_server import POD

SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: database
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"hunter2"}}'
    note: kept
stringData: {password: hunter2}   # hunter2 too
data: {user: aHVudGVyMg==}
dta: {password: hunter2}
type: Opaque
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx, securityContext: {privileged: true}}]}
"""


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "a.yaml").write_text(SECRET)
    (folder / "b.json").write_text(json.dumps({"apiVersion": "v1", "kind": "Pod", **POD}))
    return folder


@pytest.fixture
def snapshot(strake, files, tmp_path):
    def take(*inputs):
        path = tmp_path / "x.snapshot"
        run = strake("snapshot", *(inputs or [files]), "-o", path)
        return run, path
    return take


def frame(text):
    if not shutil.which("zstd"):
        pytest.skip("no zstd")
    return subprocess.run(["zstd", "-q", "-c"], input=text, capture_output=True, check=True).stdout


def mark(schema):
    return struct.pack("<II", 0x184D2A53, len(schema)) + schema


def unpack(path):
    if not shutil.which("zstd"):
        pytest.skip("no zstd")
    return subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout.decode()


def told(report, prefix=""):
    return sorted((one["rule"], one["severity"], one["message"], one["location"]["file"].removeprefix(prefix), one["fingerprint"])
                  for one in report["findings"] if one["rule"] != "unknown-field")


def test_a_snapshot_of_files_is_judged_like_the_files(strake, files, snapshot):
    run, path = snapshot()
    assert run.status == 0 and not run.error and not run.text
    _, kept = strake.scan(path)
    _, live = strake.scan(files)
    assert kept["judged"]["objects"] == live["judged"]["objects"] == 3 and told(kept, f"{path}/") == told(live)


def test_values_of_secrets_are_not_kept(snapshot):
    run, path = snapshot()
    shown = unpack(path)
    assert "hunter2" not in shown and "aHVudGVyMg" not in shown and "note: kept" in shown
    assert "strake.dev/sizes: password=7 user=7" in shown and 'password: ""' in shown


def test_a_snapshot_of_a_snapshot_keeps_sizes(strake, snapshot, tmp_path):
    _, path = snapshot()
    again = tmp_path / "again.snapshot"
    assert strake("snapshot", path, "-o", again).status == 0
    assert "strake.dev/sizes: password=7 user=7" in unpack(again)


def test_the_same_objects_give_the_same_bytes(strake, files, snapshot):
    _, path = snapshot()
    first = path.read_bytes()
    _, path = snapshot(files / "b.json", files / "a.yaml")
    assert path.read_bytes() == first
    assert strake("snapshot", files, "-o", "-").out == first


def test_standard_input(strake, snapshot):
    _, path = snapshot()
    with open(path, "rb") as file:
        run, report = strake.scan("-", stdin=file)
    assert run.status == 1 and report["judged"]["objects"] == 3


def test_what_could_not_be_read_is_kept(strake, files, snapshot):
    (files / "broken.yaml").write_text("a: [\n")
    (files / "chart").mkdir()
    (files / "chart/Chart.yaml").write_text("apiVersion: v2\nname: x\nversion: 1.0.0\n")
    run, path = snapshot()
    assert run.status == 2 and "broken.yaml" in run.error
    run, report = strake.scan(path)
    found = {one["rule"]: one for one in report["findings"] if one["area"] == "input"}
    assert run.status == 2 and "line 1, column 6" in found["syntax-error"]["message"] and "not-rendered" in found
    assert found["syntax-error"]["location"]["file"] == f"{path}/{files}/broken.yaml"


def test_nothing_to_keep(strake, tmp_path):
    (tmp_path / "a.yaml").write_text("a: 1\n")
    run = strake("snapshot", tmp_path / "a.yaml", "-o", tmp_path / "x")
    assert run.status == 3 and "nothing to keep" in run.error and not (tmp_path / "x").exists()
    run = strake("snapshot", tmp_path / "absent", "-o", tmp_path / "x")
    assert run.status == 2 and not (tmp_path / "x").exists()


@pytest.mark.parametrize("words, complaint", [((), "-o FILE"), (("-o", "x"), "--cluster, or files"), (("-n", "x", "-o", "y", "z"), "--cluster")])
def test_words_that_make_no_sense(strake, tmp_path, words, complaint):
    run = strake("snapshot", *words, cwd=tmp_path)
    assert run.status == 2 and complaint in run.error


def only(report):
    (found,) = [one for one in report["findings"] if one["area"] == "input" and one["rule"] != "not-an-object"]
    assert found["rule"] == "snapshot-damaged"
    return found["message"]


def test_wherever_it_is_cut_it_says_so(strake, snapshot, tmp_path):
    _, path = snapshot()
    whole = path.read_bytes()
    for length in sorted({*range(25, len(whole), 37), len(whole) - 1}):
        cut = tmp_path / "cut.snapshot"
        cut.write_bytes(whole[:length])
        run, report = strake.scan(cut)
        assert run.status == 2 and any(one["rule"] == "snapshot-damaged" for one in report["findings"]), length


def test_a_changed_byte_is_seen(strake, snapshot, tmp_path):
    _, path = snapshot()
    whole = bytearray(path.read_bytes())
    for at in range(26, len(whole), 29):
        broken = bytearray(whole)
        broken[at] ^= 0x55
        (tmp_path / "broken").write_bytes(broken)
        run, report = strake.scan(tmp_path / "broken")
        assert run.status == 2, at


HEADER = b'{"schema":"strake.snapshot/1","entries":1,"problems":0}\n'
ENTRY = b'{"name":"a.yaml","bytes":4}\na: 1\n'


@pytest.mark.parametrize("text, words", [
    (b"", "does not begin"),
    (b"hello", "does not begin"),
    (HEADER.replace(b"/1", b"/2"), "does not begin"),
    (HEADER, "announces nothing"),
    (HEADER + b'{"name":"a","bytes":99}\nx\n', "damaged at a"),
    (HEADER + b'{"name":"a","bytes":-1}\nx\n', "announces nothing"),
    (HEADER + b'{"name":"a","bytes":9223372036854775807}\nx\n', "damaged at a"),
    (HEADER + b'{"problem":"unheard-of","file":"a","message":"b"}\n', "unknown kind"),
    (HEADER + ENTRY, "announces nothing"),
    (HEADER + ENTRY + b'{"end":2}\n', "not as many"),
    (HEADER + b'{"end":0}\n', "not as many"),
])
def test_snapshots_that_are_wrong(strake, tmp_path, text, words):
    path = tmp_path / "x"
    path.write_bytes(mark(b"strake.snapshot/1") + frame(text))
    run, report = strake.scan(path)
    assert run.status == 2 and words in only(report)


def test_a_snapshot_from_a_newer_strake(strake, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(mark(b"strake.snapshot/7") + b"whatever")
    run, report = strake.scan(path)
    assert run.status == 2 and "use a newer Strake" in only(report) and "strake.snapshot/7" in only(report)


def test_a_snapshot_that_is_only_air(strake, tmp_path):
    path = tmp_path / "x"
    if not shutil.which("zstd"):
        pytest.skip("no zstd")
    piece = frame(b" " * (64 << 20))
    path.write_bytes(mark(b"strake.snapshot/1") + piece)
    run, report = strake.scan(path, seconds=30)
    assert run.status == 2 and "does not begin" in only(report)


def test_other_bytes_of_zstd_are_no_snapshot(strake, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(frame(b"a: 1\n"))
    run, report = strake.scan(path)
    assert run.status == 2 and "compressed by zstd" in report["findings"][0]["message"]


def test_a_folder_of_cluster_info_dump(strake, tmp_path):
    (tmp_path / "shop").mkdir()
    pods = {"kind": "PodList", "apiVersion": "v1", "items": [POD]}
    for name, content in (("nodes.json", {"kind": "NodeList", "apiVersion": "v1", "items": [{"metadata": {"name": "n"}}]}),
                          ("shop/pods.json", pods), ("shop/replication-controllers.json", {**pods, "kind": "ReplicationControllerList", "items": []}),
                          ("shop/events.json", {"kind": "EventList", "apiVersion": "v1", "items": [{"metadata": {"name": "e"}}]})):
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "shop/web").mkdir()
    (tmp_path / "shop/web/logs.txt").write_text("==== START logs\n")
    run, report = strake.scan(tmp_path)
    assert run.status == 1 and report["judged"]["objects"] == 2
    assert "privileged-container" in {one["rule"] for one in report["findings"]}
    (note,) = [one for one in report["findings"] if one["rule"] == "dump-is-partial"]
    assert note["severity"] == "info" and "strake snapshot" in note["message"]


def test_output_of_kubectl_get(strake, tmp_path):
    objects = [{"apiVersion": "v1", "kind": "Pod", **POD}, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}]
    (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    run, report = strake.scan(tmp_path / "all.json")
    assert run.status == 1 and report["judged"]["objects"] == 2
