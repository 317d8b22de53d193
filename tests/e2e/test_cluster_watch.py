"""strake scan --cluster --watch against a server that does what a test wants: what is resumed, what is listed again, what is told."""
import json
import threading
import time

import pytest

from api_server import POD, discovery, items, resource, serving, status
from test_watch import Watch, apply, key, rules, state_of


def named(name, version="1", privileged=True, **more):
    spec = {"containers": [{"name": "c", "image": "a:1", "securityContext": {"privileged": privileged}}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop", "resourceVersion": version, **more}, "spec": spec}


def event(kind, thing):
    return {"type": kind, "object": thing}


def bookmark(version):
    return event("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": version}})


class Pods:
    """The Pods of a server, with its watches: each takes the next of `scripts`, a list of what it sends, waits for or does."""

    def __init__(self, api, *there, version="10"):
        self.api, self.there, self.version = api, list(there), version
        self.scripts, self.lists, self.watches = [], 0, []
        self.go = threading.Event()
        api.paths["/api/v1/pods"] = self.answer

    def answer(self, handler, query):
        words = dict(word.partition("=")[::2] for word in query.split("&"))
        if words.get("watch") != "true":
            self.lists += 1
            return handler.answer(200, {**items("Pod", *self.there), "metadata": {"resourceVersion": self.version}})
        self.watches.append(words)
        script = self.scripts.pop(0) if self.scripts else ["hold"]
        if isinstance(script, tuple):
            return handler.answer(script[0], status(*script))
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for step in script:
            if step == "hold":
                time.sleep(60)
            elif step == "wait":
                assert self.go.wait(20)
                self.go.clear()
            elif step == "reset":
                time.sleep(0.3)  # what was sent is not to be lost with the connection
                return handler.reset()
            else:
                self.send(handler, step)
        handler.wfile.write(b"0\r\n\r\n")

    def send(self, handler, step):
        data = step if isinstance(step, bytes) else json.dumps(step).encode() + b"\n"
        handler.wfile.write(b"%x\r\n" % len(data) + data + b"\r\n")
        handler.wfile.flush()


def watchable(name, kind):
    return {**resource(name, kind), "verbs": ["get", "list", "watch"]}


@pytest.fixture
def api():
    with serving() as server:
        server.paths["/api"] = discovery(core=[watchable("pods", "Pod")])
        yield server


@pytest.fixture
def watch(strake, api, tmp_path):
    started = []

    def begin(*words, **options):
        started.append(Watch(strake, "--kubeconfig", api.config(tmp_path), "--request-timeout", 2, "--only", "privileged-container",
                             *words, **options))
        return started[-1]
    yield begin
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def names(findings):
    return sorted(finding["object"]["name"] for finding in findings if finding.get("object"))


