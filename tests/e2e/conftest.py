"""Driving the program from outside: `strake("scan", …)` runs it in a clean environment and hands back how it ended.

The program is $STRAKE, else build-asan/strake, else build/strake. Without any, every test here fails. What is measured is measured
of `released`: $STRAKE or build/strake, whichever has no sanitizers, which take memory of their own.
"""
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
SECONDS = 10
SLOWER_WITH_SANITIZERS = 4


def find_strake(*places):
    for candidate in (os.environ.get("STRAKE"), *(ROOT / place for place in places)):
        if candidate and Path(candidate).is_file():
            yield Path(candidate).resolve()


@dataclass
class Run:
    """One finished run of the program."""
    argv: list
    status: int
    out: bytes
    err: bytes
    seconds: float

    @property
    def text(self):
        return self.out.decode("utf-8")

    @property
    def error(self):
        return self.err.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.text)


class Strake:
    def __init__(self, program, home):
        self.program, self.home = program, home

    def __call__(self, *arguments, cwd=None, stdin=b"", env=None, seconds=None):
        """Runs the program; a crash (a signal, or a sanitizer's report) and running out of time fail the test."""
        argv = [self.program, *map(str, arguments)]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"HOME": str(self.home), "LC_ALL": "C.UTF-8", **(env or {})}
        limit = (seconds or SECONDS) * SLOWER_WITH_SANITIZERS
        begin = time.monotonic()
        done = subprocess.run(argv, cwd=cwd, env=environment, capture_output=True, timeout=limit, **self.options(),
                              **({"stdin": stdin} if hasattr(stdin, "fileno") else {"input": stdin}))
        run = Run(argv, done.returncode, done.stdout, done.stderr, time.monotonic() - begin)
        assert run.status >= 0, f"ended by signal {-run.status}: {run.error[:2000]}"
        assert "Sanitizer" not in run.error and "runtime error:" not in run.error, run.error[:4000]
        return run

    def options(self):
        """More words for subprocess.run()."""
        return {}

    def scan(self, *arguments, **options):
        """Scans and reads the JSON report."""
        run = self("scan", "-o", "json", *arguments, **options)
        return run, run.json()


@pytest.fixture(scope="session")
def strake(tmp_path_factory):
    for program in find_strake("build-asan/strake", "build/strake"):
        return Strake(str(program), tmp_path_factory.mktemp("home"))
    pytest.fail("no strake to test: build it, or name it in $STRAKE")


@pytest.fixture(scope="session")
def released(strake):
    for program in find_strake("build/strake"):
        if b"__asan_init" not in program.read_bytes():
            return Strake(str(program), strake.home)
    pytest.fail("no strake without sanitizers to measure: make build")


@pytest.fixture(scope="session")
def root():
    return ROOT
