"""Wiring of the measurements of the compiled core: one group of tasks for each family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import families

_FAMILIES = {
    "benchmarks": "Time the Release binary with Google Benchmark: report, table and plot",
    "instruction_counts": "Count the instructions of every hot kernel, by callgrind",
    "benchmark_regression": "Compare the benchmarks with the last run on this machine",
}


def task_benchmarks() -> Iterator[dict[str, Any]]:
    """Measurements of the compiled core."""
    yield from families(_FAMILIES)
