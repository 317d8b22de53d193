"""strake image lint: what rules know of an image, and what they find."""
import json
import os
import tarfile

import pytest
import yaml

from images import Image, deb, link, sha256, tar


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


def test_history(strake, tmp_path):
    """Lines of several builders, taken apart."""
    made = image(tar(deb("a")), history=[
        {"created_by": "/bin/sh -c #(nop) ADD file:2e3a in / "},
        {"created_by": "/bin/sh -c #(nop)  CMD [\"sh\"]", "empty_layer": True},
        {"created_by": "|2 A=1 TOKEN=a b /bin/bash -o pipefail -c make && \\\n  make install", "empty_layer": True},
        {"created_by": "RUN |1 V=2 /bin/sh -c pip install x # buildkit", "empty_layer": True},
        {"created_by": "ENV A=b \"C=d e\"", "empty_layer": True},
        {"created_by": "bazel build //:app", "empty_layer": True},
    ])
    lines = facts_of(strake, tmp_path, made)["history"]
    assert [line["instruction"] for line in lines] == ["ADD", "CMD", "RUN", "RUN", "ENV", ""]
    assert [line["words"] for line in lines[2:4]] == ["make && \\ make install", "pip install x"]
    assert [[command["program"] for command in line["commands"]] for line in lines] == [[], [], ["make", "make"], ["pip"], [], []]
    assert [line["variables"] for line in lines[2:5]] == [
        [{"name": "A", "value": "1"}, {"name": "TOKEN", "value": "a"}, {"name": "b", "value": ""}], [{"name": "V", "value": "2"}],
        [{"name": "A", "value": "b"}, {"name": "C", "value": "d e"}]]
    assert lines[0]["layer"] == 0 and "layer" not in lines[1]


COMMANDS = [
    ("X=1 sudo -E env A=b /usr/bin/apt-get update >/dev/null", [("apt-get", ["update"], ["X=1", "A=b"], True)]),
    ("python3 -m pip install x; $V/bin/pip list", [("python3", ["-m", "pip", "install", "x"], [], False), ("pip", ["install", "x"], [], False),
                                                  ("pip", ["list"], [], False)]),
    ("$TOOL $(id -u); A=b", [("id", ["-u"], [], False), ("$TOOL", ["$(id -u)"], [], False), ("", [], ["A=b"], False)]),
    ("<<EOF\nmake\nEOF", [("make", [], [], False)]),
    ("cat <<EOF >/x\nsudo\nEOF", [("cat", [], [], False)]),
    ("command -v sudo", [("command", ["-v", "sudo"], [], False)]),
]


@pytest.mark.parametrize("script, wanted", COMMANDS, ids=[script.split("\n")[0] for script, _ in COMMANDS])
def test_commands_of_a_line(strake, tmp_path, script, wanted):
    line = facts_of(strake, tmp_path, image(tar(deb("a")), history=[{"created_by": "RUN /bin/sh -c " + script}]))["history"][0]
    assert [(one["program"], one["args"], one["env"], one["sudo"]) for one in line["commands"]] == wanted
    assert "unread" not in line


def test_commands_that_cannot_be_read(strake, tmp_path):
    """Those in front are there, and why the others are not."""
    line = facts_of(strake, tmp_path, image(tar(deb("a")), history=[{"created_by": "RUN /bin/sh -c make; echo 'x"}]))["history"][0]
    assert [one["program"] for one in line["commands"]] == ["make"] and line["unread"] == "the quote ' does not end"


def test_a_history_that_fits_no_layers(strake, tmp_path):
    found = facts_of(strake, tmp_path, image(tar(deb("a")), history=[{"created_by": "a"}, {"created_by": "b"}]))
    assert not any("layer" in line for line in found["history"])
    assert found["layers"][0]["origin"] == "layer 1 of 1"


