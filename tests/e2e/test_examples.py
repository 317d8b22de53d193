"""The example shop: what was planted is found where it stands; the repaired shop has nothing serious left."""
import re

import pytest

# File, kind/name, rule, and what stands in the line that the finding names.
PLANTED = [
    ("backoffice.yaml", "Role/backoffice", "role-enters-pods", "pods/exec"),
    ("backoffice.yaml", "Deployment/backoffice", "account-token-mounted", None),
    ("backoffice.yaml", "Deployment/backoffice", "privilege-escalation", "allowPrivilegeEscalation: true"),
    ("backoffice.yaml", "Deployment/backoffice", "no-readiness-probe", None),
    ("build-runner.yaml", "ClusterRoleBinding/ci-runner", "cluster-admin-binding", "ServiceAccount"),
    ("build-runner.yaml", "Deployment/build-runner", "privileged-container", "privileged: true"),
    ("build-runner.yaml", "Deployment/build-runner", "runtime-socket-mounted", "/var/run/docker.sock"),
    ("build-runner.yaml", "Deployment/build-runner", "secret-in-environment", None),
    ("build-runner.yaml", "Deployment/build-runner", "memory-limit-not-set", None),
    ("cart.yaml", "Deployment/cart", "host-port", "hostPort: 6379"),
    ("cart.yaml", "Deployment/cart", "password-in-environment", "basket-of-eels"),
    ("cart.yaml", "Deployment/cart", "cpu-request-not-set", None),
    ("catalogue.yaml", "Deployment/catalogue", "credential-in-environment", "postgres://catalogue:"),
    ("catalogue.yaml", "Deployment/catalogue", "default-account-token-mounted", None),
    ("catalogue.yaml", "Deployment/catalogue", "non-root-not-required", None),
    ("catalogue.yaml", "Service/catalogue", "node-port-service", "type: NodePort"),
    ("checkout.yaml", "Deployment/checkout", "whole-secret-in-environment", None),
    ("database.yaml", "StatefulSet/postgres", "runs-as-root", "runAsUser: 0"),
    ("database.yaml", "StatefulSet/postgres", "no-liveness-probe", None),
    ("exports.yaml", "ConfigMap/exports", "credential-in-config-map", "export.sh"),
    ("exports.yaml", "CronJob/exports", "image-without-version", "image: registry.shop.example/tools"),
    ("exports.yaml", "CronJob/exports", "password-in-environment", "ledger-and-quill"),
    ("ingress.yaml", "Ingress/shop", "ingress-snippet", None),
    ("ingress.yaml", "Ingress/backoffice", "ingress-without-tls", None),
    ("ingress.yaml", "Ingress/backoffice", "internet-reaches-cluster", "service:"),
    ("ingress.yaml", "Ingress/ci", "internet-reaches-cluster", "service:"),
    ("ingress.yaml", "Ingress/shop", "internet-may-reach-cluster", "service:"),
    ("secret-sync.yaml", "Deployment/secret-sync", "pod-reaches-cluster", None),
    ("ingress.yaml", "Ingress/ci", "ingress-without-tls", None),
    ("log-agent.yaml", "ClusterRole/log-agent", "role-proxies-to-nodes", "nodes/proxy"),
    ("log-agent.yaml", "DaemonSet/log-agent", "host-network", "hostNetwork: true"),
    ("log-agent.yaml", "DaemonSet/log-agent", "sensitive-host-path", "path: /"),
    ("log-agent.yaml", "DaemonSet/log-agent", "writable-host-path-mount", None),
    ("namespaces.yaml", "Namespace/build", "namespace-allows-privileged", "enforce: privileged"),
    ("namespaces.yaml", "Namespace/shop", "namespace-without-pod-security", None),
    ("network-policies.yaml", "NetworkPolicy/data", "network-policy-allows-all-ingress", None),
    ("payment.yaml", "ConfigMap/payment", "password-in-config-map", None),
    ("payment.yaml", "Deployment/payment", "host-aliases", None),
    ("queue.yaml", "Service/queue-management", "open-load-balancer", "type: LoadBalancer"),
    ("queue.yaml", "StatefulSet/queue", "whole-secret-in-environment", None),
    ("search.yaml", "Deployment/search", "host-path-volume", None),
    ("search.yaml", "Deployment/search", "privileged-container", "privileged: true"),
    ("secret-sync.yaml", "ClusterRole/secret-sync", "role-reads-secrets", "secrets"),
    ("storefront.yaml", "Deployment/storefront", "added-capability", "SYS_PTRACE"),
    ("storefront.yaml", "Deployment/storefront", "image-without-version", ":latest"),
    ("storefront.yaml", "Deployment/storefront", "shared-process-namespace", "shareProcessNamespace: true"),
    ("storefront.yaml", "Deployment/storefront", "writable-root-filesystem", None),
]


