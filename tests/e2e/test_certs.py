"""`strake access certs`: certificates that openssl makes here, in the places where Kubernetes has them."""
import base64
import json
import re
import subprocess

import jsonschema
import pytest
import yaml

NOW = "2030-06-01T00:00:00Z"
KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["-newkey", "rsa:2048"], "weak": ["-newkey", "rsa:1024"],
        "edwards": ["-newkey", "ed25519"]}


class Authority:
    """A folder in which certificates are made, named by file."""

    def __init__(self, folder):
        self.folder = folder

    def openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, check=True, capture_output=True)

    def root(self, name, subject, key="ec"):
        self.openssl("req", "-x509", *KEYS[key], "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", subject,
                     "-days", 7300)

    def sign(self, name, subject, issuer="ca", days=3650, key="ec", digest="-sha256", **extensions):
        self.openssl("req", *KEYS[key], "-nodes", "-keyout", f"{name}.key", "-out", "request.pem", "-subj", subject)
        (self.folder / "extensions").write_text("".join(f"{name}={value}\n" for name, value in extensions.items()))
        self.openssl("x509", "-req", "-in", "request.pem", "-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key", "-set_serial",
                     "0x1234", "-days", days, digest, "-extfile", "extensions", "-out", f"{name}.crt")
        (self.folder / "extensions").unlink()
        (self.folder / "request.pem").unlink()

    def text(self, name):
        return (self.folder / name).read_text()

    def packed(self, name):
        return base64.b64encode((self.folder / name).read_bytes()).decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("made"))
    made.root("ca", "/CN=kubernetes")
    made.root("other", "/CN=other")
    made.sign("server", "/CN=kube-apiserver", key="rsa", subjectAltName="DNS:kubernetes,IP:10.96.0.1", extendedKeyUsage="serverAuth")
    made.sign("admin", "/O=system:masters/CN=kubernetes-admin", extendedKeyUsage="clientAuth")
    made.sign("dev", "/O=devs/O=ops/CN=ada", key="edwards", extendedKeyUsage="clientAuth")
    made.sign("short", "/CN=short", days=1)
    made.sign("weak", "/CN=weak", key="weak", digest="-sha1")
    made.sign("middle", "/CN=middle", basicConstraints="critical,CA:true", days=7000)
    made.sign("leaf", "/CN=leaf", issuer="middle", subjectAltName="DNS:leaf", extendedKeyUsage="serverAuth")
    return made


@pytest.fixture
def certs(strake, tmp_path):
    def certs(files, *options, now=NOW, **more):
        for name, text in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o600)
        return strake("access", "certs", "in", "--now", now, *options, cwd=tmp_path, **more)
    return certs


def found(run):
    return sorted((one["rule"], one["place"]["file"].removeprefix("in/")) for one in run.json()["findings"])


def test_who_signed_whom(certs, made, root):
    run = certs({"pki/ca.crt": made.text("ca.crt"), "pki/apiserver.crt": made.text("server.crt"), "dev.pem": made.text("dev.crt"),
                 "leaf.pem": made.text("leaf.crt") + made.text("middle.crt")}, "-o", "json", "--fail-on", "never")
    report = run.json()
    jsonschema.Draft202012Validator(json.loads((root / "docs/schema/strake.certs-1.json").read_text())).validate(report)
    by_subject = {one["subject"]: one for one in report["certificates"]}
    signer = {one["fingerprint"]: one["subject"] for one in report["certificates"]}
    assert {subject: signer[one["signedBy"]] for subject, one in by_subject.items()} == {
        "CN=kubernetes": "CN=kubernetes", "CN=kube-apiserver": "CN=kubernetes", "O=devs,O=ops,CN=ada": "CN=kubernetes",
        "CN=middle": "CN=kubernetes", "CN=leaf": "CN=middle"}
    assert by_subject["O=devs,O=ops,CN=ada"]["kubernetes"] == {"user": "ada", "groups": ["devs", "ops"]}
    assert "kubernetes" not in by_subject["CN=kube-apiserver"]
    assert by_subject["CN=kube-apiserver"]["names"] == ["DNS:kubernetes", "IP:10.96.0.1"]
    assert [by_subject[one]["key"]["name"] for one in ("CN=kube-apiserver", "CN=kubernetes", "O=devs,O=ops,CN=ada")] == \
        ["RSA 2048", "EC P-256", "Ed25519"]
    assert by_subject["CN=kubernetes"]["use"] == "authority" and by_subject["CN=kube-apiserver"]["use"] == "server"
    printed = subprocess.run(["openssl", "x509", "-in", made.folder / "server.crt", "-noout", "-enddate", "-fingerprint", "-sha256",
                              "-dateopt", "iso_8601"], capture_output=True, text=True).stdout
    if "notAfter" in printed:
        assert by_subject["CN=kube-apiserver"]["notAfter"].replace("T", " ") in printed
        assert by_subject["CN=kube-apiserver"]["fingerprint"].upper() in printed.replace(":", "")


@pytest.mark.parametrize("now, rule", [("2030-06-01", None), ("2126-01-01", "certificate-expired"), ("2001-01-01", "certificate-not-yet-valid")])
def test_times(certs, made, now, rule):
    run = certs({"ca.crt": made.text("ca.crt")}, "-o", "json", now=now)
    assert run.status == (1 if rule else 0) and [one for one, _ in found(run)] == ([rule] if rule else [])


def test_ends_soon(certs, made):
    end = certs({"ca.crt": made.text("ca.crt")}, "-o", "json").json()["certificates"][0]["notAfter"]
    before = f"{end[:8]}01" if end[8:10] != "01" else end[:10]
    assert [one for one, _ in found(certs({}, "-o", "json", "--soon", "40", now=before))] == ["certificate-ends-soon"]
    assert found(certs({}, "-o", "json", "--soon", "0", now=before)) == []
    assert certs({}, "--soon", "40", "--fail-on", "medium", now=before).status == 1


