"""Wiring of the `gate_mutants` and `metrics_gate` artifacts: the lies and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_metrics_gate() -> Iterator[dict[str, Any]]:
    """Check every artifact and recompute every figure; fail on any fault."""
    yield from family("metrics_gate")


def task_gate_mutants() -> Iterator[dict[str, Any]]:
    """Tell every catalogued lie on copies; fail unless each is refused."""
    yield from family("gate_mutants")
