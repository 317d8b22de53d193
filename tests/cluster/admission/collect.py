"""Puts policies and the examples of their rules together as JSON: collect.py POLICIES.yaml [examples].

Objects are as the API server has them: without members that are null, and only those that the policy matches."""
import json
import sys
from pathlib import Path

import yaml

RULES = Path(__file__).resolve().parents[3] / "rules"
PODS = {"Pod", "PodTemplate", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"}


class Loader(yaml.SafeLoader):
    """Without dates, which JSON has not."""


Loader.yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
                                  for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def without_null(value):
    if isinstance(value, dict):
        return {str(key): without_null(inner) for key, inner in value.items() if inner is not None}
    return [without_null(inner) for inner in value] if isinstance(value, list) else value


def objects_of(manifest):
    for document in yaml.load_all(manifest, Loader):
        if isinstance(document, dict) and document.get("kind", "").endswith("List") and "items" in document:
            yield from document["items"]
        elif isinstance(document, dict):
            yield document


def is_matched(rule, thing):
    if rule["scope"] != "object":
        return thing["kind"] in PODS
    group = thing["apiVersion"].rpartition("/")[0]
    return not rule.get("kinds") or any(kind in (thing["kind"], f"{thing['kind']}.{group}") for kind in rule["kinds"])


def collect(policy, rule):
    spec = policy["spec"]
    wanted = len(sys.argv) > 2 and not rule.get("params")  # a rule that takes settings finds nothing without them
    return {"name": policy["metadata"]["name"], "conditions": [one["expression"] for one in spec["matchConditions"]],
            "variables": spec.get("variables", []), "validations": spec["validations"],
            "examples": [{"objects": [without_null(thing) for thing in objects_of(manifest) if is_matched(rule, thing)],
                          "bad": kind == "bad"}
                         for kind in ("good", "bad") for manifest in rule["examples"][kind]] if wanted else []}


rules = {path.stem: yaml.load(path.read_text(), Loader) for path in RULES.glob("*/*.yaml")}
policies = [policy for policy in yaml.safe_load_all(Path(sys.argv[1]).read_text())
            if policy and policy["kind"] == "ValidatingAdmissionPolicy"]
json.dump([collect(policy, rules[policy["metadata"]["name"].removeprefix("strake-")]) for policy in policies], sys.stdout)
