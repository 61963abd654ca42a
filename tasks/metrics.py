"""Wiring of the `metrics_summary` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_metrics_summary() -> Iterator[dict[str, Any]]:
    """Collect the headline figures of every family, and the manifest of digests."""
    yield from family("metrics_summary")
