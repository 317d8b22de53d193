"""Databases of rpm of any size, read as they pass by: every form lists the same, whatever the order of its pages, and in little memory."""
import random

import pytest

import images
import rpmdb
from measure import peak

SEED = 11


@pytest.fixture(scope="module")
def blobs():
    return list(rpmdb.packages(3, SEED))


def put(folder, form, blobs, **how):
    place = folder / rpmdb.PLACES[form]
    place.parent.mkdir(parents=True)
    rpmdb.FORMS[form](place, blobs, **how)
    return place


def listed(strake, folder, status=0):
    run = strake("image", "list", f"dir:{folder}", "-o", "json")
    assert run.status == status, run.error
    return sorted((package["name"], package["version"], package["arch"], package["vendor"] if "vendor" in package else "", package["sourceName"] if "sourceName" in package else "")
                  for package in run.json()["packages"]), run.error


WAYS = [("sqlite", {}), ("sqlite", {"page_size": 512}), ("sqlite", {"page_size": 65536}), ("sqlite", {"again": 60}), ("ndb", {}), ("ndb", {"shuffled": True}),
        ("bdb", {}), ("bdb", {"shuffled": True}), ("bdb", {"page_size": 512, "shuffled": True})]


@pytest.mark.parametrize("form,how", WAYS, ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value)))
def test_every_form_and_order(strake, tmp_path, blobs, form, how):
    put(tmp_path, form, blobs, **how)
    found, error = listed(strake, tmp_path)
    assert len(found) == len(blobs) and not error
    wanted = set()
    for blob in blobs:
        count = int.from_bytes(blob[:4], "big")
        texts = blob[8 + 16 * count:].split(b"\0")
        wanted.add((texts[0].decode(), f"{texts[1].decode()}-{texts[2].decode()}", "x86_64"))
    assert {package[:3] for package in found} == wanted


def test_files_have_owners(strake, tmp_path, blobs):
    """Each form knows whose a file is: what language tools find in a package's folder is told as its own."""
    name = "python3-owned"
    owned = rpmdb.header({
        1000: (rpmdb.STRING, [name]), 1001: (rpmdb.STRING, ["1"]), 1002: (rpmdb.STRING, ["1"]), 1022: (rpmdb.STRING, ["noarch"]),
        1116: (rpmdb.INT32, [0, 0]), 1117: (rpmdb.ARRAY, ["OTHER", "METADATA"]), 1118: (rpmdb.ARRAY, ["/usr/lib/python3/site-packages/owned-1.dist-info/"]),
    })
    for form in rpmdb.FORMS:
        folder = tmp_path / form
        put(folder, form, [*blobs[:40], owned, *blobs[40:80]])
        metadata = folder / "usr/lib/python3/site-packages/owned-1.dist-info/METADATA"
        metadata.parent.mkdir(parents=True)
        metadata.write_text("Metadata-Version: 2.1\nName: owned\nVersion: 1\n\n")
        run = strake("image", "list", f"dir:{folder}", "-o", "json")
        (package,) = [package for package in run.json()["packages"] if package["type"] == "pypi"]
        assert f"/{name}@1-1" in package["ownedBy"]


@pytest.mark.parametrize("form", ["sqlite", "bdb"])
def test_a_broken_chain_is_told(strake, tmp_path, blobs, form):
    """A page of a value that is another now: those before it are listed, the rest is told."""
    place = put(tmp_path, form, blobs)
    content = bytearray(place.read_bytes())
    largest = max(blobs, key=len)
    at = content.find(largest[20000:20100]) // 4096 * 4096
    assert at > 0
    content[at:at + 4096] = bytes([2] * 4096)
    place.write_bytes(content)
    found, error = listed(strake, tmp_path, 2)
    assert 0 < len(found) < len(blobs) and "damaged" in error and rpmdb.PLACES[form] in error


def test_a_circle_is_told(strake, tmp_path, blobs):
    """An overflow page that names itself as the next one."""
    place = put(tmp_path, "sqlite", blobs)
    content = bytearray(place.read_bytes())
    at = content.find(max(blobs, key=len)[20000:20100]) // 4096
    content[at * 4096:at * 4096 + 4] = (at + 1).to_bytes(4, "big")
    place.write_bytes(content)
    assert "one twice" in listed(strake, tmp_path, 2)[1]


def test_damaged_bytes_anywhere(strake, tmp_path, blobs):
    """Whatever is wrong: an answer, and a message or all packages."""
    chance = random.Random(9)
    for form in rpmdb.FORMS:
        place = put(tmp_path / form, form, blobs[:60])
        content = place.read_bytes()
        for _ in range(12):
            wrong = bytearray(content)
            for _ in range(chance.randrange(1, 40)):
                wrong[chance.randrange(len(wrong)) if chance.random() < 0.7 else chance.randrange(4096)] = chance.randrange(256)
            place.write_bytes(wrong)
            run = strake("image", "list", f"dir:{tmp_path / form}")
            assert run.status in (0, 2, 3) and (run.status == 0 or run.error), run.error


@pytest.mark.parametrize("form", rpmdb.FORMS)
def test_memory_does_not_grow_with_the_database(released, tmp_path, form):
    place = put(tmp_path / "root", form, rpmdb.packages(40))
    image = images.Image(images.tar((rpmdb.PLACES[form], place.read_bytes())))
    name = image.write(tmp_path / "image")
    assert place.stat().st_size > 40_000_000
    assert peak(released, "image", "list", name, "--no-cache") < 24 << 20