def test_accounts(strake, tmp_path):
    """Of shadow(5) only whether there is a password is told, and never to the cache."""
    made = image(tar(("etc/passwd", b"root:x:0:0:root:/root:/bin/bash\n# note\n\n+nis::::::\ntoor:x:0:0::/:/bin/sh\napp:x:1000:x::/:\n\xff:x:1:1::/:\n"),
                     ("etc/shadow", b"root:*:19000:0\ntoor::19000:0\napp:$6$salt$secret:1\n"), ("etc/group", b"root:x:0:\nwheel:x:0:app\nroot:x:7:\n")))
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    found = yaml.safe_load(strake("image", "lint", made.write(tmp_path / "image"), "-o", "facts", env=env).text)["accounts"]
    assert found["users"] == [{"name": "root", "uid": 0, "gid": 0, "shell": "/bin/bash"}, {"name": "toor", "uid": 0, "gid": 0, "shell": "/bin/sh"},
                              {"name": "app", "uid": 1000, "shell": ""}]
    assert [(user["name"], user["path"]) for user in found["withoutPassword"]] == [("toor", "/etc/shadow")]
    assert [user["names"] for user in found["sharedUids"]] == [["root", "toor"]]
    assert [group["names"] for group in found["sharedGids"]] == [["root", "wheel"]]
    assert [group["name"] for group in found["sharedGroupNames"]] == ["root"]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file() and not path.name.startswith("secrets-"))
    assert b"toor" in kept and b"salt" not in kept and b"secret" not in kept


@pytest.mark.parametrize("release, today, end, ended", [
    ("ID=debian\nVERSION_ID=\"10\"\n", "2024-06-30", "2024-06-30", False),
    ("ID=debian\nVERSION_ID=\"10\"\n", "2024-07-01", "2024-06-30", True),
    ("ID=alpine\nVERSION_ID=3.18.4\n", "2024-07-01", "2025-05-09", False),
    ("ID=alpine\nVERSION_ID=3.181\n", "2024-07-01", None, None),
    ("ID=sles\nVERSION_ID=15.5\n", "2025-01-01", "2024-12-31", True),
    ("ID=centos\nNAME=\"CentOS Stream\"\nVERSION_ID=9\n", "2026-01-01", "2027-05-31", False),
    ("ID=wolfi\nVERSION_ID=20230201\n", "2026-01-01", None, None),
])
def test_end_of_life(strake, tmp_path, release, today, end, ended):
    system = facts_of(strake, tmp_path, image(tar(("etc/os-release", release.encode()))), "--today", today)["os"]
    assert (system.get("endOfLife"), system.get("ended")) == (end, ended)


@pytest.mark.parametrize("created, days", [
    ("2026-01-01T23:59:59.5Z", 30), ("2026-01-31T00:00:00Z", 0), ("2030-01-01T00:00:00Z", 0), ("2024-02-29T00:00:00Z", 702),
    ("1970-01-01T00:00:00Z", None), ("0001-01-01T00:00:00Z", None), ("yesterday", None), ("2026-13-01T00:00:00Z", None), (5, None), (None, None)])
def test_age(strake, tmp_path, created, days):
    config = facts_of(strake, tmp_path, image(tar(deb("a")), created=created), "--today", "2026-01-31")["config"]
    assert config.get("ageDays") == days


def test_caches_are_counted_as_they_are_in_the_end(strake, tmp_path):
    made = image(tar(entry("var/lib/apt/lists/a", b"12"), entry("var/lib/apt/lists/partial/b", b"345"), entry("root/.cache/pip/x", b"1"),
                     entry("var/cache/apk/gone", b"1"), entry("app/.git/HEAD", b"1"), entry("app/.gitignore", b"1")),
                 tar(("var/cache/apk/.wh.gone", b""), entry("var/lib/apt/lists/a", b"1"), entry("var/lib/apt/lists/c", b"1234")))
    files = facts_of(strake, tmp_path, made)["files"]
    assert [(cache["kind"], cache["path"], cache["files"], cache["bytes"], cache["layer"]) for cache in files["caches"]] == [
        ("pip", "/root/.cache/pip", 1, 1, 0), ("apt", "/var/lib/apt/lists", 3, 8, 0)]
    assert [(each["kind"], each["path"], each["files"]) for each in files["repositories"]] == [("git", "/app/.git", 1)]


