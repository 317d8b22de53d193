#!/usr/bin/env python3
"""Makes the images that are measured: one gzip layer with files of this machine, as an OCI layout.

    bench/images.py MEGABYTES [files|jar|rpm], or bench/images.py COUNT crowd
"""
import gzip
import hashlib
import io
import json
import random
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from measure import BUILD


def files_of(megabytes):
    """Regular files of this machine until there are so many bytes, then made-up ones: half text, half noise."""
    left = megabytes * 1_000_000
    for root in ("/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/share"):
        for path in sorted(Path(root).rglob("*")):
            if left <= 0 or not path.is_file() or path.is_symlink() or path.stat().st_size > 64 << 20:
                continue
            left -= path.stat().st_size
            yield str(path).lstrip("/"), path.read_bytes()
    for number in range(10_000_000):
        if left <= 0:
            return
        noise = random.Random(number).randbytes(1 << 19)
        left -= 1 << 20
        yield f"opt/{number}", noise + noise.hex().encode()[:1 << 19]


class Hashing:
    def __init__(self, file):
        self.file, self.hash = file, hashlib.sha256()

    def write(self, data):
        self.hash.update(data)
        return self.file.write(data)


def jar_of(megabytes):
    """A Java archive that holds so many of 50 MB."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(50):
            archive.writestr(f"{number}.class", random.Random(number).randbytes(1_000_000) + bytes(1_000_000))
        archive.writestr("META-INF/maven/g/inner/pom.properties", "groupId=g\nartifactId=inner\nversion=1\n")
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_STORED) as archive:
        for number in range(megabytes // 50):
            archive.writestr(f"BOOT-INF/lib/{number}.jar", inner.getvalue())
    yield "app/service.jar", outer.getvalue()


def rpm_of(megabytes):
    """The database of rpm of a machine with thousands of packages."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/e2e"))
    import rpmdb
    with tempfile.TemporaryDirectory() as folder:
        rpmdb.sqlite(f"{folder}/db", rpmdb.packages(0.84 * megabytes))
        yield rpmdb.PLACES["sqlite"], Path(folder, "db").read_bytes()


def crowd_of(count):
    """So many empty files."""
    for number in range(count):
        yield f"srv/{number // 256:04}/{number:08}", b""


CONTENTS = {"files": files_of, "jar": jar_of, "crowd": crowd_of, "rpm": rpm_of}


def image(megabytes, what="files"):
    """An OCI layout with files of this machine, with one Java archive (`what` is "jar") or database of rpm ("rpm"), or
    with so many files ("crowd"); made once."""
    place = BUILD / f"bench-image-{megabytes}{'' if what == 'files' else '-' + what}"
    if place.exists():
        return place
    # In a process of its own: one that is started later would count as large as this one has become.
    if __name__ != "__main__":
        subprocess.run([sys.executable, __file__, str(megabytes), what], check=True)
        return place
    new = Path(tempfile.mkdtemp(dir=BUILD))
    blobs = new / "blobs/sha256"
    blobs.mkdir(parents=True)
    with open(new / "layer", "wb") as file:
        stored = Hashing(file)
        with gzip.GzipFile("", "wb", 6 if megabytes <= 1000 else 1, stored, mtime=0) as packed:
            plain = Hashing(packed)
            with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                status = Path("/var/lib/dpkg/status").read_bytes()
                for path, content in [("var/lib/dpkg/status", status), *CONTENTS[what](megabytes)]:
                    info = tarfile.TarInfo(path)
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
    (new / "layer").rename(blobs / stored.hash.hexdigest())

    def add(document, kind):
        data = json.dumps(document).encode()
        name = hashlib.sha256(data).hexdigest()
        (blobs / name).write_bytes(data)
        return {"mediaType": f"application/vnd.oci.image.{kind}.v1+json", "digest": "sha256:" + name, "size": len(data)}

    config = add({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + plain.hash.hexdigest()]}}, "config")
    layer = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + stored.hash.hexdigest(),
             "size": (blobs / stored.hash.hexdigest()).stat().st_size}
    manifest = add({"schemaVersion": 2, "config": config, "layers": [layer]}, "manifest")
    (new / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (new / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    new.rename(place)
    return place


if __name__ == "__main__":
    image(int(sys.argv[1]), *sys.argv[2:])
