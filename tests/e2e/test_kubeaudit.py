"""For users of kubeaudit: `-o kubeaudit`, its settings, and its labels."""
import json

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  labels: {%s}
spec:
  securityContext: {seccompProfile: {type: RuntimeDefault}, %s}
  automountServiceAccountToken: false
  containers:
%s"""
CLEAN = ("privileged: false, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, "
         "appArmorProfile: {type: RuntimeDefault}")


def container(name="web", security=CLEAN, capabilities="drop: [ALL]", more="", image="example.com/web:1"):
    return (f"    - name: {name}\n      image: {image}\n      securityContext: {{{security}, capabilities: {{{capabilities}}}}}\n"
            f"      resources: {{limits: {{cpu: 500m, memory: 256Mi}}}}\n{more}")


def pod(*containers, labels="", security="fsGroup: 1"):
    return POD % (labels, security, "".join(containers or [container()]))


def lines(strake, text, *options):
    run = strake("scan", "-o", "kubeaudit", *options, "-", stdin=text.encode())
    return run, [json.loads(line) for line in run.text.splitlines()]


def names(found):
    return sorted(line["AuditResultName"] for line in found)


def without(setting):
    return CLEAN.replace(setting, "procMount: Default")


def test_a_clean_pod(strake):
    run, found = lines(strake, pod())
    assert run.status == 0 and found == []


def test_a_line(strake):
    run, [line] = lines(strake, pod(container(security=without("allowPrivilegeEscalation: false"))))
    assert run.status == 2
    assert line.pop("msg")
    assert line == {"AuditResultName": "AllowPrivilegeEscalationNil", "Container": "web", "ResourceApiVersion": "v1",
                    "ResourceKind": "Pod", "ResourceName": "web", "ResourceNamespace": "shop", "level": "error"}


def test_a_warning_does_not_fail(strake):
    run, [line] = lines(strake, pod(container(security=without("privileged: false"))))
    assert line["AuditResultName"] == "PrivilegedNil" and line["level"] == "warning" and run.status == 0


def test_one_result_for_two_findings(strake):
    text = pod(container()).replace("      resources: {limits: {cpu: 500m, memory: 256Mi}}\n", "")
    assert names(lines(strake, text)[1]) == ["LimitsNotSet"]
    text = pod(container()).replace("limits: {cpu: 500m, memory: 256Mi}", "limits: {cpu: 500m}")
    assert names(lines(strake, text)[1]) == ["LimitsMemoryNotSet"]


def test_unreadable_input_is_told(strake):
    run, found = lines(strake, "apiVersion: v1\nkind: [\n")
    assert run.status == 2 and found[0]["level"] == "error" and found[0]["msg"]


NOT_RUN = without("runAsNonRoot: true")


@pytest.mark.parametrize("labels, security, pod_security, wanted", [
    ("kubeaudit.io/allow-privilege-escalation: why", without("allowPrivilegeEscalation: false"), "fsGroup: 1",
     ["AllowPrivilegeEscalationNilAllowed"]),
    ("container.kubeaudit.io/web.allow-privilege-escalation: why", without("allowPrivilegeEscalation: false"), "fsGroup: 1",
     ["AllowPrivilegeEscalationNilAllowed"]),
    ("container.audit.kubernetes.io/web.allow-privilege-escalation: why", without("allowPrivilegeEscalation: false"),
     "fsGroup: 1", ["AllowPrivilegeEscalationNilAllowed"]),
    ("audit.kubernetes.io/pod.allow-privilege-escalation: why", without("allowPrivilegeEscalation: false"), "fsGroup: 1",
     ["AllowPrivilegeEscalationNilAllowed"]),
    ("container.kubeaudit.io/other.allow-privilege-escalation: why", without("allowPrivilegeEscalation: false"), "fsGroup: 1",
     ["AllowPrivilegeEscalationNil"]),
    ("kubeaudit.io/allow-privilege-escalation: why", CLEAN, "fsGroup: 1", ["RedundantAuditorOverride"]),
    ("kubeaudit.io/allow-run-as-root: why", NOT_RUN, "runAsUser: 0", ["RunAsUserPSCRootAllowed"]),
    ("container.kubeaudit.io/web.allow-run-as-root: why", NOT_RUN, "runAsNonRoot: false", ["RunAsNonRootPSCFalseCSCNilAllowed"]),
    ("kubeaudit.io/allow-namespace-host-network: why", CLEAN, "fsGroup: 1", ["RedundantAuditorOverride"]),
    ("kubeaudit.io/allow-nothing-that-is-known: why", CLEAN, "fsGroup: 1", []),
])
def test_labels(strake, labels, security, pod_security, wanted):
    run, found = lines(strake, pod(container(security=security), labels=labels, security=pod_security))
    assert names(found) == wanted
    assert all(line["level"] == "info" and line["OverrideReason"] == "why" and line["msg"].startswith("Audit result overridden: ")
               for line in found if line["AuditResultName"].endswith("Allowed"))
    assert run.status == (2 if wanted and not wanted[0].endswith(("Allowed", "Override")) else 0)


def test_a_label_for_one_of_two_containers(strake):
    both = [container("one", security=NOT_RUN), container("two", security=NOT_RUN)]
    label = "container.kubeaudit.io/one.allow-run-as-root: why"
    _, found = lines(strake, pod(*both, labels=label, security="runAsUser: 0"))
    assert names(found) == ["RunAsUserPSCRoot", "RunAsUserPSCRootAllowed"]
    _, found = lines(strake, pod(*both, labels=label + ", " + label.replace("one", "two"), security="runAsUser: 0"))
    assert [(line["AuditResultName"], line["Container"]) for line in found] == [("RunAsUserPSCRootAllowed", "one"),
                                                                              ("RunAsUserPSCRootAllowed", "two")]


def test_capabilities_by_name(strake):
    added = container(capabilities="add: [SYS_TIME, NET_BIND_SERVICE], drop: [ALL]")
    _, found = lines(strake, pod(added, labels="container.kubeaudit.io/web.allow-capability-sys-time: clock"))
    assert names(found) == ["CapabilityAdded", "CapabilityAddedAllowed"]


def test_excepted_in_json(strake):
    text = pod(container(security=without("privileged: false") + ", privileged: true"), labels="kubeaudit.io/allow-privileged: disks")
    _, report = strake.scan("-", stdin=text.encode())
    [finding] = [finding for finding in report["findings"] if finding["rule"] == "privileged-container"]
    assert finding["status"] == "excepted" and finding["exception"] == {"reason": "disks"}
    assert {"framework": "kubeaudit", "id": "PrivilegedTrueAllowed"} in finding["references"]
    assert report["summary"]["excepted"] == 1


def settings(tmp_path, text):
    (tmp_path / "kubeaudit.yaml").write_text(text)
    return ("--config", tmp_path / "kubeaudit.yaml")


@pytest.mark.parametrize("text, wanted", [
    ("auditors: {image: {image: 'example.com/web:2'}}", ["ImageTagIncorrect"]),
    ("auditors: {image: {image: 'example.com/web:1'}}", ["ImageCorrect"]),
    ("auditors: {image: {image: 'example.com/shop:1'}}", []),
    ("auditors: {limits: {cpu: 400m, memory: 256Mi}}", ["LimitsCPUExceeded"]),
    ("auditors: {limits: {memory: 255Mi}}", ["LimitsMemoryExceeded"]),
    ("auditors: {limits: {cpu: '', memory: ''}}", []),
    ("enabledAuditors: {apparmor: true}", []),
])
def test_settings(strake, tmp_path, text, wanted):
    assert names(lines(strake, pod(), *settings(tmp_path, text))[1]) == wanted


def test_allowed_capabilities(strake, tmp_path):
    text = pod(container(capabilities="add: [SYS_TIME, SYS_BOOT], drop: [ALL]"))
    options = settings(tmp_path, "auditors: {capabilities: {allowAddList: [SYS_TIME]}}")
    assert names(lines(strake, text, *options)[1]) == ["CapabilityAdded"]
    _, report = strake.scan(*options, "-", stdin=text.encode())
    assert [finding["status"] for finding in report["findings"] if finding["rule"] == "added-capability"] == ["excepted", "open"]


def test_disabled_auditors(strake, tmp_path):
    text = pod(container(security=without("privileged: false") + ", privileged: true"))
    options = settings(tmp_path, "enabledAuditors: {privileged: false}")
    assert names(lines(strake, text)[1]) == ["PrivilegedTrue"]
    assert names(lines(strake, text, *options)[1]) == []


def test_denied_paths(strake, tmp_path):
    more = "      volumeMounts: [{name: data, mountPath: /data}]\n"
    text = pod(container(more=more)) + "  volumes: [{name: data, hostPath: {path: /srv/data}}]\n"
    assert names(lines(strake, text)[1]) == []
    options = settings(tmp_path, "auditors: {mounts: {denyPathsList: [/srv/data]}}")
    assert names(lines(strake, text, *options)[1]) == ["SensitivePathsMounted"]


@pytest.mark.parametrize("current, targeted, level", [
    ("", "", "warning"), ("1.20", "", "info"), ("1.21", "1.22", "warning"), ("", "1.25", "error"), ("1.20", "1.25", "error")])
def test_deprecated_apis(strake, tmp_path, current, targeted, level):
    text = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: '* * * * *'}\n"
    for key in ("config", "deprecatedapis"):
        options = settings(tmp_path, f"auditors: {{{key}: {{currentVersion: '{current}', targetedVersion: '{targeted}'}}}}")
        run, [line] = lines(strake, text, *options)
        assert line["level"] == level and run.status == (2 if level == "error" else 0)
        assert line["msg"].startswith("batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+")


@pytest.mark.parametrize("text, place, word", [
    ("auditors: {limits: {cpu: badvalue}}", "1:26", "badvalue"),
    ("auditors:\n  config: {currentVersion: one}", "2:28", "one"),
    ("enabledAuditors: {privledged: true}", "1:31", "privledged"),
    ("enabledAuditors: {privileged: maybe}", "1:31", "true or false"),
    ("auditors: {image: {imge: a}}", "1:26", "did you mean image?"),
])
def test_wrong_settings(strake, tmp_path, text, place, word):
    run = strake("scan", *settings(tmp_path, text), "-", stdin=pod().encode())
    assert run.status == 2 and f"kubeaudit.yaml:{place}: " in run.error and word in run.error


def test_version_without_quotes_is_not_cut(strake, tmp_path):
    text = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\nspec: {schedule: '* * * * *'}\n"
    [line] = lines(strake, text, *settings(tmp_path, "auditors: {config: {currentVersion: 1.20}}"))[1]
    assert line["level"] == "info", "1.20 is not 1.2, and before 1.21"
    run = strake("scan", *settings(tmp_path, "auditors: {config: {targetedVersion: 1.250}}"), "-", stdin=text.encode())
    assert run.status == 2 and "1.250" in run.error


NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {%s}}\n"
POLICY = """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: %s, namespace: shop}
spec: {%s}
"""
INGRESS = "kubeaudit.io/allow-non-default-deny-ingress-network-policy: a"
EGRESS = "kubeaudit.io/allow-non-default-deny-egress-network-policy: b"


def test_a_namespace_with_one_of_two_labels_stays_open(strake):
    _, report = strake.scan("-", stdin=(NAMESPACE % INGRESS).encode())
    [finding] = [finding for finding in report["findings"] if finding["rule"] == "namespace-without-network-policy"]
    assert finding["status"] == "open"
    assert [reference["id"] for reference in finding["references"] if reference["framework"] == "kubeaudit"] == [
        "MissingDefaultDenyIngressNetworkPolicyAllowed", "MissingDefaultDenyEgressNetworkPolicy"]


@pytest.mark.parametrize("labels, policies, wanted", [
    ("", [], ["MissingDefaultDenyIngressAndEgressNetworkPolicy"]),
    (f"{INGRESS}, {EGRESS}", [], ["MissingDefaultDenyIngressAndEgressNetworkPolicyAllowed"]),
    (INGRESS, [], ["MissingDefaultDenyEgressNetworkPolicy", "MissingDefaultDenyIngressNetworkPolicyAllowed"]),
    ("", ["podSelector: {}, policyTypes: [Ingress]"], ["MissingDefaultDenyEgressNetworkPolicy"]),
    (EGRESS, ["podSelector: {}, policyTypes: [Ingress]"], ["MissingDefaultDenyEgressNetworkPolicyAllowed"]),
    ("", ["podSelector: {}, policyTypes: [Ingress, Egress]"], []),
    ("", ["podSelector: {}, policyTypes: [Ingress, Egress]", "podSelector: {matchLabels: {a: b}}, ingress: [{ports: [{port: 1}]}]"],
     ["AllowAllIngressNetworkPolicyExists"]),
])
def test_default_policies(strake, labels, policies, wanted):
    text = NAMESPACE % labels + "".join(POLICY % (f"p{i}", policy) for i, policy in enumerate(policies))
    assert names(lines(strake, text)[1]) == wanted


def test_default_account_elsewhere_in_the_input(strake):
    text = pod().replace("  automountServiceAccountToken: false\n", "")
    account = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: %s}\nautomountServiceAccountToken: false\n"
    assert names(lines(strake, text)[1]) == ["AutomountServiceAccountTokenTrueAndDefaultSA"]
    assert names(lines(strake, text + account % "shop")[1]) == []
    assert names(lines(strake, text + account % "other")[1]) == ["AutomountServiceAccountTokenTrueAndDefaultSA"]