def test_a_crowd_is_cut_short_and_told(strake, tmp_path):
    made = image(tar(*(entry(f"srv/{number:04}", mode=0o666) for number in range(1200))))
    files = facts_of(strake, tmp_path, made)["files"]
    assert len(files["worldWritable"]) == 1000 and files["notListed"] == {"worldWritable": 200} and files["count"] == 1200
    run = strake("image", "lint", f"oci:{tmp_path}/image", "-o", "json", "--only", "image-list-cut,image-world-writable-files")
    messages = {finding["rule"]: finding["message"] for finding in run.json()["findings"]}
    assert "worldWritable 200" in messages["image-list-cut"] and "/srv/0000 (mode 0666" in messages["image-world-writable-files"]
    assert "and 1197 more" in messages["image-world-writable-files"]


def test_forms(strake, tmp_path):
    """A folder has no configuration, a bill of materials no files; an archive has names."""
    made = image(tar(entry("bin/su", mode=0o4755), deb("a")))
    archive, = facts(strake, made.save(tmp_path / "image.tar", tags=("registry.example:5000/shop/app:1.2",)))
    assert archive["reference"]["names"] == [{"text": "registry.example:5000/shop/app:1.2", "registry": "registry.example:5000", "repository": "shop/app",
                                              "tag": "1.2", "digest": ""}]
    (tmp_path / "root/bin").mkdir(parents=True)
    (tmp_path / "root/bin/su").write_bytes(b"x")
    (tmp_path / "root/bin/su").chmod(0o4755)
    root, = facts(strake, f"dir:{tmp_path}/root")
    assert not {"config", "history", "layers"} & set(root) and root["files"]["setuid"][0]["origin"] == "the folder"
    assert "layer" not in root["files"]["setuid"][0] and root["reference"]["source"] == "folder"
    (tmp_path / "bill.cdx.json").write_text(strake("image", "sbom", f"docker-archive:{tmp_path}/image.tar").text)
    bill, = facts(strake, f"sbom:{tmp_path}/bill.cdx.json")
    assert bill["packages"]["count"] == 1 and not {"config", "files", "accounts"} & set(bill)


def test_storage_of_podman(strake, tmp_path):
    """Layers that are folders: what a program is worth stands in their extended attributes and modes."""
    root = tmp_path / "storage"
    for layer, names in (("aa11", ("su", "gone")), ("bb22", ("su",))):
        (root / "overlay" / layer / "diff/bin").mkdir(parents=True)
        for name in names:
            path = root / "overlay" / layer / "diff/bin" / name
            path.write_bytes(b"123")
            path.chmod(0o4755)
    try:
        os.setxattr(root / "overlay/bb22/diff/bin/su", "security.capability", capability(1 << 10)["SCHILY.xattr.security.capability"].encode("latin-1"))
        capable = [["CAP_NET_BIND_SERVICE"]]
    except PermissionError:
        capable = []    # only root may give them
    for kind, document in (("images", [{"id": "cc33", "names": ["docker.io/library/app:1"], "layer": "bb22"}]),
                           ("layers", [{"id": "bb22", "parent": "aa11", "diff-digest": sha256(b"2")}, {"id": "aa11", "diff-digest": sha256(b"1")}])):
        (root / f"overlay-{kind}").mkdir()
        (root / f"overlay-{kind}" / f"{kind}.json").write_text(json.dumps(document))
    found, = facts(strake, f"containers-storage:[overlay@{root}]app:1")
    assert [(item["path"], item["layer"]) for item in found["files"]["setuid"]] == [("/bin/gone", 0), ("/bin/su", 1)]
    assert [item["capabilities"] for item in found["files"]["capable"]] == capable
    assert (found["layers"][0]["hiddenBytes"], found["reference"]["source"]) == (3, "storage")


def test_without_layers(strake, tmp_path):
    """Nothing but manifest and configuration is read, so the layers need not even be there."""
    made = image(tar(entry("bin/su", mode=0o4755)), config={"User": "0"})
    place = made.write(tmp_path / "image")
    made.blob(tmp_path / "image", 0).unlink()
    assert strake("image", "lint", place).status == 2
    run = strake("image", "lint", place, "--no-layers", "-o", "json")
    assert run.status == 1 and [finding["rule"] for finding in run.json()["findings"]] == ["image-runs-as-root"]


