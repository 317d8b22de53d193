"""What `strake scan` finds, and where: places of values, items of lists, several documents, standard input, dumps of a cluster."""
import json

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: registry.example/web:1.0
      securityContext: {privileged: true}
"""

# Rule, manifest and JSON Pointer; ¦ stands before the place (or places that are right alike) of the only finding.
PLACES = {
    "value in a block": ("privileged-container", """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example/web:1.0
      securityContext:
        privileged: ¦true # needed once
""", "/spec/containers/0/securityContext/privileged"),
    "value in braces": ("privileged-container", """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: "registry.example/web:1.0", securityContext: {privileged: ¦true}}]}
""", "/spec/containers/0/securityContext/privileged"),
    "JSON": ("privileged-container", """\
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
 "spec": {"containers": [
   {"name": "web", "image": "registry.example/web:1.0", "securityContext": {"privileged": ¦true}}]}}
""", "/spec/containers/0/securityContext/privileged"),
    "quoted text": ("image-without-version", """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: ¦"registry.example/web:latest"
""", "/spec/containers/0/image"),
    "behind words of many bytes": ("host-network", """\
# Größe: 日本
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostNetwork: ¦true
      containers: [{name: web, image: "registry.example/web:1.0"}]
""", "/spec/template/spec/hostNetwork"),
    "CronJob": ("host-pid", """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: web
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          hostPID: ¦true
          restartPolicy: Never
          containers: [{name: web, image: "registry.example/web:1.0"}]
""", "/spec/jobTemplate/spec/template/spec/hostPID"),
    "second of two containers": ("critical-capability", """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example/web:1.0
    - name: mount
      image: registry.example/mount:1.0
      securityContext:
        capabilities:
          add:
            - NET_BIND_SERVICE
            - ¦SYS_ADMIN
""", "/spec/containers/1/securityContext/capabilities/add/1"),
    "init container": ("privileged-container", """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  initContainers:
    - name: prepare
      image: registry.example/prepare:1.0
      securityContext:
        privileged: ¦true
  containers:
    - name: web
      image: registry.example/web:1.0
""", "/spec/initContainers/0/securityContext/privileged"),
    "key with a slash": ("namespace-allows-privileged", """\
apiVersion: v1
kind: Namespace
metadata:
  name: build
  labels:
    pod-security.kubernetes.io/enforce: ¦privileged
""", "/metadata/labels/pod-security.kubernetes.io~1enforce"),
    "missing, beside others": ("memory-limit-not-set", """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example/web:1.0
      resources:
        ¦limits:
          ¦cpu: 100m
""", "/spec/containers/0/resources/limits/memory"),
    "missing, and all above it": ("memory-limit-not-set", """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - ¦name: web
      image: registry.example/web:1.0
""", "/spec/containers/0/resources/limits/memory"),
    "item of a list": ("cluster-admin-binding", """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ci
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
  - ¦kind: ServiceAccount
    name: ci
    namespace: build
""", "/subjects/0"),
    "item of a map": ("credential-in-config-map", """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: orders
data:
  colour: green
  url: ¦postgres://orders:s3cr3t@db:5432/orders
