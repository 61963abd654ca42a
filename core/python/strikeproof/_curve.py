"""What rate and volatility curves share: nodes as an immutable value, figures by the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import as_columns, as_float64


class Figure(IntEnum):
    """What is asked of a curve; the numbers are those of the compiled core."""

    INTEGRAL = 0
    AVERAGE = 1
    AT = 2


@dataclass(frozen=True, repr=False)
class Curve:
    """Kind, times and values of a curve, checked by the compiled core."""

    kind: str
    times: tuple[float, ...]
    values: tuple[float, ...]

    # In the order of the compiled core.
    KINDS: ClassVar[tuple[str, ...]] = ()
    _VOLATILITY: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.kind not in self.KINDS:
            raise ValueError(f"kind is {self.kind!r}: must be one of {', '.join(self.KINDS)}")
        for name in ("times", "values"):
            array = as_float64(name, getattr(self, name))
            if array.ndim != 1:
                raise ValueError(f"{name} has shape {array.shape}: must be a list of numbers")
            object.__setattr__(self, name, tuple(array.tolist()))
        if self.kind == "flat" and (self.times or len(self.values) != 1):
            raise ValueError(f"{self!r}: a flat curve has one value and no times")
        self._figures(Figure.AT, *np.zeros((2, 0)))

    @classmethod
    def _made(cls, kind: str, name: str, times: ArrayLike, values: ArrayLike) -> Self:
        t, v = as_float64("times", times), as_float64(name, values)
        for label, array in (("times", t), (name, v)):
            if array.ndim != 1:
                raise ValueError(f"{label} has shape {array.shape}: must be a list of numbers")
        return cls(kind, tuple(t.tolist()), tuple(v.tolist()))

    @classmethod
    def _constant(cls, name: str, value: ArrayLike) -> Self:
        number = as_float64(name, value)
        if number.ndim != 0:
            raise ValueError(f"{name} has shape {number.shape}: must be one number")
        return cls("flat", (), (float(number),))

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Curve of a dictionary that `to_dict` made.

        Raises
        ------
        ValueError
            Keys are missing or unknown, or the curve is not valid.
        """
        if set(document) != {"kind", "times", "values"}:
            raise ValueError(f"keys are {sorted(document)}: must be kind, times, values")
        return cls(document["kind"], document["times"], document["values"])

    def to_dict(self) -> dict[str, Any]:
        """``{"kind": ..., "times": [...], "values": [...]}``: what JSON can hold."""
        return {"kind": self.kind, "times": list(self.times), "values": list(self.values)}

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(kind={self.kind!r}, times={self.times!r}, "
            f"values={self.values!r})"
        )

    def _figures(self, figure: Figure, start: Any, end: Any) -> Any:
        out = np.empty(max(start.size, end.size) if start.size and end.size else 0)
        kind = self.KINDS.index(self.kind)
        nodes = np.array(self.times, dtype=float), np.array(self.values, dtype=float)
        _core.term_structure_values(self._VOLATILITY, kind, *nodes, int(figure), start, end, out)
        return out

    def _evaluate(self, figure: Figure, **times: ArrayLike) -> Any:
        """Figure from the first to the last of `times`, or from 0 where there is one only."""
        arrays = {name: as_float64(name, value) for name, value in times.items()}
        shape, columns = as_columns(arrays)
        for name, column in columns.items():
            check(name, column)
        given = list(columns.values())
        start, end = (np.zeros(1) if len(given) == 1 else given[0]), given[-1]
        early = np.flatnonzero(end < start)
        if early.size:
            first, last = (float(c[early[0] % c.size]) for c in (start, end))
            where = place(early[0], np.broadcast_to(end, max(start.size, end.size)))
            raise ValueError(f"end is {last!r}{where}: must be >= start, which is {first!r}")
        if not all(shape):
            return np.empty(shape)
        found = self._figures(figure, start, end)
        return found.reshape(shape) if shape else float(found[0])


def check(name: str, column: Any, zero: bool = True) -> None:
    """Raise unless every entry is finite and > 0, or 0 where that may be."""
    holds = np.isfinite(column) & ((column >= 0.0) if zero else (column > 0.0))
    bad = np.flatnonzero(~holds)
    if bad.size:
        rule = "must be finite and >= 0" if zero else "must be finite and > 0"
        raise ValueError(f"{name} is {float(column[bad[0]])!r}{place(bad[0], column)}: {rule}")


def place(index: Any, column: Any) -> str:
    """Words for an index, where there is more than one entry."""
    return f" at index {int(index)}" if column.size > 1 else ""
