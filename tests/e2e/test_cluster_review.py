"""Who we are, whose a token is and what the server decides: asked of a server that says what a test wants, and of a real one."""
import json

import jsonschema
import pytest

import control_plane
from api_server import discovery, items, resource, serving, status
from conftest import ROOT

SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
TOKEN = "/apis/authentication.k8s.io/v1/tokenreviews"
ACCESS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
SELF_ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
RBAC = "rbac.authorization.k8s.io"


def role(verb):
    return {"metadata": {"name": "r"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": [verb]}]}


BINDING = {"metadata": {"name": "b"}, "subjects": [{"kind": "Group", "name": "crew"}],
           "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "r"}}


def user(name, *groups):
    return {"username": name, "groups": list(groups), "extra": {"k": ["v"]}}


class Kept:
    """Answers with a body, and keeps what was sent."""

    def __init__(self, body, code=201):
        self.body, self.code, self.sent = body, code, []

    def __call__(self, handler, query):
        self.sent.append((json.loads(handler.sent), dict(handler.headers)))
        handler.answer(self.code, self.body)


@pytest.fixture
def api():
    with serving() as server:
        server.paths["/api"] = discovery(core=[resource("pods", "Pod"), resource("secrets", "Secret"), resource("nodes", "Node", "Cluster")])
        server.paths["/apis"] = discovery(**{RBAC: [resource("clusterroles", "ClusterRole", "Cluster"),
                                                    resource("clusterrolebindings", "ClusterRoleBinding", "Cluster")]})
        server.paths[f"/apis/{RBAC}/v1/clusterroles"] = items("ClusterRole", role("list"))
        server.paths[f"/apis/{RBAC}/v1/clusterrolebindings"] = items("ClusterRoleBinding", BINDING)
        server.paths["/api/v1/namespaces/kube-system/pods"] = items("Pod")
        yield server


@pytest.fixture
def ask(strake, api, tmp_path):
    def run(*words, command="can-i", config=None, **options):
        return strake("access", command, *words, "--kubeconfig", config or api.config(tmp_path, {"token": "mine"}), "--request-timeout", 2,
                      seconds=20, **options)
    return run


def self_review(*who):
    return {"kind": "SelfSubjectReview", "status": {"userInfo": user(*who)}}


def access_review(allowed, **more):
    return {"kind": "SubjectAccessReview", "status": {"allowed": allowed, **more}}


def test_the_cluster_says_who_asks(ask, api):
    api.paths[SELF] = Kept(self_review("jane", "crew", "system:authenticated"))
    run = ask("list", "pods")
    assert (run.status, run.text) == (0, "yes\n") and "asked as jane, of crew, system:authenticated" in run.error
    assert ask("delete", "pods").status == 1
    run = ask("list", "pods", "-o", "json", "--quiet")
    assert run.json()["user"] == {"name": "jane", "groups": ["crew", "system:authenticated"]} and run.error == ""
    assert ask("--list").status == 0 and ask("list", "pods", command="explain").text.startswith("yes: jane may")


def test_the_context_names_the_namespace(ask, api, tmp_path):
    binding = {"metadata": {"name": "b", "namespace": "shop"}, "subjects": BINDING["subjects"], "roleRef": BINDING["roleRef"]}
    api.paths["/apis"] = discovery(**{RBAC: [resource("clusterroles", "ClusterRole", "Cluster"), resource("rolebindings", "RoleBinding")]})
    api.paths[f"/apis/{RBAC}/v1/rolebindings"] = items("RoleBinding", binding)
    shop = api.config(tmp_path, {"token": "mine"}, context={"namespace": "shop"}, name="shop")
    words = "list", "pods", "--as", "jane", "--as-group", "crew"
    assert ask(*words, config=shop).status == 0
    assert ask(*words, "-n", "default", config=shop).status == 1
    assert ask(*words).status == 1
    assert ask("list", "pods", command="who-can", config=shop).status == 0
    assert "pods" in ask("--list", *words[2:], config=shop).text


def test_only_what_is_needed_is_read(ask, api):
    ask("list", "pods", "--as", "jane")
    read = {path.partition("?")[0] for path, _ in api.seen} - {"/api", "/apis"}
    assert read == {f"/apis/{RBAC}/v1/clusterroles", f"/apis/{RBAC}/v1/clusterrolebindings", "/api/v1/namespaces/kube-system/pods"}
    api.seen.clear()
    api.paths["/api/v1/nodes"] = items("Node")
    ask("list", "pods", "--as", "system:node:a", "--as-group", "system:nodes")
    assert {"/api/v1/pods", "/api/v1/nodes", "/api/v1/secrets"} <= {path.partition("?")[0] for path, _ in api.seen}


def test_servers_that_do_not_say(ask, api):
    run = ask("list", "pods")
    assert run.status == 2 and "does not say who we are: name the user with --as" in run.error
    for body in (b"nonsense", {"kind": "Status"}, {"kind": "SelfSubjectReview"}, self_review("")):
        api.paths[SELF] = Kept(body)
        run = ask("list", "pods")
        assert run.status == 2 and "the server's answer" in run.error, body
    api.paths[SELF] = Kept(status(401, "Unauthorized"), 401)
    assert "may have expired" in ask("list", "pods").error


def test_the_bearer_of_a_token(ask, api, tmp_path):
    kept = api.paths[TOKEN] = Kept({"kind": "TokenReview", "status": {"authenticated": True, "user": user("bot", "crew")}})
    (tmp_path / "t").write_text("secret-token\n")
    run = ask("list", "pods", "--token-file", tmp_path / "t")
    assert (run.status, run.text) == (0, "yes\n") and "asked as bot, of crew" in run.error and "secret-token" not in run.error
    (body, headers), = kept.sent
    assert body["spec"] == {"token": "secret-token"} and headers["Authorization"] == "Bearer mine"
    assert ask("list", "pods", "--token-file", "-", stdin=b"other").status == 0 and kept.sent[1][0]["spec"]["token"] == "other"
    api.paths[TOKEN] = Kept({"kind": "TokenReview", "status": {"authenticated": False, "error": "it is too old"}})
    run = ask("list", "pods", "--token-file", tmp_path / "t")
    assert run.status == 2 and "does not take the token: it is too old" in run.error


def test_who_may_not_review_tokens_asks_as_the_bearer(ask, api, tmp_path):
    (tmp_path / "t").write_text("secret-token")
    api.paths[TOKEN] = Kept(status(403, "no"), 403)
    kept = api.paths[SELF] = Kept(self_review("bot", "crew"))
    assert ask("list", "pods", "--token-file", tmp_path / "t", config=api.config(tmp_path, {"token": "mine", "as": "boss"})).status == 0
    (_, headers), = kept.sent
    assert headers["Authorization"] == "Bearer secret-token" and "Impersonate-User" not in headers


def test_tokens_that_are_none(ask, strake, tmp_path):
    (tmp_path / "empty").write_text(" \n")
    assert "there is no token in it" in ask("list", "pods", "--token-file", tmp_path / "empty").error
    assert "No such file" in ask("list", "pods", "--token-file", tmp_path / "none").error
    assert "give one of them" in ask("list", "pods", "--token-file", "x", "--as", "y").error
    run = strake("access", "can-i", "list", "pods", "--token-file", "x", cwd=tmp_path)
    assert run.status == 2 and "--cluster" in run.error


def test_what_the_server_says(ask, api):
    kept = api.paths[ACCESS] = Kept(access_review(True, reason="RBAC: allowed by b"))
    question = ("list", "pods/x", "-n", "shop", "--as", "jane", "--as-group", "crew", "--server")
    run = ask(*question, "-o", "json")
    document = run.json()
    assert run.status == 0 and document["server"] == {"allowed": True, "denied": False, "reason": "RBAC: allowed by b", "agrees": True}
    jsonschema.validate(document, json.loads((ROOT / "docs/schema/strake.can-i-1.json").read_text()))
    (body, _), = kept.sent
    assert body["spec"] == {"user": "jane", "groups": ["crew", "system:authenticated"],
                            "resourceAttributes": {"namespace": "shop", "verb": "list", "resource": "pods", "name": "x"}}
    assert "the API server says yes: RBAC: allowed by b" in ask(*question, command="explain").text


def test_the_server_says_otherwise(ask, api):
    api.paths[ACCESS] = Kept(access_review(False, denied=True, reason="a webhook"))
    run = ask("list", "pods", "--as", "jane", "--as-group", "crew", "--server")
    assert (run.status, run.text) == (2, "yes\n") and "the API server says no, and not yes: a webhook" in run.error
    api.paths[ACCESS] = Kept(access_review(True))
    run = ask("get", "/metrics", "--as", "jane", "--server")
    assert (run.status, run.text) == (2, "no\n") and "says yes, and not no: it gives no reason" in run.error
    assert api.paths[ACCESS].sent[0][0]["spec"]["nonResourceAttributes"] == {"path": "/metrics", "verb": "get"}


def test_who_asks_for_itself_asks_about_itself(ask, api):
    api.paths[SELF] = Kept(self_review("jane", "crew"))
    kept = api.paths[SELF_ACCESS] = Kept({**access_review(True), "kind": "SelfSubjectAccessReview"})
    assert ask("list", "pods", "-A", "--server").status == 0
    assert kept.sent[0][0]["spec"] == {"resourceAttributes": {"verb": "list", "resource": "pods"}}


def test_answers_of_the_server_that_are_none(ask, api):
    for body in (b"{", {"kind": "Status"}, {"kind": "SubjectAccessReview", "status": {}}, access_review("yes")):
        api.paths[ACCESS] = Kept(body)
        run = ask("list", "pods", "--as", "jane", "--server")
        assert run.status == 2 and "the server's answer" in run.error and run.text == ""
    api.paths[ACCESS] = Kept(status(403, "subjectaccessreviews is forbidden"), 403)
    assert "this is not allowed" in ask("list", "pods", "--as", "jane", "--server").error


def test_wrong_usage(strake, ask, tmp_path):
    run = strake("access", "can-i", "list", "pods", "--as", "x", "--server", cwd=tmp_path)
    assert run.status == 2 and "say --cluster too" in run.error
    assert "does not go with --by" in ask("list", "pods", "--as", "x", "--by", "y", "--server").error
    assert "does not go with --server" in ask("--list", "--as", "x", "--server").error


# --- a real server ---

@pytest.fixture(scope="module")
def cluster():
    plane = control_plane.start(pytest)
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def viewer(cluster):
    cluster.namespace("demo")
    cluster.post("/api/v1/namespaces/demo/serviceaccounts", {"metadata": {"name": "viewer"}})
    cluster.post(f"/apis/{RBAC}/v1/namespaces/demo/rolebindings", {
        "metadata": {"name": "views"}, "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "namespace": "demo", "name": "viewer"}]})
    cluster.post(f"/apis/{RBAC}/v1/clusterroles", {"metadata": {"name": "sees-rbac"}, "rules": [
        {"apiGroups": [RBAC, "apiextensions.k8s.io", ""], "verbs": ["list"],
         "resources": ["roles", "rolebindings", "clusterroles", "clusterrolebindings", "customresourcedefinitions", "serviceaccounts", "pods"]}]})
    cluster.post(f"/apis/{RBAC}/v1/clusterrolebindings", {
        "metadata": {"name": "sees-rbac"}, "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": "sees-rbac"},
        "subjects": [{"kind": "ServiceAccount", "namespace": "demo", "name": "viewer"}]})
    return cluster.token("demo", "viewer")


def test_a_real_server_says_who_and_what(strake, cluster, viewer, tmp_path):
    config = cluster.config(tmp_path, {"token": viewer})
    words = ("--kubeconfig", config, "-n", "demo", "--server")
    run = strake("access", "can-i", "get", "configmaps", *words, seconds=20)
    assert (run.status, run.text) == (0, "yes\n") and "asked as system:serviceaccount:demo:viewer" in run.error
    run = strake("access", "can-i", "get", "secrets", *words, "-o", "json", seconds=20)
    assert run.status == 1 and run.json()["server"]["agrees"] and not run.json()["server"]["allowed"]
    run = strake("access", "explain", "get", "configmaps", *words, seconds=20)
    assert "RoleBinding demo/views" in run.text and "the API server says yes: RBAC: allowed by RoleBinding" in run.text


def test_a_real_token(strake, cluster, viewer, tmp_path):
    (tmp_path / "token").write_text(viewer)
    run = strake("access", "can-i", "get", "secrets", "--kubeconfig", cluster.kubeconfig, "--token-file", tmp_path / "token", "-n", "demo",
                 "--server", seconds=20)
    assert (run.status, run.text) == (1, "no\n") and "asked as system:serviceaccount:demo:viewer" in run.error
    (tmp_path / "token").write_text(viewer[:-8] + "AAAAAAAA")
    run = strake("access", "can-i", "get", "secrets", "--kubeconfig", cluster.kubeconfig, "--token-file", tmp_path / "token", seconds=20)
    assert run.status == 2 and "does not take the token" in run.error
    # The account may not review tokens: it asks as the bearer.
    (tmp_path / "token").write_text(viewer)
    run = strake("access", "can-i", "list", "pods", "--kubeconfig", cluster.config(tmp_path, {"token": viewer}), "--token-file",
                 tmp_path / "token", "-n", "demo", seconds=20)
    assert (run.status, run.text) == (0, "yes\n")


def test_the_administrator(strake, cluster):
    run = strake("access", "can-i", "*", "*", "-A", "--kubeconfig", cluster.kubeconfig, "--server", seconds=20)
    assert (run.status, run.text) == (0, "yes\n")
