"""How much memory the program takes."""
import os
import subprocess
import sys

# In a process of its own: what that of the tests has would count for one that it starts.
STARTED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak(strake, *arguments, env=None):
    """The most that it and processes of its own had, in bytes. Means something of `released` only."""
    run = subprocess.run([sys.executable, "-c", STARTED, strake.program, *map(str, arguments)], capture_output=True, check=True,
                         env={"PATH": os.environ["PATH"], "HOME": str(strake.home), **(env or {})})
    assert not run.stderr, run.stderr
    return int(run.stdout) << 10
