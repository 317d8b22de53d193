"""strake image list: images of every form, merged layers, and bad input that is told and harms nothing."""
import csv
import gzip
import io
import json
import os
import random
import stat
import subprocess
import tarfile
from pathlib import Path

import jsonschema
import pytest

from conftest import ROOT
from images import OCI, STATUS_D, Image, deb, device, link, sha256, tar

STATUS = "var/lib/dpkg/status"
CORPUS = Path(os.environ.get("STRAKE_CORPUS", ROOT / "../shared/corpus")) / "image/packages"


def names(run):
    return sorted(f"{package['name']} {package['version']}" for package in run.json()["packages"])


def listed(strake, *arguments, status=0):
    run = strake("image", "list", *arguments, "-o", "json")
    assert run.status == status, run.error
    return names(run)


def status_of(*packages):
    return STATUS, "".join(f"Package: {name}\nStatus: install ok installed\nVersion: 1.0\nArchitecture: all\n\n"
                           for name in packages).encode()


# --- forms -------------------------------------------------------------------

TWO = tar(deb("a")), tar(deb("b"))


@pytest.mark.parametrize("make", [
    lambda path: Image(*TWO).write(path / "image"),
    lambda path: Image(*TWO).write(path / "image").removeprefix("oci:"),
    lambda path: Image(*TWO).save(path / "image.tar"),
    lambda path: Image(*TWO).save(path / "image.tar.gz", packed=True),
    lambda path: Image(*TWO).save(path / "image.tar").split(":", 1)[1],
], ids=["oci", "folder", "docker-archive", "docker-archive.gz", "file"])
def test_forms(strake, tmp_path, make):
    assert listed(strake, make(tmp_path)) == ["a 1.0", "b 1.0"]


def test_oci_archive(strake, tmp_path):
    Image(*TWO).write(tmp_path / "image")
    files = [path for path in sorted((tmp_path / "image").rglob("*")) if path.is_file()]
    (tmp_path / "image.tar").write_bytes(tar(*((str(path.relative_to(tmp_path / "image")), path.read_bytes()) for path in files)))
    assert listed(strake, f"oci-archive:{tmp_path}/image.tar") == ["a 1.0", "b 1.0"]


def test_folder(strake, tmp_path):
    for path, content in (deb("a"), ("etc/os-release", b'ID=debian\nVERSION_ID="12"\n')):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "loop").symlink_to(".")
    package, = strake("image", "list", f"dir:{tmp_path}", "-o", "json").json()["packages"]
    assert package["purl"] == "pkg:deb/debian/a@1.0?arch=amd64&distro=debian-12"
    assert package["locations"] == [{"layer": None, "path": f"{STATUS_D}/a"}]


def test_storage_of_podman(strake, tmp_path):
    """Layers as folders; a whiteout of overlayfs is a character device 0:0."""
    root = tmp_path / "storage"
    files = {"aa11": [deb("a"), deb("b")], "bb22": [deb("c")]}
    for layer, entries in files.items():
        for path, content in entries:
            (root / "overlay" / layer / "diff" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "overlay" / layer / "diff" / path).write_bytes(content)
    gone = ["a 1.0"]
    try:
        os.mknod(root / "overlay/bb22/diff" / STATUS_D / "a", 0o600 | stat.S_IFCHR, os.makedev(0, 0))
    except PermissionError:
        gone = []   # only root may make devices
    for folder, document in (("images", [{"id": "cc33", "names": ["docker.io/library/app:1"], "layer": "bb22"}]),
                             ("layers", [{"id": "bb22", "parent": "aa11", "diff-digest": sha256(b"2")}, {"id": "aa11", "diff-digest": sha256(b"1")}])):
        (root / f"overlay-{folder}").mkdir()
        (root / f"overlay-{folder}" / f"{folder}.json").write_text(json.dumps(document))
    for name in ("docker.io/library/app:1", "app:1"):
        assert listed(strake, f"containers-storage:[overlay@{root}]{name}") == sorted({"a 1.0", "b 1.0", "c 1.0"} - set(gone))
    run = strake("image", "list", f"containers-storage:[overlay@{root}]none")
    assert run.status == 2 and "there are: docker.io/library/app:1" in run.error


