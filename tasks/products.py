"""Wiring of the `products` artifact, which is made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_products() -> Iterator[dict[str, Any]]:
    """Every product and method beside QuantLib on random contracts (optional)."""
    yield from family("products")
