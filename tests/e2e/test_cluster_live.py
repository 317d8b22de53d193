"""Scans of a real Kubernetes API server."""
import base64
import re
import time

import pytest
import yaml

import control_plane

SHOP = "examples/shop"


@pytest.fixture(scope="module")
def cluster():
    plane = control_plane.start(pytest)
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def shop(cluster, root):
    """The example, created and settled: every controller has made its Pods."""
    done = cluster.apply(root / SHOP)
    assert done.returncode == 0, done.stderr

    def is_settled():
        deployments = cluster.ask("GET", "/apis/apps/v1/deployments")[1]["items"]
        pods = cluster.ask("GET", "/api/v1/pods")[1]["items"]
        return len(pods) >= sum(one["spec"]["replicas"] for one in deployments)
    cluster.until(is_settled)
    time.sleep(1)
    return cluster


def scan(strake, plane, *words, config=None):
    return strake.scan("--kubeconfig", config or plane.kubeconfig, *words, seconds=30)


def key(finding):
    thing = finding["object"] or {}
    kind, name = thing.get("kind"), thing.get("name")
    if kind == "Pod" and "-reach" in finding["rule"]:  # a way into a cluster leads through Pods, in files through what makes them
        kind, name = "Deployment", re.sub(r"-[0-9a-f]{8,10}-[0-9a-z]{5}$", "", name)
    return (finding["rule"], kind, thing.get("namespace"), name, finding.get("container"))


def thing(finding):
    return key(finding)[1:4]


def test_a_live_scan_says_what_a_scan_of_the_files_says(strake, shop, root):
    _, files = strake.scan(root / SHOP)
    run, live = scan(strake, shop)
    told, wanted = {key(one) for one in live["findings"]}, {key(one) for one in files["findings"]}
    assert run.status == 1 and len(wanted) > 200 and not wanted - told
    # What is told besides is about what the files do not have, and was not made by their controllers.
    written = {thing(one) for one in files["findings"]}
    assert not [one for one in told - wanted if one[1:4] in written]
    assert not [one for one in live["findings"] if one["object"] and one["object"]["kind"] in ("Pod", "ReplicaSet", "Job")
                and key(one) not in wanted]
    ways = [key(one) for one in live["findings"] if "-reach" in one["rule"]]
    assert ways and len(ways) == len(set(ways))  # of several Pods of one Deployment, one is told
    by_default = [one for one in live["findings"] if one["object"] and one["object"]["name"].startswith("system:")]
    assert by_default and all(one["status"] == "excepted" for one in by_default)
    assert not [one for one in live["findings"] if one["area"] == "input"]


def test_what_was_changed_afterwards_is_told(strake, shop):
    pods = shop.ask("GET", "/api/v1/namespaces/shop/pods")[1]["items"]
    name = pods[0]["metadata"]["name"]
    body = {"spec": {"ephemeralContainers": [{"name": "probe", "image": "busybox", "securityContext": {"privileged": True}}]}}
    status, answer = shop.ask("PATCH", f"/api/v1/namespaces/shop/pods/{name}/ephemeralcontainers", body,
                              content="application/strategic-merge-patch+json")
    assert status == 200, answer
    _, live = scan(strake, shop, "-n", "shop")
    assert ("privileged-container", "Pod", "shop", name, "probe") in {key(one) for one in live["findings"]}


def test_a_snapshot_is_what_the_cluster_is(strake, shop, tmp_path):
    files = [tmp_path / "a.snapshot", tmp_path / "b.snapshot"]
    for file in files:
        run = strake("snapshot", "--kubeconfig", shop.kubeconfig, "-o", file, seconds=30)
        assert run.status == 0, run.error
    assert files[0].read_bytes() == files[1].read_bytes()
    _, live = scan(strake, shop)
    _, kept = strake.scan(files[0])
    for finding in kept["findings"]:
        finding["location"]["file"] = finding["location"]["file"].removeprefix(f"{files[0]}/")
        for other in finding["related"]:
            other["location"]["file"] = other["location"]["file"].removeprefix(f"{files[0]}/")
    assert kept == live


def test_one_namespace(strake, shop):
    _, live = scan(strake, shop, "-n", "build")
    assert live["judged"]["objects"] > 3
    assert {one["object"]["namespace"] for one in live["findings"] if one["object"]} == {"build"}
    run, live = scan(strake, shop, "-n", "nowhere")
    assert run.status == 3 and live["judged"]["objects"] == 0


def test_long_lists_come_in_parts(strake, cluster):
    cluster.namespace("many")
    cluster.create("/api/v1/namespaces/many/configmaps", [{"metadata": {"name": f"c{i:04}"}, "data": {"a": "b"}} for i in range(1203)])
    run, live = scan(strake, cluster, "-n", "many")
    assert live["judged"]["objects"] == 1203 + 2 and not [one for one in live["findings"] if one["area"] == "input"]


