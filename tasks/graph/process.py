"""Starts a worker, follows its progress, and returns what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from tasks.evidence.repository import ROOT

REFUSED = 2  # exit code of a worker that refuses: its message is for people

# The worker's environment: nothing of the user's that could change bytes.
_FIXED = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "Agg",
    "SOURCE_DATE_EPOCH": "0",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a worker ended, what it said, and what it used."""

    code: int
    message: str
    wall_seconds: float
    peak_memory_bytes: int


def run_worker(
    job: Mapping[str, Any], descriptors: tuple[int, ...], follow: Callable[[int, int], None]
) -> Outcome:
    """Run one job in ``python -m tasks.graph.worker``.

    Parameters
    ----------
    job : mapping
        ``build``, ``output``, ``inputs``, ``config``.
    descriptors : tuple of int
        Open descriptors that the worker inherits (the run lock).
    follow : callable
        Called with (done, total) as the worker reports progress.
    """
    reader, writer = os.pipe()
    document = {**job, "progress": writer, "parent": os.getpid()}
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tasks.graph.worker"],
            cwd=ROOT,
            env={**os.environ, **_FIXED},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(*descriptors, writer),
        )
        os.close(writer)
        assert process.stdin is not None
        with process.stdin as stdin:
            stdin.write(json.dumps(document).encode())
        with os.fdopen(reader) as progress:
            _follow(progress, follow)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        message = output.read().decode("utf-8", "replace")
    return Outcome(
        code=process.returncode,
        message=message.strip(),
        wall_seconds=time.perf_counter() - started,
        peak_memory_bytes=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    )


def _follow(progress: IO[str], follow: Callable[[int, int], None]) -> None:
    for line in progress:
        done, _, total = line.partition(" ")
        if done.isdigit() and total.strip().isdigit():
            follow(int(done), int(total))
