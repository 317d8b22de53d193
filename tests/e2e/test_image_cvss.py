"""strake image cvss: scores, severities, vectors in order and what is no vector, and the suites of other programs."""
import json
import os
import re
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("STRAKE_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "image" / "cvss"

# A row whose scores are those of another vector: by the equations it has 6.4, 6.1 and 9.5, and not 7.1, 6.7 and 9.4.
CONTRADICTED = "AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:L/E:H/RL:O/RC:C/CR:H/IR:H/AR:H/MAV:N/MAC:L/MPR:N/MUI:N/MS:C/MC:H/MI:H/MA:H"


def score(strake, *vectors):
    run = strake("image", "cvss", stdin="".join(f"{vector}\n" for vector in vectors).encode())
    return run, run.text.splitlines()


def corpus(*parts):
    file = CORPUS.joinpath(*parts)
    if not file.is_file():
        pytest.skip(f"no {file}")
    return file.read_text(encoding="utf-8")


def test_lines(strake):
    run, lines = score(strake, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "x", "AV:N/AC:L/Au:N/C:N/I:N/A:C", "AV:N/AC:Q")
    assert run.status == 2
    assert lines == ["10.0 critical CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "invalid",
                     "7.8 high AV:N/AC:L/Au:N/C:N/I:N/A:C", "invalid"]
    assert re.findall(r"<stdin>:(\d+): ", run.error) == ["2", "4"]


def test_all_fine(strake):
    run, lines = score(strake, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H")
    assert (run.status, lines, run.error) == (0, ["10.0 critical CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"], "")
    assert strake("image", "cvss").status == 3


@pytest.mark.parametrize("name", ["v2", "v30", "v31", "v4"])
def test_claircore_scores(strake, name):
    rows = [line.split("#")[0].split() for line in corpus("claircore", f"{name}_score.list").splitlines() if not line.startswith("#")]
    rows = [row for row in rows if row]
    assert len(rows) > 5
    run, lines = score(strake, *(row[0] for row in rows))
    assert run.status == 0
    assert [line.split()[0] for line in lines] == [f"{float(row[1]):.1f}" for row in rows]


@pytest.mark.parametrize("name", ["v2", "v3", "v4"])
def test_claircore_texts(strake, name):
    rows = [line.split("#")[0].strip() for line in corpus("claircore", f"{name}_roundtrip.list").splitlines()]
    rows = [row for row in rows if row]
    run, lines = score(strake, *rows)
    assert [line.split()[2] for line in lines] == rows


@pytest.mark.parametrize("name", ["v20", "v30", "v31", "v40"])
def test_go_cvss(strake, name):
    document = json.loads(corpus("go-cvss", f"{name}.json"))
    run, lines = score(strake, *(case["vector"] for case in document["parse"]))
    assert [line != "invalid" for line in lines] == [case["valid"] for case in document["parse"]]
    cases = [case for case in document["scores"] if not case["vector"].endswith(CONTRADICTED)]
    run, lines = score(strake, *(case["vector"] for case in cases))
    wanted = [case["ExpectedScore"] if "ExpectedScore" in case else case["ExpectedEnvironmentalScore"] for case in cases]
    assert [line.split()[0] for line in lines] == [f"{each:.1f}" for each in wanted]


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_contradicted(strake, version):
    parts = CONTRADICTED.split("/")
    run, lines = score(strake, *(f"CVSS:{version}/" + "/".join(parts[:count]) for count in (8, 11, 22)))
    assert [line.split()[0] for line in lines] == ["6.4", "6.1", "9.5"]


@pytest.mark.parametrize("name, test", [("v3-base", "TestScore"), ("v3-temporal", "TestTemporalScore"),
                                        ("v3-environmental", "TestEnvironmentalScore")])
def test_goark(strake, name, test):
    cases = json.loads(corpus("goark-go-cvss", f"{name}.json"))[test]
    run, lines = score(strake, *(case["vector"] for case in cases))
    for case, line in zip(cases, lines, strict=True):
        severity = str(case.get("severity", case.get("sav"))).removeprefix("Severity").lower()
        assert (line == "invalid") if case.get("err") else line.startswith(f"{case['score']:.1f} {severity} "), case