def test_weak(certs, made):
    assert found(certs({"ca.crt": made.text("ca.crt"), "weak.crt": made.text("weak.crt")}, "-o", "json")) == [
        ("weak-key", "weak.crt"), ("weak-signature", "weak.crt")]


def test_kubeconfig(certs, made):
    config = {"apiVersion": "v1", "kind": "Config", "clusters": [
        {"name": "prod", "cluster": {"server": "https://x", "certificate-authority-data": made.packed("ca.crt")}}], "users": [
        {"name": "root", "user": {"client-certificate-data": made.packed("admin.crt"), "client-key-data": made.packed("admin.key")}},
        {"name": "ada", "user": {"client-certificate-data": made.packed("dev.crt"), "client-key-data": made.packed("admin.key")}}]}
    run = certs({"admin.conf": yaml.safe_dump(config)}, "-o", "json")
    assert run.status == 1 and found(run) == [("certificate-of-masters", "admin.conf"), ("key-of-another", "admin.conf")]
    wrong = [one for one in run.json()["findings"] if one["rule"] == "key-of-another"][0]
    assert wrong["place"]["path"] == "/users/1/user/client-key-data" and wrong["place"]["object"] == "kubeconfig user ada"


def secret(name, **data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "shop"}, "data": data}


def test_secrets_config_maps_and_webhooks(certs, made):
    objects = [
        secret("good", **{"tls.crt": made.packed("server.crt"), "tls.key": made.packed("server.key"), "ca.crt": made.packed("ca.crt")}),
        secret("wrong", **{"tls.crt": made.packed("server.crt"), "tls.key": made.packed("dev.key")}),
        secret("mint", **{"tls.crt": made.packed("ca.crt"), "tls.key": made.packed("ca.key")}),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "open"}, "data": {"tls.key": made.text("dev.key")}},
        {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "hook"},
         "webhooks": [{"name": "a", "clientConfig": {"caBundle": made.packed("other.crt")}}]}]
    run = certs({"all.yaml": yaml.safe_dump_all(objects), "list.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": objects[:1]})},
                "-o", "json")
    places = [(one["rule"], one["severity"], one["place"].get("object")) for one in run.json()["findings"]]
    assert sorted(places) == [("authority-key", "medium", "Secret shop/mint"), ("key-in-plain-object", "high", "ConfigMap open"),
                              ("key-of-another", "high", "Secret shop/wrong")]
    hook = [one for one in run.json()["certificates"] if one["subject"] == "CN=other"][0]
    assert hook["places"][0]["path"] == "/webhooks/0/clientConfig/caBundle"
    server = [one for one in run.json()["certificates"] if one["subject"] == "CN=kube-apiserver"][0]
    assert len(server["places"]) == 3


def test_kubeadm_folder(certs, made, tmp_path):
    run = certs({"pki/ca.crt": made.text("ca.crt"), "pki/ca.key": made.text("ca.key"), "pki/front-proxy-ca.crt": made.text("ca.crt"),
                 "pki/apiserver.crt": made.text("server.crt"), "pki/apiserver.key": made.text("server.key"), "copy/ca.key": made.text("ca.key")})
    (tmp_path / "in/pki/apiserver.key").chmod(0o644)
    assert found(certs({}, "-o", "json")) == [("authority-key", "copy/ca.key"), ("authority-key", "pki/ca.key"),
                                              ("authority-shared", "pki/ca.crt"), ("key-readable-by-all", "pki/apiserver.key")]
    assert re.search(r"(?m)^in/pki/apiserver\.crt +CN=kube-apiserver +server +RSA 2048 +20\d\d-\d\d-\d\d +\d+d +in/pki/ca\.crt$", run.text)


def test_chain_in_the_wrong_order(certs, made):
    ca, chain = made.text("ca.crt"), [made.text("leaf.crt"), made.text("ca.crt"), made.text("middle.crt")]
    assert found(certs({"ca.crt": ca, "leaf.pem": "".join(chain)}, "-o", "json")) == [("chain-broken", "leaf.pem")]


def test_issuer_not_shown(certs, made):
    run = certs({"dev.crt": made.text("dev.crt")}, "-o", "json")
    assert run.status == 0 and found(run) == [("issuer-not-shown", "dev.crt")]


@pytest.mark.parametrize("name, text", [
    ("cut.crt", lambda made: made.text("ca.crt")[:200]),
    ("changed.crt", lambda made: made.text("ca.crt").replace("MII", "AAA", 1)),
    ("secret.yaml", lambda made: yaml.safe_dump(secret("a", **{"tls.crt": made.packed("ca.crt")[:301]}))),
    ("broken.yaml", lambda made: "a: [\n" + made.packed("ca.crt"))])
def test_unreadable(certs, made, name, text):
    run = certs({name: text(made), "good.crt": made.text("ca.crt")})
    assert run.status == 2 and f"in/{name}:" in run.error and "CN=kubernetes" in run.text


def test_nothing_there(certs, tmp_path):
    assert certs({"a.yaml": "a: 1\n"}).status == 3
    assert certs({}, "nowhere").status == 2


def test_same_bytes(certs, made):
    files = {f"{name}.crt": made.text(f"{name}.crt") for name in ("ca", "other", "server", "admin", "dev", "weak", "middle", "leaf")}
    assert certs(files).out == certs(files).out


def test_standard_input(strake, made):
    run = strake("access", "certs", "-", "--now", NOW, "-o", "json", stdin=made.text("ca.crt").encode())
    assert run.status == 0 and run.json()["certificates"][0]["places"][0]["file"] == "<stdin>"
