"""What the benchmarks share: running a program with its cost, medians, and rows of a table that say what is promised.

A benchmark ends with 0 when every promise is kept, 1 when one is not, 2 when it could not measure.
"""
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import generate

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build"))
STRAKE = str(BUILD / "strake")


@dataclass
class Cost:
    seconds: float
    cpu: float
    peak: int
    status: int


def fail(why):
    print(why, file=sys.stderr)
    sys.exit(2)


def cost(*argv):
    """Runs a program, its output thrown away, and tells what it took."""
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
    begin = time.perf_counter()
    pid = os.posix_spawn(argv[0], list(argv), os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begin
    os.close(null)
    status = os.waitstatus_to_exitcode(status)
    if status < 0 or status >= 2:
        fail(f"{' '.join(argv)[:200]}: ended with {status}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, status)


def interleaved(rounds, commands):
    """Runs each command once a round, so that a busy machine is unfair to all alike; gives {name: [Cost]}."""
    taken = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            taken[name].append(cost(*argv))
    return taken


def median(costs, what="seconds"):
    return statistics.median(getattr(each, what) for each in costs)


def estate(careless):
    """A folder of manifests, made anew when what makes them has changed."""
    version = hashlib.sha256(Path(generate.__file__).read_bytes()).hexdigest()[:8]
    folder = BUILD / f"bench-estate-{'careless' if careless else 'kept'}-{version}"
    if not folder.exists():
        unfinished = folder.with_suffix(".new")
        generate.write(unfinished, careless=careless)
        unfinished.rename(folder)
    return folder


class Table:
    """A table in Markdown with what was measured, what is promised and whether that is kept."""

    def __init__(self):
        self.missed = 0
        self.line("what", "measured", "promised", "")
        self.line("---", "---:", "---:", "---")

    def line(self, *cells):
        print("| " + " | ".join(cells) + " |")

    def fact(self, what, measured):
        self.line(what, measured, "", "")

    def promise(self, what, form, measured, *, least=None, most=None):
        """`form` is how numbers are written, such as "{:.1f} ms"."""
        kept = (least is None or measured >= least) and (most is None or measured <= most)
        limit = f"≥ {form.format(least)}" if most is None else f"≤ {form.format(most)}"
        self.missed += not kept
        self.line(what, form.format(measured), limit, "kept" if kept else "**missed**")

    def status(self):
        return 1 if self.missed else 0


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


def version_of(program, words):
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60)
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if lines and "development" not in lines[0] and re.search(r"\d", lines[0]):
        return lines[0][:80]
    # What was installed as a Go module does not know its own version, but Go does.
    built = subprocess.run(["go", "version", "-m", program], capture_output=True, text=True) if shutil.which("go") else done
    module = re.search(r"^\s+mod\s+\S+\s+(\S+)", built.stdout, re.M)
    return module[1] if module else "?"
