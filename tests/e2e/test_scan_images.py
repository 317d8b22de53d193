"""strake scan --images, --image-map: the images that containers name, judged with them."""
import json
import os
import re
import subprocess
import tarfile

import jsonschema
import pytest

from conftest import PASSED_ON
from images import Image, deb, sha256, tar
from test_image_registry import REGISTRY, Registry

ARM = {"kubernetes.io/arch": "arm64"}
needs_registry = pytest.mark.skipif(not REGISTRY, reason="docker-registry is not installed")


def image(*layers, user="10001", **about):
    made = Image(*(layers or (tar(deb("a")),)), **about)
    made.config["config"] = {"User": user}
    return made


def pod(*images, name="web", containers=None, **spec):
    boxes = containers or [{"name": f"c{number}", "image": one} for number, one in enumerate(images)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"}, "spec": {"containers": boxes, **spec}}


@pytest.fixture
def scan(strake, tmp_path, root):
    schema = json.loads((root / "docs/schema/strake.report-1.json").read_text())

    def run(objects, *options, status=None, **more):
        (tmp_path / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=1))
        done, report = strake.scan("pods.json", "--no-cache", *options, cwd=tmp_path, **more)
        jsonschema.validate(report, schema)
        assert status is None or done.status == status, done.error
        return report

    return run


def found(report, rule):
    return [finding for finding in report["findings"] if finding["rule"] == rule]


def messages(report, rule):
    return [finding["message"] for finding in found(report, rule)]


# --- maps ---

def test_a_container_is_root_because_its_image_is(scan, tmp_path):
    image(user="").write(tmp_path / "web")
    report = scan([pod("registry.example/web:1")], "--image-map", "registry.example/web=oci:web", status=1)
    assert report["judged"]["images"] == 1 and report["judged"]["objects"] == 1
    finding, = found(report, "container-root-by-image")
    assert "its image oci:web names no user" in finding["message"] and finding["container"] == "c0"
    assert finding["location"]["path"] == "/items/0/spec/containers/0/image"
    related, = finding["related"]
    assert related["object"]["kind"] == "Image" and related["location"] == {"file": "oci:web", "path": "/manifests/0"}
    own, = found(report, "image-runs-as-root")
    assert own["location"]["file"] == "oci:web"
    assert [(one["object"]["name"], one["location"]["path"], one["location"]["file"]) for one in own["related"]] == [
        ("web", "/items/0/spec/containers/0/image", "pods.json")]


@pytest.mark.parametrize("spec", [{"securityContext": {"runAsUser": 1000}}, {"securityContext": {"runAsNonRoot": True}}])
def test_the_manifest_says_who_runs(scan, tmp_path, spec):
    image(user="").write(tmp_path / "web")
    report = scan([pod("web", **spec)], "--image-map", "web=oci:web")
    assert not found(report, "container-root-by-image")
    assert bool(found(report, "container-user-not-allowed")) == ("runAsNonRoot" in spec["securityContext"])


def test_a_file_maps_and_the_command_line_goes_first(scan, tmp_path):
    (tmp_path / "maps").mkdir()
    image(user="").write(tmp_path / "maps/old")
    image(user="app").write(tmp_path / "new")
    (tmp_path / "maps/images.yaml").write_text("# where they are\nweb: oci:old\nother: oci:nowhere\n")
    objects = [pod("web:1", securityContext={"runAsNonRoot": True})]
    report = scan(objects, "--image-map", "maps/images.yaml")
    assert "names no user" in messages(report, "container-user-not-allowed")[0]
    report = scan(objects, "--image-map", "maps/images.yaml", "--image-map", "web=oci:new")
    assert "names its user, app, not by a number" in messages(report, "container-user-not-allowed")[0]


def test_each_digest_is_read_once(scan, tmp_path):
    one = image(user="")
    one.write(tmp_path / "one")
    one.write(tmp_path / "copy")
    (tmp_path / "images.yaml").write_text("web: oci:one\ndocker.io/library/web2: oci:copy\nweb3: oci:one\n")
    report = scan([pod("web:1", "docker.io/library/web:1", "web2", "web3@" + one.manifest()["digest"])], "--image-map", "images.yaml")
    assert report["judged"]["images"] == 1
    assert len(found(report, "container-root-by-image")) == 4
    own, = found(report, "image-runs-as-root")
    assert len(own["related"]) == 4


def test_volumes_name_images_too(scan, tmp_path):
    image(user="").write(tmp_path / "data")
    report = scan([pod("web", volumes=[{"name": "data", "image": {"reference": "registry.example/data:1"}}])],
                  "--image-map", "registry.example/data=oci:data")
    assert report["judged"]["images"] == 1 and found(report, "image-runs-as-root")


