"""Secrets in archives that are in images: zip and its kin, tar, gzip and zstd, in each other, damaged, and such as want to be too large."""
import gzip
import io
import random
import subprocess
import tarfile
import time
import zipfile
import zlib

import pytest
import yaml

from images import Image, tar
from measure import peak

TOKEN = b"ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + b"0mLq17"   # of GitHub's own article about check sums; never was one
TEXT = b"first line\nGITHUB_TOKEN=" + TOKEN + b"\n"


class Unseekable:
    """Makes zipfile write sizes behind the contents."""

    def __init__(self):
        self.out = b""

    def write(self, data):
        self.out += data
        return len(data)

    def flush(self):
        pass

    def getvalue(self):
        return self.out


def zipped(*entries, packed=True, stream=False):
    out = Unseekable() if stream else io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def zstd(data, *options):
    return subprocess.run(["zstd", "-qc", *options], input=data, capture_output=True, check=True).stdout


def facts(strake, tmp_path, *layers, name="image"):
    run = strake("image", "lint", "--no-cache", "-o", "facts", Image(*layers).write(tmp_path / name))
    assert run.status in (0, 1), run.error
    assert TOKEN[:8].decode() not in run.text
    return yaml.safe_load(run.text)


def places(strake, tmp_path, *files):
    found = facts(strake, tmp_path, tar(*files))
    assert not found["search"]["incomplete"], found["search"]
    assert all(one["rule"] == "github-token" and one["line"] == 2 for one in found["secrets"])
    return [one["path"] for one in found["secrets"]]


def left(strake, tmp_path, *files):
    return {one["path"]: one["why"] for one in facts(strake, tmp_path, tar(*files))["search"]["incomplete"]}


