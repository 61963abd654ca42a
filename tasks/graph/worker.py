"""Makes one artifact in a process of its own: ``python -m tasks.graph.worker`` reads a job.

A process per artifact means: imports are paid only by tasks that run, peak memory is the task's
own, locale, time zone and hash seed are fixed, and a crash cannot take the graph with it. The
process dies with the graph (Linux), so that a killed run leaves no orphan that still writes.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from tasks.evidence.processes import end_with_parent
from tasks.graph.process import REFUSED


class PipeProgress:
    """Writes ``done total`` lines to the descriptor that the graph reads; at most 100 of them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._last = -1

    def __call__(self, done: int, total: int) -> None:
        """Report that `done` of `total` steps are finished."""
        percent = 100 * done // max(total, 1)
        if percent != self._last:
            self._last = percent
            os.write(self._descriptor, f"{done} {total}\n".encode())


def call(job: dict[str, Any]) -> None:
    """Run the maker that a job names."""
    module, _, function = job["build"].partition(":")
    build = getattr(importlib.import_module(module), function)
    build(
        Path(job["output"]),
        inputs={name: Path(path) for name, path in job["inputs"].items()},
        config=job["config"],
        progress=PipeProgress(job["progress"]),
    )


def perform(job: dict[str, Any]) -> int:
    """Make a job's output; 0 done, 2 refused."""
    try:
        call(job)
    except ValueError as error:  # a refusal: the message is for people
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


def main() -> int:
    """Read a job from standard input and make it; 0 done, 2 refused, 1 crashed."""
    job = json.load(sys.stdin)
    end_with_parent(job["parent"])
    return perform(job)


if __name__ == "__main__":
    raise SystemExit(main())
