"""Wiring of what stands beside QuantLib and is made only when asked for: products, smile models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_products() -> Iterator[dict[str, Any]]:
    """Every product and method beside QuantLib on random contracts (optional)."""
    yield from family("products")


def task_smile_models() -> Iterator[dict[str, Any]]:
    """Heston's surfaces and calibration beside QuantLib (optional)."""
    yield from family("smile_models")


def task_frontier() -> Iterator[dict[str, Any]]:
    """Error against time of every method, QuantLib's engines on the same picture (optional)."""
    yield from family("frontier")
