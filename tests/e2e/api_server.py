"""An API server that can be as bad as any: each path has a behaviour, and every request is kept for the test to look at."""
import gzip
import json
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

POD = {"metadata": {"name": "web", "namespace": "shop", "uid": "1"},
       "spec": {"containers": [{"name": "web", "image": "nginx", "securityContext": {"privileged": True}}]}}
SECRET = {"metadata": {"name": "database", "namespace": "shop", "managedFields": [{"manager": "x"}],
                       "annotations": {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"password":"aHVudGVyMg=="}}'}},
          "type": "Opaque", "data": {"password": "aHVudGVyMg==", "user": "c2hvcA=="}}
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def resource(name, kind, scope="Namespaced", group="", version="v1"):
    return {"resource": name, "scope": scope, "verbs": ["get", "list"], "responseKind": {"group": group, "version": version, "kind": kind}}


def discovery(**groups):
    """Groups by name ("" is written core) with their resources."""
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": [
        {"metadata": {"name": "" if group == "core" else group}, "versions": [{"version": "v1", "freshness": "Current",
                                                                               "resources": resources}]}
        for group, resources in groups.items()]}


def items(kind, *objects, token=""):
    return {"kind": kind + "List", "apiVersion": "v1", "metadata": {"continue": token}, "items": list(objects)}


def status(code, message, **more):
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": message, **more}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if self.server.away:
            return self.reset()
        self.server.seen.append((self.path, dict(self.headers)))
        behaviour = self.server.paths.get(path)
        if behaviour is None:
            self.answer(404, status(404, "the server could not find the requested resource"))
        elif callable(behaviour):
            behaviour(self, query)
        else:
            self.answer(200, behaviour)

    def do_POST(self):
        """What was sent is `sent`; else as GET."""
        self.sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    do_PATCH = do_POST

    def answer(self, code, body, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        if "gzip" in self.headers.get("Accept-Encoding", "") and "Content-Encoding" not in headers:
            headers["Content-Encoding"], data = "gzip", gzip.compress(data)
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.close_connection = "Content-Length" in headers
        self.send_header("Content-Length", str(headers.pop("Content-Length", len(data))))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def reset(self):
        """Ends the connection with RST."""
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Api:
    """A server that runs; `paths` may be changed at any time."""

    def __init__(self, certificates=None, name="server", client_ca=False):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.paths, self.server.seen, self.server.away = {}, [], False
        self.paths, self.seen = self.server.paths, self.server.seen
        self.certificates = certificates
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates / f"{name}.crt", certificates / f"{name}.key")
            if client_ca:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(certificates / "ca.crt")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = f"{'https' if certificates else 'http'}://127.0.0.1:{self.port}"
        self.paths["/api"] = discovery(core=[resource("pods", "Pod"), resource("secrets", "Secret")])
        self.paths["/apis"] = discovery()
        self.paths["/api/v1/pods"] = items("Pod", POD)
        self.paths["/api/v1/secrets"] = items("Secret", SECRET)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def config(self, folder, user=None, cluster=None, context=None, name="config"):
        """Writes a kubeconfig for it."""
        path = folder / name
        path.write_text(yaml.safe_dump(kubeconfig({"server": self.url, **(cluster or {})}, user or {}, context or {})))
        return path

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def kubeconfig(cluster, user, context=None):
    return {"apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "c", "cluster": cluster}], "users": [{"name": "jane", "user": user}],
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "jane", **(context or {})}}]}


@contextmanager
def serving(*arguments, **options):
    api = Api(*arguments, **options)
    try:
        yield api
    finally:
        api.close()


def hang(handler, query):
    time.sleep(30)


def trickle(handler, query):
    """Begins well, and never goes on."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    handler.wfile.write(b'{"kind": "PodList"')
    handler.wfile.flush()
    time.sleep(30)


def endless_body(handler, query):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    piece = b" " * (1 << 20)
    try:
        for _ in range(2000):
            handler.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
    except OSError:
        pass


def bomb(handler, query):
    """A megabyte of gzip that becomes a gigabyte."""
    handler.answer(200, handler.server.bomb, **{"Content-Encoding": "gzip"})


def make_certificates(folder):
    """An authority; certificates that are right, expired, for another name and by somebody else; a client's."""
    if not shutil.which("openssl"):
        return None

    def run(*words):
        subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True)

    def request(name, subject):
        run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}")

    for authority in ("ca", "other-ca"):
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{authority}.key", "-out", f"{authority}.crt", "-days", "10",
            "-subj", f"/CN={authority}")
    (folder / "ip.ext").write_text("subjectAltName=IP:127.0.0.1,DNS:right.example")
    (folder / "dns.ext").write_text("subjectAltName=DNS:elsewhere.example")
    for name, extension, authority, days in (("server", "ip.ext", "ca", 10), ("misnamed", "dns.ext", "ca", 10),
                                             ("stranger", "ip.ext", "other-ca", 10), ("expired", "ip.ext", "ca", -1),
                                             ("client", "ip.ext", "ca", 10)):
        request(name, name)
        words = ["x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-CAcreateserial",
                 "-out", f"{name}.crt", "-extfile", extension]
        run(*words, "-days", max(days, 1)) if days > 0 else run(*words, "-days", days)
    return folder
