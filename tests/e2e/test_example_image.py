"""The example image: what was planted is found, in the image and in the shop that runs it; its repaired twin has nothing of it."""
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="this is no Debian: there are no packages to make an image of")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "strake/debs"
PLANTED = {"image-runs-as-root", "image-secret-medium", "image-open-folders", "image-secret-file", "image-runs-downloaded-script",
           "image-has-package-manager", "image-has-shell", "image-setuid-program"}


def build(root, folder):
    """Packages are fetched once for all runs."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    (folder / "debs").symlink_to(CACHE)
    done = subprocess.run([root / "examples/image/build", folder], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def images(root, tmp_path_factory):
    return build(root, tmp_path_factory.mktemp("example") / "images")


def rules(report):
    return {finding["rule"] for finding in report["findings"]}


def test_what_was_planted_is_found(strake, images):
    run = strake("image", "lint", f"oci:{images}/storefront:latest", "-o", "json")
    assert run.status == 1 and PLANTED <= rules(run.json())


def test_the_repaired_twin(strake, images):
    run = strake("image", "lint", f"oci:{images}/storefront:2.4.1", "-o", "json")
    assert run.status == 0 and not PLANTED & rules(run.json())
    assert {finding["severity"] for finding in run.json()["findings"]} <= {"low", "info"}


def test_packages(strake, images):
    names = {}
    for tag in ("latest", "2.4.1"):
        run = strake("image", "list", f"oci:{images}/storefront:{tag}", "-o", "json")
        assert run.status == 0, run.error
        names[tag] = {(package["type"], package["name"]) for package in run.json()["packages"]}
    assert {("deb", "base-files"), ("deb", "libc6"), ("npm", "lodash")} <= names["2.4.1"] < names["latest"]
    assert ("deb", "apt") in names["latest"] - names["2.4.1"]


def test_the_shop_runs_it(strake, root, images):
    for shop, found, place in (("shop", True, "latest"), ("shop-repaired", False, "2.4.1")):
        run, report = strake.scan("--image-map", images / "images.yaml", f"examples/{shop}", cwd=root)
        assert report["judged"]["images"] == 1 and run.status == int(found)
        assert ("container-root-by-image" in rules(report)) == found
        of_image = [finding for finding in report["findings"] if finding["location"]["file"].endswith(f"storefront:{place}")]
        assert of_image and all(one["related"][0]["object"]["name"] == "storefront" for one in of_image)


def test_the_same_bytes(root, images, tmp_path):
    again = build(root, tmp_path / "images")
    assert (again / "storefront/index.json").read_bytes() == (images / "storefront/index.json").read_bytes()


def test_packer_orders_owns_and_links(root, tmp_path, strake):
    """Hard links, modes and names of a folder come back; files replaced by a later layer are replaced."""
    folder = tmp_path / "tree"
    (folder / "a").mkdir(parents=True)
    (folder / "a/z").write_text("one")
    os.link(folder / "a/z", folder / "a/b")
    (folder / "a/run").write_text("#!/bin/sh\n")
    (folder / "a/run").chmod(0o4755)
    (folder / "a/link").symlink_to("run")
    later = tmp_path / "later/a"
    later.mkdir(parents=True)
    (later / "run").write_text("two")
    for out, layers in (("one", ["--layer", folder]), ("two", ["--layer", folder, later.parent]), ("three", ["--layer", folder, "--layer", later.parent])):
        subprocess.run([root / "tools/pack-image", "--oci", f"{tmp_path}/{out}:1", "--root", *layers], check=True)
    facts = json.loads(strake("image", "lint", f"oci:{tmp_path}/one:1", "-o", "json").text)
    assert "image-setuid-program" in rules(facts)
    assert strake("image", "diff", f"oci:{tmp_path}/two:1", f"oci:{tmp_path}/three:1").status == 1
    assert "image-setuid-program" not in rules(strake("image", "lint", f"oci:{tmp_path}/three:1", "-o", "json").json())
    differences = strake("image", "diff", f"oci:{tmp_path}/one:1", f"dir:{folder}", "-o", "json").json()["files"]
    assert [(one["path"], one["what"]) for one in differences] == [("a/z", "kind, link")]  # the second name of one file


@pytest.mark.parametrize("words, message", [
    (["--oci", "out"], "write FOLDER:TAG"),
    (["--oci", "out:1"], "there is no such file or folder"),
    (["--docker-archive", ":1"], "there is no such file or folder"),
])
def test_packer_says_what_is_wrong(root, tmp_path, words, message):
    layers = ["--layer", tmp_path] if "FOLDER" in message else ["--layer", tmp_path / "missing"]
    done = subprocess.run([root / "tools/pack-image", *words, *layers], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1 and message in done.stderr
