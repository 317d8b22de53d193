"""Every format of a report, held against its schema or its reader, against the JSON report, and against hostile names."""
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
import yaml

from conftest import ROOT

FORMATS = ("text", "json", "sarif", "junit", "github", "html", "markdown", "csv", "oscal")
SHIP = """\
apiVersion: v1
kind: Pod
metadata:
  name: ship
  namespace: harbour
spec:
  hostNetwork: true   # to be gone
  containers:
    - name: "bridge"
      image: example.com/bridge:1.0
      securityContext:
        privileged: true # why?
        capabilities: {add: [SYS_ADMIN]}
    - name: "\u8239\u00e9"
      image: example.com/engine:1.0
      securityContext: {privileged: true}
---
# nothing here
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everybody}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}]
"""
HOSTILE = """\
apiVersion: v1
kind: Pod
metadata: {name: "</script><b>&\\"x\\e[31m", namespace: "a\\nb"}
spec:
  containers:
    - name: "]]><i>'\\e]0;title\\a%0A::error::"
      image: "[click](http://example.com/)"
      securityContext: {privileged: true}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("port")
    (folder / "sub dir").mkdir()
    (folder / "ship.yaml").write_text(SHIP)
    (folder / "hostile.yaml").write_text(HOSTILE)
    (folder / "broken.yaml").write_text("apiVersion: v1\nkind: [\n")
    (folder / "sub dir" / "a%:#?.yaml").write_text(SHIP.replace("ship", "boat"))
    (folder / "windows.yaml").write_bytes(SHIP.replace("\n", "\r\n").encode())
    document = yaml.safe_load(SHIP.split("---")[0])
    (folder / "ship.json").write_text(json.dumps(document, indent=1))
    (folder / "line.json").write_text(json.dumps(document))
    return folder


def schema(name):
    content = json.loads((ROOT / name).read_text())
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


def reports():
    """Arguments of scans whose reports must be valid."""
    return [["ship.yaml"], ["."], ["broken.yaml"], ["hostile.yaml"], ["nowhere.yaml"], ["line.json"],
            ["--pod-security", "restricted", "ship.yaml"], ["--min-severity", "critical", "ship.yaml"]]


@pytest.mark.parametrize("arguments", reports(), ids=" ".join)
def test_json_fits_its_schema(strake, port, arguments):
    _, report = strake.scan(*arguments, cwd=port)
    schema("docs/schema/strake.report-1.json").validate(report)
    assert report["findings"]


def test_the_schema_refuses(strake, port):
    _, report = strake.scan("ship.yaml", cwd=port)
    validator = schema("docs/schema/strake.report-1.json")
    for break_it in (lambda: report.update(more=1), lambda: report["findings"][0].update(status="excepted"),
                     lambda: report["findings"][0]["location"].pop("path"), lambda: report["summary"].pop("low")):
        before = json.dumps(report)
        break_it()
        assert not validator.is_valid(report)
        report = json.loads(before)
    validator.validate(report)


def test_rules_fit_their_schema(strake):
    run = strake("rules", "list", "-o", "json")
    assert run.status == 0 and run.error == ""
    schema("docs/schema/strake.rules-1.json").validate(run.json())
    ids = [rule["id"] for rule in run.json()["rules"]]
    assert ids == sorted(ids) and len(ids) == len(set(ids)) >= 90


def test_every_finding_names_a_rule_that_is_listed(strake, port):
    listed = {rule["id"] for rule in strake("rules", "list", "-o", "json").json()["rules"]}
    _, report = strake.scan(".", cwd=port)
    judged = {finding["rule"] for finding in report["findings"] if finding["area"] != "input"}
    assert judged and judged <= listed


def sarif(strake, port, *arguments):
    run = strake("scan", "-o", "sarif", *arguments, cwd=port)
    log = run.json()
    return run, log, log["runs"][0]


@pytest.mark.parametrize("arguments", reports(), ids=" ".join)
def test_sarif_fits_its_schema(strake, port, arguments):
    run, log, _ = sarif(strake, port, *arguments)
    schema("tests/e2e/sarif.schema.json").validate(log)
    if os.environ.get("SARIF_SCHEMA"):  # the one of OASIS, where there is a copy
        jsonschema.Draft7Validator(json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text())).validate(log)
    assert log["runs"][0]["invocations"][0]["exitCode"] == run.status


def test_sarif_says_what_the_json_report_says(strake, port):
    run, _, log = sarif(strake, port, ".")
    _, report = strake.scan(".", cwd=port)
    rules = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules)) and len(log["results"]) == len(report["findings"])
    for result, finding in zip(log["results"], report["findings"]):
        assert result["ruleId"] == finding["rule"] == rules[result["ruleIndex"]]
        assert result["partialFingerprints"]["strake/v1"] == finding["fingerprint"]
        region = result["locations"][0]["physicalLocation"]["region"]
        place = finding["location"]
        assert (region["startLine"], region["startColumn"]) == (place.get("line", 1), place.get("column", 1))
    assert run.status == 2 and log["invocations"][0]["executionSuccessful"] is False
    assert len(log["invocations"][0]["toolExecutionNotifications"]) == 1


def lines_of(path):
    return re.split("\r\n|\r|\n", path.read_bytes().decode())


@pytest.mark.parametrize("name", ["ship.yaml", "windows.yaml", "ship.json", "line.json"])
def test_sarif_regions_are_the_text_of_their_snippets(strake, port, name):
    _, _, log = sarif(strake, port, name)
    lines = lines_of(port / name)
    for result in log["results"]:
        physical = result["locations"][0]["physicalLocation"]
        region = physical["region"]
        shown = lines[region["startLine"] - 1][region["startColumn"] - 1:region["endColumn"] - 1]
        assert shown == region["snippet"]["text"]
        if "contextRegion" in physical:
            context = physical["contextRegion"]
            wanted = lines[context["startLine"] - 1:context["endLine"]]
            assert context["snippet"]["text"].replace("\r", "") == "\n".join(wanted)


def replace(lines, replacement):
    """The text with a region replaced, from its lines."""
    region = replacement["deletedRegion"]
    before = "\n".join(lines[:region["startLine"] - 1] + [lines[region["startLine"] - 1][:region["startColumn"] - 1]])
    after = "\n".join([lines[region["endLine"] - 1][region["endColumn"] - 1:]] + lines[region["endLine"]:])
    return before + replacement["insertedContent"]["text"] + after


def pointed(document, path):
    for part in path.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


@pytest.mark.parametrize("name", ["ship.yaml", "windows.yaml", "ship.json", "line.json"])
def test_sarif_fixes_do_what_the_patch_does(strake, port, name):
    _, report = strake.scan(name, cwd=port)
    _, _, log = sarif(strake, port, name)
    tried = 0
    for result, finding in zip(log["results"], report["findings"]):
        if "fixes" not in result:
            continue
        lines = lines_of(port / name)
        for replacement in reversed(result["fixes"][0]["artifactChanges"][0]["replacements"]):
            lines = replace(lines, replacement).split("\n")
        document = list(filter(None, yaml.safe_load_all("\n".join(lines))))[finding["location"].get("document", 0)]
        for operation in finding["fix"]["patch"]:
            if operation["op"] in ("add", "replace") and not operation["path"].endswith("-"):
                assert pointed(document, operation["path"]) == operation["value"]
        tried += 1
    assert tried >= 3


def test_sarif_addresses_are_uris(strake, port):
    _, _, log = sarif(strake, port, ".")
    uris = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["results"]}
    assert "sub%20dir/a%25%3A%23%3F.yaml" in uris and "ship.yaml" in uris
    _, _, log = sarif(strake, port, port / "ship.yaml")
    uri = log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.startswith("file:///") and uri.endswith("/ship.yaml")


def test_junit_counts(strake, port):
    run = strake("scan", "-o", "junit", ".", cwd=port)
    root = ElementTree.fromstring(run.text)
    _, report = strake.scan(".", cwd=port)
    cases = root.findall("testsuite/testcase")
    assert len(cases) == len(report["findings"])
    for suite in root.findall("testsuite"):
        for kind, count in (("testcase", "tests"), ("testcase/failure", "failures"), ("testcase/error", "errors"),
                            ("testcase/skipped", "skipped")):
            assert int(suite.get(count)) == len(suite.findall(kind))
    assert {suite.get("name") for suite in root.findall("testsuite")} == {one["location"]["file"] for one in report["findings"]}


def test_github_is_a_line_for_each_finding(strake, port):
    run = strake("scan", "-o", "github", ".", cwd=port)
    _, report = strake.scan(".", cwd=port)
    lines = run.text.splitlines()
    assert len(lines) == len(report["findings"])
    assert all(re.match(r"::(error|warning|notice) file=[^:,]+(,[a-z]+=[^:,]*)*::.", line) for line in lines)


class Page(HTMLParser):
    VOID = {"meta", "input", "br", "img", "link"}

    def __init__(self):
        super().__init__()
        self.words, self.tags, self.open, self.attributes = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"</{tag}> where none is open"

    def handle_data(self, data):
        self.words.append(data)


def test_html_is_one_page_with_everything(strake, port):
    run = strake("scan", "-o", "html", ".", cwd=port)
    page = Page()
    page.feed(run.text)
    _, report = strake.scan(".", cwd=port)
    assert not page.open and page.tags.count("details") == len(report["findings"])
    assert set(page.tags) <= {"html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "b", "span", "nav",
                              "input", "label", "select", "option", "button", "kbd", "main", "section", "details", "summary",
                              "div", "code", "pre", "script"}
    assert not {name for name, _ in page.attributes} & {"src", "href", "action", "data"}
    assert not re.search(r"url\(|@import|https?:", run.text.replace("[click](http://example.com/)", ""))
    shown = "".join(page.words)
    for finding in report["findings"]:
        assert finding["title"] in shown and finding["location"]["file"] in shown


@pytest.mark.parametrize("form", ["text", "text --quiet", "text --color always"])
def test_no_name_steers_the_terminal(strake, port, form):
    run = strake("scan", *f"-o {form}".split(), "hostile.yaml", cwd=port)
    text = re.sub(r"\033\[[0-9;]*m", "", run.text) if "always" in form else run.text
    assert "\\x1b[31m" in text and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_hostile_names_keep_their_letters(strake, port):
    _, report = strake.scan("hostile.yaml", cwd=port)
    judged = [finding for finding in report["findings"] if finding.get("container")]
    assert judged and {finding["container"] for finding in judged} == {"]]><i>'\x1b]0;title\x07%0A::error::"}
    run = strake("scan", "-o", "github", "hostile.yaml", cwd=port)
    assert not any(line.startswith("::error::") for line in run.text.splitlines())


def test_text_groups_under_headings(strake, port):
    run = strake("scan", ".", cwd=port)
    headings = [line for line in run.text.splitlines()
                if line in ("Images", "Containers", "Access", "Communication", "Apps", "Control plane", "Input")]
    order = ["Images", "Containers", "Access", "Communication", "Apps", "Control plane", "Input"]
    assert headings == [heading for heading in order if heading in headings] and "Containers" in headings
    assert "Access" in headings and "Input" in headings
    assert re.search(r"^\d+ findings in \d+ files: \d+ critical", run.text, re.MULTILINE)
    assert "strake rules show" in run.text.splitlines()[-1]


def test_text_shows_the_line_and_its_repair(strake, port):
    run = strake("scan", "ship.yaml", cwd=port)
    assert re.search(r"^ +12 \|         privileged: true # why\?\n +\| {21}\^$", run.text, re.MULTILINE)
    assert re.search(r"^    - +privileged: true # why\?\n    \+ +privileged: false # why\?$", run.text, re.MULTILINE)


@pytest.mark.parametrize("form", FORMATS)
def test_threads_and_locale_change_no_byte(strake, port, form):
    wanted = strake("scan", "-o", form, ".", cwd=port, env={"LC_ALL": "C"})
    for threads in (1, 2, 7):
        got = strake("scan", "-o", form, "--threads", threads, ".", cwd=port, env={"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"})
        assert got.out == wanted.out and got.status == wanted.status


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_gets_what_standard_output_would(strake, port, tmp_path, form):
    run = strake("scan", "-o", f"{form}={tmp_path / 'report'}", "-o", f"json={tmp_path / 'other'}", "ship.yaml", cwd=port)
    assert run.status == 1 and run.out == b"" and run.error == ""
    assert (tmp_path / "report").read_bytes() == strake("scan", "-o", form, "ship.yaml", cwd=port).out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "report"]


def test_colours(strake, port):
    def is_coloured(*arguments, **env):
        return "\033[" in strake("scan", *arguments, "ship.yaml", cwd=port, env=env).text
    assert is_coloured("--color", "always") and is_coloured("--color=always", NO_COLOR="1")
    assert not is_coloured() and not is_coloured("--color", "never") and not is_coloured("--color", "auto", NO_COLOR="1")


def test_a_baseline_leaves_what_is_new(strake, port, tmp_path):
    before = strake("scan", "-o", f"json={tmp_path / 'before.json'}", "ship.yaml", cwd=port)
    assert before.status == 1
    run, report = strake.scan("--baseline", tmp_path / "before.json", "ship.yaml", cwd=port)
    assert run.status == 0 and report["summary"]["known"] == len(report["findings"]) > 0
    schema("docs/schema/strake.report-1.json").validate(report)
    (tmp_path / "moved.yaml").write_text("# a new line\n" + SHIP.replace("hostNetwork: true", "hostNetwork: true\n  hostPID: true"))
    run, report = strake.scan("--baseline", tmp_path / "before.json", tmp_path / "moved.yaml", cwd=port)
    fresh = {finding["rule"] for finding in report["findings"] if finding["status"] == "open"}
    assert run.status == 1 and "host-pid" in fresh and "host-network" not in fresh


@pytest.mark.parametrize("content", [None, "", "{}", "not JSON"])
def test_a_baseline_that_is_none(strake, port, tmp_path, content):
    if content is not None:
        (tmp_path / "base.json").write_text(content)
    run = strake("scan", "--baseline", tmp_path / "base.json", "ship.yaml", cwd=port)
    assert run.status == 2 and run.out == b"" and "base.json" in run.error


def test_a_framework_chooses_rules(strake, port):
    _, everything = strake.scan("ship.yaml", cwd=port)
    cited = [finding for finding in everything["findings"]
             if "cis" in {reference["framework"] for reference in finding["references"]}]
    _, report = strake.scan("--framework", "cis", "ship.yaml", cwd=port)
    assert 0 < len(report["findings"]) < len(everything["findings"])
    assert [finding for finding in report["findings"] if finding in cited] == cited
    run = strake("scan", "--framework", "kubescpae", "ship.yaml", cwd=port)
    assert run.status == 2 and run.out == b"" and "kubescape" in run.error