@pytest.mark.parametrize("text, message", [
    ("- web\n", "m.yaml:1:1: this is a list"),
    ("web: [oci:web]\n", "m.yaml:1:6: web is mapped to a list, where text is wanted"),
    ("web:\n", "what is to be read for web is missing"),
    ("Web: oci:web\n", '"Web" is neither a file'),
    ("web: oci:a\nweb:1: oci:b\nlibrary/web: oci:c\n", "m.yaml:3:14: library/web is mapped already, by m.yaml:1:6"),
    ("web: 'oci:a\n", "m.yaml:"),
    ("web: oci:a\n---\nx: oci:b\n", "m.yaml:"),
    ("", "m.yaml:"),
    ("\0\0", "m.yaml:"),
    ("web: &a oci:a\nx: *b\n", "m.yaml:"),
    ("{" * 3000, "m.yaml:"),
])
def test_ugly_maps(strake, tmp_path, text, message):
    (tmp_path / "m.yaml").write_text(text)
    run = strake("scan", "--image-map", "m.yaml", "-", stdin=b"", cwd=tmp_path)
    assert run.status == 2 and message in run.error and not run.out


@pytest.mark.parametrize("given, message", [
    ("missing.yaml", "missing.yaml: No such file"),
    ("=oci:web", "the name of an image is missing"),
    ("web=", "what is to be read for web is missing"),
    ("We b=oci:web", "is neither a file"),
])
def test_ugly_assignments(strake, tmp_path, given, message):
    run = strake("scan", "--image-map", given, "-", stdin=b"", cwd=tmp_path)
    assert run.status == 2 and message in run.error


@pytest.mark.parametrize("options, message", [
    (["--offline"], "--offline says how images are read"),
    (["--platform", "linux/arm64"], "goes with --images or --image-map"),
    (["--images", "--platform", "arm64"], "--platform wants OS/ARCHITECTURE"),
    (["--images", "--watch"], "--watch and --images do not go together"),
])
def test_usage(strake, tmp_path, options, message):
    (tmp_path / "pod.json").write_text(json.dumps(pod("web")))
    run = strake("scan", "pod.json", *options, cwd=tmp_path)
    assert run.status == 2 and message in run.error


# --- what cannot be read ---

def test_what_the_map_has_not_is_told_once(scan, tmp_path):
    image().write(tmp_path / "web")
    report = scan([pod("web", "redis:7", "other")], "--image-map", "web=oci:web", "--fail-on", "never", status=0)
    finding, = found(report, "image-left-out")
    assert finding["message"].startswith("2 images, redis:7 among them") and finding["severity"] == "info"


def test_offline_every_image_is_told(scan):
    report = scan([pod("web", "redis:7"), pod("web", name="again")], "--images", "--offline", status=2)
    first, second = found(report, "unreadable-image")
    assert "the image web (named 2 times) cannot be read: no registry is asked" in first["message"]
    assert first["location"]["path"] == "/items/0/spec/containers/0/image" and first["location"]["line"] > 1
    assert "redis:7" in second["message"] and report["judged"]["images"] == 0


def test_a_mirror_is_a_registry(scan):
    report = scan([pod("redis:7")], "--image-map", "redis=mirror.example/library/redis", "--offline", status=2)
    message, = messages(report, "unreadable-image")
    assert "it is in a registry, and none is asked (--offline) (by redis=mirror.example/library/redis)" in message


def test_missing(scan):
    report = scan([pod("web")], "--image-map", "web=oci:nowhere", status=2)
    assert messages(report, "unreadable-image") == [
        "the image web cannot be read: oci:nowhere: No such file or directory (by web=oci:nowhere)"]


def test_no_name(scan):
    report = scan([pod("https://registry.example/web", "Web:1")], "--images", "--offline", status=2)
    assert len(messages(report, "unreadable-image")) == 2 and "is not the name of an image" in messages(report, "unreadable-image")[0]


def test_corrupt(scan, tmp_path):
    made = image(tar(deb("a")), tar(deb("b")), user="")
    made.write(tmp_path / "web")
    blob = made.blob(tmp_path / "web", 1)
    blob.write_bytes(bytes(len(blob.read_bytes())))
    report = scan([pod("web")], "--image-map", "web=oci:web", status=2)
    finding, = found(report, "unreadable-image")
    assert sha256(made.layers[1][0]) in finding["message"] and finding["location"]["file"] == "oci:web"
    assert report["judged"]["images"] == 1 and found(report, "container-root-by-image")


