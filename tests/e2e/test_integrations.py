"""What stands around the program: manual pages, the GitHub action, hooks of pre-commit, the plugin of kubectl."""
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, securityContext: {privileged: true}}]}\n"


def commands_of(strake):
    listed = strake("help").text.split("\nCommands\n")[1].split("\n\n")[0]
    return [re.match(r"  (\S+(?: \S+)*?)  ", line)[1] for line in listed.splitlines()]


def test_every_command_has_a_page(strake, root):
    build = (root / "meson.build").read_text()
    pages = re.findall(r"'([^']*)'", build.split("foreach command : [")[1].split("]")[0])
    assert pages == ["", *commands_of(strake)]


def test_pages_are_sound(strake):
    for command in ["", *commands_of(strake)]:
        page = strake("help", "-o", "man", *command.split()).text
        assert page.splitlines()[1].startswith(".TH STRAKE") and ".SH NAME\nstrake" in page and ".SH SYNOPSIS\n" in page
        assert not re.search(r"(?<!\\)-", re.sub(r'^\.(\\"|TH).*$', "", page, flags=re.M)), "a hyphen that a terminal may not show"
        if shutil.which("groff"):
            done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z"], input=page, capture_output=True, text=True)
            assert done.returncode == 0 and done.stderr == ""


def test_a_page_says_what_help_says(strake):
    page = strake("help", "-o", "man", "scan").text.replace("\\-", "-").replace("\\(aq", "'")
    for option in re.findall(r"^ {2,6}(?:-\w, )?(--[a-z-]+)", strake("scan", "--help").text, re.M):
        assert f"\\fB{option}\\fR" in page
    assert "strake scan --pod-security restricted:v1.31 ." in page and ".BR strake-rules-export (1)" in page


def test_both_kinds_of_help_at_once(strake, tmp_path):
    run = strake("help", "-o", "text", "-o", f"man={tmp_path}/a.1", "rules", "list")
    assert run.text == strake("rules", "list", "--help").text
    assert (tmp_path / "a.1").read_text() == strake("help", "-o", "man", "rules", "list").text


@pytest.mark.parametrize("fail_on, sarif, status", [("high", "", 1), ("never", "out.sarif", 0)])
def test_the_action(strake, root, tmp_path, fail_on, sarif, status):
    action = yaml.safe_load((root / "action.yml").read_text())
    build, scan = action["runs"]["steps"]
    assert all("${{" not in step["run"] for step in (build, scan)), "inputs go through the environment, not into the script"
    names = set(re.findall(r"inputs\.([a-z-]+)", str(scan["env"])))
    assert names == set(action["inputs"])
    (tmp_path / "a b.yaml").write_text(POD)
    env = {"PATH": "/usr/bin:/bin", "STRAKE": strake.program, "STRAKE_PATH": "a b.yaml\n", "STRAKE_FAIL_ON": fail_on,
           "STRAKE_ARGUMENTS": "--only\nprivileged-container", "STRAKE_SARIF": sarif, "RUNNER_TEMP": str(tmp_path),
           "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scan["run"]], cwd=tmp_path, env=env,
                          capture_output=True, text=True)
    assert done.returncode == status and done.stderr == ""
    assert done.stdout.count("\n") == 1 and done.stdout.startswith("::error file=a b.yaml,")
    assert (tmp_path / "output").read_text() == f"status={status}\n"
    assert (tmp_path / "summary").read_text().startswith("## Strake found 1\n")
    assert (tmp_path / "out.sarif").exists() == bool(sarif)


def test_the_hooks(strake, root, tmp_path):
    (tmp_path / "a.yaml").write_text(POD)
    hooks = {hook["id"]: hook for hook in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())}
    assert set(hooks) == {"strake", "strake-rules"}
    for hook, arguments, status in ((hooks["strake"], ["."], 1), (hooks["strake-rules"], ["--rules", str(root / "rules/none")], 2)):
        program, *words = hook["entry"].split()
        assert program == "strake" and hook["pass_filenames"] is False and hook["language"] == "system"
        assert strake(*words, *arguments, cwd=tmp_path).status == status
    assert strake(*hooks["strake"]["entry"].split()[1:], *hooks["strake"]["args"], cwd=tmp_path).status == 1


def test_as_a_plugin_of_kubectl(strake, tmp_path):
    plugin = tmp_path / "kubectl-strake"
    plugin.symlink_to(Path(strake.program))
    done = subprocess.run([plugin, "scan", "-", "-o", "json", "--only", "privileged-container"], input=POD, capture_output=True, text=True)
    assert done.returncode == 1 and '"rule": "privileged-container"' in done.stdout
