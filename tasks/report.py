"""Wiring of the `report` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_report() -> Iterator[dict[str, Any]]:
    """Write the offline report: open docs/artifacts/report/index.html."""
    yield from family("report")
