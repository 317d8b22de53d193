"""The same input gives the same bytes: whatever the threads, the locale, the time zone, and how often it is asked."""
import json
import os
import random

import pytest

FORMATS = ["text", "json", "sarif", "junit", "github", "html", "markdown", "csv", "oscal"]
ENVIRONMENTS = {
    "C": {"LC_ALL": "C"}, "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, "German": {"LC_ALL": "de_DE.UTF-8"},
    "nothing": {"LC_ALL": ""}, "far east": {"TZ": "Asia/Kathmandu"}, "narrow": {"COLUMNS": "40"}, "dumb": {"TERM": "dumb"},
}


def deployment(number, chance):
    privileged = "true" if number % 7 == 0 else "false"
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: part-{number}
  namespace: {chance.choice(["shop", "search", "mail"])}
spec:
  selector: {{matchLabels: {{app: part-{number}}}}}
  template:
    metadata: {{labels: {{app: part-{number}}}}}
    spec:
      containers:
        - name: main
          image: registry.example/part:{chance.choice(["1.0", "latest"])}
          resources: {{limits: {{memory: {chance.random():.3f}Gi}}}}
          securityContext: {{privileged: {privileged}}}
        - {{name: side, image: registry.example/side}}
"""


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estate")
    chance = random.Random(1)
    for file in range(24):
        (folder / f"deep/{file % 5}").mkdir(parents=True, exist_ok=True)
        (folder / f"deep/{file % 5}/{file}.yaml").write_text("---\n".join(deployment(file * 10 + each, chance) for each in range(6)))
    (folder / "broken.yaml").write_text("a: [\n")
    (folder / "list.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "é"}, "spec": {"type": "NodePort"}}] * 3}))
    return folder


@pytest.fixture(scope="module")
def expected(strake, estate):
    return {form: strake("scan", "-o", form, "--threads", "1", ".", cwd=estate).out for form in FORMATS}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("threads", [2, 3, 8, 64])
def test_threads(strake, estate, expected, form, threads):
    assert strake("scan", "-o", form, "--threads", threads, ".", cwd=estate).out == expected[form]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_surroundings(strake, estate, expected, form, name):
    assert strake("scan", "-o", form, ".", cwd=estate, env=ENVIRONMENTS[name]).out == expected[form]


@pytest.mark.parametrize("form", FORMATS)
def test_again_and_again(strake, estate, expected, form):
    assert {strake("scan", "-o", form, ".", cwd=estate).out for _ in range(5)} == {expected[form]}


def test_order_of_inputs(strake, estate):
    files = sorted(str(path.relative_to(estate)) for path in estate.rglob("*") if path.is_file())
    forward, backward = (strake("scan", "-o", "json", *order, cwd=estate).out for order in (files, files[::-1]))
    assert forward == backward


def test_order_in_which_files_were_made(strake, estate, expected, tmp_path):
    files = [path for path in estate.rglob("*") if path.is_file()]
    random.Random(2).shuffle(files)
    for path in files:
        copy = tmp_path / path.relative_to(estate)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        os.utime(copy, (0, 0))
    assert strake("scan", "-o", "json", ".", cwd=tmp_path).out == expected["json"]


def test_several_formats_at_once(strake, estate, expected, tmp_path):
    outputs = [word for form in FORMATS for word in ("-o", f"{form}={tmp_path / form}")]
    run = strake("scan", *outputs, ".", cwd=estate)
    assert run.status == 2 and run.out == b""
    for form in FORMATS:
        assert (tmp_path / form).read_bytes() == expected[form], form


@pytest.mark.parametrize("arguments", [["rules", "list"], ["rules", "list", "-o", "json"], ["rules", "show", "host-pid"], ["version"]],
                         ids=" ".join)
def test_other_commands(strake, arguments):
    assert len({strake(*arguments, env=environment).out for environment in ENVIRONMENTS.values()}) == 1
