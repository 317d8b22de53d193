"""The client of --cluster against a server that misbehaves: a clear error or a finding each time, never silence."""
import base64
import gzip
import json
import os
import socket
import stat
import threading
import time

import pytest
import yaml

from api_server import (AGGREGATED, POD, SECRET, Api, bomb, discovery, endless_body, hang, items, kubeconfig, make_certificates,
                        resource, serving, status, trickle)


@pytest.fixture
def api():
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = make_certificates(tmp_path_factory.mktemp("certificates"))
    if not made:
        pytest.skip("no openssl to make certificates with")
    return made


@pytest.fixture
def look(strake, tmp_path):
    """Scans what a server shows; gives the run and its report."""
    def scan(server, *words, config=None, env=None, seconds=20):
        path = config or server.config(tmp_path)
        return strake.scan("--cluster", "--kubeconfig", path, "--request-timeout", 1, *words, env=env, seconds=seconds)
    return scan


def inputs(report):
    return [(one["rule"], one["location"]["file"], one["message"]) for one in report["findings"] if one["area"] == "input"]


def only(report):
    (found,) = inputs(report)
    return found


def test_objects_are_judged_under_names_that_say_what_they_are(look, api):
    run, report = look(api)
    assert run.status == 1 and report["judged"]["objects"] == 2 and not inputs(report)
    (finding,) = [one for one in report["findings"] if one["rule"] == "privileged-container"]
    assert finding["location"]["file"] == "cluster/namespaces/shop/pods/web.yaml" and finding["location"]["line"] > 1
    assert finding["object"] == {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"}


def test_what_is_asked_for(look, api):
    api.paths["/api"]["items"][0]["versions"][0]["resources"] += [resource("nodes", "Node", "Cluster"), resource("events", "Event")]
    api.paths["/apis"] = discovery(**{"apps": [resource("deployments", "Deployment", group="apps")],
                                      "metrics.k8s.io": [resource("pods", "PodMetrics")]})
    for path in ("/api/v1/nodes", "/apis/apps/v1/deployments"):
        api.paths[path] = items("X")
    look(api)
    asked = [path.partition("?")[0] for path, _ in api.seen]
    assert asked[:2] == ["/api", "/apis"] and api.seen[0][1]["Accept"].startswith(AGGREGATED)
    assert sorted(asked[2:]) == ["/api/v1/nodes", "/api/v1/pods", "/api/v1/secrets", "/apis/apps/v1/deployments"]
    assert all("limit=500" in path for path, _ in api.seen[2:])
    assert all("gzip" in headers["Accept-Encoding"] and headers["User-Agent"].startswith("strake/") for _, headers in api.seen)
    api.seen.clear()
    for path in ("pods", "secrets"):
        api.paths[f"/api/v1/namespaces/shop/{path}"] = items("X")
    api.paths["/apis/apps/v1/namespaces/shop/deployments"] = items("X")
    look(api, "-n", "shop", "--without", "secrets")

    asked = {path.partition("?")[0] for path, _ in api.seen} - {"/api", "/apis"}
    assert asked == {"/api/v1/namespaces/shop/pods", "/apis/apps/v1/namespaces/shop/deployments"}


def test_values_of_secrets_are_nowhere(strake, look, api, tmp_path):
    run, report = look(api)
    assert "hunter2" not in run.text and "aHVudGVyMg" not in run.text
    out = tmp_path / "x.snapshot"
    assert strake("snapshot", "--kubeconfig", api.config(tmp_path), "-o", out).status == 0
    shown = unpack(out.read_bytes())
    assert "aHVudGVyMg" not in shown and "strake.dev/sizes: password=7 user=4" in shown and "managedFields" not in shown
    assert 'password: ""' in shown


def unpack(data):
    import shutil
    import subprocess
    if not shutil.which("zstd"):
        pytest.skip("no zstd to look into a snapshot with")
    return subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout.decode()


# --- lists ---

def pages(*answers):
    """Answers one after the other; the last one again and again."""
    left = list(answers)

    def behaviour(handler, query):
        one = left.pop(0) if len(left) > 1 else left[0]
        code, body, headers = one if isinstance(one, tuple) else (200, one, {})
        handler.answer(code, body, **headers)
    return behaviour


def pod(number):
    return {**POD, "metadata": {"name": f"web-{number}", "namespace": "shop"}}


def test_lists_in_parts(look, api):
    def behaviour(handler, query):
        at = int(query.partition("continue=")[2].replace("a%2Fb%2B", "") or 0)
        handler.answer(200, items("Pod", *[pod(at + i) for i in range(3)], token=f"a/b+{at + 3}" if at < 9 else ""))
    api.paths["/api/v1/pods"] = behaviour
    run, report = look(api)
    assert report["judged"]["objects"] == 12 + 1 and not inputs(report)


def test_a_list_that_became_too_old_is_read_again(look, api):
    gone = (410, status(410, "The provided continue parameter is too old", reason="Expired"), {})
    api.paths["/api/v1/pods"] = pages(items("Pod", pod(1), pod(2), token="x"), gone, items("Pod", pod(1), token="y"), items("Pod", pod(3)))
    run, report = look(api)
    assert report["judged"]["objects"] == 2 + 1 and not inputs(report)
    api.paths["/api/v1/pods"] = gone_always = pages(gone)
    run, report = look(api)
    assert run.status == 2 and "became too old" in only(report)[2] and gone_always


@pytest.mark.parametrize("behaviour, words", [
    (pages(items("Pod", pod(1), token="same")), "twice|again and again"),
    (lambda handler, query: handler.answer(200, items("Pod", pod(1), token=str(time.monotonic()))), "twice"),
    (lambda handler, query: handler.answer(200, items("Pod", token=str(time.monotonic()))), "does not end"),
    (pages({"kind": "Pod"}), "no list"),
    (pages(b"<html>log in here</html>"), "no JSON"),
    (pages(b""), "no JSON|no document"),
    (pages(items("Pod", "text")), "no object"),
    (pages(items("Pod", {"metadata": {}})), "no name"),
    (pages((200, b"{}" * 10, {"Content-Length": 5000})), "cut short"),
    (pages((200, b"no gzip", {"Content-Encoding": "gzip"})), "compressed and damaged|cut short"),
    (pages((500, status(500, "etcd is down"), {})), "etcd is down"),
    (pages((503, b"<html>busy</html>", {})), "503"),
    (pages((429, status(429, "slow down"), {"Retry-After": "3600"})), "overloaded"),
    (pages((302, b"", {"Location": "/api/v1/pods"})), "too many redirects"),
    (pages((400, status(400, "bad\x1b[31m request"), {})), "bad"),
    (hang, "said nothing"),
    (trickle, "said nothing"),
    (endless_body, "larger than"),
    (lambda handler, query: handler.reset(), "connection"),
], ids=str)
def test_a_list_that_cannot_be_had_is_a_finding(look, api, behaviour, words):
    api.paths["/api/v1/pods"] = behaviour
    run, report = look(api, seconds=40)
    rule, file, message = only(report)
    assert run.status == 2 and rule == "not-listed" and file == "cluster/pods"
    assert any(word in message for word in words.split("|")), message
    assert "cannot list pods in all namespaces" in message and "not judged" in message and "\x1b" not in message
    assert report["judged"]["objects"] == 1  # the secret


def test_a_body_that_swells(look, api):
    api.server.bomb = gzip.compress(b" " * (300 << 20), 1)
    api.paths["/api/v1/pods"] = bomb
    run, report = look(api, seconds=40)
    assert run.status == 2 and "larger than" in only(report)[2]


@pytest.mark.parametrize("failure", [
    (429, status(429, "slow down"), {"Retry-After": "1"}),
    (503, status(503, "starting"), {}),
    (500, status(500, "etcd leader changed"), {}),
])
def test_what_passes_is_tried_again(look, api, failure):
    api.paths["/api/v1/pods"] = pages(failure, items("Pod", POD))
    run, report = look(api, "--request-timeout", 5)
    assert report["judged"]["objects"] == 2 and not inputs(report)


def test_what_may_not_be_listed(look, api):
    def forbid(handler, query):
        handler.answer(403, status(403, 'secrets is forbidden: User "system:serviceaccount:ci:scan" cannot list resource "secrets" in API '
                                        'group "" at the cluster scope', reason="Forbidden"))
    api.paths["/api/v1/secrets"] = forbid
    run, report = look(api)
    rule, file, message = only(report)
    assert run.status == 2 and (rule, file) == ("not-listed", "cluster/secrets")
    assert "may not list secrets in all namespaces as user system:serviceaccount:ci:scan" in message and "--without secrets" in message
    api.paths["/api/v1/namespaces/shop/secrets"], api.paths["/api/v1/namespaces/shop/pods"] = forbid, items("Pod", POD)
    run, report = look(api, "-n", "shop")
    assert "in namespace shop as user" in only(report)[2]
    run, report = look(api, "--without", "secrets")
    assert run.status == 1 and not inputs(report)


def test_what_went_away_has_no_objects(look, api):
    del api.paths["/api/v1/secrets"]
    run, report = look(api)
    assert run.status == 1 and not inputs(report)


def test_a_group_whose_server_is_away(look, api):
    api.paths["/apis"] = discovery(**{"widgets.example.com": []})
    api.paths["/apis"]["items"][0]["versions"][0]["freshness"] = "Stale"
    run, report = look(api)
    assert run.status == 2 and "widgets.example.com/v1 has is not known" in only(report)[2]
    run, report = look(api, "--without", "widgets.example.com")
    assert run.status == 1 and not inputs(report)


def test_servers_without_aggregated_discovery(look, api):
    def listed(version, *resources):
        return {"kind": "APIResourceList", "groupVersion": version, "resources": [
            {"name": name, "kind": kind, "namespaced": True, "verbs": ["list"]} for name, kind in resources]}
    api.paths |= {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "groups": [
            {"name": "apps", "versions": [{"groupVersion": "apps/v1beta1", "version": "v1beta1"}, {"groupVersion": "apps/v1", "version": "v1"}],
             "preferredVersion": {"version": "v1"}},
            {"name": "gone.example.com", "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}}]},
        "/api/v1": listed("v1", ("pods", "Pod"), ("pods/log", "Pod")),
        "/apis/apps/v1": listed("apps/v1", ("deployments", "Deployment")),
        "/apis/apps/v1beta1": listed("apps/v1beta1", ("deployments", "Deployment"), ("olds", "Old")),
        "/apis/apps/v1/deployments": items("Deployment", {"metadata": {"name": "d", "namespace": "shop"}, "spec": {}}),
        "/apis/apps/v1beta1/olds": items("Old", {"metadata": {"name": "o", "namespace": "shop"}})}
    run, report = look(api)
    assert report["judged"]["objects"] == 3 and run.status == 2
    assert "gone.example.com/v1 has is not known" in only(report)[2]


# --- servers ---

def test_no_kubernetes_at_all(look, api):
    api.paths["/api"] = {"hello": "world"}
    run, report = look(api)
    rule, file, message = only(report)
    assert run.status == 2 and (rule, file) == ("cluster-unreachable", "cluster") and "no Kubernetes API server" in message


def test_nobody_listens(look, api, tmp_path):
    path = api.config(tmp_path)
    api.close()
    run, report = look(api, config=path)
    assert run.status == 2 and "refuses connections" in only(report)[2] and report["judged"]["objects"] == 0


def test_a_name_that_nobody_knows(look, api, tmp_path):
    run, report = look(api, config=api.config(tmp_path, cluster={"server": "https://no-such-host.invalid:6443"}))
    assert run.status == 2 and "name of the server is not known" in only(report)[2]


def test_a_server_that_goes_away(look, api):
    api.paths["/api"]["items"][0]["versions"][0]["resources"] += [resource(f"things{i}", f"Thing{i}") for i in range(30)]

    def leave(handler, query):
        api.server.socket.close()
        api.server.away = True
        handler.reset()
    api.paths["/api/v1/pods"] = leave
    run, report = look(api, seconds=40)
    found = inputs(report)
    assert run.status == 2 and ("cluster-unreachable", "cluster") in [one[:2] for one in found]
    assert any("lost on the way" in message for _, _, message in found) and len(found) < 10


def test_a_port_that_speaks_something_else(look, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        def speak():
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                one.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                one.close()
        threading.Thread(target=speak, daemon=True).start()
        port = server.getsockname()[1]
        for scheme, words in (("http", ("HTTP", "connection")), ("https", ("TLS", "connection"))):
            path = tmp_path / scheme
            path.write_text(yaml.safe_dump(kubeconfig({"server": f"{scheme}://127.0.0.1:{port}"}, {})))
            run, report = look(None, config=path)
            assert run.status == 2 and any(word in only(report)[2] for word in words), only(report)


@pytest.mark.parametrize("target, words", [("http://127.0.0.1:{other}/api", "another host"), ("/elsewhere", None)])
def test_redirects(look, api, tmp_path, target, words):
    """Credentials stay on their host."""
    with serving() as other:
        api.paths["/elsewhere"] = api.paths["/api"]
        api.paths["/api"] = lambda handler, query: handler.answer(302, b"", Location=target.format(other=other.port))
        run, report = look(api, config=api.config(tmp_path, {"token": "s3cret"}))
        assert not other.seen
        if words:
            assert run.status == 2 and words in only(report)[2]
        else:
            assert run.status == 1 and all(headers["Authorization"] == "Bearer s3cret" for _, headers in api.seen)


# --- TLS ---

@pytest.mark.parametrize("name, words", [("stranger", "nobody who is trusted here has signed it"), ("expired", "has expired"),
                                         ("misnamed", "another name")])
def test_certificates_that_are_wrong(look, certificates, tmp_path, name, words):
    with serving(certificates, name) as server:
        server.paths["/api"] = lambda handler, query: pytest.fail("asked all the same")
        run, report = look(server, config=server.config(tmp_path, {"token": "s3cret"},
                                                        {"certificate-authority": str(certificates / "ca.crt")}))
        assert run.status == 2 and words in only(report)[2] and not server.seen


def test_certificates_that_are_right(look, certificates, tmp_path):
    (tmp_path / "ca.crt").write_bytes((certificates / "ca.crt").read_bytes())
    data = base64.b64encode((certificates / "ca.crt").read_bytes()).decode()
    with serving(certificates) as server:
        for cluster in ({"certificate-authority": "ca.crt"}, {"certificate-authority-data": data},
                        {"insecure-skip-tls-verify": True}):
            run, report = look(server, config=server.config(tmp_path, cluster=cluster))
            assert run.status == 1 and not inputs(report), cluster
        run, report = look(server, config=server.config(tmp_path))  # the system does not know this authority
        assert run.status == 2 and "signed it" in only(report)[2]
    with serving(certificates, "misnamed") as server:
        run, report = look(server, config=server.config(tmp_path, cluster={"certificate-authority-data": data,
                                                                           "tls-server-name": "elsewhere.example"}))
        assert run.status == 1 and not inputs(report)
        assert {headers["Host"] for _, headers in server.seen} == {f"127.0.0.1:{server.port}"}


def test_client_certificates(look, certificates, tmp_path):
    cluster = {"certificate-authority": str(certificates / "ca.crt")}
    with serving(certificates, client_ca=True) as server:
        run, report = look(server, config=server.config(tmp_path, {"client-certificate": str(certificates / "client.crt"),
                                                                   "client-key": str(certificates / "client.key")}, cluster))
        assert run.status == 1 and not inputs(report)
        run, report = look(server, config=server.config(tmp_path, {}, cluster))
        assert run.status == 2 and any(word in only(report)[2] for word in ("client certificate", "connection"))
        run, report = look(server, config=server.config(tmp_path, {"client-certificate": str(certificates / "client.crt"),
                                                                   "client-key": str(certificates / "server.key")}, cluster))
        assert run.status == 2 and "cannot be used" in only(report)[2]
        run, report = look(server, config=server.config(tmp_path, {"client-certificate": str(certificates / "client.crt")}, cluster))
        assert "no key" in only(report)[2]


def test_plain_http_where_tls_was_meant(look, api, tmp_path):
    run, report = look(api, config=api.config(tmp_path, cluster={"server": api.url.replace("http", "https")}))
    assert run.status == 2 and "does not speak TLS" in only(report)[2]


# --- kubeconfig ---

def test_credentials(look, api, tmp_path):
    (tmp_path / "token").write_text("from-file\n")
    basic = base64.b64encode(b"jane:pw").decode()
    for user, wanted in (({"token": "abc"}, "Bearer abc"), ({"tokenFile": "token"}, "Bearer from-file"),
                         ({"tokenFile": "token", "token": "abc"}, "Bearer from-file"),
                         ({"username": "jane", "password": "pw"}, f"Basic {basic}")):
        api.seen.clear()
        look(api, config=api.config(tmp_path, user))
        assert {headers.get("Authorization") for _, headers in api.seen} == {wanted}
    run, report = look(api, config=api.config(tmp_path, {"token": "a\r\nX-Evil: 1"}))
    assert run.status == 2 and "control character" in only(report)[2]
    run, report = look(api, config=api.config(tmp_path, {"tokenFile": "absent"}))
    assert run.status == 2 and "token file" in only(report)[2] and "absent" in only(report)[2]


def test_a_token_that_changes_is_read_again(look, api, tmp_path):
    token = tmp_path / "token"
    token.write_text("old")
    good = api.paths["/api"]

    def behaviour(handler, query):
        if handler.headers["Authorization"] == "Bearer new":
            return handler.answer(200, good)
        token.write_text("new")
        return handler.answer(401, status(401, "Unauthorized"))
    api.paths["/api"] = behaviour
    run, report = look(api, config=api.config(tmp_path, {"tokenFile": "token"}))
    assert run.status == 1 and not inputs(report)


@pytest.mark.parametrize("user, words", [({}, "has none"), ({"token": "x"}, "may have expired")])
def test_who_is_not_known(look, api, tmp_path, user, words):
    api.paths["/api"] = lambda handler, query: handler.answer(401, status(401, "Unauthorized"))
    run, report = look(api, config=api.config(tmp_path, user))
    assert run.status == 2 and words in only(report)[2] and "401" in only(report)[2]


def test_impersonation(look, api, tmp_path):
    look(api, config=api.config(tmp_path, {"token": "t", "as": "bob", "as-uid": "7", "as-groups": ["dev"],
                                           "as-user-extra": {"example.com/scopes": ["view"]}}))
    headers = api.seen[-1][1]
    assert (headers["Impersonate-User"], headers["Impersonate-Uid"], headers["Impersonate-Group"]) == ("bob", "7", "dev")
    assert headers["Impersonate-Extra-example.com%2Fscopes"] == "view"


def test_a_proxy(look, api, tmp_path):
    for path in list(api.paths):
        api.paths["http://cluster.invalid:80" + path] = api.paths["http://cluster.invalid" + path] = api.paths[path]
    run, report = look(api, config=api.config(tmp_path, cluster={"server": "http://cluster.invalid", "proxy-url": api.url}))
    assert run.status == 1 and not inputs(report) and api.seen[0][0].startswith("http://cluster.invalid")


def test_kubeconfigs_are_merged(strake, api, tmp_path):
    whole = kubeconfig({"server": api.url}, {"token": "first"})
    (tmp_path / "a").write_text(yaml.safe_dump({"users": whole["users"]}))
    (tmp_path / "b").write_text(yaml.safe_dump({**whole, "users": [{"name": "jane", "user": {"token": "second"}}]}))
    env = {"KUBECONFIG": f"{tmp_path}/a:{tmp_path}/absent:{tmp_path}/b"}
    run, report = strake.scan("--cluster", env=env)
    assert run.status == 1 and {headers["Authorization"] for _, headers in api.seen} == {"Bearer first"}
    run, report = strake.scan("--context", "there", env=env)
    assert run.status == 2 and 'no context "there" (there are: here)' in only(report)[2]


@pytest.mark.parametrize("change, words", [
    (lambda c: c.pop("current-context"), "no current-context"),
    (lambda c: c.update(clusters=[]), 'the cluster "c", which is not there'),
    (lambda c: c.update(users=[]), 'the user "jane", who is not there'),
    (lambda c: c["clusters"][0]["cluster"].pop("server"), "no server"),
    (lambda c: c["clusters"][0]["cluster"].update({"certificate-authority-data": "%%%"}), "not base64"),
    (lambda c: c["clusters"][0]["cluster"].update({"certificate-authority": "absent.crt"}), "absent.crt cannot be read"),
    (lambda c: c["users"][0]["user"].update({"auth-provider": {"name": "gcp"}}), "gave up in 1.26"),
    (lambda c: c["users"][0]["user"].update({"exec": {"command": "x", "apiVersion": "client.authentication.k8s.io/v1alpha1"}}),
     "v1 or v1beta1 is needed"),
    (lambda c: c["users"][0]["user"].update({"exec": {"apiVersion": "client.authentication.k8s.io/v1"}}), "no command"),
])
def test_kubeconfigs_that_are_wrong(look, api, tmp_path, change, words):
    config = kubeconfig({"server": api.url}, {})
    change(config)
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    run, report = look(api, config=path)
    assert run.status == 2 and words in only(report)[2] and not api.seen


@pytest.mark.parametrize("text, words", [("- list\n", "no kubeconfig"), ("a: [\n", "config:2:1"), ("", "no current-context")])
def test_files_that_are_no_kubeconfig(look, tmp_path, text, words):
    (tmp_path / "config").write_text(text)
    run, report = look(None, config=tmp_path / "config")
    assert run.status == 2 and words in only(report)[2]
    run, report = look(None, config=tmp_path / "absent")
    assert "absent cannot be read" in only(report)[2]


def test_no_kubeconfig_at_all(strake):
    run, report = strake.scan("--cluster")
    assert run.status == 2 and "no kubeconfig" in only(report)[2]


# --- credential plugins ---

def plugin(tmp_path, text):
    path = tmp_path / "plugin"
    path.write_text(f"#!/bin/sh\necho run >>{tmp_path}/runs\necho \"$KUBERNETES_EXEC_INFO\" >{tmp_path}/info\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin", "args": ["get"],
                     "env": [{"name": "REGION", "value": "eu"}], "provideClusterInfo": True, "installHint": "get it from the shop"}}


def credential(**fields):
    return json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": fields})


def test_a_plugin_is_run_once(look, api, tmp_path):
    user = plugin(tmp_path, f"[ $REGION = eu ] && [ $1 = get ] && echo '{credential(token='from-plugin')}'")
    run, report = look(api, config=api.config(tmp_path, user))
    assert run.status == 1 and {headers["Authorization"] for _, headers in api.seen} == {"Bearer from-plugin"}
    assert (tmp_path / "runs").read_text() == "run\n"
    info = json.loads((tmp_path / "info").read_text())
    assert info["kind"] == "ExecCredential" and info["spec"]["cluster"]["server"] == api.url and info["spec"]["interactive"] is False


def test_a_plugin_is_run_again_when_its_token_is_refused(look, api, tmp_path):
    user = plugin(tmp_path, f"echo '{credential(token='TOKEN')}' | sed s/TOKEN/$(wc -l <{tmp_path}/runs)/")
    good = api.paths["/api/v1/pods"]
    api.paths["/api/v1/pods"] = lambda handler, query: handler.answer(200, good) if handler.headers["Authorization"] == "Bearer 2" \
        else handler.answer(401, status(401, "Unauthorized"))
    run, report = look(api, config=api.config(tmp_path, user))
    assert run.status == 1 and not inputs(report) and (tmp_path / "runs").read_text() == "run\n" * 2


def test_a_plugin_with_a_certificate(look, certificates, tmp_path):
    pem = {"clientCertificateData": (certificates / "client.crt").read_text(), "clientKeyData": (certificates / "client.key").read_text()}
    (tmp_path / "credential").write_text(credential(**pem))
    with serving(certificates, client_ca=True) as server:
        run, report = look(server, config=server.config(tmp_path, plugin(tmp_path, f"cat {tmp_path}/credential"),
                                                        {"certificate-authority": str(certificates / "ca.crt")}))
        assert run.status == 1 and not inputs(report)


@pytest.mark.parametrize("text, words", [
    ("exit 3", "failed with status 3"),
    ("kill -9 $$", "failed with signal 9"),
    ("echo nonsense", "no JSON"),
    ("echo {}", "no ExecCredential"),
    ("echo '" + credential() + "'", "neither a token nor"),
    ("echo '" + credential(token="x", expirationTimestamp="tomorrow") + "'", "is no time"),
    ("echo '" + credential(token="x").replace("/v1", "/v1beta1") + "'", "wants client.authentication.k8s.io/v1"),
    ("head -c 2000000 /dev/zero", "more than 1024 KiB"),
])
def test_plugins_that_fail(look, api, tmp_path, text, words):
    run, report = look(api, config=api.config(tmp_path, plugin(tmp_path, text)))
    message = only(report)[2]
    assert run.status == 2 and words in message and "plugin" in message and '"jane"' in message and not api.seen


def test_a_plugin_that_is_missing(look, api, tmp_path):
    user = plugin(tmp_path, "true")
    (tmp_path / "plugin").unlink()
    run, report = look(api, config=api.config(tmp_path, user))
    assert run.status == 2 and "cannot be started" in only(report)[2] and "get it from the shop" in only(report)[2]


# --- words ---

@pytest.mark.parametrize("words, complaint", [
    (("-n", "shop"), "say --cluster too"), (("--without", "secrets"), "say --cluster too"),
    (("--cluster", "-n", "shop", "-A"), "exclude each other"), (("--cluster", "-n", "a/../b"), "wants the name of a namespace"),
    (("--cluster", "--request-timeout", "0"), "wants a number"),
])
def test_options_that_make_no_sense(strake, words, complaint):
    run = strake("scan", *words)
    assert run.status == 2 and complaint in run.error


def test_a_cluster_beside_files(strake, api, tmp_path):
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", **POD}))
    run, report = strake.scan("--kubeconfig", api.config(tmp_path), manifest)
    assert report["judged"]["objects"] == 3
    assert {one["location"]["file"] for one in report["findings"] if one["rule"] == "privileged-container"} \
        == {"cluster/namespaces/shop/pods/web.yaml", str(manifest)}


def test_the_report_does_not_depend_on_order(look, api):
    api.paths["/api/v1/pods"] = items("Pod", *[pod(i) for i in range(20)])
    _, one = look(api)
    api.paths["/api/v1/pods"] = items("Pod", *[pod(i) for i in reversed(range(20))])
    _, other = look(api)
    assert one == other
