"""Wiring of what stands beside other libraries and is made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import families

_FAMILIES = {
    "products": "Every product and method beside QuantLib on random contracts (optional)",
    "smile_models": "Heston's surfaces and calibration beside QuantLib (optional)",
    "frontier": "Error against time of every method, QuantLib's on the same picture (optional)",
    "peers": "Other packages on the same quotes, in an environment of their own (optional)",
}


def task_products() -> Iterator[dict[str, Any]]:
    """Comparisons beside other libraries."""
    yield from families(_FAMILIES)
