"""Wiring of the `ql_parity` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_ql_parity() -> Iterator[dict[str, Any]]:
    """Compare prices and Greeks with QuantLib's on the declared grid."""
    yield from family("ql_parity")
