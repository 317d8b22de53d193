"""strake scan --cluster --watch of a real Kubernetes API server, which is also killed and started again."""
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import yaml

import control_plane
from test_cluster_watch import names
from test_watch import Watch, fresh, rules, state_of


@pytest.fixture(scope="module")
def cluster():
    plane = control_plane.start(pytest)
    yield plane
    plane.stop()


def arguments_of(plane):
    """How its API server was started."""
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")[:-1]
        except OSError:
            continue
        if b"kube-apiserver" in words and any(str(plane.folder).encode() in word for word in words):
            return [word.decode() for word in words[1:]]
    raise AssertionError("no API server runs")


class Second:
    """Another API server over the same etcd, which may be killed without the first one knowing."""

    def __init__(self, plane, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.words = [word for word in arguments_of(plane) if not word.startswith(("--secure-port", "--audit-log", "--cert-dir"))]
        self.words += [f"--secure-port={self.port}", f"--cert-dir={folder / 'certs'}"]
        self.plane, self.folder = plane, folder
        config = yaml.safe_load(Path(plane.kubeconfig).read_text())
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = folder / "second.yaml"
        self.kubeconfig.write_text(yaml.safe_dump(config))
        self.process = None

    def start(self):
        with open(self.folder / "second.log", "ab") as log:
            self.process = subprocess.Popen([self.plane.path, *self.words], cwd=self.plane.folder, stdout=log, stderr=log)
        server, self.plane.server = self.plane.server, f"https://127.0.0.1:{self.port}"
        try:
            self.plane.until(self.is_ready, 60)
        finally:
            self.plane.server = server

    def is_ready(self):
        try:
            return self.plane.ask("GET", "/api/v1/namespaces/default")[0] == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def second(cluster, tmp_path):
    server = Second(cluster, tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def watch(strake, cluster):
    started = []

    def begin(*words, config=None, **options):
        started.append(Watch(strake, "--kubeconfig", config or cluster.kubeconfig, *words, **options))
        return started[-1]
    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def pod(name, privileged=True):
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "a:1", "securityContext": {"privileged": privileged}}]}}


