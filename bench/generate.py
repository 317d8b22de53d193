#!/usr/bin/env python3
"""Write the manifests of a large cluster: Deployments as people write them, with comments, several containers, probes,
environment and volumes. Well kept: hardened, a few with weaknesses. Or careless: each lacks what most lack. The same bytes every
time.

    bench/generate.py FOLDER [--deployments 20000] [--files 200] [--careless]
"""
import argparse
import random
from pathlib import Path

TEAMS = ["shop", "search", "payments", "identity", "mail", "media", "ledger", "stock", "routing", "reports"]
PARTS = ["api", "web", "worker", "cache", "relay", "index", "sync", "export", "gateway", "planner"]
SETTINGS = [("LOG_LEVEL", "info"), ("HTTP_PORT", "8080"), ("REGION", "eu-west-1"), ("CACHE_TTL", "300s"), ("TRACE", "off"),
            ("QUEUE_URL", "amqp://queue.internal:5672"), ("MAX_CONNECTIONS", "64"), ("FEATURES", "checkout,search")]
COMMENTS = ["# Scaled by the autoscaler; the number here is only where it starts.",
            "# Owned by the platform team, see the runbook.",
            "# Keep in step with the alert of the same name.", "# Do not raise without asking the owners of the database."]

HARDENED = """\
          securityContext:
            privileged: false
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
"""
CARELESS = HARDENED.replace("            privileged: false\n", "")
PRIVILEGED = """\
          securityContext:
            privileged: true
"""


def image(chance, team, name, tag, careless):
    digest = "" if careless or tag == "latest" else f"@sha256:{chance.getrandbits(256):064x}"
    return f"          image: registry.example.com/{team}/{name}:{tag}{digest}\n"


def limits(cpu, memory, careless):
    return f"            limits: {{{'' if careless else f'cpu: {cpu}m, '}memory: {memory}Mi}}\n"


def environment(chance, careless):
    lines = "".join(f'            - {{name: {name}, value: "{value}"}}\n' for name, value in chance.sample(SETTINGS, 2))
    if chance.random() < 0.3:
        lines += "            - name: DATABASE_PASSWORD" + (
            "\n              valueFrom:\n                secretKeyRef: {name: database, key: password}\n" if careless else
            "_FILE\n              value: /secrets/database/password\n")
    return "          env:\n" + lines


def probe(chance, kind):
    path = "ready" if kind == "readinessProbe" else "healthz"
    return (f"          {kind}:\n            httpGet: {{path: /{path}, port: http}}\n"
            f"            periodSeconds: {chance.choice([5, 10, 15])}\n")


def container(chance, name, team, weakness, careless):
    tag = "latest" if weakness == "tag" else f"{chance.randint(1, 9)}.{chance.randint(0, 30)}.{chance.randint(0, 9)}"
    text = f"        - name: {name}\n{image(chance, team, name, tag, careless)}"
    text += f"          ports:\n            - {{name: http, containerPort: {chance.choice([8080, 8443, 9090])}}}\n"
    text += environment(chance, careless) + probe(chance, "readinessProbe")
    if not careless or chance.random() < 0.5:
        text += probe(chance, "livenessProbe")
    if weakness != "resources":
        text += (f"          resources:\n            requests: {{cpu: {chance.choice([50, 100, 250])}m, memory: 128Mi}}\n"
                 + limits(1000, chance.choice([256, 512]), careless))
    text += PRIVILEGED if weakness == "privileged" else CARELESS if careless else HARDENED
    return text + "          volumeMounts:\n            - {name: scratch, mountPath: /tmp}\n"


def sidecar(chance, team, careless):
    probes = "" if careless else "".join(f"          {kind}: {{tcpSocket: {{port: 24224}}}}\n"
                                         for kind in ("readinessProbe", "livenessProbe"))
    return (f"        - name: logs  # ships what the others write\n{image(chance, team, 'logs', '2.4.1', careless)}"
            "          args: [--follow, /var/log/app]\n" + probes +
            "          resources:\n            requests: {cpu: 10m, memory: 32Mi}\n" + limits(50, 64, careless) +
            (CARELESS if careless else HARDENED))


def deployment(number, careless=False):
    chance = random.Random(number)
    team, part = chance.choice(TEAMS), chance.choice(PARTS)
    name = f"{team}-{part}-{number}"
    weakness = chance.choice(["tag", "resources", "privileged", "token"]) if chance.random() < 0.04 else None
    labels = f"{{app.kubernetes.io/name: {name}, team: {team}}}"
    text = (f"{chance.choice(COMMENTS)}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: {team}\n"
            f"  labels: {labels}\n  annotations:\n    example.com/runbook: https://runbooks.example.com/{team}/{part}\n"
            f"spec:\n  replicas: {chance.randint(2, 6)}\n  selector:\n    matchLabels: {labels}\n"
            f"  template:\n    metadata:\n      labels: {labels}\n    spec:\n      serviceAccountName: {name}\n")
    if weakness != "token":
        text += "      automountServiceAccountToken: false\n"
    text += ("      securityContext:\n        runAsNonRoot: true\n        runAsUser: 10001\n"
             "        seccompProfile: {type: RuntimeDefault}\n")
    if not careless:
        text += "        appArmorProfile: {type: RuntimeDefault}\n"
    text += "      containers:\n" + container(chance, part, team, weakness, careless)
    if chance.random() < 0.25:
        text += sidecar(chance, team, careless)
    return text + "      volumes:\n        - name: scratch\n          emptyDir: {}\n"


def write(folder, deployments=20000, files=200, careless=False):
    folder.mkdir(parents=True)
    for file in range(files):
        numbers = range(file, deployments, files)
        (folder / f"part-{file:03}.yaml").write_text("---\n".join(deployment(number, careless) for number in numbers))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="made anew")
    parser.add_argument("--deployments", type=int, default=20000)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--careless", action="store_true")
    options = parser.parse_args()
    write(options.folder, options.deployments, options.files, options.careless)


if __name__ == "__main__":
    main()