""", "/data/url"),
}


def unmark(text):
    """The text without its marks, and the lines and columns where they stood."""
    places = set()
    plain = ""
    for number, line in enumerate(text.split("\n"), 1):
        pieces = line.split("¦")
        for index in range(1, len(pieces)):
            places.add((number, len("".join(pieces[:index])) + 1))
        plain += "".join(pieces) + "\n"
    return plain[:-1], places


def only(strake, rule, text, **options):
    """The findings of one rule in a manifest on standard input."""
    run, report = strake.scan("--only", rule, "-", stdin=text.encode(), **options)
    assert run.status in (0, 1), run.error
    return report["findings"]


def place(finding):
    return finding["location"]["line"], finding["location"]["column"]


@pytest.mark.parametrize("name", PLACES)
def test_place(strake, name):
    rule, marked, path = PLACES[name]
    text, places = unmark(marked)
    [finding] = only(strake, rule, text)
    assert place(finding) in places and finding["location"]["path"] == path
    assert finding["location"]["file"] == "<stdin>" and "document" not in finding["location"]


@pytest.mark.parametrize("name", PLACES)
def test_place_with_carriage_returns(strake, name):
    rule, marked, _ = PLACES[name]
    text, places = unmark(marked)
    [finding] = only(strake, rule, text.replace("\n", "\r\n"))
    assert place(finding) in places


@pytest.mark.parametrize("name", PLACES)
def test_place_in_an_item_of_a_list(strake, name):
    rule, marked, path = PLACES[name]
    text, places = unmark(marked)
    if text.startswith("{"):
        text = '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}},\n' \
               + text + "]}"
        moved = {(line + 1, column) for line, column in places}
    else:
        lines = text.splitlines()
        start = next(index for index, line in enumerate(lines) if not line.startswith("#"))
        indented = [("  - " if index == start else "    ") + line for index, line in enumerate(lines) if index >= start]
        text = "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Node, metadata: {name: a}}\n" + "\n".join(indented) + "\n"
        moved = {(line + 4 - start, column + 4) for line, column in places}
    [finding] = only(strake, rule, text)
    assert place(finding) in moved and finding["location"]["path"] == "/items/1" + path


@pytest.mark.parametrize("name", PLACES)
def test_place_in_a_later_document(strake, name):
    rule, marked, path = PLACES[name]
    text, places = unmark(marked)
    [finding] = only(strake, rule, "---\n# nothing\n---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\n---\n" + text)
    assert place(finding) in {(line + 7, column) for line, column in places}
    assert finding["location"]["path"] == path and finding["location"]["document"] == 1


def test_object_container_and_frame_of_a_finding(strake):
    [finding] = only(strake, "privileged-container", POD)
    assert finding["object"] == {"apiVersion": "v1", "kind": "Pod", "namespace": "shop", "name": "web"}
    assert finding["container"] == "web" and finding["severity"] == "critical" and finding["area"] == "containers"
    assert finding["status"] == "open" and '"web"' in finding["message"]
    assert {"framework": "pod-security", "id": "privileged", "level": "baseline"} in finding["references"]
    assert list(finding)[:5] == ["rule", "title", "severity", "area", "message"]


def test_ephemeral_container(strake):
    text = POD.replace("securityContext: {privileged: true}", "") + """\
  ephemeralContainers:
    - name: debug
      image: registry.example/debug:1.0
      targetContainerName: web
      securityContext: {privileged: true}
"""
    [finding] = only(strake, "privileged-container", text)
    assert finding["container"] == "debug"


@pytest.mark.parametrize("kind, group, nested", [
    ("Pod", "v1", None), ("PodTemplate", "v1", ["template"]), ("ReplicationController", "v1", ["spec", "template"]),
    ("Deployment", "apps/v1", ["spec", "template"]), ("ReplicaSet", "apps/v1", ["spec", "template"]),
    ("StatefulSet", "apps/v1", ["spec", "template"]), ("DaemonSet", "apps/v1", ["spec", "template"]),
    ("Job", "batch/v1", ["spec", "template"]), ("CronJob", "batch/v1", ["spec", "jobTemplate", "spec", "template"]),
])
def test_every_kind_that_makes_pods(strake, kind, group, nested):
    spec = {"containers": [{"name": "web", "image": "registry.example/web:1.0", "securityContext": {"privileged": True}}]}
    pod = {"spec": spec}
    for key in reversed(nested or []):
        pod = {key: pod}
    [finding] = only(strake, "privileged-container", json.dumps({"apiVersion": group, "kind": kind, "metadata": {"name": "web"}, **pod}))
    assert finding["location"]["path"] == "/" + "/".join([*(nested or []), "spec/containers/0/securityContext/privileged"])


def count(strake, text):
    _, report = strake.scan("--fail-on", "never", "-", stdin=text.encode())
    return report["judged"]


@pytest.mark.parametrize("text, documents, objects, workloads", [
    (POD, 1, 1, 1),
    (POD + "---\n" + POD.replace("web", "two"), 2, 2, 2),
    ("---\n---\n" + POD + "---\n# the end\n", 1, 1, 1),
    ("apiVersion: v1\nkind: List\nitems: []\n---\n" + POD, 2, 1, 1),
    ("apiVersion: v1\nkind: PodList\nitems:\n- " + POD.replace("\n", "\n  "), 1, 1, 1),
    ("apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n---\n" + POD, 2, 2, 1),
], ids=["one", "two", "empty documents", "empty list", "list", "no workload"])
def test_counts(strake, text, documents, objects, workloads):
    judged = count(strake, text)
    assert (judged["documents"], judged["objects"], judged["workloads"]) == (documents, objects, workloads)


def test_a_list_within_a_list(strake):
    pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {
        "containers": [{"name": "web", "image": "registry.example/web:1.0", "securityContext": {"privileged": True}}]}})
    text = f'{{"apiVersion": "v1", "kind": "List", "items": [{{"apiVersion": "v1", "kind": "List", "items": [{pod}]}}]}}'
    [finding] = only(strake, "privileged-container", text)
    assert finding["location"]["path"].startswith("/items/0/items/0/spec")


def dump(pods):
    """What `kubectl get pods -o json` writes, with what only the server adds."""
    items = []
    for name, spec in pods.items():
        applied = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"hostNetwork": True, "containers": [
            {"name": "old", "image": "registry.example/old", "securityContext": {"privileged": True}}]}}
        items.append({
            "apiVersion": "v1", "kind": "Pod", "spec": spec,
            "metadata": {
                "name": name, "namespace": "shop", "uid": "5f0c", "resourceVersion": "71", "creationTimestamp": "2026-10-01T08:00:00Z",
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied)},
                "managedFields": [{"manager": "kubectl", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
                                   "fieldsV1": {"f:spec": {"f:hostNetwork": {}, "f:containers": {}}}}]},
            "status": {"phase": "Running", "containerStatuses": [{"name": "web", "image": "registry.example/web:latest"}]}})
    return json.dumps({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items}, indent=4)


def test_a_dump_of_a_cluster(strake, tmp_path):
    weak = {"containers": [{"name": "web", "image": "registry.example/web:1.0", "securityContext": {"privileged": True}}]}
    good = {"containers": [{"name": "web", "image": "registry.example/web:1.0"}]}
    (tmp_path / "pods.json").write_text(dump({"good": good, "weak": weak}))
    run, report = strake.scan("pods.json", cwd=tmp_path)
    severe = [(finding["rule"], finding["object"]["name"]) for finding in report["findings"] if finding["severity"] in ("critical", "high")]
    assert run.status == 1 and severe == [("privileged-container", "weak")] and report["judged"]["objects"] == 2
    assert not [finding for finding in report["findings"] if finding["area"] == "input"]


NOTHINGS = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
  annotations:
spec:
  serviceAccountName:
  hostAliases:
  volumes:
  securityContext:
  initContainers:
  containers:
    - name: web
      image: registry.example/web:1.0
      command:
      args:
      env:
      envFrom:
      ports:
      resources:
      livenessProbe:
      volumeMounts:
      securityContext:
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
spec:
  tls:
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
  ingress:
  egress:
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: web
rules:
  - apiGroups:
    resources:
    verbs:
    resourceNames:
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: web
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects:
---
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
spec:
  type: LoadBalancer
  externalIPs:
  loadBalancerSourceRanges:
---
apiVersion: v1
kind: Namespace
metadata:
  name: web
  labels:
"""


