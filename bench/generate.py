#!/usr/bin/env python3
"""Write the manifests of a large, well-kept cluster: Deployments as people write them, with comments, several containers,
probes, environment and volumes. Mostly hardened, a few with weaknesses. The same bytes every time.

    bench/generate.py FOLDER [--deployments 20000] [--files 200]
"""
import argparse
import random
from pathlib import Path

TEAMS = ["shop", "search", "payments", "identity", "mail", "media", "ledger", "stock", "routing", "reports"]
PARTS = ["api", "web", "worker", "cache", "relay", "index", "sync", "export", "gateway", "planner"]
SETTINGS = [("LOG_LEVEL", "info"), ("HTTP_PORT", "8080"), ("REGION", "eu-west-1"), ("CACHE_TTL", "300s"), ("TRACE", "off"),
            ("QUEUE_URL", "amqp://queue.internal:5672"), ("MAX_CONNECTIONS", "64"), ("FEATURES", "checkout,search")]
COMMENTS = ["# Scaled by the autoscaler; the number here is only where it starts.", "# Owned by the platform team, see the runbook.",
            "# Keep in step with the alert of the same name.", "# Do not raise without asking the owners of the database."]

HARDENED = """\
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: ["ALL"]
"""
PRIVILEGED = """\
          securityContext:
            privileged: true
"""


def environment(chance):
    lines = "".join(f'            - {{name: {name}, value: "{value}"}}\n' for name, value in chance.sample(SETTINGS, 2))
    if chance.random() < 0.3:
        lines += ("            - name: DATABASE_PASSWORD\n              valueFrom:\n"
                  "                secretKeyRef: {name: database, key: password}\n")
    return "          env:\n" + lines


def probe(chance, kind):
    return (f"          {kind}:\n            httpGet: {{path: /{'ready' if kind == 'readinessProbe' else 'healthz'}, port: http}}\n"
            f"            periodSeconds: {chance.choice([5, 10, 15])}\n")


def container(chance, name, team, weakness):
    tag = "latest" if weakness == "tag" else f"{chance.randint(1, 9)}.{chance.randint(0, 30)}.{chance.randint(0, 9)}"
    text = f"        - name: {name}\n          image: registry.example.com/{team}/{name}:{tag}\n"
    text += f"          ports:\n            - {{name: http, containerPort: {chance.choice([8080, 8443, 9090])}}}\n"
    text += environment(chance) + probe(chance, "readinessProbe")
    if chance.random() < 0.5:
        text += probe(chance, "livenessProbe")
    if weakness != "resources":
        text += (f"          resources:\n            requests: {{cpu: {chance.choice([50, 100, 250])}m, memory: 128Mi}}\n"
                 f"            limits: {{memory: {chance.choice([256, 512])}Mi}}\n")
    text += PRIVILEGED if weakness == "privileged" else HARDENED
    return text + "          volumeMounts:\n            - {name: scratch, mountPath: /tmp}\n"


def sidecar(team):
    return (f"        - name: logs  # ships what the others write\n          image: registry.example.com/{team}/logs:2.4.1\n"
            "          args: [--follow, /var/log/app]\n"
            "          resources:\n            requests: {cpu: 10m, memory: 32Mi}\n            limits: {memory: 64Mi}\n" + HARDENED)


def deployment(number):
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
             "        seccompProfile: {type: RuntimeDefault}\n      containers:\n")
    text += container(chance, part, team, weakness)
    if chance.random() < 0.25:
        text += sidecar(team)
    return text + "      volumes:\n        - name: scratch\n          emptyDir: {}\n"


def write(folder, deployments=20000, files=200):
    folder.mkdir(parents=True)
    for file in range(files):
        numbers = range(file, deployments, files)
        (folder / f"part-{file:03}.yaml").write_text("---\n".join(deployment(number) for number in numbers))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("folder", type=Path, help="made anew")
    parser.add_argument("--deployments", type=int, default=20000)
    parser.add_argument("--files", type=int, default=200)
    options = parser.parse_args()
    write(options.folder, options.deployments, options.files)


if __name__ == "__main__":
    main()