def test_half_a_manifest(scan, tmp_path):
    made = image()
    made.write(tmp_path / "web")
    file = tmp_path / "web/blobs/sha256" / made.manifest()["digest"][7:]
    file.write_bytes(file.read_bytes()[:40])
    report = scan([pod("web")], "--image-map", "web=oci:web", status=2)
    assert "bytes, not" in messages(report, "unreadable-image")[0] and report["judged"]["images"] == 0


def test_a_name_with_a_digest_means_that_one(scan, tmp_path):
    made, other = image(user=""), image(tar(deb("b")), user="")
    made.write(tmp_path / "web")
    name = "web@" + made.manifest()["digest"]
    assert found(scan([pod(name)], "--image-map", "web=oci:web"), "container-root-by-image")
    name = "web@" + other.manifest()["digest"]
    report = scan([pod(name)], "--image-map", "web=oci:web", status=2)
    assert f"is another image, {made.manifest()['digest']}" in messages(report, "unreadable-image")[0]
    assert report["judged"]["images"] == 0
    made.save(tmp_path / "web.tar")
    report = scan([pod(name)], "--image-map", "web=docker-archive:web.tar", status=2)
    assert "it has no digest of a manifest" in messages(report, "unreadable-image")[0]


# --- platforms ---

def test_wrong_platform(scan, tmp_path):
    image().write(tmp_path / "web")
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64", "s390x"]}]}]}}}
    for spec, where in (({"nodeSelector": ARM}, "arm64 is (node selector)"), ({"affinity": affinity}, "arm64, s390x is (node affinity)")):
        message, = messages(scan([pod("web", **spec)], "--image-map", "web=oci:web"), "container-platform-mismatch")
        assert "which is for amd64" in message and where in message
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "status": {"nodeInfo": {"architecture": "arm64"}}}
    assert "(nodes)" in messages(scan([pod("web"), node], "--image-map", "web=oci:web"), "container-platform-mismatch")[0]
    assert not found(scan([pod("web")], "--image-map", "web=oci:web"), "container-platform-mismatch")


def two_platforms(folder=None):
    one, other = image(tar(deb("amd")), user=""), image(tar(deb("arm")), user="10001", arch="arm64")
    manifests = [one.manifest() | {"platform": {"os": "linux", "architecture": "amd64"}},
                 other.manifest() | {"platform": {"os": "linux", "architecture": "arm64"}}]
    one.blobs |= other.blobs
    return one.write(folder, *manifests) if folder else (one, manifests)


def test_each_pod_gets_the_image_for_its_nodes(scan, tmp_path):
    two_platforms(tmp_path / "web")
    report = scan([pod("web"), pod("web", name="arm", nodeSelector=ARM)], "--image-map", "web=oci:web")
    assert report["judged"]["images"] == 2 and not found(report, "container-platform-mismatch")
    assert [finding["object"]["name"] for finding in found(report, "container-root-by-image")] == ["web"]


def test_no_image_for_a_platform_that_was_asked_for(scan, tmp_path):
    image().write(tmp_path / "web")
    report = scan([pod("web")], "--image-map", "web=oci:web", "--platform", "linux/s390x", status=2)
    assert "it has no image for linux/s390x" in messages(report, "unreadable-image")[0]


# --- shells ---

def test_a_shell_that_is_not_there(scan, tmp_path):
    image().write(tmp_path / "bare")
    shell = tarfile.TarInfo("usr/bin/dash")
    shell.mode = 0o755
    image(tar((shell, b"\x7fELF"))).write(tmp_path / "full")
    boxes = [{"name": name, "image": name, "command": ["/bin/sh", "-c", "serve"]} for name in ("bare", "full")]
    boxes.append({"name": "probe", "image": "bare", "livenessProbe": {"exec": {"command": ["bash", "check"]}}})
    report = scan([pod(containers=boxes)], "--image-map", "bare=oci:bare", "--image-map", "full=oci:full")
    assert [(finding["container"], finding["location"]["path"].rpartition("/containers/")[2])
            for finding in found(report, "container-without-shell")] == [("bare", "0/command"), ("probe", "2/livenessProbe/exec/command")]


# --- the same for everybody ---

