"""strake image list containerd:NAME: a store that containerd's own code made, and one that is damaged."""
import json
import struct
import subprocess

import pytest

from conftest import ROOT
from images import OCI, Image, deb, sha256, tar

META = "io.containerd.metadata.v1.bolt/meta.db"
BLOBS = "io.containerd.content.v1.content/blobs/sha256"


@pytest.fixture(scope="module")
def maker():
    """The program that makes stores; tests/containerd/build builds it, as `make check` does."""
    built = subprocess.run([ROOT / "tests/containerd/build", "--if-cached"], capture_output=True, text=True)
    if built.returncode:
        pytest.skip(built.stderr.strip().splitlines()[-1])
    return built.stdout.strip()


class Containerd:
    def __init__(self, maker, root):
        self.maker, self.root = maker, root

    def add(self, folder, image, *names, namespace="k8s.io", target=None, kind="manifest.v1+json"):
        target = target or image.manifest()
        image.write(folder, target)
        named = [f"{name}={target['digest']},{OCI}{kind},{target['size']}" for name in names]
        subprocess.run([self.maker, self.root, namespace, *named], input=f"{folder}\n", text=True, check=True)
        return target

    def name(self, name, namespace=None):
        return f"containerd:[{namespace + '@' if namespace else ''}{self.root}]{name}"


@pytest.fixture
def containerd(maker, tmp_path):
    return Containerd(maker, tmp_path / "store")


def names(run):
    assert run.status == 0, run.error
    return [f"{package['name']} {package['version']}" for package in run.json()["packages"]]


def listed(strake, reference, *options, **about):
    return strake("image", "list", reference, "--no-cache", "-o", "json", *options, **about)


def test_by_its_names(strake, containerd, tmp_path):
    image = Image(tar(deb("a")), tar(deb("b")))
    target = containerd.add(tmp_path / "a", image, "docker.io/library/app:latest", "sha256:" + "1" * 64)
    for name in ("docker.io/library/app:latest", "app", "app:latest", "sha256:" + "1" * 64):
        run = listed(strake, containerd.name(name))
        assert names(run) == ["a 1.0", "b 1.0"] and run.json()["image"]["digest"] == target["digest"]
    run = listed(strake, containerd.name("other"))
    assert run.status == 2 and "no image of this name in any namespace" in run.error and "docker.io/library/app:latest" in run.error


def test_namespaces(strake, containerd, tmp_path):
    """The kubelet's comes first; another can be asked for."""
    containerd.add(tmp_path / "a", Image(tar(deb("build"))), "example.org/app:1", namespace="buildkit")
    containerd.add(tmp_path / "b", Image(tar(deb("default"))), "example.org/app:1", namespace="default")
    containerd.add(tmp_path / "c", Image(tar(deb("kubelet"))), "example.org/app:1", namespace="k8s.io")
    assert names(listed(strake, containerd.name("example.org/app:1"))) == ["kubelet 1.0"]
    for namespace, wanted in (("buildkit", "build"), ("default", "default")):
        assert names(listed(strake, containerd.name("example.org/app:1", namespace))) == [f"{wanted} 1.0"]
        assert names(listed(strake, containerd.name("example.org/app:1"), env={"CONTAINERD_NAMESPACE": namespace})) == [f"{wanted} 1.0"]
    run = listed(strake, containerd.name("example.org/app:1", "none"))
    assert run.status == 2 and "in the namespace none" in run.error


def test_many_images(strake, containerd, tmp_path):
    """More than a page holds: the database becomes a tree."""
    image = Image(tar(deb("a")))
    containerd.add(tmp_path / "a", image, *(f"example.org/{'long/' * 20}app-{number}:1" for number in range(1500)))
    for number in (0, 7, 777, 1499):
        assert names(listed(strake, containerd.name(f"example.org/{'long/' * 20}app-{number}:1"))) == ["a 1.0"]
    assert listed(strake, containerd.name(f"example.org/{'long/' * 20}app-1500:1")).status == 2


def test_platforms(strake, containerd, tmp_path):
    """Of an index only what was pulled is there."""
    amd, arm = Image(tar(deb("amd"))), Image(tar(deb("arm")), arch="arm64")
    manifests = [amd.manifest() | {"platform": {"os": "linux", "architecture": "amd64"}}, arm.manifest() | {"platform": {"os": "linux", "architecture": "arm64"}}]
    target = amd.add(json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": manifests}).encode(), OCI + "index.v1+json")
    containerd.add(tmp_path / "a", amd, "example.org/app:1", target=target, kind="index.v1+json")
    assert names(listed(strake, containerd.name("example.org/app:1"), "--platform", "linux/amd64")) == ["amd 1.0"]
    run = listed(strake, containerd.name("example.org/app:1"), "--platform", "linux/arm64")
    assert run.status == 2 and arm.manifest()["digest"][7:] in run.error and "No such file" in run.error


def test_layers_that_are_unpacked_only(strake, containerd, tmp_path):
    image = Image(tar(deb("a")), tar(deb("b")))
    containerd.add(tmp_path / "a", image, "example.org/app:1")
    (containerd.root / BLOBS / sha256(image.layers[1][0])[7:]).unlink()
    run = listed(strake, containerd.name("example.org/app:1"))
    assert run.status == 2 and "layer 2" in run.error and "unpacked only" in run.error and "from its registry" in run.error


def test_damaged_database(strake, containerd, tmp_path):
    containerd.add(tmp_path / "a", Image(tar(deb("a"))), "example.org/app:1")
    database = containerd.root / META
    whole = database.read_bytes()
    page = struct.unpack_from("<I", whole, 24)[0]
    newest = max((0, 1), key=lambda number: struct.unpack_from("<Q", whole, number * page + 64)[0])
    # A head that was half written: the other one is of the transaction before.
    database.write_bytes(whole[:newest * page + 32] + b"\xff" + whole[newest * page + 33:])
    assert listed(strake, containerd.name("example.org/app:1")).status in (0, 2)
    for text, wanted in ((b"", "no database of bbolt"), (whole[:page], "beyond its end"), (whole[:2 * page] + bytes(len(whole) - 2 * page), "damaged: page"),
                         (bytes(2 * page) + whole[2 * page:], "neither head is sound")):
        database.write_bytes(text)
        run = listed(strake, containerd.name("example.org/app:1"))
        assert run.status == 2 and META in run.error and wanted in run.error, run.error
    database.unlink()
    run = listed(strake, containerd.name("example.org/app:1"))
    assert run.status == 2 and "No such file" in run.error
    run = listed(strake, f"containerd:[{tmp_path}/none]a")
    assert run.status == 2 and f"{tmp_path}/none: No such file" in run.error
