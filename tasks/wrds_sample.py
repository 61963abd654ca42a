"""Wiring of the `wrds_sample` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_wrds_sample() -> Iterator[dict[str, Any]]:
    """Study six models on a SYNTHETIC sample in the shape of OptionMetrics."""
    yield from family("wrds_sample")