KINDS = {
    "zip": ("a.zip", zipped(("etc/key", TEXT)), "a.zip!etc/key"),
    "stored": ("a.zip", zipped(("etc/key", TEXT), packed=False), "a.zip!etc/key"),
    "sizes-behind": ("a.jar", zipped(("x.class", b"\xca\xfe\xba\xbe" * 50_000), ("noise", bytes(range(256)) * 3000), ("key", TEXT), stream=True), "a.jar!key"),
    "any-name": ("app/backup", zipped(("key", TEXT)), "app/backup!key"),
    "wheel": ("a-1-py3-none-any.whl", zipped(("a/__init__.py", TEXT)), "a-1-py3-none-any.whl!a/__init__.py"),
    "tar": ("a.tar", tar(("./etc/key", TEXT)), "a.tar!etc/key"),
    "gnu": ("a.tar", tar(("x" * 300, TEXT), form=tarfile.GNU_FORMAT), "a.tar!" + "x" * 300),
    "tar.gz": ("a.tgz", gzip.compress(tar(("other", bytes(100_000)), ("key", TEXT))), "a.tgz!key"),
    "gz": ("a.log.gz", gzip.compress(TEXT), "a.log.gz"),
    "two-members": ("a.log.gz", gzip.compress(b"first line\n") + gzip.compress(TEXT[11:]), "a.log.gz"),
    "zst": ("a.sql.zst", zstd(TEXT), "a.sql.zst"),
    "tar.zst": ("a.tar.zst", zstd(tar(("key", TEXT))), "a.tar.zst!key"),
    "jar-in-war": ("a.war", zipped(("WEB-INF/lib/b.jar", zipped(("META-INF/key", TEXT)))), "a.war!WEB-INF/lib/b.jar!META-INF/key"),
    "gz-in-tar": ("a.tar", tar(("b.gz", gzip.compress(TEXT))), "a.tar!b.gz"),
    "tgz-in-zip": ("a.zip", zipped(("b.tgz", gzip.compress(tar(("key", TEXT))))), "a.zip!b.tgz!key"),
    "tgz-in-tgz": ("a.tgz", gzip.compress(tar(("b.tgz", gzip.compress(tar(("key", TEXT)))))), "a.tgz!b.tgz!key"),
    "zip-in-gz": ("a.zip.gz", gzip.compress(zipped(("key", TEXT))), "a.zip.gz!key"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind(strake, tmp_path, kind):
    name, content, place = KINDS[kind]
    assert places(strake, tmp_path, ("plain", TEXT), (name, content), ("srv/other", TEXT)) == sorted([f"/{place}", "/plain", "/srv/other"])


def test_deleted_archive(strake, tmp_path):
    """The layer that hides the archive hides what is in it; a name with an exclamation mark is only a name."""
    found = facts(strake, tmp_path, tar(("app/a.zip", zipped(("key", TEXT))), ("app/b!key", TEXT)), tar(("app/.wh.a.zip", b"")))
    assert [(one["path"], one.get("deletedBy")) for one in found["secrets"]] == [("/app/a.zip!key", 1), ("/app/b!key", None)]


def test_rules_know_where_they_are(strake, tmp_path):
    """What is in documentation or tests is as spared as beside an archive, and rules for files of one name find them."""
    password = b"password = 'k3Jx9QpL" + b"w2Vz!m'\n"
    found = facts(strake, tmp_path, tar(("a.zip", zipped(("src/settings.py", password), ("test/settings.py", password))),
                                        ("usr/share/doc/b.zip", zipped(("settings.py", password)))))
    assert [one["path"] for one in found["secrets"]] == ["/a.zip!src/settings.py"]
    assert found["search"]["spared"] == 2


def test_entries_that_no_directory_names(strake, tmp_path):
    """What was taken out of the directory of a zip is still there."""
    whole = zipped(("key", TEXT), ("other", b"nothing"))
    first = whole[:whole.index(b"PK\3\4", 4)]
    assert places(strake, tmp_path, ("a.zip", first + zipped(("other", b"nothing")))) == ["/a.zip!key"]


def test_too_deep(strake, tmp_path):
    inner = zipped(("key", TEXT))
    deep = zipped(("b.jar", zipped(("c.jar", inner), ("d.jar", inner), ("key", TEXT))))
    found = facts(strake, tmp_path, tar(("a.ear", deep)))
    assert [one["path"] for one in found["secrets"]] == ["/a.ear!b.jar!key"]
    assert {one["path"]: one["why"] for one in found["search"]["incomplete"]} == {
        "/a.ear!b.jar!c.jar": "it is an archive in an archive in an archive", "/a.ear!b.jar!d.jar": "it is an archive in an archive in an archive"}


def test_damaged(strake, tmp_path):
    """What cannot be read is told, what stands before it and other files are looked through."""
    noise = random.Random(1).randbytes(100_000).hex().encode()
    whole = zipped(("key", TEXT), ("other", noise))
    packed = bytearray(whole)
    packed[whole.index(b"other") + 40:whole.index(b"other") + 60] = bytes([255] * 20)
    cut = gzip.compress(TEXT + noise)
    encrypted = bytearray(zipped(("secret", TEXT)))
    encrypted[6] |= 1
    nameless = bytes(encrypted).replace(b"\6\0\0\0secret", b"\0\0\0\0", 1)
    found = facts(strake, tmp_path, tar(("1.zip", bytes(packed)), ("2.zip", whole[:len(whole) - 30]), ("3.gz", cut[:len(cut) - 20]),
                                        ("4.zip", bytes(encrypted)), ("5.tar", tar(("key", TEXT), ("more", b"x" * 5000))[:4000]),
                                        ("6.zst", zstd(TEXT * 100)[:-3]), ("7.gz", b"\x1f\x8b\x08\0" + b"\xff" * 5000), ("8.zip", bytes(nameless)), ("end", TEXT)))
    why = {one["path"]: one["why"] for one in found["search"]["incomplete"]}
    assert set(why) == {"/1.zip!other", "/2.zip", "/3.gz", "/4.zip!secret", "/5.tar", "/6.zst", "/7.gz", "/8.zip!"}
    assert "broken" in why["/1.zip!other"] and "end is missing" in why["/2.zip"] and "too early" in why["/3.gz"] and "encrypted" in why["/4.zip!secret"]
    assert {"/1.zip!key", "/2.zip!key", "/3.gz", "/5.tar!key", "/end"} <= {one["path"] for one in found["secrets"]}


def test_too_many_to_name(strake, tmp_path):
    """A hundred are named, the last of them for all others."""
    why = left(strake, tmp_path, *((f"{i:03}.zip", zipped(("key", TEXT))[:-9]) for i in range(120)))
    assert len(why) == 100 and "too many to name" in why["/099.zip"] and "end is missing" in why["/098.zip"]


def test_bombs(strake, tmp_path):
    """Much from little is not looked through to its end, takes neither time nor memory, and is told."""
    zeros = b"a" + bytes(1 << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(squeeze.compress(b"x" * (1 << 20)) for _ in range(1500)) + squeeze.flush()
    begin = time.monotonic()
    why = left(strake, tmp_path, ("1.gz", packed), ("2.zip", zipped(*((f"{i}", b"text " * 200_000) for i in range(200)))), ("3.tar.zst", zstd(tar(*((str(i), b"y" * (1 << 20)) for i in range(99))))),
               ("4.zip", zipped(*((f"{i}.gz", gzip.compress(zeros)) for i in range(10)))))
    assert why == {f"/{name}": "it unpacks to more than 250 times its size" for name in ("1.gz", "2.zip", "3.tar.zst")}
    assert time.monotonic() - begin < 30


def test_many_small_bombs(strake, tmp_path):
    """Each within its own bounds; all together they are not."""
    bomb = gzip.compress(b"some text\n" * 1_600_000, 9)
    why = left(strake, tmp_path, *((f"{i:03}.gz", bomb) for i in range(120)))
    assert 40 < len(why) < 70 and set(why.values()) == {"it and the archives before it unpack to more than 50 times their size"}


def test_sparse_tar_of_gigabytes(strake, tmp_path):
    """A hole in a tar costs nothing to write."""
    info = tarfile.TarInfo("hole")
    info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.name": "hole", "GNU.sparse.realsize": str(1 << 33), "GNU.sparse.map": f"{(1 << 33) - 1},1"}
    why = left(strake, tmp_path, ("a.tar", tar((info, b"x"))))
    assert why == {"/a.tar": "it unpacks to more than 250 times its size"}


def test_wide_windows_are_not_taken(strake, tmp_path):
    noise = zlib.compress(bytes(range(256)) * 100)
    why = left(strake, tmp_path, ("a.zst", zstd(noise * 90_000, "--long=27", "-1")))
    assert "/a.zst" in why


def test_many_entries(strake, tmp_path):
    """More names than are kept of an archive whose packages are listed."""
    entries = [(f"{'folder/' * 20}{i}", b"some text\n") for i in range(30_000)]
    assert places(strake, tmp_path, ("a.zip", zipped(*entries, ("key", TEXT)))) == ["/a.zip!key"]


def test_cache(strake, tmp_path):
    """What was found in archives, and what was not looked through, is the same from the cache."""
    reference = Image(tar(("a.zip", zipped(("key", TEXT))), ("b.zip", zipped(("key", TEXT))[:-9])), tar((".wh.a.zip", b""))).write(tmp_path / "image")
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    texts = {strake("image", "lint", reference, "-o", "facts", *more, env=environment).text for more in ((), (), ("--no-cache",))}
    (text,) = texts
    assert "/a.zip!key" in text and "/b.zip" in text


def test_memory(released, tmp_path):
    """Archives in each other, with all that unpacks open at once."""
    noise = zlib.compress(bytes(range(256)) * 100)
    inner = zstd(tar(*((str(i), noise * 300) for i in range(300))), "-19")
    reference = Image(tar(*((f"{i}.tgz", gzip.compress(tar(("b.tar.zst", inner), ("c.zip", zipped(*((str(j), TEXT * 99) for j in range(99)))))))
                            for i in range(3)))).write(tmp_path / "image")
    assert peak(released, "image", "lint", reference, "--no-cache") < 32 << 20
