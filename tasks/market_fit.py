"""Wiring of the `market_fit` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_market_fit() -> Iterator[dict[str, Any]]:
    """Fit six models to the real DAX surface of 5 July 2002."""
    yield from family("market_fit")
