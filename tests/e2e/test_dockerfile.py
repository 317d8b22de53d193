"""Dockerfiles: which files are read, what a report says of them, comments and settings of hadolint."""
import json
import re

import pytest

CLEAN = "FROM alpine:3.22@sha256:" + "0" * 64 + "\nUSER 10001\nHEALTHCHECK NONE\n"
BAD = "FROM alpine\nRUN sudo true\n"


def lint(strake, *arguments, **options):
    run = strake("image", "lint", "-o", "json", *arguments, **options)
    return run, run.json()


def rules(report, status="open"):
    return sorted(finding["rule"] for finding in report["findings"] if finding["status"] == status)


@pytest.mark.parametrize("name", ["Dockerfile", "dockerfile", "Containerfile", "Dockerfile.prod", "Dockerfile-ubi9", "web.Dockerfile"])
def test_a_file_called_so(strake, tmp_path, name):
    (tmp_path / name).write_text(CLEAN)
    run, report = lint(strake, name, cwd=tmp_path)
    assert (run.status, report["findings"], report["judged"]["objects"]) == (0, [], 1)


def test_another_name_and_standard_input(strake, tmp_path):
    (tmp_path / "recipe.txt").write_text(BAD)
    run, report = lint(strake, "dockerfile:recipe.txt", cwd=tmp_path)
    assert "dockerfile-sudo" in rules(report) and run.status == 0
    assert {finding["location"]["file"] for finding in report["findings"]} == {"recipe.txt"}
    run, report = lint(strake, "dockerfile:-", cwd=tmp_path, stdin=BAD.encode())
    assert {finding["location"]["file"] for finding in report["findings"]} == {"<stdin>"}