# --- findings ----------------------------------------------------------------

CLEAN = {"User": "10001", "Env": ["PATH=/usr/bin"]}


def rules_of(run):
    return sorted(finding["rule"] for finding in run.json()["findings"])


def lint(strake, *arguments, **options):
    return strake("image", "lint", "-o", "json", "--no-cache", *arguments, **options)


def test_a_clean_image(strake, tmp_path):
    run = lint(strake, image(tar(entry("app", mode=0o755)), config=CLEAN).write(tmp_path / "image"))
    assert (run.status, rules_of(run)) == (0, [])
    assert run.json()["judged"] == {"documents": 0, "objects": 0, "workloads": 0, "images": 1}


# What it takes for each rule to find something: configuration, history, files of a lower and of an upper layer, options.
BIG = entry("tmp/big", b"\0" * 11_000_000)
FOUND = {
    "image-account-without-password": {"lower": [("etc/shadow", b"root::1\n")]},
    "image-adds-from-address": {"history": "ADD https://a.example/x /x # buildkit"},
    "image-build-skips-verification": {"history": "RUN /bin/sh -c curl -kL https://a.example/x -o x # buildkit"},
    "image-build-uses-sudo": {"history": "RUN /bin/sh -c sudo make # buildkit"},
    "image-capable-program": {"lower": [entry("bin/x", mode=0o755, pax_headers=capability(1 << 10))]},
    "image-credential-in-environment": {"config": {"Env": ["DB=postgres://a:b3c4@db/x"]}},
    "image-device-node": {"lower": [entry("dev/sda", kind=tarfile.BLKTYPE)]},
    "image-environment-skips-verification": {"config": {"Env": ["PYTHONHTTPSVERIFY=0"]}},
    "image-exposes-ssh": {"config": {"ExposedPorts": {"22/tcp": {}}, "Healthcheck": {"Test": ["CMD", "x"]}}},
    "image-has-compiler": {"lower": [entry("usr/bin/gcc", mode=0o755)]},
    "image-has-debugger": {"lower": [entry("usr/bin/gdb", mode=0o755)]},
    "image-has-network-tools": {"lower": [link("usr/bin/nc", "busybox")]},
    "image-has-package-cache": {"lower": [entry("var/cache/apk/x", b"1" * 1_000_000)]},
    "image-has-package-manager": {"lower": [entry("usr/bin/apt-get", mode=0o755)]},
    "image-has-repository": {"lower": [entry("app/.git/HEAD")]},
    "image-has-shell": {"lower": [entry("bin/sh", mode=0o755)]},
    "image-has-sudo": {"lower": [entry("usr/bin/sudo", mode=0o755)]},
    "image-hides-files": {"lower": [BIG], "upper": [("tmp/.wh.big", b"")]},
    "image-named-latest": {"tags": ("shop:latest",)},
    "image-old": {"created": "2024-01-01T00:00:00Z", "options": ["--today", "2026-01-01"]},
    "image-open-folders": {"lower": [folder("srv", 0o777)]},
    "image-packages-not-pinned": {"history": "RUN /bin/sh -c apk add --no-cache git # buildkit"},
    "image-password-in-environment": {"config": {"Env": ["DB_PASSWORD=hunter2"]}},
    "image-runs-as-root": {"config": {"User": "root:root"}},
    "image-runs-downloaded-script": {"history": "RUN /bin/sh -c curl https://a.example/get | sh # buildkit"},
    "image-secret-file": {"lower": [entry("root/.ssh/id_ed25519")]},
    "image-secret-in-history": {"history": "RUN |1 NPM_TOKEN=8dc1f2 /bin/sh -c npm ci # buildkit"},
    "image-sensitive-volume": {"config": {"Volumes": {"/proc": {}}}},
    "image-setgid-program": {"lower": [entry("usr/bin/wall", mode=0o2755)]},
    "image-setuid-program": {"lower": [entry("bin/su", mode=0o4755)]},
    "image-shared-account-name": {"lower": [("etc/passwd", b"a:x:1:1::/:\na:x:2:2::/:\n")]},
    "image-shared-group-id": {"lower": [("etc/group", b"a:x:1:\nb:x:1:\n")]},
    "image-shared-user-id": {"lower": [("etc/passwd", b"a:x:1:1::/:\nb:x:1:2::/:\n")]},
    "image-shell-history": {"lower": [entry("root/.bash_history")]},
    "image-system-past-end": {"lower": [("etc/os-release", b"ID=debian\nVERSION_ID=9\n")]},
    "image-updates-package-lists-alone": {"history": "RUN /bin/sh -c apt-get update # buildkit"},
    "image-upgraded-by-release": {"history": "RUN /bin/sh -c apt-get -y dist-upgrade # buildkit"},
    "image-user-by-name": {"config": {"User": "app"}},
    "image-without-health-check": {"config": {"ExposedPorts": {"80/tcp": {}}}},
    "image-works-in-system-folder": {"config": {"WorkingDir": "/etc"}},
    "image-world-writable-files": {"lower": [entry("etc/x", mode=0o666)]},
}


