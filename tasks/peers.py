"""Wiring of the `peers` artifacts, which are made only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_peers() -> Iterator[dict[str, Any]]:
    """Speed and errors beside other packages, in an environment of their own (optional)."""
    yield from family("peers")
