"""What has become worse since a snapshot of a real cluster: findings and ways; and certificates, of which a snapshot keeps what is public."""
import base64
import json
import subprocess

import pytest

import control_plane
from test_snapshot import unpack

RBAC = "/apis/rbac.authorization.k8s.io/v1/"


@pytest.fixture(scope="module")
def cluster():
    plane = control_plane.start(pytest)
    yield plane
    plane.stop()


def pod(name, privileged):
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "a:1", "securityContext": {"privileged": privileged}}]}}


def test_since_a_snapshot(strake, cluster, tmp_path):
    cluster.namespace("since")
    cluster.post("/api/v1/namespaces/since/pods", pod("old", True))
    before = tmp_path / "before.snapshot"
    assert strake("snapshot", "--kubeconfig", cluster.kubeconfig, "-o", before, seconds=30).status == 0
    words = ("--kubeconfig", cluster.kubeconfig, "--new-since", before)
    run, report = strake.scan(*words, seconds=60)
    assert run.status == 0 and not [one for one in report["findings"] if one["status"] == "open"]
    assert report["summary"]["known"] > 10
    assert strake("paths", *words, "--to", "cluster-admin", seconds=60).status == 0
    cluster.post("/api/v1/namespaces/since/pods", pod("new", True))
    cluster.post("/api/v1/namespaces/since/serviceaccounts", {"metadata": {"name": "bot"}})
    cluster.post(RBAC + "clusterrolebindings", {
        "metadata": {"name": "bot"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "namespace": "since", "name": "bot"}]})
    run, report = strake.scan(*words, seconds=60)
    opened = [one for one in report["findings"] if one["status"] == "open"]
    assert run.status == 1 and {one["object"]["name"] for one in opened} >= {"new", "bot"}
    assert not [one for one in opened if one["object"]["name"] == "old"]
    run = strake("paths", *words, "--from", "sa/since/bot", "-o", "json", seconds=60)
    assert run.status == 1 and run.json()["paths"][0]["from"] == "sa/since/bot"
    # A snapshot and what comes after it are compared without a cluster in the same way.
    after = tmp_path / "after.snapshot"
    assert strake("snapshot", "--kubeconfig", cluster.kubeconfig, "-o", after, seconds=30).status == 0
    _, kept = strake.scan(after, "--new-since", before, seconds=60)
    assert [one["fingerprint"] for one in kept["findings"] if one["status"] == "open"] == [one["fingerprint"] for one in opened]
    assert strake("paths", after, "--new-since", before, "--from", "sa/since/bot", seconds=60).status == 1


def test_since_what_cannot_be_read(strake, tmp_path):
    (tmp_path / "a.yaml").write_text(json.dumps({"apiVersion": "v1", "kind": "Pod", **pod("a", True)}))
    for name, text in (("none", None), ("cut", b"\x53\x2a\x4d\x18\x11\0\0\0strake.snapshot/1"), ("broken", b"{")):
        if text is not None:
            (tmp_path / name).write_bytes(text)
        run = strake("scan", "a.yaml", "--new-since", name, cwd=tmp_path)
        assert run.status == 2 and f"--new-since: {name}" in run.error and not run.text, run.error


def test_exceptions_of_then_are_not_those_of_now(strake, tmp_path):
    (tmp_path / "strake.yaml").write_text("""\
exceptions:
  - {rule: privileged-container, name: gone, reason: it was there}
""")
    thing = {"apiVersion": "v1", "kind": "Pod", **pod("gone", True)}
    (tmp_path / "before.yaml").write_text(json.dumps(thing))
    (tmp_path / "now.yaml").write_text(json.dumps({**thing, "metadata": {"name": "other"}}))
    _, alone = strake.scan("now.yaml", cwd=tmp_path)
    _, since = strake.scan("now.yaml", "--new-since", "before.yaml", cwd=tmp_path)
    assert {one["rule"] for one in alone["findings"]} == {one["rule"] for one in since["findings"]}
    assert any("exception" in one["rule"] for one in since["findings"])


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-out", "c", "-days", "10", "-subj", "/CN=shop.example",
                    "-addext", "subjectAltName=DNS:shop.example"], cwd=folder, check=True, capture_output=True)
    return (folder / "c").read_bytes(), (folder / "k").read_bytes()


def test_certificates_of_a_cluster_and_of_a_snapshot(strake, cluster, tmp_path):
    certificate, key = make_certificate(tmp_path)
    cluster.namespace("tls")
    # Somebody has put the key beside the certificate, too.
    data = {"tls.crt": certificate + key, "tls.key": key}
    cluster.post("/api/v1/namespaces/tls/secrets", {"metadata": {"name": "site"}, "type": "kubernetes.io/tls",
                                                   "data": {name: base64.b64encode(text).decode() for name, text in data.items()}})
    cluster.post("/api/v1/namespaces/tls/secrets", {"metadata": {"name": "other"}, "type": "Opaque",
                                                   "data": {"tls.crt": base64.b64encode(certificate).decode()}})
    file = tmp_path / "x.snapshot"
    assert strake("snapshot", "--kubeconfig", cluster.kubeconfig, "-n", "tls", "-o", file, seconds=30).status == 0
    shown = unpack(file)
    other, kept = (part.split()[0] for part in shown.split("tls.crt: ")[1:])
    assert other == '""' and base64.b64decode(kept) == certificate
    secret = b"".join(key.split(b"\n")[1:3])
    assert secret[:60] not in base64.b64decode(kept) and base64.b64encode(key).decode()[40:100] not in shown
    assert f"tls.crt={len(certificate + key)} tls.key={len(key)}" in shown
    for words in (("--kubeconfig", cluster.kubeconfig, "-n", "tls"), (file,)):
        run = strake("access", "certs", *words, "-o", "json", "--soon", 30, "--fail-on", "never", seconds=30)
        report = run.json()
        (one,) = [one for one in report["certificates"] if one["subject"] == "CN=shop.example"]
        assert [place["file"].endswith("cluster/namespaces/tls/secrets/site.yaml") for place in one["places"]] == [True]
        assert run.status == 0 and "certificate-ends-soon" in {found["rule"] for found in report["findings"]} and not report.get("keys")
    run = strake("access", "certs", "--kubeconfig", cluster.kubeconfig, "-n", "tls", "--fail-on", "medium", seconds=30)
    assert run.status == 1


def test_certificates_of_a_cluster_that_cannot_be_read(strake, cluster, tmp_path):
    run = strake("access", "certs", "--kubeconfig", cluster.config(tmp_path, {"token": "nonsense"}), seconds=30)
    assert run.status == 2 and "may have expired" in run.error
