"""Random RBAC in a real API server: what Strake decides is what the server decides, for every question.

$STRAKE_PAIRS says how many questions; $STRAKE_SEED begins another series (it is printed when something differs).
"""
import http.client
import json
import os
import random
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import control_plane

PAIRS = int(os.environ.get("STRAKE_PAIRS", "5000"))
SEED = int(os.environ.get("STRAKE_SEED", "1"))
RBAC = "/apis/rbac.authorization.k8s.io/v1"

SPACES = ["blue", "green", "red"]
USERS = ["ada", "bob", "system:anonymous", "system:kube-scheduler", "*", "eve:x"]
GROUPS = ["dev", "ops", "system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:serviceaccounts:blue",
          "system:masters", "Dev"]
ACCOUNTS = [(space, name) for space in SPACES for name in ("default", "web", "batch")]
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "impersonate", "bind", "escalate",
         "*", "Get"]
API_GROUPS = ["", "apps", "batch", "rbac.authorization.k8s.io", "example.com", "*"]
RESOURCES = ["pods", "secrets", "deployments", "jobs", "nodes", "roles", "widgets", "*", "pods/exec", "pods/*", "*/exec", "*/scale", "pods/log",
             "deployments/scale", "nodes/proxy", "*/*"]
NAMES = ["a", "b", "web-0", ""]
PATHS = ["/healthz", "/healthz/etcd", "/metrics", "/api", "/api/v1", "/apis", "/logs/x", "/"]
URLS = ["/healthz", "/healthz/*", "/api/*", "/api*", "/api/*/*", "/metrics", "*", "/logs/**", "/"]


def some(chance, words, most=3):
    return chance.sample(words, chance.randint(1, min(most, len(words))))


def make_rule(chance, of_cluster):
    if of_cluster and chance.random() < 0.2:
        return {"verbs": some(chance, VERBS), "nonResourceURLs": some(chance, URLS)}
    rule = {"verbs": some(chance, VERBS), "apiGroups": some(chance, API_GROUPS), "resources": some(chance, RESOURCES)}
    if chance.random() < 0.3:
        rule["resourceNames"] = some(chance, NAMES[:3])
    return rule


def make_subject(chance):
    kind = chance.choice(["User", "Group", "ServiceAccount"])
    if kind == "ServiceAccount":
        space, name = chance.choice(ACCOUNTS)
        return {"kind": kind, "namespace": space, "name": name}
    return {"kind": kind, "apiGroup": "rbac.authorization.k8s.io", "name": chance.choice(USERS if kind == "User" else GROUPS[:-2] + ["Dev"])}


def make_roles(chance):
    for number in range(30):
        role = {"metadata": {"name": f"c{number}", "labels": {"tier": chance.choice("abcd")}},
                "rules": [make_rule(chance, True) for _ in range(chance.randint(0, 4))]}
        if number >= 26:
            role["aggregationRule"] = {"clusterRoleSelectors": [{"matchLabels": {"tier": chance.choice("ab")}}]}
            role["rules"], role["metadata"]["labels"] = [], {"tier": "all"}
        yield f"{RBAC}/clusterroles", role
    for space in SPACES:
        for number in range(8):
            yield f"{RBAC}/namespaces/{space}/roles", {
                "metadata": {"name": f"r{number}"}, "rules": [make_rule(chance, False) for _ in range(chance.randint(1, 4))]}


