"""Rules as admission policies. That they give the same verdicts is tested for every rule in tests/unit/rulebook/admission.c."""
import pytest
import yaml


def documents(run):
    assert run.status == 0, run.error
    return list(yaml.safe_load_all(run.text))


def policies_of(strake, *arguments):
    found = documents(strake("rules", "export", *arguments))
    return [one for one in found if "Binding" not in one["kind"]], [one for one in found if "Binding" in one["kind"]]


@pytest.fixture
def own(tmp_path):
    (tmp_path / "greatest.yaml").write_text("""\
id: greatest
title: "Title with \\u001b and # in it"
severity: low
area: apps
description: Why.
scope: pod
require: math.greatest(1, pod.spec.priority) == 1
message: bad
""")
    return tmp_path


def test_every_rule_that_says_so_is_exported(strake):
    rules = strake("rules", "list", "-o", "json").json()["rules"]
    gates = {rule["id"]: rule["gates"] for rule in rules}
    assert all(places in (["lint"], ["scan"], ["scan", "admission"]) for places in gates.values())
    policies, bindings = policies_of(strake)
    names = ["strake-" + rule for rule in gates if "admission" in gates[rule]]
    assert len(names) >= 100 and len(names) < len(gates)
    assert [policy["metadata"]["name"] for policy in policies] == names
    assert [binding["spec"]["policyName"] for binding in bindings] == names


def test_a_policy_has_what_kubernetes_wants(strake):
    for policy in policies_of(strake)[0]:
        spec = policy["spec"]
        assert (policy["apiVersion"], policy["kind"]) == ("admissionregistration.k8s.io/v1",
                                                          "ValidatingAdmissionPolicy")
        assert len(policy["metadata"]["name"]) <= 253 and spec["failurePolicy"] == "Fail"
        for rule in spec["matchConstraints"]["resourceRules"]:
            assert rule["operations"] == ["CREATE", "UPDATE"] and rule["apiVersions"] == ["*"]
            assert all(resource == resource.lower() for resource in rule["resources"])
        assert [set(variable) for variable in spec.get("variables", [])] \
            == [{"name", "expression"}] * len(spec.get("variables", []))
        (validation,) = spec["validations"]
        assert "\n" not in validation["message"]
        assert "variables.pod" in validation["expression"] or "pod" not in str(spec.get("variables", [{}])[-1].get("name"))


def test_kinds_become_resources(strake):
    def resources(rule):
        (policy,), _ = policies_of(strake, rule)
        return [(entry["apiGroups"], entry["resources"]) for entry in
                policy["spec"]["matchConstraints"]["resourceRules"]]

    assert resources("network-policy-allows-all-egress") == [(["networking.k8s.io"], ["networkpolicies"])]
    assert resources("ingress-without-tls") == [(["networking.k8s.io"], ["ingresses"]), (["extensions"], ["ingresses"])]
    assert resources("role-reads-secrets") == [(["*"], ["roles"]), (["*"], ["clusterroles"])]
    assert resources("removed-api-version") == [(["*"], ["*"])]
    assert (["batch"], ["jobs", "cronjobs"]) in resources("privileged-container")


def test_actions_and_exempt_namespaces(strake):
    def bound(*arguments):
        (binding,) = policies_of(strake, "host-pid", *arguments)[1]
        selector = binding["spec"].get("matchResources", {}).get("namespaceSelector")
        return binding["spec"]["validationActions"], selector and selector["matchExpressions"][0]["values"]

    assert bound() == (["Deny"], ["kube-system"])
    assert bound("--action", "audit", "--exempt", "a,b") == (["Audit"], ["a", "b"])
    assert bound("--action", "warn", "--exempt", "none") == (["Warn"], None)


def test_the_version_is_a_number(strake):
    def expression(*arguments):
        (policy,), _ = policies_of(strake, "seccomp-not-set", *arguments)
        return policy["spec"]["validations"][0]["expression"]

    assert "(37 >= 25 &&" in expression() and "(30 >= 25 &&" in expression("--kubernetes-version", "v1.30")
    run = strake("rules", "export", "--kubernetes-version", "v1.29")
    assert run.status == 2 and "begin with v1.30" in run.error


def test_gatekeeper(strake):
    template, constraint = documents(strake("rules", "export", "-o", "gatekeeper", "--action", "audit", "host-pid"))
    kind = template["spec"]["crd"]["spec"]["names"]["kind"]
    assert (kind, template["metadata"]["name"]) == ("StrakeHostPid", "strakehostpid")
    assert (constraint["kind"], constraint["spec"]["enforcementAction"]) == (kind, "dryrun")
    assert constraint["spec"]["match"]["excludedNamespaces"] == ["kube-system"]
    assert {"apiGroups": ["apps"], "kinds": ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]} \
        in constraint["spec"]["match"]["kinds"]
    (code,) = template["spec"]["targets"][0]["code"]
    (policy,), _ = policies_of(strake, "host-pid")
    assert code["engine"] == "K8sNativeValidation"
    assert code["source"]["validations"] == policy["spec"]["validations"]
    assert code["source"]["matchCondition"] == policy["spec"]["matchConditions"]


def test_kyverno(strake):
    (policy,) = documents(strake("rules", "export", "-o", "kyverno", "host-pid"))
    (vap,), _ = policies_of(strake, "host-pid")
    assert (policy["apiVersion"], policy["kind"]) == ("policies.kyverno.io/v1", "ValidatingPolicy")
    assert policy["spec"]["validations"] == vap["spec"]["validations"]
    assert policy["spec"]["validationActions"] == ["Deny"]


def test_what_cannot_be_exported_is_said(strake, own):
    run = strake("rules", "export", "--rules", own, "greatest")
    assert run.status == 1 and "greatest cannot be exported: it uses math.greatest()" in run.error
    assert "# not exported: greatest: it uses math.greatest()" in run.text
    run = strake("rules", "export", "--rules", own)
    assert run.status == 0 and "# not exported: greatest: " in run.text and list(yaml.safe_load_all(run.text))
    rules = strake("rules", "list", "--rules", own, "-o", "json").json()["rules"]
    assert {tuple(rule["gates"]) for rule in rules if rule["id"] == "greatest"} == {("scan",)}


def test_titles_stay_in_their_comment(strake, own):
    path = own / "greatest.yaml"
    path.write_text(path.read_text().replace("math.greatest(1, pod.spec.priority) == 1", "pod.spec.priority == 1"))
    (policy, _) = documents(strake("rules", "export", "--rules", own, "greatest"))
    assert policy["spec"]["validations"][0]["message"] == "bad"


def test_unknown_rules_are_refused(strake):
    run = strake("rules", "export", "host-pdi")
    assert run.status == 2 and "did you mean host-pid?" in run.error
