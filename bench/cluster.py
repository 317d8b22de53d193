#!/usr/bin/env python3
"""Write a large cluster as `kubectl get -A -o json` would show it: Pods with their service accounts, nodes, Services, Secrets, roles
and bindings, a few of them careless. The same bytes every time.

    bench/cluster.py FILE [--pods 25000]

Per 25,000 Pods: 5,000 service accounts, 2,000 nodes, 20,000 bindings.
"""
import argparse
import json
import random
from pathlib import Path

RBAC = "rbac.authorization.k8s.io"
POWERS = [([""], ["configmaps"], ["get", "list", "watch"])] * 40 + [([""], ["pods"], ["get", "list"])] * 30 + [
    (["apps"], ["deployments"], ["get", "list", "watch"])] * 10 + [([""], ["secrets"], ["get"])] * 3 + [
    ([""], ["secrets"], ["get", "list"])] * 2 + [([""], ["pods"], ["create", "delete"])] * 2 + [
    ([""], ["pods/exec"], ["create"])] * 2 + [(["apps"], ["deployments"], ["update", "patch"])] * 3 + [
    ([""], ["serviceaccounts/token"], ["create"])] + [([RBAC], ["roles", "rolebindings"], ["create", "bind"])]


def named(api, kind, name, ns=None, **rest):
    metadata = {"name": name, **({"namespace": ns} if ns else {}), **rest.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **rest}


def container(chance, name):
    out = {"name": name, "image": f"registry.example.com/{name}:{chance.randint(1, 40)}", "resources": {},
           "ports": [{"containerPort": 8080, "name": "http"}]}
    if chance.random() < 0.01:
        out["securityContext"] = {"privileged": True}
    if chance.random() < 0.2:
        out["envFrom"] = [{"secretRef": {"name": f"secret-{chance.randint(0, 9)}"}}]
    return out


def pod(chance, number, ns, account, node):
    spec = {"nodeName": node, "serviceAccountName": account, "containers": [container(chance, "app")]}
    if chance.random() < 0.3:
        spec["containers"].append(container(chance, "sidecar"))
    if chance.random() < 0.02:
        spec["containers"][0]["volumeMounts"] = [{"name": "host", "mountPath": "/host"}]
        spec["volumes"] = [{"name": "host", "hostPath": {"path": chance.choice(["/", "/var/log", "/srv", "/run/containerd"])}}]
    if chance.random() < 0.5:
        spec["automountServiceAccountToken"] = False
    return named("v1", "Pod", f"pod-{number}", ns, metadata={"labels": {"app": f"app-{number // 3}"}}, spec=spec,
                 status={"phase": "Running"})


def service(chance, number, ns):
    kind = chance.choice(["ClusterIP"] * 8 + ["NodePort", "LoadBalancer"])
    return named("v1", "Service", f"service-{number}", ns,
                 spec={"type": kind, "selector": {"app": f"app-{number}"}, "ports": [{"port": 80, "targetPort": "http"}]})


def subject(account, ns):
    return {"kind": "ServiceAccount", "name": account, "namespace": ns}


def objects(pods):
    chance = random.Random(pods)
    spaces, accounts, nodes, bindings = (max(2, pods // part) for part in (50, 5, 12, 1))
    bindings = pods * 4 // 5
    home = [f"ns-{number}" for number in range(spaces)]
    for number, ns in enumerate(home):
        labels = {"pod-security.kubernetes.io/enforce": "baseline"} if number % 3 else {}
        yield named("v1", "Namespace", ns, metadata={"labels": labels})
        for index, (groups, resources, verbs) in enumerate(chance.sample(POWERS, 4)):
            yield named(f"{RBAC}/v1", "Role", f"role-{index}", ns,
                        rules=[{"apiGroups": groups, "resources": resources, "verbs": verbs}])
        for index in range(10):
            yield named("v1", "Secret", f"secret-{index}", ns, type="Opaque")
    for number in range(nodes):
        labels = {"node-role.kubernetes.io/control-plane": ""} if number < 3 else {}
        yield named("v1", "Node", f"node-{number}", metadata={"labels": labels})
    for number in range(accounts):
        yield named("v1", "ServiceAccount", f"account-{number}", home[number % spaces])
    yield named(f"{RBAC}/v1", "ClusterRole", "cluster-admin", rules=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])
    for number in range(40):
        groups, resources, verbs = POWERS[number * 7 % len(POWERS)]
        yield named(f"{RBAC}/v1", "ClusterRole", f"cluster-role-{number}",
                    rules=[{"apiGroups": groups, "resources": resources, "verbs": verbs}])
    for number in range(bindings):
        account = number % accounts
        ns = home[account % spaces]
        cluster = chance.random() < 0.02
        role = "cluster-admin" if cluster and chance.random() < 0.05 else f"cluster-role-{chance.randint(0, 39)}"
        reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}
        if not cluster and chance.random() < 0.7:
            reference = {"apiGroup": RBAC, "kind": "Role", "name": f"role-{chance.randint(0, 3)}"}
        yield named(f"{RBAC}/v1", "ClusterRoleBinding" if cluster else "RoleBinding", f"binding-{number}",
                    None if cluster else ns, roleRef=reference, subjects=[subject(f"account-{account}", ns)])
    for number in range(pods):
        account = chance.randrange(accounts)
        yield pod(chance, number, home[account % spaces], f"account-{account}", f"node-{chance.randrange(nodes)}")
    for number in range(pods // 10):
        yield service(chance, number, home[number % spaces])


def write(file, pods=25000):
    with Path(file).open("w") as out:
        out.write('{"apiVersion": "v1", "kind": "List", "items": [\n')
        for index, each in enumerate(objects(pods)):
            out.write((",\n" if index else "") + json.dumps(each))
        out.write("\n]}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--pods", type=int, default=25000)
    options = parser.parse_args()
    write(options.file, options.pods)


if __name__ == "__main__":
    main()