def make_bindings(chance):
    def binding(number, kind, name):
        return {"metadata": {"name": f"b{number}"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
                "subjects": [make_subject(chance) for _ in range(chance.randint(1, 3))]}
    for number in range(12):
        yield f"{RBAC}/clusterrolebindings", binding(number, "ClusterRole", f"c{chance.randrange(33)}")  # some are not there
    for space in SPACES:
        for number in range(20):
            one = binding(number, "Role", f"r{chance.randrange(10)}") if chance.random() < 0.5 \
                else binding(number, "ClusterRole", chance.choice([f"c{chance.randrange(30)}", "view", "edit"]))
            for subject in one["subjects"]:
                if subject["kind"] == "ServiceAccount" and chance.random() < 0.3:
                    subject["namespace"] = space
            yield f"{RBAC}/namespaces/{space}/rolebindings", one


def make_user(chance):
    if chance.random() < 0.4:
        space, name = chance.choice(ACCOUNTS)
        return f"system:serviceaccount:{space}:{name}", ["system:serviceaccounts", f"system:serviceaccounts:{space}", "system:authenticated"]
    groups = GROUPS if chance.random() < 0.05 else [one for one in GROUPS if one != "system:masters"]
    return chance.choice(USERS), chance.sample(groups, chance.randint(0, 2))


def make_question(chance):
    user, groups = make_user(chance)
    if chance.random() < 0.15:
        return {"user": user, "groups": groups, "verb": chance.choice(VERBS).lower(), "path": chance.choice(PATHS)}
    resource, _, sub = chance.choice([one for one in RESOURCES if one != "*" and "*" not in one] + ["configmaps"]).partition("/")
    return {"user": user, "groups": groups, "verb": chance.choice(VERBS + ["get", "list"]), "group": chance.choice(API_GROUPS[:-1] + ["*"]),
            "resource": resource if chance.random() > 0.03 else "*", "subresource": sub, "namespace": chance.choice(SPACES + ["", "gray"]),
            "name": chance.choice(NAMES)}


class Asking:
    """Connections that stay open, one for each thread."""

    def __init__(self, plane):
        self.plane, self.here = plane, threading.local()

    def __call__(self, question):
        if not hasattr(self.here, "line"):
            host = self.plane.server.removeprefix("https://")
            self.here.line = http.client.HTTPSConnection(host, context=self.plane.context, timeout=30)
        spec = {"user": question["user"], "groups": question["groups"]}
        if "path" in question:
            spec["nonResourceAttributes"] = {"verb": question["verb"], "path": question["path"]}
        else:
            spec["resourceAttributes"] = {name: question[name] for name in
                                          ("verb", "group", "resource", "subresource", "namespace", "name")}
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        self.here.line.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", json.dumps(body),
                               {"Content-Type": "application/json"})
        answer = self.here.line.getresponse()
        text = answer.read()
        assert answer.status == 201, text
        return json.loads(text)["status"]


@pytest.fixture(scope="module")
def cluster():
    plane = control_plane.start(pytest)
    yield plane
    plane.stop()


def fill(cluster, chance):
    for space in SPACES:
        cluster.namespace(space)
    for space, name in ACCOUNTS:
        if name != "default":
            cluster.post(f"/api/v1/namespaces/{space}/serviceaccounts", {"metadata": {"name": name}})
    made = 0
    for path, body in [*make_roles(chance), *make_bindings(chance)]:
        status, answer = cluster.ask("POST", path, body)
        assert status in (201, 422), answer  # what the server refuses is not there
        made += status == 201
    return made


def settle(cluster):
    """Waits until the controller has filled the aggregated roles, and the authorizer knows all."""
    def rules():
        return [one.get("rules") for one in cluster.ask("GET", f"{RBAC}/clusterroles")[1]["items"]]
    before = None
    while before != (before := rules()):
        time.sleep(1.5)


def find_decide(strake):
    path = Path(strake.program).parent / "tests/cluster/decide"
    if not path.exists():
        pytest.skip("tests/cluster/decide is not built")
    return path


def word_of(status):
    return "yes" if status["allowed"] else "unknown" if "not found" in status.get("reason", "") else "no"


def test_every_answer_is_that_of_the_server(strake, cluster, tmp_path):
    chance = random.Random(SEED)
    assert fill(cluster, chance) > 100
    settle(cluster)
    snapshot = tmp_path / "rbac.snapshot"
    run = strake("snapshot", "--kubeconfig", cluster.kubeconfig, "-o", snapshot, seconds=30)
    assert run.status == 0, run.error
    questions = [make_question(chance) for _ in range(PAIRS)]
    done = subprocess.run([find_decide(strake), snapshot], input="\n".join(map(json.dumps, questions)), capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stderr
    ours = done.stdout.split()
    with ThreadPoolExecutor(8) as pool:
        theirs = list(pool.map(Asking(cluster), questions))
    assert len(ours) == len(theirs) == PAIRS
    # "unknown" is a "no" that says that a role is missing, as the server's reason does.
    wrong = [(question, one, other) for question, one, other in zip(questions, ours, theirs) if one != word_of(other)]
    allowed = sum(other["allowed"] for other in theirs)
    assert not wrong, f"seed {SEED}: {len(wrong)} of {PAIRS} differ; the first: {wrong[:3]}"
    assert PAIRS * 0.1 < allowed < PAIRS * 0.9, f"{allowed} of {PAIRS} are allowed: the questions say little"
