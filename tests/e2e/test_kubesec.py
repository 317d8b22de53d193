"""`-o kubesec`: its points, their order, what could not be scored, and the exit statuses."""
import pytest

GOOD = """\
apiVersion: v1
kind: Pod
metadata: {name: good, namespace: shop}
spec:
  serviceAccountName: good
  automountServiceAccountToken: false
  containers:
    - name: web
      image: example.com/web:1
      resources: {limits: {cpu: 1, memory: 1Gi}}
      securityContext: {readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 20000}
"""
BAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: bad}
spec:
  template:
    spec:
      hostNetwork: true
      containers:
        - {name: one, image: example.com/web:1, securityContext: {privileged: true, runAsNonRoot: true}}
        - {name: two, image: example.com/web:1}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"


def scan(strake, text, *options):
    run = strake("scan", "-o", "kubesec", *options, "-", stdin=text.encode())
    return run, run.json()


def ids(report, part):
    return [rule["id"] for rule in report["scoring"].get(part, [])]


def test_points(strake):
    run, [report] = scan(strake, GOOD)
    assert run.status == 0
    assert list(report) == ["object", "valid", "fileName", "message", "score", "scoring"]
    assert report["object"] == "Pod/good.shop" and report["fileName"] == "STDIN" and report["valid"] is True
    assert report["score"] == 3 + 6 and report["message"] == "Passed with a score of 9 points"
    assert set(ids(report, "passed")) == {"ServiceAccountName", "AutomountServiceAccountToken", "LimitsCPU", "LimitsMemory",
                                          "ReadOnlyRootFilesystem", "RunAsNonRoot", "RunAsUser"}
    assert "critical" not in report["scoring"]
    assert list(report["scoring"]["passed"][0]) == ["id", "selector", "reason", "points"]


def test_points_that_are_lost_and_their_order(strake):
    run, [report] = scan(strake, BAD)
    assert run.status == 2
    assert report["object"] == "Deployment/bad.default"
    assert ids(report, "critical") == ["Privileged", "HostNetwork"]
    assert ids(report, "passed") == ["RunAsNonRoot"], "one container is enough, and it counts once"
    assert report["score"] == 1 - 30 - 9 and report["message"] == "Failed with a score of -38 points"
    advise = report["scoring"]["advise"]
    assert [(-rule["points"], rule["selector"]) for rule in advise] == sorted((-rule["points"], rule["selector"]) for rule in advise)
    assert "VolumeClaimRequestsStorage" not in ids(report, "advise"), "that is for StatefulSets"


@pytest.mark.parametrize("container, pod, held", [
    ("{runAsNonRoot: false}", "{runAsNonRoot: true}", False),
    ("{}", "{runAsNonRoot: true}", True),
    ("{runAsNonRoot: true}", "{runAsNonRoot: false}", True),
    ("{runAsNonRoot: null}", "{runAsNonRoot: true}", True),
])
def test_what_a_container_inherits(strake, container, pod, held):
    _, [report] = scan(strake, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
                               f"  securityContext: {pod}\n  containers: [{{name: a, image: b, securityContext: {container}}}]\n")
    assert ("RunAsNonRoot" in ids(report, "passed")) == held


def test_several_documents(strake):
    run, reports = scan(strake, GOOD + "---\n" + SERVICE + "---\n# nothing\n---\n" + BAD)
    assert [report["object"] for report in reports] == ["Pod/good.shop", "Service/web.default", "Deployment/bad.default"]
    assert reports[1]["message"] == "This resource kind is not supported by kubesec" and reports[1]["scoring"] == {}
    assert run.status == 2


def test_dashes_in_a_block_are_no_border(strake):
    text = GOOD + "  # end\n"
    text = text.replace("metadata: {name: good, namespace: shop}", "metadata:\n  name: good\n  annotations:\n    text: |\n      a\n      ---\n      b")
    run, reports = scan(strake, text)
    assert len(reports) == 1 and run.status == 0


@pytest.mark.parametrize("text, words", [
    (GOOD.replace("readOnlyRootFilesystem", "readonlyRootFilesystem"), "additional properties 'readonlyRootFilesystem' not allowed"),
    (GOOD.replace("runAsUser: 20000", 'runAsUser: "20000"'), "must be a whole number"),
    ("kind: Pod\n", "missing 'apiVersion' key"),
    ("apiVersion: v1\nkind: [\n", ""),
])
def test_what_is_not_valid(strake, text, words):
    run, [report] = scan(strake, text)
    assert run.status == 2
    assert report["valid"] is False and report["score"] == 0 and report["scoring"] == {}
    assert words in report["message"] and report["message"]


def test_nothing_is_an_error(strake, tmp_path):
    run = strake("scan", "-o", "kubesec", cwd=tmp_path)
    assert run.status == 2 and "file path is required" in run.error and not run.out
    run, reports = scan(strake, "")
    assert run.status == 1 and reports == [] and "nothing was judged" in run.error
    run = strake("scan", "-o", "kubesec", "none.yaml", cwd=tmp_path)
    assert run.status == 2 and "none.yaml" in run.text


def test_exit_code(strake):
    assert scan(strake, BAD, "--exit-code", "9")[0].status == 9
    assert scan(strake, BAD, "--exit-code", "0")[0].status == 0
    assert scan(strake, BAD, "--fail-on", "never")[0].status == 0
    assert scan(strake, GOOD, "--exit-code", "9")[0].status == 0
    assert scan(strake, "kind: [\n", "--exit-code", "0")[0].status == 2, "what could not be read is always told"
