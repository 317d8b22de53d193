"""strake fix --cluster: what is shown, sent and kept, and what a real API server says of conflicts and rights."""
import json

import pytest
import yaml

import control_plane
from api_server import discovery, items, resource, serving, status


@pytest.fixture(scope="module")
def cluster():
    plane = control_plane.start(pytest)
    yield plane
    plane.stop()


def deployment(name="web", **security):
    container = {"name": "web", "image": "registry.example/web:1.0", "securityContext": security or {"privileged": True}}
    spec = {"containers": [container, {"name": "log", "image": "registry.example/log:1.0"}]}
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": spec}}}


@pytest.fixture
def space(cluster, request):
    return cluster.namespace("fix-" + request.node.name.replace("_", "-")[5:45])


@pytest.fixture
def fix(strake, cluster, space):
    def run(*words, config=None):
        return strake("fix", "--kubeconfig", config or cluster.kubeconfig, "-n", space, *words, seconds=30)
    return run


def create(cluster, space, thing, manager="helm"):
    return cluster.post(f"/apis/apps/v1/namespaces/{space}/deployments?fieldManager={manager}", thing)


def live(cluster, space, name="web"):
    status, answer = cluster.ask("GET", f"/apis/apps/v1/namespaces/{space}/deployments/{name}")
    assert status == 200
    return answer


def told(strake, cluster, space, *rules):
    _, report = strake.scan("--kubeconfig", cluster.kubeconfig, "-n", space, "--only", ",".join(rules), seconds=30)
    return {one["rule"] for one in report["findings"] if one["object"]["kind"] == "Deployment"}


def test_a_repair_is_sent_and_the_finding_is_gone(strake, fix, cluster, space):
    """What nobody manages is set; what was set before by Strake stays when more is."""
    create(cluster, space, deployment(readOnlyRootFilesystem=True))
    before = live(cluster, space)
    _, report = strake.scan("--kubeconfig", cluster.kubeconfig, "-n", space, seconds=30)
    safe = sorted({one["rule"] for one in report["findings"] if one.get("fix", {}).get("safe") and one["object"]["kind"] == "Deployment"})
    assert len(safe) > 1
    shown = fix("--only", ",".join(safe))
    assert "+++ cluster/namespaces/" in shown.text and live(cluster, space)["metadata"]["generation"] == before["metadata"]["generation"]
    run = fix("--only", safe[0], "--apply")
    assert "fixed" in run.text, run.text + run.error
    assert safe[0] not in told(strake, cluster, space, *safe)
    fix("--only", ",".join(safe), "--apply")
    assert told(strake, cluster, space, *safe) == set()
    after = live(cluster, space)
    assert after["metadata"]["generation"] > before["metadata"]["generation"]
    containers = after["spec"]["template"]["spec"]["containers"]
    assert [one["image"] for one in containers] == ["registry.example/web:1.0", "registry.example/log:1.0"]
    assert [one["name"] for one in before["spec"]["template"]["spec"]["containers"]] == [one["name"] for one in containers]
    managers = {one["manager"]: one["operation"] for one in after["metadata"]["managedFields"]}
    assert managers["strake"] == "Apply" and "helm" in managers


def test_what_others_manage_is_a_conflict(strake, fix, cluster, space):
    create(cluster, space, deployment())
    run = fix("--only", "privileged-container", "--apply", "--unsafe")
    assert run.status == 2 and 'is managed by "helm" using apps/v1' in run.error and "--force-conflicts" in run.error
    assert ".securityContext.privileged" in run.error
    assert told(strake, cluster, space, "privileged-container") == {"privileged-container"}
    run = fix("--only", "privileged-container", "--dry-run=server", "--unsafe", "--force-conflicts")
    assert run.status in (0, 1), run.error  # Pods that are not replaced yet have the finding
    assert told(strake, cluster, space, "privileged-container") == {"privileged-container"}
    run = fix("--only", "privileged-container", "--apply", "--unsafe", "--force-conflicts")
    assert run.status in (0, 1) and not live(cluster, space)["spec"]["template"]["spec"]["containers"][0]["securityContext"]["privileged"]


