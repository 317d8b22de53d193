"""Completion: scripts that their shells can read, and what bash then offers."""
import shutil
import subprocess

import pytest

SHELLS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "-n"]}


@pytest.mark.parametrize("shell", SHELLS)
def test_script_can_be_read(strake, tmp_path, shell):
    run = strake("completion", shell)
    assert run.status == 0 and run.error == "" and "pod-security" in run.text
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed: 1 case skipped")
    (tmp_path / "script").write_text(run.text)
    done = subprocess.run([*SHELLS[shell], str(tmp_path / "script")], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""


OFFER = """
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_strake
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("words, wanted", [
    (["sc"], {"scan"}), (["sn"], {"snapshot"}), (["f"], {"fix"}), (["fix", "--dry"], {"--dry-run"}), (["fix", "-o", "d"], {"diff"}), (["fix", "--only", "host-pi"], {"host-pid"}), (["ru"], {"rules"}), (["rules", ""], {"list", "show", "test", "export", "bench"}), (["rules", "s"], {"show"}),
    (["policy", "e"], {"eval"}), (["scan", "--fail-on", "h"], {"high"}), (["scan", "--fail-on", "=", "h"], {"high"}),
    (["scan", "a.yaml", "-o", "j"], {"json", "junit"}), (["scan", "--output", "sa"], {"sarif"}),
    (["scan", "--color", "="], {"auto", "always", "never"}), (["scan", "--fail"], {"--fail-on"}),
    (["rules", "list", "-o", ""], {"text", "json"}), (["completion", "z"], {"zsh"}),
    (["rules", "show", "privileged-c"], {"privileged-container"}), (["rules", "export", "privileged-c"], {"privileged-container"}), (["scan", "--only", "host-pi"], {"host-pid"}), (["scan", "a"], set()),
], ids=str)
def test_what_bash_offers(strake, tmp_path, words, wanted):
    (tmp_path / "script").write_text(strake("completion", "bash").text)
    done = subprocess.run(["bash", "-c", OFFER, "bash", str(tmp_path / "script"), "strake", *words], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert set(done.stdout.split()) == wanted