def test_null_is_as_good_as_absent(strake):
    """A key without a value is what people leave behind, and what the API server takes for nothing."""
    without = "\n".join(line for line in NOTHINGS.split("\n") if line == "---" or not line.endswith(":") or line.rstrip(":").strip() in
                        ("spec", "metadata", "rules", "containers"))
    without = without.replace("rules:", "rules: []").replace("spec:\n---", "spec: {}\n---")
    run, report = strake.scan("-", stdin=NOTHINGS.encode())
    assert run.status < 2, [finding["message"] for finding in report["findings"] if finding["area"] == "input"]
    _, plain = strake.scan("-", stdin=without.encode())
    assert sorted(said(report)) == sorted(said(plain))


def said(report):
    return [(finding["rule"], finding["object"]["kind"], finding["message"]) for finding in report["findings"]]


def test_standard_input_and_files_together(strake, tmp_path):
    (tmp_path / "a.yaml").write_text(POD)
    run, report = strake.scan("--only", "privileged-container", "a.yaml", "-", cwd=tmp_path, stdin=POD.encode())
    assert run.status == 1 and sorted(finding["location"]["file"] for finding in report["findings"]) == ["<stdin>", "a.yaml"]


def test_names_are_as_the_person_gave_them(strake, tmp_path):
    (tmp_path / "deploy/web").mkdir(parents=True)
    (tmp_path / "deploy/web/pod.yaml").write_text(POD)
    for given, name in (("deploy", "deploy/web/pod.yaml"), ("./deploy/", "./deploy/web/pod.yaml"),
                        ("deploy/web/pod.yaml", "deploy/web/pod.yaml"), (tmp_path, f"{tmp_path}/deploy/web/pod.yaml")):
        _, report = strake.scan("--only", "privileged-container", given, cwd=tmp_path)
        assert [finding["location"]["file"] for finding in report["findings"]] == [name]


def test_what_is_no_manifest_is_passed_over_in_folders(strake, tmp_path):
    (tmp_path / "README.md").write_text("kind: of a readme\n")
    (tmp_path / "values.yaml").write_text("replicas: 3\n")
    (tmp_path / "notes.json").write_text('{"a": [1]}\n')
    (tmp_path / "pod.yaml").write_text(POD)
    run, report = strake.scan(".", cwd=tmp_path)
    assert run.status == 1 and report["judged"]["objects"] == 1
    notes = [finding for finding in report["findings"] if finding["area"] == "input"]
    assert {finding["location"]["file"] for finding in notes} == {"notes.json", "values.yaml"}
    assert {finding["severity"] for finding in notes} == {"info"}


