"""strake image version: comparisons of versions that hold or not, and the suites of other tools that are kept as JSON."""
import itertools
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("STRAKE_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus")) / "image" / "versions"
SCHEMES = ("apk bitnami cargo cran deb golang hackage hex jvm maven npm nuget packagist pacman portage pub pypi rpm rubygems "
           "semver").split()


def held(strake, scheme, pairs):
    """The order of each pair: what of <, = and > holds, asked both ways round."""
    turned = {"<": ">", "=": "=", ">": "<"}
    lines = [line for a, b in pairs for sign in "<=>" for line in (f"{a} {sign} {b}", f"{b} {turned[sign]} {a}")]
    run = strake("image", "version", scheme, stdin="".join(f"{line}\n" for line in lines).encode(), seconds=60)
    assert run.status in (0, 1), run.error
    fails = set(run.text.splitlines())
    orders = []
    for a, b in pairs:
        order = [sign for sign in "<=>" if f"{a} {sign} {b}" not in fails]
        assert order == [sign for sign in "<=>" if f"{b} {turned[sign]} {a}" not in fails]
        assert len(order) == 1, f"{a} ? {b}: {order}"
        orders += order
    return orders


def corpus(*parts):
    file = CORPUS.joinpath(*parts)
    if not file.is_file():
        pytest.skip(f"no {file}")
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_schemes(strake, scheme):
    run = strake("image", "version", scheme, stdin=b"1.0 < 2.0\n2.0 < 1.0\n\n1.0 = 1.0\n1.0 > 1.1")
    assert (run.status, run.text, run.error) == (1, "2.0 < 1.0\n1.0 > 1.1\n", "")


def test_what_holds_is_not_printed(strake):
    run = strake("image", "version", "deb", stdin=b"1.0~rc1 < 1.0\n")
    assert (run.status, run.text, run.error) == (0, "", "")


def test_faults_are_told_and_the_rest_is_judged(strake):
    run = strake("image", "version", "deb", stdin=b"x:1 < 2\n2 < 1\n1 <= 2\n1 < 2 \n3 < 2\n")
    assert run.status == 2
    assert run.text == "2 < 1\n3 < 2\n"
    assert re.findall(r"<stdin>:(\d+): ", run.error) == ["1", "3", "4"]
    assert '"x:1" is no deb version' in run.error


def test_unknown_scheme(strake):
    run = strake("image", "version", "debian")
    assert run.status == 2 and "rubygems" in run.error
    assert "did you mean maven?" in strake("image", "version", "mavne").error
    assert strake("image", "version").status == 2


def test_nothing_to_judge(strake):
    assert strake("image", "version", "deb", stdin=b"\n").status == 3


def test_long_versions_take_no_longer(strake):
    texts = ["0." * 200_000 + "1", "0-" * 200_000 + "a", "9" * 400_000]
    for scheme in ("maven", "rubygems", "pypi", "deb", "rpm", "packagist"):
        lines = [f"{a} < {b}\n" for a, b in itertools.product(texts, texts)]
        run = strake("image", "version", scheme, stdin="".join(lines).encode(), seconds=5)
        assert run.status in (1, 2)


def test_python_rises(strake):
    rising = corpus("pypa-packaging", "version.json")["ordered_versions"]
    assert set(held(strake, "pypi", list(itertools.combinations(rising, 2)))) == {"<"}


def test_python_normalized(strake):
    tests = corpus("pypa-packaging", "version.json")["tests"]
    cases = [case for test in tests if test["test"] == "test_normalized_versions" for case in test["cases"]]
    assert len(cases) > 50
    assert set(held(strake, "pypi", [(case["version"].strip(), case["normalized"]) for case in cases])) == {"="}


def test_ruby(strake):
    rows = [row for row in corpus("claircore", "ruby.json") if "want" in row and row["a"].strip() and row["b"].strip()]
    assert len(rows) > 15
    orders = held(strake, "rubygems", [(row["a"].strip(), row["b"].strip()) for row in rows])
    assert orders == ["=><"[row["want"]] for row in rows]


# What another suite contradicts, by its own README: Java runtimes are cut off the version there.
GRYPE = {"apk": "apk", "bitnami": "bitnami", "deb": "deb", "golang": "golang", "jvm": "jvm", "maven": "maven", "pacman": "pacman",
         "portage": "portage"}
EXCEPTIONS = re.compile(r"\.j(re|dk)\d+|^[vV]|\s")
ORDERS = {"<": "<", "<=": "<=", "=": "=", "==": "=", "": "=", ">=": ">=", ">": ">", "!=": "<>"}


def constraints(text):
    """Alternatives of (operator, version) lists; None where other operators are used."""
    alternatives = []
    for part in text.split("||"):
        words = [re.fullmatch(r"\s*(<=|>=|==|!=|<|>|=|)\s*[\"']?([^\s\"'<>=^~*]+)[\"']?\s*", word) for word in part.split(",")]
        if not all(words):
            return None
        alternatives.append([(word[1], word[2]) for word in words])
    return alternatives


@pytest.mark.parametrize("name", GRYPE)
def test_constraints(strake, name):
    rows = []
    for row in corpus("grype", f"{name}_version.json"):
        alternatives = constraints(row["constraint"]) if row.get("constraint") and row.get("version") else None
        if alternatives and isinstance(row.get("satisfied"), bool):
            texts = [row["version"]] + [version for part in alternatives for _, version in part]
            if name == "golang" or not any(EXCEPTIONS.search(text) for text in texts):
                rows.append((row["version"], alternatives, row["satisfied"]))
    pairs = list(dict.fromkeys((version, other) for version, parts, _ in rows for part in parts for _, other in part))
    orders = dict(zip(pairs, held(strake, GRYPE[name], pairs))) if pairs else {}
    wrong = [(version, parts) for version, parts, inside in rows
             if inside != any(all(orders[version, other] in ORDERS[sign] for sign, other in part) for part in parts)]
    assert not wrong
    assert len(rows) >= (0 if name == "pacman" else 2)