@pytest.mark.parametrize("rule", FOUND)
def test_each_rule_finds_its_case_and_nothing_else(strake, tmp_path, rule):
    case = FOUND[rule]
    layers = [tar(*case.get("lower", [deb("a")])), *([tar(*case["upper"])] if "upper" in case else [])]
    history = [{"created_by": "COPY . / # buildkit"} for _ in layers] + [{"created_by": case.get("history"), "empty_layer": True}] * ("history" in case)
    made = image(*layers, config=CLEAN | case.get("config", {}), history=history, **({"created": case["created"]} if "created" in case else {}))
    run = lint(strake, made.save(tmp_path / "image.tar", tags=case.get("tags", ("shop:1",))), *case.get("options", []))
    assert rules_of(run) == [rule], run.text
    finding, = run.json()["findings"]
    assert finding["object"] == {"apiVersion": "image.strake.dev/v1", "kind": "Image", "name": f"docker-archive:{tmp_path}/image.tar"}
    assert finding["location"]["file"] == finding["object"]["name"] and "?" not in finding["message"]
    if "lower" in case and rule not in ("image-system-past-end",):
        assert "layer 1 of " in finding["message"] and "(COPY . /" in finding["message"]


def test_every_rule_about_images_has_a_case(strake):
    rules = [rule["id"] for rule in strake("rules", "list", "-o", "json").json()["rules"] if rule["gates"] == ["lint"] and rule["id"].startswith("image-")]
    elsewhere = {"image-adds-instead-of-copying", "image-keeps-apk-cache", "image-keeps-apt-lists",   # test_dockle.py
                 "image-secret-critical", "image-secret-high", "image-secret-low", "image-secret-medium", "image-search-incomplete",   # test_image_secrets.py
                 "image-malware",   # test_image_malware.py
                 "image-list-cut", "image-large", "image-large-surface", "image-untrusted-registry", "image-untrusted-base", "image-base-not-told"}
    assert set(rules) == set(FOUND) | elsewhere


PARAMS = [
    ("image-large", "max-bytes: 1000", {}),
    ("image-large-surface", "max-executables: 0", {}),
    ("image-untrusted-registry", "trusted-registries: [registry.example]", {}),
    ("image-untrusted-base", "trusted-bases: [docker.io/library/debian]", {"Labels": {"org.opencontainers.image.base.name": "evil/debian:12"}}),
    ("image-base-not-told", "trusted-bases: [docker.io/library/debian]", {}),
]


@pytest.mark.parametrize("rule, params, config", PARAMS, ids=[rule for rule, *_ in PARAMS])
def test_params(strake, tmp_path, rule, params, config):
    made = image(tar(entry("app", b"1" * 2000, 0o755)), config=CLEAN | config)
    place = made.save(tmp_path / "image.tar", tags=("somebody/shop:1",))
    (tmp_path / "strake.yaml").write_text(f"params: {{{params}}}\n")
    assert rules_of(lint(strake, place)) == []
    assert rules_of(lint(strake, place, cwd=tmp_path)) == [rule]


