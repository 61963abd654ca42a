"""Wiring of the `report` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_report() -> Iterator[dict[str, Any]]:
    """Offline pages of every claim and figure, open docs/artifacts/report/index.html."""
    yield from family("report")
