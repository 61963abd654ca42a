"""Wiring of the `peers` artifacts, which are optional: not in the default run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_peers() -> Iterator[dict[str, Any]]:
    """Other packages on the same quotes, in an environment of their own (minutes, optional)."""
    yield from family("peers")