def test_platforms(strake, tmp_path):
    """One index, two platforms: that of this machine unless another is asked for."""
    image = Image(tar(deb("amd")))
    other = Image(tar(deb("arm")), arch="arm64")
    first = image.manifest() | {"platform": {"os": "linux", "architecture": "amd64"}}
    second = other.manifest() | {"platform": {"os": "linux", "architecture": "arm64"}}
    image.blobs |= other.blobs
    place = image.write(tmp_path / "image", second, first)
    assert listed(strake, place, "--platform", "linux/arm64") == ["arm 1.0"]
    assert listed(strake, place, "--platform", "linux/amd64") == ["amd 1.0"]
    run = strake("image", "list", place, "--platform", "linux/s390x")
    assert run.status == 2 and "there are: linux/arm64, linux/amd64" in run.error


def test_tags(strake, tmp_path):
    image, other = Image(tar(deb("one"))), Image(tar(deb("two")))
    first, second = image.manifest(), other.manifest()
    first["annotations"] = {"org.opencontainers.image.ref.name": "1.0"}
    second["annotations"] = {"org.opencontainers.image.ref.name": "example.org/app:2.0"}
    image.blobs |= other.blobs
    place = image.write(tmp_path / "image", first, second)
    assert listed(strake, place + ":1.0") == ["one 1.0"]
    assert listed(strake, place + ":2.0") == ["two 1.0"]
    run = strake("image", "list", place)
    assert run.status == 2 and "choose one by its tag" in run.error


def test_images_without_tags(strake, tmp_path):
    image, other = Image(tar(deb("one"))), Image(tar(deb("two")))
    first, second = image.manifest(), other.manifest()
    image.blobs |= other.blobs
    place = image.write(tmp_path / "image", first, second)
    run = strake("image", "list", place)
    assert run.status == 2 and f"choose one by its digest behind a colon; there are: {first['digest']}, {second['digest']}" in run.error
    assert listed(strake, f"{place}:{second['digest']}") == ["two 1.0"]


def test_several_tags_of_one_image(strake, tmp_path):
    image = Image(tar(deb("one")))
    tagged = [image.manifest() | {"annotations": {"org.opencontainers.image.ref.name": tag}} for tag in ("latest", "1.0")]
    place = image.write(tmp_path / "image", *tagged)
    assert listed(strake, place) == ["one 1.0"]
    assert "\n  tags:\n  - latest\n  - \"1.0\"\n" in strake("image", "lint", place, "-o", "facts").text


# --- what is listed ----------------------------------------------------------

def test_layer_of_origin(strake, tmp_path):
    """A database that later layers rewrite does not take the credit for what was there before."""
    image = Image(tar(status_of("a")), tar(status_of("a", "b")), tar(status_of("a", "b", "c")))
    found = strake("image", "list", image.write(tmp_path / "image"), "-o", "json").json()["packages"]
    assert [package["locations"] for package in found] == [[{"layer": layer, "path": STATUS}] for layer in image.diff_ids]


MERGED = {
    "whiteout": ([tar(deb("a"), deb("b")), tar((f"{STATUS_D}/.wh.a", b""))], ["b 1.0"]),
    "opaque": ([tar(deb("a")), tar((f"{STATUS_D}/.wh..wh..opq", b""), deb("c"))], ["c 1.0"]),
    "opaque root": ([tar(deb("a")), tar((".wh..wh..opq", b""), deb("c"))], ["c 1.0"]),
    "whiteout of its own layer": ([tar(deb("a"), (f"{STATUS_D}/.wh.a", b""))], ["a 1.0"]),
    "newer version": ([tar(deb("a")), tar(deb("a", "2.0"))], ["a 2.0"]),
    "file instead of a folder": ([tar(deb("a"), status_of("s")), tar((STATUS_D, b"x"))], ["s 1.0"]),
    "hard link": ([tar(("opt/a", deb("a")[1]), link(f"{STATUS_D}/a", "opt/a", hard=True)), tar(("opt/.wh.a", b""))], ["a 1.0"]),
    "hard link to a lower layer": ([tar(("opt/a", deb("a")[1])), tar(link(f"{STATUS_D}/a", "opt/a", hard=True))], ["a 1.0"]),
    "link to a file": ([tar(("opt/a", deb("a")[1])), tar(link(f"{STATUS_D}/a", "/opt/a"))], ["a 1.0"]),
    "linked folder": ([tar(("opt/db/a", deb("a")[1]), link(STATUS_D, "../../../opt/db"))], ["a 1.0"]),
    "write through a linked folder": ([tar(link("var/lib", "../data"), ("data/dpkg/status.d/a", deb("a")[1])), tar(deb("b"))],
                                      ["a 1.0", "b 1.0"]),
    "two archives in one": ([tar(deb("a")) + tar(deb("b"))], ["a 1.0", "b 1.0"]),
    "removed, kept, half installed": ([tar((STATUS, b"Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
                                            b"Package: here\nStatus: hold ok installed\nVersion: 1\n\n"
                                            b"Package: half\nStatus: install ok unpacked\nVersion: 1\n"))], ["here 1"]),
}