def test_allowed_programs(strake, tmp_path):
    place = image(tar(entry("bin/su", mode=0o4755), entry("bin/other", mode=0o4755)), config=CLEAN).write(tmp_path / "image")
    (tmp_path / "strake.yaml").write_text("params: {allowed-setuid: [/bin/su]}\n")
    finding, = lint(strake, place, cwd=tmp_path).json()["findings"]
    assert finding["message"].startswith("/bin/other is setuid")


def test_exceptions_baseline_and_thresholds(strake, tmp_path):
    place = image(tar(entry("bin/su", mode=0o4755)), config={}).write(tmp_path / "image")
    run = lint(strake, place, cwd=tmp_path)
    assert (run.status, rules_of(run)) == (1, ["image-runs-as-root", "image-setuid-program"])
    assert lint(strake, place, "--fail-on", "critical").status == 0
    assert lint(strake, place, "--fail-on", "low", "--only", "image-setuid-program").status == 1
    assert rules_of(lint(strake, place, "--min-severity", "high")) == ["image-runs-as-root"]
    assert rules_of(lint(strake, place, "--skip", "image-runs-as-root")) == ["image-setuid-program"]
    assert lint(strake, place, "--exit-code", "7").status == 7
    strake("image", "lint", place, "-o", f"baseline={tmp_path}/known.json")
    run = lint(strake, place, "--baseline", str(tmp_path / "known.json"))
    assert run.status == 0 and run.json()["summary"]["known"] == 2
    (tmp_path / "strake.yaml").write_text("exceptions:\n- {rule: image-runs-as-root, reason: a tool, kind: Image, name: 'oci:*'}\n")
    run = lint(strake, place, cwd=tmp_path)
    assert run.status == 0 and run.json()["summary"] | {"low": 0} == {"critical": 0, "high": 0, "medium": 0, "low": 0, "info": 0, "excepted": 1, "known": 0}


def test_settings_in_an_image_do_not_count(strake, tmp_path):
    """Who makes an image does not decide by what it is judged."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/strake.yaml").write_text("skip: [image-setuid-program]\n")
    (tmp_path / "root/su").write_bytes(b"x")
    (tmp_path / "root/su").chmod(0o4755)
    assert rules_of(lint(strake, f"dir:{tmp_path / 'root'}")) == ["image-setuid-program"]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "html", "markdown", "csv", "oscal"])
def test_formats(strake, tmp_path, form):
    place = image(tar(entry("bin/su", mode=0o4755)), config={}).write(tmp_path / "image")
    run = strake("image", "lint", place, "-o", form)
    assert run.status == 1 and "image-runs-as-root" in run.text and "/bin/su" in run.text


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "html", "markdown", "csv", "oscal", "facts"])
def test_nothing_in_a_name_reaches_the_terminal(strake, tmp_path, form):
    evil = "a\x1b[2J\a\x9b2J\x7f\u0085"
    made = image(tar(entry(f"bin/{evil}", mode=0o4755)), config={"User": evil, "Labels": {evil: evil}}, history=[{"created_by": f"ADD http://x/{evil}"}])
    run = strake("image", "lint", made.write(tmp_path / f"image{evil[:8]}"), "-o", form, "--fail-on", "never")
    assert "image-setuid-program" in run.text or form == "facts"
    assert not [char for char in run.text if char in "\x1b\a\x7f" and form not in ("json", "sarif", "oscal") or "\x80" <= char < "\xa0" or char == "\x1b"]


def test_text(strake, tmp_path):
    place = image(tar(entry("bin/su", mode=0o4755)), config=CLEAN, history=[{"created_by": "RUN /bin/sh -c make install # buildkit"}]).write(tmp_path / "image")
    assert strake("image", "lint", place, "--fail-on", "low").text == f"""\
Images

