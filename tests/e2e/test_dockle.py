"""Dockle's own cases, from $STRAKE_CORPUS (default ../shared/corpus): the same verdicts, but for the differences that are named here.

A case of Dockle is a configuration, or a line of a history as it came out of Dockle's own splitter: here it becomes an image
without layers, and what counts is which of Dockle's ids the findings cite.
"""
import json
import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from conftest import ROOT
from images import Image

CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "image/dockerfile/dockle"
FLOOR = 42          # cases that passed when this was written
CASES = 48
GROUPS = {          # of cases about one line: the id that a finding cites
    "TestReducableApkAdd": "DKL-DI-0004",
    "TestReducableAptGetUpdate": "CIS-DI-0007",
    "TestReducableAptGetInstall": "DKL-DI-0005",
    "TestAddStatement": "CIS-DI-0009",
    "TestSensitiveVars": "CIS-DI-0010",
    "TestUseDistUpgrade": "DKL-DI-0003",
}
SKIPPED = {"TestContainsThreshold": "about a function inside of Dockle, which no image shows"}
# Dockle asks every image for a health check; here only those are asked that offer a port.
NOT_ASKED = "CIS-DI-0006"
tally = Counter()


def cases():
    path = CORPUS / "expected.json"
    if not path.is_file():
        return [pytest.param(None, None, marks=pytest.mark.skip(reason="no corpus of Dockle: see $STRAKE_CORPUS"), id=str(number))
                for number in range(CASES)]
    table = json.loads(path.read_text())
    found = [(group, case) for group, list_of in table["tests"].items() for case in list_of]
    assert len(found) == CASES, f"{len(found)} cases of Dockle, {CASES} were there when this was written"
    return [pytest.param(group, case, id=f"{group}-{case['name']}") for group, case in found]


def lint(strake, folder, config, form):
    image = Image()
    image.config = config | {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []}}
    run = strake("image", "lint", image.write(folder / "image"), "--no-layers", "-o", form)
    assert run.status in (0, 1), run.error
    return run


def facts_of(strake, folder, config):
    return yaml.safe_load(lint(strake, folder, config, "facts").text)


def cited(strake, folder, config):
    """How often findings cite each of Dockle's ids."""
    return Counter(reference["id"] for finding in lint(strake, folder, config, "json").json()["findings"]
                   for reference in finding.get("otherReferences", []) if reference["framework"] == "dockle")


def line_of(case):
    """The line that Dockle took apart, put together again."""
    if "cmd" in case:
        return case["cmd"]
    slices = [" ".join(words) for _, words in sorted(case["cmdSlices"].items(), key=lambda item: int(item[0]))]
    line = " && ".join(slices)
    return line if line.startswith("/bin/sh") else "/bin/sh -c " + line


def check_manifest(strake, folder, case, codes):
    config = json.loads((CORPUS / "manifest" / Path(case["path"]).name).read_text())
    wanted = Counter(codes[one["Code"]] for one in case["assesses"])
    if not config["config"].get("ExposedPorts"):
        del wanted[NOT_ASKED]
    assert cited(strake, folder, config) == wanted


def check_split(strake, folder, case):
    """Dockle splits at && alone; here quotes and what controls the shell count, too. The programs are the same and in the same order."""
    text = (CORPUS / "manifest" / Path(case["path"]).name).read_text()
    line = facts_of(strake, folder, json.loads(text))["history"][case["index"]]
    if line["instruction"] != "RUN":
        assert [line["instruction"]] == [words[3] for words in case["expected"].values()]
        return
    programs = iter([command["program"] for command in line["commands"]])
    plain = [words[0] for words in case["expected"].values() if words[0].replace("-", "").isalpha() and words[0] not in ("exit", "case", "if")]
    assert len(plain) > 15 and all(any(program == wanted for program in programs) for wanted in plain)


@pytest.mark.parametrize("group, case", cases())
def test_dockle(strake, tmp_path, group, case):
    if group in SKIPPED:
        tally["skipped"] += 1
        pytest.skip(SKIPPED[group])
    tally["failed"] += 1
    if group == "TestAssess":
        check_manifest(strake, tmp_path, case, json.loads((CORPUS / "expected.json").read_text())["codes"])
    elif group == "TestSplitByCommands":
        check_split(strake, tmp_path, case)
    else:
        history = [{"created_by": "/bin/sh -c #(nop) ADD file:2e3a in / "}, {"created_by": line_of(case)}]
        found = cited(strake, tmp_path, {"config": {"User": "1000"}, "history": history})
        assert (found[GROUPS[group]] > 0) == case["expected"], found
    tally.update(failed=-1, passed=1)


def test_tally(capsys):
    with capsys.disabled():
        print(f"\nDockle's cases: {tally['passed']} passed, {tally['failed']} failed, {tally['skipped']} skipped")
    assert not tally["passed"] or tally["passed"] >= FLOOR
