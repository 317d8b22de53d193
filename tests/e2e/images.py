"""Small container images for tests: tar layers, OCI layouts and docker-archives, whole and damaged."""
import gzip
import hashlib
import io
import json
import tarfile

STATUS_D = "var/lib/dpkg/status.d"
OCI = "application/vnd.oci.image."


def deb(name, version="1.0"):
    """A file that names one package, as images without dpkg have it: (path, content)."""
    return f"{STATUS_D}/{name}", f"Package: {name}\nVersion: {version}\nArchitecture: amd64\n\n".encode()


def link(path, target, hard=False):
    return path, (tarfile.LNKTYPE if hard else tarfile.SYMTYPE, target)


def device(path):
    return path, (tarfile.CHRTYPE, "")


def tar(*entries, form=tarfile.PAX_FORMAT):
    """A tar archive of (path, content), (path, (type, target)) and (TarInfo, content)."""
    out = io.BytesIO()
    with tarfile.TarFile(fileobj=out, mode="w", format=form) as archive:
        for path, content in entries:
            info = path if isinstance(path, tarfile.TarInfo) else tarfile.TarInfo(path)
            if isinstance(content, bytes):
                info.size = info.size or len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = content
                archive.addfile(info)
    return out.getvalue()


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Image:
    """Layers are plain tar archives, packed with gzip here, or pairs of what is stored and what it unpacks to."""

    def __init__(self, *layers, os="linux", arch="amd64"):
        self.layers = [layer if isinstance(layer, tuple) else (gzip.compress(layer, 6, mtime=0), layer) for layer in layers]
        self.config = {"os": os, "architecture": arch, "rootfs": {"type": "layers", "diff_ids": [sha256(plain) for _, plain in self.layers]}}
        self.diff_ids = self.config["rootfs"]["diff_ids"]
        self.blobs = {}

    def add(self, data, kind):
        self.blobs[sha256(data)] = data
        return {"mediaType": kind, "digest": sha256(data), "size": len(data)}

    def manifest(self, **changes):
        document = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                    "config": self.add(json.dumps(self.config).encode(), OCI + "config.v1+json"),
                    "layers": [self.add(stored, OCI + "layer.v1.tar+gzip") for stored, _ in self.layers]}
        return self.add(json.dumps(document | changes).encode(), OCI + "manifest.v1+json")

    def write(self, folder, *manifests, **changes):
        """An OCI layout; returns what names it for the program."""
        manifests = manifests or (self.manifest(**changes),)
        blobs = folder / "blobs" / "sha256"
        blobs.mkdir(parents=True, exist_ok=True)
        for digest, data in self.blobs.items():
            (blobs / digest[7:]).write_bytes(data)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": manifests}))
        return f"oci:{folder}"

    def blob(self, folder, layer):
        return folder / "blobs" / "sha256" / sha256(self.layers[layer][0])[7:]

    def save(self, file, packed=False, tags=("test:1",)):
        """What `docker save` writes."""
        config = json.dumps(self.config).encode()
        name = sha256(config)[7:] + ".json"
        paths = [f"{number}/layer.tar" for number in range(len(self.layers))]
        manifest = [{"Config": name, "RepoTags": list(tags), "Layers": paths}]
        data = tar((name, config), *zip(paths, (plain for _, plain in self.layers)), ("manifest.json", json.dumps(manifest).encode()))
        file.write_bytes(gzip.compress(data) if packed else data)
        return f"docker-archive:{file}"
