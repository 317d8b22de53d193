"""strake image list HOST/NAME: a real registry (Debian's docker-registry), with and without TLS and passwords."""
import base64
import http.server
import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.request

import pytest

from images import OCI, Image, deb, sha256, tar

REGISTRY = shutil.which("docker-registry")
pytestmark = pytest.mark.skipif(not REGISTRY, reason="docker-registry is not installed")
USER, PASSWORD = "anna", "a:secret"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Registry:
    """A registry that runs on a port of this machine."""

    def __init__(self, folder, extra=""):
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        config = folder / "config.yml"
        config.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n"
                          f"http:\n  addr: {self.host}\n{extra}")
        self.process = subprocess.Popen([REGISTRY, "serve", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        pytest.fail("docker-registry does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def ask(self, method, path, data=None, context=None, scheme="http", **headers):
        url = path if path.startswith("http") else f"{scheme}://{self.host}{path}"
        request = urllib.request.Request(url, data=data, method=method, headers=headers)
        return urllib.request.urlopen(request, timeout=10, context=context)

    def push(self, name, tag, image, *manifests, scheme="http", context=None):
        """Puts blobs and manifests into the registry; the tag is that of the first manifest, or of an index over several."""
        manifests = manifests or (image.manifest(),)
        documents = {manifest["digest"]: image.blobs[manifest["digest"]] for manifest in manifests}
        for digest, data in image.blobs.items():
            if digest not in documents:
                place = self.ask("POST", f"/v2/{name}/blobs/uploads/", b"", context, scheme).headers["Location"]
                place += ("&" if "?" in place else "?") + "digest=" + digest
                self.ask("PUT", place, data, context, scheme, **{"Content-Type": "application/octet-stream"})
        for digest, data in documents.items():
            self.ask("PUT", f"/v2/{name}/manifests/{digest}", data, context, scheme, **{"Content-Type": OCI + "manifest.v1+json"})
        if len(manifests) == 1:
            self.ask("PUT", f"/v2/{name}/manifests/{tag}", documents[manifests[0]["digest"]], context, scheme, **{"Content-Type": OCI + "manifest.v1+json"})
        else:
            index = json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": manifests}).encode()
            self.ask("PUT", f"/v2/{name}/manifests/{tag}", index, context, scheme, **{"Content-Type": OCI + "index.v1+json"})


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry"))
    yield registry
    registry.stop()


def names(run):
    assert run.status == 0, run.error
    return [f"{package['name']} {package['version']}" for package in run.json()["packages"]]


def test_pull(strake, registry):
    image = Image(tar(deb("a")), tar(deb("b"), ("opt/big", os.urandom(3 << 20))))
    registry.push("team/app", "1.0", image)
    digest = image.manifest()["digest"]
    for reference in (f"{registry.host}/team/app:1.0", f"{registry.host}/team/app@{digest}", f"registry:{registry.host}/team/app:1.0@{digest}"):
        run = strake("image", "list", reference, "--plain-http", "--no-cache", "-o", "json")
        assert names(run) == ["a 1.0", "b 1.0"] and run.json()["image"]["digest"] == digest


def test_cache_of_what_was_pulled(strake, registry, tmp_path):
    registry.push("cached", "1", Image(tar(deb("a"))))
    env = {"XDG_CACHE_HOME": str(tmp_path)}
    first, second = (strake("image", "list", f"{registry.host}/cached:1", "--plain-http", "-o", "json", env=env) for _ in range(2))
    assert names(first) == ["a 1.0"] and first.out == second.out


def test_platform(strake, registry):
    one, other = Image(tar(deb("amd"))), Image(tar(deb("arm")), arch="arm64")
    manifests = [one.manifest() | {"platform": {"os": "linux", "architecture": "amd64"}}, other.manifest() | {"platform": {"os": "linux", "architecture": "arm64"}}]
    one.blobs |= other.blobs
    registry.push("multi", "1", one, *manifests)
    for platform, name in (("linux/amd64", "amd"), ("linux/arm64", "arm")):
        assert names(strake("image", "list", f"{registry.host}/multi:1", "--plain-http", "--platform", platform, "-o", "json")) == [f"{name} 1.0"]


def test_not_there(strake, registry):
    run = strake("image", "list", f"{registry.host}/none:1", "--plain-http")
    assert run.status == 2 and "status 404: there is no such image" in run.error
    run = strake("image", "list", "127.0.0.1:1/none:1", "--plain-http", seconds=60)
    assert run.status == 2 and "127.0.0.1:1" in run.error


class Busy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"errors": [{"code": "TOOMANYREQUESTS", "message": "You have reached your pull rate limit."}]}'
        self.send_response(429)
        self.send_header("Retry-After", "86400")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_asked_too_often(strake):
    server = serve(Busy, Image(tar(deb("a"))))
    run = strake("image", "list", f"{server.host}/app:1", "--plain-http")
    assert run.status == 2 and "status 429: the registry was asked too often" in run.error and "86400" in run.error
    assert "the registry says: You have reached your pull rate limit." in run.error


def test_streams_are_no_images(strake, tmp_path):
    """A layer may be read twice, so what passes by once is no image; and "-" is no name that a registry is asked for."""
    data = (Image(tar(deb("a"))).save(tmp_path / "a.tar"), (tmp_path / "a.tar").read_bytes())[1]
    for name in ("-", "docker-archive:-"):
        run = strake("image", "list", name, stdin=data)
        assert run.status == 2 and "not read from standard input: write it into a file first" in run.error
    for name in ("/dev/stdin", "docker-archive:/dev/stdin"):
        run = strake("image", "list", name, stdin=data)
        assert run.status == 2 and "it is no regular file; write it into one first" in run.error


def test_what_looks_like_a_file_is_asked_of_nobody(strake, tmp_path):
    for name in ("missing.tar", "./missing", "/missing/image", "docker-archive:missing"):
        run = strake("image", "list", name, cwd=tmp_path)
        assert run.status == 2 and "No such file or directory" in run.error


def test_tls(strake, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    registry = Registry(tmp_path, f"  tls:\n    certificate: {certificate}\n    key: {key}\n")
    try:
        context = ssl.create_default_context(cafile=str(certificate))
        registry.push("app", "1", Image(tar(deb("a"))), scheme="https", context=context)
        reference = f"{registry.host}/app:1"
        assert names(strake("image", "list", reference, "--certificate-authority", certificate, "-o", "json")) == ["a 1.0"]
        run = strake("image", "list", reference)
        assert run.status == 2 and "certificate" in run.error
    finally:
        registry.stop()


class Guard(http.server.BaseHTTPRequestHandler):
    """A registry that wants a login: Basic, or a token, which it gives itself; and that sends blobs elsewhere."""

    def do_GET(self):
        server = self.server
        given = self.headers.get("Authorization")
        server.seen.append((self.path, given))
        if self.path.startswith("/token"):
            fine = given == server.basic
            self.answer(200 if fine else 401, json.dumps({"token": "t0k3n"}).encode() if fine else b"")
        elif given != (server.basic if server.kind == "basic" else "Bearer t0k3n"):
            challenge = 'Basic realm="here"' if server.kind == "basic" else f'Bearer realm="http://{server.host}/token",service="here",scope="repository:app:pull"'
            self.answer(401, b"", **{"WWW-Authenticate": challenge})
        elif "/blobs/" in self.path and server.elsewhere:
            self.answer(307, b"", Location=f"http://{server.elsewhere}{self.path}")
        else:
            data = server.content.get(self.path.rsplit("/", 1)[-1])
            self.answer(200 if data else 404, data or b"")

    def answer(self, status, data, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": len(data), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Open(Guard):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        self.answer(200, self.server.content[self.path.rsplit("/", 1)[-1]])


def serve(handler, image, **about):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.host = f"127.0.0.1:{server.server_port}"
    manifest = image.manifest()
    server.content = image.blobs | {"1": image.blobs[manifest["digest"]]}
    server.basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    server.seen, server.elsewhere, server.kind = [], None, "basic"
    vars(server).update(about)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def config_for(tmp_path, document):
    (tmp_path / "config.json").write_text(json.dumps(document))
    return {"DOCKER_CONFIG": str(tmp_path)}


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_login(strake, tmp_path, kind):
    server = serve(Guard, Image(tar(deb("a"))), kind=kind)
    auths = {"auths": {server.host: {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}}}
    run = strake("image", "list", f"{server.host}/app:1", "--plain-http", "-o", "json", env=config_for(tmp_path, auths))
    assert names(run) == ["a 1.0"]
    run = strake("image", "list", f"{server.host}/app:1", "--plain-http", env=config_for(tmp_path, {}))
    assert run.status == 2 and "docker login" in run.error
    server.shutdown()


def test_credential_helper(strake, tmp_path):
    server = serve(Guard, Image(tar(deb("a"))))
    helper = tmp_path / "docker-credential-test"
    helper.write_text(f'#!/bin/sh\nread host\n[ "$1" = get ] && [ "$host" = {server.host} ] && echo \'{{"Username": "{USER}", "Secret": "{PASSWORD}"}}\'\n')
    helper.chmod(0o755)
    env = config_for(tmp_path, {"credHelpers": {server.host: "test"}}) | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert names(strake("image", "list", f"{server.host}/app:1", "--plain-http", "-o", "json", env=env)) == ["a 1.0"]
    server.shutdown()


def test_credentials_never_follow_to_another_host(strake, tmp_path):
    image = Image(tar(deb("a")))
    storage = serve(Open, image)
    server = serve(Guard, image, elsewhere=storage.host)
    auths = {"auths": {server.host: {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}}}
    run = strake("image", "list", f"{server.host}/app:1", "--plain-http", "--no-cache", "-o", "json", env=config_for(tmp_path, auths))
    assert names(run) == ["a 1.0"]
    assert storage.seen and all(authorization is None for _, authorization in storage.seen)
    for each in (server, storage):
        each.shutdown()


def test_blob_is_not_what_was_promised(strake, tmp_path):
    image = Image(tar(deb("a")))
    server = serve(Open, image)
    blob = sha256(image.layers[0][0])
    server.content[blob] = bytes(len(server.content[blob]))
    run = strake("image", "list", f"{server.host}/app:1", "--plain-http", "--no-cache")
    assert run.status == 2 and blob in run.error
    other = image.manifest()["digest"][:-1] + ("0" if image.manifest()["digest"][-1] != "0" else "1")
    server.content[other] = b"{}"
    run = strake("image", "list", f"{server.host}/app@{other}", "--plain-http")
    assert run.status == 2 and "its digest is another" in run.error
    server.shutdown()


# --- mirrors -----------------------------------------------------------------

APP = "a.example/team/app:1"


def containers(tmp_path, text):
    (tmp_path / "registries.conf").write_text(text)
    return {"CONTAINERS_REGISTRIES_CONF": str(tmp_path / "registries.conf")}


def mirrored(strake, tmp_path, text, reference=APP, *options):
    return strake("image", "list", reference, "--no-cache", "-o", "json", *options, env=containers(tmp_path, text), seconds=60)


def test_mirror_of_containers(strake, registry, tmp_path):
    """The first mirror that has it; what stands in the prefix's place goes before the rest of the name."""
    registry.push("copy/app", "1", Image(tar(deb("a"))))
    text = f"""
[[registry]]
prefix = "a.example/team"
location = "{registry.host}/never"
insecure = true
[[registry.mirror]]
location = "127.0.0.1:1/copy"
insecure = true
[[registry.mirror]]
location = "{registry.host}/empty"
insecure = true
[[registry.mirror]]
location = "{registry.host}/copy"
insecure = true
"""
    assert names(mirrored(strake, tmp_path, text)) == ["a 1.0"]
    digest = json.loads(mirrored(strake, tmp_path, text).text)["image"]["digest"]
    assert names(mirrored(strake, tmp_path, text, f"a.example/team/app@{digest}")) == ["a 1.0"]
    run = mirrored(strake, tmp_path, text, "a.example/team/other:1")
    assert run.status == 2 and f"{registry.host}/v2/never/other/manifests/1: status 404" in run.error and f"{registry.host}/v2/copy/other/manifests/1: status 404" in run.error


@pytest.mark.parametrize("kind, tag, by_digest", [("digest-only", False, True), ("tag-only", True, False), ("all", True, True)])
def test_mirror_for_some(strake, registry, tmp_path, kind, tag, by_digest):
    image = Image(tar(deb("a")))
    registry.push("some/app", "1", image)
    text = (f'[[registry]]\nprefix = "a.example"\nlocation = "{registry.host}/none"\ninsecure = true\n[[registry.mirror]]\nlocation = "{registry.host}/some"\n'
            f'insecure = true\npull-from-mirror = "{kind}"\n')
    for reference, served in (("a.example/app:1", tag), (f"a.example/app@{image.manifest()['digest']}", by_digest)):
        run = mirrored(strake, tmp_path, text, reference)
        assert (run.status == 0) == served, run.error


def test_blocked_and_longest_prefix(strake, registry, tmp_path):
    registry.push("open/app", "1", Image(tar(deb("a"))))
    text = (f'[[registry]]\nprefix = "*.example"\nblocked = true\n[[registry]]\nprefix = "a.example/team/app"\nlocation = "{registry.host}/open/app"\ninsecure = true\n')
    assert names(mirrored(strake, tmp_path, text)) == ["a 1.0"]
    run = mirrored(strake, tmp_path, text, "a.example/team/apple:1")
    assert run.status == 2 and 'registry "*.example" is blocked' in run.error


@pytest.mark.parametrize("text, wanted", [
    ("[[registry]\n", "registries.conf:1:"), ("[registries.search]\nregistries = []\n", "version 1"), ("[[registry]]\n", "neither a prefix nor a location"),
    ('[[registry]]\nlocation = "https://a.example"\n', "begin with a host"), ('[[registry]]\nprefix = "a.example"\nlocation = "\\u0000b"\n', "begin with a host"), ('registry = 1\n', "list of tables"),
    ('[[registry]]\nlocation = "a.example"\n[[registry.mirror]]\ninsecure = true\n', "has no location"),
    ('[[registry]]\nlocation = "a.example"\n[[registry.mirror]]\nlocation = "b"\npull-from-mirror = "some"\n', "known are all"),
])
def test_bad_registries_conf(strake, tmp_path, text, wanted):
    run = mirrored(strake, tmp_path, text)
    assert run.status == 2 and wanted in run.error and "registries.conf" in run.error


def test_mirror_of_containerd(strake, registry, tmp_path):
    registry.push("team/hosted", "1", Image(tar(deb("a"))))
    folder = tmp_path / "containerd/certs.d/a.example"
    folder.mkdir(parents=True)
    (folder / "hosts.toml").write_text(f'server = "https://127.0.0.1:1"\n[host."http://127.0.0.1:1"]\n[host."http://{registry.host}"]\ncapabilities = ["pull", "resolve"]\n')
    run = strake("image", "list", "a.example/team/hosted:1", "--no-cache", "-o", "json", env={"XDG_CONFIG_HOME": str(tmp_path)}, seconds=60)
    assert names(run) == ["a 1.0"]


def test_mirror_of_docker_gets_its_own_credential_only(strake, tmp_path):
    """The hub's password does not go to its mirror, nor the mirror's to the hub."""
    image = Image(tar(deb("a")))
    mirror = serve(Open, image)
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker/daemon.json").write_text(json.dumps({"registry-mirrors": [f"http://{mirror.host}/"]}))
    auths = {"auths": {"https://index.docker.io/v1/": {"auth": base64.b64encode(b"hub:secret").decode()}}}
    env = config_for(tmp_path, auths) | {"XDG_CONFIG_HOME": str(tmp_path)}
    assert names(strake("image", "list", "team/app:1", "--no-cache", "-o", "json", env=env)) == ["a 1.0"]
    assert mirror.seen[0][0] == "/v2/team/app/manifests/1" and all(authorization is None for _, authorization in mirror.seen)
    mirror.shutdown()
    guarded = serve(Guard, image)
    (tmp_path / "docker/daemon.json").write_text(json.dumps({"registry-mirrors": [f"http://{guarded.host}/"]}))
    auths["auths"][guarded.host] = {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
    assert names(strake("image", "list", "team/app:1", "--no-cache", "-o", "json", env=config_for(tmp_path, auths) | {"XDG_CONFIG_HOME": str(tmp_path)})) == ["a 1.0"]
    guarded.shutdown()


# --- what is attached --------------------------------------------------------

BILL = json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
                   "components": [{"type": "library", "name": "told", "version": "9", "purl": "pkg:generic/told@9"}]}).encode()


def attach(image, subject, bill=BILL, kind="application/vnd.cyclonedx+json", created="2026-01-01T00:00:00Z"):
    """Adds a manifest that holds a bill and names its subject; gives its descriptor as a list of referrers has it."""
    empty = image.add(b"{}", "application/vnd.oci.empty.v1+json")
    manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "artifactType": kind, "config": empty,
                "layers": [image.add(bill, kind)], "subject": subject}
    return image.add(json.dumps(manifest).encode(), OCI + "manifest.v1+json") | {
        "artifactType": kind, "annotations": {"org.opencontainers.image.created": created}}


def index_of(*entries):
    return json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": entries}).encode()


def listed_as_attached(strake, reference, *options):
    return strake("image", "list", reference, "--attached", "--no-cache", "-o", "json", *options)


def test_attached_by_the_tag_of_referrers(strake, registry):
    """This registry has no referrers API."""
    image = Image(tar(deb("a")))
    subject = image.manifest()
    older, newer = attach(image, subject, BILL.replace(b'"9"', b'"8"').replace(b"@9", b"@8"), created="2025-01-01T00:00:00Z"), attach(image, subject)
    registry.push("attached", "1", image, subject, older, newer)
    registry.ask("PUT", "/v2/attached/manifests/1", image.blobs[subject["digest"]], **{"Content-Type": OCI + "manifest.v1+json"})
    registry.ask("PUT", f"/v2/attached/manifests/{subject['digest'].replace(':', '-')}", index_of(older, newer), **{"Content-Type": OCI + "index.v1+json"})
    run = listed_as_attached(strake, f"{registry.host}/attached:1", "--plain-http")
    assert names(run) == ["told 9"] and run.json()["image"]["digest"] == subject["digest"]
    registry.push("bare", "1", Image(tar(deb("b"))))
    run = listed_as_attached(strake, f"{registry.host}/bare:1", "--plain-http")
    assert run.status == 2 and "no bill of materials is attached to it" in run.error and "without --attached" in run.error


class Referrers(Open):
    def do_GET(self):
        path, server = self.path, self.server
        server.seen.append((path, None))
        if "/referrers/" in path and server.referrers is None or path.endswith(server.missing):
            self.answer(404, b"")
        elif "/referrers/" in path:
            self.answer(200, server.referrers)
        else:
            data = server.content.get(path.rsplit("/", 1)[-1])
            self.answer(200 if data else 404, data or b"")


def test_attached_by_the_referrers_api(strake):
    image = Image(tar(deb("a")))
    subject = image.manifest()
    other = attach(image, subject, b"signature", kind="application/vnd.dev.cosign.simplesigning.v1+json")
    bill, elsewhere = attach(image, subject), attach(image, subject | {"digest": "sha256:" + "0" * 64}, created="2027-01-01T00:00:00Z")
    server = serve(Referrers, image, referrers=index_of(other, elsewhere, bill), missing="nothing")
    assert names(listed_as_attached(strake, f"{server.host}/app:1", "--plain-http")) == ["told 9"]
    assert not any(image.layers[0][0] and sha256(image.layers[0][0]) in path for path, _ in server.seen), "a layer was asked for"
    blob = sha256(BILL)
    server.content[blob] = server.content[blob].replace(b"told", b"tale")
    run = listed_as_attached(strake, f"{server.host}/app:1", "--plain-http")
    assert run.status == 2 and "its digest is another" in run.error
    server.shutdown()


def test_attached_by_cosign(strake):
    image = Image(tar(deb("a")))
    subject = image.manifest()
    bill = image.blobs[attach(image, subject)["digest"]]
    server = serve(Referrers, image, referrers=None, missing="nothing")
    server.content[subject["digest"].replace(":", "-") + ".sbom"] = bill
    assert names(listed_as_attached(strake, f"{server.host}/app:1", "--plain-http")) == ["told 9"]
    server.shutdown()


@pytest.mark.parametrize("place", ["layout", "registry"])
def test_attached_by_buildkit(strake, registry, tmp_path, place):
    """An attestation beside the image in its index; that of where it was built from is not taken for a bill."""
    image = Image(tar(deb("a")))
    subject = image.manifest() | {"platform": {"os": "linux", "architecture": "amd64"}}
    statement = json.dumps({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://cyclonedx.org/bom", "predicate": json.loads(BILL)}).encode()
    layers = [image.add(text, "application/vnd.in-toto+json") | {"annotations": {"in-toto.io/predicate-type": kind}}
              for kind, text in (("https://slsa.dev/provenance/v0.2", b"{}"), ("https://cyclonedx.org/bom", statement))]
    attestation = image.add(json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": image.add(b"{}", OCI + "config.v1+json"),
                                        "layers": layers}).encode(), OCI + "manifest.v1+json")
    attestation |= {"platform": {"os": "unknown", "architecture": "unknown"},
                    "annotations": {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": subject["digest"]}}
    if place == "registry":
        registry.push("buildkit", "1", image, subject, attestation)
        run = listed_as_attached(strake, f"{registry.host}/buildkit:1", "--plain-http", "--platform", "linux/amd64")
    else:
        index = image.add(index_of(subject, attestation), OCI + "index.v1+json")
        run = listed_as_attached(strake, image.write(tmp_path, index))
    assert names(run) == ["told 9"]


def test_attached_in_a_layout(strake, tmp_path):
    image = Image(tar(deb("a")))
    subject = image.manifest()
    reference = image.write(tmp_path, subject, attach(image, subject))
    assert names(listed_as_attached(strake, reference)) == ["told 9"]
    assert names(strake("image", "list", reference, "--no-cache", "-o", "json")) == ["a 1.0"]
    run = listed_as_attached(strake, f"dir:{tmp_path}")
    assert run.status == 2 and "registries and OCI layouts only" in run.error


def test_lint(strake, registry):
    """An image in a registry is judged as one beside us; without its layers none is asked for, so one that is not there harms nothing."""
    image = Image(tar(deb("a")))
    image.config["config"] = {"User": "root"}
    registry.push("shop/app", "latest", image)
    name = f"{registry.host}/shop/app"
    run = strake("image", "lint", "--plain-http", "--no-cache", name, "-o", "json")
    assert run.status == 1 and sorted(finding["rule"] for finding in run.json()["findings"]) == ["image-named-latest", "image-runs-as-root"]
    assert strake("image", "lint", "--plain-http", "--no-cache", f"{name}@{image.manifest()['digest']}", "-o", "json").json()["summary"]["medium"] == 0
    run = strake("image", "lint", "--plain-http", "--no-layers", f"{name}:latest", "-o", "json")
    assert run.status == 1 and run.json()["summary"] == strake("image", "lint", "--plain-http", f"{name}:latest", "-o", "json").json()["summary"]
    run = strake("image", "lint", "--plain-http", f"{registry.host}/shop/none", f"{name}:latest", "-o", "json")
    assert run.status == 2 and "unreadable-image" in run.text and "image-runs-as-root" in run.text
