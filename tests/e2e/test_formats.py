"""The reports for pull requests, spreadsheets and evidence: markdown, csv, oscal."""
import csv
import io
import json
import re
import uuid

import pytest

from test_report import FORMATS, port  # noqa: F401 (the fixture)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LINE = re.compile(r"\S(.*\S)?")


def test_csv_says_what_the_json_report_says(strake, port):
    rows = list(csv.DictReader(io.StringIO(strake("scan", "-o", "csv", ".", cwd=port).out.decode(), newline="")))
    _, report = strake.scan(".", cwd=port)
    assert len(rows) == len(report["findings"])
    for row, finding in zip(rows, report["findings"]):
        assert None not in row and None not in row.values()
        assert (row["rule"], row["severity"], row["fingerprint"]) == (finding["rule"], finding["severity"], finding["fingerprint"])
        assert row["line"] == str(finding["location"].get("line", "")) and row["path"] == finding["location"].get("path", "")
        assert row["kind"] == finding.get("object", {}).get("kind", "")
        assert not any(cell[:1] in tuple("=+-@\t\r") for cell in row.values() if cell)


def test_markdown_is_a_summary(strake, port):
    text = strake("scan", "-o", "markdown", ".", cwd=port).text
    _, report = strake.scan(".", cwd=port)
    assert text.startswith(f"## Strake found {len(report['findings'])}\n")
    for rule in {finding["rule"] for finding in report["findings"]}:
        assert f"(<code>{rule}</code>): " in text
    assert text.count("<details>") == text.count("</details>") == len({finding["rule"] for finding in report["findings"]})
    assert len(text) < 65536


def test_markdown_keeps_the_input_in_code(strake, port):
    text = strake("scan", "-o", "markdown", "hostile.yaml", cwd=port).text
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script" not in outside and "http://" not in outside and "<i>" not in outside and "\x1b" not in text


def uuids_of(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "uuid":
                yield inner
            yield from uuids_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from uuids_of(inner)


def results_of(strake, folder, *arguments, env=None):
    """The result and the document, held against what the model of OSCAL 1.1.2 demands."""
    document = strake("scan", "-o", "oscal", *arguments, cwd=folder, env=env).json()
    (name, root), = document.items()
    assert name == "assessment-results" and set(root) == {"uuid", "metadata", "import-ap", "results", "back-matter"}
    assert set(root["metadata"]) == {"title", "last-modified", "version", "oscal-version"}
    assert TIME.fullmatch(root["metadata"]["last-modified"])
    plan, = root["back-matter"]["resources"]
    assert root["import-ap"] == {"href": "#" + plan["uuid"]}
    result, = root["results"]
    assert {"uuid", "title", "description", "start", "reviewed-controls"} <= set(result)
    assert set(result) <= {"uuid", "title", "description", "start", "local-definitions", "reviewed-controls", "observations",
                           "findings"}
    names = list(uuids_of(document))
    assert all(UUID.fullmatch(name) for name in names) and len(set(names)) == len(names)
    return result, document


def check_result(result):
    items = {item["uuid"]: item for item in result.get("local-definitions", {}).get("inventory-items", [])}
    observations = {observation["uuid"]: observation for observation in result.get("observations", [])}
    selection, = result["reviewed-controls"]["control-selections"]
    controls = [control["control-id"] for control in selection.get("include-controls", [])]
    for part in [*items.values(), *observations.values()]:
        assert part["props"] and part["description"]
        for prop in part["props"]:
            assert set(prop) == {"name", "ns", "value"} and TOKEN.fullmatch(prop["name"]) and LINE.fullmatch(prop["value"])
    for observation in observations.values():
        assert observation["methods"] == ["TEST"] and TIME.fullmatch(observation["collected"])
        assert all(subject["subject-uuid"] in items for subject in observation.get("subjects", []))
    for finding in result.get("findings", []):
        target = finding["target"]
        assert target["type"] == "objective-id" and TOKEN.fullmatch(target["target-id"]) and finding["title"]
        related = finding.get("related-observations", [])
        assert (target["status"]["state"] == "not-satisfied") == bool(related)
        assert all(one["observation-uuid"] in observations for one in related)
    assert [finding["target"]["target-id"] for finding in result.get("findings", [])] == controls
    return items, observations, controls


@pytest.mark.parametrize("arguments", [["ship.yaml"], ["."], ["broken.yaml"], ["hostile.yaml"], ["--framework", "cis", "."],
                                       ["--framework", "kubescape", "."], ["nowhere.yaml"]], ids=" ".join)
def test_oscal_is_sound(strake, port, arguments):
    result, _ = results_of(strake, port, *arguments)
    _, report = strake.scan(*arguments, cwd=port)
    _, observations, _ = check_result(result)
    assert len(observations) == len(report["findings"])


def test_oscal_without_a_framework_has_rules_as_controls(strake, port):
    result, _ = results_of(strake, port, "ship.yaml")
    states = {finding["target"]["target-id"]: finding["target"]["status"]["state"] for finding in result["findings"]}
    _, report = strake.scan("ship.yaml", cwd=port)
    failed = {finding["rule"] for finding in report["findings"]}
    assert {rule for rule, state in states.items() if state == "not-satisfied"} == failed
    assert states["host-pid"] == "satisfied" and "ingress-without-tls" not in states  # there is no Ingress


def test_oscal_with_a_framework_has_its_controls(strake, port):
    result, _ = results_of(strake, port, "--framework", "nist-800-190", "ship.yaml")
    states = {finding["target"]["target-id"]: finding["target"]["status"]["state"] for finding in result["findings"]}
    assert states["nist-800-190-3.4.3"] == "not-satisfied" and "nist-800-190-3.1.3" not in states


def test_oscal_changes_with_what_it_says_and_with_nothing_else(strake, port):
    _, one = results_of(strake, port, "ship.yaml")
    _, again = results_of(strake, port, "ship.yaml")
    _, other = results_of(strake, port, "windows.yaml")
    assert one == again and one["assessment-results"]["uuid"] != other["assessment-results"]["uuid"]
    _, later = results_of(strake, port, "ship.yaml", env={"SOURCE_DATE_EPOCH": "1764000000"})
    assert later["assessment-results"]["metadata"]["last-modified"] == "2025-11-24T16:00:00Z"
    assert one["assessment-results"]["metadata"]["last-modified"] == "1970-01-01T00:00:00Z"
    space = uuid.uuid5(uuid.NAMESPACE_URL, "urn:strake:report")
    plan, = one["assessment-results"]["back-matter"]["resources"]
    assert plan["uuid"] == str(uuid.uuid5(space, "plan"))


@pytest.mark.parametrize("form", ["markdown", "csv", "oscal"])
def test_what_cannot_be_read_is_said(strake, port, form):
    run = strake("scan", "-o", form, "broken.yaml", cwd=port)
    assert run.status == 2 and "broken.yaml" in run.text and form in FORMATS
    if form == "oscal":
        json.loads(run.text)
