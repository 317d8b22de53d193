"""A real API server (tests/cluster) and a small client for it. Tests that need one are skipped where it was not built."""
import base64
import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def program():
    """The path of the built control plane, and why there is none."""
    done = subprocess.run([ROOT / "tests/cluster/build", "--if-cached"], capture_output=True, text=True)
    return done.stdout.strip(), done.stderr.strip()


class ControlPlane:
    def __init__(self, path, *flags):
        self.path = path
        self.process = subprocess.Popen(["nice", "-n", "10", path, "up", *(("--", *flags) if flags else ())], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line, "the control plane did not start"
        self.facts = json.loads(line)
        self.kubeconfig, self.server, self.folder = self.facts["kubeconfig"], self.facts["server"], Path(self.facts["folder"])
        self.context = ssl.create_default_context(cafile=self.facts["ca"])
        self.context.load_cert_chain(self.folder / "admin.crt", self.folder / "admin.key")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)

    def ask(self, method, path, body=None, headers=(), content="application/json"):
        """Status and answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data, {"Content-Type": content, **dict(headers)}, method=method)
        try:
            with urllib.request.urlopen(request, context=self.context, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, json.load(problem)

    def post(self, path, body, **options):
        status, answer = self.ask("POST", path, body, **options)
        assert status in (200, 201), answer
        return answer

    def create(self, path, bodies):
        """Many of a kind at once."""
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda body: self.post(path, body), bodies))

    def apply(self, *inputs):
        return subprocess.run([self.path, "apply", "-kubeconfig", self.kubeconfig, *map(str, inputs)], capture_output=True, text=True)

    def namespace(self, name):
        self.post("/api/v1/namespaces", {"metadata": {"name": name}})
        self.until(lambda: self.ask("GET", f"/api/v1/namespaces/{name}/serviceaccounts/default")[0] == 200)
        return name

    def until(self, holds, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "it did not come about in time"
            time.sleep(0.05)

    def token(self, namespace, name):
        return self.post(f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token", {"spec": {}})["status"]["token"]

    def config(self, folder, user, name="config"):
        """A kubeconfig for somebody else."""
        path = folder / name
        data = base64.b64encode(Path(self.facts["ca"]).read_bytes()).decode()
        path.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "c", "cluster": {"server": self.server, "certificate-authority-data": data}}],
            "users": [{"name": "u", "user": user}], "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}]}))
        return path

    def review(self, user, groups, attributes):
        """What the server itself says: allowed or not."""
        spec = {"user": user, "groups": groups}
        spec["nonResourceAttributes" if "path" in attributes else "resourceAttributes"] = attributes
        answer = self.post("/apis/authorization.k8s.io/v1/subjectaccessreviews",
                           {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
        return answer["status"]


def start(pytest, *flags):
    path, why = program()
    if not path:
        pytest.skip(why or "no control plane")
    return ControlPlane(path, *flags)


