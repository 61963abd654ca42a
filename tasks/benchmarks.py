"""Wiring of the `benchmarks`, `benchmark_regression` and `instruction_counts` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_benchmarks() -> Iterator[dict[str, Any]]:
    """C++ benchmarks of the Release binary: report, table and plot."""
    yield from family("benchmarks")


def task_instruction_counts() -> Iterator[dict[str, Any]]:
    """Instructions per option, path step or fit of every hot kernel, by callgrind."""
    yield from family("instruction_counts")


def task_benchmark_regression() -> Iterator[dict[str, Any]]:
    """A run of the benchmarks beside the last one on this machine (optional)."""
    yield from family("benchmark_regression")
