"""The manifests that benchmarks read: 20,000 Deployments in 200 files."""
import hashlib
import subprocess
from pathlib import Path

import generate
from measure import BUILD


def estate(careless):
    """A folder of manifests, made anew when what makes them has changed."""
    version = hashlib.sha256(Path(generate.__file__).read_bytes()).hexdigest()[:8]
    folder = BUILD / f"bench-estate-{'careless' if careless else 'kept'}-{version}"
    if not folder.exists():
        unfinished = folder.with_suffix(".new")
        generate.write(unfinished, careless=careless)
        unfinished.rename(folder)
    return folder


def dump(careless=False):
    """The same objects as one List in JSON, as `kubectl get -o json` gives them."""
    folder = estate(careless)
    file = folder.with_suffix(".json")
    if not file.exists():
        unfinished = file.with_suffix(".new")
        with open(unfinished, "wb") as out:
            subprocess.run([BUILD / "bench/json_dump", *sorted(folder.iterdir())], stdout=out, check=True)
        unfinished.rename(file)
    return file


def sample(deployments):
    """A small estate of its own, for what is slow to measure."""
    folder = BUILD / f"bench-sample-{deployments}"
    if not folder.exists():
        unfinished = folder.with_suffix(".new")
        generate.write(unfinished, deployments=deployments, files=10)
        unfinished.rename(folder)
    return folder
