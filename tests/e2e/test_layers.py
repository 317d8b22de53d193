"""tools/check-layers finds what is planted."""
import subprocess

import pytest

ORDERLY = {
    "base/str.h": "#pragma once\n",
    "doc/value.h": '#include "base/str.h"\n',
    "image/list.c": '#include <stdio.h>\n#include "doc/value.h"\n',
    "image/list.h": "",
    "network/list.h": "",
    "cli/main.c": '#include "image/list.h"\n',
}
PLANTED = {
    "upwards": ("base/str.c", '\n#include "doc/value.h"\n', "base/str.c:2: base includes doc/value.h"),
    "strake to strake": ("network/list.c", '#include "image/list.h"\n', "a strake never includes another strake"),
    "relative": ("image/other.c", '#include "list.h"\n', "relative to its folder"),
    "unknown header": ("image/other.c", '#include "image/nowhere.h"\n', "is not in src/"),
    "unknown room": ("attic/old.c", "", "attic/ is no room"),
    "too long": ("cli/long.c", "\n" * 801, "801 lines, at most 800"),
    "indented": ("doc/odd.c", '  #  include "cli/main.c"\n', "doc/odd.c:1: doc includes cli/main.c"),
}


def check(root, src, files):
    for name, text in files.items():
        path = src / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return subprocess.run([root / "tools/check-layers", src], capture_output=True, text=True)


def test_orderly_tree_passes(root, tmp_path):
    done = check(root, tmp_path, ORDERLY)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", PLANTED)
def test_planted_violation_is_found(root, tmp_path, name):
    file, text, complaint = PLANTED[name]
    done = check(root, tmp_path, {**ORDERLY, file: text})
    assert done.returncode == 1 and complaint in done.stdout and len(done.stdout.splitlines()) == 1