@pytest.mark.parametrize("name", MERGED)
def test_merged(strake, tmp_path, name):
    layers, wanted = MERGED[name]
    assert listed(strake, Image(*layers).write(tmp_path / "image")) == wanted


def test_threads_change_nothing(strake, tmp_path):
    place = Image(*(tar(status_of(*(f"p{n}" for n in range(count)))) for count in range(1, 9))).write(tmp_path / "image")
    one, many = (strake("image", "list", place, "-o", "json", "--threads", threads).out for threads in (1, 8))
    assert one == many and len(json.loads(one)["packages"]) == 8


def test_document_and_table(strake, tmp_path):
    place = Image(tar(("lib/apk/db/installed", b"P:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\n\n"), ("etc/os-release", b"ID=alpine\nVERSION_ID=3.20.1\n"),
                      deb("a"))).write(tmp_path / "image")
    document = strake("image", "list", place, "-o", "json").json()
    jsonschema.validate(document, json.loads((ROOT / "docs/schema/strake.packages-1.json").read_text()))
    assert document["packages"][0] | {"locations": 0} == {
        "type": "apk", "name": "musl", "version": "1.2.5-r0", "arch": "x86_64", "locations": 0, "licenses": ["MIT"],
        "purl": "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1", "source": {"name": "musl", "version": "1.2.5-r0"}, "ownedBy": None}
    rows = list(csv.DictReader(io.StringIO(strake("image", "list", place, "-o", "csv").text)))
    assert [(row["type"], row["name"]) for row in rows] == [("apk", "musl"), ("deb", "a")]
    text = strake("image", "list", place).text
    assert "2 packages: 1 apk, 1 deb; 1 layer; alpine" in text
    assert len(strake("image", "list", place, "--quiet").text.splitlines()) == 2


def test_nothing_found(strake, tmp_path):
    assert listed(strake, Image(tar(("etc/motd", b"hello"))).write(tmp_path / "image"), status=3) == []


# --- bad input ---------------------------------------------------------------

PLAIN = tar(deb("a"), ("opt/filler", random.Random(7).randbytes(100_000)))
PACKED = gzip.compress(PLAIN, 6, mtime=0)

PACKINGS = {
    "cut": (PACKED[:-2000], "the gzip data ends too early"),
    "without its check sum": (PACKED[:-8], "the gzip data ends too early"),
    "wrong check sum": (PACKED[:-8] + bytes(8), "the check sum of gzip is wrong"),
    "garbage behind": (PACKED + b"garbage, and more of it than a header has", "no gzip"),
    "no gzip": (b"\x1f\x8b" + bytes(40), "gzip"),
    "zstd cut": (b"\x28\xb5\x2f\xfd\x24\x05", "zstd"),
    "no tar": (b"this is no tar archive\n" * 100, "this is no tar archive"),
    "tar cut in a file": (PLAIN[:5000], "ends in the middle of \"opt/filler\""),
    "tar cut in a header": (PLAIN[:300], "ends in the middle of a header"),
}


@pytest.mark.parametrize("name", PACKINGS)
def test_damaged_layer(strake, tmp_path, name):
    """Layer and offset are named, and the other layer is still listed."""
    stored, message = PACKINGS[name]
    image = Image((stored, PLAIN), tar(deb("b")))
    run = strake("image", "list", image.write(tmp_path / "image"), "-o", "json")
    assert run.status == 2 and names(run) == ["b 1.0"]
    assert f"layer 1, {sha256(stored)}: offset " in run.error and message in run.error


