"""Rules of one's own, good and broken; what `strake rules list`, `show` and `test` say."""
import re

import pytest
import yaml

POD = b"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: registry.example/web:1.0}]}\n"
OWN = """\
id: team-label-missing
title: Nobody owns it
severity: high
area: apps
description: Who is called at night?
scope: object
kinds: [Pod]
require: object.?metadata.?labels.?team.hasValue()
message: '{object.kind} {object.metadata.name} has no label team'
at: /metadata/labels
references:
  - {nist-800-190: 3.3.1}
examples:
  good:
    - |
      apiVersion: v1
      kind: Pod
      metadata: {name: web, labels: {team: shop}}
      spec: {containers: []}
  bad:
    - |
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec: {containers: []}
"""
# What is wrong, text in OWN, what stands there instead (¦: the place that the error must name), a word of the message.
BROKEN = {
    "no YAML": ("kinds: [Pod]", "kinds: [Pod", ""),
    "severity": ("severity: high", "severity: ¦terrible", "terrible"),
    "area": ("area: apps", "area: ¦attic", "attic"),
    "scope": ("scope: object", "scope: ¦planet", "planet"),
    "unknown field": ("area: apps", "area: apps\n¦sevirity: high", "sevirity"),
    "no require": ("require: object.?metadata.?labels.?team.hasValue()\n", "", "require"),
    "no id": ("id: team-label-missing\n", "", "id"),
    "id that is no slug": ("id: team-label-missing", "id: ¦Team Label", "Team Label"),
    "syntax": ("require: object.?metadata.?labels.?team.hasValue()", "require: object.metadata ¦&| true", ""),
    "name": ("require: object.?metadata.?labels.?team.hasValue()", "require: object.kind == 'Pod' && ¦pood == 1", "pood"),
    "not a boolean": ("require: object.?metadata.?labels.?team.hasValue()", "require: \"¦'text'\"", "true or false"),
    "variable of another scope": ("require: object.?metadata.?labels.?team.hasValue()", "require: ¦container.name == 'web'",
                                  "container"),
    "function": ("require: object.?metadata.?labels.?team.hasValue()", "require: object.kind.¦begins('P')", "begins"),
    "message": ("{object.kind}", "{¦objekt.kind}", "objekt"),
    "open brace": ("{object.kind} {object.metadata.name} has no label team", "{object.kind", "brace"),
    "place": ("at: /metadata/labels", "at: ¦metadata", "metadata"),
    "framework": ("{nist-800-190: 3.3.1}", "{¦nits: 3.3.1}", "nits"),
    "wrong type": ("title: Nobody owns it", "title: ¦[a, b]", "list"),
}


