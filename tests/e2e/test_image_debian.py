"""A Debian system made by debootstrap, packed as an image: strake image list names what dpkg-query names inside it."""
import hashlib
import os
import shutil
import subprocess
import tarfile
import urllib.request
from pathlib import Path

import pytest

MIRROR, SUITE = "http://deb.debian.org/debian", "bookworm"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strake"
FIELDS = "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\\n"


def release():
    """What is told of the suite now: another release is another system."""
    try:
        with urllib.request.urlopen(f"{MIRROR}/dists/{SUITE}/InRelease", timeout=15) as answer:
            return hashlib.sha256(answer.read()).hexdigest()[:16]
    except OSError:
        return None


def bootstrap(folder, archive):
    root = folder / "root"
    words = ["debootstrap", "--variant=minbase", SUITE, str(root), MIRROR]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=1200, check=False)
    if done.returncode:
        pytest.skip("debootstrap cannot run here: " + done.stdout.decode(errors="replace").strip().splitlines()[-1])
    CACHE.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(f".{os.getpid()}")
    subprocess.run(["tar", "--create", "--gzip", "--file", part, "--directory", root, "--sort=name", "."], check=True)
    part.rename(archive)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """The root file system as a tar archive, made once for each state of the suite."""
    known = sorted(CACHE.glob(f"debian-{SUITE}-*.tar.gz"), key=lambda path: path.stat().st_mtime) if CACHE.is_dir() else []
    state = release()
    archive = CACHE / f"debian-{SUITE}-{state}.tar.gz" if state else known and known[-1]
    if not archive:
        pytest.skip("no network to make a Debian system from")
    if not archive.exists():
        if not shutil.which("debootstrap") or os.geteuid():
            pytest.skip("debootstrap is not installed, or this is not root")
        bootstrap(tmp_path_factory.mktemp("debootstrap"), archive)
        for old in known:
            old.unlink()
    return archive


@pytest.fixture(scope="module")
def inside(system, tmp_path_factory):
    """What dpkg-query says of the database in it."""
    folder = tmp_path_factory.mktemp("dpkg")
    with tarfile.open(system) as archive:
        archive.extractall(folder, [info for info in archive if info.name.startswith("./var/lib/dpkg/")], filter="data")
    out = subprocess.run(["dpkg-query", f"--admindir={folder}/var/lib/dpkg", "--show", f"--showformat={FIELDS}"],
                         check=True, capture_output=True, text=True).stdout
    return sorted(tuple(line.split()[1:]) for line in out.splitlines() if line.startswith("installed "))


@pytest.fixture(scope="module")
def images(system, root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    subprocess.run([root / "tools/pack-image", "--oci", f"{folder}/oci:12", "--docker-archive", f"{folder}/debian.tar:debian:12",
                    "--level", "1", "--layer", system], check=True)
    return folder


def listed(run):
    assert run.status == 0, run.error
    packages = [package for package in run.json()["packages"] if package["type"] == "deb"]
    return sorted((package["name"], package["version"], package["arch"],
                   *((package["source"]["name"], package["source"]["version"]) if package.get("source") else (package["name"], package["version"])))
                  for package in packages)


@pytest.mark.parametrize("reference", ["oci:{}/oci:12", "docker-archive:{}/debian.tar"])
def test_packages_are_those_of_dpkg_query(strake, inside, images, reference):
    assert len(inside) > 50
    assert listed(strake("image", "list", reference.format(images), "--no-cache", "-o", "json", seconds=60)) == inside


def test_both_archives_are_the_same_image(strake, images):
    run = strake("image", "diff", f"oci:{images}/oci:12", f"docker-archive:{images}/debian.tar", "--no-cache", seconds=120)
    assert run.status == 0, run.text