def test_a_folder(strake, tmp_path):
    for name in ["Dockerfile", "a/web.Dockerfile", "a/b/Containerfile", "a/Dockerfile.md", ".git/Dockerfile", "old/Dockerfile", "pod.yaml"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(BAD)
    (tmp_path / ".strakeignore").write_text("old/\n")
    run, report = lint(strake, ".", cwd=tmp_path)
    assert {finding["location"]["file"] for finding in report["findings"]} == {"Dockerfile", "a/web.Dockerfile", "a/b/Containerfile"}
    assert len({finding["fingerprint"] for finding in report["findings"]}) == len(report["findings"])
    assert strake("scan", "-o", "json", ".", cwd=tmp_path).json()["judged"]["objects"] == 0


def test_a_folder_that_is_no_project(strake, tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=debian\nVERSION_ID=13\n")
    (tmp_path / "Dockerfile").write_text(BAD)
    run, report = lint(strake, str(tmp_path), "--no-cache")
    assert report["judged"]["images"] == 1 and report["judged"]["objects"] == 0


def test_nothing_there(strake, tmp_path):
    (tmp_path / "Dockerfile").write_text(CLEAN)
    (tmp_path / ".strakeignore").write_text("Dockerfile\n")
    assert strake("image", "lint", ".", cwd=tmp_path).status == 3
    (tmp_path / "Dockerfile").unlink()
    assert strake("image", "lint", "Dockerfile", cwd=tmp_path).status == 2


def test_scan_reads_one_that_is_named(strake, tmp_path):
    (tmp_path / "Dockerfile").write_text(BAD)
    run = strake("scan", "-o", "json", "Dockerfile", cwd=tmp_path)
    assert "dockerfile-sudo" in rules(run.json())


PLACED = """\
# escape=\\
FROM debian:13 AS build

RUN apt-get update && \\
    # why
    apt-get install -y --no-install-recommends \\
      curl=8 jq \\
 && rm -rf /var/lib/apt/lists/*
RUN <<EOF
set -e
  curl -fsSL https://x.example/é | tee x | sudo sh
EOF
ENV A=1 \\
    DB_PASSWORD=hunter2
COPY ["a", \\
      "b", "c"]
USER root
"""


def test_places(strake, tmp_path):
    (tmp_path / "Dockerfile").write_text(PLACED)
    run, report = lint(strake, "Dockerfile", cwd=tmp_path)
    places = {finding["rule"]: (finding["location"]["line"], finding["location"]["column"]) for finding in report["findings"]}
    wanted = {"dockerfile-base-without-digest": (2, 6), "dockerfile-unpinned-apt": (6, 5), "dockerfile-pipe-to-shell": (11, 49),
              "dockerfile-sudo": (11, 44), "dockerfile-secret-in-variable": (14, 5), "dockerfile-copy-many-to-file": (16, 13),
              "dockerfile-runs-as-root": (17, 6), "dockerfile-pipe-without-pipefail": (9, 1)}
    assert {rule: places.get(rule) for rule in wanted} == wanted
    sarif = json.loads(strake("image", "lint", "-o", "sarif", "Dockerfile", cwd=tmp_path).text)
    regions = {result["ruleId"]: result["locations"][0]["physicalLocation"]["region"] for result in sarif["runs"][0]["results"]}
    assert {rule: (regions[rule]["startLine"], regions[rule]["startColumn"]) for rule in wanted} == wanted
    text = strake("image", "lint", "Dockerfile", cwd=tmp_path).text
    assert "Dockerfile:14:5: ENV DB_PASSWORD" in text and "hunter2" not in re.sub(r"(?m)^ +\d+ \|.*$", "", text)


def test_what_is_wrong_is_told_and_the_rest_judged(strake, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM alpine:3.22\nRUM true\nRUN sudo true\nCOPY a\n")
    run, report = lint(strake, "Dockerfile", cwd=tmp_path)
    wrong = [(finding["location"]["line"], finding["location"]["column"], finding["message"]) for finding in report["findings"]
             if finding["rule"] == "syntax-error"]
    assert run.status == 2 and "dockerfile-sudo" in rules(report)
    assert wrong == [(2, 1, "there is no instruction RUM: did you mean RUN?"),
                     (4, 1, "COPY: an argument is missing: write COPY SOURCE… DESTINATION")]


@pytest.mark.parametrize("line, message", [
    ("COPY --form=x a b", "COPY has no flag --form: did you mean --from?"), ("RUN --nosuch true", "RUN has no flag --nosuch"),
    ("CMD --from=x a", "CMD has no flag --from"), ("ONBUILD COPY --mount=x a b", "COPY has no flag --mount"),
    ("COPY --from a b", "COPY: --from needs a value: write --from=VALUE"),
    ("HEALTHCHECK --interval=30 CMD a", 'HEALTHCHECK: --interval cannot be "30": wanted is a duration such as 30s'),
    ("HEALTHCHECK --retries=-1 CMD a", 'HEALTHCHECK: --retries cannot be "-1": wanted is a number'),
    ("RUN --mount=type=tmp,target=/x true", 'RUN: --mount cannot be "type=tmp,target=/x": wanted is type=bind, cache, tmpfs, secret or ssh'),
    ("RUN --network=off true", 'RUN: --network cannot be "off": wanted is default, none or host'),
    ("FROM --platfrom=linux/amd64 a:1", "FROM has no flag --platfrom: did you mean --platform?"),
])
def test_wrong_flags(strake, tmp_path, line, message):
    (tmp_path / "Dockerfile").write_text(f"FROM alpine:3.22\n{line}\n")
    run, report = lint(strake, "Dockerfile", cwd=tmp_path)
    wrong, = (finding for finding in report["findings"] if finding["rule"] == "syntax-error")
    assert run.status == 2 and wrong["message"] == message and wrong["location"]["line"] == 2


def test_right_flags(strake, tmp_path):
    lines = ["FROM --platform=$BUILDPLATFORM alpine:3.22", "ADD --link --keep-git-dir=true --chown=1:1 --exclude=*.o --exclude=*.a a b",
             "COPY --parents --link=false --chmod=755 a b", "RUN --mount=Type=Cache,target=/x --mount=target=/y --network=none --device=x true",
             "RUN --mount=type=$KIND,target=/x true", "HEALTHCHECK --interval=1m30s --timeout=1.5h --start-period=0 --start-interval=5s --retries=3 CMD a"]
    (tmp_path / "Dockerfile").write_text("\n".join(lines) + "\n")
    run, report = lint(strake, "Dockerfile", cwd=tmp_path)
    assert run.status < 2 and "syntax-error" not in rules(report)


@pytest.mark.parametrize("content, rule", [
    (b"FROM a\0b\n", "not-text"), (b"\xff\xfeF\0", "not-text"), (b"FROM \xe9\n", "not-text"), (b"\x1f\x8b\x08", "not-text"),
    (b"", "syntax-error"), (b"RUN a\n", "syntax-error"), (b"FROM a\nRUN <<E\n", "syntax-error"), (b"FROM a\n{% if x %}\n", "template"),
    (b"FROM a\nRUN " + b"x" * (1 << 20), "input-too-large"), (b"FROM a\n" + b"RUN x\n" * 20001, "input-too-large"),
])
def test_ugly(strake, tmp_path, content, rule):
    (tmp_path / "Dockerfile").write_bytes(content)
    run, report = lint(strake, "Dockerfile", cwd=tmp_path)
    assert run.status == 2 and rule in rules(report)


COMMENTS = """\
FROM alpine:3.22
# hadolint ignore=DL3018,DL3019
RUN apk add curl
# strake.dev/except.dockerfile-sudo: it must; owner: me; expires: 2026-06-15
RUN sudo true
# strake.dev/except.dockerfile-maintainer: nobody needs this
# strake.dev/except.dockerfile-cd
RUN apk add git && cd /x
USER 1
"""


def test_comments_except(strake, tmp_path):
    (tmp_path / "Dockerfile").write_text(COMMENTS)
    run, report = lint(strake, "Dockerfile", "--today", "2026-06-15", cwd=tmp_path)
    excepted = {(finding["rule"], finding["location"]["line"]): finding["exception"] for finding in report["findings"]
                if finding["status"] == "excepted"}
    assert excepted == {("dockerfile-unpinned-apk", 3): {"reason": "hadolint ignore=DL3018"},
                        ("dockerfile-apk-cache-left", 3): {"reason": "hadolint ignore=DL3019"},
                        ("dockerfile-sudo", 5): {"reason": "it must", "owner": "me", "expires": "2026-06-15"}}
    unused = [(finding["location"]["line"], finding["message"]) for finding in report["findings"] if finding["rule"] == "unused-exception"]
    assert unused == [(6, "strake.dev/except.dockerfile-maintainer excepts nothing"),
                      (7, "strake.dev/except.dockerfile-cd does not count: it says no reason")]
    run, report = lint(strake, "Dockerfile", "--today", "2026-06-16", cwd=tmp_path)
    assert {"dockerfile-sudo", "expired-exception"} <= set(rules(report))


SETTINGS = """\
ignored: [DL3018]
override: {error: [DL3003], style: [DL3019]}
trustedRegistries: [ghcr.io/us]
failure-threshold: error
label-schema: {team: text}
"""


def test_settings_of_hadolint(strake, tmp_path):
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM ghcr.io/us/a:1\nFROM ghcr.io/them/a:1\nRUN apk add git && cd /x\nUSER 1\n")
    (folder / ".hadolint.yaml").write_text(SETTINGS)
    for where, operand, options in [(folder, "Dockerfile", []), (tmp_path, "web/Dockerfile", []), (tmp_path, "web", []),
                                    (tmp_path, "web", ["--config", "web/.hadolint.yaml"])]:
        run, report = lint(strake, operand, *options, cwd=where)
        by_rule = {finding["rule"]: finding for finding in report["findings"]}
        assert run.status == 1
        assert by_rule["dockerfile-unpinned-apk"]["exception"]["reason"].startswith("ignored in ")
        assert by_rule["dockerfile-cd"]["severity"] == "high" and by_rule["dockerfile-apk-cache-left"]["severity"] == "info"
        assert [f["location"]["line"] for f in report["findings"] if f["rule"] == "dockerfile-untrusted-registry"] == [2]
        assert by_rule["dockerfile-label-missing"]["message"] == "there is no label team"
    run, report = lint(strake, "web", "--config", "none", cwd=tmp_path)
    assert "dockerfile-unpinned-apk" in rules(report) and "dockerfile-untrusted-registry" not in rules(report)
    (folder / ".hadolint.yaml").write_text("ignored: DL3018\n")
    run = strake("image", "lint", "web", cwd=tmp_path)
    assert run.status == 2 and "web/.hadolint.yaml:1:10: " in run.error


def test_pragmas_can_be_switched_off(strake, tmp_path):
    (tmp_path / "Dockerfile").write_text("# hadolint global ignore=DL3004\nFROM alpine:3.22\nRUN sudo true\nUSER 1\n")
    assert "dockerfile-sudo" in rules(lint(strake, "Dockerfile", cwd=tmp_path)[1], "excepted")
    (tmp_path / ".hadolint.yml").write_text("disable-ignore-pragma: true\n")
    assert "dockerfile-sudo" in rules(lint(strake, "Dockerfile", cwd=tmp_path)[1])


def test_fingerprints_survive_moved_lines(strake, tmp_path):
    def prints(text):
        (tmp_path / "Dockerfile").write_text(text)
        report = lint(strake, "Dockerfile", cwd=tmp_path)[1]
        return {finding["fingerprint"] for finding in report["findings"] if finding["rule"] == "dockerfile-sudo"}

    before = prints("FROM alpine:3.22\nRUN sudo one\nRUN sudo two\n")
    after = prints("# comment\nFROM alpine:3.22\nWORKDIR /x\nRUN sudo zero\n\nRUN sudo one\nRUN true && sudo two\n")
    assert len(before) == 2 and len(after) == 3 and before < after


def test_facts(strake, tmp_path):
    import yaml
    (tmp_path / "Dockerfile").write_text("ARG V=1\nFROM a:$V AS b\nRUN --mount=type=secret,id=x sudo c -d | e\n")
    facts = yaml.safe_load(strake("image", "lint", "-o", "facts", "Dockerfile", cwd=tmp_path).text)
    assert (facts["apiVersion"], facts["kind"], facts["metadata"]) == ("image.strake.dev/v1", "Dockerfile", {"name": "Dockerfile"})
    assert (facts["stages"][0]["base"], facts["stages"][0]["tag"], facts["stages"][0]["name"]) == ("a", "1", "b")
    assert [(command["name"], command["after"], command["fed"], command["root"]) for command in facts["commands"]] == \
        [("sudo", "", [], False), ("c", "", [], True), ("e", "|", ["sudo", "c"], False)]
    assert facts["instructions"][2]["mounts"] == [{"type": "secret", "id": "x"}]