low: Program runs as its owner, whoever starts it [image-setuid-program]
  Image {place}
  {place}: /bin/su is setuid (mode 4755), from layer 1 of 1 (make install): RUN chmod u-s /bin/su, remove it, or start from an image without it
  A setuid program of root gives root to whoever finds a mistake in it, unless the container may
  not gain privileges.

1 finding in 1 file: 1 low.
Judged: 1 image.
More about a rule: strake rules show image-setuid-program
"""


def test_several_images(strake, tmp_path):
    first = image(tar(entry("b", mode=0o4755)), config=CLEAN).write(tmp_path / "b")
    second = image(tar(entry("a", mode=0o4755)), config=CLEAN).write(tmp_path / "a")
    runs = [lint(strake, *places, "--threads", threads) for places in ((first, second), (second, first)) for threads in ("1", "4")]
    assert len({run.text for run in runs}) == 1
    assert [finding["location"]["file"] for finding in runs[0].json()["findings"]] == [second, first]


def test_one_of_several_cannot_be_read(strake, tmp_path):
    good = image(tar(entry("b", mode=0o4755)), config=CLEAN).write(tmp_path / "b")
    run = lint(strake, good, f"{tmp_path}/none.tar")
    assert run.status == 2 and rules_of(run) == ["image-setuid-program", "unreadable-image"]


def test_own_rules(strake, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/shop-label.yaml").write_text("""\
id: shop-label
title: Image names no owner
severity: high
area: images
description: Nobody knows whom to ask.
scope: object
kinds: [Image.image.strake.dev]
require: '!has(object.config) || "maintainer" in object.config.labels'
message: no label
at: /config/labels
fix: {safe: true, set: {/config/labels/maintainer: shop}}
references: [{nist-800-190: 3.1.5}]
examples:
  good:
    - |
      apiVersion: image.strake.dev/v1
      kind: Image
      metadata: {name: shop}
      config: {labels: {maintainer: shop}}
  bad:
    - |
      apiVersion: image.strake.dev/v1
      kind: Image
      metadata: {name: shop}
      config: {labels: {}}