def test_the_server_checks_without_keeping(fix, cluster, space):
    create(cluster, space, deployment())
    before = live(cluster, space)["metadata"]["generation"]
    run = fix("--only", "privileged-container", "--unsafe", "--dry-run=server")
    assert run.status == 2 and 'managed by "helm"' in run.error
    assert live(cluster, space)["metadata"]["generation"] == before


def test_objects_that_are_added(strake, fix, cluster, space):
    """A Namespace that denies nothing gets a NetworkPolicy."""
    words = ("fix", "--kubeconfig", cluster.kubeconfig, "--only", "namespace-without-network-policy", "--unsafe")
    assert f"cluster/namespaces/{space}.yaml" in strake(*words, seconds=30).text
    path = f"/apis/networking.k8s.io/v1/namespaces/{space}/networkpolicies"
    assert not cluster.ask("GET", path)[1]["items"]
    run = strake(*words, "--apply", seconds=30)
    assert run.status == 0, run.error
    (policy,) = cluster.ask("GET", path)[1]["items"]
    assert policy["spec"]["podSelector"] == {} and {one["manager"] for one in policy["metadata"]["managedFields"]} == {"strake"}


def test_what_is_not_allowed(fix, cluster, space, tmp_path):
    create(cluster, space, deployment())
    cluster.post(f"/api/v1/namespaces/{space}/serviceaccounts", {"metadata": {"name": "viewer"}})
    rbac = "/apis/rbac.authorization.k8s.io/v1"
    cluster.post(f"{rbac}/namespaces/{space}/rolebindings", {
        "metadata": {"name": "view"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "namespace": space, "name": "viewer"}]})
    config = cluster.config(tmp_path, {"token": cluster.token(space, "viewer")})
    run = fix("--only", "privileged-container", "--apply", "--unsafe", "--force-conflicts", config=config)
    assert run.status == 2
    assert f"may not change deployments.apps in namespace {space} as user system:serviceaccount:{space}:viewer" in run.error


def test_what_a_controller_made_is_repaired_there(strake, fix, cluster, space):
    create(cluster, space, deployment())
    cluster.until(lambda: cluster.ask("GET", f"/api/v1/namespaces/{space}/pods")[1]["items"])
    run = fix("--only", "privileged-container", "--apply", "--unsafe", "--force-conflicts", "-o", "json")
    assert run.status in (0, 1), run.error
    files = {one["file"].split("/")[-2] for one in run.json()["files"]}
    assert files == {"deployments.apps"}  # what its Pods and ReplicaSet have is told of it


def test_what_cannot_be_changed(fix, cluster, space):
    """Pods are what they are."""
    cluster.post(f"/api/v1/namespaces/{space}/pods?fieldManager=helm", {
        "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i:1", "securityContext": {"privileged": True}}]}})
    run = fix("--only", "privileged-container", "--apply", "--unsafe", "--force-conflicts")
    assert run.status == 2 and "pod updates may not change fields" in run.error


def test_an_object_that_is_another_one_by_now(strake, cluster, space, tmp_path):
    """Nothing is made anew under an old name."""
    with serving() as api:
        made = create(cluster, space, deployment())
        api.paths["/api"] = discovery()
        api.paths["/apis"] = discovery(apps=[resource("deployments", "Deployment", group="apps")])
        api.paths["/apis/apps/v1/namespaces/shop/deployments"] = items("Deployment", {**made, "metadata": {
            "name": "web", "namespace": "shop", "uid": made["metadata"]["uid"]}})
        api.paths["/apis/apps/v1/namespaces/shop/deployments/web"] = lambda handler, query: handler.answer(404, status(404, "not found"))
        run = strake("fix", "--kubeconfig", api.config(tmp_path), "-n", "shop", "--only", "privileged-container", "--unsafe", "--apply",
                     "--request-timeout", 2, seconds=20)
        assert run.status == 2 and "the server has no such thing" in run.error


def test_wrong_usage(strake, tmp_path):
    for words, error in (((".", "--apply"), "say --cluster too"), ((".", "--force-conflicts"), "say --cluster too"),
                         ((".", "--dry-run=server"), "say --cluster too"), ((".", "--dry-run=client"), "client"),
                         (("--cluster", "--force-conflicts"), "goes with --apply")):
        run = strake("fix", *words, cwd=tmp_path)
        assert run.status == 2 and error in run.error, run.error
