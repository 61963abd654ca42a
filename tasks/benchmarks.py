"""Wiring of the `benchmarks` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_benchmarks() -> Iterator[dict[str, Any]]:
    """C++ benchmarks of the Release binary: report, table and plot."""
    yield from family("benchmarks")
