"""Peak resident memory of a process, as its own address space knows it.

    python -m tests.python.peak_memory MODULE ARGUMENT...

runs a module as `python -m` does and then writes the peak in KiB. `ru_maxrss` is no measure of
it: a child's begins at what its parent held at the fork, since exec keeps the greater of both
(Linux, `setmax_mm_hiwater_rss` in exec_mmap): a test run of 1.3 GB lends that to each child.
"""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path


def peak_kib() -> int:
    """Greatest resident memory of this process since its exec, KiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def run_module(module: str) -> None:
    """Run `module` as the program and write the peak, whatever its exit code."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        sys.stdout.write(f"{peak_kib()}\n")


if __name__ == "__main__":
    del sys.argv[0]
    run_module(sys.argv[0])
