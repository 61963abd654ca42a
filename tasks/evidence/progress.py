"""How a maker of an artifact tells how far it is; who listens is not its business."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the steps done and the steps in all."""

    def __call__(self, done: int, total: int, /) -> None:
        """Report that `done` of `total` steps are finished."""
