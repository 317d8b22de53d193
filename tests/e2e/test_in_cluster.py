"""In a Pod: its account, with a token that is replaced on the way. The folder of the account is made in a namespace of this machine."""
import json
import os
import subprocess

import pytest

import control_plane
from api_server import Api, discovery, make_certificates, status
from conftest import Strake
from test_cluster_watch import Pods, event, named, names, watchable

FOLDER = "/run/secrets/kubernetes.io/serviceaccount"
IN_A_POD = ["unshare", "-Urm", "sh", "-c",
            f'mount -t tmpfs none /run && mkdir -p {FOLDER} && rmdir {FOLDER} && ln -s "$0" {FOLDER} && exec "$@"']


class InPod(Strake):
    """The program where `account` is the folder of the Pod's account."""

    def __init__(self, strake, account):
        super().__init__(strake.program, strake.home)
        self.account = account

    def argv(self, *words):
        return [*IN_A_POD, str(self.account), self.program, *map(str, words)]

    def run(self, port, *words, host="127.0.0.1"):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": str(port)}
        environment |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS") if name in os.environ}
        done = subprocess.run(self.argv(*words), env=environment, capture_output=True, text=True, timeout=60)
        assert "Sanitizer" not in done.stderr, done.stderr[:3000]
        return done


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = make_certificates(tmp_path_factory.mktemp("certificates"))
    if not made:
        pytest.skip("no openssl to make certificates with")
    return made


@pytest.fixture
def pod(strake, tmp_path):
    done = subprocess.run([*IN_A_POD, str(tmp_path), "test", "-d", "/var/run/secrets/kubernetes.io/serviceaccount"], capture_output=True)
    if done.returncode:
        pytest.skip("no namespaces of users and mounts here")
    account = tmp_path / "account"
    account.mkdir()
    return InPod(strake, account)


def write(account, token, authority, namespace="shop"):
    (account / "token").write_text(token + "\n")
    (account / "ca.crt").write_bytes(authority)
    (account / "namespace").write_text(namespace)


@pytest.fixture
def api(certificates):
    server = Api(certificates)
    yield server
    server.close()


def test_the_account_of_the_pod(pod, api, certificates):
    write(pod.account, "t1", (certificates / "ca.crt").read_bytes())
    done = pod.run(api.port, "scan", "--cluster", "-o", "json", "--request-timeout", 5)
    assert done.returncode == 1 and json.loads(done.stdout)["judged"]["objects"] == 2, done.stderr
    assert {headers["Authorization"] for _, headers in api.seen} == {"Bearer t1"}


def test_an_account_that_is_not_whole(pod, api, certificates):
    write(pod.account, "t1", b"")
    (pod.account / "ca.crt").unlink()
    done = pod.run(api.port, "scan", "--cluster", "--request-timeout", 5)
    assert done.returncode == 2 and "certificate authority" in done.stdout and not api.seen
    write(pod.account, "t1", (certificates / "other-ca.crt").read_bytes())
    done = pod.run(api.port, "scan", "--cluster", "--request-timeout", 5)
    assert done.returncode == 2 and "nobody who is trusted here has signed it" in done.stdout and not api.seen
    (pod.account / "token").unlink()
    done = pod.run(api.port, "scan", "--cluster", "--request-timeout", 5)
    assert done.returncode == 2 and "no kubeconfig" in done.stdout


def test_a_token_that_is_replaced_while_it_lists(pod, api, certificates):
    """The kubelet writes another one; the old one is not taken any more."""
    write(pod.account, "t1", (certificates / "ca.crt").read_bytes())
    good = {"Bearer t1"}

    def guarded(body):
        def answer(handler, query):
            if handler.headers["Authorization"] not in good:
                return handler.answer(401, status(401, "Unauthorized"))
            if good == {"Bearer t1"}:
                good.clear()
                good.add("Bearer t2")
                (pod.account / "token").write_text("t2")
            return handler.answer(200, body)
        return answer
    api.paths["/api/v1/pods"], api.paths["/api/v1/secrets"] = guarded(api.paths["/api/v1/pods"]), guarded(api.paths["/api/v1/secrets"])
    done = pod.run(api.port, "scan", "--cluster", "-o", "json", "--request-timeout", 5)
    assert json.loads(done.stdout)["judged"]["objects"] == 2 and done.returncode == 1, done.stdout
    assert {headers["Authorization"] for _, headers in api.seen} == {"Bearer t1", "Bearer t2"}


def test_a_token_that_is_replaced_while_it_watches(pod, api, certificates, monkeypatch):
    write(pod.account, "t1", (certificates / "ca.crt").read_bytes())
    api.paths["/api"] = discovery(core=[watchable("pods", "Pod")])
    pods = Pods(api, named("a"))
    pods.scripts = [["wait"], [event("ADDED", named("b", "11")), "hold"]]
    good = "t1"

    def answer(handler, query):
        if handler.headers["Authorization"] != f"Bearer {good}":
            return handler.answer(401, status(401, "Unauthorized"))
        return pods.answer(handler, query)
    api.paths["/api/v1/pods"] = answer
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    process = subprocess.Popen(pod.argv("scan", "--cluster", "--watch", "-o", "json", "--only", "privileged-container"), stdout=subprocess.PIPE,
                               env={**os.environ, "HOME": str(pod.home), "KUBERNETES_SERVICE_PORT": str(api.port)}, text=True)
    try:
        assert names(json.loads(process.stdout.readline())["findings"]) == ["a"]
        good = "t2"
        (pod.account / "token").write_text("t2")
        pods.go.set()
        assert names(json.loads(process.stdout.readline())["new"]) == ["b"]
    finally:
        process.kill()
        process.wait()


def test_a_real_account(pod, strake, tmp_path):
    plane = control_plane.start(pytest)
    try:
        plane.namespace("tools")
        plane.post("/api/v1/namespaces/tools/serviceaccounts", {"metadata": {"name": "scanner"}})
        rbac = "/apis/rbac.authorization.k8s.io/v1/"
        plane.post(rbac + "clusterroles", {"metadata": {"name": "strake-scan"}, "rules": [
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["list", "watch"]}]})
        plane.post(rbac + "clusterrolebindings", {
            "metadata": {"name": "strake-scan"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "strake-scan"},
            "subjects": [{"kind": "ServiceAccount", "namespace": "tools", "name": "scanner"}]})
        with open(plane.facts["ca"], "rb") as file:
            write(pod.account, plane.token("tools", "scanner"), file.read(), "tools")
        port = plane.server.rpartition(":")[2]
        done = pod.run(port, "scan", "--cluster", "-o", "json")
        report = json.loads(done.stdout)
        assert report["judged"]["objects"] > 100 and not [one for one in report["findings"] if one["area"] == "input"], done.stderr
        done = pod.run(port, "access", "can-i", "list", "secrets", "--cluster", "-A", "--server")
        assert (done.returncode, done.stdout) == (0, "yes\n") and "asked as system:serviceaccount:tools:scanner" in done.stderr
    finally:
        plane.stop()