def eventually(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def test_what_comes_changes_and_goes(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [["wait", event("ADDED", named("b", "11")), "wait", event("MODIFIED", named("a", "12", privileged=False)), "wait",
                     event("DELETED", named("b", "13")), "hold"]]
    running = watch()
    assert names(running.next()["findings"]) == ["a"]
    pods.go.set()
    change = running.next()
    assert (names(change["new"]), change["gone"]) == (["b"], []) and change["judged"]["objects"] == 2
    assert change["new"][0]["location"]["file"] == "cluster/namespaces/shop/pods/b.yaml"
    pods.go.set()
    change = running.next()
    assert (change["new"], names(change["gone"])) == ([], ["a"])
    pods.go.set()
    change = running.next()
    assert names(change["gone"]) == ["b"] and change["judged"]["objects"] == 1 and change["summary"]["critical"] == 0
    assert running.end() == (0, "")
    (words,) = pods.watches
    assert words["resourceVersion"] == "10" and words["allowWatchBookmarks"] == "true" and 240 <= int(words["timeoutSeconds"]) < 480
    assert pods.lists == 1


def test_what_says_nothing_new_is_not_told(watch, api):
    """Node conditions and the like are written all the time."""
    pods = Pods(api, named("a"))
    pods.scripts = [["wait", *[event("MODIFIED", {**named("a", str(11 + i)), "status": {"phase": str(i)}}) for i in range(20)],
                     event("ADDED", named("b", "40")), "hold"]]
    running = watch()
    running.next()
    pods.go.set()
    assert names(running.next()["new"]) == ["b"]
    running.silent()


def test_a_watch_that_ends_goes_on_from_the_last_bookmark(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [[bookmark("700")], [event("ADDED", named("b", "701")), "reset"], [event("ADDED", named("c", "702")), "hold"]]
    running = watch()
    state = state_of(running.next())
    running.until(lambda found: len(found) == 3, state)
    assert [words["resourceVersion"] for words in pods.watches] == ["10", "700", "701"] and pods.lists == 1


@pytest.mark.parametrize("script", [(410, "too old resource version: 10 (700)"),
                                    [event("ERROR", status(410, "too old resource version: 10 (700)"))]])
def test_a_place_that_the_server_forgot(watch, api, script):
    """What came and went meanwhile is found by listing again."""
    pods = Pods(api, named("a"), named("b"))
    pods.scripts = [["wait"], script, ["hold"]]
    running = watch()
    assert names(running.next()["findings"]) == ["a", "b"]
    pods.there, pods.version = [named("b", "1"), named("c", "690")], "700"
    pods.go.set()
    state = running.next()
    assert (names(state["new"]), names(state["gone"])) == (["c"], ["a"])
    eventually(lambda: len(pods.watches) == 3)
    assert pods.watches[2]["resourceVersion"] == "700" and pods.lists == 2
    running.silent()


@pytest.mark.parametrize("broken", [b'{"type":"ADDED","object":{"metadata":{"name":"b"', b"<html>busy</html>", b'{"type":"ADDED"}\n',
                                    b'{"type":"NEW","object":{}}\n', b'{"type":"ADDED","object":{"metadata":{}}}\n', b"\0\0\0", b"}",
                                    b'{"type": ADDED}'])
def test_half_events_and_nonsense(watch, api, broken):
    """They are not taken, and what comes when it is asked again is."""
    pods = Pods(api, named("a"))
    pods.scripts = [["wait", broken], [broken, "reset"], [event("ADDED", named("b", "11")), "hold"]]
    running = watch()
    running.next()
    pods.go.set()
    change = running.next()
    assert names(change["new"]) == ["b"] and not change["gone"]
    assert {words["resourceVersion"] for words in pods.watches} == {"10"}


def test_events_in_small_pieces(watch, api):
    data = json.dumps(event("ADDED", named("bä\"{", "11")), ensure_ascii=False).encode()
    pods = Pods(api)
    pods.scripts = [[*[data[i:i + 7] for i in range(0, len(data), 7)], data.replace(b'b\xc3\xa4\\"{', b"c") + data.replace(b'b\xc3\xa4\\"{', b"d"),
                     "hold"]]
    running = watch()
    state = state_of(running.next())
    running.until(lambda found: len(found) == 3, state)


def test_a_stream_that_stops_within_an_event(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [["wait", b'{"type":"ADDED","object":{"metadata":', "hold"], [event("ADDED", named("b", "11")), "hold"]]
    running = watch()
    running.next()
    pods.go.set()
    assert names(running.next()["new"]) == ["b"] and len(pods.watches) == 2


def test_a_server_that_fails_is_a_problem_until_it_is_well(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [["wait"], *[(500, "broken")] * 3]
    running = watch()
    running.next()

    def answer(handler, query):
        if "watch" not in query:
            return handler.answer(503, status(503, "not now"))
        return pods.answer(handler, query)
    api.paths["/api/v1/pods"] = answer
    pods.go.set()
    change = running.next()
    assert rules(change["new"]) == {"not-listed"} and not change["gone"] and "pods" in change["new"][0]["message"]
    api.paths["/api/v1/pods"] = pods.answer
    change = running.next()
    assert rules(change["gone"]) == {"not-listed"} and not change["new"]
    assert running.end()[0] == 1


def test_a_server_that_goes_away_and_comes_back(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [["wait", "reset"]]
    running = watch()
    running.next()
    api.server.away = True
    pods.go.set()
    change = running.next()
    assert rules(change["new"]) == {"cluster-unreachable"} and "is away" in change["new"][0]["message"]
    pods.scripts = [[event("ADDED", named("b", "11")), "hold"]]
    api.server.away = False
    state = []
    apply(state, {"new": change["new"]})
    running.until(lambda found: len(found) == 1 and found[0][0].endswith("/b.yaml"), state)
    assert running.end()[0] == 1


def test_what_may_not_be_watched_is_listed_again(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [(403, 'pods is forbidden: User "jane" cannot watch resource "pods"')]
    running = watch()
    running.next()
    eventually(lambda: pods.watches)
    time.sleep(0.5)
    status_, error = running.end()
    assert status_ == 1 and "may not watch pods" in error and "listed again" in error


def test_what_may_not_be_listed(watch, api):
    api.paths["/api/v1/pods"] = lambda handler, query: handler.answer(403, status(403, 'pods is forbidden: User "jane" cannot list'))
    running = watch()
    (finding,) = running.next()["findings"]
    assert finding["rule"] == "not-listed" and "may not list pods in all namespaces as user jane" in finding["message"]
    assert running.end()[0] == 2


def test_kinds_that_come_and_go(watch, api):
    api.paths["/api"] = discovery(core=[watchable("pods", "Pod")])
    definitions = "apiextensions.k8s.io"
    api.paths["/apis"] = discovery(**{definitions: [watchable("customresourcedefinitions", "CustomResourceDefinition")]})
    pods = Pods(api, named("a"))
    crds = Pods(api)
    crds.scripts = [["wait", event("ADDED", {"metadata": {"name": "ships.sea.example", "resourceVersion": "11"}}), "wait",
                     event("DELETED", {"metadata": {"name": "ships.sea.example", "resourceVersion": "12"}}), "hold"]]
    api.paths[f"/apis/{definitions}/v1/customresourcedefinitions"] = crds.answer
    api.paths["/api/v1/pods"] = pods.answer
    ship = {"metadata": {"name": "s", "namespace": "shop"}, "spec": {"replicas": 1}}
    api.paths["/apis/sea.example/v1/ships"] = Pods(api, ship).answer
    api.paths["/api/v1/pods"] = pods.answer
    running = watch()
    assert running.next()["judged"]["objects"] == 1
    api.paths["/apis"]["items"] += discovery(**{"sea.example": [watchable("ships", "Ship")]})["items"]
    crds.go.set()
    eventually(lambda: any(path.startswith("/apis/sea.example/v1/ships?watch") for path, _ in api.seen))
    api.paths["/apis"]["items"].pop()
    crds.go.set()
    time.sleep(3)
    pods.there.append(named("b"))
    assert running.end()[0] == 1


def test_a_server_that_is_away_at_first(watch, api, tmp_path):
    api.server.away = True
    pods = Pods(api, named("a"))
    running = watch()
    (finding,) = running.next()["findings"]
    assert finding["rule"] == "cluster-unreachable"
    api.server.away = False
    state = [key(finding)]
    running.until(lambda found: len(found) == 1 and found[0][0].endswith("/a.yaml"), state)
    assert pods.lists == 1


def test_it_can_be_ended_while_the_server_is_silent(watch, api):
    api.paths["/api"] = lambda handler, query: time.sleep(30)
    running = watch()
    time.sleep(0.5)
    begin = time.monotonic()
    running.end()
    assert time.monotonic() - begin < 10


def test_what_a_controller_has_is_told_once(watch, api):
    """Also when the controller comes after what it made."""
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u1", "controller": True}
    api.paths["/apis"] = discovery(apps=[watchable("replicasets", "ReplicaSet")])
    sets = Pods(api)
    spec = named("x")["spec"]
    one = {"metadata": {"name": "r", "namespace": "shop", "uid": "u1"}, "spec": {"template": {"spec": spec}}}
    sets.scripts = [["wait", event("ADDED", one), "wait", event("DELETED", one), "hold"]]
    api.paths["/apis/apps/v1/replicasets"] = sets.answer
    pods = Pods(api, named("r-1", uid="p1", ownerReferences=[owner]))
    running = watch()
    assert names(running.next()["findings"]) == ["r-1"]
    sets.go.set()
    change = running.next()
    assert (names(change["new"]), names(change["gone"])) == (["r"], ["r-1"]) and change["summary"]["critical"] == 1
    sets.go.set()
    change = running.next()
    assert (names(change["new"]), names(change["gone"])) == (["r-1"], ["r"]) and change["summary"]["critical"] == 1
    assert pods.lists == 1


def test_files_beside_a_cluster(watch, api, tmp_path):
    Pods(api, named("a"))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x.yaml").write_text(json.dumps(named("f")))
    running = watch(tmp_path / "d")
    assert names(running.next()["findings"]) == ["a", "f"]
    (tmp_path / "d" / "x.yaml").unlink()
    assert names(running.next()["gone"]) == ["f"]


def test_text(watch, api):
    pods = Pods(api, named("a"))
    pods.scripts = [["wait", event("DELETED", named("a", "11")), "hold"]]
    running = watch(output="text")
    eventually(lambda: pods.watches)
    pods.go.set()
    eventually(lambda: any("0 new, 1 gone" in line for line in list(running.lines.queue)))
    assert "watching 1 kinds of objects in the cluster" in running.end()[1]


def test_a_configuration_that_is_wrong_ends_it(strake, tmp_path):
    run = strake("scan", "--watch", "--kubeconfig", tmp_path / "none")
    assert run.status == 2 and "cannot be read" in run.error
