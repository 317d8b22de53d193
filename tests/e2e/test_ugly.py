"""Hostile inputs: no crash, no hang, no silence, and a valid report each time. The inputs are in ugly.py; folders are here."""
import os
import shutil
import socket
import tempfile
from pathlib import Path

import pytest

from conftest import Strake
from ugly import EITHER, FOUND, HANDLED, HARBOUR, NOTHING, REFUSED, UGLY


def write(path, content):
    with open(path, "wb") as file:
        for piece, times in ((content, 1),) if isinstance(content, bytes) else content:
            for _ in range(times // 100_000):
                file.write(piece * 100_000)
            file.write(piece * (times % 100_000))


def check_report(report):
    """What holds for every report: its frame, its order, and sums that agree with its findings."""
    assert list(report)[:5] == ["schema", "tool", "judged", "summary", "findings"] and report["schema"] == "strake.report/1"
    counted = dict.fromkeys(report["summary"], 0)
    for finding in report["findings"]:
        counted[finding["severity"] if finding["status"] == "open" else finding["status"]] += 1
        assert finding["rule"] and finding["message"] and finding["location"]["file"]
        assert len(finding["fingerprint"]) == 32
    assert counted == report["summary"]
    places = [(finding["location"]["file"].encode(), finding["location"].get("line", 0), finding["location"].get("column", 0))
              for finding in report["findings"]]
    assert places == sorted(places)


def complaints(report, name):
    """Lines of the input findings about a file."""
    return [finding["location"].get("line", 0) for finding in report["findings"]
            if finding["area"] == "input" and os.path.basename(finding["location"]["file"]) == name]


def is_found(report, name="harbour"):
    return any(finding["rule"] == "privileged-container" for finding in report["findings"])


def judge(case, status, report):
    complained = complaints(report, case.name)
    found = is_found(report)
    if case.outcome == FOUND:
        assert status == 1 and found and not complained
    elif case.outcome == REFUSED:
        assert status == 2 and complained
        assert not case.line or case.line in complained
    elif case.outcome == EITHER:
        assert status == 1 and found or status == 2 and complained or status == 3 and complained
    elif case.outcome == NOTHING:
        assert status == 3 or status == 2 and complained
    else:
        assert case.outcome == HANDLED and status in (0, 1, 2, 3)


@pytest.mark.parametrize("case", UGLY, ids=lambda case: case.name)
def test_file(strake, tmp_path, case):
    write(tmp_path / case.name, case.content)
    run, report = strake.scan(case.name, cwd=tmp_path)
    check_report(report)
    judge(case, run.status, report)


def test_there_are_many():
    assert len(UGLY) >= 220 and len({case.name for case in UGLY}) == len(UGLY)


def test_ugly_standard_input(strake, tmp_path):
    run, report = strake.scan("-", stdin=b"a: [\n")
    assert run.status == 2 and complaints(report, "<stdin>")
    run, report = strake.scan("-", stdin=b"")
    assert run.status == 3
    run, report = strake.scan("-", stdin=HARBOUR)
    assert run.status == 1 and is_found(report)


@pytest.fixture
def port(tmp_path):
    """A folder with one good, weak manifest."""
    (tmp_path / "good.yaml").write_bytes(HARBOUR)
    return tmp_path


def scan_port(strake, port, *arguments):
    run, report = strake.scan(*(arguments or (".",)), cwd=port)
    check_report(report)
    assert is_found(report), "the good manifest beside it must be judged"
    return run.status, report


def test_huge_sparse_file(strake, port):
    with open(port / "huge.yaml", "wb") as file:
        file.truncate(1 << 30)
    status, report = scan_port(strake, port)
    assert status == 2 and complaints(report, "huge.yaml")


def test_fifo_without_writer(strake, port):
    os.mkfifo(port / "pipe.yaml")
    status, report = scan_port(strake, port)
    assert status in (1, 2) and complaints(report, "pipe.yaml")


def test_socket(strake, port, monkeypatch):
    monkeypatch.chdir(port)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket.yaml")
        status, report = scan_port(strake, port)
    assert status in (1, 2) and complaints(report, "socket.yaml")


def test_devices(strake, port):
    (port / "zero.yaml").symlink_to("/dev/zero")
    (port / "terminal.yaml").symlink_to("/dev/tty")
    status, _ = scan_port(strake, port)
    assert status in (1, 2)


def test_device_named_outright(strake, port):
    run, report = strake.scan("/dev/zero", cwd=port)
    assert run.status in (2, 3) and complaints(report, "zero")


def test_links_in_circles(strake, port):
    (port / "here").symlink_to(".")
    (port / "up").symlink_to("..")
    (port / "a.yaml").symlink_to("b.yaml")
    (port / "b.yaml").symlink_to("a.yaml")
    (port / "self.yaml").symlink_to("self.yaml")
    (port / "sub").mkdir()
    (port / "sub" / "back").symlink_to(port)
    status, report = scan_port(strake, port)
    assert status in (1, 2)
    assert len([finding for finding in report["findings"] if finding["rule"] == "privileged-container"]) == 1


def test_dangling_link(strake, port):
    (port / "gone.yaml").symlink_to("nowhere/at/all.yaml")
    status, report = scan_port(strake, port)
    assert status in (1, 2) and complaints(report, "gone.yaml")


def test_folder_that_is_named_like_a_file(strake, port):
    (port / "folder.yaml").mkdir()
    (port / "folder.yaml" / "in.yaml").write_bytes(HARBOUR.replace(b"harbour", b"haven"))
    status, report = scan_port(strake, port)
    assert status == 1 and {finding["location"]["file"] for finding in report["findings"]} >= {"./folder.yaml/in.yaml"} or \
        {finding["location"]["file"] for finding in report["findings"]} >= {"folder.yaml/in.yaml"}


def test_folder_deeper_than_a_path_may_be_long(strake, port):
    depth, folder = 60, os.open(port, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d" * 100, dir_fd=folder)
        inner = os.open("d" * 100, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    deep = os.open("deep.yaml", os.O_WRONLY | os.O_CREAT, dir_fd=folder)
    os.write(deep, HARBOUR)
    os.close(deep)
    os.close(folder)
    scan_port(strake, port)


@pytest.mark.parametrize("name", [b"line\nend.yaml", b"no\xfftext.yaml", b"\x1b[31mred.yaml", b"quo\"te.yaml", b"-dash.yaml", b"  .yaml",
                                  b"a" * 250 + b".yaml", "häfen.yaml".encode(), b"back\\slash.yaml", b"$(id).yaml", b"%s%n.yaml"],
                         ids=repr)
def test_strange_names(strake, port, name):
    with open(os.path.join(os.fsencode(port), name), "wb") as file:
        file.write(b"a: [\n")
    status, report = scan_port(strake, port)
    assert status == 2 and any(finding["area"] == "input" for finding in report["findings"])


def test_many_small_files(strake, port):
    for number in range(2_000):
        (port / f"empty-{number}.yaml").touch()
    status, _ = scan_port(strake, port)
    assert status == 1


@pytest.mark.parametrize("arguments", [["nowhere.yaml"], ["good.yaml", "nowhere.yaml"], [""], ["good.yaml/inside.yaml"]], ids=str)
def test_input_that_is_not_there(strake, port, arguments):
    run = strake("scan", "-o", "json", *arguments, cwd=port)
    assert run.status == 2


@pytest.fixture
def stranger(strake):
    """The program run by a user whom files can be closed to, and a folder that this user may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "good.yaml").write_bytes(HARBOUR)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o700)
    shutil.rmtree(folder)


class AsStranger(Strake):
    """Root reads everything, so root becomes nobody."""

    def options(self):
        return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


def strange_copy(strake, folder):
    program = folder / "strake-program"
    shutil.copy(strake.program, program)
    program.chmod(0o755)
    return AsStranger(str(program), "/nowhere")


def test_unreadable_file(strake, stranger):
    (stranger / "closed.yaml").write_bytes(HARBOUR)
    (stranger / "closed.yaml").chmod(0)
    program = strange_copy(strake, stranger)
    status, report = scan_port(program, stranger, "good.yaml", "closed.yaml")
    assert status == 2 and complaints(report, "closed.yaml")


def test_unreadable_folder(strake, stranger):
    (stranger / "closed").mkdir()
    (stranger / "closed" / "a.yaml").write_bytes(HARBOUR)
    program = strange_copy(strake, stranger)
    (stranger / "closed").chmod(0)
    status, report = scan_port(program, stranger)
    assert status == 2 and complaints(report, "closed")


POD_HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
LAUGHS = "".join(f"a{i}: &a{i} [{', '.join(f'*a{i - 1}' if i else 'x' for _ in range(10))}]\n" for i in range(9))


@pytest.mark.parametrize("name,text,words", [
    ("deep.yaml", POD_HEAD + "spec: " + "[" * 600 + "]" * 600 + "\n", "nested deeper than 512 levels"),
    ("deep-block.yaml", POD_HEAD + "spec:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 600)), "nested deeper than 512 levels"),
    ("deep.json", '{"apiVersion": "v1", "kind": "Pod", "spec": ' + '{"a": ' * 600 + "1" + "}" * 601, "nested deeper than 512 levels"),
    ("line.yaml", POD_HEAD + "spec: " + "a" * (5 << 20) + "\n", "longer than 4194304 bytes"),
    ("laughs.yaml", POD_HEAD + LAUGHS, "aliases"),
])
def test_limits_are_no_mistakes_of_syntax(strake, tmp_path, name, text, words):
    (tmp_path / name).write_text(text)
    run, report = strake.scan(name, cwd=tmp_path, seconds=20)
    found = {(finding["rule"], words in finding["message"]) for finding in report["findings"] if finding["area"] == "input"}
    assert run.status == 2 and found == {("input-too-large", True)}, report["findings"]
