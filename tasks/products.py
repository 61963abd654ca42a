"""Wiring of what stands beside other libraries and is made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import families

_FAMILIES = {
    "products": "Compare every product and method with QuantLib's on random contracts",
    "smile_models": "Compare Heston's surfaces and calibration with QuantLib's",
    "frontier": "Draw error against time of every method, QuantLib's beside ours",
    "peers": "Time ten other packages on the same quotes, in an environment of their own",
}


def task_products() -> Iterator[dict[str, Any]]:
    """Comparisons beside other libraries."""
    yield from families(_FAMILIES)