def test_accounts_that_may_see_little(strake, cluster, tmp_path):
    """The talk's demo: an account, a role, a binding, and what each step lets it do."""
    cluster.namespace("demo")
    cluster.post("/api/v1/namespaces/demo/serviceaccounts", {"metadata": {"name": "viewer"}})
    config = cluster.config(tmp_path, {"token": cluster.token("demo", "viewer")})
    user, groups = "system:serviceaccount:demo:viewer", ["system:serviceaccounts", "system:serviceaccounts:demo", "system:authenticated"]
    wanted = {"verb": "list", "resource": "pods", "namespace": "demo"}
    can_i = ("access", "can-i", "--kubeconfig", cluster.kubeconfig, "--as", user, "-n", "demo")
    assert not cluster.review(user, groups, wanted)["allowed"]
    assert (run := strake(*can_i, "list", "pods", seconds=20)).status == 1 and run.text == "no\n"
    run, live = scan(strake, cluster, "-n", "demo", config=config)
    messages = [one["message"] for one in live["findings"] if one["area"] == "input"]
    assert run.status == 2 and any(f"may not list pods in namespace demo as user {user}" in one for one in messages)
    cluster.post("/apis/rbac.authorization.k8s.io/v1/namespaces/demo/roles",
                 {"metadata": {"name": "reader"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]})
    cluster.post("/apis/rbac.authorization.k8s.io/v1/namespaces/demo/rolebindings",
                 {"metadata": {"name": "viewer"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
                  "subjects": [{"kind": "ServiceAccount", "name": "viewer"}]})
    cluster.post("/api/v1/namespaces/demo/pods", {"metadata": {"name": "p"}, "spec": {"containers": [
        {"name": "c", "image": "nginx", "securityContext": {"privileged": True}}]}})
    cluster.until(lambda: cluster.review(user, groups, wanted)["allowed"])
    assert (run := strake(*can_i, "list", "pods", seconds=20)).status == 0 and run.text == "yes\n"
    assert not cluster.review(user, groups, {**wanted, "resource": "secrets"})["allowed"]
    assert strake(*can_i, "list", "secrets", seconds=20).text == "no\n"
    explained = strake(can_i[0], "explain", *can_i[2:], "list", "pods", seconds=20)
    assert explained.status == 0 and "RoleBinding demo/viewer" in explained.text and "Role demo/reader" in explained.text
    run, live = scan(strake, cluster, "-n", "demo", config=config)
    messages = [one["message"] for one in live["findings"] if one["area"] == "input"]
    assert run.status == 2 and live["judged"]["objects"] == 1 and not any("list pods " in one for one in messages)
    assert any(f"may not list secrets in namespace demo as user {user}" in one for one in messages)
    assert "privileged-container" in {one["rule"] for one in live["findings"]}


def test_who_is_not_known(strake, cluster, tmp_path):
    run, live = scan(strake, cluster, config=cluster.config(tmp_path, {"token": "nonsense"}))
    (finding,) = live["findings"]
    assert run.status == 2 and finding["rule"] == "cluster-unreachable" and "may have expired" in finding["message"]
    run, live = scan(strake, cluster, config=cluster.config(tmp_path, {}))
    (finding,) = live["findings"]
    assert run.status == 2 and "status 403" in finding["message"] and "system:anonymous" in finding["message"]


def test_certificates_of_others_are_refused(strake, cluster, tmp_path):
    path = cluster.config(tmp_path, {})
    config = yaml.safe_load(path.read_text())
    front = (cluster.folder / "front-proxy-ca.crt").read_bytes()
    config["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(front).decode()
    path.write_text(yaml.safe_dump(config))
    run, live = scan(strake, cluster, config=path)
    assert run.status == 2 and "nobody who is trusted here has signed it" in live["findings"][0]["message"]


POLICIES = {
    "privileged-container": ({"securityContext": {"privileged": True}}, {"securityContext": {"privileged": False}}),
    "image-without-version": ({"image": "nginx"}, {"image": "nginx:1.29.1"}),
    "memory-limit-not-set": ({}, {"resources": {"limits": {"memory": "64Mi"}}}),
}


def test_exported_policies_decide_as_a_scan_does(strake, cluster, tmp_path):
    """What the rule finds in a file, the API server refuses; what it does not, passes."""
    cluster.namespace("gate")
    policies = strake("rules", "export", "-o", "vap", "--config", "none", *POLICIES)
    assert policies.status == 0
    documents = [one for one in yaml.safe_load_all(policies.text) if one]
    for one in documents:
        if one["kind"].endswith("Binding"):  # of this namespace only
            one["spec"]["matchResources"] = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gate"}}}
    (tmp_path / "policies.yaml").write_text(yaml.safe_dump_all(documents))
    done = cluster.apply(tmp_path / "policies.yaml")
    assert done.returncode == 0, done.stderr
    good = {"name": "c", "image": "nginx:1.29.1", "resources": {"limits": {"memory": "64Mi"}}}

    def create(name, container):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "gate"}, "spec": {"containers": [container]}}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(pod))
        told = {one["rule"] for one in strake.scan("--only", ",".join(POLICIES), tmp_path / f"{name}.yaml")[1]["findings"]}
        return told, *cluster.ask("POST", "/api/v1/namespaces/gate/pods?dryRun=All", pod)

    for rule, (bad, fine) in POLICIES.items():
        container = {name: value for name, value in good.items() if not (rule == "memory-limit-not-set" and name == "resources")} | bad
        cluster.until(lambda: create("wait", container)[1] != 201)  # policies take a moment
        told, status, answer = create("bad", container)
        assert told == {rule} and status == 422 and f"strake-{rule}" in answer["message"], answer
        told, status, answer = create("good", good | fine)
        assert told == set() and status == 201, answer