def scan(strake, root, name, *options):
    run, report = strake.scan(*options, f"examples/{name}", cwd=root)
    assert not [finding for finding in report["findings"] if finding["area"] == "input"]
    return run, report


@pytest.fixture(scope="module")
def shop(strake, root):
    return scan(strake, root, "shop")


@pytest.fixture(scope="module")
def repaired(strake, root):
    return scan(strake, root, "shop-repaired")


def found(report, file, target, rule):
    kind, name = target.split("/")
    return [finding for finding in report["findings"]
            if finding["rule"] == rule and finding["location"]["file"].endswith(f"/{file}")
            and (finding["object"]["kind"], finding["object"]["name"]) == (kind, name)]


@pytest.mark.parametrize("file, target, rule, line", PLANTED, ids=lambda value: value and str(value).replace("/", " "))
def test_what_was_planted_is_found(shop, root, file, target, rule, line):
    findings = found(shop[1], file, target, rule)
    assert findings
    lines = (root / "examples/shop" / file).read_text().splitlines()
    assert not line or any(line in lines[finding["location"]["line"] - 1] for finding in findings)


@pytest.mark.parametrize("file, target, rule, line", PLANTED, ids=lambda value: value and str(value).replace("/", " "))
def test_what_was_planted_is_repaired(repaired, file, target, rule, line):
    stays = {("backoffice.yaml", "account-token-mounted"), ("build-runner.yaml", "account-token-mounted")}
    assert bool(found(repaired[1], file, target, rule)) == ((file, rule) in stays)


def test_the_shop(shop):
    run, report = shop
    assert run.status == 1 and report["summary"]["critical"] == 6 and report["summary"]["high"] == 15
    assert report["judged"]["objects"] == 59 and report["judged"]["workloads"] == 13


def test_the_shop_has_weaknesses_in_every_area(shop):
    areas = {finding["area"] for finding in shop[1]["findings"]}
    assert areas == {"images", "containers", "access", "communication", "apps", "control-plane"}


def test_the_repaired_shop_has_nothing_serious(repaired):
    run, report = repaired
    assert run.status == 0 and report["summary"]["critical"] == report["summary"]["high"] == 0
    medium = {(finding["rule"], finding["object"]["name"]) for finding in report["findings"] if finding["severity"] == "medium"}
    assert medium == {("host-path-volume", "log-agent"), ("runs-as-root", "log-agent"), ("namespace-allows-privileged", "node-agents")}


def test_the_repaired_shop_is_restricted_but_for_the_log_agent(strake, root):
    _, report = scan(strake, root, "shop-repaired", "--pod-security", "restricted")
    assert {finding["object"]["name"] for finding in report["findings"]} == {"log-agent"}


def test_both_have_the_same_files(root):
    names = [{path.name for path in (root / "examples" / name).iterdir()} for name in ("shop", "shop-repaired")]
    assert names[0] == names[1] and len(names[0]) >= 15


def test_the_repaired_shop_lost_no_workload(shop, repaired):
    assert shop[1]["judged"]["workloads"] == repaired[1]["judged"]["workloads"]


def test_the_readme_shows_what_strake_prints(strake, root):
    shown = re.search(r"```text\n\$ strake ([^\n]*)\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    assert strake(*shown[1].split(), cwd=root).text == shown[2]
