"""Wiring of what stands beside other libraries and is made only when asked for."""

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


def task_peers() -> Iterator[dict[str, Any]]:
    """Other packages on the same quotes, in an environment of their own (minutes, optional)."""
    yield from family("peers")