def test_create_change_and_delete(strake, watch, cluster):
    space = cluster.namespace("watched")
    pods = f"/api/v1/namespaces/{space}/pods"
    running = watch("-n", space)
    state = state_of(running.next(60))
    cluster.post(pods, pod("a"))
    running.until(lambda found: any("privileged: true" in one[2] for one in found), state)
    status, answer = cluster.ask("PATCH", pods + "/a", {"metadata": {"labels": {"app": "web"}}}, content="application/merge-patch+json")
    assert status == 200, answer
    service = {"metadata": {"name": "s"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
    cluster.post(f"/api/v1/namespaces/{space}/services", service)
    cluster.post(f"/api/v1/namespaces/{space}/services", {**service, "metadata": {"name": "none"}, "spec": {**service["spec"], "selector": {"app": "x"}}})
    running.until(lambda found: any(one[0].endswith("/services/none.yaml") for one in found), state)
    assert not any(one[0].endswith("/services/s.yaml") and "select" in one[2] for one in state)
    time.sleep(1)
    running.until(lambda found: True, state)
    assert sorted(state) == sorted(fresh(strake, "--kubeconfig", cluster.kubeconfig, "-n", space))
    cluster.ask("DELETE", pods + "/a?gracePeriodSeconds=0")
    running.until(lambda found: not any("/pods/a.yaml" in one[0] for one in found), state)
    assert running.end()[0] in (0, 1)


def test_controllers_at_work_end_as_a_fresh_scan(strake, watch, cluster, root):
    """Everything of the example is created while it is watched: no Pod of a Deployment is told beside it, in the end."""
    running = watch()
    state = state_of(running.next(60))
    done = cluster.apply(root / "examples/shop")
    assert done.returncode == 0, done.stderr

    def is_settled():
        wanted = sum(one["spec"]["replicas"] for one in cluster.ask("GET", "/apis/apps/v1/deployments")[1]["items"])
        return len(cluster.ask("GET", "/api/v1/pods")[1]["items"]) >= wanted
    cluster.until(is_settled)
    time.sleep(1)
    wanted = sorted(fresh(strake, "--kubeconfig", cluster.kubeconfig))
    running.until(lambda found: sorted(found) == wanted, state)
    assert running.end()[0] == 1


def is_served(cluster):
    try:
        return cluster.ask("GET", "/apis/sea.example/v1/ships")[0] == 200
    except ValueError:  # a page that is no JSON: there is no such path
        return False


def test_kinds_that_are_defined_while_it_is_watched(watch, cluster):
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "ships.sea.example"},
                  "spec": {"group": "sea.example", "scope": "Namespaced", "names": {"plural": "ships", "singular": "ship", "kind": "Ship"},
                           "versions": [{"name": "v1", "served": True, "storage": True, "schema": {
                               "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}]}}
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    running = watch("--only", "privileged-container")
    before = running.next(60)["judged"]["objects"]
    cluster.post(path, definition)
    cluster.until(lambda: is_served(cluster))
    cluster.namespace("harbour")
    cluster.post("/apis/sea.example/v1/namespaces/harbour/ships", {"apiVersion": "sea.example/v1", "kind": "Ship", "metadata": {"name": "s"}})
    time.sleep(4)
    cluster.post("/api/v1/namespaces/harbour/pods", pod("p"))
    change = running.next()
    assert names(change["new"]) == ["p"]
    # the definition and its APIService, the namespace with its account and configuration, the ship and the Pod
    assert change["judged"]["objects"] == before + 7
    cluster.ask("DELETE", path + "/ships.sea.example")
    cluster.until(lambda: not is_served(cluster))
    time.sleep(4)
    cluster.ask("DELETE", "/api/v1/namespaces/harbour/pods/p?gracePeriodSeconds=0")
    change = running.next()
    assert names(change["gone"]) == ["p"] and change["judged"]["objects"] == before + 3


def test_a_server_that_is_killed_and_started_again(strake, watch, cluster, second):
    space = cluster.namespace("killed")
    pods = f"/api/v1/namespaces/{space}/pods"
    cluster.post(pods, pod("before"))
    cluster.post(pods, pod("gone"))
    running = watch("--only", "privileged-container", "--request-timeout", 3, "-n", space, config=second.kubeconfig)
    assert names(running.next(60)["findings"]) == ["before", "gone"]
    second.kill()
    # What happens while it is away, by way of the other server.
    cluster.post(pods, pod("meanwhile"))
    cluster.ask("DELETE", pods + "/gone?gracePeriodSeconds=0")
    change = running.next(30)
    assert rules(change["new"]) == {"cluster-unreachable"} and not change["gone"]
    second.start()
    seen = {"new": set(), "gone": set()}
    end = time.monotonic() + 60
    while seen != {"new": {"meanwhile"}, "gone": {"gone", ""}}:
        assert time.monotonic() < end, seen
        change = running.next(60)
        for which in seen:
            seen[which] |= {(one.get("object") or {"name": ""})["name"] for one in change[which]}
    cluster.post(pods, pod("after"))
    assert names(running.next()["new"]) == ["after"]
    assert running.end()[0] == 1


def test_who_may_list_and_not_watch(watch, cluster, tmp_path):
    space = cluster.namespace("lists")
    cluster.post(f"/api/v1/namespaces/{space}/serviceaccounts", {"metadata": {"name": "viewer"}})
    rbac = "/apis/rbac.authorization.k8s.io/v1/"
    cluster.post(rbac + "clusterroles", {"metadata": {"name": "lists"}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["list"]}]})
    cluster.post(rbac + "clusterrolebindings", {
        "metadata": {"name": "lists"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "lists"},
        "subjects": [{"kind": "ServiceAccount", "namespace": space, "name": "viewer"}]})
    running = watch("-n", space, config=cluster.config(tmp_path, {"token": cluster.token(space, "viewer")}))
    assert not [one for one in running.next(60)["findings"] if one["area"] == "input"]
    time.sleep(2)
    assert "may not watch pods" in running.end()[1]
