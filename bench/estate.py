"""The manifests that benchmarks read: 20,000 Deployments in 200 files."""
import hashlib
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
