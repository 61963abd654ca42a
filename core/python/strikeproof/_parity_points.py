"""Calls and puts as points of the parity line, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strikeproof._columns import as_float64

Floats = NDArray[np.float64]


class Rejection(IntEnum):
    """Why a strike has no part in the fit."""

    NONE = 0
    NON_FINITE = 1
    OUT_OF_DOMAIN = 2  # negative strike, bid or ask, or a weight that is not positive
    CROSSED = 3  # an ask below its bid
    NO_SPREAD = 4  # both quotes locked: they give no weight
    OUTLIER = 5  # bisquare: beyond 4.685 robust standard deviations of the line


def rows_of(**given: ArrayLike | None) -> dict[str, Floats]:
    """Columns that were given, of one length; prices made from quotes."""
    arrays = {name: as_float64(name, v) for name, v in given.items() if v is not None}
    shape = arrays["strike"].shape
    if len(shape) != 1:
        raise ValueError(f"strike has shape {shape}: must be a list of strikes")
    for name, array in arrays.items():
        if array.ndim and array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}: must be that of strike, {shape}")
    quotes = [name for name in ("call_bid", "call_ask", "put_bid", "put_ask") if name in arrays]
    if len(quotes) % 4:
        raise ValueError(f"quotes given are {', '.join(quotes)}: must be all four or none")
    for side in ("call", "put"):
        if f"{side}_price" in arrays:
            continue
        if not quotes:
            raise ValueError(f"{side}_price is missing: give it, or bids and asks of both sides")
        arrays[f"{side}_price"] = 0.5 * (arrays[f"{side}_bid"] + arrays[f"{side}_ask"])
    return {name: np.broadcast_to(array, shape) for name, array in arrays.items()}


class Keys:
    """Which rows belong together."""

    def __init__(self, rows: int, expiry: ArrayLike | None, date: ArrayLike | None) -> None:
        self.single = expiry is None and date is None
        self.group = np.zeros(rows, dtype=np.int64)
        self.expiry: Any = None
        self.date: Any = None
        size = 1
        distinct: dict[str, Any] = {}
        for name, given in (("date", date), ("expiry", expiry)):
            if given is None:
                continue
            column = np.asarray(given)
            if column.shape != (rows,):
                raise ValueError(f"{name} has shape {column.shape}: must be ({rows},)")
            if column.dtype.kind in "fcmM" and np.any(column != column):
                raise ValueError(f"{name} holds NaN or NaT: every row needs its key")
            distinct[name], codes = np.unique(column, return_inverse=True)
            self.group = self.group * distinct[name].size + codes
            size *= distinct[name].size
        if not self.single:
            present, self.group = np.unique(self.group, return_inverse=True)
            if expiry is not None:
                self.expiry = distinct["expiry"][present % distinct["expiry"].size]
                present = present // distinct["expiry"].size
            if date is not None:
                self.date = distinct["date"][present]
            size = present.size
        self.count = np.bincount(self.group, minlength=size)

    def full(self, value: float) -> Floats:
        """The same value for every group."""
        return np.full(self.count.size, value)

    def name(self, index: int) -> str:
        """Of an expiry, for messages."""
        shown = {"date": self.date, "expiry": self.expiry}
        parts = [f"{name} {keys[index]}" for name, keys in shown.items() if keys is not None]
        return ", ".join(parts) or "the only expiry"

    def constant(self, name: str, column: Floats) -> Floats:
        """Value of each group, which may not vary within it."""
        values = self.full(np.nan)
        values[self.group] = column
        wrong = np.flatnonzero(~(np.isfinite(column) & (column > 0.0)))
        rule = "must be finite and > 0"
        if not wrong.size:
            wrong = np.flatnonzero(column != values[self.group])
            rule = "must not vary within an expiry"
        if wrong.size:
            row = int(wrong[0])
            place = self.name(int(self.group[row]))
            raise ValueError(f"{name} is {float(column[row])!r} at index {row} ({place}): {rule}")
        return values


@dataclass(frozen=True)
class Points:
    """Rows as points of the line; `low` and `high` bound ``call - put``."""

    strike: Floats
    difference: Floats
    weight: Floats
    rounding: Floats
    low: Floats
    high: Floats
    reason: NDArray[np.uint8]


def points_of(rows: dict[str, Floats]) -> Points:
    """Points of the rows, with the reasons against those that have no part."""
    strike, call, put = rows["strike"], rows["call_price"], rows["put_price"]
    reason = np.zeros(strike.size, dtype=np.uint8)
    quoted = "call_bid" in rows
    low = high = np.full(strike.size, np.nan)
    weight = rows.get("weight", np.ones(strike.size))
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if quoted:
            spreads = [rows[f"{side}_ask"] - rows[f"{side}_bid"] for side in ("call", "put")]
            low = rows["call_bid"] - rows["put_ask"]
            high = rows["call_ask"] - rows["put_bid"]
            if "weight" not in rows:
                square = spreads[0] ** 2 + spreads[1] ** 2
                reason[square == 0.0] = Rejection.NO_SPREAD
                weight = np.where(square > 0.0, 12.0 / square, 1.0)
            reason[(spreads[0] < 0.0) | (spreads[1] < 0.0)] = Rejection.CROSSED
            bids = np.minimum(rows["call_bid"], rows["put_bid"])
            reason[bids < 0.0] = Rejection.OUT_OF_DOMAIN
        reason[(strike < 0.0) | ~(weight > 0.0)] = Rejection.OUT_OF_DOMAIN
        columns = [strike, call, put, weight, *((low, high) if quoted else ())]
        reason[~np.all(np.isfinite(columns), axis=0)] = Rejection.NON_FINITE
        rounding = np.finfo(float).eps * (np.abs(call) + np.abs(put) + np.abs(strike))
    return Points(strike, call - put, weight, rounding, low, high, reason)