@pytest.mark.parametrize("change, message", [
    (lambda data: data[:3000] + bytes([data[3000] ^ 1]) + data[3001:], "layer 1, sha256:"),
    (lambda data: bytes(len(data)), "layer 1, sha256:"),
    (lambda data: data[:-1], "layer 1, sha256:"),
    (lambda data: data + b"x", "larger than"),
    (lambda data: b"", "it has 0 bytes"),
], ids=["bit", "other", "short", "long", "empty"])
def test_blob_is_not_what_was_promised(strake, tmp_path, change, message):
    image = Image(PLAIN)
    place = image.write(tmp_path / "image")
    blob = image.blob(tmp_path / "image", 0)
    blob.write_bytes(change(blob.read_bytes()))
    run = strake("image", "list", place)
    assert run.status == 2 and message in run.error and sha256(PACKED) in run.error


def test_wrong_diff_id(strake, tmp_path):
    image = Image((PACKED, b"something else"))
    run = strake("image", "list", image.write(tmp_path / "image"))
    assert run.status == 2 and "its diff id is" in run.error


def test_members_and_frames(strake, tmp_path):
    half = len(PLAIN) // 1024 * 512
    several = gzip.compress(PLAIN[:half]) + gzip.compress(b"") + gzip.compress(PLAIN[half:])
    assert listed(strake, Image((several, PLAIN)).write(tmp_path / "gzip")) == ["a 1.0"]
    done = [subprocess.run(["zstd", "-qc"], input=part, capture_output=True, check=True).stdout for part in (PLAIN[:half], PLAIN[half:])]
    skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip"
    assert listed(strake, Image((skippable + done[0] + skippable + done[1], PLAIN)).write(tmp_path / "zstd")) == ["a 1.0"]


def test_holes_cost_nothing_to_write(strake, tmp_path):
    """Files of terabytes in a tar of a few blocks. Who lists packages needs none of them; who compares contents is told."""
    holes = []
    for i in range(3):
        info = tarfile.TarInfo(f"var/log/lastlog{i}")
        info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": info.name,
                            "GNU.sparse.realsize": str(2 << 30), "GNU.sparse.map": f"{(2 << 30) - 1},1"}
        holes.append((info, b"x"))
    image = Image(tar(deb("a"), *holes)).write(tmp_path / "image")
    assert listed(strake, image) == ["a 1.0"]
    run = strake("image", "lint", image, "--no-cache", seconds=20)
    assert run.status in (0, 1) and "Input" not in run.text
    run = strake("image", "diff", image, image)
    assert run.status == 2 and "sparse files have holes of more than 4 GiB" in run.error and "layer 1" in run.error