def many(tmp_path, count=9):
    for number in range(count):
        image(tar(deb(f"p{number}"), ("opt/data", os.urandom(200000))), tar(deb("shared")), user="" if number % 2 else "7").write(tmp_path / f"i{number}")
    (tmp_path / "images.yaml").write_text("".join(f"i{number}: oci:i{number}\n" for number in range(count)) + "gone: oci:gone\n")
    return [pod(*(f"i{(number + at) % count}:{at}" for at in range(3)), "gone", "other", name=f"p{number}") for number in range(count)]


def test_threads_and_order_change_nothing(strake, tmp_path):
    objects = many(tmp_path)
    (tmp_path / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
    runs = [strake("scan", "pods.json", "--no-cache", "--image-map", "images.yaml", "-o", form, "--threads", threads, cwd=tmp_path)
            for form in ("json", "text", "sarif") for threads in (1, 2, 7)]
    for begin in (0, 3, 6):
        assert len({run.out for run in runs[begin:begin + 3]}) == 1
    assert runs[0].status == 2 and runs[0].json()["judged"]["images"] == 9
    files = [finding["location"]["file"] for finding in runs[0].json()["findings"]]
    assert files == sorted(files)


def test_more_images_than_files_may_be_open(strake, tmp_path):
    (tmp_path / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": many(tmp_path, 60)}))
    words = [strake.program, "scan", "pods.json", "--no-cache", "--image-map", "images.yaml", "-o", "json", "--threads", "2"]
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {"HOME": str(strake.home)}
    runs = [subprocess.run(["sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh", *words], cwd=tmp_path, env=env, capture_output=True,
                           timeout=120, check=False) for limit in (1000, 40)]
    assert json.loads(runs[0].stdout)["judged"]["images"] == 60
    assert runs[0].stdout == runs[1].stdout and runs[0].returncode == runs[1].returncode == 2


def test_reports_are_written_from_inside_the_cage(strake, tmp_path):
    image(user="").write(tmp_path / "web")
    (tmp_path / "out").mkdir()
    (tmp_path / "pod.json").write_text(json.dumps(pod("web")))
    run = strake("scan", "pod.json", "--image-map", "web=oci:web", "-o", "json=out/report.json", "-o", "html=out/report.html", cwd=tmp_path)
    assert run.status == 1, run.error
    assert json.loads((tmp_path / "out/report.json").read_text())["judged"]["images"] == 1
    assert "oci:web" in (tmp_path / "out/report.html").read_text()


def test_a_snapshot_keeps_images(strake, tmp_path):
    image(user="").write(tmp_path / "web")
    (tmp_path / "pod.json").write_text(json.dumps(pod("web", nodeSelector={"kubernetes.io/arch": "amd64"})))
    run = strake("snapshot", "pod.json", "--image-map", "web=oci:web", "-o", "all.snapshot", cwd=tmp_path)
    assert run.status == 0, run.error
    (tmp_path / "web/index.json").unlink()
    for options in ((), ("--images", "--offline")):
        run, report = strake.scan("all.snapshot", *options, cwd=tmp_path)
        assert run.status == 1 and report["judged"]["images"] == 1
        assert found(report, "container-root-by-image") and found(report, "image-runs-as-root")


# --- registries ---

@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry"))
    yield registry
    registry.stop()


@needs_registry
def test_from_a_registry(scan, registry):
    made = image(user="")
    registry.push("shop/web", "1.0", made)
    name, digest = f"{registry.host}/shop/web:1.0", made.manifest()["digest"]
    report = scan([pod(name, f"{registry.host}/shop/web@{digest}")], "--images", "--plain-http", status=1)
    assert report["judged"]["images"] == 1 and len(found(report, "container-root-by-image")) == 2
    finding, = found(report, "container-image-digest")
    assert finding["message"].endswith(f"which is {digest} now")
    assert finding["fix"]["safe"] is False and finding["fix"]["patch"] == [
        {"op": "replace", "path": "/items/0/spec/containers/0/image", "value": f"{name}@{digest}"}]
    assert found(report, "image-runs-as-root")[0]["location"]["file"].startswith(f"{registry.host}/shop/web")


@needs_registry
def test_the_digest_of_several_platforms_is_that_of_the_index(scan, registry):
    made, manifests = two_platforms()
    registry.push("shop/multi", "1", made, *manifests)
    answer = registry.ask("HEAD", "/v2/shop/multi/manifests/1", Accept="application/vnd.oci.image.index.v1+json")
    report = scan([pod(f"{registry.host}/shop/multi:1", nodeSelector=ARM)], "--images", "--plain-http")
    assert answer.headers["Docker-Content-Digest"] in messages(report, "container-image-digest")[0]
    assert not found(report, "container-root-by-image") and not found(report, "container-platform-mismatch")


@needs_registry
def test_not_in_the_registry(scan, registry):
    report = scan([pod(f"{registry.host}/none:1", "127.0.0.1:1/none:1")], "--images", "--plain-http", status=2, seconds=60)
    first, second = messages(report, "unreadable-image")
    assert "status 404: there is no such image" in first and "127.0.0.1:1" in second


@needs_registry
def test_the_map_goes_before_the_registry(scan, registry, tmp_path):
    registry.push("shop/mapped", "1", image(user=""))
    image(user="5").write(tmp_path / "local")
    name = f"{registry.host}/shop/mapped:1"
    report = scan([pod(name)], "--images", "--plain-http", "--image-map", f"{name}=oci:local")
    assert report["judged"]["images"] == 1 and not found(report, "container-root-by-image")
    report = scan([pod("web:1")], "--plain-http", "--image-map", f"web={registry.host}/shop/mapped")
    assert found(report, "container-root-by-image")


# --- ways ---

def ways_in(tmp_path, *images, **spec):
    rbac = "rbac.authorization.k8s.io"
    account = {"serviceAccountName": "web", **spec}
    binding = {"apiVersion": f"{rbac}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "admins"},
               "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "cluster-admin"},
               "subjects": [{"kind": "ServiceAccount", "name": "web", "namespace": "shop"}]}
    (tmp_path / "in.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [pod(*images, **account), binding]}))


def test_who_writes_to_the_registry_has_what_runs_a_tag(strake, tmp_path, root):
    made = image()
    made.write(tmp_path / "web")
    ways_in(tmp_path, "registry.example/web:1", imagePullSecrets=[{"name": "login"}])
    words = ["paths", "in.json", "--image-map", "registry.example/web=oci:web", "--no-cache"]
    run = strake(*words, "--from", "registry/registry.example", "-o", "json", cwd=tmp_path)
    document = run.json()
    jsonschema.validate(document, json.loads((root / "docs/schema/strake.paths-1.json").read_text()))
    assert run.status == 1
    assert [step["type"] for step in document["paths"][0]["steps"]][:3] == ["IMAGE_REPLACE", "IMAGE_RUN", "IDENTITY_ASSUME"]
    assert made.manifest()["digest"] in document["paths"][0]["steps"][0]["message"]
    run = strake(*words, "--from", "secret/shop/login", cwd=tmp_path)
    assert run.status == 1 and "registry registry.example" in run.text and "perhaps" in run.text
    for form in ("dot", "html"):
        assert "registry/registry.example" in strake("graph", *words[1:], "-o", form, cwd=tmp_path).text
    graph = strake("graph", *words[1:], "-o", "json", cwd=tmp_path).json()
    jsonschema.validate(graph, json.loads((root / "docs/schema/strake.graph-1.json").read_text()))
    replace, = (edge for edge in graph["edges"] if edge["type"] == "IMAGE_REPLACE")
    assert replace["evidence"][0]["object"]["kind"] == "Image"


def test_a_digest_stands_still(strake, tmp_path):
    made = image()
    made.write(tmp_path / "web")
    ways_in(tmp_path, "registry.example/web:1@" + made.manifest()["digest"])
    run = strake("paths", "in.json", "--image-map", "registry.example/web=oci:web", "--from", "registry/registry.example", cwd=tmp_path)
    assert run.status == 2 and 'nothing like "registry/registry.example" was shown' in run.error


def test_without_images_there_are_no_registries(strake, tmp_path):
    ways_in(tmp_path, "registry.example/web:1")
    run = strake("graph", "in.json", "-o", "json", cwd=tmp_path)
    assert not re.search(r"IMAGE_REPLACE|REGISTRY_LOGIN|registry/", run.text)


def test_new_ways_are_compared_with_a_snapshot_that_has_images(strake, tmp_path):
    image().write(tmp_path / "web")
    ways_in(tmp_path, "registry.example/web:1")
    words = ["--image-map", "registry.example/web=oci:web"]
    start = ["--from", "registry/registry.example"]
    assert strake("snapshot", "in.json", "-o", "bare.snapshot", cwd=tmp_path).status == 0
    assert strake("snapshot", "in.json", *words, "-o", "full.snapshot", cwd=tmp_path).status == 0
    run = strake("paths", "in.json", *words, *start, "--new-since", "bare.snapshot", cwd=tmp_path)
    assert run.status == 2 and "has no images to compare with" in run.error
    run = strake("paths", "in.json", *words, *start, "--new-since", "full.snapshot", cwd=tmp_path)
    assert run.status == 0, run.text + run.error
