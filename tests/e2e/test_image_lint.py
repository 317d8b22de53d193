"""strake image lint: what rules know of an image, and what they find."""
import tarfile

import pytest
import yaml

from images import Image, deb, link, tar


def entry(path, data=b"x", mode=0o644, kind=tarfile.REGTYPE, **more):
    """An entry with a mode: a file, or with `kind` a folder or device."""
    info = tarfile.TarInfo(path)
    info.mode, info.type = mode, kind
    for name, value in more.items():
        setattr(info, name, value)
    return (info, data) if kind == tarfile.REGTYPE else (info, (kind, ""))


def folder(path, mode=0o755):
    return entry(path, mode=mode, kind=tarfile.DIRTYPE)


def capability(*words):
    """Version 2 of the attribute security.capability."""
    return {"SCHILY.xattr.security.capability": b"".join(word.to_bytes(4, "little") for word in (0x02000001, *words, 0, 0, 0)).decode("latin-1")}


def image(*layers, config=None, history=None, **members):
    made = Image(*layers)
    made.config |= {"config": config or {}, "history": history or [], **members}
    return made


def facts(strake, *arguments, status=(0, 1)):
    run = strake("image", "lint", "-o", "facts", "--no-cache", *arguments)
    assert run.status in status, run.error
    return list(yaml.safe_load_all(run.text))


def facts_of(strake, tmp_path, made, *arguments, **more):
    one, = facts(strake, made.write(tmp_path / "image"), *arguments, **more)
    return one


def paths(items):
    return [item["path"] for item in items]


# --- facts -------------------------------------------------------------------

def test_surface(strake, tmp_path):
    """What stands out is told with the layer that has it; what a later layer hides is not."""
    made = image(tar(entry("bin/su", mode=0o4755), entry("bin/gone", mode=0o4755), entry("usr/bin/wall", mode=0o2755),
                     entry("usr/bin/ping", mode=0o755, pax_headers=capability(1 << 13)), entry("etc/open", mode=0o666),
                     folder("srv", 0o777), folder("tmp", 0o1777), entry("dev/sda", kind=tarfile.BLKTYPE),
                     entry("usr/bin/apt-get", mode=0o755), entry("usr/bin/dpkg", mode=0o644), link("bin/sh", "dash")),
                 tar(entry("bin/.wh.gone"), entry("bin/su", mode=0o755), entry("root/.ssh/id_rsa")),
                 history=[{"created_by": "first"}, {"created_by": "second"}])
    files = facts_of(strake, tmp_path, made)["files"]
    assert files["setuid"] == []
    assert paths(files["setgid"]) == ["/usr/bin/wall"]
    assert files["capable"][0] | {"bytes": 0} == {"path": "/usr/bin/ping", "mode": "0755", "uid": 0, "gid": 0, "bytes": 0,
                                                  "capabilities": ["CAP_NET_RAW"], "layer": 0, "createdBy": "first", "origin": "layer 1 of 2 (first)"}
    assert paths(files["worldWritable"]) == ["/etc/open"]
    assert paths(files["openFolders"]) == ["/srv"]
    assert paths(files["devices"]) == ["/dev/sda"]
    assert paths(files["packageManagers"]) == ["/usr/bin/apt-get"]
    assert paths(files["shells"]) == ["/bin/sh"]
    assert [(key["path"], key["kind"], key["layer"]) for key in files["secretNames"]] == [("/root/.ssh/id_rsa", "private-key", 1)]
    assert (files["count"], files["executables"]) == (7, 4)


@pytest.mark.parametrize("upper, hidden", [
    ([("a/b/.wh.f", b"")], 1),
    ([("a/.wh.b", b"")], 2),
    ([("a/.wh..wh..opq", b"")], 3),
    ([(".wh..wh..opq", b"")], 4),
    ([("a/b", b"no folder")], 2),
    ([entry("a/b/f", b"other")], 1),
    ([folder("a/b")], 0),
    ([("a/b/.wh.g", b""), entry("a/b/g", b"again")], 1),
    ([link("a", "elsewhere")], 3),
], ids=["file", "folder", "opaque", "opaque root", "file for a folder", "replaced", "folder again", "deleted and made again", "link"])
def test_hidden(strake, tmp_path, upper, hidden):
    """What a layer has and later ones hide."""
    lower = tar(entry("a/b/f", b"12345"), entry("a/b/g", b"12345"), entry("a/h", b"12345"), entry("i", b"12345"))
    found = facts_of(strake, tmp_path, image(lower, tar(*upper)))
    assert (found["layers"][0]["hiddenFiles"], found["layers"][0]["hiddenBytes"]) == (hidden, 5 * hidden)
    assert found["layers"][0]["bytes"] == 20


def test_repeated_entries(strake, tmp_path):
    """Of a path that an archive has twice the last counts."""
    found = facts_of(strake, tmp_path, image(tar(entry("f", b"123", 0o4755), entry("f", b"12345"), entry("g", mode=0o755), entry("g", b"1"))))
    assert (found["files"]["count"], found["files"]["bytes"], found["files"]["executables"]) == (2, 6, 0)
    assert found["files"]["setuid"] == []


def test_the_cache_tells_the_same(strake, tmp_path):
    big = entry("opt/big", b"\0" * (2 << 20))
    place = image(tar(entry("bin/su", mode=0o4755), big, entry("var/cache/apk/x"), deb("a"), ("etc/passwd", b"root::0:0::/:/bin/sh\n")),
                  tar(("opt/.wh.big", b""))).write(tmp_path / "image")
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    runs = [strake("image", "lint", place, "-o", "facts", env=env) for _ in range(2)] + [strake("image", "lint", place, "-o", "facts", "--no-cache")]
    assert runs[0].text == runs[1].text == runs[2].text
    assert yaml.safe_load(runs[0].text)["layers"][0]["hidden"] == [{"path": "/opt/big", "bytes": 2 << 20, "byLayer": 1, "by": "layer 2 of 2"}]