@pytest.fixture
def own(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/team-label-missing.yaml").write_text(OWN)
    return tmp_path


@pytest.fixture(scope="module")
def listing(strake):
    return strake("rules", "list", "-o", "json").json()


def test_every_rule_file_is_listed(listing, root):
    files = {path.stem for path in (root / "rules").rglob("*.yaml") if not {"frameworks", "secrets"} & set(path.relative_to(root).parts)}
    ids = [rule["id"] for rule in listing["rules"]]
    assert listing["schema"] == "strake.rules/1" and set(ids) == files and ids == sorted(ids) and len(files) >= 98


def test_what_is_listed(listing, root):
    for rule in listing["rules"]:
        [path] = (root / "rules").rglob(f"{rule['id']}.yaml")
        text = yaml.safe_load(path.read_text())
        others = rule.get("otherReferences", [])
        assert list(rule) == ["id", "title", "severity", "area", "description", "references", *["otherReferences"] * bool(others), "fix", "gates"]
        assert {reference["framework"] for reference in others} <= {"buildkit", "cis-docker", "dockle", "hadolint"}
        assert (rule["title"], rule["severity"], rule["area"]) == (text["title"], text["severity"], text["area"])
        assert rule["description"].split() == text["description"].split() and rule["fix"] == ("fix" in text) and rule["gates"][0] in ("scan", "lint")
        listed = {(reference["framework"], reference["id"]) for reference in rule["references"] + others}
        assert listed == {(key, str(value)) for reference in text["references"] for key, value in reference.items()
                          if key not in ("when", "level", "since", "until")}


def test_list_as_text(strake, listing):
    lines = strake("rules", "list").text.splitlines()
    assert len(lines) == len(listing["rules"])
    for rule, line in zip(listing["rules"], lines):
        assert rule["id"] in line and rule["severity"] in line and rule["title"] in line


def test_show(strake):
    run = strake("rules", "show", "privileged-container", "host-pid")
    assert run.status == 0
    for words in ("Container runs privileged", "critical", "every device of its node", "pod-security privileged", "kubescape C-0057",
                  "Pod sees the processes of its node", "hostPID"):
        assert words in run.text


def test_show_of_an_unknown_rule_suggests_one(strake):
    run = strake("rules", "show", "priviledged-container")
    assert run.status == 2 and "privileged-container" in run.error and run.text == ""


def test_all_examples_hold(strake, listing):
    run = strake("rules", "test", seconds=60)
    rules, examples, failed = map(int, re.match(r"(\d+) rules, (\d+) examples, (\d+) failed$", run.text.splitlines()[-1]).groups())
    assert (run.status, failed, rules) == (0, 0, len(listing["rules"])) and examples >= 2 * rules


def test_rules_of_ones_own(strake, own):
    run, report = strake.scan("--rules", "rules", "-", cwd=own, stdin=POD)
    [finding] = [finding for finding in report["findings"] if finding["rule"] == "team-label-missing"]
    assert run.status == 1 and finding["message"] == "Pod web has no label team" and finding["severity"] == "high"
    assert len({finding["rule"] for finding in report["findings"]}) > 5
    assert "team-label-missing" in strake("rules", "list", "--rules", "rules", cwd=own).text
    assert "Who is called at night?" in strake("rules", "show", "--rules", "rules", "team-label-missing", cwd=own).text
    run = strake("rules", "test", "--rules", "rules", cwd=own)
    assert run.status == 0 and run.text.splitlines()[-1] == "1 rules, 2 examples, 0 failed"


def test_rules_in_folders_below(strake, own):
    (own / "rules/deep").mkdir()
    (own / "rules/deep/other.yaml").write_text(OWN.replace("team-label-missing", "other"))
    (own / "rules/notes.txt").write_text("no rule")
    run = strake("rules", "test", "--rules", "rules", cwd=own)
    assert run.status == 0 and run.text.splitlines()[-1].startswith("2 rules")


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", [["rules", "test"], ["rules", "list"], ["scan", "-"]], ids=" ".join)
def test_a_broken_rule(strake, own, name, command):
    old, new, word = BROKEN[name]
    assert OWN.count(old) == 1 or old == "{object.kind}"
    text = OWN.replace(old, new, 1)
    before = text.split("¦")[0]
    (own / "rules/team-label-missing.yaml").write_text(text.replace("¦", ""))
    run = strake(*command, "--rules", "rules", cwd=own, stdin=POD)
    assert run.status == 2 and run.text == ""
    line, column = map(int, re.search(r"rules/team-label-missing\.yaml:(\d+):(\d+): ", run.error).groups())
    assert word in run.error
    if "¦" in text:
        assert (line, column) == (before.count("\n") + 1, len(before.split("\n")[-1]) + 1), run.error


@pytest.mark.parametrize("change, complaint", [
    (("labels: {team: shop}", "labels: {team2: shop}"), "Nobody|has no label team|good"),
    (("metadata: {name: web}\n", "metadata: {name: web, labels: {team: shop}}\n"), "finds nothing|bad"),
])
def test_an_example_that_does_not_hold(strake, own, change, complaint):
    (own / "rules/team-label-missing.yaml").write_text(OWN.replace(*change))
    run = strake("rules", "test", "--rules", "rules", cwd=own)
    assert run.status == 1 and run.text.splitlines()[-1].endswith("1 failed")
    assert "team-label-missing" in run.text and re.search(complaint, run.text)


def test_a_safe_fix_that_does_not_repair(strake, own):
    (own / "rules/team-label-missing.yaml").write_text(OWN + "fix:\n  safe: true\n  set: {/metadata/labels/tier: web}\n")
    run = strake("rules", "test", "--rules", "rules", cwd=own)
    assert run.status == 1 and "repair" in run.text


def test_the_same_id_twice(strake, own):
    (own / "rules/second.yaml").write_text(OWN)
    run = strake("rules", "list", "--rules", "rules", cwd=own)
    assert run.status == 2 and "team-label-missing" in run.error
    (own / "rules/second.yaml").write_text(OWN.replace("team-label-missing", "host-pid"))
    assert strake("rules", "list", "--rules", "rules", cwd=own).status == 2


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_no_rules_there(strake, tmp_path, folder):
    (tmp_path / "empty").mkdir()
    run = strake("scan", "--rules", folder, "-", cwd=tmp_path, stdin=POD)
    assert run.status == 2 and folder in run.error and run.text == ""


def test_hostile_words_do_not_reach_the_terminal(strake, own):
    (own / "rules/team-label-missing.yaml").write_text(OWN.replace("title: Nobody owns it", 'title: "Nobody\\e[2J owns it"'))
    for command in (["rules", "list"], ["rules", "show", "team-label-missing"]):
        run = strake(*command, "--rules", "rules", cwd=own)
        assert b"\x1b" not in run.out + run.err
