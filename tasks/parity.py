"""Wiring of the `ql_parity` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_ql_parity() -> Iterator[dict[str, Any]]:
    """Prices and Greeks beside QuantLib on the declared grid: table and plot."""
    yield from family("ql_parity")