def test_only_skip_and_least_severity(strake):
    everything = {finding["rule"] for finding in strake.scan("-", stdin=POD.encode())[1]["findings"]}
    assert {"privileged-container", "privilege-escalation", "seccomp-not-set"} <= everything

    def rules(*arguments):
        return {finding["rule"] for finding in strake.scan(*arguments, "-", stdin=POD.encode())[1]["findings"]}
    assert rules("--only", "seccomp-not-set,privileged-container") == {"seccomp-not-set", "privileged-container"}
    assert rules("--skip", "seccomp-not-set") == everything - {"seccomp-not-set"}
    assert rules("--min-severity", "critical") == {"privileged-container"}


@pytest.mark.parametrize("option", ["--only", "--skip"])
def test_unknown_rule(strake, option):
    run = strake("scan", option, "priviledged-container", "-", stdin=POD.encode())
    assert run.status == 2 and "privileged-container" in run.error and run.text == ""


@pytest.mark.parametrize("fail_on, status", [("critical", 0), ("high", 0), ("medium", 1), ("low", 1), ("info", 1), ("never", 0)])
def test_fail_on(strake, fail_on, status):
    text = POD.replace("privileged: true", "allowPrivilegeEscalation: true")
    assert strake("scan", "--fail-on", fail_on, "-", stdin=text.encode()).status == status


def fingerprints(strake, *texts, tmp_path, names=None):
    for index, text in enumerate(texts):
        (tmp_path / (names or ["a.yaml", "b.yaml"])[index]).write_text(text)
    _, report = strake.scan(".", cwd=tmp_path)
    return sorted(finding["fingerprint"] for finding in report["findings"])


def test_fingerprints_survive_moves(strake, tmp_path):
    other = POD.replace("name: web", "name: other")
    folders = [tmp_path / name for name in "abcd"]
    for folder in folders:
        folder.mkdir()
    expected = fingerprints(strake, POD + "---\n" + other, tmp_path=folders[0])
    assert len(set(expected)) == len(expected) > 10
    assert fingerprints(strake, "# a line more\n\n" + POD + "---\n" + other, tmp_path=folders[1]) == expected
    assert fingerprints(strake, other + "---\n" + POD, tmp_path=folders[2]) == expected
    assert fingerprints(strake, other, POD, tmp_path=folders[3], names=["renamed.yaml", "zz.yml"]) == expected


def test_pod_security_alone(strake):
    run, report = strake.scan("--pod-security", "baseline", "-", stdin=POD.encode())
    assert run.status == 1 and {finding["rule"] for finding in report["findings"]} == {"privileged-container"}
    run, report = strake.scan("--pod-security", "restricted:v1.24", "--fail-on", "low", "-", stdin=POD.encode())
    assert run.status == 1 and "seccomp-not-set" in {finding["rule"] for finding in report["findings"]}
    assert all(any(reference["framework"] == "pod-security" for reference in finding["references"]) for finding in report["findings"])


def test_a_safe_fix_is_a_patch_against_the_document(strake):
    [finding] = only(strake, "privileged-container", POD)
    assert finding["fix"]["safe"] is True
    assert finding["fix"]["patch"] == [{"op": "replace", "path": "/spec/containers/0/securityContext/privileged", "value": False}]


def test_a_rule_that_cannot_judge_says_so(strake, tmp_path):
    (tmp_path / "fails.yaml").write_text("""\
id: fails
title: Cannot be judged
severity: low
area: apps
description: A rule that looks at something that is not there.
scope: object
kinds: [Pod]
require: object.nowhere.deep == 1
message: it fails
at: ''
examples:
  good: ['{apiVersion: v1, kind: Node, metadata: {name: a}}']
  bad: ['{apiVersion: v1, kind: Pod, metadata: {name: a}}']
""")
    run, report = strake.scan("--rules", tmp_path, "--only", "fails", "-", stdin=POD.encode())
    assert run.status == 2 and [finding["area"] for finding in report["findings"]] == ["input"]
    assert "fails" in report["findings"][0]["message"] + report["findings"][0]["rule"]


def test_wrong_type_is_said_and_not_passed_over(strake):
    run, report = strake.scan("-", stdin=POD.replace("privileged: true", 'privileged: "true"').encode())
    assert run.status == 2
    [finding] = [finding for finding in report["findings"] if finding["area"] == "input"]
    assert finding["location"]["line"] == 8 and "privileged" in finding["location"]["path"]