""")
    place = image(tar(entry("app")), config=CLEAN).write(tmp_path / "image")
    run = lint(strake, place, "--rules", str(tmp_path / "rules"))
    assert run.status == 1 and rules_of(run) == ["shop-label"] and "fix" not in run.json()["findings"][0]


def test_facts_can_be_scanned_again(strake, tmp_path):
    """What was printed is judged as the image is, and then has lines."""
    place = image(tar(entry("bin/su", mode=0o4755)), config={}).write(tmp_path / "image")
    (tmp_path / "facts.yaml").write_text(strake("image", "lint", place, "-o", "facts").text)
    run, report = strake.scan(str(tmp_path / "facts.yaml"))
    assert run.status == 1 and [finding["rule"] for finding in report["findings"]] == ["image-runs-as-root", "image-setuid-program"]
    assert all(finding["location"]["line"] > 1 for finding in report["findings"]) and report["judged"]["images"] == 1
    direct = lint(strake, place).json()["findings"]
    assert sorted(finding["fingerprint"] for finding in direct) == sorted(finding["fingerprint"] for finding in report["findings"])


# --- what is ugly ------------------------------------------------------------

UGLY_CONFIGS = [
    {"User": 5, "Env": "x", "ExposedPorts": [], "Volumes": ["a"], "Labels": [], "Healthcheck": "x", "Entrypoint": {}, "Cmd": [1, None, "a"]},
    {"Env": [None, "NOVALUE", "=x", "A=" + "b" * 100_000], "ExposedPorts": {"": {}, "99999/tcp": {}, "-1": {}, "80-90": None},
     "Labels": {"a": 5, "": "x"}, "Volumes": {"": {}, "../..": {}, "/" * 5000: {}}},
    {"User": "a" * 10_000 + "\u0000\u202e", "WorkingDir": "\n", "Labels": {f"label{number}": "x" for number in range(100)}, "Healthcheck": {"Test": "CMD"}},
]


@pytest.mark.parametrize("config", UGLY_CONFIGS, ids=["types", "values", "long"])
def test_ugly_configurations(strake, tmp_path, config):
    place = image(tar(entry("app")), config=config).write(tmp_path / "image")
    run = lint(strake, place)
    assert run.status in (0, 1), run.error
    assert not any(finding["rule"] == "rule-failed" for finding in run.json()["findings"]), run.text
    facts(strake, place)


UGLY_HISTORIES = [
    [{"created_by": 5}, {"created_by": None}, {}, None, "x", {"created_by": "", "empty_layer": "yes"}],
    [{"created_by": "RUN"}, {"created_by": "|"}, {"created_by": "|9999999999 a"}, {"created_by": "/bin/sh -c"}, {"created_by": "/bin/sh -c #(nop)"}],
    [{"created_by": "RUN /bin/sh -c " + "$(" * 2000 + "a"}],
    [{"created_by": "RUN /bin/sh -c " + "a;" * 5000}],
    [{"created_by": "RUN /bin/sh -c '" + "\u00e9" * 5000}],
    [{"created_by": "x"}] * 3000,
    [{"created_by": "RUN /bin/sh -c " + "a " * 30000}],
    [{"created_by": "RUN /bin/sh -c " + "a " * 10000}] * 20,
    [{"created_by": "ENV " + "a=b " * 1000}] * 150,
]


@pytest.mark.parametrize("history, status", list(zip(UGLY_HISTORIES, (0, 0, 2, 2, 0, 2, 2, 2, 2))),
                         ids=["types", "words", "deep", "many", "long", "lines", "wordy", "wordy lines", "variables"])
def test_ugly_histories(strake, tmp_path, history, status):
    """What is beyond a limit is told; the rest is judged."""
    run = lint(strake, image(tar(entry("app")), config=CLEAN, history=history).write(tmp_path / "image"))
    assert run.status == status, run.text
    assert rules_of(run) == (["unreadable-image"] if status else [])


def test_ugly_names(strake, tmp_path):
    """Names that are no UTF-8, go up, or are not clean."""
    files = [entry("./bin//./su", mode=0o4755), entry("a/../bin/b", mode=0o4755), entry("../../etc/x", mode=0o4755), entry("/abs", mode=0o4755)]
    raw = tar(*files, entry("bin/\udcff\udcfe", mode=0o4755), form=tarfile.GNU_FORMAT)
    run = strake("image", "lint", image(raw, config=CLEAN).write(tmp_path / "image"), "-o", "facts", "--no-cache")
    assert run.status == 2    # one leads out of the image
    assert paths(yaml.safe_load(run.text)["files"]["setuid"]) == ["/abs", "/bin/b", "/bin/su", "/bin/\ufffd\ufffd"]


def test_a_damaged_layer_leaves_the_rest(strake, tmp_path):
    made = image(tar(entry("bin/su", mode=0o4755)), tar(entry("bin/b", mode=0o4755)), config={})
    place = made.write(tmp_path / "image")
    blob = made.blob(tmp_path / "image", 0)
    blob.write_bytes(blob.read_bytes()[:-9])
    run = lint(strake, place)
    assert run.status == 2 and rules_of(run) == ["image-runs-as-root", "image-setuid-program", "unreadable-image"]
    problem, = (finding for finding in run.json()["findings"] if finding["rule"] == "unreadable-image")
    assert problem["message"].startswith("layer 1, sha256:") and problem["location"] == {"file": place}
    found, = facts(strake, place, status=(2,))
    assert "bytes" not in found["layers"][0] and found["layers"][1]["files"] == 1


def test_passwd_of_any_bytes(strake, tmp_path):
    made = image(tar(("etc/passwd", bytes(range(256)) * 50 + b"\n" + b":" * 5000 + b"\nx:" + b"y" * 100_000), ("etc/group", b"\0"), ("etc/shadow", b"")))
    facts_of(strake, tmp_path, made)


def test_usage(strake, tmp_path):
    assert strake("image", "lint").status == 2
    assert strake("image", "lint", "x", "--only", "no-such-rule").status == 2
    run = strake("image", "lint", "x", "--baseline", f"{tmp_path}/none")
    assert run.status == 2 and "--baseline" in run.error
    assert "image lint" in strake("image", "lint", "--help").text