def test_of_large_files_of_a_folder_only_the_begin_is_read(strake, tmp_path):
    for name, content in (deb("a"), ("disk.img", b"x" * 4096)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    os.truncate(tmp_path / "disk.img", 8 << 40)
    run = strake("image", "list", f"dir:{tmp_path}", "-o", "json", seconds=20)
    assert run.status == 0 and names(run) == ["a 1.0"]


def test_bomb(strake, tmp_path):
    """A packed file of a package manager that is too large is told; the rest is listed."""
    info = tarfile.TarInfo(f"{STATUS_D}/huge")
    info.size = 40 << 20
    place = Image(tar((info, bytes(info.size)), deb("a"))).write(tmp_path / "image")
    run = strake("image", "list", place, "-o", "json", seconds=20)
    assert run.status == 2 and names(run) == ["a 1.0"] and "reads at most 33554432" in run.error


def test_names_that_climb_out(strake, tmp_path):
    climb = "../" * 12 + str(tmp_path / "climbed").lstrip("/")
    run = strake("image", "list", Image(tar((climb, b"x"), deb("a"))).write(tmp_path / "image"), "-o", "json")
    assert run.status == 2 and names(run) == ["a 1.0"] and "leads out of the image" in run.error
    assert not (tmp_path / "climbed").exists()


@pytest.mark.parametrize("module, way", [("lzma", "xz"), ("bz2", "bzip2")])
def test_archive_packed_otherwise(strake, tmp_path, module, way):
    Image(tar(deb("a"))).save(tmp_path / "image.tar")
    (tmp_path / "image.tar.x").write_bytes(__import__(module).compress((tmp_path / "image.tar").read_bytes()))
    run = strake("image", "list", f"docker-archive:{tmp_path}/image.tar.x")
    assert run.status == 2 and f"it is packed with {way}, which is not read: unpack it first" in run.error


def test_archive_of_an_image_without_layers(strake, tmp_path):
    """Docker writes null where it has no list."""
    config = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": {"a": "b"}}, "rootfs": {"type": "layers", "diff_ids": None}}).encode()
    manifest = json.dumps([{"Config": "c.json", "RepoTags": ["x:1"], "Layers": None}]).encode()
    (tmp_path / "image.tar").write_bytes(tar(("c.json", config), ("manifest.json", manifest)))
    run = strake("image", "list", f"docker-archive:{tmp_path}/image.tar")
    assert run.status == 3 and "0 packages; 0 layers" in run.text


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_name_that_is_cut_at_a_slash(strake, tmp_path, form):
    """The header has the first hundred bytes of the name; that they end with a slash makes the file no folder."""
    place = Image(tar(("d" * 99 + "/x", deb("x")[1]), deb("a"), form=form)).write(tmp_path / "image")
    assert listed(strake, place) == ["a 1.0"]


def test_slash_behind_the_name_of_a_file(strake, tmp_path):
    """Docker unpacks it as a file, so it is one."""
    path, content = deb("a")
    assert listed(strake, Image(tar((path + "/", content), deb("b"))).write(tmp_path / "image")) == ["a 1.0", "b 1.0"]


def test_links_stay_inside(strake, tmp_path):
    """A link to a file of this machine leads to nothing."""
    (tmp_path / "secret").write_bytes(deb("secret")[1])
    for target in (str(tmp_path / "secret"), "../" * 40 + str(tmp_path / "secret").lstrip("/")):
        place = Image(tar(deb("a"), link(f"{STATUS_D}/x", target), link("l1", "l2"), link("l2", "l1"),
                          link(f"{STATUS_D}/self", "self"))).write(tmp_path / "image")
        assert listed(strake, place) == ["a 1.0"]


def test_links_of_a_folder_stay_inside(strake, tmp_path):
    (tmp_path / "secret").write_bytes(deb("secret")[1])
    (tmp_path / "root" / STATUS_D).mkdir(parents=True)
    (tmp_path / "root" / STATUS_D / "x").symlink_to(tmp_path / "secret")
    (tmp_path / "root" / deb("a")[0]).write_bytes(deb("a")[1])
    assert listed(strake, f"dir:{tmp_path}/root") == ["a 1.0"]


def test_devices(strake, tmp_path):
    place = Image(tar(device(f"{STATUS_D}/x"), device("dev/sda"), deb("a"))).write(tmp_path / "image")
    assert listed(strake, place) == ["a 1.0"]


def test_many_entries(strake, tmp_path):
    """A hundred thousand entries, one of which counts."""
    header = bytearray(tarfile.TarInfo("opt/000000").tobuf(tarfile.USTAR_FORMAT))
    base = sum(header) - sum(header[148:156]) - sum(header[4:10]) + 8 * ord(" ")
    entries = []
    for number in range(100_000):
        header[4:10] = b"%06d" % number
        header[148:156] = b"%06o\0 " % (base + sum(header[4:10]))
        entries.append(bytes(header))
    layer = b"".join(entries) + tar(deb("a"))
    assert listed(strake, Image((gzip.compress(layer, 1, mtime=0), layer)).write(tmp_path / "image")) == ["a 1.0"]


def test_index_in_a_circle(strake, tmp_path):
    image = Image(tar(deb("a")))
    place = image.write(tmp_path / "image")
    digest = "ab" * 32
    index = json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": OCI + "index.v1+json", "digest": "sha256:" + digest, "size": 400}]})
    for path in ("index.json", f"blobs/sha256/{digest}"):
        (tmp_path / "image" / path).write_text(index.ljust(400))
    run = strake("image", "list", place)
    assert run.status == 2 and digest in run.error


MANIFESTS = {
    "schema 1": ({"schemaVersion": 1}, "schemaVersion is not 2"),
    "no layers": ({"layers": None}, "no list of layers"),
    "path as a digest": ({"layers": [{"mediaType": OCI + "layer.v1.tar", "digest": "sha256:../../etc/passwd", "size": 1}]}, "is no digest"),
    "unknown digest": ({"layers": [{"mediaType": OCI + "layer.v1.tar", "digest": "md5:00", "size": 1}]}, "is no digest that is known"),
    "negative size": ({"layers": [{"mediaType": OCI + "layer.v1.tar", "digest": "sha256:" + "0" * 64, "size": -1}]}, "no number of bytes"),
    "other layer": ({"layers": [{"mediaType": "text/plain", "digest": "sha256:" + "0" * 64, "size": 1}]}, "text/plain"),
    "artifact": ({"config": {"mediaType": "application/vnd.example", "digest": "sha256:" + "0" * 64, "size": 1}}, "not an image"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_wrong_manifest(strake, tmp_path, name):
    changes, message = MANIFESTS[name]
    run = strake("image", "list", Image(tar(deb("a"))).write(tmp_path / "image", **changes))
    assert run.status == 2 and message in run.error and str(tmp_path / "image") in run.error


def test_more_layers_than_diff_ids(strake, tmp_path):
    image = Image(*TWO)
    image.config["rootfs"]["diff_ids"].pop()
    run = strake("image", "list", image.write(tmp_path / "image"))
    assert run.status == 2 and "1 diff_ids for 2 layers" in run.error


@pytest.mark.parametrize("file, content, message", [
    ("index.json", '{"manifests": [', "index.json:1:"),
    ("index.json", "[" * 100_000, "index.json:1:"),
    ("index.json", '{"schemaVersion": 2, "manifests": []}', "names no image"),
    ("oci-layout", '{"imageLayoutVersion": "9.0.0"}', "version \"9.0.0\""),
])
def test_wrong_layout(strake, tmp_path, file, content, message):
    place = Image(tar(deb("a"))).write(tmp_path / "image")
    (tmp_path / "image" / file).write_text(content)
    run = strake("image", "list", place)
    assert run.status == 2 and message in run.error and str(tmp_path / "image") in run.error


def test_wrong_archives(strake, tmp_path):
    file = tmp_path / "image.tar"
    outside = [{"Config": "c.json", "RepoTags": None, "Layers": ["l/layer.tar"]}]
    for content, message in (
            (tar(("x", b"y")), "no manifest.json"),
            (tar(("c.json", b"{}"), ("manifest.json", json.dumps(outside).encode())), "l/layer.tar, which is not there"),
            (tar(("c.json", b"{}"), link("l/layer.tar", "/etc/passwd"), ("manifest.json", json.dumps(outside).encode())), "l/layer.tar"),
            (tar(("opt/x", bytes(5000)))[:3000], "ends in the middle of"),
            (b"", "no manifest.json")):
        file.write_bytes(content)
        run = strake("image", "list", f"docker-archive:{file}")
        assert run.status == 2 and message in run.error and str(file) in run.error


def test_not_there(strake, tmp_path):
    run = strake("image", "list", f"oci:{tmp_path}/none")
    assert run.status == 2 and f"{tmp_path}/none: No such file or directory" in run.error


# --- cache -------------------------------------------------------------------

def test_cache(strake, tmp_path):
    """The second time a layer is not read; what is half written or damaged in the cache counts for nothing."""
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    image = Image(tar(deb("a"), ("etc/os-release", b"ID=debian\n"), status_of("s")), tar(deb("b")))
    place = image.write(tmp_path / "image")
    first = strake("image", "list", place, "-o", "json", env=env)
    entries = list((tmp_path / "cache/strake/layers").iterdir())
    assert first.status == 0 and len(entries) == 2 and all(entry.stat().st_mode & 0o77 == 0 for entry in entries)
    assert strake("image", "list", place, "-o", "json", env=env).out == first.out
    for damage in (lambda data: data[:-20], lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:], lambda data: b""):
        for entry in entries:
            entry.write_bytes(damage(entry.read_bytes()))
        assert strake("image", "list", place, "-o", "json", env=env).out == first.out
    image.blob(tmp_path / "image", 0).write_bytes(bytes(image.blob(tmp_path / "image", 0).stat().st_size))
    assert strake("image", "list", place, env=env).status == 2, "the layer changed after it was seen"


def test_no_cache(strake, tmp_path):
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert strake("image", "list", Image(tar(deb("a"))).write(tmp_path / "image"), "--no-cache", env=env).status == 0
    assert not (tmp_path / "cache").exists()


# --- diff --------------------------------------------------------------------

def dated(entry, seconds, mode=0o644, owner=0):
    info = tarfile.TarInfo(entry[0])
    info.mtime, info.mode, info.uid, info.size = seconds, mode, owner, len(entry[1])
    return info, entry[1]


def compared(strake, tmp_path, first, second, status=1):
    run = strake("image", "diff", first.write(tmp_path / "first"), second.write(tmp_path / "second"), "-o", "json")
    assert run.status == status, run.error
    document = run.json()
    jsonschema.validate(document, json.loads((ROOT / "docs/schema/strake.image-diff-1.json").read_text()))
    return document


A, B = ("etc/a", b"1"), ("etc/b", b"2")


@pytest.mark.parametrize("second, path, why", [
    (tar(dated(A, 6), dated(B, 5)), "etc/a", "time"),
    (tar(dated(B, 5), dated(A, 5)), "etc/a", "order"),
    (tar(dated(A, 5), dated(B, 5, owner=7)), "etc/b", "owner"),
    (tar(dated(A, 5), dated(B, 5, mode=0o600)), "etc/b", "mode"),
    (tar(dated(A, 5), dated(("etc/b", b"3"), 5)), "etc/b", "content"),
    (tar(dated(A, 5)), "etc/b", "only in the first"),
    (tar(dated(A, 5), dated(B, 5), dated(("etc/c", b""), 5)), "etc/c", "only in the second"),
])
def test_why_a_layer_differs(strake, tmp_path, second, path, why):
    document = compared(strake, tmp_path, Image(tar(dated(A, 5), dated(B, 5))), Image(second))
    assert document["layers"] == [{"verdict": "differs", "path": path, "why": why}]
    assert bool(document["files"]) == (why not in ("time", "order"))


def special(path, kind=tarfile.REGTYPE, numbers=(0, 0), **attributes):
    info = tarfile.TarInfo(path)
    info.type, (info.devmajor, info.devminor) = kind, numbers
    info.pax_headers = {f"SCHILY.xattr.{name.replace('_', '.')}": value for name, value in attributes.items()}
    return (info, b"") if kind == tarfile.REGTYPE else (info, (kind, ""))


@pytest.mark.parametrize("first, second, why, file", [
    (special("a"), special("a", security_capability="\1\0\0\2"), "capabilities", "capabilities"),
    (special("a", security_capability="\1"), special("a", security_capability="\2"), "capabilities", "capabilities"),
    (special("a"), special("a", user_x="1"), "attributes", None),
    (special("a", user_x="1", user_y="2"), special("a", user_y="2", user_x="1"), None, None),
    (special("a", tarfile.CHRTYPE, (1, 3)), special("a", tarfile.CHRTYPE, (1, 1)), "device", "device"),
])
def test_attributes_and_devices(strake, tmp_path, first, second, why, file):
    document = compared(strake, tmp_path, Image(tar(first)), Image(tar(second)))
    assert document["layers"] == [{"verdict": "differs", "path": "a", "why": why} if why else {"verdict": "differs", "why": "how the archive is written: its form, not what it holds"}]
    assert document["files"] == ([{"change": "changed", "path": "a", "what": file}] if file else [])


def test_diff(strake, tmp_path):
    first, second = Image(tar(deb("a")), tar(deb("c"))), Image(tar(deb("a", "2.0"), deb("b")), tar((f"{STATUS_D}/.wh.c", b"")))
    first.config["config"], second.config["config"] = {"User": "1"}, {"User": "0"}
    document = compared(strake, tmp_path, first, second)
    assert [(one["change"], one["name"], one.get("before"), one.get("after")) for one in document["packages"]] == [
        ("changed", "a", "1.0", "2.0"), ("added", "b", None, "1.0"), ("removed", "c", "1.0", None)]
    assert [(one["change"], one["path"]) for one in document["files"]] == [("changed", f"{STATUS_D}/a"), ("added", f"{STATUS_D}/b"), ("removed", f"{STATUS_D}/c")]
    assert document["config"] == [{"path": "/config/User", "before": "1", "after": "0"}]


def test_same_as_far_as_it_can_be_read(strake, tmp_path):
    image = Image(tar(deb("a")), tar(deb("b")))
    place = image.write(tmp_path / "image")
    image.blob(tmp_path / "image", 1).write_bytes(b"")
    run = strake("image", "diff", place, place, "--no-cache")
    assert run.status == 2 and "What could be read of the images is the same." in run.text
    assert len(set(run.error.splitlines())) == len(run.error.splitlines())
    assert not strake("image", "diff", place, place, "--no-cache", "-o", "json").json()["same"]


def test_same_and_repacked(strake, tmp_path):
    plain = tar(deb("a"))
    assert compared(strake, tmp_path, Image(plain), Image(plain), status=0)["same"]
    repacked = compared(strake, tmp_path, Image(plain), Image((gzip.compress(plain, 1, mtime=9), plain)))
    assert repacked["layers"] == [{"verdict": "repacked"}] and not repacked["files"]


def random_layer(random):
    """Entries of a few paths, some of them twice, and markers that take away what lower layers have."""
    entries = []
    for _ in range(random.randrange(1, 8)):
        folder, name = random.choice(["", "a/", "a/b/", "c/"]), random.choice("xyz")
        kind = random.random()
        if kind < 0.6:
            entries.append((folder + name, random.choice([b"1", b"2", b""])))
        elif kind < 0.75:
            entries.append((f"{folder}.wh.{name}", b""))
        elif kind < 0.85:
            entries.append((folder + ".wh..wh..opq", b""))
        else:
            entries.append((random.choice(["a/.wh.b", ".wh.c", ".wh.a"]), b""))
    return entries


def merged(layers):
    """The files of an image, by the words of the specification."""
    files = {}
    for layer in layers:
        for path, _ in layer:
            folder, name = path.rpartition("/")[::2]
            gone = f"{folder}/" if folder else ""
            if name == ".wh..wh..opq":
                files = {path: content for path, content in files.items() if not path.startswith(gone)}
            elif name.startswith(".wh."):
                gone += name[4:]
                files = {path: content for path, content in files.items() if path != gone and not path.startswith(gone + "/")}
        files |= {path: content for path, content in layer if not path.rpartition("/")[2].startswith(".wh.")}
    return files


def test_files_that_differ(strake, tmp_path):
    """Against a model, with whiteouts, opaque folders, and paths that a layer has twice."""
    chance = random.Random(7)
    for number in range(40):
        first, second = ([random_layer(chance) for _ in range(chance.randrange(1, 5))] for _ in "12")
        was, now = merged(first), merged(second)
        wanted = sorted([(path, "removed") for path in was.keys() - now.keys()] + [(path, "added") for path in now.keys() - was.keys()]
                        + [(path, "changed") for path in was.keys() & now.keys() if was[path] != now[path]])
        images = [Image(*(tar(*layer) for layer in layers)) for layers in (first, second)]
        status = 0 if images[0].diff_ids == images[1].diff_ids else 1
        document = compared(strake, tmp_path / str(number), *images, status=status)
        assert [(one["path"], one["change"]) for one in document["files"]] == wanted, (first, second)


# --- other people's databases ------------------------------------------------

@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of packages: see $STRAKE_CORPUS")
def test_rpm_databases(strake, tmp_path):
    """ndb, Berkeley DB and SQLite, with what rpm itself said of them."""
    folder = CORPUS / "go-rpmdb"
    packed = (folder / "cbl-mariner-2.0/rpmdb.sqlite.zst").read_bytes()
    databases = {"sle15-bci": ("usr/lib/sysimage/rpm/Packages.db", (folder / "sle15-bci/Packages.db").read_bytes()),
                 "libuuid": ("var/lib/rpm/Packages", (folder / "libuuid/Packages").read_bytes()),
                 "cbl-mariner": ("var/lib/rpm/rpmdb.sqlite", subprocess.run(["zstd", "-dcq"], input=packed, capture_output=True, check=True).stdout)}
    for name, (path, content) in databases.items():
        (tmp_path / name / path).parent.mkdir(parents=True)
        (tmp_path / name / path).write_bytes(content)
        found = {package.split(" ")[0]: package.split(" ")[1].split(":")[-1] for package in listed(strake, f"dir:{tmp_path}/{name}")}
        rows = json.loads((folder / f"expected/{name}.json").read_text())
        wanted = {row["Name"]: f"{row['Version']}-{row['Release']}" for row in (row.get("want", row) for row in rows) if row["Name"] != "gpg-pubkey"}
        assert wanted.items() <= found.items() and ("want" in rows[0] or wanted == found)
        (tmp_path / name / path).write_bytes(content[:len(content) // 3])
        run = strake("image", "list", f"dir:{tmp_path}/{name}")
        assert run.status == 2 and path in run.error and "damaged" in run.error
