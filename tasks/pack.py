"""Wiring of the `validation_pack` artifacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tasks.graph.artifact import family


def task_validation_pack() -> Iterator[dict[str, Any]]:
    """Make everything, pass the gate, write the pack: what a plain `doit` does."""
    yield from family("validation_pack")
