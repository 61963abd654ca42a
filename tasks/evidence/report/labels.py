"""Names beside points of a chart, placed so that none stands on another name or on a point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_LETTER, _LINE = 5.6, 11.0  # pixels of a letter and of a line at a size of 10
_MARK = 4.0  # half the size of a point


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands from its point: alignment and offsets in pixels, y downwards."""

    align: Literal["left", "right"]
    dx: float
    dy: float


PLACES = (
    Place("left", 7.0, 0.0),
    Place("right", -7.0, 0.0),
    Place("left", 7.0, -10.0),
    Place("left", 7.0, 10.0),
    Place("right", -7.0, -10.0),
    Place("right", -7.0, 10.0),
)

Box = tuple[float, float, float, float]  # left, top, right, bottom


def pixels(values: Sequence[float], bounds: Sequence[float], size: float) -> list[float]:
    """Places on a logarithmic axis of `size` pixels between `bounds`."""
    low, high = (math.log10(bound) for bound in bounds)
    return [size * (math.log10(value) - low) / (high - low) for value in values]


def placed(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    marks: Sequence[tuple[float, float]],
) -> list[Place]:
    """A place for each name, in their order; the least bad one where all are taken.

    Parameters
    ----------
    points : places of what is named, in pixels from the top left
    names : what is written
    marks : every point of the chart
    """
    taken: list[Box] = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in marks]
    found = []
    for point, name in zip(points, names, strict=True):
        boxes = [_box(point, name, place) for place in PLACES]
        overlaps = [sum(_overlap(box, other) for other in taken) for box in boxes]
        best = overlaps.index(min(overlaps))
        taken.append(boxes[best])
        found.append(PLACES[best])
    return found


def _box(point: tuple[float, float], name: str, place: Place) -> Box:
    width = _LETTER * len(name)
    left = point[0] + place.dx - (width if place.align == "right" else 0.0)
    middle = point[1] + place.dy
    return left, middle - _LINE / 2.0, left + width, middle + _LINE / 2.0


def _overlap(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)
