"""Wiring of the measurements of the compiled core: one group of tasks for each family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import families

_FAMILIES = {
    "benchmarks": "C++ benchmarks of the Release binary: report, table and plot",
    "instruction_counts": "Instructions of every hot kernel, by callgrind",
    "benchmark_regression": "A run of the benchmarks beside the last one here (optional)",
}


def task_benchmarks() -> Iterator[dict[str, Any]]:
    """Measurements of the compiled core."""
    yield from families(_FAMILIES)
